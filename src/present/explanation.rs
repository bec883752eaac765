//! An explanation as text for people and as JSON for programs: every line with value, unit, source cell, condition,
//! points and weight.

use super::distances::Distances;
use crate::diagnostic::Lang;
use crate::explain::distance::Nearest;
use crate::explain::movement::Ladder;
use crate::explain::{self, Explainer, Explanation, Input, Outcome, RuleStep, Source};
use crate::grading::Grading;
use crate::present::marks::decision_word;
use crate::table::Decimal;
use crate::words::{Word, how_many};
use serde_json::{Map, Number, Value, json};
use std::fmt::Write;

/// The explanation of customer `row` as text.
pub fn text(
    explainer: &Explainer<'_>,
    row: usize,
    (nearest, distances): (&Nearest, &Distances),
) -> String {
    let (grading, lang) = (explainer.grading(), explainer.lang());
    let explanation = explainer.explain(row);
    let told = Told { explainer, row };
    let roster = &grading.book.roster;
    let decided = &grading.decided[row];
    let mut out = String::new();
    let name = roster.names[row].as_deref().unwrap_or_default();
    let _ = write!(out, "{}", roster.ids[row]);
    if !name.is_empty() {
        let _ = write!(out, "  {name}");
    }
    let _ = writeln!(out);
    let mut head: Vec<String> = vec![];
    let pair = |word: Word, value: &str| format!("{} {value}", word.get(lang));
    if let Some(grade) = grading.grade_name(row) {
        head.push(pair(Word::Grade, grade));
    }
    head.push(decision_word(decided.decision, lang));
    if let Some(previous) = grading.earlier(row).grade {
        head.push(pair(Word::Previous, &grading.scheme.grades[previous].name));
    }
    if let Some(score) = explanation.score {
        head.push(pair(Word::Score, &score.to_string()));
    }
    if let Some(kind) = grading.type_name(row) {
        head.push(pair(Word::Type, kind));
    }
    let tags = grading.tags(row);
    if !tags.is_empty() {
        head.push(pair(Word::Tags, &tags.join("|")));
    }
    let _ = writeln!(out, "{}", head.join(" · "));
    movement(grading, nearest, row, lang, &mut out);
    told.dimensions(&explanation, &mut out);
    if let Some(step) = &explanation.grade {
        // Where rules move customers, what the values give is not what they have.
        let heading = match (grading.scheme.grade_movement.is_some(), lang) {
            (false, _) => Word::Grade.get(lang),
            (true, Lang::En) => "Grade that the values give",
            (true, Lang::Zh) => "当期数值对应的等级",
        };
        told.section(heading, step, &mut out);
    }
    // Where rules moved the type, or a person set it, its condition is not why.
    let holds = explain::type_holds(grading, row);
    if let Some(step) = explanation.kind.as_ref().filter(|_| holds) {
        told.section(Word::Type.get(lang), step, &mut out);
    }
    super::distances::lines(grading, distances, lang, &mut out);
    let reviews: Vec<&str> = grading
        .reviews(row)
        .map(|index| &*grading.scheme.reviews[index].name)
        .collect();
    if !reviews.is_empty() {
        let _ = writeln!(
            out,
            "\n{}: {}",
            Word::InReview.get(lang),
            reviews.join(", ")
        );
    }
    out
}

/// A value as data.
pub(super) fn value_json(value: &crate::table::Value) -> Value {
    let mut text = vec![];
    super::record::value(value, &mut text);
    serde_json::from_slice(&text).unwrap_or(Value::Null)
}

/// What the rules of movement and people did, and what comes next.
fn movement(grading: &Grading, nearest: &Nearest, row: usize, lang: Lang, out: &mut String) {
    for ladder in [Ladder::Grade, Ladder::Type] {
        let set = explain::movement::overridden(grading, ladder, row, lang);
        let moves = explain::movement::reasons(grading, ladder, row, lang);
        for reason in set.into_iter().chain(moves) {
            let _ = writeln!(out, "  {reason}");
        }
    }
    if let Some(next) = explain::next(grading, nearest, row, lang) {
        let _ = writeln!(out, "  {}: {next}", Word::Next.get(lang));
    }
}

/// A customer whose steps are told.
struct Told<'a> {
    explainer: &'a Explainer<'a>,
    row: usize,
}

