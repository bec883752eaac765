//! Customers who stand more than once: equal rows of a file count once, others are refused, and of several files the
//! later one counts.

use super::fields;
use crate::clean::sheet::{CleanSheet, RefusedRow, RowRef, place_of, text_at};
use crate::diagnostic::{Code, Finding};
use crate::read::Table;
use crate::scheme::model::Customers;
use crate::table::{Cell, Column};
use crate::text;
use foldhash::HashMap;

/// Rows of one file with one key: equal ones count once, others are refused, all of them.
pub(super) fn refuse_duplicates(
    rule: &Customers,
    tables: &[Table],
    clean: &mut CleanSheet,
    findings: &mut Vec<Finding>,
) {
    let Column::Text(keys) = &clean.columns[rule.key] else {
        return;
    };
    let mut first: HashMap<(u32, u32), usize> = HashMap::default();
    let mut groups: HashMap<usize, Vec<usize>> = HashMap::default();
    for (row, code) in keys.codes.iter().enumerate() {
        match first.entry((clean.rows[row].table, *code)) {
            std::collections::hash_map::Entry::Vacant(place) => {
                place.insert(row);
            }
            std::collections::hash_map::Entry::Occupied(place) => {
                groups.entry(*place.get()).or_default().push(row);
            }
        }
    }
    if groups.is_empty() {
        return;
    }
    let mut groups: Vec<(usize, Vec<usize>)> = groups.into_iter().collect();
    groups.sort_unstable();
    let mut gone = vec![false; clean.rows.len()];
    let (mut repeated, mut refused) = (0, vec![]);
    for (head, tail) in groups {
        let cells = |row: usize| -> Vec<Cell<'_>> {
            let at = clean.rows[row];
            tables[at.table as usize]
                .rows
                .row(at.row as usize)
                .collect()
        };
        if tail.iter().all(|row| cells(*row) == cells(head)) {
            repeated += tail.len();
            for row in tail {
                gone[row] = true;
            }
            continue;
        }
        let field = &rule.sheet.fields[rule.key].name;
        let id = text_at(&clean.columns[rule.key], head);
        let id = crate::clean::text::shorten(&id);
        let title = text!(
            "`{field}` `{id}` has more than one row, and they differ",
            "`{field}` `{id}` 有多行且内容不同"
        );
        for row in std::iter::once(head).chain(tail) {
            gone[row] = true;
            findings.push(
                Finding::error(Code::DuplicateKey, title.clone())
                    .place(place_of(
                        tables,
                        clean.rows[row],
                        clean.sources[clean.rows[row].table as usize][rule.key],
                    ))
                    .help(text!(
                        "leave one row for each customer",
                        "每个客户只保留一行"
                    )),
            );
            refused.push(RefusedRow {
                at: clean.rows[row],
                faults: vec![title.clone()],
            });
        }
    }
    if repeated > 0 {
        findings.push(Finding::note(
            Code::DuplicateKey,
            text!(
                "{repeated} rows repeat an earlier row exactly: they count once",
                "{repeated} 行与前面的行完全相同，只计一次"
            ),
        ));
    }
    fields::keep(clean, |row| !gone[row]);
    clean.refused.extend(refused);
}

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
