//! The keys of rows: of those that can be used and, as far as they can be seen, of those that are refused.

use crate::clean::column::read_id;
use crate::clean::sheet::{CleanSheet, RowRef, column_of, shown, text_at};
use crate::read::Table;
use crate::scheme::model::{Customers, FieldKind};

/// The key of a row that is refused, as far as it can be seen.
pub(super) fn key_of(
    key: usize,
    tables: &[Table],
    clean: &CleanSheet,
    at: RowRef,
) -> Option<String> {
    let column = clean.sources[at.table as usize][key]?;
    let cell = tables[at.table as usize].rows.cell(at.row as usize, column);
    let text = shown(cell);
    Some(text.trim())
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
}

/// Hands over the key of each row of a sheet's tables that has one; of those that are refused as it stands there.
pub fn each_key(
    rule: &Customers,
    tables: &[Table],
    clean: &CleanSheet,
    mut take: impl FnMut(&str),
) {
    let columns: Vec<_> = tables
        .iter()
        .map(|table| column_of(&rule.sheet, table, rule.key))
        .collect();
    for (row, at) in clean.rows.iter().enumerate() {
        match &columns[at.table as usize] {
            // The column of ids need not be kept for that.
            Some((column, cells)) if cells.kind == FieldKind::Id => {
                let rows = &tables[at.table as usize].rows;
                if let Ok(Some(key)) = read_id(rows, at.row as usize, *column, cells) {
                    take(&key);
                }
            }
            _ => take(&text_at(&clean.columns[rule.key], row)),
        }
    }
    for row in &clean.refused {
        if let Some(key) = key_of(rule.key, tables, clean, row.at) {
            take(&key);
        }
    }
}
