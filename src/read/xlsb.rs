//! Excel's binary workbooks.
//!
//! Not through calamine: 0.38 passes over error formulas and all short cell records (which SheetJS writes) as if the
//! cells were blank, and gives no per-cent formats. The records are simple enough: a type, a length, the data.
//!
//! Takes the file's bytes; says what is in it. Names such as `BrtCellRk` are those of MS-XLSB, part 2.4.

use super::listener::{Fault, Listener};
use super::numbers::{EPOCH_1904, Shown, built_in, error, rk, shown_by, u16_at, u32_at};
use super::shared_texts::SharedTexts;
use crate::table::Cell;
use crate::text;
use std::collections::BTreeMap;
use std::io::{BufReader, Cursor, Read};
use zip::ZipArchive;

/// No record is longer than a few texts of 32,767 characters.
const LONGEST_RECORD: u64 = 16 << 20;

/// Reads an xlsb file whose parts were checked.
pub(super) fn read(bytes: &[u8], listener: &mut dyn Listener) -> Result<(), Fault> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(Fault::broken)?;
    let strings = match archive.by_name("xl/sharedStrings.bin") {
        Ok(part) => shared_texts(&mut Records::new(part))?,
        Err(_) => SharedTexts::default(),
    };
    let styles = match archive.by_name("xl/styles.bin") {
        Ok(part) => styles(&mut Records::new(part))?,
        Err(_) => vec![],
    };
    let mut relationships = String::new();
    if let Ok(part) = archive.by_name("xl/_rels/workbook.bin.rels") {
        let mut part = part.take(LONGEST_RECORD);
        part.read_to_string(&mut relationships)
            .map_err(Fault::broken)?;
    }
    let part = archive.by_name("xl/workbook.bin").map_err(Fault::broken)?;
    let book = Book::read(&mut Records::new(part), &targets(&relationships))?;
    let names: Vec<String> = book.sheets.iter().map(|(name, _)| name.clone()).collect();
    if book.epoch > 0.0 {
        listener.counts_from_1904()?;
    }
    for name in &book.hidden {
        listener.hidden(name)?;
    }
    for index in listener.worksheets(&names)? {
        let Some((_, target)) = book.sheets.get(index) else {
            continue;
        };
        let part = archive.by_name(target).map_err(Fault::broken)?;
        let sheet = Sheet {
            styles: &styles,
            strings: &strings,
            epoch: book.epoch,
        };
        listener.begin(index)?;
        if !sheet.read(&mut Records::new(part), listener)? {
            return Err(Fault::Broken(text!(
                "a worksheet is cut off",
                "有工作表被截断"
            )));
        }
        listener.end()?;
    }
    Ok(())
}

/// What a worksheet's cells refer to.
struct Sheet<'s> {
    styles: &'s [Shown],
    strings: &'s SharedTexts,
    epoch: f64,
}

