//! How good and how fast duplicates are found.
//!
//! `cargo bench --bench duplicates` prints recall and precision for Febrl's file and for files of the same kind that are
//! made here; `-- FILE` does so for another file with the same headers whose `rec_id` is Febrl's (`rec-12-dup-0`).

#[path = "../tests/duplicates/figures.rs"]
mod figures;
#[path = "../tests/duplicates/people.rs"]
mod people;

use figures::{Figures, columns, scheme, search, table, table_of};
use people::{Kind, people};
use regrade::duplicates::Blocking;
use regrade::read::Table;
use regrade::scheme::Scheme;
use regrade::table::{Column, Value};
use std::path::Path;
use std::time::Instant;

const SCHEME: &str = include_str!("../tests/duplicates/febrl.toml");

#[expect(clippy::print_stdout, reason = "a benchmark prints what it found")]
fn report(name: &str, scheme: &Scheme, table: Table, entities: Option<&[usize]>) {
    let (columns, keys) = columns(scheme, table);
    let of_keys = entities.is_none().then(|| entities_of(&keys));
    let entities = entities.or(of_keys.as_deref()).unwrap_or_default();
    let strict = scheme.duplicates.as_ref().map_or(0, |rule| rule.strict);
    let lax = scheme.duplicates.as_ref().map_or(0, |rule| rule.lax);
    for (way, blocking) in [("", Blocking::Auto), (", blocks only", Blocking::Always)] {
        let start = Instant::now();
        let pairs = search(scheme, &columns, blocking);
        let took = start.elapsed();
        let rows = entities.len();
        println!("{name}{way}: {rows} records in {took:.2?}");
        for (word, least) in [("strict", strict), ("lax", lax)] {
            println!(
                "  {word} ({least}): {}",
                Figures::of(&pairs, entities, least)
            );
        }
    }
}

/// Who each record is, by Febrl's `rec-12-org` and `rec-12-dup-3`.
fn entities_of(keys: &Column) -> Vec<usize> {
    let entity = |row: usize| match keys.value(row) {
        Value::Text(key) => {
            let number = key.trim_start_matches("rec-").split('-').next();
            number
                .and_then(|number| number.parse().ok())
                .unwrap_or(usize::MAX - row)
        }
        _ => usize::MAX - row,
    };
    (0..keys.len()).map(entity).collect()
}

fn main() {
    let scheme = scheme(SCHEME);
    let files: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with('-'))
        .collect();
    if !files.is_empty() {
        for file in files {
            report(&file, &scheme, table(Path::new(&file)), None);
        }
        return;
    }
    let febrl = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/febrl1/people.csv");
    report("febrl1", &scheme, table(&febrl), None);
    let kinds = [
        ("as febrl1", (500, 500, 1, 2, 1)),
        ("as febrl2", (4_000, 1_000, 5, 4, 2)),
        ("as febrl3", (2_000, 3_000, 5, 10, 2)),
        ("as febrl4", (5_000, 5_000, 1, 5, 2)),
    ];
    for (name, (originals, copies, most_copies, changes, in_a_field)) in kinds {
        for seed in [1, 2] {
            let kind = Kind {
                originals,
                copies,
                most_copies,
                changes,
                in_a_field,
            };
            let made = people(kind, seed);
            let name = format!("{name}, seed {seed}");
            report(&name, &scheme, table_of(&made.csv), Some(&made.entities));
        }
    }
}
