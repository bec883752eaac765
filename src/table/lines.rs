//! Rows of a text of which each line is a record: one pass over its bytes finds all that matters, delimiters, quotes and
//! the ends of lines.

use super::RawRows;
use super::raw_rows::TYPED;
use memchr::{memchr, memchr2};

/// No quoted field is longer, in bytes: a stray quote would take the rest of the file into one cell.
pub(crate) const LONGEST_FIELD: usize = 1 << 20;

impl RawRows {
    /// The rows of a text in which each line is a record of `fields` fields, two or more, with `delimiter`s between them.
    /// Line feeds end lines, with a carriage return before them or not; there are no others. The first `width` columns of
    /// it, the rows numbered from `first`. `None` if a line has more or fewer fields, or quotes that it does not close or
    /// that are not followed by the end of their field, or where a cell may be taken for another than a text: then only
    /// reading record by record tells what it is.
    pub fn of_lines(
        text: &str,
        first: u32,
        delimiter: u8,
        fields: usize,
        width: usize,
    ) -> Option<Self> {
        let bytes = text.as_bytes();
        if bytes.len() > (u32::MAX / 4) as usize || memchr(TYPED as u8, bytes).is_some() {
            return None;
        }
        let mut rows = Self::new(width.min(fields));
        // Rows with quotes come in once more, without them.
        rows.text.reserve(bytes.len() + bytes.len() / 2);
        rows.text.push_str(text);
        // As many rows as there would be if all were like the first, and some more.
        let like_first =
            bytes.len() / (memchr(b'\n', bytes).unwrap_or(bytes.len()) + 1).max(fields);
        let room = like_first + like_first / 8 + 1;
        rows.starts.reserve(room);
        rows.unsigned.reserve(room);
        rows.ends.reserve(room * rows.width);
        let mut marks = Marks::new(text, delimiter);
        let mut row = Begun::default();
        while row.start < bytes.len() {
            rows.unquoted(&mut marks, &mut row, fields)?;
            let at = marks.at;
            if at == bytes.len() {
                break;
            }
            row.has_quotes = true;
            if at != row.field {
                // Within a field that is not quoted a quote is text, which is written in another way.
                row.is_odd = true;
                continue;
            }
            let close = marks.closing()?;
            let (end, ends) = (marks.next(), &bytes[close + 1..]);
            let is_end = end == close + 1 || end == close + 2 && ends.starts_with(b"\r\n");
            if !is_end || close - at >= LONGEST_FIELD {
                return None;
            }
            row.has_sign |= begins_with_sign(&bytes[at + 1..close]);
            row.is_odd |= memchr2(delimiter, b'"', &bytes[at + 1..close]).is_none();
            rows.field(&mut row, close + 1);
            row.field = end + 1;
            if bytes.get(end) != Some(&delimiter) {
                rows.line(&marks, &row, close + 1, fields)?;
                row = Begun::at(end + 1);
            }
        }
        let count = u32::try_from(rows.starts.len()).ok()?;
        rows.numbers = (first..first.checked_add(count)?).collect();
        Some(rows)
    }

    /// Takes fields that are not quoted, and the lines that they complete, up to the next quote or the end of the text.
    fn unquoted(&mut self, marks: &mut Marks<'_>, row: &mut Begun, fields: usize) -> Option<()> {
        let bytes = marks.text.as_bytes();
        // By themselves they stay out of memory, where each field would look for them.
        let (mut at_hand, mut line) = (*marks, *row);
        loop {
            let at = at_hand.next();
            let mark = bytes.get(at).copied();
            if mark == Some(b'"') {
                break;
            }
            let is_last = mark != Some(at_hand.delimiter);
            let returns = is_last && at > line.start && bytes[at - 1] == b'\r';
            let end = at - usize::from(returns);
            if bytes.get(line.field).copied().is_some_and(is_sign) {
                line.has_sign |= begins_with_sign(&bytes[line.field..end]);
            }
            self.field(&mut line, end);
            line.field = at + 1;
            if is_last {
                self.line(&at_hand, &line, end, fields)?;
                line = Begun::at(at + 1);
                if line.start >= bytes.len() {
                    at_hand.at = bytes.len();
                    break;
                }
            }
        }
        (*marks, *row) = (at_hand, line);
        Some(())
    }

