//! The values that may give better grades, tried by the evaluator that graded, those of many customers at once.

use super::super::others::Others;
use super::super::search::{change_to, is_better, other_values};
use super::super::trial::Outcome;
use super::super::{Change, Leaf, Way, World, column_of};
use super::borders::{Beside, column, value};
use crate::table::Value;

/// So many values of a customer are tried first, twice as many next, and at most so many at once.
const FIRST: usize = 2;
const MOST: usize = 64;

/// The values of one customer on one side, as far as they were tried.
struct Line<'a> {
    /// Whose they are.
    of: usize,
    way: Way,
    places: &'a [i64],
}

/// For each customer the nearest values above and below the present one that give a better grade, of those named.
pub(super) fn beside(
    world: &World<'_>,
    leaf: &Leaf,
    rows: &[u32],
    beside: &[Beside],
) -> Vec<Vec<Change>> {
    let mut found: Vec<Vec<Change>> = vec![vec![]; rows.len()];
    let Others::Steps { step, .. } = leaf.others else {
        return found;
    };
    let lines = beside.iter().enumerate().flat_map(|(of, beside)| {
        let sides = [(Way::More, &beside.more), (Way::Less, &beside.less)];
        sides.map(|(way, places)| Line { of, way, places })
    });
    let mut open: Vec<Line<'_>> = lines.filter(|line| !line.places.is_empty()).collect();
    let mut window = FIRST;
    while !open.is_empty() {
        let now = |line: &Line<'_>| line.places.len().min(window);
        let asked = open.iter().flat_map(|line| {
            line.places[..now(line)]
                .iter()
                .map(|place| (line.of, *place))
        });
        let (of, places): (Vec<usize>, Vec<i64>) = asked.unzip();
        let asked: Vec<u32> = of.into_iter().map(|of| rows[of]).collect();
        let outcomes = world.tried(leaf, &asked, column(world, leaf, step, &places));
        let mut outcomes = &outcomes[..];
        let mut left = vec![];
        for line in open {
            let (tried, others) = outcomes.split_at(now(&line));
            outcomes = others;
            let present = world.present(rows[line.of] as usize);
            let is_wanted =
                |outcome: &Outcome| outcome.counts() && is_better(outcome.grade, present);
            match tried.iter().position(is_wanted) {
                Some(at) => found[line.of].push(Change {
                    way: line.way,
                    to: value(world, leaf, step, line.places[at]),
                    by: None,
                    grade: tried[at].grade,
                    better: true,
                }),
                None => left.push(Line {
                    places: &line.places[tried.len()..],
                    ..line
                }),
            }
        }
        left.retain(|line| !line.places.is_empty());
        open = left;
        window = (window * 2).min(MOST);
    }
    for changes in &mut found {
        changes.sort_by_key(|change| change.way == Way::Less);
    }
    found
}

/// For each customer all other values that give a better grade, where there are only these.
pub(super) fn among(world: &World<'_>, leaf: &Leaf, rows: &[u32]) -> Vec<Vec<Change>> {
    let values: Vec<Vec<Value>> = rows
        .iter()
        .map(|row| other_values(world, leaf, *row as usize))
        .collect();
    let asked: Vec<u32> = rows
        .iter()
        .zip(&values)
        .flat_map(|(row, values)| values.iter().map(|_| *row))
        .collect();
    let all: Vec<Value> = values.iter().flatten().cloned().collect();
    if all.is_empty() {
        return vec![vec![]; rows.len()];
    }
    let mut outcomes = world.tried(leaf, &asked, column_of(&all)).into_iter();
    let changes = rows.iter().zip(values).map(|(row, values)| {
        let present = world.present(*row as usize);
        let tried = values.into_iter().zip(outcomes.by_ref());
        let changes = tried.filter_map(|(to, outcome)| change_to(to, outcome, present));
        changes.filter(|change| change.better).collect()
    });
    changes.collect()
}
