//! What runs came to, from what they recorded of their customers: the one walk over recorded runs from which the
//! overview of a workbook and a report take their figures, so that both say the same.

use regrade::decide::Decision;
use regrade::grading::Grading;
use regrade::ledger::{Error, Ledger, Run, RunLevel};
use regrade::report::{RunFigures, Tracker};
use regrade::scheme::Scheme;
use regrade::table::Date;
use std::sync::Arc;

/// Follows runs, oldest first, by what a scheme grades customers by.
pub struct Walk {
    tracker: Tracker,
    of_grades: bool,
    figures: Vec<RunFigures>,
}

impl Walk {
    /// Nothing yet.
    pub fn new(scheme: &Scheme) -> Self {
        let (levels, is_ordered) = levels(scheme);
        Self {
            tracker: Tracker::new(&levels, is_ordered),
            of_grades: !scheme.grades.is_empty(),
            figures: vec![],
        }
    }

    /// A recorded run; `see` is shown its rows too.
    pub fn recorded(
        &mut self,
        ledger: &Ledger,
        run: &Run,
        mut see: impl FnMut(&RunLevel),
    ) -> Result<(), Error> {
        ledger.each_run_level(run.number, |found| {
            see(&found);
            self.take(found);
        })?;
        self.end(run.as_of);
        Ok(())
    }

    /// A run that is not recorded yet, as it will be.
    pub fn grading(&mut self, grading: &Grading, mut see: impl FnMut(&RunLevel)) {
        each_level(grading, |found| {
            see(&found);
            self.take(found);
        });
        self.end(grading.book.as_of);
    }

    /// The figures of the last `most` of these runs.
    pub fn figures(mut self, most: usize) -> Vec<RunFigures> {
        let extra = self.figures.len().saturating_sub(most);
        self.figures.split_off(extra)
    }

    fn take(&mut self, found: RunLevel) {
        if found.decision != Decision::Absent {
            let level = if self.of_grades {
                found.grade
            } else {
                found.kind
            };
            self.tracker.customer(found.customer, level.as_deref());
        }
    }

    fn end(&mut self, as_of: Date) {
        self.figures.push(self.tracker.end(as_of));
    }
}

/// Where the customers of a grading stand, as its run records it.
fn each_level(grading: &Grading, mut take: impl FnMut(RunLevel)) {
    for row in 0..grading.len() {
        take(RunLevel {
            customer: grading.book.roster.ids[row].clone(),
            name: grading.book.roster.names[row].clone(),
            grade: grading.grade_name(row).cloned(),
            kind: grading.type_name(row).cloned(),
            decision: grading.decided[row].decision,
        });
    }
    let scheme = &grading.scheme;
    for entry in grading.entries() {
        let Some(kept) = grading.kept(entry) else {
            continue;
        };
        // A refused row whose key cannot be read is no customer's, and one with the key of another says nothing of them.
        let by_id = grading.book.roster.by_id();
        let Some(id) = kept.id.filter(|id| !by_id.contains_key(*id)) else {
            continue;
        };
        let (grade, kind) = (kept.before.grade, kept.before.kind);
        take(RunLevel {
            customer: id.into(),
            name: kept.name.map(Arc::from),
            grade: grade.map(|grade| scheme.grades[grade].name.clone()),
            kind: kind.map(|kind| scheme.types[kind].name.clone()),
            decision: kept.decision,
        });
    }
}

/// A level with the names that it had in earlier schemes.
type Level = (Arc<str>, Vec<Arc<str>>);

/// What customers are graded by, best first, and whether another level is a better or a worse one.
fn levels(scheme: &Scheme) -> (Vec<Level>, bool) {
    if scheme.grades.is_empty() {
        let types = scheme.types.iter();
        let types = types.map(|rule| (rule.name.clone(), vec![]));
        (types.collect(), scheme.type_movement.is_some())
    } else {
        let grades = scheme.grades.iter();
        let grades = grades.map(|grade| (grade.name.clone(), grade.was.clone()));
        (grades.collect(), true)
    }
}
