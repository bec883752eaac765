//! Fields of a sheet that other keys name: where they are, whether they are of a kind that will do, and how expressions
//! over the rows of the sheet see them.

use super::Validator;
use super::fields::{WrittenField, field_type, implied, kind_word};
use crate::diagnostic::{Code, Finding, nearest};
use crate::scheme::model::{Field, FieldKind};
use crate::scheme::names::FieldScope;
use crate::scheme::written::WrittenText;
use crate::text;

/// What a key may be. A number would do for many, and lose the zeros of 00123.
pub(super) const KEYS: [FieldKind; 3] = [FieldKind::Id, FieldKind::Text, FieldKind::Choice];

impl Validator<'_> {
    /// The index of a field by which rows are known; it is there without an entry in `fields`, as `kind`.
    pub(super) fn key_of(
        &mut self,
        fields: &mut Vec<WrittenField>,
        written: &WrittenText,
        kind: FieldKind,
    ) -> usize {
        let index = implied(fields, written, kind);
        self.is_of(written, &fields[index].field.kind, &KEYS);
        index
    }

    /// The index of a field that another key names; it must be of one of `kinds` (any if there are none).
    pub(super) fn field_of(
        &mut self,
        fields: &[WrittenField],
        written: &WrittenText,
        kinds: &[FieldKind],
    ) -> Option<usize> {
        let Some(index) = fields
            .iter()
            .position(|field| *field.field.name == *written.value)
        else {
            self.unknown_field(
                written,
                fields.iter().map(|field| &*field.field.name),
                "this sheet",
            );
            return None;
        };
        self.is_of(written, &fields[index].field.kind, kinds)
            .then_some(index)
    }

    /// Whether a field that another key names is of one of `kinds` (any if there are none); if not, that is said.
    pub(super) fn is_of(
        &mut self,
        written: &WrittenText,
        kind: &FieldKind,
        kinds: &[FieldKind],
    ) -> bool {
        if kinds.is_empty() || kinds.contains(kind) {
            return true;
        }
        let name = &written.value;
        let list = kinds
            .iter()
            .map(|kind| format!("`{}`", kind_word(kind)))
            .collect::<Vec<_>>()
            .join(" / ");
        self.findings.push(
            Finding::error(
                Code::TypeMismatch,
                text!(
                    "`{name}` must be a field of type {list}",
                    "字段 `{name}` 的类型须为 {list}"
                ),
            )
            .at(written.span.clone())
            .help(text!(
                "give `{name}` one of these types, or name another field",
                "请改 `{name}` 的类型，或换一个字段"
            )),
        );
        false
    }

    pub(super) fn unknown_field<'n>(
        &mut self,
        written: &WrittenText,
        known: impl Iterator<Item = &'n str>,
        sheet: &str,
    ) {
        let name = &written.value;
        let mut finding = Finding::error(
            Code::UnknownName,
            text!("`{name}` is no field of {sheet}", "`{name}` 不是该表的字段"),
        )
        .at(written.span.clone());
        if let Some(near) = nearest(name, known) {
            finding = finding.help(text!("did you mean `{near}`?", "是否想写 `{near}`？"));
        }
        self.findings.push(finding);
    }
}

/// The names that expressions over the rows of one sheet see.
pub(super) fn field_scope<'a>(sheet: &'a str, fields: &[Field]) -> FieldScope<'a> {
    FieldScope {
        sheet,
        fields: fields
            .iter()
            .map(|field| (field.name.clone(), field_type(field)))
            .collect(),
    }
}
