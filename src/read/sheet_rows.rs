//! Rows of a worksheet from its cells, which come one by one and leave out what is blank: a cell at XFD1048576 costs
//! as much as any other.

use super::assemble::{Assembler, Candidate, too_large};
use super::body::Shape;
use super::listener::Placed;
use super::{Format, Source};
use crate::diagnostic::Finding;
use crate::table::Cell;
use crate::text;

/// A worksheet's limits, in every format.
pub(super) const MOST_ROWS: u32 = 1 << 20;
pub(super) const MOST_COLUMNS: u32 = 1 << 14;

/// What a cell of the row that is being collected holds; texts lie one after another in a buffer.
enum Kept {
    Text { from: usize, to: usize },
    Plain(Cell<'static>),
}

/// Collects the cells of one worksheet into rows.
pub(super) struct SheetRows<'a> {
    source: &'a Source<'a>,
    assembler: Assembler<'a>,
    /// The row being collected, from 0.
    row: u32,
    /// The row after the last one that was handed on.
    next: u32,
    cells: Vec<(u32, Kept)>,
    texts: String,
    count: u64,
}

impl<'a> SheetRows<'a> {
    pub(super) fn new(source: &'a Source<'a>, worksheet: &str, format: Format, size: u64) -> Self {
        let assembler = Assembler::new(source, Some(worksheet), format, size);
        Self {
            source,
            assembler,
            row: 0,
            next: 0,
            cells: vec![],
            texts: String::new(),
            count: 0,
        }
    }

    /// Says that the workbook counts days from 1904-01-01.
    pub(super) fn count_from_1904(&mut self, from_1904: bool) {
        self.assembler.serials_from_1904 = from_1904;
    }

    /// Whether more cells are of use.
    pub(super) fn wants_more(&self) -> bool {
        self.assembler.wants_more()
    }

    /// Takes the cell in row `row` and column `column`, both from 0. Rows come in order.
    pub(super) fn add(
        &mut self,
        row: u32,
        column: u32,
        cell: Cell<'_>,
    ) -> Result<(), Vec<Finding>> {
        if row >= MOST_ROWS || column >= MOST_COLUMNS {
            return Err(self.source.broken(&text!(
                "a cell outside the worksheet",
                "有单元格超出工作表范围"
            )));
        }
        if row != self.row {
            if row < self.row {
                return Err(self
                    .source
                    .broken(&text!("rows out of order", "行的顺序不对")));
            }
            self.flush()?;
            self.row = row;
        }
        let kept = match cell {
            Cell::Blank | Cell::Text("") => return Ok(()),
            Cell::Text(text) => {
                let from = self.texts.len();
                self.texts.push_str(text);
                let to = self.texts.len();
                Kept::Text { from, to }
            }
            Cell::Number(value) => Kept::Plain(Cell::Number(value)),
            Cell::Percent(value) => Kept::Plain(Cell::Percent(value)),
            Cell::Date(value) => Kept::Plain(Cell::Date(value)),
            Cell::Bool(value) => Kept::Plain(Cell::Bool(value)),
            Cell::Error(error) => Kept::Plain(Cell::Error(error)),
        };
        self.count += 1;
        self.are_too_many(self.texts.len())?;
        if (column as usize) < self.assembler.width() {
            self.cells.push((column, kept));
        } else {
            self.assembler.stray(row + 1, column);
        }
        Ok(())
    }

    /// Takes the cells of row `row`, from 0, by column. Rows come in order, and none of them cell by cell as well.
    pub(super) fn add_row(&mut self, row: u32, cells: &[Placed<'_>]) -> Result<(), Vec<Finding>> {
        let width = self.assembler.width();
        let assembler = &mut self.assembler;
        let (dense, looked_at) =
            side_by_side(cells, width, |column| assembler.stray(row + 1, column));
        self.count += looked_at.cells;
        self.are_too_many(looked_at.texts)?;
        if dense.is_empty() {
            return Ok(());
        }
        self.go_to(row);
        self.assembler.row(row + 1, &dense)
    }

    /// Hands the collected row on.
    fn flush(&mut self) -> Result<(), Vec<Finding>> {
        if self.cells.is_empty() {
            self.texts.clear();
            return Ok(());
        }
        if !self.cells.is_sorted_by(|a, b| a.0 < b.0) {
            // Excel writes them in order, but need not.
            self.cells.sort_by_key(|(column, _)| *column);
            if self.cells.windows(2).any(|pair| pair[0].0 == pair[1].0) {
                // Two rows with one number are the likely cause, and one of them would be lost in silence.
                return Err(self
                    .source
                    .broken(&text!("two values for one cell", "同一单元格有两个值")));
            }
        }
        self.go_to(self.row);
        let width = self
            .cells
            .last()
            .map_or(0, |(column, _)| *column as usize + 1);
        let mut cells = vec![Cell::Blank; width];
        for (column, kept) in &self.cells {
            cells[*column as usize] = match kept {
                Kept::Text { from, to } => Cell::Text(&self.texts[*from..*to]),
                Kept::Plain(cell) => *cell,
            };
        }
        self.assembler.row(self.row + 1, &cells)?;
        self.cells.clear();
        self.texts.clear();
        Ok(())
    }

    /// Refuses what goes beyond the limits; `texts` is how many bytes a row's texts have.
    fn are_too_many(&self, texts: usize) -> Result<(), Vec<Finding>> {
        let limits = &self.source.limits;
        if self.count > limits.cells() || texts as u64 > limits.table() {
            return Err(too_large(self.source, self.source.origin(None).place()));
        }
        Ok(())
    }

    /// Goes on to a row that has cells, past the blank ones before it.
    fn go_to(&mut self, row: u32) {
        if row > self.next {
            self.assembler.blank_rows(self.next + 1, row - self.next);
        }
        self.next = row + 1;
    }

    /// What is known of the table when its header is; `None` if it is not. `at_end`: no more rows come.
    pub(super) fn shape(&mut self, at_end: bool) -> Result<Option<Shape>, Vec<Finding>> {
        if at_end && !self.assembler.is_settled() {
            self.assembler.settle()?;
        }
        Ok(self.assembler.shape())
    }

    /// The worksheet's table; `None` if it has no cells.
    pub(super) fn finish(mut self) -> Result<Option<Candidate>, Vec<Finding>> {
        self.flush()?;
        self.assembler.finish()
    }
}

/// What was looked at in a row.
pub(super) struct LookedAt {
    /// How many cells.
    pub(super) cells: u64,
    /// How many bytes of text.
    pub(super) texts: usize,
}

/// The cells of a row side by side, with blanks between them, as far as the table is wide; `stray` is told the columns of
/// those beyond.
pub(super) fn side_by_side<'c>(
    cells: &'c [Placed<'_>],
    width: usize,
    mut stray: impl FnMut(u32),
) -> (Vec<Cell<'c>>, LookedAt) {
    let mut dense: Vec<Cell<'_>> = Vec::with_capacity(cells.len() + 1);
    let mut looked_at = LookedAt { cells: 0, texts: 0 };
    for placed in cells {
        let cell = placed.cell();
        match cell {
            Cell::Blank | Cell::Text("") => continue,
            Cell::Text(text) => looked_at.texts += text.len(),
            _ => {}
        }
        looked_at.cells += 1;
        let column = placed.column as usize;
        if column < width {
            dense.resize(column, Cell::Blank);
            dense.push(cell);
        } else {
            stray(placed.column);
        }
    }
    (dense, looked_at)
}
