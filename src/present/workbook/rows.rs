//! The rows of a table: what becomes of each cell, whoever writes it.

use super::formats::{Formats, Look, Shade};
use super::graded::Columns;
use super::page::{self, ROW_HEIGHT};
use super::{WorkbookError, text, widths};
use crate::compare::{Content, Fingerprint};
use crate::diagnostic::Lang;
use crate::present::table::{ColumnRole, OutCell, ResultTable, RowMark, TableColumn};
use crate::table::{Date, Decimal};
use crate::words::Word;
use rust_xlsxwriter::Worksheet;
use std::borrow::Cow;

/// The most lines that a row shows: a longer text is whole in its cell, and would make a page of its row.
const MOST_LINES: usize = 8;
/// Days from 1899-12-30, from which Excel counts, to 1970-01-01.
const EXCEL_EPOCH: i64 = 25_569;

/// What a cell becomes in Excel.
#[derive(Debug)]
pub enum Value<'a> {
    /// Nothing but its format.
    Blank,
    /// A number.
    Number(f64),
    /// A number of which every digit is known.
    Exact(Decimal),
    /// A text that fits a cell.
    Text(Cow<'a, str>),
}

/// Where cells are written, row after row.
pub trait Cells {
    /// Whether rows may have a height of their own.
    fn has_heights(&self) -> bool;
    /// Begins the row of this number, from 0.
    fn begin(&mut self, row: u32);
    /// Writes its next cell.
    fn put(
        &mut self,
        column: u16,
        value: &Value<'_>,
        shade: Shade,
        look: Look,
    ) -> Result<(), WorkbookError>;
    /// Ends it; its longest text takes so many lines.
    fn end(&mut self, lines: usize) -> Result<(), WorkbookError>;
}

/// What stands behind the cell of a row and a column, in a row with this mark.
pub type Shading<'a> = dyn Fn(usize, usize, RowMark) -> Shade + Sync + 'a;

/// The rows of a table as a workbook shows them.
#[derive(Clone, Copy)]
pub struct Rows<'a> {
    pub table: &'a (dyn ResultTable + Sync),
    pub columns: &'a Columns,
    pub shading: &'a Shading<'a>,
}

impl Rows<'_> {
    /// How the columns look.
    pub fn looks(&self) -> impl Iterator<Item = Look> {
        self.table.columns().iter().map(look_of)
    }

    /// Writes row `row` of the table as row `at` of the sheet, and adds it to what it will be known by.
    pub fn write(
        &self,
        row: usize,
        at: u32,
        cells: &mut impl Cells,
        known: Option<&mut Fingerprint>,
    ) -> Result<(), WorkbookError> {
        self.write_watched(row, at, cells, known, &mut |_, _| ())
    }

    /// The same where somebody looks at each cell, with its column, on the way.
    pub fn write_watched(
        &self,
        row: usize,
        at: u32,
        cells: &mut impl Cells,
        known: Option<&mut Fingerprint>,
        watch: &mut impl FnMut(usize, &OutCell<'_>),
    ) -> Result<(), WorkbookError> {
        let lang = self.table.lang();
        let described = self.table.columns();
        let mark = self.table.mark(row);
        let mut contents = Vec::with_capacity(if known.is_some() { described.len() } else { 0 });
        let mut lines = 1;
        cells.begin(at);
        for (index, column) in (0u16..).zip(described) {
            let place = usize::from(index);
            let cell = self.table.cell(row, place);
            watch(place, &cell);
            let (value, look) = value_of(cell, look_of(column), lang);
            if cells.has_heights()
                && widths::is_wrapped(column)
                && let Value::Text(text) = &value
            {
                lines = lines.max(page::lines(text, self.columns.widths[place]));
            }
            cells.put(index, &value, (self.shading)(row, place, mark), look)?;
            if known.is_some() && is_known(column) {
                contents.push(content(value));
            }
        }
        if let Some(known) = known {
            known.add(&contents);
        }
        cells.end(lines)
    }
}

/// Whether a column is known again: what people fill is for them to change.
pub const fn is_known(column: &TableColumn) -> bool {
    !matches!(column.role, ColumnRole::Review(_))
}

