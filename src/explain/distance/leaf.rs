//! The values that a grade is made of in the end: fields, fields of lookups and metrics; what each of them moves, and
//! which other values it may take.

use super::others::{Others, others};
use super::why::{looks_at_others, why_not};
use super::{About, Why};
use crate::expr::{Base, Bound, Slot};
use crate::grading::Grading;
use crate::scheme::model::{Band, Expression, GradeRule, Scheme, SlotKind};
use crate::table::column::{MISSING, MISSING_DATE};
use crate::table::{Column, Decimal};

/// A value that a grade is made of.
#[derive(Clone, Debug)]
pub struct Leaf {
    /// Its column.
    pub slot: Slot,
    /// What else it may be.
    pub(super) others: Others,
    /// For each slot whether it changes with it.
    moves: Vec<bool>,
    /// The lookups whose row it chooses.
    pub(super) chooses: Vec<usize>,
    /// Whether ranks or figures of the population are made of it, so that what it needs says what others have.
    pub(super) ranks: bool,
    /// Why nothing is said of it.
    pub(super) why: Option<Why>,
    /// What it is asked for.
    pub(super) about: About,
}

impl Leaf {
    /// Whether a column changes with it.
    pub fn moves(&self, slot: Slot) -> bool {
        self.moves[slot.0 as usize]
    }

    /// The least difference of two of its values: a number, days or seconds.
    pub(super) fn step(&self, scheme: &Scheme) -> Option<Decimal> {
        let Others::Steps { step, .. } = self.others else {
            return None;
        };
        match scheme.slots.entries[self.slot.0 as usize].ty.base {
            Base::Number => Decimal::from_millionths(step),
            _ => Decimal::from_int(step),
        }
    }

    /// The same as a key of its column, the least there is where nothing is said of it.
    pub(super) const fn unit(&self) -> i64 {
        match self.others {
            Others::Steps { step, .. } => step,
            _ => 1,
        }
    }

    /// Whether an expression does.
    pub fn moves_any(&self, bound: &Bound) -> bool {
        bound.slots().iter().any(|slot| self.moves(*slot))
    }
}

/// The values that the grade or the type is made of, in the order of the scheme's columns.
pub(super) fn leaves(grading: &Grading, about: About) -> Vec<Leaf> {
    let scheme = &*grading.scheme;
    let entries = scheme.slots.entries.iter().enumerate();
    let inputs = entries.filter(|(_, entry)| {
        matches!(
            entry.kind,
            SlotKind::Field(_) | SlotKind::LookupField(..) | SlotKind::Metric(_)
        )
    });
    let leaf = |(index, _)| {
        let slot = Slot(index as u32);
        let chooses = chosen(scheme, slot);
        let mut moves = moved(grading, slot, &chooses);
        let of_grade = reaches_the_grade(scheme, &moves);
        // Where rules move grades, the one that a customer has does not follow the values.
        if let (About::Type, None, Some(slot)) = (
            about,
            &scheme.grade_movement,
            scheme.slot_of(SlotKind::Grade),
        ) {
            moves[slot.0 as usize] = of_grade;
        }
        let reaches = match about {
            About::Grade => of_grade,
            About::Type => reaches_the_type(scheme, &moves),
        };
        if !reaches || is_before(scheme, slot) {
            return None;
        }
        let mut leaf = Leaf {
            slot,
            others: Others::These(vec![]),
            moves,
            chooses,
            ranks: false,
            why: None,
            about,
        };
        leaf.ranks = looks_at_others(scheme, &leaf);
        leaf.why = why_not(grading, &leaf);
        if leaf.why.is_none() {
            leaf.others = others(grading, &leaf);
        }
        Some(leaf)
    };
    inputs.filter_map(leaf).collect()
}

/// Whether it is what a customer was before, which the values do not decide, or who it is.
fn is_before(scheme: &Scheme, slot: Slot) -> bool {
    let (SlotKind::Field(field), Some(customers)) = (kind(scheme, slot), &scheme.customers) else {
        return false;
    };
    let before = [customers.previous_grade, customers.previous_date];
    before.contains(&Some(field)) || field == customers.key || customers.name == Some(field)
}

pub(super) fn kind(scheme: &Scheme, slot: Slot) -> SlotKind {
    scheme.slots.entries[slot.0 as usize].kind
}

