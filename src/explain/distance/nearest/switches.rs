//! The conditions that one value decides, on the way to the grade and in what the sheet asks, each of which changes at
//! most once while the value rises from one place at which an earlier one changes to the next. (What becomes too large
//! to be a number is missing from there on: that is a change too.)
//!
//! That holds where both sides of a comparison rise or fall all along ([`Trend`]). Where that cannot be told, as of
//! `x >= mean(x)`, there are no switches.

use super::super::taken::is_of_columns;
use super::super::{Leaf, World};
use super::trend::Trend;
use crate::expr::{
    Arithmetic, Base, Bound, Comparison, Node, PopulationFunction, Scalar, Slot, Type,
};
use crate::scheme::lint::shape::shape;
use crate::scheme::model::{
    Asked, Band, Dimension, DimensionRule, Expression, GradeRule, IndicatorRule, MissingRule,
};
use crate::table::{Decimal, Value};
use foldhash::HashMap;

/// Something that is so or not, or unknown.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Switch {
    /// A condition.
    Condition(Bound),
    /// Being in the rank of this grade.
    Rank(usize),
}

/// The switches of a value in their order; `None` where some may change back and forth.
pub(super) fn switches(world: &World<'_>, leaf: &Leaf) -> Option<Vec<Switch>> {
    let mut collected = Collected {
        world,
        leaf,
        trends: HashMap::from_iter([(leaf.slot, Trend::Rises)]),
        switches: vec![],
    };
    collected.scheme()?;
    Some(collected.switches)
}

struct Collected<'a> {
    world: &'a World<'a>,
    leaf: &'a Leaf,
    /// The columns that are numbers and change with the value.
    trends: HashMap<Slot, Trend>,
    switches: Vec<Switch>,
}

