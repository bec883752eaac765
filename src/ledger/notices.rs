//! What customers were told, and of a campaign who was not and why: so that nobody is told twice, and those told can be
//! held against those not.

use super::sql::{from_text, words};
use super::{Action, Error, Ledger, RunNumber, Writer};
use crate::decide::Subject;
use crate::table::Date;
use rusqlite::types::{FromSql, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use std::sync::Arc;

/// Whether a customer was told.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub enum NoticeState {
    /// A message was written.
    Told,
    /// Held out of a campaign, so that it can be seen what the campaign does.
    HeldOut,
    /// Without consent.
    Unconsented,
    /// Without an address that can be used.
    Unreachable,
}

impl NoticeState {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Told,
        Self::HeldOut,
        Self::Unconsented,
        Self::Unreachable,
    ];

    /// The word in the ledger and for programs.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Told => "told",
            Self::HeldOut => "held_out",
            Self::Unconsented => "unconsented",
            Self::Unreachable => "unreachable",
        }
    }
}

words! {
    NoticeState, "state of a notice": NoticeState::ALL;
}

/// What a notice is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoticeOf {
    /// A grade or type that the customer has now.
    Move {
        /// Grade or type.
        subject: Subject,
        /// What it is now.
        level: Arc<str>,
        /// What it was before.
        previous: Option<Arc<str>>,
    },
    /// A campaign, by its id.
    Campaign(Arc<str>),
}

/// A notice to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewNotice {
    /// The customer's key.
    pub customer: Arc<str>,
    /// What it is about.
    pub of: NoticeOf,
    /// Whether it was told.
    pub state: NoticeState,
    /// In which form it was written: `eml`, `sms`; `None` if it was not.
    pub form: Option<&'static str>,
    /// The SHA-256 of the template.
    pub template: Option<String>,
}

/// A level that a customer was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToldLevel {
    /// The customer's key.
    pub customer: Arc<str>,
    /// The level.
    pub level: Arc<str>,
    /// The as-of date of the run that it was told from.
    pub as_of: Date,
}

/// What became of one customer in a campaign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InCampaign {
    /// The customer's key.
    pub customer: Arc<str>,
    /// Whether it was told.
    pub state: NoticeState,
    /// The run that its segment was taken from.
    pub run: RunNumber,
}

impl Ledger {
    /// The grades (or types) that customers were told, by customer.
    pub fn told_levels(&self, subject: Subject) -> Result<Vec<ToldLevel>, Error> {
        let mut statement = self.connection.prepare_cached(
            "SELECT customer, level, run.as_of FROM notice JOIN run ON run.number = notice.run
             WHERE subject = ?1 AND state = 'told' ORDER BY customer, notice.id",
        )?;
        let found = statement.query_map([subject], |row| {
            Ok(ToldLevel {
                customer: row.get(0)?,
                level: row.get(1)?,
                as_of: row.get(2)?,
            })
        })?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// Everybody of a campaign, by customer.
    pub fn campaign(&self, id: &str) -> Result<Vec<InCampaign>, Error> {
        let mut statement = self.connection.prepare_cached(
            "SELECT customer, state, run FROM notice WHERE campaign = ?1 ORDER BY customer",
        )?;
        let found = statement.query_map([id], |row| {
            Ok(InCampaign {
                customer: row.get(0)?,
                state: row.get(1)?,
                run: RunNumber(row.get(2)?),
            })
        })?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// The ids of all campaigns.
    pub fn campaigns(&self) -> Result<Vec<String>, Error> {
        let mut statement = self.connection.prepare_cached(
            "SELECT DISTINCT campaign FROM notice WHERE campaign IS NOT NULL ORDER BY campaign",
        )?;
        let found = statement.query_map([], |row| row.get(0))?;
        Ok(found.collect::<Result<_, _>>()?)
    }
}

impl Writer<'_> {
    /// Keeps what was told from a run, with one line in the audit: how many, not what. Who was not told of a campaign
    /// before and is now, is told.
    pub fn tell(&self, run: RunNumber, what: &str, notices: &[NewNotice]) -> Result<(), Error> {
        let mut statement = self.connection.prepare_cached(
            "INSERT INTO notice (made_at, made_by, customer, subject, campaign, level, previous, run, state, form, template)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
             ON CONFLICT (campaign, customer) WHERE campaign IS NOT NULL DO UPDATE SET
               made_at = excluded.made_at, made_by = excluded.made_by, run = excluded.run, state = excluded.state,
               form = excluded.form, template = excluded.template
             WHERE state NOT IN ('told', 'held_out')",
        )?;
        let mut told = 0;
        for notice in notices {
            let (subject, campaign, level, previous) = match &notice.of {
                NoticeOf::Move {
                    subject,
                    level,
                    previous,
                } => (subject.key(), None, Some(level), previous.as_ref()),
                NoticeOf::Campaign(id) => ("campaign", Some(id), None, None),
            };
            told += usize::from(notice.state == NoticeState::Told);
            statement.execute(rusqlite::params![
                self.who.at,
                self.who.by,
                notice.customer,
                subject,
                campaign,
                level,
                previous,
                run.0,
                notice.state,
                notice.form,
                notice.template,
            ])?;
        }
        if !notices.is_empty() {
            let detail = format!("{told} told, {} not", notices.len() - told);
            self.note(Action::Notify, what, Some(&detail))?;
        }
        Ok(())
    }
}
