//! What must be worked out before it can be said what a switch gives: the less, the faster.

use super::super::{Leaf, World};
use super::switches::Switch;
use crate::expr::Slot;
use crate::scheme::model::{GradeRule, SlotKind};

/// What must be worked out before a switch can be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Needs {
    /// Nothing: it reads no other value, and is the same for everybody.
    Nothing,
    /// Values that are made of others.
    Values,
    /// Bands, points and score too.
    Points,
}

impl Switch {
    /// What must be worked out before.
    pub fn needs(&self, world: &World<'_>, leaf: &Leaf) -> Needs {
        let scheme = world.scheme;
        let slots: Vec<Slot> = match self {
            Self::Condition(bound) => bound.slots(),
            Self::Rank(grade) => match &scheme.grades[*grade].rule {
                GradeRule::Top(top) => top.by.iter().flat_map(|by| by.bound.slots()).collect(),
                GradeRule::When(_) => vec![],
            },
        };
        let is_of_input = |slot: &Slot| {
            let kind = scheme.slots.entries[slot.0 as usize].kind;
            matches!(
                kind,
                SlotKind::Field(_)
                    | SlotKind::LookupField(..)
                    | SlotKind::Metric(_)
                    | SlotKind::Value(_)
            )
        };
        let is_alone = match self {
            Self::Condition(bound) => slots == [leaf.slot] && bound.population_ids().is_empty(),
            Self::Rank(_) => false,
        };
        if is_alone {
            Needs::Nothing
        } else if slots
            .iter()
            .all(|slot| !leaf.moves(*slot) || is_of_input(slot))
        {
            Needs::Values
        } else {
            Needs::Points
        }
    }
}
