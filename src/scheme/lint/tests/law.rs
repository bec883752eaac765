//! Gaps and shadows against brute force: every cell of a small grid is tried by hand-written comparisons.

use super::{cases, linted, with_fields};
use crate::diagnostic::Code;
use proptest::prelude::*;

/// A comparison of one of two variables with a threshold.
#[derive(Clone, Debug)]
struct Atom {
    variable: usize,
    sign: &'static str,
    threshold: i64,
}

/// Atoms joined by `and`, joined by `or`, perhaps turned round.
#[derive(Clone, Debug)]
struct Condition {
    alternatives: Vec<Vec<Atom>>,
    negated: bool,
}

/// Thresholds lie in 1 to 6, so that a grid from 0 to 7 by halves has a point in every interval.
const GRID: std::ops::RangeInclusive<i64> = 0..=14;

impl Atom {
    /// `cell` is in halves.
    fn holds(&self, cell: [i64; 2]) -> bool {
        let (value, threshold) = (cell[self.variable], self.threshold * 2);
        match self.sign {
            "=" => value == threshold,
            "<>" => value != threshold,
            "<" => value < threshold,
            "<=" => value <= threshold,
            ">" => value > threshold,
            _ => value >= threshold,
        }
    }
}

impl Condition {
    fn holds(&self, cell: [i64; 2]) -> bool {
        self.negated
            != self
                .alternatives
                .iter()
                .any(|atoms| atoms.iter().all(|atom| atom.holds(cell)))
    }

    fn written(&self, names: [&str; 2]) -> String {
        let atom =
            |atom: &Atom| format!("{} {} {}", names[atom.variable], atom.sign, atom.threshold);
        let all = |atoms: &Vec<Atom>| atoms.iter().map(atom).collect::<Vec<_>>().join(" and ");
        let any = self
            .alternatives
            .iter()
            .map(all)
            .collect::<Vec<_>>()
            .join(" or ");
        if self.negated {
            format!("not ({any})")
        } else {
            any
        }
    }
}

fn condition(variables: usize) -> impl Strategy<Value = Condition> {
    let sign = prop::sample::select(vec!["=", "<>", "<", "<=", ">", ">="]);
    let atom = (0..variables, sign, 1..=6i64).prop_map(|(variable, sign, threshold)| Atom {
        variable,
        sign,
        threshold,
    });
    let alternatives = prop::collection::vec(prop::collection::vec(atom, 1..=2), 1..=2);
    (alternatives, prop::bool::weighted(0.2)).prop_map(|(alternatives, negated)| Condition {
        alternatives,
        negated,
    })
}

fn list() -> impl Strategy<Value = (Vec<Condition>, bool)> {
    (1..=2usize).prop_flat_map(|variables| {
        (
            prop::collection::vec(condition(variables), 1..=4),
            any::<bool>(),
        )
    })
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn finds_exactly_what_brute_force_finds((conditions, whole) in list()) {
        let names = if whole { ["n", "m"] } else { ["x", "y"] };
        let cells: Vec<[i64; 2]> = GRID
            .flat_map(|a| GRID.map(move |b| [a, b]))
            .filter(|cell| !whole || cell.iter().all(|half| half % 2 == 0))
            .collect();
        let first = |cell: &[i64; 2]| conditions.iter().position(|condition| condition.holds(*cell));
        let gap = cells.iter().any(|cell| first(cell).is_none());
        let unreached: Vec<String> = (0..conditions.len())
            .filter(|entry| !cells.iter().any(|cell| first(cell) == Some(*entry)))
            .map(|entry| format!("`g{entry}` is never reached"))
            .collect();

        let grades: Vec<String> = conditions
            .iter()
            .enumerate()
            .map(|(index, condition)| {
                format!("[[grades]]\nname = \"g{index}\"\nwhen = \"{}\"\n", condition.written(names))
            })
            .collect();
        let source = with_fields(&grades.concat());
        let findings = linted(&source);
        prop_assert_eq!(findings.iter().any(|finding| finding.code == Code::Gap), gap, "{}", source);
        let mut shadowed: Vec<String> = findings
            .iter()
            .filter(|finding| finding.code == Code::Shadowed)
            .map(|finding| finding.title.en.split(':').next().unwrap_or_default().to_owned())
            .collect();
        shadowed.sort();
        prop_assert_eq!(shadowed, unreached, "{}", source);
    }
}
