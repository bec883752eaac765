//! A scheme of which every comparison can be seen through: what cannot (a rank, a pattern, a product of two values) is
//! replaced by a value of its own, which may be anything that it may be. It stays a scheme, and is graded as one.

mod sight;
mod tried;

use super::demands::Demand;
use super::results::has_few_points;
use super::solve::{Closed, Found, Solver, goes_by_periods};
use crate::expr::{Arithmetic, Base, Bound, Comparison, Node, Scalar, Slot, Type};
use crate::scheme::model::{
    Band, DimensionRule, Expression, GradeRule, IndicatorRule, Scheme, Sight, SlotEntry, SlotKind,
    TopSize,
};
use crate::table::{Date, Decimal, Value};
use sight::Unseen;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
pub use tried::Tried;

/// A part that is replaced by a value of its own.
#[derive(Clone, Debug)]
pub struct Replaced {
    /// What was there.
    pub part: Bound,
    /// As it was written.
    pub text: Arc<str>,
    /// Where the value that stands for it is.
    pub slot: Slot,
}

/// The scheme, and what was replaced in it.
#[derive(Clone, Debug)]
pub struct Open<'a> {
    /// The scheme as it is.
    pub original: &'a Scheme,
    /// The scheme with parts replaced.
    pub scheme: Scheme,
    /// The parts.
    pub replaced: Vec<Replaced>,
    /// For each grade by rank where the value is that says whether a customer is among the best.
    pub ranks: BTreeMap<usize, Slot>,
    /// What the values are, by slot.
    pub values: BTreeMap<Slot, Bound>,
    /// Results that follow from what a customer has.
    pub results: BTreeSet<Slot>,
    /// Those among them that come to few things: not points that are worked out, nor what is made of them.
    pub few: BTreeSet<Slot>,
    /// Results of which that is not so: they read points that are not seen through, or move by rules.
    free: BTreeSet<Slot>,
    /// What the customers' sheet asks of a row.
    pub demands: Vec<Demand>,
    /// Whether what is not seen through stays as it is, but for what one customer alone does not decide ([`Tried`]).
    is_tried: bool,
    /// Then: the values that such parts are made of.
    mixed: BTreeSet<Slot>,
    /// And the texts that they ask for.
    words: BTreeSet<Arc<str>>,
    as_of: Date,
}

impl<'a> Open<'a> {
    fn without(original: &'a Scheme, as_of: Date, closed: &Unseen) -> Self {
        Self::made(original, as_of, closed, false)
    }

    fn made(original: &'a Scheme, as_of: Date, closed: &Unseen, is_tried: bool) -> Self {
        let mut results = BTreeSet::new();
        let mut few = BTreeSet::new();
        let mut free = BTreeSet::new();
        for (index, entry) in original.slots.entries.iter().enumerate() {
            let slot = Slot(index as u32);
            let is_seen = |dimension: usize| !closed.dimensions.contains(&dimension);
            let follows = match entry.kind {
                SlotKind::Label(dimension) => is_seen(dimension),
                SlotKind::Points(dimension) | SlotKind::OwnPoints(dimension) => {
                    if has_few_points(original, dimension) {
                        few.insert(slot);
                    }
                    is_seen(dimension)
                }
                SlotKind::Score => {
                    let mut weighted = weighted(original);
                    if weighted.all(|dimension| has_few_points(original, dimension)) {
                        few.insert(slot);
                    }
                    !closed.score && self::weighted(original).all(is_seen)
                }
                SlotKind::Grade => {
                    original.grade_movement.is_none()
                        && !original.reviews.iter().any(|review| review.hold)
                }
                SlotKind::Type => original.type_movement.is_none(),
                _ => continue,
            };
            let kinds = if follows { &mut results } else { &mut free };
            kinds.insert(slot);
        }
        let mut open = Self {
            original,
            scheme: original.clone(),
            replaced: vec![],
            ranks: BTreeMap::new(),
            values: BTreeMap::new(),
            results,
            few,
            free,
            demands: vec![],
            is_tried,
            mixed: BTreeSet::new(),
            words: BTreeSet::new(),
            as_of,
        };
        open.all();
        open.demands = Demand::all(&open);
        open
    }

    /// A slot as it is read.
    pub fn read(&self, slot: Slot) -> Bound {
        Bound {
            node: Node::Slot(slot),
            ty: self.scheme.slots.entries[slot.0 as usize].ty.clone(),
            span: 0..0,
        }
    }

