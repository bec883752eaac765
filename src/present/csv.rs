//! The table as CSV or TSV: UTF-8, lines that end in a line feed, quotes only where they are needed, bare numbers with
//! their exact digits, ISO dates.
//!
//! Written by hand rather than by the csv crate, because cells go straight from the result into one buffer here; a
//! million rows of twenty columns take a fraction of a second.

use super::table::{ColumnRole, OutCell, ResultTable};
use crate::clean::escape::{needs_escape, unescape};
use crate::decide::Decision;
use crate::diagnostic::Lang;
use crate::parallel::{cores, in_turn};
use crate::present::marks::decision_sign;
use crate::table::{Date, DateTime};
use crate::words::Word;
use memchr::{memchr, memchr_iter};
use std::io::{self, Write};

/// How many rows are gathered before they are handed on.
const CHUNK: usize = 1 << 10;
/// From so many chunks on they are gathered by all cores.
const WORTH_SHARING: usize = 4;
/// How many bytes a cell has, more or less.
const ROOM_FOR_A_CELL: usize = 12;

/// The mark that says UTF-8.
pub const MARK: &str = "\u{FEFF}";

/// Writes the table.
///
/// `delimiter` is an ASCII character such as `,` or a tab. `bom` puts a byte order mark first, by which Excel and WPS
/// know UTF-8; see [`has_non_ascii`]. `escape` puts a `'` before texts that a spreadsheet would run as a formula; see
/// [`needs_escape`].
pub fn write(
    table: &(dyn ResultTable + Sync),
    delimiter: u8,
    bom: bool,
    escape: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    if bom {
        out.write_all(MARK.as_bytes())?;
    }
    out.write_all(&head(table, delimiter, escape))?;
    let chunks = table.len().div_ceil(CHUNK);
    let threads = if chunks < WORTH_SHARING { 1 } else { cores() };
    let chunk = |index: usize| {
        let to = table.len().min((index + 1) * CHUNK);
        rows(table, delimiter, escape, index * CHUNK..to)
    };
    in_turn(threads, chunks, chunk, |bytes| out.write_all(&bytes))?;
    out.flush()
}

/// The row of headings.
pub fn head(table: &dyn ResultTable, delimiter: u8, escape: bool) -> Vec<u8> {
    let mut sheet = Sheet::new(table, delimiter, escape, 1);
    let columns = table.columns();
    for (index, column) in columns.iter().enumerate() {
        sheet.separate(index);
        sheet.text(&column.heading);
    }
    sheet.end_row(columns.len() == 1 && columns[0].heading.is_empty());
    sheet.bytes
}

/// Some of the rows below it.
pub fn rows(
    table: &dyn ResultTable,
    delimiter: u8,
    escape: bool,
    rows: std::ops::Range<usize>,
) -> Vec<u8> {
    let mut sheet = Sheet::new(table, delimiter, escape, rows.len());
    rows.for_each(|row| sheet.row(table, row));
    sheet.bytes
}

/// Whether the table has a character beyond ASCII, for which a file needs a byte order mark so that Excel shows it.
/// Cheap where a heading has one, as Chinese tables do; otherwise it looks at every text until it finds one.
pub fn has_non_ascii(table: &dyn ResultTable) -> bool {
    let columns = table.columns();
    columns.iter().any(|column| !column.heading.is_ascii())
        || (0..table.len()).any(|row| {
            (0..columns.len()).any(|column| match table.cell(row, column) {
                OutCell::Text(text) => !text.is_ascii(),
                OutCell::Bool(value) => !Word::truth(value).get(table.lang()).is_ascii(),
                _ => false,
            })
        })
}

/// The bytes being gathered, and how to write.
struct Sheet {
    delimiter: u8,
    escape: bool,
    lang: Lang,
    bytes: Vec<u8>,
}

impl Sheet {
    /// Nothing yet; room for so many rows.
    fn new(table: &dyn ResultTable, delimiter: u8, escape: bool, rows: usize) -> Self {
        Self {
            delimiter,
            escape,
            lang: table.lang(),
            bytes: Vec::with_capacity(rows * table.columns().len() * ROOM_FOR_A_CELL),
        }
    }

