//! Metrics, values, dimensions and their bands.

use super::Expression;
use crate::expr::{Aggregate, AggregateFunction, Estimate, Slot};
use crate::table::{Date, Decimal, PeriodKind};
use foldhash::HashSet;
use std::ops::Range;
use std::sync::Arc;

/// A value for each customer (or customer and period) from an event sheet.
#[derive(Clone, Debug)]
pub struct Metric {
    /// Its name.
    pub name: Arc<str>,
    /// Where its column is.
    pub slot: Slot,
    /// What it is worked out from.
    pub from: MetricSource,
    /// What is worked out, over the event sheet's fields.
    pub value: Aggregate,
    /// `value` as written.
    pub text: Arc<str>,
    /// What stands in its brackets, as written; empty where nothing does.
    pub argument: Arc<str>,
    /// Which rows count.
    pub filter: Option<Expression>,
    /// Which dates count.
    pub window: Window,
    /// Present for a series: one value for each closed period of this kind.
    pub per: Option<PeriodKind>,
    /// What a series does with periods outside coverage.
    pub gaps: Gaps,
    /// Of an estimate of what is to come: how far ahead.
    pub ahead: Option<Span>,
    /// Where its name stands in the scheme's text.
    pub span: Range<usize>,
}

impl Metric {
    /// What it estimates; `None` where it is worked out of the rows exactly.
    pub fn estimate(&self) -> Option<Estimate> {
        match self.value.function {
            AggregateFunction::Estimate(estimate) => Some(estimate),
            _ => None,
        }
    }
}

/// What a metric is worked out from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricSource {
    /// The event sheet with this index in the scheme.
    Events(usize),
    /// The history of this field of the customers' sheet: at each period's end its value in the sheet in force then.
    History(usize),
}

/// Which dates a metric takes.
#[derive(Clone, Debug, PartialEq)]
pub struct Window {
    /// How far back.
    pub span: WindowSpan,
    /// How long before the as-of date it ends.
    pub ending: Span,
}

/// How far back a window goes.
#[derive(Clone, Debug, PartialEq)]
pub enum WindowSpan {
    /// To the first row.
    All,
    /// So long.
    Within(Span),
    /// From the first day of the calendar period that the window's end falls in.
    Calendar(PeriodKind),
    /// From the last anniversary of a date field of the customers' sheet, on or before the window's end.
    Anniversary(usize),
}

/// A length of time: so many months, or so many days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// Calendar months.
    Months(i32),
    /// Days.
    Days(i32),
}

impl Span {
    /// The day this long before `day`; the first day there is, where that is too far.
    pub fn back_from(self, day: Date) -> Date {
        let moved = match self {
            Self::Months(months) => day.add_months(-months),
            Self::Days(days) => day.add_days(-days),
        };
        moved.or_else(|| Date::new(1, 1, 1)).unwrap_or(day)
    }

    /// The day this long after `day`; the last day there is, where that is too far.
    pub fn ahead_of(self, day: Date) -> Date {
        let moved = match self {
            Self::Months(months) => day.add_months(months),
            Self::Days(days) => day.add_days(days),
        };
        moved.or_else(|| Date::new(9999, 12, 31)).unwrap_or(day)
    }
}

/// What a series does with periods outside coverage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gaps {
    /// They are missing and end a run.
    End,
    /// They are passed over.
    Skip,
    /// They count as zero.
    Zero,
}

/// A value for each customer.
#[derive(Clone, Debug)]
pub struct ValueRule {
    /// Its name.
    pub name: Arc<str>,
    /// Where its column is.
    pub slot: Slot,
    /// What it is.
    pub is: Expression,
}

/// An ordered list of bands that gives a label, and points if it has a weight.
#[derive(Clone, Debug)]
pub struct Dimension {
    /// Its name.
    pub name: Arc<str>,
    /// Where its label is.
    pub label_slot: Slot,
    /// Where its points are.
    pub points_slot: Slot,
    /// Its weight in the score; `None` if it only classifies.
    pub weight: Option<Decimal>,
    /// Where label and points come from.
    pub rule: DimensionRule,
    /// When it counts, if not always.
    pub temporary: Option<Temporary>,
    /// Where its name stands in the scheme's text.
    pub span: Range<usize>,
}

