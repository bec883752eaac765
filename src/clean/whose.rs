//! Which row a finding is about, and whose it is to see to it: the row's key, the owner that field or check names, the
//! day until which there is time.

use super::sheet::{RowRef, shown};
use super::text::trim;
use crate::diagnostic::About;
use crate::expr::Slot;
use crate::read::Table;
use crate::scheme::model::{Care, Sheet, TemplatePart};
use crate::table::{Date, Value};
use std::sync::Arc;

/// The tables of a sheet, to ask them about their rows.
#[derive(Clone, Copy)]
pub struct Whose<'a> {
    /// The sheet.
    pub sheet: &'a Sheet,
    /// Its tables.
    pub tables: &'a [Table],
    /// For each table and field the column of the table that the field was read from.
    pub sources: &'a [Vec<Option<usize>>],
    /// The field that is the key.
    pub key: Option<usize>,
    /// As of which date each table came in.
    pub as_of: &'a [Date],
}

impl Whose<'_> {
    /// What a finding about a row is about. `known` gives the value of a field where it could be read; else the cell
    /// counts as it is written.
    pub fn row(&self, at: RowRef, care: &Care, known: &dyn Fn(usize) -> Option<Arc<str>>) -> About {
        let value = |field: usize| known(field).or_else(|| self.written(at, field));
        About {
            key: self.key.and_then(value),
            owner: owner(care, &value),
            ..self.table(at.table as usize, care)
        }
    }

    /// What a finding about a table as a whole is about. Only an owner without names in braces is known then.
    pub fn table(&self, table: usize, care: &Care) -> About {
        let due = care.due_days.zip(self.as_of.get(table));
        About {
            sheet: self.sheet.name.clone(),
            owner: owner(care, &|_| None),
            due: due.and_then(|(days, as_of)| as_of.add_working_days(days as i32)),
            ..About::default()
        }
    }

    fn written(&self, at: RowRef, field: usize) -> Option<Arc<str>> {
        let column = self.sources[at.table as usize].get(field).copied()??;
        let table = self.tables.get(at.table as usize)?;
        let text = shown(table.rows.cell(at.row as usize, column));
        let text = trim(&text);
        (!text.is_empty()).then(|| text.into())
    }
}

/// The owner; `None` where there is none, or a name in braces has no value.
fn owner(care: &Care, value: &dyn Fn(usize) -> Option<Arc<str>>) -> Option<Arc<str>> {
    let mut text = String::new();
    for part in &care.owner.as_ref()?.parts {
        match part {
            TemplatePart::Text(plain) => text.push_str(plain),
            TemplatePart::Slot(Slot(field)) => text.push_str(&value(*field as usize)?),
        }
    }
    (!text.is_empty()).then(|| text.into())
}

/// A value as people write it; `None` if it is missing.
pub fn as_text(value: &Value) -> Option<Arc<str>> {
    Some(match value {
        // A truth the cell says in the words of its people.
        Value::Missing | Value::Bool(_) => return None,
        Value::Text(text) => text.clone(),
        Value::Number(number) => number.to_string().into(),
        Value::Date(date) => date.to_string().into(),
        Value::DateTime(moment) => moment.to_string().into(),
        Value::List(items) => items.join("、").into(),
    })
}
