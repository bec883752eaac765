//! Functions of mathematics that the models need, out of basic arithmetic and the `libm` crate: written in Rust from end
//! to end, they give the same bits on every machine, which the functions of the platform do not.

pub use libm::{exp, expm1, lgamma, log, log1p};

/// The derivative of [`lgamma`] for a positive number (Abramowitz and Stegun 6.3.5 and 6.3.18).
pub fn digamma(mut x: f64) -> f64 {
    let mut below = 0.0;
    while x < 10.0 {
        below -= 1.0 / x;
        x += 1.0;
    }
    let square = 1.0 / (x * x);
    let series = square
        * (1.0 / 12.0
            - square
                * (1.0 / 120.0
                    - square
                        * (1.0 / 252.0
                            - square
                                * (1.0 / 240.0
                                    - square * (1.0 / 132.0 - square * 691.0 / 32760.0)))));
    below + log(x) - 0.5 / x - series
}

/// `ln(e^a + e^b)`, and the share of the second in the sum.
pub fn log_sum(a: f64, b: f64) -> (f64, f64) {
    if a >= b {
        let ratio = exp(b - a);
        (a + log1p(ratio), ratio / (1.0 + ratio))
    } else {
        let ratio = exp(a - b);
        (b + log1p(ratio), 1.0 / (1.0 + ratio))
    }
}

/// `(e^x - 1) / x`, which is 1 at 0.
pub fn expm1_over(x: f64) -> f64 {
    if x == 0.0 { 1.0 } else { expm1(x) / x }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The values are those of Abramowitz and Stegun, tables 6.1 and 6.2, and of the constants that they follow from.
    #[test]
    fn digamma_is_what_the_tables_say() {
        const EULER: f64 = 0.577_215_664_901_532_9;
        for (x, expected) in [
            (1.0, -EULER),
            (2.0, 1.0 - EULER),
            (0.5, -EULER - 2.0 * std::f64::consts::LN_2),
            (1.5, 0.036_489_973_97),
            (100.0, 4.600_161_852_7),
        ] {
            assert!((digamma(x) - expected).abs() < 1e-10, "{x}: {}", digamma(x));
        }
    }

    #[test]
    fn digamma_is_the_slope_of_lgamma() {
        for x in [0.01, 0.3, 1.0, 4.4, 9.99, 10.01, 250.0] {
            let step = 1e-5 * x;
            let slope = (lgamma(x + step) - lgamma(x - step)) / (2.0 * step);
            assert!(
                (digamma(x) - slope).abs() < 1e-6 * (1.0 + slope.abs()),
                "{x}"
            );
        }
    }

    #[test]
    fn sums_of_exponentials_do_not_overflow() {
        let (sum, share) = log_sum(1000.0, 1000.0);
        assert!(
            (sum - 1000.0 - std::f64::consts::LN_2).abs() < 1e-12 && (share - 0.5).abs() < 1e-15
        );
        assert_eq!(log_sum(-5.0, f64::NEG_INFINITY), (-5.0, 0.0));
        assert!((log_sum(-2000.0, 0.0).1 - 1.0).abs() < 1e-15);
    }
}
