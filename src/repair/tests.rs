//! What people make of rows, judged on tables of a few rows.

use super::*;
use crate::book::{Filing, Inputs};
use crate::clean::text::shown;
use crate::diagnostic::{At, Code, Finding, Lang};
use crate::read::{Format, Header, Table};
use crate::scheme::{Scheme, validate};
use crate::table::{Cell, Date, Origin, RawRows};
use std::collections::BTreeSet;

const SCHEME: &str = r#"
[scheme]
name = "试"
[sheets.customers]
key = "编号"
allow_bad = "100%"
fields = [
  { name = "金额", type = "number" },
  { name = "签约", type = "date" },
]
[[grades]]
name = "A"
"#;

fn scheme() -> Scheme {
    validate(SCHEME).0.unwrap()
}

fn rows(width: usize, first: u32, rows: &[Vec<&str>]) -> RawRows {
    let mut raw = RawRows::new(width);
    for (number, row) in (first..).zip(rows) {
        raw.push(number, row.iter().map(|text| Cell::Text(text)));
    }
    raw
}

fn read(file: &str, headers: &[&str], raw: RawRows) -> Table {
    Table {
        origin: Origin {
            file: file.into(),
            worksheet: None,
        },
        format: Format::Text,
        encoding: Some("UTF-8"),
        delimiter: Some(','),
        header_row: 1,
        headers: headers.iter().map(|header| Header::new(header)).collect(),
        unit_line: None,
        serials_from_1904: false,
        rows: raw,
        broken: vec![],
        notes: vec![],
    }
}

/// The customers' file: rows of key, amount and date, from line 2 on.
fn file(cells: &[[&str; 3]]) -> Table {
    let cells: Vec<Vec<&str>> = cells.iter().map(|row| row.to_vec()).collect();
    read("客户.csv", &["编号", "金额", "签约"], rows(3, 2, &cells))
}

