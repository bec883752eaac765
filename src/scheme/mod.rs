//! Schemes: what was written ([`written`]), what is meant ([`model`]), and the way from one to the other.

mod alike;
pub mod grid;
pub mod lint;
pub mod model;
pub mod names;
pub mod set;
mod validate;
pub mod written;

pub use alike::{read_alike, same};
pub use model::Scheme;
pub use validate::{items, kind_word, parse_columns, validate};

use crate::expr::{Resolution, Scope, Slot, Symbol};
use crate::text;
use model::SlotKind;
use std::sync::Arc;

impl Scheme {
    /// The slot that a kind of result has, if the scheme has it.
    pub fn slot_of(&self, kind: SlotKind) -> Option<Slot> {
        self.slots
            .entries
            .iter()
            .position(|entry| entry.kind == kind)
            .map(|index| Slot(index as u32))
    }

    /// Where the score is; `None` if no dimension has a weight.
    pub fn score_slot(&self) -> Option<Slot> {
        self.slot_of(SlotKind::Score)
    }

    /// Where the type is; `None` without types.
    pub fn type_slot(&self) -> Option<Slot> {
        self.slot_of(SlotKind::Type)
    }
}

/// The names of a whole scheme, for `--where` and `--columns`.
pub struct AllNames<'a> {
    scheme: &'a Scheme,
    tags: Vec<Slot>,
}

impl<'a> AllNames<'a> {
    /// The names of `scheme`.
    pub fn new(scheme: &'a Scheme) -> Self {
        Self {
            scheme,
            tags: scheme.tags.iter().map(|tag| tag.slot).collect(),
        }
    }

    fn find(&self, wanted: impl Fn(&model::SlotEntry) -> bool) -> Resolution {
        let found = self.scheme.slots.entries.iter().position(wanted);
        found.map_or(Resolution::Unknown, |index| {
            Resolution::Found(Symbol {
                slot: Slot(index as u32),
                ty: self.scheme.slots.entries[index].ty.clone(),
            })
        })
    }

    fn is_named(entry: &model::SlotEntry) -> bool {
        !matches!(
            entry.kind,
            SlotKind::Points(_) | SlotKind::OwnPoints(_) | SlotKind::Tag(_)
        )
    }
}

impl Scope for AllNames<'_> {
    fn resolve(&self, sheet: Option<&str>, name: &str) -> Resolution {
        let full = sheet.map_or_else(|| name.to_owned(), |sheet| format!("{sheet}.{name}"));
        match self.find(|entry| Self::is_named(entry) && *entry.name == *full) {
            Resolution::Unknown => match full.as_str() {
                "score" => Resolution::NotHere(text!(
                    "the scheme has no score: no dimension has a weight",
                    "该方案没有得分：没有带权重的维度"
                )),
                "grade" => Resolution::NotHere(text!("the scheme has no grades", "该方案没有等级")),
                "type" => Resolution::NotHere(text!("the scheme has no types", "该方案没有类型")),
                _ => Resolution::Unknown,
            },
            found => found,
        }
    }

    fn names(&self) -> Vec<String> {
        let named = self
            .scheme
            .slots
            .entries
            .iter()
            .filter(|entry| Self::is_named(entry));
        named.map(|entry| entry.name.to_string()).collect()
    }

    fn points(&self, dimension: &str) -> Resolution {
        self.find(|entry| matches!(entry.kind, SlotKind::Points(_)) && *entry.name == *dimension)
    }

    fn tags(&self) -> Option<&[Slot]> {
        Some(&self.tags)
    }

    fn tags_unlike(&self, text: &str) -> Option<Vec<Arc<str>>> {
        model::unlike_all(self.scheme.tags.iter().map(|tag| &tag.name), text)
    }

    fn has_population(&self) -> bool {
        true
    }
}
