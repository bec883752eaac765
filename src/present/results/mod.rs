//! The columns and rows of a grading as every format shows them: the input's columns and the result columns.
//!
//! Text formats have the input first and its cells as they were written; the workbook has the result first and typed
//! cells, so that numbers are numbers and dates dates.

mod cells;
mod columns;
mod inputs;
mod layout;

pub(super) use cells::moment;

use super::table::{
    ColumnKind, ColumnRole, GradeStyle, OutCell, ResultTable, RowMark, TableColumn, Written,
};
use crate::book::Entry;
use crate::diagnostic::{Finding, Lang};
use crate::explain::Explainer;
use crate::explain::distance::Nearest;
use crate::expr::Slot;
use crate::grading::Grading;
use crate::parallel::{cores, each};
use crate::read::{Format, fold_header};
use crate::scheme::model::{FieldKind, OutputColumn, ResultColumn, Strategy};
use crate::table::{Column, TextColumn, Unit};
use cells::entry_cell;
use foldhash::HashSet;
use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

/// Rows that one core looks at at a time.
const BLOCK: usize = 1 << 13;

/// What to show.
#[derive(Clone, Debug)]
pub struct View {
    /// The language of headings.
    pub lang: Lang,
    /// The rows in order.
    pub entries: Vec<Entry>,
    /// The columns; `None`: those of `layout`.
    pub columns: Option<Vec<OutputColumn>>,
    /// In which order and with which cells.
    pub layout: Layout,
}

/// The shape of an output.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Layout {
    /// The input's columns as written, then the results.
    Text,
    /// The results first, the input's columns typed, then what people fill.
    Workbook,
    /// What fits a screen: key, name and results.
    Screen,
}

/// Where the cells of a column come from.
#[derive(Clone, Debug)]
enum Filling<'a> {
    /// A column of the input, by its place in [`Results::inputs`].
    Input(usize),
    /// The customer's key.
    Id,
    /// An evaluated expression.
    Values(Cow<'a, Column>),
    /// A result.
    Result(ResultColumn),
    /// Something of the strategy.
    Strategy(fn(&Strategy) -> Option<Cow<'_, str>>),
    /// To be filled by people.
    Empty,
}

/// A column of the input over all its files.
#[derive(Clone, Debug)]
struct InputColumn {
    heading: Arc<str>,
    /// For each table the place of the column there.
    places: Vec<Option<usize>>,
    /// The field that reads it.
    field: Option<usize>,
    /// The unit that its header names.
    unit: Option<Unit>,
}

/// A grading as a table.
pub struct Results<'a> {
    grading: &'a Grading,
    view: View,
    columns: Vec<TableColumn>,
    from: Vec<Filling<'a>>,
    inputs: Vec<InputColumn>,
    /// Headings that a result may not have, folded: the input's and those of the columns before it.
    taken: HashSet<String>,
    /// How many columns come first that are all those of one text file, in their order.
    as_written: Option<usize>,
    grades: Vec<GradeStyle>,
    types: Vec<Arc<str>>,
    /// What tells why; worked out when a cell asks.
    explainer: OnceLock<Explainer<'a>>,
    /// Where the score is.
    score: Option<Slot>,
    /// What is nearest to a better grade; worked out when a cell asks.
    nearest: OnceLock<Nearest>,
    /// The tags of each customer in one text, where those are few; worked out when a cell asks.
    tags: OnceLock<Option<TextColumn>>,
    /// What the user should know about the columns.
    pub findings: Vec<Finding>,
}

impl<'a> Results<'a> {
    /// Lays out a grading.
    pub fn new(grading: &'a Grading, view: View) -> Self {
        let mut results = Self::of_some(grading, view);
        results.settle_kinds();
        results
    }

    /// Lays out a grading of some of the rows: how many places its columns of numbers have all of them say.
    pub fn of_some(grading: &'a Grading, view: View) -> Self {
        let scheme = &grading.scheme;
        let mut results = Self {
            grading,
            columns: vec![],
            from: vec![],
            inputs: vec![],
            taken: HashSet::default(),
            as_written: None,
            grades: scheme
                .grades
                .iter()
                .map(|grade| GradeStyle {
                    name: grade.name.clone(),
                    color: grade.color,
                })
                .collect(),
            types: scheme.types.iter().map(|rule| rule.name.clone()).collect(),
            explainer: OnceLock::new(),
            nearest: OnceLock::new(),
            tags: OnceLock::new(),
            score: scheme.score_slot(),
            findings: vec![],
            view,
        };
        results.find_inputs();
        let headings = results.inputs.iter().map(|input| &input.heading);
        results.taken = headings.map(|heading| fold_header(heading)).collect();
        match results
            .view
            .columns
            .clone()
            .or_else(|| scheme.output.columns.clone())
        {
            Some(columns) => {
                results.asked(&columns);
                // The scheme's own columns make a workbook that goes to reviewers; what one call asks for does not.
                let is_for_reviewers =
                    results.view.layout == Layout::Workbook && results.view.columns.is_none();
                let has_key = |column: &TableColumn| column.role == ColumnRole::Key;
                if is_for_reviewers && results.columns.iter().any(has_key) {
                    results.review_columns();
                }
            }
            None => match results.view.layout {
                Layout::Text => results.text_layout(),
                Layout::Workbook => results.workbook_layout(),
                Layout::Screen => results.screen_layout(),
            },
        }
        results.as_written = results.find_as_written();
        results
    }

