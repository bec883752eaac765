//! `[notify]`: what customers are told, where, and whether they agreed.

use crate::clean::mailbox::Mailbox;
use std::sync::Arc;

/// What is told to whom. Fields are those of the customers' sheet, by name: the scheme that a run was made by may be an
/// earlier one than the scheme that tells of it.
#[derive(Clone, Debug, Default)]
pub struct Notify {
    /// Who writes.
    pub from: Option<Mailbox>,
    /// The field with the e-mail address.
    pub email: Option<Arc<str>>,
    /// The field with the telephone number.
    pub phone: Option<Arc<str>>,
    /// Who may be told that grade or type changed; `None`: everybody.
    pub consent: Option<Consent>,
    /// Who may be told of campaigns; `None`: those whom `consent` names.
    pub campaign_consent: Option<Consent>,
    /// The template files by the occasion that they are for, as the scheme writes them.
    pub templates: Vec<(Occasion, Arc<str>)>,
}

/// A field that says whether a customer agreed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    /// The field: a truth value, or the purposes that the customer agreed to.
    pub field: Arc<str>,
    /// What the customer agreed to. Of a field that is no truth value one of its texts.
    pub purpose: Option<Arc<str>>,
    /// The field with the day from which on it counts; without that day it does not.
    pub date: Option<Arc<str>>,
    /// The field with the last day on which it counts; without that day it has no end.
    pub until: Option<Arc<str>>,
}

/// Why a customer is told something.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub enum Occasion {
    /// A better grade or type.
    Upgraded,
    /// A worse one.
    Downgraded,
    /// Another one, of which nobody says whether it is better.
    Changed,
    /// The first one.
    New,
    /// A campaign.
    Campaign,
}

impl Occasion {
    /// Those of which the scheme has templates; a campaign's is named when it is sent.
    pub const MOVES: [Self; 4] = [Self::Upgraded, Self::Downgraded, Self::Changed, Self::New];

    /// The word in schemes, options and files.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Upgraded => "upgraded",
            Self::Downgraded => "downgraded",
            Self::Changed => "changed",
            Self::New => "new",
            Self::Campaign => "campaign",
        }
    }
}
