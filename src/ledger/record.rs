//! A grading as the rows that a run keeps of it.

use super::RunRow;
use crate::book::Entry;
use crate::decide::{Decision, Standing};
use crate::diagnostic::Lang;
use crate::explain::movement::{Evidence, Ladder, evidence, next};
use crate::explain::{Explainer, score_of};
use crate::grading::Grading;
use crate::scheme::model::Strategy;
use crate::table::{Column, Decimal, Value};
use serde_json::{Map, json};
use std::sync::Arc;

/// What a grading says of each customer: those with values, then the refused and the absent. Texts are in `lang`.
pub fn rows(grading: &Grading, lang: Lang) -> impl Iterator<Item = RunRow> {
    let mut standings: Vec<Option<Standing>> = vec![None; grading.people.persons.len()];
    for known in grading.standings() {
        if let Some(number) = grading.people.by_id().get(&known.id) {
            standings[*number as usize] = Some(known.standing);
        }
    }
    let strategies = grading.scheme.strategies.iter();
    let strategies: Vec<String> = strategies.map(strategy_json).collect();
    let explainer = Explainer::new(grading, lang);
    grading
        .entries()
        .into_iter()
        .filter_map(move |entry| match entry {
            Entry::Customer(row) => {
                let standing = standings[row as usize].take().unwrap_or_default();
                Some(with_values(
                    grading,
                    &explainer,
                    row as usize,
                    standing,
                    &strategies,
                    lang,
                ))
            }
            entry => {
                let kept = grading.kept(entry)?;
                // A refused row whose key cannot be read is no customer's.
                let id: Arc<str> = kept.id?.into();
                let number = grading.people.by_id().get(&id);
                let standing = number.and_then(|number| standings[*number as usize].take());
                let name =
                    |level: Option<usize>, names: &dyn Fn(usize) -> Arc<str>| level.map(names);
                let grade = name(kept.before.grade, &|grade| {
                    grading.scheme.grades[grade].name.clone()
                });
                let kind = name(kept.before.kind, &|kind| {
                    grading.scheme.types[kind].name.clone()
                });
                let why = kept.why.iter().map(|why| why.get(lang).to_owned());
                Some(RunRow {
                    customer: id,
                    name: kept.name.map(Arc::from),
                    standing: standing.unwrap_or_default(),
                    previous_grade: grade,
                    previous_type: kind,
                    score: None,
                    labels: vec![],
                    tags: vec![],
                    decision: kept.decision,
                    reasons: why.collect(),
                    evidence: None,
                    next: None,
                    strategy: None,
                })
            }
        })
}

fn with_values(
    grading: &Grading,
    explainer: &Explainer<'_>,
    row: usize,
    standing: Standing,
    strategies: &[String],
    lang: Lang,
) -> RunRow {
    let strategy = grading.classification.strategies[row].index();
    let scheme = &grading.scheme;
    let roster = &grading.book.roster;
    let before = grading.earlier(row);
    let labels = scheme.dimensions.iter().filter_map(|dimension| {
        match grading.facts.get(dimension.label_slot) {
            Column::Text(labels) => Some((dimension.name.clone(), labels.get(row)?.clone())),
            _ => None,
        }
    });
    let decided = grading.decided.get(row);
    let previous_type = before.kind.map(|kind| scheme.types[kind].name.clone());
    let (reasons, of_type) = explainer.reasons_and_type(row);
    let has_new_type = standing.effective_kind != previous_type;
    let why_type = of_type
        .filter(|_| has_new_type)
        .map(|place| &*reasons[place]);
    RunRow {
        evidence: evidence_json(grading, row, why_type),
        customer: roster.ids[row].clone(),
        name: roster.names[row].clone(),
        standing,
        previous_grade: before.grade.map(|grade| scheme.grades[grade].name.clone()),
        previous_type,
        score: score_of(grading, row),
        labels: labels.collect(),
        tags: grading.tags(row),
        decision: decided.map_or(Decision::Classified, |decided| decided.decision),
        reasons,
        next: next(grading, row, lang),
        strategy: strategy.map(|index| strategies[index].clone()),
    }
}

/// What a strategy gives, with the keys that the JSON of results has.
fn strategy_json(strategy: &Strategy) -> String {
    let number = |value: Option<Decimal>| value.map(|value| plain(&Value::Number(value)));
    json!({
        "service": strategy.service,
        "resources": strategy.resources,
        "owner_level": strategy.owner_level,
        "respond_within": strategy.respond_within,
        "goal": strategy.goal,
        "benefits": strategy.benefits,
        "hours": number(strategy.hours),
        "cost": number(strategy.cost),
    })
    .to_string()
}

/// The evidence of both ladders as JSON, and why the type became another; `None` where nothing moved.
fn evidence_json(grading: &Grading, row: usize, why_type: Option<&str>) -> Option<String> {
    let all: Vec<Evidence> = [Ladder::Grade, Ladder::Type]
        .into_iter()
        .flat_map(|ladder| evidence(grading, ladder, row))
        .collect();
    let why_type = why_type.map(|reason| json!({ "of": "type", "reason": reason }));
    let items: Vec<_> = all.iter().map(one).chain(why_type).collect();
    if items.is_empty() {
        return None;
    }
    Some(serde_json::Value::Array(items).to_string())
}

fn one(evidence: &Evidence) -> serde_json::Value {
    let of = match evidence.ladder {
        Ladder::Grade => "grade",
        Ladder::Type => "type",
    };
    let periods: Vec<_> = evidence
        .periods
        .iter()
        .map(|period| {
            let mut object = Map::new();
            object.insert("period".into(), period.period.to_string().into());
            for (name, value) in &period.values {
                object.insert(name.to_string(), plain(value));
            }
            serde_json::Value::Object(object)
        })
        .collect();
    json!({
        "of": of,
        "on": evidence.end.to_string(),
        "from": evidence.from,
        "to": evidence.to,
        "rule": evidence.rule.as_ref().map(|(name, _)| name),
        "when": evidence.rule.as_ref().map(|(_, when)| when),
        "periods": periods,
    })
}

/// A value as JSON, numbers with their exact digits.
fn plain(value: &Value) -> serde_json::Value {
    match value {
        Value::Missing => serde_json::Value::Null,
        Value::Number(number) => {
            let digits = number.to_string().parse::<serde_json::Number>();
            digits.map_or(serde_json::Value::Null, serde_json::Value::Number)
        }
        Value::Date(date) => date.to_string().into(),
        Value::DateTime(moment) => moment.to_string().into(),
        Value::Bool(truth) => (*truth).into(),
        Value::Text(text) => text.to_string().into(),
        Value::List(items) => items.iter().map(ToString::to_string).collect(),
    }
}
