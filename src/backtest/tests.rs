//! Moves and pairs of a few customers, by hand. Whether a replay is what running the periods gives is shown by
//! `tests/backtest.rs`.

use super::{
    Customer, Direction, Following, Move, Replay, Revenue, Standing, moves, of_events, revenue,
    separation, steadiness,
};
use crate::book::Inputs;
use crate::decide::Decision;
use crate::read::{self, Input, Options};
use crate::table::{Date, Period, PeriodKind, Truth};
use foldhash::HashMap;
use std::sync::Arc;

/// A customer whose months are A to C, `-` without a grade, `a` absent with what was before, ` ` not known yet.
fn customer(id: &str, months: &str) -> Customer {
    let mut before = None;
    let standing = |month: char| {
        let (grade, decision) = match month {
            ' ' => return None,
            '-' => (None, Decision::Unrated),
            'a' => (before, Decision::Absent),
            grade => (Some(grade as u32 - 'A' as u32), Decision::Held),
        };
        before = grade;
        Some(Standing { grade, decision })
    };
    Customer {
        id: id.into(),
        name: None,
        standings: months.chars().map(standing).collect(),
    }
}

fn replay(customers: &[(&str, &str)]) -> Replay {
    let months = customers[0].1.chars().count() as i32;
    let end = |month: i32| {
        let kind = PeriodKind::Month;
        let january = Period::of(kind, Date::parse_iso("2024-01-01").unwrap());
        january.back(-month).end().unwrap()
    };
    let customers: Vec<Customer> = customers
        .iter()
        .map(|(id, months)| customer(id, months))
        .collect();
    Replay {
        name: "test".to_owned(),
        grades: ["A", "B", "C"].map(|name| (name.into(), None)).to_vec(),
        ends: (0..months).map(end).collect(),
        by_id: customers
            .iter()
            .zip(0..)
            .map(|(customer, number)| (customer.id.clone(), number))
            .collect(),
        customers,
    }
}

#[test]
fn a_move_is_against_what_was_when_last_there() {
    let shown = |months: &str, within| {
        let moves = moves(&customer("x", months), within);
        let show = |found: Option<Move>| match found {
            None => '.',
            Some(found) => match (found.direction, found.is_reversal) {
                (Direction::Up, false) => 'u',
                (Direction::Up, true) => 'U',
                (Direction::Down, false) => 'd',
                (Direction::Down, true) => 'D',
            },
        };
        moves.into_iter().map(show).collect::<String>()
    };
    assert_eq!(shown("AABBA", 2), "..d.U");
    assert_eq!(shown("AABBA", 1), "..d.u");
    // Two moves the same way take nothing back; the third does.
    assert_eq!(shown("CBAB", 3), ".uuD");
    // Absent for two months: compared with the grade kept, and the months in between count.
    assert_eq!(shown("BAaaB", 3), ".u..D");
    assert_eq!(shown("BAaaB", 2), ".u..d");
    // Without a grade in between there is nothing to compare with.
    assert_eq!(shown("A-B", 3), "...");
    assert_eq!(shown("  BA", 3), "...u");
}

#[test]
fn stays_and_those_who_are_new_are_counted_once() {
    let replay = replay(&[("1", "AABB"), ("2", "  CC"), ("3", "Baa-"), ("4", "BaaB")]);
    let steady = steadiness(&replay, 3);
    let figures = |end: usize| {
        let turn = steady.turns[end];
        [
            turn.customers,
            turn.compared,
            turn.up,
            turn.down,
            turn.new,
            turn.kept(),
        ]
    };
    assert_eq!(figures(0), [3, 0, 0, 0, 0, 0]);
    assert_eq!(figures(1), [1, 1, 0, 0, 0, 1]);
    assert_eq!(figures(2), [2, 1, 0, 1, 1, 0]);
    // 1 and 2 keep theirs, 4 is back with it; 3 has none to compare.
    assert_eq!(figures(3), [4, 3, 0, 0, 0, 3]);
    // 4 + 2 + 1 + 2 months: A, B; C; B; B through the absence.
    assert_eq!((steady.graded, steady.stays), (9, 5));
}

