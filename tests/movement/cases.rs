//! The cases of `*.toml`: a sentence of the design each, worked out from the text by hand. What stands before the first
//! case of a file holds for all of its cases that do not say otherwise.
//!
//! - `orders`: for each customer its months from `from` (2024-01) on: an amount, several (`300+201`), one with its day
//!   (`501@31`), `.` for a month that is covered and has no rows, `x` for one that no file covers (said once, it holds
//!   for all), `h` for one of which there is a file with a header only.
//! - `late`: rows by the date on which they came in, `K 2024-01-10 600`.
//! - `customers`: the customers' sheet, of the first day of `from`; or `sheets`, by the dates on which they came in.
//!   `K v=80 was=B since=2023-12-31 met=2023-05-01; L`. Without either: everybody with orders.
//! - `grades`, `types`, `movement`, `metric` (more keys of the series `m`), `period`: parts of the scheme.
//! - `overrides`: `K grade floor B 2024-02-01..2024-03-31`.
//! - `expect`: a line for each run and customer, `03: A promoted since=03 why=rule:up`: the as-of date (`03` is the last
//!   day of March 2024, `03-15` a day), the customer if it is not K, the grade (`-`: none), the decision, and what else
//!   is to be looked at: `since`, `why`, `type`, `type_why`, `rule_grade`, `steps`,
//!   `capped`, `at_risk`, `evidence` (periods and values of the last move), `finding` (the codes of all findings of the run), `next` (to the line's end).
//!   Each run begins with what the one before left.
//! - `catch_up = false`: one run on the last date alone does not give the same, and the sentence says why.
//! - `filed = false`: no ledger keeps the files, a command names all of them.
//! - `fault`: the code of the error that the scheme has.

use super::world::{World, month_end, said, why};
use super::written::Case;
use regrade::diagnostic::Lang;
use regrade::explain::movement::{self, Ladder};
use regrade::grading::Grading;
use regrade::table::{Date, Value};
use std::collections::BTreeSet;
use toml::Table;

/// `03`: the last day of March 2024; `03-15`; `2025-03-15`.
fn day(text: &str) -> Date {
    let first = Date::new(2024, 1, 1).unwrap();
    match text.len() {
        2 => month_end(first, text.parse::<usize>().unwrap() - 1),
        5 => Date::parse_iso(&format!("2024-{text}")).unwrap(),
        _ => Date::parse_iso(text).unwrap(),
    }
}

/// A line of `expect`.
struct Line<'a> {
    as_of: Date,
    who: &'a str,
    grade: Option<&'a str>,
    decision: &'a str,
    more: Vec<(&'a str, &'a str)>,
}

fn lines(expect: &str) -> Vec<Line<'_>> {
    let lines = expect.lines().filter(|line| !line.trim().is_empty());
    lines
        .map(|line| {
            let (head, rest) = line.split_once(": ").unwrap();
            let (rest, next) = rest.split_once(" next=").unwrap_or((rest, ""));
            let mut head = head.split_whitespace();
            let as_of = day(head.next().unwrap());
            let mut words = rest.split_whitespace();
            let grade = Some(words.next().unwrap()).filter(|grade| *grade != "-");
            let decision = words.next().unwrap();
            let mut more: Vec<_> = words.map(|word| word.split_once('=').unwrap()).collect();
            if !next.is_empty() {
                more.push(("next", next));
            }
            Line {
                as_of,
                who: head.next().unwrap_or("K"),
                grade,
                decision,
                more,
            }
        })
        .collect()
}

