//! What reviewers wrote that is no override: one says otherwise than another, or says what is so anyway. It is kept, so
//! that a sheet that is read again is known, and so that a second copy of it is heard beside the first.

use super::sql::{from_text, words};
use super::{Action, Error, Ledger, RunNumber, Writer};
use crate::decide::Override;
use crate::review::State;
use rusqlite::types::{FromSql, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{OptionalExtension, Row};

/// Those that count are overrides and stand there.
const STATES: [State; 3] = [State::Disputed, State::Agreed, State::Ended];

words! {
    State, "state of a correction": STATES;
}

/// Something that a reviewer wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredCorrection {
    /// What was written, by its number here.
    pub set: Override,
    /// What became of it.
    pub state: State,
    /// When it was recorded, in UTC.
    pub made_at: String,
    /// Who recorded it.
    pub made_by: String,
    /// The cell that it was read from.
    pub origin: Option<String>,
    /// The newest run then.
    pub run: RunNumber,
}

const COLUMNS: &str = "id, customer, subject, hold, level, reason, author, valid_until, review_on, state, made_at, \
                       made_by, origin, run";

impl Ledger {
    /// All corrections that are no overrides, the oldest first.
    pub fn corrections(&self) -> Result<Vec<StoredCorrection>, Error> {
        let mut statement = self
            .connection
            .prepare_cached(&format!("SELECT {COLUMNS} FROM correction ORDER BY id"))?;
        let found = statement.query_map([], stored)?;
        Ok(found.collect::<Result<_, _>>()?)
    }
}

fn stored(row: &Row<'_>) -> rusqlite::Result<StoredCorrection> {
    Ok(StoredCorrection {
        set: Override {
            id: row.get(0)?,
            customer: row.get(1)?,
            subject: row.get(2)?,
            hold: row.get(3)?,
            level: row.get(4)?,
            reason: row.get(5)?,
            by: row.get(6)?,
            from: None,
            until: row.get(7)?,
            review_on: row.get(8)?,
        },
        state: row.get(9)?,
        made_at: row.get(10)?,
        made_by: row.get(11)?,
        origin: row.get(12)?,
        run: RunNumber(row.get(13)?),
    })
}

impl Writer<'_> {
    /// Keeps what a reviewer wrote; `run` is the newest run.
    pub fn keep_correction(
        &self,
        set: &Override,
        state: State,
        origin: Option<&str>,
        run: RunNumber,
    ) -> Result<i64, Error> {
        self.connection.execute(
            "INSERT INTO correction (made_at, made_by, customer, subject, hold, level, reason, author, valid_until,
                                     review_on, origin, run, state)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
            rusqlite::params![
                self.who.at,
                self.who.by,
                set.customer,
                set.subject,
                set.hold,
                set.level,
                set.reason,
                set.by,
                set.until,
                set.review_on,
                origin,
                run.0,
                state,
            ],
        )?;
        let id = self.connection.last_insert_rowid();
        let detail = detail(set, state.key());
        self.note(Action::Review, &set.customer, Some(&detail))?;
        Ok(id)
    }

    /// Says what became of it. Whether there is such a correction.
    pub fn turn_correction(&self, id: i64, state: State) -> Result<bool, Error> {
        let found = self
            .connection
            .prepare_cached(&format!("SELECT {COLUMNS} FROM correction WHERE id = ?1"))?
            .query_row([id], stored)
            .optional()?;
        let Some(found) = found else {
            return Ok(false);
        };
        self.connection.execute(
            "UPDATE correction SET state = ?2 WHERE id = ?1",
            (id, state),
        )?;
        let detail = detail(&found.set, state.key());
        self.note(Action::Review, &found.set.customer, Some(&detail))?;
        Ok(true)
    }

    /// Notes that somebody wanted to decide something who may not. Nothing else is kept of it.
    pub fn note_refusal(&self, customer: &str, what: &str) -> Result<(), Error> {
        self.note(Action::Refuse, customer, Some(what))
    }
}

/// A line about what was written.
fn detail(set: &Override, what: &str) -> String {
    let (subject, level, by, reason) = (set.subject.key(), &set.level, &set.by, &set.reason);
    format!("{what}: {subject} {level} by {by}: {reason}")
}
