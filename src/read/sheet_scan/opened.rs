//! A workbook that is open: its worksheets in pieces that any thread reads, one without the others.

use super::blocks::Cutter;
use super::cells::{Sheet, Take};
use super::{Archive, EPOCH_1904, NotPlain, Outline, SharedTexts, Stop, texts};
use std::io::Cursor;
use zip::ZipArchive;

/// An xlsx (or xlsm) workbook whose other parts were checked.
pub(in crate::read) struct Opened<'b> {
    archive: Archive<'b>,
    pub(in crate::read) outline: Outline,
    texts: SharedTexts,
    /// How many bytes those were, inflated.
    pub(in crate::read) texts_size: u64,
}

/// Rows of a worksheet, one below the other.
pub(in crate::read) struct Piece {
    text: String,
    is_first: bool,
}

/// What of a piece has to do with those before and after it.
pub(in crate::read) struct Joints {
    /// The numbers of the first row and of the one behind the last, from 0; `None` without rows.
    pub(in crate::read) rows: Option<(u32, u32)>,
    /// Whether the worksheet's rows are at their end.
    pub(in crate::read) is_ended: bool,
}

impl<'b> Opened<'b> {
    /// Reads what it says of itself and the texts that its cells share, of which there are at most so many bytes.
    pub(in crate::read) fn of(bytes: &'b [u8], most_texts: u64) -> Result<Self, NotPlain> {
        let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| NotPlain::Workbook)?;
        let outline = Outline::of(&mut archive).ok_or(NotPlain::Workbook)?;
        let mut texts_size = 0;
        let texts = match outline.texts {
            Some(place) => texts::shared(&archive, place, |size, _| {
                texts_size += size;
                if texts_size > most_texts {
                    return Err(NotPlain::Long);
                }
                Ok(())
            })?,
            None => SharedTexts::default(),
        };
        Ok(Self {
            archive,
            outline,
            texts,
            texts_size,
        })
    }

    /// Lets `work` ask for the pieces of the part at `place`, one call at a time. Behind the last one all of it was read,
    /// and its checksum holds.
    pub(in crate::read) fn pieces<T>(
        &self,
        place: usize,
        work: impl FnOnce(&mut (dyn FnMut() -> Result<Option<Piece>, NotPlain> + Send)) -> T,
    ) -> Result<T, NotPlain> {
        let mut archive = self.archive.clone();
        let part = archive.by_index(place).map_err(|_| NotPlain::Inflating)?;
        let mut pieces = Cutter::new(part, b"</row>");
        let mut is_first = true;
        Ok(work(&mut || {
            let piece = pieces.piece()?.map(|text| Piece { text, is_first });
            is_first = false;
            Ok(piece)
        }))
    }

    /// Says the rows of a piece.
    pub(in crate::read) fn rows(&self, piece: &Piece, take: Take<'_>) -> Result<Joints, NotPlain> {
        let epoch = if self.outline.from_1904 {
            EPOCH_1904
        } else {
            0.0
        };
        let mut sheet = Sheet::new(&self.outline, &self.texts, epoch);
        if !piece.is_first {
            sheet = sheet.behind_a_row();
        }
        sheet.piece(&piece.text, take)?;
        Ok(Joints {
            rows: sheet.first.map(|first| (first, sheet.next)),
            is_ended: sheet.is_ended,
        })
    }
}

impl Piece {
    /// How many bytes it has.
    pub(in crate::read) const fn size(&self) -> u64 {
        self.text.len() as u64
    }
}

impl From<Stop> for NotPlain {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::NotPlain(reason) => reason,
            // Nobody here has a fault of its own.
            Stop::Fault(_) => Self::Inflating,
        }
    }
}
