//! A run as it is and as it is shown: to a role its customers have other keys than in the ledger, and there are fewer.

use foldhash::HashSet;
use regrade::compare::Comparison;
use regrade::diagnostic::Lang;
use regrade::explain::Explainer;
use regrade::grading::Grading;
use regrade::report::Scope;
use regrade::roles::Viewer;
use std::sync::Arc;

/// A grading with what a role sees of it.
pub struct AsShown<'a> {
    /// The grading by which the ledger knows its customers.
    pub whole: &'a Grading,
    /// What is shown: the same, or what the role sees.
    pub seen: &'a Grading,
    /// For a role the place of each of its customers in the whole grading, ascending.
    rows: Option<Vec<u32>>,
    viewer: Option<&'a Viewer>,
}

impl<'a> AsShown<'a> {
    /// `seen` is the whole, or what the viewer sees of it.
    pub fn new(whole: &'a Grading, seen: &'a Grading, viewer: Option<&'a Viewer>) -> Self {
        Self {
            whole,
            seen,
            rows: viewer.map(|viewer| viewer.rows(whole)),
            viewer,
        }
    }

    /// The keys, as the ledger has them, of the customers who count; `None` if all do.
    pub fn ids(&self, scope: &Scope<'_>) -> Option<HashSet<Arc<str>>> {
        let ids = &self.whole.book.roster.ids;
        let place = |row: u32| match &self.rows {
            Some(rows) => rows[row as usize],
            None => row,
        };
        let rows = || scope.rows().iter().map(|row| place(*row) as usize);
        (!scope.is_whole()).then(|| rows().map(|row| ids[row].clone()).collect())
    }

    /// The place, in what is shown, of a customer whom the ledger knows by this key.
    fn row(&self, id: &Arc<str>) -> Option<usize> {
        let row = self.whole.book.roster.by_id().get(id)?;
        match &self.rows {
            Some(rows) => rows.binary_search(row).ok(),
            None => Some(*row as usize),
        }
    }

    /// Says why customers moved, by what is shown of them.
    pub fn put_reasons(&self, comparison: &mut Comparison, lang: Lang) {
        let explainer = Explainer::new(self.seen, lang);
        for found in comparison.moves.iter_mut().filter(|found| found.is_move()) {
            let row = self.row(&found.id);
            let reason = row.and_then(|row| explainer.main_reason(row));
            found.reason = reason.map(Arc::from);
        }
    }

    /// Puts the keys and names by which the role knows customers, for those of the ledger.
    pub fn put_names(&self, comparison: &mut Comparison) {
        let Some(viewer) = self.viewer else {
            return;
        };
        for found in &mut comparison.moves {
            found.id = viewer.id(&found.id);
            found.name = viewer.name_of(found.name.as_ref());
        }
    }
}
