//! What follows customers from run to run, and what `--by` understands.

use super::{Tracker, parse_by};
use crate::scheme;
use crate::table::Date;
use std::sync::Arc;

fn date(text: &str) -> Date {
    Date::parse_iso(text).unwrap()
}

fn levels(names: &[(&str, &[&str])]) -> Vec<(Arc<str>, Vec<Arc<str>>)> {
    let own = |names: &[&str]| names.iter().map(|name| Arc::from(*name)).collect();
    let levels = names.iter();
    levels
        .map(|(name, was)| (Arc::from(*name), own(was)))
        .collect()
}

#[test]
fn a_run_is_held_against_the_one_before_it() {
    let mut tracker = Tracker::new(&levels(&[("A", &["gold"]), ("B", &[])]), true);
    for (id, level) in [
        ("1", Some("gold")),
        ("2", Some("B")),
        ("3", None),
        ("4", Some("B")),
    ] {
        tracker.customer(id.into(), level);
    }
    let first = tracker.end(date("2024-01-31"));
    assert_eq!((first.customers, &first.levels[..]), (4, &[1, 2, 1][..]));
    assert_eq!(
        (first.up, first.down, first.new, first.absent),
        (None, None, None, None)
    );
    // 1 has another name for its grade, 2 goes up, 3 gets a grade where it had none, 4 is gone, 5 is new; the grade of 6
    // is one that nobody knows any more.
    for (id, level) in [
        ("1", Some("A")),
        ("2", Some("A")),
        ("3", Some("B")),
        ("5", Some("A")),
        ("6", Some("C")),
    ] {
        tracker.customer(id.into(), level);
    }
    let second = tracker.end(date("2024-02-29"));
    assert_eq!((second.customers, &second.levels[..]), (5, &[3, 1, 1][..]));
    assert_eq!(second.up, Some(1));
    assert_eq!(second.down, Some(0));
    assert_eq!(second.new, Some(2));
    assert_eq!(second.absent, Some(1));
    // Nobody is left: all are absent, and none went down.
    let third = tracker.end(date("2024-03-31"));
    assert_eq!(
        (third.customers, third.absent, third.down),
        (0, Some(5), Some(0))
    );
}

#[test]
fn levels_without_an_order_are_neither_better_nor_worse() {
    let mut tracker = Tracker::new(&levels(&[("A", &[]), ("B", &[])]), false);
    tracker.customer("1".into(), Some("A"));
    tracker.end(date("2024-01-31"));
    tracker.customer("1".into(), Some("B"));
    let run = tracker.end(date("2024-02-29"));
    assert_eq!((run.up, run.down), (Some(0), Some(0)));
}

#[test]
fn by_takes_fields_expressions_and_periods_of_dates() {
    let (scheme, findings) = scheme::validate(
        "[sheets.customers]\nkey = \"编号\"\nfields = [{ name = \"城市\", type = \"text\" }, { name = \"入会\", type = \"date\" }]\n\
         [[grades]]\nname = \"A\"\n",
    );
    let scheme = scheme.unwrap_or_else(|| panic!("{findings:?}"));
    let names = |written: &str| {
        let by = parse_by(written, &scheme);
        by.map(|by| by.iter().map(|by| by.text.to_string()).collect::<Vec<_>>())
            .map_err(|findings| {
                findings
                    .iter()
                    .map(|found| found.code.word())
                    .collect::<Vec<_>>()
            })
    };
    assert_eq!(names("城市, 等级"), Ok(vec!["城市".into(), "等级".into()]));
    assert_eq!(
        names("month（入会）,years(入会, as_of)，quarter( 入会 )"),
        Ok(vec![
            "month（入会）".into(),
            "years(入会, as_of)".into(),
            "quarter( 入会 )".into()
        ])
    );
    assert_eq!(names("year(城市)"), Err(vec!["wrong-result"]));
    assert_eq!(names("rank(years(入会))"), Err(vec!["wrong-result"]));
    assert_eq!(names(" , "), Err(vec!["bad-value"]));
    assert_eq!(
        names("城巿, month(入)"),
        Err(vec!["unknown-name", "unknown-name"])
    );
}
