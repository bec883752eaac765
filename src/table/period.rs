//! Periods of grading: calendar months, quarters, half-years and years.

use super::date::{Date, last_day};
use std::fmt;

/// The length of a period.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum PeriodKind {
    /// A calendar month.
    Month,
    /// A calendar quarter.
    Quarter,
    /// January to June, or July to December.
    HalfYear,
    /// A calendar year.
    Year,
}

impl PeriodKind {
    /// How many months it has.
    pub const fn months(self) -> i32 {
        match self {
            Self::Month => 1,
            Self::Quarter => 3,
            Self::HalfYear => 6,
            Self::Year => 12,
        }
    }

    /// The word for it in a scheme.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::HalfYear => "half-year",
            Self::Year => "year",
        }
    }
}

/// One calendar period.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub struct Period {
    /// Its length.
    pub kind: PeriodKind,
    /// Periods of this length since the year 0.
    pub index: i32,
}

impl Period {
    /// The period that `date` falls in.
    pub fn of(kind: PeriodKind, date: Date) -> Self {
        let (year, month, _) = date.ymd();
        Self {
            kind,
            index: (year * 12 + month as i32 - 1).div_euclid(kind.months()),
        }
    }

    /// Reads what [`Period`] shows: `2024-03`, `2024-Q1`, `2024-H1`, `2024`.
    pub fn parse(text: &str) -> Option<Self> {
        let (year, part) = match text.split_once('-') {
            Some((year, part)) => (year, Some(part)),
            None => (text, None),
        };
        let digits = |text: &str, length: usize| {
            let fits = text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
            text.parse::<i32>().ok().filter(|_| fits)
        };
        let year = digits(year, 4).filter(|year| *year > 0)?;
        let (kind, part) = match part {
            None => (PeriodKind::Year, 1),
            Some(part) => match part.as_bytes().first()? {
                b'Q' | b'q' => (PeriodKind::Quarter, digits(&part[1..], 1)?),
                b'H' | b'h' => (PeriodKind::HalfYear, digits(&part[1..], 1)?),
                _ => (PeriodKind::Month, digits(part, 2)?),
            },
        };
        let per_year = 12 / kind.months();
        (1..=per_year).contains(&part).then_some(Self {
            kind,
            index: year * per_year + part - 1,
        })
    }

    /// Reads a span of days: a period, a day, or two of them with `..` between.
    pub fn parse_span(text: &str) -> Option<(Date, Date)> {
        let one = |text: &str| {
            if let Some(day) = Date::parse_iso(text) {
                return Some((day, day));
            }
            let period = Self::parse(text)?;
            Some((period.start()?, period.end()?))
        };
        let (first, last) = match text.split_once("..") {
            Some((first, last)) => (one(first.trim())?, one(last.trim())?),
            None => (one(text.trim())?, one(text.trim())?),
        };
        (first.0 <= last.1).then_some((first.0, last.1))
    }

    /// The last period that is closed on `as_of`: its last day is not after it.
    pub fn last_closed(kind: PeriodKind, as_of: Date) -> Self {
        let period = Self::of(kind, as_of);
        if period.end() == Some(as_of) {
            period
        } else {
            period.back(1)
        }
    }

    /// `count` periods earlier.
    #[must_use]
    pub const fn back(self, count: i32) -> Self {
        Self {
            kind: self.kind,
            index: self.index - count,
        }
    }

    /// Its first day; `None` outside the years 1 to 9999.
    pub fn start(self) -> Option<Date> {
        let month = self.index * self.kind.months();
        Date::new(month.div_euclid(12), month.rem_euclid(12) as u32 + 1, 1)
    }

    /// Its last day; `None` outside the years 1 to 9999.
    pub fn end(self) -> Option<Date> {
        let month = (self.index + 1) * self.kind.months() - 1;
        let (year, month) = (month.div_euclid(12), month.rem_euclid(12) as u32 + 1);
        Date::new(year, month, last_day(year, month))
    }
}

impl fmt::Display for Period {
    /// `2024-03`, `2024-Q1`, `2024-H1`, `2024`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let per_year = 12 / self.kind.months();
        let (year, part) = (
            self.index.div_euclid(per_year),
            self.index.rem_euclid(per_year) + 1,
        );
        match self.kind {
            PeriodKind::Month => write!(f, "{year:04}-{part:02}"),
            PeriodKind::Quarter => write!(f, "{year:04}-Q{part}"),
            PeriodKind::HalfYear => write!(f, "{year:04}-H{part}"),
            PeriodKind::Year => write!(f, "{year:04}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_and_spans_are_read_as_they_are_shown() {
        for text in ["2024-03", "2024-Q4", "2024-H2", "2024"] {
            assert_eq!(Period::parse(text).unwrap().to_string(), text);
        }
        for text in [
            "2024-13", "2024-00", "2024-Q5", "24-03", "2024-3", "2024-", "", "2024-Q",
        ] {
            assert_eq!(Period::parse(text), None, "{text}");
        }
        for (text, first, last) in [
            ("2024-02", "2024-02-01", "2024-02-29"),
            ("2024-Q1..2024-05", "2024-01-01", "2024-05-31"),
            ("2024-03-05", "2024-03-05", "2024-03-05"),
            ("2024-03-05 .. 2024-04", "2024-03-05", "2024-04-30"),
        ] {
            let days = [first, last].map(|day| Date::parse_iso(day).unwrap());
            assert_eq!(Period::parse_span(text), Some((days[0], days[1])), "{text}");
        }
        for text in ["2024-05..2024-04", "..", "2024-01..", "januar"] {
            assert_eq!(Period::parse_span(text), None, "{text}");
        }
    }

    #[test]
    fn a_period_is_closed_on_its_last_day() {
        for (kind, as_of, closed, end) in [
            (PeriodKind::Month, "2024-03-31", "2024-03", "2024-03-31"),
            (PeriodKind::Month, "2024-03-30", "2024-02", "2024-02-29"),
            (PeriodKind::Quarter, "2024-03-31", "2024-Q1", "2024-03-31"),
            (PeriodKind::Quarter, "2024-03-30", "2023-Q4", "2023-12-31"),
            (PeriodKind::HalfYear, "2024-07-01", "2024-H1", "2024-06-30"),
            (PeriodKind::Year, "2024-12-30", "2023", "2023-12-31"),
        ] {
            let period = Period::last_closed(kind, Date::parse_iso(as_of).unwrap());
            assert_eq!(
                (period.to_string(), period.end()),
                (closed.into(), Date::parse_iso(end)),
                "{as_of}"
            );
        }
    }
}
