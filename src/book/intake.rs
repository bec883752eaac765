//! One table before it goes into a ledger: whose its rows are, which of them cannot be used, what it covers.

use super::{Filing, Inputs, SheetKind, check_bad_rows, credit_codes, crosswalk, events, same_key};
use crate::clean::absent::absent_columns;
use crate::clean::sheet::{clean, shown, text_at};
use crate::diagnostic::{At, Code, Finding};
use crate::read::Table;
use crate::scheme::model::Scheme;
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
/// the crosswalks are read.
pub fn take_in(
    scheme: &Scheme,
    sheet: &str,
    table: &Table,
    filing: &Filing,
    crosswalks: &Inputs,
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
    crosswalk::apply(scheme, &mut inputs, findings);
    let (rule, keys, tables) = match SheetKind::of(scheme, sheet) {
        Some(SheetKind::Customers) => match &scheme.customers {
            Some(customers) => (&customers.sheet, vec![customers.key], &inputs.customers),
            None => return intake,
        },
        Some(SheetKind::Events(index)) => {
            let event = &scheme.events[index];
            (
                &event.sheet,
                vec![event.customer, event.date],
                &inputs.events[index],
            )
        }
        Some(SheetKind::Lookup(index)) => {
            let lookup = &scheme.lookups[index];
            (&lookup.sheet, vec![lookup.key], &inputs.lookups[index])
        }
        Some(SheetKind::Crosswalk(index)) => {
            let crosswalk = &scheme.crosswalks[index];
            let keys = vec![crosswalk.key, crosswalk.customer];
            (&crosswalk.sheet, keys, &inputs.crosswalks[index])
        }
        None => return intake,
    };
    let tables = &tables[tables.len().saturating_sub(1)..];
    let mut clean = clean(rule, tables, &keys);
    findings.append(&mut clean.findings);
    let customers = scheme.customers.as_ref();
    let before = customers.map(|rule| [rule.previous_grade, rule.previous_date]);
    let before = before.unwrap_or_default();
    findings.extend(absent_columns(rule, tables.first(), &clean, |field| {
        !keys.contains(&field) && !before.contains(&Some(field))
    }));
    let kind = SheetKind::of(scheme, sheet);
    if let (Some(SheetKind::Customers), Some(customers)) = (kind, customers) {
        same_key::settle(rule, customers.key, tables, &mut clean, findings);
        findings.extend(credit_codes::check(scheme, tables, &clean));
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
    let nobody = std::collections::BTreeMap::new();
    events::read(rule, &tables, &filings, true, &nobody, as_of, &mut findings);
    findings.retain(|finding| {
        let is_new = matches!(&finding.at, At::Data(place) if place.origin == new);
        finding.code == Code::DuplicateKey && is_new
    });
    findings
}
