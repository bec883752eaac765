//! Cells as people read them in a terminal or a document: grouped digits, aligned places, per cent signs, words for
//! truth values. Formats for programs (CSV, JSON) write the bare value instead.

use super::table::{ColumnKind, OutCell};
use crate::diagnostic::Lang;
use crate::table::Decimal;
use crate::words::Word;
use std::borrow::Cow;
use std::collections::BTreeSet;
use unicode_width::UnicodeWidthStr;

/// A cell as people read it.
pub fn cell(cell: OutCell<'_>, kind: ColumnKind, lang: Lang) -> Cow<'_, str> {
    match (cell, kind) {
        (OutCell::Blank, _) => Cow::Borrowed(""),
        (OutCell::Text(text), _) => text,
        (OutCell::Number(value), ColumnKind::Number { places }) => number(value, places).into(),
        (OutCell::Number(value), ColumnKind::Percent { places }) => percent(value, places).into(),
        (OutCell::Number(value), _) => value.to_string().into(),
        (OutCell::Float(value), ColumnKind::Number { places }) => match Decimal::from_f64(value) {
            Some(exact) => number(exact, places).into(),
            None => value.to_string().into(),
        },
        (OutCell::Float(value), _) => value.to_string().into(),
        (OutCell::Date(date), _) => date.to_string().into(),
        (OutCell::DateTime(moment), _) => moment.to_string().into(),
        (OutCell::Bool(value), _) => Cow::Borrowed(Word::truth(value).get(lang)),
    }
}

/// Whether values of this kind are aligned to the right.
pub const fn is_numeric(kind: ColumnKind) -> bool {
    matches!(kind, ColumnKind::Number { .. } | ColumnKind::Percent { .. })
}

/// `1,234.50`: grouped digits and at least `places` places; never fewer than the value has.
pub fn number(value: Decimal, places: u32) -> String {
    let digits = value.abs().to_string();
    let (whole, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
    let mut shown = String::with_capacity(digits.len() * 4 / 3 + 8);
    if value < Decimal::ZERO {
        shown.push('-');
    }
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    if places > 0 || !fraction.is_empty() {
        shown.push('.');
        shown.push_str(fraction);
        shown.extend(std::iter::repeat_n(
            '0',
            (places as usize).saturating_sub(fraction.len()),
        ));
    }
    shown
}

/// `12.5%` of the fraction 0.125, at least `places` places after the point.
pub fn percent(value: Decimal, places: u32) -> String {
    match value.checked_mul(Decimal::HUNDRED) {
        Some(hundredfold) => number(hundredfold, places) + "%",
        // A fraction beyond a tenth of a million million is no share; its bare digits are still true.
        None => value.to_string(),
    }
}

/// The headings, none blank and no two alike but for case, as Excel's tables and JSON's objects need them: the second
/// `金额` becomes `金额 (2)`.
pub fn unique_headings<T: AsRef<str>>(headings: impl IntoIterator<Item = T>) -> Vec<String> {
    let headings: Vec<String> = headings
        .into_iter()
        .enumerate()
        .map(|(index, heading)| match heading.as_ref() {
            blank if blank.trim().is_empty() => format!("#{}", index + 1),
            heading => heading.to_owned(),
        })
        .collect();
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let first_of: BTreeSet<String> = headings
        .iter()
        .map(|heading| heading.to_lowercase())
        .collect();
    headings
        .into_iter()
        .map(|plain| {
            let mut heading = plain.clone();
            let mut number = 1;
            // A suffix must not take the name that a later column has of its own.
            while taken.contains(&heading.to_lowercase())
                || (number > 1 && first_of.contains(&heading.to_lowercase()))
            {
                number += 1;
                heading = format!("{plain} ({number})");
            }
            taken.insert(heading.to_lowercase());
            heading
        })
        .collect()
}

/// Display columns of a text: a Chinese character takes two.
pub fn width(text: &str) -> usize {
    text.width()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_and_keep_every_place() {
        for (value, places, expected) in [
            ("0", 0, "0"),
            ("1234567.5", 2, "1,234,567.50"),
            ("-1234.567", 2, "-1,234.567"),
            ("-0.5", 0, "-0.5"),
            ("999", 2, "999.00"),
            ("1000", 0, "1,000"),
        ] {
            assert_eq!(number(Decimal::parse(value).unwrap(), places), expected);
        }
        assert_eq!(percent(Decimal::parse("0.125").unwrap(), 1), "12.5%");
        assert_eq!(percent(Decimal::parse("0.2").unwrap(), 0), "20%");
    }

    #[test]
    fn headings_become_unique_without_losing_one() {
        let headings = ["金额", "ID", "id", "", "金额", "金额 (2)", " "];
        assert_eq!(
            unique_headings(headings),
            ["金额", "ID", "id (2)", "#4", "金额 (3)", "金额 (2)", "#7"]
        );
    }
}
