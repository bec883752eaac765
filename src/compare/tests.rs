//! What a comparison says of a few customers, and what holds of every two sides.

use super::*;
use crate::decide::Decision;
use crate::table::{Column, Decimal, TextColumn, Value};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// A side of customers with key, level and amount; '' is no level.
fn side(levels: &str, customers: &[(&str, &str, i64)]) -> Snapshot {
    let customers = customers
        .iter()
        .map(|(id, level, amount)| Customer {
            id: (*id).into(),
            level: (!level.is_empty()).then(|| (*level).into()),
            amount: Decimal::from_int(*amount),
            ..Customer::default()
        })
        .collect();
    let mut side = Snapshot::new(customers, |_| None).unwrap();
    side.levels = levels.split_whitespace().map(Arc::from).collect();
    side
}

/// `id class steps old>new` of everybody, in order.
fn told(comparison: &Comparison) -> Vec<String> {
    let moves = comparison.moves.iter().map(|found| {
        let level = |level: &Option<Arc<str>>| level.as_deref().unwrap_or("-").to_owned();
        let steps = found
            .steps
            .map_or("?".to_owned(), |steps| steps.to_string());
        let (old, new) = (level(&found.old), level(&found.new));
        format!("{} {} {steps} {old}>{new}", found.id, found.class.key())
    });
    moves.collect()
}

#[test]
fn who_came_down_furthest_is_told_first() {
    let old = side(
        "A B C",
        &[
            ("1", "A", 0),
            ("2", "A", 0),
            ("3", "C", 0),
            ("4", "B", 0),
            ("5", "B", 0),
            ("6", "B", 0),
            ("7", "", 0),
            ("8", "", 0),
        ],
    );
    let new = side(
        "A B C",
        &[
            ("9", "A", 0),
            ("5", "B", 0),
            ("4", "C", 0),
            ("3", "B", 0),
            ("2", "C", 0),
            ("1", "B", 0),
            ("7", "C", 0),
            ("8", "", 0),
        ],
    );
    let comparison = compare(&old, &new);
    assert_eq!(
        told(&comparison),
        [
            "2 downgraded -2 A>C",
            "4 downgraded -1 B>C",
            "1 downgraded -1 A>B",
            "3 upgraded 1 C>B",
            "7 changed ? ->C",
            "8 unrated ? ->-",
            "9 new ? ->A",
            "6 absent ? B>-",
            "5 unchanged 0 B>B",
        ]
    );
    assert_eq!(comparison.movers().count(), 7);
    assert_eq!((comparison.old, comparison.new), (8, 8));
}

#[test]
fn without_an_order_a_change_is_neither_up_nor_down() {
    let comparison = compare(&side("", &[("1", "A", 0)]), &side("", &[("1", "B", 0)]));
    assert_eq!(told(&comparison), ["1 changed ? A>B"]);
    assert!(!comparison.is_ordered);
    // An order that does not have both says nothing either.
    let comparison = compare(
        &side("A C", &[("1", "A", 0)]),
        &side("B C", &[("1", "B", 0)]),
    );
    assert_eq!(told(&comparison), ["1 changed ? A>B"]);
    let names: Vec<&str> = comparison.levels.iter().map(|level| &**level).collect();
    assert_eq!(names, ["A", "B", "C"]);
}

#[test]
fn two_orders_that_contradict_each_other_are_none() {
    let comparison = compare(
        &side("A B", &[("1", "A", 0)]),
        &side("B A", &[("1", "B", 0)]),
    );
    assert_eq!(told(&comparison), ["1 changed ? A>B"]);
    let comparison = compare(
        &side("A B", &[("1", "A", 0)]),
        &side("A X B", &[("1", "B", 0)]),
    );
    assert_eq!(told(&comparison), ["1 downgraded -2 A>B"]);
}

#[test]
fn a_key_that_stands_twice_is_an_error() {
    let customer = Customer {
        id: "1".into(),
        ..Customer::default()
    };
    let place = |row: usize| {
        let origin = crate::table::Origin {
            file: "a.csv".into(),
            worksheet: None,
        };
        Some(origin.row(row as u32 + 2))
    };
    let findings =
        Snapshot::new(vec![customer.clone(), customer.clone(), customer], place).unwrap_err();
    let titles: Vec<&str> = findings.iter().map(|finding| &*finding.title.en).collect();
    assert_eq!(titles, ["`1` stands twice, first at a.csv:2"; 2]);
}

