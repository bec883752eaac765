//! `[report]`: what a report shows beyond what grading gives.

use super::values::Span;
use super::{Expression, FieldKind, Scheme, SlotKind, Template, TopSize};
use crate::expr::{Measure, Slot};

/// What reports are told by the scheme. Every part may be left out.
#[derive(Clone, Debug, Default)]
pub struct Reporting {
    /// What revenue is: a number for each customer. [`Scheme::amount`] says what it is where this does not.
    pub amount: Option<Slot>,
    /// Who is lost.
    pub churned: Option<Expression>,
    /// Who has bought at all: of them the repurchase rate is a share.
    pub bought: Option<Expression>,
    /// Who has bought again.
    pub repurchased: Option<Expression>,
    /// The numbers whose means and medians are told for each grade; `None` leaves the choice to the report.
    pub behaviour: Option<Vec<Slot>>,
    /// Where customers say how satisfied they are.
    pub satisfaction: Option<Surveys>,
    /// Where their requests are.
    pub service: Option<Tickets>,
    /// Who is listed as promising.
    pub potential: Option<Potential>,
}

/// Which customers below the top grade are listed, those of whom most is to be expected.
#[derive(Clone, Debug)]
pub struct Potential {
    /// By what; more is better.
    pub by: Expression,
    /// Who comes into question.
    pub when: Option<Expression>,
    /// How many of them, counted from the top; those equal at the edge are in.
    pub top: TopSize,
    /// Who is to look after each of them.
    pub owner: Option<Template>,
}

/// The event sheet with answers to surveys. At least one of the two scores is there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Surveys {
    /// Its place among the event sheets.
    pub sheet: usize,
    /// The field with a satisfaction from 1 to 5.
    pub csat: Option<usize>,
    /// The field with a likelihood to recommend from 0 to 10.
    pub nps: Option<usize>,
    /// How far back answers count; `None`: all of them.
    pub within: Option<Span>,
}

/// The event sheet with requests and when they were answered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Tickets {
    /// Its place among the event sheets.
    pub sheet: usize,
    /// The moment at which a request came in.
    pub opened: usize,
    /// The moment of the first reply.
    pub replied: usize,
    /// The moment at which it was closed.
    pub closed: Option<usize>,
    /// The field with what it is about.
    pub kind: Option<usize>,
    /// How far back requests count; `None`: all of them.
    pub within: Option<Span>,
}

impl Scheme {
    /// What revenue is: what `[report]` names, else the first money field of the customers, else the first metric that
    /// is money and neither a series nor an estimate. `None` where there is no money.
    pub fn amount(&self) -> Option<Slot> {
        let field = || {
            let fields = &self.customers.as_ref()?.sheet.fields;
            let money = |kind: &FieldKind| matches!(kind, FieldKind::Money(_));
            let place = fields.iter().position(|field| money(&field.kind))?;
            self.slot_of(SlotKind::Field(place))
        };
        let metric = || {
            let mut metrics = self.metrics.iter();
            let is_money = |measure: &Measure| matches!(measure, Measure::Money(_));
            let found = metrics.find(|metric| {
                metric.per.is_none()
                    && metric.estimate().is_none()
                    && is_money(&metric.value.ty.measure)
            });
            found.map(|metric| metric.slot)
        };
        self.report.amount.or_else(field).or_else(metric)
    }
}
