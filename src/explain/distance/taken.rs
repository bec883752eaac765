//! What the customers' sheet asks of a row before it takes it: its `rows`, and those checks that refuse a row.

use crate::assess::Facts;
use crate::diagnostic::Severity;
use crate::expr::{Frame, Slot};
use crate::scheme::model::{Expression, Scheme, SlotKind, That};
use crate::table::Truth;

/// One thing that is asked of a row, over the fields of the sheet.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
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
        let Some(customers) = &scheme.customers else {
            return vec![];
        };
        let sheet = &customers.sheet;
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

    /// Whether the columns of the scheme are the fields that it reads, at the same places, so that it can be asked of them.
    pub fn is_of_columns(&self, facts: &Facts, scheme: &Scheme) -> bool {
        let mut fields = self.conditions().flat_map(|read| read.bound.slots());
        fields.all(|field| {
            scheme.slot_of(SlotKind::Field(field.0 as usize)) == Some(field)
                && facts.get(field).len() == (facts as &dyn Frame).len()
        })
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
