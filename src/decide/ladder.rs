//! One customer, one ladder (of grades or of types), one period end: where the rules lead.
//!
//! The order is the design's: eligible, then `min_hold` and `min_gap_down`, then the rules or `otherwise`, then grace,
//! then the caps on steps. Nothing here looks at more than one customer or evaluates anything: what holds is given.

use super::Subject;
use crate::assess::Choice;
use crate::scheme::model::Movement;
use crate::table::{Date, Period, PeriodKind, Truth};

/// A ladder: its levels stand best first, and rules may move customers on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ladder {
    /// The grades.
    Grade,
    /// The types.
    Type,
}

impl Ladder {
    /// What people set on it.
    pub const fn subject(self) -> Subject {
        match self {
            Self::Grade => Subject::Grade,
            Self::Type => Subject::Type,
        }
    }
}

/// Where a customer stands on a ladder; the dates are last days of periods.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The level that the rules give, best first from 0; `None` before the first.
    pub level: Option<u32>,
    /// When a rule, or `otherwise`, last moved the customer.
    pub moved: Option<Date>,
    /// When it last moved the customer down.
    pub demoted: Option<Date>,
    /// Since when a demotion has been firing that grace still holds off.
    pub at_risk: Option<Date>,
    /// Only periods that end after this day count in streaks.
    pub counts_after: Option<Date>,
}

/// What holds for a customer at a period end.
#[derive(Clone, Debug)]
pub struct Judged<'a> {
    /// The first level whose condition holds.
    pub values: Choice,
    /// For each level whether it is kept: its `keep`, or else its condition. Read only where the movement follows.
    pub keeps: &'a [Truth],
    /// For each rule whether it fires.
    pub fires: &'a [Truth],
    /// Whether the customer may move.
    pub eligible: Truth,
    /// Whether a review holds the level for a person.
    pub on_hold: bool,
}

/// Why a customer stands where the period end left it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// There is no level, and the values give none.
    Unrated,
    /// The first one.
    First,
    /// A review holds it.
    OnHold,
    /// Not eligible, or not known to be.
    NotEligible,
    /// A move is not long enough ago; the first period end at which there may be one again.
    TooSoon(Date),
    /// A rule fired.
    Rule(u32),
    /// `otherwise = "follow"`.
    Followed,
    /// These rules fired, one up and one down.
    Conflict(u32, u32),
    /// A demotion fires and grace holds it off until this period end. By a rule, or by following.
    AtRisk(Option<u32>, Date),
    /// No rule fired.
    NoRule,
    /// What the values give is not known.
    Unknown,
}

/// What a period end did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Where the customer stood before.
    pub from: Option<u32>,
    /// Why it stands where it stands now.
    pub why: Why,
    /// Whether a cap shortened the move.
    pub capped: bool,
}

/// Where a rule or `otherwise` leads.
#[derive(Clone, Copy)]
struct Aimed {
    level: u32,
    rule: Option<u32>,
}

/// Decides one period end, the last day of which is `end`, on a ladder of `levels`.
pub fn step(
    movement: &Movement,
    levels: usize,
    kind: PeriodKind,
    end: Date,
    judged: &Judged<'_>,
    place: &mut Place,
) -> Step {
    let from = place.level;
    let done = |why| Step {
        from,
        why,
        capped: false,
    };
    // Full periods since a day that was the end of one.
    let since = |day: Date| Period::of(kind, end).index - Period::of(kind, day).index;
    let after = |day: Date, periods: i32| later(kind, day, periods);
    let Some(level) = place.level else {
        if judged.on_hold {
            return done(Why::OnHold);
        }
        let values = judged.values.index().map(|index| index as u32);
        place.level = movement.initial.or(values);
        return done(if place.level.is_some() {
            Why::First
        } else {
            Why::Unrated
        });
    };
    if judged.on_hold {
        return done(Why::OnHold);
    }
    if judged.eligible != Truth::True {
        place.at_risk = None;
        return done(Why::NotEligible);
    }
    if let Some(moved) = place.moved.filter(|day| since(*day) < movement.min_hold) {
        return done(Why::TooSoon(after(moved, movement.min_hold)));
    }
    let gap = place
        .demoted
        .filter(|day| since(*day) < movement.min_gap_down);
    let aimed = match aim(movement, levels, level, judged, gap.is_none()) {
        Ok(aimed) => aimed,
        Err(why) => {
            place.at_risk = None;
            return done(match (why, gap) {
                (Why::NoRule, Some(day)) if wants_down(movement, levels, level, judged) => {
                    Why::TooSoon(after(day, movement.min_gap_down))
                }
                (why, _) => why,
            });
        }
    };
    let down = aimed.level > level;
    if down {
        let first = *place.at_risk.get_or_insert(end);
        if since(first) < movement.grace {
            return done(Why::AtRisk(aimed.rule, after(first, movement.grace)));
        }
    }
    place.at_risk = None;
    let target = movement.capped(level, aimed.level);
    place.level = Some(target);
    place.moved = Some(end);
    if down {
        place.demoted = Some(end);
    }
    if movement.resets && aimed.rule.is_some() {
        place.counts_after = Some(end);
    }
    Step {
        from,
        why: aimed.rule.map_or(Why::Followed, Why::Rule),
        capped: target != aimed.level,
    }
}

