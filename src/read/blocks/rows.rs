//! The rows of a block, as a table of their own.

use super::{Block, Head, Unfit};
use crate::read::assemble::{begins_visibly, is_blank};
use crate::read::body::{Body, Part, PassedOver};
use crate::read::footer::is_footer;
use crate::read::header::Header;
use crate::read::records::{self, Piece};
use crate::read::{Format, Table};
use crate::table::{Cell, RawRows};

/// Some of the rows of a text file.
pub struct Rows {
    /// They, as a table of their own with the numbers that they have in the file.
    pub table: Table,
    /// What was passed over among them.
    pub passed_over: Skips,
    /// Whether no row may come behind them.
    pub ends: bool,
}

/// Footers and repeated headers of blocks, told of all of them together.
#[derive(Clone, Debug, Default)]
pub struct Skips(pub(in crate::read) PassedOver);

impl Skips {
    /// Those of the block that comes next.
    pub fn append(&mut self, later: &Self) {
        self.0.append(&later.0);
    }
}

impl Head {
    /// The rows of a block.
    pub fn rows(&self, block: &Block) -> Result<Rows, Unfit> {
        if records::has_lone_cr(&block.bytes) {
            return Err(Unfit::LineEnd);
        }
        let text = &self.encoding.text(&block.bytes).ok_or(Unfit::Encoding)?;
        let mut body = Body::part(&self.shape, &self.lexicon);
        if let Some(rows) = self.ordinary(text, block.line) {
            body.rows = rows;
            return Ok(Rows {
                table: self.table_of(body),
                passed_over: Skips::default(),
                ends: false,
            });
        }
        body.rows.reserve(text.len());
        records::each_of(text, self.delimiter, block.line, &self.usual, |piece| {
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
        let passed_over = Skips(body.end_of_part());
        Ok(Rows {
            table: self.table_of(body),
            passed_over,
            ends,
        })
    }

    /// The rows of a text of which every line is an ordinary row, as nearly all are; `None` where one is not, or may not
    /// be: then it is to be read record by record.
    fn ordinary(&self, text: &str, line: u32) -> Option<RawRows> {
        let shape = &self.shape;
        let width = shape.headers.len();
        let delimiter = self
            .delimiter_byte()
            .filter(|_| shape.extent == width && width > 1)?;
        let ordinary = Ordinary {
            key: shape.key?,
            headers: &shape.headers,
        };
        let rows = RawRows::of_lines(text, line, delimiter, width, width)?;
        let all = (0..rows.len()).all(|row| ordinary.is(&rows, row));
        all.then_some(rows)
    }
}

/// What a row is told by that can be nothing but a row of the table, whatever stands around it.
pub(super) struct Ordinary<'h> {
    /// The column by which totals and notes are told from rows.
    pub(super) key: usize,
    pub(super) headers: &'h [Header],
}

impl Ordinary<'_> {
    /// Whether a row is one. It has the first columns of the table, at least two and up to the key.
    pub(super) fn is(&self, rows: &RawRows, row: usize) -> bool {
        self.holds(rows.width(), |column| rows.cell(row, column))
    }

    /// The same of a row whose cells stand in a line.
    #[inline]
    pub(super) fn is_line(&self, cells: &[&str]) -> bool {
        self.holds(cells.len(), |column| Cell::Text(cells[column]))
    }

    #[inline]
    fn holds<'c>(&self, width: usize, cell: impl Fn(usize) -> Cell<'c>) -> bool {
        let Cell::Text(key) = cell(self.key) else {
            return false;
        };
        // Of a row without a key another cell tells.
        if is_blank(&Cell::Text(key)) || is_footer(key) {
            return false;
        }
        let cells = (0..width).map(|column| (column, cell(column)));
        let mut filled = cells.filter(|(_, cell)| !is_blank(cell));
        // A row with a single cell may be a title, a note or a unit.
        let (Some((first, cell)), Some((second, next))) = (filled.next(), filled.next()) else {
            return false;
        };
        // The column behind the first has a heading, which no blank cell has.
        let is_header_of = |column: usize, cell: Cell<'_>| match cell {
            Cell::Text(text) => is_header(text, &self.headers[column]),
            _ => false,
        };
        let is_the_header =
            is_header_of(first, cell) || second == first + 1 && is_header_of(second, next);
        !is_the_header
    }
}

/// Whether a cell stands as a header does: its row may be the header again.
pub(super) fn is_header(text: &str, header: &Header) -> bool {
    // Trimming takes more time than telling two texts apart.
    let may_be = !begins_visibly(text) || text.starts_with(&header.text);
    may_be && text.trim() == header.text
}
