//! The keys of everybody, gathered bit by bit, and what comes of them: a population, or the least keys that are among
//! the best.

use super::groups::{Group, Groups, key_of};
use super::{Place, Population};
use crate::table::{Column, Truth};
use std::sync::Arc;

/// The keys of some customers, each list of them compared in turn, by group. Only those who have all of them.
#[derive(Clone, Debug)]
pub struct AllKeys {
    /// How many keys each customer has.
    width: usize,
    groups: Groups,
    /// For each group the keys of one customer after another.
    members: Vec<Vec<i64>>,
}

/// Who is among the best, by the least keys that are.
#[derive(Clone, Debug)]
pub struct Cut {
    groups: Arc<Groups>,
    /// For each group; `None` where nobody is.
    least: Vec<Option<Vec<i64>>>,
}

impl AllKeys {
    /// Nobody yet. `width` is how many keys each has, `grouped` whether they are ranked within groups.
    pub fn new(width: usize, grouped: bool) -> Self {
        Self {
            width,
            groups: Groups::new(grouped),
            members: vec![],
        }
    }

    /// More customers: a column for each key.
    pub fn add(&mut self, keys: &[Column], within: Option<&Column>) {
        let groups = within.map(|within| self.groups.number(within));
        self.members.resize_with(self.groups.len(), Vec::new);
        for row in 0..keys.first().map_or(0, Column::len) {
            let group = match &groups {
                None => Group::EVERYBODY,
                Some(groups) => match groups[row] {
                    Some(group) => group,
                    None => continue,
                },
            };
            let members = &mut self.members[group.index()];
            let before = members.len();
            members.extend(keys.iter().map_while(|key| key_of(key, row)));
            if members.len() < before + self.width {
                members.truncate(before);
            }
        }
    }

    /// How many groups there are.
    pub fn groups(&self) -> usize {
        self.groups.len()
    }

    /// The population of the one key that they have.
    pub fn population(mut self) -> Population {
        self.members.resize_with(self.groups.len(), Vec::new);
        Population::of(self.groups, self.members)
    }

    /// The least keys of each group with which a customer is among the best; `is_in` says which places are, and of two
    /// places it takes the better one first.
    pub fn cut(&self, is_in: impl Fn(Place) -> bool) -> Cut {
        let least = self.members.iter().map(|members| {
            let rows = Rows {
                keys: members,
                width: self.width,
            };
            rows.least(&is_in)
        });
        Cut {
            groups: Arc::new(self.groups.clone()),
            least: least.collect(),
        }
    }
}

/// The keys of one group.
struct Rows<'a> {
    keys: &'a [i64],
    width: usize,
}

impl Rows<'_> {
    fn each(&self) -> impl Iterator<Item = &[i64]> {
        self.keys.chunks_exact(self.width)
    }

    fn least(&self, is_in: impl Fn(Place) -> bool) -> Option<Vec<i64>> {
        let of = (self.keys.len() / self.width) as u64;
        // How many would be in if all were different.
        let all = 0..of;
        let apart = |better: u64| Place {
            better,
            at_least: better + 1,
            of,
        };
        let mut room = all.end;
        let mut first = all.start;
        while first < room {
            let middle = first + (room - first) / 2;
            if is_in(apart(middle)) {
                first = middle + 1;
            } else {
                room = middle;
            }
        }
        let last = self.from_best(usize::try_from(room.checked_sub(1)?).ok()?);
        let count = |counts: &dyn Fn(&[i64]) -> bool| self.each().filter(|row| counts(row)).count();
        let place = Place {
            better: count(&|row| row > &last[..]) as u64,
            at_least: count(&|row| row >= &last[..]) as u64,
            of,
        };
        if is_in(place) {
            return Some(last);
        }
        // There is no room for all who are equal.
        let better = self.each().filter(|row| *row > &last[..]).min();
        better.map(<[i64]>::to_vec)
    }

    /// The keys of the customer at a place from the best, where equal ones come in any order.
    fn from_best(&self, mut place: usize) -> Vec<i64> {
        let mut found: Vec<i64> = vec![];
        for at in 0..self.width {
            let equal = self.each().filter(|row| row.starts_with(&found));
            let mut keys: Vec<i64> = equal.map(|row| row[at]).collect();
            let (better, key, _) = keys.select_nth_unstable_by(place, |a, b| b.cmp(a));
            let key = *key;
            place -= better.iter().filter(|other| **other > key).count();
            found.push(key);
        }
        found
    }
}

impl Cut {
    /// Whether each customer is among the best; unknown where a key or the group is missing.
    pub fn holds(&self, keys: &[Column], within: Option<&Column>) -> Column {
        let groups = within.map(|within| self.groups.of(within));
        let mut own = vec![];
        let truth = |row: usize| {
            let group = match &groups {
                None => Some(Group::EVERYBODY),
                Some(groups) => groups[row],
            };
            own.clear();
            own.extend(keys.iter().map_while(|key| key_of(key, row)));
            let least = group.and_then(|group| self.least.get(group.index()));
            match least {
                Some(least) if own.len() == keys.len() => {
                    Truth::from(least.as_ref().is_some_and(|least| own >= *least))
                }
                _ => Truth::Unknown,
            }
        };
        let rows = keys.first().map_or(0, Column::len);
        Column::Bool((0..rows).map(truth).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rank::TopKeys;
    use crate::table::column::MISSING;
    use proptest::prelude::*;

    fn gathered(keys: &[Column], within: Option<&Column>, parts: usize) -> AllKeys {
        let rows = keys[0].len();
        let mut gathered = AllKeys::new(keys.len(), within.is_some());
        for part in 0..parts {
            let of_part: Vec<Option<u32>> = (0..rows as u32)
                .filter(|row| *row as usize % parts == part)
                .map(Some)
                .collect();
            let keys: Vec<Column> = keys.iter().map(|key| key.gather(&of_part)).collect();
            let within = within.map(|within| within.gather(&of_part));
            gathered.add(&keys, within.as_ref());
        }
        gathered
    }

    proptest! {
        /// Of few different keys, so that many are equal at the edge.
        #[test]
        fn who_is_above_the_cut_has_a_place_that_is_in(
            rows in prop::collection::vec(
                (prop::option::weighted(0.9, 0i64..5), 0i64..3, prop::option::weighted(0.9, 0i64..3)),
                0..60,
            ),
            share in 0u64..=101,
            parts in 1usize..4,
            down in any::<bool>(),
        ) {
            let missing = |key: Option<i64>| key.unwrap_or(MISSING);
            let keys = [
                Column::Number(rows.iter().map(|row| missing(row.0)).collect()),
                Column::Number(rows.iter().map(|row| row.1).collect()),
            ];
            let groups = Column::Number(rows.iter().map(|row| missing(row.2)).collect());
            // The rule as the design has it: B × 100 < P × N, or the number at least as good × 100 <= P × N.
            let is_in = |place: Place| match down {
                false => place.better * 100 < share * place.of,
                true => place.at_least * 100 <= share * place.of,
            };
            for within in [None, Some(&groups)] {
                let places = TopKeys::new(&keys, within).places();
                let expected = places.iter().map(|place| {
                    place.map_or(Truth::Unknown, |place| Truth::from(is_in(place)))
                });
                let expected = Column::Bool(expected.collect());
                let cut = gathered(&keys, within, parts).cut(is_in);
                prop_assert_eq!(cut.holds(&keys, within), expected);
            }
        }
    }
}
