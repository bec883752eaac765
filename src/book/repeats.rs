//! Rows of event sheets without an id that came twice: money must not be doubled because a file was named twice.

use crate::clean::sheet::{CleanSheet, place_of};
use crate::diagnostic::{Code, Finding};
use crate::read::Table;
use crate::scheme::model::Sheet;
use crate::table::Column;
use crate::text;
use crate::words::{by_count, how_many};
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
        clean.keep(|row| !dropped[tables[row] as usize]);
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
    let rows = how_many(repeated, "row");
    let stand = by_count(&repeated, "stands", "stand");
    let they_count = by_count(&repeated, "it counts", "they count");
    Some(
        Finding::warning(
            Code::RepeatedRows,
            text!(
                "{rows} of `{name}` {stand} in an earlier file too, field for field: {they_count} again",
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

#[cfg(test)]
mod tests {
    use crate::book::tests::table;
    use crate::book::{Inputs, assemble};
    use crate::diagnostic::Code;
    use crate::table::Date;

    /// The number of rows that count, and what is said.
    fn rows(files: &[&str]) -> (usize, Vec<Code>) {
        let scheme = "[sheets.orders]\ncustomer = \"id\"\ndate = \"day\"\nfields = [{ name = \"amount\", type = \"number\" }]\n";
        let (scheme, findings) = crate::scheme::validate(scheme);
        let scheme = scheme.unwrap_or_else(|| panic!("{findings:?}"));
        let names = ["a.csv", "b.csv", "c.csv"];
        let tables = names.iter().zip(files);
        let inputs = Inputs {
            events: vec![tables.map(|(name, text)| table(name, text)).collect()],
            ..Inputs::default()
        };
        let book = assemble(
            scheme.into(),
            inputs,
            Date::parse_iso("2024-03-31").unwrap(),
        );
        let codes = book.findings.iter().map(|finding| finding.code).collect();
        (book.events[0].clean.rows.len(), codes)
    }

    #[test]
    fn a_file_that_is_named_twice_counts_once_and_an_overlap_is_said() {
        let january = "id,day,amount\n1,2024-01-05,10\n1,2024-01-05,10\n2,2024-01-31,20\n";
        let both = "id,day,amount\n2,2024-01-31,20\n1,2024-02-01,30\n";
        let february = "id,day,amount\n1,2024-02-02,30\n";
        assert_eq!(rows(&[january]), (3, vec![]));
        assert_eq!(rows(&[january, february]), (4, vec![]));
        assert_eq!(
            rows(&[january, february, january]),
            (4, vec![Code::RepeatedRows])
        );
        assert_eq!(rows(&[january, both]), (5, vec![Code::RepeatedRows]));
    }

    #[test]
    fn an_empty_export_is_said() {
        assert_eq!(rows(&["id,day,amount\n"]), (0, vec![Code::NoRows]));
        assert_eq!(
            rows(&["id,day,amount\n1,2025-01-01,1\n"]),
            (0, vec![Code::FutureRows, Code::NoRows])
        );
    }

    #[test]
    fn a_column_that_no_file_has_is_said() {
        let (_, codes) = rows(&["id,day,amuont\n1,2024-01-05,10\n"]);
        assert_eq!(codes, [Code::MissingColumn]);
    }
}
