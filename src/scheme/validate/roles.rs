//! `[[roles]]`: who the people are, what they may see and whether their corrections count.

use super::{Validator, Want};
use crate::diagnostic::{Code, Finding, nearest};
use crate::expr::{Scope, Slot};
use crate::scheme::model::{Customers, EventSheet, FieldKind, Preset, Role, SlotKind};
use crate::scheme::written::{Keys, WrittenText};
use crate::text;
use std::sync::Arc;

impl Validator<'_> {
    pub(super) fn roles(
        &mut self,
        tables: Vec<Keys<'_>>,
        customers: Option<&Customers>,
        events: &[EventSheet],
    ) -> Vec<Role> {
        let mut roles: Vec<Role> = vec![];
        for mut keys in tables {
            let findings = &mut self.findings;
            let name = keys.required_text("name", findings);
            let rows = keys.text("rows", findings);
            let preset = keys.word("preset", &Preset::WORDS, findings);
            let hidden = keys.texts("hide", true, findings);
            let masked = keys.texts("mask", true, findings);
            let pseudonyms = keys.texts("pseudonym", true, findings);
            let key_file = keys.text("key_file", findings).map(|text| text.value);
            let people = keys.texts("people", true, findings);
            let review = keys.truth("review", findings);
            keys.done(findings);
            let rows = rows.and_then(|rows| self.bind(&rows, None, Want::Condition));
            let (hide, hide_of_events) = self.hidden(&hidden, customers, events);
            let mask = self.masked(&masked, customers);
            let pseudonym = self.pseudonyms(&pseudonyms, customers);
            let Some(name) = name else { continue };
            if roles.iter().any(|role| *role.name == *name.value) {
                self.findings.push(same_name(&name));
            }
            let people = self.people(people, &roles);
            roles.push(Role {
                name: name.value.into(),
                people,
                review: review.unwrap_or(true),
                preset,
                rows,
                hide,
                hide_of_events,
                mask,
                pseudonym,
                key_file,
            });
        }
        roles
    }

    /// The people of a role; one who is in an earlier role too is a finding, because nobody could say which of the two
    /// counts.
    fn people(&mut self, written: Vec<WrittenText>, earlier: &[Role]) -> Vec<Arc<str>> {
        let mut people: Vec<Arc<str>> = vec![];
        for person in written {
            let text = &person.value;
            let taken = earlier
                .iter()
                .find(|role| role.people.iter().any(|other| **other == **text));
            if let Some(role) = taken {
                let role = &role.name;
                let finding = Finding::error(
                    Code::DuplicateName,
                    text!(
                        "`{text}` is in the role `{role}` already",
                        "`{text}` 已属于角色 `{role}`"
                    ),
                );
                self.findings.push(finding.at(person.span).help(text!(
                    "leave each person in one role",
                    "每个人只保留一个角色"
                )));
            } else if !people.iter().any(|other| **other == **text) {
                people.push(person.value.into());
            }
        }
        people
    }

    /// The columns that are hidden: fields, metrics, values, dimensions, the score, and fields of event sheets.
    fn hidden(
        &mut self,
        names: &[WrittenText],
        customers: Option<&Customers>,
        events: &[EventSheet],
    ) -> (Vec<Slot>, Vec<(usize, usize)>) {
        let (mut slots, mut fields) = (vec![], vec![]);
        for name in names {
            let Some(slot) = self.names.slot(&name.value) else {
                match field_of_events(events, &name.value) {
                    Some(field) => fields.push(field),
                    None => self.findings.push(self.unknown(name)),
                }
                continue;
            };
            match self.names.entry(slot).kind {
                SlotKind::Field(field) if is_key(customers, field) => {
                    self.findings.push(key_is_needed(name));
                }
                SlotKind::Id => self.findings.push(key_is_needed(name)),
                SlotKind::Field(_)
                | SlotKind::LookupField(..)
                | SlotKind::Metric(_)
                | SlotKind::Value(_)
                | SlotKind::Label(_)
                | SlotKind::Score => slots.push(slot),
                _ => self.findings.push(not_hidden(name)),
            }
        }
        (slots, fields)
    }

    /// The columns that are masked: fields.
    fn masked(&mut self, names: &[WrittenText], customers: Option<&Customers>) -> Vec<Slot> {
        let mut slots = vec![];
        for name in names {
            let Some(slot) = self.names.slot(&name.value) else {
                self.findings.push(self.unknown(name));
                continue;
            };
            match self.names.entry(slot).kind {
                SlotKind::Field(field) if is_key(customers, field) => {
                    self.findings.push(key_is_needed(name));
                }
                SlotKind::Field(_) | SlotKind::LookupField(..) => slots.push(slot),
                SlotKind::Id => self.findings.push(key_is_needed(name)),
                _ => self.findings.push(only_fields_are_masked(name)),
            }
        }
        slots
    }

    /// The columns that are shown as pseudonyms: keys, and other fields of identifiers or texts.
    fn pseudonyms(&mut self, names: &[WrittenText], customers: Option<&Customers>) -> Vec<Slot> {
        let mut slots = vec![];
        for name in names {
            let Some(slot) = self.names.slot(&name.value) else {
                self.findings.push(self.unknown(name));
                continue;
            };
            let is_text = match self.names.entry(slot).kind {
                SlotKind::Field(field) => customers.is_some_and(|customers| {
                    let kind = &customers.sheet.fields[field].kind;
                    matches!(kind, FieldKind::Id | FieldKind::Text)
                }),
                SlotKind::Id => true,
                _ => false,
            };
            if is_text {
                slots.push(slot);
            } else {
                self.findings.push(no_pseudonym(name));
            }
        }
        slots
    }

    pub(super) fn unknown(&self, name: &WrittenText) -> Finding {
        let text = &name.value;
        let known = self.names.names();
        let finding = Finding::error(
            Code::UnknownName,
            text!("no name `{text}`", "没有名称 `{text}`"),
        )
        .at(name.span.clone())
        .with_note(text!(
            "a column of the files that no field reads is shown to no role",
            "文件中没有字段读取的列，任何角色都看不到"
        ));
        match nearest(text, known.iter().map(String::as_str)) {
            Some(near) => finding.help(text!("did you mean `{near}`?", "是否想写 `{near}`？")),
            None => finding,
        }
    }
}

