//! Random schemes with rules of movement.

use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use std::fmt::Write as _;

pub const LEVELS: [&str; 3] = ["A", "B", "C"];
pub const TYPES: [&str; 3] = ["T1", "T2", "T3"];

/// The customers' sheet.
pub const CUSTOMERS_SHEET: &str = r#"
[sheets.customers]
key = "id"
previous_grade = "was"
previous_date = "since"
first_seen = "met"
allow_bad = "100%"
fields = [
  { name = "v", type = "number" }, { name = "was", type = "text" },
  { name = "since", type = "date" }, { name = "met", type = "date" },
]
"#;

/// What `v` is where there is no customers' sheet: the customers are those in the orders then.
pub const OF_ORDERS: &str = r#"
[[values]]
name = "v"
is = "recent / 10"
[[grades]]
"#;

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
pub fn scheme() -> impl Strategy<Value = (String, usize, bool)> {
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
{CUSTOMERS_SHEET}
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
