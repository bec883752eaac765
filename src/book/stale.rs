//! Files that are in force, and dates of rows, that are older than the scheme allows: nobody has brought in a newer file
//! or the same again, nobody has looked at the row.

use super::{Book, Filing, Inputs};
use crate::checks::stale_dates;
use crate::clean::whose::Whose;
use crate::diagnostic::{About, Code, Finding};
use crate::read::Table;
use crate::scheme::model::{Scheme, Sheet};
use crate::table::Date;
use crate::text;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The sources whose newest file is too old on `as_of`. Files that a command names came in with it, and are not.
pub(super) fn files(scheme: &Scheme, inputs: &Inputs, as_of: Date) -> Vec<Finding> {
    let filings = &inputs.filings;
    let mut findings = vec![];
    if let Some(rule) = &scheme.customers {
        let (tables, filings) = (&inputs.customers, &filings.customers);
        findings.extend(of_sheet(&rule.sheet, tables, filings, as_of));
    }
    let events = scheme.events.iter().map(|rule| &rule.sheet);
    let lookups = scheme.lookups.iter().map(|rule| &rule.sheet);
    let crosswalks = scheme.crosswalks.iter().map(|rule| &rule.sheet);
    let events = events.zip(&inputs.events).zip(&filings.events);
    let lookups = lookups.zip(&inputs.lookups).zip(&filings.lookups);
    let crosswalks = crosswalks.zip(&inputs.crosswalks).zip(&filings.crosswalks);
    for ((sheet, tables), filings) in events.chain(lookups).chain(crosswalks) {
        findings.extend(of_sheet(sheet, tables, filings, as_of));
    }
    findings
}

/// The rows of customers and lookups whose dates are too old on the book's date.
pub(super) fn rows(scheme: &Scheme, book: &Book) -> Vec<Finding> {
    let mut findings = vec![];
    let as_of = [book.as_of];
    if let (Some(rule), Some(rows)) = (&scheme.customers, &book.customers) {
        let tables = &book.inputs.customers;
        let whose = Whose {
            sheet: &rule.sheet,
            tables,
            sources: &rows.sources,
            key: Some(rule.key),
            as_of: &as_of.repeat(tables.len()),
        };
        findings.extend(stale_dates(&whose, &rows.columns, &rows.rows, book.as_of));
    }
    for ((rule, rows), tables) in scheme
        .lookups
        .iter()
        .zip(&book.lookups)
        .zip(&book.inputs.lookups)
    {
        let clean = &rows.clean;
        let whose = Whose {
            sheet: &rule.sheet,
            tables,
            sources: &clean.sources,
            key: Some(rule.key),
            as_of: &as_of.repeat(tables.len()),
        };
        findings.extend(stale_dates(&whose, &clean.columns, &clean.rows, book.as_of));
    }
    findings
}

fn of_sheet(sheet: &Sheet, tables: &[Table], filings: &[Filing], as_of: Date) -> Vec<Finding> {
    let Some(since) = sheet.stale_after.map(|span| span.back_from(as_of)) else {
        return vec![];
    };
    // For each source the last date, and the table that it is of.
    let mut last: BTreeMap<&Arc<str>, (Date, u64, usize)> = BTreeMap::new();
    for (index, filing) in filings.iter().enumerate() {
        if let Some(date) = filing.in_force(as_of) {
            let this = (date, filing.order, index);
            let known = last.entry(&filing.source).or_insert(this);
            *known = this.max(*known);
        }
    }
    let old = last.into_iter().filter(|(_, (date, ..))| *date < since);
    old.map(|(source, (date, _, index))| {
        let name = &sheet.name;
        Finding::warning(
            Code::Stale,
            text!(
                "`{name}` of the source `{source}` is as of {date}: nothing has come in or been confirmed since {since}",
                "`{name}` 来源 `{source}` 的数据截至 {date}：自 {since} 起没有再导入或确认"
            ),
        )
        .place(tables[index].origin.place())
        .help(text!(
            "bring in a newer export; the same file again confirms that nothing has changed",
            "请导入更新的文件；若没有变化，把同一文件再导入一次即为确认"
        ))
        .about(About {
            sheet: name.clone(),
            ..About::default()
        })
    })
    .collect()
}
