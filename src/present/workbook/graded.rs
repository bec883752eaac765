//! The sheet of customers: a real Excel table with a filter, grades in their colours, and columns for people to fill.

use super::formats::{Formats, Look, Shade};
use super::page::{self, HEADER_HEIGHT, ROW_HEIGHT};
use super::review::{self, Lists};
use super::{WorkbookError, text, widths};
use crate::compare::{Content, Fingerprint};
use crate::decide::Decision;
use crate::diagnostic::Lang;
use crate::present::palette::{HEADER, Rgb};
use crate::present::shown::unique_headings;
use crate::present::table::{ColumnRole, OutCell, ResultTable, RowMark, TableColumn};
use crate::table::Date;
use crate::words::Word;
use rust_xlsxwriter::{
    IgnoreError, Table, TableColumn as SheetColumn, TableStyle, Worksheet, XlsxError,
};
use std::borrow::Cow;
use std::ops::Range;

/// Behind the headings of the input's columns, and of those that people fill.
const HEADER_INPUT: Rgb = 0x4A_5A6E;
const HEADER_REVIEW: Rgb = 0x7A_5C00;
/// The most lines that a row shows: a longer text is whole in its cell, and would make a page of its row.
const MOST_LINES: usize = 8;
/// Days from 1899-12-30, from which Excel counts, to 1970-01-01.
const EXCEL_EPOCH: i64 = 25_569;

/// What is worked out once for all sheets: unique headings, and widths in characters.
pub struct Columns {
    headings: Vec<String>,
    pub(super) widths: Vec<usize>,
}

impl Columns {
    /// Measures the table.
    pub fn new(table: &dyn ResultTable) -> Self {
        let headings = unique_headings(
            table
                .columns()
                .iter()
                .map(|column| text::heading(&column.heading)),
        );
        let widths = headings
            .iter()
            .enumerate()
            .map(|(index, heading)| widths::of(table, index, heading))
            .collect();
        Self { headings, widths }
    }

    /// By what the columns that regrade fills will be known again.
    pub fn fingerprint(&self, table: &dyn ResultTable) -> Fingerprint {
        let columns = table.columns().iter().zip(&self.headings);
        let known = columns.filter(|(column, _)| is_known(column));
        Fingerprint::new(known.map(|(_, heading)| heading.clone()).collect())
    }
}

/// The rows of one sheet, and the how manieth it is, from 0.
pub struct Part {
    pub rows: Range<usize>,
    pub number: usize,
    /// Whether its rows go to a file as they are written. The library keeps half a kilobyte for each row that has a
    /// height of its own, so that these have none.
    pub streamed: bool,
}

/// Writes a part of the table.
pub fn write(
    sheet: &mut Worksheet,
    table: &dyn ResultTable,
    columns: &Columns,
    Part {
        rows,
        number,
        streamed,
    }: Part,
    lists: &Lists,
    formats: &mut Formats,
    fingerprint: &mut Fingerprint,
) -> Result<(), WorkbookError> {
    let lang = table.lang();
    let described = table.columns();
    if described.is_empty() {
        page::set_up(sheet, lang);
        return Ok(());
    }
    let head = Head {
        rows: rows.len(),
        name: "Graded",
        number,
        about: Word::SheetGraded,
        streamed,
    };
    let last_row = head.write(sheet, table, columns, formats)?;
    review::add(sheet, table, last_row, lists, formats)?;

    if rows.is_empty() {
        for (index, column) in (0u16..).zip(described) {
            let shade = shade_of(column, None, formats);
            sheet.write_blank(1, index, formats.cell(shade, look_of(column)))?;
        }
    }
    for (at, row) in (1u32..).zip(rows) {
        let mark = table.mark(row);
        let mut lines = 1;
        let mut contents = Vec::with_capacity(described.len());
        for (index, column) in (0u16..).zip(described) {
            let cell = table.cell(row, usize::from(index));
            if widths::is_wrapped(column)
                && let OutCell::Text(text) = &cell
            {
                lines = lines.max(page::lines(text, columns.widths[usize::from(index)]));
            }
            let shade = shade_of(column, Some(mark), formats);
            if is_known(column) {
                contents.push(content(written(cell.clone(), look_of(column), lang).0));
            }
            write_cell(sheet, (at, index), cell, column, shade, formats, lang)?;
        }
        fingerprint.add(&contents);
        let height = page::height(lines.min(MOST_LINES));
        if height != ROW_HEIGHT && !streamed {
            sheet.set_row_height_pixels(at, height)?;
        }
    }
    Ok(())
}

