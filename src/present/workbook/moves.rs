//! The sheet of those who moved: the levels of before and after in their colours, in the order of the comparison.

use super::book::Book;
use super::formats::{Formats, Shade};
use super::list::{self, List};
use super::text::SheetNames;
use super::{Limits, WorkbookError};
use crate::present::diff::{Diff, MovesTable, Shape, place_of};
use crate::present::table::{ColumnRole, ResultTable, RowMark};
use crate::words::Word;

/// Adds the sheet, or as many as the list needs; gives their names.
pub(super) fn add(
    book: &mut Book,
    diff: &Diff,
    names: &mut SheetNames,
    formats: &mut Formats,
    limits: Limits,
) -> Result<Vec<String>, WorkbookError> {
    let table = MovesTable::new(diff, Shape::Workbook);
    let shading = |row: usize, column: usize, _: RowMark| {
        let found = table.row(row);
        match table.columns()[column].role {
            ColumnRole::Previous => shade(diff, found.there.0, found.old.as_deref()),
            ColumnRole::Grade => shade(diff, found.there.1, found.new.as_deref()),
            _ => Shade::Plain,
        }
    };
    let list = List {
        table: &table,
        sheet: Word::SheetMoves,
        name: "Moves",
        shading: &shading,
    };
    list::add(book, &list, names, formats, limits)
}

/// The colour of a level; hatched where a customer is there and has none.
fn shade(diff: &Diff, there: bool, level: Option<&str>) -> Shade {
    match level {
        _ if !there => Shade::Plain,
        None => Shade::Hatched,
        Some(level) => place_of(diff, level).map_or(Shade::Plain, Shade::Grade),
    }
}
