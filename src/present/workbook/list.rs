//! A list as a sheet: a real table with a filter, its header frozen, on as many sheets as it needs.

use super::formats::{Formats, Shade};
use super::graded::{Columns, Head, Part, look_of, write_cell};
use super::page::{self, ROW_HEIGHT};
use super::text::SheetNames;
use super::{Limits, WorkbookError, widths};
use crate::present::table::{OutCell, ResultTable};
use crate::words::Word;
use rust_xlsxwriter::{Workbook, Worksheet};

/// The most lines that a row shows: a longer text is whole in its cell, and would make a page of its row.
const MOST_LINES: usize = 8;

/// A list that becomes a sheet.
pub(super) struct List<'a> {
    /// What stands in it.
    pub table: &'a dyn ResultTable,
    /// The name of its sheet.
    pub sheet: Word,
    /// The name of its table, in letters that Excel takes.
    pub name: &'static str,
    /// What stands behind the cell of a row and a column.
    pub shade: &'a dyn Fn(usize, usize) -> Shade,
}

/// Adds the sheet, or as many as the list needs; gives their names.
pub(super) fn add(
    book: &mut Workbook,
    list: &List<'_>,
    names: &mut SheetNames,
    formats: &mut Formats,
    limits: Limits,
) -> Result<Vec<String>, WorkbookError> {
    let table = list.table;
    let columns = Columns::new(table);
    let sheets = table.len().div_ceil(limits.rows_per_sheet).max(1);
    let mut added = vec![];
    for part in 0..sheets {
        let first = part * limits.rows_per_sheet;
        let rows = first..table.len().min(first + limits.rows_per_sheet);
        let streamed = table.len() > limits.rows_in_memory;
        let sheet = if streamed {
            book.add_worksheet_with_constant_memory()?
        } else {
            book.add_worksheet()
        };
        let name = names.take(list.sheet.get(table.lang()), part + 1);
        sheet.set_name(&name)?;
        let part = Part {
            rows,
            number: part,
            streamed,
        };
        write(sheet, list, &columns, part, formats)?;
        added.push(name);
    }
    Ok(added)
}

fn write(
    sheet: &mut Worksheet,
    list: &List<'_>,
    columns: &Columns,
    Part {
        rows,
        number,
        streamed,
    }: Part,
    formats: &mut Formats,
) -> Result<(), WorkbookError> {
    let table = list.table;
    let lang = table.lang();
    let described = table.columns();
    let head = Head {
        rows: rows.len(),
        name: list.name,
        number,
        about: list.sheet,
        streamed,
    };
    head.write(sheet, table, columns, formats)?;
    if rows.is_empty() {
        for (index, column) in (0u16..).zip(described) {
            sheet.write_blank(1, index, formats.cell(Shade::Plain, look_of(column)))?;
        }
    }
    for (at, row) in (1u32..).zip(rows) {
        let mut lines = 1;
        for (index, column) in (0u16..).zip(described) {
            let cell = table.cell(row, usize::from(index));
            if widths::is_wrapped(column)
                && let OutCell::Text(text) = &cell
            {
                lines = lines.max(page::lines(text, columns.widths[usize::from(index)]));
            }
            let shade = (list.shade)(row, usize::from(index));
            write_cell(sheet, (at, index), cell, column, shade, formats, lang)?;
        }
        let height = page::height(lines.min(MOST_LINES));
        if height != ROW_HEIGHT && !streamed {
            sheet.set_row_height_pixels(at, height)?;
        }
    }
    Ok(())
}
