//! Which other values a value may take: its least difference, its bounds, its words.

use super::leaf::{Leaf, expressions, kind};
use super::texts::{items, source_of, texts};
use crate::expr::{AggregateFunction, Base, Bound, Comparison, Frame, Measure, Node, Slot};
use crate::grading::Grading;
use crate::scheme::lint::shape::shape;
use crate::scheme::model::{DayLimit, Field, FieldKind, MetricSource, Scheme, SlotKind};
use crate::table::column::MISSING;
use crate::table::{Column, Date, Decimal, Value};
use std::sync::Arc;

/// One, in millionths.
const ONE: i64 = 1_000_000;
/// The largest number, in millionths.
const LARGEST: i64 = 9_000_000_000_000 * ONE - 1;
/// Ten thousand million, in millionths: as far as is looked, if nothing in the scheme or the column is beyond a tenth.
const FAR: i64 = 10_000_000_000 * ONE;

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
    /// These texts, and others that the scheme does not name.
    Texts(Vec<Arc<str>>, Rest),
    /// One of these more or less in the list, or in place of its only one; never an empty list.
    Items(Vec<Arc<str>>),
}

/// What there is beside the texts that the scheme names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rest {
    /// Nothing.
    Nothing,
    /// Others, which all give the same.
    Same,
    /// Others, of which one may give what another does not.
    Open,
}

/// What a value may be instead.
pub(super) fn others(grading: &Grading, leaf: &Leaf) -> Others {
    let scheme = &*grading.scheme;
    let slot = leaf.slot;
    let ty = &scheme.slots.entries[slot.0 as usize].ty;
    let column = (&grading.facts as &dyn Frame).column(slot);
    let field = field_of(scheme, slot);
    let number = |end: Option<Decimal>| end.map(Decimal::millionths);
    match ty.base {
        Base::Number => {
            let (step, greatest) = step(grading, leaf, field, column);
            let (mut least, mut greatest) = (-greatest, greatest);
            if let Some(field) = field {
                least = number(field.min).unwrap_or(least);
                greatest = number(field.max).unwrap_or(greatest);
            } else {
                // What the sheets' conditions and `where` leave of the field bounds what is made of it.
                let bound = Bound {
                    node: Node::Slot(slot),
                    ty: ty.clone(),
                    span: 0..0,
                };
                let shape = shape(scheme, None, &bound);
                least = shape.least.map_or(least, |own| own.max(least));
                greatest = shape.greatest.map_or(greatest, |own| own.min(greatest));
            }
            let is_free = field.is_none_or(|field| field.min.is_none());
            if is_free && !may_be_negative(scheme, leaf, field, column) {
                least = least.max(0);
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
            let as_of = grading.book.as_of;
            if let Some(field) = field.or_else(|| source_of(scheme, slot)) {
                let limit = |limit: DayLimit| limit.day(as_of).days();
                least = field.limits.first.map_or(least, limit);
                greatest = field.limits.last.map_or(greatest, limit);
            }
            if is_day_of_event(scheme, slot) {
                greatest = greatest.min(as_of.days());
            }
            Others::Steps {
                least: i64::from(least),
                greatest: i64::from(greatest),
                step: 1,
            }
        }
        Base::DateTime => Others::Steps {
            least: -62_135_596_800,
            greatest: if is_day_of_event(scheme, slot) {
                let midnight = i64::from(grading.book.as_of.days()) * 86_400;
                midnight + 86_340
            } else {
                253_402_300_740
            },
            step: 60,
        },
        Base::Bool => Others::These(vec![Value::Bool(true), Value::Bool(false)]),
        Base::Text => {
            let (texts, rest) = texts(grading, leaf);
            Others::Texts(texts, rest)
        }
        Base::List => Others::Items(items(scheme, leaf)),
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

/// Whether a metric is the day of some event. What happens after the as-of date is not looked at.
fn is_day_of_event(scheme: &Scheme, slot: Slot) -> bool {
    let SlotKind::Metric(metric) = kind(scheme, slot) else {
        return false;
    };
    let metric = &scheme.metrics[metric];
    let MetricSource::Events(sheet) = metric.from else {
        return false;
    };
    let day = Slot(scheme.events[sheet].date as u32);
    let argument = metric.value.argument.as_ref();
    argument.is_some_and(|argument| argument.node == Node::Slot(day))
}

/// Whether a value may be below zero: a percentage may, and what is in some row or by the scheme's own figures. Nobody
/// buys less than nothing or complains less than never, whether `min` says so or not.
fn may_be_negative(scheme: &Scheme, leaf: &Leaf, field: Option<&Field>, column: &Column) -> bool {
    let is_percent = field.is_some_and(|field| field.kind == FieldKind::Percent);
    let is_there = match column {
        Column::Number(keys) => keys.iter().any(|key| *key < 0 && *key != MISSING),
        _ => true,
    };
    is_percent || is_there || is_held_below_zero(scheme, leaf)
}

/// Whether some condition tells values below zero from others.
fn is_held_below_zero(scheme: &Scheme, leaf: &Leaf) -> bool {
    let mut is_held = false;
    let mut hold = |op: Comparison, value: &Bound, limit: &Bound| {
        if let (Node::Slot(own), Some(Value::Number(limit))) = (&value.node, limit.literal())
            && *own == leaf.slot
        {
            let at_zero = matches!(op, Comparison::Less | Comparison::GreaterEqual);
            is_held |= *limit < Decimal::ZERO || at_zero && *limit == Decimal::ZERO;
        }
    };
    for expression in expressions(scheme, leaf.about) {
        expression.bound.walk(&mut |part| {
            if let Node::Compare(op, left, right) = &part.node {
                hold(*op, left, right);
                hold(op.mirrored(), right, left);
            }
        });
    }
    is_held
}

/// The least difference of two values, and the greatest that is looked at. The least difference is what `scale` says, one
/// for counts, else the last place that the column's values and the limits in the scheme have; a hundredth at least for
/// money, and for what a mean rounds. The greatest is far beyond all of these, and before sums overflow.
fn step(grading: &Grading, leaf: &Leaf, field: Option<&Field>, column: &Column) -> (i64, i64) {
    let (scheme, slot) = (&*grading.scheme, leaf.slot);
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
            Measure::Money(_)
        );
    }
    if let Some(field) = field {
        is_money = matches!(field.kind, FieldKind::Money(_));
    }
    // A percentage of whole per cents is hundredths.
    let is_percent = field.is_some_and(|field| field.kind == FieldKind::Percent);
    let mut step = if is_money || is_percent || is_mean {
        ONE / 100
    } else {
        ONE
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
    for expression in expressions(scheme, leaf.about) {
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
