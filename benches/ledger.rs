//! What an import costs beside the least that SQLite can do: a prepared INSERT a row, one bound column a cell, in one
//! transaction with the same settings. `cargo bench --bench ledger [-- ROWS]`; a million rows if not said otherwise.
//!
//! Then the whole command, from a CSV file to the ledger, beside a program that reads the file with the `csv` crate and
//! inserts its fields as they are, in turns. What counts is the median of their ratios: 1.5 at most is the aim. The
//! program does none of what a ledger is for: it looks at no cell, knows no customer, hashes nothing and runs on one core.
//! `-- command` measures the command alone.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a measurement that cannot be made fails by panic and prints what it found"
)]

use regrade::ledger::{Contents, Ledger, NewImport, Who, content_hash};
use regrade::read::{Format, Header, Table};
use regrade::table::{Cell, Date, Origin, RawRows};
use rusqlite::Connection;
use std::borrow::Cow;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

const COLUMNS: usize = 14;
/// Each is measured so often, in turns, and the best counts: a machine is busy now and then.
const ROUNDS: usize = 3;
/// How often the whole command and the program beside it run, in turns.
const PAIRS: usize = 7;

fn main() {
    let rows = std::env::args()
        .find_map(|argument| argument.parse().ok())
        .unwrap_or(1_000_000);
    if !std::env::args().any(|argument| argument == "command") {
        parts(rows);
    }
    whole(rows);
}

/// The parts of the ledger, each by itself.
fn parts(rows: usize) {
    for (name, table) in [("text file", text(rows)), ("workbook", workbook(rows))] {
        let mut best = [Duration::MAX; 4];
        for _ in 0..ROUNDS {
            let folder = tempfile::tempdir().unwrap();
            let ledger = folder.path().join("regrade.db");
            let measured = [
                raw(&table, &folder.path().join("raw.db")),
                import(&table, &ledger),
                load(&table, &ledger),
                timed(|| drop(content_hash(&table))),
            ];
            for (best, time) in best.iter_mut().zip(measured) {
                *best = time.min(*best);
            }
        }
        let [raw, import, load, hash] = best;
        println!("{name}: {rows} rows × {COLUMNS} columns");
        println!("  raw insert  {:>7.2} s", raw.as_secs_f64());
        println!(
            "  add_import  {:>7.2} s  {:.2} × raw",
            import.as_secs_f64(),
            import.as_secs_f64() / raw.as_secs_f64()
        );
        println!("  load_table  {:>7.2} s", load.as_secs_f64());
        println!("  content     {:>7.2} s", hash.as_secs_f64());
    }
}

/// The command on a file, and a program that does the least with it.
fn whole(rows: usize) {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    write_csv(&text(rows), &path("客户.csv"));
    let kind = |column: usize| match column {
        3 => "date",
        4..=9 | 12 => "number",
        _ => "text",
    };
    let fields: Vec<String> = (1..COLUMNS)
        .map(|column| format!("{{ name = \"c{column}\", type = \"{}\" }}", kind(column)))
        .collect();
    let scheme = format!(
        "[sheets.customers]\nkey = \"c0\"\nfields = [{}]\n[[grades]]\nname = \"A\"\n",
        fields.join(", ")
    );
    std::fs::write(path("rules.toml"), scheme).unwrap();
    let mut pairs = vec![];
    for _ in 0..PAIRS {
        let (raw, ledger) = (path("least.db"), path("ledger.db"));
        let least = timed(|| insert_csv(&path("客户.csv"), &raw));
        let command = timed(|| {
            let done = Command::new(env!("CARGO_BIN_EXE_regrade"))
                .args(["import", "--quiet", "--as-of", "2024-03-31", "--rules"])
                .args([path("rules.toml"), path("客户.csv")])
                .arg("--ledger")
                .arg(&ledger)
                .status()
                .unwrap();
            assert!(done.success());
        });
        std::fs::remove_file(raw).unwrap();
        std::fs::remove_file(ledger).unwrap();
        pairs.push([least, command].map(|time| time.as_secs_f64()));
    }
    let median = |of: fn(&[f64; 2]) -> f64| {
        let mut all: Vec<f64> = pairs.iter().map(of).collect();
        all.sort_by(f64::total_cmp);
        all[all.len() / 2]
    };
    println!("CSV file: {rows} rows × {COLUMNS} columns, medians of {PAIRS} pairs");
    println!(
        "  csv crate and raw insert {:>7.2} s",
        median(|pair| pair[0])
    );
    println!(
        "  regrade import           {:>7.2} s  {:.2} × that",
        median(|pair| pair[1]),
        median(|pair| pair[1] / pair[0])
    );
}

fn write_csv(table: &Table, path: &Path) {
    let mut file = BufWriter::new(File::create(path).unwrap());
    let names: Vec<String> = (0..COLUMNS).map(|column| format!("c{column}")).collect();
    writeln!(file, "{}", names.join(",")).unwrap();
    for row in 0..table.rows.len() {
        let cells: Vec<&str> = (0..COLUMNS)
            .map(|column| match table.rows.cell(row, column) {
                Cell::Text(text) => text,
                _ => "",
            })
            .collect();
        writeln!(file, "{}", cells.join(",")).unwrap();
    }
    file.flush().unwrap();
}

fn insert_csv(from: &Path, to: &Path) {
    let mut records = csv::Reader::from_path(from).unwrap();
    let mut record = csv::ByteRecord::new();
    let connection = raw_table(to);
    connection.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut insert = connection.prepare(&raw_insert()).unwrap();
    while records.read_byte_record(&mut record).unwrap() {
        for (column, field) in record.iter().enumerate() {
            let text = std::str::from_utf8(field).unwrap();
            insert.raw_bind_parameter(column + 1, text).unwrap();
        }
        insert.raw_execute().unwrap();
    }
    drop(insert);
    connection.execute_batch("COMMIT").unwrap();
}

