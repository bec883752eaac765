//! Monthly runs equal one catch-up run, for rows that came in time and one scheme.

use super::world::{Order, World, month_end, said};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use regrade::decide::{Decision, Hold, Override, Subject};
use regrade::grading::{Grading, Known};
use regrade::table::{Date, Period};
use std::collections::BTreeMap;
use std::fmt::Write as _;

const CUSTOMERS: usize = 4;
const AMOUNTS: [i64; 8] = [0, 50, 99, 100, 150, 300, 501, 600];
const LEVELS: [&str; 3] = ["A", "B", "C"];
const TYPES: [&str; 3] = ["T1", "T2", "T3"];

/// What happened in a month.
#[derive(Clone, Debug)]
struct Month {
    covered: bool,
    /// For each customer what it ordered, if anything.
    orders: Vec<Option<i64>>,
    /// For each customer the cell `v` of the sheet that came in at the month's end; `None`: the sheet does not have it.
    sheet: Option<Vec<Option<&'static str>>>,
}

/// What does not change from month to month.
#[derive(Clone, Debug)]
struct Story {
    scheme: String,
    months: Vec<Month>,
    /// For each customer the cells `was,since,met`.
    given: Vec<&'static str>,
    overrides: Vec<(usize, bool, Hold, usize, usize, usize)>,
    /// In which months somebody runs who runs whenever there is something to decide; the first has the first sheet.
    all: Vec<usize>,
    /// In which months somebody else runs.
    some: Vec<usize>,
    /// Whether also runs are made in the middle of months.
    between: bool,
}

/// A condition over what rules may read.
fn condition() -> impl Strategy<Value = String> {
    let counted = (select(vec!["m > 500", "m < 100", "m >= 100"]), 1..4usize)
        .prop_map(|(condition, periods)| format!("streak({condition}) >= {periods}"));
    let runs = (select(vec!["rising", "falling"]), 1..3usize)
        .prop_map(|(function, periods)| format!("{function}(m) >= {periods}"));
    let other = select(vec![
        "average(m, 2) > 300",
        "total(m, 3) < 200",
        "longest(m >= 100) >= 3",
        "latest(m) > 100",
        "change(m) > 200",
        "v > 60",
        "recent < 100",
        "all_time > 1000",
        "v >= mean(v)",
    ]);
    let one = prop_oneof![4 => counted, 2 => runs, 3 => other.prop_map(str::to_owned)];
    let both = (one.clone(), one.clone(), select(vec!["and", "or"]))
        .prop_map(|(left, right, word)| format!("{left} {word} {right}"));
    prop_oneof![4 => one, 1 => both]
}

/// A table `[[movement]]` of these levels.
fn movement(of: &'static str, levels: [&'static str; 3]) -> impl Strategy<Value = String> {
    let aim = prop_oneof![
        select(levels.to_vec()).prop_map(|level| format!("to = \"{level}\"")),
        select(vec![-2, -1, 1, 2]).prop_map(|step| format!("step = {step}")),
    ];
    let from = subsequence(levels.to_vec(), 0..=2);
    let own = format!("{of} = '{}'", levels[1]);
    let before = format!("previous_{of} = '{}'", levels[2]);
    let when = prop_oneof![
        8 => condition(),
        1 => condition().prop_map(move |condition| format!("{own} and {condition}")),
        1 => condition().prop_map(move |condition| format!("{before} and {condition}")),
    ];
    let rules = prop::collection::vec((when, aim, from), 0..4);
    let numbers = (0..3u32, 0..4u32, 0..3u32);
    let caps = (prop::option::of(1..3u32), prop::option::of(1..3u32));
    let words = (
        any::<bool>(),
        any::<bool>(),
        prop::option::of(select(levels.to_vec())),
        prop::option::of(select(vec!["v >= 30", "streak(m > 50) >= 1", "recent > 0"])),
    );
    (rules, numbers, caps, words).prop_map(move |(rules, numbers, caps, words)| {
        let (min_hold, gap, grace) = numbers;
        let (sliding, follow, initial, eligible) = words;
        let mut text = format!(
            "[[movement]]\nof = \"{of}\"\nmin_hold = {min_hold}\nmin_gap_down = {gap}\ngrace = {grace}\n"
        );
        for (key, cap) in [("max_step_up", caps.0), ("max_step_down", caps.1)] {
            if let Some(cap) = cap {
                let _ = writeln!(text, "{key} = {cap}");
            }
        }
        if sliding {
            text += "rearm = \"sliding\"\n";
        }
        if follow {
            text += "otherwise = \"follow\"\n";
        }
        if let Some(initial) = initial {
            let _ = writeln!(text, "initial = \"{initial}\"");
        }
        if let Some(eligible) = eligible {
            let _ = writeln!(text, "eligible = \"{eligible}\"");
        }
        text += "rules = [\n";
        for (index, (when, aim, from)) in rules.into_iter().enumerate() {
            let from = if from.is_empty() {
                String::new()
            } else {
                format!(", from = {from:?}")
            };
            let _ = writeln!(text, "  {{ name = \"r{index}\", when = \"{when}\", {aim}{from} }},");
        }
        text + "]\n"
    })
}

