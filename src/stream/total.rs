//! What chunks come to, one after another: what is to be said, in the order in which the whole path says it, and how
//! many customers there are of each sort.

use super::keys::{Keys, Open};
use super::{Chunk, Reason};
use crate::book;
use crate::decide::Decision;
use crate::diagnostic::Finding;
use crate::diagnostic::stages::Kind;
use crate::explain::Causes;
use crate::present::summary::Tally;
use crate::scheme::model::Customers;

/// So many different tags are counted.
const MOST_TAGS: usize = 1 << 14;

/// What the chunks so far come to.
pub struct Total<'a> {
    rows: usize,
    stages: Vec<(Kind, Vec<Finding>)>,
    columns: Option<Vec<Finding>>,
    tally: Tally,
    causes: Causes,
    keys: Keys<'a>,
}

/// What all chunks come to.
#[derive(Debug)]
pub struct Outcome {
    /// How many rows there are.
    pub rows: usize,
    /// What was found in them.
    pub findings: Vec<Finding>,
    /// Why customers are unrated.
    pub unrated: Vec<Finding>,
    /// What there is to say of the columns.
    pub columns: Vec<Finding>,
    /// How many customers there are of each sort.
    pub tally: Tally,
}

impl<'a> Total<'a> {
    /// Of no chunk yet. `open` gives a temporary file, should there be very many keys.
    pub fn new(open: Open<'a>) -> Self {
        Self {
            rows: 0,
            stages: vec![],
            columns: None,
            tally: Tally::default(),
            causes: Causes::default(),
            keys: Keys::new(open),
        }
    }

    /// Takes in the next chunk and gives what is shown of it.
    pub fn add<T>(&mut self, chunk: Chunk<T>) -> Result<T, Reason> {
        match &self.columns {
            None => {
                self.columns = Some(chunk.columns);
                self.stages = chunk.stages;
            }
            Some(columns) if *columns != chunk.columns => return Err(Reason::Columns),
            Some(_) => {
                if self.stages.len() != chunk.stages.len() {
                    return Err(Reason::Columns);
                }
                for ((kind, all), (other, more)) in self.stages.iter_mut().zip(chunk.stages) {
                    match kind {
                        _ if *kind != other => return Err(Reason::Columns),
                        Kind::Rows => all.extend(more),
                        // What the header shows is the same of every chunk, and is said once.
                        _ if *all != more => return Err(Reason::Columns),
                        _ => {}
                    }
                }
            }
        }
        self.rows += chunk.rows;
        self.tally.add(chunk.tally);
        if self.tally.tags() > MOST_TAGS {
            return Err(Reason::Tags);
        }
        self.causes.append(chunk.causes);
        self.keys.add(&chunk.keys)?;
        Ok(chunk.shown)
    }

    /// All chunks are in.
    pub fn finish(self, customers: &Customers) -> Result<Outcome, Reason> {
        let refused = self.tally.decided(Decision::Refused);
        if book::too_many_bad(&customers.sheet, refused, self.rows).is_some() {
            return Err(Reason::Whole);
        }
        if self.rows == 0 {
            return Err(Reason::Empty);
        }
        self.keys.finish()?;
        let stages = self.stages.into_iter();
        Ok(Outcome {
            rows: self.rows,
            findings: stages.flat_map(|(_, findings)| findings).collect(),
            unrated: self.causes.findings(),
            columns: self.columns.unwrap_or_default(),
            tally: self.tally,
        })
    }
}
