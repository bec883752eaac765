//! What an import says of recorded runs that cannot be graded again.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot read its own files fails by panic"
)]

use regrade::ledger::{Ledger, RunHead, SchemeText, Who};
use regrade::table::Date;
use std::process::Command;
use std::time::Duration;

const SCHEME: &str = r#"
[sheets.orders]
customer = "id"
date = "day"
fields = [{ name = "amount", type = "number" }]
[[metrics]]
name = "all"
from = "orders"
value = "sum(amount)"
[[grades]]
name = "A"
when = "all >= 100"
[[grades]]
name = "B"
"#;

#[test]
fn a_run_whose_scheme_is_not_understood_any_more_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("regrade.db");
    let mut ledger = Ledger::create_or_open(&path, Duration::ZERO).unwrap();
    let who = Who {
        by: "cron".to_owned(),
        at: "2024-03-31T08:00:00Z".to_owned(),
    };
    let writer = ledger.write(&who).unwrap();
    let head = RunHead {
        id: "abcdef0123456789".to_owned(),
        scheme: SchemeText {
            text: "[spells]\nof = 'a later version'".to_owned(),
            name: "later".to_owned(),
            version: "9".to_owned(),
        },
        as_of: Date::parse_iso("2024-01-31").unwrap(),
        previous: None,
        semantics: 9,
        program: "9.0.0".to_owned(),
        inputs: vec![],
        overrides: vec![],
        merged: std::collections::BTreeMap::new(),
        findings: None,
    };
    writer.record_run(&head, vec![]).unwrap();
    writer.commit().unwrap();
    drop(ledger);
    std::fs::write(folder.path().join("rules.toml"), SCHEME).unwrap();
    let orders = "id,day,amount\n1,2024-01-05,150\n";
    std::fs::write(folder.path().join("orders.csv"), orders).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_regrade"))
        .args(["import", "orders.csv", "--as-of", "2024-02-29"])
        .current_dir(folder.path())
        .env("LANG", "en_US.UTF-8")
        .output()
        .unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(
        told.contains(
            "warning[restated]: the run `abcdef01` as of 2024-01-31 cannot be graded again: this version does not \
             read its scheme `later`"
        ),
        "{told}"
    );
    assert!(!told.contains("no recorded grade"), "{told}");
    assert_eq!(output.status.code(), Some(0));
}
