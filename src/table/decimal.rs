//! Exact numbers: decimals of at most six places, held as millionths in 64 bits.
//!
//! Every number of a scheme, of a cell and of a result is one of these, so that what is shown is what was compared and
//! an SQL engine's `DECIMAL(19, 6)` gives the same. There is no binary floating point behind any comparison or sum.

use std::fmt;

/// Millionths in one.
const SCALE: i64 = 1_000_000;
/// The largest magnitude, exclusive, in millionths: 9 × 10^12.
const LIMIT: i64 = 9_000_000_000_000 * SCALE;

/// An exact decimal of at most six places, below 9 × 10^12 in magnitude.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Decimal(i64);

impl Decimal {
    /// Nought.
    pub const ZERO: Decimal = Decimal(0);
    /// One.
    pub const ONE: Decimal = Decimal(SCALE);
    /// One hundred.
    pub const HUNDRED: Decimal = Decimal(100 * SCALE);

    /// From millionths; `None` from 9 × 10^12 up.
    pub const fn from_millionths(millionths: i64) -> Option<Self> {
        if millionths > -LIMIT && millionths < LIMIT {
            Some(Self(millionths))
        } else {
            None
        }
    }

    /// From millionths in 128 bits; `None` from 9 × 10^12 up.
    pub fn from_wide(millionths: i128) -> Option<Self> {
        i64::try_from(millionths)
            .ok()
            .and_then(Self::from_millionths)
    }

    /// The value in millionths.
    pub const fn millionths(self) -> i64 {
        self.0
    }

    /// A whole number; `None` from 9 × 10^12 up.
    pub fn from_int(value: i64) -> Option<Self> {
        value.checked_mul(SCALE).and_then(Self::from_millionths)
    }

    /// A count of things in memory, which is always far below the limit.
    pub fn from_count(value: usize) -> Self {
        Self::from_wide(value as i128 * i128::from(SCALE)).unwrap_or(Self(LIMIT - 1))
    }

    /// The nearest decimal of a binary floating point number as a spreadsheet stores it, rounded to six places from
    /// its shortest decimal form (so that 7.0000000000000009 is 7 and 1.0000005 rounds up, as written).
    pub fn from_f64(value: f64) -> Option<Self> {
        if !value.is_finite() {
            return None;
        }
        Self::parse(&format!("{value}"))
    }

    /// Reads `-12.5` or `1e3`: digits, at most one point, an optional exponent; rounded to six places, half away from
    /// zero. `None` for anything else and from 9 × 10^12 up. Separators, units and signs of per cent are not its
    /// business: see `clean::number`.
    pub fn parse(text: &str) -> Option<Self> {
        let (negative, digits) = match text.as_bytes().first()? {
            b'-' => (true, &text[1..]),
            b'+' => (false, &text[1..]),
            _ => (false, text),
        };
        let (mantissa, exponent) = match digits.find(['e', 'E']) {
            Some(at) => {
                let exponent = &digits[at + 1..];
                if exponent.is_empty() || exponent.len() > 5 {
                    return None;
                }
                (&digits[..at], exponent.parse::<i32>().ok()?)
            }
            None => (digits, 0),
        };
        let mut wide: i128 = 0;
        let mut point: Option<i32> = None;
        let mut seen = false;
        let mut dropped_digits = 0i32;
        for byte in mantissa.bytes() {
            match byte {
                b'0'..=b'9' => {
                    seen = true;
                    // Thirty digits are far more than the limit and six places need; what follows cannot change the
                    // rounding of a number within the limit except by sticking out of an exact half, and half rounds
                    // away from zero already.
                    if wide < 10i128.pow(30) {
                        wide = wide * 10 + i128::from(byte - b'0');
                        if let Some(places) = point.as_mut() {
                            *places += 1;
                        }
                    } else if point.is_none() {
                        dropped_digits += 1;
                    }
                }
                b'.' if point.is_none() => point = Some(0),
                _ => return None,
            }
        }
        if !seen {
            return None;
        }
        let shift = 6 - point.unwrap_or(0) + exponent + dropped_digits;
        let millionths = if wide == 0 {
            0
        } else if shift >= 0 {
            if shift > 25 {
                return None;
            }
            wide.checked_mul(10i128.pow(shift as u32))?
        } else if shift < -36 {
            0
        } else {
            divide_half_away(wide, 10i128.pow(-shift as u32))
        };
        Self::from_wide(if negative { -millionths } else { millionths })
    }

