//! Why a value is missing: walks the parts that are missing themselves, down to the names.

use super::bound::{Bound, Node};
use super::frame::{Frame, SeriesColumn};
use super::functions::SeriesFunction;
use super::types::Slot;
use crate::rank::Populations;
use crate::table::{Column, Date, Truth, Value};

/// One row of a frame, with the columns that an expression reads.
struct OneRow<'a> {
    as_of: Date,
    counts_after: i32,
    columns: Vec<(Slot, Column)>,
    series: Vec<(Slot, SeriesColumn)>,
    populations: &'a Populations,
}

impl<'a> OneRow<'a> {
    fn of(bound: &Bound, frame: &'a dyn Frame, row: usize) -> Self {
        let mut one = Self {
            as_of: frame.as_of(),
            counts_after: frame.counts_after(row),
            columns: vec![],
            series: vec![],
            populations: frame.populations(),
        };
        bound.walk(&mut |part| {
            let read: &[Slot] = match &part.node {
                Node::Slot(slot) => std::slice::from_ref(slot),
                Node::HasTag(tags, _) => tags,
                _ => &[],
            };
            for slot in read {
                if part.ty.series {
                    let series = frame.series(*slot);
                    let from = row * series.periods;
                    let entries: Vec<Option<u32>> = (from..from + series.periods)
                        .map(|at| Some(at as u32))
                        .collect();
                    let values = series.values.gather(&entries);
                    let skipped = series.skipped.clone();
                    let periods = series.periods;
                    one.series.push((
                        *slot,
                        SeriesColumn {
                            periods,
                            values,
                            ends: series.ends.clone(),
                            skipped,
                        },
                    ));
                } else {
                    one.columns
                        .push((*slot, frame.column(*slot).gather(&[Some(row as u32)])));
                }
            }
        });
        one
    }

    /// How many periods no series passes over.
    fn kept_periods(&self) -> usize {
        let periods = self.series.first().map_or(0, |(_, series)| series.periods);
        (0..periods)
            .filter(|p| !self.series.iter().any(|(_, series)| series.skipped[*p]))
            .count()
    }
}

impl Frame for OneRow<'_> {
    fn len(&self) -> usize {
        1
    }
    fn as_of(&self) -> Date {
        self.as_of
    }
    fn column(&self, slot: Slot) -> &Column {
        let found = self.columns.iter().find(|(known, _)| *known == slot);
        &found
            .unwrap_or_else(|| unreachable!("every slot of the expression was taken"))
            .1
    }
    fn series(&self, slot: Slot) -> &SeriesColumn {
        let found = self.series.iter().find(|(known, _)| *known == slot);
        &found
            .unwrap_or_else(|| unreachable!("every series of the expression was taken"))
            .1
    }
    fn counts_after(&self, _row: usize) -> i32 {
        self.counts_after
    }
    fn populations(&self) -> &Populations {
        self.populations
    }
}

impl Bound {
    /// The value for one row of `frame`, for what is asked of one customer at a time.
    pub fn eval_at(&self, frame: &dyn Frame, row: usize) -> Value {
        self.eval(&OneRow::of(self, frame, row)).column.value(0)
    }

    /// The names whose missing values make this missing in `row`, in order of appearance; none if it is not missing,
    /// or missing for another reason (a division by zero, no arm of a `case`).
    pub fn missing_causes(&self, frame: &dyn Frame, row: usize) -> Vec<Slot> {
        let one = OneRow::of(self, frame, row);
        let mut causes = vec![];
        visit(self, &one, &mut causes);
        causes
    }
}

fn value(bound: &Bound, row: &OneRow<'_>) -> Value {
    bound.eval(row).column.value(0)
}

fn visit(bound: &Bound, row: &OneRow<'_>, causes: &mut Vec<Slot>) {
    // A series inside a function has no single value; its names are named as a whole.
    if bound.ty.series {
        for slot in bound.slots() {
            let series = row.series.iter().find(|(known, _)| *known == slot);
            let missing = match series {
                Some((_, series)) => {
                    let periods = 0..series.periods;
                    let mut kept = periods.filter(|period| !series.skipped[*period]);
                    series.periods == 0 || kept.any(|period| series.values.is_missing(period))
                }
                None => row.column(slot).is_missing(0),
            };
            if missing {
                add(slot, causes);
            }
        }
        return;
    }
    if value(bound, row) != Value::Missing {
        return;
    }
    match &bound.node {
        Node::Slot(slot) => add(*slot, causes),
        Node::Case(arms, otherwise) => {
            for (condition, result) in arms {
                match Truth::from_value(&value(condition, row)) {
                    Truth::True => return visit(result, row, causes),
                    Truth::Unknown => return visit(condition, row, causes),
                    Truth::False => {}
                }
            }
            if let Some(otherwise) = otherwise {
                visit(otherwise, row, causes);
            }
        }
        Node::Series {
            function,
            argument,
            count,
        } => {
            let known = causes.len();
            visit(argument, row, causes);
            let needed = match function {
                SeriesFunction::Latest => 1,
                SeriesFunction::Change | SeriesFunction::Growth => 2,
                SeriesFunction::Previous => count + 1,
                _ => *count,
            };
            if causes.len() == known && row.kept_periods() < needed {
                // All periods have values, but there are too few of them.
                let series = |slot: &Slot| row.series.iter().any(|(known, _)| known == slot);
                argument
                    .slots()
                    .into_iter()
                    .filter(series)
                    .for_each(|slot| add(slot, causes));
            }
        }
        _ => {
            for child in bound.children() {
                visit(child, row, causes);
            }
        }
    }
}

fn add(slot: Slot, causes: &mut Vec<Slot>) {
    if !causes.contains(&slot) {
        causes.push(slot);
    }
}
