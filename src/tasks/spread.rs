//! Tasks at intervals, spread over the working days of each interval.

use super::called::{Call, Called, Rule};
use super::days::WorkingDays;
use super::interval::Interval;
use super::plan::Asked;
use crate::scheme::model::Span;
use crate::table::Date;
use foldhash::HashMap;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A task by customer and title.
pub type Key = (Arc<str>, Arc<str>);

/// A day that a task was given.
pub struct Slot<'a> {
    /// For which interval.
    pub interval: Interval,
    /// The day, as long as no follow-up moves it.
    pub day: Date,
    /// What called for it then.
    pub call: &'a Call,
    /// Whether every run since has called for it too. A task that came to nothing once does not become overdue when
    /// the customer comes to it again.
    pub is_called: bool,
}

/// The days of all tasks at intervals. A run gives days to those who have none yet: for intervals that begin before the
/// next run, and on the days that are left of the one that has begun.
pub fn spread<'a>(
    runs: &'a [Called],
    days: &WorkingDays,
    asked: &Asked,
) -> BTreeMap<Key, Vec<Slot<'a>>> {
    let mut slots: BTreeMap<Key, Vec<Slot<'a>>> = BTreeMap::new();
    for (index, run) in runs.iter().enumerate() {
        let next = runs.get(index + 1).map(|run| run.as_of);
        let last = next.map_or(asked.until, |day| day.min(asked.until));
        let first = if asked.alone {
            Some(asked.from)
        } else {
            run.as_of.add_days(1)
        };
        let Some(first) = first else { continue };
        drop_what_is_not_called(run, &mut slots);
        for span in spans(run) {
            let mut interval = Interval::of(span, first);
            while let (Some(begins), Some(ends)) = (interval.first(), interval.last()) {
                if begins > last {
                    break;
                }
                let from = if asked.alone {
                    begins
                } else {
                    begins.max(first)
                };
                let free = days.between(from, ends);
                if !free.is_empty() {
                    give(run, span, interval, &free, &mut slots);
                }
                interval = interval.next();
            }
        }
    }
    slots
}

/// Drops the days of those whom a run does not call for any more.
fn drop_what_is_not_called(run: &Called, slots: &mut BTreeMap<Key, Vec<Slot<'_>>>) {
    let called: HashMap<Key, Rule> = run
        .calls
        .iter()
        .map(|call| (key(call), call.rule))
        .collect();
    for (key, slots) in slots {
        let rule = called.get(key);
        for slot in slots {
            slot.is_called &= rule == Some(&slot.call.rule);
        }
    }
}

/// The lengths of intervals that a run's tasks have.
fn spans(run: &Called) -> Vec<Span> {
    let mut spans: Vec<Span> = vec![];
    for call in &run.calls {
        if let Rule::Every(span) = call.rule
            && !spans.contains(&span)
        {
            spans.push(span);
        }
    }
    spans
}

/// Gives each customer without a day in the interval one of the free ones: those of an owner evenly, in the order of
/// their keys.
fn give<'a>(
    run: &'a Called,
    span: Span,
    interval: Interval,
    free: &[Date],
    slots: &mut BTreeMap<Key, Vec<Slot<'a>>>,
) {
    let mut groups: BTreeMap<(&str, Option<&str>), Vec<&'a Call>> = BTreeMap::new();
    for call in run
        .calls
        .iter()
        .filter(|call| call.rule == Rule::Every(span))
    {
        let known = slots.get(&key(call));
        let has_day = known.is_some_and(|known| {
            let mut alive = known.iter().filter(|slot| slot.is_called);
            alive.any(|slot| slot.interval == interval)
        });
        if !has_day {
            let group = (&*call.title, call.owner.as_deref());
            groups.entry(group).or_default().push(call);
        }
    }
    for mut group in groups.into_values() {
        group.sort_by(|one, other| one.customer.cmp(&other.customer));
        let count = group.len();
        for (place, call) in group.into_iter().enumerate() {
            let day = free[(2 * place + 1) * free.len() / (2 * count)];
            slots.entry(key(call)).or_default().push(Slot {
                interval,
                day,
                call,
                is_called: true,
            });
        }
    }
}

/// The customer and title of a call.
pub fn key(call: &Call) -> Key {
    (call.customer.clone(), call.title.clone())
}
