//! The form of a written number: sign or brackets, digits and their groups, exponent, and what stands around them.
//! What the words around it mean is [`super`]'s business.

use super::trim;
use crate::table::unit::split_multiplier;

/// Digits from here on cannot change a rounded result within the limit: they are counted, not kept.
const MANTISSA_LIMIT: u128 = 10u128.pow(26);

/// A number as written: `mantissa` × 10^`exponent`, with the words before and after it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Written<'a> {
    pub negative: bool,
    pub mantissa: u128,
    pub exponent: i32,
    /// Whether a per cent sign follows.
    pub percent: bool,
    /// What stands before the digits: `￥`, `RMB`.
    pub before: &'a str,
    /// What stands after them: `万元`.
    pub after: &'a str,
}

impl Written<'_> {
    /// Whether words stand around the digits.
    pub fn has_unit(&self) -> bool {
        !(self.before.is_empty() && self.after.is_empty())
    }
}

/// Reads a number from `text`, which is folded and trimmed. `None` if it is none.
pub(super) fn written(text: &str) -> Option<Written<'_>> {
    // Brackets around all of it, or around the number inside a unit: both are how Excel shows negative amounts.
    if let Some(inner) = bracketed(text) {
        return negated(unsigned(trim(inner))?);
    }
    let (negative, rest) = signed(text);
    let before = &rest[..rest.find(|c: char| !is_word(c)).unwrap_or(rest.len())];
    let rest = trim(&rest[before.len()..]);
    let mut number = if negative {
        digits(rest)?
    } else if let Some((inside, after)) =
        rest.strip_prefix('(').and_then(|rest| rest.split_once(')'))
    {
        let number = negated(digits(trim(inside))?)?;
        if number.percent || !number.after.is_empty() {
            return None;
        }
        ending(number, trim(after))?
    } else {
        let (negative, rest) = signed(rest);
        if negative && before.is_empty() {
            return None;
        }
        Written {
            negative,
            ..digits(rest)?
        }
    };
    number.negative |= negative;
    number.before = before;
    Some(number)
}

/// What is inside brackets that enclose all of `text`.
fn bracketed(text: &str) -> Option<&str> {
    let inner = text.strip_prefix('(')?.strip_suffix(')')?;
    (!inner.contains(['(', ')'])).then_some(inner)
}

fn negated(number: Written<'_>) -> Option<Written<'_>> {
    // Two signs say two things.
    (!number.negative).then_some(Written {
        negative: true,
        ..number
    })
}

/// A currency, digits and what follows, without any sign.
fn unsigned(text: &str) -> Option<Written<'_>> {
    let before = &text[..text.find(|c: char| !is_word(c)).unwrap_or(text.len())];
    Some(Written {
        before,
        ..digits(trim(&text[before.len()..]))?
    })
}

/// Whether a minus is in front, and what follows the sign.
fn signed(text: &str) -> (bool, &str) {
    match text.as_bytes().first() {
        Some(b'-') => (true, trim(&text[1..])),
        Some(b'+') => (false, trim(&text[1..])),
        _ => (false, text),
    }
}

/// Characters of units.
fn is_word(c: char) -> bool {
    c.is_alphabetic() || matches!(c, '$' | '€' | '£' | '¥')
}

/// Digits with their groups, point and exponent, and what follows.
fn digits(text: &str) -> Option<Written<'_>> {
    let mut number = Written::default();
    let mut rest = whole(text, &mut number)?;
    let mut seen = rest.len() < text.len();
    if let Some(places) = rest.strip_prefix('.') {
        let end = places
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(places.len());
        for byte in places[..end].bytes() {
            if number.mantissa < MANTISSA_LIMIT {
                number.mantissa = number.mantissa * 10 + u128::from(byte - b'0');
                number.exponent -= 1;
            }
        }
        seen |= end > 0;
        rest = &places[end..];
    }
    if !seen {
        return None;
    }
    if let Some((power, after)) = exponent(rest) {
        number.exponent += power?;
        rest = after;
    }
    ending(number, trim(rest))
}

/// The digits before the point, with or without signs between groups of three; gives what follows.
fn whole<'a>(text: &'a str, number: &mut Written<'_>) -> Option<&'a str> {
    let mut rest = text;
    let mut group_sign = None;
    loop {
        let count = rest.bytes().take_while(u8::is_ascii_digit).count();
        if group_sign.is_some() && count != 3 {
            return None;
        }
        for byte in rest[..count].bytes() {
            if number.mantissa < MANTISSA_LIMIT {
                number.mantissa = number.mantissa * 10 + u128::from(byte - b'0');
            } else {
                number.exponent += 1;
            }
        }
        rest = &rest[count..];
        let mut chars = rest.chars();
        let sign = chars
            .next()
            .filter(|sign| matches!(sign, ',' | ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}'));
        // A space may also stand between the number and its unit.
        let Some(sign) = sign.filter(|sign| {
            *sign == ',' || chars.as_str().starts_with(|c: char| c.is_ascii_digit())
        }) else {
            return Some(rest);
        };
        match group_sign {
            // `0,123` is a European fraction, not a number of thousands.
            None if count == 0 || count > 3 || text.starts_with('0') => return None,
            Some(known) if known != sign => return None,
            _ => group_sign = Some(sign),
        }
        rest = chars.as_str();
    }
}

/// The exponent that `text` begins with (`None` inside if it is out of all bounds), and what follows it.
fn exponent(text: &str) -> Option<(Option<i32>, &str)> {
    let rest = text.strip_prefix(['e', 'E'])?;
    let unsigned = rest.strip_prefix(['+', '-']).unwrap_or(rest);
    let count = unsigned.bytes().take_while(u8::is_ascii_digit).count();
    if count == 0 {
        return None;
    }
    let end = rest.len() - unsigned.len() + count;
    let power = if count <= 4 {
        rest[..end].parse().ok()
    } else {
        None
    };
    Some((power, &rest[end..]))
}

/// `number` with the per cent sign or the unit that `text` is.
fn ending<'a>(number: Written<'a>, text: &'a str) -> Option<Written<'a>> {
    if text == "%" {
        return Some(Written {
            percent: true,
            ..number
        });
    }
    let (_, word) = split_multiplier(text);
    word.chars().all(is_word).then_some(Written {
        after: text,
        ..number
    })
}
