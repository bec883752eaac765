//! What a report is made from, and the one place that says which customers it is of and what it may name.

use super::by::By;
use super::potential::Promising;
use super::trend::RunFigures;
use crate::compare::Comparison;
use crate::diagnostic::{Finding, Lang};
use crate::expr::{Measure, Node, Slot};
use crate::grading::Grading;
use crate::scheme::Scheme;
use crate::scheme::model::{Expression, Sight, SlotKind};
use crate::table::column::MISSING;
use crate::table::{Column, Truth};
use crate::words::estimate_mark;
use std::sync::Arc;

/// Everything that a report is made from.
pub struct Material<'a> {
    /// The run.
    pub grading: &'a Grading,
    /// What the scheme asks of customers for reports alone.
    pub judged: &'a Judged,
    /// Which customers, and what may be named.
    pub scope: Scope<'a>,
    /// The language.
    pub lang: Lang,
    /// What it is of: `2024-Q2`, or the as-of date.
    pub of: String,
    /// The id of the run, where a ledger has it.
    pub run: Option<String>,
    /// What the customers were before.
    pub before: Option<Before>,
    /// Runs up to this one, the oldest first.
    pub runs: Vec<RunFigures>,
    /// How many earlier runs there are that are not among them.
    pub older_runs: usize,
    /// What customers are also counted by.
    pub by: Vec<By>,
    /// What was found in data and on the way.
    pub findings: &'a [Finding],
    /// Whether the customers are listed one by one.
    pub lists_customers: bool,
}

/// What the customers were before, and how they moved since.
pub struct Before {
    /// The comparison with this run.
    pub comparison: Comparison,
    /// What it is compared with, for headings: an as-of date.
    pub name: String,
    /// What there is to say of the choice: a sentence each.
    pub notes: Vec<String>,
}

/// Which customers a report is of, and what of them it may show. Nothing else of a report has to know that somebody
/// sees less.
pub struct Scope<'a> {
    grading: &'a Grading,
    rows: Vec<u32>,
    is_whole: bool,
}

impl<'a> Scope<'a> {
    /// All customers of a grading. Of those whom a role sees nobody can say what else there is in the run.
    pub fn whole(grading: &'a Grading) -> Self {
        let role = grading.role.as_ref();
        Self {
            grading,
            rows: (0..grading.len() as u32).collect(),
            is_whole: !role.is_some_and(|role| role.some_rows),
        }
    }

    /// Only these customers.
    #[must_use]
    pub fn of_rows(mut self, rows: Vec<u32>) -> Self {
        self.rows = rows;
        self.is_whole = false;
        self
    }

    /// The grading that they are of.
    pub(super) const fn grading(&self) -> &'a Grading {
        self.grading
    }

    /// The customers, by their places in the roster.
    pub fn rows(&self) -> &[u32] {
        &self.rows
    }

    /// Whether it is all customers, and with them what is known of rows that are refused and customers who are absent.
    pub const fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// Whether a column may be shown, and figures of it: a role may see it masked or not at all.
    pub fn shows(&self, slot: Slot) -> bool {
        self.grading.scheme.slots.sight(slot) == Sight::Open
    }

    /// Which of a customer's names may be shown.
    pub fn names(&self) -> MayName {
        let customers = self.grading.scheme.customers.as_ref();
        MayName {
            id: self.shows_field(customers.map(|customers| customers.key)),
            name: self.shows_field(customers.and_then(|customers| customers.name)),
            reason: self.shows_all(),
        }
    }

    /// A customer's key, where it may be shown.
    pub fn id(&self, row: usize) -> Option<&Arc<str>> {
        let id = &self.grading.book.roster.ids[row];
        self.names().id.then_some(id)
    }

    /// A customer's name, where there is one and it may be shown.
    pub fn name(&self, row: usize) -> Option<&Arc<str>> {
        let name = self.grading.book.roster.names[row].as_ref();
        name.filter(|_| self.names().name)
    }

    /// What revenue is, where it may be shown.
    pub fn amount(&self) -> Option<Amount<'a>> {
        Amount::of(self.grading, self.grading.scheme.amount()?)
            .filter(|found| self.shows(found.slot))
    }

    /// Keys and names that a role sees masked are masked in the grading that it gets.
    fn shows_field(&self, field: Option<usize>) -> bool {
        let sight = |field| self.grading.scheme.slots.sight_of(SlotKind::Field(field));
        field.is_none_or(|field| sight(field) != Sight::Hidden)
    }

    /// Whether every value may be shown.
    fn shows_all(&self) -> bool {
        let slots = &self.grading.scheme.slots;
        slots.entries.iter().all(|entry| entry.sight == Sight::Open)
    }
}

/// Which of a customer's names may be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MayName {
    /// The key.
    pub id: bool,
    /// The name.
    pub name: bool,
    /// Reasons: they name values.
    pub reason: bool,
}

/// A number of every customer with what it is called.
pub struct Amount<'a> {
    /// Where it is.
    pub slot: Slot,
    /// Its name, with the unit of money: `年采购额（万元）`.
    pub heading: String,
    /// Whether it is money.
    pub is_money: bool,
    /// The values in millionths by customer, [`MISSING`] where there is none.
    values: &'a [i64],
}

