//! Where conditions on points and scores turn, when the points are worked out from a value and not those of bands: the
//! places of that value are looked for at which the score comes to what it is compared with, for everything that the
//! bands of the other dimensions add up to.

use super::linear::Linear;
use super::solve::{Closed, Found, Solver, zero};
use crate::expr::{Arithmetic, Base, Bound, Node, Scalar, Slot, Type};
use crate::scheme::lint::names::{of_slot, points_of_bands};
use crate::scheme::lint::shape::{ONE, shape};
use crate::scheme::model::{
    Dimension, DimensionRule, Expression, IndicatorRule, MissingRule, Scheme, SlotKind,
};
use crate::table::decimal::divide_half_away;
use crate::table::{Date, Decimal, Value};
use std::collections::BTreeSet;

/// More sums of points than these are not looked at one by one: each asks for a customer at every cut of a score, and a
/// grading waits for the lint.
const MOST_SUMS: usize = 700;
/// More ways through `case`, `least` and the like than these are not followed.
const MOST_PIECES: usize = 200;

/// Weighted points with the weights that they have together.
type Sum = (i128, i128);

/// An expression of points with its weight.
type Weighted<'p> = (i128, &'p Bound);

/// Points that go into a sum of points.
enum Points {
    /// These, and no others.
    Few(BTreeSet<i64>),
    /// Those that an expression gives.
    Of(Bound),
}

/// One part of a sum of points.
struct Part {
    weight: i128,
    points: Points,
    /// Whether the sum is without it where its points are missing.
    may_be_absent: bool,
}

/// All points that an expression gives, if they are few and known.
fn few(scheme: &Scheme, points: &Expression) -> Option<BTreeSet<i64>> {
    let closed = shape(scheme, None, &points.bound).closed?;
    let number = |value: &Value| match value {
        Value::Number(number) => Some(number.millionths()),
        _ => None,
    };
    Some(closed.iter().filter_map(number).collect())
}

/// Whether the points of a dimension are few and known: those of bands, or of an expression that picks among literals.
pub fn has_few_points(scheme: &Scheme, dimension: usize) -> bool {
    let is_few = |points: &Expression| few(scheme, points).is_some();
    match &scheme.dimensions[dimension].rule {
        DimensionRule::Bands(_) => true,
        DimensionRule::Points { points, .. } => is_few(points),
        DimensionRule::Indicators { indicators, .. } => {
            indicators.iter().all(|indicator| match &indicator.rule {
                IndicatorRule::Bands(_) => true,
                IndicatorRule::Points(points) => is_few(points),
            })
        }
    }
}

/// Whether a dimension counts on a day.
pub fn counts(dimension: &Dimension, as_of: Date) -> bool {
    let in_force = dimension.temporary.as_ref().is_none_or(|temporary| {
        temporary.approved_by.is_some()
            && temporary.from.is_none_or(|from| as_of >= from)
            && temporary.until.is_none_or(|until| as_of <= until)
    });
    dimension.weight.is_some() && in_force
}

