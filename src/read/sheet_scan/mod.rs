//! The fast scan of xlsx workbooks as programs write them: numbers, shared and inline texts, truth values, errors, the
//! saved values of formulas. Bytes are looked at once, rows are said as they come, and nothing of a worksheet is kept.
//!
//! It reads what it knows and gives up at anything else ([`NotPlain`] lists what); then calamine reads the workbook from
//! the start. What both read, they read the same: tests compare them, cell by cell.
//!
//! ```text
//! blocks   a part of the archive  → its text, in pieces that end behind a row or a text
//! xml      text                   → tags, attributes, text with its entities resolved
//! number   digits                 → the nearest number
//! texts    pieces                 → the texts that cells share
//! cells    pieces                 → rows, for a listener
//! opened   a piece                → its rows, without those before it
//! ```

mod blocks;
mod cells;
mod not_plain;
mod number;
mod opened;
mod texts;
mod xml;

pub use not_plain::NotPlain;
pub(super) use opened::{Opened, Piece};

use super::listener::{Fault, Listener};
use super::numbers::EPOCH_1904;
use super::shared_texts::SharedTexts;
use super::xlsx::Outline;
use cells::Sheet;
use std::io::Cursor;
use zip::ZipArchive;

type Archive<'b> = ZipArchive<Cursor<&'b [u8]>>;

/// Reads an xlsx (or xlsm) workbook whose parts were checked. If it is not plain, what `listener` heard is void.
pub(super) fn read(
    bytes: &[u8],
    listener: &mut dyn Listener,
) -> Result<Result<(), NotPlain>, Fault> {
    match scan(bytes, listener) {
        Ok(()) => Ok(Ok(())),
        Err(Stop::NotPlain(reason)) => Ok(Err(reason)),
        Err(Stop::Fault(fault)) => Err(fault),
    }
}

fn scan(bytes: &[u8], listener: &mut dyn Listener) -> Result<(), Stop> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| NotPlain::Workbook)?;
    let outline = Outline::of(&mut archive).ok_or(NotPlain::Workbook)?;
    // The workbook's parts lie in any order; progress does not go back.
    let mut furthest = 0;
    let mut further = |done: u64| {
        furthest = done.max(furthest);
        furthest
    };
    let texts = match outline.texts {
        Some(place) => texts::shared(&archive, place, |_, done| {
            listener.progress(further(done));
            Ok(())
        })?,
        None => SharedTexts::default(),
    };
    let epoch = if outline.from_1904 {
        listener.counts_from_1904()?;
        EPOCH_1904
    } else {
        0.0
    };
    for name in &outline.hidden {
        listener.hidden(name)?;
    }
    for index in listener.worksheets(&outline.names)? {
        let Some(part) = outline.parts.get(index) else {
            continue;
        };
        let part = part.ok_or(NotPlain::Workbook)?;
        listener.begin(index)?;
        let mut sheet = Sheet::new(&outline, &texts, epoch);
        blocks::pieces(&archive, part, b"</row>", |piece, done| {
            let wants_more = sheet.piece(piece, &mut |row, cells| listener.row(row, cells))?;
            listener.progress(further(done));
            Ok(wants_more)
        })?;
        if !sheet.is_ended {
            return Err(NotPlain::CutOff.into());
        }
        listener.end()?;
    }
    Ok(())
}

/// Why the scan ends before its end.
enum Stop {
    NotPlain(NotPlain),
    Fault(Fault),
}

impl From<NotPlain> for Stop {
    fn from(reason: NotPlain) -> Self {
        Self::NotPlain(reason)
    }
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}
