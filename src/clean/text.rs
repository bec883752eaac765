//! Texts, ids and truth values: what counts as blank, how widths are folded, and what a spreadsheet does to ids.

use super::fault::{CellFault, Read};
use crate::table::{Cell, CellError, Date, DateTime, Decimal};
use std::borrow::Cow;

/// What people write for "missing".
const BLANKS: [&str; 11] = [
    "-", "—", "–", "－", "--", "——", "/", "／", "无", "N/A", "n/a",
];

/// From here a spreadsheet's number no longer holds every digit of a whole number: Excel keeps 15.
const DIGITS_LOST_FROM: f64 = 1e15;

/// `text` without outer whitespace (full-width and no-break spaces too), without the marks of no width that web exports
/// leave behind and without the NULs with which old systems fill their fields.
#[inline]
pub fn trim(text: &str) -> &str {
    if is_trimmed(text.as_bytes()) {
        text
    } else {
        trim_any(text)
    }
}

/// The same of any text.
fn trim_any(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}' | '\0'))
}

/// Whether a text surely has nothing to trim: it begins and ends with a visible sign of ASCII or with a character from
/// U+4000 to U+9FFF, as nearly every cell does.
#[inline]
fn is_trimmed(text: &[u8]) -> bool {
    // The first of the three bytes of such a character; no other byte of a text is one of these.
    let is_han = |byte: &u8| matches!(byte, 0xE4..=0xE9);
    let (Some(first), Some(last)) = (text.first(), text.last()) else {
        return true;
    };
    let ends_well = || text.len() > 2 && is_han(&text[text.len() - 3]);
    (first.is_ascii_graphic() || is_han(first)) && (last.is_ascii_graphic() || ends_well())
}

/// Whether `text` says "missing": nothing, a dash, a slash, 无, N/A. Not zero, and not a plain `NA`, which may be a code.
#[inline]
pub fn is_blank(text: &str) -> bool {
    is_blank_trimmed(trim(text))
}

/// The same of a text that is trimmed.
#[inline]
fn is_blank_trimmed(text: &str) -> bool {
    // No blank is longer than two dashes of three bytes or begins with a digit, which decides nearly every text.
    match text.as_bytes() {
        [] => true,
        [first, ..] if text.len() <= 6 && !first.is_ascii_digit() => is_word_for_missing(text),
        _ => false,
    }
}

/// Whether it is one of the signs and words.
fn is_word_for_missing(text: &str) -> bool {
    BLANKS.contains(&text) || matches!(text, "#N/A" | "#n/a")
}

/// Whether nothing at all is written in the cell, as in the cells that a merge covers.
pub(super) fn is_empty(cell: Cell<'_>) -> bool {
    match cell {
        Cell::Blank => true,
        Cell::Text(text) => trim(text).is_empty(),
        _ => false,
    }
}

/// `text` with full-width letters, digits and signs as their plain forms.
pub fn fold(text: &str) -> Cow<'_, str> {
    fn plain(c: char) -> char {
        match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
            '\u{3000}' => ' ',
            '￥' => '¥',
            '\u{2212}' => '-',
            other => other,
        }
    }
    if text.is_ascii() || text.chars().all(|c| plain(c) == c) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.chars().map(plain).collect())
    }
}

/// The error that a text file shows for a workbook's error cell.
#[inline]
fn error_text(text: &str) -> Option<CellError> {
    match text.as_bytes().first() {
        Some(b'#') => error_named(text),
        _ => None,
    }
}

fn error_named(text: &str) -> Option<CellError> {
    use CellError::{Div0, Name, NotAvailable, Null, Num, Ref, Value};
    [Div0, NotAvailable, Name, Null, Num, Ref, Value]
        .into_iter()
        .find(|error| error.text().eq_ignore_ascii_case(text))
}