#[test]
fn the_matrix_counts_shares_and_sums_amounts() {
    let old = side(
        "A B",
        &[
            ("1", "A", 10),
            ("2", "A", 20),
            ("3", "A", 30),
            ("4", "B", 40),
        ],
    );
    let new = side(
        "A B",
        &[
            ("1", "A", 11),
            ("2", "B", 22),
            ("4", "", 44),
            ("5", "B", 55),
        ],
    );
    let matrix = compare(&old, &new).matrix;
    let shown: Vec<String> = matrix
        .rows
        .iter()
        .map(|row| {
            let flows = row.iter().map(|flow| {
                let number = |number: Option<Decimal>| number.map_or("-".into(), |n| n.to_string());
                format!(
                    "{}/{}/{}",
                    flow.count,
                    number(flow.share),
                    number(flow.amount)
                )
            });
            flows.collect::<Vec<_>>().join(" ")
        })
        .collect();
    assert_eq!(
        shown,
        [
            // To A, to B, without a level, absent.
            "1/0.333333/11 1/0.333333/22 0/0/0 1/0.333333/30",
            "0/0/0 0/0/0 1/1/44 0/0/0",
            "0/-/0 0/-/0 0/-/0 0/-/0",
            "0/0/0 1/1/55 0/0/0 0/0/0",
        ]
    );
    assert_eq!((matrix.row_count(0), matrix.column_count(1)), (3, 2));
}

#[test]
fn what_a_run_decided_goes_before_the_levels() {
    use Decision::{Absent, Held, Overridden, Refused};
    let with = |decision: Decision, level: &str| {
        let customer = Customer {
            id: "1".into(),
            level: Some(level.into()),
            decision: Some(decision),
            ..Customer::default()
        };
        let mut side = Snapshot::new(vec![customer], |_| None).unwrap();
        side.levels = ["A", "B"].map(Arc::from).to_vec();
        side
    };
    for (old, new, expected) in [
        ((Held, "B"), (Absent, "B"), "1 absent ? B>B"),
        ((Absent, "B"), (Held, "A"), "1 new ? B>A"),
        ((Absent, "B"), (Absent, "B"), "1 unchanged ? B>B"),
        ((Held, "B"), (Refused, "B"), "1 refused ? B>B"),
        ((Refused, "B"), (Held, "A"), "1 upgraded 1 B>A"),
    ] {
        let comparison = compare(&with(old.0, old.1), &with(new.0, new.1));
        assert_eq!(told(&comparison), [expected]);
    }
    let set = compare(&with(Held, "B"), &with(Overridden, "A"));
    assert_eq!(set.moves[0].cause, Some(Cause::Override));
    let kept = compare(&with(Held, "A"), &with(Overridden, "A"));
    assert_eq!(kept.moves[0].cause, None);
}

#[test]
fn values_that_both_have_are_compared_as_one_reads_them() {
    let texts = |texts: &[&str]| {
        Column::Text(TextColumn {
            codes: (0..texts.len() as u32).collect(),
            dictionary: Arc::new(texts.iter().map(|text| (*text).into()).collect()),
        })
    };
    let mut old = side("A", &[("1", "A", 0), ("2", "A", 0)]);
    old.values = vec![
        ("年采购额（万元）".into(), texts(&["1,200", "80"])),
        ("区域".into(), texts(&["华东", "华南"])),
        ("余额（元）".into(), texts(&["1", "1"])),
        ("旧".into(), texts(&["x", "x"])),
    ];
    let mut new = side("A", &[("2", "A", 0), ("1", "A", 0)]);
    new.values = vec![
        ("区域".into(), texts(&["华北", "华东"])),
        (
            "年采购额(万元)".into(),
            Column::Number(vec![90_000_000, 1_200_000_000]),
        ),
        ("余额（万元）".into(), texts(&["2", "2"])),
    ];
    let comparison = compare(&old, &new);
    assert!(comparison.moves[1].changed.is_empty());
    let changed: Vec<(&str, &Value, &Value)> = comparison.moves[0]
        .changed
        .iter()
        .map(|changed| (&*changed.name, &changed.old, &changed.new))
        .collect();
    let text = |text: &str| Value::Text(text.into());
    assert_eq!(
        changed,
        [
            ("区域", &text("华南"), &text("华北")),
            (
                "年采购额(万元)",
                &text("80"),
                &Value::Number(Decimal::from_int(90).unwrap())
            ),
        ]
    );
}

