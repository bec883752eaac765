//! Whole searches: the same pairs in every order of the rows, and blocks that lose none that is all but certain.

use super::*;
use crate::scheme::model::{IdentityField, IdentityKind, Take};
use crate::table::TextColumn;
use proptest::prelude::*;
use std::sync::Arc;

fn rule(kinds: &[IdentityKind]) -> Duplicates {
    let field = |(field, kind): (usize, &IdentityKind)| IdentityField { field, kind: *kind };
    Duplicates {
        fields: kinds.iter().enumerate().map(field).collect(),
        strict: 70,
        lax: 30,
        take: Take::Newest,
        golden: vec![],
        sources: vec![],
    }
}

/// Columns of these rows; an empty text is missing.
fn columns(rows: &[Vec<String>], width: usize) -> Vec<Column> {
    let column = |at: usize| {
        let mut codes = vec![];
        let mut dictionary: Vec<Arc<str>> = vec![];
        for row in rows {
            if row[at].is_empty() {
                codes.push(u32::MAX);
            } else {
                codes.push(dictionary.len() as u32);
                dictionary.push(row[at].as_str().into());
            }
        }
        Column::Text(TextColumn {
            codes,
            dictionary: Arc::new(dictionary),
        })
    };
    (0..width).map(column).collect()
}

fn found(rule: &Duplicates, rows: &[Vec<String>], blocking: Blocking) -> Vec<Pair> {
    let columns = columns(rows, rule.fields.len());
    let columns: Vec<&Column> = columns.iter().collect();
    Search::new(rule, &columns).pairs(blocking)
}

const KINDS: [IdentityKind; 5] = [
    IdentityKind::Person,
    IdentityKind::Person,
    IdentityKind::Birth,
    IdentityKind::Phone,
    IdentityKind::Place,
];

