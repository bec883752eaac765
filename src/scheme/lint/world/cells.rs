//! The customers that conditions can tell apart by some values: all combinations of what stands for the values between
//! the thresholds, and where sums are compared, of what stands for the values between those too.
//!
//! Values that meet in a sum are given one after another: for each choice of the first ones the places are known at
//! which the sums turn. So that none is passed over, the first ones also take the places at which two sums turn
//! together (or a sum at a threshold).

use super::TooMany;
use super::linear::Linear;
use super::solve::{Found, texts};
use crate::expr::Slot;
use crate::scheme::lint::values::key;
use crate::scheme::lint::variables::{Kind, Variable};
use crate::table::Value;
use std::collections::{BTreeMap, BTreeSet};

/// One customer's values.
pub type Row = Vec<Value>;

/// A value from outside, with what it is compared with.
#[derive(Clone, Debug)]
pub struct Given {
    /// Where it is.
    pub slot: Slot,
    /// What its values are.
    pub variable: Variable,
    /// Whether both ends of what lies between two thresholds stand for it.
    pub both_ends: bool,
}

impl Given {
    /// What `found` asks of it, added.
    pub fn ask(&mut self, found: &Found, all_may_be_missing: bool) {
        if let Some(thresholds) = found.thresholds.get(&self.slot) {
            self.variable.thresholds.extend(thresholds);
        }
        for text in texts(found.literals.get(&self.slot).map_or(&[], Vec::as_slice)) {
            if !self.variable.literals.contains(&text) {
                self.variable.literals.push(text);
            }
        }
        self.variable.nullable |= all_may_be_missing || found.nullable.contains(&self.slot);
        self.both_ends |= found.ends.contains(&self.slot);
    }

    /// What stands for its values, at these places too.
    pub fn samples(&self, more: &BTreeSet<i64>) -> Vec<Value> {
        let samples = if more.is_subset(&self.variable.thresholds) && !self.both_ends {
            self.variable.samples()
        } else {
            let mut variable = self.variable.clone();
            variable.thresholds.extend(more);
            if self.both_ends {
                ends(&mut variable);
            }
            variable.samples()
        };
        samples.into_iter().map(|sample| sample.value).collect()
    }
}

/// Adds to the thresholds what is next to each, and the least and the greatest value.
fn ends(variable: &mut Variable) {
    let Kind::Ordered(shape) = &variable.kind else {
        return;
    };
    let step = shape.step.max(1);
    let next = |at: &i64| [at.checked_sub(step), at.checked_add(step)];
    let mut more: BTreeSet<i64> = variable
        .thresholds
        .iter()
        .flat_map(next)
        .flatten()
        .collect();
    more.extend(shape.least.into_iter().chain(shape.greatest));
    if more.is_empty() {
        more.insert(0);
    }
    variable.thresholds.extend(more);
}

/// All rows of some values. The last one changes fastest.
pub fn rows(
    given: &[Given],
    relations: &BTreeSet<Linear>,
    most: usize,
) -> Result<Vec<Row>, TooMany> {
    let mut given = given.to_vec();
    let slots: Vec<Slot> = given.iter().map(|given| given.slot).collect();
    let relations = projected(&mut given, relations, &slots, most)?;
    let mut rows: Vec<Row> = vec![vec![]];
    for (place, next) in given.iter().enumerate() {
        let own: Vec<&Linear> = relations
            .iter()
            .filter(|relation| last(relation, &slots) == Some(place))
            .collect();
        let mut grown = vec![];
        let mut known: BTreeMap<BTreeSet<i64>, Vec<Value>> = BTreeMap::new();
        for row in &rows {
            let mut turns = BTreeSet::new();
            for relation in &own {
                turns.extend(turning(relation, &slots[..place], row));
            }
            let samples = known
                .entry(turns)
                .or_insert_with_key(|turns| next.samples(turns));
            for sample in samples.iter() {
                let mut longer = row.clone();
                longer.push(sample.clone());
                grown.push(longer);
            }
            if grown.len() > most {
                let rest: usize = given[place + 1..]
                    .iter()
                    .map(|given| given.variable.samples().len())
                    .fold(1, usize::saturating_mul);
                let now = rows
                    .len()
                    .saturating_mul(known.values().map(Vec::len).max().unwrap_or(1));
                return Err(TooMany(now.saturating_mul(rest)));
            }
        }
        rows = grown;
    }
    Ok(rows)
}