/// The lookups whose row a field chooses.
fn chosen(scheme: &Scheme, slot: Slot) -> Vec<usize> {
    let SlotKind::Field(field) = kind(scheme, slot) else {
        return vec![];
    };
    let lookups = scheme.lookups.iter().enumerate();
    let lookups = lookups.filter(|(_, lookup)| lookup.on == field);
    lookups.map(|(index, _)| index).collect()
}

/// For each slot whether it changes with this one.
pub(super) fn moved(grading: &Grading, slot: Slot, chooses: &[usize]) -> Vec<bool> {
    let scheme = &*grading.scheme;
    let entries = scheme.slots.entries.iter().enumerate();
    let is_chosen = |kind: &SlotKind| matches!(kind, SlotKind::LookupField(lookup, _) if chooses.contains(lookup));
    let mut moves: Vec<bool> = entries
        .map(|(index, entry)| index == slot.0 as usize || is_chosen(&entry.kind))
        .collect();
    let reads =
        |moves: &[bool], bound: &Bound| bound.slots().iter().any(|slot| moves[slot.0 as usize]);
    for value in &scheme.values {
        moves[value.slot.0 as usize] = reads(&moves, &value.is.bound);
    }
    for dimension in &scheme.dimensions {
        let mut of_points = dimension.rule.of_points().into_iter();
        let moved = of_points.any(|expression| reads(&moves, &expression.bound));
        if let Some(own) = dimension.rule.own() {
            moves[own.0 as usize] = moved;
        }
        let mut conditions = Band::conditions(dimension.rule.bands());
        let moved = moved || conditions.any(|when| reads(&moves, &when.bound));
        moves[dimension.label_slot.0 as usize] = moved;
        moves[dimension.points_slot.0 as usize] = moved;
    }
    if let Some(score) = scheme.score_slot() {
        let dimensions = scheme.dimensions.iter();
        let counting = dimensions.zip(&grading.assessment.dimensions);
        moves[score.0 as usize] = counting
            .filter(|(_, result)| result.counts)
            .any(|(dimension, _)| moves[dimension.points_slot.0 as usize]);
    }
    moves
}

/// Whether the grade that the values give can change with these columns, or whether reviewers hold it.
pub(super) fn reaches_the_grade(scheme: &Scheme, moves: &[bool]) -> bool {
    let is_moved = |slot: Slot| moves[slot.0 as usize];
    let reads = |bound: &Bound| bound.slots().into_iter().any(is_moved);
    let of_grades = scheme.grades.iter().any(|grade| match &grade.rule {
        GradeRule::When(when) => when.as_ref().is_some_and(|when| reads(&when.bound)),
        GradeRule::Top(top) => {
            top.by.iter().any(|by| reads(&by.bound)) || top.within.is_some_and(is_moved)
        }
    });
    let mut holding = scheme.reviews.iter().filter(|review| review.hold);
    of_grades || scheme.grade_movement.is_none() && holding.any(|review| reads(&review.when.bound))
}

/// Whether the type that the values give can change with these columns.
fn reaches_the_type(scheme: &Scheme, moves: &[bool]) -> bool {
    let mut conditions = scheme.types.iter().filter_map(|rule| rule.when.as_ref());
    let is_moved = |slot: Slot| moves[slot.0 as usize];
    conditions.any(|when| when.bound.slots().into_iter().any(is_moved))
}

/// All expressions on the way to the grade, or to the type.
pub(super) fn expressions(scheme: &Scheme, about: About) -> Vec<&Expression> {
    let mut all: Vec<&Expression> = scheme.values.iter().map(|value| &value.is).collect();
    for dimension in &scheme.dimensions {
        all.extend(dimension.rule.expressions());
    }
    for grade in &scheme.grades {
        match &grade.rule {
            GradeRule::When(when) => all.extend(when),
            GradeRule::Top(top) => all.extend(&top.by),
        }
    }
    let holding = scheme.reviews.iter().filter(|review| review.hold);
    all.extend(holding.map(|review| &review.when));
    if about == About::Type {
        all.extend(scheme.types.iter().filter_map(|rule| rule.when.as_ref()));
    }
    all
}

/// The key of a value that is a number, a day or a moment; `None` if it is missing.
pub(super) fn key_at(column: &Column, row: usize) -> Option<i64> {
    match column {
        Column::Number(keys) | Column::DateTime(keys) => {
            Some(keys[row]).filter(|key| *key != MISSING)
        }
        Column::Date(days) => Some(days[row])
            .filter(|day| *day != MISSING_DATE)
            .map(i64::from),
        _ => None,
    }
}
