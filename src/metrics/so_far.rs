//! What a metric comes to in the period that has begun and is not closed: no rule reads it, but people want to know.

use crate::book::Book;
use crate::expr::{AggregateFunction, FieldFrame, over_rows};
use crate::scheme::model::{Metric, MetricSource};
use crate::table::{Column, Period, Value};

/// The open period of a metric's kind on the as-of date, and what the customer's rows in it come to by that date. `None`
/// where no period is open or the files do not reach into it, and for what is picked by day (`first`, `last`,
/// `most_common`, `mean_gap`), has no rows (the history of a field) or cannot be worked out.
pub fn so_far(metric: &Metric, book: &Book, customer: usize) -> Option<(Period, Value)> {
    use AggregateFunction as F;
    let kind = metric.per?;
    let MetricSource::Events(sheet) = metric.from else {
        return None;
    };
    let function = metric.value.function;
    if matches!(function, F::First | F::Last | F::MostCommon | F::MeanGap)
        || metric.estimate().is_some()
    {
        return None;
    }
    let closed = Period::last_closed(kind, book.as_of);
    let open = closed.back(-1);
    let events = &book.events[sheet];
    let begins = open.start().filter(|start| *start <= book.as_of)?;
    if !events.coverage.covers(open) {
        return None;
    }
    let days = begins.days()..=book.as_of.days();
    let rows = events.rows_of(customer);
    let rows = rows.filter(|row| days.contains(&events.days[*row as usize]));
    let rows: Vec<Option<u32>> = rows.map(Some).collect();
    let columns: Vec<Column> = events
        .clean
        .columns
        .iter()
        .map(|column| column.gather(&rows))
        .collect();
    let frame = FieldFrame::new(&columns, rows.len(), book.as_of);
    let counts = metric
        .filter
        .as_ref()
        .map(|filter| filter.bound.eval(&frame).column);
    let argument = metric.value.argument.as_ref();
    let values = argument.map(|argument| argument.eval(&frame).column);
    let is_used = |row: usize| {
        let counts = counts.as_ref().map(|counts| counts.value(row));
        let is_there = values.as_ref().is_none_or(|values| !values.is_missing(row));
        counts.is_none_or(|counts| counts == Value::Bool(true)) && is_there
    };
    let used: Vec<u32> = (0..rows.len())
        .filter(|row| is_used(*row))
        .map(|row| row as u32)
        .collect();
    let value = over_rows(function, values.as_ref(), &used).value(0);
    (value != Value::Missing).then_some((open, value))
}
