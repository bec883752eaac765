//! The graded file of the run before: what each customer was, where no ledger says it.
//!
//! Takes the tables of a file that regrade wrote, or of any other with a key and a grade, gives every customer once.

use super::Earlier;
use super::before::Before;
use crate::clean::escape::without_escape;
use crate::clean::sheet::{RowRef, field_headers, place_of};
use crate::clean::text::{parse_id, shorten, shown, trim};
use crate::decide::Decision;
use crate::diagnostic::{Code, Finding, Lang};
use crate::read::{Table, find_columns};
use crate::scheme::model::{Field, Scheme};
use crate::table::Place;
use crate::text;
use crate::words::Word;
use foldhash::HashMap;
use std::sync::Arc;

/// A customer of a graded file.
#[derive(Clone, Debug, PartialEq)]
pub struct Previous {
    /// The key.
    pub id: Arc<str>,
    /// The name.
    pub name: Option<Arc<str>>,
    /// What the customer was.
    pub earlier: Earlier,
    /// Whether the run before had no row of the customer, and only listed it.
    pub absent: bool,
    /// Whether it could not use the row and only kept the grade.
    pub refused: bool,
}

/// The customers of a graded file in its order. Notes and warnings are appended to `findings`.
pub fn previous(
    scheme: &Scheme,
    tables: &[Table],
    findings: &mut Vec<Finding>,
) -> Result<Vec<Previous>, Vec<Finding>> {
    let keys: Result<Vec<usize>, Finding> = tables.iter().map(|table| key(scheme, table)).collect();
    let before = Before::of_graded(scheme, tables);
    let (keys, before) = match (keys, before) {
        (Ok(keys), Ok(before)) => (keys, before),
        (keys, before) => {
            let mut errors: Vec<Finding> = keys.err().into_iter().collect();
            errors.extend(before.err().into_iter().flatten());
            return Err(errors);
        }
    };
    let mut customers: Vec<Previous> = vec![];
    let mut known: HashMap<Arc<str>, RowRef> = HashMap::default();
    let mut without_key = vec![];
    let mut errors = vec![];
    // A refused row may have the key of another row, which is the customer then.
    let in_order = rows(tables, |table, row| !is_refused(table, row));
    for at in in_order.chain(rows(tables, is_refused)) {
        let table = &tables[at.table as usize];
        let key = keys[at.table as usize];
        let place = || place_of(tables, at, Some(key));
        let cell = without_escape(table, table.rows.cell(at.row as usize, key));
        let id: Arc<str> = match parse_id(cell) {
            Ok(Some(id)) => (*id).into(),
            Ok(None) => {
                without_key.push(place());
                continue;
            }
            Err(fault) => {
                let header = &table.headers[key].text;
                errors.push(fault.finding(&shown(cell), header, place()));
                continue;
            }
        };
        if let Some(first) = known.get(&id) {
            if !is_refused(table, at.row as usize) {
                errors.push(twice(&id, &place_of(tables, *first, Some(key)), place()));
            }
            continue;
        }
        known.insert(id.clone(), at);
        customers.push(Previous {
            id,
            name: name(scheme, table, at.row as usize),
            earlier: before.of(at, None, findings),
            absent: was(Decision::Absent, table, at.row as usize),
            refused: is_refused(table, at.row as usize),
        });
    }
    findings.extend(left_out(&without_key));
    if errors.is_empty() {
        Ok(customers)
    } else {
        Err(errors)
    }
}

fn rows<'a>(
    tables: &'a [Table],
    wanted: impl Fn(&Table, usize) -> bool + 'a,
) -> impl Iterator<Item = RowRef> + 'a {
    let all = tables.iter().enumerate().flat_map(|(number, table)| {
        let row_refs = (0..table.rows.len() as u32).map(move |row| RowRef {
            table: number as u32,
            row,
        });
        row_refs.map(move |at| (table, at))
    });
    all.filter(move |(table, at)| wanted(table, at.row as usize))
        .map(|(_, at)| at)
}

/// Whether 变动 says that the row was refused.
fn is_refused(table: &Table, row: usize) -> bool {
    was(Decision::Refused, table, row)
}

/// Whether 变动 says that the run decided this.
fn was(decision: Decision, table: &Table, row: usize) -> bool {
    let names = [Lang::Zh, Lang::En].map(|lang| Word::Change.get(lang).to_owned());
    let Some(column) = find_columns(&table.headers, &names).first().copied() else {
        return false;
    };
    let word = shown(table.rows.cell(row, column));
    let word = word.trim_start_matches(|c: char| !c.is_alphabetic());
    let said = [Lang::Zh, Lang::En].map(|lang| decision.word(lang));
    said.iter().any(|said| word.starts_with(said))
}

/// The field with the customers' keys: of the customers' sheet, else of the first event sheet.
fn key_field(scheme: &Scheme) -> Option<&Field> {
    let customers = scheme.customers.iter();
    let mut keys = customers.map(|rule| &rule.sheet.fields[rule.key]);
    let events = scheme.events.iter();
    let mut others = events.map(|rule| &rule.sheet.fields[rule.customer]);
    keys.next().or_else(|| others.next())
}

fn key(scheme: &Scheme, table: &Table) -> Result<usize, Finding> {
    let names = key_field(scheme).map(field_headers).unwrap_or_default();
    let found = find_columns(&table.headers, &names).first().copied();
    found.ok_or_else(|| {
        let name = names.first().map(String::as_str).unwrap_or_default();
        Finding::error(
            Code::MissingColumn,
            text!(
                "there is no column for the scheme's key `{name}`",
                "没有方案的键 `{name}` 对应的列"
            ),
        )
        .place(table.origin.row(table.header_row))
        .help(text!(
            "without it nobody knows which customers the grades are of",
            "没有它就无法知道这些等级是哪些客户的"
        ))
    })
}

fn name(scheme: &Scheme, table: &Table, row: usize) -> Option<Arc<str>> {
    let rule = scheme.customers.as_ref()?;
    let names = field_headers(&rule.sheet.fields[rule.name?]);
    let column = find_columns(&table.headers, &names).first().copied()?;
    let text = shown(without_escape(table, table.rows.cell(row, column)));
    Some(trim(&text))
        .filter(|text| !text.is_empty())
        .map(Arc::from)
}

fn twice(id: &str, first: &Place, second: Place) -> Finding {
    let id = shorten(id);
    Finding::error(
        Code::DuplicateKey,
        text!(
            "`{id}` stands twice, first at {first}",
            "`{id}` 出现两次，首次在 {first}"
        ),
    )
    .place(second)
    .help(text!(
        "leave one row for each customer",
        "每个客户只保留一行"
    ))
}

fn left_out(places: &[Place]) -> Option<Finding> {
    let (first, count) = (places.first()?, places.len());
    Some(
        Finding::warning(
            Code::MissingKeyCell,
            text!(
                "rows without a key are left out: {count}",
                "没有编号的行未采用：{count} 行"
            ),
        )
        .place(first.clone()),
    )
}
