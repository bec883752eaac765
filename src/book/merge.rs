//! Customers whom several files have: the later one counts.

use crate::clean::sheet::{CleanSheet, RowRef, place_of};
use crate::diagnostic::{Code, Finding};
use crate::read::Table;
use crate::scheme::model::Customers;
use crate::table::Column;
use crate::text;
use foldhash::HashMap;

/// A customer whom several files have: the later file's values win, a conflict is said. Gives the rows that went into
/// another one, by the number that the customer has then. `files` is how many tables there are rows of.
pub(super) fn merge_files(
    rule: &Customers,
    tables: &[Table],
    files: usize,
    clean: &mut CleanSheet,
    findings: &mut Vec<Finding>,
) -> HashMap<u32, Vec<RowRef>> {
    let mut more = HashMap::default();
    if files < 2 {
        return more;
    }
    let Column::Text(keys) = &clean.columns[rule.key] else {
        return more;
    };
    let mut first: HashMap<u32, usize> = HashMap::default();
    // For each row that stays, the rows of the same customer in the order of the files.
    let mut kept: Vec<Vec<usize>> = vec![];
    for (row, code) in keys.codes.iter().enumerate() {
        let place = *first.entry(*code).or_insert(kept.len());
        if place == kept.len() {
            kept.push(vec![]);
        }
        kept[place].push(row);
    }
    if kept.iter().all(|rows| rows.len() == 1) {
        return more;
    }
    for (index, rows) in kept.iter().enumerate().filter(|(_, rows)| rows.len() > 1) {
        for (field, column) in rule.sheet.fields.iter().zip(&clean.columns) {
            let known: Vec<usize> = rows
                .iter()
                .copied()
                .filter(|row| !column.is_missing(*row))
                .collect();
            let Some((last, before)) = known.split_last() else {
                continue;
            };
            if let Some(other) = before
                .iter()
                .find(|row| column.value(**row) != column.value(*last))
            {
                let name = &field.name;
                let earlier = place_of(tables, clean.rows[*other], None);
                findings.push(
                    Finding::warning(
                        Code::SourcesDiffer,
                        text!(
                            "`{name}` differs between files for the same customer; the later file counts",
                            "同一客户的 `{name}` 在多个文件中不一致，以后面的文件为准"
                        ),
                    )
                    .place(place_of(tables, clean.rows[*last], None))
                    .with_note(text!("the other one is at {earlier}", "另一处在 {earlier}")),
                );
            }
        }
        let rows = &rows[..rows.len() - 1];
        more.insert(
            index as u32,
            rows.iter().map(|row| clean.rows[*row]).collect(),
        );
    }
    let columns = clean
        .columns
        .iter()
        .map(|column| {
            let rows: Vec<Option<u32>> = kept
                .iter()
                .map(|rows| {
                    rows.iter()
                        .rev()
                        .find(|row| !column.is_missing(**row))
                        .map(|row| *row as u32)
                })
                .collect();
            column.gather(&rows)
        })
        .collect();
    clean.columns = columns;
    clean.rows = kept
        .iter()
        .filter_map(|rows| rows.last())
        .map(|row| clean.rows[*row])
        .collect();
    more
}
