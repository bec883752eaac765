//! Combinations of what values come to, each with a customer that comes to it.

use super::bounds;
use super::cells::{Given, Row};
use super::component::{Component, components, first_rows};
use super::demands::Demand;
use super::facts::{self, Histories};
use super::open::Open;
use super::reads::Reads;
use super::told::{Told, all_told, choice, values_of};
use super::{MOST, TooMany};
use crate::assess::{Assessment, Facts, assess};
use crate::classify::{self, named};
use crate::expr::{Bound, Slot};
use crate::scheme::lint::variables::Variable;
use crate::scheme::model::{Scheme, SlotKind};
use crate::table::{Date, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

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
        let all = |demands: &[Demand]| {
            let conditions = &wanted.conditions;
            let components =
                components(open, &told, &counting, conditions, &reads, demands, as_of)?;
            combine(open, told.clone(), components, as_of)
        };
        // Rather customers whom the sheet refuses than none.
        all(&open.demands).or_else(|too_many| {
            if open.demands.is_empty() {
                return Err(too_many);
            }
            all(&[])
        })
    }

    /// What the sheet asks that refused some of those who have other of these values.
    pub fn refused(&self, outside: &BTreeSet<Slot>) -> BTreeSet<Arc<str>> {
        let components = self.components.iter();
        let read = components
            .filter(|component| component.slots.iter().any(|slot| outside.contains(slot)));
        read.flat_map(|component| component.refused.iter().cloned())
            .collect()
    }

    /// Whether a customer lacks one of some values because there are no rows that it could be of.
    pub fn has_no_rows(&self, scheme: &Scheme, row: usize, outside: &BTreeSet<Slot>) -> bool {
        bounds::has_no_rows(scheme, &self.slots, &self.customers[row], outside)
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

    /// Customers of these components as they come to be graded.
    pub fn made(
        open: &Open<'_>,
        components: &[Component],
        slots: &[Slot],
        customers: &[Row],
        as_of: Date,
    ) -> Facts {
        let mut series: Histories<'_> = BTreeMap::new();
        for component in components {
            for slot in &component.series {
                series.insert(*slot, (&component.series, &component.histories));
            }
        }
        facts::facts(open, slots, customers, &series, as_of)
    }

    /// Customers of these components as they are graded.
    pub fn graded(
        open: &Open<'_>,
        components: &[Component],
        slots: &[Slot],
        customers: &[Row],
        as_of: Date,
    ) -> (Facts, Assessment) {
        let mut facts = Self::made(open, components, slots, customers, as_of);
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
