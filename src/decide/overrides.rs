//! What people set: a grade, a type or a tag of a customer, with a reason.

use crate::table::Date;
use std::sync::Arc;

/// What an override is of.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
pub enum Subject {
    /// The grade.
    Grade,
    /// The type.
    Type,
    /// A tag: a lock puts it on, a ceiling takes it off.
    Tag,
}

/// How an override holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
pub enum Hold {
    /// Not below this; rules may raise it.
    Floor,
    /// This and nothing else.
    Lock,
    /// Not above this.
    Ceiling,
}

/// One override.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override {
    /// The number it has in the ledger; 0 for one that is not kept.
    pub id: i64,
    /// The customer's key.
    pub customer: Arc<str>,
    /// What it is of.
    pub subject: Subject,
    /// How it holds.
    pub hold: Hold,
    /// The name of the grade, type or tag.
    pub level: Arc<str>,
    /// Why.
    pub reason: Arc<str>,
    /// Who said so.
    pub by: Arc<str>,
    /// The first as-of date on which it counts; `None`: on all.
    pub from: Option<Date>,
    /// The last day on which it counts; `None`: it does not expire.
    pub until: Option<Date>,
    /// When somebody is to look at it again.
    pub review_on: Option<Date>,
}

impl Subject {
    /// The word in the ledger and in JSON.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Grade => "grade",
            Self::Type => "type",
            Self::Tag => "tag",
        }
    }
}

impl Hold {
    /// The word in the ledger and in JSON.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Floor => "floor",
            Self::Lock => "lock",
            Self::Ceiling => "ceiling",
        }
    }
}

impl Override {
    /// Whether it counts on `date`.
    pub fn is_live(&self, date: Date) -> bool {
        self.from.is_none_or(|from| from <= date) && self.until.is_none_or(|until| date <= until)
    }
}
