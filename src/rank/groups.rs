//! What customers are ranked within: a group for every value of one column, or everybody.

use crate::table::column::{MISSING, MISSING_DATE, MISSING_TEXT};
use crate::table::{Column, TextColumn, Truth};
use foldhash::HashMap;
use std::sync::Arc;

/// One group of customers; without groups there is only one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Group(u32);

/// The groups, by the text of each, or by its number, day, moment or truth value.
#[derive(Clone, Debug, Default)]
pub(super) struct Groups {
    by_text: HashMap<Arc<str>, u32>,
    by_key: HashMap<i64, u32>,
    grouped: bool,
}

/// The key of a row: what its column holds, `None` if missing. Texts and lists have none.
pub(super) fn key_of(column: &Column, row: usize) -> Option<i64> {
    match column {
        Column::Number(values) | Column::DateTime(values) => {
            Some(values[row]).filter(|key| *key != MISSING)
        }
        Column::Date(values) => Some(values[row])
            .filter(|day| *day != MISSING_DATE)
            .map(i64::from),
        Column::Bool(values) => match values[row] {
            Truth::Unknown => None,
            truth => Some(i64::from(truth == Truth::True)),
        },
        Column::Text(_) | Column::List(_) => None,
    }
}

impl Group {
    /// The only one, where there are no groups.
    pub(super) const EVERYBODY: Self = Self(0);

    pub(super) const fn index(self) -> usize {
        self.0 as usize
    }
}

impl Groups {
    /// None yet, or everybody in one.
    pub(super) fn new(grouped: bool) -> Self {
        Self {
            grouped,
            ..Self::default()
        }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        if self.grouped {
            self.by_text.len() + self.by_key.len()
        } else {
            1
        }
    }

    /// The one group where there are none.
    pub(super) const fn everybody(&self) -> Option<Group> {
        if self.grouped {
            None
        } else {
            Some(Group::EVERYBODY)
        }
    }

    /// Gives each distinct value of `within` a group, unless it has one.
    pub(super) fn number(&mut self, within: &Column) -> Vec<Option<Group>> {
        let mut next = self.len() as u32;
        let mut new_group = || {
            next += 1;
            next - 1
        };
        if let Column::Text(texts) = within {
            let by_text = &mut self.by_text;
            return per_code(texts, |text| {
                Some(Group(
                    *by_text.entry(text.clone()).or_insert_with(&mut new_group),
                ))
            });
        }
        let by_key = &mut self.by_key;
        (0..within.len())
            .map(|row| key_of(within, row))
            .map(|key| key.map(|key| Group(*by_key.entry(key).or_insert_with(&mut new_group))))
            .collect()
    }

    /// The group of each row of `within`; `None` where it is missing or has none.
    pub(super) fn of(&self, within: &Column) -> Vec<Option<Group>> {
        if let Column::Text(texts) = within {
            return per_code(texts, |text| self.by_text.get(text).copied().map(Group));
        }
        (0..within.len())
            .map(|row| key_of(within, row))
            .map(|key| {
                key.and_then(|key| self.by_key.get(&key))
                    .copied()
                    .map(Group)
            })
            .collect()
    }
}

/// For each row what `give` says of its text, asked once for each text that the rows have.
fn per_code(
    texts: &TextColumn,
    mut give: impl FnMut(&Arc<str>) -> Option<Group>,
) -> Vec<Option<Group>> {
    let mut known: Vec<Option<Option<Group>>> = vec![None; texts.dictionary.len()];
    let mut of_code = |code: u32| match code {
        MISSING_TEXT => None,
        code => *known[code as usize].get_or_insert_with(|| give(&texts.dictionary[code as usize])),
    };
    texts.codes.iter().map(|code| of_code(*code)).collect()
}
