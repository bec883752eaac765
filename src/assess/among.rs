//! Customers as they would be with other values, each for itself among all others as they are.
//!
//! Figures of the population and ranks are looked up in what is prepared here once; what the customer itself has is
//! taken out of them, and what it would have put in. So the same evaluator that graded says what would be.

use super::{Facts, is_in};
use crate::expr::Frame;
use crate::rank::{Place, Population, Ranked};
use crate::scheme::model::{GradeRule, Scheme};
use crate::table::Column;

/// Everybody, for asking what would become of some of them.
#[derive(Clone, Debug, Default)]
pub struct Among {
    populations: Vec<(Population, RankedBy)>,
    /// For each grade by rank the keys of everybody; `None` for other grades, and where texts rank.
    ranked: Vec<Option<(Ranked, RankedBy)>>,
}

/// What customers are ranked by, a row for each, and within which group.
#[derive(Clone, Debug, Default)]
struct RankedBy {
    keys: Vec<Column>,
    within: Option<Column>,
}

impl RankedBy {
    fn of(&self, rows: &[u32]) -> Self {
        let rows: Vec<Option<u32>> = rows.iter().copied().map(Some).collect();
        let keys = self.keys.iter().map(|column| column.gather(&rows));
        Self {
            keys: keys.collect(),
            within: self.within.as_ref().map(|within| within.gather(&rows)),
        }
    }
}

impl Among {
    /// Everybody of these facts, which are complete.
    pub fn new(scheme: &Scheme, facts: &Facts) -> Self {
        let frame: &dyn Frame = facts;
        let populations = scheme.populations.iter().enumerate().map(|(id, spec)| {
            let keys = spec.argument.eval(frame).column;
            let within = spec.within.as_ref().map(|within| within.eval(frame).column);
            let known = frame.populations().get(id).cloned();
            let population = known.unwrap_or_else(|| Population::build(&keys, within.as_ref()));
            let keys = vec![keys];
            (population, RankedBy { keys, within })
        });
        let ranked = scheme.grades.iter().map(|grade| match &grade.rule {
            GradeRule::When(_) => None,
            GradeRule::Top(top) => {
                let keys = top.by.iter().map(|by| by.bound.eval(frame).column);
                let keys: Vec<Column> = keys.collect();
                let within = top.within.map(|slot| frame.column(slot).clone());
                let ranked = Ranked::new(&keys, within.as_ref())?;
                Some((ranked, RankedBy { keys, within }))
            }
        });
        Self {
            populations: populations.collect(),
            ranked: ranked.collect(),
        }
    }

    /// The population of index `id`.
    pub fn population(&self, id: usize) -> &Population {
        &self.populations[id].0
    }

    /// The keys of those beside whom being in a grade by rank begins; `None` for other grades, where texts rank, and where
    /// each group has its own.
    pub fn cutoffs(&self, scheme: &Scheme, grade: usize) -> Option<Vec<&[i64]>> {
        let (ranked, _) = self.ranked[grade].as_ref()?;
        match &scheme.grades[grade].rule {
            GradeRule::Top(top) if top.within.is_none() => {
                ranked.cutoffs(|place| is_in(top, place))
            }
            _ => None,
        }
    }

    /// The population of index `id` as each of the customers `rows` would see it with this key and group.
    pub fn population_instead(
        &self,
        id: usize,
        rows: &[u32],
        key: &Column,
        within: Option<&Column>,
    ) -> Population {
        let (population, standing) = &self.populations[id];
        let RankedBy { keys, within: own } = standing.of(rows);
        population.instead((&keys[0], own.as_ref()), (key, within))
    }

    /// The place that each of the customers `rows` would have in a grade by rank with these keys and this group; `None`
    /// for other grades, and where texts rank.
    pub fn places_instead(
        &self,
        grade: usize,
        rows: &[u32],
        keys: &[Column],
        within: Option<&Column>,
    ) -> Option<Vec<Option<Place>>> {
        let (ranked, standing) = self.ranked[grade].as_ref()?;
        let own = standing.of(rows);
        Some(ranked.places_instead((&own.keys, own.within.as_ref()), (keys, within)))
    }
}