/// People of few names, so that some are alike, and copies of them with a slip.
fn people() -> impl Strategy<Value = Vec<Vec<String>>> {
    let names = prop::sample::select(vec![
        "anna", "bert", "carla", "dora", "emil", "fritz", "anne", "",
    ]);
    let last = prop::sample::select(vec![
        "meyer", "schmidt", "weber", "huber", "mayer", "schmitt", "",
    ]);
    let day = (1950u32..1960, 1u32..13, 1u32..29).prop_map(|(y, m, d)| format!("{y}{m:02}{d:02}"));
    let phone = "13[0-9]{9}|";
    let town = prop::sample::select(vec!["wien", "graz", "linz", ""]);
    let person = (names, last, day, phone, town)
        .prop_map(|(a, b, c, d, e)| vec![a.to_owned(), b.to_owned(), c, d, e.to_owned()]);
    let copies = prop::collection::vec(
        (any::<prop::sample::Index>(), 0usize..5, any::<bool>()),
        0..8,
    );
    (prop::collection::vec(person, 2..30), copies).prop_map(|(mut rows, copies)| {
        for (of, field, swapped) in copies {
            let mut copy = of.get(&rows).clone();
            if swapped {
                copy.swap(0, 1);
            } else {
                copy[field] = String::new();
            }
            rows.push(copy);
        }
        rows
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn points_are_the_same_both_ways_and_add_up(rows in people()) {
        let rule = Duplicates { lax: -1_000, ..rule(&KINDS) };
        let columns = columns(&rows, KINDS.len());
        let columns: Vec<&Column> = columns.iter().collect();
        let search = Search::new(&rule, &columns);
        let comparer = search.comparer();
        for a in 0..rows.len() as u32 {
            for b in 0..a {
                let points = comparer.score(a, b);
                prop_assert_eq!(points, comparer.score(b, a));
                let told: i32 = comparer.evidence(a, b).iter().map(|one| one.points).sum();
                // There is one place only, so that nothing is capped here.
                prop_assert_eq!(points, Some(told - weigh::prior(rows.len())));
            }
        }
    }

    #[test]
    fn the_order_of_rows_never_changes_a_pair(rows in people(), seed in any::<u64>()) {
        let rule = rule(&KINDS);
        let mut order: Vec<usize> = (0..rows.len()).collect();
        order.sort_by_key(|row| (*row as u64 + 1).wrapping_mul(seed | 1));
        let turned: Vec<Vec<String>> = order.iter().map(|row| rows[*row].clone()).collect();
        for blocking in [Blocking::None, Blocking::Always] {
            let plain = found(&rule, &rows, blocking);
            let back = |row: u32| order[row as usize] as u32;
            let mut other: Vec<Pair> = found(&rule, &turned, blocking)
                .into_iter()
                .map(|pair| {
                    let (a, b) = (back(pair.a), back(pair.b));
                    Pair { a: a.min(b), b: a.max(b), points: pair.points }
                })
                .collect();
            other.sort_by_key(|pair| (-pair.points, pair.a, pair.b));
            prop_assert_eq!(&plain, &other);
        }
    }

    #[test]
    fn blocks_find_every_certain_pair_with_something_rare_or_two_things_in_common(rows in people()) {
        let rule = rule(&KINDS);
        let mut all = found(&rule, &rows, Blocking::None);
        let mut some = found(&rule, &rows, Blocking::Always);
        prop_assert!(some.iter().all(|pair| all.contains(pair)));
        // Two who have nothing but slips in common are not looked for among many.
        let in_common = |pair: &Pair| {
            let (one, two) = (&rows[pair.a as usize], &rows[pair.b as usize]);
            let same = |field: &usize| !one[*field].is_empty() && one[*field] == two[*field];
            let is_rare = same(&2) || same(&3);
            is_rare || (0..KINDS.len()).filter(same).count() >= 2
        };
        all.retain(|pair| pair.points >= rule.strict && in_common(pair));
        some.retain(|pair| pair.points >= rule.strict && in_common(pair));
        prop_assert_eq!(all, some);
    }
}

#[test]
fn a_slip_in_a_name_parts_nobody() {
    // Nothing but the name is there, so that only what leaves a letter out can bring the two together.
    let names = [
        "杭州天元计算机系统有限公司",
        "杭州天元计算机系流有限公司",
        "杭州天元计算机统系有限公司",
        "杭州天元计机系统有限公司",
    ];
    let rows: Vec<Vec<String>> = names.iter().map(|name| vec![(*name).to_owned()]).collect();
    let rule = Duplicates {
        lax: -200,
        ..rule(&[IdentityKind::Company])
    };
    let pairs = found(&rule, &rows, Blocking::Always);
    let with_first: Vec<u32> = pairs
        .iter()
        .filter(|pair| pair.a == 0)
        .map(|pair| pair.b)
        .collect();
    for slip in [1, 2, 3] {
        assert!(with_first.contains(&slip), "{slip}: {pairs:?}");
    }
}

#[test]
fn a_family_in_one_flat_is_no_one_person() {
    let kinds = [
        IdentityKind::Person,
        IdentityKind::Person,
        IdentityKind::Birth,
        IdentityKind::Address,
        IdentityKind::Place,
        IdentityKind::Place,
    ];
    let person = |given: &str, born: &str| -> Vec<String> {
        [
            given,
            "campbell",
            born,
            "12 tullaroop street",
            "st james",
            "4011",
        ]
        .map(str::to_owned)
        .into()
    };
    let mut rows = vec![
        person("thomas", "19500612"),
        person("isabella", "19530101"),
        person("thomas", "19500621"),
    ];
    for other in 0..400 {
        let row = [
            format!("n{other}x"),
            format!("s{other}y"),
            String::new(),
            format!("{other} road"),
            String::new(),
            String::new(),
        ];
        rows.push(row.into());
    }
    let pairs = found(&rule(&kinds), &rows, Blocking::None);
    let pairs: Vec<(u32, u32)> = pairs.iter().map(|pair| (pair.a, pair.b)).collect();
    assert_eq!(pairs, [(0, 2)]);
}

#[test]
fn a_branch_is_never_its_head_office_whatever_else_agrees() {
    let kinds = [
        IdentityKind::Company,
        IdentityKind::Phone,
        IdentityKind::Email,
        IdentityKind::CreditCode,
    ];
    let rest = ["13800138000", "a@example.com", "914403001922038216"];
    let row = |name: &str| -> Vec<String> {
        std::iter::once(name)
            .chain(rest)
            .map(str::to_owned)
            .collect()
    };
    let names = [
        "华为技术有限公司",
        "华为技术有限公司深圳分公司",
        "华为技术有限公司上海分公司",
        "华为技术有限公司南山店",
    ];
    let rows: Vec<Vec<String>> = names.iter().map(|name| row(name)).collect();
    assert!(found(&rule(&kinds), &rows, Blocking::None).is_empty());
    assert!(found(&rule(&kinds), &rows, Blocking::Always).is_empty());
    let twice = [row(names[1]), row("華為技術（股份）有限公司 深圳分公司")];
    assert_eq!(found(&rule(&kinds), &twice, Blocking::None).len(), 1);
}
