//! Exact arithmetic of what is written: millionths, converted between units and rounded once.

/// A factor as a fraction of positive whole numbers, so that a conversion is rounded once.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Factor {
    times: i64,
    per: i64,
}

impl Factor {
    pub const ONE: Self = Self { times: 1, per: 1 };
    pub const HUNDREDTH: Self = Self { times: 1, per: 100 };

    /// From a unit of scale `from` to one of scale `to`.
    pub fn between(from: i64, to: i64) -> Self {
        if from == to {
            Self::ONE
        } else {
            Self {
                times: from.max(1),
                per: to.max(1),
            }
        }
    }
}

/// `mantissa` × 10^`exponent` × `factor` in millionths, rounded to `places`; `None` if it is too large.
pub(super) fn scaled(mantissa: u128, exponent: i32, factor: Factor, places: u32) -> Option<i64> {
    if mantissa == 0 {
        return Some(0);
    }
    let mut numerator = mantissa.checked_mul(factor.times as u128)?;
    let mut denominator = factor.per as u128;
    let shift = exponent + places as i32;
    let power = 10u128.checked_pow(shift.unsigned_abs());
    if shift >= 0 {
        // Mantissas stay below 10^27 and no unit is above 10^10, so what does not fit is far above the limit.
        numerator = numerator.checked_mul(power?)?;
    } else {
        match power.and_then(|power| denominator.checked_mul(power)) {
            Some(product) => denominator = product,
            // The denominator is above 10^38, the numerator below 10^37: nearer to nought than a half.
            None => return Some(0),
        }
    }
    let halves_up =
        |quotient: u128, rest: u128, whole: u128| quotient + u128::from(rest >= whole - rest);
    let rounded =
        if let (Ok(short), Ok(whole)) = (u64::try_from(numerator), u64::try_from(denominator)) {
            // Division of 64 bits is several times as fast.
            halves_up(
                u128::from(short / whole),
                u128::from(short % whole),
                denominator,
            )
        } else {
            halves_up(
                numerator / denominator,
                numerator % denominator,
                denominator,
            )
        };
    i64::try_from(rounded.checked_mul(10u128.pow(6 - places))?).ok()
}

/// The millionths of `-12.5` and the like: ASCII digits, at most 12 before the point and 6 after it. Almost all cells of
/// almost all files are such, so this is what reading a column costs.
#[inline]
pub(super) fn plain(text: &[u8]) -> Option<i64> {
    const POWERS: [u64; 7] = [1_000_000, 100_000, 10_000, 1_000, 100, 10, 1];
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, text),
    };
    // 19 digits fit in 64 bits without a sign, so that the loop needs no checks.
    if digits.len() > 19 {
        return None;
    }
    let run = |digits: &[u8]| {
        let mut value = 0u64;
        let mut count = 0;
        for byte in digits {
            let digit = byte.wrapping_sub(b'0');
            if digit > 9 {
                break;
            }
            value = value * 10 + u64::from(digit);
            count += 1;
        }
        (value, count)
    };
    let (whole, count) = run(digits);
    if count == 0 || count > 12 {
        return None;
    }
    let millionths = match &digits[count..] {
        [] => whole * 1_000_000,
        [b'.', places @ ..] if !places.is_empty() && places.len() <= 6 => {
            let (fraction, read) = run(places);
            if read != places.len() {
                return None;
            }
            whole * 1_000_000 + fraction * POWERS[read]
        }
        _ => return None,
    } as i64;
    Some(if negative { -millionths } else { millionths })
}

/// The millionths of a double whose shortest decimal form has at most six places and 15 digits.
///
/// If dividing a whole number of at most 15 digits by 10^6 gives the double back, then that decimal is its shortest
/// form: no two decimals of 15 digits share a double, and division is rounded correctly (IEEE 754).
#[inline]
pub(super) fn millionths_of_double(value: f64) -> Option<i64> {
    let millionths = (value * 1e6).round();
    #[expect(clippy::float_cmp, reason = "the very double is wanted, see above")]
    let same = millionths.abs() < 1e15 && millionths / 1e6 == value;
    if same {
        return Some(millionths as i64);
    }
    // Larger whole numbers are exact up to 2^53, which is far above the limit.
    let whole = value.abs() < 9e12 && value.fract() == 0.0;
    whole.then(|| value as i64 * 1_000_000)
}
