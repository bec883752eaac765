//! 潜力名单 as a sheet of the graded workbook: the rows of the report's list.

use super::listing::{ListCell, ListColumn, Listing};
use super::table::{
    ColumnKind, ColumnRole, GradeStyle, OutCell, ResultTable, RowMark, TableColumn,
};
use crate::decide::Decision;
use crate::diagnostic::Lang;
use crate::report::{Cell, Column, Kind, Table};
use crate::text;
use std::borrow::Cow;
use std::sync::Arc;

/// The list with the colours of the grades.
#[derive(Debug)]
pub struct PotentialTable {
    list: Listing,
    grades: Vec<GradeStyle>,
    marks: Vec<Option<usize>>,
}

impl PotentialTable {
    /// Of the report's table.
    pub fn new(table: &Table, grades: Vec<GradeStyle>, lang: Lang) -> Self {
        let columns = table.columns.iter().enumerate();
        let columns: Vec<ListColumn> = columns
            .map(|(index, column)| described(table, index, column))
            .collect();
        let rows = table.rows.iter();
        let mut rows: Vec<Vec<ListCell>> = rows
            .map(|row| row.cells.iter().map(cell).collect())
            .collect();
        let mut marks: Vec<Option<usize>> = table.rows.iter().map(|row| row.grade).collect();
        if rows.is_empty() {
            rows.push(nobody(columns.len(), lang));
            marks.push(None);
        }
        Self {
            list: Listing::new(lang, &columns, rows),
            grades,
            marks,
        }
    }
}

/// The row that says that nobody is on the list.
fn nobody(columns: usize, lang: Lang) -> Vec<ListCell> {
    let said = text!("nobody", "没有符合条件的客户").get(lang).to_owned();
    let blank = || ListCell::Value(OutCell::Blank);
    let mut row: Vec<ListCell> = (0..columns).map(|_| blank()).collect();
    if let Some(first) = row.first_mut() {
        *first = ListCell::text(said);
    }
    row
}

fn described(table: &Table, index: usize, column: &Column) -> ListColumn {
    let heading = &column.heading;
    let places = || {
        let cells = table.rows.iter().map(|row| &row.cells[index]);
        let places = cells.map(|cell| match cell {
            Cell::Number(number) => number.places(),
            _ => 0,
        });
        places.max().unwrap_or(0)
    };
    let kind = match column.kind {
        Kind::Money => ColumnKind::Number {
            places: match places() {
                0 => 0,
                places => places.max(2),
            },
        },
        Kind::Number => ColumnKind::Number { places: places() },
        Kind::Share => ColumnKind::Percent {
            places: places().saturating_sub(2),
        },
        _ if column.key == "id" => ColumnKind::Id,
        _ => ColumnKind::Text,
    };
    let role = match &*column.key {
        "id" => ColumnRole::Key,
        "name" => ColumnRole::Name,
        "grade" => ColumnRole::Grade,
        "next" => ColumnRole::Next,
        _ => ColumnRole::Computed,
    };
    ListColumn {
        key: Cow::Owned(column.key.clone()),
        heading: text!("{heading}", "{heading}"),
        kind,
        role,
    }
}

fn cell(cell: &Cell) -> ListCell {
    match cell {
        Cell::Missing => ListCell::Value(OutCell::Blank),
        Cell::Text(text) => ListCell::text(&**text),
        Cell::Number(number) => ListCell::Value(OutCell::Number(*number)),
        Cell::Date(date) => ListCell::Value(OutCell::Date(*date)),
    }
}

impl ResultTable for PotentialTable {
    fn lang(&self) -> Lang {
        self.list.lang()
    }

    fn columns(&self) -> &[TableColumn] {
        self.list.columns()
    }

    fn len(&self) -> usize {
        self.list.len()
    }

    fn cell(&self, row: usize, column: usize) -> OutCell<'_> {
        self.list.cell(row, column)
    }

    fn mark(&self, row: usize) -> RowMark {
        RowMark {
            grade: self.marks[row],
            decision: Decision::Held,
            steps: None,
        }
    }

    fn grades(&self) -> &[GradeStyle] {
        &self.grades
    }

    fn types(&self) -> &[Arc<str>] {
        &[]
    }
}
