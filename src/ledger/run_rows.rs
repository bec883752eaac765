//! What a run says of each customer: a row, in the order of the run.

use super::sql::{Names, json, parse_json};
use super::{Error, Ledger, RunNumber};
use crate::decide::{Decision, Rung, Standing};
use crate::grading::Known;
use crate::table::Decimal;
use rusqlite::{Row, Statement};
use std::sync::Arc;

/// What a run says of a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunRow {
    /// The customer's key.
    pub customer: Arc<str>,
    /// The name.
    pub name: Option<Arc<str>>,
    /// Where the customer stands: the grade and type of the rules and those that count, and what the next run carries on.
    pub standing: Standing,
    /// The grade of the run before.
    pub previous_grade: Option<Arc<str>>,
    /// The type of the run before.
    pub previous_type: Option<Arc<str>>,
    /// The score.
    pub score: Option<Decimal>,
    /// Dimension and label, in the order of the scheme.
    pub labels: Vec<(Arc<str>, Arc<str>)>,
    /// The tags, in the order of the scheme.
    pub tags: Vec<Arc<str>>,
    /// What happened.
    pub decision: Decision,
    /// Why.
    pub reasons: Vec<String>,
    /// Periods and values that show it, as JSON.
    pub evidence: Option<String>,
    /// What comes next.
    pub next: Option<String>,
    /// What the strategy gives, as JSON.
    pub strategy: Option<String>,
}

impl RunRow {
    /// Whether the grade is another than in the run before; without grades the type.
    pub fn has_moved(&self) -> bool {
        let (before, now) = if self.decision == Decision::Classified {
            (&self.previous_type, &self.standing.effective_kind)
        } else {
            (&self.previous_grade, &self.standing.effective_grade)
        };
        before.is_some() && now.is_some() && before != now
    }
}

/// The columns of a row, in the order in which [`row`] reads and [`bind`] writes them, after `id` and `run`.
pub(super) const ROW: &str = "customer, name, rule_grade, grade, previous_grade, since, rule_type, type, \
     previous_type, score, labels, tags, decision, reasons, evidence, next, strategy, decided, grade_moved, \
     grade_demoted, grade_at_risk, grade_counts_after, type_moved, type_demoted, type_at_risk, type_counts_after";

/// Where a customer stood in a run, and nothing else of what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunLevel {
    /// The customer's key.
    pub customer: Arc<str>,
    /// The name.
    pub name: Option<Arc<str>>,
    /// The grade that counted.
    pub grade: Option<Arc<str>>,
    /// The type that counted.
    pub kind: Option<Arc<str>>,
    /// What happened.
    pub decision: Decision,
}

impl Ledger {
    /// Where the customers of a run stood, in its order. What it says beside that is not read: over a million customers
    /// that takes most of the time.
    pub fn each_run_level(
        &self,
        run: RunNumber,
        mut take: impl FnMut(RunLevel),
    ) -> Result<(), Error> {
        let mut statement = self.connection.prepare_cached(
            "SELECT customer, name, grade, type, decision FROM run_customer
             WHERE id >= (SELECT first_row FROM run WHERE number = ?1)
               AND id < (SELECT end_row FROM run WHERE number = ?1) ORDER BY id",
        )?;
        let mut rows = statement.query([run.0])?;
        let mut names = Names::default();
        while let Some(row) = rows.next()? {
            take(RunLevel {
                customer: row.get(0)?,
                name: row.get(1)?,
                grade: names.get(row.get_ref(2)?)?,
                kind: names.get(row.get_ref(3)?)?,
                decision: row.get(4)?,
            });
        }
        Ok(())
    }

    /// What a run says of its customers, in its order.
    pub fn run_rows(&self, run: RunNumber) -> Result<Vec<RunRow>, Error> {
        let mut all = vec![];
        self.each_run_row(run, |row| all.push(row))?;
        Ok(all)
    }

