//! Faults along one value: the same rise lifts one customer and lowers another, or one falls and rises again.

use crate::scheme::lint::steps::{Level, Walk, Walks};
use crate::scheme::lint::world::TooMany;

/// More comparisons of levels than these are not made.
const MOST: usize = 20_000_000;

/// Two customers who differ in one value: in which walk, and where on it.
#[derive(Clone, Copy)]
pub struct Pair {
    /// Which walk.
    pub walk: usize,
    /// Where it is before the rise.
    pub from: usize,
    /// Where after it.
    pub to: usize,
}

/// A fault along one value.
pub enum Fault {
    /// The same rise lowers one and lifts another.
    BothWays {
        /// Who falls.
        lowered: Pair,
        /// Who rises.
        raised: Pair,
    },
    /// Down and up again: a walk and three places on it.
    Hole(usize, [usize; 3]),
}

impl Fault {
    /// Whether it is there whatever some of the values come to, those at these places of a customer: whoever is the same
    /// but for them goes the same way.
    pub fn stands_without(&self, places: &[usize], walks: &Walks) -> bool {
        let pair = |pair: &Pair| (pair.walk, vec![pair.from, pair.to]);
        let shown = match self {
            Self::BothWays { lowered, raised } => vec![pair(lowered), pair(raised)],
            Self::Hole(walk, at) => vec![(*walk, at.to_vec())],
        };
        shown.iter().all(|(walk, at)| {
            let own = &walks.all[*walk];
            let is_like = |other: &&Walk| {
                let values = own.customers[0].iter().zip(&other.customers[0]);
                let mut values = values.enumerate();
                values.all(|(place, (one, other))| one == other || places.contains(&place))
            };
            let mut alike = walks.all.iter().filter(is_like);
            alike.all(|other| at.iter().all(|at| own.levels[*at] == other.levels[*at]))
        })
    }
}

/// The first fault along a value, if there is one.
pub fn fault(walks: &Walks, gap: Level) -> Result<Option<Fault>, TooMany> {
    let all: Vec<&[Level]> = walks.all.iter().map(|walk| &walk.levels[..]).collect();
    let all = &all[..];
    // Neighbours at which everybody has the same level are one place: its first and last.
    let mut places: Vec<(usize, usize)> = vec![];
    for at in 0..walks.keys.len() {
        match places.last_mut() {
            Some((first, last)) if all.iter().all(|levels| levels[*first] == levels[at]) => {
                *last = at;
            }
            _ => places.push((at, at)),
        }
    }
    if let Some(fault) = both_ways(walks, all, &places)? {
        return Ok(Some(fault));
    }
    let hole = all.iter().enumerate().find_map(|(walk, levels)| {
        let places = hole(levels, gap)?;
        Some(Fault::Hole(walk, places))
    });
    Ok(hole)
}

/// The nearest two places between which one walk falls and another rises.
fn both_ways(
    walks: &Walks,
    all: &[&[Level]],
    places: &[(usize, usize)],
) -> Result<Option<Fault>, TooMany> {
    // In a sum the others move the places at which a value turns: both ways is no fault there.
    if walks.is_summed {
        return Ok(None);
    }
    let turning = turning(all, places);
    let count = turning
        .len()
        .saturating_mul(places.len())
        .saturating_mul(all.len());
    if count > MOST {
        return Err(TooMany(count));
    }
    for far in 1..places.len() {
        for low in turning.iter().copied() {
            let Some(high) = places.get(low + far) else {
                break;
            };
            let (from, to) = (places[low].1, high.0);
            let moved = |up: bool| {
                (0..all.len()).filter(move |walk| match (all[*walk][from], all[*walk][to]) {
                    (Some(before), Some(after)) => (after > before) == up && after != before,
                    _ => false,
                })
            };
            if moved(false).next().is_none() || moved(true).next().is_none() {
                continue;
            }
            let lowered: Vec<usize> = moved(false).take(40).collect();
            let raised: Vec<usize> = moved(true).take(40).collect();
            // Two who are as like each other as can be show it best.
            let likest = lowered
                .iter()
                .flat_map(|down| raised.iter().map(move |up| (*down, *up)))
                .min_by_key(|(down, up)| {
                    let (a, b) = (&walks.all[*down], &walks.all[*up]);
                    let pairs = a.customers[from].iter().zip(&b.customers[from]);
                    pairs.filter(|(a, b)| a != b).count()
                });
            if let Some((down, up)) = likest {
                let pair = |walk| Pair { walk, from, to };
                return Ok(Some(Fault::BothWays {
                    lowered: pair(down),
                    raised: pair(up),
                }));
            }
        }
    }
    Ok(None)
}

/// The places after which some walk falls and some walk rises, in order: where all rise, or all fall, there are none.
fn turning(all: &[&[Level]], places: &[(usize, usize)]) -> Vec<usize> {
    let (mut falls, mut rises) = (vec![false; places.len()], vec![false; places.len()]);
    for levels in all {
        let (mut least, mut greatest): (Level, Level) = (None, None);
        for (place, (first, last)) in places.iter().enumerate().rev() {
            if let Some(own) = levels[*last] {
                falls[place] |= least.is_some_and(|least| least < own);
                rises[place] |= greatest.is_some_and(|greatest| greatest > own);
            }
            if let Some(own) = levels[*first] {
                least = Some(least.map_or(own, |least| least.min(own)));
                greatest = greatest.max(Some(own));
            }
        }
    }
    let both = |place: &usize| falls[*place] && rises[*place];
    (0..places.len()).filter(both).collect()
}

/// Three places of which the middle one is worse than both others, as near to each other as can be. One in a gap is told
/// with the gaps.
fn hole(levels: &[Level], gap: Level) -> Option<[usize; 3]> {
    let before = last_better(levels, 0..levels.len());
    let after = last_better(levels, (0..levels.len()).rev());
    let mut found: Option<[usize; 3]> = None;
    for middle in 0..levels.len() {
        if levels[middle].is_none() || levels[middle] == gap {
            continue;
        }
        if let Some((before, after)) = before[middle].zip(after[middle])
            && found.is_none_or(|[first, _, last]| after - before < last - first)
        {
            found = Some([before, middle, after]);
        }
    }
    found
}

/// For each place the last one before it, as they come, that is better.
fn last_better(levels: &[Level], order: impl Iterator<Item = usize>) -> Vec<Option<usize>> {
    let mut found = vec![None; levels.len()];
    // Those that may be it for one of the next: each better than the one after it.
    let mut open: Vec<(i64, usize)> = vec![];
    for at in order {
        let Some(own) = levels[at] else {
            continue;
        };
        while open.last().is_some_and(|(level, _)| *level <= own) {
            open.pop();
        }
        found[at] = open.last().map(|(_, place)| *place);
        open.push((own, at));
    }
    found
}
