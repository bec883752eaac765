//! Excel's binary workbooks.
//!
//! Not through calamine: 0.38 passes over error formulas and all short cell records (which SheetJS writes) as if the
//! cells were blank, and gives no per-cent formats. The records are simple enough: a type, a length, the data.
//!
//! Takes the file's bytes; gives its tables. Names such as `BrtCellRk` are those of MS-XLSB, part 2.4.

use super::excel::{EPOCH_1904, number, shows_percent};
use super::guard::{check_parts, guarded};
use super::sheet_rows::{SheetRows, Value, tables, wanted};
use super::{Format, Source, Table};
use crate::diagnostic::Finding;
use crate::table::{Cell, CellError};
use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use zip::ZipArchive;

/// How a number is shown, so far as it changes what it means.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Shown {
    Number,
    Percent,
    Date,
}

/// Reads the tables of an xlsb file.
pub(super) fn read(bytes: &[u8], source: &Source<'_>) -> Result<Vec<Table>, Vec<Finding>> {
    check_parts(bytes, source)?;
    guarded(source, || {
        let broken = |why: &str| source.broken(why);
        let mut archive =
            ZipArchive::new(Cursor::new(bytes)).map_err(|error| broken(&error.to_string()))?;
        let mut part = |name: &str| {
            let mut part = vec![];
            archive.by_name(name).ok()?.read_to_end(&mut part).ok()?;
            Some(part)
        };
        let styles = part("xl/styles.bin")
            .map(|part| styles(&part))
            .unwrap_or_default();
        let strings = part("xl/sharedStrings.bin")
            .map(|part| shared_strings(&part))
            .unwrap_or_default();
        let targets = part("xl/_rels/workbook.bin.rels")
            .map(|part| targets(&part))
            .unwrap_or_default();
        let book = part("xl/workbook.bin").ok_or_else(|| broken("it has no workbook part"))?;
        let sheets = worksheets(&book, &targets);
        let epoch = if has_1904_epoch(&book) {
            EPOCH_1904
        } else {
            0.0
        };
        let names: Vec<String> = sheets.iter().map(|(name, _)| name.clone()).collect();
        let mut candidates = vec![];
        for name in wanted(&names, source)? {
            let target = sheets
                .iter()
                .find(|(other, _)| *other == name)
                .map(|(_, target)| target.as_str());
            let cells = target
                .and_then(&mut part)
                .ok_or_else(|| broken("a worksheet is missing"))?;
            let mut rows = SheetRows::new(source, &name, Format::Xlsb, bytes.len() as u64);
            rows.count_from_1904(epoch > 0.0);
            let sheet = Sheet {
                styles: &styles,
                strings: &strings,
                epoch,
            };
            let outcome = sheet.read(&cells, &mut rows).and_then(|whole| {
                if whole {
                    Ok(())
                } else {
                    Err(source.broken("a worksheet is cut off"))
                }
            });
            candidates.push(outcome.and_then(|()| rows.finish()));
        }
        (source.progress)(bytes.len() as u64, bytes.len() as u64);
        tables(candidates, source)
    })
}

/// What a worksheet's cells refer to.
struct Sheet<'s> {
    styles: &'s [Shown],
    strings: &'s [String],
    epoch: f64,
}

