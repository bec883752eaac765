//! The sheet of customers: a real Excel table with a filter, grades in their colours, and columns for people to fill.

use super::book::Book;
use super::formats::{Formats, Shade};
use super::page::{self, HEADER_HEIGHT};
use super::review::{self, Lists};
use super::rows::{Rows, is_known, look_of};
use super::{Limits, WorkbookError, text, widths};
use crate::compare::Fingerprint;
use crate::decide::Decision;
use crate::present::palette::{HEADER, Rgb};
use crate::present::shown::unique_headings;
use crate::present::table::{ColumnRole, ResultTable, RowMark, TableColumn};
use crate::words::Word;
use rust_xlsxwriter::{
    IgnoreError, Table, TableColumn as SheetColumn, TableStyle, Worksheet, XlsxError,
};
use std::ops::Range;

/// Behind the headings of the input's columns, and of those that people fill.
const HEADER_INPUT: Rgb = 0x4A_5A6E;
const HEADER_REVIEW: Rgb = 0x7A_5C00;

/// What is worked out once for all sheets: unique headings, and widths in characters.
pub struct Columns {
    headings: Vec<String>,
    pub(super) widths: Vec<usize>,
}

impl Columns {
    /// Measures the table.
    pub fn new(table: &(dyn ResultTable + Sync)) -> Self {
        let columns = Self::unmeasured(table);
        let widths = widths::of(table, &columns.headings);
        Self { widths, ..columns }
    }

    /// Those of a table whose rows are not there yet.
    pub fn unmeasured(table: &dyn ResultTable) -> Self {
        let columns = table.columns().iter();
        let headings = unique_headings(columns.map(|column| text::heading(&column.heading)));
        Self {
            headings,
            widths: vec![],
        }
    }

    /// The same, as wide as their content.
    pub fn of_width(self, table: &dyn ResultTable, widest: &[usize]) -> Self {
        let widths = widths::fitted(table.columns(), &self.headings, widest);
        Self { widths, ..self }
    }

    /// By what the columns that regrade fills will be known again.
    pub fn fingerprint(&self, table: &dyn ResultTable) -> Fingerprint {
        let columns = table.columns().iter().zip(&self.headings);
        let known = columns.filter(|(column, _)| is_known(column));
        Fingerprint::new(known.map(|(_, heading)| heading.clone()).collect())
    }
}

/// The customers as their sheets show them.
pub struct Graded<'a> {
    pub table: &'a (dyn ResultTable + Sync),
    pub columns: &'a Columns,
    /// What people choose from.
    pub lists: &'a Lists,
}

/// One sheet of them.
pub struct Part<'a> {
    /// Its name.
    pub name: &'a str,
    pub rows: Range<usize>,
    /// The how manieth it is, from 0.
    pub number: usize,
    /// Whether there are too many rows to be kept in memory.
    pub is_large: bool,
}

/// Adds a sheet with a part of the customers, and what they will be known by to the fingerprint.
pub fn add(
    book: &mut Book,
    graded: &Graded<'_>,
    part: Part<'_>,
    formats: &mut Formats,
    fingerprint: &mut Fingerprint,
    limits: Limits,
) -> Result<(), WorkbookError> {
    let (table, columns) = (graded.table, graded.columns);
    let way = Book::way(part.rows.len(), part.is_large, formats, limits);
    head(book.add(way)?, graded, &part, formats)?;
    if table.columns().is_empty() {
        return Ok(());
    }
    let shading = shading(table.columns(), formats.behind_rows());
    let rows = Rows {
        table,
        columns,
        shading: &shading,
    };
    book.write(rows, part.rows, way, formats, Some(fingerprint))
}

/// What stands behind the cells of columns; `behind_rows` is what stands behind a row of a grade.
pub fn shading(
    described: &[TableColumn],
    behind_rows: fn(usize) -> Shade,
) -> impl Fn(usize, usize, RowMark) -> Shade + Sync {
    move |_, column, mark| match described[column].role {
        ColumnRole::Review(_) => Shade::Input,
        ColumnRole::Grade => mark.grade.map_or(Shade::Hatched, Shade::Grade),
        ColumnRole::Decision if mark.decision == Decision::Overridden => Shade::Overridden,
        _ => mark.grade.map_or(Shade::Plain, behind_rows),
    }
}

/// All of a sheet with a part of the customers but their rows.
pub fn head(
    sheet: &mut Worksheet,
    graded: &Graded<'_>,
    part: &Part<'_>,
    formats: &mut Formats,
) -> Result<(), XlsxError> {
    let (table, columns) = (graded.table, graded.columns);
    let described = table.columns();
    sheet.set_name(part.name)?;
    if described.is_empty() {
        page::set_up(sheet, table.lang());
        return Ok(());
    }
    let head = Head {
        rows: part.rows.len(),
        name: "Graded",
        number: part.number,
        about: Word::SheetGraded,
        is_large: part.is_large,
    };
    let last_row = head.write(sheet, table, columns, formats)?;
    review::add(sheet, table, last_row, graded.lists, formats)?;
    if part.rows.is_empty() {
        for (index, column) in (0u16..).zip(described) {
            let fills = matches!(column.role, ColumnRole::Review(_));
            let shade = if fills { Shade::Input } else { Shade::Plain };
            sheet.write_blank(1, index, formats.cell(shade, look_of(column)))?;
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
    /// Whether there are too many to be kept in memory.
    pub is_large: bool,
}

impl Head {
    /// Sets the sheet up for printing and scrolling, and writes the headings: the results' dark blue, the input's grey,
    /// those to fill brown. A large sheet gets a filter in place of a table, of which the library keeps every cell in
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
        if self.is_large {
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
