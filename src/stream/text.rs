//! From a text file to a text file: blocks of the one become blocks of the other, on all cores, in order.

use super::keys::Open;
use super::{Chunk, Grader, Outcome, Reason, Total};
use crate::diagnostic::Finding;
use crate::parallel::flow;
use crate::present::csv;
use crate::present::table::ResultTable;
use crate::read::blocks::{Block, Blocks, Head, Skips, Unfit};
use std::io::{Read, Write};

/// How a text file is graded chunk by chunk.
pub struct Text<'a> {
    /// What its head tells.
    pub head: &'a Head,
    /// By what it is graded.
    pub grader: &'a Grader,
    /// What stands between the fields of the output.
    pub delimiter: u8,
    /// Whether the output begins with a byte order mark; `None`: where it has a character beyond ASCII.
    pub mark: Option<bool>,
    /// About how many bytes a block has.
    pub block: usize,
    /// How many threads there are.
    pub threads: usize,
    /// Opens a temporary file.
    pub spill: Open<'a>,
}

/// A block of a good size: small enough to stay in cache while it is worked on.
pub const BLOCK: usize = 256 << 10;

/// A block of rows as it is written.
struct Written {
    /// The row of headings.
    head: Vec<u8>,
    rows: Vec<u8>,
    /// Whether a spreadsheet needs a byte order mark to show it.
    needs_mark: bool,
}

/// What a block comes to.
struct Done {
    /// Nothing if it has no rows.
    chunk: Option<Chunk<Written>>,
    passed_over: Skips,
    /// Whether no row may come behind it.
    ends: bool,
}

impl Text<'_> {
    /// Grades what `rows` gives, which begins below the header each time, and writes it into `out`; with what there is to
    /// say of how the file was read.
    pub fn grade<R: Read + Send>(
        &self,
        rows: impl Fn() -> R,
        out: &mut (dyn Write + Send),
    ) -> Result<(Outcome, Vec<Finding>), Reason> {
        let blocks = || Blocks::new(rows(), self.head.line(), self.block);
        let measuring = || {
            let blocks = blocks();
            move || blocks.block().map_err(Reason::from)
        };
        let table = |block: &Block| Ok(self.head.rows(block)?.table);
        let grader = self
            .grader
            .among_everybody(self.threads, measuring, table)?;
        let customers = grader.customers()?;
        let blocks = blocks();
        let mut total = Total::new(self.spill);
        let mut passed_over = Skips::default();
        let (mut is_marked, mut has_ended) = (None, false);
        flow(
            self.threads,
            || blocks.block().map_err(Reason::from),
            |block| self.work(&grader, &block),
            |done| {
                passed_over.append(&done.passed_over);
                if let Some(chunk) = done.chunk {
                    if has_ended {
                        return Err(Unfit::Gap.into());
                    }
                    let written = total.add(chunk)?;
                    let is_first = is_marked.is_none();
                    let marked = *is_marked.get_or_insert(self.mark.unwrap_or(written.needs_mark));
                    if self.mark.is_none() && written.needs_mark && !marked {
                        return Err(Reason::Mark);
                    }
                    let mut put =
                        |bytes: &[u8]| out.write_all(bytes).map_err(|_| Reason::Unwritable);
                    if is_first {
                        put(if marked { csv::MARK.as_bytes() } else { b"" })?;
                        put(&written.head)?;
                    }
                    put(&written.rows)?;
                }
                has_ended |= done.ends;
                Ok(())
            },
        )?;
        out.flush().map_err(|_| Reason::Unwritable)?;
        let outcome = total.finish(customers)?;
        Ok((outcome, self.head.notes(passed_over)))
    }

    fn work(&self, grader: &Grader, block: &Block) -> Result<Done, Reason> {
        let rows = self.head.rows(block)?;
        let mut done = Done {
            chunk: None,
            passed_over: rows.passed_over,
            ends: rows.ends,
        };
        if !rows.table.rows.is_empty() {
            let chunk = grader.grade(rows.table, |results| Written {
                head: csv::head(results, self.delimiter, true),
                rows: csv::rows(results, self.delimiter, true, 0..results.len()),
                needs_mark: self.mark.is_none() && csv::has_non_ascii(results),
            })?;
            done.chunk = Some(chunk);
        }
        Ok(done)
    }
}