/// The headings of a sheet, and what makes a table of what stands below them.
pub(super) struct Head {
    /// How many rows stand below them.
    pub rows: usize,
    /// The table's name, in letters that Excel takes, and the how manieth of its sheets this is, from 0.
    pub name: &'static str,
    pub number: usize,
    /// What the table is, for those who do not see it.
    pub about: Word,
    /// Whether the rows go to a file as they are written.
    pub streamed: bool,
}

impl Head {
    /// Sets the sheet up for printing and scrolling, and writes the headings: the results' dark blue, the input's grey,
    /// those to fill brown. A streamed sheet gets a filter in place of a table, of which the library keeps every cell in
    /// memory (34 bytes each). Gives the last row of the table.
    pub fn write(
        self,
        sheet: &mut Worksheet,
        table: &dyn ResultTable,
        columns: &Columns,
        formats: &Formats,
    ) -> Result<u32, XlsxError> {
        page::set_up(sheet, table.lang());
        sheet.set_repeat_rows(0, 0)?;
        sheet.set_row_height_pixels(0, HEADER_HEIGHT)?;
        for (index, width) in (0u16..).zip(&columns.widths) {
            sheet.set_column_width(index, *width as f64)?;
        }
        let described = table.columns().iter();
        let fixed = described
            .take_while(|column| matches!(column.role, ColumnRole::Key | ColumnRole::Name))
            .count();
        sheet.set_freeze_panes(1, fixed as u16)?;
        // A table needs a row below its headings; where there is nobody it is an empty one.
        let last_row = self.rows.max(1) as u32;
        let last_column = table.columns().len() as u16 - 1;
        sheet.ignore_error_range(0, 0, last_row, last_column, IgnoreError::NumberStoredAsText)?;
        let described = table.columns().iter().zip(&columns.headings);
        let headed = described.map(|(column, heading)| {
            let fill = match column.role {
                ColumnRole::Input => HEADER_INPUT,
                ColumnRole::Review(_) => HEADER_REVIEW,
                _ => HEADER,
            };
            (heading, formats.heading(fill))
        });
        if self.streamed {
            for (index, (heading, format)) in (0u16..).zip(headed) {
                sheet.write_string_with_format(0, index, heading, &format)?;
            }
            sheet.autofilter(0, 0, last_row, last_column)?;
            return Ok(last_row);
        }
        let headed: Vec<SheetColumn> = headed
            .map(|(heading, format)| {
                SheetColumn::new()
                    .set_header(heading)
                    .set_header_format(format)
            })
            .collect();
        let name = match self.number {
            0 => self.name.to_owned(),
            number => format!("{}_{}", self.name, number + 1),
        };
        let head = Table::new()
            .set_name(name)
            .set_style(TableStyle::None)
            .set_columns(&headed)
            .set_alt_text(self.about.get(table.lang()));
        sheet.add_table(0, 0, last_row, last_column, &head)?;
        Ok(last_row)
    }
}

/// How a column's values are shown.
pub(super) const fn look_of(column: &TableColumn) -> Look {
    match column.role {
        ColumnRole::Grade => Look::Grade,
        ColumnRole::Previous | ColumnRole::Label => Look::Centred,
        ColumnRole::Reasons | ColumnRole::Next => Look::Wrapped,
        ColumnRole::Steps => Look::Delta(0),
        _ => Look::of(column.kind),
    }
}

