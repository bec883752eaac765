//! The columns and rows of a grading as every format shows them: the input's columns and the result columns.
//!
//! Text formats have the input first and its cells as they were written; the workbook has the result first and typed
//! cells, so that numbers are numbers and dates dates.

use super::table::{
    ColumnKind, ColumnRole, GradeStyle, OutCell, ResultTable, ReviewColumn, RowMark, TableColumn,
};
use super::words::{Word, decision_mark, result_heading};
use crate::book::{Entry, recognise};
use crate::decide::Decision;
use crate::diagnostic::{Code, Finding, Lang};
use crate::explain::reasons;
use crate::expr::{Base, Type};
use crate::grading::Grading;
use crate::read::fold_header;
use crate::scheme::model::{FieldKind, OutputColumn, ResultColumn, Shown, Strategy};
use crate::table::{Cell, Column, Date, DateTime, Decimal, Unit, Value};
use crate::text;
use foldhash::{HashMap, HashSet};
use std::borrow::Cow;
use std::sync::Arc;

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
enum Filling {
    /// A column of the input, by its place in [`Results::inputs`].
    Input(usize),
    /// The customer's key.
    Id,
    /// An evaluated expression.
    Values(Column),
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
    from: Vec<Filling>,
    inputs: Vec<InputColumn>,
    grades: Vec<GradeStyle>,
    types: Vec<Arc<str>>,
    /// What the user should know about the columns.
    pub findings: Vec<Finding>,
}

impl<'a> Results<'a> {
    /// Lays out a grading.
    pub fn new(grading: &'a Grading, view: View) -> Self {
        let scheme = &grading.scheme;
        let mut results = Self {
            grading,
            columns: vec![],
            from: vec![],
            inputs: vec![],
            grades: scheme
                .grades
                .iter()
                .map(|grade| GradeStyle {
                    name: grade.name.clone(),
                    color: grade
                        .color
                        .as_deref()
                        .and_then(|color| u32::from_str_radix(color, 16).ok()),
                })
                .collect(),
            types: scheme.types.iter().map(|rule| rule.name.clone()).collect(),
            findings: vec![],
            view,
        };
        results.find_inputs();
        match results
            .view
            .columns
            .clone()
            .or_else(|| scheme.output.columns.clone())
        {
            Some(columns) => results.asked(&columns),
            None => match results.view.layout {
                Layout::Text => results.text_layout(),
                Layout::Workbook => results.workbook_layout(),
                Layout::Screen => results.screen_layout(),
            },
        }
        results.settle_kinds();
        results
    }

    /// The columns of the input over all files, those that an earlier run wrote left out.
    fn find_inputs(&mut self) {
        let grading = self.grading;
        let tables = &grading.book.inputs.customers;
        let mut known: HashMap<String, usize> = HashMap::default();
        let mut replaced: Vec<String> = vec![];
        for (index, table) in tables.iter().enumerate() {
            let gone = recognise(&grading.scheme, &table.headers).unwrap_or_default();
            let filled = gone
                .review
                .iter()
                .filter(|column| is_filled(table, **column))
                .count();
            if filled > 0 {
                self.findings.push(
                    Finding::warning(
                        Code::NotYet,
                        text!(
                            "the reviewers' columns are filled; this version does not read them back",
                            "复核列已有内容；此版本尚不读回复核意见"
                        ),
                    )
                    .place(table.origin.place())
                    .help(text!("keep this file: nothing of it is lost", "请保留此文件，内容不会丢失")),
                );
            }
            let mut here: HashMap<String, usize> = HashMap::default();
            for (column, header) in table.headers.iter().enumerate() {
                if gone.columns.contains(&column) {
                    replaced.push(header.text.clone());
                    continue;
                }
                // A second column with the same header in one file stays a column of its own.
                let count = here.entry(header.folded.clone()).or_insert(0);
                let key = format!("{}\u{0}{count}", header.folded);
                *count += 1;
                let place = *known.entry(key).or_insert_with(|| {
                    self.inputs.push(InputColumn {
                        heading: header.text.as_str().into(),
                        places: vec![None; tables.len()],
                        field: None,
                        unit: None,
                    });
                    self.inputs.len() - 1
                });
                self.inputs[place].places[index] = Some(column);
                let read_by = grading.book.customers.as_ref().and_then(|customers| {
                    customers.sources[index]
                        .iter()
                        .position(|source| *source == Some(column))
                });
                let input = &mut self.inputs[place];
                input.field = input.field.or(read_by);
                let line = table.unit_line.as_deref();
                input.unit = header.unit.as_deref().or(line).and_then(Unit::parse);
            }
        }
        if !replaced.is_empty() {
            replaced.dedup();
            let list = replaced
                .iter()
                .map(|heading| format!("`{heading}`"))
                .collect::<Vec<_>>()
                .join(", ");
            self.findings.push(Finding::note(
                Code::ReplacedColumns,
                text!(
                    "result columns of an earlier run are replaced: {list}",
                    "已替换上次结果的列：{list}"
                ),
            ));
        }
    }

