//! Which missing value is behind an unknown condition: followed through values, dimensions and the score down to the
//! fields and metrics that a file should have given.

use super::value::name_of;
use crate::assess::Choice;
use crate::diagnostic::Lang;
use crate::expr::{Bound, Slot};
use crate::grading::Grading;
use crate::scheme::model::{
    Band, DimensionRule, Expression, GradeRule, IndicatorRule, Sight, SlotKind,
};
use crate::table::Value;
use crate::words::Word;
use std::sync::Arc;

/// The names of the missing values that make an expression unknown for a customer, each once.
pub fn missing_names(
    grading: &Grading,
    expression: &Expression,
    row: usize,
    lang: Lang,
) -> Vec<Arc<str>> {
    let mut roots = vec![];
    from_expression(grading, &expression.bound, row, &mut roots);
    named(grading, roots, lang)
}

/// The names of the missing values because of which it is unknown whether a customer has a grade: those of its
/// condition, or of everything that it is ranked by and of its group.
pub fn missing_for_grade(grading: &Grading, grade: usize, row: usize, lang: Lang) -> Vec<Arc<str>> {
    let mut roots = vec![];
    match &grading.scheme.grades[grade].rule {
        GradeRule::When(when) => {
            if let Some(when) = when {
                from_expression(grading, &when.bound, row, &mut roots);
            }
        }
        GradeRule::Top(top) => {
            for by in &top.by {
                from_expression(grading, &by.bound, row, &mut roots);
            }
            if let Some(group) = top.within
                && grading.facts.get(group).is_missing(row)
            {
                from_slot(grading, group, row, &mut roots);
            }
        }
    }
    named(grading, roots, lang)
}

/// The names of roots, each once.
fn named(grading: &Grading, roots: Vec<Root>, lang: Lang) -> Vec<Arc<str>> {
    let mut names: Vec<Arc<str>> = vec![];
    for root in roots {
        let scheme = &grading.scheme;
        let slot = match root {
            Root::Slot(slot) => slot,
            Root::NoBand(dimension) => scheme.dimensions[dimension].label_slot,
        };
        let name = match root {
            // Which value is missing says something of one that is not seen.
            _ if scheme.slots.sight(slot) == Sight::Hidden => Word::Withheld.get(lang).into(),
            Root::Slot(slot) => name_of(&grading.scheme, slot, lang),
            Root::NoBand(dimension) => {
                let name = &grading.scheme.dimensions[dimension].name;
                match lang {
                    Lang::Zh => format!("{name}（没有一档成立）").into(),
                    Lang::En => format!("{name} (no band holds)").into(),
                }
            }
        };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// Where a missing value begins.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Root {
    /// A field, a metric, or a value that is missing by itself (`x / 0`).
    Slot(Slot),
    /// A dimension of which no band holds.
    NoBand(usize),
}

fn from_expression(grading: &Grading, bound: &Bound, row: usize, roots: &mut Vec<Root>) {
    for slot in bound.missing_causes(&grading.facts, row) {
        from_slot(grading, slot, row, roots);
    }
}

fn from_slot(grading: &Grading, slot: Slot, row: usize, roots: &mut Vec<Root>) {
    let scheme = &grading.scheme;
    let before = roots.len();
    match scheme.slots.entries[slot.0 as usize].kind {
        SlotKind::Value(index) => {
            from_expression(grading, &scheme.values[index].is.bound, row, roots);
        }
        SlotKind::Label(index) | SlotKind::Points(index) => {
            from_dimension(grading, index, row, roots);
        }
        SlotKind::OwnPoints(index) => from_points(grading, index, row, roots),
        SlotKind::Score => {
            for (index, result) in grading.assessment.dimensions.iter().enumerate() {
                let points = scheme.dimensions[index].points_slot;
                if result.counts && grading.facts.get(points).is_missing(row) {
                    from_dimension(grading, index, row, roots);
                }
            }
        }
        _ => {}
    }
    if roots.len() == before {
        roots.push(Root::Slot(slot));
    }
}

fn from_dimension(grading: &Grading, index: usize, row: usize, roots: &mut Vec<Root>) {
    let rule = &grading.scheme.dimensions[index].rule;
    match (grading.assessment.dimensions[index].bands[row], rule) {
        (Choice::Unknown(band), _) => {
            if let Some(when) = &rule.bands()[band as usize].when {
                from_expression(grading, &when.bound, row, roots);
            }
        }
        (Choice::NoneHolds, DimensionRule::Bands(_)) => roots.push(Root::NoBand(index)),
        _ => from_points(grading, index, row, roots),
    }
}

/// What is missing in a dimension's points expression or indicators.
fn from_points(grading: &Grading, index: usize, row: usize, roots: &mut Vec<Root>) {
    match &grading.scheme.dimensions[index].rule {
        DimensionRule::Bands(_) => {}
        DimensionRule::Points { points, .. } => from_expression(grading, &points.bound, row, roots),
        DimensionRule::Indicators { indicators, .. } => {
            for indicator in indicators {
                match &indicator.rule {
                    IndicatorRule::Points(points) => {
                        from_expression(grading, &points.bound, row, roots);
                    }
                    IndicatorRule::Bands(bands) => match first_band(grading, bands, row) {
                        Choice::Unknown(band) => {
                            if let Some(when) = &bands[band as usize].when {
                                from_expression(grading, &when.bound, row, roots);
                            }
                        }
                        Choice::NoneHolds => roots.push(Root::NoBand(index)),
                        Choice::Is(_) => {}
                    },
                }
            }
        }
    }
}

/// The first band that holds for one customer, by the conditions that graded. An indicator's band is not kept by the
/// assessment, only its points are; here it is worked out anew for the one customer that is asked about.
pub fn first_band(grading: &Grading, bands: &[Band], row: usize) -> Choice {
    for (index, band) in bands.iter().enumerate() {
        let Some(when) = &band.when else {
            return Choice::Is(index as u32);
        };
        match when.bound.eval_at(&grading.facts, row) {
            Value::Bool(true) => return Choice::Is(index as u32),
            Value::Bool(false) => {}
            _ => return Choice::Unknown(index as u32),
        }
    }
    Choice::NoneHolds
}
