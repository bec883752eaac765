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
}

impl Shown {
    /// The cell of a number that is shown so. `epoch` is added to dates.
    pub(super) fn cell(self, value: f64, epoch: f64) -> Cell<'static> {
        match self {
            Self::Date if value.is_finite() => Cell::Date(value + epoch),
            shown => number(value, shown == Self::Percent),
        }
    }
}

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
    if date { Shown::Date } else { Shown::Number }
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
        ] {
            assert_eq!(shown_by(code), shown, "{code}");
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
