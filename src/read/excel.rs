//! Excel's workbooks. The only room that knows `calamine`.
//!
//! xlsx is streamed cell by cell: `worksheet_range` would allocate by the used extent, so that two cells in
//! the corners of a sheet abort the process. xls is read whole by calamine; a later issue moves it into a child process
//! under a memory limit, and reads its per-cent formats, which calamine does not give.

use super::assemble::{Candidate, Held, too_large};
use super::format::encrypted;
use super::guard::{check_parts, guarded};
use super::properties::{ASIDE, properties_of};
use super::sheet_rows::{MOST_COLUMNS, SheetRows, Value, tables, wanted};
use super::{Format, Source, Table};
use crate::diagnostic::Finding;
use crate::table::{Cell, CellError, Date, RawRows};
use calamine::{CellErrorType, Data, DataRef, Reader, SheetType, Style, Xls, Xlsx};
use std::cell;
use std::collections::BTreeSet;
use std::fmt::Display;
use std::io::{Cursor, Read, Seek, SeekFrom};
use std::rc::Rc;

/// Days from 1899-12-30 to 1904-01-01.
pub(super) const EPOCH_1904: f64 = 1462.0;

/// How many formulas without a value are remembered; nobody grades by a sheet that has more.
const MOST_UNSAVED: usize = 4_000_000;

/// Cells between two calls of the progress function.
const PROGRESS_EVERY: u32 = 1 << 16;

type Sheets = Vec<Result<Option<Candidate>, Vec<Finding>>>;

/// Reads an xlsx (or xlsm) workbook.
pub(super) fn read_xlsx(bytes: &[u8], source: &Source<'_>) -> Result<Vec<Table>, Vec<Finding>> {
    let checked = check_parts(bytes, source)?;
    guarded(source, || {
        let (reader, progress) = counted(bytes, source);
        let mut book = Xlsx::new(reader).map_err(|error| failed(&error, source))?;
        let mut names = worksheets(book.sheets_metadata());
        if !source.known.is_empty() && source.worksheet.is_none() {
            // A list of those who moved has keys and grades too, and is no second customers' sheet.
            let aside = properties_of(bytes).list(ASIDE);
            names.retain(|name| !aside.contains(name));
        }
        let mut sheets: Sheets = vec![];
        for name in wanted(&names, source)? {
            let unsaved = if checked.formulas {
                unsaved(&mut book, &name, source)?
            } else {
                BTreeSet::new()
            };
            let epoch = if book.has_1904_epoch() {
                EPOCH_1904
            } else {
                0.0
            };
            let mut reader = book
                .worksheet_cells_reader(&name)
                .map_err(|error| failed(&error, source))?;
            let percent: Vec<bool> = reader.styles().iter().map(is_percent).collect();
            let mut rows = SheetRows::new(source, &name, Format::Xlsx, bytes.len() as u64);
            rows.count_from_1904(epoch > 0.0);
            let mut outcome = Ok(());
            while rows.wants_more() {
                let next = reader
                    .next_cell_with_style_id()
                    .map_err(|error| failed(&error, source))?;
                let Some((cell, style)) = next else { break };
                let (row, column) = cell.get_position();
                let value = match cell.get_value() {
                    DataRef::Empty if unsaved.contains(&(row, column)) => {
                        Value::Plain(Cell::Error(CellError::Unsaved))
                    }
                    data => value(data, epoch, percent.get(style) == Some(&true)),
                };
                progress();
                outcome = rows.add(row, column, value);
                if outcome.is_err() {
                    break;
                }
            }
            sheets.push(outcome.and_then(|()| rows.finish()));
        }
        tables(sheets, source)
    })
}

/// The cells of one worksheet of an xlsx workbook as they stand there, from its first row on and as far as that goes to
/// the right; `None` if there is no such worksheet.
pub(super) fn cells_of(
    bytes: &[u8],
    worksheet: &str,
    source: &Source<'_>,
) -> Result<Option<RawRows>, Vec<Finding>> {
    check_parts(bytes, source)?;
    guarded(source, || {
        let mut book = Xlsx::new(Cursor::new(bytes)).map_err(|error| failed(&error, source))?;
        if !worksheets(book.sheets_metadata())
            .iter()
            .any(|name| name == worksheet)
        {
            return Ok(None);
        }
        let mut reader = book
            .worksheet_cells_reader(worksheet)
            .map_err(|error| failed(&error, source))?;
        let mut raw: Option<RawRows> = None;
        let (mut row, mut cells): (u32, Vec<(u32, Held)>) = (0, vec![]);
        loop {
            let next = reader.next_cell().map_err(|error| failed(&error, source))?;
            let at = next.as_ref().map(calamine::Cell::get_position);
            if at.is_none_or(|(at, _)| at != row) && !cells.is_empty() {
                let width = cells.last().map_or(0, |(column, _)| *column as usize + 1);
                let raw = raw.get_or_insert_with(|| RawRows::new(width));
                let mut line = vec![Cell::Blank; raw.width()];
                for (column, cell) in &cells {
                    if let Some(place) = line.get_mut(*column as usize) {
                        *place = cell.cell();
                    }
                }
                raw.push(row + 1, line);
                cells.clear();
            }
            let (Some(cell), Some((at, column))) = (&next, at) else {
                return Ok(Some(raw.unwrap_or_default()));
            };
            row = at;
            let held = Held::of(value(cell.get_value(), 0.0, false).cell());
            if !held.is_blank() && column < MOST_COLUMNS {
                cells.push((column, held));
            }
        }
    })
}

