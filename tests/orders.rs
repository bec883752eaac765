//! Money is never doubled or lost: January, January to February, a corrected January and the files of two regions, in
//! every order, come to the plain sum of the distinct rows for each customer and month.
//!
//! What is true is a list of rows; every file is an export of some of them on some day, the first one with slips that
//! were put right later. All orders go through the library, which is fast; some through the program, every call made
//! twice.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::inconsistent_digit_grouping,
    reason = "a test that cannot read its own files fails by panic; 99_99 is 99.99 in cents"
)]

use regrade::book::{self, Filing, Filings, Inputs, source_of};
use regrade::grading::{self, Past};
use regrade::read::{self, Input, KnownSheet, Options, Table};
use regrade::scheme::{self, Scheme};
use regrade::table::{Column, Date, Decimal};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

/// The sums of a customer in January and in February, in cents.
type Totals = BTreeMap<String, [i64; 2]>;

/// A row as it is now, and as the first January had it.
struct Row {
    /// Head office or a region: where its file comes from.
    of: &'static str,
    /// Blank for a row that has none even where the sheet has ids.
    id: &'static str,
    customer: &'static str,
    day: &'static str,
    /// In cents; `None` for a row that the first January had by mistake.
    now: Option<i64>,
    /// In cents; `None` for a row that it lacked.
    first: Option<i64>,
}

const fn row(
    of: &'static str,
    id: &'static str,
    customer: &'static str,
    day: &'static str,
    now: i64,
) -> Row {
    Row {
        of,
        id,
        customer,
        day,
        now: Some(now),
        first: Some(now),
    }
}

/// What is true. The exports of January have rows on its first and last day, so that they span it.
const ROWS: [Row; 21] = [
    row("订单", "h1", "甲", "2024-01-01", 10_000),
    // Twice the same on one day: two purchases.
    row("订单", "h2", "甲", "2024-01-05", 10_01),
    row("订单", "h3", "甲", "2024-01-05", 10_01),
    Row {
        first: Some(99_999),
        ..row("订单", "h4", "乙", "2024-01-10", 99_99)
    },
    Row {
        first: None,
        ..row("订单", "h5", "乙", "2024-01-11", 5_00)
    },
    // A return.
    row("订单", "h6", "丙", "2024-01-20", -7_50),
    // Nobody gave it an id.
    row("订单", "", "丙", "2024-01-21", 3_33),
    row("订单", "h7", "丁", "2024-01-31", 1),
    row("订单", "h8", "甲", "2024-02-01", 20_000),
    row("订单", "h9", "乙", "2024-02-15", 20_00),
    row("订单", "", "丙", "2024-02-16", 3_33),
    row("订单", "h10", "丙", "2024-02-29", 30_00),
    // As in head office's file, but another purchase.
    row("订单-华东", "e1", "甲", "2024-01-05", 10_01),
    row("订单-华东", "e2", "丁", "2024-01-06", 40_00),
    row("订单-华东", "e3", "丁", "2024-02-06", 41_00),
    row("订单-华东", "", "乙", "2024-02-07", 42_00),
    row("订单-华北", "n1", "甲", "2024-01-05", 10_01),
    row("订单-华北", "n2", "乙", "2024-01-31", 50_00),
    row("订单-华北", "n3", "乙", "2024-02-01", 51_00),
    row("订单-华北", "n4", "戊", "2024-02-28", 52_00),
    // Only what has no id can be taken back by a file that does not have it any more.
    Row {
        now: None,
        first: Some(77_700),
        ..row("订单", "", "丁", "2024-01-15", 0)
    },
];

