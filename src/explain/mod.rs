//! Why a customer has this grade: indicator, value and source cell → band → points × weight → score → grade → type.
//!
//! Takes a [`Grading`]; its [`Explainer`] gives of a row an [`Explanation`] as data and the short reasons that every output
//! has, both out of the same steps. It reads the indices that grading stored and evaluates nothing anew but which value was
//! missing.

pub mod causes;
pub mod distance;
mod explainer;
mod inputs;
mod list;
pub mod movement;
mod reason;
mod unrated;
mod value;

pub use explainer::Explainer;
pub use inputs::{Input, Source, field_cell, lookup_cell};
pub use list::rule_text;
pub use unrated::{Causes, unrated, unrated_by_cause};
pub use value::{is_percent, name_of, value_text};

use crate::diagnostic::Lang;
use crate::expr::Slot;
use crate::grading::Grading;
use crate::table::{Decimal, Value};
use distance::{About, Nearest};
use std::borrow::Cow;
use std::sync::Arc;

/// Everything that decided one customer's grade and type.
#[derive(Clone, Debug)]
pub struct Explanation<'a> {
    /// The dimensions in order.
    pub dimensions: Vec<DimensionStep<'a>>,
    /// The score, if there is one.
    pub score: Option<Decimal>,
    /// The weight of all dimensions that make it.
    pub weight: Decimal,
    /// How the grade came about.
    pub grade: Option<RuleStep<'a>>,
    /// How the type came about.
    pub kind: Option<RuleStep<'a>>,
}

/// What one dimension gave.
#[derive(Clone, Debug)]
pub struct DimensionStep<'a> {
    /// Its name.
    pub name: &'a str,
    /// The label, if a band held.
    pub label: Option<&'a str>,
    /// How the label came about.
    pub rule: RuleStep<'a>,
    /// Its indicators, if it has any.
    pub indicators: Vec<IndicatorStep<'a>>,
    /// Its points, before weighting.
    pub points: Option<Decimal>,
    /// Its weight, if it counts.
    pub weight: Option<Decimal>,
    /// What it adds to the score.
    pub part: Option<Decimal>,
}

/// What one indicator gave.
#[derive(Clone, Debug)]
pub struct IndicatorStep<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its weight among the indicators.
    pub weight: Decimal,
    /// Its points.
    pub points: Option<Decimal>,
    /// How they came about.
    pub rule: RuleStep<'a>,
}

/// Why an entry of a list was chosen, or none.
#[derive(Clone, Debug)]
pub struct RuleStep<'a> {
    /// What came out.
    pub outcome: Outcome<'a>,
    /// The condition of the entry as written; `None` for the one without ("otherwise").
    pub condition: Option<&'a str>,
    /// The columns that it read: [`Explainer::inputs`] has their values and places.
    pub reads: &'a [Slot],
}

/// What a list of bands, grades or types came to.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome<'a> {
    /// This entry is the first that holds.
    Holds(Cow<'a, str>),
    /// None holds.
    NoneHolds,
    /// Unknown: these values are missing.
    Missing(Vec<Arc<str>>),
}

/// What the next grade needs: what rules lack ([`movement::next`]), and the value whose change alone is nearest to a
/// better grade, where the rule itself does not say as much; where that is not worked out, why.
pub fn next(grading: &Grading, nearest: &Nearest, row: usize, lang: Lang) -> Option<String> {
    let lacks = movement::next(grading, row, lang);
    let moves = grading.scheme.grade_movement.is_some();
    let change = nearest.of(grading, row);
    let untold = nearest
        .untold(row)
        // Rules of movement tell of periods what they lack.
        .filter(|(slot, _)| slot.is_none() || !moves)
        .map(|(slot, why)| match (slot, lang) {
            (Some(slot), _) => {
                let name = name_of(&grading.scheme, slot, lang);
                let why = distance::why_text(why, lang);
                match lang {
                    Lang::Zh => format!("{name}：{why}"),
                    Lang::En => format!("{name}: {why}"),
                }
            }
            (None, Lang::Zh) => "情形太多，最近的变动未求解".to_owned(),
            (None, Lang::En) => {
                "too many sorts of customers: the nearest change is not worked out".to_owned()
            }
        });
    let change = change
        .filter(|(slot, change)| !movement::asks_only_for(grading, row, *slot, &change.to))
        .map(|(slot, change)| {
            let name = name_of(&grading.scheme, slot, lang);
            let change = distance::change_text(&grading.scheme, About::Grade, slot, &change, lang);
            match (moves, lang) {
                (false, _) => format!("{name} {change}"),
                (true, Lang::Zh) => format!("当期数值：{name} {change}"),
                (true, Lang::En) => format!("by the values: {name} {change}"),
            }
        });
    let between = match lang {
        Lang::Zh => "；",
        Lang::En => "; ",
    };
    let texts: Vec<String> = lacks.into_iter().chain(change).chain(untold).collect();
    (!texts.is_empty()).then(|| texts.join(between))
}

/// Whether the condition of the customer's type holds, so that it is why: a type that rules moved or a person set may
/// have another. Without a type there is a reason all the same.
pub fn type_holds(grading: &Grading, row: usize) -> bool {
    let Some(kind) = grading.classification.types[row].index() else {
        return true;
    };
    let is_by_values = grading.scheme.type_movement.is_none()
        && grading.people.persons[row].kind().overridden.is_none();
    match &grading.scheme.types[kind].when {
        // Of a type that the values did not give a role is not told whether they would have.
        Some(when) if is_by_values || grading.scheme.slots.withholds(&when.bound) => is_by_values,
        Some(when) => when.bound.eval_at(&grading.facts, row) == Value::Bool(true),
        None => is_by_values,
    }
}

/// The score of a customer.
pub fn score_of(grading: &Grading, row: usize) -> Option<Decimal> {
    grading
        .facts
        .get(grading.scheme.score_slot()?)
        .number_at(row)
}
