//! The form of a written date: its parts in their order, and the time beside them. What the order means is not decided
//! here.

use crate::clean::fault::CellFault;
use crate::clean::text::{fold, trim};

/// The day part of a written date, with its parts as they stand.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Day {
    /// Year, month, day: `2024-3-5`, `2024年3月5日`.
    Full(u32, u32, u32),
    /// Day and month in an order that the column decides, and the year: `5/3/2024`.
    YearLast(u32, u32, u32),
    /// Three parts of at most two digits: `5/3/24`.
    Short(u32, u32, u32),
    /// Year of two digits, month, day: `24年3月5日`.
    ShortYear(u32, u32, u32),
    /// One number: a day in one piece or a serial.
    Number(f64),
}

/// Reads a written date and the second of its day.
pub(super) fn written(text: &str) -> Result<(Day, u32), CellFault> {
    let folded = fold(trim(text));
    let (day, rest) = day(&folded).ok_or(CellFault::NotADate)?;
    let second = time(rest)?;
    // A fraction is a time already.
    if second != 0 && matches!(day, Day::Number(number) if number.fract() != 0.0) {
        return Err(CellFault::NotADate);
    }
    Ok((day, second))
}

/// A number of digits, how many they are, and what follows.
fn number(text: &str) -> Option<(u32, usize, &str)> {
    let count = text.bytes().take_while(u8::is_ascii_digit).count();
    // Nine digits fit in 32 bits; no part of a date has more than eight.
    if !(1..=8).contains(&count) {
        return None;
    }
    Some((text[..count].parse().ok()?, count, &text[count..]))
}

fn day(text: &str) -> Option<(Day, &str)> {
    let (one, ones, rest) = number(text)?;
    if let Some(parts) = rest.trim_start().strip_prefix('年') {
        let (month, months, rest) = number(parts.trim_start())?;
        let (day, days, rest) = number(rest.trim_start().strip_prefix('月')?.trim_start())?;
        let rest = rest.trim_start().strip_prefix('日')?;
        return match (ones, months, days) {
            (4, 1..=2, 1..=2) => Some((Day::Full(one, month, day), rest)),
            (2, 1..=2, 1..=2) => Some((Day::ShortYear(one, month, day), rest)),
            _ => None,
        };
    }
    if ones > 4 {
        let fraction = rest.strip_prefix('.').map_or(0, |rest| {
            rest.bytes().take_while(u8::is_ascii_digit).count()
        });
        let end = if fraction == 0 {
            ones
        } else {
            ones + 1 + fraction
        };
        return Some((Day::Number(text[..end].parse().ok()?), &text[end..]));
    }
    let separator = rest.chars().next();
    let Some(separator) = separator.filter(|separator| matches!(separator, '-' | '/' | '.')) else {
        return Some((Day::Number(f64::from(one)), rest));
    };
    let (two, twos, rest) = number(&rest[1..])?;
    let (three, threes, rest) = number(rest.strip_prefix(separator)?)?;
    match (ones, twos, threes) {
        (4, 1..=2, 1..=2) => Some((Day::Full(one, two, three), rest)),
        (1..=2, 1..=2, 4) => Some((Day::YearLast(one, two, three), rest)),
        (1..=2, 1..=2, 1..=2) => Some((Day::Short(one, two, three), rest)),
        _ => None,
    }
}

/// The second of the day that `text`, what follows a day, says: nothing, or ` 08:30`, ` 8:30:15.123`, `T08:30:00Z`.
fn time(text: &str) -> Result<u32, CellFault> {
    if text.is_empty() {
        return Ok(0);
    }
    let text = text.strip_prefix('T').unwrap_or(text.trim_start());
    let (hour, hours, rest) = number(text).ok_or(CellFault::NotADate)?;
    let (minute, rest) = two_digits(rest).ok_or(CellFault::NotADate)?;
    let (second, rest) = match two_digits(rest) {
        Some((second, rest)) => (second, fraction(rest)),
        None => (0, rest),
    };
    if hours > 2 || hour > 23 || minute > 59 || second > 59 {
        return Err(CellFault::NotADate);
    }
    match rest.as_bytes() {
        // Z is what programs write after a moment that they hold without a zone.
        [] | [b'Z'] => Ok(hour * 3600 + minute * 60 + second),
        [b'+' | b'-', b'0'..=b'9', ..] => Err(CellFault::ZoneOffset),
        _ => Err(CellFault::NotADate),
    }
}

/// `:30` and what follows.
fn two_digits(text: &str) -> Option<(u32, &str)> {
    let (value, count, rest) = number(text.strip_prefix(':')?)?;
    (count == 2).then_some((value, rest))
}

/// What follows a fraction of a second, which is dropped.
fn fraction(text: &str) -> &str {
    match text.strip_prefix('.') {
        Some(places) if places.starts_with(|c: char| c.is_ascii_digit()) => {
            places.trim_start_matches(|c: char| c.is_ascii_digit())
        }
        _ => text,
    }
}