    /// The sum; `None` on overflow.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).and_then(Self::from_millionths)
    }

    /// The difference; `None` on overflow.
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).and_then(Self::from_millionths)
    }

    /// The product rounded to six places; `None` on overflow.
    pub fn checked_mul(self, other: Self) -> Option<Self> {
        let product = i128::from(self.0) * i128::from(other.0);
        Self::from_wide(divide_half_away(product, i128::from(SCALE)))
    }

    /// The quotient rounded to six places; `None` on overflow and for a divisor of zero.
    pub fn checked_div(self, other: Self) -> Option<Self> {
        if other.0 == 0 {
            return None;
        }
        Self::from_wide(divide_half_away(
            i128::from(self.0) * i128::from(SCALE),
            i128::from(other.0),
        ))
    }

    /// The magnitude.
    #[must_use]
    pub const fn abs(self) -> Self {
        Self(self.0.abs())
    }

    /// Rounded to `places` (0 to 6), half away from zero.
    #[must_use]
    pub fn round(self, places: u32) -> Self {
        if places >= 6 {
            return self;
        }
        let unit = 10i64.pow(6 - places);
        let rounded = divide_half_away(i128::from(self.0), i128::from(unit)) * i128::from(unit);
        // Rounding away from zero can only pass the limit by less than one unit, which the limit's margin to 64 bits
        // holds; it is cut to the largest value then.
        Self(rounded.clamp(i128::from(1 - LIMIT), i128::from(LIMIT - 1)) as i64)
    }

    /// Whether it has no places.
    pub const fn is_whole(self) -> bool {
        self.0 % SCALE == 0
    }

    /// How many places it is shown with: 0 to 6.
    pub fn places(self) -> u32 {
        let mut rest = self.0.unsigned_abs() % SCALE as u64;
        let mut places = 6;
        while places > 0 && rest.is_multiple_of(10) {
            rest /= 10;
            places -= 1;
        }
        places
    }

    /// The whole part, towards zero.
    pub const fn trunc(self) -> i64 {
        self.0 / SCALE
    }

    /// As a binary floating point number, for spreadsheets and charts only.
    pub fn to_f64(self) -> f64 {
        // Through the decimal text, so that the nearest double is the one a spreadsheet would hold for these digits.
        self.to_string().parse().unwrap_or(0.0)
    }

    /// Appends the shortest decimal form to `out`: no trailing zeros, no exponent.
    pub fn write(self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.digits().as_bytes());
    }

    /// The shortest decimal form: no trailing zeros, no exponent.
    pub fn digits(self) -> Digits {
        let mut bytes = [0u8; 24];
        let mut at = bytes.len();
        let magnitude = self.0.unsigned_abs();
        let mut whole = magnitude / SCALE as u64;
        let mut fraction = magnitude % SCALE as u64;
        if fraction != 0 {
            let mut places = 6;
            while fraction.is_multiple_of(10) {
                fraction /= 10;
                places -= 1;
            }
            for _ in 0..places {
                at -= 1;
                bytes[at] = b'0' + (fraction % 10) as u8;
                fraction /= 10;
            }
            at -= 1;
            bytes[at] = b'.';
        }
        loop {
            at -= 1;
            bytes[at] = b'0' + (whole % 10) as u8;
            whole /= 10;
            if whole == 0 {
                break;
            }
        }
        if self.0 < 0 {
            at -= 1;
            bytes[at] = b'-';
        }
        Digits { bytes, at }
    }
}

/// A number as text, without a place on the heap.
#[derive(Clone, Copy, Debug)]
pub struct Digits {
    bytes: [u8; 24],
    /// Where the text begins.
    at: usize,
}

impl Digits {
    /// The text in bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[self.at..]
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        // Digits, a point and a sign are ASCII.
        std::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }
}

impl std::ops::Neg for Decimal {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad_integral(true, "", self.digits().as_str())
    }
}

