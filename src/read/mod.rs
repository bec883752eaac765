//! Reads sheets as people have them: what is in a file is decided by its content, never by its name.
//!
//! Takes a file (or standard input), what a scheme knows of the headers, and options; gives tables of raw cells with
//! their places and notes on how they were read. Nothing here knows what a cell means.
//!
//! ```text
//! format               bytes         → Format, unpacked bytes
//! encoding             bytes         → text                  text files only
//! delimiter            text          → the character between fields
//! records csv          text          → rows of cells         text files
//! blocks               a text file   → its rows, block by block, where it need not be held whole
//! worksheet            a worksheet   → its rows, piece by piece, where they need not be held whole
//! file_state           a file        → whether it is still the same
//! password             container     → workbook              encrypted ones
//! guard                bytes         → the same, checked; or a process of its own in which to read them
//! sheet_scan           bytes         → what a listener hears: worksheets and cells, of an xlsx as programs write it
//! xlsx xlsb xls ods    bytes         → the same, of any workbook
//! workbook sheet_rows  what is heard → rows of cells
//! html spreadsheet_ml  text          → rows of cells         what systems call `.xls`
//! assemble body        rows of cells → Table                 header row, footers, strays, broken rows
//! worksheets           what each worksheet gives → the tables that count
//! ```

mod assemble;
pub mod blocks;
mod body;
mod csv;
mod delimiter;
mod encoding;
mod file_state;
mod footer;
mod format;
mod guard;
mod header;
mod header_pair;
mod header_row;
mod html;
mod listener;
mod numbers;
mod ods;
mod password;
mod properties;
mod records;
mod second_table;
mod shared_texts;
mod sheet_rows;
mod sheet_scan;
mod skipped;
mod spreadsheet_ml;
#[cfg(test)]
mod tests;
mod workbook;
pub mod worksheet;
mod worksheets;
mod xls;
mod xlsb;
mod xlsx;

pub use encoding::encoding_named;
pub use file_state::FileState;
pub use format::Format;
pub use guard::{CHILD, DEFAULT_MEMORY, Guard, is_reading_guarded, serve};
pub use header::{
    Header, Match, SortedHeaders, find_column, find_columns, fold_header, match_sheet,
};
#[cfg(test)]
pub(crate) use password::unlock;
pub use properties::{ASIDE, Properties, in_pieces, properties};
pub use worksheet::Worksheet;

use crate::diagnostic::{Code, Finding, Text, system};
use crate::encryption::Password;
use crate::table::{Origin, RawRows};
use crate::text;
use guard::Limits;
use header_row::Lexicon;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What the user says about how files are to be read.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The encoding of text files, by its usual name.
    pub encoding: Option<String>,
    /// The row of the header, from 1 as the file counts.
    pub header_row: Option<u32>,
    /// The byte between the fields of a text file.
    pub delimiter: Option<u8>,
    /// The password of encrypted workbooks.
    pub password: Option<Password>,
    /// What reading may take, and whether workbooks are read in a process of their own.
    pub guard: Guard,
}

/// What the caller knows of the headers of one sheet of a scheme.
#[derive(Clone, Debug)]
pub struct KnownSheet {
    /// The sheet's name.
    pub name: Arc<str>,
    /// Names and aliases of the key columns; at least one must be among the headers for the sheet to match.
    pub key: Vec<String>,
    /// Name and aliases of each required field, the name first.
    pub required: Vec<Vec<String>>,
    /// Names and aliases of all fields.
    pub headers: Vec<String>,
    /// Headings that regrade itself writes; they count a little when the header row is looked for.
    pub results: Vec<String>,
}

/// What to read.
#[derive(Clone, Debug)]
pub enum Input {
    /// A file.
    File {
        /// Where it is.
        path: PathBuf,
        /// As the user named it; used in every message.
        name: String,
        /// The one worksheet to read; all of them if not given.
        worksheet: Option<String>,
    },
    /// Standard input, read to its end.
    Stdin,
}

/// One table: the header and the rows below it.
#[derive(Clone, Debug)]
pub struct Table {
    /// The file, and the worksheet of a workbook.
    pub origin: Origin,
    /// What kind of file it is.
    pub format: Format,
    /// The encoding of a text file.
    pub encoding: Option<&'static str>,
    /// The character between the fields of a text file.
    pub delimiter: Option<char>,
    /// The row of the header, from 1.
    pub header_row: u32,
    /// The headers; as many as `rows` has columns.
    pub headers: Vec<Header>,
    /// The unit that a line such as `单位：万元` above the header gives to the whole table.
    pub unit_line: Option<String>,
    /// Whether the workbook counts days from 1904-01-01. Cells formatted as dates are converted already, bare numbers in
    /// a column of dates are not.
    pub serials_from_1904: bool,
    /// The data rows, without blank rows and footers.
    pub rows: RawRows,
    /// The rows of a text file whose cells may stand under the wrong headers. They are in `rows` too, cut or padded.
    pub broken: Vec<BrokenRow>,
    /// How it was read: the encoding that was guessed, rows that were skipped, cells outside the table.
    pub notes: Vec<Finding>,
}

