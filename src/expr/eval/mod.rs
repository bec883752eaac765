//! Values: takes a bound expression and the columns of some rows, gives a column. The only evaluator there is.
//!
//! It works column by column. Literals stay single values, texts are compared by their codes. What cannot be worked
//! out for a row is missing there, and a [`Fault`] names the row; faults of parts that do not matter for the row (the
//! other arms of a `case`, an `and` that is false anyway) are none.

mod aggregate;
mod choice;
mod compare;
mod number;
mod population;
mod series;
mod text;

pub use aggregate::{NO_ROW, OfRows, RowColumns, over_rows};

use super::bound::{Bound, Node};
use super::frame::Frame;
use super::types::{Base, Slot};
use crate::table::column::{MISSING, MISSING_DATE, MISSING_TEXT};
use crate::table::{Column, Date, ListColumn, TextColumn, Truth, Value};
use std::borrow::Cow;
use std::rc::Rc;

/// From so many rows on the cores share them.
const MANY: usize = if cfg!(test) { 1 << 3 } else { 1 << 16 };
/// How many of them a core takes at once.
const PIECE: usize = MANY / 2;

/// What an expression gives.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluated {
    /// Its values, one a row.
    pub column: Column,
    /// What could not be worked out, by row; the value is missing there.
    pub faults: Vec<Fault>,
}

/// Something that could not be worked out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// The row, from 0.
    pub row: u32,
    /// Why.
    pub kind: FaultKind,
}

/// Why something could not be worked out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FaultKind {
    /// A division by zero.
    DivisionByZero,
    /// A result from 9 × 10^12 up.
    Overflow,
}

impl Bound {
    /// The values for the rows of `frame`.
    pub fn eval(&self, frame: &dyn Frame) -> Evaluated {
        let (column, faults) = self.values(frame);
        Evaluated {
            column: column.into_owned(),
            faults,
        }
    }

    /// The same without a copy of a column that the frame has as it is: the values, and what could not be worked out.
    pub fn values<'f>(&self, frame: &'f dyn Frame) -> (Cow<'f, Column>, Vec<Fault>) {
        let rows = Rows {
            frame,
            len: frame.len(),
            kept: None,
        };
        let mut faults = vec![];
        let operand = rows.eval(self, &mut faults);
        faults.sort_unstable();
        faults.dedup();
        let column = match operand {
            Operand::Column(column) => column,
            Operand::Constant(value) => Cow::Owned(repeated(&value, self.ty.base, rows.len)),
        };
        (column, faults)
    }
}

/// The value of a part that is the same for every row and date; `None` if it cannot be worked out.
pub(super) fn constant(bound: &Bound) -> Option<Value> {
    let rows = Rows {
        frame: &Nothing,
        len: 1,
        kept: None,
    };
    let mut faults = vec![];
    let operand = rows.eval(bound, &mut faults);
    match operand {
        _ if !faults.is_empty() => None,
        Operand::Constant(value) => Some(value),
        Operand::Column(column) => Some(column.value(0)),
    }
}

/// A frame without names, for what is constant.
struct Nothing;

static NO_COLUMN: Column = Column::Number(vec![]);

impl Frame for Nothing {
    fn len(&self) -> usize {
        1
    }
    fn as_of(&self) -> Date {
        Date::from_days(0).unwrap_or_else(|| unreachable!("1970-01-01 is a date"))
    }
    fn column(&self, _: Slot) -> &Column {
        &NO_COLUMN
    }
}

/// The rows that are being worked on: those of the frame, or every kept period of each of them.
#[derive(Clone)]
struct Rows<'f> {
    frame: &'f dyn Frame,
    len: usize,
    /// Inside a function over periods, the periods that are not passed over.
    kept: Option<Rc<[usize]>>,
}

/// A part's values: one for all rows, or one a row.
#[derive(Clone)]
enum Operand<'f> {
    Constant(Value),
    Column(Cow<'f, Column>),
}

