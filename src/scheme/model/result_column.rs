//! The columns that grading adds, and what they are called.

use crate::diagnostic::Lang;
use crate::words::Word;

/// A column that grading adds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum ResultColumn {
    /// The grade.
    Grade,
    /// The grade of the run before.
    Previous,
    /// What happened to it.
    Decision,
    /// Since when it is so.
    Since,
    /// The score.
    Score,
    /// The type.
    Type,
    /// The label of dimension `.0`.
    Label(usize),
    /// The tags, joined.
    Tags,
    /// Why.
    Reasons,
    /// What the next grade needs.
    Next,
}

impl ResultColumn {
    /// Those with a name of their own, and their keys in JSON.
    const NAMED: [(Self, &'static str); 9] = [
        (Self::Grade, "grade"),
        (Self::Previous, "previous"),
        (Self::Decision, "decision"),
        (Self::Since, "since"),
        (Self::Score, "score"),
        (Self::Type, "type"),
        (Self::Tags, "tags"),
        (Self::Reasons, "reasons"),
        (Self::Next, "next"),
    ];

    /// The column that a heading, in either language, or a JSON key names.
    pub fn named(name: &str) -> Option<Self> {
        let mut named = Self::NAMED.iter();
        named
            .find(|(column, key)| *key == name || column.is_headed(name))
            .map(|(column, _)| *column)
    }

    /// Whether one of them has this heading, in either language.
    pub fn is_heading(name: &str) -> bool {
        Self::NAMED.iter().any(|(column, _)| column.is_headed(name))
    }

    /// Its heading; a dimension's is its name.
    pub fn heading(self, lang: Lang) -> Option<&'static str> {
        self.word().map(|word| word.get(lang))
    }

    fn is_headed(self, name: &str) -> bool {
        self.word().is_some_and(|word| word.is(name))
    }

    const fn word(self) -> Option<Word> {
        Some(match self {
            Self::Grade => Word::Grade,
            Self::Previous => Word::Previous,
            Self::Decision => Word::Change,
            Self::Since => Word::Since,
            Self::Score => Word::Score,
            Self::Type => Word::Type,
            Self::Tags => Word::Tags,
            Self::Reasons => Word::Reasons,
            Self::Next => Word::Next,
            Self::Label(_) => return None,
        })
    }
}
