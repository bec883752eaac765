//! How many customers of some data a finding of the lint is about, and who the first of them are.

use super::values::value;
use crate::assess::{Choice, Facts, assess};
use crate::diagnostic::{Finding, Text, listed};
use crate::expr::{Bound, Slot};
use crate::grading::Grading;
use crate::scheme::model::{Expression, SlotKind};
use crate::table::{Column, ColumnBuilder, Truth, Value};
use crate::text;
use crate::words::how_many;
use std::sync::Arc;

/// How many customers are named.
const NAMED: usize = 5;

/// A finding, and how the customers are told whom it is about.
#[derive(Clone, Debug)]
pub struct Linted {
    /// What was found.
    pub finding: Finding,
    /// Whom it is about.
    pub touches: Touches,
}

/// Whom a finding is about.
#[derive(Clone, Debug)]
pub enum Touches {
    /// Nobody in particular.
    Nobody,
    /// Those without a band of this dimension.
    NoBand(usize),
    /// Those without a grade.
    NoGrade,
    /// Those without a type.
    NoType,
    /// Those for whom this holds.
    Holds(Expression),
    /// Those who are on one of these levels and for whom both conditions hold.
    Both {
        /// The conditions.
        conditions: [Expression; 2],
        /// Where the level is read: that before this run.
        before: SlotKind,
        /// The levels.
        levels: Vec<Arc<str>>,
    },
    /// Those above the first of these values who would have a better grade with it.
    Fall {
        /// What rises.
        slot: Slot,
        /// Before the rise.
        from: i64,
        /// After it.
        to: i64,
    },
}

impl From<Finding> for Linted {
    fn from(finding: Finding) -> Self {
        Self {
            finding,
            touches: Touches::Nobody,
        }
    }
}

/// The findings, each with how many customers of a grading it is about.
pub fn touched(found: Vec<Linted>, grading: Option<&Grading>) -> Vec<Finding> {
    let with = |linted: Linted| {
        let mut finding = linted.finding;
        if let Some(grading) = grading
            && let Some(rows) = rows(&linted.touches, grading)
        {
            finding = finding.with_note(said(&rows, grading));
            finding.customers = Some(
                rows.iter()
                    .map(|row| grading.book.roster.ids[*row].clone())
                    .collect(),
            );
        }
        finding
    };
    found.into_iter().map(with).collect()
}

/// The customers by their places; nothing where it is about nobody in particular.
fn rows(touches: &Touches, grading: &Grading) -> Option<Vec<usize>> {
    let len = grading.len();
    let none = |choices: &[Choice]| {
        (0..len)
            .filter(|row| choices[*row] == Choice::NoneHolds)
            .collect()
    };
    let holds = |expression: &Expression| truths(&expression.bound, &grading.facts);
    Some(match touches {
        Touches::Nobody => return None,
        Touches::NoBand(dimension) => none(&grading.assessment.dimensions[*dimension].bands),
        Touches::NoGrade => none(&grading.assessment.grades),
        Touches::NoType => none(&grading.classification.types),
        Touches::Holds(expression) => {
            let truths = holds(expression)?;
            (0..len).filter(|row| truths[*row] == Truth::True).collect()
        }
        Touches::Both {
            conditions: [first, second],
            before,
            levels,
        } => {
            let (first, second) = (holds(first)?, holds(second)?);
            let before = grading.facts.get(grading.scheme.slot_of(*before)?);
            let both = |row: &usize| {
                let is_on_level =
                    matches!(before.value(*row), Value::Text(own) if levels.contains(&own));
                is_on_level && first[*row] == Truth::True && second[*row] == Truth::True
            };
            (0..len).filter(both).collect()
        }
        Touches::Fall { slot, from, to } => return fallen(grading, *slot, *from, *to),
    })
}

fn truths(bound: &Bound, facts: &Facts) -> Option<Vec<Truth>> {
    match bound.eval(facts).column {
        Column::Bool(truths) => Some(truths),
        _ => None,
    }
}

/// Those who have risen past `to` and would have a better grade with `from`, all else as it is.
fn fallen(grading: &Grading, slot: Slot, from: i64, to: i64) -> Option<Vec<usize>> {
    // What was varied as a whole is no column of a customer.
    let entry = grading.scheme.slots.entries.get(slot.0 as usize)?;
    if entry.ty.series {
        return None;
    }
    let column = grading.facts.get(slot);
    let past = |row: usize| super::values::key(&column.value(row)).is_some_and(|own| own >= to);
    let before = value(entry.ty.base, from)?;
    let mut builder = ColumnBuilder::like(column);
    for row in 0..grading.len() {
        let own = column.value(row);
        builder.push(if past(row) { &before } else { &own });
    }
    let mut facts = grading.facts.clone();
    facts.set(slot, builder.finish());
    let other = assess(&grading.scheme, &mut facts, &mut vec![]);
    let none = grading.scheme.grades.len();
    let level = |choice: Choice| match choice {
        Choice::Is(index) => Some(index as usize),
        Choice::NoneHolds => Some(none),
        Choice::Unknown(_) => None,
    };
    let is_fallen = |row: &usize| {
        let (own, other) = (
            level(grading.assessment.grades[*row]),
            level(other.grades[*row]),
        );
        past(*row) && own.zip(other).is_some_and(|(own, other)| other < own)
    };
    Some((0..grading.len()).filter(is_fallen).collect())
}

fn said(rows: &[usize], grading: &Grading) -> Text {
    let (count, all) = (rows.len(), grading.len());
    let customers = how_many(all, "customer");
    if count == 0 {
        return text!("none of the {customers}", "{all} 位客户中没有");
    }
    let ids = rows.iter().take(NAMED);
    let Text { en, zh } = listed(ids.map(|row| &*grading.book.roster.ids[*row]));
    let (more_en, more_zh) = if count > NAMED {
        (" and others", " 等")
    } else {
        ("", "")
    };
    text!(
        "{count} of {customers}: {en}{more_en}",
        "{all} 位客户中有 {count} 位：{zh}{more_zh}"
    )
}