impl Told<'_> {
    fn dimensions(&self, explanation: &Explanation<'_>, out: &mut String) {
        let total = explanation.weight;
        for step in &explanation.dimensions {
            let label = step.label.unwrap_or("—");
            let _ = write!(out, "\n{}: {label}", step.name);
            if let (Some(points), Some(weight)) = (step.points, step.weight) {
                let part = step
                    .part
                    .map_or_else(|| "—".to_owned(), |part| part.to_string());
                let _ = write!(out, "   {points} × {weight}/{total} = {part}");
            }
            let _ = writeln!(out);
            self.rule(&step.rule, 1, out);
            for indicator in &step.indicators {
                let points = indicator
                    .points
                    .map_or_else(|| "—".to_owned(), |points| points.to_string());
                let _ = writeln!(out, "  {}: {points} × {}", indicator.name, indicator.weight);
                self.rule(&indicator.rule, 2, out);
            }
        }
        if let Some(score) = explanation.score {
            let parts: Vec<String> = explanation
                .dimensions
                .iter()
                .filter_map(|step| step.part)
                .map(|part| part.to_string())
                .collect();
            let _ = writeln!(
                out,
                "\n{}: {} = {score}",
                Word::Score.get(self.explainer.lang()),
                parts.join(" + ")
            );
        }
    }

    fn section(&self, heading: &str, step: &RuleStep<'_>, out: &mut String) {
        let outcome = match &step.outcome {
            Outcome::Holds(name) => name.to_string(),
            Outcome::NoneHolds | Outcome::Missing(_) => "—".to_owned(),
        };
        let _ = writeln!(out, "\n{heading}: {outcome}");
        self.rule(step, 1, out);
    }

    fn rule(&self, step: &RuleStep<'_>, depth: usize, out: &mut String) {
        let indent = "  ".repeat(depth);
        let lang = self.explainer.lang();
        let line = rule_line(step, lang);
        let _ = writeln!(out, "{indent}{line}");
        for input in self.explainer.inputs(step.reads, self.row) {
            inputs(&input, lang, depth + 1, out);
        }
    }

    fn rule_json(&self, step: &RuleStep<'_>) -> Value {
        let inputs = self.explainer.inputs(step.reads, self.row);
        let (outcome, missing) = match &step.outcome {
            Outcome::Holds(name) => (Some(name.clone()), vec![]),
            Outcome::NoneHolds => (None, vec![]),
            Outcome::Missing(names) => (None, names.clone()),
        };
        json!({
            "outcome": outcome,
            "missing": missing,
            "condition": step.condition,
            "inputs": inputs.iter().map(input_json).collect::<Vec<_>>(),
        })
    }
}

/// The rule that decided, or why none did.
pub(super) fn rule_line(step: &RuleStep<'_>, lang: Lang) -> String {
    match (&step.outcome, &step.condition, lang) {
        (Outcome::Missing(names), _, Lang::Zh) => format!("缺少 {}", names.join("、")),
        (Outcome::Missing(names), _, Lang::En) => format!("missing: {}", names.join(", ")),
        (Outcome::NoneHolds, _, Lang::Zh) => "没有条件成立".to_owned(),
        (Outcome::NoneHolds, _, Lang::En) => "no condition holds".to_owned(),
        (Outcome::Holds(_), Some(condition), _) => condition.to_string(),
        (Outcome::Holds(_), None, Lang::Zh) => "其他（前面的条件都不成立）".to_owned(),
        (Outcome::Holds(_), None, Lang::En) => {
            "otherwise (no condition before it holds)".to_owned()
        }
    }
}

fn inputs(input: &Input, lang: Lang, depth: usize, out: &mut String) {
    let indent = "  ".repeat(depth);
    let source = source(&input.source, lang);
    let _ = write!(out, "{indent}{} = {}", input.name, input.text);
    let _ = if source.is_empty() {
        writeln!(out)
    } else {
        writeln!(out, "   ← {source}")
    };
    for from in &input.from {
        inputs(from, lang, depth + 1, out);
    }
}

fn source(source: &Source, lang: Lang) -> String {
    match (source, lang) {
        (Source::Cell(place), _) => place.to_string(),
        (Source::Rows { text, count: 0, .. }, Lang::Zh) => format!("{text}，没有记录"),
        (Source::Rows { text, count: 0, .. }, Lang::En) => format!("{text}, no rows"),
        (Source::Rows { text, count, first }, Lang::Zh) => match first {
            Some(place) => format!("{text}，{count} 行（{place} 等）"),
            None => format!("{text}，{count} 行"),
        },
        (Source::Rows { text, count, first }, Lang::En) => match first {
            Some(place) if *count == 1 => format!("{text}, 1 row ({place})"),
            Some(place) => format!("{text}, {count} rows ({place} …)"),
            None => format!("{text}, {}", how_many(*count, "row")),
        },
        (Source::Expression(text), _) => text.to_string(),
        (Source::Earlier, Lang::Zh) => "上期结果".to_owned(),
        (Source::Earlier, Lang::En) => "the run before".to_owned(),
        (Source::Scheme, _) => String::new(),
    }
}

