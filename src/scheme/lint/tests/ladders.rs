//! Whole ladders against brute force: several rules of movement with and without `from`, to a level or by steps. From
//! every level every customer of a grid is tried.

use super::{cases, linted, with_fields};
use crate::diagnostic::{Code, Finding, Severity, Shown};
use crate::table::Value;
use proptest::prelude::*;

/// One half, in the millionths that values are in.
const HALF: i64 = 500_000;

#[derive(Clone, Debug)]
struct Atom {
    on_x: bool,
    sign: &'static str,
    threshold: i64,
}

/// All have to hold.
type Condition = Vec<Atom>;

#[derive(Clone, Copy, Debug)]
enum Aim {
    To(usize),
    Step(i64),
}

#[derive(Clone, Debug)]
struct Rule {
    when: Condition,
    aim: Aim,
    /// None are all.
    from: Vec<usize>,
}

#[derive(Clone, Debug)]
struct Plan {
    /// The last grade is for everybody left.
    grades: Vec<Condition>,
    rules: Vec<Rule>,
    initial: Option<usize>,
    follow: bool,
}

fn holds(condition: &Condition, [x, y]: [i64; 2]) -> bool {
    condition.iter().all(|atom| {
        let (value, threshold) = (if atom.on_x { x } else { y }, atom.threshold * 2 * HALF);
        match atom.sign {
            "<" => value < threshold,
            "<=" => value <= threshold,
            ">" => value > threshold,
            _ => value >= threshold,
        }
    })
}

fn written(condition: &Condition) -> String {
    let atom = |atom: &Atom| {
        let name = if atom.on_x { "x" } else { "y" };
        format!("{name} {} {}", atom.sign, atom.threshold)
    };
    condition.iter().map(atom).collect::<Vec<_>>().join(" and ")
}

/// Everybody that the conditions can tell apart: their thresholds are 1 to 3.
fn customers() -> impl Iterator<Item = [i64; 2]> {
    let halves = || (1..=7).map(|halves| halves * HALF);
    halves().flat_map(move |x| halves().map(move |y| [x, y]))
}

impl Plan {
    /// How many levels there are; the best is 0.
    fn levels(&self) -> usize {
        self.grades.len() + 1
    }

    /// Where a rule leads from a level, if anywhere else.
    fn target(&self, rule: &Rule, level: usize) -> Option<usize> {
        let applies = rule.from.is_empty() || rule.from.contains(&level);
        let last = self.levels() as i64 - 1;
        let target = match rule.aim {
            Aim::To(target) => target,
            Aim::Step(up) => (level as i64 - up).clamp(0, last) as usize,
        };
        (applies && target != level).then_some(target)
    }

    /// Whether two rules lead apart from a level.
    fn part(&self, one: &Rule, other: &Rule, level: usize) -> bool {
        let ways = self.target(one, level).zip(self.target(other, level));
        ways.is_some_and(|(a, b)| (a < level) != (b < level))
    }

    /// Whether two rules ever hold together where they lead apart.
    fn meet(&self, one: &Rule, other: &Rule) -> bool {
        (0..self.levels()).any(|level| self.part(one, other, level))
            && customers()
                .any(|customer| holds(&one.when, customer) && holds(&other.when, customer))
    }

    /// Whether a rule never moves anybody, because the other always holds it up.
    fn is_held_up(&self, one: &Rule, other: &Rule) -> bool {
        let leads = |level: &usize| self.target(one, *level).is_some();
        (0..self.levels())
            .filter(leads)
            .all(|level| self.part(one, other, level))
            && customers()
                .all(|customer| !holds(&one.when, customer) || holds(&other.when, customer))
    }

    fn is_given_by_values(&self, level: usize) -> bool {
        let given = |customer| {
            let found = self.grades.iter().position(|when| holds(when, customer));
            found.unwrap_or(self.grades.len())
        };
        customers().any(|customer| given(customer) == level)
    }

    fn is_led_to(&self, level: usize) -> bool {
        let leads =
            |rule: &Rule| (0..self.levels()).any(|from| self.target(rule, from) == Some(level));
        self.initial == Some(level) || self.rules.iter().any(leads)
    }

