//! What metrics of one sheet cannot be together: more rows that fulfil a condition than rows, a sum of no rows, a
//! greatest value of no rows or below the least.

use super::{Metric, MetricSource, Scheme};
use crate::expr::{AggregateFunction, Node, Slot};

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

/// A metric that picks one of its rows' values, or their mean: without rows it is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MetricPick {
    /// The metric.
    pub own: Slot,
    /// The count of all rows that it is made of some of.
    pub of: Slot,
    /// Whether each of them has a value, so that with rows it is there.
    pub of_each: bool,
}

impl MetricPick {
    /// Whether the two can be together: the one there or missing, the other as its column holds it.
    pub const fn fits(self, is_there: bool, of: i64) -> bool {
        if of > 0 {
            is_there || !self.of_each
        } else {
            !is_there
        }
    }
}

/// Two metrics of the same values of the same rows: where both are there, the one is never above the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MetricOrder {
    /// The one.
    pub low: Slot,
    /// The other.
    pub high: Slot,
}

impl Scheme {
    /// The metrics of the same values that have an order: the least, then whatever lies between, then the greatest.
    pub fn metric_orders(&self) -> Vec<MetricOrder> {
        let metrics = || self.metrics.iter().filter(|metric| metric.per.is_none());
        let filter = |metric: &Metric| {
            metric
                .filter
                .as_ref()
                .map(|filter| filter.text.clone())
                .unwrap_or_default()
        };
        let is_alike = |one: &Metric, other: &Metric| {
            let of_events = matches!(one.from, MetricSource::Events(_));
            of_events
                && one.slot != other.slot
                && one.from == other.from
                && one.window == other.window
                && !one.argument.is_empty()
                && one.argument == other.argument
                && filter(one) == filter(other)
        };
        let pairs = metrics().flat_map(|low| metrics().map(move |high| (low, high)));
        let ordered = pairs.filter(|(low, high)| {
            let (Some(a), Some(b)) = (self.order_of(low), self.order_of(high)) else {
                return false;
            };
            is_alike(low, high) && (a < b || a == b && a != 0)
        });
        let order = |(low, high): (&Metric, &Metric)| MetricOrder {
            low: low.slot,
            high: high.slot,
        };
        ordered.map(order).collect()
    }

    /// -1 is the least of its values, 1 the greatest, 0 one between; `None` is none of them.
    fn order_of(&self, metric: &Metric) -> Option<i8> {
        use AggregateFunction as F;
        let MetricSource::Events(sheet) = metric.from else {
            return None;
        };
        let own = Slot(self.events[sheet].date as u32);
        let argument = metric.value.argument.as_ref()?;
        // Rows go by their own date: the first has the least.
        let by_date = argument.node == Node::Slot(own);
        match metric.value.function {
            F::Min => Some(-1),
            F::Max => Some(1),
            F::First if by_date => Some(-1),
            F::Last if by_date => Some(1),
            F::First | F::Last | F::Mean | F::Median | F::MostCommon => Some(0),
            _ => None,
        }
    }

    /// The metrics that counts of all rows bound.
    pub fn metric_bounds(&self) -> Vec<MetricBound> {
        let bound = |(own, of): (&Metric, &Metric)| {
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
        };
        self.beside_counts().filter_map(bound).collect()
    }

    /// The metrics that are missing where a count says that there are no rows.
    pub fn metric_picks(&self) -> Vec<MetricPick> {
        let pick = |(own, of): (&Metric, &Metric)| {
            self.order_of(own).map(|_| MetricPick {
                own: own.slot,
                of: of.slot,
                of_each: own.filter.is_none() && self.is_in_each_row(own),
            })
        };
        self.beside_counts().filter_map(pick).collect()
    }

    /// Whether each row has a value of what a metric looks at.
    fn is_in_each_row(&self, metric: &Metric) -> bool {
        let (MetricSource::Events(sheet), Some(argument)) =
            (metric.from, metric.value.argument.as_ref())
        else {
            return false;
        };
        let events = &self.events[sheet];
        match argument.node {
            Node::Slot(Slot(field)) => {
                let field = field as usize;
                field == events.date
                    || events
                        .sheet
                        .fields
                        .get(field)
                        .is_some_and(|field| field.required)
            }
            _ => false,
        }
    }

    /// Metrics beside the counts of all rows of which they are made of some.
    fn beside_counts(&self) -> impl Iterator<Item = (&Metric, &Metric)> {
        let all = || self.metrics.iter().filter(|metric| metric.per.is_none());
        let is_whole = |metric: &&Metric| {
            metric.value.function == AggregateFunction::Count
                && metric.value.argument.is_none()
                && metric.filter.is_none()
        };
        let is_of = |own: &Metric, of: &Metric| {
            own.slot != of.slot && own.from == of.from && own.window == of.window
        };
        all().filter(is_whole).flat_map(move |of| {
            let beside = all().filter(move |own| is_of(own, of));
            beside.map(move |own| (own, of))
        })
    }
}
