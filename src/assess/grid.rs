//! The first condition of a list that holds, looked up instead of worked out row by row.
//!
//! What a list of conditions gives depends on a few values, and of each only on how it stands to the constants that it
//! is compared with: `年采购额 >= 100` and `年采购额 >= 50` tell five amounts apart, a missing one among them. So the
//! evaluator judges one row for each combination of them, once for a scheme, and a customer's row only has to be
//! placed among them: what thousands of bands cost is what finding that place costs.
//!
//! This is the evaluator's own answer, kept. What it does not do is left to the evaluator row by row, as
//! [`super::choose`] does for short lists anyway:
//! - a value that cannot be worked out for some row (a division by zero), for then it is to be said of which condition;
//! - too many combinations ([`MOST_CELLS`]), as of many conditions over many values;
//! - fewer rows so far than combinations.

use super::choice::{Choice, settle};
use crate::expr::{Base, Bound, Comparison, FieldFrame, Frame, Node, Slot};
use crate::table::column::{MISSING, MISSING_DATE, MISSING_TEXT};
use crate::table::{Column, Date, TextColumn, Truth, Value};
use foldhash::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

/// More combinations are not judged beforehand.
const MOST_CELLS: usize = 1 << 20;
/// More lists are not kept: those of a scheme are few.
const MOST_LISTS: usize = 1 << 8;
/// Up to so many breaks a value is placed by comparing it with each of them.
const FEW_BREAKS: usize = 8;

/// The lists of conditions that were asked of a scheme, and what they give. A list is known by its conditions, so that
/// no change of the scheme can make it say what was.
#[derive(Default)]
pub struct Grids {
    lists: RwLock<Vec<Arc<List>>>,
}

/// A copy begins with nothing known.
impl Clone for Grids {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl fmt::Debug for Grids {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Grids")
    }
}

impl Grids {
    /// The list of these conditions.
    pub(super) fn list(&self, conditions: &[Option<&Bound>]) -> Option<Arc<List>> {
        let known = |lists: &[Arc<List>]| lists.iter().find(|list| list.is_of(conditions)).cloned();
        let lists = self.lists.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(list) = known(&lists) {
            return Some(list);
        }
        let has_room = lists.len() < MOST_LISTS;
        drop(lists);
        if !has_room {
            return None;
        }
        let list = Arc::new(List::new(conditions));
        let mut lists = self.lists.write().unwrap_or_else(PoisonError::into_inner);
        Some(known(&lists).unwrap_or_else(|| {
            lists.push(list.clone());
            list
        }))
    }
}

/// A list of conditions; `None` is otherwise.
pub(super) struct List {
    conditions: Vec<Option<Bound>>,
    /// How to look it up, if that can be done.
    grid: Option<Grid>,
    /// Which holds first of each combination; worked out when enough rows have asked.
    cells: OnceLock<Vec<Choice>>,
    /// How many rows have asked so far.
    asked: AtomicUsize,
}

impl List {
    fn new(conditions: &[Option<&Bound>]) -> Self {
        Self {
            conditions: conditions.iter().map(|bound| bound.cloned()).collect(),
            grid: Grid::new(conditions),
            cells: OnceLock::new(),
            asked: AtomicUsize::new(0),
        }
    }

    fn is_of(&self, conditions: &[Option<&Bound>]) -> bool {
        let own = self.conditions.iter().map(Option::as_ref);
        self.conditions.len() == conditions.len() && own.eq(conditions.iter().copied())
    }

    /// The values that it depends on; none where it is not looked up.
    pub fn operands(&self) -> impl Iterator<Item = &Bound> {
        self.grid
            .iter()
            .flat_map(|grid| grid.axes.iter().map(|axis| &axis.operand))
    }

