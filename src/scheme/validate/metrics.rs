//! `[[metrics]]` and `[[values]]`.

use super::sheets::Sheets;
use super::{PERIODS, Validator, Want, span_of_time};
use crate::diagnostic::{Code, Finding, nearest};
use crate::expr;
use crate::expr::{Base, Type};
use crate::scheme::model::{
    FieldKind, Gaps, Metric, MetricSource, Sheet, SlotKind, Span, ValueRule, Window, WindowSpan,
};
use crate::scheme::names::FieldScope;
use crate::scheme::written::{Keys, WrittenText};
use crate::table::PeriodKind;
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
        let has_filter = filter.is_some();
        let bound = from
            .and_then(|from| self.metric_source(&from, sheets))
            .and_then(|(from, sheet)| {
                let scope = FieldScope {
                    sheet: &sheet.name,
                    fields: sheet
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
                let from = match from {
                    Some(events) => MetricSource::Events(events),
                    None => self.history(&text, &aggregate, per, has_filter)?,
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
            span: name.span.clone(),
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

    /// The event sheet of a metric with its index, or the customers' sheet without one.
    fn metric_source<'s>(
        &mut self,
        from: &WrittenText,
        sheets: &'s Sheets,
    ) -> Option<(Option<usize>, &'s Sheet)> {
        let mut events = sheets.events.iter().enumerate();
        let found = events.find(|(_, event)| *event.sheet.name == *from.value);
        if let Some((index, event)) = found {
            return Some((Some(index), &event.sheet));
        }
        let name = &from.value;
        if let Some(customers) = &sheets.customers
            && *customers.sheet.name == **name
        {
            return Some((None, &customers.sheet));
        }
        let mut finding = Finding::error(
            Code::UnknownName,
            text!(
                "`{name}` is no event sheet of this scheme",
                "`{name}` 不是本方案的流水表"
            ),
        )
        .at(from.span.clone());
        if let Some(near) = nearest(name, sheets.events.iter().map(|event| &*event.sheet.name)) {
            finding = finding.help(text!("did you mean `{near}`?", "是否想写 `{near}`？"));
        }
        self.findings.push(finding);
        None
    }

    /// The field whose history a metric over the customers' sheet takes: `last(field)` per period and nothing else.
    fn history(
        &mut self,
        value: &WrittenText,
        aggregate: &expr::Aggregate,
        per: Option<PeriodKind>,
        has_filter: bool,
    ) -> Option<MetricSource> {
        let field = match aggregate.argument.as_ref().map(|argument| &argument.node) {
            Some(expr::Node::Slot(slot)) => Some(slot.0 as usize),
            _ => None,
        };
        let is_last = aggregate.function == expr::AggregateFunction::Last;
        if let (Some(field), true, Some(_), false) = (field, is_last, per, has_filter) {
            return Some(MetricSource::History(field));
        }
        self.findings.push(
            Finding::error(
                Code::KeyConflict,
                text!(
                    "the history of the customers' sheet gives `last(field)` for each period, and nothing else",
                    "客户表的历史只能按期取 `last(字段)`"
                ),
            )
            .at(value.span.clone())
            .help(text!(
                "write `value = \"last(field)\"` and `per = \"month\"`, without `where`",
                "请写 `value = \"last(字段)\"` 和 `per = \"month\"`，不写 `where`"
            )),
        );
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
