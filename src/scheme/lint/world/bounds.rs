//! Leaves out what metrics of one sheet cannot be together. Metrics that another one bounds are varied together, unless
//! that are too many combinations.

use super::cells::Row;
use super::linear::Linear;
use super::solve::Found;
use crate::expr::Slot;
use crate::scheme::lint::shape::ONE;
use crate::scheme::lint::values::key;
use crate::scheme::model::Scheme;
use crate::table::Value;
use std::collections::BTreeSet;

/// More combinations than these of metrics are not varied together only because one bounds the other.
const MOST: usize = 5_000;

/// The pairs of metrics of which one says what the other can be.
fn pairs(scheme: &Scheme) -> Vec<[Slot; 2]> {
    let bounds = scheme.metric_bounds().into_iter();
    let bounds = bounds.map(|bound| [bound.own, bound.of]);
    let orders = scheme.metric_orders().into_iter();
    let picks = scheme.metric_picks().into_iter();
    bounds
        .chain(orders.map(|order| [order.low, order.high]))
        .chain(picks.map(|pick| [pick.own, pick.of]))
        .collect()
}

/// Joins the sets of values that are varied together where a metric of one bounds a metric of another.
pub fn join(scheme: &Scheme, found: &Found, sets: &mut Vec<BTreeSet<Slot>>) {
    let count = |slot: &Slot| {
        let thresholds = found.thresholds.get(slot).map_or(1, BTreeSet::len);
        let texts = found.literals.get(slot).map_or(0, Vec::len);
        2 * thresholds + texts + 2
    };
    let combinations = |set: &BTreeSet<Slot>| set.iter().map(count).fold(1, usize::saturating_mul);
    for pair in pairs(scheme) {
        let [Some(one), Some(other)] =
            pair.map(|slot| sets.iter().position(|set| set.contains(&slot)))
        else {
            continue;
        };
        if one == other
            || combinations(&sets[one]).saturating_mul(combinations(&sets[other])) > MOST
        {
            continue;
        }
        let joined = sets.remove(one.max(other));
        sets[one.min(other)].extend(joined);
    }
}

/// Where metrics that are varied together pass each other, as sums that are 0 there; and 0 and 1 are told apart of counts
/// that say whether there are rows at all, and values from none of those that are missing without rows.
pub fn turns(scheme: &Scheme, set: &BTreeSet<Slot>, found: &mut Found) -> BTreeSet<Linear> {
    let mut turns = BTreeSet::new();
    let mut pass = |low: Slot, high: Slot| {
        if set.contains(&low) && set.contains(&high) {
            turns.extend(Linear::slot(low).plus(&Linear::slot(high), -1));
        }
    };
    for order in scheme.metric_orders() {
        pass(order.low, order.high);
    }
    for bound in scheme.metric_bounds() {
        if bound.counts {
            pass(bound.own, bound.of);
        } else if set.contains(&bound.own) && set.contains(&bound.of) {
            found
                .thresholds
                .entry(bound.of)
                .or_default()
                .extend([0, ONE]);
            found.thresholds.entry(bound.own).or_default().insert(0);
        }
    }
    for pick in scheme.metric_picks() {
        if set.contains(&pick.own) && set.contains(&pick.of) {
            found
                .thresholds
                .entry(pick.of)
                .or_default()
                .extend([0, ONE]);
            found.nullable.insert(pick.own);
        }
    }
    turns
}

/// Leaves out the rows that nobody can have.
pub fn retain(scheme: &Scheme, slots: &[Slot], rows: &mut Vec<Row>) {
    let place = |wanted: Slot| slots.iter().position(|slot| *slot == wanted);
    for bound in scheme.metric_bounds() {
        let (Some(own), Some(of)) = (place(bound.own), place(bound.of)) else {
            continue;
        };
        rows.retain(|row| match (key(&row[own]), key(&row[of])) {
            (Some(own), Some(of)) => bound.fits(own, of),
            _ => true,
        });
    }
    for order in scheme.metric_orders() {
        let (Some(low), Some(high)) = (place(order.low), place(order.high)) else {
            continue;
        };
        rows.retain(|row| match (key(&row[low]), key(&row[high])) {
            (Some(low), Some(high)) => low <= high,
            _ => true,
        });
    }
    for pick in scheme.metric_picks() {
        let (Some(own), Some(of)) = (place(pick.own), place(pick.of)) else {
            continue;
        };
        rows.retain(|row| key(&row[of]).is_none_or(|of| pick.fits(row[own] != Value::Missing, of)));
    }
}

/// Whether one of some values is missing because there are no rows that it could be of.
pub fn has_no_rows(
    scheme: &Scheme,
    slots: &[Slot],
    row: &[Value],
    outside: &BTreeSet<Slot>,
) -> bool {
    let at = |wanted: Slot| {
        let place = slots.iter().position(|slot| *slot == wanted);
        place.map(|place| &row[place])
    };
    scheme.metric_picks().into_iter().any(|pick| {
        let is_none = at(pick.of).and_then(key).is_some_and(|of| of <= 0);
        outside.contains(&pick.own) && is_none && at(pick.own) == Some(&Value::Missing)
    })
}
