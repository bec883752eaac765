//! What values an expression can have at all: its bounds, its step, or the few values that there are.
//!
//! Always too wide rather than too narrow: an entry that no value of a shape reaches is never reached in truth.

use super::names::{of_field, of_slot};
use crate::expr::{Arithmetic, Base, Bound, Node, PopulationFunction, Scalar, SeriesFunction};
use crate::scheme::model::{Field, Scheme};
use crate::table::decimal::divide_half_away;
use crate::table::{Decimal, Value};

/// One, in millionths.
pub const ONE: i64 = 1_000_000;

/// The possible values of an expression. Numbers are in millionths, days and moments as columns hold them.
#[derive(Clone, Debug, PartialEq)]
pub struct Shape {
    /// The least value.
    pub least: Option<i64>,
    /// The greatest value.
    pub greatest: Option<i64>,
    /// Every value is a multiple of this.
    pub step: i64,
    /// All values, where they are few and known.
    pub closed: Option<Vec<Value>>,
}

impl Shape {
    /// Anything.
    pub const OPEN: Self = Self {
        least: None,
        greatest: None,
        step: 1,
        closed: None,
    };
    /// 0, 1, 2 and so on.
    pub const COUNT: Self = Self {
        least: Some(0),
        greatest: None,
        step: ONE,
        closed: None,
    };

    /// Multiples of `step` between two bounds.
    pub const fn within(least: Option<i64>, greatest: Option<i64>, step: i64) -> Self {
        Self {
            least,
            greatest,
            step,
            closed: None,
        }
    }

    /// One value and no other.
    pub fn of(value: &Value) -> Self {
        let closed = Some(vec![value.clone()]);
        match value {
            Value::Number(number) => {
                let at = Some(number.millionths());
                Self {
                    least: at,
                    greatest: at,
                    step: if number.is_whole() { ONE } else { 1 },
                    closed,
                }
            }
            Value::Missing => Self {
                closed: Some(vec![]),
                step: ONE,
                ..Self::OPEN
            },
            _ => Self {
                closed,
                ..Self::OPEN
            },
        }
    }

    /// What is one or the other.
    pub fn or(self, other: Self) -> Self {
        // No value at all, which is what a missing one is, widens nothing.
        if self.closed.as_ref().is_some_and(Vec::is_empty) {
            return other;
        }
        if other.closed.as_ref().is_some_and(Vec::is_empty) {
            return self;
        }
        let closed = self.closed.zip(other.closed).map(|(mut all, more)| {
            for value in more {
                if !all.contains(&value) {
                    all.push(value);
                }
            }
            all
        });
        Self {
            least: self.least.zip(other.least).map(|(a, b)| a.min(b)),
            greatest: self.greatest.zip(other.greatest).map(|(a, b)| a.max(b)),
            step: common_step(self.step, other.step),
            closed,
        }
    }

    /// The same shape without the list of values, for results of arithmetic.
    pub fn open(self) -> Self {
        Self {
            closed: None,
            ..self
        }
    }

    /// Whether no value is below 0.
    pub fn not_negative(&self) -> bool {
        self.least.is_some_and(|least| least >= 0)
    }
}

fn common_step(a: i64, b: i64) -> i64 {
    if b == 0 {
        a.max(1)
    } else {
        common_step(b, a % b)
    }
}

