//! What comes next: how far each rule has come, and what would make it fire.

use super::distance::distance;
use super::{CountingAfter, Ladder, last_end, withholds};
use crate::decide::{Why, comes_on, may_move_on};
use crate::diagnostic::Lang;
use crate::expr::{Bound, Comparison, Node, SeriesFunction};
use crate::grading::Grading;
use crate::scheme::model::{GradeRule, MovementRule, Scheme};
use crate::table::{Date, Period, PeriodKind, Value};

/// A count of periods that a rule wants.
pub struct Count<'a> {
    /// The function that counts.
    call: &'a Bound,
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

fn count(part: &Bound) -> Option<Count<'_>> {
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
    for (index, rule) in movement.rules.iter().enumerate() {
        let Some(target) = rule.target(level, levels) else {
            continue;
        };
        // What grace holds off has been told.
        if matches!(why, Some(Why::AtRisk(Some(by), _)) if by as usize == index) {
            continue;
        }
        let up = target < level;
        let to = ladder.name(grading, movement.capped(level, target));
        // How far a count has come says what the periods have that it looks at.
        let progress = if grading.scheme.slots.withholds(&rule.when.bound) {
            None
        } else {
            Progress::of(grading, rule, row, track.place.counts_after)
        };
        let comes = |end: Date| comes_on(movement, grading.scheme.period, &track.place, !up, end);
        match progress {
            // Of what promotes the first rule is told whatever it has come to, of what demotes only what has begun.
            Some(progress) if (up && !promotes) || (!up && progress.have > 0) => {
                promotes |= up;
                texts.push(progress.text(rule, &to, up, comes, lang));
            }
            None if up && !promotes => {
                promotes = true;
                let when = &rule.when.text;
                texts.push(match lang {
                    Lang::Zh => format!("满足 {when} 即升为 {to}"),
                    Lang::En => format!("`{when}` promotes to {to}"),
                });
            }
            _ => {}
        }
    }
    if movement.follows && !promotes && level > 0 && ladder == Ladder::Grade {
        let better = &grading.scheme.grades[level as usize - 1];
        if let GradeRule::When(Some(when)) = &better.rule {
            let (to, when) = (&better.name, &when.text);
            texts.push(match lang {
                Lang::Zh => format!("满足 {when} 即升为 {to}"),
                Lang::En => format!("`{when}` promotes to {to}"),
            });
        }
    }
    if movement.follows && ladder == Ladder::Grade && (level as usize) + 1 < levels {
        let present = &grading.scheme.grades[level as usize];
        let keep = match (&present.keep, &present.rule) {
            (Some(keep), _) | (None, GradeRule::When(Some(keep))) => Some(&keep.text),
            (None, _) => None,
        };
        texts.extend(keep.map(|keep| match lang {
            Lang::Zh => format!("不再满足 {keep} 即降级"),
            Lang::En => format!("demoted once `{keep}` does not hold"),
        }));
    }
    texts
}

/// How far the count of a rule that is furthest from firing has come.
struct Progress<'a> {
    grading: &'a Grading,
    row: usize,
    /// Only periods that end after this day count.
    after: Option<Date>,
    count: Count<'a>,
    have: usize,
}

impl<'a> Progress<'a> {
    fn of(
        grading: &'a Grading,
        rule: &'a MovementRule,
        row: usize,
        after: Option<Date>,
    ) -> Option<Self> {
        let frame = CountingAfter {
            facts: &grading.facts,
            after,
        };
        let progress = counts(&rule.when.bound).into_iter().map(|count| {
            let have = match count.call.eval_at(&frame, row) {
                Value::Number(number) => number.trunc().max(0) as usize,
                _ => 0,
            };
            Self {
                grading,
                row,
                after,
                count,
                have,
            }
        });
        progress.max_by_key(|progress| progress.count.needed.saturating_sub(progress.have))
    }

    /// `comes` says at which period end a customer moves for whom the rule fires from a period end on.
    fn text(
        &self,
        rule: &MovementRule,
        to: &str,
        up: bool,
        comes: impl Fn(Date) -> Date,
        lang: Lang,
    ) -> String {
        let (have, needed) = (self.have.min(self.count.needed), self.count.needed);
        let kind = self.grading.scheme.period;
        let last = Period::of(kind, last_end(self.grading));
        let left = (needed - have).max(1) as i32;
        let (first, fires) = (last.back(-1), last.back(-left));
        let end = fires
            .end()
            .map_or(fires, |end| Period::of(kind, comes(end)));
        let when = if first == end {
            first.to_string()
        } else {
            match lang {
                Lang::Zh => format!("{first} 至 {end}"),
                Lang::En => format!("{first} to {end}"),
            }
        };
        let span = self.count.argument.span.clone();
        let argument = rule.when.part(span).unwrap_or(&rule.when.text);
        let what = match (self.count.function, lang) {
            (SeriesFunction::Rising, Lang::Zh) => format!("{argument} 上升"),
            (SeriesFunction::Rising, Lang::En) => format!("a rise of `{argument}`"),
            (SeriesFunction::Falling, Lang::Zh) => format!("{argument} 下降"),
            (SeriesFunction::Falling, Lang::En) => format!("a fall of `{argument}`"),
            (_, Lang::Zh) => argument.to_owned(),
            (_, Lang::En) => format!("`{argument}`"),
        };
        // What else the rule asks for and does not hold now.
        let frame = CountingAfter {
            facts: &self.grading.facts,
            after: self.after,
        };
        let lacks = parts(&rule.when.bound)
            .filter(|part| count(part).is_none())
            .filter(|part| part.eval_at(&frame, self.row) != Value::Bool(true))
            .filter_map(|part| rule.when.part(part.span.clone()));
        let lacks: String = lacks
            .map(|lack| match lang {
                Lang::Zh => format!("，且 {lack}"),
                Lang::En => format!(" and `{lack}`"),
            })
            .collect();
        let what = format!("{what}{lacks}");
        let unit = unit(kind, lang);
        match (lang, up) {
            (Lang::Zh, true) => format!("{have}/{needed} {unit}；{when} {what} 则升为 {to}"),
            (Lang::Zh, false) => format!("{have}/{needed} {unit}；{when} {what} 则降为 {to}"),
            (Lang::En, true) => {
                format!("{have} of {needed} {unit}; {what} in {when} promotes to {to}")
            }
            (Lang::En, false) => {
                format!("{have} of {needed} {unit}; {what} in {when} demotes to {to}")
            }
        }
    }
}

/// The word for several periods.
const fn unit(kind: PeriodKind, lang: Lang) -> &'static str {
    match (lang, kind) {
        (Lang::Zh, PeriodKind::Month) => "个月",
        (Lang::Zh, PeriodKind::Quarter) => "个季度",
        (Lang::Zh, PeriodKind::HalfYear) => "个半年",
        (Lang::Zh, PeriodKind::Year) => "年",
        (Lang::En, PeriodKind::Month) => "months",
        (Lang::En, PeriodKind::Quarter) => "quarters",
        (Lang::En, PeriodKind::HalfYear) => "half-years",
        (Lang::En, PeriodKind::Year) => "years",
    }
}
