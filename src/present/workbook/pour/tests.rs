//! What is poured against what the library writes: the same cells with the same formats, and the same around them.

use super::blocks::Part;
use super::package::add;
use crate::diagnostic::Lang;
use crate::present::sample::{Sample, d};
use crate::present::table::{ColumnKind, ColumnRole, OutCell, ResultTable};
use crate::present::workbook::{Beside, Limits, WorkbookOptions, write_limited};
use crate::table::{Date, DateTime, Decimal};
use calamine::{Reader, Xlsx};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use zip::{ZipArchive, ZipWriter};

/// One sheet, poured or written by the library.
fn plain(table: &Sample, fill_row: bool, limits: Limits) -> Vec<u8> {
    let options = WorkbookOptions {
        plain: true,
        fill_row,
        ..WorkbookOptions::default()
    };
    book(table, &options, limits)
}

fn book(table: &Sample, options: &WorkbookOptions, limits: Limits) -> Vec<u8> {
    let mut out = Cursor::new(vec![]);
    let beside = Beside::default();
    write_limited(table, &table.summary(), &beside, &mut out, options, limits).unwrap();
    out.into_inner()
}

fn by_library() -> Limits {
    Limits {
        pours: false,
        ..Limits::default()
    }
}

fn part(book: &[u8], name: &str) -> String {
    let mut archive = ZipArchive::new(Cursor::new(book)).unwrap();
    let mut text = String::new();
    let mut part = archive.by_name(name).unwrap();
    // This checks the sum and the length too.
    part.read_to_string(&mut text).unwrap();
    text
}

/// The elements of this name, whole, that stand directly within the first `within`.
fn elements<'x>(xml: &'x str, within: &str, name: &str) -> Vec<&'x str> {
    let Some((_, inner)) = xml.split_once(&format!("<{within}")) else {
        return vec![];
    };
    let inner = inner.split(&format!("</{within}>")).next().unwrap();
    let open = format!("<{name}");
    let starts: Vec<usize> = inner.match_indices(&open).map(|(at, _)| at).collect();
    let ends = starts.iter().skip(1).copied().chain([inner.len()]);
    starts
        .iter()
        .zip(ends)
        .map(|(start, end)| inner[*start..end].trim())
        .collect()
}

fn attribute<'x>(element: &'x str, name: &str) -> Option<&'x str> {
    let tag = element.split('>').next().unwrap();
    let (_, value) = tag.split_once(&format!(" {name}=\""))?;
    value.split('"').next()
}

/// All that each format of a book comes to.
fn formats(book: &[u8]) -> Vec<String> {
    let styles = part(book, "xl/styles.xml");
    let lists = [("font", "fonts"), ("fill", "fills"), ("border", "borders")]
        .map(|(name, list)| (name, elements(&styles, list, name)));
    let codes: BTreeMap<&str, &str> = elements(&styles, "numFmts", "numFmt")
        .into_iter()
        .map(|code| {
            let id = attribute(code, "numFmtId").unwrap();
            (id, attribute(code, "formatCode").unwrap())
        })
        .collect();
    elements(&styles, "cellXfs", "xf ")
        .into_iter()
        .map(|xf| {
            let mut all = xf.to_owned();
            for (name, list) in &lists {
                let id = attribute(xf, &format!("{name}Id")).unwrap();
                all = all.replace(
                    &format!("{name}Id=\"{id}\""),
                    list[id.parse::<usize>().unwrap()],
                );
            }
            let id = attribute(xf, "numFmtId").unwrap();
            let code = codes.get(id).copied().unwrap_or(id);
            all.replace(&format!("numFmtId=\"{id}\""), code)
        })
        .collect()
}

