//! Plain files: UTF-8, the header in the first line, and each line below it a record that fills the header's columns and
//! can be nothing but a row. Most files that programs write are.
//!
//! What makes a file plain is met line by line, and the first thing that is not as it must be ends the reading. That a
//! line begins where the one before it ends needs no look at what is between them: a line whose quotes do not close on
//! it is not plain, so that no line of a plain file lies within a quoted field.

use super::fields::Splitter;
use super::rows::Ordinary;
use super::{Block, Blocks, Head, Reader, TextFile, Unfit};
use crate::parallel;
use crate::read::encoding;
use crate::read::records::{self, Piece};
use crate::read::{Input, Options, Table};
use crate::table::RawRows;
use memchr::{memchr, memchr_iter};
use std::borrow::Cow;
use std::convert::Infallible;

/// How much of a file is read at once for [`Passes`]. Two of them for each core lie well in its cache.
pub(super) const BLOCK: usize = if cfg!(test) { 1 << 10 } else { 512 << 10 };

impl Head {
    /// Whether the file is plain, as far as its head shows.
    pub fn is_plain(&self) -> bool {
        self.plain_delimiter().is_ok()
    }

    /// The first `width` columns of the rows in a block of a plain file, numbered from 0. The column of the key has to be
    /// among them.
    pub fn rows_of_lines(&self, bytes: &[u8], width: usize) -> Result<RawRows, Unfit> {
        let delimiter = self.plain_delimiter()?;
        let ordinary = Ordinary {
            key: self.shape.key.ok_or(Unfit::NotPlain)?,
            headers: &self.shape.headers,
        };
        if records::has_lone_cr(bytes) {
            return Err(Unfit::LineEnd);
        }
        let text = self.encoding.text(bytes).ok_or(Unfit::Encoding)?;
        let width = width.max(ordinary.key + 1).max(2);
        let rows = RawRows::of_lines(&text, 0, delimiter, self.shape.headers.len(), width);
        let rows = rows.ok_or(Unfit::Fields)?;
        if (0..rows.len()).all(|row| ordinary.is(&rows, row)) {
            Ok(rows)
        } else {
            Err(Unfit::Aside)
        }
    }
}

/// A plain file without a sheet of a scheme, as far as it was looked at, that is gone through as often as one likes.
pub struct Passes {
    file: TextFile,
    /// What opening the file gives, without its rows.
    table: Table,
    splitter: Splitter,
}

impl Passes {
    /// Looks at the beginning of a file of which no scheme knows the headers.
    pub fn open(input: &Input, options: &Options) -> Result<Self, Unfit> {
        let file = TextFile::open(input, &[], options)?;
        let delimiter = file.head().plain_delimiter()?;
        let table = file.head().table();
        Ok(Self {
            splitter: Splitter::new(delimiter, &table.headers).ok_or(Unfit::NotPlain)?,
            file,
            table,
        })
    }

    /// What opening the file gives, without its rows.
    pub const fn table(&self) -> &Table {
        &self.table
    }