fn raw_table(path: &Path) -> Connection {
    let connection = Connection::open(path).unwrap();
    connection
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536",
        )
        .unwrap();
    let names: Vec<String> = (0..COLUMNS).map(|column| format!("c{column}")).collect();
    connection
        .execute_batch(&format!("CREATE TABLE raw ({})", names.join(", ")))
        .unwrap();
    connection
}

fn raw_insert() -> String {
    format!("INSERT INTO raw VALUES ({})", vec!["?"; COLUMNS].join(", "))
}

fn timed(run: impl FnOnce()) -> Duration {
    let start = Instant::now();
    run();
    start.elapsed()
}

fn raw(table: &Table, path: &Path) -> Duration {
    let connection = raw_table(path);
    timed(|| {
        connection.execute_batch("BEGIN IMMEDIATE").unwrap();
        let mut insert = connection.prepare(&raw_insert()).unwrap();
        for row in 0..table.rows.len() {
            for column in 0..COLUMNS {
                match table.rows.cell(row, column) {
                    Cell::Text(text) => insert.raw_bind_parameter(column + 1, text),
                    Cell::Number(value) | Cell::Date(value) | Cell::Percent(value) => {
                        insert.raw_bind_parameter(column + 1, value)
                    }
                    _ => insert.raw_bind_parameter(column + 1, None::<i64>),
                }
                .unwrap();
            }
            insert.raw_execute().unwrap();
        }
        drop(insert);
        connection.execute_batch("COMMIT").unwrap();
    })
}

fn import(table: &Table, path: &Path) -> Duration {
    let mut ledger = Ledger::create_or_open(path, Duration::ZERO).unwrap();
    let about = NewImport {
        as_of: Date::new(2024, 3, 31).unwrap(),
        sheet: "customers".into(),
        source: "bench".into(),
        covers: vec![],
    };
    let who = Who {
        by: "bench".to_owned(),
        at: "2024-03-31T08:00:00Z".to_owned(),
    };
    timed(|| {
        let writer = ledger.write(&who).unwrap();
        let customers = (0..table.rows.len()).map(|row| match table.rows.cell(row, 0) {
            Cell::Text(text) => Some(Cow::Borrowed(text)),
            _ => None,
        });
        let contents = || Contents {
            hash: String::new(),
            refused: 0,
            span: None,
        };
        writer
            .add_import(table, &about, customers, contents)
            .unwrap();
        writer.commit().unwrap();
    })
}

fn load(table: &Table, path: &Path) -> Duration {
    let ledger = Ledger::open(path, Duration::ZERO).unwrap();
    let import = ledger.imports().unwrap().remove(0).id;
    timed(|| {
        let loaded = ledger.load_table(import).unwrap();
        assert!(loaded.rows.has_cells_of(&table.rows));
    })
}

/// Rows as an export has them: ids, names, amounts, dates, words, all text.
fn text(count: usize) -> Table {
    filled(count, |row, column, text| {
        *text = match column {
            0 => format!("C{row:07}"),
            1 => format!("上海某某贸易有限公司{row}"),
            2 => "华东".to_owned(),
            3 => format!("2024-{:02}-{:02}", row % 12 + 1, row % 28 + 1),
            4..=9 => format!("{}.{:02}", row * (column + 7) % 1_000_000, row % 100),
            10 => format!("1380000{:04}", row % 10_000),
            11 => "一般纳税人".to_owned(),
            12 => (row % 7).to_string(),
            _ => String::new(),
        };
        if text.is_empty() {
            Cell::Blank
        } else {
            Cell::Text(text)
        }
    })
}

/// The same as a workbook has it: numbers and dates are such.
fn workbook(count: usize) -> Table {
    filled(count, |row, column, text| match column {
        0 | 1 | 2 | 11 => {
            *text = match column {
                0 => format!("C{row:07}"),
                1 => format!("上海某某贸易有限公司{row}"),
                2 => "华东".to_owned(),
                _ => "一般纳税人".to_owned(),
            };
            Cell::Text(text)
        }
        3 => Cell::Date(45_292.0 + (row % 365) as f64),
        4..=9 => Cell::Number((row * (column + 7) % 100_000_000) as f64 / 100.0),
        10 => Cell::Percent((row % 100) as f64 / 100.0),
        12 => Cell::Number((row % 7) as f64),
        _ => Cell::Blank,
    })
}

fn filled(count: usize, cell: impl for<'a> Fn(usize, usize, &'a mut String) -> Cell<'a>) -> Table {
    let mut rows = RawRows::new(COLUMNS);
    let mut texts: Vec<String> = vec![String::new(); COLUMNS];
    for row in 0..count {
        let cells: Vec<Cell<'_>> = texts
            .iter_mut()
            .enumerate()
            .map(|(column, text)| cell(row, column, text))
            .collect();
        rows.push(row as u32 + 2, cells);
    }
    Table {
        origin: Origin {
            file: "bench.csv".into(),
            worksheet: None,
        },
        format: Format::Text,
        encoding: Some("UTF-8"),
        delimiter: Some(','),
        header_row: 1,
        headers: (0..COLUMNS)
            .map(|column| Header::new(&format!("列{column}")))
            .collect(),
        unit_line: None,
        serials_from_1904: false,
        rows,
        broken: vec![],
        notes: vec![],
    }
}
