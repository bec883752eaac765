//! Reads corrections from tables: one for each cell that a reviewer filled. What cannot be used is a finding with the
//! cell, and is not read.

use super::Correction;
use super::columns::{Columns, Form};
use super::levels::{Named, name_level, names};
use crate::clean::escape::without_escape;
use crate::clean::sheet::shown;
use crate::clean::text::{is_blank, parse_id, parse_text, shorten};
use crate::clean::{CellRule, read_column};
use crate::decide::{Hold, Subject};
use crate::diagnostic::{Code, Finding, Lang};
use crate::read::Table;
use crate::scheme::Scheme;
use crate::scheme::model::FieldKind;
use crate::table::{Cell, Date, Value};
use crate::text;
use crate::words::Word;
use std::sync::Arc;

/// What stood in the tables.
#[derive(Clone, Debug, Default)]
pub struct Read {
    /// The corrections, in the order of the tables and their rows.
    pub corrections: Vec<Correction>,
    /// The tables that have columns for corrections, by their places.
    pub used: Vec<usize>,
    /// What cannot be used, and why.
    pub findings: Vec<Finding>,
}

/// Reads the corrections of all tables.
pub fn read(scheme: &Scheme, tables: &[Table], form: &Form) -> Read {
    let mut read = Read::default();
    for (index, table) in tables.iter().enumerate() {
        match Columns::of(scheme, table, form) {
            Ok(Some(columns)) => {
                read.used.push(index);
                let sheet = Sheet {
                    scheme,
                    table,
                    form,
                    until: dates(table, columns.until),
                    review_on: dates(table, columns.review_on),
                    columns,
                };
                for row in 0..table.rows.len() {
                    sheet.row(row, &mut read);
                }
            }
            Ok(None) => {}
            Err(finding) => read.findings.push(finding),
        }
    }
    read
}

/// The days of a column: `None` where the cell is blank, `Err` where it cannot be read. Without a column there are none.
type Days = Vec<Result<Option<Date>, Finding>>;

/// One table with its columns.
struct Sheet<'a> {
    scheme: &'a Scheme,
    table: &'a Table,
    form: &'a Form,
    columns: Columns,
    until: Days,
    review_on: Days,
}

