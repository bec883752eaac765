//! The places at which what one value decides changes, for many customers at once.

use super::super::leaf::key_at;
use super::super::others::Others;
use super::super::{Leaf, World};
use super::needs::Needs;
use super::switches::{Switch, switches};
use crate::assess::{assess, in_rank};
use crate::expr::{Base, Bound, Comparison, Node};
use crate::table::{Column, Truth, Value};

/// A value and what it decides. Its values are counted in steps.
pub(super) struct Borders<'a> {
    world: &'a World<'a>,
    leaf: &'a Leaf,
    step: i64,
    /// Where something changes for everybody.
    fixed: Vec<i64>,
    /// What changes at other places for each customer.
    switches: Vec<(Switch, Needs)>,
}

/// The other values of one customer that are to be tried, nearest first, counted in steps.
#[derive(Clone, Debug, Default)]
pub(super) struct Beside {
    /// Above the present one.
    pub more: Vec<i64>,
    /// Below it.
    pub less: Vec<i64>,
}

/// A stretch of values of one customer in which a condition is to change, once or several times.
struct Stretch {
    /// Whose it is.
    of: usize,
    /// A value, and what the condition gives there.
    from: i64,
    first: Truth,
    /// A greater one at which it gives another.
    to: i64,
    then: Truth,
    /// The end.
    end: i64,
    last: Truth,
}

impl<'a> Borders<'a> {
    /// What a value decides; `None` where the places cannot be told.
    pub fn new(world: &'a World<'a>, leaf: &'a Leaf) -> Option<Self> {
        let Others::Steps {
            least,
            greatest,
            step,
        } = leaf.others
        else {
            return None;
        };
        let mut borders = Self {
            world,
            leaf,
            step,
            fixed: vec![],
            switches: vec![],
        };
        let ends = (-(-least).div_euclid(step), greatest.div_euclid(step));
        let mut for_all = vec![];
        for switch in switches(world, leaf)? {
            if let Some(place) = borders.limit(&switch) {
                borders.fixed.push(place);
                continue;
            }
            match switch.needs(world, leaf) {
                Needs::Nothing => for_all.push(switch),
                needs => borders.switches.push((switch, needs)),
            }
        }
        borders.fixed.sort_unstable();
        borders.fixed.dedup();
        for switch in for_all {
            let mut places = vec![std::mem::take(&mut borders.fixed)];
            borders.add(&switch, Needs::Nothing, &[0], &[(ends, 0)], &mut places);
            borders.fixed = places.remove(0);
        }
        Some(borders)
    }

    /// The places at which something changes, where they are the same for everybody.
    pub fn same_for_all(&self) -> Option<&[i64]> {
        let is_same = self.switches.is_empty() && self.world.bounds.is_empty();
        is_same.then_some(&self.fixed[..])
    }

    /// Where the value itself is held against a limit.
    fn limit(&self, switch: &Switch) -> Option<i64> {
        let Switch::Condition(condition) = switch else {
            return None;
        };
        let Node::Compare(op, left, right) = &condition.node else {
            return None;
        };
        let is_leaf = |side: &Bound| side.node == Node::Slot(self.leaf.slot);
        let (limit, turned) = match (left.literal(), right.literal()) {
            (None, Some(limit)) if is_leaf(left) => (limit, false),
            (Some(limit), None) if is_leaf(right) => (limit, true),
            _ => return None,
        };
        let limit = super::key_of(limit)?;
        // From the limit on, or from above it on.
        let is_from = (*op == Comparison::GreaterEqual) != turned;
        Some(if is_from {
            -(-limit).div_euclid(self.step)
        } else {
            limit.div_euclid(self.step) + 1
        })
    }

    /// For each of the customers, who all have the value, which others are to be tried.
    pub fn of(&self, rows: &[u32]) -> Vec<Beside> {
        let Others::Steps {
            least, greatest, ..
        } = self.leaf.others
        else {
            return vec![];
        };
        let (world, step) = (self.world, self.step);
        let column = world.frame().column(self.leaf.slot);
        let now: Vec<i64> = rows
            .iter()
            .map(|row| key_at(column, *row as usize).unwrap_or(0))
            .collect();
        let ends: Vec<(i64, i64)> = rows
            .iter()
            .map(|row| {
                let (least, greatest) = world.bounded(self.leaf, *row as usize, (least, greatest));
                (-(-least).div_euclid(step), greatest.div_euclid(step))
            })
            .collect();
        let mut places = vec![self.fixed.clone(); rows.len()];
        let lines: Vec<((i64, i64), i64)> = ends
            .iter()
            .zip(&now)
            .map(|((least, greatest), now)| {
                let now = now.div_euclid(step);
                (((*least).min(now), (*greatest).max(now)), now)
            })
            .collect();
        for (switch, needs) in &self.switches {
            self.add(switch, *needs, rows, &lines, &mut places);
        }
        let beside = places.into_iter().zip(now).zip(ends);
        beside
            .map(|((places, now), (least, greatest))| {
                let (below, above) = (now.div_euclid(step), -(-now).div_euclid(step));
                let more = places.iter().copied().filter(|place| *place > below);
                let less = places.iter().rev().map(|place| place - 1);
                let less = less.filter(|place| *place < above);
                // Between two steps it is neither of its neighbours.
                let is_between = below < above;
                let beside = |place: i64| is_between.then_some(place).into_iter();
                let mut more: Vec<i64> = beside(below + 1).chain(more).collect();
                let mut less: Vec<i64> = beside(above - 1).chain(less).collect();
                more.dedup();
                less.dedup();
                more.retain(|place| *place <= greatest);
                less.retain(|place| *place >= least);
                Beside { more, less }
            })
            .collect()
    }

