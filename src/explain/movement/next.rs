//! What comes next: how far each rule has come, and what would make it fire.

use super::distance::distance;
use super::progress::Progress;
use super::so_far::{self, SoFar};
use super::{Ladder, withholds};
use crate::decide::{Why, comes_on, may_move_on};
use crate::diagnostic::Lang;
use crate::expr::{Bound, Comparison, Node, SeriesFunction};
use crate::grading::Grading;
use crate::scheme::model::{Expression, GradeRule, MovementRule, Scheme};
use crate::table::{Date, Value};
use std::sync::Arc;

/// A count of periods that a rule wants.
pub struct Count<'a> {
    /// The function that counts.
    pub(super) call: &'a Bound,
    /// Which it is: a streak, rises or falls.
    pub function: SeriesFunction,
    /// What is looked at in each period.
    pub argument: &'a Bound,
    /// From how many periods on it is enough.
    pub needed: usize,
}

impl Count<'_> {
    /// How many periods it takes to show the count, and whether the first of them comes before those that count: a rise
    /// is one over the period before.
    pub(super) fn shown(&self) -> (usize, bool) {
        match self.function {
            SeriesFunction::Rising | SeriesFunction::Falling => (self.needed + 1, true),
            _ => (self.needed, false),
        }
    }
}

/// The counts that must all be reached for a condition to hold: `streak(…) >= 3` by itself or joined by `and`.
pub fn counts(when: &Bound) -> Vec<Count<'_>> {
    parts(when).filter_map(count).collect()
}

/// What must all hold for a condition to hold.
pub(super) fn parts(when: &Bound) -> impl Iterator<Item = &Bound> {
    let parts = match &when.node {
        Node::And(parts) => &parts[..],
        _ => std::slice::from_ref(when),
    };
    parts.iter()
}

/// A count that must be reached, if a part of a condition is one.
pub(super) fn count(part: &Bound) -> Option<Count<'_>> {
    let Node::Compare(comparison, call, least) = &part.node else {
        return None;
    };
    let Node::Series {
        function, argument, ..
    } = &call.node
    else {
        return None;
    };
    let counts = [
        SeriesFunction::Streak,
        SeriesFunction::Rising,
        SeriesFunction::Falling,
    ];
    if !counts.contains(function) {
        return None;
    }
    let Node::Literal(Value::Number(least)) = &least.node else {
        return None;
    };
    let needed = match comparison {
        Comparison::GreaterEqual => least.trunc() + i64::from(!least.is_whole()),
        Comparison::Greater => least.trunc() + 1,
        _ => return None,
    };
    Some(Count {
        call,
        function: *function,
        argument,
        needed: usize::try_from(needed).ok().filter(|needed| *needed > 0)?,
    })
}

/// Whether there can be anything to tell of what comes next.
pub const fn has_next(scheme: &Scheme) -> bool {
    scheme.grades.len() > 1 || scheme.type_movement.is_some()
}

/// What a customer's ladder needs next; `None` where there is nothing to tell.
pub fn next(grading: &Grading, row: usize, lang: Lang) -> Option<String> {
    let mut texts: Vec<String> = [Ladder::Grade, Ladder::Type]
        .into_iter()
        .flat_map(|ladder| of_ladder(grading, ladder, row, lang))
        .collect();
    // Where no rules move grades, the values do.
    if grading.scheme.grade_movement.is_none() {
        let distance = distance(grading, row, lang);
        texts.splice(0..0, distance);
    }
    let between = match lang {
        Lang::Zh => "；",
        Lang::En => "; ",
    };
    (!texts.is_empty()).then(|| texts.join(between))
}

