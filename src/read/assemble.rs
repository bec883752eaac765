//! Makes a table from rows of cells, whatever file they come from.
//!
//! The first rows are kept until the header row is known; from there on rows go straight into the table. What is not
//! taken into the table (blank rows, footers, cells outside it) is counted and said in notes, never lost in silence.

use super::body::{Body, Shape};
use super::header::Header;
use super::header_pair;
use super::header_row::{self, ROWS_LOOKED_AT};
use super::records::Record;
use super::{Format, RowFault, Source, Table};
use crate::diagnostic::{Code, Finding};
use crate::table::{Cell, Date, Origin, Place};
use crate::text;

/// 1899-12-30 in days since 1970-01-01.
const SERIAL_EPOCH: i32 = -25_569;

/// A cell that owns its text.
pub(super) enum Held {
    Text(Box<str>),
    Other(Cell<'static>),
}

impl Held {
    pub(super) fn of(cell: Cell<'_>) -> Self {
        match cell {
            Cell::Text(text) => Self::Text(text.into()),
            Cell::Blank => Self::Other(Cell::Blank),
            Cell::Number(value) => Self::Other(Cell::Number(value)),
            Cell::Percent(value) => Self::Other(Cell::Percent(value)),
            Cell::Date(value) => Self::Other(Cell::Date(value)),
            Cell::Bool(value) => Self::Other(Cell::Bool(value)),
            Cell::Error(error) => Self::Other(Cell::Error(error)),
        }
    }

    pub(super) fn cell(&self) -> Cell<'_> {
        match self {
            Self::Text(text) => Cell::Text(text),
            Self::Other(cell) => *cell,
        }
    }

    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Other(_) => None,
        }
    }

    pub(super) fn is_blank(&self) -> bool {
        is_blank(&self.cell())
    }

    /// The text of a header cell: a year that is a number, a month that is a date are headers too.
    pub(super) fn shown(&self) -> String {
        match self.cell() {
            Cell::Blank => String::new(),
            Cell::Text(text) => text.to_owned(),
            Cell::Number(value) => value.to_string(),
            Cell::Percent(value) => format!("{}%", value * 100.0),
            Cell::Date(serial) => Date::from_days(serial.floor() as i32 + SERIAL_EPOCH)
                .map_or_else(|| serial.to_string(), |date| date.to_string()),
            Cell::Bool(value) => value.to_string().to_uppercase(),
            Cell::Error(error) => error.text().to_owned(),
        }
    }
}

/// A row that is kept until the header row is known.
pub(super) struct HeadRow {
    pub(super) number: u32,
    pub(super) cells: Vec<Held>,
    pub(super) fault: Option<RowFault>,
}

impl HeadRow {
    pub(super) fn of(record: &Record<'_>) -> Self {
        Self {
            number: record.line,
            cells: record.cells.iter().map(|cell| Held::of(*cell)).collect(),
            fault: record.fault,
        }
    }

    /// The row again; `cells` are its own.
    pub(super) fn record<'r>(&self, cells: &'r [Cell<'r>]) -> Record<'r> {
        Record {
            line: self.number,
            cells,
            written: None,
            fault: self.fault,
            end: 0,
        }
    }

    pub(super) fn is_blank(&self) -> bool {
        self.cells.iter().all(Held::is_blank)
    }

    /// Each cell as a header.
    fn headers(&self) -> Vec<Header> {
        let cells = self.cells.iter();
        cells.map(|cell| Header::new(&cell.shown())).collect()
    }
}

/// Nothing, or nothing but spaces.
pub(super) fn is_blank(cell: &Cell<'_>) -> bool {
    match cell {
        Cell::Blank => true,
        // What nearly every cell begins with.
        Cell::Text(text) => {
            !text.as_bytes().first().is_some_and(u8::is_ascii_graphic) && text.trim().is_empty()
        }
        _ => false,
    }
}

/// A finished table, and whether it has the key of a known sheet.
pub(super) struct Candidate {
    pub(super) table: Table,
    pub(super) matched: bool,
}

/// Takes rows from top to bottom and becomes a [`Candidate`].
pub(super) struct Assembler<'a> {
    source: &'a Source<'a>,
    origin: Origin,
    format: Format,
    size: usize,
    head: Vec<HeadRow>,
    /// Stretches of blank rows among the first rows: where they start, and how many.
    head_blank: Vec<(u32, u32)>,
    body: Option<Body<'a>>,
    /// Whether the workbook counts days from 1904-01-01.
    pub(super) serials_from_1904: bool,
}

impl<'a> Assembler<'a> {
    /// A table of `source`; `size` is how many bytes the file has.
    pub(super) fn new(
        source: &'a Source<'a>,
        worksheet: Option<&str>,
        format: Format,
        size: u64,
    ) -> Self {
        Self {
            source,
            origin: source.origin(worksheet),
            format,
            size: usize::try_from(size).unwrap_or_default(),
            head: vec![],
            head_blank: vec![],
            body: None,
            serials_from_1904: false,
        }
    }

    /// How many columns matter: the table's width once it is known.
    pub(super) fn width(&self) -> usize {
        self.body
            .as_ref()
            .map_or(usize::MAX, |body| body.shape.headers.len())
    }

    /// Whether more rows are of use. They are not once the header matches no sheet of the scheme.
    pub(super) fn wants_more(&self) -> bool {
        self.source.known.is_empty() || self.body.as_ref().is_none_or(|body| body.shape.matched)
    }

