//! What movement did to a customer, why, by what evidence, and what comes next.
//!
//! Everything is read off what grading stored: the track of the customer on each ladder, and the series that the rules
//! count over. How far a count has come is asked of the evaluator that graded.

mod distance;
mod evidence;
mod next;
mod overrides;
mod progress;
mod so_far;

pub use crate::decide::Ladder;
pub use distance::asks_only_for;
pub use evidence::{Evidence, evidence};
pub use next::{Begun, Count, begun, counts, has_next, next};
pub use overrides::{overridden, tagged};
pub use so_far::SoFar;

use crate::assess::Facts;
use crate::decide::Why;
use crate::diagnostic::Lang;
use crate::expr::{Frame, SeriesColumn, Slot};
use crate::grading::{Grading, Move, Track};
use crate::rank::Populations;
use crate::scheme::model::Movement;
use crate::table::{Column, Date, Period};
use std::sync::Arc;

impl Ladder {
    /// The rules.
    pub fn movement(self, grading: &Grading) -> Option<&Movement> {
        match self {
            Self::Grade => grading.scheme.grade_movement.as_ref(),
            Self::Type => grading.scheme.type_movement.as_ref(),
        }
    }

    /// Where a customer stands.
    pub fn track(self, grading: &Grading, row: usize) -> &Track {
        let person = &grading.people.persons[row];
        match self {
            Self::Grade => &person.grade,
            Self::Type => person.kind(),
        }
    }

    /// The name of a level.
    pub fn name(self, grading: &Grading, level: u32) -> Arc<str> {
        let scheme = &grading.scheme;
        match self {
            Self::Grade => scheme.grades[level as usize].name.clone(),
            Self::Type => scheme.types[level as usize].name.clone(),
        }
    }

    /// How many levels there are.
    pub fn levels(self, grading: &Grading) -> usize {
        match self {
            Self::Grade => grading.scheme.grades.len(),
            Self::Type => grading.scheme.types.len(),
        }
    }
}

/// What happened to a customer on a ladder in this run: each move with its evidence, or why there was none.
pub fn reasons(grading: &Grading, ladder: Ladder, row: usize, lang: Lang) -> Vec<String> {
    let Some(movement) = ladder.movement(grading) else {
        return vec![];
    };
    let track = ladder.track(grading, row);
    let mut reasons: Vec<String> = track
        .moves
        .iter()
        .rev()
        .map(|moved| move_reason(grading, ladder, movement, row, moved, lang))
        .collect();
    let has_moved_last = track
        .last
        .is_some_and(|step| matches!(step.why, Why::Rule(_) | Why::Followed));
    if !has_moved_last {
        let held = held_reason(grading, ladder, movement, row, lang);
        reasons.extend(held);
    }
    reasons
}

fn move_reason(
    grading: &Grading,
    ladder: Ladder,
    movement: &Movement,
    row: usize,
    moved: &Move,
    lang: Lang,
) -> String {
    let name = |level: u32| ladder.name(grading, level);
    let (to, from) = (
        name(moved.to),
        moved.step.from.map(name).unwrap_or_default(),
    );
    let period = Period::of(grading.scheme.period, moved.end);
    let mut text = match (moved.step.why, lang) {
        (Why::Rule(rule), _) => {
            let rule = &movement.rules[rule as usize];
            let evidence = evidence::of_rule(grading, rule, row, moved.end, moved.counts_after);
            let mut values = evidence::listed(&evidence, lang);
            // What is no series is known as of the run's own date, and not as of the period ends before.
            if values.is_empty() && moved.end == grading.book.as_of {
                values = super::reason::listed(grading, &rule.when.bound.slots(), row, lang);
            }
            let (rule, when) = (&rule.name, &rule.when.text);
            match (lang, values.is_empty()) {
                (Lang::Zh, true) => format!("{period} {rule}：{from} → {to}（{when}）"),
                (Lang::Zh, false) => format!("{period} {rule}：{from} → {to}（{when}：{values}）"),
                (Lang::En, true) => format!("{period} {rule}: {from} → {to} ({when})"),
                (Lang::En, false) => format!("{period} {rule}: {from} → {to} ({when}: {values})"),
            }
        }
        (_, Lang::Zh) => format!("{period} 按当期数值：{from} → {to}"),
        (_, Lang::En) => format!("{period} by the values of the period: {from} → {to}"),
    };
    if moved.step.capped {
        text += match lang {
            Lang::Zh => "，受每次升降级数限制",
            Lang::En => ", as far as the cap on steps allows",
        };
    }
    text
}