    /// The same a row at a time, where they need not all be held.
    pub fn each_run_row(&self, run: RunNumber, mut take: impl FnMut(RunRow)) -> Result<(), Error> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT {ROW} FROM run_customer WHERE id >= (SELECT first_row FROM run WHERE number = ?1)
                AND id < (SELECT end_row FROM run WHERE number = ?1) ORDER BY id"
        ))?;
        let mut rows = statement.query([run.0])?;
        let mut names = Names::default();
        while let Some(found) = rows.next()? {
            take(row(found, 0, &mut names)?);
        }
        Ok(())
    }

    /// The dimensions of which a run has labels, in the order of the scheme.
    pub fn run_dimensions(&self, run: RunNumber) -> Result<Vec<String>, Error> {
        let mut statement = self.connection.prepare_cached(
            "SELECT label.key FROM run_customer, json_each(run_customer.labels) label
             WHERE run_customer.id >= (SELECT first_row FROM run WHERE number = ?1)
               AND run_customer.id < (SELECT end_row FROM run WHERE number = ?1)
             GROUP BY label.key ORDER BY min(label.id), min(run_customer.id), label.key",
        )?;
        let names = statement.query_map([run.0], |row| row.get(0))?;
        Ok(names.collect::<Result<_, _>>()?)
    }

    /// What a run carries on: where each of its customers stands, in its order.
    pub fn standings(&self, run: RunNumber) -> Result<Vec<Known>, Error> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT {ROW} FROM run_customer WHERE id >= (SELECT first_row FROM run WHERE number = ?1)
                AND id < (SELECT end_row FROM run WHERE number = ?1) ORDER BY id"
        ))?;
        let mut rows = statement.query([run.0])?;
        let mut names = Names::default();
        let mut standings = vec![];
        while let Some(row) = rows.next()? {
            let decision: Decision = row.get(12)?;
            standings.push(Known {
                id: row.get(0)?,
                name: row.get(1)?,
                standing: standing(row, 0, &mut names)?,
                absent: decision == Decision::Absent,
                refused: decision == Decision::Refused,
            });
        }
        Ok(standings)
    }
}

/// A row of [`ROW`] that begins at column `at`.
pub(super) fn row(row: &Row<'_>, at: usize, names: &mut Names) -> Result<RunRow, Error> {
    let labels: serde_json::Map<String, serde_json::Value> =
        parse_json(row.get_ref(at + 10)?.as_str().map_err(damaged)?)?;
    let tags: Vec<Arc<str>> = parse_json(row.get_ref(at + 11)?.as_str().map_err(damaged)?)?;
    let reasons = parse_json(row.get_ref(at + 13)?.as_str().map_err(damaged)?)?;
    Ok(RunRow {
        customer: row.get(at)?,
        name: row.get(at + 1)?,
        standing: standing(row, at, names)?,
        previous_grade: names.get(row.get_ref(at + 4)?)?,
        previous_type: names.get(row.get_ref(at + 8)?)?,
        score: row.get(at + 9)?,
        labels: labels
            .into_iter()
            .map(|(dimension, label)| (dimension.into(), label.as_str().unwrap_or_default().into()))
            .collect(),
        tags,
        decision: row.get(at + 12)?,
        reasons,
        evidence: row.get(at + 14)?,
        next: row.get(at + 15)?,
        strategy: row.get(at + 16)?,
    })
}

fn damaged(error: rusqlite::types::FromSqlError) -> Error {
    rusqlite::Error::from(error).into()
}

fn standing(row: &Row<'_>, at: usize, names: &mut Names) -> rusqlite::Result<Standing> {
    let mut rung = |level: usize, from: usize| -> rusqlite::Result<Rung> {
        Ok(Rung {
            level: names.get(row.get_ref(at + level)?)?,
            moved: row.get(at + from)?,
            demoted: row.get(at + from + 1)?,
            at_risk: row.get(at + from + 2)?,
            counts_after: row.get(at + from + 3)?,
        })
    };
    let (grade, kind) = (rung(2, 18)?, rung(6, 22)?);
    Ok(Standing {
        decided: row.get(at + 17)?,
        grade,
        kind,
        effective_grade: names.get(row.get_ref(at + 3)?)?,
        since: row.get(at + 5)?,
        effective_kind: names.get(row.get_ref(at + 7)?)?,
    })
}

/// Binds the columns of [`ROW`], which come after the id and the run.
pub(super) fn bind(statement: &mut Statement<'_>, row: &RunRow) -> rusqlite::Result<()> {
    let labels: serde_json::Map<String, serde_json::Value> = row
        .labels
        .iter()
        .map(|(dimension, label)| (dimension.to_string(), (**label).into()))
        .collect();
    let Standing {
        decided,
        grade,
        kind,
        effective_grade,
        since,
        effective_kind,
    } = &row.standing;
    let columns: [&dyn rusqlite::ToSql; 26] = [
        &row.customer,
        &row.name,
        &grade.level,
        effective_grade,
        &row.previous_grade,
        since,
        &kind.level,
        effective_kind,
        &row.previous_type,
        &row.score,
        &json(&labels),
        &json(&row.tags),
        &row.decision,
        &json(&row.reasons),
        &row.evidence,
        &row.next,
        &row.strategy,
        decided,
        &grade.moved,
        &grade.demoted,
        &grade.at_risk,
        &grade.counts_after,
        &kind.moved,
        &kind.demoted,
        &kind.at_risk,
        &kind.counts_after,
    ];
    for (index, column) in columns.iter().enumerate() {
        statement.raw_bind_parameter(index + 3, column)?;
    }
    Ok(())
}
