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

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

/// Year, month, day.
type Day = (i32, u32, u32);

const JANUARY: Day = (2024, 1, 31);
const FEBRUARY: Day = (2024, 2, 29);

/// Numbers that look like chance and are the same on every machine.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        // Knuth's multiplier; the upper bits are the good ones.
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005);
        self.0 = self.0.wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }

    fn percent(&mut self, share: u64) -> bool {
        self.below(100) < share
    }
}

/// A row of the customers' sheet.
#[derive(Clone, Debug, PartialEq)]
struct Customer {
    /// In whole 万元; blank where it is not known.
    purchases: Option<i64>,
    /// A customer since.
    since: Day,
}

type Sheet = BTreeMap<String, Customer>;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Hold {
    Floor,
    Lock,
    Ceiling,
}

/// What people set, by customer: grades are numbered from the best.
type Overrides = BTreeMap<String, (Hold, usize)>;

const GRADES: [&str; 4] = ["A", "B", "C", "D"];

/// What differs between the two schemes.
struct Scheme {
    /// From how much on purchases are 高 and 中, and the points of 高, 中, 低.
    bands: ([i64; 2], [i64; 3]),
    /// The weights of purchases and of years; together 100.
    weights: [i64; 2],
    /// The best so many per cent are A.
    top: i64,
    /// The scores from which on B and C are given.
    cuts: [i64; 2],
}

const OLD: Scheme = Scheme {
    bands: ([100, 50], [100, 60, 20]),
    weights: [60, 40],
    top: 10,
    cuts: [60, 40],
};
const NEW: Scheme = Scheme {
    bands: ([90, 55], [100, 60, 20]),
    weights: [50, 50],
    top: 14,
    cuts: [62, 40],
};

impl Scheme {
    fn text(&self) -> String {
        let ([high, middle], [first, second, third]) = self.bands;
        let ([value, years], [b, c], top) = (self.weights, self.cuts, self.top);
        format!(
            r#"[scheme]
name = "causes"
language = "zh"
[sheets.customers]
key = "编号"
fields = [{{ name = "采购额", type = "number" }}, {{ name = "合作起始", type = "date" }}]
[[values]]
name = "合作年限"
is = "years(合作起始)"
[[dimensions]]
name = "价值"
weight = {value}
bands = [
  {{ label = "高", when = "采购额 >= {high}", points = {first} }},
  {{ label = "中", when = "采购额 >= {middle}", points = {second} }},
  {{ label = "低", points = {third} }},
]
[[dimensions]]
name = "年限"
weight = {years}
points = "clamp(合作年限 * 20 + 采购额 * 0.1, 0, 100)"
[[grades]]
name = "A"
top = "{top}%"
by = "score"
[[grades]]
name = "B"
when = "score >= {b}"
[[grades]]
name = "C"
when = "score >= {c}"
[[grades]]
name = "D"
"#
        )
    }

    /// The score in thousandths; `None` where the purchases are not known.
    fn score(&self, customer: &Customer, as_of: Day) -> Option<i64> {
        let purchases = customer.purchases?;
        let ([high, middle], points) = self.bands;
        let value = match purchases {
            _ if purchases >= high => points[0],
            _ if purchases >= middle => points[1],
            _ => points[2],
        };
        // 0.1 a unit of purchases: tenths of a point.
        let years = (years(customer.since, as_of) * 200 + purchases).clamp(0, 1000);
        Some(value * self.weights[0] * 10 + years * self.weights[1])
    }

    /// The grade of every customer on a date, overrides applied; `None` for who is unrated.
    fn grades(
        &self,
        sheet: &Sheet,
        overrides: &Overrides,
        as_of: Day,
    ) -> BTreeMap<String, Option<usize>> {
        let scores: BTreeMap<&String, Option<i64>> = sheet
            .iter()
            .map(|(id, customer)| (id, self.score(customer, as_of)))
            .collect();
        let mut known: Vec<i64> = scores.values().flatten().copied().collect();
        known.sort_unstable();
        let grade = |id: &String, score: &Option<i64>| {
            let by_rule = score.map(|score| {
                let better = known.len() - known.partition_point(|other| *other <= score);
                match score {
                    // In iff B × 100 < P × N.
                    _ if (better as i64) * 100 < self.top * known.len() as i64 => 0,
                    _ if score >= self.cuts[0] * 1000 => 1,
                    _ if score >= self.cuts[1] * 1000 => 2,
                    _ => 3,
                }
            });
            match (overrides.get(id), by_rule) {
                (None, rule) => rule,
                (Some((Hold::Lock, level)), _) => Some(*level),
                (Some((Hold::Floor, level)), rule) => Some(rule.map_or(*level, |r| r.min(*level))),
                (Some((Hold::Ceiling, level)), rule) => rule.map(|r| r.max(*level)),
            }
        };
        let graded = scores.iter().map(|(id, score)| (*id, grade(id, score)));
        graded.map(|(id, grade)| (id.clone(), grade)).collect()
    }
}

/// Whole years by the calendar; 29 February counts on 1 March where there is none.
fn years(from: Day, to: Day) -> i64 {
    i64::from(to.0 - from.0) - i64::from((to.1, to.2) < (from.1, from.2))
}

