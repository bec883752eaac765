//! What was before a run and does not come from its sheets: where the run before left every customer, what people have
//! set since, which reviews they have settled.

use crate::decide::{Override, Standing};
use crate::table::Date;
use std::sync::Arc;

/// What was before a run. Empty for a first run, and for one from files alone.
#[derive(Clone, Debug, Default)]
pub struct Past {
    /// The as-of date of the run before.
    pub as_of: Option<Date>,
    /// Every customer that it knew, absent ones too, in its order.
    pub customers: Vec<Known>,
    /// What people set and has not been ended, whether or not it counts on the as-of date.
    pub overrides: Vec<Override>,
    /// Reviews that somebody has settled.
    pub settled: Vec<Settled>,
}

/// A customer whom the run before knew.
#[derive(Clone, Debug)]
pub struct Known {
    /// The key.
    pub id: Arc<str>,
    /// The name.
    pub name: Option<Arc<str>>,
    /// Where it left the customer.
    pub standing: Standing,
}

/// A review that somebody has settled: a customer waits no longer for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// The customer's key.
    pub customer: Arc<str>,
    /// The name of the review rule.
    pub rule: Arc<str>,
}
