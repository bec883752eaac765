//! Combinations of what values come to, each with a customer that comes to it.

use super::bounds;
use super::cells::{Given, Row, rows};
use super::facts::{self, Histories};
use super::linear::Linear;
use super::open::Open;
use super::periods::{History, histories};
use super::reads::{Reads, of_dimension};
use super::solve::Found;
use super::{MOST, TooMany};
use crate::assess::{Assessment, Facts, assess};
use crate::classify::{self, named};
use crate::expr::{Bound, Node, Slot};
use crate::scheme::lint::rewrite::Collector;
use crate::scheme::lint::values::{Sample, Stands, key};
use crate::scheme::lint::variables::{Kind, Variable};
use crate::scheme::model::{GradeRule, MissingRule, SlotKind};
use crate::table::column::MISSING;
use crate::table::{Column, Date, Decimal, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Something that is told of customers, and where it is read in the opened scheme.
#[derive(Clone, Debug)]
pub struct Told {
    /// What is told.
    pub variable: Variable,
    /// The values that are told apart.
    pub samples: Vec<Sample>,
    /// The same thing in the opened scheme.
    pub part: Bound,
    /// What it comes from.
    pub reads: Reads,
}

/// Values that are varied together, because a condition or a dimension reads them together.
#[derive(Clone, Debug)]
pub struct Component {
    /// The values from outside, by slot.
    pub slots: Vec<Slot>,
    /// Every combination of what stands for their values.
    pub rows: Vec<Row>,
    /// The histories of those among them that are series.
    histories: Vec<History>,
    series: Vec<Slot>,
    /// What their values are.
    pub given: Vec<Given>,
    /// What the rows come to, each once, in order.
    pub outcomes: Vec<Outcome>,
    /// For each row its outcome.
    pub of_row: Vec<usize>,
    /// Sums of several of its values that are compared with 0.
    relations: BTreeSet<Linear>,
    /// The dimensions that count.
    counting: BTreeSet<usize>,
}

/// What a row of a component comes to, as far as the rest of the scheme can tell.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Outcome {
    /// For each thing told which of its samples; `u32::MAX` for those of other components.
    pub choices: Vec<u32>,
    /// Weighted points and weights; nothing where points are missing.
    pub points: Option<(i128, i128)>,
}

/// All combinations, each as a customer.
pub struct States {
    /// The values from outside, in the order of the customers' rows.
    pub slots: Vec<Slot>,
    /// For each combination a customer.
    pub customers: Vec<Row>,
    /// For each combination its weighted points and weights.
    pub points: Vec<Option<(i128, i128)>>,
    /// For each combination and thing told which of its samples it has.
    pub choices: Vec<Vec<u32>>,
    /// What is told: first what the list reads, then what it comes from.
    pub told: Vec<Told>,
    /// What is varied together.
    pub components: Vec<Component>,
    /// The customers as they are graded.
    pub facts: Facts,
    /// What grading made of them.
    pub assessment: Assessment,
}

/// What is to be told apart.
pub struct Wanted<'w> {
    /// What conditions read, in their order, with the text that each stands in.
    pub variables: Vec<(Variable, Bound)>,
    /// The opened conditions.
    pub conditions: Vec<&'w Bound>,
    /// Dimensions that count, whatever the conditions read.
    pub dimensions: BTreeSet<usize>,
    /// A dimension that is left out of the score.
    pub without: Option<usize>,
}

impl States {
    /// All customers that the wanted things tell apart.
    pub fn new(open: &Open<'_>, wanted: Wanted<'_>, as_of: Date) -> Result<Self, TooMany> {
        let reads = Reads::of(open, wanted.conditions.iter().copied());
        let told: Vec<Told> = all_told(open, wanted.variables, &reads);
        let mut counting = wanted.dimensions;
        if reads.score {
            let dimensions = open.scheme.dimensions.iter().enumerate();
            counting.extend(
                dimensions
                    .filter(|(_, dimension)| dimension.weight.is_some())
                    .map(|(index, _)| index),
            );
        }
        if let Some(without) = wanted.without {
            counting.remove(&without);
        }
        let components = components(open, &told, &counting, &wanted.conditions, &reads, as_of)?;
        combine(open, told, components, as_of)
    }

