//! The page as a whole.

use super::*;
use crate::present::report::sample::{self, HOSTILE};

fn page(report: &Report) -> String {
    let mut out = vec![];
    write(report, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn the_same_report_gives_the_same_bytes() {
    for lang in [Lang::Zh, Lang::En] {
        let report = sample::report(lang, 300);
        assert_eq!(page(&report), page(&report.clone()));
    }
}

/// Elements and quotes in names stay text wherever names stand: in headings, tables, charts, choices and data.
#[test]
fn hostile_names_are_text_everywhere() {
    let mut report = sample::report(Lang::Zh, 8);
    report.title = HOSTILE.into();
    report.grades[0].0 = HOSTILE.into();
    for section in &mut report.sections {
        section.title = HOSTILE.into();
        section.notes.push(HOSTILE.into());
    }
    let html = page(&report);
    assert!(!html.contains("<img"));
    assert!(!html.contains('\u{202E}'));
    let count = |tag: &str| html.matches(tag).count();
    assert_eq!((count("<style"), count("</style")), (1, 1));
    // The data and the script itself.
    assert_eq!((count("<script"), count("</script")), (2, 2));
    assert!(html.contains("&lt;img src=x onerror=&quot;alert(1)&quot;&gt;"));
}

#[test]
fn the_policy_names_the_hashes_of_what_stands_in_the_page() {
    let html = page(&sample::report(Lang::En, 3));
    let between = |from: &str, to: &str| {
        let (_, rest) = html.split_once(from).unwrap();
        rest.split_once(to).unwrap().0.to_owned()
    };
    let style = between("<style>", "</style>");
    let script = between("<script>", "</script>");
    assert_eq!(
        between("Content-Security-Policy\" content=\"", "\""),
        policy::of(&style, &script)
    );
}

/// What the policy would forbid, and what asks for something from outside, is not written to begin with.
#[test]
fn nothing_is_loaded_and_nothing_is_styled_or_run_in_place() {
    let html = page(&sample::report(Lang::En, 30));
    for forbidden in [
        " style=\"",
        " onclick",
        " onerror=\"",
        "javascript:",
        "http://",
        "https://",
        "url(",
        "@import",
        "innerHTML",
        " src=\"",
        "<link",
    ] {
        assert!(!html.contains(forbidden), "{forbidden}");
    }
}

#[test]
fn headings_go_down_one_step_at_a_time_and_ids_are_unique() {
    let html = page(&sample::report(Lang::Zh, 30));
    let mut level = 0;
    for part in html.split("<h").skip(1) {
        let Some(digit) = part.chars().next().and_then(|c| c.to_digit(10)) else {
            continue;
        };
        assert!(digit <= level + 1, "h{digit} after h{level}");
        level = digit;
    }
    let ids: Vec<&str> = html
        .split(" id=\"")
        .skip(1)
        .map(|part| part.split_once('"').unwrap().0)
        .collect();
    let unique: std::collections::BTreeSet<&&str> = ids.iter().collect();
    assert_eq!(unique.len(), ids.len());
    for part in html.split("aria-labelledby=\"").skip(1) {
        for id in part.split_once('"').unwrap().0.split(' ') {
            assert!(ids.contains(&id), "{id}");
        }
    }
}

/// The rows as the page holds them: a column's distinct texts, and for each row the place of its own.
#[test]
fn the_data_of_the_list_are_the_cells() {
    let report = sample::report(Lang::En, 40);
    let html = page(&report);
    let (_, rest) = html.split_once("id=\"customers-data\">").unwrap();
    let data: serde_json::Value =
        serde_json::from_str(rest.split_once("</script>").unwrap().0).unwrap();
    assert_eq!(
        (data["rows"].as_u64(), data["grades"].as_u64()),
        (Some(40), Some(4))
    );
    let table = report.customers.unwrap();
    for (index, column) in table.columns.iter().enumerate() {
        let held = &data["columns"][index];
        assert_eq!(held["h"], column.heading);
        for (row, cells) in table.rows.iter().enumerate() {
            let place = held["p"]
                .get(row)
                .map_or(row as u64, |place| place.as_u64().unwrap());
            let shown = held["t"][place as usize].as_str().unwrap();
            let written = super::super::cell::text(&cells.cells[index], column.kind);
            // What turns the direction is written out.
            assert_eq!(shown.replace("\\u{202e}", "\u{202E}"), written);
        }
    }
    let kinds: Vec<&str> = (0..7)
        .map(|index| data["columns"][index]["k"].as_str().unwrap())
        .collect();
    assert_eq!(
        kinds,
        ["text", "text", "grade", "text", "number", "date", "text"]
    );
    // Grade and type can be chosen; the reason, which is the same for all, cannot.
    assert_eq!(html.matches("<select ").count(), 2);
}

#[test]
fn a_report_without_customers_has_no_list() {
    let mut report = sample::report(Lang::En, 0);
    report.customers = None;
    let html = page(&report);
    assert!(!html.contains("id=\"customers-data\"") && html.contains("id=\"main\""));
}