/// The shape of an expression over the names of the scheme; over the fields of an event sheet if `fields` are given.
pub fn shape(scheme: &Scheme, fields: Option<&[Field]>, bound: &Bound) -> Shape {
    let inner = |bound: &Bound| shape(scheme, fields, bound);
    match &bound.node {
        Node::Literal(value) => Shape::of(value),
        Node::Slot(slot) => match fields {
            Some(fields) => fields.get(slot.0 as usize).map_or(Shape::OPEN, of_field),
            None => of_slot(scheme, *slot),
        },
        Node::Negate(part) => {
            let part = inner(part);
            let negated = |end: Option<i64>| end.and_then(i64::checked_neg);
            Shape::within(negated(part.greatest), negated(part.least), part.step)
        }
        Node::Arithmetic(op, left, right) => arithmetic(*op, &inner(left), &inner(right)),
        Node::Rescale(part, factor) => {
            let part = inner(part);
            let times = |value: Option<i64>| value.and_then(|value| value.checked_mul(*factor));
            Shape::within(
                times(part.least),
                times(part.greatest),
                part.step.checked_mul(*factor).unwrap_or(1),
            )
        }
        Node::Case(arms, otherwise) => arms
            .iter()
            .map(|(_, result)| result)
            .chain(otherwise.as_deref())
            .map(inner)
            .reduce(Shape::or)
            .unwrap_or(Shape::OPEN),
        Node::Scalar(function, arguments) => of_function(
            *function,
            &arguments.iter().map(inner).collect::<Vec<_>>(),
            bound.ty.base,
        ),
        Node::Series {
            function, argument, ..
        } => match function {
            SeriesFunction::Streak
            | SeriesFunction::Longest
            | SeriesFunction::Rising
            | SeriesFunction::Falling => Shape::COUNT,
            // A period outside coverage may count as zero, so zero is always in.
            SeriesFunction::Latest | SeriesFunction::Previous => {
                inner(argument).or(Shape::of(&ZERO)).open()
            }
            SeriesFunction::Average | SeriesFunction::Total if inner(argument).not_negative() => {
                Shape::within(Some(0), None, 1)
            }
            _ => Shape::OPEN,
        },
        Node::Population {
            function,
            argument,
            parameter,
            ..
        } => {
            let argument = inner(argument);
            match function {
                PopulationFunction::Rank => Shape::within(Some(ONE), None, ONE),
                PopulationFunction::Quantile => {
                    Shape::within(Some(ONE), Some(parameter.millionths()), ONE)
                }
                PopulationFunction::Share | PopulationFunction::ShareAbove
                    if argument.not_negative() =>
                {
                    Shape::within(Some(0), Some(ONE), 1)
                }
                PopulationFunction::Mean
                | PopulationFunction::Median
                | PopulationFunction::Percentile => {
                    Shape::within(argument.least, argument.greatest, 1)
                }
                _ => Shape::OPEN,
            }
        }
        _ => Shape::OPEN,
    }
}

const ZERO: Value = Value::Number(Decimal::ZERO);

fn arithmetic(op: Arithmetic, left: &Shape, right: &Shape) -> Shape {
    let each = |f: fn(i64, i64) -> Option<i64>, a: Option<i64>, b: Option<i64>| {
        a.zip(b).and_then(|(a, b)| f(a, b))
    };
    // Only what a constant that is not negative does to bounds is followed through products and quotients.
    let factor = |shape: &Shape| {
        shape
            .least
            .filter(|least| Some(*least) == shape.greatest && *least >= 0)
    };
    match op {
        Arithmetic::Add => Shape::within(
            each(i64::checked_add, left.least, right.least),
            each(i64::checked_add, left.greatest, right.greatest),
            common_step(left.step, right.step),
        ),
        Arithmetic::Subtract => Shape::within(
            each(i64::checked_sub, left.least, right.greatest),
            each(i64::checked_sub, left.greatest, right.least),
            common_step(left.step, right.step),
        ),
        Arithmetic::Multiply => {
            let step = if left.step % ONE == 0 && right.step % ONE == 0 {
                ONE
            } else {
                1
            };
            let (factor, other) = match (factor(left), factor(right)) {
                (Some(factor), _) => (factor, right),
                (_, Some(factor)) => (factor, left),
                _ => {
                    let (least, greatest) = product(left, right);
                    return Shape::within(least, greatest, step);
                }
            };
            let times = |value: i64| {
                narrow(divide_half_away(
                    i128::from(value) * i128::from(factor),
                    i128::from(ONE),
                ))
            };
            Shape::within(
                other.least.and_then(times),
                other.greatest.and_then(times),
                step,
            )
        }
        Arithmetic::Divide => match factor(right) {
            Some(divisor) if divisor > 0 => {
                let over = |value: i64| {
                    narrow(divide_half_away(
                        i128::from(value) * i128::from(ONE),
                        i128::from(divisor),
                    ))
                };
                Shape::within(left.least.and_then(over), left.greatest.and_then(over), 1)
            }
            _ => Shape::within(
                (left.not_negative() && right.not_negative()).then_some(0),
                None,
                1,
            ),
        },
    }
}