    /// Whether the first columns are all those of one text file, in their order: then a record of it may stay as it is.
    fn find_as_written(&self) -> Option<usize> {
        let [table] = &self.grading.book.inputs.customers[..] else {
            return None;
        };
        let cells = table.headers.len();
        let is_nth = |(index, from): (usize, &Filling<'_>)| match from {
            Filling::Input(input) => self.inputs[*input].places[0] == Some(index),
            _ => false,
        };
        let all = self.from.len() >= cells && self.from.iter().take(cells).enumerate().all(is_nth);
        let is_text = self.view.layout == Layout::Text && table.format == Format::Text;
        (all && is_text && self.grading.role.is_none()).then_some(cells)
    }

    /// Numbers get as many places as the longest of them needs, so that what is shown is what was compared.
    fn settle_kinds(&mut self) {
        // Text files write every number with its own digits; only what formats numbers by column has to look.
        if self.view.layout == Layout::Text {
            return;
        }
        for index in 0..self.columns.len() {
            if !self.columns[index].kind.has_places() {
                continue;
            }
            let rows = self.view.entries.len();
            let block = |block: usize| {
                let rows = block * BLOCK..rows.min((block + 1) * BLOCK);
                rows.map(|row| match self.cell(row, index) {
                    OutCell::Number(number) => number.places(),
                    _ => 0,
                })
                .max()
            };
            let blocks = each(cores(), rows.div_ceil(BLOCK), block);
            let places = blocks.into_iter().flatten().fold(0, u32::max);
            self.columns[index].kind = self.kind_with(index, places);
        }
    }

    /// Whether a column is of amounts of money.
    fn is_money(&self, column: usize) -> bool {
        let Filling::Input(input) = self.from[column] else {
            return false;
        };
        let field = self.inputs[input].field;
        let customers = self.grading.scheme.customers.as_ref();
        let kind = field
            .zip(customers)
            .map(|(field, customers)| &customers.sheet.fields[field].kind);
        matches!(kind, Some(FieldKind::Money(_)))
    }
}

impl ResultTable for Results<'_> {
    fn lang(&self) -> Lang {
        self.view.lang
    }

    fn columns(&self) -> &[TableColumn] {
        &self.columns
    }

    fn len(&self) -> usize {
        self.view.entries.len()
    }

    fn cell(&self, row: usize, column: usize) -> OutCell<'_> {
        let entry = self.view.entries[row];
        let from = &self.from[column];
        if let Filling::Input(input) = from {
            return self.input_cell(&self.inputs[*input], entry);
        }
        let row = match entry {
            Entry::Customer(row) => row as usize,
            Entry::Refused(_) | Entry::Absent(_) => return self.kept_cell(from, entry),
        };
        match from {
            Filling::Id => OutCell::Text(Cow::Borrowed(&self.grading.book.roster.ids[row])),
            Filling::Values(column) => entry_cell(column, row),
            Filling::Result(column) => self.result_cell(*column, row),
            Filling::Strategy(show) => self.grading.classification.strategies[row]
                .index()
                .and_then(|index| show(&self.grading.scheme.strategies[index]))
                .map_or(OutCell::Blank, OutCell::Text),
            Filling::Input(_) | Filling::Empty => OutCell::Blank,
        }
    }

    fn write_text(&self, row: usize, column: usize, out: &mut String) -> bool {
        match (&self.from[column], self.view.entries[row]) {
            (Filling::Result(column), Entry::Customer(row)) => {
                self.write_result(*column, row as usize, out)
            }
            _ => false,
        }
    }

    fn written(&self, row: usize, delimiter: u8) -> Option<Written<'_>> {
        let cells = self.as_written?;
        let book = &self.grading.book;
        let customers = book.customers.as_ref()?;
        let at = match self.view.entries[row] {
            Entry::Customer(row)
                if customers.more.contains_key(&row) || customers.picked.contains_key(&row) =>
            {
                return None;
            }
            Entry::Customer(row) => customers.rows[row as usize],
            Entry::Refused(row) => book.roster.refused[row as usize].at,
            Entry::Absent(_) => return None,
        };
        let table = &book.inputs.customers[at.table as usize];
        let row = at.row as usize;
        Some(Written {
            cells,
            record: table.rows.record(row, delimiter)?,
            is_unsigned: table.rows.is_unsigned(row),
        })
    }

    fn kind_with(&self, column: usize, places: u32) -> ColumnKind {
        match self.columns[column].kind {
            ColumnKind::Number { .. } => ColumnKind::Number {
                // Cents have two.
                places: if places > 0 && self.is_money(column) {
                    places.max(2)
                } else {
                    places
                },
            },
            ColumnKind::Percent { .. } => ColumnKind::Percent {
                places: places.saturating_sub(2),
            },
            other => other,
        }
    }

    fn mark(&self, row: usize) -> RowMark {
        match self.view.entries[row] {
            Entry::Customer(row) => self.mark_of(row as usize),
            entry => self.kept_mark(entry),
        }
    }

    fn grades(&self) -> &[GradeStyle] {
        &self.grades
    }

    fn types(&self) -> &[Arc<str>] {
        &self.types
    }
}
