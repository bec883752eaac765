//! How fast conditions are evaluated and populations prepared, over a million customers.
//!
//! `cargo bench --bench conditions`

use divan::{Bencher, black_box};
use regrade::expr::{self, Base, Frame, Resolution, Scope, Slot, Symbol, Type};
use regrade::rank::{Population, Populations, TopKeys};
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
