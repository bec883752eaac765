//! The grades: by condition or by rank.

use super::Facts;
use super::choice::{Choice, looked_up, settle};
use crate::diagnostic::Finding;
use crate::expr::Frame;
use crate::rank::{Place, TopKeys};
use crate::scheme::model::{GradeRule, Scheme, Ties, Top};
use crate::table::column::Value;
use crate::table::{Column, Truth};

/// What a grade came to.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct GradeCut {
    /// For a grade by rank: the keys of the last customer who is in, one for each item of `by`.
    pub cutoff: Vec<Value>,
    /// The same of the last customer within the rank, who may have a better grade: what it takes to be in.
    pub last: Vec<Value>,
}

/// The grade that the values give to each customer, and what each grade came to.
pub fn assess(
    scheme: &Scheme,
    facts: &mut Facts,
    findings: &mut Vec<Finding>,
) -> (Vec<Choice>, Vec<GradeCut>) {
    let conditions = scheme.grades.iter().map(|grade| match &grade.rule {
        GradeRule::When(when) => Some(when.as_ref()),
        GradeRule::Top(_) => None,
    });
    if let Some(conditions) = conditions.collect::<Option<Vec<_>>>()
        && let Some(choices) = looked_up(scheme, &conditions, facts)
    {
        return (choices, vec![GradeCut::default(); conditions.len()]);
    }
    let mut choices = vec![Choice::NoneHolds; facts.len()];
    let mut open: Vec<u32> = (0..facts.len() as u32).collect();
    let mut cuts = vec![];
    for (index, grade) in scheme.grades.iter().enumerate() {
        let mut ranked = None;
        let truths = match &grade.rule {
            GradeRule::When(None) => None,
            GradeRule::When(Some(when)) => {
                let matters = |row| open.binary_search(&row).is_ok();
                let name = &grade.name;
                Some(facts.evaluate_where(scheme, when, name, matters, findings))
            }
            GradeRule::Top(top) => {
                let keys = keys_of(scheme, top, &grade.name, facts, findings);
                Some(if facts.among().is_some() {
                    in_rank_instead(facts, index, top, &keys)
                } else {
                    let within = top.within.map(|slot| facts.get(slot));
                    let order = TopKeys::new(&keys, within);
                    let truths = match facts.cut(index) {
                        Some(cut) => cut.holds(&keys, within),
                        None => in_top(top, &order.places()),
                    };
                    ranked = Some((keys, order));
                    truths
                })
            }
        };
        settle(index as u32, truths.as_ref(), &mut open, &mut choices);
        cuts.push(match ranked {
            Some((keys, order)) => GradeCut {
                cutoff: last_of(&keys, &order, |row| choices[row] == Choice::Is(index as u32)),
                last: last_of(&keys, &order, |row| {
                    matches!(&truths, Some(Column::Bool(truths)) if truths[row] == Truth::True)
                }),
            },
            None => GradeCut::default(),
        });
    }
    (choices, cuts)
}

/// What a grade by rank compares.
fn keys_of(
    scheme: &Scheme,
    top: &Top,
    name: &str,
    facts: &mut Facts,
    findings: &mut Vec<Finding>,
) -> Vec<Column> {
    let by = top.by.iter();
    by.map(|by| facts.evaluate(scheme, by, name, findings))
        .collect()
}

/// Whether each customer with other values would be in the rank of a grade.
fn in_rank_instead(facts: &Facts, grade: usize, top: &Top, keys: &[Column]) -> Column {
    let within = top.within.map(|slot| facts.get(slot));
    let places = facts
        .among()
        .and_then(|(among, rows)| among.places_instead(grade, rows, keys, within));
    in_top(top, &places.unwrap_or(vec![None; facts.len()]))
}

/// Whether each customer with other values, as far as they are worked out, is in the rank of a grade; `None` for a grade
/// by condition.
pub fn in_rank(scheme: &Scheme, facts: &mut Facts, grade: usize) -> Option<Column> {
    let GradeRule::Top(top) = &scheme.grades[grade].rule else {
        return None;
    };
    let keys = keys_of(scheme, top, "", facts, &mut vec![]);
    Some(in_rank_instead(facts, grade, top, &keys))
}

/// For each grade whether each customer keeps it once it is reached: its `keep` holds, or without one its condition.
pub fn kept(scheme: &Scheme, facts: &mut Facts, findings: &mut Vec<Finding>) -> Vec<Vec<Truth>> {
    let grades = scheme.grades.iter();
    grades
        .map(|grade| {
            let condition = match (&grade.keep, &grade.rule) {
                (Some(keep), _) | (None, GradeRule::When(Some(keep))) => keep,
                (None, GradeRule::When(None)) => return vec![Truth::True; facts.len()],
                (None, GradeRule::Top(top)) => {
                    let keys = keys_of(scheme, top, &grade.name, facts, findings);
                    let order = TopKeys::new(&keys, top.within.map(|slot| facts.get(slot)));
                    return truths(in_top(top, &order.places()));
                }
            };
            truths(facts.evaluate(scheme, condition, &grade.name, findings))
        })
        .collect()
}

/// The truth values of a condition's column.
fn truths(column: Column) -> Vec<Truth> {
    match column {
        Column::Bool(truths) => truths,
        other => vec![Truth::Unknown; other.len()],
    }
}

/// Whether each customer is among the best; unknown where a key or the group is missing.
fn in_top(top: &Top, places: &[Option<Place>]) -> Column {
    let truth = |place: &Option<Place>| {
        place.map_or(Truth::Unknown, |place| Truth::from(is_in(top, place)))
    };
    Column::Bool(places.iter().map(truth).collect())
}

/// Whether a place is among the best.
pub fn is_in(top: &Top, place: Place) -> bool {
    match top.ties {
        Ties::Up => top.size.takes(place.better, place.of),
        Ties::Down => top.size.fits(place.at_least, place.of),
    }
}

/// The keys of the last of those customers who are in.
fn last_of(keys: &[Column], order: &TopKeys, is_in: impl Fn(usize) -> bool) -> Vec<Value> {
    let rows = keys.first().map_or(0, Column::len);
    let last = (0..rows)
        .filter(|row| is_in(*row))
        .max_by(|a, b| order.compare(*a, *b));
    last.map(|row| keys.iter().map(|key| key.value(row)).collect())
        .unwrap_or_default()
}
