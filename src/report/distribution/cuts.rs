//! Where grades begin along the value that they go by.

use super::super::material::{Amount, Material};
use super::Label;
use crate::expr::{Bound, Node, Slot, Threshold};
use crate::scheme::Scheme;
use crate::scheme::model::GradeRule;
use crate::table::{Decimal, Value};

/// Where a grade begins.
pub struct Cut {
    /// From where.
    pub at: Begin,
    /// The grade.
    pub label: Label,
}

/// Where something begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Begin {
    /// The value.
    pub value: Decimal,
    /// Whether the value itself is in.
    pub is_in: bool,
}

/// Where grades begin, best first: at the threshold of their condition or at the value of the last one who is in.
pub fn cuts(material: &Material<'_>, slot: Slot, amount: &Amount<'_>) -> Vec<Cut> {
    let grading = material.grading;
    let mut cuts = vec![];
    // Where less is better the next grade begins where this one ends.
    let mut end = None;
    for (place, grade) in grading.scheme.grades.iter().enumerate() {
        let before = end.take();
        let begin = match &grade.rule {
            GradeRule::When(None) => before,
            GradeRule::When(Some(when)) => match edge(&when.bound, slot) {
                Some(Edge::From(begin)) => Some(begin),
                Some(Edge::To(next)) => {
                    end = Some(next);
                    before
                }
                None => reached(material, place, amount).map(Begin::at),
            },
            GradeRule::Top(top) => {
                let is_by = top.by.first().is_some_and(|by| is(&by.bound, slot));
                let key = grading.assessment.cuts[place].cutoff.first();
                match key {
                    Some(Value::Number(value)) if is_by && top.within.is_none() => {
                        Some(Begin::at(*value))
                    }
                    _ => None,
                }
            }
        };
        cuts.extend(begin.map(|at| Cut {
            at,
            label: Label {
                text: grade.name.clone(),
                grade: Some(place),
            },
        }));
    }
    cuts
}

impl Begin {
    const fn at(value: Decimal) -> Self {
        Self { value, is_in: true }
    }
}

/// An end of what a condition says of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Edge {
    /// It holds from here up, maybe not to the end.
    From(Begin),
    /// It holds of all that is less, and this is where it holds no more.
    To(Begin),
}

/// The edge of a condition. Of several that all have to hold it is where the last of them begins; one that ends
/// somewhere says where the next grade begins only if nothing else has to hold.
pub(super) fn edge(bound: &Bound, slot: Slot) -> Option<Edge> {
    let found = own_edge(bound, slot);
    if found.is_some() {
        return found;
    }
    let begins = begins(bound, slot).into_iter();
    begins
        .max_by_key(|begin| (begin.value, !begin.is_in))
        .map(Edge::From)
}

/// The edge of a condition that compares the value with one number and nothing else.
fn own_edge(bound: &Bound, slot: Slot) -> Option<Edge> {
    let found = Threshold::of(bound).filter(|found| is(found.value, slot))?;
    let (value, is_in) = (found.number()?, found.comparison.takes_equal());
    Some(if found.comparison.is_upward() {
        Edge::From(Begin { value, is_in })
    } else {
        Edge::To(Begin {
            value,
            is_in: !is_in,
        })
    })
}

/// Where the conditions begin to hold of which all have to.
fn begins(bound: &Bound, slot: Slot) -> Vec<Begin> {
    match (&bound.node, own_edge(bound, slot)) {
        (Node::And(parts), _) => parts.iter().flat_map(|part| begins(part, slot)).collect(),
        (_, Some(Edge::From(begin))) => vec![begin],
        _ => vec![],
    }
}

/// Whether an expression is this value and nothing else.
fn is(bound: &Bound, slot: Slot) -> bool {
    matches!(bound.node, Node::Slot(found) if found == slot)
}

/// The least value of those to whom their values give a grade, where nobody with a worse one has as much: then the grade
/// goes by the value, however its condition says so.
fn reached(material: &Material<'_>, place: usize, amount: &Amount<'_>) -> Option<Decimal> {
    // Of some customers nobody can say where a grade begins for all.
    if !material.scope.is_whole() {
        return None;
    }
    let choices = material.grading.assessment.grades.iter();
    let known = || {
        choices.clone().enumerate().filter_map(|(row, choice)| {
            let grade = choice.index().unwrap_or(usize::MAX);
            Some((grade, amount.at(row as u32)?))
        })
    };
    let of = |is: &dyn Fn(usize) -> bool| {
        known()
            .filter(|(grade, _)| is(*grade))
            .map(|(_, value)| value)
            .collect::<Vec<_>>()
    };
    let least = of(&|grade| grade == place).into_iter().min()?;
    let worse = of(&|grade| grade > place).into_iter().max();
    let better = of(&|grade| grade < place).into_iter().min();
    let parts =
        worse.is_none_or(|worse| worse < least) && better.is_none_or(|better| better > least);
    Decimal::from_millionths(least).filter(|_| parts)
}

/// The one value by which all grades go that ask for anything.
pub fn only_value(scheme: &Scheme) -> Option<Slot> {
    let mut slots = vec![];
    for grade in &scheme.grades {
        match &grade.rule {
            GradeRule::When(when) => slots.extend(when.iter().flat_map(|when| when.bound.slots())),
            GradeRule::Top(top) => slots.extend(top.by.iter().flat_map(|by| by.bound.slots())),
        }
    }
    let first = slots.first().copied()?;
    slots.iter().all(|slot| *slot == first).then_some(first)
}
