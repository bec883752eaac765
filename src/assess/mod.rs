//! Bands, points, score, and the grade that the values give.
//!
//! Takes the columns of all fields and metrics, fills in those of values, dimensions, score and grade, and keeps for
//! every customer which band and which grade held: indices, never text. What it could not tell it leaves missing; why
//! is worked out from the same expressions by `explain`.

mod among;
mod choice;
mod facts;
mod grades;
mod grid;

pub use among::Among;
pub use choice::{Choice, choose};
pub use facts::Facts;
pub use grades::{GradeCut, in_rank, is_in, kept};
pub use grid::Grids;

use crate::diagnostic::{Code, Finding};
use crate::expr::Frame;
use crate::scheme::model::{
    Band, Dimension, DimensionRule, Expression, IndicatorRule, MissingRule, Scheme, Sight,
};
use crate::table::column::{MISSING, MISSING_TEXT};
use crate::table::decimal::divide_half_away;
use crate::table::{Column, Decimal, TextColumn};
use crate::text;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What was decided for every customer, as indices into the scheme.
#[derive(Clone, Debug, Default)]
pub struct Assessment {
    /// For each dimension.
    pub dimensions: Vec<DimensionResult>,
    /// The grade that the values give, for each customer.
    pub grades: Vec<Choice>,
    /// For each grade what was realised.
    pub cuts: Vec<GradeCut>,
}

/// What a dimension gave to every customer.
#[derive(Clone, Debug)]
pub struct DimensionResult {
    /// Whether it counts: weighted, and in force if it is temporary.
    pub counts: bool,
    /// The band that held, for each customer.
    pub bands: Vec<Choice>,
    /// For each indicator its points, in millionths or [`MISSING`].
    pub indicators: Vec<Vec<i64>>,
}

/// Works out values, dimensions, score and grades.
pub fn assess(scheme: &Scheme, facts: &mut Facts, findings: &mut Vec<Finding>) -> Assessment {
    assess_values(scheme, facts, findings);
    let dimensions: Vec<DimensionResult> = scheme
        .dimensions
        .iter()
        .map(|dimension| assess_dimension(scheme, dimension, facts, findings))
        .collect();
    if let Some(slot) = scheme.score_slot() {
        let (score, overflown) = score(scheme, &dimensions, facts);
        facts.set(slot, Column::Number(score));
        for row in overflown {
            facts.overflow(row);
        }
    }
    let (grades, cuts) = grades::assess(scheme, facts, findings);
    Assessment {
        dimensions,
        grades,
        cuts,
    }
}

/// Works out values and some of the dimensions, by their places, which read no others.
pub fn assess_some(
    scheme: &Scheme,
    wanted: &BTreeSet<usize>,
    facts: &mut Facts,
) -> BTreeMap<usize, DimensionResult> {
    let mut findings = vec![];
    assess_values(scheme, facts, &mut findings);
    let dimensions = wanted.iter().map(|index| {
        let dimension = &scheme.dimensions[*index];
        let result = assess_dimension(scheme, dimension, facts, &mut findings);
        (*index, result)
    });
    dimensions.collect()
}

fn assess_values(scheme: &Scheme, facts: &mut Facts, findings: &mut Vec<Finding>) {
    for value in &scheme.values {
        let column = facts.evaluate(scheme, &value.is, &value.name, findings);
        facts.set(value.slot, column);
    }
}

fn assess_dimension(
    scheme: &Scheme,
    dimension: &Dimension,
    facts: &mut Facts,
    findings: &mut Vec<Finding>,
) -> DimensionResult {
    let counts = dimension.weight.is_some() && in_force(dimension, facts, findings);
    let name = &dimension.name;
    let (bands, indicators, choices, points) = match &dimension.rule {
        DimensionRule::Bands(bands) => {
            let choices = judge(scheme, bands, name, facts, findings);
            let points = points_of(bands, &choices);
            (bands, vec![], choices, points)
        }
        DimensionRule::Points { points, bands, own } => {
            let column = numbers(facts.evaluate(scheme, points, name, findings));
            facts.set(*own, Column::Number(column.clone()));
            let choices = judge(scheme, bands, name, facts, findings);
            (bands, vec![], choices, column)
        }
        DimensionRule::Indicators {
            indicators,
            bands,
            own,
        } => {
            let parts: Vec<Vec<i64>> = indicators
                .iter()
                .map(|indicator| match &indicator.rule {
                    IndicatorRule::Points(points) => {
                        numbers(facts.evaluate(scheme, points, &indicator.name, findings))
                    }
                    IndicatorRule::Bands(bands) => points_of(
                        bands,
                        &judge(scheme, bands, &indicator.name, facts, findings),
                    ),
                })
                .collect();
            let weights: Vec<Decimal> = indicators
                .iter()
                .map(|indicator| indicator.weight)
                .collect();
            let mut known = vec![];
            let points: Vec<i64> = (0..facts.len())
                .map(|row| {
                    let points = parts.iter().map(|points| points[row]);
                    known.clear();
                    known.extend(weights.iter().copied().zip(points));
                    total(&known)
                })
                .collect();
            facts.set(*own, Column::Number(points.clone()));
            let choices = judge(scheme, bands, name, facts, findings);
            (bands, parts, choices, points)
        }
    };
    facts.set(dimension.label_slot, labels(bands, &choices));
    facts.set(dimension.points_slot, Column::Number(points));
    DimensionResult {
        counts,
        bands: choices,
        indicators,
    }
}

