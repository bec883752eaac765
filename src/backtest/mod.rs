//! The past graded again, period after period, by a scheme that was not in force then, and what may be learnt from it
//! before it is adopted.
//!
//! Takes the gradings of a span of period ends, each going on from the one before ([`Replay`]), and what customers spent
//! in the periods after ([`Following`]). Gives who moved and moved back ([`Steadiness`]), and how well the grades tell
//! those apart who spent much afterwards from those who did not ([`Separation`]). Two replays of the same span can be held
//! against each other, because neither of these figures knows what the grades are called.
//!
//! The gradings are those of [`crate::grading`]; nothing is graded here.

mod following;
mod separation;
mod steadiness;
#[cfg(test)]
mod tests;

pub use following::{After, Following, Revenue, is_sum, of_events, revenue};
pub use separation::{GradeOutcome, Pairs, Separation, separation};
pub use steadiness::{Direction, Move, Steadiness, Turn, moves, steadiness};

use crate::book::Entry;
use crate::compare::{self, Snapshot};
use crate::decide::Decision;
use crate::grading::Grading;
use crate::scheme::Scheme;
use crate::table::Date;
use foldhash::HashMap;
use std::sync::Arc;

/// Where a customer stands at one period end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The grade that counts, by its place in the scheme, the best first; `None` without one.
    pub grade: Option<u32>,
    /// What the run decided.
    pub decision: Decision,
}

impl Standing {
    /// Whether the customer was graded then, and not only remembered: those who are absent, and those whose row is
    /// refused, keep what they had and are in no count.
    pub const fn is_present(self) -> bool {
        !matches!(self.decision, Decision::Absent | Decision::Refused)
    }
}

/// A customer over all period ends.
#[derive(Clone, Debug)]
pub struct Customer {
    /// The key.
    pub id: Arc<str>,
    /// The name that was known last.
    pub name: Option<Arc<str>>,
    /// One for each period end; `None` where the run did not know the customer yet.
    pub standings: Vec<Option<Standing>>,
}

/// The period ends of a span, graded by one scheme.
#[derive(Clone, Debug)]
pub struct Replay {
    /// What the scheme is called, for headings.
    pub name: String,
    /// The grades, best first, with the colours that the scheme gives them (`0xRRGGBB`).
    pub grades: Vec<(Arc<str>, Option<u32>)>,
    /// The period ends, oldest first.
    pub ends: Vec<Date>,
    customers: Vec<Customer>,
    by_id: HashMap<Arc<str>, u32>,
}

impl Replay {
    /// No period end yet.
    pub fn new(name: impl Into<String>, scheme: &Scheme) -> Self {
        let grades = scheme.grades.iter();
        Self {
            name: name.into(),
            grades: grades
                .map(|grade| (grade.name.clone(), grade.color))
                .collect(),
            ends: vec![],
            customers: vec![],
            by_id: HashMap::default(),
        }
    }

    /// Takes the grading of the next period end.
    pub fn take(&mut self, grading: &Grading) {
        let roster = &grading.book.roster;
        let before = self.ends.len();
        self.ends.push(grading.book.as_of);
        for customer in &mut self.customers {
            customer.standings.push(None);
        }
        for row in 0..grading.len() {
            let decided = grading.decided[row];
            let standing = Standing {
                grade: decided.grade,
                decision: decided.decision,
            };
            self.put(
                before,
                &roster.ids[row],
                roster.names[row].as_ref(),
                standing,
            );
        }
        for entry in grading.entries() {
            let is_customer = matches!(entry, Entry::Customer(_));
            let Some(kept) = grading.kept(entry).filter(|_| !is_customer) else {
                continue;
            };
            // A refused row whose key cannot be read is no customer's, and one with the key of another says nothing.
            let Some(id) = kept.id.filter(|id| !roster.by_id().contains_key(*id)) else {
                continue;
            };
            let standing = Standing {
                grade: kept.before.grade.map(|grade| grade as u32),
                decision: kept.decision,
            };
            let name = kept.name.map(Arc::from);
            self.put(before, &Arc::from(id), name.as_ref(), standing);
        }
    }

    fn put(&mut self, end: usize, id: &Arc<str>, name: Option<&Arc<str>>, standing: Standing) {
        let next = self.customers.len() as u32;
        let number = *self.by_id.entry(id.clone()).or_insert(next);
        if number == next {
            self.customers.push(Customer {
                id: id.clone(),
                name: None,
                standings: vec![None; end + 1],
            });
        }
        let customer = &mut self.customers[number as usize];
        if let Some(name) = name {
            customer.name = Some(name.clone());
        }
        customer.standings[end] = Some(standing);
    }

    /// The customers in the order in which runs came to know them.
    pub fn customers(&self) -> &[Customer] {
        &self.customers
    }

    /// A customer by key.
    pub fn customer(&self, id: &str) -> Option<&Customer> {
        let number = self.by_id.get(id)?;
        self.customers.get(*number as usize)
    }

    /// Who is graded at a period end, with the grade: one side of a comparison.
    pub fn snapshot(&self, end: usize) -> Snapshot {
        let customers = self.customers.iter().filter_map(|customer| {
            let standing = customer.standings[end].filter(|standing| standing.is_present())?;
            Some(compare::Customer {
                id: customer.id.clone(),
                level: self.grade_name(standing).cloned(),
                decision: Some(standing.decision),
                ..compare::Customer::default()
            })
        });
        // No key is there twice in a replay.
        let mut snapshot = Snapshot::new(customers.collect(), |_| None).unwrap_or_default();
        snapshot.levels = self.grades.iter().map(|(name, _)| name.clone()).collect();
        snapshot
    }

    /// The name of a standing's grade.
    pub fn grade_name(&self, standing: Standing) -> Option<&Arc<str>> {
        let (name, _) = self.grades.get(standing.grade? as usize)?;
        Some(name)
    }

    /// How many customers are graded at a period end, those without a grade too.
    pub fn present(&self, end: usize) -> usize {
        let standings = self.customers.iter();
        let standings = standings.filter_map(|customer| customer.standings[end]);
        standings.filter(|standing| standing.is_present()).count()
    }
}
