//! The ledger as its callers use it: every test has a file of its own.

mod corrections;
mod files;
mod forgets;
mod notices;
mod people;
mod repairs;
mod runs;
mod tables;

use super::{
    Contents, Error, ImportId, Ledger, NewImport, RunHead, RunRow, SchemeText, Who, Writer,
    content_hash,
};
use crate::decide::{Decision, Standing};
use crate::read::{Format, Header, Table};
use crate::table::{Cell, Date, Origin, RawRows};
use std::borrow::Cow;
use std::path::PathBuf;
use std::time::Duration;
use tempfile::TempDir;

/// A folder with the path of a ledger that is not there yet.
fn place() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("regrade.db");
    (folder, path)
}

/// A new ledger in a folder of its own.
fn ledger() -> (TempDir, Ledger) {
    let (folder, path) = place();
    let ledger = Ledger::create_or_open(&path, Duration::ZERO).unwrap();
    (folder, ledger)
}

fn who() -> Who {
    Who {
        by: "王".to_owned(),
        at: "2024-03-31T08:00:00Z".to_owned(),
    }
}

fn date(text: &str) -> Date {
    Date::parse_iso(text).unwrap()
}

/// A table of a text file with these rows, from line 2 on.
fn table(headers: &[&str], rows: &[&[&str]]) -> Table {
    let mut raw = RawRows::new(headers.len());
    for (index, row) in rows.iter().enumerate() {
        raw.push(index as u32 + 2, row.iter().map(|text| Cell::Text(text)));
    }
    Table {
        origin: Origin {
            file: "客户.csv".into(),
            worksheet: None,
        },
        format: Format::Text,
        encoding: Some("UTF-8"),
        delimiter: Some(','),
        header_row: 1,
        headers: headers.iter().map(|header| Header::new(header)).collect(),
        unit_line: None,
        serials_from_1904: false,
        rows: raw,
        broken: vec![],
        notes: vec![],
    }
}

/// What is to be known of an import as of a date.
fn filed(as_of: &str) -> NewImport {
    NewImport {
        as_of: date(as_of),
        sheet: "customers".into(),
        source: "客户".into(),
        covers: vec![],
    }
}

/// Brings a table in, whose rows are good and without dates.
fn add<'a>(
    writer: &Writer<'_>,
    table: &Table,
    about: &NewImport,
    customers: impl IntoIterator<Item = Option<&'a str>>,
) -> Result<ImportId, Error> {
    let contents = || Contents {
        hash: content_hash(table),
        refused: 0,
        span: None,
    };
    let customers = customers.into_iter().map(|key| key.map(Cow::Borrowed));
    writer.add_import(table, about, customers, contents)
}

fn head(id: &str, as_of: &str) -> RunHead {
    RunHead {
        id: id.to_owned(),
        scheme: SchemeText {
            text: "[scheme]".to_owned(),
            name: "客户分级".to_owned(),
            version: "1".to_owned(),
        },
        as_of: date(as_of),
        previous: None,
        semantics: 1,
        program: "0.1.0".to_owned(),
        inputs: vec![],
        overrides: vec![],
        merged: std::collections::BTreeMap::new(),
        findings: None,
    }
}

/// A customer with a grade and nothing else.
fn graded(customer: &str, grade: &str) -> RunRow {
    RunRow {
        customer: customer.into(),
        name: Some("甲公司".into()),
        standing: Standing {
            effective_grade: Some(grade.into()),
            ..Standing::default()
        },
        previous_grade: None,
        previous_type: None,
        score: None,
        labels: vec![],
        tags: vec![],
        decision: Decision::Initial,
        reasons: vec![],
        evidence: None,
        next: None,
        strategy: None,
    }
}

/// Records a run with these customers.
fn record(ledger: &mut Ledger, head: &RunHead, rows: Vec<RunRow>) -> super::RunNumber {
    let writer = ledger.write(&who()).unwrap();
    let recorded = writer.record_run(head, rows).unwrap();
    writer.commit().unwrap();
    recorded.number()
}
