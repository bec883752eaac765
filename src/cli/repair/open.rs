//! What waits still: of the imports in force the rows that nobody has mended.

use regrade::book::{Intake, SheetKind};
use regrade::diagnostic::Text;
use regrade::ledger::{Error, Import, ImportId, Ledger, NewWaiting, RowId, Waiting};
use regrade::read::Table;
use regrade::scheme::Scheme;
use regrade::table::Date;
use regrade::text;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// Rows of one import that wait.
pub struct Open {
    /// The import.
    pub import: Import,
    /// Its rows.
    pub rows: Vec<Waiting>,
}

/// Everything that waits, import by import.
pub fn open(ledger: &Ledger, scheme: &Scheme) -> Result<Vec<Open>, Error> {
    let mut rows: BTreeMap<ImportId, Vec<Waiting>> = BTreeMap::new();
    for one in ledger.waiting()? {
        rows.entry(one.import).or_default().push(one);
    }
    if rows.is_empty() {
        return Ok(vec![]);
    }
    let imports = ledger.imports()?;
    let open = imports.iter().filter_map(|import| {
        let waiting = rows.remove(&import.id)?;
        is_in_force(scheme, import, &imports).then(|| Open {
            import: import.clone(),
            rows: waiting,
        })
    });
    Ok(open.collect())
}

/// Whether the rows of an import count: of a sheet of customers (a lookup, a crosswalk) those of the newest of its source;
/// of events all, unless a newer file of the source covers all that it covers.
pub fn is_in_force(scheme: &Scheme, import: &Import, imports: &[Import]) -> bool {
    let Some(kind) = SheetKind::of(scheme, &import.sheet) else {
        return false;
    };
    let mut newer = newer(import, imports);
    match kind {
        SheetKind::Events(index) if scheme.events[index].id.is_some() => true,
        SheetKind::Events(_) => {
            let Some((first, last)) = import.span else {
                return true;
            };
            !newer.any(|other| covers(other).any(|(from, to)| from <= first && last <= to))
        }
        _ => newer.next().is_none(),
    }
}

/// Whether a newer file stands for the rows that an import has of a day.
pub fn is_replaced(scheme: &Scheme, import: &Import, imports: &[Import], day: Date) -> bool {
    let Some(SheetKind::Events(index)) = SheetKind::of(scheme, &import.sheet) else {
        return false;
    };
    scheme.events[index].id.is_none()
        && newer(import, imports)
            .any(|other| covers(other).any(|(from, to)| from <= day && day <= to))
}

fn newer<'a>(import: &'a Import, imports: &'a [Import]) -> impl Iterator<Item = &'a Import> {
    imports.iter().filter(|other| {
        other.sheet == import.sheet
            && other.filing.source == import.filing.source
            && other.filing.newness() > import.filing.newness()
    })
}

/// The days that an import covers by its rows, and by what is said of it.
fn covers(import: &Import) -> impl Iterator<Item = (Date, Date)> {
    let said = import.filing.covers.iter().copied();
    import.span.into_iter().chain(said)
}

/// What is to wait of a table. A row that waited before with the same fault waits since then, and is due when it was.
pub fn waiting(
    intake: &Intake,
    customers: &[Option<Arc<str>>],
    table: &Table,
    ids: &[RowId],
    as_of: Date,
    known: &[Waiting],
) -> Vec<NewWaiting> {
    let by_row: HashMap<RowId, &Waiting> = known.iter().map(|one| (one.about.row, one)).collect();
    let by_cells: HashMap<&str, &Waiting> =
        known.iter().map(|one| (one.cells.as_str(), one)).collect();
    let of_customers = known.iter().filter_map(|one| {
        let customer = one.about.customer.as_deref()?;
        Some((customer, one))
    });
    let by_customer: HashMap<&str, &Waiting> = of_customers.collect();
    let rows = intake.quarantined.iter().filter_map(|row| {
        let id = *ids.get(row.index)?;
        let customer = customers.get(row.index).cloned().flatten();
        let is_same = |one: &&&Waiting| {
            let mut columns = row.faults.iter().map(|fault| fault.column);
            columns.any(|column| one.about.faults.iter().any(|was| was.column == column))
        };
        let of_customer = || by_customer.get(customer.as_deref()?).filter(is_same);
        let of_cells = || {
            // Where nothing waited there is nothing to compare with.
            let is_any = !by_cells.is_empty();
            let cells = is_any.then(|| Waiting::cells_of(table, row.index))?;
            by_cells.get(cells.as_str()).filter(is_same)
        };
        let before = by_row.get(&id).or_else(of_customer).or_else(of_cells);
        Some(NewWaiting {
            row: id,
            customer,
            faults: row.faults.clone(),
            since: before.map_or(as_of, |one| one.about.since),
            owner: row
                .owner
                .clone()
                .or_else(|| before.and_then(|one| one.about.owner.clone())),
            // Who has waited keeps the day.
            due: before.and_then(|one| one.about.due).or(row.due),
        })
    });
    rows.collect()
}

/// How many rows wait, and how many of them are overdue.
pub fn counts(open: &[Open], on: Date) -> (usize, usize) {
    let rows = || open.iter().flat_map(|one| &one.rows);
    let overdue = rows().filter(|row| row.about.due.is_some_and(|due| due < on));
    (rows().count(), overdue.count())
}

/// How many rows wait and how many of them are overdue, in one line; `None` where none does.
pub fn said_open(open: &[Open], on: Date) -> Option<Text> {
    let (count, overdue) = counts(open, on);
    if count == 0 {
        return None;
    }
    let mut text = text!("rows waiting for repair: {count}", "待修正的行：{count}");
    if overdue > 0 {
        text.en += &format!(" ({overdue} overdue)");
        text.zh += &format!("（逾期 {overdue}）");
    }
    text.en += ": `regrade review list --kind repair` lists them, with `-o repair.xlsx` as a workbook to mend them in";
    text.zh += "；`regrade review list --kind repair` 列出，加 `-o 待修正.xlsx` 写成可修正的工作簿";
    Some(text)
}
