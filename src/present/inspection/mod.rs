//! A table as it was read: format, encoding, header row, columns with what they seem to hold, what is to be said of
//! them, and the first rows. Also a starter of the sheet's section of a scheme.

mod guess;
mod starter;

pub use guess::{ColumnGuess, Undecided, guesses};
pub use starter::Starter;

use super::shown::width;
use crate::clean::sheet::shown;
use crate::diagnostic::{At, Code, Finding, Lang};
use crate::read::Table;
use crate::scheme::kind_word;
use crate::scheme::model::FieldKind;
use crate::table::place::column_letters;
use crate::table::{Cell, Decimal};
use crate::text;
use crate::words::how_many;
use std::io::Write;

/// The sheet of a scheme that a table is for: its name, and for each column the field that it is of.
pub struct Placed {
    /// The sheet.
    pub sheet: String,
    /// The fields of the columns; empty for a column that the scheme does not name.
    pub fields: Vec<String>,
}

/// How many places of one finding are named.
const PLACES: usize = 5;

/// Describes a table for people: as it was read and, with a scheme, what it is there.
pub fn describe(
    table: &Table,
    placed: Option<&Placed>,
    rows: usize,
    lang: Lang,
    out: &mut Vec<u8>,
) {
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
    let in_all = table.rows.len();
    facts.push(match lang {
        Lang::En => how_many(in_all, "row"),
        Lang::Zh => format!("{in_all} 行"),
    });
    if let Some(unit) = &table.unit_line {
        facts.push(format!("{} {unit}", word("unit", "单位")));
    }
    if let Some(placed) = placed {
        facts.push(format!("{} `{}`", word("sheet", "表"), placed.sheet));
    }
    // Writing to memory cannot fail.
    let _ = writeln!(out, "{place}: {}", facts.join(" · "));
    let columns = guesses(table);
    let mut heading = vec![
        word("column", "列").to_owned(),
        word("type", "类型").to_owned(),
        word("unit", "单位").to_owned(),
        word("blank", "空白").to_owned(),
        word("examples", "示例").to_owned(),
    ];
    if placed.is_some() {
        heading.insert(1, word("field", "字段").to_owned());
    }
    let mut lines = vec![heading];
    for (index, (header, column)) in table.headers.iter().zip(&columns).enumerate() {
        let mut line = vec![
            if header.text.is_empty() {
                format!("({})", column_letters(index as u32))
            } else {
                header.text.clone()
            },
            column.kind.as_ref().map_or("blank", kind_word).to_owned(),
            unit_shown(table, index, column),
            share_shown(column.blanks, table.rows.len()),
            column.examples.join(" | "),
        ];
        if let Some(placed) = placed {
            line.insert(1, placed.fields.get(index).cloned().unwrap_or_default());
        }
        lines.push(line);
    }
    aligned(&lines, out);
    let mut said = table.notes.clone();
    said.extend(repeated_headers(table));
    for (index, column) in columns.iter().enumerate() {
        said.extend(column.findings(table, index));
    }
    findings(
        &said,
        table.encoding.is_some() && table.origin.worksheet.is_none(),
        lang,
        out,
    );
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

/// The unit of a column: its header's or, for money, that of a line above the table.
fn unit_shown(table: &Table, index: usize, column: &ColumnGuess) -> String {
    let header = &table.headers[index];
    match (&header.unit, &column.kind) {
        (Some(unit), _) => unit.clone(),
        (None, Some(FieldKind::Money(_))) => table.unit_line.clone().unwrap_or_default(),
        _ => String::new(),
    }
}

/// A count of rows, with its share in whole per cent where it is neither none nor all of them.
fn share_shown(count: usize, rows: usize) -> String {
    if count == 0 || count == rows {
        return count.to_string();
    }
    match count * 100 / rows {
        0 => format!("{count} (<1%)"),
        share => format!("{count} ({share}%)"),
    }
}

/// Headers that stand over two columns, so that no field can name one of them.
fn repeated_headers(table: &Table) -> Vec<Finding> {
    let headers = table.headers.iter().enumerate();
    let repeated = headers.filter(|(index, header)| {
        let mut before = table.headers[..*index].iter();
        !header.text.is_empty() && before.any(|other| other.text == header.text)
    });
    repeated
        .map(|(index, header)| {
            let name = &header.text;
            let title = text!("two columns are called `{name}`", "有两列都叫 `{name}`");
            let place = table.origin.cell(table.header_row, index as u32);
            Finding::warning(Code::DuplicateColumn, title).place(place)
        })
        .collect()
}

/// Findings, those of one kind in a line with their first places.
fn findings(said: &[Finding], lines: bool, lang: Lang, out: &mut Vec<u8>) {
    let mut groups: Vec<(&str, Vec<String>)> = vec![];
    for finding in said {
        let one = finding.title.get(lang);
        let all = finding.cell.as_ref().map_or(one, |cell| cell.0.get(lang));
        let many = said.iter().filter(|other| {
            other
                .cell
                .as_ref()
                .is_some_and(|cell| cell.0.get(lang) == all)
        });
        let title = if many.take(2).count() > 1 { all } else { one };
        let place = match &finding.at {
            // How the table was read is no matter of one place.
            At::Data(place) if finding.code != Code::ReadAs => match (place.row, place.column) {
                (Some(row), Some(column)) if !lines => format!("{}{row}", column_letters(column)),
                (Some(row), _) => row.to_string(),
                _ => String::new(),
            },
            _ => String::new(),
        };
        match groups.iter_mut().find(|(known, _)| *known == title) {
            Some((_, places)) => places.push(place),
            None => groups.push((title, vec![place])),
        }
    }
    for (title, places) in groups {
        let named: Vec<&str> = places
            .iter()
            .map(String::as_str)
            .filter(|place| !place.is_empty())
            .take(PLACES)
            .collect();
        let more = if places.len() > PLACES { " …" } else { "" };
        let shown = match named.join(", ") {
            none if none.is_empty() => none,
            named => format!(" ({named}{more})"),
        };
        let _ = writeln!(out, "  - {title}{shown}");
    }
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
