//! The records of a text file: fields between delimiters, quoted where they must be.
//!
//! Takes text and its delimiter; gives each record with the line on which it starts. A record whose quotes are not as
//! they must be costs its own line and no more: the next line is a record again. Which lines those are is decided so:
//!
//! - A field is quoted if it begins with a quote. Its closing quote stands before a delimiter or the end of the line,
//!   spaces apart; a doubled quote within is one quote. A quote within a field that does not begin with one is text.
//! - A quoted field may go over several lines, but then its record has as many fields as records of a single line have.
//!   If it has not, the quote was a stray one, and the lines after it are records of their own. So it was if each of
//!   the lines between the field's first and its last would be a record with as many fields as records have: those are
//!   rows that two stray quotes enclose, not a text.
//! - Where a stray quote opens a text that its line does not close, the next line with a field that ends with a quote
//!   may be the end of that text, so it is not taken for a record either.

mod ends;

pub(super) use ends::has_lone_cr;

use super::RowFault;
use crate::table::Cell;
use ends::{End, Ends};
use memchr::memchr_iter;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::convert::Infallible;

/// From how many records the usual number of fields is taken.
const SAMPLE_RECORDS: usize = 200;

/// A record, or lines without one.
pub(super) enum Piece<'r> {
    /// Empty lines.
    Blank {
        /// The number of the first.
        first: u32,
        /// How many.
        count: u32,
    },
    /// A record.
    Record(Record<'r>),
}

/// A record.
pub(super) struct Record<'r> {
    /// The number of the line on which it starts.
    pub(super) line: u32,
    /// Its fields: texts and blanks.
    pub(super) cells: &'r [Cell<'r>],
    /// Its line as it stands there, if that has no quoted field and one byte between two fields.
    pub(super) written: Option<&'r str>,
    /// What is wrong with its quotes.
    pub(super) fault: Option<RowFault>,
    /// Where it ends in the text.
    pub(super) end: usize,
}

impl<'r> Record<'r> {
    /// A row of a worksheet.
    pub(super) const fn of_sheet(number: u32, cells: &'r [Cell<'r>]) -> Self {
        Self {
            line: number,
            cells,
            written: None,
            fault: None,
            end: 0,
        }
    }
}

/// Gives each record of `text` to `take`, in order. `first_line` is the number of the text's first line.
pub(super) fn each<E>(
    text: &str,
    delimiter: char,
    first_line: u32,
    mut take: impl FnMut(Piece<'_>) -> Result<(), E>,
) -> Result<(), E> {
    let usual = Usual::of(text, delimiter);
    each_of(text, delimiter, first_line, &usual, &mut take)
}

/// The same of a text that is a part of another, where it is known how many fields records usually have there.
pub(super) fn each_of<E>(
    text: &str,
    delimiter: char,
    first_line: u32,
    usual: &Usual,
    mut take: impl FnMut(Piece<'_>) -> Result<(), E>,
) -> Result<(), E> {
    let mut scan = Scan::new(text, delimiter, first_line);
    scan.usual.clone_from(&usual.fields);
    while let Some(found) = scan.next() {
        scan.give(found, &mut take)?;
    }
    Ok(())
}

/// The fields of the first records of `text`, at most `count` of them.
pub(super) fn first(text: &str, delimiter: char, count: usize) -> Vec<Vec<String>> {
    let mut scan = Scan::new(text, delimiter, 1);
    let mut records = vec![];
    while records.len() < count
        && let Some(found) = scan.next()
    {
        let text = |cell: &Cell<'_>| match cell {
            Cell::Text(text) => (*text).to_owned(),
            _ => String::new(),
        };
        let Ok(()) = scan.give(found, &mut |piece| {
            if let Piece::Record(record) = piece {
                records.push(record.cells.iter().map(text).collect());
            }
            Ok::<(), Infallible>(())
        });
    }
    records
}

/// How many fields the first records of a single line have: a title one, the others as many as the header.
#[derive(Clone, Debug, Default)]
pub(super) struct Usual {
    fields: BTreeSet<usize>,
    /// Whether what comes after the text has no say in it: there were records enough, and nothing wrong with their
    /// quotes.
    pub(super) is_settled: bool,
}

impl Usual {
    /// Those of the first records of `text`.
    pub(super) fn of(text: &str, delimiter: char) -> Self {
        let mut scan = Scan::new(text, delimiter, 1);
        let mut usual = Self {
            fields: BTreeSet::new(),
            is_settled: true,
        };
        for _ in 0..SAMPLE_RECORDS {
            let before = scan.line;
            match scan.next() {
                Some(Found::Record {
                    is_plain, fault, ..
                }) => {
                    usual.is_settled &= fault.is_none();
                    if scan.line == before + 1 {
                        usual.fields.insert(if is_plain {
                            scan.cells.len()
                        } else {
                            scan.fields.len()
                        });
                    }
                }
                Some(_) => {}
                None => {
                    usual.is_settled = false;
                    break;
                }
            }
        }
        usual
    }
}

struct Scan<'t> {
    ends: Ends<'t>,
    /// Where the next record begins, and the number of its line.
    at: usize,
    line: u32,
    /// How many fields records have; empty if that is not known.
    usual: BTreeSet<usize>,
    /// Whether a quote was stray and what it began may still go on.
    astray: bool,
    /// The fields of the last record, if none of them is quoted.
    cells: Vec<Cell<'t>>,
    /// The fields of the last record otherwise.
    fields: Vec<Cow<'t, str>>,
}

