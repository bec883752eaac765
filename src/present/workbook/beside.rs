//! The sheets that show the customers in other ways: what grades rest on, who is promising, and what the last runs gave.

use super::book::Book;
use super::formats::{Formats, Shade};
use super::list::{self, List};
use super::text::SheetNames;
use super::{Limits, WorkbookError};
use crate::present::basis::Basis;
use crate::present::history::HistoryTable;
use crate::present::potential::PotentialTable;
use crate::present::table::{ColumnRole, ResultTable, RowMark};
use crate::words::Word;

/// Adds what grades rest on. Key and name have a hint of the grade's colour, so that the eye finds the customers.
pub(super) fn basis(
    book: &mut Book,
    table: &Basis<'_>,
    names: &mut SheetNames,
    formats: &mut Formats,
    limits: Limits,
) -> Result<Vec<String>, WorkbookError> {
    // A scheme without grades leaves nobody unrated.
    let has_grades = formats.has_grades();
    let shading = |_: usize, column: usize, mark: RowMark| match table.columns()[column].role {
        ColumnRole::Key | ColumnRole::Name if has_grades => {
            mark.grade.map_or(Shade::Hatched, Shade::Tint)
        }
        _ => Shade::Plain,
    };
    let list = List {
        table,
        sheet: Word::SheetBasis,
        name: "Basis",
        shading: &shading,
    };
    list::add(book, &list, names, formats, limits)
}

/// Adds who is promising, with the grade in its colour.
pub(super) fn potential(
    book: &mut Book,
    table: &PotentialTable,
    names: &mut SheetNames,
    formats: &mut Formats,
    limits: Limits,
) -> Result<Vec<String>, WorkbookError> {
    let shading = |_: usize, column: usize, mark: RowMark| match table.columns()[column].role {
        ColumnRole::Grade => mark.grade.map_or(Shade::Plain, Shade::Grade),
        _ => Shade::Plain,
    };
    let list = List {
        table,
        sheet: Word::Potential,
        name: "Potential",
        shading: &shading,
    };
    list::add(book, &list, names, formats, limits)
}

/// Adds the last runs of those who moved.
pub(super) fn history(
    book: &mut Book,
    table: &HistoryTable<'_>,
    names: &mut SheetNames,
    formats: &mut Formats,
    limits: Limits,
) -> Result<Vec<String>, WorkbookError> {
    let shading = |row: usize, column: usize, _: RowMark| {
        let level = table.level_at(row, column);
        level.map_or(Shade::Plain, Shade::Grade)
    };
    let list = List {
        table,
        sheet: Word::SheetHistory,
        name: "History",
        shading: &shading,
    };
    list::add(book, &list, names, formats, limits)
}
