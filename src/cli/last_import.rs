//! What a table that comes in is compared with.

use regrade::book::{Changes, Filing, SheetKind, changes_of};
use regrade::diagnostic::{Code, Finding};
use regrade::ledger::{Error, Import, Ledger};
use regrade::read::Table;
use regrade::scheme::Scheme;
use regrade::table::Date;

/// What a table is compared with: of the imports of its source (`known`, the newest first) the one that is in force on
/// the date; for a table that comes in behind time the oldest. As much of it as the comparison needs.
///
/// Where the source is new, customers are compared with those of the source that came in last: a file with another name
/// may still be the same export in another unit.
pub fn last_import(
    ledger: &Ledger,
    scheme: &Scheme,
    sheet: &str,
    known: &[Import],
    as_of: Date,
) -> Result<Option<(Table, Filing)>, Error> {
    let in_force = |import: &&Import| import.filing.in_force(as_of).is_some();
    let elsewhere =
        if known.is_empty() && SheetKind::of(scheme, sheet) == Some(SheetKind::Customers) {
            ledger.imports()?
        } else {
            vec![]
        };
    let of_sheet = elsewhere.iter().filter(|import| *import.sheet == *sheet);
    let newest = of_sheet
        .filter(in_force)
        .max_by_key(|import| (import.filing.in_force(as_of), import.filing.order));
    let Some(before) = known.iter().find(in_force).or(known.last()).or(newest) else {
        return Ok(None);
    };
    let table = match changes_of(scheme, sheet) {
        Changes::None => return Ok(None),
        Changes::Sample(rows) => ledger.load_sample(before.id, rows)?,
        Changes::All => ledger.load_table(before.id)?,
    };
    Ok(Some((table, before.filing.clone())))
}

/// Whether a finding is about a change since the last import, which only the comparison sees.
pub fn is_of_change(scheme: &Scheme, finding: &Finding) -> bool {
    let check = finding
        .about
        .as_ref()
        .and_then(|about| about.check.as_ref());
    let mut checks = scheme.sheets().flat_map(|sheet| &sheet.checks);
    finding.code == Code::UnitSlip
        || checks.any(|known| known.reads_before() && Some(&known.name) == check)
}
