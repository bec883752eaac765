//! The values of the compared fields in the form in which they are compared, each distinct one once.

use super::company::Company;
use super::{credit_code, fold};
use crate::parallel::halves;
use crate::scheme::model::{IdentityField, IdentityKind};
use crate::table::column::MISSING_TEXT;
use crate::table::{Column, TextColumn, Value};
use foldhash::HashMap;
use std::sync::Arc;

/// Stands for a value that is missing.
pub const NONE: u32 = u32::MAX;

/// A compared field over all records.
#[derive(Debug)]
pub struct Part {
    /// What it is.
    pub kind: IdentityKind,
    /// For each record the number of its value among the forms, or [`NONE`].
    pub codes: Vec<u32>,
    /// The forms; parts of names share them, so that a first name can be found where the last one stands.
    pub forms: Arc<Forms>,
}

/// The distinct values of a field.
#[derive(Debug, Default)]
pub struct Forms {
    /// As they are compared.
    pub texts: Vec<Box<str>>,
    /// How many records have each.
    pub counts: Vec<u32>,
    /// The names of companies, taken apart.
    pub companies: Vec<Company>,
}

/// Gives each distinct text a number.
#[derive(Default)]
struct Numbers {
    of: HashMap<Box<str>, u32>,
    forms: Forms,
}

impl Numbers {
    fn of(&mut self, kind: IdentityKind, written: &str) -> u32 {
        let company = (kind == IdentityKind::Company).then(|| Company::of(written));
        let text = match &company {
            Some(company) => company.key(),
            None => form(kind, written),
        };
        if text.is_empty() {
            return NONE;
        }
        if let Some(code) = self.of.get(text.as_str()) {
            return *code;
        }
        let code = self.forms.texts.len() as u32;
        self.forms.texts.push(text.as_str().into());
        self.forms.counts.push(0);
        self.forms.companies.extend(company);
        self.of.insert(text.into(), code);
        code
    }

    /// The numbers of a column's entries.
    fn column(&mut self, kind: IdentityKind, column: &Column) -> Vec<u32> {
        let codes: Vec<u32> = match column {
            Column::Text(TextColumn { codes, dictionary }) => {
                let mut known: Vec<Option<u32>> = vec![None; dictionary.len()];
                let number = |code: &u32| {
                    if *code == MISSING_TEXT {
                        return NONE;
                    }
                    let place = *code as usize;
                    *known[place].get_or_insert_with(|| self.of(kind, &dictionary[place]))
                };
                codes.iter().map(number).collect()
            }
            other => (0..other.len())
                .map(|row| written(&other.value(row)).map_or(NONE, |text| self.of(kind, &text)))
                .collect(),
        };
        for code in codes.iter().filter(|code| **code != NONE) {
            self.forms.counts[*code as usize] += 1;
        }
        codes
    }
}

/// A value that is no text, as text.
fn written(value: &Value) -> Option<String> {
    match value {
        Value::Missing | Value::List(_) => None,
        Value::Number(number) => Some(number.to_string()),
        Value::Date(date) => Some(date.to_string()),
        Value::DateTime(moment) => Some(moment.date().to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Text(text) => Some(text.to_string()),
    }
}

/// The form in which a value is compared; empty if it says nothing.
fn form(kind: IdentityKind, written: &str) -> String {
    match kind {
        IdentityKind::Company | IdentityKind::Person => fold::words(written),
        IdentityKind::Birth => fold::day(written),
        IdentityKind::Identifier => fold::identifier(written),
        IdentityKind::CreditCode => credit_code::folded(written),
        IdentityKind::Phone => fold::phone(written),
        IdentityKind::Email => fold::email(written),
        IdentityKind::Address | IdentityKind::Place => fold::letters_and_digits(written),
    }
}

/// The parts of all records: `columns` are beside `fields`. Two threads share the work; the order of what is numbered
/// is that of the rows, whoever does it.
pub fn parts(fields: &[IdentityField], columns: &[&Column]) -> Vec<Part> {
    // Fields of persons belong to one space of forms, every other field is one of its own.
    let mut spaces: Vec<Vec<usize>> = vec![];
    let mut persons: Option<usize> = None;
    for (index, field) in fields.iter().enumerate() {
        match (field.kind, persons) {
            (IdentityKind::Person, Some(space)) => spaces[space].push(index),
            (IdentityKind::Person, None) => {
                persons = Some(spaces.len());
                spaces.push(vec![index]);
            }
            _ => spaces.push(vec![index]),
        }
    }
    let read = |space: &Vec<usize>| -> Vec<(usize, Part)> {
        let mut numbers = Numbers::default();
        let codes: Vec<Vec<u32>> = space
            .iter()
            .map(|index| numbers.column(fields[*index].kind, columns[*index]))
            .collect();
        let forms = Arc::new(numbers.forms);
        let part = |(index, codes): (&usize, Vec<u32>)| {
            let kind = fields[*index].kind;
            let forms = forms.clone();
            (*index, Part { kind, codes, forms })
        };
        space.iter().zip(codes).map(part).collect()
    };
    // What takes longest, names of companies, should not come last.
    let mut order: Vec<&Vec<usize>> = spaces.iter().collect();
    order.sort_by_key(|space| fields[space[0]].kind);
    let half = |which: usize| -> Vec<(usize, Part)> {
        let mine = order.iter().skip(which).step_by(2);
        mine.flat_map(|space| read(space)).collect()
    };
    let mut parts: Vec<(usize, Part)> = halves(half).into_iter().flatten().collect();
    parts.sort_by_key(|(index, _)| *index);
    parts.into_iter().map(|(_, part)| part).collect()
}
