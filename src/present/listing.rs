//! A plain list as a table for every format: what a ledger knows has no scheme to lay it out by.

use super::table::{
    ColumnKind, ColumnRole, GradeStyle, OutCell, ResultTable, RowMark, TableColumn,
};
use crate::decide::Decision;
use crate::diagnostic::{Lang, Text};
use std::borrow::Cow;
use std::sync::Arc;

/// A column of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct ListColumn {
    /// Its key in JSON, the same in every language.
    pub key: Cow<'static, str>,
    /// Its heading.
    pub heading: Text,
    /// What kind of values it has.
    pub kind: ColumnKind,
    /// What it is to the reader: which columns a narrow terminal shows first.
    pub role: ColumnRole,
}

/// A cell of a list.
#[derive(Clone, Debug, PartialEq)]
pub enum ListCell {
    /// A value.
    Value(OutCell<'static>),
    /// A word: for programs its key, for people the word in their language.
    Word(&'static str, Text),
}

/// A list: columns and rows.
#[derive(Clone, Debug)]
pub struct Listing {
    lang: Lang,
    keyed: bool,
    columns: Vec<TableColumn>,
    rows: Vec<Vec<ListCell>>,
}

impl ListColumn {
    /// A column with a fixed key.
    pub const fn new(key: &'static str, heading: Text, kind: ColumnKind, role: ColumnRole) -> Self {
        Self {
            key: Cow::Borrowed(key),
            heading,
            kind,
            role,
        }
    }
}

impl ListCell {
    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Value(OutCell::Text(Cow::Owned(text.into())))
    }

    /// A text, or nothing.
    pub fn maybe(text: Option<impl Into<String>>) -> Self {
        text.map_or(Self::Value(OutCell::Blank), Self::text)
    }

    /// How many.
    pub fn count(count: usize) -> Self {
        Self::Value(OutCell::Number(crate::table::Decimal::from_count(count)))
    }
}

impl Listing {
    /// A list for people, in their language.
    pub fn new(lang: Lang, columns: &[ListColumn], rows: Vec<Vec<ListCell>>) -> Self {
        Self::build(lang, false, columns, rows)
    }

    /// The same for programs: headings and words are keys, whatever the language.
    pub fn keyed(columns: &[ListColumn], rows: Vec<Vec<ListCell>>) -> Self {
        Self::build(Lang::En, true, columns, rows)
    }

    fn build(lang: Lang, keyed: bool, columns: &[ListColumn], rows: Vec<Vec<ListCell>>) -> Self {
        let columns = columns
            .iter()
            .map(|column| TableColumn {
                heading: if keyed {
                    Arc::from(&*column.key)
                } else {
                    column.heading.get(lang).into()
                },
                kind: column.kind,
                role: column.role,
            })
            .collect();
        Self {
            lang,
            keyed,
            columns,
            rows,
        }
    }

    /// A cell as this list shows it.
    pub(super) fn shown(&self, cell: ListCell) -> OutCell<'static> {
        match cell {
            ListCell::Value(value) => value,
            ListCell::Word(key, _) if self.keyed => OutCell::Text(Cow::Borrowed(key)),
            ListCell::Word(_, word) => OutCell::Text(Cow::Owned(word.get(self.lang).to_owned())),
        }
    }

    /// Other rows below the same columns, for a list that is written piece by piece.
    pub fn replace_rows(&mut self, rows: Vec<Vec<ListCell>>) {
        self.rows = rows;
    }
}

impl ResultTable for Listing {
    fn lang(&self) -> Lang {
        self.lang
    }

    fn columns(&self) -> &[TableColumn] {
        &self.columns
    }

    fn len(&self) -> usize {
        self.rows.len()
    }

    fn cell(&self, row: usize, column: usize) -> OutCell<'_> {
        match &self.rows[row][column] {
            ListCell::Value(OutCell::Text(text)) => OutCell::Text(Cow::Borrowed(text)),
            ListCell::Value(value) => value.clone(),
            ListCell::Word(key, _) if self.keyed => OutCell::Text(Cow::Borrowed(key)),
            ListCell::Word(_, word) => OutCell::Text(Cow::Borrowed(word.get(self.lang))),
        }
    }

    /// Nothing is coloured: a list has no grades of one scheme.
    fn mark(&self, _row: usize) -> RowMark {
        RowMark {
            grade: None,
            decision: Decision::Held,
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
