//! Types, tags, the review queue and strategies: what the scheme makes of a graded customer.

mod set_tags;

pub use set_tags::set_tags;

use crate::assess::{Choice, Facts, choose};
use crate::diagnostic::{Code, Finding, Lang};
use crate::expr::Frame;
use crate::scheme::model::{Review, Scheme, Tag, Template, TemplatePart};
use crate::table::column::{ColumnBuilder, MISSING_TEXT, Value};
use crate::table::{Column, TextColumn, Truth};
use crate::text;
use crate::words::{Word, how_many};
use std::sync::Arc;

/// What a scheme makes of every customer.
#[derive(Clone, Debug, Default)]
pub struct Classification {
    /// The type.
    pub types: Vec<Choice>,
    /// The first strategy that holds.
    pub strategies: Vec<Choice>,
    /// For each review rule the customers who wait, by number.
    pub reviews: Vec<Vec<u32>>,
}

/// Whether a review holds the grade of each customer.
pub fn held(holding: &[Option<Vec<u32>>], customers: usize) -> Vec<bool> {
    let mut held = vec![false; customers];
    for row in holding.iter().flatten().flatten() {
        held[*row as usize] = true;
    }
    held
}

/// For each review rule that holds the grade the customers who wait; `None` for the others, which come later
/// ([`reviews`]).
pub fn holding_reviews(
    scheme: &Scheme,
    facts: &mut Facts,
    findings: &mut Vec<Finding>,
) -> Vec<Option<Vec<u32>>> {
    let rules = scheme.reviews.iter();
    rules
        .map(|review| {
            review
                .hold
                .then(|| waiting(scheme, review, facts, findings))
        })
        .collect()
}

/// The type of each customer; its column is filled for what comes after.
pub fn types(scheme: &Scheme, facts: &mut Facts, findings: &mut Vec<Finding>) -> Vec<Choice> {
    if scheme.types.is_empty() {
        return vec![Choice::NoneHolds; facts.len()];
    }
    let conditions: Vec<_> = scheme.types.iter().map(|rule| rule.when.as_ref()).collect();
    let choices = choose(scheme, &conditions, "type", facts, findings);
    let names = scheme.types.iter().map(|rule| rule.name.clone()).collect();
    if let Some(slot) = scheme.type_slot() {
        facts.set(slot, named(&choices, names));
    }
    choices
}

/// For each type whether its condition holds for each customer.
pub fn type_truths(
    scheme: &Scheme,
    facts: &mut Facts,
    findings: &mut Vec<Finding>,
) -> Vec<Vec<Truth>> {
    let types = scheme.types.iter();
    types
        .map(|rule| match &rule.when {
            None => vec![Truth::True; facts.len()],
            Some(when) => match facts.evaluate(scheme, when, &rule.name, findings) {
                Column::Bool(truths) => truths,
                other => vec![Truth::Unknown; other.len()],
            },
        })
        .collect()
}

/// Fills the tags' columns: the rendered text, or missing for those who do not have the tag. Unknown is no tag, and it
/// is said.
pub fn tags(scheme: &Scheme, facts: &mut Facts, findings: &mut Vec<Finding>) {
    for tag in &scheme.tags {
        let column = tag_column(scheme, tag, facts, findings);
        facts.set(tag.slot, column);
    }
}

fn tag_column(
    scheme: &Scheme,
    tag: &Tag,
    facts: &mut Facts,
    findings: &mut Vec<Finding>,
) -> Column {
    let truths = tag
        .when
        .as_ref()
        .map(|when| facts.evaluate(scheme, when, &tag.name.text, findings));
    let name = &tag.name.text;
    if let Some(truths) = &truths {
        findings.extend(unknown_for(truths, "tag", "标签", name));
    }
    let holds = |row: usize| match &truths {
        Some(Column::Bool(truths)) => truths[row] == Truth::True,
        _ => true,
    };
    // The usual tag is one name (`{区域}`) or a plain text: nothing is rendered for every customer.
    let column = match &tag.name.parts[..] {
        [TemplatePart::Slot(slot)] => match facts.get(*slot) {
            Column::Text(texts) => Some(texts.clone()),
            _ => None,
        },
        [TemplatePart::Text(text)] => Some(TextColumn::repeat(text.clone(), facts.len())),
        _ => None,
    };
    if let Some(mut texts) = column {
        if truths.is_some() {
            for (row, code) in texts.codes.iter_mut().enumerate() {
                if !holds(row) {
                    *code = MISSING_TEXT;
                }
            }
        }
        return Column::Text(texts);
    }
    let mut column = ColumnBuilder::like(&Column::Text(TextColumn::default()));
    for row in 0..facts.len() {
        match holds(row)
            .then(|| render(&tag.name, facts, row, scheme.language))
            .flatten()
        {
            Some(text) => column.push_text(&text),
            None => column.push(&Value::Missing),
        }
    }
    column.finish()
}

