//! Dates and moments without a zone, as sheets have them, and whole units between them by the calendar.

use chrono::{Datelike, NaiveDate};
use std::fmt;
use std::num::NonZero;

/// Days from 0000-12-31 (chrono's day 0 of the common era) to 1970-01-01.
const UNIX_FROM_CE: i32 = 719_163;

/// 0001-01-01 and 9999-12-31, in days since 1970-01-01.
const FIRST: i32 = 1 - UNIX_FROM_CE;
const LAST: i32 = 2_932_896;

/// A calendar day from 0001-01-01 to 9999-12-31.
///
/// It is held as a number that is never nought and in the order of the days, so that `Option<Date>`, of which a run keeps
/// many for each customer, takes no more room than a day.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(NonZero<u32>);

impl Date {
    /// What is added to days since 1970-01-01, so that none of the years 1 to 9999 is nought or below.
    const SHIFT: i32 = 1 << 30;

    /// Of a day that is known to be within the years 1 to 9999.
    const fn within(days: i32) -> Self {
        match NonZero::new(days.wrapping_add(Self::SHIFT) as u32) {
            Some(held) => Self(held),
            // No such day is held as nought.
            None => Self(NonZero::<u32>::MIN),
        }
    }

    /// From year, month and day; `None` if there is no such day.
    pub fn new(year: i32, month: u32, day: u32) -> Option<Self> {
        if !(1..=9999).contains(&year) {
            return None;
        }
        NaiveDate::from_ymd_opt(year, month, day)
            .map(|date| Self::within(date.num_days_from_ce() - UNIX_FROM_CE))
    }

    /// From days since 1970-01-01; `None` outside the years 1 to 9999.
    pub fn from_days(days: i32) -> Option<Self> {
        (FIRST..=LAST).contains(&days).then_some(Self::within(days))
    }

    /// Days since 1970-01-01.
    #[inline]
    pub const fn days(self) -> i32 {
        self.0.get() as i32 - Self::SHIFT
    }

    /// Year, month (1 to 12) and day of the month (from 1).
    pub fn ymd(self) -> (i32, u32, u32) {
        // Every `Date` was made from a valid day, so the fallback is never met.
        let date =
            NaiveDate::from_num_days_from_ce_opt(self.days() + UNIX_FROM_CE).unwrap_or_default();
        (date.year(), date.month(), date.day())
    }

    /// The same day of the month `months` later (earlier if negative): the last day where that month is shorter, and
    /// from a month's last day the last day, as a window of months is measured.
    pub fn add_months(self, months: i32) -> Option<Self> {
        let (year, month, day) = self.ymd();
        let index = year
            .checked_mul(12)?
            .checked_add(month as i32 - 1)?
            .checked_add(months)?;
        let (to_year, to_month) = (index.div_euclid(12), index.rem_euclid(12) as u32 + 1);
        let last = last_day(to_year, to_month);
        let day = if day == last_day(year, month) {
            last
        } else {
            day.min(last)
        };
        Self::new(to_year, to_month, day)
    }

    /// So many working days later, Monday to Friday; public holidays are not known.
    pub fn add_working_days(self, days: i32) -> Option<Self> {
        let mut day = self;
        let mut left = days;
        while left > 0 {
            day = day.add_days(1)?;
            // 1970-01-01 was a Thursday: Monday is 0.
            left -= i32::from((day.days() + 3).rem_euclid(7) < 5);
        }
        Some(day)
    }

    /// `days` later (earlier if negative).
    pub fn add_days(self, days: i32) -> Option<Self> {
        self.days().checked_add(days).and_then(Self::from_days)
    }

    /// Whole years from `self` to `to`: 29 February counts on 1 March of a common year. Negative if `to` is earlier.
    pub fn years_to(self, to: Self) -> i32 {
        if to < self {
            return -to.years_to(self);
        }
        let ((y1, m1, d1), (y2, m2, d2)) = (self.ymd(), to.ymd());
        y2 - y1 - i32::from((m2, d2) < (m1, d1))
    }

    /// Whole months from `self` to `to`: 31 January counts on 1 March. Negative if `to` is earlier.
    pub fn months_to(self, to: Self) -> i32 {
        if to < self {
            return -to.months_to(self);
        }
        let ((y1, m1, d1), (y2, m2, d2)) = (self.ymd(), to.ymd());
        (y2 * 12 + m2 as i32) - (y1 * 12 + m1 as i32) - i32::from(d2 < d1)
    }

    /// Days from `self` to `to`. Negative if `to` is earlier.
    pub const fn days_to(self, to: Self) -> i32 {
        to.days() - self.days()
    }