impl Sheet<'_> {
    /// Reads the corrections of a row. A cell that cannot be read is told for each row that has a correction at all.
    fn row(&self, row: usize, read: &mut Read) {
        let columns = &self.columns;
        let wanted = [
            (Subject::Grade, columns.grade),
            (Subject::Type, columns.kind),
            (Subject::Tag, columns.tag),
        ];
        let mut levels: Vec<(Subject, usize, Arc<str>)> = vec![];
        let mut filled = None;
        for (subject, column) in wanted {
            let Some(column) = column else { continue };
            for word in self.words(subject, row, column) {
                filled = filled.or(Some(column));
                match name_level(self.scheme, subject, &word) {
                    Named::Level(level) => levels.push((subject, column, level)),
                    Named::Unknown(finding) => {
                        read.findings.push(finding.place(self.place(row, column)));
                    }
                }
            }
        }
        let Some(filled) = filled else { return };
        let Some(customer) = self.text(row, columns.key, true) else {
            read.findings.push(
                Finding::error(
                    Code::MissingKeyCell,
                    text!(
                        "the row with a correction says no customer",
                        "填了复核的这一行没有客户编号"
                    ),
                )
                .place(self.place(row, filled)),
            );
            return;
        };
        let (default_by, default_reason) = match self.form {
            Form::List { by, reason } => (by.clone(), reason.clone()),
            Form::Graded => (None, None),
        };
        let said = |column: Option<usize>, default: Option<Arc<str>>| match column {
            Some(column) => self.text(row, column, false),
            None => default,
        };
        let by = said(columns.by, default_by);
        let reason = said(columns.reason, default_reason);
        let (Some(by), Some(reason)) = (&by, &reason) else {
            let missing = (by.is_none(), reason.is_none());
            read.findings.push(self.unsigned(row, filled, missing));
            return;
        };
        let Some(hold) = self.hold(row, read) else {
            return;
        };
        let mut day = |days: &Days| match days.get(row) {
            Some(Err(finding)) => {
                read.findings.push(finding.clone());
                None
            }
            Some(Ok(day)) => Some(*day),
            None => Some(None),
        };
        let (Some(until), Some(review_on)) = (day(&self.until), day(&self.review_on)) else {
            return;
        };
        for (subject, column, level) in levels {
            let seen = match subject {
                Subject::Grade => columns.seen_grade,
                Subject::Type => columns.seen_kind,
                Subject::Tag => None,
            };
            read.corrections.push(Correction {
                customer: customer.clone(),
                subject,
                level,
                hold,
                reason: reason.clone(),
                by: by.clone(),
                until,
                review_on,
                place: Some(self.place(row, column)),
                seen: seen.and_then(|column| self.text(row, column, false)),
            });
        }
    }

    /// The names in a cell: one, and of tags as many as there are.
    fn words(&self, subject: Subject, row: usize, column: usize) -> Vec<Arc<str>> {
        // A formula without a saved value, or an error: somebody meant something, and it is no level.
        if let Cell::Error(error) = self.cell(row, column) {
            return vec![error.text().into()];
        }
        let Some(text) = self.text(row, column, true) else {
            return vec![];
        };
        // A grade may be called like what people write for nothing, and a tag may have a comma.
        if names(self.scheme, subject).contains(&text) {
            return vec![text];
        }
        if is_blank(&text) {
            return vec![];
        }
        if subject == Subject::Tag {
            let parts = text.split(['、', '，', ',', '；', ';', '\n']);
            let words = parts.map(str::trim).filter(|word| !word.is_empty());
            return words.map(Arc::from).collect();
        }
        vec![text]
    }

    /// How the correction holds; `None` if the cell says something else.
    #[expect(
        clippy::option_option,
        reason = "nothing said, and something that cannot be read, are two things"
    )]
    fn hold(&self, row: usize, read: &mut Read) -> Option<Option<Hold>> {
        let Some(column) = self.columns.hold else {
            return Some(None);
        };
        let Some(word) = self.text(row, column, false) else {
            return Some(None);
        };
        let folded = word.to_lowercase();
        let found = [Hold::Floor, Hold::Lock, Hold::Ceiling]
            .into_iter()
            .find(|hold| {
                let named = hold_word(*hold);
                [Lang::En, Lang::Zh]
                    .iter()
                    .any(|lang| named.get(*lang) == folded)
            });
        if found.is_none() {
            let shown = shorten(&word);
            read.findings.push(
                Finding::error(
                    Code::BadCell,
                    text!(
                        "`{shown}` does not say how a correction holds",
                        "`{shown}` 不是调整方式"
                    ),
                )
                .place(self.place(row, column))
                .help(text!(
                    "write floor, lock or ceiling, or leave the cell empty",
                    "请写 下限、锁定 或 上限，或留空"
                )),
            );
            return None;
        }
        Some(found)
    }

    fn unsigned(&self, row: usize, filled: usize, missing: (bool, bool)) -> Finding {
        let columns = &self.columns;
        let heading = |column: Option<usize>, word: Word| match column {
            Some(column) => self.table.headers[column].text.clone(),
            None => word.get(self.scheme.language).to_owned(),
        };
        let by = heading(columns.by, Word::Reviewer);
        let reason = heading(columns.reason, Word::ReviewComment);
        let (en, zh) = match missing {
            (true, true) => ("neither author nor reason", "复核人和理由"),
            (true, false) => ("no author", "复核人"),
            (false, _) => ("no reason", "理由"),
        };
        let level = shorten(&shown(self.cell(row, filled)));
        Finding::error(
            Code::UnsignedCorrection,
            text!(
                "the correction to `{level}` has {en}: it does not count",
                "改为 `{level}` 的复核缺少{zh}，不予采用"
            ),
        )
        .place(self.place(row, filled))
        .cell(
            text!(
                "corrections have {en}: they do not count",
                "复核缺少{zh}，不予采用"
            ),
            level,
        )
        .help(match self.form {
            Form::Graded => text!(
                "fill `{by}` and `{reason}` in the row and read the file again",
                "请在该行填写 `{by}` 和 `{reason}`，再读一次"
            ),
            Form::List { .. } => text!(
                "fill `{by}` and `{reason}` in the row, or leave the column out and give `--by` or `--reason`",
                "请在该行填写 `{by}` 和 `{reason}`；整份相同时可不要该列，改用 `--by` 或 `--reason`"
            ),
        })
    }

    /// A cell's text without the escape of text files. Ids keep what would say "missing" elsewhere.
    fn text(&self, row: usize, column: usize, is_id: bool) -> Option<Arc<str>> {
        let cell = self.cell(row, column);
        let text = if is_id {
            parse_id(cell)
        } else {
            parse_text(cell)
        };
        let text = text.ok().flatten()?;
        Some((*text).into())
    }

    fn cell(&self, row: usize, column: usize) -> Cell<'_> {
        without_escape(self.table, self.table.rows.cell(row, column))
    }

    fn place(&self, row: usize, column: usize) -> crate::table::Place {
        let number = self.table.rows.row_number(row);
        self.table.origin.cell(number, column as u32)
    }
}

/// The word for how something holds.
pub fn hold_word(hold: Hold) -> Word {
    match hold {
        Hold::Floor => Word::Floor,
        Hold::Lock => Word::Lock,
        Hold::Ceiling => Word::Ceiling,
    }
}

/// Reads a column of days. What cannot be read is told only where a row has a correction.
fn dates(table: &Table, column: Option<usize>) -> Days {
    let Some(column) = column else { return vec![] };
    let name = &table.headers[column].text;
    let mut rule = CellRule::new(name.as_str(), FieldKind::Date);
    rule.escaped = table.encoding.is_some();
    let read = read_column(&table.rows, column, &rule);
    let place = |row: u32| table.origin.cell(row, column as u32);
    if let Some(fault) = &read.column_fault {
        let told = fault.finding(name, place(table.header_row));
        return vec![Err(told); table.rows.len()];
    }
    let mut days: Days = (0..read.column.len())
        .map(|row| match read.column.value(row) {
            Value::Date(date) => Ok(Some(date)),
            _ => Ok(None),
        })
        .collect();
    for (row, fault) in read.faults {
        let row = row as usize;
        let offending = shown(table.rows.cell(row, column));
        let number = table.rows.row_number(row);
        days[row] = Err(fault.finding(&offending, name, place(number)));
    }
    days
}
