//! Whether values that were varied apart can be had apart. Fields and metrics can; what is not seen through (a rank, a
//! mean over periods, a product) may hang together with what it is made of, and with others of its kind.

use super::Judged;
use super::roots::{is_result, roots};
use super::world::Open;
use crate::expr::{Bound, Slot};
use std::collections::BTreeSet;

/// Whether there can be a customer with some values.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Certainty {
    /// There can.
    Certain,
    /// That was not decided; what hangs together are results of grading.
    Results,
    /// That was not decided.
    Open,
}

/// Whether there can be a customer who has what is told together.
pub fn certainty(judged: &Judged<'_>, told: &[usize]) -> Certainty {
    let outside = told
        .iter()
        .flat_map(|index| judged.grid.told[*index].reads.outside.iter().copied());
    let outside: BTreeSet<Slot> = outside.collect();
    if outside.iter().any(|slot| judged.open.is_unseen(*slot)) {
        return Certainty::Open;
    }
    if meeting(judged.open, &outside).is_empty() {
        return Certainty::Certain;
    }
    let results = told.iter().all(|index| {
        let part = judged.grid.told[*index].variable.stands_for.as_ref();
        part.is_none_or(|part| is_result(judged.open.original, part))
    });
    if results {
        Certainty::Results
    } else {
        Certainty::Open
    }
}

/// Which of some values from outside hang together with another of them.
pub fn meeting(open: &Open<'_>, outside: &BTreeSet<Slot>) -> Vec<Slot> {
    let from: Vec<(Slot, bool, BTreeSet<Slot>)> = outside
        .iter()
        .map(|slot| {
            let replaced = open.replaced.iter().find(|known| known.slot == *slot);
            let part: Option<&Bound> = replaced.map(|known| &known.part);
            match part {
                Some(part) => (*slot, true, roots(open.original, part)),
                None => (*slot, false, BTreeSet::from([*slot])),
            }
        })
        .collect();
    let mut found = vec![];
    for (slot, is_replaced, own) in &from {
        let others = from.iter().filter(|(other, ..)| other != slot);
        let mut meets = others.filter(|(_, replaced, _)| *is_replaced || *replaced);
        if meets.any(|(_, _, other)| !own.is_disjoint(other)) {
            found.push(*slot);
        }
    }
    found
}
