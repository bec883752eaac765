//! The histories that conditions over periods can tell apart: every way in which streaks, rises and last values can
//! come out, each with a series of periods that comes out so.
//!
//! A history is made from its last period backwards. Of the periods so far only little matters: which streaks still
//! run, how long those were that have ended, and the values that are asked for by name. Histories that agree in that
//! are one.

use super::cells::{Given, Row, rows};
use super::open::Open;
use super::solve::Found;
use super::{TooMany, facts};
use crate::expr::{Bound, Node, SeriesFunction, Slot};
use crate::scheme::lint::shape::{ONE, narrow};
use crate::scheme::lint::values::key;
use crate::scheme::lint::variables::Kind;
use crate::table::{Date, Decimal, Value};
use std::collections::{BTreeMap, BTreeSet};

/// One history: for each period, oldest first, the values of some series.
pub type History = Vec<Row>;

/// More periods back than these are not looked at.
const LONGEST: usize = 60;
/// More ways in which histories come out are not looked at.
const MOST: usize = 20_000;

/// A function over periods, as it is followed backwards.
enum Followed {
    /// For how long a condition holds: in which periods it does.
    Streak(Vec<bool>),
    /// For how long a series moves in one direction: whether it is up, and which series.
    Run(bool, usize),
    /// The value so many periods before the last.
    Value(usize),
}

/// All histories of some series that these functions tell apart.
pub fn histories(
    open: &Open<'_>,
    mut given: Vec<Given>,
    functions: &[(Bound, BTreeSet<i64>)],
    as_of: Date,
) -> Result<Vec<History>, TooMany> {
    let length = functions.iter().map(|(f, at)| length(f, at)).max();
    let length = length.unwrap_or(1).max(1);
    if length > LONGEST {
        return Err(TooMany(usize::MAX));
    }
    let mut found = Found::default();
    for (function, thresholds) in functions {
        let Node::Series {
            function, argument, ..
        } = &function.node
        else {
            continue;
        };
        // It was judged when the scheme was opened.
        _ = open.solver().condition(argument, &mut found);
        if let (Node::Slot(slot), SeriesFunction::Latest | SeriesFunction::Previous) =
            (&argument.node, function)
        {
            found
                .thresholds
                .entry(*slot)
                .or_default()
                .extend(thresholds);
        }
    }
    for given in &mut given {
        given.ask(&found, false);
    }
    for (function, _) in functions {
        if let Node::Series {
            function: SeriesFunction::Rising | SeriesFunction::Falling,
            argument,
            ..
        } = &function.node
            && let Node::Slot(slot) = argument.node
            && let Some(given) = given.iter_mut().find(|given| given.slot == slot)
        {
            between(given, length as i64);
        }
    }
    let cells = rows(&given, &found.relations, false, 400)?;
    let slots: Vec<Slot> = given.iter().map(|given| given.slot).collect();
    let followed: Vec<Followed> = functions
        .iter()
        .map(|(function, _)| follow(open, function, &slots, &cells, as_of))
        .collect();
    walk(&cells, &followed, length)
}

/// How many periods back a function has to be followed.
fn length(function: &Bound, thresholds: &BTreeSet<i64>) -> usize {
    let Node::Series {
        function, count, ..
    } = &function.node
    else {
        return 1;
    };
    let most = thresholds
        .iter()
        .next_back()
        .map_or(0, |most| (*most).max(0));
    let most = usize::try_from(most / ONE).unwrap_or(usize::MAX - 2);
    match function {
        SeriesFunction::Latest => 1,
        SeriesFunction::Previous => count + 1,
        _ => most.saturating_add(2),
    }
}

/// Places between the thresholds of a series, so that it can rise or fall as often as is asked without passing one.
fn between(given: &mut Given, often: i64) {
    let step = i128::from(match &given.variable.kind {
        Kind::Ordered(shape) => shape.step.max(1),
        _ => 1,
    });
    let (often, one) = (i128::from(often), i128::from(ONE));
    let known = given.variable.thresholds.iter();
    let known: Vec<i128> = known.copied().map(i128::from).collect();
    let mut more = vec![];
    let ends = match (known.first(), known.last()) {
        (Some(first), Some(last)) => (*first, *last),
        _ => (0, 0),
    };
    for times in 0..=often {
        more.extend([ends.0 - times * one, ends.1 + times * one]);
    }
    for pair in known.windows(2) {
        for times in 1..=often {
            let place = pair[0] + ((pair[1] - pair[0]) / (often + 1)) * times;
            more.push(place.div_euclid(step) * step);
        }
    }
    // Beyond 64 bits there is no value.
    given
        .variable
        .thresholds
        .extend(more.into_iter().filter_map(narrow));
}

