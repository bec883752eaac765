//! The customers of a comparison as a table.

use super::Diff;
use crate::compare::{Changed, Class, Move};
use crate::diagnostic::Lang;
use crate::present::marks::{back_mark, class_decision, class_mark};
use crate::present::shown;
use crate::present::table::{
    ColumnKind, ColumnRole, GradeStyle, OutCell, ResultTable, RowMark, TableColumn,
};
use crate::table::{Decimal, Value};
use crate::words::Word;
use std::borrow::Cow;
use std::sync::Arc;

/// For whom the table is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shape {
    /// For a reader: those with whom something happened, and the columns that say something of one of them.
    Screen,
    /// For a program: everybody, and the same columns for every comparison.
    Text,
    /// For a reader with a filter: those with whom something happened, and steps as numbers.
    Workbook,
}

/// What a column shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Show {
    Id,
    Name,
    Change,
    From,
    To,
    Steps,
    Amount,
    Cause,
    Changed,
    Reason,
}

/// The customers of a comparison as a table.
pub struct MovesTable<'a> {
    diff: &'a Diff,
    rows: Vec<&'a Move>,
    columns: Vec<TableColumn>,
    shows: Vec<Show>,
}

impl<'a> MovesTable<'a> {
    /// The customers that the user wants to see, else those that this shape lists.
    pub fn new(diff: &'a Diff, shape: Shape) -> Self {
        let listed = |found: &&Move| match (&diff.only, shape) {
            (Some(only), _) => only.contains(&found.class),
            (None, Shape::Text) => true,
            (None, _) => found.is_move() || found.class == Class::Refused,
        };
        let rows = diff.comparison.moves.iter().filter(listed).collect();
        Self::of(diff, rows, shape)
    }

    /// These customers, whether or not they are in the comparison's list.
    pub fn of(diff: &'a Diff, rows: Vec<&'a Move>, shape: Shape) -> Self {
        let mut table = Self {
            diff,
            rows,
            columns: vec![],
            shows: vec![],
        };
        table.lay_out(shape);
        table
    }

    /// Whether nobody is listed.
    pub const fn is_blank(&self) -> bool {
        self.rows.is_empty()
    }

    /// The move of a row.
    pub fn row(&self, row: usize) -> &Move {
        self.rows[row]
    }

    fn lay_out(&mut self, shape: Shape) {
        use ColumnKind::{Id, Number, Text};
        use ColumnRole::{Computed, Decision, Grade, Input, Key, Name, Previous, Reasons, Steps};
        let fixed = shape == Shape::Text;
        let any = |has: &dyn Fn(&Move) -> bool| self.rows.iter().any(|found| has(found));
        let places = self.rows.iter().filter_map(|found| found.amount);
        let places = places.map(Decimal::places).max().unwrap_or(0);
        let with_amounts = self.diff.comparison.matrix.has_amounts;
        let amount = self.diff.amount.as_deref();
        let columns = [
            (true, Word::Customer, Id, Key, Show::Id),
            (
                fixed || any(&|found| found.name.is_some()),
                Word::CustomerName,
                Text,
                Name,
                Show::Name,
            ),
            (true, Word::Change, Text, Decision, Show::Change),
            (true, Word::From, Text, Previous, Show::From),
            (true, Word::To, Text, Grade, Show::To),
            (
                shape != Shape::Screen,
                Word::Steps,
                Number { places: 0 },
                Steps,
                Show::Steps,
            ),
            (
                with_amounts,
                Word::Amount,
                Number { places },
                Input,
                Show::Amount,
            ),
            (
                fixed || any(&|found| found.cause.is_some()),
                Word::Cause,
                Text,
                Computed,
                Show::Cause,
            ),
            (
                fixed || any(&|found| !found.changed.is_empty()),
                Word::ChangedValues,
                Text,
                Reasons,
                Show::Changed,
            ),
            (
                fixed || any(&|found| found.reason.is_some()),
                Word::MainReason,
                Text,
                Reasons,
                Show::Reason,
            ),
        ];
        for (_, word, kind, role, show) in columns.into_iter().filter(|(shown, ..)| *shown) {
            let heading = match (show, amount) {
                (Show::Amount, Some(name)) => name,
                _ => word.get(self.diff.lang),
            };
            self.columns.push(TableColumn {
                heading: heading.into(),
                kind,
                role,
            });
            self.shows.push(show);
        }
    }
}

