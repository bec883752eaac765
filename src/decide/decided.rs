//! What a run decided for a customer's grade, beside the run before.

use super::{Decision, Why};
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

/// What the comparison with the run before comes to. `rated` is whether the scheme has grades, `overridden` whether a
/// person set a grade that the rules would not have given, `why` what the last period end did.
pub fn compare(
    rated: bool,
    before: Option<u32>,
    now: Option<u32>,
    overridden: bool,
    why: Option<Why>,
) -> Decision {
    if !rated {
        return Decision::Classified;
    }
    if matches!(why, Some(Why::OnHold)) && !overridden {
        return Decision::Held;
    }
    let Some(now) = now else {
        return Decision::Unrated;
    };
    if overridden {
        return Decision::Overridden;
    }
    match before {
        None => Decision::Initial,
        // Levels are best first, so a smaller place is a better grade.
        Some(before) if now < before => Decision::Promoted,
        Some(before) if now > before => Decision::Demoted,
        Some(_) if matches!(why, Some(Why::AtRisk(..))) => Decision::AtRisk,
        Some(_) => Decision::Held,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grade_is_compared_with_the_one_before() {
        let end = Date::new(2024, 3, 31).unwrap();
        for (before, now, overridden, why, decision) in [
            (None, Some(1), false, Some(Why::First), Decision::Initial),
            (Some(1), Some(1), false, Some(Why::NoRule), Decision::Held),
            (
                Some(1),
                Some(0),
                false,
                Some(Why::Rule(0)),
                Decision::Promoted,
            ),
            (
                Some(1),
                Some(2),
                false,
                Some(Why::Rule(0)),
                Decision::Demoted,
            ),
            (Some(1), None, false, Some(Why::Unrated), Decision::Unrated),
            (None, None, false, Some(Why::OnHold), Decision::Held),
            (Some(2), Some(2), false, Some(Why::OnHold), Decision::Held),
            (
                Some(1),
                Some(1),
                false,
                Some(Why::AtRisk(None, end)),
                Decision::AtRisk,
            ),
            // What was demoted in an earlier period of the run and is at risk again, was demoted.
            (
                Some(0),
                Some(1),
                false,
                Some(Why::AtRisk(None, end)),
                Decision::Demoted,
            ),
            (
                Some(1),
                Some(0),
                true,
                Some(Why::NoRule),
                Decision::Overridden,
            ),
            (Some(0), Some(0), true, None, Decision::Overridden),
            (Some(1), Some(1), false, None, Decision::Held),
        ] {
            assert_eq!(compare(true, before, now, overridden, why), decision);
        }
        let decision = compare(false, None, None, false, None);
        assert_eq!(decision, Decision::Classified);
    }
}
