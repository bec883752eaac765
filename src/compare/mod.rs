//! Two gradings side by side: who moved up or down, who is new, absent or without a grade, and from which level to
//! which.
//!
//! Takes two [`Snapshot`]s (of graded files, of runs, of one grading and the one before it), gives a [`Comparison`].
//! Nothing here knows where a snapshot comes from, and why somebody moved is put in by who can work it out.

mod before;
mod class;
mod fingerprint;
mod graded;
mod matrix;
mod moves;
mod run;
mod same;
mod snapshot;
mod standing;
mod stayed;
#[cfg(test)]
mod tests;
mod unmoved;
mod verify;

pub use before::{since_before, with_before};
pub use class::{Cause, Class};
pub use fingerprint::{Content, Fingerprint};
pub use graded::{Graded, On, Wanted, keys};
pub use matrix::{Flow, Matrix};
pub use moves::{Changed, Move};
pub use run::{Outcome, RecordedCustomer, Renamed, Swapped, latest, levels, of_run, put_causes};
pub use same::{plain, same};
pub use snapshot::{Customer, Snapshot};
pub use standing::{level_of, levels_only, places};
pub use stayed::Stayed;
pub use unmoved::{
    KeyedLevel, LevelColumns, LevelReader, Levels, LevelsByKey, Moved, Twice, Unmoved,
};
pub use verify::{Edits, Verdict, is_for_people, verify};

use std::sync::Arc;

/// What lies between two snapshots.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// Everybody whom either side knows, each once: those who came down first, the furthest before the others, then
    /// those who went up, and last those with whom nothing happened. Inside a class and a distance in the order of the
    /// new side; who is only in the old one in its order. Who is [`Unmoved`] is counted and not here.
    pub moves: Vec<Move>,
    /// How many are unmoved.
    unmoved: usize,
    /// From which level to which.
    pub matrix: Matrix,
    /// How many customers each class has, in the order of [`Class::ALL`].
    pub counts: [usize; Class::ALL.len()],
    /// How many customers the old side has, absent ones left out.
    pub old: usize,
    /// How many the new side has.
    pub new: usize,
    /// All levels of both sides, best first where their order is known, else by name.
    pub levels: Vec<Arc<str>>,
    /// Whether the order of the levels is known. Without it a change is neither up nor down.
    pub is_ordered: bool,
}

/// Compares two snapshots that have everybody.
pub fn compare(old: &Snapshot, new: &Snapshot) -> Comparison {
    compare_beside(old, new, &Unmoved::default())
}

/// Compares two snapshots of those who are not unmoved. What comes out is what the snapshots of all would give, but for
/// the list, which the unmoved are not in.
pub fn compare_beside(old: &Snapshot, new: &Snapshot, unmoved: &Unmoved) -> Comparison {
    let mut moves = moves::all(old, new);
    moves::sort(&mut moves);
    let mut counts = [0; Class::ALL.len()];
    for found in &moves {
        counts[found.class as usize] += 1;
    }
    let alike = unmoved.count();
    counts[Class::Unchanged as usize] += alike;
    let levels = snapshot::levels_of_both(old, new, unmoved);
    let present =
        |side: &Snapshot| alike + side.customers().iter().filter(|c| c.is_present()).count();
    Comparison {
        matrix: Matrix::of(&moves, &levels, unmoved),
        moves,
        unmoved: alike,
        counts,
        old: present(old),
        new: present(new),
        levels,
        is_ordered: !old.levels.is_empty() || !new.levels.is_empty(),
    }
}

impl Comparison {
    /// How many customers a class has.
    pub const fn count(&self, class: Class) -> usize {
        self.counts[class as usize]
    }

    /// How many of the new ones are back.
    pub fn back(&self) -> usize {
        self.moves.iter().filter(|found| found.is_back()).count()
    }

    /// How many customers either side knows.
    pub fn everybody(&self) -> usize {
        self.counts.iter().sum()
    }

    /// How many customers are in the sheets of the new side and were not in those of the old one, whatever has become of
    /// them: one who came without a level, or whose row is refused, is not in the class of the new ones.
    pub fn came(&self) -> usize {
        let came = |found: &&Move| !found.there.0 && found.there.1;
        self.moves.iter().filter(came).count()
    }

    /// How many of the customers of the old side have a class: with [`Self::came`] everybody is counted once.
    pub fn count_of_old(&self, class: Class) -> usize {
        let listed = self.moves.iter();
        let listed = listed.filter(|found| found.there.0 && found.class == class);
        let unmoved = if class == Class::Unchanged {
            self.unmoved
        } else {
            0
        };
        listed.count() + unmoved
    }

    /// How many customers who are on both sides went from one level to another: what gates call moved.
    pub fn moved(&self) -> usize {
        let moves = self.moves.iter();
        let changed = moves.filter(|found| found.class == Class::Changed && found.old.is_some());
        self.count(Class::Upgraded) + self.count(Class::Downgraded) + changed.count()
    }

    /// The customers with whom something happened, in order.
    pub fn movers(&self) -> impl Iterator<Item = &Move> {
        self.moves.iter().filter(|found| found.is_move())
    }
}
