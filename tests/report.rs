//! Reports against figures that were worked out by hand: the service example, the moves of the year, and the law that the
//! rows of every table add up to its total.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot read its own files fails by panic"
)]

use regrade::table::Decimal;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use tempfile::TempDir;

#[path = "report/past.rs"]
mod past;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn regrade() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_regrade"));
    for name in ["REGRADE_RULES", "REGRADE_LEDGER", "REGRADE_BY"] {
        command.env_remove(name);
    }
    command
}

/// What a report says as JSON.
fn document(mut command: Command) -> Value {
    let run = command.args(["--format", "json"]).output().unwrap();
    let said = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{command:?} {}: {said}", run.status);
    serde_json::from_slice(&run.stdout).unwrap()
}

/// The report of an example's files.
fn of_files(example: &str, scheme: &str, as_of: &str, options: &[&str]) -> Value {
    let folder = root().join("examples").join(example);
    let files = std::fs::read_dir(&folder).unwrap();
    let files = files.map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = files
        .filter(|path| path.extension().is_some_and(|ending| ending == "csv"))
        .collect();
    files.sort();
    let mut command = regrade();
    command.args(["report", "-q", "--lang", "zh", "--as-of", as_of]);
    command.arg("-r").arg(folder.join(scheme));
    command.args(files).args(options);
    document(command)
}

/// The ledger of the year, made once.
fn year() -> &'static Path {
    static YEAR: OnceLock<TempDir> = OnceLock::new();
    let made = YEAR.get_or_init(|| {
        let folder = TempDir::new().unwrap();
        let binary = Path::new(env!("CARGO_BIN_EXE_regrade")).parent().unwrap();
        let path = std::env::var("PATH").unwrap();
        let run = Command::new("sh")
            .arg(root().join("examples/b2b-year/year.sh"))
            .arg(folder.path())
            .env("PATH", format!("{}:{path}", binary.display()))
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&run.stderr);
        assert!(run.status.success(), "{said}");
        folder
    });
    made.path()
}

/// The report of runs of the year.
fn of_year(what: &[&str]) -> Value {
    let mut command = regrade();
    command.args(["report", "-q", "--lang", "en", "--ledger"]);
    command.arg(year().join("regrade.db"));
    command
        .arg("-r")
        .arg(root().join("examples/b2b-year/rules-2.toml"));
    command.args(what);
    document(command)
}

/// The rows of a table, and the one that sums them up behind them.
fn rows<'a>(report: &'a Value, section: &str, table: &str) -> Vec<&'a Value> {
    let table = &report["sections"][section]["tables"][table];
    let rows = table["rows"].as_array();
    let rows = rows.unwrap_or_else(|| panic!("no table {section}.{table}"));
    rows.iter().chain(table.get("total")).collect()
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Holds a table of a report against a file of figures.
fn same_as(file: &str, report: &Value, section: &str, table: &str) {
    let path = root().join("tests/examples/service").join(file);
    let mut expected = csv::Reader::from_path(path).unwrap();
    let headers = expected.headers().unwrap().clone();
    let expected: Vec<csv::StringRecord> = expected.records().map(Result::unwrap).collect();
    let found = rows(report, section, table);
    assert_eq!(found.len(), expected.len(), "{file}: rows");
    for (row, expected) in found.iter().zip(&expected) {
        for (column, expected) in headers.iter().zip(expected) {
            let got = text(&row[column]);
            let numbers = (Decimal::parse(expected), Decimal::parse(&got));
            let is_equal = expected == got || numbers.0.is_some() && numbers.0 == numbers.1;
            assert!(
                is_equal,
                "{file}: {column} is `{got}`, not `{expected}`: {row}"
            );
        }
    }
}

