//! The numbers of cells, to the nearest double.

/// Powers of ten that a double holds exactly.
const TENS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
];

/// The largest whole number up to which a double holds all of them.
const EXACT: u64 = 1 << 53;

/// The number that `written` is: digits, perhaps a sign, a point, an exponent. `None` for anything else, and for what is
/// too large for a number.
#[inline]
pub(super) fn decimal(written: &str) -> Option<f64> {
    let (is_negative, digits) = match written.as_bytes() {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    let (mut number, mut point, mut at) = (0_u64, None, 0);
    // More digits than these may not fit.
    if digits.len() > 19 {
        return rounded(written, digits);
    }
    while let Some(byte) = digits.get(at) {
        match byte {
            b'0'..=b'9' => number = number * 10 + u64::from(byte - b'0'),
            b'.' if point.is_none() && at > 0 => point = Some(at),
            _ => return rounded(written, digits),
        }
        at += 1;
    }
    let places = point.map_or(0, |point| at - point - 1);
    if at == 0 || number > EXACT || point == Some(at - 1) {
        return rounded(written, digits);
    }
    // Both are exact, so that their quotient is the nearest to the true one.
    let value = number as f64 / TENS[places];
    Some(if is_negative { -value } else { value })
}

/// The slow way: `digits` is `written` without its sign.
fn rounded(written: &str, digits: &[u8]) -> Option<f64> {
    let count = |bytes: &[u8]| {
        bytes
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count()
    };
    let whole = count(digits);
    let mut rest = &digits[whole..];
    if whole == 0 {
        return None;
    }
    if let [b'.', part @ ..] = rest {
        let places = count(part);
        if places == 0 {
            return None;
        }
        rest = &part[places..];
    }
    if let [b'e' | b'E', power @ ..] = rest {
        let power = match power {
            [b'+' | b'-', unsigned @ ..] => unsigned,
            _ => power,
        };
        if power.is_empty() {
            return None;
        }
        rest = &power[count(power)..];
    }
    let value: f64 = rest.is_empty().then(|| written.parse().ok()).flatten()?;
    value.is_finite().then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_no_decimal_number_is_none() {
        for other in [
            "", "-", ".", ".5", "5.", "+5", "1e", "1e+", "--1", "1.2.3", " 1", "1 ", "inf", "nan",
            "0x1", "1_0", "1e999", "1e5.5", "１",
        ] {
            assert_eq!(decimal(other), None, "{other:?}");
        }
    }

    proptest! {
        #[test]
        fn numbers_are_the_nearest_to_what_is_written(
            written in "-?(0|[1-9][0-9]{0,20})([.][0-9]{1,20})?([eE][+-]?[0-9]{1,3})?",
            bits: u64,
        ) {
            let nearest: f64 = written.parse().unwrap();
            let nearest = nearest.is_finite().then_some(nearest.to_bits());
            prop_assert_eq!(decimal(&written).map(f64::to_bits), nearest);
            // As programs write them: the shortest digits that give the number again.
            let number = f64::from_bits(bits);
            if number.is_finite() {
                for written in [format!("{number}"), format!("{number:e}")] {
                    prop_assert_eq!(decimal(&written).map(f64::to_bits), Some(bits));
                }
            }
        }
    }
}