    fn push(&mut self, heading: &str, kind: ColumnKind, role: ColumnRole, from: Filling) {
        self.columns.push(TableColumn {
            heading: heading.into(),
            kind,
            role,
        });
        self.from.push(from);
    }

    /// A result column whose heading an input column has already gets a suffix and a note.
    fn push_result(&mut self, heading: &str, kind: ColumnKind, role: ColumnRole, from: Filling) {
        let taken: HashSet<String> = self
            .inputs
            .iter()
            .map(|input| fold_header(&input.heading))
            .collect();
        let mut name = heading.to_owned();
        let mut number = 2;
        while taken.contains(&fold_header(&name)) {
            name = format!("{heading}_{number}");
            number += 1;
        }
        if name != heading {
            self.findings.push(Finding::note(
                Code::RenamedColumn,
                text!(
                    "the input has a column `{heading}` of its own: the result's is `{name}`",
                    "输入中已有 `{heading}` 列，结果列改名为 `{name}`"
                ),
            ));
        }
        self.push(&name, kind, role, from);
    }

    fn push_input(&mut self, index: usize) {
        let (kind, role) = self.input_kind(index);
        let heading = self.inputs[index].heading.clone();
        self.push(&heading, kind, role, Filling::Input(index));
    }

    fn input_kind(&self, index: usize) -> (ColumnKind, ColumnRole) {
        let Some(customers) = &self.grading.scheme.customers else {
            return (ColumnKind::Text, ColumnRole::Input);
        };
        let Some(field) = self.inputs[index].field else {
            return (ColumnKind::Text, ColumnRole::Input);
        };
        let role = if field == customers.key {
            ColumnRole::Key
        } else if Some(field) == customers.name {
            ColumnRole::Name
        } else {
            ColumnRole::Input
        };
        let kind = match &customers.sheet.fields[field].kind {
            FieldKind::Id => ColumnKind::Id,
            FieldKind::Number | FieldKind::Money(_) => ColumnKind::Number { places: 0 },
            FieldKind::Percent => ColumnKind::Percent { places: 0 },
            FieldKind::Date => ColumnKind::Date,
            FieldKind::DateTime => ColumnKind::DateTime,
            FieldKind::Bool | FieldKind::Text | FieldKind::Choice | FieldKind::Choices => {
                ColumnKind::Text
            }
        };
        (kind, role)
    }

    fn result(&mut self, column: ResultColumn) {
        let scheme = &self.grading.scheme;
        let heading = match column {
            ResultColumn::Label(index) => scheme.dimensions[index].name.to_string(),
            other => result_heading(other, self.view.lang)
                .unwrap_or_default()
                .to_owned(),
        };
        let (kind, role) = result_kind(column);
        self.push_result(&heading, kind, role, Filling::Result(column));
    }

    /// The key, the columns of the event sheets' customers where there is no customers' sheet, with what was worked out.
    fn derived_key(&mut self) {
        if self.grading.scheme.customers.is_some() {
            return;
        }
        let event = self.grading.scheme.events.first();
        let heading = event.map_or_else(
            || "id".into(),
            |event| event.sheet.fields[event.customer].name.clone(),
        );
        self.push(&heading, ColumnKind::Id, ColumnRole::Key, Filling::Id);
    }

