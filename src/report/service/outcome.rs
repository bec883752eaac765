//! What became of a request: answered in time or late, overdue, still open, or nothing that anybody can say.

use crate::report::cells::ratio;
use crate::table::Decimal;

/// Seconds of an hour.
pub(super) const HOUR: i128 = 3_600;

/// What became of a request by the end of the as-of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Answered within the time.
    InTime,
    /// Answered, and later.
    Late,
    /// Not answered, and the time is over: so many seconds are left, fewer than none.
    Overdue(i64),
    /// Not answered, and so many seconds are left.
    Open(i64),
    /// Not answered, and no time is promised.
    OpenWithoutLimit,
    /// Nobody can say: no time is promised, it was closed without a reply, or its moments contradict each other.
    NotJudged,
}

/// The moments of a request, in seconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Request {
    /// When it came in.
    pub opened: Option<i64>,
    /// When it was answered first.
    pub replied: Option<i64>,
    /// When it was closed.
    pub closed: Option<i64>,
}

impl Request {
    /// What became of it until `now`, where it was to be answered `within` so many seconds. What happens from `now` on is
    /// not known yet.
    pub fn outcome(self, within: Option<i64>, now: i64) -> Outcome {
        let known = |moment: Option<i64>| moment.filter(|moment| *moment < now);
        let (Some(opened), replied, closed) =
            (self.opened, known(self.replied), known(self.closed))
        else {
            return Outcome::NotJudged;
        };
        match (replied, within) {
            (Some(replied), _) if replied < opened => Outcome::NotJudged,
            (Some(_), None) => Outcome::NotJudged,
            (Some(replied), Some(within)) if replied - opened <= within => Outcome::InTime,
            (Some(_), Some(_)) => Outcome::Late,
            (None, _) if closed.is_some() => Outcome::NotJudged,
            (None, None) => Outcome::OpenWithoutLimit,
            (None, Some(within)) => match opened + within - now {
                left if left < 0 => Outcome::Overdue(left),
                left => Outcome::Open(left),
            },
        }
    }
}

/// The requests of some customers.
#[derive(Clone, Debug, Default)]
pub(super) struct Count {
    pub in_time: usize,
    pub late: usize,
    pub overdue: usize,
    pub open: usize,
    pub not_judged: usize,
    /// How many were answered after they were opened, and in how many seconds together.
    answered: usize,
    seconds: i128,
}

impl Count {
    pub fn all(&self) -> usize {
        self.due() + self.open + self.not_judged
    }

    /// Those of which it is decided.
    pub const fn due(&self) -> usize {
        self.in_time + self.late + self.overdue
    }

    /// Hours until the first reply, on average.
    pub fn mean_hours(&self) -> Option<Decimal> {
        ratio(self.seconds, self.answered as i128 * HOUR)
    }

    pub fn add(&mut self, outcome: Outcome, request: Request, now: i64) {
        match outcome {
            Outcome::InTime => self.in_time += 1,
            Outcome::Late => self.late += 1,
            Outcome::Overdue(_) => self.overdue += 1,
            Outcome::Open(_) => self.open += 1,
            Outcome::OpenWithoutLimit | Outcome::NotJudged => self.not_judged += 1,
        }
        let replied = request.replied.filter(|replied| *replied < now);
        if let Some((opened, replied)) = request.opened.zip(replied)
            && replied >= opened
        {
            self.answered += 1;
            self.seconds += i128::from(replied - opened);
        }
    }

    pub fn plus(mut self, other: &Self) -> Self {
        self.in_time += other.in_time;
        self.late += other.late;
        self.overdue += other.overdue;
        self.open += other.open;
        self.not_judged += other.not_judged;
        self.answered += other.answered;
        self.seconds += other.seconds;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_exactly_at_the_end_of_its_time_is_in_time() {
        let request = |replied, closed| Request {
            opened: Some(1_000),
            replied,
            closed,
        };
        let now = 100_000;
        for (replied, closed, within, expected) in [
            (Some(8_200), None, Some(7_200), Outcome::InTime),
            (Some(8_201), None, Some(7_200), Outcome::Late),
            (Some(999), None, Some(7_200), Outcome::NotJudged),
            (Some(2_000), None, None, Outcome::NotJudged),
            (None, None, Some(99_000), Outcome::Open(0)),
            (None, None, Some(98_999), Outcome::Overdue(-1)),
            (None, None, None, Outcome::OpenWithoutLimit),
            (None, Some(5_000), Some(7_200), Outcome::NotJudged),
            // What comes after the end of the day is not known yet.
            (
                Some(100_000),
                Some(100_001),
                Some(99_500),
                Outcome::Open(500),
            ),
        ] {
            let outcome = request(replied, closed).outcome(within, now);
            assert_eq!(outcome, expected, "{replied:?} {closed:?} {within:?}");
        }
        let unopened = Request {
            opened: None,
            replied: Some(1),
            closed: None,
        };
        assert_eq!(unopened.outcome(Some(1), now), Outcome::NotJudged);
    }
}
