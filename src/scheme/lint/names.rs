//! What values the names of a scheme can have: fields within their limits, counts, points out of bands, the score.

use super::shape::{Shape, narrow, shape};
use crate::expr::{AggregateFunction, Bound, Estimate, Node, Slot};
use crate::scheme::model::{
    Asked, Band, DayLimit, Dimension, DimensionRule, Field, FieldKind, Indicator, IndicatorRule,
    Metric, MetricSource, MissingRule, Scheme, SlotKind, limits,
};
use crate::table::decimal::divide_half_away;
use crate::table::{Decimal, Value};
use std::collections::BTreeSet;

/// What the column of a name can hold.
pub fn of_slot(scheme: &Scheme, slot: Slot) -> Shape {
    let entry = &scheme.slots.entries[slot.0 as usize];
    match entry.kind {
        SlotKind::Field(field) => scheme.customers.as_ref().map_or(Shape::OPEN, |customers| {
            of_field(&customers.sheet.fields[field])
        }),
        SlotKind::LookupField(lookup, field) => {
            of_field(&scheme.lookups[lookup].sheet.fields[field])
        }
        SlotKind::Metric(metric) => of_metric(scheme, &scheme.metrics[metric]),
        SlotKind::Value(value) => shape(scheme, None, &scheme.values[value].is.bound),
        SlotKind::Points(dimension) | SlotKind::OwnPoints(dimension) => {
            of_points(scheme, &scheme.dimensions[dimension])
        }
        SlotKind::Score => of_score(scheme),
        _ => Shape::OPEN,
    }
}

/// Cells outside a field's limits are findings and not used, so the limits hold.
pub fn of_field(field: &Field) -> Shape {
    let step = field.scale.map_or(1, |places| 10i64.pow(6 - places.min(6)));
    // Where a value outside is only warned of, it is used all the same.
    let limit = |limit: Option<Decimal>| {
        limit
            .filter(|_| !field.limits.warns)
            .map(Decimal::millionths)
    };
    let day = |limit: Option<DayLimit>| match limit.filter(|_| !field.limits.warns) {
        Some(DayLimit::Day(day)) => Some(i64::from(day.days())),
        // Which day that is, [`super::day`] says.
        Some(DayLimit::AsOf) | None => None,
    };
    let (first, last) = (day(field.limits.first), day(field.limits.last));
    match field.kind {
        FieldKind::Date => return Shape::within(first, last, 1),
        FieldKind::DateTime => {
            let (midnight, last_second) =
                (|day: i64| day * 86_400, |day: i64| day * 86_400 + 86_399);
            return Shape::within(first.map(midnight), last.map(last_second), 1);
        }
        _ => {}
    }
    Shape::within(limit(field.min), limit(field.max), step)
}

fn of_metric(scheme: &Scheme, metric: &Metric) -> Shape {
    let argument = || {
        let fields = match (metric.from, &scheme.customers) {
            (MetricSource::Events(events), _) => &scheme.events[events].sheet.fields,
            (MetricSource::History(_), Some(customers)) => &customers.sheet.fields,
            (MetricSource::History(_), None) => return Shape::OPEN,
        };
        metric
            .value
            .argument
            .as_ref()
            .map_or(Shape::OPEN, |argument| {
                let own = shape(scheme, Some(fields), argument);
                counted(scheme, metric, argument, own)
            })
    };
    match metric.value.function {
        AggregateFunction::Count | AggregateFunction::CountDistinct => Shape::COUNT,
        AggregateFunction::Sum => {
            let inner = argument();
            let greatest = inner.greatest.filter(|greatest| *greatest <= 0).map(|_| 0);
            Shape::within(inner.not_negative().then_some(0), greatest, inner.step)
        }
        AggregateFunction::Estimate(Estimate::Active) => {
            Shape::within(Some(0), Some(Decimal::ONE.millionths()), 1)
        }
        AggregateFunction::MeanGap | AggregateFunction::Estimate(_) => {
            Shape::within(Some(0), None, 1)
        }
        AggregateFunction::Mean | AggregateFunction::Median => {
            let inner = argument();
            Shape::within(inner.least, inner.greatest, 1)
        }
        AggregateFunction::Min
        | AggregateFunction::Max
        | AggregateFunction::First
        | AggregateFunction::Last
        | AggregateFunction::MostCommon => argument(),
    }
}

