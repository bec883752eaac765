//! How often customers buy and when they stop: BG/NBD (Fader, Hardie and Lee, "Counting your customers" the easy way,
//! Marketing Science 24 (2005) 275-284).
//!
//! While active a customer buys at random with a rate of their own, and after each purchase leaves for good with a
//! probability of their own. Over the customers the rates follow a gamma distribution (`r`, `alpha`), the probabilities a
//! beta distribution (`a`, `b`). Of each customer three figures are enough: how many repeat purchases, and when, from the
//! first, the last was and the time ends. Time is in weeks.

#![allow(
    clippy::many_single_char_names,
    reason = "the letters are those of the paper"
)]

use super::minimum::{Point, Smooth, least};
use super::special::{Sum, digamma, exp, expm1_over, lgamma, log, log_sum};
use super::{Of, Refusal, in_bounds, nearer};

/// Days of a week.
const WEEK: f64 = 7.0;
/// More terms than the series of an expectation ever needs: a new customer of a trade where most buy daily, looked at
/// for years.
const MOST_TERMS: u32 = 2_000_000;

/// A customer's purchases: days on which something was bought, of which the first does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Purchases {
    /// How many days after the first had a purchase.
    pub repeats: u32,
    /// How many days from the first purchase to the time that is looked at.
    pub age: u32,
    /// How many days from the first purchase to the last.
    pub last: u32,
}

impl Purchases {
    /// Of the days with a purchase, ascending and each once, those up to `until`; `None` without any.
    pub fn until(days: &[i32], until: i32) -> Option<Self> {
        let days = &days[..days.partition_point(|day| *day <= until)];
        let (first, last) = (days.first()?, days.last()?);
        Some(Self {
            repeats: days.len() as u32 - 1,
            age: (until - first) as u32,
            last: (last - first) as u32,
        })
    }
}

/// Distinct purchases with how many customers have them, in order.
pub fn counted(mut all: Vec<Purchases>) -> Vec<(Purchases, u32)> {
    all.sort_unstable();
    let mut counted: Vec<(Purchases, u32)> = vec![];
    for one in all {
        match counted.last_mut() {
            Some((known, count)) if *known == one => *count += 1,
            _ => counted.push((one, 1)),
        }
    }
    counted
}

/// The parameters of the model.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Buying {
    /// The shape of the rates.
    pub r: f64,
    /// Their scale, in weeks.
    pub alpha: f64,
    /// The first parameter of the probabilities to leave.
    pub a: f64,
    /// The second.
    pub b: f64,
}

impl Buying {
    /// The most likely parameters, with the logarithm of the likelihood.
    pub fn fit(customers: &[(Purchases, u32)]) -> Result<(Self, f64), Refusal> {
        let total: u64 = customers.iter().map(|(_, count)| u64::from(*count)).sum();
        let sum = |of: fn(&Purchases) -> u32| {
            let of = customers
                .iter()
                .map(|(own, count)| u64::from(of(own)) * u64::from(*count));
            of.sum::<u64>() as f64
        };
        let likelihood = Likelihood::new(customers, total as f64);
        // Everybody buys at about the mean rate, and one purchase in two is the last: near enough to anything.
        let rate = (sum(|own| own.repeats) * WEEK / sum(|own| own.age).max(1.0)).clamp(1e-4, 1e2);
        let start = [0.0, -log(rate), 0.0, 0.0];
        let start = nearer(customers, Point::at(&start), |some| {
            Likelihood::new(some, some.iter().map(|(_, count)| f64::from(*count)).sum())
        });
        let place = least(&likelihood, start).ok_or(Refusal::NoEnd)?.place;
        let value = |index: usize| exp(place[index]);
        let own = Self {
            r: value(0),
            alpha: value(1),
            a: value(2),
            b: value(3),
        };
        let named = [
            ("r", own.r),
            ("alpha", own.alpha),
            ("a", own.a),
            ("b", own.b),
        ];
        in_bounds(Of::Buying, &named)?;
        Ok((own, -likelihood.at(&place).0 * total as f64))
    }

    /// How likely it is that a customer has not left. Who has bought only once cannot have: leaving comes after a
    /// repeat purchase.
    pub fn active(&self, own: Purchases) -> f64 {
        if own.repeats == 0 {
            return 1.0;
        }
        // 1 / (1 + odds of having left).
        1.0 / (1.0 + exp(self.log_odds_left(own)))
    }

    fn log_odds_left(&self, own: Purchases) -> f64 {
        let x = f64::from(own.repeats);
        let (age, last) = (f64::from(own.age) / WEEK, f64::from(own.last) / WEEK);
        (self.r + x) * (log(self.alpha + age) - log(self.alpha + last)) + log(self.a)
            - log(self.b + x - 1.0)
    }

    /// How many purchases are to be expected of a customer in the next `ahead` days before the odds of having left, which
    /// alone depend on the last purchase.
    pub fn expected_if_first(&self, repeats: u32, age: u32, ahead: u32) -> f64 {
        self.ahead(
            f64::from(repeats),
            self.alpha + f64::from(age) / WEEK,
            f64::from(ahead) / WEEK,
        )
    }

    /// How many repeat purchases the model expects of a customer in the first `age` days.
    pub fn expected_since_first(&self, age: u32) -> f64 {
        self.ahead(0.0, self.alpha, f64::from(age) / WEEK)
    }

