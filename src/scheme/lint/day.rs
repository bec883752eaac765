//! The scheme as of a day: limits that name the as-of date, and the days of the rows that metrics look at.

use crate::expr::{Base, Bound, Comparison, Node, Slot, Type};
use crate::scheme::model::{DayLimit, Expression, Metric, MetricSource, Scheme, WindowSpan};
use crate::table::{Date, DateTime, Period, Value};

/// The scheme with the limits `as_of` as days, as far as they hold on that day, and with the windows of metrics of dates
/// in their `where`. A file may have been brought in earlier: its dates are then before that earlier day, and so before
/// this one, but they need not come after this one.
pub fn on_the_day(scheme: &Scheme, as_of: Date) -> Scheme {
    let mut on_the_day = scheme.clone();
    let customers = on_the_day
        .customers
        .iter_mut()
        .map(|known| &mut known.sheet);
    let events = on_the_day.events.iter_mut().map(|known| &mut known.sheet);
    let lookups = on_the_day.lookups.iter_mut().map(|known| &mut known.sheet);
    let sheets = customers.chain(events).chain(lookups);
    for field in sheets.flat_map(|sheet| &mut sheet.fields) {
        let limits = &mut field.limits;
        limits.first = limits.first.filter(|first| *first != DayLimit::AsOf);
        limits.last = limits.last.map(|last| DayLimit::Day(last.day(as_of)));
    }
    for metric in &mut on_the_day.metrics {
        if let Some(window) = window(scheme, metric, as_of) {
            let known = metric.filter.take();
            let text = known.as_ref().map_or("".into(), |known| known.text.clone());
            let parts = match known.map(|known| known.bound) {
                Some(Bound {
                    node: Node::And(parts),
                    ..
                }) => parts,
                known => known.into_iter().collect(),
            };
            let bound = truth(Node::And(parts.into_iter().chain(window).collect()));
            metric.filter = Some(Expression { text, bound });
        }
    }
    on_the_day
}

/// Between which days the dates lie that a metric takes from its rows' own dates: rows after the as-of date are not there
/// yet. `None` for other metrics.
fn window(scheme: &Scheme, metric: &Metric, as_of: Date) -> Option<Vec<Bound>> {
    let MetricSource::Events(sheet) = metric.from else {
        return None;
    };
    let argument = metric.value.argument.as_ref()?;
    let own = Slot(scheme.events[sheet].date as u32);
    if argument.node != Node::Slot(own) {
        return None;
    }
    let end = metric.window.ending.back_from(as_of);
    let first = match &metric.window.span {
        // Each period of a series has rows of its own.
        _ if metric.per.is_some() => None,
        WindowSpan::Within(span) => span.back_from(end).add_days(1),
        WindowSpan::Calendar(kind) => Period::of(*kind, end).start(),
        WindowSpan::All | WindowSpan::Anniversary(_) => None,
    };
    let last = if metric.per.is_some() { as_of } else { end };
    let is_moment = argument.ty.base == Base::DateTime;
    let compared = |op: Comparison, day: Date, second: i64| {
        let value = if is_moment {
            Value::DateTime(DateTime::from_seconds(
                i64::from(day.days()) * 86_400 + second,
            )?)
        } else {
            Value::Date(day)
        };
        let literal = Bound {
            node: Node::Literal(value),
            ..argument.clone()
        };
        let sides = [argument.clone(), literal].map(Box::new);
        let [field, literal] = sides;
        Some(truth(Node::Compare(op, field, literal)))
    };
    let from = first.and_then(|first| compared(Comparison::GreaterEqual, first, 0));
    let to = compared(Comparison::LessEqual, last, 86_399);
    Some(from.into_iter().chain(to).collect())
}

fn truth(node: Node) -> Bound {
    Bound {
        node,
        ty: Type::of(Base::Bool),
        span: 0..0,
    }
}
