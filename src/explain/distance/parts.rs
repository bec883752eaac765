//! What each part of an expression can give while one value lies between two bounds.

use super::possible::{Possible, Span, Truths};
use super::span::{Between, cut, found, key_of};
use crate::expr::{Arithmetic, Base, Bound, Comparison, Node, PopulationFunction, Scalar};
use crate::rank::{Figures, quantile_of};
use crate::table::decimal::divide_half_away;
use crate::table::{Decimal, Truth, Value};

impl Between<'_> {
    /// What a part can give.
    pub(super) fn of(&self, bound: &Bound) -> Possible {
        if !self.depends(bound) {
            let place = std::ptr::from_ref(bound) as usize;
            if let Some(known) = self.known.borrow().get(&place) {
                return known.clone();
            }
            let value = bound.eval_at(self.world.frame(), self.row);
            let possible = found(&value, bound.ty.base);
            self.known.borrow_mut().insert(place, possible.clone());
            return possible;
        }
        match &bound.node {
            Node::Literal(value) => found(value, bound.ty.base),
            Node::Slot(slot) => self.slot(*slot),
            Node::Not(inner) => Possible::Truths(self.of(inner).truths().map(|truth| !truth)),
            Node::And(items) => self.joined(items, Truth::and),
            Node::Or(items) => self.joined(items, Truth::or),
            Node::Negate(inner) => Possible::Span(self.of(inner).span().map(|key| -key)),
            Node::Rescale(inner, factor) => {
                let factor = i128::from(*factor);
                Possible::Span(self.of(inner).span().map(|key| key * factor))
            }
            Node::Arithmetic(op, left, right) => Possible::Span(self.arithmetic(*op, left, right)),
            Node::Cast(inner) => {
                let span = self.of(inner).span();
                Possible::Span(match bound.ty.base {
                    Base::Date => span.map(|seconds| seconds.div_euclid(86_400)),
                    _ => span.map(|day| day * 86_400),
                })
            }
            Node::Compare(op, left, right) => {
                Possible::Truths(self.of(left).compared(*op, &self.of(right)))
            }
            Node::IsNull(inner) => {
                let (missing, there) = self.of(inner).missing();
                let truth = |may: bool, truth| {
                    if may {
                        Truths::one(truth)
                    } else {
                        Truths::NONE
                    }
                };
                Possible::Truths(truth(missing, Truth::True).or(truth(there, Truth::False)))
            }
            Node::IsTruth(inner, wanted) => {
                let wanted = Truth::from(*wanted);
                let truths = self.of(inner).truths();
                Possible::Truths(truths.map(|truth| Truth::from(truth == wanted)))
            }
            Node::In(operand, list) => {
                let operand = self.of(operand);
                let equal = list
                    .iter()
                    .map(|item| operand.compared(Comparison::Equal, &self.of(item)));
                Possible::Truths(equal.fold(Truths::one(Truth::False), |all, truths| {
                    all.joined(truths, Truth::or)
                }))
            }
            Node::Case(arms, otherwise) => self.case(bound, arms, otherwise.as_deref()),
            Node::Scalar(function, arguments) => self.scalar(*function, arguments),
            Node::Population {
                function,
                spec,
                argument,
                within,
                parameter,
            } => {
                if within.as_deref().is_some_and(|within| self.depends(within)) {
                    Possible::Anything
                } else {
                    let within = within.as_deref();
                    Possible::Span(self.population(*function, *spec, argument, within, *parameter))
                }
            }
            _ => Possible::Anything,
        }
    }

    fn joined(&self, items: &[Bound], join: impl Fn(Truth, Truth) -> Truth + Copy) -> Possible {
        let mut truths = items.iter().map(|item| self.of(item).truths());
        let first = truths.next().unwrap_or(Truths::one(Truth::Unknown));
        Possible::Truths(truths.fold(first, |all, truths| all.joined(truths, join)))
    }

    fn arithmetic(&self, op: Arithmetic, left: &Bound, right: &Bound) -> Span {
        self.of(left).span().arithmetic(op, self.of(right).span())
    }

    fn case(&self, whole: &Bound, arms: &[(Bound, Bound)], otherwise: Option<&Bound>) -> Possible {
        let missing = || found(&Value::Missing, whole.ty.base);
        let mut all: Option<Possible> = None;
        let mut take = |possible: Possible| {
            all = Some(match all.take() {
                None => possible,
                Some(all) => all.or(possible),
            });
        };
        for (condition, result) in arms {
            let truths = self.of(condition).truths();
            if truths.has(Truth::True) {
                take(self.of(result));
            }
            if truths.has(Truth::Unknown) {
                take(missing());
            }
            if !truths.has(Truth::False) {
                return all.unwrap_or(Possible::Anything);
            }
        }
        take(otherwise.map_or_else(missing, |otherwise| self.of(otherwise)));
        all.unwrap_or(Possible::Anything)
    }

    fn scalar(&self, function: Scalar, arguments: &[Bound]) -> Possible {
        let of: Vec<Possible> = arguments.iter().map(|argument| self.of(argument)).collect();
        match (function, &of[..]) {
            (Scalar::Years | Scalar::Months | Scalar::Days | Scalar::Hours, [from, to]) => {
                Possible::Span(from.span().between_dates(function, to.span()))
            }
            (Scalar::Abs, [x]) => Possible::Span(match x.span().ends {
                Some((least, greatest)) if least < 0 && greatest > 0 => {
                    Span::between(0, greatest.max(-least)).or_missing(x.span().missing)
                }
                _ => x.span().map(i128::abs),
            }),
            (Scalar::Round, [x, places]) => match places.span().ends {
                Some((least, greatest)) if least == greatest => {
                    x.rounded(u32::try_from(least / 1_000_000).unwrap_or(0))
                }
                _ => Possible::Anything,
            },
            (Scalar::Least, [first, others @ ..]) => {
                let spans = others.iter().map(Possible::span);
                Possible::Span(spans.fold(first.span(), |all, span| all.zip(span, i128::min)))
            }
            (Scalar::Greatest, [first, others @ ..]) => {
                let spans = others.iter().map(Possible::span);
                Possible::Span(spans.fold(first.span(), |all, span| all.zip(span, i128::max)))
            }
            (Scalar::Clamp, [x, low, high]) => {
                // Of bounds that are crossed the upper one counts, as in the evaluator.
                let raised = x.span().zip(low.span(), i128::max);
                Possible::Span(raised.zip(high.span(), i128::min))
            }
            (Scalar::Coalesce, all) => {
                let mut result: Option<Possible> = None;
                for possible in all {
                    let (missing, there) = possible.missing();
                    if there {
                        result = Some(match result {
                            None => possible.clone(),
                            Some(result) => result.or(possible.clone()),
                        });
                    }
                    if !missing {
                        break;
                    }
                }
                // That one of those before it may be missing is kept: too much, but never too little.
                result.unwrap_or(Possible::Anything)
            }
            _ => Possible::Anything,
        }
    }

    /// A figure of the population while the customer's own value lies between two bounds.
    fn population(
        &self,
        function: PopulationFunction,
        spec: usize,
        argument: &Bound,
        within: Option<&Bound>,
        parameter: Decimal,
    ) -> Span {
        use PopulationFunction as F;
        let keys = self.of(argument).span();
        let (Some((least, greatest)), false) = (keys.ends, keys.missing) else {
            return Span::ANY;
        };
        let population = self.world.among.population(spec);
        let own = argument.eval_at(self.world.frame(), self.row);
        let group = match within {
            None => population.everybody(),
            Some(within) => {
                let within = self.world.one(within, self.row);
                population.groups(&within)[0]
            }
        };
        let Some(group) = group else {
            return Span::ANY;
        };
        let others = population.figures(group, 0).without(key_of(&own));
        let with = |key: i128| others.with(Some(cut(key)));
        let both = |figure: &dyn Fn(i128) -> Option<i128>| match (figure(least), figure(greatest)) {
            (Some(a), Some(b)) => Span::between(a.min(b), a.max(b)),
            _ => Span::ANY,
        };
        let number = |number: Option<Decimal>| number.map(|number| i128::from(number.millionths()));
        match function {
            F::Rank => both(&|key| Some((others.better(cut(key)) as i128 + 1) * 1_000_000)),
            F::Quantile => both(&|key| {
                let parts = u64::try_from(parameter.trunc()).unwrap_or(1);
                let part = quantile_of(others.better(cut(key)), others.count() + 1, parts)?;
                Some(i128::from(part) * 1_000_000)
            }),
            F::Mean => both(&|key| number(with(key).mean())),
            F::Median => both(&|key| number(with(key).median())),
            F::Percentile => both(&|key| number(with(key).percentile(parameter))),
            // x ÷ (others + x) rises or falls all along where the sum does not change its sign.
            F::Share if signs(&others, least, greatest) => {
                both(&|key| number(with(key).share(cut(key))))
            }
            F::ShareAbove
                if signs(&others, least, greatest) && others.least().is_none_or(|key| key >= 0) =>
            {
                let above = [least, greatest].map(|key| others.above(cut(key)));
                let sums = [least, greatest].map(|key| others.total() + key);
                let shares = above.into_iter().flat_map(|above| {
                    sums.into_iter()
                        .map(move |sum| divide_half_away(above.saturating_mul(1_000_000), sum))
                });
                let shares: Vec<i128> = shares.collect();
                let least = shares.iter().copied().fold(shares[0], i128::min);
                Span::numbers(least, shares.iter().copied().fold(least, i128::max))
            }
            F::Share | F::ShareAbove => Span::ANY,
        }
    }
}

/// Whether the sum with a value between two bounds has one sign.
fn signs(others: &Figures<'_>, least: i128, greatest: i128) -> bool {
    let sums = [others.total() + least, others.total() + greatest];
    sums.iter().all(|sum| *sum > 0) || sums.iter().all(|sum| *sum < 0)
}
