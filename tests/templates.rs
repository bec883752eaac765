//! The templates of `init`: each, in both languages, is its example as it is shipped; its workbook, filled with the
//! example's rows and read back, gives the results that were worked out for the example without this project's code
//! (`tests/examples`); and the two languages say the same of every customer.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot read its own files fails by panic"
)]

use regrade::scheme::model::DimensionRule;
use regrade::scheme::{self, Scheme};
use regrade::table::Decimal;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

/// A template, its example's folder, the scheme's folder below that in Chinese and in English, and how many customers
/// there are.
const TEMPLATES: [(&str, &str, &str, &str, usize); 9] = [
    ("purchase-value", "purchase-value", "", "en", 56),
    ("b2b", "b2b-weighted", "", "en", 220),
    ("members", "ecommerce-members", "", "en", 58),
    ("hotel", "hotel-guests", "", "en", 89),
    ("monthly", "monthly-consumption", "", "en", 55),
    ("abc", "abc-share", "", "en", 48),
    ("rfm", "rfm-orders", "zh", "", 995),
    ("lifecycle", "lifecycle", "", "en", 148),
    ("service", "service", "", "en", 12),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn regrade(folder: &Path, lang: &str, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_regrade"))
        .args(arguments)
        .args(["--lang", lang])
        .current_dir(folder)
        .output()
        .unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The command that `init` prints, without the program's name and the output.
fn printed(said: &str) -> Vec<String> {
    let (_, command) = said.trim_end().rsplit_once("regrade ").unwrap();
    let words: Vec<String> = command.split_whitespace().map(str::to_owned).collect();
    let end = words.iter().position(|word| word == "-o").unwrap();
    words[..end].to_vec()
}

/// A template with its rows in a folder: the scheme, and what grading it by the printed command gives, by id.
fn graded(template: &str, lang: &str, folder: &Path) -> (Scheme, BTreeMap<String, Value>) {
    let made = regrade(folder, lang, &["init", "--template", template, "--sample"]);
    assert!(made.status.success(), "{template} {lang}: {}", said(&made));
    let command = printed(&said(&made));
    let mut arguments: Vec<&str> = command.iter().map(String::as_str).collect();
    arguments.extend(["--format", "jsonl"]);
    let run = regrade(folder, lang, &arguments);
    assert!(run.status.success(), "{template} {lang}: {}", said(&run));
    let lines = String::from_utf8(run.stdout).unwrap();
    let records = lines.lines().map(|line| {
        let record: Value = serde_json::from_str(line).unwrap();
        (record["id"].as_str().unwrap().to_owned(), record)
    });
    let text = fs::read_to_string(folder.join("rules.toml")).unwrap();
    (scheme::validate(&text).0.unwrap(), records.collect())
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(";"),
        other => other.to_string(),
    }
}

fn equal(one: &str, other: &str) -> bool {
    let numbers = (Decimal::parse(one), Decimal::parse(other));
    one == other || matches!(numbers, (Some(one), Some(other)) if one == other)
}

/// How many figures of `tests/examples` the records were held against.
fn held_against_the_rule(example: &str, records: &BTreeMap<String, Value>) -> usize {
    let path = root()
        .join("tests/examples")
        .join(example)
        .join("expected.csv");
    let text = fs::read_to_string(path).unwrap();
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let headers = reader.headers().unwrap().clone();
    let mut held = 0;
    for row in reader.records() {
        let row = row.unwrap();
        let record = &records[&row[0]];
        for (column, expected) in headers.iter().zip(&row).skip(1) {
            let got = match column {
                "等级" => &record["grade"],
                "类型" | "segment" => &record["type"],
                "得分" => &record["score"],
                "标签" => &record["tags"],
                other => match record["labels"].get(other).or(record["values"].get(other)) {
                    Some(value) => value,
                    // The example's own table has it under a name of its own.
                    None => continue,
                },
            };
            let got = plain(got);
            let id = &row[0];
            assert!(
                equal(expected, &got),
                "{example} {id} {column}: `{got}`, not `{expected}`"
            );
            held += 1;
        }
    }
    held
}

/// What a record says with the names left out: the places of grade, type and labels in their lists, the score, and how
/// many tags there are.
fn by_position(scheme: &Scheme, record: &Value) -> Vec<Option<String>> {
    let place = |names: Vec<&str>, name: &Value| {
        let name = name.as_str()?;
        Some(
            names
                .iter()
                .position(|one| *one == name)
                .unwrap()
                .to_string(),
        )
    };
    let grades = scheme.grades.iter().map(|grade| &*grade.name).collect();
    let types = scheme.types.iter().map(|kind| &*kind.name).collect();
    let mut all = vec![
        place(grades, &record["grade"]),
        place(types, &record["type"]),
        Some(plain(&record["score"])),
        Some(plain(&record["decision"])),
        record["tags"].as_array().map(|tags| tags.len().to_string()),
    ];
    for dimension in &scheme.dimensions {
        let (DimensionRule::Bands(bands)
        | DimensionRule::Points { bands, .. }
        | DimensionRule::Indicators { bands, .. }) = &dimension.rule;
        let labels = bands.iter().filter_map(|band| band.label.as_deref());
        all.push(place(labels.collect(), &record["labels"][&*dimension.name]));
    }
    all
}

#[test]
fn a_template_with_its_rows_gives_the_examples_results_in_both_languages() {
    for (template, example, zh, _, customers) in TEMPLATES {
        let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let (chinese, own) = graded(template, "zh", folders[0].path());
        let (english, other) = graded(template, "en", folders[1].path());
        assert_eq!(
            (own.len(), other.len()),
            (customers, customers),
            "{template}"
        );
        let written = if zh.is_empty() { &own } else { &other };
        let held = held_against_the_rule(example, written);
        assert!(held >= customers, "{template}: {held} figures");
        for (id, record) in &own {
            assert_eq!(
                by_position(&chinese, record),
                by_position(&english, &other[id]),
                "{template} {id}"
            );
        }
    }
}

#[test]
fn a_template_is_its_example_but_for_the_comment_above_it() {
    for (template, example, zh, en, _) in TEMPLATES {
        for (lang, below) in [("zh", zh), ("en", en)] {
            let folder = tempfile::tempdir().unwrap();
            let made = regrade(folder.path(), lang, &["init", "--template", template]);
            assert!(made.status.success(), "{template} {lang}: {}", said(&made));
            let text = fs::read_to_string(folder.path().join("rules.toml")).unwrap();
            let shipped = root().join("examples").join(example).join(below);
            let shipped = fs::read_to_string(shipped.join("rules.toml")).unwrap();
            let (comment, body) = text.split_once("\n\n").unwrap();
            assert_eq!(
                body,
                shipped.split_once("\n\n").unwrap().1,
                "{template} {lang}"
            );
            assert!(comment.lines().all(|line| line.starts_with('#')));
            assert!(
                comment
                    .lines()
                    .filter(|line| line.starts_with("# - "))
                    .count()
                    >= 2
            );
            let checked = regrade(folder.path(), lang, &["check"]);
            assert!(
                checked.status.success(),
                "{template} {lang}: {}",
                said(&checked)
            );
        }
    }
}

#[test]
fn a_workbook_that_nobody_has_filled_has_no_customers_and_says_so() {
    for (template, _, _, _, _) in TEMPLATES {
        for (lang, nobody) in [("zh", "没有客户可评"), ("en", "nobody is graded")] {
            let folder = tempfile::tempdir().unwrap();
            let made = regrade(folder.path(), lang, &["init", "--template", template]);
            let command = printed(&said(&made));
            let mut arguments: Vec<&str> = command.iter().map(String::as_str).collect();
            arguments.extend(["--format", "jsonl"]);
            let run = regrade(folder.path(), lang, &arguments);
            let told = said(&run);
            assert_eq!(run.status.code(), Some(0), "{template} {lang}: {told}");
            assert!(run.stdout.is_empty(), "{template} {lang}");
            assert!(told.contains(nobody), "{template} {lang}: {told}");
        }
    }
}
