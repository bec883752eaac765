//! A table as it was read: format, encoding, header row, columns with what they seem to hold, and the first rows.

use super::shown::width;
use crate::clean::sheet::shown;
use crate::clean::{CellRule, read_column};
use crate::diagnostic::Lang;
use crate::read::{Header, Table};
use crate::scheme::model::FieldKind;
use crate::table::{Cell, Column, Decimal, Unit};
use std::io::Write;

/// Describes a table for people.
pub fn describe(table: &Table, rows: usize, lang: Lang, out: &mut Vec<u8>) {
    let zh = lang == Lang::Zh;
    let word = |en: &'static str, chinese: &'static str| if zh { chinese } else { en };
    let place = table.origin.place();
    let mut facts = vec![table.format.name().to_owned()];
    if let Some(encoding) = table.encoding {
        facts.push(encoding.to_owned());
    }
    if let Some(delimiter) = table.delimiter {
        let shown = if delimiter == '\t' {
            word("tab", "制表符").to_owned()
        } else {
            format!("`{delimiter}`")
        };
        facts.push(format!("{} {shown}", word("delimiter", "分隔符")));
    }
    facts.push(format!(
        "{} {}",
        word("header row", "表头行"),
        table.header_row
    ));
    facts.push(format!("{} {}", table.rows.len(), word("rows", "行")));
    if let Some(unit) = &table.unit_line {
        facts.push(format!("{} {unit}", word("unit", "单位")));
    }
    // Writing to memory cannot fail.
    let _ = writeln!(out, "{place}: {}", facts.join(" · "));
    let columns: Vec<ColumnGuess> = table
        .headers
        .iter()
        .enumerate()
        .map(|(index, header)| guess(table, index, header))
        .collect();
    let mut lines = vec![[
        word("column", "列").to_owned(),
        word("type", "类型").to_owned(),
        word("unit", "单位").to_owned(),
        word("blank", "空白").to_owned(),
        word("examples", "示例").to_owned(),
    ]];
    for (header, column) in table.headers.iter().zip(&columns) {
        lines.push([
            header.text.replace('\n', " "),
            column.kind.to_owned(),
            header.unit.clone().unwrap_or_default(),
            column.blanks.to_string(),
            column.examples.join(" | "),
        ]);
    }
    aligned(&lines, out);
    for note in &table.notes {
        let _ = writeln!(out, "  - {}", note.title.get(lang));
    }
    if rows > 0 && !table.rows.is_empty() {
        let mut lines: Vec<Vec<String>> = vec![];
        for row in 0..table.rows.len().min(rows) {
            let mut line = vec![format!("{}", table.rows.row_number(row))];
            line.extend(
                table
                    .rows
                    .row(row)
                    .map(|cell| cut(&shown(cell).replace('\n', " "), 24)),
            );
            lines.push(line);
        }
        aligned(&lines, out);
    }
    let _ = writeln!(out);
}

/// Writes the rows as JSON lines, the cells as they were read: text as text, a workbook's numbers as numbers.
pub fn rows(table: &Table, rows: usize, out: &mut Vec<u8>) {
    let keys = super::shown::unique_headings(table.headers.iter().map(|header| &header.text));
    for row in 0..table.rows.len().min(rows) {
        out.push(b'{');
        for (index, (key, cell)) in keys.iter().zip(table.rows.row(row)).enumerate() {
            if index > 0 {
                out.push(b',');
            }
            // Writing to memory cannot fail.
            let _ = serde_json::to_writer(&mut *out, key);
            out.push(b':');
            let _ = json_cell(cell, out);
        }
        out.extend_from_slice(b"}\n");
    }
}

fn json_cell(cell: Cell<'_>, out: &mut Vec<u8>) -> serde_json::Result<()> {
    match cell {
        Cell::Blank => serde_json::to_writer(out, ""),
        Cell::Text(text) => serde_json::to_writer(out, text),
        Cell::Number(number) | Cell::Percent(number) => {
            if let Some(number) = Decimal::from_f64(number) {
                number.write(out);
                return Ok(());
            }
            serde_json::to_writer(out, &number)
        }
        Cell::Date(serial) => match super::results::moment(serial) {
            super::table::OutCell::Date(date) => serde_json::to_writer(out, &date.to_string()),
            super::table::OutCell::DateTime(moment) => {
                serde_json::to_writer(out, &moment.to_string())
            }
            _ => serde_json::to_writer(out, &serial),
        },
        Cell::Bool(truth) => serde_json::to_writer(out, &truth),
        Cell::Error(error) => serde_json::to_writer(out, error.text()),
    }
}

