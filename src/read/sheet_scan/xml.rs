//! The little of XML that the parts of a workbook are made of: tags with attributes in double quotes, text, entities.
//!
//! What it gives is what quick-xml gives, which calamine reads with; where that would take more than this, it is said to
//! be not plain.

use super::NotPlain;
use std::borrow::Cow;

/// A place in a piece of XML.
pub(super) struct Xml<'x> {
    text: &'x str,
    at: usize,
}

/// What comes next inside a tag.
pub(super) enum InTag<'x> {
    /// An attribute.
    Attribute(&'x [u8], &'x str),
    /// The tag's end.
    End {
        /// Whether the element is at its end too: `<v/>`.
        empty: bool,
    },
}

impl<'x> Xml<'x> {
    pub(super) const fn new(text: &'x str) -> Self {
        Self { text, at: 0 }
    }

    /// What is left.
    #[inline]
    pub(super) fn rest(&self) -> &'x [u8] {
        &self.text.as_bytes()[self.at..]
    }

    /// Goes past `what` if it comes next.
    #[inline]
    pub(super) fn takes(&mut self, what: &[u8]) -> bool {
        let takes = self.rest().starts_with(what);
        if takes {
            self.at += what.len();
        }
        takes
    }

    /// Goes past `<name` if such a tag comes next.
    #[inline]
    pub(super) fn opens(&mut self, tag: &[u8]) -> bool {
        let rest = self.rest();
        let opens = rest.starts_with(tag)
            && matches!(
                rest.get(tag.len()),
                Some(b'>' | b'/' | b' ' | b'\t' | b'\r' | b'\n')
            );
        if opens {
            self.at += tag.len();
        }
        opens
    }

    #[inline]
    pub(super) fn skip_spaces(&mut self) {
        while matches!(self.rest(), [b' ' | b'\t' | b'\r' | b'\n', ..]) {
            self.at += 1;
        }
    }

    /// What comes next inside a tag.
    #[inline]
    pub(super) fn in_tag(&mut self) -> Result<InTag<'x>, NotPlain> {
        self.skip_spaces();
        let rest = self.rest();
        match rest {
            [b'>', ..] => {
                self.at += 1;
                return Ok(InTag::End { empty: false });
            }
            [b'/', b'>', ..] => {
                self.at += 2;
                return Ok(InTag::End { empty: true });
            }
            _ => {}
        }
        let is_of_name =
            |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'_' | b'-' | b'.');
        let name = rest
            .iter()
            .position(|byte| !is_of_name(byte))
            .ok_or(NotPlain::CutOff)?;
        if name == 0 || !rest[name..].starts_with(b"=\"") {
            return Err(NotPlain::Attribute);
        }
        let from = name + 2;
        let length = rest[from..]
            .iter()
            .position(|byte| *byte == b'"')
            .ok_or(NotPlain::CutOff)?;
        let value = &self.text[self.at + from..self.at + from + length];
        self.at += from + length + 1;
        // Without a space between, quick-xml sees the next attribute all the same.
        Ok(InTag::Attribute(&rest[..name], value))
    }

    /// Goes to the end of the tag, whatever its attributes; whether the element is at its end too.
    pub(super) fn ends_tag(&mut self) -> Result<bool, NotPlain> {
        loop {
            if let InTag::End { empty } = self.in_tag()? {
                return Ok(empty);
            }
        }
    }

    /// Goes past the start or end tag of an element with this name, whatever its attributes, if it comes next.
    pub(super) fn passes(&mut self, name: &[u8]) -> bool {
        let is_end = self.rest().starts_with(b"</");
        let from = if is_end { 2 } else { 1 };
        let rest = self.rest();
        let is_it = rest.starts_with(b"<")
            && rest.get(from..).is_some_and(|rest| {
                rest.starts_with(name)
                    && matches!(
                        rest.get(name.len()),
                        Some(b'>' | b'/' | b' ' | b'\t' | b'\r' | b'\n')
                    )
            });
        let before = self.at;
        if is_it {
            self.at += from + name.len();
            match self.ends_tag() {
                Ok(is_empty) if !(is_empty && is_end) => return true,
                _ => self.at = before,
            }
        }
        false
    }

    /// The same for any name without a prefix.
    pub(super) fn passes_any(&mut self) -> bool {
        let rest = self.rest();
        let rest = rest
            .strip_prefix(b"</")
            .or_else(|| rest.strip_prefix(b"<"))
            .unwrap_or_default();
        let length = rest
            .iter()
            .take_while(|byte| byte.is_ascii_alphanumeric())
            .count();
        length > 0 && self.passes(&rest[..length])
    }

    /// The text up to the next tag, as it is written.
    #[inline]
    pub(super) fn text(&mut self) -> Result<&'x str, NotPlain> {
        let length = memchr::memchr(b'<', self.rest()).ok_or(NotPlain::CutOff)?;
        let text = &self.text[self.at..self.at + length];
        self.at += length;
        Ok(text)
    }

    /// The end tag of an element that has text alone.
    #[inline]
    pub(super) fn closes(&mut self, tag: &[u8]) -> Result<(), NotPlain> {
        if self.takes(tag) {
            Ok(())
        } else {
            Err(self.odd())
        }
    }

    /// Why what comes next is not what should.
    pub(super) fn odd(&self) -> NotPlain {
        match self.rest() {
            [] => NotPlain::CutOff,
            [b'<', b'!' | b'?', ..] => NotPlain::Markup,
            [b'<', ..] => NotPlain::Element,
            _ => NotPlain::TextBetween,
        }
    }

    /// Goes past what may stand before the first element: a byte order mark, the declaration.
    pub(super) fn begins(&mut self) -> Result<(), NotPlain> {
        self.takes("\u{FEFF}".as_bytes());
        if !self.rest().starts_with(b"<?") {
            self.skip_spaces();
            return Ok(());
        }
        if !self.opens(b"<?xml") {
            return Err(NotPlain::Markup);
        }
        loop {
            self.skip_spaces();
            if self.takes(b"?>") {
                self.skip_spaces();
                return Ok(());
            }
            match self.in_tag()? {
                InTag::Attribute(b"encoding", name) if !name.eq_ignore_ascii_case("utf-8") => {
                    return Err(NotPlain::Encoding);
                }
                InTag::Attribute(..) => {}
                InTag::End { .. } => return Err(NotPlain::Markup),
            }
        }
    }
}

