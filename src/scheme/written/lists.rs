//! Keys that hold lists and tables.

use super::keys::{Keys, wrong_type};
use super::{Written, WrittenText};
use crate::diagnostic::{Finding, Text};
use crate::text;
use toml::de::DeValue;

impl<'a> Keys<'a> {
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

    /// A list of days, as TOML dates, and of texts. A day or text alone counts as a list of one.
    pub fn days(&mut self, key: &'static str, findings: &mut Vec<Finding>) -> Vec<WrittenText> {
        let Some(entry) = self.entry(key) else {
            return vec![];
        };
        let items: Vec<_> = match entry.get_ref() {
            DeValue::Array(items) => items.iter().collect(),
            _ => vec![entry],
        };
        let mut days = vec![];
        for item in items {
            let value = match item.get_ref() {
                DeValue::String(text) => text.clone().into_owned(),
                DeValue::Datetime(moment) if moment.time.is_none() => moment.to_string(),
                other => {
                    findings.push(wrong_type(
                        key,
                        "days such as 2024-10-01",
                        "日期，如 2024-10-01",
                        other,
                        item.span(),
                    ));
                    continue;
                }
            };
            days.push(Written {
                value,
                span: item.span(),
            });
        }
        days
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
}
