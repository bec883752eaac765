//! What of a grading may be shown in an output: whose rows, and which names. Every sheet of the workbook that tells
//! values beyond the table of customers asks here, and nowhere else, so that what is kept from a reader is kept in all
//! of them.

use crate::book::Entry;
use crate::diagnostic::Lang;
use crate::explain::Input;
use crate::expr::Slot;
use crate::scheme::model::Expression;
use crate::words::Word;
use std::borrow::Cow;

/// What may be shown.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// The customers in the order of the output.
    pub entries: Vec<Entry>,
    /// The names whose values are not told, nor the rules that read them.
    closed: Vec<Slot>,
}

impl Seen {
    /// All that there is to say of these customers.
    pub const fn all_of(entries: Vec<Entry>) -> Self {
        Self {
            entries,
            closed: vec![],
        }
    }

    /// The same without the values of these names.
    #[must_use]
    pub fn without(mut self, closed: impl IntoIterator<Item = Slot>) -> Self {
        self.closed.extend(closed);
        self
    }

    /// The rows of the customers who have values.
    pub fn rows(&self) -> impl Iterator<Item = usize> {
        self.entries.iter().filter_map(|entry| match entry {
            Entry::Customer(row) => Some(*row as usize),
            Entry::Refused(_) | Entry::Absent(_) => None,
        })
    }

    /// Whether the values of a name may be told.
    pub fn may_tell(&self, slot: Slot) -> bool {
        !self.closed.contains(&slot)
    }

    /// Whether a rule may be told: it says what its values are, if one knows for whom it holds.
    pub fn may_tell_rule(&self, rule: &Expression) -> bool {
        self.closed.is_empty()
            || rule
                .bound
                .slots()
                .into_iter()
                .all(|slot| self.may_tell(slot))
    }

    /// A rule as written, or that it is not shown.
    pub fn rule<'a>(&self, rule: &'a Expression, lang: Lang) -> Cow<'a, str> {
        if self.may_tell_rule(rule) {
            Cow::Borrowed(rule.text.trim())
        } else {
            Cow::Borrowed(Word::NotShown.get(lang))
        }
    }

    /// Whether a value that a rule read may be told: it, and what it was worked out from.
    pub fn may_tell_input(&self, input: &Input) -> bool {
        self.may_tell(input.slot) && input.from.iter().all(|from| self.may_tell_input(from))
    }
}
