//! Imports: tables as they were read, with where they came from and as of when.

use super::repairs::Other;
use super::sql::{json, parse_json};
use super::{Action, Error, Ledger, RunNumber, Writer, cells, table};
use crate::book::Filing;
use crate::read::Table;
use crate::table::{Date, Origin};
use crate::words::how_many;
use rusqlite::{OptionalExtension, Row};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// An import in the ledger. Later imports have higher numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
pub struct ImportId(pub i64);

/// What is to be known of a table that is brought in, beside what it says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewImport {
    /// As of which date.
    pub as_of: Date,
    /// The sheet's name in the scheme.
    pub sheet: Arc<str>,
    /// Where the file comes from.
    pub source: Arc<str>,
    /// Spans of dates that it is said to cover, whatever its rows.
    pub covers: Vec<(Date, Date)>,
}

/// What is found out of a table while its rows are brought in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contents {
    /// The table's [`content_hash`](super::content_hash).
    pub hash: String,
    /// How many of its rows were refused.
    pub refused: usize,
    /// First and last date of its rows, for sheets of events.
    pub span: Option<(Date, Date)>,
}

/// An import as the ledger knows it, without its rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// Its number.
    pub id: ImportId,
    /// When it was brought in, in UTC.
    pub made_at: String,
    /// Who did.
    pub made_by: String,
    /// The sheet's name in the scheme.
    pub sheet: Arc<str>,
    /// The file, as the user named it, and the worksheet.
    pub origin: Origin,
    /// The hash of its headers and cells as they are now.
    pub content_hash: String,
    /// Hashes that it had before rows of it were mended.
    pub former: Vec<String>,
    /// How many rows the file had, the refused ones too.
    pub rows: usize,
    /// How many were refused.
    pub refused: usize,
    /// First and last date of its rows, for sheets of events.
    pub span: Option<(Date, Date)>,
    /// Source, dates and order: what decides which tables are in force.
    pub filing: Filing,
}

impl Import {
    /// Whether it has this content, or had it before rows of it were mended.
    pub fn has_content(&self, hash: &str) -> bool {
        self.content_hash == hash || self.former.iter().any(|former| former == hash)
    }
}

const COLUMNS: &str = "id, made_at, made_by, as_of, sheet, source, file, worksheet, content_hash, row_count, \
                       refused_count, first_date, last_date, covers";

impl Ledger {
    /// All imports, the oldest first.
    pub fn imports(&self) -> Result<Vec<Import>, Error> {
        let mut statement = self
            .connection
            .prepare_cached(&format!("SELECT {COLUMNS} FROM import ORDER BY id"))?;
        let found = statement
            .query_map([], import)?
            .collect::<Result<Vec<_>, _>>()?;
        self.complete(found)
    }

