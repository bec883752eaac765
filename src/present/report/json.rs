//! A report for programs: `{"title", "language", "facts", "sections": {key: {"title", "notes", "tables": {key: …}}}}`.
//!
//! The keys are fixed, in English, but for those of levels and values, which are the scheme's and the data's. Numbers are
//! JSON numbers with their exact digits; shares are fractions. A row is an object by the keys of the columns, the row
//! that sums the others up stands beside them as `total`. Charts are left out: every figure of theirs stands in a table.
//! So is the list of customers, which is there only where a page or a workbook is written in the same call: `grade` and
//! `show` write it for programs.

use crate::diagnostic::Lang;
use crate::report::{Block, Cell, Report, Row, Section, Table};
use serde_json::{Map, Number, Value, json};
use std::io::{self, Write};

/// Writes one document.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let facts = report.facts.iter();
    let facts = facts.map(|fact| (fact.key.to_owned(), json!(fact.value)));
    let language = match report.lang {
        Lang::En => "en",
        Lang::Zh => "zh",
    };
    let document = json!({
        "title": report.title,
        "language": language,
        "facts": Value::Object(facts.collect()),
        "sections": sections(&report.sections),
    });
    serde_json::to_writer_pretty(&mut *out, &document)?;
    out.write_all(b"\n")?;
    out.flush()
}

/// Sections by their keys.
pub fn sections(sections: &[Section]) -> Value {
    let sections = sections.iter();
    let sections = sections.map(|found| (found.key.to_owned(), section(found)));
    Value::Object(sections.collect())
}

fn section(section: &Section) -> Value {
    let tables = section.blocks.iter().filter_map(|block| match block {
        Block::Table(found) => Some((found.key.clone(), table(found))),
        Block::Chart(_) => None,
    });
    json!({
        "title": section.title,
        "notes": section.notes,
        "tables": Value::Object(tables.collect()),
    })
}

fn table(table: &Table) -> Value {
    let row = |row: &Row| {
        let cells = table.columns.iter().zip(&row.cells);
        let cells = cells.map(|(column, cell)| (column.key.clone(), value(cell)));
        Value::Object(cells.collect())
    };
    let rows = table.rows.iter().filter(|row| !row.is_total).map(row);
    let mut document = Map::new();
    if let Some(title) = &table.title {
        document.insert("title".to_owned(), json!(title));
    }
    let headings = table.columns.iter();
    let headings = headings.map(|column| (column.key.clone(), json!(column.heading)));
    document.insert("headings".to_owned(), Value::Object(headings.collect()));
    document.insert("rows".to_owned(), rows.collect());
    if let Some(total) = table.rows.iter().find(|row| row.is_total) {
        document.insert("total".to_owned(), row(total));
    }
    Value::Object(document)
}

fn value(cell: &Cell) -> Value {
    match cell {
        Cell::Missing => Value::Null,
        Cell::Text(text) => json!(**text),
        Cell::Number(exact) => {
            let digits = exact.to_string().parse::<Number>();
            digits.map_or(Value::Null, Value::Number)
        }
        Cell::Date(date) => json!(date.to_string()),
    }
}
