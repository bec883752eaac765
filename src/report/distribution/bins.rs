//! The bins of a distribution: round bounds for any values.

use crate::table::Decimal;

/// How many bins there are at most, without those of the ends, and at least where there are customers for them.
const MOST: usize = 20;
const LEAST: usize = 4;
/// One part in so many at either end may lie far away without making the bins of all others wide.
const FAR: usize = 20;
/// One, in millionths.
const ONE: i128 = 1_000_000;

/// Bins with round bounds.
pub struct Bins {
    /// One more than there are bins, ascending.
    pub bounds: Vec<Decimal>,
    /// Whether those at the ends are wider than the others.
    pub is_trimmed: bool,
}

impl Bins {
    /// Bins for these values in millionths, ascending and at least one: as narrow as 1, 2, 2.5 or 5 times a power of ten
    /// can be, but no narrower than what the values differ by.
    pub fn of(values: &[i64]) -> Self {
        let wide = |place: usize| i128::from(values[place]);
        let (last, far) = (values.len() - 1, values.len() / FAR);
        let (least, greatest) = (wide(0), wide(last));
        let (mut low, mut high) = (wide(far), wide(last - far));
        // Where the ends are as far apart again, the values between them would all be in a few bins.
        let is_trimmed = high > low && greatest - least > 2 * (high - low);
        if !is_trimmed {
            (low, high) = (least, greatest);
        }
        let width = width(high - low, values);
        let first = low.div_euclid(width) * width;
        let end = (-(-high).div_euclid(width) * width).max(first + width);
        let mut bounds: Vec<i128> = std::iter::successors(Some(first), |at| Some(at + width))
            .take_while(|at| *at <= end)
            .collect();
        if least < first {
            bounds.insert(0, least.div_euclid(width) * width);
        }
        if greatest > end {
            bounds.push(-(-greatest).div_euclid(width) * width);
        }
        // A round bound may lie beyond all numbers; the value itself does not.
        let exact = |bound: i128| {
            Decimal::from_wide(bound).or_else(|| Decimal::from_wide(bound.clamp(least, greatest)))
        };
        Self {
            bounds: bounds.into_iter().filter_map(exact).collect(),
            is_trimmed,
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.bounds.len() - 1
    }

    /// The bin of a value.
    pub fn at(&self, value: i64) -> usize {
        let below = self
            .bounds
            .partition_point(|bound| bound.millionths() <= value);
        below.saturating_sub(1).min(self.len() - 1)
    }
}

/// The width of the bins of a span, in millionths.
fn width(span: i128, values: &[i64]) -> i128 {
    let most = values.len().clamp(LEAST, MOST) as i128;
    let finest = (1..=6)
        .rev()
        .map(|power| 10i128.pow(power))
        .find(|unit| values.iter().all(|value| i128::from(*value) % unit == 0))
        .unwrap_or(1);
    if span == 0 {
        return ONE;
    }
    let mut power = 1;
    loop {
        for tenths in [10, 20, 25, 50] {
            let width = power * tenths / 10;
            if width % finest == 0 && width * most >= span && power * tenths % 10 == 0 {
                return width;
            }
        }
        power *= 10;
    }
}
