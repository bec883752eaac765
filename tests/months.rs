//! The same months in every way in which a user may go through them: from files in one call, imported once and graded
//! once, month by month, with every call made twice, with months left out. All give the grades that
//! `tests/examples/monthly-consumption` has, which were not made by regrade. And what is done again changes nothing:
//! not a byte of an output, not a row of the ledger but the audit's.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot read its own files fails by panic"
)]

use rusqlite::Connection;
use rusqlite::types::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Grades by customer.
type Grades = BTreeMap<String, String>;

const ENDS: [&str; 9] = [
    "2024-01-31",
    "2024-02-29",
    "2024-03-31",
    "2024-04-30",
    "2024-05-31",
    "2024-06-30",
    "2024-07-31",
    "2024-08-31",
    "2024-09-30",
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A folder with the example: its sheets, and the orders of each month in a file of their own.
struct Room {
    folder: tempfile::TempDir,
}

impl Room {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let room = Self { folder };
        let example = root().join("examples/monthly-consumption");
        for file in ["rules.toml", "customers.csv", "orders.csv"] {
            fs::copy(example.join(file), room.path(file)).unwrap();
        }
        let text = fs::read_to_string(room.path("orders.csv")).unwrap();
        let text = text.trim_start_matches('\u{feff}');
        let (header, rows) = text.split_once('\n').unwrap();
        let mut seen = 0;
        for month in 1..=9 {
            let day = format!(",2024-{month:02}-");
            let of_month: Vec<&str> = rows.lines().filter(|row| row.contains(&day)).collect();
            seen += of_month.len();
            let text = format!("{header}\n{}\n", of_month.join("\n"));
            fs::write(room.path(&format!("orders2024-{month:02}.csv")), text).unwrap();
        }
        assert_eq!(seen, rows.lines().count());
        room
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs the program there; it must end well.
    fn regrade(&self, line: &str) {
        let run = Command::new(env!("CARGO_BIN_EXE_regrade"))
            .args(line.split_whitespace())
            .current_dir(self.folder.path())
            .env("LANG", "C.UTF-8")
            .env_remove("REGRADE_LEDGER")
            .env_remove("REGRADE_RULES")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&run.stderr);
        assert!(run.status.success(), "{line}: {said}");
    }

    /// The grades of a graded file.
    fn grades(&self, name: &str) -> Grades {
        grades(&self.path(name))
    }

    /// Every row of every table of the ledger but the audit, as text.
    fn ledger(&self) -> BTreeSet<String> {
        let ledger = Connection::open(self.path("regrade.db")).unwrap();
        let mut rows = BTreeSet::new();
        let mut tables = ledger
            .prepare("SELECT name FROM sqlite_master WHERE type = 'table'")
            .unwrap();
        let names = tables.query_map([], |row| row.get::<_, String>(0)).unwrap();
        let names: Vec<String> = names.map(|name| name.unwrap()).collect();
        assert!(names.contains(&"audit".to_owned()), "{names:?}");
        for name in names {
            if name == "audit" || name.starts_with("sqlite_") {
                continue;
            }
            let mut all = ledger
                .prepare(&format!("SELECT * FROM \"{name}\""))
                .unwrap();
            let width = all.column_count();
            let mut found = all.query([]).unwrap();
            while let Some(row) = found.next().unwrap() {
                let cells: Vec<Value> = (0..width).map(|at| row.get(at).unwrap()).collect();
                assert!(rows.insert(format!("{name} {cells:?}")), "{name}");
            }
        }
        rows
    }
}

fn grades(path: &Path) -> Grades {
    let text = fs::read_to_string(path).unwrap();
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let headers = reader.headers().unwrap().clone();
    let column = |name: &str| headers.iter().position(|header| header == name).unwrap();
    let (id, grade) = (column("客户编号"), column("等级"));
    let rows = reader.records().map(|row| row.unwrap());
    rows.map(|row| (row[id].to_owned(), row[grade].to_owned()))
        .collect()
}

fn expected() -> Grades {
    grades(&root().join("tests/examples/monthly-consumption/expected.csv"))
}

