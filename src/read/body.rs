//! The rows below the header: which of them are data, which are passed over, and what of them lies outside the table.

use super::assemble::{HeadRow, is_blank};
use super::header::Header;
use super::records::Record;
use super::{BrokenRow, Format, RowFault, Source, delimiter, footer, header_row};
use crate::diagnostic::{Code, Finding, Text};
use crate::table::{Cell, Origin, RawRows};
use crate::text;

/// A blank stretch of the header row that is longer ends the table: what is beyond it is a stray cell, not a header.
const LONGEST_GAP: usize = 50;

/// How many places of stray cells, and of skipped rows of one kind, are kept.
const PLACES_KEPT: usize = 1000;

/// A table whose header is known.
pub(super) struct Body {
    pub(super) header_row: u32,
    pub(super) headers: Vec<Header>,
    /// The header's fields without the blank ones at its end.
    extent: usize,
    /// The columns that have a header or a cell.
    used: usize,
    key: Option<usize>,
    pub(super) matched: bool,
    pub(super) unit_line: Option<String>,
    titles: usize,
    pub(super) rows: RawRows,
    pub(super) broken: Vec<BrokenRow>,
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

    fn notes(&self, origin: &Origin, title: &Text, notes: &mut Vec<Finding>) {
        notes.extend(
            self.rows
                .iter()
                .map(|row| Finding::note(Code::SkippedRows, title.clone()).place(origin.row(*row))),
        );
    }
}

impl Body {
    /// The table below `header`, with the titles `above` it.
    pub(super) fn new(
        header: &HeadRow,
        above: &[HeadRow],
        format: Format,
        source: &Source<'_>,
    ) -> Self {
        let mut headers: Vec<Header> = header
            .cells
            .iter()
            .map(|cell| Header::new(&cell.shown()))
            .collect();
        let mut extent = 0;
        for (column, header) in headers.iter().enumerate() {
            if !header.text.is_empty()
                && (extent == 0 || column - extent <= LONGEST_GAP || format == Format::Text)
            {
                extent = column + 1;
            }
        }
        if format != Format::Text {
            headers.truncate(extent);
        }
        let key_of = |column: &usize| {
            source
                .lexicon
                .iter()
                .any(|known| known.key.contains(&headers[*column].folded))
        };
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
            broken: vec![],
            blank: Blank::default(),
            blank_pending: Blank::default(),
            footers: Skipped::default(),
            repeats: Skipped::default(),
            strays: vec![],
            stray_count: 0,
        }
    }

    /// `count` blank rows from row `first`.
    pub(super) fn blank_rows(&mut self, first: u32, count: u32) {
        self.blank_pending.add(first, count.into());
    }

    /// The next row below the header.
    pub(super) fn row(&mut self, record: &Record<'_>, format: Format) {
        let (number, cells) = (record.line, record.cells);
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
            self.note_if_broken(record, width);
        }
        if self.used < width
            && let Some(last) = cells.iter().take(width).rposition(|cell| !is_blank(cell))
        {
            self.used = self.used.max(last + 1);
        }
        match record.written {
            Some(written) => self.rows.push_record(number, written, cells),
            None => self.rows.push(number, cells.iter().copied()),
        }
    }

    /// The key's cell decides; the first cell that is not blank where there is no key, or no cell of it.
    fn is_footer(&self, cells: &[Cell<'_>], first: usize) -> bool {
        let key = self
            .key
            .and_then(|key| cells.get(key))
            .filter(|cell| !is_blank(cell));
        matches!(key.unwrap_or(&cells[first]), Cell::Text(text) if footer::is_footer(text))
    }

    /// The header printed again, as on each page of a report. One cell alone may be data.
    fn repeats_header(&self, cells: &[Cell<'_>], first: usize) -> bool {
        let same = |(column, header): (usize, &Header)| match cells.get(column) {
            Some(Cell::Text(text)) => Header::new(text).folded == header.folded,
            Some(Cell::Blank) | None => header.text.is_empty(),
            Some(_) => false,
        };
        let worth_a_look = |cell: &Cell<'_>| matches!((cell, self.headers.get(first)), (Cell::Text(text), Some(header)) if text.trim() == header.text);
        self.extent > 1 && worth_a_look(&cells[first]) && self.headers.iter().enumerate().all(same)
    }

    fn note_if_broken(&mut self, record: &Record<'_>, width: usize) {
        let cells = record.cells;
        let beyond = cells.iter().skip(width).any(|cell| !is_blank(cell));
        let expected = if beyond { width } else { self.extent };
        let fault = record.fault.or_else(|| {
            if let [Cell::Text(line)] = cells
                && let Some(other) = delimiter::other(line, expected)
            {
                return Some(RowFault::Delimiter(other));
            }
            (beyond || cells.len() < self.extent).then_some(RowFault::Fields {
                found: cells.len(),
                expected,
            })
        });
        self.broken.extend(fault.map(|fault| BrokenRow {
            index: self.rows.len(),
            row_number: record.line,
            fault,
        }));
    }

    /// Notes the cells of `row` beyond the table.
    pub(super) fn strays_of(&mut self, row: u32, cells: &[Cell<'_>]) {
        for (column, cell) in cells.iter().enumerate().skip(self.headers.len()) {
            if !is_blank(cell) {
                self.stray(row, column as u32);
            }
        }
    }

    /// Notes a cell beyond the table.
    pub(super) fn stray(&mut self, row: u32, column: u32) {
        self.stray_count += 1;
        if self.strays.len() < PLACES_KEPT {
            self.strays.push((row, column));
        }
    }

    /// Columns at the end without a header and without a cell are no columns: exports end each line with a comma.
    pub(super) fn trim(&mut self) {
        self.rows.narrow(self.used);
        self.headers.truncate(self.used);
    }

    /// How the table was read.
    pub(super) fn notes(&self, origin: &Origin) -> Vec<Finding> {
        let mut notes = vec![];
        if self.titles > 0 {
            let (row, titles) = (self.header_row, self.titles);
            notes.push(
                Finding::note(
                    Code::ReadAs,
                    text!(
                        "the header is row {row}; {titles} rows above it are titles",
                        "表头在第 {row} 行，其上 {titles} 行是标题"
                    ),
                )
                .place(origin.row(row)),
            );
        }
        if self.blank.count > 0 {
            let title = text!(
                "{} blank rows were skipped",
                "已跳过 {} 个空行",
                self.blank.count
            );
            notes.push(Finding::note(Code::SkippedRows, title).place(origin.row(self.blank.first)));
        }
        let footers = text!(
            "{} rows of totals, signatures or notes were skipped",
            "已跳过 {} 行合计、签字或备注",
            self.footers.count
        );
        let repeats = text!(
            "{} repeated header rows were skipped",
            "已跳过 {} 个重复的表头行",
            self.repeats.count
        );
        self.footers.notes(origin, &footers, &mut notes);
        self.repeats.notes(origin, &repeats, &mut notes);
        let count = self.stray_count;
        let strays = text!(
            "{count} cells outside the table are not read",
            "表格范围之外有 {count} 个单元格，未读取"
        );
        notes.extend(self.strays.iter().map(|(row, column)| {
            Finding::warning(Code::StrayCells, strays.clone()).place(origin.cell(*row, *column))
        }));
        notes
    }
}
