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
mod sights;
mod tables;
#[cfg(test)]
mod tests;
mod texts;
mod told;
mod unique;

pub use pseudonym::Secret;
pub use told::withheld;
pub use unique::unique;

use crate::book::emptied;
use crate::decide::Subject;
use crate::diagnostic::{Code, Finding, nearest};
use crate::expr::Slot;
use crate::grading::{Grading, Known, Members, SeenAs};
use crate::scheme::Scheme;
use crate::scheme::model::{Mask, Preset, Role, Sight, SlotKind};
use crate::table::column::{ColumnBuilder, MISSING, Value};
use crate::table::{Column, TextColumn, Truth};
use crate::text;
use crate::words::Word;
use sights::Sights;
use std::sync::Arc;
use tables::SeenFields;

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
}

impl Viewer {
    /// A role of a scheme. Pseudonyms take a secret ([`Self::needs_secret`]).
    pub fn new(scheme: &Scheme, role: Role, secret: Option<Secret>) -> Self {
        let sights = Sights::new(scheme, &role);
        let scheme = Arc::new(texts::seen(scheme, &sights));
        Self {
            role,
            sights,
            scheme,
            secret,
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

    /// The first column by name, if any, that the role sees here and does not see as it is in another scheme; of the rows
    /// `rows` is said. A run that was recorded before a role was made stricter shows more than the role may see now.
    pub fn is_laxer_than(&self, other: &Self) -> Option<Arc<str>> {
        let text = |viewer: &Self| viewer.role.rows.as_ref().map(|rows| rows.text.clone());
        if text(self) != text(other) {
            return Some("rows".into());
        }
        let entries = self.scheme.slots.entries.iter().zip(&self.sights.how);
        let mut laxer = entries.filter(|(entry, how)| {
            let others = other.scheme.slots.entries.iter().zip(&other.sights.how);
            // A dimension's label and its points have one name.
            let kind = std::mem::discriminant(&entry.kind);
            let mut same = others.filter(|(known, _)| {
                known.name == entry.name && std::mem::discriminant(&known.kind) == kind
            });
            same.any(|(known, other_how)| {
                known.sight > entry.sight || known.sight == entry.sight && other_how != *how
            })
        });
        laxer.next().map(|(entry, _)| entry.name.clone())
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

    /// What the role sees of a grading by its scheme.
    pub fn see(&self, grading: &Grading) -> Grading {
        let members = self.members(grading);
        let ids = members.rows.iter();
        let ids: Vec<Arc<str>> = ids
            .map(|row| self.id(&grading.book.roster.ids[*row as usize]))
            .collect();
        let facts = grading
            .facts
            .seen(&members.rows, ids, |slot, column| self.column(slot, column));
        let seen = |slot: usize| facts.get(Slot(slot as u32));
        let fields = SeenFields::new(&grading.scheme, &self.sights, seen);
        let inputs = tables::seen(
            &grading.book,
            &members,
            &fields,
            self.merged(grading, &members),
        );
        let mut seen = grading.of_some(&members, facts, Arc::new(inputs));
        self.put_columns(&mut seen);
        self.put_names(&mut seen);
        self.put_texts(&mut seen);
        seen.scheme = self.scheme.clone();
        seen.findings = withheld(&grading.findings);
        seen.role = Some(Arc::new(self.seen_as()));
        seen
    }

    /// The customers whom the role sees. Of rows without values nobody can say whether the condition holds, so that a
    /// role with one does not see them.
    fn members(&self, grading: &Grading) -> Members {
        let Some(rows) = &self.role.rows else {
            return Members {
                rows: (0..grading.len() as u32).collect(),
                refused: (0..grading.book.roster.refused.len() as u32).collect(),
                absent: (0..grading.absent.len() as u32).collect(),
            };
        };
        let mut facts = grading.facts.clone();
        let column = facts.evaluate(&grading.scheme, rows, &self.role.name, &mut vec![]);
        let Column::Bool(truths) = column else {
            return Members::default();
        };
        let holds = truths.iter().zip(0u32..);
        let holds = holds.filter(|(truth, _)| **truth == Truth::True);
        Members {
            rows: holds.map(|(_, row)| row).collect(),
            ..Members::default()
        }
    }

    /// A column as it is seen.
    fn column(&self, slot: Slot, column: &Column) -> Column {
        if column.is_empty() {
            return column.clone();
        }
        match (self.sights.of[slot.0 as usize], self.how(slot)) {
            (Sight::Open, _) => emptied(column),
            (Sight::Masked, Some(how)) => self.masked(column, how),
            _ => emptied(&column.gather(&vec![None; column.len()])),
        }
    }

    fn how(&self, slot: Slot) -> Option<How> {
        self.sights.how[slot.0 as usize]
    }

    fn masked(&self, column: &Column, how: How) -> Column {
        let mut masked = ColumnBuilder::like(&Column::Text(TextColumn::default()));
        for row in 0..column.len() {
            let value = column.value(row);
            let text = match (how, &value) {
                (How::Masked(mask), value) => mask::value(mask, value),
                (How::Pseudonym, Value::Text(text)) => self
                    .secret
                    .as_ref()
                    .map(|secret| secret.pseudonym(&self.role.name, text)),
                (How::Pseudonym, _) => None,
            };
            match text {
                Some(text) => masked.push_text(&text),
                None => masked.push(&Value::Missing),
            }
        }
        masked.finish()
    }

    fn slot_of(&self, kind: SlotKind) -> Option<Slot> {
        let mut entries = self.scheme.slots.entries.iter();
        let index = entries.position(|entry| entry.kind == kind)?;
        Some(Slot(index as u32))
    }

    /// The columns beside the facts: those of the sheets, and the points of indicators.
    fn put_columns(&self, seen: &mut Grading) {
        let facts = &seen.facts;
        if let Some(customers) = &mut seen.book.customers {
            for (field, column) in customers.columns.iter_mut().enumerate() {
                if let Some(slot) = self.slot_of(SlotKind::Field(field)) {
                    *column = facts.get(slot).clone();
                }
            }
        }
        for (lookup, rows) in seen.book.lookups.iter_mut().enumerate() {
            for (field, column) in rows.columns.iter_mut().enumerate() {
                if let Some(slot) = self.slot_of(SlotKind::LookupField(lookup, field)) {
                    *column = facts.get(slot).clone();
                }
            }
        }
        for (sheet, rows) in seen.book.events.iter_mut().enumerate() {
            let customer = rows.customer_field;
            for (field, column) in rows.clean.columns.iter_mut().enumerate() {
                if self.sights.of_events.contains(&(sheet, field)) {
                    *column = emptied(&column.gather(&vec![None; column.len()]));
                } else if field == customer && self.key_is_pseudonym() {
                    *column = self.masked(column, How::Pseudonym);
                }
            }
        }
        let results = self.scheme.dimensions.iter();
        for (dimension, result) in results.zip(&mut seen.assessment.dimensions) {
            if self.scheme.slots.sight(dimension.points_slot) != Sight::Open {
                for points in &mut result.indicators {
                    points.fill(MISSING);
                }
            }
        }
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
    fn name_of(&self, name: Option<&Arc<str>>) -> Option<Arc<str>> {
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

    /// Keys and names, wherever they stand.
    fn put_names(&self, seen: &mut Grading) {
        let id = |id: &mut Arc<str>| *id = self.id(id);
        let name = |name: &mut Option<Arc<str>>| *name = self.name_of(name.as_ref());
        let by_id = |ids: &[Arc<str>]| ids.iter().cloned().zip(0..).collect();
        let roster = &mut seen.book.roster;
        roster.ids.iter_mut().for_each(id);
        roster.names.iter_mut().for_each(name);
        roster.by_id = by_id(&roster.ids);
        for row in &mut roster.refused {
            row.id.iter_mut().for_each(id);
            name(&mut row.name);
            // What is wrong with a row is told by the text that is wrong.
            row.faults = vec![text!(
                "a value of the row cannot be used",
                "该行有不能使用的内容"
            )];
        }
        let people = &mut seen.people;
        people.ids.iter_mut().for_each(id);
        people.names.iter_mut().for_each(name);
        people.by_id = by_id(&people.ids);
        for absent in &mut seen.absent {
            id(&mut absent.id);
            name(&mut absent.name);
        }
        for Known {
            id: key, name: of, ..
        } in &mut seen.past.customers
        {
            id(key);
            name(of);
        }
        for settled in &mut seen.past.settled {
            id(&mut settled.customer);
        }
    }

    /// What people wrote, which may quote anything, and tags that they made of a column that is not seen.
    fn put_texts(&self, seen: &mut Grading) {
        let withheld: Arc<str> = Word::Withheld.get(self.scheme.language).into();
        let hides = !self.sees_all_columns();
        for set in &mut seen.past.overrides {
            if set.customer.is_empty() {
                continue;
            }
            set.customer = self.id(&set.customer);
            if hides {
                set.reason = withheld.clone();
            }
        }
        let closed: Vec<_> = self
            .scheme
            .tags
            .iter()
            .filter(|tag| self.scheme.slots.sight(tag.slot) != Sight::Open)
            .collect();
        let is_closed = |level: &str| closed.iter().any(|tag| tag.name.can_give(level));
        let overrides = &mut seen.past.overrides;
        seen.tagged
            .retain(|(_, place)| !is_closed(&overrides[*place as usize].level));
        let of_tags = overrides.iter_mut();
        for set in of_tags.filter(|set| set.subject == Subject::Tag && is_closed(&set.level)) {
            set.level = withheld.clone();
        }
    }

    /// Who was merged into a customer of the role.
    fn merged(
        &self,
        grading: &Grading,
        members: &Members,
    ) -> std::collections::BTreeMap<Arc<str>, Arc<str>> {
        let roster = &grading.book.roster;
        let is_member = |id: &Arc<str>| {
            let row = roster.by_id.get(id);
            row.is_some_and(|row| members.rows.binary_search(row).is_ok())
        };
        let merged = grading.book.inputs.merged.iter();
        let merged = merged.filter(|(_, kept)| is_member(kept));
        merged
            .map(|(key, kept)| (self.id(key), self.id(kept)))
            .collect()
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
        seen
    }
}
