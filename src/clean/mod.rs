//! The small languages of cells: what people write for a number, a date, a yes, a choice or an id.
//!
//! Takes raw cells ([`crate::table::RawRows`]) and what a field says of itself ([`CellRule`]); gives typed columns and,
//! for each cell that cannot be read or is outside its field's limits, the reason ([`CellFault`]). A cell is read as what it says or not at all: nothing
//! here guesses. No I/O, no clock, nothing of a file format or of a scheme's syntax.

pub mod absent;
mod broken;
pub mod choice;
pub mod column;
pub mod date;
pub mod escape;
pub mod fault;
mod limits;
pub mod mailbox;
pub mod number;
mod pattern;
pub mod piece;
pub mod sheet;
mod table;
pub mod text;
pub mod whose;

pub use column::{CellRule, ColumnRead, read_column};
pub use date::{DateForm, DateOrder};
pub use fault::{CellFault, ColumnFault, Read};
pub use number::{Amount, NumberKind, NumberRule};
pub use pattern::Pattern;
pub use text::is_blank;
