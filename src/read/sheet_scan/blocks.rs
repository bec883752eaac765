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
        return cut(part, end, |piece| take(&piece));
    }
    drop(part);
    let (give, given) = sync_channel::<Result<String, NotPlain>>(AHEAD);
    thread::scope(|scope| {
        scope.spawn(move || {
            // What comes of a panic is a part without its end.
            let _: Result<(), Fault> = guarded(|| {
                let part = archive.by_index(place).map_err(|_| NotPlain::Inflating);
                // Where nobody takes it any more, nobody needs the rest.
                let cut =
                    part.and_then(|part| cut(part, end, |piece| Ok(give.send(Ok(piece)).is_ok())));
                if let Err(reason) = cut {
                    let _ = give.send(Err(reason));
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
fn cut<E: From<NotPlain>>(
    mut part: impl Read,
    end: &[u8],
    mut give: impl FnMut(String) -> Result<bool, E>,
) -> Result<(), E> {
    let text = |piece| String::from_utf8(piece).map_err(|_| NotPlain::NotUtf8);
    let mut piece = Vec::with_capacity(PIECE);
    loop {
        let before = piece.len();
        let read = part.by_ref().take(PIECE as u64).read_to_end(&mut piece);
        if read.map_err(|_| NotPlain::Inflating)? == 0 {
            give(text(piece)?)?;
            return Ok(());
        }
        let from = before.saturating_sub(end.len());
        let Some(last) = rfind(&piece[from..], end) else {
            if piece.len() > LONGEST {
                return Err(NotPlain::Long.into());
            }
            continue;
        };
        let rest = &piece[from + last + end.len()..];
        let mut next = Vec::with_capacity(rest.len() + PIECE);
        next.extend_from_slice(rest);
        piece.truncate(from + last + end.len());
        if !give(text(std::mem::replace(&mut piece, next))?)? {
            return Ok(());
        }
    }
}
