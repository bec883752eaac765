//! Which run is meant: `@latest`, `@previous`, `@2024-03`, an id or its beginning.

use super::{Error, Ledger, Run};
use crate::diagnostic::{Code, Finding, Text};
use crate::table::Date;
use crate::text;

/// How many runs a message names.
const NAMED: usize = 8;
/// How much of an id is shown.
const SHORT: usize = 8;

impl Run {
    /// The beginning of the id, for people.
    pub fn short_id(&self) -> &str {
        self.id.get(..SHORT).unwrap_or(&self.id)
    }
}

impl Ledger {
    /// The run that `written` names. `@latest` is the newest as-of date's newest run, `@previous` the newest of an earlier
    /// as-of date than that, `@2024-03-31`, `@2024-03` and `@2024` the newest as of a date in that time. Anything else
    /// is the beginning of an id. No run, or more than one, is an [`Error::Run`] that lists those there are.
    pub fn select(&self, written: &str) -> Result<Run, Error> {
        let runs = self.runs()?;
        let found = match written.strip_prefix('@') {
            Some("latest") => runs.first(),
            Some("previous") => {
                let latest = runs.first().map(|run| run.as_of);
                runs.iter().find(|run| Some(run.as_of) < latest)
            }
            Some(time) => {
                let Some((first, last)) = span(time) else {
                    return Err(unknown(written, &runs));
                };
                runs.iter().find(|run| (first..=last).contains(&run.as_of))
            }
            None => {
                let id = written.to_ascii_lowercase();
                let mut fits = runs
                    .iter()
                    .filter(|run| !id.is_empty() && run.id.starts_with(&id));
                let first = fits.next();
                let more: Vec<&Run> = fits.collect();
                // A whole id is one run, whatever begins with it.
                let whole = runs.iter().find(|run| run.id == id);
                if whole.is_none() && !more.is_empty() {
                    let all: Vec<&Run> = first.into_iter().chain(more).collect();
                    return Err(ambiguous(written, &all));
                }
                whole.or(first)
            }
        };
        match found {
            Some(run) => Ok(run.clone()),
            None => Err(unknown(written, &runs)),
        }
    }
}

/// First and last day of a day, a month or a year.
fn span(time: &str) -> Option<(Date, Date)> {
    if let Some(day) = Date::parse_iso(time) {
        return Some((day, day));
    }
    let (first, months) = match time.len() {
        7 => (Date::parse_iso(&format!("{time}-01"))?, 1),
        4 => (Date::parse_iso(&format!("{time}-01-01"))?, 12),
        _ => return None,
    };
    Some((first, first.add_months(months)?.add_days(-1)?))
}

fn unknown(written: &str, runs: &[Run]) -> Error {
    let title = if runs.is_empty() {
        text!(
            "no run `{written}`: the ledger has none yet",
            "没有批次 `{written}`：台账中还没有任何批次"
        )
    } else if written == "@previous" {
        text!(
            "no run `{written}`: the ledger has none of an earlier as-of date yet",
            "没有批次 `{written}`：台账中还没有更早评级日的批次"
        )
    } else {
        text!(
            "no run `{written}` in the ledger",
            "台账中没有批次 `{written}`"
        )
    };
    let finding = Finding::error(Code::UnknownRun, title);
    let finding = if runs.is_empty() {
        finding.help(text!(
            "`regrade grade` without files grades from the ledger and records a run",
            "不带文件的 `regrade grade` 会用台账评级并记录批次"
        ))
    } else {
        let Text { en, zh } = listed(&runs.iter().collect::<Vec<_>>());
        finding
            .with_note(Text {
                en: format!("its runs: {en}"),
                zh: format!("已有批次：{zh}"),
            })
            .help(text!(
                "name a run by its id, `@latest`, `@previous` or a month such as `@2024-03`",
                "请用编号、`@latest`、`@previous` 或月份（如 `@2024-03`）指定批次"
            ))
    };
    Error::Run(Box::new(finding))
}

fn ambiguous(written: &str, runs: &[&Run]) -> Error {
    let Text { en, zh } = listed(runs);
    Error::Run(Box::new(
        Finding::error(
            Code::UnknownRun,
            text!(
                "`{written}` could be {} runs",
                "`{written}` 可能是 {} 个批次中的任何一个",
                runs.len()
            ),
        )
        .with_note(Text {
            en: format!("they are {en}"),
            zh: format!("它们是 {zh}"),
        })
        .help(text!("write more of the id", "请多写几位编号")),
    ))
}

/// Runs for a message, the newest first. Ids that look the same when cut are shown whole.
fn listed(runs: &[&Run]) -> Text {
    let clear = |run: &Run| {
        let same = runs
            .iter()
            .filter(|other| other.short_id() == run.short_id());
        if same.count() > 1 {
            run.id.clone()
        } else {
            run.short_id().to_owned()
        }
    };
    let shown: Vec<String> = runs
        .iter()
        .take(NAMED)
        .map(|run| format!("`{}` ({})", clear(run), run.as_of))
        .collect();
    let (shown, rest) = (shown.join(", "), runs.len().saturating_sub(NAMED));
    if rest == 0 {
        text!("{shown}", "{shown}")
    } else {
        text!(
            "{shown} and {rest} older ones",
            "{shown}，另有更早的 {rest} 个"
        )
    }
}