/// The explanation of customer `row` as one line of JSON.
pub fn json(
    explainer: &Explainer<'_>,
    row: usize,
    (nearest, distances): (&Nearest, &Distances),
) -> String {
    let (grading, lang) = (explainer.grading(), explainer.lang());
    let explanation = explainer.explain(row);
    let told = Told { explainer, row };
    let roster = &grading.book.roster;
    let decided = &grading.decided[row];
    let dimensions: Vec<Value> = explanation
        .dimensions
        .iter()
        .map(|step| {
            let indicators: Vec<Value> = step
                .indicators
                .iter()
                .map(|indicator| {
                    json!({
                        "name": indicator.name,
                        "weight": number(Some(indicator.weight)),
                        "points": number(indicator.points),
                        "rule": told.rule_json(&indicator.rule),
                    })
                })
                .collect();
            json!({
                "name": step.name,
                "label": step.label,
                "points": number(step.points),
                "weight": number(step.weight),
                "part": number(step.part),
                "rule": told.rule_json(&step.rule),
                "indicators": indicators,
            })
        })
        .collect();
    let document = json!({
        "id": roster.ids[row],
        "name": roster.names[row],
        "merged": merged(grading, &roster.ids[row]).collect::<Vec<_>>(),
        "grade": grading.grade_name(row),
        "previous": grading.earlier(row).grade.map(|grade| grading.scheme.grades[grade].name.clone()),
        "decision": decided.decision.key(),
        "since": decided.since.map(|since| since.to_string()),
        "type": grading.type_name(row),
        "score": number(explanation.score),
        "tags": grading.tags(row),
        "dimensions": dimensions,
        "grade_rule": explanation.grade.as_ref().map(|step| told.rule_json(step)),
        "type_rule": explanation
            .kind
            .as_ref()
            .filter(|_| explain::type_holds(grading, row))
            .map(|step| told.rule_json(step)),
        "reasons": explainer.reasons(row),
        "next": explain::next(grading, nearest, row, lang),
        "so_far": so_far_json(grading, row),
        "distances": super::distances::json(grading, row, distances, lang),
        "shift": super::distances::shifts_json(grading, distances, lang),
    });
    format!("{document}\n")
}

/// How far the period that is not closed yet has come, of what each rule of movement asks for that may move next.
fn so_far_json(grading: &Grading, row: usize) -> Value {
    let begun = explain::movement::begun(grading, row).into_iter();
    let all = begun.flat_map(|begun| {
        let way = if begun.up { "promotes" } else { "demotes" };
        begun.so_far.into_iter().map(move |so_far| {
            json!({
                "rule": begun.rule,
                "of": begun.ladder.subject().key(),
                way: begun.to,
                "name": grading.scheme.slots.entries[so_far.slot.0 as usize].name,
                "period": so_far.period.to_string(),
                "value": value_json(&so_far.value),
                "comparison": so_far.comparison.sign(),
                "limit": value_json(&so_far.limit),
            })
        })
    });
    all.collect()
}

fn input_json(input: &Input) -> Value {
    let mut object = Map::new();
    object.insert("name".into(), json!(input.name));
    object.insert("value".into(), value_json(&input.value));
    object.insert("text".into(), json!(input.text));
    if input.is_estimate {
        object.insert("estimate".into(), json!(true));
    }
    match &input.source {
        Source::Cell(place) => object.insert("place".into(), json!(place.to_string())),
        Source::Rows { text, count, first } => {
            object.insert("rows".into(), json!(count));
            object.insert(
                "place".into(),
                json!(first.as_ref().map(ToString::to_string)),
            );
            object.insert("expression".into(), json!(text))
        }
        Source::Expression(text) => object.insert("expression".into(), json!(text)),
        Source::Scheme | Source::Earlier => None,
    };
    if !input.from.is_empty() {
        object.insert("from".into(), input.from.iter().map(input_json).collect());
    }
    Value::Object(object)
}

pub(super) fn number(value: Option<Decimal>) -> Value {
    value
        .and_then(|value| value.to_string().parse::<Number>().ok())
        .map_or(Value::Null, Value::Number)
}

/// The keys that were merged into a customer's: their rows and events are this customer's too.
pub fn merged<'a>(grading: &'a Grading, id: &'a str) -> impl Iterator<Item = &'a str> {
    let merged = grading.book.inputs.merged.iter();
    merged.filter_map(move |(key, kept)| (**kept == *id).then_some(&**key))
}
