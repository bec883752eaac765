//! Where fields and lines end in a text.

use crate::read::RowFault;
use crate::table::LONGEST_FIELD;
use memchr::{memchr, memchr_iter, memchr2, memchr3};
use std::borrow::Cow;

/// A text, and what ends fields and lines in it.
#[derive(Clone, Copy)]
pub(super) struct Ends<'t> {
    pub(super) text: &'t str,
    pub(super) delimiter: Delimiter,
    /// Whether a CR alone ends a line somewhere. Without one, LFs are all there is to look for, many times as fast.
    lone_cr: bool,
}

/// What stands between two fields, in UTF-8.
#[derive(Clone, Copy)]
pub(super) struct Delimiter {
    bytes: [u8; 4],
    pub(super) len: usize,
}

/// What stands at a place between fields.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Delimiter,
    Line,
}

/// Whether a CR alone ends a line somewhere.
pub(in crate::read) fn has_lone_cr(bytes: &[u8]) -> bool {
    memchr_iter(b'\r', bytes).any(|at| bytes.get(at + 1) != Some(&b'\n'))
}

impl<'t> Ends<'t> {
    /// Those of `text`, whose fields stand between `delimiter`s.
    pub(super) fn new(text: &'t str, delimiter: char) -> Self {
        let mut bytes = [0; 4];
        let len = delimiter.encode_utf8(&mut bytes).len();
        Self {
            text,
            delimiter: Delimiter { bytes, len },
            lone_cr: has_lone_cr(text.as_bytes()),
        }
    }

    /// The quoted field that begins at `start`: its text, where it ends, and with what.
    pub(super) fn quoted(&self, start: usize) -> Result<(Cow<'t, str>, usize, End), RowFault> {
        let bytes = self.text.as_bytes();
        let most = bytes.len().min(start + LONGEST_FIELD);
        let mut from = start + 1;
        let mut text = Cow::Borrowed("");
        loop {
            let Some(quote) = memchr(b'"', &bytes[from.min(most)..most]).map(|at| from + at) else {
                return Err(RowFault::StrayQuote);
            };
            if bytes.get(quote + 1) == Some(&b'"') {
                text += &self.text[from..=quote];
                from = quote + 2;
                continue;
            }
            text += &self.text[from..quote];
            let is_space = |byte: &&u8| **byte == b' ';
            let at = quote + 1 + bytes[quote + 1..].iter().take_while(is_space).count();
            return match self.at(at) {
                Some(end) => Ok((text, at, end)),
                None => Err(RowFault::StrayQuote),
            };
        }
    }

    /// Where the field from `from` on ends if it is not quoted, and with what.
    pub(super) fn field(&self, mut from: usize) -> (usize, End) {
        let bytes = self.text.as_bytes();
        loop {
            let rest = &bytes[from..];
            let first = self.delimiter.bytes[0];
            let found = if self.lone_cr {
                memchr3(first, b'\n', b'\r', rest)
            } else {
                memchr2(first, b'\n', rest)
            };
            let Some(at) = found.map(|at| from + at) else {
                return (bytes.len(), End::Line);
            };
            match bytes[at] {
                b'\n' if at > from && bytes[at - 1] == b'\r' => return (at - 1, End::Line),
                b'\n' => return (at, End::Line),
                // Nearly every delimiter is one byte.
                byte if self.delimiter.len == 1 && byte == first => return (at, End::Delimiter),
                _ => {}
            }
            match self.at(at) {
                Some(end) => return (at, end),
                None => from = at + 1,
            }
        }
    }

    /// What ends a field at `at`, if anything does.
    pub(super) fn at(&self, at: usize) -> Option<End> {
        let rest = &self.text.as_bytes()[at..];
        if rest.starts_with(&self.delimiter.bytes[..self.delimiter.len]) {
            return Some(End::Delimiter);
        }
        self.line(at).map(|_| End::Line)
    }

    /// How many bytes the end of the line at `at` has; `None` if there is none, nothing at the end of the text.
    pub(super) fn line(&self, at: usize) -> Option<usize> {
        match &self.text.as_bytes()[at..] {
            [] => Some(0),
            [b'\r', b'\n', ..] => Some(2),
            [b'\n', ..] => Some(1),
            [b'\r', ..] if self.lone_cr => Some(1),
            _ => None,
        }
    }

    /// How many lines end between two places.
    pub(super) fn lines(&self, from: usize, to: usize) -> u32 {
        let bytes = &self.text.as_bytes()[from..to];
        let lone = |at: &usize| bytes.get(at + 1) != Some(&b'\n');
        let crs = if self.lone_cr {
            memchr_iter(b'\r', bytes).filter(lone).count()
        } else {
            0
        };
        (memchr_iter(b'\n', bytes).count() + crs) as u32
    }
}
