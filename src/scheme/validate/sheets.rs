//! `[sheets]`: the customers, the event sheets, the lookups, and their fields.

use super::expressions::bind_in;
use super::fields::{WrittenField, implied};
use super::named_field::{KEYS, field_scope};
use super::{Validator, Want, span_of_time};
use crate::diagnostic::{Code, Finding};
use crate::expr::{Base, Type};
use crate::scheme::model::{
    Crosswalk, Customers, EventSheet, Field, FieldKind, Lookup, ProposalRule, Sheet, SlotKind,
};
use crate::scheme::written::{Keys, Written, WrittenText, share_of};
use crate::table::{Date, Decimal, Period};
use crate::text;

/// By what the rows of a sheet are known.
#[derive(Clone, Copy)]
struct RowsOf {
    /// Whether by a key.
    has_key: bool,
    /// The field with the date of a row.
    date: Option<usize>,
}

impl RowsOf {
    /// By a key alone.
    const KEY: Self = Self {
        has_key: true,
        date: None,
    };
}

/// The sheets of a scheme.
#[derive(Default)]
pub struct Sheets {
    pub customers: Option<Customers>,
    pub events: Vec<EventSheet>,
    pub lookups: Vec<Lookup>,
    pub crosswalks: Vec<Crosswalk>,
}

impl Sheets {
    /// What all kinds of sheets have in common, to be changed; in the order of kinds.
    pub(super) fn each(&mut self) -> impl Iterator<Item = &mut Sheet> {
        let customers = self.customers.iter_mut().map(|sheet| &mut sheet.sheet);
        let events = self.events.iter_mut().map(|sheet| &mut sheet.sheet);
        let lookups = self.lookups.iter_mut().map(|sheet| &mut sheet.sheet);
        let crosswalks = self.crosswalks.iter_mut().map(|sheet| &mut sheet.sheet);
        customers.chain(events).chain(lookups).chain(crosswalks)
    }
}

