//! One customer while one value lies between two bounds: what its grade can be at all.
//!
//! Reads the scheme in the order in which grading does. What does not depend on the value is as it was found; figures of
//! the population are looked up with the customer taken out and put in again at either bound.

use super::possible::{Possible, Span, Truths};
use super::{Leaf, World};
use crate::assess::{Choice, is_in};
use crate::expr::{Base, Bound, Node, Slot};
use crate::scheme::model::{
    Band, Dimension, DimensionRule, Expression, GradeRule, IndicatorRule, MissingRule, SlotKind,
    Top,
};
use crate::table::decimal::divide_half_away;
use crate::table::{Column, Decimal, Truth, Value};
use foldhash::HashMap;
use std::cell::RefCell;
use std::sync::Arc;

/// What parts of expressions give that do not depend on the value, by where they stand in memory.
pub(super) type Known = RefCell<HashMap<usize, Possible>>;

/// One customer, one of its values, and where that lies.
pub(super) struct Between<'a> {
    pub(super) world: &'a World<'a>,
    leaf: &'a Leaf,
    pub(super) row: usize,
    pub(super) known: &'a Known,
    /// What the columns can hold that depend on the value.
    slots: HashMap<Slot, Possible>,
}

impl<'a> Between<'a> {
    /// The value lies between two keys of its column, both of them in.
    pub fn new(
        world: &'a World<'a>,
        leaf: &'a Leaf,
        row: usize,
        known: &'a Known,
        (least, greatest): (i64, i64),
    ) -> Self {
        let span = Span::between(i128::from(least), i128::from(greatest));
        Self {
            world,
            leaf,
            row,
            known,
            slots: HashMap::from_iter([(leaf.slot, Possible::Span(span))]),
        }
    }

    /// The grades that the values can give.
    pub fn grades(&mut self) -> Vec<Choice> {
        let scheme = self.world.scheme;
        for value in &scheme.values {
            if self.leaf.moves(value.slot) {
                let possible = self.of(&value.is.bound);
                self.slots.insert(value.slot, possible);
            }
        }
        for dimension in &scheme.dimensions {
            if self.leaf.moves(dimension.points_slot) {
                self.dimension(dimension);
            }
        }
        if let Some(slot) = scheme.score_slot().filter(|slot| self.leaf.moves(*slot)) {
            let score = self.score();
            self.slots.insert(slot, Possible::Span(score));
        }
        let grades = scheme.grades.iter().enumerate();
        first_of(grades.map(|(index, grade)| match &grade.rule {
            GradeRule::When(None) => Truths::one(Truth::True),
            GradeRule::When(Some(when)) => self.of(&when.bound).truths(),
            GradeRule::Top(top) => self.top(index, top),
        }))
    }

    /// Whether the sheet may take the row.
    pub fn may_be_taken(&self) -> bool {
        let mut asked = self.world.asked.iter();
        asked.all(|asked| {
            let truths = |read: &Expression| self.of(&read.bound).truths();
            let when = asked.when.map_or(Truths::one(Truth::True), truths);
            let that = truths(asked.that);
            [Truth::False, Truth::Unknown, Truth::True].iter().any(|w| {
                let mut all = [Truth::False, Truth::Unknown, Truth::True].into_iter();
                when.has(*w) && all.any(|t| that.has(t) && asked.takes(*w, t))
            })
        })
    }

    /// Whether reviewers may hold the grade, which is one of these, and whether they may not.
    pub fn holds(&mut self, grades: &[Choice]) -> Truths {
        let scheme = self.world.scheme;
        if let Some(slot) = scheme.slot_of(SlotKind::Grade) {
            let name = |choice: &Choice| Some(scheme.grades[choice.index()?].name.clone());
            self.slots
                .insert(slot, Possible::Texts(grades.iter().map(name).collect()));
        }
        let holding = self.world.holding(self.row);
        let truths = holding.map(|review| self.of(&review.when.bound).truths());
        truths
            .collect::<Vec<_>>()
            .into_iter()
            .fold(Truths::one(Truth::False), |all, truths| {
                all.joined(truths, Truth::or)
            })
    }

