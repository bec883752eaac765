//! In which order values that meet in sums are given, so that no customer is passed over whom the sums can tell apart.
//!
//! For each choice of the values given first the places are known at which the sums turn for the next one. The first
//! ones therefore also take the places at which two sums turn together, or a sum at a threshold. That is all there is to
//! do for values of any size. Whole numbers and days are told apart by the remainders that they leave as well
//! (`p - 10 * q = 1`), and between two places at which sums turn there may be none: of those given first as many
//! neighbours are looked at as there are remainders, and the places from which one more lies between two turns (as
//! D. C. Cooper, "Theorem Proving in Arithmetic without Multiplication", 1972, eliminates whole numbers).

use super::TooMany;
use super::cells::Given;
use super::linear::{Linear, greatest_common};
use crate::expr::{Base, Slot};
use crate::scheme::lint::values::key;
use crate::scheme::lint::variables::{Kind, Variable};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// More sums of several values than these are not followed.
const MOST_RELATIONS: usize = 2_000;

/// Nor are more pairs of those that end with the same value: each gives another sum.
const MOST_PAIRS: usize = 50_000;

/// Nor more remainders.
const MOST_REMAINDERS: i128 = 120;

/// A value in its turn.
#[derive(Debug)]
pub struct Turn {
    /// Where it is among all.
    pub place: usize,
    /// The sums that turn with it once the values before it are given.
    pub relations: Vec<Linear>,
    /// So many steps are looked at beside each place at which something turns.
    pub beside: i64,
}

/// The values in the order in which they are given. `last` is the place of the one to be given last, if that matters.
/// Places at which sums turn together become thresholds of those that are given first.
pub fn turns(
    given: &mut [Given],
    relations: &BTreeSet<Linear>,
    last: Option<usize>,
    most: usize,
) -> Result<Vec<Turn>, TooMany> {
    let steps: BTreeMap<Slot, Step> = given
        .iter()
        .map(|given| (given.slot, Step::of(&given.variable)))
        .collect();
    let mut projection = Projection {
        steps,
        given,
        open: relations.clone(),
        remainders: BTreeMap::new(),
        most,
    };
    let mut left: Vec<usize> = (0..projection.given.len()).collect();
    let mut turns = vec![];
    while !left.is_empty() {
        let at = match last.filter(|_| turns.is_empty()) {
            Some(last) => left.iter().position(|place| *place == last),
            // As late as can be is the one for which the fewest remainders are asked of the others.
            None => (0..left.len()).min_by_key(|at| {
                let slot = projection.given[left[*at]].slot;
                (projection.all_remainders(slot), Reverse(*at))
            }),
        };
        let place = left.remove(at.unwrap_or(left.len() - 1));
        turns.push(projection.without(place)?);
    }
    turns.reverse();
    Ok(turns)
}

/// How the values of a variable go.
#[derive(Clone, Copy, Debug)]
struct Step {
    /// All are multiples of this.
    by: i64,
    /// Whether what lies between two of them matters: numbers with few decimals, and days.
    is_whole: bool,
    /// How many there are, if that is known.
    count: Option<i128>,
}

impl Step {
    fn of(variable: &Variable) -> Self {
        let Kind::Ordered(shape) = &variable.kind else {
            return Self {
                by: 1,
                is_whole: false,
                count: None,
            };
        };
        let by = match &shape.closed {
            Some(closed) => {
                let keys = closed.iter().filter_map(key).map(i128::from);
                let common = keys.fold(0, greatest_common);
                i64::try_from(common).unwrap_or(1)
            }
            None => shape.step,
        };
        let by = by.max(1);
        let ends = shape.least.zip(shape.greatest);
        let count = ends.map(|(least, greatest)| i128::from(greatest) - i128::from(least));
        Self {
            by,
            is_whole: by > 1 || variable.ty.base == Base::Date,
            count: count.map(|count| count / i128::from(by) + 1),
        }
    }
}

/// Sums over the values that are left.
struct Projection<'g> {
    given: &'g mut [Given],
    steps: BTreeMap<Slot, Step>,
    open: BTreeSet<Linear>,
    /// For how many remainders of a value those given after it ask.
    remainders: BTreeMap<Slot, i128>,
    most: usize,
}

