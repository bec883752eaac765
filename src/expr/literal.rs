//! Number and date literals: takes their characters, gives exact values or what is wrong with them.

use super::ast::{Form, Number};
use super::lexer::{is_currency_sign, is_name_part};
use crate::diagnostic::Text;
use crate::table::unit::split_multiplier;
use crate::table::{Date, DateTime, Decimal, Unit};
use crate::text;

/// What is wrong with a literal.
pub(super) struct BadLiteral {
    /// In one line.
    pub title: Text,
    /// What to write instead.
    pub help: Option<Text>,
}

/// Reads the number that `chars` (folded) begin with: how many characters it takes, and what it is.
pub(super) fn number(chars: &[char]) -> (usize, Result<Number, BadLiteral>) {
    let at = |index: usize| chars.get(index).copied();
    let digits = |from: usize| {
        chars[from.min(chars.len())..]
            .iter()
            .take_while(|c| c.is_ascii_digit())
            .count()
    };
    let mut end = digits(0);
    // `1,000` could be two numbers of a list as well, so it is never guessed at.
    let mut grouped = end;
    if (1..=3).contains(&end) {
        while at(grouped) == Some(',') && digits(grouped + 1) == 3 {
            grouped += 4;
        }
    }
    if grouped > end {
        let whole: String = chars[..grouped].iter().filter(|c| **c != ',').collect();
        return (
            grouped,
            Err(BadLiteral {
                title: text!("a comma inside a number", "数字里有逗号"),
                help: Some(text!(
                    "write `{whole}`; for a list of numbers put a space after the comma",
                    "写作 `{whole}`；若是几个数，逗号后加空格"
                )),
            }),
        );
    }
    if at(end) == Some('.') {
        end += 1 + digits(end + 1);
    }
    let mantissa: String = chars[..end].iter().collect();
    let mut stop = end;
    while at(stop).is_some_and(|c| is_name_part(c) || is_currency_sign(c)) {
        stop += 1;
    }
    let suffix: String = chars[end..stop].iter().collect();
    let percent = suffix.is_empty() && at(stop) == Some('%');
    if percent {
        stop += 1;
        let tail = stop;
        while at(stop).is_some_and(is_name_part) {
            stop += 1;
        }
        if stop > tail {
            let tail: String = chars[tail..stop].iter().collect();
            return (stop, Err(bad_suffix(&format!("{mantissa}%"), &tail)));
        }
    }
    if at(stop) == Some('.') && digits(stop + 1) > 0 {
        stop += 1 + digits(stop + 1);
        let written: String = chars[..stop].iter().collect();
        let title = text!("`{written}` is not a number", "`{written}` 不是数字");
        return (stop, Err(BadLiteral { title, help: None }));
    }
    if mantissa.ends_with('.') {
        let whole = mantissa.trim_end_matches('.');
        let title = text!(
            "`{mantissa}` has no digit after its point",
            "`{mantissa}` 的小数点后没有数字"
        );
        let help = Some(text!("write `{whole}`", "写作 `{whole}`"));
        return (stop, Err(BadLiteral { title, help }));
    }
    (stop, value(&mantissa, &suffix, percent))
}

/// The number of these digits with this suffix.
fn value(mantissa: &str, suffix: &str, percent: bool) -> Result<Number, BadLiteral> {
    let mut scale: i128 = 1;
    let mut multipliers = 0;
    let mut rest = suffix;
    loop {
        let (factor, after) = split_multiplier(rest);
        if factor == 1 || multipliers == 3 {
            break;
        }
        scale *= i128::from(factor);
        multipliers += 1;
        rest = after;
    }
    if !rest.is_empty() && !Unit::is_well_known(rest) {
        return Err(bad_suffix(mantissa, suffix));
    }
    let money = if rest.is_empty() {
        None
    } else {
        Unit::parse(rest)
    };
    let form = match (money, multipliers) {
        (None, 0) if percent => Form::Percent,
        (None, 0) => Form::Bare,
        (None, _) => Form::Sum,
        // One multiplier is a scale that the unit can say (`万元`); of several the number takes all.
        (Some(unit), 1) => {
            let unit = Unit {
                scale: scale as i64,
                ..unit
            };
            scale = 1;
            Form::Money(unit)
        }
        (Some(unit), _) => Form::Money(unit),
    };
    let places = mantissa
        .split_once('.')
        .map_or("", |(_, places)| places)
        .trim_end_matches('0');
    // Exact, or not at all: a literal that is rounded in silence is not what was written.
    let shown = if percent {
        format!("{mantissa}%")
    } else {
        format!("{mantissa}{suffix}")
    };
    match exact(mantissa, places, scale, percent) {
        Exact::Number(value) => Ok(Number { value, form }),
        Exact::TooFine => Err(BadLiteral {
            title: text!(
                "`{shown}` has more than six places",
                "`{shown}` 的小数超过六位"
            ),
            help: Some(text!(
                "numbers are exact to six places; round it",
                "数字精确到六位小数；请先四舍五入"
            )),
        }),
        Exact::TooLarge => Err(BadLiteral {
            title: text!("`{shown}` is too large", "`{shown}` 太大"),
            help: Some(text!(
                "numbers stay below 9000000000000 (9 × 10^12)",
                "数字须小于 9000000000000（9 × 10^12）"
            )),
        }),
    }
}

