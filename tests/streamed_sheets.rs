//! Workbooks graded piece by piece, beside the same workbooks graded whole: every part of the workbook that is written,
//! every byte of text, what is said and in which order, and the figures are the same, or the pieces give a reason and
//! nothing else.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot make its own files fails by panic"
)]

use proptest::prelude::*;
use regrade::book::{self, Inputs};
use regrade::clean::sheet::field_headers;
use regrade::diagnostic::{Finding, Lang};
use regrade::expr;
use regrade::grading::{Past, grade};
use regrade::present::csv;
use regrade::present::results::{Layout, Results, View};
use regrade::present::summary::{Of, Summary, summarise, write_json};
use regrade::present::table::ColumnKind;
use regrade::present::workbook::{Beside, InBlocks, Misfit, WorkbookOptions, write};
use regrade::read::blocks::{Blocks, TextFile};
use regrade::read::worksheet::{Unfit, may_be_read};
use regrade::read::{Input, KnownSheet, Options, Worksheet, held};
use regrade::scheme::model::{Expression, Field};
use regrade::scheme::{AllNames, Scheme, parse_columns, validate};
use regrade::stream::{Asked, Drive, Grader, Outcome, Reason, Source, Spill, TextSink};
use regrade::table::Date;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};
use std::ops::Range;
use std::sync::Arc;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

const SCHEME: &str = r#"
[scheme]
name = "pieces"
version = "1"
language = "zh"
period = "year"

[sheets.customers]
key = "id"
name = "name"
allow_bad = "100%"
fields = [
  { name = "id", type = "id" },
  { name = "name", type = "text" },
  { name = "amount", type = "money", unit = "万元", min = 0, required = true },
  { name = "day", type = "date" },
  { name = "size", type = "choice", choices = ["大", "小"] },
  { name = "share", type = "percent" },
]

[[dimensions]]
name = "value"
weight = 60
bands = [
  { label = "high", when = "amount >= 100", points = 100 },
  { label = "low", points = 20 },
]
[[dimensions]]
name = "age"
weight = 40
bands = [
  { label = "old", when = "day <= date '2020-12-31'", points = 100 },
  { label = "new", points = 50 },
]

[[grades]]
name = "A"
when = "score >= 80"
[[grades]]
name = "B"
when = "amount < 1200"
[[grades]]
name = "C"

[[types]]
name = "key"
when = "size = '大' and grade = 'A'"
[[types]]
name = "other"

[[tags]]
name = "{size}"

[output]
columns = ["*", "points(value)", "得分 = score", "等级 = grade", "type", "tags"]
"#;

/// A row: a cell that is none is left out.
#[derive(Clone, Debug)]
struct Row {
    texts: [String; 4],
    amount: Option<f64>,
    day: Option<f64>,
    share: Option<f64>,
}

fn row(index: usize) -> Row {
    Row {
        texts: [
            format!("C{index}"),
            format!("客户{}", index % 700),
            ["大", "小"][index % 2].to_owned(),
            ["", "a, \"b\"", " x", "_x0041_ & <c>"][index % 4].to_owned(),
        ],
        amount: Some(index as f64 + 0.5),
        day: Some(40_000.0 + index as f64),
        share: Some(0.1),
    }
}

/// A workbook of these rows, the first below `above` rows of titles and the header. `is_lean`: texts stand in their cells.
fn book(
    rows: &[Option<Row>],
    above: u32,
    is_lean: bool,
    change: impl Fn(&mut Workbook),
) -> Vec<u8> {
    let mut book = Workbook::new();
    let (dates, shares) = (
        Format::new().set_num_format("yyyy-mm-dd"),
        Format::new().set_num_format("0.00%"),
    );
    let sheet = if is_lean {
        book.add_worksheet_with_constant_memory().unwrap()
    } else {
        book.add_worksheet()
    };
    for title in 0..above {
        sheet.write(title, 0, "客户清单").unwrap();
    }
    for (column, header) in (0..).zip(["id", "name", "amount", "day", "size", "share", "note"]) {
        sheet.write(above, column, header).unwrap();
    }
    for (at, row) in (above + 1..).zip(rows) {
        let Some(row) = row else { continue };
        for (column, text) in [0, 1, 4, 6].into_iter().zip(&row.texts) {
            if !text.is_empty() {
                sheet.write(at, column, text).unwrap();
            }
        }
        if let Some(amount) = row.amount {
            sheet.write(at, 2, amount).unwrap();
        }
        if let Some(day) = row.day {
            let day = ExcelDateTime::from_serial_datetime(day).unwrap();
            sheet.write_with_format(at, 3, &day, &dates).unwrap();
        }
        if let Some(share) = row.share {
            sheet.write_with_format(at, 5, share, &shares).unwrap();
        }
    }
    change(&mut book);
    book.save_to_buffer().unwrap()
}