    /// Which of the conditions is the first that holds, for each row of `frame`; `None` where it is not looked up. The
    /// populations of [`Self::operands`] are there.
    pub fn look_up(&self, frame: &dyn Frame) -> Option<Vec<Choice>> {
        let grid = self.grid.as_ref()?;
        if self.cells.get().is_none() {
            let asked = self.asked.fetch_add(frame.len(), Ordering::Relaxed);
            if asked + frame.len() < grid.cells {
                return None;
            }
        }
        let places = grid.places(frame)?;
        let cells = self.cells.get_or_init(|| grid.judge(frame.as_of()));
        Some(places.into_iter().map(|at| cells[at as usize]).collect())
    }
}

/// What a list of conditions depends on.
struct Grid {
    /// The conditions, with the operands as slots: slot `i` is that of axis `i`.
    conditions: Vec<Option<Bound>>,
    axes: Vec<Axis>,
    /// How many combinations there are.
    cells: usize,
}

/// A value that conditions look at, and what of it they tell apart.
struct Axis {
    operand: Bound,
    marks: Marks,
}

/// What is told apart of a value. Places are counted from 0.
enum Marks {
    /// Of a number, day or moment: the values at which something may change, in order. Its place is how many of them it
    /// has reached; the first is the least that is not missing.
    Breaks(Vec<i64>),
    /// Of a text: 0 is none, 1 any other than these.
    Texts(HashMap<Arc<str>, u32>),
    /// Of a truth value: false, unknown, true.
    Truth,
}

impl Grid {
    fn new(conditions: &[Option<&Bound>]) -> Option<Self> {
        let mut grid = Self {
            conditions: vec![],
            axes: vec![],
            cells: 1,
        };
        for condition in conditions {
            let split = condition.map(|condition| grid.split(condition));
            grid.conditions.push(match split {
                Some(None) => return None,
                Some(split) => split,
                None => None,
            });
        }
        for axis in &mut grid.axes {
            if let Marks::Breaks(breaks) = &mut axis.marks {
                breaks.sort_unstable();
                breaks.dedup();
            }
            grid.cells = grid.cells.checked_mul(axis.marks.places())?;
        }
        (grid.cells <= MOST_CELLS).then_some(grid)
    }

    /// The condition over the axes; `None` if that cannot be said.
    fn split(&mut self, condition: &Bound) -> Option<Bound> {
        let mut all = |items: &[Bound]| -> Option<Vec<Bound>> {
            items.iter().map(|item| self.split(item)).collect()
        };
        let node = match &condition.node {
            Node::Literal(_) => condition.node.clone(),
            Node::And(items) => Node::And(all(items)?),
            Node::Or(items) => Node::Or(all(items)?),
            Node::Not(inner) => Node::Not(Box::new(self.split(inner)?)),
            Node::IsTruth(inner, truth) => Node::IsTruth(Box::new(self.split(inner)?), *truth),
            _ => match self.told_apart(condition) {
                Some(node) => node,
                None => return self.truth_of(condition),
            },
        };
        Some(like(condition, node))
    }

    /// A comparison with constants over the axis of what is compared.
    fn told_apart(&mut self, condition: &Bound) -> Option<Node> {
        Some(match &condition.node {
            Node::Compare(op, left, right) => match (left.literal(), right.literal()) {
                (None, Some(value)) => {
                    let left = self.axis(left, &[value], *op)?;
                    Node::Compare(*op, Box::new(left), right.clone())
                }
                (Some(value), None) => {
                    let right = self.axis(right, &[value], *op)?;
                    Node::Compare(*op, left.clone(), Box::new(right))
                }
                _ => return None,
            },
            Node::In(operand, list) => {
                let values: Option<Vec<&Value>> = list.iter().map(Bound::literal).collect();
                let operand = self.axis(operand, &values?, Comparison::Equal)?;
                Node::In(Box::new(operand), list.clone())
            }
            Node::IsNull(operand) => {
                Node::IsNull(Box::new(self.axis(operand, &[], Comparison::Equal)?))
            }
            _ => return None,
        })
    }

