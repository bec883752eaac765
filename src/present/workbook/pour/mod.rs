//! Pours the rows of large sheets into a workbook: as XML that is deflated in blocks by all cores, which is several times
//! as fast as the library, and keeps nothing of them in memory.
//!
//! The library writes the book as ever, with a stub in place of each such sheet: all that stands before and behind the
//! rows, the headings, and one row with a sample of every format, by which the numbers of the formats are known. When
//! the book is saved, the samples give way to the rows, and every other part is copied as it is.
//!
//! Rows are poured where they are texts, numbers and blanks, as rows of a table are. What stays with the library says
//! [`Way`](super::book::Way).

mod blocks;
mod cells;
mod package;
mod sheet;
mod styles;
#[cfg(test)]
mod tests;

pub(super) use package::{Poured, save};
pub(super) use sheet::{Pouring, RowBlock, Shape};
pub(super) use styles::{Numbers, Styles};

/// How much workbooks are deflated. Of a hundred megabytes of rows level 2 leaves 15% in 0.38 s of one core, level 1 19%
/// in 0.28 s, level 3 14% in 0.50 s; level 6, the library's own, takes a second for 12%.
pub(super) const LEVEL: u8 = 2;