impl Solver<'_> {
    /// The parts of a result that is a sum of points; `None` for other results.
    fn parts(&self, slot: Slot) -> Option<Vec<Part>> {
        let number = |slot: Slot| Bound {
            node: Node::Slot(slot),
            ty: Type::of(Base::Number),
            span: 0..0,
        };
        match self.scheme.slots.entries[slot.0 as usize].kind {
            SlotKind::Points(index) | SlotKind::OwnPoints(index) => {
                let alone = |points| Part {
                    weight: 1,
                    points,
                    may_be_absent: false,
                };
                match &self.scheme.dimensions[index].rule {
                    DimensionRule::Bands(bands) => {
                        Some(vec![alone(Points::Few(points_of_bands(bands)))])
                    }
                    DimensionRule::Points { points, .. } => {
                        let few = few(self.scheme, points).map(Points::Few);
                        Some(vec![alone(
                            few.unwrap_or_else(|| Points::Of(points.bound.clone())),
                        )])
                    }
                    DimensionRule::Indicators { indicators, .. } => {
                        let part = |indicator: &crate::scheme::model::Indicator| Part {
                            weight: i128::from(indicator.weight.millionths()),
                            points: match &indicator.rule {
                                IndicatorRule::Bands(bands) => Points::Few(points_of_bands(bands)),
                                IndicatorRule::Points(points) => few(self.scheme, points)
                                    .map_or_else(|| Points::Of(points.bound.clone()), Points::Few),
                            },
                            may_be_absent: false,
                        };
                        Some(indicators.iter().map(part).collect())
                    }
                }
            }
            SlotKind::Score => {
                let dimensions = self.scheme.dimensions.iter();
                let counting = dimensions.filter(|dimension| counts(dimension, self.as_of));
                let part = |dimension: &Dimension| {
                    let known = self.few_values(dimension.points_slot);
                    Some(Part {
                        weight: i128::from(dimension.weight?.millionths()),
                        points: known
                            .map_or_else(|| Points::Of(number(dimension.points_slot)), Points::Few),
                        may_be_absent: self.scheme.missing == MissingRule::Reweight,
                    })
                };
                Some(counting.filter_map(part).collect())
            }
            _ => None,
        }
    }

    /// All that a result can come to, if that is few.
    pub fn few_values(&self, slot: Slot) -> Option<BTreeSet<i64>> {
        let parts = self.parts(slot)?;
        let (sums, open) = sums(&parts)?;
        if !open.is_empty() {
            return None;
        }
        let value = |(sum, weights): &Sum| {
            let value = Decimal::from_wide(divide_half_away(*sum, *weights))?;
            Some(value.millionths())
        };
        let known = sums.iter().filter(|(_, weights)| *weights > 0);
        Some(known.filter_map(value).collect())
    }

    /// Where a result passes `at`.
    pub fn result_turns(&self, slot: Slot, at: i128, found: &mut Found) -> Result<(), Closed> {
        if self.few.contains(&slot) {
            return Ok(());
        }
        let parts = self.parts(slot).ok_or(Closed)?;
        let (sums, open) = sums(&parts).ok_or(Closed)?;
        let [(weight, of)] = open[..] else {
            let own = self.slot_pieces(slot, found)?;
            // Points are rounded by half a millionth at most where they are sums, and so is the score that they give:
            // it is `at` around that place, whichever way they were rounded.
            let own = own.into_iter().map(|piece| Linear {
                exact: true,
                ..piece
            });
            return pass(&own.collect(), at, found);
        };
        // Alone it is what they are.
        if parts.len() == 1 {
            return self.turns(of, at, found);
        }
        for (sum, weights) in &sums {
            let weights = weights + weight;
            // From half below on it is rounded to `at`, from half above on to what follows.
            for edge in [2 * at - 1, 2 * at + 1] {
                let edge = edge.checked_mul(weights).ok_or(Closed)?;
                let rest = edge.checked_sub(2 * sum).ok_or(Closed)?;
                let first = -((-rest).div_euclid(2 * weight));
                self.turns(of, first, found)?;
            }
        }
        Ok(())
    }

    /// Whether a result is made of sums of several values that are rounded before they are added up (`p / 3 * 100`), and
    /// one of them goes in steps, as counts do. Where such a sum comes exactly to what it is compared with, some customers
    /// are a little below, others are not.
    pub fn leaps(&self, slot: Slot) -> bool {
        let sums = self.weighted_sums(slot, &mut Found::default());
        sums.is_ok_and(|sums| {
            let mut sums = sums.iter();
            sums.any(|(sum, _)| !sum.exact && self.goes_in_steps(sum))
        })
    }

    fn goes_in_steps(&self, sum: &Linear) -> bool {
        let goes_in_steps = |slot: Slot| {
            let is_number = self.scheme.slots.entries[slot.0 as usize].ty.base == Base::Number;
            !is_number || of_slot(self.scheme, slot).step > 1
        };
        sum.terms.len() > 1 && sum.terms.iter().any(|(slot, _)| goes_in_steps(*slot))
    }

    /// The sums of values from outside that an ordered expression may be; where it goes over from one to another is
    /// found. What is rounded to large steps is no sum.
    pub fn pieces(&self, bound: &Bound, found: &mut Found) -> Result<BTreeSet<Linear>, Closed> {
        if let Some(linear) = self.linear(bound) {
            return Ok(BTreeSet::from([linear]));
        }
        let each = |items: &[Bound], found: &mut Found| -> Result<Vec<BTreeSet<Linear>>, Closed> {
            items.iter().map(|item| self.pieces(item, found)).collect()
        };
        let pieces: BTreeSet<Linear> = match &bound.node {
            Node::Literal(Value::Missing) => BTreeSet::new(),
            Node::Slot(slot) => match self.values.get(slot) {
                Some(value) => self.pieces(value, found)?,
                None => self.slot_pieces(*slot, found)?,
            },
            Node::Negate(inner) => {
                let inner = self.pieces(inner, found)?;
                mapped(&inner, |piece| piece.times(-1, 1))?
            }
            Node::Rescale(inner, factor) => {
                let inner = self.pieces(inner, found)?;
                mapped(&inner, |piece| piece.times(i128::from(*factor), 1))?
            }
            Node::Case(arms, otherwise) => {
                let results = arms.iter().map(|(_, result)| result);
                let mut all = BTreeSet::new();
                for result in results.chain(otherwise.as_deref()) {
                    all.extend(self.pieces(result, found)?);
                }
                all
            }
            Node::Scalar(Scalar::Coalesce, items) => {
                each(items, found)?.into_iter().flatten().collect()
            }
            Node::Scalar(Scalar::Least | Scalar::Greatest | Scalar::Clamp, items) => {
                let items = each(items, found)?;
                for (place, one) in items.iter().enumerate() {
                    for other in &items[..place] {
                        for (one, other) in pairs(one, other)? {
                            zero(&one.plus(other, -1).ok_or(Closed)?, found)?;
                        }
                    }
                }
                items.into_iter().flatten().collect()
            }
            Node::Scalar(Scalar::Abs, items) => {
                let inner = self.pieces(&items[0], found)?;
                inner.iter().try_for_each(|piece| zero(piece, found))?;
                let turned = mapped(&inner, |piece| piece.times(-1, 1))?;
                inner.into_iter().chain(turned).collect()
            }
            Node::Arithmetic(op, left, right) => {
                let (left, right) = (self.pieces(left, found)?, self.pieces(right, found)?);
                let mut all = BTreeSet::new();
                for (left, right) in pairs(&left, &right)? {
                    all.insert(combined(*op, left, right).ok_or(Closed)?);
                }
                all
            }
            _ => return Err(Closed),
        };
        if pieces.len() > MOST_PIECES {
            return Err(Closed);
        }
        Ok(pieces)
    }

    /// The same of a result.
    fn slot_pieces(&self, slot: Slot, found: &mut Found) -> Result<BTreeSet<Linear>, Closed> {
        let sums = self.weighted_sums(slot, found)?;
        let known = sums.iter().filter(|(_, weights)| *weights > 0);
        let piece = |(sum, weights): &(Linear, i128)| {
            let is_whole = *weights == 1;
            Some(sum.times(1, *weights)?.rounded(is_whole))
        };
        known.map(|known| piece(known).ok_or(Closed)).collect()
    }

    /// The same with the weights by which it is still to be divided.
    fn weighted_sums(
        &self,
        slot: Slot,
        found: &mut Found,
    ) -> Result<BTreeSet<(Linear, i128)>, Closed> {
        let parts = self.parts(slot).ok_or(Closed)?;
        let (sums, open) = sums(&parts).ok_or(Closed)?;
        let start = |(sum, weights): &Sum| (Linear::constant(*sum), *weights);
        let mut all: BTreeSet<(Linear, i128)> = sums.iter().map(start).collect();
        let may_be_absent = parts.iter().any(|part| part.may_be_absent);
        for (weight, of) in open {
            let own = self.pieces(of, found)?;
            let mut longer = if may_be_absent {
                all.clone()
            } else {
                BTreeSet::new()
            };
            for (sum, weights) in &all {
                for piece in &own {
                    let sum = sum.plus(piece, weight).ok_or(Closed)?;
                    longer.insert((sum, weights + weight));
                }
            }
            if longer.len() > MOST_SUMS {
                return Err(Closed);
            }
            all = longer;
        }
        Ok(all)
    }

    /// Where an expression may begin to fall or to rise: between these places it does one of the two, as each of the
    /// values that it reads rises. Not for what is rounded and then added up.
    pub fn bends(&self, bound: &Bound, found: &mut Found) -> Result<(), Closed> {
        if self.pieces(bound, found).is_ok() {
            return Ok(());
        }
        match &bound.node {
            Node::Slot(slot) => {
                if let Some(value) = self.values.get(slot) {
                    return self.bends(value, found);
                }
                let parts = self.parts(*slot).ok_or(Closed)?;
                let mut open = parts.iter().filter_map(|part| match &part.points {
                    Points::Of(bound) => Some(bound),
                    Points::Few(_) => None,
                });
                match (open.next(), open.next()) {
                    (Some(only), None) => self.bends(only, found),
                    (None, _) => Ok(()),
                    _ => Err(Closed),
                }
            }
            Node::Negate(inner) | Node::Rescale(inner, _) => self.bends(inner, found),
            Node::Scalar(Scalar::Round, items) if items[1..].iter().all(Bound::is_constant) => {
                self.bends(&items[0], found)
            }
            // They fall with the day that they count from.
            Node::Scalar(Scalar::Years | Scalar::Months | Scalar::Days, items) => {
                let fixed = items[1..].iter().all(|item| item.slots().is_empty());
                let from = items.first().filter(|_| fixed).ok_or(Closed)?;
                self.bends(from, found)
            }
            Node::Case(arms, otherwise) => {
                let results = arms.iter().map(|(_, result)| result);
                let mut results = results.chain(otherwise.as_deref());
                results.try_for_each(|result| self.bends(result, found))
            }
            Node::Scalar(
                Scalar::Coalesce | Scalar::Least | Scalar::Greatest | Scalar::Clamp,
                items,
            ) => {
                // Beside a number it bends where it passes that.
                let is_fixed = |item: &&Bound| item.is_constant();
                let (fixed, open): (Vec<&Bound>, Vec<&Bound>) = items.iter().partition(is_fixed);
                let [open] = open[..] else {
                    return Err(Closed);
                };
                for literal in fixed {
                    let Some(Value::Number(at)) = literal.literal() else {
                        continue;
                    };
                    self.turns(open, i128::from(at.millionths()), found)?;
                }
                self.bends(open, found)
            }
            Node::Scalar(Scalar::Abs, items) => {
                self.turns(&items[0], 0, found)?;
                self.bends(&items[0], found)
            }
            Node::Arithmetic(op, left, right) => match (left.is_constant(), right.is_constant()) {
                (true, true) => Ok(()),
                (false, true) => self.bends(left, found),
                (true, false) if *op != Arithmetic::Divide => self.bends(right, found),
                _ => Err(Closed),
            },
            _ => Err(Closed),
        }
    }
}