    /// Metrics and values: what a customer of event sheets has besides a key.
    fn derived_values(&mut self) {
        if self.grading.scheme.customers.is_some() {
            return;
        }
        let scheme = self.grading.scheme.clone();
        let metrics = scheme
            .metrics
            .iter()
            .filter(|metric| metric.per.is_none())
            .map(|m| (&m.name, m.slot));
        for (name, slot) in
            metrics.chain(scheme.values.iter().map(|value| (&value.name, value.slot)))
        {
            let kind = kind_of(&scheme.slots.entries[slot.0 as usize].ty);
            let column = self.grading.facts.get(slot).clone();
            self.push_result(name, kind, ColumnRole::Computed, Filling::Values(column));
        }
    }

    fn text_layout(&mut self) {
        self.derived_key();
        for index in 0..self.inputs.len() {
            self.push_input(index);
        }
        self.derived_values();
        for column in self.result_columns() {
            self.result(column);
        }
    }

    /// The result columns that this scheme has, in the order of text files.
    fn result_columns(&self) -> Vec<ResultColumn> {
        let scheme = &self.grading.scheme;
        let mut columns = vec![];
        if !scheme.grades.is_empty() {
            columns.extend([ResultColumn::Grade, ResultColumn::Previous]);
        }
        columns.push(ResultColumn::Decision);
        if !scheme.grades.is_empty() {
            columns.push(ResultColumn::Since);
        }
        if scheme.score_slot().is_some() {
            columns.push(ResultColumn::Score);
        }
        if !scheme.types.is_empty() {
            columns.push(ResultColumn::Type);
        }
        columns.extend((0..scheme.dimensions.len()).map(ResultColumn::Label));
        if !scheme.tags.is_empty() {
            columns.push(ResultColumn::Tags);
        }
        columns.push(ResultColumn::Reasons);
        columns
    }

    fn screen_layout(&mut self) {
        self.derived_key();
        self.push_inputs(|role| matches!(role, ColumnRole::Key | ColumnRole::Name));
        for column in self.result_columns() {
            if !matches!(column, ResultColumn::Since | ResultColumn::Previous) {
                self.result(column);
            }
        }
    }

    fn push_inputs(&mut self, wanted: impl Fn(ColumnRole) -> bool) {
        for index in 0..self.inputs.len() {
            if wanted(self.input_kind(index).1) {
                self.push_input(index);
            }
        }
    }

    fn workbook_layout(&mut self) {
        self.derived_key();
        self.push_inputs(|role| role == ColumnRole::Key);
        self.push_inputs(|role| role == ColumnRole::Name);
        let (first, last): (Vec<_>, Vec<_>) =
            self.result_columns().into_iter().partition(|column| {
                !matches!(
                    column,
                    ResultColumn::Label(_) | ResultColumn::Type | ResultColumn::Tags
                )
            });
        let order = [
            ResultColumn::Grade,
            ResultColumn::Decision,
            ResultColumn::Previous,
            ResultColumn::Since,
            ResultColumn::Score,
            ResultColumn::Reasons,
        ];
        for column in order.into_iter().filter(|column| first.contains(column)) {
            self.result(column);
        }
        self.push_inputs(|role| !matches!(role, ColumnRole::Key | ColumnRole::Name));
        self.derived_values();
        let labels = last
            .iter()
            .filter(|column| matches!(column, ResultColumn::Label(_)));
        let others = last
            .iter()
            .filter(|column| !matches!(column, ResultColumn::Label(_)));
        for column in labels.chain(others).copied().collect::<Vec<_>>() {
            self.result(column);
        }
        self.strategy_columns();
        self.review_columns();
    }

