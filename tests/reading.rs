//! Files of other programs, read as the contract says: a folder in `tests/reading` for what is met and what is right.
//!
//! Each folder is a case as in `tests/cases` (`support` says how one is written), with one file more: `row`, whose first
//! line is a row of `tests/reading/contract.md` and whose second line is the sentence of it that the case shows. The
//! files were made by `tests/programs/make_reading.py`, and the first line of `cmd` says by which programs.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot read its own files fails by panic"
)]

mod support;

use regrade::clean::sheet::{clean, shown};
use regrade::diagnostic::{At, Lang};
use regrade::present::inspection::{self, Starter};
use regrade::read::{self, Input, Options, Table};
use regrade::scheme;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

/// Rows of the contract that other tests show.
const ELSEWHERE: [&str; 1] = ["a unit slip"];

#[test]
fn every_file_reads_as_it_should() {
    support::run_all(&support::cases("reading"));
}

/// What is met, and what is done.
fn contract() -> BTreeMap<String, String> {
    let text = fs::read_to_string(support::root().join("tests/reading/contract.md")).unwrap();
    let rows = text.lines().filter(|line| line.starts_with("| "));
    // The first two lines are the heading and the rule under it.
    rows.skip(2)
        .map(|line| {
            let mut cells = line.trim_matches('|').splitn(2, " | ");
            let mut cell = || cells.next().unwrap().trim().to_owned();
            (cell(), cell())
        })
        .collect()
}

#[test]
fn every_row_of_the_contract_has_a_file() {
    let contract = contract();
    let mut shown = BTreeSet::new();
    for case in support::cases("reading") {
        let named = fs::read_to_string(case.folder.join("row")).unwrap();
        let (row, sentence) = named.trim_end().split_once('\n').unwrap();
        let name = &case.name;
        let says = contract
            .get(row)
            .unwrap_or_else(|| panic!("{name}: the contract has no row `{row}`"));
        assert!(
            says.contains(sentence),
            "{name}: `{row}` does not say `{sentence}`"
        );
        shown.insert(row.to_owned());
    }
    let all: BTreeSet<String> = contract.into_keys().collect();
    let missing: Vec<&String> = all.difference(&shown).collect();
    assert_eq!(missing, ELSEWHERE, "rows of the contract without a case");
}

/// Every file that the tests read as a table.
fn tables() -> Vec<Table> {
    let root = support::root();
    let mut folders = vec![root.join("tests/data/read")];
    for parent in ["tests/reading", "examples"] {
        let entries = fs::read_dir(root.join(parent)).unwrap();
        folders.extend(
            entries
                .map(|entry| entry.unwrap().path())
                .filter(|path| path.is_dir()),
        );
    }
    let mut files: Vec<PathBuf> = folders
        .iter()
        .flat_map(|folder| fs::read_dir(folder).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .filter(|path| {
            let name = path.file_name().unwrap().to_str().unwrap();
            let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
            matches!(
                ending,
                "csv" | "tsv" | "xlsx" | "xls" | "xlsb" | "ods" | "gz"
            ) || name == "packed"
        })
        .collect();
    files.sort();
    let read_tables = |path: &PathBuf| {
        let input = Input::File {
            path: path.clone(),
            name: path
                .strip_prefix(root)
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned(),
            worksheet: None,
        };
        // A file that is broken on purpose has no table.
        read::open(&input, &[], &Options::default(), &|_, _| {}).unwrap_or_default()
    };
    files.iter().flat_map(read_tables).collect()
}

#[test]
fn what_inspect_writes_for_a_scheme_is_taken_and_reads_the_file() {
    let mut sections = 0;
    for table in tables() {
        let place = table.origin.place();
        let mut starter = Starter::new(Lang::Zh);
        starter.add(&table);
        let section = starter.finish();
        if !section.contains("[sheets.") {
            continue;
        }
        sections += 1;
        let text = format!("[scheme]\nname = \"初稿\"\nlanguage = \"zh\"\n\n{section}");
        let (scheme, findings) = scheme::validate(&text);
        let scheme = scheme.unwrap_or_else(|| panic!("{place}: {findings:#?}\n{text}"));
        let (sheet, keys) = match (&scheme.customers, scheme.events.first()) {
            (Some(customers), _) => (&customers.sheet, vec![customers.key]),
            (None, Some(events)) => (&events.sheet, vec![events.customer, events.date]),
            _ => panic!("{place}: a table alone is no lookup\n{text}"),
        };
        let clean = clean(sheet, std::slice::from_ref(&table), &keys);
        // What inspect tells of cells and rows: their row numbers.
        let columns = inspection::guesses(&table);
        let mut told: BTreeSet<u32> = table
            .broken
            .iter()
            .map(|broken| broken.row_number)
            .collect();
        for (index, column) in columns.iter().enumerate() {
            let findings = column.findings(&table, index);
            told.extend(findings.iter().filter_map(|finding| match &finding.at {
                At::Data(place) => place.row,
                _ => None,
            }));
        }
        let key_column = clean.sources[0][keys[0]].unwrap();
        for row in 0..table.rows.len() {
            if shown(table.rows.cell(row, key_column)).trim().is_empty() {
                told.insert(table.rows.row_number(row));
            }
        }
        for finding in clean.findings.iter().filter(|finding| finding.is_error()) {
            let row = match &finding.at {
                At::Data(place) => place.row,
                _ => None,
            };
            let is_told = row.is_some_and(|row| row != table.header_row && told.contains(&row));
            assert!(is_told, "{place}: {finding:#?}\n{text}");
        }
    }
    assert!(sections > 60, "only {sections} tables have a section");
}
