//! How far each value of a customer is from another grade: the smallest change of it alone, all other values and
//! customers as they are.
//!
//! Takes a grading, gives for each value that the grade is made of ([`Leaf`]) the nearest other values that give a
//! better and a worse grade ([`Reach`]). What a value gives is asked of the evaluator that graded, with the customer's
//! row changed ([`World::outcomes`]); where nothing is to be found is ruled out by bounds ([`possible`], [`span`]), so
//! that nothing nearer is missed. Where that cannot be told, it is said ([`Why`]).
//!
//! Where rules move grades, it is the grade that the values give. Types have distances of the same sort ([`About`]): to
//! better and worse ones where they are in an order, else to whichever is nearest.

mod leaf;
mod nearest;
mod others;
mod parts;
mod possible;
mod search;
mod shift;
mod span;
mod taken;
mod tell;
#[cfg(test)]
mod tests;
mod texts;
mod trial;
mod why;

pub use leaf::Leaf;
pub use nearest::Nearest;
pub use shift::{Shift, Shifted};
pub use tell::{change_text, grade_text, reach_text, texts, why_text};
pub use trial::Outcome;

use crate::assess::{Among, Choice};
use crate::classify;
use crate::decide::{Override, Subject, apply};
use crate::expr::{Bound, Frame, Slot};
use crate::grading::Grading;
use crate::scheme::model::{Asked, MetricBound, Review, Scheme, Sight, SlotKind};
use crate::table::{Column, ColumnBuilder, Decimal, TextColumn, Value};
use std::sync::Arc;

/// What a distance is to: another grade, or another type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// The grade.
    Grade,
    /// The type that the values give.
    Type,
}

/// How far one value is from other grades, or types.
#[derive(Clone, Debug, PartialEq)]
pub struct Reach {
    /// Its column.
    pub slot: Slot,
    /// What it is.
    pub now: Value,
    /// The least difference of two such values: a number, days or seconds; `None` where they have no order.
    pub step: Option<Decimal>,
    /// The nearest other values, or all that are there to choose from, which give a better or a worse grade.
    pub changes: Vec<Change>,
    /// Why there is nothing to say of it.
    pub why: Option<Why>,
}

/// Another value, and what it gives.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Where it lies.
    pub way: Way,
    /// The value.
    pub to: Value,
    /// By how much it is more or less, for numbers; so many days, or seconds, for days and moments.
    pub by: Option<Decimal>,
    /// The grade or the type, by its place in the scheme; `None` for none.
    pub grade: Option<u32>,
    /// Whether it is a better one; of types without an order none is.
    pub better: bool,
}

/// Where another value lies.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    /// More, or later.
    More,
    /// Less, or earlier.
    Less,
    /// Another one, where values have no order.
    Other,
    /// Any text that the scheme does not name; which one does not matter.
    Unnamed,
}

/// Why nothing is said of a value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Why {
    /// It is missing.
    Missing,
    /// It has a value for each period: the rules of movement tell.
    Periods,
    /// Metrics read it too.
    Metrics,
    /// With it the ranks of others change by which they are ranked again.
    Others,
    /// Texts rank, of which a new one has no place.
    Texts,
    /// Too many spans of values remain in which it might be.
    TooMany,
    /// Texts that the scheme does not name may give another grade.
    Unnamed,
    /// It is ranked among customers whom the reader does not see: the distance would say what they have.
    Withheld,
}

/// A grading, ready to be asked how far its customers are from other grades.
pub struct World<'a> {
    grading: &'a Grading,
    scheme: &'a Scheme,
    among: Arc<Among>,
    leaves: Vec<Leaf>,
    /// What the sheet asks of a row, where that can be asked of spans of values.
    asked: Vec<Asked<'a>>,
    bounds: Vec<MetricBound>,
    about: About,
    /// For each customer the type that the values give, where it is asked for.
    types: Vec<Choice>,
    /// Whether it is told to somebody who does not see all customers.
    some_rows: bool,
}

impl<'a> World<'a> {
    /// Prepares figures and ranks of everybody, and finds the values that grades are made of. The grading is the whole
    /// one, not what a role sees of it: ranks are among everybody.
    pub fn new(grading: &'a Grading) -> Self {
        Self::of(grading, About::Grade)
    }

