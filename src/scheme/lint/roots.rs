//! What an expression comes from in the end: fields, metrics and earlier results. Two that share a root cannot take
//! all their values independently of each other.

use crate::expr::{Bound, Slot};
use crate::scheme::model::{
    Band, Dimension, DimensionRule, Expression, Grade, GradeRule, IndicatorRule, Scheme, SlotKind,
};
use std::collections::BTreeSet;

/// The slots that an expression comes from in the end.
pub fn roots(scheme: &Scheme, bound: &Bound) -> BTreeSet<Slot> {
    let mut found = BTreeSet::new();
    collect(scheme, bound, &mut found);
    found
}

/// Whether an expression is one of the results that grading works out itself: labels, points, score, grade, type.
pub fn is_result(scheme: &Scheme, bound: &Bound) -> bool {
    let slots = bound.slots();
    !slots.is_empty()
        && slots.iter().all(|slot| {
            matches!(
                scheme.slots.entries[slot.0 as usize].kind,
                SlotKind::Label(_)
                    | SlotKind::Points(_)
                    | SlotKind::OwnPoints(_)
                    | SlotKind::Score
                    | SlotKind::Grade
                    | SlotKind::Type
            )
        })
}

fn collect(scheme: &Scheme, bound: &Bound, found: &mut BTreeSet<Slot>) {
    for slot in bound.slots() {
        of_slot(scheme, slot, found);
    }
}

fn of_slot(scheme: &Scheme, slot: Slot, found: &mut BTreeSet<Slot>) {
    match scheme.slots.entries[slot.0 as usize].kind {
        SlotKind::Value(value) => collect(scheme, &scheme.values[value].is.bound, found),
        SlotKind::Label(index) | SlotKind::Points(index) | SlotKind::OwnPoints(index) => {
            of_dimension(scheme, &scheme.dimensions[index], found);
        }
        SlotKind::Score => {
            for dimension in scheme
                .dimensions
                .iter()
                .filter(|dimension| dimension.weight.is_some())
            {
                of_dimension(scheme, dimension, found);
            }
        }
        SlotKind::Grade => {
            for grade in &scheme.grades {
                of_grade(scheme, grade, found);
            }
        }
        SlotKind::Type => {
            for rule in scheme.types.iter().filter_map(|rule| rule.when.as_ref()) {
                collect(scheme, &rule.bound, found);
            }
        }
        _ => {
            found.insert(slot);
        }
    }
}

fn of_grade(scheme: &Scheme, grade: &Grade, found: &mut BTreeSet<Slot>) {
    let expressions: &[Expression] = match &grade.rule {
        GradeRule::When(when) => when.as_slice(),
        GradeRule::Top(top) => &top.by,
    };
    for expression in expressions {
        collect(scheme, &expression.bound, found);
    }
}

fn of_dimension(scheme: &Scheme, dimension: &Dimension, found: &mut BTreeSet<Slot>) {
    // The dimension's own points say nothing beyond what they come from, which is collected below.
    let of_bands = |bands: &[Band], found: &mut BTreeSet<Slot>| {
        for slot in bands
            .iter()
            .filter_map(|band| band.when.as_ref())
            .flat_map(|when| when.bound.slots())
        {
            if !matches!(
                scheme.slots.entries[slot.0 as usize].kind,
                SlotKind::OwnPoints(_)
            ) {
                of_slot(scheme, slot, found);
            }
        }
    };
    match &dimension.rule {
        DimensionRule::Bands(bands) => of_bands(bands, found),
        DimensionRule::Points { points, bands, .. } => {
            of_bands(bands, found);
            collect(scheme, &points.bound, found);
        }
        DimensionRule::Indicators {
            indicators, bands, ..
        } => {
            of_bands(bands, found);
            for indicator in indicators {
                match &indicator.rule {
                    IndicatorRule::Bands(bands) => of_bands(bands, found),
                    IndicatorRule::Points(points) => collect(scheme, &points.bound, found),
                }
            }
        }
    }
}
