//! What the strategies call for: who is to do what for whom, and when.
//!
//! Takes gradings, oldest first, and gives the tasks of a span of days as of the last one's date. No I/O and no clock:
//! today is the as-of date.
//!
//! ```text
//! called      Grading                  → Called{a task of a customer, its owner, its rule}   of all strategies that hold
//! follow_ups  Grading                  → FollowUps{what was done for whom on which day}
//! days        [tasks]                  → WorkingDays
//! interval    (length, day)            → Interval{first and last day}
//! owners      Grading                  → who looks after each customer
//! plan        (Called of each run, FollowUps, WorkingDays, Period) → Vec<Task>
//! ```
//!
//! When a task is due:
//!
//! - *At intervals* it is due once in each interval: calendar months, quarters and the like, weeks from Monday. The
//!   customers of an owner are spread over the working days of the interval in the order of their keys, but nobody
//!   before an interval has passed since the last follow-up of the task. The last run before an interval begins spreads
//!   all whom it calls for; later runs add those who have come to the task since, on the days that are left. A day once
//!   given stays, so a list that was handed out stays true.
//! - *On a date* it is due on that date, or on the last working day before it: a date is a deadline.
//! - *When a condition holds* it is due on the first working day after the run for which the condition held first, and
//!   `lead_days` later if there are any. While the condition goes on to hold it is the same task.
//!
//! A follow-up settles every task of its customer (and title, where the sheet has titles) that was open by then: at
//! intervals those whose interval had begun, on a date from the day of the reminder on, for a condition after the run.
//! A task that is not called for any more, because the customer has another type now, is dropped.

mod called;
mod days;
mod follow_ups;
mod interval;
mod owners;
mod plan;
mod spread;
#[cfg(test)]
mod tests;

pub use called::{Call, Called, Origin, Rule, called};
pub use days::WorkingDays;
pub use follow_ups::{FollowUps, follow_ups};
pub use owners::owners;
pub use plan::{Asked, order, plan};

use crate::diagnostic::{Code, Finding, Text, listed};
use crate::scheme::model::Span;
use crate::table::{Date, Hash};
use crate::text;
use crate::words::how_many;
use std::collections::BTreeMap;
use std::sync::Arc;

/// How long before the as-of date a task may have been due to be listed as overdue: months.
pub const LOOK_BACK: i32 = 12;

/// Something to be done for a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// The customer's key.
    pub customer: Arc<str>,
    /// The customer's name.
    pub name: Option<Arc<str>>,
    /// What is to be done.
    pub title: Arc<str>,
    /// By whom; `None` where the scheme names nobody or the field is blank.
    pub owner: Option<Arc<str>>,
    /// What calls for it.
    pub why: Why,
    /// Where that stands: in the last run that calls for it.
    pub of: Origin,
    /// For which interval, in a word that no other interval has; `None`: there is one task of the title at a time.
    pub interval: Option<String>,
    /// The day on which to begin, a working day `lead_days` before it is due.
    pub start: Date,
    /// The last day on which it is in time; a working day.
    pub due: Date,
    /// What has become of it.
    pub state: State,
    /// The customer's last follow-up of any title.
    pub last: Option<Date>,
}

/// What calls for a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    /// The condition of the strategy; `None`: it is for all customers.
    pub strategy: Option<Arc<str>>,
    /// What the task itself goes by.
    pub rule: WhyRule,
}

/// What a task itself goes by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WhyRule {
    /// Once in each interval of this length.
    Every(Span),
    /// The date of a field.
    On(Arc<str>, Date),
    /// A condition.
    When(Arc<str>),
}

/// What has become of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It is to be done.
    Due,
    /// It was due so many days ago.
    Overdue(i32),
    /// It was done on this day.
    Done(Date),
    /// It is not called for any more, or somebody else is to do it.
    Dropped,
}

impl State {
    /// Whether it is still to be done.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Due | Self::Overdue(_))
    }

    /// The word in JSON.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Overdue(_) => "overdue",
            Self::Done(_) => "done",
            Self::Dropped => "dropped",
        }
    }
}

impl Task {
    /// A name that the task keeps from run to run, also when its date moves, and that no other task of any scheme has.
    pub fn uid(&self, scheme: &str) -> String {
        let interval = self.interval.as_deref().unwrap_or_default();
        // A character that stands in no name keeps `A`+`BC` and `AB`+`C` apart.
        let parts = [scheme, &self.customer, &self.title, interval].join("\u{1f}");
        Hash::of(&parts)[..32].to_owned()
    }
}

/// What is to be said of open tasks that nobody is to do: of each title, with the customers.
pub fn without_owner(tasks: &[Task]) -> Vec<Finding> {
    let mut customers: BTreeMap<&Arc<str>, Vec<&str>> = BTreeMap::new();
    for task in tasks
        .iter()
        .filter(|task| task.owner.is_none() && task.state.is_open())
    {
        let of_title = customers.entry(&task.title).or_default();
        if of_title.last() != Some(&&*task.customer) {
            of_title.push(&task.customer);
        }
    }
    let finding = |(title, mut ids): (&Arc<str>, Vec<&str>)| {
        ids.sort_unstable();
        ids.dedup();
        let count = ids.len();
        let Text { en, zh } = listed(ids);
        let customers = how_many(count, "customer");
        Finding::warning(
            Code::NoOwner,
            text!(
                "nobody is to do `{title}` for {customers}",
                "`{title}` 有 {count} 位客户没有负责人"
            ),
        )
        .with_note(Text {
            en: format!("they are {en}"),
            zh: format!("这些客户：{zh}"),
        })
        .help(text!(
            "fill the field that the task's `by` names, or write `by` in the scheme",
            "请填上任务的 `by` 所指的字段，或在方案中写明 `by`"
        ))
    };
    customers.into_iter().map(finding).collect()
}
