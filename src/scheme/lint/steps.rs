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
    let firsts: Vec<Vec<usize>> = states.components.iter().map(first_rows).collect();
    for (place, component) in states.components.iter().enumerate() {
        let is_walked = |slot: &Slot| {
            let given = component.given.iter().find(|given| given.slot == *slot);
            let is_ordered =
                given.is_some_and(|given| matches!(given.variable.kind, Kind::Ordered(_)));
            is_ordered && !states.is_series(*slot)
        };
        let walked: Vec<Slot> = component.slots.iter().copied().filter(is_walked).collect();
        if walked.is_empty() {
            continue;
        }
        let others = others(states, place, &firsts)?;
        for slot in walked {
            let own = component.along(open, slot, &states.told, as_of)?;
            all.extend(along(states, place, &own, slot, &others, level)?);
        }
    }
    Ok(all)
}

/// For each combination of what the components but one come to, the rows of a customer who comes to it.
fn others(states: &States, but: usize, firsts: &[Vec<usize>]) -> Result<Vec<Vec<Row>>, TooMany> {
    let components = states.components.iter().zip(firsts).enumerate();
    let components = components.filter(|(place, _)| *place != but);
    let (others, firsts): (Vec<&Component>, Vec<&Vec<usize>>) =
        components.map(|(_, component)| component).unzip();
    let contexts: BTreeMap<Together, Vec<usize>> = combinations(&others, states.told.len())?;
    let rows = contexts.values().map(|path| {
        let rows = others.iter().zip(&firsts).zip(path);
        let rows =
            rows.map(|((component, first), outcome)| component.rows[first[*outcome]].clone());
        rows.collect()
    });
    Ok(rows.collect())
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
    let rest: Vec<Vec<u32>> = (0..component.slots.len())
        .filter(|index| *index != at)
        .map(|index| numbered(&component.rows, index))
        .collect();
    let mut groups: BTreeMap<Vec<u32>, BTreeMap<i64, usize>> = BTreeMap::new();
    for (row, values) in component.rows.iter().enumerate() {
        let Some(own) = key(&values[at]) else {
            continue;
        };
        let rest = rest.iter().map(|numbers| numbers[row]).collect();
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

/// For each row a number for its value of one slot: equal for equal values, in the order of what they are called.
fn numbered(rows: &[Row], slot: usize) -> Vec<u32> {
    let mut known: Vec<(&Value, String)> = vec![];
    let mut by_key: BTreeMap<i64, usize> = BTreeMap::new();
    let mut by_text: BTreeMap<&str, usize> = BTreeMap::new();
    let mut place = |value| {
        let next = known.len();
        let place = match (key(value), value) {
            (Some(key), _) => *by_key.entry(key).or_insert(next),
            (None, Value::Text(text)) => *by_text.entry(text).or_insert(next),
            // True, false, missing, a list: few.
            _ => known
                .iter()
                .position(|(known, _)| *known == value)
                .unwrap_or(next),
        };
        if place == next {
            known.push((value, format!("{value:?}")));
        }
        place
    };
    let of_row: Vec<usize> = rows.iter().map(|row| place(&row[slot])).collect();
    let mut order: Vec<usize> = (0..known.len()).collect();
    order.sort_by(|a, b| known[*a].1.cmp(&known[*b].1));
    let mut number = vec![0; known.len()];
    for (place, index) in order.into_iter().enumerate() {
        number[index] = place as u32;
    }
    of_row.into_iter().map(|place| number[place]).collect()
}

/// The values of a customer in which it differs from another.
pub fn differing(slots: &[Slot], one: &[Value], other: &[Value], but: Slot) -> Vec<Slot> {
    let pairs = slots.iter().zip(one.iter().zip(other));
    pairs
        .filter(|(slot, (a, b))| **slot != but && a != b)
        .map(|(slot, _)| *slot)
        .collect()
}
