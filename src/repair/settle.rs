//! Who says what of one row, and what follows: one thing is applied, or nobody agrees and nothing is.

use super::said::{Known, Statement};
use super::{State, told};
use crate::diagnostic::Finding;
use crate::table::RawRows;

/// What follows for one row.
#[derive(Clone, Debug, Default)]
pub struct Settled {
    /// The statement that is applied.
    pub apply: Option<usize>,
    /// The statements that are kept without being applied.
    pub disputed: Vec<usize>,
    /// What becomes of what was said before.
    pub turned: Vec<(i64, State)>,
    /// Whether the row is put back as it came in.
    pub put_back: bool,
    /// How many statements were known.
    pub repeated: usize,
}

/// Settles one row. `new` are statements that can be used, by their places among `statements`; `known` is what was
/// said of the row before, the oldest first.
pub fn settle(
    statements: &[Statement],
    new: &[usize],
    known: &[&Known],
    findings: &mut Vec<Finding>,
) -> Settled {
    let mut settled = Settled::default();
    // The last word of each person that has not ended.
    let mut open: Vec<&Known> = vec![];
    for one in known.iter().filter(|one| one.state != State::Ended) {
        open.retain(|other| other.author != one.author);
        open.push(one);
    }
    let mut fresh: Vec<usize> = vec![];
    let mut is_told = false;
    for index in new {
        let said = &statements[*index];
        let is_repeated = |one: &&&Known| one.author == said.author && said.is(one.cells.as_ref());
        if let Some(one) = open.iter().find(is_repeated) {
            settled.repeated += 1;
            // A dispute is told each time somebody reads one of its copies.
            if one.state == State::Disputed && !is_told {
                findings.push(told::disagreement(&[said], &open));
                is_told = true;
            }
            continue;
        }
        let has_ended = known
            .iter()
            .any(|one| one.state == State::Ended && is_repeated(&one) && one.id > said.seen);
        if has_ended {
            settled.repeated += 1;
            findings.push(told::has_ended(said));
            continue;
        }
        let is_twice = fresh.iter().any(|other| {
            let other: &Statement = &statements[*other];
            other.author == said.author && said.is(other.cells.as_ref())
        });
        if is_twice {
            settled.repeated += 1;
        } else {
            fresh.push(*index);
        }
    }
    if fresh.is_empty() {
        return settled;
    }
    // Who knew what was said before, or said it, may say otherwise now.
    let is_over = |one: &Known| {
        fresh.iter().any(|index| {
            let said = &statements[*index];
            said.author == one.author || said.seen >= one.id
        })
    };
    let (over, stands): (Vec<&Known>, Vec<&Known>) = open.iter().partition(|one| is_over(one));
    let first = statements[fresh[0]].cells.as_ref();
    let agrees = |cells: Option<&RawRows>| match (cells, first) {
        (Some(one), Some(other)) => one.has_cells_of(other),
        (None, None) => true,
        _ => false,
    };
    let all_agree = fresh
        .iter()
        .all(|index| agrees(statements[*index].cells.as_ref()))
        && stands.iter().all(|one| agrees(one.cells.as_ref()));
    if all_agree {
        settled.repeated += fresh.len() - 1;
        if stands.iter().any(|one| one.state == State::Applied) {
            settled.repeated += 1;
            return settled;
        }
        for one in over.iter().chain(&stands) {
            if one.state == State::Applied {
                findings.push(told::says_otherwise(&statements[fresh[0]], one));
            }
            settled.turned.push((one.id, State::Ended));
        }
        settled.apply = Some(fresh[0]);
        return settled;
    }
    let counted = stands
        .iter()
        .find(|one| one.state == State::Applied && one.is_counted);
    if let Some(counted) = counted {
        for index in &fresh {
            findings.push(told::counted_already(&statements[*index], counted));
        }
        return settled;
    }
    let said: Vec<&Statement> = fresh.iter().map(|index| &statements[*index]).collect();
    findings.push(told::disagreement(&said, &stands));
    for one in &over {
        settled.put_back |= one.state == State::Applied;
        settled.turned.push((one.id, State::Ended));
    }
    for one in stands.iter().filter(|one| one.state == State::Applied) {
        settled.put_back = true;
        settled.turned.push((one.id, State::Disputed));
    }
    settled.disputed = fresh;
    settled
}
