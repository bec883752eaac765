//! Which days a metric takes, for each customer.

use crate::book::Book;
use crate::scheme::model::{Window, WindowSpan};
use crate::table::column::MISSING_DATE;
use crate::table::date::last_day;
use crate::table::{Date, Period};

/// The first and last day of a metric's window, in days since 1970-01-01.
pub enum Windows {
    /// The same for every customer.
    All(i32, i32),
    /// By anniversary: each customer's first day ([`MISSING_DATE`]: not known; [`i32::MAX`]: there is none yet), and the
    /// common last one.
    Each(Vec<i32>, i32),
}

impl Windows {
    /// The window as of the book's date.
    pub fn new(window: &Window, book: &Book) -> Self {
        let end = window.ending.back_from(book.as_of);
        let last = end.days();
        match &window.span {
            WindowSpan::All => Self::All(i32::MIN, last),
            // A window starts after the day that is so long ago.
            WindowSpan::Within(span) => Self::All(span.back_from(end).days() + 1, last),
            WindowSpan::Calendar(kind) => Self::All(
                Period::of(*kind, end).start().map_or(i32::MIN, Date::days),
                last,
            ),
            WindowSpan::Anniversary(field) => {
                let column = book
                    .customers
                    .as_ref()
                    .map(|customers| &customers.columns[*field]);
                let first = (0..book.roster.len())
                    .map(|customer| {
                        let start = column.and_then(|column| column.day_at(customer));
                        start.map_or(MISSING_DATE, |start| {
                            last_anniversary(start, end).map_or(i32::MAX, Date::days)
                        })
                    })
                    .collect();
                Self::Each(first, last)
            }
        }
    }

    /// Whether a day counts for a customer.
    pub fn contains(&self, customer: usize, day: i32) -> bool {
        match self {
            Self::All(first, last) => *first <= day && day <= *last,
            Self::Each(first, last) => {
                let first = first[customer];
                first != MISSING_DATE && first <= day && day <= *last
            }
        }
    }

    /// Whether all of these days count for everybody.
    pub fn contain_all(&self, days: &[i32]) -> bool {
        match self {
            Self::All(first, last) => {
                let counts = |day: &i32| *first <= *day && *day <= *last;
                days.iter().all(counts)
            }
            Self::Each(..) => false,
        }
    }

    /// Whether it is not known which days count for a customer: the date of the anniversary is missing. What is counted
    /// there is missing too, and not 0.
    pub fn is_unknown(&self, customer: usize) -> bool {
        matches!(self, Self::Each(first, _) if first[customer] == MISSING_DATE)
    }
}

/// The last anniversary of `start` on or before `end`, `start` itself included: 29 February counts on 1 March of a
/// common year. `None` if `start` is later.
fn last_anniversary(start: Date, end: Date) -> Option<Date> {
    if start > end {
        return None;
    }
    let (year, month, day) = start.ymd();
    let year = year + start.years_to(end);
    if day > last_day(year, month) {
        Date::new(year, month + 1, 1)
    } else {
        Date::new(year, month, day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::model::Span;

    #[test]
    fn a_window_starts_after_the_same_day_before() {
        let date = |text| Date::parse_iso(text).unwrap();
        for (as_of, span, start) in [
            ("2024-12-31", Span::Months(12), "2023-12-31"),
            ("2024-02-29", Span::Months(12), "2023-02-28"),
            ("2024-06-30", Span::Months(1), "2024-05-31"),
            ("2024-03-30", Span::Months(1), "2024-02-29"),
            ("2024-03-15", Span::Months(1), "2024-02-15"),
            ("2024-03-15", Span::Days(7), "2024-03-08"),
        ] {
            assert_eq!(span.back_from(date(as_of)), date(start), "{as_of} {span:?}");
        }
    }

    #[test]
    fn anniversaries_of_a_leap_day_are_on_the_first_of_march() {
        let date = |text| Date::parse_iso(text).unwrap();
        for (start, end, expected) in [
            ("2020-02-29", "2021-02-28", Some("2020-02-29")),
            ("2020-02-29", "2021-03-01", Some("2021-03-01")),
            ("2020-02-29", "2024-02-29", Some("2024-02-29")),
            ("2023-05-10", "2024-05-09", Some("2023-05-10")),
            ("2024-05-10", "2024-05-09", None),
        ] {
            assert_eq!(
                last_anniversary(date(start), date(end)),
                expected.map(date),
                "{start} {end}"
            );
        }
    }
}
