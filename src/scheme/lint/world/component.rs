//! Values that are varied together, because a condition or a dimension reads them together, and what they come to.

use super::alike;
use super::bounds;
use super::cells::{Given, Row, rows};
use super::demands::{self, Demand};
use super::linear::Linear;
use super::open::Open;
use super::periods::{History, histories};
use super::reads::Reads;
use super::solve::{Found, Solver};
use super::states::States;
use super::told::{Told, choice, values_of};
use super::trial;
use super::{MOST, TooMany};
use crate::assess::{DimensionResult, Facts, assess_some};
use crate::expr::{Bound, Node, Slot};
use crate::scheme::lint::rewrite::Collector;
use crate::scheme::lint::values::key;
use crate::scheme::model::{GradeRule, MissingRule};
use crate::table::column::MISSING;
use crate::table::{Column, Date, Decimal, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Values that are varied together, because a condition or a dimension reads them together.
#[derive(Clone, Debug, Default)]
pub struct Component {
    /// The values from outside, by slot.
    pub slots: Vec<Slot>,
    /// Every combination of what stands for their values.
    pub rows: Vec<Row>,
    /// The histories of those among them that are series.
    pub histories: Vec<History>,
    /// Which of the values are series.
    pub series: Vec<Slot>,
    /// What their values are.
    pub given: Vec<Given>,
    /// What the rows come to, each once, in order.
    pub outcomes: Vec<Outcome>,
    /// For each row its outcome.
    pub of_row: Vec<usize>,
    /// Sums of several of its values that are compared with 0.
    relations: BTreeSet<Linear>,
    /// Of its values those that are compared together with others where customers are tried: the others move the places
    /// at which they turn.
    mixed: BTreeSet<Slot>,
    /// The dimensions that count.
    counting: BTreeSet<usize>,
    /// What the sheet asks of the values.
    demands: Vec<Demand>,
    /// What of that refused somebody.
    pub refused: BTreeSet<Arc<str>>,
}

/// What a row of a component comes to, as far as the rest of the scheme can tell.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Outcome {
    /// For each thing told which of its samples; `u32::MAX` for those of other components.
    pub choices: Vec<u32>,
    /// Weighted points and weights; nothing where points are missing.
    pub points: Option<(i128, i128)>,
}

/// All components that conditions and counting dimensions need.
pub fn components(
    open: &Open<'_>,
    told: &[Told],
    counting: &BTreeSet<usize>,
    conditions: &[&Bound],
    reads: &Reads,
    demands: &[Demand],
    as_of: Date,
) -> Result<Vec<Component>, TooMany> {
    let mut found = Found::default();
    let solver = open.solver();
    let mut look = |bound: &Bound| {
        // What cannot be seen through was replaced, or is tried.
        look_at(open, &solver, bound, &mut found);
    };
    for bound in conditions {
        look(bound);
    }
    if reads.grade {
        for grade in &open.scheme.grades {
            if let GradeRule::When(Some(when)) = &grade.rule {
                look(&when.bound);
            }
        }
    }
    if reads.of_type {
        for when in open
            .scheme
            .types
            .iter()
            .filter_map(|rule| rule.when.as_ref())
        {
            look(&when.bound);
        }
    }
    let dimensions: BTreeSet<usize> = reads.dimensions.union(counting).copied().collect();
    for index in &dimensions {
        for expression in open.scheme.dimensions[*index].rule.expressions() {
            look(&expression.bound);
        }
    }
    // Points that are worked out rise and fall between the places that conditions ask for.
    for index in counting {
        let points = open.read(open.scheme.dimensions[*index].points_slot);
        if open.is_worked_out(*index) {
            // Whether all of them are found is asked by those who need them.
            _ = solver.bends(&points, &mut found);
            if !reads.score {
                found.ends.extend(Reads::of_dimension(open, *index).outside);
            }
        }
    }
    // Sets of values that belong together, as small as they can be.
    let mut sets: Vec<BTreeSet<Slot>> = vec![];
    let join = |sets: &mut Vec<BTreeSet<Slot>>, mut set: BTreeSet<Slot>| {
        if set.is_empty() {
            return;
        }
        sets.retain(|known| {
            let apart = known.is_disjoint(&set);
            if !apart {
                set.extend(known);
            }
            apart
        });
        sets.push(set);
    };
    for told in told.iter().filter(|told| !told.reads.is_of_all()) {
        join(&mut sets, told.reads.outside.clone());
    }
    for index in counting {
        join(&mut sets, Reads::of_dimension(open, *index).outside);
    }
    // What the sheet asks of one of the values that are varied holds for it together with the others that it reads.
    let mut asked: Vec<Demand> = vec![];
    let mut left: Vec<&Demand> = demands.iter().collect();
    loop {
        let touches = |demand: &&Demand| sets.iter().any(|set| !set.is_disjoint(&demand.outside));
        let (touching, others): (Vec<&Demand>, Vec<&Demand>) = left.into_iter().partition(touches);
        if touching.is_empty() {
            break;
        }
        for demand in touching {
            join(&mut sets, demand.outside.clone());
            for condition in demand.conditions() {
                look_at(open, &solver, condition, &mut found);
            }
            asked.push(demand.clone());
        }
        left = others;
    }
    for relation in &found.relations {
        join(
            &mut sets,
            relation.terms.iter().map(|(slot, _)| *slot).collect(),
        );
    }
    for (function, _) in &found.periods {
        join(&mut sets, Reads::of(open, [function]).outside);
    }
    bounds::join(open.original, &found, &mut sets);
    sets.sort();
    // What reads nothing (`otherwise` alone) is everybody's.
    sets.push(BTreeSet::new());
    let turns: Vec<BTreeSet<Linear>> = sets
        .iter()
        .map(|set| bounds::turns(open.original, set, &mut found))
        .collect();
    sets.iter()
        .zip(turns)
        .map(|(set, turns)| component(open, (set, turns), &found, told, counting, &asked, as_of))
        .collect()
}

