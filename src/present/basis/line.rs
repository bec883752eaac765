//! One row of the table, worked out: the rule that decided, the values that it read, and where they came from.

use super::{Basis, Subject};
use crate::diagnostic::Lang;
use crate::explain::{DimensionStep, Input, Outcome, RuleStep, Source};
use crate::present::explanation::rule_line;
use crate::scheme::model::DimensionRule;
use crate::table::{Decimal, Place};

/// One row, worked out.
#[derive(Default)]
pub(super) struct Line {
    pub label: Option<String>,
    pub points: Option<Decimal>,
    pub weight: Option<Decimal>,
    pub part: Option<Decimal>,
    pub rule: String,
    pub values: String,
    pub sources: String,
}

impl Basis<'_> {
    pub(super) fn line(&self, row: usize) -> Line {
        let (customer, subject) = self.at(row);
        let explainer = &self.explainer;
        match subject {
            Subject::Dimension(index) => {
                let step = explainer.dimension(index, customer);
                let parts = self.parts(customer);
                let part = parts.iter().find(|(known, _)| *known == index);
                self.of_dimension(index, step, part.map(|(_, part)| *part), customer)
            }
            Subject::Grade => self.of_rule(explainer.grade(customer), customer),
            Subject::Type => self.of_rule(explainer.kind(customer), customer),
        }
    }

    fn of_rule(&self, step: Option<RuleStep<'_>>, customer: usize) -> Line {
        let Some(step) = step else {
            return Line::default();
        };
        let inputs = self.explainer.inputs(step.reads, customer);
        let rule = rule_line(&step, self.lang);
        Line {
            label: match step.outcome {
                Outcome::Holds(name) => Some(name.into_owned()),
                Outcome::NoneHolds | Outcome::Missing(_) => None,
            },
            rule,
            values: self.values(&inputs),
            sources: self.sources(&inputs),
            ..Line::default()
        }
    }

    fn of_dimension(
        &self,
        index: usize,
        step: DimensionStep<'_>,
        part: Option<Decimal>,
        customer: usize,
    ) -> Line {
        let rule = &self.grading.scheme.dimensions[index].rule;
        let mut line = Line {
            label: step.label.map(str::to_owned),
            points: step.points,
            weight: step.weight,
            part,
            ..Line::default()
        };
        let DimensionRule::Indicators { .. } = rule else {
            line.rule = rule_line(&step.rule, self.lang);
            let inputs = self.explainer.inputs(step.rule.reads, customer);
            line.values = self.values(&inputs);
            line.sources = self.sources(&inputs);
            return line;
        };
        // Of a dimension by indicators it is these that were decided by rules.
        let between = self.between();
        let (mut told, mut values, mut inputs) = (vec![], vec![], vec![]);
        for step in step.indicators {
            let points = step
                .points
                .map_or_else(|| "—".to_owned(), |points| points.to_string());
            let rule = rule_line(&step.rule, self.lang);
            told.push(format!("{} {points} × {}: {rule}", step.name, step.weight));
            let read = self.explainer.inputs(step.rule.reads, customer);
            let texts = self.values(&read);
            if !texts.is_empty() {
                values.push(texts);
            }
            inputs.extend(read);
        }
        line.rule = told.join(between);
        line.values = values.join(between);
        line.sources = self.sources(&inputs);
        line
    }

    const fn between(&self) -> &'static str {
        match self.lang {
            Lang::Zh => "；",
            Lang::En => "; ",
        }
    }

    /// `合作年限 1（合作起始时间 2023-03-31）；投诉次数 0`.
    fn values(&self, inputs: &[Input]) -> String {
        let texts: Vec<String> = inputs
            .iter()
            .map(|input| {
                let from = self.values(&input.from);
                match self.lang {
                    _ if from.is_empty() => format!("{} {}", input.name, input.text),
                    Lang::Zh => format!("{} {}（{from}）", input.name, input.text),
                    Lang::En => format!("{} {} ({from})", input.name, input.text),
                }
            })
            .collect();
        texts.join(self.between())
    }

    /// The cells behind the values, each once and on a line of its own.
    fn sources(&self, inputs: &[Input]) -> String {
        let mut places: Vec<String> = vec![];
        let mut add = |place: String| {
            if !places.contains(&place) {
                places.push(place);
            }
        };
        each_source(inputs, &mut |input| match &input.source {
            Source::Cell(place) => add(place.to_string()),
            Source::Rows { count, first, .. } => {
                add(rows_text(&input.name, *count, first.as_ref(), self.lang));
            }
            Source::Earlier => add(match self.lang {
                Lang::Zh => "上期结果".to_owned(),
                Lang::En => "the run before".to_owned(),
            }),
            Source::Expression(_) | Source::Scheme => {}
        });
        places.join("\n")
    }
}

/// Each value and what it was worked out from.
fn each_source(inputs: &[Input], take: &mut dyn FnMut(&Input)) {
    for input in inputs {
        take(input);
        each_source(&input.from, take);
    }
}

/// `orders.csv:1027 等 12 行`.
fn rows_text(name: &str, count: usize, first: Option<&Place>, lang: Lang) -> String {
    match (first, lang) {
        (Some(place), _) if count == 1 => place.to_string(),
        (Some(place), Lang::Zh) => format!("{place} 等 {count} 行"),
        (Some(place), Lang::En) => format!("{place} and others, {count} rows"),
        (None, Lang::Zh) => format!("{name} 没有记录"),
        (None, Lang::En) => format!("no rows for {name}"),
    }
}