/// Whether a dimension counts on the as-of date; if not, it is said once.
fn in_force(dimension: &Dimension, facts: &Facts, findings: &mut Vec<Finding>) -> bool {
    let Some(temporary) = &dimension.temporary else {
        return true;
    };
    let as_of = facts.as_of();
    let name = &dimension.name;
    let why = if temporary.approved_by.is_none() {
        text!("nobody approved it", "未经批准")
    } else if temporary.from.is_some_and(|from| as_of < from) {
        text!("it begins later", "尚未生效")
    } else if temporary.until.is_some_and(|until| as_of > until) {
        text!("it has ended", "已过期")
    } else {
        return true;
    };
    let crate::diagnostic::Text { en, zh } = why;
    findings.push(Finding::warning(
        Code::TemporaryInactive,
        text!(
            "temporary dimension `{name}` does not count as of {as_of}: {en}",
            "临时维度 `{name}` 在 {as_of} 不计分：{zh}"
        ),
    ));
    false
}

/// The first band that holds for each customer.
fn judge(
    scheme: &Scheme,
    bands: &[Band],
    name: &str,
    facts: &mut Facts,
    findings: &mut Vec<Finding>,
) -> Vec<Choice> {
    let conditions: Vec<Option<&Expression>> =
        bands.iter().map(|band| band.when.as_ref()).collect();
    choose(scheme, &conditions, name, facts, findings)
}

fn points_of(bands: &[Band], choices: &[Choice]) -> Vec<i64> {
    let points: Vec<i64> = bands
        .iter()
        .map(|band| band.points.map_or(MISSING, Decimal::millionths))
        .collect();
    choices
        .iter()
        .map(|choice| choice.index().map_or(MISSING, |index| points[index]))
        .collect()
}

fn labels(bands: &[Band], choices: &[Choice]) -> Column {
    let dictionary: Vec<Arc<str>> = bands
        .iter()
        .map(|band| band.label.clone().unwrap_or_default())
        .collect();
    let code = |choice: &Choice| match choice.index() {
        Some(index) if bands[index].label.is_some() => index as u32,
        _ => MISSING_TEXT,
    };
    Column::Text(TextColumn {
        codes: choices.iter().map(code).collect(),
        dictionary: Arc::new(dictionary),
    })
}

fn numbers(column: Column) -> Vec<i64> {
    match column {
        Column::Number(values) => values,
        other => vec![MISSING; other.len()],
    }
}

/// The score of each customer, in millionths or [`MISSING`], and of whom it is too large to be a number.
fn score(scheme: &Scheme, dimensions: &[DimensionResult], facts: &Facts) -> (Vec<i64>, Vec<usize>) {
    let parts = weighted(scheme, dimensions, facts);
    let (mut known, mut overflown) = (vec![], vec![]);
    let score = |row: usize| {
        known.clear();
        known.extend(known_points(scheme, &parts, row));
        let total = total(&known);
        let is_known = known.iter().all(|(_, points)| *points != MISSING);
        let weighs = known.iter().any(|(weight, _)| *weight != Decimal::ZERO);
        if total == MISSING && is_known && weighs {
            overflown.push(row);
        }
        total
    };
    let scores = (0..facts.len()).map(score).collect();
    (scores, overflown)
}

/// The dimensions that count, with their weights and points.
fn weighted<'a>(
    scheme: &Scheme,
    dimensions: &[DimensionResult],
    facts: &'a Facts,
) -> Vec<(usize, Decimal, &'a [i64])> {
    let counting = scheme
        .dimensions
        .iter()
        .zip(dimensions)
        .enumerate()
        .filter(|(_, (_, result))| result.counts);
    counting
        .filter_map(
            |(index, (dimension, _))| match facts.get(dimension.points_slot) {
                Column::Number(points) => Some((index, dimension.weight?, &points[..])),
                _ => None,
            },
        )
        .collect()
}

/// Weights and points of one customer; under `missing = "reweight"` without those that are missing.
fn known_points(
    scheme: &Scheme,
    parts: &[(usize, Decimal, &[i64])],
    row: usize,
) -> impl Iterator<Item = (Decimal, i64)> {
    let keeps_all = scheme.missing == MissingRule::Unrated;
    let all = parts
        .iter()
        .map(move |(_, weight, points)| (*weight, points[row]));
    all.filter(move |(_, points)| keeps_all || *points != MISSING)
}

/// The last of the [`running_totals`], or [`MISSING`].
fn total(points: &[(Decimal, i64)]) -> i64 {
    let short = short_total(points);
    short.unwrap_or_else(|| running_totals(points).last().copied().unwrap_or(MISSING))
}