    /// The imports of a source of a sheet, the newest first: by the last date as of which its content was brought in,
    /// then by when.
    pub fn imports_of(&self, sheet: &str, source: &str) -> Result<Vec<Import>, Error> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM import WHERE sheet = ?1 AND source = ?2"
        ))?;
        let found = statement
            .query_map([sheet, source], import)?
            .collect::<Result<Vec<_>, _>>()?;
        let mut imports = self.complete(found)?;
        imports.sort_by_key(|import| {
            let filing = &import.filing;
            let last = filing.confirmed.iter().copied().chain([filing.as_of]).max();
            std::cmp::Reverse((last, import.id))
        });
        Ok(imports)
    }

    /// The table of an import: the same cells, bit by bit, with the same places; of rows that were mended as they are
    /// now. Rows of forgotten customers are gone, and what there was to say of the reading was said at the import.
    pub fn load_table(&self, import: ImportId) -> Result<Table, Error> {
        self.load_as_now(import)
    }

    /// The same with at most about `most` of its rows, evenly from the whole: to compare with, not to grade from.
    pub fn load_sample(&self, import: ImportId, most: usize) -> Result<Table, Error> {
        self.load_with(import, &BTreeMap::new(), Some(most.max(1)))
    }

    /// The table of an import as a run saw it: what was mended since is as it was.
    pub fn load_table_of(&self, import: ImportId, run: RunNumber) -> Result<Table, Error> {
        let others = self.rows_as_of(import, run)?;
        if others.is_empty() {
            return self.load_as_now(import);
        }
        self.load_with(import, &others, None)
    }

    /// The table as it is now, from what is kept if it is there.
    fn load_as_now(&self, import: ImportId) -> Result<Table, Error> {
        let kept = self.kept.borrow();
        let known = kept.as_ref().and_then(|kept| kept.get(&import));
        if let Some(table) = known {
            return Ok(table.clone());
        }
        let keeps = kept.is_some();
        drop(kept);
        let table = self.load_with(import, &BTreeMap::new(), None)?;
        if keeps && self.is_of_events(import)? {
            let mut kept = self.kept.borrow_mut();
            kept.get_or_insert_default().insert(import, table.clone());
        }
        Ok(table)
    }

    /// Whether an import is of a sheet of events that has rows: those are read again by every later run, customers' sheets
    /// by the runs of their own time.
    fn is_of_events(&self, import: ImportId) -> Result<bool, Error> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT first_date IS NOT NULL FROM import WHERE id = ?1")?;
        Ok(statement.query_row([import.0], |row| row.get(0))?)
    }

    /// What is to be known of the table of an import beside its rows, and the ids of its rows: from, to.
    pub(super) fn about_table(
        &self,
        import: ImportId,
    ) -> Result<(table::About, Origin, i64, i64), Error> {
        let found = self
            .connection
            .prepare_cached(
                "SELECT file, worksheet, about, first_row, end_row FROM import WHERE id = ?1",
            )?
            .query_row([import.0], |row| {
                let origin = Origin {
                    file: row.get(0)?,
                    worksheet: row.get(1)?,
                };
                Ok((
                    origin,
                    row.get::<_, String>(2)?,
                    row.get::<_, i64>(3)?,
                    row.get::<_, i64>(4)?,
                ))
            })
            .optional()?;
        let Some((origin, about, first, end)) = found else {
            return Err(Error::Other(format!("there is no import {}", import.0)));
        };
        Ok((table::About::parse(&about)?, origin, first, end))
    }

    /// The table with some of its rows, by their ids, otherwise than they are now, or left out.
    fn load_with(
        &self,
        import: ImportId,
        others: &BTreeMap<i64, Option<Other>>,
        most: Option<usize>,
    ) -> Result<Table, Error> {
        let (about, origin, first, end) = self.about_table(import)?;
        let mut table = about.table(origin)?;
        let mut statement = self.connection.prepare_cached(
            "SELECT number, cells, id FROM sheet_row WHERE id >= ?1 AND id < ?2 AND (id - ?1) % ?3 = 0 ORDER BY id",
        )?;
        let step = most.map_or(1, |most| {
            (end - first).max(1).unsigned_abs().div_ceil(most as u64)
        });
        let mut rows = statement.query([first, end, step as i64])?;
        let mut reader = cells::Reader::default();
        let mut read = |json: &str, number: u32, table: &mut Table| {
            reader.read(json, number, &mut table.rows).ok_or_else(|| {
                Error::Damaged(format!("row {number} of import {} is no row", import.0))
            })
        };
        let mut waiting = others.iter().peekable();
        while let Some(row) = rows.next()? {
            let id: i64 = if waiting.peek().is_some() {
                row.get(2)?
            } else {
                first
            };
            let mut is_other = false;
            while let Some((at, other)) = waiting.next_if(|(at, _)| **at <= id) {
                is_other |= *at == id;
                if let Some(other) = other {
                    read(&other.cells, other.number, &mut table)?;
                }
            }
            if !is_other {
                let number = row.get(0)?;
                let json = row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?;
                read(json, number, &mut table)?;
            }
        }
        for other in waiting.filter_map(|(_, other)| other.as_ref()) {
            read(&other.cells, other.number, &mut table)?;
        }
        let mut broken = about.broken()?;
        for other in others.values().flatten() {
            match other.broken {
                Some(fault) => broken.insert(other.number, fault),
                None => broken.remove(&other.number),
            };
        }
        table::mark_broken(&mut table, &broken);
        Ok(table)
    }

    /// With their confirmations.
    fn complete(&self, mut imports: Vec<(Import, String)>) -> Result<Vec<Import>, Error> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT import, as_of FROM confirmation ORDER BY import, as_of")?;
        let mut confirmed: HashMap<i64, Vec<Date>> = HashMap::new();
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            confirmed.entry(row.get(0)?).or_default().push(row.get(1)?);
        }
        let mut former = self.former_contents()?;
        for (import, covers) in &mut imports {
            import.former = former.remove(&import.id).unwrap_or_default();
            import.filing.covers = spans(covers)?;
            import.filing.confirmed = confirmed.remove(&import.id.0).unwrap_or_default();
        }
        Ok(imports.into_iter().map(|(import, _)| import).collect())
    }
}

