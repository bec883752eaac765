//! What came after a period end: what customers spent in the next periods, and who was lost.

use super::Standing;
use crate::book::{Coverage, Inputs, assemble};
use crate::expr::{AggregateFunction, Measure};
use crate::metrics::{self, Axis, MetricColumn};
use crate::scheme::Scheme;
use crate::scheme::model::{Gaps, Metric, MetricSource, SlotKind, Span, Window, WindowSpan};
use crate::table::column::MISSING;
use crate::table::{Column, Date, Period, PeriodKind, Truth};
use foldhash::HashMap;
use std::sync::Arc;

/// What every customer spent in each period, as it is known now.
#[derive(Clone, Debug)]
pub struct Revenue {
    /// The metric that says what spending is: `月消费额`.
    pub name: Arc<str>,
    /// What the figure is called, with the unit of money.
    pub heading: String,
    /// Whether it is money.
    pub is_money: bool,
    /// How long a period is.
    pub kind: PeriodKind,
    axis: Axis,
    by_id: Arc<HashMap<Arc<str>, u32>>,
    /// A customer's periods side by side, in millionths; [`MISSING`] where there is no figure.
    values: Vec<i64>,
    coverage: Coverage,
}

/// The metric that says what customers spend: `[report] amount` if that is a sum of events, else the first sum of money,
/// else the first sum. `None` where the scheme sums nothing.
pub fn revenue(scheme: &Scheme) -> Option<&Metric> {
    let of_report = scheme.report.amount.and_then(|slot| {
        let kind = scheme.slots.entries[slot.0 as usize].kind;
        match kind {
            SlotKind::Metric(index) => scheme.metrics.get(index),
            _ => None,
        }
    });
    let mut sums = scheme.metrics.iter().filter(|metric| is_sum(metric));
    let is_money = |metric: &&Metric| matches!(metric.value.ty.measure, Measure::Money(_));
    of_report
        .filter(|metric| is_sum(metric))
        .or_else(|| sums.clone().find(is_money))
        .or_else(|| sums.next())
}

/// A scheme of the event sheets alone: everybody who stands in them is there, whoever was a customer when.
pub fn of_events(scheme: &Scheme) -> Scheme {
    Scheme {
        customers: None,
        lookups: vec![],
        ..scheme.clone()
    }
}

/// Whether a metric adds up what stands in rows of events, so that there is such a sum of any periods.
pub fn is_sum(metric: &Metric) -> bool {
    metric.value.function == AggregateFunction::Sum
        && matches!(metric.from, MetricSource::Events(_))
}

impl Revenue {
    /// Works the sums of `metric` out for each period up to `last`, whatever window the metric has: of all customers who
    /// stand in the event sheets of `inputs`.
    pub fn of(scheme: &Scheme, metric: &Metric, inputs: Inputs, last: Date) -> Self {
        let kind = scheme.period;
        let by_period = Metric {
            window: Window {
                span: WindowSpan::All,
                ending: Span::Days(0),
            },
            per: Some(kind),
            gaps: Gaps::End,
            ..metric.clone()
        };
        let of_events = Scheme {
            metrics: vec![by_period],
            ..of_events(scheme)
        };
        let book = assemble(Arc::new(of_events.clone()), inputs, last);
        let first = metrics::first_events(&book);
        let (columns, _) = metrics::compute(&of_events, &book, &first, &mut vec![]);
        let values = columns.into_iter().next().and_then(|column| match column {
            MetricColumn::Series(series) => match series.values {
                Column::Number(values) => Some(values),
                _ => None,
            },
            MetricColumn::Value(_) => None,
        });
        let coverage = match metric.from {
            MetricSource::Events(index) => book.events[index].coverage.clone(),
            MetricSource::History(_) => Coverage::default(),
        };
        let heading = match &metric.value.ty.measure {
            Measure::Money(Some(unit)) => format!("{}（{unit}）", metric.name),
            _ => metric.name.to_string(),
        };
        Self {
            name: metric.name.clone(),
            heading,
            is_money: matches!(metric.value.ty.measure, Measure::Money(_)),
            kind,
            axis: Axis::of(kind, &book),
            by_id: book.roster.by_id().clone(),
            values: values.unwrap_or_default(),
            coverage,
        }
    }

