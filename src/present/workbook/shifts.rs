//! How firm grades are as a workbook: one sheet, a row for each value and direction.

use super::book::Book;
use super::formats::{Formats, Shade};
use super::list::{self, List};
use super::text::SheetNames;
use super::{ASIDE, Limits, WorkbookError, json, page};
use crate::present::listing::Listing;
use crate::present::table::ResultTable;
use crate::table::Date;
use crate::words::Word;
use std::io::{Seek, Write};

/// Writes how many grades change where values are somewhat more or less.
pub fn write_shifts<W: Write + Seek + Send>(
    shifts: &Listing,
    as_of: Date,
    out: W,
) -> Result<(), WorkbookError> {
    let mut formats = Formats::new(&[], false);
    let mut book = Book::new(&formats, None)?;
    let list = List {
        table: shifts,
        sheet: Word::SheetShifts,
        name: "Shifts",
        shading: &|_, _, _| Shade::Plain,
    };
    let mut names = SheetNames::default();
    let limits = Limits::default();
    let sheets = list::add(&mut book, &list, &mut names, &mut formats, limits)?;
    // Nobody's data: it is never read back as customers.
    let mut properties = page::properties(Word::SheetShifts.get(shifts.lang()), as_of);
    for (name, piece) in crate::read::in_pieces(ASIDE, &json(&sheets)) {
        properties = properties.set_custom_property(name, piece);
    }
    book.library.set_properties(&properties);
    book.save(out)
}
