//! The fields of a sheet: names, types and limits.

use super::{Validator, duplicate, span_of_time};
use crate::clean::Pattern;
use crate::diagnostic::{Code, Finding};
use crate::expr::{Base, Domain, Type};
use crate::scheme::model::{Care, DateOrder, DayLimit, Field, FieldKind, Limits, Mask};
use crate::scheme::written::{Keys, Written, WrittenText};
use crate::text;
use std::ops::Range;
use std::sync::Arc;
use toml::de::DeValue;

/// A field with the place of its name, while its sheet is read.
pub(super) struct WrittenField {
    pub field: Field,
    pub span: Range<usize>,
    /// `owner`, which may name fields that come later.
    pub owner: Option<WrittenText>,
    /// The type in expressions; one that goes with everything where the written one is wrong, so that what uses the
    /// field is not wrong as well.
    pub ty: Type,
}

const KINDS: [(&str, FieldKind); 10] = [
    ("id", FieldKind::Id),
    ("text", FieldKind::Text),
    ("number", FieldKind::Number),
    ("money", FieldKind::Money(None)),
    ("percent", FieldKind::Percent),
    ("date", FieldKind::Date),
    ("datetime", FieldKind::DateTime),
    ("bool", FieldKind::Bool),
    ("choice", FieldKind::Choice),
    ("choices", FieldKind::Choices),
];