/// What a field has in the rows that a metric looks at: those that the sheet takes and its `where` leaves.
fn counted(scheme: &Scheme, metric: &Metric, argument: &Bound, own: Shape) -> Shape {
    let (Node::Slot(field), MetricSource::Events(sheet)) = (&argument.node, metric.from) else {
        return own;
    };
    let asked = Asked::of(&scheme.events[sheet].sheet);
    let always = asked.iter().filter(|asked| asked.when.is_none());
    // Where it must be known to hold, a row without the value is left out; and without it there is nothing to add up.
    let conditions = always
        .map(|asked| asked.that)
        .chain(&metric.filter)
        .map(|condition| &condition.bound);
    let (least, greatest) = limits(conditions, *field);
    Shape {
        least: own.least.max(least),
        greatest: [own.greatest, greatest].into_iter().flatten().min(),
        ..own
    }
}

/// The points that a dimension can have.
fn of_points(scheme: &Scheme, dimension: &Dimension) -> Shape {
    match &dimension.rule {
        DimensionRule::Bands(bands) => of_bands(bands),
        DimensionRule::Points { points, .. } => shape(scheme, None, &points.bound),
        DimensionRule::Indicators { indicators, .. } => {
            let parts: Vec<(Decimal, Shape)> = indicators
                .iter()
                .map(|indicator| (indicator.weight, of_indicator(scheme, indicator)))
                .collect();
            weighted(&parts)
        }
    }
}

fn of_indicator(scheme: &Scheme, indicator: &Indicator) -> Shape {
    match &indicator.rule {
        IndicatorRule::Bands(bands) => of_bands(bands),
        IndicatorRule::Points(points) => shape(scheme, None, &points.bound),
    }
}

/// The points of bands.
pub fn points_of_bands(bands: &[Band]) -> BTreeSet<i64> {
    let points = bands.iter().filter_map(|band| band.points);
    points.map(Decimal::millionths).collect()
}

fn of_bands(bands: &[Band]) -> Shape {
    let points = bands.iter().filter_map(|band| band.points);
    points
        .map(|points| Shape::of(&Value::Number(points)))
        .reduce(Shape::or)
        .unwrap_or(Shape::OPEN)
}

/// From the worst of every part to the best of every part.
fn weighted(parts: &[(Decimal, Shape)]) -> Shape {
    let sum: i128 = parts
        .iter()
        .map(|(weight, _)| i128::from(weight.millionths()))
        .sum();
    if sum <= 0 {
        return Shape::OPEN;
    }
    let total = |end: fn(&Shape) -> Option<i64>| {
        // Three weights of nine billion and points of as many are beyond 128 bits together: then there is no bound.
        let mut total: i128 = 0;
        for (weight, shape) in parts {
            let product = i128::from(end(shape)?) * i128::from(weight.millionths());
            total = total.checked_add(product)?;
        }
        narrow(divide_half_away(total, sum))
    };
    Shape::within(total(|shape| shape.least), total(|shape| shape.greatest), 1)
}

fn of_score(scheme: &Scheme) -> Shape {
    let parts: Vec<(Decimal, Shape)> = scheme
        .dimensions
        .iter()
        .filter_map(|dimension| Some((dimension.weight?, of_points(scheme, dimension))))
        .collect();
    let fixed = scheme
        .dimensions
        .iter()
        .all(|dimension| dimension.temporary.is_none());
    if fixed && scheme.missing == MissingRule::Unrated {
        return weighted(&parts);
    }
    // A dimension may drop out, so the score may be that of any of them alone.
    let shapes = parts.into_iter().map(|(_, shape)| shape);
    let hull = shapes.reduce(Shape::or).map_or(Shape::OPEN, Shape::open);
    Shape { step: 1, ..hull }
}