/// An import and the text of what it covers, which is read where there is an error to give.
fn import(row: &Row<'_>) -> rusqlite::Result<(Import, String)> {
    let id: i64 = row.get(0)?;
    let first: Option<Date> = row.get(11)?;
    let last: Option<Date> = row.get(12)?;
    let import = Import {
        id: ImportId(id),
        made_at: row.get(1)?,
        made_by: row.get(2)?,
        sheet: row.get(4)?,
        origin: Origin {
            file: row.get(6)?,
            worksheet: row.get(7)?,
        },
        content_hash: row.get(8)?,
        former: vec![],
        rows: row.get::<_, i64>(9)? as usize,
        refused: row.get::<_, i64>(10)? as usize,
        span: first.zip(last),
        filing: Filing {
            source: row.get(5)?,
            as_of: row.get(3)?,
            confirmed: vec![],
            order: id as u64,
            covers: vec![],
        },
    };
    Ok((import, row.get(13)?))
}

fn spans(written: &str) -> Result<Vec<(Date, Date)>, Error> {
    let spans: Vec<(String, String)> = parse_json(written)?;
    let date = |text: &str| {
        Date::parse_iso(text).ok_or_else(|| Error::Damaged(format!("`{text}` is no date")))
    };
    spans
        .iter()
        .map(|(first, last)| Ok((date(first)?, date(last)?)))
        .collect()
}

impl Writer<'_> {
    /// Brings in a table. `customers` has the key of the customer of each row, in order; what is missing at its end has
    /// none. `contents` is asked last, so that it can be found out while the rows are written.
    pub fn add_import<'a>(
        &self,
        table: &Table,
        about: &NewImport,
        customers: impl IntoIterator<Item = Option<Cow<'a, str>>>,
        contents: impl FnOnce() -> Contents,
    ) -> Result<ImportId, Error> {
        let count = table.rows.len();
        // Numbers of rows that were forgotten are not given again: they lie in the range of the import that had them.
        let first: i64 = self.connection.query_row(
            "SELECT max(coalesce((SELECT max(id) FROM sheet_row), 0) + 1,
                        coalesce((SELECT max(end_row) FROM import), 1))",
            [],
            |row| row.get(0),
        )?;
        let covers: Vec<_> = about
            .covers
            .iter()
            .map(|(first, last)| (first.to_string(), last.to_string()))
            .collect();
        self.connection.execute(
            "INSERT INTO import (made_at, made_by, as_of, sheet, source, file, worksheet, content_hash, row_count,
                                 refused_count, covers, about, first_row, end_row)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, '', ?8, 0, ?9, ?10, ?11, ?12)",
            rusqlite::params![
                self.who.at,
                self.who.by,
                about.as_of,
                about.sheet,
                about.source,
                table.origin.file,
                table.origin.worksheet,
                count as i64,
                json(&covers),
                table::about(table),
                first,
                first + count as i64,
            ],
        )?;
        let id = self.connection.last_insert_rowid();
        let mut statement = self.connection.prepare(
            "INSERT INTO sheet_row (id, import, number, customer, cells) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?;
        statement.raw_bind_parameter(2, id)?;
        let mut customers = customers.into_iter();
        let mut text = String::new();
        for row in 0..count {
            text.clear();
            cells::write(table.rows.row(row), &mut text);
            statement.raw_bind_parameter(1, first + row as i64)?;
            statement.raw_bind_parameter(3, table.rows.row_number(row))?;
            let customer = customers.next().flatten();
            statement.raw_bind_parameter(4, customer.as_deref())?;
            statement.raw_bind_parameter(5, text.as_str())?;
            statement.raw_execute()?;
        }
        let contents = contents();
        self.connection.execute(
            "UPDATE import SET content_hash = ?2, refused_count = ?3, first_date = ?4, last_date = ?5 WHERE id = ?1",
            rusqlite::params![
                id,
                contents.hash,
                contents.refused as i64,
                contents.span.map(|(first, _)| first),
                contents.span.map(|(_, last)| last),
            ],
        )?;
        let rows = how_many(count, "row");
        let detail = format!("{}, {}, {rows}", table.origin.place(), about.as_of);
        self.note(
            Action::Import,
            &format!("{}/{}", about.sheet, about.source),
            Some(&detail),
        )?;
        Ok(ImportId(id))
    }

    /// Says that a file with the content of an import was brought in again as of `as_of`. Says it once.
    pub fn confirm(&self, import: ImportId, as_of: Date) -> Result<(), Error> {
        let added = self.connection.execute(
            "INSERT INTO confirmation (import, as_of, made_at, made_by) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT DO NOTHING",
            (import.0, as_of, &self.who.at, &self.who.by),
        )?;
        if added > 0 {
            self.note(
                Action::Confirm,
                &format!("import {}", import.0),
                Some(&as_of.to_string()),
            )?;
        }
        Ok(())
    }
}
