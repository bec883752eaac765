//! `[report]`: which figure is revenue, who is lost, whose means are told, where answers and requests are.

use super::checks::no_sheet;
use super::sheets::Sheets;
use super::{Validator, Want, span_of_time};
use crate::diagnostic::{Code, Finding, nearest};
use crate::expr::{Base, Slot};
use crate::scheme::model::{
    EventSheet, FieldKind, Potential, Reporting, Surveys, Tickets, TopSize,
};
use crate::scheme::written::{Keys, WrittenText};
use crate::table::Decimal;
use crate::text;
use std::ops::Range;

/// An event sheet by its place among the others.
type Place<'s> = (usize, &'s EventSheet);

impl Validator<'_> {
    pub(super) fn report(
        &mut self,
        keys: Option<Keys<'_>>,
        sheets: &Sheets,
        has_grades: bool,
    ) -> Reporting {
        let Some(mut keys) = keys else {
            return Reporting::default();
        };
        let findings = &mut self.findings;
        let amount = keys.text("amount", findings);
        let churned = keys.text("churned", findings);
        let bought = keys.text("bought", findings);
        let bought_span = keys.span_of("bought");
        let repurchased = keys.text("repurchased", findings);
        let names = keys.texts("behaviour", true, findings);
        let says_behaviour = keys.has("behaviour");
        let what = text!("[report.satisfaction]", "[report.satisfaction] ");
        let satisfaction = keys.table("satisfaction", what, findings);
        let what = text!("[report.service]", "[report.service] ");
        let service = keys.table("service", what, findings);
        let what = text!("[report.potential]", "[report.potential] ");
        let potential = keys.table("potential", what, findings);
        keys.done(findings);
        if bought.is_some() && repurchased.is_none() {
            let finding = Finding::error(
                Code::KeyConflict,
                text!(
                    "`bought` says of whom `repurchased` is a share, and there is no `repurchased`",
                    "`bought` 说明 `repurchased` 是在哪些客户中的占比，而没有写 `repurchased`"
                ),
            );
            let finding = finding.at(bought_span).help(text!(
                "add `repurchased = \"…\"`, or take `bought` out",
                "请加上 `repurchased = \"…\"`，或去掉 `bought`"
            ));
            self.findings.push(finding);
        }
        let condition = |validator: &mut Self, text: Option<WrittenText>| {
            text.and_then(|text| validator.bind(&text, None, Want::Condition))
        };
        let behaviour: Vec<Slot> = names
            .iter()
            .filter_map(|name| self.number_named(name))
            .collect();
        Reporting {
            amount: amount.and_then(|name| self.number_named(&name)),
            churned: condition(self, churned),
            bought: condition(self, bought),
            repurchased: condition(self, repurchased),
            behaviour: says_behaviour.then_some(behaviour),
            satisfaction: satisfaction.and_then(|keys| self.surveys(keys, sheets)),
            service: service.and_then(|keys| self.tickets(keys, sheets)),
            potential: potential.and_then(|keys| self.potential(keys, has_grades)),
        }
    }

    fn potential(&mut self, mut keys: Keys<'_>, has_grades: bool) -> Option<Potential> {
        let findings = &mut self.findings;
        let by = keys.required_text("by", findings);
        let when = keys.text("when", findings);
        let top = keys.value("top");
        let owner = keys.text("owner", findings);
        let span = keys.span.clone();
        keys.done(findings);
        if !has_grades {
            let finding = Finding::error(
                Code::KeyConflict,
                text!(
                    "[report.potential] lists customers below the top grade, and there are no grades",
                    "[report.potential] 列的是最高等级以下的客户，而方案没有等级"
                ),
            );
            self.findings.push(finding.at(span).help(text!(
                "add [[grades]], or leave it out",
                "请加上 [[grades]]，或去掉这一节"
            )));
        }
        let by = by.and_then(|text| self.bind(&text, None, Want::Number));
        let when = when.map(|text| self.bind(&text, None, Want::Condition));
        let top = match top {
            Some(top) => self.top_size(&top),
            None => Decimal::ONE
                .checked_div(Decimal::from_count(5))
                .map(TopSize::Share),
        };
        let owner = owner.and_then(|owner| self.template(&owner));
        let when = match when {
            Some(when) => Some(when?),
            None => None,
        };
        Some(Potential {
            by: by?,
            when,
            top: top?,
            owner,
        })
    }

    /// The name of a number, one for each customer.
    fn number_named(&mut self, name: &WrittenText) -> Option<Slot> {
        let text = name.value.trim();
        let Some(slot) = self.names.slot(text) else {
            let finding = self.unknown(name);
            self.findings.push(finding);
            return None;
        };
        let ty = self.names.ty(slot);
        if ty.base == Base::Number && !ty.series {
            return Some(slot);
        }
        let title = if ty.series {
            text!(
                "`{text}` has a value for each period, and one is needed",
                "`{text}` 每期一个值，而这里需要一个数"
            )
        } else {
            text!("`{text}` is no number", "`{text}` 不是数")
        };
        let finding = Finding::error(Code::WrongResult, title).at(name.span.clone());
        self.findings.push(finding.help(text!(
            "name a field, metric or value that is a number; of a series give one of its figures a name under [[values]]",
            "请写一个数值的字段、指标或值；一串数请先在 [[values]] 中取出一个"
        )));
        None
    }

    fn surveys(&mut self, mut keys: Keys<'_>, sheets: &Sheets) -> Option<Surveys> {
        let findings = &mut self.findings;
        let sheet = keys.required_text("sheet", findings);
        let csat = keys.text("csat", findings);
        let nps = keys.text("nps", findings);
        let within = keys.text("within", findings);
        let span = keys.span.clone();
        keys.done(findings);
        if csat.is_none() && nps.is_none() {
            let finding = Finding::error(
                Code::MissingKey,
                text!(
                    "[report.satisfaction] has neither `csat` nor `nps`",
                    "[report.satisfaction] 缺少 `csat` 或 `nps`"
                ),
            );
            self.findings.push(finding.at(span).help(text!(
                "name the field with the scores: `csat` from 1 to 5, `nps` from 0 to 10",
                "请写打分的字段：`csat` 是 1 到 5 分，`nps` 是 0 到 10 分"
            )));
        }
        let (place, event) = self.event_sheet(&sheet?, sheets)?;
        let score = |validator: &mut Self, name: Option<WrittenText>| {
            let what = text!("a number", "数字");
            let of_kind = |kind: &FieldKind| *kind == FieldKind::Number;
            name.and_then(|name| validator.event_field(&name, event, &of_kind, &what))
        };
        Some(Surveys {
            sheet: place,
            csat: score(self, csat),
            nps: score(self, nps),
            within: within.and_then(|text| span_of_time(&text, "within", 1, &mut self.findings)),
        })
    }

    fn tickets(&mut self, mut keys: Keys<'_>, sheets: &Sheets) -> Option<Tickets> {
        let findings = &mut self.findings;
        let sheet = keys.required_text("sheet", findings);
        let opened = keys.text("opened", findings);
        let replied = keys.required_text("replied", findings);
        let closed = keys.text("closed", findings);
        let kind = keys.text("kind", findings);
        let within = keys.text("within", findings);
        let span = keys.span.clone();
        keys.done(findings);
        let (place, event) = self.event_sheet(&sheet?, sheets)?;
        let moment = |validator: &mut Self, name: &WrittenText| {
            let what = text!(
                "a moment (`type = \"datetime\"`)",
                "时间（`type = \"datetime\"`）"
            );
            let of_kind = |kind: &FieldKind| *kind == FieldKind::DateTime;
            validator.event_field(name, event, &of_kind, &what)
        };
        let opened = match opened {
            Some(name) => moment(self, &name),
            None => self.date_as_moment(event, span),
        };
        let replied = replied.and_then(|name| moment(self, &name));
        let closed = closed.and_then(|name| moment(self, &name));
        let text =
            |kind: &FieldKind| matches!(kind, FieldKind::Text | FieldKind::Choice | FieldKind::Id);
        let what = text!("a text", "文字");
        let kind = kind.and_then(|name| self.event_field(&name, event, &text, &what));
        let within = within.and_then(|text| span_of_time(&text, "within", 1, &mut self.findings));
        Some(Tickets {
            sheet: place,
            opened: opened?,
            replied: replied?,
            closed,
            kind,
            within,
        })
    }

    /// Without a word a request came in at the date of its row, which has to say the time of day then.
    fn date_as_moment(&mut self, event: &EventSheet, span: Range<usize>) -> Option<usize> {
        let field = &event.sheet.fields[event.date];
        if field.kind == FieldKind::DateTime {
            return Some(event.date);
        }
        let (name, sheet) = (&field.name, &event.sheet.name);
        let finding = Finding::error(
            Code::MissingKey,
            text!(
                "[report.service] has no `opened`, and the date `{name}` of `{sheet}` has no time of day",
                "[report.service] 缺少 `opened`，而 `{sheet}` 的日期 `{name}` 没有时分"
            ),
        );
        self.findings.push(finding.at(span).help(text!(
            "read it with its time: `{{ name = \"{name}\", type = \"datetime\" }}` in the sheet's fields",
            "请在该表的 fields 中写 `{{ name = \"{name}\", type = \"datetime\" }}`，连时分一起读"
        )));
        None
    }

    fn event_sheet<'s>(&mut self, name: &WrittenText, sheets: &'s Sheets) -> Option<Place<'s>> {
        let mut events = sheets.events.iter().enumerate();
        let found = events.find(|(_, event)| *event.sheet.name == *name.value);
        if found.is_none() {
            let known = sheets.events.iter().map(|event| &*event.sheet.name);
            let mut finding = no_sheet(name, known);
            let others = sheets.lookups.iter().map(|sheet| &sheet.sheet.name);
            let others = others.chain(sheets.crosswalks.iter().map(|sheet| &sheet.sheet.name));
            let mut others = others.chain(sheets.customers.iter().map(|sheet| &sheet.sheet.name));
            if others.any(|other| **other == *name.value) {
                let name = &name.value;
                finding.title = text!(
                    "`{name}` is no sheet of events, with many rows a customer",
                    "`{name}` 不是流水表（一个客户多行）"
                );
            }
            self.findings.push(finding);
        }
        found
    }

    /// The field of an event sheet with this name, which must be of a kind.
    fn event_field(
        &mut self,
        name: &WrittenText,
        event: &EventSheet,
        of_kind: &dyn Fn(&FieldKind) -> bool,
        wanted: &crate::diagnostic::Text,
    ) -> Option<usize> {
        let (text, sheet) = (&name.value, &event.sheet.name);
        let mut fields = event.sheet.fields.iter();
        let Some(place) = fields.position(|field| *field.name == **text) else {
            let finding = Finding::error(
                Code::UnknownName,
                text!(
                    "`{sheet}` has no field `{text}`",
                    "`{sheet}` 没有字段 `{text}`"
                ),
            );
            let finding = finding.at(name.span.clone());
            let known = event.sheet.fields.iter().map(|field| &*field.name);
            let finding = match nearest(text, known) {
                Some(near) => finding.help(text!("did you mean `{near}`?", "是否想写 `{near}`？")),
                None => finding.help(text!(
                    "add it to the sheet's `fields` first",
                    "请先把它写进该表的 `fields`"
                )),
            };
            self.findings.push(finding);
            return None;
        };
        if of_kind(&event.sheet.fields[place].kind) {
            return Some(place);
        }
        let (en, zh) = (&wanted.en, &wanted.zh);
        let finding = Finding::error(
            Code::WrongType,
            text!(
                "the field `{text}` of `{sheet}` must be {en}",
                "`{sheet}` 的字段 `{text}` 须是{zh}"
            ),
        );
        self.findings.push(finding.at(name.span.clone()));
        None
    }
}
