//! How the product's own types stand in columns: dates as ISO text, numbers as exact decimals, enums as their words.

use super::Error;
use crate::decide::{Decision, Hold, Subject};
use crate::table::{Date, Decimal};
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use std::collections::HashSet;
use std::sync::Arc;

/// Reads a text column by what understands its words.
pub fn from_text<T>(
    value: ValueRef<'_>,
    what: &'static str,
    parse: impl Fn(&str) -> Option<T>,
) -> FromSqlResult<T> {
    let text = value.as_str()?;
    parse(text).ok_or_else(|| FromSqlError::Other(format!("`{text}` is no {what}").into()))
}

impl FromSql for Date {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        from_text(value, "date", Self::parse_iso)
    }
}

impl ToSql for Date {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.to_string().into())
    }
}

impl FromSql for Decimal {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        from_text(value, "number", Self::parse)
    }
}

impl ToSql for Decimal {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.to_string().into())
    }
}

/// Declares how an enum stands in a column: as its word.
macro_rules! words {
    ($($kind:ident, $what:literal: $all:expr;)*) => {
        $(
            impl FromSql for $kind {
                fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                    from_text(value, $what, |text| {
                        $all.into_iter().find(|word| word.key() == text)
                    })
                }
            }

            impl ToSql for $kind {
                fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                    Ok(self.key().into())
                }
            }
        )*
    };
}
pub(super) use words;

words! {
    Decision, "decision": Decision::ALL;
    Subject, "subject": [Subject::Grade, Subject::Type, Subject::Tag];
    Hold, "hold": [Hold::Floor, Hold::Lock, Hold::Ceiling];
}

/// A value as JSON text. Lists and maps of texts always are.
pub fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// A value from a column of JSON text.
pub fn parse_json<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|error| Error::Damaged(error.to_string()))
}

/// Names that many rows share, each kept once.
#[derive(Default)]
pub struct Names(HashSet<Arc<str>>);

impl Names {
    /// The name in a column.
    pub fn get(&mut self, value: ValueRef<'_>) -> rusqlite::Result<Option<Arc<str>>> {
        let Some(text) = value.as_str_or_null()? else {
            return Ok(None);
        };
        if let Some(known) = self.0.get(text) {
            return Ok(Some(known.clone()));
        }
        let name: Arc<str> = text.into();
        self.0.insert(name.clone());
        Ok(Some(name))
    }
}
