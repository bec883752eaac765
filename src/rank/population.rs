//! The sorted values of a population, looked up by value: also by one that is not among them.

use super::groups::{Group, Groups, key_of};
use super::{AllKeys, Figures};
use crate::table::Column;
use std::sync::{Arc, OnceLock};

/// Sorted values, each group for itself. Keys are what columns hold: millionths, days or seconds; more is better.
#[derive(Clone, Debug, Default)]
pub struct Population {
    groups: Groups,
    /// The keys of each group.
    sorted: Vec<Arc<Sorted>>,
    /// Who is taken out and put in, where it is asked what would be.
    exchange: Option<Arc<Exchange>>,
}

/// For each row who asks a customer taken out, and another one put in.
#[derive(Clone, Debug)]
struct Exchange {
    out: Vec<Option<(Group, i64)>>,
    put: Vec<Option<(Group, i64)>>,
}

/// The keys of some rows, and their groups.
pub type Keys<'a> = (&'a Column, Option<&'a Column>);

/// The keys of one group.
#[derive(Clone, Debug, Default)]
pub(super) struct Sorted {
    /// Least first.
    pub(super) keys: Vec<i64>,
    /// Made when somebody asks: ranks, of which most populations are, need none.
    sums: OnceLock<Vec<i128>>,
}

impl Sorted {
    /// For each `k` the sum of the first `k` keys.
    pub(super) fn sums(&self) -> &[i128] {
        self.sums.get_or_init(|| {
            let mut sums = Vec::with_capacity(self.keys.len() + 1);
            let mut sum = 0;
            sums.push(sum);
            for key in &self.keys {
                sum += i128::from(*key);
                sums.push(sum);
            }
            sums
        })
    }
}

impl Population {
    /// The population of the customers with a key, and with a group if `within` is given.
    pub fn build(keys: &Column, within: Option<&Column>) -> Self {
        let mut all = AllKeys::new(1, within.is_some());
        all.add(std::slice::from_ref(keys), within);
        all.population()
    }

    /// The population of these keys, those of each group for themselves.
    pub(super) fn of(groups: Groups, members: Vec<Vec<i64>>) -> Self {
        let sorted = members.into_iter().map(|mut keys| {
            keys.sort_unstable();
            let sums = OnceLock::new();
            Arc::new(Sorted { keys, sums })
        });
        Self {
            groups,
            sorted: sorted.collect(),
            exchange: None,
        }
    }

    /// The one group of a population without groups.
    pub const fn everybody(&self) -> Option<Group> {
        self.groups.everybody()
    }

    /// The group of each row of `within`; `None` where it is missing or holds no customer of the population.
    pub fn groups(&self, within: &Column) -> Vec<Option<Group>> {
        self.groups.of(within)
    }

    /// This population as each row sees it whose customer, one of those here, is not `out` but `put`: row by row another
    /// one, everybody else as they are.
    #[must_use]
    pub fn instead(&self, out: Keys<'_>, put: Keys<'_>) -> Self {
        let mut population = self.clone();
        let [out, put] = [out, put].map(|(keys, within)| {
            let groups = within.map(|within| population.groups.number(within));
            let place = |row: usize| {
                let group = match &groups {
                    None => Group::EVERYBODY,
                    Some(groups) => groups[row]?,
                };
                Some((group, key_of(keys, row)?))
            };
            (0..keys.len()).map(place).collect()
        });
        // In a group that is new there is nobody yet.
        let groups = population.groups.len();
        population.sorted.resize_with(groups, Arc::default);
        population.exchange = Some(Arc::new(Exchange { out, put }));
        population
    }

    /// Whether nobody here is below zero.
    pub fn is_not_negative(&self) -> bool {
        let mut least = self.sorted.iter().filter_map(|group| group.keys.first());
        least.all(|key| *key >= 0)
    }

