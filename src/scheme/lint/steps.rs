//! What a change of one value does, all others as they are: for each value from outside the levels that customers come
//! to as it rises.

use super::values::key;
use super::variables::Kind;
use super::world::cells::Row;
use super::world::component::{Component, first_rows};
use super::world::states::{Together, combinations};
use super::world::{MOST, Open, States, TooMany};
use crate::expr::Slot;
use crate::table::{Date, Value};
use std::collections::{BTreeMap, BTreeSet};

/// A level: more is better. Nothing where it is unknown.
pub type Level = Option<i64>;

/// What customers come to: the components that their values are of, the values' slots, and the customers.
pub type Levels<'l> = dyn Fn(&[Component], &[Slot], &[Row]) -> Vec<Level> + 'l;

/// Customers who differ in one value only, in its order.
pub struct Walk {
    /// The other values, and this one at its first: in the order of the states' slots.
    pub customers: Vec<Row>,
    /// The level of each.
    pub levels: Vec<Level>,
}

/// All walks along one value.
pub struct Walks {
    /// The value.
    pub slot: Slot,
    /// What it is on the way.
    pub keys: Vec<i64>,
    /// One walk for each combination of what the others come to.
    pub all: Vec<Walk>,
    /// Whether sums of it and others are compared, so that others move the places at which it turns.
    pub is_summed: bool,
}

/// The walks along every ordered value of some customers. `level` says what customers come to.
pub fn walks(
    open: &Open<'_>,
    states: &States,
    as_of: Date,
    level: &Levels<'_>,
) -> Result<Vec<Walks>, TooMany> {
    let mut all = vec![];
    for place in 0..states.components.len() {
        let others: Vec<&Component> = states
            .components
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != place)
            .map(|(_, component)| component)
            .collect();
        let contexts: BTreeMap<Together, Vec<usize>> = combinations(&others, states.told.len())?;
        let others: Vec<Vec<Row>> = contexts
            .values()
            .map(|path| {
                let rows = others.iter().zip(path).map(|(component, outcome)| {
                    component.rows[first_rows(component)[*outcome]].clone()
                });
                rows.collect()
            })
            .collect();
        let component = &states.components[place];
        for slot in component.slots.clone() {
            let given = component.given.iter().find(|given| given.slot == slot);
            let ordered =
                given.is_some_and(|given| matches!(given.variable.kind, Kind::Ordered(_)));
            if ordered && !states.is_series(slot) {
                let own = component.along(open, slot, &states.told, as_of)?;
                all.extend(along(states, place, &own, slot, &others, level)?);
            }
        }
    }
    Ok(all)
}

fn along(
    states: &States,
    place: usize,
    component: &Component,
    slot: Slot,
    others: &[Vec<Row>],
    level: &Levels<'_>,
) -> Result<Option<Walks>, TooMany> {
    let Some(at) = component.slots.iter().position(|known| *known == slot) else {
        return Ok(None);
    };
    // Rows with the same other values, by this one.
    let mut groups: BTreeMap<Vec<String>, BTreeMap<i64, usize>> = BTreeMap::new();
    for (row, values) in component.rows.iter().enumerate() {
        let Some(own) = key(&values[at]) else {
            continue;
        };
        let rest = values.iter().enumerate().filter(|(index, _)| *index != at);
        let rest: Vec<String> = rest.map(|(_, value)| format!("{value:?}")).collect();
        groups.entry(rest).or_default().insert(own, row);
    }
    let keys: Vec<i64> = groups
        .values()
        .flat_map(|group| group.keys().copied())
        .collect::<BTreeSet<i64>>()
        .into_iter()
        .collect();
    // Walks that come to the same all the way are one. Some values nobody has beside the others of a walk.
    let mut distinct: BTreeMap<Vec<Option<usize>>, Vec<Option<usize>>> = BTreeMap::new();
    for group in groups.into_values() {
        let rows: Vec<Option<usize>> = keys.iter().map(|own| group.get(own).copied()).collect();
        let outcomes = rows.iter().map(|row| row.map(|row| component.of_row[row]));
        distinct.entry(outcomes.collect()).or_insert(rows);
    }
    let count = distinct.len() * others.len() * keys.len();
    if count > MOST {
        return Err(TooMany(count));
    }
    let mut customers = vec![];
    let mut there = vec![];
    for rows in distinct.values() {
        let Some(any) = rows.iter().copied().flatten().next() else {
            continue;
        };
        for other in others {
            for row in rows {
                let own = &component.rows[row.unwrap_or(any)];
                let before = other[..place].iter().flatten();
                let after = other[place..].iter().flatten();
                customers.push(before.chain(own).chain(after).cloned().collect::<Row>());
                there.push(row.is_some());
            }
        }
    }
    if customers.is_empty() {
        return Ok(None);
    }
    let mut levels = level(&states.components, &states.slots, &customers);
    for (level, there) in levels.iter_mut().zip(there) {
        *level = level.filter(|_| there);
    }
    let walks = customers
        .chunks(keys.len())
        .zip(levels.chunks(keys.len()))
        .map(|(customers, levels)| Walk {
            customers: customers.to_vec(),
            levels: levels.to_vec(),
        });
    Ok(Some(Walks {
        slot,
        all: walks.collect(),
        keys,
        is_summed: component.has_sums_of(slot),
    }))
}

/// The values of a customer in which it differs from another.
pub fn differing(slots: &[Slot], one: &[Value], other: &[Value], but: Slot) -> Vec<Slot> {
    let pairs = slots.iter().zip(one.iter().zip(other));
    pairs
        .filter(|(slot, (a, b))| **slot != but && a != b)
        .map(|(slot, _)| *slot)
        .collect()
}
