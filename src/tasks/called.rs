//! What the strategies call for as of a run: of all strategies that hold for a customer, not only the first.

use super::{Why, WhyRule};
use crate::classify::render;
use crate::diagnostic::{Code, Finding};
use crate::grading::Grading;
use crate::scheme::model::{Expression, Span, TaskRule};
use crate::table::column::Value;
use crate::table::{Column, Date, Truth};
use crate::text;
use crate::words::how_many;
use foldhash::HashSet;
use std::sync::Arc;

/// What a run calls for.
#[derive(Clone, Debug)]
pub struct Called {
    /// The run's date.
    pub as_of: Date,
    /// In the order of the scheme's tasks and the customers; of one title at most one for a customer.
    pub calls: Vec<Call>,
}

/// A task that a strategy calls for.
#[derive(Clone, Debug)]
pub struct Call {
    /// The customer's key.
    pub customer: Arc<str>,
    /// The customer's name.
    pub name: Option<Arc<str>>,
    /// What is to be done.
    pub title: Arc<str>,
    /// By whom.
    pub owner: Option<Arc<str>>,
    /// What calls for it.
    pub why: Why,
    /// Where it comes from.
    pub of: Origin,
    /// How many days before it is due to begin.
    pub lead_days: i32,
    /// When it is due.
    pub rule: Rule,
}

/// What calls for a task, by place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The date of the run.
    pub as_of: Date,
    /// The strategy's place in the scheme of the run.
    pub strategy: usize,
    /// The task's place in the strategy.
    pub task: usize,
}

/// When a task is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Once in each interval.
    Every(Span),
    /// On a day.
    On(Date),
    /// Now.
    Now,
}

/// What a grading calls for. A condition that is unknown for a customer calls for nothing, and that is said.
pub fn called(grading: &mut Grading, findings: &mut Vec<Finding>) -> Called {
    let scheme = grading.scheme.clone();
    let as_of = grading.book.as_of;
    let lang = scheme.language;
    let customers = grading.book.roster.len();
    let mut calls: Vec<Call> = vec![];
    let mut known: HashSet<(u32, Arc<str>)> = HashSet::default();
    for (number, strategy) in (1_usize..).zip(&scheme.strategies) {
        if strategy.tasks.is_empty() {
            continue;
        }
        let name = text!("strategy {number}", "第 {number} 条策略");
        let holds = strategy.when.as_ref().map(|when| {
            let name = name.get(lang).to_owned();
            truths(grading, when, &name, findings)
        });
        for (place, task) in strategy.tasks.iter().enumerate() {
            let title: Arc<str> = task.title.as_str().into();
            let now = match &task.rule {
                TaskRule::When(when) => Some(truths(grading, when, &title, findings)),
                TaskRule::Every(_) | TaskRule::On(_) => None,
            };
            for row in 0..customers {
                let is_for = |truths: &Option<Vec<Truth>>| {
                    truths
                        .as_ref()
                        .is_none_or(|truths| truths[row] == Truth::True)
                };
                if !is_for(&holds) || !is_for(&now) {
                    continue;
                }
                let Some((rule, why)) = due(grading, &task.rule, row) else {
                    continue;
                };
                if !known.insert((row as u32, title.clone())) {
                    continue;
                }
                let owner = task.by.as_ref();
                let owner = owner.and_then(|by| render(by, &grading.facts, row, lang));
                let owner = owner.map(|owner| owner.trim().to_owned());
                let roster = &grading.book.roster;
                calls.push(Call {
                    customer: roster.ids[row].clone(),
                    name: roster.names[row].clone(),
                    title: title.clone(),
                    owner: owner.filter(|owner| !owner.is_empty()).map(Arc::from),
                    why: Why {
                        strategy: strategy.when.as_ref().map(|when| when.text.clone()),
                        rule: why,
                    },
                    of: Origin {
                        as_of,
                        strategy: number - 1,
                        task: place,
                    },
                    lead_days: task.lead_days as i32,
                    rule,
                });
            }
        }
    }
    Called { as_of, calls }
}

/// When a task is due for a customer, and by what; `None` where its date is blank.
fn due(grading: &Grading, rule: &TaskRule, row: usize) -> Option<(Rule, WhyRule)> {
    Some(match rule {
        TaskRule::Every(span) => (Rule::Every(*span), WhyRule::Every(*span)),
        TaskRule::When(when) => (Rule::Now, WhyRule::When(when.text.clone())),
        TaskRule::On(slot) => {
            let day = match grading.facts.get(*slot).value(row) {
                Value::Date(day) => day,
                Value::DateTime(moment) => moment.date(),
                _ => return None,
            };
            let name = &grading.scheme.slots.entries[slot.0 as usize].name;
            (Rule::On(day), WhyRule::On(name.clone(), day))
        }
    })
}

/// For each customer whether a condition holds.
fn truths(
    grading: &mut Grading,
    when: &Expression,
    name: &str,
    findings: &mut Vec<Finding>,
) -> Vec<Truth> {
    let scheme = grading.scheme.clone();
    let column = grading.facts.evaluate(&scheme, when, name, findings);
    let Column::Bool(truths) = column else {
        return vec![Truth::Unknown; column.len()];
    };
    let unknown = truths.iter().filter(|truth| **truth == Truth::Unknown);
    let count = unknown.count();
    if count > 0 {
        let customers = how_many(count, "customer");
        let condition = &when.text;
        findings.push(Finding::warning(
            Code::UnknownCondition,
            text!(
                "whether `{condition}` holds is unknown for {customers}, because a value is missing; its tasks \
                 are not called for",
                "因缺值，有 {count} 位客户无法判断 `{condition}` 是否成立，不安排相应的任务"
            ),
        ));
    }
    truths
}