    /// Whether a value is a series.
    pub fn is_series(&self, slot: Slot) -> bool {
        let mut components = self.components.iter();
        components.any(|component| component.series.contains(&slot))
    }

    /// What the values of a slot from outside are.
    pub fn given(&self, slot: Slot) -> Option<&Given> {
        let mut all = self
            .components
            .iter()
            .flat_map(|component| &component.given);
        all.find(|given| given.slot == slot)
    }

    /// The history of a customer's series, oldest first; nothing if a value is no series.
    pub fn history(&self, slot: Slot, value: &Value) -> Option<Vec<Value>> {
        let component = self
            .components
            .iter()
            .find(|component| component.series.contains(&slot))?;
        let member = component.series.iter().position(|known| *known == slot)?;
        let history = component.histories.get(facts::number(value)?)?;
        Some(
            history
                .iter()
                .map(|period| period[member].clone())
                .collect(),
        )
    }

    /// Customers of these components as they are graded.
    pub fn graded(
        open: &Open<'_>,
        components: &[Component],
        slots: &[Slot],
        customers: &[Row],
        as_of: Date,
    ) -> (Facts, Assessment) {
        let mut series: Histories<'_> = BTreeMap::new();
        for component in components {
            for slot in &component.series {
                series.insert(*slot, (&component.series, &component.histories));
            }
        }
        let mut facts = facts::facts(open, slots, customers, &series, as_of);
        let mut findings = vec![];
        let assessment = assess(&open.scheme, &mut facts, &mut findings);
        if let Some(slot) = open.scheme.slot_of(SlotKind::Grade) {
            let names = open.scheme.grades.iter().map(|grade| grade.name.clone());
            facts.set(slot, named(&assessment.grades, names.collect()));
        }
        // Types fill their column, for what reads it.
        classify::types(&open.scheme, &mut facts, &mut findings);
        (facts, assessment)
    }
}

/// What is told with its samples: what was wanted, and what grades and types read where they are read.
fn all_told(open: &Open<'_>, wanted: Vec<(Variable, Bound)>, reads: &Reads) -> Vec<Told> {
    let mut all = wanted;
    let mut collector = Collector::new(open.original);
    let mut parts = vec![];
    if reads.grade {
        for (index, grade) in open.original.grades.iter().enumerate() {
            match &grade.rule {
                GradeRule::When(Some(when)) => _ = collector.condition(when),
                GradeRule::When(None) => {}
                GradeRule::Top(_) => {
                    let bound = collector.best(crate::text!("{}", "{}", grade.name));
                    if let Node::Slot(slot) = bound.node {
                        parts.push((slot.0 as usize, open.ranks[&index]));
                    }
                }
            }
        }
    }
    if reads.of_type {
        for when in open
            .original
            .types
            .iter()
            .filter_map(|rule| rule.when.as_ref())
        {
            collector.condition(when);
        }
    }
    for (index, variable) in collector.variables.into_iter().enumerate() {
        let best = parts.iter().find(|(place, _)| *place == index);
        let part = part_of(open, &variable, best.map(|(_, slot)| *slot));
        let known = all
            .iter_mut()
            .find(|(known, own)| own.node == part.node && known.kind == variable.kind);
        match known {
            Some((known, _)) => {
                known.thresholds.extend(variable.thresholds);
                known.nullable |= variable.nullable;
                for literal in variable.literals {
                    if !known.literals.contains(&literal) {
                        known.literals.push(literal);
                    }
                }
            }
            None => all.push((variable, part)),
        }
    }
    all.into_iter()
        .map(|(variable, part)| Told {
            samples: with_missing(variable.samples()),
            reads: Reads::of(open, [&part]),
            variable,
            part,
        })
        .collect()
}

/// A result that is missing is told apart too.
fn with_missing(mut samples: Vec<Sample>) -> Vec<Sample> {
    if !samples
        .iter()
        .any(|sample| sample.stands == Stands::Missing)
    {
        samples.push(Sample {
            value: Value::Missing,
            stands: Stands::Missing,
        });
    }
    samples
}