/// All that two runs are made of.
struct World {
    schemes: [&'static Scheme; 2],
    sheets: [Sheet; 2],
    overrides: [Overrides; 2],
    /// Overrides that are set for January only: they expire by themselves.
    expiring: BTreeSet<String>,
}

impl World {
    fn new(seed: u64, schemes: [&'static Scheme; 2]) -> Self {
        let mut chance = Chance(seed);
        let customer = |chance: &mut Chance| {
            let purchases = (!chance.percent(2)).then(|| chance.below(140) as i64);
            let year = 2018 + chance.below(6) as i32;
            // Every fifth has an anniversary between the two runs.
            let (month, day) = if chance.percent(20) {
                (2, 1 + chance.below(28))
            } else {
                (1 + chance.below(12), 1 + chance.below(28))
            };
            Customer {
                purchases,
                since: (year, month as u32, day as u32),
            }
        };
        let mut old = Sheet::new();
        for number in 0..1000 {
            old.insert(format!("K{number:04}"), customer(&mut chance));
        }
        // A leap day is an anniversary of its own.
        for (number, year) in [(3, 2020), (4, 2016)] {
            old.get_mut(&format!("K{number:04}")).unwrap().since = (year, 2, 29);
        }
        let mut new = Sheet::new();
        for (id, before) in &old {
            let mut now = before.clone();
            match chance.below(100) {
                // Gone.
                0..3 => continue,
                3..35 => {
                    now.purchases = Some(before.purchases.map_or(60, |known| {
                        // More up than down, so that others are pushed out of the best.
                        (known + chance.below(61) as i64 - 12).max(0)
                    }));
                }
                35..37 => now.purchases = None,
                _ => {}
            }
            new.insert(id.clone(), now);
        }
        for number in 1000..1030 {
            new.insert(format!("K{number:04}"), customer(&mut chance));
        }
        let mut overrides = [Overrides::new(), Overrides::new()];
        let mut expiring = BTreeSet::new();
        for id in old.keys() {
            let kind = chance.below(100);
            let hold = [Hold::Floor, Hold::Lock, Hold::Ceiling][chance.below(3) as usize];
            let set = (hold, chance.below(4) as usize);
            match kind {
                0..3 => {
                    overrides[0].insert(id.clone(), set);
                    overrides[1].insert(id.clone(), set);
                }
                3..6 => {
                    overrides[0].insert(id.clone(), set);
                    expiring.insert(id.clone());
                }
                6..9 if new.contains_key(id) => {
                    overrides[1].insert(id.clone(), set);
                }
                _ => {}
            }
        }
        Self {
            schemes,
            sheets: [old, new],
            overrides,
            expiring,
        }
    }

    /// The grades with each thing the old one (0) or the new one (1).
    fn grades(
        &self,
        [data, scheme, overrides, time]: [usize; 4],
    ) -> BTreeMap<String, Option<usize>> {
        self.schemes[scheme].grades(
            &self.sheets[data],
            &self.overrides[overrides],
            [JANUARY, FEBRUARY][time],
        )
    }

    /// The cause of every move of a customer whom both runs have.
    fn causes(&self) -> BTreeMap<String, &'static str> {
        let (before, after) = (self.grades([0; 4]), self.grades([1; 4]));
        let old_overrides = self.grades([1, 1, 0, 1]);
        let old_scheme = self.grades([1, 0, 1, 1]);
        let new_scheme = self.grades([0, 1, 0, 0]);
        let old_data = self.grades([0, 1, 1, 1]);
        let old_time = self.grades([1, 1, 1, 0]);
        let mut causes = BTreeMap::new();
        for (id, old) in &before {
            let Some(new) = after.get(id).filter(|new| *new != old) else {
                continue;
            };
            let needed = old_scheme[id] != *new;
            let enough = new_scheme[id] == *new;
            let cause = if old_overrides[id] == *old {
                "override"
            } else if needed && enough && old_scheme[id] == *old {
                "scheme"
            } else if needed || enough {
                "both"
            } else if old_data[id] != *old && old_time[id] == *old {
                "time"
            } else if self.sheets[0][id] == self.sheets[1][id] {
                "other_customers"
            } else {
                "data"
            };
            causes.insert(id.clone(), cause);
        }
        causes
    }

    /// Writes the sheets, the schemes and the lists of overrides.
    fn write(&self, folder: &Path) {
        for (sheet, name) in self.sheets.iter().zip(["01", "02"]) {
            let mut text = String::from("编号,采购额,合作起始\n");
            for (id, customer) in sheet {
                let purchases = customer.purchases.map(|number| number.to_string());
                let (year, month, day) = customer.since;
                let purchases = purchases.unwrap_or_default();
                writeln!(text, "{id},{purchases},{year}-{month:02}-{day:02}").unwrap();
            }
            fs::write(folder.join(format!("客户2024-{name}.csv")), text).unwrap();
        }
        for (scheme, name) in self.schemes.iter().zip(["rules-1.toml", "rules-2.toml"]) {
            fs::write(folder.join(name), scheme.text()).unwrap();
        }
        let set = |only: &dyn Fn(&String) -> bool, of: &Overrides| {
            let mut text = String::from("编号,等级,方式,理由,有效期至\n");
            for (id, (hold, level)) in of.iter().filter(|(id, _)| only(id)) {
                let hold = match hold {
                    Hold::Floor => "下限",
                    Hold::Lock => "锁定",
                    Hold::Ceiling => "上限",
                };
                let until = if self.expiring.contains(id) {
                    "2024-02-15"
                } else {
                    "2099-12-31"
                };
                writeln!(text, "{id},{},{hold},商定,{until}", GRADES[*level]).unwrap();
            }
            text
        };
        let [old, new] = &self.overrides;
        fs::write(folder.join("调整1.csv"), set(&|_| true, old)).unwrap();
        let fresh = |id: &String| !old.contains_key(id);
        fs::write(folder.join("调整2.csv"), set(&fresh, new)).unwrap();
    }
}

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