/// What stands before the rows, the cells below the headings (place, kind, value, format), and what stands behind them.
fn sheet(book: &[u8], number: usize) -> (String, Vec<[String; 4]>, String) {
    let xml = part(book, &format!("xl/worksheets/sheet{number}.xml"));
    let formats = formats(book);
    let (head, rest) = xml.split_once("<sheetData>").unwrap();
    let (rows, tail) = rest.split_once("</sheetData>").unwrap();
    let cells = rows
        .split("<row ")
        .skip(2)
        .flat_map(|row| row.split("<c ").skip(1))
        .map(|cell| {
            let cell = format!("<c {cell}");
            let style: usize = attribute(&cell, "s").unwrap_or("0").parse().unwrap();
            let (_, value) = cell.split_once('>').unwrap();
            let value = value.trim_end_matches("</row>");
            let number = value
                .strip_prefix("<v>")
                .and_then(|v| v.strip_suffix("</v></c>"));
            let value = match number {
                // The library writes 5 as 5.0.
                Some(number) => format!("{:?}", number.parse::<f64>().unwrap()),
                None => value.to_owned(),
            };
            [
                attribute(&cell, "r").unwrap().to_owned(),
                attribute(&cell, "t").unwrap_or_default().to_owned(),
                value,
                formats[style].clone(),
            ]
        })
        .collect();
    (head.to_owned(), cells, tail.to_owned())
}

fn assert_same_sheet(poured: &[u8], stock: &[u8], number: usize) {
    let (one, other) = (sheet(poured, number), sheet(stock, number));
    assert_eq!((one.0, one.2), (other.0, other.2));
    assert_eq!(one.1.len(), other.1.len());
    for (cell, expected) in one.1.iter().zip(&other.1) {
        assert_eq!(cell, expected);
    }
}

fn assert_alike(table: &Sample, fill_row: bool) {
    let (poured, stock) = (
        plain(table, fill_row, Limits::default()),
        plain(table, fill_row, by_library()),
    );
    assert_same_sheet(&poured, &stock, 1);
    for name in ["docProps/custom.xml", "docProps/core.xml"] {
        assert!(part(&poured, name) == part(&stock, name), "{name}");
    }
    let ranges = [poured, stock].map(|bytes| {
        let mut book = Xlsx::new(Cursor::new(bytes)).unwrap();
        book.worksheet_range_at(0).unwrap().unwrap()
    });
    assert_eq!(ranges[0], ranges[1]);
}

#[test]
fn customers_are_poured_as_the_library_writes_them() {
    for lang in [Lang::Zh, Lang::En] {
        for rows in [1, 40] {
            assert_alike(&Sample::customers(lang, rows), lang == Lang::En);
        }
    }
}

/// More rows than a block has, and more columns than letters.
#[test]
fn blocks_follow_each_other_and_columns_have_two_letters() {
    let table = Sample::customers(Lang::Zh, 1500);
    assert!(table.columns().len() * table.len() > super::sheet::CELLS);
    assert_alike(&table, true);
    let mut table = Sample::new(Lang::En);
    for column in 0..30 {
        table = table.column(&format!("c{column}"), ColumnKind::Text, ColumnRole::Input);
    }
    assert_alike(
        &table.row((0..30).map(|n| OutCell::Float(f64::from(n))).collect()),
        false,
    );
}

#[test]
fn odd_cells_are_poured_as_the_library_writes_them() {
    let day = |y, m, d| OutCell::Date(Date::new(y, m, d).unwrap());
    let moment = DateTime::new(Date::new(2024, 3, 31).unwrap(), 43_201).unwrap();
    let cells = [
        OutCell::Blank,
        OutCell::Text("".into()),
        OutCell::Text(" both ".into()),
        OutCell::Text("tab\tand\nline\r\nend\n".into()),
        OutCell::Text("<&>\"'\u{1}\u{1f}\u{fffe}\u{ffff}\u{7f}（全角）".into()),
        OutCell::Text("_x0041_x0042__x00zz_ _x1".into()),
        OutCell::Text("=1+1".into()),
        OutCell::Text("长".repeat(40_000).into()),
        OutCell::Number(d("0")),
        OutCell::Number(d("-0.000001")),
        OutCell::Number(d("8999999999999.999999")),
        OutCell::Float(0.1 + 0.2),
        OutCell::Float(-0.0),
        OutCell::Float(1e300),
        OutCell::Float(-1e-300),
        OutCell::Float(4_294_967_296.0),
        OutCell::Float(f64::NAN),
        OutCell::Float(f64::NEG_INFINITY),
        day(1899, 12, 31),
        day(1900, 3, 1),
        day(9999, 12, 31),
        OutCell::DateTime(moment),
        OutCell::Bool(true),
    ];
    let kinds = [
        ColumnKind::Id,
        ColumnKind::Text,
        ColumnKind::Number { places: 2 },
        ColumnKind::Percent { places: 1 },
        ColumnKind::Date,
        ColumnKind::DateTime,
        ColumnKind::Bool,
    ];
    let mut table = Sample::new(Lang::Zh);
    for kind in kinds {
        table = table.column(&format!("{kind:?}"), kind, ColumnRole::Input);
    }
    table = table.column("steps", ColumnKind::Number { places: 0 }, ColumnRole::Steps);
    for cell in cells {
        table = table.row(vec![cell; kinds.len() + 1]);
    }
    assert_alike(&table, false);
}

