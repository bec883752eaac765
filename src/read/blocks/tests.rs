//! What is given of a plain file is what opening it gives; and each reason for which a file is not plain.

use super::lines::BLOCK;
use super::*;
use crate::read::{Input, Options, Table, open};
use crate::table::Cell;
use proptest::prelude::*;

fn write(folder: &tempfile::TempDir, bytes: &[u8]) -> Input {
    let path = folder.path().join("graded.csv");
    std::fs::write(&path, bytes).unwrap();
    Input::File {
        path,
        name: "graded.csv".to_owned(),
        worksheet: None,
    }
}

/// All rows of a file, and the cells that the first reading gives.
fn all(input: &Input, wanted: &[usize]) -> Result<(Table, Vec<Vec<String>>), Unfit> {
    let plain = Passes::open(input, &Options::default())?;
    let seen = plain.go_through(|blocks| {
        let mut seen = vec![];
        while let Some(block) = blocks.take()? {
            block.rows(wanted, |row, cells| {
                let cells = cells.iter().map(ToString::to_string);
                seen.push((row, cells.collect::<Vec<_>>()));
            })?;
        }
        Ok(seen)
    })?;
    let mut seen = seen.concat();
    seen.sort();
    let rows: Vec<u32> = seen.iter().map(|(row, _)| *row).collect();
    assert_eq!(rows, (0..rows.len() as u32).collect::<Vec<_>>());
    let lines = plain.lines(&rows)?;
    let table = plain.with_rows(&lines);
    Ok((table, seen.into_iter().map(|(_, cells)| cells).collect()))
}

/// That a file is either odd or read as [`open`] reads it; whether it is plain.
fn is_as_opened(bytes: &[u8], wanted: &[usize]) -> bool {
    let folder = tempfile::tempdir().unwrap();
    let input = write(&folder, bytes);
    let Ok((plain, seen)) = all(&input, wanted) else {
        return false;
    };
    let [opened] =
        <[Table; 1]>::try_from(open(&input, &[], &Options::default(), &|_, _| {}).unwrap())
            .unwrap();
    assert!(plain.rows.has_cells_of(&opened.rows));
    for (row, seen) in seen.iter().enumerate() {
        assert_eq!(plain.rows.row_number(row), opened.rows.row_number(row));
        let cells = wanted
            .iter()
            .map(|column| match opened.rows.cell(row, *column) {
                Cell::Text(text) => text,
                _ => "",
            });
        assert_eq!(cells.collect::<Vec<_>>(), *seen);
    }
    assert_eq!(plain.headers, opened.headers);
    assert_eq!(plain.header_row, opened.header_row);
    assert_eq!(plain.delimiter, opened.delimiter);
    assert_eq!(plain.encoding, opened.encoding);
    assert_eq!(plain.notes, opened.notes);
    assert_eq!(plain.broken, opened.broken);
    assert_eq!(plain.unit_line, opened.unit_line);
    true
}

const HEADER: &str = "客户编号,客户名称,备注,等级\n";

#[test]
fn rows_are_those_of_the_whole_reader() {
    let row = |n: usize| {
        let note = [
            "",
            "新签",
            "\"一, 二\"",
            "\"说 \"\"好\"\"\"",
            "5\" 管",
            "\"\"",
        ][n % 6];
        let grade = ["A", "B", "\"C\""][n % 3];
        format!("C{n:05},客户{n},{note},{grade}\n")
    };
    let rows = (0..3000).map(row).collect::<Vec<_>>().concat();
    for text in [
        format!("{HEADER}{rows}"),
        format!("\u{feff}{HEADER}{rows}").replace('\n', "\r\n"),
        format!("{HEADER}{rows}").replace(',', "\t"),
        format!("{HEADER}{}", rows.trim_end()),
        format!("{HEADER}{}", row(1)),
    ] {
        for wanted in [vec![0, 1], vec![0, 1, 2, 3], vec![0, 1, 3]] {
            assert!(is_as_opened(text.as_bytes(), &wanted));
        }
    }
}

