//! What came late for periods that runs have closed already: whose past would have been graded otherwise. Runs are never
//! edited; this only says it.

use super::intake::Taken;
use super::late::{Late, late, late_by_mending};
use super::people::People;
use super::rules::Rules;
use super::stock::{Left, Make, stock};
use super::{Stop, ledger};
use regrade::diagnostic::{Code, Finding};
use regrade::grading::{Known, grade};
use regrade::ledger::{Error, Ledger, RunNumber, rows};
use regrade::scheme;
use regrade::table::Date;
use regrade::text;
use serde_json::json;
use std::collections::HashMap;
use std::sync::Arc;

/// A file with the first and last day of its rows, where it has days.
pub type Days = (String, Option<(Date, Date)>);

/// What recorded runs would have said otherwise.
#[derive(Default)]
pub struct Restated {
    late: Vec<Late>,
    changes: Vec<Change>,
    /// Runs that cannot be graded again: how they are named, and by which scheme they were made.
    unread: Vec<(String, Date, String)>,
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
    /// What there is to say: nothing where nothing came late.
    pub fn findings(&self) -> Vec<Finding> {
        let mut findings: Vec<Finding> = self.late.iter().map(Late::finding).collect();
        if self.changes.is_empty() && self.unread.is_empty() {
            let nothing = text!(
                "no recorded grade or type would have been another",
                "已记录的等级和类型都不会因此改变"
            );
            let last = findings.pop().map(|last| last.with_note(nothing));
            findings.extend(last);
        }
        findings.extend(self.changes.iter().map(Change::finding));
        findings.extend(self.unread.iter().map(|(run, as_of, scheme)| {
            Finding::warning(
                Code::Restated,
                text!(
                    "the run `{run}` as of {as_of} cannot be graded again: this version does not read its scheme `{scheme}`",
                    "无法重新评定截至 {as_of} 的批次 `{run}`：当前版本读不了它的方案 `{scheme}`"
                ),
            )
            .help(text!(
                "whether it would have come to something else is not known; the regrade that recorded it can say so",
                "它的结果是否会因此改变无法得知；可用当时记录它的 regrade 版本查看"
            ))
        }));
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

impl Change {
    fn finding(&self) -> Finding {
        let as_of = self.as_of;
        let customer = regrade::clean::text::shorten(&self.customer);
        let level = |level: &Option<Arc<str>>| level.as_deref().unwrap_or("—").to_owned();
        let (was, now) = (level(&self.recorded), level(&self.restated));
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
        ))
    }
}

/// Grades again the recorded runs for whose periods something came late: with all that is known now of the sheets, and
/// else as they were. Says where they would have come to something else. `mended` are files whose rows were mended, with
/// the days of these rows.
pub fn restated(
    ledger: &Ledger,
    rules: &Rules,
    taken: &[Taken],
    mended: &[Days],
    as_of: Date,
) -> Result<Restated, Stop> {
    let trouble = |error: Error| ledger::trouble(ledger.path(), &error);
    let mut restated = Restated::default();
    let mut runs = ledger.last_runs().map_err(trouble)?;
    restated.late = late(ledger, &rules.scheme, taken, as_of, &runs).map_err(trouble)?;
    restated
        .late
        .extend(late_by_mending(&rules.scheme, mended, &runs));
    let since = restated.late.iter().map(|late| late.since(&rules.scheme));
    let Some(since) = since.min() else {
        return Ok(restated);
    };
    runs.retain(|run| run.as_of >= since);
    // What each would have left: a run that went on from it goes on from that.
    let mut left: HashMap<RunNumber, Vec<Known>> = HashMap::new();
    for (index, run) in runs.iter().enumerate() {
        let goes_on = |number: RunNumber| {
            let mut later = runs[index + 1..].iter();
            later.any(|later| later.previous == Some(number))
        };
        let text = ledger.scheme(&run.scheme).map_err(trouble)?;
        let text = text.map(|scheme| scheme.text).unwrap_or_default();
        let (Some(scheme), _) = scheme::validate(&text) else {
            let name = run.scheme_name.clone();
            let unread = (run.short_id().to_owned(), run.as_of, name);
            restated.unread.push(unread);
            continue;
        };
        let previous = match run.previous {
            Some(number) => ledger.run_by_number(number).map_err(trouble)?,
            None => None,
        };
        let before = run.previous.and_then(|number| {
            if goes_on(number) {
                left.get(&number).cloned()
            } else {
                left.remove(&number)
            }
        });
        let of_before = previous.as_ref().map(|run| run.as_of);
        let left_by = of_before
            .zip(before)
            .map(|(as_of, customers)| Left { as_of, customers });
        let make = Make {
            scheme: &scheme,
            text: &text,
            as_of: run.as_of,
            previous,
            left: left_by,
            data: None,
            people: People::KnownTo(run),
            merges: None,
            ahead_of_time: false,
        };
        let known = stock(ledger, make)?;
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
        if goes_on(run.number) {
            left.insert(run.number, grading.standings());
        }
    }
    Ok(restated)
}
