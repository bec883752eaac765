//! Files as sides: keys, levels, and what is certain of them.

use super::*;
use crate::compare::{Class, Snapshot, compare};
use crate::decide::Decision;
use crate::read::{Input, Options, open};
use crate::table::{Cell, RawRows};

fn table(text: &str) -> Table {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("graded.csv");
    std::fs::write(&path, text).unwrap();
    let input = Input::File {
        path,
        name: "graded.csv".to_owned(),
        worksheet: None,
    };
    let tables = open(&input, &[], &Options::default(), &|_, _| {});
    tables.unwrap().remove(0)
}

/// The table as a workbook holds it: ids and amounts are numbers there.
fn as_workbook(mut table: Table) -> Table {
    let mut rows = RawRows::new(table.rows.width());
    for row in 0..table.rows.len() {
        let cells = table.rows.row(row).map(|cell| match cell {
            Cell::Text(text) => text.parse().map_or(Cell::Text(text), Cell::Number),
            cell => cell,
        });
        rows.push(table.rows.row_number(row), cells);
    }
    table.rows = rows;
    table.encoding = None;
    table
}

fn snapshot(table: Table, wanted: &Wanted<'_>) -> Snapshot {
    let file = Graded::pick(vec![table], &[], wanted).unwrap();
    let key = keys(&[&file], wanted).unwrap()[0];
    file.snapshot(key, wanted, &mut vec![]).unwrap()
}

#[test]
fn ids_that_are_numbers_in_a_workbook_are_those_of_a_text_file() {
    let text = "客户编号,等级,金额\n1001,A,80.50\n1002,B,7\n007,C,1\n";
    let wanted = Wanted::default();
    let (old, new) = (
        snapshot(table(text), &wanted),
        snapshot(as_workbook(table(text)), &wanted),
    );
    let comparison = compare(&old, &new);
    let found: Vec<(&str, Class)> = comparison
        .moves
        .iter()
        .map(|found| (&*found.id, found.class))
        .collect();
    // A workbook that made a number of 007 has lost it: 7 is another customer.
    assert_eq!(
        found,
        [
            ("7", Class::New),
            ("007", Class::Absent),
            ("1001", Class::Unchanged),
            ("1002", Class::Unchanged),
        ]
    );
    assert!(
        comparison
            .moves
            .iter()
            .all(|found| found.changed.is_empty())
    );
}

#[test]
fn what_regrade_wrote_is_known_by_its_headings() {
    let text = "id,v,Grade,Previous grade,Change,Grade since,Reasons\n\
        1,5,A,B,▲ up 1,2024-01-31,A: v > 1 (v 5); x: y\n\
        2,5,B,B,◎ overridden (▲ up 1),2024-01-31,r\n\
        3,,B,B,× refused,2024-01-31,bad\n\
        2,,B,B,× refused,2024-01-31,twice\n\
        4,,B,B,○ absent,2024-01-31,\n";
    let side = snapshot(table(text), &Wanted::default());
    let customers: Vec<(&str, Option<Decision>, Option<&str>)> = side
        .customers()
        .iter()
        .map(|customer| (&*customer.id, customer.decision, customer.reason.as_deref()))
        .collect();
    assert_eq!(
        customers,
        [
            ("1", None, Some("A: v > 1 (v 5)")),
            ("2", Some(Decision::Overridden), Some("r")),
            ("3", Some(Decision::Refused), Some("bad")),
            ("4", Some(Decision::Absent), None),
        ]
    );
    let values: Vec<&str> = side.values.iter().map(|(name, _)| &**name).collect();
    assert_eq!(values, ["v"]);
}

#[test]
fn nothing_is_guessed_that_could_be_something_else() {
    let wanted = Wanted::default();
    let keys_of = |text: &str| {
        let file = Graded::pick(vec![table(text)], &[], &wanted).unwrap();
        keys(&[&file], &wanted)
    };
    assert_eq!(keys_of("编号,等级\n1,A\n2,B\n"), Ok(vec![0]));
    assert!(keys_of("客户编号,会员号,等级\n1,2,A\n2,3,B\n").is_err());
    assert!(keys_of("代号,等级\n1,A\n2,B\n").is_err());
}
