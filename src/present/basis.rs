//! What every grade rests on, as a table: a row for each customer and dimension, with the rule that decided, the values
//! that it read and the cells that they came from. Where the scheme has no dimensions, a row for the grade and the type.
//!
//! Takes a grading and what of it may be shown. A row is worked out when it is asked for, because there may be millions.

mod line;

use super::marks::decision_word;
use super::seen::Seen;
use super::shown;
use super::table::{
    ColumnKind, ColumnRole, GradeStyle, OutCell, ResultTable, RowMark, TableColumn,
};
use crate::assess::parts;
use crate::decide::Decision;
use crate::diagnostic::Lang;
use crate::explain::Explainer;
use crate::grading::Grading;
use crate::table::Decimal;
use crate::words::Word;
use line::Line;
use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};

/// With more customers than this only those who moved are explained.
pub const MOST: usize = 300_000;

/// How many rows are kept of those that were asked for last.
const LAST: usize = 16;

/// What a column shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Show {
    Id,
    Name,
    Subject,
    Label,
    Points,
    Weight,
    Part,
    Rule,
    Values,
    Sources,
}

/// What a row of the table is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Subject {
    Dimension(usize),
    Grade,
    Type,
}

/// What the numbers of a column need.
struct Shape {
    places: u32,
    least: Decimal,
    most: Decimal,
}

impl Shape {
    /// Of these numbers; `None` where there are none.
    fn of(mut numbers: impl Iterator<Item = Decimal>) -> Option<Self> {
        let first = numbers.next()?;
        let shape = Self {
            places: first.places(),
            least: first,
            most: first,
        };
        Some(numbers.fold(shape, |shape, number| Self {
            places: shape.places.max(number.places()),
            least: shape.least.min(number),
            most: shape.most.max(number),
        }))
    }

    /// The characters of the widest.
    fn width(&self) -> usize {
        let width = |number: Decimal| {
            let whole = Decimal::from_int(number.trunc()).unwrap_or(number);
            shown::number(whole, self.places).len() + usize::from(number < Decimal::ZERO)
        };
        width(self.least).max(width(self.most))
    }
}

/// The table.
pub struct Basis<'a> {
    grading: &'a Grading,
    explainer: Explainer<'a>,
    lang: Lang,
    rows: Vec<u32>,
    subjects: Vec<Subject>,
    columns: Vec<TableColumn>,
    shows: Vec<Show>,
    /// How many characters the widest number of each column takes.
    widest: Vec<usize>,
    /// The rows that were asked for last, each in a place by its number: the cells of a row are asked for one after
    /// another, by several threads each for rows of its own.
    last: [Mutex<Option<(usize, Line)>>; LAST],
    /// Whether it has those only who moved.
    pub only_moved: bool,
}

impl<'a> Basis<'a> {
    /// The table of a grading; of those only who moved, where there are more than `most` customers. `None` where there
    /// is nobody to explain.
    pub fn new(grading: &'a Grading, seen: &Seen, lang: Lang, most: usize) -> Option<Self> {
        let scheme = &grading.scheme;
        let mut subjects: Vec<Subject> = (0..scheme.dimensions.len())
            .map(Subject::Dimension)
            .collect();
        if subjects.is_empty() {
            let has = [
                (!scheme.grades.is_empty(), Subject::Grade),
                (!scheme.types.is_empty(), Subject::Type),
            ];
            subjects.extend(
                has.iter()
                    .filter(|(has, _)| *has)
                    .map(|(_, subject)| *subject),
            );
        }
        let only_moved = seen.rows().nth(most).is_some();
        let rows: Vec<u32> = seen
            .rows()
            .filter(|row| !only_moved || has_moved(grading, *row))
            .map(|row| row as u32)
            .collect();
        if rows.is_empty() || subjects.is_empty() {
            return None;
        }
        let mut basis = Self {
            grading,
            explainer: Explainer::new(grading, lang),
            lang,
            rows,
            subjects,
            columns: vec![],
            shows: vec![],
            widest: vec![],
            last: std::array::from_fn(|_| Mutex::default()),
            only_moved,
        };
        basis.lay_out();
        Some(basis)
    }

    /// How many customers it explains.
    pub const fn customers(&self) -> usize {
        self.rows.len()
    }

