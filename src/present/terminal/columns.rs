//! Which columns a terminal has room for, and how wide they are.

use crate::present::shown;
use crate::present::table::{ColumnKind, ColumnRole, ResultTable};

/// A text column is not made narrower than this, or than its content.
const NARROWEST: usize = 10;
/// A name should be told from its neighbours.
const NARROWEST_NAME: usize = 16;
/// Sentences need more room to be read.
const NARROWEST_SENTENCE: usize = 24;
/// A wider table is broken by whatever it is pasted into.
pub const WIDEST: usize = 120;
/// The spaces around a cell.
pub const PADDING: usize = 2;
/// Names and codes up to this width are never broken.
const UNBROKEN: usize = 28;

/// Whether a column is never broken into lines.
fn is_fixed(kind: ColumnKind, role: ColumnRole, width: usize) -> bool {
    width <= UNBROKEN
        && (kind != ColumnKind::Text
            || matches!(
                role,
                ColumnRole::Key | ColumnRole::Grade | ColumnRole::Decision
            ))
}

/// The columns that fit, in the table's order, each with its width: the ones that say most are taken first, and what
/// room is left goes to those that are not whole yet, twice as much to names and sentences.
pub fn fitting(
    table: &dyn ResultTable,
    widths: &[usize],
    terminal: Option<u16>,
) -> Vec<(usize, usize)> {
    let columns = table.columns();
    let Some(terminal) = terminal else {
        return widths.iter().copied().enumerate().collect();
    };
    let is_sentence =
        |index: usize| matches!(columns[index].role, ColumnRole::Reasons | ColumnRole::Next);
    let mut by_weight: Vec<usize> = (0..columns.len()).collect();
    by_weight.sort_by_key(|index| weight(columns[*index].role));
    let mut room = usize::from(terminal);
    let mut visible: Vec<(usize, usize)> = vec![];
    for index in by_weight {
        let column = &columns[index];
        let least = if is_fixed(column.kind, column.role, widths[index]) {
            widths[index]
        } else if is_sentence(index) {
            widths[index].min(NARROWEST_SENTENCE)
        } else if column.role == ColumnRole::Name {
            widths[index].min(NARROWEST_NAME)
        } else {
            widths[index].min(NARROWEST)
        };
        if least + PADDING <= room {
            room -= least + PADDING;
            visible.push((index, least));
        } else if visible.is_empty() {
            visible.push((index, room.saturating_sub(PADDING).max(1)));
            room = 0;
        }
    }
    visible.sort_unstable();
    loop {
        let before = room;
        for (index, width) in &mut visible {
            let is_name = columns[*index].role == ColumnRole::Name;
            let share = if is_name || is_sentence(*index) { 2 } else { 1 };
            let more = share.min(widths[*index] - *width).min(room);
            *width += more;
            room -= more;
        }
        if room == before {
            return visible;
        }
    }
}

/// A heading in two lines that are as narrow as can be; in one where it has no space.
pub fn folded(heading: &str) -> Vec<String> {
    let places = heading.match_indices(' ').map(|(at, _)| at);
    let narrowest = places.min_by_key(|at| {
        let (one, two) = heading.split_at(*at);
        shown::width(one).max(shown::width(two.trim_start()))
    });
    match narrowest {
        Some(at) => vec![heading[..at].to_owned(), heading[at + 1..].to_owned()],
        None => vec![heading.to_owned()],
    }
}

/// What a reader wants first has the least weight.
const fn weight(role: ColumnRole) -> u8 {
    match role {
        ColumnRole::Key => 0,
        ColumnRole::Grade => 1,
        ColumnRole::Name => 2,
        ColumnRole::Type => 3,
        ColumnRole::Decision => 4,
        ColumnRole::Score => 5,
        ColumnRole::Previous => 6,
        ColumnRole::Reasons => 7,
        ColumnRole::Next => 8,
        ColumnRole::Tags => 9,
        ColumnRole::Label => 10,
        ColumnRole::Computed | ColumnRole::Estimate | ColumnRole::Steps => 11,
        ColumnRole::Since => 12,
        ColumnRole::Input => 13,
        ColumnRole::Strategy => 14,
        ColumnRole::Review(_) => 15,
    }
}