impl Validator<'_> {
    pub(super) fn sheets(&mut self, keys: Option<Keys<'_>>) -> Sheets {
        let mut sheets = Sheets::default();
        let Some(mut keys) = keys else {
            self.findings.push(
                Finding::error(Code::MissingKey, text!("the scheme has no `[sheets]`", "方案缺少 `[sheets]`"))
                    .at(0..0)
                    .help(text!(
                        "add `[sheets.customers]` with a `key`, or an event sheet such as `[sheets.orders]`",
                        "请加上 `[sheets.customers]`（写明 `key`），或流水表如 `[sheets.orders]`"
                    )),
            );
            return sheets;
        };
        let mut tables = keys.named_tables(&mut self.findings);
        // The customers come first, because lookups are linked to their fields.
        tables.sort_by_key(|(name, _)| name.value != "customers");
        for (name, mut table) in tables {
            let sheet = &name.value;
            table.what = text!("[sheets.{sheet}]", "[sheets.{sheet}] ");
            let kinds = [
                ("customers", "customers"),
                ("events", "events"),
                ("lookup", "lookup"),
                ("crosswalk", "crosswalk"),
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
                Some("crosswalk") => sheets.crosswalks.extend(self.crosswalk(&name, table)),
                Some("customers") | None if is_customers => {
                    sheets.customers = self.customers(&name, table);
                }
                Some("events") | None if !is_customers => {
                    sheets.events.extend(self.events(&name, table));
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
                    "请加上 `[sheets.customers]` 或流水表"
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
        let key_index = key.map(|key| self.key_of(&mut fields, &key, FieldKind::Id));
        let mut find = |written: Option<WrittenText>, kinds: &[FieldKind]| {
            written.and_then(|written| self.field_of(&fields, &written, kinds))
        };
        let title = find(title, &[]);
        let previous_grade = find(previous_grade, &[FieldKind::Text, FieldKind::Choice]);
        let previous_date = find(previous_date, &[FieldKind::Date, FieldKind::DateTime]);
        let first_seen = find(first_seen, &[FieldKind::Date, FieldKind::DateTime]);
        for (index, field) in fields.iter().enumerate() {
            let ty = field.ty.clone();
            let (_, fresh) = self
                .names
                .add(&field.field.name, ty, SlotKind::Field(index));
            let written = Written {
                value: field.field.name.to_string(),
                span: field.span.clone(),
            };
            self.check_name(&written, fresh);
        }
        let sheet = self.finish_sheet(name, keys, fields, RowsOf::KEY);
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
        let customer = customer.map(|text| self.key_of(&mut fields, &text, FieldKind::Id));
        let id = id.map(|text| self.key_of(&mut fields, &text, FieldKind::Id));
        let date = date.and_then(|text| {
            implied(&mut fields, &text, FieldKind::Date);
            self.field_of(&fields, &text, &[FieldKind::Date, FieldKind::DateTime])
        });
        let proposal = self.proposal(&mut keys, &mut fields);
        let coverage = self.coverage(&mut keys);
        let rows_of = RowsOf {
            has_key: id.is_some(),
            date,
        };
        let sheet = self.finish_sheet(name, keys, fields, rows_of);
        Some(EventSheet {
            sheet,
            customer: customer?,
            date: date?,
            id,
            coverage,
            proposal,
        })
    }

    /// `proposal` with the two fields that say more of it. They need no entry in `fields`: they are texts.
    fn proposal(
        &mut self,
        keys: &mut Keys<'_>,
        fields: &mut Vec<WrittenField>,
    ) -> Option<ProposalRule> {
        let level = keys.text("proposal", &mut self.findings);
        let reason = keys.text("proposal_reason", &mut self.findings);
        let by = keys.text("proposal_by", &mut self.findings);
        if let (None, Some(alone)) = (&level, reason.as_ref().or(by.as_ref())) {
            self.findings.push(
                Finding::error(
                    Code::KeyConflict,
                    text!(
                        "`proposal_reason` and `proposal_by` say more of a `proposal`, which is not there",
                        "`proposal_reason` 和 `proposal_by` 须与 `proposal` 一起写"
                    ),
                )
                .at(alone.span.clone())
                .help(text!(
                    "name the field with the suggested grade or type in `proposal`",
                    "请在 `proposal` 中写明填建议等级或类型的字段"
                )),
            );
        }
        let mut field = |written: WrittenText| {
            let declared = fields.len();
            let index = implied(fields, &written, FieldKind::Text);
            if index == declared {
                // Most rows of a follow-up sheet suggest nothing.
                fields[index].field.required = false;
            }
            self.is_of(&written, &fields[index].field.kind, &KEYS);
            index
        };
        let level = level.map(&mut field);
        let reason = reason.map(&mut field);
        let by = by.map(&mut field);
        level.map(|level| ProposalRule { level, reason, by })
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
        let key = key.map(|text| self.key_of(&mut fields, &text, FieldKind::Text));
        let on = on.and_then(|on| {
            let names = customers
                .map(|customers| &customers.sheet.fields[..])
                .unwrap_or_default();
            let found = names.iter().position(|field| *field.name == *on.value);
            if found.is_none() {
                self.unknown_field(&on, names.iter().map(|field| &*field.name), "customers");
            }
            found.filter(|index| self.is_of(&on, &names[*index].kind, &KEYS))
        });
        for (field_index, field) in fields.iter().enumerate() {
            let full = format!("{}.{}", name.value, field.field.name);
            let ty = field.ty.clone();
            self.names
                .add(&full, ty, SlotKind::LookupField(index, field_index));
        }
        let sheet = self.finish_sheet(name, keys, fields, RowsOf::KEY);
        Some(Lookup {
            sheet,
            key: key?,
            on: on?,
        })
    }

    fn crosswalk(&mut self, name: &WrittenText, mut keys: Keys<'_>) -> Option<Crosswalk> {
        let source = keys.required_text("source", &mut self.findings);
        let key = keys.required_text("key", &mut self.findings);
        let customer = keys.required_text("customer", &mut self.findings);
        let mut fields = self.fields(&mut keys);
        let key = key.map(|text| self.key_of(&mut fields, &text, FieldKind::Id));
        let customer = customer.map(|text| self.key_of(&mut fields, &text, FieldKind::Id));
        let sheet = self.finish_sheet(name, keys, fields, RowsOf::KEY);
        Some(Crosswalk {
            sheet,
            source: source?.value.into(),
            key: key?,
            customer: customer?,
        })
    }

    /// The spans of days that `coverage` says.
    fn coverage(&mut self, keys: &mut Keys<'_>) -> Vec<(Date, Date)> {
        let written = keys.texts("coverage", true, &mut self.findings);
        let mut spans = vec![];
        for text in written {
            match Period::parse_span(&text.value) {
                Some(span) => spans.push(span),
                None => self.findings.push(
                    Finding::error(
                        Code::BadValue,
                        text!("`{}` is no span of periods", "`{}` 不是期间", text.value),
                    )
                    .at(text.span)
                    .help(text!(
                        "write `2024-04`, `2024-Q1` or `2024-01..2024-06`",
                        "请写 `2024-04`、`2024-Q1` 或 `2024-01..2024-06`"
                    )),
                ),
            }
        }
        spans
    }

    fn finish_sheet(
        &mut self,
        name: &WrittenText,
        mut keys: Keys<'_>,
        fields: Vec<WrittenField>,
        rows_of: RowsOf,
    ) -> Sheet {
        let says_same_key = keys.has("duplicates");
        let same_key = self.same_key(&mut keys, &fields, rows_of.has_key, rows_of.date);
        let rows = keys.text("rows", &mut self.findings);
        let allow_bad = self.allow_bad(&mut keys);
        let stale_after = keys
            .text("stale_after", &mut self.findings)
            .and_then(|text| span_of_time(&text, "stale_after", 1, &mut self.findings));
        keys.done(&mut self.findings);
        let (mut fields, owners): (Vec<Field>, Vec<_>) = fields
            .into_iter()
            .map(|field| (field.field, field.owner))
            .unzip();
        let scope = field_scope(&name.value, &fields);
        let rows = rows.and_then(|rows| {
            let bound = bind_in(&rows.value, &scope, Want::Condition, &mut vec![]);
            self.take(&rows, bound)
        });
        for (field, owner) in fields.iter_mut().zip(owners) {
            field.care.owner = owner.and_then(|owner| self.template_in(&owner, Some(&scope)));
        }
        Sheet {
            name: name.value.as_str().into(),
            fields,
            rows,
            allow_bad,
            stale_after,
            checks: vec![],
            same_key,
            says_same_key,
        }
    }

    fn allow_bad(&mut self, keys: &mut Keys<'_>) -> Decimal {
        let default = Decimal::from_millionths(10_000).unwrap_or_default();
        let Some(written) = keys.value("allow_bad") else {
            return default;
        };
        if let Some(share) = share_of(written.value) {
            share
        } else {
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
