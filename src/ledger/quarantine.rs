//! Rows that cannot be used, until somebody has mended them: what is wrong, since when, who is to see to it and by when.

use super::sql::parse_json;
use super::{Error, ImportId, Ledger, RowId, Writer, cells, table};
use crate::book::Flaw;
use crate::diagnostic::Text;
use crate::read::Table;
use crate::table::Date;
use serde_json::{Value, json};
use std::sync::Arc;

/// A row that is to wait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewWaiting {
    /// The row.
    pub row: RowId,
    /// The customer's key, if it can be read.
    pub customer: Option<Arc<str>>,
    /// What is wrong.
    pub faults: Vec<Flaw>,
    /// As of which date it came in first.
    pub since: Date,
    /// Who is to mend it.
    pub owner: Option<Arc<str>>,
    /// By when.
    pub due: Option<Date>,
}

/// A row that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The import that it is of.
    pub import: ImportId,
    /// Its number in the file.
    pub number: u32,
    /// Its cells as JSON, so that the same row of another import is known again.
    pub cells: String,
    /// All else.
    pub about: NewWaiting,
}

impl Waiting {
    /// The cells of a row as they would stand here.
    pub fn cells_of(table: &Table, row: usize) -> String {
        let mut cells = String::new();
        cells::write(table.rows.row(row), &mut cells);
        cells
    }
}

impl Ledger {
    /// All rows that wait, in the order in which they came in.
    pub fn waiting(&self) -> Result<Vec<Waiting>, Error> {
        self.read_waiting("", [])
    }

    /// The rows of an import that wait, in the order of its table.
    pub fn waiting_of(&self, import: ImportId) -> Result<Vec<Waiting>, Error> {
        self.read_waiting("WHERE quarantine.import = ?1", [import.0])
    }

    fn read_waiting(&self, which: &str, of: impl rusqlite::Params) -> Result<Vec<Waiting>, Error> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT quarantine.row, quarantine.import, sheet_row.number, quarantine.customer, faults, since, owner, due,
                    sheet_row.cells
             FROM quarantine JOIN sheet_row ON sheet_row.id = quarantine.row {which} ORDER BY quarantine.row",
        ))?;
        let mut rows = statement.query(of)?;
        let mut waiting = vec![];
        while let Some(row) = rows.next()? {
            waiting.push(Waiting {
                import: ImportId(row.get(1)?),
                number: row.get(2)?,
                cells: row.get(8)?,
                about: NewWaiting {
                    row: RowId(row.get(0)?),
                    customer: row.get(3)?,
                    faults: faults(&row.get::<_, String>(4)?)?,
                    since: row.get(5)?,
                    owner: row.get(6)?,
                    due: row.get(7)?,
                },
            });
        }
        Ok(waiting)
    }

    /// The table of an import with the rows that wait and no others.
    pub fn load_waiting(&self, import: ImportId) -> Result<Table, Error> {
        let (about, origin, _, _) = self.about_table(import)?;
        let mut table = about.table(origin)?;
        let mut statement = self.connection.prepare_cached(
            "SELECT number, cells FROM sheet_row
             WHERE id IN (SELECT row FROM quarantine WHERE import = ?1) ORDER BY id",
        )?;
        let mut rows = statement.query([import.0])?;
        let mut reader = cells::Reader::default();
        while let Some(row) = rows.next()? {
            let number = row.get(0)?;
            let json = row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?;
            reader.read(json, number, &mut table.rows).ok_or_else(|| {
                Error::Damaged(format!("row {number} of import {} is no row", import.0))
            })?;
        }
        table::mark_broken(&mut table, &about.broken()?);
        Ok(table)
    }
}

impl Writer<'_> {
    /// Says which rows of an import wait; those that waited before and are not among them are mended.
    pub fn set_waiting(&self, import: ImportId, waiting: &[NewWaiting]) -> Result<(), Error> {
        self.connection
            .execute("DELETE FROM quarantine WHERE import = ?1", [import.0])?;
        let mut statement = self.connection.prepare_cached(
            "INSERT INTO quarantine (row, import, customer, faults, since, owner, due)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?;
        for one in waiting {
            statement.execute(rusqlite::params![
                one.row.0,
                import.0,
                one.customer,
                written(&one.faults),
                one.since,
                one.owner,
                one.due,
            ])?;
        }
        Ok(())
    }
}

/// What is wrong with a row, as JSON.
fn written(faults: &[Flaw]) -> String {
    let text = |text: &Text| json!({ "en": text.en, "zh": text.zh });
    let faults = faults.iter().map(|fault| {
        let mut written = json!({
            "column": fault.column,
            "en": fault.title.en,
            "zh": fault.title.zh,
        });
        if let Some(help) = &fault.help {
            written["help"] = text(help);
        }
        written
    });
    Value::Array(faults.collect()).to_string()
}

fn faults(written: &str) -> Result<Vec<Flaw>, Error> {
    let text = |value: &Value| {
        let part = |key: &str| value[key].as_str().map(str::to_owned);
        Some(Text {
            en: part("en")?,
            zh: part("zh")?,
        })
    };
    let faults: Vec<Value> = parse_json(written)?;
    faults
        .iter()
        .map(|fault| {
            Some(Flaw {
                column: fault["column"]
                    .as_u64()
                    .and_then(|column| column.try_into().ok()),
                title: text(fault)?,
                help: text(&fault["help"]),
            })
        })
        .collect::<Option<_>>()
        .ok_or_else(|| {
            Error::Damaged("a row that waits does not say what is wrong with it".to_owned())
        })
}
