//! What a condition such as `score >= 80` or `5000元 <= 年采购额` says: which value it compares with which number, and how.

use super::{Bound, Comparison, Node};
use crate::table::{Decimal, Value};
use std::ops::Range;

/// One value against one number.
#[derive(Clone, Debug, PartialEq)]
pub struct Threshold<'a> {
    /// The value.
    pub value: &'a Bound,
    /// How it is compared, the value on the left: `> >= < <=`.
    pub comparison: Comparison,
    /// The number, in a unit that is so many times smaller than the value's: `scale`.
    pub literal: Decimal,
    /// How many of the number's unit one of the value's is; 1 but for money.
    pub scale: i64,
    /// Where the number stands in the text, with its sign.
    pub span: Range<usize>,
}

impl<'a> Threshold<'a> {
    /// Of a condition that is such a comparison and nothing else.
    pub fn of(condition: &'a Bound) -> Option<Self> {
        let Node::Compare(comparison, left, right) = &condition.node else {
            return None;
        };
        let opposite = turned(*comparison)?;
        let (value, number, literal, comparison) = match (number_of(left), number_of(right)) {
            (_, Some(literal)) => (left, right, literal, *comparison),
            (Some(literal), None) => (right, left, literal, opposite),
            (None, None) => return None,
        };
        if value.is_constant() {
            return None;
        }
        // Money against a smaller unit than its own: the value is brought to the number's.
        let (value, scale) = match &value.node {
            Node::Rescale(inner, scale) => (inner, *scale),
            _ => (value, 1),
        };
        Some(Self {
            value,
            comparison,
            literal,
            scale,
            span: number.span.clone(),
        })
    }

    /// The number in the value's own unit; `None` where that takes more than six places.
    pub fn number(&self) -> Option<Decimal> {
        let (literal, scale) = (self.literal.millionths(), self.scale);
        (literal.checked_rem(scale)? == 0)
            .then(|| Decimal::from_millionths(literal / scale))
            .flatten()
    }
}

impl Comparison {
    /// Whether more is better.
    pub const fn is_upward(self) -> bool {
        matches!(self, Self::GreaterEqual | Self::Greater)
    }

    /// Whether the bound itself is in.
    pub const fn takes_equal(self) -> bool {
        matches!(self, Self::GreaterEqual | Self::LessEqual)
    }
}

/// The comparison with its sides exchanged; `None` for one that is no order.
const fn turned(comparison: Comparison) -> Option<Comparison> {
    Some(match comparison {
        Comparison::Less => Comparison::Greater,
        Comparison::LessEqual => Comparison::GreaterEqual,
        Comparison::Greater => Comparison::Less,
        Comparison::GreaterEqual => Comparison::LessEqual,
        Comparison::Equal | Comparison::NotEqual => return None,
    })
}

/// A number as written, with its sign.
fn number_of(bound: &Bound) -> Option<Decimal> {
    match &bound.node {
        Node::Literal(Value::Number(number)) => Some(*number),
        Node::Negate(inner) => number_of(inner).map(|number| -number),
        _ => None,
    }
}
