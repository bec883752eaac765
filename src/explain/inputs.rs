//! The values that a condition read for a customer, down to the cells they came from.

use super::Explainer;
use super::value::Worded;
use crate::clean::sheet::place_of;
use crate::diagnostic::Lang;
use crate::expr::{AggregateFunction, Frame, SeriesColumn, Slot};
use crate::grading::Grading;
use crate::metrics::Axis;
use crate::scheme::model::{MetricSource, SlotKind};
use crate::table::{Column, Place, Value};
use std::sync::Arc;

/// A value that was read.
#[derive(Clone, Debug)]
pub struct Input {
    /// Where its column is.
    pub slot: Slot,
    /// Its name.
    pub name: Arc<str>,
    /// The value with its unit.
    pub text: String,
    /// The value as data.
    pub value: Value,
    /// Whether it is an estimate.
    pub is_estimate: bool,
    /// Where it came from.
    pub source: Source,
    /// The values that it was worked out from, for values and dimensions.
    pub from: Vec<Input>,
}

/// Where a value came from.
#[derive(Clone, Debug)]
pub enum Source {
    /// A cell of a file.
    Cell(Place),
    /// Rows of an event sheet: how many, and the place of the first.
    Rows {
        /// The metric's `value` as written.
        text: Arc<str>,
        /// How many rows of the customer the sheet has up to the as-of date.
        count: usize,
        /// The first of them.
        first: Option<Place>,
    },
    /// An expression of the scheme, as written.
    Expression(Arc<str>),
    /// The scheme itself: labels, points, the score.
    Scheme,
    /// The run before.
    Earlier,
}

impl Explainer<'_> {
    /// The values that a step read for customer `row`, with their places.
    pub fn inputs(&self, reads: &[Slot], row: usize) -> Vec<Input> {
        let slots = reads.iter();
        slots.map(|slot| self.input(*slot, row)).collect()
    }

    fn input(&self, slot: Slot, row: usize) -> Input {
        let (grading, column) = (self.grading, self.column(slot));
        let scheme = &grading.scheme;
        let entry = &scheme.slots.entries[slot.0 as usize];
        let mut text = String::new();
        column.write_of(grading, row, &mut text);
        let mut input = Input {
            slot,
            name: column.name.clone(),
            text,
            value: Value::Missing,
            is_estimate: entry.is_estimate,
            source: Source::Scheme,
            from: vec![],
        };
        if column.is_hidden() {
            // Neither the value nor how many rows it came from.
            return input;
        }
        if !column.is_series() {
            input.value = grading.facts.get(slot).value(row);
        }
        input.source = match entry.kind {
            SlotKind::Field(field) => {
                field_cell(grading, field, row).map_or(Source::Scheme, Source::Cell)
            }
            SlotKind::LookupField(lookup, field) => {
                lookup_cell(grading, lookup, field, row).map_or(Source::Scheme, Source::Cell)
            }
            SlotKind::Metric(metric) => metric_rows(grading, metric, row),
            SlotKind::Value(index) => {
                let is = &scheme.values[index].is;
                input.from = self.inputs(&is.bound.slots(), row);
                Source::Expression(is.text.clone())
            }
            SlotKind::PreviousGrade | SlotKind::PreviousType => Source::Earlier,
            _ => Source::Scheme,
        };
        input
    }
}

impl Worded<'_> {
    /// Appends what stands in the column for customer `row`.
    pub fn write_of(&self, grading: &Grading, row: usize, out: &mut String) {
        if self.is_series() && !self.is_hidden() {
            out.push_str(&series_text(grading, self.slot, row, self.lang));
        } else {
            self.write_entry(grading.facts.get(self.slot), row, out);
        }
    }
}

