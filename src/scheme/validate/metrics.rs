//! `[[metrics]]` and `[[values]]`.

use super::sheets::Sheets;
use super::{PERIODS, Validator, Want, span_of_time};
use crate::diagnostic::{Code, Finding, nearest};
use crate::expr;
use crate::expr::{Base, Type};
use crate::scheme::model::{
    FieldKind, Gaps, Metric, SlotKind, Span, ValueRule, Window, WindowSpan,
};
use crate::scheme::names::FieldScope;
use crate::scheme::written::{Keys, WrittenText};
use crate::text;

impl Validator<'_> {
    pub(super) fn metrics(&mut self, tables: Vec<Keys<'_>>, sheets: &Sheets) -> Vec<Metric> {
        let mut metrics = vec![];
        for keys in tables {
            if let Some(metric) = self.metric(keys, sheets, metrics.len()) {
                metrics.push(metric);
            }
        }
        metrics
    }

    fn metric(&mut self, mut keys: Keys<'_>, sheets: &Sheets, index: usize) -> Option<Metric> {
        let findings = &mut self.findings;
        let name = keys.required_text("name", findings);
        let from = keys.required_text("from", findings);
        let value = keys.required_text("value", findings);
        let filter = keys.text("where", findings);
        let within = keys.text("within", findings);
        let calendar = keys.word("calendar", &PERIODS, findings);
        let anniversary = keys.text("anniversary", findings);
        let ending = keys.text("ending", findings);
        let per = keys.word("per", &PERIODS, findings);
        let gaps = keys.word(
            "gaps",
            &[
                ("end", Gaps::End),
                ("skip", Gaps::Skip),
                ("zero", Gaps::Zero),
            ],
            findings,
        );
        let windows = ["within", "calendar", "anniversary"]
            .into_iter()
            .filter(|key| keys.has(key))
            .count();
        let mut conflicts = vec![];
        if windows > 1 {
            conflicts.push((
                "calendar",
                text!(
                    "`within`, `calendar` and `anniversary` exclude each other",
                    "`within`、`calendar`、`anniversary` 只能写一个"
                ),
            ));
        }
        if keys.has("per") && (windows > 0 || keys.has("ending")) {
            conflicts.push((
                "per",
                text!(
                    "a series has a value for each period, so it takes no window",
                    "按期的指标每期一个值，不能再写时间窗"
                ),
            ));
        }
        if keys.has("gaps") && !keys.has("per") {
            conflicts.push((
                "gaps",
                text!("`gaps` needs `per`", "`gaps` 须与 `per` 同用"),
            ));
        }
        for (key, title) in conflicts {
            findings.push(Finding::error(Code::KeyConflict, title).at(keys.span_of(key)));
        }
        let within = within.and_then(|text| span_of_time(&text, "within", 1, findings));
        let ending = ending.and_then(|text| span_of_time(&text, "ending", 0, findings));
        keys.done(findings);
        let anniversary = anniversary.and_then(|text| self.anniversary(&text, sheets));
        let window = Window {
            span: match (within, calendar, anniversary) {
                (Some(span), ..) => WindowSpan::Within(span),
                (_, Some(kind), _) => WindowSpan::Calendar(kind),
                (_, _, Some(field)) => WindowSpan::Anniversary(field),
                _ => WindowSpan::All,
            },
            ending: ending.unwrap_or(Span::Days(0)),
        };
        let bound = from
            .and_then(|from| self.event_sheet(&from, sheets))
            .and_then(|from| {
                let event = &sheets.events[from];
                let scope = FieldScope {
                    sheet: &event.sheet.name,
                    fields: event
                        .sheet
                        .fields
                        .iter()
                        .map(|field| (field.name.clone(), super::fields::field_type(field)))
                        .collect(),
                };
                let filter = filter.map(|text| {
                    let bound = super::expressions::bind_in(
                        &text.value,
                        &scope,
                        Want::Condition,
                        &mut vec![],
                    );
                    self.take(&text, bound)
                });
                let text = value?;
                let aggregate = match expr::aggregate(&text.value, &scope) {
                    Ok(aggregate) => Some(aggregate),
                    Err(findings) => {
                        for finding in findings {
                            let moved = finding.map_spans(|span| self.place(&text, span));
                            self.findings.push(moved);
                        }
                        None
                    }
                }?;
                let filter = match filter {
                    Some(filter) => Some(filter?),
                    None => None,
                };
                Some((from, filter, aggregate, text.value))
            });
        let name = name?;
        let ty = bound
            .as_ref()
            .map_or(Type::of(Base::Null), |(_, _, aggregate, _)| {
                aggregate.ty.clone()
            });
        let ty = Type {
            series: per.is_some(),
            ..ty
        };
        let (slot, fresh) = self.names.add(&name.value, ty, SlotKind::Metric(index));
        self.check_name(&name, fresh);
        self.series.extend(per.map(|kind| (slot, kind)));
        let (from, filter, value, text) = bound?;
        Some(Metric {
            name: name.value.into(),
            slot,
            from,
            value,
            text: text.trim().into(),
            filter,
            window,
            per,
            gaps: gaps.unwrap_or(Gaps::End),
        })
    }

    fn event_sheet(&mut self, from: &WrittenText, sheets: &Sheets) -> Option<usize> {
        let found = sheets
            .events
            .iter()
            .position(|event| *event.sheet.name == *from.value);
        if found.is_some() {
            return found;
        }
        let name = &from.value;
        if name == "customers" {
            self.findings.push(
                Finding::error(
                    Code::NotYet,
                    text!(
                        "a metric over the history of the customers' sheet does not run in this version",
                        "此版本尚不能用客户表的历史计算指标"
                    ),
                )
                .at(from.span.clone())
                .help(text!(
                    "it needs the ledger; take metrics from an event sheet for now",
                    "它需要台账；目前请用事件表计算指标"
                )),
            );
            return None;
        }
        let mut finding = Finding::error(
            Code::UnknownName,
            text!(
                "`{name}` is no event sheet of this scheme",
                "`{name}` 不是本方案的事件表"
            ),
        )
        .at(from.span.clone());
        if let Some(near) = nearest(name, sheets.events.iter().map(|event| &*event.sheet.name)) {
            finding = finding.help(text!("did you mean `{near}`?", "是否想写 `{near}`？"));
        }
        self.findings.push(finding);
        None
    }

    fn anniversary(&mut self, text: &WrittenText, sheets: &Sheets) -> Option<usize> {
        let fields = sheets
            .customers
            .as_ref()
            .map(|customers| &customers.sheet.fields[..])
            .unwrap_or_default();
        let found = fields.iter().position(|field| {
            *field.name == *text.value
                && matches!(field.kind, FieldKind::Date | FieldKind::DateTime)
        });
        if found.is_none() {
            let name = &text.value;
            self.findings.push(
                Finding::error(
                    Code::UnknownName,
                    text!(
                        "`{name}` is no date field of customers",
                        "`{name}` 不是客户表的日期字段"
                    ),
                )
                .at(text.span.clone()),
            );
        }
        found
    }

    pub(super) fn values(&mut self, tables: Vec<Keys<'_>>) -> Vec<ValueRule> {
        let mut values = vec![];
        for mut keys in tables {
            let name = keys.required_text("name", &mut self.findings);
            let is = keys.required_text("is", &mut self.findings);
            keys.done(&mut self.findings);
            let is = is.and_then(|text| self.bind(&text, None, Want::Any));
            let Some(name) = name else { continue };
            let ty = is
                .as_ref()
                .map_or(Type::of(Base::Null), |is| is.bound.ty.clone());
            let (slot, fresh) = self
                .names
                .add(&name.value, ty, SlotKind::Value(values.len()));
            self.check_name(&name, fresh);
            if let Some(is) = is {
                values.push(ValueRule {
                    name: name.value.into(),
                    slot,
                    is,
                });
            }
        }
        values
    }
}