/// The customers who wait for review, by rule. What [`holding_reviews`] has found already is not asked again: a grade
/// that is held would answer otherwise.
pub fn reviews(
    scheme: &Scheme,
    holding: Vec<Option<Vec<u32>>>,
    facts: &mut Facts,
    findings: &mut Vec<Finding>,
) -> Vec<Vec<u32>> {
    let rules = scheme.reviews.iter().zip(holding);
    rules
        .map(|(review, found)| found.unwrap_or_else(|| waiting(scheme, review, facts, findings)))
        .collect()
}

/// The first strategy that holds for each customer. A missing value stops the search as it does for types.
pub fn strategies(scheme: &Scheme, facts: &mut Facts, findings: &mut Vec<Finding>) -> Vec<Choice> {
    let conditions: Vec<_> = scheme
        .strategies
        .iter()
        .map(|strategy| strategy.when.as_ref())
        .collect();
    let choices = choose(scheme, &conditions, "strategy", facts, findings);
    let unknown = choices
        .iter()
        .filter(|choice| matches!(choice, Choice::Unknown(_)))
        .count();
    if unknown > 0 {
        let customers = how_many(unknown, "customer");
        findings.push(Finding::warning(
            Code::UnknownCondition,
            text!(
                "which strategy is for {customers} is unknown, because a value is missing; they get none",
                "因缺值，有 {unknown} 位客户无法确定适用哪条策略，按无策略处理"
            ),
        ));
    }
    choices
}

/// A template with its names' values, truth values in `lang`; `None` if one is missing.
pub fn render(template: &Template, facts: &Facts, row: usize, lang: Lang) -> Option<String> {
    let mut text = String::new();
    for part in &template.parts {
        match part {
            TemplatePart::Text(plain) => text.push_str(plain),
            TemplatePart::Slot(slot) => {
                text.push_str(&plain_text(&facts.get(*slot).value(row), lang)?);
            }
        }
    }
    Some(text)
}

/// A value as plain text, without unit, truth values in `lang`; `None` if missing.
pub fn plain_text(value: &Value, lang: Lang) -> Option<String> {
    Some(match value {
        Value::Missing => return None,
        Value::Number(number) => number.to_string(),
        Value::Date(date) => date.to_string(),
        Value::DateTime(moment) => moment.to_string(),
        Value::Bool(truth) => Word::truth(*truth).get(lang).to_owned(),
        Value::Text(text) => text.to_string(),
        Value::List(items) => items
            .iter()
            .map(|item| &**item)
            .collect::<Vec<_>>()
            .join("、"),
    })
}

/// A text column of the names that were chosen.
pub fn named(choices: &[Choice], names: Vec<Arc<str>>) -> Column {
    let codes = choices
        .iter()
        .map(|choice| choice.index().map_or(MISSING_TEXT, |index| index as u32))
        .collect();
    Column::Text(TextColumn {
        codes,
        dictionary: Arc::new(names),
    })
}

/// The customers for whom a review rule holds. Unknown is not waiting, and it is said.
fn waiting(
    scheme: &Scheme,
    review: &Review,
    facts: &mut Facts,
    findings: &mut Vec<Finding>,
) -> Vec<u32> {
    let name = &review.name;
    let truths = facts.evaluate(scheme, &review.when, name, findings);
    findings.extend(unknown_for(&truths, "review rule", "复核规则", name));
    rows_that_hold(&truths)
}

fn rows_that_hold(truths: &Column) -> Vec<u32> {
    let Column::Bool(truths) = truths else {
        return vec![];
    };
    truths
        .iter()
        .enumerate()
        .filter(|(_, truth)| **truth == Truth::True)
        .map(|(row, _)| row as u32)
        .collect()
}

/// What is to be said of customers for whom a condition is unknown; nothing if there are none.
fn unknown_for(truths: &Column, en: &str, zh: &str, name: &str) -> Option<Finding> {
    let Column::Bool(truths) = truths else {
        return None;
    };
    let unknown = truths.iter().filter(|truth| **truth == Truth::Unknown);
    let count = unknown.count();
    let customers = how_many(count, "customer");
    (count > 0).then(|| {
        Finding::warning(
            Code::UnknownCondition,
            text!(
                "whether {en} `{name}` holds is unknown for {customers}, because a value is missing; it does \
                 not",
                "因缺值，有 {count} 位客户无法判断{zh} `{name}` 是否成立，按不成立处理"
            ),
        )
    })
}