/// An export: its name, the day on which it is imported, what it covers by word of the user, which rows it has.
#[derive(Clone, Copy)]
struct File {
    name: &'static str,
    as_of: &'static str,
    covers: Option<&'static str>,
    of: &'static str,
    /// First and last day of its rows.
    days: [&'static str; 2],
    /// Whether January's rows are those of the first January.
    is_early: bool,
}

const JANUARY: File = File {
    name: "订单2024-01.csv",
    as_of: "2024-01-31",
    covers: None,
    of: "订单",
    days: ["2024-01-01", "2024-01-31"],
    is_early: true,
};
const CORRECTED: File = File {
    name: "更正/订单2024-01.csv",
    as_of: "2024-02-10",
    is_early: false,
    ..JANUARY
};
const BOTH: File = File {
    name: "订单2024-01至2024-02.csv",
    as_of: "2024-02-29",
    days: ["2024-01-01", "2024-02-29"],
    is_early: false,
    ..JANUARY
};
const EAST: File = File {
    name: "订单-华东2024-02.csv",
    as_of: "2024-02-29",
    of: "订单-华东",
    is_early: false,
    ..BOTH
};
const NORTH: File = File {
    name: "订单-华北2024-02.csv",
    as_of: "2024-03-01",
    of: "订单-华北",
    ..EAST
};

/// The five files as they may come into being. All end with what is true.
fn stories() -> Vec<(&'static str, [File; 5])> {
    let late = File {
        as_of: "2024-03-05",
        ..CORRECTED
    };
    let early_both = File {
        is_early: true,
        ..BOTH
    };
    let narrow = File {
        // It lacks the rows of the first day, which it nevertheless speaks of; they come with January to February.
        days: ["2024-01-02", "2024-01-31"],
        covers: Some("2024-01"),
        ..CORRECTED
    };
    vec![
        (
            "corrected, then exported again",
            [JANUARY, BOTH, CORRECTED, EAST, NORTH],
        ),
        (
            "corrected after both months were exported",
            [JANUARY, early_both, late, EAST, NORTH],
        ),
        (
            "the corrected file says what it covers",
            [JANUARY, BOTH, narrow, EAST, NORTH],
        ),
    ]
}

fn amount(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    let cents = cents.abs();
    format!("{sign}{}.{:02}", cents / 100, cents % 100)
}

impl File {
    fn text(&self, has_ids: bool) -> String {
        let mut text = String::from("客户,日期,金额,订单编号\n");
        for row in &ROWS {
            let is_in = row.of == self.of && (self.days[0]..=self.days[1]).contains(&row.day);
            let is_january = row.day < "2024-02";
            let cents = if self.is_early && is_january {
                row.first
            } else {
                row.now
            };
            if let (true, Some(cents)) = (is_in, cents) {
                let id = if has_ids { row.id } else { "" };
                let (customer, day) = (row.customer, row.day);
                writeln!(text, "{customer},{day},{},{id}", amount(cents)).unwrap();
            }
        }
        text
    }

    fn table(&self, has_ids: bool) -> Table {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("订单.csv");
        fs::write(&path, self.text(has_ids)).unwrap();
        let known = KnownSheet {
            name: "orders".into(),
            key: vec!["客户".to_owned()],
            required: vec![],
            headers: ["客户", "日期", "金额", "订单编号"]
                .map(str::to_owned)
                .to_vec(),
            results: vec![],
        };
        let input = Input::File {
            path,
            name: self.name.to_owned(),
            worksheet: None,
        };
        let tables = read::open(&input, &[known], &Options::default(), &|_, _| {});
        tables.unwrap().remove(0)
    }

