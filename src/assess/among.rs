//! One customer as it would be with other values, among all others as they are.
//!
//! Figures of the population and ranks are looked up in what is prepared here once; what the customer itself has is
//! taken out of them, and what it would have put in. So the same evaluation that graded says what would be.

use super::Facts;
use crate::expr::Frame;
use crate::rank::{Population, Ranked};
use crate::scheme::model::{GradeRule, Scheme};
use crate::table::Column;

/// Everybody, for asking what would become of one of them.
#[derive(Clone, Debug, Default)]
pub struct Among {
    populations: Vec<Population>,
    /// For each grade by rank the keys of everybody; `None` for other grades, and where texts rank.
    ranked: Vec<Option<Ranked>>,
}

impl Among {
    /// Everybody of these facts, which are complete.
    pub fn new(scheme: &Scheme, facts: &Facts) -> Self {
        let frame: &dyn Frame = facts;
        let populations = scheme.populations.iter().enumerate().map(|(id, spec)| {
            frame.populations().get(id).cloned().unwrap_or_else(|| {
                let keys = spec.argument.eval(frame).column;
                let groups = spec.within.as_ref().map(|within| within.eval(frame).column);
                Population::build(&keys, groups.as_ref())
            })
        });
        let ranked = scheme.grades.iter().map(|grade| match &grade.rule {
            GradeRule::When(_) => None,
            GradeRule::Top(top) => {
                let keys = top.by.iter().map(|by| by.bound.eval(frame).column);
                let keys: Vec<Column> = keys.collect();
                Ranked::new(&keys, top.within.map(|slot| frame.column(slot)))
            }
        });
        Self {
            populations: populations.collect(),
            ranked: ranked.collect(),
        }
    }

    /// The population of index `id`.
    pub fn population(&self, id: usize) -> &Population {
        &self.populations[id]
    }

    /// The keys of everybody for a grade by rank.
    pub fn ranked(&self, grade: usize) -> Option<&Ranked> {
        self.ranked[grade].as_ref()
    }
}