    fn strategy_columns(&mut self) {
        type Show = fn(&Strategy) -> Option<Cow<'_, str>>;
        let shows: [(Word, Show); 6] = [
            (Word::Service, |strategy| {
                strategy.service.as_deref().map(Cow::from)
            }),
            (Word::Resources, |strategy| {
                strategy.resources.as_deref().map(Cow::from)
            }),
            (Word::Benefits, |strategy| {
                (!strategy.benefits.is_empty()).then(|| Cow::from(strategy.benefits.join("、")))
            }),
            (Word::OwnerLevel, |strategy| {
                strategy.owner_level.as_deref().map(Cow::from)
            }),
            (Word::RespondWithin, |strategy| {
                strategy.respond_within.as_deref().map(Cow::from)
            }),
            (Word::Goal, |strategy| {
                strategy.goal.as_deref().map(Cow::from)
            }),
        ];
        for (word, show) in shows {
            if self
                .grading
                .scheme
                .strategies
                .iter()
                .any(|strategy| show(strategy).is_some())
            {
                let heading = word.get(self.view.lang);
                self.push_result(
                    heading,
                    ColumnKind::Text,
                    ColumnRole::Strategy,
                    Filling::Strategy(show),
                );
            }
        }
    }

    fn review_columns(&mut self) {
        let mut columns = vec![];
        if !self.grading.scheme.grades.is_empty() {
            columns.push(ReviewColumn::Grade);
        }
        if !self.grading.scheme.types.is_empty() {
            columns.push(ReviewColumn::Type);
        }
        columns.extend([
            ReviewColumn::Comment,
            ReviewColumn::Reviewer,
            ReviewColumn::Remark,
        ]);
        for column in columns {
            let heading = Word::review(column).get(self.view.lang);
            self.push_result(
                heading,
                ColumnKind::Text,
                ColumnRole::Review(column),
                Filling::Empty,
            );
        }
    }

    /// The columns that `[output]` or `--columns` asks for.
    fn asked(&mut self, columns: &[OutputColumn]) {
        for column in columns {
            match column {
                OutputColumn::Input => {
                    self.derived_key();
                    for index in 0..self.inputs.len() {
                        self.push_input(index);
                    }
                }
                OutputColumn::Computed {
                    heading,
                    show: Shown::Result(column),
                } => {
                    let (kind, role) = result_kind(*column);
                    self.push_asked(columns, heading, kind, role, Filling::Result(*column));
                }
                OutputColumn::Computed {
                    heading,
                    show: Shown::Expression(expression),
                } => {
                    // A name that is one column of the input is shown as it was written there.
                    let plain = self.inputs.iter().position(|input| {
                        *input.heading == *expression.text && *heading == input.heading
                    });
                    if let Some(index) = plain {
                        self.push_input(index);
                        continue;
                    }
                    let kind = kind_of(&expression.bound.ty);
                    let values = expression.bound.eval(&self.grading.facts).column;
                    self.push_asked(
                        columns,
                        heading,
                        kind,
                        ColumnRole::Computed,
                        Filling::Values(values),
                    );
                }
                OutputColumn::Computed {
                    heading,
                    show: Shown::Header(header),
                } => {
                    let folded = fold_header(header);
                    let found = self
                        .inputs
                        .iter()
                        .position(|input| fold_header(&input.heading) == folded);
                    match found {
                        Some(index) => {
                            let (kind, role) = self.input_kind(index);
                            self.push(heading, kind, role, Filling::Input(index));
                        }
                        None => self.findings.push(unknown_header(header, &self.inputs)),
                    }
                }
            }
        }
    }

    fn push_asked(
        &mut self,
        columns: &[OutputColumn],
        heading: &str,
        kind: ColumnKind,
        role: ColumnRole,
        from: Filling,
    ) {
        // Beside `*` a computed column must not hide an input column of the same name.
        if columns
            .iter()
            .any(|column| matches!(column, OutputColumn::Input))
        {
            self.push_result(heading, kind, role, from);
        } else {
            self.push(heading, kind, role, from);
        }
    }

