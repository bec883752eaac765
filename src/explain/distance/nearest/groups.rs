//! Customers who are told the same, where grades are made of conditions on single values (`年采购额 >= 100`,
//! `years(合作起始时间) < 1`): those for whom the same of these hold have the same nearest values, so that one of them is
//! asked for all.

use super::super::World;
use super::super::leaf::{Leaf, expressions, key_at};
use super::super::span::key_of;
use super::super::taken::Asked;
use crate::assess::Choice;
use crate::decide::Subject;
use crate::expr::{Base, Bound, Comparison, Node, Scalar, Slot};
use crate::scheme::model::{GradeRule, Scheme};
use crate::table::{Column, Truth, Value};
use foldhash::{HashMap, HashSet};
use std::sync::Arc;

/// What tells the values of one leaf apart: something that rises or falls with it, held against limits.
struct Scale {
    measure: Bound,
    /// Where something else holds: the least key above each limit, in order.
    cuts: Vec<i64>,
}

/// How the values of a scheme's leaves are told apart.
#[derive(Default)]
pub(super) struct Conditions {
    scales: Vec<Scale>,
    /// Texts and what they are held against.
    texts: Vec<(Slot, Vec<Arc<str>>)>,
    truths: Vec<Slot>,
}

impl Conditions {
    /// All conditions on the way to the grade; `None` where they are not of this sort.
    pub fn of(scheme: &Scheme, leaves: &[Leaf]) -> Option<Self> {
        let holds = scheme.reviews.iter().any(|review| review.hold);
        let is_told = leaves.iter().all(|leaf| leaf.why.is_none());
        let mut grades = scheme.grades.iter();
        let ranks = grades.any(|grade| matches!(grade.rule, GradeRule::Top(_)))
            || !scheme.populations.is_empty();
        if holds || ranks || !scheme.lookups.is_empty() || !is_told {
            return None;
        }
        let mut conditions = Self::default();
        for expression in expressions(scheme) {
            // A value by itself is what conditions read of it.
            let is_value = scheme
                .values
                .iter()
                .any(|value| std::ptr::eq(&raw const value.is, expression));
            if is_value {
                if measure(scheme, leaves, &expression.bound).is_none() {
                    conditions.take(scheme, leaves, &expression.bound)?;
                }
                continue;
            }
            conditions.take(scheme, leaves, &expression.bound)?;
        }
        conditions.take_asked(scheme, leaves)?;
        conditions.take_bounds(scheme);
        for scale in &mut conditions.scales {
            scale.cuts.sort_unstable();
            scale.cuts.dedup();
        }
        Some(conditions)
    }

    /// Takes in what the sheet asks of a row with another value. It may hang on nothing else of the row.
    fn take_asked(&mut self, scheme: &Scheme, leaves: &[Leaf]) -> Option<()> {
        let is_leaf = |slot: &Slot| leaves.iter().any(|leaf| leaf.slot == *slot);
        for asked in Asked::all(scheme) {
            let slots = asked.slots(scheme);
            if !slots.iter().any(is_leaf) {
                continue;
            }
            for condition in asked.conditions() {
                let fields = condition.bound.slots();
                let is_same = fields
                    .iter()
                    .all(|field| slots.contains(field) && is_leaf(field));
                if !is_same {
                    return None;
                }
                self.take(scheme, leaves, &condition.bound)?;
            }
        }
        Some(())
    }

    /// Where one metric bounds another, on which side of the limits of the one the other lies tells customers apart too.
    fn take_bounds(&mut self, scheme: &Scheme) {
        for bound in scheme.metric_bounds() {
            let [own, of] = [bound.own, bound.of].map(|slot| Bound {
                node: Node::Slot(slot),
                ty: scheme.slots.entries[slot.0 as usize].ty.clone(),
                span: 0..0,
            });
            let mut cuts: Vec<i64> = vec![];
            for scale in &self.scales {
                if scale.measure == own || scale.measure == of {
                    cuts.extend(&scale.cuts);
                }
            }
            if cuts.is_empty() {
                continue;
            }
            if bound.counts {
                self.hold(own, &cuts);
                self.hold(of, &cuts);
            } else {
                self.hold(own, &[0, 1]);
                self.hold(of, &[1]);
            }
        }
    }

