//! How fast conditions are evaluated and populations prepared, over a million customers; and how the cost of a dimension
//! grows with its bands, over 100,000.
//!
//! `cargo bench --bench conditions`

use divan::{Bencher, black_box};
use regrade::assess::{Facts, assess};
use regrade::expr::{self, Base, Frame, Resolution, Scope, Slot, Symbol, Type};
use regrade::rank::{Population, Populations, TopKeys};
use regrade::scheme::Scheme;
use regrade::scheme::model::SlotKind;
use regrade::table::{Column, Date, TextColumn, Unit, column};
use std::sync::{Arc, LazyLock};

const ROWS: i64 = 1_000_000;

fn main() {
    divan::main();
}

/// Numbers `n`, money `m`, dates `d` and texts `t` of a million customers.
struct Customers {
    columns: Vec<Column>,
    populations: Populations,
}

static CUSTOMERS: LazyLock<Customers> = LazyLock::new(|| {
    let numbers = |k: i64| {
        let number = |row: i64| {
            if row % 97 == 0 {
                column::MISSING
            } else {
                row * k % 1_000_003 * 1_000
            }
        };
        Column::Number((0..ROWS).map(number).collect())
    };
    let dictionary: Vec<Arc<str>> = (0..50).map(|i| format!("城市{i}").into()).collect();
    let texts = TextColumn {
        codes: (0..ROWS as u32).map(|row| row * 7 % 50).collect(),
        dictionary: Arc::new(dictionary),
    };
    let columns = vec![
        numbers(7_919),
        numbers(104_729),
        Column::Date((0..ROWS as i32).map(|row| 10_000 + row % 9_000).collect()),
        Column::Text(texts),
    ];
    let mut populations = Populations::new();
    populations.set(0, Population::build(&columns[0], None));
    Customers {
        columns,
        populations,
    }
});

impl Frame for Customers {
    fn len(&self) -> usize {
        ROWS as usize
    }
    fn as_of(&self) -> Date {
        Date::new(2024, 12, 31).expect("a day")
    }
    fn column(&self, slot: Slot) -> &Column {
        &self.columns[slot.0 as usize]
    }
    fn populations(&self) -> &Populations {
        &self.populations
    }
}

struct Names;

impl Scope for Names {
    fn resolve(&self, _sheet: Option<&str>, name: &str) -> Resolution {
        let (slot, ty) = match name {
            "n" => (0, Type::of(Base::Number)),
            "m" => (1, Type::money(Some(Unit::yuan()))),
            "d" => (2, Type::of(Base::Date)),
            "t" => (3, Type::of(Base::Text)),
            _ => return Resolution::Unknown,
        };
        Resolution::Found(Symbol {
            slot: Slot(slot),
            ty,
        })
    }
    fn names(&self) -> Vec<String> {
        vec![]
    }
    fn points(&self, _dimension: &str) -> Resolution {
        Resolution::Unknown
    }
    fn tags(&self) -> Option<&[Slot]> {
        None
    }
    fn has_population(&self) -> bool {
        true
    }
}

#[divan::bench(args = [
    "n >= 100",
    "m >= 50万",
    "t = '城市7'",
    "t in ('城市7', '城市9')",
    "d <= '2020-12-31'",
    "n >= 100 and m >= 50 or t = '城市7'",
    "case when n >= 500 then '大' when n >= 50 then '中' else '小' end",
    "n * 2 + 1",
    "years(d)",
    "n >= mean(n)",
    "rank(n)",
])]
fn evaluate(bencher: Bencher<'_, '_>, text: &str) {
    let customers = &*CUSTOMERS;
    let bound = expr::any(text, &Names, &mut vec![]).expect("a condition of this file");
    bencher.bench(|| bound.eval(black_box(customers)));
}

#[divan::bench]
fn prepare_population() -> Population {
    Population::build(black_box(&CUSTOMERS.columns[0]), None)
}

#[divan::bench]
fn rank_by_two_keys() -> usize {
    TopKeys::new(black_box(&CUSTOMERS.columns[..2]), None)
        .places()
        .len()
}

/// Customers for a scheme of one dimension: numbers `n` and `m` from 0 to 9,999, texts `t` of 2,000.
const GRADED: i64 = 100_000;

fn graded(bands: &str) -> (Scheme, Facts) {
    let text = format!(
        r#"
[sheets.customers]
key = "k"
fields = [
  {{ name = "n", type = "number" }},
  {{ name = "m", type = "number" }},
  {{ name = "t", type = "text" }},
]
[[dimensions]]
name = "D"
weight = 1
bands = [
{bands}  {{ label = "rest", points = 0 }},
]
[[grades]]
name = "A"
when = "score >= 50"
[[grades]]
name = "B"
"#
    );
    let (scheme, findings) = regrade::scheme::validate(&text);
    let scheme = scheme.unwrap_or_else(|| panic!("{findings:?}"));
    let ids: Vec<Arc<str>> = (0..GRADED).map(|id| id.to_string().into()).collect();
    let mut facts = Facts::new(&scheme, ids, Date::new(2024, 12, 31).expect("a day"));
    let numbers = |k: i64| {
        Column::Number(
            (0..GRADED)
                .map(|row| row * k % 10_000 * 1_000_000)
                .collect(),
        )
    };
    let dictionary: Vec<Arc<str>> = (0..2_000).map(|i| format!("L{i}").into()).collect();
    let texts = TextColumn {
        codes: (0..GRADED)
            .map(|row| (row * 7_919 % 2_000) as u32)
            .collect(),
        dictionary: Arc::new(dictionary),
    };
    let columns = [
        ("n", numbers(7_919)),
        ("m", numbers(104_729)),
        ("t", Column::Text(texts)),
    ];
    let fields = scheme
        .customers
        .iter()
        .flat_map(|customers| &customers.sheet.fields);
    let names: Vec<Arc<str>> = fields.map(|field| field.name.clone()).collect();
    for (name, column) in columns {
        let field = names
            .iter()
            .position(|known| **known == *name)
            .expect("a field");
        let slot = scheme.slot_of(SlotKind::Field(field)).expect("its slot");
        facts.set(slot, column);
    }
    (scheme, facts)
}

/// A scheme of so many bands, each with the condition that `when` gives it.
fn bands(bencher: Bencher<'_, '_>, count: u32, when: impl Fn(u32) -> String) {
    let band = |band: u32| {
        let (when, points) = (when(band), band % 100);
        format!("  {{ label = \"B{band}\", when = \"{when}\", points = {points} }},\n")
    };
    let text: String = (0..count).map(band).collect();
    let (scheme, facts) = graded(&text);
    bencher
        .with_inputs(|| facts.clone())
        .bench_local_values(|mut facts| assess(&scheme, &mut facts, &mut vec![]));
}

const COUNTS: [u32; 3] = [20, 200, 2_000];

#[divan::bench(args = COUNTS)]
fn bands_of_one_number(bencher: Bencher<'_, '_>, count: u32) {
    bands(bencher, count, |band| {
        format!("n >= {}", 10_000 - 10_000 / count * band)
    });
}

#[divan::bench(args = COUNTS)]
fn bands_of_labels(bencher: Bencher<'_, '_>, count: u32) {
    bands(bencher, count, |band| {
        format!("t in ('L{band}', 'L{}')", band + 7)
    });
}

#[divan::bench(args = COUNTS)]
fn bands_of_two_numbers(bencher: Bencher<'_, '_>, count: u32) {
    bands(bencher, count, |band| {
        let least = 10_000 - 10_000 / count * band;
        format!("n >= {least} and m < {}", least / 100 * 100)
    });
}
