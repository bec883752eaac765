//! Runs: one grading as of one date, with what it was made from and a row for each customer.

use super::content::text_hash;
use super::sql::{Names, json, parse_json};
use super::{Action, Error, ImportId, Ledger, Writer};
use crate::decide::{Decision, Rung, Standing};
use crate::grading::Known;
use crate::table::{Date, Decimal};
use rusqlite::{OptionalExtension, Row, Statement};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A run in the ledger. Later runs have higher numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
pub struct RunNumber(pub i64);

/// A scheme as it was when it graded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemeText {
    /// The whole text.
    pub text: String,
    /// The scheme's name.
    pub name: String,
    /// Its version, as the scheme writes it.
    pub version: String,
}

/// An import that a run is made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunInput {
    /// Which.
    pub import: ImportId,
    /// The confirmation that put it in force; `None` for the import itself.
    pub confirmed: Option<Date>,
}

/// What is to be recorded of a run beside its customers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunHead {
    /// Made from all that the run is made from, hexadecimal: the same run has the same.
    pub id: String,
    /// The scheme.
    pub scheme: SchemeText,
    /// As of which date.
    pub as_of: Date,
    /// The run before, from which it went on.
    pub previous: Option<RunNumber>,
    /// The version of the rules by which schemes are read.
    pub semantics: u32,
    /// The version of regrade.
    pub program: String,
    /// The imports.
    pub inputs: Vec<RunInput>,
    /// The overrides that were live, by their numbers.
    pub overrides: Vec<i64>,
    /// What the run had to say, as JSON. It names no customers: forgetting one leaves it as it is.
    pub findings: Option<String>,
}

/// A run in the ledger, without its customers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Its number.
    pub number: RunNumber,
    /// Its name, made from its content.
    pub id: String,
    /// The hash of the scheme's text; [`Ledger::scheme`] has the text.
    pub scheme: String,
    /// The scheme's name.
    pub scheme_name: String,
    /// The scheme's version.
    pub scheme_version: String,
    /// As of which date.
    pub as_of: Date,
    /// The run before.
    pub previous: Option<RunNumber>,
    /// The version of the rules by which schemes are read.
    pub semantics: u32,
    /// When it was recorded, in UTC.
    pub made_at: String,
    /// Who did.
    pub made_by: String,
    /// The version of regrade.
    pub program: String,
    /// How many customers it had, those forgotten since too.
    pub customers: usize,
    /// How many customers got which decision; those that nobody got are left out.
    pub counts: Vec<(Decision, usize)>,
    /// The overrides that were live, by their numbers.
    pub overrides: Vec<i64>,
    /// What the run had to say, as JSON.
    pub findings: Option<String>,
}

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

/// What became of a run that was to be recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// It is in the ledger now.
    New(RunNumber),
    /// It was there already, and nothing was added.
    Known(RunNumber),
}

impl Recorded {
    /// The run's number.
    pub const fn number(self) -> RunNumber {
        match self {
            Self::New(number) | Self::Known(number) => number,
        }
    }
}

impl Run {
    /// How many customers got this decision.
    pub fn count(&self, decision: Decision) -> usize {
        self.counts
            .iter()
            .find(|(known, _)| *known == decision)
            .map_or(0, |(_, count)| *count)
    }
}

const RUN: &str = "SELECT number, id, scheme, name, version, as_of, previous, semantics, made_at, made_by, program,
                          customer_count, counts, overrides, findings
                   FROM run JOIN scheme ON scheme.hash = run.scheme";

/// The columns of a row, in the order in which [`row`] reads and [`bind`] writes them, after `id` and `run`.
pub(super) const ROW: &str = "customer, name, rule_grade, grade, previous_grade, since, rule_type, type, \
     previous_type, score, labels, tags, decision, reasons, evidence, next, strategy, decided, grade_moved, \
     grade_demoted, grade_at_risk, grade_counts_after, type_moved, type_demoted, type_at_risk, type_counts_after";

impl Ledger {
    /// All runs, the newest first: by date, and those of one date by when they were recorded.
    pub fn runs(&self) -> Result<Vec<Run>, Error> {
        self.runs_where("ORDER BY as_of DESC, number DESC", [])
    }

    /// The run with this id.
    pub fn run(&self, id: &str) -> Result<Option<Run>, Error> {
        Ok(self.runs_where("WHERE id = ?1", [id])?.pop())
    }

    /// The run with this number.
    pub fn run_by_number(&self, number: RunNumber) -> Result<Option<Run>, Error> {
        Ok(self.runs_where("WHERE number = ?1", [number.0])?.pop())
    }

    /// The newest run of an earlier as-of date than `date`: the one from which a run as of `date` goes on.
    pub fn run_before(&self, date: Date) -> Result<Option<Run>, Error> {
        let newest = "WHERE as_of < ?1 ORDER BY as_of DESC, number DESC LIMIT 1";
        Ok(self.runs_where(newest, [date])?.pop())
    }

    pub(super) fn runs_where(
        &self,
        condition: &str,
        parameters: impl rusqlite::Params,
    ) -> Result<Vec<Run>, Error> {
        let mut statement = self
            .connection
            .prepare_cached(&format!("{RUN} {condition}"))?;
        let found = statement
            .query_map(parameters, run)?
            .collect::<Result<Vec<_>, _>>()?;
        found
            .into_iter()
            .map(|(mut run, counts, overrides)| {
                let counts: BTreeMap<String, usize> = parse_json(&counts)?;
                run.counts = Decision::ALL
                    .into_iter()
                    .filter_map(|decision| Some((decision, *counts.get(decision.key())?)))
                    .collect();
                run.overrides = parse_json(&overrides)?;
                Ok(run)
            })
            .collect()
    }