/// The same in 64 bits, which nearly every score fits in; `None` where one may not.
fn short_total(points: &[(Decimal, i64)]) -> Option<i64> {
    let (mut sum, mut total) = (0i64, 0i64);
    for (weight, points) in points {
        let weight = weight.millionths();
        if *points == MISSING {
            return Some(MISSING);
        }
        sum = sum.checked_add(weight)?;
        total = total.checked_add(points.checked_mul(weight)?)?;
    }
    // Half of 64 bits is below the limit of a number, so none of the totals is above it.
    let is_within = sum >= 2;
    is_within.then(|| divide_half_away(i128::from(total), i128::from(sum)) as i64)
}

/// The running totals of points × weight ÷ sum of weights, each rounded to six places: the last one is the score, and
/// the differences are the parts, which so add up exactly. Empty if one is missing, all weights are 0 or it is too
/// large.
fn running_totals(points: &[(Decimal, i64)]) -> Vec<i64> {
    let sum: i128 = points
        .iter()
        .map(|(weight, _)| i128::from(weight.millionths()))
        .sum();
    if sum == 0 || points.iter().any(|(_, points)| *points == MISSING) {
        return vec![];
    }
    let mut total: i128 = 0;
    let totals: Option<Vec<i64>> = points
        .iter()
        .map(|(weight, points)| {
            // One product fits; three of the largest do not add up in 128 bits.
            total = total.checked_add(i128::from(*points) * i128::from(weight.millionths()))?;
            Decimal::from_wide(divide_half_away(total, sum)).map(Decimal::millionths)
        })
        .collect();
    totals.unwrap_or_default()
}

/// What each counting dimension adds to the score of one customer: its index and its part. Empty without a score.
pub fn parts(
    scheme: &Scheme,
    dimensions: &[DimensionResult],
    facts: &Facts,
    row: usize,
) -> Vec<(usize, Decimal)> {
    Parts::new(scheme, dimensions, facts).of(row)
}

/// The same for one customer after another.
#[derive(Clone, Debug)]
pub struct Parts<'a> {
    scheme: &'a Scheme,
    /// The dimensions that count; none where nobody is told the parts.
    weighted: Vec<(usize, Decimal, &'a [i64])>,
}

impl<'a> Parts<'a> {
    /// Of these customers.
    pub fn new(scheme: &'a Scheme, dimensions: &[DimensionResult], facts: &'a Facts) -> Self {
        // Of a score that a role does not see the parts are not seen either: they would add up to it.
        let score = scheme.score_slot();
        let is_seen = score.is_none_or(|score| scheme.slots.sight(score) == Sight::Open);
        Self {
            scheme,
            weighted: if is_seen {
                weighted(scheme, dimensions, facts)
            } else {
                vec![]
            },
        }
    }

    /// What [`parts`] gives for a customer.
    pub fn of(&self, row: usize) -> Vec<(usize, Decimal)> {
        let known: Vec<(Decimal, i64)> = known_points(self.scheme, &self.weighted, row).collect();
        let is_shared = self.scheme.missing == MissingRule::Reweight;
        let counting = self.weighted.iter();
        let counting = counting.filter(|(.., points)| !is_shared || points[row] != MISSING);
        let mut before = 0;
        counting
            .zip(running_totals(&known))
            .map(|((index, ..), total)| {
                let part = total - before;
                before = total;
                (*index, Decimal::from_millionths(part).unwrap_or_default())
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_score_in_64_bits_is_the_last_of_the_totals(
            points in prop::collection::vec(
                (
                    prop_oneof![0..100_000_000i64, 0..8_999_999_999_999_999_999i64],
                    prop_oneof![
                        -1_000_000_000..1_000_000_000i64,
                        -8_999_999_999_999_999_999..8_999_999_999_999_999_999i64,
                        Just(MISSING),
                    ],
                ),
                0..5,
            )
        ) {
            let weigh = |(weight, points)| (Decimal::from_millionths(weight).unwrap(), points);
            let points: Vec<(Decimal, i64)> = points.into_iter().map(weigh).collect();
            let last = running_totals(&points).last().copied().unwrap_or(MISSING);
            prop_assert_eq!(total(&points), last);
            if let Some(short) = short_total(&points) {
                prop_assert_eq!(short, last);
            }
        }
    }

    #[test]
    fn parts_are_differences_of_rounded_totals_and_add_up() {
        let d = |text: &str| Decimal::parse(text).unwrap();
        let points = [
            (d("1"), d("100").millionths()),
            (d("1"), d("100").millionths()),
            (d("1"), d("1").millionths()),
        ];
        let totals = running_totals(&points);
        assert_eq!(totals, [33_333_333, 66_666_667, 67_000_000]);
        assert_eq!(running_totals(&[(d("1"), MISSING)]), Vec::<i64>::new());
        assert_eq!(running_totals(&[(Decimal::ZERO, 1)]), Vec::<i64>::new());
        let largest = d("8999999999999.999999");
        for count in [3, 100] {
            let totals = running_totals(&vec![(largest, largest.millionths()); count]);
            assert_eq!(totals, Vec::<i64>::new());
        }
    }
}
