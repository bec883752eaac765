//! Sums of points that no condition on the score tells apart, whatever the other dimensions come to: of customers who
//! differ in nothing else one is enough.

use super::open::Open;
use super::results::counts;
use super::told::Told;
use crate::expr::Node;
use crate::scheme::model::{MissingRule, SlotKind};
use crate::table::Date;
use std::collections::BTreeSet;

/// More places at which scores turn than these are not looked at.
const MOST: usize = 20_000;

/// A sum of weighted points with the weights.
pub type Points = Option<(i128, i128)>;

/// Makes sums of points that are alike the first of them. `is_here` says of which dimensions the sums are; the others are
/// those that they are added to.
pub fn merge(
    open: &Open<'_>,
    told: &[Told],
    counting: &BTreeSet<usize>,
    is_here: impl Fn(usize) -> bool,
    as_of: Date,
    points: &mut [Points],
) {
    // Points of bands are few as it is.
    if !open.has_worked_out() {
        return;
    }
    let Some(edges) = edges(open, told, counting, is_here, as_of) else {
        return;
    };
    let place = |sum: i128| {
        let before = edges.partition_point(|edge| *edge < 2 * sum);
        let upto = edges.partition_point(|edge| *edge <= 2 * sum);
        before + upto
    };
    let mut first: Vec<Points> = vec![None; 2 * edges.len() + 1];
    for points in points.iter_mut() {
        if let Some(own) = *points {
            *points = Some(*first[place(own.0)].get_or_insert(own));
        }
    }
}

/// The sums, doubled, at which the score passes one of the figures that it is compared with. `None` where it is read in
/// other ways too, or they are too many.
fn edges(
    open: &Open<'_>,
    told: &[Told],
    counting: &BTreeSet<usize>,
    is_here: impl Fn(usize) -> bool,
    as_of: Date,
) -> Option<Vec<i128>> {
    let score = open.scheme.score_slot()?;
    if !open.results.contains(&score) || open.scheme.missing == MissingRule::Reweight {
        return None;
    }
    let mut cuts: BTreeSet<i64> = BTreeSet::new();
    for told in told.iter().filter(|told| told.reads.score) {
        let Node::Slot(slot) = told.part.node else {
            return None;
        };
        match open.scheme.slots.entries[slot.0 as usize].kind {
            SlotKind::Score => cuts.extend(&told.variable.thresholds),
            SlotKind::Grade | SlotKind::Type => {}
            _ => return None,
        }
    }
    if cuts.is_empty() {
        return None;
    }
    let mut sums: BTreeSet<i128> = BTreeSet::from([0]);
    let mut weights = 0;
    for (index, dimension) in open.scheme.dimensions.iter().enumerate() {
        let Some(weight) = dimension.weight.filter(|_| counts(dimension, as_of)) else {
            continue;
        };
        if !counting.contains(&index) {
            return None;
        }
        let weight = i128::from(weight.millionths());
        weights += weight;
        if is_here(index) {
            continue;
        }
        let few = open.solver().few_values(dimension.points_slot)?;
        let mut longer = BTreeSet::new();
        for sum in &sums {
            for own in &few {
                longer.insert(sum + weight.checked_mul(i128::from(*own))?);
            }
        }
        if longer.len() > MOST {
            return None;
        }
        sums = longer;
    }
    let mut edges: BTreeSet<i128> = BTreeSet::new();
    for cut in &cuts {
        for edge in [2 * i128::from(*cut) - 1, 2 * i128::from(*cut) + 1] {
            let edge = edge.checked_mul(weights)?;
            edges.extend(sums.iter().map(|sum| edge - 2 * sum));
        }
        if edges.len() > MOST {
            return None;
        }
    }
    Some(edges.into_iter().collect())
}