fn scheme() -> Scheme {
    let (scheme, findings) = validate(SCHEME);
    scheme.unwrap_or_else(|| panic!("{findings:?}"))
}

fn known(scheme: &Scheme) -> Vec<KnownSheet> {
    let customers = scheme.customers.as_ref().unwrap();
    let fields = &customers.sheet.fields;
    let headers = |field: &Field| field_headers(field);
    vec![KnownSheet {
        name: customers.sheet.name.clone(),
        key: headers(&fields[customers.key]),
        required: vec![headers(&fields[customers.key])],
        headers: fields.iter().flat_map(headers).collect(),
        results: vec![],
    }]
}

fn as_of() -> Date {
    Date::parse_iso("2025-12-31").unwrap()
}

/// What a call gives.
#[derive(Debug, PartialEq)]
struct Given {
    /// The parts of a workbook, or one text.
    written: BTreeMap<String, String>,
    findings: Vec<Finding>,
    columns: Vec<Finding>,
    summary: String,
}

fn given(
    written: &[u8],
    findings: Vec<Finding>,
    columns: Vec<Finding>,
    summary: &Summary,
) -> Given {
    let mut json = vec![];
    write_json(summary, &mut json).unwrap();
    Given {
        written: parts(written),
        findings,
        columns,
        summary: String::from_utf8(json).unwrap(),
    }
}

/// The parts of a package, inflated; a text is one.
fn parts(written: &[u8]) -> BTreeMap<String, String> {
    let Ok(mut archive) = ZipArchive::new(Cursor::new(written)) else {
        return BTreeMap::from([(String::new(), String::from_utf8(written.to_vec()).unwrap())]);
    };
    let mut parts = BTreeMap::new();
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).unwrap();
        let mut text = String::new();
        part.read_to_string(&mut text).unwrap();
        parts.insert(part.name().unwrap().into_owned(), text);
    }
    parts
}

fn options() -> WorkbookOptions {
    WorkbookOptions {
        plain: true,
        ..WorkbookOptions::default()
    }
}

/// The whole path; what it refuses is `None`.
fn whole(name: &str, bytes: &[u8], layout: Layout) -> Option<Given> {
    let scheme = scheme();
    let mut tables = held(name, bytes, &known(&scheme), &Options::default()).ok()?;
    let mut table = tables.remove(0);
    let mut findings = std::mem::take(&mut table.notes);
    let files = vec![(table.origin.place().to_string(), table.rows.len())];
    let mut inputs = Inputs::empty(&scheme);
    inputs.customers.push(table);
    let grading = grade(Arc::new(scheme), inputs, as_of(), Past::default());
    if grading.findings.iter().any(book::is_refusal) {
        return None;
    }
    findings.extend(grading.findings.iter().cloned());
    let entries = grading.entries_where(None, &mut findings);
    findings.extend(regrade::explain::unrated(&grading));
    let view = View {
        lang: Lang::Zh,
        entries,
        columns: None,
        layout,
    };
    let results = Results::new(&grading, view);
    let summary = summarise(&grading, Lang::Zh, SCHEME, files, findings.clone());
    let mut out = Cursor::new(vec![]);
    if layout == Layout::Workbook {
        write(&results, &summary, &Beside::default(), &mut out, &options()).unwrap();
    } else {
        csv::write(&results, b',', true, true, &mut out).unwrap();
    }
    let columns = results.findings.clone();
    Some(given(&out.into_inner(), findings, columns, &summary))
}