#[test]
fn who_is_lost_by_the_rule_is_asked_so_many_periods_later() {
    let replay = replay(&[("1", "AAA"), ("2", "BBB"), ("3", "B--")]);
    let lost = |ids: &[(&str, Truth)]| -> HashMap<Arc<str>, Truth> {
        let ids = ids.iter();
        ids.map(|(id, truth)| (Arc::from(*id), *truth)).collect()
    };
    // At the second and third period end; 3 is in no sheet at the second.
    let churned = [
        lost(&[("1", Truth::True), ("2", Truth::True), ("3", Truth::True)]),
        lost(&[("1", Truth::False), ("2", Truth::True)]),
        lost(&[
            ("1", Truth::False),
            ("2", Truth::Unknown),
            ("3", Truth::True),
        ]),
    ];
    let following = Following {
        ahead: 1,
        revenue: None,
        churned: &churned,
    };
    let found = separation(&replay, &following);
    assert_eq!(found.judged(), 2);
    let figures = |grade: usize| {
        let outcome = &found.grades[grade];
        (
            outcome.customers,
            outcome.lost,
            outcome.stayed,
            outcome.known,
        )
    };
    assert_eq!(figures(0), (2, 0, 2, 0));
    // 2 is lost after the first and unknown after the second; of 3 nobody knows after the first.
    assert_eq!(figures(1), (3, 1, 0, 0));
    assert_eq!((found.ungraded.customers, found.ungraded.lost), (1, 1));
    assert_eq!(found.pairs.all(), 0);
}

#[test]
fn what_is_spent_is_nothing_where_no_row_is() {
    let (scheme, findings) = crate::scheme::validate(
        "[sheets.customers]\nkey = \"id\"\n[sheets.orders]\ncustomer = \"id\"\ndate = \"day\"\n\
         fields = [{ name = \"amount\", type = \"number\" }]\n\
         [[metrics]]\nname = \"newest\"\nfrom = \"orders\"\nvalue = \"last(amount)\"\n\
         [[metrics]]\nname = \"spent\"\nfrom = \"orders\"\nvalue = \"sum(amount)\"\nwhere = \"amount > 0\"\n\
         within = \"7 days\"\n",
    );
    let scheme = scheme.unwrap_or_else(|| panic!("{findings:?}"));
    let metric = revenue(&scheme).unwrap();
    assert_eq!(&*metric.name, "spent");
    let mut inputs = Inputs::empty(&of_events(&scheme));
    let orders =
        "id,day,amount\n1,2024-01-05,10\n1,2024-01-06,-4\n1,2024-04-01,7.5\n2,2024-03-31,20\n";
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("orders.csv");
    std::fs::write(&path, orders).unwrap();
    let file = Input::File {
        path,
        name: "orders.csv".into(),
        worksheet: None,
    };
    let tables = read::open(&file, &[], &Options::default(), &|_, _| {}).unwrap();
    for table in tables {
        inputs.put(&scheme, "orders", table, None);
    }
    let day = |text| Date::parse_iso(text).unwrap();
    let spent = Revenue::of(&scheme, metric, inputs, day("2024-05-31"));
    let after = |id, end, months| spent.after(id, day(end), months);
    // All months and not the seven days of the metric; the row that it leaves out is left out.
    assert_eq!(after("1", "2023-12-31", 1), Some(10_000_000));
    assert_eq!(after("1", "2024-01-31", 2), Some(0));
    assert_eq!(after("1", "2024-01-31", 3), Some(7_500_000));
    // The first order comes later, and of somebody there is none at all.
    assert_eq!(after("2", "2024-01-31", 1), Some(0));
    assert_eq!(after("2", "2024-01-31", 2), Some(20_000_000));
    assert_eq!(after("3", "2024-01-31", 2), Some(0));
    // May is closed, and no file covers it.
    assert!(spent.covers(day("2024-01-31"), 3));
    assert!(!spent.covers(day("2024-01-31"), 4));
}
