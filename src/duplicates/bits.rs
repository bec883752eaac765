//! Logarithms to the base 2 as whole numbers, so that scores are the same on every machine.

/// The places behind the binary point that are worked out: far more than a tenth needs.
const PLACES: u32 = 24;

/// Ten times the logarithm to the base 2 of `numerator / denominator`, rounded half up. Neither may be 0; a 0 is taken
/// for 1.
pub fn tenths(numerator: u64, denominator: u64) -> i32 {
    let log = fixed(numerator.max(1)) - fixed(denominator.max(1));
    ((log * 10 + (1 << (PLACES - 1))) >> PLACES) as i32
}

/// The logarithm to the base 2 of a number from 1, in units of 2^-24: the whole part is the place of the highest bit,
/// and each further place comes of squaring what is left.
fn fixed(number: u64) -> i64 {
    let whole = i64::from(number.ilog2());
    // Between 1 and 2, with 62 places behind the point.
    let mut rest = (u128::from(number) << 62) >> whole;
    let mut log = whole << PLACES;
    for place in (0..PLACES).rev() {
        rest = (rest * rest) >> 62;
        if rest >= 1 << 63 {
            rest >>= 1;
            log |= 1 << place;
        }
    }
    log
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tenths_of_bits_are_those_of_the_logarithm() {
        // log2(3) = 1.58496…, log2(10) = 3.32192…, log2(0.045) = -4.47393…
        for (numerator, denominator, expected) in [
            (1, 1, 0),
            (2, 1, 10),
            (1, 2, -10),
            (3, 1, 16),
            (10, 1, 33),
            (1_000_000, 1, 199),
            (45, 1000, -45),
            (u64::MAX, 1, 640),
        ] {
            assert_eq!(
                tenths(numerator, denominator),
                expected,
                "{numerator}/{denominator}"
            );
        }
        for number in 1..5_000u64 {
            let exact = ((number as f64).log2() * 10.0 + 0.5).floor() as i32;
            assert_eq!(tenths(number, 1), exact, "{number}");
        }
    }
}