/// The turning points of a condition, as far as they are seen.
fn look_at(open: &Open<'_>, solver: &Solver<'_>, bound: &Bound, found: &mut Found) {
    if solver.condition(bound, found).is_ok() {
        return;
    }
    // Behind what is not seen through there may be more.
    bound.walk(&mut |part| {
        if matches!(part.node, Node::Compare(..) | Node::In(..))
            && solver.condition(part, found).is_err()
        {
            found.closed.extend(Reads::of(open, [part]).outside);
        }
    });
    for slot in bound.slots() {
        if let Some(value) = open.values.get(&slot) {
            look_at(open, solver, value, found);
        }
    }
}

fn component(
    open: &Open<'_>,
    (set, turns): (&BTreeSet<Slot>, BTreeSet<Linear>),
    found: &Found,
    told: &[Told],
    counting: &BTreeSet<usize>,
    demands: &[Demand],
    as_of: Date,
) -> Result<Component, TooMany> {
    let may_be_missing = open.scheme.missing == MissingRule::Reweight;
    let is_series = |slot: &Slot| open.scheme.slots.entries[slot.0 as usize].ty.series;
    let (series, plain): (Vec<Slot>, Vec<Slot>) = set.iter().copied().partition(is_series);
    let given = |slot: &Slot| {
        let mut given = given(open, *slot);
        given.ask(found, may_be_missing && !is_series(slot));
        given
    };
    let own: BTreeSet<Linear> = found
        .relations
        .iter()
        .filter(|relation| relation.terms.iter().any(|(slot, _)| plain.contains(slot)))
        .cloned()
        .collect();
    let plain_given: Vec<Given> = plain.iter().map(given).collect();
    let is_tried = open.tries(set);
    let mut all = if is_tried {
        let come_to = |rows: Vec<Row>| {
            let mut tried = Component {
                slots: plain.clone(),
                rows,
                counting: counting.clone(),
                ..Component::default()
            };
            tried.come_to(open, told, as_of);
            let of_row = tried.of_row.iter();
            of_row.map(|own| tried.outcomes[*own].clone()).collect()
        };
        trial::rows(open, &plain_given, &found.closed, as_of, come_to)
    } else {
        rows(
            &plain_given,
            &own.union(&turns).cloned().collect(),
            false,
            MOST,
        )?
    };
    bounds::retain(open.original, &plain, &mut all);
    let refused = demands::retain(open, &plain, demands, &mut all, as_of);
    let mut known = vec![];
    if !series.is_empty() {
        let functions: Vec<(Bound, BTreeSet<i64>)> = found
            .periods
            .iter()
            .filter(|(function, _)| function.slots().iter().any(|slot| series.contains(slot)))
            .cloned()
            .collect();
        let given = series.iter().map(|slot| self::given(open, *slot)).collect();
        known = histories(open, given, &functions, as_of)?;
        let count = all.len().saturating_mul(known.len());
        if count > MOST {
            return Err(TooMany(count));
        }
        all = all
            .iter()
            .flat_map(|row| {
                (0..known.len()).map(|index| {
                    let number = Value::Number(Decimal::from_count(index));
                    let mut row = row.clone();
                    row.extend(series.iter().map(|_| number.clone()));
                    row
                })
            })
            .collect();
    }
    let slots: Vec<Slot> = plain.into_iter().chain(series.iter().copied()).collect();
    let series_given = series.iter().map(|slot| self::given(open, *slot));
    let given = plain_given.into_iter().chain(series_given).collect();
    let is_summed = |slot: &Slot| own.iter().any(|relation| relation.factor(*slot) != 0);
    // Elsewhere what is not seen through is what the sheet asks, which moves no place.
    let is_mixed = |slot: &Slot| {
        is_tried && (open.is_mixed(*slot) || found.closed.contains(slot) || is_summed(slot))
    };
    let mixed = set.iter().copied().filter(is_mixed).collect();
    let mut component = Component {
        slots,
        given,
        rows: all,
        histories: known,
        series,
        outcomes: vec![],
        of_row: vec![],
        relations: if is_tried { BTreeSet::new() } else { own },
        mixed,
        counting: counting.clone(),
        demands: demands.to_vec(),
        refused,
    };
    component.come_to(open, told, as_of);
    Ok(component)
}

