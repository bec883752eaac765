//! Makes a table from rows of cells, whatever file they come from.
//!
//! The first rows are kept until the header row is known; from there on rows go straight into the table. What is not
//! taken into the table (blank rows, footers, cells outside it) is counted and said in notes, never lost in silence.

use super::header::Header;
use super::header_row::{self, ROWS_LOOKED_AT};
use super::{Format, Ragged, Source, Table, footer};
use crate::diagnostic::{Code, Finding};
use crate::table::{Cell, Date, Origin, Place, RawRows};
use crate::text;

/// A blank stretch of the header row that is longer ends the table: what is beyond it is a stray cell, not a header.
const LONGEST_GAP: usize = 50;

/// No table has more cells than this plus its file's size in bytes, which no honest file reaches. It bounds the memory
/// that a few bytes in a wide header can ask for.
const MOST_CELLS: u64 = 60_000_000;

/// How many places of stray cells, and of skipped rows of one kind, are kept.
const PLACES_KEPT: usize = 1000;

/// 1899-12-30 in days since 1970-01-01.
const SERIAL_EPOCH: i32 = -25_569;

/// A cell that owns its text.
pub(super) enum Held {
    Text(Box<str>),
    Other(Cell<'static>),
}

impl Held {
    fn of(cell: Cell<'_>) -> Self {
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

    fn cell(&self) -> Cell<'_> {
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
}

impl HeadRow {
    pub(super) fn is_blank(&self) -> bool {
        self.cells.iter().all(Held::is_blank)
    }
}

fn is_blank(cell: &Cell<'_>) -> bool {
    match cell {
        Cell::Blank => true,
        Cell::Text(text) => text.trim().is_empty(),
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
    most_cells: u64,
    head: Vec<HeadRow>,
    /// Stretches of blank rows among the first rows: where they start, and how many.
    head_blank: Vec<(u32, u32)>,
    body: Option<Body>,
}

struct Body {
    header_row: u32,
    headers: Vec<Header>,
    /// The header's fields without the blank ones at its end.
    extent: usize,
    /// The columns that have a header or a cell.
    used: usize,
    key: Option<usize>,
    matched: bool,
    unit_line: Option<String>,
    titles: usize,
    rows: RawRows,
    ragged: Vec<Ragged>,
    blank: Blank,
    /// Blank rows since the last row that was not; those at the end are no gap in the table.
    blank_pending: Blank,
    footers: Skipped,
    repeats: Skipped,
    strays: Vec<(u32, u32)>,
    stray_count: u64,
}

/// Blank rows: how many, and the first. A worksheet can have a million, so they are not listed.
#[derive(Default)]
struct Blank {
    count: u64,
    first: u32,
}

impl Blank {
    fn add(&mut self, first: u32, count: u64) {
        if self.count == 0 {
            self.first = first;
        }
        self.count += count;
    }
}

/// Rows that were passed over: how many, and where.
#[derive(Default)]
struct Skipped {
    count: u64,
    rows: Vec<u32>,
}

impl Skipped {
    fn add(&mut self, row: u32) {
        self.count += 1;
        if self.rows.len() < PLACES_KEPT {
            self.rows.push(row);
        }
    }

    fn notes(&self, origin: &Origin, title: &crate::diagnostic::Text, notes: &mut Vec<Finding>) {
        notes.extend(
            self.rows.iter().map(|row| Finding::note(Code::SkippedRows, title.clone()).place(origin.row(*row))),
        );
    }
}

impl<'a> Assembler<'a> {
    /// A table of `source`; `size` is how many bytes the file has.
    pub(super) fn new(source: &'a Source<'a>, worksheet: Option<&str>, format: Format, size: u64) -> Self {
        Self {
            source,
            origin: source.origin(worksheet),
            format,
            most_cells: MOST_CELLS + size,
            head: vec![],
            head_blank: vec![],
            body: None,
        }
    }

    /// How many columns matter: the table's width once it is known.
    pub(super) fn width(&self) -> usize {
        self.body.as_ref().map_or(usize::MAX, |body| body.headers.len())
    }

    /// Whether more rows are of use. They are not once the header matches no sheet of the scheme.
    pub(super) fn wants_more(&self) -> bool {
        self.source.known.is_empty() || self.body.as_ref().is_none_or(|body| body.matched)
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
            Some(body) => body.blank_pending.add(first, count.into()),
            None => self.head_blank.push((first, count)),
        }
    }

    /// The next row, from its first column on. For text files the slice is as long as the row has fields.
    pub(super) fn row(&mut self, number: u32, cells: &[Cell<'_>]) -> Result<(), Finding> {
        if let Some(body) = &mut self.body {
            if body.rows.len() as u64 * body.headers.len() as u64 > self.most_cells {
                return Err(too_large(&self.origin.place()));
            }
            body.row(number, cells, self.format);
            return Ok(());
        }
        if cells.iter().all(is_blank) {
            self.head_blank.push((number, 1));
            return Ok(());
        }
        self.head.push(HeadRow { number, cells: cells.iter().map(|cell| Held::of(*cell)).collect() });
        let enough = match self.source.options.header_row {
            Some(wanted) => number >= wanted,
            None => self.head.len() >= ROWS_LOOKED_AT,
        };
        if enough { self.settle() } else { Ok(()) }
    }

    /// Decides on the header row and brings the rows below it in.
    fn settle(&mut self) -> Result<(), Finding> {
        let chosen = header_row::choose(&self.head, &self.source.lexicon, self.source.options)
            .map_err(|finding| finding.place(self.origin.place()))?;
        let Some(index) = chosen else { return Ok(()) };
        let mut head = std::mem::take(&mut self.head);
        let below = head.split_off(index + 1);
        let Some(header) = head.pop() else { return Ok(()) };
        let mut body = Body::new(&header, &head, self.format, self.source);
        let cells: Vec<Cell<'_>> = header.cells.iter().map(Held::cell).collect();
        body.strays_of(header.number, &cells);
        let mut blank = self.head_blank.iter().filter(|(first, _)| *first > header.number).peekable();
        for row in &below {
            while let Some((first, count)) = blank.next_if(|(first, _)| *first < row.number) {
                body.blank_pending.add(*first, u64::from(*count));
            }
            let cells: Vec<Cell<'_>> = row.cells.iter().map(Held::cell).collect();
            body.row(row.number, &cells, self.format);
        }
        for (first, count) in blank {
            body.blank_pending.add(*first, u64::from(*count));
        }
        self.body = Some(body);
        Ok(())
    }

    /// The table; `None` if there is nothing in it.
    pub(super) fn finish(mut self) -> Result<Option<Candidate>, Finding> {
        if self.body.is_none() {
            self.settle()?;
        }
        let Some(mut body) = self.body else { return Ok(None) };
        body.trim();
        let notes = body.notes(&self.origin);
        Ok(Some(Candidate {
            matched: body.matched,
            table: Table {
                origin: self.origin,
                format: self.format,
                encoding: None,
                delimiter: None,
                header_row: body.header_row,
                headers: body.headers,
                unit_line: body.unit_line,
                rows: body.rows,
                ragged: body.ragged,
                notes,
            },
        }))
    }
}

impl Body {
    fn new(header: &HeadRow, above: &[HeadRow], format: Format, source: &Source<'_>) -> Self {
        let mut headers: Vec<Header> = header.cells.iter().map(|cell| Header::new(&cell.shown())).collect();
        let mut extent = 0;
        for (column, header) in headers.iter().enumerate() {
            if !header.text.is_empty() && (extent == 0 || column - extent <= LONGEST_GAP || format == Format::Text) {
                extent = column + 1;
            }
        }
        if format != Format::Text {
            headers.truncate(extent);
        }
        let key_of = |column: &usize| source.lexicon.iter().any(|known| known.key.contains(&headers[*column].folded));
        let key = (0..headers.len()).find(key_of);
        Self {
            header_row: header.number,
            extent,
            used: extent,
            key,
            matched: key.is_some(),
            unit_line: header_row::unit_line(above),
            titles: above.iter().filter(|row| !row.is_blank()).count(),
            rows: RawRows::new(headers.len()),
            headers,
            ragged: vec![],
            blank: Blank::default(),
            blank_pending: Blank::default(),
            footers: Skipped::default(),
            repeats: Skipped::default(),
            strays: vec![],
            stray_count: 0,
        }
    }

    fn row(&mut self, number: u32, cells: &[Cell<'_>], format: Format) {
        let width = self.headers.len();
        let table = if format == Format::Text {
            cells
        } else {
            self.strays_of(number, cells);
            &cells[..cells.len().min(width)]
        };
        let Some(first) = table.iter().position(|cell| !is_blank(cell)) else {
            self.blank_pending.add(number, 1);
            return;
        };
        if self.is_footer(cells, first) {
            self.footers.add(number);
            return;
        }
        if self.repeats_header(cells, first) {
            self.repeats.add(number);
            return;
        }
        let pending = std::mem::take(&mut self.blank_pending);
        if pending.count > 0 {
            self.blank.add(pending.first, pending.count);
        }
        if format == Format::Text {
            self.note_if_ragged(number, cells, width);
        }
        if self.used < width
            && let Some(last) = cells.iter().take(width).rposition(|cell| !is_blank(cell))
        {
            self.used = self.used.max(last + 1);
        }
        self.rows.push(number, cells.iter().copied());
    }

    /// The key's cell decides; the first cell that is not blank where there is no key, or no cell of it.
    fn is_footer(&self, cells: &[Cell<'_>], first: usize) -> bool {
        let key = self.key.and_then(|key| cells.get(key)).filter(|cell| !is_blank(cell));
        matches!(key.unwrap_or(&cells[first]), Cell::Text(text) if footer::is_footer(text))
    }

    /// The header printed again, as on each page of a report. One cell alone may be data.
    fn repeats_header(&self, cells: &[Cell<'_>], first: usize) -> bool {
        let same = |(column, header): (usize, &Header)| match cells.get(column) {
            Some(Cell::Text(text)) => Header::new(text).folded == header.folded,
            Some(Cell::Blank) | None => header.text.is_empty(),
            Some(_) => false,
        };
        let worth_a_look = |cell: &Cell<'_>| {
            matches!((cell, self.headers.get(first)), (Cell::Text(text), Some(header)) if text.trim() == header.text)
        };
        self.extent > 1 && worth_a_look(&cells[first]) && self.headers.iter().enumerate().all(same)
    }

    fn note_if_ragged(&mut self, number: u32, cells: &[Cell<'_>], width: usize) {
        let beyond = cells.iter().skip(width).any(|cell| !is_blank(cell));
        if beyond || cells.len() < self.extent {
            let expected = if beyond { width } else { self.extent };
            self.ragged.push(Ragged { index: self.rows.len(), row_number: number, found: cells.len(), expected });
        }
    }

    fn strays_of(&mut self, row: u32, cells: &[Cell<'_>]) {
        for (column, cell) in cells.iter().enumerate().skip(self.headers.len()) {
            if !is_blank(cell) {
                self.stray(row, column as u32);
            }
        }
    }

    fn stray(&mut self, row: u32, column: u32) {
        self.stray_count += 1;
        if self.strays.len() < PLACES_KEPT {
            self.strays.push((row, column));
        }
    }

    /// Columns at the end without a header and without a cell are no columns: exports end each line with a comma.
    fn trim(&mut self) {
        self.rows.narrow(self.used);
        self.headers.truncate(self.used);
    }

    fn notes(&self, origin: &Origin) -> Vec<Finding> {
        let mut notes = vec![];
        if self.titles > 0 {
            let (row, titles) = (self.header_row, self.titles);
            notes.push(
                Finding::note(
                    Code::ReadAs,
                    text!("the header is row {row}; {titles} rows above it are titles", "表头在第 {row} 行，其上 {titles} 行是标题"),
                )
                .place(origin.row(row)),
            );
        }
        if self.blank.count > 0 {
            let title = text!("{} blank rows were skipped", "已跳过 {} 个空行", self.blank.count);
            notes.push(Finding::note(Code::SkippedRows, title).place(origin.row(self.blank.first)));
        }
        let footers = text!(
            "{} rows of totals, signatures or notes were skipped",
            "已跳过 {} 行合计、签字或备注",
            self.footers.count
        );
        let repeats = text!("{} repeated header rows were skipped", "已跳过 {} 个重复的表头行", self.repeats.count);
        self.footers.notes(origin, &footers, &mut notes);
        self.repeats.notes(origin, &repeats, &mut notes);
        let count = self.stray_count;
        let strays = text!("{count} cells outside the table are not read", "表格范围之外有 {count} 个单元格，未读取");
        notes.extend(self.strays.iter().map(|(row, column)| {
            Finding::warning(Code::StrayCells, strays.clone()).place(origin.cell(*row, *column))
        }));
        notes
    }
}

/// A table beyond the limits.
pub(super) fn too_large(place: &Place) -> Finding {
    Finding::error(Code::TooLarge, text!("too many cells", "单元格过多"))
        .place(place.clone())
        .help(text!("split the file, or export it as CSV", "请拆分文件，或导出为 CSV"))
}
