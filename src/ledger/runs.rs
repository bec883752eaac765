//! Runs: one grading as of one date, with what it was made from and a row for each customer.

use super::run_rows::{ROW, RunRow, bind};
use super::sql::{json, parse_json};
use super::{Action, Error, ImportId, Ledger, Writer};
use crate::decide::Decision;
use crate::table::{Date, Hash};
use crate::words::how_many;
use rusqlite::{OptionalExtension, Row};
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
    /// Whom it took for whom: for each key that was another's the one that was kept.
    pub merged: BTreeMap<Arc<str>, Arc<str>>,
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
    /// How many customers it has rows of: those who were absent too, and those forgotten since.
    pub customers: usize,
    /// How many customers got which decision; those that nobody got are left out.
    pub counts: Vec<(Decision, usize)>,
    /// How many customers had another grade than in the run before (type, in a scheme without grades), whether a rule
    /// or a person moved them.
    pub moved: usize,
    /// The overrides that were live, by their numbers.
    pub overrides: Vec<i64>,
    /// What the run had to say, as JSON.
    pub findings: Option<String>,
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
    /// How many customers it had. Who was absent is in no count.
    pub fn present(&self) -> usize {
        self.customers - self.count(Decision::Absent).min(self.customers)
    }

    /// How many customers got this decision.
    pub fn count(&self, decision: Decision) -> usize {
        self.counts
            .iter()
            .find(|(known, _)| *known == decision)
            .map_or(0, |(_, count)| *count)
    }
}

const RUN: &str = "SELECT number, id, scheme, name, version, as_of, previous, semantics, made_at, made_by, program,
                          customer_count, counts, overrides, findings, moved_count
                   FROM run JOIN scheme ON scheme.hash = run.scheme";

/// Of each as-of date the run that was recorded last: who graded again meant that one.
pub(super) const LAST: &str = "(SELECT max(number) FROM run GROUP BY as_of)";

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

    /// Of each as-of date the run that was recorded last, which is the one that counts; the oldest date first.
    pub fn last_runs(&self) -> Result<Vec<Run>, Error> {
        self.runs_where(&format!("WHERE number IN {LAST} ORDER BY as_of"), [])
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
        moved: row.get::<_, i64>(15)? as usize,
        overrides: vec![],
        findings: row.get(14)?,
    };
    Ok((run, row.get(12)?, row.get(13)?))
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
        let (mut end, mut moved) = (first, 0_i64);
        for row in rows {
            moved += i64::from(row.has_moved());
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
            "UPDATE run SET customer_count = ?2, counts = ?3, first_row = ?4, end_row = ?5, moved_count = ?6
             WHERE number = ?1",
            (number, end - first, json(&words), first, end, moved),
        )?;
        let detail = format!("{}, {}", head.as_of, how_many(end - first, "customer"));
        self.note(Action::Run, &head.id, Some(&detail))?;
        Ok(Recorded::New(RunNumber(number)))
    }

    fn insert_run(&self, head: &RunHead) -> Result<i64, Error> {
        let scheme = &head.scheme;
        let hash = Hash::of(&scheme.text);
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
        self.add_run_merges(number, &head.merged)?;
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
