//! Large text files that are as plain as can be, piece by piece: one record a line, no quotes, every line with as many
//! fields as the header.
//!
//! Takes a file; gives the table that it is, without its rows, and then the rows of each piece for itself, so that all
//! cores can read and nobody holds the file. What is not so plain is said ([`NotPlain`]) as soon as it is met; then the
//! file is to be read whole, by [`super::open`]. What is read here is what reading it whole gives.

use super::assemble::is_blank;
use super::file_state::FileState;
use super::{
    DEFAULT_MEMORY, Format, Input, KnownSheet, Options, Table, footer, held, is_lock_file,
};
use crate::table::RawRows;
use memchr::{memchr, memchr_iter};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Why a file is not read piece by piece.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NotPlain {
    /// It is standard input, one worksheet is named, or it cannot be read.
    Input,
    /// It is too small for it to matter.
    Small,
    /// The user says where the header is, or allows less memory than usual.
    Options,
    /// Its first rows are no table of a sheet of the scheme in UTF-8 with the header on line 1, or there is something to
    /// say of them.
    Head,
    /// A column has no header.
    Header,
    /// There is a quote.
    Quote,
    /// There is a control character, or a line that ends with a carriage return alone.
    Control,
    /// It is not UTF-8.
    Encoding,
    /// A line is blank, or has more or fewer fields than the header.
    Fields,
    /// A line is longer than any record has need of.
    LongLine,
    /// A row looks like a total or a note.
    Footer,
}

/// How large the parts are in which a file is read, in bytes.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    /// Smaller files are read whole.
    pub least: u64,
    /// What of the beginning shows what the file is.
    pub head: usize,
    /// A piece, which the caches of a core should hold.
    pub piece: u64,
}

impl Default for Sizes {
    fn default() -> Self {
        Self {
            least: 8 << 20,
            head: 256 << 10,
            piece: 1 << 20,
        }
    }
}

/// The longest line.
const LONGEST_LINE: u64 = 1 << 20;

/// A file that seems plain.
pub struct Lines {
    /// What it is, with the first of its rows.
    pub table: Table,
    /// Opened once: what is put in its place meanwhile is another file.
    file: Mutex<File>,
    state: FileState,
    /// Where the rows begin and the file ends.
    start: u64,
    end: u64,
    piece: u64,
    delimiter: u8,
    /// The column by which totals and notes are told from rows.
    key: usize,
}

impl Lines {
    /// Looks at the head of a file.
    pub fn open(
        input: &Input,
        known: &[KnownSheet],
        options: &Options,
        sizes: Sizes,
    ) -> Result<Self, NotPlain> {
        let Input::File {
            path,
            name,
            worksheet: None,
        } = input
        else {
            return Err(NotPlain::Input);
        };
        if options.header_row.is_some() || options.guard.memory < DEFAULT_MEMORY {
            return Err(NotPlain::Options);
        }
        // Looked at before it is opened: opening a pipe waits for its writer.
        let is_file = std::fs::metadata(path).is_ok_and(|about| about.is_file());
        if is_lock_file(path) || !is_file {
            return Err(NotPlain::Input);
        }
        let mut file = File::open(path).map_err(|_| NotPlain::Input)?;
        let state = FileState::of(&file).map_err(|_| NotPlain::Input)?;
        if state.len < sizes.least {
            return Err(NotPlain::Small);
        }
        let head = read_at(&mut file, 0, sizes.head as u64);
        let mut head = head.map_err(|_| NotPlain::Input)?;
        if (head.len() as u64) < state.len {
            let end = memchr::memrchr(b'\n', &head).ok_or(NotPlain::LongLine)?;
            head.truncate(end + 1);
        }
        let mark = if head.starts_with(b"\xEF\xBB\xBF") {
            3
        } else {
            0
        };
        plain(&head[mark..])?;
        let first = memchr(b'\n', &head).ok_or(NotPlain::Head)?;
        let tables = held(name, &head, known, options).map_err(|_| NotPlain::Head)?;
        let table = <[Table; 1]>::try_from(tables).map_err(|_| NotPlain::Head)?;
        let [table] = table;
        let delimiter = table.delimiter.filter(char::is_ascii);
        let delimiter = delimiter.ok_or(NotPlain::Head)? as u8;
        let is_sound = table.format == Format::Text
            && table.encoding == Some("UTF-8")
            && table.header_row == 1
            && table.unit_line.is_none()
            && table.broken.is_empty()
            && table.notes.is_empty()
            && !table.rows.is_empty();
        if !is_sound {
            return Err(NotPlain::Head);
        }
        // The header's own line has no field that the table does not have.
        let fields = 1 + memchr_iter(delimiter, &head[..first]).count();
        let has_name = |column: usize| !table.headers[column].text.is_empty();
        if fields != table.headers.len() || fields < 2 || !(0..fields).all(has_name) {
            return Err(NotPlain::Header);
        }
        let keys: Vec<super::Lexicon> = known.iter().map(super::Lexicon::of).collect();
        let is_key = |column: &usize| {
            let folded = &table.headers[*column].folded;
            keys.iter().any(|known| known.key.contains(folded))
        };
        let key = (0..fields).find(is_key).ok_or(NotPlain::Head)?;
        Ok(Self {
            file: Mutex::new(file),
            state,
            start: first as u64 + 1,
            end: state.len,
            piece: sizes.piece.max(1),
            delimiter,
            key,
            table,
        })
    }

