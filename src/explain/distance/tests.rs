//! What is told of the values of an expression without evaluating it holds for what the evaluator gives: the spans of
//! distances ([`possible`](super::possible)) and the shapes of the lint, over every function of one customer's values.

use super::World;
use super::others::Others;
use super::possible::{Possible, Truths};
use super::span::{Between, Known, key_of};
use crate::book::Inputs;
use crate::expr::{FUNCTIONS, Function, Scalar};
use crate::grading::{Grading, Past, grade};
use crate::read::{Input, Options, Table, open};
use crate::scheme::lint::shape::{Shape, shape};
use crate::table::{Column, Date, Decimal, Truth, Value};
use proptest::prelude::*;
use proptest::sample::select;
use std::sync::Arc;

const FIELDS: &str = r#"
[sheets.customers]
key = "id"
fields = [
  { name = "x", type = "number", min = -6, max = 9 },
  { name = "y", type = "number", min = -3, max = 4 },
  { name = "n", type = "number", scale = 0, min = 0, max = 5 },
  { name = "big", type = "number" },
  { name = "d", type = "date", min = 2020-01-01, max = 2024-12-31 },
  { name = "e", type = "date" },
  { name = "w", type = "datetime" },
  { name = "u", type = "datetime" },
  { name = "t", type = "choice", choices = ["a", "ab", "b"] },
]
"#;

/// Numbers of every sort: with bounds and without, near the end of all numbers, that may be missing or overflow.
const NUMBERS: &[&str] = &[
    "x",
    "y",
    "n",
    "big",
    "-x",
    "x * y",
    "x / y",
    "x + big",
    "x * 2000000000000",
    "big / n",
    "abs(x - y)",
    "round(x / 3, 2)",
    "coalesce(x / n, y)",
    "case when x > 2 then y when y > 1 then n end",
    "2.5",
    "-3",
    "8999999999999.999999",
];

/// The same without those that are written as they are, which are refused as bounds that are crossed.
fn computed() -> impl Strategy<Value = &'static str> {
    select(&NUMBERS[..NUMBERS.len() - 3])
}

fn number() -> impl Strategy<Value = &'static str> {
    select(NUMBERS)
}

fn day() -> impl Strategy<Value = &'static str> {
    select(&["d", "e", "case when x > 2 then d else e end", "as_of"][..])
}

fn text() -> impl Strategy<Value = &'static str> {
    select(&["t", "case when x > 2 then t else 'c' end"][..])
}

/// A call of a function; `None` for what is a column of its own once it is bound, and no function.
fn call(name: &'static str, function: Scalar) -> Option<BoxedStrategy<String>> {
    let one = |argument: BoxedStrategy<&'static str>| {
        argument
            .prop_map(move |one| format!("{name}({one})"))
            .boxed()
    };
    let two = |first: BoxedStrategy<&'static str>, second: BoxedStrategy<&'static str>| {
        let both = (first, second);
        both.prop_map(move |(one, two)| format!("{name}({one}, {two})"))
            .boxed()
    };
    let several = || {
        let numbers = prop::collection::vec(number(), 2..4).boxed();
        let days = prop::collection::vec(day(), 2..4).boxed();
        prop_oneof![3 => numbers, 1 => days]
            .prop_map(move |all| format!("{name}({})", all.join(", ")))
            .boxed()
    };
    Some(match function {
        Scalar::Years | Scalar::Months | Scalar::Days => {
            prop_oneof![one(day().boxed()), two(day().boxed(), day().boxed())].boxed()
        }
        Scalar::Hours => two(
            select(&["w", "u"][..]).boxed(),
            select(&["w", "u"][..]).boxed(),
        ),
        Scalar::Coalesce | Scalar::Least | Scalar::Greatest => several(),
        Scalar::Abs => one(number().boxed()),
        Scalar::Round => {
            let places = select(&["0", "1", "2", "3", "4", "5", "6"][..]);
            prop_oneof![one(number().boxed()), two(number().boxed(), places.boxed())].boxed()
        }
        Scalar::Clamp => (number(), number(), computed())
            .prop_map(move |(of, low, high)| format!("{name}({of}, {low}, {high})"))
            .boxed(),
        Scalar::Contains | Scalar::StartsWith => {
            two(text().boxed(), select(&["'a'", "'b'"][..]).boxed())
        }
        Scalar::Length => one(text().boxed()),
        Scalar::Points | Scalar::HasTag => return None,
    })
}

/// A call of any of the functions.
fn expression() -> impl Strategy<Value = String> {
    let calls = FUNCTIONS.iter().filter_map(|entry| match entry.function {
        Function::Scalar(function) => call(entry.name, function),
        _ => None,
    });
    prop::strategy::Union::new(calls)
}

/// The cells of one customer, some of them empty.
fn cells() -> impl Strategy<Value = String> {
    let number = |least: i64, greatest: i64| {
        prop_oneof![
            9 => (least * 4..=greatest * 4).prop_map(|quarters| Decimal::from_millionths(quarters * 250_000).unwrap().to_string()),
            1 => Just(String::new()),
        ]
    };
    let far = [
        "",
        "0",
        "1",
        "-8999999999999.999999",
        "8999999999999.999999",
        "-4500000000000.5",
        "1000000.000001",
    ];
    let day = || (2020..=2024, 1..=12, 1..=28).prop_map(|(y, m, d)| format!("{y}-{m:02}-{d:02}"));
    let moment = || (day(), 0..24, 0..60).prop_map(|(day, h, m)| format!("{day} {h:02}:{m:02}"));
    (
        (number(-6, 9), number(-3, 4), 0..=5, select(far.to_vec())),
        (
            day(),
            day(),
            moment(),
            moment(),
            select(&["a", "ab", "b", ""][..]),
        ),
    )
        .prop_map(|((x, y, n, big), (d, e, w, u, t))| {
            format!("{x},{y},{n},{big},{d},{e},{w},{u},{t}\n")
        })
}