/// The next of a text. Offsets are those of the record, without the end of its line.
#[derive(Clone, Copy)]
enum Found {
    Blank {
        first: u32,
        count: u32,
    },
    Record {
        line: u32,
        start: usize,
        end: usize,
        /// Whether its fields are in `cells`.
        is_plain: bool,
        fault: Option<RowFault>,
    },
}

impl<'t> Scan<'t> {
    fn new(text: &'t str, delimiter: char, line: u32) -> Self {
        Self {
            ends: Ends::new(text, delimiter),
            at: 0,
            line,
            usual: BTreeSet::new(),
            astray: false,
            cells: vec![],
            fields: vec![],
        }
    }

    fn next(&mut self) -> Option<Found> {
        let (line, mut blank) = (self.line, 0);
        while let Some(len) = self.ends.line(self.at).filter(|len| *len > 0) {
            self.at += len;
            blank += 1;
        }
        self.line += blank;
        if blank > 0 {
            return Some(Found::Blank {
                first: line,
                count: blank,
            });
        }
        if self.at >= self.ends.text.len() {
            return None;
        }
        let start = self.at;
        let plain_end = self.unquoted();
        let is_plain = plain_end.is_some();
        let (end, fault) = match plain_end {
            Some(end) => {
                let ends_quoted =
                    |cell: &Cell<'_>| matches!(cell, Cell::Text(text) if text.ends_with('"'));
                let is_rest = self.astray && self.cells.iter().any(ends_quoted);
                self.astray &= !is_rest;
                (end, is_rest.then_some(RowFault::StrayQuote))
            }
            None => match self.quoted() {
                Ok(end) => {
                    self.astray = false;
                    (end, None)
                }
                Err(fault) => {
                    let end = self.line_alone();
                    let quotes = memchr_iter(b'"', &self.ends.text.as_bytes()[start..end]);
                    self.astray = quotes.count() % 2 == 1;
                    (end, Some(fault))
                }
            },
        };
        self.at = end + self.ends.line(end).unwrap_or(0);
        self.line += 1;
        if !is_plain {
            self.line += self.ends.lines(start, end);
        }
        Some(Found::Record {
            line,
            start,
            end,
            is_plain,
            fault,
        })
    }