/// What digits come to.
enum Exact {
    Number(Decimal),
    /// Six places do not hold it.
    TooFine,
    TooLarge,
}

/// The digits times `scale`, or a hundredth of that for per cent.
fn exact(mantissa: &str, places: &str, scale: i128, percent: bool) -> Exact {
    let whole = mantissa.split('.').next().unwrap_or_default();
    let whole = whole.trim_start_matches('0');
    if whole.len() > 20 {
        return Exact::TooLarge;
    }
    if places.len() > 15 {
        return Exact::TooFine;
    }
    let value: i128 = format!("0{whole}{places}").parse().unwrap_or(i128::MAX);
    let scaled = value
        .checked_mul(scale)
        .and_then(|value| value.checked_mul(1_000_000));
    let Some(scaled) = scaled else {
        return Exact::TooLarge;
    };
    let divisor = 10i128.pow(places.len() as u32) * if percent { 100 } else { 1 };
    if scaled % divisor != 0 {
        return Exact::TooFine;
    }
    Decimal::from_wide(scaled / divisor).map_or(Exact::TooLarge, Exact::Number)
}

/// A number with letters behind it that are neither multiplier nor unit.
fn bad_suffix(mantissa: &str, suffix: &str) -> BadLiteral {
    let title = text!(
        "`{mantissa}{suffix}` is neither a number nor a name",
        "`{mantissa}{suffix}` 既不是数字也不是名称"
    );
    let help = if let Some(rest) = suffix.strip_prefix(['且', '或']) {
        let word = if suffix.starts_with('且') {
            '且'
        } else {
            '或'
        };
        text!(
            "put spaces around `{word}`: `{mantissa} {word} {rest}`",
            "`{word}` 两边要有空格：`{mantissa} {word} {rest}`"
        )
    } else if suffix.eq_ignore_ascii_case("w") {
        text!("write `{mantissa}万`", "写作 `{mantissa}万`")
    } else if suffix.eq_ignore_ascii_case("k") {
        text!("write `{mantissa}千`", "写作 `{mantissa}千`")
    } else if suffix.starts_with('_') && suffix.chars().all(|c| c == '_' || c.is_ascii_digit()) {
        let whole: String = format!("{mantissa}{suffix}").replace('_', "");
        text!("write `{whole}`", "写作 `{whole}`")
    } else {
        text!(
            "after a number stand `%`, a multiplier such as `万` or a unit such as `元`; a name that starts with a \
             digit goes in double quotes",
            "数字后面可以是 `%`、`万` 等倍数或 `元` 等单位；以数字开头的名称要用双引号"
        )
    };
    BadLiteral {
        title,
        help: Some(help),
    }
}

/// Reads `2024-03-31`, `2024/3/31`, `2024.3.31` or `2024年3月31日`.
pub(super) fn date(text: &str) -> Option<Date> {
    let text = text.trim();
    if let Some((year, rest)) = text.split_once('年') {
        let (month, rest) = rest.split_once('月')?;
        let day = rest.strip_suffix(['日', '号']).unwrap_or(rest);
        return calendar(year, month, day);
    }
    ['-', '/', '.'].iter().find_map(|separator| {
        let mut parts = text.split(*separator);
        let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() {
            return None;
        }
        calendar(year, month, day)
    })
}

fn calendar(year: &str, month: &str, day: &str) -> Option<Date> {
    if year.len() != 4 {
        return None;
    }
    Date::new(
        i32::try_from(figure(year, 4)?).ok()?,
        figure(month, 2)?,
        figure(day, 2)?,
    )
}

/// Up to `most` ASCII digits and nothing else.
fn figure(text: &str, most: usize) -> Option<u32> {
    let fits = !text.is_empty() && text.len() <= most && text.bytes().all(|b| b.is_ascii_digit());
    if fits { text.parse().ok() } else { None }
}

