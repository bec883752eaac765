//! Snippets of schemes and what is found in them.

use super::{linted, told, with_fields};

/// Bands of an unweighted dimension, one condition each; `""` is otherwise.
fn bands(conditions: &[&str]) -> String {
    let band = |(index, condition): (usize, &&str)| {
        let when = if condition.is_empty() {
            String::new()
        } else {
            format!(", when = \"{condition}\"")
        };
        format!("{{ label = \"b{}\"{when} }},", index + 1)
    };
    let bands = conditions
        .iter()
        .enumerate()
        .map(band)
        .collect::<Vec<_>>()
        .join(" ");
    with_fields(&format!("[[dimensions]]\nname = \"d\"\nbands = [{bands}]"))
}

#[test]
fn gaps_of_bands() {
    let mut wrong = vec![];
    for (conditions, expected) in [
        (&["x < 10", "x > 10"][..], "x = 10 | not covered: x = 10"),
        (&["x >= 10"], "x = 9 | not covered: x below 10, such as 9"),
        (&["x <= 10"], "x = 11 | not covered: x above 10, such as 11"),
        // `x / y` and `x` hang together: there are customers in the hole that is left between them.
        (
            &["x / y >= 2 and x > 0", "x / y < 2", "x <= 0 and x / y >= 3"],
            "x / y = 2, x = -1 | \
             not covered: x / y at least 2 and below 3, such as 2; x at most 0, such as -1 | \
             such a customer: x = -1, y = -0.5",
        ),
        (
            &["x < 10", "x >= 20"],
            "x = 10 | not covered: x at least 10 and below 20, such as 10",
        ),
        (
            &["x between 0 and 10", "x between 20 and 30"],
            "x = -1 | not covered: x below 0, such as -1 | not covered: x above 10 and below 20, such as 15 | \
             not covered: x above 30, such as 31",
        ),
        (
            &["x = 1", "x = 3", "x = 5"],
            "x = 0 | not covered: x below 1, such as 0 | not covered: x above 1 and below 3, such as 2 | \
             not covered: x above 3 and below 5, such as 4 | and more",
        ),
        // Whole numbers only, none below 0, or between bounds.
        (
            &["n <= 1", "n >= 10"],
            "n = 5 | not covered: n from 2 to 9, such as 5",
        ),
        (&["n <= 1", "n >= 3"], "n = 2 | not covered: n = 2"),
        (
            &["n between 1 and 3"],
            "n = 0 | not covered: n at most 0, such as 0 | not covered: n at least 4, such as 4",
        ),
        (
            &["stars >= 4", "stars <= 2"],
            "stars = 3 | not covered: stars = 3",
        ),
        (
            &["orders_made >= 5", "orders_made < 2"],
            "orders_made = 2 | not covered: orders_made from 2 to 4, such as 2",
        ),
        (
            &["x <= 1", "x >= 2"],
            "x = 1.5 | not covered: x above 1 and below 2, such as 1.5",
        ),
        // Units, shares, days.
        (
            &["paid >= 100万", "paid < 50"],
            "paid = 50 万元 | not covered: paid at least 50 万元 and below 100 万元, such as 50 万元",
        ),
        (
            &["rate >= 20%", "rate < 0.1"],
            "rate = 10% | not covered: rate at least 10% and below 20%, such as 10%",
        ),
        (
            &["day > '2024-03-01'", "day < '2024-02-01'"],
            "day = 2024-02-01 | not covered: day from 2024-02-01 to 2024-03-01, such as 2024-02-01",
        ),
        (
            &["days(day) <= 30", "days(day) > 90"],
            "days(day) = 60 | not covered: days(day) from 31 to 90, such as 60 | such a customer: day = 2024-11-01",
        ),
        // Texts, choices, truth values.
        (
            &["city = 'A'", "city in ('B', 'C')"],
            "city = anything else | not covered: city = anything else",
        ),
        (
            &["size = 'S'"],
            "size = 'M' | not covered: size = 'M' or size = 'L'",
        ),
        (
            &["ok and x > 5", "not ok"],
            "ok true, x = 4 | not covered: ok true; x at most 5, such as 4",
        ),
        (
            &["city like 'A%'"],
            "city like 'A%' false | not covered: city like 'A%' false | such a customer: city = anything else",
        ),
        // Two things that are no literals.
        (
            &["x > y", "x < y"],
            "x = y | not covered: x = y | such a customer: x = 0, y = 0",
        ),
        (
            &["x > y", "y > x"],
            "x = y | not covered: x = y | such a customer: x = 0, y = 0",
        ),
        (&["x >= mean(x)"], "x < mean(x) | not covered: x < mean(x)"),
        (
            &["x / y > 2"],
            "x / y = 1.96078 | not covered: x / y at most 2, such as 1.96078 | \
             such a customer: x = -1, y = -0.510001",
        ),
        // Two variables; one that does not matter is not told.
        (
            &["x > 5 and y > 5", "x <= 5"],
            "x = 6, y = 4 | not covered: x above 5, such as 6; y at most 5, such as 4",
        ),
        (
            &["x > 5 and y > 5", "x > 5 and y <= 5"],
            "x = 4 | not covered: x at most 5, such as 4",
        ),
        // What is missing has its own reason and is no gap; a value that stands in for it is seen through.
        (
            &["x is not null and x > 5", "x is not null and x < 5"],
            "x = 5 | not covered: x = 5",
        ),
        (
            &["coalesce(x, 0) > 5"],
            "x = 4 | not covered: x at most 5, such as 4",
        ),
        (
            &["coalesce(x, 0) > 5", "x < 5"],
            "x = 5 | not covered: x = 5",
        ),
    ] {
        let expected = format!("gap: no band of `d` covers {expected}\n");
        let found = told(&linted(&bands(conditions)));
        if found != expected {
            wrong.push(format!(
                "{conditions:?}\n  found    {found}\n  expected {expected}\n"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn nothing_is_found_in_what_is_complete() {
    for conditions in [
        &["x < 10", "x >= 10"][..],
        &["x < 10", ""],
        &["n <= 1", "n >= 2"],
        &["stars >= 4", "stars = 3", "stars < 3"],
        &["size = 'S'", "size in ('M', 'L')"],
        &["size = 'S'", "size <> 'S'"],
        &["ok", "not ok"],
        &["ok is true", "ok is not true"],
        &["x > y", "x = y", "x < y"],
        &["x >= y", "y > x"],
        &["x >= mean(x)", "x < mean(x)"],
        &["paid >= 100", "paid < 1000000元"],
        &["x > 5 and y > 5", "x > 5", "y > 5", "x <= 5 and y <= 5"],
        &["day is null", "days(day) <= 365", "days(day) > 365"],
        &["x is null", "x > 5", ""],
        &["x > 5", "coalesce(x, 9) <= 5"],
        &["day >= '2024-03-01'", "day <= '2024-02-29'"],
        &["city like 'A%'", "not city like 'A%'"],
    ] {
        assert_eq!(told(&linted(&bands(conditions))), "", "{conditions:?}");
    }
}

#[test]
fn entries_that_are_never_reached() {
    for (conditions, expected) in [
        (
            &["x >= 50", "x >= 100", ""][..],
            "`b2` is never reached: `b1` before it covers all of it | x = 100 is `b1` already",
        ),
        (
            &["x >= 50", "x >= 50", ""],
            "`b2` is never reached: `b1` before it covers all of it | x = 50 is `b1` already",
        ),
        (
            &["x >= 5", "", "x >= 9"],
            "`b3` is never reached: `b2` before it covers all of it",
        ),
        (
            &["x < 5", "x >= 5", ""],
            "`b3` is never reached: `b1`, `b2` before it cover all of it together | x = 4 is `b1` already",
        ),
        (
            &["x > 5", "x < 3", "x > 5 or x < 1", ""],
            "`b3` is never reached: `b1`, `b2` before it cover all of it together | x = 6 is `b1` already",
        ),
        (
            &["x > 5 and x < 3", ""],
            "`b1` is never reached: no value satisfies its condition | `x > 5` and `x < 3` never hold together",
        ),
        (
            &["x between 9 and 1", ""],
            "`b1` is never reached: no value satisfies its condition",
        ),
        (
            &["n > 1 and n < 2", ""],
            "`b1` is never reached: no value satisfies its condition | `n > 1` and `n < 2` never hold together",
        ),
        (
            &["stars > 5", ""],
            "`b1` is never reached: no value satisfies its condition | stars lies between 1 and 5",
        ),
        (
            &["stars >= 1", ""],
            "`b2` is never reached: `b1` before it covers all of it | stars = 1 is `b1` already | stars lies between 1 and 5",
        ),
        (
            &["size in ('S', 'M')", "size = 'M'", ""],
            "`b2` is never reached: `b1` before it covers all of it | size = 'M' is `b1` already",
        ),
        // The missing value stops at the first condition that asks for it.
        (
            &["x > 5", "x <= 5", "x is null"],
            "`b3` is never reached: where it holds, `b1` before it is unknown, and the list stops there",
        ),
        // `x` and `x / y` hang together: a customer who has both.
        (
            &["x > 5", "x > 6 and x / y > 2", ""],
            "`b2` is never reached: `b1` before it covers all of it | x = 7, x / y = 3.5 is `b1` already | \
             such a customer: x = 7, y = 2",
        ),
    ] {
        assert_eq!(
            told(&linted(&bands(conditions))),
            format!("shadowed: {expected}\n"),
            "{conditions:?}"
        );
    }
}

#[test]
fn grades_types_and_figures() {
    let dimension = |name: &str, weight: u32, field: &str| {
        format!(
            "[[dimensions]]\nname = \"{name}\"\nweight = {weight}\nbands = [\
             {{ label = \"hi\", when = \"{field} >= 10\", points = 100 }}, {{ label = \"lo\", points = 20 }}]\n"
        )
    };
    let grade = |name: &str, rule: &str| format!("[[grades]]\nname = \"{name}\"\n{rule}\n");
    let of_type = |name: &str, rule: &str| format!("[[types]]\nname = \"{name}\"\n{rule}\n");
    let two = dimension("a", 60, "x") + &dimension("b", 40, "y");
    let mut wrong = vec![];
    let same = dimension("a", 60, "x") + &dimension("b", 40, "x");
    for (rest, expected) in [
        (
            two.clone() + &grade("A", "when = \"score >= 80\"") + &grade("B", "when = \"score >= 50\""),
            "gap: no grade covers score = 20 | not covered: score below 50, such as 20 | such a customer: x = 9, y = 9\n",
        ),
        (
            two.clone() + &grade("A", "when = \"score > 100\"") + &grade("B", ""),
            "shadowed: `A` is never reached: no value satisfies its condition | score is one of 20, 52, 68, 100\n",
        ),
        (
            two.clone() + &grade("A", "when = \"score >= 60\"") + &grade("B", "when = \"score >= 20\"") + &grade("C", ""),
            "no-effect: dimension `b` has a weight and no effect on the grade: whatever the others come to, its points \
             never decide a grade\n\
             shadowed: `C` is never reached: `B` before it covers all of it | score = 20 is `B` already | \
             such a customer: x = 9, y = 9 | score lies between 20 and 100\n",
        ),
        (
            two.clone() + &grade("A", "when = \"points(a) >= 50\"") + &grade("B", "when = \"points(a) < 20\""),
            "shadowed: `B` is never reached: no value satisfies its condition | points(a) is one of 20, 100\n\
             gap: no grade covers points(a) = 20 | not covered: points(a) = 20 | such a customer: x = 9\n",
        ),
        (
            two.clone() + &of_type("T", "when = \"a = 'hi' and b = 'hi'\"") + &of_type("U", "when = \"a = 'lo'\""),
            "gap: no type covers a = 'hi', b = 'lo' | not covered: a = 'hi'; b = 'lo' | such a customer: x = 10, y = 9\n",
        ),
        (
            same + &of_type("T", "when = \"a = 'hi' and b = 'hi'\"") + &of_type("U", "when = \"a = 'lo'\""),
            // Both come from `x`, so they never differ.
            "",
        ),
        (
            dimension("a", 60, "x") + &dimension("b", 90, "y"),
            "weights: weights of dimensions add up to 150, not to 100 | `a` 60 of 150 = 40%, `b` 90 of 150 = 60%\n",
        ),
        (
            "[[dimensions]]\nname = \"d\"\nweight = 100\ntemporary = { by = \"me\" }\n\
             bands = [{ label = \"all\", points = 1 }]"
                .to_owned(),
            "temporary-inactive: temporary dimension `d` does not count: nobody approved it\n",
        ),
        (
            "[[dimensions]]\nname = \"d\"\nweight = 100\nbands = [{ label = \"hi\", when = \"points >= 80\" }]\n\
             [[dimensions.indicators]]\nname = \"i\"\nweight = 1\npoints = \"clamp(x, 0, 100)\"\n\
             [[dimensions.indicators]]\nname = \"j\"\nweight = 2\nbands = [{ when = \"y > 1\", points = 100 }]"
                .to_owned(),
            "gap: no band of `d` covers points = 79.996666 | not covered: points below 80, such as 79.996666 | \
             such a customer: x = 39.989999, y = 2\n\
             weights: weights of indicators of `d` add up to 3, not to 100 | `i` 1 of 3 = 33.33%, `j` 2 of 3 = 66.67%\n\
             gap: no band of `j` covers y = 0 | not covered: y at most 1, such as 0\n",
        ),
        // By rank.
        (
            grade("A", "top = \"10%\"\nby = \"x\"") + &grade("B", "top = \"40%\"\nby = \"x\""),
            "gap: customers outside every `top` have no grade\n",
        ),
        (grade("A", "top = \"10%\"\nby = \"x\"") + &grade("B", ""), ""),
        (grade("A", "top = \"10%\"\nby = \"x\"") + &grade("B", "top = \"100%\"\nby = \"x\""), ""),
        (
            grade("A", "top = \"10%\"\nby = \"x\"") + &grade("B", "top = \"5%\"\nby = \"x\"") + &grade("C", ""),
            "shadowed: `B` is never reached: `A` before it covers all of it\n",
        ),
        // What named values give.
        (
            "[[values]]\nname = \"r\"\nis = \"case when x > 9 then 3 when x > 5 then 2 else 1 end\"\n".to_owned()
                + &grade("A", "when = \"r >= 2\"")
                + &grade("B", "when = \"r < 2 and r > 1\"")
                + &grade("C", "when = \"r = 1\""),
            "shadowed: `B` is never reached: no value satisfies its condition | `r < 2` and `r > 1` never hold together\n",
        ),
        (
            "[[values]]\nname = \"high\"\nis = \"x >= mean(x)\"\n".to_owned()
                + &of_type("T", "when = \"high and n > 2\"")
                + &of_type("U", "when = \"not high\""),
            "gap: no type covers high true, n = 1 | not covered: high true; n at most 2, such as 1 | \
             such a customer: n = 1, x = mean(x)\n",
        ),
        // Strategies need not be for everybody; tasks come from all that hold.
        (
            grade("A", "when = \"x > 5\"")
                + &grade("B", "")
                + "[[strategies]]\nwhen = \"grade = 'A'\"\nservice = \"s\"\n\
                   [[strategies]]\nwhen = \"grade = 'A'\"\ntasks = [{ title = \"t\", every = \"month\" }]\n\
                   [[strategies]]\nwhen = \"grade = 'A'\"\nservice = \"u\"\n",
            "shadowed: strategy 3 is never reached: strategy 1 before it covers all of it | grade = 'A' is strategy 1 already | such a customer: x = 6\n",
        ),
    ] {
        let found = told(&linted(&with_fields(&rest)));
        if found != expected {
            wrong.push(format!("{rest}\n  found    {found}\n  expected {expected}\n"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn hotel_stays_without_a_grade() {
    let source = with_fields(
        "[[grades]]\nname = \"VIP\"\nwhen = \"n >= 20 and m > 30\"\n\
         [[grades]]\nname = \"regular\"\nwhen = \"n >= 10\"\n\
         [[grades]]\nname = \"new\"\nwhen = \"n <= 1\"\n",
    );
    assert_eq!(
        told(&linted(&source)),
        "gap: no grade covers n = 5 | not covered: n from 2 to 9, such as 5\n"
    );
}

#[test]
fn too_many_combinations_are_admitted() {
    let fields: Vec<String> = (0..10)
        .map(|i| format!("{{ name = \"f{i}\", type = \"number\" }}"))
        .collect();
    let fields = fields.join(", ");
    let when: Vec<String> = (0..10).map(|i| format!("f{i} between 1 and 2")).collect();
    let source = format!(
        "[sheets.customers]\nkey = \"id\"\nfields = [{fields}]\n[[grades]]\nname = \"A\"\nwhen = \"{}\"\n",
        when.join(" and ")
    );
    assert_eq!(
        told(&linted(&source)),
        "gap: no grade was checked for gaps and for being reached: too many combinations | \
         there are 9765625, at most 100000 are looked at\n"
    );
}

#[test]
fn places_are_the_conditions() {
    let source = bands(&[" x >= 50", "x >= 100"]);
    let findings = linted(&source);
    let at = |finding: &crate::diagnostic::Finding| match &finding.at {
        crate::diagnostic::At::Span(span) => source[span.clone()].to_owned(),
        other => panic!("{other:?}"),
    };
    assert_eq!(
        findings.iter().map(at).collect::<Vec<_>>(),
        ["\"x >= 100\"", "\"x >= 100\""]
    );
    assert_eq!(
        &source[findings[0]
            .related
            .first()
            .or(findings[1].related.first())
            .unwrap()
            .0
            .clone()],
        "\" x >= 50\""
    );
}