    /// Whether what is said of a group is the same for all rows that ask.
    pub const fn is_same_for_all(&self) -> bool {
        self.exchange.is_none()
    }

    /// The figures of a group, for those who look at them from this row.
    pub fn figures(&self, group: Group, row: usize) -> Figures<'_> {
        let sorted = &*self.sorted[group.index()]; // Groups are made by this population only.
        let of_group = |place: Option<(Group, i64)>| place.filter(|(of, _)| *of == group);
        let exchange = self.exchange.as_deref();
        Figures {
            sorted,
            out: exchange.and_then(|exchange| Some(of_group(exchange.out[row])?.1)),
            put: exchange.and_then(|exchange| Some(of_group(exchange.put[row])?.1)),
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::column::{MISSING, MISSING_TEXT};
    use crate::table::{Decimal, TextColumn};
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
        let figures = population.figures(all, 0);
        assert_eq!(figures.count(), 5);
        for (key, better) in [(40, 0), (20, 1), (10, 3), (30, 1), (50, 0), (0, 5)] {
            assert_eq!(figures.better(key * million), better, "{key}");
        }
        assert_eq!(shown(figures.share(40 * million)), "0.4");
        assert_eq!(shown(figures.share_above(20 * million)), "0.4");
        assert_eq!(shown(figures.share_above(10 * million)), "0.8");
        assert_eq!(shown(figures.mean()), "20");
        assert_eq!(shown(figures.median()), "20");
        // Excel: =PERCENTILE.INC({10,10,20,20,40}, 0.9) is 32, and of 0.8 it is 24.
        for (share, expected) in [
            ("0", "10"),
            ("0.9", "32"),
            ("0.8", "24"),
            ("1", "40"),
            ("1.1", "missing"),
        ] {
            let share = Decimal::parse(share).unwrap();
            assert_eq!(shown(figures.percentile(share)), expected, "{share}");
        }
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
        let figures = population.figures(east, 0);
        assert_eq!((figures.count(), figures.better(1_000_000)), (2, 1));
        assert_eq!(shown(figures.mean()), "2");
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
        let figures = population.figures(all, 0);
        assert_eq!((figures.mean(), figures.median()), (None, None));
        assert_eq!((figures.share(1), figures.share_above(1)), (None, None));
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
            let (one, two) = (one.figures(all, 0), two.figures(all, 0));
            prop_assert_eq!(one.better(key * 1_000_000), better);
            prop_assert_eq!(two.better(key * 1_000_000), better);
            prop_assert_eq!(one.median(), two.median());
        }

        #[test]
        fn with_another_value_it_is_the_population_of_the_others_and_that_one(
            values in prop::collection::vec(prop::option::weighted(0.9, -20i64..20), 1..25),
            place in any::<prop::sample::Index>(),
            instead in prop::option::weighted(0.9, -25i64..25),
            asked in -25i64..25,
            share in 0i64..=10,
        ) {
            let row = place.index(values.len());
            let population = Population::build(&numbers(&values), None);
            let (out, put) = (numbers(&[values[row]; 2]), numbers(&[values[row], instead]));
            let exchanged = population.instead((&out, None), (&put, None));
            let mut changed = values.clone();
            changed[row] = instead;
            let built = Population::build(&numbers(&changed), None);
            let all = built.everybody().unwrap();
            let (found, expected) = (exchanged.figures(all, 1), built.figures(all, 0));
            let key = asked * 1_000_000;
            let share = Decimal::from_millionths(share * 100_000).unwrap();
            prop_assert_eq!(found.count(), expected.count());
            prop_assert_eq!(found.better(key), expected.better(key));
            prop_assert_eq!(found.mean(), expected.mean());
            prop_assert_eq!(found.percentile(share), expected.percentile(share));
            prop_assert_eq!(found.share(key), expected.share(key));
            prop_assert_eq!(found.share_above(key), expected.share_above(key));
            prop_assert_eq!(found.least(), expected.least());
        }
    }
}
