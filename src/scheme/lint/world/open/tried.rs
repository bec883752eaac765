//! A scheme opened no further than it must be to grade one customer alone: what cannot be seen through stays as it is
//! (a product of two values, a pattern), so that whom it shows has values that a sheet can have. Only figures of all
//! customers, tags, figures over periods and what moves by rules are values of their own in it too.

use super::super::reads::Reads;
use super::Open;
use super::sight::Unseen;
use crate::expr::{Arithmetic, Bound, Node, Scalar, Slot};
use crate::table::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Such a scheme, beside one that was opened as far as it takes to see through everything.
///
/// Of the customers that it tells apart some are tried ([`super::super::trial`]): whom they show there is, but what they
/// do not show there may be all the same.
#[derive(Clone, Debug)]
pub struct Tried<'a> {
    /// The scheme.
    pub open: Open<'a>,
    /// The values of the other one that stand for parts which are as they were here: what one customer's values give.
    pub wholes: BTreeSet<Slot>,
}

impl<'a> Tried<'a> {
    /// The scheme beside `opened`; `None` where there is nothing in it that customers could show.
    pub fn beside(opened: &Open<'a>) -> Option<Self> {
        let mut open = Open::made(opened.original, opened.as_of, &Unseen::default(), true);
        let mut wholes = BTreeSet::new();
        let (mut mixed, mut words) = (BTreeSet::new(), BTreeSet::new());
        let count = opened.original.slots.entries.len();
        for known in &opened.replaced {
            let part = open.known(&known.part);
            let outside = Reads::of(&open, [&part]).outside;
            let is_own = |slot: &Slot| {
                let index = slot.0 as usize;
                index < count && !open.scheme.slots.entries[index].ty.series
            };
            if !outside.is_empty() && outside.iter().all(is_own) {
                wholes.insert(known.slot);
                mixed.extend(outside);
                open.words_in(&part, &mut words);
            }
        }
        open.mixed = mixed;
        open.words = words;
        (!wholes.is_empty()).then_some(Self { open, wholes })
    }

    /// Which of some values of the other scheme stand for parts that customers can show.
    pub fn wholes_in<'s>(&self, slots: impl IntoIterator<Item = &'s Slot>) -> Vec<Slot> {
        let slots = slots.into_iter().copied();
        slots.filter(|slot| self.wholes.contains(slot)).collect()
    }
}

impl Open<'_> {
    /// Whether some values are tried: parts that are not seen through are made of one of them.
    pub fn tries(&self, slots: &BTreeSet<Slot>) -> bool {
        !self.mixed.is_disjoint(slots)
    }

    /// Whether parts that are not seen through are made of a value.
    pub fn is_mixed(&self, slot: Slot) -> bool {
        self.mixed.contains(&slot)
    }

    /// The texts that parts ask for which are not seen through.
    pub const fn words(&self) -> &BTreeSet<Arc<str>> {
        &self.words
    }

    /// Texts that the patterns in a part take.
    fn words_in(&self, part: &Bound, words: &mut BTreeSet<Arc<str>>) {
        part.walk(&mut |inner| match &inner.node {
            Node::Like(_, pattern) => {
                words.insert(pattern.replace('%', "").replace('_', "x").into());
            }
            Node::Scalar(Scalar::Contains | Scalar::StartsWith, items) => {
                for item in items {
                    if let Some(Value::Text(text)) = item.literal() {
                        words.insert(text.clone());
                    }
                }
            }
            Node::Scalar(Scalar::Length, _) => {
                let long = |length: usize| Arc::from("x".repeat(length));
                words.extend([1, 2, 3, 5, 8, 11, 18, 30].map(long));
            }
            _ => {}
        });
        for slot in part.slots() {
            if let Some(value) = self.values.get(&slot) {
                self.words_in(value, words);
            }
        }
    }

    /// Whether an expression only rises or only falls with a value, whatever the others are.
    pub fn is_one_way(&self, bound: &Bound, slot: Slot) -> bool {
        let reads = |part: &Bound| Reads::of(self, [part]).outside.contains(&slot);
        if !reads(bound) {
            return true;
        }
        let only = |items: &[Bound]| {
            let mut reading = items.iter().filter(|item| reads(item));
            match (reading.next(), reading.next()) {
                (Some(only), None) => self.is_one_way(only, slot),
                _ => false,
            }
        };
        match &bound.node {
            Node::Slot(own) => match self.values.get(own) {
                Some(value) => self.is_one_way(value, slot),
                None => *own == slot,
            },
            Node::Negate(inner) | Node::Rescale(inner, _) => self.is_one_way(inner, slot),
            Node::Arithmetic(op, left, right) => match (reads(left), reads(right)) {
                (true, false) => self.is_one_way(left, slot),
                (false, true) if *op != Arithmetic::Divide => self.is_one_way(right, slot),
                _ => false,
            },
            Node::Scalar(
                Scalar::Round
                | Scalar::Least
                | Scalar::Greatest
                | Scalar::Clamp
                | Scalar::Years
                | Scalar::Months
                | Scalar::Days
                | Scalar::Hours,
                items,
            ) => only(items),
            _ => false,
        }
    }
}
