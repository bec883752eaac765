//! A run from the ledger: what the command names is taken in, everything is graded, and the run is put down.

use super::grade::{Args, Graded};
use super::import;
use super::inputs::{self, Loaded};
use super::intake::take_all;
use super::rules::Rules;
use super::stock::{Make, stock};
use super::{Screen, Stop, ledger};
use regrade::book;
use regrade::classify::render;
use regrade::diagnostic::{At, Code, Finding};
use regrade::grading::{self, Grading};
use regrade::ledger::{Error, NewMark, NewProposal, Recorded, RunHead, Writer};
use regrade::table::Date;
use std::sync::Arc;

/// Grades from the ledger, after taking in the files that the command names.
pub fn from_ledger(
    writer: &Writer<'_>,
    args: &Args,
    rules: Rules,
    as_of: Date,
    screen: &Screen,
) -> Result<(Graded, RunHead), Stop> {
    let mut findings = vec![];
    if !args.files.is_empty() {
        let options = inputs::options(&args.reading)?;
        let loaded = inputs::load(&rules.scheme, &args.files, &options, screen)?;
        findings.extend(loaded.findings);
        let wanted = import::Wanted {
            source: None,
            covers: import::spans(&args.covers)?,
            again: false,
        };
        let tables = loaded.tables;
        let taken = take_all(writer, &rules.scheme, tables, as_of, &wanted, &mut findings)?;
        findings.extend(super::restate::restated(writer, &rules, &taken, as_of)?.findings());
    }
    let trouble = |error| ledger::trouble(writer.path(), &error);
    let make = Make::new(writer, &rules.scheme, &rules.text, as_of).map_err(trouble)?;
    let stock = stock(writer, make)?;
    let scheme = Arc::new(rules.scheme);
    let mut grading = grading::grade(scheme, stock.inputs, as_of, stock.past);
    if grading.findings.iter().any(book::is_refusal) {
        findings.extend(grading.findings);
        return Err(Stop::refused(findings));
    }
    // What there is to say of a row by itself was said when it was imported.
    grading.findings.retain(|finding| !is_of_import(finding));
    let told = grading.past.as_of;
    let (_, unclear) = regrade::review::proposals(&grading.scheme, &grading.book, told);
    grading.findings.extend(unclear);
    let loaded = Loaded {
        tables: vec![],
        files: stock.files,
        findings,
    };
    let graded = Graded {
        grading,
        loaded,
        scheme: (rules.name, rules.text),
        run: Some(stock.head.id.clone()),
    };
    Ok((graded, stock.head))
}

/// Whether a finding is about cells and rows of a file by themselves, rather than about how sheets go together.
fn is_of_import(finding: &Finding) -> bool {
    let of_all = [
        Code::UnknownCustomer,
        Code::UnmatchedLookup,
        Code::UnknownPrevious,
        Code::MissingEventValue,
        Code::NotComputable,
        Code::SourcesDiffer,
        Code::UnknownCondition,
        Code::NoRows,
    ];
    matches!(finding.at, At::Data(_)) && !of_all.contains(&finding.code)
}

/// Puts a run into the ledger; it is there when the writer commits.
pub fn record(writer: &Writer<'_>, grading: &Grading, head: &RunHead) -> Result<(), Error> {
    let lang = grading.scheme.language;
    let recorded = writer.record_run(head, regrade::ledger::rows(grading, lang))?;
    if let Recorded::New(number) = recorded {
        writer.mark(number, marks(grading))?;
        let (proposals, _) = regrade::review::proposals(&grading.scheme, &grading.book, None);
        for proposal in proposals {
            writer.propose(&NewProposal {
                customer: proposal.customer,
                subject: proposal.subject,
                level: proposal.level,
                reason: proposal.reason.unwrap_or_default(),
                by: proposal.by.unwrap_or_default(),
                date: proposal.date,
                origin: Some(proposal.place.to_string()),
            })?;
        }
    }
    // A full disk is to show now, before any output appears.
    writer.flush()
}

/// Who waits for a review.
fn marks(grading: &Grading) -> Vec<NewMark> {
    let lang = grading.scheme.language;
    let as_of = grading.book.as_of;
    let rules = grading.scheme.reviews.iter();
    let queues = rules.zip(&grading.classification.reviews);
    queues
        .flat_map(|(rule, queue)| {
            queue.iter().map(move |row| {
                let row = *row as usize;
                let owner = rule.owner.as_ref();
                let owner = owner.and_then(|owner| render(owner, &grading.facts, row, lang));
                NewMark {
                    customer: grading.book.roster.ids[row].clone(),
                    rule: rule.name.clone(),
                    owner: owner.map(Arc::from),
                    due: rule
                        .due_days
                        .and_then(|days| as_of.add_working_days(days as i32)),
                }
            })
        })
        .collect()
}
