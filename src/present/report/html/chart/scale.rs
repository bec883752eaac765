//! From values to pixels.

use crate::present::report::cell;
use crate::report::Kind;
use crate::table::Decimal;

/// A span of values over a span of pixels.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    low: f64,
    high: f64,
    from: f64,
    to: f64,
}

impl Scale {
    /// `low` at the pixel `from`, `high` at `to`. A span of nothing is made one.
    pub fn new(low: f64, high: f64, from: f64, to: f64) -> Self {
        let high = if high > low { high } else { low + 1.0 };
        Self {
            low,
            high,
            from,
            to,
        }
    }

    /// Where a value is.
    pub fn at(&self, value: f64) -> f64 {
        self.from + (value - self.low) / (self.high - self.low) * (self.to - self.from)
    }
}

/// Round values around a span, from below its lowest to above its highest: steps of 1, 2 or 5 times a power of ten,
/// not less than `least`, at most `most` of them.
pub fn ticks(low: f64, high: f64, most: usize, least: f64) -> Vec<f64> {
    let span = if high > low {
        high - low
    } else {
        low.abs().max(1.0)
    };
    let mut step = power_of_ten(span / most as f64).max(least);
    // Each factor leads to the next round step: 1, 2, 5, 10.
    for factor in [2.0, 2.5, 2.0, 2.0, 2.5, 2.0] {
        let count = (high / step).ceil() - (low / step).floor();
        if count <= most as f64 {
            break;
        }
        step *= factor;
    }
    let first = (low / step).floor() as i64;
    let last = ((high / step).ceil() as i64).max(first + 1);
    (first..=last).map(|index| index as f64 * step).collect()
}

/// The greatest power of ten that is not above a positive value. By steps and not by logarithms, whose last places are
/// another on another machine.
fn power_of_ten(value: f64) -> f64 {
    let (mut power, mut exponent) = (1.0, 0);
    while value >= power * 10.0 && exponent < 300 {
        power *= 10.0;
        exponent += 1;
    }
    // Division by a whole power is exact to the last place; a tenth multiplied again and again is not.
    let mut divisor = 1.0;
    while value < 1.0 / divisor && exponent > -300 {
        divisor *= 10.0;
        exponent -= 1;
    }
    power / divisor
}

/// A tick as its values are written.
pub fn tick(value: f64, kind: Kind) -> String {
    let Some(exact) = Decimal::from_f64(value) else {
        return value.to_string();
    };
    match kind {
        // A tick is a round value: places that are all noughts say nothing.
        Kind::Money => cell::number(exact, Kind::Number),
        Kind::Share => crate::present::shown::percent(exact, 0),
        kind => cell::number(exact, kind),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_enclose_the_values() {
        assert_eq!(
            ticks(0.0, 97.0, 5, 0.0),
            [0.0, 20.0, 40.0, 60.0, 80.0, 100.0]
        );
        assert_eq!(ticks(0.0, 3.0, 5, 1.0), [0.0, 1.0, 2.0, 3.0]);
        assert_eq!(ticks(0.0, 0.0, 5, 1.0), [0.0, 1.0]);
        assert_eq!(
            ticks(-30.0, 55.0, 5, 0.0),
            [-40.0, -20.0, 0.0, 20.0, 40.0, 60.0]
        );
        for (low, high) in [
            (0.0, 1.0),
            (4.1, 4.6),
            (-0.02, 0.9),
            (0.0, 123_456.0),
            (7.0, 7.0),
        ] {
            for most in 2..8 {
                let ticks = ticks(low, high, most, 0.0);
                assert!(
                    ticks[0] <= low && ticks[ticks.len() - 1] >= high,
                    "{ticks:?}"
                );
                assert!(
                    ticks.len() <= most + 2,
                    "{low} to {high}, {most}: {ticks:?}"
                );
            }
        }
    }

    #[test]
    fn powers_of_ten_are_the_nearest_below() {
        for (value, power) in [
            (1.0, 1.0),
            (9.99, 1.0),
            (10.0, 10.0),
            (1000.0, 1000.0),
            (999.0, 100.0),
            (0.1, 0.1),
            (0.01, 0.01),
            (0.001, 0.001),
            (0.099, 0.01),
            (0.000_001, 0.000_001),
        ] {
            assert_eq!(
                power_of_ten(value).to_bits(),
                f64::to_bits(power),
                "{value}"
            );
        }
    }

    #[test]
    fn ticks_are_written_short() {
        assert_eq!(tick(0.1 + 0.2, Kind::Number), "0.3");
        assert_eq!(tick(0.25, Kind::Share), "25%");
        assert_eq!(tick(20_000.0, Kind::Money), "20,000");
    }

    #[test]
    fn a_scale_keeps_its_ends() {
        let scale = Scale::new(0.0, 50.0, 100.0, 200.0);
        assert!((scale.at(0.0) - 100.0).abs() < 1e-9 && (scale.at(25.0) - 150.0).abs() < 1e-9);
        assert!((Scale::new(3.0, 3.0, 0.0, 10.0).at(3.0)).abs() < 1e-9);
    }
}