/// Where a variable of the original scheme is read in the opened one.
pub fn part_of(open: &Open<'_>, variable: &Variable, rank: Option<Slot>) -> Bound {
    if let Some(slot) = rank {
        return Bound {
            node: Node::Slot(slot),
            ty: variable.ty.clone(),
            span: 0..0,
        };
    }
    let Some(part) = &variable.stands_for else {
        unreachable!("only a rank stands for nothing of the scheme")
    };
    if let (Kind::Pair { .. }, Node::Compare(_, left, right)) = (&variable.kind, &part.node)
        && let Some(pair) = open.known_pair(left, right)
    {
        return pair;
    }
    open.known(part)
}

/// The values that a thing told has for all customers.
pub fn values_of(told: &Told, facts: &Facts, len: usize) -> Vec<Value> {
    let column = told.part.eval(facts).column;
    let Kind::Pair { .. } = told.variable.kind else {
        return (0..len).map(|row| column.value(row)).collect();
    };
    let Node::Compare(op, left, right) = &told.part.node else {
        return (0..len).map(|row| column.value(row)).collect();
    };
    let turned = Bound {
        node: Node::Compare(*op, right.clone(), left.clone()),
        ..told.part.clone()
    };
    let more = turned.eval(facts).column;
    let sign = |row| match (column.value(row), more.value(row)) {
        (Value::Bool(true), _) => Decimal::from_int(-1).map_or(Value::Missing, Value::Number),
        (_, Value::Bool(true)) => Value::Number(Decimal::ONE),
        (Value::Bool(false), Value::Bool(false)) => Value::Number(Decimal::ZERO),
        _ => Value::Missing,
    };
    (0..len).map(sign).collect()
}

/// Which sample a value is one of.
pub fn choice(samples: &[Sample], value: &Value) -> u32 {
    let missing = || {
        let missing = samples.iter().position(|s| s.stands == Stands::Missing);
        missing.unwrap_or(0)
    };
    let found = match (value, key(value)) {
        (Value::Missing, _) => Some(missing()),
        (_, Some(at)) => {
            let place = samples.binary_search_by(|sample| match sample.stands {
                Stands::At(own) => own.cmp(&at),
                Stands::Between(low, high) => {
                    if low.is_some_and(|low| low >= at) {
                        std::cmp::Ordering::Greater
                    } else if high.is_some_and(|high| high <= at) {
                        std::cmp::Ordering::Less
                    } else {
                        std::cmp::Ordering::Equal
                    }
                }
                Stands::Alone => key(&sample.value).cmp(&Some(at)),
                Stands::AnyOther | Stands::Missing => std::cmp::Ordering::Greater,
            });
            place.ok()
        }
        (Value::List(_), _) => Some(0),
        _ => samples
            .iter()
            .position(|sample| sample.value == *value)
            .or_else(|| samples.iter().position(|s| s.stands == Stands::AnyOther)),
    };
    found.unwrap_or_else(missing) as u32
}

fn components(
    open: &Open<'_>,
    told: &[Told],
    counting: &BTreeSet<usize>,
    conditions: &[&Bound],
    reads: &Reads,
    as_of: Date,
) -> Result<Vec<Component>, TooMany> {
    let mut found = Found::default();
    let solver = open.solver();
    let mut look = |bound: &Bound| {
        // What cannot be seen through was replaced.
        _ = solver.condition(bound, &mut found);
    };
    conditions.iter().for_each(|bound| look(bound));
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
        for bound in of_dimension(&open.scheme.dimensions[*index].rule) {
            look(bound);
        }
    }
    // Sets of values that belong together, as small as they can be.
    let mut sets: Vec<BTreeSet<Slot>> = vec![];
    let mut join = |mut set: BTreeSet<Slot>| {
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
        join(told.reads.outside.clone());
    }
    for index in counting {
        join(Reads::of_dimension(open, *index).outside);
    }
    for relation in &found.relations {
        join(relation.terms.iter().map(|(slot, _)| *slot).collect());
    }
    for (function, _) in &found.periods {
        join(Reads::of(open, [function]).outside);
    }
    sets.sort();
    // What reads nothing (`otherwise` alone) is everybody's.
    sets.push(BTreeSet::new());
    sets.iter()
        .map(|set| component(open, set, &found, told, counting, as_of))
        .collect()
}

