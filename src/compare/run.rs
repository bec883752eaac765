//! A run as one side of a comparison, and the causes of moves between two runs.

use super::standing::stands;
use super::{Cause, Changed, Comparison, Customer, On, Snapshot};
use crate::book::Entry;
use crate::decide::Decision;
use crate::expr::Slot;
use crate::grading::Grading;
use crate::scheme::Scheme;
use crate::scheme::model::{Dimension, DimensionRule, SlotKind};
use crate::table::{Column, Decimal, Value};
use foldhash::fast::FixedState;
use foldhash::{HashMap, HashSet};
use std::hash::{BuildHasher, Hash, Hasher};
use std::sync::Arc;

/// What a run recorded of a customer.
#[derive(Clone, Debug)]
pub struct RecordedCustomer {
    /// The key.
    pub id: Arc<str>,
    /// The name.
    pub name: Option<Arc<str>>,
    /// What is compared.
    pub level: Option<Arc<str>>,
    /// What the run decided.
    pub decision: Decision,
    /// The main reason.
    pub reason: Option<Arc<str>>,
}

/// The names of all levels of a scheme, best first, where they are an order: grades, types that move, labels with points.
pub fn levels(scheme: &Scheme, on: &On) -> Vec<Arc<str>> {
    match on {
        On::Grade => scheme
            .grades
            .iter()
            .map(|grade| grade.name.clone())
            .collect(),
        On::Type if scheme.type_movement.is_some() => {
            scheme.types.iter().map(|rule| rule.name.clone()).collect()
        }
        On::Type => vec![],
        On::Dimension(name) => {
            let mut dimensions = scheme.dimensions.iter();
            let dimension = dimensions.find(|dimension| *dimension.name == **name);
            dimension.and_then(labels_by_points).unwrap_or_default()
        }
    }
}

/// The labels of a dimension, those with the most points first. `None` where bands have no points of their own, or two
/// labels have the same: nobody can say then which is better.
fn labels_by_points(dimension: &Dimension) -> Option<Vec<Arc<str>>> {
    let DimensionRule::Bands(bands) = &dimension.rule else {
        return None;
    };
    let mut labels: Vec<(Decimal, Arc<str>)> = vec![];
    for band in bands {
        let (label, points) = (band.label.clone()?, band.points?);
        let known = labels
            .iter()
            .find(|(known, other)| *known == points || *other == label);
        match known {
            None => labels.push((points, label)),
            Some(same) if *same == (points, label) => {}
            Some(_) => return None,
        }
    }
    labels.sort_by_key(|(points, _)| std::cmp::Reverse(*points));
    Some(labels.into_iter().map(|(_, label)| label).collect())
}

/// What grades of earlier schemes are called in this one: the names that `was` gives and no grade has now.
#[derive(Clone, Debug, Default)]
pub struct Renamed(HashMap<Arc<str>, Arc<str>>);

impl Renamed {
    /// Of the grades of a scheme; other levels keep their names.
    pub fn of(scheme: &Scheme, on: &On) -> Self {
        if *on != On::Grade {
            return Self::default();
        }
        let is_present = |name: &Arc<str>| scheme.grades.iter().any(|grade| grade.name == *name);
        let grades = scheme.grades.iter();
        let names = grades.flat_map(|grade| grade.was.iter().map(|was| (was, &grade.name)));
        let names = names.filter(|(was, _)| !is_present(was));
        Self(
            names
                .map(|(was, name)| (was.clone(), name.clone()))
                .collect(),
        )
    }

    /// The present name of a level.
    pub fn name(&self, level: Arc<str>) -> Arc<str> {
        self.0.get(&level).cloned().unwrap_or(level)
    }
}

/// The side of a run: what it recorded, with the values that grading it again gives. `amount` names a field, metric or
/// value.
pub fn of_run(
    recorded: Vec<RecordedCustomer>,
    grading: &Grading,
    on: &On,
    amount: Option<&str>,
) -> Snapshot {
    let scheme = &grading.scheme;
    let roster = &grading.book.roster;
    let rows: Vec<Option<u32>> = recorded
        .iter()
        .map(|customer| roster.by_id().get(&customer.id).copied())
        .collect();
    let amounts = amount.and_then(|name| {
        let entries = scheme.slots.entries.iter();
        let index = entries.into_iter().position(|entry| *entry.name == *name)?;
        Some(latest(grading, Slot(index as u32)))
    });
    let customers = recorded
        .into_iter()
        .zip(&rows)
        .map(|(customer, row)| Customer {
            id: customer.id,
            name: customer.name,
            level: customer.level,
            decision: Some(customer.decision),
            amount: row.and_then(|row| match amounts.as_ref()?.value(row as usize) {
                Value::Number(number) => Some(number),
                _ => None,
            }),
            reason: customer.reason,
        })
        .collect();
    // No key is there twice in a run.
    let mut snapshot = Snapshot::new(customers, |_| None).unwrap_or_default();
    snapshot.levels = levels(scheme, on);
    for (index, entry) in scheme.slots.entries.iter().enumerate() {
        let key = scheme.customers.as_ref().map(|customers| customers.key);
        let is_shown = match entry.kind {
            SlotKind::Field(field) => Some(field) != key,
            SlotKind::LookupField(..)
            | SlotKind::Metric(_)
            | SlotKind::Value(_)
            | SlotKind::Label(_)
            | SlotKind::Score => true,
            _ => false,
        };
        if is_shown {
            let column = latest(grading, Slot(index as u32)).gather(&rows);
            snapshot.values.push((entry.name.clone(), column));
        }
    }
    snapshot
}