    /// The same for types: those that the values give.
    pub fn of_types(grading: &'a Grading) -> Self {
        let types = classify::types(&grading.scheme, &mut grading.facts.clone(), &mut vec![]);
        Self {
            types,
            ..Self::of(grading, About::Type)
        }
    }

    fn of(grading: &'a Grading, about: About) -> Self {
        let scheme = &*grading.scheme;
        Self {
            grading,
            scheme,
            among: Arc::new(Among::new(scheme, &grading.facts)),
            leaves: leaf::leaves(grading, about),
            asked: Asked::all(scheme)
                .into_iter()
                .filter(|asked| taken::is_of_columns(asked, &grading.facts, scheme))
                .collect(),
            bounds: scheme.metric_bounds(),
            about,
            types: vec![],
            some_rows: false,
        }
    }

    /// The same for those who see no more than this of the grading.
    #[must_use]
    pub fn told_to(self, seen: &Grading) -> Self {
        let role = seen.role.as_ref();
        Self {
            some_rows: role.is_some_and(|role| role.some_rows),
            ..self
        }
    }

    /// Whether what a value needs would say what customers have whom the reader does not see.
    fn withholds(&self, leaf: &Leaf) -> bool {
        self.some_rows && leaf.ranks
    }

    /// The values that grades are made of.
    pub fn leaves(&self) -> &[Leaf] {
        &self.leaves
    }

    /// Whether a viewer with these sights may be told: all that the grade is made of is seen as it is, and all that a row
    /// must meet with another value. Else a distance would say what is hidden.
    pub fn is_open(&self, seen: &Scheme) -> bool {
        let slots = &seen.slots;
        let is_seen = |slot: Slot| slots.sight(slot) == Sight::Open;
        let keys = |leaf: &Leaf| {
            let keys = leaf.chooses.iter().filter_map(|lookup| {
                let key = self.scheme.lookups[*lookup].key;
                self.scheme.slot_of(SlotKind::LookupField(*lookup, key))
            });
            keys.collect::<Vec<_>>()
        };
        let mut leaves = self.leaves.iter();
        let mut asked = Asked::all(self.scheme)
            .into_iter()
            .map(|asked| asked.slots(self.scheme));
        let moves = |slots: &[Slot]| {
            let mut leaves = self.leaves.iter();
            leaves.any(|leaf| slots.contains(&leaf.slot))
        };
        leaves.all(|leaf| is_seen(leaf.slot) && keys(leaf).into_iter().all(is_seen))
            && leaf::expressions(self.scheme, self.about)
                .iter()
                .all(|expression| !slots.withholds(&expression.bound))
            && asked.all(|slots| !moves(&slots) || slots.into_iter().all(is_seen))
    }

    /// How far each value of a customer is from another grade.
    pub fn reaches(&self, row: usize) -> Vec<Reach> {
        let known = span::Known::default();
        let leaves = self.leaves.iter();
        leaves.map(|leaf| self.reach(leaf, row, &known)).collect()
    }

    fn reach(&self, leaf: &Leaf, row: usize, known: &span::Known) -> Reach {
        let series = leaf.why == Some(Why::Periods);
        let now = if series {
            Value::Missing
        } else {
            self.frame().column(leaf.slot).value(row)
        };
        let missing = (now == Value::Missing && !series).then_some(Why::Missing);
        if self.withholds(leaf) {
            return Reach {
                slot: leaf.slot,
                now,
                step: None,
                changes: vec![],
                why: Some(Why::Withheld),
            };
        }
        let mut reach = Reach {
            slot: leaf.slot,
            now,
            step: leaf.step(self.scheme),
            changes: vec![],
            why: leaf.why.or(missing),
        };
        if reach.why.is_none() {
            let found = search::changes(self, leaf, row, known);
            reach.changes = found.changes;
            let is_open = matches!(leaf.others, others::Others::Texts(_, others::Rest::Open));
            reach.why = match (found.gave_up, is_open) {
                (true, _) => Some(Why::TooMany),
                (false, true) => Some(Why::Unnamed),
                (false, false) => None,
            };
        }
        reach
    }

