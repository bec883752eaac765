//! What was written: the TOML of a scheme as tables whose keys are taken one by one.
//!
//! A key that is taken with the wrong type, that is missing or that nobody takes becomes a finding at its place; all
//! of them are collected, so that a scheme with five faults shows five.

use crate::diagnostic::{Code, Finding, Text, nearest};
use crate::table::{Date, Decimal};
use crate::text;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

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

/// One TOML table, from which keys are taken.
pub struct Keys<'a> {
    table: &'a DeTable<'a>,
    /// Where the table's header (or the inline table) stands.
    pub span: Range<usize>,
    /// How messages name the table: `[[grades]]`, a field.
    pub what: Text,
    taken: BTreeSet<&'static str>,
}

type Entry<'a> = &'a Spanned<DeValue<'a>>;

impl<'a> Keys<'a> {
    /// The keys of `table`.
    pub fn new(table: &'a DeTable<'a>, span: Range<usize>, what: Text) -> Self {
        Self {
            table,
            span,
            what,
            taken: BTreeSet::new(),
        }
    }

    /// The same table with nothing taken, for a look ahead.
    #[must_use]
    pub fn copy(&self) -> Self {
        Self::new(self.table, self.span.clone(), self.what.clone())
    }

    fn entry(&mut self, key: &'static str) -> Option<Entry<'a>> {
        self.taken.insert(key);
        self.table.get(key)
    }

    /// Whether the key is there.
    pub fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// Where the value of a key stands; the table's own place if it is not there.
    pub fn span_of(&self, key: &str) -> Range<usize> {
        self.table.get(key).map_or(self.span.clone(), Spanned::span)
    }

    /// Where a key itself stands.
    fn key_span(&self, key: &str) -> Range<usize> {
        self.table
            .keys()
            .find(|known| known.get_ref() == key)
            .map_or(self.span.clone(), Spanned::span)
    }

    /// A text.
    pub fn text(&mut self, key: &'static str, findings: &mut Vec<Finding>) -> Option<WrittenText> {
        let entry = self.entry(key)?;
        match entry.get_ref() {
            DeValue::String(text) => Some(Written {
                value: text.clone().into_owned(),
                span: entry.span(),
            }),
            other => {
                findings.push(wrong_type(
                    key,
                    "a text in quotes",
                    "加引号的文本",
                    other,
                    entry.span(),
                ));
                None
            }
        }
    }

    /// A text that must be there and not empty.
    pub fn required_text(
        &mut self,
        key: &'static str,
        findings: &mut Vec<Finding>,
    ) -> Option<WrittenText> {
        if !self.has(key) {
            findings.push(self.missing(key));
            self.taken.insert(key);
            return None;
        }
        let text = self.text(key, findings)?;
        if text.value.trim().is_empty() {
            findings.push(
                Finding::error(Code::BadValue, text!("`{key}` is empty", "`{key}` 为空"))
                    .at(text.span.clone()),
            );
            return None;
        }
        Some(text)
    }

    /// The finding that a key is missing here.
    pub fn missing(&self, key: &str) -> Finding {
        let Text { en, zh } = &self.what;
        Finding::error(
            Code::MissingKey,
            text!("{en} has no `{key}`", "{zh}缺少 `{key}`"),
        )
        .at(self.span.clone())
        .help(text!("add `{key} = …`", "请加上 `{key} = …`"))
    }

    /// One of several words.
    pub fn word<T: Copy>(
        &mut self,
        key: &'static str,
        words: &[(&'static str, T)],
        findings: &mut Vec<Finding>,
    ) -> Option<T> {
        let text = self.text(key, findings)?;
        if let Some((_, value)) = words.iter().find(|(word, _)| *word == text.value) {
            return Some(*value);
        }
        let written = &text.value;
        let finding = Finding::error(
            Code::BadValue,
            text!(
                "`{written}` is no value of `{key}`",
                "`{key}` 不能取值 `{written}`"
            ),
        )
        .at(text.span.clone());
        findings.push(
            if let Some(near) = nearest(written, words.iter().map(|(word, _)| *word)) {
                finding.help(text!("did you mean `{near}`?", "是否想写 `{near}`？"))
            } else {
                let list = words
                    .iter()
                    .map(|(word, _)| format!("`{word}`"))
                    .collect::<Vec<_>>()
                    .join(", ");
                finding.help(text!("it is one of {list}", "可取：{list}"))
            },
        );
        None
    }

    /// True or false.
    pub fn truth(&mut self, key: &'static str, findings: &mut Vec<Finding>) -> Option<bool> {
        let entry = self.entry(key)?;
        if let DeValue::Boolean(value) = entry.get_ref() {
            return Some(*value);
        }
        findings.push(wrong_type(
            key,
            "`true` or `false`",
            "`true` 或 `false`",
            entry.get_ref(),
            entry.span(),
        ));
        None
    }

    /// A number.
    pub fn number(
        &mut self,
        key: &'static str,
        findings: &mut Vec<Finding>,
    ) -> Option<Written<Decimal>> {
        let entry = self.entry(key)?;
        if let Some(value) = decimal(entry.get_ref()) {
            if has_more_places(entry.get_ref()) {
                findings.push(
                    Finding::error(
                        Code::BadFigure,
                        text!("`{key}` has more than six places", "`{key}` 的小数超过六位"),
                    )
                    .at(entry.span())
                    .help(text!(
                        "numbers are exact to six places; round it",
                        "数字精确到六位小数；请先舍入"
                    )),
                );
                return None;
            }
            return Some(Written {
                value,
                span: entry.span(),
            });
        }
        let finding = match entry.get_ref() {
            DeValue::Integer(_) | DeValue::Float(_) => Finding::error(
                Code::BadFigure,
                text!(
                    "`{key}` is not a number below 9,000,000,000,000",
                    "`{key}` 须是小于 9 万亿的数"
                ),
            )
            .at(entry.span()),
            other => wrong_type(key, "a number", "数字", other, entry.span()),
        };
        findings.push(finding);
        None
    }

    /// A whole number from `least` up.
    pub fn whole(
        &mut self,
        key: &'static str,
        least: i64,
        findings: &mut Vec<Finding>,
    ) -> Option<Written<i64>> {
        let number = self.number(key, findings)?;
        if number.value.is_whole()
            && number.value.trunc() >= least
            && number.value.trunc() <= 100_000
        {
            return Some(number.map(Decimal::trunc));
        }
        findings.push(
            Finding::error(
                Code::BadFigure,
                text!(
                    "`{key}` must be a whole number from {least} to 100000",
                    "`{key}` 须是 {least} 到 100000 的整数"
                ),
            )
            .at(number.span),
        );
        None
    }

    /// A day, as a TOML date or as a text.
    pub fn date(
        &mut self,
        key: &'static str,
        findings: &mut Vec<Finding>,
    ) -> Option<Written<Date>> {
        let entry = self.entry(key)?;
        let date = match entry.get_ref() {
            DeValue::Datetime(moment) => moment
                .date
                .filter(|_| moment.time.is_none())
                .and_then(|date| Date::new(date.year.into(), date.month.into(), date.day.into())),
            DeValue::String(text) => Date::parse_iso(text),
            _ => None,
        };
        if date.is_none() {
            findings.push(wrong_type(
                key,
                "a date such as 2024-03-31",
                "日期，如 2024-03-31",
                entry.get_ref(),
                entry.span(),
            ));
        }
        date.map(|value| Written {
            value,
            span: entry.span(),
        })
    }

    /// A list of texts; a single text counts as a list of one where `single` allows it.
    pub fn texts(
        &mut self,
        key: &'static str,
        single: bool,
        findings: &mut Vec<Finding>,
    ) -> Vec<WrittenText> {
        let Some(entry) = self.entry(key) else {
            return vec![];
        };
        match entry.get_ref() {
            DeValue::String(text) if single => {
                return vec![Written {
                    value: text.clone().into_owned(),
                    span: entry.span(),
                }];
            }
            DeValue::Array(items) => {
                let mut texts = vec![];
                for item in items {
                    match item.get_ref() {
                        DeValue::String(text) => {
                            texts.push(Written {
                                value: text.clone().into_owned(),
                                span: item.span(),
                            });
                        }
                        other => findings.push(wrong_type(
                            key,
                            "texts in quotes",
                            "加引号的文本",
                            other,
                            item.span(),
                        )),
                    }
                }
                return texts;
            }
            _ => {}
        }
        findings.push(wrong_type(
            key,
            "a list of texts",
            "文本列表",
            entry.get_ref(),
            entry.span(),
        ));
        vec![]
    }

    /// Pairs of texts, in the order written.
    pub fn pairs(
        &mut self,
        key: &'static str,
        findings: &mut Vec<Finding>,
    ) -> Vec<(WrittenText, WrittenText)> {
        let Some(entry) = self.entry(key) else {
            return vec![];
        };
        let DeValue::Table(table) = entry.get_ref() else {
            findings.push(wrong_type(
                key,
                "pairs such as { \"old\" = \"new\" }",
                "对照表，如 { \"旧\" = \"新\" }",
                entry.get_ref(),
                entry.span(),
            ));
            return vec![];
        };
        let mut pairs = vec![];
        for (from, to) in table {
            match to.get_ref() {
                DeValue::String(text) => pairs.push((
                    Written {
                        value: from.get_ref().clone().into_owned(),
                        span: from.span(),
                    },
                    Written {
                        value: text.clone().into_owned(),
                        span: to.span(),
                    },
                )),
                other => findings.push(wrong_type(
                    key,
                    "texts in quotes",
                    "加引号的文本",
                    other,
                    to.span(),
                )),
            }
        }
        pairs
    }

    /// A table.
    pub fn table(
        &mut self,
        key: &'static str,
        what: Text,
        findings: &mut Vec<Finding>,
    ) -> Option<Keys<'a>> {
        let entry = self.entry(key)?;
        if let DeValue::Table(table) = entry.get_ref() {
            return Some(Keys::new(table, entry.span(), what));
        }
        findings.push(wrong_type(
            key,
            "a table",
            "表",
            entry.get_ref(),
            entry.span(),
        ));
        None
    }

    /// A list of tables, each named `what` in messages.
    pub fn tables(
        &mut self,
        key: &'static str,
        what: &Text,
        findings: &mut Vec<Finding>,
    ) -> Vec<Keys<'a>> {
        let Some(entry) = self.entry(key) else {
            return vec![];
        };
        let DeValue::Array(items) = entry.get_ref() else {
            findings.push(
                wrong_type(
                    key,
                    "a list of tables",
                    "表的列表",
                    entry.get_ref(),
                    entry.span(),
                )
                .help(text!(
                    "write `[[{key}]]` with two brackets",
                    "请写成双方括号 `[[{key}]]`"
                )),
            );
            return vec![];
        };
        let mut tables = vec![];
        for item in items {
            match item.get_ref() {
                DeValue::Table(table) => tables.push(Keys::new(table, item.span(), what.clone())),
                other => findings.push(wrong_type(key, "a table", "表", other, item.span())),
            }
        }
        tables
    }

    /// The tables by name below this one, in the order written.
    pub fn named_tables(&mut self, findings: &mut Vec<Finding>) -> Vec<(WrittenText, Keys<'a>)> {
        let mut tables = vec![];
        for (name, value) in self.table {
            let written = Written {
                value: name.get_ref().clone().into_owned(),
                span: name.span(),
            };
            match value.get_ref() {
                DeValue::Table(table) => {
                    let shown = &written.value;
                    let what = text!("`{shown}`", "`{shown}` ");
                    tables.push((written, Keys::new(table, name.span(), what)));
                }
                other => findings.push(wrong_type(
                    &written.value,
                    "a table",
                    "表",
                    other,
                    value.span(),
                )),
            }
        }
        tables
    }

    /// The raw value of a key, for keys that take several types.
    pub fn value(&mut self, key: &'static str) -> Option<Written<&'a DeValue<'a>>> {
        self.entry(key).map(|entry| Written {
            value: entry.get_ref(),
            span: entry.span(),
        })
    }

    /// A key that the language has and this version does not run: said plainly, once for each.
    pub fn not_yet(&mut self, keys: &[&'static str], findings: &mut Vec<Finding>) {
        for key in keys {
            self.taken.insert(key);
            if self.has(key) {
                findings.push(not_yet(key).at(self.key_span(key)));
            }
        }
    }

    /// Ends the taking: every key that nobody took is a finding.
    pub fn done(self, findings: &mut Vec<Finding>) {
        let Text { en, zh } = &self.what;
        for key in self.table.keys() {
            let written: &Cow<'_, str> = key.get_ref();
            if self.taken.contains(written.as_ref()) {
                continue;
            }
            let known = self.taken.iter().copied();
            let finding = Finding::error(
                Code::UnknownKey,
                text!("{en} takes no key `{written}`", "{zh}没有键 `{written}`"),
            )
            .at(key.span());
            findings.push(if let Some(near) = nearest(written, known.clone()) {
                finding.help(text!("did you mean `{near}`?", "是否想写 `{near}`？"))
            } else {
                let list = known.collect::<Vec<_>>().join(", ");
                finding.help(text!("it takes {list}", "可用的键：{list}"))
            });
        }
    }
}

/// The finding for a part of the language that this version does not run.
pub fn not_yet(key: &str) -> Finding {
    Finding::error(
        Code::NotYet,
        text!(
            "`{key}` does not run in this version",
            "此版本尚不能运行 `{key}`"
        ),
    )
    .help(text!("take it out for now", "请暂时去掉"))
}

/// The exact number of a TOML value; `None` if it is none or too large.
pub fn decimal(value: &DeValue<'_>) -> Option<Decimal> {
    match value {
        DeValue::Integer(integer) => i64::from_str_radix(integer.as_str(), integer.radix())
            .ok()
            .and_then(Decimal::from_int),
        DeValue::Float(float) => Decimal::parse(float.as_str()),
        _ => None,
    }
}

/// Whether a number has places that [`decimal`] rounds off: a weight of 0.0000001 is not to become 0 unseen.
fn has_more_places(value: &DeValue<'_>) -> bool {
    let DeValue::Float(float) = value else {
        return false;
    };
    let written = float.as_str();
    let (digits, exponent) = written.split_once(['e', 'E']).unwrap_or((written, "0"));
    let places = digits
        .split_once('.')
        .map_or(0, |(_, places)| places.trim_end_matches('0').len());
    // Beyond a million places nothing is exact, whatever the sign says.
    let exponent: i64 = exponent.parse().unwrap_or(-1_000_000);
    let trailing = if places == 0 {
        let whole = digits.split('.').next().unwrap_or_default();
        whole.len() - whole.trim_end_matches('0').len()
    } else {
        0
    };
    !digits.trim_matches(['0', '.', '-', '+']).is_empty()
        && places as i64 - trailing as i64 - exponent > 6
}

fn wrong_type(key: &str, en: &str, zh: &str, found: &DeValue<'_>, span: Range<usize>) -> Finding {
    let (found_en, found_zh) = match found {
        DeValue::String(_) => ("a text", "文本"),
        DeValue::Integer(_) | DeValue::Float(_) => ("a number", "数字"),
        DeValue::Boolean(_) => ("true or false", "true 或 false"),
        DeValue::Datetime(_) => ("a date or time", "日期或时间"),
        DeValue::Array(_) => ("a list", "列表"),
        DeValue::Table(_) => ("a table", "表"),
    };
    Finding::error(
        Code::WrongType,
        text!("`{key}` takes {en}", "`{key}` 应为{zh}"),
    )
    .at(span)
    .label(text!("this is {found_en}", "这里是{found_zh}"))
}

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
            _ => last.with_note(text!(
                "{echoes} more errors may follow from it",
                "另有 {echoes} 处错误，可能由它引起"
            )),
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
                    .map(|value| super::has_more_places(value.get_ref()))
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
