//! How firm grades are: how many change if a value of everybody, or all values, are somewhat more or less than they are
//! said to be.

use super::leaf::{Leaf, key_at};
use super::search::is_better;
use super::{Way, World};
use crate::expr::{Base, Slot};
use crate::table::column::MISSING;
use crate::table::decimal::divide_half_away;
use crate::table::{Column, Decimal, Value};

/// What becomes of everybody's grades if values shift.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shift {
    /// Which value does; `None` for all of them together.
    pub slot: Option<Slot>,
    /// More or less.
    pub way: Way,
    /// How many customers get a better grade.
    pub better: usize,
    /// How many get a worse one, or none.
    pub worse: usize,
}

/// What becomes of one customer's grade if a value shifts.
#[derive(Clone, Debug, PartialEq)]
pub struct Shifted {
    /// Which value does; `None` for all of them together.
    pub slot: Option<Slot>,
    /// More or less.
    pub way: Way,
    /// The value then.
    pub to: Option<Value>,
    /// The grade then.
    pub grade: Option<u32>,
}

impl World<'_> {
    /// The numbers that grades are made of, one for each customer; what lies on days and in words does not shift.
    fn numbers(&self) -> impl Iterator<Item = &Leaf> {
        let entries = &self.scheme.slots.entries;
        self.leaves.iter().filter(|leaf| {
            let ty = &entries[leaf.slot.0 as usize].ty;
            ty.base == Base::Number && !ty.series
        })
    }

    /// How many grades change if each value of everybody, and then all of them, are `by` (a share) more and less.
    pub fn shifts(&self, by: Decimal) -> Vec<Shift> {
        let mut shifts = vec![];
        let each = self.numbers().map(|leaf| (Some(leaf.slot), vec![leaf]));
        let mut all: Vec<(Option<Slot>, Vec<&Leaf>)> = each.collect();
        if all.len() > 1 {
            all.push((None, self.numbers().collect()));
        }
        for (slot, leaves) in all {
            for way in [Way::More, Way::Less] {
                let columns = leaves.iter().map(|leaf| {
                    let column = self.frame().column(leaf.slot);
                    (leaf.slot, shifted(column, by, way, leaf.unit()))
                });
                let grades = self.regraded(columns.collect());
                let grades = grades.into_iter().enumerate();
                let (mut better, mut worse) = (0, 0);
                for (row, grade) in grades {
                    let present = self.present(row);
                    better += usize::from(is_better(grade, present));
                    worse += usize::from(is_better(present, grade));
                }
                shifts.push(Shift {
                    slot,
                    way,
                    better,
                    worse,
                });
            }
        }
        shifts
    }

    /// What each value of a customer gives that is `by` (a share) more or less, all else as it is; those only that give
    /// another grade. `None` where that would say what customers have whom the reader does not see.
    pub fn shifts_of(&self, row: usize, by: Decimal) -> Option<Vec<Shifted>> {
        if self.numbers().any(|leaf| self.withholds(leaf)) {
            return None;
        }
        let mut changed = vec![];
        for leaf in self.numbers() {
            for way in [Way::More, Way::Less] {
                let now = key_at(self.frame().column(leaf.slot), row);
                let to = now.and_then(|now| shifted_key(now, by, way, leaf.unit()));
                let to = to.and_then(Decimal::from_millionths).map(Value::Number);
                let Some(to) = to else { continue };
                let outcomes = self.outcomes(leaf, row, std::slice::from_ref(&to));
                let grade = outcomes.first().and_then(|outcome| outcome.grade);
                if grade != self.present(row) {
                    changed.push(Shifted {
                        slot: Some(leaf.slot),
                        way,
                        to: Some(to),
                        grade,
                    });
                }
            }
        }
        Some(changed)
    }

    /// The grade that counts for everybody if these columns were others.
    pub fn regraded(&self, columns: Vec<(Slot, Column)>) -> Vec<Option<u32>> {
        let mut facts = self.grading.facts.anew();
        for (slot, column) in columns {
            facts.set(slot, column);
        }
        self.counted(&mut facts, |row| row)
    }
}

/// A column with each number so much more or less.
fn shifted(column: &Column, by: Decimal, way: Way, unit: i64) -> Column {
    let Column::Number(keys) = column else {
        return column.clone();
    };
    let shift = |key: &i64| match *key {
        MISSING => MISSING,
        key => shifted_key(key, by, way, unit).unwrap_or(key),
    };
    Column::Number(keys.iter().map(shift).collect())
}

/// A number so much more or less, rounded to the unit that such values have: a count stays one. More is away from zero.
fn shifted_key(key: i64, by: Decimal, way: Way, unit: i64) -> Option<i64> {
    let by = i128::from(by.millionths());
    let factor = match way {
        Way::Less => 1_000_000 - by,
        _ => 1_000_000 + by,
    };
    let units = divide_half_away(i128::from(key) * factor, 1_000_000 * i128::from(unit));
    Decimal::from_wide(units * i128::from(unit)).map(Decimal::millionths)
}