impl Validator<'_> {
    pub(super) fn fields(&mut self, keys: &mut Keys<'_>) -> Vec<WrittenField> {
        let what = text!("a field of {}", "{}的字段", keys.what.en.trim());
        let tables = keys.tables("fields", &what, &mut self.findings);
        let mut fields: Vec<WrittenField> = vec![];
        for field in tables
            .into_iter()
            .filter_map(|table| self.field(table))
            .collect::<Vec<_>>()
        {
            if fields
                .iter()
                .any(|other| other.field.name == field.field.name)
            {
                let written = Written {
                    value: field.field.name.to_string(),
                    span: field.span,
                };
                self.findings.push(duplicate(&written));
            } else {
                fields.push(field);
            }
        }
        fields
    }

    fn field(&mut self, mut keys: Keys<'_>) -> Option<WrittenField> {
        let findings = &mut self.findings;
        let name = keys.required_text("name", findings);
        let kind = keys
            .word("type", &kind_words(), findings)
            .map(|index| KINDS[index].1.clone());
        if !keys.has("type") {
            findings.push(keys.missing("type"));
        }
        let unit = keys.text("unit", findings);
        let headers = keys
            .texts("headers", true, findings)
            .into_iter()
            .map(|text| text.value)
            .collect();
        let required = keys.truth("required", findings).unwrap_or(false);
        let is_dated = matches!(kind, Some(FieldKind::Date | FieldKind::DateTime));
        let (mut min, mut max) = (None, None);
        let mut limits = Limits::default();
        if is_dated {
            limits = day_limits(&mut keys, findings);
        } else {
            min = keys.number("min", findings).map(|number| number.value);
            max = keys.number("max", findings).map(|number| number.value);
        }
        if let (Some(least), Some(most)) = (min, max)
            && least > most
        {
            findings.push(
                Finding::error(
                    Code::BadFigure,
                    text!(
                        "`min` {least} is above `max` {most}: no value is between them",
                        "`min` {least} 大于 `max` {most}：没有值能满足"
                    ),
                )
                .at(keys.span_of("min"))
                .help(text!("swap them", "请对调")),
            );
        }
        let choices: Vec<Arc<str>> = keys
            .texts("choices", false, findings)
            .into_iter()
            .map(|text| text.value.into())
            .collect();
        let map = keys.pairs("map", findings);
        let scale = keys.whole("scale", 0, findings);
        let fill_down = keys
            .word("fill", &[("down", true)], findings)
            .unwrap_or(false);
        let orders = [
            ("ymd", DateOrder::Ymd),
            ("dmy", DateOrder::Dmy),
            ("mdy", DateOrder::Mdy),
        ];
        let date_order = keys.word("date_order", &orders, findings);
        let mask = keys.word("mask", &Mask::WORDS, findings);
        limits.pattern = pattern(&mut keys, findings);
        limits.unique = keys.truth("unique", findings).unwrap_or(false);
        limits.warns = keys
            .word("severity", &[("error", false), ("warning", true)], findings)
            .unwrap_or(false);
        let stale_after = keys
            .text("stale_after", findings)
            .and_then(|text| span_of_time(&text, "stale_after", 1, findings));
        let may_jump = keys.truth("may_jump", findings).unwrap_or(false);
        let owner = keys.text("owner", findings);
        let due_days = keys.whole("due_days", 0, findings).map(|days| days.value);
        let is_known = kind.is_some();
        let mut kind = kind.unwrap_or(FieldKind::Text);
        let mut conflict = |key: &'static str, fits: bool, keys: &Keys<'_>| {
            if keys.has(key) && !fits {
                findings.push(
                    Finding::error(
                        Code::KeyConflict,
                        text!(
                            "`{key}` does not go with this type of field",
                            "`{key}` 不适用于该类型的字段"
                        ),
                    )
                    .at(keys.span_of(key)),
                );
            }
        };
        let numeric = matches!(
            kind,
            FieldKind::Number | FieldKind::Money(_) | FieldKind::Percent
        );
        conflict("unit", matches!(kind, FieldKind::Money(_)), &keys);
        conflict("min", numeric || is_dated, &keys);
        conflict("max", numeric || is_dated, &keys);
        conflict("stale_after", is_dated, &keys);
        conflict("may_jump", numeric, &keys);
        conflict(
            "pattern",
            matches!(kind, FieldKind::Id | FieldKind::Text | FieldKind::Choice),
            &keys,
        );
        conflict(
            "unique",
            !matches!(kind, FieldKind::Bool | FieldKind::Choices),
            &keys,
        );
        conflict("scale", numeric, &keys);
        conflict(
            "choices",
            matches!(kind, FieldKind::Choice | FieldKind::Choices),
            &keys,
        );
        conflict(
            "map",
            matches!(
                kind,
                FieldKind::Choice | FieldKind::Choices | FieldKind::Text
            ),
            &keys,
        );
        conflict("date_order", is_dated, &keys);
        let has_limit = ["min", "max", "pattern", "unique"]
            .iter()
            .any(|key| keys.has(key));
        if keys.has("severity") && !has_limit {
            findings.push(
                Finding::error(
                    Code::KeyConflict,
                    text!(
                        "`severity` says how bad a value outside `min`, `max`, `pattern` or `unique` is, and the field \
                         has none of them",
                        "`severity` 说明超出 `min`、`max`、`pattern`、`unique` 有多严重，而该字段没有写它们"
                    ),
                )
                .at(keys.span_of("severity")),
            );
        }
        if let Some(scale) = scale.as_ref().filter(|scale| scale.value > 6) {
            findings.push(
                Finding::error(
                    Code::BadFigure,
                    text!("`scale` is 0 to 6 places", "`scale` 为 0 到 6 位"),
                )
                .at(scale.span.clone()),
            );
        }
        for (_, to) in map
            .iter()
            .filter(|(_, to)| !choices.is_empty() && !choices.iter().any(|c| **c == *to.value))
        {
            let text = &to.value;
            findings.push(
                Finding::error(
                    Code::BadValue,
                    text!(
                        "`{text}` is none of the field's choices",
                        "`{text}` 不在该字段的 choices 中"
                    ),
                )
                .at(to.span.clone()),
            );
        }
        keys.done(findings);
        if let FieldKind::Money(own) = &mut kind {
            *own = match unit {
                Some(unit) => self.money_unit(&unit),
                None => self.unit.clone(),
            };
        }
        let name = name?;
        let field = Field {
            name: name.value.as_str().into(),
            kind,
            headers,
            required,
            min,
            max,
            choices,
            map: map
                .into_iter()
                .map(|(from, to)| (from.value.into(), to.value.into()))
                .collect(),
            scale: scale.map(|scale| scale.value as u32),
            fill_down,
            date_order,
            mask,
            limits,
            stale_after,
            may_jump,
            care: Care {
                owner: None,
                due_days,
            },
            is_asked: true,
        };
        let ty = if is_known {
            field_type(&field)
        } else {
            Type::of(Base::Null)
        };
        Some(WrittenField {
            field,
            span: name.span,
            owner,
            ty,
        })
    }
}

