//! Whether two cells say the same. A workbook has `1200000` where a text file has `1,200,000`; that is one number. What
//! differs is never called equal: a number with more places than regrade keeps, or a text with a leading zero, is only
//! equal to what is written alike.

use crate::clean::text::trim;
use crate::table::{Date, Decimal, Value};

/// Whether two values are the same: alike, or one number, date or truth value by the plain reading of both.
pub fn same(one: &Value, other: &Value) -> bool {
    if one == other {
        return true;
    }
    match (plain(one), plain(other)) {
        (Some(one), Some(other)) => one == other,
        _ => false,
    }
}

/// A value as the plain reading of its text has it: digits with separators of thousands are a number, `12.5%` is 0.125,
/// a date with its year first is a date. `None` for a text that is none of these, and for numbers that would have to be rounded.
pub fn plain(value: &Value) -> Option<Value> {
    let text = match value {
        Value::Text(text) => trim(text),
        Value::Missing | Value::List(_) => return None,
        value => return Some(value.clone()),
    };
    match text {
        "TRUE" | "true" => return Some(Value::Bool(true)),
        "FALSE" | "false" => return Some(Value::Bool(false)),
        _ => {}
    }
    if let Some(number) = number(text) {
        return Some(Value::Number(number));
    }
    date(text).map(Value::Date)
}

/// A day with its year first, as `2024-03-31`, `2024/3/31` or `2024年3月31日`: the forms that cannot mean two days.
fn date(text: &str) -> Option<Date> {
    let (year, rest) = text.split_once(['-', '/', '年'])?;
    let between = match text.chars().find(|c| !c.is_ascii_digit())? {
        '年' => '月',
        sign => sign,
    };
    let (month, day) = rest.split_once(between)?;
    let day = if between == '月' {
        day.strip_suffix('日')?
    } else {
        day
    };
    let number = |part: &str, lengths: std::ops::RangeInclusive<usize>| {
        let is_number = lengths.contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        is_number.then(|| part.parse::<u32>().ok()).flatten()
    };
    let (month, day) = (number(month, 1..=2)?, number(day, 1..=2)?);
    Date::new(number(year, 4..=4)? as i32, month, day)
}

/// A number that is written out in full: no exponent, no leading zeros, no more than six places.
fn number(text: &str) -> Option<Decimal> {
    let (text, percent) = match text.strip_suffix('%') {
        Some(rest) => (rest, true),
        None => (text, false),
    };
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = match digits.split_once('.') {
        Some((_, "")) => return None,
        Some((whole, fraction)) => (whole, fraction),
        None => (digits, ""),
    };
    let all_digits =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let grouped = whole.contains(',');
    let is_whole = all_digits(first)
        && (first == "0" && !grouped || !first.starts_with('0'))
        && (!grouped || first.len() <= 3)
        && groups.all(|group| group.len() == 3 && all_digits(group));
    let fraction = fraction.trim_end_matches('0');
    let places = if percent { 4 } else { 6 };
    if !is_whole || !(fraction.is_empty() || all_digits(fraction)) || fraction.len() > places {
        return None;
    }
    let plain = text.replace(',', "");
    let number = Decimal::parse(&plain)?;
    if percent {
        number.checked_div(Decimal::HUNDRED)
    } else {
        Some(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::DateTime;

    fn text(text: &str) -> Value {
        Value::Text(text.into())
    }

    fn decimal(text: &str) -> Value {
        Value::Number(Decimal::parse(text).unwrap())
    }

    #[test]
    fn one_number_in_two_ways_is_the_same() {
        for (one, other) in [
            (text("1200000"), text("1,200,000")),
            (text("1,200,000.50"), decimal("1200000.5")),
            (text("-3"), text("-3.0")),
            (text("20%"), text("0.2")),
            (text("12.5%"), decimal("0.125")),
            (
                text("2024-03-31"),
                Value::Date(Date::new(2024, 3, 31).unwrap()),
            ),
            (text("2024/3/31"), text("2024-03-31")),
            (text("2024年3月31日"), text("2024-03-31")),
            (text("TRUE"), Value::Bool(true)),
            (text("华东"), text("华东")),
            (Value::Missing, Value::Missing),
        ] {
            assert!(same(&one, &other), "{one:?} {other:?}");
            assert!(same(&other, &one), "{other:?} {one:?}");
        }
    }

    #[test]
    fn what_differs_is_never_the_same() {
        for (one, other) in [
            (text("007"), text("7")),
            (text("7"), text("7a")),
            (text("1,20"), text("120")),
            (text("1e3"), text("1000")),
            (text("1.0000001"), text("1.0000002")),
            (text("0.00001%"), text("0.00002%")),
            (text("9000000000000"), text("9000000000001")),
            (text(""), Value::Missing),
            (text("-"), Value::Missing),
            (text("0"), Value::Missing),
            (text("1"), Value::Bool(true)),
            (text("5."), text("5")),
            (text("120万"), text("1200000")),
            (text("3/4/2024"), text("2024-03-04")),
            (text("2024-02-30"), text("2024-2-30")),
            (text("2024-3/31"), text("2024-03-31")),
            (text("2024年3月"), text("2024-03-01")),
            (
                Value::Date(Date::new(2024, 3, 31).unwrap()),
                Value::DateTime(DateTime::from_seconds(19_813 * 86_400).unwrap()),
            ),
        ] {
            assert!(!same(&one, &other), "{one:?} {other:?}");
        }
    }
}