impl Sheet<'_> {
    /// Says the cells; `false` if they do not come to their end.
    fn read<R: Read>(
        &self,
        records: &mut Records<R>,
        listener: &mut dyn Listener,
    ) -> Result<bool, Fault> {
        let (mut row, mut next_column) = (0, 0);
        let mut text = String::new();
        while let Some(kind) = records.next()? {
            let data = records.data();
            let (column, style, value) = match kind {
                // BrtRowHdr
                0x00 => {
                    let Some(number) = u32_at(data, 0) else {
                        return Ok(false);
                    };
                    (row, next_column) = (number, 0);
                    continue;
                }
                // Cells with their column …
                0x01..=0x0B | 0x3E => {
                    let (Some(column), Some(style)) = (u32_at(data, 0), u32_at(data, 4)) else {
                        return Ok(false);
                    };
                    (column, style, &data[8..])
                }
                // … and short ones, that follow the cell before.
                0x0C..=0x12 => {
                    let Some(style) = u32_at(data, 0) else {
                        return Ok(false);
                    };
                    (next_column, style, &data[4..])
                }
                // BrtEndSheetData
                0x92 => return Ok(true),
                _ => continue,
            };
            let shown = self
                .styles
                .get(style as usize & 0x00FF_FFFF)
                .copied()
                .unwrap_or(Shown::Number);
            let Some(value) = self.value(kind, value, shown, &mut text) else {
                return Ok(false);
            };
            if listener.cell(row, column, value)?.is_break() {
                return Ok(true);
            }
            next_column = column.saturating_add(1);
        }
        Ok(false)
    }

    fn value<'v>(
        &'v self,
        kind: u32,
        data: &[u8],
        shown: Shown,
        text: &'v mut String,
    ) -> Option<Cell<'v>> {
        Some(match kind {
            // BrtCellRk, BrtShortRk
            0x02 | 0x0D => shown.cell(rk(u32_at(data, 0)?), self.epoch),
            // BrtCellError, BrtFmlaError, BrtShortError
            0x03 | 0x0B | 0x0E => Cell::Error(error(*data.first()?)),
            // BrtCellBool, BrtFmlaBool, BrtShortBool
            0x04 | 0x0A | 0x0F => Cell::Bool(*data.first()? != 0),
            // BrtCellReal, BrtFmlaNum, BrtShortReal
            0x05 | 0x09 | 0x10 => {
                let value = f64::from_le_bytes(data.get(..8)?.try_into().ok()?);
                shown.cell(value, self.epoch)
            }
            // BrtCellSt, BrtFmlaString, BrtShortSt; BrtCellRString, with a byte of flags before.
            0x06 | 0x08 | 0x11 => {
                wide_string(data, 0, text)?;
                Cell::Text(text)
            }
            0x3E => {
                wide_string(data, 1, text)?;
                Cell::Text(text)
            }
            // BrtCellIsst, BrtShortIsst
            0x07 | 0x12 => Cell::Text(self.strings.get(u32_at(data, 0)? as usize)?),
            // BrtCellBlank, BrtShortBlank
            _ => Cell::Blank,
        })
    }
}

/// The records of a part, one at a time: a type of one or two bytes, a length of one to four, and the data.
struct Records<R> {
    part: BufReader<R>,
    data: Vec<u8>,
}

impl<R: Read> Records<R> {
    fn new(part: R) -> Self {
        Self {
            part: BufReader::with_capacity(1 << 16, part),
            data: vec![],
        }
    }

    /// The data of the record on which this stands.
    fn data(&self) -> &[u8] {
        &self.data
    }

    fn byte(&mut self) -> Result<Option<u8>, Fault> {
        let mut byte = [0];
        let count = self.part.read(&mut byte).map_err(Fault::broken)?;
        Ok((count == 1).then_some(byte[0]))
    }

    /// Goes to the next record and gives its type; `None` where the part ends or is cut off.
    fn next(&mut self) -> Result<Option<u32>, Fault> {
        let Some(first) = self.byte()? else {
            return Ok(None);
        };
        let mut kind = u32::from(first);
        if first & 0x80 != 0 {
            let Some(second) = self.byte()? else {
                return Ok(None);
            };
            kind = (kind & 0x7F) | u32::from(second & 0x7F) << 7;
        }
        let mut length = 0;
        for step in 0..4 {
            let Some(byte) = self.byte()? else {
                return Ok(None);
            };
            length |= u64::from(byte & 0x7F) << (7 * step);
            if byte & 0x80 == 0 {
                break;
            }
        }
        if length > LONGEST_RECORD {
            return Err(Fault::TooLarge);
        }
        self.data.clear();
        let mut part = self.part.by_ref().take(length);
        let count = part.read_to_end(&mut self.data).map_err(Fault::broken)?;
        Ok((count as u64 == length).then_some(kind))
    }
}

/// Reads a string with its length in front, and gives where it ends.
fn wide_string(data: &[u8], at: usize, text: &mut String) -> Option<usize> {
    text.clear();
    let length = u32_at(data, at)? as usize;
    let end = (at + 4).checked_add(length.checked_mul(2)?)?;
    let units = data
        .get(at + 4..end)?
        .chunks_exact(2)
        .map(|unit| u16::from_le_bytes([unit[0], unit[1]]));
    text.extend(char::decode_utf16(units).map(|c| c.unwrap_or('\u{FFFD}')));
    Some(end)
}

