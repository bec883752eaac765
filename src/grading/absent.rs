//! Customers who are known and not in the newest sheet of their source: listed, not demoted, not forgotten.

use super::{Past, People};
use crate::book::Book;
use foldhash::HashSet;
use std::sync::Arc;

/// An absent customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Absent {
    /// The key.
    pub id: Arc<str>,
    /// The name that was known last.
    pub name: Option<Arc<str>>,
    /// The number among [`People`].
    pub number: u32,
}

/// Those whom the run before knew and the book has neither as customers nor as refused rows, in the order of that run.
pub(super) fn absent(book: &Book, people: &People, past: &Past) -> Vec<Absent> {
    let refused: HashSet<&str> = book
        .roster
        .refused
        .iter()
        .filter_map(|row| row.id.as_deref())
        .collect();
    past.customers
        .iter()
        .filter(|known| !book.roster.by_id.contains_key(&known.id) && !refused.contains(&*known.id))
        .filter_map(|known| {
            Some(Absent {
                id: known.id.clone(),
                name: known.name.clone(),
                number: *people.by_id.get(&known.id)?,
            })
        })
        .collect()
}
