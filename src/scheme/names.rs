//! The names of a scheme: which there are, what they hold, and which of them an expression sees at its place.

use super::model::{Sight, SlotEntry, SlotKind, Slots, Template, unlike_all};
use crate::expr::{Resolution, Scope, Slot, Symbol, Type};
use crate::text;
use foldhash::{HashMap, HashSet};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Names that the language itself uses.
pub const RESERVED: [&str; 7] = [
    "score",
    "grade",
    "type",
    "points",
    "as_of",
    "previous_grade",
    "previous_type",
];

/// All names so far, in the order in which the parts of a scheme come.
#[derive(Default)]
pub struct Names {
    slots: Vec<SlotEntry>,
    by_name: HashMap<Arc<str>, Slot>,
    points: HashMap<Arc<str>, Slot>,
    /// Names that some part has, whether or not it has come yet.
    anywhere: HashSet<String>,
    tags: Option<Vec<Slot>>,
    /// What tags can be; `None` where one of them is wrong itself.
    tag_texts: Option<Vec<Template>>,
    /// Those that some expression has named.
    read: RefCell<BTreeSet<Slot>>,
}

impl Names {
    /// Names that are written somewhere in the scheme: an expression that uses one too early is told so.
    pub fn announce(&mut self, name: &str) {
        self.anywhere.insert(name.to_owned());
    }

    /// Adds a column that expressions do not name directly.
    pub fn hidden(&mut self, name: &str, ty: Type, kind: SlotKind) -> Slot {
        let slot = Slot(self.slots.len() as u32);
        self.slots.push(SlotEntry {
            name: name.into(),
            ty,
            kind,
            is_read: false,
            is_estimate: false,
            sight: Sight::Open,
        });
        slot
    }

    /// Adds a name; from now on expressions see it. `false` beside the slot if the name was there already.
    pub fn add(&mut self, name: &str, ty: Type, kind: SlotKind) -> (Slot, bool) {
        let slot = self.hidden(name, ty, kind);
        let fresh = !self.by_name.contains_key(name);
        if fresh {
            self.by_name.insert(name.into(), slot);
        }
        (slot, fresh)
    }

    /// Says of a column that it is estimated.
    pub fn set_estimate(&mut self, slot: Slot) {
        self.slots[slot.0 as usize].is_estimate = true;
    }

    /// Adds the points of a dimension.
    pub fn add_points(&mut self, dimension: &str, kind: SlotKind) -> Slot {
        let slot = self.hidden(dimension, Type::of(crate::expr::Base::Number), kind);
        self.points.insert(dimension.into(), slot);
        slot
    }

    /// From now on `has_tag` works; `names` are what tags can be, if all are known.
    pub fn open_tags(&mut self, tags: Vec<Slot>, names: Option<Vec<Template>>) {
        self.tags = Some(tags);
        self.tag_texts = names;
    }

    /// The slot of a name that was added.
    pub fn slot(&self, name: &str) -> Option<Slot> {
        self.by_name.get(name).copied()
    }

    /// The type of a slot.
    pub fn ty(&self, slot: Slot) -> &Type {
        &self.slots[slot.0 as usize].ty
    }

    /// The entry of a slot.
    pub fn entry(&self, slot: Slot) -> &SlotEntry {
        &self.slots[slot.0 as usize]
    }

    /// The names of which the type is not known, because what they are is wrong.
    pub fn wrong(&self) -> impl Iterator<Item = &str> {
        let wrong = |entry: &&SlotEntry| entry.ty.base == crate::expr::Base::Null;
        self.slots.iter().filter(wrong).map(|entry| &*entry.name)
    }

    /// All columns.
    pub fn into_slots(self) -> Slots {
        let mut entries = self.slots;
        for slot in self.read.into_inner() {
            entries[slot.0 as usize].is_read = true;
        }
        Slots { entries }
    }

    fn found(&self, slot: Slot) -> Resolution {
        self.read.borrow_mut().insert(slot);
        Resolution::Found(Symbol {
            slot,
            ty: self.ty(slot).clone(),
        })
    }
}

