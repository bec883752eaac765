//! A run of the ledger with what was before it: the run that it is compared with, and the runs up to it.

use super::super::last_runs::Walk;
use super::super::recorded::Known;
use super::super::{Global, Stop, ledger, role};
use super::campaign;
use super::of::Of;
use super::shown::AsShown;
use super::{Args, Asked, Heading, Made, Past, make, reported_by};
use foldhash::HashSet;
use regrade::compare::{self, Customer, On, Renamed, Snapshot};
use regrade::diagnostic::{Code, Finding, Lang};
use regrade::ledger::{Error, Ledger, Run, RunLevel};
use regrade::report::{Before, MOST_RUNS, RunFigures};
use regrade::table::{Date, Period};
use regrade::text;
use std::sync::Arc;

/// The report of a recorded run, or of a span of runs.
pub fn from_ledger(
    of: &Of,
    args: &Args,
    global: &Global,
    lists_customers: bool,
) -> Result<Made, Stop> {
    let ledger = ledger::open(global)?;
    // One state of the ledger, whoever writes to it meanwhile.
    let trouble = |error: Error| ledger::trouble(ledger.path(), &error);
    let span = match of {
        Of::Span(period) => Some(Span::of(&ledger, *period)?),
        Of::Run(_) | Of::Files => None,
    };
    let name = match (&span, of) {
        (Some(span), _) => span.closing.id.clone(),
        (None, Of::Run(name)) => name.clone(),
        (None, _) => "@latest".to_owned(),
    };
    let mut known = Known::find(&ledger, &name)?;
    let said = reported_by(&mut known, global)?;
    let viewer = role::viewer_of_run(global, &known.scheme)?;
    let viewer = viewer.as_ref();
    let scheme = viewer.map_or(&known.scheme, |viewer| &**viewer.scheme());
    let asked = Asked::of(args, scheme)?;
    let mut grading = known.again(&ledger)?;
    let lang = global.lang.map_or(known.scheme.language, Lang::from);
    let heading = Heading {
        of: match &span {
            Some(span) => span.period.to_string(),
            None => known.run.as_of.to_string(),
        },
        run: Some(known.run.id.clone()),
        lang,
        lists_customers,
    };
    let (mut made, _) = make(
        &mut grading,
        viewer,
        asked,
        heading,
        vec![],
        |shown, scope| {
            let ids = shown.ids(scope);
            let before = match &span {
                None => match known.run.previous {
                    Some(number) => {
                        let previous = ledger.run_by_number(number).map_err(trouble)?;
                        let compared =
                            |run: Run| compared(&ledger, &run, &known, shown, ids.as_ref(), lang);
                        previous.map(compared).transpose()?
                    }
                    None => None,
                },
                Some(span) => span.before(&ledger, &known, shown, ids.as_ref(), lang)?,
            };
            let first = span.as_ref().and_then(|span| span.period.start());
            // What a part of the customers was in earlier runs is not known: only what today's were.
            let (runs, older_runs) = match &ids {
                None => trend(&ledger, &known, first)?,
                Some(_) => (vec![], 0),
            };
            Ok(Past {
                before,
                runs,
                older_runs,
            })
        },
    )?;
    if let Some(id) = &args.of_campaign {
        let section = campaign::section(&ledger, id.trim(), &known, &grading, global, lang)?;
        made.report.sections.insert(0, section);
    }
    made.findings.splice(0..0, said);
    Ok(made)
}

/// A span of runs.
struct Span {
    period: Period,
    /// The last run in it.
    closing: Run,
    /// The first run in it.
    first: Run,
    /// The last run before it.
    earlier: Option<Run>,
}

impl Span {
    fn of(ledger: &Ledger, period: Period) -> Result<Self, Stop> {
        let trouble = |error: Error| ledger::trouble(ledger.path(), &error);
        let (Some(start), Some(end)) = (period.start(), period.end()) else {
            return Err(no_run(period));
        };
        let runs = ledger.last_runs().map_err(trouble)?;
        let mut inside = runs.iter().filter(|run| (start..=end).contains(&run.as_of));
        let Some(first) = inside.next() else {
            return Err(no_run(period));
        };
        let closing = inside.next_back().unwrap_or(first);
        let mut earlier = runs.iter().filter(|run| run.as_of < start);
        Ok(Self {
            period,
            closing: closing.clone(),
            first: first.clone(),
            earlier: earlier.next_back().cloned(),
        })
    }

