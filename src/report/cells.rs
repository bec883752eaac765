//! Tables, rows and cells as the sections make them.

use super::{Cell, Column, Kind, Label, Row, Section, Series, Table};
use crate::diagnostic::{Lang, Text};
use crate::table::Decimal;
use crate::table::decimal::divide_half_away;
use std::sync::Arc;

/// A text in the report's language.
pub(crate) fn said(lang: Lang, text: Text) -> String {
    match lang {
        Lang::En => text.en,
        Lang::Zh => text.zh,
    }
}

/// A part of a whole to six places, half away from zero; `None` of nothing.
pub(crate) fn ratio(part: i128, whole: i128) -> Option<Decimal> {
    if whole == 0 {
        return None;
    }
    Decimal::from_wide(divide_half_away(part * 1_000_000, whole))
}

impl Section {
    /// A section without anything in it yet.
    pub(crate) fn new(key: &'static str, title: String) -> Self {
        Self {
            key,
            title,
            notes: vec![],
            blocks: vec![],
        }
    }
}

impl Table {
    /// A table without rows yet.
    pub(crate) fn new(key: impl Into<String>, columns: Vec<Column>) -> Self {
        Self {
            key: key.into(),
            title: None,
            columns,
            rows: vec![],
        }
    }

    /// The same with a heading of its own.
    pub(crate) fn titled(mut self, title: impl Into<String>) -> Self {
        self.title = Some(title.into());
        self
    }
}

impl Column {
    /// A column.
    pub(crate) fn new(key: impl Into<String>, heading: impl Into<String>, kind: Kind) -> Self {
        Self {
            key: key.into(),
            heading: heading.into(),
            kind,
            is_spare: false,
        }
    }

    /// The same, of which a terminal has no need where all its counts are nought.
    pub(crate) fn spare(self) -> Self {
        Self {
            is_spare: true,
            ..self
        }
    }
}

impl Row {
    /// A row of figures.
    pub(crate) const fn new(cells: Vec<Cell>) -> Self {
        Self {
            cells,
            is_total: false,
            grade: None,
        }
    }

    /// A row that sums the others up.
    pub(crate) const fn total(cells: Vec<Cell>) -> Self {
        Self {
            cells,
            is_total: true,
            grade: None,
        }
    }

    /// The same row in the colour of a grade.
    pub(crate) const fn of_grade(mut self, grade: Option<usize>) -> Self {
        self.grade = grade;
        self
    }
}

impl Cell {
    /// A text.
    pub(crate) fn text(text: &str) -> Self {
        Self::Text(text.into())
    }

    /// How many.
    pub(crate) fn count(count: usize) -> Self {
        Self::Number(Decimal::from_count(count))
    }

    /// A figure, where it is known.
    pub(crate) fn number(number: Option<Decimal>) -> Self {
        number.map_or(Self::Missing, Self::Number)
    }

    /// How many of how many, as a share; missing of none.
    pub(crate) fn share(part: usize, whole: usize) -> Self {
        Self::number(ratio(part as i128, whole as i128))
    }

    /// How many more or fewer.
    pub(crate) fn delta(now: usize, before: usize) -> Self {
        Self::Number(
            Decimal::from_count(now)
                .checked_sub(Decimal::from_count(before))
                .unwrap_or_default(),
        )
    }
}

impl Label {
    /// A name without a colour of its own.
    pub(crate) fn plain(text: impl Into<Arc<str>>) -> Self {
        Self {
            text: text.into(),
            grade: None,
        }
    }
}

impl Series {
    /// A series without a colour of its own.
    pub(crate) fn plain(name: impl Into<Arc<str>>, values: Vec<Option<Decimal>>) -> Self {
        Self {
            label: Label::plain(name),
            values,
        }
    }
}
