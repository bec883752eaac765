//! An event sheet that is read piece by piece: what the rows say is kept, the rows as they were read are not.
//!
//! Each piece is cleaned by itself, and its rows are laid apart by ranges of their customers' keys: by those that the first
//! piece shows, and once more by others where these do not part what comes after. Then the rows of each part are sorted
//! by customer, which fits into the caches of a core because a part has few of the customers, and stand at once where
//! they belong in the columns of all: there is one copy of them and no more. Pieces and parts are shared
//! by the cores; what comes out does not depend on who did what.
//!
//! What is gathered is what [`super::events`] makes of the sheet read whole. The pieces in which there is something to say
//! of a row, which are few, are read as one table by the reader of whole sheets. Where the rows themselves are needed, or
//! one could matter to how others are read, nothing is gathered and [`Whole`] says why: the sheet is to be read whole
//! then.

mod apart;
mod odd;
mod ranges;
mod together;
mod whole;

use crate::clean::piece::Pieces;
use crate::clean::sheet::CleanSheet;
use crate::parallel::{cores, fill, flow};
use crate::read::Table;
use crate::read::blocks::{Block, Blocks, Head};
use crate::scheme::model::{EventSheet, Scheme};
use crate::table::{Date, RawRows};
use apart::{Apart, Sorter, sample, share_texts};
use odd::OddRows;
use ranges::{RANGES, Ranges};
use std::io::Read;
use std::sync::OnceLock;
pub use whole::Whole;

/// The rows of an event sheet, one customer after the other; those of one as they stand in the file.
#[derive(Clone, Debug)]
pub struct Gathered {
    /// Their typed columns and places; the rows that are refused, and what is said of rows and cells.
    pub(super) clean: CleanSheet,
    /// The first and the last day of all rows of the file.
    pub(super) span: Option<(Date, Date)>,
    /// How many rows are dated after the as-of date.
    pub(super) future: usize,
    /// The as-of date, if only the rows are here that count on it.
    pub(super) counted: Option<Date>,
    /// How many rows the file has.
    pub rows: u32,
}

/// A part may have so many times the rows that it would have if all had the same number.
const UNEVEN: usize = 4;

/// So many pieces may be odd, and of more one in so many: a file of odd rows is as well read whole.
const ODD: usize = 8;

/// Whether the rows of an event sheet can be gathered, as far as the scheme tells.
pub fn fits(scheme: &Scheme, rule: &EventSheet) -> Result<(), Whole> {
    if rule.id.is_some()
        || rule.proposal.is_some()
        || !rule.sheet.checks.is_empty()
        || !scheme.crosswalks.is_empty()
    {
        return Err(Whole::Rows);
    }
    let reads_customer = |condition: &crate::scheme::model::Expression| {
        let slots = condition.bound.slots();
        slots.iter().any(|slot| slot.0 as usize == rule.customer)
    };
    if rule.sheet.rows.as_ref().is_some_and(reads_customer) {
        return Err(Whole::Condition);
    }
    Ok(())
}

/// Gathers the rows of a sheet, of whose one plain file these are the head and the pieces. The rows that are dated later
/// than `as_of` do not count yet.
pub fn gather(
    scheme: &Scheme,
    rule: &EventSheet,
    head: &Head,
    blocks: &Blocks<impl Read + Send>,
    as_of: Date,
) -> Result<Gathered, Whole> {
    fits(scheme, rule)?;
    let keys = [rule.customer, rule.date];
    let table = head.table();
    let cells = Pieces::new(&rule.sheet, &table, &keys, as_of).ok_or(Whole::Field)?;
    // Where grades move, what counted at the ends of earlier periods is asked for too.
    let counted = (!scheme.has_history()).then_some(as_of);
    let sorter = Sorter {
        rule,
        cells: &cells,
        as_of,
        counted,
        ranges: OnceLock::new(),
    };
    let read = read(&sorter, head, &table, blocks)?;
    let odd = OddRows::of(&read, &table);
    let said = odd.clean(rule, &keys, as_of)?;
    let pieces = with_odd(read, &said, &sorter)?;
    let rows = pieces.iter().map(|piece| piece.rows).sum();
    let spans = pieces.iter().filter_map(|piece| piece.span);
    let span = spans.reduce(|all, own| (all.0.min(own.0), all.1.max(own.1)));
    let span = span.and_then(|(first, last)| Date::from_days(first).zip(Date::from_days(last)));
    let future = pieces.iter().map(|piece| piece.future).sum();
    let ranges = sorter.ranges.into_inner();
    let mut clean = in_order(pieces, ranges, rule);
    clean.sources = vec![cells.sources()];
    clean.refused = odd.refused(said.refused);
    clean.findings = said.findings;
    Ok(Gathered {
        clean,
        span,
        future,
        counted,
        rows,
    })
}