    /// The customers of the run before the span beside those of the run that closes it.
    fn before(
        &self,
        ledger: &Ledger,
        now: &Known,
        shown: &AsShown<'_>,
        ids: Option<&HashSet<Arc<str>>>,
        lang: Lang,
    ) -> Result<Option<Before>, Stop> {
        let mut notes = vec![];
        let (period, closed) = (self.period, self.closing.as_of);
        if Some(closed) != period.end() {
            let note = text!(
                "The last run in {period} is as of {closed}, which is before its end.",
                "{period} 内最后的批次评级日是 {closed}，还不到期末。"
            );
            notes.push(note.get(lang).to_owned());
        }
        let old = match &self.earlier {
            Some(run) => run,
            None if self.first.number == self.closing.number => return Ok(None),
            None => {
                let first = self.first.as_of;
                let note = text!(
                    "There is no run before {period}: it is compared with its first one, as of {first}.",
                    "{period} 之前没有批次：与期内最早的批次（{first}）相比。"
                );
                notes.push(note.get(lang).to_owned());
                &self.first
            }
        };
        let mut before = compared(ledger, old, now, shown, ids, lang)?;
        before.notes = notes;
        Ok(Some(before))
    }
}

/// The customers of an earlier run beside those of this one.
fn compared(
    ledger: &Ledger,
    old: &Run,
    now: &Known,
    shown: &AsShown<'_>,
    ids: Option<&HashSet<Arc<str>>>,
    lang: Lang,
) -> Result<Before, Stop> {
    let old = Known::find(ledger, &old.id)?;
    let on = if now.scheme.grades.is_empty() {
        On::Type
    } else {
        On::Grade
    };
    let mut was = snapshot(ledger, &old, &on, ids)?;
    was.rename(&Renamed::of(&now.scheme, &on));
    let is = snapshot(ledger, now, &on, ids)?;
    let mut comparison = compare::compare(&was, &is);
    // What a run says of its last period is why somebody moved only where nothing lies between the two.
    if now.run.previous == Some(old.run.number) {
        shown.put_reasons(&mut comparison, lang);
    }
    shown.put_names(&mut comparison);
    Ok(Before {
        comparison,
        name: old.run.as_of.to_string(),
        notes: vec![],
    })
}

/// Where the customers of a run stood, as it recorded it.
fn snapshot(
    ledger: &Ledger,
    known: &Known,
    on: &On,
    ids: Option<&HashSet<Arc<str>>>,
) -> Result<Snapshot, Stop> {
    let mut customers = vec![];
    let take = |found: RunLevel| {
        // Of absent customers nobody knows whether they would be seen.
        let is_seen = ids.is_none_or(|ids| ids.contains(&found.customer));
        if is_seen {
            customers.push(Customer {
                id: found.customer,
                name: found.name,
                level: match on {
                    On::Type => found.kind,
                    On::Grade | On::Dimension(_) => found.grade,
                },
                decision: Some(found.decision),
                ..Customer::default()
            });
        }
    };
    ledger
        .each_run_level(known.run.number, take)
        .map_err(|error| ledger::trouble(ledger.path(), &error))?;
    // No key is there twice in a run.
    let mut snapshot = Snapshot::new(customers, |_| None).unwrap_or_default();
    snapshot.levels = compare::levels(&known.scheme, on);
    Ok(snapshot)
}

/// What the runs up to this one came to, those before `first` left out, and how many more there are.
fn trend(
    ledger: &Ledger,
    known: &Known,
    first: Option<Date>,
) -> Result<(Vec<RunFigures>, usize), Stop> {
    let trouble = |error: Error| ledger::trouble(ledger.path(), &error);
    let mut runs = ledger.last_runs().map_err(trouble)?;
    runs.retain(|run| run.as_of < known.run.as_of);
    runs.push(known.run.clone());
    let inside = |run: &&Run| first.is_none_or(|first| run.as_of >= first);
    let count = runs.iter().filter(inside).count();
    let shown = count.min(MOST_RUNS);
    // The run before the first one that is shown says who moved to that.
    let from = (runs.len() - shown).saturating_sub(1);
    let mut walk = Walk::new(&known.scheme);
    for run in &runs[from..] {
        walk.recorded(ledger, run, |_| ()).map_err(trouble)?;
    }
    Ok((walk.figures(shown), count - shown))
}

/// A span in which there is no run.
fn no_run(period: Period) -> Stop {
    let finding = Finding::error(
        Code::UnknownRun,
        text!(
            "no run in the ledger is as of a date in {period}",
            "台账中没有评级日在 {period} 的批次"
        ),
    );
    Stop::usage(finding.help(text!(
        "`regrade runs list` lists those there are",
        "用 `regrade runs list` 查看已有的批次"
    )))
}