/// Where one of some sums passes `at`.
pub fn pass(pieces: &BTreeSet<Linear>, at: i128, found: &mut Found) -> Result<(), Closed> {
    pieces.iter().try_for_each(|piece| {
        let moved = piece.plus(&Linear::constant(at), -1).ok_or(Closed)?;
        zero(&moved, found)
    })
}

/// Where some sums pass others.
pub fn meet(
    left: &BTreeSet<Linear>,
    right: &BTreeSet<Linear>,
    found: &mut Found,
) -> Result<(), Closed> {
    pairs(left, right)?.try_for_each(|(left, right)| {
        let moved = left.plus(right, -1).ok_or(Closed)?;
        zero(&moved, found)
    })
}

/// What the parts with few points add up to, in every way, and the other parts; `None` where that is too much.
fn sums(parts: &[Part]) -> Option<(BTreeSet<Sum>, Vec<Weighted<'_>>)> {
    let mut sums: BTreeSet<Sum> = BTreeSet::from([(0, 0)]);
    let mut open = vec![];
    for part in parts {
        let points = match &part.points {
            // What weighs nothing is nothing but there.
            _ if part.weight == 0 => continue,
            Points::Of(bound) => {
                open.push((part.weight, bound));
                continue;
            }
            Points::Few(points) => points,
        };
        let mut longer: BTreeSet<Sum> = BTreeSet::new();
        for (sum, weights) in &sums {
            for own in points {
                let own = part.weight.checked_mul(i128::from(*own))?;
                longer.insert((sum.checked_add(own)?, weights + part.weight));
            }
        }
        if part.may_be_absent || points.is_empty() {
            longer.extend(&sums);
        }
        if longer.len() > MOST_SUMS {
            return None;
        }
        sums = longer;
    }
    Some((sums, open))
}