/// What the values of a slot from outside are.
fn given(open: &Open<'_>, slot: Slot) -> Given {
    let mut collector = Collector::new(open.original);
    let replaced = open.replaced.iter().find(|replaced| replaced.slot == slot);
    let variable = if let Some(replaced) = replaced {
        let ty = &open.scheme.slots.entries[slot.0 as usize].ty;
        collector.alone(&replaced.text, &replaced.part, ty)
    } else if let Some((grade, _)) = open.ranks.iter().find(|(_, known)| **known == slot) {
        let name = &open.original.grades[*grade].name;
        collector.best(crate::text!("{name}", "{name}"));
        collector.variables.remove(0)
    } else {
        let ty = open.scheme.slots.entries[slot.0 as usize].ty.clone();
        let node = Node::Slot(slot);
        let span = 0..0;
        let bound = Bound { node, ty, span };
        collector.alone(&Arc::from(""), &bound, &bound.ty)
    };
    Given {
        slot,
        variable,
        both_ends: false,
    }
}

impl Component {
    /// Works out what the rows come to.
    fn come_to(&mut self, open: &Open<'_>, told: &[Told], as_of: Date) {
        let len = self.rows.len();
        let (facts, dimensions) = self.assessed(open, told, as_of);
        let mut choices = vec![vec![u32::MAX; told.len()]; len];
        for (place, told) in told.iter().enumerate() {
            if told.reads.is_of_all() || !self.is_home_of(&told.reads.outside) {
                continue;
            }
            for (row, value) in values_of(told, &facts, len).iter().enumerate() {
                choices[row][place] = choice(&told.samples, value);
            }
        }
        let mut points = vec![Some((0i128, 0i128)); len];
        for index in &self.counting {
            let dimension = &open.scheme.dimensions[*index];
            let home = Reads::of_dimension(open, *index).outside;
            let counts = dimensions.get(index).is_some_and(|result| result.counts);
            let Some(weight) = dimension
                .weight
                .filter(|_| counts && self.is_home_of(&home))
            else {
                continue;
            };
            let Column::Number(own) = facts.get(dimension.points_slot) else {
                continue;
            };
            let weight = i128::from(weight.millionths());
            for (sum, points) in points.iter_mut().zip(own) {
                let missing = *points == MISSING;
                *sum = match (*sum, open.scheme.missing) {
                    (Some(sum), MissingRule::Reweight) if missing => Some(sum),
                    (None, _) => None,
                    _ if missing => None,
                    (Some((sum, weights)), _) => i128::from(*points)
                        .checked_mul(weight)
                        .and_then(|product| product.checked_add(sum))
                        .map(|sum| (sum, weights + weight)),
                };
            }
        }
        let is_here = |index| self.is_home_of(&Reads::of_dimension(open, index).outside);
        alike::merge(open, told, &self.counting, is_here, as_of, &mut points);
        let mut all: Vec<Outcome> = choices
            .into_iter()
            .zip(points)
            .map(|(choices, points)| Outcome { choices, points })
            .collect();
        let mut outcomes = all.clone();
        outcomes.sort();
        outcomes.dedup();
        self.of_row = all
            .drain(..)
            .map(|outcome| outcomes.binary_search(&outcome).unwrap_or(0))
            .collect();
        self.outcomes = outcomes;
    }

