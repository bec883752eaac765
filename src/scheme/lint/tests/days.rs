//! Days, ages and limits of dates against brute force: every day of some years is tried, with every value of a number.

use super::{cases, with_fields};
use crate::diagnostic::{Code, Finding, Severity, Shown, Witness};
use crate::scheme::lint::lint;
use crate::scheme::validate;
use crate::table::{Date, Value};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// From the as-of date on: all thresholds lie within, with days to spare on both sides.
const DAYS: std::ops::RangeInclusive<i32> = -1700..=1300;
/// One half, in the millionths that values are in.
const HALF: i64 = 500_000;

/// Values of `x` between and at its thresholds, which are 1 to 3.
fn halves() -> impl Iterator<Item = i64> {
    (1..=7).map(|halves| halves * HALF)
}

/// A day is told by how far it lies from the as-of date.
#[derive(Clone, Debug)]
enum Of {
    /// `days(day)`.
    Days(i32),
    /// `months(day)`.
    Months(i32),
    /// `years(day)`.
    Years(i32),
    /// The day itself.
    Day(i32),
    /// A number of the customer.
    X(i64),
}

#[derive(Clone, Debug)]
struct Atom {
    of: Of,
    sign: &'static str,
}

type Condition = Vec<Vec<Atom>>;

/// The last day that there may be.
#[derive(Clone, Copy, Debug)]
enum Last {
    Any,
    /// The as-of date by that name.
    AsOf,
    Day(i32),
}

#[derive(Clone, Debug)]
struct Plan {
    as_of: &'static str,
    first: Option<i32>,
    last: Last,
    grades: Vec<Condition>,
    rest: bool,
}

/// A customer, with what the functions come to.
#[derive(Clone, Copy, Debug)]
struct Customer {
    days: i32,
    months: i32,
    years: i32,
    x: i64,
}

fn compare<T: PartialOrd + Copy>(value: T, sign: &str, threshold: T) -> bool {
    match sign {
        "=" => value == threshold,
        "<" => value < threshold,
        "<=" => value <= threshold,
        ">" => value > threshold,
        _ => value >= threshold,
    }
}

/// Whole months between two days, the earlier first: one is full on the day of the same number, or on the first of the
/// month behind where there is none.
fn full_months(from: Date, to: Date) -> i32 {
    let ((y1, m1, d1), (y2, m2, d2)) = (from.ymd(), to.ymd());
    let begun = (y2 - y1) * 12 + m2 as i32 - m1 as i32;
    if d2 < d1 { begun - 1 } else { begun }
}

impl Plan {
    fn today(&self) -> Date {
        Date::parse_iso(self.as_of).unwrap()
    }

    fn day(&self, after: i32) -> Date {
        Date::from_days(self.today().days() + after).unwrap()
    }

    fn customer(&self, after: i32, x: i64) -> Customer {
        let (day, today) = (self.day(after), self.today());
        let months = if after <= 0 {
            full_months(day, today)
        } else {
            -full_months(today, day)
        };
        Customer {
            days: -after,
            months,
            // Twelve full months are a year: both go by the day of the same number.
            years: months / 12,
            x,
        }
    }

    /// Whether a day keeps within the limits.
    fn takes(&self, after: i32) -> bool {
        self.first.is_none_or(|first| after >= first)
            && match self.last {
                Last::Any => true,
                Last::AsOf => after <= 0,
                Last::Day(last) => after <= last,
            }
    }

    fn grade(&self, customer: Customer) -> Option<usize> {
        let atom = |atom: &Atom| match atom.of {
            Of::Days(n) => compare(customer.days, atom.sign, n),
            Of::Months(n) => compare(customer.months, atom.sign, n),
            Of::Years(n) => compare(customer.years, atom.sign, n),
            // A later day is fewer days ago.
            Of::Day(after) => compare(-customer.days, atom.sign, after),
            Of::X(n) => compare(customer.x, atom.sign, n * 2 * HALF),
        };
        let holds = |condition: &Condition| condition.iter().any(|all| all.iter().all(atom));
        let found = self.grades.iter().position(holds);
        found.or(self.rest.then_some(self.grades.len()))
    }

    fn written(&self) -> String {
        let atom = |Atom { of, sign }: &Atom| match of {
            Of::Days(n) => format!("days(day) {sign} {n}"),
            Of::Months(n) => format!("months(day) {sign} {n}"),
            Of::Years(n) => format!("years(day) {sign} {n}"),
            Of::Day(after) => format!("day {sign} '{}'", self.day(*after)),
            Of::X(n) => format!("x {sign} {n}"),
        };
        let all = |atoms: &Vec<Atom>| atoms.iter().map(atom).collect::<Vec<_>>().join(" and ");
        let mut text = String::new();
        for (index, condition) in self.grades.iter().enumerate() {
            let when: Vec<String> = condition.iter().map(all).collect();
            text += &format!(
                "[[grades]]\nname = \"g{index}\"\nwhen = \"{}\"\n",
                when.join(" or ")
            );
        }
        if self.rest {
            text += &format!("[[grades]]\nname = \"g{}\"\n", self.grades.len());
        }
        let first = self
            .first
            .map(|first| format!(", min = {}", self.day(first)));
        let last = match self.last {
            Last::Any => None,
            Last::AsOf => Some(", max = \"as_of\"".to_owned()),
            Last::Day(last) => Some(format!(", max = {}", self.day(last))),
        };
        let limits = [first, last].into_iter().flatten().collect::<String>();
        with_fields(&text).replace("type = \"date\" }", &format!("type = \"date\"{limits} }}"))
    }

