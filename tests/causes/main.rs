//! Why customers moved, against brute force: a thousand customers whose data, scheme, overrides and date change
//! together. The grades of every combination of old and new are worked out here again, in plain integers, and from them
//! the cause as the definition has it.
//!
//! And laws of every comparison: nothing moved between a run and itself, the way back mirrors the way there, the classes
//! are a partition of all customers, and what `simulate` foretells is what grading with both schemes gives.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot read its own files fails by panic"
)]

mod world;

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;
use world::{FEBRUARY, GRADES, NEW, OLD, Overrides, Scheme, World};

/// Runs the program in a folder; what it prints.
fn regrade(folder: &Path, line: &str) -> String {
    let run = Command::new(env!("CARGO_BIN_EXE_regrade"))
        .args(line.split_whitespace())
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

/// The JSON lines of a comparison by customer.
fn lines(text: &str) -> BTreeMap<String, Value> {
    let record = |line: &str| serde_json::from_str::<Value>(line).unwrap();
    let lines: Vec<Value> = text.lines().map(record).collect();
    let found: BTreeMap<String, Value> = lines
        .iter()
        .map(|line| (line["id"].as_str().unwrap().to_owned(), line.clone()))
        .collect();
    assert_eq!(found.len(), lines.len(), "a customer stands in two classes");
    found
}

/// Two runs of a world in a ledger, each with its scheme, overrides and sheet.
fn two_runs(world: &World) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    world.write(here);
    for (month, as_of) in [(1, "2024-01-31"), (2, "2024-02-29")] {
        let common = format!("-r rules-{month}.toml --as-of {as_of} -q --by 王总");
        regrade(here, &format!("import 客户2024-0{month}.csv {common}"));
        let first = if month == 1 {
            "2024-01-01"
        } else {
            "2024-02-01"
        };
        let set = format!("review set --from 调整{month}.csv -r rules-{month}.toml -q --by 王总");
        if month == 2 {
            regrade(here, &format!("{set} --as-of {first}"));
        } else {
            // Nobody has been graded yet, so that there is nothing to set anything of.
            regrade(here, &format!("grade {common} -o first.csv"));
            regrade(here, &format!("{set} --as-of {first}"));
        }
        regrade(here, &format!("grade {common} -o graded-{month}.csv"));
    }
    folder
}

#[test]
fn causes_are_those_of_brute_force() {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (seed, schemes) in [
        (20_240_229, [&OLD, &NEW]),
        (1, [&NEW, &OLD]),
        // Where the scheme stays, ranks move people who have done nothing.
        (2, [&NEW, &NEW]),
    ] {
        let world = World::new(seed, schemes);
        let folder = two_runs(&world);
        // The grades themselves first: a wrong model would say nothing about causes.
        for month in [1, 2] {
            let path = folder.path().join(format!("graded-{month}.csv"));
            let graded = graded(&fs::read_to_string(path).unwrap());
            assert_eq!(graded, world.grades([month - 1; 4]), "month {month}");
        }
        let expected = world.causes();
        for cause in expected.values() {
            *counts.entry(cause).or_default() += 1;
        }
        let found = regrade(folder.path(), "diff @previous @latest -q --format jsonl");
        let wrong: Vec<String> = lines(&found)
            .into_iter()
            .filter(|(id, line)| line["cause"].as_str() != expected.get(id).copied())
            .map(|(id, line)| format!("{id}, expected {:?}: {line}", expected.get(&id)))
            .collect();
        assert!(wrong.is_empty(), "seed {seed}\n{}", wrong.join("\n"));
    }
    for cause in [
        "data",
        "scheme",
        "both",
        "other_customers",
        "override",
        "time",
    ] {
        assert!(
            counts.get(cause).is_some_and(|count| *count >= 10),
            "{counts:?}"
        );
    }
}

/// The grades of a graded CSV file; those who are absent left out.
fn graded(text: &str) -> BTreeMap<String, Option<usize>> {
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let headers = reader.headers().unwrap().clone();
    let column = |name: &str| headers.iter().position(|header| header == name).unwrap();
    let (id, grade, change) = (column("编号"), column("等级"), column("变动"));
    let rows = reader.records().map(|row| row.unwrap());
    rows.filter(|row| !row[change].contains("缺席"))
        .map(|row| {
            let level = GRADES.iter().position(|known| *known == &row[grade]);
            (row[id].to_owned(), level)
        })
        .collect()
}

/// Class, steps, old and new of every customer.
type Moves = BTreeMap<String, (String, Option<i64>, Value, Value)>;

fn moves(lines: &BTreeMap<String, Value>) -> Moves {
    let of = |line: &Value| {
        let class = line["class"].as_str().unwrap().to_owned();
        let steps = line["steps"].as_i64();
        (class, steps, line["old"].clone(), line["new"].clone())
    };
    lines
        .iter()
        .map(|(id, line)| (id.clone(), of(line)))
        .collect()
}

