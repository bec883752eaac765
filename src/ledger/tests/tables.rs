//! Tables come back as they went in.

use super::*;
use crate::ledger::content_hash;
use crate::read::{BrokenRow, RowFault};
use crate::table::CellError;
use proptest::prelude::*;

/// A cell that owns its text.
#[derive(Clone, Debug)]
enum Owned {
    Text(String),
    Other(Cell<'static>),
}

impl Owned {
    fn cell(&self) -> Cell<'_> {
        match self {
            Self::Text(text) => Cell::Text(text),
            Self::Other(cell) => *cell,
        }
    }
}

fn any_cell() -> impl Strategy<Value = Owned> {
    // Any bits: whole numbers, fractions, the ends of the range, infinities and what is no number.
    let number = prop_oneof![
        any::<u64>().prop_map(f64::from_bits),
        any::<i32>().prop_map(f64::from),
        any::<i64>().prop_map(|whole| whole as f64),
        (-1_000_000i64..1_000_000).prop_map(|cents| cents as f64 / 100.0),
        Just(-0.0),
    ];
    let errors = [
        "#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#ERROR!", "=…",
    ];
    prop_oneof![
        any::<String>().prop_map(Owned::Text),
        "[\"\\\\\n\t{}\\[\\],甲𠮷\u{0}\u{1f} a]{0,12}".prop_map(Owned::Text),
        Just(Owned::Other(Cell::Blank)),
        any::<bool>().prop_map(|truth| Owned::Other(Cell::Bool(truth))),
        (0..3, number).prop_map(|(kind, value)| Owned::Other(match kind {
            0 => Cell::Number(value),
            1 => Cell::Percent(value),
            _ => Cell::Date(value),
        })),
        prop::sample::select(errors.to_vec())
            .prop_map(|text| Owned::Other(Cell::Error(CellError::from_text(text).unwrap()))),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn cells_come_back_bit_by_bit(
        rows in (0usize..5).prop_flat_map(|width| prop::collection::vec(
            prop::collection::vec(any_cell(), width), 0..8)),
        width in 0usize..5,
    ) {
        let width = rows.first().map_or(width, Vec::len);
        let names = ["编号", "a", "b", "c", "d"];
        let mut before = table(&names[..width], &[]);
        for (index, row) in rows.iter().enumerate() {
            before.rows.push(index as u32 * 3 + 2, row.iter().map(Owned::cell));
        }
        let (_folder, mut ledger) = ledger();
        let writer = ledger.write(&who()).unwrap();
        let id = add(&writer, &before, &filed("2024-03-31"), []).unwrap();
        writer.commit().unwrap();
        let after = ledger.load_table(id).unwrap();
        prop_assert!(after.rows.has_cells_of(&before.rows));
        for row in 0..before.rows.len() {
            prop_assert_eq!(after.rows.row_number(row), before.rows.row_number(row));
        }
        prop_assert_eq!(content_hash(&after), content_hash(&before));
    }
}

#[test]
fn a_table_comes_back_with_all_that_is_known_of_it() {
    let mut before = table(
        &["编号", " 金额（万元）", ""],
        &[&["1", "a,b", "x"], &["2"]],
    );
    before.origin = Origin {
        file: "客户.xlsx".into(),
        worksheet: Some("三月".into()),
    };
    before.format = Format::Xlsx;
    before.encoding = None;
    before.delimiter = None;
    before.header_row = 3;
    before.unit_line = Some("万元".to_owned());
    before.broken = vec![BrokenRow {
        index: 1,
        row_number: 3,
        fault: RowFault::Fields {
            found: 1,
            expected: 3,
        },
    }];
    let (_folder, mut ledger) = ledger();
    let writer = ledger.write(&who()).unwrap();
    let id = add(&writer, &before, &filed("2024-03-31"), [Some("1"), None]).unwrap();
    writer.commit().unwrap();
    let after = ledger.load_table(id).unwrap();
    assert_eq!(after.origin, before.origin);
    assert_eq!(after.format, before.format);
    assert_eq!(after.encoding, None);
    assert_eq!(after.delimiter, None);
    assert_eq!(after.header_row, 3);
    assert_eq!(after.headers, before.headers);
    assert_eq!(after.unit_line, before.unit_line);
    assert_eq!(after.broken, before.broken);
    assert!(after.rows.has_cells_of(&before.rows));
}

#[test]
fn every_encoding_that_is_read_comes_back() {
    let (_folder, mut ledger) = ledger();
    for encoding in [
        "UTF-8",
        "GBK",
        "gb18030",
        "Big5",
        "UTF-16LE",
        "UTF-16BE",
        "UTF-32LE",
        "UTF-32BE",
        "windows-1252",
    ] {
        let mut before = table(&["编号"], &[&["1"]]);
        before.encoding = Some(encoding);
        before.delimiter = Some('\t');
        let writer = ledger.write(&who()).unwrap();
        let id = add(&writer, &before, &filed("2024-03-31"), []).unwrap();
        writer.commit().unwrap();
        let after = ledger.load_table(id).unwrap();
        assert_eq!(
            (after.encoding, after.delimiter),
            (Some(encoding), Some('\t'))
        );
    }
}

#[test]
fn content_is_what_headers_and_cells_say_and_nothing_else() {
    let one = table(&["编号", "金额"], &[&["1", "5"], &["2", "6"]]);
    let mut other = one.clone();
    other.origin.file = "elsewhere.csv".into();
    other.encoding = Some("GBK");
    other.header_row = 7;
    let mut rows = RawRows::new(2);
    rows.push(9, [Cell::Text("1"), Cell::Text("5")]);
    rows.push(11, [Cell::Text("2"), Cell::Text("6")]);
    other.rows = rows;
    assert_eq!(content_hash(&one), content_hash(&other));
    for changed in [
        table(&["编号", "金额"], &[&["1", "5"], &["2", "7"]]),
        table(&["编号", "金额"], &[&["15", ""], &["2", "6"]]),
        table(&["编号", "额"], &[&["1", "5"], &["2", "6"]]),
        table(&["编号", "金额"], &[&["2", "6"], &["1", "5"]]),
        Table {
            unit_line: Some("万元".to_owned()),
            ..one.clone()
        },
        Table {
            serials_from_1904: true,
            ..one.clone()
        },
    ] {
        assert_ne!(content_hash(&one), content_hash(&changed));
    }
}

#[test]
fn an_import_is_known_with_its_dates() {
    let (_folder, mut ledger) = ledger();
    let mut about = filed("2024-02-29");
    let span = Some((date("2024-01-02"), date("2024-02-27")));
    about.covers = vec![(date("2024-01-01"), date("2024-02-29"))];
    let rows = table(&["编号"], &[&["1"], &["2"]]);
    let writer = ledger.write(&who()).unwrap();
    let contents = || Contents {
        hash: content_hash(&rows),
        refused: 1,
        span,
    };
    let first = writer.add_import(&rows, &about, [], contents).unwrap();
    let second = add(&writer, &rows, &filed("2024-03-31"), []).unwrap();
    writer.confirm(first, date("2024-04-30")).unwrap();
    writer.confirm(first, date("2024-04-30")).unwrap();
    writer.commit().unwrap();
    let imports = ledger.imports().unwrap();
    assert_eq!(
        imports.iter().map(|import| import.id).collect::<Vec<_>>(),
        [first, second]
    );
    assert_eq!((imports[0].rows, imports[0].refused), (2, 1));
    assert_eq!(imports[0].span, span);
    assert_eq!(imports[0].content_hash, content_hash(&rows));
    assert_eq!(imports[0].filing.covers, about.covers);
    assert_eq!(imports[0].filing.confirmed, [date("2024-04-30")]);
    assert_eq!(imports[0].made_by, "王");
    assert!(imports[0].filing.order < imports[1].filing.order);
    // The first was confirmed last, so it is the newest of its source.
    let newest = ledger.imports_of("customers", "客户").unwrap();
    assert_eq!(
        newest.iter().map(|import| import.id).collect::<Vec<_>>(),
        [first, second]
    );
    assert_eq!(ledger.imports_of("orders", "客户").unwrap(), []);
    let actions: Vec<_> = ledger
        .audit()
        .unwrap()
        .iter()
        .map(|line| line.action.key())
        .collect();
    assert_eq!(actions, ["import", "import", "confirm"]);
}

#[test]
fn numbers_are_written_as_people_would() {
    let shown: [(f64, &str); 14] = [
        (0.0, "0"),
        (-0.0, "-0.0"),
        (7.0, "7"),
        (-7.0, "-7"),
        (100.0, "100"),
        (12.5, "12.5"),
        (-0.05, "-0.05"),
        (0.0001, "0.0001"),
        (1234.0056, "1234.0056"),
        (12_345_678_901.23, "12345678901.23"),
        (9_007_199_254_740_991.0, "9007199254740991"),
        (0.1 + 0.2, "0.30000000000000004"),
        (1e300, "1e300"),
        (5e-324, "5e-324"),
    ];
    for (value, written) in shown {
        let mut text = String::new();
        crate::ledger::cells::write([Cell::Number(value)].into_iter(), &mut text);
        assert_eq!(text, format!("[{written}]"));
        let mut rows = RawRows::new(1);
        crate::ledger::cells::Reader::default()
            .read(&text, 1, &mut rows)
            .unwrap();
        assert!(matches!(rows.cell(0, 0), Cell::Number(read) if read.to_bits() == value.to_bits()));
    }
}

#[test]
fn what_is_no_row_is_not_read() {
    for text in [
        "",
        "[",
        "]",
        "[1",
        "[1,]",
        "[1]]",
        "[1,2]",
        "[\"a]",
        "[\"\\x\"]",
        "[\"\\u12\"]",
        "[{}]",
        "[{\"x\":1}]",
        "[{\"e\":\"#NO\"}]",
        "[{\"n\":\"zz\"}]",
        "[nul]",
        "[tru]",
        "[--1]",
        "{}",
        "[甲]",
        "[\"\\ud800\"]",
        "[{\"e\":\"#\\n\"}]",
    ] {
        let mut rows = RawRows::new(1);
        let read = crate::ledger::cells::Reader::default().read(text, 1, &mut rows);
        assert_eq!(read, None, "{text}");
    }
}
