//! Where a number goes while a value rises.

use crate::table::Decimal;

/// Where a number goes while the value rises and no switch changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trend {
    Still,
    Rises,
    Falls,
    /// One of these, all along.
    Either,
}

impl Trend {
    pub const fn turned(self) -> Self {
        match self {
            Self::Rises => Self::Falls,
            Self::Falls => Self::Rises,
            other => other,
        }
    }

    /// Of a sum.
    pub fn with(self, other: Self) -> Option<Self> {
        match (self, other) {
            (Self::Still, trend) | (trend, Self::Still) => Some(trend),
            (a, b) => (a == b && a != Self::Either).then_some(a),
        }
    }

    /// Of one or the other.
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Still, trend) | (trend, Self::Still) => trend,
            (a, b) if a == b => a,
            _ => Self::Either,
        }
    }

    /// Times a number that stays as it is and lies between these.
    pub const fn times(self, least: Option<i64>, greatest: Option<i64>) -> Self {
        match (self, least, greatest) {
            (Self::Still, ..) => Self::Still,
            (trend, Some(0..), _) => trend,
            (trend, _, Some(..=0)) => trend.turned(),
            _ => Self::Either,
        }
    }

    /// Times a weight.
    pub fn weighted(self, weight: Decimal) -> Self {
        let weight = Some(weight.millionths());
        self.times(weight, weight)
    }
}
