//! The rows that a metric takes, in groups: those of each customer, or of each customer and closed period.

use super::Axis;
use crate::book::EventRows;
use crate::table::Date;
use std::ops::Range;

/// Whether a customer's row counts.
pub type Takes<'a> = dyn Fn(usize, usize) -> bool + Sync + 'a;

/// The groups of one event sheet. With periods, group `c × periods + p` is that of customer `c` and period `p`.
pub struct Groups<'a> {
    events: &'a EventRows,
    /// How many customers there are.
    customers: usize,
    /// Which rows count, by customer and row; all where nobody says.
    takes: Option<&'a Takes<'a>>,
    /// The closed periods; `None` where all rows of a customer are one group.
    periods: Option<Periods>,
}

/// The days of the closed periods.
pub struct Periods {
    /// The first day of the first.
    first: i32,
    /// The last day of each.
    ends: Vec<i32>,
    /// The period of each day from the first on, of as many days as are asked for all the time.
    of_day: Vec<u32>,
}

/// The most days whose periods are noted: ninety years, or 128 KB.
const MOST_DAYS: i32 = 1 << 15;

impl Periods {
    /// Those of an axis.
    pub fn new(axis: Axis) -> Self {
        let first = axis.period(0).start().map_or(i32::MAX, Date::days);
        let mut periods = Self {
            first,
            ends: axis.ends(),
            of_day: vec![],
        };
        let last = periods
            .ends
            .last()
            .map_or(first, |last| last.saturating_add(1));
        let noted = first..last.min(first.saturating_add(MOST_DAYS));
        periods.of_day = noted.map(|day| periods.looked_up(day)).collect();
        periods
    }

    /// The period of a day; one more than there are for a day outside all.
    fn of(&self, day: i32) -> u32 {
        let noted = usize::try_from(i64::from(day) - i64::from(self.first));
        let noted = noted.ok().and_then(|day| self.of_day.get(day));
        noted.copied().unwrap_or_else(|| self.looked_up(day))
    }

    /// How many of them end before a day.
    pub fn before(&self, day: i32) -> usize {
        if day < self.first {
            return 0;
        }
        self.of(day) as usize
    }

    fn looked_up(&self, day: i32) -> u32 {
        let period = match day {
            day if day < self.first => self.ends.len(),
            day => self.ends.partition_point(|end| *end < day),
        };
        period as u32
    }
}

impl<'a> Groups<'a> {
    /// A group for each customer.
    pub fn of_customers(
        events: &'a EventRows,
        customers: usize,
        takes: Option<&'a Takes<'a>>,
    ) -> Self {
        Self {
            events,
            customers,
            takes,
            periods: None,
        }
    }

    /// A group for each customer and period.
    pub fn of_periods(
        events: &'a EventRows,
        customers: usize,
        takes: Option<&'a Takes<'a>>,
        axis: Axis,
    ) -> Self {
        Self {
            periods: Some(Periods::new(axis)),
            ..Self::of_customers(events, customers, takes)
        }
    }

    /// How many customers there are.
    pub fn customers(&self) -> usize {
        self.customers
    }

    /// How many groups a customer has.
    pub fn per_customer(&self) -> usize {
        let periods = self.periods.as_ref();
        periods.map_or(1, |periods| periods.ends.len())
    }

    /// How many groups there are.
    pub fn len(&self) -> usize {
        self.customers * self.per_customer()
    }

    /// Gives the rows of each group of some customers, one group after the other; those of one keep their order.
    pub fn each(&self, customers: Range<usize>, mut give: impl FnMut(&[u32])) {
        let mut own: Vec<u32> = vec![];
        let mut sorted = Sorted::default();
        for customer in customers {
            let rows = self.events.rows_of(customer);
            own.clear();
            match self.takes {
                Some(takes) => own.extend(rows.filter(|row| takes(customer, *row as usize))),
                None => own.extend(rows),
            }
            match &self.periods {
                None => give(&own),
                Some(periods) => sorted.each(&own, periods, &self.events.days, &mut give),
            }
        }
    }
}

/// The rows of one customer by period, sorted by counting.
#[derive(Default)]
struct Sorted {
    /// The period of each row.
    of_row: Vec<u32>,
    /// Where each period's rows begin, and the next of them goes.
    starts: Vec<u32>,
    rows: Vec<u32>,
}

impl Sorted {
    fn each(
        &mut self,
        own: &[u32],
        periods: &Periods,
        days: &[i32],
        give: &mut impl FnMut(&[u32]),
    ) {
        let count = periods.ends.len();
        // One more, for the days outside all periods.
        self.starts.clear();
        self.starts.resize(count + 2, 0);
        self.of_row.clear();
        for row in own {
            let period = periods.of(days[*row as usize]);
            self.of_row.push(period);
            self.starts[period as usize + 1] += 1;
        }
        for period in 0..=count {
            self.starts[period + 1] += self.starts[period];
        }
        self.rows.clear();
        self.rows.resize(own.len(), 0);
        for (row, period) in own.iter().zip(&self.of_row) {
            let place = &mut self.starts[*period as usize];
            self.rows[*place as usize] = *row;
            *place += 1;
        }
        // Each start has moved on to the end of its period.
        let mut from = 0;
        for end in &self.starts[..count] {
            give(&self.rows[from..*end as usize]);
            from = *end as usize;
        }
    }
}
