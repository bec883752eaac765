//! How long a million rows take. Run by hand with optimisation: `cargo test --release speed -- --ignored --nocapture`.

use crate::expr::{Base, Frame, Resolution, Scope, SeriesColumn, Slot, Symbol, Type, any};
use crate::rank::{Population, Populations, better_counts};
use crate::table::{Column, Date, TextColumn, Unit, column};
use std::sync::Arc;
use std::time::Instant;

const ROWS: usize = 1_000_000;

struct Wide(Vec<Column>, Populations);

impl Frame for Wide {
    fn len(&self) -> usize {
        ROWS
    }
    fn as_of(&self) -> Date {
        Date::new(2024, 3, 31).unwrap()
    }
    fn column(&self, slot: Slot) -> &Column {
        &self.0[slot.0 as usize]
    }
    fn series(&self, _: Slot) -> &SeriesColumn {
        unreachable!()
    }
    fn populations(&self) -> &Populations {
        &self.1
    }
}

struct Names;

impl Scope for Names {
    fn resolve(&self, _: Option<&str>, name: &str) -> Resolution {
        let (slot, ty) = match name {
            "n" => (0, Type::of(Base::Number)),
            "m" => (1, Type::money(Unit::parse("万元"))),
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
    fn points(&self, _: &str) -> Resolution {
        Resolution::Unknown
    }
    fn tags(&self) -> Option<&[Slot]> {
        None
    }
    fn has_population(&self) -> bool {
        true
    }
}

#[test]
#[ignore = "a measurement"]
fn a_million_rows() {
    let numbers = |k: i64| {
        let number = |row: i64| {
            if row % 97 == 0 {
                column::MISSING
            } else {
                row * k % 1_000_003 * 1_000
            }
        };
        Column::Number((0..ROWS as i64).map(number).collect())
    };
    let dates = Column::Date((0..ROWS as i32).map(|row| 10_000 + row % 9_000).collect());
    let dictionary: Vec<Arc<str>> = (0..50).map(|i| format!("城市{i}").into()).collect();
    let codes = (0..ROWS as u32).map(|row| row * 7 % 50).collect();
    let texts = Column::Text(TextColumn {
        codes,
        dictionary: Arc::new(dictionary),
    });
    let mut frame = Wide(
        vec![numbers(7_919), numbers(104_729), dates, texts],
        Populations::new(),
    );
    let start = Instant::now();
    frame.1.set(0, Population::build(&frame.0[0], None));
    println!("{:>9.2?}  population", start.elapsed());
    let start = Instant::now();
    better_counts(&frame.0[..2], None);
    println!("{:>9.2?}  better_counts of two keys", start.elapsed());
    for text in [
        "n >= 100",
        "m >= 50万",
        "t = '城市7'",
        "t in ('城市7', '城市9')",
        "t like '%7'",
        "d <= '2020-12-31'",
        "n >= 100 and m >= 50 or t = '城市7'",
        "case when n >= 500 then '大' when n >= 50 then '中' else '小' end",
        "n * 2 + 1",
        "n / 7",
        "years(d)",
        "days(d)",
        "coalesce(n, 0)",
        "n >= mean(n)",
        "rank(n)",
    ] {
        let mut specs = vec![];
        let bound = any(text, &Names, &mut specs).unwrap();
        bound.eval(&frame);
        let start = Instant::now();
        bound.eval(&frame);
        println!("{:>9.2?}  {text}", start.elapsed());
    }
}
