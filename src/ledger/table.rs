//! How a table was read, as JSON beside its rows: enough to give the same table back.

use super::Error;
use super::sql::parse_json;
use crate::read::{Format, Header, Ragged, Table, encoding_named};
use crate::table::{Origin, RawRows};
use serde_json::{Map, Value, json};

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
    if !table.ragged.is_empty() {
        // By the number and not by the place among the rows, which changes when a customer is forgotten.
        let ragged = table
            .ragged
            .iter()
            .map(|ragged| json!([ragged.row_number, ragged.found, ragged.expected]));
        about.insert("ragged".into(), ragged.collect());
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
            ragged: vec![],
            notes: vec![],
        })
    }

    /// Says which of the rows of `table` are ragged. Both are in the order of the file.
    pub fn mark_ragged(&self, table: &mut Table) -> Result<(), Error> {
        let mut from = 0;
        for written in self.0["ragged"].as_array().into_iter().flatten() {
            let figure = |index: usize| figure(&written[index]).ok_or_else(|| damaged("ragged"));
            let (number, found, expected) = (figure(0)? as u32, figure(1)?, figure(2)?);
            let index = (from..table.rows.len()).find(|row| table.rows.row_number(*row) == number);
            // The row of a forgotten customer is gone.
            if let Some(index) = index {
                table.ragged.push(Ragged {
                    index,
                    row_number: number,
                    found,
                    expected,
                });
                from = index + 1;
            }
        }
        Ok(())
    }
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
