//! What is looked up is what is worked out: for any list of conditions, over any customers.

use super::*;
use crate::scheme::model::SlotKind;
use crate::table::column::{MISSING, MISSING_DATE, MISSING_TEXT};
use crate::table::{Date, TextColumn};
use proptest::prelude::*;
use std::sync::Arc;

/// A scheme with these conditions as its types.
fn scheme(conditions: &[String]) -> Scheme {
    let mut text = String::from(
        r#"
[sheets.customers]
key = "k"
fields = [
  { name = "n", type = "number" },
  { name = "m", type = "money", unit = "万元" },
  { name = "d", type = "date" },
  { name = "s", type = "datetime" },
  { name = "t", type = "text" },
  { name = "b", type = "bool" },
]
[[grades]]
name = "A"
"#,
    );
    for (index, condition) in conditions.iter().enumerate() {
        text += &format!("[[types]]\nname = \"T{index}\"\nwhen = \"{condition}\"\n");
    }
    text += "[[types]]\nname = \"otherwise\"\n";
    let (scheme, findings) = crate::scheme::validate(&text);
    scheme.unwrap_or_else(|| panic!("{text}{findings:?}"))
}

/// Values near the constants of the conditions, each sometimes missing.
#[derive(Clone, Debug)]
struct Customer {
    n: Option<i64>,
    m: Option<i64>,
    d: Option<i32>,
    s: Option<i64>,
    t: Option<u32>,
    b: Truth,
}

const TEXTS: [&str; 4] = ["a", "b", "ab", "c"];

fn facts(scheme: &Scheme, customers: &[Customer]) -> Facts {
    let ids = (0..customers.len()).map(|id| Arc::from(id.to_string()));
    let day = |text| Date::parse_iso(text).unwrap();
    let mut facts = Facts::new(scheme, ids.collect::<Vec<_>>(), day("2024-01-02"));
    let halves = |value: Option<i64>| value.map_or(MISSING, |value| value * 500_000);
    let first = day("2024-01-01").days();
    let rows = customers.iter();
    let columns = [
        (
            "n",
            Column::Number(rows.clone().map(|row| halves(row.n)).collect()),
        ),
        (
            "m",
            Column::Number(rows.clone().map(|row| halves(row.m)).collect()),
        ),
        (
            "d",
            Column::Date(
                rows.clone()
                    .map(|row| row.d.map_or(MISSING_DATE, |day| first + day))
                    .collect(),
            ),
        ),
        (
            "s",
            Column::DateTime(
                rows.clone()
                    .map(|row| {
                        row.s
                            .map_or(MISSING, |half| i64::from(first) * 86_400 + half * 43_200)
                    })
                    .collect(),
            ),
        ),
        (
            "t",
            Column::Text(TextColumn {
                codes: rows
                    .clone()
                    .map(|row| row.t.unwrap_or(MISSING_TEXT))
                    .collect(),
                dictionary: Arc::new(TEXTS.map(Arc::from).to_vec()),
            }),
        ),
        ("b", Column::Bool(rows.map(|row| row.b).collect())),
    ];
    let fields = &scheme.customers.as_ref().unwrap().sheet.fields;
    for (name, column) in columns {
        let field = fields
            .iter()
            .position(|field| *field.name == *name)
            .unwrap();
        facts.set(scheme.slot_of(SlotKind::Field(field)).unwrap(), column);
    }
    facts
}

fn customer() -> impl Strategy<Value = Customer> {
    let truths = [Truth::False, Truth::Unknown, Truth::True];
    (
        prop::option::weighted(0.8, -3..=6i64),
        prop::option::weighted(0.8, -3..=6i64),
        prop::option::weighted(0.8, -1..4i32),
        prop::option::weighted(0.8, -1..5i64),
        prop::option::weighted(0.8, 0..4u32),
        prop::sample::select(truths.to_vec()),
    )
        .prop_map(|(n, m, d, s, t, b)| Customer { n, m, d, s, t, b })
}

/// A condition in brackets.
fn condition(leaves: impl Strategy<Value = String> + 'static) -> impl Strategy<Value = String> {
    leaves.prop_recursive(3, 8, 3, |inner| {
        let some = prop::collection::vec(inner.clone(), 2..4);
        prop_oneof![
            some.clone()
                .prop_map(|items| format!("({})", items.join(" and "))),
            some.prop_map(|items| format!("({})", items.join(" or "))),
            inner.clone().prop_map(|item| format!("(not {item})")),
            inner.prop_map(|item| format!("({item} is true)")),
        ]
    })
}

