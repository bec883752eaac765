//! JSON lines and JSON of a grading: one object a customer, with fixed keys and exact digits.

use crate::assess::parts;
use crate::book::Entry;
use crate::diagnostic::Lang;
use crate::explain::distance::Nearest;
use crate::explain::{Explainer, score_of};
use crate::expr::Slot;
use crate::grading::{Grading, Kept};
use crate::scheme::model::{Sight, SlotKind, Strategy};
use crate::table::{Decimal, Value};
use std::io::{self, Write};

/// How many bytes are gathered before they are written.
const BLOCK: usize = 1 << 16;

/// Writes one line for each entry.
pub fn write_lines(
    grading: &Grading,
    entries: &[Entry],
    lang: Lang,
    out: &mut dyn Write,
) -> io::Result<()> {
    let teller = Teller::new(grading, lang);
    let mut buffer = Vec::with_capacity(BLOCK * 2);
    for entry in entries {
        object(&teller, *entry, &mut buffer);
        buffer.push(b'\n');
        if buffer.len() >= BLOCK {
            out.write_all(&buffer)?;
            buffer.clear();
        }
    }
    out.write_all(&buffer)
}

/// Writes one array of the same objects.
pub fn write_array(
    grading: &Grading,
    entries: &[Entry],
    lang: Lang,
    out: &mut dyn Write,
) -> io::Result<()> {
    let teller = Teller::new(grading, lang);
    let mut buffer = Vec::with_capacity(BLOCK * 2);
    buffer.extend_from_slice(b"[");
    for (index, entry) in entries.iter().enumerate() {
        buffer.extend_from_slice(if index == 0 { b"\n  " } else { b",\n  " });
        object(&teller, *entry, &mut buffer);
        if buffer.len() >= BLOCK {
            out.write_all(&buffer)?;
            buffer.clear();
        }
    }
    buffer.extend_from_slice(if entries.is_empty() { b"]\n" } else { b"\n]\n" });
    out.write_all(&buffer)
}

/// What texts of a customer are from.
struct Teller<'a> {
    explainer: Explainer<'a>,
    nearest: Nearest,
}

impl<'a> Teller<'a> {
    fn new(grading: &'a Grading, lang: Lang) -> Self {
        Self {
            explainer: Explainer::new(grading, lang),
            nearest: Nearest::new(grading),
        }
    }
}

/// The object of one customer.
fn object(teller: &Teller<'_>, entry: Entry, out: &mut Vec<u8>) {
    let grading = teller.explainer.grading();
    match entry {
        Entry::Customer(row) => customer(teller, row as usize, out),
        Entry::Refused(_) | Entry::Absent(_) => {
            if let Some(kept) = grading.kept(entry) {
                without_values(grading, &kept, teller.explainer.lang(), out);
            }
        }
    }
}

fn customer(teller: &Teller<'_>, row: usize, out: &mut Vec<u8>) {
    let Teller { explainer, nearest } = teller;
    let (grading, lang) = (explainer.grading(), explainer.lang());
    let scheme = &grading.scheme;
    let roster = &grading.book.roster;
    let decided = &grading.decided[row];
    let previous = grading
        .earlier(row)
        .grade
        .map(|grade| &*scheme.grades[grade].name);
    key(out, "id", true);
    text(out, &roster.ids[row]);
    key(out, "name", false);
    maybe_text(out, roster.names[row].as_deref());
    key(out, "grade", false);
    maybe_text(out, grading.grade_name(row).map(|name| &**name));
    key(out, "previous", false);
    maybe_text(out, previous);
    key(out, "decision", false);
    text(out, decided.decision.key());
    key(out, "since", false);
    maybe_text(out, decided.since.map(|date| date.to_string()).as_deref());
    key(out, "type", false);
    maybe_text(out, grading.type_name(row).map(|name| &**name));
    key(out, "score", false);
    maybe_number(out, score_of(grading, row));
    key(out, "labels", false);
    let is_seen = |slot: Slot| scheme.slots.sight(slot) != Sight::Hidden;
    let labels: Vec<_> = scheme
        .dimensions
        .iter()
        .filter(|dimension| is_seen(dimension.label_slot))
        .collect();
    map(
        out,
        labels.iter().map(|dimension| &*dimension.name),
        |index, out| value(&grading.facts.get(labels[index].label_slot).value(row), out),
    );
    key(out, "points", false);
    let scored: Vec<usize> = (0..scheme.dimensions.len())
        .filter(|index| {
            let dimension = &scheme.dimensions[*index];
            dimension.weight.is_some() && is_seen(dimension.points_slot)
        })
        .collect();
    map(
        out,
        scored.iter().map(|index| &*scheme.dimensions[*index].name),
        |index, out| {
            maybe_number(
                out,
                grading
                    .facts
                    .get(scheme.dimensions[scored[index]].points_slot)
                    .number_at(row),
            );
        },
    );
    key(out, "parts", false);
    let parts = parts(scheme, &grading.assessment.dimensions, &grading.facts, row);
    map(
        out,
        parts
            .iter()
            .map(|(index, _)| &*scheme.dimensions[*index].name),
        |index, out| parts[index].1.write(out),
    );
    key(out, "tags", false);
    list(out, grading.tags(row).iter().map(|tag| &**tag));
    key(out, "reasons", false);
    list(out, explainer.reasons(row).iter().map(String::as_str));
    key(out, "next", false);
    maybe_text(
        out,
        crate::explain::next(grading, nearest, row, lang).as_deref(),
    );
    key(out, "strategy", false);
    match grading.classification.strategies[row].index() {
        Some(index) => strategy(&scheme.strategies[index], out),
        None => out.extend_from_slice(b"null"),
    }
    key(out, "values", false);
    values(grading, row, out);
    estimates(grading, out);
    out.push(b'}');
}