    /// Lets `work` go through the rows on each core: whoever asks for the next block has it for itself. What is given is
    /// what each of them came to, in no order that means anything.
    pub fn go_through<T: Send>(
        &self,
        work: impl Fn(&mut Taker<'_>) -> Result<T, Unfit> + Sync,
    ) -> Result<Vec<T>, Unfit> {
        let first = self.file.head().line;
        let blocks = Blocks::of_lines(self.file.rows(), first, BLOCK);
        let threads = parallel::cores();
        let done = parallel::each(threads, threads, |_| {
            let given = work(&mut Taker {
                blocks: &blocks,
                first,
                splitter: &self.splitter,
                bytes: vec![],
            });
            if given.is_err() {
                blocks.end();
            }
            given
        });
        let done: Vec<T> = done.into_iter().collect::<Result<_, _>>()?;
        if self.file.is_unchanged() {
            Ok(done)
        } else {
            Err(Unfit::Changed)
        }
    }

    /// The same, where what each block gives is taken by this thread, in the order of the file.
    pub fn in_turn<T: Send, E: Send + From<Unfit>>(
        &self,
        work: impl Fn(&LineBlock<'_>) -> Result<T, E> + Sync,
        take: impl FnMut(T) -> Result<(), E>,
    ) -> Result<(), E> {
        let first = self.file.head().line;
        let blocks = Blocks::of_lines(self.file.rows(), first, BLOCK);
        let work = |block: Block| {
            let Block { mut bytes, line } = block;
            end_line(&mut bytes);
            work(&LineBlock::of(&bytes, line - first, &self.splitter)?)
        };
        parallel::flow(parallel::cores(), || Ok(blocks.block()?), work, take)?;
        if self.file.is_unchanged() {
            Ok(())
        } else {
            Err(Unfit::Changed.into())
        }
    }

    /// All of its lines.
    pub fn held(&self) -> Result<Held, Unfit> {
        let blocks = self.go_through(|blocks| {
            let mut held = vec![];
            while let Some(block) = blocks.take()? {
                held.push(HeldBlock::of(&block));
            }
            Ok(held)
        })?;
        let mut blocks: Vec<HeldBlock> = blocks.into_iter().flatten().collect();
        blocks.sort_unstable_by_key(|block| block.first);
        Ok(Held(blocks))
    }

    /// The cells of one of its lines, which was looked at before, in `wanted` columns, which are in order.
    pub fn cells<'l>(
        &self,
        line: &'l str,
        wanted: &[usize],
        cells: &mut Vec<Cow<'l, str>>,
    ) -> Result<(), Unfit> {
        let mut lines = self.splitter.lines(line);
        self.splitter.split(&mut lines, wanted, cells)
    }

    /// Whether a line of the one, read as a line of the other, has the same cells.
    pub fn is_written_as(&self, other: &Self) -> bool {
        self.splitter.delimiter() == other.splitter.delimiter()
    }

    /// The lines of some of its rows, which were looked at before.
    pub fn lines(&self, rows: &[u32]) -> Result<Lines, Unfit> {
        let mut wanted = rows.to_vec();
        wanted.sort_unstable();
        let found = self.go_through(|blocks| {
            let mut found = vec![];
            while let Some((before, bytes)) = blocks.bytes()? {
                let of_block = &wanted[wanted.partition_point(|row| *row < before)..];
                found.push(Lines::of(bytes, before, of_block)?);
            }
            Ok(found)
        })?;
        let mut found: Vec<Lines> = found.into_iter().flatten().collect();
        found.sort_unstable_by_key(|lines| lines.rows.first().copied());
        Ok(Lines {
            text: found.iter().map(|lines| &*lines.text).collect(),
            rows: found.into_iter().flat_map(|lines| lines.rows).collect(),
        })
    }

    /// The table with these of its rows.
    pub fn with_rows(&self, lines: &Lines) -> Table {
        let mut table = self.table.clone();
        // Each line is a record: that was seen when it was looked at.
        let mut numbers = lines.rows.iter().map(|row| row + table.header_row + 1);
        let (delimiter, width) = (self.splitter.delimiter(), self.splitter.width());
        if let Some(rows) = RawRows::of_lines(&lines.text, 0, delimiter, width, width) {
            table.rows = rows.numbered(numbers);
            return table;
        }
        table.rows.reserve(lines.text.len());
        let Ok(()) = records::each(&lines.text, delimiter.into(), 1, |piece| {
            if let (Piece::Record(record), Some(number)) = (piece, numbers.next()) {
                match record.written {
                    Some(written) => table.rows.push_record(number, written, record.cells),
                    None => table.rows.push(number, record.cells.iter().copied()),
                }
            }
            Ok::<(), Infallible>(())
        });
        table
    }
}

/// Takes blocks of lines, one after the other.
pub struct Taker<'p> {
    blocks: &'p Blocks<Reader<'p>>,
    /// The number of the first row's line.
    first: u32,
    splitter: &'p Splitter,
    bytes: Vec<u8>,
}

impl Taker<'_> {
    /// The next block that nobody else has; `None` at the end of the file.
    pub fn take(&mut self) -> Result<Option<LineBlock<'_>>, Unfit> {
        let splitter = self.splitter;
        let block = self.bytes()?;
        block
            .map(|(before, bytes)| LineBlock::of(bytes, before, splitter))
            .transpose()
    }

    /// The same as it stands in the file, and how many rows of the file are before it; its last line has an end.
    fn bytes(&mut self) -> Result<Option<(u32, &[u8])>, Unfit> {
        let line = self.blocks.fill(&mut self.bytes)?;
        end_line(&mut self.bytes);
        Ok(line.map(|line| (line - self.first, &*self.bytes)))
    }
}

