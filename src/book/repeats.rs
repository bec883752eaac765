//! Rows of event sheets without an id that came twice: money must not be doubled because a file was named twice.

use super::fields;
use crate::clean::sheet::{CleanSheet, place_of};
use crate::diagnostic::{Code, Finding};
use crate::read::Table;
use crate::scheme::model::Sheet;
use crate::table::Column;
use crate::text;
use foldhash::HashMap;
use foldhash::fast::FixedState;
use std::hash::{BuildHasher, Hash, Hasher};

/// A file with the very content of an earlier one is the same file: it counts once.
pub(super) fn drop_repeated_files(
    sheet: &Sheet,
    tables: &[Table],
    clean: &mut CleanSheet,
    findings: &mut Vec<Finding>,
) {
    let mut dropped = vec![false; tables.len()];
    for (index, table) in tables.iter().enumerate() {
        let same =
            |other: &&Table| other.headers == table.headers && other.rows.has_cells_of(&table.rows);
        let Some(first) = tables[..index].iter().find(same) else {
            continue;
        };
        // Two empty files have nothing to double.
        if table.rows.is_empty() {
            continue;
        }
        dropped[index] = true;
        let (name, first) = (&sheet.name, first.origin.place());
        findings.push(
            Finding::warning(
                Code::RepeatedRows,
                text!(
                    "the rows of `{name}` in this file are those of {first}: they count once",
                    "该文件中 `{name}` 的行与 {first} 完全相同，只计一次"
                ),
            )
            .place(table.origin.place())
            .help(text!("name the file once", "每个文件只写一次")),
        );
    }
    if dropped.contains(&true) {
        let tables: Vec<u32> = clean.rows.iter().map(|row| row.table).collect();
        fields::keep(clean, |row| !dropped[tables[row] as usize]);
    }
}

/// Rows that two files have, field for field. They may be two events or one, which only an id can tell: they count, and
/// that is said.
pub(super) fn in_two_files(sheet: &Sheet, tables: &[Table], clean: &CleanSheet) -> Option<Finding> {
    if tables.len() < 2 {
        return None;
    }
    let mut first: HashMap<u64, u32> = HashMap::default();
    let mut repeated = 0_usize;
    let mut example = None;
    for (row, at) in clean.rows.iter().enumerate() {
        if *first.entry(row_hash(clean, row)).or_insert(at.table) != at.table {
            repeated += 1;
            example.get_or_insert(*at);
        }
    }
    let (name, place) = (&sheet.name, place_of(tables, example?, None));
    Some(
        Finding::warning(
            Code::RepeatedRows,
            text!(
                "{repeated} rows of `{name}` stand in an earlier file too, field for field: they count again",
                "`{name}` 有 {repeated} 行与前面文件中的行各字段都相同，会重复计入"
            ),
        )
        .place(place)
        .help(text!(
            "leave out the file that overlaps, or give the sheet an `id`, by which a row is known again",
            "请去掉重叠的文件，或为该表指定 `id`，以便认出同一行"
        )),
    )
}

/// What a row's fields say, as a number; a collision costs a warning with nothing behind it, once in 10^10 rows.
fn row_hash(clean: &CleanSheet, row: usize) -> u64 {
    let mut hasher = FixedState::default().build_hasher();
    for column in &clean.columns {
        match column {
            Column::Number(values) | Column::DateTime(values) => values[row].hash(&mut hasher),
            Column::Date(days) => days[row].hash(&mut hasher),
            Column::Bool(truths) => (truths[row] as u8).hash(&mut hasher),
            Column::Text(texts) => texts.codes[row].hash(&mut hasher),
            Column::List(lists) => lists.rows[row].hash(&mut hasher),
        }
    }
    hasher.finish()
}