impl fmt::Debug for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// `numerator / denominator` rounded to a whole number, half away from zero. `denominator` is not zero.
pub fn divide_half_away(numerator: i128, denominator: i128) -> i128 {
    // Division of 64 bits is several times as fast; of the only quotient that 64 bits cannot hold the divisor is -1.
    if let (Ok(short), Ok(whole)) = (i64::try_from(numerator), i64::try_from(denominator))
        && whole != -1
    {
        let (quotient, rest) = (short / whole, short % whole);
        let away = i64::from(rest.unsigned_abs() >= whole.unsigned_abs().div_ceil(2));
        let is_negative = (short < 0) != (whole < 0);
        return i128::from(quotient) + i128::from(if is_negative { -away } else { away });
    }
    divide_wide(numerator, denominator)
}

/// The same in 128 bits.
fn divide_wide(numerator: i128, denominator: i128) -> i128 {
    let quotient = numerator / denominator;
    let rest = numerator % denominator;
    if rest.unsigned_abs() * 2 >= denominator.unsigned_abs() {
        if (numerator < 0) == (denominator < 0) {
            quotient + 1
        } else {
            quotient - 1
        }
    } else {
        quotient
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        Decimal::parse(text).map_or("none".into(), |d| d.to_string())
    }

    #[test]
    fn reads_and_shows_decimals() {
        for (text, expected) in [
            ("0", "0"),
            ("-0", "0"),
            ("0.10", "0.1"),
            ("100.000000", "100"),
            ("7.0000000000000009", "7"),
            ("1.0000005", "1.000001"),
            ("-1.0000005", "-1.000001"),
            ("1.00000049999999999999999999999999999999", "1"),
            ("1e3", "1000"),
            ("1.5E-6", "0.000002"),
            ("4.4e-7", "0"),
            ("8999999999999.999999", "8999999999999.999999"),
            ("8999999999999.9999995", "none"),
            ("9000000000000", "none"),
            ("1e40", "none"),
            ("0e99", "0"),
            ("1e-99", "0"),
            ("", "none"),
            (".", "none"),
            (".5", "0.5"),
            ("5.", "5"),
            ("1.2.3", "none"),
            ("1,000", "none"),
            ("１", "none"),
            ("-", "none"),
            ("1e", "none"),
            ("00012", "12"),
            ("123456789012345678901234567890123456789", "none"),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    #[test]
    fn rounds_half_away_from_zero() {
        for (value, places, expected) in [
            ("2.5", 0, "3"),
            ("-2.5", 0, "-3"),
            ("2.449999", 1, "2.4"),
            ("2.45", 1, "2.5"),
            ("-0.000001", 5, "0"),
        ] {
            assert_eq!(
                Decimal::parse(value).unwrap().round(places).to_string(),
                expected,
                "{value} to {places}"
            );
        }
    }

    proptest::proptest! {
        #[test]
        fn division_is_the_same_in_64_bits(
            numerator in proptest::prop_oneof![-30..30i64, proptest::prelude::any::<i64>()],
            denominator in proptest::prop_oneof![-30..30i64, proptest::prelude::any::<i64>()],
        ) {
            proptest::prop_assume!(denominator != 0);
            for (numerator, denominator) in [(numerator, denominator), (i64::MIN, denominator), (numerator, i64::MIN)] {
                let (numerator, denominator) = (i128::from(numerator), i128::from(denominator));
                proptest::prop_assert_eq!(
                    divide_half_away(numerator, denominator),
                    divide_wide(numerator, denominator)
                );
            }
        }
    }

    #[test]
    fn calculates_with_rounding_at_six_places() {
        let d = |text| Decimal::parse(text).unwrap();
        assert_eq!(d("1").checked_div(d("3")).unwrap().to_string(), "0.333333");
        assert_eq!(d("2").checked_div(d("3")).unwrap().to_string(), "0.666667");
        assert_eq!(
            d("-2").checked_div(d("3")).unwrap().to_string(),
            "-0.666667"
        );
        assert_eq!(
            d("0.001").checked_mul(d("0.0005")).unwrap().to_string(),
            "0.000001"
        );
        assert_eq!(d("1").checked_div(Decimal::ZERO), None);
        assert_eq!(d("3000000").checked_mul(d("3000000")), None);
    }

    #[test]
    fn ten_thousand_dimes_are_exactly_one_thousand() {
        let dime = Decimal::parse("0.10").unwrap();
        let sum = (0..10_000).try_fold(Decimal::ZERO, |sum, _| sum.checked_add(dime));
        assert_eq!(sum, Decimal::from_int(1000));
    }
}
