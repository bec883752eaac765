//! Texts of old workbooks: bytes of a code page before Excel 97, since then characters of one or two bytes, and the
//! list of texts that cells share, which goes on from record to record.

use super::Records;
use crate::read::encoding::decode_page;
use crate::read::numbers::{u16_at, u32_at};
use crate::read::shared_texts::SharedTexts;

/// How the texts of a workbook are stored.
#[derive(Clone, Copy)]
pub(super) struct Alphabet {
    /// Whether the workbook is of Excel 97 or later.
    pub(super) wide: bool,
    /// The code page of an older one.
    pub(super) page: u16,
}

impl Alphabet {
    /// A text with its length in front, in `width` bytes (1 or 2).
    pub(super) fn text(self, data: &[u8], width: usize) -> Option<String> {
        let length = match width {
            1 => usize::from(*data.first()?),
            _ => usize::from(u16_at(data, 0)?),
        };
        let data = &data[width..];
        if !self.wide {
            return decode_page(self.page, data.get(..length)?);
        }
        let (flags, data) = data.split_first()?;
        // Formats and phonetic writing have their sizes before the characters.
        let skip = if flags & 8 != 0 { 2 } else { 0 } + if flags & 4 != 0 { 4 } else { 0 };
        let mut text = String::new();
        let size = length << (flags & 1);
        characters(
            data.get(skip..skip + size)?,
            flags & 1 != 0,
            &mut Half::default(),
            &mut text,
        );
        Some(text)
    }
}

/// The text in a record and those that it goes on in.
pub(super) fn long_text<'b>(
    alphabet: Alphabet,
    data: &'b [u8],
    records: &mut Records<'b>,
) -> Option<String> {
    if !alphabet.wide {
        return alphabet.text(data, 2);
    }
    let mut text = String::new();
    let mut pieces = Pieces {
        piece: data,
        records,
    };
    pieces.text(&mut text)?;
    Some(text)
}

/// The first half of a character that takes two units of UTF-16.
#[derive(Default)]
struct Half(Option<u16>);

fn characters(bytes: &[u8], wide: bool, half: &mut Half, text: &mut String) {
    let mut unit = |unit: u16| {
        let first = half.0.take();
        if (0xD800..0xDC00).contains(&unit) {
            text.extend(first.map(|_| '\u{FFFD}'));
            half.0 = Some(unit);
            return;
        }
        let units = first.into_iter().chain([unit]);
        text.extend(char::decode_utf16(units).map(|c| c.unwrap_or('\u{FFFD}')));
    };
    if wide {
        for two in bytes.chunks_exact(2) {
            unit(u16::from_le_bytes([two[0], two[1]]));
        }
    } else {
        for one in bytes {
            unit(u16::from(*one));
        }
    }
}

/// The texts in an `SST` record and those that go on from it. How many there are is read, not believed.
pub(super) fn shared_texts<'b>(first: &'b [u8], records: &mut Records<'b>) -> Option<SharedTexts> {
    let count = u32_at(first, 4)?;
    let mut pieces = Pieces {
        piece: first.get(8..)?,
        records,
    };
    let (mut shared, mut text) = (SharedTexts::default(), String::new());
    for _ in 0..count {
        if pieces.is_at_end() {
            break;
        }
        text.clear();
        pieces.text(&mut text)?;
        shared.push(&text);
    }
    Some(shared)
}

/// Data that goes on in `CONTINUE` records.
struct Pieces<'r, 'b> {
    piece: &'b [u8],
    records: &'r mut Records<'b>,
}

impl<'b> Pieces<'_, 'b> {
    fn goes_on(&mut self) -> Option<()> {
        self.piece = self.records.continued()?;
        Some(())
    }

    fn is_at_end(&mut self) -> bool {
        while self.piece.is_empty() {
            if self.goes_on().is_none() {
                return true;
            }
        }
        false
    }

    /// So many bytes that no record's end tears apart.
    fn take(&mut self, count: usize) -> Option<&'b [u8]> {
        if self.piece.is_empty() {
            self.goes_on()?;
        }
        let (taken, rest) = self.piece.split_at_checked(count)?;
        self.piece = rest;
        Some(taken)
    }

    fn skip(&mut self, mut count: usize) -> Option<()> {
        while count > self.piece.len() {
            count -= self.piece.len();
            self.goes_on()?;
        }
        self.piece = &self.piece[count..];
        Some(())
    }

    fn text(&mut self, text: &mut String) -> Option<()> {
        let mut length = usize::from(u16_at(self.take(2)?, 0)?);
        let mut flags = self.take(1)?[0];
        let runs = if flags & 8 != 0 {
            usize::from(u16_at(self.take(2)?, 0)?)
        } else {
            0
        };
        let more = if flags & 4 != 0 {
            u32_at(self.take(4)?, 0)? as usize
        } else {
            0
        };
        let mut half = Half::default();
        while length > 0 {
            if self.piece.is_empty() {
                // The characters that follow may be of another width.
                self.goes_on()?;
                flags = self.take(1)?[0];
            }
            let width = 1 + usize::from(flags & 1);
            let here = length.min(self.piece.len() / width);
            if here == 0 {
                return None;
            }
            characters(self.take(here * width)?, width == 2, &mut half, text);
            length -= here;
        }
        self.skip(runs.checked_mul(4)?.checked_add(more)?)
    }
}
