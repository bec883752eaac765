//! Round numbers by the rule as it is written down, worked out by hand.

use super::{Ladder, NoThreshold, Proposal, Step, Threshold, propose};
use crate::table::Decimal;

fn number(text: &str) -> Decimal {
    Decimal::parse(text).unwrap()
}

fn millionths(values: &[&str]) -> Vec<i64> {
    values
        .iter()
        .map(|value| number(value).millionths())
        .collect()
}

/// The proposals for wanted shares from the best on, as `number count` and what is beside.
fn proposed(values: &[i64], sums: &[&str], tolerance: &str, comparison: &str) -> Vec<String> {
    let steps: Vec<Step> = sums
        .iter()
        .map(|share| Step {
            share: number(share),
            takes_equal: comparison.ends_with('='),
            finest: 1,
        })
        .collect();
    let found = propose(
        values,
        &steps,
        number(tolerance),
        comparison.starts_with('>'),
    );
    let show = |proposal: Option<Proposal>| match proposal {
        None => "none".to_owned(),
        Some(Proposal {
            number,
            count,
            beside: None,
        }) => format!("{number} {count}"),
        Some(Proposal {
            number,
            count,
            beside: Some((below, above)),
        }) => {
            let shown = |count: Option<usize>| count.map_or("-".to_owned(), |c| c.to_string());
            format!("{number} {count} of {}|{}", shown(below), shown(above))
        }
    };
    found.into_iter().map(show).collect()
}

/// 1 to 100, one customer each.
fn hundred() -> Vec<i64> {
    (1..=100).map(|value| value * 1_000_000).collect()
}

#[test]
fn the_coarsest_step_that_fits_is_taken() {
    // >= 91 takes 10, and 90 takes 11: 90 is a multiple of 10, and as near as 1% allows. For 40% it is 61, or within 1%
    // 60 to 62, of which 60 is a multiple of 20.
    assert_eq!(
        proposed(&hundred(), &["0.1", "0.4"], "0.01", ">="),
        ["90 11", "60 41"]
    );
    // Without tolerance only 91 and 61 do: above 90 and up to 91, where 91 is a multiple of 1 only, but 90.5 of 0.5 is
    // not coarser.
    assert_eq!(
        proposed(&hundred(), &["0.1", "0.4"], "0", ">="),
        ["91 10", "61 40"]
    );
    // `>`: from 90 on and below 91.
    assert_eq!(
        proposed(&hundred(), &["0.1", "0.4"], "0", ">"),
        ["90 10", "60 40"]
    );
    // Less is better: up to 10 are 10.
    assert_eq!(
        proposed(&hundred(), &["0.1", "0.4"], "0", "<="),
        ["10 10", "40 40"]
    );
    assert_eq!(proposed(&hundred(), &["0.1"], "0", "<"), ["11 10"]);
}

#[test]
fn halves_and_quarters_are_steps_too() {
    // Above 0.61 and up to 0.64: 0.62 is a multiple of 0.02, and the coarser 0.025 gives 0.625.
    let values = millionths(&["0.64", "0.61"]);
    assert_eq!(proposed(&values, &["0.5"], "0", ">="), ["0.625 1"]);
    // Above 1200 and up to 3100: 2500 of the step 2500 and not 2000, because 2.5 is coarser than 2.
    let values = millionths(&["3100", "1200"]);
    assert_eq!(proposed(&values, &["0.5"], "0", ">="), ["2500 1"]);
    // From below nought to above: nought is the roundest number of all.
    let values = millionths(&["0.35", "-0.2"]);
    assert_eq!(proposed(&values, &["0.5"], "0", ">="), ["0 1"]);
    // Below nought: above -70 and up to -41 is -50.
    let values = millionths(&["-41", "-70"]);
    assert_eq!(proposed(&values, &["0.5"], "0", ">="), ["-50 1"]);
}

#[test]
fn of_all_that_the_tolerance_lets_in_the_roundest_number_is_taken() {
    // 18% to 28% is everything above 72 and up to 83: 75 is of step 25, 80 of 20.
    assert_eq!(proposed(&hundred(), &["0.23"], "0.05", ">="), ["75 26"]);
    // 19% to 21%: above 79 and up to 82.
    assert_eq!(proposed(&hundred(), &["0.2"], "0.01", ">="), ["80 21"]);
    // Above 1 and up to 9 there are 2, 4, 5, 6 and 8; 5 is of step 5.
    assert_eq!(
        proposed(&millionths(&["9", "1"]), &["0.5"], "0", ">="),
        ["5 1"]
    );
    // Above 41 and up to 49: 45 of step 5. Above 51 and up to 54.9: 52.5 of step 2.5.
    let values = millionths(&["49", "41"]);
    assert_eq!(proposed(&values, &["0.5"], "0", ">="), ["45 1"]);
    let values = millionths(&["54.9", "51"]);
    assert_eq!(proposed(&values, &["0.5"], "0", ">="), ["52.5 1"]);
    // Above 31.1 and up to 33.9: 32 is of step 2 and 32.5 of the coarser 2.5.
    let values = millionths(&["33.9", "31.1"]);
    assert_eq!(proposed(&values, &["0.5"], "0", ">="), ["32.5 1"]);
}