/// The types: none, or a list of them, with or without rules of movement. Says whether every ladder has rules.
fn types() -> impl Strategy<Value = (String, bool)> {
    let list = select(vec!["previous_type = 'T2' and v > 20", "grade = 'A'", "latest(m) > 300"])
        .prop_map(|first| {
            format!(
                "[[types]]\nname = \"T1\"\nwhen = \"{first}\"\n[[types]]\nname = \"T2\"\n\
                 when = \"previous_type = 'T3' or rising(m) >= 1 or v > 70\"\n[[types]]\nname = \"T3\"\n"
            )
        });
    prop_oneof![
        2 => Just((String::new(), true)),
        1 => list.clone().prop_map(|types| (types, false)),
        2 => (list, movement("type", TYPES)).prop_map(|(types, rules)| (types + &rules, true)),
    ]
}

/// A scheme, the months of its period, and whether every ladder has rules.
fn scheme() -> impl Strategy<Value = (String, usize, bool)> {
    let period = prop_oneof![4 => Just(("month", 1)), 1 => Just(("quarter", 3))];
    let gaps = select(vec!["end", "skip", "zero"]);
    let keep = select(vec!["", "keep = \"v >= 40\"\n"]);
    let grades = select(vec![
        "v >= 70",
        "latest(m) > 300",
        "v >= percentile(v, 0.5)",
    ]);
    let parts = (period, gaps, keep, grades);
    (parts, movement("grade", LEVELS), types()).prop_map(|(parts, movement, (types, moves))| {
        let ((period, months), gaps, keep, best) = parts;
        let text = format!(
            r#"
[scheme]
period = "{period}"
[sheets.customers]
key = "id"
previous_grade = "was"
previous_date = "since"
first_seen = "met"
allow_bad = "100%"
fields = [
  {{ name = "v", type = "number" }}, {{ name = "was", type = "text" }},
  {{ name = "since", type = "date" }}, {{ name = "met", type = "date" }},
]
[sheets.orders]
customer = "who"
date = "day"
id = "no"
fields = [{{ name = "amount", type = "number" }}]
[[metrics]]
name = "m"
from = "orders"
value = "sum(amount)"
per = "{period}"
gaps = "{gaps}"
[[metrics]]
name = "recent"
from = "orders"
value = "sum(amount)"
within = "2 months"
[[metrics]]
name = "all_time"
from = "orders"
value = "sum(amount)"
[[grades]]
name = "A"
when = "{best}"
{keep}[[grades]]
name = "B"
when = "v >= 50"
[[grades]]
name = "C"
{movement}{types}"#
        );
        (text, months, moves)
    })
}

fn month() -> impl Strategy<Value = Month> {
    let order = prop::option::weighted(0.75, select(AMOUNTS.to_vec()));
    let cell = select(vec!["", "5", "35", "55", "65", "75", "90", "90", "65", "?"]);
    let row = prop::option::weighted(0.85, cell);
    (
        prop::bool::weighted(0.85),
        prop::collection::vec(order, CUSTOMERS),
        prop::option::weighted(0.6, prop::collection::vec(row, CUSTOMERS)),
    )
        .prop_map(|(covered, orders, sheet)| Month {
            covered,
            orders,
            sheet,
        })
}