/// Conditions that compare values with constants, and some that look at them otherwise.
fn comparison() -> impl Strategy<Value = String> {
    let op = || prop::sample::select(vec!["=", "<>", "<", "<=", ">", ">="]);
    let half = || (-2..=5i64).prop_map(|halves| format!("{}", halves as f64 / 2.0));
    let day = || (1..4u32).prop_map(|day| format!("date '2024-01-0{day}'"));
    let text = || prop::sample::select(vec!["'a'", "'b'", "'ab'", "'none'"]);
    prop_oneof![
        (op(), half()).prop_map(|(op, x)| format!("(n {op} {x})")),
        (op(), half()).prop_map(|(op, x)| format!("({x} {op} n)")),
        (half(), half()).prop_map(|(x, y)| format!("(n between {x} and {y})")),
        (half(), half()).prop_map(|(x, y)| format!("(n not in ({x}, {y}))")),
        (op(), half()).prop_map(|(op, x)| format!("(m {op} {x})")),
        (op(), 0..30_000i64).prop_map(|(op, x)| format!("(m {op} {x}元)")),
        (op(), half()).prop_map(|(op, x)| format!("(n + m / 1万元 {op} {x})")),
        (op(), day()).prop_map(|(op, x)| format!("(d {op} {x})")),
        (day(), day()).prop_map(|(x, y)| format!("(d in ({x}, {y}))")),
        (op(), day()).prop_map(|(op, x)| format!("(s {op} {x})")),
        (op(), text()).prop_map(|(op, x)| format!("(t {op} {x})")),
        (text(), text()).prop_map(|(x, y)| format!("(t in ({x}, {y}))")),
        text().prop_map(|x| format!("(length(t) > length({x}))")),
        Just("(t like 'a%')".to_owned()),
        Just("(n > m / 1万元)".to_owned()),
        Just("(d < as_of)".to_owned()),
        prop::sample::select(vec!["n", "m", "d", "s", "t", "b"])
            .prop_map(|name| format!("({name} is null)")),
        Just("b".to_owned()),
        Just("(rank(n) <= 3)".to_owned()),
    ]
}

/// What is worked out, and what is looked up when that has been asked often enough.
fn both(
    conditions: &[String],
    customers: &[Customer],
) -> (Vec<Choice>, Option<Vec<Choice>>, usize) {
    let scheme = scheme(conditions);
    let mut facts = facts(&scheme, customers);
    let rules: Vec<_> = scheme.types.iter().map(|rule| rule.when.as_ref()).collect();
    let mut findings = vec![];
    let worked_out = one_by_one(&scheme, &rules, "type", &mut facts, &mut findings);
    let bounds: Vec<_> = rules
        .iter()
        .map(|rule| rule.map(|rule| &rule.bound))
        .collect();
    let list = scheme.grids.list(&bounds).unwrap();
    for operand in list.operands() {
        facts.look_up(&scheme, operand);
    }
    let looked_up = (0..10_000).find_map(|_| list.look_up(&facts));
    (worked_out, looked_up, findings.len())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn what_is_looked_up_is_what_is_worked_out(
        conditions in prop::collection::vec(condition(comparison()), 1..4),
        customers in prop::collection::vec(customer(), 1..60),
    ) {
        let (worked_out, looked_up, _) = both(&conditions, &customers);
        if let Some(looked_up) = looked_up {
            prop_assert_eq!(looked_up, worked_out);
        }
    }

    #[test]
    fn plain_comparisons_are_looked_up(
        conditions in prop::collection::vec((-4..9i64, -4..9i64), 1..40),
        customers in prop::collection::vec(customer(), 1..60),
    ) {
        let conditions: Vec<String> = conditions
            .iter()
            .map(|(x, y)| format!("n >= {} and t <> 'a' or m < {y}", *x as f64 / 2.0))
            .collect();
        let (worked_out, looked_up, _) = both(&conditions, &customers);
        prop_assert_eq!(looked_up, Some(worked_out));
    }
}

#[test]
fn what_cannot_be_worked_out_is_not_looked_up() {
    let customer = Customer {
        n: Some(0),
        m: Some(2),
        d: None,
        s: None,
        t: None,
        b: Truth::True,
    };
    let (worked_out, looked_up, findings) = both(&["1 / n > 2".to_owned()], &[customer]);
    assert_eq!(
        (worked_out, looked_up, findings),
        (vec![Choice::Unknown(0)], None, 1)
    );
}

#[test]
fn too_many_combinations_are_not_looked_up() {
    // Of three values that are compared with 60 numbers each there are more than two million.
    let condition = |row: i64| format!("n > {row} and m > {row} and n + m / 1万元 > {row}");
    let conditions: Vec<String> = (0..64).map(condition).collect();
    let scheme = scheme(&conditions);
    let bounds: Vec<_> = scheme
        .types
        .iter()
        .map(|rule| rule.when.as_ref().map(|when| &when.bound))
        .collect();
    assert_eq!(scheme.grids.list(&bounds).unwrap().operands().count(), 0);
}

#[test]
fn a_list_is_known_by_its_conditions_and_few_rows_do_not_ask_for_it() {
    let scheme = scheme(&["n >= 1".to_owned(), "n >= 0".to_owned()]);
    let customer = |n| Customer {
        n,
        m: None,
        d: None,
        s: None,
        t: None,
        b: Truth::False,
    };
    let customers: Vec<Customer> = [Some(2), Some(0), Some(-1), None].map(customer).to_vec();
    let mut facts = facts(&scheme, &customers);
    let rules: Vec<_> = scheme.types.iter().map(|rule| rule.when.as_ref()).collect();
    assert_eq!(looked_up(&scheme, &rules, &mut facts), None, "4 rows");
    let all = [
        Choice::Is(0),
        Choice::Is(1),
        Choice::Is(2),
        Choice::Unknown(0),
    ];
    let bounds: Vec<_> = rules
        .iter()
        .map(|rule| rule.map(|rule| &rule.bound))
        .collect();
    // Six places are told apart, missing ones among them; four rows have not asked enough.
    assert_eq!(scheme.grids.list(&bounds).unwrap().look_up(&facts), None);
    assert_eq!(
        scheme.grids.list(&bounds).unwrap().look_up(&facts),
        Some(all.to_vec())
    );
    let reversed: Vec<_> = bounds.iter().rev().copied().collect();
    let other = scheme.grids.list(&reversed).unwrap();
    assert_eq!(
        (0..3).find_map(|_| other.look_up(&facts)),
        Some(vec![Choice::Is(0); 4])
    );
}
