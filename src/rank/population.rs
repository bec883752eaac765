//! The sorted values of a population, looked up by value: also by one that is not among them.

use crate::table::column::{MISSING, MISSING_DATE, MISSING_TEXT};
use crate::table::decimal::divide_half_away;
use crate::table::{Column, Decimal, TextColumn, Truth};
use foldhash::HashMap;
use std::sync::Arc;

/// One group of a population; without groups there is only one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Group(u32);

/// Sorted values, each group for itself. Keys are what columns hold: millionths, days or seconds; more is better.
#[derive(Clone, Debug, Default)]
pub struct Population {
    groups: Vec<Sorted>,
    /// The group of each text, or of each number, day, moment or truth value; both empty without groups.
    by_text: HashMap<Arc<str>, u32>,
    by_key: HashMap<i64, u32>,
    grouped: bool,
}

/// The keys of one group.
#[derive(Clone, Debug, Default)]
struct Sorted {
    /// Least first.
    keys: Vec<i64>,
    /// `sums[k]` is the sum of the first `k` keys.
    sums: Vec<i128>,
}

/// The key of a row: what its column holds, `None` if missing. Texts and lists have none.
pub(super) fn key_of(column: &Column, row: usize) -> Option<i64> {
    match column {
        Column::Number(values) | Column::DateTime(values) => {
            Some(values[row]).filter(|key| *key != MISSING)
        }
        Column::Date(values) => Some(values[row])
            .filter(|day| *day != MISSING_DATE)
            .map(i64::from),
        Column::Bool(values) => match values[row] {
            Truth::Unknown => None,
            truth => Some(i64::from(truth == Truth::True)),
        },
        Column::Text(_) | Column::List(_) => None,
    }
}

impl Population {
    /// The population of the customers with a key, and with a group if `within` is given.
    pub fn build(keys: &Column, within: Option<&Column>) -> Self {
        let mut population = Self {
            grouped: within.is_some(),
            ..Self::default()
        };
        let groups = within.map(|within| population.number_groups(within));
        if groups.is_none() {
            population.groups.push(Sorted::default());
        }
        for row in 0..keys.len() {
            let group = match &groups {
                None => 0,
                Some(groups) => match groups[row] {
                    Some(group) => group.0 as usize,
                    None => continue,
                },
            };
            if let Some(key) = key_of(keys, row) {
                population.groups[group].keys.push(key);
            }
        }
        for group in &mut population.groups {
            group.keys.sort_unstable();
            group.sums = Vec::with_capacity(group.keys.len() + 1);
            let mut sum = 0i128;
            group.sums.push(sum);
            for key in &group.keys {
                sum += i128::from(*key);
                group.sums.push(sum);
            }
        }
        population
    }

    /// Gives each distinct value of `within` a group.
    fn number_groups(&mut self, within: &Column) -> Vec<Option<Group>> {
        let groups = &mut self.groups;
        let mut new_group = || {
            groups.push(Sorted::default());
            groups.len() as u32 - 1
        };
        if let Column::Text(texts) = within {
            let by_text = &mut self.by_text;
            return per_code(texts, |text| {
                Some(Group(
                    *by_text.entry(text.clone()).or_insert_with(&mut new_group),
                ))
            });
        }
        let by_key = &mut self.by_key;
        (0..within.len())
            .map(|row| key_of(within, row))
            .map(|key| key.map(|key| Group(*by_key.entry(key).or_insert_with(&mut new_group))))
            .collect()
    }

    /// The one group of a population without groups.
    pub const fn everybody(&self) -> Option<Group> {
        if self.grouped { None } else { Some(Group(0)) }
    }

    /// The group of each row of `within`; `None` where it is missing or holds no customer of the population.
    pub fn groups(&self, within: &Column) -> Vec<Option<Group>> {
        if let Column::Text(texts) = within {
            return per_code(texts, |text| self.by_text.get(text).copied().map(Group));
        }
        (0..within.len())
            .map(|row| key_of(within, row))
            .map(|key| {
                key.and_then(|key| self.by_key.get(&key))
                    .copied()
                    .map(Group)
            })
            .collect()
    }

    fn sorted(&self, group: Group) -> &Sorted {
        &self.groups[group.0 as usize] // Groups are made by this population only.
    }

    /// N: how many customers the group has.
    pub fn count(&self, group: Group) -> usize {
        self.sorted(group).keys.len()
    }

