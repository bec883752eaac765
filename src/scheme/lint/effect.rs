//! Weighted dimensions whose points never change the grade.

use super::lists::{Of, lists};
use super::shape::{narrow, shape};
use super::world::states::Wanted;
use super::world::{Open, States};
use crate::assess::choose;
use crate::diagnostic::{Code, Finding, Text};
use crate::expr::{Bound, Node, Slot};
use crate::scheme::model::{Expression, GradeRule, Scheme};
use crate::table::column::MISSING;
use crate::table::decimal::divide_half_away;
use crate::table::{Column, Date, Decimal};
use crate::text;
use std::collections::BTreeSet;

/// More trials of points with customers than these are not made.
const MOST: usize = 2_000_000;

/// The findings. A dimension has an effect if for some customer other points of it, all else as it is, give another
/// grade.
pub fn without_effect(open: &Open<'_>, as_of: Date) -> Vec<Finding> {
    let conditions: Vec<&Bound> = open
        .scheme
        .grades
        .iter()
        .filter_map(|grade| match &grade.rule {
            GradeRule::When(when) => when.as_ref().map(|when| &when.bound),
            GradeRule::Top(_) => None,
        })
        .collect();
    let score = open.scheme.score_slot();
    let reads = |slot: Slot| conditions.iter().any(|bound| reads(open, bound, slot));
    let Some(score) = score.filter(|score| open.results.contains(score) && reads(*score)) else {
        return vec![];
    };
    // Where the score moves grades, or keeps them, any point of it may count.
    let moving = moving(open.original);
    let reads_for_moves = |slot: Slot| {
        moving
            .iter()
            .any(|bound| reads_at_all(open.original, bound, slot))
    };
    if reads_for_moves(score) {
        return vec![];
    }
    // A rank by the score may change with any point of it.
    let by_rank = open.original.grades.iter().any(|grade| match &grade.rule {
        GradeRule::Top(top) => top.by.iter().any(|by| by.bound.slots().contains(&score)),
        GradeRule::When(_) => false,
    });
    let weighted: Vec<usize> = (0..open.scheme.dimensions.len())
        .filter(|index| {
            open.scheme.dimensions[*index]
                .weight
                .is_some_and(|w| w > Decimal::ZERO)
        })
        .collect();
    if by_rank || weighted.len() < 2 {
        return vec![];
    }
    let mut findings = vec![];
    let mut with_effect = false;
    for index in weighted {
        let dimension = &open.scheme.dimensions[index];
        let slots = [dimension.label_slot, dimension.points_slot];
        if slots
            .into_iter()
            .any(|slot| reads(slot) || reads_for_moves(slot))
        {
            with_effect = true;
            continue;
        }
        // What others give that are worked out depends on values of which a few only are looked at.
        let mut others = (0..open.scheme.dimensions.len()).filter(|other| *other != index);
        if others.any(|other| open.is_worked_out(other)) {
            with_effect = true;
            continue;
        }
        let Some(points) = points(open, index, as_of) else {
            with_effect = true;
            continue;
        };
        let name = &dimension.name;
        let is_worked_out = open.is_worked_out(index);
        let why = if points.len() == 1 && !is_worked_out {
            text!(
                "all of its bands give the same points",
                "所有档的分数都相同"
            )
        } else if changes(open, index, score, &points, &conditions, as_of) == Some(false) {
            text!(
                "whatever the others come to, its points never decide a grade",
                "无论其他维度如何，它的分数都不会改变等级"
            )
        } else {
            with_effect = true;
            continue;
        };
        let Text { en, zh } = why;
        findings.push(
            Finding::warning(
                Code::NoEffect,
                text!(
                    "dimension `{name}` has a weight and no effect on the grade: {en}",
                    "维度 `{name}` 有权重，却不影响等级：{zh}"
                ),
            )
            .at(dimension.span.clone())
            .help(text!(
                "leave its weight out, if it only classifies; else spread its points or move the cuts",
                "如果只用来分类，去掉它的权重；否则拉开它的分数，或调整等级的分数线"
            )),
        );
    }
    // Where none has an effect the cuts are out of reach, which is told of the grades.
    if with_effect { findings } else { vec![] }
}

/// What decides of grades beside their conditions, where they move from run to run: what keeps them, the rules, and who
/// is eligible.
fn moving(scheme: &Scheme) -> Vec<&Bound> {
    let Some(movement) = &scheme.grade_movement else {
        return vec![];
    };
    let keeps = scheme.grades.iter().filter_map(|grade| grade.keep.as_ref());
    let rules = movement.rules.iter().map(|rule| &rule.when);
    let all = keeps.chain(rules).chain(&movement.eligible);
    all.map(|expression| &expression.bound).collect()
}

/// Whether an expression of the scheme as it is reads a slot, directly or in a value, whatever the function.
fn reads_at_all(scheme: &Scheme, bound: &Bound, wanted: Slot) -> bool {
    bound.slots().iter().any(|slot| {
        let value = scheme.values.iter().find(|value| value.slot == *slot);
        *slot == wanted || value.is_some_and(|value| reads_at_all(scheme, &value.is.bound, wanted))
    })
}

