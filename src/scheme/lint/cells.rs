//! All combinations of the values that stand for all values, as rows that the conditions are evaluated over, and what
//! the conditions make of them.

use super::values::Sample;
use super::variables::{Kind, Variable};
use crate::expr::{Base, Bound, Frame, Slot};
use crate::table::{Column, ColumnBuilder, Date, ListColumn, TextColumn, Truth, Value};

/// More combinations than these are not looked at.
pub const MOST: usize = 300_000;

/// The combinations, one a row. The samples of the last variable change fastest.
pub struct Cells {
    /// For each variable its samples.
    pub samples: Vec<Vec<Sample>>,
    /// For each variable by how many rows its next sample is away.
    strides: Vec<usize>,
    len: usize,
    columns: Vec<Column>,
}

impl Cells {
    /// All combinations; how many there would be if they are too many.
    pub fn new(variables: &[Variable]) -> Result<Self, usize> {
        let samples: Vec<Vec<Sample>> = variables.iter().map(Variable::samples).collect();
        let len = samples
            .iter()
            .fold(1usize, |len, samples| len.saturating_mul(samples.len()));
        if len > MOST {
            return Err(len);
        }
        let mut strides = vec![1; samples.len()];
        for index in (1..samples.len()).rev() {
            strides[index - 1] = strides[index] * samples[index].len();
        }
        let columns = variables
            .iter()
            .zip(samples.iter().zip(&strides))
            .map(|(variable, (samples, stride))| {
                let mut builder = ColumnBuilder::like(&empty(variable));
                for sample in samples {
                    builder.push(&sample.value);
                }
                let rows: Vec<Option<u32>> = (0..len)
                    .map(|row| Some((row / stride % samples.len()) as u32))
                    .collect();
                builder.finish().gather(&rows)
            })
            .collect();
        Ok(Self {
            samples,
            strides,
            len,
            columns,
        })
    }

    /// What a condition over the variables comes to in each row; nothing is otherwise, which always holds.
    pub fn judge(&self, condition: Option<&Bound>) -> Vec<Truth> {
        match condition.map(|condition| condition.eval(self).column) {
            Some(Column::Bool(truths)) => truths,
            Some(_) => vec![Truth::Unknown; self.len],
            None => vec![Truth::True; self.len],
        }
    }

    /// Which sample a variable has in a row.
    pub fn choice(&self, row: usize, variable: usize) -> usize {
        row / self.strides[variable] % self.samples[variable].len()
    }

    /// The row next to `row` in which a variable has another sample.
    pub fn with(&self, row: usize, variable: usize, choice: usize) -> usize {
        row - self.choice(row, variable) * self.strides[variable] + choice * self.strides[variable]
    }

    /// Whether every value of a row is there.
    pub fn is_known(&self, row: usize) -> bool {
        (0..self.samples.len()).all(|variable| {
            self.samples[variable][self.choice(row, variable)].value != Value::Missing
        })
    }
}

/// A column without rows for the values of a variable.
fn empty(variable: &Variable) -> Column {
    if matches!(variable.kind, Kind::Pair { .. }) {
        return Column::Number(vec![]);
    }
    match variable.ty.base {
        Base::Bool => Column::Bool(vec![]),
        Base::Number => Column::Number(vec![]),
        Base::Date => Column::Date(vec![]),
        Base::DateTime => Column::DateTime(vec![]),
        Base::Text | Base::Null => Column::Text(TextColumn::default()),
        Base::List => Column::List(ListColumn::default()),
    }
}

impl Frame for Cells {
    fn len(&self) -> usize {
        self.len
    }

    fn as_of(&self) -> Date {
        // What depends on the date is a variable, so nothing asks for it.
        Date::from_days(0).unwrap_or_else(|| unreachable!("1970-01-01 is a date"))
    }

    fn column(&self, slot: Slot) -> &Column {
        &self.columns[slot.0 as usize]
    }
}
