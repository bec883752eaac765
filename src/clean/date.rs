//! Dates and moments as people, exports and spreadsheets write them.
//!
//! Takes cells and a [`DateForm`], which is decided once for a whole column: whether `3/5/2024` is the third of May or
//! the fifth of March is never a cell's own business. Gives days and seconds without a zone.

mod form;
mod written;

use super::fault::{CellFault, Read};
use super::text::{is_blank, unreadable};
use crate::table::{Cell, Date, DateTime};
pub use form::{DateForm, DateOrder};
use written::{Day, written};

/// Days from 1899-12-30, the day before a spreadsheet's first (its 1900 is a leap year), to 1970-01-01.
const UNIX_FROM_SERIAL: i32 = 25_569;
/// 9999-12-31 as a serial.
const LAST_SERIAL: i32 = 2_958_465;
const MILLISECONDS: f64 = 86_400_000.0;

/// Days since 1970-01-01 and the second of that day.
type Moment = (i32, u32);

/// Reads a day. A time of day is checked and dropped.
pub fn parse_date(cell: Cell<'_>, form: DateForm) -> Read<Date> {
    Ok(read_day(cell, form)?.and_then(Date::from_days))
}

/// Reads a moment, to the second. A day alone is its midnight.
pub fn parse_datetime(cell: Cell<'_>, form: DateForm) -> Read<DateTime> {
    Ok(read_second(cell, form)?.and_then(DateTime::from_seconds))
}

/// The day of a text that says it the usual way, year first, as days since 1970-01-01. Such a text has no say in the
/// form of its column, and none is needed to read it.
#[inline]
pub(super) fn usual_day(cell: Cell<'_>) -> Option<i32> {
    match cell {
        Cell::Text(text) => plain(text.as_bytes()),
        _ => None,
    }
}

/// The same as the seconds since 1970-01-01 00:00 at which it begins.
#[inline]
pub(super) fn usual_second(cell: Cell<'_>) -> Option<i64> {
    usual_day(cell).map(|day| i64::from(day) * 86_400)
}

/// Reads a day as days since 1970-01-01.
pub(super) fn read_day(cell: Cell<'_>, form: DateForm) -> Read<i32> {
    Ok(read_moment(cell, form)?.map(|(day, _)| day))
}

/// Reads a moment as seconds since 1970-01-01 00:00.
pub(super) fn read_second(cell: Cell<'_>, form: DateForm) -> Read<i64> {
    let moment = read_moment(cell, form)?;
    Ok(moment.map(|(day, second)| i64::from(day) * 86_400 + i64::from(second)))
}

fn read_moment(cell: Cell<'_>, form: DateForm) -> Read<Moment> {
    match cell {
        Cell::Blank => Ok(None),
        Cell::Text(text) if is_blank(text) => Ok(None),
        Cell::Text(text) => match read_text(text, form) {
            Ok(moment) => Ok(Some(moment)),
            Err(fault) => unreadable(text, fault),
        },
        Cell::Number(value) => moment_of_number(value, form)
            .map(Some)
            .ok_or(CellFault::NotADate),
        Cell::Date(serial) => moment_of_serial(serial)
            .map(Some)
            .ok_or(CellFault::NotADate),
        Cell::Bool(_) | Cell::Percent(_) => Err(CellFault::NotADate),
        Cell::Error(error) => CellFault::of_error(error),
    }
}

fn read_text(text: &str, form: DateForm) -> Result<Moment, CellFault> {
    let (day, second) = written(text)?;
    let (year, month, day) = match day {
        Day::Full(year, month, day) => (year, month, day),
        Day::YearLast(one, two, year) => match form.order() {
            Some(DateOrder::Dmy) => (year, two, one),
            Some(DateOrder::Mdy) => (year, one, two),
            Some(DateOrder::Ymd) | None => return Err(CellFault::NotADate),
        },
        Day::Short(one, two, three) => match form.order() {
            _ if !form.two_digit_years() => return Err(CellFault::TwoDigitYear),
            Some(DateOrder::Ymd) => (full_year(one), two, three),
            Some(DateOrder::Dmy) => (full_year(three), two, one),
            Some(DateOrder::Mdy) => (full_year(three), one, two),
            None => return Err(CellFault::TwoDigitYear),
        },
        Day::ShortYear(..) if !form.two_digit_years() => return Err(CellFault::TwoDigitYear),
        Day::ShortYear(year, month, day) => (full_year(year), month, day),
        Day::Number(number) => {
            let (day, seconds) = moment_of_number(number, form).ok_or(CellFault::NotADate)?;
            // A serial has its time in its fraction, or, if it is a day written in one piece, beside it.
            return Ok((day, if second == 0 { seconds } else { second }));
        }
    };
    Ok((days(year, month, day).ok_or(CellFault::NotADate)?, second))
}

