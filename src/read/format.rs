//! What a file is, by its content. Systems export HTML as `.xls` and CSV as `.xlsx`; names are not believed.
//!
//! Takes the bytes of a file; gives its format and, out of a gzip file, the bytes in it.

use super::guard::Limits;
use super::password;
use crate::diagnostic::{Code, Finding};
use crate::encryption::Password;
use crate::text;
use flate2::read::MultiGzDecoder;
use std::io::Read;

/// The formats that are read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Format {
    /// Fields between delimiters: CSV, TSV and the like.
    Text,
    /// Excel 2007 and later (also `.xlsm`).
    Xlsx,
    /// Excel's binary workbook.
    Xlsb,
    /// Excel 97 to 2003.
    Xls,
    /// `OpenDocument`.
    Ods,
    /// Tables of a web page, as many systems export them.
    Html,
    /// The XML of Excel 2002 and 2003.
    SpreadsheetMl,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Text,
        Self::Xlsx,
        Self::Xlsb,
        Self::Xls,
        Self::Ods,
        Self::Html,
        Self::SpreadsheetMl,
    ];

    /// What people call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Xlsx => "xlsx",
            Self::Xlsb => "xlsb",
            Self::Xls => "xls",
            Self::Ods => "ods",
            Self::Html => "html",
            Self::SpreadsheetMl => "SpreadsheetML",
        }
    }
}

/// A file whose format is known.
pub(super) struct Content {
    pub(super) format: Format,
    pub(super) bytes: Vec<u8>,
}

/// A workbook is held in memory, and its parts inflated from there.
pub(super) const LARGEST_WORKBOOK: u64 = 1 << 30;
/// Text is held in memory once; two more copies where it is not UTF-8.
pub(super) const LARGEST_TEXT: u64 = 8 << 30;

pub(super) const OLE: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
const GZIP: &[u8] = b"\x1F\x8B\x08";
const ZIP: [&[u8]; 2] = [b"PK\x03\x04", b"PK\x05\x06"];

/// Tables as people see them, of which no program has the cells.
const PICTURES: [(&[u8], &str); 4] = [
    (b"%PDF", "PDF"),
    (b"\x89PNG\r\n\x1A\n", "PNG"),
    (b"\xFF\xD8\xFF", "JPEG"),
    (b"GIF8", "GIF"),
];

/// Files of other kinds that people try, by how they begin.
const OTHERS: [(&[u8], &str); 8] = [
    (b"PAR1", "Parquet"),
    (b"SQLite format 3\0", "SQLite"),
    (b"Rar!", "RAR"),
    (b"7z\xBC\xAF\x27\x1C", "7-Zip"),
    (b"\x28\xB5\x2F\xFD", "Zstandard"),
    (b"BZh", "bzip2"),
    (b"\xFD7zXZ\0", "XZ"),
    (b"{\\rtf", "RTF"),
];

/// Finds the format, looking once into gzip and, with a password, into an encrypted workbook.
pub(super) fn look_into(
    bytes: Vec<u8>,
    limits: &Limits,
    password: Option<&Password>,
) -> Result<Content, Vec<Finding>> {
    let bytes = if bytes.starts_with(GZIP) {
        gunzip(&bytes, limits)?
    } else {
        bytes
    };
    let bytes = match password {
        Some(password) if is_encrypted(&bytes) => password::unlock(&bytes, password)?,
        _ => bytes,
    };
    let format = detect(&bytes)?;
    let limit = if format == Format::Text {
        LARGEST_TEXT
    } else {
        LARGEST_WORKBOOK
    };
    if bytes.len() as u64 > limit {
        return Err(too_large(limit));
    }
    Ok(Content { format, bytes })
}

pub(super) fn detect(bytes: &[u8]) -> Result<Format, Vec<Finding>> {
    if bytes
        .iter()
        .all(|byte| byte.is_ascii_whitespace() || *byte == 0)
    {
        return Err(empty());
    }
    if ZIP.iter().any(|magic| bytes.starts_with(magic)) {
        return super::guard::kind_of_zip(bytes);
    }
    if bytes.starts_with(OLE) {
        return ole(bytes);
    }
    if bytes.starts_with(GZIP) {
        return Err(unsupported("gzip"));
    }
    if let Some((_, kind)) = PICTURES.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Err(vec![not_read(kind).help(text!(
            "ask for the table itself, as `.xlsx` or CSV",
            "请索取表格本身（`.xlsx` 或 CSV）"
        ))]);
    }
    if let Some((_, kind)) = OTHERS.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Err(unsupported(kind));
    }
    Ok(by_tags(bytes)?.unwrap_or(Format::Text))
}

/// How a file begins that is written in tags, in lower case.
const TAGS: [&str; 14] = [
    "<html",
    "<!doctype html",
    "<table",
    "<head",
    "<meta",
    "<style",
    "<body",
    "<title",
    "<center",
    "<div",
    "<form",
    "<tr>",
    "<tr ",
    "<!--",
];