    /// The types that the values can give to somebody who may have these grades.
    pub fn types(&mut self, grades: impl Iterator<Item = Option<u32>>) -> Vec<Choice> {
        let scheme = self.world.scheme;
        if let Some(slot) = scheme.slot_of(SlotKind::Grade)
            && self.leaf.moves(slot)
        {
            let name = |grade: Option<u32>| Some(scheme.grades[grade? as usize].name.clone());
            let mut names: Vec<Option<Arc<str>>> = vec![];
            for name in grades.map(name) {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
            self.slots.insert(slot, Possible::Texts(names));
        }
        let types = scheme.types.iter().map(|rule| match &rule.when {
            None => Truths::one(Truth::True),
            Some(when) => self.of(&when.bound).truths(),
        });
        first_of(types)
    }

    fn dimension(&mut self, dimension: &Dimension) {
        let (bands, points) = match &dimension.rule {
            DimensionRule::Bands(bands) => {
                let choices = self.first(bands);
                let points = points_of(bands, &choices);
                self.set_label(dimension, bands, &choices, points);
                return;
            }
            DimensionRule::Points { points, bands, own } => {
                let points = self.of(&points.bound).span();
                self.slots.insert(*own, Possible::Span(points));
                (bands, points)
            }
            DimensionRule::Indicators {
                indicators,
                bands,
                own,
            } => {
                let parts = indicators.iter().map(|indicator| {
                    let span = match &indicator.rule {
                        IndicatorRule::Points(points) => self.of(&points.bound).span(),
                        IndicatorRule::Bands(bands) => points_of(bands, &self.first(bands)),
                    };
                    (indicator.weight, span)
                });
                let parts: Vec<(Decimal, Span)> = parts.collect();
                let points = weighted(&parts);
                self.slots.insert(*own, Possible::Span(points));
                (bands, points)
            }
        };
        let choices = self.first(bands);
        self.set_label(dimension, bands, &choices, points);
    }

    fn set_label(
        &mut self,
        dimension: &Dimension,
        bands: &[Band],
        choices: &[Choice],
        points: Span,
    ) {
        let label = |choice: &Choice| bands[choice.index()?].label.clone();
        let labels = choices.iter().map(label).collect();
        self.slots
            .insert(dimension.label_slot, Possible::Texts(labels));
        self.slots
            .insert(dimension.points_slot, Possible::Span(points));
    }

    /// The bands that may be the first to hold.
    fn first(&self, bands: &[Band]) -> Vec<Choice> {
        first_of(bands.iter().map(|band| {
            let when = band.when.as_ref();
            when.map_or(Truths::one(Truth::True), |when| {
                self.of(&when.bound).truths()
            })
        }))
    }

    fn score(&self) -> Span {
        let world = self.world;
        let dimensions = world.scheme.dimensions.iter();
        let counting = dimensions.zip(&world.grading.assessment.dimensions);
        let counting = counting.filter(|(_, result)| result.counts);
        let parts = counting.filter_map(|(dimension, _)| {
            Some((dimension.weight?, self.slot(dimension.points_slot).span()))
        });
        let mut parts: Vec<(Decimal, Span)> = parts.collect();
        if world.scheme.missing == MissingRule::Reweight {
            if parts
                .iter()
                .any(|(_, span)| span.missing && span.ends.is_some())
            {
                return Span::ANY;
            }
            parts.retain(|(_, span)| !span.missing);
        }
        weighted(&parts)
    }

    fn top(&self, grade: usize, top: &Top) -> Truths {
        let is_moved = |slot: Slot| self.leaf.moves(slot);
        if top.within.is_some_and(is_moved) {
            return Truths::ANY;
        }
        let keys: Vec<Span> = top.by.iter().map(|by| self.of(&by.bound).span()).collect();
        let mut truths = if keys.iter().any(|key| key.missing) {
            Truths::one(Truth::Unknown)
        } else {
            Truths::NONE
        };
        // A list that is better in every item is not worse as a whole.
        let (mut worst, mut best) = (vec![], vec![]);
        for key in &keys {
            let Some((least, greatest)) = key.ends else {
                return Truths::one(Truth::Unknown);
            };
            worst.push(cut(least));
            best.push(cut(greatest));
        }
        let row = [self.row as u32];
        let within = top.within.map(|slot| self.world.now(slot, self.row));
        for keys in [worst, best] {
            let keys: Vec<Column> = keys
                .into_iter()
                .map(|key| Column::Number(vec![key]))
                .collect();
            let among = &self.world.among;
            let Some(places) = among.places_instead(grade, &row, &keys, within.as_ref()) else {
                return Truths::ANY;
            };
            truths = truths.or(Truths::one(match places[0] {
                None => Truth::Unknown,
                Some(place) => Truth::from(is_in(top, place)),
            }));
        }
        truths
    }

    pub(super) fn slot(&self, slot: Slot) -> Possible {
        if let Some(possible) = self.slots.get(&slot) {
            return possible.clone();
        }
        if self.leaf.moves(slot) {
            return Possible::Anything;
        }
        let entry = &self.world.scheme.slots.entries[slot.0 as usize];
        let value = self.world.frame().column(slot).value(self.row);
        found(&value, entry.ty.base)
    }

    /// Whether a part depends on the value.
    pub(super) fn depends(&self, bound: &Bound) -> bool {
        let mut moved = false;
        bound.walk(&mut |part| {
            if let Node::Slot(slot) = &part.node {
                moved |= self.leaf.moves(*slot) || self.slots.contains_key(slot);
            }
        });
        moved
    }
}

/// A key as columns hold it.
pub(super) fn cut(key: i128) -> i64 {
    i64::try_from(key).unwrap_or(if key < 0 { i64::MIN + 1 } else { i64::MAX })
}

/// What a value is ranked by.
pub(super) fn key_of(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => Some(number.millionths()),
        Value::Date(date) => Some(i64::from(date.days())),
        Value::DateTime(moment) => Some(moment.seconds()),
        Value::Bool(truth) => Some(i64::from(*truth)),
        Value::Missing | Value::Text(_) | Value::List(_) => None,
    }
}

