//! What the strategies give, as rows: for whom, what is done for them, and how many customers that is.

use super::seen::Seen;
use super::tasks::every;
use crate::diagnostic::Lang;
use crate::expr::Frame;
use crate::grading::Grading;
use crate::scheme::model::{Expression, Strategy, Task, TaskRule};
use crate::table::{Decimal, Value};
use crate::words::Word;

/// One strategy as people read it. Texts are empty where the scheme says nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct StrategyRow {
    /// For whom it is.
    pub applies: String,
    /// How many customers get its service: those for whom it is the first that holds.
    pub customers: usize,
    /// How many get its tasks, which are of every strategy that holds; `None` where it reads what the reader
    /// does not see.
    pub task_customers: Option<usize>,
    /// What is done for them.
    pub service: String,
    /// The follow-ups, a line each.
    pub follow_ups: String,
    /// How fast they are answered.
    pub respond_within: String,
    /// What is spent on them.
    pub resources: String,
    /// What they get.
    pub benefits: String,
    /// What is to be reached.
    pub goal: String,
    /// Who looks after them.
    pub owner_level: String,
    /// Hours of work a customer and period.
    pub hours: Option<Decimal>,
    /// Cost a customer and period.
    pub cost: Option<Decimal>,
}

impl StrategyRow {
    /// Hours of all its customers.
    pub fn all_hours(&self) -> Option<Decimal> {
        self.hours?.checked_mul(Decimal::from_count(self.customers))
    }

    /// Cost of all its customers.
    pub fn all_cost(&self) -> Option<Decimal> {
        self.cost?.checked_mul(Decimal::from_count(self.customers))
    }
}

/// The strategies of a grading, with the customers who may be shown.
pub fn strategies(grading: &Grading, seen: &Seen, lang: Lang) -> Vec<StrategyRow> {
    let rules = grading.scheme.strategies.iter().enumerate();
    rules
        .map(|(index, strategy)| row(grading, seen, index, strategy, lang))
        .collect()
}

fn row(
    grading: &Grading,
    seen: &Seen,
    index: usize,
    strategy: &Strategy,
    lang: Lang,
) -> StrategyRow {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let chosen = &grading.classification.strategies;
    let customers = seen
        .rows()
        .filter(|row| chosen[*row].index() == Some(index))
        .count();
    let task_customers = match &strategy.when {
        _ if strategy.tasks.is_empty() => Some(0),
        None => Some(seen.rows().count()),
        Some(when) if grading.scheme.slots.withholds(&when.bound) => None,
        Some(when) => Some(seen.rows().filter(|row| holds(grading, when, *row)).count()),
    };
    let tasks = strategy
        .tasks
        .iter()
        .map(|task| task_text(task, grading, lang));
    StrategyRow {
        applies: match &strategy.when {
            Some(when) => when.text.trim().to_owned(),
            None => Word::TheRest.get(lang).to_owned(),
        },
        customers,
        task_customers,
        service: text(&strategy.service),
        follow_ups: tasks.collect::<Vec<_>>().join("\n"),
        respond_within: text(&strategy.respond_within),
        resources: text(&strategy.resources),
        benefits: strategy.benefits.join("、"),
        goal: text(&strategy.goal),
        owner_level: text(&strategy.owner_level),
        hours: strategy.hours,
        cost: strategy.cost,
    }
}

fn holds(grading: &Grading, when: &Expression, row: usize) -> bool {
    // What grading could not work out holds for nobody here either.
    when.bound.eval_at(&grading.facts as &dyn Frame, row) == Value::Bool(true)
}

/// `上门拜访：每 3 个月（{客户经理}，提前 7 天）`.
fn task_text(task: &Task, grading: &Grading, lang: Lang) -> String {
    let when = match (&task.rule, lang) {
        (TaskRule::Every(span), _) => every(*span).get(lang).to_owned(),
        (TaskRule::On(slot), Lang::Zh) => {
            format!("在 {}", grading.scheme.slots.entries[slot.0 as usize].name)
        }
        (TaskRule::On(slot), Lang::En) => {
            format!("on {}", grading.scheme.slots.entries[slot.0 as usize].name)
        }
        (TaskRule::When(when), Lang::Zh) => format!("当 {}", when.text.trim()),
        (TaskRule::When(when), Lang::En) => format!("when {}", when.text.trim()),
    };
    let mut notes = vec![];
    if let Some(by) = &task.by {
        notes.push(by.text.to_string());
    }
    match (task.lead_days, lang) {
        (0, _) => {}
        (days, Lang::Zh) => notes.push(format!("提前 {days} 天")),
        (1, Lang::En) => notes.push("1 day before".to_owned()),
        (days, Lang::En) => notes.push(format!("{days} days before")),
    }
    let title = &task.title;
    match (notes.is_empty(), lang) {
        (true, Lang::Zh) => format!("{title}：{when}"),
        (true, Lang::En) => format!("{title}: {when}"),
        (false, Lang::Zh) => format!("{title}：{when}（{}）", notes.join("，")),
        (false, Lang::En) => format!("{title}: {when} ({})", notes.join(", ")),
    }
}
