//! The rows and cells of a worksheet.

use super::super::listener::{Fault, Placed, Value};
use super::super::numbers::{Shown, serial_of_iso};
use super::super::shared_texts::SharedTexts;
use super::super::sheet_rows::{MOST_COLUMNS, MOST_ROWS};
use super::super::xlsx::Outline;
use super::number::decimal;
use super::texts::item;
use super::xml::{InTag, Xml, resolved, unescaped};
use super::{NotPlain, Stop};
use crate::table::{Cell, CellError};
use std::borrow::Cow;
use std::ops::ControlFlow;

/// Scans one worksheet, piece by piece.
pub(super) struct Sheet<'s> {
    outline: &'s Outline,
    texts: &'s SharedTexts,
    /// Added to dates.
    epoch: f64,
    is_begun: bool,
    /// Whether its rows are at their end.
    pub(in crate::read) is_ended: bool,
    /// The first row, from 0.
    pub(super) first: Option<u32>,
    /// The next row, from 0, if it is not left out.
    pub(super) next: u32,
}

/// Takes a row: its number from 0 and its cells that are not blank. `Break`: no more of this worksheet.
pub(in crate::read) type Take<'t> =
    &'t mut dyn FnMut(u32, &[Placed<'_>]) -> Result<ControlFlow<()>, Fault>;

/// What `t` says of a cell.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Number,
    Shared,
    Text,
    Inline,
    Bool,
    Error,
    Moment,
}

impl<'s> Sheet<'s> {
    pub(super) const fn new(outline: &'s Outline, texts: &'s SharedTexts, epoch: f64) -> Self {
        Self {
            outline,
            texts,
            epoch,
            is_begun: false,
            is_ended: false,
            first: None,
            next: 0,
        }
    }

    /// The same of a piece that begins behind a row, whichever it is.
    pub(super) const fn behind_a_row(mut self) -> Self {
        self.is_begun = true;
        self
    }

    /// Says the rows of the next piece; whether more are wanted.
    pub(super) fn piece(&mut self, piece: &str, take: Take<'_>) -> Result<bool, Stop> {
        let mut xml = Xml::new(piece);
        if !self.is_begun {
            self.is_begun = true;
            self.is_ended = begins(&mut xml)?;
        }
        let mut cells: Vec<Placed<'_>> = vec![];
        while !self.is_ended {
            xml.skip_spaces();
            if xml.rest().is_empty() {
                break;
            }
            if xml.opens(b"<row") {
                cells.clear();
                let row = self.row(&mut xml, &mut cells)?;
                if !cells.is_empty() && take(row, &cells)?.is_break() {
                    self.is_ended = true;
                }
            } else {
                xml.closes(b"</sheetData>")?;
                self.is_ended = true;
            }
        }
        Ok(!self.is_ended)
    }

    /// The cells of a row that are not blank, and its number from 0.
    fn row<'x>(&mut self, xml: &mut Xml<'x>, cells: &mut Vec<Placed<'x>>) -> Result<u32, NotPlain>
    where
        's: 'x,
    {
        let mut number = None;
        let is_empty = loop {
            match xml.in_tag()? {
                InTag::Attribute(b"r", value) if number.is_none() => {
                    number = Some(whole(value.as_bytes()).ok_or(NotPlain::Place)?);
                }
                InTag::Attribute(b"r", _) => return Err(NotPlain::Attribute),
                InTag::Attribute(..) => {}
                InTag::End { empty } => break empty,
            }
        };
        let row = number
            .and_then(|number| number.checked_sub(1))
            .filter(|row| *row < MOST_ROWS);
        let row = row.ok_or(NotPlain::Place)?;
        if row < self.next {
            return Err(NotPlain::Order);
        }
        self.first.get_or_insert(row);
        self.next = row + 1;
        let mut column = 0;
        if is_empty {
            return Ok(row);
        }
        loop {
            xml.skip_spaces();
            if !xml.opens(b"<c") {
                xml.closes(b"</row>")?;
                return Ok(row);
            }
            self.cell(xml, row, &mut column, cells)?;
        }
    }

