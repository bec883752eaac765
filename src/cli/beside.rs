//! What a graded workbook tells beside the table of customers: gathered from the grading and, where there is one, from
//! the runs of the ledger.

use super::last_runs::Walk;
use super::write::Shown;
use super::{Stop, ledger};
use regrade::compare::{self, Comparison};
use regrade::grading::Grading;
use regrade::ledger::{Error, Ledger, RunLevel};
use regrade::present::basis::{Basis, MOST};
use regrade::present::diff::Diff;
use regrade::present::history::{History, RUNS};
use regrade::present::potential::PotentialTable;
use regrade::present::printed::printed;
use regrade::present::strategies::strategies;
use regrade::present::table::GradeStyle;
use regrade::present::workbook::Beside;
use regrade::report::{self, RunFigures, Scope};
use regrade::scheme::model::Scheme;
use std::sync::Arc;

/// This run and those before it, as far as they are shown.
pub struct LastRuns {
    figures: Vec<RunFigures>,
    history: History,
}

impl LastRuns {
    /// The last runs of earlier as-of dates, and this one.
    pub fn of(ledger: &Ledger, grading: &Grading) -> Result<Self, Stop> {
        Self::read(ledger, grading).map_err(|error| ledger::trouble(ledger.path(), &error))
    }

    fn read(ledger: &Ledger, grading: &Grading) -> Result<Self, Error> {
        let mut runs = ledger.last_runs()?;
        runs.retain(|run| run.as_of < grading.book.as_of);
        // One more than is shown: it says who moved to the first that is.
        let runs = runs.split_off(runs.len().saturating_sub(RUNS));
        let extra = (runs.len() + 1).saturating_sub(RUNS);
        let mut walk = Walk::new(&grading.scheme);
        let mut history = History::new(grading);
        for (place, run) in runs.iter().enumerate() {
            if place < extra {
                walk.recorded(ledger, run, |_| ())?;
            } else {
                history.begin(run.as_of, grading);
                walk.recorded(ledger, run, |found| put(&mut history, grading, found))?;
            }
        }
        history.begin(grading.book.as_of, grading);
        walk.grading(grading, |found| put(&mut history, grading, found));
        Ok(Self {
            figures: walk.figures(RUNS),
            history,
        })
    }
}

fn put(history: &mut History, grading: &Grading, found: &RunLevel) {
    let (grade, kind) = (found.grade.as_deref(), found.kind.as_deref());
    history.add(grading, &found.customer, grade, kind, found.decision);
}

/// All that there is to tell to whom `shown` is shown.
pub fn beside<'a>(
    grading: &'a Grading,
    shown: &'a Shown<'_>,
    last: Option<&'a LastRuns>,
) -> Beside<'a> {
    let (lang, seen) = (shown.lang, &shown.seen);
    let all = &grading.book.roster.entries;
    let only = (seen.entries.len() < all.len()).then_some(&seen.entries[..]);
    let moves = compare::with_before(grading, only, lang);
    // The figures of the overview are of everybody, whoever is listed.
    let before = match (&moves, only) {
        (Some(comparison), None) => Some(counts_before(grading, comparison)),
        (Some(_), Some(_)) => {
            let everybody = compare::since_before(grading, None);
            Some(counts_before(grading, &everybody))
        }
        (None, _) => None,
    };
    let runs = last.map(|last| last.figures.clone());
    let history = last.and_then(|last| {
        let styles = styles(&grading.scheme);
        last.history.table(grading, seen, lang, styles)
    });
    Beside {
        before,
        runs: runs.unwrap_or_default(),
        moves: moves.map(|comparison| diff(grading, comparison, shown)),
        basis: Basis::new(grading, seen, lang, MOST),
        potential: potential(grading, shown),
        strategies: strategies(grading, seen, lang),
        scheme: printed(&grading.scheme, lang),
        history,
    }
}

/// Who of those who are shown is promising.
fn potential(grading: &Grading, shown: &Shown<'_>) -> Option<PotentialTable> {
    let rows = shown.seen.rows().map(|row| row as u32).collect();
    let scope = Scope::whole(grading).of_rows(rows);
    let table = report::potential(&scope, shown.promising.as_ref()?, shown.lang)?;
    let styles = styles(&grading.scheme);
    Some(PotentialTable::new(&table, styles, shown.lang))
}

/// How many customers had each level before, in the order of the scheme and those without one last: as many as the run
/// before counted, which had those whose row it refused in no level, though they keep theirs.
fn counts_before(grading: &Grading, comparison: &Comparison) -> Vec<usize> {
    let matrix = &comparison.matrix;
    let rows = matrix.rows.iter().take(matrix.levels.len());
    let mut counts: Vec<usize> = rows
        .map(|row| row.iter().map(|flow| flow.count).sum())
        .collect();
    let rated = !grading.scheme.grades.is_empty();
    let mut without = 0;
    for known in grading.past.customers.iter().filter(|known| !known.absent) {
        let number = grading.people.by_id().get(&known.id);
        let before = number.map(|number| &grading.people.persons[*number as usize].before);
        let level = before.and_then(|before| if rated { before.grade } else { before.kind });
        match level.and_then(|level| counts.get_mut(level)) {
            Some(count) if known.refused => *count = count.saturating_sub(1),
            None if !known.refused => without += 1,
            _ => {}
        }
    }
    counts.push(without);
    counts
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
        effects: vec![],
        comparison,
    }
}
