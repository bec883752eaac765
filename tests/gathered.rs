//! Event sheets that are read piece by piece give what reading them whole gives: every column, every finding, in order.
//! What cannot be read so says why, each for its reason.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot read its own files fails by panic"
)]

use proptest::prelude::*;
use regrade::book::{self, Inputs, Whole};
use regrade::expr::Slot;
use regrade::grading::{self, Grading, Past};
use regrade::read::blocks::{Block, Blocks, TextFile, Unfit};
use regrade::read::{self, Input, KnownSheet, Options, Table};
use regrade::scheme::{self, Scheme};
use regrade::table::{Column, Date, RawRows, Value};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::Arc;

/// As small as can be: pieces of a row or two.
const TINY: usize = 37;

fn scheme_of(text: &str) -> Arc<Scheme> {
    let (scheme, findings) = scheme::validate(text);
    Arc::new(scheme.unwrap_or_else(|| panic!("{findings:?}")))
}

fn date(text: &str) -> Date {
    Date::parse_iso(text).unwrap()
}

/// What the scheme knows of its first event sheet.
fn known(scheme: &Scheme) -> KnownSheet {
    let rule = &scheme.events[0];
    let name = |field: usize| vec![rule.sheet.fields[field].name.to_string()];
    KnownSheet {
        name: rule.sheet.name.clone(),
        key: name(rule.customer),
        required: vec![name(rule.customer), name(rule.date)],
        headers: (0..rule.sheet.fields.len()).flat_map(name).collect(),
        results: vec![],
    }
}

fn input(path: &Path) -> Input {
    Input::File {
        path: path.to_path_buf(),
        name: "orders.csv".into(),
        worksheet: None,
    }
}

fn table(path: &Path, known: &[KnownSheet]) -> Table {
    let tables = read::open(&input(path), known, &Options::default(), &|_, _| {});
    tables.unwrap().remove(0)
}

/// The sheets of the customers, if there are any, beside the events.
fn inputs(customers: Option<&Path>, events: Table) -> Inputs {
    Inputs {
        customers: customers.iter().map(|path| table(path, &[])).collect(),
        events: vec![vec![events]],
        ..Inputs::default()
    }
}

/// Grades the events of a file, read whole.
fn whole(scheme: &Arc<Scheme>, customers: Option<&Path>, events: &Path, as_of: Date) -> Grading {
    let table = table(events, &[known(scheme)]);
    let inputs = inputs(customers, table);
    grading::grade(scheme.clone(), inputs, as_of, Past::default())
}

/// The same, read piece by piece.
fn gathered(
    scheme: &Arc<Scheme>,
    customers: Option<&Path>,
    events: &Path,
    as_of: Date,
    piece: usize,
) -> Result<Grading, Whole> {
    let file = TextFile::open(&input(events), &[known(scheme)], &Options::default());
    let file = file.map_err(Whole::File)?;
    let mut table = file.head().table();
    let head = file.head();
    let blocks = Blocks::of_lines(file.rows(), head.line(), piece);
    let rows = book::gather(scheme, &scheme.events[0], head, &blocks, as_of)?;
    table.rows = RawRows::left_out(table.header_row + 1, rows.rows);
    let mut inputs = inputs(customers, table);
    inputs.gathered.insert(0, rows);
    Ok(grading::grade(
        scheme.clone(),
        inputs,
        as_of,
        Past::default(),
    ))
}

/// All that a grading says: who, every value of every slot, grades, findings.
fn said(grading: &Grading) -> String {
    let mut said = String::new();
    let mut column = |name: &str, column: &Column| {
        let values: Vec<Value> = (0..column.len()).map(|row| column.value(row)).collect();
        writeln!(said, "{name}: {values:?}").unwrap();
    };
    for (place, entry) in (0u32..).zip(&grading.scheme.slots.entries) {
        let slot = Slot(place);
        if let Some(series) = grading.facts.get_series(slot) {
            column(&format!("{} {:?}", entry.name, series.ends), &series.values);
        } else {
            column(&entry.name, grading.facts.get(slot));
        }
    }
    let book = &grading.book;
    writeln!(said, "{:?} {:?}", book.roster.ids, book.roster.entries).unwrap();
    writeln!(said, "{:?}", grading.decided).unwrap();
    for rows in &book.events {
        // The rows of each customer lie in the order of the file, wherever those of the others are.
        for customer in 0..book.roster.len() {
            let own = rows.rows_of(customer).map(|row| row as usize);
            let own = own.map(|row| (rows.days[row], rows.clean.rows[row]));
            writeln!(said, "{:?}", own.collect::<Vec<_>>()).unwrap();
        }
        writeln!(said, "{:?}", rows.coverage).unwrap();
    }
    for finding in &grading.findings {
        writeln!(said, "{finding:?}").unwrap();
    }
    said
}

