//! What was done for whom: the rows of the follow-up sheet that count.

use crate::clean::sheet::text_at;
use crate::diagnostic::{Code, Finding};
use crate::expr::FieldFrame;
use crate::grading::Grading;
use crate::table::{Column, Date, Truth};
use crate::text;
use foldhash::HashMap;
use std::sync::Arc;

/// The follow-ups of every customer up to the as-of date.
#[derive(Clone, Debug, Default)]
pub struct FollowUps {
    /// Of each customer in the order of their days.
    of: HashMap<Arc<str>, Vec<FollowUp>>,
    /// Whether a row settles only the task whose title it has.
    by_title: bool,
}

/// One follow-up that was done.
#[derive(Clone, Debug)]
struct FollowUp {
    day: Date,
    title: Arc<str>,
}

/// The follow-ups that a grading knows of; none where the scheme names no sheet.
pub fn follow_ups(grading: &Grading, findings: &mut Vec<Finding>) -> FollowUps {
    let scheme = &grading.scheme;
    let mut found = FollowUps::default();
    let Some(rule) = &scheme.tasks.follow_ups else {
        return found;
    };
    found.by_title = rule.title.is_some();
    let rows = &grading.book.events[rule.sheet];
    let done = rule.done.as_ref().map(|done| {
        let columns = &rows.clean.columns;
        let frame = FieldFrame::new(columns, rows.clean.rows.len(), grading.book.as_of);
        match done.bound.eval(&frame).column {
            Column::Bool(truths) => truths,
            other => vec![Truth::Unknown; other.len()],
        }
    });
    if let Some(truths) = &done {
        let unknown = truths.iter().filter(|truth| **truth == Truth::Unknown);
        let unknown = unknown.count();
        if unknown > 0 {
            let sheet = &scheme.events[rule.sheet].sheet.name;
            let (rows, are) = match unknown {
                1 => ("row", "is"),
                _ => ("rows", "are"),
            };
            findings.push(Finding::warning(
                Code::UnknownCondition,
                text!(
                    "whether {unknown} {rows} of `{sheet}` {are} done is unknown, because a value is missing: not done",
                    "因缺值，`{sheet}` 有 {unknown} 行无法判断是否完成，按未完成处理"
                ),
            ));
        }
    }
    for row in 0..rows.clean.rows.len() {
        let counts = done
            .as_ref()
            .is_none_or(|truths| truths[row] == Truth::True);
        let Some(day) = Date::from_days(rows.days[row]).filter(|_| counts) else {
            continue;
        };
        let customer = grading.book.roster.ids[rows.customer_of(row)].clone();
        let title = rule.title.map(|field| &rows.clean.columns[field]);
        let title = title.map_or_else(|| Arc::from(""), |column| text_at(column, row));
        let of = found.of.entry(customer).or_default();
        of.push(FollowUp { day, title });
    }
    for of in found.of.values_mut() {
        of.sort_by_key(|follow_up| follow_up.day);
    }
    found
}

impl FollowUps {
    /// These follow-ups: customer, day, title.
    #[cfg(test)]
    pub(super) fn these(by_title: bool, rows: &[(&str, Date, &str)]) -> Self {
        let mut found = Self {
            by_title,
            ..Self::default()
        };
        for (customer, day, title) in rows {
            let of = found.of.entry(Arc::from(*customer)).or_default();
            let (day, title) = (*day, Arc::from(*title));
            of.push(FollowUp { day, title });
            of.sort_by_key(|follow_up| follow_up.day);
        }
        found
    }

    /// The customer's last follow-up of any title.
    pub fn last(&self, customer: &str) -> Option<Date> {
        self.of.get(customer)?.last().map(|last| last.day)
    }

    /// The first follow-up of a task from this day on.
    pub fn first_since(&self, customer: &str, title: &str, day: Date) -> Option<Date> {
        self.of_task(customer, title).find(|known| *known >= day)
    }

    /// The last follow-up of a task before this day.
    pub fn last_before(&self, customer: &str, title: &str, day: Date) -> Option<Date> {
        self.of_task(customer, title)
            .take_while(|known| *known < day)
            .last()
    }

    fn of_task(&self, customer: &str, title: &str) -> impl Iterator<Item = Date> {
        let of = self.of.get(customer).into_iter().flatten();
        of.filter(move |known| !self.by_title || *known.title == *title)
            .map(|known| known.day)
    }
}