/// The cell of a field; `None` if no file has its column. Of a customer whom several files have it is the latest one
/// with a value.
pub fn field_cell(grading: &Grading, field: usize, row: usize) -> Option<Place> {
    let customers = grading.book.customers.as_ref()?;
    let tables = &grading.book.inputs.customers;
    let more = customers
        .more
        .get(&(row as u32))
        .map(Vec::as_slice)
        .unwrap_or_default();
    if let Some(picked) = customers.picked.get(&(row as u32)) {
        let at = picked[field];
        let column = customers.sources[at.table as usize][field]?;
        return Some(place_of(tables, at, Some(column)));
    }
    let rows = std::iter::once(customers.rows[row]).chain(more.iter().rev().copied());
    let mut first = None;
    for at in rows {
        let Some(column) = customers.sources[at.table as usize][field] else {
            continue;
        };
        let blank = tables[at.table as usize].rows.cell(at.row as usize, column)
            == crate::table::Cell::Blank;
        let place = place_of(tables, at, Some(column));
        if !blank {
            return Some(place);
        }
        first.get_or_insert(place);
    }
    first
}

/// The cell of a lookup's field; `None` where no row of it matches, or no file has the column.
pub fn lookup_cell(grading: &Grading, lookup: usize, field: usize, row: usize) -> Option<Place> {
    let rows = &grading.book.lookups[lookup];
    let at = rows.clean.rows[rows.matched[row]? as usize];
    let column = rows.clean.sources[at.table as usize][field]?;
    Some(place_of(
        &grading.book.inputs.lookups[lookup],
        at,
        Some(column),
    ))
}

/// The rows of a customer behind a metric. For the least and greatest, the first and the last value it is the one row
/// that has it.
fn metric_rows(grading: &Grading, metric: usize, row: usize) -> Source {
    let metric = &grading.scheme.metrics[metric];
    let MetricSource::Events(sheet) = metric.from else {
        return Source::Expression(metric.text.clone());
    };
    let events = &grading.book.events[sheet];
    let tables = &grading.book.inputs.events[sheet];
    let own: Vec<u32> = events.rows_of(row).collect();
    let mut first = own.first().copied();
    let single = matches!(
        metric.value.function,
        AggregateFunction::Min
            | AggregateFunction::Max
            | AggregateFunction::First
            | AggregateFunction::Last
    );
    if let (true, None, Some(argument)) = (single, metric.per, &metric.value.argument) {
        let wanted = grading.facts.get(metric.slot).value(row);
        // Only the customer's own rows are looked at: this is asked for every customer of a run.
        let rows: Vec<Option<u32>> = own.iter().copied().map(Some).collect();
        let columns: Vec<Column> = events
            .clean
            .columns
            .iter()
            .map(|column| column.gather(&rows))
            .collect();
        let frame = crate::expr::FieldFrame::new(&columns, rows.len(), grading.facts.as_of());
        let values = argument.eval(&frame).column;
        first = (0..own.len())
            .find(|event| values.value(*event) == wanted)
            .map(|event| own[event])
            .or(first);
    }
    Source::Rows {
        text: metric.text.clone(),
        count: own.len(),
        first: first.map(|event| place_of(tables, events.clean.rows[event as usize], None)),
    }
}

/// A customer's series, the last twelve periods: `2024-01 120, 2024-02 —, …`.
fn series_text(grading: &Grading, slot: Slot, row: usize, lang: Lang) -> String {
    let Some(SeriesColumn {
        periods, values, ..
    }) = grading.facts.get_series(slot)
    else {
        return String::new();
    };
    let SlotKind::Metric(metric) = grading.scheme.slots.entries[slot.0 as usize].kind else {
        return String::new();
    };
    let Some(kind) = grading.scheme.metrics[metric].per else {
        return String::new();
    };
    let axis = Axis::of(kind, &grading.book);
    let shown = periods.saturating_sub(12)..*periods;
    let texts: Vec<String> = shown
        .map(|index| {
            let value = values.value(row * periods + index);
            let text = crate::classify::plain_text(&value, lang).unwrap_or_else(|| "—".to_owned());
            format!("{} {text}", axis.period(index))
        })
        .collect();
    texts.join(", ")
}
