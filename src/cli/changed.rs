//! `--changed`: the customers whose result is another than in the run before, for a system that takes in only those.

use regrade::book::Entry;
use regrade::decide::Decision;
use regrade::grading::Grading;
use regrade::ledger::{Error, Ledger, RunNumber};
use regrade::roles::Viewer;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// The tags that the customers of a run had; none where there was no run.
pub type Tags = HashMap<Arc<str>, Vec<Arc<str>>>;

/// The tags of a recorded run.
pub fn tags_of(ledger: &Ledger, run: Option<RunNumber>) -> Result<Tags, Error> {
    let mut tags = Tags::new();
    if let Some(run) = run {
        ledger.each_run_row(run, |row| {
            tags.insert(row.customer, row.tags);
        })?;
    }
    Ok(tags)
}

/// The keys of the customers with another grade, type or list of tags than before, and of those who were not there. What
/// a graded file says of tags is not known (`tags` is `None` then); refused and absent customers keep what they had. For a
/// role only tags that it sees count: that another one has changed is nothing for it.
pub fn changed(
    grading: &Grading,
    tags: Option<&Tags>,
    viewer: Option<&Viewer>,
) -> HashSet<Arc<str>> {
    let past = grading.past.customers.iter();
    let known: HashSet<&str> = past.map(|known| &*known.id).collect();
    let is_changed = |row: &usize| {
        let (row, id) = (*row, &grading.book.roster.ids[*row]);
        let before = grading.earlier(row);
        let grade = grading.decided[row].grade.map(|grade| grade as usize);
        let is_new = !known.contains(&**id) && before.grade.or(before.kind).is_none();
        is_new
            || before.grade != grade
            || before.kind != grading.classification.types[row].index()
            || tags.is_some_and(|tags| differ(tags.get(id), &grading.tags(row), viewer))
    };
    let rows = (0..grading.len()).filter(is_changed);
    rows.map(|row| grading.book.roster.ids[row].clone())
        .collect()
}

/// Whether there were other tags before, of those that are seen.
fn differ(before: Option<&Vec<Arc<str>>>, now: &[Arc<str>], viewer: Option<&Viewer>) -> bool {
    match (before, viewer) {
        (Some(before), Some(viewer)) => viewer.seen_tags(before) != viewer.seen_tags(now),
        (before, _) => before.map(Vec::as_slice) != Some(now),
    }
}

/// The same of a recorded run.
pub fn changed_in(
    ledger: &Ledger,
    run: RunNumber,
    before: Option<RunNumber>,
    viewer: Option<&Viewer>,
) -> Result<HashSet<Arc<str>>, Error> {
    let tags = tags_of(ledger, before)?;
    let mut changed = HashSet::new();
    ledger.each_run_row(run, |row| {
        let standing = &row.standing;
        let has_values = !matches!(row.decision, Decision::Refused | Decision::Absent);
        let is_other = standing.effective_grade != row.previous_grade
            || standing.effective_kind != row.previous_type
            || differ(tags.get(&row.customer), &row.tags, viewer);
        if has_values && is_other {
            changed.insert(row.customer);
        }
    })?;
    Ok(changed)
}

/// Keeps the customers with these keys; a role may know them by others.
pub fn keep(
    entries: &mut Vec<Entry>,
    shown: &Grading,
    changed: &HashSet<Arc<str>>,
    viewer: Option<&Viewer>,
) {
    let changed: HashSet<Arc<str>> = match viewer {
        Some(viewer) => changed.iter().map(|id| viewer.id(id)).collect(),
        None => changed.clone(),
    };
    entries.retain(|entry| match entry {
        Entry::Customer(row) => changed.contains(&shown.book.roster.ids[*row as usize]),
        Entry::Refused(_) | Entry::Absent(_) => false,
    });
}