/// What stands behind a cell; `mark` is `None` in a table without rows.
fn shade_of(column: &TableColumn, mark: Option<RowMark>, formats: &Formats) -> Shade {
    let Some(mark) = mark else {
        let fills = matches!(column.role, ColumnRole::Review(_));
        return if fills { Shade::Input } else { Shade::Plain };
    };
    match column.role {
        ColumnRole::Review(_) => Shade::Input,
        ColumnRole::Grade => mark.grade.map_or(Shade::Hatched, Shade::Grade),
        ColumnRole::Decision if mark.decision == Decision::Overridden => Shade::Overridden,
        _ => formats.row_shade(mark.grade),
    }
}

/// What a cell becomes in Excel.
enum Written<'a> {
    Blank,
    Number(f64),
    Text(Cow<'a, str>),
}

/// Writes one cell.
pub(super) fn write_cell(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    cell: OutCell<'_>,
    described: &TableColumn,
    shade: Shade,
    formats: &mut Formats,
    lang: Lang,
) -> Result<(), XlsxError> {
    let (value, look) = written(cell, look_of(described), lang);
    let format = formats.cell(shade, look);
    match value {
        Written::Blank => sheet.write_blank(row, column, format)?,
        Written::Number(number) => sheet.write_number_with_format(row, column, number, format)?,
        Written::Text(value) => {
            sheet.write_string_with_format(row, column, text::cell(&value), format)?
        }
    };
    Ok(())
}

/// Whether a column is known again: what people fill is for them to change.
const fn is_known(column: &TableColumn) -> bool {
    !matches!(column.role, ColumnRole::Review(_))
}

/// What stands in the cell when it is read back.
fn content(value: Written<'_>) -> Content<'_> {
    match value {
        Written::Blank => Content::Blank,
        Written::Number(number) => Content::Number(number),
        Written::Text(value) => {
            let fitted = match text::cell(&value) {
                Cow::Borrowed(_) => None,
                Cow::Owned(fitted) => Some(fitted),
            };
            Content::Text(fitted.map_or(value, Cow::Owned))
        }
    }
}

/// The value decides how a cell is written; the column's look is taken where it goes with the value.
fn written(cell: OutCell<'_>, look: Look, lang: Lang) -> (Written<'_>, Look) {
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
    let text = |value: String| (Written::Text(value.into()), words);
    let day = |date: Date| serial(i64::from(date.days()));
    match cell {
        OutCell::Blank => (Written::Blank, look),
        OutCell::Text(value) => (Written::Text(value), words),
        OutCell::Number(value) if look == Look::Id => text(value.to_string()),
        OutCell::Number(value) => (Written::Number(value.to_f64()), numbers),
        OutCell::Float(value) if value.is_finite() && look != Look::Id => {
            (Written::Number(value), numbers)
        }
        OutCell::Float(value) => text(value.to_string()),
        OutCell::Date(date) => match day(date) {
            Some(days) => (Written::Number(days), Look::Date),
            None => text(date.to_string()),
        },
        OutCell::DateTime(moment) => match day(moment.date()) {
            Some(days) => {
                let part = f64::from(moment.second_of_day()) / 86_400.0;
                (Written::Number(days + part), Look::DateTime)
            }
            None => text(moment.to_string()),
        },
        OutCell::Bool(value) => (Written::Text(Word::truth(value).get(lang).into()), words),
    }
}

/// A day as Excel counts; `None` before 1900-03-01, where its count has a 29 February 1900 that never was and other
/// programs differ.
pub(super) fn serial(unix_days: i64) -> Option<f64> {
    let days = unix_days + EXCEL_EPOCH;
    (days >= 61).then_some(days as f64)
}
