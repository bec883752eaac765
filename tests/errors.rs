//! A rendered sample of every finding: `tests/errors/<code>/` is a case as `support` describes it, named for the word
//! of its code.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot read its own files fails by panic"
)]

mod support;

use regrade::diagnostic::Code;
use std::collections::BTreeSet;

#[test]
fn every_sample_is_as_it_was() {
    support::run_all(&support::cases("errors"));
}

#[test]
fn every_code_has_a_sample_and_every_sample_shows_its_code() {
    let codes: BTreeSet<&str> = Code::ALL.iter().map(|code| code.word()).collect();
    let samples = support::cases("errors");
    let folders: BTreeSet<&str> = samples.iter().map(|case| case.name.as_str()).collect();
    let without_sample: Vec<_> = codes.difference(&folders).collect();
    assert!(without_sample.is_empty(), "no sample: {without_sample:?}");
    let without_code: Vec<_> = folders.difference(&codes).collect();
    assert!(without_code.is_empty(), "no such code: {without_code:?}");
    for sample in &samples {
        let word = format!("[{}]", sample.name);
        let shown = sample.expected().stderr;
        assert!(
            shown.contains(&word),
            "{word} is not in its sample:\n{shown}"
        );
    }
}

/// A sample in Chinese for at least every fifth code, so that the translations are read too.
#[test]
fn samples_are_in_both_languages() {
    let samples = support::cases("errors");
    let chinese = samples
        .iter()
        .filter(|case| {
            case.env()
                .contains(&("LANG".to_owned(), "zh_CN.UTF-8".to_owned()))
        })
        .count();
    assert!(
        chinese * 5 >= samples.len(),
        "{chinese} of {}",
        samples.len()
    );
}

/// Of what is wrong, in whichever sample it is told, is said what to do about it.
#[test]
fn every_error_and_warning_says_what_to_do() {
    let mut without = vec![];
    for case in support::cases("errors")
        .iter()
        .chain(&support::cases("cases"))
    {
        let told = case.expected().stderr;
        let mut open: Option<&str> = None;
        // What stands behind the last finding is anything else; only the lines of a finding have its help.
        for line in told.lines().chain(["note["]) {
            let begins = |word: &&str| line.starts_with(word);
            if ["error[", "warning[", "note[", "错误[", "警告[", "说明["]
                .iter()
                .any(begins)
            {
                without.extend(open.map(|title| format!("{}: {title}", case.name)));
                let is_wrong = !["note[", "说明["].iter().any(begins);
                open = is_wrong.then_some(line);
            } else if ["= help:", "= 建议:"]
                .iter()
                .any(|mark| line.trim_start().starts_with(mark))
            {
                open = None;
            }
        }
    }
    assert!(without.is_empty(), "no help:\n{}", without.join("\n"));
}