/// What grades of two sides come to, by the words of the classes.
fn expected_moves(
    old: &BTreeMap<String, Option<usize>>,
    new: &BTreeMap<String, Option<usize>>,
) -> Moves {
    let name = |level: Option<usize>| level.map_or(Value::Null, |level| GRADES[level].into());
    let ids: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let of = |id: &String| {
        let (before, after) = (old.get(id), new.get(id));
        let steps = match (before.copied().flatten(), after.copied().flatten()) {
            (Some(before), Some(after)) => Some(before as i64 - after as i64),
            _ => None,
        };
        let class = match (before, after, steps) {
            (_, None, _) => "absent",
            (_, Some(None), _) => "unrated",
            (None, _, _) => "new",
            (_, _, None) => "changed",
            (_, _, Some(1..)) => "upgraded",
            (_, _, Some(0)) => "unchanged",
            (_, _, Some(_)) => "downgraded",
        };
        // One who is absent keeps the grade on the old side and has none on the new one.
        let level = |side: Option<&Option<usize>>| name(side.copied().flatten());
        let steps = steps.filter(|_| class != "absent");
        (class.to_owned(), steps, level(before), level(after))
    };
    ids.into_iter().map(|id| (id.clone(), of(id))).collect()
}

#[test]
fn comparisons_of_runs_are_empty_mirrored_and_whole() {
    let world = World::new(7, [&OLD, &NEW]);
    let folder = two_runs(&world);
    let here = folder.path();
    let runs = ["@2024-01", "@2024-02"];
    for (at, run) in runs.iter().enumerate() {
        let itself = lines(&regrade(
            here,
            &format!("diff {run} {run} -q --exit-code --format jsonl"),
        ));
        let graded = world.grades([at; 4]);
        for (id, grade) in &graded {
            let class = &itself[id]["class"];
            assert_eq!(
                class,
                if grade.is_some() {
                    "unchanged"
                } else {
                    "unrated"
                }
            );
            assert!(itself[id]["cause"].is_null(), "{id}");
        }
        for id in itself.keys().filter(|id| !graded.contains_key(*id)) {
            // The second run still knows those who are gone.
            assert!(world.sheets[0].contains_key(id), "{id}");
        }
    }
    let there = moves(&lines(&regrade(
        here,
        "diff @2024-01 @2024-02 -q --format jsonl",
    )));
    let back = moves(&lines(&regrade(
        here,
        "diff @2024-02 @2024-01 -q --format jsonl",
    )));
    let (old, new) = (world.grades([0; 4]), world.grades([1; 4]));
    let plain = |moves: &Moves| -> BTreeMap<String, (String, Option<i64>)> {
        let kept = moves.iter();
        kept.map(|(id, (class, steps, ..))| (id.clone(), (class.clone(), *steps)))
            .collect()
    };
    assert_eq!(plain(&there), plain(&expected_moves(&old, &new)));
    assert_eq!(
        there.keys().collect::<Vec<_>>(),
        back.keys().collect::<Vec<_>>()
    );
    for (id, (class, steps, before, after)) in &there {
        let (other, other_steps, other_before, other_after) = &back[id];
        assert_eq!(other_steps.map(|steps| -steps), *steps, "{id}");
        let mirrored: &[&str] = match class.as_str() {
            "upgraded" => &["downgraded"],
            "downgraded" => &["upgraded"],
            "new" => &["absent"],
            "absent" => &["new", "unrated"],
            "unrated" => &["changed", "unrated", "absent"],
            "changed" => &["unrated"],
            _ => &["unchanged"],
        };
        assert!(
            mirrored.contains(&other.as_str()),
            "{id}: {class}, back {other}"
        );
        if class != "absent" && other != "absent" {
            assert_eq!((before, after), (other_after, other_before), "{id}");
        }
    }
}

#[test]
fn what_simulate_foretells_is_what_both_schemes_give() {
    let world = World::new(11, [&OLD, &NEW]);
    let folder = two_runs(&world);
    let here = folder.path();
    // On the data of a run, with its overrides, as of its date.
    for (run, at) in [("@2024-01", 0), ("@2024-02", 1)] {
        let line = format!("simulate --run {run} -r rules-2.toml --against rules-1.toml");
        let found = lines(&regrade(here, &format!("{line} -q --format jsonl")));
        let (old, new) = (world.grades([at, 0, at, at]), world.grades([at, 1, at, at]));
        let mut found = moves(&found);
        // Those who are gone are known to a run and have a grade in neither.
        found.retain(|id, _| world.sheets[at].contains_key(id));
        assert_eq!(found, expected_moves(&old, &new), "{run}");
    }
    // On files, there are no overrides; graded with both schemes and compared it is the same.
    let files = "客户2024-02.csv --as-of 2024-02-29 -q";
    let line = format!("simulate {files} -r rules-2.toml --against rules-1.toml");
    let foretold = moves(&lines(&regrade(here, &format!("{line} --format jsonl"))));
    let none = Overrides::new();
    let by = |scheme: &Scheme| scheme.grades(&world.sheets[1], &none, FEBRUARY);
    assert_eq!(foretold, expected_moves(&by(&OLD), &by(&NEW)));
    for scheme in [1, 2] {
        let line = format!("grade {files} -r rules-{scheme}.toml -o by-{scheme}.csv");
        regrade(here, &line);
    }
    let line = "diff by-1.csv by-2.csv -r rules-2.toml -q --format jsonl";
    assert_eq!(moves(&lines(&regrade(here, line))), foretold);
}
