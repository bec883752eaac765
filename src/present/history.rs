//! The last runs of those who moved: a row for each customer, a column for each run with the grade that counted then.
//! In a scheme without grades it is the type.
//!
//! Takes a grading and, of each run before, what it gave to whom. A level is a number here, because there may be twelve
//! of them for every customer.

use super::marks::decision_sign;
use super::seen::Seen;
use super::table::{
    ColumnKind, ColumnRole, GradeStyle, OutCell, ResultTable, RowMark, TableColumn,
};
use crate::book::Entry;
use crate::compare::{On, Renamed};
use crate::decide::Decision;
use crate::diagnostic::Lang;
use crate::grading::Grading;
use crate::table::{Date, Decimal};
use crate::words::Word;
use std::borrow::Cow;
use std::sync::Arc;

/// How many runs are shown, this one too.
pub const RUNS: usize = 12;

/// Not in the run.
const NOT_THERE: u16 = 0;
/// Known, and not in the newest sheet.
const ABSENT: u16 = 1;
/// Without a level.
const NONE: u16 = 2;
/// The first level.
const FIRST: u16 = 3;

/// What the last runs gave.
#[derive(Debug)]
pub struct History {
    /// Whether levels are types.
    of_types: bool,
    renamed: Renamed,
    /// The levels of the scheme, best first, then others that earlier runs gave.
    levels: Vec<Arc<str>>,
    /// How many of them are of the scheme, so that they have an order and a colour.
    known: usize,
    /// The runs, oldest first: of each its as-of date and the level of each person by number.
    runs: Vec<(Date, Vec<u16>)>,
}

impl History {
    /// Nothing yet.
    pub fn new(grading: &Grading) -> Self {
        let scheme = &grading.scheme;
        let of_types = scheme.grades.is_empty();
        let levels: Vec<Arc<str>> = if of_types {
            scheme.types.iter().map(|rule| rule.name.clone()).collect()
        } else {
            scheme
                .grades
                .iter()
                .map(|grade| grade.name.clone())
                .collect()
        };
        let on = if of_types { On::Type } else { On::Grade };
        Self {
            of_types,
            renamed: Renamed::of(scheme, &on),
            known: levels.len(),
            levels,
            runs: vec![],
        }
    }

    /// Begins another run, later than those before.
    pub fn begin(&mut self, as_of: Date, grading: &Grading) {
        self.runs
            .push((as_of, vec![NOT_THERE; grading.people.persons.len()]));
    }

    /// What the run that was begun last says of a customer.
    pub fn add(
        &mut self,
        grading: &Grading,
        customer: &str,
        grade: Option<&str>,
        kind: Option<&str>,
        decision: Decision,
    ) {
        let level = if self.of_types { kind } else { grade };
        let code = match (decision, level) {
            (Decision::Absent, _) => ABSENT,
            (_, None) => NONE,
            (_, Some(level)) => self.code(level),
        };
        if let (Some(number), Some((_, levels))) =
            (grading.people.by_id().get(customer), self.runs.last_mut())
        {
            levels[*number as usize] = code;
        }
    }

    fn code(&mut self, level: &str) -> u16 {
        let place = self.levels.iter().position(|known| **known == *level);
        let place = place.unwrap_or_else(|| {
            let name = self.renamed.name(level.into());
            let known = self.levels.iter().position(|known| *known == name);
            known.unwrap_or_else(|| {
                self.levels.push(name);
                self.levels.len() - 1
            })
        });
        u16::try_from(place).map_or(NONE, |place| FIRST.saturating_add(place))
    }

    /// The table of those among whom may be shown who moved in any of these runs; `None` where there is one run only or
    /// nobody moved.
    pub fn table<'a>(
        &'a self,
        grading: &'a Grading,
        seen: &Seen,
        lang: Lang,
        styles: Vec<GradeStyle>,
    ) -> Option<HistoryTable<'a>> {
        if self.runs.len() < 2 {
            return None;
        }
        let number_of = |entry: &Entry| match entry {
            Entry::Customer(row) => Some(*row),
            entry => {
                let kept = grading.kept(*entry)?;
                grading.people.by_id().get(kept.id?).copied()
            }
        };
        let rows = seen.entries.iter().filter_map(number_of);
        let rows: Vec<u32> = rows
            .filter(|number| self.moves(*number) != (0, 0, 0))
            .collect();
        if rows.is_empty() {
            return None;
        }
        Some(HistoryTable::new(self, grading, rows, lang, styles))
    }

    fn at(&self, run: usize, number: u32) -> u16 {
        self.runs[run].1[number as usize]
    }

    /// The level of the last run before `run` in which the customer had one.
    fn before(&self, run: usize, number: u32) -> Option<u16> {
        (0..run)
            .rev()
            .map(|run| self.at(run, number))
            .find(|code| *code >= FIRST)
    }

    /// What the level of a run is to the one before; `None` where either is none.
    fn moved(&self, run: usize, number: u32) -> Option<Moved> {
        let (now, before) = (self.at(run, number), self.before(run, number)?);
        if now < FIRST || now == before {
            return None;
        }
        let last = FIRST + self.known as u16;
        Some(match (self.of_types, now < before) {
            (false, up) if now < last && before < last => {
                if up {
                    Moved::Up
                } else {
                    Moved::Down
                }
            }
            _ => Moved::Otherwise,
        })
    }

    /// How often the customer went up, down, or to a level that is neither.
    fn moves(&self, number: u32) -> (usize, usize, usize) {
        let moved = (1..self.runs.len()).filter_map(|run| self.moved(run, number));
        moved.fold((0, 0, 0), |(up, down, other), moved| match moved {
            Moved::Up => (up + 1, down, other),
            Moved::Down => (up, down + 1, other),
            Moved::Otherwise => (up, down, other + 1),
        })
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Moved {
    Up,
    Down,
    /// Types, and grades that the scheme no longer has, have no order.
    Otherwise,
}

/// What a column shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Show {
    Id,
    Name,
    Up,
    Down,
    Run(usize),
}

