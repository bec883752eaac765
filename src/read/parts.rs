//! Text files in parts: the head tells how the whole is read, then each part is read by itself.
//!
//! A part that begins where a record begins, and of which every record is as it must be, gives the rows that reading the
//! whole gives there: what a record is depends on nothing before it, and on nothing behind its end. Where that does not
//! hold ([`Unfit`]) the file is read whole, which is always right.

use super::assemble::Assembler;
use super::body::{Body, Part, PassedOver, Shape};
use super::csv::{separator_line, single_column};
use super::delimiter::sniff;
use super::encoding::ByLine;
use super::header_row::Lexicon;
use super::records::{self, Piece, Usual};
use super::{Format, KnownSheet, Options, Source, Table, format};
use crate::diagnostic::Finding;
use crate::read::guard::Limits;
use crate::table::Origin;
use memchr::{memchr_iter, memrchr};
use std::io::{self, Read};

/// Why a text file is not read in parts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unfit {
    /// It is no text file, or none that is read.
    Format,
    /// It is named, or UTF-16, or something in it is not as its start says.
    Encoding,
    /// Its head does not show where the header is, or what stands between the fields: very long records or titles.
    Head,
    /// A column without a header stands between others: whether it is blank all the way, and parts two tables, all rows
    /// tell.
    NamelessColumn,
    /// A line ends in a carriage return alone.
    LineEnd,
    /// A quote is open where none may be.
    Quote,
    /// Blank rows with rows below them, a note, another unit, a second table, cells beyond the header: what they are the
    /// rows before and after them tell.
    Gap,
}

/// What the start of a text file tells of all of it.
pub struct Head {
    origin: Origin,
    encoding: ByLine,
    delimiter: char,
    usual: Usual,
    lexicon: Vec<Lexicon>,
    shape: Shape,
    single_column: bool,
    /// Where the rows begin, in bytes from the start of the file.
    pub start: usize,
    /// The number of their first line.
    pub line: u32,
}

/// Some of the rows of a text file.
pub struct Rows {
    /// They, as a table of their own with the numbers that they have in the file.
    pub table: Table,
    /// What was passed over among them.
    pub passed_over: Skips,
    /// Whether no row may come behind them.
    pub ends: bool,
}

/// Footers and repeated headers of parts, told of all of them together.
#[derive(Clone, Debug, Default)]
pub struct Skips(PassedOver);

impl Skips {
    /// Those of the part that comes next.
    pub fn append(&mut self, later: &Self) {
        self.0.append(&later.0);
    }

    pub(super) const fn of(part: PassedOver) -> Self {
        Self(part)
    }

    /// How the table was read of which these are all parts; `body` has its header.
    pub(super) fn notes(self, body: Body<'_>, origin: &Origin) -> Vec<Finding> {
        body.notes_of_parts(self.0, origin)
    }
}

/// How much of a file's start is needed.
pub const HEAD: usize = 256 << 10;

/// UTF-16 and UTF-32 have NULs here.
const NULS_LOOKED_FOR: usize = 1 << 14;