const SHEET: &str = r#"
[scheme]
name = "t"
version = "1"
period = "month"
[sheets.orders]
customer = "id"
date = "day"
fields = [
  { name = "id", type = "id" },
  { name = "day", type = "date" },
  { name = "amount", type = "money" },
  { name = "shop", type = "text" },
]
"#;

/// One metric of each kind.
const METRICS: &str = r#"
[[metrics]]
name = "count"
from = "orders"
value = "count()"
[[metrics]]
name = "sum"
from = "orders"
value = "sum(amount)"
[[metrics]]
name = "mean"
from = "orders"
value = "mean(amount)"
within = "3 months"
[[metrics]]
name = "least"
from = "orders"
value = "min(amount / 3)"
where = "shop <> 'b'"
[[metrics]]
name = "last"
from = "orders"
value = "last(shop)"
[[metrics]]
name = "first"
from = "orders"
value = "first(amount)"
[[metrics]]
name = "middle"
from = "orders"
value = "median(amount)"
[[metrics]]
name = "shops"
from = "orders"
value = "count_distinct(shop)"
[[metrics]]
name = "usual"
from = "orders"
value = "most_common(shop)"
[[metrics]]
name = "gap"
from = "orders"
value = "mean_gap()"
[[metrics]]
name = "latest"
from = "orders"
value = "max(day)"
[[metrics]]
name = "monthly"
from = "orders"
value = "sum(amount)"
per = "month"
[[metrics]]
name = "greatest"
from = "orders"
value = "max(shop)"
per = "quarter"
[[values]]
name = "fifth"
is = "quantile(sum, 5)"
[[values]]
name = "run"
is = "longest(monthly > 50)"
[[grades]]
name = "A"
when = "sum >= 100 or run >= 2"
[[grades]]
name = "B"
"#;

const MOVEMENT: &str = r#"
[[movement]]
max_step_down = 1
rules = [{ name = "up", when = "streak(monthly > 50) >= 2", to = "A" }]
otherwise = "follow"
"#;

const CUSTOMERS: &str =
    "[sheets.customers]\nkey = \"id\"\nfields = [{ name = \"id\", type = \"id\" }]\n";

/// The schemes under test: those that move, those with customers of their own, those that leave rows out.
fn schemes() -> Vec<(String, bool)> {
    let only_some = SHEET.replace(
        "date = \"day\"\n",
        "date = \"day\"\nrows = \"months(day) < 2\"\n",
    );
    // Of a row without an amount it is not known whether it counts, which is said of each.
    let some_known = SHEET.replace(
        "date = \"day\"\n",
        "date = \"day\"\nrows = \"amount > 10\"\n",
    );
    vec![
        (format!("{SHEET}{METRICS}"), false),
        (format!("{only_some}{METRICS}"), false),
        (format!("{SHEET}{METRICS}{MOVEMENT}"), false),
        (format!("{only_some}{METRICS}{MOVEMENT}"), false),
        (format!("{some_known}{METRICS}{MOVEMENT}"), false),
        (format!("{SHEET}{CUSTOMERS}{METRICS}"), true),
        (format!("{only_some}{CUSTOMERS}{METRICS}"), true),
    ]
}