impl ResultTable for MovesTable<'_> {
    fn lang(&self) -> Lang {
        self.diff.lang
    }

    fn columns(&self) -> &[TableColumn] {
        &self.columns
    }

    fn len(&self) -> usize {
        self.rows.len()
    }

    fn cell(&self, row: usize, column: usize) -> OutCell<'_> {
        let found = self.rows[row];
        let lang = self.diff.lang;
        let own = |text: String| OutCell::Text(Cow::Owned(text));
        match self.shows[column] {
            Show::Id => text(Some(&found.id)),
            Show::Name => text(found.name.as_ref()),
            Show::Change if found.is_back() => own(back_mark(lang)),
            Show::Change => own(class_mark(found.class, found.steps, lang)),
            Show::From => {
                let is_told = found.there.0 || found.is_back();
                text(found.old.as_ref().filter(|_| is_told))
            }
            Show::To => text(found.new.as_ref().filter(|_| found.there.1)),
            Show::Steps => found.steps.map_or(OutCell::Blank, |steps| {
                Decimal::from_int(i64::from(steps)).map_or(OutCell::Blank, OutCell::Number)
            }),
            Show::Amount => found.amount.map_or(OutCell::Blank, OutCell::Number),
            Show::Cause => found.cause.map_or(OutCell::Blank, |cause| {
                OutCell::Text(cause.word(lang).into())
            }),
            Show::Changed if found.changed.is_empty() => OutCell::Blank,
            Show::Changed => own(changed_text(&found.changed, lang)),
            Show::Reason => text(found.reason.as_ref()),
        }
    }

    fn mark(&self, row: usize) -> RowMark {
        let found = self.rows[row];
        let level = found.new.as_ref().filter(|_| found.there.1);
        RowMark {
            grade: level.and_then(|level| place_of(self.diff, level)),
            decision: class_decision(found.class),
            steps: found.steps,
        }
    }

    fn grades(&self) -> &[GradeStyle] {
        // Colours say better and worse, which nobody knows of levels without an order.
        if self.diff.comparison.is_ordered {
            &self.diff.styles
        } else {
            &[]
        }
    }

    fn types(&self) -> &[Arc<str>] {
        &[]
    }
}

fn text(text: Option<&Arc<str>>) -> OutCell<'_> {
    text.map_or(OutCell::Blank, |text| OutCell::Text((&**text).into()))
}

/// The place of a level among those that have a colour.
pub(in crate::present) fn place_of(diff: &Diff, level: &str) -> Option<usize> {
    if !diff.comparison.is_ordered {
        return None;
    }
    diff.styles.iter().position(|style| *style.name == *level)
}

/// `年采购额 80 → 90；区域 华南 → 华北`.
fn changed_text(changed: &[Changed], lang: Lang) -> String {
    let items = changed.iter().map(|changed| {
        let (old, new) = (
            value_text(&changed.old, lang),
            value_text(&changed.new, lang),
        );
        format!("{} {old} → {new}", changed.name)
    });
    let between = match lang {
        Lang::En => "; ",
        Lang::Zh => "；",
    };
    items.collect::<Vec<_>>().join(between)
}

/// A value as people read it; one that is not there says so, so that `→` always has two ends.
fn value_text(value: &Value, lang: Lang) -> Cow<'_, str> {
    match value {
        Value::Missing => Word::Nothing.get(lang).into(),
        Value::Text(text) => Cow::Borrowed(text),
        Value::Number(number) => shown::number(*number, 0).into(),
        Value::Date(date) => date.to_string().into(),
        Value::DateTime(moment) => moment.to_string().into(),
        Value::Bool(truth) => Word::truth(*truth).get(lang).into(),
        Value::List(items) => items.join("、").into(),
    }
}
