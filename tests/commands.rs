//! Commands as users type them, with exactly what they print, write and end with: one folder a case in `tests/cases`.
//! How a case is written and how its expectations are renewed stands in `support`.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot read its own files fails by panic"
)]

mod support;

#[test]
fn every_case_does_what_it_says() {
    support::run_all(&support::cases("cases"));
}
