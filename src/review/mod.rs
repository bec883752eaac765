//! What people say about grades: corrections in the reviewers' columns of a graded workbook or in a sheet of their own,
//! and proposals in follow-up sheets.
//!
//! Takes the scheme, the tables that were read, and where each customer stands; gives what is to be recorded and what
//! is to be told. Nothing is written here: the ledger keeps it, [`crate::decide`] applies it.
//!
//! ```text
//! columns    (Scheme, Table, Form)         → Columns                 which column says what
//! rows       (Scheme, Tables, Form)        → Vec<Correction>         one for each cell that a reviewer filled
//! settle     (Scheme, Vec<Correction>, Standing of each customer) → Settled
//! proposals  (Scheme, Book)                → Vec<Proposal>
//! duplicates the sheet of pairs             → verdicts on who may be one customer
//! levels     a word                        → the grade, type or tag of the scheme that it names
//! ```

mod columns;
mod duplicates;
mod levels;
mod proposals;
mod rows;
mod settle;
#[cfg(test)]
mod tests;
mod told;

pub use columns::{Columns, Form, key_headers};
pub use duplicates::{ReadVerdict, is_of_pairs, pair_headings, verdicts};
pub use levels::{Named, name_level};
pub use proposals::{Proposal, proposals};
pub use rows::{Read, hold_word, read};
pub use settle::{End, Settled, settle, settle_by_hand};
pub use told::{barred, is_barred};

use crate::decide::{Hold, Override, Subject};
use crate::scheme::Scheme;
use crate::table::{Date, Place};
use std::sync::Arc;

/// A correction as somebody wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correction {
    /// The customer's key.
    pub customer: Arc<str>,
    /// What it is of.
    pub subject: Subject,
    /// The name of the grade, type or tag, as the scheme has it now.
    pub level: Arc<str>,
    /// How it holds, where that was said. Else it follows from the grade that the rules give.
    pub hold: Option<Hold>,
    /// Why.
    pub reason: Arc<str>,
    /// Who says so.
    pub by: Arc<str>,
    /// The last day on which it counts.
    pub until: Option<Date>,
    /// When somebody is to look at it again.
    pub review_on: Option<Date>,
    /// Where it stands; `None` if it was given on the command line.
    pub place: Option<Place>,
    /// The grade (or type) beside it: what the reviewer saw. `None` where the sheet shows none.
    pub seen: Option<Arc<str>>,
}

/// Where a customer stands when corrections are read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Current {
    /// The grade that the rules give, by the newest run.
    pub rule_grade: Option<Arc<str>>,
    /// The grade that counts, by the newest run.
    pub grade: Option<Arc<str>>,
    /// The type that the rules give.
    pub rule_type: Option<Arc<str>>,
    /// The type that counts.
    pub kind: Option<Arc<str>>,
    /// The tags.
    pub tags: Vec<Arc<str>>,
    /// What people said of the customer before, in the order in which they said it.
    pub said: Vec<Said>,
}

/// Something that somebody said of a customer before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// What was said. Its number is unique among what has the same state.
    pub set: Override,
    /// What has become of it.
    pub state: State,
    /// Whether it was read from a sheet, of which somebody may have another copy.
    pub from_sheet: bool,
    /// Whether no run has counted with it yet.
    pub is_fresh: bool,
}

/// What has become of something that was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It counts.
    Live,
    /// Somebody else said otherwise: it does not count until they agree or somebody decides.
    Disputed,
    /// It changed nothing: the reviewer agrees with what the newest run gave. With the next run it is forgotten.
    Agreed,
    /// It was cleared, replaced or decided against, or it expired.
    Ended,
}

impl State {
    /// The word in the ledger and in JSON.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Disputed => "disputed",
            Self::Agreed => "agreed",
            Self::Ended => "ended",
        }
    }
}

impl Correction {
    /// How it holds for a customer to whom the rules give `rule`: as was said, else a level above the rules' is a floor,
    /// which rules may raise, and everything else a lock. Types have an above only where they move by rules.
    pub fn hold_over(&self, scheme: &Scheme, rule: Option<&str>) -> Hold {
        if let Some(hold) = self.hold {
            return hold;
        }
        let ladder = match self.subject {
            Subject::Grade => levels::names(scheme, Subject::Grade),
            Subject::Type if scheme.type_movement.is_some() => levels::names(scheme, Subject::Type),
            Subject::Type | Subject::Tag => return Hold::Lock,
        };
        let place = |name: &str| ladder.iter().position(|level| **level == *name);
        match (place(&self.level), rule.and_then(place)) {
            (Some(level), Some(rule)) if level < rule => Hold::Floor,
            _ => Hold::Lock,
        }
    }

    /// The override that it becomes, from `from` on.
    pub fn to_override(&self, hold: Hold, from: Option<Date>) -> Override {
        Override {
            id: 0,
            customer: self.customer.clone(),
            subject: self.subject,
            hold,
            level: self.level.clone(),
            reason: self.reason.clone(),
            by: self.by.clone(),
            from,
            until: self.until,
            review_on: self.review_on,
        }
    }
}

impl Current {
    /// The level that the rules give on a ladder; tags have none.
    pub fn rule(&self, subject: Subject) -> Option<&str> {
        match subject {
            Subject::Grade => self.rule_grade.as_deref(),
            Subject::Type => self.rule_type.as_deref(),
            Subject::Tag => None,
        }
    }

    /// The level that counts on a ladder; tags have none.
    pub fn effective(&self, subject: Subject) -> Option<&str> {
        match subject {
            Subject::Grade => self.grade.as_deref(),
            Subject::Type => self.kind.as_deref(),
            Subject::Tag => None,
        }
    }
}
