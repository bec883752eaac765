//! The rows of an example, as the workbook to fill in takes them.

use crate::cli::matching::{known_sheets, place};
use regrade::clean::column::read_column;
use regrade::clean::sheet::{column_of, shown};
use regrade::diagnostic::Finding;
use regrade::present::workbook::blank::Rows;
use regrade::read::{self, Options, Table};
use regrade::scheme::Scheme;
use regrade::scheme::model::Sheet;
use regrade::table::Value;

/// Reads files of an example for the sheets of its scheme. A cell that cannot be read stays the text that it is.
pub fn rows(scheme: &Scheme, files: &[(&str, &[u8])]) -> Result<Vec<Rows>, Vec<Finding>> {
    let known = known_sheets(scheme);
    let mut all = vec![];
    for (name, bytes) in files {
        for table in read::held(name, bytes, &known, &Options::default())? {
            let name = place(scheme, &known, &table).map_err(|finding| vec![finding])?;
            if let Some(sheet) = sheet_named(scheme, &name) {
                all.push(Rows {
                    rows: rows_of(sheet, &table),
                    sheet: name,
                });
            }
        }
    }
    Ok(all)
}

fn sheet_named<'a>(scheme: &'a Scheme, name: &str) -> Option<&'a Sheet> {
    let customers = scheme.customers.iter().map(|customers| &customers.sheet);
    let events = scheme.events.iter().map(|event| &event.sheet);
    let lookups = scheme.lookups.iter().map(|lookup| &lookup.sheet);
    let mut all = customers.chain(events).chain(lookups);
    all.find(|sheet| *sheet.name == *name)
}

fn rows_of(sheet: &Sheet, table: &Table) -> Vec<Vec<Value>> {
    let mut rows = vec![vec![Value::Missing; sheet.fields.len()]; table.rows.len()];
    for field in 0..sheet.fields.len() {
        let Some((column, rule)) = column_of(sheet, table, field) else {
            continue;
        };
        let read = read_column(&table.rows, column, &rule);
        for (index, row) in rows.iter_mut().enumerate() {
            row[field] = read.column.value(index);
        }
        for (index, _) in read.faults {
            let index = index as usize;
            rows[index][field] = Value::Text(shown(table.rows.cell(index, column)).into());
        }
    }
    rows
}
