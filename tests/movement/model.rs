//! The ladder of grades against a model: slow, for one customer, over the values of its months, written from the
//! design's section on movement and from nothing else.

use super::world::{World, month_end};
use proptest::prelude::*;
use proptest::sample::select;
use regrade::table::Date;
use std::cmp::Ordering;
use std::fmt::Write as _;

const AMOUNTS: [i64; 9] = [0, 50, 99, 100, 200, 300, 500, 501, 600];

/// A month of the customer.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Month {
    NotCovered,
    NoRows,
    Amount(i64),
}

/// What a rule counts or looks at.
#[derive(Clone, Debug)]
enum When {
    Streak(Ordering, i64, usize),
    Rising(usize),
    Falling(usize),
    Average(i64),
    Latest(Ordering, i64),
}

#[derive(Clone, Debug)]
enum Aim {
    To(usize),
    Step(i64),
}

#[derive(Clone, Debug)]
struct Rule {
    when: When,
    aim: Aim,
    from: Vec<usize>,
}

#[derive(Clone, Debug)]
struct Ladder {
    initial: Option<usize>,
    sliding: bool,
    follow: bool,
    min_hold: usize,
    min_gap_down: usize,
    grace: usize,
    max_step_up: Option<usize>,
    max_step_down: Option<usize>,
    eligible: Option<i64>,
    rules: Vec<Rule>,
    /// `when` and `keep` of A and of B: at least so much in the latest month. C is the rest.
    grades: [(i64, i64); 2],
}

const NAMES: [&str; 3] = ["A", "B", "C"];

const fn sign(order: Ordering) -> &'static str {
    match order {
        Ordering::Less => "<",
        Ordering::Equal => "=",
        Ordering::Greater => ">",
    }
}

impl When {
    fn text(&self) -> String {
        match self {
            Self::Streak(order, limit, periods) => {
                format!("streak(m {} {limit}) >= {periods}", sign(*order))
            }
            Self::Rising(periods) => format!("rising(m) >= {periods}"),
            Self::Falling(periods) => format!("falling(m) >= {periods}"),
            Self::Average(limit) => format!("average(m, 2) >= {limit}"),
            Self::Latest(order, limit) => format!("latest(m) {} {limit}", sign(*order)),
        }
    }

    /// Whether it holds at the end of the last of these months; counts look at months from `since` on.
    fn holds(&self, values: &[Option<i64>], since: usize) -> bool {
        let run = |holds: &dyn Fn(usize) -> bool| {
            let months = (since..values.len()).rev();
            months.take_while(|month| holds(*month)).count()
        };
        let above_the_one_before = |month: usize, order: Ordering| {
            let before = month.checked_sub(1).and_then(|before| values[before]);
            match (values[month], before) {
                (Some(now), Some(before)) => now.cmp(&before) == order,
                _ => false,
            }
        };
        let last = values.last().copied().flatten();
        match self {
            Self::Streak(order, limit, periods) => {
                run(&|month| values[month].is_some_and(|value| value.cmp(limit) == *order))
                    >= *periods
            }
            Self::Rising(periods) => {
                run(&|month| above_the_one_before(month, Ordering::Greater)) >= *periods
            }
            Self::Falling(periods) => {
                run(&|month| above_the_one_before(month, Ordering::Less)) >= *periods
            }
            Self::Average(limit) => match values {
                [.., Some(one), Some(other)] => one + other >= 2 * limit,
                _ => false,
            },
            Self::Latest(order, limit) => last.is_some_and(|value| value.cmp(limit) == *order),
        }
    }
}

