//! From a source to a sink: pieces of the one are graded on all cores and taken by the other in order.
//!
//! A source is where rows come from, whatever the format; a sink is two closures: one makes of graded rows what is
//! written, on any thread, the other writes it.

use super::keys::Open;
use super::turns::{Turn, Turns};
use super::{Grader, Outcome, Reason, Total};
use crate::diagnostic::Finding;
use crate::parallel::flow;
use crate::present::results::Results;
use crate::read::Table;

/// Where rows come from.
pub trait Source: Sync {
    /// Some of its rows as they stand in the file, one below the other.
    type Piece: Send;
    /// What is known of pieces that were read, beside their tables.
    type Read: Send;

    /// What is known before the first piece.
    fn begin(&self) -> Self::Read;
    /// The rows of a piece as a table of their own, on any thread.
    fn rows(&self, piece: &Self::Piece) -> Result<(Table, Self::Read), Reason>;
    /// Takes in what is known of the next piece.
    fn append(&self, all: &mut Self::Read, next: &Self::Read) -> Result<(), Reason>;
    /// How the file was read, when all its pieces are.
    fn notes(&self, all: Self::Read) -> Result<Vec<Finding>, Reason>;
}

/// How a file is graded piece by piece.
#[derive(Clone, Copy)]
pub struct Drive<'a> {
    /// By what it is graded.
    pub grader: &'a Grader,
    /// How many threads there are.
    pub threads: usize,
    /// Opens a temporary file.
    pub spill: Open<'a>,
}

impl Drive<'_> {
    /// Grades the pieces that `next` gives. `show` makes of each what is written, `take` takes it, in order; with what
    /// there is to say of how the file was read.
    pub fn grade<S: Source, T: Send>(
        &self,
        source: &S,
        mut next: impl FnMut() -> Result<Option<S::Piece>, Reason> + Send,
        show: impl Fn(&Results<'_>, Turn<'_>) -> Result<T, Reason> + Sync,
        mut take: impl FnMut(T) -> Result<(), Reason>,
    ) -> Result<(Outcome, Vec<Finding>), Reason> {
        let customers = self.grader.customers()?;
        let mut total = Total::new(self.spill);
        let mut read = source.begin();
        let turns = Turns::default();
        let mut count = 0..;
        flow(
            self.threads,
            || Ok(next()?.zip(count.next())),
            |(piece, index): (S::Piece, usize)| {
                let turn = turns.of(index);
                let (table, read) = source.rows(&piece)?;
                drop(piece);
                if table.rows.is_empty() {
                    turn.rows_before(0);
                    return Ok((None, read));
                }
                let chunk = self.grader.grade(table, |results| show(results, turn))?;
                Ok((Some(chunk), read))
            },
            |(chunk, more)| {
                source.append(&mut read, &more)?;
                match chunk {
                    Some(chunk) => take(total.add(chunk)??),
                    None => Ok(()),
                }
            },
        )?;
        let notes = source.notes(read)?;
        Ok((total.finish(customers)?, notes))
    }
}
