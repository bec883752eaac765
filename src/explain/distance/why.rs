//! Why nothing is said of some of the values that a grade is made of: what changes with them is more than one customer.

use super::Why;
use super::leaf::{Leaf, kind, moved, reaches_the_grade};
use crate::expr::{Base, Bound, Node};
use crate::grading::Grading;
use crate::scheme::model::{
    Band, Expression, GradeRule, MetricSource, Scheme, SlotKind, WindowSpan,
};

/// Why nothing is said of a value that the grade is made of.
pub(super) fn why_not(grading: &Grading, leaf: &Leaf) -> Option<Why> {
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
        let mut of_points = dimension.rule.of_points().into_iter();
        let mut spill = of_points.any(|expression| spills(&spilled, &expression.bound));
        if let Some(own) = dimension.rule.own() {
            spilled[own.0 as usize] = spill;
        }
        let mut conditions = Band::conditions(dimension.rule.bands());
        spill |= conditions.any(|when| spills(&spilled, &when.bound));
        spilled[dimension.label_slot.0 as usize] = spill;
        spilled[dimension.points_slot.0 as usize] = spill;
        if let Some(score) = scheme.score_slot() {
            spilled[score.0 as usize] |= spill;
        }
    }
    let is_spilled = |bound: &Bound| bound.slots().iter().any(|slot| spilled[slot.0 as usize]);
    for spec in &scheme.populations {
        let within = spec.within.as_ref();
        if is_spilled(&spec.argument) || within.is_some_and(is_spilled) {
            return Some(Why::Others);
        }
    }
    for grade in &scheme.grades {
        let GradeRule::Top(top) = &grade.rule else {
            continue;
        };
        let by = |by: &Expression| spills(&spilled, &by.bound);
        if top.by.iter().any(by) || top.within.is_some_and(|within| spilled[within.0 as usize]) {
            return Some(Why::Others);
        }
        if top.by.iter().any(|by| by.bound.ty.base == Base::Text) {
            return Some(Why::Texts);
        }
    }
    // A cell of a lookup is that of all who have the same key.
    let is_lookup = matches!(kind(scheme, leaf.slot), SlotKind::LookupField(..));
    (is_lookup && leaf.ranks).then_some(Why::Others)
}

/// Whether ranks or figures of the population are made of a value.
pub(super) fn looks_at_others(scheme: &Scheme, leaf: &Leaf) -> bool {
    let mut populations = scheme.populations.iter();
    let mut grades = scheme.grades.iter();
    populations.any(|spec| {
        leaf.moves_any(&spec.argument)
            || spec
                .within
                .as_ref()
                .is_some_and(|within| leaf.moves_any(within))
    }) || grades.any(|grade| match &grade.rule {
        GradeRule::Top(top) => {
            top.by.iter().any(|by| leaf.moves_any(&by.bound))
                || top.within.is_some_and(|within| leaf.moves(within))
        }
        GradeRule::When(_) => false,
    })
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
