//! Whether those who know a customer could find the row again: rows that nobody else shares the shown values with.

use crate::diagnostic::{Code, Finding};
use crate::expr::Slot;
use crate::grading::Grading;
use crate::scheme::model::{Sight, SlotKind};
use crate::table::{Column, Value};
use crate::text;
use crate::words::how_many;
use foldhash::HashMap;

/// A warning where rows of which something is masked are still the only ones with their values in the columns that are
/// shown: texts, choices, dates and truth values, by which people know customers. Numbers are not counted, which are
/// nearly always unique; nor is the key, nor the name.
pub fn unique(seen: &Grading) -> Option<Finding> {
    let role = seen.role.as_ref()?;
    if role.masked.is_empty() && role.pseudonyms.is_empty() {
        return None;
    }
    let customers = seen.scheme.customers.as_ref()?;
    let entries = seen.scheme.slots.entries.iter().enumerate();
    let columns: Vec<(&str, &Column)> = entries
        .filter(|(_, entry)| match entry.kind {
            SlotKind::Field(field) => {
                entry.sight == Sight::Open
                    && field != customers.key
                    && Some(field) != customers.name
            }
            SlotKind::LookupField(..) => entry.sight == Sight::Open,
            _ => false,
        })
        .map(|(index, entry)| (&*entry.name, seen.facts.get(Slot(index as u32))))
        .filter(|(_, column)| !matches!(column, Column::Number(_)) && column.len() == seen.len())
        .collect();
    let mut rows: HashMap<String, usize> = HashMap::default();
    for row in 0..seen.len() {
        let mut values = String::new();
        for (_, column) in &columns {
            if let Value::Missing = column.value(row) {
                values.push('\u{1}');
            } else {
                values += &format!("{:?}\u{2}", column.value(row));
            }
        }
        *rows.entry(values).or_insert(0) += 1;
    }
    let alone = rows.values().filter(|count| **count == 1).count();
    if alone == 0 || columns.is_empty() {
        return None;
    }
    let (all, names) = (seen.len(), names(&columns));
    let zh = names.join("、");
    let en = names.join(", ");
    let rows = how_many(all, "row");
    Some(
        Finding::warning(
            Code::StillUnique,
            text!(
                "{alone} of {rows} can still be told apart: nobody else has the same {en}",
                "{all} 行中有 {alone} 行仍可辨认：{zh} 的组合没有第二个客户相同"
            ),
        )
        .help(text!(
            "hide or mask one of these columns too, if those who get the file must not know who it is",
            "如果拿到文件的人不应知道是谁，请再隐藏或打码其中一列"
        )),
    )
}

/// The names of the columns in backticks.
fn names(columns: &[(&str, &Column)]) -> Vec<String> {
    columns
        .iter()
        .map(|(name, _)| format!("`{name}`"))
        .collect()
}
