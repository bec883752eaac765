//! The estimates against those of others: every customer of CDNOW's sample as the Python package lifetimes 0.11.3 computes it
//! (`tests/examples/prediction/bgnbd.csv`), the parameters as Fader, Hardie and Lee published them.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot read its own files fails by panic"
)]

use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

/// Numbers and the last of their six places in the file, where half a place is rounded off.
const HALF_A_PLACE: f64 = 5e-7;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn run(arguments: &[&str]) -> Vec<u8> {
    let example = root().join("examples/prediction");
    let run = Command::new(env!("CARGO_BIN_EXE_regrade"))
        .args(arguments)
        .arg(example.join("orders.csv"))
        .arg("-r")
        .arg(example.join("rules.toml"))
        .args(["--as-of", "1997-09-30", "-q"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{}: {said}", run.status);
    run.stdout
}

fn rows(bytes: &[u8]) -> Vec<BTreeMap<String, String>> {
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let headers = reader.headers().unwrap().clone();
    let records = reader.records().map(|record| {
        let record = record.unwrap();
        let cells = headers.iter().zip(&record);
        cells
            .map(|(heading, cell)| (heading.to_owned(), cell.to_owned()))
            .collect()
    });
    records.collect()
}

#[test]
fn every_customer_is_estimated_as_lifetimes_does() {
    let found: BTreeMap<String, BTreeMap<String, String>> =
        rows(&run(&["grade", "--format", "csv"]))
            .into_iter()
            .map(|row| (row["customer_id"].clone(), row))
            .collect();
    let file = root().join("tests/examples/prediction/bgnbd.csv");
    let expected = rows(&fs::read(file).unwrap());
    assert_eq!((found.len(), expected.len()), (2357, 2357));
    let mut wrong = vec![];
    for row in &expected {
        let id = &row["customer_id"];
        let number = |text: &str| text.parse::<f64>().unwrap();
        let orders = number(&row["expected_purchases_39w"]);
        let value = number(&row["expected_value"]);
        for (column, expected) in [
            ("预计订单数（估计）", orders),
            ("活跃概率（估计）", number(&row["p_active"])),
            ("预计客单价（估计）", value),
            ("预计消费额（估计）", orders * value),
        ] {
            let found = number(&found[id][column]);
            // The product of two figures of six places has half a place of one times the other.
            let unit = if column.starts_with("预计消费额") {
                value.max(1.0)
            } else {
                1.0
            };
            if (found - expected).abs() > 1e-3 * expected + HALF_A_PLACE * (1.0 + unit) {
                wrong.push(format!("{id} {column}: {found}, not {expected}"));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of them:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn the_parameters_are_those_that_were_published() {
    let report: Value = serde_json::from_slice(&run(&["report", "--format", "json"])).unwrap();
    let tables = &report["sections"]["estimates"]["tables"];
    let row = |table: &str| {
        let rows = tables[table]["rows"].as_array().unwrap();
        assert_eq!(rows.len(), 1, "{table}");
        rows[0].clone()
    };
    let (buying, spending) = (row("buying"), row("spending"));
    for (fit, key, expected) in [
        (&buying, "customers", 2357.0),
        (&buying, "repeaters", 946.0),
        (&buying, "r", 0.242_595),
        (&buying, "alpha", 4.413_602),
        (&buying, "a", 0.792_922),
        (&buying, "b", 2.425_907),
        // Table 2 of the paper: -9582.4.
        (&buying, "log_likelihood", -9582.4),
        (&spending, "customers", 946.0),
        (&spending, "p", 6.249_572),
        (&spending, "q", 3.744_225),
        (&spending, "v", 15.443_521),
    ] {
        let found = fit[key].as_f64().unwrap();
        let most = if key == "log_likelihood" { 0.05 } else { 1e-3 };
        assert!(
            (found - expected).abs() < most,
            "{key}: {found}, not {expected}"
        );
    }
}