#[test]
fn where_many_are_equal_the_shares_on_both_sides_are_told() {
    // Ten customers: one has 95, five have 80, four have 10. 30% is nowhere: 10% or 60%, and 10% is nearer.
    let mut values = vec!["95"];
    values.extend(["80"; 5]);
    values.extend(["10"; 4]);
    let values = millionths(&values);
    assert_eq!(proposed(&values, &["0.3"], "0.01", ">="), ["90 1 of 1|6"]);
    // 50% is nearer to 60%: above 10 and up to 80, where 50 is the roundest.
    assert_eq!(proposed(&values, &["0.5"], "0.01", ">="), ["50 6 of 1|6"]);
    // Half-way: rather too few.
    assert_eq!(proposed(&values, &["0.35"], "0.01", ">="), ["90 1 of 1|6"]);
    // All have the same: there is nothing below.
    assert_eq!(
        proposed(&millionths(&["7", "7"]), &["0.5"], "0.01", ">="),
        ["7 2 of -|2"]
    );
}

#[test]
fn a_level_begins_below_the_one_above_it() {
    // A takes 60% where 50% was wanted; for B, up to 60% too, those at 10 are all that is left.
    let mut values = vec!["80"; 6];
    values.extend(["10"; 4]);
    let values = millionths(&values);
    assert_eq!(
        proposed(&values, &["0.5", "0.6"], "0.01", ">="),
        ["50 6 of -|6", "10 10 of -|10"]
    );
    assert_eq!(
        proposed(&values, &["0.6", "1", "1"], "0.01", ">=")[2],
        "none"
    );
    assert_eq!(proposed(&[], &["0.1"], "0.01", ">="), ["none"]);
}

/// The thresholds of the grades of a scheme over 额 (万元), 率 (per cent) and 天.
fn thresholds(conditions: &[&str]) -> Vec<Result<Threshold, NoThreshold>> {
    let mut text = "[scheme]\nunit = \"元\"\n[sheets.customers]\nkey = \"id\"\nfields = [\n  \
                    { name = \"额\", type = \"money\", unit = \"万元\" },\n  \
                    { name = \"元额\", type = \"money\" },\n  \
                    { name = \"率\", type = \"percent\" },\n  { name = \"天\", type = \"number\" },\n]\n"
        .to_owned();
    for (place, condition) in conditions.iter().enumerate() {
        text.push_str(&format!(
            "[[grades]]\nname = \"G{place}\"\nwhen = \"{condition}\"\n"
        ));
    }
    text.push_str("[[grades]]\nname = \"rest\"\n");
    let (scheme, findings) = crate::scheme::validate(&text);
    let scheme = scheme.unwrap_or_else(|| panic!("{findings:?}"));
    let ladder = Ladder::grades(&scheme);
    ladder.levels.iter().map(super::Level::threshold).collect()
}

#[test]
fn a_number_is_written_in_the_unit_of_the_one_that_it_replaces() {
    for (condition, value, expected) in [
        ("额 >= 100", "83", "额 >= 83"),
        ("额 >= 100万", "83", "额 >= 83万"),
        ("额 ≥ １００万", "83", "额 ≥ 83万"),
        ("率 ≥ －５％", "0.025", "率 ≥ 2.5%"),
        ("额 >= 1000000元", "83", "额 >= 830000元"),
        ("元额 >= 100万", "830000", "元额 >= 83万"),
        ("元额 > 0.5亿", "2500000", "元额 > 0.025亿"),
        ("率 >= 20%", "0.15", "率 >= 15%"),
        ("率 > -5%", "0.025", "率 > 2.5%"),
        ("率 >= 0.2", "0.15", "率 >= 0.15"),
        ("30 >= 天", "45", "45 >= 天"),
        ("天 <= 0", "45", "天 <= 45"),
        ("天 * 2 <= 30", "45", "天 * 2 <= 45"),
    ] {
        let found = thresholds(&[condition]).remove(0);
        let found = found.unwrap_or_else(|why| panic!("{condition}: {why:?}"));
        assert_eq!(
            found.with(number(value)).as_deref(),
            Some(expected),
            "{condition}"
        );
    }
}

#[test]
fn one_value_in_two_units_is_the_same_value() {
    let found = thresholds(&["额 >= 100", "额 >= 500000元", "100 > 天", "天 + 1 < 5"]);
    let [first, second, less, sum, rest] = &found[..] else {
        panic!("{found:?}");
    };
    let (first, second) = (first.as_ref().unwrap(), second.as_ref().unwrap());
    assert_eq!(first.value, second.value);
    assert!(first.is_upward() && first.takes_equal());
    let less = less.as_ref().unwrap();
    assert!(!less.is_upward() && !less.takes_equal());
    assert_ne!(less.value, sum.as_ref().unwrap().value);
    assert_eq!(rest.as_ref().unwrap_err(), &NoThreshold::Otherwise);
}

#[test]
fn a_condition_with_more_than_one_number_is_no_threshold() {
    for condition in [
        "额 >= 100 and 天 < 3",
        "天 between 3 and 5",
        "天 = 3",
        "天 >= 率",
        "not 天 >= 3",
    ] {
        assert_eq!(
            thresholds(&[condition])[0].as_ref().unwrap_err(),
            &NoThreshold::NotOneNumber,
            "{condition}"
        );
    }
}

#[test]
fn a_number_that_its_unit_has_no_room_for_is_not_written() {
    // 2 trillion 万元 are 20,000 trillion 元: more than a number can be.
    let found = thresholds(&["额 >= 1000000元"]).remove(0).unwrap();
    assert_eq!(found.with(number("2000000000000")), None);
    let same = thresholds(&["额 >= 100"]).remove(0).unwrap();
    assert_eq!(
        same.with(number("2000000000000")).as_deref(),
        Some("额 >= 2000000000000")
    );
}
