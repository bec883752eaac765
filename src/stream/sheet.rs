//! A worksheet as a source, a plain workbook as a sink.

use super::drive::{Drive, Source};
use super::turns::Turn;
use super::{Outcome, Reason};
use crate::diagnostic::Finding;
use crate::present::results::Results;
use crate::present::table::ResultTable;
use crate::present::workbook::{Block, InBlocks, Misfit};
use crate::read::Table;
use crate::read::worksheet::{Read, Rows, Worksheet};

impl Source for Worksheet<'_> {
    type Piece = Rows;
    type Read = Read;

    fn begin(&self) -> Read {
        Self::begin(self)
    }

    fn rows(&self, piece: &Rows) -> Result<(Table, Read), Reason> {
        Ok(Self::rows(self, piece)?)
    }

    fn append(&self, all: &mut Read, next: &Read) -> Result<(), Reason> {
        Ok(Self::append(self, all, next)?)
    }

    fn notes(&self, all: Read) -> Result<Vec<Finding>, Reason> {
        Ok(Self::notes(self, &all)?)
    }
}

impl Drive<'_> {
    /// Grades the pieces that `next` gives and pours them into `book`; with what there is to say of how the file was read.
    /// Where the formats of its numbers turn out otherwise than `book` foresaw, it knows them then ([`InBlocks::kinds`]).
    pub fn into_book<S: Source>(
        &self,
        source: &S,
        next: impl FnMut() -> Result<Option<S::Piece>, Reason> + Send,
        book: &InBlocks,
    ) -> Result<(Outcome, Vec<Finding>), Reason> {
        self.grade(
            source,
            next,
            |results, turn| show(book, results, turn),
            |block| Ok(book.take(block.as_ref())?),
        )
    }
}

/// Graded rows as a workbook has them; waits for its turn.
fn show(book: &InBlocks, results: &Results<'_>, turn: Turn<'_>) -> Result<Option<Block>, Reason> {
    // The first one with rows begins the workbook, before those behind it have their turn.
    let before = turn.begin(results.len(), |before| book.begin(results, before))?;
    let before = before.ok_or(Misfit::Failed)?;
    Ok(book.block(results, before)?)
}