/// The last day of the period so many periods after that of a day.
fn later(kind: PeriodKind, day: Date, periods: i32) -> Date {
    Period::of(kind, day).back(-periods).end().unwrap_or(day)
}

/// The first period end at which `min_hold` lets the customer move again, if it ever moved.
pub fn may_move_on(movement: &Movement, kind: PeriodKind, place: &Place) -> Option<Date> {
    Some(later(kind, place.moved?, movement.min_hold))
}

/// The period end at which a customer moves for whom a rule fires from the period end `end` on, as far as `min_hold`,
/// `min_gap_down` and `grace` let it.
pub fn comes_on(
    movement: &Movement,
    kind: PeriodKind,
    place: &Place,
    down: bool,
    end: Date,
) -> Date {
    let free = may_move_on(movement, kind, place).map_or(end, |day| day.max(end));
    if !down {
        return free;
    }
    let gap = place.demoted;
    let gap = gap.map(|day| later(kind, day, movement.min_gap_down));
    let free = gap.map_or(free, |day| day.max(free));
    let first = place.at_risk.unwrap_or(free);
    later(kind, first, movement.grace).max(free)
}

/// Where the rules lead, else `otherwise`; or why nowhere. Demotions count only where `may_fall`.
fn aim(
    movement: &Movement,
    levels: usize,
    level: u32,
    judged: &Judged<'_>,
    may_fall: bool,
) -> Result<Aimed, Why> {
    let mut first: Option<Aimed> = None;
    for (index, rule) in movement.rules.iter().enumerate() {
        if judged.fires[index] != Truth::True {
            continue;
        }
        let Some(target) = rule.target(level, levels) else {
            continue;
        };
        if target > level && !may_fall {
            continue;
        }
        let this = Aimed {
            level: target,
            rule: Some(index as u32),
        };
        match first {
            None => first = Some(this),
            Some(first) if (first.level < level) != (target < level) => {
                let rules = [first.rule, this.rule].map(Option::unwrap_or_default);
                return Err(if first.level < level {
                    Why::Conflict(rules[0], rules[1])
                } else {
                    Why::Conflict(rules[1], rules[0])
                });
            }
            Some(_) => {}
        }
    }
    if let Some(first) = first {
        return Ok(first);
    }
    if !movement.follows {
        return Err(Why::NoRule);
    }
    let aimed = |target: u32| Aimed {
        level: target,
        rule: None,
    };
    match judged.values {
        Choice::Unknown(_) => return Err(Why::Unknown),
        Choice::Is(better) if better < level => return Ok(aimed(better)),
        Choice::Is(_) | Choice::NoneHolds => {}
    }
    // Not better: the first one that is kept, from the present one down.
    for (kept, truth) in judged.keeps.iter().enumerate().skip(level as usize) {
        match truth {
            Truth::True if kept as u32 == level => return Err(Why::NoRule),
            Truth::True if !may_fall => return Err(Why::NoRule),
            Truth::True => return Ok(aimed(kept as u32)),
            Truth::Unknown => return Err(Why::Unknown),
            Truth::False => {}
        }
    }
    Err(Why::NoRule)
}

/// Whether the customer would fall if it might.
fn wants_down(movement: &Movement, levels: usize, level: u32, judged: &Judged<'_>) -> bool {
    aim(movement, levels, level, judged, true).is_ok_and(|aimed| aimed.level > level)
}