/// The field of an event sheet that is written `sheet.field`.
fn field_of_events(events: &[EventSheet], name: &str) -> Option<(usize, usize)> {
    events.iter().enumerate().find_map(|(sheet, event)| {
        let field = name.strip_prefix(&*event.sheet.name)?.strip_prefix('.')?;
        let mut fields = event.sheet.fields.iter();
        let field = fields.position(|known| *known.name == *field)?;
        Some((sheet, field))
    })
}

fn is_key(customers: Option<&Customers>, field: usize) -> bool {
    customers.is_some_and(|customers| customers.key == field)
}

/// Without the key nobody could tell one row from another, or put two files side by side.
fn key_is_needed(name: &WrittenText) -> Finding {
    let text = &name.value;
    Finding::error(
        Code::BadValue,
        text!(
            "`{text}` is the customers' key: it is neither hidden nor masked",
            "`{text}` 是客户的键，不能隐藏或打码"
        ),
    )
    .at(name.span.clone())
    .help(text!(
        "show a pseudonym instead: `pseudonym = [\"{text}\"]`",
        "请改为显示假名：`pseudonym = [\"{text}\"]`"
    ))
}

fn not_hidden(name: &WrittenText) -> Finding {
    let text = &name.value;
    Finding::error(
        Code::BadValue,
        text!(
            "`{text}` is a result that every role sees",
            "`{text}` 是评级结果，任何角色都能看到"
        ),
    )
    .at(name.span.clone())
    .help(text!(
        "hide fields, metrics, values, dimensions or the score",
        "可以隐藏的有字段、指标、计算值、维度和得分"
    ))
}

fn only_fields_are_masked(name: &WrittenText) -> Finding {
    let text = &name.value;
    Finding::error(
        Code::BadValue,
        text!(
            "`{text}` is no field, and only fields are masked",
            "`{text}` 不是字段，只有字段可以打码"
        ),
    )
    .at(name.span.clone())
    .help(text!(
        "hide it instead: `hide = [\"{text}\"]`",
        "请改为隐藏：`hide = [\"{text}\"]`"
    ))
}

fn no_pseudonym(name: &WrittenText) -> Finding {
    let text = &name.value;
    Finding::error(
        Code::BadValue,
        text!(
            "`{text}` has no pseudonyms: it is no field of identifiers or texts",
            "`{text}` 不能换成假名：它不是编号或文本字段"
        ),
    )
    .at(name.span.clone())
    .help(text!(
        "name the customers' key, or a field with `type = \"id\"`",
        "请写客户的键，或 `type = \"id\"` 的字段"
    ))
}

fn same_name(name: &WrittenText) -> Finding {
    let text = &name.value;
    Finding::error(
        Code::DuplicateName,
        text!("two roles are called `{text}`", "有两个角色都叫 `{text}`"),
    )
    .at(name.span.clone())
    .help(text!(
        "put the people of both into one",
        "请把两处的人合到一个角色里"
    ))
}
