//! What `simulate` foretells is what happens when the schemes are taken: it is held against `grade`, `diff`, `tasks` and
//! `report` run by themselves.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot read its own files fails by panic"
)]

use regrade::table::Decimal;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const PRESENT: &str = r#"
[scheme]
name = "现行"
language = "zh"
period = "month"
[sheets.customers]
key = "编号"
fields = [
  { name = "得点", type = "number" },
  { name = "采购额", type = "money", unit = "元" },
  { name = "客户经理", type = "text" },
  { name = "到期", type = "date" },
]
[[grades]]
name = "甲"
when = "得点 >= 80"
[[grades]]
name = "乙"
when = "得点 >= 50"
[[grades]]
name = "丙"
[[strategies]]
when = "grade = '甲'"
hours = 6
cost = 800
tasks = [{ title = "拜访", every = "month", by = "{客户经理}" }]
[[strategies]]
when = "grade = '乙'"
hours = 2.5
cost = 300.1
[[strategies]]
when = "grade = '丙'"
hours = 0.5
[[strategies]]
tasks = [
  { title = "续约", on = "到期", by = "{客户经理}", lead_days = 3 },
  { title = "唤醒", when = "grade = '丙' and 采购额 > 0", by = "客服组" },
]
"#;

/// A folder with sheets and schemes.
struct World {
    held: tempfile::TempDir,
}

impl World {
    /// Two hundred customers of four owners, one of them nobody; a value is missing here and there.
    fn new() -> Self {
        let held = tempfile::tempdir().unwrap();
        let mut sheet = "编号,得点,采购额,客户经理,到期\n".to_owned();
        for number in 0..200_u32 {
            let points = number * 37 % 101;
            let points = if number % 50 == 7 {
                String::new()
            } else {
                points.to_string()
            };
            let amount = number * 7919 % 1000;
            let owner = ["王芳", "李强", "", "何静"][number as usize % 4];
            let day = number % 28 + 1;
            let due = if number % 3 == 0 {
                format!("2024-02-{day:02}")
            } else {
                String::new()
            };
            sheet += &format!("K{number},{points},{amount}.{number},{owner},{due}\n");
        }
        fs::write(held.path().join("客户.csv"), sheet).unwrap();
        let new = PRESENT.replace(">= 80", ">= 65").replace(">= 50", ">= 60");
        fs::write(held.path().join("现行.toml"), PRESENT).unwrap();
        fs::write(held.path().join("新版.toml"), new).unwrap();
        Self { held }
    }

    fn path(&self) -> &Path {
        self.held.path()
    }

    fn run(&self, line: &str) -> String {
        regrade(self.path(), line)
    }

    fn json(&self, line: &str) -> Value {
        serde_json::from_str(&self.run(line)).unwrap()
    }
}

/// Runs the program in a folder; what it prints.
fn regrade(folder: &Path, line: &str) -> String {
    let arguments = line.split_whitespace().map(|word| word.replace('_', " "));
    let run = Command::new(env!("CARGO_BIN_EXE_regrade"))
        .args(arguments)
        .current_dir(folder)
        .env("LANG", "C.UTF-8")
        .env_remove("REGRADE_LEDGER")
        .env_remove("REGRADE_RULES")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{line}: {said}");
    String::from_utf8(run.stdout).unwrap()
}

/// A number with its exact digits.
fn number(value: &Value) -> Decimal {
    Decimal::parse(&value.to_string()).unwrap()
}

/// One more of what is counted under a name, or so many.
fn add(figures: &mut BTreeMap<String, Decimal>, name: &str, more: Decimal) {
    let known = figures.entry(name.to_owned()).or_default();
    *known = known.checked_add(more).unwrap();
}

/// The rows of a table of effects: by name the figure of a column.
fn column(document: &Value, path: &str, column: &str) -> BTreeMap<String, Decimal> {
    let table = document
        .pointer(path)
        .unwrap_or_else(|| panic!("{path}: {document}"));
    let rows = table["rows"].as_array().unwrap().iter();
    let rows = rows.filter(|row| !row[column].is_null());
    rows.map(|row| {
        (
            row["name"].as_str().unwrap().to_owned(),
            number(&row[column]),
        )
    })
    .collect()
}

