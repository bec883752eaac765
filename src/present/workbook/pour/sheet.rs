//! A sheet while its rows are poured: any thread makes blocks of rows, and one takes them in their order.

use super::blocks::{Block, Blocks};
use super::cells::{RowsAsXml, beginnings};
use super::package::Poured;
use super::styles::Styles;
use crate::compare::Fingerprint;
use crate::present::table::OutCell;
use crate::present::workbook::WorkbookError;
use crate::present::workbook::rows::Rows;
use crate::table::place::column_letters;
use std::io;
use std::ops::Range;
use std::path::Path;

/// How many cells a block has, more or less: some megabyte of XML. Where blocks are cut depends on the table alone,
/// so that any number of cores gives the same bytes.
pub const CELLS: usize = 1 << 14;

/// What is the same for all rows.
pub struct Shape {
    styles: Styles,
    /// How the cells of each column begin.
    beginnings: Vec<String>,
    /// By what no rows are known, where rows are to be known again.
    unknown: Option<Fingerprint>,
}

/// Rows one after the other, deflated, with what they are known by.
pub struct RowBlock {
    rows: usize,
    deflated: Block,
    known: Option<Fingerprint>,
}

impl Shape {
    /// Of a sheet with so many columns. If rows are to be known again, `unknown` is a fingerprint without any.
    pub fn new(styles: Styles, columns: usize, unknown: Option<Fingerprint>) -> Self {
        Self {
            styles,
            beginnings: beginnings(columns),
            unknown,
        }
    }

    /// How many rows make a block; the last one has fewer.
    pub fn rows_of_a_block(&self) -> usize {
        (CELLS / self.beginnings.len().max(1)).max(1)
    }

    /// These rows of a table, of which the first is row `at` of the sheet, from 0: the headings are.
    pub fn block(
        &self,
        rows: Rows<'_>,
        range: Range<usize>,
        at: u32,
    ) -> Result<RowBlock, WorkbookError> {
        self.watched_block(rows, range, at, |_, _, _| ())
    }

    /// The same where somebody looks at each cell, with its row and column, on the way.
    pub fn watched_block(
        &self,
        rows: Rows<'_>,
        range: Range<usize>,
        at: u32,
        mut watch: impl FnMut(usize, usize, &OutCell<'_>),
    ) -> Result<RowBlock, WorkbookError> {
        let mut known = self.unknown.clone();
        let mut cells = RowsAsXml::new(&self.styles, &self.beginnings);
        let count = range.len();
        for (at, row) in (at..).zip(range) {
            let watch = &mut |column: usize, cell: &OutCell<'_>| watch(row, column, cell);
            rows.write_watched(row, at, &mut cells, known.as_mut(), watch)?;
        }
        Ok(RowBlock {
            rows: count,
            deflated: Block::deflate(&cells.xml)?,
            known,
        })
    }
}

/// The rows of a sheet, as far as they have been poured.
pub struct Pouring {
    /// The name of the sheet's part.
    part: String,
    rows: usize,
    blocks: Blocks,
    known: Option<Fingerprint>,
}

impl Pouring {
    /// None yet. What does not fit into memory waits in `folder`.
    pub fn new(part: String, unknown: Option<Fingerprint>, folder: Option<&Path>) -> Self {
        Self {
            part,
            rows: 0,
            blocks: Blocks::new(folder),
            known: unknown,
        }
    }

    /// Takes the next ones.
    pub fn take(&mut self, block: &RowBlock) -> io::Result<()> {
        self.blocks.add(&block.deflated)?;
        self.rows += block.rows;
        if let (Some(known), Some(these)) = (&mut self.known, &block.known) {
            known.join(these);
        }
        Ok(())
    }

    /// All of them, and by what they are known.
    pub fn end(self, shape: &Shape) -> (Poured, Option<Fingerprint>) {
        let last = shape.beginnings.len().max(1) as u32 - 1;
        let samples = shape.styles.samples.iter();
        let poured = Poured {
            part: self.part,
            samples: samples.map(|(number, _)| *number).collect(),
            last: format!("{}{}", column_letters(last), self.rows + 1),
            rows: self.blocks,
        };
        (poured, self.known)
    }
}
