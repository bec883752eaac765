//! Where conditions turn: for each value that comes from outside the thresholds at which some comparison changes, and
//! the comparisons of sums of several of them. Seen through values that are worked out, so that `合作年限 >= 1` gives a day.

use super::linear::Linear;
use super::results::{combined, meet, pass};
use crate::expr::{Arithmetic, Base, Bound, FieldFrame, Node, Scalar, SeriesFunction, Slot};
use crate::scheme::lint::shape::ONE;
use crate::scheme::lint::values::key;
use crate::scheme::model::Scheme;
use crate::table::{Column, Date, Decimal, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What conditions ask of the values that come from outside.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// What ordered values are compared with.
    pub thresholds: BTreeMap<Slot, BTreeSet<i64>>,
    /// What texts are compared with.
    pub literals: BTreeMap<Slot, Vec<Value>>,
    /// Of which it is told that they are missing.
    pub nullable: BTreeSet<Slot>,
    /// Sums of several that are compared with 0.
    pub relations: BTreeSet<Linear>,
    /// Of which both ends of what lies between two places are looked at: points that are worked out rise there, or fall.
    pub ends: BTreeSet<Slot>,
    /// What is read by comparisons that are not seen through, where customers are tried.
    pub closed: BTreeSet<Slot>,
    /// Functions over periods with the figures that they are compared with.
    pub periods: Vec<(Bound, BTreeSet<i64>)>,
}

/// A comparison that is not seen through.
#[derive(Debug)]
pub struct Closed;

/// Looks for the places at which conditions turn.
pub struct Solver<'a> {
    /// The scheme as far as it is opened.
    pub scheme: &'a Scheme,
    /// What the values are, by slot; slots that are in none of these two come from outside.
    pub values: &'a BTreeMap<Slot, Bound>,
    /// The results of grading.
    pub results: &'a BTreeSet<Slot>,
    /// Those among them that come to few things, all of which are tried.
    pub few: &'a BTreeSet<Slot>,
    /// The as-of date.
    pub as_of: Date,
}

