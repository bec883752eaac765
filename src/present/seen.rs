//! Which customers an output shows, in which order. What of them it may tell the grading itself says: a role is given a
//! grading without the rest.

use crate::book::Entry;

/// What is shown.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// The customers in the order of the output.
    pub entries: Vec<Entry>,
}

impl Seen {
    /// The rows of the customers who have values.
    pub fn rows(&self) -> impl Iterator<Item = usize> {
        self.entries.iter().filter_map(|entry| match entry {
            Entry::Customer(row) => Some(*row as usize),
            Entry::Refused(_) | Entry::Absent(_) => None,
        })
    }
}