fn of_ladder(grading: &Grading, ladder: Ladder, row: usize, lang: Lang) -> Vec<String> {
    let Some(movement) = ladder.movement(grading) else {
        return vec![];
    };
    let track = ladder.track(grading, row);
    let Some(level) = track.place.level else {
        return vec![];
    };
    let mut texts = vec![];
    let why = track.last.map(|step| step.why);
    // What holds somebody says what a role may not see, if it follows from that.
    let told = why.filter(|why| matches!(why, Why::AtRisk(..)) || !withholds(grading, movement));
    match (told, lang) {
        (Some(Why::AtRisk(_, until)), Lang::Zh) => texts.push(format!("若到 {until} 仍成立则降级")),
        (Some(Why::AtRisk(_, until)), Lang::En) => {
            texts.push(format!("demoted on {until} unless that ends"));
        }
        (Some(Why::TooSoon(until)), _) => {
            // Of a demotion shortly before only the next one has to wait.
            let kind = grading.scheme.period;
            let is_hold = may_move_on(movement, kind, &track.place) == Some(until);
            texts.push(match (is_hold, lang) {
                (true, Lang::Zh) => format!("{until} 起可再变动"),
                (true, Lang::En) => format!("may move again on {until}"),
                (false, Lang::Zh) => format!("{until} 起可再降级"),
                (false, Lang::En) => format!("may be demoted again on {until}"),
            });
        }
        (Some(Why::NotEligible), _) => {
            let eligible = movement.eligible.as_ref();
            texts.extend(eligible.map(|eligible| match (&eligible.text, lang) {
                (text, Lang::Zh) => format!("须先满足 {text}"),
                (text, Lang::En) => format!("not before `{text}`"),
            }));
        }
        _ => {}
    }
    let levels = ladder.levels(grading);
    let mut promotes = false;
    for Ahead {
        rule,
        up,
        to,
        progress,
    } in ahead(grading, ladder, row)
    {
        promotes |= up;
        let comes = |end: Date| comes_on(movement, grading.scheme.period, &track.place, !up, end);
        texts.push(match progress {
            Some(progress) => progress.text(rule, &to, up, comes, lang),
            None => promotes_text(grading, row, &rule.when, &to, lang),
        });
    }
    if movement.follows && !promotes && level > 0 && ladder == Ladder::Grade {
        let better = &grading.scheme.grades[level as usize - 1];
        if let GradeRule::When(Some(when)) = &better.rule {
            texts.push(promotes_text(grading, row, when, &better.name, lang));
        }
    }
    if movement.follows && ladder == Ladder::Grade && (level as usize) + 1 < levels {
        let present = &grading.scheme.grades[level as usize];
        let keep = match (&present.keep, &present.rule) {
            (Some(keep), _) | (None, GradeRule::When(Some(keep))) => Some(keep),
            (None, _) => None,
        };
        texts.extend(keep.map(|keep| {
            let so_far = so_far::text(grading, &begun_of(grading, row, keep), lang);
            let keep = &keep.text;
            match lang {
                Lang::Zh => format!("不再满足 {keep} 即降级{so_far}"),
                Lang::En => format!("demoted once `{keep}` does not hold{so_far}"),
            }
        }));
    }
    texts
}

/// What promotes, where nothing is counted.
fn promotes_text(grading: &Grading, row: usize, when: &Expression, to: &str, lang: Lang) -> String {
    let so_far = so_far::text(grading, &begun_of(grading, row, when), lang);
    let when = &when.text;
    match lang {
        Lang::Zh => format!("满足 {when} 即升为 {to}{so_far}"),
        Lang::En => format!("`{when}` promotes to {to}{so_far}"),
    }
}

/// How far the open period has come of a condition, as far as a role may see that.
fn begun_of(grading: &Grading, row: usize, when: &Expression) -> Vec<SoFar> {
    if grading.scheme.slots.withholds(&when.bound) {
        return vec![];
    }
    so_far::compared(grading, row, &when.bound)
}

/// A rule that is told of.
struct Ahead<'a> {
    rule: &'a MovementRule,
    up: bool,
    /// The level that it leads to.
    to: Arc<str>,
    /// How far its count has come; `None` where it has none, or a role does not see it.
    progress: Option<Progress<'a>>,
}

/// The rules that a customer may be moved by next: of what promotes the first one whatever it has come to, of what
/// demotes only what has begun.
fn ahead(grading: &Grading, ladder: Ladder, row: usize) -> Vec<Ahead<'_>> {
    let Some(movement) = ladder.movement(grading) else {
        return vec![];
    };
    let track = ladder.track(grading, row);
    let Some(level) = track.place.level else {
        return vec![];
    };
    let why = track.last.map(|step| step.why);
    let mut promotes = false;
    let mut all = vec![];
    for (index, rule) in movement.rules.iter().enumerate() {
        let Some(target) = rule.target(level, ladder.levels(grading)) else {
            continue;
        };
        // What grace holds off has been told.
        if matches!(why, Some(Why::AtRisk(Some(by), _)) if by as usize == index) {
            continue;
        }
        let up = target < level;
        // How far a count has come says what the periods have that it looks at.
        let progress = if grading.scheme.slots.withholds(&rule.when.bound) {
            None
        } else {
            Progress::of(grading, rule, row, track.place.counts_after)
        };
        let is_told = match &progress {
            _ if up => !promotes,
            Some(progress) => progress.have > 0,
            None => false,
        };
        if is_told {
            promotes |= up;
            all.push(Ahead {
                rule,
                up,
                to: ladder.name(grading, movement.capped(level, target)),
                progress,
            });
        }
    }
    all
}

/// A rule that a customer may be moved by next, and how far the open period has come of what it asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct Begun {
    /// The ladder.
    pub ladder: Ladder,
    /// The rule's name.
    pub rule: Arc<str>,
    /// Whether it promotes.
    pub up: bool,
    /// The level that it leads to.
    pub to: Arc<str>,
    /// What it looks at.
    pub so_far: Vec<SoFar>,
}

/// The same as data, of those rules of which there is something in the open period.
pub fn begun(grading: &Grading, row: usize) -> Vec<Begun> {
    let ladders = [Ladder::Grade, Ladder::Type].into_iter();
    let all = ladders.flat_map(|ladder| {
        let ahead = ahead(grading, ladder, row).into_iter();
        ahead.filter_map(move |ahead| {
            let so_far = match &ahead.progress {
                Some(progress) => progress.so_far(),
                None => begun_of(grading, row, &ahead.rule.when),
            };
            (!so_far.is_empty()).then(|| Begun {
                ladder,
                rule: ahead.rule.name.clone(),
                up: ahead.up,
                to: ahead.to,
                so_far,
            })
        })
    });
    all.collect()
}
