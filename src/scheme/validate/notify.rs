//! `[notify]`: who writes, where customers are reached, what they agreed to, and the templates.

use super::Validator;
use super::sheets::Sheets;
use crate::clean::mailbox::Mailbox;
use crate::diagnostic::{Code, Finding};
use crate::scheme::model::{Consent, Field, FieldKind, Notify, Occasion};
use crate::scheme::written::{Keys, WrittenText};
use crate::text;
use std::sync::Arc;

impl Validator<'_> {
    pub(super) fn notify(&mut self, keys: Option<Keys<'_>>, sheets: &Sheets) -> Option<Notify> {
        let mut keys = keys?;
        let span = keys.span.clone();
        let from = keys.text("from", &mut self.findings);
        let email = keys.text("email", &mut self.findings);
        let phone = keys.text("phone", &mut self.findings);
        let consent = keys.table(
            "consent",
            text!("`consent`", "`consent` "),
            &mut self.findings,
        );
        let campaigns = keys.table(
            "campaign_consent",
            text!("`campaign_consent`", "`campaign_consent` "),
            &mut self.findings,
        );
        let templates = keys.table(
            "templates",
            text!("`templates`", "`templates` "),
            &mut self.findings,
        );
        keys.done(&mut self.findings);
        let Some(customers) = &sheets.customers else {
            self.findings.push(
                Finding::error(
                    Code::KeyConflict,
                    text!(
                        "`[notify]` finds addresses and consent in the customers' sheet, and there is none",
                        "`[notify]` 的地址和同意记录都在客户表中，而方案没有客户表"
                    ),
                )
                .at(span)
                .help(text!(
                    "add `[sheets.customers]`, or take `[notify]` out",
                    "请加上 `[sheets.customers]`，或去掉 `[notify]`"
                )),
            );
            return None;
        };
        let fields = &customers.sheet.fields;
        let texts = [FieldKind::Text, FieldKind::Id];
        Some(Notify {
            from: from.and_then(|from| self.mailbox(&from)),
            email: email.and_then(|name| self.told_field(&name, fields, &texts)),
            phone: phone.and_then(|name| self.told_field(&name, fields, &texts)),
            consent: consent.and_then(|keys| self.consent(keys, fields)),
            campaign_consent: campaigns.and_then(|keys| self.consent(keys, fields)),
            templates: templates.map_or_else(Vec::new, |keys| self.template_files(keys)),
        })
    }

    fn mailbox(&mut self, written: &WrittenText) -> Option<Mailbox> {
        let read = Mailbox::parse(&written.value);
        if read.is_none() {
            let text = &written.value;
            self.findings.push(
                Finding::error(
                    Code::BadValue,
                    text!("`{text}` is no e-mail address", "`{text}` 不是邮箱地址"),
                )
                .at(written.span.clone())
                .help(text!(
                    "write `service@example.com` or `Service <service@example.com>`",
                    "请写 `service@example.com` 或 `会员服务 <service@example.com>`"
                )),
            );
        }
        read
    }

    fn consent(&mut self, mut keys: Keys<'_>, fields: &[Field]) -> Option<Consent> {
        let field = keys.required_text("field", &mut self.findings);
        let purpose = keys.text("purpose", &mut self.findings);
        let date = keys.text("date", &mut self.findings);
        let until = keys.text("until", &mut self.findings);
        keys.done(&mut self.findings);
        let dates = [FieldKind::Date, FieldKind::DateTime];
        let date = date.map(|name| self.told_field(&name, fields, &dates));
        let until = until.map(|name| self.told_field(&name, fields, &dates));
        let field = field?;
        let kinds = [
            FieldKind::Bool,
            FieldKind::Choice,
            FieldKind::Choices,
            FieldKind::Text,
        ];
        let name = self.told_field(&field, fields, &kinds)?;
        let is_truth = fields
            .iter()
            .any(|known| known.name == name && known.kind == FieldKind::Bool);
        if !is_truth && purpose.is_none() {
            self.findings.push(
                Finding::error(
                    Code::MissingKey,
                    text!(
                        "`{name}` is no field of yes and no: which of its texts is consent?",
                        "`{name}` 不是是非字段：它的哪个取值表示同意？"
                    ),
                )
                .at(field.span)
                .help(text!(
                    "add `purpose = \"…\"`, or give the field `type = \"bool\"`",
                    "请加上 `purpose = \"…\"`，或把字段写成 `type = \"bool\"`"
                )),
            );
        }
        Some(Consent {
            field: name,
            purpose: purpose.map(|purpose| purpose.value.into()),
            // A fault in a date must not make consent wider than it is meant.
            date: date.map_or(Some(None), |found| found.map(Some))?,
            until: until.map_or(Some(None), |found| found.map(Some))?,
        })
    }

    fn template_files(&mut self, mut keys: Keys<'_>) -> Vec<(Occasion, Arc<str>)> {
        let files = Occasion::MOVES.map(|occasion| {
            let file = keys.text(occasion.key(), &mut self.findings);
            file.map(|file| (occasion, Arc::from(file.value)))
        });
        keys.done(&mut self.findings);
        files.into_iter().flatten().collect()
    }

    /// A field of the customers' sheet that must be of one of some kinds.
    fn told_field(
        &mut self,
        written: &WrittenText,
        fields: &[Field],
        kinds: &[FieldKind],
    ) -> Option<Arc<str>> {
        let name = &written.value;
        let Some(field) = fields.iter().find(|field| *field.name == **name) else {
            let names = fields.iter().map(|field| &*field.name);
            self.unknown_field(written, names, "customers");
            return None;
        };
        if kinds.contains(&field.kind) {
            return Some(field.name.clone());
        }
        let wanted: Vec<String> = kinds
            .iter()
            .map(|kind| format!("`{}`", super::kind_word(kind)))
            .collect();
        let wanted = wanted.join(", ");
        self.findings.push(
            Finding::error(
                Code::WrongType,
                text!(
                    "`{name}` is of type `{}`",
                    "`{name}` 的类型是 `{}`",
                    super::kind_word(&field.kind)
                ),
            )
            .at(written.span.clone())
            .help(text!(
                "it can be of type {wanted}",
                "这里需要的类型：{wanted}"
            )),
        );
        None
    }
}
