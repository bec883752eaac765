//! Explains the customers of one grading in one language: what of it the scheme alone says is worked out once, and each
//! step of a customer's story borrows it.

use super::list::{List, WithSlots};
use super::value::Worded;
use super::{DimensionStep, Explanation, IndicatorStep, Outcome, RuleStep, causes, score_of};
use crate::assess::{Choice, Parts};
use crate::diagnostic::Lang;
use crate::expr::Slot;
use crate::grading::Grading;
use crate::scheme::model::{Band, DimensionRule, Expression, Indicator, IndicatorRule, Sight};
use crate::table::{Decimal, column::MISSING};
use crate::words::Word;
use std::borrow::Cow;

/// What explains the customers of a grading.
#[derive(Debug)]
pub struct Explainer<'a> {
    pub(super) grading: &'a Grading,
    pub(super) lang: Lang,
    dimensions: Vec<Dimension<'a>>,
    grades: Option<List<'a>>,
    types: Option<List<'a>>,
    parts: Parts<'a>,
    /// Every column in words, by its slot.
    columns: Vec<Worded<'a>>,
}

/// A dimension as it is told of.
#[derive(Debug)]
struct Dimension<'a> {
    name: &'a str,
    bands: &'a [Band],
    rule: Rule<'a>,
    indicators: Vec<(&'a Indicator, Rule<'a>)>,
    /// Whether its label is told.
    is_seen: bool,
    /// Its weight, if it counts in a score that is seen.
    weight: Option<Decimal>,
}

/// Where a label or points come from.
#[derive(Debug)]
enum Rule<'a> {
    List(List<'a>),
    Points(WithSlots<'a>),
    /// From what a role does not see.
    Withheld,
}

impl<'a> Explainer<'a> {
    /// Of the customers of `grading`, in `lang`.
    pub fn new(grading: &'a Grading, lang: Lang) -> Self {
        let scheme = &grading.scheme;
        let (grades, types) = (&scheme.grades, &scheme.types);
        let slots = 0..scheme.slots.entries.len() as u32;
        let results = &grading.assessment.dimensions;
        Self {
            grading,
            lang,
            dimensions: (0..scheme.dimensions.len())
                .map(|index| Dimension::new(grading, index))
                .collect(),
            grades: (!grades.is_empty()).then(|| List::of_grades(grades, lang)),
            types: (!types.is_empty()).then(|| List::of_types(types)),
            parts: Parts::new(scheme, results, &grading.facts),
            columns: slots
                .map(|slot| Worded::new(scheme, Slot(slot), lang))
                .collect(),
        }
    }

    /// The grading.
    pub const fn grading(&self) -> &'a Grading {
        self.grading
    }

    /// The language.
    pub const fn lang(&self) -> Lang {
        self.lang
    }

    /// Everything that decided customer `row`'s grade and type.
    pub fn explain(&self, row: usize) -> Explanation<'_> {
        let parts = self.parts.of(row);
        let dimensions = (0..self.dimensions.len()).map(|index| {
            let part = parts.iter().find(|(dimension, _)| *dimension == index);
            DimensionStep {
                part: part.map(|(_, part)| *part),
                ..self.dimension(index, row)
            }
        });
        Explanation {
            dimensions: dimensions.collect(),
            score: score_of(self.grading, row),
            weight: self.weight_of(&parts),
            grade: self.grade(row),
            kind: self.kind(row),
        }
    }

    /// What dimension `index` gave customer `row`, by itself. Points are here; what they add to the score is [`parts`].
    ///
    /// [`parts`]: crate::assess::parts
    pub fn dimension(&self, index: usize, row: usize) -> DimensionStep<'_> {
        let indicators = self.dimensions[index].indicators.iter();
        let results = &self.grading.assessment.dimensions[index].indicators;
        let indicators = indicators.zip(results).map(|((indicator, rule), points)| {
            let points = Decimal::from_millionths(points[row]).filter(|_| points[row] != MISSING);
            let bands = match &indicator.rule {
                IndicatorRule::Bands(bands) => &bands[..],
                IndicatorRule::Points(_) => &[],
            };
            let choice = || causes::first_band(self.grading, bands, row);
            IndicatorStep {
                name: &indicator.name,
                weight: indicator.weight,
                points,
                rule: self.rule_step(rule, choice, points, row),
            }
        });
        DimensionStep {
            indicators: indicators.collect(),
            ..self.without_indicators(index, row)
        }
    }

    /// The same without its indicators: what [`Self::reasons`] tells.
    pub(super) fn without_indicators(&self, index: usize, row: usize) -> DimensionStep<'_> {
        let dimension = &self.dimensions[index];
        let choice = self.grading.assessment.dimensions[index].bands[row];
        let slot = self.grading.scheme.dimensions[index].points_slot;
        let points = self.grading.facts.get(slot).number_at(row);
        let band = choice.index().filter(|_| dimension.is_seen);
        DimensionStep {
            name: dimension.name,
            label: band.and_then(|band| dimension.bands[band].label.as_deref()),
            rule: self.rule_step(&dimension.rule, || choice, points, row),
            indicators: vec![],
            points,
            weight: dimension.weight,
            part: None,
        }
    }

    /// What each dimension that counts adds to the score of customer `row`, with its index.
    pub(super) fn parts(&self, row: usize) -> Vec<(usize, Decimal)> {
        self.parts.of(row)
    }

    /// The weight of all dimensions that make the score.
    pub(super) fn weight_of(&self, parts: &[(usize, Decimal)]) -> Decimal {
        let weights = parts
            .iter()
            .filter_map(|(index, _)| self.dimensions[*index].weight);
        weights.fold(Decimal::ZERO, |sum, weight| {
            sum.checked_add(weight).unwrap_or(sum)
        })
    }

    /// How many dimensions there are.
    pub(super) const fn dimension_count(&self) -> usize {
        self.dimensions.len()
    }

    /// How the grade that the values give came about, where the scheme has grades.
    pub fn grade(&self, row: usize) -> Option<RuleStep<'_>> {
        let choice = self.grading.assessment.grades[row];
        // A rank takes several values and a group.
        let missing = |grade, _: Option<&Expression>| {
            causes::missing_for_grade(self.grading, grade, row, self.lang)
        };
        let grades = self.grades.as_ref()?;
        Some(grades.step(choice, missing))
    }

    /// How the type came about, where the scheme has types.
    pub fn kind(&self, row: usize) -> Option<RuleStep<'_>> {
        let choice = self.grading.classification.types[row];
        let types = self.types.as_ref()?;
        Some(self.list_step(types, choice, row))
    }

    fn rule_step<'s>(
        &'s self,
        rule: &'s Rule<'a>,
        choice: impl FnOnce() -> Choice,
        points: Option<Decimal>,
        row: usize,
    ) -> RuleStep<'s> {
        match rule {
            Rule::List(list) => self.list_step(list, choice(), row),
            Rule::Points(reading) => self.points_step(reading, points, row),
            Rule::Withheld => {
                let word = Word::Withheld.get(self.lang);
                RuleStep {
                    outcome: Outcome::Holds(Cow::Borrowed(word)),
                    condition: Some(word),
                    reads: &[],
                }
            }
        }
    }

    fn list_step<'s>(&'s self, list: &'s List<'a>, choice: Choice, row: usize) -> RuleStep<'s> {
        list.step(choice, |_, when| {
            let names = |when| causes::missing_names(self.grading, when, row, self.lang);
            when.map(names).unwrap_or_default()
        })
    }

    fn points_step<'s>(
        &'s self,
        reading: &'s WithSlots<'a>,
        points: Option<Decimal>,
        row: usize,
    ) -> RuleStep<'s> {
        let expression = &*reading.expression;
        let slots = &self.grading.scheme.slots;
        let outcome = match points {
            Some(points) => Outcome::Holds(Cow::Owned(points.to_string())),
            None if slots.withholds(&expression.bound) => {
                Outcome::Holds(Cow::Borrowed(Word::Withheld.get(self.lang)))
            }
            None => Outcome::Missing(causes::missing_names(
                self.grading,
                expression,
                row,
                self.lang,
            )),
        };
        RuleStep {
            outcome,
            condition: Some(reading.text()),
            reads: &reading.slots,
        }
    }

    /// A column in words.
    pub(super) fn column(&self, slot: Slot) -> &Worded<'a> {
        &self.columns[slot.0 as usize]
    }
}