    /// Equation (10) of the paper over its denominator,
    /// `(a+b+x-1)/(a-1) · [1 - (s/(s+t))^(r+x) · F(r+x, b+x; a+b+x-1; t/(s+t))]` with `s = alpha + T`. By Euler's
    /// transformation the bracket is `1 - q^(a-1) · F(a+b-1-r, a-1; a+b+x-1; 1-q)` with `q = s/(s+t)`; the factor `a-1`
    /// of the series' terms from the second on is taken against the one below, so that `a = 1` is no special place, and
    /// likewise `a+b+x-1`.
    fn ahead(&self, x: f64, s: f64, t: f64) -> f64 {
        let Self { r, a, b, .. } = *self;
        let log_q = log(s / (s + t));
        let z = t / (s + t);
        let c = a + b + x - 1.0;
        let first = -log_q * expm1_over((a - 1.0) * log_q);
        // Large terms are kept small, and how small is kept beside them.
        let (mut term, mut sum, mut scale) = ((a + b - 1.0 - r) * z, 0.0, (a - 1.0) * log_q);
        for n in 1..MOST_TERMS {
            let n = f64::from(n);
            sum += term;
            if term.abs() <= 1e-17 * sum.abs() || term == 0.0 {
                break;
            }
            term *= (a + b - 1.0 - r + n) * (a + n - 1.0) / ((c + n) * (n + 1.0)) * z;
            if sum.abs() > 1e200 {
                (term, sum, scale) = (
                    term * 1e-200,
                    sum * 1e-200,
                    scale + 200.0 * std::f64::consts::LN_10,
                );
            }
        }
        let series = if sum == 0.0 {
            0.0
        } else {
            sum.signum() * exp(scale + log(sum.abs()))
        };
        c * first - series
    }
}

/// The logarithm of the likelihood as a function of the parameters' logarithms: negative, for a customer in the mean.
struct Likelihood {
    customers: Vec<(Purchases, u32)>,
    total: f64,
    /// The distinct numbers of repeats, and of days.
    repeats: Vec<u32>,
    days: Vec<u32>,
    /// For each of the customers where theirs are in these lists: repeats, age, last.
    at: Vec<[u32; 3]>,
}

impl Likelihood {
    fn new(customers: &[(Purchases, u32)], total: f64) -> Self {
        let distinct = |mut all: Vec<u32>| {
            all.sort_unstable();
            all.dedup();
            all
        };
        let repeats = distinct(customers.iter().map(|(own, _)| own.repeats).collect());
        let days = customers.iter().flat_map(|(own, _)| [own.age, own.last]);
        let days = distinct(days.collect());
        let place = |list: &[u32], value: u32| list.partition_point(|known| *known < value) as u32;
        let at = customers.iter().map(|(own, _)| {
            [
                place(&repeats, own.repeats),
                place(&days, own.age),
                place(&days, own.last),
            ]
        });
        let at = at.collect();
        Self {
            customers: customers.to_vec(),
            total,
            repeats,
            days,
            at,
        }
    }
}

/// What all customers with so many repeats have in common.
struct Common {
    value: f64,
    by_r: f64,
    by_a: f64,
    by_b: f64,
    /// `ln a - ln(b + x - 1)`, and the second's slope; of no use without repeats.
    left: f64,
    left_by_b: f64,
}

impl Smooth for Likelihood {
    fn at(&self, place: &[f64]) -> (f64, Vec<f64>) {
        let (r, alpha, a, b) = (exp(place[0]), exp(place[1]), exp(place[2]), exp(place[3]));
        let start = lgamma(a + b) - lgamma(b) - lgamma(r) + r * place[1];
        let (psi_r, psi_ab, psi_b) = (digamma(r), digamma(a + b), digamma(b));
        let common: Vec<Common> = self
            .repeats
            .iter()
            .map(|repeats| {
                let x = f64::from(*repeats);
                let sum = digamma(a + b + x);
                Common {
                    value: start + lgamma(r + x) + lgamma(b + x) - lgamma(a + b + x),
                    by_r: digamma(r + x) - psi_r + place[1],
                    by_a: psi_ab - sum,
                    by_b: psi_ab + digamma(b + x) - psi_b - sum,
                    left: if *repeats == 0 {
                        0.0
                    } else {
                        place[2] - log(b + x - 1.0)
                    },
                    left_by_b: if *repeats == 0 {
                        0.0
                    } else {
                        1.0 / (b + x - 1.0)
                    },
                }
            })
            .collect();
        let weeks = self.days.iter().map(|days| alpha + f64::from(*days) / WEEK);
        let logs: Vec<(f64, f64)> = weeks.map(|weeks| (log(weeks), 1.0 / weeks)).collect();
        let mut sum = [Sum::default(); 5];
        for ((own, count), at) in self.customers.iter().zip(&self.at) {
            let common = &common[at[0] as usize];
            let (log_age, by_age) = logs[at[1] as usize];
            let (log_last, by_last) = logs[at[2] as usize];
            let power = r + f64::from(own.repeats);
            let stayed = -power * log_age;
            let (log, left) = if own.repeats == 0 {
                (stayed, 0.0)
            } else {
                log_sum(stayed, common.left - power * log_last)
            };
            let count = f64::from(*count);
            let parts = [
                common.value + log,
                common.by_r - (1.0 - left) * log_age - left * log_last,
                -power * ((1.0 - left) * by_age + left * by_last) + r / alpha,
                common.by_a + left / a,
                common.by_b - left * common.left_by_b,
            ];
            for (sum, part) in sum.iter_mut().zip(parts) {
                sum.add(count * part);
            }
        }
        let [value, by_r, by_alpha, by_a, by_b] = sum.map(|sum| -sum.value() / self.total);
        (value, vec![by_r * r, by_alpha * alpha, by_a * a, by_b * b])
    }
}
