//! Who may see what: a grading as a role sees it.
//!
//! Takes a grading and a role, gives a grading of the customers whom the role sees, in which hidden columns are empty,
//! masked ones masked and keys pseudonyms, down to the raw cells; the texts of the scheme that would name a value are
//! withheld. Whoever writes that grading, in whatever format, has nothing else to write: there is no second gate in the
//! outputs. Ranks, shares and means were worked out over everybody before, and stay.
//!
//! What follows from a hidden column is hidden too: values, metrics, points of expressions, the score that they add up
//! to, tags with its text. Labels, grades, types and tags with a name of their own stay.

mod mask;
mod pseudonym;
mod see;
mod sights;
mod stricter;
mod tables;
mod tasks;
#[cfg(test)]
mod tests;
mod texts;
mod told;
mod unique;

pub use pseudonym::Secret;
pub use tasks::Told;
pub use told::{refused, withheld};
pub use unique::unique;

use crate::decide::Subject;
use crate::diagnostic::{Code, Finding, nearest};
use crate::expr::Slot;
use crate::grading::SeenAs;
use crate::scheme::Scheme;
use crate::scheme::model::{Mask, Preset, Role, Sight, SlotKind};
use crate::text;
use crate::words::Word;
use sights::Sights;
use std::sync::Arc;
use stricter::Definitions;

/// How a value that is not seen as it is is seen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum How {
    /// Masked.
    Masked(Mask),
    /// As a pseudonym.
    Pseudonym,
}

/// The role of this name: one of the scheme, else a preset.
pub fn find(scheme: &Scheme, name: &str) -> Result<Role, Finding> {
    if let Some(role) = scheme.roles.iter().find(|role| *role.name == *name) {
        return Ok(role.clone());
    }
    let mut presets = Preset::WORDS.into_iter();
    if let Some((word, preset)) = presets.find(|(word, _)| *word == name) {
        return Ok(Role {
            name: word.into(),
            preset: Some(preset),
            ..Role::default()
        });
    }
    let names = scheme.roles.iter().map(|role| &*role.name);
    let names = names.chain(Preset::WORDS.iter().map(|(word, _)| *word));
    let finding = Finding::error(
        Code::UnknownName,
        text!("the scheme has no role `{name}`", "方案中没有角色 `{name}`"),
    );
    if let Some(near) = nearest(name, names.clone()) {
        return Err(finding.help(text!("did you mean `{near}`?", "是否想写 `{near}`？")));
    }
    let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    let names = names.join(", ");
    Err(finding.help(text!("there are {names}", "可用的角色：{names}")))
}

/// A role before a scheme.
pub struct Viewer {
    role: Role,
    sights: Sights,
    scheme: Arc<Scheme>,
    secret: Option<Secret>,
    /// What its `rows` read, as the scheme says it.
    rows_read: Definitions,
}

impl Viewer {
    /// A role of a scheme. Pseudonyms take a secret ([`Self::needs_secret`]).
    pub fn new(scheme: &Scheme, role: Role, secret: Option<Secret>) -> Self {
        let sights = Sights::new(scheme, &role);
        let rows_read = stricter::definitions(scheme, role.rows.as_ref());
        let scheme = Arc::new(texts::seen(scheme, &sights));
        Self {
            role,
            sights,
            scheme,
            secret,
            rows_read,
        }
    }

    /// Whether a role sees anything as a pseudonym.
    pub fn needs_secret(scheme: &Scheme, role: &Role) -> bool {
        let sights = Sights::new(scheme, role);
        sights.how.contains(&Some(How::Pseudonym))
    }

    /// The role's name.
    pub fn name(&self) -> &str {
        &self.role.name
    }

    /// The scheme as the role may read it. A condition or a column that is bound by it is refused if it reads what the
    /// role does not see.
    pub fn scheme(&self) -> &Arc<Scheme> {
        &self.scheme
    }

    /// Whether the role sees every value of its customers as it is.
    pub fn sees_all_columns(&self) -> bool {
        self.sights.of.iter().all(|sight| *sight == Sight::Open) && self.sights.of_events.is_empty()
    }

    /// Whether it sees some of the customers only.
    pub const fn sees_some_rows(&self) -> bool {
        self.role.rows.is_some()
    }

