//! Which periods the files of an event sheet cover.

use crate::table::{Date, Period, PeriodKind};

/// The spans of dates that the files of an event sheet cover: from a file's first row to its last.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Coverage {
    /// First and last date of each file that has rows.
    pub spans: Vec<(Date, Date)>,
}

impl Coverage {
    /// Takes a file's dates in.
    pub fn add_file(&mut self, dates: impl Iterator<Item = Date>) {
        let span = dates.fold(None, |span: Option<(Date, Date)>, date| {
            Some(span.map_or((date, date), |(first, last)| {
                (first.min(date), last.max(date))
            }))
        });
        self.spans.extend(span);
    }

    /// Whether some file covers the period: its span touches it.
    pub fn covers(&self, period: Period) -> bool {
        self.spans.iter().any(|(first, last)| {
            Period::of(period.kind, *first).index <= period.index
                && period.index <= Period::of(period.kind, *last).index
        })
    }

    /// The first period that is covered; `None` if none is.
    pub fn first(&self, kind: PeriodKind) -> Option<Period> {
        self.first_date().map(|date| Period::of(kind, date))
    }

    /// Takes spans in that files are said to cover.
    pub fn add_spans(&mut self, spans: &[(Date, Date)]) {
        self.spans.extend(spans);
    }

    /// The first date covered.
    pub fn first_date(&self) -> Option<Date> {
        self.spans.iter().map(|(first, _)| *first).min()
    }

    /// The last date covered.
    pub fn last_date(&self) -> Option<Date> {
        self.spans.iter().map(|(_, last)| *last).max()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_period_that_a_file_touches_is_covered_and_no_other() {
        let date = |text| Date::parse_iso(text).unwrap();
        let mut coverage = Coverage::default();
        coverage.add_file([date("2024-01-20"), date("2024-02-03")].into_iter());
        coverage.add_file([date("2024-05-31")].into_iter());
        coverage.add_file(std::iter::empty());
        let covered: Vec<String> = (0..7)
            .map(|back| Period::of(PeriodKind::Month, date("2024-06-15")).back(6 - back))
            .filter(|period| coverage.covers(*period))
            .map(|period| period.to_string())
            .collect();
        assert_eq!(covered, ["2024-01", "2024-02", "2024-05"]);
        assert_eq!(
            coverage.first(PeriodKind::Quarter).unwrap().to_string(),
            "2024-Q1"
        );
    }
}
