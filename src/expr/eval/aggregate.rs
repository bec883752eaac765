//! One value out of some rows: sum, count, mean and the others. Exact, and the same in any order of rows.

use crate::expr::AggregateFunction;
use crate::table::column::MISSING;
use crate::table::decimal::divide_half_away;
use crate::table::{Column, Decimal};
use foldhash::HashMap;
use std::cmp::Ordering;

/// What the rows have that an aggregate is of.
pub struct RowColumns<'a> {
    /// The argument's value for each row; `None` where there is no argument.
    pub values: Option<&'a Column>,
    /// The day of each row.
    pub days: &'a [i32],
    /// The order of each row's id.
    pub ids: Option<&'a [u32]>,
}

/// What some rows give.
pub enum OfRows {
    /// A number, or [`MISSING`].
    Number(i64),
    /// The value of this row, or of none ([`NO_ROW`]).
    Row(u32),
    /// More than an exact number holds.
    TooLarge,
}

/// No row has the value.
pub const NO_ROW: u32 = u32::MAX;

/// The one value of all these rows, as a column with one entry; missing where it is too large. The function is none that
/// goes by days or ids.
pub fn over_rows(function: AggregateFunction, values: Option<&Column>, rows: &[u32]) -> Column {
    let columns = RowColumns {
        values,
        days: &[],
        ids: None,
    };
    match columns.of(function, rows) {
        OfRows::Row(row) => columns.picked(&[row]),
        OfRows::Number(number) => Column::Number(vec![number]),
        OfRows::TooLarge => Column::Number(vec![MISSING]),
    }
}

impl RowColumns<'_> {
    /// Whether what a function gives is the value of one of the rows, and no number that none of them need have.
    pub fn picks(&self, function: AggregateFunction) -> bool {
        use AggregateFunction as F;
        match (function, self.values) {
            (F::Min | F::Max | F::First | F::Last | F::MostCommon, Some(_)) => true,
            // Of anything but numbers there is no middle.
            (F::Median, Some(values)) => !matches!(values, Column::Number(_)),
            _ => false,
        }
    }

    /// The values of these rows.
    pub fn picked(&self, rows: &[u32]) -> Column {
        let rows: Vec<Option<u32>> = rows
            .iter()
            .map(|row| Some(*row).filter(|row| *row != NO_ROW))
            .collect();
        self.values.map_or_else(
            || Column::Number(vec![MISSING; rows.len()]),
            |values| values.gather(&rows),
        )
    }

    /// What these rows give.
    pub fn of(&self, function: AggregateFunction, rows: &[u32]) -> OfRows {
        use AggregateFunction as F;
        let count = |count: usize| OfRows::Number(Decimal::from_count(count).millionths());
        let number = |number: Option<Decimal>| {
            number.map_or(OfRows::TooLarge, |number| {
                OfRows::Number(number.millionths())
            })
        };
        match (function, self.values) {
            (F::Count, _) => count(rows.len()),
            (F::Sum | F::Mean, Some(Column::Number(values))) => {
                let values = rows.iter().map(|row| i128::from(values[*row as usize]));
                let sum: i128 = values.sum();
                match (function, rows.len()) {
                    (F::Sum, _) => number(Decimal::from_wide(sum)),
                    (_, 0) => OfRows::Number(MISSING),
                    (_, n) => number(Decimal::from_wide(divide_half_away(sum, n as i128))),
                }
            }
            (F::MeanGap, values) => {
                let days = match values {
                    Some(Column::Date(days)) => days,
                    _ => self.days,
                };
                OfRows::Number(mean_gap(rows, |row| days[row as usize]))
            }
            (F::CountDistinct, Some(values)) => {
                let codes = rows.iter().map(|row| code(values, *row as usize));
                count(codes.collect::<foldhash::HashSet<i64>>().len())
            }
            (F::Median, Some(Column::Number(values))) => OfRows::Number(median(values, rows)),
            (_, Some(values)) => OfRows::Row(pick(function, values, rows, self).unwrap_or(NO_ROW)),
            // Every function but `count` and `mean_gap` has an argument, which binding has made sure of.
            (_, None) => OfRows::Number(MISSING),
        }
    }
}

/// The mean of the days between consecutive dates; missing with fewer than two rows.
fn mean_gap(rows: &[u32], day: impl Fn(u32) -> i32) -> i64 {
    if rows.len() < 2 {
        return MISSING;
    }
    let days = rows.iter().map(|row| i64::from(day(*row)));
    let (first, last) = days.fold((i64::MAX, i64::MIN), |(first, last), day| {
        (first.min(day), last.max(day))
    });
    // The gaps add up to the whole span, whatever lies between.
    let span = i128::from(last - first) * 1_000_000;
    divide_half_away(span, rows.len() as i128 - 1) as i64
}

/// The row whose value is the least, greatest, first, last or most common one.
fn pick(
    function: AggregateFunction,
    values: &Column,
    rows: &[u32],
    columns: &RowColumns<'_>,
) -> Option<u32> {
    let by_value = |a: &u32, b: &u32| compare(values, *a as usize, *b as usize);
    let by_time = |a: &u32, b: &u32| {
        let id = |row: u32| columns.ids.map(|ids| ids[row as usize]);
        let day = |row: u32| columns.days[row as usize];
        day(*a)
            .cmp(&day(*b))
            .then_with(|| id(*a).cmp(&id(*b)))
            .then_with(|| by_value(a, b))
    };
    match function {
        AggregateFunction::Min => rows.iter().copied().min_by(by_value),
        AggregateFunction::Max => rows.iter().copied().max_by(by_value),
        AggregateFunction::First => rows.iter().copied().min_by(by_time),
        AggregateFunction::Last => rows.iter().copied().max_by(by_time),
        AggregateFunction::MostCommon => {
            let mut counts: HashMap<i64, (usize, u32)> = HashMap::default();
            for row in rows {
                counts
                    .entry(code(values, *row as usize))
                    .or_insert((0, *row))
                    .0 += 1;
            }
            // Of equally common ones the least, so that the order of rows does not matter.
            counts
                .into_values()
                .max_by(|a, b| a.0.cmp(&b.0).then_with(|| by_value(&b.1, &a.1)))
                .map(|(_, row)| row)
        }
        _ => None,
    }
}

/// The middle value; of two middle numbers the mean.
fn median(numbers: &[i64], rows: &[u32]) -> i64 {
    let mut sorted: Vec<i64> = rows.iter().map(|row| numbers[*row as usize]).collect();
    if sorted.is_empty() {
        return MISSING;
    }
    sorted.sort_unstable();
    let (low, high) = (sorted[(sorted.len() - 1) / 2], sorted[sorted.len() / 2]);
    Decimal::from_wide(divide_half_away(i128::from(low) + i128::from(high), 2))
        .map_or(MISSING, Decimal::millionths)
}

/// A number for an entry: equal entries have equal ones.
fn code(values: &Column, row: usize) -> i64 {
    match values {
        Column::Number(numbers) | Column::DateTime(numbers) => numbers[row],
        Column::Date(days) => i64::from(days[row]),
        Column::Bool(truths) => truths[row] as i64,
        Column::Text(texts) => i64::from(texts.codes[row]),
        Column::List(_) => row as i64,
    }
}

/// The order of two entries: numbers and dates by size, texts by code points.
fn compare(values: &Column, a: usize, b: usize) -> Ordering {
    match values {
        Column::Text(texts) => texts.get(a).cmp(&texts.get(b)),
        other => code(other, a).cmp(&code(other, b)),
    }
}
