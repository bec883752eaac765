//! What the customers' sheet asks of a row, of the values that are varied: nobody is made whose row it refuses.
//!
//! Only conditions that are seen through, or of which the scheme's own conditions vary the same part, are looked at: of
//! the others nobody can tell whether a customer meets them.

use super::cells::Row;
use super::facts;
use super::open::Open;
use crate::expr::{Bound, Node, Slot};
use crate::scheme::model::{Asked, Expression, SlotKind};
use crate::table::{Column, Date, Truth};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// One thing that the sheet asks of a row, over the opened scheme.
#[derive(Clone, Debug)]
pub struct Demand {
    /// Of which rows; `None` is all.
    when: Option<Bound>,
    /// What must hold.
    that: Bound,
    /// Whether it must be known to hold.
    known: bool,
    /// What must hold, as it is written.
    pub text: Arc<str>,
    /// The values from outside that it reads.
    pub outside: BTreeSet<Slot>,
}

impl Demand {
    /// All that can be looked at.
    pub fn all(open: &Open<'_>) -> Vec<Self> {
        let asked = Asked::all(open.original).into_iter();
        asked.filter_map(|asked| Self::of(open, &asked)).collect()
    }

    fn of(open: &Open<'_>, asked: &Asked<'_>) -> Option<Self> {
        let mut trial = open.clone();
        let mut opened = |expression: &Expression| {
            let mut bound = expression.bound.clone();
            to_columns(open, &mut bound)?;
            Some(trial.part(&expression.text, &bound))
        };
        let when = match asked.when {
            Some(when) => Some(opened(when)?),
            None => None,
        };
        let that = opened(asked.that)?;
        let is_known = trial.replaced.len() == open.replaced.len();
        let slots = [when.as_ref(), Some(&that)].into_iter().flatten();
        let outside: BTreeSet<Slot> = slots.flat_map(Bound::slots).collect();
        (is_known && !outside.is_empty()).then(|| Self {
            when,
            that,
            known: asked.known,
            text: asked.that.text.clone(),
            outside,
        })
    }

    /// Its conditions.
    pub fn conditions(&self) -> impl Iterator<Item = &Bound> {
        self.when.iter().chain([&self.that])
    }

    fn takes(&self, when: Truth, that: Truth) -> bool {
        if self.known {
            that == Truth::True
        } else {
            when != Truth::True || that != Truth::False
        }
    }
}

/// Fields of the sheet as the columns that they are.
fn to_columns(open: &Open<'_>, bound: &mut Bound) -> Option<()> {
    if let Node::Slot(field) = &mut bound.node {
        *field = open.original.slot_of(SlotKind::Field(field.0 as usize))?;
        return Some(());
    }
    let mut all = Some(());
    bound.for_each_child(&mut |child| {
        if to_columns(open, child).is_none() {
            all = None;
        }
    });
    all
}

/// Leaves out the rows that the sheet refuses; gives what refused some of them.
pub fn retain(
    open: &Open<'_>,
    slots: &[Slot],
    demands: &[Demand],
    rows: &mut Vec<Row>,
    as_of: Date,
) -> BTreeSet<Arc<str>> {
    let mut refused = BTreeSet::new();
    for demand in demands {
        if !demand.outside.iter().all(|slot| slots.contains(slot)) {
            continue;
        }
        let facts = facts::facts(open, slots, rows, &BTreeMap::new(), as_of);
        let truths = |bound: &Bound| match bound.eval(&facts).column {
            Column::Bool(truths) => truths,
            other => vec![Truth::Unknown; other.len()],
        };
        let that = truths(&demand.that);
        let when = demand.when.as_ref().map(truths);
        let mut taken = (0..rows.len()).map(|row| {
            let when = when.as_ref().map_or(Truth::True, |when| when[row]);
            demand.takes(when, that[row])
        });
        let before = rows.len();
        rows.retain(|_| taken.next().unwrap_or(true));
        if rows.len() < before {
            refused.insert(demand.text.clone());
        }
    }
    refused
}