/// The last value that a relation reads.
fn last(relation: &Linear, slots: &[Slot]) -> Option<usize> {
    let places = relation
        .terms
        .iter()
        .filter_map(|(slot, _)| slots.iter().position(|known| known == slot));
    places.max()
}

/// Where a relation turns once the values before the last are given.
fn turning(relation: &Linear, slots: &[Slot], row: &[Value]) -> Vec<i64> {
    let mut rest = relation.clone();
    for (slot, value) in slots.iter().zip(row) {
        if rest.factor(*slot) == 0 {
            continue;
        }
        let Some(with) = key(value).and_then(|key| rest.with(*slot, key)) else {
            return vec![];
        };
        rest = with;
    }
    rest.root().map(|(_, keys)| keys).unwrap_or_default()
}

/// More sums of several values than these are not followed.
const MOST_RELATIONS: usize = 2_000;

/// Nor are more pairs of those that end with the same value: each gives another sum.
const MOST_PAIRS: usize = 50_000;

/// The places of a value at which it is looked where sums turn: its thresholds and ends. Of one that goes in steps those
/// beside a threshold too: there may be no step between it and where a sum turns for what stands for the others.
fn looked_at(variable: &Variable) -> BTreeSet<i64> {
    let mut places = variable.thresholds.clone();
    if let Kind::Ordered(shape) = &variable.kind {
        if shape.step > 1 {
            let beside = |at: &i64| [at.checked_sub(shape.step), at.checked_add(shape.step)];
            places.extend(variable.thresholds.iter().flat_map(beside).flatten());
        }
        places.extend(shape.least.into_iter().chain(shape.greatest));
    }
    places
}

/// The relations, with those that follow from them for the values before the last ones.
fn projected(
    given: &mut [Given],
    relations: &BTreeSet<Linear>,
    slots: &[Slot],
    most: usize,
) -> Result<BTreeSet<Linear>, TooMany> {
    let mut all = relations.clone();
    if all.len() > MOST_RELATIONS {
        return Err(TooMany(usize::MAX));
    }
    for place in (1..slots.len()).rev() {
        let own: Vec<Linear> = all
            .iter()
            .filter(|relation| last(relation, slots) == Some(place))
            .cloned()
            .collect();
        let slot = slots[place];
        let beside = own.len() + given[place].variable.thresholds.len();
        if own.len().saturating_mul(beside) > MOST_PAIRS {
            return Err(TooMany(usize::MAX));
        }
        let mut met: Vec<Linear> = vec![];
        for (index, relation) in own.iter().enumerate() {
            for other in &own[..index] {
                met.extend(relation.without(other, slot));
            }
            for at in looked_at(&given[place].variable) {
                met.extend(relation.with(slot, at));
            }
        }
        for linear in met {
            // Where several turn together is a place to look at, not a turn of its own: what is beside it is tried anyway.
            let linear = Linear {
                exact: true,
                ..linear
            };
            match linear.terms.len() {
                0 => {}
                1 => {
                    if let Some((slot, keys)) = linear.root()
                        && let Some(given) = given.iter_mut().find(|given| given.slot == slot)
                    {
                        given.variable.thresholds.extend(keys);
                    }
                }
                _ => _ = all.insert(linear),
            }
        }
        if all.len() > MOST_RELATIONS
            || given
                .iter()
                .any(|given| given.variable.thresholds.len() > most)
        {
            return Err(TooMany(usize::MAX));
        }
    }
    Ok(all)
}
