//! A worksheet as a source, a plain workbook as a sink.

use super::Reason;
use super::drive::Source;
use super::turns::Turn;
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
        Ok(Self::notes(self, all)?)
    }
}

/// Graded rows as a workbook has them; waits for its turn.
pub fn show(
    book: &InBlocks,
    results: &Results<'_>,
    turn: Turn<'_>,
) -> Result<Option<Block>, Reason> {
    // The first one with rows begins the workbook, before those behind it have their turn.
    let before = turn.begin(results.len(), |before| book.begin(results, before))?;
    let before = before.ok_or(Misfit::Failed)?;
    Ok(book.block(results, before)?)
}
