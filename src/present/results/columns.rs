//! The columns of a result, put one behind another: the heading, what it shows and how.

use super::{Filling, Results};
use crate::diagnostic::{Code, Finding};
use crate::expr::{Base, Type};
use crate::present::table::{ColumnKind, ColumnRole, TableColumn};
use crate::read::fold_header;
use crate::scheme::model::{FieldKind, ResultColumn, Sight, SlotKind};
use crate::text;

impl<'a> Results<'a> {
    pub(super) fn push(
        &mut self,
        heading: &str,
        kind: ColumnKind,
        role: ColumnRole,
        from: Filling<'a>,
    ) {
        self.taken.insert(fold_header(heading));
        self.place(heading, kind, role, from);
    }

    fn place(&mut self, heading: &str, kind: ColumnKind, role: ColumnRole, from: Filling<'a>) {
        self.columns.push(TableColumn {
            heading: heading.into(),
            kind,
            role,
        });
        self.from.push(from);
    }

    /// A result column whose heading an input column has already gets a suffix and a note.
    pub(super) fn push_result(
        &mut self,
        heading: &str,
        kind: ColumnKind,
        role: ColumnRole,
        from: Filling<'a>,
    ) {
        let mut name = heading.to_owned();
        let mut number = 2;
        while self.taken.contains(&fold_header(&name)) {
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

    pub(super) fn push_input(&mut self, index: usize) {
        let (kind, role) = self.input_kind(index);
        let heading = self.inputs[index].heading.clone();
        // Its own heading is taken already.
        self.place(&heading, kind, role, Filling::Input(index));
    }

    pub(super) fn input_kind(&self, index: usize) -> (ColumnKind, ColumnRole) {
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
        let sight = self.grading.scheme.slots.sight_of(SlotKind::Field(field));
        let kind = match &customers.sheet.fields[field].kind {
            FieldKind::Id => ColumnKind::Id,
            // What is masked is a text.
            _ if sight != Sight::Open => ColumnKind::Text,
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

    pub(super) fn result(&mut self, column: ResultColumn) {
        let scheme = &self.grading.scheme;
        let heading = match column {
            ResultColumn::Label(index) => scheme.dimensions[index].name.to_string(),
            other => other.heading(self.view.lang).unwrap_or_default().to_owned(),
        };
        let (kind, role) = result_kind(column);
        self.push_result(&heading, kind, role, Filling::Result(column));
    }
}

pub(super) fn result_kind(column: ResultColumn) -> (ColumnKind, ColumnRole) {
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
pub(super) fn kind_of(ty: &Type) -> ColumnKind {
    match ty.base {
        Base::Number => ColumnKind::Number { places: 0 },
        Base::Date => ColumnKind::Date,
        Base::DateTime => ColumnKind::DateTime,
        Base::Bool => ColumnKind::Bool,
        Base::Text | Base::List | Base::Null => ColumnKind::Text,
    }
}
