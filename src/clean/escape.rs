//! Texts that a spreadsheet would run as a formula: how they are written into text files, and read back.

use crate::read::Table;
use crate::table::Cell;

/// Whether a spreadsheet would run `text` as a formula, or it looks like such a text escaped.
fn is_formula_like(text: &str) -> bool {
    text.trim_start_matches('\'')
        .starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'])
}

/// Whether a text would be run as a formula by a spreadsheet that opens the file, or has an escape's look already (so
/// that [`unescape`], by which it is read back, gives every text back): it begins with `=`, `+`,
/// `-`, `@`, a tab or a carriage return, or one of the signs in full width (OWASP, "CSV Injection"), and is neither a
/// plain decimal number nor a row of dashes.
#[inline]
pub fn needs_escape(text: &str) -> bool {
    // Nearly every text ends here.
    matches!(
        text.as_bytes().first(),
        Some(b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r' | b'\'' | 0xEF)
    ) && would_run(text)
}

/// The same of a text whose first byte leaves it open.
fn would_run(text: &str) -> bool {
    if text.starts_with('\'') {
        return is_formula_like(text) || is_marked_as_text(text);
    }
    match text.chars().next() {
        Some('=' | '@' | '\t' | '\r' | '＝' | '＠') => true,
        Some('+' | '-' | '＋' | '－') => {
            !is_plain_number(text) && !text.chars().all(|c| matches!(c, '-' | '－'))
        }
        _ => false,
    }
}

/// A sign, digits with separators of thousands, at most one point, perhaps an exponent or `%`: a number to a
/// spreadsheet, and harmless. With an escape it would be a text there, and missing from every sum.
fn is_plain_number(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let digits = digits.strip_suffix('%').unwrap_or(digits);
    let (digits, exponent) = digits.split_once(['E', 'e']).unwrap_or((digits, "0"));
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let in_thousands = |part: &str| {
        let mut groups = part.split(',');
        let first = groups.next().unwrap_or_default();
        all_digits(first)
            && (first.len() <= 3 && !first.is_empty() || !part.contains(','))
            && groups.all(|group| group.len() == 3 && all_digits(group))
    };
    !digits.is_empty()
        && digits != "."
        && in_thousands(whole)
        && all_digits(fraction)
        && !exponent.is_empty()
        && all_digits(exponent)
}

/// Takes off the `'` that a CSV file has before a text that needs it (see [`needs_escape`]), and what people and programs
/// write around the digits of an id so that Excel does not make a number of it: `="007"`, `'007`.
#[inline]
pub fn unescape(text: &str) -> &str {
    match text.as_bytes() {
        [b'\'', ..] if is_formula_like(&text[1..]) || is_marked_as_text(text) => &text[1..],
        [b'=', b'"', inner @ .., b'"'] if !inner.contains(&b'"') => &text[2..text.len() - 1],
        _ => text,
    }
}

/// A cell of a table without the escape, which only text files have: it is no part of the text, and an output that needs
/// it puts it on again. Left on, it would grow by one sign a month and change a key such as `-17`.
#[inline]
pub fn without_escape<'c>(table: &Table, cell: Cell<'c>) -> Cell<'c> {
    match cell {
        Cell::Text(text) if table.encoding.is_some() => Cell::Text(unescape(text)),
        cell => cell,
    }
}

/// Whether it is a number, an id or a date behind the `'` with which a spreadsheet is told that it is a text.
fn is_marked_as_text(text: &str) -> bool {
    let digits = text.trim_start_matches('\'');
    digits.len() < text.len()
        && digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.bytes().all(|byte| {
            matches!(
                byte,
                b'0'..=b'9' | b'.' | b'-' | b'/' | b':' | b' ' | b'X' | b'x'
            )
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn takes_the_escape_off_formula_like_texts_only() {
        for (text, expected) in [
            ("'=1+1", "=1+1"),
            ("'-5", "-5"),
            ("'+86", "+86"),
            ("'@x", "@x"),
            ("'\tx", "\tx"),
            ("'＝1", "＝1"),
            ("''=x", "'=x"),
            ("'tis", "'tis"),
            ("=1", "=1"),
            ("'", "'"),
            ("''", "''"),
            // As other programs write ids.
            ("=\"007\"", "007"),
            ("=\"\"", ""),
            ("=\"a\"&\"b\"", "=\"a\"&\"b\""),
            ("'=\"007\"", "=\"007\""),
            ("'007", "007"),
            ("''007", "'007"),
            ("'44030119900101123X", "44030119900101123X"),
            ("'2024-03-05", "2024-03-05"),
            ("'90s Records", "'90s Records"),
        ] {
            assert_eq!(unescape(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_escaped_comes_back(text in "['=+@a7\"\t-]{0,5}.{0,5}") {
            let written = if needs_escape(&text) { format!("'{text}") } else { text.clone() };
            prop_assert_eq!(unescape(&written), text.as_str());
        }
    }
}
