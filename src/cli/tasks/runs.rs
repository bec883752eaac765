//! The run that is asked, and what the runs before it called for.

use crate::cli::as_of::as_of;
use crate::cli::recorded::Known;
use crate::cli::{Global, Stop, ledger, role};
use regrade::diagnostic::{Finding, Severity};
use regrade::grading::Grading;
use regrade::ledger::{Ledger, Run};
use regrade::roles::{Told, Viewer};
use regrade::table::{Date, Period, PeriodKind};
use regrade::tasks::{Called, FollowUps, LOOK_BACK, called, follow_ups};
use regrade::text;

/// A grading with what was called for before.
pub struct Graded {
    /// The grading that is asked, as the role sees it.
    pub grading: Grading,
    /// What it and the runs before it call for, oldest first.
    pub called: Vec<Called>,
    /// What the role, if it is for one, is told of that.
    pub told: Option<Told>,
    /// What was done for whom.
    pub follow_ups: FollowUps,
    /// What there is to say of that.
    pub findings: Vec<Finding>,
    /// Whether nothing is known of what was before.
    pub is_alone: bool,
    /// The id of the run, where it is one of the ledger.
    pub run: Option<String>,
}

/// A run of the ledger, graded again, and the last run of each period of the twelve months before it.
pub fn from_ledger(run: Option<&str>, global: &Global) -> Result<Graded, Stop> {
    let ledger = ledger::open(global)?;
    // `--as-of` names the run of that date.
    let name = match (run, &global.as_of) {
        (Some(run), _) => run.to_owned(),
        (None, Some(_)) => format!("@{}", as_of(global)?),
        (None, None) => "@latest".to_owned(),
    };
    ledger.keep_events();
    let known = Known::find(&ledger, &name)?;
    let mut grading = known.again(&ledger)?;
    let viewer = role::viewer_of_run(global, &known.scheme)?;
    let mut told = viewer.is_some().then(Told::default);
    let period = grading.scheme.period;
    let (mut all, mut findings) =
        called_before(&ledger, &known.run, period, global, told.as_mut())?;
    let asked = called(&mut grading, &mut findings);
    let follow_ups = follow_ups(&grading, &mut findings);
    let grading = tell(viewer.as_ref(), grading, &asked, told.as_mut());
    all.push(asked);
    Ok(Graded {
        grading,
        called: all,
        told,
        follow_ups,
        findings,
        is_alone: false,
        run: Some(known.run.id),
    })
}

/// What the last run of each period in the twelve months before a run called for, oldest first, and what is to be said
/// of runs of which a role is told nothing. The role, if it is for one, is told of what it may see.
pub fn called_before(
    ledger: &Ledger,
    run: &Run,
    period: PeriodKind,
    global: &Global,
    mut told: Option<&mut Told>,
) -> Result<(Vec<Called>, Vec<Finding>), Stop> {
    ledger.keep_events();
    let runs = ledger.runs();
    let runs = runs.map_err(|error| ledger::trouble(ledger.path(), &error))?;
    let mut all = vec![];
    let mut findings = vec![];
    for run in earlier(&runs, run, period) {
        let known = Known::find(ledger, &run.id)?;
        let viewer = match role::viewer_of_run(global, &known.scheme) {
            Ok(viewer) => viewer,
            // The role is newer than the run, or stricter now: the run that is asked for is told all the same.
            Err(Stop::Findings { findings: said, .. }) => {
                findings.extend(said.into_iter().map(|error| left_out(error, run.as_of)));
                continue;
            }
            Err(other) => return Err(other),
        };
        let mut again = known.again(ledger)?;
        // What there was to say of that run was said with it.
        let called = called(&mut again, &mut vec![]);
        tell(viewer.as_ref(), again, &called, told.as_deref_mut());
        all.push(called);
    }
    all.reverse();
    Ok((all, findings))
}

/// Why an earlier run is not told to a role.
fn left_out(error: Finding, as_of: Date) -> Finding {
    let warning = Finding {
        severity: Severity::Warning,
        ..error
    };
    warning.with_note(text!(
        "what the run of {as_of} called for is not told: nothing of it is overdue or done here",
        "{as_of} 的批次所要求的任务不列出：其中逾期的、完成的都不在此"
    ))
}

/// The grading as a role sees it, of which it is told what the run calls for.
pub fn tell(
    viewer: Option<&Viewer>,
    grading: Grading,
    called: &Called,
    told: Option<&mut Told>,
) -> Grading {
    let (Some(viewer), Some(told)) = (viewer, told) else {
        return grading;
    };
    let seen = viewer.see(&grading);
    told.add(viewer, &grading, &seen, called);
    seen
}

/// The last run of each period before a run, the newest first.
fn earlier<'a>(runs: &'a [Run], asked: &Run, kind: PeriodKind) -> Vec<&'a Run> {
    let oldest = asked.as_of.add_months(-LOOK_BACK);
    let mut last: Vec<&Run> = vec![];
    // The newest first, and of one date the one that was recorded last.
    for run in runs.iter().filter(|run| run.as_of < asked.as_of) {
        let period = |run: &Run| Period::of(kind, run.as_of);
        let is_recent = oldest.is_none_or(|oldest| run.as_of >= oldest);
        if is_recent && last.last().is_none_or(|known| period(known) != period(run)) {
            last.push(run);
        }
    }
    last
}
