//! `[[roles]]`: what some people may see of a result, and whether their corrections count.

use super::Expression;
use crate::expr::Slot;
use std::sync::Arc;

/// What some people may see, and whether their corrections count. Nobody is in two roles; who is in none may all.
#[derive(Clone, Debug, Default)]
pub struct Role {
    /// Its name.
    pub name: Arc<str>,
    /// Who is in it, by the names that `--by` and the workbook's reviewer column have.
    pub people: Vec<Arc<str>>,
    /// Whether corrections by these people count; if not, they are refused and logged.
    pub review: bool,
    /// What it begins with, before its own lists.
    pub preset: Option<Preset>,
    /// Which customers they see; `None` is all.
    pub rows: Option<Expression>,
    /// The columns that they do not see.
    pub hide: Vec<Slot>,
    /// Fields of event sheets that they do not see: the sheet's place among the event sheets, and the field's.
    pub hide_of_events: Vec<(usize, usize)>,
    /// The columns that they see masked.
    pub mask: Vec<Slot>,
    /// The keys that they see as pseudonyms.
    pub pseudonym: Vec<Slot>,
    /// The file with the key of the pseudonyms, seen from the scheme's folder.
    pub key_file: Option<String>,
}

/// What a role begins with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Preset {
    /// Colleagues: what says who a person is or how to reach them is masked.
    Internal,
    /// Others: that is hidden, and so are names and free text; keys are pseudonyms.
    External,
}

impl Preset {
    /// Both, with their words in schemes.
    pub const WORDS: [(&'static str, Self); 2] =
        [("internal", Self::Internal), ("external", Self::External)];
}

/// How a value is masked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mask {
    /// The name of a person or a body: the first character stays.
    Name,
    /// A telephone number: three digits, or the area code, and the last four stay.
    Phone,
    /// An identity card: the first six characters (the area) and the last four stay.
    IdCard,
    /// An e-mail address: the first character and what comes after the `@` stay.
    Email,
    /// A bank card: the last four digits stay.
    BankCard,
    /// An address: province, city and district stay.
    Address,
    /// Any text: the first character stays.
    Text,
    /// A date: the year stays.
    Year,
    /// A number: the first digit stays, and how many digits there are before the point.
    Magnitude,
}

impl Mask {
    /// All of them, with their words in schemes.
    pub const WORDS: [(&'static str, Self); 9] = [
        ("name", Self::Name),
        ("phone", Self::Phone),
        ("id_card", Self::IdCard),
        ("email", Self::Email),
        ("bank_card", Self::BankCard),
        ("address", Self::Address),
        ("text", Self::Text),
        ("year", Self::Year),
        ("magnitude", Self::Magnitude),
    ];
}

/// How a column is seen: as it is, unless a role says otherwise.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, PartialOrd, Ord)]
pub enum Sight {
    /// As it is.
    #[default]
    Open,
    /// Masked, or as a pseudonym.
    Masked,
    /// Not at all.
    Hidden,
}
