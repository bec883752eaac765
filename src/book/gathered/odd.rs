//! Pieces in which there is something to say of a row: all of them are one table, read by the reader of whole sheets, which
//! says the same of each row as if the others stood between them.

use super::apart::Good;
use super::{Piece, Whole};
use crate::checks;
use crate::clean::sheet::{CleanSheet, RefusedRow};
use crate::diagnostic::stages::Kind;
use crate::read::{Header, Table};
use crate::scheme::model::EventSheet;
use crate::table::{Cell, Column, Date, RawRows};
use std::ops::Range;

/// Whether the reader of whole files takes each of these rows for a row: neither for a note or a unit, which stand alone in
/// theirs, nor for the header printed again. `key` is the column of the customers' keys, none of which is blank.
pub fn are_rows(rows: &RawRows, head: &Table, key: usize) -> bool {
    let is_filled = |cell: &Cell<'_>| match cell {
        Cell::Text(text) => !text.trim().is_empty(),
        other => *other != Cell::Blank,
    };
    let is_header = |row: usize| match rows.cell(row, key) {
        Cell::Text(text) => Header::new(text).folded == head.headers[key].folded,
        _ => true,
    };
    (0..rows.len()).all(|row| rows.row(row).filter(is_filled).count() > 1 && !is_header(row))
}

/// The rows of the odd pieces.
pub struct OddRows {
    table: Table,
    /// For each row its place among all of the file.
    places: Vec<u32>,
}

impl OddRows {
    /// The rows of those pieces that are odd; `head` is the head of their file.
    pub fn of(pieces: &[Piece], head: &Table) -> Self {
        let mut table = head.clone();
        table.rows = RawRows::default();
        let mut places = vec![];
        let mut before = 0;
        for piece in pieces {
            match piece {
                Piece::Apart(apart) => before += apart.rows,
                Piece::Odd(rows) => {
                    if places.is_empty() {
                        table.rows = RawRows::new(rows.width());
                    }
                    for (place, row) in (before..).zip(0..rows.len()) {
                        // One record a line, from the one after the header on.
                        let number = head.header_row + 1 + place;
                        table.rows.push(number, rows.row(row));
                        places.push(place);
                    }
                    before += rows.len() as u32;
                }
            }
        }
        Self { table, places }
    }

    /// Reads them; not if more than they themselves says how, or something is to be said of all of them at once.
    pub fn clean(
        &self,
        rule: &EventSheet,
        keys: &[usize],
        as_of: Date,
    ) -> Result<CleanSheet, Whole> {
        let tables = std::slice::from_ref(&self.table);
        // Without any there is nothing to read, and nothing to say.
        let which: &[usize] = if self.places.is_empty() { &[] } else { &[0] };
        let mut clean = checks::read(&rule.sheet, tables, which, keys, &[as_of]);
        if clean.stages.needs_all() {
            return Err(Whole::Said);
        }
        let (stages, rest) = clean.stages.split(std::mem::take(&mut clean.findings));
        let of_rows = |(kind, found): &(Kind, Vec<_>)| *kind == Kind::Rows || found.is_empty();
        if !stages.iter().all(of_rows) || !rest.is_empty() {
            return Err(Whole::Said);
        }
        clean.findings = stages.into_iter().flat_map(|(_, found)| found).collect();
        Ok(clean)
    }

    /// The rows that are refused, by their places in the file.
    pub fn refused(&self, mut refused: Vec<RefusedRow>) -> Vec<RefusedRow> {
        for row in &mut refused {
            row.at.row = self.places[row.at.row as usize];
        }
        refused
    }
}

/// The good ones among some rows of the odd table.
pub fn good(clean: &CleanSheet, customer: usize, rows: Range<u32>) -> Good<'_> {
    let first = clean.rows.partition_point(|at| at.row < rows.start);
    let end = clean.rows.partition_point(|at| at.row < rows.end);
    let picked: Vec<Option<u32>> = (first as u32..end as u32).map(Some).collect();
    let id = |row: usize| match &clean.columns[customer] {
        Column::Text(texts) => texts.get(row).map_or("", |id| id),
        _ => "",
    };
    let places = clean.rows[first..end].iter().map(|at| at.row - rows.start);
    Good {
        of: rows.len() as u32,
        places: Some(places.collect()),
        ids: (first..end).map(id).collect(),
        columns: clean
            .columns
            .iter()
            .map(|column| column.gather(&picked))
            .collect(),
    }
}