    fn all(&mut self) {
        for index in 0..self.original.values.len() {
            let value = &self.original.values[index];
            let bound = self.part(&value.is.text, &value.is.bound);
            self.values.insert(value.slot, bound.clone());
            self.scheme.values[index].is.bound = bound;
        }
        for index in 0..self.original.dimensions.len() {
            let mut rule = self.original.dimensions[index].rule.clone();
            match &mut rule {
                DimensionRule::Bands(bands) => self.bands(bands),
                DimensionRule::Points { points, bands, .. } => {
                    self.expression(points);
                    self.bands(bands);
                }
                DimensionRule::Indicators {
                    indicators, bands, ..
                } => {
                    for indicator in indicators {
                        match &mut indicator.rule {
                            IndicatorRule::Bands(bands) => self.bands(bands),
                            IndicatorRule::Points(points) => self.expression(points),
                        }
                    }
                    self.bands(bands);
                }
            }
            self.scheme.dimensions[index].rule = rule;
        }
        for index in 0..self.original.grades.len() {
            let mut grade = self.original.grades[index].clone();
            match &mut grade.rule {
                GradeRule::When(when) => {
                    if let Some(when) = when {
                        self.expression(when);
                    }
                }
                // Everybody who is left.
                GradeRule::Top(top) if matches!(top.size, TopSize::Share(share) if share >= Decimal::ONE) =>
                {
                    grade.rule = GradeRule::When(None);
                }
                GradeRule::Top(_) => {
                    let ty = Type::of(Base::Bool);
                    let slot = self.slot(grade.name.clone(), ty.clone());
                    self.ranks.insert(index, slot);
                    let bound = Bound {
                        node: Node::Slot(slot),
                        ty,
                        span: 0..0,
                    };
                    let text = grade.name.clone();
                    grade.rule = GradeRule::When(Some(Expression { text, bound }));
                }
            }
            grade.keep = None;
            self.scheme.grades[index] = grade;
        }
        let mut types = self.original.types.clone();
        for when in types.iter_mut().filter_map(|rule| rule.when.as_mut()) {
            self.expression(when);
        }
        self.scheme.types = types;
        let mut strategies = self.original.strategies.clone();
        for when in strategies.iter_mut().filter_map(|rule| rule.when.as_mut()) {
            self.expression(when);
        }
        self.scheme.strategies = strategies;
    }

    fn bands(&mut self, bands: &mut [Band]) {
        for when in bands.iter_mut().filter_map(|band| band.when.as_mut()) {
            self.expression(when);
        }
    }

    /// Opens an expression in place.
    pub fn expression(&mut self, expression: &mut Expression) {
        expression.bound = self.part(&expression.text.clone(), &expression.bound);
    }

    /// A part of the scheme's conditions as it is in the opened one. They were opened, so nothing is replaced anew.
    pub fn known(&self, bound: &Bound) -> Bound {
        if let Some(known) = self.replaced.iter().find(|known| known.part == *bound) {
            return slot_like(bound, known.slot);
        }
        let mut opened = bound.clone();
        opened.for_each_child(&mut |child| *child = self.known(child));
        opened
    }

    /// The value that says how the two sides of a comparison compare, if they were replaced: -1, 0 or 1.
    pub fn known_pair(&self, left: &Bound, right: &Bound) -> Option<Bound> {
        let of = |left, right| {
            let part = pair_of(left, right, 0..0);
            let known = self.replaced.iter().find(|known| known.part == part)?;
            Some(slot_like(&part, known.slot))
        };
        of(left, right).or_else(|| {
            let turned = of(right, left)?;
            Some(Bound {
                node: Node::Negate(Box::new(turned.clone())),
                ..turned
            })
        })
    }