impl Solver<'_> {
    /// The turning points of a condition, or of any expression as far as conditions are in it.
    pub fn condition(&self, bound: &Bound, found: &mut Found) -> Result<(), Closed> {
        match &bound.node {
            Node::Compare(_, left, right) => self.comparison(left, right, found),
            Node::In(operand, list) => list
                .iter()
                .try_for_each(|item| self.comparison(operand, item, found)),
            Node::Slot(slot) => match self.values.get(slot) {
                Some(value) => self.condition(value, found),
                None => Ok(()),
            },
            Node::IsNull(inner) | Node::IsTruth(inner, _) => {
                self.nullable(inner, found);
                self.condition(inner, found)
            }
            Node::Scalar(Scalar::Coalesce, items) => items.iter().try_for_each(|item| {
                self.nullable(item, found);
                self.condition(item, found)
            }),
            // What a period is asked for is looked at with the periods.
            Node::Series { .. } => {
                note_periods(bound, None, found);
                Ok(())
            }
            _ => bound
                .children()
                .into_iter()
                .try_for_each(|child| self.condition(child, found)),
        }
    }

    fn nullable(&self, bound: &Bound, found: &mut Found) {
        for slot in bound.slots() {
            match self.values.get(&slot) {
                Some(value) => self.nullable(value, found),
                None => _ = found.nullable.insert(slot),
            }
        }
    }

    fn comparison(&self, left: &Bound, right: &Bound, found: &mut Found) -> Result<(), Closed> {
        self.condition(left, found)?;
        self.condition(right, found)?;
        match (left.ty.base, right.literal(), left.literal()) {
            (Base::Bool | Base::Null | Base::List, ..)
            | (_, Some(Value::Missing), _)
            | (_, _, Some(Value::Missing)) => Ok(()),
            (Base::Text, Some(literal), _) => self.texts(left, literal, found),
            (Base::Text, None, Some(literal)) => self.texts(right, literal, found),
            (Base::Text, ..) => Err(Closed),
            (_, Some(literal), _) => {
                self.turns(left, i128::from(key(literal).ok_or(Closed)?), found)
            }
            (_, _, Some(literal)) => {
                self.turns(right, i128::from(key(literal).ok_or(Closed)?), found)
            }
            _ => {
                self.overflows(left, found)?;
                self.overflows(right, found)?;
                if let Some((left, right)) = self.linear(left).zip(self.linear(right)) {
                    return zero(&left.plus(&right, -1).ok_or(Closed)?, found);
                }
                let (left, right) = (self.pieces(left, found)?, self.pieces(right, found)?);
                meet(&left, &right, found)
            }
        }
    }

    fn texts(&self, bound: &Bound, literal: &Value, found: &mut Found) -> Result<(), Closed> {
        match &bound.node {
            Node::Slot(slot) => {
                if let Some(value) = self.values.get(slot) {
                    return self.texts(value, literal, found);
                }
                let known = found.literals.entry(*slot).or_default();
                if !known.contains(literal) {
                    known.push(literal.clone());
                }
                Ok(())
            }
            Node::Literal(_) => Ok(()),
            Node::Case(arms, otherwise) => arms
                .iter()
                .map(|(_, result)| result)
                .chain(otherwise.as_deref())
                .try_for_each(|result| self.texts(result, literal, found)),
            Node::Scalar(Scalar::Coalesce, items) => items
                .iter()
                .try_for_each(|item| self.texts(item, literal, found)),
            _ => Err(Closed),
        }
    }

    /// Where an ordered expression passes `at`, in the unit of its column.
    pub fn turns(&self, bound: &Bound, at: i128, found: &mut Found) -> Result<(), Closed> {
        self.inside(bound, at, found).or_else(|Closed| {
            let pieces = self.pieces(bound, found)?;
            pass(&pieces, at, found)
        })
    }

    /// The same by what the expression is made of.
    fn inside(&self, bound: &Bound, at: i128, found: &mut Found) -> Result<(), Closed> {
        // A number beyond the limit is missing, so nothing passes it. What follows stays far within 128 bits: the largest
        // number times the largest number is below 10^38 millionths of millionths.
        if bound.is_constant() || Decimal::from_wide(at).is_none() {
            return Ok(());
        }
        let slots = bound.slots();
        let few = slots.iter().filter(|slot| self.few.contains(slot));
        if !slots.is_empty() && few.count() == slots.len() && !has_periods(bound) {
            return Ok(());
        }
        self.overflows(bound, found)?;
        if let Some(linear) = self.linear(bound) {
            let moved = linear.plus(&Linear::constant(at), -1).ok_or(Closed)?;
            return zero(&moved, found);
        }
        let one = i128::from(ONE);
        // The keys at and beside the place that a rounded product or quotient stands for.
        let near = |numerator: i128, divisor: i128| {
            let floor = numerator.div_euclid(divisor);
            floor - 1..=floor + 2
        };
        match &bound.node {
            Node::Slot(slot) if self.results.contains(slot) => self.result_turns(*slot, at, found),
            Node::Slot(slot) => {
                let value = self.values.get(slot).ok_or(Closed)?;
                self.turns(value, at, found)
            }
            Node::Negate(inner) => self.turns(inner, -at, found),
            Node::Rescale(inner, factor) if *factor > 0 => {
                let floor = at.div_euclid(i128::from(*factor));
                (floor..=floor + 1).try_for_each(|at| self.turns(inner, at, found))
            }
            Node::Case(arms, otherwise) => arms
                .iter()
                .map(|(_, result)| result)
                .chain(otherwise.as_deref())
                .try_for_each(|result| self.turns(result, at, found)),
            Node::Scalar(Scalar::Abs, items) => {
                self.turns(&items[0], at, found)?;
                self.turns(&items[0], -at, found)
            }
            Node::Scalar(
                Scalar::Coalesce | Scalar::Least | Scalar::Greatest | Scalar::Clamp,
                items,
            ) => items
                .iter()
                .try_for_each(|item| self.turns(item, at, found)),
            Node::Scalar(Scalar::Round, items) => {
                let places = match items.get(1).map(|places| places.literal()) {
                    None => 0,
                    Some(Some(Value::Number(places))) => (places.millionths() / ONE).clamp(0, 6),
                    Some(_) => return Err(Closed),
                };
                let unit = 10i128.pow(6 - places as u32);
                let whole = at.div_euclid(unit) * unit;
                [-unit, 0, unit, 2 * unit]
                    .into_iter()
                    .flat_map(|step| [whole + step - unit / 2, whole + step - unit / 2 - 1])
                    .try_for_each(|at| self.turns(&items[0], at, found))
            }
            Node::Scalar(Scalar::Years | Scalar::Months | Scalar::Days, items) => {
                self.day(bound, items, at, found)
            }
            Node::Arithmetic(op, left, right) => {
                let number = |bound: &Bound| match bound.literal() {
                    Some(Value::Number(number)) => Some(i128::from(number.millionths())),
                    _ => None,
                };
                match (op, number(left), number(right)) {
                    (Arithmetic::Add, _, Some(k)) => self.turns(left, at - k, found),
                    (Arithmetic::Add, Some(k), _) => self.turns(right, at - k, found),
                    (Arithmetic::Subtract, _, Some(k)) => self.turns(left, at + k, found),
                    (Arithmetic::Subtract, Some(k), _) => self.turns(right, k - at, found),
                    (Arithmetic::Multiply, _, Some(k)) if k != 0 => {
                        near(at * one * k.signum(), k.abs())
                            .try_for_each(|at| self.turns(left, at, found))
                    }
                    (Arithmetic::Multiply, Some(k), _) if k != 0 => {
                        near(at * one * k.signum(), k.abs())
                            .try_for_each(|at| self.turns(right, at, found))
                    }
                    (Arithmetic::Divide, _, Some(k)) if k != 0 => {
                        near(at * k, one).try_for_each(|at| self.turns(left, at, found))
                    }
                    (Arithmetic::Divide, ..) => {
                        // `a / b` passes `at` where `a` passes `at × b`, and jumps where `b` is 0.
                        let over = self.linear(right).ok_or(Closed)?;
                        let of = self.linear(left).ok_or(Closed)?;
                        let product = over.times(at, one).ok_or(Closed)?;
                        let met = of.plus(&product, -1).ok_or(Closed)?.rounded(false);
                        zero(&over, found)?;
                        zero(&met, found)
                    }
                    _ => Err(Closed),
                }
            }
            Node::Series { .. } => {
                let at = i64::try_from(at).map_err(|_| Closed)?;
                note_periods(bound, Some(at), found);
                Ok(())
            }
            _ => Err(Closed),
        }
    }

    /// Where parts of a sum become too large to be numbers, so that the whole is missing. That is near only where large
    /// numbers are written; else it is beyond all that is told apart.
    fn overflows(&self, bound: &Bound, found: &mut Found) -> Result<(), Closed> {
        let limit = 9_000_000_000_000 * i128::from(ONE);
        if let Node::Arithmetic(..) = &bound.node
            && let Some(linear) = self.linear(bound)
            && linear.constant.abs() / linear.over >= limit / 10
        {
            for end in [limit - 1, limit, 1 - limit, -limit] {
                let beyond = linear.plus(&Linear::constant(end), -1).ok_or(Closed)?;
                zero(&beyond, found)?;
            }
        }
        match &bound.node {
            Node::Arithmetic(..) | Node::Negate(_) => bound
                .children()
                .into_iter()
                .try_for_each(|child| self.overflows(child, found)),
            Node::Slot(slot) => match self.values.get(slot) {
                Some(value) => self.overflows(value, found),
                None => Ok(()),
            },
            _ => Ok(()),
        }
    }

    /// An expression as a sum, if it is one.
    pub fn linear(&self, bound: &Bound) -> Option<Linear> {
        let one = i128::from(ONE);
        match &bound.node {
            Node::Literal(value) => Some(Linear::constant(i128::from(key(value)?))),
            Node::AsOf => Some(Linear::constant(i128::from(self.as_of.days()))),
            Node::Slot(slot) if bound.ty.series => Some(Linear::slot(*slot)),
            Node::Slot(slot) => match self.values.get(slot) {
                Some(value) => self.linear(value),
                None if self.results.contains(slot) => None,
                None => Some(Linear::slot(*slot)),
            },
            Node::Negate(inner) => self.linear(inner)?.times(-1, 1),
            Node::Rescale(inner, factor) => self.linear(inner)?.times(i128::from(*factor), 1),
            Node::Arithmetic(op, left, right) => {
                combined(*op, &self.linear(left)?, &self.linear(right)?)
            }
            Node::Scalar(Scalar::Days, items) if items.len() == 2 => {
                if items.iter().any(|item| item.ty.base != Base::Date) {
                    return None;
                }
                let days = self.linear(&items[1])?.plus(&self.linear(&items[0])?, -1)?;
                days.times(one, 1)
            }
            _ => None,
        }
    }

    /// `years(date)`, `months(date)`: at which day they pass `at`. They never rise with the day that they count from.
    fn day(
        &self,
        bound: &Bound,
        items: &[Bound],
        at: i128,
        found: &mut Found,
    ) -> Result<(), Closed> {
        let from = items.first().ok_or(Closed)?;
        let is_as_of = |item: &Bound| matches!(item.node, Node::AsOf | Node::Literal(_));
        if from.ty.base != Base::Date || !items[1..].iter().all(is_as_of) {
            return Err(Closed);
        }
        let linear = self.linear(from).ok_or(Closed)?;
        let mut alone = bound.clone();
        if let Node::Scalar(_, items) = &mut alone.node {
            items[0].node = Node::Slot(Slot(0));
        }
        let of = |day: i32| {
            let columns = [Column::Date(vec![day])];
            let frame = FieldFrame::new(&columns, 1, self.as_of);
            match alone.eval(&frame).column.value(0) {
                Value::Number(number) => i128::from(number.millionths()),
                _ => i128::MIN,
            }
        };
        for at in [at, at - 1] {
            // The first day from which it is at most `at`.
            let (mut low, mut high) = (-719_162, 2_932_896);
            while low < high {
                let middle = low + (high - low) / 2;
                if of(middle) <= at {
                    high = middle;
                } else {
                    low = middle + 1;
                }
            }
            let first = Linear::constant(i128::from(low));
            zero(&linear.plus(&first, -1).ok_or(Closed)?, found)?;
        }
        Ok(())
    }
}