/// Why the level is the one that it was; nothing where no period was decided.
fn held_reason(
    grading: &Grading,
    ladder: Ladder,
    movement: &Movement,
    row: usize,
    lang: Lang,
) -> Option<String> {
    let track = ladder.track(grading, row);
    let step = track.last?;
    let level = track.place.level.map(|level| ladder.name(grading, level));
    let level = level.unwrap_or_default();
    let rule = |rule: u32| &movement.rules[rule as usize].name;
    let is_told = matches!(step.why, Why::First | Why::AtRisk(..)) || !withholds(grading, movement);
    Some(match (step.why, lang) {
        (Why::Rule(_) | Why::Followed | Why::OnHold | Why::Unrated, _) => return None,
        (_, Lang::Zh) if !is_told => format!("保持 {level}"),
        (_, Lang::En) if !is_told => format!("{level} is held"),
        (Why::First, Lang::Zh) => format!("首次评定：{level}"),
        (Why::First, Lang::En) => format!("first: {level}"),
        (Why::NotEligible, Lang::Zh) => format!("保持 {level}：不符合参与升降级的条件"),
        (Why::NotEligible, Lang::En) => format!("{level} is held: not eligible to move"),
        (Why::TooSoon(until), Lang::Zh) => {
            format!("保持 {level}：距上次变动时间不足，{until} 起才可再变动")
        }
        (Why::TooSoon(until), Lang::En) => {
            format!(
                "{level} is held: too soon after the last move, free again at the end of {until}"
            )
        }
        (Why::Conflict(up, down), Lang::Zh) => {
            let (up, down) = (rule(up), rule(down));
            format!("保持 {level}：升级规则“{up}”与降级规则“{down}”同时成立，规则冲突")
        }
        (Why::Conflict(up, down), Lang::En) => {
            let (up, down) = (rule(up), rule(down));
            format!("{level} is held: conflict, `{up}` promotes and `{down}` demotes")
        }
        (Why::AtRisk(by, until), _) => {
            let why = by.map(|by| {
                let rule = &movement.rules[by as usize];
                let after = track.place.counts_after;
                let end = last_end(grading);
                let evidence = evidence::of_rule(grading, rule, row, end, after);
                let values = evidence::listed(&evidence, lang);
                match lang {
                    Lang::Zh => format!("{}：{}：{values}", rule.name, rule.when.text),
                    Lang::En => format!("{}: {}: {values}", rule.name, rule.when.text),
                }
            });
            let why = why.unwrap_or_default();
            match lang {
                Lang::Zh => format!("{level} 有降级风险，宽限至 {until}（{why}）"),
                Lang::En => format!("{level} is at risk until {until} ({why})"),
            }
        }
        (Why::NoRule, Lang::Zh) => format!("保持 {level}：没有升降级规则成立"),
        (Why::NoRule, Lang::En) => format!("{level} is held: no rule fires"),
        (Why::Unknown, Lang::Zh) => format!("保持 {level}：缺少数值，无法判断"),
        (Why::Unknown, Lang::En) => format!("{level} is held: a value is missing"),
    })
}

/// Whether a role does not see all that a ladder's rules read. That somebody moved and by which rule is a result; why
/// nobody did says which of the conditions hold.
fn withholds(grading: &Grading, movement: &Movement) -> bool {
    let rules = movement.rules.iter().map(|rule| &rule.when);
    let mut conditions = rules.chain(&movement.eligible);
    conditions.any(|when| grading.scheme.slots.withholds(&when.bound))
}

/// The last period end that the run knows.
fn last_end(grading: &Grading) -> Date {
    let as_of = grading.book.as_of;
    Period::last_closed(grading.scheme.period, as_of)
        .end()
        .unwrap_or(as_of)
}

/// The facts, with counts of periods that begin after a day.
struct CountingAfter<'a> {
    facts: &'a Facts,
    after: Option<Date>,
}

impl Frame for CountingAfter<'_> {
    fn len(&self) -> usize {
        self.facts.len()
    }
    fn as_of(&self) -> Date {
        self.facts.as_of()
    }
    fn column(&self, slot: Slot) -> &Column {
        self.facts.column(slot)
    }
    fn series(&self, slot: Slot) -> &SeriesColumn {
        self.facts.series(slot)
    }
    fn counts_after(&self, _row: usize) -> i32 {
        self.after.map_or(i32::MIN, Date::days)
    }
    fn populations(&self) -> &Populations {
        self.facts.populations()
    }
}
