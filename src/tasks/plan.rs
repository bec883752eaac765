//! From what runs call for to tasks with their days and what has become of them.

use super::called::{Call, Called, Rule};
use super::days::WorkingDays;
use super::follow_ups::FollowUps;
use super::interval::Interval;
use super::spread::{Key, Slot, key, spread};
use super::{LOOK_BACK, State, Task};
use crate::scheme::model::Span;
use crate::table::Date;
use foldhash::HashMap;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Which tasks are asked for.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    /// The first day on which they may be due.
    pub from: Date,
    /// The last one.
    pub until: Date,
    /// Whether one grading is all that is known, so that it calls for what was due before it too. Else the runs before
    /// it do, and what is overdue since is listed whenever it was due.
    pub alone: bool,
}

/// The tasks that are due in the span, those that are overdue, and those that calendars should forget: done or dropped
/// since the run before. By owner (nobody last), day, customer and title. `runs` are in the order of their dates, the
/// last one is the one that is asked.
pub fn plan(
    runs: &[Called],
    follow_ups: &FollowUps,
    days: &WorkingDays,
    asked: &Asked,
) -> Vec<Task> {
    let Some(now) = runs.last() else {
        return vec![];
    };
    let mut planner = Planner {
        as_of: now.as_of,
        since: runs.iter().rev().nth(1).map(|run| run.as_of),
        now: by_key(now),
        runs,
        follow_ups,
        days,
        asked,
        tasks: vec![],
    };
    planner.at_intervals();
    planner.on_dates();
    planner.while_conditions_hold();
    planner.handed_over();
    let mut tasks = planner.tasks;
    tasks.sort_by(order);
    tasks
}

/// The order of tasks: by owner (nobody last), day, customer and title.
pub fn order(one: &Task, other: &Task) -> Ordering {
    let place = |task: &Task| {
        let nobody = task.owner.is_none();
        (
            nobody,
            task.owner.clone(),
            task.due,
            task.customer.clone(),
            task.title.clone(),
            task.state.key(),
        )
    };
    place(one).cmp(&place(other))
}

fn by_key(run: &Called) -> HashMap<Key, &Call> {
    run.calls.iter().map(|call| (key(call), call)).collect()
}

struct Planner<'a> {
    /// The asked run's date.
    as_of: Date,
    /// The date of the run before.
    since: Option<Date>,
    /// What the asked run calls for.
    now: HashMap<Key, &'a Call>,
    runs: &'a [Called],
    follow_ups: &'a FollowUps,
    days: &'a WorkingDays,
    asked: &'a Asked,
    tasks: Vec<Task>,
}

impl<'a> Planner<'a> {
    fn at_intervals(&mut self) {
        let slots = spread(self.runs, self.days, self.asked);
        for (key, slots) in &slots {
            for slot in slots {
                self.of_slot(key, slot);
            }
        }
        // What a run before announced for intervals to come is not to happen where nothing calls for it any more.
        let before = &self.runs[..self.runs.len() - 1];
        let mut gone: BTreeMap<Key, (Span, &Call)> = BTreeMap::new();
        for call in before.iter().flat_map(|run| &run.calls) {
            if let Rule::Every(span) = call.rule
                && self
                    .now
                    .get(&key(call))
                    .is_none_or(|now| now.rule != call.rule)
            {
                gone.insert(key(call), (span, call));
            }
        }
        for (key, (span, call)) in gone {
            let Some(first) = self.as_of.add_days(1) else {
                continue;
            };
            let known = slots.get(&key).map_or(&[][..], Vec::as_slice);
            let mut interval = Interval::of(span, first);
            while let Some(begins) = interval.first().filter(|day| *day <= self.asked.until) {
                if known.iter().all(|slot| slot.interval != interval) {
                    let due = self.days.on_or_after(begins);
                    self.push(call, Some(interval.word()), due, due, State::Dropped);
                }
                interval = interval.next();
            }
        }
    }

    /// The task of one interval.
    fn of_slot(&mut self, key: &Key, slot: &Slot<'a>) {
        let (customer, title) = key;
        let interval = slot.interval;
        let (Some(begins), Some(ends)) = (interval.first(), interval.last()) else {
            return;
        };
        // Not before an interval has passed since the last time, but within this one.
        let last = self.follow_ups.last_before(customer, title, begins);
        let earliest = last.and_then(|day| interval.after(day));
        let due = match earliest {
            Some(earliest) if earliest > slot.day => {
                let moved = self.days.on_or_after(earliest);
                moved.min(self.days.on_or_before(ends))
            }
            _ => slot.day,
        };
        let now = self.now.get(key).copied();
        let now = now.filter(|_| slot.is_called);
        let done = self.follow_ups.first_since(customer, title, begins);
        let state = self.state(due, done, slot.is_called);
        let call = now.unwrap_or(slot.call);
        let start = self.start(due, call);
        self.push(call, Some(interval.word()), start, due, state);
    }

