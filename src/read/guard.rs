//! Keeps hostile and broken files from doing harm: checks the parts of a zip before a library believes them, and turns
//! a library's panic into a finding.
//!
//! calamine 0.38 stops reading a worksheet at its last tag, so it never sees a checksum that fails, and reserves memory
//! for as many shared strings as the file declares. Both are checked here first.

use super::format::{Format, encrypted};
use super::{Source, assemble};
use crate::diagnostic::{Code, Finding};
use crate::text;
use std::cell::Cell;
use std::collections::BTreeSet;
use std::io::{Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use zip::ZipArchive;

/// What all parts of a workbook may inflate to: ten times what a full worksheet of Excel has.
const MOST_INFLATED: u64 = 4 << 30;
/// What the shared strings, which are held in memory, may inflate to.
const MOST_STRINGS: u64 = 1 << 30;

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread is inside a foreign reader whose panics are caught, so that a panic hook can be silent.
pub fn is_reading_guarded() -> bool {
    GUARDED.get()
}

/// Runs a foreign reader. A panic in it is a broken file.
pub(super) fn guarded<T>(
    source: &Source<'_>,
    read: impl FnOnce() -> Result<T, Vec<Finding>>,
) -> Result<T, Vec<Finding>> {
    let before = GUARDED.replace(true);
    // What `read` leaves behind is dropped with the panic; nothing of it is used again.
    let result = catch_unwind(AssertUnwindSafe(read));
    GUARDED.set(before);
    result.unwrap_or_else(|_| Err(source.broken("unexpected content")))
}

/// Which workbook a zip file is.
pub(super) fn kind_of_zip(bytes: &[u8]) -> Result<Format, Vec<Finding>> {
    let archive =
        ZipArchive::new(Cursor::new(bytes)).map_err(|error| damaged(&error.to_string()))?;
    // A name that is not text is none of those looked for.
    let names: Vec<String> = archive
        .file_names()
        .flatten()
        .map(|name| name.replace('\\', "/").to_lowercase())
        .collect();
    let has = |end: &str| names.iter().any(|name| name.ends_with(end));
    if has("workbook.bin") {
        Ok(Format::Xlsb)
    } else if has("workbook.xml") {
        Ok(Format::Xlsx)
    } else if has("content.xml") && has("mimetype") {
        Ok(Format::Ods)
    } else if names.is_empty() {
        Err(damaged("no entries"))
    } else {
        let title = text!(
            "this is a zip archive without a workbook",
            "这是不含工作簿的压缩包"
        );
        let help = text!(
            "unpack it and name the files in it",
            "请解压后指定其中的文件"
        );
        Err(vec![Finding::error(Code::BadFormat, title).help(help)])
    }
}

fn damaged(why: &str) -> Vec<Finding> {
    let title = text!("the file is damaged: {why}", "文件已损坏：{why}");
    let help = text!(
        "it may be cut off; copy or export it once more",
        "可能没有传完，请重新复制或导出"
    );
    vec![Finding::error(Code::BadFormat, title).help(help)]
}

/// What the check of a workbook found.
#[derive(Default)]
pub(super) struct Checked {
    /// Whether any worksheet has a formula.
    pub(super) formulas: bool,
}

/// Inflates every part of an xlsx or xlsb that is going to be read, within limits, so that checksums are verified.
pub(super) fn check_parts(bytes: &[u8], source: &Source<'_>) -> Result<Checked, Vec<Finding>> {
    let mut archive =
        ZipArchive::new(Cursor::new(bytes)).map_err(|error| damaged(&error.to_string()))?;
    let mut checked = Checked::default();
    let mut seen = BTreeSet::new();
    let (mut inflated, mut buffer) = (0_u64, vec![0; 1 << 16]);
    for index in 0..archive.len() {
        let mut part = archive
            .by_index(index)
            .map_err(|error| damaged(&error.to_string()))?;
        let Ok(name) = part.name() else { continue };
        let name = name.replace('\\', "/").to_lowercase();
        if part.encrypted() {
            return Err(encrypted());
        }
        if !seen.insert(name.clone()) {
            return Err(damaged("two parts of one name"));
        }
        let is_sheet = name.contains("worksheets/");
        let is_strings = name.contains("sharedstrings.");
        if !(is_sheet
            || is_strings
            || name.contains("workbook.")
            || name.contains("styles.")
            || name.contains("_rels/"))
        {
            continue;
        }
        let mut scan = Scan {
            is_sheet,
            is_strings,
            size: 0,
            formulas: false,
            declared: 0,
            tail: vec![],
        };
        loop {
            let count = part
                .read(&mut buffer)
                .map_err(|error| damaged(&error.to_string()))?;
            if count == 0 {
                break;
            }
            scan.take(&buffer[..count]);
            inflated += count as u64;
            if inflated > MOST_INFLATED || is_strings && scan.size > MOST_STRINGS {
                return Err(assemble::too_large(&source.origin(None).place()));
            }
        }
        checked.formulas |= scan.formulas;
        // The shortest shared string takes four bytes (`<si/>` in XML takes five).
        if scan.declared > scan.size {
            return Err(damaged("more strings declared than the file can hold"));
        }
    }
    Ok(checked)
}

/// What is looked for in a part while it is inflated.
struct Scan {
    is_sheet: bool,
    is_strings: bool,
    size: u64,
    formulas: bool,
    declared: u64,
    /// The end of the last piece, in which a tag may begin.
    tail: Vec<u8>,
}

impl Scan {
    fn take(&mut self, piece: &[u8]) {
        if self.is_strings && self.size == 0 {
            self.declared = declared_strings(&piece[..piece.len().min(4096)]);
        }
        self.size += piece.len() as u64;
        if self.is_sheet && !self.formulas {
            let mut joined = std::mem::take(&mut self.tail);
            joined.extend_from_slice(&piece[..piece.len().min(2)]);
            self.formulas = has_formula(&joined) || has_formula(piece);
            self.tail = piece[piece.len().saturating_sub(2)..].to_vec();
        }
    }
}

/// `<f>`, `<f `, `<f/`, also with a prefix (`<x:f>`).
fn has_formula(xml: &[u8]) -> bool {
    xml.windows(3).any(|window| {
        matches!(window[0], b'<' | b':')
            && window[1] == b'f'
            && matches!(window[2], b'>' | b'/' | b' ' | b'\t' | b'\n' | b'\r')
    })
}

/// `uniqueCount="…"` of the XML.
fn declared_strings(start: &[u8]) -> u64 {
    let start = String::from_utf8_lossy(start);
    let Some((_, rest)) = start.split_once("uniqueCount=") else {
        return 0;
    };
    let digits: String = rest
        .chars()
        .skip(1)
        .take_while(char::is_ascii_digit)
        .collect();
    if digits.is_empty() {
        0
    } else {
        digits.parse().unwrap_or(u64::MAX)
    }
}
