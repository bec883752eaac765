//! The fields of one line, and whether it can be nothing but a row.

use super::Unfit;
use crate::read::assemble::is_blank;
use crate::read::footer::is_footer;
use crate::read::header::Header;
use crate::table::Cell;
use memchr::{memchr, memchr_iter, memrchr_iter};
use std::borrow::Cow;
use std::iter::Peekable;

/// Splits lines. It knows what the header says.
pub(super) struct Splitter {
    delimiter: u8,
    width: usize,
    /// The first two headers: a row that has one of them may be the header again.
    headers: [String; 2],
}

impl Splitter {
    /// Of a file with two columns or more.
    pub(super) fn new(delimiter: u8, headers: &[Header]) -> Self {
        let text = |at: usize| headers.get(at).map_or_else(String::new, |h| h.text.clone());
        Self {
            delimiter,
            width: headers.len(),
            headers: [text(0), text(1)],
        }
    }

    /// What stands between two fields.
    pub(super) const fn sign(&self) -> char {
        self.delimiter as char
    }

    /// The cells in `wanted` columns, in order and the first two among them, of a line that can be nothing but a row.
    pub(super) fn row<'l>(
        &self,
        line: &'l str,
        wanted: &[usize],
        cells: &mut Vec<Cow<'l, str>>,
    ) -> Result<(), Unfit> {
        cells.clear();
        self.split(line, wanted, cells)?;
        let [one, two, rest @ ..] = &cells[..] else {
            return Err(Unfit::Fields);
        };
        if is_blank(&Cell::Text(one)) {
            return Err(Unfit::Blank);
        }
        let is_header = one.trim() == self.headers[0] || two.trim() == self.headers[1];
        if is_header || is_footer(one) {
            return Err(Unfit::Aside);
        }
        // A row with a single cell may be a title, a note or a unit.
        if is_blank(&Cell::Text(two)) && rest.iter().all(|cell| is_blank(&Cell::Text(cell))) {
            return Err(Unfit::Blank);
        }
        Ok(())
    }

    /// The cells of a line in `wanted` columns, which are in order.
    pub(super) fn split<'l>(
        &self,
        line: &'l str,
        wanted: &[usize],
        cells: &mut Vec<Cow<'l, str>>,
    ) -> Result<(), Unfit> {
        let bytes = line.as_bytes();
        let mut wanted = wanted.iter().copied().peekable();
        let (mut at, mut column) = (0, 0);
        while let Some(open) = self.opening(bytes, at) {
            if open > at {
                column += self.plain(&line[at..open - 1], column, &mut wanted, cells);
            }
            let (text, end) = quoted(line, open)?;
            if wanted.next_if_eq(&column).is_some() {
                cells.push(text);
            }
            column += 1;
            match bytes.get(end) {
                Some(byte) if *byte == self.delimiter => at = end + 1,
                Some(_) => return Err(Unfit::Quote),
                None => return self.is_full(column),
            }
        }
        column += self.plain(&line[at..], column, &mut wanted, cells);
        self.is_full(column)
    }

    const fn is_full(&self, columns: usize) -> Result<(), Unfit> {
        if columns == self.width {
            Ok(())
        } else {
            Err(Unfit::Fields)
        }
    }

    /// Where the next field is that begins with a quote, from the one at `from` on. A quote within a field is text.
    fn opening(&self, bytes: &[u8], from: usize) -> Option<usize> {
        let mut quotes = memchr_iter(b'"', &bytes[from..]).map(|at| from + at);
        quotes.find(|at| *at == from || bytes[at - 1] == self.delimiter)
    }

    /// Takes the wanted cells among fields without quotes, of which the first is in `column`; gives how many fields there
    /// are.
    fn plain<'l>(
        &self,
        part: &'l str,
        column: usize,
        wanted: &mut Peekable<impl Iterator<Item = usize>>,
        cells: &mut Vec<Cow<'l, str>>,
    ) -> usize {
        let bytes = part.as_bytes();
        let fields = memchr_iter(self.delimiter, bytes).count() + 1;
        let (mut from, mut next) = (0, column);
        while let Some(target) = wanted.next_if(|target| *target < column + fields) {
            let after = column + fields - 1 - target;
            if after < target - next {
                let mut ends = memrchr_iter(self.delimiter, bytes);
                let to = match after {
                    0 => bytes.len(),
                    _ => ends.nth(after - 1).unwrap_or(0),
                };
                let from = ends.next().map_or(0, |at| at + 1);
                cells.push(Cow::Borrowed(&part[from..to]));
                continue;
            }
            let mut ends = memchr_iter(self.delimiter, &bytes[from..]);
            if target > next {
                from += ends.nth(target - next - 1).map_or(0, |at| at + 1);
                ends = memchr_iter(self.delimiter, &bytes[from..]);
            }
            let to = ends.next().map_or(bytes.len(), |at| from + at);
            cells.push(Cow::Borrowed(&part[from..to]));
            (from, next) = (bytes.len().min(to + 1), target + 1);
        }
        fields
    }
}

/// The text of the quoted field that begins at `from`, and where it ends.
fn quoted(line: &str, from: usize) -> Result<(Cow<'_, str>, usize), Unfit> {
    let bytes = line.as_bytes();
    let (start, mut at, mut doubled) = (from + 1, from + 1, false);
    loop {
        let quote = memchr(b'"', &bytes[at..]).ok_or(Unfit::Quote)? + at;
        if bytes.get(quote + 1) == Some(&b'"') {
            doubled = true;
            at = quote + 2;
            continue;
        }
        let text = &line[start..quote];
        let text = if doubled {
            text.replace("\"\"", "\"").into()
        } else {
            Cow::Borrowed(text)
        };
        return Ok((text, quote + 1));
    }
}
