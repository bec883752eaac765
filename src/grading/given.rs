//! The columns that are given: fields, lookups, what was before, and since when each customer has been seen.

use crate::assess::{Choice, Facts};
use crate::book::{Book, Earlier};
use crate::classify;
use crate::expr::Slot;
use crate::metrics;
use crate::scheme::model::{Scheme, SlotKind};
use crate::table::column::MISSING_DATE;
use crate::table::{Column, Date, TextColumn};
use std::sync::Arc;

/// Fills the column of `grade`.
pub(super) fn set_grades(scheme: &Scheme, grades: &[Choice], facts: &mut Facts) {
    if let Some(slot) = scheme.slot_of(SlotKind::Grade) {
        facts.set(slot, classify::named(grades, grade_names(scheme)));
    }
}

pub(super) fn grade_names(scheme: &Scheme) -> Vec<Arc<str>> {
    let names = scheme.grades.iter().map(|grade| grade.name.clone());
    names.collect()
}

pub(super) fn type_names(scheme: &Scheme) -> Vec<Arc<str>> {
    let names = scheme.types.iter().map(|rule| rule.name.clone());
    names.collect()
}

/// Fills the columns that need no work: fields, lookups, keys and what was before (`earlier`, for each customer).
pub(super) fn fill(
    scheme: &Scheme,
    book: &Book,
    earlier: &(impl Iterator<Item = Earlier> + Clone),
    facts: &mut Facts,
) {
    if let Some(customers) = &book.customers {
        fill_own(scheme, &customers.columns, facts);
    }
    fill_levels(scheme, earlier, facts);
    fill_where(scheme, facts, |kind| match kind {
        SlotKind::LookupField(lookup, field) => book
            .lookups
            .get(lookup)
            .map(|rows| rows.columns[field].clone()),
        SlotKind::Id => Some(Column::Text(TextColumn {
            codes: (0..book.roster.len() as u32).collect(),
            dictionary: book.roster.ids.clone(),
        })),
        _ => None,
    });
}

/// Fills the fields of the customers' own sheet.
pub(super) fn fill_own(scheme: &Scheme, columns: &[Column], facts: &mut Facts) {
    fill_where(scheme, facts, |kind| match kind {
        SlotKind::Field(field) => Some(columns[field].clone()),
        _ => None,
    });
}

/// Fills what was before.
pub(super) fn fill_levels(
    scheme: &Scheme,
    earlier: &(impl Iterator<Item = Earlier> + Clone),
    facts: &mut Facts,
) {
    fill_where(scheme, facts, |kind| match kind {
        SlotKind::PreviousGrade => {
            let levels = earlier.clone().map(|earlier| earlier.grade);
            Some(before(grade_names(scheme), levels))
        }
        SlotKind::PreviousType => {
            let levels = earlier.clone().map(|earlier| earlier.kind);
            Some(before(type_names(scheme), levels))
        }
        _ => None,
    });
}

/// Fills those slots of which `give` gives the column.
fn fill_where(scheme: &Scheme, facts: &mut Facts, give: impl Fn(SlotKind) -> Option<Column>) {
    for (entry, slot) in scheme.slots.entries.iter().zip(0..) {
        if let Some(column) = give(entry.kind) {
            facts.set(Slot(slot), column);
        }
    }
}

/// The names of what was before; '' where there is none.
fn before(mut names: Vec<Arc<str>>, levels: impl Iterator<Item = Option<usize>>) -> Column {
    let none = names.len();
    names.push("".into());
    Column::Text(TextColumn {
        codes: levels.map(|level| level.unwrap_or(none) as u32).collect(),
        dictionary: Arc::new(names),
    })
}

/// For each customer the day since which no rows mean zero: the earliest of the first event, `first_seen` and
/// `previous_date`.
pub(super) fn first_seen(book: &Book) -> Vec<i32> {
    let mut first = metrics::first_events(book);
    if let Some(rows) = &book.customers {
        let said = rows.first_seen.iter().map(|day| day.map(Date::days));
        let graded = rows
            .earlier
            .iter()
            .map(|before| before.since.map(Date::days));
        for (row, (said, graded)) in said.zip(graded).enumerate() {
            let days = said.into_iter().chain(graded);
            let known = Some(first[row]).filter(|day| *day != MISSING_DATE);
            first[row] = days.chain(known).min().unwrap_or(MISSING_DATE);
        }
    }
    // Unknown: later than any period, so that nothing is taken for zero.
    first
        .into_iter()
        .map(|day| if day == MISSING_DATE { i32::MAX } else { day })
        .collect()
}
