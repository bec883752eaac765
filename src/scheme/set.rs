//! `--set grades.A.when='score >= 75'`: one value of a scheme changed for one call.
//!
//! Works on the text and leaves the rest of it as it is, so that what is graded is a scheme like any other, whose
//! findings have the places that its author knows.

use crate::diagnostic::{Code, Finding, Text};
use crate::text;
use toml_edit::{DocumentMut, Item, TableLike, Value};

/// The text of the scheme with the value at `assignment` (`path=value`) changed. Tables in a list go by their `name`,
/// bands by their `label`, movements by what they are `of`, each by their number from 1. The value is TOML if it reads as such and the old one was no
/// text, else a text.
pub fn set(source: &str, assignment: &str) -> Result<String, Finding> {
    let Some((path, value)) = assignment.split_once('=') else {
        return Err(bad(text!(
            "`--set {assignment}` has no `=`",
            "`--set {assignment}` 缺少 `=`"
        ))
        .help(text!(
            "write `--set grades.A.when='score >= 75'`",
            "请写 `--set grades.A.when='score >= 75'`"
        )));
    };
    // A scheme that is not TOML is reported where it is validated, with its place.
    let Ok(mut document) = source.parse::<DocumentMut>() else {
        return Ok(source.to_owned());
    };
    let path = path.trim();
    let steps: Vec<&str> = path.split('.').map(str::trim).collect();
    assign(document.as_table_mut(), path, &steps, value.trim())?;
    Ok(document.to_string())
}

/// A scheme with the `[report]` of another, where that has one: what a report shows says nothing of grades, so that a run
/// of long ago can be reported as people report now. `None` where there is nothing to take, or one of them is not TOML.
pub fn with_report_of(scheme: &str, other: &str) -> Option<String> {
    let mut scheme: DocumentMut = scheme.parse().ok()?;
    let mut other: DocumentMut = other.parse().ok()?;
    let report = other.remove("report")?;
    scheme.insert("report", report);
    Some(scheme.to_string())
}

/// Sets what is left of the path below a table.
fn assign(
    table: &mut dyn TableLike,
    path: &str,
    steps: &[&str],
    value: &str,
) -> Result<(), Finding> {
    let Some((step, rest)) = steps.split_first() else {
        return Err(no_value(path));
    };
    if rest.is_empty() {
        return put(table, path, step, value);
    }
    match table.get_mut(step) {
        Some(Item::Table(child)) => assign(child, path, rest, value),
        Some(Item::Value(Value::InlineTable(child))) => assign(child, path, rest, value),
        Some(Item::ArrayOfTables(list)) => {
            let names = list
                .iter()
                .map(|entry| name_of(entry).or_else(|| ladder_of(step, entry)));
            let names = names.collect();
            let child = entry_of(names, rest[0]).and_then(|index| list.get_mut(index));
            child.map_or_else(
                || Err(nothing(path, steps, 2)),
                |child| assign(child, path, &rest[1..], value),
            )
        }
        Some(Item::Value(Value::Array(list))) => {
            let named = |entry: &Value| entry.as_inline_table().and_then(|table| name_of(table));
            let names = list.iter().map(named).collect();
            let child = entry_of(names, rest[0]).and_then(|index| list.get_mut(index));
            match child {
                Some(Value::InlineTable(child)) => assign(child, path, &rest[1..], value),
                _ => Err(nothing(path, steps, 2)),
            }
        }
        Some(_) => Err(no_value(path)),
        None => Err(nothing(path, steps, 1)),
    }
}

/// Puts the value under a key of a table, with the spaces and the comment that the old one had around it.
fn put(table: &mut dyn TableLike, path: &str, key: &str, value: &str) -> Result<(), Finding> {
    let old = table.get(key);
    if old.is_some_and(|old| old.as_value().is_none()) {
        return Err(no_value(path));
    }
    let old = old.and_then(Item::as_value);
    // `top` is a share as a text or a number of customers: `20%` may become `100`.
    let was_text = old
        .and_then(Value::as_str)
        .is_some_and(|old| !old.ends_with('%'));
    let mut new: Value = match value.parse::<Value>() {
        // `A` and `score >= 75` are texts without quotes, but so is `2024` where a text stood; a list is meant as one.
        Ok(parsed) if !was_text || parsed.is_str() || parsed.is_array() => parsed,
        _ => Value::from(value),
    };
    if let Some(old) = old {
        *new.decor_mut() = old.decor().clone();
    }
    match table.get_mut(key) {
        // In its place, so that the key stays as it was written.
        Some(item) => *item = Item::Value(new),
        None => {
            table.insert(key, Item::Value(new));
        }
    }
    Ok(())
}