impl Scope for Names {
    fn resolve(&self, sheet: Option<&str>, name: &str) -> Resolution {
        let full = sheet.map_or_else(|| name.to_owned(), |sheet| format!("{sheet}.{name}"));
        if let Some(slot) = self.by_name.get(full.as_str()) {
            return self.found(*slot);
        }
        // These may come later or not at all, which the order alone does not say.
        match full.as_str() {
            "score" => {
                return Resolution::NotHere(text!(
                    "`score` is known from the grades on, where a dimension has a `weight`",
                    "`score` 从等级起才能用，并且要有维度写了 `weight`"
                ));
            }
            "grade" => {
                return Resolution::NotHere(text!(
                    "`grade` is known from the types on, where the scheme has grades",
                    "`grade` 从类型起才能用，并且方案要有等级"
                ));
            }
            "type" => {
                return Resolution::NotHere(text!(
                    "`type` is known from the tags on, where the scheme has types",
                    "`type` 从标签起才能用，并且方案要有类型"
                ));
            }
            _ => {}
        }
        if self.anywhere.contains(&full) || RESERVED.contains(&full.as_str()) {
            return Resolution::NotHere(text!(
                "`{full}` comes later: a part of the scheme sees those before it (fields, metrics, values, \
                 dimensions, score, grade, type, tags)",
                "`{full}` 在后面才算出：方案的每一部分只能用它前面的（字段、指标、值、维度、得分、等级、类型、标签）"
            ));
        }
        Resolution::Unknown
    }

    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.by_name.keys().map(ToString::to_string).collect();
        names.sort();
        names
    }

    fn points(&self, dimension: &str) -> Resolution {
        match self.points.get(dimension) {
            Some(slot) => self.found(*slot),
            None if self.anywhere.contains(dimension) => Resolution::NotHere(text!(
                "`{dimension}` is no dimension with points before this place",
                "`{dimension}` 不是此处之前带分数的维度"
            )),
            None => Resolution::Unknown,
        }
    }

    fn tags(&self) -> Option<&[Slot]> {
        self.tags.as_deref()
    }

    fn tags_unlike(&self, text: &str) -> Option<Vec<Arc<str>>> {
        unlike_all(self.tag_texts.as_ref()?, text)
    }

    fn has_population(&self) -> bool {
        true
    }
}

/// The names of a scope and one more: a dimension's own `points`, while its bands over them are judged.
pub struct WithPoints<'a> {
    /// The scope around.
    pub names: &'a Names,
    /// Where the dimension's own points are.
    pub own: Slot,
}

impl Scope for WithPoints<'_> {
    fn resolve(&self, sheet: Option<&str>, name: &str) -> Resolution {
        if sheet.is_none() && name == "points" {
            return self.names.found(self.own);
        }
        self.names.resolve(sheet, name)
    }

    fn names(&self) -> Vec<String> {
        let mut names = self.names.names();
        names.push("points".into());
        names
    }

    fn points(&self, dimension: &str) -> Resolution {
        self.names.points(dimension)
    }

    fn tags(&self) -> Option<&[Slot]> {
        self.names.tags()
    }

    fn tags_unlike(&self, text: &str) -> Option<Vec<Arc<str>>> {
        self.names.tags_unlike(text)
    }

    fn has_population(&self) -> bool {
        true
    }
}

/// The fields of an event sheet or of any sheet's `rows`: slot `i` is field `i`.
pub struct FieldScope<'a> {
    /// The sheet's name, for messages.
    pub sheet: &'a str,
    /// Names and types of its fields.
    pub fields: Vec<(Arc<str>, Type)>,
}

impl Scope for FieldScope<'_> {
    fn resolve(&self, sheet: Option<&str>, name: &str) -> Resolution {
        let here = sheet.is_none_or(|sheet| sheet == self.sheet);
        match self
            .fields
            .iter()
            .position(|(field, _)| here && **field == *name)
        {
            Some(index) => Resolution::Found(Symbol {
                slot: Slot(index as u32),
                ty: self.fields[index].1.clone(),
            }),
            None => Resolution::Unknown,
        }
    }

    fn names(&self) -> Vec<String> {
        self.fields
            .iter()
            .map(|(name, _)| name.to_string())
            .collect()
    }
}