    /// Numbers get as many places as the longest of them needs, so that what is shown is what was compared.
    fn settle_kinds(&mut self) {
        // Text files write every number with its own digits; only what formats numbers by column has to look.
        if self.view.layout == Layout::Text {
            return;
        }
        for index in 0..self.columns.len() {
            let kind = self.columns[index].kind;
            let (ColumnKind::Number { .. } | ColumnKind::Percent { .. }) = kind else {
                continue;
            };
            let (mut places, mut money) = (0, false);
            if let Filling::Input(input) = self.from[index] {
                let field = self.inputs[input].field;
                money = field.is_some_and(|field| {
                    let customers = self.grading.scheme.customers.as_ref();
                    customers
                        .is_some_and(|c| matches!(c.sheet.fields[field].kind, FieldKind::Money(_)))
                });
            }
            for row in 0..self.view.entries.len() {
                if let OutCell::Number(number) = self.cell(row, index) {
                    places = places.max(number.places());
                }
                if places == 6 {
                    break;
                }
            }
            if money && places > 0 {
                places = places.max(2);
            }
            self.columns[index].kind = match kind {
                ColumnKind::Percent { .. } => ColumnKind::Percent {
                    places: places.saturating_sub(2),
                },
                _ => ColumnKind::Number { places },
            };
        }
    }