    /// The next cell of a row; `next` is the first column that may have it.
    #[inline]
    fn cell<'x>(
        &mut self,
        xml: &mut Xml<'x>,
        row: u32,
        next: &mut u32,
        cells: &mut Vec<Placed<'x>>,
    ) -> Result<(), NotPlain>
    where
        's: 'x,
    {
        let (mut column, mut style, mut kind) = (None, None, None);
        let is_empty = loop {
            match xml.in_tag()? {
                InTag::Attribute(b"r", value) if column.is_none() => {
                    column = Some(column_of(value.as_bytes(), row)?);
                }
                InTag::Attribute(b"s", value) if style.is_none() => {
                    style = Some(whole(value.as_bytes()).ok_or(NotPlain::Style)?);
                }
                InTag::Attribute(b"t", value) if kind.is_none() => kind = Some(Kind::of(value)?),
                InTag::Attribute(b"r" | b"s" | b"t", _) => return Err(NotPlain::Attribute),
                InTag::Attribute(..) => {}
                InTag::End { empty } => break empty,
            }
        };
        let column = column.ok_or(NotPlain::Place)?;
        if column < *next {
            return Err(NotPlain::Order);
        }
        *next = column + 1;
        if is_empty {
            return Ok(());
        }
        let kind = kind.unwrap_or(Kind::Number);
        xml.skip_spaces();
        let has_formula = xml.opens(b"<f");
        if has_formula {
            formula(xml)?;
            xml.skip_spaces();
        }
        let mut value = Value::Plain(Cell::Blank);
        if xml.opens(b"<v") {
            let is_empty = xml.ends_tag()?;
            let written = if is_empty { "" } else { xml.text()? };
            if !is_empty {
                xml.closes(b"</v>")?;
            }
            value = self.value(kind, style, written)?;
            xml.skip_spaces();
        } else if kind == Kind::Inline && xml.opens(b"<is") {
            let text = if xml.ends_tag()? {
                Cow::Borrowed("")
            } else {
                item(xml, b"</is>")?
            };
            value = text.into();
            xml.skip_spaces();
        }
        xml.closes(b"</c>")?;
        if has_formula && matches!(value, Value::Plain(Cell::Blank)) {
            value = Value::Plain(Cell::Error(CellError::Unsaved));
        }
        if !matches!(value, Value::Plain(Cell::Blank)) {
            cells.push(Placed { column, value });
        }
        Ok(())
    }

    /// The value of a cell, of which `written` stands there.
    #[inline]
    fn value<'x>(
        &self,
        kind: Kind,
        style: Option<u32>,
        written: &'x str,
    ) -> Result<Value<'x>, NotPlain>
    where
        's: 'x,
    {
        // A text without a sign is one; without it, any other cell is blank.
        if written.is_empty() && !matches!(kind, Kind::Text | Kind::Moment) {
            return Ok(Value::Plain(Cell::Blank));
        }
        Ok(Value::Plain(match kind {
            Kind::Number => {
                let shown = match style {
                    Some(style) => self.outline.shown.get(style as usize).copied(),
                    None => Some(self.outline.unstyled),
                };
                let number = decimal(written).ok_or(NotPlain::Number)?;
                shown.unwrap_or(Shown::Number).cell(number, self.epoch)
            }
            Kind::Shared => {
                let index = whole(written.as_bytes()).ok_or(NotPlain::SharedText)?;
                Cell::Text(self.texts.get(index as usize).ok_or(NotPlain::SharedText)?)
            }
            Kind::Text => return Ok(unescaped(resolved(written)?).into()),
            Kind::Moment => {
                let text = resolved(written)?;
                match serial_of_iso(&text) {
                    Some(serial) => Cell::Date(serial),
                    None => return Ok(text.into()),
                }
            }
            Kind::Bool => match written {
                "0" => Cell::Bool(false),
                "1" => Cell::Bool(true),
                _ => return Err(NotPlain::Kind),
            },
            Kind::Error => {
                // `#GETTING_DATA` and newer ones are none that calamine knows.
                let error = CellError::from_text(written).ok_or(NotPlain::Kind)?;
                if matches!(error, CellError::Other | CellError::Unsaved) {
                    return Err(NotPlain::Kind);
                }
                Cell::Error(error)
            }
            // What stands there instead is no inline text.
            Kind::Inline => return Err(NotPlain::Kind),
        }))
    }
}

