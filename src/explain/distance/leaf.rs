//! The values that a grade is made of in the end: fields, fields of lookups and metrics; what each of them moves, and
//! which other values it may take.

use super::Why;
use crate::expr::{AggregateFunction, Base, Bound, Comparison, Frame, Node, Slot};
use crate::grading::Grading;
use crate::scheme::model::{
    Band, DimensionRule, Expression, Field, FieldKind, GradeRule, IndicatorRule, MetricSource,
    Scheme, SlotKind, WindowSpan,
};
use crate::table::column::{MISSING, MISSING_DATE};
use crate::table::{Column, Date, Decimal, Value};
use std::sync::Arc;

/// One, in millionths.
const ONE: i64 = 1_000_000;
/// The largest number, in millionths.
const LARGEST: i64 = 9_000_000_000_000 * ONE - 1;
/// Ten thousand million, in millionths: as far as is looked, if nothing in the scheme or the column is beyond a tenth.
const FAR: i64 = 10_000_000_000 * ONE;
/// So many texts of a column are tried where the scheme does not name the possible ones.
const MOST_TEXTS: usize = 40;

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
    /// Why nothing is said of it.
    pub(super) why: Option<Why>,
}

/// What a value may be instead.
#[derive(Clone, Debug)]
pub(super) enum Others {
    /// Multiples of a step between two bounds, as keys of its column.
    Steps {
        least: i64,
        greatest: i64,
        step: i64,
    },
    /// These.
    These(Vec<Value>),
    /// One of these more or less in the list.
    Items(Vec<Arc<str>>),
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

/// The values that the grade is made of, in the order of the scheme's columns.
pub(super) fn leaves(grading: &Grading) -> Vec<Leaf> {
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
        let moves = moved(grading, slot, &chooses);
        if !reaches_the_grade(scheme, &moves) || is_before(scheme, slot) {
            return None;
        }
        let mut leaf = Leaf {
            slot,
            others: Others::These(vec![]),
            moves,
            chooses,
            why: None,
        };
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

fn kind(scheme: &Scheme, slot: Slot) -> SlotKind {
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
fn moved(grading: &Grading, slot: Slot, chooses: &[usize]) -> Vec<bool> {
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
        let moved = match &dimension.rule {
            DimensionRule::Bands(_) => false,
            DimensionRule::Points { points, own, .. } => {
                let moved = reads(&moves, &points.bound);
                moves[own.0 as usize] = moved;
                moved
            }
            DimensionRule::Indicators {
                indicators, own, ..
            } => {
                let moved = indicators.iter().any(|indicator| match &indicator.rule {
                    IndicatorRule::Points(points) => reads(&moves, &points.bound),
                    IndicatorRule::Bands(bands) => {
                        conditions(bands).any(|when| reads(&moves, &when.bound))
                    }
                });
                moves[own.0 as usize] = moved;
                moved
            }
        };
        let bands = bands_of(&dimension.rule);
        let moved = moved || conditions(bands).any(|when| reads(&moves, &when.bound));
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

fn bands_of(rule: &DimensionRule) -> &[Band] {
    match rule {
        DimensionRule::Bands(bands)
        | DimensionRule::Points { bands, .. }
        | DimensionRule::Indicators { bands, .. } => bands,
    }
}

fn conditions(bands: &[Band]) -> impl Iterator<Item = &Expression> {
    bands.iter().filter_map(|band| band.when.as_ref())
}

/// Whether the grade that the values give can change with these columns, or whether reviewers hold it.
fn reaches_the_grade(scheme: &Scheme, moves: &[bool]) -> bool {
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

/// All expressions on the way to the grade.
pub(super) fn expressions(scheme: &Scheme) -> Vec<&Expression> {
    let mut all: Vec<&Expression> = scheme.values.iter().map(|value| &value.is).collect();
    for dimension in &scheme.dimensions {
        match &dimension.rule {
            DimensionRule::Bands(_) => {}
            DimensionRule::Points { points, .. } => all.push(points),
            DimensionRule::Indicators { indicators, .. } => {
                for indicator in indicators {
                    match &indicator.rule {
                        IndicatorRule::Points(points) => all.push(points),
                        IndicatorRule::Bands(bands) => all.extend(conditions(bands)),
                    }
                }
            }
        }
        all.extend(conditions(bands_of(&dimension.rule)));
    }
    for grade in &scheme.grades {
        match &grade.rule {
            GradeRule::When(when) => all.extend(when),
            GradeRule::Top(top) => all.extend(&top.by),
        }
    }
    let holding = scheme.reviews.iter().filter(|review| review.hold);
    all.extend(holding.map(|review| &review.when));
    all
}

/// Why nothing is said of a value that the grade is made of.
fn why_not(grading: &Grading, leaf: &Leaf) -> Option<Why> {
    let scheme = &*grading.scheme;
    if scheme.slots.entries[leaf.slot.0 as usize].ty.series {
        return Some(Why::Periods);
    }
    if let SlotKind::Field(field) = kind(scheme, leaf.slot)
        && feeds_metrics(grading, field)
    {
        return Some(Why::Metrics);
    }
    // What others have changes where figures of all customers that change with it are read by what they are ranked by.
    let mut spilled = vec![false; scheme.slots.entries.len()];
    let looks = |bound: &Bound| {
        let mut looks = false;
        bound.walk(&mut |part| {
            if let Node::Population {
                argument, within, ..
            } = &part.node
            {
                looks |= leaf.moves_any(argument)
                    || within.as_ref().is_some_and(|within| leaf.moves_any(within));
            }
        });
        looks
    };
    let spills = |spilled: &[bool], bound: &Bound| {
        looks(bound) || bound.slots().iter().any(|slot| spilled[slot.0 as usize])
    };
    for value in &scheme.values {
        spilled[value.slot.0 as usize] = spills(&spilled, &value.is.bound);
    }
    for dimension in &scheme.dimensions {
        let mut one = None;
        let all: Vec<&Expression> = match &dimension.rule {
            DimensionRule::Bands(_) => vec![],
            DimensionRule::Points { points, own, .. } => {
                one = Some(*own);
                vec![points]
            }
            DimensionRule::Indicators {
                indicators, own, ..
            } => {
                one = Some(*own);
                let of = indicators
                    .iter()
                    .flat_map(|indicator| match &indicator.rule {
                        IndicatorRule::Points(points) => vec![points],
                        IndicatorRule::Bands(bands) => conditions(bands).collect(),
                    });
                of.collect()
            }
        };
        let mut spill = all.iter().any(|all| spills(&spilled, &all.bound));
        if let Some(own) = one {
            spilled[own.0 as usize] = spill;
        }
        let bands = bands_of(&dimension.rule);
        spill |= conditions(bands).any(|when| spills(&spilled, &when.bound));
        spilled[dimension.label_slot.0 as usize] = spill;
        spilled[dimension.points_slot.0 as usize] = spill;
        if let Some(score) = scheme.score_slot() {
            spilled[score.0 as usize] |= spill;
        }
    }
    let is_spilled = |bound: &Bound| bound.slots().iter().any(|slot| spilled[slot.0 as usize]);
    let mut looks_at_others = false;
    for spec in &scheme.populations {
        let within = spec.within.as_ref();
        if is_spilled(&spec.argument) || within.is_some_and(is_spilled) {
            return Some(Why::Others);
        }
        looks_at_others |=
            leaf.moves_any(&spec.argument) || within.is_some_and(|within| leaf.moves_any(within));
    }
    for grade in &scheme.grades {
        let GradeRule::Top(top) = &grade.rule else {
            continue;
        };
        let within = top.within.map(|slot| slot.0 as usize);
        let by = |by: &Expression| spills(&spilled, &by.bound);
        if top.by.iter().any(by) || within.is_some_and(|slot| spilled[slot]) {
            return Some(Why::Others);
        }
        if top.by.iter().any(|by| by.bound.ty.base == Base::Text) {
            return Some(Why::Texts);
        }
        looks_at_others |= top.by.iter().any(|by| leaf.moves_any(&by.bound))
            || within.is_some_and(|slot| leaf.moves[slot]);
    }
    // A cell of a lookup is that of all who have the same key.
    let is_lookup = matches!(kind(scheme, leaf.slot), SlotKind::LookupField(..));
    (is_lookup && looks_at_others).then_some(Why::Others)
}

/// Whether metrics that the grade is made of read a field of the customers' sheet: a change of it changes them too.
fn feeds_metrics(grading: &Grading, field: usize) -> bool {
    let scheme = &*grading.scheme;
    let customers = scheme.customers.as_ref();
    let is_first = customers.is_some_and(|customers| customers.first_seen == Some(field));
    let mut fed = scheme.metrics.iter().filter(|metric| {
        is_first && metric.per.is_some()
            || metric.from == MetricSource::History(field)
            || metric.window.span == WindowSpan::Anniversary(field)
    });
    fed.any(|metric| reaches_the_grade(scheme, &moved(grading, metric.slot, &[])))
}

/// What a value may be instead.
fn others(grading: &Grading, leaf: &Leaf) -> Others {
    let scheme = &*grading.scheme;
    let slot = leaf.slot;
    let ty = &scheme.slots.entries[slot.0 as usize].ty;
    let column = (&grading.facts as &dyn Frame).column(slot);
    let field = field_of(scheme, slot);
    let number = |end: Option<Decimal>| end.map(Decimal::millionths);
    match ty.base {
        Base::Number => {
            let (step, greatest) = step(grading, slot, field, column);
            let (mut least, mut greatest) = (-greatest, greatest);
            if let Some(field) = field {
                least = number(field.min).unwrap_or(least);
                greatest = number(field.max).unwrap_or(greatest);
            } else if !may_be_negative(scheme, slot) {
                least = 0;
            }
            Others::Steps {
                least,
                greatest,
                step,
            }
        }
        Base::Date => {
            let day = |year, month, day| Date::new(year, month, day).map_or(0, Date::days);
            let (mut least, mut greatest) = (day(1, 1, 1), day(9999, 12, 31));
            if let Some(field) = field {
                let as_of = grading.book.as_of;
                let limit = |limit: crate::scheme::model::DayLimit| limit.day(as_of).days();
                least = field.limits.first.map_or(least, limit);
                greatest = field.limits.last.map_or(greatest, limit);
            }
            Others::Steps {
                least: i64::from(least),
                greatest: i64::from(greatest),
                step: 1,
            }
        }
        Base::DateTime => Others::Steps {
            least: -62_135_596_800,
            greatest: 253_402_300_740,
            step: 60,
        },
        Base::Bool => Others::These(vec![Value::Bool(true), Value::Bool(false)]),
        Base::Text => Others::These(texts(scheme, leaf, field, column)),
        Base::List => Others::Items(items(field, column)),
        Base::Null => Others::These(vec![]),
    }
}

/// The field behind a column.
pub(super) fn field_of(scheme: &Scheme, slot: Slot) -> Option<&Field> {
    match kind(scheme, slot) {
        SlotKind::Field(field) => scheme
            .customers
            .as_ref()
            .map(|customers| &customers.sheet.fields[field]),
        SlotKind::LookupField(lookup, field) => Some(&scheme.lookups[lookup].sheet.fields[field]),
        _ => None,
    }
}

/// Whether a metric can be below zero: a count cannot, nor what is made of a field that cannot.
fn may_be_negative(scheme: &Scheme, slot: Slot) -> bool {
    let SlotKind::Metric(metric) = kind(scheme, slot) else {
        return true;
    };
    let metric = &scheme.metrics[metric];
    match metric.value.function {
        AggregateFunction::Count
        | AggregateFunction::CountDistinct
        | AggregateFunction::MeanGap => false,
        _ => match (&metric.value.argument, metric.from) {
            (Some(argument), MetricSource::Events(sheet)) => match argument.node {
                Node::Slot(field) => {
                    let field = &scheme.events[sheet].sheet.fields[field.0 as usize];
                    field.min.is_none_or(|min| min.millionths() < 0)
                }
                _ => true,
            },
            _ => true,
        },
    }
}

/// The least difference of two values, and the greatest that is looked at. The least difference is what `scale` says, one
/// for counts, else the last place that the column's values and the limits in the scheme have; a hundredth at least for
/// money, and for what a mean rounds. The greatest is far beyond all of these, and before sums overflow.
fn step(grading: &Grading, slot: Slot, field: Option<&Field>, column: &Column) -> (i64, i64) {
    let scheme = &*grading.scheme;
    let counts = [AggregateFunction::Count, AggregateFunction::CountDistinct];
    let (mut is_count, mut is_mean, mut is_money) = (false, false, false);
    if let SlotKind::Metric(metric) = kind(scheme, slot) {
        let metric = &scheme.metrics[metric];
        is_count = counts.contains(&metric.value.function);
        is_mean = matches!(
            metric.value.function,
            AggregateFunction::Mean | AggregateFunction::Median | AggregateFunction::MeanGap
        );
        is_money = matches!(
            scheme.slots.entries[slot.0 as usize].ty.measure,
            crate::expr::Measure::Money(_)
        );
    }
    if let Some(field) = field {
        is_money = matches!(field.kind, FieldKind::Money(_));
    }
    // A percentage of whole per cents is hundredths.
    let is_percent = field.is_some_and(|field| field.kind == FieldKind::Percent);
    let mut step = match is_money || is_percent || is_mean {
        true => ONE / 100,
        false => ONE,
    };
    let mut greatest = FAR;
    let mut take = |key: i64| {
        greatest = greatest
            .max(key.saturating_abs().saturating_mul(10))
            .min(LARGEST);
        while step > 1 && key % step != 0 {
            step /= 10;
        }
    };
    for expression in expressions(scheme) {
        expression.bound.walk(&mut |part| {
            if let Node::Compare(_, left, right) = &part.node {
                for (value, limit) in [(left, right), (right, left)] {
                    if value.node == Node::Slot(slot)
                        && let Some(Value::Number(limit)) = limit.literal()
                    {
                        take(limit.millionths());
                    }
                }
            }
        });
    }
    if let (Column::Number(keys), false) = (column, is_mean) {
        for key in keys.iter().filter(|key| **key != MISSING) {
            take(*key);
        }
    }
    let places = field.and_then(|field| field.scale);
    let step = match places {
        _ if is_count => ONE,
        Some(places) => 10i64.pow(6 - places.min(6)),
        None => step,
    };
    (step, greatest)
}

/// The texts that a column may hold: those that the scheme names, else those that are there.
fn texts(scheme: &Scheme, leaf: &Leaf, field: Option<&Field>, column: &Column) -> Vec<Value> {
    let mut texts: Vec<Arc<str>> = vec![];
    let mut add = |text: &Arc<str>| {
        if !texts.contains(text) {
            texts.push(text.clone());
        }
    };
    if let Some(field) = field.filter(|field| !field.choices.is_empty()) {
        field.choices.iter().for_each(&mut add);
        return texts.into_iter().map(Value::Text).collect();
    }
    for expression in expressions(scheme) {
        expression.bound.walk(&mut |part| match &part.node {
            Node::Compare(Comparison::Equal | Comparison::NotEqual, left, right) => {
                for (value, text) in [(left, right), (right, left)] {
                    if value.node == Node::Slot(leaf.slot)
                        && let Some(Value::Text(text)) = text.literal()
                    {
                        add(text);
                    }
                }
            }
            Node::In(value, list) if value.node == Node::Slot(leaf.slot) => {
                for text in list.iter().filter_map(Bound::literal) {
                    if let Value::Text(text) = text {
                        add(text);
                    }
                }
            }
            _ => {}
        });
    }
    if let Column::Text(column) = column
        && column.dictionary.len() <= MOST_TEXTS
    {
        let mut there: Vec<&Arc<str>> = column.dictionary.iter().collect();
        there.sort_unstable();
        there.into_iter().for_each(add);
    }
    let fits = |text: &Arc<str>| {
        let pattern = field.and_then(|field| field.limits.pattern.as_ref());
        !text.is_empty() && pattern.is_none_or(|pattern| pattern.matches(text))
    };
    texts.into_iter().filter(fits).map(Value::Text).collect()
}

/// The items that a list may have: those that the scheme names, else those that are there.
fn items(field: Option<&Field>, column: &Column) -> Vec<Arc<str>> {
    match (field, column) {
        (Some(field), _) if !field.choices.is_empty() => field.choices.clone(),
        (_, Column::List(lists)) if lists.dictionary.len() <= MOST_TEXTS => {
            let mut there = lists.dictionary.to_vec();
            there.sort_unstable();
            there
        }
        _ => vec![],
    }
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
