//! `backtest` over the year of `examples/b2b-year` against the same year run month by month by the candidate, in a ledger
//! of its own; and its figures against figures that are counted here from the files which those runs wrote and from the
//! orders themselves.
//!
//! A backtest knows rows as they are known now. So the ledger that it is held against takes all files in first, each with
//! its date, and grades then. Graded as the files came in, the year differs where a row came late, and nowhere else: that
//! is shown too.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot read its own files fails by panic"
)]

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

/// What is known of a customer in a month: the grade, and what the run decided.
type Standings = BTreeMap<(String, String), (String, String)>;

const LAST_DAYS: [u32; 12] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/// Within so many months a move back is a reversal, and so many months after are looked at.
const MONTHS: usize = 3;

fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/b2b-year")
}

fn days() -> impl Iterator<Item = String> {
    let months = LAST_DAYS.iter().zip(1..);
    months.map(|(day, month)| format!("2024-{month:02}-{day:02}"))
}

/// Runs regrade in a folder, and gives what it printed.
fn regrade(folder: &Path, arguments: &[&str]) -> String {
    let done = Command::new(env!("CARGO_BIN_EXE_regrade"))
        .current_dir(folder)
        .args(arguments)
        .env("LANG", "C.UTF-8")
        .env_remove("LC_ALL")
        .env_remove("REGRADE_RULES")
        .env_remove("REGRADE_LEDGER")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(
        done.status.success(),
        "regrade {arguments:?} ended with {}: {said}",
        done.status
    );
    String::from_utf8(done.stdout).unwrap()
}

fn empty_folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _none_before = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    for rules in ["rules.toml", "rules-2.toml"] {
        fs::copy(example().join(rules), folder.join(rules)).unwrap();
    }
    fs::create_dir(folder.join("templates")).unwrap();
    for template in fs::read_dir(example().join("templates")).unwrap() {
        let template = template.unwrap();
        let to = folder.join("templates").join(template.file_name());
        fs::copy(template.path(), to).unwrap();
    }
    folder
}

/// The files of the month of a day.
fn exports(day: &str) -> Vec<String> {
    let files = fs::read_dir(example().join("in").join(&day[..7])).unwrap();
    let mut files: Vec<String> = files
        .map(|file| file.unwrap().path().to_str().unwrap().to_owned())
        .collect();
    files.sort();
    files
}

fn import(folder: &Path, rules: &str, day: &str) {
    let files = exports(day);
    let mut arguments = vec!["import", "-q", "-r", rules, "--as-of", day];
    arguments.extend(files.iter().map(String::as_str));
    regrade(folder, &arguments);
}

/// What people set in the month of a day, as `year.sh` does it.
fn corrections(folder: &Path, rules: &str, day: &str) {
    let set = |customer: &str, grade: &str, hold: &str, until: &str, as_of: &str| {
        let arguments = [
            "review", "set", customer, "--grade", grade, hold, "--until", until, "--as-of", as_of,
            "--by", "何静", "--reason", "约定", "-q", "-r", rules,
        ];
        regrade(folder, &arguments);
    };
    match &day[..7] {
        "2024-03" => set("K02", "B", "--lock", "2024-05-31", "2024-03-15"),
        "2024-05" => set("K12", "A", "--floor", "2024-08-31", "2024-05-10"),
        _ => {}
    }
}

/// Grades a month-end and adds what came out.
fn grade(folder: &Path, rules: &str, day: &str, into: &mut Standings) {
    let printed = regrade(
        folder,
        &[
            "grade", "-q", "-r", rules, "--as-of", day, "--format", "jsonl",
        ],
    );
    for line in printed.lines() {
        let record: Value = serde_json::from_str(line).unwrap();
        let cell = |key: &str| record[key].as_str().unwrap_or_default().to_owned();
        into.insert(
            (cell("id"), day.to_owned()),
            (cell("grade"), cell("decision")),
        );
    }
}

/// A year with a scheme in a ledger of its own: all files first, then month by month.
fn month_by_month(name: &str, rules: &str) -> Standings {
    let folder = empty_folder(name);
    for day in days() {
        import(&folder, rules, &day);
    }
    let mut standings = Standings::new();
    for day in days() {
        corrections(&folder, rules, &day);
        grade(&folder, rules, &day, &mut standings);
    }
    standings
}

/// The ledger of people who changed their scheme in July and graded as the files came in.
static LEDGER: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = empty_folder("backtest-ledger");
    for day in days() {
        let rules = if day.as_str() < "2024-07" {
            "rules.toml"
        } else {
            "rules-2.toml"
        };
        corrections(&folder, rules, &day);
        import(&folder, rules, &day);
        grade(&folder, rules, &day, &mut Standings::new());
    }
    folder
});

