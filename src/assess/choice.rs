//! The first condition of a list that holds.

use super::Facts;
use crate::diagnostic::Finding;
use crate::expr::{Bound, Frame};
use crate::scheme::model::{Expression, Scheme};
use crate::table::{Column, Truth};

/// Of fewer rows times conditions it is not looked up: the evaluator is as fast.
const WORTH_LOOKING_UP: usize = 1 << 12;

/// Which entry of a list (of bands, grades, types, strategies) a customer has.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Choice {
    /// This one is the first that holds.
    Is(u32),
    /// None holds.
    NoneHolds,
    /// Whether this one holds is unknown, because a value is missing, and none before it does.
    Unknown(u32),
}

impl Choice {
    /// The entry, if there is one.
    pub fn index(self) -> Option<usize> {
        match self {
            Self::Is(index) => Some(index as usize),
            Self::NoneHolds | Self::Unknown(_) => None,
        }
    }
}

/// For each customer the first of `conditions` that holds; `None` is otherwise. An unknown one stops the search: a
/// missing value never falls through to a worse entry.
pub fn choose(
    scheme: &Scheme,
    conditions: &[Option<&Expression>],
    name: &str,
    facts: &mut Facts,
    findings: &mut Vec<Finding>,
) -> Vec<Choice> {
    if let Some(choices) = looked_up(scheme, conditions, facts) {
        return choices;
    }
    one_by_one(scheme, conditions, name, facts, findings)
}

/// The same looked up; `None` where it has to be worked out, and where that is as fast.
pub(super) fn looked_up(
    scheme: &Scheme,
    conditions: &[Option<&Expression>],
    facts: &mut Facts,
) -> Option<Vec<Choice>> {
    if facts.len() * conditions.len() < WORTH_LOOKING_UP {
        return None;
    }
    let bounds: Vec<Option<&Bound>> = conditions
        .iter()
        .map(|condition| condition.map(|condition| &condition.bound))
        .collect();
    let list = scheme.grids.list(&bounds)?;
    for operand in list.operands() {
        facts.look_up(scheme, operand);
    }
    list.look_up(facts)
}

/// The same worked out, one condition after another.
fn one_by_one(
    scheme: &Scheme,
    conditions: &[Option<&Expression>],
    name: &str,
    facts: &mut Facts,
    findings: &mut Vec<Finding>,
) -> Vec<Choice> {
    let mut choices = vec![Choice::NoneHolds; facts.len()];
    let mut open: Vec<u32> = (0..facts.len() as u32).collect();
    for (index, condition) in conditions.iter().enumerate() {
        let truths = condition.map(|condition| {
            let matters = |row| open.binary_search(&row).is_ok();
            facts.evaluate_where(scheme, condition, name, matters, findings)
        });
        settle(index as u32, truths.as_ref(), &mut open, &mut choices);
    }
    choices
}

/// Takes out of `open` the customers for whom entry `index` holds or is unknown.
pub(super) fn settle(
    index: u32,
    truths: Option<&Column>,
    open: &mut Vec<u32>,
    choices: &mut [Choice],
) {
    match truths {
        Some(Column::Bool(truths)) => open.retain(|row| match truths[*row as usize] {
            Truth::False => true,
            Truth::Unknown => {
                choices[*row as usize] = Choice::Unknown(index);
                false
            }
            Truth::True => {
                choices[*row as usize] = Choice::Is(index);
                false
            }
        }),
        Some(_) => {}
        None => {
            for row in open.drain(..) {
                choices[row as usize] = Choice::Is(index);
            }
        }
    }
}

#[cfg(test)]
mod tests;