/// The format of a text file that is more than fields between delimiters.
fn by_tags(bytes: &[u8]) -> Result<Option<Format>, Vec<Finding>> {
    // NULs are left out so that the tags are seen in UTF-16 too.
    let start: Vec<u8> = bytes
        .iter()
        .take(8192)
        .filter(|byte| **byte != 0)
        .map(u8::to_ascii_lowercase)
        .collect();
    let start = String::from_utf8_lossy(&start);
    let start = start
        .trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '\u{FEFF}' | '\u{FFFD}'));
    let begins = |with: &[&str]| with.iter().any(|with| start.starts_with(with));
    if begins(&["<?xml", "<workbook", "<ss:workbook"])
        && start.contains("urn:schemas-microsoft-com:office:spreadsheet")
    {
        return Ok(Some(Format::SpreadsheetMl));
    }
    if begins(&TAGS) || begins(&["<?xml"]) && start.contains("<html") {
        return Ok(Some(Format::Html));
    }
    let others = [
        ("<?xml", "XML"),
        ("mime-version:", "MHTML"),
        ("id;pwxl", "SYLK"),
        ("id;pcalc", "SYLK"),
        ("id;psheetjs", "SYLK"),
        ("table\r\n0,1\r\n", "DIF"),
        ("table\n0,1\n", "DIF"),
    ];
    match others.iter().find(|(begin, _)| start.starts_with(begin)) {
        Some((_, kind)) => Err(unsupported(kind)),
        None => Ok(None),
    }
}

/// An OLE file is an old workbook, or the wrapping of an encrypted new one, or a Word document.
fn ole(bytes: &[u8]) -> Result<Format, Vec<Finding>> {
    if is_encrypted(bytes) {
        Err(encrypted())
    } else if names(bytes, "WordDocument") && !names(bytes, "Workbook") {
        Err(unsupported("Word"))
    } else {
        Ok(Format::Xls)
    }
}

/// Whether it is the wrapping of an encrypted workbook.
fn is_encrypted(bytes: &[u8]) -> bool {
    bytes.starts_with(OLE) && names(bytes, "EncryptedPackage")
}

/// Whether an OLE file has a stream of this name.
fn names(bytes: &[u8], name: &str) -> bool {
    let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut windows = bytes.windows(name.len()).step_by(2);
    windows.any(|window| window == name)
}

/// A file without anything in it.
pub(super) fn empty() -> Vec<Finding> {
    let error = Finding::error(Code::BadFormat, text!("the file is empty", "文件是空的"));
    vec![error.help(text!(
        "see that it was saved and copied whole; export it once more",
        "请确认文件已保存并完整复制，或重新导出"
    ))]
}

/// A workbook that needs a password.
pub(super) fn encrypted() -> Vec<Finding> {
    let error = Finding::error(
        Code::BadFormat,
        text!("the workbook is encrypted", "工作簿已加密"),
    );
    let help = text!(
        "open it with its password and save a copy without one; xlsx and xlsb are read with `--password-file FILE`",
        "请用密码打开，另存为不加密的副本；xlsx、xlsb 可用 `--password-file 文件` 读取"
    );
    vec![error.help(help)]
}

fn not_read(kind: &str) -> Finding {
    Finding::error(
        Code::BadFormat,
        text!(
            "this is {kind}, which is not read",
            "这是 {kind} 文件，不能读取"
        ),
    )
}

fn unsupported(kind: &str) -> Vec<Finding> {
    vec![not_read(kind).help(text!(
        "open it in Excel or WPS and save it as `.xlsx` or CSV",
        "请用 Excel 或 WPS 打开，另存为 `.xlsx` 或 CSV"
    ))]
}

fn too_large(limit: u64) -> Vec<Finding> {
    let limit = limit >> 30;
    let error = Finding::error(
        Code::TooLarge,
        text!(
            "the file is larger than {limit} GiB",
            "文件超过 {limit} GiB"
        ),
    );
    vec![error.help(text!(
        "split it, or export it as CSV",
        "请拆分，或导出为 CSV"
    ))]
}

/// Inflates a gzip file, up to the limit of what is in it: a small file can hold terabytes.
fn gunzip(bytes: &[u8], limits: &Limits) -> Result<Vec<u8>, Vec<Finding>> {
    let mut inflated = vec![];
    let mut decoder = MultiGzDecoder::new(bytes);
    let mut read = |limit: u64, inflated: &mut Vec<u8>| {
        decoder
            .by_ref()
            .take(limit)
            .read_to_end(inflated)
            .map_err(|error| {
                let title = text!(
                    "the gzip file is damaged: {error}",
                    "gzip 文件已损坏：{error}"
                );
                vec![Finding::error(Code::BadFormat, title).help(text!(
                    "it may be cut off; copy or pack it once more",
                    "可能没有传完，请重新复制或压缩"
                ))]
            })
    };
    read(4096, &mut inflated)?;
    let workbook = inflated.starts_with(OLE) || ZIP.iter().any(|magic| inflated.starts_with(magic));
    let limit = if workbook {
        LARGEST_WORKBOOK
    } else {
        LARGEST_TEXT
    };
    // No export packs so well; what does is one letter, over and over, and would take all memory there is.
    let likely = limits.unpacked();
    read(limit.min(likely) + 1, &mut inflated)?;
    if likely < limit && inflated.len() as u64 > likely {
        let (size, packed) = (likely >> 20, bytes.len());
        let title = text!(
            "the gzip file of {packed} bytes holds more than {size} MiB",
            "{packed} 字节的 gzip 文件解压后超过 {size} MiB"
        );
        return Err(vec![Finding::error(Code::TooLarge, title).help(text!(
            "look at what is in it; if it is a table, unpack it first",
            "请检查其中内容；如果确实是表格，请先解压"
        ))]);
    }
    if inflated.len() as u64 > limit {
        Err(too_large(limit))
    } else {
        Ok(inflated)
    }
}
