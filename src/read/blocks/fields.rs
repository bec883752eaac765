//! The fields of one line, and whether it can be nothing but a row.

use super::Unfit;
use super::rows::is_header;
use crate::read::assemble::is_blank;
use crate::read::footer::is_footer;
use crate::read::header::Header;
use crate::table::{Cell, Marks};
use std::borrow::Cow;

/// Splits lines. It knows what the header says.
pub(super) struct Splitter {
    delimiter: u8,
    width: usize,
    /// The first two headers: a row that has one of them may be the header again.
    headers: [Header; 2],
}

/// Goes through a text line by line.
pub(super) struct Lines<'t> {
    text: &'t str,
    marks: Marks<'t>,
    /// Where the next line begins.
    start: usize,
}

impl Splitter {
    /// Of a file with two columns or more; `None` of any other.
    pub(super) fn new(delimiter: u8, headers: &[Header]) -> Option<Self> {
        let [one, two, ..] = headers else {
            return None;
        };
        Some(Self {
            delimiter,
            width: headers.len(),
            headers: [one.clone(), two.clone()],
        })
    }

    /// What stands between two fields.
    pub(super) const fn delimiter(&self) -> u8 {
        self.delimiter
    }

    /// How many columns there are.
    pub(super) const fn width(&self) -> usize {
        self.width
    }

    /// The lines of a text, from its beginning.
    pub(super) fn lines<'t>(&self, text: &'t str) -> Lines<'t> {
        Lines {
            text,
            marks: Marks::new(text, self.delimiter),
            start: 0,
        }
    }

    /// The cells in `wanted` columns, in order and the first two among them, of the next line, which can be nothing but a
    /// row. Gives whether there is one.
    pub(super) fn row<'t>(
        &self,
        lines: &mut Lines<'t>,
        wanted: &[usize],
        cells: &mut Vec<Cow<'t, str>>,
    ) -> Result<bool, Unfit> {
        if lines.start >= lines.text.len() {
            return Ok(false);
        }
        self.split(lines, wanted, cells)?;
        let [one, two, rest @ ..] = &cells[..] else {
            return Err(Unfit::Fields);
        };
        if is_blank(&Cell::Text(one)) {
            return Err(Unfit::Blank);
        }
        let is_the_header = is_header(one, &self.headers[0]) || is_header(two, &self.headers[1]);
        if is_the_header || is_footer(one) {
            return Err(Unfit::Aside);
        }
        // A row with a single cell may be a title, a note or a unit.
        if is_blank(&Cell::Text(two)) && rest.iter().all(|cell| is_blank(&Cell::Text(cell))) {
            return Err(Unfit::Blank);
        }
        Ok(true)
    }

    /// The cells of the next line in `wanted` columns, which are in order.
    pub(super) fn split<'t>(
        &self,
        lines: &mut Lines<'t>,
        wanted: &[usize],
        cells: &mut Vec<Cow<'t, str>>,
    ) -> Result<(), Unfit> {
        cells.clear();
        let mut wanted = wanted.iter();
        let mut next = wanted.next();
        for column in 0..self.width {
            let field = lines.field()?;
            if next == Some(&column) {
                cells.push(field.text(lines.text));
                next = wanted.next();
            }
            let goes_on = lines.text.as_bytes().get(field.end) == Some(&self.delimiter);
            if goes_on == (column + 1 == self.width) {
                return Err(Unfit::Fields);
            }
        }
        Ok(())
    }
}

/// Where a field stands.
#[derive(Clone, Copy)]
struct Field {
    start: usize,
    /// Where the quote is that closes it, if one opens it.
    close: Option<usize>,
    /// The delimiter behind it, or the end of its line or of the text.
    end: usize,
}

impl Field {
    fn text(self, text: &str) -> Cow<'_, str> {
        if let Some(close) = self.close {
            let quoted = &text[self.start + 1..close];
            return if quoted.contains('"') {
                quoted.replace("\"\"", "\"").into()
            } else {
                quoted.into()
            };
        }
        let field = &text[self.start..self.end];
        let is_last = matches!(text.as_bytes().get(self.end), Some(b'\n') | None);
        let bare = field.strip_suffix('\r').filter(|_| is_last);
        bare.unwrap_or(field).into()
    }
}

impl Lines<'_> {
    /// The next field.
    fn field(&mut self) -> Result<Field, Unfit> {
        let (bytes, start) = (self.text.as_bytes(), self.start);
        let mut end = self.marks.next();
        let mut close = None;
        if bytes.get(end) == Some(&b'"') {
            if end == start {
                let at = self.marks.closing().ok_or(Unfit::Quote)?;
                end = self.marks.next();
                let is_end = end == at + 1 || bytes.get(at + 1..=end) == Some(b"\r\n");
                if !is_end {
                    return Err(Unfit::Quote);
                }
                close = Some(at);
            }
            // Within a field that is not quoted a quote is text.
            while bytes.get(end) == Some(&b'"') {
                end = self.marks.next();
            }
        }
        self.start = end + 1;
        Ok(Field { start, close, end })
    }
}
