//! A graded file as a side of a comparison: one that regrade wrote, or any other with a key and a level.
//!
//! Takes the tables of a file and what the user and the scheme say of its columns, gives a [`Snapshot`]. Nothing is
//! guessed that could be something else: a column that is not certain is asked for.

mod columns;
mod rows;
mod words;

pub use columns::keys;
pub(super) use words::{decision, main_of, present_name};

use columns::key_of_scheme;

use crate::book::{Recognised, recognise, recognise_by_words};
use crate::diagnostic::{Code, Finding, Text, listed};
use crate::read::{Header, Table, find_columns};
use crate::scheme::model::Scheme;
use crate::table::Place;
use crate::text;
use foldhash::HashSet;
use std::sync::Arc;

/// What is compared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum On {
    /// The grade.
    #[default]
    Grade,
    /// The type.
    Type,
    /// The label of a dimension.
    Dimension(String),
}

impl On {
    /// What a word asks for: grades and types by their words in both languages, else a dimension by its name.
    pub fn parse(word: &str) -> Self {
        match word {
            "grade" | "等级" => Self::Grade,
            "type" | "类型" => Self::Type,
            name => Self::Dimension(name.to_owned()),
        }
    }
}

/// What is known of the columns of graded files.
#[derive(Clone, Debug, Default)]
pub struct Wanted<'a> {
    /// The scheme, if there is one.
    pub scheme: Option<&'a Scheme>,
    /// What is compared.
    pub on: On,
    /// The header of the key, as the user names it.
    pub key: Option<&'a str>,
    /// The header of what is compared, as the user names it.
    pub level: Option<&'a str>,
    /// The header of the amount, as the user names it.
    pub amount: Option<&'a str>,
    /// All levels, best first, as the user or the file gives them.
    pub levels: Vec<Arc<str>>,
}

/// The part of a graded file that counts.
#[derive(Clone, Debug)]
pub struct Graded {
    /// Its tables; a long list goes on over several worksheets with the same headers.
    tables: Vec<Table>,
    /// The columns that regrade wrote.
    own: Option<Recognised>,
}

impl Graded {
    /// Picks the tables that count. In a workbook that regrade wrote these are the results; `sheets` are their names,
    /// as the workbook itself says.
    pub fn pick(
        tables: Vec<Table>,
        sheets: &[String],
        wanted: &Wanted<'_>,
    ) -> Result<Self, Vec<Finding>> {
        let own = |table: &Table| {
            let by_scheme = wanted
                .scheme
                .and_then(|scheme| recognise(scheme, &table.headers));
            by_scheme.or_else(|| recognise_by_words(&table.headers))
        };
        let is_named = |table: &Table| {
            let name = table.origin.worksheet.as_deref();
            name.is_some_and(|name| sheets.iter().any(|sheet| sheet == name))
        };
        let asked = |table: &Table| {
            wanted
                .level
                .is_some_and(|level| column(table, level).is_some())
                && wanted.key.is_none_or(|key| column(table, key).is_some())
        };
        let chosen: Vec<usize> = {
            let all = || 0..tables.len();
            let tries: [&dyn Fn(&Table) -> bool; 3] =
                [&is_named, &asked, &|table| own(table).is_some()];
            let found = tries
                .iter()
                .map(|fits| all().filter(|at| fits(&tables[*at])).collect::<Vec<_>>());
            let mut found = found.filter(|found: &Vec<usize>| !found.is_empty());
            found.next().unwrap_or_else(|| all().collect())
        };
        let Some(first) = chosen.first() else {
            return Err(vec![Finding::error(
                Code::NoRows,
                text!("there is no table", "没有表"),
            )]);
        };
        // Continuations have the same headers; anything else is another table.
        if let Some(other) = chosen
            .iter()
            .find(|at| tables[**at].headers != tables[*first].headers)
        {
            let (one, other) = (tables[*first].origin.place(), tables[*other].origin.place());
            return Err(vec![
                Finding::error(
                    Code::UnmatchedFile,
                    text!(
                        "`{one}` and `{other}` could both be the graded table",
                        "`{one}` 和 `{other}` 都可能是评级结果"
                    ),
                )
                .help(text!(
                    "name the worksheet: `{}[NAME]`",
                    "请写明工作表：`{}[工作表名]`",
                    tables[*first].origin.file
                )),
            ]);
        }
        let mut tables = tables;
        let mut at = 0;
        tables.retain(|_| {
            at += 1;
            chosen.contains(&(at - 1))
        });
        let own = own(&tables[0]);
        Ok(Self { tables, own })
    }

    pub(super) fn headers(&self) -> &[Header] {
        &self.tables[0].headers
    }

    fn header_place(&self) -> Place {
        self.tables[0].origin.row(self.tables[0].header_row)
    }

    fn headers_found(&self) -> Text {
        let texts = self.headers().iter().map(|header| header.text.as_str());
        let Text { en, zh } = listed(texts.filter(|text| !text.is_empty()));
        Text {
            en: format!("headers: {en}"),
            zh: format!("表头：{zh}"),
        }
    }

    /// How it was read.
    pub fn notes(&self) -> impl Iterator<Item = Finding> {
        self.tables
            .iter()
            .flat_map(|table| table.notes.iter().cloned())
    }

    /// Its tables.
    pub fn tables(&self) -> &[Table] {
        &self.tables
    }

    /// The column that says what was decided, where regrade wrote the file.
    pub(super) fn change(&self) -> Option<usize> {
        self.own.as_ref()?.change
    }

    /// The column of the reasons, where regrade wrote the file.
    pub(super) fn reasons(&self) -> Option<usize> {
        self.own.as_ref()?.reasons
    }

    /// Whether it has the key of this scheme.
    pub fn has_key_of(&self, scheme: &Scheme) -> bool {
        key_of_scheme(scheme).is_some_and(|names| !find_columns(self.headers(), &names).is_empty())
    }

    /// The columns that are neither a result nor the key, the level or the name.
    pub(super) fn values(&self, key: usize, level: usize, name: Option<usize>) -> Vec<usize> {
        let own = self.own.iter().flat_map(|own| own.columns.iter().copied());
        let results: HashSet<usize> = own.chain([key, level]).chain(name).collect();
        (0..self.headers().len())
            .filter(|column| !results.contains(column) && !self.headers()[*column].text.is_empty())
            .collect()
    }
}

fn column(table: &Table, header: &str) -> Option<usize> {
    find_columns(&table.headers, &[header.to_owned()])
        .first()
        .copied()
}

#[cfg(test)]
mod tests;
