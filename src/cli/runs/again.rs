//! A recorded run graded again, for what its rows alone do not say: whether a condition holds, and what a role sees.

use super::export::Args;
use crate::cli::recorded::Known;
use crate::cli::{Global, Screen, Stop, changed, columns, ledger, role};
use regrade::book::Entry;
use regrade::grading::Grading;
use regrade::ledger::{Error, Ledger};
use regrade::roles::{self, Viewer};
use std::collections::HashSet;
use std::sync::Arc;

/// The run.
pub struct Again {
    /// The run with its scheme.
    pub known: Known,
    /// Who sees it, if not somebody who may see everything.
    pub viewer: Option<Viewer>,
    /// What is shown of it: all, or what the role sees.
    pub grading: Grading,
    /// The rows that are asked for.
    pub entries: Vec<Entry>,
}

impl Again {
    /// Grades it, and finds the rows.
    pub fn new(
        ledger: &Ledger,
        run: &str,
        args: &Args,
        global: &Global,
        screen: &Screen,
    ) -> Result<Self, Stop> {
        let trouble = |error: Error| ledger::trouble(ledger.path(), &error);
        let known = Known::find(ledger, run)?;
        let viewer = role::viewer_of_run(global, &known.scheme)?;
        let whole = known.again(ledger)?;
        let grading = match &viewer {
            Some(viewer) => viewer.see(&whole),
            None => whole,
        };
        let condition = args.condition.as_deref();
        let wanted = condition.map(|text| columns::condition(&grading.scheme, text));
        let mut findings: Vec<_> = viewer
            .iter()
            .filter_map(|_| roles::unique(&grading))
            .collect();
        let mut entries = grading.entries_where(wanted.transpose()?.as_ref(), &mut findings);
        if args.changed {
            let (run, viewer) = (&known.run, viewer.as_ref());
            let changed = changed::changed_in(ledger, run.number, run.previous, viewer);
            changed::keep(&mut entries, &grading, &changed.map_err(trouble)?, viewer);
        }
        screen.run_findings(&findings);
        Ok(Self {
            known,
            viewer,
            grading,
            entries,
        })
    }

    /// The keys of the rows.
    pub fn ids(&self) -> HashSet<Arc<str>> {
        let id = |entry: &Entry| match *entry {
            Entry::Customer(row) => Some(self.grading.book.roster.ids[row as usize].clone()),
            entry => self.grading.kept(entry)?.id.map(Arc::from),
        };
        self.entries.iter().filter_map(id).collect()
    }
}
