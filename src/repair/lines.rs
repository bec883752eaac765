//! The rows of a repair workbook as they stand there: which row each is, what is to be done with it, who says so.

use super::columns::Columns;
use super::told;
use crate::clean::text::{is_blank, shown};
use crate::diagnostic::{Finding, Lang};
use crate::read::Table;
use crate::table::{Cell, Place};
use crate::words::Word;
use std::fmt;
use std::sync::Arc;

/// Which row of which table a row of the workbook is.
#[derive(Clone, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
pub struct Mark {
    /// The table, by a short name of its content.
    pub content: String,
    /// The row's number in the file.
    pub number: u32,
    /// The newest that the workbook knows of what was said of the row before; 0 for nothing.
    pub seen: i64,
}

impl fmt::Display for Mark {
    /// It begins with a letter, so that no spreadsheet takes it for a number or a date.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            content,
            number,
            seen,
        } = self;
        write!(f, "R{content}-{number}-{seen}")
    }
}

impl Mark {
    /// Reads it.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.trim().strip_prefix('R')?.split('-');
        let (content, number, seen) = (parts.next()?, parts.next()?, parts.next()?);
        let is_hash = !content.is_empty() && content.bytes().all(|byte| byte.is_ascii_hexdigit());
        (is_hash && parts.next().is_none()).then_some(())?;
        Some(Self {
            content: content.to_owned(),
            number: number.parse().ok()?,
            seen: seen.parse().ok().filter(|seen| *seen >= 0)?,
        })
    }
}

/// What is to be done with a row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wish {
    /// Nothing is said: it is mended if a cell was changed.
    Unsaid,
    /// It is mended.
    Mend,
    /// It is left out.
    LeaveOut,
}

/// A row of the workbook.
#[derive(Clone, Debug)]
pub struct Line {
    /// The page, among those that were read.
    pub page: usize,
    /// The row of the page.
    pub row: usize,
    /// Where it stands.
    pub place: Place,
    /// Which row it is.
    pub mark: Mark,
    /// What is to be done with it.
    pub wish: Wish,
    /// Why.
    pub reason: Option<Arc<str>>,
    /// Who says so, where the row says it.
    pub by: Option<Arc<str>>,
}

/// The rows of the pages of repair workbooks. What cannot be understood is told and left out.
pub fn lines(pages: &[Table], findings: &mut Vec<Finding>) -> Vec<Line> {
    let mut lines = vec![];
    for (index, page) in pages.iter().enumerate() {
        let Some(columns) = Columns::of(&page.headers) else {
            continue;
        };
        for row in 0..page.rows.len() {
            let text = |column: Option<usize>| {
                let written = shown(page.rows.cell(row, column?));
                (!is_blank(&written)).then(|| Arc::<str>::from(written.trim()))
            };
            let number = page.rows.row_number(row);
            let at = |column: usize| page.origin.cell(number, column as u32);
            let Some(written) = text(Some(columns.mark)) else {
                let is_empty = (0..columns.first)
                    .all(|column| matches!(page.rows.cell(row, column), Cell::Blank));
                if !is_empty {
                    findings.push(told::no_mark(at(columns.mark)));
                }
                continue;
            };
            let Some(mark) = Mark::parse(&written) else {
                findings.push(told::bad_mark(at(columns.mark), &written));
                continue;
            };
            let wish = match text(columns.action).as_deref() {
                None => Wish::Unsaid,
                Some(word) if is(Word::Mend, word) => Wish::Mend,
                Some(word) if is(Word::LeaveOut, word) => Wish::LeaveOut,
                Some(word) => {
                    let column = columns.action.unwrap_or(columns.mark);
                    findings.push(told::unknown_wish(at(column), word));
                    continue;
                }
            };
            let reason = text(columns.reason);
            if wish == Wish::LeaveOut && reason.is_none() {
                findings.push(told::no_reason(at(columns.reason.unwrap_or(columns.mark))));
                continue;
            }
            lines.push(Line {
                page: index,
                row,
                place: page.origin.row(number),
                mark,
                wish,
                reason,
                by: text(columns.by),
            });
        }
    }
    lines
}

fn is(word: Word, written: &str) -> bool {
    [Lang::Zh, Lang::En]
        .iter()
        .any(|lang| word.get(*lang).eq_ignore_ascii_case(written))
}
