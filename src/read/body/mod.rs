//! The rows below the header: which of them are data, which are passed over, and what of them lies outside the table.

mod passed_over;
mod shape;
mod units;

pub(super) use passed_over::PassedOver;
pub(super) use shape::Shape;

use super::assemble::{HeadRow, Held, is_blank};
use super::header::Header;
use super::header_row::Lexicon;
use super::records::Record;
use super::skipped::Blank;
use super::{BrokenRow, Format, RowFault, Source, Table, delimiter, footer, second_table};
use crate::diagnostic::Finding;
use crate::table::{Cell, Origin, RawRows};
use units::OtherUnit;

/// A table whose header is known.
pub(super) struct Body<'a> {
    lexicon: &'a [Lexicon],
    pub(super) shape: Shape,
    /// The columns that have a header or a cell.
    used: usize,
    pub(super) rows: RawRows,
    pub(super) broken: Vec<BrokenRow>,
    passed_over: PassedOver,
    /// Blank rows since the last row that was not; those at the end are no gap in the table.
    blank_pending: Blank,
    /// Rows with one cell after a gap, or with a sentence: the next row shows whether they are titles of another table,
    /// notes at the end, or rows.
    held: Vec<HeadRow>,
    /// Whether any was.
    has_held: bool,
    /// The first row that says that what is below it is in another unit.
    other_unit: Option<OtherUnit>,
}

/// What of a part of a table's rows has to do with the rows before or after it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Part {
    /// Nothing: the part is rows, one below the other.
    Rows,
    /// It ends in blank rows, behind which no row may come.
    Ends,
    /// Something that only all rows together tell.
    Open,
}

/// More such rows in a row are rows.
const MOST_HELD: usize = 20;

impl<'a> Body<'a> {
    /// The table below `header`, whose texts are `headers`, with the titles `above` it.
    pub(super) fn new(
        header: &HeadRow,
        headers: Vec<Header>,
        above: &[HeadRow],
        format: Format,
        source: &'a Source<'a>,
    ) -> Self {
        let shape = Shape::of(header, headers, above, format, source);
        Self::of(shape, &source.lexicon)
    }

    /// What the header says.
    pub(super) fn shape(&self) -> Shape {
        Shape {
            has_strays: self.passed_over.stray_count > 0,
            ..self.shape.clone()
        }
    }

    /// A part of the rows of a table of which the header is known, none of them yet.
    pub(super) fn part(shape: &Shape, lexicon: &'a [Lexicon]) -> Self {
        Self::of(shape.clone(), lexicon)
    }

    fn of(shape: Shape, lexicon: &'a [Lexicon]) -> Self {
        Self {
            lexicon,
            used: shape.extent,
            rows: RawRows::new(shape.headers.len()),
            shape,
            broken: vec![],
            passed_over: PassedOver::default(),
            blank_pending: Blank::default(),
            held: vec![],
            has_held: false,
            other_unit: None,
        }
    }

    /// How the part stands to the others.
    pub(super) fn standing(&self) -> Part {
        let is_open = self.has_held
            || self.passed_over.below.is_some()
            || self.other_unit.is_some()
            || self.passed_over.blank.count > 0
            || self.passed_over.stray_count > 0
            || self.used > self.shape.extent;
        if is_open {
            Part::Open
        } else if self.blank_pending.count > 0 {
            Part::Ends
        } else {
            Part::Rows
        }
    }

    /// The part is at its end: what it is told of with others.
    pub(super) fn end_of_part(&mut self) -> PassedOver {
        self.rows.narrow(self.used);
        self.shape.headers.truncate(self.used);
        std::mem::take(&mut self.passed_over)
    }

    /// `count` blank rows from row `first`.
    pub(super) fn blank_rows(&mut self, first: u32, count: u32) {
        self.blank_pending.add(first, count.into());
    }