    fn row(&mut self, table: &dyn ResultTable, row: usize) {
        let start = self.bytes.len();
        let mut first = 0;
        if let Some(written) = table.written(row, self.delimiter)
            && (written.is_unsigned || self.stays(written.record))
        {
            self.bytes.extend_from_slice(written.record.as_bytes());
            first = written.cells;
        }
        for (index, column) in table.columns().iter().enumerate().skip(first) {
            self.separate(index);
            let cell = table.cell(row, index);
            if column.role == ColumnRole::Decision
                && let OutCell::Text(text) = &cell
            {
                // `＝不变` would be a formula to a Chinese Excel; in a format without colours the word is enough.
                let sign = decision_sign(Decision::Held);
                self.text(text.strip_prefix(sign).map_or(text, str::trim_start));
            } else {
                self.cell(cell);
            }
        }
        self.end_row(self.bytes.len() == start);
    }

    /// Whether cells that stood so in a text file, in quotes where they need them, are written so again.
    fn stays(&self, record: &str) -> bool {
        let bytes = record.as_bytes();
        // Only with these can an escape begin, or a text that needs one; most of them are numbers below zero.
        let may_be_escaped = |at: usize| {
            let signs = b"=+-@\t'\xEF";
            bytes.get(at).is_some_and(|byte| signs.contains(byte))
        };
        // A delimiter within quotes begins no cell, but to look there too costs nothing but time.
        let is_plain = |from: usize| {
            if bytes.get(from) == Some(&b'"') {
                return !may_be_escaped(from + 1);
            }
            let rest = &record[from..];
            !may_be_escaped(from) || {
                let end = memchr(self.delimiter, rest.as_bytes()).unwrap_or(rest.len());
                let cell = &rest[..end];
                unescape(cell) == cell && !(self.escape && needs_escape(cell))
            }
        };
        is_plain(0) && memchr_iter(self.delimiter, bytes).all(|at| is_plain(at + 1))
    }

    /// A delimiter before every cell but the first.
    fn separate(&mut self, index: usize) {
        if index > 0 {
            self.bytes.push(self.delimiter);
        }
    }

    /// The end of a row. An empty line would be no row to most readers, so a single blank cell is written as quotes.
    fn end_row(&mut self, nothing_written: bool) {
        if nothing_written {
            self.bytes.extend_from_slice(b"\"\"");
        }
        self.bytes.push(b'\n');
    }

    fn cell(&mut self, cell: OutCell<'_>) {
        match cell {
            OutCell::Blank => {}
            OutCell::Text(text) => self.text(&text),
            OutCell::Number(value) => value.write(&mut self.bytes),
            OutCell::Float(value) => {
                // Writing to memory cannot fail.
                let _ = write!(self.bytes, "{value}");
            }
            OutCell::Date(date) => self.date(date),
            OutCell::DateTime(moment) => self.moment(moment),
            OutCell::Bool(value) => self.text(Word::truth(value).get(self.lang)),
        }
    }

    fn text(&mut self, text: &str) {
        let escaped = self.escape && needs_escape(text);
        // Counted without an early exit, so that the compiler looks at many bytes at once.
        let special = |byte: u8| {
            u8::from(byte == self.delimiter)
                + u8::from(byte == b'"')
                + u8::from(byte == b'\n')
                + u8::from(byte == b'\r')
        };
        let quoted = text.bytes().fold(0, |found, byte| found | special(byte)) != 0;
        if !quoted {
            if escaped {
                self.bytes.push(b'\'');
            }
            self.bytes.extend_from_slice(text.as_bytes());
            return;
        }
        self.bytes.push(b'"');
        if escaped {
            self.bytes.push(b'\'');
        }
        let mut parts = text.split('"');
        self.bytes
            .extend_from_slice(parts.next().unwrap_or_default().as_bytes());
        for part in parts {
            self.bytes.extend_from_slice(b"\"\"");
            self.bytes.extend_from_slice(part.as_bytes());
        }
        self.bytes.push(b'"');
    }

    fn date(&mut self, date: Date) {
        let (year, month, day) = date.ymd();
        // A date's year is 1 to 9999.
        self.two(year as u32 / 100);
        self.two(year as u32 % 100);
        self.bytes.push(b'-');
        self.two(month);
        self.bytes.push(b'-');
        self.two(day);
    }

    fn moment(&mut self, moment: DateTime) {
        self.date(moment.date());
        let second = moment.second_of_day();
        for (sign, part) in [
            (b' ', second / 3600),
            (b':', second / 60 % 60),
            (b':', second % 60),
        ] {
            self.bytes.push(sign);
            self.two(part);
        }
    }

