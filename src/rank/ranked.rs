//! The places that one customer would have with other keys, everybody else as they are.

use super::Place;
use super::groups::key_of;
use crate::table::Column;
use foldhash::HashMap;
use std::sync::Arc;

/// The keys of all customers by group, sorted; only those that are in a place.
#[derive(Clone, Debug, Default)]
pub struct Ranked {
    groups: HashMap<GroupOf, Vec<Box<[i64]>>>,
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

/// The group and the keys of a row; `None` where one is missing.
fn standing(keys: &[Column], within: Option<&Column>, row: usize) -> Option<(GroupOf, Box<[i64]>)> {
    let keys = keys.iter().map(|column| key_of(column, row));
    Some((group_of(within, row)?, keys.collect::<Option<_>>()?))
}

impl Ranked {
    /// Everybody, by the columns that are compared in turn. `None` where they are ranked by texts, of which a new one has
    /// no place among the codes of the others.
    pub fn new(keys: &[Column], within: Option<&Column>) -> Option<Self> {
        if keys.iter().any(|key| matches!(key, Column::Text(_))) {
            return None;
        }
        let mut groups: HashMap<GroupOf, Vec<Box<[i64]>>> = HashMap::default();
        for row in 0..keys.first().map_or(0, Column::len) {
            if let Some((group, keys)) = standing(keys, within, row) {
                groups.entry(group).or_default().push(keys);
            }
        }
        for members in groups.values_mut() {
            members.sort_unstable();
        }
        Some(Self { groups })
    }

    /// The place of each row if its customer, one of those here, had not the keys and the group `out` but `put`.
    pub fn places_instead(
        &self,
        out: (&[Column], Option<&Column>),
        put: (&[Column], Option<&Column>),
    ) -> Vec<Option<Place>> {
        let rows = put.0.first().map_or(0, Column::len);
        let place = |row: usize| {
            let (group, own) = standing(put.0, put.1, row)?;
            let members = self.groups.get(&group).map_or(&[][..], Vec::as_slice);
            let out = standing(out.0, out.1, row).filter(|(left, _)| *left == group);
            let out = out.map(|(_, keys)| keys);
            let count = |from: usize, gone: bool| (members.len() - from - usize::from(gone)) as u64;
            let better = members.partition_point(|other| *other <= own);
            let at_least = members.partition_point(|other| *other < own);
            Some(Place {
                better: count(better, out.as_ref().is_some_and(|out| *out > own)),
                at_least: count(at_least, out.as_ref().is_some_and(|out| *out >= own)) + 1,
                of: count(0, out.is_some()) + 1,
            })
        };
        (0..rows).map(place).collect()
    }
}
