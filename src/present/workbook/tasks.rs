//! Tasks as a workbook: one sheet, to be filtered by owner, sent on and worked off.

use super::WorkbookError;
use super::formats::Shade;
use super::list::{self, List};
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
    list::write_alone(&list, as_of, out)
}
