//! One customer while one value lies between two bounds: what its grade can be at all.
//!
//! Reads the scheme in the order in which grading does. What does not depend on the value is as it was found; figures of
//! the population are looked up with the customer taken out and put in again at either bound.

use super::possible::{Possible, Span, Truths};
use super::{Leaf, World};
use crate::assess::{Choice, is_in};
use crate::expr::{Arithmetic, Base, Bound, Node, PopulationFunction, Scalar, Slot};
use crate::rank::{Figures, quantile_of};
use crate::scheme::model::{
    Band, Dimension, DimensionRule, GradeRule, IndicatorRule, MissingRule, SlotKind, Top,
};
use crate::table::decimal::divide_half_away;
use crate::table::{Decimal, Truth, Value};
use foldhash::HashMap;
use std::cell::RefCell;

/// What parts of expressions give that do not depend on the value, by where they stand in memory.
pub(super) type Known = RefCell<HashMap<usize, Possible>>;

/// One customer, one of its values, and where that lies.
pub(super) struct Between<'a> {
    world: &'a World<'a>,
    leaf: &'a Leaf,
    row: usize,
    known: &'a Known,
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
        let mut choices = vec![];
        for (index, grade) in scheme.grades.iter().enumerate() {
            let truths = match &grade.rule {
                GradeRule::When(None) => Truths::one(Truth::True),
                GradeRule::When(Some(when)) => self.of(&when.bound).truths(),
                GradeRule::Top(top) => self.top(index, top),
            };
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
        let mut choices = vec![];
        for (index, band) in bands.iter().enumerate() {
            let when = band.when.as_ref();
            let truths = when.map_or(Truths::one(Truth::True), |when| {
                self.of(&when.bound).truths()
            });
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
        let Some(ranked) = self.world.among.ranked(grade) else {
            return Truths::ANY;
        };
        if top.within.is_some_and(is_moved) {
            return Truths::ANY;
        }
        let keys: Vec<Span> = top.by.iter().map(|by| self.of(&by.bound).span()).collect();
        let mut truths = match keys.iter().any(|key| key.missing) {
            true => Truths::one(Truth::Unknown),
            false => Truths::NONE,
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
        let within = top.within.map(|slot| self.world.now(slot, self.row));
        for keys in [worst, best] {
            let places =
                ranked.places_instead(&self.world.beside(grade, self.row, &keys), within.as_ref());
            truths = truths.or(Truths::one(match places[1] {
                None => Truth::Unknown,
                Some(place) => Truth::from(is_in(top, place)),
            }));
        }
        truths
    }

    fn slot(&self, slot: Slot) -> Possible {
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
    fn depends(&self, bound: &Bound) -> bool {
        let mut moved = false;
        bound.walk(&mut |part| {
            if let Node::Slot(slot) = &part.node {
                moved |= self.leaf.moves(*slot) || self.slots.contains_key(slot);
            }
        });
        moved
    }

    /// What a part can give.
    fn of(&self, bound: &Bound) -> Possible {
        if !self.depends(bound) {
            let place = std::ptr::from_ref(bound) as usize;
            if let Some(known) = self.known.borrow().get(&place) {
                return known.clone();
            }
            let value = bound.eval_at(self.world.frame(), self.row);
            let possible = found(&value, bound.ty.base);
            self.known.borrow_mut().insert(place, possible.clone());
            return possible;
        }
        match &bound.node {
            Node::Literal(value) => found(value, bound.ty.base),
            Node::Slot(slot) => self.slot(*slot),
            Node::Not(inner) => Possible::Truths(self.of(inner).truths().map(|truth| !truth)),
            Node::And(items) => self.joined(items, Truth::and),
            Node::Or(items) => self.joined(items, Truth::or),
            Node::Negate(inner) => Possible::Span(self.of(inner).span().map(|key| -key)),
            Node::Rescale(inner, factor) => {
                let factor = i128::from(*factor);
                Possible::Span(self.of(inner).span().map(|key| key * factor))
            }
            Node::Arithmetic(op, left, right) => Possible::Span(self.arithmetic(*op, left, right)),
            Node::Cast(inner) => {
                let span = self.of(inner).span();
                Possible::Span(match bound.ty.base {
                    Base::Date => span.map(|seconds| seconds.div_euclid(86_400)),
                    _ => span.map(|day| day * 86_400),
                })
            }
            Node::Compare(op, left, right) => {
                Possible::Truths(self.of(left).compared(*op, &self.of(right)))
            }
            Node::IsNull(inner) => {
                let (missing, there) = self.of(inner).missing();
                let truth = |may: bool, truth| {
                    if may {
                        Truths::one(truth)
                    } else {
                        Truths::NONE
                    }
                };
                Possible::Truths(truth(missing, Truth::True).or(truth(there, Truth::False)))
            }
            Node::IsTruth(inner, wanted) => {
                let wanted = Truth::from(*wanted);
                let truths = self.of(inner).truths();
                Possible::Truths(truths.map(|truth| Truth::from(truth == wanted)))
            }
            Node::In(operand, list) => {
                let operand = self.of(operand);
                let equal = list
                    .iter()
                    .map(|item| operand.compared(crate::expr::Comparison::Equal, &self.of(item)));
                Possible::Truths(equal.fold(Truths::one(Truth::False), |all, truths| {
                    all.joined(truths, Truth::or)
                }))
            }
            Node::Case(arms, otherwise) => self.case(bound, arms, otherwise.as_deref()),
            Node::Scalar(function, arguments) => self.scalar(*function, arguments),
            Node::Population {
                function,
                spec,
                argument,
                within,
                parameter,
            } => match within.as_deref().is_some_and(|within| self.depends(within)) {
                true => Possible::Anything,
                false => {
                    let within = within.as_deref();
                    Possible::Span(self.population(*function, *spec, argument, within, *parameter))
                }
            },
            _ => Possible::Anything,
        }
    }

    fn joined(&self, items: &[Bound], join: impl Fn(Truth, Truth) -> Truth + Copy) -> Possible {
        let mut truths = items.iter().map(|item| self.of(item).truths());
        let first = truths.next().unwrap_or(Truths::one(Truth::Unknown));
        Possible::Truths(truths.fold(first, |all, truths| all.joined(truths, join)))
    }

    fn arithmetic(&self, op: Arithmetic, left: &Bound, right: &Bound) -> Span {
        self.of(left).span().arithmetic(op, self.of(right).span())
    }

    fn case(&self, whole: &Bound, arms: &[(Bound, Bound)], otherwise: Option<&Bound>) -> Possible {
        let missing = || found(&Value::Missing, whole.ty.base);
        let mut all: Option<Possible> = None;
        let mut take = |possible: Possible| {
            all = Some(match all.take() {
                None => possible,
                Some(all) => all.or(possible),
            });
        };
        for (condition, result) in arms {
            let truths = self.of(condition).truths();
            if truths.has(Truth::True) {
                take(self.of(result));
            }
            if truths.has(Truth::Unknown) {
                take(missing());
            }
            if !truths.has(Truth::False) {
                return all.unwrap_or(Possible::Anything);
            }
        }
        take(otherwise.map_or_else(missing, |otherwise| self.of(otherwise)));
        all.unwrap_or(Possible::Anything)
    }

    fn scalar(&self, function: Scalar, arguments: &[Bound]) -> Possible {
        let of: Vec<Possible> = arguments.iter().map(|argument| self.of(argument)).collect();
        match (function, &of[..]) {
            (Scalar::Years | Scalar::Months | Scalar::Days | Scalar::Hours, [from, to]) => {
                Possible::Span(from.span().between_dates(function, to.span()))
            }
            (Scalar::Abs, [x]) => Possible::Span(match x.span().ends {
                Some((least, greatest)) if least < 0 && greatest > 0 => {
                    Span::between(0, greatest.max(-least)).or_missing(x.span().missing)
                }
                _ => x.span().map(i128::abs),
            }),
            (Scalar::Round, [x, places]) => match places.span().ends {
                Some((least, greatest)) if least == greatest => {
                    x.rounded(u32::try_from(least / 1_000_000).unwrap_or(0))
                }
                _ => Possible::Anything,
            },
            (Scalar::Least, [first, others @ ..]) => {
                let spans = others.iter().map(Possible::span);
                Possible::Span(spans.fold(first.span(), |all, span| all.zip(span, i128::min)))
            }
            (Scalar::Greatest, [first, others @ ..]) => {
                let spans = others.iter().map(Possible::span);
                Possible::Span(spans.fold(first.span(), |all, span| all.zip(span, i128::max)))
            }
            (Scalar::Clamp, [x, low, high]) => {
                let (x, low, high) = (x.span(), low.span(), high.span());
                Possible::Span(
                    match (low.ends, high.ends) {
                        (Some((_, low)), Some((high, _))) if low <= high => x
                            .zip(Span::one(low), i128::max)
                            .zip(Span::one(high), i128::min),
                        _ => x.or(low).or(high),
                    }
                    .or_missing(low.missing || high.missing),
                )
            }
            (Scalar::Coalesce, all) => {
                let mut result: Option<Possible> = None;
                for possible in all {
                    let (missing, there) = possible.missing();
                    if there {
                        result = Some(match result {
                            None => possible.clone(),
                            Some(result) => result.or(possible.clone()),
                        });
                    }
                    if !missing {
                        break;
                    }
                }
                // That one of those before it may be missing is kept: too much, but never too little.
                result.unwrap_or(Possible::Anything)
            }
            _ => Possible::Anything,
        }
    }

    /// A figure of the population while the customer's own value lies between two bounds.
    fn population(
        &self,
        function: PopulationFunction,
        spec: usize,
        argument: &Bound,
        within: Option<&Bound>,
        parameter: Decimal,
    ) -> Span {
        use PopulationFunction as F;
        let keys = self.of(argument).span();
        let (Some((least, greatest)), false) = (keys.ends, keys.missing) else {
            return Span::ANY;
        };
        let population = self.world.among.population(spec);
        let own = argument.eval_at(self.world.frame(), self.row);
        let group = match within {
            None => population.everybody(),
            Some(within) => {
                let within = self.world.one(within, self.row);
                population.groups(&within)[0]
            }
        };
        let Some(group) = group else {
            return Span::ANY;
        };
        let others = population.figures(group, 0).without(key_of(&own));
        let with = |key: i128| others.with(Some(cut(key)));
        let both = |figure: &dyn Fn(i128) -> Option<i128>| match (figure(least), figure(greatest)) {
            (Some(a), Some(b)) => Span::between(a.min(b), a.max(b)),
            _ => Span::ANY,
        };
        let number = |number: Option<Decimal>| number.map(|number| i128::from(number.millionths()));
        match function {
            F::Rank => both(&|key| Some((others.better(cut(key)) as i128 + 1) * 1_000_000)),
            F::Quantile => both(&|key| {
                let parts = u64::try_from(parameter.trunc()).unwrap_or(1);
                let part = quantile_of(others.better(cut(key)), others.count() + 1, parts)?;
                Some(i128::from(part) * 1_000_000)
            }),
            F::Mean => both(&|key| number(with(key).mean())),
            F::Median => both(&|key| number(with(key).median())),
            F::Percentile => both(&|key| number(with(key).percentile(parameter))),
            // x ÷ (others + x) rises or falls all along where the sum does not change its sign.
            F::Share if signs(&others, least, greatest) => {
                both(&|key| number(with(key).share(cut(key))))
            }
            F::ShareAbove
                if signs(&others, least, greatest) && others.least().is_none_or(|key| key >= 0) =>
            {
                let above = [least, greatest].map(|key| others.above(cut(key)));
                let sums = [least, greatest].map(|key| others.total() + key);
                let shares = above.into_iter().flat_map(|above| {
                    sums.into_iter()
                        .map(move |sum| divide_half_away(above.saturating_mul(1_000_000), sum))
                });
                let shares: Vec<i128> = shares.collect();
                let least = shares.iter().copied().fold(shares[0], i128::min);
                Span::numbers(least, shares.iter().copied().fold(least, i128::max))
            }
            F::Share | F::ShareAbove => Span::ANY,
        }
    }
}

/// Whether the sum with a value between two bounds has one sign.
fn signs(others: &Figures<'_>, least: i128, greatest: i128) -> bool {
    let sums = [others.total() + least, others.total() + greatest];
    sums.iter().all(|sum| *sum > 0) || sums.iter().all(|sum| *sum < 0)
}

/// A key as columns hold it.
fn cut(key: i128) -> i64 {
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
fn found(value: &Value, base: Base) -> Possible {
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
