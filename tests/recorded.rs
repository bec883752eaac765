//! What a run keeps of what it said: in the ledger, for any program that reads it.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot read its own files fails by panic"
)]

use regrade::ledger::Ledger;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

const SCHEME: &str = r#"
[sheets.customers]
key = "id"
fields = [{ name = "amount", type = "number" }, { name = "pieces", type = "number" }]
[[values]]
name = "each"
is = "amount / pieces"
[[grades]]
name = "A"
when = "amount >= 100"
[[grades]]
name = "B"
[[strategies]]
when = "grade = 'A'"
service = "own desk"
benefits = ["free freight"]
hours = 1.5
"#;

fn regrade(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_regrade"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn strategies_and_kinds_of_findings_are_kept_with_the_run() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    std::fs::write(here.join("rules.toml"), SCHEME).unwrap();
    let customers = "id,amount,pieces\n1,150,0\n2,50,1\n";
    std::fs::write(here.join("customers.csv"), customers).unwrap();
    let date = ["--as-of", "2024-01-31"];
    regrade(here, &[&["import", "customers.csv"][..], &date].concat());
    let said = regrade(here, &[&["grade", "--format", "jsonl"][..], &date].concat());
    let said: Vec<serde_json::Value> = said
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let ledger = Ledger::open(&here.join("regrade.db"), Duration::ZERO).unwrap();
    let run = &ledger.runs().unwrap()[0];
    let rows = ledger.run_rows(run.number).unwrap();
    assert_eq!(rows.len(), said.len());
    for (row, said) in rows.iter().zip(&said) {
        let kept = row.strategy.as_deref().unwrap_or("null");
        let kept: serde_json::Value = serde_json::from_str(kept).unwrap();
        assert_eq!(kept, said["strategy"]);
    }
    assert!(rows[0].strategy.is_some() && rows[1].strategy.is_none());
    let findings = run.findings.as_deref().unwrap();
    assert_eq!(
        findings,
        r#"[{"code":"not-computable","severity":"warning","count":1}]"#
    );
    let shown = regrade(here, &["runs", "show", "@latest", "--format", "jsonl"]);
    let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(shown["findings"].to_string(), findings);
}
