//! What the purchases so far say of those to come: how many are to be expected, whether a customer is still one, how much
//! a purchase will be. Two published models, fitted to all customers at once; or a refusal, with its reason.
//!
//! This is the one room that grades with binary floating point, because the models are made of logarithms. None of it
//! comes out: estimates are rounded to four digits ([`rounded`]), parameters and errors to six ([`figure`]), exact
//! numbers from there on. Customers are taken in the order of their figures, the search starts at the same place, and the
//! models take logarithms and the like from [`special`], which give the same bits on every machine; how sure that is of
//! the search says [`minimum`].

mod buying;
mod minimum;
mod outlook;
mod special;
mod spending;
#[cfg(test)]
mod tests;

pub use buying::Purchases;
pub use outlook::{Asked, Outlook};
pub use spending::Spent;

use crate::words::{by_count, how_many};
use buying::{Buying, counted};
use minimum::{Point, Smooth, least};
use outlook::Orders;

use crate::diagnostic::Text;
use crate::table::Decimal;
use crate::text;
use spending::Spending;

/// The fewest customers with a repeat purchase. Four parameters out of less say more of chance than of customers.
pub const LEAST_REPEATERS: usize = 30;
/// Parameters beyond these say that the data does not settle them: customers who are all alike, or never leave.
const BOUNDS: (f64, f64) = (1e-4, 1e4);

/// So many customers are enough to find about where the parameters are.
const ENOUGH: usize = 20_000;

/// Why nothing is estimated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Refusal {
    /// So many customers have bought again, and more are needed.
    TooFew(usize),
    /// So many customers have spent anything at repeat purchases, and more are needed.
    TooFewSpend(usize),
    /// The search for the most likely parameters comes to no end.
    NoEnd,
    /// The most likely value of this parameter is as small as can be.
    TooSmall(Of, &'static str),
    /// The most likely value of this parameter is as large as can be.
    TooLarge(Of, &'static str),
    /// The most likely parameters have no mean of what customers spend.
    NoMean,
}

/// What a model is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// How often customers buy.
    Buying,
    /// What they spend.
    Spending,
}

impl Refusal {
    /// The reason, as the end of a sentence.
    pub fn reason(self) -> Text {
        match self {
            Self::TooFew(repeaters) => {
                let customers = how_many(repeaters, "customer");
                let have = by_count(&repeaters, "has", "have");
                text!(
                    "{customers} {have} bought again, and {LEAST_REPEATERS} are needed",
                    "再次购买的客户有 {repeaters} 位，至少需要 {LEAST_REPEATERS} 位"
                )
            }
            Self::TooFewSpend(customers) => text!(
                "only {customers} customers have repeat purchases above 0, and {LEAST_REPEATERS} are needed",
                "再次购买金额大于 0 的客户只有 {customers} 位，至少需要 {LEAST_REPEATERS} 位"
            ),
            Self::NoEnd => text!(
                "the data does not settle the parameters of the model",
                "数据不足以确定模型的参数"
            ),
            Self::TooSmall(of, name) => {
                let (least, _) = BOUNDS;
                of.at_bounds(name, &text!("below {least}", "小于 {least}"))
            }
            Self::TooLarge(of, name) => {
                let (_, most) = BOUNDS;
                of.at_bounds(name, &text!("above {most}", "大于 {most}"))
            }
            Self::NoMean => text!(
                "what customers spend has no mean by the model: a few spend too much of it",
                "按模型消费额没有平均值：少数客户的消费额过大"
            ),
        }
    }
}

impl Of {
    /// Why the data does not settle a parameter that is `beyond` the bounds.
    fn at_bounds(self, name: &str, beyond: &Text) -> Text {
        let Text { en, zh } = beyond;
        match self {
            Self::Buying => text!(
                "the most likely parameter {name} is {en}: customers differ too little, or nobody stops buying",
                "最可能的参数 {name} {zh}：客户之间差别太小，或没有人停止购买"
            ),
            Self::Spending => text!(
                "the most likely parameter {name} is {en}: what is spent differs too little, from one purchase to the \
                 next or between customers",
                "最可能的参数 {name} {zh}：各次购买之间或客户之间的消费额差别太小"
            ),
        }
    }
}

