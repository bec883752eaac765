//! The places that one customer would have with other keys, everybody else as they are.

use super::Place;
use super::groups::key_of;
use crate::table::Column;
use foldhash::HashMap;
use std::sync::Arc;

/// The keys of all customers by group, sorted; only those that are in a place.
#[derive(Clone, Debug, Default)]
pub struct Ranked {
    groups: HashMap<GroupOf, Members>,
    /// By how many keys customers are ranked.
    width: usize,
}

/// The keys of those of a group, the worst first, one customer's after the other's: a search reads few lines of memory.
#[derive(Clone, Debug, Default)]
struct Members(Vec<i64>);

impl Members {
    fn sorted(mut keys: Vec<i64>, width: usize) -> Self {
        if width == 1 {
            keys.sort_unstable();
        } else {
            let mut members: Vec<&[i64]> = keys.chunks_exact(width).collect();
            members.sort_unstable();
            keys = members.concat();
        }
        Self(keys)
    }

    const fn count(&self, width: usize) -> usize {
        self.0.len() / width
    }

    /// The keys of the customer at a place from the worst.
    fn at(&self, place: usize, width: usize) -> &[i64] {
        &self.0[place * width..][..width]
    }

    /// How many, from the worst on, are of this sort, which all of them are up to some place and none from there on.
    fn upto(&self, width: usize, is_one: impl Fn(&[i64]) -> bool) -> usize {
        let (mut from, mut to) = (0, self.count(width));
        while from < to {
            let middle = from.midpoint(to);
            if is_one(self.at(middle, width)) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        from
    }
}

/// What a customer is ranked within.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum GroupOf {
    Everybody,
    Text(Arc<str>),
    Key(i64),
}

fn group_of(within: Option<&Column>, row: usize) -> Option<GroupOf> {
    match within {
        None => Some(GroupOf::Everybody),
        Some(Column::Text(texts)) => texts.get(row).cloned().map(GroupOf::Text),
        Some(column) => key_of(column, row).map(GroupOf::Key),
    }
}

/// The group of a row, and its keys put into `own`; `None` where one is missing.
fn standing(
    keys: &[Column],
    within: Option<&Column>,
    row: usize,
    own: &mut Vec<i64>,
) -> Option<GroupOf> {
    own.clear();
    for column in keys {
        own.push(key_of(column, row)?);
    }
    group_of(within, row)
}

impl Ranked {
    /// Everybody, by the columns that are compared in turn. `None` where they are ranked by texts, of which a new one has
    /// no place among the codes of the others.
    pub fn new(keys: &[Column], within: Option<&Column>) -> Option<Self> {
        if keys.iter().any(|key| matches!(key, Column::Text(_))) {
            return None;
        }
        let mut groups: HashMap<GroupOf, Vec<i64>> = HashMap::default();
        let mut own = vec![];
        for row in 0..keys.first().map_or(0, Column::len) {
            if let Some(group) = standing(keys, within, row, &mut own) {
                groups.entry(group).or_default().extend(&own);
            }
        }
        let width = keys.len();
        let sorted = groups
            .into_iter()
            .map(|(group, keys)| (group, Members::sorted(keys, width)));
        Some(Self {
            groups: sorted.collect(),
            width,
        })
    }

    /// The place of each row if its customer, one of those here, had not the keys and the group `out` but `put`.
    pub fn places_instead(
        &self,
        out: (&[Column], Option<&Column>),
        put: (&[Column], Option<&Column>),
    ) -> Vec<Option<Place>> {
        let width = self.width;
        let nobody = Members::default();
        let (mut own, mut left) = (vec![], vec![]);
        let place = |row: usize| {
            let group = standing(put.0, put.1, row, &mut own)?;
            let members = self.groups.get(&group).unwrap_or(&nobody);
            let was = standing(out.0, out.1, row, &mut left).filter(|was| *was == group);
            let out = was.map(|_| &left[..]);
            let own = &own[..];
            let all = members.count(width);
            let count = |from: usize, gone: bool| (all - from - usize::from(gone)) as u64;
            let better = members.upto(width, |other| other <= own);
            let at_least = members.upto(width, |other| other < own);
            Some(Place {
                better: count(better, out.is_some_and(|out| out > own)),
                at_least: count(at_least, out.is_some_and(|out| out >= own)) + 1,
                of: count(0, out.is_some()) + 1,
            })
        };
        let rows = put.0.first().map_or(0, Column::len);
        (0..rows).map(place).collect()
    }

    /// The keys of those beside whom a place begins to be one of those that `is_in` takes (which are the first of a
    /// group), whoever of the others is asked for: with other keys than these in between, nobody is in and nobody out.
    /// `None` where there are several groups.
    pub fn cutoffs(&self, is_in: impl Fn(Place) -> bool) -> Option<Vec<&[i64]>> {
        let members = match self.groups.iter().next() {
            None => return Some(vec![]),
            Some((GroupOf::Everybody, members)) => members,
            Some(_) => return None,
        };
        let all = members.count(self.width);
        let mut cutoffs = vec![];
        // Who has no place yet would be one more.
        for of in [all, all + 1] {
            let place = |better: usize| Place {
                better: better as u64,
                at_least: better as u64 + 1,
                of: of as u64,
            };
            let (mut taken, mut end) = (0, of);
            while taken < end {
                let middle = taken.midpoint(end);
                if is_in(place(middle)) {
                    taken = middle + 1;
                } else {
                    end = middle;
                }
            }
            // The last who is in and the first who is not, and the same without the customer who is asked for.
            for from_best in [taken.checked_sub(1), Some(taken)].into_iter().flatten() {
                if from_best < all {
                    cutoffs.push(members.at(all - 1 - from_best, self.width));
                }
            }
        }
        Some(cutoffs)
    }
}
