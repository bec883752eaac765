//! One table before it goes into a ledger: whose its rows are, which of them cannot be used, what it covers.

use super::{Filing, Inputs, SheetKind, check_bad_rows, crosswalk, events, merge};
use crate::checks::{self, Last};
use crate::clean::absent::absent_columns;
use crate::clean::sheet::{shown, text_at};
use crate::clean::whose::Whose;
use crate::diagnostic::{At, Code, Finding};
use crate::read::Table;
use crate::scheme::model::{Check, Scheme, Sheet};
use crate::table::Date;
use std::sync::Arc;

/// What there is to know of a table before it is taken in.
#[derive(Clone, Debug)]
pub struct Intake {
    /// For each row the customer's key; `None` where the row is no customer's or cannot be used.
    pub customers: Vec<Option<Arc<str>>>,
    /// How many rows cannot be used.
    pub refused: usize,
    /// First and last date of the rows of an event sheet.
    pub span: Option<(Date, Date)>,
    /// What was found.
    pub findings: Vec<Finding>,
}

/// Cleans and checks a table for a sheet of the scheme. Of `crosswalks`, the tables that the ledger and the call have,
/// the crosswalks are read. `before` is the last import of the same source, with which the table is compared; of the
/// fields in `accepted` somebody has said that their values are true though most of them jump.
pub fn take_in(
    scheme: &Scheme,
    sheet: &str,
    table: &Table,
    filing: &Filing,
    crosswalks: &Inputs,
    before: Option<(Table, Filing)>,
    accepted: &[String],
) -> Intake {
    let mut intake = Intake {
        customers: vec![None; table.rows.len()],
        refused: 0,
        span: None,
        findings: vec![],
    };
    let mut inputs = Inputs::empty(scheme);
    inputs.crosswalks.clone_from(&crosswalks.crosswalks);
    inputs.put(scheme, sheet, table.clone(), Some(filing.clone()));
    let findings = &mut intake.findings;
    crosswalk::apply(scheme, &mut inputs, filing.as_of, findings);
    let Some((rule, keys, tables)) = tables_of(scheme, &inputs, sheet) else {
        return intake;
    };
    let tables = &tables[tables.len().saturating_sub(1)..];
    let which: Vec<usize> = (0..tables.len()).collect();
    let dates = [filing.as_of];
    let mut clean = checks::read(rule, tables, &which, &keys, &dates);
    findings.append(&mut clean.findings);
    let now = Last {
        sheet: rule,
        key: keys[0],
        row_key: SheetKind::of(scheme, sheet).and_then(|kind| row_key(scheme, kind)),
        tables,
        table: 0,
        clean: &clean,
        as_of: &dates,
    };
    let whose = Whose {
        sheet: rule,
        tables,
        sources: &clean.sources,
        key: keys.first().copied(),
        as_of: &dates,
    };
    findings.extend(checks::stale_dates(
        &whose,
        &clean.columns,
        &clean.rows,
        filing.as_of,
    ));
    if let (Some(before), false) = (before, tables.is_empty()) {
        findings.extend(changes(scheme, &now, before, crosswalks, accepted));
    }
    let customers = scheme.customers.as_ref();
    let before = customers.map(|rule| [rule.previous_grade, rule.previous_date]);
    let before = before.unwrap_or_default();
    findings.extend(absent_columns(rule, tables.first(), &clean, |field| {
        !keys.contains(&field) && !before.contains(&Some(field))
    }));
    let kind = SheetKind::of(scheme, sheet);
    if let (Some(SheetKind::Customers), Some(customers)) = (kind, customers) {
        merge::refuse_duplicates(customers, tables, &mut clean, findings);
    }
    check_bad_rows(rule, &clean, findings);
    intake.refused = clean.refused.len();
    if !matches!(kind, Some(SheetKind::Lookup(_))) {
        let key = match kind {
            Some(SheetKind::Crosswalk(_)) => keys[1],
            _ => keys[0],
        };
        for (row, at) in clean.rows.iter().enumerate() {
            let id = text_at(&clean.columns[key], row);
            intake.customers[at.row as usize] = Some(id).filter(|id| !id.is_empty());
        }
        // Whose a refused row is, is still known where its key can be read: it has to be found to be forgotten.
        for row in &clean.refused {
            if let (Some(column), Some(table)) = (clean.sources[0][key], tables.first()) {
                let written = shown(table.rows.cell(row.at.row as usize, column));
                let id = Some(written.trim()).filter(|id| !id.is_empty());
                intake.customers[row.at.row as usize] = id.map(Arc::from);
            }
        }
    }
    if let Some(SheetKind::Events(_)) = kind {
        let days = events::days_of(&clean.columns[keys[1]]);
        let days = days.into_iter().filter_map(Date::from_days);
        intake.span = days.fold(None, |span: Option<(Date, Date)>, day| {
            Some(span.map_or((day, day), |(first, last)| (first.min(day), last.max(day))))
        });
    }
    intake
}

/// How much of the last import a table of a sheet is compared with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Changes {
    /// Nothing.
    None,
    /// So many rows of it: whether most customers have jumped shows in some thousands as well as in all.
    Sample(usize),
    /// All of it.
    All,
}

