//! Who had which level at one time.

use super::Unmoved;
use crate::decide::Decision;
use crate::diagnostic::{Code, Finding};
use crate::table::{Column, Decimal, Place, Value};
use crate::text;
use foldhash::HashMap;
use std::sync::Arc;

/// A customer on one side.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Customer {
    /// The key.
    pub id: Arc<str>,
    /// The name.
    pub name: Option<Arc<str>>,
    /// What is compared: the grade, the type, or the label of a dimension.
    pub level: Option<Arc<str>>,
    /// What the run decided, where it is known. One who is absent is listed with the level that was last known.
    pub decision: Option<Decision>,
    /// What the shares of amounts are of.
    pub amount: Option<Decimal>,
    /// Why the customer has the level.
    pub reason: Option<Arc<str>>,
}

impl Customer {
    /// Whether the customer is in the sheets of this side, and not only remembered.
    pub fn is_present(&self) -> bool {
        self.decision != Some(Decision::Absent)
    }
}

/// Who had which level at one time: every key once.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    customers: Vec<Customer>,
    by_id: HashMap<Arc<str>, u32>,
    /// All levels that there are, best first; empty where nobody knows their order.
    pub levels: Vec<Arc<str>>,
    /// Values by name, in order: columns over the customers. A column of a file holds its cells as they are shown.
    pub values: Vec<(Arc<str>, Column)>,
}

impl Snapshot {
    /// These customers. `place` says where one stands, for the error that tells of a key that two have.
    pub fn new(
        customers: Vec<Customer>,
        place: impl Fn(usize) -> Option<Place>,
    ) -> Result<Self, Vec<Finding>> {
        let mut by_id: HashMap<Arc<str>, u32> = HashMap::default();
        let mut findings = vec![];
        for (index, customer) in customers.iter().enumerate() {
            if let Some(first) = by_id.insert(customer.id.clone(), index as u32) {
                findings.push(twice(&customer.id, place(first as usize), place(index)));
                by_id.insert(customer.id.clone(), first);
            }
        }
        if findings.is_empty() {
            Ok(Self {
                customers,
                by_id,
                levels: vec![],
                values: vec![],
            })
        } else {
            Err(findings)
        }
    }

    /// Takes the names that levels have in another scheme.
    pub fn rename(&mut self, renamed: &super::Renamed) {
        for customer in &mut self.customers {
            customer.level = customer.level.take().map(|level| renamed.name(level));
        }
        for level in &mut self.levels {
            *level = renamed.name(level.clone());
        }
    }

    /// The customers in order.
    pub fn customers(&self) -> &[Customer] {
        &self.customers
    }

    /// The place of a customer among [`Self::customers`].
    pub fn find(&self, id: &str) -> Option<usize> {
        self.by_id.get(id).map(|index| *index as usize)
    }

    /// A value of the customer at `index`.
    pub fn value(&self, column: usize, index: usize) -> Value {
        self.values[column].1.value(index)
    }
}

fn twice(id: &str, first: Option<Place>, second: Option<Place>) -> Finding {
    let id = crate::clean::text::shorten(id);
    let mut finding = Finding::error(
        Code::DuplicateKey,
        match first {
            Some(first) => text!(
                "`{id}` stands twice, first at {first}",
                "`{id}` 出现两次，首次在 {first}"
            ),
            None => text!("`{id}` stands twice", "`{id}` 出现两次"),
        },
    )
    .help(text!(
        "leave one row for each customer, or name the column that tells them apart with `--key`",
        "每个客户只保留一行，或用 `--key` 指定能区分客户的列"
    ));
    if let Some(second) = second {
        finding = finding.place(second);
    }
    finding
}

/// The levels of both sides. Where an order is known it is that of the new side, and a level that only the old one has
/// stands behind the one that it followed there; levels that no order has, and all of them without one, go by name.
pub(super) fn levels_of_both(old: &Snapshot, new: &Snapshot, unmoved: &Unmoved) -> Vec<Arc<str>> {
    let mut levels = new.levels.clone();
    let mut at = 0;
    for level in &old.levels {
        if let Some(found) = levels.iter().position(|known| known == level) {
            at = found + 1;
        } else {
            levels.insert(at, level.clone());
            at += 1;
        }
    }
    let customers = old.customers.iter().chain(&new.customers);
    let customers = customers.filter_map(|customer| customer.level.as_ref());
    let unmoved = unmoved.0.iter().map(|(level, _)| level);
    let mut others: Vec<Arc<str>> = vec![];
    for level in customers.chain(unmoved) {
        if !levels.contains(level) && !others.contains(level) {
            others.push(level.clone());
        }
    }
    others.sort_unstable();
    levels.extend(others);
    levels
}

/// Steps from one level to another, up positive; `None` where no order has both, or where two orders contradict each
/// other. Of two orders that agree on the direction the new one counts the steps.
pub(super) fn steps(old: &Snapshot, new: &Snapshot, from: &str, to: &str) -> Option<i32> {
    let by = |side: &Snapshot| {
        let place = |wanted: &str| side.levels.iter().position(|level| **level == *wanted);
        Some(place(from)? as i32 - place(to)? as i32)
    };
    match (by(new), by(old)) {
        (Some(new), Some(old)) => (new.signum() == old.signum()).then_some(new),
        (new, old) => new.or(old),
    }
}
