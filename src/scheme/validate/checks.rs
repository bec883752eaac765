//! `[[checks]]`: what must hold for the rows of a sheet, or for a file as a whole.

use super::Validator;
use super::grades::duplicate_of;
use super::named_field::field_scope;
use super::sheets::Sheets;
use crate::diagnostic::{Code, Finding, Severity, Text, listed, nearest};
use crate::expr::{Checked, check};
use crate::scheme::model::{Allow, Care, Check, Expression, Figure, That};
use crate::scheme::names::FieldScope;
use crate::scheme::written::{Keys, WrittenText, decimal, share_of};
use crate::text;
use std::ops::Range;
use std::sync::Arc;

impl Validator<'_> {
    /// Reads the checks and gives each to its sheet.
    pub(super) fn checks(&mut self, tables: Vec<Keys<'_>>, sheets: &mut Sheets) {
        let mut names: Vec<Arc<str>> = vec![];
        for keys in tables {
            let Some((sheet, check, span)) = self.check(keys, sheets) else {
                continue;
            };
            if names.contains(&check.name) {
                let name = WrittenText {
                    value: check.name.to_string(),
                    span,
                };
                let duplicate = duplicate_of(&name, text!("checks", "检查"));
                self.findings.push(duplicate);
            }
            names.push(check.name.clone());
            if let Some(sheet) = sheets.each().nth(sheet) {
                sheet.checks.push(check);
            }
        }
    }

    /// A check with the number of its sheet and the place of its name.
    fn check(
        &mut self,
        mut keys: Keys<'_>,
        sheets: &mut Sheets,
    ) -> Option<(usize, Check, Range<usize>)> {
        let findings = &mut self.findings;
        let name = keys.required_text("name", findings);
        let sheet = keys.required_text("sheet", findings);
        let when = keys.text("when", findings);
        let that = keys.required_text("that", findings);
        let severities = [
            ("error", Severity::Error),
            ("warning", Severity::Warning),
            ("note", Severity::Note),
        ];
        let severity = keys.word("severity", &severities, findings);
        let allow = allow(&mut keys, findings);
        let help = keys.text("help", findings);
        let owner = keys.text("owner", findings);
        let due_days = keys.whole("due_days", 0, findings).map(|days| days.value);
        let allow_span = keys.span_of("allow");
        keys.done(findings);
        let sheet = sheet?;
        let number = sheets.each().position(|known| *known.name == *sheet.value);
        let Some(number) = number else {
            let names: Vec<Arc<str>> = sheets.each().map(|known| known.name.clone()).collect();
            self.findings
                .push(no_sheet(&sheet, names.iter().map(AsRef::as_ref)));
            return None;
        };
        let fields = sheets.each().nth(number).map(|sheet| &sheet.fields[..])?;
        let count = fields.len();
        let scope = field_scope(&sheet.value, fields);
        // The rows of the last import are found by it.
        let events = &sheets.events;
        let has_row_key = events
            .iter()
            .all(|event| *event.sheet.name != *sheet.value || event.id.is_some());
        let has_when = when.is_some();
        let when_span = when.as_ref().map(|when| when.span.clone());
        let when = when.and_then(|when| self.that(&when, &scope, count));
        let that_span = that.as_ref().map(|that| that.span.clone());
        let that = that.and_then(|that| self.that(&that, &scope, count));
        let owner = owner.and_then(|owner| self.template_in(&owner, Some(&scope)));
        let that = that?;
        let (when, that) = self.together(when, when_span, that)?;
        let reads_rows_before = matches!(
            that,
            That::EachRow {
                reads_before: true,
                ..
            }
        );
        if reads_rows_before && !has_row_key {
            self.findings.push(no_row_key(&sheet.value, that_span));
        }
        if allow.is_some() && matches!(that, That::WholeFile { .. }) {
            self.findings.push(
                Finding::error(
                    Code::KeyConflict,
                    text!(
                        "`allow` says how many rows may fail, and this check is about the file as a whole",
                        "`allow` 说明最多几行可以不满足，而这条检查看的是整份文件"
                    ),
                )
                .at(allow_span),
            );
        }
        let name = name?;
        if has_when && when.is_none() {
            return None;
        }
        let check = Check {
            name: name.value.as_str().into(),
            when,
            that,
            severity: severity.unwrap_or(Severity::Error),
            allow,
            help: help.map(|help| help.value.into()),
            care: Care { owner, due_days },
        };
        Some((number, check, name.span))
    }

    /// `when` says which rows a check is about; a check of rows that looks back there looks back as a whole.
    fn together(
        &mut self,
        when: Option<That>,
        when_span: Option<Range<usize>>,
        that: That,
    ) -> Option<(Option<Expression>, That)> {
        match (when, that) {
            (None, that) => Some((None, that)),
            (
                Some(That::EachRow {
                    condition: when,
                    reads_before: looks_back,
                }),
                That::EachRow {
                    condition,
                    reads_before,
                },
            ) => {
                let reads_before = reads_before || looks_back;
                let that = That::EachRow {
                    condition,
                    reads_before,
                };
                Some((Some(when), that))
            }
            (
                Some(That::EachRow {
                    condition: when,
                    reads_before: false,
                }),
                that,
            ) => Some((Some(when), that)),
            (Some(_), _) => {
                let finding = Finding::error(
                    Code::KeyConflict,
                    text!(
                        "`when` says which rows the check is about, by what each row has",
                        "`when` 写明检查哪些行，只能看每行自己的值"
                    ),
                );
                self.findings.push(match when_span {
                    Some(span) => finding.at(span),
                    None => finding,
                });
                None
            }
        }
    }

    fn that(
        &mut self,
        written: &WrittenText,
        scope: &FieldScope<'_>,
        fields: usize,
    ) -> Option<That> {
        let lead = written.value.len() - written.value.trim_start().len();
        let checked = check(written.value.trim(), scope, fields).map_err(|findings| {
            let shifted = |span: Range<usize>| span.start + lead..span.end + lead;
            let findings = findings.into_iter();
            findings
                .map(|finding| finding.map_spans(shifted))
                .collect::<Vec<_>>()
        });
        let (bound, of) = match checked {
            Ok(Checked::EachRow {
                bound,
                reads_before,
            }) => (Ok(bound), Ok(reads_before)),
            Ok(Checked::WholeFile { bound, figures }) => (Ok(bound), Err(figures)),
            Err(findings) => (Err(findings), Ok(false)),
        };
        let condition: Expression = self.take(written, bound)?;
        Some(match of {
            Ok(reads_before) => That::EachRow {
                condition,
                reads_before,
            },
            Err(figures) => That::WholeFile {
                condition,
                figures: figures
                    .into_iter()
                    .map(|figure| Figure {
                        aggregate: figure.aggregate,
                        text: figure.text.into(),
                        is_before: figure.is_before,
                    })
                    .collect(),
            },
        })
    }
}