/// A row of a text file that is not as the others are, so that its cells may stand under the wrong headers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BrokenRow {
    /// Its index in `rows`.
    pub index: usize,
    /// Its row number in the file.
    pub row_number: u32,
    /// What is wrong with it.
    pub fault: RowFault,
}

/// What is wrong with a row of a text file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RowFault {
    /// It has more or fewer fields than the header.
    Fields {
        /// How many it has.
        found: usize,
        /// How many the header has.
        expected: usize,
    },
    /// Another character than in the other rows stands between its fields.
    Delimiter(char),
    /// A quote opens or ends a field that it does not close or open.
    StrayQuote,
}

/// Opens `input` and reads its tables: one for a text file, one for each worksheet of a workbook that has data.
///
/// With `known` sheets only tables whose headers have the key of one of them are given; the worksheets left out are
/// named in a note of the first table. Without, every non-empty worksheet is given and header rows are guessed.
///
/// The findings of an `Err` are errors, with one exception: a file that is to be passed over (`~$客户.xlsx`, the lock
/// file that Excel leaves beside an open workbook) gives a single warning. A caller goes on without the file if none
/// of the findings is an error. `progress` is told bytes done and bytes in all.
pub fn open(
    input: &Input,
    known: &[KnownSheet],
    options: &Options,
    progress: &dyn Fn(u64, u64),
) -> Result<Vec<Table>, Vec<Finding>> {
    let (name, worksheet) = match input {
        Input::File {
            name, worksheet, ..
        } => (name.as_str(), worksheet.as_deref()),
        Input::Stdin => ("-", None),
    };
    let bytes = bytes_of(input).map_err(|findings| placed(findings, name))?;
    let source = Source {
        file: name.into(),
        worksheet,
        known,
        lexicon: known.iter().map(Lexicon::of).collect(),
        options,
        limits: Limits::of(&options.guard, bytes.len() as u64),
        progress,
    };
    read(bytes, &source).map_err(|findings| placed(findings, name))
}

/// Reads the tables of a file that is held already; otherwise as [`open`].
pub fn held(
    name: &str,
    bytes: &[u8],
    known: &[KnownSheet],
    options: &Options,
) -> Result<Vec<Table>, Vec<Finding>> {
    let source = Source {
        file: name.into(),
        worksheet: None,
        known,
        lexicon: known.iter().map(Lexicon::of).collect(),
        options,
        limits: Limits::of(&options.guard, bytes.len() as u64),
        progress: &|_, _| {},
    };
    read(bytes.to_vec(), &source).map_err(|findings| placed(findings, name))
}

/// Findings without a place are about the file.
fn placed(findings: Vec<Finding>, name: &str) -> Vec<Finding> {
    let origin = Origin {
        file: name.into(),
        worksheet: None,
    };
    let place = |finding: Finding| match finding.at {
        crate::diagnostic::At::Nowhere => finding.place(origin.place()),
        _ => finding,
    };
    findings.into_iter().map(place).collect()
}

/// The cells of worksheets as they stand there, whatever they mean: those of the first row, then the others, as far as
/// the first row goes to the right. `None` for a worksheet that is not there, and for all of a file that is no xlsx.
pub fn cells(
    input: &Input,
    worksheets: &[String],
    options: &Options,
) -> Result<Vec<Option<RawRows>>, Vec<Finding>> {
    let Input::File { path, name, .. } = input else {
        return Ok(vec![None; worksheets.len()]);
    };
    let size = std::fs::metadata(path).map_or(0, |about| about.len());
    let bytes = slurp(path, size).map_err(|error| vec![unreadable(name, &error)])?;
    let source = Source {
        file: name.as_str().into(),
        worksheet: None,
        known: &[],
        lexicon: vec![],
        options,
        limits: Limits::of(&options.guard, bytes.len() as u64),
        progress: &|_, _| {},
    };
    let content = format::look_into(bytes, &source.limits, source.options.password.as_ref())?;
    if content.format != Format::Xlsx {
        return Ok(vec![None; worksheets.len()]);
    }
    workbook::cells(&content, worksheets, &source)
}

