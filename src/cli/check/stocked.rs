//! What the ledger has for a scheme that is checked without files: the customers whom a run of now would grade. It only
//! adds to what the scheme itself is told: where there is nothing to add, a note says why.

use super::Data;
use crate::cli::as_of::as_of;
use crate::cli::ledger_run::is_of_import;
use crate::cli::rules::Rules;
use crate::cli::stock::{Make, Stock, stock};
use crate::cli::{Exit, Global, Stop, ledger};
use regrade::book;
use regrade::diagnostic::{Code, Finding, Severity};
use regrade::grading::grade;
use regrade::ledger::{Error, Ledger};
use regrade::table::Date;
use regrade::text;
use std::sync::Arc;

/// Whether there is a ledger to ask: who names one for this call means it, and is told where there is none.
pub fn is_there(global: &Global) -> bool {
    global.ledger.is_some() || ledger::path(global).exists()
}

/// That the ledger which the environment names for all calls is not there (yet), so that the scheme is checked by itself.
pub fn missing(global: &Global) -> Option<Finding> {
    if !ledger::is_named(global) || is_there(global) {
        return None;
    }
    let path = ledger::path(global);
    let (findings, ..) = alone(vec![Error::NotFound.finding(&path.display().to_string())]);
    findings.into_iter().next()
}

/// Grades what the ledger knows, and records nothing: as of the date that is asked for, else of the newest that it has.
/// A scheme for which the ledger lacks a sheet or a column is checked by itself; so is one beside a ledger that nobody
/// named and that cannot be read.
pub fn data(rules: &Rules, global: &Global) -> Result<(Date, Data), Stop> {
    match ask(rules, global) {
        Err(Stop::Findings { findings, exit, .. })
            if !ledger::is_named(global) && matches!(exit, Exit::Trouble | Exit::Busy) =>
        {
            Ok((as_of(global)?, alone(findings)))
        }
        asked => asked,
    }
}

fn ask(rules: &Rules, global: &Global) -> Result<(Date, Data), Stop> {
    let ledger = ledger::open(global)?;
    let trouble = |error| ledger::trouble(ledger.path(), &error);
    let newest = match global.as_of {
        Some(_) => None,
        None => newest(&ledger).map_err(trouble)?,
    };
    let as_of = newest.map_or_else(|| as_of(global), Ok)?;
    let make = Make::new(&ledger, &rules.scheme, &rules.text, as_of).map_err(trouble)?;
    let Stock {
        inputs,
        past,
        files,
        ..
    } = match stock(&ledger, make) {
        Ok(stock) => stock,
        Err(Stop::Findings {
            findings,
            exit: Exit::Refused,
            ..
        }) => return Ok((as_of, alone(findings))),
        Err(stop) => return Err(stop),
    };
    let scheme = Arc::new(rules.scheme.clone());
    let grading = grade(scheme, inputs, as_of, past);
    let mut findings = grading.findings.clone();
    if findings.iter().any(book::is_refusal) {
        findings.retain(book::is_refusal);
        return Ok((as_of, alone(findings)));
    }
    // What there is to say of a row by itself was said when it was imported; which periods are not there yet is for a
    // run to say, and no matter of the scheme.
    findings.retain(|finding| !is_of_import(finding) && finding.code != Code::Uncovered);
    Ok((as_of, (findings, files, Some(grading))))
}

/// The date of the newest import or run, whichever is later.
fn newest(ledger: &Ledger) -> Result<Option<Date>, Error> {
    let imports = ledger.imports()?;
    let runs = ledger.runs()?;
    let imported = imports.iter().map(|import| import.filing.newness().0);
    Ok(imported.chain(runs.iter().map(|run| run.as_of)).max())
}

/// No customers, and why: what the ledger lacks, or suffers from, is no fault of the scheme.
fn alone(findings: Vec<Finding>) -> Data {
    let note = |finding: Finding| {
        finding.with_severity(Severity::Note).with_note(text!(
            "the scheme is checked by itself: no customers are counted",
            "只检查方案本身，不统计客户"
        ))
    };
    (findings.into_iter().map(note).collect(), vec![], None)
}
