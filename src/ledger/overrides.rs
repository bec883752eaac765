//! Overrides in the ledger: what people set, from when to when, and who ended it.

use super::{Action, Error, Ledger, RunNumber, Writer};
use crate::decide::Override;
use crate::table::Date;
use rusqlite::Row;

const COLUMNS: &str = "id, customer, subject, hold, level, reason, author, valid_from, valid_until, review_on, \
                       ended_on, made_at, made_by, origin, ended_at, ended_by, ended_reason, set_after, ended_after";

/// An override with how it came into the ledger, and how it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredOverride {
    /// What was set. Its last day is the day before it was ended, if that is earlier than its own.
    pub set: Override,
    /// When it was recorded, in UTC.
    pub made_at: String,
    /// Who recorded it.
    pub made_by: String,
    /// The cell that it was read from.
    pub origin: Option<String>,
    /// How it was ended, if it was.
    pub ended: Option<Ended>,
    /// The newest run when it was set; 0 for none.
    set_after: RunNumber,
    /// Its own last day, whatever ended it before.
    own_until: Option<Date>,
}

impl StoredOverride {
    /// What a run knew of it: without an end that came after the run. `None` if it was not set yet.
    pub fn known_to(&self, run: RunNumber) -> Option<Override> {
        if self.set_after >= run {
            return None;
        }
        let mut set = self.set.clone();
        if self.ended.as_ref().is_some_and(|ended| ended.after >= run) {
            set.until = self.own_until;
        }
        Some(set)
    }
}

/// How an override was ended before its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// The first as-of date on which it no longer counts.
    pub on: Date,
    /// When, in UTC.
    pub at: String,
    /// Who.
    pub by: String,
    /// Why.
    pub reason: String,
    /// The newest run then; 0 for none.
    pub after: RunNumber,
}

impl Ledger {
    /// All overrides, the oldest first, those that have ended too: a run as of an earlier date needs them.
    pub fn overrides(&self) -> Result<Vec<StoredOverride>, Error> {
        self.overrides_where("ORDER BY id", [])
    }

    /// Those that count on `date`, the oldest first.
    pub fn overrides_on(&self, date: Date) -> Result<Vec<Override>, Error> {
        let all = self.overrides()?;
        let set = all.into_iter().map(|stored| stored.set);
        Ok(set.filter(|set| set.is_live(date)).collect())
    }

    pub(super) fn overrides_where(
        &self,
        condition: &str,
        parameters: impl rusqlite::Params,
    ) -> Result<Vec<StoredOverride>, Error> {
        let mut statement = self
            .connection
            .prepare_cached(&format!("SELECT {COLUMNS} FROM override {condition}"))?;
        let found = statement.query_map(parameters, stored)?;
        Ok(found.collect::<Result<_, _>>()?)
    }
}

fn stored(row: &Row<'_>) -> rusqlite::Result<StoredOverride> {
    let ended_on: Option<Date> = row.get(10)?;
    let until: Option<Date> = row.get(8)?;
    // An override that ends on its first day never counted, and one day less than nothing is none.
    let last = ended_on.and_then(|on| on.add_days(-1));
    let ended = match ended_on {
        None => None,
        Some(on) => Some(Ended {
            on,
            at: row.get(14)?,
            by: row.get(15)?,
            reason: row.get(16)?,
            after: RunNumber(row.get(18)?),
        }),
    };
    Ok(StoredOverride {
        set: Override {
            id: row.get(0)?,
            customer: row.get(1)?,
            subject: row.get(2)?,
            hold: row.get(3)?,
            level: row.get(4)?,
            reason: row.get(5)?,
            by: row.get(6)?,
            from: row.get(7)?,
            until: until.into_iter().chain(last).min(),
            review_on: row.get(9)?,
        },
        made_at: row.get(11)?,
        made_by: row.get(12)?,
        origin: row.get(13)?,
        ended,
        set_after: RunNumber(row.get(17)?),
        own_until: until,
    })
}

impl Writer<'_> {
    /// Sets an override; gives the number that it has from now on. `origin` is the cell that it was read from. Whether
    /// it contradicts another is the caller's to say before.
    pub fn set_override(&self, set: &Override, origin: Option<&str>) -> Result<i64, Error> {
        self.connection.execute(
            "INSERT INTO override (made_at, made_by, customer, subject, hold, level, reason, author, valid_from,
                                   valid_until, review_on, origin, set_after)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12,
                     (SELECT coalesce(max(number), 0) FROM run))",
            rusqlite::params![
                self.who.at,
                self.who.by,
                set.customer,
                set.subject,
                set.hold,
                set.level,
                set.reason,
                set.by,
                set.from,
                set.until,
                set.review_on,
                origin,
            ],
        )?;
        let id = self.connection.last_insert_rowid();
        let detail = format!(
            "{} {} {}: {}",
            set.subject.key(),
            set.hold.key(),
            set.level,
            set.reason
        );
        self.note(Action::SetOverride, &set.customer, Some(&detail))?;
        Ok(id)
    }

    /// Ends an override: it counts on no as-of date from `on`. Whether there was one to end.
    pub fn end_override(&self, id: i64, on: Date, reason: &str) -> Result<bool, Error> {
        let Some(stored) = self
            .overrides_where("WHERE id = ?1 AND ended_at IS NULL", [id])?
            .pop()
        else {
            return Ok(false);
        };
        self.connection.execute(
            "UPDATE override SET ended_at = ?2, ended_by = ?3, ended_on = ?4, ended_reason = ?5,
                                 ended_after = (SELECT coalesce(max(number), 0) FROM run)
             WHERE id = ?1",
            (id, &self.who.at, &self.who.by, on, reason),
        )?;
        self.note(Action::EndOverride, &stored.set.customer, Some(reason))?;
        Ok(true)
    }
}
