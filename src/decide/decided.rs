//! What a run decided for a customer's grade, beside the run before.

use super::Decision;
use crate::table::Date;

/// What a run decided for a customer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Decided {
    /// The grade that counts, by its place in the scheme; `None` without one.
    pub grade: Option<u32>,
    /// The grade that the rules give, overrides left aside.
    pub rule_grade: Option<u32>,
    /// What happened to the grade that counts since the run before.
    pub decision: Decision,
    /// Since when it has been so; `None` where nobody knows.
    pub since: Option<Date>,
    /// Whether a review holds it.
    pub on_hold: bool,
}

/// What keeps a customer's grade from being what the rules would have it now.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct KeptBy {
    /// A person set a grade that the rules would not have given.
    pub overridden: bool,
    /// A review holds it.
    pub on_hold: bool,
    /// Grace holds off a demotion: in a run between two period ends, too, which decides nothing.
    pub at_risk: bool,
}

/// What the comparison with the run before comes to. `rated` is whether the scheme has grades.
pub fn compare(rated: bool, before: Option<u32>, now: Option<u32>, kept: KeptBy) -> Decision {
    if !rated {
        return Decision::Classified;
    }
    let Some(now) = now else {
        return if kept.on_hold {
            Decision::Held
        } else {
            Decision::Unrated
        };
    };
    if kept.overridden {
        return Decision::Overridden;
    }
    match before {
        None => Decision::Initial,
        // Levels are best first, so a smaller place is a better grade.
        Some(before) if now < before => Decision::Promoted,
        Some(before) if now > before => Decision::Demoted,
        Some(_) if kept.at_risk && !kept.on_hold => Decision::AtRisk,
        Some(_) => Decision::Held,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grade_is_compared_with_the_one_before() {
        use Decision::{AtRisk, Demoted, Held, Initial, Overridden, Promoted, Unrated};
        let (none, hold, risk) = ((false, false), (true, false), (false, true));
        for (before, now, overridden, (on_hold, at_risk), decision) in [
            (None, Some(1), false, none, Initial),
            (Some(1), Some(1), false, none, Held),
            (Some(1), Some(0), false, none, Promoted),
            (Some(1), Some(2), false, none, Demoted),
            (Some(1), None, false, none, Unrated),
            (None, None, false, hold, Held),
            (Some(2), Some(2), false, hold, Held),
            // What moved in an earlier period of the run, moved, whatever holds it since.
            (Some(2), Some(1), false, hold, Promoted),
            (Some(1), Some(1), false, risk, AtRisk),
            (Some(0), Some(1), false, risk, Demoted),
            (Some(1), Some(1), false, (true, true), Held),
            (Some(1), Some(0), true, none, Overridden),
            (Some(0), Some(0), true, none, Overridden),
        ] {
            let kept = KeptBy {
                overridden,
                on_hold,
                at_risk,
            };
            let compared = compare(true, before, now, kept);
            assert_eq!(compared, decision, "{before:?} {now:?}");
        }
        let decision = compare(false, None, None, KeptBy::default());
        assert_eq!(decision, Decision::Classified);
    }
}