    fn on_dates(&mut self) {
        // Of each task the dates that it had, the newest word on each.
        let mut dates: BTreeMap<Key, BTreeMap<Date, &'a Call>> = BTreeMap::new();
        for call in self.runs.iter().flat_map(|run| &run.calls) {
            if let Rule::On(day) = call.rule {
                dates.entry(key(call)).or_default().insert(day, call);
            }
        }
        let oldest = self.as_of.add_months(-LOOK_BACK);
        for (key, dates) in dates {
            let (customer, title) = &key;
            let now = self.now.get(&key).map(|call| call.rule);
            for (day, call) in dates {
                let due = self.days.on_or_before(day);
                if oldest.is_some_and(|oldest| due < oldest) && due < self.asked.from {
                    continue;
                }
                let start = self.start(due, call);
                let done = self.follow_ups.first_since(customer, title, start);
                let state = self.state(due, done, now == Some(call.rule));
                self.push(call, None, start, due, state);
            }
        }
    }

    fn while_conditions_hold(&mut self) {
        let runs: Vec<(Date, HashMap<Key, &'a Call>)> = self
            .runs
            .iter()
            .map(|run| {
                let mut calls = by_key(run);
                calls.retain(|_, call| call.rule == Rule::Now);
                (run.as_of, calls)
            })
            .collect();
        let keys: BTreeSet<&Key> = runs.iter().flat_map(|(_, calls)| calls.keys()).collect();
        for key in keys {
            let (customer, title) = key;
            let mut open: Option<(Date, &'a Call)> = None;
            for (as_of, calls) in &runs {
                let call = calls.get(key).copied();
                if let Some((since, first)) = open {
                    let done = self.done_after(customer, title, since);
                    let done = done.filter(|day| day <= as_of);
                    if done.is_some() || call.is_none() {
                        let state = done.map_or(State::Dropped, State::Done);
                        self.push_called(first, since, |_| state);
                        open = None;
                    }
                }
                open = match (open, call) {
                    // The newest word on it, from the first day.
                    (Some((since, _)), Some(call)) => Some((since, call)),
                    (None, Some(call)) => Some((*as_of, call)),
                    (open, None) => open,
                };
            }
            if let Some((since, call)) = open {
                let as_of = self.as_of;
                self.push_called(call, since, |due| undone(due, as_of));
            }
        }
    }

    /// A task for a condition that held first as of `since`.
    fn push_called(&mut self, call: &Call, since: Date, state: impl Fn(Date) -> State) {
        let Some(start) = since.add_days(1).map(|day| self.days.on_or_after(day)) else {
            return;
        };
        let Some(due) = start.add_days(call.lead_days) else {
            return;
        };
        let due = self.days.on_or_after(due);
        self.push(call, None, start, due, state(due));
    }

    fn done_after(&self, customer: &str, title: &str, since: Date) -> Option<Date> {
        let next = since.add_days(1)?;
        self.follow_ups.first_since(customer, title, next)
    }

    /// Whoever had a task in a run before and has handed it over finds it dropped.
    fn handed_over(&mut self) {
        let mut owners: HashMap<Key, BTreeSet<Option<Arc<str>>>> = HashMap::default();
        for call in self.runs.iter().flat_map(|run| &run.calls) {
            owners
                .entry(key(call))
                .or_default()
                .insert(call.owner.clone());
        }
        let mut dropped = vec![];
        for task in self.tasks.iter().filter(|task| task.state.is_open()) {
            let key = (task.customer.clone(), task.title.clone());
            let known = owners.get(&key).into_iter().flatten();
            dropped.extend(
                known
                    .filter(|owner| **owner != task.owner)
                    .map(|owner| Task {
                        owner: owner.clone(),
                        state: State::Dropped,
                        ..task.clone()
                    }),
            );
        }
        self.tasks.extend(dropped);
    }

    /// The working day `lead_days` before a task is due.
    fn start(&self, due: Date, call: &Call) -> Date {
        let start = due.add_days(-call.lead_days).unwrap_or(due);
        self.days.on_or_before(start)
    }

    fn state(&self, due: Date, done: Option<Date>, is_called: bool) -> State {
        match done {
            Some(day) => State::Done(day),
            None if !is_called => State::Dropped,
            None => undone(due, self.as_of),
        }
    }

    /// Keeps a task if it is asked for.
    fn push(
        &mut self,
        call: &Call,
        interval: Option<String>,
        start: Date,
        due: Date,
        state: State,
    ) {
        let asked = self.asked;
        let is_within = (asked.from..=asked.until).contains(&due);
        let since = self.since.filter(|_| !asked.alone);
        let is_wanted = match state {
            // Who asks about last spring does not ask about the summer.
            State::Due | State::Overdue(_) => {
                is_within || !asked.alone && due <= self.as_of.min(asked.until)
            }
            State::Done(day) => is_within || since.is_some_and(|since| day > since),
            State::Dropped => {
                is_within || since.is_some_and(|since| due > since && due <= self.as_of)
            }
        };
        if is_wanted {
            self.tasks.push(Task {
                customer: call.customer.clone(),
                name: call.name.clone(),
                title: call.title.clone(),
                owner: call.owner.clone(),
                of: call.of,
                why: call.why.clone(),
                interval,
                start,
                due,
                state,
                last: self.follow_ups.last(&call.customer),
            });
        }
    }
}

const fn undone(due: Date, as_of: Date) -> State {
    let days = due.days_to(as_of);
    if days > 0 {
        State::Overdue(days)
    } else {
        State::Due
    }
}
