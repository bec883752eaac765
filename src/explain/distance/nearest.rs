//! For everybody at once: the one value whose smallest change, taken as a share of it, gives a better grade.
//!
//! Worked out where grades are made of conditions on single values (`年采购额 >= 100`, `years(合作起始时间) < 1`) and not of
//! ranks or figures of the population. Customers for whom the same of these hold have the same nearest values: each
//! group is asked once, through one of its members.

use super::leaf::{Leaf, expressions, key_at};
use super::search;
use super::span::{Known, key_of};
use super::taken::Asked;
use super::{Change, Way, World};
use crate::decide::Subject;
use crate::expr::{Base, Bound, Comparison, Frame, Node, Scalar, Slot};
use crate::grading::Grading;
use crate::scheme::model::{GradeRule, Scheme};
use crate::table::{Column, Truth, Value};
use foldhash::{HashMap, HashSet};
use std::sync::Arc;

/// More groups than these are not asked, so that a list does not wait for them; their customers are told so.
const MOST_GROUPS: usize = 4_000;

/// For each customer the group, and what gives those of a group a better grade.
#[derive(Clone, Debug, Default)]
pub struct Nearest {
    groups: Vec<Option<u32>>,
    better: Vec<Vec<Step>>,
}

/// A value, on which side of the present one it lies, and the grade that it gives from there on.
type Step = (Slot, Way, Value, Option<u32>);

/// What tells the values of one leaf apart: something that rises or falls with it, held against limits.
struct Scale {
    measure: Bound,
    /// Where something else holds: the least key above each limit, in order.
    cuts: Vec<i64>,
}

/// How the values of a scheme's leaves are told apart.
#[derive(Default)]
struct Conditions {
    scales: Vec<Scale>,
    /// Texts and what they are held against.
    texts: Vec<(Slot, Vec<Arc<str>>)>,
    truths: Vec<Slot>,
}

impl Nearest {
    /// Nothing for anybody.
    pub fn none() -> Self {
        Self::default()
    }

    /// What is nearest for everybody of a grading, or of what a role sees of it.
    pub fn new(grading: &Grading) -> Self {
        let scheme = &*grading.scheme;
        let mut grades = scheme.grades.iter();
        // Sorting everybody for ranks is not worth it where nothing is to be told.
        if scheme.grades.len() < 2
            || scheme.grade_movement.is_some()
            || !scheme.populations.is_empty()
            || grades.any(|grade| matches!(grade.rule, GradeRule::Top(_)))
        {
            return Self::none();
        }
        let world = World::new(grading);
        let Some(conditions) = Conditions::of(scheme, &world.leaves) else {
            return Self::none();
        };
        if !world.is_open(scheme) {
            return Self::none();
        }
        let (groups, members) = conditions.groups(grading);
        let better = members.into_iter().take(MOST_GROUPS).map(|row| {
            let known = Known::default();
            let changes = |leaf: &Leaf| {
                // Nobody can be born earlier: time alone makes an age.
                let is_age = is_age(scheme, leaf.slot);
                let found = search::better(&world, leaf, row, &known).into_iter();
                found
                    .filter(|change| !is_age || change.way != Way::Less)
                    .map(|change: Change| (leaf.slot, change.way, change.to, change.grade))
                    .collect::<Vec<_>>()
            };
            let is_there = |leaf: &&Leaf| !world.frame().column(leaf.slot).is_missing(row);
            world
                .leaves
                .iter()
                .filter(is_there)
                .flat_map(changes)
                .collect()
        });
        let better = better.collect();
        Self { groups, better }
    }

    /// Whether a customer was not asked, because too many sorts of customers come before it.
    pub fn is_left_out(&self, row: usize) -> bool {
        let group = self.groups.get(row).copied().flatten();
        group.is_some_and(|group| group as usize >= self.better.len())
    }

    /// The nearest of a customer: the smallest change as a share of the value; days count as thousandths of three years,
    /// and what has no order comes last.
    pub fn of(&self, grading: &Grading, row: usize) -> Option<(Slot, Change)> {
        let group = (*self.groups.get(row)?)? as usize;
        let frame: &dyn Frame = &grading.facts;
        let far = |slot: Slot, to: &Value| -> Option<i128> {
            let column = frame.column(slot);
            let (now, to) = (i128::from(key_at(column, row)?), i128::from(key_of(to)?));
            let whole = match column {
                Column::Number(_) => now.abs().max(to.abs()).max(1),
                Column::Date(_) => 1_000,
                _ => 1_000 * 86_400,
            };
            Some((to - now).abs() * 1_000_000 / whole)
        };
        let all = self.better.get(group)?.iter().enumerate();
        let (_, (slot, way, to, grade)) = all.min_by_key(|(place, (slot, _, to, _))| {
            (far(*slot, to).unwrap_or(i128::MAX), *place)
        })?;
        let now = key_at(frame.column(*slot), row);
        let base = grading.scheme.slots.entries[slot.0 as usize].ty.base;
        let by = now.zip(key_of(to)).filter(|_| *way != Way::Other);
        Some((
            *slot,
            Change {
                way: *way,
                to: to.clone(),
                by: by.and_then(|(now, to)| search::distance(base, now, to)),
                grade: *grade,
                better: true,
            },
        ))
    }
}

impl Conditions {
    /// All conditions on the way to the grade; `None` where they are not of this sort.
    fn of(scheme: &Scheme, leaves: &[Leaf]) -> Option<Self> {
        let holds = scheme.reviews.iter().any(|review| review.hold);
        let is_told = leaves.iter().all(|leaf| leaf.why.is_none());
        if holds || !scheme.lookups.is_empty() || !is_told {
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

    /// The group of each customer whose grade is what the values give, and one member of each group.
    fn groups(&self, grading: &Grading) -> (Vec<Option<u32>>, Vec<usize>) {
        let frame: &dyn Frame = &grading.facts;
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
            // The best have nothing above them.
            if grading.decided[row].grade.is_none_or(|grade| grade == 0)
                || set.contains(&*grading.book.roster.ids[row])
            {
                return None;
            }
            let key: Vec<u16> = marks.iter().map(|marks| marks[row]).collect();
            let next = known.len() as u32;
            Some(*known.entry(key).or_insert_with(|| {
                members.push(row);
                next
            }))
        };
        ((0..grading.len()).map(group).collect(), members)
    }
}

/// Whether a day is read for nothing but how long ago it is.
fn is_age(scheme: &Scheme, slot: Slot) -> bool {
    let is_it = |bound: &Bound| bound.node == Node::Slot(slot);
    let (mut read, mut aged) = (0, 0);
    for expression in expressions(scheme) {
        expression.bound.walk(&mut |part| match &part.node {
            Node::Slot(_) if is_it(part) => read += 1,
            Node::IsNull(value) if is_it(value) => aged += 1,
            Node::Scalar(Scalar::Years | Scalar::Months | Scalar::Days, arguments) => {
                let is_age =
                    matches!(&arguments[..], [from, to] if is_it(from) && to.node == Node::AsOf);
                aged += usize::from(is_age);
            }
            _ => {}
        });
    }
    aged > 0 && read == aged
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
