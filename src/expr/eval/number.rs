//! Arithmetic on millionths, and whole units between dates.

use super::{Fault, FaultKind, MANY, Operand, PIECE, Rows, missing};
use crate::expr::ast::Arithmetic;
use crate::expr::functions::Scalar;
use crate::expr::types::Base;
use crate::parallel::{cores, fill};
use crate::table::column::{MISSING, MISSING_DATE};
use crate::table::decimal::divide_half_away;
use crate::table::{Column, Date, DateTime, Decimal, Value};
use std::borrow::Cow;

/// Millionths, or why not.
type Figure = Result<i64, FaultKind>;

/// Millionths in 128 bits as a number.
pub(super) fn within_limit(millionths: i128) -> Figure {
    Decimal::from_wide(millionths)
        .map(Decimal::millionths)
        .ok_or(FaultKind::Overflow)
}

/// The quotient of two amounts of millionths.
pub(super) fn quotient(left: i128, right: i128) -> Figure {
    if right == 0 {
        return Err(FaultKind::DivisionByZero);
    }
    within_limit(divide_half_away(left * 1_000_000, right))
}

/// The millionths of a number column, or one value for all rows.
enum Numbers<'a> {
    Column(&'a [i64]),
    One(i64),
}

impl<'a> Numbers<'a> {
    fn of(operand: &'a Operand<'_>) -> Self {
        match operand {
            Operand::Constant(Value::Number(number)) => Self::One(number.millionths()),
            Operand::Constant(_) => Self::One(MISSING),
            Operand::Column(column) => match &**column {
                Column::Number(values) => Self::Column(values),
                _ => Self::One(MISSING),
            },
        }
    }

    fn get(&self, row: usize) -> i64 {
        match self {
            Self::Column(values) => values[row],
            Self::One(value) => *value,
        }
    }
}

