//! Sums of values times factors, exactly: what a comparison of several values comes down to.

use crate::expr::Slot;

/// `(Σ factor × value + constant) ÷ over`, in the units of columns.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Linear {
    /// The values with their factors, none of them 0, by slot.
    pub terms: Vec<(Slot, i128)>,
    /// What is added.
    pub constant: i128,
    /// What all is divided by, above 0.
    pub over: i128,
    /// Whether it is that to the last millionth: quotients and products are rounded.
    pub exact: bool,
}

impl Linear {
    /// A number that is known.
    pub const fn constant(constant: i128) -> Self {
        Self {
            terms: vec![],
            constant,
            over: 1,
            exact: true,
        }
    }

    /// One value as it is.
    pub fn slot(slot: Slot) -> Self {
        Self {
            terms: vec![(slot, 1)],
            ..Self::constant(0)
        }
    }

    /// This plus `times` the other; `None` beyond 128 bits, which holds for all that gives a sum.
    pub fn plus(&self, other: &Self, times: i128) -> Option<Self> {
        let (mine, its) = (other.over, self.over.checked_mul(times)?);
        let mut terms = self.scaled(mine)?;
        for (slot, factor) in other.scaled(its)? {
            match terms.iter_mut().find(|(known, _)| *known == slot) {
                Some((_, known)) => *known = known.checked_add(factor)?,
                None => terms.push((slot, factor)),
            }
        }
        let constant = self
            .constant
            .checked_mul(mine)?
            .checked_add(other.constant.checked_mul(its)?)?;
        let over = self.over.checked_mul(other.over)?;
        Self::new(terms, constant, over, self.exact && other.exact)
    }

    /// This times `factor` over `divisor`, which is not 0.
    pub fn times(&self, factor: i128, divisor: i128) -> Option<Self> {
        let sign = divisor.signum();
        let terms = self.scaled(factor.checked_mul(sign)?)?;
        let constant = self.constant.checked_mul(factor.checked_mul(sign)?)?;
        let over = self.over.checked_mul(divisor.checked_abs()?)?;
        Self::new(terms, constant, over, self.exact)
    }

    /// The same with another word on whether it is exact.
    pub fn rounded(self, exact: bool) -> Self {
        Self {
            exact: self.exact && exact,
            ..self
        }
    }

    /// Where it is 0 when `slot` is the only value left: the whole numbers at and beside the root.
    pub fn root(&self) -> Option<(Slot, Vec<i64>)> {
        let [(slot, factor)] = self.terms[..] else {
            return None;
        };
        let (numerator, divisor) = (-self.constant * factor.signum(), factor.abs());
        let floor = numerator.div_euclid(divisor);
        let ceiling = floor + i128::from(numerator.rem_euclid(divisor) != 0);
        // What is rounded may turn a little beside the root.
        let around = i128::from(!self.exact);
        let keys = floor.saturating_sub(around)..=ceiling.saturating_add(around);
        let keys = keys.filter_map(|key| i64::try_from(key).ok());
        Some((slot, keys.collect()))
    }

    /// The factor of a value.
    pub fn factor(&self, slot: Slot) -> i128 {
        let found = self.terms.iter().find(|(known, _)| *known == slot);
        found.map_or(0, |(_, factor)| *factor)
    }

    /// The same with a value put in.
    pub fn with(&self, slot: Slot, key: i64) -> Option<Self> {
        let added = self.factor(slot).checked_mul(i128::from(key))?;
        let terms = self.terms.iter().filter(|(known, _)| *known != slot);
        Self::new(
            terms.copied().collect(),
            self.constant.checked_add(added)?,
            self.over,
            self.exact,
        )
    }

    /// What two that are 0 at the same `slot` say of the others.
    pub fn without(&self, other: &Self, slot: Slot) -> Option<Self> {
        let (mine, its) = (self.factor(slot), other.factor(slot));
        let mut terms = self.scaled(its)?;
        for (slot, factor) in other.scaled(-mine)? {
            match terms.iter_mut().find(|(known, _)| *known == slot) {
                Some((_, known)) => *known = known.checked_add(factor)?,
                None => terms.push((slot, factor)),
            }
        }
        let constant = self
            .constant
            .checked_mul(its)?
            .checked_sub(other.constant.checked_mul(mine)?)?;
        Self::new(terms, constant, 1, self.exact && other.exact)
    }

    /// The same sum moved by what is added; `None` beyond 128 bits.
    pub fn moved(&self, by: i128) -> Option<Self> {
        Some(Self {
            constant: self.constant.checked_add(by)?,
            ..self.clone()
        })
    }

    /// The plainest sum that is 0 where this one is. Where it turns is taken to be known: what is beside it is not asked.
    pub fn plain(&self) -> Self {
        let factors = self.terms.iter().map(|(_, factor)| *factor);
        let common = factors.fold(self.constant, greatest_common).max(1);
        let sign = self.terms.first().map_or(1, |(_, factor)| factor.signum());
        let terms = self.terms.iter();
        Self {
            terms: terms
                .map(|(slot, factor)| (*slot, factor / common * sign))
                .collect(),
            constant: self.constant / common * sign,
            over: 1,
            exact: true,
        }
    }

    fn scaled(&self, factor: i128) -> Option<Vec<(Slot, i128)>> {
        let scaled = |(slot, own): &(Slot, i128)| Some((*slot, own.checked_mul(factor)?));
        self.terms.iter().map(scaled).collect()
    }

    /// In lowest terms. The least number of 128 bits, which has no opposite, is beyond them too.
    fn new(mut terms: Vec<(Slot, i128)>, constant: i128, over: i128, exact: bool) -> Option<Self> {
        let parts = terms.iter().map(|(_, factor)| *factor);
        if parts.chain([constant, over]).any(|part| part == i128::MIN) {
            return None;
        }
        terms.retain(|(_, factor)| *factor != 0);
        terms.sort_unstable();
        let factors = terms.iter().map(|(_, factor)| *factor);
        let common = factors.chain([constant]).fold(over, greatest_common);
        let common = common.max(1);
        for (_, factor) in &mut terms {
            *factor /= common;
        }
        Some(Self {
            terms,
            constant: constant / common,
            over: over / common,
            exact,
        })
    }
}

/// The greatest number that both are multiples of; 0 of two zeros.
pub fn greatest_common(a: i128, b: i128) -> i128 {
    if b == 0 {
        a.abs()
    } else {
        greatest_common(b, a % b)
    }
}
