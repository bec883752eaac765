//! What an expression can give while one value lies anywhere between two bounds: too much rather than too little.
//!
//! This only rules out where there is nothing to look for; what a value gives is for the evaluator that graded to say.
//! Every operation of the language is monotone in each of its parts, rounding included, so that the ends of a span of
//! values give the ends of the span of results.

use crate::expr::{Arithmetic, Comparison, Scalar};
use crate::table::decimal::divide_half_away;
use crate::table::{Date, Decimal, Truth, Value};
use std::sync::Arc;

/// More texts than this are not told apart.
const MOST_TEXTS: usize = 24;

/// What there may be of a number, a day or a moment, as columns hold them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    /// The least and the greatest; `None` if there is none but a missing one.
    pub ends: Option<(i128, i128)>,
    /// Whether it may be missing.
    pub missing: bool,
}

/// What an expression can give.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Possible {
    /// Numbers, days or moments.
    Span(Span),
    /// Truth values.
    Truths(Truths),
    /// Texts; `None` is a missing one.
    Texts(Vec<Option<Arc<str>>>),
    /// Anything.
    Anything,
}

/// A set of truth values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Truths(u8);

const ALL: [Truth; 3] = [Truth::False, Truth::Unknown, Truth::True];

impl Truths {
    pub const NONE: Self = Self(0);
    pub const ANY: Self = Self(0b111);

    pub const fn one(truth: Truth) -> Self {
        Self(1 << truth as u8)
    }

    pub const fn has(self, truth: Truth) -> bool {
        self.0 & 1 << truth as u8 != 0
    }

    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What `join` makes of any of these with any of those.
    pub fn joined(self, other: Self, join: impl Fn(Truth, Truth) -> Truth) -> Self {
        let mut joined = Self::NONE;
        for left in ALL.into_iter().filter(|truth| self.has(*truth)) {
            for right in ALL.into_iter().filter(|truth| other.has(*truth)) {
                joined = joined.or(Self::one(join(left, right)));
            }
        }
        joined
    }

    pub fn map(self, f: impl Fn(Truth) -> Truth) -> Self {
        let mapped = ALL.into_iter().filter(|truth| self.has(*truth)).map(f);
        mapped.fold(Self::NONE, |all, truth| all.or(Self::one(truth)))
    }
}

/// The largest magnitude of a number, in millionths.
const LIMIT: i128 = 9_000_000_000_000 * 1_000_000;

impl Span {
    /// Any number.
    pub const ANY: Self = Self {
        ends: Some((-LIMIT, LIMIT)),
        missing: true,
    };
    /// Only a missing one.
    pub const MISSING: Self = Self {
        ends: None,
        missing: true,
    };

    pub const fn one(key: i128) -> Self {
        Self::between(key, key)
    }

    pub const fn between(least: i128, greatest: i128) -> Self {
        Self {
            ends: Some((least, greatest)),
            missing: false,
        }
    }

    /// The same if it may be missing too.
    #[must_use]
    pub const fn or_missing(self, missing: bool) -> Self {
        Self {
            missing: self.missing || missing,
            ..self
        }
    }

    /// One of the two.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            ends: match (self.ends, other.ends) {
                (Some((a, b)), Some((c, d))) => Some((a.min(c), b.max(d))),
                (some, None) | (None, some) => some,
            },
            missing: self.missing || other.missing,
        }
    }

    /// Numbers; beyond the limit they are missing.
    pub fn numbers(least: i128, greatest: i128) -> Self {
        let within = |end: i128| end > -LIMIT && end < LIMIT;
        let missing = !within(least) || !within(greatest);
        let ends = (least.max(1 - LIMIT), greatest.min(LIMIT - 1));
        Self {
            ends: (ends.0 <= ends.1).then_some(ends),
            missing,
        }
    }

    /// What `f` makes of it, which is monotone, rising or falling.
    pub fn map(self, f: impl Fn(i128) -> i128) -> Self {
        let Some((least, greatest)) = self.ends else {
            return self;
        };
        let (a, b) = (f(least), f(greatest));
        Self::numbers(a.min(b), a.max(b)).or_missing(self.missing)
    }

    /// What `f` makes of the two, which is monotone in each of them.
    pub fn zip(self, other: Self, f: impl Fn(i128, i128) -> i128) -> Self {
        let missing = self.missing || other.missing;
        let (Some(left), Some(right)) = (self.ends, other.ends) else {
            return Self::MISSING;
        };
        let ends = [
            f(left.0, right.0),
            f(left.0, right.1),
            f(left.1, right.0),
            f(left.1, right.1),
        ];
        let least = ends.into_iter().fold(ends[0], i128::min);
        let greatest = ends.into_iter().fold(ends[0], i128::max);
        Self::numbers(least, greatest).or_missing(missing)
    }

    pub fn arithmetic(self, op: Arithmetic, other: Self) -> Self {
        match op {
            Arithmetic::Add => self.zip(other, |l, r| l + r),
            Arithmetic::Subtract => self.zip(other, |l, r| l - r),
            Arithmetic::Multiply => self.zip(other, |l, r| divide_half_away(l * r, 1_000_000)),
            Arithmetic::Divide => match other.ends {
                Some((least, greatest)) if least > 0 || greatest < 0 => {
                    self.zip(other, |l, r| divide_half_away(l * 1_000_000, r))
                }
                Some((0, 0)) => Self::MISSING,
                _ => Self::ANY,
            },
        }
    }

    /// Whole units from one day or moment to another.
    pub fn between_dates(self, function: Scalar, to: Self) -> Self {
        let day = |key: i128| i32::try_from(key).ok().and_then(Date::from_days);
        self.zip(to, |from, to| match function {
            Scalar::Hours => divide_half_away((to - from) * 1_000_000, 3600),
            Scalar::Days => (to - from) * 1_000_000,
            _ => match (day(from), day(to)) {
                (Some(from), Some(to)) if function == Scalar::Years => {
                    i128::from(from.years_to(to)) * 1_000_000
                }
                (Some(from), Some(to)) => i128::from(from.months_to(to)) * 1_000_000,
                // No day is so far; every one between gives less.
                _ => (to - from) * 1_000_000,
            },
        })
    }

    /// How it may compare.
    pub fn compared(self, op: Comparison, other: Self) -> Truths {
        let unknown = if self.missing || other.missing {
            Truths::one(Truth::Unknown)
        } else {
            Truths::NONE
        };
        let (Some((a, b)), Some((c, d))) = (self.ends, other.ends) else {
            return Truths::one(Truth::Unknown);
        };
        let may = |holds: bool, fails: bool| {
            let truth = |may: bool, truth| {
                if may {
                    Truths::one(truth)
                } else {
                    Truths::NONE
                }
            };
            truth(holds, Truth::True).or(truth(fails, Truth::False))
        };
        let (meet, same) = (a <= d && c <= b, a == b && c == d && a == c);
        unknown.or(match op {
            Comparison::Equal => may(meet, !same),
            Comparison::NotEqual => may(!same, meet),
            Comparison::Less => may(a < d, b >= c),
            Comparison::LessEqual => may(a <= d, b > c),
            Comparison::Greater => may(b > c, a <= d),
            Comparison::GreaterEqual => may(b >= c, a < d),
        })
    }
}

