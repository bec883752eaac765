//! What is found in schemes, and what is not.

mod days;
mod found;
mod ladders;
mod law;
mod moves;
mod numbers;
mod points;
mod products;
mod reasons;
mod remainders;
mod shipped;
mod taken;
mod together;
mod whole;

use super::lint;
use crate::diagnostic::{At, Finding};
use crate::scheme::validate;
use crate::table::Date;
use proptest::test_runner::Config;

/// A scheme with a field of every sort and an event sheet, and what a test adds to it.
pub fn with_fields(rest: &str) -> String {
    format!(
        "[scheme]\nname = \"t\"\n\
         [sheets.customers]\nkey = \"id\"\nfields = [\n\
         {{ name = \"x\", type = \"number\" }},\n\
         {{ name = \"y\", type = \"number\" }},\n\
         {{ name = \"n\", type = \"number\", scale = 0, min = 0 }},\n\
         {{ name = \"m\", type = \"number\", scale = 0, min = 0 }},\n\
         {{ name = \"stars\", type = \"number\", min = 1, max = 5, scale = 0 }},\n\
         {{ name = \"rate\", type = \"percent\" }},\n\
         {{ name = \"day\", type = \"date\" }},\n\
         {{ name = \"ok\", type = \"bool\" }},\n\
         {{ name = \"city\", type = \"text\" }},\n\
         {{ name = \"size\", type = \"choice\", choices = [\"S\", \"M\", \"L\"] }},\n\
         {{ name = \"paid\", type = \"money\", unit = \"万元\", min = 0 }},\n\
         ]\n\
         [sheets.orders]\ncustomer = \"id\"\ndate = \"on\"\nfields = [{{ name = \"sum\", type = \"money\", unit = \"元\" }}]\n\
         [[metrics]]\nname = \"orders_made\"\nfrom = \"orders\"\nvalue = \"count()\"\n\
         {rest}\n"
    )
}

/// The day as of which the tests lint.
pub fn as_of() -> Date {
    Date::parse_iso("2024-12-31").unwrap()
}

/// What lint finds in a scheme, which must be valid.
pub fn linted(source: &str) -> Vec<Finding> {
    let (scheme, findings) = validate(source);
    let scheme = scheme.unwrap_or_else(|| panic!("{findings:#?}\n{source}"));
    lint(&scheme, source, as_of())
}

/// `code: title | note | note`, one line a finding.
pub fn told(findings: &[Finding]) -> String {
    let line = |finding: &Finding| {
        assert!(matches!(finding.at, At::Span(_)), "a place for {finding:?}");
        let notes: Vec<String> = finding
            .notes
            .iter()
            .map(|note| format!(" | {}", note.en))
            .collect();
        format!(
            "{}: {}{}\n",
            finding.code.word(),
            finding.title.en,
            notes.concat()
        )
    };
    findings.iter().map(line).collect()
}

/// So many schemes, or as many as `REGRADE_LINT_SCHEMES` says.
pub fn cases(short: u32) -> Config {
    let wanted = std::env::var("REGRADE_LINT_SCHEMES").ok();
    let wanted = wanted.and_then(|wanted| wanted.parse().ok());
    Config::with_cases(wanted.unwrap_or(short))
}
