//! `[sheets]`: the customers, the event sheets, the lookups, and their fields.

use super::{Validator, Want, bind_in};
use crate::diagnostic::{Code, Finding, nearest};
use crate::expr::{Base, Domain, Type};
use crate::scheme::model::{
    Customers, DateOrder, EventSheet, Field, FieldKind, Lookup, Sheet, SlotKind,
};
use crate::scheme::names::FieldScope;
use crate::scheme::written::{Keys, Written, WrittenText, decimal};
use crate::table::Decimal;
use crate::text;
use std::ops::Range;
use std::sync::Arc;
use toml::de::DeValue;

/// The sheets of a scheme.
#[derive(Default)]
pub struct Sheets {
    pub customers: Option<Customers>,
    pub events: Vec<EventSheet>,
    pub lookups: Vec<Lookup>,
}

/// A field with the place of its name, while its sheet is read.
struct WrittenField {
    field: Field,
    span: Range<usize>,
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
    pub(super) fn sheets(&mut self, keys: Option<Keys<'_>>) -> Sheets {
        let mut sheets = Sheets::default();
        let Some(mut keys) = keys else {
            self.findings.push(
                Finding::error(Code::MissingKey, text!("the scheme has no `[sheets]`", "方案缺少 `[sheets]`"))
                    .at(0..0)
                    .help(text!(
                        "add `[sheets.customers]` with a `key`, or an event sheet such as `[sheets.orders]`",
                        "请加上 `[sheets.customers]`（写明 `key`），或事件表如 `[sheets.orders]`"
                    )),
            );
            return sheets;
        };
        let mut tables = keys.named_tables(&mut self.findings);
        // The customers come first, because lookups are linked to their fields.
        tables.sort_by_key(|(name, _)| name.value != "customers");
        for (name, mut table) in tables {
            table.what = format!("[sheets.{}]", name.value);
            let kinds = [
                ("customers", "customers"),
                ("events", "events"),
                ("lookup", "lookup"),
            ];
            let kind = table.word("kind", &kinds, &mut self.findings);
            let is_customers = name.value == "customers";
            match kind {
                Some("lookup") => {
                    let lookup = self.lookup(
                        &name,
                        table,
                        sheets.lookups.len(),
                        sheets.customers.as_ref(),
                    );
                    sheets.lookups.extend(lookup);
                }
                Some("customers") | None if is_customers => {
                    sheets.customers = self.customers(&name, table)
                }
                Some("events") | None if !is_customers => {
                    sheets.events.extend(self.events(&name, table))
                }
                _ => self.findings.push(
                    Finding::error(
                        Code::KeyConflict,
                        text!(
                            "the sheet of the customers is `[sheets.customers]`, and no other",
                            "客户表只能是 `[sheets.customers]`"
                        ),
                    )
                    .at(table.span_of("kind")),
                ),
            }
        }
        if sheets.customers.is_none()
            && sheets.events.is_empty()
            && !self.findings.iter().any(Finding::is_error)
        {
            self.findings.push(
                Finding::error(
                    Code::MissingKey,
                    text!(
                        "no sheet tells who the customers are",
                        "没有一张表说明客户是谁"
                    ),
                )
                .at(keys.span.clone())
                .help(text!(
                    "add `[sheets.customers]` or an event sheet",
                    "请加上 `[sheets.customers]` 或事件表"
                )),
            );
        }
        if sheets.customers.is_none() {
            for event in &sheets.events {
                let name = &event.sheet.fields[event.customer].name;
                if self.names.slot(name).is_none() {
                    self.names.add(name, Type::of(Base::Text), SlotKind::Id);
                }
            }
        }
        sheets
    }

    fn customers(&mut self, name: &WrittenText, mut keys: Keys<'_>) -> Option<Customers> {
        let key = keys.required_text("key", &mut self.findings);
        let title = keys.text("name", &mut self.findings);
        let previous_grade = keys.text("previous_grade", &mut self.findings);
        let previous_date = keys.text("previous_date", &mut self.findings);
        let first_seen = keys.text("first_seen", &mut self.findings);
        let mut fields = self.fields(&mut keys);
        let key_index = key.map(|key| implied(&mut fields, &key, FieldKind::Id));
        let mut find = |written: Option<WrittenText>, kinds: &[FieldKind]| {
            written.and_then(|written| self.field_of(&fields, &written, kinds))
        };
        let title = find(title, &[]);
        let previous_grade = find(previous_grade, &[FieldKind::Text, FieldKind::Choice]);
        let previous_date = find(previous_date, &[FieldKind::Date, FieldKind::DateTime]);
        let first_seen = find(first_seen, &[FieldKind::Date, FieldKind::DateTime]);
        for (index, field) in fields.iter().enumerate() {
            let ty = field_type(&field.field);
            let (_, fresh) = self
                .names
                .add(&field.field.name, ty, SlotKind::Field(index));
            let written = Written {
                value: field.field.name.to_string(),
                span: field.span.clone(),
            };
            self.check_name(&written, fresh);
        }
        let sheet = self.finish_sheet(name, keys, fields);
        Some(Customers {
            sheet,
            key: key_index?,
            name: title,
            previous_grade,
            previous_date,
            first_seen,
        })
    }

