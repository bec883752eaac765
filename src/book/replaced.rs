//! Events without an id from a ledger: a newer file of a source replaces the source's older rows in the dates that it
//! covers, so that January and then January to February never counts January twice.

use super::Filing;
use crate::clean::sheet::CleanSheet;
use crate::scheme::model::EventSheet;

/// Drops the rows without an id that a newer file of their source stands for. `days` are the rows' days.
pub(super) fn drop_replaced(
    rule: &EventSheet,
    filings: &[Filing],
    days: &[i32],
    clean: &mut CleanSheet,
) {
    let spans = spans(filings, days, clean);
    let replaced = |row: usize| {
        if rule.id.is_some_and(|id| !clean.columns[id].is_missing(row)) {
            return false;
        }
        let table = clean.rows[row].table as usize;
        filings.iter().enumerate().any(|(other, filing)| {
            filing.source == filings[table].source
                && filing.newness() > filings[table].newness()
                && spans[other]
                    .iter()
                    .any(|(first, last)| (*first..=*last).contains(&days[row]))
        })
    };
    let stays: Vec<bool> = (0..days.len()).map(|row| !replaced(row)).collect();
    clean.keep(|row| stays[row]);
}

/// For each table the days that it covers: from its first row to its last, and what it is said to cover.
fn spans(filings: &[Filing], days: &[i32], clean: &CleanSheet) -> Vec<Vec<(i32, i32)>> {
    let mut rows: Vec<Option<(i32, i32)>> = vec![None; filings.len()];
    for (at, day) in clean.rows.iter().zip(days) {
        let span = &mut rows[at.table as usize];
        *span = Some(span.map_or((*day, *day), |(first, last)| {
            (first.min(*day), last.max(*day))
        }));
    }
    let said = filings.iter().map(|filing| {
        let covers = filing.covers.iter();
        covers.map(|(first, last)| (first.days(), last.days()))
    });
    rows.into_iter()
        .zip(said)
        .map(|(rows, said)| rows.into_iter().chain(said).collect())
        .collect()
}
