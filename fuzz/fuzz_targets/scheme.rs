//! Schemes: any text is validated or refused without a panic, and every finding points into the text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use regrade::diagnostic::render::{Source, render};
use regrade::diagnostic::{At, Lang};

fuzz_target!(|text: &str| {
    let (scheme, mut findings) = regrade::scheme::validate(text);
    if let Some(scheme) = &scheme {
        findings.extend(regrade::scheme::lint::lint(scheme, text));
    }
    for finding in &findings {
        if let At::Span(span) = &finding.at {
            assert!(text.get(span.clone()).is_some(), "{finding:?}");
        }
    }
    let source = Source { name: "rules.toml", text };
    render(&findings, Some(source), Lang::Zh, false, true);
});
