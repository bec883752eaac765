//! A row of cells as JSON text and back, bit by bit.
//!
//! ```text
//! ["text", 12.5, null, true, {"p": 0.2}, {"d": 45382}, {"e": "#N/A"}]
//! ```
//!
//! Text, numbers, blanks and truths are what JSON has for them; per cents, dates (days since 1899-12-30) and errors say
//! so. Written and read by hand: a table has a million rows, and a tree for each of them would cost more than SQLite.

use crate::table::{Cell, CellError, RawRows};
use std::ops::Range;

/// Appends the cells of a row.
pub fn write<'a>(cells: impl Iterator<Item = Cell<'a>>, out: &mut String) {
    out.push('[');
    for (index, cell) in cells.enumerate() {
        if index > 0 {
            out.push(',');
        }
        match cell {
            Cell::Blank => out.push_str("null"),
            Cell::Text(text) => write_text(text, out),
            Cell::Number(value) if value.is_finite() => write_number(value, out),
            // JSON has no such number; its bits are kept.
            Cell::Number(value) => out.push_str(&format!("{{\"n\":\"{:016x}\"}}", value.to_bits())),
            Cell::Percent(value) => write_tagged('p', value, out),
            Cell::Date(value) => write_tagged('d', value, out),
            Cell::Bool(true) => out.push_str("true"),
            Cell::Bool(false) => out.push_str("false"),
            Cell::Error(error) => {
                out.push_str("{\"e\":");
                write_text(error.text(), out);
                out.push('}');
            }
        }
    }
    out.push(']');
}

fn write_tagged(tag: char, value: f64, out: &mut String) {
    out.push_str("{\"");
    out.push(tag);
    out.push_str("\":");
    if value.is_finite() {
        write_number(value, out);
    } else {
        out.push_str(&format!("\"{:016x}\"", value.to_bits()));
    }
    out.push('}');
}

/// Digits that read back as the same bits; whole numbers without a point.
fn write_number(value: f64, out: &mut String) {
    // Most numbers of a workbook are whole or amounts with two or four decimals. Where dividing gives the very bits, so
    // does reading the digits: both round the same quotient once.
    for (scale, places) in [(1.0, 0), (100.0, 2), (10_000.0, 4)] {
        let scaled = (value * scale).round();
        let is_zero = scaled == 0.0;
        if scaled.abs() < WHOLE && (scaled / scale).to_bits() == value.to_bits() && !is_zero {
            if value < 0.0 {
                out.push('-');
            }
            return write_digits(scaled.abs() as u64, places, out);
        }
    }
    if value.to_bits() == 0 {
        out.push('0');
    } else {
        out.push_str(&format!("{value:?}"));
    }
}

/// Whole numbers below this are floating point numbers without a gap.
const WHOLE: f64 = 9_007_199_254_740_992.0;

/// The digits of `number` with a point before the last `places`, zeros at the end left out.
fn write_digits(mut number: u64, places: usize, out: &mut String) {
    let mut digits = [b'0'; 24];
    let mut from = digits.len();
    let mut written = 0;
    let mut skipping = places > 0;
    while number > 0 || written <= places {
        let digit = (number % 10) as u8;
        number /= 10;
        if written == places {
            if !skipping && places > 0 {
                from -= 1;
                digits[from] = b'.';
            }
            skipping = false;
        }
        skipping = skipping && digit == 0;
        if !skipping {
            from -= 1;
            digits[from] = b'0' + digit;
        }
        written += 1;
    }
    // Digits and a point are text.
    out.push_str(std::str::from_utf8(&digits[from..]).unwrap_or_default());
}

