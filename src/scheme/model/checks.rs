//! `[[checks]]`: what must hold for the rows of a sheet, or for a file as a whole.

use super::{Care, Expression};
use crate::diagnostic::Severity;
use crate::expr::Aggregate;
use crate::table::Decimal;
use std::sync::Arc;

/// A check of a sheet.
#[derive(Clone, Debug)]
pub struct Check {
    /// Its name.
    pub name: Arc<str>,
    /// Which rows it is about; `None`: all. Over the fields of the sheet: slot `i` is field `i`.
    pub when: Option<Expression>,
    /// What must hold.
    pub that: That,
    /// What it is if it does not hold.
    pub severity: Severity,
    /// Up to how many rows it may fail before the whole file is refused; `None`: any number.
    pub allow: Option<Allow>,
    /// What to do about it, in the words of the scheme.
    pub help: Option<Arc<str>>,
    /// Who is to see to it.
    pub care: Care,
}

/// What must hold.
#[derive(Clone, Debug)]
pub enum That {
    /// A condition over each row. Slot `i` is field `i`; of a sheet with `n` fields slot `n + i` is field `i` in the row
    /// that the last import has for the same key.
    EachRow {
        /// The condition.
        condition: Expression,
        /// Whether it looks at the last import.
        reads_before: bool,
    },
    /// A condition over figures of the whole file: slot `i` is figure `i`.
    WholeFile {
        /// The condition.
        condition: Expression,
        /// The figures.
        figures: Vec<Figure>,
    },
}

/// One value out of all rows of a file.
#[derive(Clone, Debug)]
pub struct Figure {
    /// How it is worked out, over the fields of the sheet.
    pub aggregate: Aggregate,
    /// As the condition writes it.
    pub text: Arc<str>,
    /// Whether it is that of the last import.
    pub is_before: bool,
}

/// How many rows may fail.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Allow {
    /// This share of those that the check is about.
    Share(Decimal),
    /// So many.
    Rows(usize),
}

impl Allow {
    /// Whether `failed` of `all` rows are no more than that.
    pub fn admits(self, failed: usize, all: usize) -> bool {
        match self {
            Self::Rows(rows) => failed <= rows,
            Self::Share(share) => {
                let most = Decimal::from_count(all).checked_mul(share);
                most.is_none_or(|most| Decimal::from_count(failed) <= most)
            }
        }
    }
}

impl Check {
    /// Whether it compares with the last import, so that it is judged when a file is brought in and never again.
    pub fn reads_before(&self) -> bool {
        match &self.that {
            That::EachRow { reads_before, .. } => *reads_before,
            That::WholeFile { figures, .. } => figures.iter().any(|figure| figure.is_before),
        }
    }

    /// The condition as written.
    pub fn text(&self) -> &Arc<str> {
        match &self.that {
            That::EachRow { condition, .. } | That::WholeFile { condition, .. } => &condition.text,
        }
    }
}
