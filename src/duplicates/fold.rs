//! The forms in which values are compared. For comparing only: `①号店` stays what it is wherever it is shown.

use crate::table::simplified;
use unicode_normalization::UnicodeNormalization;

/// Compatibility forms (NFKC), lower case and simplified characters: all that only looks different is the same.
pub fn folded(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.nfkc()
        .flat_map(char::to_lowercase)
        .map(simplified)
        .collect()
}

/// Letters and digits only, folded.
pub fn letters_and_digits(text: &str) -> String {
    let mut folded = folded(text);
    folded.retain(char::is_alphanumeric);
    folded
}

/// The words of a name, folded, with one space between them.
pub fn words(text: &str) -> String {
    let folded = folded(text);
    let parts = folded.split(|c: char| !c.is_alphanumeric());
    let mut words = String::with_capacity(folded.len());
    for part in parts.filter(|part| !part.is_empty()) {
        if !words.is_empty() {
            words.push(' ');
        }
        words.push_str(part);
    }
    words
}

/// The letters and digits of a number that only one has: `88-1234 a` is `881234A`. Nothing where all are the same
/// sign: nobody's number is 0000.
pub fn identifier(text: &str) -> String {
    let mut folded = folded(text);
    folded.retain(char::is_alphanumeric);
    folded.make_ascii_uppercase();
    not_a_filler(folded)
}

/// The digits of a day: of `1908-12-09` and of `19081209` the same.
pub fn day(text: &str) -> String {
    let mut folded = folded(text);
    folded.retain(|c| c.is_ascii_digit());
    not_a_filler(folded)
}

/// The digits of the first telephone number of a cell, without the code of China and without the sign of the long
/// distance. Nothing where they are too few to be one.
pub fn phone(text: &str) -> String {
    let folded = folded(text);
    let separates = |c: char| matches!(c, '/' | ',' | ';' | '、' | '|' | '转' | '\n');
    let first = folded
        .split(separates)
        .find(|part| part.chars().filter(char::is_ascii_digit).count() >= 7)
        .unwrap_or_default();
    // Behind `ext` stands a desk of the same number.
    let first = first.split("ext").next().unwrap_or_default();
    let digits: String = first.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.strip_prefix("00").unwrap_or(&digits);
    let national = match digits.strip_prefix("86") {
        Some(rest) if rest.len() >= 10 => rest,
        _ => digits,
    };
    let national = national.strip_prefix('0').unwrap_or(national);
    if national.len() < 7 {
        return String::new();
    }
    not_a_filler(national.to_owned())
}

/// An e-mail address in lower case; nothing where it is none.
pub fn email(text: &str) -> String {
    let mut folded = folded(text);
    folded.retain(|c| !c.is_whitespace());
    let is_one = folded
        .split_once('@')
        .is_some_and(|(local, domain)| !local.is_empty() && domain.contains('.'));
    if is_one { folded } else { String::new() }
}

/// Nothing for what people write where they have to write something: one sign over and over.
fn not_a_filler(text: String) -> String {
    let mut chars = text.chars();
    let first = chars.next();
    if chars.all(|c| Some(c) == first) {
        return String::new();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_looks_different_is_the_same() {
        assert_eq!(folded("ＡＢＣ①號店"), "abc1号店");
        assert_eq!(words("  O'Brien,  Mary-Ann "), "o brien mary ann");
        assert_eq!(letters_and_digits("12 Main St."), "12mainst");
        assert_eq!(letters_and_digits("廣東省 深圳市"), "广东省深圳市");
        assert_eq!(identifier("４４-０１ x"), "4401X");
        assert_eq!(identifier("000000"), "");
        assert_eq!(day("1908-12-09"), "19081209");
    }

    #[test]
    fn telephone_numbers_are_their_digits() {
        for (written, digits) in [
            ("138 0013 8000", "13800138000"),
            ("+86-13800138000", "13800138000"),
            ("008613800138000", "13800138000"),
            ("8613800138000", "13800138000"),
            ("0755-8888 1234", "75588881234"),
            ("（０７５５）８８８８１２３４转801", "75588881234"),
            ("13800138000/13900139000", "13800138000"),
            ("86123456", "86123456"),
            ("+1 (212) 555-0100 ext. 7", "12125550100"),
            ("12345", ""),
            ("00000000000", ""),
            ("无", ""),
        ] {
            assert_eq!(phone(written), digits, "{written}");
        }
    }

    #[test]
    fn e_mail_addresses_have_a_domain() {
        assert_eq!(email(" Li@Example.COM "), "li@example.com");
        assert_eq!(email("li@localhost"), "");
        assert_eq!(email("没有"), "");
    }
}