/// A column over the customers; of a series the value of the last period.
pub fn latest(grading: &Grading, slot: Slot) -> Column {
    match grading.facts.get_series(slot) {
        None => grading.facts.get(slot).clone(),
        Some(series) => {
            let rows: Vec<Option<u32>> = (0..grading.book.roster.len())
                .map(|row| {
                    let last = series.periods.checked_sub(1)?;
                    Some((row * series.periods + last) as u32)
                })
                .collect();
            series.values.gather(&rows)
        }
    }
}

/// What a grading comes to for each customer.
#[derive(Default)]
pub struct Outcome {
    levels: HashMap<Arc<str>, Option<Arc<str>>>,
    /// A hash of all that is the customer's own: fields and metrics, series whole.
    own: HashMap<Arc<str>, u64>,
    /// The names of those.
    own_names: Vec<Arc<str>>,
}

impl Outcome {
    /// What a grading comes to for the customers whom `wanted` names, in the names of the new scheme.
    pub fn of(grading: &Grading, on: &On, wanted: &HashSet<Arc<str>>, renamed: &Renamed) -> Self {
        let mut outcome = Self::default();
        let slots = grading.scheme.slots.entries.iter();
        let own_slots = slots.filter(|entry| is_own(&entry.kind));
        outcome.own_names = own_slots.map(|entry| entry.name.clone()).collect();
        for stand in stands(grading, on) {
            if !wanted.contains(&stand.id) {
                continue;
            }
            if let Entry::Customer(row) = stand.entry {
                let own = own(grading, row as usize);
                outcome.own.insert(stand.id.clone(), own);
            }
            let level = stand.level.map(|level| renamed.name(level));
            outcome.levels.insert(stand.id, level);
        }
        outcome
    }

    /// Whether the customer is there with this level (or without one).
    fn gives(&self, id: &str, level: Option<&Arc<str>>) -> bool {
        self.levels
            .get(id)
            .is_some_and(|known| known.as_ref() == level)
    }
}

const fn is_own(kind: &SlotKind) -> bool {
    matches!(
        kind,
        SlotKind::Field(_) | SlotKind::LookupField(..) | SlotKind::Metric(_)
    )
}

fn own(grading: &Grading, row: usize) -> u64 {
    let mut hasher = FixedState::default().build_hasher();
    for (index, entry) in grading.scheme.slots.entries.iter().enumerate() {
        if !is_own(&entry.kind) {
            continue;
        }
        let slot = Slot(index as u32);
        match grading.facts.get_series(slot) {
            None => format!("{:?}", grading.facts.get(slot).value(row)).hash(&mut hasher),
            Some(series) => {
                for period in 0..series.periods {
                    let value = series.values.value(row * series.periods + period);
                    format!("{value:?}").hash(&mut hasher);
                }
            }
        }
    }
    hasher.finish()
}

/// Both runs graded again with one thing exchanged. `None` where that thing is the same in both runs, so that it can be
/// no cause.
#[derive(Default)]
pub struct Swapped {
    /// The new run with the old overrides.
    pub overrides: Option<Outcome>,
    /// The new run with the old scheme.
    pub old_scheme: Option<Outcome>,
    /// The old run with the new scheme.
    pub new_scheme: Option<Outcome>,
    /// The new run with the old imports.
    pub data: Option<Outcome>,
    /// The new run with the old as-of date and run before.
    pub time: Option<Outcome>,
    /// Whether the new run is of an earlier date than the old one: they are compared backwards.
    pub is_backwards: bool,
}

/// Says why everybody moved who did. `now` is the new run graded again as it was.
///
/// - An override is the cause if the customer would have the old level with the old overrides.
/// - The scheme is, if the new data would give the old level under the old scheme, and the old data the new level under
///   the new one; both are, if it takes the two together, or if each of them is enough by itself.
/// - Else something of the customers has changed: the data, if the new run would give the old level with the old
///   imports (those of others, where nothing of the customer's own differs; backwards also no value of theirs), or the
///   time that went by.
pub fn put_causes(comparison: &mut Comparison, now: &Outcome, swapped: &Swapped) {
    use super::Class::{Absent, New};
    for found in &mut comparison.moves {
        // One who is new and has no grade yet has gone from nothing to nothing.
        let is_caused = found.is_move() && found.old != found.new;
        if !is_caused || matches!(found.class, Absent | New) {
            continue;
        }
        let gives = |outcome: &Option<Outcome>, wanted: &Option<Arc<str>>| {
            let outcome = outcome.as_ref();
            outcome.is_some_and(|outcome| outcome.gives(&found.id, wanted.as_ref()))
        };
        let (before, after) = (&found.old, &found.new);
        let of_customers = || {
            if !gives(&swapped.data, before) && gives(&swapped.time, before)
                || swapped.data.is_none()
            {
                return Cause::Time;
            }
            let old = swapped
                .data
                .as_ref()
                .and_then(|data| data.own.get(&found.id));
            // Backwards the old imports are of a later date and change nothing of the new run by themselves.
            let is_changed = |changed: &Changed| now.own_names.contains(&changed.name);
            let has_changed = swapped.is_backwards
                && !gives(&swapped.data, before)
                && found.changed.iter().any(is_changed);
            let is_alike = old.is_some() && old == now.own.get(&found.id);
            if is_alike && !has_changed {
                Cause::OtherCustomers
            } else {
                Cause::Data
            }
        };
        found.cause = Some(if gives(&swapped.overrides, before) {
            Cause::Override
        } else if swapped.old_scheme.is_none() {
            of_customers()
        } else {
            let needed = !gives(&swapped.old_scheme, after);
            let enough = gives(&swapped.new_scheme, after);
            match (needed, enough) {
                (true, true) if gives(&swapped.old_scheme, before) => Cause::Scheme,
                (true, _) | (false, true) => Cause::Both,
                (false, false) => of_customers(),
            }
        });
    }
}