impl<'f> Rows<'f> {
    /// A number from each row; missing with a fault where there is none. Of many rows each core takes some.
    pub(super) fn each_row(
        &self,
        faults: &mut Vec<Fault>,
        figure: impl Fn(usize) -> Option<Figure> + Sync,
    ) -> Operand<'f> {
        let give = |row: usize, faults: &mut Vec<Fault>| match figure(row) {
            None => MISSING,
            Some(Ok(value)) => value,
            Some(Err(kind)) => {
                faults.push(Fault {
                    row: row as u32,
                    kind,
                });
                MISSING
            }
        };
        if self.len < MANY {
            let numbers = (0..self.len).map(|row| give(row, faults));
            return Operand::owned(Column::Number(numbers.collect()));
        }
        let mut numbers = vec![0; self.len];
        let found = fill(cores(), &mut numbers, PIECE, |piece, numbers| {
            let mut own = vec![];
            for (row, number) in (piece * PIECE..).zip(numbers) {
                *number = give(row, &mut own);
            }
            own
        });
        faults.extend(found.into_iter().flatten());
        Operand::owned(Column::Number(numbers))
    }

    /// `f` of each number.
    pub(super) fn each_number(
        &self,
        operand: &Operand<'f>,
        faults: &mut Vec<Fault>,
        f: impl Fn(i64) -> Figure + Sync,
    ) -> Operand<'f> {
        match Numbers::of(operand) {
            Numbers::One(MISSING) => Operand::Constant(Value::Missing),
            Numbers::One(value) => match f(value).map(Decimal::from_millionths) {
                Ok(Some(number)) => Operand::Constant(Value::Number(number)),
                _ => self.each_row(faults, |_| Some(f(value))),
            },
            Numbers::Column(values) => self.each_row(faults, |row| {
                let value = values[row];
                (value != MISSING).then(|| f(value))
            }),
        }
    }

    pub(super) fn arithmetic(
        &self,
        op: Arithmetic,
        left: &Operand<'f>,
        right: &Operand<'f>,
        faults: &mut Vec<Fault>,
    ) -> Operand<'f> {
        match op {
            Arithmetic::Add => self.zip(left, right, faults, |l, r| {
                within_limit(i128::from(l) + i128::from(r))
            }),
            Arithmetic::Subtract => self.zip(left, right, faults, |l, r| {
                within_limit(i128::from(l) - i128::from(r))
            }),
            Arithmetic::Multiply => self.zip(left, right, faults, |l, r| {
                within_limit(divide_half_away(i128::from(l) * i128::from(r), 1_000_000))
            }),
            Arithmetic::Divide => self.zip(left, right, faults, |l, r| {
                quotient(i128::from(l), i128::from(r))
            }),
        }
    }

    fn zip(
        &self,
        left: &Operand<'f>,
        right: &Operand<'f>,
        faults: &mut Vec<Fault>,
        f: impl Fn(i64, i64) -> Figure + Sync,
    ) -> Operand<'f> {
        match (Numbers::of(left), Numbers::of(right)) {
            (Numbers::One(MISSING), _) | (_, Numbers::One(MISSING)) => {
                Operand::Constant(Value::Missing)
            }
            (Numbers::One(l), Numbers::One(_)) => {
                // Both are the same in every row.
                let left = Operand::Constant(
                    Decimal::from_millionths(l).map_or(Value::Missing, Value::Number),
                );
                let r = Numbers::of(right).get(0);
                self.each_number(&left, faults, |l| f(l, r))
            }
            (l, r) => self.each_row(faults, |row| {
                let (l, r) = (l.get(row), r.get(row));
                (l != MISSING && r != MISSING).then(|| f(l, r))
            }),
        }
    }

    /// Days as moments at 00:00, or moments as days.
    pub(super) fn cast(&self, operand: &Operand<'f>, base: Base) -> Operand<'f> {
        let value = match operand {
            Operand::Constant(Value::Date(date)) if base == Base::DateTime => {
                DateTime::new(*date, 0).map(Value::DateTime)
            }
            Operand::Constant(Value::DateTime(moment)) if base == Base::Date => {
                Some(Value::Date(moment.date()))
            }
            Operand::Constant(value) => Some(value.clone()),
            Operand::Column(_) => None,
        };
        if let Some(value) = value {
            return Operand::Constant(value);
        }
        let Operand::Column(column) = operand else {
            return Operand::Constant(Value::Missing);
        };
        match (&**column, base) {
            (Column::Date(days), Base::DateTime) => {
                let moment = |day: &i32| match *day {
                    MISSING_DATE => MISSING,
                    day => i64::from(day) * 86_400,
                };
                Operand::owned(Column::DateTime(days.iter().map(moment).collect()))
            }
            (Column::DateTime(seconds), Base::Date) => {
                let day = |second: &i64| match *second {
                    MISSING => MISSING_DATE,
                    second => second.div_euclid(86_400) as i32,
                };
                Operand::owned(Column::Date(seconds.iter().map(day).collect()))
            }
            _ => Operand::Column(Cow::Owned(missing(base, self.len))),
        }
    }

    /// `years`, `months`, `days` and `hours` between two dates.
    pub(super) fn between_dates(
        &self,
        function: Scalar,
        from: &Operand<'f>,
        to: &Operand<'f>,
        faults: &mut Vec<Fault>,
    ) -> Operand<'f> {
        if let (Operand::Constant(Value::Missing), _) | (_, Operand::Constant(Value::Missing)) =
            (from, to)
        {
            return Operand::Constant(Value::Missing);
        }
        let count = |whole: i32| i128::from(whole) * 1_000_000;
        self.each_row(faults, |row| {
            let (from, to) = (from.key(row)?, to.key(row)?);
            if function == Scalar::Hours {
                let seconds = i128::from(to) - i128::from(from);
                return Some(within_limit(divide_half_away(seconds * 1_000_000, 3600)));
            }
            if function == Scalar::Days {
                return Some(within_limit(
                    (i128::from(to) - i128::from(from)) * 1_000_000,
                ));
            }
            let day = |key: i64| i32::try_from(key).ok().and_then(Date::from_days);
            let (from, to) = (day(from)?, day(to)?);
            Some(within_limit(count(match function {
                Scalar::Years => from.years_to(to),
                _ => from.months_to(to),
            })))
        })
    }
}
