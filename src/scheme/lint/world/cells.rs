//! The customers that conditions can tell apart by some values: all combinations of what stands for the values between
//! the thresholds, and where sums are compared, of what stands for the values between those too.
//!
//! Values that meet in a sum are given one after another: for each choice of the first ones the places are known at
//! which the sums turn ([`projection`](super::projection)).

use super::TooMany;
use super::linear::Linear;
use super::projection::{beside, turns};
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

    /// What stands for its values, at these places too, and so many steps beside each place.
    pub fn samples(&self, more: &BTreeSet<i64>, steps: i64) -> Vec<Value> {
        let is_alone = more.is_subset(&self.variable.thresholds) && steps == 0 && !self.both_ends;
        let samples = if is_alone {
            self.variable.samples()
        } else {
            let mut variable = self.variable.clone();
            variable.thresholds.extend(more);
            let steps = steps.max(i64::from(self.both_ends));
            if steps > 0 {
                look_beside(&mut variable, steps);
            }
            variable.samples()
        };
        samples.into_iter().map(|sample| sample.value).collect()
    }
}

/// Adds to the thresholds the least and the greatest value, and what is beside each.
fn look_beside(variable: &mut Variable, steps: i64) {
    let Kind::Ordered(shape) = &variable.kind else {
        return;
    };
    let mut places = variable.thresholds.clone();
    places.extend(shape.least.into_iter().chain(shape.greatest));
    if places.is_empty() {
        places.insert(0);
    }
    variable.thresholds = beside(&places, shape.step, steps);
}

/// All rows of some values. The last one changes fastest where `last_is_last`; else they are in the order in which the
/// sums that meet in them are best followed.
pub fn rows(
    given: &[Given],
    relations: &BTreeSet<Linear>,
    last_is_last: bool,
    most: usize,
) -> Result<Vec<Row>, TooMany> {
    let mut given = given.to_vec();
    let last = given.len().checked_sub(1).filter(|_| last_is_last);
    let turns = turns(&mut given, relations, last, most)?;
    let mut rows: Vec<Row> = vec![vec![]];
    for (index, turn) in turns.iter().enumerate() {
        let (before, rest) = turns.split_at(index);
        let before: Vec<Slot> = before.iter().map(|turn| given[turn.place].slot).collect();
        let next = &given[turn.place];
        let mut grown = vec![];
        let mut known: BTreeMap<BTreeSet<i64>, Vec<Value>> = BTreeMap::new();
        for row in &rows {
            let mut places = BTreeSet::new();
            for relation in &turn.relations {
                places.extend(turning(relation, &before, row));
            }
            let samples = known
                .entry(places)
                .or_insert_with_key(|places| next.samples(places, turn.beside));
            for sample in samples.iter() {
                let mut longer = row.clone();
                longer.push(sample.clone());
                grown.push(longer);
            }
            if grown.len() > most {
                let rest: usize = rest[1..]
                    .iter()
                    .map(|turn| given[turn.place].variable.samples().len())
                    .fold(1, usize::saturating_mul);
                let now = rows
                    .len()
                    .saturating_mul(known.values().map(Vec::len).max().unwrap_or(1));
                return Err(TooMany(now.saturating_mul(rest)));
            }
        }
        rows = grown;
    }
    let mut place_of = vec![0; turns.len()];
    for (index, turn) in turns.iter().enumerate() {
        place_of[turn.place] = index;
    }
    let in_place = |row: Row| place_of.iter().map(|index| row[*index].clone()).collect();
    Ok(rows.into_iter().map(in_place).collect())
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
