//! `[[movement]]`: how customers move on the ladder of grades or of types.

use super::Expression;
use std::ops::Range;
use std::sync::Arc;

/// The rules of one ladder. Levels are numbered best first, as grades and types stand in the scheme.
#[derive(Clone, Debug)]
pub struct Movement {
    /// What a customer without a level gets; `None`: what the values give.
    pub initial: Option<u32>,
    /// Whether a move by a rule makes streaks begin anew.
    pub resets: bool,
    /// How many full periods nobody moves after a move.
    pub min_hold: i32,
    /// How many full periods nobody falls after a demotion.
    pub min_gap_down: i32,
    /// How many periods a firing demotion waits.
    pub grace: i32,
    /// The most steps up at once.
    pub max_step_up: Option<u32>,
    /// The most steps down at once.
    pub max_step_down: Option<u32>,
    /// The rules in order.
    pub rules: Vec<MovementRule>,
    /// Whether a customer for whom no rule fires takes what the values give; else the level is held.
    pub follows: bool,
    /// Who moves at all; `None`: everybody.
    pub eligible: Option<Expression>,
}

/// One rule.
#[derive(Clone, Debug)]
pub struct MovementRule {
    /// Its name.
    pub name: Arc<str>,
    /// When it fires.
    pub when: Expression,
    /// Where it leads.
    pub aim: Aim,
    /// The levels from which it leads there; none: from all.
    pub from: Vec<u32>,
    /// Where its condition stands in the scheme's text.
    pub span: Range<usize>,
}

/// Where a rule leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aim {
    /// To this level.
    To(u32),
    /// So many levels up (down: below 0), as far as there are any.
    Step(i32),
}

impl Movement {
    /// How far towards `target` one move leads from `level`.
    pub fn capped(&self, level: u32, target: u32) -> u32 {
        let steps = target.abs_diff(level);
        if target > level {
            level + self.max_step_down.map_or(steps, |cap| steps.min(cap))
        } else {
            level - self.max_step_up.map_or(steps, |cap| steps.min(cap))
        }
    }
}

impl MovementRule {
    /// The level that the rule leads to from `level` of `count`; `None` where it does not apply, or leads nowhere else.
    pub fn target(&self, level: u32, count: usize) -> Option<u32> {
        if !self.from.is_empty() && !self.from.contains(&level) {
            return None;
        }
        let target = match self.aim {
            Aim::To(target) => target,
            Aim::Step(up) => {
                let last = count as i64 - 1;
                (i64::from(level) - i64::from(up)).clamp(0, last) as u32
            }
        };
        (target != level).then_some(target)
    }
}