/// How many open tasks each owner has, by what `tasks` lists.
fn tasks_by_owner(list: &str) -> BTreeMap<String, Decimal> {
    let mut owners = BTreeMap::new();
    for line in list.lines() {
        let task: Value = serde_json::from_str(line).unwrap();
        let owner = task["owner"].as_str().unwrap_or("未写明");
        add(&mut owners, owner, Decimal::ONE);
    }
    owners
}

/// The two sides without what is nought on one of them: an owner without a task is in no list.
fn without_noughts(mut figures: BTreeMap<String, Decimal>) -> BTreeMap<String, Decimal> {
    figures.retain(|_, figure| *figure != Decimal::ZERO);
    figures
}

const AS_OF: &str = "--as-of 2024-01-31 -q --lang zh";

#[test]
fn the_tasks_of_both_schemes_are_those_that_tasks_lists() {
    let world = World::new();
    for span in ["", "--from 2024-02-10 --until 2024-04-05"] {
        let simulated = world.json(&format!(
            "simulate 客户.csv -r 新版.toml --against 现行.toml {AS_OF} {span} --format json"
        ));
        let table = "/effects/workload/tables/tasks";
        for (side, rules) in [("old", "现行"), ("new", "新版")] {
            let listed = world.run(&format!(
                "tasks 客户.csv -r {rules}.toml {AS_OF} {span} --format jsonl"
            ));
            let expected = tasks_by_owner(&listed);
            assert!(expected.len() >= 4, "{expected:?}");
            let found = without_noughts(column(&simulated, table, side));
            assert_eq!(found, expected, "{side} {span}");
        }
        let (old, new) = (
            column(&simulated, table, "old"),
            column(&simulated, table, "new"),
        );
        for (owner, change) in column(&simulated, table, "change") {
            assert_eq!(
                Some(change),
                new[&owner].checked_sub(old[&owner]),
                "{owner}"
            );
        }
    }
}

#[test]
fn over_a_ledger_the_tasks_are_those_of_a_run_by_the_other_scheme() {
    let world = World::new();
    let other = World::new();
    let months = |world: &World, last: &str| {
        for (rules, day) in [("现行", "2024-01-31"), (last, "2024-02-29")] {
            let common = format!("-r {rules}.toml --ledger l.db --as-of {day} -q");
            world.run(&format!("import 客户.csv {common}"));
            world.run(&format!("grade {common} -o graded.csv"));
        }
    };
    months(&world, "现行");
    months(&other, "新版");
    let before = fs::read(world.path().join("l.db")).unwrap();
    let line = "simulate -r 新版.toml --ledger l.db -q --lang zh --format json";
    let simulated = world.json(line);
    assert_eq!(fs::read(world.path().join("l.db")).unwrap(), before);
    let table = "/effects/workload/tables/tasks";
    for (side, world) in [("old", &world), ("new", &other)] {
        let listed = world.run("tasks -r 新版.toml --ledger l.db -q --lang zh --format jsonl");
        let found = without_noughts(column(&simulated, table, side));
        assert_eq!(found, tasks_by_owner(&listed), "{side}");
    }
    // What a run of the ledger is compared with may be named by a run too.
    let named = world.json(&format!("{line} --against @2024-01"));
    assert_eq!(named["effects"], simulated["effects"]);
}

#[test]
fn hours_and_cost_are_those_of_the_report() {
    let world = World::new();
    let simulated = world.json(&format!(
        "simulate 客户.csv -r 新版.toml --against 现行.toml {AS_OF} --format json"
    ));
    for (side, rules) in [("old", "现行"), ("new", "新版")] {
        let report = world.json(&format!(
            "report 客户.csv -r {rules}.toml {AS_OF} --format json"
        ));
        let total = &report["sections"]["strategies"]["tables"]["effort"]["total"];
        let effects = &simulated["effects"];
        let hours = &effects["workload"]["tables"]["hours"]["total"][side];
        assert_eq!(number(hours), number(&total["hours"]), "{side}");
        let cost = &effects["cost"]["tables"]["cost"]["total"][side];
        assert_eq!(number(cost), number(&total["cost"]), "{side}");
        let grades = "/sections/contribution/tables/grade";
        let shares = column(&report, grades, "amount_share");
        let found = column(&simulated, "/effects/revenue/tables/revenue_share", side);
        for (grade, share) in found {
            // Those without a grade are called otherwise there.
            if grade != "未评级" {
                assert_eq!(share, shares[&grade], "{side} {grade}");
            }
        }
    }
    // By hand: hours of an owner whose customers the strategy's own task names, and of one who is named by another's.
    let hours = column(&simulated, "/effects/workload/tables/hours", "old");
    let sheet = fs::read_to_string(world.path().join("客户.csv")).unwrap();
    let mut expected: BTreeMap<String, Decimal> = BTreeMap::new();
    for line in sheet.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let Ok(points) = cells[1].parse::<i32>() else {
            continue;
        };
        let hours = if points >= 80 {
            "6"
        } else if points >= 50 {
            "2.5"
        } else {
            "0.5"
        };
        // A blank name is none; the task for all customers of 丙 and others names 客服组 then.
        let owner = if cells[3].is_empty() {
            "客服组"
        } else {
            cells[3]
        };
        add(&mut expected, owner, Decimal::parse(hours).unwrap());
    }
    assert_eq!(without_noughts(hours), expected);
}

