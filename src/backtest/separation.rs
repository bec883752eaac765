//! How well grades tell those apart who spend much afterwards from those who do not.
//!
//! Two figures. The share of what was spent afterwards that each grade holds, beside its share of customers, is what
//! people ask for. The pairs are what compares two schemes, however many grades they have and however these are cut: of
//! two customers of one period end who spent differently afterwards, how often had the one who spent more the better
//! grade? It is the concordance index of F. E. Harrell (JAMA 247, 1982), and twice it less one is the Gini coefficient of
//! credit scoring (Somers' D of the grade). All of it is counted in whole numbers.

use super::{Following, Replay};
use crate::table::Truth;

/// What came after for the customers of one grade: each counts once for every period end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GradeOutcome {
    /// How many.
    pub customers: usize,
    /// Of how many it is known what they spent.
    pub known: usize,
    /// What these spent together, in millionths.
    pub spent: i128,
    /// How many were lost.
    pub lost: usize,
    /// How many were not.
    pub stayed: usize,
}

/// Pairs of customers of one period end who spent differently afterwards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pairs {
    /// Those where the one who spent more had the better grade.
    pub right: u128,
    /// Those where that one had the worse grade.
    pub wrong: u128,
    /// Those where both had the same.
    pub same: u128,
}

impl Pairs {
    /// How many there are.
    pub const fn all(&self) -> u128 {
        self.right + self.wrong + self.same
    }

    fn add(&mut self, other: Self) {
        self.right += other.right;
        self.wrong += other.wrong;
        self.same += other.same;
    }
}

/// How well the grades of a replay separate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Separation {
    /// One for each grade, best first.
    pub grades: Vec<GradeOutcome>,
    /// Of those without a grade.
    pub ungraded: GradeOutcome,
    /// The pairs of all period ends.
    pub pairs: Pairs,
    /// The pairs of each period end; `None` where it is not known yet what came after.
    pub by_end: Vec<Option<Pairs>>,
}

impl Separation {
    /// How many period ends it is about.
    pub fn judged(&self) -> usize {
        self.by_end.iter().flatten().count()
    }

    /// Everybody together.
    pub fn total(&self) -> GradeOutcome {
        let mut total = self.ungraded.clone();
        for grade in &self.grades {
            total.customers += grade.customers;
            total.known += grade.known;
            total.spent += grade.spent;
            total.lost += grade.lost;
            total.stayed += grade.stayed;
        }
        total
    }
}

/// The figures of a replay.
pub fn separation(replay: &Replay, following: &Following<'_>) -> Separation {
    let mut grades = vec![GradeOutcome::default(); replay.grades.len()];
    let mut ungraded = GradeOutcome::default();
    let (mut pairs, mut by_end) = (Pairs::default(), vec![]);
    for (end, as_of) in replay.ends.iter().enumerate() {
        if !following.is_known(end, *as_of) {
            by_end.push(None);
            continue;
        }
        let mut spent: Vec<(i128, u32)> = vec![];
        for customer in replay.customers() {
            let Some(standing) = customer.standings[end].filter(|standing| standing.is_present())
            else {
                continue;
            };
            let after = following.of(end, *as_of, &customer.id);
            let outcome = match standing.grade {
                Some(grade) => &mut grades[grade as usize],
                None => &mut ungraded,
            };
            outcome.customers += 1;
            if let Some(amount) = after.revenue {
                outcome.known += 1;
                outcome.spent += amount;
                spent.extend(standing.grade.map(|grade| (amount, grade)));
            }
            match after.lost {
                Truth::True => outcome.lost += 1,
                Truth::False => outcome.stayed += 1,
                Truth::Unknown => {}
            }
        }
        let of_end = compare(&mut spent, replay.grades.len());
        pairs.add(of_end);
        by_end.push(Some(of_end));
    }
    Separation {
        grades,
        ungraded,
        pairs,
        by_end,
    }
}

/// Counts the pairs of what was spent and with which grade.
fn compare(spent: &mut [(i128, u32)], grades: usize) -> Pairs {
    spent.sort_unstable();
    // Of those who spent less than the ones that are looked at, how many had each grade.
    let mut less = vec![0u128; grades];
    let mut pairs = Pairs::default();
    for equals in spent.chunk_by(|one, other| one.0 == other.0) {
        for (_, grade) in equals {
            let grade = *grade as usize;
            pairs.right += less[grade + 1..].iter().sum::<u128>();
            pairs.same += less[grade];
            pairs.wrong += less[..grade].iter().sum::<u128>();
        }
        for (_, grade) in equals {
            less[*grade as usize] += 1;
        }
    }
    pairs
}