/// Whether `text` is a long number as a spreadsheet shows it: `4.4E+17`.
#[inline]
fn is_scientific(text: &str) -> bool {
    // One digit and what may follow it: nearly every text ends here.
    matches!(text.as_bytes(), [b'0'..=b'9', b'.' | b'E' | b'e', ..]) && is_scientific_number(text)
}

fn is_scientific_number(text: &str) -> bool {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let Some((mantissa, exponent)) = text.split_once(['E', 'e']) else {
        return false;
    };
    let Some(exponent) = exponent.strip_prefix('+') else {
        return false;
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    whole.len() == 1 && exponent.len() >= 2 && digits(whole) && digits(fraction) && digits(exponent)
}

/// Reads an id: always text, trimmed, with its leading zeros. What says "missing" is: who is called `-` or 无 in an export
/// is nobody, and several of them are not one.
#[inline]
pub fn parse_id(cell: Cell<'_>) -> Read<Cow<'_, str>> {
    match cell {
        Cell::Text(text) => match trim(text) {
            text if is_blank_trimmed(text) => Ok(None),
            text => read_trimmed(text),
        },
        Cell::Date(_) => Err(CellFault::DateAsId),
        other => read_text(other),
    }
}

/// Reads a plain text, trimmed. What says "missing" is ([`is_blank`]).
#[inline]
pub fn parse_text(cell: Cell<'_>) -> Read<Cow<'_, str>> {
    match cell {
        Cell::Text(text) => match trim(text) {
            text if is_blank_trimmed(text) => Ok(None),
            text => read_trimmed(text),
        },
        other => read_text(other),
    }
}

/// A text that is trimmed.
#[inline]
fn read_trimmed(text: &str) -> Read<Cow<'_, str>> {
    if text.is_empty() {
        Ok(None)
    } else if let Some(error) = error_text(text) {
        CellFault::of_error(error)
    } else if is_scientific(text) {
        Err(CellFault::LostDigits)
    } else {
        Ok(Some(Cow::Borrowed(text)))
    }
}

/// The text of a cell; of a number its digits, of a date its ISO form.
pub(super) fn read_text(cell: Cell<'_>) -> Read<Cow<'_, str>> {
    match cell {
        Cell::Blank => Ok(None),
        Cell::Text(text) => read_trimmed(trim(text)),
        Cell::Number(value) | Cell::Percent(value)
            if value.is_nan() || value.abs() >= DIGITS_LOST_FROM =>
        {
            Err(CellFault::LostDigits)
        }
        Cell::Date(_) | Cell::Number(_) | Cell::Percent(_) | Cell::Bool(_) => {
            Ok(Some(Cow::Owned(shown(cell))))
        }
        Cell::Error(error) => CellFault::of_error(error),
    }
}

/// Reads a truth value: 是 否, true false, yes no, Y N, 1 0.
pub fn parse_bool(cell: Cell<'_>) -> Read<bool> {
    match cell {
        Cell::Blank => Ok(None),
        Cell::Bool(value) => Ok(Some(value)),
        Cell::Number(1.0) => Ok(Some(true)),
        Cell::Number(0.0) => Ok(Some(false)),
        Cell::Text(text) => {
            let folded = fold(trim(text));
            let is = |words: [&str; 5]| words.iter().any(|word| word.eq_ignore_ascii_case(&folded));
            if is(["是", "true", "yes", "y", "1"]) {
                Ok(Some(true))
            } else if is(["否", "false", "no", "n", "0"]) {
                Ok(Some(false))
            } else if is_blank(text) {
                Ok(None)
            } else {
                error_text(&folded).map_or(Err(CellFault::NotABool), CellFault::of_error)
            }
        }
        Cell::Error(error) => CellFault::of_error(error),
        Cell::Number(_) | Cell::Percent(_) | Cell::Date(_) => Err(CellFault::NotABool),
    }
}

/// What an unreadable text is: an error that the file shows as text, or `fault`.
pub(super) fn unreadable<T>(text: &str, fault: CellFault) -> Read<T> {
    error_text(trim(text)).map_or(Err(fault), CellFault::of_error)
}

/// A cell as people see it, for messages.
pub fn shown(cell: Cell<'_>) -> String {
    match cell {
        Cell::Blank => String::new(),
        Cell::Text(text) => text.to_owned(),
        // Adding zero turns -0 into 0.
        Cell::Number(value) => format!("{}", value + 0.0),
        Cell::Percent(value) => {
            let shown =
                Decimal::from_f64(value).and_then(|value| value.checked_mul(Decimal::HUNDRED));
            shown.map_or_else(|| value.to_string(), |percent| format!("{percent}%"))
        }
        Cell::Date(serial) => match super::date::moment_of_serial(serial) {
            Some((days, second)) => Date::from_days(days)
                .and_then(|date| Some((date, DateTime::new(date, second)?)))
                .map_or_else(String::new, |(date, moment)| {
                    if second == 0 {
                        date.to_string()
                    } else {
                        moment.to_string()
                    }
                }),
            None => format!("{serial}"),
        },
        Cell::Bool(value) => (if value { "TRUE" } else { "FALSE" }).to_owned(),
        Cell::Error(error) => error.text().to_owned(),
    }
}

/// A text short enough for a message, on one line and without the sign that encloses it.
pub fn shorten(text: &str) -> String {
    const SHOWN: usize = 40;
    let mut short: String = trim(text)
        .chars()
        .take(SHOWN)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect::<String>();
    if trim(text).chars().nth(SHOWN).is_some() {
        short.push('…');
    }
    short.replace('`', "'")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn blanks_are_missing() {
        for text in BLANKS.into_iter().chain([
            "", " ", "\u{3000}", "\u{a0}", " - ", "#N/A", "#n/a", "\u{feff}", "\t",
        ]) {
            assert!(is_blank(text), "{text:?}");
        }
        for text in [
            "0", "NA", "na", "NULL", "null", "None", "NaN", "无锡", "---", "n", "//", ".", "0.0",
            "缺",
        ] {
            assert!(!is_blank(text), "{text:?}");
        }
    }

    #[test]
    fn reads_ids_as_text() {
        let id = |cell| parse_id(cell).map(|id| id.map(Cow::into_owned));
        for (cell, expected) in [
            (Cell::Text("00123"), "00123"),
            (Cell::Text("  A-1\u{3000}"), "A-1"),
            (Cell::Text("A-1\0\0"), "A-1"),
            (Cell::Text("440301199001011234"), "440301199001011234"),
            (Cell::Text("-1"), "-1"),
            (Cell::Text("无锡"), "无锡"),
            (Cell::Text("1E5"), "1E5"),
            (Cell::Text("NA"), "NA"),
            (Cell::Number(123.0), "123"),
            (Cell::Number(0.0), "0"),
            (Cell::Number(13_800_138_000.0), "13800138000"),
            (Cell::Number(999_999_999_999_999.0), "999999999999999"),
            (Cell::Number(1.5), "1.5"),
            (Cell::Bool(true), "TRUE"),
        ] {
            assert_eq!(id(cell), Ok(Some(expected.to_owned())), "{cell:?}");
        }
        for cell in [
            Cell::Blank,
            Cell::Text("  "),
            Cell::Text("-"),
            Cell::Text(" — "),
            Cell::Text("无"),
            Cell::Text("N/A"),
            Cell::Text("#N/A"),
            Cell::Error(CellError::NotAvailable),
        ] {
            assert_eq!(id(cell), Ok(None), "{cell:?}");
        }
        for (cell, fault) in [
            (Cell::Number(1e15), CellFault::LostDigits),
            (
                Cell::Number(440_301_199_001_011_234.0),
                CellFault::LostDigits,
            ),
            (Cell::Number(f64::NAN), CellFault::LostDigits),
            (Cell::Text("4.4E+17"), CellFault::LostDigits),
            (Cell::Text("4.40301E+17"), CellFault::LostDigits),
            (Cell::Text("4e+17"), CellFault::LostDigits),
            (Cell::Date(45356.0), CellFault::DateAsId),
            (Cell::Text("#REF!"), CellFault::ErrorCell(CellError::Ref)),
            (Cell::Error(CellError::Unsaved), CellFault::Unsaved),
        ] {
            assert_eq!(id(cell), Err(fault), "{cell:?}");
        }
    }

    #[test]
    fn reads_texts() {
        let text = |cell| parse_text(cell).map(|text| text.map(Cow::into_owned));
        for (cell, expected) in [
            (Cell::Text(" 华东 "), Ok(Some("华东".to_owned()))),
            (Cell::Text("无"), Ok(None)),
            (Cell::Text("-"), Ok(None)),
            (Cell::Text("'-"), Ok(Some("'-".to_owned()))),
            (Cell::Number(2.5), Ok(Some("2.5".to_owned()))),
            (Cell::Number(-0.0), Ok(Some("0".to_owned()))),
            (Cell::Percent(0.145), Ok(Some("14.5%".to_owned()))),
            (Cell::Date(45356.0), Ok(Some("2024-03-05".to_owned()))),
            (
                Cell::Date(45356.5),
                Ok(Some("2024-03-05 12:00:00".to_owned())),
            ),
            (
                Cell::Text("#DIV/0!"),
                Err(CellFault::ErrorCell(CellError::Div0)),
            ),
        ] {
            assert_eq!(text(cell), expected, "{cell:?}");
        }
    }

    #[test]
    fn reads_truth_values() {
        for (words, expected) in [
            (
                ["是", "true", "TRUE", "Yes", "y", "Ｙ", " 1 "],
                Ok(Some(true)),
            ),
            (
                ["否", "false", "False", "NO", "n", "Ｎ", "０"],
                Ok(Some(false)),
            ),
            (["", "-", "/", "无", "N/A", "#N/A", "—"], Ok(None)),
            (
                ["真", "√", "2", "t", "ok", "10", "是的"],
                Err(CellFault::NotABool),
            ),
        ] {
            for word in words {
                assert_eq!(parse_bool(Cell::Text(word)), expected, "{word}");
            }
        }
        assert_eq!(parse_bool(Cell::Bool(false)), Ok(Some(false)));
        assert_eq!(parse_bool(Cell::Number(1.0)), Ok(Some(true)));
        assert_eq!(parse_bool(Cell::Number(2.0)), Err(CellFault::NotABool));
        assert_eq!(
            parse_bool(Cell::Text("#REF!")),
            Err(CellFault::ErrorCell(CellError::Ref))
        );
    }

    #[test]
    fn folds_widths() {
        assert_eq!(fold("１２０万（ＲＭＢ）：￥\u{3000}−"), "120万(RMB):¥ -");
        assert!(matches!(fold("华东，120"), Cow::Owned(_)));
        assert!(matches!(fold("华东120"), Cow::Borrowed(_)));
    }

    proptest! {
        #[test]
        fn what_needs_no_trimming_is_told_right(
            text in "[ \u{3000}\u{a0}\u{feff}\u{200b}\0]?(\\PC|[一-龥a-z0-9#])?.{0,3}(\\PC|[一-龥a-z0-9])?[ \u{3000}\u{2003}\u{feff}\u{200b}\0]?"
        ) {
            prop_assert_eq!(trim(&text), trim_any(&text));
        }

        #[test]
        fn a_first_look_at_a_number_leaves_none_out(text in "[0-9]?[0-9.Ee+]{0,6}[Ee]?[+-]?[0-9]{0,3}") {
            prop_assert_eq!(is_scientific(&text), is_scientific_number(&text));
        }

        #[test]
        fn any_text_is_read_without_panic(text in ".*") {
            let _ = (parse_id(Cell::Text(&text)), parse_text(Cell::Text(&text)), parse_bool(Cell::Text(&text)));
            let _ = (shorten(&text), fold(&text));
        }
    }
}
