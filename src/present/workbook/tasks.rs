//! Tasks as a workbook: one sheet, to be filtered by owner, sent on and worked off.

use super::formats::{Formats, Shade};
use super::graded::{Columns, excel_table, look_of, write_cell};
use super::page::{self, HEADER_HEIGHT, ROW_HEIGHT};
use super::text::SheetNames;
use super::{ASIDE, Limits, WorkbookError, json, widths};
use crate::present::listing::Listing;
use crate::present::table::{OutCell, ResultTable};
use crate::table::Date;
use crate::words::Word;
use rust_xlsxwriter::{IgnoreError, Workbook, Worksheet, XlsxError};
use std::io::{Seek, Write};

/// The columns that stay in sight: the customer's key and name.
const FIXED: u16 = 2;
/// The columns that are marked where a task is overdue: its state, and for how many days.
const LATE: [usize; 2] = [5, 6];

/// The most lines that a row shows.
const MOST_LINES: usize = 4;

/// Writes the tasks of a run.
pub fn write_tasks<W: Write + Seek + Send>(
    tasks: &Listing,
    as_of: Date,
    out: W,
) -> Result<(), WorkbookError> {
    let lang = tasks.lang();
    let mut book = Workbook::new();
    let mut formats = Formats::new(&[], false);
    book.set_default_format(&formats.base(), page::ROW_HEIGHT, 64)?;
    book.set_zip_compression_level(3);
    let limits = Limits::default();
    let columns = Columns::new(tasks);
    let mut names = SheetNames::default();
    let mut sheets = vec![];
    for part in 0..tasks.len().div_ceil(limits.rows_per_sheet).max(1) {
        let first = part * limits.rows_per_sheet;
        let rows = first..tasks.len().min(first + limits.rows_per_sheet);
        let sheet = if tasks.len() > limits.rows_in_memory {
            book.add_worksheet_with_constant_memory()?
        } else {
            book.add_worksheet()
        };
        let name = names.take(Word::SheetTasks.get(lang), part + 1);
        sheet.set_name(&name)?;
        sheets.push(name);
        let last_row = rows.len().max(1) as u32;
        head(sheet, tasks, &columns, (part, last_row), &formats)?;
        if rows.is_empty() {
            for (index, column) in (0u16..).zip(tasks.columns()) {
                sheet.write_blank(1, index, formats.cell(Shade::Plain, look_of(column)))?;
            }
        }
        for (at, row) in (1u32..).zip(rows) {
            let is_late = tasks.cell(row, LATE[1]) != OutCell::Blank;
            let mut lines = 1;
            for (index, column) in (0u16..).zip(tasks.columns()) {
                let cell = tasks.cell(row, usize::from(index));
                if widths::is_wrapped(column)
                    && let OutCell::Text(text) = &cell
                {
                    lines = lines.max(page::lines(text, columns.widths[usize::from(index)]));
                }
                let shade = if is_late && LATE.contains(&usize::from(index)) {
                    Shade::Late
                } else {
                    Shade::Plain
                };
                write_cell(sheet, (at, index), cell, column, shade, &mut formats, lang)?;
            }
            let height = page::height(lines.min(MOST_LINES));
            if height != ROW_HEIGHT {
                sheet.set_row_height_pixels(at, height)?;
            }
        }
    }
    // Nobody's data: a list of tasks is never read back as customers.
    let mut properties = page::properties(Word::SheetTasks.get(lang), as_of);
    for (name, piece) in crate::read::in_pieces(ASIDE, &json(&sheets)) {
        properties = properties.set_custom_property(name, piece);
    }
    book.set_properties(&properties);
    book.save_to_writer(out)?;
    Ok(())
}

/// The headings, and what makes a sheet of it that is worked with.
fn head(
    sheet: &mut Worksheet,
    tasks: &Listing,
    columns: &Columns,
    (part, last_row): (usize, u32),
    formats: &Formats,
) -> Result<(), XlsxError> {
    page::set_up(sheet, tasks.lang());
    let last_column = tasks.columns().len() as u16 - 1;
    sheet.set_repeat_rows(0, 0)?;
    sheet.set_freeze_panes(1, FIXED)?;
    sheet.ignore_error_range(0, 0, last_row, last_column, IgnoreError::NumberStoredAsText)?;
    sheet.set_row_height_pixels(0, HEADER_HEIGHT)?;
    for (index, width) in (0u16..).zip(&columns.widths) {
        sheet.set_column_width(index, *width as f64)?;
    }
    let name = if part == 0 {
        "Tasks".to_owned()
    } else {
        format!("Tasks_{}", part + 1)
    };
    let table = excel_table(tasks, columns, name, Word::SheetTasks, formats);
    sheet.add_table(0, 0, last_row, last_column, &table)?;
    Ok(())
}
