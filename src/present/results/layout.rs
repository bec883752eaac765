//! Which columns an output has, and in which order: the layouts, and what `[output]` or `--columns` asks for.

use super::columns::{kind_of, result_kind};
use super::{Filling, InputColumn, Results};
use crate::diagnostic::{Code, Finding};
use crate::expr::{Node, Slot};
use crate::present::table::{ColumnKind, ColumnRole, ReviewColumn};
use crate::read::fold_header;
use crate::scheme::model::{Expression, OutputColumn, ResultColumn, Shown, Sight, Strategy};
use crate::text;
use crate::words::{Word, estimate_mark};
use std::borrow::Cow;

impl<'a> Results<'a> {
    /// The key, the columns of the event sheets' customers where there is no customers' sheet, with what was worked out.
    pub(super) fn derived_key(&mut self) {
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
    pub(super) fn derived_values(&mut self) {
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
            if scheme.slots.sight(slot) == Sight::Hidden {
                continue;
            }
            let entry = &scheme.slots.entries[slot.0 as usize];
            let kind = kind_of(&entry.ty);
            let column = Cow::Borrowed(self.grading.facts.get(slot));
            let (role, heading) = if entry.is_estimate {
                let mark = estimate_mark(scheme.language);
                (ColumnRole::Estimate, format!("{name}{mark}"))
            } else {
                (ColumnRole::Computed, name.to_string())
            };
            self.push_result(&heading, kind, role, Filling::Values(column));
        }
    }

    pub(super) fn text_layout(&mut self) {
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
    pub(super) fn result_columns(&self) -> Vec<ResultColumn> {
        let scheme = &self.grading.scheme;
        let mut columns = vec![];
        if !scheme.grades.is_empty() {
            columns.extend([ResultColumn::Grade, ResultColumn::Previous]);
        }
        columns.push(ResultColumn::Decision);
        if !scheme.grades.is_empty() {
            columns.push(ResultColumn::Since);
        }
        let sees = |slot: Slot| scheme.slots.sight(slot) != Sight::Hidden;
        if scheme.score_slot().is_some_and(sees) {
            columns.push(ResultColumn::Score);
        }
        if !scheme.types.is_empty() {
            columns.push(ResultColumn::Type);
        }
        let dimensions = scheme.dimensions.iter().enumerate();
        let dimensions = dimensions.filter(|(_, dimension)| sees(dimension.label_slot));
        columns.extend(dimensions.map(|(index, _)| ResultColumn::Label(index)));
        if !scheme.tags.is_empty() {
            columns.push(ResultColumn::Tags);
        }
        columns.push(ResultColumn::Reasons);
        columns
    }

    pub(super) fn screen_layout(&mut self) {
        self.derived_key();
        self.push_inputs(|role| matches!(role, ColumnRole::Key | ColumnRole::Name));
        for column in self.result_columns() {
            if !matches!(column, ResultColumn::Since | ResultColumn::Previous) {
                self.result(column);
            }
        }
    }

    pub(super) fn push_inputs(&mut self, wanted: impl Fn(ColumnRole) -> bool) {
        for index in 0..self.inputs.len() {
            if wanted(self.input_kind(index).1) {
                self.push_input(index);
            }
        }
    }

    pub(super) fn workbook_layout(&mut self) {
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
            ResultColumn::Score,
            ResultColumn::Reasons,
            ResultColumn::Next,
            ResultColumn::Since,
        ];
        let has_next = crate::explain::movement::has_next(&self.grading.scheme);
        for column in order {
            if first.contains(&column) || (column == ResultColumn::Next && has_next) {
                self.result(column);
            }
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

    pub(super) fn strategy_columns(&mut self) {
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

    pub(super) fn review_columns(&mut self) {
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
            let heading = column.word().get(self.view.lang);
            self.push_result(
                heading,
                ColumnKind::Text,
                ColumnRole::Review(column),
                Filling::Empty,
            );
        }
    }
    /// The columns that `[output]` or `--columns` asks for.
    pub(super) fn asked(&mut self, columns: &[OutputColumn]) {
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
                    let slots = &self.grading.scheme.slots;
                    if slots.withholds(&expression.bound) {
                        self.push_seen(columns, heading, expression);
                        continue;
                    }
                    let kind = kind_of(&expression.bound.ty);
                    let facts = &self.grading.facts;
                    // What is a column already is not copied.
                    let (values, faults) = expression.bound.values(facts);
                    let told = facts.not_computable(&faults, expression, heading);
                    self.findings.extend(told);
                    let role = if slots.estimates(&expression.bound) {
                        ColumnRole::Estimate
                    } else {
                        ColumnRole::Computed
                    };
                    self.push_asked(columns, heading, kind, role, Filling::Values(values));
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

    /// What a role sees of an expression that reads a column which it does not see as it is: a masked column by itself,
    /// and of everything else nothing.
    fn push_seen(&mut self, columns: &[OutputColumn], heading: &str, expression: &Expression) {
        let Node::Slot(slot) = expression.bound.node else {
            return;
        };
        if self.grading.scheme.slots.sight(slot) == Sight::Masked {
            let values = Filling::Values(Cow::Borrowed(self.grading.facts.get(slot)));
            self.push_asked(
                columns,
                heading,
                ColumnKind::Text,
                ColumnRole::Computed,
                values,
            );
        }
    }

    pub(super) fn push_asked(
        &mut self,
        columns: &[OutputColumn],
        heading: &str,
        kind: ColumnKind,
        role: ColumnRole,
        from: Filling<'a>,
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
