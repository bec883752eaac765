//! Workbooks read back: what is in them, and that they repeat.

use super::*;
use crate::diagnostic::Lang;
use crate::present::sample::{Sample, d};
use crate::present::table::{ColumnKind, ColumnRole, OutCell, ReviewColumn};
use crate::table::{Date, DateTime};
use calamine::{Data, Range, Reader, Xlsx};
use std::io::Cursor;

fn bytes_limited(table: &Sample, options: &WorkbookOptions, limits: Limits) -> Vec<u8> {
    let mut out = Cursor::new(vec![]);
    let beside = Beside::default();
    write_limited(table, &table.summary(), &beside, &mut out, options, limits).unwrap();
    out.into_inner()
}

fn bytes(table: &Sample, options: &WorkbookOptions) -> Vec<u8> {
    bytes_limited(table, options, Limits::default())
}

fn open(bytes: Vec<u8>) -> Xlsx<Cursor<Vec<u8>>> {
    Xlsx::new(Cursor::new(bytes)).unwrap()
}

fn sheet(table: &Sample, name: &str) -> Range<Data> {
    open(bytes(table, &WorkbookOptions::default()))
        .worksheet_range(name)
        .unwrap()
}

#[test]
fn every_column_of_the_overview_adds_up_to_its_total() {
    let table = Sample::customers(Lang::Zh, 60);
    for (unrated, unrated_before) in [(0, 0), (3, 0), (0, 2), (3, 2)] {
        let mut summary = table.summary();
        summary.unrated = unrated;
        let mut counts: Vec<usize> = (5..).take(summary.grades.len()).collect();
        counts.push(unrated_before);
        let beside = Beside {
            before: Some(counts),
            ..Beside::default()
        };
        let mut out = Cursor::new(vec![]);
        let options = WorkbookOptions::default();
        write_limited(
            &table,
            &summary,
            &beside,
            &mut out,
            &options,
            Limits::default(),
        )
        .unwrap();
        let sheet = open(out.into_inner()).worksheet_range("概览").unwrap();
        let cell = |row: u32, column: u32| sheet.get_value((row, column)).cloned();
        let is = |row: u32, column: u32, text: &str| {
            cell(row, column) == Some(Data::String(text.into()))
        };
        let total = (0..200).find(|row| is(*row, 1, "合计")).unwrap();
        let head = (0..total).rev().find(|row| is(*row, 2, "客户数")).unwrap();
        for heading in ["客户数", "上期客户数", "增减"] {
            let column = (0..20).find(|column| is(head, *column, heading)).unwrap();
            let figure = |row: u32| match cell(row, column) {
                Some(Data::Float(figure)) => figure as i64,
                other => panic!("{heading}: {other:?}"),
            };
            let sum: i64 = (head + 1..total).map(figure).sum();
            assert_eq!(
                sum,
                figure(total),
                "{heading}, {unrated} and {unrated_before}"
            );
        }
        let rows = (total - head - 1) as usize;
        assert_eq!(
            rows,
            summary.grades.len() + usize::from(unrated + unrated_before > 0)
        );
    }
}

