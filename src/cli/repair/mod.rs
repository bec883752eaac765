//! Rows that cannot be used, around every command that meets them: `import` lets them wait and writes the workbook in
//! which people mend them, `import` and `review` read it back, `review list --kind repair` says what is still open.

mod apply;
mod back;
mod list;
mod open;
mod output;

pub use back::{exit, read_back, said_taken};
pub use list::run as list;
pub use open::{Open, counts, open, said_open};
pub use output::{Book, target};

use super::restate::Days;
use super::{Global, Stop, ledger};
use regrade::book::{Filing, Inputs, Intake};
use regrade::diagnostic::{Code, Finding};
use regrade::ledger::{
    Error, Import, ImportId, NewRepair, RowId, StoredRepair, Writer, content_mark,
};
use regrade::read::Table;
use regrade::repair::{self, Bench, Line, Mark, Mended, Page, PageRow, State, Taken};
use regrade::review::{barred, is_barred};
use regrade::scheme::Scheme;
use regrade::table::Origin;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What a call has of repair workbooks, and what becomes of it.
#[derive(Default)]
pub struct Repairs {
    /// The pages of the workbooks.
    pages: Vec<Table>,
    /// Their rows that are not taken yet.
    lines: Vec<Line>,
    /// Who mended a row that does not say who.
    by: String,
    /// The imports that the call is about.
    imports: BTreeSet<ImportId>,
    /// What people said of the table that was mended last who may not correct, until its import is known.
    barred: Vec<String>,
    /// Whether a workbook is to be written.
    is_written: bool,
    /// How many rows of this call cannot be used, while it is not sure that anything is taken in.
    refused_rows: usize,
    /// These rows, where they are to be written.
    refused: Vec<Page>,
    /// How many rows came to what.
    taken: Taken,
    /// The files whose rows were mended, with the days of these rows.
    mended: Vec<Days>,
    /// What is to be told of the workbooks.
    findings: Vec<Finding>,
}

/// A table that is taken in, with what is known around it.
pub struct Incoming<'a> {
    /// The scheme.
    pub scheme: &'a Scheme,
    /// The sheet.
    pub sheet: &'a Arc<str>,
    /// The source.
    pub source: &'a Arc<str>,
    /// How it comes in.
    pub filing: &'a Filing,
    /// The crosswalks that are known.
    pub crosswalks: &'a Inputs,
}

impl Repairs {
    /// Takes the pages of repair workbooks.
    pub fn of(mut pages: Vec<Table>, global: &Global) -> Self {
        let mut findings = vec![];
        for page in &mut pages {
            let notes = page.notes.drain(..);
            findings.extend(notes.filter(|note| note.code == Code::SkippedRows));
        }
        let lines = repair::lines(&pages, &mut findings);
        Self {
            pages,
            lines,
            findings,
            by: ledger::by(global),
            is_written: !global.output.is_empty() && !global.dry_run,
            ..Self::default()
        }
    }

    /// What is to be told of the workbooks.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The files whose rows were mended, with the days of these rows.
    pub fn mended(&self) -> &[Days] {
        &self.mended
    }

    /// Whether there is no page of a repair workbook.
    pub const fn is_empty(&self) -> bool {
        self.pages.is_empty()
    }

    /// How many rows came to what.
    pub const fn taken(&self) -> Taken {
        self.taken
    }

    /// How many rows of the call's tables cannot be used.
    pub const fn refused_rows(&self) -> usize {
        self.refused_rows
    }

    /// These rows, where a workbook is to be written of them.
    pub fn refused(&self) -> &[Page] {
        &self.refused
    }

    /// The imports that the call is about.
    pub const fn imports(&self) -> &BTreeSet<ImportId> {
        &self.imports
    }

    /// Says that the call is about an import.
    pub fn about(&mut self, import: ImportId) {
        self.imports.insert(import);
    }

    /// The lines for a content, which are taken by that.
    fn take(&mut self, content: &str) -> Vec<Line> {
        let (taken, rest) = std::mem::take(&mut self.lines)
            .into_iter()
            .partition(|line| line.mark.content == content);
        self.lines = rest;
        taken
    }

