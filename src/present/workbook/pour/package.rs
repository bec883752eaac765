//! The package with the rows in it: the parts that the library wrote, copied as they are, and between what stands before
//! and behind the samples of a stub its rows.

use super::blocks::{Block, Blocks, Part};
use crate::present::workbook::WorkbookError;
use rust_xlsxwriter::XlsxError;
use std::io::{Cursor, Read, Seek, Write};
use zip::read::read_zipfile_from_stream;
use zip::{ZipArchive, ZipWriter};

/// A sheet whose rows are poured.
pub struct Poured {
    /// The name of its part, such as `xl/worksheets/sheet2.xml`.
    pub part: String,
    /// The numbers of the formats in its row of samples.
    pub samples: Vec<u32>,
    /// Its last cell, such as `T100001`.
    pub last: String,
    /// Its rows below the headings.
    pub rows: Blocks,
}

/// Writes the package that the library wrote as `stub`, with the rows of these sheets.
pub fn save(
    stub: Vec<u8>,
    poured: Vec<Poured>,
    out: impl Write + Seek,
) -> Result<(), WorkbookError> {
    let mut stub = ZipArchive::new(Cursor::new(stub))?;
    let mut package = ZipWriter::new_stream(out);
    let mut poured: Vec<Option<Poured>> = poured.into_iter().map(Some).collect();
    for index in 0..stub.len() {
        let part = stub.by_index_raw(index)?;
        let is_this = |sheet: &&mut Option<Poured>| {
            let sheet = sheet.as_ref();
            sheet.is_some_and(|sheet| sheet.part.as_bytes() == part.name_raw())
        };
        match poured.iter_mut().find(is_this).and_then(Option::take) {
            None => package.raw_copy_file(part)?,
            Some(sheet) => {
                let name = sheet.part.clone();
                drop(part);
                let mut xml = String::new();
                stub.by_index(index)?.read_to_string(&mut xml)?;
                add(&mut package, &name, with_rows(&xml, sheet)?)?;
            }
        }
    }
    // A book without its rows would look like a whole one.
    if let Some(left) = poured.into_iter().flatten().next() {
        return Err(unlike(&format!("there is no part {}", left.part)));
    }
    package.finish()?;
    Ok(())
}

/// The part of a sheet, made of its stub.
fn with_rows(stub: &str, sheet: Poured) -> Result<Part<impl Read>, WorkbookError> {
    let split = |text: &'_ str, at: &str| -> Result<usize, WorkbookError> {
        text.find(at)
            .ok_or_else(|| unlike(&format!("there is no {at} in {}", sheet.part)))
    };
    let first = split(stub, "<row r=\"2\"")?;
    let end = split(stub, "</sheetData>")?;
    let (head, samples, tail) = (&stub[..first], &stub[first..end], &stub[end..]);
    let style = |cell: &str| {
        let (_, style) = cell.split_once(" s=\"")?;
        style.split_once('"')?.0.parse().ok()
    };
    let found: Vec<u32> = samples
        .split("<c ")
        .skip(1)
        .map(|cell| style(cell).unwrap_or(0))
        .collect();
    if found != sheet.samples {
        return Err(unlike("formats have other numbers"));
    }
    // The stub goes no further than its samples.
    let from = split(head, "<dimension ref=\"")?;
    let to = from + split(&head[from..], "/>")?;
    let head = format!(
        "{}<dimension ref=\"A1:{}\"{}",
        &head[..from],
        sheet.last,
        &head[to..]
    );
    let head = Block::deflate(head.as_bytes())?;
    let tail = Block::deflate_last(tail.as_bytes())?;
    Ok(sheet.rows.between(head, tail)?)
}

/// Adds a part that is deflated already.
pub(super) fn add<W: Write + Seek>(
    package: &mut ZipWriter<zip::write::StreamWriter<W>>,
    name: &str,
    part: Part<impl Read>,
) -> Result<(), WorkbookError> {
    // What a package says before a part; sizes that do not fit there stand behind its name.
    let fits = |size: u64| u32::try_from(size).unwrap_or(u32::MAX);
    let sizes = [fits(part.deflated), fits(part.length)];
    let mut behind = vec![];
    if sizes.contains(&u32::MAX) {
        behind.extend([1, 0, 16, 0]);
        behind.extend(part.length.to_le_bytes());
        behind.extend(part.deflated.to_le_bytes());
    }
    let sizes = match behind.len() {
        0 => sizes,
        _ => [u32::MAX; 2],
    };
    let mut header = b"PK\x03\x04\x14\0\0\0\x08\0\0\0\x21\0".to_vec();
    header.extend(part.sum.to_le_bytes());
    header.extend(sizes.iter().flat_map(|size| size.to_le_bytes()));
    header.extend((name.len() as u16).to_le_bytes());
    header.extend((behind.len() as u16).to_le_bytes());
    header.extend(name.as_bytes());
    header.extend(behind);
    let mut whole = Cursor::new(header).chain(part.bytes);
    let entry =
        read_zipfile_from_stream(&mut whole)?.ok_or_else(|| unlike("the part has no header"))?;
    package.raw_copy_file(entry)?;
    Ok(())
}

/// The library writes otherwise than it did.
fn unlike(what: &str) -> WorkbookError {
    WorkbookError::Library(XlsxError::ParameterError(what.to_owned()))
}
