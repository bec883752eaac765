//! The table as GitHub's Markdown, padded so that it reads as a table in a plain editor too, Chinese included.

use super::shown;
use super::table::ResultTable;
use std::io::{self, Write};

/// The widest padding: one long reason must not make every row as long.
const PADDED: usize = 40;

/// Writes the table; numbers are aligned to the right.
pub fn write(table: &dyn ResultTable, out: &mut dyn Write) -> io::Result<()> {
    let columns = table.columns();
    let headings: Vec<String> = columns
        .iter()
        .map(|column| inline(&column.heading))
        .collect();
    let rows: Vec<Vec<String>> = (0..table.len())
        .map(|row| {
            let cell = |(index, column): (usize, &super::table::TableColumn)| {
                inline(&shown::cell(
                    table.cell(row, index),
                    column.kind,
                    table.lang(),
                ))
            };
            columns.iter().enumerate().map(cell).collect()
        })
        .collect();
    let widths: Vec<usize> = (0..columns.len())
        .map(|index| {
            let cells = rows.iter().map(|row| shown::width(&row[index]));
            // Three dashes are the shortest rule.
            cells
                .chain([shown::width(&headings[index]), 3])
                .max()
                .unwrap_or(3)
                .min(PADDED)
        })
        .collect();
    let right: Vec<bool> = columns
        .iter()
        .map(|column| shown::is_numeric(column.kind))
        .collect();

    let mut text = String::new();
    line(&mut text, &headings, &widths, &right);
    for (width, right) in widths.iter().zip(&right) {
        let end = if *right { ":" } else { "-" };
        text.push_str("| ");
        text.extend(std::iter::repeat_n('-', width - 1));
        text.push_str(end);
        text.push(' ');
    }
    text.push_str("|\n");
    for row in &rows {
        line(&mut text, row, &widths, &right);
        if text.len() > 1 << 16 {
            out.write_all(text.as_bytes())?;
            text.clear();
        }
    }
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// One row, padded.
fn line(text: &mut String, cells: &[String], widths: &[usize], right: &[bool]) {
    for ((cell, width), right) in cells.iter().zip(widths).zip(right) {
        let padding = std::iter::repeat_n(' ', width.saturating_sub(shown::width(cell)));
        text.push_str("| ");
        if *right {
            text.extend(padding);
            text.push_str(cell);
        } else {
            text.push_str(cell);
            text.extend(padding);
        }
        text.push(' ');
    }
    text.push_str("|\n");
}

/// A text as the inline content of a cell: what would end the cell, the line or the text, or be markup, is escaped.
pub(super) fn inline(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut after_return = false;
    for c in text.chars() {
        match c {
            '\n' if after_return => {}
            '\n' | '\r' => out.push_str("<br>"),
            '|' | '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '~' => {
                out.push('\\');
                out.push(c);
            }
            '&' => out.push_str("&amp;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
        after_return = c == '\r';
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Lang;
    use crate::present::sample::{Sample, d};
    use crate::present::table::{ColumnKind, ColumnRole, OutCell};

    #[test]
    fn pads_by_display_width_and_escapes() {
        let table = Sample::new(Lang::Zh)
            .column("客户名称", ColumnKind::Text, ColumnRole::Name)
            .column("金额", ColumnKind::Number { places: 2 }, ColumnRole::Input)
            .column("等级", ColumnKind::Text, ColumnRole::Grade)
            .row(vec![
                OutCell::Text("华东|贸易".into()),
                OutCell::Number(d("1234567.5")),
                OutCell::Text("A".into()),
            ])
            .row(vec![
                OutCell::Text("a\r\nb".into()),
                OutCell::Blank,
                OutCell::Text("<b>".into()),
            ]);
        let mut out = vec![];
        write(&table, &mut out).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "| 客户名称   |         金额 | 等级  |\n\
             | ---------- | -----------: | ----- |\n\
             | 华东\\|贸易 | 1,234,567.50 | A     |\n\
             | a<br>b     |              | \\<b\\> |\n"
        );
    }

    #[test]
    fn no_rows_leave_the_heading() {
        let mut out = vec![];
        write(
            &Sample::new(Lang::En).column("A", ColumnKind::Text, ColumnRole::Key),
            &mut out,
        )
        .unwrap();
        assert_eq!(out, b"| A   |\n| --- |\n");
    }
}
