//! Laws that hold for every sheet: the order of rows decides nothing, parts add up to the score, equal values share a
//! grade, sums are exact, and what regrade wrote grades as it did before.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot read its own files fails by panic"
)]

use proptest::prelude::*;
use regrade::book::{self, Inputs};
use regrade::diagnostic::{Finding, Lang};
use regrade::expr::Slot;
use regrade::grading::{self, Grading, Past};
use regrade::present::basis::Basis;
use regrade::present::results::{Layout, Results, View};
use regrade::present::seen::Seen;
use regrade::present::table::ResultTable;
use regrade::present::{csv, printed, record, strategies};
use regrade::read::{self, Input, KnownSheet, Options, Table};
use regrade::roles::Viewer;
use regrade::scheme;
use regrade::scheme::model::Role;
use regrade::table::{Date, Decimal};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

/// A table of a text, read as a file of the sheet that has these headers, the key first.
fn table(text: &str, headers: &[&str]) -> Table {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sheet.csv");
    std::fs::write(&path, text).unwrap();
    let known = KnownSheet {
        name: "sheet".into(),
        key: vec![headers[0].to_owned()],
        required: vec![],
        headers: headers.iter().map(|&header| header.to_owned()).collect(),
        results: vec![],
    };
    let input = Input::File {
        path,
        name: "sheet.csv".to_owned(),
        worksheet: None,
    };
    let tables = read::open(&input, &[known], &Options::default(), &|_, _| {});
    tables.unwrap().remove(0)
}

/// Grades sheets by a scheme, as of a date.
fn grade(scheme: &str, customers: Option<Table>, events: Vec<Table>, as_of: &str) -> Grading {
    let (valid, findings) = scheme::validate(scheme);
    let scheme = valid.unwrap_or_else(|| panic!("{findings:#?}"));
    let inputs = Inputs {
        customers: customers.into_iter().collect(),
        events: events.into_iter().map(|table| vec![table]).collect(),
        lookups: vec![],
        ..Inputs::default()
    };
    let as_of = Date::parse_iso(as_of).unwrap();
    let grading = grading::grade(Arc::new(scheme), inputs, as_of, Past::default());
    assert!(!grading.findings.iter().any(book::is_refusal));
    grading
}

