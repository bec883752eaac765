//! Rows as the XML of a worksheet, cell for cell as the library writes those that it does not keep: texts stand in their
//! cells, because a list of all texts would have to be kept until the end, and every program reads both.

use super::Styles;
use crate::present::workbook::WorkbookError;
use crate::present::workbook::formats::{Look, Shade};
use crate::present::workbook::rows::{Cells, Value};
use crate::table::place::column_letters;
use rust_xlsxwriter::XlsxError;
use std::io::Write;

/// Rows of a sheet, one after the other.
pub struct RowsAsXml<'a> {
    styles: &'a Styles,
    /// `<c r="` and the letters of each column.
    columns: &'a [String],
    /// What is written.
    pub xml: Vec<u8>,
    /// The digits of the row's number.
    row: Vec<u8>,
}

/// How the cells of so many columns begin.
pub fn beginnings(columns: usize) -> Vec<String> {
    (0..columns as u32)
        .map(|column| format!("<c r=\"{}", column_letters(column)))
        .collect()
}

impl<'a> RowsAsXml<'a> {
    /// No rows yet, of a sheet whose cells begin with [`beginnings`].
    pub fn new(styles: &'a Styles, columns: &'a [String]) -> Self {
        Self {
            styles,
            columns,
            xml: vec![],
            row: vec![],
        }
    }

    fn push(&mut self, piece: &[u8]) {
        self.xml.extend_from_slice(piece);
    }
}

impl Cells for RowsAsXml<'_> {
    fn has_heights(&self) -> bool {
        false
    }

    fn begin(&mut self, row: u32) {
        self.row.clear();
        // Writing to memory cannot fail.
        let _ = write!(self.row, "{}", row + 1);
        self.xml.extend_from_slice(b"<row r=\"");
        self.xml.extend_from_slice(&self.row);
        self.xml.extend_from_slice(b"\">");
    }

    fn put(
        &mut self,
        column: u16,
        value: &Value<'_>,
        shade: Shade,
        look: Look,
    ) -> Result<(), WorkbookError> {
        let style = self.styles.number(shade, look).ok_or_else(|| {
            let what = format!("no format was foreseen for {look:?} on {shade:?}");
            WorkbookError::Library(XlsxError::ParameterError(what))
        })?;
        if let Some(beginning) = self.columns.get(usize::from(column)) {
            self.xml.extend_from_slice(beginning.as_bytes());
        }
        self.xml.extend_from_slice(&self.row);
        if style == 0 {
            self.push(b"\"");
        } else {
            self.push(b"\" s=\"");
            whole(style, &mut self.xml);
            self.push(b"\"");
        }
        match value {
            Value::Text(text) if !text.is_empty() => {
                self.push(b" t=\"inlineStr\"><is><t");
                let is_space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n');
                let bytes = text.as_bytes();
                if bytes.first().is_some_and(is_space) || bytes.last().is_some_and(is_space) {
                    self.push(b" xml:space=\"preserve\"");
                }
                self.push(b">");
                escape(text, &mut self.xml);
                self.push(b"</t></is></c>");
            }
            Value::Text(_) | Value::Blank => self.push(b"/>"),
            Value::Exact(number) => {
                self.push(b"><v>");
                number.write(&mut self.xml);
                self.push(b"</v></c>");
            }
            Value::Number(number) => {
                self.push(b"><v>");
                float(*number, &mut self.xml);
                self.push(b"</v></c>");
            }
        }
        Ok(())
    }

    fn end(&mut self, _lines: usize) -> Result<(), WorkbookError> {
        self.push(b"</row>");
        Ok(())
    }
}

/// The digits of a small number.
fn whole(mut number: u32, out: &mut Vec<u8>) {
    let mut digits = [0; 10];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
}

/// The shortest digits that give the same number again.
fn float(number: f64, out: &mut Vec<u8>) {
    // Days above all.
    if number.is_sign_positive() && number < f64::from(u32::MAX) && number.fract() == 0.0 {
        whole(number as u32, out);
    } else {
        // With an exponent where there would be too many digits.
        let _ = write!(out, "{number:?}");
    }
}

/// Appends a text as XML. What XML has no sign for is written as Excel does: a control character as `_x0007_`, and what
/// looks like that with its underscore escaped.
fn escape(text: &str, out: &mut Vec<u8>) {
    // Without an early exit, so that the compiler looks at many bytes at once. 0xEF begins U+FFFE, and much of what is
    // written in full width.
    let special = |byte: u8| {
        u8::from(byte < 0x20)
            | u8::from(byte == b'&')
            | u8::from(byte == b'<')
            | u8::from(byte == b'>')
            | u8::from(byte == b'_')
            | u8::from(byte == 0xEF)
    };
    if text.bytes().fold(0, |found, byte| found | special(byte)) == 0 {
        out.extend_from_slice(text.as_bytes());
        return;
    }
    let mut written = 0;
    for (at, letter) in text.char_indices() {
        let escaped = match letter {
            '&' => "&amp;",
            '<' => "&lt;",
            '>' => "&gt;",
            '_' if is_like_an_escape(&text.as_bytes()[at..]) => "_x005F_",
            '\t' | '\n' => continue,
            '\0'..='\x1F' | '\u{FFFE}' | '\u{FFFF}' => {
                out.extend_from_slice(&text.as_bytes()[written..at]);
                let _ = write!(out, "_x{:04X}_", u32::from(letter));
                written = at + letter.len_utf8();
                continue;
            }
            _ => continue,
        };
        out.extend_from_slice(&text.as_bytes()[written..at]);
        out.extend_from_slice(escaped.as_bytes());
        written = at + letter.len_utf8();
    }
    out.extend_from_slice(&text.as_bytes()[written..]);
}

/// Whether a text begins as `_x0007_` does.
fn is_like_an_escape(text: &[u8]) -> bool {
    text.len() >= 7
        && text[1] == b'x'
        && text[2..6].iter().all(u8::is_ascii_hexdigit)
        && text[6] == b'_'
}
