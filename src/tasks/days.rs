//! Which days people work on: Monday to Friday, but for holidays, and the weekends that make up for them.

use crate::scheme::model::Tasks;
use crate::table::Date;

/// So many days are looked through for a working day. A scheme that calls a longer span a holiday gets the day itself.
const LONGEST: i32 = 400;

/// The days that people work on.
#[derive(Clone, Debug, Default)]
pub struct WorkingDays {
    holidays: Vec<(Date, Date)>,
    workdays: Vec<(Date, Date)>,
}

impl WorkingDays {
    /// As the scheme says.
    pub fn new(tasks: &Tasks) -> Self {
        Self {
            holidays: tasks.holidays.clone(),
            workdays: tasks.workdays.clone(),
        }
    }

    /// Whether people work on this day.
    pub fn is_one(&self, day: Date) -> bool {
        let within = |spans: &[(Date, Date)]| {
            spans
                .iter()
                .any(|(first, last)| (*first..=*last).contains(&day))
        };
        // 1970-01-01 was a Thursday: Monday is 0.
        let is_weekday = (day.days() + 3).rem_euclid(7) < 5;
        within(&self.workdays) || is_weekday && !within(&self.holidays)
    }

    /// The day, or the first working day after it.
    pub fn on_or_after(&self, day: Date) -> Date {
        self.near(day, 1)
    }

    /// The day, or the last working day before it.
    pub fn on_or_before(&self, day: Date) -> Date {
        self.near(day, -1)
    }

    fn near(&self, day: Date, step: i32) -> Date {
        (0..LONGEST)
            .filter_map(|count| day.add_days(count * step))
            .find(|day| self.is_one(*day))
            .unwrap_or(day)
    }

    /// The working days from one day to another, both included.
    pub fn between(&self, first: Date, last: Date) -> Vec<Date> {
        (0..=first.days_to(last))
            .filter_map(|count| first.add_days(count))
            .filter(|day| self.is_one(*day))
            .collect()
    }
}
