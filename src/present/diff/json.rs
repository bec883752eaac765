//! A comparison for programs. The keys are fixed, in English; numbers are JSON numbers with their exact digits.

use super::Diff;
use crate::compare::{Class, Move, plain};
use crate::table::{Decimal, Value as Cell};
use serde_json::{Map, Number, Value, json};
use std::io::{self, Write};

/// Writes one document: `{"summary": …, "matrix": …, "moves": …}`. The moves are those with whom something happened. Of
/// another scheme there are `effects` too: sections of tables as reports have them.
pub fn write_json(diff: &Diff, out: &mut dyn Write) -> io::Result<()> {
    let listed = |found: &&Move| match &diff.only {
        Some(only) => only.contains(&found.class),
        None => found.class != Class::Unchanged,
    };
    out.write_all(b"{\n\"summary\": ")?;
    serde_json::to_writer(&mut *out, &summary(diff))?;
    out.write_all(b",\n\"matrix\": ")?;
    list(flows(diff).into_iter(), out)?;
    if !diff.effects.is_empty() {
        out.write_all(b",\n\"effects\": ")?;
        let sections = crate::present::report::json::sections(&diff.effects);
        serde_json::to_writer(&mut *out, &sections)?;
    }
    out.write_all(b",\n\"moves\": ")?;
    list(diff.comparison.moves.iter().filter(listed).map(record), out)?;
    out.write_all(b"\n}\n")?;
    out.flush()
}

/// Writes the figures alone, without who they are of.
pub fn write_summary(diff: &Diff, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &summary(diff))?;
    out.write_all(b"\n")
}

/// Writes a line a customer.
pub fn write_lines(diff: &Diff, out: &mut dyn Write) -> io::Result<()> {
    let listed = |found: &&Move| {
        diff.only
            .as_ref()
            .is_none_or(|only| only.contains(&found.class))
    };
    write_moves(diff.comparison.moves.iter().filter(listed), out)?;
    out.flush()
}

/// Writes the lines of these customers.
pub fn write_moves<'a>(
    moves: impl IntoIterator<Item = &'a Move>,
    out: &mut dyn Write,
) -> io::Result<()> {
    for found in moves {
        serde_json::to_writer(&mut *out, &record(found))?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// An array with an item a line.
fn list(items: impl Iterator<Item = Value>, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(b"[")?;
    let mut between: &[u8] = b"\n  ";
    for item in items {
        out.write_all(between)?;
        serde_json::to_writer(&mut *out, &item)?;
        between = b",\n  ";
    }
    out.write_all(if between == b"\n  " { b"]" } else { b"\n]" })
}

fn summary(diff: &Diff) -> Value {
    let comparison = &diff.comparison;
    let mut summary = Map::new();
    let mut put = |key: &str, value: Value| summary.insert(key.to_owned(), value);
    put(
        "old",
        json!({"name": diff.names.0, "customers": comparison.old}),
    );
    put(
        "new",
        json!({"name": diff.names.1, "customers": comparison.new}),
    );
    put("on", json!(diff.on));
    put("ordered", json!(comparison.is_ordered));
    let levels: Vec<&str> = comparison.levels.iter().map(|level| &**level).collect();
    put("levels", json!(levels));
    let counts = Class::ALL.map(|class| (class.key().to_owned(), json!(comparison.count(class))));
    put("counts", Value::Object(counts.into_iter().collect()));
    put("moved", json!(comparison.moved()));
    if !diff.cuts.is_empty() {
        put("grades", super::cuts::json(&diff.cuts));
    }
    Value::Object(summary)
}

/// The flows with anybody in them. Without a level there is `null`, and `from_is` and `to_is` say why.
fn flows(diff: &Diff) -> Vec<Value> {
    let matrix = &diff.comparison.matrix;
    let end = |at: usize, outside: Class| match matrix.levels.get(at) {
        Some(level) => (json!(**level), "level"),
        None if at == matrix.unrated() => (Value::Null, Class::Unrated.key()),
        None => (Value::Null, outside.key()),
    };
    let mut flows = vec![];
    for (row, columns) in matrix.rows.iter().enumerate() {
        for (column, flow) in columns
            .iter()
            .enumerate()
            .filter(|(_, flow)| flow.count > 0)
        {
            let (from, from_is) = end(row, Class::New);
            let (to, to_is) = end(column, Class::Absent);
            flows.push(json!({
                "from": from,
                "from_is": from_is,
                "to": to,
                "to_is": to_is,
                "count": flow.count,
                "share": flow.share.map_or(Value::Null, number),
                "amount": flow.amount.map_or(Value::Null, number),
            }));
        }
    }
    flows
}

fn record(found: &Move) -> Value {
    let text = |text: Option<&std::sync::Arc<str>>| text.map_or(Value::Null, |text| json!(**text));
    let changed: Vec<Value> = found
        .changed
        .iter()
        .map(|changed| {
            json!({"name": *changed.name, "old": value(&changed.old), "new": value(&changed.new)})
        })
        .collect();
    json!({
        "id": *found.id,
        "name": text(found.name.as_ref()),
        "class": found.class.key(),
        "steps": found.steps,
        "old": text(found.old.as_ref().filter(|_| found.there.0)),
        "new": text(found.new.as_ref().filter(|_| found.there.1)),
        "cause": found.cause.map(crate::compare::Cause::key),
        "changed": changed,
        "reason": text(found.reason.as_ref()),
    })
}

/// A value as its plain reading has it: `1,200` of a text file is the number that a workbook has.
fn value(cell: &Cell) -> Value {
    match plain(cell).as_ref().unwrap_or(cell) {
        Cell::Missing => Value::Null,
        Cell::Number(exact) => number(*exact),
        Cell::Date(date) => json!(date.to_string()),
        Cell::DateTime(moment) => json!(moment.to_string()),
        Cell::Bool(truth) => json!(truth),
        Cell::Text(text) => json!(**text),
        Cell::List(items) => items.iter().map(|item| json!(**item)).collect(),
    }
}

/// A number with its exact digits.
fn number(exact: Decimal) -> Value {
    let digits = exact.to_string();
    digits.parse::<Number>().map_or(Value::Null, Value::Number)
}