impl Head {
    /// Of a file called `name` with `size` bytes, that begins with `bytes`: all of it, or at least [`HEAD`] bytes.
    pub fn of(
        name: &str,
        bytes: &[u8],
        size: u64,
        known: &[KnownSheet],
        options: &Options,
    ) -> Result<Self, Unfit> {
        let is_all = bytes.len() as u64 == size;
        if size > format::LARGEST_TEXT || !matches!(format::detect(bytes), Ok(Format::Text)) {
            return Err(Unfit::Format);
        }
        let marked = bytes.starts_with(b"\xEF\xBB\xBF");
        let has_nuls = bytes[..bytes.len().min(NULS_LOOKED_FOR)].contains(&0);
        if options.encoding.is_some() || !marked && has_nuls {
            return Err(Unfit::Encoding);
        }
        let skipped = if marked { 3 } else { 0 };
        let end = match memrchr(b'\n', bytes) {
            _ if is_all => bytes.len(),
            Some(end) if end > HEAD / 2 => end + 1,
            _ => return Err(Unfit::Head),
        };
        let bytes = &bytes[skipped..end];
        if records::has_lone_cr(bytes) {
            return Err(Unfit::LineEnd);
        }
        let source = Source {
            file: name.into(),
            worksheet: None,
            known,
            lexicon: known.iter().map(Lexicon::of).collect(),
            options,
            limits: Limits::of(&options.guard, size),
            progress: &|_, _| {},
        };
        let encoding = match ByLine::UTF_8.text(bytes) {
            Some(_) => ByLine::UTF_8,
            None if marked => return Err(Unfit::Encoding),
            None => ByLine::of_start(bytes, is_all, &source).ok_or(Unfit::Encoding)?,
        };
        let text = encoding.text(bytes).ok_or(Unfit::Encoding)?;
        let (hint, separator) = separator_line(&text);
        let text = &text[separator..];
        let named = options.delimiter.map(char::from).or(hint);
        let sniffed = named.map_or_else(
            || sniff(text, &source.lexicon),
            super::delimiter::Sniffed::named,
        );
        let usual = Usual::of(text, sniffed.delimiter);
        if !usual.is_settled && !is_all {
            return Err(Unfit::Head);
        }
        let first_line = 1 + u32::from(separator > 0);
        let mut assembler = Assembler::new(&source, None, Format::Text, 0);
        // Where each record ends that may be the header.
        let mut ends = vec![];
        let read = records::each_of(text, sniffed.delimiter, first_line, &usual, |piece| {
            if assembler.is_settled() {
                return Err(());
            }
            match piece {
                Piece::Blank { first, count } => {
                    assembler.blank_rows(first, count);
                    Ok(())
                }
                Piece::Record(record) => {
                    ends.push((record.line, record.end));
                    if record.fault.is_some() {
                        return Err(());
                    }
                    assembler.record(&record).map_err(drop)
                }
            }
        });
        if read.is_ok() && is_all {
            assembler.settle().map_err(|_| Unfit::Head)?;
        }
        let shape = assembler.shape().ok_or(Unfit::Head)?;
        drop(assembler);
        let (_, end) = ends
            .iter()
            .find(|(line, _)| *line == shape.header_row)
            .ok_or(Unfit::Head)?;
        if !shape.matched {
            return Err(Unfit::Head);
        }
        if shape.headers[..shape.extent]
            .iter()
            .any(|header| header.text.is_empty())
        {
            return Err(Unfit::NamelessColumn);
        }
        // Lines end where they do in any encoding.
        let lines = memchr_iter(b'\n', &text.as_bytes()[..*end]).count() + first_line as usize - 1;
        let mut line_ends = memchr_iter(b'\n', bytes);
        let last = lines.checked_sub(1).and_then(|last| line_ends.nth(last));
        let start = match last {
            Some(last) if text[..*end].ends_with('\n') => last + 1,
            _ => bytes.len(),
        };
        Ok(Self {
            origin: source.origin(None),
            encoding,
            delimiter: sniffed.delimiter,
            usual,
            single_column: sniffed.single_column,
            start: skipped + start,
            line: lines as u32 + 1,
            shape,
            lexicon: source.lexicon,
        })
    }

    /// What stands between the fields.
    pub const fn delimiter(&self) -> char {
        self.delimiter
    }

    /// A table without rows.
    pub fn table(&self) -> Table {
        let mut body = Body::part(&self.shape, &self.lexicon);
        body.end_of_part();
        self.table_of(body)
    }

    /// The rows of a part of the file that begins at a record, in line `line`, and ends at the end of a record.
    pub fn rows(&self, bytes: &[u8], line: u32) -> Result<Rows, Unfit> {
        if records::has_lone_cr(bytes) {
            return Err(Unfit::LineEnd);
        }
        let text = &self.encoding.text(bytes).ok_or(Unfit::Encoding)?;
        let mut body = Body::part(&self.shape, &self.lexicon);
        body.rows.reserve(text.len());
        records::each_of(text, self.delimiter, line, &self.usual, |piece| {
            match piece {
                Piece::Blank { first, count } => body.blank_rows(first, count),
                Piece::Record(record) if record.fault.is_some() => return Err(Unfit::Quote),
                Piece::Record(record) => body.row(&record, Format::Text),
            }
            Ok(())
        })?;
        let ends = match body.standing() {
            Part::Rows => false,
            Part::Ends => true,
            Part::Open => return Err(Unfit::Gap),
        };
        let passed_over = Skips::of(body.end_of_part());
        Ok(Rows {
            table: self.table_of(body),
            passed_over,
            ends,
        })
    }

