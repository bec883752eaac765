//! What the numbers of a workbook mean: per cent or a date by how they are shown, errors by their numbers, dates by
//! their text. Excel's binary formats have all of it in common.

use crate::table::{Cell, CellError, Date};

/// Days from 1899-12-30 to 1904-01-01.
pub(super) const EPOCH_1904: f64 = 1462.0;

/// How a number is shown, so far as it changes what it means.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Shown {
    Number,
    Percent,
    Date,
    /// With zeros before it, to so many digits: 7 as 0007. People know an id by all of them.
    Padded(usize),
    /// With a unit behind it that multiplies: 120 as 120万元.
    In(&'static str),
}

/// What a number format writes behind a number and thereby says what it is.
const UNITS: [&str; 5] = ["万元", "万", "亿元", "亿", "千元"];

impl Shown {
    /// How a number is shown of which this is the text, so far as the number alone does not say it.
    pub(super) fn of_text(text: &str, value: f64) -> Self {
        let text = text.trim();
        if text.len() > 1 && text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit())
        {
            return Self::Padded(text.len());
        }
        let unit = UNITS.into_iter().find(|unit| text.ends_with(unit));
        let in_unit = unit.filter(|unit| {
            let number = text
                .trim_end_matches(unit)
                .replace([',', '¥', '￥', ' '], "");
            let places = number.split_once('.').map_or(0, |(_, places)| places.len());
            // Rounded to what is shown; a scaled format shows another number.
            let slack = 0.5001 * 0.1_f64.powi(places as i32);
            let shown = number.parse::<f64>();
            shown.is_ok_and(|shown| (shown - value).abs() <= slack)
        });
        in_unit.map_or(Self::Number, Self::In)
    }

    /// The text of a number that means something else when it is not shown so.
    #[inline]
    pub(super) fn written(self, value: f64) -> Option<String> {
        match self {
            Self::Number | Self::Percent | Self::Date => None,
            Self::Padded(digits) => {
                let is_whole = (0.0..MOST_PADDED).contains(&value) && value.fract() == 0.0;
                let padded = format!("{:0digits$}", if is_whole { value as u64 } else { 1 });
                (is_whole && padded.starts_with('0')).then_some(padded)
            }
            Self::In(unit) => value.is_finite().then(|| format!("{value}{unit}")),
        }
    }

    /// The cell of a number that is shown so; its text, if it has one, is put into `text`. `epoch` is added to dates.
    pub(super) fn cell_in(self, text: &mut String, value: f64, epoch: f64) -> Cell<'_> {
        match self.written(value) {
            Some(written) => {
                *text = written;
                Cell::Text(text)
            }
            None => self.cell(value, epoch),
        }
    }

    /// The cell of a number that is shown so and has no text of its own. `epoch` is added to dates.
    pub(super) fn cell(self, value: f64, epoch: f64) -> Cell<'static> {
        match self {
            Self::Date if value.is_finite() => Cell::Date(value + epoch),
            shown => number(value, shown == Self::Percent),
        }
    }
}

/// Beyond these not every whole number can be told from its neighbours.
const MOST_PADDED: f64 = 1e15;

/// The number at a place, the lowest byte first.
pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
    Some(u32::from_le_bytes(bytes))
}

/// The number at a place, the lowest byte first.
pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let bytes = bytes.get(at..at.checked_add(2)?)?.try_into().ok()?;
    Some(u16::from_le_bytes(bytes))
}

pub(super) fn number(value: f64, percent: bool) -> Cell<'static> {
    match (value.is_finite(), percent) {
        (false, _) => Cell::Error(CellError::Num),
        (true, true) => Cell::Percent(value),
        (true, false) => Cell::Number(value),
    }
}

/// Whether a number format shows per cent: a `%` in its first section that is neither quoted nor escaped.
pub(super) fn shows_percent(format: &str) -> bool {
    let (mut quoted, mut escaped, mut bracketed) = (false, false, false);
    for c in format.chars() {
        match c {
            _ if escaped => escaped = false,
            '"' => quoted = !quoted,
            _ if quoted => {}
            '\\' | '_' | '*' => escaped = true,
            '[' => bracketed = true,
            ']' => bracketed = false,
            '%' if !bracketed => return true,
            ';' if !bracketed => return false,
            _ => {}
        }
    }
    false
}

