//! The worked examples against the results that their written rules give, which were worked out without any of this
//! project's code: every customer and every column of `tests/examples/<case>/expected*.csv`, and the published sums of
//! the two public data sets.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot read its own files fails by panic"
)]

use regrade::table::Decimal;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// An example: its folder, its scheme, the as-of date and the file with the results.
struct Example {
    name: &'static str,
    scheme: &'static str,
    as_of: &'static str,
    expected: &'static str,
}

const fn example(name: &'static str, as_of: &'static str) -> Example {
    Example {
        name,
        scheme: "rules.toml",
        as_of,
        expected: "expected.csv",
    }
}

/// All examples, with the dates that their READMEs and comments name.
const EXAMPLES: [Example; 14] = [
    example("abc-share", "2024-12-31"),
    example("annual-frequency", "2024-12-31"),
    Example {
        scheme: "as-written.toml",
        expected: "expected-as-written.csv",
        ..example("annual-frequency", "2024-12-31")
    },
    example("b2b-weighted", "2024-03-31"),
    example("cdnow", "1998-06-30"),
    example("ecommerce-members", "2024-12-31"),
    example("hotel-guests", "2024-12-31"),
    example("lifecycle", "2024-12-31"),
    example("monthly-consumption", "2024-09-30"),
    // What is estimated there is held against another program's figures by `predict.rs`.
    example("prediction", "1997-09-30"),
    example("purchase-value", "2024-12-31"),
    Example {
        scheme: "../../rules.example.toml",
        ..example("reference", "2024-12-31")
    },
    example("rfm-orders", "2006-12-31"),
    example("service", "2024-06-30"),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A table with headers: a map from heading to cell for each row.
type Rows = Vec<BTreeMap<String, String>>;

fn read_csv(bytes: &[u8]) -> Rows {
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let headers = reader.headers().unwrap().clone();
    reader
        .records()
        .map(|record| {
            let record = record.unwrap();
            headers
                .iter()
                .zip(&record)
                .map(|(heading, cell)| (heading.to_owned(), cell.to_owned()))
                .collect()
        })
        .collect()
}

impl Example {
    fn folder(&self) -> PathBuf {
        root().join("examples").join(self.name)
    }

    /// The result file and the heading of its key, which is its first column.
    fn expected(&self) -> (String, Rows) {
        let path = root()
            .join("tests/examples")
            .join(self.name)
            .join(self.expected);
        let bytes = std::fs::read(path).unwrap();
        let text = String::from_utf8(bytes.clone()).unwrap();
        let key = text.trim_start_matches('\u{feff}').split(',').next();
        (key.unwrap().to_owned(), read_csv(&bytes))
    }

    /// What `regrade grade` writes in a format.
    fn grade(&self, format: &str) -> Vec<u8> {
        let mut files: Vec<PathBuf> = std::fs::read_dir(self.folder())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|ending| ending == "csv"))
            .collect();
        files.sort();
        let run = Command::new(env!("CARGO_BIN_EXE_regrade"))
            .args(["grade", "--as-of", self.as_of, "--format", format, "-q"])
            .arg("-r")
            .arg(self.folder().join(self.scheme))
            .args(files)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&run.stderr);
        assert!(run.status.success(), "{} {}: {said}", self.name, run.status);
        run.stdout
    }

    /// The JSON lines by id.
    fn records(&self) -> BTreeMap<String, Value> {
        let lines = String::from_utf8(self.grade("jsonl")).unwrap();
        let records: Vec<Value> = lines
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        let count = records.len();
        let by_id: BTreeMap<String, Value> = records
            .into_iter()
            .map(|record| (record["id"].as_str().unwrap().to_owned(), record))
            .collect();
        assert_eq!(by_id.len(), count, "{}: ids come twice", self.name);
        by_id
    }
}

/// A JSON value as a result file writes it.
fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(";"),
        other => other.to_string(),
    }
}

/// Equal as texts or as exact numbers: 89.0 is 89.
fn equal(expected: &str, got: &str) -> bool {
    let numbers = (Decimal::parse(expected), Decimal::parse(got));
    expected == got || matches!(numbers, (Some(expected), Some(got)) if expected == got)
}

/// The exact number of a JSON value.
fn number(value: &Value) -> Option<Decimal> {
    match value {
        Value::Number(number) => Some(Decimal::parse(number.as_str()).unwrap()),
        _ => None,
    }
}

/// What a JSON line has for a column of a result file; `None` if only the table has it.
fn of_record(record: &Value, column: &str) -> Option<String> {
    let value = match column {
        "等级" => &record["grade"],
        "类型" | "segment" => &record["type"],
        "得分" => &record["score"],
        "标签" => &record["tags"],
        other => ["labels", "values"]
            .iter()
            .find_map(|part| record[part].get(other))?,
    };
    Some(plain(value))
}

