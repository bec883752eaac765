//! A table of a report as the terminal and Markdown draw tables.

use super::cell;
use crate::decide::Decision;
use crate::diagnostic::Lang;
use crate::present::table::{
    ColumnKind, ColumnRole, GradeStyle, OutCell, ResultTable, RowMark, TableColumn,
};
use crate::report::{Cell, Report, Table};
use crate::table::Decimal;
use std::sync::Arc;

/// How many columns of a table a narrow terminal keeps before it leaves any out.
const KEPT: usize = 3;

/// The table with every cell as people read it.
pub struct Plain<'a> {
    table: &'a Table,
    lang: Lang,
    columns: Vec<TableColumn>,
    /// Which columns of the report's table they are.
    places: Vec<usize>,
    grades: Vec<GradeStyle>,
}

impl<'a> Plain<'a> {
    /// A table of a report.
    pub fn new(report: &Report, table: &'a Table) -> Self {
        Self::of(report, table, (0..table.columns.len()).collect())
    }

    /// The same for a reader with little room: without columns that say nothing.
    pub fn short(report: &Report, table: &'a Table) -> Self {
        let is_nought = |cell: &Cell| match cell {
            Cell::Missing => true,
            Cell::Number(number) => *number == Decimal::ZERO,
            Cell::Text(_) | Cell::Date(_) => false,
        };
        let says = |column: &usize| {
            let mut cells = table.rows.iter().map(|row| &row.cells[*column]);
            !table.columns[*column].is_spare || !cells.all(is_nought)
        };
        Self::of(
            report,
            table,
            (0..table.columns.len()).filter(says).collect(),
        )
    }

    fn of(report: &Report, table: &'a Table, places: Vec<usize>) -> Self {
        let has_grades = table.rows.iter().any(|row| row.grade.is_some());
        let columns = places.iter().enumerate().map(|(index, place)| {
            let column = &table.columns[*place];
            let kind = if cell::is_numeric(column.kind) {
                ColumnKind::Number { places: 0 }
            } else {
                ColumnKind::Text
            };
            TableColumn {
                heading: column.heading.as_str().into(),
                kind,
                role: match index {
                    0 if has_grades => ColumnRole::Grade,
                    _ if index < KEPT => ColumnRole::Name,
                    _ => ColumnRole::Computed,
                },
            }
        });
        let grades = report.grades.iter();
        Self {
            table,
            lang: report.lang,
            columns: columns.collect(),
            places,
            grades: grades
                .map(|(name, color)| GradeStyle {
                    name: name.clone(),
                    color: *color,
                })
                .collect(),
        }
    }
}

impl ResultTable for Plain<'_> {
    fn lang(&self) -> Lang {
        self.lang
    }

    fn columns(&self) -> &[TableColumn] {
        &self.columns
    }

    fn len(&self) -> usize {
        self.table.rows.len()
    }

    fn cell(&self, row: usize, column: usize) -> OutCell<'_> {
        let place = self.places[column];
        let kind = self.table.columns[place].kind;
        OutCell::Text(cell::text(&self.table.rows[row].cells[place], kind))
    }

    fn mark(&self, row: usize) -> RowMark {
        RowMark {
            grade: self.table.rows[row].grade,
            decision: Decision::Classified,
            steps: None,
        }
    }

    fn folds_headings(&self) -> bool {
        true
    }

    fn grades(&self) -> &[GradeStyle] {
        &self.grades
    }

    fn types(&self) -> &[Arc<str>] {
        &[]
    }
}
