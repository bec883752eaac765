//! What the ledger knows of one customer, run by run.

use super::sql::Names;
use super::{Error, Ledger, RunNumber, RunRow, StoredOverride, run_rows, runs};
use crate::table::Date;

/// What one run says of the customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryRow {
    /// The run.
    pub run: RunNumber,
    /// Its id.
    pub run_id: String,
    /// As of which date.
    pub as_of: Date,
    /// When it was recorded, in UTC.
    pub made_at: String,
    /// Who did.
    pub made_by: String,
    /// What it says.
    pub row: RunRow,
}

impl Ledger {
    /// What the runs say of a customer, by date. Where a date was graded again, the last run counts.
    pub fn history(&self, customer: &str) -> Result<Vec<HistoryRow>, Error> {
        let columns: Vec<String> = run_rows::ROW
            .split(", ")
            .map(|column| format!("of.{}", column.trim()))
            .collect();
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT run.number, run.id, run.as_of, run.made_at, run.made_by, {}
             FROM run_customer of JOIN run ON run.number = of.run
             WHERE of.customer = ?1 AND run.number IN {} ORDER BY run.as_of",
            columns.join(", "),
            runs::LAST
        ))?;
        let mut rows = statement.query([customer])?;
        let mut names = Names::default();
        let mut history = vec![];
        while let Some(row) = rows.next()? {
            history.push(HistoryRow {
                run: RunNumber(row.get(0)?),
                run_id: row.get(1)?,
                as_of: row.get(2)?,
                made_at: row.get(3)?,
                made_by: row.get(4)?,
                row: run_rows::row(row, 5, &mut names)?,
            });
        }
        Ok(history)
    }

    /// The overrides of a customer, the oldest first, those that have ended too.
    pub fn overrides_of(&self, customer: &str) -> Result<Vec<StoredOverride>, Error> {
        self.overrides_where("WHERE customer = ?1 ORDER BY id", [customer])
    }
}
