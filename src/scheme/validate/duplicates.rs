//! `[duplicates]`: the fields that tell customers apart, and whose values count when two records are of one.

use super::Validator;
use super::sheets::Sheets;
use crate::diagnostic::{Code, Finding, Text};
use crate::duplicates::MOST_FIELDS;
use crate::scheme::model::{
    Customers, Duplicates, FieldKind, IdentityField, IdentityKind, SameKey, Take,
};
use crate::scheme::written::{Keys, Written, WrittenText};
use crate::text;
use std::sync::Arc;

/// From how many points on a pair is all but certain, where the scheme says nothing: 128 to 1.
const STRICT: i64 = 70;

/// From how many points on it is shown, where the scheme says nothing: 8 to 1.
const LAX: i64 = 30;

impl Validator<'_> {
    pub(super) fn duplicates(
        &mut self,
        keys: Option<Keys<'_>>,
        sheets: &Sheets,
    ) -> Option<Duplicates> {
        let mut keys = keys?;
        let span = keys.span.clone();
        let entry = text!("an entry of `fields`", "`fields` 的一项");
        let fields = keys.tables("fields", &entry, &mut self.findings);
        let is_there = keys.has("fields");
        let strict = keys.number("strict", &mut self.findings);
        let lax = keys.number("lax", &mut self.findings);
        let take = keys.word("take", &Take::WORDS, &mut self.findings);
        let entry = text!("an entry of `golden`", "`golden` 的一项");
        let golden = keys.tables("golden", &entry, &mut self.findings);
        let sources = keys.texts("sources", true, &mut self.findings);
        if !is_there {
            self.findings.push(keys.missing("fields"));
        }
        keys.done(&mut self.findings);
        let Some(customers) = &sheets.customers else {
            self.findings.push(
                Finding::error(
                    Code::KeyConflict,
                    text!(
                        "`[duplicates]` compares fields of the customers' sheet, and there is none",
                        "`[duplicates]` 比较的是客户表的字段，而方案没有客户表"
                    ),
                )
                .at(span)
                .help(text!(
                    "add `[sheets.customers]`, or take `[duplicates]` out",
                    "请加上 `[sheets.customers]`，或去掉 `[duplicates]`"
                )),
            );
            return None;
        };
        let mut compared: Vec<IdentityField> = vec![];
        for entry in fields {
            let field = self.identity(entry, customers);
            compared.extend(
                field.filter(|field| !compared.iter().any(|known| known.field == field.field)),
            );
        }
        if compared.len() > MOST_FIELDS {
            let finding = Finding::error(
                Code::TooComplex,
                text!(
                    "more than {MOST_FIELDS} fields are compared",
                    "比较的字段超过 {MOST_FIELDS} 个"
                ),
            );
            self.findings.push(finding.at(span.clone()));
        }
        if is_there && compared.is_empty() && !self.findings.iter().any(Finding::is_error) {
            let finding =
                Finding::error(Code::BadValue, text!("`fields` is empty", "`fields` 为空"));
            self.findings.push(finding.at(span.clone()));
        }
        let golden = golden
            .into_iter()
            .filter_map(|entry| self.golden(entry, customers))
            .collect::<Vec<_>>();
        let wants_sources =
            take == Some(Take::Source) || golden.iter().any(|(_, take)| *take == Take::Source);
        if wants_sources && sources.is_empty() {
            self.findings.push(
                Finding::error(
                    Code::MissingKey,
                    text!(
                        "`take = \"source\"` needs the order of the `sources`",
                        "`take = \"source\"` 需要写明来源的次序 `sources`"
                    ),
                )
                .at(span.clone())
                .help(text!(
                    "add `sources = [\"crm\", \"erp\"]`, best first",
                    "请加上 `sources = [\"crm\", \"erp\"]`，可信的在前"
                )),
            );
        }
        let (strict, lax) = (self.points(strict, STRICT), self.points(lax, LAX));
        if strict < lax {
            self.findings.push(
                Finding::error(
                    Code::BadFigure,
                    text!(
                        "`strict` ({strict}) is below `lax` ({lax})",
                        "`strict`（{strict}）低于 `lax`（{lax}）"
                    ),
                )
                .at(span),
            );
        }
        Some(Duplicates {
            fields: compared,
            strict,
            lax,
            take: take.unwrap_or_default(),
            golden,
            sources: sources
                .into_iter()
                .map(|source| Arc::from(source.value))
                .collect(),
        })
    }

    /// One compared field.
    fn identity(&mut self, mut keys: Keys<'_>, customers: &Customers) -> Option<IdentityField> {
        let name = keys.required_text("name", &mut self.findings);
        if !keys.has("kind") {
            let words = IdentityKind::WORDS
                .map(|(word, _)| format!("`{word}`"))
                .join(", ");
            let missing = keys.missing("kind");
            self.findings.push(missing.help(text!(
                "say what the field is: {words}",
                "请写明该字段是什么：{words}"
            )));
        }
        let kind = keys.word("kind", &IdentityKind::WORDS, &mut self.findings);
        keys.done(&mut self.findings);
        let field = self.customers_field(name, customers)?;
        Some(IdentityField { field, kind: kind? })
    }

    /// Whose value counts for one field.
    fn golden(&mut self, mut keys: Keys<'_>, customers: &Customers) -> Option<(usize, Take)> {
        let name = keys.required_text("name", &mut self.findings);
        if !keys.has("take") {
            self.findings.push(keys.missing("take"));
        }
        let take = keys.word("take", &Take::WORDS, &mut self.findings);
        keys.done(&mut self.findings);
        Some((self.customers_field(name, customers)?, take?))
    }

    fn customers_field(
        &mut self,
        name: Option<WrittenText>,
        customers: &Customers,
    ) -> Option<usize> {
        let name = name?;
        let fields = &customers.sheet.fields;
        let found = fields.iter().position(|field| *field.name == *name.value);
        if found.is_none() {
            let names = fields.iter().map(|field| &*field.name);
            self.unknown_field(&name, names, "customers");
        }
        found
    }

    fn points(&mut self, written: Option<Written<crate::table::Decimal>>, default: i64) -> i32 {
        let Some(written) = written else {
            return default as i32;
        };
        let points = written.value.trunc();
        if !written.value.is_whole() || !(-1_000..=1_000).contains(&points) {
            self.findings.push(
                Finding::error(
                    Code::BadFigure,
                    text!(
                        "points are whole numbers from -1000 to 1000",
                        "分数须是 -1000 到 1000 的整数"
                    ),
                )
                .at(written.span)
                .help(text!(
                    "0 is as likely as not, and every 10 points double the odds",
                    "0 分表示可能与不可能各半，每 10 分可能性翻一倍"
                )),
            );
        }
        points as i32
    }

    /// `duplicates` of a sheet. `key` says whether its rows are known by a key, `date` is the field that says which of
    /// two rows is the newer where the sheet has one by itself.
    pub(super) fn same_key(
        &mut self,
        keys: &mut Keys<'_>,
        fields: &[super::fields::WrittenField],
        has_key: bool,
        date: Option<usize>,
    ) -> SameKey {
        const WORDS: [(&str, SameKey); 5] = [
            ("error", SameKey::Error),
            ("equal", SameKey::Equal),
            ("last", SameKey::Last),
            ("newest", SameKey::Newest(0)),
            ("sum", SameKey::Sum),
        ];
        let span = keys.span_of("duplicates");
        let is_there = keys.has("duplicates");
        let word = keys.word("duplicates", &WORDS, &mut self.findings);
        let by = keys.text("newest_by", &mut self.findings);
        if is_there && !has_key {
            self.findings.push(
                Finding::error(
                    Code::KeyConflict,
                    text!(
                        "`duplicates` is of rows with the same key, and without an `id` every row counts",
                        "`duplicates` 说的是编号相同的行，而没有 `id` 时每一行都算数"
                    ),
                )
                .at(span.clone())
                .help(text!("name the `id` of the rows too", "请同时写明行的 `id`")),
            );
        }
        let conflict = |en: &str, zh: &str, span| {
            let title = Text {
                en: en.to_owned(),
                zh: zh.to_owned(),
            };
            Finding::error(Code::KeyConflict, title).at(span)
        };
        match (word, by) {
            (Some(SameKey::Newest(_)), by) => {
                let dates = [FieldKind::Date, FieldKind::DateTime];
                let field = match by {
                    Some(by) => self.field_of(fields, &by, &dates),
                    None => date,
                };
                if field.is_none() && !keys.has("newest_by") {
                    self.findings.push(
                        conflict(
                            "`duplicates = \"newest\"` needs the date by which a row is the newer",
                            "`duplicates = \"newest\"` 需要写明按哪个日期判断新旧",
                            span,
                        )
                        .help(text!(
                            "name the field: `newest_by = \"更新日期\"`",
                            "请写明字段：`newest_by = \"更新日期\"`"
                        )),
                    );
                }
                field.map_or(SameKey::Equal, SameKey::Newest)
            }
            (word, Some(by)) => {
                self.findings.push(conflict(
                    "`newest_by` goes with `duplicates = \"newest\"`",
                    "`newest_by` 须与 `duplicates = \"newest\"` 一起写",
                    by.span,
                ));
                word.unwrap_or_default()
            }
            (word, None) => word.unwrap_or_default(),
        }
    }
}