/// Where a dimension's label and points come from.
#[derive(Clone, Debug)]
pub enum DimensionRule {
    /// The first band that holds gives both.
    Bands(Vec<Band>),
    /// An expression gives the points, bands over `points` the label (no bands: no label).
    Points {
        /// The points.
        points: Expression,
        /// Bands over `points`.
        bands: Vec<Band>,
        /// Where the dimension's own `points` is while its bands are judged.
        own: Slot,
    },
    /// Weighted indicators give the points, bands over `points` the label.
    Indicators {
        /// The indicators.
        indicators: Vec<Indicator>,
        /// Bands over `points`.
        bands: Vec<Band>,
        /// Where the dimension's own `points` is while its bands are judged.
        own: Slot,
    },
}

impl DimensionRule {
    /// The bands that give the label.
    pub fn bands(&self) -> &[Band] {
        match self {
            Self::Bands(bands) | Self::Points { bands, .. } | Self::Indicators { bands, .. } => {
                bands
            }
        }
    }

    /// Where the dimension's own `points` is while its bands are judged; `None` where the bands give the points.
    pub const fn own(&self) -> Option<Slot> {
        match self {
            Self::Bands(_) => None,
            Self::Points { own, .. } | Self::Indicators { own, .. } => Some(*own),
        }
    }

    /// The expressions that give [`Self::own`]: none where the bands give the points.
    pub fn of_points(&self) -> Vec<&Expression> {
        match self {
            Self::Bands(_) => vec![],
            Self::Points { points, .. } => vec![points],
            Self::Indicators { indicators, .. } => {
                let indicators = indicators.iter();
                indicators.flat_map(Indicator::expressions).collect()
            }
        }
    }

    /// All expressions: [`Self::of_points`], then the conditions of the bands.
    pub fn expressions(&self) -> impl Iterator<Item = &Expression> {
        let of_points = self.of_points().into_iter();
        of_points.chain(Band::conditions(self.bands()))
    }

    /// The labels that it can give, in the order of the bands, each once.
    pub fn labels(&self) -> Vec<Arc<str>> {
        let mut known: HashSet<&Arc<str>> = HashSet::default();
        let labels = self.bands().iter().filter_map(|band| band.label.as_ref());
        labels
            .filter(|label| known.insert(label))
            .cloned()
            .collect()
    }
}

impl Indicator {
    /// All its expressions.
    pub fn expressions(&self) -> Vec<&Expression> {
        match &self.rule {
            IndicatorRule::Points(points) => vec![points],
            IndicatorRule::Bands(bands) => Band::conditions(bands).collect(),
        }
    }
}

impl Band {
    /// The conditions of bands.
    pub fn conditions(bands: &[Self]) -> impl Iterator<Item = &Expression> {
        bands.iter().filter_map(|band| band.when.as_ref())
    }
}

/// One weighted part of a dimension.
#[derive(Clone, Debug)]
pub struct Indicator {
    /// Its name.
    pub name: Arc<str>,
    /// Its weight among the dimension's indicators.
    pub weight: Decimal,
    /// Where its points come from.
    pub rule: IndicatorRule,
    /// Where its name stands in the scheme's text.
    pub span: Range<usize>,
}

/// Where an indicator's points come from.
#[derive(Clone, Debug)]
pub enum IndicatorRule {
    /// The first band that holds.
    Bands(Vec<Band>),
    /// An expression.
    Points(Expression),
}

/// One line of a dimension.
#[derive(Clone, Debug)]
pub struct Band {
    /// Its label; indicators' bands need none.
    pub label: Option<Arc<str>>,
    /// Its condition; `None` is otherwise.
    pub when: Option<Expression>,
    /// Its points.
    pub points: Option<Decimal>,
    /// Where its condition, or else the band, stands in the scheme's text.
    pub span: Range<usize>,
}

/// When a dimension counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Temporary {
    /// Who asked for it.
    pub by: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// Who approved it; nobody: it does not count.
    pub approved_by: Option<String>,
    /// The first day on which it counts.
    pub from: Option<Date>,
    /// The last day on which it counts.
    pub until: Option<Date>,
}
