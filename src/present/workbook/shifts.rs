//! How firm grades are as a workbook: one sheet, a row for each value and direction.

use super::WorkbookError;
use super::formats::Shade;
use super::list::{self, List};
use crate::present::listing::Listing;
use crate::table::Date;
use crate::words::Word;
use std::io::{Seek, Write};

/// Writes how many grades change where values are somewhat more or less.
pub fn write_shifts<W: Write + Seek + Send>(
    shifts: &Listing,
    as_of: Date,
    out: W,
) -> Result<(), WorkbookError> {
    let list = List {
        table: shifts,
        sheet: Word::SheetShifts,
        name: "Shifts",
        shading: &|_, _, _| Shade::Plain,
    };
    list::write_alone(&list, as_of, out)
}
