//! What a table is compared with when it comes in: the last import of its source, or the graded file of before.

use super::SheetKind;
use crate::checks::{self, Last};
use crate::diagnostic::Finding;
use crate::read::Table;
use crate::scheme::model::{Check, Scheme};
use crate::table::Date;

/// How much of the last import a table of a sheet is compared with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Changes {
    /// Nothing.
    None,
    /// So many rows of it: whether most customers have jumped shows in some thousands as well as in all.
    Sample(usize),
    /// All of it.
    All,
}

/// How much of the last import a table of this sheet is compared with.
pub fn changes_of(scheme: &Scheme, sheet: &str) -> Changes {
    let kind = SheetKind::of(scheme, sheet).filter(|kind| !matches!(kind, SheetKind::Crosswalk(_)));
    match kind.and_then(|kind| kind.sheet(scheme)) {
        Some(rule) if rule.checks.iter().any(Check::reads_before) => Changes::All,
        Some(rule) if rule.fields.iter().any(checks::may_slip) => Changes::Sample(20_000),
        _ => Changes::None,
    }
}

/// The field by which one row of a sheet is known again; `None` for events without an id.
pub(super) fn row_key(scheme: &Scheme, kind: SheetKind) -> Option<usize> {
    match kind {
        SheetKind::Customers => scheme.customers.as_ref().map(|customers| customers.key),
        SheetKind::Events(index) => scheme.events[index].id,
        SheetKind::Lookup(index) => Some(scheme.lookups[index].key),
        SheetKind::Crosswalk(index) => Some(scheme.crosswalks[index].key),
    }
}

/// What there is to say of customers' sheets that a command names beside the graded file of the run before, whose
/// tables hold what was graded then.
pub fn changes_since_graded(
    scheme: &Scheme,
    tables: &[Table],
    graded: &[Table],
    as_of: Date,
    accepted: &[String],
) -> Vec<Finding> {
    let (Some(rule), true) = (&scheme.customers, graded.len() == 1) else {
        return vec![];
    };
    let read = |tables: &[Table], dates: &[Date]| {
        let which: Vec<usize> = (0..tables.len()).collect();
        checks::read(&rule.sheet, tables, &which, &[rule.key], dates)
    };
    let dates = vec![as_of; tables.len()];
    let (now, before) = (read(tables, &dates), read(graded, &dates));
    let last = |tables, clean, table, as_of| Last {
        sheet: &rule.sheet,
        key: rule.key,
        row_key: Some(rule.key),
        tables,
        table,
        clean,
        as_of,
    };
    let each = (0..tables.len()).map(|table| last(tables, &now, table, &dates));
    let date = [as_of];
    let graded = last(graded, &before, 0, &date);
    each.flat_map(|now| checks::since(&now, &graded, accepted))
        .collect()
}
