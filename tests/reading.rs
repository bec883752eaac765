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

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

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
    assert_eq!(
        all, shown,
        "rows of the contract (left) and those with a case (right)"
    );
}