    /// B: how many are strictly better than `key`.
    pub fn better(&self, key: i64, group: Group) -> usize {
        let keys = &self.sorted(group).keys;
        keys.len() - keys.partition_point(|other| *other <= key)
    }

    /// B if the customer whose key is `old` had `new` instead, the others as they are.
    pub fn better_instead(&self, old: Option<i64>, new: i64, group: Group) -> usize {
        self.better(new, group) - usize::from(old.is_some_and(|old| old > new))
    }

    /// How many are equal to `key` or better.
    pub fn at_least_as_good(&self, key: i64, group: Group) -> usize {
        let keys = &self.sorted(group).keys;
        keys.len() - keys.partition_point(|other| *other < key)
    }

    /// The sum of all keys, in millionths.
    pub fn total(&self, group: Group) -> i128 {
        self.sorted(group).sums.last().copied().unwrap_or(0)
    }

    /// `key` as a share of the sum; `None` for a sum of zero or a share beyond the limit of numbers.
    pub fn share(&self, key: i64, group: Group) -> Option<Decimal> {
        ratio(i128::from(key), self.total(group))
    }

    /// What those strictly better than `key` hold of the sum; `None` as for [`Self::share`].
    pub fn share_above(&self, key: i64, group: Group) -> Option<Decimal> {
        let Sorted { keys, sums } = self.sorted(group);
        let upto = keys.partition_point(|other| *other <= key);
        ratio(self.total(group) - sums[upto], self.total(group))
    }

    /// The mean, rounded to six places; `None` if nobody is there.
    pub fn mean(&self, group: Group) -> Option<Decimal> {
        let count = self.count(group) as i128;
        if count == 0 {
            None
        } else {
            Decimal::from_wide(divide_half_away(self.total(group), count))
        }
    }

    /// The median, of an even number the mean of the middle two; `None` if nobody is there.
    pub fn median(&self, group: Group) -> Option<Decimal> {
        Decimal::from_millionths(500_000).and_then(|half| self.percentile(half, group))
    }

    /// The percentile of `share` (0 to 1) as Excel's PERCENTILE.INC has it: linear between the two neighbours of
    /// position `share × (N − 1)`, rounded to six places. `None` if nobody is there or `share` is outside.
    pub fn percentile(&self, share: Decimal, group: Group) -> Option<Decimal> {
        const ONE: i128 = 1_000_000;
        let keys = &self.sorted(group).keys;
        let share = i128::from(share.millionths());
        if keys.is_empty() || !(0..=ONE).contains(&share) {
            return None;
        }
        let position = share * (keys.len() as i128 - 1);
        let (below, fraction) = ((position / ONE) as usize, position % ONE);
        let low = i128::from(keys[below]);
        let high = i128::from(keys[(below + 1).min(keys.len() - 1)]);
        Decimal::from_wide(divide_half_away(low * ONE + (high - low) * fraction, ONE))
    }
}

/// Which of `parts` equal parts the one with `better` better ones of `count` is in; `parts` is best. `None` if nobody
/// is there.
pub fn quantile_of(better: usize, count: usize, parts: u64) -> Option<u64> {
    if count == 0 {
        return None;
    }
    let passed = better as u128 * u128::from(parts) / count as u128;
    // A value worse than all the others, which is not among them, is in the last part still.
    Some((parts - passed.min(u128::from(parts)) as u64).max(1))
}

fn ratio(part: i128, whole: i128) -> Option<Decimal> {
    if whole == 0 {
        return None;
    }
    // Sums of millionths of a billion customers stay below 10^28, so this product stays below 10^34.
    Decimal::from_wide(divide_half_away(part.checked_mul(1_000_000)?, whole))
}