/// What `backtest` says of each customer and month-end by the candidate, and by the present scheme.
fn backtested(rules: &str) -> [Standings; 2] {
    let printed = regrade(
        &LEDGER,
        &["backtest", "-q", "-r", rules, "--format", "jsonl"],
    );
    let mut sides = [Standings::new(), Standings::new()];
    for line in printed.lines() {
        let record: Value = serde_json::from_str(line).unwrap();
        let cell = |key: &str| record[key].as_str().unwrap_or_default().to_owned();
        let key = (cell("id"), cell("as_of"));
        sides[0].insert(key.clone(), (cell("grade"), cell("decision")));
        sides[1].insert(key, (cell("present_grade"), cell("present_decision")));
    }
    sides
}

fn differences(one: &Standings, other: &Standings) -> BTreeSet<(String, String)> {
    let keys = one.keys().chain(other.keys());
    keys.filter(|key| one.get(*key) != other.get(*key))
        .cloned()
        .collect()
}

#[test]
fn a_backtest_is_the_year_run_month_by_month_with_the_candidate() {
    let before = fs::read(LEDGER.join("regrade.db")).unwrap();
    let [candidate, present] = backtested("rules.toml");
    assert!(candidate.len() > 170, "{} standings", candidate.len());
    // Both schemes, so that the present one is not only whatever the candidate is.
    for (name, rules, replayed) in [
        ("backtest-rules-1", "rules.toml", candidate),
        ("backtest-rules-2", "rules-2.toml", present),
    ] {
        let ran = month_by_month(name, rules);
        assert_eq!(differences(&ran, &replayed), BTreeSet::new(), "{rules}");
    }
    let after = fs::read(LEDGER.join("regrade.db")).unwrap();
    assert!(before == after, "nothing is written to the ledger");
}

#[test]
fn a_value_of_the_candidate_that_is_set_is_replayed_too() {
    let set = "movement.grade.grace=1";
    let printed = regrade(
        &LEDGER,
        &[
            "backtest",
            "-q",
            "-r",
            "rules-2.toml",
            "--set",
            set,
            "--format",
            "jsonl",
        ],
    );
    let folder = empty_folder("backtest-set");
    for day in days() {
        import(&folder, "rules-2.toml", &day);
    }
    let mut ran = BTreeMap::new();
    for day in days() {
        corrections(&folder, "rules-2.toml", &day);
        let graded = regrade(
            &folder,
            &[
                "grade",
                "-q",
                "-r",
                "rules-2.toml",
                "--set",
                set,
                "--as-of",
                &day,
                "--format",
                "jsonl",
            ],
        );
        for line in graded.lines() {
            let record: Value = serde_json::from_str(line).unwrap();
            ran.insert(
                (record["id"].clone().to_string(), day.clone()),
                record["grade"].clone(),
            );
        }
    }
    let mut moved = 0;
    for line in printed.lines() {
        let record: Value = serde_json::from_str(line).unwrap();
        let key = (
            record["id"].to_string(),
            record["as_of"].as_str().unwrap().to_owned(),
        );
        assert_eq!(ran.remove(&key), Some(record["grade"].clone()), "{key:?}");
        moved += usize::from(record["grade"] != record["present_grade"]);
    }
    assert!(ran.is_empty(), "{ran:?}");
    assert!(
        moved > 0,
        "the value changes something, or nothing is shown"
    );
}

#[test]
fn graded_as_the_files_came_in_the_year_differs_where_an_order_came_late() {
    let folder = empty_folder("backtest-as-it-came");
    let mut ran = Standings::new();
    for day in days() {
        corrections(&folder, "rules.toml", &day);
        import(&folder, "rules.toml", &day);
        grade(&folder, "rules.toml", &day, &mut ran);
    }
    let [candidate, _] = backtested("rules.toml");
    let key = |day: &str| ("K04".to_owned(), day.to_owned());
    let late = differences(&ran, &candidate);
    // July's order was made smaller in September's file: the three months over 8万 are August to October, so that K04
    // is B until September, and A at the end of October instead of August.
    let expected = ["2024-08-31", "2024-09-30", "2024-10-31"].map(key);
    assert_eq!(late, BTreeSet::from(expected.clone()));
    let of = |standings: &Standings| expected.clone().map(|key| standings[&key].0.clone());
    assert_eq!(of(&ran), ["A", "A", "A"]);
    assert_eq!(of(&candidate), ["B", "B", "A"]);
}