/// The rows of an export: customer, day, amount, shop, and a column that no scheme reads.
fn export(rows: &[(u8, u16, Option<i32>, u8)], line_end: &str) -> String {
    let mut text = format!("no,id,day,amount,shop{line_end}");
    for (number, (customer, day, amount, shop)) in rows.iter().enumerate() {
        let day = date("2024-01-01").add_days(i32::from(*day)).unwrap();
        let amount = amount.map_or(String::new(), |cents| {
            format!("{}.{:02}", cents / 100, cents % 100)
        });
        let shops = [
            "a",
            "b",
            "",
            "店",
            "\"a, b\"",
            "\"\"\"店\"\"\"",
            "\"b\"",
            "5\" a",
        ];
        let shop = shops[*shop as usize % shops.len()];
        write!(
            text,
            "{number},C{customer:02},{day},{amount},{shop}{line_end}"
        )
        .unwrap();
    }
    text
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn pieces_give_what_the_whole_gives(
        rows in prop::collection::vec(
            (0u8..25, 0u16..200, prop::option::weighted(0.9, 0..20_000), 0u8..8),
            1..120,
        ),
        piece in 1usize..400,
        crlf in any::<bool>(),
        last_end in any::<bool>(),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let (orders, customers) = (folder.path().join("orders.csv"), folder.path().join("c.csv"));
        let mut text = export(&rows, if crlf { "\r\n" } else { "\n" });
        if !last_end {
            text.truncate(text.trim_end().len());
        }
        // Without a shop a row ends with a comma, which is no blank end.
        fs::write(&orders, &text).unwrap();
        // In another order than the keys, and not all of them.
        let ids: Vec<String> = (5..22).rev().map(|number| format!("C{number:02}")).collect();
        fs::write(&customers, format!("id\n{}\n", ids.join("\n"))).unwrap();
        let as_of = date("2024-06-15");
        for (scheme, has_customers) in schemes() {
            let scheme = scheme_of(&scheme);
            let customers = has_customers.then_some(&*customers);
            let whole = whole(&scheme, customers, &orders, as_of);
            let pieces = gathered(&scheme, customers, &orders, as_of, piece).unwrap();
            prop_assert_eq!(said(&whole), said(&pieces));
        }
    }
}

/// By day the first piece shows the keys of all, by customer hardly any of them.
#[test]
fn it_is_the_same_whatever_the_first_piece_shows() {
    let mut rows: Vec<(u32, u16)> = (0..6000).map(|n| (n * 7919 % 500, n as u16 / 40)).collect();
    let folder = tempfile::tempdir().unwrap();
    let orders = folder.path().join("orders.csv");
    let scheme = scheme_of(&format!("{SHEET}{METRICS}"));
    let as_of = date("2024-06-15");
    for is_by_day in [true, false] {
        if !is_by_day {
            rows.sort_unstable();
        }
        let mut text = String::from("no,id,day,amount,shop\n");
        for (number, (customer, day)) in rows.iter().enumerate() {
            let day = date("2024-01-01").add_days(i32::from(*day)).unwrap();
            writeln!(text, "{number},C{customer:03},{day},{number},a").unwrap();
        }
        fs::write(&orders, &text).unwrap();
        let whole = whole(&scheme, None, &orders, as_of);
        let pieces = gathered(&scheme, None, &orders, as_of, 20_000).unwrap();
        assert!(said(&whole) == said(&pieces), "by day: {is_by_day}");
    }
}

/// Forty orders of two customers, in a file with this line at the end.
fn with_line(line: &str) -> String {
    let rows: Vec<_> = (0..40)
        .map(|row| (row % 2, u16::from(row), Some(100), 0))
        .collect();
    format!("{}{line}", export(&rows, "\n"))
}

/// Why a file is read whole.
fn why(scheme: &str, text: &[u8]) -> Option<Whole> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("orders.csv");
    fs::write(&path, text).unwrap();
    let scheme = scheme_of(scheme);
    gathered(&scheme, None, &path, date("2024-06-15"), TINY).err()
}