/// What a column seems to hold.
struct ColumnGuess {
    kind: &'static str,
    blanks: usize,
    examples: Vec<String>,
}

/// The first type of field that reads every cell of the column; ids are those whose digits would not survive as a
/// number.
fn guess(table: &Table, index: usize, header: &Header) -> ColumnGuess {
    let percent = header
        .unit
        .as_deref()
        .is_some_and(|unit| unit == "%" || unit == "％");
    let money = header.unit.as_deref().is_some_and(Unit::is_well_known);
    let count = table.rows.len();
    let cells = || (0..count).map(|row| table.rows.cell(row, index));
    let mut examples: Vec<String> = vec![];
    let mut blanks = 0;
    for cell in cells() {
        let text = shown(cell).trim().replace('\n', " ");
        if text.is_empty() {
            blanks += 1;
        } else if examples.len() < 3 && !examples.contains(&text) {
            examples.push(cut(&text, 20));
        }
    }
    let keeps_zeros = cells().any(|cell| {
        matches!(cell, Cell::Text(text) if text.len() > 1 && text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit()))
            || matches!(cell, Cell::Text(text) if text.len() >= 11 && text.bytes().all(|b| b.is_ascii_digit()))
    });
    let reads = |kind: FieldKind| {
        let rule = CellRule {
            header_percent: percent,
            ..CellRule::new("", kind)
        };
        let read = read_column(&table.rows, index, &rule);
        read.faults.is_empty() && read.column_fault.is_none() && has_values(&read.column)
    };
    let percent_signs = cells().any(|cell| match cell {
        Cell::Percent(_) => true,
        Cell::Text(text) => text.trim_end().ends_with(['%', '％']),
        _ => false,
    });
    let kind = if blanks == count {
        "blank"
    } else if keeps_zeros {
        "id"
    } else if (percent || percent_signs) && reads(FieldKind::Percent) {
        "percent"
    } else if reads(FieldKind::Number) && !looks_dated(table, index) {
        if money { "money" } else { "number" }
    } else if reads(FieldKind::Date) {
        "date"
    } else if reads(FieldKind::Money(None)) {
        "money"
    } else if reads(FieldKind::DateTime) {
        "datetime"
    } else if reads(FieldKind::Bool) {
        "bool"
    } else {
        "text"
    };
    ColumnGuess {
        kind,
        blanks,
        examples,
    }
}

/// Eight digits that are dates read as numbers too; all of them being days of a plausible year decides.
fn looks_dated(table: &Table, index: usize) -> bool {
    let mut any = false;
    for row in 0..table.rows.len() {
        match table.rows.cell(row, index) {
            Cell::Blank => {}
            Cell::Date(_) => any = true,
            Cell::Text(text)
                if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) =>
            {
                any = true;
            }
            _ => return false,
        }
    }
    any
}

fn has_values(column: &Column) -> bool {
    (0..column.len()).any(|row| !column.is_missing(row))
}

/// Columns side by side, by display width.
fn aligned<L: AsRef<[String]>>(lines: &[L], out: &mut Vec<u8>) {
    let columns = lines
        .iter()
        .map(|line| line.as_ref().len())
        .max()
        .unwrap_or(0);
    let widths: Vec<usize> = (0..columns)
        .map(|column| {
            lines
                .iter()
                .filter_map(|line| line.as_ref().get(column))
                .map(|text| width(text))
                .max()
        })
        .map(Option::unwrap_or_default)
        .collect();
    for line in lines {
        let mut text = String::from(" ");
        for (cell, wide) in line.as_ref().iter().zip(&widths) {
            text.push(' ');
            text.push_str(cell);
            text.push_str(&" ".repeat(wide + 1 - width(cell)));
        }
        let _ = writeln!(out, "{}", text.trim_end());
    }
}

/// A text cut to `most` columns.
fn cut(text: &str, most: usize) -> String {
    if width(text) <= most {
        return text.to_owned();
    }
    let mut cut = String::new();
    for character in text.chars() {
        if width(&cut) + width(character.encode_utf8(&mut [0; 4])) >= most {
            break;
        }
        cut.push(character);
    }
    cut + "…"
}
