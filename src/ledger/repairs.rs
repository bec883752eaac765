//! What people made of rows that could not be used. A row that is mended stands among the others as it is now, so that an
//! import that was mended is the import of a file in which nothing was wrong; how it came in, who mended it and when is
//! kept here.

use super::sql::{from_text, words};
use super::{Action, Error, ImportId, Ledger, RunNumber, Writer, cells, table};
use crate::read::{RowFault, Table};
use crate::repair::State;
use crate::table::{Date, RawRows};
use rusqlite::types::{FromSql, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

words! {
    State, "state of a repair": State::ALL;
}

/// A row of an import, whatever becomes of the rows around it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
pub struct RowId(pub i64);

/// What somebody made of a row.
#[derive(Clone, Debug)]
pub struct NewRepair {
    /// The row.
    pub row: RowId,
    /// Its number in the file.
    pub number: u32,
    /// The customer's key as mended.
    pub customer: Option<Arc<str>>,
    /// The key before.
    pub customer_before: Option<Arc<str>>,
    /// Who mended it.
    pub author: Arc<str>,
    /// Why.
    pub reason: Option<Arc<str>>,
    /// The row as it is to be; `None` leaves it out.
    pub cells: Option<RawRows>,
    /// The row as it came in.
    pub before: RawRows,
    /// How it was broken, if it was.
    pub broken: Option<RowFault>,
    /// The row of the workbook that says so.
    pub origin: String,
    /// What becomes of it.
    pub state: State,
}

/// The same from the ledger.
#[derive(Clone, Debug)]
pub struct StoredRepair {
    /// Its number: later ones are higher.
    pub id: i64,
    /// When it was read, in UTC.
    pub made_at: String,
    /// Who read it.
    pub made_by: String,
    /// What was said.
    pub said: NewRepair,
    /// Whether a run has counted with it.
    pub is_counted: bool,
}

/// How an import is to be from now on.
#[derive(Clone, Debug)]
pub struct Amendment<'a> {
    /// The table.
    pub table: &'a Table,
    /// Its hash.
    pub content_hash: &'a str,
    /// How many of its rows cannot be used.
    pub refused: usize,
    /// First and last date of its rows.
    pub span: Option<(Date, Date)>,
    /// The rows that are otherwise than before.
    pub rows: Vec<RowChange<'a>>,
}

/// A row that is otherwise than before.
#[derive(Clone, Copy, Debug)]
pub struct RowChange<'a> {
    /// The row.
    pub row: RowId,
    /// Its index in the table; `None` if it is left out.
    pub index: Option<usize>,
    /// The customer's key.
    pub customer: Option<&'a str>,
}

/// A row otherwise than it is now.
pub(super) struct Other {
    pub number: u32,
    pub cells: String,
    pub broken: Option<RowFault>,
}

impl Ledger {
    /// The ids of the rows of an import, in the order of its table.
    pub fn row_ids(&self, import: ImportId) -> Result<Vec<RowId>, Error> {
        let (_, _, first, end) = self.about_table(import)?;
        let mut statement = self
            .connection
            .prepare_cached("SELECT id FROM sheet_row WHERE id >= ?1 AND id < ?2 ORDER BY id")?;
        let ids = statement.query_map([first, end], |row| row.get(0).map(RowId))?;
        Ok(ids.collect::<Result<_, _>>()?)
    }