fn table(customers: &[String]) -> Table {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("customers.csv");
    let rows = customers.iter().enumerate();
    let rows: Vec<String> = rows.map(|(id, cells)| format!("{id},{cells}")).collect();
    let text = format!("id,x,y,n,big,d,e,w,u,t\n{}", rows.concat());
    std::fs::write(&path, text).unwrap();
    let input = Input::File {
        name: "customers.csv".into(),
        path,
        worksheet: None,
    };
    let tables = open(&input, &[], &Options::default(), &|_, _| {}).unwrap();
    tables.into_iter().next().unwrap()
}

fn graded(is: &str, customers: &[String]) -> Grading {
    let text = format!(
        "{FIELDS}[[values]]\nname = \"v\"\nis = \"{is}\"\n\
         [[grades]]\nname = \"A\"\nwhen = \"v is null\"\n[[grades]]\nname = \"B\"\n"
    );
    let (scheme, findings) = crate::scheme::validate(&text);
    let scheme = scheme.unwrap_or_else(|| panic!("{text}\n{findings:#?}"));
    let inputs = Inputs {
        customers: vec![table(customers)],
        ..Inputs::default()
    };
    let as_of = Date::new(2024, 12, 31).unwrap();
    grade(Arc::new(scheme), inputs, as_of, Past::default())
}

fn is_of_shape(shape: &Shape, value: &Value) -> bool {
    let Some(key) = key_of(value) else {
        return *value == Value::Missing
            || shape
                .closed
                .as_ref()
                .is_none_or(|closed| closed.contains(value));
    };
    // What is rounded up beyond all numbers is cut to the last one, which is no multiple.
    let is_last = Decimal::from_millionths(key.saturating_abs().saturating_add(1)).is_none();
    shape.least.is_none_or(|least| least <= key)
        && shape.greatest.is_none_or(|greatest| key <= greatest)
        && (key % shape.step == 0 || is_last)
        && shape
            .closed
            .as_ref()
            .is_none_or(|closed| closed.contains(value))
}

fn is_possible(possible: &Possible, value: &Value) -> bool {
    match (possible, value) {
        (Possible::Anything, _) => true,
        (Possible::Span(span), Value::Missing) => span.missing,
        (Possible::Span(span), _) => key_of(value).is_some_and(|key| {
            let ends = span.ends;
            ends.is_some_and(|(least, greatest)| (least..=greatest).contains(&i128::from(key)))
        }),
        (Possible::Truths(truths), Value::Bool(truth)) => truths.has(Truth::from(*truth)),
        (Possible::Truths(truths), _) => *truths != Truths::NONE && truths.has(Truth::Unknown),
        (Possible::Texts(texts), Value::Text(text)) => texts.contains(&Some(text.clone())),
        (Possible::Texts(texts), _) => texts.contains(&None),
    }
}

/// The same column with another key in one row.
fn put(column: &Column, row: usize, key: i64) -> Column {
    let mut column = column.clone();
    match &mut column {
        Column::Number(keys) | Column::DateTime(keys) => keys[row] = key,
        Column::Date(days) => days[row] = i32::try_from(key).unwrap(),
        other => panic!("{other:?}"),
    }
    column
}

/// The key so many thousandths of the way between two ends.
fn along((least, greatest): (i64, i64), step: i64, place: i128) -> i64 {
    let (first, last) = (-(-least).div_euclid(step), greatest.div_euclid(step));
    let steps = (i128::from(last) - i128::from(first)) * place / 1000;
    i64::try_from(i128::from(first) + steps).unwrap() * step
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn both_analyses_hold_for_every_function(
        is in expression(),
        customers in prop::collection::vec(cells(), 2..4),
        ends in (0..=1000i128, 0..=1000i128),
        places in prop::collection::vec(0..=1000i128, 6),
    ) {
        let grading = graded(&is, &customers);
        let bound = &grading.scheme.values[0].is.bound;
        let shape = shape(&grading.scheme, None, bound);
        for row in 0..grading.len() {
            let value = bound.eval_at(&grading.facts, row);
            prop_assert!(is_of_shape(&shape, &value), "{}: {:?} is not of {:?}", is, value, shape);
        }
        let world = World::new(&grading);
        for leaf in world.leaves() {
            let Others::Steps { least, greatest, step } = leaf.others else {
                continue;
            };
            let limits = (least, greatest);
            let (a, b) = (along(limits, step, ends.0), along(limits, step, ends.1));
            let span = (a.min(b), a.max(b));
            let mut facts = grading.facts.anew();
            for row in 0..grading.len() {
                let known = Known::default();
                let possible = Between::new(&world, leaf, row, &known, span).of(bound);
                let between = places.iter().map(|place| along(span, step, *place));
                for key in between.chain([span.0, span.1]) {
                    facts.set(leaf.slot, put(grading.facts.get(leaf.slot), row, key));
                    let value = bound.eval_at(&facts, row);
                    prop_assert!(is_of_shape(&shape, &value), "{}: {:?} is not of {:?}", is, value, shape);
                    prop_assert!(
                        is_possible(&possible, &value),
                        "{}: {:?} with {} between {:?} is not in {:?}", is, value, key, span, possible
                    );
                }
            }
        }
    }
}
