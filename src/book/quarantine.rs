//! Why rows cannot be used, cell by cell: what a person who is to mend them has to know.

use crate::clean::sheet::CleanSheet;
use crate::diagnostic::{At, Finding, Text};
use crate::read::Table;
use crate::table::Date;
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
    /// The last day on which that is in time, where the scheme says so.
    pub due: Option<Date>,
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

/// What the findings say of one row.
#[derive(Default)]
struct Said {
    flaws: Vec<Flaw>,
    owner: Option<Arc<str>>,
    due: Option<Date>,
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
    let mut found: HashMap<u32, Said> = HashMap::default();
    for finding in findings.iter().filter(|finding| finding.is_error()) {
        let At::Data(place) = &finding.at else {
            continue;
        };
        if let Some(row) = place.row.filter(|_| place.origin == table.origin) {
            let said = found.entry(row).or_default();
            said.flaws.push(Flaw {
                column: place.column,
                title: finding.title.clone(),
                help: finding.help.clone(),
            });
            if let Some(about) = &finding.about {
                // The first who is named sees to the whole row, by the earliest day.
                said.owner = said.owner.take().or_else(|| about.owner.clone());
                said.due = said.due.into_iter().chain(about.due).min();
            }
        }
    }
    let mut rows: Vec<Quarantined> = clean
        .refused
        .iter()
        .map(|refused| {
            let index = refused.at.row as usize;
            let number = table.rows.row_number(index);
            let mut said = found.remove(&number).unwrap_or_else(|| {
                let bare = |title: &Text| Flaw {
                    column: None,
                    title: title.clone(),
                    help: None,
                };
                Said {
                    flaws: refused.faults.iter().map(bare).collect(),
                    ..Said::default()
                }
            });
            said.flaws.sort_by_key(|flaw| flaw.column);
            Quarantined {
                index,
                number,
                faults: said.flaws,
                owner: said.owner,
                due: said.due,
            }
        })
        .collect();
    rows.sort_by_key(|row| row.index);
    rows
}