    fn input_cell(&self, input: &InputColumn, entry: Entry) -> OutCell<'_> {
        let book = &self.grading.book;
        let Some(customers) = &book.customers else {
            return OutCell::Blank;
        };
        let (main, more, row) = match entry {
            Entry::Customer(row) => {
                let more = customers
                    .more
                    .get(&row)
                    .map(Vec::as_slice)
                    .unwrap_or_default();
                (customers.rows[row as usize], more, Some(row as usize))
            }
            Entry::Refused(row) => (book.roster.refused[row as usize].at, &[][..], None),
        };
        let raw = std::iter::once(main)
            .chain(more.iter().rev().copied())
            .find_map(|at| {
                let table = &book.inputs.customers[at.table as usize];
                let cell = table
                    .rows
                    .cell(at.row as usize, input.places[at.table as usize]?);
                match cell {
                    Cell::Blank => None,
                    // The escape of a text file is not part of the text: an output that needs it puts it on again.
                    // Left on, it would grow by one sign a month and change a key such as `-17`.
                    Cell::Text(text) if table.encoding.is_some() => {
                        Some(Cell::Text(crate::clean::text::unescape(text)))
                    }
                    cell => Some(cell),
                }
            });
        let Some(raw) = raw else {
            return OutCell::Blank;
        };
        if (self.view.layout == Layout::Workbook || !matches!(raw, Cell::Text(_)))
            && let (Some(field), Some(row)) = (input.field, row)
            && let Some(cell) = self.typed(field, row, input.unit.as_ref())
        {
            return cell;
        }
        raw_cell(raw)
    }

    /// The value that a field has, in the unit of its header; `None` where the cell is shown as it was.
    fn typed(&self, field: usize, row: usize, unit: Option<&Unit>) -> Option<OutCell<'_>> {
        let scheme = &self.grading.scheme;
        let kind = &scheme.customers.as_ref()?.sheet.fields[field].kind;
        let value = self.grading.book.customers.as_ref()?.columns[field].value(row);
        match (kind, value) {
            (FieldKind::Money(own), Value::Number(number)) => {
                let shown = match (own, unit) {
                    (Some(own), Some(unit)) if own != unit => own.convert(number, unit)?,
                    _ => number,
                };
                Some(OutCell::Number(shown))
            }
            (FieldKind::Number | FieldKind::Percent, Value::Number(number)) => {
                Some(OutCell::Number(number))
            }
            (FieldKind::Date, Value::Date(date)) => Some(OutCell::Date(date)),
            (FieldKind::DateTime, Value::DateTime(moment)) => Some(OutCell::DateTime(moment)),
            (FieldKind::Id, Value::Text(text)) => Some(OutCell::Text(Cow::Owned(text.to_string()))),
            _ => None,
        }
    }

    fn result_cell(&self, column: ResultColumn, row: usize) -> OutCell<'_> {
        let grading = self.grading;
        let scheme = &grading.scheme;
        let text = |text: Option<&'a Arc<str>>| {
            text.map_or(OutCell::Blank, |text| OutCell::Text(Cow::Borrowed(text)))
        };
        match column {
            ResultColumn::Grade => text(grading.grade_name(row)),
            ResultColumn::Previous => text(
                grading
                    .earlier(row)
                    .grade
                    .map(|grade| &scheme.grades[grade].name),
            ),
            ResultColumn::Decision => OutCell::Text(Cow::Owned(decision_mark(
                &self.mark_of(row),
                self.view.lang,
            ))),
            ResultColumn::Since => grading.decided[row]
                .since
                .map_or(OutCell::Blank, OutCell::Date),
            ResultColumn::Score => {
                crate::explain::score_of(grading, row).map_or(OutCell::Blank, OutCell::Number)
            }
            ResultColumn::Type => text(grading.type_name(row)),
            ResultColumn::Label(index) => {
                match grading.facts.get(scheme.dimensions[index].label_slot) {
                    Column::Text(labels) => text(labels.get(row)),
                    _ => OutCell::Blank,
                }
            }
            ResultColumn::Tags => joined(grading.tags(row).iter().map(|tag| &**tag), "|"),
            ResultColumn::Reasons => {
                let reasons = reasons(grading, row, self.view.lang);
                let separator = match self.view.lang {
                    Lang::Zh => "；",
                    Lang::En => "; ",
                };
                match self.view.layout {
                    Layout::Text => joined(reasons.iter().map(String::as_str), separator),
                    Layout::Workbook | Layout::Screen => {
                        joined(reasons.iter().map(String::as_str).take(1), separator)
                    }
                }
            }
            ResultColumn::Next => OutCell::Blank,
        }
    }

    fn mark_of(&self, row: usize) -> RowMark {
        let decided = &self.grading.decided[row];
        RowMark {
            grade: decided.grade.map(usize::from),
            decision: decided.decision,
            steps: self.grading.steps(row),
        }
    }

    /// What can be told of a refused row: what it was, and what is wrong with it.
    fn refused_cell(&self, from: &Filling, index: usize) -> OutCell<'_> {
        let refused = &self.grading.book.roster.refused[index];
        let scheme = &self.grading.scheme;
        match from {
            Filling::Id => refused
                .id
                .as_deref()
                .map_or(OutCell::Blank, |id| OutCell::Text(Cow::Borrowed(id))),
            Filling::Result(ResultColumn::Grade | ResultColumn::Previous) => {
                refused.before.grade.map_or(OutCell::Blank, |grade| {
                    OutCell::Text(Cow::Borrowed(&scheme.grades[grade].name))
                })
            }
            Filling::Result(ResultColumn::Decision) => OutCell::Text(Cow::Owned(decision_mark(
                &self.refused_mark(index),
                self.view.lang,
            ))),
            Filling::Result(ResultColumn::Since) => {
                refused.before.since.map_or(OutCell::Blank, OutCell::Date)
            }
            Filling::Result(ResultColumn::Reasons) => joined(
                refused.faults.iter().map(|fault| fault.get(self.view.lang)),
                "；",
            ),
            _ => OutCell::Blank,
        }
    }

    fn refused_mark(&self, index: usize) -> RowMark {
        let grade = self.grading.book.roster.refused[index].before.grade;
        RowMark {
            grade,
            decision: Decision::Refused,
            steps: None,
        }
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
            Entry::Refused(index) => return self.refused_cell(from, index as usize),
        };
        match from {
            Filling::Id => OutCell::Text(Cow::Borrowed(&self.grading.book.roster.ids[row])),
            Filling::Values(column) => value_cell(column.value(row)),
            Filling::Result(column) => self.result_cell(*column, row),
            Filling::Strategy(show) => self.grading.classification.strategies[row]
                .index()
                .and_then(|index| show(&self.grading.scheme.strategies[index]))
                .map_or(OutCell::Blank, OutCell::Text),
            Filling::Input(_) | Filling::Empty => OutCell::Blank,
        }
    }

    fn mark(&self, row: usize) -> RowMark {
        match self.view.entries[row] {
            Entry::Customer(row) => self.mark_of(row as usize),
            Entry::Refused(index) => self.refused_mark(index as usize),
        }
    }

    fn grades(&self) -> &[GradeStyle] {
        &self.grades
    }

    fn types(&self) -> &[Arc<str>] {
        &self.types
    }
}

