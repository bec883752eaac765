//! Customers who show what is wrong with a scheme, as data: who grades them sees the fault.

use crate::table::Value;
use std::sync::Arc;

/// A customer who shows a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    /// Its values, by the names of fields and metrics; what was varied as a whole (`rank(x)`) by its text.
    pub values: Vec<(Arc<str>, Shown)>,
    /// What it comes to, if it comes to anything: the band, grade, type or rule.
    pub entry: Option<Arc<str>>,
}

/// What a customer has of one name.
#[derive(Clone, Debug, PartialEq)]
pub enum Shown {
    /// A value.
    One(Value),
    /// One for each period, the last one last.
    Periods(Vec<Value>),
}

impl Eq for Shown {}