impl<'a> Dimension<'a> {
    fn new(grading: &'a Grading, index: usize) -> Self {
        let scheme = &grading.scheme;
        let dimension = &scheme.dimensions[index];
        let sees = |slot: Slot| scheme.slots.sight(slot) != Sight::Hidden;
        // Which band of a hidden dimension holds is what is hidden.
        let is_seen = sees(dimension.label_slot);
        // Of a score that is not seen nobody is told the parts.
        let has_parts = scheme.score_slot().is_none_or(sees);
        let counts = grading.assessment.dimensions[index].counts;
        let indicators = match &dimension.rule {
            DimensionRule::Indicators { indicators, .. } if is_seen => &indicators[..],
            _ => &[],
        };
        Self {
            name: &dimension.name,
            bands: dimension.rule.bands(),
            rule: match &dimension.rule {
                _ if !is_seen => Rule::Withheld,
                DimensionRule::Points { points, .. } => {
                    Rule::Points(WithSlots::new(Cow::Borrowed(points)))
                }
                rule => Rule::List(List::of_bands(rule.bands())),
            },
            indicators: indicators
                .iter()
                .map(|indicator| (indicator, Rule::of_indicator(grading, indicator)))
                .collect(),
            is_seen,
            weight: dimension.weight.filter(|_| counts && has_parts),
        }
    }
}

impl<'a> Rule<'a> {
    fn of_indicator(grading: &Grading, indicator: &'a Indicator) -> Self {
        let withholds = |band: &Band| {
            let when = band.when.as_ref();
            when.is_some_and(|when| grading.scheme.slots.withholds(&when.bound))
        };
        match &indicator.rule {
            IndicatorRule::Points(points) => Self::Points(WithSlots::new(Cow::Borrowed(points))),
            // Only the label of the whole is for everybody.
            IndicatorRule::Bands(bands) if bands.iter().any(withholds) => Self::Withheld,
            IndicatorRule::Bands(bands) => Self::List(List::of_bands(bands)),
        }
    }
}
