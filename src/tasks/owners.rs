//! Who looks after each customer, as the tasks of the strategies say it: to whom the hours count that a strategy takes.

use crate::classify::render;
use crate::grading::Grading;
use crate::scheme::model::Strategy;
use crate::table::{Column, Truth};
use std::sync::Arc;

/// For each customer the owner whom a task's `by` names: of the strategy that gives the service first (the first that
/// holds), then of the others that hold, in the order of the scheme. `None` where no task names anybody. Whether a task
/// is due now does not matter.
pub fn owners(grading: &mut Grading) -> Vec<Option<Arc<str>>> {
    let scheme = grading.scheme.clone();
    let has_owner = |strategy: &Strategy| strategy.tasks.iter().any(|task| task.by.is_some());
    let mut owners: Vec<Option<Arc<str>>> = vec![None; grading.len()];
    for (row, owner) in owners.iter_mut().enumerate() {
        let chosen = grading.classification.strategies[row].index();
        if let Some(strategy) = chosen.and_then(|place| scheme.strategies.get(place)) {
            *owner = named(grading, strategy, row);
        }
    }
    for (place, strategy) in scheme.strategies.iter().enumerate() {
        if !has_owner(strategy) || owners.iter().all(Option::is_some) {
            continue;
        }
        // What cannot be judged is said where the tasks are called for.
        let holds = strategy.when.as_ref().map(|when| {
            let name = format!("strategies.{}", place + 1);
            grading.facts.evaluate(&scheme, when, &name, &mut vec![])
        });
        let holds = |row: usize| match &holds {
            None => true,
            Some(Column::Bool(truths)) => truths[row] == Truth::True,
            Some(_) => false,
        };
        for (row, owner) in owners.iter_mut().enumerate() {
            if owner.is_none() && holds(row) {
                *owner = named(grading, strategy, row);
            }
        }
    }
    owners
}

/// The first owner that a strategy's tasks name for a customer.
fn named(grading: &Grading, strategy: &Strategy, row: usize) -> Option<Arc<str>> {
    let lang = grading.scheme.language;
    let mut rendered = strategy.tasks.iter().filter_map(|task| {
        let owner = render(task.by.as_ref()?, &grading.facts, row, lang)?;
        let owner = owner.trim();
        (!owner.is_empty()).then(|| Arc::from(owner))
    });
    rendered.next()
}