/// The history as a table.
pub struct HistoryTable<'a> {
    history: &'a History,
    grading: &'a Grading,
    rows: Vec<u32>,
    lang: Lang,
    styles: Vec<GradeStyle>,
    columns: Vec<TableColumn>,
    shows: Vec<Show>,
}

impl<'a> HistoryTable<'a> {
    fn new(
        history: &'a History,
        grading: &'a Grading,
        rows: Vec<u32>,
        lang: Lang,
        styles: Vec<GradeStyle>,
    ) -> Self {
        let named = rows
            .iter()
            .any(|number| grading.people.names[*number as usize].is_some());
        let count = ColumnKind::Number { places: 0 };
        let fixed = [
            (
                true,
                Word::Customer,
                ColumnKind::Id,
                ColumnRole::Key,
                Show::Id,
            ),
            (
                named,
                Word::CustomerName,
                ColumnKind::Text,
                ColumnRole::Name,
                Show::Name,
            ),
            (
                !history.of_types,
                Word::TimesUp,
                count,
                ColumnRole::Computed,
                Show::Up,
            ),
            (
                !history.of_types,
                Word::TimesDown,
                count,
                ColumnRole::Computed,
                Show::Down,
            ),
        ];
        let mut table = Self {
            history,
            grading,
            rows,
            lang,
            styles,
            columns: vec![],
            shows: vec![],
        };
        for (_, word, kind, role, show) in fixed.into_iter().filter(|(shown, ..)| *shown) {
            table.push(word.get(lang).into(), kind, role, show);
        }
        for (index, (as_of, _)) in history.runs.iter().enumerate() {
            let heading = as_of.to_string().into();
            table.push(
                heading,
                ColumnKind::Text,
                ColumnRole::Label,
                Show::Run(index),
            );
        }
        table
    }

    fn push(&mut self, heading: Arc<str>, kind: ColumnKind, role: ColumnRole, show: Show) {
        self.columns.push(TableColumn {
            heading,
            kind,
            role,
        });
        self.shows.push(show);
    }

    /// The place of a cell's level among those that have a colour; `None` in other columns and without such a level.
    pub fn level_at(&self, row: usize, column: usize) -> Option<usize> {
        let Show::Run(run) = self.shows[column] else {
            return None;
        };
        let place = self.history.at(run, self.rows[row]).checked_sub(FIRST)?;
        let place = usize::from(place);
        (!self.history.of_types && place < self.history.known).then_some(place)
    }

    /// `▲A`, `B`, `▼C`; `★` before the first level of one who came later, `○` for an absent customer.
    fn run_cell(&self, run: usize, number: u32) -> OutCell<'static> {
        let history = self.history;
        let code = history.at(run, number);
        let sign = |decision: Decision| decision_sign(decision).to_owned();
        let text = match code {
            NOT_THERE => return OutCell::Blank,
            ABSENT => sign(Decision::Absent),
            NONE => sign(Decision::Unrated),
            code => {
                let name = &history.levels[usize::from(code - FIRST)];
                let sign = match history.moved(run, number) {
                    Some(Moved::Up) => decision_sign(Decision::Promoted),
                    Some(Moved::Down) => decision_sign(Decision::Demoted),
                    Some(Moved::Otherwise) => "◇",
                    None if run > 0 && history.before(run, number).is_none() => {
                        decision_sign(Decision::Initial)
                    }
                    None => "",
                };
                format!("{sign}{name}")
            }
        };
        OutCell::Text(Cow::Owned(text))
    }
}

impl ResultTable for HistoryTable<'_> {
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
        let number = self.rows[row];
        let people = &self.grading.people;
        let count = |count: usize| OutCell::Number(Decimal::from_count(count));
        let (up, down, _) = self.history.moves(number);
        match self.shows[column] {
            Show::Id => OutCell::Text(Cow::Borrowed(&people.ids[number as usize])),
            Show::Name => people.names[number as usize]
                .as_deref()
                .map_or(OutCell::Blank, |name| OutCell::Text(Cow::Borrowed(name))),
            Show::Up => count(up),
            Show::Down => count(down),
            Show::Run(run) => self.run_cell(run, number),
        }
    }

    fn mark(&self, row: usize) -> RowMark {
        let last = self.columns.len() - 1;
        RowMark {
            grade: self.level_at(row, last),
            decision: Decision::Held,
            steps: None,
        }
    }

    fn grades(&self) -> &[GradeStyle] {
        &self.styles
    }

    fn types(&self) -> &[Arc<str>] {
        &[]
    }
}