/// The formats that every workbook has (ECMA-376 part 1, 18.8.30; 27 to 36 and 50 to 58 are dates in East Asia).
pub(super) const fn built_in(id: u16) -> Shown {
    match id {
        9 | 10 => Shown::Percent,
        14..=22 | 27..=36 | 45 | 47 | 50..=58 => Shown::Date,
        _ => Shown::Number,
    }
}

/// How a format's first section shows a number. A duration (`[h]:mm`) is a number of days.
pub(super) fn shown_by(code: &str) -> Shown {
    if shows_percent(code) {
        return Shown::Percent;
    }
    let (mut quoted, mut escaped, mut bracket) = (false, false, None::<String>);
    let mut date = false;
    for c in code.chars() {
        match c {
            _ if escaped => escaped = false,
            '"' => quoted = !quoted,
            _ if quoted => {}
            '\\' | '_' | '*' => escaped = true,
            '[' => bracket = Some(String::new()),
            ']' => {
                let inside = bracket.take().unwrap_or_default().to_lowercase();
                if !inside.is_empty() && inside.chars().all(|c| matches!(c, 'h' | 'm' | 's')) {
                    return Shown::Number;
                }
            }
            c if bracket.is_some() => bracket.iter_mut().for_each(|inside| inside.push(c)),
            ';' => break,
            'd' | 'm' | 'y' | 'h' | 's' | 'D' | 'M' | 'Y' | 'H' | 'S' => date = true,
            _ => {}
        }
    }
    if date {
        Shown::Date
    } else {
        as_written(code).unwrap_or(Shown::Number)
    }
}

/// What a format's first section adds to the digits of a number, where that is part of what it says: zeros before
/// them, or a unit behind. None for a format that scales (`0.0,"万"` shows 12000 as 1.2万: the number has it all).
fn as_written(code: &str) -> Option<Shown> {
    let (mut before, mut digits, mut after) = (String::new(), String::new(), String::new());
    let code = code.replace("General", "0");
    let mut rest = code.chars();
    let mut quoted = false;
    while let Some(c) = rest.next() {
        let literal = match c {
            '"' => {
                quoted = !quoted;
                continue;
            }
            _ if quoted => c,
            '\\' | '!' => rest.next()?,
            '_' | '*' => {
                rest.next();
                continue;
            }
            '[' => {
                rest.by_ref().find(|c| *c == ']');
                continue;
            }
            ';' => break,
            '0' | '#' | '?' | '.' | ',' if !after.is_empty() => return None,
            '0' | '#' | '?' | '.' | ',' => {
                digits.push(c);
                continue;
            }
            _ => c,
        };
        let literals = if digits.is_empty() {
            &mut before
        } else {
            &mut after
        };
        literals.push(literal);
    }
    if digits.ends_with(',') {
        return None;
    }
    let after = after.trim();
    if let Some(unit) = UNITS.into_iter().find(|unit| *unit == after) {
        return Some(Shown::In(unit));
    }
    let only_zeros = digits.len() > 1 && digits.len() <= 15 && digits.chars().all(|c| c == '0');
    (only_zeros && before.is_empty() && after.is_empty()).then_some(Shown::Padded(digits.len()))
}

/// A number in 30 bits: an integer or the upper part of a double, perhaps times 100 (`RkNumber`).
pub(super) fn rk(bits: u32) -> f64 {
    let value = if bits & 2 != 0 {
        f64::from((bits as i32) >> 2)
    } else {
        f64::from_bits(u64::from(bits & 0xFFFF_FFFC) << 32)
    };
    if bits & 1 != 0 { value / 100.0 } else { value }
}

/// The error of a number that the binary formats have for it.
pub(super) const fn error(byte: u8) -> CellError {
    match byte {
        0x00 => CellError::Null,
        0x07 => CellError::Div0,
        0x0F => CellError::Value,
        0x17 => CellError::Ref,
        0x1D => CellError::Name,
        0x24 => CellError::Num,
        0x2A => CellError::NotAvailable,
        _ => CellError::Other,
    }
}

