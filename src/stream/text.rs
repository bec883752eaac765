//! Text files as a source and as a sink: blocks of the one are pieces, blocks of the other are what is written of them.

use super::drive::{Drive, Source};
use super::keys::Open;
use super::{Grader, Outcome, Reason};
use crate::diagnostic::Finding;
use crate::present::csv;
use crate::present::results::Results;
use crate::present::table::ResultTable;
use crate::read::Table;
use crate::read::blocks::{Block, Blocks, Head, Skips, Unfit};
use std::io::{Read, Write};

/// A block of a good size: small enough to stay in cache while it is worked on.
const BLOCK: usize = 256 << 10;
/// With many columns blocks are larger: some work is done for each column of each block, so that a block has to have
/// some hundreds of rows. So many bytes for each column, and never more than those in all.
const BLOCK_OF_COLUMN: usize = 4 << 10;
const LARGEST_BLOCK: usize = 2 << 20;
/// A block ends with a line, and what is over begins the next one: with so much room for it the last block of a file is
/// not one of a few bytes.
const MOST_OVER: usize = 1 << 10;

/// How much of a file of `size` bytes is a good block for so many threads.
pub fn block_size(head: &Head, size: u64, threads: usize) -> usize {
    good_size(head.width(), size, threads)
}

/// The same of a file of so many columns. Each thread has as many blocks as the others, which matters where there are few.
fn good_size(columns: usize, size: u64, threads: usize) -> usize {
    let largest = (columns * BLOCK_OF_COLUMN).clamp(BLOCK, LARGEST_BLOCK) as u64;
    let count = size.div_ceil(largest).max(1);
    let of_each = size.div_ceil(count.next_multiple_of(threads as u64));
    of_each as usize + MOST_OVER
}

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
    spill: Open<'_>,
) -> Result<Grader, Reason> {
    let measuring = || {
        let blocks = Blocks::new(rows(), head.line(), block);
        move || blocks.block().map_err(Reason::from)
    };
    let table = |block: &Block| Ok(head.rows(block)?.table);
    grader.among_everybody(threads, measuring, table, spill)
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The sizes of the blocks that a file of lines of 100 bytes is cut into.
    fn sizes(columns: usize, size: usize, threads: usize) -> Vec<usize> {
        let line = [b'x'; 99].into_iter().chain([b'\n']);
        let text: Vec<u8> = line.cycle().take(size).collect();
        let block = good_size(columns, size as u64, threads);
        let blocks = Blocks::new(&text[..], 1, block);
        std::iter::from_fn(|| Some(blocks.block().ok()??.bytes.len())).collect()
    }

    #[test]
    fn each_thread_has_as_many_blocks_of_nearly_one_size() {
        for (columns, size, threads, count) in [
            (14, 100_000, 1, 1),
            (14, 600_000, 2, 4),
            (14, 1_400_000, 2, 6),
            (14, 1_400_000, 4, 8),
            (14, 10 << 20, 2, 40),
            (500, 10 << 20, 2, 6),
            (5_000, 10 << 20, 2, 6),
        ] {
            let sizes = sizes(columns, size, threads);
            assert_eq!(sizes.len(), count, "{columns} columns, {size} bytes");
            assert_eq!(sizes.iter().sum::<usize>(), size);
            let largest = sizes.iter().max().unwrap() - MOST_OVER;
            assert!(largest <= if columns < 500 { BLOCK } else { LARGEST_BLOCK });
            assert!(sizes.iter().all(|size| size + count * MOST_OVER > largest));
        }
        assert_eq!(good_size(14, 0, 2), MOST_OVER);
    }
}
