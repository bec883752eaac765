//! What happened to each customer.

use super::snapshot::steps;
use super::{Cause, Class, Snapshot, same};
use crate::decide::Decision;
use crate::parallel;
use crate::read::fold_header;
use crate::table::{Column, Decimal, Value};
use std::sync::Arc;

/// A value that is not what it was.
#[derive(Clone, Debug, PartialEq)]
pub struct Changed {
    /// Its name, as the new side has it.
    pub name: Arc<str>,
    /// What it was.
    pub old: Value,
    /// What it is.
    pub new: Value,
}

/// What happened to one customer.
#[derive(Clone, Debug, PartialEq)]
pub struct Move {
    /// The key.
    pub id: Arc<str>,
    /// The name, the newer one first.
    pub name: Option<Arc<str>>,
    /// What happened.
    pub class: Class,
    /// How far, up positive; `None` where there is nothing to count.
    pub steps: Option<i32>,
    /// The level before.
    pub old: Option<Arc<str>>,
    /// The level now. Of an absent customer the new side may know the last one.
    pub new: Option<Arc<str>>,
    /// Why, where somebody worked it out.
    pub cause: Option<Cause>,
    /// The values that both sides have and that differ.
    pub changed: Vec<Changed>,
    /// Why the customer has the new level.
    pub reason: Option<Arc<str>>,
    /// The amount of the new side; of an absent customer that of the old one.
    pub amount: Option<Decimal>,
    /// Whether the customer is in the sheets of the old side, and of the new one.
    pub there: (bool, bool),
}

impl Move {
    /// Whether the customer is back: new in the sheets of the new side, and known to the old one, which had the level that
    /// was last known.
    pub fn is_back(&self) -> bool {
        self.class == Class::New && self.old.is_some()
    }

    /// Whether anything happened: one who was without a level before and still is has not moved, and of one whose row
    /// is refused nobody knows.
    pub fn is_move(&self) -> bool {
        match self.class {
            Class::Unchanged | Class::Refused => false,
            Class::Unrated => self.old.is_some() || !self.there.0,
            _ => true,
        }
    }
}

/// Everybody of both sides: the new side's customers in order, then those whom only the old one has.
pub(super) fn all(old: &Snapshot, new: &Snapshot) -> Vec<Move> {
    let names = |side: &Snapshot| -> Vec<Arc<str>> {
        let names = side.values.iter();
        names.map(|(name, _)| name.clone()).collect()
    };
    let pairs = common_values(&names(old), &names(new));
    let now = |index: usize| {
        let before = old.find(&new.customers()[index].id);
        Some(one(old, new, &pairs, before, Some(index)))
    };
    let gone = |index: usize| {
        let now = new.find(&old.customers()[index].id);
        now.is_none()
            .then(|| one(old, new, &pairs, Some(index), None))
    };
    let mut all = by_pieces(new.customers().len(), now);
    all.extend(by_pieces(old.customers().len(), gone));
    all
}

/// How many customers a thread takes at once.
const PIECE: usize = 4096;

/// What becomes of so many customers, worked out by all cores.
fn by_pieces(count: usize, found: impl Fn(usize) -> Option<Move> + Sync) -> Vec<Move> {
    let pieces = parallel::each(parallel::cores(), count.div_ceil(PIECE), |piece| {
        let from = piece * PIECE;
        let to = count.min(from + PIECE);
        (from..to).filter_map(&found).collect::<Vec<_>>()
    });
    pieces.into_iter().flatten().collect()
}

/// The places of the names that both sides have: by the folded header, which counts a unit apart.
pub(super) fn common_values(old: &[Arc<str>], new: &[Arc<str>]) -> Vec<(usize, usize)> {
    let olds: Vec<String> = old.iter().map(|name| fold_header(name)).collect();
    let news = new.iter().enumerate();
    news.filter_map(|(index, name)| {
        let folded = fold_header(name);
        let exact = old.iter().position(|other| other == name);
        let unit = crate::read::Header::new(name).unit;
        let alike = || {
            (0..olds.len())
                .find(|at| olds[*at] == folded && crate::read::Header::new(&old[*at]).unit == unit)
        };
        Some((exact.or_else(alike)?, index))
    })
    .collect()
}

fn one(
    old: &Snapshot,
    new: &Snapshot,
    values: &[(usize, usize)],
    at_old: Option<usize>,
    at_new: Option<usize>,
) -> Move {
    let before = at_old.map(|index| &old.customers()[index]);
    let now = at_new.map(|index| &new.customers()[index]);
    let there = |side: Option<&super::Customer>| side.is_some_and(super::Customer::is_present);
    let level = |side: Option<&super::Customer>| side.and_then(|customer| customer.level.clone());
    let (from, to) = (level(before), level(now));
    let mut by = None;
    let class = match (there(before), there(now)) {
        (false, false) => Class::Unchanged,
        _ if now.is_some_and(|customer| customer.decision == Some(Decision::Refused)) => {
            Class::Refused
        }
        (_, false) => Class::Absent,
        (_, true) if to.is_none() => Class::Unrated,
        (false, true) => Class::New,
        (true, true) if from == to => {
            by = Some(0);
            Class::Unchanged
        }
        (true, true) => {
            by = from
                .as_deref()
                .zip(to.as_deref())
                .and_then(|(from, to)| steps(old, new, from, to))
                .filter(|steps| *steps != 0);
            match by {
                Some(1..) => Class::Upgraded,
                Some(_) => Class::Downgraded,
                None => Class::Changed,
            }
        }
    };
    let mut changed = vec![];
    // Of one who is absent nothing is known that could have changed.
    let both = at_old.zip(at_new);
    if let Some((at_old, at_new)) = both.filter(|_| there(before) && there(now)) {
        for (old_column, new_column) in values {
            // Nearly all are the same text.
            if let (Column::Text(was), Column::Text(is)) =
                (&old.values[*old_column].1, &new.values[*new_column].1)
                && was.get(at_old) == is.get(at_new)
            {
                continue;
            }
            let was = old.value(*old_column, at_old);
            let is = new.value(*new_column, at_new);
            if !same(&was, &is) {
                changed.push(Changed {
                    name: new.values[*new_column].0.clone(),
                    old: was,
                    new: is,
                });
            }
        }
    }
    // That a person set the level is written beside it; every other cause has to be worked out.
    let is_set = now.is_some_and(|customer| customer.decision == Some(Decision::Overridden));
    let amount = match class {
        Class::Absent => before,
        _ => now.or(before),
    };
    Move {
        id: now
            .or(before)
            .map_or_else(|| "".into(), |customer| customer.id.clone()),
        name: now
            .and_then(|customer| customer.name.clone())
            .or_else(|| before.and_then(|customer| customer.name.clone())),
        class,
        steps: by,
        old: from,
        new: to,
        cause: (is_set && matches!(class, Class::Upgraded | Class::Downgraded | Class::Changed))
            .then_some(Cause::Override),
        changed,
        reason: now.and_then(|customer| customer.reason.clone()),
        amount: amount.and_then(|customer| customer.amount),
        there: (there(before), there(now)),
    }
}

/// Puts them in the order in which they are listed.
pub(super) fn sort(moves: &mut [Move]) {
    // Stable, so that within a class and a distance the order stays.
    moves.sort_by_key(|found| {
        let far = found.steps.map_or(0, |steps| -steps.abs());
        (found.class, far)
    });
}
