//! What was written: the TOML of a scheme as tables whose keys are taken one by one.
//!
//! A key that is taken with the wrong type, that is missing or that nobody takes becomes a finding at its place; all
//! of them are collected, so that a scheme with five faults shows five.

mod keys;
mod lists;

pub use keys::{Keys, decimal, share_of};

use crate::diagnostic::{Code, Finding, Text};
use crate::text;
use crate::words::how_many;
use std::ops::Range;
use toml::de::DeTable;

/// A value with the bytes of the scheme's text where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Written<T> {
    /// What stands there.
    pub value: T,
    /// Where.
    pub span: Range<usize>,
}

impl<T> Written<T> {
    /// The same place with another value.
    pub fn map<U>(self, to: impl FnOnce(T) -> U) -> Written<U> {
        Written {
            value: to(self.value),
            span: self.span,
        }
    }
}

/// A text in a scheme.
pub type WrittenText = Written<String>;

/// Parses the text of a scheme. What is not TOML is told once a table, and nothing is told behind a text or list that
/// is never closed: the rest is what the reader makes of it. `use_table` runs even if there were errors, but what it
/// finds is told only where the table is as it was written: behind a slip keys are missing that stand there for all to
/// see.
pub fn parse<T>(
    source: &str,
    use_table: impl FnOnce(&DeTable<'_>, &mut Vec<Finding>) -> T,
) -> (T, Vec<Finding>) {
    let (document, errors) = DeTable::parse_recoverable(source);
    let mut errors: Vec<(Range<usize>, &str)> = errors
        .iter()
        .map(|error| {
            let span = error.span().unwrap_or(0..0);
            let end = span.end.min(source.len());
            (span.start.min(end)..end, first_line(error.message()))
        })
        .collect();
    errors.sort_by_key(|(span, _)| span.start);
    let mut findings: Vec<Finding> = vec![];
    let (mut whole, mut open, mut echoes) = (true, false, 0);
    let mut last_table = None;
    for (span, message) in errors {
        // A table or key that stands twice is read as far as it can be, and so is all around it.
        whole &= is_twice(message);
        let table = source.as_bytes()[..span.start]
            .windows(2)
            .filter(|bytes| bytes == b"\n[")
            .count();
        if open || last_table.replace(table) == Some(table) {
            echoes += 1;
            continue;
        }
        open = [
            "unclosed",
            "invalid basic",
            "invalid literal",
            "invalid multi",
        ]
        .iter()
        .any(|kind| message.contains(kind));
        findings.push(not_toml(source, span, message));
    }
    if let Some(last) = findings.pop() {
        findings.push(match echoes {
            0 => last,
            _ => last.with_note(Text {
                en: format!("{} may follow from it", how_many(echoes, "more error")),
                zh: format!("另有 {echoes} 处错误，可能由它引起"),
            }),
        });
    }
    let mut found = vec![];
    let used = use_table(document.get_ref(), &mut found);
    if whole {
        findings.append(&mut found);
    }
    (used, findings)
}

fn is_twice(message: &str) -> bool {
    message.contains("duplicate key")
}

fn not_toml(source: &str, span: Range<usize>, message: &str) -> Finding {
    let title = Text {
        en: format!("not TOML: {message}"),
        zh: format!("不是合法的 TOML：{message}"),
    };
    let curly = source[span.start..].starts_with(['“', '”', '‘', '’', '＂']);
    let help = if is_twice(message) {
        text!(
            "leave one of them; a list of tables has two brackets: `[[grades]]`",
            "只保留一个；成列表的表要写两层方括号：`[[grades]]`"
        )
    } else if curly {
        text!(
            "TOML takes straight quotes only: \"…\"",
            "TOML 只认英文的直引号：\"…\""
        )
    } else if message.contains("key") {
        text!(
            "keys are ASCII; put Chinese keys and values in quotes",
            "键只能用 ASCII；中文的键和值请加引号"
        )
    } else {
        text!(
            "texts stand in quotes, lists in [ ], one entry a line",
            "文本加引号，列表用 [ ]，一行一项"
        )
    };
    Finding::error(Code::TomlSyntax, title).at(span).help(help)
}

fn first_line(message: &str) -> &str {
    message.lines().next().unwrap_or_default()
}

/// Where `content`, the text of a TOML string that stands at `span`, begins in `source`: after the quotes. `None` if
/// the string is written with escapes, so that its bytes are not the source's.
pub fn content_start(source: &str, span: &Range<usize>, content: &str) -> Option<usize> {
    let written = source.get(span.clone())?;
    let quote = if written.starts_with("\"\"\"") || written.starts_with("'''") {
        3
    } else {
        1
    };
    let mut start = span.start + quote;
    if quote == 3 {
        let rest = source.get(start..)?;
        start += if rest.starts_with("\r\n") {
            2
        } else {
            usize::from(rest.starts_with('\n'))
        };
    }
    (source.get(start..start + content.len())? == content).then_some(start)
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::Code;

    /// What a scheme with this inside is told: codes, and what the first help says.
    fn told(part: &str) -> (Vec<Code>, String) {
        let text =
            format!("[sheets.customers]\nkey = \"id\"\n{part}\n[[dimensions]]\nname = \"a\"\n");
        let (scheme, findings) = crate::scheme::validate(&text);
        assert!(scheme.is_none(), "{part}");
        let help = findings.first().and_then(|finding| finding.help.clone());
        let codes = findings.iter().map(|finding| finding.code).collect();
        (codes, help.map_or_else(String::new, |help| help.en))
    }

    #[test]
    fn a_slip_of_syntax_is_told_alone() {
        for (part, help) in [
            ("name = “id”", "straight quotes"),
            ("name = \"id", "texts stand in quotes"),
            (
                "fields = [{ name = “x”, type = \"text\" }, { nam = \"y\" }]",
                "straight quotes",
            ),
            ("名称 = \"id\"", "keys are ASCII"),
        ] {
            let (codes, told) = told(part);
            assert_eq!(codes, [Code::TomlSyntax], "{part}");
            assert!(told.contains(help), "{part}: {told}");
        }
    }

    #[test]
    fn figures_have_six_places() {
        for (written, more) in [
            ("0.0000001", true),
            ("0.333333", false),
            ("0.3333330", false),
            ("0.3333333", true),
            ("1e-6", false),
            ("1e-7", true),
            ("10e-7", false),
            ("1.5e-6", true),
            ("1.5e3", false),
            ("0.0", false),
            ("0e-9", false),
        ] {
            let source = format!("x = {written}");
            let (value, _) = super::parse(&source, |table, _| {
                table
                    .get("x")
                    .map(|value| super::keys::has_more_places(value.get_ref()))
            });
            assert_eq!(value, Some(more), "{written}");
        }
    }

    #[test]
    fn a_key_that_stands_twice_hides_no_other_fault() {
        let (codes, help) = told("key = \"id\"\nnmae = \"x\"");
        assert_eq!(
            codes,
            [Code::TomlSyntax, Code::UnknownKey, Code::MissingKey]
        );
        assert!(help.contains("leave one"), "{help}");
    }
}
