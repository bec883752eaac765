//! The keys of one table, taken one by one.

use super::{Written, WrittenText};
use crate::diagnostic::{Code, Finding, Text, nearest};
use crate::table::{Date, Decimal};
use crate::text;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// One TOML table, from which keys are taken.
pub struct Keys<'a> {
    pub(super) table: &'a DeTable<'a>,
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

    pub(super) fn entry(&mut self, key: &'static str) -> Option<Entry<'a>> {
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

    /// The raw value of a key, for keys that take several types.
    pub fn value(&mut self, key: &'static str) -> Option<Written<&'a DeValue<'a>>> {
        self.entry(key).map(|entry| Written {
            value: entry.get_ref(),
            span: entry.span(),
        })
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

/// A share written as `"10%"`, as 0.1, or as 0 or 1.
pub fn share_of(value: &DeValue<'_>) -> Option<Decimal> {
    let share = match value {
        DeValue::String(text) => {
            let number = Decimal::parse(text.trim().strip_suffix(['%', '％'])?.trim())?;
            number.checked_div(Decimal::HUNDRED)?
        }
        other => decimal(other)?,
    };
    (share >= Decimal::ZERO && share <= Decimal::ONE).then_some(share)
}

/// Whether a number has places that [`decimal`] rounds off: a weight of 0.0000001 is not to become 0 unseen.
pub(super) fn has_more_places(value: &DeValue<'_>) -> bool {
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

pub(super) fn wrong_type(
    key: &str,
    en: &str,
    zh: &str,
    found: &DeValue<'_>,
    span: Range<usize>,
) -> Finding {
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
