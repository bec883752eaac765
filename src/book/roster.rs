//! Who the customers are: their keys and names in order, the rows that are refused, and whose row is left out.

use super::before::Earlier;
use super::events::EventRows;
use super::numbered::Numbered;
use crate::clean::sheet::RowRef;
use crate::diagnostic::Text;
use crate::table::Column;
use crate::table::column::MISSING_TEXT;
use foldhash::{HashMap, HashSet};
use std::sync::Arc;

/// Who the customers are. Customers are numbered from 0 in the order of their rows.
#[derive(Clone, Debug, Default)]
pub struct Roster {
    /// The key of each customer.
    pub ids: Arc<Vec<Arc<str>>>,
    /// The name of each, where the sheet has one.
    pub names: Arc<Vec<Option<Arc<str>>>>,
    by_id: Numbered,
    /// Customers and refused rows in output order.
    pub entries: Vec<Entry>,
    /// The rows that are refused.
    pub refused: Vec<Refused>,
    /// The keys whose rows are refused or left out.
    without_row: HashSet<Arc<str>>,
}

/// One line of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A customer by number.
    Customer(u32),
    /// A refused row, by its place in [`Roster::refused`].
    Refused(u32),
    /// A known customer whom no sheet in force has, by the place among the absent of the grading.
    Absent(u32),
}

/// A refused row as far as it can be told.
#[derive(Clone, Debug)]
pub struct Refused {
    /// Where it stands.
    pub at: RowRef,
    /// Its key, if it can be read.
    pub id: Option<Arc<str>>,
    /// Its name, if it can be read.
    pub name: Option<Arc<str>>,
    /// What is wrong with it.
    pub faults: Vec<Text>,
    /// The grade that it keeps, as written.
    pub before: Earlier,
}

impl Roster {
    /// The customers with these keys and names, in no order of output yet; those of `without_row` have rows that do not
    /// count.
    pub(super) fn new(
        ids: Arc<Vec<Arc<str>>>,
        names: Vec<Option<Arc<str>>>,
        without_row: HashSet<Arc<str>>,
    ) -> Self {
        Self {
            ids,
            names: Arc::new(names),
            without_row,
            ..Self::default()
        }
    }

    /// Takes in a refused row.
    pub(super) fn refuse(&mut self, row: Refused) {
        self.without_row.extend(row.id.clone());
        self.refused.push(row);
    }

    /// The customers of event sheets, where there is no customers' sheet: by key, each once.
    pub(super) fn from_events(events: &[EventRows]) -> Self {
        if let Some(ids) = sorted_keys(events) {
            return Self::of_keys(ids);
        }
        let mut ids: Vec<Arc<str>> = vec![];
        for rows in events {
            if let Some(Column::Text(texts)) = rows.clean.columns.get(rows.customer_field) {
                let mut used = vec![false; texts.dictionary.len()];
                for code in texts.codes.iter().filter(|code| **code != MISSING_TEXT) {
                    used[*code as usize] = true;
                }
                let used = texts.dictionary.iter().zip(used).filter(|(_, used)| *used);
                ids.extend(used.map(|(text, _)| text.clone()));
            }
        }
        ids.sort_unstable();
        ids.dedup();
        Self::of_keys(Arc::new(ids))
    }

    /// Customers of whom nothing but their keys is known.
    fn of_keys(ids: Arc<Vec<Arc<str>>>) -> Self {
        Self {
            names: Arc::new(vec![None; ids.len()]),
            entries: (0..ids.len() as u32).map(Entry::Customer).collect(),
            ids,
            ..Self::default()
        }
    }

    /// Some of the customers of another roster.
    pub(super) fn of(known: &Self, members: &[usize]) -> Self {
        let ids: Vec<Arc<str>> = members.iter().map(|row| known.ids[*row].clone()).collect();
        Self {
            names: Arc::new(
                members
                    .iter()
                    .map(|row| known.names[*row].clone())
                    .collect(),
            ),
            entries: (0..ids.len() as u32).map(Entry::Customer).collect(),
            ids: Arc::new(ids),
            ..Self::default()
        }
    }

    /// Each customer's number by key.
    pub fn by_id(&self) -> &Arc<HashMap<Arc<str>, u32>> {
        self.by_id.of(&self.ids)
    }

    /// The numbers, to be shared with others who have the same keys in the same order.
    pub fn numbered(&self) -> &Numbered {
        &self.by_id
    }

    /// Gives each customer another key.
    pub fn rename(&mut self, other: impl FnMut(&mut Arc<str>)) {
        Arc::make_mut(&mut self.ids).iter_mut().for_each(other);
        self.by_id = Numbered::default();
    }

    /// How many customers there are, refused rows left out.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Takes in customers who were known before. Of those whom no sheet has nothing is to be said.
    pub(super) fn know(&mut self, known: &[Arc<str>]) {
        if known.is_empty() {
            return;
        }
        let by_id = self.by_id.of(&self.ids);
        let absent = known.iter().filter(|id| !by_id.contains_key(*id));
        self.without_row.extend(absent.cloned());
    }

    /// Whether the sheet has this key, and its row is refused or left out by the sheet's `rows`: nothing is to be said
    /// of its events then.
    pub fn is_without_row(&self, id: &str) -> bool {
        self.without_row.contains(id)
    }
}

/// The keys of the only event sheet, if it has each of them once, in order, and rows with all of them: so it is where it
/// was read piece by piece, and nobody needs them twice.
fn sorted_keys(events: &[EventRows]) -> Option<Arc<Vec<Arc<str>>>> {
    let [rows] = events else { return None };
    let Column::Text(texts) = rows.clean.columns.get(rows.customer_field)? else {
        return None;
    };
    let mut used = 0;
    for code in &texts.codes {
        // Customer by customer: the next code is that of the same one, or of the one behind.
        if *code == used {
            used += 1;
        } else if code.checked_add(1) != Some(used) {
            return None;
        }
    }
    let ids = &texts.dictionary;
    let is_each = used as usize == ids.len() && ids.is_sorted_by(|one, next| one < next);
    is_each.then(|| ids.clone())
}
