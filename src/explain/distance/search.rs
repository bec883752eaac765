//! The nearest value that gives a better grade, and a worse one: spans of values in which it cannot be are left out, the
//! others are halved, the nearer half first, until few values are left, which are tried one by one.

use super::leaf::key_at;
use super::others::{Others, Rest};
use super::possible::Truths;
use super::span::{Between, Known, cut};
use super::{About, Change, Leaf, Outcome, Way, World};
use crate::assess::Choice;
use crate::expr::Base;
use crate::table::{Date, DateTime, Decimal, Truth, Value};
use std::sync::Arc;

/// So many values are tried at once.
const AT_ONCE: i128 = 12;
/// So many spans are looked at, and so many times values are tried, before a search is given up.
const MOST_SPANS: usize = 20_000;
const MOST_TRIALS: usize = 400;

/// Stands for any text that the scheme does not name: one from the area that nothing is assigned to.
const UNNAMED: &str = "\u{f8ff}\u{f8ff}";

/// A search was given up.
#[derive(Debug)]
struct TooMany;

/// What was found, and whether some way was given up.
#[derive(Default)]
pub(super) struct Found {
    pub changes: Vec<Change>,
    pub gave_up: bool,
}

impl From<Vec<Change>> for Found {
    fn from(changes: Vec<Change>) -> Self {
        Self {
            changes,
            gave_up: false,
        }
    }
}

/// What is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Want {
    Better,
    Worse,
    /// Any other, where there is no order.
    Other,
}

/// The nearest other values that change the grade, or the type.
pub(super) fn changes(world: &World<'_>, leaf: &Leaf, row: usize, known: &Known) -> Found {
    let wants: &[Want] = if world.is_ordered() {
        &[Want::Better, Want::Worse]
    } else {
        &[Want::Other]
    };
    wanted(world, leaf, row, known, wants)
}

/// The nearest other values that give a better grade.
pub(super) fn better(world: &World<'_>, leaf: &Leaf, row: usize, known: &Known) -> Found {
    let mut found = wanted(world, leaf, row, known, &[Want::Better]);
    found.changes.retain(|change| change.better);
    found
}

/// The nearest other values that give what is wanted.
fn wanted(world: &World<'_>, leaf: &Leaf, row: usize, known: &Known, wanted: &[Want]) -> Found {
    let Others::Steps {
        least,
        greatest,
        step,
    } = leaf.others
    else {
        return among(world, leaf, row).into();
    };
    let Some(now) = key_at(world.frame().column(leaf.slot), row) else {
        return Found::default();
    };
    let (least, greatest) = world.bounded(leaf, row, (least, greatest));
    let [least, greatest] =
        [least, greatest].map(|end| before_overflow(world, leaf, row, now, end));
    // From one end of all numbers to the other there are more millionths than 64 bits count.
    let [least, greatest, step, at] = [least, greatest, step, now].map(i128::from);
    let line = |first: i128, last: i128, sign: i128| Line {
        first,
        count: (last - first) * sign + 1,
        sign,
        step,
    };
    let more = line(at.div_euclid(step) + 1, greatest.div_euclid(step), 1);
    let less = line(-(-at).div_euclid(step) - 1, -(-least).div_euclid(step), -1);
    let mut search = Search {
        world,
        leaf,
        row,
        known,
        present: world.present(row),
        spans: 0,
        trials: 0,
    };
    let mut found = Found::default();
    for want in wanted.iter().copied() {
        for (way, line) in [(Way::More, &more), (Way::Less, &less)] {
            (search.spans, search.trials) = (0, 0);
            let Ok(first) = search.first(line, want) else {
                found.gave_up = true;
                continue;
            };
            if let Some((key, grade)) = first {
                let to = search.value(key);
                let Some(to) = to else { continue };
                found.changes.push(Change {
                    way,
                    to,
                    by: distance(search.base(), now, key),
                    grade,
                    better: want == Want::Better,
                });
            }
        }
    }
    found
}