/// What is not as a line says.
fn check(line: &Line<'_>, grading: &Grading) -> Result<(), String> {
    let Some(said) = said(grading, line.who) else {
        return if line.decision == "unknown" {
            Ok(())
        } else {
            Err("nobody knows the customer".to_owned())
        };
    };
    let got = (said.grade.as_deref(), said.decision.key());
    if got != (line.grade, line.decision) {
        return Err(format!("{got:?}"));
    }
    let row = grading.book.roster.by_id().get(line.who);
    let person = row.map(|row| &grading.people.persons[*row as usize]);
    let shown = |date: Option<Date>| date.map_or_else(|| "-".to_owned(), |date| date.to_string());
    for (key, expected) in &line.more {
        let step = |of_type: bool| {
            let track = person.map(|person| {
                if of_type {
                    person.kind()
                } else {
                    &person.grade
                }
            });
            track.and_then(|track| track.last)
        };
        let name = |level: Option<u32>| {
            level.map(|level| grading.scheme.grades[level as usize].name.to_string())
        };
        let is_date = matches!(*key, "since" | "at_risk");
        let expected = match *expected {
            date if is_date && date != "-" => day(date).to_string(),
            // A date within a reason is written short too.
            text => match text.rsplit_once([':', '/']) {
                Some((head, date)) if date.len() == 2 && date.parse::<u32>().is_ok() => {
                    format!("{}{}", &text[..=head.len()], day(date))
                }
                _ => text.to_owned(),
            },
        };
        let got = match *key {
            "since" => shown(said.since),
            "at_risk" => shown(person.and_then(|person| person.grade.place.at_risk)),
            "why" => why(&grading.scheme, false, step(false).map(|step| step.why)),
            "type_why" => why(&grading.scheme, true, step(true).map(|step| step.why)),
            "capped" => step(false).is_some_and(|step| step.capped).to_string(),
            "type" => said.kind.clone().unwrap_or_else(|| "-".to_owned()),
            "rule_grade" => name(row.and_then(|row| grading.decided[*row as usize].rule_grade))
                .unwrap_or_else(|| "-".to_owned()),
            "steps" => {
                let steps = row.and_then(|row| grading.steps(*row as usize));
                steps.map_or_else(|| "-".to_owned(), |steps| steps.to_string())
            }
            "finding" => {
                let codes = grading.findings.iter().map(|finding| finding.code.word());
                match codes.collect::<Vec<_>>().join(",") {
                    none if none.is_empty() => "-".to_owned(),
                    codes => codes,
                }
            }
            "evidence" => {
                let all = row.map(|row| movement::evidence(grading, Ladder::Grade, *row as usize));
                let last = all.into_iter().flatten().next_back();
                let periods = last.into_iter().flat_map(|evidence| evidence.periods);
                let periods = periods.map(|period| match &period.values[..] {
                    [(_, Value::Number(value))] => format!("{}={value}", period.period),
                    values => format!("{}={values:?}", period.period),
                });
                periods.collect::<Vec<_>>().join(",")
            }
            "next" => {
                let next = row.and_then(|row| movement::next(grading, *row as usize, Lang::En));
                let next = next.unwrap_or_default();
                if next.contains(&expected) {
                    expected.clone()
                } else {
                    next
                }
            }
            other => panic!("no key `{other}`"),
        };
        if got != expected {
            return Err(format!("{key}={got}, not {expected}"));
        }
    }
    Ok(())
}

/// What is wrong with a case.
fn faults(case: &Case) -> Vec<String> {
    let world = World::new(&case.scheme());
    let mut world = match (world, &case.fault) {
        (Ok(world), None) => world,
        (Ok(_), Some(fault)) => return vec![format!("the scheme has no fault, not {fault}")],
        (Err(findings), Some(fault)) => {
            let found = findings.iter().any(|finding| finding.code.word() == fault);
            return if found {
                vec![]
            } else {
                vec![format!("{findings:#?}")]
            };
        }
        (Err(findings), None) => return vec![format!("{findings:#?}")],
    };
    case.file(&mut world);
    let lines = lines(&case.expect);
    let dates: BTreeSet<Date> = lines.iter().map(|line| line.as_of).collect();
    let mut faults = vec![];
    let mut last: Option<Grading> = None;
    for date in &dates {
        let grading = world.run(*date, world.past(last.as_ref()));
        for line in lines.iter().filter(|line| line.as_of == *date) {
            if let Err(got) = check(line, &grading) {
                faults.push(format!("{date} {}: {got}", line.who));
            }
        }
        last = Some(grading);
    }
    let last = last.unwrap();
    if case.catch_up && dates.len() > 1 {
        let date = dates.last().unwrap();
        let alone = world.run(*date, world.past(None));
        for line in lines.iter().filter(|line| line.as_of == *date) {
            let kept = |grading: &Grading| {
                said(grading, line.who).map(|said| (said.grade, said.kind, said.since))
            };
            let (step, once) = (kept(&last), kept(&alone));
            if step != once {
                faults.push(format!("{} at once: {once:?}, not {step:?}", line.who));
            }
        }
    }
    faults
}

fn all(text: &str) {
    let file: Table = toml::from_str(text).unwrap();
    let only = std::env::var("REGRADE_CASE").unwrap_or_default();
    let mut given = file.clone();
    given.remove("case");
    let cases = file["case"].as_array().unwrap().iter();
    let wrong: Vec<String> = cases
        .map(|case| Case::read(case.as_table().unwrap(), &given))
        .filter(|case| case.says.contains(&only))
        .filter_map(|case| {
            let faults = faults(&case);
            (!faults.is_empty()).then(|| format!("{}\n  {}", case.says, faults.join("\n  ")))
        })
        .collect();
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn worked_cases() {
    all(include_str!("worked.toml"));
}

#[test]
fn periods_and_sheets() {
    all(include_str!("periods.toml"));
}

#[test]
fn streaks_and_coverage() {
    all(include_str!("streaks.toml"));
}

#[test]
fn what_was_before() {
    all(include_str!("before.toml"));
}

#[test]
fn rules_and_their_order() {
    all(include_str!("rules.toml"));
}

#[test]
fn holds_grace_and_caps() {
    all(include_str!("order.toml"));
}

#[test]
fn overrides_over_the_rules() {
    all(include_str!("overrides.toml"));
}

#[test]
fn types_move_in_the_same_way() {
    all(include_str!("types.toml"));
}

#[test]
fn what_comes_next() {
    all(include_str!("next.toml"));
}