/// Reads a date with a time of day, `2024-03-31 08:00` or `2024-03-31T08:00:30`; a date alone is its 00:00.
pub(super) fn moment(text: &str) -> Option<DateTime> {
    let text = text.trim();
    let Some((day, time)) = text.split_once([' ', 'T']) else {
        return DateTime::new(date(text)?, 0);
    };
    let mut parts = time.trim().split(':');
    let (hour, minute) = (figure(parts.next()?, 2)?, figure(parts.next()?, 2)?);
    let second = parts.next().map_or(Some(0), |second| figure(second, 2))?;
    if parts.next().is_some() || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    DateTime::new(date(day)?, hour * 3600 + minute * 60 + second)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Lang;

    fn shown(text: &str) -> String {
        let chars: Vec<char> = text.chars().collect();
        match number(&chars) {
            (length, Ok(number)) if length == chars.len() => {
                format!("{} {:?}", number.value, number.form)
            }
            (length, Ok(number)) => format!("{number}+{}", chars.len() - length),
            (length, Err(fault)) => {
                let help = fault.help.map(|help| help.get(Lang::En).to_owned());
                format!("bad {length}: {}", help.unwrap_or_default())
            }
        }
    }

    #[test]
    fn reads_numbers_exactly() {
        for (text, expected) in [
            ("100", "100 Bare"),
            ("007.50", "7.5 Bare"),
            (".5", "0.5 Bare"),
            ("12.5%", "0.125 Percent"),
            ("0.0001%", "0.000001 Percent"),
            ("100万", "1000000 Sum"),
            ("1.2亿", "120000000 Sum"),
            ("3千", "3000 Sum"),
            ("1.23456789万", "12345.6789 Sum"),
            ("1.2万亿", "1200000000000 Sum"),
            ("8999999999999.999999", "8999999999999.999999 Bare"),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    #[test]
    fn reads_units() {
        for (text, value, unit) in [
            ("50元", "50", "元"),
            ("100万元", "100", "万元"),
            ("5万美元", "5", "万美元"),
            ("7USD", "7", "USD"),
            ("9¥", "9", "元"),
            ("1万亿元", "1000000000000", "元"),
        ] {
            let chars: Vec<char> = text.chars().collect();
            let Ok(number) = number(&chars).1 else {
                panic!("{text}")
            };
            let Form::Money(read) = number.form else {
                panic!("{text}")
            };
            assert_eq!(
                (number.value.to_string().as_str(), read.to_string().as_str()),
                (value, unit)
            );
        }
    }

    #[test]
    fn refuses_what_could_be_misread() {
        for (text, expected) in [
            (
                "1,000",
                "bad 5: write `1000`; for a list of numbers put a space after the comma",
            ),
            (
                "1,000,000元",
                "bad 9: write `1000000`; for a list of numbers put a space after the comma",
            ),
            ("1, 000", "1+5"),
            ("1,00", "1+3"),
            ("1_000", "bad 5: write `1000`"),
            ("10w", "bad 3: write `10万`"),
            ("100且b", "bad 5: put spaces around `且`: `100 且 b`"),
            ("5.", "bad 2: write `5`"),
            ("1.2.3", "bad 5: "),
            (
                "0.1234567",
                "bad 9: numbers are exact to six places; round it",
            ),
            (
                "0.00001%",
                "bad 8: numbers are exact to six places; round it",
            ),
            (
                "9000000000000",
                "bad 13: numbers stay below 9000000000000 (9 × 10^12)",
            ),
            (
                "90000亿",
                "bad 6: numbers stay below 9000000000000 (9 × 10^12)",
            ),
            (
                "99999999999999999999999999999999999999999",
                "bad 41: numbers stay below 9000000000000 (9 × 10^12)",
            ),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
        assert!(shown("3abc").starts_with("bad 4: after a number stand"));
        assert!(shown("20%x").starts_with("bad 4: after a number stand"));
        assert!(shown("1e3").starts_with("bad 3: after a number stand"));
    }

    #[test]
    fn reads_dates_and_moments() {
        for (text, expected) in [
            ("2023-12-31", Some("2023-12-31")),
            ("2023/1/5", Some("2023-01-05")),
            ("2023年12月31日", Some("2023-12-31")),
            ("2023.6.1", Some("2023-06-01")),
            ("2023-02-30", None),
            ("23-01-05", None),
            ("2023-01", None),
            ("2023-01-05-06", None),
            ("高", None),
        ] {
            assert_eq!(
                date(text).map(|date| date.to_string()).as_deref(),
                expected,
                "{text}"
            );
        }
        for (text, expected) in [
            ("2024-03-31 08:00", Some("2024-03-31 08:00:00")),
            ("2024/3/31T8:05:09", Some("2024-03-31 08:05:09")),
            ("2024-03-31", Some("2024-03-31 00:00:00")),
            ("2024-03-31 24:00", None),
            ("2024-03-31 8", None),
        ] {
            assert_eq!(
                moment(text).map(|moment| moment.to_string()).as_deref(),
                expected,
                "{text}"
            );
        }
    }
}