/// The year that a spreadsheet makes of two digits: 00 to 29 are of this century.
const fn full_year(short: u32) -> u32 {
    if short < 30 {
        2000 + short
    } else {
        1900 + short
    }
}

/// The moment of a serial in a cell that is formatted as a date.
///
/// Spreadsheets count 1900-02-29, which never was, as day 60, so that the days before it are one later than the count
/// from 1899-12-30 says. Below day 1 there is only a time.
pub(super) fn moment_of_serial(serial: f64) -> Option<Moment> {
    if !(1.0..f64::from(LAST_SERIAL + 1)).contains(&serial) {
        return None;
    }
    // Rounded to milliseconds first: 08:30:15 is held as a hair less.
    let milliseconds = (serial * MILLISECONDS).round() as i64;
    let (day, second) = (
        milliseconds.div_euclid(86_400_000) as i32,
        milliseconds.rem_euclid(86_400_000) / 1000,
    );
    let shift = match day {
        60 => return None,
        ..60 => 1,
        LAST_SERIAL.. if day > LAST_SERIAL => return None,
        _ => 0,
    };
    Some((day - UNIX_FROM_SERIAL + shift, second as u32))
}

/// The day that a number without a date's format means: `20240305`, or a serial. A year (2024), a year and month
/// (202403, 2024.03) and a month and day (3.5) are serials too, of days that nobody means: they are refused.
fn moment_of_number(number: f64, form: DateForm) -> Option<Moment> {
    let whole = number.trunc();
    let is_whole = number.fract() == 0.0;
    if is_whole && (19_000_101.0..=29_991_231.0).contains(&whole) {
        let packed = whole as u32;
        return Some((days(packed / 10_000, packed / 100 % 100, packed % 100)?, 0));
    }
    let is_year = (1900.0..=2100.0).contains(&whole);
    let is_month =
        (190_000.0..210_100.0).contains(&whole) && (1.0..=12.0).contains(&(whole % 100.0));
    if is_year || is_month || !is_whole && whole < 10_000.0 {
        return None;
    }
    moment_of_serial(number + form.serial_shift())
}

/// Days since 1970-01-01 of `2024-03-05`, `2024/3/5` or `20240305`: what almost all exports write.
#[inline]
pub(super) fn plain(text: &[u8]) -> Option<i32> {
    let (year, rest) = text.split_at_checked(4)?;
    let (month, day) = match rest {
        [a @ (b'-' | b'/'), month @ .., b, day] if a == b && month.len() <= 2 => {
            (month, std::slice::from_ref(day))
        }
        [a @ (b'-' | b'/'), month @ .., b, _, _] if a == b && month.len() <= 2 => {
            (month, &rest[rest.len() - 2..])
        }
        [_, _, _, _] => rest.split_at(2),
        _ => return None,
    };
    let (month, day) = (digits(month)?, digits(day)?);
    let year = digits(year)?;
    // In one piece a day must look like one of our time; others may be written out.
    if rest[0].is_ascii_digit() && !(1900..=2999).contains(&year) {
        return None;
    }
    days(year, month, day)
}

/// The number that these digits are; `None` without any.
#[inline]
fn digits(digits: &[u8]) -> Option<u32> {
    if digits.is_empty() {
        return None;
    }
    let mut value = 0;
    for byte in digits {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value * 10 + u32::from(digit);
    }
    Some(value)
}

/// Days since 1970-01-01 of a day from 0001-01-01 to 9999-12-31; `None` if there is no such day.
///
/// Years are counted from March, so that the leap day is the last of one (Howard Hinnant, "chrono-compatible low-level
/// date algorithms", `days_from_civil`).
fn days(year: u32, month: u32, day: u32) -> Option<i32> {
    const LENGTHS: [u8; 13] = [0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    if !(1..=9999).contains(&year) || !(1..=12).contains(&month) || day == 0 {
        return None;
    }
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    if day > u32::from(LENGTHS[month as usize]) || (month == 2 && day == 29 && !leap) {
        return None;
    }
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year / 400, year % 400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Some((era * 146_097 + day_of_era) as i32 - 719_468)
}

#[cfg(test)]
mod tests;
