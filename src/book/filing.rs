//! How a table came in: from which source, as of which date, in which order. Which of several tables of one sheet count
//! on a date follows from that, and from nothing else.

use crate::table::Date;
use std::sync::Arc;

/// What is known of a table beside its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filing {
    /// Where the file comes from, so that a later file of the same source replaces an earlier one.
    pub source: Arc<str>,
    /// As of which date it was brought in.
    pub as_of: Date,
    /// Later dates on which a file with the same content was brought in again.
    pub confirmed: Vec<Date>,
    /// The order in which tables came in; a later one is the newer of two as of one date.
    pub order: u64,
    /// Spans of dates that it is said to cover, whatever its rows: first and last day of each.
    pub covers: Vec<(Date, Date)>,
}

impl Filing {
    /// A table that a command names and no ledger knows: a source of its own, as of the date of the run.
    pub fn named(file: &str, as_of: Date, order: u64) -> Self {
        Self {
            source: file.into(),
            as_of,
            confirmed: vec![],
            order,
            covers: vec![],
        }
    }

    /// Since when the table is in force on `date`: its own date or the last confirmation up to then. `None` before.
    pub fn in_force(&self, date: Date) -> Option<Date> {
        let dates = std::iter::once(&self.as_of).chain(&self.confirmed);
        dates.copied().filter(|known| *known <= date).max()
    }

    /// What makes of two tables one the newer: the last date on which it came in, then the order.
    pub fn newness(&self) -> (Date, u64) {
        let last = self.confirmed.iter().copied().fold(self.as_of, Date::max);
        (last, self.order)
    }
}