/// How a column's values are shown.
pub const fn look_of(column: &TableColumn) -> Look {
    match column.role {
        ColumnRole::Grade => Look::Grade,
        ColumnRole::Previous | ColumnRole::Label => Look::Centred,
        ColumnRole::Reasons | ColumnRole::Next => Look::Wrapped,
        ColumnRole::Steps => Look::Delta(0),
        _ => Look::of(column.kind),
    }
}

/// What stands in the cell when it is read back.
fn content(value: Value<'_>) -> Content<'_> {
    match value {
        Value::Blank => Content::Blank,
        Value::Number(number) => Content::Number(number),
        Value::Exact(number) => Content::Exact(number),
        Value::Text(text) => Content::Text(text),
    }
}

/// The value decides how a cell is written; the column's look is taken where it goes with the value.
fn value_of(cell: OutCell<'_>, look: Look, lang: Lang) -> (Value<'_>, Look) {
    let words = match look {
        Look::Number(_) | Look::Percent(_) | Look::Delta(_) | Look::Date | Look::DateTime => {
            Look::Text
        }
        look => look,
    };
    let numbers = match look {
        Look::Number(_) | Look::Percent(_) | Look::Delta(_) => look,
        _ => Look::General,
    };
    let text = |value: String| (Value::Text(value.into()), words);
    let day = |date: Date| serial(i64::from(date.days()));
    match cell {
        OutCell::Blank => (Value::Blank, look),
        OutCell::Text(value) => (Value::Text(fitted(value)), words),
        OutCell::Number(value) if look == Look::Id => text(value.to_string()),
        OutCell::Number(value) => (Value::Exact(value), numbers),
        OutCell::Float(value) if value.is_finite() && look != Look::Id => {
            (Value::Number(value), numbers)
        }
        OutCell::Float(value) => text(value.to_string()),
        OutCell::Date(date) => match day(date) {
            Some(days) => (Value::Number(days), Look::Date),
            None => text(date.to_string()),
        },
        OutCell::DateTime(moment) => match day(moment.date()) {
            Some(days) => {
                let part = f64::from(moment.second_of_day()) / 86_400.0;
                (Value::Number(days + part), Look::DateTime)
            }
            None => text(moment.to_string()),
        },
        OutCell::Bool(value) => (Value::Text(Word::truth(value).get(lang).into()), words),
    }
}

/// As much of a text as fits a cell.
fn fitted(text: Cow<'_, str>) -> Cow<'_, str> {
    let fitted = match text::cell(&text) {
        Cow::Borrowed(_) => None,
        Cow::Owned(fitted) => Some(fitted),
    };
    fitted.map_or(text, Cow::Owned)
}

/// A day as Excel counts; `None` before 1900-03-01, where its count has a 29 February 1900 that never was and other
/// programs differ.
pub fn serial(unix_days: i64) -> Option<f64> {
    let days = unix_days + EXCEL_EPOCH;
    (days >= 61).then_some(days as f64)
}

/// Cells that the library writes.
pub struct Library<'a> {
    pub sheet: &'a mut Worksheet,
    pub formats: &'a mut Formats,
    /// Whether it keeps the sheet in memory. Else it keeps half a kilobyte for each row that has a height of its own, so
    /// that rows have none.
    pub is_held: bool,
    /// The row that is being written.
    pub row: u32,
}

impl Cells for Library<'_> {
    fn has_heights(&self) -> bool {
        self.is_held
    }

    fn begin(&mut self, row: u32) {
        self.row = row;
    }

    fn put(
        &mut self,
        column: u16,
        value: &Value<'_>,
        shade: Shade,
        look: Look,
    ) -> Result<(), WorkbookError> {
        let format = self.formats.cell(shade, look);
        let (sheet, row) = (&mut *self.sheet, self.row);
        match value {
            Value::Blank => sheet.write_blank(row, column, format)?,
            Value::Number(number) => {
                sheet.write_number_with_format(row, column, *number, format)?
            }
            Value::Exact(number) => {
                sheet.write_number_with_format(row, column, number.to_f64(), format)?
            }
            Value::Text(text) => {
                sheet.write_string_with_format(row, column, text.as_ref(), format)?
            }
        };
        Ok(())
    }

    fn end(&mut self, lines: usize) -> Result<(), WorkbookError> {
        let height = page::height(lines.min(MOST_LINES));
        if height != ROW_HEIGHT {
            self.sheet.set_row_height_pixels(self.row, height)?;
        }
        Ok(())
    }
}
