//! What the customers were before this run, as their sheet says it, or a graded file beside it: by the columns that an
//! earlier run wrote, else by the fields that the scheme names.

use super::recognise;
use crate::clean::DateForm;
use crate::clean::sheet::{CleanSheet, RowRef, field_headers, place_of, shown};
use crate::clean::text::is_blank;
use crate::diagnostic::{Code, Finding, Lang};
use crate::read::{Table, find_columns};
use crate::scheme::model::{Customers, Scheme};
use crate::table::{Cell, Column, Date};
use crate::text;
use crate::words::Word;

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
#[derive(Default, PartialEq, Eq)]
struct Places {
    /// Grade and date that an earlier run wrote.
    own: [Option<usize>; 2],
    /// The type that it wrote.
    kind: Option<usize>,
    /// Grade and date by the fields of the scheme.
    fields: [Option<usize>; 2],
    /// How the cells of the field's date are read, where they have to be read here.
    dates: Option<DateForm>,
}

/// The date of the grade before by the field of the scheme, as its whole column reads it.
pub(super) fn dated_at(rule: &Customers, columns: &[Column], row: usize) -> Option<Date> {
    columns[rule.previous_date?].day_at(row)
}

/// What the customers of a sheet's rows were, where the sheet alone says it.
pub fn earlier_of(
    scheme: &Scheme,
    rule: &Customers,
    tables: &[Table],
    clean: &CleanSheet,
) -> Vec<Earlier> {
    let before = Before::new(scheme, Some(rule), tables);
    let of_row = |row: usize| {
        let dated = dated_at(rule, &clean.columns, row);
        before.of(clean.rows[row], dated, &mut vec![])
    };
    (0..clean.rows.len()).map(of_row).collect()
}

impl<'a> Before<'a> {
    pub(super) fn new(scheme: &'a Scheme, rule: Option<&Customers>, tables: &'a [Table]) -> Self {
        let field = |field: Option<usize>, table: &Table| {
            let names = field_headers(&rule?.sheet.fields[field?]);
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
                        field(rule.and_then(|rule| rule.previous_grade), table),
                        field(rule.and_then(|rule| rule.previous_date), table),
                    ],
                    dates: None,
                }
            })
            .collect();
        Self {
            scheme,
            tables,
            columns,
        }
    }

    /// The same of graded files, which may be anybody's: a heading that a result of regrade has says enough there, and
    /// a column of dates is read as a whole.
    pub(super) fn of_graded(scheme: &'a Scheme, tables: &'a [Table]) -> Result<Self, Vec<Finding>> {
        let rule = scheme.customers.as_ref();
        let mut before = Self::new(scheme, rule, tables);
        let mut errors = vec![];
        for (table, places) in tables.iter().zip(&mut before.columns) {
            if places.own[0].or(places.fields[0]).is_none() {
                places.own = [headed(table, Word::Grade), headed(table, Word::Since)];
            }
            places.kind = places.kind.or_else(|| headed(table, Word::Type));
            let says = if scheme.grades.is_empty() {
                places.kind
            } else {
                places.own[0].or(places.fields[0])
            };
            if says.is_none() {
                errors.push(no_level(scheme, table));
            }
            let field = rule.and_then(|rule| Some(&rule.sheet.fields[rule.previous_date?]));
            if let (Some(field), Some(column)) = (field, places.fields[1]) {
                let cells = (0..table.rows.len()).map(|row| table.rows.cell(row, column));
                let order = field.date_order;
                match DateForm::decide(cells, order, order.is_some()) {
                    Ok(form) => places.dates = Some(form),
                    Err(fault) => errors.push(fault.finding(&field.name, table.origin.place())),
                }
            }
        }
        if errors.is_empty() {
            Ok(before)
        } else {
            Err(errors)
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
        if dated.is_none() && *places == Places::default() {
            return Earlier::default();
        }
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
            let whole = |form: DateForm| read_date(self.cell(at, since?), form);
            let dated = dated.or_else(|| places.dates.and_then(whole));
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

/// The one column that has the heading of a result, in either language.
fn headed(table: &Table, word: Word) -> Option<usize> {
    let names = [Lang::Zh, Lang::En].map(|lang| word.get(lang).to_owned());
    match find_columns(&table.headers, &names)[..] {
        [one] => Some(one),
        _ => None,
    }
}

/// A graded file without grades.
fn no_level(scheme: &Scheme, table: &Table) -> Finding {
    let (grade, kind) = (Word::Grade, Word::Type);
    let word = if scheme.grades.is_empty() {
        kind
    } else {
        grade
    };
    let (en, zh) = (word.get(Lang::En), word.get(Lang::Zh));
    Finding::error(
        Code::MissingColumn,
        text!(
            "no column says what the customers were: none is headed `{en}` or `{zh}`",
            "没有列说明客户原来的等级或类型：没有名为 `{zh}` 或 `{en}` 的列"
        ),
    )
    .place(table.origin.row(table.header_row))
    .help(text!(
        "give a file that regrade wrote, or name the column's field in `previous_grade` of the customers' sheet",
        "请给出 regrade 写出的评级文件，或在客户表的 `previous_grade` 中指定该列的字段"
    ))
}

fn read_date(cell: Cell<'_>, form: DateForm) -> Option<Date> {
    crate::clean::date::parse_date(cell, form).ok().flatten()
}

/// The date of one cell by itself; `None` where it is none, or where day and month cannot be told apart.
fn single_date(cell: Cell<'_>) -> Option<Date> {
    let form = DateForm::decide(std::iter::once(cell), None, false).ok()?;
    read_date(cell, form)
}
