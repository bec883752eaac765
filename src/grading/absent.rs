//! Customers who are known and not in the newest sheet of their source: listed, not demoted, not forgotten.

use super::People;
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

/// Everybody whom the run knows and the book has neither as customers nor as refused rows: those of the run before in
/// its order, then those who came and went since.
pub(super) fn absent(book: &Book, people: &People) -> Vec<Absent> {
    let refused: HashSet<&str> = book
        .roster
        .refused
        .iter()
        .filter_map(|row| row.id.as_deref())
        .collect();
    let others = book.roster.len()..people.persons.len();
    others
        .filter(|number| !refused.contains(&*people.ids[*number]))
        .map(|number| Absent {
            id: people.ids[number].clone(),
            name: people.names[number].clone(),
            number: number as u32,
        })
        .collect()
}
