//! A grade against the one before, for schemes without movement: every run takes what the values give.

use super::Decision;
use crate::assess::Choice;
use crate::book::Earlier;
use crate::table::Date;

/// What a run decided for a customer, with what it compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Decided {
    /// The grade that counts, by its place in the scheme; `None` without one.
    pub grade: Option<u32>,
    /// What happened to it.
    pub decision: Decision,
    /// Since when it has been so; `None` where nobody knows.
    pub since: Option<Date>,
    /// Whether a review holds it.
    pub on_hold: bool,
}

/// Decides one customer. `rated` is whether the scheme has grades, `hold` whether a review holds the grade.
pub fn decide(rated: bool, values: Choice, earlier: &Earlier, hold: bool, as_of: Date) -> Decided {
    if !rated {
        return Decided {
            grade: None,
            decision: Decision::Classified,
            since: None,
            on_hold: false,
        };
    }
    if hold {
        // The grade waits for a person: the one before stays, and who had none gets none yet.
        let grade = earlier.grade.map(|grade| grade as u32);
        return Decided {
            grade,
            decision: Decision::Held,
            since: earlier.since,
            on_hold: true,
        };
    }
    let Some(now) = values.index() else {
        return Decided {
            grade: None,
            decision: Decision::Unrated,
            since: None,
            on_hold: false,
        };
    };
    let decision = match earlier.grade {
        None => Decision::Initial,
        // Grades are best first, so a smaller place is a better grade.
        Some(before) if now < before => Decision::Promoted,
        Some(before) if now > before => Decision::Demoted,
        Some(_) => Decision::Held,
    };
    let since = if decision == Decision::Held {
        earlier.since
    } else {
        Some(as_of)
    };
    Decided {
        grade: Some(now as u32),
        decision,
        since,
        on_hold: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grade_is_compared_with_the_one_before() {
        let (old, now) = (Date::new(2024, 1, 31), Date::new(2024, 2, 29).unwrap());
        let before = |grade: Option<usize>| Earlier {
            grade,
            since: old,
            kind: None,
        };
        for (values, earlier, grade, decision, since) in [
            (Choice::Is(1), None, Some(1), Decision::Initial, Some(now)),
            (Choice::Is(1), Some(1), Some(1), Decision::Held, old),
            (
                Choice::Is(0),
                Some(1),
                Some(0),
                Decision::Promoted,
                Some(now),
            ),
            (
                Choice::Is(2),
                Some(1),
                Some(2),
                Decision::Demoted,
                Some(now),
            ),
            (Choice::Unknown(0), Some(1), None, Decision::Unrated, None),
            (Choice::NoneHolds, None, None, Decision::Unrated, None),
        ] {
            let decided = decide(true, values, &before(earlier), false, now);
            assert_eq!(
                (decided.grade, decided.decision, decided.since),
                (grade, decision, since)
            );
        }
        assert_eq!(
            decide(false, Choice::NoneHolds, &before(None), false, now).decision,
            Decision::Classified
        );
        let held = decide(true, Choice::Is(0), &before(Some(2)), true, now);
        assert_eq!(
            (held.grade, held.decision, held.on_hold),
            (Some(2), Decision::Held, true)
        );
    }
}