    /// Whether every one of `count` periods after `end` is closed and covered.
    pub fn covers(&self, end: Date, count: usize) -> bool {
        let last = self.axis.first.index + self.axis.count as i32;
        self.periods(end, count)
            .all(|period| period.index < last && self.coverage.covers(period))
    }

    /// What a customer spent in `count` periods after `end` together, in millionths: nothing, where no row is there.
    /// `None` where one of the sums is beyond all numbers.
    pub fn after(&self, id: &str, end: Date, count: usize) -> Option<i128> {
        let Some(row) = self.by_id.get(id) else {
            return Some(0);
        };
        let mut all = 0;
        for period in self.periods(end, count) {
            let place = usize::try_from(period.index - self.axis.first.index).ok()?;
            let value = *self.values.get(*row as usize * self.axis.count + place)?;
            let is_before_first = value == MISSING && self.has_none_up_to(*row, place);
            if value == MISSING && !is_before_first {
                return None;
            }
            all += if is_before_first {
                0
            } else {
                i128::from(value)
            };
        }
        Some(all)
    }

    /// A customer who spends for the first time after the period has no figure for it, and spent nothing.
    fn has_none_up_to(&self, row: u32, place: usize) -> bool {
        let first = row as usize * self.axis.count;
        let values = &self.values[first..=first + place];
        values.iter().all(|value| *value == MISSING)
    }

    fn periods(&self, end: Date, count: usize) -> impl Iterator<Item = Period> {
        let closed = Period::last_closed(self.kind, end);
        (1..=count as i32).map(move |ahead| closed.back(-ahead))
    }
}

/// What came after each period end of a span.
#[derive(Clone, Debug)]
pub struct Following<'a> {
    /// How many periods.
    pub ahead: usize,
    /// What customers spent; `None` where no scheme says it.
    pub revenue: Option<&'a Revenue>,
    /// Who was lost by `[report] churned` at each period end of the span and as many after it as are closed; empty where
    /// the scheme does not say it.
    pub churned: &'a [HashMap<Arc<str>, Truth>],
}

/// What came after a period end, of one customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct After {
    /// What was spent, in millionths.
    pub revenue: Option<i128>,
    /// Whether the customer was lost.
    pub lost: Truth,
}

impl Following<'_> {
    /// Whether what came after the period end number `end`, on the day `as_of`, is known already.
    pub fn is_known(&self, end: usize, as_of: Date) -> bool {
        let spent = |revenue: &Revenue| revenue.covers(as_of, self.ahead);
        match self.revenue {
            Some(revenue) => spent(revenue),
            None => self.churned.len() > end + self.ahead,
        }
    }

    /// What came after for a customer. Without a rule in the scheme those are lost who spent nothing.
    pub fn of(&self, end: usize, as_of: Date, id: &str) -> After {
        let revenue = self
            .revenue
            .and_then(|revenue| revenue.after(id, as_of, self.ahead));
        let lost = if self.churned.is_empty() {
            match revenue {
                Some(spent) if spent <= 0 => Truth::True,
                Some(_) => Truth::False,
                None => Truth::Unknown,
            }
        } else {
            let then = self.churned.get(end + self.ahead);
            let truth = then.and_then(|then| then.get(id));
            truth.copied().unwrap_or(Truth::Unknown)
        };
        After { revenue, lost }
    }

    /// What came after for a customer who stands somewhere; `None` where it is not known yet, or nobody was graded.
    pub fn of_standing(
        &self,
        end: usize,
        as_of: Date,
        id: &str,
        standing: Option<Standing>,
    ) -> Option<After> {
        let is_present = standing.is_some_and(Standing::is_present);
        (is_present && self.is_known(end, as_of)).then(|| self.of(end, as_of, id))
    }
}