/// The last line of a file needs no end.
fn end_line(bytes: &mut Vec<u8>) {
    if bytes.last().is_some_and(|byte| *byte != b'\n') {
        bytes.push(b'\n');
    }
}

/// Some lines of a file, each a row.
pub struct LineBlock<'b> {
    /// How many rows of the file are before them.
    before: u32,
    text: &'b str,
    splitter: &'b Splitter,
}

impl<'b> LineBlock<'b> {
    /// These bytes.
    fn of(bytes: &'b [u8], before: u32, splitter: &'b Splitter) -> Result<Self, Unfit> {
        Ok(Self {
            before,
            text: encoding::utf_8(bytes).ok_or(Unfit::Encoding)?,
            splitter,
        })
    }

    /// The lines, without what ends them, each with how many rows of the file are before it. They are not looked at.
    pub fn lines(&self) -> impl Iterator<Item = (u32, &'b str)> {
        let mut rest = self.text;
        let lines = std::iter::from_fn(move || {
            let end = memchr(b'\n', rest.as_bytes())?;
            let line = &rest[..end];
            rest = &rest[end + 1..];
            Some(line.strip_suffix('\r').unwrap_or(line))
        });
        (self.before..).zip(lines)
    }

    /// The cells in `wanted` columns of each row; or the first thing that is not as in a plain file.
    pub fn rows(
        &self,
        wanted: &[usize],
        mut take: impl FnMut(u32, &[Cow<'b, str>]),
    ) -> Result<(), Unfit> {
        if records::has_lone_cr(self.text.as_bytes()) {
            return Err(Unfit::LineEnd);
        }
        let (mut cells, mut row) = (vec![], self.before);
        let mut lines = self.splitter.lines(self.text);
        while self.splitter.row(&mut lines, wanted, &mut cells)? {
            take(row, &cells);
            row += 1;
        }
        Ok(())
    }
}

/// Some of the lines of a file.
#[derive(Clone, Debug, Default)]
pub struct Lines {
    /// They, each with a line end.
    text: String,
    /// Of each how many rows of the file are before it.
    rows: Vec<u32>,
}

impl Lines {
    /// Of a block with so many rows before it those lines that are `wanted`, which are in order and may go beyond it.
    fn of(bytes: &[u8], before: u32, wanted: &[u32]) -> Result<Self, Unfit> {
        let mut lines = Self::default();
        let mut wanted = wanted.iter().copied().peekable();
        let (mut row, mut start) = (before, 0);
        for end in memchr_iter(b'\n', bytes) {
            if wanted.next_if_eq(&row).is_some() {
                let line = encoding::utf_8(&bytes[start..end]).ok_or(Unfit::Encoding)?;
                lines.text.push_str(line.strip_suffix('\r').unwrap_or(line));
                lines.text.push('\n');
                lines.rows.push(row);
            }
            (row, start) = (row + 1, end + 1);
        }
        Ok(lines)
    }
}

/// All lines of a file, as they stand in it.
pub struct Held(Vec<HeldBlock>);

struct HeldBlock {
    /// How many rows of the file are before it.
    first: u32,
    text: Box<str>,
    /// Where in the text each of its lines begins.
    starts: Box<[u32]>,
}

impl HeldBlock {
    fn of(block: &LineBlock<'_>) -> Self {
        let text = block.text;
        // No block has more bytes than 32 bits count.
        let starts = memchr_iter(b'\n', text.as_bytes()).map(|end| end as u32 + 1);
        let starts: Vec<u32> = std::iter::once(0).chain(starts).collect();
        Self {
            first: block.before,
            text: text.into(),
            starts: starts.into(),
        }
    }
}

impl Held {
    /// The line of the row that has so many before it, without what ends it.
    pub fn line(&self, row: u32) -> Option<&str> {
        let after = self.0.partition_point(|block| block.first <= row);
        let block = self.0.get(after.checked_sub(1)?)?;
        let at = (row - block.first) as usize;
        let (start, end) = (*block.starts.get(at)?, *block.starts.get(at + 1)?);
        let line = &block.text[start as usize..end as usize - 1];
        Some(line.strip_suffix('\r').unwrap_or(line))
    }
}