/// Any side: keys of a small set, each once, in any order.
fn any_side() -> impl Strategy<Value = Vec<(String, Option<u8>, i64)>> {
    let level = proptest::option::of(0u8..4);
    proptest::collection::btree_map(0u8..12, (level, -5i64..50), 0..10)
        .prop_map(|customers| {
            let row = |(id, (level, amount)): (u8, _)| (id.to_string(), level, amount);
            customers.into_iter().map(row).collect::<Vec<_>>()
        })
        .prop_shuffle()
}

fn made(customers: &[(String, Option<u8>, i64)], ordered: bool) -> Snapshot {
    const NAMES: [&str; 4] = ["A", "B", "C", "D"];
    let rows: Vec<(&str, &str, i64)> = customers
        .iter()
        .map(|(id, level, amount)| {
            (
                &**id,
                level.map_or("", |level| NAMES[level as usize]),
                *amount,
            )
        })
        .collect();
    side(if ordered { "A B C D" } else { "" }, &rows)
}

/// What happened to each customer, by key.
fn by_id(comparison: &Comparison) -> BTreeMap<String, (Class, Option<i32>)> {
    let moves = comparison.moves.iter();
    moves
        .map(|found| (found.id.to_string(), (found.class, found.steps)))
        .collect()
}

proptest! {
    #[test]
    fn nothing_moves_between_a_side_and_itself(side in any_side(), ordered: bool) {
        let side = made(&side, ordered);
        let comparison = compare(&side, &side);
        prop_assert_eq!(comparison.movers().count(), 0);
        prop_assert!(comparison.moves.iter().all(|found| found.changed.is_empty()));
    }

    #[test]
    fn the_way_back_mirrors_the_way(a in any_side(), b in any_side(), ordered: bool) {
        let (a, b) = (made(&a, ordered), made(&b, ordered));
        let (there, back) = (compare(&a, &b), compare(&b, &a));
        let returned = by_id(&back);
        for found in &there.moves {
            let (class, steps) = returned[&*found.id];
            prop_assert_eq!(steps, found.steps.map(|steps| -steps));
            let expected = match found.class {
                Class::Upgraded => Class::Downgraded,
                Class::Downgraded => Class::Upgraded,
                Class::New => Class::Absent,
                Class::Absent if found.old.is_some() => Class::New,
                // Who has no level is told as such where they are, and as absent where they are not.
                Class::Absent => Class::Unrated,
                Class::Unrated if !found.there.0 => Class::Absent,
                Class::Unrated if found.old.is_some() => Class::Changed,
                Class::Changed if found.old.is_none() => Class::Unrated,
                same => same,
            };
            prop_assert_eq!(class, expected, "{:?}", found);
        }
        let size = there.matrix.rows.len();
        prop_assert_eq!(size, back.matrix.rows.len());
        for row in 0..size {
            for column in 0..size {
                prop_assert_eq!(there.matrix.rows[row][column].count, back.matrix.rows[column][row].count);
            }
        }
    }

    #[test]
    fn everybody_has_one_class(a in any_side(), b in any_side(), ordered: bool) {
        let comparison = compare(&made(&a, ordered), &made(&b, ordered));
        let mut ids: Vec<&String> = a.iter().chain(&b).map(|(id, ..)| id).collect();
        ids.sort_unstable();
        ids.dedup();
        let found = by_id(&comparison);
        prop_assert_eq!(found.keys().collect::<Vec<_>>(), ids);
        prop_assert_eq!(comparison.moves.len(), found.len());
        prop_assert_eq!(comparison.counts.iter().sum::<usize>(), found.len());
        let counted: usize = comparison.matrix.rows.iter().flatten().map(|flow| flow.count).sum();
        prop_assert_eq!(counted, found.len());
    }

    #[test]
    fn the_order_of_rows_decides_nothing_but_the_order(a in any_side(), b in any_side(), ordered: bool) {
        let sorted = |side: &[(String, Option<u8>, i64)]| {
            let mut side = side.to_vec();
            side.sort();
            made(&side, ordered)
        };
        let one = compare(&made(&a, ordered), &made(&b, ordered));
        let other = compare(&sorted(&a), &sorted(&b));
        prop_assert_eq!(by_id(&one), by_id(&other));
        prop_assert_eq!(&one.matrix, &other.matrix);
        prop_assert_eq!(one.counts, other.counts);
        let classes = |comparison: &Comparison| -> Vec<(Class, Option<i32>)> {
            comparison.moves.iter().map(|found| (found.class, found.steps.map(i32::abs))).collect()
        };
        prop_assert_eq!(classes(&one), classes(&other));
    }
}
