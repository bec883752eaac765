//! What calamine 0.38 leaves out of an xlsb worksheet: which cells are formatted as per cent, and the cells whose
//! formula gives an error (record BrtFmlaError), which it passes over as if they were blank.
//!
//! Takes the workbook's bytes; gives marks by cell. The records are those of MS-XLSB 2.1 and 2.4. Anything that does
//! not read ends the search quietly: calamine reads the same bytes and reports what is broken.

use super::excel::shows_percent;
use crate::table::CellError;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read};
use zip::ZipArchive;

/// By (row, column), both from 0.
#[derive(Default)]
pub(super) struct Marks {
    pub(super) percent: BTreeSet<(u32, u32)>,
    pub(super) errors: BTreeMap<(u32, u32), CellError>,
}

/// The workbook's parts beside calamine.
pub(super) struct XlsbExtra<'b> {
    archive: Option<ZipArchive<Cursor<&'b [u8]>>>,
    /// Whether each style is a per-cent format.
    percent: Vec<bool>,
    /// The part of each worksheet.
    parts: BTreeMap<String, String>,
}

impl<'b> XlsbExtra<'b> {
    pub(super) fn open(bytes: &'b [u8]) -> Self {
        let mut extra =
            Self { archive: ZipArchive::new(Cursor::new(bytes)).ok(), percent: vec![], parts: BTreeMap::new() };
        extra.percent = extra.part("xl/styles.bin").map(|styles| percent_styles(&styles)).unwrap_or_default();
        let targets = extra.part("xl/_rels/workbook.bin.rels").map(|rels| targets(&rels)).unwrap_or_default();
        extra.parts = extra.part("xl/workbook.bin").map(|book| sheet_parts(&book, &targets)).unwrap_or_default();
        extra
    }

    fn part(&mut self, name: &str) -> Option<Vec<u8>> {
        let mut part = vec![];
        self.archive.as_mut()?.by_name(name).ok()?.read_to_end(&mut part).ok()?;
        Some(part)
    }

    /// The marks of a worksheet.
    pub(super) fn marks(&mut self, worksheet: &str) -> Marks {
        let Some(name) = self.parts.get(worksheet).cloned() else { return Marks::default() };
        let Some(sheet) = self.part(&name) else { return Marks::default() };
        let (mut marks, mut row) = (Marks::default(), 0);
        for (kind, data) in Records(&sheet) {
            match kind {
                0x0000 => row = u32_at(data, 0).unwrap_or(row),
                // The cells that have a value; each begins with its column and, in 24 bits, its style.
                0x0001..=0x000B => {
                    let (Some(column), Some(style)) = (u32_at(data, 0), u32_at(data, 4)) else { break };
                    if self.percent.get(style as usize & 0x00FF_FFFF) == Some(&true) {
                        marks.percent.insert((row, column));
                    }
                    if kind == 0x000B {
                        let error = match data.get(8) {
                            Some(0x00) => CellError::Null,
                            Some(0x07) => CellError::Div0,
                            Some(0x0F) => CellError::Value,
                            Some(0x17) => CellError::Ref,
                            Some(0x1D) => CellError::Name,
                            Some(0x24) => CellError::Num,
                            Some(0x2A) => CellError::NotAvailable,
                            _ => CellError::Other,
                        };
                        marks.errors.insert((row, column), error);
                    }
                }
                _ => {}
            }
        }
        marks
    }
}

/// The records of a part: a type of one or two bytes, a length of one to four, and the data.
struct Records<'p>(&'p [u8]);

impl<'p> Iterator for Records<'p> {
    type Item = (u32, &'p [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (first, rest) = self.0.split_first()?;
        let (mut kind, mut rest) = (u32::from(*first), rest);
        if first & 0x80 != 0 {
            let (second, after) = rest.split_first()?;
            kind = (kind & 0x7F) | u32::from(second & 0x7F) << 7;
            rest = after;
        }
        let mut length = 0;
        for step in 0..4 {
            let (byte, after) = rest.split_first()?;
            rest = after;
            length |= usize::from(byte & 0x7F) << (7 * step);
            if byte & 0x80 == 0 {
                break;
            }
        }
        let data = rest.get(..length)?;
        self.0 = &rest[length..];
        Some((kind, data))
    }
}

fn u32_at(data: &[u8], at: usize) -> Option<u32> {
    data.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes)
}

fn u16_at(data: &[u8], at: usize) -> Option<u16> {
    data.get(at..at + 2)?.try_into().ok().map(u16::from_le_bytes)
}

/// A string with its length in front, and where it ends.
fn wide_string(data: &[u8], at: usize) -> Option<(String, usize)> {
    let length = u32_at(data, at)? as usize;
    let end = (at + 4).checked_add(length.checked_mul(2)?)?;
    let units = data.get(at + 4..end)?.chunks_exact(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]]));
    Some((char::decode_utf16(units).map(|c| c.unwrap_or('\u{FFFD}')).collect(), end))
}

fn percent_styles(styles: &[u8]) -> Vec<bool> {
    // Formats 9 and 10 are `0%` and `0.00%` in every workbook.
    let mut formats = BTreeSet::from([9, 10]);
    let (mut cells, mut percent) = (false, vec![]);
    for (kind, data) in Records(styles) {
        match kind {
            // BrtFmt
            0x002C => {
                if let (Some(id), Some((code, _))) = (u16_at(data, 0), wide_string(data, 2))
                    && shows_percent(&code)
                {
                    formats.insert(id);
                }
            }
            // BrtBeginCellXFs, BrtEndCellXFs
            0x0269 => cells = true,
            0x026A => cells = false,
            // BrtXF
            0x002F if cells => percent.push(u16_at(data, 2).is_some_and(|format| formats.contains(&format))),
            _ => {}
        }
    }
    percent
}

/// The targets of a relationships part, by their ids.
fn targets(rels: &[u8]) -> BTreeMap<String, String> {
    let rels = String::from_utf8_lossy(rels);
    let attribute = |tag: &str, name: &str| {
        let (_, rest) = tag.split_once(&format!("{name}=\""))?;
        rest.split_once('"').map(|(value, _)| value.to_owned())
    };
    rels.split("<Relationship ").filter_map(|tag| Some((attribute(tag, "Id")?, attribute(tag, "Target")?))).collect()
}

/// The part of each worksheet (BrtBundleSh: state, id, relationship, name).
fn sheet_parts(book: &[u8], targets: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let sheet = |data: &[u8]| {
        let (relationship, end) = wide_string(data, 8)?;
        let (name, _) = wide_string(data, end)?;
        let target = targets.get(&relationship)?;
        Some((name, target.strip_prefix('/').map_or_else(|| format!("xl/{target}"), str::to_owned)))
    };
    Records(book).filter(|(kind, _)| *kind == 0x009C).filter_map(|(_, data)| sheet(data)).collect()
}