#[test]
fn moves_and_matrix_are_those_of_two_graded_files() {
    let world = World::new();
    for rules in ["现行", "新版"] {
        world.run(&format!(
            "grade 客户.csv -r {rules}.toml {AS_OF} -o {rules}.csv"
        ));
    }
    let compared = world.json("diff 现行.csv 新版.csv -r 新版.toml -q --format json");
    let simulated = world.json(&format!(
        "simulate 客户.csv -r 新版.toml --against 现行.toml {AS_OF} --format json"
    ));
    assert_eq!(simulated["matrix"], compared["matrix"]);
    assert_eq!(
        simulated["summary"]["counts"],
        compared["summary"]["counts"]
    );
    let classes = |document: &Value| -> Vec<(Value, Value)> {
        let moves = document["moves"].as_array().unwrap().iter();
        moves
            .map(|found| (found["id"].clone(), found["class"].clone()))
            .collect()
    };
    assert_eq!(classes(&simulated), classes(&compared));
    assert!(classes(&simulated).len() > 20);
}

/// How many customers each grade has in a graded file.
fn grades(path: PathBuf) -> BTreeMap<String, Decimal> {
    let text = fs::read_to_string(path).unwrap();
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let headers = reader.headers().unwrap().clone();
    let at = headers.iter().position(|header| header == "等级").unwrap();
    let mut grades = BTreeMap::new();
    for row in reader.records() {
        add(&mut grades, &row.unwrap()[at], Decimal::ONE);
    }
    grades
}

#[test]
fn each_cell_of_a_grid_is_a_grading_with_these_values() {
    let world = World::new();
    let document = world.json(&format!(
        "simulate 客户.csv -r 现行.toml {AS_OF} --grid grades.甲.when=得点_>=_{{70..90:10}} --grid \
         grades.乙.when=得点_>=_{{40,50}} --figure share(甲) --format json"
    ));
    let cells = &document["sections"]["cells"]["tables"]["cells"]["rows"];
    let cells = cells.as_array().unwrap();
    assert_eq!(cells.len(), 6);
    world.run(&format!("grade 客户.csv -r 现行.toml {AS_OF} -o 现行.csv"));
    for cell in cells {
        let (first, second) = (
            cell["down"].as_str().unwrap(),
            cell["across"].as_str().unwrap(),
        );
        let set = format!(
            "-r 现行.toml {AS_OF} --set grades.甲.when=得点_>=_{first} --set grades.乙.when=得点_>=_{second}"
        );
        world.run(&format!("grade 客户.csv {set} -o cell.csv"));
        let graded = grades(world.path().join("cell.csv"));
        for (grade, key) in [
            ("甲", "count.甲"),
            ("乙", "count.乙"),
            ("丙", "count.丙"),
            ("", "unrated"),
        ] {
            let expected = graded.get(grade).copied().unwrap_or_default();
            assert_eq!(number(&cell[key]), expected, "{first} {second} {grade}");
        }
        let compared = world.json("diff 现行.csv cell.csv -r 现行.toml -q --format json");
        let counts = &compared["summary"]["counts"];
        assert_eq!(cell["upgraded"], counts["upgraded"], "{first} {second}");
        assert_eq!(cell["downgraded"], counts["downgraded"], "{first} {second}");
        assert_eq!(
            cell["moved"], compared["summary"]["moved"],
            "{first} {second}"
        );
        // The present scheme is the cell in which nobody moves and the values are its own.
        let is_present = (first, second) == ("80", "50");
        assert_eq!(cell["present"] == "是", is_present, "{first} {second}");
        // The table by both values shows the figure of the cell.
        let table = &document["sections"]["grid"]["tables"]["figure"]["rows"];
        let row = table
            .as_array()
            .unwrap()
            .iter()
            .find(|row| row["value"] == first);
        assert_eq!(
            row.unwrap()[format!("at.{second}")],
            cell["share.甲"],
            "{first} {second}"
        );
    }
}