    /// Takes the next field of a line, which ends at `end`.
    #[inline]
    fn field(&mut self, line: &mut Begun, end: usize) {
        if line.fields < self.width {
            self.ends.push((end - line.start) as u32);
        }
        line.fields += 1;
    }

    /// Takes a line whose fields were all taken, which ends at `end`.
    #[inline]
    fn line(&mut self, marks: &Marks<'_>, line: &Begun, end: usize, fields: usize) -> Option<()> {
        if line.fields != fields {
            return None;
        }
        self.unsigned.push(!line.has_sign);
        if line.has_quotes {
            self.quoted_line(marks, line, end);
        } else {
            self.starts.push(line.start as u64);
        }
        Some(())
    }

    /// The same of one with quotes.
    fn quoted_line(&mut self, marks: &Marks<'_>, line: &Begun, end: usize) {
        let (start, first) = (self.text.len(), self.ends.len() - self.width);
        let written = &marks.text[line.start..];
        // What of the line is in, and where the cell begins that comes next.
        let (mut copied, mut from) = (0, 0);
        for cell in first..self.ends.len() {
            let to = self.ends[cell] as usize;
            if written.as_bytes().get(from) == Some(&b'"') {
                self.text.push_str(&written[copied..from]);
                self.push_unquoted(&written[from + 1..to - 1]);
                copied = to;
            }
            self.ends[cell] = (self.text.len() - start + to - copied) as u32;
            if cell == first {
                // The sign of a line that does not lie here as it is written.
                self.text.push_str(&written[copied..to]);
                self.text.push('\0');
                copied = to + 1;
            }
            from = to + 1;
        }
        self.text.push_str(&written[copied.min(from - 1)..from - 1]);
        if !line.is_odd && line.fields == self.width {
            let row = self.starts.len() as u32;
            let record = (line.start as u32, end as u32);
            self.quoted.push((row, marks.delimiter, record));
        }
        self.starts.push(start as u64);
    }

    /// Takes what stands between two quotes, in which every quote is there twice.
    fn push_unquoted(&mut self, mut quoted: &str) {
        while let Some(at) = memchr(b'"', quoted.as_bytes()) {
            self.text.push_str(&quoted[..=at]);
            quoted = &quoted[at + 2..];
        }
        self.text.push_str(quoted);
    }
}

/// Whether a spreadsheet may run a cell as a formula, or take it for a text that is escaped for that: it begins with a
/// sign, and is no number below zero. What a cell with such a sign comes to the writer of the file knows.
#[inline]
fn begins_with_sign(cell: &[u8]) -> bool {
    match cell {
        [b'-', rest @ ..] => {
            let mut points = rest.iter().filter(|byte| **byte == b'.');
            let is_number = rest.first().is_some_and(u8::is_ascii_digit)
                && rest
                    .iter()
                    .all(|byte| byte.is_ascii_digit() || *byte == b'.')
                && points.nth(1).is_none();
            !is_number
        }
        [first, ..] => is_sign(*first),
        [] => false,
    }
}

/// Whether it is such a sign, or may be the first byte of one.
#[inline]
const fn is_sign(byte: u8) -> bool {
    matches!(
        byte,
        b'=' | b'+' | b'-' | b'@' | b'\'' | b'\t' | b'\r' | 0xEF
    )
}