    /// A customer's key as the role sees it.
    pub fn id(&self, id: &Arc<str>) -> Arc<str> {
        match (self.key_is_pseudonym(), &self.secret) {
            (true, Some(secret)) => secret.pseudonym(&self.role.name, id).into(),
            // Without a secret there is nothing that could stand for it.
            (true, None) => Word::Withheld.get(self.scheme.language).into(),
            (false, _) => id.clone(),
        }
    }

    /// Whether a tag may be of those that the role does not see.
    fn may_hide_tag(&self, text: &str) -> bool {
        let mut tags = self.scheme.tags.iter();
        tags.any(|tag| self.scheme.slots.sight(tag.slot) != Sight::Open && tag.name.can_give(text))
    }

    /// Which of these tags the role sees: those that no tag of a hidden column can give, and those that an open one
    /// gives by a name of its own.
    pub fn seen_tags(&self, tags: &[Arc<str>]) -> Vec<Arc<str>> {
        let is_plain = |text: &str| {
            let mut plain = self.scheme.tags.iter().filter(|tag| tag.name.is_plain());
            plain.any(|tag| {
                self.scheme.slots.sight(tag.slot) == Sight::Open && tag.name.can_give(text)
            })
        };
        let seen = tags
            .iter()
            .filter(|tag| is_plain(tag) || !self.may_hide_tag(tag));
        seen.cloned().collect()
    }

    /// A level that people set or suggest, as the role sees it: a tag may be made of a column that is not seen.
    pub fn level(&self, subject: Option<Subject>, level: &Arc<str>) -> Arc<str> {
        if subject == Some(Subject::Tag) && self.may_hide_tag(level) {
            Word::Withheld.get(self.scheme.language).into()
        } else {
            level.clone()
        }
    }

    fn how(&self, slot: Slot) -> Option<How> {
        self.sights.how[slot.0 as usize]
    }

    fn slot_of(&self, kind: SlotKind) -> Option<Slot> {
        let mut entries = self.scheme.slots.entries.iter();
        let index = entries.position(|entry| entry.kind == kind)?;
        Some(Slot(index as u32))
    }

    fn key_slot(&self) -> Option<Slot> {
        let customers = self.scheme.customers.as_ref();
        let key = customers.map_or(SlotKind::Id, |customers| SlotKind::Field(customers.key));
        self.slot_of(key)
    }

    fn key_is_pseudonym(&self) -> bool {
        self.key_slot()
            .is_some_and(|slot| self.how(slot) == Some(How::Pseudonym))
    }

    /// A customer's name as it is seen.
    pub fn name_of(&self, name: Option<&Arc<str>>) -> Option<Arc<str>> {
        let field = self.scheme.customers.as_ref().and_then(|rule| rule.name);
        let slot = field.and_then(|field| self.slot_of(SlotKind::Field(field)));
        let Some(slot) = slot else {
            return name.cloned();
        };
        match (self.sights.of[slot.0 as usize], self.how(slot)) {
            (Sight::Open, _) => name.cloned(),
            (_, Some(How::Masked(mask))) => name.map(|name| mask::text(mask, name).into()),
            (_, Some(How::Pseudonym)) => {
                let secret = self.secret.as_ref()?;
                name.map(|name| secret.pseudonym(&self.role.name, name).into())
            }
            (_, None) => None,
        }
    }

    /// What the role sees, in names.
    fn seen_as(&self) -> SeenAs {
        let mut seen = SeenAs {
            role: self.role.name.clone(),
            some_rows: self.role.rows.is_some(),
            ..SeenAs::default()
        };
        for (index, entry) in self.scheme.slots.entries.iter().enumerate() {
            let list = match (entry.sight, self.sights.how[index]) {
                (Sight::Open, _) => continue,
                (_, Some(How::Masked(_))) => &mut seen.masked,
                (_, Some(How::Pseudonym)) => &mut seen.pseudonyms,
                (_, None) => &mut seen.hidden,
            };
            if !list.contains(&entry.name) {
                list.push(entry.name.clone());
            }
        }
        // Fields of event sheets have names of their own.
        let events = &self.scheme.events;
        let hidden = self.sights.of_events.iter().map(|(sheet, field)| {
            let sheet = &events[*sheet].sheet;
            let (sheet, field) = (&sheet.name, &sheet.fields[*field].name);
            format!("{sheet}.{field}").into()
        });
        seen.hidden.extend(hidden);
        seen
    }
}