#[test]
fn satisfaction_and_service_are_what_a_pencil_gives() {
    let report = of_files("service", "rules.toml", "2024-06-30", &[]);
    same_as("response.csv", &report, "service", "response");
    same_as("open.csv", &report, "service", "open");
    same_as("csat.csv", &report, "satisfaction", "csat");
    same_as("nps.csv", &report, "satisfaction", "nps");
    // 满意度 4.5 is the goal of A: F01 and F02 reach it, F04 has not answered. Of B five have: F05, F09 and F11 reach 4.
    let goals = rows(&report, "strategies", "goals");
    let figures =
        |row: &Value| ["customers", "reached", "share", "unknown"].map(|key| text(&row[key]));
    assert_eq!(figures(goals[0]), ["3", "2", "1", "1"]);
    assert_eq!(figures(goals[1]), ["6", "3", "0.6", "1"]);
    assert_eq!(figures(goals[2]), ["3", "", "", ""]);
    // 3 × 6, 6 × 2 and 3 × 0.5 hours; 575, 357 and 73 of 万元.
    let effort = rows(&report, "strategies", "effort");
    let hours: Vec<String> = effort.iter().map(|row| text(&row["hours"])).collect();
    assert_eq!(hours, ["18", "12", "1.5", "31.5"]);
    let amounts: Vec<String> = effort.iter().map(|row| text(&row["amount"])).collect();
    assert_eq!(amounts, ["575", "357", "73", "1005"]);
}

