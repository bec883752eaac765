//! `--set grades.A.when='score >= 75'`: one value of a scheme changed for one call.
//!
//! Works on the text, so that what is graded is a scheme like any other, whose findings have places.

use crate::diagnostic::{Code, Finding};
use crate::text;
use toml_edit::{DocumentMut, Item, Value};

/// The text of the scheme with the value at `assignment` (`path=value`) changed. Tables in a list go by their `name`,
/// bands by their `label`. The value is TOML if it reads as such and the old one was no text (or it
/// is a list, which a text never means), else a text.
pub fn set(source: &str, assignment: &str) -> Result<String, Finding> {
    let bad = |title| Finding::error(Code::BadSet, title);
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
    let path = path.trim();
    // A scheme that is not TOML is reported where it is validated, with its place.
    let Ok(mut document) = source.parse::<DocumentMut>() else {
        return Ok(source.to_owned());
    };
    let steps: Vec<&str> = path.split('.').map(str::trim).collect();
    let Some((last, parents)) = steps.split_last() else {
        return Ok(source.to_owned());
    };
    let mut item: &mut Item = document.as_item_mut();
    for (depth, step) in parents.iter().enumerate() {
        let sofar = steps[..=depth].join(".");
        item = descend(item, step).ok_or_else(|| {
            bad(text!("the scheme has no `{sofar}`", "方案中没有 `{sofar}`")).help(text!(
                "name a table, or an entry of a list by its name: `grades.A.when`, `dimensions.价值.weight`",
                "请写表名，列表中的项写名称：`grades.A.when`、`dimensions.价值.weight`"
            ))
        })?;
    }
    let old = item.get(last);
    if old.is_some_and(|old| old.as_value().is_none())
        || (old.is_none() && item.as_table_like().is_none())
    {
        return Err(bad(text!(
            "`{path}` is no single value of the scheme",
            "`{path}` 不是方案中的单个值"
        )));
    }
    let was_text = old.and_then(Item::as_str).is_some();
    let new: Value = match value.trim().parse::<Value>() {
        Ok(parsed) if !was_text || parsed.is_str() || parsed.is_array() => parsed,
        _ => Value::from(value.trim()),
    };
    if let Some(table) = item.as_table_like_mut() {
        table.insert(last, Item::Value(new));
    }
    Ok(document.to_string())
}

/// The child of a table, or the entry of a list that has this name or label (or number, from 1).
fn descend<'a>(item: &'a mut Item, step: &str) -> Option<&'a mut Item> {
    let is = |name: Option<&str>| name == Some(step);
    match item {
        Item::ArrayOfTables(tables) => {
            let index = tables.iter().position(|table| {
                is(table.get("name").and_then(Item::as_str))
                    || is(table.get("label").and_then(Item::as_str))
            });
            let index = index.or_else(|| number(step, tables.len()))?;
            // A list of tables hands out tables, not items; one entry is reached as an item through the list itself.
            let list = std::mem::take(tables);
            *item = Item::Value(Value::Array(list.into_array()));
            descend_array(item, index)
        }
        Item::Value(Value::Array(array)) => {
            let index = array.iter().position(|value| {
                let name = |key| {
                    value
                        .as_inline_table()
                        .and_then(|table| table.get(key))
                        .and_then(Value::as_str)
                };
                is(name("name")) || is(name("label"))
            });
            let index = index.or_else(|| number(step, array.len()))?;
            descend_array(item, index)
        }
        other => other.get_mut(step),
    }
}

fn descend_array(item: &mut Item, index: usize) -> Option<&mut Item> {
    item.get_mut(index)
}

fn number(step: &str, len: usize) -> Option<usize> {
    step.parse::<usize>()
        .ok()
        .filter(|number| (1..=len).contains(number))
        .map(|number| number - 1)
}