    fn filing(&self, order: usize) -> Filing {
        let source = source_of(self.name);
        assert_eq!(source, self.of, "{}", self.name);
        let date = |text: &str| Date::parse_iso(text).unwrap();
        let mut filing = Filing::named(&source, date(self.as_of), order as u64);
        if self.covers.is_some() {
            filing.covers = vec![(date("2024-01-01"), date("2024-01-31"))];
        }
        filing
    }
}

const SCHEME: &str = r#"
[sheets.orders]
customer = "客户"
date = "日期"
id = "订单编号"
fields = [{ name = "金额", type = "money" }]
[[metrics]]
name = "一月"
from = "orders"
value = "sum(金额)"
where = "日期 < '2024-02-01'"
[[metrics]]
name = "二月"
from = "orders"
value = "sum(金额)"
where = "日期 >= '2024-02-01'"
[[grades]]
name = "A"
"#;

/// The scheme, with an id or without.
fn scheme_text(has_ids: bool) -> String {
    if has_ids {
        SCHEME.to_owned()
    } else {
        SCHEME.replace("id = \"订单编号\"\n", "")
    }
}

/// The plain sum of what is true.
fn truth() -> Totals {
    let mut totals = Totals::new();
    for row in &ROWS {
        if let Some(cents) = row.now {
            let month = usize::from(row.day >= "2024-02");
            totals.entry(row.customer.to_owned()).or_default()[month] += cents;
        }
    }
    totals
}

/// All orders of five things.
fn permutations() -> Vec<[usize; 5]> {
    let mut found = vec![];
    let mut add = |order: [usize; 5]| {
        if (0..5).all(|number| order.contains(&number)) {
            found.push(order);
        }
    };
    for number in 0..5_usize.pow(5) {
        add([1, 5, 25, 125, 625].map(|power| number / power % 5));
    }
    assert_eq!(found.len(), 120);
    found
}

/// What a grading of the files in this order sums up to.
fn totals(scheme: &Arc<Scheme>, tables: &[Table], files: &[File], order: &[usize]) -> Totals {
    let filings = order.iter().enumerate();
    let filings = filings.map(|(at, file)| files[*file].filing(at)).collect();
    let inputs = Inputs {
        events: vec![order.iter().map(|file| tables[*file].clone()).collect()],
        filings: Filings {
            events: vec![filings],
            ..Filings::default()
        },
        ..Inputs::default()
    };
    let as_of = Date::parse_iso("2024-03-31").unwrap();
    let grading = grading::grade(scheme.clone(), inputs, as_of, Past::default());
    assert!(!grading.findings.iter().any(book::is_refusal));
    let sums = |metric: usize| match grading.facts.get(scheme.metrics[metric].slot) {
        Column::Number(sums) => sums.clone(),
        other => panic!("{other:?}"),
    };
    let (january, february) = (sums(0), sums(1));
    let cents = |millionths: i64| {
        assert_eq!(millionths % 10_000, 0);
        millionths / 10_000
    };
    let ids = grading.book.roster.ids.iter().enumerate();
    ids.map(|(at, id)| (id.to_string(), [cents(january[at]), cents(february[at])]))
        .collect()
}

#[test]
fn every_order_of_importing_gives_the_plain_sum() {
    let expected = truth();
    for has_ids in [true, false] {
        let (scheme, findings) = scheme::validate(&scheme_text(has_ids));
        let scheme = Arc::new(scheme.unwrap_or_else(|| panic!("{findings:?}")));
        for (story, files) in stories() {
            let tables: Vec<Table> = files.iter().map(|file| file.table(has_ids)).collect();
            for order in permutations() {
                let found = totals(&scheme, &tables, &files, &order);
                assert_eq!(found, expected, "{story}, ids {has_ids}, order {order:?}");
            }
        }
    }
}

/// The test can fail: each slip of the first January, and each file that is left out, changes a sum.
#[test]
fn what_is_wrong_or_left_out_shows() {
    let expected = truth();
    let (scheme, _) = scheme::validate(&scheme_text(false));
    let scheme = Arc::new(scheme.unwrap());
    let files = [JANUARY, BOTH, CORRECTED, EAST, NORTH];
    let tables: Vec<Table> = files.iter().map(|file| file.table(false)).collect();
    let of = |order: &[usize]| totals(&scheme, &tables, &files, order);
    assert_eq!(of(&[1, 3, 4]), expected);
    for order in [&[0, 3, 4][..], &[2, 3, 4], &[0, 1, 2, 3], &[0, 1, 2, 4]] {
        assert_ne!(of(order), expected, "{order:?}");
    }
    // An older file that came in later is not the newer one.
    assert_eq!(of(&[2, 0, 3, 4]), of(&[0, 2, 3, 4]));
}

/// Runs the program in a folder; what it prints.
fn regrade(folder: &Path, arguments: &[&str]) -> String {
    let run = Command::new(env!("CARGO_BIN_EXE_regrade"))
        .args(arguments)
        .current_dir(folder)
        .env("LANG", "C.UTF-8")
        .env_remove("REGRADE_LEDGER")
        .env_remove("REGRADE_RULES")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{arguments:?}: {said}");
    String::from_utf8(run.stdout).unwrap()
}

/// Imports the files in this order as a user does, every call made twice if `twice`; the sums of a run.
fn imported(has_ids: bool, files: &[File], order: &[usize], twice: bool) -> Totals {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    fs::create_dir(here.join("更正")).unwrap();
    fs::write(here.join("rules.toml"), scheme_text(has_ids)).unwrap();
    for file in files {
        fs::write(here.join(file.name), file.text(has_ids)).unwrap();
    }
    let import = |file: &File| {
        let mut arguments = vec!["import", "-q", file.name, "--as-of", file.as_of];
        arguments.extend(file.covers.iter().flat_map(|span| ["--covers", span]));
        regrade(here, &arguments);
    };
    for file in order {
        import(&files[*file]);
        if twice {
            import(&files[*file]);
        }
    }
    if twice {
        // And all of them once more, as a folder that still holds last month's files.
        for file in order {
            import(&files[*file]);
        }
    }
    let columns = ["--columns", "客户,一月,二月", "--format", "csv"];
    let grade = ["grade", "-q", "--as-of", "2024-03-31"];
    let printed = regrade(here, &[&grade[..], &columns[..]].concat());
    let mut rows = csv::Reader::from_reader(printed.as_bytes());
    let cents = |text: &str| Decimal::parse(text).unwrap().millionths() / 10_000;
    let row = |row: csv::StringRecord| (row[0].to_owned(), [cents(&row[1]), cents(&row[2])]);
    rows.records().map(|found| row(found.unwrap())).collect()
}

#[test]
fn the_program_sums_up_the_same_with_every_call_made_twice() {
    let expected = truth();
    let orders = permutations();
    for (number, (story, files)) in stories().into_iter().enumerate() {
        for has_ids in [true, false] {
            // Another part of the orders for each story, the corrected January first among them.
            let some = orders.iter().skip(number + usize::from(has_ids) * 7);
            let corrected_first = orders.iter().find(|order| order[0] == 2 && order[4] == 0);
            for order in some.step_by(41).chain(corrected_first) {
                let twice = order[0] % 2 == 0;
                let found = imported(has_ids, &files, order, twice);
                assert_eq!(found, expected, "{story}, ids {has_ids}, order {order:?}");
            }
        }
    }
}