fn pairs<'a>(
    left: &'a BTreeSet<Linear>,
    right: &'a BTreeSet<Linear>,
) -> Result<impl Iterator<Item = (&'a Linear, &'a Linear)> + 'a, Closed> {
    if left.len().saturating_mul(right.len()) > MOST_SUMS {
        return Err(Closed);
    }
    let all = left.iter();
    Ok(all.flat_map(move |left| right.iter().map(move |right| (left, right))))
}

fn mapped(
    pieces: &BTreeSet<Linear>,
    of: impl Fn(&Linear) -> Option<Linear>,
) -> Result<BTreeSet<Linear>, Closed> {
    pieces.iter().map(|piece| of(piece).ok_or(Closed)).collect()
}

/// Two sums joined by a sign; `None` where that is no sum.
pub fn combined(op: Arithmetic, left: &Linear, right: &Linear) -> Option<Linear> {
    let one = i128::from(ONE);
    // A quotient of numbers is rounded before it is used.
    let fixed = |linear: &Linear| {
        let is_number = linear.terms.is_empty();
        is_number.then(|| divide_half_away(linear.constant, linear.over))
    };
    match op {
        Arithmetic::Add => left.plus(right, 1),
        Arithmetic::Subtract => left.plus(right, -1),
        Arithmetic::Multiply => {
            let (factor, sum) = match (fixed(left), fixed(right)) {
                (_, Some(factor)) => (factor, left),
                (Some(factor), _) => (factor, right),
                _ => return None,
            };
            Some(sum.times(factor, one)?.rounded(factor % one == 0))
        }
        Arithmetic::Divide => {
            let divisor = fixed(right).filter(|divisor| *divisor != 0)?;
            Some(left.times(one, divisor)?.rounded(false))
        }
    }
}