/// Rows of the last import are known again by their key, which events without an id do not have.
fn no_row_key(sheet: &str, span: Option<Range<usize>>) -> Finding {
    let finding = Finding::error(
        Code::KeyConflict,
        text!(
            "the rows of `{sheet}` have no id by which the last import's could be found",
            "`{sheet}` 的行没有编号，无法与上次导入的行对应"
        ),
    );
    let finding = match span {
        Some(span) => finding.at(span),
        None => finding,
    };
    finding.help(text!(
        "name the field in `id` of the sheet, or compare figures of the file: `sum(x) > before(sum(x))`",
        "请在该表中写明 `id`，或比较整份文件的汇总：`sum(x) > before(sum(x))`"
    ))
}

/// `allow`: a share such as "1%", or a number of rows.
fn allow(keys: &mut Keys<'_>, findings: &mut Vec<Finding>) -> Option<Allow> {
    let written = keys.value("allow")?;
    let number = decimal(written.value);
    let whole = number.filter(|number| number.is_whole() && number.trunc() >= 1);
    if let Some(rows) = whole.and_then(|rows| usize::try_from(rows.trunc()).ok()) {
        return Some(Allow::Rows(rows));
    }
    let share = share_of(written.value).map(Allow::Share);
    if share.is_none() {
        findings.push(
            Finding::error(
                Code::BadFigure,
                text!(
                    "`allow` is neither a share of the rows nor a number of them",
                    "`allow` 既不是行数占比，也不是行数"
                ),
            )
            .at(written.span)
            .help(text!(
                "write a share such as \"1%\", or a number of rows such as 5",
                "请写占比如 \"1%\"，或行数如 5"
            )),
        );
    }
    share
}

pub(super) fn no_sheet<'n>(
    written: &WrittenText,
    known: impl Iterator<Item = &'n str> + Clone,
) -> Finding {
    let name = &written.value;
    let finding = Finding::error(
        Code::UnknownName,
        text!(
            "`{name}` is no sheet of the scheme",
            "`{name}` 不是方案中的表"
        ),
    )
    .at(written.span.clone());
    if let Some(near) = nearest(name, known.clone()) {
        return finding.help(text!("did you mean `{near}`?", "是否想写 `{near}`？"));
    }
    let Text { en, zh } = listed(known);
    finding.help(Text {
        en: format!("its sheets are {en}"),
        zh: format!("方案中的表：{zh}"),
    })
}