impl<'s> Sheet<'s> {
    /// Reads the cells; `false` if they do not come to their end.
    fn read(&self, part: &[u8], rows: &mut SheetRows<'_, 's>) -> Result<bool, Vec<Finding>> {
        let (mut row, mut next_column) = (0, 0);
        for (kind, data) in Records(part) {
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
            let Some(value) = self.value(kind, value, shown) else {
                return Ok(false);
            };
            rows.add(row, column, value)?;
            next_column = column.saturating_add(1);
            if !rows.wants_more() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn value(&self, kind: u32, data: &[u8], shown: Shown) -> Option<Value<'s>> {
        let figure = |value: f64| {
            Value::Plain(match shown {
                Shown::Date if value.is_finite() => Cell::Date(value + self.epoch),
                shown => number(value, shown == Shown::Percent),
            })
        };
        Some(match kind {
            // BrtCellRk, BrtShortRk
            0x02 | 0x0D => figure(rk(u32_at(data, 0)?)),
            // BrtCellError, BrtFmlaError, BrtShortError
            0x03 | 0x0B | 0x0E => Value::Plain(Cell::Error(error(*data.first()?))),
            // BrtCellBool, BrtFmlaBool, BrtShortBool
            0x04 | 0x0A | 0x0F => Value::Plain(Cell::Bool(*data.first()? != 0)),
            // BrtCellReal, BrtFmlaNum, BrtShortReal
            0x05 | 0x09 | 0x10 => figure(f64::from_le_bytes(data.get(..8)?.try_into().ok()?)),
            // BrtCellSt, BrtFmlaString, BrtShortSt; BrtCellRString, with a byte of flags before.
            0x06 | 0x08 | 0x11 => Value::Own(wide_string(data, 0)?.0),
            0x3E => Value::Own(wide_string(data, 1)?.0),
            // BrtCellIsst, BrtShortIsst
            0x07 | 0x12 => Value::Shared(self.strings.get(u32_at(data, 0)? as usize)?),
            // BrtCellBlank, BrtShortBlank
            _ => Value::Plain(Cell::Blank),
        })
    }
}

/// A number in 30 bits: an integer or the upper part of a double, perhaps times 100 (`RkNumber`).
fn rk(bits: u32) -> f64 {
    let value = if bits & 2 != 0 {
        f64::from((bits as i32) >> 2)
    } else {
        f64::from_bits(u64::from(bits & 0xFFFF_FFFC) << 32)
    };
    if bits & 1 != 0 { value / 100.0 } else { value }
}

const fn error(byte: u8) -> CellError {
    match byte {
        0x00 => CellError::Null,
        0x07 => CellError::Div0,
        0x0F => CellError::Value,
        0x17 => CellError::Ref,
        0x1D => CellError::Name,
        0x24 => CellError::Num,
        0x2A => CellError::NotAvailable,
        _ => CellError::Other,
    }
}

/// The records of a part: a type of one or two bytes, a length of one to four, and the data. It ends where the part
/// ends or is cut off.
struct Records<'p>(&'p [u8]);