/// What an entry of a list goes by.
fn name_of(table: &dyn TableLike) -> Option<String> {
    let text = |key| table.get(key).and_then(Item::as_str).map(str::to_owned);
    text("name").or_else(|| text("label"))
}

/// What a `[[movement]]` goes by: the ladder that it is of, grades if it does not say.
fn ladder_of(list: &str, table: &dyn TableLike) -> Option<String> {
    let of = table.get("of").and_then(Item::as_str);
    (list == "movement").then(|| of.unwrap_or("grade").to_owned())
}

/// The place of the entry that has this name, or this number from 1.
fn entry_of(names: Vec<Option<String>>, step: &str) -> Option<usize> {
    let count = names.len();
    let named = names
        .into_iter()
        .position(|name| name.as_deref() == Some(step));
    let numbered = || step.parse::<usize>().ok()?.checked_sub(1);
    named.or_else(|| numbered().filter(|index| *index < count))
}

fn bad(title: Text) -> Finding {
    Finding::error(Code::BadSet, title)
}

fn no_value(path: &str) -> Finding {
    bad(text!(
        "`{path}` is no single value of the scheme",
        "`{path}` 不是方案中的单个值"
    ))
}

/// The finding that the path leads nowhere; `steps` are those left, `known` how many of them were looked up in vain.
fn nothing(path: &str, steps: &[&str], known: usize) -> Finding {
    let left: usize = steps[known..].iter().map(|step| step.len() + 1).sum();
    let sofar = path.get(..path.len().saturating_sub(left)).unwrap_or(path);
    bad(text!(
        "the scheme has no `{sofar}`",
        "方案中没有 `{sofar}`"
    ))
    .help(text!(
        "name a table, or an entry of a list by its name: `grades.A.when`, `dimensions.价值.weight`",
        "请写表名，列表中的项写名称：`grades.A.when`、`dimensions.价值.weight`"
    ))
}

#[cfg(test)]
mod tests {
    use super::set;

    const SCHEME: &str = "[scheme]\nperiod   =  \"month\" # how often\n[[grades]]\nname = \"A\"\nwhen = \"x > 1\"\n\
                          [[dimensions]]\nname = \"价值\"\nweight = 60\nbands = [ { label = \"高\", points = 100 } ]\n\
                          [[movement]]\ngrace = 1\n[[movement]]\nof = \"type\"\nmin_hold = 3\n";

    #[test]
    fn one_value_changes_and_the_rest_stays() {
        for (assignment, old, new) in [
            (
                "grades.A.when=x > 2",
                "when = \"x > 1\"",
                "when = \"x > 2\"",
            ),
            (
                "grades.1.when='x > 2'",
                "when = \"x > 1\"",
                "when = 'x > 2'",
            ),
            ("dimensions.价值.weight=40", "weight = 60", "weight = 40"),
            (
                "dimensions.价值.bands.高.points = 7",
                "points = 100",
                "points = 7",
            ),
            ("grades.A.when=['a', 'b']", "\"x > 1\"", "['a', 'b']"),
            ("scheme.period=year", "\"month\" #", "\"year\" #"),
            ("movement.grade.grace=2", "grace = 1", "grace = 2"),
            ("movement.type.min_hold=4", "min_hold = 3", "min_hold = 4"),
            ("movement.2.min_hold=4", "min_hold = 3", "min_hold = 4"),
        ] {
            let changed = set(SCHEME, assignment).unwrap();
            assert_eq!(changed, SCHEME.replace(old, new), "{assignment}");
        }
    }

    #[test]
    fn a_path_to_nowhere_is_told_as_far_as_it_goes() {
        for (assignment, told) in [
            ("grades.B.when=1", "the scheme has no `grades.B`"),
            ("grade.A.when=1", "the scheme has no `grade`"),
            (
                "dimensions.价值.bands.低.points=1",
                "the scheme has no `dimensions.价值.bands.低`",
            ),
            ("grades.A=1", "`grades.A` is no single value of the scheme"),
            ("grades=1", "`grades` is no single value of the scheme"),
        ] {
            assert_eq!(
                set(SCHEME, assignment).unwrap_err().title.en,
                told,
                "{assignment}"
            );
        }
    }
}
