//! The table as one JSON array with an object a row, by heading. The lines of `grade --format jsonl` have fixed keys and
//! are another matter.

use super::shown::unique_headings;
use super::table::{OutCell, ResultTable};
use std::io::{self, Write};

/// Writes the table as one array: numbers with their exact digits, dates as ISO text, blank cells as `null`. A row a
/// line, so that two results compare line by line.
pub fn write_table(table: &dyn ResultTable, out: &mut dyn Write) -> io::Result<()> {
    let keys = keys(table)?;
    let mut line: Vec<u8> = vec![];
    out.write_all(b"[")?;
    for row in 0..table.len() {
        line.clear();
        line.extend_from_slice(if row == 0 { b"\n  " } else { b",\n  " });
        object(table, row, &keys, &mut line)?;
        out.write_all(&line)?;
    }
    out.write_all(if table.is_empty() { b"]\n" } else { b"\n]\n" })?;
    out.flush()
}

/// Writes the same objects one a line, for columns that the user named.
pub fn write_lines(table: &dyn ResultTable, out: &mut dyn Write) -> io::Result<()> {
    let keys = keys(table)?;
    let mut line: Vec<u8> = vec![];
    for row in 0..table.len() {
        line.clear();
        object(table, row, &keys, &mut line)?;
        line.push(b'\n');
        out.write_all(&line)?;
    }
    out.flush()
}

/// The headings as JSON texts.
fn keys(table: &dyn ResultTable) -> io::Result<Vec<Vec<u8>>> {
    let headings = unique_headings(table.columns().iter().map(|column| &column.heading));
    Ok(headings
        .iter()
        .map(serde_json::to_vec)
        .collect::<Result<Vec<_>, _>>()?)
}

/// Appends a row as an object.
fn object(
    table: &dyn ResultTable,
    row: usize,
    keys: &[Vec<u8>],
    line: &mut Vec<u8>,
) -> io::Result<()> {
    for (index, key) in keys.iter().enumerate() {
        line.extend_from_slice(if index == 0 { b"{" } else { b", " });
        line.extend_from_slice(key);
        line.extend_from_slice(b": ");
        value(table.cell(row, index), line)?;
    }
    line.extend_from_slice(if keys.is_empty() { b"{}" } else { b"}" });
    Ok(())
}

/// Appends a cell's value.
fn value(cell: OutCell<'_>, line: &mut Vec<u8>) -> io::Result<()> {
    match cell {
        OutCell::Blank => line.extend_from_slice(b"null"),
        OutCell::Text(text) => serde_json::to_writer(line, &text)?,
        OutCell::Number(number) => number.write(line),
        // Not a number and infinity have no JSON; serde_json writes `null` for them.
        OutCell::Float(number) => serde_json::to_writer(line, &number)?,
        OutCell::Date(date) => write!(line, "\"{date}\"")?,
        OutCell::DateTime(moment) => write!(line, "\"{moment}\"")?,
        OutCell::Bool(truth) => serde_json::to_writer(line, &truth)?,
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Lang;
    use crate::present::sample::{Sample, d};
    use crate::present::table::{ColumnKind, ColumnRole};

    #[test]
    fn rows_are_objects_with_exact_numbers() {
        let table = Sample::new(Lang::Zh)
            .column("编号", ColumnKind::Id, ColumnRole::Key)
            .column("金额", ColumnKind::Number { places: 6 }, ColumnRole::Input)
            .column("金额", ColumnKind::Number { places: 0 }, ColumnRole::Input)
            .row(vec![
                OutCell::Text("0\"1\n".into()),
                OutCell::Number(d("8999999999999.999999")),
                OutCell::Blank,
            ])
            .row(vec![
                OutCell::Text("2".into()),
                OutCell::Float(f64::NAN),
                OutCell::Bool(true),
            ]);
        let mut out = vec![];
        write_table(&table, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(
            text,
            "[\n  {\"编号\": \"0\\\"1\\n\", \"金额\": 8999999999999.999999, \"金额 (2)\": null},\n  \
             {\"编号\": \"2\", \"金额\": null, \"金额 (2)\": true}\n]\n"
        );
        let parsed: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(parsed[0]["金额"].to_string(), "8999999999999.999999");
    }

    #[test]
    fn no_rows_are_an_empty_array() {
        let mut out = vec![];
        write_table(&Sample::new(Lang::En), &mut out).unwrap();
        assert_eq!(out, b"[]\n");
    }
}