    /// How the file was read, when all its parts are.
    pub fn notes(&self, passed_over: Skips) -> Vec<Finding> {
        let body = Body::part(&self.shape, &self.lexicon);
        let mut notes = passed_over.notes(body, &self.origin);
        if self.single_column {
            notes.insert(0, single_column(&self.origin));
        }
        if let Some(note) = self.encoding.note(&self.origin) {
            notes.insert(0, note);
        }
        notes
    }

    fn table_of(&self, body: Body<'_>) -> Table {
        Table {
            origin: self.origin.clone(),
            format: Format::Text,
            encoding: Some(self.encoding.name()),
            delimiter: Some(self.delimiter),
            header_row: body.header_row,
            headers: body.headers,
            unit_line: body.unit_line,
            serials_from_1904: false,
            rows: body.rows,
            broken: body.broken,
            notes: vec![],
        }
    }

    /// Where the file is named in messages.
    pub fn place(&self) -> String {
        self.origin.place().to_string()
    }
}

/// Some bytes of a file that begin at a record and end behind one, as far as quotes show it.
#[derive(Debug)]
pub struct Block {
    /// They.
    pub bytes: Vec<u8>,
    /// The number of their first line.
    pub line: u32,
}

/// Cuts what comes from a reader into blocks.
pub struct Blocks<R> {
    reader: R,
    size: usize,
    /// What is behind the last block.
    rest: Vec<u8>,
    line: u32,
    is_at_end: bool,
}

/// A block without a line end outside quotes grows to so many times its size; then any line end will do. Where that is
/// within a quoted field, reading the block finds it out.
const LARGEST: usize = 8;

impl<R: Read> Blocks<R> {
    /// Of `reader`, whose first line is `line`: blocks of about `size` bytes.
    pub const fn new(reader: R, line: u32, size: usize) -> Self {
        Self {
            reader,
            size,
            rest: vec![],
            line,
            is_at_end: false,
        }
    }

    /// The next block; none at the end of the file.
    pub fn block(&mut self) -> io::Result<Option<Block>> {
        let mut bytes = Vec::with_capacity(self.size + self.rest.len());
        bytes.append(&mut self.rest);
        let mut wanted = self.size;
        while !self.is_at_end {
            let missing = wanted.saturating_sub(bytes.len()) as u64;
            let read = self.reader.by_ref().take(missing).read_to_end(&mut bytes)?;
            self.is_at_end = read == 0 && missing > 0;
            if bytes.len() < wanted {
                continue;
            }
            if let Some(end) = cut(&bytes, wanted >= LARGEST * self.size) {
                self.rest.extend_from_slice(&bytes[end..]);
                bytes.truncate(end);
                break;
            }
            wanted *= 2;
        }
        if bytes.is_empty() {
            return Ok(None);
        }
        let line = self.line;
        self.line += memchr_iter(b'\n', &bytes).count() as u32;
        Ok(Some(Block { bytes, line }))
    }
}

/// Where a block ends: behind its last line end outside quotes, or the last of all, if any will do.
fn cut(bytes: &[u8], any: bool) -> Option<usize> {
    let mut end = bytes.len();
    let mut quotes = memchr_iter(b'"', bytes).count();
    while let Some(at) = memrchr(b'\n', &bytes[..end]) {
        // The quotes before the line end.
        quotes -= memchr_iter(b'"', &bytes[at..end]).count();
        if any || quotes.is_multiple_of(2) {
            return Some(at + 1);
        }
        end = at;
    }
    None
}