    /// The axis of a value that is compared with these constants; `None` if it has none.
    fn axis(&mut self, operand: &Bound, values: &[&Value], op: Comparison) -> Option<Bound> {
        if operand.ty.series {
            return None;
        }
        let least = match operand.ty.base {
            Base::Number | Base::DateTime => MISSING + 1,
            Base::Date => i64::from(MISSING_DATE) + 1,
            Base::Text if !op.is_order() => {
                let texts = values.iter().map(|value| match value {
                    Value::Text(text) => Some(text),
                    _ => None,
                });
                let texts: Vec<&Arc<str>> = texts.collect::<Option<_>>()?;
                let slot = self.slot(operand, || Marks::Texts(HashMap::default()));
                if let Marks::Texts(known) = &mut self.axes[slot].marks {
                    for text in texts {
                        let next = known.len() as u32 + 2;
                        known.entry(text.clone()).or_insert(next);
                    }
                }
                return Some(at_slot(operand, slot));
            }
            _ => return None,
        };
        let keys: Option<Vec<i64>> = values
            .iter()
            .map(|value| match (operand.ty.base, value) {
                (Base::Number, Value::Number(number)) => Some(number.millionths()),
                (Base::DateTime, Value::DateTime(moment)) => Some(moment.seconds()),
                (Base::Date, Value::Date(date)) => Some(i64::from(date.days())),
                _ => None,
            })
            .collect();
        let keys = keys?;
        let slot = self.slot(operand, || Marks::Breaks(vec![least]));
        if let Marks::Breaks(breaks) = &mut self.axes[slot].marks {
            breaks.extend(keys.iter().flat_map(|key| [*key, *key + 1]));
        }
        Some(at_slot(operand, slot))
    }

    /// The axis of a condition that is not seen through: it holds, does not, or is unknown.
    fn truth_of(&mut self, condition: &Bound) -> Option<Bound> {
        if condition.ty.base != Base::Bool || condition.ty.series {
            return None;
        }
        let slot = self.slot(condition, || Marks::Truth);
        Some(at_slot(condition, slot))
    }

    /// The axis of a value, new or known.
    fn slot(&mut self, operand: &Bound, marks: impl FnOnce() -> Marks) -> usize {
        let known = self.axes.iter().position(|axis| axis.operand == *operand);
        known.unwrap_or_else(|| {
            self.axes.push(Axis {
                operand: operand.clone(),
                marks: marks(),
            });
            self.axes.len() - 1
        })
    }

    /// The combination that each row is.
    fn places(&self, frame: &dyn Frame) -> Option<Vec<u32>> {
        let mut places = vec![0; frame.len()];
        let mut stride = 1;
        for axis in &self.axes {
            let (values, faults) = axis.operand.values(frame);
            if !faults.is_empty() {
                return None;
            }
            axis.marks.add(&values, stride, &mut places)?;
            stride *= axis.marks.places() as u32;
        }
        Some(places)
    }

    /// Which condition holds first of each combination: the evaluator's word.
    fn judge(&self, as_of: Date) -> Vec<Choice> {
        let mut columns = vec![];
        let mut stride = 1;
        for axis in &self.axes {
            let places = axis.marks.places();
            let of_cell = (0..self.cells).map(|cell| Some((cell / stride % places) as u32));
            let of_cell: Vec<Option<u32>> = of_cell.collect();
            columns.push(axis.marks.examples(axis.operand.ty.base).gather(&of_cell));
            stride *= places;
        }
        let frame = FieldFrame::new(&columns, self.cells, as_of);
        let mut choices = vec![Choice::NoneHolds; self.cells];
        let mut open: Vec<u32> = (0..self.cells as u32).collect();
        for (index, condition) in self.conditions.iter().enumerate() {
            let truths = condition.as_ref().map(|bound| bound.eval(&frame).column);
            settle(index as u32, truths.as_ref(), &mut open, &mut choices);
        }
        choices
    }
}

