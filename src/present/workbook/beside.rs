//! The sheets that show the customers in other ways: what grades rest on, and what the last runs gave.

use super::formats::{Formats, Shade};
use super::list::{self, List};
use super::text::SheetNames;
use super::{Limits, WorkbookError};
use crate::present::basis::Basis;
use crate::present::history::HistoryTable;
use crate::present::table::{ColumnRole, ResultTable};
use crate::words::Word;
use rust_xlsxwriter::Workbook;

/// Adds what grades rest on. Key and name have a hint of the grade's colour, so that the eye finds the customers.
pub(super) fn basis(
    book: &mut Workbook,
    table: &Basis<'_>,
    names: &mut SheetNames,
    formats: &mut Formats,
    limits: Limits,
) -> Result<Vec<String>, WorkbookError> {
    let shade = |row: usize, column: usize| match table.columns()[column].role {
        ColumnRole::Key | ColumnRole::Name => {
            table.mark(row).grade.map_or(Shade::Hatched, Shade::Tint)
        }
        _ => Shade::Plain,
    };
    // A scheme without grades leaves nobody unrated.
    let plain = |_: usize, _: usize| Shade::Plain;
    let list = List {
        table,
        sheet: Word::SheetBasis,
        name: "Basis",
        shade: if formats.has_grades() { &shade } else { &plain },
    };
    list::add(book, &list, names, formats, limits)
}

/// Adds the last runs of those who moved.
pub(super) fn history(
    book: &mut Workbook,
    table: &HistoryTable<'_>,
    names: &mut SheetNames,
    formats: &mut Formats,
    limits: Limits,
) -> Result<Vec<String>, WorkbookError> {
    let shade = |row: usize, column: usize| {
        let level = table.level_at(row, column);
        level.map_or(Shade::Plain, Shade::Grade)
    };
    let list = List {
        table,
        sheet: Word::SheetHistory,
        name: "History",
        shade: &shade,
    };
    list::add(book, &list, names, formats, limits)
}
