//! Rules of movement against brute force: every series of months is tried by hand-written streaks.

use super::{as_of, cases, with_fields};
use crate::diagnostic::{Code, Severity, Shown};
use crate::scheme::lint::lint;
use crate::scheme::validate;
use crate::table::Value;
use proptest::prelude::*;

#[derive(Clone, Debug)]
struct Streak {
    sign: &'static str,
    threshold: i64,
    times: usize,
}

fn compare(value: i64, sign: &str, threshold: i64) -> bool {
    match sign {
        "<" => value < threshold,
        "<=" => value <= threshold,
        ">" => value > threshold,
        _ => value >= threshold,
    }
}

impl Streak {
    /// In halves, oldest first.
    fn holds(&self, months: &[i64]) -> bool {
        let run = months
            .iter()
            .rev()
            .take_while(|month| compare(**month, self.sign, self.threshold * 2));
        run.count() >= self.times
    }

    fn written(&self) -> String {
        format!(
            "streak(sums {} {}) >= {}",
            self.sign, self.threshold, self.times
        )
    }
}

/// All have to hold.
type Rule = Vec<Streak>;

fn rule() -> impl Strategy<Value = Rule> {
    let sign = prop::sample::select(vec!["<", "<=", ">", ">="]);
    let streak = (sign, 1..=2i64, 1..=3usize).prop_map(|(sign, threshold, times)| Streak {
        sign,
        threshold,
        times,
    });
    prop::collection::vec(streak, 1..=2)
}

fn holds(rule: &Rule, months: &[i64]) -> bool {
    rule.iter().all(|streak| streak.holds(months))
}

fn written(rule: &Rule) -> String {
    rule.iter()
        .map(Streak::written)
        .collect::<Vec<_>>()
        .join(" and ")
}

/// All series of four months from 0 to 3 by halves.
fn series() -> Vec<Vec<i64>> {
    let mut all = vec![vec![]];
    for _ in 0..4 {
        all = all
            .iter()
            .flat_map(|months: &Vec<i64>| (0..=6).map(|month| [&months[..], &[month]].concat()))
            .collect();
    }
    all
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn rules_that_meet_are_found_with_months(
        (up, down) in (rule(), rule()), (up_from_b, down_from_b) in any::<(bool, bool)>(),
    ) {
        // Without `from` a rule moves from A or C too, where the other leads nowhere.
        let from = |only: bool| if only { "from = [\"B\"], " } else { "" };
        let source = with_fields(&format!(
            "[[metrics]]\nname = \"sums\"\nfrom = \"orders\"\nvalue = \"sum(sum)\"\nper = \"month\"\n\
             [[grades]]\nname = \"A\"\nwhen = \"x > 5\"\n[[grades]]\nname = \"B\"\nwhen = \"x > 2\"\n[[grades]]\nname = \"C\"\n\
             [[movement]]\nof = \"grade\"\nrules = [\n\
             {{ name = \"up\", when = \"{}\", {}to = \"A\" }},\n{{ name = \"down\", when = \"{}\", {}to = \"C\" }}]\n",
            written(&up), from(up_from_b), written(&down), from(down_from_b),
        ));
        let (scheme, findings) = validate(&source);
        let scheme = scheme.unwrap_or_else(|| panic!("{findings:#?}\n{source}"));
        let found = lint(&scheme, &source, as_of());
        let conflict: Vec<_> = found.iter().filter(|finding| finding.code == Code::Conflict).collect();
        let all = series();
        let both = all.iter().any(|months| holds(&up, months) && holds(&down, months));
        let only_up = all.iter().any(|months| holds(&up, months) && !holds(&down, months));
        let only_down = all.iter().any(|months| !holds(&up, months) && holds(&down, months));
        prop_assert_eq!(conflict.len(), usize::from(both), "{}\n{:#?}", source, conflict);
        for finding in conflict {
            let nobody_moves = !only_up && up_from_b || !only_down && down_from_b;
            prop_assert_eq!(finding.severity, if nobody_moves { Severity::Error } else { Severity::Warning }, "{}", source);
            let values = &finding.witnesses[0].values;
            let months = values.iter().find_map(|(name, shown)| match shown {
                Shown::Periods(months) if **name == *"sums" => Some(months),
                _ => None,
            });
            let months: Vec<i64> = months.unwrap().iter().map(|month| match month {
                Value::Number(number) => number.millionths() * 2 / 1_000_000,
                other => panic!("{other:?}"),
            }).collect();
            prop_assert!(holds(&up, &months) && holds(&down, &months), "{:?}\n{}", months, source);
        }
    }
}
