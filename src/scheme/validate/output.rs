//! `[output]` and `--columns`: what is shown, and under which headings.

use super::expressions::bind_in;
use super::{Validator, Want};
use crate::diagnostic::{Code, Finding};
use crate::expr::Scope;
use crate::scheme::model::{Expression, Output, OutputColumn, ResultColumn, Shown};
use crate::scheme::written::{Keys, Written, WrittenText};
use crate::text;
use std::ops::Range;

impl Validator<'_> {
    pub(super) fn output(&mut self, keys: Option<Keys<'_>>) -> Output {
        let Some(mut keys) = keys else {
            return Output::default();
        };
        let findings = &mut self.findings;
        let sheet = keys.text("sheet", findings);
        let fill_row = keys
            .word("fill", &[("cell", false), ("row", true)], findings)
            .unwrap_or(false);
        let items = keys.texts("columns", false, findings);
        let has_columns = keys.has("columns");
        if has_columns && items.is_empty() {
            findings.push(no_columns(keys.span_of("columns")));
        }
        keys.done(findings);
        let mut columns = vec![];
        for item in &items {
            match column(&item.value, &self.names) {
                Ok(parsed) => columns.push(parsed),
                Err(found) => {
                    for finding in found {
                        let moved = finding.map_spans(|span| self.place(item, span));
                        self.findings.push(moved);
                    }
                }
            }
        }
        if let Some(sheet) = &sheet {
            self.worksheet_name(sheet);
        }
        Output {
            sheet: sheet.map(|sheet| sheet.value),
            fill_row,
            columns: has_columns.then_some(columns),
        }
    }

    /// Excel's rules for the names of worksheets.
    fn worksheet_name(&mut self, name: &WrittenText) {
        let text = &name.value;
        let bad = text.chars().count() > 31
            || text.trim().is_empty()
            || text.contains(['[', ']', ':', '*', '?', '/', '\\'])
            || text.starts_with('\'')
            || text.ends_with('\'');
        if bad {
            self.findings.push(
                Finding::error(
                    Code::BadValue,
                    text!(
                        "`{text}` cannot be the name of a worksheet",
                        "`{text}` 不能作工作表名"
                    ),
                )
                .at(name.span.clone())
                .help(text!(
                    "at most 31 characters, none of [ ] : * ? / \\",
                    "最多 31 个字符，不能含 [ ] : * ? / \\"
                )),
            );
        }
    }
}

/// The items of `--columns`: split at commas outside quotes and brackets. Findings point into `text`.
pub fn parse_columns(text: &str, scope: &dyn Scope) -> Result<Vec<OutputColumn>, Vec<Finding>> {
    let mut columns = vec![];
    let mut findings = vec![];
    if items(text).is_empty() {
        findings.push(no_columns(0..text.len()));
    }
    for range in items(text) {
        let item = &text[range.clone()];
        let indent = item.len() - item.trim_start().len();
        match column(item.trim(), scope) {
            Ok(parsed) => columns.push(parsed),
            Err(found) => findings.extend(found.into_iter().map(|finding| {
                finding.map_spans(|span| {
                    range.start + indent + span.start..range.start + indent + span.end
                })
            })),
        }
    }
    if findings.is_empty() {
        Ok(columns)
    } else {
        Err(findings)
    }
}

/// A table without columns is of no use to anybody.
fn no_columns(span: Range<usize>) -> Finding {
    Finding::error(Code::BadValue, text!("no column is named", "没有写任何列"))
        .at(span)
        .help(text!(
            "write `*` for the input's columns, and names or `heading = expression`",
            "`*` 表示输入的各列，其余写名称或 `列名 = 表达式`"
        ))
}

/// One item: `*`, a result column by heading or key, `heading = expression`, or the name of anything.
fn column(item: &str, scope: &dyn Scope) -> Result<OutputColumn, Vec<Finding>> {
    let item = item.trim_end();
    if item == "*" {
        return Ok(OutputColumn::Input);
    }
    let (heading, shown, offset) = match item.find('=') {
        Some(at) => (item[..at].trim(), &item[at + 1..], at + 1),
        None => (item.trim().trim_matches('"'), item, 0),
    };
    let offset = offset + (shown.len() - shown.trim_start().len());
    let shown = shown.trim();
    if heading.is_empty() || shown.is_empty() {
        return Err(vec![
            Finding::error(
                Code::BadValue,
                text!(
                    "`{item}` is no column: a heading or an expression is empty",
                    "`{item}` 不是列：标题或表达式为空"
                ),
            )
            .at(0..item.len())
            .help(text!(
                "write `heading = expression`",
                "请写 `列名 = 表达式`"
            )),
        ]);
    }
    let bare = shown.trim_matches('"');
    if let Some(result) = ResultColumn::named(bare) {
        return Ok(OutputColumn::Computed {
            heading: heading.into(),
            show: Shown::Result(result),
        });
    }
    let written = Written {
        value: shown.to_owned(),
        span: 0..shown.len(),
    };
    let mut populations = vec![];
    match bind_in(&written.value, scope, Want::Any, &mut populations) {
        Ok(bound) if populations.is_empty() => Ok(OutputColumn::Computed {
            heading: heading.into(),
            show: Shown::Expression(Expression {
                text: shown.into(),
                bound,
            }),
        }),
        Ok(_) => Err(vec![
            Finding::error(
                Code::PopulationMisuse,
                text!(
                    "a column cannot hold a figure of the population",
                    "列中不能直接用全体客户的统计函数"
                ),
            )
            .at(offset..offset + shown.len())
            .help(text!(
                "give it a name under [[values]]",
                "请先在 [[values]] 中给它取名"
            )),
        ]),
        // A plain name that the scheme does not know may be a column of the input that no field reads.
        Err(_) if offset == 0 && is_plain_header(bare) => Ok(OutputColumn::Computed {
            heading: heading.into(),
            show: Shown::Header(bare.into()),
        }),
        Err(findings) => Err(findings
            .into_iter()
            .map(|finding| finding.map_spans(|span| offset + span.start..offset + span.end))
            .collect()),
    }
}

/// Whether a text could be a header rather than a mistyped expression.
fn is_plain_header(text: &str) -> bool {
    !text.contains(['<', '>', '+', '*', '\'', '"', ','])
}

/// The items of a list as people write it on a command line: split at commas outside quotes and brackets.
pub fn items(text: &str) -> Vec<Range<usize>> {
    let (mut quote, mut depth, mut start) = (None, 0u32, 0);
    let mut ranges = vec![];
    for (at, character) in text.char_indices() {
        match (quote, character) {
            (Some(open), _) => quote = Some(open).filter(|open| character != *open),
            (None, '\'' | '"') => quote = Some(character),
            (None, '(' | '（') => depth += 1,
            (None, ')' | '）') => depth = depth.saturating_sub(1),
            (None, ',' | '，') if depth == 0 => {
                ranges.push(start..at);
                start = at + character.len_utf8();
            }
            _ => {}
        }
    }
    ranges.push(start..text.len());
    ranges.retain(|range| !text[range.clone()].trim().is_empty());
    ranges
}