    /// Hands over what [`Self::next`] found.
    fn give<E>(
        &self,
        found: Found,
        take: &mut impl FnMut(Piece<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        match found {
            Found::Blank { first, count } => take(Piece::Blank { first, count }),
            Found::Record {
                line,
                start,
                end,
                is_plain,
                fault,
            } => {
                let unquoted: Vec<Cell<'_>>;
                let cells = if is_plain {
                    &self.cells
                } else {
                    unquoted = self.fields.iter().map(|field| cell(field)).collect();
                    &unquoted
                };
                take(Piece::Record(Record {
                    line,
                    cells,
                    written: (is_plain && self.ends.delimiter.len == 1)
                        .then(|| &self.ends.text[start..end]),
                    fault,
                    end: self.at,
                }))
            }
        }
    }

    /// Splits the record that begins here into `cells` and gives its end; `None` if a field of it is quoted.
    fn unquoted(&mut self) -> Option<usize> {
        let bytes = self.ends.text.as_bytes();
        self.cells.clear();
        let mut field = self.at;
        loop {
            if bytes.get(field) == Some(&b'"') {
                return None;
            }
            let (at, end) = self.ends.field(field);
            self.cells.push(cell(&self.ends.text[field..at]));
            match end {
                End::Delimiter => field = at + self.ends.delimiter.len,
                End::Line => return Some(at),
            }
        }
    }

    /// Splits the record that begins here into `fields`, over as many lines as its quotes go, and gives its end.
    fn quoted(&mut self) -> Result<usize, RowFault> {
        let bytes = self.ends.text.as_bytes();
        self.fields.clear();
        let (mut field, mut lines) = (self.at, 0);
        loop {
            let (at, end) = if bytes.get(field) == Some(&b'"') {
                let (text, at, end) = self.ends.quoted(field)?;
                lines += self.ends.lines(field, at);
                if self.encloses_records(field, at) {
                    return Err(RowFault::StrayQuote);
                }
                self.fields.push(text);
                (at, end)
            } else {
                let (at, end) = self.ends.field(field);
                self.fields.push(self.ends.text[field..at].into());
                (at, end)
            };
            let count = self.fields.len();
            let most = self.usual.last().copied().unwrap_or(usize::MAX);
            let is_usual = match end {
                // Told as soon as it is known, or such records would be looked through from each of their lines.
                End::Delimiter => count < most,
                End::Line => self.usual.is_empty() || self.usual.contains(&count),
            };
            if lines > 0 && !is_usual {
                return Err(RowFault::StrayQuote);
            }
            match end {
                End::Delimiter => field = at + self.ends.delimiter.len,
                End::Line => return Ok(at),
            }
        }
    }

    /// Whether the lines within the quoted field from `start` to `end`, without its first and its last, are all records
    /// of several fields, as many as others have.
    fn encloses_records(&self, start: usize, end: usize) -> bool {
        let (mut at, mut fields, mut records) = (start, 0, 0);
        let mut is_first = true;
        loop {
            let (to, what) = self.ends.field(at);
            if to >= end {
                return records > 0;
            }
            fields += 1;
            at = match what {
                End::Delimiter => to + self.ends.delimiter.len,
                End::Line => {
                    if !is_first {
                        if fields < 2 || !self.usual.contains(&fields) {
                            return false;
                        }
                        records += 1;
                    }
                    is_first = false;
                    fields = 0;
                    to + self.ends.line(to).unwrap_or(0)
                }
            };
        }
    }

    /// Splits the line that begins here, whose quotes are wrong, into `fields`: those that are quoted as they must be
    /// are unquoted, and the others stay as they stand there.
    fn line_alone(&mut self) -> usize {
        let bytes = self.ends.text.as_bytes();
        self.fields.clear();
        let mut field = self.at;
        loop {
            let is_quoted = bytes.get(field) == Some(&b'"');
            let quoted = if is_quoted {
                self.ends.quoted(field).ok()
            } else {
                None
            };
            let quoted = quoted.filter(|(_, at, _)| self.ends.lines(field, *at) == 0);
            let (at, end) = if let Some((text, at, end)) = quoted {
                self.fields.push(text);
                (at, end)
            } else {
                let (at, end) = self.ends.field(field);
                self.fields.push(self.ends.text[field..at].into());
                (at, end)
            };
            match end {
                End::Delimiter => field = at + self.ends.delimiter.len,
                End::Line => return at,
            }
        }
    }
}

const fn cell(field: &str) -> Cell<'_> {
    if field.is_empty() {
        Cell::Blank
    } else {
        Cell::Text(field)
    }
}
