//! Text files as a source and as a sink: blocks of the one are pieces, blocks of the other are what is written of them.

use super::drive::{Drive, Source};
use super::{Grader, Outcome, Reason};
use crate::diagnostic::Finding;
use crate::present::csv;
use crate::present::results::Results;
use crate::present::table::ResultTable;
use crate::read::Table;
use crate::read::blocks::{Block, Blocks, Head, Skips, Unfit};
use std::io::{Read, Write};

/// A block of a good size: small enough to stay in cache while it is worked on.
pub const BLOCK: usize = 256 << 10;

impl Drive<'_> {
    /// Grades the pieces that `next` gives and writes them as text; with what there is to say of how the file was read.
    pub fn into_text<S: Source>(
        &self,
        source: &S,
        next: impl FnMut() -> Result<Option<S::Piece>, Reason> + Send,
        sink: TextSink,
        out: &mut (dyn Write + Send),
    ) -> Result<(Outcome, Vec<Finding>), Reason> {
        let mut writer = sink.writer(out);
        let done = self.grade(
            source,
            next,
            |results, _| Ok(sink.show(results)),
            |written| writer.take(&written),
        )?;
        writer.end()?;
        Ok(done)
    }
}

/// The grader with all that its ranks need of everybody in a text file, whose rows `rows` gives from the beginning.
pub fn among_everybody<R: Read + Send>(
    grader: &Grader,
    head: &Head,
    threads: usize,
    block: usize,
    rows: &impl Fn() -> R,
) -> Result<Grader, Reason> {
    let measuring = || {
        let blocks = Blocks::new(rows(), head.line(), block);
        move || blocks.block().map_err(Reason::from)
    };
    grader.among_everybody(threads, measuring, |block: &Block| {
        Ok(head.rows(block)?.table)
    })
}

/// What is known of blocks that were read.
#[derive(Debug, Default)]
pub struct BlocksRead {
    passed_over: Skips,
    /// Whether there are rows in them.
    has_rows: bool,
    /// Whether no row may come behind them.
    ends: bool,
}

impl Source for Head {
    type Piece = Block;
    type Read = BlocksRead;

    fn begin(&self) -> BlocksRead {
        BlocksRead::default()
    }

    fn rows(&self, block: &Block) -> Result<(Table, BlocksRead), Reason> {
        let rows = Self::rows(self, block)?;
        let read = BlocksRead {
            passed_over: rows.passed_over,
            has_rows: !rows.table.rows.is_empty(),
            ends: rows.ends,
        };
        Ok((rows.table, read))
    }

    fn append(&self, all: &mut BlocksRead, next: &BlocksRead) -> Result<(), Reason> {
        all.passed_over.append(&next.passed_over);
        if all.ends && next.has_rows {
            return Err(Unfit::Gap.into());
        }
        all.ends |= next.ends;
        Ok(())
    }

    fn notes(&self, all: BlocksRead) -> Result<Vec<Finding>, Reason> {
        Ok(Self::notes(self, &all.passed_over))
    }
}

/// How rows are written as text.
#[derive(Clone, Copy, Debug)]
pub struct TextSink {
    /// What stands between fields.
    pub delimiter: u8,
    /// Whether the output begins with a byte order mark; `None`: where it has a character beyond ASCII.
    pub mark: Option<bool>,
}

/// Rows as they are written.
struct Written {
    /// The row of headings.
    head: Vec<u8>,
    rows: Vec<u8>,
    /// Whether a spreadsheet needs a byte order mark to show it.
    needs_mark: bool,
}

impl TextSink {
    /// Graded rows as they are written.
    fn show(self, results: &Results<'_>) -> Written {
        Written {
            head: csv::head(results, self.delimiter, true),
            rows: csv::rows(results, self.delimiter, true, 0..results.len()),
            needs_mark: self.mark.is_none() && csv::has_non_ascii(results),
        }
    }

    /// Who writes them.
    const fn writer(self, out: &mut (dyn Write + Send)) -> TextWriter<'_> {
        TextWriter {
            mark: self.mark,
            is_marked: None,
            out,
        }
    }
}

/// Writes rows one after the other.
struct TextWriter<'o> {
    mark: Option<bool>,
    /// Whether what is written begins with a mark; `None` before the first rows.
    is_marked: Option<bool>,
    out: &'o mut (dyn Write + Send),
}

impl TextWriter<'_> {
    /// Writes the next rows.
    fn take(&mut self, written: &Written) -> Result<(), Reason> {
        let is_first = self.is_marked.is_none();
        let needs_mark = written.needs_mark;
        let marked = *self
            .is_marked
            .get_or_insert(self.mark.unwrap_or(needs_mark));
        if self.mark.is_none() && needs_mark && !marked {
            return Err(Reason::Mark);
        }
        let mut put = |bytes: &[u8]| self.out.write_all(bytes).map_err(|_| Reason::Unwritable);
        if is_first {
            put(if marked { csv::MARK.as_bytes() } else { b"" })?;
            put(&written.head)?;
        }
        put(&written.rows)
    }

    /// All rows are written.
    fn end(self) -> Result<(), Reason> {
        self.out.flush().map_err(|_| Reason::Unwritable)
    }
}
