//! Those who stayed where they were, one by one: what the lists of everybody tell of them.
//!
//! Takes the cells of a customer's rows in two graded files, gives the [`Move`] that comparing the files' snapshots gives,
//! by the same functions. Nearly all are such rows, and nothing of one is kept for the next.

use super::graded::{Wanted, decision, main_of, present_name};
use super::moves::common_values;
use super::{Changed, Class, Graded, Move, same};
use crate::clean::escape::unescape;
use crate::clean::text::{parse_id, trim};
use crate::decide::Decision;
use crate::table::{Cell, Value};
use std::borrow::Cow;
use std::sync::Arc;

/// The columns of two graded files that tell what a list tells of those who stayed.
pub struct Stayed<'w> {
    wanted: &'w Wanted<'w>,
    key: usize,
    level: usize,
    change: Option<usize>,
    reasons: Option<usize>,
    /// The column of the name in the old file, and in the new one.
    names: (Option<usize>, Option<usize>),
    /// The values that both files have: their columns, and what the new one calls them.
    values: Vec<(usize, usize, Arc<str>)>,
    old_columns: Vec<usize>,
    new_columns: Vec<usize>,
    /// Those of the new file without the values.
    alike_columns: Vec<usize>,
}

impl<'w> Stayed<'w> {
    /// Of two files, each with the column of its key; `None` where a level is not certain.
    pub fn of(
        old: (&Graded, usize),
        new: (&Graded, usize),
        wanted: &'w Wanted<'w>,
    ) -> Option<Self> {
        let side = |(file, key): (&Graded, usize)| {
            let (level, name) = (file.level(wanted).ok()?, file.name(wanted, key));
            Some((level, name, file.values(key, level, name)))
        };
        let (_, old_name, old_values) = side(old)?;
        let (level, name, new_values) = side(new)?;
        let headers = |file: &Graded, columns: &[usize]| -> Vec<Arc<str>> {
            let headers = columns.iter().map(|at| file.headers()[*at].text.as_str());
            headers.map(Arc::from).collect()
        };
        let new_headers = headers(new.0, &new_values);
        let common = common_values(&headers(old.0, &old_values), &new_headers);
        let common = common.into_iter();
        let values: Vec<_> = common
            .map(|(was, is)| (old_values[was], new_values[is], new_headers[is].clone()))
            .collect();
        let (key, change, reasons) = (new.1, new.0.change(), new.0.reasons());
        let told = [Some(key), Some(level), change, reasons, name];
        let told = || told.into_iter().flatten();
        let both = || values.iter();
        Some(Self {
            wanted,
            key,
            level,
            change,
            reasons,
            names: (old_name, name),
            old_columns: sorted(both().map(|(was, ..)| *was).chain(old_name)),
            new_columns: sorted(both().map(|(_, is, _)| *is).chain(told())),
            alike_columns: sorted(told()),
            values,
        })
    }

    /// Whether two lines that are written alike tell the same: the columns are at the same places.
    pub fn is_by_place(&self) -> bool {
        self.names.0 == self.names.1 && self.values.iter().all(|(was, is, _)| was == is)
    }

    /// The columns of the old file, in order.
    pub fn old_columns(&self) -> &[usize] {
        &self.old_columns
    }

    /// The columns of the new file, in order; `alike`: of a row that is written as the old one is.
    pub fn new_columns(&self, alike: bool) -> &[usize] {
        if alike {
            &self.alike_columns
        } else {
            &self.new_columns
        }
    }

    /// What became of the customer with these cells in the new file and in the old one; `None` of the old one where it is
    /// written alike.
    pub fn told(&self, new: &[Cow<'_, str>], old: Option<&[Cow<'_, str>]>) -> Move {
        let now = Cells(new, self.new_columns(old.is_none()));
        let before = old.map(|old| Cells(old, &self.old_columns));
        let owned = |text: Option<&str>| text.map(Arc::from);
        let id = now.id(self.key).unwrap_or_default();
        let level = owned(now.text(Some(self.level)));
        let level: Option<Arc<str>> = level.map(|level| present_name(self.wanted, level));
        let name_before = || before.as_ref().and_then(|old| old.text(self.names.0));
        let changed = before.iter().flat_map(|old| {
            self.values.iter().filter_map(|(was, is, name)| {
                let (was, is) = (old.text(Some(*was)), now.text(Some(*is)));
                // Nearly all are the same text.
                if was == is {
                    return None;
                }
                let (old, new) = (value(was), value(is));
                let name = name.clone();
                (!same(&old, &new)).then_some(Changed { name, old, new })
            })
        });
        Move {
            id: (*id).into(),
            name: owned(now.text(self.names.1).or_else(name_before)),
            class: Class::Unchanged,
            steps: Some(0),
            old: level.clone(),
            new: level,
            cause: None,
            changed: changed.collect(),
            reason: now.text(self.reasons).map(main_of),
            amount: None,
            there: (true, true),
        }
    }

    /// The key of a row of the new file, of which the cells in [`Self::new_columns`] of alike rows are given; `None` where
    /// it has none, or is refused and may be another row of a customer.
    pub fn id<'c>(&'c self, cells: &'c [Cow<'c, str>]) -> Option<Cow<'c, str>> {
        let cells = Cells(cells, &self.alike_columns);
        let decided = cells.text(self.change).and_then(decision);
        cells
            .id(self.key)
            .filter(|_| decided != Some(Decision::Refused))
    }
}

fn sorted(columns: impl Iterator<Item = usize>) -> Vec<usize> {
    let mut columns: Vec<usize> = columns.collect();
    columns.sort_unstable();
    columns.dedup();
    columns
}

fn value(text: Option<&str>) -> Value {
    text.map_or(Value::Missing, |text| Value::Text(text.into()))
}

/// Cells of a row, and the columns that they are in.
struct Cells<'c>(&'c [Cow<'c, str>], &'c [usize]);

impl<'c> Cells<'c> {
    fn written(&self, column: usize) -> Option<&'c str> {
        let at = self.1.binary_search(&column).ok()?;
        self.0.get(at).map(|cell| unescape(cell))
    }

    /// What it says, if anything.
    fn text(&self, column: Option<usize>) -> Option<&'c str> {
        let text = trim(self.written(column?)?);
        (!text.is_empty()).then_some(text)
    }

    fn id(&self, column: usize) -> Option<Cow<'c, str>> {
        parse_id(Cell::Text(self.written(column)?)).ok().flatten()
    }
}