fn follow(
    open: &Open<'_>,
    function: &Bound,
    slots: &[Slot],
    cells: &[Row],
    as_of: Date,
) -> Followed {
    let Node::Series {
        function: kind,
        argument,
        count,
    } = &function.node
    else {
        return Followed::Value(0);
    };
    let place = |argument: &Bound| {
        let Node::Slot(slot) = argument.node else {
            return 0;
        };
        slots.iter().position(|known| *known == slot).unwrap_or(0)
    };
    match kind {
        SeriesFunction::Latest => Followed::Value(0),
        SeriesFunction::Previous => Followed::Value(*count),
        SeriesFunction::Rising => Followed::Run(true, place(argument)),
        SeriesFunction::Falling => Followed::Run(false, place(argument)),
        _ => {
            // In a history of one period a streak is 1 or 0: whether its condition holds.
            let each: Vec<History> = cells.iter().map(|cell| vec![cell.clone()]).collect();
            let customers: Vec<Row> = (0..each.len())
                .map(|index| vec![Value::Number(Decimal::from_count(index)); slots.len()])
                .collect();
            let histories = slots.iter().map(|slot| (*slot, (slots, &each[..])));
            let facts = facts::facts(open, slots, &customers, &histories.collect(), as_of);
            let column = function.eval(&facts).column;
            let holds = |row| column.value(row) == Value::Number(Decimal::ONE);
            Followed::Streak((0..cells.len()).map(holds).collect())
        }
    }
}

/// What matters of the periods so far.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct SoFar {
    /// For each function twice the length of its run and one if it still runs, or the cell of its value.
    runs: Vec<usize>,
    /// The cell of the earliest period so far, while a run has to be compared with the one before.
    earliest: usize,
}

fn walk(cells: &[Row], followed: &[Followed], length: usize) -> Result<Vec<History>, TooMany> {
    let start = SoFar {
        runs: followed
            .iter()
            .map(|followed| usize::from(!matches!(followed, Followed::Value(_))))
            .collect(),
        earliest: usize::MAX,
    };
    let mut ways: BTreeMap<SoFar, Vec<usize>> = BTreeMap::from([(start, vec![])]);
    for depth in 0..length {
        let mut next: BTreeMap<SoFar, Vec<usize>> = BTreeMap::new();
        for (so_far, path) in &ways {
            for cell in 0..cells.len() {
                let longer = step(so_far, followed, cells, cell, depth);
                next.entry(longer).or_insert_with(|| {
                    let mut path = path.clone();
                    path.push(cell);
                    path
                });
            }
            if next.len() > MOST {
                return Err(TooMany(usize::MAX));
            }
        }
        ways = next;
    }
    let history = |path: &Vec<usize>| path.iter().rev().map(|cell| cells[*cell].clone()).collect();
    Ok(ways.values().map(history).collect())
}

fn step(so_far: &SoFar, followed: &[Followed], cells: &[Row], cell: usize, depth: usize) -> SoFar {
    let mut is_compared = false;
    let runs = followed
        .iter()
        .zip(&so_far.runs)
        .map(|(followed, run)| match followed {
            Followed::Value(at) => {
                if *at == depth {
                    cell
                } else {
                    *run
                }
            }
            Followed::Streak(holds) => match (run % 2, holds[cell]) {
                (1, true) => run + 2,
                (1, false) => run - 1,
                _ => *run,
            },
            Followed::Run(up, place) => {
                let run = if run % 2 == 0 || depth == 0 {
                    *run
                } else {
                    let before = key(&cells[cell][*place]);
                    let after = key(&cells[so_far.earliest][*place]);
                    let moved = match (before, after) {
                        (Some(before), Some(after)) if *up => after > before,
                        (Some(before), Some(after)) => after < before,
                        _ => false,
                    };
                    if moved { run + 2 } else { run - 1 }
                };
                is_compared |= run % 2 == 1;
                run
            }
        })
        .collect();
    SoFar {
        runs,
        earliest: if is_compared { cell } else { usize::MAX },
    }
}