/// `min` and `max` of a field of dates.
fn day_limits(keys: &mut Keys<'_>, findings: &mut Vec<Finding>) -> Limits {
    let mut limit = |key: &'static str| {
        let is_as_of = matches!(
            keys.copy().value(key).map(|written| written.value),
            Some(DeValue::String(text)) if text == "as_of"
        );
        if is_as_of {
            keys.value(key);
            return Some(DayLimit::AsOf);
        }
        let known = findings.len();
        let date = keys.date(key, findings);
        for finding in &mut findings[known..] {
            finding.help = Some(text!(
                "write a day, or \"as_of\" for the date as of which the file comes in",
                "请写日期，或写 \"as_of\" 表示导入的截止日期"
            ));
        }
        date.map(|date| DayLimit::Day(date.value))
    };
    let (first, last) = (limit("min"), limit("max"));
    if let (Some(DayLimit::Day(earliest)), Some(DayLimit::Day(latest))) = (first, last)
        && earliest > latest
    {
        findings.push(
            Finding::error(
                Code::BadFigure,
                text!(
                    "`min` {earliest} is after `max` {latest}: no day is between them",
                    "`min` {earliest} 晚于 `max` {latest}：没有日期能满足"
                ),
            )
            .at(keys.span_of("min"))
            .help(text!("swap them", "请对调")),
        );
    }
    Limits {
        first,
        last,
        ..Limits::default()
    }
}

/// `pattern`, as a regular expression.
fn pattern(keys: &mut Keys<'_>, findings: &mut Vec<Finding>) -> Option<Pattern> {
    let written = keys.text("pattern", findings)?;
    match Pattern::new(&written.value) {
        Ok(pattern) => Some(pattern),
        Err(why) => {
            findings.push(
                Finding::error(
                    Code::BadValue,
                    text!(
                        "`pattern` is no regular expression: {why}",
                        "`pattern` 不是正则表达式：{why}"
                    ),
                )
                .at(written.span)
                .help(text!(
                    "put it in single quotes, so that `\\` stays as it is: '1[3-9]\\d{{9}}'",
                    "请用单引号，反斜杠才会原样保留：'1[3-9]\\d{{9}}'"
                )),
            );
            None
        }
    }
}

/// The index of the field that `key`, `customer`, `date` or `id` names; it is added if it was not declared.
pub(super) fn implied(
    fields: &mut Vec<WrittenField>,
    name: &WrittenText,
    kind: FieldKind,
) -> usize {
    if let Some(index) = fields
        .iter()
        .position(|field| *field.field.name == *name.value)
    {
        return index;
    }
    let field = Field {
        required: true,
        ..Field::new(&name.value, kind)
    };
    let ty = field_type(&field);
    fields.push(WrittenField {
        field,
        span: name.span.clone(),
        owner: None,
        ty,
    });
    fields.len() - 1
}

/// The type that a field has in expressions.
pub fn field_type(field: &Field) -> Type {
    match &field.kind {
        FieldKind::Id | FieldKind::Text => Type::of(Base::Text),
        FieldKind::Number | FieldKind::Percent => Type::of(Base::Number),
        FieldKind::Money(unit) => Type::money(unit.clone()),
        FieldKind::Date => Type::of(Base::Date),
        FieldKind::DateTime => Type::of(Base::DateTime),
        FieldKind::Bool => Type::of(Base::Bool),
        FieldKind::Choice | FieldKind::Choices => {
            let base = if field.kind == FieldKind::Choice {
                Base::Text
            } else {
                Base::List
            };
            let name = &field.name;
            let domain = (!field.choices.is_empty()).then(|| {
                Arc::new(Domain {
                    what: text!("choices of `{name}`", "`{name}` 的选项"),
                    values: field.choices.clone(),
                })
            });
            Type {
                domain,
                ..Type::of(base)
            }
        }
    }
}

fn kind_words() -> Vec<(&'static str, usize)> {
    KINDS
        .iter()
        .enumerate()
        .map(|(index, (word, _))| (*word, index))
        .collect()
}

/// The scheme's word for a kind of field.
pub fn kind_word(kind: &FieldKind) -> &'static str {
    KINDS
        .iter()
        .find(|(_, known)| std::mem::discriminant(known) == std::mem::discriminant(kind))
        .map_or("text", |(word, _)| word)
}