/// Whether all parameters are within bounds.
fn in_bounds(of: Of, parameters: &[(&'static str, f64)]) -> Result<(), Refusal> {
    let (least, most) = BOUNDS;
    for (name, value) in parameters {
        if *value > most {
            return Err(Refusal::TooLarge(of, name));
        }
        // Or no number at all.
        if value.is_nan() || *value < least {
            return Err(Refusal::TooSmall(of, name));
        }
    }
    Ok(())
}

/// A start near the end: where the search among some of very many customers, evenly taken, has ended. What is found among
/// all of them is the same, and sooner.
fn nearer<C: Copy, F: Smooth>(customers: &[C], start: Point, of: impl Fn(&[C]) -> F) -> Point {
    let step = customers.len() / ENOUGH;
    if step < 2 {
        return start;
    }
    let some: Vec<C> = customers.iter().step_by(step).copied().collect();
    least(&of(&some), start.clone()).unwrap_or(start)
}

/// An estimate as an exact number: to four digits, which is more than any of them is worth, and at most six places.
/// `None` where it is no number, or too large for one.
fn rounded(estimate: f64) -> Option<Decimal> {
    if !estimate.is_finite() {
        return None;
    }
    // Formatting rounds from the exact binary value, the same everywhere; below a thousandth six places come first.
    if estimate.abs() < 1e-3 {
        return Decimal::parse(&format!("{estimate:.6}"));
    }
    Decimal::parse(&format!("{estimate:.3e}"))
}

/// A figure of a fit (a parameter, an error) as an exact number, to six digits.
fn figure(value: f64) -> Option<Decimal> {
    let digits = if value.abs() < 0.1 {
        format!("{value:.6}")
    } else {
        format!("{value:.5e}")
    };
    value.is_finite().then(|| Decimal::parse(&digits)).flatten()
}

/// What a model expects, held against what was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// What the model expects; `None`, here and below, where it is too large for an exact number.
    pub expected: Option<Decimal>,
    /// What there was.
    pub actual: Option<Decimal>,
    /// By how much more the model expects, as a share of what there was, to three places; `None` where there was nothing.
    pub off: Option<Decimal>,
}

impl Held {
    fn new(expected: f64, actual: f64) -> Self {
        let off = (actual > 0.0).then(|| figure((expected - actual) / actual));
        Self {
            expected: figure(expected),
            actual: figure(actual),
            off: off.flatten().map(|share| share.round(3)),
        }
    }
}

/// How the purchases of all customers were fitted.
#[derive(Clone, Debug, PartialEq)]
pub struct BuyingFit {
    /// The parameters.
    model: Buying,
    /// The logarithm of their likelihood.
    log_likelihood: f64,
    /// How many customers have bought at all.
    pub customers: usize,
    /// How many of them have bought again.
    pub repeaters: usize,
    /// How many repeat purchases there were.
    pub repeats: u64,
    /// How many the model expects of these customers in the same time.
    expected: f64,
}

impl BuyingFit {
    /// Fits the model.
    pub fn new(customers: Vec<Purchases>) -> Result<Self, Refusal> {
        let count = customers.len();
        let repeaters = customers.iter().filter(|own| own.repeats > 0).count();
        if repeaters < LEAST_REPEATERS {
            return Err(Refusal::TooFew(repeaters));
        }
        let counted = counted(customers);
        let (model, log_likelihood) = Buying::fit(&counted)?;
        let mut ages: Vec<(u32, u32)> = counted
            .iter()
            .map(|(own, count)| (own.age, *count))
            .collect();
        ages.sort_unstable();
        let of_age = |ages: &[(u32, u32)]| {
            let count: u64 = ages.iter().map(|(_, count)| u64::from(*count)).sum();
            count as f64 * model.expected_since_first(ages[0].0)
        };
        let expected = ages.chunk_by(|one, next| one.0 == next.0).map(of_age).sum();
        let repeats = counted
            .iter()
            .map(|(own, count)| u64::from(own.repeats) * u64::from(*count));
        Ok(Self {
            model,
            log_likelihood,
            customers: count,
            repeaters,
            repeats: repeats.sum(),
            expected,
        })
    }

    /// The parameters `r`, `alpha` (in weeks), `a`, `b`.
    pub fn parameters(&self) -> [Option<Decimal>; 4] {
        let Buying { r, alpha, a, b } = self.model;
        [r, alpha, a, b].map(figure)
    }

    /// The logarithm of their likelihood.
    pub fn log_likelihood(&self) -> Option<Decimal> {
        figure(self.log_likelihood)
    }

    /// The repeat purchases that the model expects of these customers in the same time, and those there were.
    pub fn held(&self) -> Held {
        Held::new(self.expected, self.repeats as f64)
    }
}

/// How what customers spend was fitted.
#[derive(Clone, Debug, PartialEq)]
pub struct SpendingFit {
    /// The parameters.
    model: Spending,
    /// The logarithm of their likelihood.
    log_likelihood: f64,
    /// How many customers they are of: those who have bought again, for a positive mean.
    pub customers: usize,
    /// What these customers spent at a repeat purchase, in the mean over the customers.
    mean: f64,
}

impl SpendingFit {
    /// Fits the model to customers with repeats and a positive mean.
    pub fn new(customers: Vec<Spent>) -> Result<Self, Refusal> {
        let count = customers.len();
        if count < LEAST_REPEATERS {
            return Err(Refusal::TooFewSpend(count));
        }
        let mut means: Vec<f64> = customers.iter().map(|own| own.mean()).collect();
        means.sort_unstable_by(f64::total_cmp);
        let (model, log_likelihood) = Spending::fit(customers)?;
        Ok(Self {
            model,
            log_likelihood,
            customers: count,
            mean: means.iter().sum::<f64>() / count as f64,
        })
    }

    /// The parameters `p`, `q`, `v` (in the unit of the amount); one that is too large for an exact number is `None`.
    pub fn parameters(&self) -> [Option<Decimal>; 3] {
        let Spending { p, q, v } = self.model;
        [p, q, v].map(figure)
    }

    /// The logarithm of their likelihood.
    pub fn log_likelihood(&self) -> Option<Decimal> {
        figure(self.log_likelihood)
    }

    /// The mean of a repeat purchase that the model expects of a customer of whom nothing is known, and what it was.
    pub fn held(&self) -> Held {
        Held::new(self.model.expected(None), self.mean)
    }
}

/// The model held against what it did not know: fitted to the purchases of a first part of the time, and compared with
/// those of the rest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trial {
    /// The last day of the first part, in days since 1970-01-01.
    pub until: i32,
    /// How many customers had bought by then.
    pub customers: usize,
    /// How many purchases the model expected of them in the rest of the time.
    expected: f64,
    /// How many there were.
    actual: u64,
    /// By how much it is wrong for a customer, in the mean.
    mean_error: f64,
}