/// For each row what `give` says of its text, asked once for each text that the rows have.
fn per_code(
    texts: &TextColumn,
    mut give: impl FnMut(&Arc<str>) -> Option<Group>,
) -> Vec<Option<Group>> {
    let mut known: Vec<Option<Option<Group>>> = vec![None; texts.dictionary.len()];
    let mut of_code = |code: u32| match code {
        MISSING_TEXT => None,
        code => *known[code as usize].get_or_insert_with(|| give(&texts.dictionary[code as usize])),
    };
    texts.codes.iter().map(|code| of_code(*code)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn numbers(values: &[Option<i64>]) -> Column {
        Column::Number(
            values
                .iter()
                .map(|v| v.map_or(MISSING, |v| v * 1_000_000))
                .collect(),
        )
    }

    fn shown(value: Option<Decimal>) -> String {
        value.map_or("missing".into(), |value| value.to_string())
    }

    #[test]
    fn figures_of_a_population() {
        let keys = numbers(&[Some(10), Some(40), None, Some(20), Some(20), Some(10)]);
        let population = Population::build(&keys, None);
        let all = population.everybody().unwrap();
        let million = 1_000_000;
        assert_eq!(population.count(all), 5);
        for (key, better, at_least) in [
            (40, 0, 1),
            (20, 1, 3),
            (10, 3, 5),
            (30, 1, 1),
            (50, 0, 0),
            (0, 5, 5),
        ] {
            assert_eq!(population.better(key * million, all), better, "{key}");
            assert_eq!(
                population.at_least_as_good(key * million, all),
                at_least,
                "{key}"
            );
        }
        assert_eq!(shown(population.share(40 * million, all)), "0.4");
        assert_eq!(shown(population.share_above(20 * million, all)), "0.4");
        assert_eq!(shown(population.share_above(10 * million, all)), "0.8");
        assert_eq!(shown(population.mean(all)), "20");
        assert_eq!(shown(population.median(all)), "20");
        // Excel: =PERCENTILE.INC({10,10,20,20,40}, 0.9) is 32, and of 0.8 it is 24.
        for (share, expected) in [
            ("0", "10"),
            ("0.9", "32"),
            ("0.8", "24"),
            ("1", "40"),
            ("1.1", "missing"),
        ] {
            let share = Decimal::parse(share).unwrap();
            assert_eq!(
                shown(population.percentile(share, all)),
                expected,
                "{share}"
            );
        }
        assert_eq!(
            population.better_instead(Some(40 * million), 20 * million, all),
            0
        );
    }

    #[test]
    fn groups_are_each_for_themselves() {
        let keys = numbers(&[Some(1), Some(2), Some(3), Some(9)]);
        let dictionary = Arc::new(vec!["东".into(), "西".into()]);
        let within = Column::Text(TextColumn {
            codes: vec![0, 1, 0, MISSING_TEXT],
            dictionary,
        });
        let population = Population::build(&keys, Some(&within));
        let groups = population.groups(&within);
        assert_eq!(population.everybody(), None);
        assert_eq!(groups[3], None);
        let east = groups[0].unwrap();
        assert_eq!(
            (population.count(east), population.better(1_000_000, east)),
            (2, 1)
        );
        assert_eq!(shown(population.mean(east)), "2");
        // Another column with other codes for the same texts.
        let dictionary = Arc::new(vec!["西".into(), "北".into(), "东".into()]);
        let other = Column::Text(TextColumn {
            codes: vec![2, 1],
            dictionary,
        });
        assert_eq!(population.groups(&other), [Some(east), None]);
    }

    #[test]
    fn quantiles_put_the_best_in_the_highest_part() {
        // n − floor(B × n / N)
        for (better, count, parts, expected) in [
            (0, 10, 5, 5),
            (1, 10, 5, 5),
            (2, 10, 5, 4),
            (9, 10, 5, 1),
            (10, 10, 5, 1),
            (1, 3, 5, 4),
        ] {
            assert_eq!(
                quantile_of(better, count, parts),
                Some(expected),
                "{better} of {count}"
            );
        }
        assert_eq!(quantile_of(0, 0, 5), None);
    }

    #[test]
    fn nobody_has_no_figures() {
        let population = Population::build(&numbers(&[None]), None);
        let all = population.everybody().unwrap();
        assert_eq!((population.mean(all), population.median(all)), (None, None));
        assert_eq!(
            (population.share(1, all), population.share_above(1, all)),
            (None, None)
        );
    }

    proptest! {
        #[test]
        fn row_order_never_decides(mut values in prop::collection::vec(-50i64..50, 1..40), key in -60i64..60) {
            let population = |values: &[i64]| {
                Population::build(&numbers(&values.iter().map(|v| Some(*v)).collect::<Vec<_>>()), None)
            };
            let (one, better) = (population(&values), values.iter().filter(|v| **v > key).count());
            values.reverse();
            let two = population(&values);
            let all = one.everybody().unwrap();
            prop_assert_eq!(one.better(key * 1_000_000, all), better);
            prop_assert_eq!(two.better(key * 1_000_000, all), better);
            prop_assert_eq!(one.median(all), two.median(all));
        }
    }
}