    /// The imports that a run is made from, in their order.
    pub fn run_inputs(&self, run: RunNumber) -> Result<Vec<RunInput>, Error> {
        let mut statement = self.connection.prepare_cached(
            "SELECT import, confirmed FROM run_input WHERE run = ?1 ORDER BY import",
        )?;
        let inputs = statement.query_map([run.0], |row| {
            Ok(RunInput {
                import: ImportId(row.get(0)?),
                confirmed: row.get(1)?,
            })
        })?;
        Ok(inputs.collect::<Result<_, _>>()?)
    }

    /// The scheme with this hash, as a run names it.
    pub fn scheme(&self, hash: &str) -> Result<Option<SchemeText>, Error> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT text, name, version FROM scheme WHERE hash = ?1")?;
        let found = statement.query_row([hash], |row| {
            Ok(SchemeText {
                text: row.get(0)?,
                name: row.get(1)?,
                version: row.get(2)?,
            })
        });
        Ok(found.optional()?)
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
            standings.push(Known {
                id: row.get(0)?,
                name: row.get(1)?,
                standing: standing(row, 0, &mut names)?,
            });
        }
        Ok(standings)
    }
}

fn run(row: &Row<'_>) -> rusqlite::Result<(Run, String, String)> {
    let run = Run {
        number: RunNumber(row.get(0)?),
        id: row.get(1)?,
        scheme: row.get(2)?,
        scheme_name: row.get(3)?,
        scheme_version: row.get(4)?,
        as_of: row.get(5)?,
        previous: row.get::<_, Option<i64>>(6)?.map(RunNumber),
        semantics: row.get(7)?,
        made_at: row.get(8)?,
        made_by: row.get(9)?,
        program: row.get(10)?,
        customers: row.get::<_, i64>(11)? as usize,
        counts: vec![],
        overrides: vec![],
        findings: row.get(14)?,
    };
    Ok((run, row.get(12)?, row.get(13)?))
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

impl Writer<'_> {
    /// Records a run with its customers in order. A run that is there already, by its id, stays as it is.
    pub fn record_run(
        &self,
        head: &RunHead,
        rows: impl IntoIterator<Item = RunRow>,
    ) -> Result<Recorded, Error> {
        if let Some(known) = self.run(&head.id)? {
            return Ok(Recorded::Known(known.number));
        }
        let number = self.insert_run(head)?;
        let first: i64 = self.connection.query_row(
            "SELECT max(coalesce((SELECT max(id) FROM run_customer), 0) + 1,
                        coalesce((SELECT max(end_row) FROM run), 1))",
            [],
            |row| row.get(0),
        )?;
        let places = (1..=28)
            .map(|place| format!("?{place}"))
            .collect::<Vec<_>>()
            .join(", ");
        let mut statement = self.connection.prepare_cached(&format!(
            "INSERT INTO run_customer (id, run, {ROW}) VALUES ({places})"
        ))?;
        let mut counts: BTreeMap<Decision, usize> = BTreeMap::new();
        let mut end = first;
        for row in rows {
            *counts.entry(row.decision).or_default() += 1;
            statement.raw_bind_parameter(1, end)?;
            statement.raw_bind_parameter(2, number)?;
            bind(&mut statement, &row)?;
            statement.raw_execute()?;
            end += 1;
        }
        let words: serde_json::Map<String, serde_json::Value> = counts
            .into_iter()
            .map(|(decision, count)| (decision.key().to_owned(), count.into()))
            .collect();
        self.connection.execute(
            "UPDATE run SET customer_count = ?2, counts = ?3, first_row = ?4, end_row = ?5 WHERE number = ?1",
            (number, end - first, json(&words), first, end),
        )?;
        let detail = format!("{}, {} customers", head.as_of, end - first);
        self.note(Action::Run, &head.id, Some(&detail))?;
        Ok(Recorded::New(RunNumber(number)))
    }

    fn insert_run(&self, head: &RunHead) -> Result<i64, Error> {
        let scheme = &head.scheme;
        let hash = text_hash(&scheme.text);
        self.connection.execute(
            "INSERT INTO scheme (hash, text, name, version) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
            (&hash, &scheme.text, &scheme.name, &scheme.version),
        )?;
        // How many customers there are is known when they have been written; until then nobody sees it.
        self.connection.execute(
            "INSERT INTO run (id, scheme, as_of, previous, semantics, made_at, made_by, program, customer_count,
                              counts, overrides, findings, first_row, end_row)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0, '{}', ?9, ?10, 0, 0)",
            rusqlite::params![
                head.id,
                hash,
                head.as_of,
                head.previous.map(|number| number.0),
                head.semantics,
                self.who.at,
                self.who.by,
                head.program,
                json(&head.overrides),
                head.findings,
            ],
        )?;
        let number = self.connection.last_insert_rowid();
        for input in &head.inputs {
            self.connection
                .prepare_cached(
                    "INSERT INTO run_input (run, import, confirmed) VALUES (?1, ?2, ?3)",
                )?
                .execute((number, input.import.0, input.confirmed))?;
        }
        Ok(number)
    }
}

/// Binds the columns of [`ROW`], which come after the id and the run.
fn bind(statement: &mut Statement<'_>, row: &RunRow) -> rusqlite::Result<()> {
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
