//! `[[roles]]`: who the people are, what they may see and whether their corrections count.

use super::{Validator, Want};
use crate::diagnostic::{Code, Finding, nearest};
use crate::expr::{Scope, Slot};
use crate::scheme::model::Role;
use crate::scheme::written::{Keys, WrittenText};
use crate::text;
use std::sync::Arc;

impl Validator<'_> {
    pub(super) fn roles(&mut self, tables: Vec<Keys<'_>>) -> Vec<Role> {
        let mut roles: Vec<Role> = vec![];
        for mut keys in tables {
            let findings = &mut self.findings;
            let name = keys.required_text("name", findings);
            let rows = keys.text("rows", findings);
            let hidden = keys.texts("hide", true, findings);
            let masked = keys.texts("mask", true, findings);
            let people = keys.texts("people", true, findings);
            let review = keys.truth("review", findings);
            keys.done(findings);
            let rows = rows.and_then(|rows| self.bind(&rows, None, Want::Condition));
            let hide = self.named(&hidden);
            let mask = self.named(&masked);
            let Some(name) = name else { continue };
            if roles.iter().any(|role| *role.name == *name.value) {
                self.findings.push(same_name(&name));
            }
            let people = self.people(people, &roles);
            roles.push(Role {
                name: name.value.into(),
                people,
                review: review.unwrap_or(true),
                rows,
                hide,
                mask,
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

    /// The columns with these names; a finding for each name that nothing has.
    fn named(&mut self, names: &[WrittenText]) -> Vec<Slot> {
        names
            .iter()
            .filter_map(|name| {
                let slot = self.names.slot(&name.value);
                if slot.is_none() {
                    self.findings.push(self.unknown(name));
                }
                slot
            })
            .collect()
    }

    pub(super) fn unknown(&self, name: &WrittenText) -> Finding {
        let text = &name.value;
        let known = self.names.names();
        let finding = Finding::error(
            Code::UnknownName,
            text!("no name `{text}`", "没有名称 `{text}`"),
        )
        .at(name.span.clone());
        match nearest(text, known.iter().map(String::as_str)) {
            Some(near) => finding.help(text!("did you mean `{near}`?", "是否想写 `{near}`？")),
            None => finding,
        }
    }
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
