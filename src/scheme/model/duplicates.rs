//! What tells customers apart, and what is done about those that stand more than once.

use std::sync::Arc;

/// `[duplicates]`: which fields tell whether two customers are the same, and whose values count when they are.
#[derive(Clone, Debug)]
pub struct Duplicates {
    /// The fields that are compared, in the order of the scheme.
    pub fields: Vec<IdentityField>,
    /// From how many points on a pair is all but certain.
    pub strict: i32,
    /// From how many points on a pair is shown to people.
    pub lax: i32,
    /// Whose value counts where the records of one customer differ.
    pub take: Take,
    /// Fields for which it is another's, by their place in the customers' sheet.
    pub golden: Vec<(usize, Take)>,
    /// The order of the sources, best first, for [`Take::Source`].
    pub sources: Vec<Arc<str>>,
}

impl Duplicates {
    /// Whose value counts for a field of the customers' sheet.
    pub fn take_of(&self, field: usize) -> Take {
        let mut golden = self.golden.iter();
        let own = golden.find(|(of, _)| *of == field);
        own.map_or(self.take, |(_, take)| *take)
    }
}

/// A field that is compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct IdentityField {
    /// Its place in the customers' sheet.
    pub field: usize,
    /// What it is.
    pub kind: IdentityKind,
}

/// What a field says of who somebody is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum IdentityKind {
    /// The name of a company or another body.
    Company,
    /// The name of a person, or a part of it: parts are compared crosswise too.
    Person,
    /// A day of birth, or another day that stays the same.
    Birth,
    /// A number that nobody else has.
    Identifier,
    /// A unified social credit code (统一社会信用代码).
    CreditCode,
    /// A telephone number.
    Phone,
    /// An e-mail address.
    Email,
    /// An address, or its street.
    Address,
    /// A part of where somebody is: a town, a postcode, a house number.
    Place,
}

impl IdentityKind {
    /// All of them, with their words in schemes.
    pub const WORDS: [(&'static str, Self); 9] = [
        ("company", Self::Company),
        ("person", Self::Person),
        ("birth", Self::Birth),
        ("identifier", Self::Identifier),
        ("credit_code", Self::CreditCode),
        ("phone", Self::Phone),
        ("email", Self::Email),
        ("address", Self::Address),
        ("place", Self::Place),
    ];
}

/// Whose value counts where the records of one customer differ. A missing value never counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Take {
    /// That of the newest file.
    #[default]
    Newest,
    /// That of the record with the most values.
    MostComplete,
    /// That of the first source in the scheme's order.
    Source,
}

impl Take {
    /// All of them, with their words in schemes.
    pub const WORDS: [(&'static str, Self); 3] = [
        ("newest", Self::Newest),
        ("most_complete", Self::MostComplete),
        ("source", Self::Source),
    ];
}

/// What becomes of the rows of one file that have the same key.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum SameKey {
    /// They are refused, though they be equal.
    Error,
    /// Equal ones count once, others are refused.
    #[default]
    Equal,
    /// The last one counts.
    Last,
    /// The one with the latest date in this field counts; of one date the last.
    Newest(usize),
    /// One row: numbers are added up, other values must be the same.
    Sum,
}
