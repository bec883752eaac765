//! Whether a customer may be told: consent that is there, for this purpose, on this day.

use crate::book::CustomerRows;
use crate::scheme::Scheme;
use crate::scheme::model::Consent;
use crate::table::{Date, Value};
use std::sync::Arc;

/// Where the consent of a scheme stands in the customers' sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permission {
    field: usize,
    purpose: Option<Arc<str>>,
    date: Option<usize>,
    until: Option<usize>,
}

/// Why somebody may not be told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// The cell says no, or names other purposes.
    No,
    /// The cell is blank.
    Missing,
    /// There is no day from which on it counts.
    Undated,
    /// It counts from a later day on.
    From(Date),
    /// It counted up to an earlier day.
    Until(Date),
}

impl Permission {
    /// Finds the fields; the name of one that the scheme does not have is the error.
    pub fn find(consent: &Consent, scheme: &Scheme) -> Result<Self, Arc<str>> {
        let field = |name: &Arc<str>| field_of(scheme, name).ok_or_else(|| name.clone());
        let maybe = |name: &Option<Arc<str>>| name.as_ref().map(field).transpose();
        Ok(Self {
            field: field(&consent.field)?,
            purpose: consent.purpose.clone(),
            date: maybe(&consent.date)?,
            until: maybe(&consent.until)?,
        })
    }

    /// Whether a customer may be told on a day.
    pub fn of(&self, customers: &CustomerRows, row: usize, day: Date) -> Result<(), Refusal> {
        let value = |field: usize| customers.columns[field].value(row);
        let is_given = match (value(self.field), &self.purpose) {
            (Value::Missing, _) => return Err(Refusal::Missing),
            (Value::Bool(given), _) => given,
            (Value::Text(text), Some(purpose)) => *text == **purpose,
            (Value::List(items), Some(purpose)) => items.iter().any(|item| **item == **purpose),
            _ => false,
        };
        if !is_given {
            return Err(Refusal::No);
        }
        if let Some(field) = self.date {
            let from = day_of(&value(field)).ok_or(Refusal::Undated)?;
            if from > day {
                return Err(Refusal::From(from));
            }
        }
        match self.until.and_then(|field| day_of(&value(field))) {
            Some(until) if until < day => Err(Refusal::Until(until)),
            _ => Ok(()),
        }
    }
}

/// The place of a field of the customers' sheet.
pub fn field_of(scheme: &Scheme, name: &str) -> Option<usize> {
    let fields = &scheme.customers.as_ref()?.sheet.fields;
    fields.iter().position(|field| *field.name == *name)
}

fn day_of(value: &Value) -> Option<Date> {
    match value {
        Value::Date(date) => Some(*date),
        Value::DateTime(moment) => Some(moment.date()),
        _ => None,
    }
}
