//! The report of a comparison whose figures were worked out by hand.

use super::*;
use crate::compare::{Customer, Snapshot, compare};
use crate::diagnostic::Lang;
use crate::present::table::GradeStyle;
use std::sync::Arc;

/// A side whose customers have a key and a level each.
fn side(customers: &[(&str, &str)]) -> Snapshot {
    let customers = customers.iter().map(|(id, level)| Customer {
        id: (*id).into(),
        level: Some((*level).into()),
        amount: Decimal::from_int(10),
        ..Customer::default()
    });
    let mut side = Snapshot::new(customers.collect(), |_| None).unwrap();
    side.levels = ["A", "B"].map(Arc::from).to_vec();
    side
}

/// Of four in A one comes down, of one in B it goes up; one is new and one is gone.
fn diff(lang: Lang) -> Diff {
    let old = [
        ("1", "A"),
        ("2", "A"),
        ("3", "A"),
        ("4", "A"),
        ("5", "B"),
        ("6", "B"),
    ];
    let new = [
        ("1", "A"),
        ("2", "A"),
        ("3", "A"),
        ("4", "B"),
        ("5", "A"),
        ("7", "B"),
    ];
    let mut comparison = compare(&side(&old), &side(&new));
    for found in &mut comparison.moves {
        found.cause = match &*found.id {
            "4" => Some(Cause::Data),
            "5" => Some(Cause::Time),
            _ => None,
        };
    }
    Diff {
        comparison,
        lang,
        names: ("@previous".into(), "@latest".into()),
        on: "grade".into(),
        amount: None,
        styles: ["A", "B"]
            .map(|name| GradeStyle {
                name: name.into(),
                color: None,
            })
            .to_vec(),
        only: None,
        cuts: vec![],
        effects: vec![],
    }
}

fn told(table: &Table) -> Vec<String> {
    let cell = |cell: &Cell| match cell {
        Cell::Missing => "–".to_owned(),
        Cell::Text(text) => text.to_string(),
        Cell::Number(number) => number.to_string(),
        Cell::Date(date) => date.to_string(),
    };
    let rows = table.rows.iter();
    rows.map(|row| row.cells.iter().map(cell).collect::<Vec<_>>().join(" "))
        .collect()
}

fn table<'a>(report: &'a Report, key: &str) -> &'a Table {
    let blocks = report.sections.iter().flat_map(|section| &section.blocks);
    let mut tables = blocks.filter_map(|block| match block {
        Block::Table(table) => Some(table),
        Block::Chart(_) => None,
    });
    tables.find(|table| table.key == key).unwrap()
}

#[test]
fn counts_causes_and_the_matrix_are_told() {
    let report = report(&diff(Lang::En));
    assert_eq!(
        told(table(&report, "classes")),
        [
            "▼ down 1 0.142857",
            "▲ up 1 0.142857",
            "★ new 1 0.142857",
            "○ absent 1 0.142857",
            "＝ same 3 0.428571",
            "Total 7 1"
        ]
    );
    assert_eq!(told(table(&report, "causes")), ["data 1 0 1", "time 0 1 1"]);
    assert_eq!(
        told(table(&report, "matrix")),
        ["A 3 1 0 4", "B 1 0 1 2", "new 0 1 0 1", "Total 4 2 1 7"]
    );
    assert_eq!(
        told(table(&report, "shares")),
        ["A 0.75 0.25 –", "B 0.5 – 0.5", "new – 1 –"]
    );
    assert_eq!(
        told(table(&report, "amounts")),
        ["A 30 10 –", "B 10 – 10", "new – 10 –"]
    );
    let facts: Vec<&str> = report.facts.iter().map(|fact| &*fact.value).collect();
    assert_eq!(
        facts,
        ["@previous (6 customers)", "@latest (6 customers)", "Grade"]
    );
}

/// A chart's figures stand in a table of the same section.
#[test]
fn the_pictures_show_what_the_tables_say() {
    let report = report(&diff(Lang::Zh));
    let section = report
        .sections
        .iter()
        .find(|section| section.key == "matrix");
    let charts: Vec<&Chart> = section
        .unwrap()
        .blocks
        .iter()
        .filter_map(|block| match block {
            Block::Chart(chart) => Some(chart),
            Block::Table(_) => None,
        })
        .collect();
    let [Chart::Flows(flows), Chart::Heat(heat)] = charts[..] else {
        panic!("{charts:?}");
    };
    assert_eq!(flows.counts, [[3, 1, 0], [1, 0, 1], [0, 1, 0]]);
    let d = |text: &str| Decimal::parse(text);
    assert_eq!(
        heat.values,
        [
            [d("0.75"), d("0.25"), None],
            [d("0.5"), None, d("0.5")],
            [None, d("1"), None]
        ]
    );
    assert_eq!(heat.alt, "占变动前该级客户的比例：3 位客户等级不变");
}

#[test]
fn those_who_moved_are_listed_and_what_is_asked_for() {
    let mut diff = diff(Lang::En);
    let ids = |diff: &Diff| {
        let list = report(diff).customers.unwrap();
        let rows = list.rows.iter().map(|row| row.cells[0].clone());
        (list.title.unwrap(), rows.collect::<Vec<_>>())
    };
    let text = |ids: &[&str]| ids.iter().map(|id| Cell::text(id)).collect::<Vec<_>>();
    assert_eq!(
        ids(&diff),
        ("Who moved".into(), text(&["4", "5", "7", "6"]))
    );
    diff.only = Some(vec![Class::Unchanged]);
    assert_eq!(ids(&diff), ("Customers".into(), text(&["1", "2", "3"])));
    diff.only = Some(vec![Class::Refused]);
    assert_eq!(report(&diff).customers, None);
}

#[test]
fn two_equal_sides_have_no_list_and_say_so() {
    let mut diff = diff(Lang::En);
    diff.comparison = compare(&side(&[("1", "A")]), &side(&[("1", "A")]));
    let made = report(&diff);
    assert_eq!(made.sections[0].notes, ["Nobody moved."]);
    assert_eq!(made.customers, None);
    diff.comparison = compare(&side(&[]), &side(&[]));
    let keys: Vec<&str> = report(&diff).sections.iter().map(|s| s.key).collect();
    assert_eq!(keys, ["changes"]);
}
