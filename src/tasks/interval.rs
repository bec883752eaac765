//! The intervals of tasks that come again: blocks of the calendar, so that every customer has the same ones.

use crate::scheme::model::Span;
use crate::table::{Date, Period, PeriodKind};

/// Days from Monday, 1969-12-29, to 1970-01-01: blocks of days are counted from a Monday.
const TO_MONDAY: i32 = 3;

/// One interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    span: Span,
    /// Intervals of this length since the beginning.
    index: i32,
}

impl Interval {
    /// The one that a day falls in: months from January of the year 0, days from a Monday.
    pub fn of(span: Span, day: Date) -> Self {
        let index = match span {
            Span::Months(months) => Period::of(PeriodKind::Month, day).index.div_euclid(months),
            Span::Days(days) => (day.days() + TO_MONDAY).div_euclid(days),
        };
        Self { span, index }
    }

    /// The one after it.
    pub const fn next(self) -> Self {
        Self {
            span: self.span,
            index: self.index + 1,
        }
    }

    /// Its first day; the first there is, where that would be before the year 1.
    pub fn first(self) -> Option<Date> {
        match self.span {
            Span::Months(months) => {
                let first = month(self.index.checked_mul(months)?).start();
                first.or_else(|| Date::new(1, 1, 1).filter(|_| self.index <= 0))
            }
            Span::Days(days) => {
                Date::from_days(self.index.checked_mul(days)?.checked_sub(TO_MONDAY)?)
            }
        }
    }

    /// Its last day; `None` after the year 9999.
    pub fn last(self) -> Option<Date> {
        match self.span {
            Span::Months(months) => {
                month((self.index + 1).checked_mul(months)?.checked_sub(1)?).end()
            }
            Span::Days(_) => self.next().first()?.add_days(-1),
        }
    }

    /// The day one interval after another day.
    pub fn after(self, day: Date) -> Option<Date> {
        match self.span {
            Span::Months(months) => day.add_months(months),
            Span::Days(days) => day.add_days(days),
        }
    }

    /// A word that no other interval has: `m3-8098` is the 8098th block of three months.
    pub fn word(self) -> String {
        match self.span {
            Span::Months(months) => format!("m{months}-{}", self.index),
            Span::Days(days) => format!("d{days}-{}", self.index),
        }
    }
}

const fn month(index: i32) -> Period {
    Period {
        kind: PeriodKind::Month,
        index,
    }
}
