//! How far a customer has come in the period that is not closed yet, of what a rule of movement asks of each period:
//! 320 of 500.

use crate::diagnostic::Lang;
use crate::explain::{name_of, value_text};
use crate::expr::{Bound, Comparison, Node, SeriesFunction, Slot};
use crate::grading::Grading;
use crate::metrics;
use crate::scheme::model::SlotKind;
use crate::table::{Period, Value};

/// What a series has come to in its open period, and what it is held against.
#[derive(Clone, Debug, PartialEq)]
pub struct SoFar {
    /// The series.
    pub slot: Slot,
    /// The period, which has begun and is not closed.
    pub period: Period,
    /// What its rows come to by the as-of date.
    pub value: Value,
    /// How it is held against `limit`: `> 500`.
    pub comparison: Comparison,
    /// A figure of the rule, what it works out from the customer's values, or the value of the last closed period where
    /// the rule asks for a rise or a fall.
    pub limit: Value,
}

/// What a rule looks at in each period, for the open one: the comparisons of a series with a limit, by themselves or
/// joined by `and`, and rises and falls. Nothing on a period's last day.
pub(super) fn counted(
    grading: &Grading,
    row: usize,
    function: SeriesFunction,
    argument: &Bound,
) -> Vec<SoFar> {
    let direction = match function {
        SeriesFunction::Rising => Some(Comparison::Greater),
        SeriesFunction::Falling => Some(Comparison::Less),
        _ => None,
    };
    let (Some(comparison), Node::Slot(slot)) = (direction, &argument.node) else {
        return compared(grading, row, argument);
    };
    let last = last_of(grading, row, *slot);
    let one = last.and_then(|last| of(grading, row, *slot, comparison, last));
    one.into_iter().collect()
}

/// One series held against something.
fn of(
    grading: &Grading,
    row: usize,
    slot: Slot,
    comparison: Comparison,
    limit: Value,
) -> Option<SoFar> {
    let SlotKind::Metric(metric) = grading.scheme.slots.entries[slot.0 as usize].kind else {
        return None;
    };
    let metric = &grading.scheme.metrics[metric];
    let (period, value) = metrics::so_far(metric, &grading.book, row)?;
    (limit != Value::Missing).then_some(SoFar {
        slot,
        period,
        value,
        comparison,
        limit,
    })
}

/// The comparisons of a series, or of its latest value, with a limit that must all hold for a condition to hold. Of `=`
/// and `<>` nothing is told: 500 of 500 would read as reached where the rule asks for anything else.
pub(super) fn compared(grading: &Grading, row: usize, condition: &Bound) -> Vec<SoFar> {
    let mut parts = vec![];
    joined(condition, &mut parts);
    let held = parts.into_iter().filter_map(|part| {
        let Node::Compare(comparison, left, right) = &part.node else {
            return None;
        };
        if !comparison.is_order() {
            return None;
        }
        let (slot, comparison, limit) = match (series(left), series(right)) {
            (Some(slot), None) => (slot, *comparison, right),
            (None, Some(slot)) => (slot, comparison.mirrored(), left),
            _ => return None,
        };
        let limit = limit_of(grading, row, limit)?;
        of(grading, row, slot, comparison, limit)
    });
    held.collect()
}

/// What must all hold for a condition to hold, each bound of a `between` by itself.
fn joined<'a>(condition: &'a Bound, all: &mut Vec<&'a Bound>) {
    match &condition.node {
        Node::And(parts) => parts.iter().for_each(|part| joined(part, all)),
        _ => all.push(condition),
    }
}

/// What a series is held against, where that is the same in each period: a figure, or the customer's own.
fn limit_of(grading: &Grading, row: usize, limit: &Bound) -> Option<Value> {
    let entries = &grading.scheme.slots.entries;
    let slots = limit.slots();
    let mut read = slots.iter().map(|slot| &entries[slot.0 as usize]);
    let is_same = !limit.ty.series && !read.any(|entry| entry.ty.series);
    is_same.then(|| limit.eval_at(&grading.facts, row))
}

/// The series of which one period is looked at: the one that is asked about, or the latest.
fn series(bound: &Bound) -> Option<Slot> {
    match &bound.node {
        Node::Slot(slot) if bound.ty.series => Some(*slot),
        Node::Series {
            function: SeriesFunction::Latest,
            argument,
            ..
        } => series(argument),
        _ => None,
    }
}

/// The value of a series in its last closed period.
fn last_of(grading: &Grading, row: usize, slot: Slot) -> Option<Value> {
    let series = grading.facts.get_series(slot)?;
    let last = series.periods.checked_sub(1)?;
    Some(series.values.value(row * series.periods + last))
}

/// In words, in brackets behind what is asked for: `（2024-07 至今 320/500）`, ` (so far in 2024-07: 320 of 500)`; several
/// with their names. Empty for none.
pub(super) fn text(grading: &Grading, all: &[SoFar], lang: Lang) -> String {
    let Some(first) = all.first() else {
        return String::new();
    };
    let scheme = &grading.scheme;
    let item = |one: &SoFar| {
        let [value, limit] =
            [&one.value, &one.limit].map(|value| value_text(scheme, one.slot, value, lang));
        let of = match lang {
            Lang::Zh => format!("{value}/{limit}"),
            Lang::En => format!("{value} of {limit}"),
        };
        if all.len() == 1 {
            of
        } else {
            format!("{} {of}", name_of(scheme, one.slot, lang))
        }
    };
    let items: Vec<String> = all.iter().map(item).collect();
    let period = first.period;
    match lang {
        Lang::Zh => format!("（{period} 至今 {}）", items.join("，")),
        Lang::En => format!(" (so far in {period}: {})", items.join(", ")),
    }
}
