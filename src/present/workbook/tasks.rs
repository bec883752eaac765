//! Tasks as a workbook: one sheet, to be filtered by owner, sent on and worked off.

use super::book::Book;
use super::formats::{Formats, Shade};
use super::list::{self, List};
use super::text::SheetNames;
use super::{ASIDE, Limits, WorkbookError, json, page};
use crate::present::listing::Listing;
use crate::present::table::{OutCell, ResultTable};
use crate::table::Date;
use crate::words::Word;
use std::io::{Seek, Write};

/// The columns that are marked where a task is overdue: its state, and for how many days.
const LATE: [usize; 2] = [5, 6];

/// Writes the tasks of a run.
pub fn write_tasks<W: Write + Seek + Send>(
    tasks: &Listing,
    as_of: Date,
    out: W,
) -> Result<(), WorkbookError> {
    let mut formats = Formats::new(&[], false);
    let mut book = Book::new(&formats, None)?;
    let list = List {
        table: tasks,
        sheet: Word::SheetTasks,
        name: "Tasks",
        shading: &|row, column, _| {
            if LATE.contains(&column) && tasks.cell(row, LATE[1]) != OutCell::Blank {
                Shade::Late
            } else {
                Shade::Plain
            }
        },
    };
    let mut names = SheetNames::default();
    let limits = Limits::default();
    let sheets = list::add(&mut book, &list, &mut names, &mut formats, limits)?;
    // Nobody's data: a list of tasks is never read back as customers.
    let mut properties = page::properties(Word::SheetTasks.get(tasks.lang()), as_of);
    for (name, piece) in crate::read::in_pieces(ASIDE, &json(&sheets)) {
        properties = properties.set_custom_property(name, piece);
    }
    book.library.set_properties(&properties);
    book.save(out)
}
