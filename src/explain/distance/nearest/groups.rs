//! Customers who are told the same, where grades are made of conditions on single values (`年采购额 >= 100`,
//! `years(合作起始时间) < 1`) and on places among all (`top = "10%"`, `quantile(消费额, 5) >= 4`): those for whom the same of
//! these hold have the same nearest values, so that one of them is asked for all.
//!
//! A place is decided by the values of a few others, the cut-off: who is beside it has another one than the rest, whose
//! own value is among those that are counted, so that who has the very value of a cut-off stands apart.

use super::super::leaf::{Leaf, expressions, key_at};
use super::super::span::key_of;
use super::super::{About, World};
use super::placed::{Placed, placed};
use crate::assess::Choice;
use crate::decide::Subject;
use crate::expr::{Base, Bound, Comparison, Node, Scalar, Slot};
use crate::scheme::model::{Asked, GradeRule, Scheme, Top};
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
    pub fn of(world: &World<'_>) -> Option<Self> {
        let (scheme, leaves) = (world.scheme, &world.leaves[..]);
        let holds = scheme.reviews.iter().any(|review| review.hold);
        let is_told = leaves.iter().all(|leaf| leaf.why.is_none());
        if holds || !scheme.lookups.is_empty() || !is_told {
            return None;
        }
        let mut conditions = Self::default();
        for (index, grade) in scheme.grades.iter().enumerate() {
            if let GradeRule::Top(top) = &grade.rule {
                conditions.take_rank(world, index, top)?;
            }
        }
        for expression in expressions(scheme, About::Grade) {
            // A value by itself is what conditions read of it, and so is what ranks are by.
            let mut values = scheme.values.iter();
            let is_value = values.any(|value| std::ptr::eq(&raw const value.is, expression));
            let is_read = || {
                let bound = &expression.bound;
                placed(scheme, bound).is_some() || measure(scheme, leaves, bound).is_some()
            };
            let mut grades = scheme.grades.iter();
            let is_ranked = grades.any(|grade| match &grade.rule {
                GradeRule::Top(top) => top.by.iter().any(|by| std::ptr::eq(by, expression)),
                GradeRule::When(_) => false,
            });
            if !(is_ranked || is_value && is_read()) {
                conditions.take(world, &expression.bound)?;
            }
        }
        conditions.take_asked(world)?;
        conditions.take_bounds(scheme)?;
        for scale in &mut conditions.scales {
            scale.cuts.sort_unstable();
            scale.cuts.dedup();
        }
        let are_few = |scale: &Scale| scale.cuts.len() < usize::from(u16::MAX);
        conditions.scales.iter().all(are_few).then_some(conditions)
    }

    /// Takes in what the sheet asks of a row with another value. It may hang on nothing else of the row.
    fn take_asked(&mut self, world: &World<'_>) -> Option<()> {
        let (scheme, leaves) = (world.scheme, &world.leaves);
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
                self.take(world, &condition.bound)?;
            }
        }
        Some(())
    }

    /// Takes in where a grade by rank begins. What the rank is by comes from bands or from one leaf.
    fn take_rank(&mut self, world: &World<'_>, grade: usize, top: &Top) -> Option<()> {
        let (scheme, leaves) = (world.scheme, &world.leaves);
        let cutoffs = world.among.cutoffs(scheme, grade)?;
        for (item, by) in top.by.iter().enumerate() {
            if !reads(leaves, &by.bound) || is_result(scheme, &by.bound) {
                continue;
            }
            let cuts = cutoffs.iter().flat_map(|keys| [keys[item], keys[item] + 1]);
            let measure = measure(scheme, leaves, &by.bound)?;
            self.hold(measure, &cuts.collect::<Vec<_>>());
        }
        Some(())
    }

    /// Takes in where a place among all passes a limit.
    fn take_place(&mut self, world: &World<'_>, placed: &Placed<'_>, limit: i64) -> Option<()> {
        let (scheme, leaves) = (world.scheme, &world.leaves);
        if is_result(scheme, placed.of) {
            return Some(());
        }
        let population = world.among.population(placed.spec);
        let figures = population.figures(population.everybody()?, 0);
        let counts = placed.turns(figures.count(), limit)?;
        let keys = counts.into_iter().flat_map(|better| figures.beside(better));
        let cuts: Vec<i64> = keys.flat_map(|key| [key, key + 1]).collect();
        self.hold(measure(scheme, leaves, placed.of)?, &cuts);
        Some(())
    }

    /// Where one metric bounds another, on which side of the limits of the one the other lies tells customers apart too.
    fn take_bounds(&mut self, scheme: &Scheme) -> Option<()> {
        for bound in scheme.metric_bounds() {
            let mut measures = self.scales.iter().map(|scale| &scale.measure);
            let is_turned = |measure: &Bound| {
                let slots = measure.slots();
                let is_bound = slots.contains(&bound.own) || slots.contains(&bound.of);
                is_bound && !matches!(measure.node, Node::Slot(_))
            };
            if measures.any(is_turned) {
                return None;
            }
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
        Some(())
    }

    /// Takes in a condition and all its parts.
    fn take(&mut self, world: &World<'_>, bound: &Bound) -> Option<()> {
        let (scheme, leaves) = (world.scheme, &world.leaves);
        if !reads(leaves, bound) {
            return Some(());
        }
        match &bound.node {
            Node::And(items) | Node::Or(items) => {
                items.iter().try_for_each(|item| self.take(world, item))
            }
            Node::Not(inner) | Node::IsTruth(inner, _) => self.take(world, inner),
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
                    Some(_) => (op.mirrored(), right, left),
                    None => (*op, left, right),
                };
                self.compare(world, op, left, right.literal()?)
            }
            Node::In(value, list) => list.iter().try_for_each(|item| {
                self.compare(world, Comparison::Equal, value, item.literal()?)
            }),
            _ => None,
        }
    }

    fn compare(
        &mut self,
        world: &World<'_>,
        op: Comparison,
        value: &Bound,
        limit: &Value,
    ) -> Option<()> {
        let (scheme, leaves) = (world.scheme, &world.leaves);
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
        if let Some(placed) = placed(scheme, value) {
            return self.take_place(world, &placed, limit);
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

    /// The groups of those who may have a better grade. Those whose grade somebody set stand each alone.
    pub fn groups(&self, world: &World<'_>) -> Groups {
        let (grading, frame) = (world.grading, world.frame());
        let mut marks: Vec<Vec<u16>> = vec![];
        let mut owners: Vec<Slot> = vec![];
        for scale in &self.scales {
            let column = scale.measure.eval(frame).column;
            let mark = |row| match key_at(&column, row) {
                Some(key) => scale.cuts.partition_point(|cut| *cut <= key) as u16,
                None => u16::MAX,
            };
            marks.push((0..grading.len()).map(mark).collect());
            let mut leaves = world.leaves.iter();
            let owner = leaves.find(|leaf| leaf.moves_any(&scale.measure));
            // What bounds a metric need not be on the way to the grade.
            owners.push(owner.map_or(Slot(u32::MAX), |leaf| leaf.slot));
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
            owners.push(*slot);
        }
        for slot in &self.truths {
            if let Column::Bool(truths) = frame.column(*slot) {
                marks.push(truths.iter().map(|truth: &Truth| *truth as u16).collect());
                owners.push(*slot);
            }
        }
        let as_of = grading.book.as_of;
        let live = grading.past.overrides.iter();
        let live = live.filter(|set| set.subject == Subject::Grade && set.is_live(as_of));
        let set: HashSet<&str> = live.map(|set| &*set.customer).collect();
        let mut known: HashMap<Vec<u16>, u32> = HashMap::default();
        let mut groups = Groups {
            owners,
            ..Groups::default()
        };
        for row in 0..grading.len() {
            if !may_rise(world, row) {
                groups.of_customer.push(None);
                continue;
            }
            let next = groups.rows.len() as u32;
            let is_set = set.contains(&*grading.book.roster.ids[row]);
            let key = || marks.iter().map(|marks| marks[row]).collect();
            let marks: Option<Vec<u16>> = (!is_set).then(key);
            let group = marks.as_ref().map_or(next, |marks| match known.get(marks) {
                Some(group) => *group,
                None => *known.entry(marks.clone()).or_insert(next),
            });
            groups.of_customer.push(Some(group));
            if group == next {
                groups.rows.push(row as u32);
                groups.marks.push(marks);
            }
        }
        groups
    }
}

/// Customers in groups of those who are told the same.
#[derive(Default)]
pub(super) struct Groups {
    /// The group of each customer who may have a better grade.
    pub of_customer: Vec<Option<u32>>,
    /// One member of each group.
    pub rows: Vec<u32>,
    /// On which side of the limits those of each group are; `None` where one stands alone.
    pub marks: Vec<Option<Vec<u16>>>,
    /// Of which leaf each of the marks is.
    pub owners: Vec<Slot>,
}

/// Everybody who may have a better grade in a group of its own.
pub(super) fn each_alone(world: &World<'_>) -> Groups {
    let mut groups = Groups::default();
    for row in 0..world.grading.len() {
        let next = groups.rows.len() as u32;
        let is_there = may_rise(world, row);
        groups.of_customer.push(is_there.then_some(next));
        if is_there {
            groups.rows.push(row as u32);
            groups.marks.push(None);
        }
    }
    groups
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
        Node::Negate(inner) | Node::Rescale(inner, _) => {
            measure(scheme, leaves, inner).map(|_| bound.clone())
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