#[test]
fn who_was_lost_is_what_the_report_of_the_present_scheme_calls_it() {
    let rules = fs::read_to_string(example().join("rules-2.toml")).unwrap();
    let rules = format!("{rules}\n[report]\nchurned = \"latest(月消费额) = 0\"\n");
    fs::write(LEDGER.join("churned.toml"), rules).unwrap();
    let printed = regrade(
        &LEDGER,
        &[
            "backtest",
            "-q",
            "-r",
            "rules.toml",
            "--against",
            "churned.toml",
            "--format",
            "jsonl",
        ],
    );
    let spent = spent();
    let months: Vec<String> = days().collect();
    let (mut lost, mut unknown) = (0, 0);
    for line in printed.lines() {
        let record: Value = serde_json::from_str(line).unwrap();
        let id = record["id"].as_str().unwrap();
        let day = record["as_of"].as_str().unwrap();
        let month = months.iter().position(|known| known == day).unwrap();
        let is_absent = |month: usize| id == "K11" && (month == 8 || month == 9);
        let expected = match months.get(month + MONTHS) {
            // Absent three months later: nobody knows.
            Some(_) if is_absent(month) || is_absent(month + MONTHS) => {
                unknown += 1;
                Value::Null
            }
            Some(later) => {
                let key = (id.to_owned(), later[..7].to_owned());
                let is_lost = spent.get(&key).is_none_or(|spent| *spent == 0);
                lost += usize::from(is_lost);
                Value::Bool(is_lost)
            }
            None => Value::Null,
        };
        assert_eq!(record["lost_after"], expected, "{line}");
    }
    // K14 orders nothing from April to August; K11 is absent in September and October.
    assert_eq!((lost, unknown), (5, 3));
}

/// What each customer spent in each month, in hundredths of a yuan, from the files: an order that stands in several counts as in the last.
fn spent() -> BTreeMap<(String, String), i128> {
    let mut orders = BTreeMap::new();
    for day in days() {
        for file in exports(&day).iter().filter(|file| file.contains("订单")) {
            for record in csv::Reader::from_path(file).unwrap().records() {
                let record = record.unwrap();
                let cell = |column: usize| record.get(column).unwrap().to_owned();
                // In hundredths of a yuan.
                let (yuan, rest) = cell(3)
                    .split_once('.')
                    .map_or((cell(3), String::new()), |(yuan, rest)| {
                        (yuan.to_owned(), rest.to_owned())
                    });
                let amount: i128 = format!("{yuan}{rest:0<2}").parse().unwrap();
                orders.insert(cell(0).clone(), (cell(1), cell(2)[..7].to_owned(), amount));
            }
        }
    }
    let mut spent = BTreeMap::new();
    for (customer, month, amount) in orders.into_values() {
        *spent.entry((customer, month)).or_default() += amount;
    }
    spent
}

/// What a customer spent in the months after the one with this place.
fn spent_after(spent: &BTreeMap<(String, String), i128>, customer: &str, month: usize) -> i128 {
    let months = (month + 1..=month + MONTHS).map(|month| format!("2024-{:02}", month + 1));
    let keys = months.map(|month| (customer.to_owned(), month));
    keys.map(|key| spent.get(&key).copied().unwrap_or(0)).sum()
}

/// To six places, half away from zero, as regrade shows shares.
fn ratio(part: i128, whole: i128) -> f64 {
    let wide = part * 10_000_000 / whole;
    let rounded = (wide + if wide < 0 { -5 } else { 5 }) / 10;
    format!("{rounded}e-6").parse().unwrap()
}

fn rounded(value: f64, places: i32) -> f64 {
    let scale = 10f64.powi(places);
    (value * scale).round() / scale
}

/// The figures of one scheme, counted the plain way from what its runs wrote.
#[derive(Default)]
struct Counted {
    up: usize,
    down: usize,
    up_again: usize,
    down_again: usize,
    compared: usize,
    graded: usize,
    stays: usize,
}

fn count(standings: &Standings) -> Counted {
    let mut counted = Counted::default();
    let customers: BTreeSet<&String> = standings.keys().map(|(customer, _)| customer).collect();
    for customer in customers {
        // The months in which the customer was there, with the grade: A is less than B, and better.
        let months: Vec<(usize, &str)> = days()
            .enumerate()
            .filter_map(|(month, day)| {
                let (grade, decision) = standings.get(&(customer.clone(), day))?;
                (decision != "absent").then_some((month, grade.as_str()))
            })
            .collect();
        counted.graded += months.len();
        counted.stays += 1;
        let mut moves: Vec<(usize, bool)> = vec![];
        for pair in months.windows(2) {
            counted.compared += 1;
            if pair[0].1 != pair[1].1 {
                counted.stays += 1;
                moves.push((pair[1].0, pair[1].1 < pair[0].1));
            }
        }
        counted.up += moves.iter().filter(|(_, up)| *up).count();
        counted.down += moves.iter().filter(|(_, up)| !*up).count();
        for pair in moves.windows(2) {
            if pair[0].1 != pair[1].1 && pair[1].0 - pair[0].0 <= MONTHS {
                counted.up_again += usize::from(pair[1].1);
                counted.down_again += usize::from(!pair[1].1);
            }
        }
    }
    counted
}