    /// Everything that people made of rows of an import, the oldest first.
    pub fn repairs(&self, import: ImportId) -> Result<Vec<StoredRepair>, Error> {
        let (about, origin, _, _) = self.about_table(import)?;
        let width = about.table(origin)?.rows.width();
        let mut statement = self.connection.prepare_cached(
            "SELECT id, made_at, made_by, row, number, customer, customer_before, author, reason, cells, before,
                    broken, origin, state, coalesce(from_run < (SELECT max(number) FROM run), FALSE)
             FROM repair WHERE import = ?1 ORDER BY id",
        )?;
        let mut rows = statement.query([import.0])?;
        let mut repairs = vec![];
        while let Some(row) = rows.next()? {
            let number: u32 = row.get(4)?;
            let read = |json: &str| {
                let mut cells = RawRows::new(width);
                let read = cells::Reader::default().read(json, number, &mut cells);
                read.map(|()| cells)
                    .ok_or_else(|| Error::Damaged("a repair has no row".to_owned()))
            };
            let mended: Option<String> = row.get(9)?;
            repairs.push(StoredRepair {
                id: row.get(0)?,
                made_at: row.get(1)?,
                made_by: row.get(2)?,
                said: NewRepair {
                    row: RowId(row.get(3)?),
                    number,
                    customer: row.get(5)?,
                    customer_before: row.get(6)?,
                    author: row.get(7)?,
                    reason: row.get(8)?,
                    cells: mended.as_deref().map(read).transpose()?,
                    before: read(&row.get::<_, String>(10)?)?,
                    broken: broken(row.get(11)?)?,
                    origin: row.get(12)?,
                    state: row.get(13)?,
                },
                is_counted: row.get(14)?,
            });
        }
        Ok(repairs)
    }

    /// Whether rows were mended, or put back, between two runs: the later one may see other rows of the same imports.
    pub fn is_mended_between(&self, one: RunNumber, other: RunNumber) -> Result<bool, Error> {
        let (first, last) = (one.0.min(other.0), one.0.max(other.0));
        Ok(self.connection.query_row(
            "SELECT EXISTS (SELECT 1 FROM repair WHERE (from_run >= ?1 AND from_run < ?2)
                                                    OR (until_run >= ?1 AND until_run < ?2))",
            [first, last],
            |row| row.get(0),
        )?)
    }

    /// The rows of an import that were mended at any time, as a run saw them; `None` for one that was left out.
    pub(super) fn rows_as_of(
        &self,
        import: ImportId,
        run: RunNumber,
    ) -> Result<BTreeMap<i64, Option<Other>>, Error> {
        let mut statement = self.connection.prepare_cached(
            "SELECT row, number, before, broken, cells,
                    from_run < ?2 AND (until_run IS NULL OR until_run >= ?2)
             FROM repair WHERE import = ?1 ORDER BY id",
        )?;
        let mut rows = statement.query([import.0, run.0])?;
        let mut found = BTreeMap::new();
        while let Some(row) = rows.next()? {
            let id: i64 = row.get(0)?;
            let number = row.get(1)?;
            let counts: Option<bool> = row.get(5)?;
            if counts == Some(true) {
                let cells: Option<String> = row.get(4)?;
                let other = cells.map(|cells| Other {
                    number,
                    cells,
                    broken: None,
                });
                found.insert(id, other);
            } else if let std::collections::btree_map::Entry::Vacant(place) = found.entry(id) {
                place.insert(Some(Other {
                    number,
                    cells: row.get(2)?,
                    broken: broken(row.get(3)?)?,
                }));
            }
        }
        Ok(found)
    }

    /// The hashes that imports had before rows of them were mended.
    pub(super) fn former_contents(&self) -> Result<HashMap<ImportId, Vec<String>>, Error> {
        let mut statement = self.connection.prepare_cached(
            "SELECT import, content_hash FROM former_content ORDER BY import, content_hash",
        )?;
        let mut rows = statement.query([])?;
        let mut found: HashMap<ImportId, Vec<String>> = HashMap::new();
        while let Some(row) = rows.next()? {
            let import = ImportId(row.get(0)?);
            found.entry(import).or_default().push(row.get(1)?);
        }
        Ok(found)
    }

    /// The newest run, 0 if there is none.
    fn newest_run(&self) -> Result<i64, Error> {
        let newest = "SELECT coalesce(max(number), 0) FROM run";
        Ok(self.connection.query_row(newest, [], |row| row.get(0))?)
    }
}