fn result_kind(column: ResultColumn) -> (ColumnKind, ColumnRole) {
    match column {
        ResultColumn::Grade => (ColumnKind::Text, ColumnRole::Grade),
        ResultColumn::Previous => (ColumnKind::Text, ColumnRole::Previous),
        ResultColumn::Decision => (ColumnKind::Text, ColumnRole::Decision),
        ResultColumn::Since => (ColumnKind::Date, ColumnRole::Since),
        ResultColumn::Score => (ColumnKind::Number { places: 0 }, ColumnRole::Score),
        ResultColumn::Type => (ColumnKind::Text, ColumnRole::Type),
        ResultColumn::Label(_) => (ColumnKind::Text, ColumnRole::Label),
        ResultColumn::Tags => (ColumnKind::Text, ColumnRole::Tags),
        ResultColumn::Reasons => (ColumnKind::Text, ColumnRole::Reasons),
        ResultColumn::Next => (ColumnKind::Text, ColumnRole::Next),
    }
}

/// How a value of a type is shown.
fn kind_of(ty: &Type) -> ColumnKind {
    match ty.base {
        Base::Number => ColumnKind::Number { places: 0 },
        Base::Date => ColumnKind::Date,
        Base::DateTime => ColumnKind::DateTime,
        Base::Bool => ColumnKind::Bool,
        Base::Text | Base::List | Base::Null => ColumnKind::Text,
    }
}

fn value_cell(value: Value) -> OutCell<'static> {
    match value {
        Value::Missing => OutCell::Blank,
        Value::Number(number) => OutCell::Number(number),
        Value::Date(date) => OutCell::Date(date),
        Value::DateTime(moment) => OutCell::DateTime(moment),
        Value::Bool(truth) => OutCell::Bool(truth),
        Value::Text(text) => OutCell::Text(Cow::Owned(text.to_string())),
        Value::List(items) => joined(items.iter().map(|item| &**item), "、"),
    }
}

fn joined<'t>(texts: impl Iterator<Item = &'t str>, separator: &str) -> OutCell<'static> {
    let text = texts.collect::<Vec<_>>().join(separator);
    if text.is_empty() {
        OutCell::Blank
    } else {
        OutCell::Text(Cow::Owned(text))
    }
}

/// A cell that no field reads, as the file had it.
fn raw_cell(cell: Cell<'_>) -> OutCell<'_> {
    match cell {
        Cell::Blank => OutCell::Blank,
        Cell::Text(text) => OutCell::Text(Cow::Borrowed(text)),
        Cell::Number(number) | Cell::Percent(number) => {
            Decimal::from_f64(number).map_or(OutCell::Float(number), OutCell::Number)
        }
        Cell::Date(serial) => moment(serial),
        Cell::Bool(truth) => OutCell::Bool(truth),
        Cell::Error(error) => OutCell::Text(Cow::Borrowed(error.text())),
    }
}

/// A spreadsheet's serial day as a date, or as a moment if it has a time.
pub(super) fn moment(serial: f64) -> OutCell<'static> {
    let seconds = (serial * 86_400.0).round() as i64;
    // 25,569 days lie between 1899-12-30 and 1970-01-01.
    match DateTime::from_seconds(seconds - 25_569 * 86_400) {
        Some(moment) if moment.second_of_day() == 0 => {
            Date::from_days(moment.date().days()).map_or(OutCell::Blank, OutCell::Date)
        }
        Some(moment) => OutCell::DateTime(moment),
        None => OutCell::Float(serial),
    }
}

fn is_filled(table: &crate::read::Table, column: usize) -> bool {
    (0..table.rows.len()).any(|row| table.rows.cell(row, column) != Cell::Blank)
}

fn unknown_header(header: &str, inputs: &[InputColumn]) -> Finding {
    let finding = Finding::error(
        Code::UnknownName,
        text!(
            "no name and no input column `{header}`",
            "没有名称或输入列 `{header}`"
        ),
    );
    match crate::diagnostic::nearest(header, inputs.iter().map(|input| &*input.heading)) {
        Some(near) => finding.help(text!("did you mean `{near}`?", "是否想写 `{near}`？")),
        None => finding,
    }
}
