//! Who did what. Every change of the ledger writes a line.

use super::sql::words;
use super::{Error, Ledger, Writer};
use rusqlite::types::{FromSql, FromSqlResult, ToSql, ToSqlOutput, ValueRef};

use super::sql::from_text;

/// What was done.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Action {
    /// A table was brought in.
    Import,
    /// A file with known content confirmed it.
    Confirm,
    /// A run was recorded.
    Run,
    /// Somebody set a grade, type or tag.
    SetOverride,
    /// Somebody ended an override.
    EndOverride,
    /// Somebody suggested a change.
    Propose,
    /// A reviewer took a proposal.
    Accept,
    /// A reviewer turned a proposal down.
    Reject,
    /// A run found a customer to look at.
    Mark,
    /// Somebody has looked.
    Resolve,
    /// Something that a reviewer wrote was kept, or became something else.
    Review,
    /// A row that could not be used was mended, left out or put back, or two people disagree about it.
    Repair,
    /// Somebody who may not wanted to change something.
    Refuse,
    /// Somebody said whether two customers are one.
    Duplicate,
    /// Somebody took that back.
    TakeBack,
    /// Customers were told something.
    Notify,
    /// A customer was forgotten.
    Forget,
    /// The ledger was replaced by a copy.
    Restore,
    /// Somebody took rows of customers out.
    Export,
}

impl Action {
    const ALL: [Self; 19] = [
        Self::Import,
        Self::Confirm,
        Self::Run,
        Self::SetOverride,
        Self::EndOverride,
        Self::Propose,
        Self::Accept,
        Self::Reject,
        Self::Mark,
        Self::Resolve,
        Self::Review,
        Self::Repair,
        Self::Refuse,
        Self::Duplicate,
        Self::TakeBack,
        Self::Notify,
        Self::Forget,
        Self::Restore,
        Self::Export,
    ];

    /// The word in the ledger.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::Confirm => "confirm",
            Self::Run => "run",
            Self::SetOverride => "set-override",
            Self::EndOverride => "end-override",
            Self::Propose => "propose",
            Self::Accept => "accept",
            Self::Reject => "reject",
            Self::Mark => "mark",
            Self::Resolve => "resolve",
            Self::Review => "review",
            Self::Repair => "repair",
            Self::Refuse => "refuse",
            Self::Duplicate => "duplicate",
            Self::TakeBack => "take-back",
            Self::Notify => "notify",
            Self::Forget => "forget",
            Self::Restore => "restore",
            Self::Export => "export",
        }
    }
}

words! {
    Action, "action": Action::ALL;
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditLine {
    /// When, in UTC.
    pub made_at: String,
    /// Who.
    pub made_by: String,
    /// What was done.
    pub action: Action,
    /// To what: an import's source, a run's id, a customer; of a forgotten customer the hash of the id.
    pub subject: String,
    /// More about it.
    pub detail: Option<String>,
}

impl Ledger {
    /// All changes, the oldest first.
    pub fn audit(&self) -> Result<Vec<AuditLine>, Error> {
        let mut statement = self.connection.prepare_cached(
            "SELECT made_at, made_by, action, subject, detail FROM audit ORDER BY id",
        )?;
        let lines = statement.query_map([], |row| {
            Ok(AuditLine {
                made_at: row.get(0)?,
                made_by: row.get(1)?,
                action: row.get(2)?,
                subject: row.get(3)?,
                detail: row.get(4)?,
            })
        })?;
        Ok(lines.collect::<Result<_, _>>()?)
    }
}

impl Writer<'_> {
    /// Somebody took rows of customers out, of a run (empty: of several, or of none). `detail` is JSON and has no value of
    /// a customer.
    pub fn exported(&self, run: &str, detail: &str) -> Result<(), Error> {
        self.note(Action::Export, run, Some(detail))
    }

    /// Writes a line; the methods that change something do.
    pub(super) fn note(
        &self,
        action: Action,
        subject: &str,
        detail: Option<&str>,
    ) -> Result<(), Error> {
        self.connection
            .prepare_cached(
                "INSERT INTO audit (made_at, made_by, action, subject, detail)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute((&self.who.at, &self.who.by, action, subject, detail))?;
        Ok(())
    }
}
