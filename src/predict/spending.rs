//! How much customers spend at a purchase: Gamma-Gamma (Fader and Hardie, "The Gamma-Gamma Model of Monetary Value",
//! 2013; Fader, Hardie and Lee, "RFM and CLV", Journal of Marketing Research 42 (2005) 415-430).
//!
//! What a customer spends varies around a mean of their own (shape `p`), and the means of the customers vary in turn (`q`,
//! `v`). It has nothing to do with how often they buy. Only repeat purchases tell of it, and only positive means fit it.

use super::minimum::{Point, Smooth, least};
use super::special::{Sum, digamma, exp, lgamma, log};
use super::{Of, Refusal, in_bounds, nearer};

/// What a customer spent at the repeat purchases: how many, and in all, in the unit of the amount and positive.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spent {
    /// Days with a purchase but the first.
    pub repeats: u32,
    /// The amounts of these days, in millionths.
    pub sum: i128,
}

impl Spent {
    /// The mean of a purchase.
    pub(super) fn mean(self) -> f64 {
        self.sum as f64 / 1e6 / f64::from(self.repeats)
    }
}

/// The parameters of the model.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Spending {
    /// The shape of what a customer spends.
    pub p: f64,
    /// The shape of the customers' means.
    pub q: f64,
    /// Their scale, in the unit of the amount.
    pub v: f64,
}

impl Spending {
    /// The most likely parameters of customers who have repeats and a positive mean, with the logarithm of the
    /// likelihood. The order of the customers does not matter.
    pub fn fit(mut customers: Vec<Spent>) -> Result<(Self, f64), Refusal> {
        customers.sort_unstable_by_key(|own| (own.repeats, own.sum));
        let total = customers.len() as f64;
        // By the mean of all, so that it is the same whether the amounts are yuan or tens of thousands.
        let unit = customers.iter().map(|own| own.mean()).sum::<f64>() / total;
        let parts = customers.iter().map(|own| {
            let mean = own.mean() / unit;
            let x = f64::from(own.repeats);
            (own.repeats, x * mean, log(mean))
        });
        let likelihood = Likelihood {
            customers: parts.collect(),
            total,
        };
        let start = Point::at(&[log(2.0), log(3.0), 0.0]);
        let start = nearer(&likelihood.customers, start, |some| Likelihood {
            customers: some.to_vec(),
            total: some.len() as f64,
        });
        let place = least(&likelihood, start).ok_or(Refusal::NoEnd)?.place;
        let (p, q, v) = (exp(place[0]), exp(place[1]), exp(place[2]));
        in_bounds(Of::Spending, &[("p", p), ("q", q), ("v", v)])?;
        if q <= 1.0 {
            return Err(Refusal::NoMean);
        }
        // The means were divided by their unit, and so the density of each was multiplied by it.
        let likely = -likelihood.at(&place).0 * total - total * log(unit);
        Ok((Self { p, q, v: v * unit }, likely))
    }

    /// What a customer is to be expected to spend at a purchase; without repeats what customers spend in the mean.
    pub fn expected(&self, own: Option<Spent>) -> f64 {
        let all = self.v * self.p / (self.q - 1.0);
        let Some(own) = own else {
            return all;
        };
        let weight = self.p * f64::from(own.repeats);
        let share = weight / (weight + self.q - 1.0);
        (1.0 - share) * all + share * own.mean()
    }
}

/// The logarithm of the likelihood as a function of the parameters' logarithms: negative, for a customer in the mean.
struct Likelihood {
    /// Repeats, their amounts in all, and the logarithm of their mean; equal numbers of repeats stand together.
    customers: Vec<(u32, f64, f64)>,
    total: f64,
}

impl Smooth for Likelihood {
    fn at(&self, place: &[f64]) -> (f64, Vec<f64>) {
        let (p, q, v) = (exp(place[0]), exp(place[1]), exp(place[2]));
        let start = q * place[2] - lgamma(q);
        let psi_q = digamma(q);
        let mut sum = [Sum::default(); 4];
        for group in self.customers.chunk_by(|one, next| one.0 == next.0) {
            let x = f64::from(group[0].0);
            let shape = p * x;
            let log_x = log(x);
            let common = start + lgamma(shape + q) - lgamma(shape) + shape * log_x;
            let psi = digamma(shape + q);
            let by_p = psi - digamma(shape) + log_x;
            for (_, spent, log_mean) in group {
                let log_all = log(v + spent);
                let parts = [
                    common + (shape - 1.0) * log_mean - (shape + q) * log_all,
                    x * (by_p + log_mean - log_all),
                    psi - psi_q + place[2] - log_all,
                    q / v - (shape + q) / (v + spent),
                ];
                for (sum, part) in sum.iter_mut().zip(parts) {
                    sum.add(part);
                }
            }
        }
        let [value, by_p, by_q, by_v] = sum.map(|sum| -sum.value() / self.total);
        (value, vec![by_p * p, by_q * q, by_v * v])
    }
}
