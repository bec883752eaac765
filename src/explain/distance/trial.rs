//! What would become of one customer with other values: the row as it is and as it would be, side by side, through the
//! evaluator that grades.

use super::{About, Leaf, World, column_of};
use crate::assess::{Choice, Facts, assess};
use crate::classify;
use crate::clean::sheet::text_at;
use crate::expr::FieldFrame;
use crate::scheme::model::{Asked, Review, SlotKind};
use crate::table::{Column, Truth, Value};
use foldhash::HashMap;
use std::sync::Arc;

/// What another value gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The grade that counts.
    pub grade: Option<u32>,
    /// Whether the sheet takes the row with it: no condition and no check of the sheet is against it.
    pub allowed: bool,
    /// Whether with it more becomes too large to be a number than is already, so that what it gives says nothing.
    pub overflows: bool,
}

impl Outcome {
    /// Whether a customer may be told of it.
    pub const fn counts(self) -> bool {
        self.allowed && !self.overflows
    }
}

impl World<'_> {
    /// What each of `values` gives instead of the value that the customer has; all other customers as they are.
    pub fn outcomes(&self, leaf: &Leaf, row: usize, values: &[Value]) -> Vec<Outcome> {
        self.tried(leaf, &vec![row as u32; values.len()], column_of(values))
    }

    /// What each of the customers `rows`, of whom one may be there several times, has with the value of its row in
    /// `column`, all others as they are.
    pub(super) fn tried(&self, leaf: &Leaf, rows: &[u32], column: Column) -> Vec<Outcome> {
        let allowed = self.allowed(leaf, rows, &column);
        let mut facts = self.with(leaf, rows, column);
        let grades = self.counted(&mut facts, |row| rows[row] as usize);
        let mut outcomes: Vec<Outcome> = grades
            .into_iter()
            .zip(allowed)
            .map(|(grade, allowed)| Outcome {
                grade,
                allowed,
                overflows: false,
            })
            .collect();
        let is_overflown = |place: &usize| facts.overflown(*place) > 0;
        let overflown: Vec<usize> = (0..rows.len()).filter(is_overflown).collect();
        if !overflown.is_empty() {
            let of: Vec<u32> = overflown.iter().map(|place| rows[*place]).collect();
            let mut now = self.grading.facts.instead(of.clone(), &self.among);
            self.counted(&mut now, |row| of[row] as usize);
            for (row, place) in overflown.into_iter().enumerate() {
                outcomes[place].overflows = facts.overflown(place) > now.overflown(row);
            }
        }
        outcomes
    }

    /// The customers `rows` with these values, before anything is worked out of them.
    pub(super) fn with(&self, leaf: &Leaf, rows: &[u32], column: Column) -> Facts {
        let scheme = self.scheme;
        let mut facts = self.grading.facts.instead(rows.to_vec(), &self.among);
        for lookup in &leaf.chooses {
            let of_lookup = &self.grading.book.lookups[*lookup];
            let keys = &of_lookup.clean.columns[scheme.lookups[*lookup].key];
            let places: HashMap<Arc<str>, u32> = (0..keys.len())
                .map(|row| (text_at(keys, row), row as u32))
                .collect();
            let matched = (0..rows.len()).map(|row| places.get(&text_at(&column, row)).copied());
            let matched: Vec<Option<u32>> = matched.collect();
            for (field, column) in of_lookup.clean.columns.iter().enumerate() {
                if let Some(slot) = scheme.slot_of(SlotKind::LookupField(*lookup, field)) {
                    facts.set(slot, column.gather(&matched));
                }
            }
        }
        facts.set(leaf.slot, column);
        facts
    }

    /// The grade that counts for each row of these facts, of which `customer` says whose it is.
    pub(super) fn counted(
        &self,
        facts: &mut Facts,
        customer: impl Fn(usize) -> usize,
    ) -> Vec<Option<u32>> {
        let scheme = self.scheme;
        let mut findings = vec![];
        let grades = assess(scheme, facts, &mut findings).grades;
        let mut held = vec![false; grades.len()];
        let holding = scheme.reviews.iter().filter(|review| review.hold);
        let holding: Vec<&Review> = match scheme.grade_movement {
            Some(_) => vec![],
            None => holding.collect(),
        };
        if !holding.is_empty() {
            if let Some(slot) = scheme.slot_of(SlotKind::Grade) {
                let names = scheme.grades.iter().map(|grade| grade.name.clone());
                facts.set(slot, classify::named(&grades, names.collect()));
            }
            for review in holding {
                let name = &review.name;
                let column = facts.evaluate(scheme, &review.when, name, &mut findings);
                for (row, truth) in truths(&column).into_iter().enumerate() {
                    held[row] |= truth == Truth::True && !self.is_over(customer(row), review);
                }
            }
        }
        let counting = grades.into_iter().zip(held).enumerate();
        let counting =
            counting.map(|(row, (choice, held))| self.counting(customer(row), level(choice), held));
        let grades: Vec<Option<u32>> = counting.collect();
        match self.about {
            About::Grade => grades,
            About::Type => self.types(facts, &grades),
        }
    }

    /// The type that the values give to each row of these facts, who have these grades.
    fn types(&self, facts: &mut Facts, grades: &[Option<u32>]) -> Vec<Option<u32>> {
        let scheme = self.scheme;
        if let (None, Some(slot)) = (&scheme.grade_movement, scheme.slot_of(SlotKind::Grade)) {
            let choice = |grade: &Option<u32>| grade.map_or(Choice::NoneHolds, Choice::Is);
            let choices: Vec<Choice> = grades.iter().map(choice).collect();
            let names = scheme.grades.iter().map(|grade| grade.name.clone());
            facts.set(slot, classify::named(&choices, names.collect()));
        }
        let types = classify::types(scheme, facts, &mut vec![]);
        types.into_iter().map(level).collect()
    }

    /// Whether the customers' sheet takes the row with each value: its `rows`, and those checks that refuse a row.
    fn allowed(&self, leaf: &Leaf, rows: &[u32], column: &Column) -> Vec<bool> {
        let mut allowed = vec![true; column.len()];
        let SlotKind::Field(field) = self.scheme.slots.entries[leaf.slot.0 as usize].kind else {
            return allowed;
        };
        let asked = Asked::all(self.scheme).into_iter();
        let asked: Vec<Asked<'_>> = asked.filter(|asked| asked.reads(field)).collect();
        let (Some(sheet), false) = (&self.grading.book.customers, asked.is_empty()) else {
            return allowed;
        };
        let same: Vec<Option<u32>> = rows.iter().copied().map(Some).collect();
        let columns = sheet.columns.iter().enumerate().map(|(index, whole)| {
            if index == field {
                column.clone()
            } else {
                whole.gather(&same)
            }
        });
        let columns: Vec<Column> = columns.collect();
        let frame = FieldFrame::new(&columns, column.len(), self.frame().as_of());
        for asked in asked {
            let holds = truths(&asked.that.bound.eval(&frame).column);
            let about = asked
                .when
                .map(|when| truths(&when.bound.eval(&frame).column));
            for (row, allowed) in allowed.iter_mut().enumerate() {
                let about = about.as_ref().map_or(Truth::True, |about| about[row]);
                *allowed &= asked.takes(about, holds[row]);
            }
        }
        allowed
    }
}

fn truths(column: &Column) -> Vec<Truth> {
    match column {
        Column::Bool(truths) => truths.clone(),
        other => vec![Truth::Unknown; other.len()],
    }
}

fn level(choice: Choice) -> Option<u32> {
    choice.index().map(|index| index as u32)
}