    /// Two digits of a number below one hundred.
    fn two(&mut self, value: u32) {
        self.bytes
            .extend_from_slice(&[b'0' + (value / 10) as u8, b'0' + (value % 10) as u8]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::present::sample::{Sample, d};
    use crate::present::table::ColumnKind;

    fn text(table: &Sample, delimiter: u8, bom: bool, escape: bool) -> String {
        let mut out = vec![];
        write(table, delimiter, bom, escape, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    /// A table of one text column.
    fn texts(cells: &[&str]) -> Sample {
        let mut table = Sample::new(Lang::En).column("t", ColumnKind::Text, ColumnRole::Input);
        for cell in cells {
            table = table.row(vec![OutCell::Text((*cell).to_owned().into())]);
        }
        table
    }

    #[test]
    fn quotes_only_where_needed() {
        let table = texts(&[
            "a,b",
            "say \"hi\"",
            "two\nlines",
            " plain ",
            "张三，李四",
            "",
            "a\tb",
        ]);
        assert_eq!(
            text(&table, b',', false, true),
            "t\n\"a,b\"\n\"say \"\"hi\"\"\"\n\"two\nlines\"\n plain \n张三，李四\n\"\"\na\tb\n"
        );
        assert!(text(&table, b'\t', false, true).ends_with("\n\"a\tb\"\n"));
        assert!(text(&table, b',', true, true).starts_with("\u{FEFF}t\n"));
    }

    #[test]
    fn escapes_what_a_spreadsheet_would_run_and_takes_it_off_again() {
        for (plain, escaped) in [
            ("=1+1", true),
            ("@SUM(A1)", true),
            ("+cmd|' /C calc'!A0", true),
            ("-2+3", true),
            ("+86 13800000000", true),
            ("\tx", true),
            ("\rx", true),
            ("＝1", true),
            ("'=1", true),
            ("''=1", true),
            ("'-5", true),
            ("-5", false),
            ("+8613800000000", false),
            ("-0.5", false),
            ("-5%", false),
            ("-1,234.50", false),
            ("-1.5E+10", false),
            ("-1,23", true),
            ("-1E", true),
            ("-1%2", true),
            ("-,234", true),
            ("-5%%", true),
            ("-", false),
            ("--", false),
            ("a=b", false),
            ("'tis", false),
            ("'", false),
            ("", false),
            ("，", false),
        ] {
            assert_eq!(needs_escape(plain), escaped, "{plain:?}");
            let written = if escaped {
                format!("'{plain}")
            } else {
                plain.to_owned()
            };
            assert_eq!(crate::clean::escape::unescape(&written), plain);
            if escaped && !plain.contains(['\r', '"', ',']) {
                assert_eq!(
                    text(&texts(&[plain]), b',', false, true),
                    format!("t\n{written}\n")
                );
                assert_eq!(
                    text(&texts(&[plain]), b',', false, false),
                    format!("t\n{plain}\n")
                );
            }
        }
    }

    #[test]
    fn values_are_bare_and_exact() {
        let table = Sample::new(Lang::Zh)
            .column("数", ColumnKind::Number { places: 2 }, ColumnRole::Input)
            .column("浮点", ColumnKind::Text, ColumnRole::Input)
            .column("日期", ColumnKind::Date, ColumnRole::Input)
            .column("时刻", ColumnKind::DateTime, ColumnRole::Input)
            .column("是否", ColumnKind::Bool, ColumnRole::Input)
            .column("变动", ColumnKind::Text, ColumnRole::Decision)
            .row(vec![
                OutCell::Number(d("-1234567.5")),
                OutCell::Float(0.1),
                OutCell::Date(Date::new(987, 3, 1).unwrap()),
                OutCell::DateTime(DateTime::new(Date::new(2024, 3, 31).unwrap(), 86_399).unwrap()),
                OutCell::Bool(true),
                OutCell::Text("＝不变".into()),
            ]);
        assert_eq!(
            text(&table, b',', false, true),
            "数,浮点,日期,时刻,是否,变动\n-1234567.5,0.1,0987-03-01,2024-03-31 23:59:59,是,不变\n"
        );
    }

    #[test]
    fn non_ascii_is_found_in_headings_cells_and_truth_values() {
        assert!(!has_non_ascii(&texts(&["a", "b"])));
        assert!(has_non_ascii(&texts(&["a", "é"])));
        let truth = Sample::new(Lang::Zh).column("t", ColumnKind::Bool, ColumnRole::Input);
        assert!(!has_non_ascii(&truth));
        assert!(has_non_ascii(&truth.row(vec![OutCell::Bool(true)])));
        assert!(has_non_ascii(&Sample::new(Lang::En).column(
            "名",
            ColumnKind::Text,
            ColumnRole::Input
        )));
    }

    #[test]
    fn a_large_table_comes_whole() {
        let row = "x".repeat(999);
        let table = texts(&vec![row.as_str(); 1000]);
        assert_eq!(text(&table, b',', false, true).len(), 2 + 1000 * 1000);
    }
}