/// The pieces of a source.
fn pieces<S: Source>(
    source: &S,
    place: &str,
    next: impl FnMut() -> Result<Option<S::Piece>, Reason> + Send,
    layout: Layout,
    foreseen: &mut Option<Vec<ColumnKind>>,
) -> Result<Given, Reason> {
    let scheme = scheme();
    let grader = Grader::new(&scheme, as_of(), Lang::Zh, Asked::default(), layout);
    let drive = Drive {
        grader: &grader,
        threads: 2,
        spill: &|| Ok(Box::new(Cursor::new(vec![])) as Box<dyn Spill>),
    };
    let tell = |(outcome, mut findings): (Outcome, Vec<Finding>)| {
        findings.extend(outcome.findings);
        findings.extend(outcome.unrated);
        let of = Of {
            scheme: &scheme,
            as_of: as_of(),
            lang: Lang::Zh,
            text: SCHEME,
        };
        let files = vec![(place.to_owned(), outcome.rows)];
        let summary = outcome.tally.summary(&of, files, findings.clone());
        (findings, outcome.columns, summary)
    };
    let mut out = Cursor::new(vec![]);
    let (findings, columns, summary) = if layout == Layout::Workbook {
        let book = InBlocks::new(options(), foreseen.take())?;
        let done = drive.into_book(source, next, &book)?;
        if let Err(misfit) = book.is_sound() {
            *foreseen = Some(book.kinds());
            return Err(misfit.into());
        }
        let told = tell(done);
        book.save(&told.2, &mut out)?;
        told
    } else {
        let sink = TextSink {
            delimiter: b',',
            mark: Some(true),
        };
        tell(drive.into_text(source, next, sink, &mut out)?)
    };
    Ok(given(&out.into_inner(), findings, columns, &summary))
}

/// A workbook both ways; the reason, where the pieces gave none.
fn both(bytes: &[u8], layout: Layout) -> Result<(), Reason> {
    let scheme = scheme();
    let known = known(&scheme);
    let sheet = Worksheet::of("c.xlsx", bytes, None, &known, &Options::default())?;
    let mut foreseen = None;
    let mut once = || {
        sheet.read(|next| {
            let next = || Ok(next()?);
            pieces(&sheet, &sheet.place(), next, layout, &mut foreseen)
        })?
    };
    let mut piecewise = once();
    if piecewise == Err(Misfit::Places.into()) {
        piecewise = once();
    }
    let piecewise = piecewise?;
    let expected = whole("c.xlsx", bytes, layout).expect("refused as a whole, graded in pieces");
    assert_same(&piecewise, &expected);
    Ok(())
}

/// Part for part, so that what differs can be read.
fn assert_same(piecewise: &Given, expected: &Given) {
    let names = |given: &Given| given.written.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(piecewise), names(expected));
    // The customers' own sheet first: the properties say that something is another, not what.
    for (name, part) in piecewise.written.iter().rev() {
        let expected = &expected.written[name];
        if part != expected {
            let mut same = part.char_indices().zip(expected.chars());
            let at = same.find(|((_, one), other)| one != other);
            let at = at.map_or(part.len().min(expected.len()), |((at, _), _)| at);
            let from = (0..=at.saturating_sub(100))
                .rev()
                .find(|at| part.is_char_boundary(*at));
            let about = |text: &str| text[from.unwrap()..].chars().take(200).collect::<String>();
            panic!("{name}\n{}\n{}", about(part), about(expected));
        }
    }
    assert_eq!(piecewise.findings, expected.findings);
    assert_eq!(piecewise.columns, expected.columns);
    assert_eq!(piecewise.summary, expected.summary);
}

fn sound(count: usize) -> Vec<Option<Row>> {
    (0..count).map(|index| Some(row(index))).collect()
}

const LAYOUTS: [Layout; 2] = [Layout::Workbook, Layout::Text];

#[test]
fn sound_workbooks_are_graded_in_pieces() {
    for (count, above, is_lean) in [(1, 0, false), (2500, 0, false), (2500, 2, true)] {
        let bytes = book(&sound(count), above, is_lean, |_| ());
        for layout in LAYOUTS {
            assert_eq!(both(&bytes, layout), Ok(()));
        }
    }
    // Empty worksheets beside it, and totals below a gap.
    let mut rows = sound(2000);
    let total = Row {
        texts: [
            "合计".to_owned(),
            String::new(),
            String::new(),
            String::new(),
        ],
        amount: Some(9.0),
        day: None,
        share: None,
    };
    rows.extend([None, Some(total)]);
    let bytes = book(&rows, 1, false, |book| {
        book.add_worksheet();
    });
    for layout in LAYOUTS {
        assert_eq!(both(&bytes, layout), Ok(()));
    }
}

#[test]
fn places_that_a_later_row_needs_are_those_of_all_rows() {
    let mut rows = sound(2500);
    rows[2400].as_mut().unwrap().amount = Some(1.2345);
    rows[1400].as_mut().unwrap().share = Some(0.123_45);
    rows[2499].as_mut().unwrap().texts[1] = "很长的客户名称".repeat(3);
    let bytes = book(&rows, 0, false, |_| ());
    for layout in LAYOUTS {
        assert_eq!(both(&bytes, layout), Ok(()));
    }
}