    /// Reads `2024-03-31` and nothing else.
    pub fn parse_iso(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
            return None;
        }
        let number = |range: std::ops::Range<usize>| -> Option<i32> {
            let digits = &bytes[range];
            digits
                .iter()
                .all(u8::is_ascii_digit)
                .then(|| digits.iter().fold(0, |n, d| n * 10 + i32::from(d - b'0')))
        };
        Self::new(number(0..4)?, number(5..7)? as u32, number(8..10)? as u32)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.ymd();
        // A date's year is 1 to 9999.
        let year = year as u32;
        let mut bytes = *b"0000-00-00";
        for (at, part) in [(0, year / 100), (2, year % 100), (5, month), (8, day)] {
            bytes[at] += (part / 10) as u8;
            bytes[at + 1] += (part % 10) as u8;
        }
        f.write_str(std::str::from_utf8(&bytes).unwrap_or_default())
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// The last day of a month: 28 to 31. `month` is 1 to 12.
pub fn last_day(year: i32, month: u32) -> u32 {
    match month {
        2 if year.rem_euclid(4) == 0
            && (year.rem_euclid(100) != 0 || year.rem_euclid(400) == 0) =>
        {
            29
        }
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// A moment without a zone, to the second.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DateTime(i64);

impl DateTime {
    /// From a day and the second of that day (0 to 86,399).
    pub fn new(date: Date, second: u32) -> Option<Self> {
        (second < 86_400).then(|| Self(i64::from(date.days()) * 86_400 + i64::from(second)))
    }

    /// From seconds since 1970-01-01 00:00; `None` outside the years 1 to 9999.
    pub fn from_seconds(seconds: i64) -> Option<Self> {
        Date::from_days(i32::try_from(seconds.div_euclid(86_400)).ok()?).map(|_| Self(seconds))
    }

    /// Seconds since 1970-01-01 00:00.
    pub const fn seconds(self) -> i64 {
        self.0
    }

    /// The day it falls on.
    pub fn date(self) -> Date {
        Date::within(self.0.div_euclid(86_400) as i32)
    }

    /// The second of that day.
    pub const fn second_of_day(self) -> u32 {
        self.0.rem_euclid(86_400) as u32
    }
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let second = self.second_of_day();
        write!(
            f,
            "{} {:02}:{:02}:{:02}",
            self.date(),
            second / 3600,
            second / 60 % 60,
            second % 60
        )
    }
}

impl fmt::Debug for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        Date::parse_iso(text).unwrap()
    }

    #[test]
    fn a_day_is_held_in_order_and_in_no_more_room_than_none() {
        let days = [
            "0001-01-01",
            "1969-12-31",
            "1970-01-01",
            "1970-01-02",
            "9999-12-31",
        ]
        .map(date);
        assert!(days.is_sorted());
        assert_eq!(days.map(Date::days), [-719_162, -1, 0, 1, 2_932_896]);
        assert_eq!(days.map(|day| Date::from_days(day.days())), days.map(Some));
        for outside in [-719_163, 2_932_897, i32::MIN, i32::MAX] {
            assert_eq!(Date::from_days(outside), None);
        }
        assert_eq!(size_of::<Option<Date>>(), size_of::<i32>());
    }

    #[test]
    fn counts_whole_years_and_months_by_the_calendar() {
        for (from, to, years, months, days) in [
            ("2020-02-29", "2021-02-28", 0, 11, 365),
            ("2020-02-29", "2021-03-01", 1, 12, 366),
            ("2024-01-31", "2024-02-29", 0, 0, 29),
            ("2024-01-31", "2024-03-01", 0, 1, 30),
            ("2023-03-31", "2024-03-31", 1, 12, 366),
            ("2023-04-01", "2024-03-31", 0, 11, 365),
            ("2024-03-31", "2023-03-31", -1, -12, -366),
        ] {
            let (from, to) = (date(from), date(to));
            assert_eq!(
                (from.years_to(to), from.months_to(to), from.days_to(to)),
                (years, months, days),
                "{from} {to}"
            );
        }
    }

    #[test]
    fn a_month_before_a_last_day_is_a_last_day() {
        for (day, months, expected) in [
            ("2024-06-30", -1, "2024-05-31"),
            ("2024-03-30", -1, "2024-02-29"),
            ("2024-02-29", -12, "2023-02-28"),
            ("2023-02-28", 12, "2024-02-29"),
            ("2024-12-15", 3, "2025-03-15"),
        ] {
            assert_eq!(
                date(day).add_months(months),
                Some(date(expected)),
                "{day} {months}"
            );
        }
    }

    #[test]
    fn refuses_days_that_do_not_exist() {
        for text in [
            "2023-02-29",
            "2024-13-01",
            "2024-00-10",
            "0000-01-01",
            "2024-1-1",
            "2024/01/01",
        ] {
            assert_eq!(Date::parse_iso(text), None, "{text}");
        }
    }
}
