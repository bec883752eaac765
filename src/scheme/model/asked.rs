//! What a sheet asks of a row before it takes it: its `rows`, and those checks that refuse a row.

use super::{Expression, Scheme, Sheet, SlotKind, That};
use crate::diagnostic::Severity;
use crate::expr::{Bound, Comparison, Node, Slot};
use crate::table::{Truth, Value};

/// One thing that is asked of a row, over the fields of the sheet.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// Which rows it is asked of; `None` is all.
    pub when: Option<&'a Expression>,
    /// What must hold.
    pub that: &'a Expression,
    /// Whether it must be known to hold, as `rows` must; a check refuses what is known not to.
    pub known: bool,
}

impl<'a> Asked<'a> {
    /// All that the customers' sheet asks.
    pub fn all(scheme: &'a Scheme) -> Vec<Self> {
        let customers = scheme.customers.as_ref();
        customers.map_or(vec![], |customers| Self::of(&customers.sheet))
    }

    /// All that a sheet asks.
    pub fn of(sheet: &'a Sheet) -> Vec<Self> {
        let rows = sheet.rows.iter().map(|that| Self {
            when: None,
            that,
            known: true,
        });
        let checks = sheet.checks.iter().filter_map(|check| match &check.that {
            That::EachRow {
                condition,
                reads_before: false,
            } if check.severity == Severity::Error => Some(Self {
                when: check.when.as_ref(),
                that: condition,
                known: false,
            }),
            _ => None,
        });
        rows.chain(checks).collect()
    }

    /// Its conditions.
    pub fn conditions(&self) -> impl Iterator<Item = &'a Expression> + use<'a> {
        self.when.into_iter().chain([self.that])
    }

    /// Whether it reads a field of the sheet.
    pub fn reads(&self, field: usize) -> bool {
        let mut slots = self.conditions().flat_map(|read| read.bound.slots());
        slots.any(|slot| slot.0 as usize == field)
    }

    /// The columns of the scheme that it reads.
    pub fn slots(&self, scheme: &Scheme) -> Vec<Slot> {
        let fields = self.conditions().flat_map(|read| read.bound.slots());
        let slots = fields.filter_map(|field| scheme.slot_of(SlotKind::Field(field.0 as usize)));
        slots.collect()
    }

    /// Whether a row is taken for which its conditions come to this.
    pub fn takes(&self, when: Truth, that: Truth) -> bool {
        if self.known {
            that == Truth::True
        } else {
            when != Truth::True || that != Truth::False
        }
    }
}

/// The least and the greatest number, day or moment that a field of a sheet can have in the rows that these conditions
/// leave, as columns hold them, as far as limits by themselves or joined by `and` say.
pub fn limits<'a>(
    conditions: impl IntoIterator<Item = &'a Bound>,
    field: Slot,
) -> (Option<i64>, Option<i64>) {
    let (mut least, mut greatest) = (None, None);
    for condition in conditions {
        let parts = match &condition.node {
            Node::And(parts) => &parts[..],
            _ => std::slice::from_ref(condition),
        };
        for part in parts {
            let Node::Compare(op, left, right) = &part.node else {
                continue;
            };
            let is_field = |side: &Bound| side.node == Node::Slot(field);
            let (op, limit) = match (left.literal(), right.literal()) {
                (None, Some(limit)) if is_field(left) => (*op, limit),
                (Some(limit), None) if is_field(right) => (op.mirrored(), limit),
                _ => continue,
            };
            let limit = match limit {
                Value::Number(number) => number.millionths(),
                Value::Date(date) => i64::from(date.days()),
                Value::DateTime(moment) => moment.seconds(),
                _ => continue,
            };
            let (from, to) = match op {
                Comparison::Greater => (Some(limit + 1), None),
                Comparison::GreaterEqual => (Some(limit), None),
                Comparison::Less => (None, Some(limit - 1)),
                Comparison::LessEqual => (None, Some(limit)),
                Comparison::Equal => (Some(limit), Some(limit)),
                Comparison::NotEqual => (None, None),
            };
            least = least.max(from);
            greatest = [greatest, to].into_iter().flatten().min();
        }
    }
    (least, greatest)
}
