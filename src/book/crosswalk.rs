//! Ids of other systems: the rows of a source that names customers by an id of its own get the customers' keys, before
//! anything is summed.

use super::shelf::standing_on;
use super::{Filing, Inputs, source_of};
use crate::clean::sheet::{clean_some, text_at};
use crate::diagnostic::{Code, Finding};
use crate::read::{Header, Table, find_columns, fold_header};
use crate::scheme::model::{Crosswalk, Scheme};
use crate::table::{Cell, Date, RawRows};
use crate::text;
use foldhash::HashMap;
use std::sync::Arc;

/// Puts the customers' keys into the tables of the sources that have crosswalks, by those that are in force on `date`.
pub(super) fn apply(scheme: &Scheme, inputs: &mut Inputs, date: Date, findings: &mut Vec<Finding>) {
    for (index, rule) in scheme.crosswalks.iter().enumerate() {
        let Some(tables) = inputs.crosswalks.get(index) else {
            continue;
        };
        let filings = inputs.filings.crosswalks.get(index).map(Vec::as_slice);
        let which = standing_on(filings.unwrap_or_default(), tables.len(), date, date);
        let known = keys(rule, tables, &which, findings);
        let mut put = |tables: &mut [Table], filings: &[Filing], to: &str| {
            for (number, table) in tables.iter_mut().enumerate() {
                let source = filings.get(number).map_or_else(
                    || source_of(&table.origin.file).into(),
                    |f| f.source.clone(),
                );
                if source == rule.source {
                    rewrite(rule, &known, table, to, findings);
                }
            }
        };
        if let Some(customers) = &scheme.customers {
            let key = &customers.sheet.fields[customers.key].name;
            put(&mut inputs.customers, &inputs.filings.customers, key);
        }
        for (number, event) in scheme.events.iter().enumerate() {
            let key = &event.sheet.fields[event.customer].name;
            let filings = inputs.filings.events.get(number);
            let filings = filings.map(Vec::as_slice).unwrap_or_default();
            put(&mut inputs.events[number], filings, key);
        }
    }
}

/// The customer of each id. Of two rows for one id the newer counts.
fn keys(
    rule: &Crosswalk,
    tables: &[Table],
    which: &[usize],
    findings: &mut Vec<Finding>,
) -> HashMap<Arc<str>, Arc<str>> {
    let mut clean = clean_some(&rule.sheet, tables, which, &[rule.key, rule.customer]);
    findings.append(&mut clean.findings);
    let entry = |row: usize| {
        let at = |field: usize| text_at(&clean.columns[field], row);
        (at(rule.key), at(rule.customer))
    };
    (0..clean.rows.len()).map(entry).collect()
}

/// Puts the customers' keys into the column of the source's own id, and names it as the sheet's key. An id that no row
/// of the crosswalk has leaves the cell blank, so that the row is refused, and is said.
fn rewrite(
    rule: &Crosswalk,
    known: &HashMap<Arc<str>, Arc<str>>,
    table: &mut Table,
    to: &str,
    findings: &mut Vec<Finding>,
) {
    let own = &rule.sheet.fields[rule.key].name;
    let names = [own.to_string()];
    let Some(column) = find_columns(&table.headers, &names).first().copied() else {
        return;
    };
    // A column that had the name already is the source's own business.
    for header in &mut table.headers {
        if header.folded == fold_header(to) {
            *header = Header::new(&format!("{} *", header.text));
        }
    }
    table.headers[column] = Header::new(to);
    let mut rows = RawRows::new(table.rows.width());
    for row in 0..table.rows.len() {
        let written = crate::clean::text::shown(table.rows.cell(row, column));
        let customer = known.get(written.trim());
        if customer.is_none() && !crate::clean::text::is_blank(&written) {
            let id = crate::clean::text::shorten(written.trim());
            let sheet = &rule.sheet.name;
            let number = table.rows.row_number(row);
            findings.push(
                Finding::warning(
                    Code::UnmatchedLookup,
                    text!(
                        "`{own}` `{id}` has no row in crosswalk `{sheet}`",
                        "`{own}` `{id}` 在对照表 `{sheet}` 中没有对应行"
                    ),
                )
                .place(table.origin.cell(number, column as u32))
                .help(text!(
                    "add a row for it; until then its rows do not count",
                    "请为它补一行；在此之前它的行不计入"
                )),
            );
        }
        let cells = table.rows.row(row).enumerate().map(|(index, cell)| {
            if index == column {
                customer.map_or(Cell::Blank, |customer| Cell::Text(customer))
            } else {
                cell
            }
        });
        rows.push(table.rows.row_number(row), cells);
    }
    table.rows = rows;
}