    fn lay_out(&mut self) {
        use ColumnKind::{Id, Text};
        use ColumnRole::{Computed, Key, Label, Name, Reasons};
        let roster = &self.grading.book.roster;
        let is_named = self
            .rows
            .iter()
            .any(|row| roster.names[*row as usize].is_some());
        let scheme = &self.grading.scheme;
        let points = Shape::of(self.points());
        let weights = scheme.dimensions.iter().filter_map(|known| known.weight);
        let weight = Shape::of(weights);
        let rows = self.rows.iter();
        let parts = Shape::of(
            rows.flat_map(|row| self.parts(*row as usize))
                .map(|(_, part)| part),
        );
        let number = |shape: &Option<Shape>| ColumnKind::Number {
            places: shape.as_ref().map_or(0, |shape| shape.places),
        };
        let columns = [
            (true, Word::Customer, Id, Key, Show::Id),
            (is_named, Word::CustomerName, Text, Name, Show::Name),
            (true, Word::Dimension, Text, Computed, Show::Subject),
            (true, Word::BandLabel, Text, Label, Show::Label),
            (
                points.is_some(),
                Word::Points,
                number(&points),
                Computed,
                Show::Points,
            ),
            (
                weight.is_some(),
                Word::Weight,
                number(&weight),
                Computed,
                Show::Weight,
            ),
            (
                parts.is_some(),
                Word::PartOfScore,
                number(&parts),
                Computed,
                Show::Part,
            ),
            (true, Word::Rule, Text, Reasons, Show::Rule),
            (true, Word::ValuesRead, Text, Reasons, Show::Values),
            (true, Word::Source, Text, Reasons, Show::Sources),
        ];
        for (_, word, kind, role, show) in columns.into_iter().filter(|(shown, ..)| *shown) {
            let word = match (show, self.subjects[0]) {
                (Show::Subject, Subject::Grade | Subject::Type) => Word::Item,
                _ => word,
            };
            self.columns.push(TableColumn {
                heading: word.get(self.lang).into(),
                kind,
                role,
            });
            self.shows.push(show);
            let shape = match show {
                Show::Points => &points,
                Show::Weight => &weight,
                Show::Part => &parts,
                _ => &None,
            };
            self.widest.push(shape.as_ref().map_or(0, Shape::width));
        }
    }

    /// All points.
    fn points(&self) -> impl Iterator<Item = Decimal> {
        let scheme = &self.grading.scheme;
        let columns = scheme
            .dimensions
            .iter()
            .map(|dimension| self.grading.facts.get(dimension.points_slot));
        let rows = || self.rows.iter().map(|row| *row as usize);
        columns.flat_map(move |column| rows().filter_map(move |row| column.number_at(row)))
    }

    fn parts(&self, row: usize) -> Vec<(usize, Decimal)> {
        let grading = self.grading;
        parts(
            &grading.scheme,
            &grading.assessment.dimensions,
            &grading.facts,
            row,
        )
    }

    /// The customer and what the row is about.
    fn at(&self, row: usize) -> (usize, Subject) {
        let each = self.subjects.len();
        (self.rows[row / each] as usize, self.subjects[row % each])
    }
}

/// Whether the grade is another than before; without grades the type.
fn has_moved(grading: &Grading, row: usize) -> bool {
    let before = grading.earlier(row);
    if grading.scheme.grades.is_empty() {
        let now = grading.classification.types[row].index();
        before.kind.is_some() && before.kind != now
    } else {
        let now = grading.decided[row].grade.map(|grade| grade as usize);
        before.grade.is_some() && before.grade != now
    }
}

impl ResultTable for Basis<'_> {
    fn lang(&self) -> Lang {
        self.lang
    }

    fn columns(&self) -> &[TableColumn] {
        &self.columns
    }

    fn len(&self) -> usize {
        self.rows.len() * self.subjects.len()
    }

    fn cell(&self, row: usize, column: usize) -> OutCell<'_> {
        let (customer, subject) = self.at(row);
        let roster = &self.grading.book.roster;
        let own = |text: &str| match text {
            "" => OutCell::Blank,
            text => OutCell::Text(Cow::Owned(text.to_owned())),
        };
        let show = self.shows[column];
        match show {
            Show::Id => return OutCell::Text(Cow::Borrowed(&roster.ids[customer])),
            Show::Name => {
                let name = roster.names[customer].as_deref();
                return name.map_or(OutCell::Blank, |name| OutCell::Text(Cow::Borrowed(name)));
            }
            Show::Subject => {
                return OutCell::Text(Cow::Borrowed(match subject {
                    Subject::Dimension(index) => &self.grading.scheme.dimensions[index].name,
                    Subject::Grade => Word::Grade.get(self.lang),
                    Subject::Type => Word::Type.get(self.lang),
                }));
            }
            _ => {}
        }
        let last = &self.last[row % LAST];
        // What is in it is replaced as a whole, whatever became of another thread.
        let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.as_ref().is_none_or(|(known, _)| *known != row) {
            *last = Some((row, self.line(row)));
        }
        let Some((_, line)) = last.as_ref() else {
            return OutCell::Blank;
        };
        let number = |value: Option<Decimal>| value.map_or(OutCell::Blank, OutCell::Number);
        match show {
            Show::Label => match &line.label {
                Some(label) => own(label),
                None if subject == Subject::Grade => {
                    own(&decision_word(Decision::Unrated, self.lang))
                }
                None => OutCell::Blank,
            },
            Show::Points => number(line.points),
            Show::Weight => number(line.weight),
            Show::Part => number(line.part),
            Show::Rule => own(&line.rule),
            Show::Values => own(&line.values),
            _ => own(&line.sources),
        }
    }

    fn mark(&self, row: usize) -> RowMark {
        let decided = &self.grading.decided[self.at(row).0];
        RowMark {
            grade: decided.grade.map(|grade| grade as usize),
            decision: decided.decision,
            steps: None,
        }
    }

    fn widest_number(&self, column: usize) -> Option<usize> {
        Some(self.widest[column])
    }

    fn grades(&self) -> &[GradeStyle] {
        &[]
    }

    fn types(&self) -> &[Arc<str>] {
        &[]
    }
}