/// The value of an axis, in a condition over axes.
fn at_slot(operand: &Bound, slot: usize) -> Bound {
    like(operand, Node::Slot(Slot(slot as u32)))
}

/// Another part of the same type in the same place.
fn like(bound: &Bound, node: Node) -> Bound {
    Bound {
        node,
        ty: bound.ty.clone(),
        span: bound.span.clone(),
    }
}

impl Marks {
    /// How many places there are.
    fn places(&self) -> usize {
        match self {
            Self::Breaks(breaks) => breaks.len() + 1,
            Self::Texts(texts) => texts.len() + 2,
            Self::Truth => 3,
        }
    }

    /// A value for each place, in order.
    fn examples(&self, base: Base) -> Column {
        match self {
            Self::Breaks(breaks) => {
                let all = |missing: i64| std::iter::once(missing).chain(breaks.iter().copied());
                match base {
                    Base::Date => {
                        let days = all(i64::from(MISSING_DATE));
                        Column::Date(days.map(|day| day as i32).collect())
                    }
                    Base::DateTime => Column::DateTime(all(MISSING).collect()),
                    _ => Column::Number(all(MISSING).collect()),
                }
            }
            Self::Texts(texts) => {
                let mut other = String::from("\0");
                while texts.contains_key(&*other) {
                    other.push('\0');
                }
                let mut dictionary: Vec<Arc<str>> = vec![other.into(); texts.len() + 1];
                for (text, place) in texts {
                    dictionary[*place as usize - 1] = text.clone();
                }
                let codes = 0..dictionary.len() as u32;
                Column::Text(TextColumn {
                    codes: std::iter::once(MISSING_TEXT).chain(codes).collect(),
                    dictionary: Arc::new(dictionary),
                })
            }
            Self::Truth => Column::Bool(vec![Truth::False, Truth::Unknown, Truth::True]),
        }
    }

    /// Adds the place of each value, times `stride`; `None` for a column of another kind.
    fn add(&self, column: &Column, stride: u32, places: &mut [u32]) -> Option<()> {
        if column.len() != places.len() {
            return None;
        }
        match (self, column) {
            (Self::Breaks(breaks), Column::Number(values) | Column::DateTime(values)) => {
                reached(breaks, values, stride, places);
            }
            (Self::Breaks(breaks), Column::Date(days)) => reached(breaks, days, stride, places),
            (Self::Texts(known), Column::Text(texts)) => {
                let place = |text: &Arc<str>| stride * known.get(text).copied().unwrap_or(1);
                if texts.dictionary.len() > texts.codes.len() {
                    for (row, at) in places.iter_mut().enumerate() {
                        *at += texts.get(row).map_or(0, place);
                    }
                } else {
                    let of_code: Vec<u32> = texts.dictionary.iter().map(place).collect();
                    // The missing code lies beyond every dictionary.
                    for (at, code) in places.iter_mut().zip(&texts.codes) {
                        *at += of_code.get(*code as usize).copied().unwrap_or(0);
                    }
                }
            }
            (Self::Truth, Column::Bool(truths)) => {
                for (at, truth) in places.iter_mut().zip(truths) {
                    *at += stride * *truth as u32;
                }
            }
            _ => return None,
        }
        Some(())
    }
}

/// Adds how many of `breaks` each value has reached, times `stride`.
fn reached<T: Copy + Into<i64>>(breaks: &[i64], values: &[T], stride: u32, places: &mut [u32]) {
    if breaks.len() <= FEW_BREAKS {
        for least in breaks {
            for (at, value) in places.iter_mut().zip(values) {
                *at += stride * u32::from((*value).into() >= *least);
            }
        }
        return;
    }
    for (at, value) in places.iter_mut().zip(values) {
        let value = (*value).into();
        *at += stride * breaks.partition_point(|least| *least <= value) as u32;
    }
}