#[test]
fn sheets_stand_in_order_and_values_have_their_types() {
    let table = Sample::customers(Lang::Zh, 60);
    let mut book = open(bytes(&table, &WorkbookOptions::default()));
    assert_eq!(book.sheet_names(), ["概览", "评级明细", "质检", "说明"]);
    let graded = book.worksheet_range("评级明细").unwrap();
    assert_eq!(graded.get_size(), (61, 23));
    let heading = |column: u32| graded.get_value((0, column)).unwrap().to_string();
    assert_eq!(
        (heading(0), heading(2), heading(18)),
        ("客户编号".into(), "等级".into(), "复核等级".into())
    );
    assert_eq!(
        graded.get_value((1, 0)),
        Some(&Data::String("001000".into()))
    );
    assert_eq!(
        graded.get_value((2, 3)),
        Some(&Data::String("▲升1级".into()))
    );
    assert!(
        matches!(graded.get_value((2, 5)), Some(Data::DateTime(day)) if day.as_f64().fract() == 0.0)
    );
    assert_eq!(graded.get_value((2, 9)), Some(&Data::Float(123_456.789)));
    assert_eq!(graded.get_value((1, 12)), Some(&Data::String("是".into())));
    assert!(
        book.worksheet_range("质检")
            .unwrap()
            .rows()
            .any(|row| row[2] == "客户.xlsx[Sheet1!F213]")
    );
    assert!(
        book.worksheet_range("质检")
            .unwrap()
            .rows()
            .any(|row| row[2] == "方案第 5 行")
    );
    let about = book.worksheet_range("说明").unwrap();
    assert!(
        about
            .rows()
            .any(|row| row.iter().any(|cell| *cell == "  when = \"销售额 >= 80\""))
    );
}

#[test]
fn the_same_inputs_give_the_same_bytes() {
    for lang in [Lang::Zh, Lang::En] {
        let table = Sample::customers(lang, 40);
        let write = || bytes(&table, &WorkbookOptions::default());
        assert!(write() == write());
    }
}

#[test]
fn a_sheet_from_a_temporary_file_has_the_same_content() {
    let table = Sample::customers(Lang::Zh, 300);
    let options = WorkbookOptions::default();
    let streamed = Limits {
        rows_in_memory: 10,
        ..Limits::default()
    };
    assert!(bytes_limited(&table, &options, streamed) == bytes_limited(&table, &options, streamed));
    let mut streamed = open(bytes_limited(&table, &options, streamed));
    let mut held = open(bytes(&table, &options));
    for name in ["概览", "评级明细", "质检", "说明"] {
        assert_eq!(
            streamed.worksheet_range(name).unwrap(),
            held.worksheet_range(name).unwrap()
        );
    }
}

#[test]
fn more_customers_than_a_sheet_has_rows_continue_on_another() {
    let table = Sample::customers(Lang::Zh, 25);
    for rows_in_memory in [5, 1000] {
        let limits = Limits {
            rows_per_sheet: 10,
            rows_in_memory,
            pours: true,
        };
        let options = WorkbookOptions {
            sheet: Some("客户".into()),
            ..WorkbookOptions::default()
        };
        let mut book = open(bytes_limited(&table, &options, limits));
        assert_eq!(
            book.sheet_names(),
            ["概览", "客户", "客户 (2)", "客户 (3)", "质检", "说明"]
        );
        let last = book.worksheet_range("客户 (3)").unwrap();
        assert_eq!(last.get_size().0, 6);
        assert_eq!(
            last.get_value((0, 0)),
            Some(&Data::String("客户编号".into()))
        );
        assert_eq!(last.get_value((5, 0)), Some(&Data::String("001024".into())));
    }
}

#[test]
fn no_rows_and_one_row_work() {
    for rows in [0, 1] {
        for lang in [Lang::Zh, Lang::En] {
            let table = Sample::customers(lang, rows);
            let mut book = open(bytes(&table, &WorkbookOptions::default()));
            let graded = book.worksheet_range(Word::SheetGraded.get(lang)).unwrap();
            assert_eq!(
                graded
                    .rows()
                    .skip(1)
                    .filter(|row| row[0] != Data::Empty)
                    .count(),
                rows
            );
        }
    }
    let bare = Sample::new(Lang::En);
    assert!(!bytes(&bare, &WorkbookOptions::default()).is_empty());
}

