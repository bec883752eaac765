//! Whether a call can be graded chunk by chunk: the one list of the reasons why not.
//!
//! What a scheme or a call rules out is known beforehand ([`plan`]). What data rules out is met on the way; then the
//! file is read and graded whole, from its start, and gives what it would have given.

use super::everybody::rounds;
use crate::explain::movement::has_next;
use crate::present::results::Layout;
use crate::present::workbook::Misfit;
use crate::read::blocks::Unfit;
use crate::read::worksheet;
use crate::scheme::Scheme;
use crate::scheme::model::{OutputColumn, ResultColumn, Shown, That};

/// Why a file is read and graded whole.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reason {
    /// Not one file of customers, but several, none, standard input or a pipe: it cannot be read twice, or has to be put
    /// together first.
    Files,
    /// Not one output of comma or tab separated values, or one workbook without a password: the others show more than rows.
    Outputs,
    /// A ledger, the run before (`--previous`, `--changed`) or a role: all customers are known together.
    Alongside,
    /// Sheets beside the customers' own, and what is worked out of them: events, lookups, crosswalks, metrics.
    OtherSheets,
    /// `[duplicates]`: customers are compared with each other.
    Duplicates,
    /// A rank by texts, or of what follows from the grade: what it takes of all customers is not found beforehand.
    Population,
    /// So many groups of customers are ranked each for itself that keeping them apart takes memory for each.
    Groups,
    /// Grades or types go on from the period before.
    History,
    /// The sheet's `rows`: of the rows of a key those count for which it holds.
    Rows,
    /// A field that reads more than its own cell: `fill_down`, `unique`, `stale_after`.
    Field,
    /// A check of the whole file, or one of which so many rows may fail.
    Check,
    /// The column that says what the next grade takes is worked out beside all other customers.
    Next,
    /// The text, as it is met: see there.
    Text(Unfit),
    /// The worksheet, as it is met: see there.
    Worksheet(worksheet::Unfit),
    /// The workbook that is written: see there.
    Workbook(Misfit),
    /// Two rows may be of one customer: what becomes of them the sheet's `duplicates` says.
    SameKey,
    /// The cells of a column decide together how they are read: day and month of dates.
    Dates,
    /// Something is to be said that is only known when all rows are: too many bad ones, a header that cannot be read.
    Whole,
    /// Something is to be said of customers that was counted over all of them, as those for whom a value divides by zero.
    Counted,
    /// What is to be said of the columns is not the same in all chunks.
    Columns,
    /// There are no rows.
    Empty,
    /// There are so many different tags that counting them takes memory for each.
    Tags,
    /// Whether the file needs a byte order mark shows only in a later chunk.
    Mark,
    /// The output or a temporary file cannot be written: what is to be said of that, the whole path says.
    Unwritable,
}

impl From<worksheet::Unfit> for Reason {
    fn from(unfit: worksheet::Unfit) -> Self {
        Self::Worksheet(unfit)
    }
}

impl From<Misfit> for Reason {
    fn from(misfit: Misfit) -> Self {
        Self::Workbook(misfit)
    }
}

impl From<Unfit> for Reason {
    fn from(unfit: Unfit) -> Self {
        Self::Text(unfit)
    }
}

/// Whether customers can be graded by a scheme one after another, with what rounds before tell of the others. `columns` are
/// those that the call asks for, of results laid out as `layout` says.
pub fn plan(
    scheme: &Scheme,
    columns: Option<&[OutputColumn]>,
    layout: Layout,
) -> Result<(), Reason> {
    let no = |is_so: bool, reason| if is_so { Err(reason) } else { Ok(()) };
    let Some(customers) = &scheme.customers else {
        return Err(Reason::OtherSheets);
    };
    let others = scheme.sheets().count() > 1 || !scheme.metrics.is_empty();
    no(others, Reason::OtherSheets)?;
    no(scheme.duplicates.is_some(), Reason::Duplicates)?;
    rounds(scheme)?;
    no(scheme.has_history(), Reason::History)?;
    let sheet = &customers.sheet;
    no(sheet.rows.is_some(), Reason::Rows)?;
    let reads_more = |field: &crate::scheme::model::Field| {
        field.fill_down || field.limits.unique || field.stale_after.is_some()
    };
    no(sheet.fields.iter().any(reads_more), Reason::Field)?;
    let of_file = |check: &crate::scheme::model::Check| {
        let of_file = matches!(check.that, That::WholeFile { .. }) || check.allow.is_some();
        // What compares with the last import is asked when a file comes in.
        of_file && !check.reads_before()
    };
    no(sheet.checks.iter().any(of_file), Reason::Check)?;
    let next = |column: &OutputColumn| {
        matches!(
            column,
            OutputColumn::Computed {
                show: Shown::Result(ResultColumn::Next),
                ..
            }
        )
    };
    let has_next = match columns.or(scheme.output.columns.as_deref()) {
        Some(columns) => columns.iter().any(next),
        None => layout == Layout::Workbook && has_next(scheme),
    };
    no(has_next, Reason::Next)
}
