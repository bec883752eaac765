//! What the customers were before this run, as their sheet says it: by the columns that an earlier run wrote, else by the
//! fields that the scheme names.

use super::recognise;
use crate::clean::DateForm;
use crate::clean::sheet::{RowRef, field_headers, place_of, shown};
use crate::clean::text::is_blank;
use crate::diagnostic::{Code, Finding};
use crate::read::{Table, find_columns};
use crate::scheme::model::{Customers, Scheme};
use crate::table::{Cell, Date};
use crate::text;

/// What a customer was before this run.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Earlier {
    /// The grade: its place in the scheme, best first.
    pub grade: Option<usize>,
    /// Since when.
    pub since: Option<Date>,
    /// The type: its place in the scheme.
    pub kind: Option<usize>,
}

/// Where the tables say it.
pub(super) struct Before<'a> {
    scheme: &'a Scheme,
    tables: &'a [Table],
    /// For each table.
    columns: Vec<Places>,
}

/// The columns of one table.
#[derive(Default)]
struct Places {
    /// Grade and date that an earlier run wrote.
    own: [Option<usize>; 2],
    /// The type that it wrote.
    kind: Option<usize>,
    /// Grade and date by the fields of the scheme.
    fields: [Option<usize>; 2],
}

impl<'a> Before<'a> {
    pub(super) fn new(scheme: &'a Scheme, rule: &Customers, tables: &'a [Table]) -> Self {
        let field = |field: Option<usize>, table: &Table| {
            let names = field_headers(&rule.sheet.fields[field?]);
            find_columns(&table.headers, &names).first().copied()
        };
        let columns = tables
            .iter()
            .map(|table| {
                let own = recognise(scheme, &table.headers).unwrap_or_default();
                Places {
                    own: [own.grade, own.since],
                    kind: own.kind,
                    fields: [
                        field(rule.previous_grade, table),
                        field(rule.previous_date, table),
                    ],
                }
            })
            .collect();
        Self {
            scheme,
            tables,
            columns,
        }
    }

    /// What the customer of a row was. What an earlier run wrote goes before the fields, which are for customers
    /// without an earlier run and still say what they said before the first one. `dated` is the field's date as the
    /// whole column reads it; without one the cell is read by itself.
    pub(super) fn of(
        &self,
        at: RowRef,
        dated: Option<Date>,
        findings: &mut Vec<Finding>,
    ) -> Earlier {
        let places = &self.columns[at.table as usize];
        let word = |column: Option<usize>| {
            let text = shown(self.cell(at, column?)).trim().to_owned();
            (!is_blank(&text)).then_some(text)
        };
        let date = |column: Option<usize>| single_date(self.cell(at, column?));
        let [own_grade, own_since] = places.own;
        let (column, written, since) = if let Some(grade) = word(own_grade) {
            let since = date(own_since);
            if let (None, Some(garbled)) = (since, word(own_since)) {
                findings.push(self.no_date(&garbled, at, own_since));
            }
            (own_grade, Some(grade), since)
        } else {
            let [grade, since] = places.fields;
            (grade, word(grade), dated.or_else(|| date(since)))
        };
        let grade = written.and_then(|word| self.grade(&word, at, column, findings));
        let kind = word(places.kind).and_then(|word| {
            self.scheme
                .types
                .iter()
                .position(|rule| *rule.name == *word)
        });
        Earlier { grade, since, kind }
    }

    fn no_date(&self, written: &str, at: RowRef, column: Option<usize>) -> Finding {
        Finding::warning(
            Code::UnknownPrevious,
            text!(
                "`{written}` is no date: since when the customer has the grade is not known",
                "`{written}` 不是日期，无法知道该等级从何时起"
            ),
        )
        .place(place_of(self.tables, at, column))
        .help(text!("write it as 2024-03-31", "请写成 2024-03-31 的形式"))
    }

    fn cell(&self, at: RowRef, column: usize) -> Cell<'_> {
        self.tables[at.table as usize]
            .rows
            .cell(at.row as usize, column)
    }

    /// The place of a grade by its name, or by one that it had in an earlier scheme.
    fn grade(
        &self,
        word: &str,
        at: RowRef,
        column: Option<usize>,
        findings: &mut Vec<Finding>,
    ) -> Option<usize> {
        let grades = &self.scheme.grades;
        let found = grades
            .iter()
            .position(|grade| *grade.name == *word || grade.was.iter().any(|was| **was == *word));
        if found.is_none() && !grades.is_empty() {
            findings.push(
                Finding::warning(
                    Code::UnknownPrevious,
                    text!(
                        "`{word}` is no grade or type of this scheme; the customer counts as new",
                        "`{word}` 不是本方案的等级或类型，按新客户处理"
                    ),
                )
                .place(place_of(self.tables, at, column))
                .help(text!(
                    "name it in `was` of the grade that it is now",
                    "请在它现在对应的等级中写 `was`"
                )),
            );
        }
        found
    }
}

/// The date of one cell by itself; `None` where it is none, or where day and month cannot be told apart.
fn single_date(cell: Cell<'_>) -> Option<Date> {
    let form = DateForm::decide(std::iter::once(cell), None, false).ok()?;
    crate::clean::date::parse_date(cell, form).ok().flatten()
}
