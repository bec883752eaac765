//! Rows of a worksheet that are no data: how many, and where, so that they can be told.

use crate::diagnostic::{Code, Finding, Text};
use crate::table::Origin;

/// How many places of stray cells, and of skipped rows of one kind, are kept.
pub(super) const PLACES_KEPT: usize = 1000;

/// Blank rows: how many, and the first. A worksheet can have a million, so they are not listed.
#[derive(Clone, Debug, Default)]
pub(super) struct Blank {
    pub(super) count: u64,
    pub(super) first: u32,
}

impl Blank {
    pub(super) fn add(&mut self, first: u32, count: u64) {
        if self.count == 0 {
            self.first = first;
        }
        self.count += count;
    }
}

/// Rows that were passed over: how many, and where.
#[derive(Clone, Debug, Default)]
pub(super) struct Skipped {
    pub(super) count: u64,
    rows: Vec<u32>,
}

impl Skipped {
    pub(super) fn add(&mut self, row: u32) {
        self.count += 1;
        if self.rows.len() < PLACES_KEPT {
            self.rows.push(row);
        }
    }

    /// Those of the rows that come next.
    pub(super) fn append(&mut self, later: &Self) {
        self.count += later.count;
        let room = PLACES_KEPT - self.rows.len();
        self.rows.extend(later.rows.iter().take(room));
    }

    pub(super) fn notes(&self, origin: &Origin, title: &Text, notes: &mut Vec<Finding>) {
        notes.extend(
            self.rows
                .iter()
                .map(|row| Finding::note(Code::SkippedRows, title.clone()).place(origin.row(*row))),
        );
    }
}
