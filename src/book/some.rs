//! Some of the customers of a book, with what is theirs and nothing of the others.

use super::{Book, CustomerRows, Entry, EventRows, Inputs, LookupRows, Roster};
use crate::table::Column;
use foldhash::HashMap;
use std::sync::Arc;

impl Book {
    /// The book of some of the customers and some of the refused rows, by their numbers, in the order of the roster.
    /// `inputs` take the place of the tables, with as many tables and rows.
    #[must_use]
    pub fn of_some(&self, rows: &[u32], refused: &[u32], inputs: Arc<Inputs>) -> Self {
        let numbers: HashMap<u32, u32> = rows.iter().copied().zip(0..).collect();
        let some: Vec<Option<u32>> = rows.iter().copied().map(Some).collect();
        let events = self.events.iter();
        let lookups = self.lookups.iter();
        Self {
            inputs,
            as_of: self.as_of,
            roster: roster(&self.roster, rows, refused, &numbers),
            customers: self
                .customers
                .as_ref()
                .map(|customers| of_customers(customers, rows, &some, &numbers)),
            events: events.map(|events| events.of_some(&numbers)).collect(),
            lookups: lookups.map(|lookup| of_lookup(lookup, &some)).collect(),
            history: vec![],
            findings: vec![],
            is_newest: self.is_newest,
            told: self.told,
        }
    }
}

fn roster(all: &Roster, rows: &[u32], refused: &[u32], numbers: &HashMap<u32, u32>) -> Roster {
    let members: Vec<usize> = rows.iter().map(|row| *row as usize).collect();
    let places: HashMap<u32, u32> = refused.iter().copied().zip(0..).collect();
    let entries = all.entries.iter().filter_map(|entry| match entry {
        Entry::Customer(row) => numbers.get(row).copied().map(Entry::Customer),
        Entry::Refused(row) => places.get(row).copied().map(Entry::Refused),
        Entry::Absent(_) => None,
    });
    let refused = refused.iter().map(|row| all.refused[*row as usize].clone());
    let mut some = Roster::of(all, &members);
    some.entries = entries.collect();
    some.refused = refused.collect();
    some
}

fn of_customers(
    all: &CustomerRows,
    rows: &[u32],
    some: &[Option<u32>],
    numbers: &HashMap<u32, u32>,
) -> CustomerRows {
    fn pick<T: Clone>(all: &[T], rows: &[u32]) -> Vec<T> {
        rows.iter().map(|row| all[*row as usize].clone()).collect()
    }
    fn renumbered<T: Clone>(all: &HashMap<u32, T>, numbers: &HashMap<u32, u32>) -> HashMap<u32, T> {
        let theirs = all
            .iter()
            .filter_map(|(row, of_row)| Some((*numbers.get(row)?, of_row.clone())));
        theirs.collect()
    }
    CustomerRows {
        stages: all.stages.clone(),
        columns: all
            .columns
            .iter()
            .map(|column| column.gather(some))
            .collect(),
        rows: pick(&all.rows, rows),
        more: renumbered(&all.more, numbers),
        picked: renumbered(&all.picked, numbers),
        sources: all.sources.clone(),
        earlier: pick(&all.earlier, rows),
        first_seen: pick(&all.first_seen, rows),
    }
}

/// Of the lookup's own sheet the places stay, and no value.
fn of_lookup(all: &LookupRows, some: &[Option<u32>]) -> LookupRows {
    let mut clean = all.clean.clone();
    let nobody = vec![None; clean.rows.len()];
    let columns = clean.columns.iter();
    clean.columns = columns
        .map(|column| emptied(&column.gather(&nobody)))
        .collect();
    clean.refused.clear();
    clean.findings.clear();
    let matched = some
        .iter()
        .map(|row| all.matched[row.map_or(0, |row| row as usize)]);
    LookupRows {
        columns: all
            .columns
            .iter()
            .map(|column| column.gather(some))
            .collect(),
        matched: matched.collect(),
        clean,
    }
}

/// A column without the texts that none of its rows has.
pub(crate) fn emptied(column: &Column) -> Column {
    let mut lean = crate::table::column::ColumnBuilder::like(column);
    for row in 0..column.len() {
        lean.push(&column.value(row));
    }
    lean.finish()
}

impl EventRows {
    /// The rows of some customers, by their new numbers.
    fn of_some(&self, numbers: &HashMap<u32, u32>) -> Self {
        let is_theirs = |row: usize| numbers.contains_key(&(self.customer_of(row) as u32));
        let mut clean = super::CleanSheet::clone(&self.clean);
        clean.keep(is_theirs);
        clean.columns = clean.columns.iter().map(emptied).collect();
        clean.refused.clear();
        clean.findings.clear();
        let theirs = (0..self.days.len()).filter(|row| is_theirs(*row));
        let days = theirs.clone().map(|row| self.days[row]);
        let customer =
            theirs.filter_map(|row| numbers.get(&(self.customer_of(row) as u32)).copied());
        let (days, customer) = (days.collect(), customer.collect());
        self.with_rows(clean, days, customer, numbers.len())
    }
}