/// The furthest value towards an end with which nothing becomes too large to be a number; the end itself where nothing
/// does, or something does already.
fn before_overflow(world: &World<'_>, leaf: &Leaf, row: usize, now: i64, end: i64) -> i64 {
    let base = world.scheme.slots.entries[leaf.slot.0 as usize].ty.base;
    let overflows = |key: i64| {
        let value = value(base, key);
        let outcomes = value.map(|value| world.outcomes(leaf, row, &[value]));
        outcomes.is_some_and(|outcomes| outcomes[0].overflows)
    };
    if base != Base::Number || !overflows(end) || overflows(now) {
        return end;
    }
    let (mut near, mut far) = (now, end);
    while near.abs_diff(far) > 1 {
        let middle = near.midpoint(far);
        if overflows(middle) {
            far = middle;
        } else {
            near = middle;
        }
    }
    near
}

/// A key as a value.
fn value(base: Base, key: i64) -> Option<Value> {
    match base {
        Base::Date => {
            let day = i32::try_from(key).ok().and_then(Date::from_days);
            day.map(Value::Date)
        }
        Base::DateTime => DateTime::from_seconds(key).map(Value::DateTime),
        _ => Decimal::from_millionths(key).map(Value::Number),
    }
}

/// All other values that change the grade, where there are only these.
fn among(world: &World<'_>, leaf: &Leaf, row: usize) -> Vec<Change> {
    let values = other_values(world, leaf, row);
    let outcomes = world.outcomes(leaf, row, &values);
    let present = world.present(row);
    let tried = values.into_iter().zip(outcomes);
    let changes = tried.filter_map(|(to, outcome)| change_to(to, outcome, present));
    let ordered = world.is_ordered();
    changes
        .map(|change| Change {
            better: change.better && ordered,
            ..change
        })
        .collect()
}

/// All other values that a customer may have, where they have no order.
pub(super) fn other_values(world: &World<'_>, leaf: &Leaf, row: usize) -> Vec<Value> {
    let now = world.frame().column(leaf.slot).value(row);
    let mut values: Vec<Value> = match &leaf.others {
        Others::Steps { .. } => vec![],
        Others::These(values) => values.clone(),
        Others::Texts(texts, rest) => {
            let unnamed = (*rest == Rest::Same).then(|| UNNAMED.into());
            let texts = texts.iter().cloned().chain(unnamed);
            texts.map(Value::Text).collect()
        }
        Others::Items(items) => other_lists(&now, items),
    };
    values.retain(|value| *value != now);
    values
}

/// What another value changes, if it does.
pub(super) fn change_to(to: Value, outcome: Outcome, present: Option<u32>) -> Option<Change> {
    if !outcome.counts() || outcome.grade == present {
        return None;
    }
    let (way, to) = match to {
        Value::Text(text) if *text == *UNNAMED => (Way::Unnamed, Value::Missing),
        to => (Way::Other, to),
    };
    Some(Change {
        way,
        to,
        by: None,
        grade: outcome.grade,
        better: is_better(outcome.grade, present),
    })
}

/// The lists that differ by one item: taken out, put in, or, where there is only one, another in its place. None of them
/// is empty: a cell without items is missing.
fn other_lists(now: &Value, items: &[Arc<str>]) -> Vec<Value> {
    let own = match now {
        Value::List(own) => &own[..],
        _ => &[],
    };
    let toggled = items.iter().map(|item| toggled(own, item));
    let replaced = items.iter().filter(|_| own.len() == 1);
    let replaced = replaced.map(|item| vec![item.clone()]);
    let lists = toggled.chain(replaced).filter(|list| !list.is_empty());
    lists.map(Value::List).collect()
}

/// A list with an item taken out, or put in where it was not.
fn toggled(list: &[Arc<str>], item: &Arc<str>) -> Vec<Arc<str>> {
    let mut toggled: Vec<Arc<str>> = list.iter().filter(|own| *own != item).cloned().collect();
    if toggled.len() == list.len() {
        toggled.push(item.clone());
    }
    toggled
}

