//! Why a customer has this grade: indicator, value and source cell → band → points × weight → score → grade → type.
//!
//! Takes a row of a [`Grading`], gives an [`Explanation`] as data and the short [`reasons`] that every output has. It
//! reads the indices that grading stored and evaluates nothing anew but which value was missing.

pub mod causes;
pub mod distance;
mod inputs;
pub mod movement;
mod reason;
mod unrated;
mod value;

pub use inputs::{Input, Source, field_cell, lookup_cell};
pub use reason::{reasons, reasons_and_type, rule_text, type_reasons};
pub use unrated::{Causes, unrated, unrated_by_cause};
pub use value::{is_percent, name_of, value_text};

use crate::assess::{Choice, parts};
use crate::diagnostic::Lang;
use crate::expr::Slot;
use crate::grading::Grading;
use crate::scheme::model::{Band, DimensionRule, Expression, IndicatorRule, Sight};
use crate::table::Column;
use crate::table::column::MISSING;
use crate::table::{Decimal, Value};
use crate::words::Word;
use distance::{About, Nearest};
use std::borrow::Cow;
use std::sync::Arc;

/// Everything that decided one customer's grade and type.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// The dimensions in order.
    pub dimensions: Vec<DimensionStep>,
    /// The score, if there is one.
    pub score: Option<Decimal>,
    /// How the grade came about.
    pub grade: Option<RuleStep>,
    /// How the type came about.
    pub kind: Option<RuleStep>,
}

/// What one dimension gave.
#[derive(Clone, Debug)]
pub struct DimensionStep {
    /// Its name.
    pub name: Arc<str>,
    /// The label, if a band held.
    pub label: Option<Arc<str>>,
    /// How the label came about.
    pub rule: RuleStep,
    /// Its indicators, if it has any.
    pub indicators: Vec<IndicatorStep>,
    /// Its points, before weighting.
    pub points: Option<Decimal>,
    /// Its weight, if it counts.
    pub weight: Option<Decimal>,
    /// What it adds to the score.
    pub part: Option<Decimal>,
}

/// What one indicator gave.
#[derive(Clone, Debug)]
pub struct IndicatorStep {
    /// Its name.
    pub name: Arc<str>,
    /// Its weight among the indicators.
    pub weight: Decimal,
    /// Its points.
    pub points: Option<Decimal>,
    /// How they came about.
    pub rule: RuleStep,
}

/// Why an entry of a list was chosen, or none.
#[derive(Clone, Debug)]
pub struct RuleStep {
    /// What came out.
    pub outcome: Outcome,
    /// The condition of the entry as written; `None` for the one without ("otherwise").
    pub condition: Option<Arc<str>>,
    /// The values that it read, with their places.
    pub inputs: Vec<Input>,
}

/// What a list of bands, grades or types came to.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// This entry is the first that holds.
    Holds(Arc<str>),
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