impl Operand<'_> {
    fn owned(column: Column) -> Self {
        Self::Column(Cow::Owned(column))
    }

    fn truths(truths: Vec<Truth>) -> Self {
        Self::owned(Column::Bool(truths))
    }

    fn into_column(self, base: Base, len: usize) -> Column {
        match self {
            Self::Column(column) => column.into_owned(),
            Self::Constant(value) => repeated(&value, base, len),
        }
    }

    fn is_missing(&self, row: usize) -> bool {
        match self {
            Self::Constant(value) => *value == Value::Missing,
            Self::Column(column) => column.is_missing(row),
        }
    }

    fn truth(&self, row: usize) -> Truth {
        match self {
            Self::Constant(Value::Bool(value)) => Truth::from(*value),
            Self::Column(column) => match &**column {
                Column::Bool(truths) => truths[row],
                _ => Truth::Unknown,
            },
            Self::Constant(_) => Truth::Unknown,
        }
    }

    /// The text of a row.
    fn text(&self, row: usize) -> Option<&str> {
        match self {
            Self::Constant(Value::Text(text)) => Some(text),
            Self::Column(column) => match &**column {
                Column::Text(texts) => texts.get(row).map(|text| &**text),
                _ => None,
            },
            Self::Constant(_) => None,
        }
    }

    /// What a number, day, moment or truth value is held as; `None` if missing.
    fn key(&self, row: usize) -> Option<i64> {
        match self {
            Self::Constant(value) => match value {
                Value::Number(number) => Some(number.millionths()),
                Value::Date(date) => Some(i64::from(date.days())),
                Value::DateTime(moment) => Some(moment.seconds()),
                Value::Bool(truth) => Some(i64::from(*truth)),
                _ => None,
            },
            Self::Column(column) => match &**column {
                Column::Number(values) | Column::DateTime(values) => {
                    Some(values[row]).filter(|value| *value != MISSING)
                }
                Column::Date(days) => Some(days[row])
                    .filter(|day| *day != MISSING_DATE)
                    .map(i64::from),
                Column::Bool(truths) => match truths[row] {
                    Truth::Unknown => None,
                    truth => Some(i64::from(truth == Truth::True)),
                },
                Column::Text(_) | Column::List(_) => None,
            },
        }
    }
}

/// A column with the same value in every row.
fn repeated(value: &Value, base: Base, len: usize) -> Column {
    match (base, value) {
        (Base::Number, Value::Number(number)) => Column::Number(vec![number.millionths(); len]),
        (Base::Date, Value::Date(date)) => Column::Date(vec![date.days(); len]),
        (Base::DateTime, Value::DateTime(moment)) => Column::DateTime(vec![moment.seconds(); len]),
        (Base::Bool, Value::Bool(truth)) => Column::Bool(vec![Truth::from(*truth); len]),
        (Base::Text, Value::Text(text)) => Column::Text(TextColumn::repeat(text.clone(), len)),
        _ => missing(base, len),
    }
}

/// A column without values.
fn missing(base: Base, len: usize) -> Column {
    match base {
        Base::Number => Column::Number(vec![MISSING; len]),
        Base::Date => Column::Date(vec![MISSING_DATE; len]),
        Base::DateTime => Column::DateTime(vec![MISSING; len]),
        Base::Bool => Column::Bool(vec![Truth::Unknown; len]),
        Base::List => Column::List(ListColumn {
            rows: vec![None; len],
            dictionary: std::sync::Arc::default(),
        }),
        Base::Text | Base::Null => Column::Text(TextColumn {
            codes: vec![MISSING_TEXT; len],
            dictionary: std::sync::Arc::default(),
        }),
    }
}

