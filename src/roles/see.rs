//! A grading as a role sees it: every place where a value, a key, a name or what somebody wrote stands.

use super::{How, Viewer, mask, tables, withheld};
use crate::book::emptied;
use crate::decide::Subject;
use crate::expr::Slot;
use crate::grading::{Grading, Known, Members};
use crate::scheme::model::{Sight, SlotKind};
use crate::table::column::{ColumnBuilder, MISSING, Value};
use crate::table::{Column, TextColumn, Truth};
use crate::text;
use crate::words::Word;
use std::collections::BTreeMap;
use std::sync::Arc;
use tables::SeenFields;

impl Viewer {
    /// The places in a grading of the customers whom the role sees, in the order of the grading that [`Self::see`] gives.
    pub fn rows(&self, grading: &Grading) -> Vec<u32> {
        self.members(grading).rows
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
            for (field, column) in Arc::make_mut(&mut rows.clean)
                .columns
                .iter_mut()
                .enumerate()
            {
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

    /// Keys and names, wherever they stand.
    fn put_names(&self, seen: &mut Grading) {
        let id = |id: &mut Arc<str>| *id = self.id(id);
        let name = |name: &mut Option<Arc<str>>| *name = self.name_of(name.as_ref());
        let roster = &mut seen.book.roster;
        roster.rename(id);
        Arc::make_mut(&mut roster.names).iter_mut().for_each(name);
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
        people.rename(id);
        Arc::make_mut(&mut people.names).iter_mut().for_each(name);
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
        let overrides = &mut seen.past.overrides;
        seen.tagged
            .retain(|(_, place)| !self.may_hide_tag(&overrides[*place as usize].level));
        for set in overrides {
            if set.subject == Subject::Tag && self.may_hide_tag(&set.level) {
                set.level = withheld.clone();
            }
        }
    }

    /// Who was merged into a customer of the role.
    fn merged(&self, grading: &Grading, members: &Members) -> BTreeMap<Arc<str>, Arc<str>> {
        let roster = &grading.book.roster;
        let is_member = |id: &Arc<str>| {
            let row = roster.by_id().get(id);
            row.is_some_and(|row| members.rows.binary_search(row).is_ok())
        };
        let merged = grading.book.inputs.merged.iter();
        let merged = merged.filter(|(_, kept)| is_member(kept));
        merged
            .map(|(key, kept)| (self.id(key), self.id(kept)))
            .collect()
    }
}