#[test]
fn what_only_the_whole_can_tell_is_left_to_it() {
    let mut gap = sound(2000);
    gap[1500] = None;
    let mut twice = sound(2000);
    twice[1900].as_mut().unwrap().texts[0] = "C3".to_owned();
    let other = |book: &mut Workbook| {
        let sheet = book.add_worksheet();
        sheet.write(0, 0, "id").unwrap();
        sheet.write(1, 0, "C1").unwrap();
    };
    let stray = |book: &mut Workbook| {
        let sheet = book.worksheet_from_index(0).unwrap();
        sheet.write(1700, 20, "beyond").unwrap();
    };
    let beside = |book: &mut Workbook| {
        let sheet = book.worksheet_from_index(0).unwrap();
        sheet.write(1, 20, "beyond").unwrap();
    };
    // A header of no sheet of the scheme.
    let foreign = |book: &mut Workbook| {
        let sheet = book.worksheet_from_index(0).unwrap();
        for (column, header) in (0..).zip(["a", "b", "c", "d", "e", "f", "g"]) {
            sheet.write(0, column, header).unwrap();
        }
    };
    for (bytes, reason) in [
        (book(&gap, 0, false, |_| ()), Unfit::Gap.into()),
        (book(&twice, 0, false, |_| ()), Reason::SameKey),
        (book(&sound(900), 0, false, other), Unfit::Worksheets.into()),
        (book(&sound(1800), 0, false, stray), Unfit::Gap.into()),
        (book(&sound(20), 0, false, foreign), Unfit::Head.into()),
        (
            book(&sound(20), 0, false, beside),
            Unfit::NamelessColumn.into(),
        ),
    ] {
        for layout in LAYOUTS {
            assert_eq!(both(&bytes, layout), Err(reason));
        }
    }
    // A bit that is wrong somewhere in it is found before anything is written.
    let sound = book(&sound(1500), 0, false, |_| ());
    let mut found = 0;
    for at in (100..sound.len() - 100).step_by(2999) {
        let mut damaged = sound.clone();
        damaged[at] ^= 8;
        let given = both(&damaged, Layout::Text);
        found += usize::from(given.is_err());
        if given.is_ok() {
            assert_eq!(
                whole("c.xlsx", &damaged, Layout::Text),
                whole("c.xlsx", &sound, Layout::Text),
                "{at}"
            );
        }
    }
    assert!(found > 5, "{found}");
}

/// A workbook that a program wrote, with other rows.
fn with_rows(bytes: &[u8], rows: &str) -> Vec<u8> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut out = ZipWriter::new(Cursor::new(vec![]));
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).unwrap();
        let name = part.name().unwrap().into_owned();
        let mut text = String::new();
        part.read_to_string(&mut text).unwrap();
        if name == "xl/worksheets/sheet1.xml" {
            let start = text.find("<row r=\"1\"").unwrap();
            let end = text.find("</sheetData>").unwrap();
            text.replace_range(start..end, rows);
        }
        out.start_file(name, SimpleFileOptions::default()).unwrap();
        out.write_all(text.as_bytes()).unwrap();
    }
    out.finish().unwrap().into_inner()
}

#[test]
fn rows_without_cells_are_held_to_limits_and_to_their_order() {
    let sound = book(&sound(3), 0, false, |_| ());
    // Nothing is known of the table before a row with cells: 210 MB that are packed well.
    let space = " ".repeat(300_000);
    let empty = |rows: Range<u32>, inside: &str| {
        rows.fold(String::new(), |text, row| {
            text + &format!("<row r=\"{row}\">{inside}</row>")
        })
    };
    let wide = empty(1..700, &space);
    let given = both(&with_rows(&sound, &wide), Layout::Text);
    assert_eq!(given, Err(Unfit::TooLarge.into()));
    // In several pieces, each in order by itself.
    let again = empty(1..20_000, "") + &empty(5..6, "");
    let given = both(&with_rows(&sound, &again), Layout::Text);
    let is_not_plain = matches!(given, Err(Reason::Worksheet(Unfit::NotPlain(_))));
    assert!(is_not_plain, "{given:?}");
}

#[test]
fn what_is_no_workbook_is_not_read() {
    let may = |start: &[u8], size| may_be_read(start, size);
    assert_eq!(may(b"PK\x03\x04", 9000), Ok(()));
    assert_eq!(may(b"id,n", 9000), Err(Unfit::Format));
    assert_eq!(may(b"PK", 2), Err(Unfit::Format));
    assert_eq!(may(b"PK\x03\x04", 2 << 30), Err(Unfit::TooLarge));
}