impl<'p> Iterator for Records<'p> {
    type Item = (u32, &'p [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (first, mut rest) = self.0.split_first()?;
        let mut kind = u32::from(*first);
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
    data.get(at..at + 4)?
        .try_into()
        .ok()
        .map(u32::from_le_bytes)
}

fn u16_at(data: &[u8], at: usize) -> Option<u16> {
    data.get(at..at + 2)?
        .try_into()
        .ok()
        .map(u16::from_le_bytes)
}

/// A string with its length in front, and where it ends.
fn wide_string(data: &[u8], at: usize) -> Option<(String, usize)> {
    let length = u32_at(data, at)? as usize;
    let end = (at + 4).checked_add(length.checked_mul(2)?)?;
    let units = data
        .get(at + 4..end)?
        .chunks_exact(2)
        .map(|unit| u16::from_le_bytes([unit[0], unit[1]]));
    Some((
        char::decode_utf16(units)
            .map(|c| c.unwrap_or('\u{FFFD}'))
            .collect(),
        end,
    ))
}

/// `BrtSSTItem`: a byte of flags and the string.
fn shared_strings(part: &[u8]) -> Vec<String> {
    let items = Records(part).filter(|(kind, _)| *kind == 0x13);
    items
        .map(|(_, data)| {
            wide_string(data, 1)
                .map(|(text, _)| text)
                .unwrap_or_default()
        })
        .collect()
}

/// How each cell style shows numbers.
fn styles(part: &[u8]) -> Vec<Shown> {
    let mut formats: BTreeMap<u16, Shown> = BTreeMap::new();
    let (mut cells, mut styles) = (false, vec![]);
    for (kind, data) in Records(part) {
        match kind {
            // BrtFmt
            0x2C => {
                if let (Some(id), Some((code, _))) = (u16_at(data, 0), wide_string(data, 2)) {
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
    styles
}

/// The formats that every workbook has (ECMA-376 part 1, 18.8.30; 27 to 36 and 50 to 58 are dates in East Asia).
const fn built_in(id: u16) -> Shown {
    match id {
        9 | 10 => Shown::Percent,
        14..=22 | 27..=36 | 45 | 47 | 50..=58 => Shown::Date,
        _ => Shown::Number,
    }
}

/// How a format's first section shows a number. A duration (`[h]:mm`) is a number of days.
fn shown_by(code: &str) -> Shown {
    if shows_percent(code) {
        return Shown::Percent;
    }
    let (mut quoted, mut escaped, mut bracket) = (false, false, None::<String>);
    let mut date = false;
    for c in code.chars() {
        match c {
            _ if escaped => escaped = false,
            '"' => quoted = !quoted,
            _ if quoted => {}
            '\\' | '_' | '*' => escaped = true,
            '[' => bracket = Some(String::new()),
            ']' => {
                let inside = bracket.take().unwrap_or_default().to_lowercase();
                if !inside.is_empty() && inside.chars().all(|c| matches!(c, 'h' | 'm' | 's')) {
                    return Shown::Number;
                }
            }
            c if bracket.is_some() => bracket.iter_mut().for_each(|inside| inside.push(c)),
            ';' => break,
            'd' | 'm' | 'y' | 'h' | 's' | 'D' | 'M' | 'Y' | 'H' | 'S' => date = true,
            _ => {}
        }
    }
    if date { Shown::Date } else { Shown::Number }
}

/// The targets of a relationships part, by their ids.
fn targets(part: &[u8]) -> BTreeMap<String, String> {
    let text = String::from_utf8_lossy(part);
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

/// The worksheets' names and parts in order (`BrtBundleSh`: state, id, relationship, name).
fn worksheets(book: &[u8], targets: &BTreeMap<String, String>) -> Vec<(String, String)> {
    let sheet = |data: &[u8]| {
        let (relationship, end) = wide_string(data, 8)?;
        let (name, _) = wide_string(data, end)?;
        let target = targets.get(&relationship)?;
        Some((
            name,
            target
                .strip_prefix('/')
                .map_or_else(|| format!("xl/{target}"), str::to_owned),
        ))
    };
    Records(book)
        .filter(|(kind, _)| *kind == 0x9C)
        .filter_map(|(_, data)| sheet(data))
        .collect()
}

/// `BrtWbProp`: whether days count from 1904.
fn has_1904_epoch(book: &[u8]) -> bool {
    Records(book)
        .any(|(kind, data)| kind == 0x99 && data.first().is_some_and(|flags| flags & 1 != 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_show_numbers_dates_or_per_cent() {
        for (code, shown) in [
            ("General", Shown::Number),
            ("#,##0.00", Shown::Number),
            ("0.0%", Shown::Percent),
            ("yyyy\"年\"m\"月\"d\"日\"", Shown::Date),
            ("[$-804]yyyy/m/d", Shown::Date),
            ("[Red]0", Shown::Number),
            ("[h]:mm:ss", Shown::Number),
            ("0\"days\"", Shown::Number),
        ] {
            assert_eq!(shown_by(code), shown, "{code}");
        }
    }

    #[test]
    fn short_numbers_are_read() {
        // Of MS-XLSB 2.5.123: an integer, an integer of hundredths, a double.
        for (bits, value) in [
            ((100 << 2) | 2, 100.0),
            ((1234 << 2) | 3, 12.34),
            (0x3FF0_0000, 1.0),
            ((-5_i32 << 2) as u32 | 2, -5.0),
        ] {
            assert!((rk(bits) - value).abs() < 1e-12, "{bits}");
        }
    }
}
