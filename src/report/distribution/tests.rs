//! Bins and thresholds that were worked out by hand.

use super::cuts::{Begin, Edge, edge};
use super::*;
use crate::scheme;
use crate::scheme::model::GradeRule;

fn bins(values: &[&str]) -> (Vec<String>, Bins) {
    let numbers = values.iter().map(|value| Decimal::parse(value).unwrap());
    let mut numbers: Vec<i64> = numbers.map(Decimal::millionths).collect();
    numbers.sort_unstable();
    let bins = Bins::of(&numbers);
    let bounds = bins.bounds.iter().map(Decimal::to_string);
    (bounds.collect(), bins)
}

fn at(bins: &Bins, value: &str) -> usize {
    bins.at(Decimal::parse(value).unwrap().millionths())
}

#[test]
fn bounds_are_round_and_hold_every_value() {
    // 80 in at most 7 bins: 10 would make eight of them.
    let (bounds, found) = bins(&["20", "44", "44", "60", "80", "92", "100"]);
    assert_eq!(bounds, ["20", "40", "60", "80", "100"]);
    // A lower bound is in, an upper one is not, but for the last.
    let places = ["20", "40", "60", "79.999999", "80", "100"].map(|value| at(&found, value));
    assert_eq!(places, [0, 1, 2, 2, 3, 3]);
    let (bounds, _) = bins(&["0.5", "1", "1.5", "2"]);
    assert_eq!(bounds, ["0.5", "1", "1.5", "2"]);
    let (bounds, found) = bins(&["-15", "-5", "0", "10"]);
    assert_eq!(bounds, ["-20", "-10", "0", "10"]);
    assert_eq!(at(&found, "-15"), 0);
}

#[test]
fn bins_are_no_narrower_than_what_values_differ_by() {
    // 3 in four bins could be 0.75 wide; of whole numbers that says nothing.
    assert_eq!(bins(&["1", "2", "3", "4"]).0, ["1", "2", "3", "4"]);
    // 2.5 would part whole numbers unevenly: 9 in four bins are 5 wide.
    assert_eq!(bins(&["0", "3", "6", "9"]).0, ["0", "5", "10"]);
    assert_eq!(bins(&["5", "5", "5"]).0, ["5", "6"]);
    assert_eq!(bins(&["0.000001"]).0, ["0", "1"]);
}

#[test]
fn one_who_is_far_away_does_not_put_all_others_into_one_bin() {
    let mut values: Vec<String> = (1..=39).map(|value| value.to_string()).collect();
    values.push("1000000".to_owned());
    let values: Vec<&str> = values.iter().map(|value| &**value).collect();
    // Two of forty at either end: from 3 to 38 in at most 20 bins are 2 wide.
    let (bounds, found) = bins(&values);
    assert!(found.is_trimmed);
    assert_eq!(bounds[..3], ["0", "2", "4"]);
    assert_eq!(bounds[bounds.len() - 2..], ["38", "1000000"]);
    let places = ["1", "3", "37", "38", "1000000"].map(|value| at(&found, value));
    assert_eq!(places, [0, 1, 18, 19, 19]);
    // Where almost all have the same, there is nothing between the ends to look at.
    let mut flat = vec!["0"; 39];
    flat.push("1000");
    let (bounds, found) = bins(&flat);
    assert!(!found.is_trimmed);
    assert_eq!(bounds[..2], ["0", "50"]);
}

#[test]
fn a_bound_beyond_all_numbers_is_the_value_itself() {
    let largest = "8999999999999.999999";
    let (bounds, found) = bins(&["0", largest]);
    assert_eq!(
        bounds,
        [
            "0",
            "2500000000000",
            "5000000000000",
            "7500000000000",
            largest
        ]
    );
    assert_eq!(at(&found, largest), 3);
}

/// The edge of a condition over 消费额, and whether the scheme goes by that alone.
fn found(condition: &str) -> (Option<String>, bool) {
    let text = format!(
        "[sheets.customers]\nkey = \"编号\"\nfields = [\n  {{ name = \"消费额\", type = \"money\", unit = \"万元\" }},\n  \
         {{ name = \"投诉\", type = \"number\" }},\n]\n[[grades]]\nname = \"A\"\nwhen = \"{condition}\"\n[[grades]]\nname = \"B\"\n"
    );
    let (scheme, findings) = scheme::validate(&text);
    let scheme = scheme.unwrap_or_else(|| panic!("{findings:?}"));
    let slots = scheme.slots.entries.iter();
    let place = slots.clone().position(|entry| *entry.name == *"消费额");
    let slot = Slot(place.unwrap() as u32);
    let GradeRule::When(Some(when)) = &scheme.grades[0].rule else {
        panic!("no condition");
    };
    let written = |begin: Begin| format!("{}{}", if begin.is_in { "" } else { "> " }, begin.value);
    let found = edge(&when.bound, slot).map(|edge| match edge {
        Edge::From(begin) => format!("from {}", written(begin)),
        Edge::To(next) => format!("next from {}", written(next)),
    });
    (found, only_value(&scheme) == Some(slot))
}

#[test]
fn a_threshold_is_found_where_it_is_written() {
    let alone = |edge: &str| (Some(edge.to_owned()), true);
    assert_eq!(found("消费额 >= 100"), alone("from 100"));
    assert_eq!(found("消费额 > 2.5"), alone("from > 2.5"));
    assert_eq!(found("100 <= 消费额"), alone("from 100"));
    assert_eq!(found("消费额 > -3"), alone("from > -3"));
    assert_eq!(found("消费额 <= 30"), alone("next from > 30"));
    assert_eq!(found("30 > 消费额"), alone("next from 30"));
    // Of two that may hold neither is where the grade begins, and a rank is no value.
    assert_eq!(found("消费额 >= 80 or 消费额 = 5"), (None, true));
    assert_eq!(found("rank(消费额) <= 3"), (None, true));
    assert_eq!(found("消费额 = 5"), (None, true));
}

#[test]
fn a_threshold_in_another_unit_is_brought_to_that_of_the_value() {
    let alone = |edge: &str| (Some(edge.to_owned()), true);
    assert_eq!(found("消费额 >= 5000元"), alone("from 0.5"));
    assert_eq!(found("消费额 >= 200万"), alone("from 200"));
    // 0.005元 are 0.0000005万元, and numbers have six places.
    assert_eq!(found("消费额 >= 0.005元"), (None, true));
}

#[test]
fn of_conditions_that_all_have_to_hold_the_last_that_begins_counts() {
    let alone = |edge: &str| (Some(edge.to_owned()), true);
    let other = |edge: &str| (Some(edge.to_owned()), false);
    assert_eq!(found("投诉 = 0 and 消费额 >= 80"), other("from 80"));
    // Where it ends is not where it begins, whichever is written first.
    assert_eq!(found("消费额 < 90 and 消费额 >= 60"), alone("from 60"));
    assert_eq!(found("消费额 >= 60 and 消费额 < 90"), alone("from 60"));
    assert_eq!(found("消费额 between 60 and 89.99"), alone("from 60"));
    assert_eq!(found("消费额 >= 60 and 消费额 > 70"), alone("from > 70"));
    assert_eq!(found("消费额 >= 60 and 消费额 > 60"), alone("from > 60"));
    // The next grade has those below 30 too of whom the rest does not hold.
    assert_eq!(found("消费额 < 30 and 投诉 = 0"), (None, false));
}
