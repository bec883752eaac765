//! Some of the customers of a grading, with what is theirs and nothing of the others. What was decided over all of them
//! (ranks, means) stays as it was decided.

use super::{Absent, Grading, Past, People};
use crate::assess::{Assessment, DimensionResult, Facts, GradeCut};
use crate::book::{Inputs, Numbered};
use crate::classify::Classification;
use foldhash::{HashMap, HashSet};
use std::sync::Arc;

/// Which customers of a grading, by their numbers there, each in the grading's order.
#[derive(Clone, Debug, Default)]
pub struct Members {
    /// Customers with values.
    pub rows: Vec<u32>,
    /// Refused rows, by their place in the roster's.
    pub refused: Vec<u32>,
    /// The absent, by their place in [`Grading::absent`].
    pub absent: Vec<u32>,
}

impl Grading {
    /// The grading of some of the customers. `facts` are theirs, and `inputs` take the place of the tables, with as many
    /// tables and rows. Cut-offs are the value of somebody who may be none of them, and findings may name anybody: there
    /// are none.
    #[must_use]
    pub fn of_some(&self, members: &Members, facts: Facts, inputs: Arc<Inputs>) -> Self {
        let rows = &members.rows;
        let numbers: HashMap<u32, u32> = rows.iter().copied().zip(0..).collect();
        let book = self.book.of_some(rows, &members.refused, inputs);
        let absent = members.absent.iter();
        let absent: Vec<&Absent> = absent.map(|place| &self.absent[*place as usize]).collect();
        let refused = book.roster.refused.iter().filter_map(|row| row.id.as_ref());
        // The others of a run are known by number: absent customers, and refused ones whom the run before knew.
        let others = absent.iter().map(|absent| absent.number);
        let others = others.chain(refused.filter_map(|id| self.people.by_id().get(id).copied()));
        let others: Vec<u32> = others
            .filter(|number| !numbers.contains_key(number))
            .collect();
        let people = self.people.of_some(rows, &others);
        let absent = absent.into_iter().map(|absent| Absent {
            number: people.by_id().get(&absent.id).copied().unwrap_or_default(),
            ..absent.clone()
        });
        let tagged = self.tagged.iter();
        let tagged = tagged.filter_map(|(row, place)| Some((*numbers.get(row)?, *place)));
        Self {
            scheme: self.scheme.clone(),
            facts,
            fits: self.fits.clone(),
            assessment: assessment(&self.assessment, rows),
            decided: pick(&self.decided, rows),
            classification: classification(&self.classification, rows, &numbers),
            tagged: tagged.collect(),
            absent: absent.collect(),
            past: past(&self.past, &people),
            people,
            book,
            findings: vec![],
            role: self.role.clone(),
        }
    }
}

fn pick<T: Clone>(all: &[T], rows: &[u32]) -> Vec<T> {
    rows.iter().map(|row| all[*row as usize].clone()).collect()
}

fn assessment(all: &Assessment, rows: &[u32]) -> Assessment {
    let dimensions = all.dimensions.iter().map(|dimension| DimensionResult {
        counts: dimension.counts,
        bands: pick(&dimension.bands, rows),
        indicators: dimension
            .indicators
            .iter()
            .map(|points| pick(points, rows))
            .collect(),
    });
    Assessment {
        dimensions: dimensions.collect(),
        grades: pick(&all.grades, rows),
        cuts: vec![GradeCut::default(); all.cuts.len()],
    }
}

fn classification(
    all: &Classification,
    rows: &[u32],
    numbers: &HashMap<u32, u32>,
) -> Classification {
    let queue = |queue: &Vec<u32>| {
        let theirs = queue.iter().filter_map(|row| numbers.get(row).copied());
        theirs.collect()
    };
    Classification {
        types: pick(&all.types, rows),
        strategies: pick(&all.strategies, rows),
        reviews: all.reviews.iter().map(queue).collect(),
    }
}

/// What was before of the people who are left. Overrides keep their places, by which tracks name them; those of others
/// say nothing any more.
fn past(all: &Past, people: &People) -> Past {
    let known = all.customers.iter();
    let known = known.filter(|known| people.by_id().contains_key(&known.id));
    let nothing: Arc<str> = "".into();
    let overrides = all.overrides.iter().map(|set| {
        let mut set = set.clone();
        if !people.by_id().contains_key(&set.customer) {
            for text in [
                &mut set.customer,
                &mut set.level,
                &mut set.reason,
                &mut set.by,
            ] {
                *text = nothing.clone();
            }
        }
        set
    });
    let settled = all.settled.iter();
    let settled = settled.filter(|settled| people.by_id().contains_key(&settled.customer));
    Past {
        as_of: all.as_of,
        customers: known.cloned().collect(),
        overrides: overrides.collect(),
        settled: settled.cloned().collect(),
    }
}

impl People {
    /// Some of the book's customers, and some of the others.
    fn of_some(&self, rows: &[u32], others: &[u32]) -> Self {
        let mut told: HashSet<u32> = HashSet::default();
        let others = others.iter().filter(|number| told.insert(**number));
        let numbers: Vec<u32> = rows.iter().chain(others).copied().collect();
        let ids = pick(&self.ids, &numbers);
        Self {
            persons: pick(&self.persons, &numbers),
            names: Arc::new(pick(&self.names, &numbers)),
            by_id: Numbered::default(),
            ids: Arc::new(ids),
            decided: self.decided,
        }
    }
}