fn write_text(text: &str, out: &mut String) {
    out.push('"');
    let mut rest = text;
    while let Some(at) = rest
        .bytes()
        .position(|byte| byte < 0x20 || byte == b'"' || byte == b'\\')
    {
        out.push_str(&rest[..at]);
        match rest.as_bytes()[at] {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            other => out.push_str(&format!("\\u{other:04x}")),
        }
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
    out.push('"');
}

/// Reads rows back. Keeps its buffers from row to row.
#[derive(Default)]
pub struct Reader {
    pieces: Vec<Piece>,
    /// Texts that stand escaped in the row.
    unescaped: String,
}

/// A cell whose text is still in the row.
enum Piece {
    Written(Range<usize>),
    Unescaped(Range<usize>),
    Other(Cell<'static>),
}

impl Reader {
    /// Appends the row that `json` says to `rows`; `None` if it is none that [`write`] has written, or of another width.
    pub fn read(&mut self, json: &str, number: u32, rows: &mut RawRows) -> Option<()> {
        self.pieces.clear();
        self.unescaped.clear();
        self.parse(json)?;
        if self.pieces.len() != rows.width() {
            return None;
        }
        let cells = self.pieces.iter().map(|piece| match piece {
            Piece::Written(range) => Cell::Text(&json[range.clone()]),
            Piece::Unescaped(range) => Cell::Text(&self.unescaped[range.clone()]),
            Piece::Other(cell) => *cell,
        });
        rows.push(number, cells);
        Some(())
    }

    fn parse(&mut self, json: &str) -> Option<()> {
        let mut at = Scan { json, at: 0 };
        at.expect(b'[')?;
        if at.peek()? == b']' {
            return Some(());
        }
        loop {
            let piece = self.piece(&mut at)?;
            self.pieces.push(piece);
            match at.next()? {
                b',' => {}
                b']' => return (at.at == json.len()).then_some(()),
                _ => return None,
            }
        }
    }

    fn piece(&mut self, scan: &mut Scan<'_>) -> Option<Piece> {
        Some(match scan.peek()? {
            b'"' => scan.text(&mut self.unescaped)?,
            b'n' => Piece::Other(scan.word("null", Cell::Blank)?),
            b't' => Piece::Other(scan.word("true", Cell::Bool(true))?),
            b'f' => Piece::Other(scan.word("false", Cell::Bool(false))?),
            b'{' => Piece::Other(self.tagged(scan)?),
            _ => Piece::Other(Cell::Number(scan.number()?)),
        })
    }

    fn tagged(&mut self, scan: &mut Scan<'_>) -> Option<Cell<'static>> {
        scan.expect(b'{')?;
        scan.expect(b'"')?;
        let tag = scan.next()?;
        scan.expect(b'"')?;
        scan.expect(b':')?;
        let text = if scan.peek()? == b'"' {
            match scan.text(&mut self.unescaped)? {
                Piece::Written(range) => Some(&scan.json[range]),
                _ => return None,
            }
        } else {
            None
        };
        let cell = match (tag, text) {
            (b'e', Some(text)) => Cell::Error(CellError::from_text(text)?),
            (b'n' | b'p' | b'd', text) => {
                let value = match text {
                    Some(bits) => f64::from_bits(u64::from_str_radix(bits, 16).ok()?),
                    None => scan.number()?,
                };
                match tag {
                    b'n' => Cell::Number(value),
                    b'p' => Cell::Percent(value),
                    _ => Cell::Date(value),
                }
            }
            _ => return None,
        };
        scan.expect(b'}')?;
        Some(cell)
    }
}

/// A place in the JSON text.
struct Scan<'a> {
    json: &'a str,
    at: usize,
}

impl Scan<'_> {
    fn peek(&self) -> Option<u8> {
        self.json.as_bytes().get(self.at).copied()
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        (self.next()? == byte).then_some(())
    }

    fn word(&mut self, word: &str, cell: Cell<'static>) -> Option<Cell<'static>> {
        let found = self.json.get(self.at..self.at + word.len())? == word;
        self.at += word.len();
        found.then_some(cell)
    }

    fn number(&mut self) -> Option<f64> {
        let from = self.at;
        while self
            .peek()
            .is_some_and(|byte| !matches!(byte, b',' | b']' | b'}'))
        {
            self.at += 1;
        }
        self.json[from..self.at].parse().ok()
    }

    fn text(&mut self, unescaped: &mut String) -> Option<Piece> {
        self.expect(b'"')?;
        let from = self.at;
        let bytes = self.json.as_bytes();
        let end = |at: usize| {
            bytes[at..]
                .iter()
                .position(|byte| matches!(byte, b'"' | b'\\'))
        };
        let mut stop = from + end(from)?;
        if bytes[stop] == b'"' {
            self.at = stop + 1;
            return Some(Piece::Written(from..stop));
        }
        let begun = unescaped.len();
        let mut copied = from;
        while bytes[stop] == b'\\' {
            unescaped.push_str(&self.json[copied..stop]);
            let (character, length) = match bytes.get(stop + 1)? {
                b'n' => ('\n', 2),
                b'r' => ('\r', 2),
                b't' => ('\t', 2),
                b'u' => {
                    let digits = self.json.get(stop + 2..stop + 6)?;
                    (char::from_u32(u32::from_str_radix(digits, 16).ok()?)?, 6)
                }
                b'"' => ('"', 2),
                b'\\' => ('\\', 2),
                _ => return None,
            };
            unescaped.push(character);
            copied = stop + length;
            stop = copied + end(copied)?;
        }
        unescaped.push_str(&self.json[copied..stop]);
        self.at = stop + 1;
        Some(Piece::Unescaped(begun..unescaped.len()))
    }
}