#[test]
fn every_customer_gets_what_the_rule_says() {
    let mut wrong = vec![];
    for example in EXAMPLES {
        let (key, expected) = example.expected();
        let records = example.records();
        let table: BTreeMap<String, BTreeMap<String, String>> = read_csv(&example.grade("csv"))
            .into_iter()
            .map(|row| (row[&key].clone(), row))
            .collect();
        let name = format!("{} ({})", example.name, example.scheme);
        assert_eq!(records.len(), expected.len(), "{name}: customers");
        assert_eq!(table.len(), expected.len(), "{name}: rows of CSV");
        for row in &expected {
            let id = &row[&key];
            let Some(record) = records.get(id) else {
                wrong.push(format!("{name}: {id} is missing"));
                continue;
            };
            for (column, expected) in row.iter().filter(|(column, _)| **column != key) {
                let from_record = of_record(record, column);
                // The table says the same, under its own heading; tags are joined in another way there.
                let from_table = table[id].get(column).filter(|_| column != "标签").cloned();
                let found: Vec<String> = from_record.into_iter().chain(from_table).collect();
                assert!(!found.is_empty(), "{name}: nothing has column `{column}`");
                wrong.extend(
                    found
                        .iter()
                        .filter(|got| !equal(expected, got))
                        .map(|got| format!("{name}: {id} {column} is `{got}`, not `{expected}`")),
                );
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} differ, the first:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(20)].join("\n")
    );
}

#[test]
fn parts_add_up_to_the_score_for_every_customer() {
    let mut scored = 0;
    for example in EXAMPLES {
        for (id, record) in example.records() {
            let parts: Vec<Decimal> = record["parts"]
                .as_object()
                .unwrap()
                .values()
                .map(|part| number(part).unwrap())
                .collect();
            let Some(score) = number(&record["score"]) else {
                assert!(parts.is_empty(), "{} {id}: parts, no score", example.name);
                continue;
            };
            scored += 1;
            let sum = parts
                .iter()
                .try_fold(Decimal::ZERO, |sum, part| sum.checked_add(*part));
            assert_eq!(sum, Some(score), "{} {id}", example.name);
        }
    }
    // b2b-weighted and the reference have scores.
    assert!(scored > 200, "{scored} scores");
}

/// The sums of `columns` and the number of customers for each segment of an example's table.
fn sums(example: &Example, columns: &[&str]) -> BTreeMap<String, Vec<Decimal>> {
    let mut segments: BTreeMap<String, Vec<Decimal>> = BTreeMap::new();
    for row in read_csv(&example.grade("csv")) {
        let sums = segments
            .entry(row["segment"].clone())
            .or_insert_with(|| vec![Decimal::ZERO; columns.len() + 1]);
        sums[0] = sums[0].checked_add(Decimal::ONE).unwrap();
        for (sum, column) in sums[1..].iter_mut().zip(columns) {
            *sum = sum
                .checked_add(Decimal::parse(&row[*column]).unwrap())
                .unwrap();
        }
    }
    segments
}

fn published(name: &str) -> Rows {
    let path = root()
        .join("tests/examples")
        .join(name)
        .join("segments.csv");
    read_csv(&std::fs::read(path).unwrap())
}

#[test]
fn segments_of_rfm_orders_are_as_published() {
    let example = EXAMPLES.iter().find(|e| e.name == "rfm-orders").unwrap();
    let segments = sums(example, &["transaction_count", "amount"]);
    let published = published("rfm-orders");
    assert_eq!(segments.len(), published.len());
    for row in published {
        let sums = &segments[&row["segment"]];
        let order_value = sums[2].checked_div(sums[1]).unwrap().round(2);
        let got = [sums[0], sums[1], sums[2], order_value];
        let expected = ["customers", "orders", "revenue", "aov"]
            .map(|column| Decimal::parse(&row[column]).unwrap());
        assert_eq!(got, expected, "{}", row["segment"]);
    }
}

#[test]
fn segments_of_cdnow_are_as_published() {
    let example = EXAMPLES.iter().find(|e| e.name == "cdnow").unwrap();
    let segments = sums(example, &["amount", "products", "recency_days"]);
    let published = published("cdnow");
    assert_eq!(segments.len(), published.len());
    for row in published {
        let expected = ["customers", "amount", "products", "recency_days"]
            .map(|column| Decimal::parse(&row[column]).unwrap());
        assert_eq!(segments[&row["segment"]], expected, "{}", row["segment"]);
    }
}

/// Every folder of examples is in the list above, and every folder of results too. `b2b-year` is a year from a ledger
/// and has a test of its own.
#[test]
fn no_example_is_left_out() {
    for folder in ["examples", "tests/examples"] {
        for entry in std::fs::read_dir(root().join(folder)).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            let known = name == "b2b-year" || EXAMPLES.iter().any(|example| example.name == name);
            assert!(known || entry.path().is_file(), "{folder}/{name}");
        }
    }
}
