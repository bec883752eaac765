//! The sheet of those who moved: a real table, the levels of before and after in their colours, in the order of the
//! comparison.

use super::formats::{Formats, Shade};
use super::graded::{Columns, excel_table, look_of, write_cell};
use super::page::{self, HEADER_HEIGHT, ROW_HEIGHT};
use super::text::SheetNames;
use super::{Limits, WorkbookError, widths};
use crate::present::diff::{Diff, MovesTable, Shape, place_of};
use crate::present::table::{ColumnRole, OutCell, ResultTable};
use crate::words::Word;
use rust_xlsxwriter::{IgnoreError, Workbook, Worksheet};
use std::ops::Range;

/// The most lines that a row shows.
const MOST_LINES: usize = 3;

/// Adds the sheet, or as many as the list needs; gives their names.
pub(super) fn add(
    book: &mut Workbook,
    diff: &Diff,
    names: &mut SheetNames,
    formats: &mut Formats,
    limits: Limits,
) -> Result<Vec<String>, WorkbookError> {
    let table = MovesTable::new(diff, Shape::Workbook);
    let columns = Columns::new(&table);
    let sheets = table.len().div_ceil(limits.rows_per_sheet).max(1);
    let mut added = vec![];
    for part in 0..sheets {
        let first = part * limits.rows_per_sheet;
        let rows = first..table.len().min(first + limits.rows_per_sheet);
        let sheet = if table.len() > limits.rows_in_memory {
            book.add_worksheet_with_constant_memory()?
        } else {
            book.add_worksheet()
        };
        let name = names.take(Word::SheetMoves.get(diff.lang), part + 1);
        sheet.set_name(&name)?;
        write(sheet, diff, &table, &columns, rows, part, formats)?;
        added.push(name);
    }
    Ok(added)
}

fn write(
    sheet: &mut Worksheet,
    diff: &Diff,
    table: &MovesTable<'_>,
    columns: &Columns,
    rows: Range<usize>,
    part: usize,
    formats: &mut Formats,
) -> Result<(), WorkbookError> {
    let lang = diff.lang;
    page::set_up(sheet, lang);
    sheet.set_repeat_rows(0, 0)?;
    let described = table.columns();
    // A table needs a row below its headings; where nobody moved it is an empty one.
    let last_row = rows.len().max(1) as u32;
    let last_column = described.len() as u16 - 1;
    for (index, width) in (0u16..).zip(&columns.widths) {
        sheet.set_column_width(index, *width as f64)?;
    }
    let fixed = described
        .iter()
        .take_while(|column| matches!(column.role, ColumnRole::Key | ColumnRole::Name))
        .count();
    sheet.set_freeze_panes(1, fixed as u16)?;
    sheet.ignore_error_range(0, 0, last_row, last_column, IgnoreError::NumberStoredAsText)?;
    sheet.set_row_height_pixels(0, HEADER_HEIGHT)?;
    let name = if part == 0 {
        "Moves".to_owned()
    } else {
        format!("Moves_{}", part + 1)
    };
    let head = excel_table(table, columns, name, Word::SheetMoves, formats);
    sheet.add_table(0, 0, last_row, last_column, &head)?;
    if rows.is_empty() {
        for (index, column) in (0u16..).zip(described) {
            sheet.write_blank(1, index, formats.cell(Shade::Plain, look_of(column)))?;
        }
    }
    for (at, row) in (1u32..).zip(rows) {
        let found = table.row(row);
        let mut lines = 1;
        for (index, column) in (0u16..).zip(described) {
            let cell = table.cell(row, usize::from(index));
            if widths::is_wrapped(column)
                && let OutCell::Text(text) = &cell
            {
                lines = lines.max(page::lines(text, columns.widths[usize::from(index)]));
            }
            let shade = match column.role {
                ColumnRole::Previous => shade(diff, found.there.0, found.old.as_deref()),
                ColumnRole::Grade => shade(diff, found.there.1, found.new.as_deref()),
                _ => Shade::Plain,
            };
            write_cell(sheet, (at, index), cell, column, shade, formats, lang)?;
        }
        let height = page::height(lines.min(MOST_LINES));
        if height != ROW_HEIGHT {
            sheet.set_row_height_pixels(at, height)?;
        }
    }
    Ok(())
}

/// The colour of a level; hatched where a customer is there and has none.
fn shade(diff: &Diff, there: bool, level: Option<&str>) -> Shade {
    match level {
        _ if !there => Shade::Plain,
        None => Shade::Hatched,
        Some(level) => place_of(diff, level).map_or(Shade::Plain, Shade::Grade),
    }
}
