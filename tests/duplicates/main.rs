//! How good the search for duplicates is: on Febrl's people, on files of the same kind that are made here, and on pairs
//! of Chinese company names of which every rule of the house is known.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot read its own files fails by panic"
)]

mod figures;
mod people;

use figures::{Figures, columns, scheme, search, table, table_of};
use people::{Kind, people};
use regrade::duplicates::Blocking;
use regrade::table::{Column, Value};
use std::collections::BTreeMap;
use std::path::Path;

const FEBRL: &str = include_str!("febrl.toml");

fn at(path: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn texts(column: &Column) -> Vec<String> {
    let text = |row: usize| match column.value(row) {
        Value::Text(text) => text.to_string(),
        _ => String::new(),
    };
    (0..column.len()).map(text).collect()
}

#[test]
fn of_the_people_of_febrl_nearly_all_are_found_and_nobody_else() {
    let scheme = scheme(FEBRL);
    let (columns, keys) = columns(&scheme, table(&at("tests/data/febrl1/people.csv")));
    let truth = std::fs::read_to_string(at("tests/data/febrl1/truth.csv")).unwrap();
    let entity: BTreeMap<&str, usize> = truth
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once(','))
        .map(|(key, entity)| (key, entity.parse().unwrap()))
        .collect();
    let entities: Vec<usize> = texts(&keys).iter().map(|key| entity[&**key]).collect();
    let pairs = search(&scheme, &columns, Blocking::Auto);
    for least in [30, 70] {
        let figures = Figures::of(&pairs, &entities, least);
        assert_eq!(figures.one, 500);
        assert!(figures.recall() >= 9_700, "from {least} on: {figures}");
        assert!(figures.precision() >= 9_900, "from {least} on: {figures}");
    }
}

#[test]
fn of_people_that_are_made_the_same_way_too() {
    let scheme = scheme(FEBRL);
    for (seed, most_copies, changes) in [(11, 1, 2), (12, 5, 4)] {
        let made = people(
            Kind {
                originals: 800,
                copies: 400,
                most_copies,
                changes,
                in_a_field: 2,
            },
            seed,
        );
        let (columns, _) = columns(&scheme, table_of(&made.csv));
        let pairs = search(&scheme, &columns, Blocking::Auto);
        let figures = Figures::of(&pairs, &made.entities, 70);
        assert!(figures.recall() >= 9_700, "seed {seed}: {figures}");
        assert!(figures.precision() >= 9_900, "seed {seed}: {figures}");
    }
}

/// One row a name: of pair `i` the rows 2i and 2i + 1.
fn companies() -> (Vec<[String; 4]>, String) {
    let text = include_str!("companies.csv");
    let pairs: Vec<[String; 4]> = text
        .lines()
        .skip(1)
        .map(|line| {
            let parts: Vec<String> = line.split(',').map(str::to_owned).collect();
            parts.try_into().unwrap()
        })
        .collect();
    let mut csv = String::from("编号,名称\n");
    for (index, [_, _, one, other]) in pairs.iter().enumerate() {
        csv += &format!("{},{one}\n{},{other}\n", 2 * index, 2 * index + 1);
    }
    (pairs, csv)
}

const COMPANIES: &str = r#"
[sheets.customers]
key = "编号"
fields = [{ name = "名称", type = "text" }]
[duplicates]
fields = [{ name = "名称", kind = "company" }]
"#;

#[test]
fn company_names_are_told_apart_by_rule() {
    let (pairs, csv) = companies();
    assert!(pairs.len() >= 200);
    let scheme = scheme(COMPANIES);
    let (columns, _) = columns(&scheme, table_of(&csv));
    let found = search(&scheme, &columns, Blocking::None);
    let is_found = |index: usize| {
        found
            .iter()
            .any(|pair| (pair.a, pair.b) == (2 * index as u32, 2 * index as u32 + 1))
    };
    let mut by_rule: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let (mut same, mut right, mut wrong) = (0, 0, 0);
    for (index, [rule, answer, _, _]) in pairs.iter().enumerate() {
        let hit = is_found(index);
        let (all, hits) = by_rule.entry(rule).or_default();
        *all += 1;
        *hits += usize::from(hit);
        match (answer.as_str(), hit) {
            ("same", _) => {
                same += 1;
                right += usize::from(hit);
            }
            (_, true) => wrong += 1,
            _ => {}
        }
    }
    // Of the branches none, ever.
    for rule in ["branch", "branch without legal form"] {
        assert_eq!(by_rule[rule].1, 0, "{by_rule:?}");
    }
    // What only looks different is always found.
    for rule in [
        "legal form",
        "bracket",
        "width and spaces",
        "traditional",
        "region said or not",
    ] {
        let (all, hits) = by_rule[rule];
        assert_eq!(all, hits, "{by_rule:?}");
    }
    let recall = right * 10_000 / same;
    let precision = right * 10_000 / (right + wrong);
    assert!(recall >= 9_000, "recall {recall}, {by_rule:?}");
    assert_eq!(precision, 10_000, "{by_rule:?}");
}