/// A row of a repair workbook: number in the file, the newest that it knows, cells, what to do, why and who.
type Row<'a> = (u32, i64, [&'a str; 3], [&'a str; 3]);

/// A repair workbook with these rows. What people fill stands as it does in the real one, and the columns of the rows
/// may stand in any order.
fn page(name: &str, filled: &[Row<'_>]) -> Table {
    let words = [
        crate::words::Word::RepairAction,
        crate::words::Word::RepairReason,
        crate::words::Word::Mender,
        crate::words::Word::RowMark,
    ];
    let mut headers = vec!["签约", "编号", "金额"];
    headers.extend(words.map(|word| word.get(Lang::Zh)));
    let marks: Vec<String> = filled
        .iter()
        .map(|(number, seen, ..)| format!("Rabc0-{number}-{seen}"))
        .collect();
    let cells: Vec<Vec<&str>> = filled
        .iter()
        .zip(&marks)
        .map(|((_, _, [key, amount, day], own), mark)| {
            let mut row = vec![*day, *key, *amount];
            row.extend(own);
            row.push(mark);
            row
        })
        .collect();
    read(name, &headers, rows(7, 2, &cells))
}

/// What becomes of a table; `known` was said of its rows before.
fn made(table: &Table, known: &[Known], pages: &[Table]) -> Mended {
    let scheme = scheme();
    let as_of = Date::parse_iso("2024-03-31").unwrap();
    let bench = Bench {
        scheme: &scheme,
        sheet: "customers",
        filing: &Filing::named("客户", as_of, 0),
        crosswalks: &Inputs::empty(&scheme),
        is_replaced: None,
    };
    let mut findings = vec![];
    let lines = lines(pages, &mut findings);
    let lines: Vec<&Line> = lines.iter().collect();
    let waiting: BTreeSet<u32> = bench.waiting(table);
    let said = said(pages, &lines, table, known, &waiting, "读者", &mut findings);
    let mut mended = mend(&bench, table, known, said);
    findings.append(&mut mended.findings);
    mended.findings = findings;
    mended
}

/// The rows of a table as texts.
fn texts(table: &Table) -> Vec<Vec<String>> {
    (0..table.rows.len())
        .map(|row| table.rows.row(row).map(shown).collect())
        .collect()
}

fn codes(findings: &[Finding]) -> Vec<Code> {
    findings.iter().map(|finding| finding.code).collect()
}

fn place(finding: &Finding) -> String {
    match &finding.at {
        At::Data(place) => place.to_string(),
        _ => String::new(),
    }
}

/// What somebody said of a row before.
fn known(id: i64, author: &str, mended: [&str; 3], state: State, is_counted: bool) -> Known {
    Known {
        id,
        number: 3,
        author: author.into(),
        cells: Some(rows(3, 3, &[mended.to_vec()])),
        before: rows(3, 3, &[BAD.to_vec()]),
        broken: None,
        state,
        is_counted,
    }
}

const GOOD: [&str; 3] = ["C1", "10", "2024-01-05"];
const BAD: [&str; 3] = ["C2", "十", "2024-01-06"];
const NONE: [&str; 3] = ["", "", ""];
const ANN: [&str; 3] = ["", "", "安"];
const BOB: [&str; 3] = ["", "", "博"];

#[test]
fn a_mended_row_counts_and_nothing_else_changes() {
    let table = file(&[GOOD, BAD, ["C3", "多", "2024-01-07"]]);
    let page = page(
        "修正.csv",
        &[
            (3, 0, ["C2", "20", "2024-01-06"], ANN),
            (4, 0, ["C3", "多", "2024-01-07"], NONE),
        ],
    );
    let made = made(&table, &[], &[page]);
    assert_eq!(made.findings, []);
    assert_eq!(made.judged.intake.refused, 1);
    assert_eq!(
        texts(&made.table),
        [GOOD, ["C2", "20", "2024-01-06"], ["C3", "多", "2024-01-07"]]
    );
    assert_eq!(made.taken().mended, 1);
    let row = Applied {
        number: 3,
        index: Some(1),
    };
    assert_eq!(made.rows, [row]);
    assert_eq!(&*made.kept[0].statement.author, "安");
}

#[test]
fn a_row_that_cannot_be_used_still_is_told_at_its_cell() {
    let table = file(&[GOOD, BAD]);
    let page = page("修正.csv", &[(3, 0, ["C2", "二十", "2024-02-30"], ANN)]);
    let made = made(&table, &[], &[page]);
    assert_eq!(codes(&made.findings), [Code::StillBad, Code::StillBad]);
    assert_eq!(place(&made.findings[0]), "修正.csv:2");
    assert!(made.findings[0].title.en.contains("二十"));
    assert_eq!(texts(&made.table), texts(&table));
    assert!(made.rows.is_empty() && made.kept.is_empty());
}

#[test]
fn a_key_that_another_row_has_is_not_taken_and_the_other_row_stays_good() {
    let table = file(&[GOOD, ["", "5", "2024-01-06"]]);
    let page = page("修正.csv", &[(3, 0, ["C1", "5", "2024-01-06"], ANN)]);
    let made = made(&table, &[], &[page]);
    assert_eq!(codes(&made.findings), [Code::StillBad]);
    assert_eq!(made.judged.intake.refused, 1);
    assert_eq!(made.judged.customers[0].as_deref(), Some("C1"));
}

#[test]
fn of_two_rows_with_one_key_one_may_be_left_out() {
    let table = file(&[GOOD, ["C2", "1", "2024-01-06"], ["C2", "2", "2024-01-06"]]);
    let twice = page(
        "修正.csv",
        &[(4, 0, ["C2", "2", "2024-01-06"], ["作废", "录重了", "安"])],
    );
    let left = made(&table, &[], &[twice]);
    assert_eq!(left.findings, []);
    assert_eq!(left.judged.intake.refused, 0);
    assert_eq!(left.table.rows.len(), 2);
    assert_eq!(left.taken().left_out, 1);
    assert_eq!(left.rows[0].index, None);
    // Without a reason nothing is left out.
    let silent = page(
        "修正.csv",
        &[(4, 0, ["C2", "2", "2024-01-06"], ["作废", "", "安"])],
    );
    let made = made(&table, &[], &[silent]);
    assert_eq!(codes(&made.findings), [Code::UnsignedCorrection]);
    assert_eq!(made.table.rows.len(), 3);
}

#[test]
fn a_cell_that_makes_its_column_unreadable_is_not_taken() {
    let dates = |day: [&'static str; 3]| {
        file(&[["C1", "10", "05/01/2024"], ["C4", "1", "13/01/2024"], day])
    };
    // The column is day/month by its second row; a thirteenth month would contradict it.
    let table = dates(["C2", "1", "某日"]);
    let page = page("修正.csv", &[(4, 0, ["C2", "1", "01/14/2024"], ANN)]);
    let made = made(&table, &[], &[page]);
    assert_eq!(codes(&made.findings), [Code::StillBad]);
    assert_eq!(made.judged.intake.refused, 1);
    assert_eq!(texts(&made.table), texts(&table));
}

#[test]
fn two_people_who_make_different_things_of_a_row_are_both_named_and_neither_counts() {
    let table = file(&[GOOD, BAD]);
    let ann = page("安.csv", &[(3, 0, ["C2", "20", "2024-01-06"], ANN)]);
    let bob = page("博.csv", &[(3, 0, ["C2", "30", "2024-01-06"], BOB)]);
    let same = page("同.csv", &[(3, 0, ["C2", "20", "2024-01-06"], BOB)]);
    let made_by = |pages: &[Table]| made(&table, &[], pages);
    let disputed = made_by(&[ann.clone(), bob.clone()]);
    assert_eq!(codes(&disputed.findings), [Code::Disagreement]);
    let notes: String = disputed.findings[0]
        .notes
        .iter()
        .map(|note| note.zh.as_str())
        .collect();
    assert!(notes.contains("安") && notes.contains("博"), "{notes}");
    assert_eq!(texts(&disputed.table), texts(&table));
    assert!(
        disputed
            .kept
            .iter()
            .all(|kept| kept.state == State::Disputed)
    );
    assert_eq!(disputed.kept.len(), 2);
    // Who says the same agrees.
    let agreed = made_by(&[ann, same]);
    assert_eq!(agreed.findings, []);
    assert_eq!((agreed.taken().mended, agreed.repeated), (1, 1));
}

#[test]
fn what_somebody_says_later_without_knowing_what_was_said_puts_the_row_back() {
    let twenty = ["C2", "20", "2024-01-06"];
    let table = file(&[GOOD, twenty]);
    let before = [known(5, "安", twenty, State::Applied, false)];
    let bob = |seen, author| page("博.csv", &[(3, seen, ["C2", "30", "2024-01-06"], author)]);
    let disputed = made(&table, &before, &[bob(0, BOB)]);
    assert_eq!(codes(&disputed.findings), [Code::Disagreement]);
    assert_eq!(texts(&disputed.table), [GOOD, BAD]);
    assert_eq!(disputed.turned, [(5, State::Disputed)]);
    assert_eq!(disputed.judged.intake.refused, 1);
    // A run has counted with it: it stays.
    let counted = [known(5, "安", twenty, State::Applied, true)];
    let late = made(&table, &counted, &[bob(0, BOB)]);
    assert_eq!(codes(&late.findings), [Code::AlreadyMended]);
    assert!(late.findings[0].is_error());
    assert_eq!(texts(&late.table), texts(&table));
    // Who said it, and who knows that it was said, may say otherwise.
    for (seen, author) in [(0, ANN), (5, BOB)] {
        let other = made(&table, &before, &[bob(seen, author)]);
        assert_eq!(codes(&other.findings), [Code::AlreadyMended]);
        assert!(!other.findings[0].is_error());
        assert_eq!(other.turned, [(5, State::Ended)]);
        assert_eq!(texts(&other.table)[1], ["C2", "30", "2024-01-06"]);
    }
}

#[test]
fn a_dispute_ends_when_all_say_one_thing_or_somebody_who_knows_both_decides() {
    let (twenty, thirty) = (["C2", "20", "2024-01-06"], ["C2", "30", "2024-01-06"]);
    let table = file(&[GOOD, BAD]);
    let before = [
        known(5, "安", twenty, State::Disputed, false),
        known(6, "博", thirty, State::Disputed, false),
    ];
    let again = page("安.csv", &[(3, 0, twenty, ANN)]);
    let still = made(&table, &before, &[again]);
    assert_eq!(codes(&still.findings), [Code::Disagreement]);
    assert_eq!((still.repeated, still.kept.len()), (1, 0));
    let agrees = page("博.csv", &[(3, 0, twenty, BOB)]);
    let agreed = made(&table, &before, &[agrees]);
    assert_eq!(texts(&agreed.table)[1], twenty);
    assert_eq!(agreed.turned, [(6, State::Ended), (5, State::Ended)]);
    let decides = page(
        "定.csv",
        &[(3, 6, ["C2", "25", "2024-01-06"], ["", "", "主管"])],
    );
    let decided = made(&table, &before, &[decides]);
    assert_eq!(decided.findings, []);
    assert_eq!(texts(&decided.table)[1][1], "25");
    // What was decided against is known when it is read once more.
    let after = [
        known(5, "安", twenty, State::Ended, false),
        known(7, "主管", thirty, State::Applied, false),
    ];
    let old = page("安.csv", &[(3, 0, twenty, ANN)]);
    let ended = made(&file(&[GOOD, thirty]), &after, &[old]);
    assert_eq!(codes(&ended.findings), [Code::ChangesNothing]);
    assert!(ended.rows.is_empty());
}

#[test]
fn the_same_again_changes_nothing() {
    let twenty = ["C2", "20", "2024-01-06"];
    let table = file(&[GOOD, twenty]);
    let before = [known(5, "安", twenty, State::Applied, true)];
    for author in [ANN, BOB] {
        let again = made(
            &table,
            &before,
            &[page("修正.csv", &[(3, 0, twenty, author)])],
        );
        assert_eq!(again.findings, []);
        assert_eq!(
            (again.repeated, again.kept.len(), again.rows.len()),
            (1, 0, 0)
        );
    }
    // Nor does a row that nobody has touched in a workbook of before.
    let untouched = made(&table, &before, &[page("修正.csv", &[(3, 0, BAD, NONE)])]);
    assert_eq!((untouched.repeated, untouched.rows.len()), (0, 0));
}

#[test]
fn rows_that_say_nothing_known_are_told() {
    let table = file(&[GOOD, BAD]);
    let mut wrong = page(
        "修正.csv",
        &[
            // Nothing was wrong with it.
            (2, 0, ["C1", "11", "2024-01-05"], ANN),
            // There is none.
            (9, 0, ["C9", "11", "2024-01-05"], ANN),
            // What to do?
            (3, 0, ["C2", "20", "2024-01-06"], ["删掉", "", "安"]),
            (3, 0, BAD, ["修正", "", "安"]),
        ],
    );
    let codes_of = |page: &Table| codes(&made(&table, &[], std::slice::from_ref(page)).findings);
    assert_eq!(
        codes_of(&wrong),
        [
            Code::UnknownLabel,
            Code::UnknownRow,
            Code::UnknownRow,
            Code::StillBad
        ]
    );
    // A column of the rows is gone.
    wrong.headers[1] = Header::new("客户号");
    let told = codes_of(&wrong);
    assert_eq!(told, [Code::UnknownLabel, Code::MissingColumn]);
}

#[test]
fn a_broken_row_may_be_right_as_it_stands() {
    let mut table = file(&[GOOD, ["C2", "2", "2024-01-06"]]);
    let fault = crate::read::RowFault::Fields {
        found: 4,
        expected: 3,
    };
    table.broken.push(crate::read::BrokenRow {
        index: 1,
        row_number: 3,
        fault,
    });
    let confirmed = page(
        "修正.csv",
        &[(3, 0, ["C2", "2", "2024-01-06"], ["修正", "", "安"])],
    );
    let made = made(&table, &[], &[confirmed]);
    assert_eq!(made.findings, []);
    assert_eq!(made.judged.intake.refused, 0);
    assert!(made.table.broken.is_empty());
    assert_eq!(made.kept[0].statement.broken, Some(fault));
}

#[test]
fn marks_come_back_as_they_were_written() {
    let mark = Mark {
        content: "81ad453bf4eb5971".to_owned(),
        number: 58,
        seen: 7,
    };
    assert_eq!(mark.to_string(), "R81ad453bf4eb5971-58-7");
    assert_eq!(Mark::parse(" R81ad453bf4eb5971-58-7 "), Some(mark));
    for wrong in [
        "",
        "R",
        "Rxyz-1-0",
        "Rab-1",
        "Rab-1-0-0",
        "Rab--1-0",
        "Rab-1--1",
        "ab-1-0",
        "Rab-1-x",
    ] {
        assert_eq!(Mark::parse(wrong), None, "{wrong}");
    }
}