/// A sum passes 0: a threshold of one value, or a relation of several.
pub fn zero(linear: &Linear, found: &mut Found) -> Result<(), Closed> {
    match linear.terms.len() {
        0 => Ok(()),
        1 => {
            let (slot, keys) = linear.root().ok_or(Closed)?;
            // No value lies beyond the limit of numbers.
            let keys = keys
                .into_iter()
                .filter(|key| Decimal::from_millionths(*key).is_some());
            found.thresholds.entry(slot).or_default().extend(keys);
            Ok(())
        }
        _ => {
            found.relations.insert(linear.clone());
            Ok(())
        }
    }
}

/// Whether a function over periods is in it.
fn has_periods(bound: &Bound) -> bool {
    let mut found = false;
    bound.walk(&mut |part| found |= matches!(part.node, Node::Series { .. }));
    found
}

fn note_periods(bound: &Bound, at: Option<i64>, found: &mut Found) {
    let place = found.periods.iter().position(|(known, _)| known == bound);
    let place = place.unwrap_or_else(|| {
        found.periods.push((bound.clone(), BTreeSet::new()));
        found.periods.len() - 1
    });
    found.periods[place].1.extend(at);
}

/// Whether a function over periods is one of those that can be gone through period by period.
pub fn goes_by_periods(function: SeriesFunction) -> bool {
    use SeriesFunction as F;
    matches!(
        function,
        F::Streak | F::Latest | F::Previous | F::Rising | F::Falling
    )
}

/// The literals of a text as texts.
pub fn texts(values: &[Value]) -> impl Iterator<Item = Arc<str>> + '_ {
    values.iter().filter_map(|value| match value {
        Value::Text(text) => Some(text.clone()),
        _ => None,
    })
}