#[test]
fn a_file_that_is_not_plain_is_read_whole() {
    use Unfit as N;
    let scheme = format!("{SHEET}{METRICS}");
    let line = "40,C01,2024-03-01,1,a\n";
    assert_eq!(why(&scheme, with_line(line).as_bytes()), None);
    for (line, expected) in [
        ("40,\"C\n01\",2024-03-01,1,a\n", N::Fields),
        ("40,C01,2024-03-01,1,\u{1}n\n", N::Fields),
        ("\n40,C01,2024-03-01,1,a\n", N::Fields),
        ("40,C01,2024-03-01,1\n", N::Fields),
        ("40,C01,2024-03-01,1,a,b\n", N::Fields),
        (",合计,,40,\n", N::Aside),
        ("40,,2024-03-01,1,a\n", N::Aside),
        ("40, ,2024-03-01,1,a\n", N::Aside),
        ("no,id,day,amount,shop\n", N::Aside),
    ] {
        let found = why(&scheme, with_line(line).as_bytes());
        assert_eq!(found, Some(Whole::File(expected)), "{line:?}");
    }
    let mut latin = with_line("40,C01,2024-03-01,1,").into_bytes();
    latin.extend(b"caf\xE9\n");
    let found = why(&scheme, &latin);
    assert_eq!(found, Some(Whole::File(N::NotPlain)));
    // Behind what is looked at beforehand.
    let mut latin = with_line(&line.repeat(20_000)).into_bytes();
    latin.extend(b"40,C01,2024-03-01,1,caf\xE9\n");
    let found = why(&scheme, &latin);
    assert_eq!(found, Some(Whole::File(N::Encoding)));
    let carriage =
        with_line(&line.repeat(20_000)) + "40,C01,2024-03-01,1,a\r41,C01,2024-03-01,1,a\n";
    let found = why(&scheme, carriage.as_bytes());
    assert_eq!(found, Some(Whole::File(N::LineEnd)));
    let long = format!("40,C01,2024-03-01,1,{}\n", "x".repeat(3 << 20));
    let long = with_line(&(line.repeat(20_000) + &long));
    let found = why(&scheme, long.as_bytes());
    assert_eq!(found, Some(Whole::File(N::Long)));
    let titled = format!("订单\n{}", with_line(line));
    let found = why(&scheme, titled.as_bytes());
    assert_eq!(found, Some(Whole::File(N::NotPlain)));
    let nameless = with_line(line).replacen("no,id", ",id", 1);
    let found = why(&scheme, nameless.as_bytes());
    assert_eq!(found, Some(Whole::File(N::NamelessColumn)));
    let known = [known(&scheme_of(&scheme))];
    let found = TextFile::open(&Input::Stdin, &known, &Options::default()).err();
    assert_eq!(found, Some(N::Input));
}

/// What is said of rows in a few pieces is said in the words and the order of the whole, and their rows are refused alike.
#[test]
fn what_there_is_to_say_of_some_rows_is_said_as_of_the_whole() {
    let lines = [
        "40,C01,2024-02-30,1,a\n",
        "40,C01,,1,a\n",
        "40,C01,2024-03-01,x,a\n",
        "40,1.2E+17,2024-03-01,1,a\n",
        "40,#N/A,2024-03-01,1,a\n",
        "40,C01,2024-03-01,-1,a\n",
        "40,C77,2024-03-01,1,新\n40,C01,2024-02-30,1,old\n40,C01,2024-03-05,n/a,b\n40,C00,2025-03-01,y,a\n",
    ];
    let limits = SHEET.replace(
        "type = \"money\"",
        "type = \"money\", required = true, min = 0",
    );
    let lenient = limits.replacen("date =", "allow_bad = \"50%\"\ndate =", 1);
    let counted = lenient.replacen("date =", "rows = \"months(day) < 3\"\ndate =", 1);
    for sheet in [SHEET, &limits, &lenient, &counted] {
        for movement in ["", MOVEMENT] {
            let scheme = scheme_of(&format!("{sheet}{METRICS}{movement}"));
            for (first, second) in lines.iter().zip(lines.iter().skip(2).chain(&lines)) {
                let folder = tempfile::tempdir().unwrap();
                let path = folder.path().join("orders.csv");
                // One at the end and one in between, with good ones before, after and beside them.
                let text = with_line(first).replacen("\n9,", &format!("\n{second}9,"), 1);
                fs::write(&path, text).unwrap();
                let as_of = date("2024-06-15");
                let whole = whole(&scheme, None, &path, as_of);
                assert!(!whole.findings.is_empty());
                for piece in [37, 60, 500] {
                    let pieces = gathered(&scheme, None, &path, as_of, piece).unwrap();
                    assert_eq!(said(&whole), said(&pieces), "{first}{second}{sheet}");
                }
            }
        }
    }
}