impl Ladder {
    fn scheme(&self) -> String {
        let [(a, keep_a), (b, keep_b)] = self.grades;
        let mut text = format!(
            r#"
[sheets.customers]
key = "id"
fields = [{{ name = "v", type = "number" }}]
[sheets.orders]
customer = "who"
date = "day"
id = "no"
fields = [{{ name = "amount", type = "number" }}]
[[metrics]]
name = "m"
from = "orders"
value = "sum(amount)"
per = "month"
[[grades]]
name = "A"
when = "latest(m) >= {a}"
keep = "latest(m) >= {keep_a}"
[[grades]]
name = "B"
when = "latest(m) >= {b}"
keep = "latest(m) >= {keep_b}"
[[grades]]
name = "C"
[[movement]]
min_hold = {}
min_gap_down = {}
grace = {}
"#,
            self.min_hold, self.min_gap_down, self.grace
        );
        if let Some(initial) = self.initial {
            let _ = writeln!(text, "initial = \"{}\"", NAMES[initial]);
        }
        if self.sliding {
            text += "rearm = \"sliding\"\n";
        }
        if self.follow {
            text += "otherwise = \"follow\"\n";
        }
        for (key, cap) in [
            ("max_step_up", self.max_step_up),
            ("max_step_down", self.max_step_down),
        ] {
            if let Some(cap) = cap {
                let _ = writeln!(text, "{key} = {cap}");
            }
        }
        if let Some(least) = self.eligible {
            let _ = writeln!(text, "eligible = \"latest(m) >= {least}\"");
        }
        text += "rules = [\n";
        for (index, rule) in self.rules.iter().enumerate() {
            let aim = match rule.aim {
                Aim::To(level) => format!("to = \"{}\"", NAMES[level]),
                Aim::Step(step) => format!("step = {step}"),
            };
            let from: Vec<&str> = rule.from.iter().map(|level| NAMES[*level]).collect();
            let from = if from.is_empty() {
                String::new()
            } else {
                format!(", from = {from:?}")
            };
            let when = rule.when.text();
            let _ = writeln!(
                text,
                "  {{ name = \"r{index}\", when = \"{when}\", {aim}{from} }},"
            );
        }
        text + "]\n"
    }

    /// The first grade whose `when` holds; `None` where the latest month is missing.
    fn by_values(&self, latest: Option<i64>) -> Option<usize> {
        let latest = latest?;
        let first = self.grades.iter().position(|(when, _)| latest >= *when);
        Some(first.unwrap_or(2))
    }

    /// Where the rules aim from a grade, else what the values give; `None`: nowhere, or in both directions.
    fn aim(
        &self,
        values: &[Option<i64>],
        since: usize,
        grade: usize,
        may_fall: bool,
    ) -> Option<(usize, bool)> {
        let mut targets = vec![];
        for rule in &self.rules {
            let from = rule.from.is_empty() || rule.from.contains(&grade);
            let target = match rule.aim {
                Aim::To(level) => level,
                Aim::Step(step) => (grade as i64 - step).clamp(0, 2) as usize,
            };
            let allowed = target < grade || target > grade && may_fall;
            if from && allowed && rule.when.holds(values, since) {
                targets.push(target);
            }
        }
        if let Some(first) = targets.first() {
            let conflict = targets.iter().any(|target| *target < grade)
                && targets.iter().any(|target| *target > grade);
            return (!conflict).then_some((*first, true));
        }
        let latest = values.last().copied().flatten()?;
        let better = self.by_values(Some(latest)).filter(|level| *level < grade);
        let keeps = |level: &usize| *level == 2 || latest >= self.grades[*level].1;
        let target = better.or_else(|| (grade..3).find(keeps)).unwrap_or(grade);
        let moves = self.follow && (target < grade || target > grade && may_fall);
        moves.then_some((target, false))
    }

    /// The grade after each month and whether the customer is at risk then.
    fn grades(&self, months: &[Month]) -> Vec<(Option<usize>, bool)> {
        // In the sheet from the first day on, but first seen by the first row.
        let seen = months
            .iter()
            .position(|month| matches!(month, Month::Amount(_)));
        let value = |(index, month): (usize, &Month)| match month {
            Month::Amount(amount) => Some(*amount),
            Month::NoRows if seen.is_some_and(|seen| seen < index) => Some(0),
            Month::NoRows | Month::NotCovered => None,
        };
        let values: Vec<Option<i64>> = months.iter().enumerate().map(value).collect();
        let (mut grade, mut since, mut after) = (None, 0, vec![]);
        let (mut moved, mut demoted): (Option<usize>, Option<usize>) = (None, None);
        // For how many period ends in a row a demotion has been firing that was not let through.
        let mut waiting = 0;
        for now in 0..months.len() {
            let known = &values[..=now];
            let latest = values[now];
            let passed =
                |day: Option<usize>, periods: usize| day.is_none_or(|day| now - day >= periods);
            let Some(present) = grade else {
                grade = self.initial.or_else(|| self.by_values(latest));
                after.push((grade, false));
                continue;
            };
            let eligible = self
                .eligible
                .is_none_or(|least| latest.is_some_and(|value| value >= least));
            let aim = if eligible && passed(moved, self.min_hold) {
                self.aim(known, since, present, passed(demoted, self.min_gap_down))
            } else {
                None
            };
            match aim {
                Some((target, _)) if target > present && waiting < self.grace => waiting += 1,
                Some((target, by_rule)) => {
                    let up = target < present;
                    let target = if up {
                        target.max(present.saturating_sub(self.max_step_up.unwrap_or(2)))
                    } else {
                        target.min(present + self.max_step_down.unwrap_or(2))
                    };
                    grade = Some(target);
                    moved = Some(now);
                    if !up {
                        demoted = Some(now);
                    }
                    if by_rule && !self.sliding {
                        since = now + 1;
                    }
                    waiting = 0;
                }
                None => waiting = 0,
            }
            after.push((grade, waiting > 0));
        }
        after
    }
}