/// Which of the values are estimates; where there are none, nothing.
fn estimates(grading: &Grading, out: &mut Vec<u8>) {
    let slots = &grading.scheme.slots.entries;
    let is_value = |kind| matches!(kind, SlotKind::Metric(_) | SlotKind::Value(_));
    let mut names = slots
        .iter()
        .filter(|entry| entry.is_estimate && entry.sight != Sight::Hidden && is_value(entry.kind))
        .map(|entry| &*entry.name)
        .peekable();
    if names.peek().is_some() {
        key(out, "estimates", false);
        list(out, names);
    }
}

/// Every metric and value; of a series the value of each closed period, oldest first.
fn values(grading: &Grading, row: usize, out: &mut Vec<u8>) {
    let scheme = &grading.scheme;
    let metrics = scheme
        .metrics
        .iter()
        .map(|metric| (&*metric.name, metric.slot));
    let all: Vec<_> = metrics
        .chain(scheme.values.iter().map(|value| (&*value.name, value.slot)))
        .filter(|(_, slot)| scheme.slots.sight(*slot) != Sight::Hidden)
        .collect();
    map(out, all.iter().map(|(name, _)| *name), |index, out| {
        let slot = all[index].1;
        match grading.facts.get_series(slot) {
            None => value(&grading.facts.get(slot).value(row), out),
            Some(series) => {
                out.push(b'[');
                for period in 0..series.periods {
                    if period > 0 {
                        out.push(b',');
                    }
                    value(&series.values.value(row * series.periods + period), out);
                }
                out.push(b']');
            }
        }
    });
}

fn without_values(grading: &Grading, kept: &Kept<'_>, lang: Lang, out: &mut Vec<u8>) {
    let scheme = &grading.scheme;
    let grade = kept.before.grade.map(|grade| &*scheme.grades[grade].name);
    let kind = kept.before.kind.map(|kind| &*scheme.types[kind].name);
    key(out, "id", true);
    maybe_text(out, kept.id);
    key(out, "name", false);
    maybe_text(out, kept.name);
    for name in ["grade", "previous"] {
        key(out, name, false);
        maybe_text(out, grade);
    }
    key(out, "decision", false);
    text(out, kept.decision.key());
    key(out, "since", false);
    let since = kept.before.since.map(|date| date.to_string());
    maybe_text(out, since.as_deref());
    key(out, "type", false);
    maybe_text(out, kind);
    out.extend_from_slice(br#","score":null,"labels":{},"points":{},"parts":{},"tags":[]"#);
    key(out, "reasons", false);
    list(out, kept.why.iter().map(|why| why.get(lang)));
    out.extend_from_slice(br#","next":null,"strategy":null,"values":{}}"#);
}

fn strategy(strategy: &Strategy, out: &mut Vec<u8>) {
    let texts = [
        ("service", &strategy.service),
        ("resources", &strategy.resources),
        ("owner_level", &strategy.owner_level),
        ("respond_within", &strategy.respond_within),
        ("goal", &strategy.goal),
    ];
    for (index, (name, value)) in texts.into_iter().enumerate() {
        key(out, name, index == 0);
        maybe_text(out, value.as_deref());
    }
    key(out, "benefits", false);
    list(out, strategy.benefits.iter().map(String::as_str));
    for (name, value) in [("hours", strategy.hours), ("cost", strategy.cost)] {
        key(out, name, false);
        maybe_number(out, value);
    }
    out.push(b'}');
}

/// A key with what stands before it: the brace of a new object, or a comma.
fn key(out: &mut Vec<u8>, name: &str, first: bool) {
    out.push(if first { b'{' } else { b',' });
    text(out, name);
    out.push(b':');
}

fn text(out: &mut Vec<u8>, value: &str) {
    // Writing to a vector cannot fail, and a text is always JSON.
    let _ = serde_json::to_writer(out, value);
}

fn maybe_text(out: &mut Vec<u8>, value: Option<&str>) {
    match value {
        Some(value) => text(out, value),
        None => out.extend_from_slice(b"null"),
    }
}

fn maybe_number(out: &mut Vec<u8>, value: Option<Decimal>) {
    match value {
        Some(value) => value.write(out),
        None => out.extend_from_slice(b"null"),
    }
}

/// A value as JSON: numbers with their exact digits, dates as ISO text.
pub fn value(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Missing => out.extend_from_slice(b"null"),
        Value::Number(number) => number.write(out),
        Value::Date(date) => text(out, &date.to_string()),
        Value::DateTime(moment) => text(out, &moment.to_string().replace(' ', "T")),
        Value::Bool(truth) => out.extend_from_slice(if *truth { b"true" } else { b"false" }),
        Value::Text(content) => text(out, content),
        Value::List(items) => list(out, items.iter().map(|item| &**item)),
    }
}

fn list<'a>(out: &mut Vec<u8>, items: impl Iterator<Item = &'a str>) {
    out.push(b'[');
    for (index, item) in items.enumerate() {
        if index > 0 {
            out.push(b',');
        }
        text(out, item);
    }
    out.push(b']');
}

fn map<'a>(
    out: &mut Vec<u8>,
    names: impl Iterator<Item = &'a str>,
    mut entry: impl FnMut(usize, &mut Vec<u8>),
) {
    out.push(b'{');
    for (index, name) in names.enumerate() {
        if index > 0 {
            out.push(b',');
        }
        text(out, name);
        out.push(b':');
        entry(index, out);
    }
    out.push(b'}');
}