    /// The customer that a witness describes; what it leaves out may be anything.
    fn described(&self, witness: &Witness) -> Customer {
        let value = |name: &str| {
            let mut values = witness.values.iter();
            values.find_map(|(known, shown)| (**known == *name).then_some(shown))
        };
        let after = match value("day") {
            Some(Shown::One(Value::Date(day))) => day.days() - self.today().days(),
            None => DAYS.into_iter().find(|after| self.takes(*after)).unwrap(),
            other => panic!("{other:?}"),
        };
        assert!(self.takes(after), "beyond the limits: {witness:?}");
        let x = match value("x") {
            Some(Shown::One(Value::Number(number))) => number.millionths(),
            None => HALF,
            other => panic!("{other:?}"),
        };
        self.customer(after, x)
    }
}

fn condition() -> impl Strategy<Value = Condition> {
    let of = prop_oneof![
        3 => (0..=800i32).prop_map(Of::Days),
        3 => (-12..=24i32).prop_map(Of::Months),
        3 => (-1..=3i32).prop_map(Of::Years),
        3 => (-800..=400i32).prop_map(Of::Day),
        2 => (1..=3i64).prop_map(Of::X),
    ];
    let sign = prop::sample::select(vec!["=", "<", "<=", ">", ">=", ">=", "<"]);
    let atom = (of, sign).prop_map(|(of, sign)| Atom { of, sign });
    prop::collection::vec(prop::collection::vec(atom, 1..=2), 1..=2)
}

fn plan() -> impl Strategy<Value = Plan> {
    // The last days of months, where whole months are hard.
    let as_of = prop::sample::select(vec!["2024-12-31", "2024-02-29", "2023-03-30", "2025-02-28"]);
    let last = prop_oneof![
        3 => Just(Last::Any),
        3 => Just(Last::AsOf),
        4 => (-99..=300i32).prop_map(Last::Day),
    ];
    (
        as_of,
        prop::option::of(-900..=-100i32),
        last,
        prop::collection::vec(condition(), 1..=4),
        prop::bool::weighted(0.3),
    )
        .prop_map(|(as_of, first, last, grades, rest)| Plan {
            as_of,
            first,
            last,
            grades,
            rest,
        })
}

proptest! {
    #![proptest_config(cases(250))]

    #[test]
    fn check_finds_what_every_day_shows_and_nothing_else(plan in plan()) {
        let source = plan.written();
        let (scheme, findings) = validate(&source);
        let scheme = scheme.unwrap_or_else(|| panic!("{findings:#?}\n{source}"));
        let found = lint(&scheme, &source, plan.today());
        prop_assert!(found.iter().all(|finding| finding.severity == Severity::Warning), "{:#?}\n{}", found, source);
        let of = |code: Code| found.iter().filter(move |finding: &&Finding| finding.code == code);

        let days = DAYS.filter(|after| plan.takes(*after));
        let customers = days.map(|after| plan.customer(after, 0));
        let all = customers.flat_map(|customer| halves().map(move |x| Customer { x, ..customer }));
        let grades: BTreeSet<Option<usize>> = all.map(|customer| plan.grade(customer)).collect();

        let count = plan.grades.len() + usize::from(plan.rest);
        let unreached: Vec<String> =
            (0..count).filter(|grade| !grades.contains(&Some(*grade))).map(|grade| format!("g{grade}")).collect();
        let mut shadowed: Vec<&str> = of(Code::Shadowed).filter_map(|finding| finding.title.en.split('`').nth(1)).collect();
        shadowed.sort_unstable();
        prop_assert_eq!(shadowed, unreached, "{}", source);
        for witness in of(Code::Shadowed).flat_map(|finding| &finding.witnesses) {
            let grade = plan.grade(plan.described(witness)).map(|grade| format!("g{grade}"));
            prop_assert_eq!(witness.entry.as_deref(), grade.as_deref(), "{:?}\n{}", witness, source);
        }

        prop_assert_eq!(of(Code::Gap).count(), usize::from(grades.contains(&None)), "{}", source);
        for witness in of(Code::Gap).flat_map(|finding| &finding.witnesses) {
            prop_assert_eq!(plan.grade(plan.described(witness)), None, "{:?}\n{}", witness, source);
        }
    }
}