#[test]
fn a_grid_over_what_is_read_reads_anew() {
    let world = World::new();
    let line = format!(
        "simulate 客户.csv -r 现行.toml {AS_OF} --grid sheets.customers.rows={{得点_>_40,得点_>_90}} --format json"
    );
    let rules = PRESENT.replace("key = \"编号\"", "key = \"编号\"\nrows = \"得点 > 0\"");
    fs::write(world.path().join("现行.toml"), rules).unwrap();
    let document = world.json(&line);
    let cells = document["sections"]["cells"]["tables"]["cells"]["rows"]
        .as_array()
        .unwrap();
    let sheet = fs::read_to_string(world.path().join("客户.csv")).unwrap();
    for (cell, least) in cells.iter().zip([40, 90]) {
        let points = sheet
            .lines()
            .skip(1)
            .filter_map(|line| line.split(',').nth(1));
        let points = points.filter_map(|points| points.parse::<i32>().ok());
        let all = points.filter(|points| *points > least).count();
        let keys = ["count.甲", "count.乙", "count.丙", "unrated"];
        let sum = keys.iter().fold(Decimal::ZERO, |sum, key| {
            sum.checked_add(number(&cell[*key])).unwrap()
        });
        assert_eq!(sum, Decimal::from_count(all), "{least}");
    }
}

#[test]
fn schemes_side_by_side_are_each_what_it_gives_by_itself() {
    let world = World::new();
    let third = PRESENT.replace("when = \"得点 >= 80\"", "top = \"10%\"\nby = \"得点\"");
    fs::write(world.path().join("前十.toml"), third).unwrap();
    let document = world.json(&format!(
        "simulate 客户.csv -r 新版.toml --against 现行.toml --against 前十.toml {AS_OF} --format json"
    ));
    let composition = "/sections/composition/tables";
    for (place, rules) in ["现行", "前十", "新版"].into_iter().enumerate() {
        world.run(&format!(
            "grade 客户.csv -r {rules}.toml {AS_OF} -o {rules}.csv"
        ));
        let key = format!("scheme{}", place + 1);
        let mut graded = grades(world.path().join(format!("{rules}.csv")));
        let unrated = graded.remove("").unwrap();
        graded.insert("未评级".to_owned(), unrated);
        let counts = column(&document, &format!("{composition}/customers"), &key);
        assert_eq!(without_noughts(counts), graded, "{rules}");
        if place == 0 {
            continue;
        }
        let compared = world.json(&format!(
            "diff 现行.csv {rules}.csv -r {rules}.toml -q --format json"
        ));
        let moves = column(&document, &format!("{composition}/moves"), &key);
        assert_eq!(
            moves["变动"],
            number(&compared["summary"]["moved"]),
            "{rules}"
        );
        assert_eq!(
            moves["降级"],
            number(&compared["summary"]["counts"]["downgraded"])
        );
    }
    // The tenth best of those who have a value: 196 have one, so that 20 are in.
    let rows = &document.pointer(&format!("{composition}/cuts")).unwrap()["rows"];
    let cut = rows[0]["scheme2"].as_str().unwrap();
    let sheet = fs::read_to_string(world.path().join("客户.csv")).unwrap();
    let points = sheet
        .lines()
        .skip(1)
        .filter_map(|line| line.split(',').nth(1));
    let mut points: Vec<i32> = points.filter_map(|points| points.parse().ok()).collect();
    points.sort_unstable_by(|one, other| other.cmp(one));
    assert_eq!(cut, format!("得点 {}", points[19]));
    assert_eq!(rows[0]["scheme1"], "得点 >= 80");
}