/// A run: as-of date; customers and those with A, B, C; up, down, new and absent since the run before.
type RunFigures = (&'static str, [usize; 4], [Option<usize>; 4]);

/// The runs of the year, from the tables of the year's README.
const RUNS: [RunFigures; 12] = [
    ("2024-01-31", [14, 5, 6, 3], [None, None, None, None]),
    (
        "2024-02-29",
        [14, 5, 6, 3],
        [Some(0), Some(0), Some(0), Some(0)],
    ),
    (
        "2024-03-31",
        [14, 5, 6, 3],
        [Some(0), Some(0), Some(0), Some(0)],
    ),
    (
        "2024-04-30",
        [15, 4, 8, 3],
        [Some(0), Some(1), Some(1), Some(0)],
    ),
    (
        "2024-05-31",
        [15, 5, 7, 3],
        [Some(2), Some(1), Some(0), Some(0)],
    ),
    (
        "2024-06-30",
        [15, 6, 6, 3],
        [Some(1), Some(0), Some(0), Some(0)],
    ),
    (
        "2024-07-31",
        [15, 6, 8, 1],
        [Some(3), Some(1), Some(0), Some(0)],
    ),
    (
        "2024-08-31",
        [15, 6, 7, 2],
        [Some(1), Some(1), Some(0), Some(0)],
    ),
    (
        "2024-09-30",
        [14, 6, 5, 3],
        [Some(1), Some(2), Some(0), Some(1)],
    ),
    (
        "2024-10-31",
        [14, 6, 6, 2],
        [Some(1), Some(0), Some(0), Some(0)],
    ),
    (
        "2024-11-30",
        [15, 8, 6, 1],
        [Some(2), Some(0), Some(1), Some(0)],
    ),
    (
        "2024-12-31",
        [15, 9, 5, 1],
        [Some(1), Some(0), Some(0), Some(0)],
    ),
];

fn trend_is(report: &Value, expected: &[RunFigures]) {
    let found = rows(report, "trend", "runs");
    assert_eq!(found.len(), expected.len());
    for (row, (date, counts, moves)) in found.iter().zip(expected) {
        assert_eq!(row["as_of"], *date);
        let keys = ["customers", "level.A", "level.B", "level.C"];
        for (key, count) in keys.iter().zip(counts) {
            assert_eq!(row[key], *count, "{date} {key}");
        }
        let keys = ["upgraded", "downgraded", "new", "absent"];
        for (key, count) in keys.iter().zip(moves) {
            let expected = count.map_or(Value::Null, Value::from);
            assert_eq!(row[key], expected, "{date} {key}");
        }
    }
}

fn class(report: &Value, word: &str) -> usize {
    let rows = rows(report, "movement", "classes");
    let row = rows.iter().find(|row| row["what"] == word);
    row.map_or(0, |row| row["customers"].as_u64().unwrap() as usize)
}

#[test]
fn a_quarter_is_compared_with_the_run_that_closed_the_one_before() {
    let report = of_year(&["2024-Q2"]);
    assert_eq!(report["facts"]["as_of"], "2024-06-30");
    assert_eq!(report["facts"]["compared_with"], "2024-03-31");
    // K02 and K03 went up, K05 down, K13 is new; K12 went down and up again.
    let counts = ["up", "down", "new", "absent", "same"].map(|word| class(&report, word));
    assert_eq!(counts, [2, 1, 1, 0, 11]);
    let moved = rows(&report, "movement", "moved");
    let ids: Vec<String> = moved.iter().map(|row| text(&row["customer"])).collect();
    assert_eq!(ids, ["K05", "K02", "K03", "K13"]);
    trend_is(&report, &RUNS[3..6]);
}

#[test]
fn a_year_without_a_run_before_it_is_compared_with_its_first() {
    let report = of_year(&["2024"]);
    assert_eq!(report["facts"]["compared_with"], "2024-01-31");
    let notes = report["sections"]["movement"]["notes"].to_string();
    assert!(notes.contains("There is no run before 2024"), "{notes}");
    // Up: K02, K03, K04, K07, K08, K09, K11, K15; down: K14; new: K13.
    let counts = ["up", "down", "new", "absent", "same"].map(|word| class(&report, word));
    assert_eq!(counts, [8, 1, 1, 0, 5]);
    trend_is(&report, &RUNS);
}

#[test]
fn a_month_and_its_run_say_the_same() {
    let (month, run) = (of_year(&["2024-09"]), of_year(&["@2024-09"]));
    for report in [&month, &run] {
        let counts = ["up", "down", "new", "absent", "same"].map(|word| class(report, word));
        // K11 is absent.
        assert_eq!(counts, [1, 2, 0, 1, 11]);
    }
    let tables = |report: &Value| {
        let sections = report["sections"].as_object().unwrap();
        let sections = sections.iter().filter(|(key, _)| *key != "trend");
        sections
            .map(|(key, section)| (key.clone(), section["tables"].clone()))
            .collect::<Vec<_>>()
    };
    assert_eq!(tables(&month), tables(&run));
}

/// The columns of counts, which add up.
fn adds_up(name: &str, table: &Value, faults: &mut Vec<String>) -> usize {
    let Some(total) = table.get("total").and_then(Value::as_object) else {
        return 0;
    };
    let rows = table["rows"].as_array().unwrap();
    let counts = |key: &str| {
        let known = [
            "customers",
            "lost",
            "unknown",
            "total",
            "requests",
            "in_time",
            "late",
            "answers",
        ];
        let groups = ["level.", "to.", "count."];
        known.contains(&key) || groups.iter().any(|group| key.starts_with(group))
    };
    let mut checked = 0;
    for (key, total) in total.iter().filter(|(key, _)| counts(key)) {
        let Some(total) = total.as_u64() else {
            continue;
        };
        let sum: u64 = rows.iter().filter_map(|row| row[key].as_u64()).sum();
        if sum != total {
            faults.push(format!("{name}: {key} adds up to {sum}, not {total}"));
        }
        checked += 1;
    }
    checked
}

#[test]
fn the_rows_of_every_table_add_up_to_its_total() {
    let reports = [
        (
            "b2b",
            of_files(
                "b2b-weighted",
                "rules.toml",
                "2024-03-31",
                &["--by", "区域,所属行业"],
            ),
        ),
        (
            "lifecycle",
            of_files("lifecycle", "rules.toml", "2024-12-31", &[]),
        ),
        (
            "reference",
            of_files(
                "reference",
                "../../rules.example.toml",
                "2024-12-31",
                &["--by", "month(合作起始时间)"],
            ),
        ),
        (
            "service",
            of_files("service", "rules.toml", "2024-06-30", &["--by", "客服专员"]),
        ),
        (
            "some",
            of_files(
                "service",
                "rules.toml",
                "2024-06-30",
                &["--where", "grade = 'B'", "--by", "客服专员"],
            ),
        ),
        ("year", of_year(&["2024", "--by", "区域"])),
    ];
    let (mut faults, mut checked) = (vec![], 0);
    for (name, report) in &reports {
        for (key, section) in report["sections"].as_object().unwrap() {
            for (table_key, table) in section["tables"].as_object().unwrap() {
                let name = format!("{name} {key}.{table_key}");
                checked += adds_up(&name, table, &mut faults);
                // Everybody of the report is in one of the groups that part them.
                let all: u64 = report["facts"]["customers"]
                    .as_str()
                    .unwrap()
                    .parse()
                    .unwrap();
                if ["composition", "by", "contribution"].contains(&key.as_str())
                    && let Some(total) = table["total"]["customers"].as_u64()
                    && total != all
                {
                    faults.push(format!("{name}: {total} customers of {all}"));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
    assert!(checked > 100, "only {checked} totals were there to check");
}