    /// Takes in a condition and all its parts.
    fn take(&mut self, scheme: &Scheme, leaves: &[Leaf], bound: &Bound) -> Option<()> {
        if !reads(leaves, bound) {
            return Some(());
        }
        match &bound.node {
            Node::And(items) | Node::Or(items) => items
                .iter()
                .try_for_each(|item| self.take(scheme, leaves, item)),
            Node::Not(inner) | Node::IsTruth(inner, _) => self.take(scheme, leaves, inner),
            Node::Slot(slot) if bound.ty.base == Base::Bool => {
                if leaves.iter().any(|leaf| leaf.slot == *slot) {
                    self.truths.push(*slot);
                }
                Some(())
            }
            // Those without a value are told apart from those with one, whatever it is held against.
            Node::IsNull(inner) if inner.ty.base == Base::Text => self.take_text(leaves, inner),
            Node::IsNull(inner) => {
                self.hold(measure(scheme, leaves, inner)?, &[]);
                Some(())
            }
            Node::Compare(op, left, right) => {
                let (op, left, right) = match left.literal() {
                    Some(_) => (turned(*op), right, left),
                    None => (*op, left, right),
                };
                self.compare(scheme, leaves, op, left, right.literal()?)
            }
            Node::In(value, list) => list.iter().try_for_each(|item| {
                self.compare(scheme, leaves, Comparison::Equal, value, item.literal()?)
            }),
            _ => None,
        }
    }

    fn compare(
        &mut self,
        scheme: &Scheme,
        leaves: &[Leaf],
        op: Comparison,
        value: &Bound,
        limit: &Value,
    ) -> Option<()> {
        if let (Value::Text(text), Node::Slot(slot)) = (limit, &value.node) {
            self.take_text(leaves, value);
            let of_leaf = self.texts.iter_mut().find(|(known, _)| known == slot);
            // Of a label the conditions of its bands tell the values apart.
            if let Some((_, texts)) = of_leaf {
                texts.push(text.clone());
            }
            return Some(());
        }
        let limit = key_of(limit)?;
        if is_result(scheme, value) {
            return Some(());
        }
        let measure = measure(scheme, leaves, value)?;
        let cuts: &[i64] = match op {
            Comparison::GreaterEqual | Comparison::Less => &[limit],
            Comparison::Greater | Comparison::LessEqual => &[limit + 1],
            Comparison::Equal | Comparison::NotEqual => &[limit, limit + 1],
        };
        self.hold(measure, cuts);
        Some(())
    }

    /// Holds something against these limits too.
    fn hold(&mut self, measure: Bound, cuts: &[i64]) {
        match self
            .scales
            .iter_mut()
            .find(|scale| scale.measure == measure)
        {
            Some(scale) => scale.cuts.extend(cuts),
            None => self.scales.push(Scale {
                measure,
                cuts: cuts.to_vec(),
            }),
        }
    }

    /// Takes in a text, if it is a leaf.
    fn take_text(&mut self, leaves: &[Leaf], bound: &Bound) -> Option<()> {
        let Node::Slot(slot) = bound.node else {
            return None;
        };
        let is_known = self.texts.iter().any(|(known, _)| *known == slot);
        if !is_known && leaves.iter().any(|leaf| leaf.slot == slot) {
            self.texts.push((slot, vec![]));
        }
        Some(())
    }

