//! A run from the ledger: what the command names is taken in, everything is graded, and the run is put down.

use super::grade::Args;
use super::grade_files::Graded;
use super::import;
use super::inputs::{self, Loaded};
use super::intake::take_all;
use super::repair::Repairs;
use super::rules::Rules;
use super::stock::{Make, stock};
use super::{Screen, Stop, duplicates, ledger};
use regrade::book;
use regrade::classify::render;
use regrade::diagnostic::{At, Code, Finding, Severity};
use regrade::duplicates::groups::{groups, standings};
use regrade::explain;
use regrade::grading::{self, Grading};
use regrade::ledger::{Error, NewMark, NewProposal, Recorded, RunHead, Writer};
use regrade::table::Date;
use serde_json::json;
use std::collections::BTreeMap;
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
        let options = args.reading.options()?;
        let loaded = inputs::load(&rules.scheme, &args.files, &options, screen)?;
        inputs::refuse_repairs(&loaded)?;
        findings.extend(loaded.findings);
        let wanted = import::Wanted {
            source: None,
            covers: import::spans(&args.covers)?,
            again: false,
            jumps: args.accept_jump.clone(),
        };
        import::known_jumps(&rules.scheme, &wanted.jumps)?;
        let tables = loaded.tables;
        let mut repairs = Repairs::default();
        let taken = take_all(
            writer,
            &rules.scheme,
            tables,
            as_of,
            &wanted,
            &mut repairs,
            &mut findings,
        )?;
        // What is old is said of all that is in force, below.
        findings.retain(|finding| finding.code != Code::Stale);
        findings.extend(super::restate::restated(writer, &rules, &taken, &[], as_of)?.findings());
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
    let said = writer.said_of_duplicates().map_err(trouble)?;
    let contradictions = groups(&standings(&said)).contradictions;
    findings.extend(contradictions.iter().map(duplicates::contradiction));
    let told = grading.past.as_of;
    let (_, unclear) = regrade::review::proposals(&grading.scheme, &grading.book, told);
    grading.findings.extend(unclear);
    let loaded = Loaded {
        tables: vec![],
        repairs: vec![],
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
pub fn is_of_import(finding: &Finding) -> bool {
    let of_all = [
        Code::UnknownCustomer,
        Code::UnmatchedLookup,
        Code::UnknownPrevious,
        Code::MissingEventValue,
        Code::NotComputable,
        Code::SourcesDiffer,
        Code::UnknownCondition,
        Code::NoRows,
        // What was in time when it came in may be old by now.
        Code::Stale,
    ];
    let is_of_check = finding
        .about
        .as_ref()
        .is_some_and(|about| about.check.is_some());
    matches!(finding.at, At::Data(_)) && (is_of_check || !of_all.contains(&finding.code))
}

/// Puts a run into the ledger; it is there when the writer commits.
pub fn record(writer: &Writer<'_>, grading: &Grading, head: &RunHead) -> Result<(), Error> {
    let lang = grading.scheme.language;
    let head = RunHead {
        findings: Some(found(grading)),
        ..head.clone()
    };
    let recorded = writer.record_run(&head, regrade::ledger::rows(grading, lang))?;
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

/// What the run has to say, as JSON: of each kind how many, because texts and places name customers.
fn found(grading: &Grading) -> String {
    let unrated = explain::unrated(grading);
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for finding in grading.findings.iter().chain(&unrated) {
        let severity = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        };
        *counts.entry((finding.code.word(), severity)).or_default() += 1;
    }
    let counts = counts.into_iter();
    let kinds = counts.map(
        |((code, severity), count)| json!({ "code": code, "severity": severity, "count": count }),
    );
    serde_json::Value::Array(kinds.collect()).to_string()
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
