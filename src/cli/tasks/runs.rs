//! The run that is asked, and what the runs before it called for.

use crate::cli::as_of::as_of;
use crate::cli::recorded::Known;
use crate::cli::{Global, Stop, ledger, role};
use regrade::grading::Grading;
use regrade::ledger::Run;
use regrade::roles::Viewer;
use regrade::table::Period;
use regrade::tasks::{Called, LOOK_BACK, called};

/// A grading with what was called for before.
pub struct Graded {
    /// The grading that is asked.
    pub grading: Grading,
    /// What runs before it called for, oldest first.
    pub before: Vec<Called>,
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
    let known = Known::find(&ledger, &name)?;
    let grading = known.again(&ledger)?;
    let grading = seen(role::viewer_of_run(global, &known.scheme)?, grading);
    let runs = ledger.runs();
    let runs = runs.map_err(|error| ledger::trouble(ledger.path(), &error))?;
    let mut before = vec![];
    for run in earlier(&runs, &known.run, &grading) {
        let known = Known::find(&ledger, &run.id)?;
        let viewer = role::viewer_of_run(global, &known.scheme)?;
        let mut again = seen(viewer, known.again(&ledger)?);
        // What there was to say of that run was said with it.
        before.push(called(&mut again, &mut vec![]));
    }
    before.reverse();
    Ok(Graded {
        grading,
        before,
        is_alone: false,
        run: Some(known.run.id),
    })
}

/// The grading as a role sees it. What its conditions rank and compare is worked out over everybody first.
pub fn seen(viewer: Option<Viewer>, mut grading: Grading) -> Grading {
    let Some(viewer) = viewer else {
        return grading;
    };
    called(&mut grading, &mut vec![]);
    viewer.see(&grading)
}

/// The last run of each period before a run, the newest first.
fn earlier<'a>(runs: &'a [Run], asked: &Run, grading: &Grading) -> Vec<&'a Run> {
    let oldest = asked.as_of.add_months(-LOOK_BACK);
    let mut last: Vec<&Run> = vec![];
    // The newest first, and of one date the one that was recorded last.
    for run in runs.iter().filter(|run| run.as_of < asked.as_of) {
        let period = |run: &Run| Period::of(grading.scheme.period, run.as_of);
        let is_recent = oldest.is_none_or(|oldest| run.as_of >= oldest);
        if is_recent && last.last().is_none_or(|known| period(known) != period(run)) {
            last.push(run);
        }
    }
    last
}