#[test]
fn odd_headings_long_texts_and_old_dates_do_no_harm() {
    let old = Date::new(1899, 12, 31).unwrap();
    let table = Sample::new(Lang::En)
        .column("id", ColumnKind::Id, ColumnRole::Key)
        .column("ID", ColumnKind::Text, ColumnRole::Input)
        .column("", ColumnKind::Text, ColumnRole::Input)
        .column("line\nbreak", ColumnKind::Date, ColumnRole::Input)
        .column(
            &"long ".repeat(100),
            ColumnKind::DateTime,
            ColumnRole::Input,
        )
        .column("n", ColumnKind::Number { places: 0 }, ColumnRole::Input)
        .row(vec![
            OutCell::Number(d("42")),
            OutCell::Text("长".repeat(40_000).into()),
            OutCell::Text("=1+1".into()),
            OutCell::Date(old),
            OutCell::DateTime(DateTime::new(Date::new(2024, 3, 31).unwrap(), 43_200).unwrap()),
            OutCell::Float(f64::INFINITY),
        ])
        .row(vec![
            OutCell::Text("https://example.com".into()),
            OutCell::Text("\u{1}\u{0}_x0041_".into()),
            OutCell::Float(0.5),
            OutCell::Text("unknown".into()),
            OutCell::Blank,
            OutCell::Text("n/a\r\nsee note".into()),
        ]);
    let graded = sheet(&table, "Graded");
    let text = |row, column| graded.get_value((row, column)).unwrap().to_string();
    assert_eq!(
        (text(0, 1), text(0, 2), text(0, 3)),
        ("ID (2)".into(), "#3".into(), "line break".into())
    );
    assert_eq!(graded.get_value((1, 0)), Some(&Data::String("42".into())));
    assert!(text(1, 1).ends_with('…'));
    assert_eq!(text(1, 2), "=1+1");
    assert_eq!(text(1, 3), "1899-12-31");
    assert!(
        matches!(graded.get_value((1, 4)), Some(Data::DateTime(at)) if (at.as_f64() - 45_382.5).abs() < 1e-9)
    );
    assert_eq!(
        (text(1, 5), text(2, 5)),
        ("inf".into(), "n/a\nsee note".into())
    );
    assert_eq!(graded.get_value((2, 2)), Some(&Data::Float(0.5)));
}

#[test]
fn three_hundred_grades_have_colours_and_a_list_of_their_own() {
    let names: Vec<String> = (1..=300).map(|number| format!("等级,{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut table = Sample::new(Lang::Zh)
        .grades(&names)
        .column("编号", ColumnKind::Id, ColumnRole::Key)
        .column("等级", ColumnKind::Text, ColumnRole::Grade)
        .column(
            "复核等级",
            ColumnKind::Text,
            ColumnRole::Review(ReviewColumn::Grade),
        );
    for (number, name) in names.iter().enumerate() {
        table = table.row(vec![
            OutCell::Text(number.to_string().into()),
            OutCell::Text((*name).to_owned().into()),
            OutCell::Blank,
        ]);
    }
    let mut book = open(bytes(&table, &WorkbookOptions::default()));
    assert_eq!(book.sheet_names().last().map(String::as_str), Some("列表"));
    let lists = book.worksheet_range("列表").unwrap();
    assert_eq!(
        lists.get_value((299, 0)),
        Some(&Data::String("等级,300".into()))
    );
}

/// Writes workbooks to look at: `REGRADE_LOOK=/tmp/look cargo test --lib looked_at`.
#[test]
fn looked_at() {
    let Some(folder) = std::env::var_os("REGRADE_LOOK").map(PathBuf::from) else {
        return;
    };
    for (name, lang, fill_row) in [
        ("zh", Lang::Zh, false),
        ("en", Lang::En, false),
        ("row", Lang::Zh, true),
    ] {
        let options = WorkbookOptions {
            fill_row,
            ..WorkbookOptions::default()
        };
        let table = Sample::customers(lang, 80);
        std::fs::write(folder.join(format!("{name}.xlsx")), bytes(&table, &options)).unwrap();
    }
    let table = Sample::customers(Lang::Zh, 80);
    let streamed = Limits {
        rows_in_memory: 10,
        ..Limits::default()
    };
    let bytes = bytes_limited(&table, &WorkbookOptions::default(), streamed);
    std::fs::write(folder.join("streamed.xlsx"), bytes).unwrap();
}