/// The cells with a formula and no saved value, as programs write them that cannot calculate.
fn unsaved<R: Read + Seek>(
    book: &mut Xlsx<R>,
    name: &str,
    source: &Source<'_>,
) -> Result<BTreeSet<(u32, u32)>, Vec<Finding>> {
    let mut reader = book
        .worksheet_cells_reader(name)
        .map_err(|error| failed(&error, source))?;
    let mut unsaved = BTreeSet::new();
    while let Some(record) = reader
        .next_cell_with_formula_metadata()
        .map_err(|error| failed(&error, source))?
    {
        if record.formula.is_some() && record.value == DataRef::Empty {
            unsaved.insert(record.pos);
            if unsaved.len() > MOST_UNSAVED {
                return Err(too_large(&source.origin(Some(name)).place()));
            }
        }
    }
    Ok(unsaved)
}

/// Reads an xls workbook.
pub(super) fn read_xls(bytes: &[u8], source: &Source<'_>) -> Result<Vec<Table>, Vec<Finding>> {
    guarded(source, || {
        let mut book = Xls::new(Cursor::new(bytes)).map_err(|error| failed(&error, source))?;
        let names = worksheets(book.sheets_metadata());
        let epoch = if book.has_1904_epoch() {
            EPOCH_1904
        } else {
            0.0
        };
        let mut sheets: Sheets = vec![];
        for name in wanted(&names, source)? {
            let range = book
                .worksheet_range(&name)
                .map_err(|error| failed(&error, source))?;
            let (top, left) = range.start().unwrap_or_default();
            let mut rows = SheetRows::new(source, &name, Format::Xls, bytes.len() as u64);
            rows.count_from_1904(epoch > 0.0);
            let mut outcome = Ok(());
            for (row, column, data) in range.used_cells() {
                outcome = rows.add(
                    top + row as u32,
                    left + column as u32,
                    value(&borrowed(data), epoch, false),
                );
                if outcome.is_err() || !rows.wants_more() {
                    break;
                }
            }
            let candidate = outcome.and_then(|()| rows.finish());
            sheets.push(candidate);
        }
        tables(sheets, source)
    })
}

/// The names of the sheets that have cells.
fn worksheets(sheets: &[calamine::Sheet]) -> Vec<String> {
    sheets
        .iter()
        .filter(|sheet| sheet.typ == SheetType::WorkSheet)
        .map(|sheet| sheet.name.clone())
        .collect()
}

fn failed(error: &dyn Display, source: &Source<'_>) -> Vec<Finding> {
    let why = error.to_string();
    let lower = why.to_lowercase();
    if lower.contains("password") || lower.contains("encrypt") {
        encrypted()
    } else {
        source.broken(&why)
    }
}

/// A cell's value as it is kept. `epoch` is added to dates.
fn value<'v>(data: &DataRef<'v>, epoch: f64, percent: bool) -> Value<'v> {
    Value::Plain(match data {
        DataRef::SharedString(text) => return Value::Shared(text),
        DataRef::String(text) | DataRef::DurationIso(text) => return Value::Own(text.clone()),
        DataRef::DateTimeIso(text) => match serial_of_iso(text) {
            Some(serial) => Cell::Date(serial),
            None => return Value::Own(text.clone()),
        },
        DataRef::Int(value) => number(*value as f64, percent),
        DataRef::Float(value) => number(*value, percent),
        // A duration is a number of days; it has no epoch.
        DataRef::DateTime(value) if value.is_duration() => number(value.as_f64(), false),
        DataRef::DateTime(value) => Cell::Date(value.as_f64() + epoch),
        DataRef::Bool(value) => Cell::Bool(*value),
        DataRef::Error(error) => Cell::Error(match error {
            CellErrorType::Div0 => CellError::Div0,
            CellErrorType::NA => CellError::NotAvailable,
            CellErrorType::Name => CellError::Name,
            CellErrorType::Null => CellError::Null,
            CellErrorType::Num => CellError::Num,
            CellErrorType::Ref => CellError::Ref,
            CellErrorType::Value => CellError::Value,
            CellErrorType::GettingData => CellError::Other,
        }),
        DataRef::Empty => Cell::Blank,
    })
}

