//! Rows that could not be used, mended by people in a workbook and read back.
//!
//! Takes the tables of a repair workbook and those that its rows are from; gives the tables as they are to be, who
//! mended what, and what is to be told. Every row is cleaned anew, with its table: what cannot be used still, stays as it
//! was. Nothing is written here: the ledger keeps it.
//!
//! ```text
//! columns  headers of a table         → Columns           the columns that regrade wrote beside the rows' own
//! lines    Tables of the workbook     → Vec<Line>         one for each row that says what it is
//! same     (cell read, cell before)   → whether somebody changed it
//! said     (Lines, Table, what is known) → Vec<Statement>    one for each row that somebody changed
//! page     (Scheme, Table)          → what a repair workbook shows
//! changed  (Table, some of its rows) → the table with them
//! bench    Table                     → Judged            all its rows cleaned anew, whose they are and of which days
//! settle   Statements of one row      → what is applied   or nothing, where people disagree
//! mend     (Table, Vec<Statement>)    → Mended            each row judged with all others, and who disagrees
//! ```

mod bench;
mod changed;
mod columns;
mod lines;
mod mend;
mod page;
mod said;
mod same;
mod settle;
#[cfg(test)]
mod tests;
mod told;

pub use bench::{Bench, Judged};
pub use changed::picked;
pub use columns::{
    Altered, Columns, has_lost_mark, headings, is_page, known_page, known_unmarked_page,
};
pub use lines::{Line, Mark, Wish, lines};
pub use mend::{Applied, Kept, Mended, Taken, mend};
pub use page::{Page, PageColumn, PageRow, columns_of};
pub use said::{Known, Statement, said};
pub use told::{dispute, lost_mark, no_longer_there, replaced, unknown_rows};

/// What has become of what somebody made of a row.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum State {
    /// It counts.
    Applied,
    /// Somebody else made something else of the row: neither counts until somebody who knows both decides.
    Disputed,
    /// Something that was said later counts instead.
    Ended,
}

impl State {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Applied, Self::Disputed, Self::Ended];

    /// The word in the ledger.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Disputed => "disputed",
            Self::Ended => "ended",
        }
    }
}
