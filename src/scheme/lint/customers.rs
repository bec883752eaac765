//! Made customers in words and as data.

use super::Judged;
use super::words::{equals, listed};
use super::world::States;
use crate::diagnostic::{Shown, Text, Witness};
use crate::expr::{Node, Slot};
use crate::scheme::model::Scheme;
use crate::table::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A customer of a list with all values that were given, and what the list makes of it.
pub fn customer(judged: &Judged<'_>, row: usize) -> Witness {
    let mut witness = made(judged.open.original, judged.states, row);
    let entry = judged.decided_by(row);
    witness.entry = entry.map(|entry| judged.entries[entry].name.en.replace('`', "").into());
    witness
}

/// A made customer, by the names of the scheme's fields, metrics and parts that were varied as a whole.
pub fn made(scheme: &Scheme, states: &States, row: usize) -> Witness {
    of_values(scheme, states, &states.customers[row])
}

/// The same of values in the order of the states' slots.
pub fn of_values(scheme: &Scheme, states: &States, values: &[Value]) -> Witness {
    let shown = |(slot, value): (&Slot, &Value)| {
        let shown = match states.history(*slot, value) {
            Some(history) => Shown::Periods(history),
            None => Shown::One(value.clone()),
        };
        (states.name(scheme, *slot).en.into(), shown)
    };
    let values: Vec<(Arc<str>, Shown)> = states.slots.iter().zip(values).map(shown).collect();
    Witness {
        values,
        entry: None,
    }
}

/// "such a customer: …": the values from outside that things told come from, where they are told by what is worked out.
pub fn described(judged: &Judged<'_>, row: usize, told: &[usize]) -> Option<Text> {
    let told = told.iter().map(|index| &judged.grid.told[*index]);
    let outside: BTreeSet<Slot> = told
        .clone()
        .flat_map(|told| told.reads.outside.iter().copied())
        .collect();
    let is_plain = told.clone().all(|told| {
        told.reads.outside.len() == 1
            && !told.reads.is_of_all()
            && matches!(told.part.node, Node::Slot(slot)
                if told.reads.outside.contains(&slot) && !judged.states.is_series(slot))
    });
    if outside.is_empty() || is_plain {
        return None;
    }
    let values = of_slots(judged.states, &judged.states.customers[row], &outside);
    Some(Text {
        en: format!("such a customer: {}", values.en),
        zh: format!("这样的客户：{}", values.zh),
    })
}

/// Values from outside in words.
pub fn of_slots(states: &States, customer: &[Value], wanted: &BTreeSet<Slot>) -> Text {
    let parts = states.slots.iter().zip(customer);
    let parts = parts
        .filter(|(slot, _)| wanted.contains(slot))
        .map(|(slot, value)| states.in_words(*slot, value));
    listed(&[", ", "，"], parts)
}

impl States {
    /// What a value from outside is called.
    fn name(&self, scheme: &Scheme, slot: Slot) -> Text {
        if let Some(given) = self.given(slot) {
            return given.variable.name.clone();
        }
        let name = &scheme.slots.entries[slot.0 as usize].name;
        crate::text!("{name}", "{name}")
    }

    /// A value from outside in words: `x = 5`, `月消费额 = 600, 700, 501`.
    pub fn in_words(&self, slot: Slot, value: &Value) -> Text {
        let Some(given) = self.given(slot) else {
            return crate::text!("", "");
        };
        let Some(history) = self.history(slot, value) else {
            return equals(&given.variable, value);
        };
        let each = history.iter().map(|value| match value {
            Value::Missing => crate::text!("missing", "缺失"),
            value => super::words::shown(&given.variable, value),
        });
        let each = listed(&[", ", "、"], each);
        let Text { en, zh } = &given.variable.name;
        Text {
            en: format!("{en} by period: {}", each.en),
            zh: format!("{zh}（逐期）：{}", each.zh),
        }
    }
}