impl Collected<'_> {
    /// All that grading reads, in its order.
    fn scheme(&mut self) -> Option<()> {
        let scheme = self.world.scheme;
        // With the row of a lookup everything may be another.
        if !self.leaf.chooses.is_empty() {
            return None;
        }
        for value in &scheme.values {
            let trend = self.of(&value.is.bound)?;
            self.trends.insert(value.slot, trend);
        }
        for dimension in &scheme.dimensions {
            self.dimension(dimension)?;
        }
        if let Some(slot) = scheme.score_slot() {
            let score = self.score()?;
            self.trends.insert(slot, score);
        }
        for (index, grade) in scheme.grades.iter().enumerate() {
            match &grade.rule {
                GradeRule::When(when) => {
                    when.iter().try_for_each(|when| self.condition(when))?;
                }
                GradeRule::Top(top) => {
                    if top.within.is_some_and(|within| self.leaf.moves(within)) {
                        return None;
                    }
                    let mut trend = Trend::Still;
                    // A list of which every item is better is not worse.
                    for by in &top.by {
                        trend = trend.with(self.of(&by.bound)?)?;
                    }
                    if trend != Trend::Still {
                        self.switches.push(Switch::Rank(index));
                    }
                }
            }
        }
        let counts = scheme.grade_movement.is_none();
        let holding = scheme.reviews.iter();
        let mut holding = holding.filter(|review| counts && review.hold);
        holding.try_for_each(|review| self.condition(&review.when))?;
        self.asked()
    }

    /// What the sheet asks of a row.
    fn asked(&mut self) -> Option<()> {
        let scheme = self.world.scheme;
        let all = Asked::all(scheme).into_iter();
        let reads = |asked: &Asked<'_>| asked.slots(scheme).contains(&self.leaf.slot);
        for asked in all.filter(reads).collect::<Vec<_>>() {
            if !is_of_columns(&asked, &self.world.grading.facts, scheme) {
                return None;
            }
            asked
                .conditions()
                .try_for_each(|condition| self.condition(condition))?;
        }
        Some(())
    }

    fn condition(&mut self, condition: &Expression) -> Option<()> {
        self.of(&condition.bound).map(|_| ())
    }

    fn bands(&mut self, bands: &[Band]) -> Option<()> {
        Band::conditions(bands).try_for_each(|when| self.condition(when))
    }

    fn dimension(&mut self, dimension: &Dimension) -> Option<()> {
        let trend = match &dimension.rule {
            DimensionRule::Bands(_) => Trend::Still,
            DimensionRule::Points { points, own, .. } => {
                let trend = self.of(&points.bound)?;
                self.trends.insert(*own, trend);
                trend
            }
            DimensionRule::Indicators {
                indicators, own, ..
            } => {
                let mut all = Trend::Still;
                for indicator in indicators {
                    let trend = match &indicator.rule {
                        IndicatorRule::Points(points) => self.of(&points.bound)?,
                        IndicatorRule::Bands(bands) => {
                            self.bands(bands)?;
                            Trend::Still
                        }
                    };
                    all = all.with(trend.weighted(indicator.weight))?;
                }
                self.trends.insert(*own, all);
                all
            }
        };
        self.trends.insert(dimension.points_slot, trend);
        self.bands(dimension.rule.bands())
    }

    fn score(&self) -> Option<Trend> {
        let world = self.world;
        let dimensions = world.scheme.dimensions.iter();
        let counting = dimensions.zip(&world.grading.assessment.dimensions);
        let mut score = Trend::Still;
        for (dimension, result) in counting {
            let points = self.trends.get(&dimension.points_slot).copied();
            if let (true, Some(weight), Some(points)) = (result.counts, dimension.weight, points) {
                score = score.with(points.weighted(weight))?;
            }
        }
        // With points that are missing the others weigh more.
        let reweighs = world.scheme.missing == MissingRule::Reweight;
        (!reweighs || score == Trend::Still).then_some(score)
    }

    fn add(&mut self, condition: Bound) {
        let switch = Switch::Condition(condition);
        if !self.switches.contains(&switch) {
            self.switches.push(switch);
        }
    }

    /// Takes in where one number comes to another one (`>=`), or above it.
    fn meets(&mut self, left: &Bound, right: &Bound, above: bool) {
        let op = if above {
            Comparison::Greater
        } else {
            Comparison::GreaterEqual
        };
        self.add(Bound {
            node: Node::Compare(op, left.clone().into(), right.clone().into()),
            ty: Type::of(Base::Bool),
            span: 0..0,
        });
    }

    /// Takes in where a number changes its sign.
    fn changes_sign(&mut self, number: &Bound) {
        let zero = Bound {
            node: Node::Literal(Value::Number(Decimal::ZERO)),
            ty: number.ty.clone(),
            span: 0..0,
        };
        self.meets(number, &zero, false);
        self.meets(number, &zero, true);
    }

    /// Takes in where something is missing.
    fn is_missing(&mut self, part: &Bound) {
        self.add(Bound {
            node: Node::IsNull(part.clone().into()),
            ty: Type::of(Base::Bool),
            span: 0..0,
        });
    }

    /// Takes in all switches of a part of an expression, and says where it goes between them. What is no number, day or
    /// moment stays as it is.
    fn of(&mut self, bound: &Bound) -> Option<Trend> {
        if !self.leaf.moves_any(bound) {
            return Some(Trend::Still);
        }
        match &bound.node {
            Node::Literal(_) | Node::AsOf => Some(Trend::Still),
            Node::Slot(slot) => self.slot(*slot, bound.ty.base),
            Node::Not(inner) | Node::IsTruth(inner, _) | Node::Like(inner, _) => {
                self.of(inner)?;
                Some(Trend::Still)
            }
            Node::And(items) | Node::Or(items) => {
                items
                    .iter()
                    .try_for_each(|item| self.of(item).map(|_| ()))?;
                Some(Trend::Still)
            }
            Node::IsNull(inner) => {
                let is_leaf = inner.node == Node::Slot(self.leaf.slot);
                if self.of(inner)? != Trend::Still && !is_leaf {
                    self.is_missing(inner);
                }
                Some(Trend::Still)
            }
            Node::Negate(inner) => Some(self.of(inner)?.turned()),
            Node::Rescale(inner, factor) => {
                Some(self.of(inner)?.times(Some(*factor), Some(*factor)))
            }
            Node::Cast(inner) => self.of(inner),
            Node::Arithmetic(op, left, right) => self.arithmetic(*op, left, right),
            Node::Compare(op, left, right) => {
                self.compare(*op, left, right)?;
                Some(Trend::Still)
            }
            Node::In(operand, list) => {
                list.iter()
                    .try_for_each(|item| self.compare(Comparison::Equal, operand, item))?;
                Some(Trend::Still)
            }
            Node::Case(arms, otherwise) => {
                let mut all = Trend::Still;
                for (condition, result) in arms {
                    self.of(condition)?;
                    all = all.or(self.of(result)?);
                }
                match otherwise {
                    Some(otherwise) => Some(all.or(self.of(otherwise)?)),
                    None => Some(all),
                }
            }
            Node::Scalar(function, arguments) => self.scalar(*function, arguments),
            Node::Population {
                function,
                spec,
                argument,
                within,
                ..
            } => self.population(*function, *spec, argument, within.as_deref()),
            Node::HasTag(..) | Node::Series { .. } => None,
        }
    }

    fn slot(&self, slot: Slot, base: Base) -> Option<Trend> {
        match self.trends.get(&slot) {
            Some(trend) => Some(*trend),
            // What bands are called and which grade it is changes with their conditions.
            None => matches!(base, Base::Text | Base::Bool).then_some(Trend::Still),
        }
    }

    fn compare(&mut self, op: Comparison, left: &Bound, right: &Bound) -> Option<()> {
        let trends = (self.of(left)?, self.of(right)?);
        let trend = trends.0.with(trends.1.turned())?;
        if trend == Trend::Still {
            return Some(());
        }
        let (reaches, passes) = match op {
            Comparison::GreaterEqual | Comparison::Less => (true, false),
            Comparison::Greater | Comparison::LessEqual => (false, true),
            Comparison::Equal | Comparison::NotEqual => (true, true),
        };
        if reaches {
            self.meets(left, right, false);
        }
        if passes {
            self.meets(left, right, true);
        }
        Some(())
    }

    fn arithmetic(&mut self, op: Arithmetic, left: &Bound, right: &Bound) -> Option<Trend> {
        let (of_left, of_right) = (self.of(left)?, self.of(right)?);
        let scheme = self.world.scheme;
        let by = |trend: Trend, other: &Bound| {
            let shape = shape(scheme, None, other);
            trend.times(shape.least, shape.greatest)
        };
        match (op, of_left, of_right) {
            (Arithmetic::Add, a, b) => a.with(b),
            (Arithmetic::Subtract, a, b) => a.with(b.turned()),
            (Arithmetic::Multiply | Arithmetic::Divide, trend, Trend::Still) => {
                Some(by(trend, right))
            }
            (Arithmetic::Multiply, Trend::Still, trend) => Some(by(trend, left)),
            (Arithmetic::Divide, Trend::Still, trend) => {
                self.changes_sign(right);
                Some(by(trend.turned(), left))
            }
            (Arithmetic::Multiply | Arithmetic::Divide, ..) => None,
        }
    }

    fn scalar(&mut self, function: Scalar, arguments: &[Bound]) -> Option<Trend> {
        let trends: Option<Vec<Trend>> = arguments.iter().map(|part| self.of(part)).collect();
        match (function, &trends?[..]) {
            (Scalar::Years | Scalar::Months | Scalar::Days | Scalar::Hours, [from, to]) => {
                to.with(from.turned())
            }
            (Scalar::Abs, [trend]) => {
                if *trend == Trend::Still {
                    return Some(Trend::Still);
                }
                self.changes_sign(&arguments[0]);
                Some(Trend::Either)
            }
            (Scalar::Round, [trend, places @ ..]) => {
                let is_fixed = places.iter().all(|trend| *trend == Trend::Still);
                is_fixed.then_some(*trend)
            }
            (Scalar::Clamp | Scalar::Least | Scalar::Greatest, trends) => trends
                .iter()
                .try_fold(Trend::Still, |all, trend| all.with(*trend)),
            (Scalar::Coalesce, trends) => {
                for (argument, trend) in arguments.iter().zip(trends) {
                    if *trend != Trend::Still && argument.node != Node::Slot(self.leaf.slot) {
                        self.is_missing(argument);
                    }
                }
                let all = trends.iter().copied();
                Some(all.fold(Trend::Still, Trend::or))
            }
            (Scalar::Contains | Scalar::StartsWith | Scalar::Length, trends) => {
                let is_fixed = trends.iter().all(|trend| *trend == Trend::Still);
                is_fixed.then_some(Trend::Still)
            }
            _ => None,
        }
    }

    fn population(
        &mut self,
        function: PopulationFunction,
        spec: usize,
        argument: &Bound,
        within: Option<&Bound>,
    ) -> Option<Trend> {
        use PopulationFunction as F;
        if within.is_some_and(|within| self.leaf.moves_any(within)) {
            return None;
        }
        let trend = self.of(argument)?;
        match function {
            F::Quantile | F::Mean | F::Median | F::Percentile => Some(trend),
            F::Rank => Some(trend.turned()),
            // A share of a sum rises with what it is of where nothing of the sum is below zero.
            F::Share | F::ShareAbove => {
                let is_positive = self.world.among.population(spec).is_not_negative()
                    && shape(self.world.scheme, None, argument).not_negative();
                is_positive.then_some(match function {
                    F::Share => trend,
                    _ => trend.turned(),
                })
            }
        }
    }
}