/// Days since 1899-12-30 of `2024-03-05` or `2024-03-05T10:30:00`.
pub(super) fn serial_of_iso(text: &str) -> Option<f64> {
    let (day, time) = text
        .trim_end_matches('Z')
        .split_once(['T', ' '])
        .unwrap_or((text, "00:00:00"));
    let days = Date::new(1899, 12, 30)?.days_to(Date::parse_iso(day)?);
    let mut seconds = 0.0;
    for (part, worth) in time.splitn(3, ':').zip([3600.0, 60.0, 1.0]) {
        seconds += part.parse::<f64>().ok()? * worth;
    }
    Some(f64::from(days) + seconds / 86_400.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn per_cent_formats_are_known() {
        for (format, percent) in [
            ("0%", true),
            ("0.00%", true),
            ("#,##0.0%;[Red]-0%", true),
            ("General", false),
            ("0\"%\"", false),
            ("0\\%", false),
            ("0;0%", false),
            ("[Color%]0", false),
        ] {
            assert_eq!(shows_percent(format), percent, "{format}");
        }
    }

    #[test]
    fn formats_show_numbers_dates_or_per_cent() {
        for (code, shown) in [
            ("General", Shown::Number),
            ("#,##0.00", Shown::Number),
            ("0.0%", Shown::Percent),
            ("yyyy\"年\"m\"月\"d\"日\"", Shown::Date),
            ("[$-804]yyyy/m/d", Shown::Date),
            ("[Red]0", Shown::Number),
            ("[h]:mm:ss", Shown::Number),
            ("0\"days\"", Shown::Number),
            ("0000", Shown::Padded(4)),
            ("0000;-0000", Shown::Padded(4)),
            ("0", Shown::Number),
            ("00.00", Shown::Number),
            ("000-0000", Shown::Number),
            ("\"KH\"0000", Shown::Number),
            ("0000000000000000", Shown::Number),
            ("0\"万元\"", Shown::In("万元")),
            ("#,##0.00万元;[Red]-#,##0.00万元", Shown::In("万元")),
            ("[$¥-804]#,##0.00_ \"亿\"", Shown::In("亿")),
            ("General\"万\"", Shown::In("万")),
            ("0!.0,\"万\"", Shown::Number),
            ("0\\.0000\"万\"", Shown::Number),
            ("0.00,,\"亿\"", Shown::Number),
            ("0\"次\"", Shown::Number),
            ("0.00E+00", Shown::Number),
        ] {
            assert_eq!(shown_by(code), shown, "{code}");
        }
    }

    #[test]
    fn a_shown_number_tells_how_it_is_shown() {
        for (text, value, shown) in [
            ("0007", 7.0, Shown::Padded(4)),
            ("0", 0.0, Shown::Number),
            ("120", 120.0, Shown::Number),
            ("120.5万元", 120.5, Shown::In("万元")),
            ("￥1,200.50万", 1200.504, Shown::In("万")),
            ("-3亿", -3.0, Shown::In("亿")),
            ("120.0万", 1_200_000.0, Shown::Number),
            ("3次", 3.0, Shown::Number),
        ] {
            assert_eq!(Shown::of_text(text, value), shown, "{text}");
        }
    }

    #[test]
    fn a_number_is_written_where_its_format_says_more() {
        for (shown, value, written) in [
            (Shown::Padded(4), 7.0, Some("0007")),
            (Shown::Padded(4), 0.0, Some("0000")),
            (Shown::Padded(4), 999.0, Some("0999")),
            (Shown::Padded(4), 1000.0, None),
            (Shown::Padded(4), 123_456.0, None),
            (Shown::Padded(4), 7.5, None),
            (Shown::Padded(4), -7.0, None),
            (Shown::Padded(4), f64::NAN, None),
            (Shown::In("万元"), 120.5, Some("120.5万元")),
            (Shown::In("万元"), -3.0, Some("-3万元")),
            (Shown::In("万元"), f64::INFINITY, None),
            (Shown::Number, 7.0, None),
        ] {
            assert_eq!(
                shown.written(value).as_deref(),
                written,
                "{shown:?} {value}"
            );
        }
    }

    #[test]
    fn short_numbers_are_read() {
        // Of MS-XLSB 2.5.123: an integer, an integer of hundredths, a double.
        for (bits, value) in [
            ((100 << 2) | 2, 100.0),
            ((1234 << 2) | 3, 12.34),
            (0x3FF0_0000, 1.0),
            ((-5_i32 << 2) as u32 | 2, -5.0),
        ] {
            assert!((rk(bits) - value).abs() < 1e-12, "{bits}");
        }
    }

    #[test]
    fn iso_dates_become_serials() {
        assert_eq!(serial_of_iso("2024-03-05"), Some(45356.0));
        assert_eq!(serial_of_iso("2024-03-05T12:00:00"), Some(45356.5));
        assert_eq!(serial_of_iso("5.3.2024"), None);
    }
}
