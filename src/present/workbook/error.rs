//! Why a workbook cannot be written.

use super::MAX_COLUMNS;
use crate::diagnostic::{Text, system};
use crate::text;
use rust_xlsxwriter::XlsxError;
use std::{fmt, io};

/// Why a workbook cannot be written.
#[derive(Debug)]
pub enum WorkbookError {
    /// The file, or a temporary one, cannot be written.
    Io(io::Error),
    /// More columns than a sheet has.
    TooManyColumns(usize),
    /// Something that the library refuses; a fault of regrade.
    Library(XlsxError),
}

impl WorkbookError {
    /// What is wrong, in both languages.
    pub fn text(&self) -> Text {
        match self {
            Self::Io(error) => {
                let Text { en, zh } = system::told(error);
                text!(
                    "the workbook cannot be written: {en}",
                    "无法写入工作簿：{zh}"
                )
            }
            Self::TooManyColumns(count) => text!(
                "{count} columns are more than the {MAX_COLUMNS} of a worksheet",
                "共 {count} 列，超过工作表的上限 {MAX_COLUMNS} 列"
            ),
            Self::Library(error) => {
                text!(
                    "the workbook cannot be made: {error}",
                    "无法生成工作簿：{error}"
                )
            }
        }
    }
}

impl fmt::Display for WorkbookError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text().en)
    }
}

impl std::error::Error for WorkbookError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io(error) => Some(error),
            Self::TooManyColumns(_) => None,
            Self::Library(error) => Some(error),
        }
    }
}

impl From<io::Error> for WorkbookError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<zip::result::ZipError> for WorkbookError {
    fn from(error: zip::result::ZipError) -> Self {
        Self::Io(error.into())
    }
}

impl From<XlsxError> for WorkbookError {
    fn from(error: XlsxError) -> Self {
        match error {
            XlsxError::IoError(error) => Self::Io(error),
            XlsxError::ZipError(error) => error.into(),
            XlsxError::TempFileError(folder, error) => {
                Self::Io(io::Error::other(format!("{}: {error}", folder.display())))
            }
            other => Self::Library(other),
        }
    }
}
