//! Forgets a customer: rows, grades, overrides, proposals, marks and lines of the audit, in the tables and in the pages
//! that they leave free. What counts customers keeps its counts.

use super::file::Who;
use super::{Action, Error, Ledger, Writer};
use crate::table::Hash;

/// What was forgotten.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Forgotten {
    /// Rows of sheets.
    pub rows: usize,
    /// Rows of runs.
    pub runs: usize,
    /// What people set or were to look at: overrides, proposals, review marks.
    pub set: usize,
    /// Rows of other customers, or of none, that have the id as a cell. They are theirs and stay.
    pub mentions: usize,
    /// Whether it had been forgotten before.
    pub before: bool,
}

impl Forgotten {
    /// Whether the ledger has never known such a customer.
    pub const fn is_unknown(&self) -> bool {
        self.rows + self.runs + self.set == 0 && !self.before
    }
}

impl Ledger {
    /// Forgets the customer with this key, for good: when it is done, no byte of the file and of those beside it says
    /// the id, other customers' rows aside. The audit keeps a line with the hash of the id. A reader that is at work
    /// holds the old pages, which is [`Error::Busy`]; it can be done again.
    pub fn forget(&mut self, customer: &str, who: &Who) -> Result<Forgotten, Error> {
        let writer = self.write(who)?;
        let forgotten = writer.forget_rows(customer)?;
        writer.commit()?;
        // Freed pages are overwritten with zeros (`secure_delete`), but the log still has the old ones, and pages that
        // were freed by earlier programs may too.
        self.connection.execute_batch("VACUUM")?;
        let busy: i64 =
            self.connection
                .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
        if busy != 0 {
            return Err(Error::Busy);
        }
        Ok(forgotten)
    }

    /// What [`Ledger::forget`] would forget. Nothing is changed.
    pub fn what_to_forget(&mut self, customer: &str, who: &Who) -> Result<Forgotten, Error> {
        self.write(who)?.forget_rows(customer)
    }
}

impl Writer<'_> {
    fn forget_rows(&self, customer: &str) -> Result<Forgotten, Error> {
        let hash = Hash::of(customer);
        // A proposal names the override that came of it, and both go.
        self.connection
            .execute_batch("PRAGMA defer_foreign_keys = ON")?;
        let (mut rows, mut runs, mut set) = (0, 0, 0);
        for (table, column) in self.columns_of_customers()? {
            let deleted = self.connection.execute(
                &format!("DELETE FROM \"{table}\" WHERE \"{column}\" = ?1"),
                [customer],
            )?;
            *match table.as_str() {
                "sheet_row" => &mut rows,
                "run_customer" | "run_merge" => &mut runs,
                _ => &mut set,
            } += deleted;
        }
        let before: bool = self.connection.query_row(
            "SELECT EXISTS (SELECT 1 FROM audit WHERE action = ?1 AND subject = ?2)",
            (Action::Forget, &hash),
            |row| row.get(0),
        )?;
        let forgotten = Forgotten {
            rows,
            runs,
            set,
            mentions: self.mentions(customer)?,
            before,
        };
        // What was done to the customer stays, who did it and when; what was said of it goes.
        self.connection.execute(
            "UPDATE audit SET subject = ?2, detail = NULL WHERE subject = ?1",
            [customer, &hash],
        )?;
        self.strike_from_details(customer, &hash)?;
        if !forgotten.is_unknown() {
            let detail = format!(
                "{} rows of sheets, {} of runs, {} set by people",
                forgotten.rows, forgotten.runs, forgotten.set
            );
            self.note(Action::Forget, &hash, Some(&detail))?;
        }
        Ok(forgotten)
    }

    /// Every column that names a customer, with its table: one that a later version adds is not overlooked. A row that was
    /// mended names the customer by the key that it has and by the one that it had; what is said of two customers names both.
    fn columns_of_customers(&self) -> Result<Vec<(String, String)>, Error> {
        let mut statement = self.connection.prepare(
            "SELECT tables.name, columns.name FROM sqlite_schema tables, pragma_table_info(tables.name) columns
             WHERE tables.type = 'table' AND columns.name IN ('customer', 'customer_before', 'other', 'kept')
             ORDER BY tables.name, columns.name",
        )?;
        let names = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(names.collect::<Result<_, _>>()?)
    }

    /// How many rows have the id as the text of a cell.
    fn mentions(&self, customer: &str) -> Result<usize, Error> {
        let cell = serde_json::to_string(customer).unwrap_or_default();
        let count: i64 = self.connection.query_row(
            "SELECT count(*) FROM sheet_row WHERE instr(cells, ?1) > 0",
            [cell],
            |row| row.get(0),
        )?;
        Ok(count as usize)
    }

    /// Puts the hash where a detail of another line says the id as a word of its own.
    fn strike_from_details(&self, customer: &str, hash: &str) -> Result<(), Error> {
        let mut statement = self
            .connection
            .prepare("SELECT id, detail FROM audit WHERE instr(detail, ?1) > 0")?;
        let lines = statement
            .query_map([customer], |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?))
            })?
            .collect::<Result<Vec<_>, _>>()?;
        for (id, detail) in lines {
            let struck = strike(&detail, customer, hash);
            self.connection
                .execute("UPDATE audit SET detail = ?2 WHERE id = ?1", (id, struck))?;
        }
        Ok(())
    }
}

/// `text` with `other` for every `word` that no letter or digit touches: `1` is not in `12 rows`.
fn strike(text: &str, word: &str, other: &str) -> String {
    if word.is_empty() {
        return text.to_owned();
    }
    let mut struck = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(word) {
        let (head, tail) = (&rest[..at], &rest[at + word.len()..]);
        let touches = |c: char| c.is_ascii_alphanumeric();
        let before = struck.chars().chain(head.chars()).next_back();
        let alone = !before.is_some_and(touches) && !tail.chars().next().is_some_and(touches);
        struck.push_str(head);
        struck.push_str(if alone { other } else { word });
        rest = tail;
    }
    struck.push_str(rest);
    struck
}