/// The texts of the `BrtSSTItem` records, each a byte of flags and the string.
fn shared_texts<R: Read>(records: &mut Records<R>) -> Result<SharedTexts, Fault> {
    let (mut shared, mut text) = (SharedTexts::default(), String::new());
    while let Some(kind) = records.next()? {
        if kind == 0x13 {
            wide_string(records.data(), 1, &mut text).ok_or_else(|| {
                Fault::Broken(text!("a shared text is cut off", "有共用文本被截断"))
            })?;
            shared.push(&text);
        }
    }
    Ok(shared)
}

/// How each cell style shows numbers.
fn styles<R: Read>(records: &mut Records<R>) -> Result<Vec<Shown>, Fault> {
    let mut formats: BTreeMap<u16, Shown> = BTreeMap::new();
    let (mut cells, mut styles, mut code) = (false, vec![], String::new());
    while let Some(kind) = records.next()? {
        let data = records.data();
        match kind {
            // BrtFmt
            0x2C => {
                if let (Some(id), Some(_)) = (u16_at(data, 0), wide_string(data, 2, &mut code)) {
                    formats.insert(id, shown_by(&code));
                }
            }
            // BrtBeginCellXFs, BrtEndCellXFs, and BrtXF between them
            0x0269 => cells = true,
            0x026A => cells = false,
            0x2F if cells => {
                let id = u16_at(data, 2).unwrap_or_default();
                styles.push(formats.get(&id).copied().unwrap_or_else(|| built_in(id)));
            }
            _ => {}
        }
    }
    Ok(styles)
}

/// The targets of a relationships part, by their ids.
fn targets(text: &str) -> BTreeMap<String, String> {
    let attribute = |tag: &str, name: &str| {
        let (_, rest) = tag.split_once(&format!("{name}=\""))?;
        rest.split_once('"').map(|(value, _)| value.to_owned())
    };
    // Only worksheets have cells; a chart sheet's relationship is of another type.
    text.split("<Relationship ")
        .filter(|tag| attribute(tag, "Type").is_none_or(|kind| kind.ends_with("/worksheet")))
        .filter_map(|tag| Some((attribute(tag, "Id")?, attribute(tag, "Target")?)))
        .collect()
}

/// What the workbook part says.
#[derive(Default)]
struct Book {
    /// The worksheets' names and parts in order.
    sheets: Vec<(String, String)>,
    /// The names of those that people do not see.
    hidden: Vec<String>,
    /// What is added to dates.
    epoch: f64,
}

impl Book {
    fn read<R: Read>(
        records: &mut Records<R>,
        targets: &BTreeMap<String, String>,
    ) -> Result<Self, Fault> {
        let mut book = Self::default();
        while let Some(kind) = records.next()? {
            let data = records.data();
            match kind {
                // BrtBundleSh: state, id, relationship, name
                0x9C => {
                    if let Some(sheet) = sheet(data, targets) {
                        if u32_at(data, 0) != Some(0) {
                            book.hidden.push(sheet.0.clone());
                        }
                        book.sheets.push(sheet);
                    }
                }
                // BrtWbProp: whether days count from 1904
                0x99 if data.first().is_some_and(|flags| flags & 1 != 0) => {
                    book.epoch = EPOCH_1904;
                }
                _ => {}
            }
        }
        Ok(book)
    }
}

fn sheet(data: &[u8], targets: &BTreeMap<String, String>) -> Option<(String, String)> {
    let (mut relationship, mut name) = (String::new(), String::new());
    let end = wide_string(data, 8, &mut relationship)?;
    wide_string(data, end, &mut name)?;
    let target = targets.get(&relationship)?;
    let part = target
        .strip_prefix('/')
        .map_or_else(|| format!("xl/{target}"), str::to_owned);
    Some((name, part))
}