fn ladder() -> impl Strategy<Value = Ladder> {
    let order = select(vec![Ordering::Less, Ordering::Greater]);
    let limit = select(vec![100, 200, 300, 500]);
    let when = prop_oneof![
        4 => (order.clone(), limit.clone(), 1..4usize).prop_map(|(order, limit, periods)| When::Streak(order, limit, periods)),
        1 => (1..3usize).prop_map(When::Rising),
        1 => (1..3usize).prop_map(When::Falling),
        1 => limit.clone().prop_map(When::Average),
        1 => (order, limit).prop_map(|(order, limit)| When::Latest(order, limit)),
    ];
    let aim = prop_oneof![
        (0..3usize).prop_map(Aim::To),
        select(vec![-2, -1, 1, 2]).prop_map(Aim::Step),
    ];
    let from = prop::sample::subsequence(vec![0, 1, 2], 0..=2);
    let rule = (when, aim, from).prop_map(|(when, aim, from)| Rule { when, aim, from });
    let cap = || prop::option::of(1..3usize);
    (
        (prop::option::of(0..3usize), any::<bool>(), any::<bool>()),
        (0..4usize, 0..4usize, 0..4usize),
        (
            cap(),
            cap(),
            prop::option::weighted(0.3, select(vec![50, 100])),
        ),
        prop::collection::vec(rule, 0..4),
    )
        .prop_map(|(words, numbers, caps, rules)| Ladder {
            initial: words.0,
            sliding: words.1,
            follow: words.2,
            min_hold: numbers.0,
            min_gap_down: numbers.1,
            grace: numbers.2,
            max_step_up: caps.0,
            max_step_down: caps.1,
            eligible: caps.2,
            rules,
            grades: [(400, 250), (200, 100)],
        })
}

fn months() -> impl Strategy<Value = Vec<Month>> {
    let month = prop_oneof![
        1 => Just(Month::NotCovered),
        2 => Just(Month::NoRows),
        9 => select(AMOUNTS.to_vec()).prop_map(Month::Amount),
    ];
    prop::collection::vec(month, 1..16)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: std::env::var("PROPTEST_CASES").map_or(128, |cases| cases.parse().unwrap()),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_ladder_is_as_the_model_has_it(ladder in ladder(), months in months()) {
        let first = Date::new(2024, 1, 1).unwrap();
        let mut world = World::new(&ladder.scheme()).unwrap_or_else(|findings| panic!("{findings:#?}"));
        world.sheet(first, "id,v\nK,\n");
        for (index, month) in months.iter().enumerate() {
            let end = month_end(first, index);
            let (year, number, last) = end.ymd();
            let start = Date::new(year, number, 1).unwrap();
            let day = Date::new(year, number, 1 + index as u32 % last).unwrap();
            let orders = match month {
                Month::NotCovered => continue,
                Month::NoRows => vec![],
                Month::Amount(amount) => vec![("K".to_owned(), day, *amount)],
            };
            world.orders(end, Some((start, end)), &orders);
        }
        let mut last = None;
        for (index, (grade, at_risk)) in ladder.grades(&months).into_iter().enumerate() {
            let grading = world.run(month_end(first, index), world.past(last.as_ref()));
            let track = &grading.people.persons[0].grade;
            let got = (track.effective.map(|level| level as usize), track.place.at_risk.is_some());
            prop_assert_eq!(got, (grade, at_risk), "month {} of {:?}", index + 1, ladder.scheme());
            last = Some(grading);
        }
    }
}