impl Trial {
    /// Tries the model on customers' days with a purchase, ascending and each once: fitted to the first two thirds of
    /// the time up to `last`, held against the last third.
    pub fn new<'a>(
        customers: impl Iterator<Item = &'a [i32]> + Clone,
        last: i32,
    ) -> Result<Self, Refusal> {
        let first = customers
            .clone()
            .filter_map(|days| days.first().copied())
            .min();
        let until = last - (last - first.unwrap_or(last)) / 3;
        let known: Vec<(Purchases, u32)> = customers
            .filter_map(|days| {
                let known = Purchases::until(days, until)?;
                let after = days.len() - days.partition_point(|day| *day <= until);
                Some((known, after as u32))
            })
            .collect();
        let fit = BuyingFit::new(known.iter().map(|(own, _)| *own).collect())?;
        let ahead = (last - until) as u32;
        let (mut expected, mut wrong, mut actual) = (0.0, 0.0, 0);
        let mut pairs = known;
        pairs.sort_unstable();
        let mut orders = Orders::new(&fit.model, ahead);
        for (own, after) in &pairs {
            let estimate = orders.of(*own);
            expected += estimate;
            wrong += (estimate - f64::from(*after)).abs();
            actual += u64::from(*after);
        }
        Ok(Self {
            until,
            customers: pairs.len(),
            expected,
            actual,
            mean_error: wrong / pairs.len() as f64,
        })
    }

    /// The purchases in the rest of the time that the model expected, and those there were.
    pub fn held(&self) -> Held {
        Held::new(self.expected, self.actual as f64)
    }

    /// By how many purchases it is wrong for a customer, in the mean.
    pub fn mean_error(&self) -> Option<Decimal> {
        figure(self.mean_error)
    }
}
