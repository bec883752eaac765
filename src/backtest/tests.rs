//! Moves and pairs of a few customers, by hand. Whether a replay is what running the periods gives is shown by
//! `tests/backtest.rs`.

use super::{
    Customer, Direction, Following, Move, Replay, Standing, moves, separation, steadiness,
};
use crate::decide::Decision;
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