    fn events(&mut self, name: &WrittenText, mut keys: Keys<'_>) -> Option<EventSheet> {
        let customer = keys.required_text("customer", &mut self.findings);
        let date = keys.required_text("date", &mut self.findings);
        let id = keys.text("id", &mut self.findings);
        let mut fields = self.fields(&mut keys);
        let customer = customer.map(|text| implied(&mut fields, &text, FieldKind::Id));
        let id = id.map(|text| implied(&mut fields, &text, FieldKind::Id));
        let date = date.and_then(|text| {
            implied(&mut fields, &text, FieldKind::Date);
            self.field_of(&fields, &text, &[FieldKind::Date, FieldKind::DateTime])
        });
        let sheet = self.finish_sheet(name, keys, fields);
        Some(EventSheet {
            sheet,
            customer: customer?,
            date: date?,
            id,
        })
    }

    fn lookup(
        &mut self,
        name: &WrittenText,
        mut keys: Keys<'_>,
        index: usize,
        customers: Option<&Customers>,
    ) -> Option<Lookup> {
        let key = keys.required_text("key", &mut self.findings);
        let on = keys.required_text("on", &mut self.findings);
        let mut fields = self.fields(&mut keys);
        let key = key.map(|text| implied(&mut fields, &text, FieldKind::Text));
        let on = on.and_then(|on| {
            let names = customers
                .map(|customers| &customers.sheet.fields[..])
                .unwrap_or_default();
            let found = names.iter().position(|field| *field.name == *on.value);
            if found.is_none() {
                self.unknown_field(&on, names.iter().map(|field| &*field.name), "customers");
            }
            found
        });
        for (field_index, field) in fields.iter().enumerate() {
            let full = format!("{}.{}", name.value, field.field.name);
            let ty = field_type(&field.field);
            self.names
                .add(&full, ty, SlotKind::LookupField(index, field_index));
        }
        let sheet = self.finish_sheet(name, keys, fields);
        Some(Lookup {
            sheet,
            key: key?,
            on: on?,
        })
    }

    fn finish_sheet(
        &mut self,
        name: &WrittenText,
        mut keys: Keys<'_>,
        fields: Vec<WrittenField>,
    ) -> Sheet {
        let rows = keys.text("rows", &mut self.findings);
        let allow_bad = self.allow_bad(&mut keys);
        keys.not_yet(&["duplicates", "coverage"], &mut self.findings);
        keys.done(&mut self.findings);
        let fields: Vec<Field> = fields.into_iter().map(|field| field.field).collect();
        let rows = rows.and_then(|rows| {
            let scope = FieldScope {
                sheet: &name.value,
                fields: fields
                    .iter()
                    .map(|field| (field.name.clone(), field_type(field)))
                    .collect(),
            };
            let bound = bind_in(&rows.value, &scope, Want::Condition, &mut vec![]);
            self.take(&rows, bound)
        });
        Sheet {
            name: name.value.as_str().into(),
            fields,
            rows,
            allow_bad,
        }
    }

    fn allow_bad(&mut self, keys: &mut Keys<'_>) -> Decimal {
        let default = Decimal::from_millionths(10_000).unwrap_or_default();
        let Some(written) = keys.value("allow_bad") else {
            return default;
        };
        match share_of(written.value) {
            Some(share) => share,
            None => {
                self.findings.push(
                    Finding::error(
                        Code::BadFigure,
                        text!(
                            "`allow_bad` is no share of the rows",
                            "`allow_bad` 不是行数占比"
                        ),
                    )
                    .at(written.span)
                    .help(text!("write a share such as \"1%\"", "请写占比，如 \"1%\"")),
                );
                default
            }
        }
    }

    fn fields(&mut self, keys: &mut Keys<'_>) -> Vec<WrittenField> {
        let what = format!("a field of {}", keys.what);
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
                self.findings.push(self.duplicate(&written));
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
        let min = keys.number("min", findings).map(|number| number.value);
        let max = keys.number("max", findings).map(|number| number.value);
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
        let mask = keys.text("mask", findings).map(|text| text.value);
        keys.not_yet(&["pattern", "unique", "owner", "due_days"], findings);
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
        conflict("min", numeric, &keys);
        conflict("max", numeric, &keys);
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
        conflict(
            "date_order",
            matches!(kind, FieldKind::Date | FieldKind::DateTime),
            &keys,
        );
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
        Some(WrittenField {
            field: Field {
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
            },
            span: name.span,
        })
    }

    /// The index of a field that another key names; it must be of one of `kinds` (any if there are none).
    fn field_of(
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
        let kind = &fields[index].field.kind;
        if !kinds.is_empty() && !kinds.contains(kind) {
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
                .at(written.span.clone()),
            );
            return None;
        }
        Some(index)
    }

    fn unknown_field<'n>(
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

/// The index of the field that `key`, `customer`, `date` or `id` names; it is added if it was not declared.
fn implied(fields: &mut Vec<WrittenField>, name: &WrittenText, kind: FieldKind) -> usize {
    if let Some(index) = fields
        .iter()
        .position(|field| *field.field.name == *name.value)
    {
        return index;
    }
    fields.push(WrittenField {
        field: Field {
            name: name.value.as_str().into(),
            kind,
            headers: vec![],
            required: true,
            min: None,
            max: None,
            choices: vec![],
            map: vec![],
            scale: None,
            fill_down: false,
            date_order: None,
            mask: None,
        },
        span: name.span.clone(),
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

/// A share written as `"10%"`, as 0.1, or as 0 or 1.
pub fn share_of(value: &DeValue<'_>) -> Option<Decimal> {
    let share = match value {
        DeValue::String(text) => {
            let number = Decimal::parse(text.trim().strip_suffix(['%', '％'])?.trim())?;
            number.checked_div(Decimal::HUNDRED)?
        }
        other => decimal(other)?,
    };
    (share >= Decimal::ZERO && share <= Decimal::ONE).then_some(share)
}