    fn written(&self) -> String {
        let mut text = String::new();
        for (index, when) in self.grades.iter().enumerate() {
            text += &format!(
                "[[grades]]\nname = \"g{index}\"\nwhen = \"{}\"\n",
                written(when)
            );
        }
        text += &format!(
            "[[grades]]\nname = \"g{}\"\n[[movement]]\n",
            self.grades.len()
        );
        if let Some(initial) = self.initial {
            text += &format!("initial = \"g{initial}\"\n");
        }
        if self.follow {
            text += "otherwise = \"follow\"\n";
        }
        text += "rules = [\n";
        for (index, rule) in self.rules.iter().enumerate() {
            let from: Vec<String> = rule
                .from
                .iter()
                .map(|level| format!("\"g{level}\""))
                .collect();
            let from = if from.is_empty() {
                String::new()
            } else {
                format!("from = [{}], ", from.join(", "))
            };
            let aim = match rule.aim {
                Aim::To(level) => format!("to = \"g{level}\""),
                Aim::Step(up) => format!("step = {up}"),
            };
            let when = written(&rule.when);
            text += &format!("{{ name = \"r{index}\", when = \"{when}\", {from}{aim} }},\n");
        }
        with_fields(&(text + "]\n"))
    }
}

fn condition() -> impl Strategy<Value = Condition> {
    let sign = prop::sample::select(vec!["<", "<=", ">", ">="]);
    let atom = (any::<bool>(), sign, 1..=3i64).prop_map(|(on_x, sign, threshold)| Atom {
        on_x,
        sign,
        threshold,
    });
    prop::collection::vec(atom, 1..=2)
}

fn rule(levels: usize) -> impl Strategy<Value = Rule> {
    let aim = prop_oneof![
        (0..levels).prop_map(Aim::To),
        prop::sample::select(vec![1i64, 1, -1, -1, 2]).prop_map(Aim::Step),
    ];
    let from = prop_oneof![
        Just(vec![]),
        prop::sample::subsequence((0..levels).collect::<Vec<_>>(), 1..levels),
    ];
    (condition(), aim, from).prop_map(|(when, aim, from)| Rule { when, aim, from })
}

fn plan() -> impl Strategy<Value = Plan> {
    prop::collection::vec(condition(), 1..=3).prop_flat_map(|grades| {
        let levels = grades.len() + 1;
        (
            Just(grades),
            prop::collection::vec(rule(levels), 1..=3),
            prop::option::weighted(0.3, 0..levels),
            any::<bool>(),
        )
            .prop_map(|(grades, rules, initial, follow)| Plan {
                grades,
                rules,
                initial,
                follow,
            })
    })
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn check_finds_where_rules_meet_and_which_grades_only_they_give(plan in plan()) {
        let source = plan.written();
        let found = linted(&source);
        let of = |code: Code| found.iter().filter(move |finding: &&Finding| finding.code == code);

        let mut expected = vec![];
        for later in 0..plan.rules.len() {
            for earlier in 0..later {
                let (one, other) = (&plan.rules[earlier], &plan.rules[later]);
                if plan.meet(one, other) {
                    let held_up = plan.is_held_up(one, other) || plan.is_held_up(other, one);
                    let severity = if held_up { Severity::Error } else { Severity::Warning };
                    expected.push((format!("r{earlier}"), format!("r{later}"), severity));
                }
            }
        }
        let names = |finding: &Finding| {
            let mut names: Vec<String> = finding.title.en.split('`').skip(1).step_by(2).take(2).map(str::to_owned).collect();
            names.sort();
            (names[0].clone(), names[1].clone(), finding.severity)
        };
        let mut told: Vec<_> = of(Code::Conflict).map(names).collect();
        told.sort_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
        expected.sort_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
        prop_assert_eq!(&told, &expected, "{}", source);

        for finding in of(Code::Conflict) {
            let (one, other, _) = names(finding);
            let rule = |name: &str| &plan.rules[name[1..].parse::<usize>().unwrap()];
            let (one, other) = (rule(&one), rule(&other));
            let witness = &finding.witnesses[0];
            let value = |name: &str| match witness.values.iter().find(|(known, _)| **known == *name) {
                Some((_, Shown::One(Value::Number(number)))) => number.millionths(),
                None => 0,
                other => panic!("{other:?}"),
            };
            let customer = [value("x"), value("y")];
            let level: usize = witness.entry.as_deref().unwrap()[1..].parse().unwrap();
            let shows = holds(&one.when, customer) && holds(&other.when, customer) && plan.part(one, other, level);
            prop_assert!(shows, "{:?}\n{}", witness, source);
        }

        let expected: Vec<(String, Severity)> = (0..plan.levels())
            .filter(|level| !plan.is_given_by_values(*level))
            .map(|level| {
                let severity = if plan.is_led_to(level) { Severity::Note } else { Severity::Warning };
                (format!("g{level}"), severity)
            })
            .collect();
        let mut told: Vec<(String, Severity)> = of(Code::Shadowed)
            .map(|finding| (finding.title.en.split('`').nth(1).unwrap_or_default().to_owned(), finding.severity))
            .collect();
        told.sort_by(|a, b| a.0.cmp(&b.0));
        prop_assert_eq!(told, expected, "{}", source);
    }
}