    /// Whether nobody has written to the file since its head was read. Asked when all pieces are read: lines of two
    /// states of a file are no file.
    pub fn is_unchanged(&self) -> bool {
        FileState::of(&self.file()).is_ok_and(|state| state == self.state)
    }

    fn file(&self) -> MutexGuard<'_, File> {
        self.file.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many pieces there are.
    pub fn pieces(&self) -> usize {
        (self.end - self.start).div_ceil(self.piece) as usize
    }

    /// The first `width` columns of the rows that begin in a piece, numbered from 0.
    pub fn piece(&self, index: usize, width: usize) -> Result<RawRows, NotPlain> {
        let from = self.start + index as u64 * self.piece;
        let to = self.end.min(from + self.piece);
        // A line is of the piece in which its first byte is: behind the line end before it.
        let before = u64::from(index > 0);
        let wanted = to - from + before + LONGEST_LINE.min(self.end - to);
        let most = (4 << 10).min(self.end - to);
        let mut bytes = read_at(&mut self.file(), from - before, (to - from + before) + most)
            .map_err(|_| NotPlain::Input)?;
        let inside = (to - from + before) as usize;
        let begin = match index {
            0 => Some(0),
            _ => memchr(b'\n', &bytes).map(|at| at + 1),
        };
        if to < self.end {
            let end = memchr(b'\n', &bytes[(inside - 1).min(bytes.len())..]);
            if end.is_none() && wanted > bytes.len() as u64 {
                bytes = read_at(&mut self.file(), from - before, wanted)
                    .map_err(|_| NotPlain::Input)?;
            }
            let rest = &bytes[(inside - 1).min(bytes.len())..];
            let is_whole = from - before + bytes.len() as u64 >= self.end;
            let end = match memchr(b'\n', rest) {
                Some(at) => inside + at,
                // The last line of the file needs no end.
                None if is_whole => bytes.len(),
                None => return Err(NotPlain::LongLine),
            };
            bytes.truncate(end);
        }
        // A line that goes over the whole piece is that of an earlier one.
        let begin = begin.filter(|begin| *begin < inside);
        let Some(begin) = begin else {
            return Ok(RawRows::new(width));
        };
        bytes.drain(..begin);
        plain(&bytes)?;
        let text = String::from_utf8(bytes).map_err(|_| NotPlain::Encoding)?;
        let fields = self.table.headers.len();
        let rows = RawRows::of_lines(text, self.delimiter, fields, width.max(self.key + 1));
        let rows = rows.ok_or(NotPlain::Fields)?;
        for row in 0..rows.len() {
            let cell = rows.cell(row, self.key);
            let crate::table::Cell::Text(text) = cell else {
                return Err(NotPlain::Fields);
            };
            // Of a row without a key another cell tells.
            if is_blank(&cell) || footer::is_footer(text) {
                return Err(NotPlain::Footer);
            }
        }
        Ok(rows)
    }
}

/// Some bytes of a file; fewer at its end.
fn read_at(file: &mut File, from: u64, count: u64) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(from))?;
    let mut bytes = Vec::with_capacity(usize::try_from(count).unwrap_or_default());
    file.take(count).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Whether there is nothing in these lines but text, tabs and line ends.
fn plain(bytes: &[u8]) -> Result<(), NotPlain> {
    #[expect(
        clippy::needless_bitwise_bool,
        reason = "one pass without a branch, which the compiler vectorises; what it is matters only where there is one"
    )]
    let odd = |byte: u8| (byte < b' ') & (byte != b'\n') & (byte != b'\t') | (byte == b'"');
    for part in bytes.chunks(1 << 12) {
        if !part.iter().fold(false, |any, byte| any | odd(*byte)) {
            continue;
        }
        if memchr(b'"', part).is_some() {
            return Err(NotPlain::Quote);
        }
        let is_odd = |byte: &u8| *byte < b' ' && !matches!(byte, b'\n' | b'\t' | b'\r');
        if part.iter().any(is_odd) {
            return Err(NotPlain::Control);
        }
    }
    let is_alone = |at: usize| bytes.get(at + 1) != Some(&b'\n');
    if memchr_iter(b'\r', bytes).any(is_alone) {
        return Err(NotPlain::Control);
    }
    Ok(())
}
