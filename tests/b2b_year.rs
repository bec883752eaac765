//! The year of `examples/b2b-year`, run as its page says, against figures that were worked out by hand: every grade,
//! type, score, decision and date of every customer and month, every move with its cause, and the tables of the page.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot read its own files fails by panic"
)]

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

/// A cell by customer and month, such as `K01` and `2024-01`.
type Figures = BTreeMap<(String, String), String>;

/// The example's folder.
fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/b2b-year")
}

/// Runs `year.sh` into `out`.
fn run_year(out: &Path) -> Output {
    let regrade = Path::new(env!("CARGO_BIN_EXE_regrade"));
    let mut path = regrade.parent().unwrap().as_os_str().to_owned();
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap());
    Command::new("sh")
        .arg(example().join("year.sh"))
        .arg(out)
        .env("PATH", path)
        .env("LANG", "C.UTF-8")
        .env_remove("LC_ALL")
        .output()
        .unwrap()
}

/// The folder of a year that is run once for all tests, and begun anew each time.
static YEAR: LazyLock<PathBuf> = LazyLock::new(|| {
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("b2b-year");
    let _none_before = fs::remove_dir_all(&out);
    let run = run_year(&out);
    let said = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{}: {said}", run.status);
    out
});

/// The rows of a CSV file of `expected/`, each a list of heading and cell.
fn expected_rows(name: &str) -> Vec<Vec<(String, String)>> {
    let mut reader = csv::Reader::from_path(example().join("expected").join(name)).unwrap();
    let headers = reader.headers().unwrap().clone();
    reader
        .records()
        .map(|record| {
            let cells = record.unwrap();
            let pairs = headers.iter().zip(cells.iter());
            pairs.map(|(h, c)| (h.to_owned(), c.to_owned())).collect()
        })
        .collect()
}

/// A table of `expected/` with a row a customer and a column a month; blank cells are left out.
fn expected(name: &str) -> Figures {
    let mut figures = Figures::new();
    for row in expected_rows(name) {
        let customer = &row[0].1;
        for (month, cell) in &row[1..] {
            if !cell.is_empty() {
                figures.insert((customer.clone(), month.clone()), cell.clone());
            }
        }
    }
    figures
}

/// The months, as files are named.
fn months() -> impl Iterator<Item = String> {
    (1..=12).map(|month| format!("2024-{month:02}"))
}

