//! What the ledger has for a scheme that is checked without files: the customers whom a run of now would grade.

use super::Data;
use crate::cli::ledger_run::is_of_import;
use crate::cli::rules::Rules;
use crate::cli::stock::{Make, stock};
use crate::cli::{Exit, Global, Stop, ledger};
use regrade::book;
use regrade::diagnostic::{Code, Finding, Severity};
use regrade::grading::grade;
use regrade::table::Date;
use regrade::text;
use std::sync::Arc;

/// Whether there is a ledger to ask: who names one means it, and is told where there is none.
pub fn is_there(global: &Global) -> bool {
    global.ledger.is_some() || ledger::path(global).exists()
}

/// Grades what the ledger knows as of a date, and records nothing. A scheme that needs a sheet of which the ledger has
/// nothing is checked by itself.
pub fn data(rules: &Rules, as_of: Date, global: &Global) -> Result<Data, Stop> {
    let ledger = ledger::open(global)?;
    let trouble = |error| ledger::trouble(ledger.path(), &error);
    let make = Make::new(&ledger, &rules.scheme, &rules.text, as_of).map_err(trouble)?;
    let stock = match stock(&ledger, make) {
        Ok(stock) => stock,
        Err(Stop::Findings {
            findings,
            exit: Exit::Refused,
            ..
        }) => return Ok((findings.into_iter().map(by_itself).collect(), vec![], None)),
        Err(stop) => return Err(stop),
    };
    let scheme = Arc::new(rules.scheme.clone());
    let grading = grade(scheme, stock.inputs, as_of, stock.past);
    let refused = grading.findings.iter().any(book::is_refusal);
    let mut findings = grading.findings.clone();
    // What there is to say of a row by itself was said when it was imported.
    if !refused {
        findings.retain(|finding| !is_of_import(finding));
    }
    Ok((findings, stock.files, (!refused).then_some(grading)))
}

/// That the ledger lacks a sheet is no fault of the scheme.
fn by_itself(finding: Finding) -> Finding {
    if finding.code != Code::MissingSheet {
        return finding;
    }
    finding.with_severity(Severity::Note).with_note(text!(
        "the scheme is checked by itself: no customers are counted",
        "只检查方案本身，不统计客户"
    ))
}
