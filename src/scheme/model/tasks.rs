//! `[tasks]`: where follow-ups stand, and which days people work on.

use super::Expression;
use crate::table::Date;

/// What tasks go by beside the strategies that call for them. A scheme without `[tasks]` has no follow-ups, and people
/// work from Monday to Friday.
#[derive(Clone, Debug, Default)]
pub struct Tasks {
    /// Where it stands what was done; `None`: nowhere, so no task is ever done.
    pub follow_ups: Option<FollowUpRule>,
    /// Days on which nobody works: first and last day of each span.
    pub holidays: Vec<(Date, Date)>,
    /// Days on which people work though they are Saturdays or Sundays: first and last day of each span.
    pub workdays: Vec<(Date, Date)>,
}

/// The event sheet that says what was done for whom.
#[derive(Clone, Debug)]
pub struct FollowUpRule {
    /// The event sheet with this index in the scheme.
    pub sheet: usize,
    /// The field of it that names the task; `None`: every row settles every task of its customer.
    pub title: Option<usize>,
    /// Which of its rows count as done, over its own fields; `None`: all.
    pub done: Option<Expression>,
}