impl<'a> Amount<'a> {
    /// The number in a column; `None` if it holds none.
    pub fn of(grading: &'a Grading, slot: Slot) -> Option<Self> {
        let Column::Number(values) = grading.facts.get(slot) else {
            return None;
        };
        Some(Self {
            slot,
            heading: heading(&grading.scheme, slot),
            is_money: is_money(&grading.scheme, slot),
            values,
        })
    }

    /// The kind of its columns.
    pub const fn kind(&self) -> super::Kind {
        super::contribution::kind(self)
    }

    /// The value of a customer in millionths.
    pub fn at(&self, row: u32) -> Option<i64> {
        Some(self.values[row as usize]).filter(|value| *value != MISSING)
    }
}

pub(super) fn is_money(scheme: &Scheme, slot: Slot) -> bool {
    let entry = &scheme.slots.entries[slot.0 as usize];
    matches!(entry.ty.measure, Measure::Money(_))
}

/// What an expression of one number is called, with its unit.
pub(super) fn heading_of(scheme: &Scheme, expression: &Expression) -> String {
    if let Node::Slot(slot) = expression.bound.node {
        return heading(scheme, slot);
    }
    let mut heading = expression.text.to_string();
    if let Measure::Money(Some(unit)) = &expression.bound.ty.measure {
        heading += &format!("（{unit}）");
    }
    if scheme.slots.estimates(&expression.bound) {
        heading += estimate_mark(scheme.language);
    }
    heading
}

/// What a column is called, with its unit.
pub(super) fn heading(scheme: &Scheme, slot: Slot) -> String {
    let name = crate::explain::name_of(scheme, slot, scheme.language);
    let entry = &scheme.slots.entries[slot.0 as usize];
    let mut heading = match &entry.ty.measure {
        Measure::Money(Some(unit)) => format!("{name}（{unit}）"),
        _ => name.to_string(),
    };
    if entry.is_estimate {
        heading += estimate_mark(scheme.language);
    }
    heading
}

/// What the scheme asks of every customer for reports alone.
#[derive(Clone, Debug, Default)]
pub struct Judged {
    /// Who is lost.
    pub churned: Option<Vec<Truth>>,
    /// Who has bought at all.
    pub bought: Option<Vec<Truth>>,
    /// Who has bought again.
    pub repurchased: Option<Vec<Truth>>,
    /// Who is promising.
    pub potential: Option<Promising>,
    /// For each strategy whether its goal is reached, for the customers who have it.
    pub goals: Vec<Option<Vec<Truth>>>,
}

impl Judged {
    /// The same of some of the customers, by their places.
    #[must_use]
    pub fn of_rows(&self, rows: &[u32]) -> Self {
        let pick = |truths: &Option<Vec<Truth>>| {
            let truths = truths.as_ref()?;
            Some(rows.iter().map(|row| truths[*row as usize]).collect())
        };
        Self {
            churned: pick(&self.churned),
            bought: pick(&self.bought),
            repurchased: pick(&self.repurchased),
            potential: self.potential.as_ref().map(|all| all.of_rows(rows)),
            goals: self.goals.iter().map(pick).collect(),
        }
    }
}

/// Judges these conditions by the evaluator that grades; what cannot be worked out is a finding.
pub fn judge(grading: &mut Grading) -> (Judged, Vec<Finding>) {
    let scheme = grading.scheme.clone();
    let facts = &mut grading.facts;
    let mut findings = vec![];
    let mut truths = |expression: Option<&Expression>, name: &str, of: &dyn Fn(u32) -> bool| {
        let column = facts.evaluate_where(&scheme, expression?, name, of, &mut findings);
        match column {
            Column::Bool(truths) => Some(truths),
            other => Some(vec![Truth::Unknown; other.len()]),
        }
    };
    let everybody = |_: u32| true;
    let report = &scheme.report;
    let churned = truths(report.churned.as_ref(), "report.churned", &everybody);
    let bought = truths(report.bought.as_ref(), "report.bought", &everybody);
    let repurchased = truths(
        report.repurchased.as_ref(),
        "report.repurchased",
        &everybody,
    );
    let chosen = &grading.classification.strategies;
    let goals = scheme
        .strategies
        .iter()
        .enumerate()
        .map(|(place, strategy)| {
            let has_it = |row: u32| chosen[row as usize].index() == Some(place);
            truths(strategy.goal_met.as_ref(), "goal_met", &has_it)
        });
    let goals = goals.collect();
    let potential = promising(grading, &mut findings);
    let judged = Judged {
        churned,
        bought,
        repurchased,
        potential,
        goals,
    };
    (judged, findings)
}

/// Who is promising; `None` where the scheme asks for no list.
pub fn promising(grading: &mut Grading, findings: &mut Vec<Finding>) -> Option<Promising> {
    let scheme = grading.scheme.clone();
    let rule = scheme.report.potential.as_ref()?;
    let facts = &mut grading.facts;
    let everybody = |_: u32| true;
    let mut column = |expression: &Expression, name: &str| {
        facts.evaluate_where(&scheme, expression, name, everybody, findings)
    };
    let when = rule.when.as_ref();
    let in_question = when.map(|when| match column(when, "report.potential.when") {
        Column::Bool(truths) => truths,
        other => vec![Truth::Unknown; other.len()],
    });
    let by = column(&rule.by, "report.potential.by");
    let values = match &by {
        Column::Number(values) => &values[..],
        _ => &[],
    };
    let grades = grading.decided.iter().map(|decided| decided.grade);
    Some(Promising::new(rule, grades, in_question.as_deref(), values))
}