    /// Adds the places at which a switch changes to those of each customer. `lines` are the ends within which that is
    /// looked for, and the present value.
    fn add(
        &self,
        switch: &Switch,
        needs: Needs,
        rows: &[u32],
        lines: &[((i64, i64), i64)],
        places: &mut [Vec<i64>],
    ) {
        // Between two places nothing has changed yet but this, and that once; what is missing at both ends may be there
        // at present.
        let mut ends: Vec<(usize, i64, i64)> = vec![];
        for (of, ((least, greatest), now)) in lines.iter().enumerate() {
            let inner = places[of].iter().copied();
            let inner = inner.filter(|place| least < place && place <= greatest);
            let mut from = *least;
            for next in inner.chain([greatest + 1]) {
                let last = next - 1;
                if from < *now && *now < last {
                    ends.extend([(of, from, *now), (of, *now, last)]);
                } else {
                    ends.push((of, from, last));
                }
                from = next;
            }
        }
        ends.retain(|(_, from, last)| from < last);
        let first = self.truths(
            switch,
            needs,
            rows,
            ends.iter().map(|(of, from, _)| (*of, *from)),
        );
        let last = self.truths(
            switch,
            needs,
            rows,
            ends.iter().map(|(of, _, last)| (*of, *last)),
        );
        let stretches = ends.into_iter().zip(first.into_iter().zip(last));
        let mut open: Vec<Stretch> = stretches
            .filter(|(_, (first, last))| first != last)
            .map(|((of, from, end), (first, last))| Stretch {
                of,
                from,
                first,
                to: end,
                then: last,
                end,
                last,
            })
            .collect();
        while !open.is_empty() {
            let mut halved = vec![];
            for mut stretch in open {
                if stretch.from + 1 < stretch.to {
                    halved.push(stretch);
                    continue;
                }
                places[stretch.of].push(stretch.to);
                if stretch.then != stretch.last {
                    (stretch.from, stretch.first) = (stretch.to, stretch.then);
                    (stretch.to, stretch.then) = (stretch.end, stretch.last);
                    halved.push(stretch);
                }
            }
            let middle = |stretch: &Stretch| stretch.from.midpoint(stretch.to);
            let asked = halved.iter().map(|stretch| (stretch.of, middle(stretch)));
            let truths = self.truths(switch, needs, rows, asked);
            for (stretch, truth) in halved.iter_mut().zip(truths) {
                let middle = middle(stretch);
                if truth == stretch.first {
                    stretch.from = middle;
                } else {
                    (stretch.to, stretch.then) = (middle, truth);
                }
            }
            open = halved;
        }
        for places in places {
            places.sort_unstable();
            places.dedup();
        }
    }

    /// What a switch gives to customers (by their place in `rows`) with other values.
    fn truths(
        &self,
        switch: &Switch,
        needs: Needs,
        rows: &[u32],
        asked: impl Iterator<Item = (usize, i64)>,
    ) -> Vec<Truth> {
        let (world, scheme) = (self.world, self.world.scheme);
        let (rows, places): (Vec<u32>, Vec<i64>) =
            asked.map(|(of, place)| (rows[of], place)).unzip();
        if rows.is_empty() {
            return vec![];
        }
        let mut facts = world.with(self.leaf, &rows, self.column(&places));
        let mut findings = vec![];
        match needs {
            Needs::Nothing => {}
            Needs::Values => {
                for value in &scheme.values {
                    if self.leaf.moves(value.slot) {
                        let column = facts.evaluate(scheme, &value.is, &value.name, &mut findings);
                        facts.set(value.slot, column);
                    }
                }
            }
            Needs::Points => {
                assess(scheme, &mut facts, &mut findings);
            }
        }
        let column = match switch {
            Switch::Condition(condition) => {
                facts.look_up(scheme, condition);
                Some(condition.eval(&facts).column)
            }
            Switch::Rank(grade) => in_rank(scheme, &mut facts, *grade),
        };
        match column {
            Some(Column::Bool(truths)) => truths,
            _ => vec![Truth::Unknown; rows.len()],
        }
    }

    /// Values by their places.
    fn column(&self, places: &[i64]) -> Column {
        column(self.world, self.leaf, self.step, places)
    }
}

/// The values of a leaf at these places.
pub(super) fn column(world: &World<'_>, leaf: &Leaf, step: i64, places: &[i64]) -> Column {
    let keys = places.iter().map(|place| place.saturating_mul(step));
    match world.scheme.slots.entries[leaf.slot.0 as usize].ty.base {
        Base::Date => Column::Date(keys.map(|day| day as i32).collect()),
        Base::DateTime => Column::DateTime(keys.collect()),
        _ => Column::Number(keys.collect()),
    }
}

/// The value of a leaf at a place.
pub(super) fn value(world: &World<'_>, leaf: &Leaf, step: i64, place: i64) -> Value {
    column(world, leaf, step, &[place]).value(0)
}