impl Possible {
    /// A value that is known.
    pub fn of(value: &Value) -> Self {
        match value {
            Value::Number(number) => Self::Span(Span::one(i128::from(number.millionths()))),
            Value::Date(date) => Self::Span(Span::one(i128::from(date.days()))),
            Value::DateTime(moment) => Self::Span(Span::one(i128::from(moment.seconds()))),
            Value::Bool(truth) => Self::Truths(Truths::one(Truth::from(*truth))),
            Value::Text(text) => Self::Texts(vec![Some(text.clone())]),
            Value::Missing | Value::List(_) => Self::Anything,
        }
    }

    /// Whether it may be missing, and whether it may be there.
    pub fn missing(&self) -> (bool, bool) {
        match self {
            Self::Span(span) => (span.missing, span.ends.is_some()),
            Self::Truths(truths) => {
                let known = truths.has(Truth::True) || truths.has(Truth::False);
                (truths.has(Truth::Unknown), known)
            }
            Self::Texts(texts) => (
                texts.iter().any(Option::is_none),
                texts.iter().any(Option::is_some),
            ),
            Self::Anything => (true, true),
        }
    }

    /// The numbers, days or moments.
    pub const fn span(&self) -> Span {
        match self {
            Self::Span(span) => *span,
            _ => Span {
                ends: Some((i64::MIN as i128, i64::MAX as i128)),
                missing: true,
            },
        }
    }

    /// The truth values.
    pub const fn truths(&self) -> Truths {
        match self {
            Self::Truths(truths) => *truths,
            _ => Truths::ANY,
        }
    }

    /// One of the two.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Span(left), Self::Span(right)) => Self::Span(left.or(right)),
            (Self::Truths(left), Self::Truths(right)) => Self::Truths(left.or(right)),
            (Self::Texts(mut left), Self::Texts(right)) => {
                for text in right {
                    if !left.contains(&text) {
                        left.push(text);
                    }
                }
                if left.len() > MOST_TEXTS {
                    Self::Anything
                } else {
                    Self::Texts(left)
                }
            }
            _ => Self::Anything,
        }
    }

    /// How it may compare.
    pub fn compared(&self, op: Comparison, other: &Self) -> Truths {
        match (self, other) {
            (Self::Span(left), Self::Span(right)) => left.compared(op, *right),
            (Self::Texts(left), Self::Texts(right)) => {
                let mut truths = Truths::NONE;
                for left in left {
                    for right in right {
                        truths = truths.or(match (left, right, op) {
                            (Some(left), Some(right), Comparison::Equal) => {
                                Truths::one(Truth::from(left == right))
                            }
                            (Some(left), Some(right), Comparison::NotEqual) => {
                                Truths::one(Truth::from(left != right))
                            }
                            (Some(_), Some(_), _) => Truths::ANY,
                            _ => Truths::one(Truth::Unknown),
                        });
                    }
                }
                truths
            }
            _ => Truths::ANY,
        }
    }

    /// Rounded to places.
    pub fn rounded(&self, places: u32) -> Self {
        let round = |key: i128| {
            // What is beyond all numbers stands for the last of them on its side.
            let key = Decimal::from_wide(key.clamp(1 - LIMIT, LIMIT - 1)).unwrap_or_default();
            i128::from(key.round(places).millionths())
        };
        Self::Span(self.span().map(round))
    }
}