impl Writer<'_> {
    /// Makes an import what the amendment says. What it was before stays known.
    pub fn amend(&self, import: ImportId, to: &Amendment<'_>) -> Result<(), Error> {
        let before: String = self.connection.query_row(
            "SELECT content_hash FROM import WHERE id = ?1",
            [import.0],
            |row| row.get(0),
        )?;
        if before != to.content_hash {
            self.keep_former(import, &before)?;
        }
        self.connection.execute(
            "UPDATE import SET content_hash = ?2, refused_count = ?3, first_date = ?4, last_date = ?5, about = ?6
             WHERE id = ?1",
            rusqlite::params![
                import.0,
                to.content_hash,
                to.refused as i64,
                to.span.map(|(first, _)| first),
                to.span.map(|(_, last)| last),
                table::about(to.table),
            ],
        )?;
        let mut text = String::new();
        for change in &to.rows {
            let Some(index) = change.index else {
                self.connection
                    .execute("DELETE FROM sheet_row WHERE id = ?1", [change.row.0])?;
                continue;
            };
            text.clear();
            cells::write(to.table.rows.row(index), &mut text);
            let number = to.table.rows.row_number(index);
            self.connection.execute(
                "INSERT INTO sheet_row (id, import, number, customer, cells) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (id) DO UPDATE SET customer = excluded.customer, cells = excluded.cells",
                (change.row.0, import.0, number, change.customer, &text),
            )?;
        }
        Ok(())
    }

    /// Remembers content that an import had, or that a file of it had before its rows were mended.
    pub fn keep_former(&self, import: ImportId, content_hash: &str) -> Result<(), Error> {
        self.connection.execute(
            "INSERT INTO former_content (import, content_hash) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
            (import.0, content_hash),
        )?;
        Ok(())
    }

    /// Keeps what somebody made of a row.
    pub fn keep_repair(&self, import: ImportId, said: &NewRepair) -> Result<i64, Error> {
        let row = |rows: &RawRows| {
            let mut text = String::new();
            cells::write(rows.row(0), &mut text);
            text
        };
        let from_run = match said.state {
            State::Applied => Some(self.newest_run()?),
            State::Disputed | State::Ended => None,
        };
        self.connection.execute(
            "INSERT INTO repair (made_at, made_by, import, row, number, customer, customer_before, author, reason, cells,
                                 before, broken, origin, state, from_run)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
            rusqlite::params![
                self.who.at,
                self.who.by,
                import.0,
                said.row.0,
                said.number,
                said.customer,
                said.customer_before,
                said.author,
                said.reason,
                said.cells.as_ref().map(row),
                row(&said.before),
                said.broken
                    .map(|fault| table::broken(said.number, fault).to_string()),
                said.origin,
                said.state,
                from_run,
            ],
        )?;
        let id = self.connection.last_insert_rowid();
        let what = match (said.state, &said.cells) {
            (State::Applied, Some(_)) => "mended",
            (State::Applied, None) => "left out",
            (state, _) => state.key(),
        };
        self.note_repair(import, said, what)?;
        Ok(id)
    }

    /// Makes of something that was said before what it is now: it has ended, or is disputed. What counts is said anew.
    pub fn turn_repair(
        &self,
        import: ImportId,
        known: &StoredRepair,
        state: State,
    ) -> Result<(), Error> {
        let newest = self.newest_run()?;
        self.connection.execute(
            "UPDATE repair SET state = ?2,
                    until_run = CASE WHEN state = 'applied' THEN ?3 ELSE until_run END
             WHERE id = ?1",
            (known.id, state, newest),
        )?;
        self.note_repair(import, &known.said, state.key())
    }

    /// The audit says which row of which import, and who; not what is in it.
    fn note_repair(&self, import: ImportId, said: &NewRepair, what: &str) -> Result<(), Error> {
        let NewRepair {
            number,
            author,
            origin,
            ..
        } = said;
        let mut detail = format!("row {number} {what} by {author} ({origin})");
        if let Some(reason) = &said.reason {
            detail += &format!(": {reason}");
        }
        let subject = format!("import {}", import.0);
        self.note(Action::Repair, &subject, Some(&detail))
    }
}

/// How a row was broken.
fn broken(written: Option<String>) -> Result<Option<RowFault>, Error> {
    let Some(written) = written else {
        return Ok(None);
    };
    let fault = table::row_fault(&super::sql::parse_json(&written)?);
    fault
        .map(Some)
        .ok_or_else(|| Error::Damaged("a repair does not say how its row was broken".to_owned()))
}
