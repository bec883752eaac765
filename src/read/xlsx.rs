//! Excel's workbooks since 2007. The only room that knows `calamine`.
//!
//! Streamed cell by cell: `worksheet_range` would allocate by the used extent, so that two cells in the corners of a
//! sheet abort the process. Formulas are asked for without their text, which calamine 0.38 reserves memory for by what
//! a cell declares.
//!
//! Takes the file's bytes and what was seen of its parts; says what is in it.

mod outline;

pub(super) use outline::Outline;

use super::guard::Parts;
use super::listener::{Fault, Listener};
use super::numbers::{EPOCH_1904, number, serial_of_iso, shows_percent};
use crate::table::{Cell, CellError};
use calamine::{CellErrorType, DataRef, Reader, Style, Xlsx};
use std::cell;
use std::collections::BTreeSet;
use std::error::Error;
use std::io::{Cursor, Read, Seek, SeekFrom};
use std::rc::Rc;

/// How many formulas without a value are remembered; nobody grades by a sheet that has more.
const MOST_UNSAVED: usize = 4_000_000;

/// Cells between two reports of progress.
const PROGRESS_EVERY: u32 = 1 << 16;

/// Reads an xlsx (or xlsm) workbook.
pub(super) fn read(bytes: &[u8], parts: Parts, listener: &mut dyn Listener) -> Result<(), Fault> {
    let position = Rc::new(cell::Cell::new(0));
    let mut book = Xlsx::new(Counted {
        bytes: Cursor::new(bytes),
        position: position.clone(),
    })
    .map_err(failed)?;
    let names = outline::worksheets(&book);
    let epoch = if book.has_1904_epoch() {
        EPOCH_1904
    } else {
        0.0
    };
    let (mut count, mut furthest) = (0_u32, 0);
    if epoch > 0.0 {
        listener.counts_from_1904()?;
    }
    for name in outline::hidden(&book) {
        listener.hidden(&name)?;
    }
    for index in listener.worksheets(&names)? {
        let Some(name) = names.get(index) else {
            continue;
        };
        let unsaved = if parts.formulas {
            unsaved(&mut book, name)?
        } else {
            BTreeSet::new()
        };
        let mut reader = book.worksheet_cells_reader(name).map_err(failed)?;
        let percent: Vec<bool> = reader.styles().iter().map(is_percent).collect();
        listener.begin(index)?;
        while let Some((cell, style)) = reader.next_cell_with_style_id().map_err(failed)? {
            let (row, column) = cell.get_position();
            let value = match cell.get_value() {
                DataRef::Empty if unsaved.contains(&(row, column)) => {
                    Cell::Error(CellError::Unsaved)
                }
                data => value(data, epoch, percent.get(style) == Some(&true)),
            };
            if listener.cell(row, column, value)?.is_break() {
                break;
            }
            count = (count + 1) % PROGRESS_EVERY;
            if count == 0 {
                // The workbook's parts lie in any order; progress does not go back.
                furthest = position.get().max(furthest);
                listener.progress(furthest);
            }
        }
        listener.end()?;
    }
    Ok(())
}

/// The cells with a formula and no saved value, as programs write them that cannot calculate.
fn unsaved<R: Read + Seek>(book: &mut Xlsx<R>, name: &str) -> Result<BTreeSet<(u32, u32)>, Fault> {
    let mut reader = book.worksheet_cells_reader(name).map_err(failed)?;
    let mut unsaved = BTreeSet::new();
    while let Some(record) = reader.next_cell_with_formula_metadata().map_err(failed)? {
        if record.formula.is_some() && record.value == DataRef::Empty {
            unsaved.insert(record.pos);
            if unsaved.len() > MOST_UNSAVED {
                return Err(Fault::TooLarge);
            }
        }
    }
    Ok(unsaved)
}

fn failed(error: impl Error) -> Fault {
    let lower = error.to_string().to_lowercase();
    if lower.contains("password") || lower.contains("encrypt") {
        Fault::Encrypted
    } else {
        Fault::broken(error)
    }
}

/// A cell's value as it is kept. `epoch` is added to dates.
fn value<'v>(data: &'v DataRef<'_>, epoch: f64, percent: bool) -> Cell<'v> {
    match data {
        DataRef::SharedString(text) => Cell::Text(text),
        DataRef::String(text) | DataRef::DurationIso(text) => Cell::Text(text),
        DataRef::DateTimeIso(text) => serial_of_iso(text).map_or(Cell::Text(text), Cell::Date),
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
    }
}

fn is_percent(style: &Style) -> bool {
    style
        .number_format
        .as_ref()
        .is_some_and(|format| shows_percent(&format.format_code))
}

/// Remembers how far it was read.
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
