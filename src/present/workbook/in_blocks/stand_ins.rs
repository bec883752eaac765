//! What stands for the table of all rows where only some of them are there.

use crate::diagnostic::Lang;
use crate::present::table::{ColumnKind, GradeStyle, OutCell, ResultTable, RowMark, TableColumn};
use std::mem::discriminant;
use std::sync::Arc;

/// How many places the numbers of each column have.
pub(super) fn places(table: &dyn ResultTable) -> Vec<u32> {
    let of_column = |(column, described): (usize, &TableColumn)| {
        let rows = 0..if described.kind.has_places() {
            table.len()
        } else {
            0
        };
        let places = rows.map(|row| match table.cell(row, column) {
            OutCell::Number(number) => number.places(),
            _ => 0,
        });
        places.max().unwrap_or(0)
    };
    table.columns().iter().enumerate().map(of_column).collect()
}

/// The kind that has the places of both.
pub(super) fn wider(one: ColumnKind, other: ColumnKind) -> ColumnKind {
    use ColumnKind::{Number, Percent};
    match (one, other) {
        (Number { places: one }, Number { places }) => Number {
            places: one.max(places),
        },
        (Percent { places: one }, Percent { places }) => Percent {
            places: one.max(places),
        },
        (one, _) => one,
    }
}

/// A table of which more is known than its own rows tell: how many places its numbers have.
pub(super) struct Foreseen<'a> {
    pub(super) table: &'a (dyn ResultTable + Sync),
    pub(super) columns: &'a [TableColumn],
}

impl ResultTable for Foreseen<'_> {
    fn lang(&self) -> Lang {
        self.table.lang()
    }

    fn columns(&self) -> &[TableColumn] {
        self.columns
    }

    fn len(&self) -> usize {
        self.table.len()
    }

    fn cell(&self, row: usize, column: usize) -> OutCell<'_> {
        self.table.cell(row, column)
    }

    fn mark(&self, row: usize) -> RowMark {
        self.table.mark(row)
    }

    fn grades(&self) -> &[GradeStyle] {
        self.table.grades()
    }

    fn types(&self) -> &[Arc<str>] {
        self.table.types()
    }
}

/// What stays of all tables when their rows are written.
pub(super) struct Frame {
    pub(super) lang: Lang,
    pub(super) columns: Vec<TableColumn>,
    pub(super) rows: usize,
    pub(super) grades: Vec<GradeStyle>,
    pub(super) types: Vec<Arc<str>>,
}

impl Frame {
    /// Whether a table has the same columns, but for the places of their numbers.
    pub(super) fn is_like(&self, table: &dyn ResultTable) -> bool {
        let like = |(one, other): (&TableColumn, &TableColumn)| {
            one.heading == other.heading
                && one.role == other.role
                && discriminant(&one.kind) == discriminant(&other.kind)
        };
        let columns = table.columns();
        columns.len() == self.columns.len() && columns.iter().zip(&self.columns).all(like)
    }
}

impl ResultTable for Frame {
    fn lang(&self) -> Lang {
        self.lang
    }

    fn columns(&self) -> &[TableColumn] {
        &self.columns
    }

    fn len(&self) -> usize {
        self.rows
    }

    fn cell(&self, _: usize, _: usize) -> OutCell<'_> {
        OutCell::Blank
    }

    fn mark(&self, _: usize) -> RowMark {
        RowMark {
            grade: None,
            decision: crate::decide::Decision::Unrated,
            steps: None,
        }
    }

    fn grades(&self) -> &[GradeStyle] {
        &self.grades
    }

    fn types(&self) -> &[Arc<str>] {
        &self.types
    }
}