    /// A cell beyond [`Self::width`] that is not blank.
    pub(super) fn stray(&mut self, row: u32, column: u32) {
        if let Some(body) = &mut self.body {
            body.stray(row, column);
        }
    }

    /// `count` blank rows from row `first`, that the file's format passes over.
    pub(super) fn blank_rows(&mut self, first: u32, count: u32) {
        match &mut self.body {
            Some(body) => body.blank_rows(first, count),
            None => self.head_blank.push((first, count)),
        }
    }

    /// The next row of a worksheet, from its first column on.
    pub(super) fn row(&mut self, number: u32, cells: &[Cell<'_>]) -> Result<(), Vec<Finding>> {
        self.record(&Record::of_sheet(number, cells))
    }

    /// The next row of a text file: its cells are as many as it has fields.
    pub(super) fn record(&mut self, record: &Record<'_>) -> Result<(), Vec<Finding>> {
        let (number, cells) = (record.line, record.cells);
        if let Some(body) = &mut self.body {
            if body.rows.memory() > self.source.limits.table() {
                return Err(too_large(self.source, self.origin.place()));
            }
            body.row(record, self.format);
            return Ok(());
        }
        if cells.iter().all(is_blank) {
            self.head_blank.push((number, 1));
            return Ok(());
        }
        self.head.push(HeadRow::of(record));
        let enough = match self.source.options.header_row {
            Some(wanted) => number >= wanted,
            None => self.head.len() >= ROWS_LOOKED_AT,
        };
        if enough { self.settle() } else { Ok(()) }
    }

    /// Decides on the header row and brings the rows below it in.
    pub(super) fn settle(&mut self) -> Result<(), Vec<Finding>> {
        let chosen = header_row::choose(&self.head, &self.source.lexicon, self.source.options)
            .map_err(|findings| {
                findings
                    .into_iter()
                    .map(|finding| finding.place(self.origin.place()))
                    .collect::<Vec<_>>()
            })?;
        let Some(index) = chosen else { return Ok(()) };
        let mut head = std::mem::take(&mut self.head);
        // A row that the user names is the header as it is.
        let pair = match self.source.options.header_row {
            Some(_) => None,
            None => self.pair(&head, index),
        };
        let (above, last, headers) = match pair {
            Some((first, headers)) => (first, first + 1, headers),
            None => (index, index, head[index].headers()),
        };
        let below = head.split_off(last + 1);
        let Some(header) = head.pop() else {
            return Ok(());
        };
        head.truncate(above);
        let mut body = Body::new(&header, headers, &head, self.format, self.source);
        body.shape.two_rows = last > above;
        let cells: Vec<Cell<'_>> = header.cells.iter().map(Held::cell).collect();
        body.strays_of(header.number, &cells);
        if self.format == Format::Text {
            // The rows are nearly all of the file; growing step by step would copy them several times.
            body.rows.reserve(self.size);
        }
        let mut blank = self
            .head_blank
            .iter()
            .filter(|(first, _)| *first > header.number)
            .peekable();
        for row in &below {
            while let Some((first, count)) = blank.next_if(|(first, _)| *first < row.number) {
                body.blank_rows(*first, *count);
            }
            let cells: Vec<Cell<'_>> = row.cells.iter().map(Held::cell).collect();
            body.row(&row.record(&cells), self.format);
        }
        for (first, count) in blank {
            body.blank_rows(*first, *count);
        }
        self.body = Some(body);
        Ok(())
    }

    /// The index of the upper of two header rows, of which `index` is one, and what they say together.
    fn pair(&self, head: &[HeadRow], index: usize) -> Option<(usize, Vec<Header>)> {
        let joined = |upper: usize| {
            let (above, below) = (head.get(upper)?, head.get(upper + 1)?);
            let next = head.get(upper + 2);
            let headers = header_pair::joined(above, below, next, &self.source.lexicon)?;
            Some((upper, headers))
        };
        joined(index).or_else(|| joined(index.checked_sub(1)?))
    }

    /// Whether the header row is known.
    pub(super) fn is_settled(&self) -> bool {
        self.body.is_some()
    }

    /// What is known of the table when its header is; `None` if it is not.
    pub(super) fn shape(&self) -> Option<Shape> {
        self.body.as_ref().map(Body::shape)
    }

    /// The table; `None` if there is nothing in it.
    pub(super) fn finish(mut self) -> Result<Option<Candidate>, Vec<Finding>> {
        if self.body.is_none() {
            self.settle()?;
        }
        let Some(mut body) = self.body else {
            return Ok(None);
        };
        if let Some(error) = body.units_differ(&self.origin) {
            return Err(vec![error]);
        }
        body.finish(self.format);
        Ok(Some(Candidate {
            matched: body.shape.matched,
            table: Table {
                serials_from_1904: self.serials_from_1904,
                notes: body.notes(&self.origin),
                ..body.table(self.origin, self.format)
            },
        }))
    }
}

/// A table beyond the limits.
pub(super) fn too_large(source: &Source<'_>, place: Place) -> Vec<Finding> {
    let twice = source.options.guard.twice();
    let error = Finding::error(Code::TooLarge, text!("too many cells", "单元格过多")).place(place);
    vec![error.help(text!(
        "split the file; if it is sound, allow it more: `--read-memory {twice}`",
        "请拆分文件；若文件无误，可放宽限制：`--read-memory {twice}`"
    ))]
}
