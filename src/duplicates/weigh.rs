//! What an agreement is worth, after Fellegi and Sunter (1969): ten times the logarithm to the base 2 of how much more
//! often it is met between records of one customer than between those of two. 10 points more double the odds.
//!
//! How often records of one customer agree cannot be learnt from a few hundred duplicates, so it is set down here for
//! each kind of field. How often those of two agree by chance is counted in the data: a common surname is worth less
//! than a rare one, and so is a street of which there are many.

use super::Agreement;
use super::bits::tenths;
use crate::scheme::model::IdentityKind;

/// What a name that says it is another's takes away.
const APART: i32 = -120;

/// What it takes away when the parts of a name have to be exchanged before they agree.
pub const SWAPPED: i32 = -30;

/// No more than this comes of where somebody is, however many fields say it: the same flat is the same flat, and a
/// family lives in it.
pub const WHERE: i32 = 120;

/// What is held of a kind of field.
struct Belief {
    /// How often, in ten thousand, the records of one customer are the same, near, like, close or different.
    one: [u64; 5],
    /// How seldom those of two are the same, near, like or close even where the data is too small to show it: once in
    /// two to the power of this.
    two: [u32; 4],
}

const fn belief(kind: IdentityKind) -> Belief {
    let (one, two) = match kind {
        IdentityKind::Identifier => ([9_000, 500, 120, 30, 350], [26, 17, 12, 6]),
        IdentityKind::CreditCode => ([9_300, 400, 80, 20, 200], [30, 16, 12, 6]),
        IdentityKind::Phone => ([7_000, 300, 60, 150, 2_490], [24, 13, 9, 5]),
        IdentityKind::Email => ([6_500, 300, 400, 100, 2_700], [24, 15, 12, 6]),
        IdentityKind::Birth => ([9_000, 450, 150, 50, 350], [13, 8, 6, 4]),
        IdentityKind::Company => ([8_000, 900, 400, 350, 350], [22, 16, 11, 6]),
        IdentityKind::Person => ([8_300, 900, 350, 80, 340], [10, 7, 5, 3]),
        IdentityKind::Address => ([6_800, 900, 600, 200, 1_500], [13, 9, 7, 4]),
        IdentityKind::Place => ([8_300, 600, 250, 120, 730], [8, 6, 5, 3]),
    };
    Belief { one, two }
}

/// The worth of what two values of a field say, over all data.
#[derive(Clone, Debug)]
pub struct Weights {
    kind: IdentityKind,
    records: u64,
    /// Of near, like, close and different.
    others: [i32; 4],
}

/// How often values of a field went together in which way between records drawn by lot.
#[derive(Clone, Copy, Debug, Default)]
pub struct Chance {
    /// How many pairs were drawn.
    pub drawn: u64,
    /// How many of them were near, like, close.
    pub found: [u64; 3],
}

impl Weights {
    /// For a kind of field in so many records.
    pub fn new(kind: IdentityKind, records: usize, chance: Chance) -> Self {
        let Belief { one, two } = belief(kind);
        let records = (records as u64).max(2);
        let drawn = chance.drawn.max(1);
        let mut others = [0; 4];
        for (index, worth) in others.iter_mut().take(3).enumerate() {
            // Some of what is drawn may be of one customer.
            let found = chance.found[index].saturating_sub(drawn.div_ceil(records));
            let seldom = two[index + 1];
            *worth =
                tenths(one[index + 1], 10_000) + tenths(drawn << seldom, drawn + (found << seldom));
        }
        others[3] = tenths(one[4], 10_000);
        Self {
            kind,
            records,
            others,
        }
    }

    /// What it is worth that two records have the same value, which `count` records have.
    pub fn same(&self, count: u32) -> i32 {
        let Belief { one, two } = belief(self.kind);
        // The two themselves say nothing of how common it is.
        let others = u64::from(count.saturating_sub(2));
        let seldom = two[0];
        tenths(one[0], 10_000) + tenths(self.records << seldom, self.records + (others << seldom))
    }

    /// What another agreement is worth; `None` if it rules out that the two are one.
    pub const fn other(&self, agreement: Agreement) -> Option<i32> {
        match agreement {
            Agreement::Same | Agreement::Near => Some(self.others[0]),
            Agreement::Like => Some(self.others[1]),
            Agreement::Close => Some(self.others[2]),
            Agreement::Different => Some(self.others[3]),
            Agreement::Apart => Some(APART),
            Agreement::Never => None,
        }
    }

    /// The most that two different values can be worth.
    pub fn most(&self) -> i32 {
        self.others.iter().copied().max().unwrap_or(0)
    }
}

/// What has to be made up for: of all pairs about one in as many as there are records is of one customer.
pub fn prior(records: usize) -> i32 {
    tenths((records as u64).max(2), 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shared_by_many_is_worth_less() {
        let weights = Weights::new(IdentityKind::Person, 10_000, Chance::default());
        let worth: Vec<i32> = [2, 12, 102, 1_002].map(|count| weights.same(count)).into();
        // log2(0.83 × 2^10) = 9.73; with 10, 100 and 1000 others of 10,000: log2(0.83 / (2^-10 + others/10,000)).
        assert_eq!(worth, [97, 87, 62, 30]);
    }

    #[test]
    fn what_only_one_has_counts_more_than_names() {
        for records in [100, 10_000, 1_000_000] {
            let same = |kind| Weights::new(kind, records, Chance::default()).same(2);
            let names = same(IdentityKind::Company).max(same(IdentityKind::Person));
            for kind in [
                IdentityKind::CreditCode,
                IdentityKind::Identifier,
                IdentityKind::Phone,
                IdentityKind::Email,
            ] {
                assert!(same(kind) > names, "{kind:?} of {records}");
            }
        }
    }

    #[test]
    fn nearer_is_never_worth_less_where_chance_is_none() {
        for (_, kind) in IdentityKind::WORDS {
            let weights = Weights::new(kind, 1_000_000, Chance::default());
            let mut worth = vec![weights.same(2)];
            let levels = [
                Agreement::Near,
                Agreement::Like,
                Agreement::Close,
                Agreement::Different,
            ];
            worth.extend(levels.iter().filter_map(|level| weights.other(*level)));
            assert!(worth.is_sorted_by(|a, b| a > b), "{kind:?}: {worth:?}");
            assert_eq!(weights.other(Agreement::Never), None);
        }
    }
}