/// A file of JSON lines.
fn lines(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// What the graded files have under a key; blanks are left out.
fn graded(out: &Path, key: &str) -> Figures {
    let mut figures = Figures::new();
    for month in months() {
        for record in lines(&out.join(format!("{month}.jsonl"))) {
            let cell = match &record[key] {
                Value::Null => continue,
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            let customer = record["id"].as_str().unwrap().to_owned();
            figures.insert((customer, month.clone()), cell);
        }
    }
    figures
}

/// Where two tables differ, a line each.
fn differences(what: &str, expected: &Figures, got: &Figures) -> Vec<String> {
    let keys: BTreeSet<_> = expected.keys().chain(got.keys()).collect();
    keys.into_iter()
        .filter(|key| expected.get(*key) != got.get(*key))
        .map(|key| {
            let (expected, got) = (expected.get(key), got.get(key));
            format!(
                "{what} of {} in {}: {got:?}, not {expected:?}",
                key.0, key.1
            )
        })
        .collect()
}

#[test]
fn the_year_is_as_worked_out_by_hand() {
    let mut wrong = vec![];
    for (name, key) in [
        ("grades.csv", "grade"),
        ("types.csv", "type"),
        ("scores.csv", "score"),
        ("decisions.csv", "decision"),
        ("since.csv", "since"),
    ] {
        let got = graded(&YEAR, key);
        assert!(got.len() > 160, "{key}: {} figures", got.len());
        wrong.extend(differences(key, &expected(name), &got));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_moves_have_the_causes_that_were_worked_out_by_hand() {
    let mut got = BTreeSet::new();
    for month in months().skip(1) {
        for line in lines(&YEAR.join(format!("{month}-moves.jsonl"))) {
            let class = line["class"].as_str().unwrap();
            if ["upgraded", "downgraded"].contains(&class) {
                let cells = ["id", "old", "new", "class", "cause"];
                let cells = cells.map(|key| line[key].as_str().unwrap_or_default());
                got.insert(format!("{month} {}", cells.join(" ")));
            }
        }
    }
    let expected: BTreeSet<String> = expected_rows("moves.csv")
        .into_iter()
        .map(|row| {
            let cells: Vec<String> = row.into_iter().map(|(_, cell)| cell).collect();
            cells.join(" ")
        })
        .collect();
    let missing = expected
        .difference(&got)
        .map(|line| format!("no move {line}"));
    let other = got
        .difference(&expected)
        .map(|line| format!("another move: {line}"));
    let wrong: Vec<String> = missing.chain(other).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_history_and_the_restatement_are_as_worked_out_by_hand() {
    let cells_of = |name: &str| -> Vec<Vec<String>> {
        let cells = |row: Vec<(String, String)>| row.into_iter().map(|(_, cell)| cell).collect();
        expected_rows(name).into_iter().map(cells).collect()
    };
    let text = fs::read_to_string(YEAR.join("K12.csv")).unwrap();
    let got: Vec<Vec<String>> =
        csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes())
            .records()
            .map(|record| record.unwrap().iter().take(4).map(str::to_owned).collect())
            .collect();
    assert_eq!(got, cells_of("history.csv"));

    let mut restated = vec![];
    for month in months() {
        let text = fs::read_to_string(YEAR.join(format!("{month}-import.json"))).unwrap();
        let summary: Value = serde_json::from_str(&text).unwrap();
        for change in summary["restated"].as_array().unwrap() {
            let cells = ["as_of", "id", "recorded", "restated"];
            let mut cells = cells.map(|key| change[key].as_str().unwrap().to_owned());
            cells[0].truncate("2024-08".len());
            restated.push(cells.to_vec());
        }
    }
    assert_eq!(restated, cells_of("restated.csv"));
}

/// RFC 4648, read back.
fn from_base64(text: &str) -> String {
    let digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits: Vec<u8> = text
        .chars()
        .filter_map(|c| digits.find(c))
        .flat_map(|digit| (0..6).rev().map(move |bit| (digit >> bit & 1) as u8))
        .collect();
    let bytes = bits.chunks_exact(8);
    let bytes = bytes.map(|bits| bits.iter().fold(0, |byte, bit| byte << 1 | bit));
    String::from_utf8(bytes.collect()).unwrap()
}

#[test]
fn each_move_is_told_once_with_the_months_and_amounts_that_decided_and_nobody_without_consent() {
    let mut got = BTreeSet::new();
    for entry in fs::read_dir(YEAR.join("notices")).unwrap() {
        let path = entry.unwrap().path();
        let mail = fs::read_to_string(&path).unwrap();
        let text = from_base64(mail.split_once("\r\n\r\n").unwrap().1);
        let after = |mark: &str| {
            let rest = text
                .split_once(mark)
                .unwrap_or_else(|| panic!("no {mark}: {text}"));
            let line = rest.1.lines().next().unwrap();
            line.trim_end_matches('。').to_owned()
        };
        let name = path.file_name().unwrap().to_str().unwrap();
        let parts: Vec<&str> = name.split('-').collect();
        let month = parts[..2].join("-");
        let levels = after("贵司的等级由 ")
            .replace("升为", "")
            .replace("调整为", "");
        let levels: Vec<&str> = levels.split_whitespace().collect();
        let reason = after("依据：");
        got.insert([&month, parts[3], levels[0], levels[1], &reason].join(" "));
    }
    let expected: BTreeSet<String> = expected_rows("notices.csv")
        .into_iter()
        .map(|row| {
            row.into_iter()
                .map(|(_, cell)| cell)
                .collect::<Vec<_>>()
                .join(" ")
        })
        .collect();
    assert_eq!(got, expected);

    // Every pair of months once more: nobody is told anything new.
    let run = |words: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_regrade"))
            .arg("notify")
            .args(words)
            .args(["--ledger", YEAR.join("regrade.db").to_str().unwrap()])
            .args(["-r", example().join("rules-2.toml").to_str().unwrap()])
            .args(["--lang", "en"])
            .output()
            .unwrap()
    };
    let regrade = |words: &[&str]| String::from_utf8(run(words).stderr).unwrap();
    let mut before = 0;
    for (old, new) in months().zip(months().skip(1)) {
        let said = regrade(&[&format!("@{old}"), &format!("@{new}"), "-n"]);
        let line = said
            .lines()
            .find(|line| line.starts_with("would write"))
            .unwrap();
        let told = line
            .strip_prefix("would write messages 0; told before ")
            .unwrap_or_else(|| panic!("{new}: {said}"));
        before += told.parse::<usize>().unwrap();
    }
    assert_eq!(before, expected.len());
    let said = regrade(&["@2024-06", "@2024-07", "-n"]);
    let refused = said
        .lines()
        .find(|line| line.starts_with("without consent"))
        .unwrap();
    assert_eq!(refused, "without consent 2: `K07 永兴包装`, `K09 启明照明`");

    // The same in English.
    let shown = run(&["@2024-03", "@2024-04", "--again", "--format", "jsonl"]).stdout;
    let shown = String::from_utf8(shown).unwrap();
    let letter: Value = serde_json::from_str(shown.lines().nth(1).unwrap_or(shown.trim())).unwrap();
    assert_eq!(
        letter["reason"],
        "月消费额: February 79000 元, March 75000 元, April 70000 元, below 80000 元 for three months in a row; \
         Score 72, below 80"
    );
}

/// The cells of a table of tasks under these headings, each row joined, in the order of the rows.
fn tasks(text: &str, headings: &[&str]) -> Vec<String> {
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let header = reader.headers().unwrap().clone();
    let places: Vec<usize> = headings
        .iter()
        .map(|heading| header.iter().position(|known| known == *heading).unwrap())
        .collect();
    let rows = reader.records().map(|record| {
        let record = record.unwrap();
        let cells: Vec<&str> = places.iter().map(|place| &record[*place]).collect();
        cells.join(" ").trim_end().to_owned()
    });
    rows.collect()
}

#[test]
fn the_tasks_of_a_quarter_are_as_worked_out_by_hand() {
    let all = [
        "到期日",
        "客户编号",
        "任务",
        "负责人",
        "状态",
        "逾期天数",
        "完成日",
    ];
    for (name, headings) in [
        ("tasks-2024-06.csv", &all[..4]),
        ("tasks-2024-08.csv", &all),
    ] {
        let expected = fs::read_to_string(example().join("expected").join(name)).unwrap();
        let got = fs::read_to_string(YEAR.join(name)).unwrap();
        assert_eq!(tasks(&got, headings), tasks(&expected, headings), "{name}");
        // The pages show them: day, customer, task, owner, and whether it is overdue or done.
        for page in ["README.md", "README.zh-CN.md"] {
            let text = fs::read_to_string(example().join(page)).unwrap();
            let shown: Vec<Vec<&str>> = text
                .lines()
                .filter(|line| line.starts_with("| 2024-"))
                .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
                .filter(|cells: &Vec<&str>| cells.len() == if headings.len() == 4 { 4 } else { 5 })
                .collect();
            let rows = expected_rows(name);
            assert_eq!(shown.len(), rows.len(), "{page}");
            for (shown, row) in shown.iter().zip(rows) {
                let cells: Vec<&str> = row.iter().map(|(_, cell)| cell.as_str()).collect();
                let customer = shown[1].split(' ').next().unwrap();
                assert_eq!(
                    [shown[0], customer, shown[2], shown[3]],
                    cells[..4],
                    "{page}"
                );
                for said in cells.get(5..).unwrap_or_default() {
                    assert!(shown[4].contains(said), "{page}: {shown:?} without {said}");
                }
            }
        }
    }
}

#[test]
fn the_page_has_the_same_tables() {
    let grades = expected("grades.csv");
    // The page shows the first character of a type.
    let types: Figures = expected("types.csv")
        .into_iter()
        .map(|(key, name)| (key, name.chars().take(1).collect()))
        .collect();
    for page in ["README.md", "README.zh-CN.md"] {
        let text = fs::read_to_string(example().join(page)).unwrap();
        let rows: Vec<Vec<&str>> = text
            .lines()
            .filter(|line| line.starts_with("| K"))
            .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
            .collect();
        let (first, second) = rows.split_at(15);
        for (rows, expected) in [(first, &grades), (second, &types)] {
            let mut shown = Figures::new();
            for row in rows {
                let customer = row[0].split(' ').next().unwrap();
                for (month, cell) in months().zip(&row[1..]) {
                    let cell = cell.trim_matches(['*', '(', ')', '–']);
                    if !cell.is_empty() {
                        shown.insert((customer.to_owned(), month), cell.to_owned());
                    }
                }
            }
            assert_eq!(differences(page, expected, &shown), Vec::<String>::new());
        }
    }
}
