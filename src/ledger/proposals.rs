//! Proposals: changes that people suggest, and what a reviewer made of them.

use super::sql::words;
use super::{Action, Error, Ledger, Writer};
use crate::decide::Subject;
use crate::table::Date;
use rusqlite::types::{FromSql, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{OptionalExtension, Row};
use std::sync::Arc;

use super::sql::from_text;

/// What became of a proposal.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum State {
    /// Nobody has decided.
    Pending,
    /// A reviewer took it.
    Accepted,
    /// A reviewer turned it down.
    Rejected,
}

impl State {
    const ALL: [Self; 3] = [Self::Pending, Self::Accepted, Self::Rejected];

    /// The word in the ledger and in JSON.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
        }
    }
}

words! {
    State, "state": State::ALL;
}

/// A change that somebody suggests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewProposal {
    /// The customer's key.
    pub customer: Arc<str>,
    /// What it is of.
    pub subject: Subject,
    /// The grade, type or tag.
    pub level: Arc<str>,
    /// Why.
    pub reason: Arc<str>,
    /// Who suggests it.
    pub by: Arc<str>,
    /// On which day.
    pub date: Date,
    /// The cell that it was read from.
    pub origin: Option<String>,
}

/// A proposal in the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// Its number.
    pub id: i64,
    /// When it was recorded, in UTC.
    pub made_at: String,
    /// Who recorded it.
    pub made_by: String,
    /// What is suggested.
    pub proposed: NewProposal,
    /// What became of it.
    pub state: State,
    /// When it was decided, by whom and why.
    pub decided: Option<(String, String, String)>,
    /// The override that came of it, by its number.
    pub set: Option<i64>,
}

const COLUMNS: &str = "id, made_at, made_by, customer, subject, level, reason, author, proposed_on, origin, state, \
                       decided_at, decided_by, decided_reason, override";

impl Ledger {
    /// The proposals in this state, or all, the oldest first.
    pub fn proposals(&self, state: Option<State>) -> Result<Vec<Proposal>, Error> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM proposal WHERE ?1 IS NULL OR state = ?1 ORDER BY id"
        ))?;
        let found = statement.query_map([state], proposal)?;
        Ok(found.collect::<Result<_, _>>()?)
    }
}

fn proposal(row: &Row<'_>) -> rusqlite::Result<Proposal> {
    let decided_at: Option<String> = row.get(11)?;
    Ok(Proposal {
        id: row.get(0)?,
        made_at: row.get(1)?,
        made_by: row.get(2)?,
        proposed: NewProposal {
            customer: row.get(3)?,
            subject: row.get(4)?,
            level: row.get(5)?,
            reason: row.get(6)?,
            by: row.get(7)?,
            date: row.get(8)?,
            origin: row.get(9)?,
        },
        state: row.get(10)?,
        decided: match decided_at {
            None => None,
            Some(at) => Some((at, row.get(12)?, row.get(13)?)),
        },
        set: row.get(14)?,
    })
}

impl Writer<'_> {
    /// Takes a proposal down; `None` if it is known: the same customer, day, subject, level and author. So a sheet of
    /// follow-ups can be read again.
    pub fn propose(&self, proposed: &NewProposal) -> Result<Option<i64>, Error> {
        let added = self.connection.execute(
            "INSERT INTO proposal (made_at, made_by, customer, subject, level, reason, author, proposed_on, origin,
                                   state)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 'pending') ON CONFLICT DO NOTHING",
            rusqlite::params![
                self.who.at,
                self.who.by,
                proposed.customer,
                proposed.subject,
                proposed.level,
                proposed.reason,
                proposed.by,
                proposed.date,
                proposed.origin,
            ],
        )?;
        if added == 0 {
            return Ok(None);
        }
        let id = self.connection.last_insert_rowid();
        let detail = format!(
            "{} {}: {}",
            proposed.subject.key(),
            proposed.level,
            proposed.reason
        );
        self.note(Action::Propose, &proposed.customer, Some(&detail))?;
        Ok(Some(id))
    }

    /// Takes a proposal, with the override that came of it. Whether there was one to decide.
    pub fn accept(&self, id: i64, set: i64, reason: &str) -> Result<bool, Error> {
        self.decide(id, State::Accepted, Some(set), reason)
    }

    /// Turns a proposal down. Whether there was one to decide.
    pub fn reject(&self, id: i64, reason: &str) -> Result<bool, Error> {
        self.decide(id, State::Rejected, None, reason)
    }

    fn decide(&self, id: i64, state: State, set: Option<i64>, reason: &str) -> Result<bool, Error> {
        let customer: Option<String> = self
            .connection
            .prepare_cached("SELECT customer FROM proposal WHERE id = ?1 AND state = 'pending'")?
            .query_row([id], |row| row.get(0))
            .optional()?;
        let Some(customer) = customer else {
            return Ok(false);
        };
        self.connection.execute(
            "UPDATE proposal SET state = ?2, decided_at = ?3, decided_by = ?4, decided_reason = ?5, override = ?6
             WHERE id = ?1",
            (id, state, &self.who.at, &self.who.by, reason, set),
        )?;
        let action = match state {
            State::Rejected => Action::Reject,
            State::Pending | State::Accepted => Action::Accept,
        };
        self.note(action, &customer, Some(reason))?;
        Ok(true)
    }
}
