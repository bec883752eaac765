//! What is carried from one decision to the next: where a customer stands on the ladder of grades and on that of types.

use crate::table::Date;
use std::sync::Arc;

/// Where a customer stands on one ladder (of grades or of types), after the last period end that was decided.
///
/// All dates are last days of periods. The level is named, not numbered: a scheme may change between two runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rung {
    /// The level that the rules give, overrides left aside; `None` before the first.
    pub level: Option<Arc<str>>,
    /// When a rule, or `otherwise`, last moved the customer.
    pub moved: Option<Date>,
    /// When it last moved the customer down.
    pub demoted: Option<Date>,
    /// Since when a demotion has been firing that grace still holds off.
    pub at_risk: Option<Date>,
    /// Only periods that end after this day count in streaks; `None`: all of them do.
    pub counts_after: Option<Date>,
}

/// Where a customer stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// The last day of the last period that was decided.
    pub decided: Option<Date>,
    /// On the ladder of grades.
    pub grade: Rung,
    /// On the ladder of types.
    pub kind: Rung,
    /// The grade that counted, overrides applied.
    pub effective_grade: Option<Arc<str>>,
    /// Since when it does.
    pub since: Option<Date>,
    /// The type that counted, overrides applied.
    pub effective_kind: Option<Arc<str>>,
}
