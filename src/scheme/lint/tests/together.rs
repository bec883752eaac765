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

/// What a list comes to: how many there are, and the least, the mean, the last and the greatest amount, which an empty
/// list has none of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Figures {
    count: i64,
    amounts: Option<[i64; 4]>,
}

/// Every list of up to four amounts from 0 to 3.
fn lists() -> BTreeSet<Figures> {
    let mut lists: Vec<Vec<i64>> = vec![vec![]];
    let mut all = BTreeSet::from([Figures {
        count: 0,
        amounts: None,
    }]);
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
                let last = list[list.len() - 1];
                all.insert(Figures {
                    count,
                    amounts: Some([least, sum / count, last, most]),
                });
            }
        }
    }
    all
}

/// One compared with a threshold in whole numbers, or with another; how many there are; whether one is missing.
#[derive(Clone, Debug)]
enum Atom {
    At(usize, &'static str, i64),
    Beside(usize, &'static str, usize),
    Count(&'static str, i64),
    Missing(usize),
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
    /// Nothing where that is not known, because what is compared is missing.
    fn holds(&self, figures: Figures, quarter: i64) -> Option<bool> {
        match self {
            Self::At(one, sign, at) => {
                let compared = |amounts: [i64; 4]| compare(amounts[*one], sign, at * 4 * quarter);
                figures.amounts.map(compared)
            }
            Self::Beside(one, sign, other) => {
                let compared = |amounts: [i64; 4]| compare(amounts[*one], sign, amounts[*other]);
                figures.amounts.map(compared)
            }
            Self::Count(sign, at) => Some(compare(figures.count, sign, *at)),
            Self::Missing(_) => Some(figures.amounts.is_none()),
        }
    }

    fn written(&self) -> String {
        match self {
            Self::At(one, sign, at) => format!("{} {sign} {at}元", NAMES[*one]),
            Self::Beside(one, sign, other) => format!("{} {sign} {}", NAMES[*one], NAMES[*other]),
            Self::Count(sign, at) => format!("orders_made {sign} {at}"),
            Self::Missing(one) => format!("{} is null", NAMES[*one]),
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

/// What of a customer a witness describes; nothing of what it leaves out.
#[derive(Debug)]
struct Described {
    count: Option<i64>,
    /// In millionths.
    amounts: [Option<i64>; 4],
    /// Whether it says of an amount that it is missing.
    is_missing: bool,
}

fn described(witness: &Witness) -> Described {
    let find = |name: &str| {
        let found = witness.values.iter().find(|(known, _)| **known == *name);
        found.map(|(_, shown)| match shown {
            Shown::One(value) => value.clone(),
            other @ Shown::Periods(_) => panic!("{other:?}"),
        })
    };
    let number = |value: Value| match value {
        Value::Number(number) => Some(number.millionths()),
        Value::Missing => None,
        other => panic!("{other:?}"),
    };
    Described {
        count: find("orders_made")
            .and_then(number)
            .map(|count| count / 1_000_000),
        amounts: NAMES.map(|name| find(name).and_then(number)),
        is_missing: NAMES.iter().any(|name| find(name) == Some(Value::Missing)),
    }
}

/// Which of some bands is the first to hold; nothing where one before it is not known, the number of bands where none does.
fn first(bands: &[Vec<Atom>], holds: impl Fn(&Atom) -> Option<bool>) -> Option<usize> {
    for (index, band) in bands.iter().enumerate() {
        let parts: Vec<Option<bool>> = band.iter().map(&holds).collect();
        if parts.contains(&Some(false)) {
            continue;
        }
        return parts.iter().all(Option::is_some).then_some(index);
    }
    Some(bands.len())
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
                    6 => (0..4usize, sign.clone(), 0..=2i64).prop_map(|(one, sign, at)| Atom::At(one, sign, at)),
                    2 => (0..4usize, sign.clone(), 0..3usize)
                        .prop_map(|(one, sign, other)| Atom::Beside(one, sign, (one + 1 + other) % 4)),
                    2 => (sign, 0..=2i64).prop_map(|(sign, at)| Atom::Count(sign, at)),
                    1 => (0..4usize).prop_map(Atom::Missing),
                ]
            },
            1..=2,
        ), 1..=3),
    ) {
        let written: Vec<String> = bands.iter().enumerate().map(|(index, band)| {
            let when: Vec<String> = band.iter().map(Atom::written).collect();
            format!("{{ label = \"b{index}\", when = \"{}\" }}", when.join(" and "))
        }).collect();
        let source = scheme(&written.join(", "));
        let found = linted(&source);
        let of = |figures: Figures| first(&bands, |atom| atom.holds(figures, 1));
        let reached: BTreeSet<Option<usize>> = lists().into_iter().map(of).collect();
        for index in 0..bands.len() {
            let start = format!("`b{index}` is never reached");
            let is_told = found.iter().any(|finding: &Finding| finding.title.en.starts_with(&start));
            prop_assert!(!is_told || !reached.contains(&Some(index)), "invented: {}\n{}", start, source);
        }
        let gaps: Vec<&Finding> = found.iter().filter(|finding| finding.code == Code::Gap).collect();
        prop_assert!(!gaps.is_empty() || !reached.contains(&Some(bands.len())), "missed\n{}", source);
        for witness in gaps.iter().flat_map(|finding| &finding.witnesses) {
            let Described { count, amounts, is_missing } = described(witness);
            let [least, middle, latest, most] = amounts;
            for (low, high) in [(least, most), (least, middle), (least, latest), (middle, most), (latest, most)] {
                prop_assert!(low.zip(high).is_none_or(|(low, high)| low <= high), "{:?}\n{}", witness, source);
            }
            // Without orders there are no amounts.
            prop_assert!(count.is_none_or(|count| count > 0 || amounts.iter().all(Option::is_none)), "{:?}\n{}", witness, source);
            // In millionths, so that all that is asked can be told.
            let figures = Figures {
                count: count.unwrap_or(i64::from(!is_missing)),
                amounts: (!is_missing).then(|| amounts.map(|own| own.unwrap_or(0))),
            };
            prop_assert_eq!(first(&bands, |atom| atom.holds(figures, QUARTERS)), Some(bands.len()), "{:?}\n{}", witness, source);
        }
    }
}
