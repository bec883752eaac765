//! What metrics of one sheet cannot be together: more rows that fulfil a condition than rows, a sum of no rows.

use super::{Metric, Scheme};
use crate::expr::{AggregateFunction, Slot};

/// A metric that another one of the same rows bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MetricBound {
    /// The metric.
    pub own: Slot,
    /// The count of all rows that it is made of some of.
    pub of: Slot,
    /// Whether it counts; else it adds up.
    pub counts: bool,
}

impl MetricBound {
    /// Whether the two can be together, as columns hold them.
    pub const fn fits(self, own: i64, of: i64) -> bool {
        if self.counts {
            own <= of
        } else {
            of > 0 || own == 0
        }
    }
}

impl Scheme {
    /// The metrics that counts of all rows bound.
    pub fn metric_bounds(&self) -> Vec<MetricBound> {
        let all = || self.metrics.iter().filter(|metric| metric.per.is_none());
        let is_whole = |metric: &&Metric| {
            metric.value.function == AggregateFunction::Count
                && metric.value.argument.is_none()
                && metric.filter.is_none()
        };
        let of_one = |of: &'_ Metric| {
            let of = of.clone();
            all().filter_map(move |own| {
                if own.slot == of.slot || own.from != of.from || own.window != of.window {
                    return None;
                }
                let counts = match own.value.function {
                    AggregateFunction::Count | AggregateFunction::CountDistinct => true,
                    AggregateFunction::Sum => false,
                    _ => return None,
                };
                Some(MetricBound {
                    own: own.slot,
                    of: of.slot,
                    counts,
                })
            })
        };
        all().filter(is_whole).flat_map(of_one).collect()
    }
}