/// Reads all pieces, as far as there is nothing to say of any row; `table` is the file's without rows.
fn read(
    sorter: &Sorter<'_>,
    head: &Head,
    table: &Table,
    blocks: &Blocks<impl Read + Send>,
) -> Result<Vec<Piece>, Whole> {
    let (mut read, mut odd): (Vec<Piece>, usize) = (vec![], 0);
    flow(
        cores(),
        || blocks.block().map_err(Whole::File),
        |block: Block| {
            let piece = piece(sorter, head, table, &block.bytes);
            blocks.done(block);
            piece
        },
        |piece| {
            odd += usize::from(matches!(piece, Piece::Odd(_)));
            read.push(piece);
            if odd > ODD + read.len() / ODD {
                return Err(Whole::Said);
            }
            Ok(())
        },
    )?;
    Ok(read)
}

/// The piece that these bytes of the file are.
fn piece(sorter: &Sorter<'_>, head: &Head, table: &Table, bytes: &[u8]) -> Result<Piece, Whole> {
    if let Some(good) = sorter.read_lines(head, bytes) {
        return sorter.apart(good).map(Piece::Apart);
    }
    let rows = head.rows_of_lines(bytes, sorter.cells.width());
    let rows = rows.map_err(Whole::File)?;
    match sorter.read(&rows) {
        Some(good) => sorter.apart(good).map(Piece::Apart),
        None if odd::are_rows(&rows, table, sorter.cells.key()) => Ok(Piece::Odd(rows)),
        None => Err(Whole::Said),
    }
}

/// All pieces in the order of the file, with the good rows of the odd ones, which were `said` together.
fn with_odd(read: Vec<Piece>, said: &CleanSheet, sorter: &Sorter<'_>) -> Result<Vec<Apart>, Whole> {
    let mut pieces = Vec::with_capacity(read.len());
    let (mut before, mut from) = (0, 0);
    for piece in read {
        let mut apart = match piece {
            Piece::Apart(apart) => apart,
            Piece::Odd(raw) => {
                let count = raw.len() as u32;
                let good = odd::good(said, sorter.rule.customer, from..from + count);
                from += count;
                sorter.apart(good)?
            }
        };
        apart.before = before;
        before += apart.rows;
        pieces.push(apart);
    }
    Ok(pieces)
}

/// The rows of all pieces, customer by customer; `ranges` are those by which they are parted, if there are any.
fn in_order(mut pieces: Vec<Apart>, ranges: Option<Ranges>, rule: &EventSheet) -> CleanSheet {
    let ranges = ranges
        .filter(|ranges| are_even(&pieces, ranges))
        .unwrap_or_else(|| {
            let ranges = Ranges::of(sample(&pieces));
            fill(cores(), &mut pieces, 1, |_, piece| {
                piece[0].part(&ranges);
            });
            ranges
        });
    share_texts(&mut pieces);
    together::together(pieces, &ranges, rule)
}

/// Whether no part has far more rows than another: in a file that is sorted by customer the first piece shows few keys.
fn are_even(pieces: &[Apart], ranges: &Ranges) -> bool {
    let size = |part: usize| -> usize { pieces.iter().map(|piece| piece.of(part).len()).sum() };
    let count: usize = pieces.iter().map(|piece| piece.places.len()).sum();
    let largest = (0..ranges.parts()).map(size).max().unwrap_or_default();
    largest * RANGES <= UNEVEN * count
}

/// A piece that was read.
enum Piece {
    /// There is nothing to say of any row.
    Apart(Apart),
    /// There is, or was: its rows as they stand in the file.
    Odd(RawRows),
}