/// A value that was found.
pub(super) fn found(value: &Value, base: Base) -> Possible {
    match (value, base) {
        (Value::Missing, Base::Bool) => Possible::Truths(Truths::one(Truth::Unknown)),
        (Value::Missing, Base::Number | Base::Date | Base::DateTime) => {
            Possible::Span(Span::MISSING)
        }
        (Value::Missing, Base::Text) => Possible::Texts(vec![None]),
        (value, _) => Possible::of(value),
    }
}

/// The points of those bands that may hold.
fn points_of(bands: &[Band], choices: &[Choice]) -> Span {
    let points = choices.iter().map(|choice| {
        let points = choice.index().and_then(|band| bands[band].points);
        points.map_or(Span::MISSING, |points| {
            Span::one(i128::from(points.millionths()))
        })
    });
    let none = Span {
        ends: None,
        missing: false,
    };
    points.fold(none, Span::or)
}

/// The weighted mean of points, as the score has it.
fn weighted(parts: &[(Decimal, Span)]) -> Span {
    let sum: i128 = parts
        .iter()
        .map(|(weight, _)| i128::from(weight.millionths()))
        .sum();
    if sum == 0 {
        return Span::MISSING;
    }
    let missing = parts.iter().any(|(_, span)| span.missing);
    let mut totals = Some((0i128, 0i128));
    for (weight, span) in parts {
        let weight = i128::from(weight.millionths());
        let Some((least, greatest)) = span.ends else {
            return Span::MISSING;
        };
        let (a, b) = (least * weight, greatest * weight);
        totals = totals.and_then(|(low, high)| {
            Some((low.checked_add(a.min(b))?, high.checked_add(a.max(b))?))
        });
    }
    let Some((low, high)) = totals else {
        return Span::ANY;
    };
    let (low, high) = (divide_half_away(low, sum), divide_half_away(high, sum));
    Span::numbers(low.min(high), low.max(high)).or_missing(missing)
}

/// What a list may come to whose entries may hold like this: each that may be the first to hold or to be unknown.
fn first_of(entries: impl Iterator<Item = Truths>) -> Vec<Choice> {
    let mut choices = vec![];
    for (index, truths) in entries.enumerate() {
        if truths.has(Truth::True) {
            choices.push(Choice::Is(index as u32));
        }
        if truths.has(Truth::Unknown) {
            choices.push(Choice::Unknown(index as u32));
        }
        if !truths.has(Truth::False) {
            return choices;
        }
    }
    choices.push(Choice::NoneHolds);
    choices
}
