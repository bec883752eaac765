//! Whether somebody changed a cell, whatever program saved the workbook, and what a changed cell is in the file that the
//! row is from.

use crate::clean::text::{shown, trim};
use crate::table::Cell;

/// How far apart two numbers are that a program wrote and read, as a share.
const ROUNDED: f64 = 1e-14;

/// Whether a cell of the workbook says what the row had before. Programs turn texts into numbers and back, trim them and
/// show numbers with fewer places where they save them as text (`as_shown`); nobody has changed anything by that.
pub fn is_same(read: Cell<'_>, before: Cell<'_>, as_shown: bool) -> bool {
    let (now, was) = (shown(read), shown(before));
    if lines(&now) == lines(&was) {
        return true;
    }
    let Some(number) = number_of(before) else {
        // What was too long for a cell was cut.
        let cut = lines(&now);
        return cut
            .strip_suffix('…')
            .is_some_and(|head| head.len() > 10_000 && lines(&was).starts_with(head));
    };
    match read {
        Cell::Number(value) | Cell::Percent(value) | Cell::Date(value) => {
            (value - number).abs() <= ROUNDED * number.abs()
        }
        Cell::Text(text) if as_shown => says(trim(text), number),
        _ => false,
    }
}

/// A text on lines as every program ends them.
fn lines(text: &str) -> String {
    trim(&text.replace("\r\n", "\n").replace('\r', "\n")).to_owned()
}

const fn number_of(cell: Cell<'_>) -> Option<f64> {
    match cell {
        Cell::Number(value) | Cell::Percent(value) | Cell::Date(value) => Some(value),
        _ => None,
    }
}

/// Whether a text shows a number, with as many places as it has: `1,234.57`, `20.5%`, `1.23457E+11`.
fn says(text: &str, number: f64) -> bool {
    let (digits, scale) = match text.strip_suffix('%') {
        Some(digits) => (digits, 100.0),
        None => (text, 1.0),
    };
    let plain = digits.replace(',', "");
    let (mantissa, exponent) = match plain.split_once(['E', 'e']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()),
        None => (plain.as_str(), Some(0)),
    };
    let unsigned = mantissa.trim_start_matches('-');
    let (whole, places) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    // A program shows no zeros before a number: `00123` is what a person writes.
    let is_shown = whole
        .bytes()
        .chain(places.bytes())
        .all(|byte| byte.is_ascii_digit())
        && (whole.len() == 1 || !whole.starts_with('0'));
    match (plain.parse::<f64>(), exponent) {
        (Ok(shown), Some(exponent)) if is_shown => {
            let last = exponent - places.len().min(300) as i32;
            let half = 0.5 * 10_f64.powi(last.clamp(-300, 300));
            (shown - number * scale).abs() <= half * (1.0 + ROUNDED) + ROUNDED * number.abs()
        }
        _ => false,
    }
}

/// A changed cell as the file that the row is from would have it: a text file has texts.
pub fn text_of(cell: Cell<'_>) -> String {
    trim(&shown(cell)).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_programs_do_to_cells_is_no_change() {
        let long = "长".repeat(40_000);
        let cut = format!("{}…", "长".repeat(32_766));
        for (read, before) in [
            (Cell::Text("C1"), Cell::Text(" C1 ")),
            (Cell::Number(120.0), Cell::Text("120")),
            (Cell::Text("120"), Cell::Number(120.0)),
            (Cell::Text("1,234.57"), Cell::Number(1234.567)),
            (Cell::Text("20.5%"), Cell::Percent(0.205)),
            (Cell::Text("1.23457E+11"), Cell::Number(123_456_789_012.0)),
            (Cell::Number(0.1 + 0.2), Cell::Number(0.3)),
            (Cell::Text("2024-03-05"), Cell::Date(45_356.0)),
            // Some programs leave out the formats by which numbers are dates and shares.
            (Cell::Number(45_356.0), Cell::Date(45_356.0)),
            (Cell::Number(0.205), Cell::Percent(0.205)),
            (
                Cell::Text("#DIV/0!"),
                Cell::Error(crate::table::CellError::Div0),
            ),
            (Cell::Blank, Cell::Text("")),
            (Cell::Text("a\nb"), Cell::Text("a\r\nb")),
            (Cell::Text(&cut), Cell::Text(&long)),
            (Cell::Text("TRUE"), Cell::Bool(true)),
        ] {
            assert!(is_same(read, before, true), "{read:?} {before:?}");
        }
    }

    #[test]
    fn what_people_write_is_a_change() {
        for (read, before) in [
            (Cell::Text("C2"), Cell::Text("C1")),
            (Cell::Number(1_000_000_000.5), Cell::Number(1_000_000_000.0)),
            (Cell::Text("1,234.58"), Cell::Number(1234.567)),
            (Cell::Blank, Cell::Number(0.0)),
            (Cell::Number(0.0), Cell::Blank),
            (Cell::Text("120万"), Cell::Number(120.0)),
            (Cell::Text("00123"), Cell::Number(123.4)),
            (Cell::Text("1.2E+11"), Cell::Number(130_000_000_000.0)),
            (Cell::Date(45_356.0), Cell::Text("2024-13-05")),
            (Cell::Date(45_357.0), Cell::Date(45_356.0)),
            (Cell::Text("2024-03-06"), Cell::Date(45_356.0)),
            (Cell::Text("…"), Cell::Text("anything")),
        ] {
            assert!(!is_same(read, before, true), "{read:?} {before:?}");
        }
        // In a workbook a number that somebody rounds is another number.
        assert!(!is_same(Cell::Text("120"), Cell::Number(120.4), false));
    }
}