impl Projection<'_> {
    /// By how much a sum goes at least; 0 beyond 128 bits.
    fn unit(&self, relation: &Linear) -> i128 {
        let terms = relation.terms.iter();
        let units = terms.map(|(slot, factor)| self.in_steps(*slot, *factor).unwrap_or(0));
        units.fold(0, greatest_common)
    }

    fn in_steps(&self, slot: Slot, factor: i128) -> Option<i128> {
        let step = self.steps.get(&slot).map_or(1, |step| step.by);
        factor.checked_mul(i128::from(step))
    }

    /// How many remainders of the other values a sum tells apart where it turns with this one.
    fn remainders(&self, relation: &Linear, slot: Slot) -> i128 {
        let own = self.in_steps(slot, relation.factor(slot));
        own.and_then(|own| own.checked_abs()?.checked_div(self.unit(relation)))
            .unwrap_or(i128::MAX)
    }

    fn is_whole(&self, relation: &Linear) -> bool {
        let mut terms = relation.terms.iter();
        terms.all(|(slot, _)| self.steps.get(slot).is_some_and(|step| step.is_whole))
    }

    fn own(&self, slot: Slot) -> impl Iterator<Item = &Linear> {
        let all = self.open.iter();
        all.filter(move |relation| relation.factor(slot) != 0)
    }

    /// How many remainders all sums together tell apart that read a value, if it is given last. Of what does not go in
    /// steps no one is asked.
    fn all_remainders(&self, slot: Slot) -> i128 {
        let in_steps = |relation: &&Linear| {
            let mut terms = relation.terms.iter();
            terms.any(|(slot, _)| self.steps.get(slot).is_some_and(|step| step.is_whole))
        };
        let own = self.own(slot).filter(in_steps);
        own.map(|relation| self.remainders(relation, slot))
            .fold(1, |all, own| common_multiple(all, own).unwrap_or(i128::MAX))
    }

    /// Whether all values of a sum but this one are so few that each of them is given.
    fn are_all_given(&self, relation: &Linear, slot: Slot) -> bool {
        let mut others = relation.terms.iter().filter(|(other, _)| *other != slot);
        others.all(|(other, _)| {
            let count = self.steps.get(other).and_then(|step| step.count);
            count.is_some_and(|count| count <= MOST_REMAINDERS)
        })
    }

    /// Takes a value out: it is given after all that are left.
    fn without(&mut self, place: usize) -> Result<Turn, TooMany> {
        let slot = self.given[place].slot;
        let own: Vec<Linear> = self.own(slot).cloned().collect();
        self.open.retain(|relation| relation.factor(slot) == 0);
        let asked = self.remainders.get(&slot).copied().unwrap_or(1);
        let lines: Vec<Lines> = own
            .iter()
            .map(|relation| self.lines(relation, slot, asked))
            .collect::<Result<_, _>>()?;
        for (relation, lines) in own.iter().zip(&lines) {
            for (other, _) in relation.terms.iter().filter(|(other, _)| *other != slot) {
                self.ask(*other, lines.remainders)?;
            }
        }
        self.meet(&lines, slot)?;
        self.pass(&lines, &looked_at(&self.given[place].variable, asked))?;
        if self.open.len() > MOST_RELATIONS
            || self
                .given
                .iter()
                .any(|given| given.variable.thresholds.len() > self.most)
        {
            return Err(TooMany(usize::MAX));
        }
        Ok(Turn {
            place,
            relations: own,
            beside: if asked > 1 { asked as i64 } else { 0 },
        })
    }

    /// Asks for so many remainders of a value, or for all of its values where that is less.
    fn ask(&mut self, slot: Slot, remainders: i128) -> Result<(), TooMany> {
        let known = self.remainders.get(&slot).copied().unwrap_or(1);
        let all = common_multiple(known, remainders);
        let all = match self.steps.get(&slot).and_then(|step| step.count) {
            Some(count) => all.map_or(count, |all| all.min(count)),
            None => all.ok_or(TooMany(usize::MAX))?,
        };
        if all > MOST_REMAINDERS {
            return Err(TooMany(usize::MAX));
        }
        self.remainders.insert(slot, all);
        Ok(())
    }

    /// Where a sum turns, and where it has turned so far that one more of what goes in steps has its place.
    fn lines(&self, relation: &Linear, slot: Slot, asked: i128) -> Result<Lines, TooMany> {
        let too_many = TooMany(usize::MAX);
        if !self.is_whole(relation) {
            let remainders = 1;
            return Ok(Lines {
                slot,
                at: vec![relation.clone()],
                beside: vec![],
                remainders,
            });
        }
        let remainders = self.remainders(relation, slot).checked_mul(asked);
        let remainders = remainders.filter(|remainders| *remainders <= MOST_REMAINDERS);
        let Some(remainders) = remainders else {
            // With every one of the others given it is known where it turns.
            let at = vec![relation.clone()];
            return if self.are_all_given(relation, slot) {
                Ok(Lines {
                    slot,
                    at,
                    beside: vec![],
                    remainders: i128::MAX,
                })
            } else {
                Err(too_many)
            };
        };
        let unit = self.unit(relation);
        let rest = relation.constant.rem_euclid(unit);
        let moved = |by: i128| by.checked_mul(unit)?.checked_sub(rest);
        let moved = |by: i128| relation.moved(moved(by)?);
        let above = i128::from(rest != 0);
        let all = |range: std::ops::RangeInclusive<i128>| {
            let all: Option<Vec<Linear>> = range.map(moved).collect();
            all.ok_or(too_many)
        };
        let mut beside = all(-remainders..=-1)?;
        beside.extend(all(above + 1..=above + remainders)?);
        Ok(Lines {
            slot,
            at: all(0..=above)?,
            beside,
            remainders,
        })
    }

    /// Where two sums turn together.
    fn meet(&mut self, lines: &[Lines], slot: Slot) -> Result<(), TooMany> {
        let mut count = 0usize;
        for (index, one) in lines.iter().enumerate() {
            for other in &lines[..index] {
                // What is beside one of them is enough: that of which there is less.
                let (few, many) =
                    if one.beside.len() <= other.beside.len() && !one.beside.is_empty() {
                        (one, other)
                    } else {
                        (other, one)
                    };
                for line in few.at.iter().chain(&few.beside) {
                    count = count.saturating_add(many.at.len());
                    if count > MOST_PAIRS {
                        return Err(TooMany(usize::MAX));
                    }
                    for met in &many.at {
                        self.add(line.without(met, slot));
                    }
                }
            }
        }
        Ok(())
    }

    /// Where sums turn at places of the value.
    fn pass(&mut self, lines: &[Lines], places: &BTreeSet<i64>) -> Result<(), TooMany> {
        let count = lines.iter().map(|lines| lines.at.len()).sum::<usize>();
        if count.saturating_mul(places.len()) > MOST_PAIRS {
            return Err(TooMany(usize::MAX));
        }
        for lines in lines {
            for line in &lines.at {
                for at in places {
                    self.add(line.with(lines.slot, *at));
                }
            }
        }
        Ok(())
    }

    /// Where several turn together is a place to look at, not a turn of its own: what is beside it is tried anyway.
    fn add(&mut self, met: Option<Linear>) {
        let Some(met) = met.map(|met| met.plain()) else {
            return;
        };
        match met.terms.len() {
            0 => {}
            1 => {
                if let Some((slot, keys)) = met.root()
                    && let Some(given) = self.given.iter_mut().find(|given| given.slot == slot)
                {
                    given.variable.thresholds.extend(keys);
                }
            }
            _ => _ = self.open.insert(met),
        }
    }
}