#[test]
fn text_files_become_workbooks_in_pieces() {
    let mut text = "id,name,amount,day,size,share,note\n".to_owned();
    for index in 0..2500 {
        let Row { texts, .. } = row(index);
        let [id, name, size, note] = texts.map(|text| text.replace('"', "\"\""));
        text += &format!(
            "{id},{name},{index}.5,2019-03-0{},{size},12%,\"{note}\"\n",
            index % 10
        );
    }
    let scheme = scheme();
    let known = known(&scheme);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("c.csv");
    std::fs::write(&path, &text).unwrap();
    let input = Input::File {
        path,
        name: "c.csv".to_owned(),
        worksheet: None,
    };
    let file = TextFile::open(&input, &known, &Options::default()).unwrap();
    let head = file.head();
    for block in [9000, 1 << 20] {
        let blocks = Blocks::new(file.rows(), head.line(), block);
        let next = || blocks.block().map_err(Reason::from);
        let layout = Layout::Workbook;
        let piecewise = pieces(head, &head.place(), next, layout, &mut None);
        let expected = whole("c.csv", text.as_bytes(), layout).unwrap();
        assert_same(&piecewise.unwrap(), &expected);
    }
}

#[test]
fn what_does_not_fit_into_blocks_is_left_to_the_whole_path() {
    let scheme = scheme();
    let names = AllNames::new(&scheme);
    let bytes = book(&sound(20), 0, false, |_| ());
    let known = known(&scheme);
    let sheet = Worksheet::of("c.xlsx", &bytes, None, &known, &Options::default()).unwrap();
    let poured = |asked: Asked, options: WorkbookOptions| -> Result<(), Reason> {
        let grader = Grader::new(&scheme, as_of(), Lang::Zh, asked, Layout::Workbook);
        let drive = Drive {
            grader: &grader,
            threads: 2,
            spill: &|| Ok(Box::new(Cursor::new(vec![])) as Box<dyn Spill>),
        };
        sheet.read(|next| {
            let book = InBlocks::new(options, None)?;
            let (outcome, _) = drive.into_book(&sheet, || Ok(next()?), &book)?;
            let of = Of {
                scheme: &scheme,
                as_of: as_of(),
                lang: Lang::Zh,
                text: SCHEME,
            };
            let summary = outcome.tally.summary(&of, vec![], vec![]);
            Ok(book.save(&summary, Cursor::new(vec![]))?)
        })?
    };
    assert_eq!(poured(Asked::default(), options()), Ok(()));
    let wanted = "amount > 1000000";
    let nobody = Asked {
        wanted: Some(Expression {
            text: wanted.into(),
            bound: expr::condition(wanted, &names, &mut vec![]).unwrap(),
        }),
        ..Asked::default()
    };
    assert_eq!(poured(nobody, options()), Err(Misfit::Way.into()));
    // A worksheet has 16,384 columns.
    let one = parse_columns("amount", &names).unwrap().remove(0);
    let many = Asked {
        columns: Some(vec![one; 16_385]),
        ..Asked::default()
    };
    assert_eq!(poured(many, options()), Err(Misfit::Columns.into()));
    let nowhere = WorkbookOptions {
        temp_dir: Some("there/is/no/such/folder".into()),
        ..options()
    };
    assert_eq!(
        poured(Asked::default(), nowhere),
        Err(Misfit::Failed.into())
    );
    let whole = WorkbookOptions {
        plain: false,
        ..options()
    };
    assert_eq!(poured(Asked::default(), whole), Err(Misfit::Sheets.into()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn any_rows_give_the_same_or_a_reason(
        changes in prop::collection::vec((0..1500_usize, 0..9_usize), 0..6),
        count in 1..1500_usize,
        above in 0..3_u32,
        is_lean: bool,
    ) {
        let mut rows = sound(count);
        for (at, change) in changes {
            let at = at % count;
            let Some(row) = &mut rows[at] else { continue };
            match change {
                0 => row.amount = None,
                1 => row.amount = Some(-1.0),
                2 => row.day = None,
                3 => row.share = Some(0.123_456),
                4 => row.texts[2] = "中".to_owned(),
                5 => row.texts[0].clear(),
                6 => row.texts[3] = "两行\n文字".to_owned(),
                7 => row.texts[0] = "合计".to_owned(),
                _ => rows[at] = None,
            }
        }
        let bytes = book(&rows, above, is_lean, |_| ());
        for layout in LAYOUTS {
            let given = both(&bytes, layout);
            // Rows that are left out are gaps, but for the last ones.
            if rows.iter().all(Option::is_some) {
                prop_assert_eq!(given, Ok(()));
            }
        }
    }
}
