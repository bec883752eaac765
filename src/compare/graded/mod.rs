//! A graded file as a side of a comparison: one that regrade wrote, or any other with a key and a level.
//!
//! Takes the tables of a file and what the user and the scheme say of its columns, gives a [`Snapshot`]. Nothing is
//! guessed that could be something else: a column that is not certain is asked for.

mod columns;

pub use columns::keys;

use columns::key_of_scheme;

use super::{Customer, Snapshot, plain};
use crate::book::{Recognised, recognise, recognise_by_words};
use crate::clean::escape::unescape;
use crate::clean::text::{is_blank, parse_id, shorten, shown, trim};
use crate::decide::Decision;
use crate::diagnostic::{Code, Finding, Lang, Text, listed};
use crate::parallel;
use crate::read::{Header, Table, find_columns};
use crate::scheme::model::Scheme;
use crate::table::column::MISSING_TEXT;
use crate::table::{Cell, Column, Decimal, Place, TextColumn, TextInterner, Value};
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

    fn headers(&self) -> &[Header] {
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

    /// Whether it has the key of this scheme.
    pub fn has_key_of(&self, scheme: &Scheme) -> bool {
        key_of_scheme(scheme).is_some_and(|names| !find_columns(self.headers(), &names).is_empty())
    }

    /// The rows as a side of a comparison; notes are appended to `findings`.
    pub fn snapshot(
        &self,
        key: usize,
        wanted: &Wanted<'_>,
        findings: &mut Vec<Finding>,
    ) -> Result<Snapshot, Vec<Finding>> {
        let level = self.level(wanted).map_err(|finding| vec![finding])?;
        let amount = match wanted.amount {
            Some(header) => Some(
                self.named(header, "--amount")
                    .map_err(|finding| vec![finding])?,
            ),
            None => None,
        };
        let name = self.name(wanted, key);
        let own = self.own.clone().unwrap_or_default();
        let mut rows: Vec<(usize, usize)> = vec![];
        let mut customers: Vec<Customer> = vec![];
        let mut without_key = vec![];
        let mut errors = vec![];
        for (at, table) in self.tables.iter().enumerate() {
            for row in 0..table.rows.len() {
                let place = || table.origin.cell(table.rows.row_number(row), key as u32);
                let id: Arc<str> = match parse_id(self.cell(at, row, key)) {
                    Ok(Some(id)) => (*id).into(),
                    Ok(None) => {
                        without_key.push(place());
                        continue;
                    }
                    Err(fault) => {
                        let offending = shown(self.cell(at, row, key));
                        let title = fault.text(&offending, &table.headers[key].text);
                        let finding = Finding::error(fault.code(), title).place(place());
                        errors.push(match fault.help() {
                            Some(help) => finding.help(help),
                            None => finding,
                        });
                        continue;
                    }
                };
                let written = |column: Option<usize>| {
                    let text = shown(self.cell(at, row, column?));
                    Some(trim(&text))
                        .filter(|text| !text.is_empty())
                        .map(Arc::from)
                };
                let amount = amount.and_then(|column| {
                    let text = shown(self.cell(at, row, column));
                    match plain(&Value::Text(text.as_str().into())) {
                        Some(Value::Number(number)) => Some(number),
                        _ if is_blank(&text) => None,
                        _ => {
                            let place =
                                table.origin.cell(table.rows.row_number(row), column as u32);
                            findings.push(no_amount(&text, &table.headers[column].text, place));
                            None
                        }
                    }
                });
                rows.push((at, row));
                customers.push(Customer {
                    id,
                    name: written(name),
                    level: written(Some(level)).map(|level| present_name(wanted, level)),
                    decision: written(own.change).and_then(|word| decision(&word)),
                    amount,
                    reason: written(own.reasons).map(|reasons| main_of(&reasons)),
                });
            }
        }
        findings.extend(left_out(&without_key));
        drop_refused_twins(&mut customers, &mut rows);
        let place = |index: usize| {
            let (at, row) = rows[index];
            let table = &self.tables[at];
            Some(table.origin.cell(table.rows.row_number(row), key as u32))
        };
        let mut snapshot = match Snapshot::new(customers, place) {
            Ok(snapshot) if errors.is_empty() => snapshot,
            Ok(_) => return Err(errors),
            Err(found) => {
                errors.extend(found);
                return Err(errors);
            }
        };
        let results: HashSet<usize> = own
            .columns
            .iter()
            .copied()
            .chain([key, level])
            .chain(name)
            .collect();
        let shown: Vec<usize> = (0..self.headers().len())
            .filter(|column| !results.contains(column) && !self.headers()[*column].text.is_empty())
            .collect();
        snapshot.values = parallel::each(parallel::cores(), shown.len(), |at| {
            let name = self.headers()[shown[at]].text.as_str();
            (name.into(), self.column(shown[at], &rows))
        });
        snapshot.levels = order(wanted);
        Ok(snapshot)
    }

    /// A cell; the escape of a text file is not part of the text.
    fn cell(&self, table: usize, row: usize, column: usize) -> Cell<'_> {
        let table = &self.tables[table];
        match table.rows.cell(row, column) {
            Cell::Text(text) if table.encoding.is_some() => Cell::Text(unescape(text)),
            cell => cell,
        }
    }

    /// A column as its cells are shown.
    fn column(&self, column: usize, rows: &[(usize, usize)]) -> Column {
        let mut interner = TextInterner::default();
        let codes = rows.iter().map(|(at, row)| {
            let text = exactly(self.cell(*at, *row, column));
            let text = trim(&text);
            if text.is_empty() {
                MISSING_TEXT
            } else {
                interner.code(text)
            }
        });
        let codes = codes.collect();
        Column::Text(TextColumn {
            codes,
            dictionary: interner.into_dictionary(),
        })
    }
}

