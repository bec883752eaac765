//! Reports as workbooks, read back.

use super::*;
use crate::present::report::sample::{self, HOSTILE};
use crate::table::Decimal;
use calamine::{Data, Reader, Xlsx};
use std::io::{Cursor, Read};

fn bytes(report: &Report) -> Vec<u8> {
    let mut out = Cursor::new(vec![]);
    write_report(report, &mut out).unwrap();
    out.into_inner()
}

fn open(report: &Report) -> Xlsx<Cursor<Vec<u8>>> {
    Xlsx::new(Cursor::new(bytes(report))).unwrap()
}

#[test]
fn each_section_is_a_sheet_and_figures_are_numbers() {
    let mut book = open(&sample::report(Lang::Zh, 60));
    assert_eq!(
        book.sheet_names(),
        [
            "概览",
            "客户构成",
            "等级迁徙",
            "趋势",
            "客户清单",
            "图表数据"
        ]
    );
    let sheet = book.worksheet_range("客户构成").unwrap();
    let rows: Vec<Vec<Data>> = sheet.rows().map(<[Data]>::to_vec).collect();
    let heading = rows
        .iter()
        .position(|row| row.contains(&Data::String("客户数".into())))
        .unwrap();
    let first: Vec<&Data> = rows[heading + 1].iter().take(5).collect();
    let expected = [
        Data::String("A".into()),
        Data::Float(12.0),
        Data::Float(0.06),
        Data::Float(6_120_400.5),
        Data::Float(3.0),
    ];
    assert_eq!(first, expected.iter().collect::<Vec<_>>());
    let list = book.worksheet_range("客户清单").unwrap();
    assert_eq!(list.get_size(), (61, 7));
    assert_eq!(list.get_value((4, 1)), Some(&Data::String(HOSTILE.into())));
}

/// The plots of the sample are four, and the flows are drawn as bars in parts.
#[test]
fn every_chart_is_there_and_says_what_it_shows() {
    let bytes = bytes(&sample::report(Lang::Zh, 5));
    let mut package = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let names: Vec<String> = package
        .file_names()
        .map(|name| name.unwrap().into_owned())
        .collect();
    let mut part = |name: &str| {
        let mut text = String::new();
        package
            .by_name(name)
            .unwrap()
            .read_to_string(&mut text)
            .unwrap();
        text
    };
    let charts = names
        .iter()
        .filter(|name| name.starts_with("xl/charts/chart"));
    assert_eq!(charts.count(), 5);
    let drawings = names
        .iter()
        .filter(|name| name.starts_with("xl/drawings/drawing"));
    let drawn: String = drawings.map(|name| part(name)).collect();
    assert_eq!(drawn.matches("descr=\"").count(), 5);
    assert!(drawn.contains("descr=\"14 位升级，9 位降级。\""));
}

#[test]
fn the_same_report_gives_the_same_bytes() {
    for lang in [Lang::Zh, Lang::En] {
        let report = sample::report(lang, 20);
        assert_eq!(bytes(&report), bytes(&report.clone()));
    }
}

#[test]
fn what_is_empty_is_written_all_the_same() {
    let mut report = sample::report(Lang::En, 0);
    report.facts.clear();
    for section in &mut report.sections {
        section.blocks.clear();
    }
    let mut book = open(&report);
    assert_eq!(
        book.worksheet_range("Customers").unwrap().get_size(),
        (1, 7)
    );
    assert!(!book.sheet_names().contains(&"Chart data".to_owned()));
    report.sections.clear();
    report.customers = None;
    assert_eq!(open(&report).sheet_names(), ["Overview"]);
}

#[test]
fn a_mean_has_as_many_places_as_the_page() {
    let format = rust_xlsxwriter::Format::new();
    for (value, places) in [("4.666667", 2), ("12.5", 1), ("3", 0), ("2.000001", 0)] {
        let cell = Cell::Number(Decimal::parse(value).unwrap());
        let shown = look(format.clone(), Kind::Number, &cell, false);
        assert_eq!(
            shown,
            look_of(format.clone(), Look::Number(places)),
            "{value}"
        );
    }
}