#[test]
fn each_reason_is_met() {
    let folder = tempfile::tempdir().unwrap();
    let rows: Vec<String> = (0..40).map(|n| format!("C{n},甲,,A\n")).collect();
    let rows = rows.concat();
    let odd = |bytes: &[u8]| all(&write(&folder, bytes), &[0, 1]).err();
    let with = |line: &str| odd(format!("{HEADER}{rows}{line}{rows}").as_bytes());
    assert_eq!(with("C99,乙,,B\n"), None);
    let head = |text: &str, expected| assert_eq!(odd(text.as_bytes()), Some(expected), "{text}");
    head(
        &format!("客户编号,,备注,等级\n{rows}"),
        Unfit::NamelessColumn,
    );
    for text in [
        // Titles, two rows of headers, a column without a header, a single column, units above, a hint for Excel.
        format!("客户清单\n{HEADER}{rows}"),
        format!(
            "客户,,金额,\n编号,名称,本年,去年\n{}",
            "C1,甲,1,2\n".repeat(40)
        ),
        "客户编号\nC1\nC2\n".to_owned(),
        format!("单位：万元,,,\n{HEADER}{rows}"),
        format!("sep=,\n{HEADER}{rows}"),
        // Delimiters of several bytes, and other encodings.
        format!("{HEADER}{rows}").replace(',', "，"),
    ] {
        head(&text, Unfit::NotPlain);
    }
    let (gbk, ..) = encoding_rs::GBK.encode(HEADER);
    assert_eq!(
        odd(&[&gbk[..], b"C1,a,,A\n"].concat()),
        Some(Unfit::NotPlain)
    );
    let input = Input::Stdin;
    assert!(matches!(
        Passes::open(&input, &Options::default()),
        Err(Unfit::Input)
    ));
    let late = |bytes: &[u8]| {
        let many = rows.repeat(400);
        odd(&[HEADER.as_bytes(), many.as_bytes(), bytes, rows.as_bytes()].concat())
    };
    assert_eq!(late(b"C99,\xb4\xba,,A\n"), Some(Unfit::Encoding));
    assert_eq!(late(b"C99,a\rb,,A\n"), Some(Unfit::LineEnd));
    assert_eq!(late(b"\n"), Some(Unfit::Fields));
    assert_eq!(late(b",a,,A\n"), Some(Unfit::Blank));
    assert_eq!(late(b"C99,,,\n"), Some(Unfit::Blank));
    assert_eq!(late(b"C99,a,A\n"), Some(Unfit::Fields));
    assert_eq!(late(b"C99,a,,A,\n"), Some(Unfit::Fields));
    assert_eq!(late("C99,\"甲\n乙\",,A\n".as_bytes()), Some(Unfit::Quote));
    assert_eq!(late("C99,\"甲\"乙,,A\n".as_bytes()), Some(Unfit::Quote));
    assert_eq!(late(b"C99,a,,\"A\"\r\n"), None);
    assert_eq!(late(b"C99,a,,\"A\"x\r\n"), Some(Unfit::Quote));
    assert_eq!(late(b"C99,a,,\"A\n"), Some(Unfit::Quote));
    assert_eq!(late("合计,40,,\n".as_bytes()), Some(Unfit::Aside));
    assert_eq!(late(HEADER.as_bytes()), Some(Unfit::Aside));
    let long = format!("C99,{},,A\n", "长".repeat(8 * BLOCK));
    assert_eq!(late(long.as_bytes()), Some(Unfit::Long));
}

#[test]
fn a_file_that_is_written_to_meanwhile_is_odd() {
    let folder = tempfile::tempdir().unwrap();
    let input = write(&folder, format!("{HEADER}C1,甲,,A\n").as_bytes());
    let plain = Passes::open(&input, &Options::default()).unwrap();
    write(&folder, format!("{HEADER}C1,甲,,A\nC2,乙,,B\n").as_bytes());
    assert_eq!(plain.lines(&[0]).err(), Some(Unfit::Changed));
}

#[test]
fn all_lines_are_held_and_come_in_turn() {
    let folder = tempfile::tempdir().unwrap();
    let lines: Vec<String> = (0..500)
        .map(|n| format!("C{n},\"甲,{n}\",{},A", "注".repeat(n % 7)))
        .collect();
    // With either line end, and none at the end of the file.
    let text = lines.iter().enumerate();
    let text = text.map(|(n, line)| format!("{}{line}", ["\r\n", "\n"][n % 2]));
    let text = format!("{}{}", HEADER.trim_end(), text.collect::<String>());
    assert!(text.len() > 4 * BLOCK);
    let plain = Passes::open(&write(&folder, text.as_bytes()), &Options::default()).unwrap();
    let held = plain.held().unwrap();
    for (row, line) in (0..).zip(&lines) {
        assert_eq!(held.line(row), Some(&**line));
    }
    assert_eq!(held.line(500), None);
    let mut cells = vec![];
    plain.cells(&lines[9], &[1, 3], &mut cells).unwrap();
    assert_eq!(cells, ["甲,9", "A"]);
    let mut seen = vec![];
    let of_block = |block: &LineBlock<'_>| -> Result<Vec<(u32, String)>, Unfit> {
        let lines = block.lines();
        Ok(lines.map(|(row, line)| (row, line.to_owned())).collect())
    };
    plain
        .in_turn(of_block, |rows| {
            seen.extend(rows);
            Ok(())
        })
        .unwrap();
    let all: Vec<(u32, String)> = (0..).zip(lines).collect();
    assert_eq!(seen, all);
    // What is appended meanwhile makes it another file.
    write(&folder, format!("{text}\nC500,甲,,A\n").as_bytes());
    let ended = plain.in_turn(of_block, |_| Ok::<(), Unfit>(()));
    assert_eq!(ended, Err(Unfit::Changed));
    assert_eq!(plain.held().err(), Some(Unfit::Changed));
}

/// Pieces of which texts are made that are hard to read.
fn text() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "C1",
        "甲",
        "A",
        "\"",
        "\"\"",
        ",",
        ",",
        ",",
        ",",
        "\n",
        "\n",
        "\n",
        "\r\n",
        "\r",
        " ",
        "\u{3000}",
        "合计",
        "备注：略",
        "客户编号",
        "客户名称",
        "等级",
        ";",
        "1",
        "单位：万元",
        "\"甲,乙\"",
        "\"\n\"",
        "\u{1}t",
        "'=1",
        "\0",
    ]);
    let row = (0..50_u8, 0..9_u8, 0..3_usize).prop_map(|(id, note, grade)| {
        let note = [
            "", "说", "\"a,b\"", "\"\"\"\"", "5\"", "合计", " ", "备注", "。",
        ][usize::from(note)];
        format!("C{id},客户{id},{note},{}\n", ["A", "B", ""][grade])
    });
    let rows = prop::collection::vec(row, 0..40).prop_map(|rows| rows.concat());
    let wild = prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat());
    (rows.clone(), wild, rows)
        .prop_map(|(before, wild, after)| format!("{HEADER}{before}{wild}\n{after}"))
}

proptest! {
    #[test]
    fn what_is_plain_is_what_opening_gives(text in text()) {
        is_as_opened(text.as_bytes(), &[0, 1, 3]);
    }
}