/// Whether one grade is better than another; none is worse than all.
pub(super) fn is_better(grade: Option<u32>, than: Option<u32>) -> bool {
    grade.unwrap_or(u32::MAX) < than.unwrap_or(u32::MAX)
}

/// How far one key is from another: a number, days or seconds.
pub(super) fn distance(base: Base, now: i64, key: i64) -> Option<Decimal> {
    let by = (i128::from(key) - i128::from(now)).abs();
    match base {
        Base::Number => Decimal::from_wide(by),
        _ => Decimal::from_wide(by * 1_000_000),
    }
}

/// The values on one side, the nearest first.
struct Line {
    /// The nearest, in steps.
    first: i128,
    count: i128,
    sign: i128,
    step: i128,
}

impl Line {
    fn key(&self, place: i128) -> i64 {
        cut((self.first + self.sign * place) * self.step)
    }
}

struct Search<'a> {
    world: &'a World<'a>,
    leaf: &'a Leaf,
    row: usize,
    known: &'a Known,
    present: Option<u32>,
    spans: usize,
    trials: usize,
}

impl Search<'_> {
    /// The nearest value of a line that gives a better grade, or a worse one, with that grade.
    fn first(&mut self, line: &Line, want: Want) -> Result<Option<(i64, Option<u32>)>, TooMany> {
        if line.count <= 0 {
            return Ok(None);
        }
        let mut open = vec![(0, line.count - 1)];
        while let Some((from, to)) = open.pop() {
            self.spans += 1;
            if self.spans > MOST_SPANS {
                return Err(TooMany);
            }
            if !self.may(line, from, to, want) {
                continue;
            }
            if to - from >= AT_ONCE {
                let middle = from + (to - from) / 2;
                open.push((middle + 1, to));
                open.push((from, middle));
                continue;
            }
            self.trials += 1;
            if self.trials > MOST_TRIALS {
                return Err(TooMany);
            }
            let keys: Vec<i64> = (from..=to).map(|place| line.key(place)).collect();
            let values: Option<Vec<Value>> = keys.iter().map(|key| self.value(*key)).collect();
            let Some(values) = values else { continue };
            let outcomes = self.world.outcomes(self.leaf, self.row, &values);
            let found = keys
                .into_iter()
                .zip(outcomes)
                .find(|(_, outcome)| outcome.counts() && self.is_wanted(outcome.grade, want));
            if let Some((key, outcome)) = found {
                return Ok(Some((key, outcome.grade)));
            }
        }
        Ok(None)
    }

    fn is_wanted(&self, level: Option<u32>, want: Want) -> bool {
        match want {
            Want::Better => is_better(level, self.present),
            Want::Worse => is_better(self.present, level),
            Want::Other => level != self.present,
        }
    }

    /// Whether any value between two places may give what is wanted.
    fn may(&self, line: &Line, from: i128, to: i128, want: Want) -> bool {
        let (a, b) = (line.key(from), line.key(to));
        let ends = (a.min(b), a.max(b));
        let mut between = Between::new(self.world, self.leaf, self.row, self.known, ends);
        if !between.may_be_taken() {
            return false;
        }
        let grades = between.grades();
        let holds = between.holds(&grades);
        let level = |choice: &Choice| choice.index().map(|index| index as u32);
        let held = [
            (false, holds != Truths::one(Truth::True)),
            (true, holds.has(Truth::True)),
        ];
        let counting = grades.iter().map(level).flat_map(|values| {
            let held = held.iter().filter(|(_, may)| *may);
            held.map(move |(held, _)| self.world.counting(self.row, values, *held))
        });
        match self.world.about {
            About::Grade => counting
                .into_iter()
                .any(|grade| self.is_wanted(grade, want)),
            About::Type => {
                let types = between.types(counting);
                types
                    .iter()
                    .map(level)
                    .any(|kind| self.is_wanted(kind, want))
            }
        }
    }

    fn base(&self) -> Base {
        let entries = &self.world.scheme.slots.entries;
        entries[self.leaf.slot.0 as usize].ty.base
    }

    fn value(&self, key: i64) -> Option<Value> {
        value(self.base(), key)
    }
}