    /// What a value can be at all beside the customer's other metrics, as keys of its column.
    fn bounded(&self, leaf: &Leaf, row: usize, ends: (i64, i64)) -> (i64, i64) {
        let (mut least, mut greatest) = ends;
        let key = |slot: Slot| leaf::key_at(self.frame().column(slot), row);
        for bound in &self.bounds {
            if bound.own == leaf.slot
                && let Some(of) = key(bound.of)
            {
                if bound.counts {
                    greatest = greatest.min(of);
                } else if of <= 0 {
                    (least, greatest) = (0, 0);
                }
            }
            if bound.of == leaf.slot
                && let Some(own) = key(bound.own)
            {
                if bound.counts {
                    least = least.max(own);
                } else if own != 0 {
                    least = least.max(1);
                }
            }
        }
        (least, greatest)
    }

    fn frame(&self) -> &'a dyn Frame {
        &self.grading.facts
    }

    /// Whether one level is better than another. Types without rules that move them have no order.
    pub fn is_ordered(&self) -> bool {
        self.about == About::Grade || self.scheme.type_movement.is_some()
    }

    /// The grade that counts for the distance, or the type: where rules move grades the one that the values give, else the one that
    /// the customer has.
    pub fn present(&self, row: usize) -> Option<u32> {
        if self.about == About::Type {
            return self.types[row].index().map(|kind| kind as u32);
        }
        match &self.scheme.grade_movement {
            Some(_) => self.grading.assessment.grades[row]
                .index()
                .map(|grade| grade as u32),
            None => self.grading.decided[row].grade,
        }
    }

    /// The review rules that hold a customer's grade when their conditions hold.
    fn holding(&self, row: usize) -> impl Iterator<Item = &'a Review> {
        let counts = self.scheme.grade_movement.is_none();
        let reviews = self.scheme.reviews.iter();
        reviews.filter(move |review| counts && review.hold && !self.is_over(row, review))
    }

    /// Whether somebody has ended a customer's wait for a review rule.
    fn is_over(&self, row: usize, review: &Review) -> bool {
        let id = &self.grading.book.roster.ids[row];
        let mut settled = self.grading.past.settled.iter();
        settled.any(|settled| settled.customer == *id && settled.rule == review.name)
    }

    /// The grade that counts if the values give `values` and reviewers hold it or not.
    fn counting(&self, row: usize, values: Option<u32>, held: bool) -> Option<u32> {
        if self.scheme.grade_movement.is_some() {
            return values;
        }
        let grading = self.grading;
        let person = &grading.people.persons[row];
        let level = match (held, grading.decided[row].on_hold) {
            (true, true) => person.grade.place.level,
            (true, false) => person.before.grade.map(|grade| grade as u32),
            (false, _) => values,
        };
        let id = &grading.book.roster.ids[row];
        let as_of = grading.book.as_of;
        let live = grading.past.overrides.iter().filter(|set| {
            set.subject == Subject::Grade && set.customer == *id && set.is_live(as_of)
        });
        let live: Vec<&Override> = live.collect();
        if live.is_empty() {
            return level;
        }
        let names = self.scheme.grades.iter().map(|grade| grade.name.clone());
        let names: Vec<Arc<str>> = names.collect();
        let applied = apply(&names, level.map(|level| level as usize), &live);
        applied.level.map(|level| level as u32)
    }

    /// The column of one row.
    fn now(&self, slot: Slot, row: usize) -> Column {
        self.frame().column(slot).gather(&[Some(row as u32)])
    }

    /// What an expression gives to one row, as a column.
    fn one(&self, bound: &Bound, row: usize) -> Column {
        column_of(&[bound.eval_at(self.frame(), row)])
    }
}

/// Values of one sort as a column.
fn column_of(values: &[Value]) -> Column {
    let empty = match values.iter().find(|value| **value != Value::Missing) {
        Some(Value::Date(_)) => Column::Date(vec![]),
        Some(Value::DateTime(_)) => Column::DateTime(vec![]),
        Some(Value::Bool(_)) => Column::Bool(vec![]),
        Some(Value::Text(_)) => Column::Text(TextColumn::default()),
        Some(Value::List(_)) => Column::List(crate::table::ListColumn::default()),
        _ => Column::Number(vec![]),
    };
    let mut column = ColumnBuilder::like(&empty);
    for value in values {
        column.push(value);
    }
    column.finish()
}