#[test]
fn the_other_sheets_are_as_ever_and_each_part_stands_once() {
    let table = Sample::customers(Lang::Zh, 25);
    let options = WorkbookOptions::default();
    let limits = Limits {
        rows_per_sheet: 10,
        rows_in_memory: 5,
        pours: true,
    };
    let poured = book(&table, &options, limits);
    let stock = book(
        &table,
        &options,
        Limits {
            pours: false,
            ..limits
        },
    );
    assert!(poured == book(&table, &options, limits));
    let names = |book: &[u8]| {
        let archive = ZipArchive::new(Cursor::new(book)).unwrap();
        let mut names: Vec<String> = archive
            .file_names()
            .map(|name| name.unwrap().into_owned())
            .collect();
        names.sort();
        names
    };
    assert_eq!(names(&poured), names(&stock));
    // Sheets 2 to 4 are the customers'.
    for number in 2..5 {
        assert_same_sheet(&poured, &stock, number);
    }
    let mut books = [poured, stock].map(|bytes| Xlsx::new(Cursor::new(bytes)).unwrap());
    let names = books[0].sheet_names().clone();
    assert_eq!(names, books[1].sheet_names());
    for name in names {
        let [one, other] = books
            .each_mut()
            .map(|book| book.worksheet_range(&name).unwrap());
        assert_eq!(one, other, "{name}");
    }
}

/// The older archive format says no more than four gigabytes.
#[test]
fn a_part_of_any_length_is_told_with_its_length() {
    for (deflated, length) in [(10, 0xFFFF_FFFE), (10, 0xFFFF_FFFF), (10, 5 << 32)] {
        let mut out = Cursor::new(vec![]);
        let mut package = ZipWriter::new_stream(&mut out);
        let part = Part {
            bytes: Cursor::new(vec![7; deflated]),
            deflated: deflated as u64,
            sum: 0x1234_5678,
            length,
        };
        add(&mut package, "xl/a.xml", part).unwrap();
        package.finish().unwrap();
        let mut archive = ZipArchive::new(out).unwrap();
        let part = archive.by_index_raw(0).unwrap();
        assert_eq!(
            (
                part.name_raw(),
                part.crc32(),
                part.compressed_size(),
                part.size()
            ),
            (&b"xl/a.xml"[..], 0x1234_5678, deflated as u64, length)
        );
    }
}

proptest! {
    #[test]
    fn texts_and_numbers_are_poured_as_the_library_writes_them(
        texts in prop::collection::vec("[ -~]{0,6}|[_x0-9A-F]{0,24}|\\PC{0,8}|(?s).{0,8}", 1..40),
        numbers in prop::collection::vec((any::<i64>(), 0u32..19, any::<f64>()), 40),
    ) {
        let mut table = Sample::new(Lang::Zh)
            .column("a", ColumnKind::Text, ColumnRole::Input)
            .column("b", ColumnKind::Number { places: 3 }, ColumnRole::Input)
            .column("c", ColumnKind::Number { places: 0 }, ColumnRole::Input);
        for (text, (millionths, less, float)) in texts.into_iter().zip(numbers) {
            let exact = Decimal::from_millionths(millionths / 10i64.pow(less)).unwrap_or_default();
            table = table.row(vec![
                OutCell::Text(text.into()),
                OutCell::Number(exact),
                OutCell::Float(float),
            ]);
        }
        assert_alike(&table, false);
    }
}
