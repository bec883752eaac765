//! The values that stand for all values of a variable: every threshold, one between each two, one beyond each end.
//! A condition that only compares with these thresholds cannot tell other values from them.

use super::shape::{ONE, Shape, narrow};
use super::variables::{Kind, Variable};
use crate::expr::Base;
use crate::table::{Date, DateTime, Decimal, Value};

/// A value that stands for all like it.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// The value, [`Value::Missing`] for a missing one.
    pub value: Value,
    /// What it stands for.
    pub stands: Stands,
}

/// What a sample stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stands {
    /// Itself.
    Alone,
    /// Itself, at a threshold of ordered values.
    At(i64),
    /// All between two thresholds, neither of them in.
    Between(Option<i64>, Option<i64>),
    /// All texts that nothing names.
    AnyOther,
    /// No value.
    Missing,
}

impl Variable {
    /// The values that stand for all of its values; those that are ordered in order, a missing one last.
    pub fn samples(&self) -> Vec<Sample> {
        let alone = |value| Sample {
            value,
            stands: Stands::Alone,
        };
        let number = |value| alone(Decimal::from_int(value).map_or(Value::Missing, Value::Number));
        let mut samples: Vec<Sample> = match &self.kind {
            Kind::Ordered(shape) => self.ordered(shape),
            Kind::Texts(known) if !known.is_empty() => known
                .iter()
                .map(|text| alone(Value::Text(text.clone())))
                .collect(),
            Kind::Texts(_) => {
                let named = self
                    .literals
                    .iter()
                    .map(|text| alone(Value::Text(text.clone())));
                // A character that no sheet has, so that it is none of the texts that are named.
                let other = Sample {
                    value: Value::Text("\u{1}".into()),
                    stands: Stands::AnyOther,
                };
                named.chain([other]).collect()
            }
            Kind::Truth | Kind::Best => vec![alone(Value::Bool(true)), alone(Value::Bool(false))],
            Kind::Pair { ordered: true, .. } => [-1, 0, 1].map(number).into(),
            Kind::Pair { ordered: false, .. } => [0, 1].map(number).into(),
            Kind::List => vec![alone(Value::List(vec![]))],
        };
        if self.nullable {
            samples.push(Sample {
                value: Value::Missing,
                stands: Stands::Missing,
            });
        }
        samples
    }

    fn ordered(&self, shape: &Shape) -> Vec<Sample> {
        if let Some(closed) = &shape.closed {
            let mut samples: Vec<(i64, Sample)> = closed
                .iter()
                .filter_map(|value| {
                    Some((
                        key(value)?,
                        Sample {
                            value: value.clone(),
                            stands: Stands::Alone,
                        },
                    ))
                })
                .collect();
            samples.sort_by_key(|(key, _)| *key);
            return samples.into_iter().map(|(_, sample)| sample).collect();
        }
        let scale = Scale::of(self.ty.base, shape);
        let mut samples = vec![];
        let mut push = |key: Option<i64>, stands| {
            if let Some(value) = key.and_then(|key| value(self.ty.base, key)) {
                samples.push(Sample { value, stands });
            }
        };
        let mut before = None;
        for threshold in &self.thresholds {
            push(
                scale.pick(before, Some(*threshold)),
                Stands::Between(before, Some(*threshold)),
            );
            push(
                scale.has(*threshold).then_some(*threshold),
                Stands::At(*threshold),
            );
            before = Some(*threshold);
        }
        push(scale.pick(before, None), Stands::Between(before, None));
        samples
    }
}

/// What a value is held as in a column.
pub fn key(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => Some(number.millionths()),
        Value::Date(date) => Some(i64::from(date.days())),
        Value::DateTime(moment) => Some(moment.seconds()),
        _ => None,
    }
}

/// The value that a column holds as `key`.
pub fn value(base: Base, key: i64) -> Option<Value> {
    match base {
        Base::Date => i32::try_from(key)
            .ok()
            .and_then(Date::from_days)
            .map(Value::Date),
        Base::DateTime => DateTime::from_seconds(key).map(Value::DateTime),
        _ => Decimal::from_millionths(key).map(Value::Number),
    }
}

/// The values that there are: multiples of a step between two bounds.
struct Scale {
    base: Base,
    least: i64,
    greatest: i64,
    step: i64,
}

impl Scale {
    fn of(base: Base, shape: &Shape) -> Self {
        let (least, greatest) = match base {
            // The days of the years 1 to 9999.
            Base::Date => (-719_162, 2_932_896),
            Base::DateTime => (-719_162 * 86_400, 2_932_896 * 86_400 + 86_399),
            _ => (1 - 9_000_000_000_000 * ONE, 9_000_000_000_000 * ONE - 1),
        };
        Self {
            base,
            least: shape.least.map_or(least, |own| own.max(least)),
            greatest: shape.greatest.map_or(greatest, |own| own.min(greatest)),
            step: shape.step.max(1),
        }
    }

    fn has(&self, key: i64) -> bool {
        (self.least..=self.greatest).contains(&key) && key % self.step == 0
    }

    /// A value between two thresholds, neither of them in: one that people find plain.
    fn pick(&self, low: Option<i64>, high: Option<i64>) -> Option<i64> {
        // What comes before and after in steps may be beyond 64 bits, where a threshold or a step is near their end.
        let step = i128::from(self.step);
        let (least, greatest) = (i128::from(self.least), i128::from(self.greatest));
        let first = low.map_or(least, |low| least.max(i128::from(low) + 1));
        let first = multiple_from(first, step);
        let last = high.map_or(greatest, |high| greatest.min(i128::from(high) - 1));
        let last = last.div_euclid(step) * step;
        if first > last {
            return None;
        }
        let plain = match (low, high) {
            (None, None) => 0,
            (Some(low), None) => i128::from(low) + self.unit(low),
            (None, Some(high)) => i128::from(high) - self.unit(high),
            (Some(_), Some(_)) => self.roundest(first, last),
        };
        let plain = plain.div_euclid(step) * step;
        narrow(plain.clamp(first, last))
    }

    /// How far beyond a threshold the value that stands for all beyond is taken.
    fn unit(&self, threshold: i64) -> i128 {
        i128::from(match self.base {
            Base::Date => 1,
            Base::DateTime => 60,
            _ if self.step >= ONE => self.step,
            _ if threshold % ONE == 0 => ONE,
            _ => ONE / 100,
        })
    }

    fn roundest(&self, first: i128, last: i128) -> i128 {
        if self.base != Base::Number {
            return first + (last - first) / 2;
        }
        let sizes = (0..=17)
            .rev()
            .flat_map(|power| [5, 2, 1].map(|times| times * 10i128.pow(power)));
        let step = i128::from(self.step);
        sizes
            .map(|size| multiple_from(first, size))
            .find(|candidate| (first..=last).contains(candidate) && candidate % step == 0)
            .unwrap_or(first)
    }
}

/// The first multiple of `step` from `key` on.
fn multiple_from(key: i128, step: i128) -> i128 {
    (key.div_euclid(step) + i128::from(key.rem_euclid(step) != 0)) * step
}
