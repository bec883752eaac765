//! Places among all customers that conditions are about: a rank, or in which of equal parts one is.

use crate::expr::{Bound, Node, PopulationFunction};
use crate::scheme::model::Scheme;
use crate::table::Decimal;

/// By more parts than these customers are not told apart.
const MOST_PARTS: usize = 100;

/// A place among all: how many are better, or in which of equal parts one is.
pub(super) struct Placed<'a> {
    function: PopulationFunction,
    pub spec: usize,
    /// Whose value is placed.
    pub of: &'a Bound,
    /// Into how many parts.
    parts: Decimal,
}

/// The place that an expression is.
pub(super) fn placed<'a>(scheme: &'a Scheme, bound: &'a Bound) -> Option<Placed<'a>> {
    match &bound.node {
        Node::Slot(slot) => {
            let value = scheme.values.iter().find(|value| value.slot == *slot)?;
            placed(scheme, &value.is.bound)
        }
        Node::Population {
            function: function @ (PopulationFunction::Rank | PopulationFunction::Quantile),
            spec,
            argument,
            within: None,
            parameter,
        } => Some(Placed {
            function: *function,
            spec: *spec,
            of: argument,
            parts: *parameter,
        }),
        _ => None,
    }
}

impl Placed<'_> {
    /// With how many better ones among `count` customers, or one more, it may pass a limit; `None` for too many parts.
    pub fn turns(&self, count: usize, limit: i64) -> Option<Vec<usize>> {
        if self.function == PopulationFunction::Rank {
            let rank = usize::try_from(limit.div_euclid(1_000_000)).unwrap_or(0);
            return Some((rank.saturating_sub(2)..=rank + 1).collect());
        }
        let parts = usize::try_from(self.parts.trunc()).ok();
        let parts = parts.filter(|parts| (1..=MOST_PARTS).contains(parts))?;
        let of = |count: usize| (1..parts).map(move |part| (part * count).div_ceil(parts));
        Some(of(count).chain(of(count + 1)).collect())
    }
}
