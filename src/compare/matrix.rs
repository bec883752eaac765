//! From which level to which: how many customers, what share of those who came from there, what amount.

use super::{Class, Move, Unmoved};
use crate::diagnostic::Lang;
use crate::table::Decimal;
use crate::table::decimal::divide_half_away;
use foldhash::HashMap;
use std::sync::Arc;

/// Those who came from one level to another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flow {
    /// How many customers.
    pub count: usize,
    /// The count as a share of the row's, to six places, half away from zero; `None` of an empty row. The shares of a
    /// row need not add up to one to the last place.
    pub share: Option<Decimal>,
    /// The sum of the amounts of the new side, and of the old side of those who are absent; `None` where no customer
    /// has an amount, or the sum is beyond all numbers.
    pub amount: Option<Decimal>,
}

/// The levels before by the levels now.
///
/// The rows are the levels, then those without one, then those who were not there. The columns are the levels, then
/// those without one, then those who are not there any more.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    /// The levels.
    pub levels: Vec<Arc<str>>,
    /// Rows of columns, as many as levels and two more.
    pub rows: Vec<Vec<Flow>>,
    /// Whether there are amounts.
    pub has_amounts: bool,
}

impl Matrix {
    /// The row and the column of those without a level.
    pub fn unrated(&self) -> usize {
        self.levels.len()
    }

    /// The row of the new customers, and the column of the absent ones.
    pub fn outside(&self) -> usize {
        self.levels.len() + 1
    }

    /// The sum of a row.
    pub fn row_count(&self, row: usize) -> usize {
        self.rows[row].iter().map(|flow| flow.count).sum()
    }

    /// The sum of a column.
    pub fn column_count(&self, column: usize) -> usize {
        self.rows.iter().map(|row| row[column].count).sum()
    }

    /// The rows and the columns that say something: all levels, and the others where there is somebody.
    pub fn shown(&self) -> (Vec<usize>, Vec<usize>) {
        let all = 0..self.rows.len();
        let is_level = |at: usize| at < self.levels.len();
        let rows = all
            .clone()
            .filter(|row| is_level(*row) || self.row_count(*row) > 0);
        let columns = all.filter(|column| is_level(*column) || self.column_count(*column) > 0);
        (rows.collect(), columns.collect())
    }

    /// What a row or a column is called; `outside` is what those are who are not there: new in a row, absent in a column.
    pub fn name(&self, at: usize, outside: Class, lang: Lang) -> Arc<str> {
        match self.levels.get(at) {
            Some(level) => level.clone(),
            None if at == self.unrated() => Class::Unrated.word(lang).into(),
            None => outside.word(lang).into(),
        }
    }

    pub(super) fn of(moves: &[Move], levels: &[Arc<str>], unmoved: &Unmoved) -> Self {
        let size = levels.len() + 2;
        let places: HashMap<&str, usize> = levels
            .iter()
            .enumerate()
            .map(|(place, level)| (&**level, place))
            .collect();
        let place = |level: Option<&Arc<str>>| {
            level.map_or(levels.len(), |level| {
                places.get(&**level).copied().unwrap_or(levels.len())
            })
        };
        let mut counts = vec![vec![(0usize, 0i128); size]; size];
        let has_amounts = moves.iter().any(|found| found.amount.is_some());
        for found in moves {
            let (was, is) = found.there;
            if !was && !is {
                continue;
            }
            let row = if was {
                place(found.old.as_ref())
            } else {
                size - 1
            };
            let column = if is {
                place(found.new.as_ref())
            } else {
                size - 1
            };
            let flow = &mut counts[row][column];
            flow.0 += 1;
            flow.1 += found
                .amount
                .map_or(0, |amount| i128::from(amount.millionths()));
        }
        for (level, count) in &unmoved.0 {
            let place = place(Some(level));
            counts[place][place].0 += count;
        }
        let rows = counts.into_iter().map(|row| {
            let all: usize = row.iter().map(|(count, _)| count).sum();
            let flow = |(count, sum)| Flow {
                count,
                share: share(count, all),
                amount: has_amounts.then(|| Decimal::from_wide(sum)).flatten(),
            };
            row.into_iter().map(flow).collect()
        });
        Self {
            levels: levels.to_vec(),
            rows: rows.collect(),
            has_amounts,
        }
    }
}

/// A part of a whole to six places, half away from zero.
fn share(part: usize, whole: usize) -> Option<Decimal> {
    if whole == 0 {
        return None;
    }
    Decimal::from_wide(divide_half_away(part as i128 * 1_000_000, whole as i128))
}