impl Kind {
    fn of(written: &str) -> Result<Self, NotPlain> {
        Ok(match written {
            "n" => Self::Number,
            "s" => Self::Shared,
            "str" => Self::Text,
            "inlineStr" => Self::Inline,
            "b" => Self::Bool,
            "e" => Self::Error,
            "d" => Self::Moment,
            _ => return Err(NotPlain::Kind),
        })
    }
}

/// Goes from the start of the part to the first row; whether there is none.
fn begins(xml: &mut Xml<'_>) -> Result<bool, NotPlain> {
    xml.begins()?;
    loop {
        xml.skip_spaces();
        if xml.opens(b"<sheetData") {
            return xml.ends_tag();
        }
        if xml.opens(b"<dimension") {
            dimension(xml)?;
        } else if !xml.passes_any() {
            return Err(xml.odd());
        }
    }
}

/// The range of used cells. It is not believed, but calamine refuses one that is none.
fn dimension(xml: &mut Xml<'_>) -> Result<(), NotPlain> {
    let mut range = None;
    loop {
        match xml.in_tag()? {
            InTag::Attribute(b"ref", value) => range = range.or(Some(value)),
            InTag::Attribute(..) => {}
            InTag::End { .. } => break,
        }
    }
    range
        .filter(|range| is_range(range))
        .map(drop)
        .ok_or(NotPlain::Dimension)
}

/// Goes past a formula whose tag is open. What it says is nobody's business, but calamine refuses what is none.
fn formula(xml: &mut Xml<'_>) -> Result<(), NotPlain> {
    let (mut is_shared, mut index, mut range) = (None, None, None);
    let is_empty = loop {
        match xml.in_tag()? {
            InTag::Attribute(b"t", value) => is_shared = is_shared.or(Some(value == "shared")),
            InTag::Attribute(b"si", value) => index = index.or(Some(value)),
            InTag::Attribute(b"ref", value) => range = range.or(Some(value)),
            InTag::Attribute(..) => {}
            InTag::End { empty } => break empty,
        }
    };
    let has_index = || index.is_some_and(|index| whole(index.as_bytes()).is_some());
    if is_shared == Some(true) && !(has_index() && range.is_none_or(is_range)) {
        return Err(NotPlain::Formula);
    }
    if !is_empty {
        resolved(xml.text()?)?;
        xml.closes(b"</f>")?;
    }
    Ok(())
}

/// `A1` or `A1:N100`, from the upper left to the lower right.
fn is_range(written: &str) -> bool {
    let place = |written: &str| {
        let letters = written.bytes().take_while(u8::is_ascii_uppercase).count();
        let (letters, digits) = written.as_bytes().split_at(letters);
        Some((whole(digits).filter(|row| *row > 0)?, column(letters)?))
    };
    match written.split_once(':') {
        None => place(written).is_some(),
        Some((from, to)) => place(from)
            .zip(place(to))
            .is_some_and(|(from, to)| from.0 <= to.0 && from.1 <= to.1),
    }
}

/// The column of a cell that says where it is: `C7` in row 6, from 0.
#[inline]
fn column_of(place: &[u8], row: u32) -> Result<u32, NotPlain> {
    let letters = place
        .iter()
        .take_while(|byte| byte.is_ascii_uppercase())
        .count();
    let (letters, digits) = place.split_at(letters);
    let column = column(letters).filter(|_| whole(digits) == Some(row + 1));
    column.ok_or(NotPlain::Place)
}

/// The column of these letters, from 0.
#[inline]
fn column(letters: &[u8]) -> Option<u32> {
    if letters.is_empty() || letters.len() > 3 {
        return None;
    }
    let count = letters
        .iter()
        .fold(0, |count, letter| count * 26 + u32::from(letter - b'A') + 1);
    (count <= MOST_COLUMNS).then(|| count - 1)
}

/// A whole number in digits, as programs write it.
#[inline]
fn whole(digits: &[u8]) -> Option<u32> {
    let is_plain = matches!(digits, [b'0'] | [b'1'..=b'9', ..]) && digits.len() < 10;
    let mut number = 0;
    for digit in digits.iter().filter(|_| is_plain) {
        if !digit.is_ascii_digit() {
            return None;
        }
        number = number * 10 + u32::from(digit - b'0');
    }
    is_plain.then_some(number)
}
