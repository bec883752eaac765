//! `[[strategies]]`: what a type or grade gets, and what is to be done for it.

use super::{Validator, Want, span_of_time};
use crate::diagnostic::{Code, Finding};
use crate::expr::Base;
use crate::scheme::model::{Span, Strategy, Task, TaskRule};
use crate::scheme::written::{Keys, WrittenText};
use crate::text;

impl Validator<'_> {
    pub(super) fn strategies(&mut self, tables: Vec<Keys<'_>>) -> Vec<Strategy> {
        tables.into_iter().map(|keys| self.strategy(keys)).collect()
    }

    fn strategy(&mut self, mut keys: Keys<'_>) -> Strategy {
        let findings = &mut self.findings;
        let when = keys.text("when", findings);
        let mut plain = |key| keys.text(key, findings).map(|text: WrittenText| text.value);
        let service = plain("service");
        let resources = plain("resources");
        let owner_level = plain("owner_level");
        let goal = plain("goal");
        let benefits = keys
            .texts("benefits", true, findings)
            .into_iter()
            .map(|text| text.value)
            .collect();
        let respond_within = keys.text("respond_within", findings);
        let goal_met = keys.text("goal_met", findings);
        let hours = keys.number("hours", findings).map(|number| number.value);
        let cost = keys.number("cost", findings).map(|number| number.value);
        let tasks = keys.tables("tasks", &text!("a task", "任务"), findings);
        let span = keys.span_of("when");
        let known = [
            "when",
            "service",
            "resources",
            "benefits",
            "owner_level",
            "respond_within",
            "goal",
            "tasks",
        ];
        if !known.iter().any(|key| keys.has(key)) {
            findings.push(keys.missing("service"));
        }
        keys.done(findings);
        if let Some(text) = &respond_within {
            self.response_time(text);
        }
        let when = when.and_then(|text| self.bind(&text, None, Want::Condition));
        let goal_met = goal_met.and_then(|text| self.bind(&text, None, Want::Condition));
        let mut titles = vec![];
        let tasks = tasks
            .into_iter()
            .filter_map(|keys| self.task(keys, &mut titles))
            .collect();
        Strategy {
            when,
            service,
            resources,
            benefits,
            owner_level,
            respond_within: respond_within.map(|text| text.value),
            goal,
            goal_met,
            hours,
            cost,
            tasks,
            span,
        }
    }

    /// `2 hours`, `1 day`, `30 minutes`.
    fn response_time(&mut self, written: &WrittenText) {
        let mut words = written.value.split_whitespace();
        let number = words.next().and_then(|number| number.parse::<u32>().ok());
        let unit = words
            .next()
            .map(|unit| unit.strip_suffix('s').unwrap_or(unit));
        let known = matches!(unit, Some("minute" | "hour" | "day" | "week"));
        if number.is_none_or(|number| number == 0) || !known || words.next().is_some() {
            let text = &written.value;
            self.findings.push(
                Finding::error(
                    Code::BadValue,
                    text!("`{text}` is no response time", "`{text}` 不是响应时间"),
                )
                .at(written.span.clone())
                .help(text!(
                    "write a whole number and minutes, hours, days or weeks: `2 hours`",
                    "请写整数加 minutes、hours、days 或 weeks，如 `2 hours`"
                )),
            );
        }
    }

    /// A task; `titles` are those before it in the same list. A customer has a task of one title once, so that a second
    /// one would never be seen.
    fn task(&mut self, mut keys: Keys<'_>, titles: &mut Vec<String>) -> Option<Task> {
        let findings = &mut self.findings;
        let title = keys.required_text("title", findings);
        if let Some(title) = &title {
            if titles.contains(&title.value) {
                findings.push(second_task(title));
            }
            titles.push(title.value.clone());
        }
        let by = keys.text("by", findings);
        let lead_days = keys
            .whole("lead_days", 0, findings)
            .map_or(0, |days| days.value);
        let every = keys.text("every", findings);
        let on = keys.text("on", findings);
        let when = keys.text("when", findings);
        if [&every, &on, &when].into_iter().flatten().count() != 1 {
            findings.push(
                Finding::error(
                    Code::KeyConflict,
                    text!(
                        "a task has one of `every`, `on`, `when`",
                        "任务须写且只写 `every`、`on`、`when` 之一"
                    ),
                )
                .at(keys.span.clone()),
            );
        }
        keys.done(findings);
        let rule = if let Some(every) = every {
            let words = [
                ("day", 0, 1),
                ("week", 0, 7),
                ("month", 1, 0),
                ("quarter", 3, 0),
                ("half-year", 6, 0),
            ];
            let words = words.into_iter().chain([("year", 12, 0)]);
            let span = words
                .into_iter()
                .find(|(word, ..)| *word == every.value)
                .map(|(_, months, days)| {
                    if months > 0 {
                        Span::Months(months)
                    } else {
                        Span::Days(days)
                    }
                });
            TaskRule::Every(match span {
                Some(span) => span,
                None => span_of_time(&every, "every", 1, &mut self.findings)?,
            })
        } else if let Some(on) = on {
            let expression = self.bind(&on, None, Want::Any)?;
            let slots = expression.bound.slots();
            let dated = matches!(expression.bound.ty.base, Base::Date | Base::DateTime);
            if !dated || self.names.slot(on.value.trim()) != slots.first().copied() {
                let text = &on.value;
                self.findings.push(
                    Finding::error(
                        Code::WrongResult,
                        text!("`{text}` is no name of a date", "`{text}` 不是日期名称"),
                    )
                    .at(on.span.clone()),
                );
                return None;
            }
            TaskRule::On(slots[0])
        } else {
            TaskRule::When(self.bind(&when?, None, Want::Condition)?)
        };
        let by = by.and_then(|by| self.template(&by));
        Some(Task {
            title: title?.value,
            by,
            rule,
            lead_days,
        })
    }
}

/// The finding that a list has two tasks of one title.
fn second_task(title: &WrittenText) -> Finding {
    let text = &title.value;
    Finding::error(
        Code::DuplicateName,
        text!(
            "the strategy has two tasks `{text}`",
            "该策略有两项任务都叫 `{text}`"
        ),
    )
    .at(title.span.clone())
    .help(text!(
        "a customer has one task of a title: give this one a title of its own",
        "一位客户同名的任务只有一项，请换一个名称"
    ))
}