/// Whether an expression reads a slot, directly or in a value.
fn reads(open: &Open<'_>, bound: &Bound, wanted: Slot) -> bool {
    bound.slots().iter().any(|slot| {
        let value = open.values.get(slot);
        *slot == wanted || value.is_some_and(|value| reads(open, value, wanted))
    })
}

/// The points that a dimension gives, whether it counts on the day or not; `None` if that is too much to tell.
fn points(open: &Open<'_>, dimension: usize, as_of: Date) -> Option<BTreeSet<i64>> {
    let rule = &open.scheme.dimensions[dimension].rule;
    let expressions = rule.expressions();
    let wanted = Wanted {
        variables: vec![],
        conditions: expressions.map(|expression| &expression.bound).collect(),
        dimensions: BTreeSet::from([dimension]),
        without: None,
    };
    let states = States::new(open, wanted, as_of).ok()?;
    // One that does not count has a finding of its own.
    if !states.assessment.dimensions[dimension].counts {
        return None;
    }
    let Column::Number(points) = states
        .facts
        .get(open.scheme.dimensions[dimension].points_slot)
    else {
        return None;
    };
    let known: BTreeSet<i64> = points.iter().copied().filter(|p| *p != MISSING).collect();
    (!known.is_empty()).then_some(known)
}

/// Of points that are worked out, those around which some customer's score passes what it is compared with: at and
/// beside each, as far as the points go at all. `None` if that is too much to tell.
fn between(
    open: &Open<'_>,
    dimension: usize,
    states: &States,
    score: Slot,
    weight: i128,
) -> Option<BTreeSet<i64>> {
    let points = open.read(open.original.dimensions[dimension].points_slot);
    let shape = shape(open.original, None, &points);
    let score = open.read(score);
    let told = states
        .told
        .iter()
        .find(|told| told.part.node == score.node)?;
    let known: BTreeSet<(i128, i128)> = states.points.iter().copied().flatten().collect();
    let mut all: BTreeSet<i64> = shape.least.into_iter().chain(shape.greatest).collect();
    for (sum, weights) in &known {
        for at in &told.variable.thresholds {
            // From half below on it is rounded to the figure, from half above on to what follows.
            for edge in [2 * i128::from(*at) - 1, 2 * i128::from(*at) + 1] {
                let edge = edge.checked_mul(weights + weight)?.checked_sub(2 * sum)?;
                let first = edge.div_euclid(2 * weight);
                let first = narrow(first)?;
                let is_between = |points: &i64| {
                    shape.least.is_none_or(|least| *points >= least)
                        && shape.greatest.is_none_or(|greatest| *points <= greatest)
                };
                all.extend((first.saturating_sub(1)..=first.saturating_add(2)).filter(is_between));
            }
        }
        if all.len().saturating_mul(states.customers.len()) > MOST {
            return None;
        }
    }
    Some(all)
}

/// Whether other points of a dimension change any grade; `None` if that is too much to tell.
fn changes(
    open: &Open<'_>,
    dimension: usize,
    score: Slot,
    points: &BTreeSet<i64>,
    conditions: &[&Bound],
    as_of: Date,
) -> Option<bool> {
    let weight = i128::from(open.scheme.dimensions[dimension].weight?.millionths());
    let mut conditions = conditions.to_vec();
    let read = Bound {
        node: Node::Slot(score),
        ty: open.scheme.slots.entries[score.0 as usize].ty.clone(),
        span: 0..0,
    };
    conditions.push(&read);
    let all = lists(open.original);
    let grades = all.iter().find(|list| list.of == Of::Grades)?;
    let (variables, _) = super::variables(open, &grades.entries);
    let wanted = Wanted {
        variables,
        conditions,
        dimensions: BTreeSet::new(),
        without: Some(dimension),
    };
    let states = States::new(open, wanted, as_of).ok()?;
    let entries: Vec<Option<&Expression>> = open
        .scheme
        .grades
        .iter()
        .map(|grade| match &grade.rule {
            GradeRule::When(when) => when.as_ref(),
            GradeRule::Top(_) => None,
        })
        .collect();
    let points = if open.is_worked_out(dimension) {
        &between(open, dimension, &states, score, weight)?
    } else {
        points
    };
    if points.len().saturating_mul(states.customers.len()) > MOST {
        return None;
    }
    let mut before: Option<Vec<crate::assess::Choice>> = None;
    for points in points {
        let scores = states.points.iter().map(|known| {
            let (sum, weights) = (*known)?;
            let sum = sum.checked_add(i128::from(*points).checked_mul(weight)?)?;
            let weights = weights + weight;
            Decimal::from_wide(divide_half_away(sum, weights)).map(Decimal::millionths)
        });
        let scores = scores.map(|score| score.unwrap_or(MISSING)).collect();
        let mut facts = states.facts.clone();
        facts.set(score, Column::Number(scores));
        let choices = choose(&open.scheme, &entries, "grade", &mut facts, &mut vec![]);
        if before.as_ref().is_some_and(|before| *before != choices) {
            return Some(true);
        }
        before = Some(choices);
    }
    Some(false)
}
