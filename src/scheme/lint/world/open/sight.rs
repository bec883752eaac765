//! Which points and scores of a scheme are seen through where they are worked out.

use super::Open;
use crate::expr::{Node, Slot};
use crate::scheme::lint::world::results::has_few_points;
use crate::scheme::lint::world::solve::Found;
use crate::scheme::model::{Scheme, SlotKind};
use crate::table::Date;
use std::collections::BTreeSet;

/// A number, in millionths, of which it is asked whether it can be told where points pass it.
const PROBE: i128 = 37_000_000;

/// Points and scores that are not seen through.
#[derive(Default)]
pub(super) struct Unseen {
    /// The dimensions whose points they are.
    pub(super) dimensions: BTreeSet<usize>,
    /// Whether the score is one of them.
    pub(super) score: bool,
}

impl<'a> Open<'a> {
    /// Opens a scheme.
    pub fn new(original: &'a Scheme, as_of: Date) -> Self {
        Self::seen_through(original, as_of, false)
    }

    /// Opens a scheme of which scores are followed where somebody may be missed, too (counts are rounded before they are added up):
    /// whom it shows there is, but what it does not show there may be all the same.
    pub fn following_leaps(original: &'a Scheme, as_of: Date) -> Self {
        Self::seen_through(original, as_of, true)
    }

    fn seen_through(original: &'a Scheme, as_of: Date, follows_leaps: bool) -> Self {
        let mut closed = Unseen::default();
        loop {
            let open = Self::without(original, as_of, &closed);
            let Some(more) = open.unseen(follows_leaps) else {
                return open;
            };
            closed.dimensions.extend(more.dimensions);
            closed.score |= more.score;
        }
    }

    /// Opens a scheme whose points and scores are taken as any number that they may be, where they are worked out.
    pub fn coarse(original: &'a Scheme, as_of: Date) -> Self {
        let worked_out = |index: &usize| !has_few_points(original, *index);
        let dimensions: BTreeSet<usize> =
            (0..original.dimensions.len()).filter(worked_out).collect();
        let score = !dimensions.is_empty();
        Self::without(original, as_of, &Unseen { dimensions, score })
    }

    /// Of which points and scores no one can tell where they pass a number; `None` if of all of them that is known.
    ///
    /// Where somebody may be missed (counts are rounded before they are added up) it counts as unknown, but for `follows_leaps`.
    fn unseen(&self, follows_leaps: bool) -> Option<Unseen> {
        let is_unseen = |slot: Slot| {
            let is_asked = self.results.contains(&slot) && !self.few.contains(&slot);
            let solver = self.solver();
            // Any number does: whether it can be told depends on how they are made.
            let turns = || solver.result_turns(slot, PROBE, &mut Found::default());
            is_asked && (turns().is_err() || !follows_leaps && solver.leaps(slot))
        };
        let dimensions = self.scheme.dimensions.iter().enumerate();
        let dimensions: BTreeSet<usize> = dimensions
            .filter(|(_, dimension)| is_unseen(dimension.points_slot))
            .map(|(index, _)| index)
            .collect();
        let score = dimensions.is_empty() && self.scheme.score_slot().is_some_and(is_unseen);
        (score || !dimensions.is_empty()).then_some(Unseen { dimensions, score })
    }

    /// Whether the points of a dimension are worked out, and seen through.
    pub fn is_worked_out(&self, dimension: usize) -> bool {
        let slot = self.scheme.dimensions[dimension].points_slot;
        self.results.contains(&slot) && !self.few.contains(&slot)
    }

    /// Whether points of some dimension are worked out, and seen through.
    pub fn has_worked_out(&self) -> bool {
        (0..self.scheme.dimensions.len()).any(|dimension| self.is_worked_out(dimension))
    }

    /// Whether something that is read stands for points, or for what is made of them, that are not seen through.
    pub fn has_unseen(&self) -> bool {
        let mut replaced = self.replaced.iter();
        replaced.any(|known| self.is_unseen(known.slot))
    }

    /// Whether a value stands for points, or for what is made of them, that are not seen through: nobody knows which of
    /// its values there are.
    pub fn is_unseen(&self, slot: Slot) -> bool {
        let part = self.replaced.iter().find(|known| known.slot == slot);
        part.is_some_and(|known| {
            matches!(known.part.node, Node::Slot(result) if matches!(
                self.original.slots.entries[result.0 as usize].kind,
                SlotKind::Label(_) | SlotKind::Points(_) | SlotKind::OwnPoints(_) | SlotKind::Score
            ))
        })
    }
}
