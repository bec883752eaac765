//! What an expression is evaluated over: the columns of some rows, as of a date.

use super::types::Slot;
use crate::rank::Populations;
use crate::table::{Column, Date};

/// Rows with their columns. The rows are customers, or rows of an event sheet. All cores may read them.
pub trait Frame: Sync {
    /// How many rows.
    fn len(&self) -> usize;
    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// The as-of date.
    fn as_of(&self) -> Date;
    /// The column of a name that is not a series; it has [`Frame::len`] entries.
    fn column(&self, slot: Slot) -> &Column;
    /// The series of a name that is one; a frame without any need not say so.
    fn series(&self, _slot: Slot) -> &SeriesColumn {
        &NO_SERIES
    }
    /// Counts of periods (`streak`, `longest`, `rising`, `falling`) look at periods that end after this day (in days
    /// since 1970-01-01) only: a move makes them begin anew.
    fn counts_after(&self, _row: usize) -> i32 {
        i32::MIN
    }
    /// The population figures that were prepared; a frame without any need not say so.
    fn populations(&self) -> &Populations {
        &NO_POPULATIONS
    }
}

/// Columns with names of their own and nothing else: the fields of a sheet, where slot `i` is field `i`, or figures.
pub struct FieldFrame<'a> {
    len: usize,
    as_of: Date,
    columns: Vec<&'a Column>,
}

impl<'a> FieldFrame<'a> {
    /// `columns` have `len` entries each.
    pub fn new(columns: &'a [Column], len: usize, as_of: Date) -> Self {
        Self::of(columns.iter().collect(), len, as_of)
    }

    /// The same of columns that stand apart.
    pub const fn of(columns: Vec<&'a Column>, len: usize, as_of: Date) -> Self {
        Self {
            len,
            as_of,
            columns,
        }
    }
}

impl Frame for FieldFrame<'_> {
    fn len(&self) -> usize {
        self.len
    }

    fn as_of(&self) -> Date {
        self.as_of
    }

    fn column(&self, slot: Slot) -> &Column {
        self.columns[slot.0 as usize]
    }
}

/// The series of a frame that has none.
pub(crate) static NO_SERIES: SeriesColumn = SeriesColumn::none();
static NO_POPULATIONS: Populations = Populations::new();

/// One value for each row and closed period. All series of a run have the same periods, the last of which is the last
/// one closed on the as-of date.
#[derive(Clone, Debug, PartialEq)]
pub struct SeriesColumn {
    /// How many periods, oldest first.
    pub periods: usize,
    /// `rows × periods` values, a row's periods side by side.
    pub values: Column,
    /// The last day of each period, in days since 1970-01-01.
    pub ends: Vec<i32>,
    /// For each period whether it is to be passed over as if it were not there (outside coverage, `gaps = "skip"`).
    pub skipped: Vec<bool>,
}

impl SeriesColumn {
    /// The series of a frame that has none: no periods.
    pub const fn none() -> Self {
        Self {
            periods: 0,
            values: Column::Number(vec![]),
            ends: vec![],
            skipped: vec![],
        }
    }

    /// The series of some of the rows.
    #[must_use]
    pub fn of(&self, rows: &[u32]) -> Self {
        let periods = self.periods as u32;
        let places = rows
            .iter()
            .flat_map(|row| (0..periods).map(move |period| Some(row * periods + period)));
        let places: Vec<Option<u32>> = places.collect();
        Self {
            values: self.values.gather(&places),
            ..self.clone()
        }
    }
}
