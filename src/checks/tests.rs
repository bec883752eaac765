//! Tables against those before them.

use super::{Last, read, since};
use crate::diagnostic::{Code, Finding};
use crate::read::{Format, Header, Table};
use crate::scheme::Scheme;
use crate::table::{Cell, Date, Origin, RawRows};

const SCHEME: &str = r#"
[sheets.customers]
key = "id"
fields = [
  { name = "amount", type = "money", unit = "万元" },
  { name = "visits", type = "number", may_jump = true },
]
[[checks]]
name = "doubled"
sheet = "customers"
that = "amount <= 2 * before(amount)"
severity = "warning"
"#;

fn scheme() -> Scheme {
    crate::scheme::validate(SCHEME).0.unwrap()
}

/// A table of ids and amounts.
fn table(rows: &[(&str, &str)]) -> Table {
    let mut raw = RawRows::new(3);
    for (index, (id, amount)) in rows.iter().enumerate() {
        let cells = [Cell::Text(id), Cell::Text(amount), Cell::Text(amount)];
        raw.push(index as u32 + 2, cells);
    }
    Table {
        origin: Origin {
            file: "客户.csv".into(),
            worksheet: None,
        },
        format: Format::Text,
        encoding: Some("UTF-8"),
        delimiter: Some(','),
        header_row: 1,
        headers: ["id", "amount", "visits"].map(Header::new).into(),
        unit_line: None,
        serials_from_1904: false,
        rows: raw,
        broken: vec![],
        notes: vec![],
    }
}

fn compared(before: &[(&str, &str)], now: &[(&str, &str)]) -> Vec<Finding> {
    let scheme = scheme();
    let rule = scheme.customers.as_ref().unwrap();
    let date = [Date::parse_iso("2024-03-31").unwrap()];
    let (before, now) = ([table(before)], [table(now)]);
    let clean = |tables| read(&rule.sheet, tables, &[0], &[rule.key], &date);
    let (earlier, later) = (clean(&before), clean(&now));
    let last = |tables, clean| Last {
        sheet: &rule.sheet,
        key: rule.key,
        row_key: Some(rule.key),
        tables,
        table: 0,
        clean,
        as_of: &date,
    };
    since(&last(&now, &later), &last(&before, &earlier), &[])
}

fn slips(before: &[(&str, &str)], now: &[(&str, &str)]) -> usize {
    let found = compared(before, now);
    let slips = found.iter().filter(|found| found.code == Code::UnitSlip);
    slips.count()
}

#[test]
fn most_of_those_whom_both_have_must_have_jumped() {
    let before = [("1", "5"), ("2", "6"), ("3", "7"), ("4", "8"), ("5", "0")];
    for (now, expected) in [
        // All, in any order, beside newcomers and zeros.
        (
            vec![
                ("4", "8万"),
                ("9", "1"),
                ("5", "0"),
                ("1", "5万"),
                ("3", "7万"),
                ("2", "6万"),
            ],
            0,
        ),
        (
            vec![
                ("4", "80000"),
                ("9", "1"),
                ("5", "0"),
                ("1", "50000"),
                ("3", "70000"),
                ("2", "60000"),
            ],
            1,
        ),
        // Three of four are most, two are not.
        (
            vec![("1", "50000"), ("2", "60000"), ("3", "70000"), ("4", "8")],
            1,
        ),
        (
            vec![("1", "50000"), ("2", "60000"), ("3", "7"), ("4", "8")],
            0,
        ),
        // Jumps of different sizes are no unit.
        (
            vec![("1", "50000"), ("2", "60000"), ("3", "7000"), ("4", "8000")],
            0,
        ),
        // One is not most, even of one.
        (vec![("1", "50000")], 0),
        (vec![("1", "50000"), ("2", "60000")], 1),
        // Nobody is left, nothing is there.
        (vec![("8", "50000"), ("9", "60000")], 0),
        (vec![("1", ""), ("2", "-")], 0),
    ] {
        assert_eq!(slips(&before, &now), expected, "{now:?}");
    }
}

#[test]
fn rows_are_found_by_key_and_new_ones_are_not_judged() {
    let found = compared(
        &[("1", "5"), ("2", "6"), ("3", "")],
        &[("9", "900"), ("3", "7"), ("2", "13"), ("1", "10")],
    );
    let told: Vec<_> = found
        .iter()
        .map(|found| {
            let key = found.about.as_ref().and_then(|about| about.key.clone());
            (found.code, key.unwrap_or_default().to_string())
        })
        .collect();
    let expected = [
        (Code::CheckFailed, "2".to_owned()),
        (Code::UnknownCondition, "3".to_owned()),
    ];
    assert_eq!(told, expected);
}