    /// The group of each customer who may have a better grade, and one member of each group. Those whose grade somebody
    /// set stand each alone.
    pub fn groups(&self, world: &World<'_>) -> (Vec<Option<u32>>, Vec<u32>) {
        let (grading, frame) = (world.grading, world.frame());
        let mut marks: Vec<Vec<u16>> = vec![];
        for scale in &self.scales {
            let column = scale.measure.eval(frame).column;
            let mark = |row| match key_at(&column, row) {
                Some(key) => scale.cuts.partition_point(|cut| *cut <= key) as u16,
                None => u16::MAX,
            };
            marks.push((0..grading.len()).map(mark).collect());
        }
        for (slot, texts) in &self.texts {
            let Column::Text(column) = frame.column(*slot) else {
                continue;
            };
            let place = |text: &Arc<str>| texts.iter().position(|known| known == text);
            let of_code: Vec<u16> = column
                .dictionary
                .iter()
                .map(|text| place(text).unwrap_or(texts.len()) as u16)
                .collect();
            let mark = |code: &u32| of_code.get(*code as usize).copied().unwrap_or(u16::MAX);
            marks.push(column.codes.iter().map(mark).collect());
        }
        for slot in &self.truths {
            if let Column::Bool(truths) = frame.column(*slot) {
                marks.push(truths.iter().map(|truth: &Truth| *truth as u16).collect());
            }
        }
        let as_of = grading.book.as_of;
        let live = grading.past.overrides.iter();
        let live = live.filter(|set| set.subject == Subject::Grade && set.is_live(as_of));
        let set: HashSet<&str> = live.map(|set| &*set.customer).collect();
        let mut known: HashMap<Vec<u16>, u32> = HashMap::default();
        let mut members = vec![];
        let group = |row: usize| {
            if !may_rise(world, row) {
                return None;
            }
            let next = members.len() as u32;
            let mut is_new = true;
            let mut group = next;
            if !set.contains(&*grading.book.roster.ids[row]) {
                let key: Vec<u16> = marks.iter().map(|marks| marks[row]).collect();
                group = *known.entry(key).or_insert(next);
                is_new = group == next;
            }
            if is_new {
                members.push(row as u32);
            }
            Some(group)
        };
        ((0..grading.len()).map(group).collect(), members)
    }
}

/// Everybody who may have a better grade in a group of its own.
pub(super) fn each_alone(world: &World<'_>) -> (Vec<Option<u32>>, Vec<u32>) {
    let mut members = vec![];
    let group = |row: usize| {
        may_rise(world, row).then(|| {
            members.push(row as u32);
            members.len() as u32 - 1
        })
    };
    ((0..world.grading.len()).map(group).collect(), members)
}

/// Whether there is anything above a customer. Without a grade because a value is missing nothing else is of use.
fn may_rise(world: &World<'_>, row: usize) -> bool {
    let is_unknown = || {
        let by_values = world.grading.assessment.grades[row];
        matches!(by_values, Choice::Unknown(_))
    };
    world
        .present(row)
        .map_or_else(|| !is_unknown(), |grade| grade > 0)
}

/// Whether an expression reads a leaf by itself, or a value made of some.
fn reads(leaves: &[Leaf], bound: &Bound) -> bool {
    leaves.iter().any(|leaf| leaf.moves_any(bound))
}

/// What rises or falls with one leaf and depends on nothing else: the leaf, or the time from it or to it.
fn measure(scheme: &Scheme, leaves: &[Leaf], bound: &Bound) -> Option<Bound> {
    match &bound.node {
        Node::Slot(slot) if leaves.iter().any(|leaf| leaf.slot == *slot) => {
            let is_ordered = matches!(bound.ty.base, Base::Number | Base::Date | Base::DateTime);
            is_ordered.then(|| bound.clone())
        }
        Node::Slot(slot) => {
            let value = scheme.values.iter().find(|value| value.slot == *slot)?;
            measure(scheme, leaves, &value.is.bound)
        }
        Node::Scalar(Scalar::Years | Scalar::Months | Scalar::Days, arguments) => {
            let [from, to] = &arguments[..] else {
                return None;
            };
            let is_fixed = |part: &Bound| matches!(part.node, Node::AsOf | Node::Literal(_));
            let is_leaf = |part: &Bound| measure(scheme, leaves, part).is_some();
            (is_leaf(from) && is_fixed(to) || is_fixed(from) && is_leaf(to)).then(|| bound.clone())
        }
        _ => None,
    }
}

/// Whether it is the score, or points, which bands give.
fn is_result(scheme: &Scheme, bound: &Bound) -> bool {
    let Node::Slot(slot) = bound.node else {
        return false;
    };
    let of_bands = scheme.dimensions.iter().any(|dimension| {
        dimension.points_slot == slot
            || matches!(
                dimension.rule,
                crate::scheme::model::DimensionRule::Indicators { own, .. } if own == slot
            )
    });
    of_bands || scheme.score_slot() == Some(slot)
}

/// The comparison seen from the other side.
const fn turned(op: Comparison) -> Comparison {
    match op {
        Comparison::Less => Comparison::Greater,
        Comparison::LessEqual => Comparison::GreaterEqual,
        Comparison::Greater => Comparison::Less,
        Comparison::GreaterEqual => Comparison::LessEqual,
        other => other,
    }
}
