//! Rows of events with an id that need no repair any more: a newer file has the row readable, or an older one has the very
//! same row and somebody mended it there.

use regrade::book::SheetKind;
use regrade::clean::sheet::field_headers;
use regrade::clean::text::{shown, trim};
use regrade::ledger::{Error, Import, ImportId, Ledger, Waiting};
use regrade::read::{Table, find_column};
use regrade::repair::State;
use regrade::scheme::Scheme;
use regrade::table::RawRows;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// The numbers of the rows of an import that wait for nothing. `waiting` has what waits of every import.
pub fn settled(
    ledger: &Ledger,
    scheme: &Scheme,
    import: &Import,
    imports: &[Import],
    waiting: &BTreeMap<ImportId, Vec<Waiting>>,
) -> Result<BTreeSet<u32>, Error> {
    let mut settled = BTreeSet::new();
    let Some(SheetKind::Events(index)) = SheetKind::of(scheme, &import.sheet) else {
        return Ok(settled);
    };
    let rule = &scheme.events[index];
    let Some(id) = rule.id else {
        return Ok(settled);
    };
    let (newer, older): (Vec<&Import>, Vec<&Import>) = imports
        .iter()
        .filter(|other| {
            other.id != import.id
                && other.sheet == import.sheet
                && other.filing.source == import.filing.source
        })
        .partition(|other| other.filing.newness() > import.filing.newness());
    if newer.is_empty() && older.is_empty() {
        return Ok(settled);
    }
    let table = ledger.load_waiting(import.id)?;
    for other in older {
        mended_before(ledger, other, &table, &mut settled)?;
    }
    let names = field_headers(&rule.sheet.fields[id]);
    let mut of_id: HashMap<String, Vec<u32>> = HashMap::new();
    if let Some(column) = find_column(&table.headers, &names) {
        for row in 0..table.rows.len() {
            let number = table.rows.row_number(row);
            let id = id_of(&table.rows, row, column);
            if !id.is_empty() && !settled.contains(&number) {
                of_id.entry(id).or_default().push(number);
            }
        }
    }
    for other in newer {
        // Whole files are read only while something waits for what they say.
        if of_id.is_empty() {
            break;
        }
        let rows = waiting.get(&other.id).map_or(&[][..], Vec::as_slice);
        let bad: HashSet<u32> = rows.iter().map(|row| row.number).collect();
        let newer = ledger.load_table(other.id)?;
        let Some(column) = find_column(&newer.headers, &names) else {
            continue;
        };
        for row in 0..newer.rows.len() {
            if !bad.contains(&newer.rows.row_number(row)) {
                let numbers = of_id.remove(&id_of(&newer.rows, row, column));
                settled.extend(numbers.into_iter().flatten());
            }
        }
    }
    Ok(settled)
}

/// The rows that stand in an older import as they were before somebody mended them, or left them out.
fn mended_before(
    ledger: &Ledger,
    older: &Import,
    table: &Table,
    settled: &mut BTreeSet<u32>,
) -> Result<(), Error> {
    let mut repairs = ledger.repairs(older.id)?;
    repairs.retain(|one| one.said.state == State::Applied);
    if repairs.is_empty() {
        return Ok(());
    }
    let headers = ledger.load_waiting(older.id)?.headers;
    if headers != table.headers {
        return Ok(());
    }
    let before = repairs.iter().map(|one| cells_of(&one.said.before, 0));
    let before: HashSet<Vec<String>> = before.collect();
    let rows = 0..table.rows.len();
    let same = rows.filter(|row| before.contains(&cells_of(&table.rows, *row)));
    settled.extend(same.map(|row| table.rows.row_number(row)));
    Ok(())
}

fn cells_of(rows: &RawRows, row: usize) -> Vec<String> {
    rows.row(row)
        .map(|cell| trim(&shown(cell)).to_owned())
        .collect()
}

fn id_of(rows: &RawRows, row: usize, column: usize) -> String {
    trim(&shown(rows.cell(row, column))).to_owned()
}
