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

use regrade::clean::sheet::clean;
use regrade::clean::text::parse_id;
use regrade::diagnostic::{At, Lang};
use regrade::present::inspection::{self, Starter};
use regrade::read::{self, Input, Options, Table};
use regrade::scheme;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

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
    assert!(
        missing.is_empty(),
        "rows of the contract without a case: {missing:?}"
    );
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
        let as_of = regrade::table::Date::new(2024, 3, 31).unwrap();
        let clean = clean(sheet, std::slice::from_ref(&table), &keys, &[as_of]);
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
            if parse_id(table.rows.cell(row, key_column)) == Ok(None) {
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

/// The rows of a file as `inspect --rows all --format jsonl` prints them.
fn inspected(file: &Path) -> Vec<Value> {
    let output = Command::new(env!("CARGO_BIN_EXE_regrade"))
        .args(["inspect", "--rows", "all", "--format", "jsonl"])
        .arg(file)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}: {output:?}", file.display());
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn files_of(folder: &str) -> Vec<PathBuf> {
    let folder = support::root().join("tests/data/read").join(folder);
    let entries = fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .filter(|path| path.extension().is_some_and(|ending| ending == "csv"))
        .collect()
}

#[test]
fn inspect_reads_one_table_in_eleven_encodings() {
    let files = files_of("encodings");
    assert_eq!(files.len(), 11);
    for file in files {
        // The files in UTF-16 and UTF-32 have a line more, of characters that the others do not have.
        let row = json!({"première": "Quatrième", "second": "cinquième", "troisième": "sixième"});
        assert_eq!(inspected(&file)[0], row, "{}", file.display());
    }
}

#[test]
fn inspect_reads_csv_spectrum_as_its_answers_say() {
    let files = files_of("csv-spectrum/csvs");
    assert_eq!(files.len(), 12);
    for file in files {
        let name = file.file_stem().unwrap().to_str().unwrap();
        let answer = file.with_file_name(format!("../json/{name}.json"));
        let answer: Value = serde_json::from_str(&fs::read_to_string(answer).unwrap()).unwrap();
        let mut expected = answer.as_array().cloned().unwrap_or_else(|| vec![answer]);
        if name == "location_coordinates" {
            // The answer has another number than the file.
            expected[0]["Contact Phone Number"] = "2095257564".into();
        }
        // The answers were written with one kind of line end.
        let plain = |rows: &[Value]| Value::from(rows).to_string().replace("\\r\\n", "\\n");
        assert_eq!(plain(&inspected(&file)), plain(&expected), "{name}");
    }
}