#[test]
fn moves_reversals_and_stability_are_those_counted_from_the_runs() {
    let printed = regrade(
        &LEDGER,
        &["backtest", "-q", "-r", "rules.toml", "--format", "json"],
    );
    let report: Value = serde_json::from_str(&printed).unwrap();
    let rows = &report["sections"]["moves"]["tables"]["stability"]["rows"];
    let [candidate, present] = backtested("rules.toml");
    for (row, standings) in [(&rows[0], candidate), (&rows[1], present)] {
        let counted = count(&standings);
        assert!(counted.up > 5 && counted.down > 3 && counted.up_again > 0);
        let moved = counted.up + counted.down;
        for (key, expected) in [
            ("up", counted.up as f64),
            ("down", counted.down as f64),
            ("up_again", counted.up_again as f64),
            ("down_again", counted.down_again as f64),
            (
                "reversed_share",
                ratio(
                    (counted.up_again + counted.down_again) as i128,
                    moved as i128,
                ),
            ),
            (
                "kept_share",
                ratio((counted.compared - moved) as i128, counted.compared as i128),
            ),
            (
                "stay",
                rounded(counted.graded as f64 / counted.stays as f64, 2),
            ),
        ] {
            assert_eq!(row[key].as_f64(), Some(expected), "{key} of {row}");
        }
    }
}

#[test]
fn what_came_after_is_what_the_orders_say() {
    let printed = regrade(
        &LEDGER,
        &["backtest", "-q", "-r", "rules.toml", "--format", "json"],
    );
    let report: Value = serde_json::from_str(&printed).unwrap();
    let tables = &report["sections"]["afterwards"]["tables"];
    let [candidate, present] = backtested("rules.toml");
    let spent = spent();
    for (side, (standings, key)) in [(candidate, "candidate"), (present, "present")]
        .into_iter()
        .enumerate()
    {
        // The last three months have no three months after them yet.
        let judged: Vec<(usize, String, String, i128)> = days()
            .take(12 - MONTHS)
            .enumerate()
            .flat_map(|(month, day)| {
                let of_month = standings
                    .iter()
                    .filter(move |((_, known), _)| *known == day);
                of_month.map(move |((customer, _), standing)| (month, customer, standing))
            })
            .filter(|(_, _, (_, decision))| decision != "absent")
            .map(|(month, customer, (grade, _))| {
                let after = spent_after(&spent, customer, month);
                (month, customer.clone(), grade.clone(), after)
            })
            .collect();
        let all: i128 = judged.iter().map(|(.., after)| after).sum();
        let rows = tables[format!("grades.{key}")]["rows"].as_array().unwrap();
        for (grade, row) in ["A", "B", "C"].iter().zip(rows) {
            let of_grade = judged.iter().filter(|(_, _, known, _)| known == grade);
            let of_grade: Vec<i128> = of_grade.map(|(.., after)| *after).collect();
            let (count, sum) = (of_grade.len(), of_grade.iter().sum::<i128>());
            let lost = of_grade.iter().filter(|after| **after == 0).count();
            assert_eq!(row["grade"], *grade);
            assert_eq!(row["customers"], count);
            assert_eq!(
                row["mean"].as_f64(),
                Some(rounded(sum as f64 / 100.0 / count as f64, 2))
            );
            assert_eq!(row["revenue_share"].as_f64(), Some(ratio(sum, all)));
            assert_eq!(row["lost"], lost);
        }
        // Every pair of customers of one month, one by one.
        let (mut right, mut wrong, mut same) = (0, 0, 0);
        for (place, one) in judged.iter().enumerate() {
            for other in judged[place + 1..].iter().filter(|other| other.0 == one.0) {
                let (more, less) = match one.3.cmp(&other.3) {
                    std::cmp::Ordering::Equal => continue,
                    std::cmp::Ordering::Greater => (one, other),
                    std::cmp::Ordering::Less => (other, one),
                };
                match more.2.cmp(&less.2) {
                    std::cmp::Ordering::Less => right += 1,
                    std::cmp::Ordering::Greater => wrong += 1,
                    std::cmp::Ordering::Equal => same += 1,
                }
            }
        }
        assert!(right > wrong && wrong > 0 && same > 0);
        let pairs = right + wrong + same;
        let row = &tables["separation"]["rows"][side];
        assert_eq!(
            row["in_order"].as_f64(),
            Some(ratio(2 * right + same, 2 * pairs))
        );
        let gini = rounded((right - wrong) as f64 / pairs as f64, 3);
        assert_eq!(row["gini"].as_f64(), Some(gini));
    }
}
