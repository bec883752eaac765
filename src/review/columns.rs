//! Which column of a table says what: the reviewers' columns of a graded workbook, in both languages, or the plainer
//! headings of a sheet of corrections.

use crate::book::recognise;
use crate::clean::sheet::field_headers;
use crate::diagnostic::{Code, Finding, Lang};
use crate::read::{Header, Table, find_columns, fold_header};
use crate::scheme::Scheme;
use crate::text;
use crate::words::Word;
use std::sync::Arc;

/// What kind of sheet corrections are read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Form {
    /// A graded workbook, or its sheet as CSV: only the columns that regrade wrote for reviewers count.
    Graded,
    /// A sheet of corrections, in which `等级` is what is to be set. Where it has no column for them, these are the
    /// author and the reason.
    List {
        /// The author.
        by: Option<Arc<str>>,
        /// The reason.
        reason: Option<Arc<str>>,
    },
}

/// The columns of one table, by their places.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Columns {
    /// The customer's key.
    pub key: usize,
    /// The grade that is to be.
    pub grade: Option<usize>,
    /// The type that is to be.
    pub kind: Option<usize>,
    /// The tags that are to be.
    pub tag: Option<usize>,
    /// How the correction holds.
    pub hold: Option<usize>,
    /// Why.
    pub reason: Option<usize>,
    /// Who.
    pub by: Option<usize>,
    /// The last day.
    pub until: Option<usize>,
    /// When to look at it again.
    pub review_on: Option<usize>,
    /// The grade that the sheet shows.
    pub seen_grade: Option<usize>,
    /// The type that it shows.
    pub seen_kind: Option<usize>,
}

/// What a sheet of corrections may call its columns, beside the words of the workbook.
const LIST_GRADE: [&str; 2] = ["grade", "等级"];
const LIST_TYPE: [&str; 2] = ["type", "类型"];
const LIST_TAG: [&str; 3] = ["tag", "tags", "标签"];
const LIST_REASON: [&str; 4] = ["reason", "原因", "理由", "调整原因"];
const LIST_BY: [&str; 4] = ["by", "author", "调整人", "操作人"];
/// In a graded workbook these stand among the user's columns, so only the exact words count there, and only beside the
/// reviewers' own.
const HOLD: [&str; 2] = ["kind", "方式"];
const UNTIL: [&str; 3] = ["until", "expires", "有效期"];
const REVIEW_ON: [&str; 2] = ["review_on", "review on"];

/// The headers that the key of the customers may have.
pub fn key_headers(scheme: &Scheme) -> Vec<String> {
    match &scheme.customers {
        Some(customers) => field_headers(&customers.sheet.fields[customers.key]),
        None => scheme
            .events
            .iter()
            .flat_map(|event| field_headers(&event.sheet.fields[event.customer]))
            .collect(),
    }
}

impl Columns {
    /// The columns of a table; `None` if nothing in it is a reviewer's. The finding says why it cannot be used.
    pub fn of(scheme: &Scheme, table: &Table, form: &Form) -> Result<Option<Self>, Finding> {
        let headers = &table.headers;
        let reviewer = |word: Word| written(headers, word);
        let is_list = matches!(form, Form::List { .. });
        let mut columns = Self {
            grade: reviewer(Word::ReviewGrade),
            kind: reviewer(Word::ReviewType),
            tag: reviewer(Word::ReviewTag),
            reason: reviewer(Word::ReviewComment),
            by: reviewer(Word::Reviewer),
            ..Self::default()
        };
        let ours = recognise(scheme, headers);
        let has_reviewers = columns.first().is_some();
        if !has_reviewers {
            // In what regrade wrote, 等级 is the grade that the rules give and nobody's wish.
            if !is_list || ours.is_some() {
                return Ok(None);
            }
            columns.grade = named(headers, Word::Grade, &LIST_GRADE);
            columns.kind = named(headers, Word::Type, &LIST_TYPE);
            columns.tag = named(headers, Word::Tags, &LIST_TAG);
        }
        let Some(first) = columns.first() else {
            return Ok(None);
        };
        let beside = |column: &usize| is_list || *column > first;
        let extra = |word: Word, names: &[&str]| {
            let names = if is_list { names } else { &[] };
            named(headers, word, names).filter(beside)
        };
        columns.hold = extra(Word::Hold, &HOLD);
        columns.until = extra(Word::Until, &UNTIL);
        columns.review_on = extra(Word::ReviewOn, &REVIEW_ON);
        if is_list {
            columns.reason = columns.reason.or_else(|| any_of(headers, &LIST_REASON));
            // `review list` heads who said it with a word of its own.
            let person = || written(headers, Word::Person);
            let by = columns.by.or_else(|| any_of(headers, &LIST_BY));
            columns.by = by.or_else(person);
        }
        if let Some(ours) = ours {
            columns.seen_grade = ours.grade;
            columns.seen_kind = ours.kind;
        }
        columns.key = key_column(scheme, table)?;
        Ok(Some(columns))
    }

    /// The first of the columns that say what is to be.
    fn first(&self) -> Option<usize> {
        [self.grade, self.kind, self.tag]
            .into_iter()
            .flatten()
            .min()
    }
}

/// The column of the key; a table without one was not read for the scheme.
fn key_column(scheme: &Scheme, table: &Table) -> Result<usize, Finding> {
    let names = key_headers(scheme);
    let name = names.first().map_or("", String::as_str);
    match find_columns(&table.headers, &names)[..] {
        [one] => Ok(one),
        [] => Err(Finding::error(
            Code::MissingColumn,
            text!(
                "the sheet has no column `{name}`, which says whose row it is",
                "该表没有 `{name}` 列，不知道每行是哪个客户"
            ),
        )
        .place(table.origin.row(table.header_row))),
        [_, second, ..] => Err(Finding::error(
            Code::DuplicateColumn,
            text!("two columns could be `{name}`", "有两列都可能是 `{name}`"),
        )
        .place(table.origin.cell(table.header_row, second as u32))
        .help(text!("rename one of them", "请改其中一列的列名"))),
    }
}

fn find(headers: &[Header], name: &str) -> Option<usize> {
    let folded = fold_header(name);
    headers.iter().position(|header| header.folded == folded)
}

/// The column that regrade wrote under this word, in either language. Beside a column of the user's with the same name
/// it gave its own a suffix, so the last suffix is its own.
fn written(headers: &[Header], word: Word) -> Option<usize> {
    [Lang::Zh, Lang::En].into_iter().find_map(|lang| {
        let word = word.get(lang);
        let suffixed = (2..).map_while(|number| find(headers, &format!("{word}_{number}")));
        suffixed.last().or_else(|| find(headers, word))
    })
}

fn any_of(headers: &[Header], names: &[&str]) -> Option<usize> {
    names.iter().find_map(|name| find(headers, name))
}

fn named(headers: &[Header], word: Word, names: &[&str]) -> Option<usize> {
    written(headers, word).or_else(|| any_of(headers, names))
}
