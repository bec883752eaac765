//! Metrics of the same rows against every list of a few small orders: what they come to together, and nothing else, is
//! what `check` takes to be possible.

use super::{cases, linted, told, with_fields};
use crate::diagnostic::{Code, Finding, Shown, Witness};
use crate::table::Value;
use proptest::prelude::*;
use std::collections::BTreeSet;

/// Amounts and thresholds are in quarters: the mean of four amounts in whole numbers is one.
const QUARTERS: i64 = 250_000;
const NAMES: [&str; 4] = ["least", "middle", "latest", "most"];

/// What a list comes to: the least, the mean, the last and the greatest amount.
type Figures = [i64; 4];

/// Every list of one to four amounts from 0 to 3.
fn lists() -> BTreeSet<Figures> {
    let mut lists: Vec<Vec<i64>> = vec![vec![]];
    let mut all = BTreeSet::new();
    for _ in 0..4 {
        let longer = |list: &Vec<i64>| {
            let list = list.clone();
            (0..=3).map(move |amount| [&list[..], &[amount * 4]].concat())
        };
        lists = lists.iter().flat_map(longer).collect();
        for list in &lists {
            let sum: i64 = list.iter().sum();
            let count = list.len() as i64;
            if sum % count == 0 {
                let least = list.iter().min().copied().unwrap_or(0);
                let most = list.iter().max().copied().unwrap_or(0);
                all.insert([least, sum / count, list[list.len() - 1], most]);
            }
        }
    }
    all
}

/// One compared with a threshold in whole numbers, or with another.
#[derive(Clone, Debug)]
enum Atom {
    At(usize, &'static str, i64),
    Beside(usize, &'static str, usize),
}

fn compare(one: i64, sign: &str, other: i64) -> bool {
    match sign {
        "<" => one < other,
        "<=" => one <= other,
        ">" => one > other,
        _ => one >= other,
    }
}

impl Atom {
    fn holds(&self, figures: Figures) -> bool {
        match self {
            Self::At(one, sign, at) => compare(figures[*one], sign, at * 4),
            Self::Beside(one, sign, other) => compare(figures[*one], sign, figures[*other]),
        }
    }

    fn written(&self) -> String {
        match self {
            Self::At(one, sign, at) => format!("{} {sign} {at}元", NAMES[*one]),
            Self::Beside(one, sign, other) => format!("{} {sign} {}", NAMES[*one], NAMES[*other]),
        }
    }
}

fn scheme(bands: &str) -> String {
    let metrics = [
        ("least", "min"),
        ("middle", "mean"),
        ("latest", "last"),
        ("most", "max"),
    ];
    let metric = |(name, function)| {
        format!("[[metrics]]\nname = \"{name}\"\nfrom = \"orders\"\nvalue = \"{function}(sum)\"\n")
    };
    let metrics: String = metrics.into_iter().map(metric).collect();
    with_fields(&format!(
        "{metrics}[[dimensions]]\nname = \"d\"\nbands = [{bands}]\n"
    ))
}

fn described(witness: &Witness) -> [Option<i64>; 4] {
    NAMES.map(|name| {
        let found = witness.values.iter().find(|(known, _)| **known == *name);
        match found {
            Some((_, Shown::One(Value::Number(number)))) => Some(number.millionths()),
            None => None,
            other => panic!("{other:?}"),
        }
    })
}

#[test]
fn a_greatest_value_is_never_below_the_least() {
    let found = |when: &str| {
        let bands = format!("{{ label = \"a\", when = \"{when}\" }}, {{ label = \"b\" }}");
        told(&linted(&scheme(&bands)))
    };
    for when in [
        "most < least",
        "most < 5元 and least > 5元",
        "middle < 2元 and least >= 2元",
        "latest > 9元 and most <= 9元",
    ] {
        let found = found(when);
        assert!(
            found.starts_with("shadowed: `a` is never reached"),
            "{when}: {found}"
        );
    }
    for when in [
        "most > least",
        "most = least",
        "latest > middle",
        "middle > 2元 and least < 2元",
    ] {
        assert_eq!(found(when), "", "{when}");
    }
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn metrics_of_the_same_rows_are_what_lists_of_orders_come_to(
        bands in prop::collection::vec(prop::collection::vec(
            {
                let sign = prop::sample::select(vec!["<", "<=", ">", ">="]);
                prop_oneof![
                    3 => (0..4usize, sign.clone(), 0..=2i64).prop_map(|(one, sign, at)| Atom::At(one, sign, at)),
                    1 => (0..4usize, sign, 0..3usize)
                        .prop_map(|(one, sign, other)| Atom::Beside(one, sign, (one + 1 + other) % 4)),
                ]
            },
            1..=2,
        ), 1..=3),
    ) {
        let holds = |band: &Vec<Atom>, figures| band.iter().all(|atom| atom.holds(figures));
        let written: Vec<String> = bands.iter().enumerate().map(|(index, band)| {
            let when: Vec<String> = band.iter().map(Atom::written).collect();
            format!("{{ label = \"b{index}\", when = \"{}\" }}", when.join(" and "))
        }).collect();
        let source = scheme(&written.join(", "));
        let found = linted(&source);
        let first = |figures| bands.iter().position(|band| holds(band, figures));
        let reached: BTreeSet<Option<usize>> = lists().into_iter().map(first).collect();
        for index in 0..bands.len() {
            let start = format!("`b{index}` is never reached");
            let is_told = found.iter().any(|finding: &Finding| finding.title.en.starts_with(&start));
            prop_assert!(!is_told || !reached.contains(&Some(index)), "invented: {}\n{}", start, source);
        }
        let gaps: Vec<&Finding> = found.iter().filter(|finding| finding.code == Code::Gap).collect();
        prop_assert!(!gaps.is_empty() || !reached.contains(&None), "missed\n{}", source);
        for witness in gaps.iter().flat_map(|finding| &finding.witnesses) {
            let [least, middle, latest, most] = described(witness);
            for (low, high) in [(least, most), (least, middle), (least, latest), (middle, most), (latest, most)] {
                prop_assert!(low.zip(high).is_none_or(|(low, high)| low <= high), "{:?}\n{}", witness, source);
            }
            let figures = [least, middle, latest, most].map(|own| own.unwrap_or(0));
            // In millionths, so that all that is asked can be told.
            let is_in = |band: &Vec<Atom>| band.iter().all(|atom| match atom {
                Atom::At(one, sign, at) => compare(figures[*one], sign, at * 4 * QUARTERS),
                Atom::Beside(one, sign, other) => compare(figures[*one], sign, figures[*other]),
            });
            prop_assert!(!bands.iter().any(is_in), "{:?}\n{}", witness, source);
        }
    }
}
