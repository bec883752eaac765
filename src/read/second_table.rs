//! More than one table on a worksheet: people put a second one below the first or beside it, and notes under it. Only
//! the first is read, so where another begins must be seen: its rows would pass for customers.

use super::assemble::is_blank;
use super::header::Header;
use super::header_row::{KNOWN_HEADER, Lexicon, is_word};
use crate::table::{Cell, RawRows};
use std::collections::BTreeSet;

/// How many of the rows before a gap are looked at.
const ROWS_BEFORE: usize = 20;

/// Whether the row that begins after a gap (and perhaps a title, `titled`) is the header of another table.
///
/// With a scheme it is if two of its texts are headers of one sheet. Without, if it is all words, without a digit,
/// where the rows before the gap have numbers or dates, and stands apart in a second way: in two such columns, under a
/// title, or with other columns than the table above.
pub(super) fn is_header(
    cells: &[Cell<'_>],
    rows: &RawRows,
    lexicon: &[Lexicon],
    titled: bool,
) -> bool {
    let filled: Vec<(usize, &Cell<'_>)> = cells
        .iter()
        .enumerate()
        .filter(|(_, cell)| !is_blank(cell))
        .collect();
    let texts: Vec<&str> = filled
        .iter()
        .filter_map(|(_, cell)| match cell {
            Cell::Text(text) => Some(*text),
            _ => None,
        })
        .collect();
    if texts.len() < 2 || texts.len() < filled.len() {
        return false;
    }
    let folded: BTreeSet<String> = texts.iter().map(|text| super::fold_header(text)).collect();
    if lexicon
        .iter()
        .any(|known| known.score(&folded).0 >= 2 * KNOWN_HEADER)
    {
        return true;
    }
    let plain =
        |text: &&str| is_word(text) && !text.chars().any(|c| c.is_ascii_digit()) && text.len() < 60;
    if folded.len() < texts.len() || !texts.iter().all(plain) {
        return false;
    }
    let before = rows.len().saturating_sub(ROWS_BEFORE)..rows.len();
    let figures = filled
        .iter()
        .filter(|(column, _)| {
            let mut cells = before
                .clone()
                .filter(|_| *column < rows.width())
                .map(|row| rows.cell(row, *column))
                .filter(|cell| !is_blank(cell))
                .peekable();
            cells.peek().is_some() && cells.all(|cell| !is_words(cell))
        })
        .count();
    let usual = before.map(|row| rows.row(row).filter(|cell| !is_blank(cell)).count());
    let usual = usual.max().unwrap_or(0);
    figures > 0 && (figures > 1 || titled || filled.len() != usual)
}

fn is_words(cell: Cell<'_>) -> bool {
    matches!(cell, Cell::Text(text) if is_word(text))
}

/// Whether a row says something of the table and is none of its rows: one cell with a sentence in it. An id or a name
/// alone is a row with everything missing.
pub(super) fn is_note(cells: &[Cell<'_>], extent: usize) -> bool {
    let mut filled = cells.iter().filter(|cell| !is_blank(cell));
    match (filled.next(), filled.next()) {
        (Some(Cell::Text(text)), None) if extent > 1 => {
            let text = text.trim();
            let is_sign = |c: char| "，。；：、！？,;:!?※*".contains(c);
            text.chars().count() > 6 && text.contains(is_sign)
        }
        _ => false,
    }
}

/// Whether a row has one cell only.
pub(super) fn is_single(cells: &[Cell<'_>]) -> bool {
    cells.iter().filter(|cell| !is_blank(cell)).count() == 1
}

/// The columns of the table, where another one stands beside it: blank columns part them, and one of them has rows
/// where the other is blank, or both have a header of one name. `None` if all of it is one table.
pub(super) fn beside(
    headers: &[Header],
    rows: &RawRows,
    key: Option<usize>,
) -> Option<(usize, usize)> {
    let is_gap = |column: usize| {
        headers[column].text.is_empty()
            && (0..rows.len()).all(|row| is_blank(&rows.cell(row, column)))
    };
    let mut parts: Vec<(usize, usize)> = vec![];
    let mut start = None;
    for column in 0..=headers.len() {
        let gap = column == headers.len() || is_gap(column);
        match (gap, start) {
            (true, Some(from)) => {
                parts.push((from, column));
                start = None;
            }
            (false, None) => start = Some(column),
            _ => {}
        }
    }
    // A blank column at the left edge parts nothing.
    let main = match key {
        Some(key) => *parts
            .iter()
            .find(|(from, end)| (*from..*end).contains(&key))?,
        None => *parts.first()?,
    };
    let is_apart = |other: &(usize, usize)| {
        let blank = |row: usize, (from, end): (usize, usize)| {
            (from..end).all(|column| is_blank(&rows.cell(row, column)))
        };
        let shorter = || {
            let last = rows.len().checked_sub(1);
            last.is_some_and(|last| blank(last, *other) || blank(last, main))
        };
        let names = |(from, end): (usize, usize)| -> BTreeSet<&str> {
            headers[from..end]
                .iter()
                .map(|header| header.folded.as_str())
                .filter(|folded| !folded.is_empty())
                .collect()
        };
        shorter() || !names(main).is_disjoint(&names(*other))
    };
    let others = parts.iter().filter(|part| **part != main);
    let mut apart = others.filter(|other| is_apart(other)).peekable();
    apart.peek().is_some().then_some(main)
}