fn component(
    open: &Open<'_>,
    set: &BTreeSet<Slot>,
    found: &Found,
    told: &[Told],
    counting: &BTreeSet<usize>,
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
    let mut all = rows(&plain_given, &own, MOST)?;
    bounds::retain(open.original, &plain, &mut all);
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
    let mut component = Component {
        slots,
        given,
        rows: all,
        histories: known,
        series,
        outcomes: vec![],
        of_row: vec![],
        relations: own,
        counting: counting.clone(),
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
    Given { slot, variable }
}

impl Component {
    /// Works out what the rows come to.
    fn come_to(&mut self, open: &Open<'_>, told: &[Told], as_of: Date) {
        let counting = self.counting.clone();
        let len = self.rows.len();
        let (facts, assessment) = States::graded(
            open,
            std::slice::from_ref(self),
            &self.slots,
            &self.rows,
            as_of,
        );
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
        for index in &counting {
            let dimension = &open.scheme.dimensions[*index];
            let home = Reads::of_dimension(open, *index).outside;
            let Some(weight) = dimension.weight.filter(|_| self.is_home_of(&home)) else {
                continue;
            };
            if !assessment.dimensions[*index].counts {
                continue;
            }
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
        relations.any(|relation| relation.factor(slot) != 0)
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
        let rows = rows(&given, &self.relations, MOST)?;
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
        component.come_to(open, told, as_of);
        Ok(component)
    }
}

/// What matters of some components together.
pub type Together = (Vec<u32>, Option<(i128, i128)>);

/// All combinations of what some components come to, each with one outcome of each.
pub fn combinations(
    components: &[&Component],
    told: usize,
) -> Result<BTreeMap<Together, Vec<usize>>, TooMany> {
    let start: Together = (vec![u32::MAX; told], Some((0, 0)));
    let mut ways: BTreeMap<Together, Vec<usize>> = BTreeMap::from([(start, vec![])]);
    for component in components {
        let mut next: BTreeMap<Together, Vec<usize>> = BTreeMap::new();
        for ((choices, points), path) in &ways {
            for (index, outcome) in component.outcomes.iter().enumerate() {
                let joined: Vec<u32> = choices
                    .iter()
                    .zip(&outcome.choices)
                    .map(|(a, b)| (*a).min(*b))
                    .collect();
                let sum = points
                    .zip(outcome.points)
                    .and_then(|(a, b)| Some((a.0.checked_add(b.0)?, a.1.checked_add(b.1)?)));
                next.entry((joined, sum)).or_insert_with(|| {
                    let mut path = path.clone();
                    path.push(index);
                    path
                });
            }
            if next.len() > MOST {
                let all = components.iter().map(|component| component.outcomes.len());
                return Err(TooMany(all.fold(1, usize::saturating_mul)));
            }
        }
        ways = next;
    }
    Ok(ways)
}

fn combine(
    open: &Open<'_>,
    told: Vec<Told>,
    components: Vec<Component>,
    as_of: Date,
) -> Result<States, TooMany> {
    let borrowed: Vec<&Component> = components.iter().collect();
    let ways = combinations(&borrowed, told.len())?;
    let slots: Vec<Slot> = components
        .iter()
        .flat_map(|component| component.slots.iter().copied())
        .collect();
    // The rows of outcomes are looked up once.
    let first_rows: Vec<Vec<usize>> = components.iter().map(first_rows).collect();
    let customer = |path: &Vec<usize>| -> Row {
        path.iter()
            .enumerate()
            .flat_map(|(place, outcome)| {
                components[place].rows[first_rows[place][*outcome]]
                    .iter()
                    .cloned()
            })
            .collect()
    };
    let customers: Vec<Row> = ways.values().map(customer).collect();
    let (facts, assessment) = States::graded(open, &components, &slots, &customers, as_of);
    let mut choices: Vec<Vec<u32>> = ways.keys().map(|(choices, _)| choices.clone()).collect();
    for (place, told) in told.iter().enumerate() {
        if told.reads.is_of_all() {
            for (row, value) in values_of(told, &facts, customers.len()).iter().enumerate() {
                choices[row][place] = choice(&told.samples, value);
            }
        }
    }
    let points = ways.into_keys().map(|(_, points)| points).collect();
    Ok(States {
        slots,
        customers,
        points,
        choices,
        told,
        components,
        facts,
        assessment,
    })
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