    /// The next row of a worksheet below the header, from its first column on.
    pub(super) fn sheet_row(&mut self, number: u32, cells: &[Cell<'_>]) {
        self.row(&Record::of_sheet(number, cells), Format::Xlsx);
    }

    /// The next row below the header.
    pub(super) fn row(&mut self, record: &Record<'_>, format: Format) {
        let (number, cells) = (record.line, record.cells);
        let width = self.shape.headers.len();
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
        if self.passed_over.below.is_none() && self.other_unit.is_none() {
            self.other_unit = OtherUnit::in_line(&self.shape, number, table, first);
        }
        if self.is_footer(cells, first) {
            self.passed_over.footers.add(number);
            return;
        }
        if self.repeats_header(cells, first) {
            self.passed_over.repeats.add(number);
            if self.passed_over.below.is_none() && self.other_unit.is_none() {
                self.other_unit = OtherUnit::in_header(&self.shape, number, cells);
            }
            // What stands between a gap and the header printed again is the title of a page.
            for title in std::mem::take(&mut self.held) {
                self.passed_over.footers.add(title.number);
            }
            return;
        }
        if self.passed_over.below.is_some() {
            self.passed_over.below_count += 1;
            return;
        }
        let after_gap = self.blank_pending.count > 0 || !self.held.is_empty();
        if after_gap && self.begins_another(number, cells) {
            return;
        }
        let single = after_gap && second_table::is_single(table);
        if (single || second_table::is_note(table, self.shape.extent))
            && self.held.len() < MOST_HELD
        {
            self.held.push(HeadRow::of(record));
            self.has_held = true;
            return;
        }
        self.release(format);
        self.take(record, format);
    }

    /// Takes a row that is data.
    fn take(&mut self, record: &Record<'_>, format: Format) {
        let (number, cells) = (record.line, record.cells);
        let width = self.shape.headers.len();
        let pending = std::mem::take(&mut self.blank_pending);
        if pending.count > 0 {
            self.passed_over.blank.add(pending.first, pending.count);
        }
        if format == Format::Text {
            let fault = self.note_if_broken(record, width);
            if let (Some(RowFault::Delimiter(other)), [Cell::Text(line)]) = (fault, cells) {
                // Nothing of it counts, but whose row it is can be seen.
                let fields = delimiter::split(line, other);
                let cells = fields.iter().map(|field| Cell::Text(field));
                return self.rows.push(number, cells);
            }
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

    /// The rows that were held are rows.
    fn release(&mut self, format: Format) {
        for row in std::mem::take(&mut self.held) {
            let cells: Vec<Cell<'_>> = row.cells.iter().map(Held::cell).collect();
            self.take(&row.record(&cells), format);
        }
    }

    /// Whether another table begins with this row, which comes after a gap; from its title on nothing is read.
    fn begins_another(&mut self, number: u32, cells: &[Cell<'_>]) -> bool {
        let titled = !self.held.is_empty();
        if self.rows.is_empty() || !second_table::is_header(cells, &self.rows, self.lexicon, titled)
        {
            return false;
        }
        let titles = std::mem::take(&mut self.held);
        let below = titles.first().map_or(number, |title| title.number);
        self.passed_over.below = Some(below);
        // What its titles say is not of this table.
        self.other_unit.take_if(|other| other.row >= below);
        true
    }

    /// The key's cell decides; the first cell that is not blank where there is no key, or no cell of it.
    fn is_footer(&self, cells: &[Cell<'_>], first: usize) -> bool {
        let key = self
            .shape
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
        let is_as_written = |(cell, header): (&Cell<'_>, &Header)| matches!(cell, Cell::Text(text) if text.trim() == header.text);
        // Of the first two one may have another unit.
        let mut first_two = cells[first..]
            .iter()
            .zip(self.shape.headers.iter().skip(first));
        let worth_a_look = first_two.by_ref().take(2).any(is_as_written);
        self.shape.extent > 1 && worth_a_look && self.shape.headers.iter().enumerate().all(same)
    }

    /// The error of a table in more than one unit; none for a table that is no sheet of the scheme.
    pub(super) fn units_differ(&self, origin: &Origin) -> Option<Finding> {
        if !self.shape.matched && !self.lexicon.is_empty() {
            return None;
        }
        Some(self.other_unit.as_ref()?.error(origin))
    }

    fn note_if_broken(&mut self, record: &Record<'_>, width: usize) -> Option<RowFault> {
        let cells = record.cells;
        let beyond = cells.iter().skip(width).any(|cell| !is_blank(cell));
        let expected = if beyond { width } else { self.shape.extent };
        let fault = record.fault.or_else(|| {
            if let [Cell::Text(line)] = cells
                && let Some(other) = delimiter::other(line, expected)
            {
                return Some(RowFault::Delimiter(other));
            }
            (beyond || cells.len() < self.shape.extent).then_some(RowFault::Fields {
                found: cells.len(),
                expected,
            })
        });
        self.broken.extend(fault.map(|fault| BrokenRow {
            index: self.rows.len(),
            row_number: record.line,
            fault,
        }));
        fault
    }

    /// Notes the cells of `row` beyond the table.
    pub(super) fn strays_of(&mut self, row: u32, cells: &[Cell<'_>]) {
        for (column, cell) in cells.iter().enumerate().skip(self.shape.headers.len()) {
            if !is_blank(cell) {
                self.stray(row, column as u32);
            }
        }
    }

    /// Notes a cell beyond the table.
    pub(super) fn stray(&mut self, row: u32, column: u32) {
        self.passed_over.stray(row, column);
    }

    /// The table is at its end.
    pub(super) fn finish(&mut self, format: Format) {
        // Sentences at the end are notes; what is shorter may be a row that has nothing but its key.
        let notes = self.held.iter().rev();
        let notes = notes.take_while(|row| {
            let cells: Vec<Cell<'_>> = row.cells.iter().map(Held::cell).collect();
            second_table::is_note(&cells, self.shape.extent)
        });
        let rows = self.held.len() - notes.count();
        for note in self.held.split_off(rows) {
            self.passed_over.footers.add(note.number);
        }
        self.release(format);
        // Columns at the end without a header and without a cell are no columns: exports end each line with a comma.
        self.rows.narrow(self.used);
        self.rows.shrink_to_fit();
        self.shape.headers.truncate(self.used);
        self.leave_beside();
    }

    /// Leaves a table beside this one out.
    fn leave_beside(&mut self) {
        let Some((from, end)) =
            second_table::beside(&self.shape.headers, &self.rows, self.shape.key)
        else {
            return;
        };
        let others = (0..self.shape.headers.len()).filter(|column| !(from..end).contains(column));
        let first = others
            .clone()
            .find(|column| !self.shape.headers[*column].text.is_empty());
        self.passed_over.beside = first.map(|column| column as u32);
        let mut rows = RawRows::new(end);
        for row in 0..self.rows.len() {
            let cells = self.rows.row(row).take(end).enumerate();
            let cells: Vec<Cell<'_>> = cells
                .map(|(column, cell)| if column < from { Cell::Blank } else { cell })
                .collect();
            if !cells.iter().all(is_blank) {
                rows.push(self.rows.row_number(row), cells);
            }
        }
        self.rows = rows;
        self.shape.headers.truncate(end);
        for header in &mut self.shape.headers[..from] {
            *header = Header::new("");
        }
    }
    /// How the table was read.
    pub(super) fn notes(&self, origin: &Origin) -> Vec<Finding> {
        self.shape.notes(&self.passed_over, origin)
    }

    /// The table, without notes: those of a part are told of all parts together.
    pub(super) fn table(self, origin: Origin, format: Format) -> Table {
        Table {
            origin,
            format,
            encoding: None,
            delimiter: None,
            header_row: self.shape.header_row,
            headers: self.shape.headers,
            unit_line: self.shape.unit_line,
            serials_from_1904: false,
            rows: self.rows,
            broken: self.broken,
            notes: vec![],
        }
    }
}
