//! One value out of the rows of a group: sum, count, mean and the others. Exact, and the same in any order of rows.

use super::Groups;
use crate::expr::AggregateFunction;
use crate::table::column::{ColumnBuilder, MISSING, Value};
use crate::table::decimal::divide_half_away;
use crate::table::{Column, Decimal};
use foldhash::HashMap;
use std::cmp::Ordering;

/// What the rows have.
pub struct Source<'a> {
    /// The argument's value for each row; `None` where there is no argument.
    pub values: Option<&'a Column>,
    /// The day of each row.
    pub days: &'a [i32],
    /// The order of each row's id.
    pub ids: Option<&'a [u32]>,
}

/// Whether no rows give zero; the others give nothing.
pub fn is_zero_without_rows(function: AggregateFunction) -> bool {
    matches!(
        function,
        AggregateFunction::Sum | AggregateFunction::Count | AggregateFunction::CountDistinct
    )
}

/// The one value of all these rows, as a column with one entry; missing where it is too large. The function is none that
/// goes by days or ids.
pub fn over_rows(function: AggregateFunction, values: Option<&Column>, rows: Vec<u32>) -> Column {
    let groups = Groups {
        starts: vec![0, rows.len() as u32],
        rows,
    };
    let source = Source {
        values,
        days: &[],
        ids: None,
    };
    aggregate(function, &source, &groups).0
}

/// The value of each group, and the groups whose value is too large.
pub fn aggregate(
    function: AggregateFunction,
    source: &Source<'_>,
    groups: &Groups,
) -> (Column, Vec<usize>) {
    let count = groups.starts.len() - 1;
    let mut overflows = vec![];
    let rows = |group: usize| {
        &groups.rows[groups.starts[group] as usize..groups.starts[group + 1] as usize]
    };
    let numbers = |values: &[i64]| Column::Number(values.to_vec());
    let column = match (function, source.values) {
        (AggregateFunction::Count, _) => numbers(
            &(0..count)
                .map(|group| Decimal::from_count(rows(group).len()).millionths())
                .collect::<Vec<_>>(),
        ),
        (AggregateFunction::Sum | AggregateFunction::Mean, Some(Column::Number(values))) => {
            let mean = function == AggregateFunction::Mean;
            let of = |group: usize| {
                let rows = rows(group);
                let sum: i128 = rows
                    .iter()
                    .map(|row| i128::from(values[*row as usize]))
                    .sum();
                match (mean, rows.len()) {
                    (true, 0) => Some(MISSING),
                    (true, n) => Decimal::from_wide(divide_half_away(sum, n as i128))
                        .map(Decimal::millionths),
                    (false, _) => Decimal::from_wide(sum).map(Decimal::millionths),
                }
            };
            let mut sums = Vec::with_capacity(count);
            for group in 0..count {
                sums.push(of(group).unwrap_or_else(|| {
                    overflows.push(group);
                    MISSING
                }));
            }
            Column::Number(sums)
        }
        (AggregateFunction::MeanGap, values) => {
            let days = |row: u32| match values {
                Some(Column::Date(days)) => days[row as usize],
                _ => source.days[row as usize],
            };
            Column::Number(
                (0..count)
                    .map(|group| mean_gap(rows(group), days))
                    .collect(),
            )
        }
        (AggregateFunction::CountDistinct, Some(values)) => {
            let of = |group: usize| {
                let distinct: foldhash::HashSet<i64> = rows(group)
                    .iter()
                    .map(|row| code(values, *row as usize))
                    .collect();
                Decimal::from_count(distinct.len()).millionths()
            };
            Column::Number((0..count).map(of).collect())
        }
        (_, Some(values)) => {
            let mut picked = ColumnBuilder::like(values);
            for group in 0..count {
                let rows = rows(group);
                if function == AggregateFunction::Median {
                    picked.push(&median(values, rows));
                } else {
                    let row = pick(function, values, rows, source);
                    picked.push(&row.map_or(Value::Missing, |row| values.value(row as usize)));
                }
            }
            picked.finish()
        }
        // Every function but `count` and `mean_gap` has an argument, which binding has made sure of.
        (_, None) => Column::Number(vec![MISSING; count]),
    };
    (column, overflows)
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
    source: &Source<'_>,
) -> Option<u32> {
    let by_value = |a: &u32, b: &u32| compare(values, *a as usize, *b as usize);
    let by_time = |a: &u32, b: &u32| {
        let id = |row: u32| source.ids.map(|ids| ids[row as usize]);
        let day = |row: u32| source.days[row as usize];
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
fn median(values: &Column, rows: &[u32]) -> Value {
    let Column::Number(numbers) = values else {
        return Value::Missing;
    };
    let mut sorted: Vec<i64> = rows.iter().map(|row| numbers[*row as usize]).collect();
    if sorted.is_empty() {
        return Value::Missing;
    }
    sorted.sort_unstable();
    let (low, high) = (sorted[(sorted.len() - 1) / 2], sorted[sorted.len() / 2]);
    Decimal::from_wide(divide_half_away(i128::from(low) + i128::from(high), 2))
        .map_or(Value::Missing, Value::Number)
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
