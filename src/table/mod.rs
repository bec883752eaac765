//! What a sheet's content becomes: exact numbers, dates, periods, columns of values, raw cells and the places they
//! came from. Nothing here knows of a file format or of a scheme.

pub mod base64;
pub mod cell;
pub mod column;
pub mod date;
pub mod decimal;
mod hash;
mod lines;
mod natural;
pub mod period;
pub mod place;
pub mod raw_rows;
pub mod simplified;
pub mod unit;

pub use cell::{Cell, CellError};
pub use column::{Column, ColumnBuilder, ListColumn, TextColumn, TextInterner, Truth, Value};
pub use date::{Date, DateTime};
pub use decimal::Decimal;
pub use hash::{Hash, HmacSha256, HmacSha512};
pub(crate) use lines::{LONGEST_FIELD, Marks};
pub use natural::natural;
pub use period::{Period, PeriodKind};
pub use place::{Origin, Place};
pub use raw_rows::RawRows;
pub(crate) use raw_rows::TYPED;
pub use simplified::simplified;
pub use unit::Unit;