/// A text with its entities and ends of lines resolved.
pub(super) fn resolved(written: &str) -> Result<Cow<'_, str>, NotPlain> {
    if memchr::memchr2(b'&', b'\r', written.as_bytes()).is_none() {
        return Ok(Cow::Borrowed(written));
    }
    let mut text = String::with_capacity(written.len());
    let mut pieces = written.split('&');
    // Ends of lines are looked for between entities: `&#13;` is none.
    text += &pieces
        .next()
        .unwrap_or_default()
        .replace("\r\n", "\n")
        .replace('\r', "\n");
    for piece in pieces {
        let (entity, rest) = piece.split_once(';').ok_or(NotPlain::Entity)?;
        text.push(character(entity).ok_or(NotPlain::Entity)?);
        text += &rest.replace("\r\n", "\n").replace('\r', "\n");
    }
    Ok(Cow::Owned(text))
}

/// The character of an entity.
fn character(entity: &str) -> Option<char> {
    Some(match entity {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        _ => {
            let number = entity.strip_prefix('#')?;
            let (digits, radix) = match number.strip_prefix('x') {
                Some(digits) => (digits, 16),
                None => (number, 10),
            };
            if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
                return None;
            }
            let code = u32::from_str_radix(digits, radix).ok()?;
            char::from_u32(code).filter(|character| *character != '\0')?
        }
    })
}

/// A text with Excel's own escapes resolved: `_x000D_` is the character with that number in UTF-16.
pub(super) fn unescaped(text: Cow<'_, str>) -> Cow<'_, str> {
    if memchr::memmem::find(text.as_bytes(), b"_x").is_none() {
        return text;
    }
    let (mut made, mut rest) = (String::with_capacity(text.len()), &*text);
    // A pair of units may make one character.
    let mut units: Vec<u16> = vec![];
    while let Some(at) = rest.find('_') {
        let found = escape_at(&rest[at..]);
        if at > 0 || found.is_none() {
            settle(&mut units, &mut made);
        }
        made += &rest[..at];
        if let Some(unit) = found {
            units.push(unit);
            rest = &rest[at + ESCAPE..];
        } else {
            made.push('_');
            rest = &rest[at + 1..];
        }
    }
    settle(&mut units, &mut made);
    made += rest;
    Cow::Owned(made)
}

/// The length of `_x000D_`.
const ESCAPE: usize = 7;

fn settle(units: &mut Vec<u16>, made: &mut String) {
    let characters = char::decode_utf16(units.drain(..));
    made.extend(characters.map(|found| found.unwrap_or(char::REPLACEMENT_CHARACTER)));
}

fn escape_at(text: &str) -> Option<u16> {
    let [b'_', b'x', hex @ .., b'_'] = text.as_bytes().get(..ESCAPE)? else {
        return None;
    };
    if !hex.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    u16::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok()
}