fn story() -> impl Strategy<Value = Story> {
    let hold = select(vec![Hold::Floor, Hold::Lock, Hold::Ceiling]);
    let set = (
        0..CUSTOMERS,
        any::<bool>(),
        hold,
        0..3usize,
        0..10usize,
        0..10usize,
    );
    let given = select(vec![
        ",,",
        ",,",
        ",,2023-12-05",
        "B,2024-01-31,",
        "C,2023-11-15,",
    ]);
    (
        scheme(),
        prop::collection::vec(month(), 6..13),
        prop::collection::vec(given, CUSTOMERS),
        prop::collection::vec(set, 0..2),
        prop::collection::vec(prop::bool::weighted(0.35), 13),
        any::<bool>(),
    )
        .prop_map(
            |((scheme, period, moves), mut months, given, overrides, runs, between)| {
                // A sheet that comes in within a period is that of the period before, if a run is made then, but not
                // afterwards; so sheets come at the ends of periods.
                for (index, month) in months.iter_mut().enumerate() {
                    if (index + 1) % period != 0 {
                        month.sheet = None;
                    }
                }
                if months.iter().all(|month| month.sheet.is_none()) {
                    months[period - 1].sheet = Some(vec![Some("65"); CUSTOMERS]);
                }
                let first = months
                    .iter()
                    .position(|month| month.sheet.is_some())
                    .unwrap();
                // Without rules every run takes what the values give, on any day; so does one with an override.
                let free = moves && overrides.is_empty();
                let all: Vec<usize> = (first..months.len())
                    .filter(|month| free || (month + 1) % period == 0)
                    .collect();
                let last = all.last().copied();
                let some = all.iter().copied();
                let some = some
                    .filter(|month| runs[*month] || Some(*month) == last)
                    .collect();
                let between = between && free;
                Story {
                    scheme,
                    months,
                    given,
                    overrides,
                    all,
                    some,
                    between,
                }
            },
        )
}

impl Story {
    fn world(&self) -> World {
        let mut world = World::new(&self.scheme)
            .unwrap_or_else(|findings| panic!("{findings:#?}\n{}", self.scheme));
        for (index, month) in self.months.iter().enumerate() {
            let end = end(index);
            let (year, number, _) = end.ymd();
            let day = Date::new(year, number, 10 + index as u32).unwrap();
            let start = Date::new(year, number, 1).unwrap();
            let orders: Vec<Order> = month
                .orders
                .iter()
                .enumerate()
                .filter_map(|(who, amount)| Some((format!("c{who}"), day, (*amount)?)))
                .collect();
            if month.covered {
                world.orders(end, Some((start, end)), &orders);
            }
            if let Some(rows) = &month.sheet {
                let mut text = "id,v,was,since,met\n".to_owned();
                for (who, cell) in rows.iter().enumerate() {
                    if let Some(cell) = cell {
                        let _ = writeln!(text, "c{who},{cell},{}", self.given[who]);
                    }
                }
                world.sheet(end, &text);
            }
        }
        let sets = self.overrides.iter().enumerate();
        world.overrides = sets
            .map(
                |(index, (who, of_type, hold, level, from, until))| Override {
                    id: index as i64 + 1,
                    customer: format!("c{who}").into(),
                    subject: if *of_type {
                        Subject::Type
                    } else {
                        Subject::Grade
                    },
                    hold: *hold,
                    level: (if *of_type { TYPES } else { LEVELS })[*level].into(),
                    reason: "said so".into(),
                    by: "somebody".into(),
                    from: Some(end(*from)),
                    until: Some(end(*until)),
                    review_on: None,
                },
            )
            .collect();
        world
    }

    /// The dates of the runs, every month's or only some.
    fn dates(&self, every: bool) -> Vec<Date> {
        let months = if every { &self.all } else { &self.some };
        let last = months.last();
        let dates = months.iter().flat_map(|month| {
            let end = end(*month);
            let between = every && self.between && Some(month) != last;
            let later = end.add_days(13).filter(|_| between);
            std::iter::once(end).chain(later)
        });
        dates.collect()
    }
}

fn end(month: usize) -> Date {
    month_end(Date::new(2024, 1, 1).unwrap(), month)
}

/// Everything that the next run begins with, and that people see.
fn left(grading: &Grading) -> BTreeMap<String, String> {
    let standings = grading.standings().into_iter();
    standings
        .map(
            |Known {
                 id, mut standing, ..
             }| {
                let said = said(grading, &id).unwrap();
                if said.decision == Decision::Refused {
                    // How long its period stays open says nothing before it is mended.
                    standing.decided = None;
                }
                let said = (said.grade, said.kind, said.since);
                (id.to_string(), format!("{standing:?} {said:?}"))
            },
        )
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: std::env::var("PROPTEST_CASES").map_or(96, |cases| cases.parse().unwrap()),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn monthly_runs_equal_one_catch_up_run(story in story()) {
        let world = story.world();
        let monthly = world.runs(&story.dates(true));
        let skipping = world.runs(&story.dates(false));
        prop_assert_eq!(left(&monthly), left(&skipping), "months were skipped");
        let once = world.runs(&[*story.dates(true).last().unwrap()]);
        prop_assert_eq!(left(&monthly), left(&once), "at once");
        let closed = Period::last_closed(world.scheme.period, once.book.as_of);
        prop_assert!(once.standings().iter().all(|known| known.standing.decided <= closed.end()));
    }
}
