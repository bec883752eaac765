//! The review queue: customers whose values somebody has to look at, until somebody has.

use super::sql::words;
use super::{Action, Error, Ledger, RunNumber, Writer};
use crate::grading::Settled;
use crate::table::Date;
use crate::words::how_many;
use rusqlite::types::{FromSql, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{OptionalExtension, Row};
use std::sync::Arc;

use super::sql::from_text;

/// What came of looking.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Resolution {
    /// The values are right.
    Confirmed,
    /// The values were wrong and are corrected.
    Corrected,
}

impl Resolution {
    const ALL: [Self; 2] = [Self::Confirmed, Self::Corrected];

    /// The word in the ledger and in JSON.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Corrected => "corrected",
        }
    }
}

words! {
    Resolution, "resolution": Resolution::ALL;
}

/// A customer to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMark {
    /// The customer's key.
    pub customer: Arc<str>,
    /// The name of the `[[review]]` that says so.
    pub rule: Arc<str>,
    /// Who is to look.
    pub owner: Option<Arc<str>>,
    /// Until when.
    pub due: Option<Date>,
}

/// A mark in the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Its number.
    pub id: i64,
    /// Who is to be looked at, by what rule.
    pub mark: NewMark,
    /// The run that set it.
    pub first_run: RunNumber,
    /// What came of it, when, by whom and why.
    pub resolved: Option<(Resolution, String, String, String)>,
}

impl Ledger {
    /// The marks that nobody has resolved, or all, the oldest first.
    pub fn marks(&self, open_only: bool) -> Result<Vec<Mark>, Error> {
        let mut statement = self.connection.prepare_cached(
            "SELECT id, customer, rule, owner, due, first_run, resolved_how, resolved_at, resolved_by, resolved_reason
             FROM review_mark WHERE NOT ?1 OR resolved_at IS NULL ORDER BY id",
        )?;
        let found = statement.query_map([open_only], mark)?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// The reviews that are settled for runs as of `date`: those that a run as of that date or an earlier one asked for.
    /// With `run` only what that run knew of. In order, each once.
    pub fn settled(&self, date: Date, run: Option<RunNumber>) -> Result<Vec<Settled>, Error> {
        let mut statement = self.connection.prepare_cached(
            "SELECT DISTINCT customer, rule FROM review_mark JOIN run ON run.number = first_run
             WHERE resolved_at IS NOT NULL AND run.as_of <= ?1 AND (?2 IS NULL OR resolved_after < ?2)
             ORDER BY customer, rule",
        )?;
        let found = statement.query_map((date, run.map(|run| run.0)), |row| {
            Ok(Settled {
                customer: row.get(0)?,
                rule: row.get(1)?,
            })
        })?;
        Ok(found.collect::<Result<_, _>>()?)
    }
}

fn mark(row: &Row<'_>) -> rusqlite::Result<Mark> {
    let how: Option<Resolution> = row.get(6)?;
    Ok(Mark {
        id: row.get(0)?,
        mark: NewMark {
            customer: row.get(1)?,
            rule: row.get(2)?,
            owner: row.get(3)?,
            due: row.get(4)?,
        },
        first_run: RunNumber(row.get(5)?),
        resolved: match how {
            None => None,
            Some(how) => Some((how, row.get(7)?, row.get(8)?, row.get(9)?)),
        },
    })
}

impl Writer<'_> {
    /// Marks customers that `run` found. One that is marked by the same rule and not yet resolved keeps its mark, with
    /// its day. Gives how many are new.
    pub fn mark(
        &self,
        run: RunNumber,
        marks: impl IntoIterator<Item = NewMark>,
    ) -> Result<usize, Error> {
        let mut statement = self.connection.prepare_cached(
            "INSERT INTO review_mark (customer, rule, owner, due, first_run) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT DO NOTHING",
        )?;
        let mut added = 0;
        for mark in marks {
            added += statement.execute((mark.customer, mark.rule, mark.owner, mark.due, run.0))?;
        }
        if added > 0 {
            self.note(
                Action::Mark,
                &format!("run {}", run.0),
                Some(&how_many(added, "customer")),
            )?;
        }
        Ok(added)
    }

    /// Says what came of looking. Whether there was an open mark.
    pub fn resolve(&self, id: i64, how: Resolution, reason: &str) -> Result<bool, Error> {
        let customer: Option<String> = self
            .connection
            .prepare_cached(
                "SELECT customer FROM review_mark WHERE id = ?1 AND resolved_at IS NULL",
            )?
            .query_row([id], |row| row.get(0))
            .optional()?;
        let Some(customer) = customer else {
            return Ok(false);
        };
        self.connection.execute(
            "UPDATE review_mark SET resolved_how = ?2, resolved_at = ?3, resolved_by = ?4, resolved_reason = ?5,
                                    resolved_after = (SELECT coalesce(max(number), 0) FROM run)
             WHERE id = ?1",
            (id, how, &self.who.at, &self.who.by, reason),
        )?;
        self.note(Action::Resolve, &customer, Some(reason))?;
        Ok(true)
    }
}
