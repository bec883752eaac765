//! What the start of a text file tells of all of it: its encoding, what stands between the fields, the header, and where
//! the rows begin.
//!
//! A block that begins where a record begins, and of which every record is as it must be, gives the rows that reading the
//! whole gives there: what a record is depends on nothing before it, and on nothing behind its end.

use super::Unfit;
use super::rows::Skips;
use crate::diagnostic::Finding;
use crate::read::assemble::Assembler;
use crate::read::body::{Body, Shape};
use crate::read::csv::{separator_line, single_column};
use crate::read::delimiter::{Sniffed, sniff};
use crate::read::encoding::ByLine;
use crate::read::guard::Limits;
use crate::read::header_row::Lexicon;
use crate::read::records::{self, Piece, Usual};
use crate::read::{Format, KnownSheet, Options, Source, Table, format};
use crate::table::Origin;
use memchr::{memchr_iter, memrchr};

/// What the start of a text file tells of all of it.
pub struct Head {
    pub(super) origin: Origin,
    pub(super) encoding: ByLine,
    pub(super) delimiter: char,
    pub(super) usual: Usual,
    pub(super) lexicon: Vec<Lexicon>,
    pub(super) shape: Shape,
    single_column: bool,
    /// Where the rows begin, in bytes from the start of the file.
    pub(super) start: usize,
    /// The number of their first line.
    pub(super) line: u32,
}

/// How much of a file's start is looked at, in bytes: more where that does not show what is needed, as with hundreds of
/// columns.
pub(super) const HEADS: [usize; 2] = [256 << 10, 4 << 20];

/// Delimiters that stand in no other character's bytes and end no line.
const PLAIN_DELIMITERS: [char; 4] = [',', '\t', ';', '|'];

/// UTF-16 and UTF-32 have NULs here.
const NULS_LOOKED_FOR: usize = 1 << 14;

impl Head {
    /// Of a file called `name` with `size` bytes, that begins with `bytes`: all of it, or so much of it that it shows what a record is ([`HEADS`]).
    pub(super) fn of(
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
            Some(end) if end > bytes.len() / 2 => end + 1,
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
        let sniffed = named.map_or_else(|| sniff(text, &source.lexicon), Sniffed::named);
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
        if !shape.matched && !known.is_empty() {
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

    /// The number of the rows' first line.
    pub const fn line(&self) -> u32 {
        self.line
    }

    /// How many columns there are.
    pub const fn width(&self) -> usize {
        self.shape.headers.len()
    }

    /// Whether every line from the first on may be a record as it stands there, in UTF-8 and with the header's columns:
    /// then the byte between its fields.
    pub(super) fn plain_delimiter(&self) -> Result<u8, Unfit> {
        let shape = &self.shape;
        let is_plain = self.encoding == ByLine::UTF_8
            && (shape.header_row, self.line) == (1, 2)
            && shape.extent == shape.headers.len()
            && shape.extent > 1
            && shape.unit_line.is_none()
            && self.notes(&Skips::default()).is_empty();
        let delimiter = self.delimiter_byte().filter(|_| is_plain);
        delimiter.ok_or(Unfit::NotPlain)
    }

    /// What stands between the fields, if it is a byte that can be looked for.
    pub(super) fn delimiter_byte(&self) -> Option<u8> {
        let is_plain = PLAIN_DELIMITERS.contains(&self.delimiter);
        is_plain.then_some(self.delimiter as u8)
    }

    /// A table without rows.
    pub fn table(&self) -> Table {
        let mut body = Body::part(&self.shape, &self.lexicon);
        body.end_of_part();
        self.table_of(body)
    }

    /// How the file was read, when all its parts are.
    pub fn notes(&self, passed_over: &Skips) -> Vec<Finding> {
        let mut notes = self.shape.notes(&passed_over.0, &self.origin);
        if self.single_column {
            notes.insert(0, single_column(&self.origin));
        }
        if let Some(note) = self.encoding.note(&self.origin) {
            notes.insert(0, note);
        }
        notes
    }

    pub(super) fn table_of(&self, body: Body<'_>) -> Table {
        Table {
            encoding: Some(self.encoding.name()),
            delimiter: Some(self.delimiter),
            ..body.table(self.origin.clone(), Format::Text)
        }
    }

    /// Where the file is named in messages.
    pub fn place(&self) -> String {
        self.origin.place().to_string()
    }
}
