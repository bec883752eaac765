//! Reports as workbooks, read back.

use super::*;
use crate::present::report::sample::{self, HOSTILE};
use crate::report::{Block, Chart};
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
            "得分分布",
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

/// The text of each part of a workbook whose name begins like this.
fn parts(report: &Report, begin: &str) -> Vec<String> {
    let mut package = zip::ZipArchive::new(Cursor::new(bytes(report))).unwrap();
    let names = package.file_names().map(|name| name.unwrap().into_owned());
    let names: Vec<String> = names.filter(|name| name.starts_with(begin)).collect();
    let mut part = |name: &String| {
        let mut text = String::new();
        let mut part = package.by_name(name).unwrap();
        part.read_to_string(&mut text).unwrap();
        text
    };
    names.iter().map(&mut part).collect()
}

/// The plots of the sample are four, the flows are drawn as bars in parts, the grid is cells.
#[test]
fn every_chart_is_there_and_says_what_it_shows() {
    let report = sample::report(Lang::Zh, 5);
    assert_eq!(parts(&report, "xl/charts/chart").len(), 6);
    let drawn = parts(&report, "xl/drawings/drawing").concat();
    assert_eq!(drawn.matches("descr=\"").count(), 6);
    assert!(drawn.contains("descr=\"14 位升级，9 位降级。\""));
}

/// A mark for each grade that begins somewhere, which says where; its height is that of the highest column.
#[test]
fn a_histogram_names_the_grades_where_they_begin() {
    let report = sample::report(Lang::Zh, 0);
    let charts = parts(&report, "xl/charts/chart");
    let drawn = charts
        .iter()
        .find(|chart| chart.contains("按得分的客户数"))
        .unwrap();
    for name in ["A 85", "B 62.5", "C 40"] {
        assert_eq!(drawn.matches(&format!("<a:t>{name}</a:t>")).count(), 1);
    }
    assert!(!drawn.contains("<a:t>D "));
    let sheet = open(&report).worksheet_range("图表数据").unwrap();
    let rows: Vec<&[Data]> = sheet.rows().collect();
    let head = rows
        .iter()
        .position(|row| row[0] == Data::String("按得分的客户数".into()))
        .unwrap();
    let row = |at: usize| rows[head + 1 + at][..6].to_vec();
    let cells = |name: &str, figures: [Option<f64>; 5]| -> Vec<Data> {
        let figures = figures.map(|figure| figure.map_or(Data::Empty, Data::Float));
        [Data::String(name.into())]
            .into_iter()
            .chain(figures)
            .collect()
    };
    assert_eq!(row(0)[5], Data::String("等级起点".into()));
    assert_eq!(row(1), cells("20–30", [None, None, None, Some(25.0), None]));
    assert_eq!(
        row(5),
        cells("60–70", [None, Some(18.0), Some(2.0), None, Some(74.0)])
    );
}

#[test]
fn marks_that_would_lie_on_each_other_stand_at_other_heights() {
    let mut report = sample::report(Lang::En, 0);
    let Block::Chart(Chart::Histogram(drawn)) = &mut report.sections[1].blocks[0] else {
        panic!("no histogram");
    };
    let name = |text: &str| sample::label(text, None);
    drawn.cuts = vec![
        (
            Decimal::parse("70").unwrap(),
            name(&"很长的等级名称".repeat(3)),
        ),
        (
            Decimal::parse("80").unwrap(),
            name(&"很长的等级名称".repeat(3)),
        ),
        // Beyond all bins there is no place.
        (Decimal::parse("170").unwrap(), name("A")),
        (Decimal::parse("100").unwrap(), name("B")),
        (Decimal::parse("99").unwrap(), name("C")),
    ];
    let sheet = open(&report).worksheet_range("Chart data").unwrap();
    let rows: Vec<&[Data]> = sheet.rows().collect();
    let head = rows
        .iter()
        .position(|row| row[0] == Data::String("Customers by score".into()))
        .unwrap();
    let heights: Vec<&Data> = (6..=9).map(|at| &rows[head + at][5]).collect();
    // The long name at 80 would lie on those of the last column, and stands a sixth of 74 higher; the one at 70 has room
    // below it.
    let [seventy, eighty, last] = [74.0, 86.0, 74.0].map(Data::Float);
    assert_eq!(heights[1..], [&seventy, &eighty, &last]);
    assert_eq!(heights[0], &Data::Empty);
}

#[test]
fn a_grid_is_cells_in_colours_and_the_present_one_is_framed() {
    let report = sample::report(Lang::Zh, 0);
    let sheet = open(&report).worksheet_range("得分分布").unwrap();
    let rows: Vec<&[Data]> = sheet.rows().collect();
    let head = rows
        .iter()
        .position(|row| row.contains(&Data::String("weights.价值贡献 ↓ grades.A.when →".into())))
        .unwrap();
    let text = |text: &str| Data::String(text.into());
    assert_eq!(
        rows[head][1..],
        [text("75"), text("80"), text("85"), text("90")]
    );
    let figures = |row: [f64; 4]| row.map(Data::Float);
    assert_eq!(rows[head + 1][0], text("50"));
    assert_eq!(rows[head + 1][1..], figures([31.0, 24.0, 17.0, 9.0]));
    assert_eq!(rows[head + 3][4], Data::Empty);
    assert_eq!(rows[head + 4][1..], figures([26.0, 20.0, 10.0, 0.0]));
    assert_eq!(rows[head + 5][0], text("加框的格子为现行方案"));
    let sheets = parts(&report, "xl/worksheets/sheet").concat();
    assert_eq!(sheets.matches("<colorScale>").count(), 1);
    let style = |sheet: &str, cell: &str| -> Option<String> {
        let (_, rest) = sheet.split_once(&format!("<c r=\"{cell}\" s=\""))?;
        Some(rest.split_once('"')?.0.to_owned())
    };
    let sheets = parts(&report, "xl/worksheets/sheet");
    let sheet = sheets.iter().find(|sheet| sheet.contains("<colorScale>"));
    // The second row and third column of the figures, beside its neighbour.
    let (start, _) = open(&report)
        .worksheet_range("得分分布")
        .unwrap()
        .start()
        .unwrap();
    let row = start as usize + head + 3;
    let styles = ["D", "E"].map(|column| style(sheet.unwrap(), &format!("{column}{row}")));
    assert!(styles[0].is_some() && styles[0] != styles[1], "{styles:?}");
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