/// All that is in a file or comes on standard input.
fn bytes_of(input: &Input) -> Result<Vec<u8>, Vec<Finding>> {
    let Input::File { path, name, .. } = input else {
        let mut bytes = vec![];
        let read = std::io::stdin().lock().read_to_end(&mut bytes);
        return match read {
            Ok(_) => Ok(bytes),
            Err(error) => Err(vec![unreadable("-", &error)]),
        };
    };
    if is_lock_file(path) {
        return Err(vec![
            Finding::warning(
                Code::Unreadable,
                text!(
                    "`{name}` is the lock file of an open workbook and is passed over",
                    "`{name}` 是打开工作簿时产生的锁定文件，已跳过"
                ),
            )
            .help(text!(
                "save and close the workbook: what is not saved is not read",
                "请保存并关闭该工作簿：未保存的内容读不到"
            )),
        ]);
    }
    std::fs::metadata(path)
        .and_then(|about| {
            if about.is_dir() {
                Err(std::io::ErrorKind::IsADirectory.into())
            } else {
                Ok(about.len())
            }
        })
        .and_then(|size| slurp(path, size))
        .map_err(|error| vec![unreadable(name, &error)])
}

fn read(bytes: Vec<u8>, source: &Source<'_>) -> Result<Vec<Table>, Vec<Finding>> {
    let content = format::look_into(bytes, &source.limits, source.options.password.as_ref())?;
    match content.format {
        Format::Text => csv::read(&content.bytes, source).map(|table| vec![table]),
        Format::Html => html::read(&content.bytes, source),
        Format::SpreadsheetMl => spreadsheet_ml::read(&content.bytes, source),
        _ => workbook::read(&content, source),
    }
}

/// How often `byte` occurs.
#[expect(
    clippy::naive_bytecount,
    reason = "the compiler vectorises it; no crate for one line"
)]
fn count_of(byte: u8, bytes: &[u8]) -> usize {
    bytes.iter().filter(|other| **other == byte).count()
}

/// The whole file in one allocation.
fn slurp(path: &Path, size: u64) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    // A pipe or a device says 0 and is read all the same.
    bytes
        .try_reserve_exact(usize::try_from(size).unwrap_or(usize::MAX))
        .map_err(std::io::Error::other)?;
    File::open(path)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// `~$客户.xlsx`: Excel's lock file.
pub fn is_lock_file(path: &Path) -> bool {
    path.file_name()
        .is_some_and(|name| name.to_string_lossy().starts_with("~$"))
}

fn unreadable(name: &str, error: &std::io::Error) -> Finding {
    use std::io::ErrorKind;
    let Text { en, zh } = system::told(error);
    let title = Text {
        en: format!("cannot read `{name}`: {en}"),
        zh: format!("无法读取 `{name}`：{zh}"),
    };
    let finding = Finding::error(Code::Unreadable, title);
    match error.kind() {
        ErrorKind::IsADirectory => finding.help(text!(
            "name the files in it, as in `{name}/*`",
            "请写出其中的文件，如 `{name}/*`"
        )),
        // What a shell leaves as it is where nothing fits.
        ErrorKind::NotFound if name.contains(['*', '?']) => finding.help(text!(
            "no file fits the pattern: put the files there first",
            "没有文件与该模式相符：请先放入文件"
        )),
        _ => finding,
    }
}

/// What every part of the room needs to know about the call.
pub(crate) struct Source<'a> {
    /// The file as the user named it.
    file: Arc<str>,
    /// The one worksheet that is wanted.
    worksheet: Option<&'a str>,
    known: &'a [KnownSheet],
    /// The headers of `known`, folded.
    lexicon: Vec<Lexicon>,
    options: &'a Options,
    limits: Limits,
    progress: &'a dyn Fn(u64, u64),
}

impl Source<'_> {
    fn origin(&self, worksheet: Option<&str>) -> Origin {
        Origin {
            file: self.file.clone(),
            worksheet: worksheet.map(Into::into),
        }
    }

    /// A file that is broken or not what regrade reads.
    fn broken(&self, why: &Text) -> Vec<Finding> {
        let (file, Text { en, zh }) = (&self.file, why);
        let title = text!("`{file}` is damaged: {en}", "`{file}` 已损坏：{zh}");
        vec![Finding::error(Code::BadFormat, title).help(text!(
            "open it in Excel or WPS and save it again, or export it once more",
            "请用 Excel 或 WPS 打开后另存一次，或重新导出"
        ))]
    }
}
