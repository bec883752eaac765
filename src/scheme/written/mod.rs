//! What was written: the TOML of a scheme as tables whose keys are taken one by one.
//!
//! A key that is taken with the wrong type, that is missing or that nobody takes becomes a finding at its place; all
//! of them are collected, so that a scheme with five faults shows five.

mod keys;
mod lists;

pub use keys::{Keys, decimal, not_yet};

use crate::diagnostic::{Code, Finding, Text};
use crate::text;
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

/// Parses the text of a scheme; every syntax error is a finding. `use_table` runs even if there were errors, on what
/// could be read, so that the faults behind a slip of syntax are told at once.
pub fn parse<T>(
    source: &str,
    use_table: impl FnOnce(&DeTable<'_>, &mut Vec<Finding>) -> T,
) -> (T, Vec<Finding>) {
    let (document, errors) = DeTable::parse_recoverable(source);
    let mut findings: Vec<Finding> = errors
        .iter()
        .map(|error| {
            let message = error.message();
            let title = Text {
                en: format!("not TOML: {}", first_line(message)),
                zh: format!("不是合法的 TOML：{}", first_line(message)),
            };
            let help = if message.contains("bare key") || message.contains("key") {
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
            Finding::error(Code::TomlSyntax, title)
                .at(error.span().unwrap_or(0..0))
                .help(help)
        })
        .collect();
    let used = use_table(document.get_ref(), &mut findings);
    (used, findings)
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
