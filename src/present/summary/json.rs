//! The summary as JSON, for `--summary-json`: English keys, exact numbers.

use super::{Share, Summary};
use crate::diagnostic::Shown;
use crate::diagnostic::{At, Severity};
use crate::table::{self, Decimal};
use serde_json::{Map, Number, Value, json};
use std::io::{self, Write};

/// Writes the summary as one JSON document.
pub fn write_json(summary: &Summary, out: &mut (impl Write + ?Sized)) -> io::Result<()> {
    let shares = |shares: &[Share]| shares.iter().map(share).collect::<Vec<Value>>();
    let counts = |pairs: Vec<(&str, usize)>| {
        pairs
            .into_iter()
            .map(|(name, count)| (name.to_owned(), count.into()))
            .collect::<Map<String, Value>>()
    };
    let severity = |wanted| {
        summary
            .findings
            .iter()
            .filter(|finding| finding.severity == wanted)
            .count()
    };
    let mut document = json!({
        "scheme": { "name": summary.scheme.0, "version": summary.scheme.1, "sha256": summary.scheme_hash },
        "as_of": summary.as_of.to_string(),
        "version": summary.version,
        "inputs": summary.inputs.iter().map(|(file, rows)| json!({ "file": file, "rows": rows })).collect::<Vec<_>>(),
        "customers": summary.customers,
        "unrated": summary.unrated,
        "refused": summary.refused,
        "decisions": counts(summary.decisions.iter().map(|(decision, count)| (decision.key(), *count)).collect()),
        "grades": shares(&summary.grades),
        "types": shares(&summary.types),
        "dimensions": summary
            .dimensions
            .iter()
            .map(|(name, labels)| (name.to_string(), Value::from(shares(labels))))
            .collect::<Map<String, Value>>(),
        "tags": shares(&summary.tags),
        "reviews": counts(summary.reviews.iter().map(|(name, count)| (&**name, *count)).collect()),
        "findings": {
            "errors": severity(Severity::Error),
            "warnings": severity(Severity::Warning),
            "notes": severity(Severity::Note),
            "list": summary.findings.iter().map(finding).collect::<Vec<_>>(),
        },
    });
    // The key is there only where something is estimated.
    if !summary.estimates.is_empty() {
        let estimates = summary.estimates.iter();
        let estimates = estimates.map(|(name, rests_on)| (name.to_string(), json!(rests_on)));
        document["estimates"] = Value::Object(estimates.collect());
    }
    serde_json::to_writer_pretty(&mut *out, &document)?;
    out.write_all(b"\n")
}

fn share(share: &Share) -> Value {
    json!({
        "name": share.name,
        "count": share.count,
        "share": exact(Some(share.share)),
        "amount": exact(share.amount),
        "amount_share": exact(share.amount_share),
        "cutoff": share.cutoff,
    })
}

/// A finding as data, in both languages.
pub fn finding(finding: &crate::diagnostic::Finding) -> Value {
    let place = match &finding.at {
        At::Data(place) => Value::from(place.to_string()),
        At::Span(span) => json!({ "start": span.start, "end": span.end }),
        At::Nowhere => Value::Null,
    };
    let mut data = json!({
        "code": finding.code.word(),
        "severity": severity_key(finding.severity),
        "place": place,
        "title": { "en": finding.title.en, "zh": finding.title.zh },
        "help": finding.help.as_ref().map(|help| json!({ "en": help.en, "zh": help.zh })),
    });
    if let Some(about) = &finding.about {
        data["sheet"] = json!(about.sheet);
        data["field"] = json!(about.field);
        data["key"] = json!(about.key);
        data["value"] = json!(finding.cell.as_ref().map(|(_, value)| value));
        data["check"] = json!(about.check);
        data["owner"] = json!(about.owner);
        data["due"] = json!(about.due.map(|day| day.to_string()));
    }
    for (key, value) in shown_by(finding) {
        data[key] = value;
    }
    data
}

/// What shows a finding about a scheme: the customers made for it, and those of the data whom it is about.
pub fn shown_by(finding: &crate::diagnostic::Finding) -> Vec<(&'static str, Value)> {
    let mut shown = vec![];
    if !finding.witnesses.is_empty() {
        let all: Vec<Value> = finding.witnesses.iter().map(witness).collect();
        shown.push(("witnesses", Value::Array(all)));
    }
    if let Some(customers) = &finding.customers {
        shown.push(("customers", json!(customers)));
    }
    shown
}

fn witness(witness: &crate::diagnostic::Witness) -> Value {
    let mut values = serde_json::Map::new();
    for (name, shown) in &witness.values {
        let shown = match shown {
            Shown::One(value) => cell(value),
            Shown::Periods(values) => values.iter().map(cell).collect(),
        };
        values.insert(name.to_string(), shown);
    }
    json!({ "values": values, "entry": witness.entry })
}

/// A value as data; a text that stands for any other is told as null.
fn cell(value: &table::Value) -> Value {
    match value {
        table::Value::Missing => Value::Null,
        table::Value::Number(number) => exact(Some(*number)),
        table::Value::Date(date) => Value::from(date.to_string()),
        table::Value::DateTime(moment) => Value::from(moment.to_string()),
        table::Value::Bool(truth) => Value::from(*truth),
        table::Value::Text(text) => Value::from(&**text),
        table::Value::List(items) => json!(items),
    }
}

/// The word for a severity in data.
pub const fn severity_key(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

/// A decimal with its exact digits.
fn exact(value: Option<Decimal>) -> Value {
    value
        .and_then(|value| value.to_string().parse::<Number>().ok())
        .map_or(Value::Null, Value::Number)
}
