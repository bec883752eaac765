//! Customers who may be the same under different names: which pairs, how sure, and why; and what follows from what
//! people decided about them.
//!
//! Takes the compared fields of the customers ([`Duplicates`]) and gives [`Pair`]s, the surest first. Nothing is merged
//! here: a pair is a suspicion until a person has decided ([`groups`]).
//!
//! ```text
//! fold, credit_code, company    what is written → what is compared; cores: names of companies
//! values    columns             → each distinct value once
//! similar   two texts           → how many edits, how alike
//! weigh     a kind of agreement → points: ten times the logarithm of the odds
//! compare   two records         → points and evidence
//! block     all records         → the pairs that are worth comparing, near linear; slips: names one letter apart
//! groups    decisions           → who is whom, and contradictions
//! suspects  pairs, decisions    → what a person is shown
//! ```

mod bits;
mod block;
mod company;
mod company_words;
mod compare;
mod cores;
pub mod credit_code;
mod fold;
pub mod groups;
mod similar;
mod slips;
pub mod suspects;
#[cfg(test)]
mod tests;
mod values;
mod weigh;

pub use block::Blocking;
pub use company::Company;
pub use compare::MOST_FIELDS;

use crate::scheme::model::Duplicates;
use crate::table::Column;
use compare::Comparer;

/// How two values go together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Agreement {
    /// The same but for spelling.
    Same,
    /// A slip of the pen.
    Near,
    /// Perhaps a slip.
    Like,
    /// Close, as values of two are too.
    Close,
    /// Others.
    Different,
    /// Names that say that they are of two: another number, another region.
    Apart,
    /// A branch and its head office, or two branches.
    Never,
}

/// What one field says of a pair.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Evidence {
    /// Its place among the compared fields.
    pub field: usize,
    /// How it agrees; `None` if the parts of a name had to be exchanged.
    pub agreement: Option<Agreement>,
    /// What that is worth.
    pub points: i32,
}

/// Two customers who may be one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pair {
    /// The number of the first.
    pub a: u32,
    /// The number of the second.
    pub b: u32,
    /// How sure it is: at 0 as likely as not, and twice as likely every 10 points.
    pub points: i32,
}

/// The customers as they are compared with each other.
pub struct Search<'a> {
    rule: &'a Duplicates,
    parts: Vec<values::Part>,
    records: usize,
}

impl<'a> Search<'a> {
    /// Makes the customers ready: `columns` are those of the fields that the scheme compares, in its order.
    pub fn new(rule: &'a Duplicates, columns: &[&Column]) -> Self {
        Self {
            rule,
            records: columns.first().map_or(0, |column| column.len()),
            parts: values::parts(&rule.fields, columns),
        }
    }

    /// The pairs from `lax` points on, the surest first; of as many points in the order of the customers.
    pub fn pairs(&self, blocking: Blocking) -> Vec<Pair> {
        let comparer = self.comparer();
        let found = block::pairs(&comparer, self.records, blocking);
        let pair = |(a, b, points): block::Scored| Pair { a, b, points };
        let mut pairs: Vec<Pair> = found.into_iter().map(pair).collect();
        pairs.sort_by_key(|pair| (-pair.points, pair.a, pair.b));
        pairs
    }

    /// What each field says of pairs, in the order of the pairs.
    pub fn evidence(&self, pairs: &[Pair]) -> Vec<Vec<Evidence>> {
        let comparer = self.comparer();
        let of = |pair: &Pair| comparer.evidence(pair.a, pair.b);
        pairs.iter().map(of).collect()
    }

    /// Whether something rules out that two customers are one, whatever else agrees.
    pub fn rules_out(&self, a: u32, b: u32) -> bool {
        self.parts.iter().any(|part| {
            let (x, y) = (part.codes[a as usize], part.codes[b as usize]);
            let both = x != values::NONE && y != values::NONE;
            both && compare::agreement(part.kind, &part.forms, x, y) == Agreement::Never
        })
    }

    fn comparer(&self) -> Comparer<'_> {
        Comparer::new(&self.parts, self.records, self.rule.lax)
    }
}

/// A number that looks like none of its neighbours' (`SplitMix64`).
const fn mixed(key: u64) -> u64 {
    let key = key.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let key = (key ^ (key >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let key = (key ^ (key >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    key ^ (key >> 31)
}
