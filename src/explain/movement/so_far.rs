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
    /// A figure of the rule, or the value of the last closed period where the rule asks for a rise or a fall.
    pub limit: Value,
}

/// What a rule looks at in each period, for the open one: the comparisons of a series with a figure, by themselves or
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

/// The comparisons of a series, or of its latest value, with a figure that must all hold for a condition to hold.
pub(super) fn compared(grading: &Grading, row: usize, condition: &Bound) -> Vec<SoFar> {
    let of = |slot, comparison, limit| of(grading, row, slot, comparison, limit);
    let parts = super::next::parts(condition).filter_map(|part| {
        let Node::Compare(comparison, left, right) = &part.node else {
            return None;
        };
        match (series(left), right.literal(), left.literal(), series(right)) {
            (Some(slot), Some(limit), ..) => of(slot, *comparison, limit.clone()),
            (_, _, Some(limit), Some(slot)) => of(slot, comparison.mirrored(), limit.clone()),
            _ => None,
        }
    });
    parts.collect()
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