#[test]
fn from_the_two_files_in_one_call() {
    let room = Room::new();
    room.regrade("grade -q customers.csv orders.csv --as-of 2024-09-30 -o graded.csv");
    assert_eq!(room.grades("graded.csv"), expected());
    assert!(!room.path("regrade.db").exists());
}

#[test]
fn imported_once_and_graded_once() {
    let room = Room::new();
    room.regrade("import -q customers.csv orders.csv --as-of 2024-09-30");
    room.regrade("grade -q --as-of 2024-09-30 -o graded.csv");
    assert_eq!(room.grades("graded.csv"), expected());
}

#[test]
fn month_by_month_once_and_twice_and_from_the_file_before() {
    let (once, twice, files) = (Room::new(), Room::new(), Room::new());
    for (month, end) in (1..).zip(ENDS) {
        let import = format!("import -q customers.csv orders2024-{month:02}.csv --as-of {end}");
        let grade = format!("grade -q --as-of {end} -o graded-{month}.csv -o graded-{month}.xlsx");
        once.regrade(&import);
        once.regrade(&grade);
        for line in [&import, &grade] {
            twice.regrade(line);
            let before = (twice.ledger(), outputs(&twice, month));
            twice.regrade(line);
            assert_eq!((twice.ledger(), outputs(&twice, month)), before, "{line}");
        }
        for name in [
            format!("graded-{month}.csv"),
            format!("graded-{month}.xlsx"),
        ] {
            let same = fs::read(once.path(&name)).unwrap() == fs::read(twice.path(&name)).unwrap();
            assert!(same, "{name}");
        }
        // Without a ledger: all orders up to now, and what the month before wrote.
        let orders: Vec<String> = (1..=month)
            .map(|month| format!("orders2024-{month:02}.csv"))
            .collect();
        let previous = match month {
            1 => String::new(),
            month => format!("--previous graded-{}.xlsx", month - 1),
        };
        let line = format!(
            "customers.csv {} {previous} --as-of {end}",
            orders.join(" ")
        );
        files.regrade(&format!(
            "grade -q {line} -o graded-{month}.csv -o graded-{month}.xlsx"
        ));
        let name = format!("graded-{month}.csv");
        assert_eq!(files.grades(&name), once.grades(&name), "{end}");
    }
    assert_eq!(once.grades("graded-9.csv"), expected());
    // Repeating a month that lies back gives what it gave, and no other run.
    let before = (once.ledger(), outputs(&once, 5));
    once.regrade("import -q customers.csv orders2024-05.csv --as-of 2024-05-31");
    once.regrade("grade -q --as-of 2024-05-31 -o graded-5.csv -o graded-5.xlsx");
    assert_eq!((once.ledger(), outputs(&once, 5)), before);
}

/// The outputs of a month, if it has been graded.
fn outputs(room: &Room, month: usize) -> [Option<Vec<u8>>; 2] {
    ["csv", "xlsx"].map(|ending| fs::read(room.path(&format!("graded-{month}.{ending}"))).ok())
}

#[test]
fn with_months_left_out() {
    // For each way the months that are graded; all are imported, each when it is over or with the next one that is
    // graded.
    for (graded, at_once) in [
        (vec![9], false),
        (vec![1, 9], true),
        (vec![3, 4, 8, 9], true),
        (vec![2, 5, 6, 9], false),
        (vec![1, 3, 5, 7, 9], true),
    ] {
        let room = Room::new();
        let mut waiting = vec![];
        for (month, end) in (1..).zip(ENDS) {
            waiting.push(format!("orders2024-{month:02}.csv"));
            let is_graded = graded.contains(&month);
            if is_graded || !at_once {
                let files = waiting.join(" ");
                waiting.clear();
                room.regrade(&format!("import -q customers.csv {files} --as-of {end}"));
            }
            if is_graded {
                room.regrade(&format!("grade -q --as-of {end} -o graded.csv"));
            }
        }
        assert_eq!(
            room.grades("graded.csv"),
            expected(),
            "{graded:?} {at_once}"
        );
    }
}
