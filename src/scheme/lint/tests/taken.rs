//! Rows that a sheet does not take: nobody is made of them.

use super::{linted, told, with_fields};

/// Bands of `x`, one for each condition, and what the customers' sheet asks.
fn of_customers(asks: &str, checks: &str, bands: &[&str]) -> String {
    let band = |(index, when): (usize, &&str)| {
        let name = index + 1;
        format!("{{ label = \"b{name}\", when = \"{when}\" }},")
    };
    let bands: String = bands.iter().enumerate().map(band).collect();
    let scheme = with_fields(&format!(
        "{checks}[[dimensions]]\nname = \"d\"\nbands = [{bands}]"
    ));
    scheme.replacen("key = \"id\"\n", &format!("key = \"id\"\n{asks}"), 1)
}

const CHECK: &str = "[[checks]]\nsheet = \"customers\"\nname = \"in order\"\nthat = \"x >= y\"\n";

#[test]
fn what_rows_leave_out_is_no_gap() {
    let bands = ["x >= 5", "x between 0 and 4.999999"];
    assert!(told(&linted(&of_customers("", "", &bands))).starts_with("gap: "));
    assert_eq!(
        told(&linted(&of_customers("rows = \"x >= 0\"\n", "", &bands))),
        ""
    );
}

#[test]
fn an_entry_for_rows_that_are_left_out_is_dead() {
    let scheme = of_customers("rows = \"x >= 0\"\n", "", &["x >= 0", "x < 0"]);
    assert_eq!(
        told(&linted(&scheme)),
        "shadowed: `b2` is never reached: no value satisfies its condition | \
         of the customers that the sheet takes: `x >= 0`\n"
    );
}

#[test]
fn an_entry_against_a_check_of_two_fields_is_dead() {
    let bands = ["x >= y", "x < y"];
    assert_eq!(told(&linted(&of_customers("", "", &bands))), "");
    let told = told(&linted(&of_customers("", CHECK, &bands)));
    assert!(
        told.starts_with("shadowed: `b2` is never reached: no value") && told.contains("`x >= y`"),
        "{told}"
    );
    // One that only warns takes the row.
    let warns = CHECK.replace("that", "severity = \"warning\"\nthat");
    assert_eq!(linted(&of_customers("", &warns, &bands)).len(), 0);
}

#[test]
fn metrics_are_made_of_the_rows_that_count() {
    let scheme = |rows: &str, filter: &str| {
        with_fields(&format!(
            "[[metrics]]\nname = \"total\"\nfrom = \"orders\"\nvalue = \"sum(sum)\"\n{filter}\
             [[dimensions]]\nname = \"d\"\nbands = [{{ label = \"a\", when = \"total < 0元\" }}, {{ label = \"b\" }}]"
        ))
        .replacen("date = \"on\"\n", &format!("date = \"on\"\n{rows}"), 1)
    };
    assert_eq!(told(&linted(&scheme("", ""))), "");
    for (rows, filter) in [
        ("rows = \"sum > 0元\"\n", ""),
        ("", "where = \"sum > 0元\"\n"),
    ] {
        let told = told(&linted(&scheme(rows, filter)));
        assert!(told.starts_with("shadowed: `a` is never reached"), "{told}");
    }
}

#[test]
fn a_sum_that_becomes_too_large_on_the_way_is_not_taken_for_all_below() {
    // Between -0.1 and 0 it holds; below it is missing.
    let scheme = of_customers(
        "",
        "",
        &[
            "x + (-8999999999999.9) + 8999999999999.9 < 0",
            "x is null or x >= 0",
        ],
    );
    let told = told(&linted(&scheme));
    assert!(!told.contains("shadowed"), "{told}");
}

#[test]
fn a_bound_that_no_comparison_comes_to_is_no_reason() {
    let scheme = of_customers(
        "",
        "",
        &["abs(x) * 9 > 8 and abs(x) * 9 < 8", "x > 0", "x <= 0"],
    );
    let told = told(&linted(&scheme));
    assert!(
        told.starts_with("shadowed: `b1`") && !told.contains("never below"),
        "{told}"
    );
}