    /// Who looks for turning points.
    pub fn solver(&self) -> Solver<'_> {
        Solver {
            scheme: &self.scheme,
            few: &self.few,
            values: &self.values,
            results: &self.results,
            as_of: self.as_of,
        }
    }

    /// A part of the original scheme as it is in the opened one.
    pub fn part(&mut self, text: &Arc<str>, bound: &Bound) -> Bound {
        if let Some(known) = self.replaced.iter().find(|known| known.part == *bound) {
            return slot_like(bound, known.slot);
        }
        if bound.is_constant() {
            return bound.clone();
        }
        let fixed = |bound: &Bound| bound.is_constant();
        match &bound.node {
            Node::Slot(slot) if self.free.contains(slot) => return self.replace(text, bound),
            Node::Population { .. } | Node::HasTag(..) => return self.replace(text, bound),
            Node::Series {
                function, argument, ..
            } => {
                let plain = matches!(argument.node, Node::Slot(_))
                    || matches!(function, crate::expr::SeriesFunction::Streak);
                let slots = argument.slots();
                let is_series = |slot: &Slot| self.scheme.slots.entries[slot.0 as usize].ty.series;
                let judged = self
                    .solver()
                    .condition(argument, &mut Found::default())
                    .is_ok();
                if goes_by_periods(*function) && plain && judged && slots.iter().all(is_series) {
                    return bound.clone();
                }
                return self.replace(text, bound);
            }
            _ if self.is_tried => {}
            Node::Scalar(
                Scalar::Contains | Scalar::StartsWith | Scalar::Length | Scalar::Hours,
                _,
            )
            | Node::Cast(_)
            | Node::Like(..) => return self.replace(text, bound),
            Node::Arithmetic(Arithmetic::Multiply, left, right)
                if !fixed(left) && !fixed(right) =>
            {
                return self.replace(text, bound);
            }
            Node::In(operand, list) if operand.ty.base == Base::List || !list.iter().all(fixed) => {
                return self.replace(text, bound);
            }
            Node::Compare(op, left, right) if left.ty.base == Base::Text && op.is_order() => {
                return self.replace(text, bound);
            }
            _ => {}
        }
        let mut opened = bound.clone();
        opened.for_each_child(&mut |child| {
            *child = self.part(text, child);
        });
        if self.is_tried {
            return opened;
        }
        self.comparison(text, bound, opened)
    }

    /// A comparison that cannot be seen through has its value replaced, or its two sides by how they compare.
    fn comparison(&mut self, text: &Arc<str>, bound: &Bound, mut opened: Bound) -> Bound {
        match &bound.node {
            Node::Compare(op, left, right) if left.ty.base != Base::Bool => {
                // Beside what was replaced (`x` beside `mean(x)`) it is told how the two compare, and no more.
                let first = self.original.slots.entries.len();
                let is_beside = left.literal().is_none()
                    && right.literal().is_none()
                    && opened.slots().iter().any(|slot| slot.0 as usize >= first);
                if !is_beside && self.is_seen_through(&opened) {
                    return opened;
                }
                let Node::Compare(_, l, r) = &mut opened.node else {
                    return opened;
                };
                if right.literal().is_some() {
                    **l = self.replace(text, left);
                    opened
                } else if left.literal().is_some() {
                    **r = self.replace(text, right);
                    opened
                } else {
                    self.pair(text, bound, *op, left, right)
                }
            }
            Node::In(operand, _) if operand.ty.base != Base::Bool => {
                if !self.is_seen_through(&opened)
                    && let Node::In(inner, _) = &mut opened.node
                {
                    **inner = self.replace(text, operand);
                }
                opened
            }
            _ => opened,
        }
    }

    fn is_seen_through(&self, bound: &Bound) -> bool {
        let result: Result<(), Closed> = self.solver().condition(bound, &mut Found::default());
        result.is_ok()
    }

    /// How two things compare, as a value of its own: -1, 0 or 1 against 0.
    fn pair(
        &mut self,
        text: &Arc<str>,
        bound: &Bound,
        op: Comparison,
        left: &Bound,
        right: &Bound,
    ) -> Bound {
        let less = |left: &Bound, right: &Bound| pair_of(left, right, bound.span.clone());
        let turned = less(right, left);
        let is_turned = self.replaced.iter().any(|known| known.part == turned);
        let (op, part) = if is_turned {
            (op.mirrored(), turned)
        } else {
            (op, less(left, right))
        };
        let known = self.replaced.iter().find(|known| known.part == part);
        let slot = if let Some(known) = known {
            known.slot
        } else {
            let written = text.get(bound.span.clone()).unwrap_or(text);
            let slot = self.slot(written.into(), Type::of(Base::Number));
            let text = text.clone();
            self.replaced.push(Replaced { part, text, slot });
            slot
        };
        let number = |node| {
            Box::new(Bound {
                node,
                ty: Type::of(Base::Number),
                span: bound.span.clone(),
            })
        };
        Bound {
            node: Node::Compare(
                op,
                number(Node::Slot(slot)),
                number(Node::Literal(Value::Number(Decimal::ZERO))),
            ),
            ..bound.clone()
        }
    }

    fn replace(&mut self, text: &Arc<str>, part: &Bound) -> Bound {
        if let Some(known) = self.replaced.iter().find(|known| known.part == *part) {
            return slot_like(part, known.slot);
        }
        let written: Arc<str> = text.get(part.span.clone()).unwrap_or(text).into();
        let slot = self.slot(written, part.ty.clone());
        self.replaced.push(Replaced {
            part: part.clone(),
            text: text.clone(),
            slot,
        });
        slot_like(part, slot)
    }

    fn slot(&mut self, name: Arc<str>, ty: Type) -> Slot {
        self.scheme.slots.entries.push(SlotEntry {
            name,
            ty,
            // It comes from outside, as a customer's number does.
            kind: SlotKind::Id,
            is_read: true,
            is_estimate: false,
            sight: Sight::Open,
        });
        Slot(self.scheme.slots.entries.len() as u32 - 1)
    }
}

/// How two things compare, as what is replaced: of the type that the value for it has.
fn pair_of(left: &Bound, right: &Bound, span: std::ops::Range<usize>) -> Bound {
    Bound {
        node: Node::Compare(
            Comparison::Less,
            Box::new(left.clone()),
            Box::new(right.clone()),
        ),
        ty: Type::of(Base::Number),
        span,
    }
}

fn slot_like(bound: &Bound, slot: Slot) -> Bound {
    Bound {
        node: Node::Slot(slot),
        ..bound.clone()
    }
}

/// The dimensions with a weight.
fn weighted(scheme: &Scheme) -> impl Iterator<Item = usize> + '_ {
    let dimensions = scheme.dimensions.iter().enumerate();
    let weighted = dimensions.filter(|(_, dimension)| dimension.weight.is_some());
    weighted.map(|(index, _)| index)
}
