//! The values that a rule counted, period by period.

use super::{Ladder, next};
use crate::classify::plain_text;
use crate::decide::Why;
use crate::diagnostic::Lang;
use crate::grading::Grading;
use crate::scheme::model::{MovementRule, Sight, SlotKind};
use crate::table::{Date, Period, Value};
use crate::words::Word;
use std::sync::Arc;

/// How many periods are shown where the rule does not say how many it counts.
const MOST_SHOWN: usize = 12;

/// What a rule read of one period.
#[derive(Clone, Debug, PartialEq)]
pub struct PeriodValues {
    /// The period.
    pub period: Period,
    /// The name of each series, and its value.
    pub values: Vec<(Arc<str>, Value)>,
}

/// The evidence for what happened to a customer at a period end.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    /// The ladder.
    pub ladder: Ladder,
    /// The last day of the period.
    pub end: Date,
    /// The level before and after.
    pub from: Option<Arc<str>>,
    /// The level after.
    pub to: Option<Arc<str>>,
    /// The rule, and its condition as written; `None` where none fired.
    pub rule: Option<(Arc<str>, Arc<str>)>,
    /// What it read, oldest first.
    pub periods: Vec<PeriodValues>,
}

/// The evidence for every move of this run, and for a demotion that grace holds off, oldest first.
pub fn evidence(grading: &Grading, ladder: Ladder, row: usize) -> Vec<Evidence> {
    let Some(movement) = ladder.movement(grading) else {
        return vec![];
    };
    let track = ladder.track(grading, row);
    let name = |level: Option<u32>| level.map(|level| ladder.name(grading, level));
    let one = |end: Date, from: Option<u32>, to: Option<u32>, why: Why, after: Option<Date>| {
        let rule = match why {
            Why::Rule(rule) | Why::AtRisk(Some(rule), _) => Some(&movement.rules[rule as usize]),
            _ => None,
        };
        Evidence {
            ladder,
            end,
            from: name(from),
            to: name(to),
            rule: rule.map(|rule| (rule.name.clone(), rule.when.text.clone())),
            periods: rule
                .map(|rule| of_rule(grading, rule, row, end, after))
                .unwrap_or_default(),
        }
    };
    let mut all: Vec<Evidence> = track
        .moves
        .iter()
        .map(|moved| {
            let step = moved.step;
            one(
                moved.end,
                step.from,
                Some(moved.to),
                step.why,
                moved.counts_after,
            )
        })
        .collect();
    if let Some(step) = track.last
        && matches!(step.why, Why::AtRisk(..))
    {
        let level = track.place.level;
        let end = super::last_end(grading);
        all.push(one(
            end,
            step.from,
            level,
            step.why,
            track.place.counts_after,
        ));
    }
    all
}

/// What a rule read of the periods that end after `after` and not after `end`: as many as it counts, oldest first. What
/// rises or falls is shown from the period on over which it does.
pub(super) fn of_rule(
    grading: &Grading,
    rule: &MovementRule,
    row: usize,
    end: Date,
    after: Option<Date>,
) -> Vec<PeriodValues> {
    let counted = next::counts(&rule.when.bound);
    let shown = counted.iter().map(next::Count::shown).max();
    let (most, from_before) = shown.unwrap_or((MOST_SHOWN, false));
    let scheme = &grading.scheme;
    let mut periods: Vec<PeriodValues> = vec![];
    for slot in rule.when.bound.slots() {
        let entry = &scheme.slots.entries[slot.0 as usize];
        let SlotKind::Metric(metric) = entry.kind else {
            continue;
        };
        let Some(kind) = scheme.metrics[metric].per.filter(|_| entry.ty.series) else {
            continue;
        };
        let Some(series) = grading.facts.get_series(slot) else {
            continue;
        };
        // Periods that are passed over are not there for the rule either.
        let there = (0..series.periods).filter(|index| !series.skipped[*index]);
        let there: Vec<usize> = there
            .filter(|index| series.ends[*index] <= end.days())
            .collect();
        let is_before =
            |index: &usize| after.is_some_and(|after| series.ends[*index] <= after.days());
        let before = there.partition_point(is_before);
        let first = before.saturating_sub(usize::from(from_before));
        let first = first.max(there.len().saturating_sub(most));
        for index in &there[first..] {
            let Some(day) = Date::from_days(series.ends[*index]) else {
                continue;
            };
            let period = Period::of(kind, day);
            let value = series.values.value(row * series.periods + index);
            // A role may see the period and not the value.
            let pair = (entry.sight == Sight::Open).then(|| (entry.name.clone(), value));
            match periods.iter_mut().find(|known| known.period == period) {
                Some(known) => known.values.extend(pair),
                None => periods.push(PeriodValues {
                    period,
                    values: pair.into_iter().collect(),
                }),
            }
        }
    }
    // Of two series one may pass over a period that the other has.
    periods.sort_by_key(|period| period.period.end());
    periods
}

/// `2024-01 600, 2024-02 700`; several series side by side.
pub(super) fn listed(periods: &[PeriodValues], lang: Lang) -> String {
    if periods.iter().all(|period| period.values.is_empty()) && !periods.is_empty() {
        return Word::Withheld.get(lang).to_owned();
    }
    let items = periods.iter().map(|period| {
        let values = period.values.iter().map(|(name, value)| {
            let value = plain_text(value, lang).unwrap_or_else(|| "—".to_owned());
            if period.values.len() == 1 {
                value
            } else {
                format!("{name} {value}")
            }
        });
        let values: Vec<String> = values.collect();
        format!("{} {}", period.period, values.join("/"))
    });
    let items: Vec<String> = items.collect();
    items.join(match lang {
        Lang::Zh => "，",
        Lang::En => ", ",
    })
}
