//! What a repair workbook has of one table: its rows that wait, in their layout, with what is wrong and what may stand
//! in their cells.

use super::lines::Mark;
use crate::book::{Flaw, SheetKind};
use crate::clean::sheet::field_headers;
use crate::diagnostic::Text;
use crate::read::{Table, find_column};
use crate::scheme::Scheme;
use crate::scheme::model::FieldKind;
use crate::table::Date;
use std::sync::Arc;

/// The rows of one table.
#[derive(Clone, Debug)]
pub struct Page {
    /// The sheet of the scheme.
    pub sheet: Arc<str>,
    /// Where the table comes from.
    pub source: Arc<str>,
    /// The table with the rows that wait and no others.
    pub table: Table,
    /// What may stand in each column.
    pub columns: Vec<PageColumn>,
    /// What is to be said of each row.
    pub rows: Vec<PageRow>,
}

/// What may stand in a column of the table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageColumn {
    /// Texts to choose from.
    pub choices: Vec<Arc<str>>,
    /// Whether several of them may stand in a cell.
    pub is_list: bool,
    /// Whether it is yes or no.
    pub is_truth: bool,
    /// Whether it holds numbers or dates.
    pub is_figure: bool,
}

/// What is to be said of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageRow {
    /// Which row it is.
    pub mark: Mark,
    /// What is wrong with it.
    pub faults: Vec<Flaw>,
    /// What people made of it who do not agree.
    pub disputes: Vec<Text>,
    /// Who is to mend it.
    pub owner: Option<Arc<str>>,
    /// By when.
    pub due: Option<Date>,
}

impl PageRow {
    /// Whether it should have been mended before a day.
    pub fn is_overdue(&self, on: Date) -> bool {
        self.due.is_some_and(|due| due < on)
    }
}

/// What may stand in each column of a table of a sheet of the scheme.
pub fn columns_of(scheme: &Scheme, sheet: &str, table: &Table) -> Vec<PageColumn> {
    let mut columns = vec![PageColumn::default(); table.headers.len()];
    let Some(rule) = SheetKind::of(scheme, sheet).and_then(|kind| kind.sheet(scheme)) else {
        return columns;
    };
    for field in &rule.fields {
        let Some(at) = find_column(&table.headers, &field_headers(field)) else {
            continue;
        };
        columns[at] = PageColumn {
            choices: field.choices.clone(),
            is_list: field.kind == FieldKind::Choices,
            is_truth: field.kind == FieldKind::Bool,
            is_figure: matches!(
                field.kind,
                FieldKind::Number
                    | FieldKind::Money(_)
                    | FieldKind::Percent
                    | FieldKind::Date
                    | FieldKind::DateTime
            ),
        };
    }
    columns
}
