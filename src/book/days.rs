//! The days of events, whatever their sheet dates them by.

use crate::clean::sheet::CleanSheet;
use crate::table::column::MISSING_DATE;
use crate::table::{Column, DateTime};
use std::ops::Deref;
use std::sync::Arc;

/// The days of rows, in days since 1970-01-01. They stay what they are whatever a role is shown of the column.
#[derive(Clone, Debug)]
pub enum Days {
    /// A column of dates says them.
    Dates(Arc<CleanSheet>, usize),
    /// They are those of moments, or of rows that were picked.
    Own(Arc<Vec<i32>>),
}

impl Days {
    /// The days of a sheet's rows by one of its fields.
    pub(super) fn of(clean: &Arc<CleanSheet>, date: usize) -> Self {
        match &clean.columns[date] {
            Column::Date(_) => Self::Dates(clean.clone(), date),
            other => Self::Own(Arc::new(days_of(other))),
        }
    }
}

impl Deref for Days {
    type Target = [i32];

    fn deref(&self) -> &[i32] {
        match self {
            Self::Dates(clean, date) => match &clean.columns[*date] {
                Column::Date(days) => days,
                _ => &[],
            },
            Self::Own(days) => days,
        }
    }
}

/// The days of a date or datetime column.
pub(super) fn days_of(column: &Column) -> Vec<i32> {
    match column {
        Column::Date(days) => days.clone(),
        Column::DateTime(seconds) => seconds
            .iter()
            .map(|second| {
                DateTime::from_seconds(*second).map_or(MISSING_DATE, |moment| moment.date().days())
            })
            .collect(),
        _ => vec![MISSING_DATE; column.len()],
    }
}