/// The least and the greatest product of two values.
fn product(left: &Shape, right: &Shape) -> (Option<i64>, Option<i64>) {
    let ends = [(left.least, left.greatest), (right.least, right.greatest)];
    let [(Some(a), Some(b)), (Some(c), Some(d))] = ends else {
        let least = (left.not_negative() && right.not_negative()).then_some(0);
        return (least, None);
    };
    let of = |(x, y): (i64, i64)| divide_half_away(i128::from(x) * i128::from(y), i128::from(ONE));
    let all = [(a, c), (a, d), (b, c), (b, d)].map(of);
    let end = |end: Option<&i128>| end.copied().and_then(narrow);
    (end(all.iter().min()), end(all.iter().max()))
}

/// In 64 bits, if it fits.
pub fn narrow(wide: i128) -> Option<i64> {
    i64::try_from(wide).ok()
}

fn of_function(function: Scalar, arguments: &[Shape], base: Base) -> Shape {
    if base != Base::Number {
        // Of dates and texts only the list of possible values is known, where there is one.
        return match function {
            Scalar::Coalesce => arguments
                .iter()
                .cloned()
                .reduce(Shape::or)
                .unwrap_or(Shape::OPEN),
            _ => Shape::OPEN,
        };
    }
    match (function, arguments) {
        (Scalar::Years | Scalar::Months | Scalar::Days, _) => Shape::within(None, None, ONE),
        (Scalar::Length, _) => Shape::COUNT,
        (Scalar::Abs, [inner]) => {
            let greatest = inner
                .least
                .zip(inner.greatest)
                .and_then(|(a, b)| Some(a.checked_abs()?.max(b.checked_abs()?)));
            Shape::within(Some(0), greatest, inner.step)
        }
        (Scalar::Round, [inner, rest @ ..]) => {
            let places = rest.first().map_or(Some(0), |places| {
                places.least.filter(|_| places.least == places.greatest)
            });
            match places.map(|places| places / ONE) {
                Some(places @ 0..=6) => {
                    let places = places as u32;
                    let round = |value: i64| {
                        Decimal::from_millionths(value).map(|v| v.round(places).millionths())
                    };
                    let step = 10i64.pow(6 - places);
                    Shape::within(
                        inner.least.and_then(round),
                        inner.greatest.and_then(round),
                        step.max(1),
                    )
                }
                _ => Shape::OPEN,
            }
        }
        (Scalar::Coalesce, _) => arguments
            .iter()
            .cloned()
            .reduce(Shape::or)
            .unwrap_or(Shape::OPEN),
        (Scalar::Least | Scalar::Greatest, _) => {
            // Whichever it is, it is one of them.
            arguments
                .iter()
                .cloned()
                .reduce(Shape::or)
                .map_or(Shape::OPEN, Shape::open)
        }
        (Scalar::Clamp, [inner, low, high]) => {
            let step = common_step(inner.step, common_step(low.step, high.step));
            // Raised to the lower bound, then brought down to the upper one: that one counts where they are crossed.
            // No least value is below all others, so that raised it is the other one; likewise the greatest.
            let least = inner.least.max(low.least);
            let greatest = inner.greatest.zip(low.greatest).map(|(a, b)| a.max(b));
            Shape::within(
                least.zip(high.least).map(|(a, b)| a.min(b)),
                greatest.into_iter().chain(high.greatest).min(),
                step,
            )
        }
        _ => Shape::OPEN,
    }
}
