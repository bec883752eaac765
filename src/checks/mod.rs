//! What a scheme demands of its data beyond single cells: conditions over rows and over whole files, dates that have to
//! be confirmed now and then, and what may change from one import to the next.
//!
//! [`read`] cleans the tables of a sheet and judges what stands in them; [`since`] compares one that comes in with the
//! last import of its source. Conditions run through the evaluator that grades.

mod file;
mod last;
mod rows;
mod slip;
mod stale;
#[cfg(test)]
mod tests;

pub use last::{Last, since};
pub use slip::{may_slip, slips, unknown_fields};
pub use stale::stale_dates;

use crate::clean::sheet::{CleanSheet, RefusedRow, clean_some};
use crate::clean::whose::Whose;
use crate::diagnostic::stages::Kind;
use crate::diagnostic::{About, Finding, Severity, Stages, Text};
use crate::expr::FieldFrame;
use crate::read::Table;
use crate::scheme::model::{Check, Sheet, That};
use crate::table::{Column, Date, Truth};
use foldhash::HashMap;
use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

/// Reads the sheet's fields from those of its tables that `which` names, and judges what must hold of them now. Rows
/// that fail a check which refuses are set apart like rows that cannot be read.
///
/// What looks at the last import is left to [`since`].
pub fn read(
    sheet: &Sheet,
    tables: &[Table],
    which: &[usize],
    keys: &[usize],
    as_of: &[Date],
) -> CleanSheet {
    let mut clean = clean_some(sheet, tables, which, keys, as_of);
    let is_judged = |check: &&Check| !check.reads_before();
    if !sheet.checks.iter().any(|check| is_judged(&check)) {
        return clean;
    }
    let mut findings = vec![];
    let mut stages = Stages::default();
    let mut failed: Vec<(usize, Text)> = vec![];
    let parts: HashMap<usize, Range<usize>> = clean.by_table().collect();
    for table in which {
        let Some(day) = as_of.get(*table).copied() else {
            continue;
        };
        let key = keys.first().copied();
        let rows = parts.get(table).cloned().unwrap_or_default();
        let part = Part::of(sheet, tables, &clean, (*table, rows), key, day, as_of);
        for check in sheet.checks.iter().filter(is_judged) {
            match &check.that {
                That::EachRow { condition, .. } => {
                    let frame = part.frame();
                    let judged = rows::judge(&part, check, condition, &frame, None);
                    findings.extend(judged.failing);
                    stages.end(&findings, Kind::Rows);
                    findings.extend(judged.unknown);
                    stages.end(&findings, Kind::Rows);
                    findings.extend(judged.too_many);
                    stages.end(&findings, Kind::Whole);
                    if check.severity == Severity::Error {
                        let rows = judged.failed.into_iter();
                        failed.extend(rows.map(|(row, fault)| (part.rows.start + row, fault)));
                    }
                }
                That::WholeFile { condition, figures } => {
                    findings.extend(file::judge(&part, check, condition, figures, None));
                    stages.end(&findings, Kind::Whole);
                }
            }
        }
    }
    clean.stages.append(clean.findings.len(), &stages);
    clean.findings.append(&mut findings);
    set_apart(&mut clean, failed);
    clean
}

/// Takes the rows that fail out of the good ones.
fn set_apart(clean: &mut CleanSheet, mut failed: Vec<(usize, Text)>) {
    if failed.is_empty() {
        return;
    }
    failed.sort_by_key(|(row, _)| *row);
    let mut bad = vec![false; clean.rows.len()];
    for (row, fault) in failed {
        let at = clean.rows[row];
        match clean.refused.last_mut() {
            Some(last) if bad[row] && last.at == at => last.faults.push(fault),
            _ => clean.refused.push(RefusedRow {
                at,
                faults: vec![fault],
            }),
        }
        bad[row] = true;
    }
    clean.refused.sort_by_key(|row| (row.at.table, row.at.row));
    clean.keep(|row| !bad[row]);
}

/// The good rows of one table.
struct Part<'a> {
    sheet: &'a Sheet,
    /// The table.
    table: usize,
    /// As of which date it came in.
    as_of: Date,
    /// Where they are among the rows of the sheet.
    rows: Range<usize>,
    /// For each field its column over these rows.
    columns: Vec<Cow<'a, Column>>,
    clean: &'a CleanSheet,
    whose: Whose<'a>,
}

impl<'a> Part<'a> {
    fn of(
        sheet: &'a Sheet,
        tables: &'a [Table],
        clean: &'a CleanSheet,
        (table, rows): (usize, Range<usize>),
        key: Option<usize>,
        day: Date,
        as_of: &'a [Date],
    ) -> Self {
        let columns = clean.columns.iter();
        let columns = if rows.len() == clean.rows.len() {
            columns.map(Cow::Borrowed).collect()
        } else {
            let rows: Vec<Option<u32>> = rows.clone().map(|row| Some(row as u32)).collect();
            columns
                .map(|column| Cow::Owned(column.gather(&rows)))
                .collect()
        };
        Self {
            sheet,
            table,
            as_of: day,
            rows,
            columns,
            clean,
            whose: Whose {
                sheet,
                tables,
                sources: &clean.sources,
                key,
                as_of,
            },
        }
    }

    fn len(&self) -> usize {
        self.rows.len()
    }

    /// The rows, to evaluate conditions over them.
    fn frame(&self) -> FieldFrame<'_> {
        FieldFrame::of(
            self.columns.iter().map(AsRef::as_ref).collect(),
            self.len(),
            self.as_of,
        )
    }

    /// What a finding about a row of the part is about.
    fn about(&self, row: usize, check: &Check) -> About {
        let known = |field: usize| self.text(field, row);
        let at = self.clean.rows[self.rows.start + row];
        About {
            check: Some(check.name.clone()),
            ..self.whose.row(at, &check.care, &known)
        }
    }

    /// What a finding about the file is about.
    fn about_file(&self, check: &Check) -> About {
        About {
            check: Some(check.name.clone()),
            ..self.whose.table(self.table, &check.care)
        }
    }

    /// The value of a field as text; `None` if it is missing.
    fn text(&self, field: usize, row: usize) -> Option<Arc<str>> {
        crate::clean::whose::as_text(&self.columns[field].value(row))
    }

    /// For each row whether the check is about it.
    fn truths(check: &Check, frame: &FieldFrame<'_>, rows: usize) -> Vec<Truth> {
        let evaluated = check
            .when
            .as_ref()
            .map(|when| when.bound.eval(frame).column);
        match evaluated {
            Some(Column::Bool(truths)) => truths,
            _ => vec![Truth::True; rows],
        }
    }
}

/// Help of a check: the scheme's own words, or what there is to say of any.
fn with_help(finding: Finding, check: &Check, otherwise: Text) -> Finding {
    let own = check.help.as_ref().map(|help| Text {
        en: help.to_string(),
        zh: help.to_string(),
    });
    finding.help(own.unwrap_or(otherwise))
}