pub(super) fn number(value: f64, percent: bool) -> Cell<'static> {
    match (value.is_finite(), percent) {
        (false, _) => Cell::Error(CellError::Num),
        (true, true) => Cell::Percent(value),
        (true, false) => Cell::Number(value),
    }
}

fn borrowed(data: &Data) -> DataRef<'_> {
    match data {
        Data::String(text) => DataRef::SharedString(text),
        Data::DateTimeIso(text) => DataRef::DateTimeIso(text.clone()),
        Data::DurationIso(text) => DataRef::DurationIso(text.clone()),
        Data::Int(value) => DataRef::Int(*value),
        Data::Float(value) => DataRef::Float(*value),
        Data::Bool(value) => DataRef::Bool(*value),
        Data::DateTime(value) => DataRef::DateTime(*value),
        Data::Error(error) => DataRef::Error(error.clone()),
        Data::Empty => DataRef::Empty,
    }
}

/// Days since 1899-12-30 of `2024-03-05` or `2024-03-05T10:30:00`.
pub(super) fn serial_of_iso(text: &str) -> Option<f64> {
    let (day, time) = text
        .trim_end_matches('Z')
        .split_once(['T', ' '])
        .unwrap_or((text, "00:00:00"));
    let days = Date::new(1899, 12, 30)?.days_to(Date::parse_iso(day)?);
    let mut seconds = 0.0;
    for (part, worth) in time.splitn(3, ':').zip([3600.0, 60.0, 1.0]) {
        seconds += part.parse::<f64>().ok()? * worth;
    }
    Some(f64::from(days) + seconds / 86_400.0)
}

fn is_percent(style: &Style) -> bool {
    style
        .number_format
        .as_ref()
        .is_some_and(|format| shows_percent(&format.format_code))
}

/// Whether a number format shows per cent: a `%` in its first section that is neither quoted nor escaped.
pub(super) fn shows_percent(format: &str) -> bool {
    let (mut quoted, mut escaped, mut bracketed) = (false, false, false);
    for c in format.chars() {
        match c {
            _ if escaped => escaped = false,
            '"' => quoted = !quoted,
            _ if quoted => {}
            '\\' | '_' | '*' => escaped = true,
            '[' => bracketed = true,
            ']' => bracketed = false,
            '%' if !bracketed => return true,
            ';' if !bracketed => return false,
            _ => {}
        }
    }
    false
}

/// A reader over `bytes` and a function that reports, now and then, how far it has come.
fn counted<'b, 's>(bytes: &'b [u8], source: &'s Source<'_>) -> (Counted<'b>, impl Fn() + 's) {
    let position = Rc::new(cell::Cell::new(0));
    let total = bytes.len() as u64;
    let reader = Counted {
        bytes: Cursor::new(bytes),
        position: position.clone(),
    };
    let (calls, furthest) = (cell::Cell::new(0_u32), cell::Cell::new(0_u64));
    let report = move || {
        calls.set((calls.get() + 1) % PROGRESS_EVERY);
        if calls.get() == 0 {
            // The workbook's parts lie in any order; progress does not go back.
            furthest.set(furthest.get().max(position.get()));
            (source.progress)(furthest.get().min(total), total);
        }
    };
    (reader, report)
}

struct Counted<'b> {
    bytes: Cursor<&'b [u8]>,
    position: Rc<cell::Cell<u64>>,
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.bytes.read(buffer)?;
        self.position.set(self.bytes.position());
        Ok(count)
    }
}

impl Seek for Counted<'_> {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.bytes.seek(to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn per_cent_formats_are_known() {
        for (format, percent) in [
            ("0%", true),
            ("0.00%", true),
            ("#,##0.0%;[Red]-0%", true),
            ("General", false),
            ("0\"%\"", false),
            ("0\\%", false),
            ("0;0%", false),
            ("[Color%]0", false),
        ] {
            assert_eq!(shows_percent(format), percent, "{format}");
        }
    }

    #[test]
    fn iso_dates_become_serials() {
        assert_eq!(serial_of_iso("2024-03-05"), Some(45356.0));
        assert_eq!(serial_of_iso("2024-03-05T12:00:00"), Some(45356.5));
        assert_eq!(serial_of_iso("5.3.2024"), None);
    }
}
