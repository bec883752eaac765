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
        let ahead = keys.text("ahead", findings);
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
        let ahead_of = ahead
            .as_ref()
            .and_then(|text| span_of_time(text, "ahead", 1, findings));
        let all_time = ["within", "calendar", "anniversary", "ending", "per"];
        let not_of_estimates: Vec<_> = all_time
            .into_iter()
            .filter(|key| keys.has(key))
            .map(|key| (key, keys.span_of(key)))
            .collect();
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
                self.estimate(&aggregate, &text, ahead.as_ref(), &not_of_estimates);
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
        if matches!(value.function, expr::AggregateFunction::Estimate(_)) {
            self.names.set_estimate(slot);
        }
        let argument = value.argument.as_ref();
        let argument = argument.and_then(|argument| text.get(argument.span.clone()));
        let argument = argument.unwrap_or_default();
        Some(Metric {
            span: name.span.clone(),
            name: name.value.into(),
            slot,
            from,
            argument: argument.into(),
            value,
            text: text.trim().into(),
            filter,
            window,
            per,
            gaps: gaps.unwrap_or(Gaps::End),
            ahead: ahead_of,
        })
    }

    /// An estimate is of a time to come, where it looks ahead, and out of all rows up to the as-of date: a window would
    /// hide from the model when a customer began to buy. Everything else knows of no time to come.
    fn estimate(
        &mut self,
        aggregate: &expr::Aggregate,
        value: &WrittenText,
        ahead: Option<&WrittenText>,
        of_time: &[(&'static str, std::ops::Range<usize>)],
    ) {
        let name = aggregate.function.name();
        let expr::AggregateFunction::Estimate(estimate) = aggregate.function else {
            if let Some(ahead) = ahead {
                let finding = Finding::error(
                    Code::KeyConflict,
                    text!(
                        "`{name}` is of what has been, so it takes no `ahead`",
                        "`{name}` 说的是已有的流水，不能写 `ahead`"
                    ),
                );
                self.findings.push(finding.at(ahead.span.clone()).help(text!(
                    "`within` says how far back; `ahead` goes with `expected_orders` and `expected_revenue`",
                    "往回看多久写 `within`；`ahead` 只用于 `expected_orders` 和 `expected_revenue`"
                )));
            }
            return;
        };
        match (estimate.looks_ahead(), ahead) {
            (true, None) => {
                let finding = Finding::error(
                    Code::MissingKey,
                    text!("`{name}` needs `ahead`", "`{name}` 须写 `ahead`"),
                );
                self.findings
                    .push(finding.at(value.span.clone()).help(text!(
                        "say how far to look ahead: `ahead = \"12 months\"`",
                        "请写明估计今后多久：`ahead = \"12 months\"`"
                    )));
            }
            (false, Some(ahead)) => {
                let finding = Finding::error(
                    Code::KeyConflict,
                    text!(
                        "`{name}` is of the as-of date, so it takes no `ahead`",
                        "`{name}` 说的是截止日当天，不能写 `ahead`"
                    ),
                );
                self.findings.push(
                    finding
                        .at(ahead.span.clone())
                        .help(text!("leave `ahead` out", "请去掉 `ahead`")),
                );
            }
            _ => {}
        }
        for (key, span) in of_time {
            let finding = Finding::error(
                Code::KeyConflict,
                text!(
                    "an estimate is made of all rows up to the as-of date, so it takes no `{key}`",
                    "估计要用截止日以前的全部流水，不能写 `{key}`"
                ),
            );
            self.findings.push(finding.at(span.clone()).help(text!(
                "leave `{key}` out; `where` says which rows are orders",
                "请去掉 `{key}`；哪些行算一次购买，用 `where` 写"
            )));
        }
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
                let slots = is.bound.slots();
                if slots.iter().any(|read| self.names.entry(*read).is_estimate) {
                    self.names.set_estimate(slot);
                }
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