/// The JSON line of each customer by id.
fn lines(grading: &Grading) -> BTreeMap<String, String> {
    let mut out = vec![];
    record::write_lines(grading, &grading.book.roster.entries, Lang::En, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    text.lines()
        .map(|line| {
            let record: Value = serde_json::from_str(line).unwrap();
            (record["id"].as_str().unwrap().to_owned(), line.to_owned())
        })
        .collect()
}

/// The JSON of each customer by id.
fn records(grading: &Grading) -> BTreeMap<String, Value> {
    lines(grading)
        .into_iter()
        .map(|(id, line)| (id, serde_json::from_str(&line).unwrap()))
        .collect()
}

fn number(value: &Value) -> Option<Decimal> {
    match value {
        Value::Number(number) => Some(Decimal::parse(number.as_str()).unwrap()),
        _ => None,
    }
}

/// Hundredths as people write them.
fn cents(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    let cents = cents.abs();
    format!("{sign}{}.{:02}", cents / 100, cents % 100)
}

/// A text of a sheet: the header and the rows.
fn sheet(header: &str, rows: &[String]) -> String {
    let mut text = format!("{header}\n");
    for row in rows {
        let _ = writeln!(text, "{row}");
    }
    text
}

/// Everything in which the order of rows could matter: ranks, ties, windows, series, first and last, sums.
const EVERYTHING: &str = r#"
[sheets.customers]
key = "id"
fields = [{ name = "v", type = "number" }, { name = "region", type = "text" }]
[sheets.orders]
customer = "buyer"
date = "day"
fields = [{ name = "amount", type = "number" }, { name = "kind", type = "text" }]
[[metrics]]
name = "total"
from = "orders"
value = "sum(amount)"
[[metrics]]
name = "recent"
from = "orders"
value = "mean(amount)"
within = "3 months"
[[metrics]]
name = "middle"
from = "orders"
value = "median(amount)"
[[metrics]]
name = "first"
from = "orders"
value = "first(amount)"
[[metrics]]
name = "last"
from = "orders"
value = "last(kind)"
[[metrics]]
name = "usual"
from = "orders"
value = "most_common(kind)"
[[metrics]]
name = "kinds"
from = "orders"
value = "count_distinct(kind)"
[[metrics]]
name = "gap"
from = "orders"
value = "mean_gap()"
[[metrics]]
name = "monthly"
from = "orders"
value = "sum(amount)"
per = "month"
[[values]]
name = "place"
is = "rank(total)"
[[values]]
name = "part"
is = "quantile(v, 4)"
[[values]]
name = "above"
is = "share_above(total)"
[[values]]
name = "mean_here"
is = "mean(v within region)"
[[values]]
name = "run"
is = "streak(monthly > 20)"
[[dimensions]]
name = "value"
weight = 60
bands = [{ label = "high", when = "v >= mean(v)", points = 100 }, { label = "low", points = 20 }]
[[dimensions]]
name = "activity"
weight = 40
points = "clamp(total, 0, 100)"
[[grades]]
name = "A"
top = "20%"
by = ["score", "total"]
within = "region"
[[grades]]
name = "B"
top = "50%"
by = "v"
ties = "down"
[[grades]]
name = "C"
[[types]]
name = "rising"
when = "rising(monthly) >= 1 or last = 'tea'"
[[types]]
name = "rest"
[[tags]]
name = "{region}"
"#;

/// Customers with missing values and ties, and their orders; both in one order and in another.
fn sheets() -> impl Strategy<Value = [Vec<String>; 4]> {
    let customer = (
        prop::option::weighted(0.85, 0..6i64),
        prop::option::weighted(0.9, prop::sample::select(vec!["N", "S"])),
    );
    let order = (
        0..12usize,
        1..7u32,
        1..29u32,
        prop::option::weighted(0.9, -20..60i64),
        prop::sample::select(vec!["tea", "coffee", "milk"]),
    );
    let customers = prop::collection::vec(customer, 1..12);
    let orders = prop::collection::vec(order, 1..60);
    (customers, orders)
        .prop_map(|(customers, orders)| {
            let count = customers.len();
            let customers: Vec<String> = customers
                .into_iter()
                .enumerate()
                .map(|(id, (v, region))| {
                    let v = v.map_or_else(String::new, |v| v.to_string());
                    format!("c{id:02},{v},{}", region.unwrap_or_default())
                })
                .collect();
            let orders: Vec<String> = orders
                .into_iter()
                .map(|(buyer, month, day, amount, kind)| {
                    let amount = amount.map_or_else(String::new, |amount| amount.to_string());
                    let buyer = buyer % count;
                    format!("c{buyer:02},2024-{month:02}-{day:02},{amount},{kind}")
                })
                .collect();
            (customers, orders)
        })
        .prop_flat_map(|(customers, orders)| {
            (
                Just(customers.clone()),
                Just(orders.clone()),
                Just(customers).prop_shuffle(),
                Just(orders).prop_shuffle(),
            )
        })
        .prop_map(|(customers, orders, other_customers, other_orders)| {
            [customers, orders, other_customers, other_orders]
        })
}

fn grade_everything(customers: &[String], orders: &[String]) -> Grading {
    let customers = table(&sheet("id,v,region", customers), &["id", "v", "region"]);
    let orders = table(
        &sheet("buyer,day,amount,kind", orders),
        &["buyer", "day", "amount", "kind"],
    );
    grade(EVERYTHING, Some(customers), vec![orders], "2024-06-30")
}

/// What a run says, without the places of rows and in no order.
fn said(findings: &[Finding]) -> Vec<String> {
    let mut said: Vec<String> = findings
        .iter()
        .map(|finding| format!("{:?} {}", finding.code, finding.title.en))
        .collect();
    said.sort();
    said
}

/// Dimensions of points with these weights, and a grade.
fn weighted_scheme(weights: &[i64], missing: &str) -> String {
    let mut text = format!(
        "[scheme]\nmissing = \"{missing}\"\n[sheets.customers]\nkey = \"id\"\nfields = [\n"
    );
    for index in 0..weights.len() {
        let _ = writeln!(text, "  {{ name = \"f{index}\", type = \"number\" }},");
    }
    text += "]\n";
    for (index, weight) in weights.iter().enumerate() {
        let weight = cents(*weight);
        let _ = writeln!(
            text,
            "[[dimensions]]\nname = \"d{index}\"\nweight = {weight}\npoints = \"f{index}\""
        );
    }
    text + "[[grades]]\nname = \"A\"\nwhen = \"score >= 0\"\n[[grades]]\nname = \"B\"\n"
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_rows_decides_nothing([customers, orders, other_customers, other_orders] in sheets()) {
        let one = grade_everything(&customers, &orders);
        let other = grade_everything(&other_customers, &other_orders);
        prop_assert_eq!(lines(&one), lines(&other));
        prop_assert_eq!(said(&one.findings), said(&other.findings));
    }

    #[test]
    fn parts_add_up_to_the_score(
        weights in prop::collection::vec(1..20_000i64, 1..7),
        points in prop::collection::vec(prop::collection::vec(prop::option::weighted(0.9, -100_000_000..100_000_000i64), 7), 1..20),
        reweight in any::<bool>(),
    ) {
        let count = weights.len();
        let mut header = "id".to_owned();
        let mut headers = vec!["id".to_owned()];
        for index in 0..count {
            let _ = write!(header, ",f{index}");
            headers.push(format!("f{index}"));
        }
        let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
        let rows: Vec<String> = points
            .iter()
            .enumerate()
            .map(|(id, points)| {
                let cells = points[..count].iter().map(|p| p.map_or_else(String::new, cents));
                format!("k{id},{}", cells.collect::<Vec<_>>().join(","))
            })
            .collect();
        let scheme = weighted_scheme(&weights, if reweight { "reweight" } else { "unrated" });
        let graded = records(&grade(&scheme, Some(table(&sheet(&header, &rows), &headers)), vec![], "2024-06-30"));
        for (id, points) in points.iter().enumerate() {
            let record = &graded[&format!("k{id}")];
            let parts = record["parts"].as_object().unwrap();
            let known: Vec<(i64, i64)> = weights
                .iter()
                .zip(points)
                .filter_map(|(weight, points)| Some((*weight, (*points)?)))
                .collect();
            if known.is_empty() || (!reweight && known.len() < count) {
                prop_assert!(record["score"].is_null() && parts.is_empty(), "{}", record);
                continue;
            }
            let score = number(&record["score"]).unwrap();
            let sum = parts.values().map(|part| number(part).unwrap());
            let sum = sum.fold(Decimal::ZERO, |sum, part| sum.checked_add(part).unwrap());
            prop_assert_eq!(sum, score);
            // Points × weight ÷ sum of weights, rounded half away from zero at six places, in plain integers.
            let total: i128 = known.iter().map(|(weight, points)| i128::from(weight * points)).sum();
            let weights: i128 = known.iter().map(|(weight, _)| i128::from(*weight)).sum();
            let wanted = total * 10_000;
            let rounded = (wanted.abs() * 2 + weights) / (weights * 2) * wanted.signum();
            prop_assert_eq!(Decimal::from_millionths(i64::try_from(rounded).unwrap()), Some(score));
        }
    }

    #[test]
    fn equal_values_share_a_grade_and_ranks_follow_the_formula(
        values in prop::collection::vec(prop::option::weighted(0.9, 0..8i64), 1..25),
        share in 1..100u32,
        down in any::<bool>(),
    ) {
        let rows: Vec<String> = values
            .iter()
            .enumerate()
            .map(|(id, v)| format!("k{id},{}", v.map_or_else(String::new, |v| v.to_string())))
            .collect();
        let ties = if down { "down" } else { "up" };
        let scheme = format!(
            "[sheets.customers]\nkey = \"id\"\nfields = [{{ name = \"v\", type = \"number\" }}]\n\
             [[grades]]\nname = \"A\"\ntop = \"{share}%\"\nby = \"v\"\nties = \"{ties}\"\n[[grades]]\nname = \"B\"\n"
        );
        let graded = records(&grade(&scheme, Some(table(&sheet("id,v", &rows), &["id", "v"])), vec![], "2024-06-30"));
        let known: Vec<i64> = values.iter().flatten().copied().collect();
        let all = known.len() as u64;
        let mut grades: BTreeMap<i64, Value> = BTreeMap::new();
        for (id, value) in values.iter().enumerate() {
            let grade = graded[&format!("k{id}")]["grade"].clone();
            let Some(value) = value else {
                prop_assert!(grade.is_null());
                continue;
            };
            let better = known.iter().filter(|other| *other > value).count() as u64;
            let at_least = known.iter().filter(|other| *other >= value).count() as u64;
            let limit = u64::from(share) * all;
            let is_in = if down { at_least * 100 <= limit } else { better * 100 < limit };
            prop_assert_eq!(&grade, if is_in { "A" } else { "B" });
            prop_assert_eq!(grades.entry(*value).or_insert_with(|| grade.clone()), &grade);
        }
    }

    #[test]
    fn sums_are_exact(amounts in prop::collection::vec((0..5usize, -1_000_000_000..1_000_000_000i64), 1..200)) {
        let rows: Vec<String> = amounts
            .iter()
            .map(|(buyer, amount)| format!("b{buyer},2024-01-15,{}", cents(*amount)))
            .collect();
        let scheme = "[sheets.orders]\ncustomer = \"buyer\"\ndate = \"day\"\n\
            fields = [{ name = \"amount\", type = \"money\" }]\n\
            [[metrics]]\nname = \"total\"\nfrom = \"orders\"\nvalue = \"sum(amount)\"\n\
            [[grades]]\nname = \"A\"\nwhen = \"total >= 0\"\n[[grades]]\nname = \"B\"\n";
        let orders = table(&sheet("buyer,day,amount", &rows), &["buyer", "day", "amount"]);
        let graded = records(&grade(scheme, None, vec![orders], "2024-06-30"));
        let mut totals: BTreeMap<String, i64> = BTreeMap::new();
        for (buyer, amount) in &amounts {
            *totals.entry(format!("b{buyer}")).or_default() += amount;
        }
        prop_assert_eq!(graded.len(), totals.len());
        for (buyer, total) in totals {
            let record = &graded[&buyer];
            prop_assert_eq!(number(&record["values"]["total"]), Decimal::parse(&cents(total)));
            prop_assert_eq!(&record["grade"], if total >= 0 { "A" } else { "B" });
        }
    }

    #[test]
    fn what_was_written_grades_as_before(
        customers in prop::collection::vec(
            (
                prop::option::weighted(0.85, -50..200i64),
                "[ -~\u{4e00}-\u{4e10}＝－]{0,8}",
                prop::sample::select(vec!["", "=1+1", "-5", "'x", "+8613800000000", "a,\"b\"", "、", "—"]),
            ),
            1..15,
        ),
    ) {
        // The names are handed through untouched, whatever they are; only the fields are read.
        let scheme = "[scheme]\nlanguage = \"zh\"\n[sheets.customers]\nkey = \"编号\"\n\
            fields = [{ name = \"得点\", type = \"number\" }]\n\
            [[dimensions]]\nname = \"表现\"\nweight = 100\npoints = \"得点\"\n\
            bands = [{ label = \"好\", when = \"points >= 50\" }, { label = \"差\" }]\n\
            [[grades]]\nname = \"甲\"\nwhen = \"score >= 80\"\n[[grades]]\nname = \"乙\"\n\
            [[types]]\nname = \"好客\"\nwhen = \"表现 = '好'\"\n[[types]]\nname = \"常客\"\n[[tags]]\nname = \"{表现}\"\n";
        let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
        let rows: Vec<String> = customers
            .iter()
            .enumerate()
            .map(|(id, (v, name, note))| {
                let v = v.map_or_else(String::new, |v| v.to_string());
                format!("{id:03},{v},{},{}", quoted(name), quoted(note))
            })
            .collect();
        let headers = ["编号", "得点"];
        let write = |grading: &Grading| {
            let entries = grading.book.roster.entries.clone();
            let view = View { lang: Lang::Zh, entries, columns: None, layout: Layout::Text };
            let mut out = vec![];
            csv::write(&Results::new(grading, view), b',', true, true, &mut out).unwrap();
            String::from_utf8(out).unwrap()
        };
        let run = |text: &str, as_of: &str| grade(scheme, Some(table(text, &headers)), vec![], as_of);
        let first = run(&sheet("编号,得点,名称,备注", &rows), "2024-01-31");
        let written = write(&first);
        let second = run(&written, "2024-02-29");
        let (before, after) = (records(&first), records(&second));
        prop_assert_eq!(before.len(), after.len());
        for (id, before) in &before {
            let after = &after[id];
            for key in ["grade", "type", "score", "labels", "points", "parts", "tags"] {
                prop_assert_eq!(&before[key], &after[key], "{} {}", id, key);
            }
            if before["grade"].is_null() {
                prop_assert_eq!(&after["decision"], "unrated");
            } else {
                prop_assert_eq!(&after["decision"], "held");
                prop_assert_eq!(&after["previous"], &before["grade"]);
                prop_assert_eq!(&after["since"], "2024-01-31");
            }
        }
        // From the second month on nothing changes any more, the user's columns least of all.
        let third = write(&run(&write(&second), "2024-03-31"));
        prop_assert_eq!(third, write(&second));
    }
}

/// What a reader may not see is in no sheet that tells values, though rules read it.
#[test]
fn what_is_not_to_be_seen_is_in_no_sheet() {
    const SCHEME: &str = r#"
        [sheets.customers]
        key = "id"
        fields = [{ name = "profit", type = "number" }, { name = "size", type = "number" }]
        [[values]]
        name = "twice"
        is = "profit * 2"
        [[dimensions]]
        name = "worth"
        weight = 1
        bands = [{ label = "high", when = "twice >= 8600", points = 9 }, { label = "low", points = 1 }]
        [[dimensions]]
        name = "reach"
        weight = 1
        bands = [{ label = "wide", when = "size > 3", points = 9 }, { label = "near", points = 1 }]
        [[grades]]
        name = "A"
        when = "score >= 5"
        [[grades]]
        name = "B"
        [[strategies]]
        when = "profit > 4320"
        service = "visits"
    "#;
    let customers = table(
        "id,profit,size\nK1,4321,7\nK2,1234,2\n",
        &["id", "profit", "size"],
    );
    let grading = grade(SCHEME, Some(customers), vec![], "2024-03-31");
    let slot = |name: &str| {
        let mut entries = grading.scheme.slots.entries.iter();
        Slot(entries.position(|entry| &*entry.name == name).unwrap() as u32)
    };
    let told = |grading: &Grading| {
        let seen = &Seen {
            entries: grading.entries(),
        };
        let basis = Basis::new(grading, seen, Lang::En, 10).unwrap();
        let cells = (0..basis.len()).flat_map(|row| {
            let columns = 0..basis.columns().len();
            columns
                .map(|column| format!("{:?}", basis.cell(row, column)))
                .collect::<Vec<_>>()
        });
        let mut told = cells.collect::<Vec<_>>().join(" ");
        told += &format!("{:?}", printed::printed(&grading.scheme, Lang::En));
        told + &format!("{:?}", strategies::strategies(grading, seen, Lang::En))
    };
    let whole = told(&grading);
    for text in ["4321", "8642", "4320", "1234", "profit", "twice"] {
        assert!(whole.contains(text), "{text}");
    }
    let role = Role {
        name: "other".into(),
        hide: vec![slot("profit")],
        ..Role::default()
    };
    let less = told(&Viewer::new(&grading.scheme, role, None).see(&grading));
    // Thresholds are rules, and nobody's value.
    for text in ["4321", "8642", "1234", "2468"] {
        assert!(!less.contains(text), "{text}: {less}");
    }
    for text in ["profit > 4320", "size 7", "size > 3", "visits"] {
        assert!(less.contains(text), "{text}");
    }
    let all = Seen {
        entries: grading.entries(),
    };
    // With more customers than the most, only those who moved are explained, and here nobody did.
    assert!(Basis::new(&grading, &all, Lang::En, 1).is_none());
}