/// Explains customer `row`.
pub fn explain(grading: &Grading, row: usize, lang: Lang) -> Explanation {
    let scheme = &grading.scheme;
    let parts = parts(scheme, &grading.assessment.dimensions, &grading.facts, row);
    let dimensions = (0..scheme.dimensions.len())
        .map(|index| {
            let part = parts
                .iter()
                .find(|(dimension, _)| *dimension == index)
                .map(|(_, part)| *part);
            dimension_step(grading, index, row, part, lang)
        })
        .collect();
    Explanation {
        dimensions,
        score: score_of(grading, row),
        grade: grade(grading, row, lang),
        kind: kind(grading, row, lang),
    }
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

/// What dimension `index` gave customer `row`, by itself. Points are here; what they add to the score is [`parts`].
///
/// [`parts`]: crate::assess::parts
pub fn dimension(grading: &Grading, index: usize, row: usize, lang: Lang) -> DimensionStep {
    dimension_step(grading, index, row, None, lang)
}

/// How the grade that the values give came about, where the scheme has grades.
pub fn grade(grading: &Grading, row: usize, lang: Lang) -> Option<RuleStep> {
    (!grading.scheme.grades.is_empty()).then(|| grade_step(grading, row, lang))
}

/// How the type came about, where the scheme has types.
pub fn kind(grading: &Grading, row: usize, lang: Lang) -> Option<RuleStep> {
    (!grading.scheme.types.is_empty()).then(|| kind_step(grading, row, lang))
}

/// The score of a customer.
pub fn score_of(grading: &Grading, row: usize) -> Option<Decimal> {
    number_at(grading.facts.get(grading.scheme.score_slot()?), row)
}

/// A number of a column; `None` if missing.
pub fn number_at(column: &Column, row: usize) -> Option<Decimal> {
    match column {
        Column::Number(values) if values[row] != MISSING => Decimal::from_millionths(values[row]),
        _ => None,
    }
}

fn grade_step(grading: &Grading, row: usize, lang: Lang) -> RuleStep {
    let scheme = &grading.scheme;
    let texts: Vec<Option<Cow<'_, Expression>>> = scheme
        .grades
        .iter()
        .map(|grade| reason::rule_text(&grade.rule, lang))
        .collect();
    let entries: Vec<(Arc<str>, Option<&Expression>)> = scheme
        .grades
        .iter()
        .zip(&texts)
        .map(|(grade, text)| (grade.name.clone(), text.as_deref()))
        .collect();
    let choice = grading.assessment.grades[row];
    let mut step = rule_step(grading, choice, &entries, row, lang);
    // A rank takes several values and a group; the step knows the first of them only.
    if let Choice::Unknown(grade) = choice {
        let names = causes::missing_for_grade(grading, grade as usize, row, lang);
        step.outcome = Outcome::Missing(names);
    }
    step
}

fn kind_step(grading: &Grading, row: usize, lang: Lang) -> RuleStep {
    let entries: Vec<(Arc<str>, Option<&Expression>)> = grading
        .scheme
        .types
        .iter()
        .map(|rule| (rule.name.clone(), rule.when.as_ref()))
        .collect();
    rule_step(
        grading,
        grading.classification.types[row],
        &entries,
        row,
        lang,
    )
}

fn dimension_step(
    grading: &Grading,
    index: usize,
    row: usize,
    part: Option<Decimal>,
    lang: Lang,
) -> DimensionStep {
    let dimension = &grading.scheme.dimensions[index];
    let result = &grading.assessment.dimensions[index];
    let mut indicators = vec![];
    let bands = match &dimension.rule {
        DimensionRule::Bands(bands) | DimensionRule::Points { bands, .. } => bands,
        DimensionRule::Indicators {
            indicators: rules,
            bands,
            ..
        } => {
            for (rule, points) in rules.iter().zip(&result.indicators) {
                let points =
                    Decimal::from_millionths(points[row]).filter(|_| points[row] != MISSING);
                let step = match &rule.rule {
                    IndicatorRule::Points(expression) => {
                        points_step(grading, expression, points, row, lang)
                    }
                    // Only the label of the whole is for everybody.
                    IndicatorRule::Bands(bands) if withholds_bands(grading, bands) => {
                        withheld(lang)
                    }
                    IndicatorRule::Bands(bands) => {
                        let choice = causes::first_band(grading, bands, row);
                        rule_step(grading, choice, &entries(bands), row, lang)
                    }
                };
                indicators.push(IndicatorStep {
                    name: rule.name.clone(),
                    weight: rule.weight,
                    points,
                    rule: step,
                });
            }
            bands
        }
    };
    let choice = result.bands[row];
    let is_seen = scheme_sees(grading, dimension.label_slot);
    // Of a score that is not seen nobody is told the parts.
    let score = grading.scheme.score_slot();
    let has_parts = score.is_none_or(|score| scheme_sees(grading, score));
    let label = choice.index().and_then(|band| bands[band].label.clone());
    let label = label.filter(|_| is_seen);
    let rule = match &dimension.rule {
        DimensionRule::Points { points, .. } => {
            let value = number_at(grading.facts.get(dimension.points_slot), row);
            points_step(grading, points, value, row, lang)
        }
        _ => rule_step(grading, choice, &entries(bands), row, lang),
    };
    // Which band of a hidden dimension holds is what is hidden.
    let rule = if is_seen { rule } else { withheld(lang) };
    let indicators = if is_seen { indicators } else { vec![] };
    DimensionStep {
        name: dimension.name.clone(),
        label,
        rule,
        indicators,
        points: number_at(grading.facts.get(dimension.points_slot), row),
        weight: dimension.weight.filter(|_| result.counts && has_parts),
        part,
    }
}

/// Whether a column is seen at all: a role may see the grading.
fn scheme_sees(grading: &Grading, slot: Slot) -> bool {
    grading.scheme.slots.sight(slot) != Sight::Hidden
}

/// Whether a role does not see all that bands read.
fn withholds_bands(grading: &Grading, bands: &[Band]) -> bool {
    let mut conditions = bands.iter().filter_map(|band| band.when.as_ref());
    conditions.any(|when| grading.scheme.slots.withholds(&when.bound))
}

/// A step that a role does not see.
fn withheld(lang: Lang) -> RuleStep {
    let word: Arc<str> = Word::Withheld.get(lang).into();
    RuleStep {
        outcome: Outcome::Holds(word.clone()),
        condition: Some(word),
        inputs: vec![],
    }
}

fn entries(bands: &[Band]) -> Vec<(Arc<str>, Option<&Expression>)> {
    bands
        .iter()
        .map(|band| (band.label.clone().unwrap_or_default(), band.when.as_ref()))
        .collect()
}

fn points_step(
    grading: &Grading,
    expression: &Expression,
    points: Option<Decimal>,
    row: usize,
    lang: Lang,
) -> RuleStep {
    let outcome = match points {
        Some(points) => Outcome::Holds(points.to_string().into()),
        None if grading.scheme.slots.withholds(&expression.bound) => {
            Outcome::Holds(Word::Withheld.get(lang).into())
        }
        None => Outcome::Missing(causes::missing_names(grading, expression, row, lang)),
    };
    RuleStep {
        outcome,
        condition: Some(expression.text.clone()),
        inputs: inputs::of(grading, expression, row, lang),
    }
}

/// Why an entry of a list was chosen for a customer.
fn rule_step(
    grading: &Grading,
    choice: Choice,
    entries: &[(Arc<str>, Option<&Expression>)],
    row: usize,
    lang: Lang,
) -> RuleStep {
    match choice {
        Choice::Is(index) => {
            let (name, condition) = &entries[index as usize];
            // "Otherwise" is explained by the values that the entries before it read.
            let inputs = match condition {
                Some(condition) => inputs::of(grading, condition, row, lang),
                None => inputs::of_all(
                    grading,
                    entries.iter().filter_map(|(_, when)| *when),
                    row,
                    lang,
                ),
            };
            RuleStep {
                outcome: Outcome::Holds(name.clone()),
                condition: condition.map(|condition| condition.text.clone()),
                inputs,
            }
        }
        Choice::NoneHolds => RuleStep {
            outcome: Outcome::NoneHolds,
            condition: None,
            inputs: inputs::of_all(
                grading,
                entries.iter().filter_map(|(_, when)| *when),
                row,
                lang,
            ),
        },
        Choice::Unknown(index) => {
            let condition = entries[index as usize].1;
            RuleStep {
                outcome: Outcome::Missing(
                    condition
                        .map(|when| causes::missing_names(grading, when, row, lang))
                        .unwrap_or_default(),
                ),
                condition: condition.map(|condition| condition.text.clone()),
                inputs: condition
                    .map(|when| inputs::of(grading, when, row, lang))
                    .unwrap_or_default(),
            }
        }
    }
}
