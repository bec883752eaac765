//! What changed since the last import of a source: the checks that look at it, and slips of units.

use super::{Part, file, rows, slip};
use crate::clean::sheet::CleanSheet;
use crate::clean::whose::Whose;
use crate::diagnostic::Finding;
use crate::expr::FieldFrame;
use crate::read::Table;
use crate::scheme::model::{Sheet, That};
use crate::table::column::MISSING_TEXT;
use crate::table::{Column, Date};
use foldhash::HashMap;
use std::ops::Range;
use std::sync::Arc;

/// One table of a sheet, cleaned.
#[derive(Clone, Copy)]
pub struct Last<'a> {
    /// The sheet.
    pub sheet: &'a Sheet,
    /// The field by which rows belong together: the customer, or the key of a lookup.
    pub key: usize,
    /// The field by which one row is known: the key of a customer or lookup, the id of an event.
    pub row_key: Option<usize>,
    /// Tables of the sheet, among them this one.
    pub tables: &'a [Table],
    /// Which of them it is.
    pub table: usize,
    /// Its rows.
    pub clean: &'a CleanSheet,
    /// As of which date each table came in.
    pub as_of: &'a [Date],
}

impl<'a> Last<'a> {
    fn part(&self) -> Part<'a> {
        let as_of = self.as_of[self.table];
        let key = Some(self.key);
        Part::of(
            self.sheet,
            self.tables,
            self.clean,
            (self.table, self.rows()),
            key,
            as_of,
            self.as_of,
        )
    }

    /// Which of the good rows are its own.
    pub(super) fn rows(&self) -> Range<usize> {
        let mut parts = self.clean.by_table();
        let own = parts.find(|(table, _)| *table == self.table);
        own.map(|(_, rows)| rows).unwrap_or_default()
    }

    fn as_of(&self) -> Date {
        self.as_of[self.table]
    }

    pub(super) fn whose(&self) -> Whose<'a> {
        Whose {
            sheet: self.sheet,
            tables: self.tables,
            sources: &self.clean.sources,
            key: Some(self.key),
            as_of: self.as_of,
        }
    }

    /// Its place, for messages.
    pub(super) fn name(&self) -> String {
        self.tables[self.table].origin.place().to_string()
    }
}

/// What there is to say of a table that comes in beside the last import of its source. Slips of units are looked for in
/// all fields but those of which `accepted` says that their values are true. The checks look back in time only: where an
/// older table comes in late, they say nothing.
pub fn since(now: &Last<'_>, before: &Last<'_>, accepted: &[String]) -> Vec<Finding> {
    let mut findings = slip::slips(now, before, accepted);
    let mut checks = now.sheet.checks.iter().filter(|check| check.reads_before());
    if before.as_of() > now.as_of() || checks.clone().next().is_none() {
        return findings;
    }
    let (part, earlier) = (now.part(), before.part());
    let matched = now
        .row_key
        .map(|key| matched(&part.columns[key], &earlier.columns[key]));
    let known: Vec<bool> = matched
        .as_deref()
        .unwrap_or_default()
        .iter()
        .map(Option::is_some)
        .collect();
    let behind: Vec<Column> = match &matched {
        Some(matched) => earlier
            .columns
            .iter()
            .map(|column| column.gather(matched))
            .collect(),
        None => vec![],
    };
    for check in checks.by_ref() {
        match &check.that {
            That::EachRow { condition, .. } if matched.is_some() => {
                let columns = part.columns.iter().map(AsRef::as_ref).chain(&behind);
                let frame = FieldFrame::of(columns.collect(), part.len(), part.as_of);
                let judged = rows::judge(&part, check, condition, &frame, Some(&known));
                findings.extend(judged.failing);
                findings.extend(judged.unknown);
                findings.extend(judged.too_many);
            }
            That::EachRow { .. } => {}
            That::WholeFile { condition, figures } => {
                findings.extend(file::judge(
                    &part,
                    check,
                    condition,
                    figures,
                    Some(&earlier),
                ));
            }
        }
    }
    findings
}

/// For each row of `now` the row that `before` has for the same key.
fn matched(now: &Column, before: &Column) -> Vec<Option<u32>> {
    let (Column::Text(now), Column::Text(before)) = (now, before) else {
        return vec![None; now.len()];
    };
    let mut rows: HashMap<&Arc<str>, u32> = HashMap::default();
    for (row, code) in before.codes.iter().enumerate() {
        if *code != MISSING_TEXT {
            rows.insert(&before.dictionary[*code as usize], row as u32);
        }
    }
    // Each distinct key is looked up once.
    let found: Vec<Option<u32>> = now
        .dictionary
        .iter()
        .map(|text| rows.get(text).copied())
        .collect();
    now.codes
        .iter()
        .map(|code| found.get(*code as usize).copied().flatten())
        .collect()
}
