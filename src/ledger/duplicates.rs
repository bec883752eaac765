//! What people decided about customers who may be the same, and which of them a run took for one.

use super::sql::{from_text, words};
use super::{Action, Error, Ledger, RunNumber, Writer};
use crate::duplicates::groups::{Keys, Said, Verdict};
use rusqlite::Row;
use rusqlite::types::{FromSql, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use std::collections::BTreeMap;
use std::sync::Arc;

words! {
    Verdict, "verdict": Verdict::ALL;
}

/// A verdict that is to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewVerdict {
    /// What is said of whom, and by whom.
    pub said: Said,
    /// Why.
    pub reason: Option<Arc<str>>,
    /// The points that the pair had.
    pub points: Option<i64>,
    /// The cell that it was read from.
    pub origin: Option<String>,
}

/// A verdict with how it came into the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredVerdict {
    /// Its number.
    pub id: i64,
    /// What was said.
    pub verdict: NewVerdict,
    /// When it was recorded, in UTC.
    pub made_at: String,
    /// Who recorded it.
    pub made_by: String,
    /// Whether it was taken back since.
    pub is_taken_back: bool,
}

impl Ledger {
    /// All verdicts, the oldest first, those that were taken back too.
    pub fn verdicts(&self) -> Result<Vec<StoredVerdict>, Error> {
        let mut statement = self.connection.prepare_cached(
            "SELECT id, customer, other, verdict, author, reason, points, origin, made_at, made_by, ended_at IS NOT NULL
             FROM duplicate ORDER BY id",
        )?;
        let found = statement.query_map([], stored)?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// What counts of what people said, in the order of time.
    pub fn said_of_duplicates(&self) -> Result<Vec<Said>, Error> {
        let all = self.verdicts()?.into_iter();
        let counting = all.filter(|stored| !stored.is_taken_back);
        Ok(counting.map(|stored| stored.verdict.said).collect())
    }

    /// Whom a run took for whom: for each key that was another's the one that was kept.
    pub fn run_merges(&self, run: RunNumber) -> Result<BTreeMap<Arc<str>, Arc<str>>, Error> {
        let mut statement = self.connection.prepare_cached(
            "SELECT customer, kept FROM run_merge WHERE run = ?1 ORDER BY customer",
        )?;
        let found = statement.query_map([run.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(found.collect::<Result<_, _>>()?)
    }
}

fn stored(row: &Row<'_>) -> rusqlite::Result<StoredVerdict> {
    Ok(StoredVerdict {
        id: row.get(0)?,
        verdict: NewVerdict {
            said: Said {
                pair: (row.get(1)?, row.get(2)?),
                verdict: row.get(3)?,
                by: row.get(4)?,
            },
            reason: row.get(5)?,
            points: row.get(6)?,
            origin: row.get(7)?,
        },
        made_at: row.get(8)?,
        made_by: row.get(9)?,
        is_taken_back: row.get(10)?,
    })
}

impl Writer<'_> {
    /// Keeps a verdict; gives its number. Whether it is known already is the caller's to ask before.
    pub fn say_of_duplicates(&self, new: &NewVerdict) -> Result<i64, Error> {
        let (customer, other) = &new.said.pair;
        self.connection
            .prepare_cached(
                "INSERT INTO duplicate (made_at, made_by, customer, other, verdict, author, reason, points, origin)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            )?
            .execute(rusqlite::params![
                self.who.at,
                self.who.by,
                customer,
                other,
                new.said.verdict,
                new.said.by,
                new.reason,
                new.points,
                new.origin,
            ])?;
        let id = self.connection.last_insert_rowid();
        let (verdict, by) = (new.said.verdict.key(), &new.said.by);
        let detail = format!("{verdict} {other} by {by}");
        self.note(Action::Duplicate, customer, Some(&detail))?;
        Ok(id)
    }

    /// Takes back all that was said of a pair; gives how much that was.
    pub fn take_back(&self, (customer, other): &Keys, reason: &str) -> Result<usize, Error> {
        let ended = self.connection.execute(
            "UPDATE duplicate SET ended_at = ?3, ended_by = ?4, ended_reason = ?5
             WHERE customer = ?1 AND other = ?2 AND ended_at IS NULL",
            (customer, other, &self.who.at, &self.who.by, reason),
        )?;
        if ended > 0 {
            let detail = format!("{other}: {reason}");
            self.note(Action::TakeBack, customer, Some(&detail))?;
        }
        Ok(ended)
    }

    /// Puts down whom a run took for whom.
    pub(super) fn add_run_merges(
        &self,
        run: i64,
        merged: &BTreeMap<Arc<str>, Arc<str>>,
    ) -> Result<(), Error> {
        for (customer, kept) in merged {
            self.connection
                .prepare_cached("INSERT INTO run_merge (run, customer, kept) VALUES (?1, ?2, ?3)")?
                .execute((run, customer, kept))?;
        }
        Ok(())
    }
}
