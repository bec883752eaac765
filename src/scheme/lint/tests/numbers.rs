//! Conditions on numbers of every size, up to the last that there are: what is found of them comes to an end.

use super::{as_of, with_fields};
use crate::scheme::lint::lint;
use crate::scheme::validate;
use proptest::prelude::*;
use proptest::sample::select;

const NUMBERS: &[&str] = &[
    "8999999999999.999999",
    "(-8999999999999.999999)",
    "8999999999999.9",
    "(-8999999999999.9)",
    "8000000000000",
    "4500000000000.5",
    "223372036854",
    "1000000000",
    "0.000001",
    "(-0.000001)",
    "3",
];

fn number() -> impl Strategy<Value = &'static str> {
    select(NUMBERS)
}

/// What is compared: one value or a sum, worked on again and again.
fn operand() -> impl Strategy<Value = String> {
    let value = select(&["x", "y", "n", "x + y", "2 * x - y", "days(day)"][..]);
    value.prop_map(str::to_owned).prop_recursive(6, 6, 1, |inner| {
        let op = select(&["+", "-", "*", "/"][..]);
        let function = select(&["abs", "round", "-"][..]);
        let of_two = select(&["least", "greatest", "coalesce"][..]);
        prop_oneof![
            6 => (inner.clone(), op, number()).prop_map(|(of, op, by)| format!("({of}) {op} {by}")),
            1 => (inner.clone(), number()).prop_map(|(of, by)| format!("{by} - ({of})")),
            1 => (inner.clone(), number()).prop_map(|(of, by)| format!("{by} * ({of})")),
            2 => (inner.clone(), function).prop_map(|(of, function)| format!("{function}({of})")),
            1 => (inner, of_two, number()).prop_map(|(of, name, by)| format!("{name}({of}, {by})")),
        ]
    })
}

fn condition() -> impl Strategy<Value = String> {
    let sign = || select(&["<", "<=", ">", ">=", "="][..]);
    let way = select(&["rising", "falling"][..]);
    prop_oneof![
        5 => (operand(), sign(), number()).prop_map(|(of, sign, at)| format!("{of} {sign} {at}")),
        1 => (way, 1..4, sign(), number())
            .prop_map(|(way, often, sign, at)| format!("{way}(monthly) >= {often} and latest(monthly) {sign} {at}")),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn numbers_of_every_size_are_checked_to_the_end(first in condition(), second in condition()) {
        let source = with_fields(&format!(
            "[[metrics]]\nname = \"units\"\nfrom = \"orders\"\nvalue = \"sum(pieces)\"\n\
             [[metrics]]\nname = \"monthly\"\nfrom = \"orders\"\nvalue = \"sum(pieces)\"\nper = \"month\"\n\
             [[grades]]\nname = \"A\"\nwhen = \"{first}\"\n\
             [[grades]]\nname = \"B\"\nwhen = \"{second}\"\n[[grades]]\nname = \"C\"\n"
        ))
        .replace("unit = \"元\" }]", "unit = \"元\" }, { name = \"pieces\", type = \"number\" }]");
        let (scheme, findings) = validate(&source);
        let scheme = scheme.unwrap_or_else(|| panic!("{findings:#?}\n{source}"));
        // The build of tests checks every sum for overflow: that it comes back is what is asked here.
        for finding in lint(&scheme, &source, as_of()) {
            prop_assert!(!finding.title.en.is_empty() && !finding.title.zh.is_empty());
        }
    }
}
