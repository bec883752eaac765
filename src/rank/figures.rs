//! The figures of one group: as it is, or as it would be if one customer had another value.

use super::population::Sorted;
use crate::table::Decimal;
use crate::table::decimal::divide_half_away;

/// The sorted values of one group, one of them taken out and another put in, if that is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Figures<'a> {
    /// The keys of the group, least first, and their sums.
    pub(super) sorted: &'a Sorted,
    /// A key that is no longer there; it is one of them.
    pub(super) out: Option<i64>,
    /// A key that is there beside them.
    pub(super) put: Option<i64>,
}

impl Figures<'_> {
    /// The same with this key put in instead.
    #[must_use]
    pub const fn with(self, put: Option<i64>) -> Self {
        Self { put, ..self }
    }

    /// The same without this key, which is one of them.
    #[must_use]
    pub const fn without(self, out: Option<i64>) -> Self {
        Self { out, ..self }
    }

    /// N: how many customers there are.
    pub fn count(&self) -> usize {
        self.sorted.keys.len() - usize::from(self.out.is_some()) + usize::from(self.put.is_some())
    }

    /// The keys of the group, least first, whoever is taken out or put in.
    pub fn keys(&self) -> &[i64] {
        &self.sorted.keys
    }

    /// B: how many are strictly better than `key`.
    pub fn better(&self, key: i64) -> usize {
        let better =
            self.sorted.keys.len() - self.sorted.keys.partition_point(|other| *other <= key);
        better - usize::from(self.out.is_some_and(|out| out > key))
            + usize::from(self.put.is_some_and(|put| put > key))
    }

    /// The keys beside whom as many as `better` begin to be better, whoever of those here is asked for: below both of
    /// them that many are, above both of them they are not.
    pub fn beside(&self, better: usize) -> impl Iterator<Item = i64> {
        let places = [better.checked_sub(1), Some(better)];
        let places = places.into_iter().flatten();
        let from_worst = places.filter_map(|place| self.sorted.keys.len().checked_sub(place + 1));
        from_worst.map(|place| self.sorted.keys[place])
    }

    /// The sum of all keys, in millionths.
    pub fn total(&self) -> i128 {
        self.exchanged(self.sorted.sums().last().copied().unwrap_or(0), |_| true)
    }

    /// The sum of the keys strictly better than `key`, in millionths.
    pub fn above(&self, key: i64) -> i128 {
        let upto = self.sorted.keys.partition_point(|other| *other <= key);
        let all = self.sorted.sums().last().copied().unwrap_or(0);
        let below = self.sorted.sums().get(upto).copied().unwrap_or(0);
        self.exchanged(all - below, |other| other > key)
    }

    /// A sum of those keys that count, with what was taken out and put in.
    fn exchanged(&self, sum: i128, counts: impl Fn(i64) -> bool) -> i128 {
        let key = |key: Option<i64>| key.filter(|key| counts(*key)).map_or(0, i128::from);
        sum - key(self.out) + key(self.put)
    }

    /// The least key, if anybody is there.
    pub fn least(&self) -> Option<i64> {
        (self.count() > 0).then(|| self.nth(0))
    }

    /// `key` as a share of the sum; `None` for a sum of zero or a share beyond the limit of numbers.
    pub fn share(&self, key: i64) -> Option<Decimal> {
        ratio(i128::from(key), self.total())
    }

    /// What those strictly better than `key` hold of the sum; `None` as for [`Self::share`].
    pub fn share_above(&self, key: i64) -> Option<Decimal> {
        ratio(self.above(key), self.total())
    }

    /// The mean, rounded to six places; `None` if nobody is there.
    pub fn mean(&self) -> Option<Decimal> {
        let count = self.count() as i128;
        if count == 0 {
            None
        } else {
            Decimal::from_wide(divide_half_away(self.total(), count))
        }
    }

    /// The median, of an even number the mean of the middle two; `None` if nobody is there.
    pub fn median(&self) -> Option<Decimal> {
        Decimal::from_millionths(500_000).and_then(|half| self.percentile(half))
    }

    /// The percentile of `share` (0 to 1) as Excel's PERCENTILE.INC has it: linear between the two neighbours of
    /// position `share × (N − 1)`, rounded to six places. `None` if nobody is there or `share` is outside.
    pub fn percentile(&self, share: Decimal) -> Option<Decimal> {
        const ONE: i128 = 1_000_000;
        let count = self.count();
        let share = i128::from(share.millionths());
        if count == 0 || !(0..=ONE).contains(&share) {
            return None;
        }
        let position = share * (count as i128 - 1);
        let (below, fraction) = ((position / ONE) as usize, position % ONE);
        let low = i128::from(self.nth(below));
        let high = i128::from(self.nth((below + 1).min(count - 1)));
        Decimal::from_wide(divide_half_away(low * ONE + (high - low) * fraction, ONE))
    }

    /// The key at a place from the least.
    fn nth(&self, place: usize) -> i64 {
        let kept = |place: usize| match self.out {
            Some(out) if place >= self.sorted.keys.partition_point(|key| *key < out) => {
                self.sorted.keys[place + 1]
            }
            _ => self.sorted.keys[place],
        };
        let Some(put) = self.put else {
            return kept(place);
        };
        let less = self.sorted.keys.partition_point(|key| *key < put)
            - usize::from(self.out.is_some_and(|out| out < put));
        match place.cmp(&less) {
            std::cmp::Ordering::Less => kept(place),
            std::cmp::Ordering::Equal => put,
            std::cmp::Ordering::Greater => kept(place - 1),
        }
    }
}

fn ratio(part: i128, whole: i128) -> Option<Decimal> {
    if whole == 0 {
        return None;
    }
    // Sums of millionths of a billion customers stay below 10^28, so this product stays below 10^34.
    Decimal::from_wide(divide_half_away(part.checked_mul(1_000_000)?, whole))
}
