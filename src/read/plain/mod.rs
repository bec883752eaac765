//! Plain text files: UTF-8, the header in the first row, and each line below it a record that fills the header's columns
//! and can be nothing but a row. Most files that programs write are. They are read in blocks of lines, by all cores, as
//! often as one likes, and never held whole.
//!
//! What makes a file plain is met line by line, and the first thing that is not as it must be ends the reading with an
//! [`Odd`]: then the file is to be opened as any other, [`open`](super::open). What is given of a plain file is what
//! opening it gives. That a line begins where the one before it ends needs no look at what is between them: a line whose
//! quotes do not close on it is odd, so that no line of a plain file lies within a quoted field.

mod blocks;
mod fields;
#[cfg(test)]
mod tests;

pub use blocks::{Block, Blocks};

use super::file_state::FileState;
use super::header_row::ROWS_LOOKED_AT;
use super::records::{self, Piece};
use super::{Format, Input, Options, Table, held};
use crate::parallel;
use crate::table::RawRows;
use fields::Splitter;
use std::convert::Infallible;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::PathBuf;

/// How much of a file is looked at to find its delimiter and header: more than the whole reader looks at for either.
const HEAD: usize = 128 << 10;

/// Delimiters that stand in no other character's bytes and end no line.
const DELIMITERS: [char; 4] = [',', '\t', ';', '|'];

/// Why a file is not plain. Nothing is wrong with it: it is opened as any other.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Odd {
    /// No text file, standard input, or one that does not begin with its header: titles, two rows of headers, columns
    /// without a header, a single column; or how it is read is worth a note.
    Head,
    /// Bytes that are not UTF-8.
    Encoding,
    /// A carriage return that ends no line.
    CarriageReturn,
    /// Nothing in the first cell, or perhaps nothing in any other: a title, a note, a unit.
    Blank,
    /// A line that is too long to be one.
    Long,
    /// More or fewer fields than the header; blank lines too.
    Fields,
    /// A quoted field that its line does not close.
    Quote,
    /// A total, a signature or a note; or the header again.
    Aside,
    /// The file cannot be read, or was written to meanwhile.
    Changed,
}

/// A file of which all that was looked at so far is plain.
pub struct Plain {
    path: PathBuf,
    /// What opening the file gives, without its rows.
    table: Table,
    splitter: Splitter,
    /// Where the first row begins.
    start: u64,
    state: FileState,
}

