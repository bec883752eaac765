//! The counts of the matrix as a table; rows and columns in which there is nobody, and that are no level, are left out.

use super::Diff;
use crate::compare::{Class, Matrix};
use crate::decide::Decision;
use crate::diagnostic::Lang;
use crate::present::table::{
    ColumnKind, ColumnRole, GradeStyle, OutCell, ResultTable, RowMark, TableColumn,
};
use crate::table::Decimal;
use crate::words::Word;
use std::borrow::Cow;
use std::sync::Arc;

/// The counts of a matrix, with sums.
pub struct MatrixTable<'a> {
    matrix: &'a Matrix,
    lang: Lang,
    columns: Vec<TableColumn>,
    /// Which rows and which columns of the matrix are shown.
    shown: (Vec<usize>, Vec<usize>),
}

impl<'a> MatrixTable<'a> {
    /// The matrix of a comparison.
    pub fn new(diff: &'a Diff) -> Self {
        let (matrix, lang) = (&diff.comparison.matrix, diff.lang);
        let shown = matrix.shown();
        let number = |heading: Arc<str>| TableColumn {
            heading,
            kind: ColumnKind::Number { places: 0 },
            // What never goes when a terminal is narrow.
            role: ColumnRole::Name,
        };
        let mut columns = vec![TableColumn {
            heading: Word::FromTo.get(lang).into(),
            kind: ColumnKind::Text,
            role: ColumnRole::Key,
        }];
        let names = shown
            .1
            .iter()
            .map(|at| matrix.name(*at, Class::Absent, lang));
        columns.extend(names.map(number));
        columns.push(number(Word::Total.get(lang).into()));
        Self {
            matrix,
            lang,
            columns,
            shown,
        }
    }
}

impl ResultTable for MatrixTable<'_> {
    fn lang(&self) -> Lang {
        self.lang
    }

    fn columns(&self) -> &[TableColumn] {
        &self.columns
    }

    fn len(&self) -> usize {
        self.shown.0.len() + 1
    }

    fn cell(&self, row: usize, column: usize) -> OutCell<'_> {
        let at_row = self.shown.0.get(row).copied();
        let at_column = column
            .checked_sub(1)
            .and_then(|at| self.shown.1.get(at).copied());
        let count = match (column, at_row, at_column) {
            (0, Some(at), _) => {
                let name = self.matrix.name(at, Class::New, self.lang);
                return OutCell::Text(Cow::Owned(name.to_string()));
            }
            (0, None, _) => return OutCell::Text(Word::Total.get(self.lang).into()),
            (_, Some(row), Some(column)) => self.matrix.rows[row][column].count,
            (_, Some(row), None) => self.matrix.row_count(row),
            (_, None, Some(column)) => self.matrix.column_count(column),
            (_, None, None) => (0..self.matrix.rows.len())
                .map(|row| self.matrix.row_count(row))
                .sum(),
        };
        OutCell::Number(Decimal::from_count(count))
    }

    fn mark(&self, _row: usize) -> RowMark {
        RowMark {
            grade: None,
            decision: Decision::Classified,
            steps: None,
        }
    }

    fn grades(&self) -> &[GradeStyle] {
        &[]
    }

    fn types(&self) -> &[Arc<str>] {
        &[]
    }
}
