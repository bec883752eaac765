//! The rows of a sheet piece by piece, where nothing is to be said of any of them.
//!
//! Takes a sheet and the head of its table, then the rows of one piece after another; gives typed columns by the very
//! readers of [`super::sheet::clean`], or nothing as soon as there would be something to say: then all of the sheet is to
//! be cleaned as a whole. Rows come as a table, or row by row, which costs less where no table need be made of them.

mod row_by_row;

use super::column::{CellRule, read_column, read_id};
use super::sheet::{empty_column, field_headers, rule_of};
use super::{date, limits};
use crate::read::{Table, find_columns};
use crate::scheme::model::{FieldKind, Sheet};
use crate::table::{Cell, Column, Date, RawRows};
pub use row_by_row::RowByRow;
use std::borrow::Cow;

/// How the pieces of a sheet's one table are cleaned.
pub struct Pieces<'a> {
    sheet: &'a Sheet,
    /// The fields that must be there in every row.
    keys: &'a [usize],
    /// For each field its column of the table, and how its cells are read.
    columns: Vec<(usize, CellRule)>,
    /// As of which date the file comes in.
    as_of: Date,
}

impl<'a> Pieces<'a> {
    /// Finds the columns of the fields. The first of `keys` is an id, which [`Self::id`] reads. `None` where a column is
    /// missing or there are two, where its cells take more than themselves to read, or where there is something to say.
    pub fn new(sheet: &'a Sheet, table: &Table, keys: &'a [usize], as_of: Date) -> Option<Self> {
        let mut findings = vec![];
        let mut columns = vec![];
        for field in &sheet.fields {
            let found = find_columns(&table.headers, &field_headers(field));
            let &[column] = &found[..] else {
                return None;
            };
            let stands_alone =
                !field.fill_down && !field.limits.unique && field.kind != FieldKind::Choices;
            if !stands_alone {
                return None;
            }
            let rule = rule_of(field, &table.headers[column], table, &mut findings);
            columns.push((column, rule));
        }
        let key = &sheet.fields[keys[0]];
        let is_id = key.kind == FieldKind::Id && key.limits.pattern.is_none();
        (is_id && findings.is_empty()).then_some(Self {
            sheet,
            keys,
            columns,
            as_of,
        })
    }

    /// How many columns of the table are needed.
    pub fn width(&self) -> usize {
        let columns = self.columns.iter().map(|(column, _)| column + 1);
        columns.max().unwrap_or_default()
    }

    /// For each field its column of the table.
    pub fn sources(&self) -> Vec<Option<usize>> {
        let columns = self.columns.iter();
        columns.map(|(column, _)| Some(*column)).collect()
    }

    /// The typed columns of all fields but the first key, whose entries are missing here. `None` if there is anything to
    /// say of any cell.
    pub fn read(&self, rows: &RawRows) -> Option<Vec<Column>> {
        let fields = self.sheet.fields.iter().zip(&self.columns).enumerate();
        let columns = fields.map(|(position, (field, (column, rule)))| {
            if position == self.keys[0] {
                return Some(empty_column(&field.kind, rows.len()));
            }
            if field.kind == FieldKind::Date
                && let Some(days) = plain_days(rows, *column)
            {
                let days = Column::Date(days);
                let is_sound = limits::outside(field, &days, self.as_of).is_empty();
                return is_sound.then_some(days);
            }
            let read = read_column(rows, *column, rule);
            let must_be = field.required || self.keys.contains(&position);
            let is_sound = read.column_fault.is_none()
                && read.faults.is_empty()
                && read.unit_conflicts.is_empty()
                && !read.decided_together
                && (read.blanks == 0 || !must_be)
                && limits::outside(field, &read.column, self.as_of).is_empty();
            is_sound.then_some(read.column)
        });
        columns.collect()
    }

    /// The column of the first key.
    pub fn key(&self) -> usize {
        self.columns[self.keys[0]].0
    }

    /// The id of a row: the first key. `None` if it is missing or cannot be read.
    #[inline]
    pub fn id<'r>(&self, rows: &'r RawRows, row: usize) -> Option<&'r str> {
        let (column, rule) = &self.columns[self.keys[0]];
        match read_id(rows, row, *column, rule) {
            Ok(Some(Cow::Borrowed(id))) => Some(id),
            // A text is what it is; that of a number would have to be made.
            _ => None,
        }
    }
}

/// The days of a column all of whose cells are written as almost all exports write them; each says for itself what it is.
fn plain_days(rows: &RawRows, column: usize) -> Option<Vec<i32>> {
    let day = |row: usize| match rows.cell(row, column) {
        Cell::Text(text) => date::plain(text.as_bytes()),
        _ => None,
    };
    (0..rows.len()).map(day).collect()
}