    /// A table of the call as people mended it: `None` where they did not. `hash` is its content.
    pub fn mend<'h>(
        &mut self,
        incoming: &Incoming<'_>,
        table: &Table,
        hash: impl FnOnce() -> &'h str,
    ) -> Option<Mended> {
        if self.lines.is_empty() {
            return None;
        }
        let content = content_mark(incoming.sheet, incoming.source, hash());
        let lines = self.take(&content);
        if lines.is_empty() {
            return None;
        }
        let bench = Bench {
            scheme: incoming.scheme,
            sheet: incoming.sheet,
            filing: incoming.filing,
            crosswalks: incoming.crosswalks,
            is_replaced: None,
        };
        let lines: Vec<&Line> = lines.iter().collect();
        let waiting = bench.waiting(table);
        let mut said = repair::said(
            &self.pages,
            &lines,
            table,
            &[],
            &waiting,
            &self.by,
            &mut self.findings,
        );
        self.barred = allowed(incoming.scheme, &mut said, &mut self.findings);
        let mut mended = repair::mend(&bench, table, &[], said);
        self.findings.append(&mut mended.findings);
        Some(mended)
    }

    /// Remembers which rows of a table cannot be used, for a workbook that is written though nothing is taken in.
    pub fn refuse(&mut self, incoming: &Incoming<'_>, table: &Table, hash: &str, intake: &Intake) {
        self.refused_rows += intake.quarantined.len();
        if intake.quarantined.is_empty() || !self.is_written {
            return;
        }
        let content = content_mark(incoming.sheet, incoming.source, hash);
        let rows = intake.quarantined.iter().map(|row| PageRow {
            mark: Mark {
                content: content.clone(),
                number: row.number,
                seen: 0,
            },
            faults: row.faults.clone(),
            disputes: vec![],
            owner: row.owner.clone(),
            due: row.due,
        });
        let indices = intake.quarantined.iter().map(|row| row.index);
        self.refused.push(Page {
            sheet: incoming.sheet.clone(),
            source: incoming.source.clone(),
            columns: repair::columns_of(incoming.scheme, incoming.sheet, table),
            rows: rows.collect(),
            table: repair::picked(table, indices),
        });
    }

    /// Puts down what waits of a new import, which came in as `intake` says; then what was mended of it. What is wrong in
    /// `replaced` too, the import before of its source, waits since then.
    pub fn put(
        &mut self,
        writer: &Writer<'_>,
        import: ImportId,
        incoming: &Incoming<'_>,
        came_in: (&Table, &Intake),
        mended: Option<&Mended>,
        replaced: Option<&Import>,
    ) -> Result<(), Error> {
        let (table, intake) = came_in;
        self.about(import);
        note_barred(writer, import, &std::mem::take(&mut self.barred))?;
        if intake.quarantined.is_empty() {
            return Ok(());
        }
        let ids = writer.row_ids(import)?;
        let known = match replaced {
            Some(replaced) => writer.waiting_of(replaced.id)?,
            None => vec![],
        };
        let as_of = incoming.filing.as_of;
        let bench = Bench {
            scheme: incoming.scheme,
            sheet: incoming.sheet,
            filing: incoming.filing,
            crosswalks: incoming.crosswalks,
            is_replaced: None,
        };
        let customers = bench.customers(table);
        let waiting = open::waiting(intake, &customers, table, &ids, as_of, &known);
        writer.set_waiting(import, &waiting)?;
        let Some(mended) = mended else { return Ok(()) };
        self.count(&table.origin, mended);
        let rows = (0..ids.len()).map(|row| (table.rows.row_number(row), ids[row]));
        let before = writer.waiting_of(import)?;
        apply::put(writer, import, as_of, mended, &rows.collect(), &[], &before)
    }

    fn count(&mut self, origin: &Origin, mended: &Mended) {
        if !mended.rows.is_empty() {
            self.mended.push((origin.place().to_string(), mended.span));
        }
        let taken = mended.taken();
        self.taken.mended += taken.mended;
        self.taken.left_out += taken.left_out;
        self.taken.disputed += taken.disputed;
        self.taken.repeated += taken.repeated;
    }
}

/// Leaves out what people say who may not correct, and tells it; gives it as the ledger is to keep it.
fn allowed(
    scheme: &Scheme,
    said: &mut Vec<repair::Statement>,
    findings: &mut Vec<Finding>,
) -> Vec<String> {
    let mut refused = vec![];
    said.retain(|one| match barred(scheme, &one.author) {
        Some(role) => {
            findings.push(is_barred(&one.author, role).place(one.place.clone()));
            refused.push(format!(
                "row {} by {}: their role may not review",
                one.number, one.author
            ));
            false
        }
        None => true,
    });
    refused
}

/// Keeps that people tried to mend rows of an import who may not.
fn note_barred(writer: &Writer<'_>, import: ImportId, barred: &[String]) -> Result<(), Error> {
    let subject = format!("import {}", import.0);
    barred
        .iter()
        .try_for_each(|what| writer.note_refusal(&subject, what))
}

fn new_repair(kept: &repair::Kept, row: RowId) -> NewRepair {
    let said = &kept.statement;
    NewRepair {
        row,
        number: said.number,
        customer: said.customer.clone(),
        customer_before: kept.customer_before.clone(),
        author: said.author.clone(),
        reason: said.reason.clone(),
        cells: said.cells.clone(),
        before: said.before.clone(),
        broken: said.broken,
        origin: said.place.to_string(),
        state: kept.state,
    }
}

/// What a trouble of the ledger is to the user.
fn trouble(writer: &Writer<'_>) -> impl Fn(Error) -> Stop {
    let path = writer.path().to_path_buf();
    move |error| ledger::trouble(&path, &error)
}

/// What was said of a row before, as the pure part wants it.
fn known_of(stored: &StoredRepair) -> repair::Known {
    repair::Known {
        id: stored.id,
        number: stored.said.number,
        author: stored.said.author.clone(),
        cells: stored.said.cells.clone(),
        before: stored.said.before.clone(),
        broken: stored.said.broken,
        state: stored.said.state,
        is_counted: stored.is_counted && stored.said.state == State::Applied,
    }
}