/// What is known of the line that is being read.
#[derive(Clone, Copy, Default)]
struct Begun {
    start: usize,
    /// Where the field begins that comes next.
    field: usize,
    /// How many there are before it.
    fields: usize,
    has_quotes: bool,
    /// Whether some quotes are not as they are written.
    is_odd: bool,
    /// Whether a cell begins with a sign.
    has_sign: bool,
}

impl Begun {
    fn at(start: usize) -> Self {
        Self {
            start,
            field: start,
            ..Self::default()
        }
    }
}

/// How many bytes are looked at together.
const STRETCH: usize = 64;

/// The places of delimiters, quotes and line feeds. Fields are short, so that looking for the next of them from each
/// place would take longer than finding all in a stretch of bytes.
#[derive(Clone, Copy)]
pub(crate) struct Marks<'t> {
    text: &'t str,
    delimiter: u8,
    /// The last place that was given.
    at: usize,
    /// Where the stretch begins, and a bit for each place in it that is still to be given.
    base: usize,
    found: u64,
}

impl<'t> Marks<'t> {
    pub(crate) fn new(text: &'t str, delimiter: u8) -> Self {
        let mut marks = Self {
            text,
            delimiter,
            at: 0,
            base: 0,
            found: 0,
        };
        marks.look();
        marks
    }

    /// The next place; behind the last of them the end of the text.
    #[inline]
    pub(crate) fn next(&mut self) -> usize {
        while self.found == 0 {
            if self.text.len() - self.base <= STRETCH {
                self.at = self.text.len();
                return self.at;
            }
            self.base += STRETCH;
            self.look();
        }
        self.at = self.base + self.found.trailing_zeros() as usize;
        self.found &= self.found - 1;
        self.at
    }

    /// Where the quote is that closes a field; the one that opens it was the last place. `None` if its line does not.
    pub(crate) fn closing(&mut self) -> Option<usize> {
        let bytes = self.text.as_bytes();
        loop {
            let at = self.next();
            match bytes.get(at) {
                None | Some(b'\n') => return None,
                Some(b'"') if bytes.get(at + 1) == Some(&b'"') => {
                    self.next();
                }
                Some(b'"') => return Some(at),
                Some(_) => {}
            }
        }
    }

    /// Looks at the stretch that begins at `base`.
    #[inline]
    fn look(&mut self) {
        let rest = &self.text.as_bytes()[self.base..];
        self.found = if let Some(stretch) = rest.first_chunk() {
            places(stretch, self.delimiter)
        } else {
            let mut stretch = [0; STRETCH];
            stretch[..rest.len()].copy_from_slice(rest);
            places(&stretch, self.delimiter)
        };
    }
}

/// A bit for each byte of a stretch that is a delimiter, a quote or a line feed.
fn places(stretch: &[u8; STRETCH], delimiter: u8) -> u64 {
    // All bytes are compared side by side, then the lowest bits of eight of them brought together in one byte.
    let mut marks = [0; STRETCH];
    for (mark, byte) in marks.iter_mut().zip(stretch) {
        *mark = u8::from(*byte == delimiter) | u8::from(*byte == b'\n') | u8::from(*byte == b'"');
    }
    let (words, _) = marks.as_chunks::<8>();
    let mut places = 0;
    for word in words.iter().rev() {
        let bits = u64::from_le_bytes(*word).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        places = places << 8 | bits;
    }
    places
}

#[cfg(test)]
mod tests {
    use crate::clean::escape::{needs_escape, unescape};
    use crate::table::{Cell, RawRows};

    /// Fields that are no text of their own: what each of them is, and whether it is written so again.
    const FIELDS: [(&str, &str, bool); 9] = [
        ("", "", true),
        ("a", "a", true),
        ("客户，一", "客户，一", true),
        ("\"a,b\"", "a,b", true),
        ("\"说 \"\"好\"\"\"", "说 \"好\"", true),
        ("\"\"\"\"", "\"", true),
        ("\"plain\"", "plain", false),
        ("\"\"", "", false),
        ("5\" pipe", "5\" pipe", false),
    ];

