//! What an expression comes from: the values from outside that it reads in the end, and the results on the way.

use super::open::Open;
use crate::expr::{Bound, Slot};
use crate::scheme::model::{GradeRule, SlotKind};
use std::collections::BTreeSet;

/// What some expressions of an opened scheme read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reads {
    /// The values from outside.
    pub outside: BTreeSet<Slot>,
    /// The dimensions, by their place.
    pub dimensions: BTreeSet<usize>,
    /// Whether the score is read.
    pub score: bool,
    /// Whether the grade is read.
    pub grade: bool,
    /// Whether the type is read.
    pub of_type: bool,
}

impl Reads {
    /// What expressions read.
    pub fn of<'b>(open: &Open<'_>, bounds: impl IntoIterator<Item = &'b Bound>) -> Self {
        let mut reads = Self::default();
        for bound in bounds {
            reads.add(open, bound);
        }
        reads
    }

    /// What a dimension reads.
    pub fn of_dimension(open: &Open<'_>, dimension: usize) -> Self {
        let mut reads = Self::default();
        reads.dimension(open, dimension);
        reads
    }

    /// Whether it is of all customers at once: no part of a customer decides it alone.
    pub const fn is_of_all(&self) -> bool {
        self.score || self.grade || self.of_type
    }

    fn add(&mut self, open: &Open<'_>, bound: &Bound) {
        for slot in bound.slots() {
            self.slot(open, slot);
        }
    }

    fn slot(&mut self, open: &Open<'_>, slot: Slot) {
        if let Some(value) = open.values.get(&slot) {
            self.add(open, value);
            return;
        }
        if !open.results.contains(&slot) {
            self.outside.insert(slot);
            return;
        }
        match open.scheme.slots.entries[slot.0 as usize].kind {
            SlotKind::Label(index) | SlotKind::Points(index) | SlotKind::OwnPoints(index) => {
                self.dimension(open, index);
            }
            SlotKind::Score if !self.score => {
                self.score = true;
                for (index, dimension) in open.scheme.dimensions.iter().enumerate() {
                    if dimension.weight.is_some() {
                        self.dimension(open, index);
                    }
                }
            }
            SlotKind::Grade if !self.grade => {
                self.grade = true;
                for grade in &open.scheme.grades {
                    if let GradeRule::When(Some(when)) = &grade.rule {
                        self.add(open, &when.bound);
                    }
                }
            }
            SlotKind::Type if !self.of_type => {
                self.of_type = true;
                for when in open
                    .scheme
                    .types
                    .iter()
                    .filter_map(|rule| rule.when.as_ref())
                {
                    self.add(open, &when.bound);
                }
            }
            _ => {}
        }
    }

    fn dimension(&mut self, open: &Open<'_>, index: usize) {
        if !self.dimensions.insert(index) {
            return;
        }
        for expression in open.scheme.dimensions[index].rule.expressions() {
            self.add(open, &expression.bound);
        }
    }
}