    /// The rows with the dimensions that are decided here, those of which something is told and those that count: one
    /// reads others only if it comes behind them.
    fn assessed(
        &self,
        open: &Open<'_>,
        told: &[Told],
        as_of: Date,
    ) -> (Facts, BTreeMap<usize, DimensionResult>) {
        let told = told.iter().map(|told| &told.reads);
        let counting = self.counting.iter();
        let counting = counting.map(|index| Reads::of_dimension(open, *index));
        let is_here = |reads: &&Reads| !reads.is_of_all() && self.is_home_of(&reads.outside);
        let mut wanted: BTreeSet<usize> = BTreeSet::new();
        for reads in told.filter(is_here) {
            wanted.extend(&reads.dimensions);
        }
        for reads in counting.filter(|reads| self.is_home_of(&reads.outside)) {
            wanted.extend(&reads.dimensions);
        }
        let alone = std::slice::from_ref(self);
        let mut facts = States::made(open, alone, &self.slots, &self.rows, as_of);
        let dimensions = assess_some(&open.scheme, &wanted, &mut facts);
        (facts, dimensions)
    }

    /// Whether something that reads these values is decided here.
    pub fn is_home_of(&self, outside: &BTreeSet<Slot>) -> bool {
        match outside.first() {
            Some(slot) => self.slots.contains(slot),
            None => self.slots.is_empty(),
        }
    }

    /// Whether sums of a value and others are compared.
    pub fn has_sums_of(&self, slot: Slot) -> bool {
        let mut relations = self.relations.iter();
        relations.any(|relation| relation.factor(slot) != 0) || self.mixed.contains(&slot)
    }

    /// The same component with rows that differ in nothing but one value, for every combination of the others.
    ///
    /// Without sums that is so already. With them the other values are given first; then every one of them gets every
    /// value of this one.
    pub fn along(
        &self,
        open: &Open<'_>,
        slot: Slot,
        told: &[Told],
        as_of: Date,
    ) -> Result<Self, TooMany> {
        if self.relations.is_empty() {
            return Ok(self.clone());
        }
        let mut given: Vec<Given> = self
            .given
            .iter()
            .filter(|given| !self.series.contains(&given.slot))
            .cloned()
            .collect();
        given.sort_by_key(|given| given.slot == slot);
        let rows = rows(&given, &self.relations, true, MOST)?;
        let mut all: BTreeMap<i64, Value> = BTreeMap::new();
        let mut others: Vec<Row> = vec![];
        for row in &rows {
            let (own, rest) = row.split_last().unwrap_or((&Value::Missing, &[]));
            if let Some(key) = key(own) {
                all.insert(key, own.clone());
            }
            if others.last().is_none_or(|known| known != rest) {
                others.push(rest.to_vec());
            }
        }
        let histories = self.histories.len().max(1);
        let count = others
            .len()
            .saturating_mul(all.len())
            .saturating_mul(histories);
        if count > MOST {
            return Err(TooMany(count));
        }
        let mut component = self.clone();
        component.rows.clear();
        for other in &others {
            for own in all.values() {
                let value = |wanted: &Slot| {
                    let place = given.iter().position(|given| given.slot == *wanted)?;
                    Some(other.get(place).unwrap_or(own).clone())
                };
                let plain: Row = self.slots.iter().filter_map(value).collect();
                for history in 0..histories {
                    let mut row = plain.clone();
                    let number = Value::Number(Decimal::from_count(history));
                    row.extend(self.series.iter().map(|_| number.clone()));
                    component.rows.push(row);
                }
            }
        }
        bounds::retain(open.original, &component.slots, &mut component.rows);
        demands::retain(open, &self.slots, &self.demands, &mut component.rows, as_of);
        component.come_to(open, told, as_of);
        Ok(component)
    }
}

/// For each outcome the first row that comes to it.
pub fn first_rows(component: &Component) -> Vec<usize> {
    let mut first = vec![usize::MAX; component.outcomes.len()];
    for (row, outcome) in component.of_row.iter().enumerate() {
        if first[*outcome] == usize::MAX {
            first[*outcome] = row;
        }
    }
    first
}