    #[test]
    fn each_field_comes_in_as_what_it_says() {
        for end in ["\n", "\r\n"] {
            let (mut text, mut expected) = (String::new(), RawRows::new(4));
            let mut kept = vec![];
            // Every pair of fields, at each place of a stretch.
            for (number, (one, two)) in (0..81).map(|n| (n, (FIELDS[n / 9], FIELDS[n % 9]))) {
                let long = "x".repeat(number % 67);
                let record = format!("{},{long},{},k", one.0, two.0);
                text += &record;
                text += end;
                let cells = [one.1, &long, two.1, "k"].map(Cell::Text);
                expected.push(number as u32 + 7, cells);
                kept.push((one.2 && two.2).then_some(record));
            }
            for text in [text.as_str(), text.trim_end()] {
                let rows = RawRows::of_lines(text, 7, b',', 4, 4).unwrap();
                assert!(rows.has_cells_of(&expected));
                for (row, kept) in kept.iter().enumerate() {
                    assert_eq!(rows.row_number(row), row as u32 + 7);
                    assert_eq!(rows.record(row, b','), kept.as_deref());
                    assert_eq!(rows.record(row, b'\t'), None);
                }
            }
            let first = RawRows::of_lines(&text, 7, b',', 4, 3).unwrap();
            let mut narrow = RawRows::of_lines(&text, 7, b',', 4, 4).unwrap();
            narrow.narrow(3);
            assert!(first.has_cells_of(&narrow));
            let is_cut =
                |rows: &RawRows, row| rows.record(row, b',').is_none_or(|r| !r.contains('k'));
            assert!((0..81).all(|row| is_cut(&first, row) && is_cut(&narrow, row)));
        }
    }

    #[test]
    fn a_cell_that_begins_with_no_sign_is_written_as_it_stands() {
        for (cell, expected) in [
            ("-0.5", true),
            ("-5", true),
            ("-5.", true),
            ("5-", true),
            ("", true),
            ("a=b", true),
            ("客户", true),
            ("-", false),
            ("-5+x", false),
            ("-1.2.3", false),
            ("-.5", false),
            ("=1", false),
            ("+1", false),
            ("@x", false),
            ("'=1", false),
            ("\tx", false),
            ("＝1", false),
            ("－1", false),
        ] {
            for text in [
                format!("k,{cell},x"),
                format!("k,\"{cell}\",x"),
                format!("{cell},k,x"),
            ] {
                let rows = RawRows::of_lines(&text, 1, b',', 3, 3).unwrap();
                assert_eq!(rows.is_unsigned(0), expected, "{text}");
                let by_cell = (0..3).all(|column| match rows.cell(0, column) {
                    Cell::Text(text) => !needs_escape(text) && unescape(text) == text,
                    _ => true,
                });
                assert!(by_cell || !rows.is_unsigned(0), "{text}");
            }
        }
        assert!(!RawRows::new(1).is_unsigned(0));
    }

    #[test]
    fn what_only_reading_record_by_record_tells_is_left_to_it() {
        for text in [
            "a,b,c\na,b\n",
            "a,b,c,d\n",
            "a,b,c\n\n",
            "\na,b,c\n",
            "a,\"b\nb\",c\n",
            "a,b,\"c\n",
            "a,b,\"c",
            "a,b,\"c\"\r",
            "a,\"b\" ,c\n",
            "a,\"b\"b,c\n",
            "a,\u{1}n,c\n",
        ] {
            assert!(RawRows::of_lines(text, 1, b',', 3, 2).is_none(), "{text:?}");
        }
        let long = format!("a,\"{}\",c\n", "x".repeat(super::LONGEST_FIELD));
        assert!(RawRows::of_lines(&long, 1, b',', 3, 3).is_none());
        assert!(RawRows::of_lines("", 1, b',', 3, 2).unwrap().is_empty());
    }
}