impl Plain {
    /// Looks at the beginning of a file of which no scheme knows the headers.
    pub fn open(input: &Input, options: &Options) -> Result<Self, Odd> {
        let Input::File {
            path,
            name,
            worksheet: None,
        } = input
        else {
            return Err(Odd::Head);
        };
        let state = state(path).ok_or(Odd::Head)?;
        let mut head = vec![];
        let file = File::open(path).map_err(|_| Odd::Head)?;
        let read = file.take(HEAD as u64).read_to_end(&mut head);
        if read.map_err(|_| Odd::Head)? == HEAD {
            let end = memchr::memrchr(b'\n', &head).ok_or(Odd::Long)?;
            head.truncate(end + 1);
        }
        let tables = held(name, &head, &[], options).map_err(|_| Odd::Head)?;
        let [mut table] = <[Table; 1]>::try_from(tables).map_err(|_| Odd::Head)?;
        let delimiter = table.delimiter.filter(|sign| DELIMITERS.contains(sign));
        let is_plain = table.format == Format::Text
            && table.encoding == Some("UTF-8")
            && table.header_row == 1
            && table.unit_line.is_none()
            // Else the whole file could have another header, or another encoding.
            && (head.len() as u64 == state.len || table.rows.len() > ROWS_LOOKED_AT)
            && memchr::memchr(0, &head).is_none()
            && table.notes.is_empty()
            && table.headers.len() > 1
            && table.headers.iter().all(|header| !header.text.is_empty());
        let Some(delimiter) = delimiter.filter(|_| is_plain) else {
            return Err(Odd::Head);
        };
        table.rows = RawRows::new(table.headers.len());
        table.broken.clear();
        let splitter = Splitter::new(delimiter as u8, &table.headers);
        let mark = if head.starts_with(b"\xEF\xBB\xBF") {
            3
        } else {
            0
        };
        let line = memchr::memchr(b'\n', &head).ok_or(Odd::Head)?;
        let header = std::str::from_utf8(&head[mark..line]).map_err(|_| Odd::Encoding)?;
        splitter.header(header.strip_suffix('\r').unwrap_or(header))?;
        Ok(Self {
            path: path.clone(),
            table,
            splitter,
            start: line as u64 + 1,
            state,
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
        work: impl Fn(&mut Blocks<'_>) -> Result<T, Odd> + Sync,
    ) -> Result<Vec<T>, Odd> {
        let mut file = File::open(&self.path).map_err(|_| Odd::Changed)?;
        file.seek(SeekFrom::Start(self.start))
            .map_err(|_| Odd::Changed)?;
        let line = blocks::Line::new(file);
        let threads = parallel::cores();
        let done = parallel::each(threads, threads, |_| {
            let mut blocks = Blocks::new(&line, &self.splitter);
            let given = work(&mut blocks);
            if given.is_err() {
                line.end();
            }
            given
        });
        let done: Vec<T> = done.into_iter().collect::<Result<_, _>>()?;
        // Lines of two states of a file are no file.
        if state(&self.path) == Some(self.state) {
            Ok(done)
        } else {
            Err(Odd::Changed)
        }
    }

    /// The lines of some of its rows, which were looked at before.
    pub fn lines(&self, rows: &[u32]) -> Result<Lines, Odd> {
        let mut wanted = vec![];
        for row in rows {
            let (word, bit) = (*row as usize / 64, 1_u64 << (row % 64));
            if word >= wanted.len() {
                wanted.resize(word + 1, 0);
            }
            wanted[word] |= bit;
        }
        let is_wanted = |row: u32| {
            let word = wanted.get(row as usize / 64).copied().unwrap_or(0);
            word & 1 << (row % 64) != 0
        };
        let found = self.go_through(|blocks| {
            let mut lines = Lines::default();
            while let Some(block) = blocks.take()? {
                for (row, line) in block.lines().filter(|(row, _)| is_wanted(*row)) {
                    lines.push(row, line);
                }
            }
            Ok(lines)
        })?;
        Ok(Lines::joined(&found))
    }

    /// The table with these of its rows.
    pub fn with_rows(&self, lines: &Lines) -> Table {
        let mut table = self.table.clone();
        table.rows.reserve(lines.text.len());
        // Each line is a record: that was seen when it was looked at.
        let mut numbers = lines.rows.iter().map(|(row, _)| row + table.header_row + 1);
        let Ok(()) = records::each(&lines.text, self.splitter.sign(), 1, |piece| {
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

/// Some of the lines of a file.
#[derive(Clone, Debug, Default)]
pub struct Lines {
    /// They, each with a line end.
    text: String,
    /// Of each how many rows of the file are before it, and where it is in the text.
    rows: Vec<(u32, usize)>,
}

impl Lines {
    fn push(&mut self, row: u32, line: &str) {
        self.rows.push((row, self.text.len()));
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// What several have, in the order of the file.
    fn joined(parts: &[Self]) -> Self {
        let mut places: Vec<(u32, usize, usize)> = vec![];
        for (number, part) in parts.iter().enumerate() {
            places.extend(part.rows.iter().map(|(row, at)| (*row, number, *at)));
        }
        places.sort_unstable();
        let mut all = Self {
            text: String::with_capacity(parts.iter().map(|part| part.text.len()).sum()),
            rows: Vec::with_capacity(places.len()),
        };
        for (row, number, at) in places {
            let line = &parts[number].text[at..];
            let end = memchr::memchr(b'\n', line.as_bytes()).unwrap_or(line.len());
            all.push(row, &line[..end]);
        }
        all
    }
}

/// The state of what stands there now; `None` for what is no file, or is not there.
fn state(path: &std::path::Path) -> Option<FileState> {
    let about = path.metadata().ok().filter(std::fs::Metadata::is_file)?;
    Some(FileState::from(&about))
}
