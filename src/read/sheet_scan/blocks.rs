//! A part of the archive in pieces, each of which ends behind a certain end tag: the reader of a piece never meets half
//! a row. One core inflates the next pieces while another reads this one.

use super::super::guard::guarded;
use super::super::listener::Fault;
use super::{NotPlain, Stop};
use crate::parallel::cores;
use memchr::memmem::rfind;
use std::io::{Cursor, Read};
use std::sync::mpsc::sync_channel;
use std::thread;
use zip::ZipArchive;

/// What is inflated at a time, in bytes.
const PIECE: usize = 256 << 10;
/// What a single row or text may take, in bytes: Excel's longest text is 32,767 characters, its widest row 16,384 cells.
const LONGEST: usize = 16 << 20;
/// How many pieces may wait to be read.
const AHEAD: usize = 4;

type Archive<'b> = ZipArchive<Cursor<&'b [u8]>>;

/// Gives `take` the part at `place` of the archive piece by piece; all but the last end with `end`. With each piece goes
/// how far into the file it reaches, in bytes. `take` says whether it wants more.
pub(super) fn pieces(
    archive: &Archive<'_>,
    place: usize,
    end: &'static [u8],
    mut take: impl FnMut(&str, u64) -> Result<bool, Stop>,
) -> Result<(), Stop> {
    let mut archive = archive.clone();
    let part = archive.by_index(place).map_err(|_| NotPlain::Inflating)?;
    let (size, packed) = (part.size().max(1), part.compressed_size());
    let start = part.data_start().unwrap_or_default();
    let mut inflated = 0;
    let mut take = |piece: &str| {
        inflated += piece.len() as u64;
        let share = u128::from(packed) * u128::from(inflated) / u128::from(size);
        take(piece, start + share as u64)
    };
    if size <= PIECE as u64 || cores() < 2 {
        let mut pieces = Cutter::new(part, end);
        while let Some(piece) = pieces.piece()? {
            if !take(&piece)? {
                break;
            }
        }
        return Ok(());
    }
    drop(part);
    let (give, given) = sync_channel::<Result<String, NotPlain>>(AHEAD);
    thread::scope(|scope| {
        scope.spawn(move || {
            // What comes of a panic is a part without its end.
            let _: Result<(), Fault> = guarded(|| {
                let part = archive.by_index(place).map_err(|_| NotPlain::Inflating);
                let mut pieces = part.map(|part| Cutter::new(part, end));
                let mut next = || match &mut pieces {
                    Ok(pieces) => pieces.piece().transpose(),
                    Err(reason) => Some(Err(*reason)),
                };
                while let Some(piece) = next() {
                    let is_fault = piece.is_err();
                    // Where nobody takes it any more, nobody needs the rest.
                    if give.send(piece).is_err() || is_fault {
                        break;
                    }
                }
                Ok(())
            });
        });
        while let Ok(piece) = given.recv() {
            if !take(&piece?)? {
                break;
            }
        }
        drop(given);
        Ok(())
    })
}

/// Cuts what is read behind ends.
pub(in crate::read) struct Cutter<R> {
    part: R,
    end: &'static [u8],
    /// What is behind the last end.
    rest: Vec<u8>,
    is_done: bool,
}

impl<R: Read> Cutter<R> {
    pub(in crate::read) const fn new(part: R, end: &'static [u8]) -> Self {
        Self {
            part,
            end,
            rest: vec![],
            is_done: false,
        }
    }

    /// The next piece; the last one is what is behind the last end. `None` behind it: then all of the part was read, and
    /// its checksum holds.
    pub(in crate::read) fn piece(&mut self) -> Result<Option<String>, NotPlain> {
        if self.is_done {
            return Ok(None);
        }
        let mut piece = std::mem::take(&mut self.rest);
        loop {
            let before = piece.len();
            let read = self
                .part
                .by_ref()
                .take(PIECE as u64)
                .read_to_end(&mut piece);
            if read.map_err(|_| NotPlain::Inflating)? == 0 {
                self.is_done = true;
                return text(piece).map(Some);
            }
            let from = before.saturating_sub(self.end.len());
            let Some(last) = rfind(&piece[from..], self.end) else {
                if piece.len() > LONGEST {
                    return Err(NotPlain::Long);
                }
                continue;
            };
            let rest = &piece[from + last + self.end.len()..];
            self.rest.reserve(rest.len() + PIECE);
            self.rest.extend_from_slice(rest);
            piece.truncate(from + last + self.end.len());
            return text(piece).map(Some);
        }
    }
}

fn text(piece: Vec<u8>) -> Result<String, NotPlain> {
    String::from_utf8(piece).map_err(|_| NotPlain::NotUtf8)
}