fn column(table: &Table, header: &str) -> Option<usize> {
    find_columns(&table.headers, &[header.to_owned()])
        .first()
        .copied()
}

/// The order of the levels: as the user says, else as the scheme has it. Types are ordered only where they move, and
/// labels of dimensions are not.
fn order(wanted: &Wanted<'_>) -> Vec<Arc<str>> {
    match (wanted.scheme, &wanted.on) {
        _ if !wanted.levels.is_empty() => wanted.levels.clone(),
        (Some(scheme), On::Grade) => scheme
            .grades
            .iter()
            .map(|grade| grade.name.clone())
            .collect(),
        (Some(scheme), On::Type) if scheme.type_movement.is_some() => {
            scheme.types.iter().map(|rule| rule.name.clone()).collect()
        }
        _ => vec![],
    }
}

/// What the scheme calls a grade now that had this name in an earlier one.
pub(super) fn present_name(wanted: &Wanted<'_>, level: Arc<str>) -> Arc<str> {
    let grades = wanted
        .scheme
        .map(|scheme| &scheme.grades)
        .filter(|_| wanted.on == On::Grade);
    let Some(grades) = grades.filter(|grades| !grades.iter().any(|grade| grade.name == level))
    else {
        return level;
    };
    let renamed = grades.iter().find(|grade| grade.was.contains(&level));
    renamed.map_or(level, |grade| grade.name.clone())
}

/// What 变动 says, as far as it matters here: who is not in the data, and whose level a person set.
pub(super) fn decision(word: &str) -> Option<Decision> {
    let word = word.trim_start_matches(|c: char| !c.is_alphabetic());
    let known = [Decision::Absent, Decision::Refused, Decision::Overridden];
    known.into_iter().find(|decision| {
        [Lang::Zh, Lang::En]
            .iter()
            .any(|lang| word.starts_with(decision.word(*lang)))
    })
}

/// The main one of the reasons of a text file, which has all of them in a cell; a workbook has one.
fn main_of(reasons: &str) -> Arc<str> {
    let ends = ["；", "; "]
        .into_iter()
        .filter_map(|between| reasons.find(between));
    match ends.min() {
        Some(end) => reasons[..end].into(),
        None => reasons.into(),
    }
}

/// A refused row whose key another row has is no customer of its own.
fn drop_refused_twins(customers: &mut Vec<Customer>, rows: &mut Vec<(usize, usize)>) {
    let is_refused = |customer: &Customer| customer.decision == Some(Decision::Refused);
    if !customers.iter().any(is_refused) {
        return;
    }
    let good = customers.iter().filter(|customer| !is_refused(customer));
    let mut known: HashSet<Arc<str>> = good.map(|customer| customer.id.clone()).collect();
    let stays: Vec<bool> = customers
        .iter()
        .map(|customer| !is_refused(customer) || known.insert(customer.id.clone()))
        .collect();
    let mut at = stays.iter();
    customers.retain(|_| at.next() == Some(&true));
    let mut at = stays.iter();
    rows.retain(|_| at.next() == Some(&true));
}

fn left_out(places: &[Place]) -> Option<Finding> {
    let (first, count) = (places.first()?, places.len());
    Some(
        Finding::warning(
            Code::MissingKeyCell,
            text!(
                "rows without a key are left out: {count}",
                "没有编号的行未参加比较：{count} 行"
            ),
        )
        .place(first.clone()),
    )
}

/// A cell as it is shown, but never two that differ as one: a share with more places than are shown keeps its digits.
fn exactly(cell: Cell<'_>) -> String {
    match cell {
        Cell::Percent(value)
            if Decimal::from_f64(value)
                .is_none_or(|number| number.to_f64().to_bits() != value.to_bits()) =>
        {
            value.to_string()
        }
        cell => shown(cell),
    }
}

/// A cell of the amounts that is no number as it is written.
fn no_amount(written: &str, header: &str, place: Place) -> Finding {
    let offending = shorten(written.trim());
    Finding::warning(
        Code::BadCell,
        text!(
            "`{header}`: `{offending}` is no plain number; it is left out of the sums",
            "`{header}`：`{offending}` 不是纯数字，未计入合计"
        ),
    )
    .place(place)
    .cell(
        text!(
            "`{header}` is no plain number in these rows; they are left out of the sums",
            "这些行的 `{header}` 不是纯数字，未计入合计"
        ),
        offending,
    )
    .help(text!(
        "write amounts as plain numbers in the unit of the header, such as 1200 or 1,200.50",
        "请以列名中的单位写成纯数字，如 1200 或 1,200.50"
    ))
}

#[cfg(test)]
mod tests;