/// A sum that turns with a value.
struct Lines {
    slot: Slot,
    /// Where it turns: one place, or the two between which it does.
    at: Vec<Linear>,
    /// What is beside it, one step after the other.
    beside: Vec<Linear>,
    /// How many remainders of the others are told apart.
    remainders: i128,
}

/// The places of a value at which it is looked where sums turn: its thresholds and ends, and the few values that there
/// are. Of one that goes in steps those beside a threshold too: there may be no step between it and where a sum turns for
/// what stands for the others.
fn looked_at(variable: &Variable, asked: i128) -> BTreeSet<i64> {
    let mut places = variable.thresholds.clone();
    if let Kind::Ordered(shape) = &variable.kind {
        places.extend(shape.least.into_iter().chain(shape.greatest));
        places.extend(shape.closed.iter().flatten().filter_map(key));
        if shape.step > 1 || variable.ty.base == Base::Date {
            places = beside(&places, shape.step, asked as i64);
        }
    }
    places
}

/// Places and so many steps on both sides of each.
pub fn beside(places: &BTreeSet<i64>, step: i64, steps: i64) -> BTreeSet<i64> {
    let step = step.max(1);
    let all = places.iter().flat_map(|at| {
        let floor = at.div_euclid(step) * step;
        let between = i64::from(floor != *at);
        let near =
            (between - steps..=steps).map(move |times| step.checked_mul(times)?.checked_add(floor));
        near.flatten().chain([*at])
    });
    all.collect()
}

/// The least number that both divide, `None` beyond what is followed.
fn common_multiple(a: i128, b: i128) -> Option<i128> {
    let all = (a / greatest_common(a, b)).checked_mul(b)?;
    (all <= MOST_REMAINDERS).then_some(all)
}
