//! A list as a sheet: a real table with a filter, its header frozen, on as many sheets as it needs.

use super::book::Book;
use super::formats::Formats;
use super::graded::{Columns, Head};
use super::rows::{Rows, Shading, look_of};
use super::text::SheetNames;
use super::{ASIDE, Limits, WorkbookError, json, page};
use crate::present::table::ResultTable;
use crate::present::workbook::formats::Shade;
use crate::table::Date;
use crate::words::Word;
use std::io::{Seek, Write};

/// A list that becomes a sheet.
pub(super) struct List<'a> {
    /// What stands in it.
    pub table: &'a (dyn ResultTable + Sync),
    /// The name of its sheet.
    pub sheet: Word,
    /// The name of its table, in letters that Excel takes.
    pub name: &'static str,
    /// What stands behind its cells.
    pub shading: &'a Shading<'a>,
}

/// Writes a workbook that has nothing but the list: nobody's data, which is never read back as customers.
pub(super) fn write_alone<W: Write + Seek + Send>(
    list: &List<'_>,
    as_of: Date,
    out: W,
) -> Result<(), WorkbookError> {
    let mut formats = Formats::new(&[], false);
    let mut book = Book::new(&formats, None)?;
    let mut names = SheetNames::default();
    let sheets = add(&mut book, list, &mut names, &mut formats, Limits::default())?;
    let title = list.sheet.get(list.table.lang());
    let mut properties = page::properties(title, as_of);
    for (name, piece) in crate::read::in_pieces(ASIDE, &json(&sheets)) {
        properties = properties.set_custom_property(name, piece);
    }
    book.library.set_properties(&properties);
    book.save(out)
}

/// Adds the sheet, or as many as the list needs; gives their names.
pub(super) fn add(
    book: &mut Book,
    list: &List<'_>,
    names: &mut SheetNames,
    formats: &mut Formats,
    limits: Limits,
) -> Result<Vec<String>, WorkbookError> {
    let table = list.table;
    let columns = Columns::new(table);
    let sheets = table.len().div_ceil(limits.rows_per_sheet).max(1);
    let mut added = vec![];
    for number in 0..sheets {
        let first = number * limits.rows_per_sheet;
        let rows = first..table.len().min(first + limits.rows_per_sheet);
        let is_large = table.len() > limits.rows_in_memory;
        let way = Book::way(rows.len(), is_large, formats, limits);
        let sheet = book.add(way)?;
        let name = names.take(list.sheet.get(table.lang()), number + 1);
        sheet.set_name(&name)?;
        let head = Head {
            rows: rows.len(),
            name: list.name,
            number,
            about: list.sheet,
            is_large,
        };
        head.write(sheet, table, &columns, formats)?;
        if rows.is_empty() {
            for (index, column) in (0u16..).zip(table.columns()) {
                sheet.write_blank(1, index, formats.cell(Shade::Plain, look_of(column)))?;
            }
        }
        let shown = Rows {
            table,
            columns: &columns,
            shading: list.shading,
        };
        book.write(shown, rows, way, formats, None)?;
        added.push(name);
    }
    Ok(added)
}