#[test]
fn rows_of_which_there_is_something_to_say_are_read_whole() {
    let scheme = format!("{SHEET}{METRICS}");
    // How it is read depends on others.
    let with_bad = with_line("40,C01,05/03/2024,1,a\n");
    assert_eq!(why(&scheme, with_bad.as_bytes()), Some(Whole::Said));
    // In every second row, so that it is as well read whole.
    let bad = with_line("").replace("2024-01-01,", "2024-01-32,");
    let bad = bad
        .replace("2024-01-1", "2024-13-1")
        .replace("2024-01-2", "2024-13-2");
    let found = why(&scheme, bad.as_bytes());
    assert_eq!(found, Some(Whole::Said));
    let text = with_line("");
    let with = |from: &str, to: &str| scheme.replacen(from, to, 1);
    for (scheme, expected) in [
        (
            with("date = \"day\"\n", "date = \"day\"\nid = \"no\"\n"),
            Whole::Rows,
        ),
        (
            with(
                "date = \"day\"\n",
                "date = \"day\"\nrows = \"id <> 'C01'\"\n",
            ),
            Whole::Condition,
        ),
        (
            with(
                "date = \"day\"\n",
                "date = \"day\"\nrows = \"amount > 0\"\n",
            ),
            Whole::Unknown,
        ),
        (
            with("type = \"text\"", "type = \"text\", fill = \"down\""),
            Whole::Field,
        ),
        (
            with("type = \"text\"", "type = \"text\", unique = true"),
            Whole::Field,
        ),
        (
            with("\"shop\", type", "\"town\", headers = [\"city\"], type").replace("shop", "town"),
            Whole::Field,
        ),
        (
            with("type = \"money\"", "type = \"money\", max = 0"),
            Whole::Said,
        ),
    ] {
        // Of one row it is not known whether it counts.
        let text = text.replacen(",1.00,", ",,", 1);
        assert_eq!(why(&scheme, text.as_bytes()), Some(expected), "{scheme}");
    }
}

#[test]
fn examples_are_graded_alike_in_pieces() {
    for (example, as_of) in [
        ("cdnow", "1998-06-30"),
        ("prediction", "1997-09-30"),
        ("rfm-orders", "2006-12-31"),
    ] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("examples")
            .join(example);
        let scheme = scheme_of(&fs::read_to_string(folder.join("rules.toml")).unwrap());
        let orders = folder.join("orders.csv");
        let whole = whole(&scheme, None, &orders, date(as_of));
        let pieces = gathered(&scheme, None, &orders, date(as_of), 10_000).unwrap();
        // Not told as a difference, which would be megabytes long.
        assert!(said(&whole) == said(&pieces), "{example}");
    }
}

#[test]
fn pieces_are_of_the_file_that_was_opened_and_of_one_state_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("orders.csv");
    let rows = |amount: u32| {
        let row = |n: u32| format!("{n},C01,2024-03-01,{amount},a\n");
        format!(
            "no,id,day,amount,note\n{}",
            (0..500).map(row).collect::<String>()
        )
    };
    fs::write(&path, rows(1)).unwrap();
    let known = [known(&scheme_of(&format!("{SHEET}{METRICS}")))];
    let open = || TextFile::open(&input(&path), &known, &Options::default()).unwrap();
    let amounts = |file: &TextFile| -> Vec<String> {
        let head = file.head();
        let blocks = Blocks::of_lines(file.rows(), head.line(), TINY);
        let of_block = |block: Block| {
            let rows = head.rows_of_lines(&block.bytes, 5).unwrap();
            let amount = |row| format!("{:?}", rows.cell(row, 3));
            (0..rows.len()).map(amount).collect::<Vec<_>>()
        };
        let blocks = std::iter::from_fn(|| blocks.block().unwrap());
        blocks.flat_map(of_block).collect()
    };
    let lines = open();
    let before = amounts(&lines);
    assert_eq!(before.len(), 500);
    // What is put in its place is another file.
    fs::write(folder.path().join("new.csv"), rows(2)).unwrap();
    fs::rename(folder.path().join("new.csv"), &path).unwrap();
    assert_eq!(amounts(&lines), before);
    assert!(lines.is_unchanged());
    // What is appended is not read, and is seen.
    let lines = open();
    let mut file = fs::File::options().append(true).open(&path).unwrap();
    std::io::Write::write_all(&mut file, b"500,C01,2024-03-01,1").unwrap();
    assert_eq!(amounts(&lines).len(), 500);
    assert!(!lines.is_unchanged());
}
