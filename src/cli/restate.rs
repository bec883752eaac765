//! Rows for periods that runs have closed already: whose past would have been graded otherwise. Runs are never edited;
//! this only says it.

use super::intake::{Outcome, Taken};
use super::rules::Rules;
use super::stock::{Make, stock};
use super::{Stop, ledger};
use regrade::diagnostic::{Code, Finding, Text, listed};
use regrade::grading::{Past, grade};
use regrade::ledger::{Error, Ledger, Run, rows};
use regrade::scheme;
use regrade::table::{Date, Period};
use regrade::text;
use serde_json::json;
use std::collections::HashMap;
use std::sync::Arc;

/// A file with the first and last day of its rows, where it has days.
pub type Days = (String, Option<(Date, Date)>);

/// What recorded runs would have said otherwise.
#[derive(Default)]
pub struct Restated {
    /// First day of the late rows and the sheets that have them, if there are any.
    late: Option<(Date, Vec<String>)>,
    changes: Vec<Change>,
}

/// One customer in one run.
struct Change {
    customer: Arc<str>,
    as_of: Date,
    of: &'static str,
    recorded: Option<Arc<str>>,
    restated: Option<Arc<str>>,
}

impl Restated {
    /// What there is to say: nothing where no row came late.
    pub fn findings(&self) -> Vec<Finding> {
        let Some((first, files)) = &self.late else {
            return vec![];
        };
        let Text { en, zh } = listed(files.iter().map(String::as_str));
        let late = Finding::note(
            Code::LateRows,
            text!(
                "rows came late, for periods from {first} on that have been graded: {en}",
                "有迟到的行，所属期间（{first} 起）已经评过级：{zh}"
            ),
        );
        if self.changes.is_empty() {
            return vec![late.with_note(text!(
                "no recorded grade or type would have been another",
                "已记录的等级和类型都不会因此改变"
            ))];
        }
        let mut findings = vec![late];
        for change in &self.changes {
            let Change {
                customer, as_of, ..
            } = change;
            let customer = regrade::clean::text::shorten(customer);
            let level = |level: &Option<Arc<str>>| level.as_deref().unwrap_or("—").to_owned();
            let (was, now) = (level(&change.recorded), level(&change.restated));
            findings.push(
                Finding::warning(
                    Code::Restated,
                    text!(
                        "customer `{customer}` would have been {now} as of {as_of}, not {was}",
                        "客户 `{customer}` 截至 {as_of} 应为 {now}，而非 {was}"
                    ),
                )
                .help(text!(
                    "the run stays as it was recorded; the next one goes on from it",
                    "已记录的批次不会改动；下一批次从它继续"
                )),
            );
        }
        findings
    }

    /// As data.
    pub fn json(&self) -> serde_json::Value {
        self.changes
            .iter()
            .map(|change| {
                json!({
                    "id": change.customer,
                    "as_of": change.as_of.to_string(),
                    "of": change.of,
                    "recorded": change.recorded,
                    "restated": change.restated,
                })
            })
            .collect()
    }
}

/// Grades again, with what is known now, the recorded runs whose periods got rows late, and says where they would have
/// come to something else.
///
/// `mended` are files whose rows were mended, with the days of these rows: they come late too.
pub fn restated(
    ledger: &Ledger,
    rules: &Rules,
    taken: &[Taken],
    mended: &[Days],
) -> Result<Restated, Stop> {
    let trouble = |error: Error| ledger::trouble(ledger.path(), &error);
    let mut restated = Restated::default();
    let taken = taken.iter().filter(|taken| taken.outcome == Outcome::New);
    let mut days: Vec<(&str, Date)> = taken
        .filter_map(|taken| Some((taken.place.as_str(), taken.span?.0)))
        .collect();
    days.extend(
        mended
            .iter()
            .filter_map(|(file, span)| Some((file.as_str(), (*span)?.0))),
    );
    let Some(first) = days.iter().map(|(_, first)| *first).min() else {
        return Ok(restated);
    };
    let closed = Period::of(rules.scheme.period, first)
        .end()
        .unwrap_or(first);
    let runs = newest_of_each_date(ledger.runs().map_err(trouble)?, closed);
    let Some(last) = runs.last().map(|run| run.as_of) else {
        return Ok(restated);
    };
    let late = days.iter().filter(|(_, first)| *first <= last);
    restated.late = Some((first, late.map(|(file, _)| (*file).to_owned()).collect()));
    let mut past: Option<Past> = None;
    for run in &runs {
        let Some(text) = ledger.scheme(&run.scheme).map_err(trouble)? else {
            continue;
        };
        let (Some(scheme), _) = scheme::validate(&text.text) else {
            continue;
        };
        let make = Make::new(ledger, &scheme, &text.text, run.as_of).map_err(trouble)?;
        let mut known = stock(ledger, make)?;
        if let Some(mut before) = past.take() {
            before.overrides.clone_from(&known.past.overrides);
            before.settled.clone_from(&known.past.settled);
            known.past = before;
        }
        let lang = scheme.language;
        let grading = grade(Arc::new(scheme), known.inputs, run.as_of, known.past);
        let now: HashMap<Arc<str>, [Option<Arc<str>>; 2]> = rows(&grading, lang)
            .map(|row| {
                let standing = row.standing;
                (
                    row.customer,
                    [standing.effective_grade, standing.effective_kind],
                )
            })
            .collect();
        ledger
            .each_run_row(run.number, |row| {
                let recorded = [row.standing.effective_grade, row.standing.effective_kind];
                let Some(restated_levels) = now.get(&row.customer) else {
                    return;
                };
                for ((of, recorded), level) in ["grade", "type"]
                    .into_iter()
                    .zip(recorded)
                    .zip(restated_levels)
                {
                    if recorded != *level {
                        restated.changes.push(Change {
                            customer: row.customer.clone(),
                            as_of: run.as_of,
                            of,
                            recorded,
                            restated: level.clone(),
                        });
                    }
                }
            })
            .map_err(trouble)?;
        past = Some(Past {
            as_of: Some(run.as_of),
            customers: grading.standings(),
            ..Past::default()
        });
    }
    Ok(restated)
}

/// Of the runs as of `closed` or later the one recorded last for each date, oldest first.
fn newest_of_each_date(runs: Vec<Run>, closed: Date) -> Vec<Run> {
    let mut newest: Vec<Run> = vec![];
    for run in runs {
        if run.as_of >= closed && newest.iter().all(|known| known.as_of != run.as_of) {
            newest.push(run);
        }
    }
    newest.sort_by_key(|run| run.as_of);
    newest
}
