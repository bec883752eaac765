//! What metrics of one sheet cannot be together: more rows that fulfil a condition than rows, a sum of no rows.

use super::cells::Row;
use crate::expr::{AggregateFunction, Slot};
use crate::scheme::lint::values::key;
use crate::scheme::model::{Metric, Scheme};

/// Leaves out the rows that nobody can have.
pub fn retain(scheme: &Scheme, slots: &[Slot], rows: &mut Vec<Row>) {
    let place = |metric: &Metric| slots.iter().position(|slot| *slot == metric.slot);
    let all: Vec<(&Metric, usize)> = scheme
        .metrics
        .iter()
        .filter(|metric| metric.per.is_none())
        .filter_map(|metric| Some((metric, place(metric)?)))
        .collect();
    let whole = all.iter().filter(|(metric, _)| {
        metric.value.function == AggregateFunction::Count
            && metric.value.argument.is_none()
            && metric.filter.is_none()
    });
    for (count, of) in whole {
        for (metric, own) in &all {
            if own == of || metric.from != count.from || metric.window != count.window {
                continue;
            }
            let fits: fn(i64, i64) -> bool = match metric.value.function {
                AggregateFunction::Count | AggregateFunction::CountDistinct => |own, of| own <= of,
                AggregateFunction::Sum => |own, of| of > 0 || own == 0,
                _ => continue,
            };
            rows.retain(|row| match (key(&row[*own]), key(&row[*of])) {
                (Some(own), Some(of)) => fits(own, of),
                _ => true,
            });
        }
    }
}