/// How much of the last import a table of this sheet is compared with.
pub fn changes_of(scheme: &Scheme, sheet: &str) -> Changes {
    let rule = match SheetKind::of(scheme, sheet) {
        Some(SheetKind::Customers) => scheme.customers.as_ref().map(|rule| &rule.sheet),
        Some(SheetKind::Events(index)) => Some(&scheme.events[index].sheet),
        Some(SheetKind::Lookup(index)) => Some(&scheme.lookups[index].sheet),
        _ => None,
    };
    match rule {
        Some(rule) if rule.checks.iter().any(Check::reads_before) => Changes::All,
        Some(rule) if rule.fields.iter().any(checks::may_slip) => Changes::Sample(20_000),
        _ => Changes::None,
    }
}

/// A sheet of the scheme with the fields that each of its rows must have, and its tables.
fn tables_of<'a>(
    scheme: &'a Scheme,
    inputs: &'a Inputs,
    sheet: &str,
) -> Option<(&'a Sheet, Vec<usize>, &'a [Table])> {
    Some(match SheetKind::of(scheme, sheet)? {
        SheetKind::Customers => {
            let customers = scheme.customers.as_ref()?;
            (&customers.sheet, vec![customers.key], &inputs.customers)
        }
        SheetKind::Events(index) => {
            let event = &scheme.events[index];
            let keys = vec![event.customer, event.date];
            (&event.sheet, keys, &inputs.events[index])
        }
        SheetKind::Lookup(index) => {
            let lookup = &scheme.lookups[index];
            (&lookup.sheet, vec![lookup.key], &inputs.lookups[index])
        }
        SheetKind::Crosswalk(index) => {
            let crosswalk = &scheme.crosswalks[index];
            let keys = vec![crosswalk.key, crosswalk.customer];
            (&crosswalk.sheet, keys, &inputs.crosswalks[index])
        }
    })
}

/// The field by which one row of a sheet is known again; `None` for events without an id.
fn row_key(scheme: &Scheme, kind: SheetKind) -> Option<usize> {
    match kind {
        SheetKind::Customers => scheme.customers.as_ref().map(|customers| customers.key),
        SheetKind::Events(index) => scheme.events[index].id,
        SheetKind::Lookup(index) => Some(scheme.lookups[index].key),
        SheetKind::Crosswalk(index) => Some(scheme.crosswalks[index].key),
    }
}

/// What there is to say of the changes since the last import.
fn changes(
    scheme: &Scheme,
    now: &Last<'_>,
    (table, filing): (Table, Filing),
    crosswalks: &Inputs,
    accepted: &[String],
) -> Vec<Finding> {
    let as_of = [filing.as_of];
    let mut inputs = Inputs::empty(scheme);
    inputs.crosswalks.clone_from(&crosswalks.crosswalks);
    inputs.put(scheme, &now.sheet.name, table, Some(filing));
    // What there was to say of it was said then.
    crosswalk::apply(scheme, &mut inputs, as_of[0], &mut vec![]);
    let Some((rule, keys, tables)) = tables_of(scheme, &inputs, &now.sheet.name) else {
        return vec![];
    };
    let which: Vec<usize> = (0..tables.len()).collect();
    let clean = checks::read(rule, tables, &which, &keys, &as_of);
    let before = Last {
        tables,
        clean: &clean,
        as_of: &as_of,
        ..*now
    };
    checks::since(now, &before, accepted)
}

/// What there is to say of customers' sheets that a command names beside the graded file of the run before, whose
/// tables hold what was graded then.
pub fn changes_since_graded(
    scheme: &Scheme,
    tables: &[Table],
    graded: &[Table],
    as_of: Date,
    accepted: &[String],
) -> Vec<Finding> {
    let (Some(rule), true) = (&scheme.customers, graded.len() == 1) else {
        return vec![];
    };
    let read = |tables: &[Table], dates: &[Date]| {
        let which: Vec<usize> = (0..tables.len()).collect();
        checks::read(&rule.sheet, tables, &which, &[rule.key], dates)
    };
    let dates = vec![as_of; tables.len()];
    let (now, before) = (read(tables, &dates), read(graded, &dates));
    let last = |tables, clean, table, as_of| Last {
        sheet: &rule.sheet,
        key: rule.key,
        row_key: Some(rule.key),
        tables,
        table,
        clean,
        as_of,
    };
    let each = (0..tables.len()).map(|table| last(tables, &now, table, &dates));
    let date = [as_of];
    let graded = last(graded, &before, 0, &date);
    each.flat_map(|now| checks::since(&now, &graded, accepted))
        .collect()
}

/// What is to be said of rows of an event sheet whose id is known with other content: the newer counts. `tables` are the
/// imports with their filings, the one that is taken in last.
pub fn changed_events(scheme: &Scheme, index: usize, tables: Vec<(Filing, Table)>) -> Vec<Finding> {
    let (filings, tables): (Vec<Filing>, Vec<Table>) = tables.into_iter().unzip();
    let (Some(new), Some(filed)) = (tables.last(), filings.last()) else {
        return vec![];
    };
    let (new, as_of) = (new.origin.clone(), filed.as_of);
    let mut findings = vec![];
    let rule = &scheme.events[index];
    events::read(rule, &tables, &filings, true, as_of, &mut findings);
    findings.retain(|finding| {
        let is_new = matches!(&finding.at, At::Data(place) if place.origin == new);
        finding.code == Code::DuplicateKey && is_new
    });
    findings
}
