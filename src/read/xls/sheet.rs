//! The cells of one worksheet.

use super::text::long_text;
use super::{BOF, Book, CONTINUE, EOF, Records, STRING, cut_off};
use crate::read::listener::{Fault, Listener};
use crate::read::numbers::{Shown, error, rk, u16_at, u32_at};
use crate::table::{Cell, CellError};
use crate::text;
use std::ops::ControlFlow;

/// A worksheet of a book.
pub(super) struct Sheet<'b> {
    pub(super) book: &'b Book,
    /// Whether the program that wrote it calculates, so that a formula without a result has an empty one.
    pub(super) calculated: bool,
}

impl Sheet<'_> {
    /// Says the cells of the worksheet that starts with `stream`.
    pub(super) fn read(&self, stream: &[u8], listener: &mut dyn Listener) -> Result<(), Fault> {
        let rows = cells_by_row(stream)?;
        for (row, at) in rows {
            let mut records = Records { stream, at };
            let Some((kind, data)) = records.next() else {
                return Err(cut_off());
            };
            if self
                .say(u32::from(row), kind, data, records, listener)?
                .is_break()
            {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Says the cells of one record; `after` are the records that follow it.
    fn say(
        &self,
        row: u32,
        kind: u16,
        data: &[u8],
        after: Records<'_>,
        listener: &mut dyn Listener,
    ) -> Result<ControlFlow<()>, Fault> {
        let short = || Fault::Broken(text!("a cell is cut off", "有单元格被截断"));
        let column = u16_at(data, 2).ok_or_else(short)?;
        let column = u32::from(column);
        if kind == MUL_RK {
            // Styles and numbers of six bytes each, and the last column.
            let numbers = data.get(4..data.len() - 2).ok_or_else(short)?;
            for (column, number) in (column..).zip(numbers.chunks_exact(6)) {
                let value = rk(u32_at(number, 2).ok_or_else(short)?);
                let cell = self.shown(number, 0).cell(value, self.book.epoch);
                if listener.cell(row, column, cell)?.is_break() {
                    return Ok(ControlFlow::Break(()));
                }
            }
            return Ok(ControlFlow::Continue(()));
        }
        let shown = self.shown(data, 4);
        let value = data.get(6..).ok_or_else(short)?;
        let text;
        let cell = match kind {
            NUMBER => shown.cell(f64_at(value).ok_or_else(short)?, self.book.epoch),
            RK => shown.cell(rk(u32_at(value, 0).ok_or_else(short)?), self.book.epoch),
            LABEL_SST => {
                let index = u32_at(value, 0).ok_or_else(short)? as usize;
                let missing = || {
                    Fault::Broken(text!(
                        "a text that cells share is missing",
                        "缺少单元格共用的文本"
                    ))
                };
                Cell::Text(self.book.shared.get(index).ok_or_else(missing)?)
            }
            LABEL | RICH => {
                text = self.book.alphabet.text(value, 2).ok_or_else(short)?;
                Cell::Text(&text)
            }
            BOOL_OR_ERROR => match value {
                [value, 0, ..] => Cell::Bool(*value != 0),
                [value, _, ..] => Cell::Error(error(*value)),
                _ => return Err(short()),
            },
            // Formula: the value that was saved with it.
            _ => match value.get(..8).ok_or_else(short)? {
                [0, .., 0xFF, 0xFF] => {
                    text = self.result(after).ok_or_else(short)?;
                    Cell::Text(&text)
                }
                [1, _, value, .., 0xFF, 0xFF] => Cell::Bool(*value != 0),
                [2, _, value, .., 0xFF, 0xFF] => Cell::Error(error(*value)),
                [_, .., 0xFF, 0xFF] if self.calculated => Cell::Blank,
                [_, .., 0xFF, 0xFF] => Cell::Error(CellError::Unsaved),
                _ => shown.cell(f64_at(value).ok_or_else(short)?, self.book.epoch),
            },
        };
        if cell == Cell::Blank || cell == Cell::Text("") {
            return Ok(ControlFlow::Continue(()));
        }
        listener.cell(row, column, cell)
    }

    fn shown(&self, data: &[u8], at: usize) -> Shown {
        let style = u16_at(data, at).unwrap_or_default();
        let shown = self.book.shown.get(usize::from(style));
        shown.copied().unwrap_or(Shown::Number)
    }

    /// The text that a formula gave: in the next record that is not about the formula itself.
    fn result(&self, mut after: Records<'_>) -> Option<String> {
        loop {
            match after.next()? {
                (SHARED | ARRAY | DATA_TABLE | CONTINUE, _) => {}
                (STRING, data) => return long_text(self.book.alphabet, data, &mut after),
                _ => return None,
            }
        }
    }
}

const NUMBER: u16 = 0x0203;
const LABEL: u16 = 0x0204;
const BOOL_OR_ERROR: u16 = 0x0205;
const RK: u16 = 0x027E;
const MUL_RK: u16 = 0x00BD;
const LABEL_SST: u16 = 0x00FD;
const RICH: u16 = 0x00D6;
const FORMULA: u16 = 0x0006;
/// What a formula may be followed by before its result.
const SHARED: u16 = 0x04BC;
const ARRAY: u16 = 0x0221;
const DATA_TABLE: u16 = 0x0236;

/// Where the records of cells are, in the order of their rows: some libraries write them in the order of their calls.
fn cells_by_row(stream: &[u8]) -> Result<Vec<(u16, usize)>, Fault> {
    let mut records = Records::of(stream);
    // Charts within the sheet have records like cells.
    let (mut found, mut depth) = (vec![], 0);
    loop {
        let at = records.at;
        let Some((kind, data)) = records.next() else {
            return Err(cut_off());
        };
        match kind {
            BOF => depth += 1,
            EOF if depth <= 1 => break,
            EOF => depth -= 1,
            NUMBER | LABEL | BOOL_OR_ERROR | RK | MUL_RK | LABEL_SST | RICH | FORMULA
                if depth == 1 =>
            {
                found.push((u16_at(data, 0).ok_or_else(cut_off)?, at));
            }
            _ => {}
        }
    }
    found.sort_by_key(|(row, _)| *row);
    Ok(found)
}

fn f64_at(data: &[u8]) -> Option<f64> {
    Some(f64::from_le_bytes(data.get(..8)?.try_into().ok()?))
}
