//! How a table was read, as JSON beside its rows: enough to give the same table back.

use super::Error;
use super::sql::parse_json;
use crate::read::{BrokenRow, Format, Header, RowFault, Table, encoding_named};
use crate::table::{Origin, RawRows};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// All of a table but its origin, its rows and its notes, as JSON text.
pub fn about(table: &Table) -> String {
    let headers = table.headers.iter().map(|header| {
        let mut written = Map::new();
        written.insert("text".into(), header.text.as_str().into());
        written.insert("folded".into(), header.folded.as_str().into());
        insert(&mut written, "unit", header.unit.as_deref());
        Value::Object(written)
    });
    let mut about = Map::new();
    about.insert("format".into(), table.format.name().into());
    insert(&mut about, "encoding", table.encoding);
    insert(&mut about, "delimiter", table.delimiter.map(String::from));
    about.insert("header_row".into(), table.header_row.into());
    about.insert("headers".into(), headers.collect());
    insert(&mut about, "unit_line", table.unit_line.as_deref());
    insert(
        &mut about,
        "serials_from_1904",
        table.serials_from_1904.then_some(true),
    );
    if !table.broken.is_empty() {
        // By the number and not by the place among the rows, which changes when a customer is forgotten.
        let broken = table
            .broken
            .iter()
            .map(|row| broken(row.row_number, row.fault));
        about.insert("broken".into(), broken.collect());
    }
    Value::Object(about).to_string()
}

fn insert(map: &mut Map<String, Value>, key: &str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        map.insert(key.into(), value.into());
    }
}

/// What [`about`] wrote.
pub struct About(Value);

impl About {
    /// Reads it.
    pub fn parse(written: &str) -> Result<Self, Error> {
        parse_json(written).map(Self)
    }

    /// The table, without rows.
    pub fn table(&self, origin: Origin) -> Result<Table, Error> {
        let about = &self.0;
        let format = text(about, "format").unwrap_or_default();
        let format = Format::ALL
            .into_iter()
            .find(|known| known.name() == format)
            .ok_or_else(|| damaged("format"))?;
        let encoding = match text(about, "encoding") {
            None => None,
            Some(name) => Some(encoding_named(name).ok_or_else(|| damaged("encoding"))?),
        };
        let header = |header: &Value| {
            Some(Header {
                text: text(header, "text")?.to_owned(),
                folded: text(header, "folded")?.to_owned(),
                unit: text(header, "unit").map(str::to_owned),
            })
        };
        let headers: Vec<Header> = about["headers"]
            .as_array()
            .and_then(|headers| headers.iter().map(header).collect())
            .ok_or_else(|| damaged("headers"))?;
        Ok(Table {
            origin,
            format,
            encoding,
            delimiter: text(about, "delimiter").and_then(|delimiter| delimiter.chars().next()),
            header_row: figure(&about["header_row"]).ok_or_else(|| damaged("header_row"))? as u32,
            rows: RawRows::new(headers.len()),
            headers,
            unit_line: text(about, "unit_line").map(str::to_owned),
            serials_from_1904: about["serials_from_1904"] == true,
            broken: vec![],
            notes: vec![],
        })
    }

    /// The rows that are broken, by their numbers.
    pub fn broken(&self) -> Result<BTreeMap<u32, RowFault>, Error> {
        let written = self.0["broken"].as_array().into_iter().flatten();
        let broken = written.map(|written| {
            let row_number = figure(&written[0]).ok_or_else(|| damaged("broken"))? as u32;
            let fault = row_fault(written).ok_or_else(|| damaged("broken"))?;
            Ok((row_number, fault))
        });
        broken.collect()
    }
}

/// Says which rows of a table are broken. Those of forgotten customers are gone, and a sample has but some: not every
/// number of `broken` is there. Both are in the order of the file.
pub(super) fn mark_broken(table: &mut Table, broken: &BTreeMap<u32, RowFault>) {
    let mut broken = broken.iter().peekable();
    for index in 0..table.rows.len() {
        let row_number = table.rows.row_number(index);
        while broken.next_if(|(at, _)| **at < row_number).is_some() {}
        match broken.peek() {
            None => break,
            Some((at, fault)) if **at == row_number => table.broken.push(BrokenRow {
                index,
                row_number,
                fault: **fault,
            }),
            Some(_) => {}
        }
    }
}

/// What is wrong with a row, as [`row_fault`] reads it.
pub(super) fn broken(row_number: u32, fault: RowFault) -> Value {
    match fault {
        RowFault::Fields { found, expected } => json!([row_number, found, expected]),
        RowFault::Delimiter(other) => json!([row_number, other]),
        RowFault::StrayQuote => json!([row_number]),
    }
}

/// `[7, 3, 5]`: row 7 has 3 fields of 5; `[7, ";"]`: another delimiter; `[7]`: a stray quote.
pub(super) fn row_fault(written: &Value) -> Option<RowFault> {
    Some(match written.as_array()?.as_slice() {
        [_] => RowFault::StrayQuote,
        [_, other] => RowFault::Delimiter(other.as_str()?.chars().next()?),
        [_, found, expected] => RowFault::Fields {
            found: figure(found)?,
            expected: figure(expected)?,
        },
        _ => return None,
    })
}

fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value[key].as_str()
}

fn figure(value: &Value) -> Option<usize> {
    value
        .as_u64()
        .and_then(|figure| usize::try_from(figure).ok())
}

fn damaged(what: &str) -> Error {
    Error::Damaged(format!("an import does not say its `{what}`"))
}