impl<'f> Rows<'f> {
    fn eval(&self, bound: &Bound, faults: &mut Vec<Fault>) -> Operand<'f> {
        if self.kept.is_some() && !bound.ty.series {
            return self.once_a_row(bound, faults);
        }
        match &bound.node {
            Node::Literal(value) => Operand::Constant(value.clone()),
            Node::AsOf => Operand::Constant(Value::Date(self.frame.as_of())),
            Node::Slot(slot) => self.slot(*slot, bound.ty.series),
            Node::Not(inner) => {
                let inner = self.eval(inner, faults);
                self.map_truth(&inner, |truth| !truth)
            }
            Node::And(items) => self.joined(items, Truth::and, faults),
            Node::Or(items) => self.joined(items, Truth::or, faults),
            Node::IsNull(inner) => match self.eval(inner, faults) {
                Operand::Constant(value) => Operand::Constant(Value::Bool(value == Value::Missing)),
                operand @ Operand::Column(_) => Operand::truths(
                    (0..self.len)
                        .map(|row| Truth::from(operand.is_missing(row)))
                        .collect(),
                ),
            },
            Node::IsTruth(inner, value) => {
                let inner = self.eval(inner, faults);
                let wanted = Truth::from(*value);
                self.map_truth(&inner, |truth| Truth::from(truth == wanted))
            }
            Node::Negate(inner) => {
                let inner = self.eval(inner, faults);
                self.each_number(&inner, faults, |number| Ok(-number))
            }
            Node::Rescale(inner, factor) => {
                let inner = self.eval(inner, faults);
                self.each_number(&inner, faults, |number| {
                    number::within_limit(i128::from(number) * i128::from(*factor))
                })
            }
            Node::Arithmetic(op, left, right) => {
                let (left, right) = (self.eval(left, faults), self.eval(right, faults));
                self.arithmetic(*op, &left, &right, faults)
            }
            Node::Cast(inner) => {
                let inner = self.eval(inner, faults);
                self.cast(&inner, bound.ty.base)
            }
            Node::Compare(op, left, right) => {
                let (left, right) = (self.eval(left, faults), self.eval(right, faults));
                self.compare(*op, &left, &right)
            }
            Node::In(operand, list) => {
                let operand = self.eval(operand, faults);
                let list: Vec<_> = list.iter().map(|item| self.eval(item, faults)).collect();
                self.is_in(&operand, &list)
            }
            Node::Like(operand, pattern) => {
                let operand = self.eval(operand, faults);
                let pattern = text::Pattern::new(pattern);
                self.text_test(&operand, |content| pattern.fits(content))
            }
            Node::Case(arms, otherwise) => {
                self.case(bound.ty.base, arms, otherwise.as_deref(), faults)
            }
            Node::Scalar(function, arguments) => self.scalar(*function, bound, arguments, faults),
            Node::HasTag(tags, text) => self.has_tag(tags, text),
            Node::Series {
                function,
                argument,
                count,
            } => self.series(*function, argument, *count, bound.ty.base, faults),
            Node::Population {
                function,
                spec,
                argument,
                within,
                parameter,
            } => {
                let looked = population::Lookup {
                    function: *function,
                    spec: *spec,
                    parameter: *parameter,
                };
                self.population(&looked, argument, within.as_deref(), bound.ty.base, faults)
            }
        }
    }

    /// What does not depend on the period is worked out once a row and repeated.
    fn once_a_row(&self, bound: &Bound, faults: &mut Vec<Fault>) -> Operand<'f> {
        let periods = self.kept.as_ref().map_or(1, |kept| kept.len());
        let rows = Rows {
            frame: self.frame,
            len: self.frame.len(),
            kept: None,
        };
        let mut own = vec![];
        let operand = rows.eval(bound, &mut own);
        if periods > 0 {
            let at_period = |fault: Fault| Fault {
                row: fault.row * periods as u32,
                ..fault
            };
            faults.extend(own.into_iter().map(at_period));
        }
        let Operand::Column(column) = operand else {
            return operand;
        };
        let repeat = |row: u32| std::iter::repeat_n(Some(row), periods);
        let rows: Vec<Option<u32>> = (0..rows.len as u32).flat_map(repeat).collect();
        Operand::owned(column.gather(&rows))
    }

    fn slot(&self, slot: Slot, series: bool) -> Operand<'f> {
        let Some(kept) = self.kept.as_ref().filter(|_| series) else {
            return Operand::Column(Cow::Borrowed(self.frame.column(slot)));
        };
        let series = self.frame.series(slot);
        if kept.len() == series.periods {
            return Operand::Column(Cow::Borrowed(&series.values));
        }
        let periods = |row: usize| {
            kept.iter()
                .map(move |p| Some((row * series.periods + p) as u32))
        };
        let rows: Vec<Option<u32>> = (0..self.frame.len()).flat_map(periods).collect();
        Operand::owned(series.values.gather(&rows))
    }

    fn map_truth(&self, operand: &Operand<'f>, f: impl Fn(Truth) -> Truth) -> Operand<'f> {
        match operand {
            Operand::Constant(_) => constant_truth(f(operand.truth(0))),
            Operand::Column(column) => match &**column {
                Column::Bool(truths) => Operand::truths(truths.iter().map(|t| f(*t)).collect()),
                _ => Operand::owned(missing(Base::Bool, self.len)),
            },
        }
    }

    /// `and` or `or`. A fault matters only where it leaves the whole unknown.
    fn joined(
        &self,
        items: &[Bound],
        join: impl Fn(Truth, Truth) -> Truth + Copy,
        faults: &mut Vec<Fault>,
    ) -> Operand<'f> {
        let mut own = vec![];
        let mut operands = items.iter().map(|item| self.eval(item, &mut own));
        let Some(first) = operands.next() else {
            return Operand::Constant(Value::Missing);
        };
        let joined = operands.fold(first, |left, right| match (left, right) {
            (Operand::Column(left), Operand::Column(right)) => match (left.into_owned(), &*right) {
                (Column::Bool(mut left), Column::Bool(right)) => {
                    for (left, right) in left.iter_mut().zip(right) {
                        *left = join(*left, *right);
                    }
                    Operand::truths(left)
                }
                (left, _) => Operand::owned(missing(Base::Bool, left.len())),
            },
            (constant @ Operand::Constant(_), other) | (other, constant @ Operand::Constant(_)) => {
                let truth = constant.truth(0);
                self.map_truth(&other, |other| join(truth, other))
            }
        });
        own.retain(|fault| joined.truth(fault.row as usize) == Truth::Unknown);
        faults.append(&mut own);
        joined
    }
}

fn constant_truth<'f>(truth: Truth) -> Operand<'f> {
    Operand::Constant(match truth {
        Truth::Unknown => Value::Missing,
        truth => Value::Bool(truth == Truth::True),
    })
}
