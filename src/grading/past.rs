//! What was before a run and does not come from its sheets: where the run before left every customer, what people have
//! set since, which reviews they have settled.

use crate::book::{Earlier, Previous};
use crate::decide::{Override, Rung, Standing};
use crate::scheme::Scheme;
use crate::table::Date;
use std::sync::Arc;

/// What was before a run. Empty for a first run, and for one from files alone.
#[derive(Clone, Debug, Default)]
pub struct Past {
    /// The as-of date of the run before.
    pub as_of: Option<Date>,
    /// Every customer that it knew, absent ones too, in its order.
    pub customers: Vec<Known>,
    /// What people set and has not been ended, whether or not it counts on the as-of date.
    pub overrides: Vec<Override>,
    /// Reviews that somebody has settled.
    pub settled: Vec<Settled>,
}

impl Past {
    /// What a graded file says of the run before: who was what since when. Of the ladder's inner state it says nothing,
    /// so counts begin with the grade's date, as they do with `previous_date`.
    pub fn of_file(scheme: &Scheme, customers: &[Previous]) -> Self {
        let known = |customer: &Previous| {
            let Earlier { grade, since, kind } = customer.earlier;
            let since = since.filter(|_| grade.is_some());
            let grade = grade.map(|level| scheme.grades[level].name.clone());
            let kind = kind.map(|level| scheme.types[level].name.clone());
            let rung = |level: &Option<Arc<str>>| Rung {
                level: level.clone(),
                moved: since,
                counts_after: since,
                ..Rung::default()
            };
            Known {
                id: customer.id.clone(),
                absent: customer.absent,
                refused: customer.refused,
                name: customer.name.clone(),
                standing: Standing {
                    decided: since,
                    grade: rung(&grade),
                    kind: rung(&kind),
                    effective_grade: grade,
                    since,
                    effective_kind: kind,
                },
            }
        };
        Self {
            customers: customers.iter().map(known).collect(),
            ..Self::default()
        }
    }
}

/// A customer whom the run before knew.
#[derive(Clone, Debug)]
pub struct Known {
    /// The key.
    pub id: Arc<str>,
    /// The name.
    pub name: Option<Arc<str>>,
    /// Where it left the customer.
    pub standing: Standing,
    /// Whether the customer was absent there.
    pub absent: bool,
    /// Whether the customer's row could not be used there: the standing is the one before.
    pub refused: bool,
}

/// A review that somebody has settled: a customer waits no longer for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// The customer's key.
    pub customer: Arc<str>,
    /// The name of the review rule.
    pub rule: Arc<str>,
}
