//! What a graded workbook tells beside the table of customers: gathered from the grading and, where there is one, from
//! the runs of the ledger.

use super::write::Shown;
use super::{Stop, ledger};
use regrade::compare::{self, Comparison};
use regrade::grading::Grading;
use regrade::ledger::{Error, Ledger};
use regrade::present::basis::{Basis, MOST};
use regrade::present::diff::Diff;
use regrade::present::history::{History, RUNS};
use regrade::present::printed::printed;
use regrade::present::strategies::strategies;
use regrade::present::summary::{RunFigures, Summary};
use regrade::present::table::GradeStyle;
use regrade::present::workbook::Beside;
use regrade::scheme::model::Scheme;
use std::sync::Arc;

/// The runs before this one, as far as they are shown.
pub struct LastRuns {
    figures: Vec<RunFigures>,
    history: History,
}

impl LastRuns {
    /// The last runs of earlier as-of dates.
    pub fn of(ledger: &Ledger, grading: &Grading) -> Result<Self, Stop> {
        Self::read(ledger, grading).map_err(|error| ledger::trouble(ledger.path(), &error))
    }

    fn read(ledger: &Ledger, grading: &Grading) -> Result<Self, Error> {
        let mut runs = ledger.last_runs()?;
        runs.retain(|run| run.as_of < grading.book.as_of);
        let runs = runs.split_off(runs.len().saturating_sub(RUNS - 1));
        let mut history = History::new(grading);
        for run in &runs {
            history.begin(run.as_of, grading);
            ledger.each_run_level(run.number, |found| {
                let (grade, kind) = (found.grade.as_deref(), found.kind.as_deref());
                history.add(grading, &found.customer, grade, kind, found.decision);
            })?;
        }
        let figures = runs
            .iter()
            .map(|run| RunFigures::of(run.as_of, run.customers, |decision| run.count(decision)));
        Ok(Self {
            figures: figures.collect(),
            history: history.finish(grading),
        })
    }
}

/// All that there is to tell to whom `shown` is shown.
pub fn beside<'a>(
    grading: &'a Grading,
    shown: &'a Shown<'_>,
    summary: &Summary,
    last: Option<&'a LastRuns>,
) -> Beside<'a> {
    let (lang, seen) = (shown.lang, &shown.seen);
    let all = &grading.book.roster.entries;
    let only = (seen.entries.len() < all.len()).then_some(&seen.entries[..]);
    let moves = compare::with_before(grading, only, lang);
    // The figures of the overview are of everybody, whoever is listed.
    let before = match (&moves, only) {
        (Some(comparison), None) => Some(counts_before(comparison)),
        (Some(_), Some(_)) => Some(counts_before(&compare::since_before(grading, None))),
        (None, _) => None,
    };
    let runs = last.map(|last| {
        let runs = last.figures.iter().copied();
        runs.chain(std::iter::once(summary.figures())).collect()
    });
    let history = last.and_then(|last| {
        let styles = styles(&grading.scheme);
        last.history.table(grading, seen, lang, styles)
    });
    Beside {
        before,
        runs: runs.unwrap_or_default(),
        moves: moves.map(|comparison| diff(grading, comparison, shown)),
        basis: Basis::new(grading, seen, lang, MOST),
        strategies: strategies(grading, seen, lang),
        scheme: printed(&grading.scheme, seen, lang),
        history,
    }
}

/// How many customers had each level before, in the order of the scheme.
fn counts_before(comparison: &Comparison) -> Vec<usize> {
    let matrix = &comparison.matrix;
    let rows = matrix.rows.iter().take(matrix.levels.len());
    rows.map(|row| row.iter().map(|flow| flow.count).sum())
        .collect()
}

/// The grades with the colours that the scheme gives them.
fn styles(scheme: &Scheme) -> Vec<GradeStyle> {
    let grades = scheme.grades.iter();
    let styles = grades.map(|grade| GradeStyle {
        name: grade.name.clone(),
        color: grade.color,
    });
    styles.collect()
}

/// Who moved since the run before.
fn diff(grading: &Grading, comparison: Comparison, shown: &Shown<'_>) -> Diff {
    let grades = styles(&grading.scheme);
    let style = |level: &Arc<str>| GradeStyle {
        name: level.clone(),
        color: grades
            .iter()
            .find(|grade| grade.name == *level)
            .and_then(|grade| grade.color),
    };
    let word = if grades.is_empty() { "type" } else { "grade" };
    Diff {
        lang: shown.lang,
        names: (String::new(), String::new()),
        on: word.to_owned(),
        amount: None,
        styles: comparison.levels.iter().map(style).collect(),
        only: None,
        cuts: vec![],
        comparison,
    }
}
