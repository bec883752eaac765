//! Why rows cannot be used, cell by cell: what a person who is to mend them has to know.

use crate::clean::sheet::CleanSheet;
use crate::diagnostic::{At, Finding, Text};
use crate::read::Table;
use foldhash::HashMap;
use std::sync::Arc;

/// A row that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quarantined {
    /// Its index among the rows of the table.
    pub index: usize,
    /// Its number as the spreadsheet shows it; the line of a text file.
    pub number: u32,
    /// What is wrong with it, in the order of the columns.
    pub faults: Vec<Flaw>,
    /// Who is to mend it, where the scheme names somebody.
    pub owner: Option<Arc<str>>,
    /// Within how many working days, where the scheme says so.
    pub due_days: Option<u32>,
}

/// One thing that is wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// The column of the table, from 0; `None` where it is of the whole row.
    pub column: Option<u32>,
    /// What is wrong.
    pub title: Text,
    /// What to do.
    pub help: Option<Text>,
}

/// The refused rows of the one table that was cleaned, in its order; `findings` are what was found in it.
pub(super) fn quarantined(
    clean: &CleanSheet,
    table: &Table,
    findings: &[Finding],
) -> Vec<Quarantined> {
    if clean.refused.is_empty() {
        return vec![];
    }
    let mut found: HashMap<u32, Vec<Flaw>> = HashMap::default();
    for finding in findings.iter().filter(|finding| finding.is_error()) {
        let At::Data(place) = &finding.at else {
            continue;
        };
        if let Some(row) = place.row.filter(|_| place.origin == table.origin) {
            found.entry(row).or_default().push(Flaw {
                column: place.column,
                title: finding.title.clone(),
                help: finding.help.clone(),
            });
        }
    }
    let mut rows: Vec<Quarantined> = clean
        .refused
        .iter()
        .map(|refused| {
            let index = refused.at.row as usize;
            let number = table.rows.row_number(index);
            let mut faults = found.remove(&number).unwrap_or_else(|| {
                let bare = |title: &Text| Flaw {
                    column: None,
                    title: title.clone(),
                    help: None,
                };
                refused.faults.iter().map(bare).collect()
            });
            faults.sort_by_key(|fault| fault.column);
            Quarantined {
                index,
                number,
                faults,
                owner: None,
                due_days: None,
            }
        })
        .collect();
    rows.sort_by_key(|row| row.index);
    rows
}
