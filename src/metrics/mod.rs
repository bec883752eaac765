//! Events to one value a customer, or to a series: one value for each closed period.
//!
//! Takes the scheme, the book and the as-of date, gives the columns of all metrics and what was found. A metric never
//! sees another customer's rows, and the order of rows changes nothing.

mod aggregate;
mod estimate;
mod groups;
mod report;
mod so_far;
mod window;

use crate::book::{Book, EventRows, SheetVersion};
use crate::clean::sheet::place_of;
use crate::diagnostic::{Code, Finding};
use crate::expr::{AggregateFunction, Node, RowColumns, SeriesColumn};
use crate::parallel::{cores, fill};
use crate::scheme::model::{EventSheet, Gaps, Metric, MetricSource, Scheme};
use crate::table::column::{MISSING, MISSING_DATE};
use crate::table::{Column, ColumnBuilder, Date, Period, PeriodKind, Truth, Value};
use crate::text;
use crate::words::{by_count, how_many};
use aggregate::{aggregate, is_zero_without_rows};
use estimate::Estimator;
pub use estimate::Fit;
use groups::{Groups, Periods, Takes};
pub use so_far::so_far;
use std::borrow::Cow;
use window::Windows;

/// The most values that a series may have: 4 GB of them. A single date in the wrong century makes millions of periods.
const MOST_CELLS: usize = 500_000_000;

/// How many customers are looked at in one piece.
const CUSTOMERS: usize = 1 << 12;

/// The value of a metric.
#[derive(Clone, Debug)]
pub enum MetricColumn {
    /// One value a customer.
    Value(Column),
    /// One value for each customer and closed period.
    Series(SeriesColumn),
}

/// The closed periods that series of one kind have: `first`, and how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Axis {
    /// The oldest.
    pub first: Period,
    /// How many, up to the last one closed on the as-of date.
    pub count: usize,
}

impl Axis {
    /// From the first period that any event sheet covers to the last closed one.
    pub fn of(kind: PeriodKind, book: &Book) -> Self {
        let last = Period::last_closed(kind, book.as_of);
        let first = book
            .events
            .iter()
            .filter_map(|events| events.coverage.first(kind))
            .chain(
                book.history
                    .first()
                    .map(|sheet| Period::of(kind, sheet.since)),
            )
            .map(|p| p.index)
            .min();
        let first = Period {
            kind,
            index: first.unwrap_or(last.index + 1).min(last.index + 1),
        };
        Self {
            first,
            count: (last.index - first.index + 1) as usize,
        }
    }

    /// The last day of each period, in days since 1970-01-01.
    pub fn ends(self) -> Vec<i32> {
        let periods = (0..self.count).map(|index| self.period(index));
        let ends = periods.map(|period| period.end().map_or(i32::MAX, Date::days));
        ends.collect()
    }

    /// Period `index` of it.
    pub const fn period(self, index: usize) -> Period {
        self.first.back(-(index as i32))
    }
}

/// Works out all metrics. `first_seen` is for each customer the day since which absence of rows means zero (earliest of
/// first event, `first_seen` and `previous_date`), in days since 1970-01-01; the greatest number where it is unknown. The
/// fits are those that estimates rest on.
pub fn compute(
    scheme: &Scheme,
    book: &Book,
    first_seen: &[i32],
    findings: &mut Vec<Finding>,
) -> (Vec<MetricColumn>, Vec<Fit>) {
    let mut estimator = Estimator::default();
    let metrics = scheme.metrics.iter().enumerate();
    let columns = metrics.map(|(place, metric)| match (metric.estimate(), metric.from) {
        (Some(estimate), MetricSource::Events(sheet)) => {
            estimator.column(scheme, (place, estimate), sheet, book, findings)
        }
        _ => one(scheme, metric, book, first_seen, findings),
    });
    let columns = columns.collect();
    (columns, estimator.fits)
}

fn one(
    scheme: &Scheme,
    metric: &Metric,
    book: &Book,
    first_seen: &[i32],
    findings: &mut Vec<Finding>,
) -> MetricColumn {
    let index = match metric.from {
        MetricSource::Events(index) => index,
        MetricSource::History(field) => return history(metric, field, book, findings),
    };
    let events = &book.events[index];
    let rule = &scheme.events[index];
    let counted = counted(rule, metric, book, events, findings);
    let counts = |row: usize| counted.as_ref().is_none_or(|counted| counted[row]);
    let is_new = |row: usize| book.told.is_none_or(|told| events.days[row] > told.days());
    let untold = |row: usize| counts(row) && is_new(row);
    let values = argument(metric, index, book, &untold, findings);
    let values = values.as_deref();
    let customers = book.roster.len();
    let date_is_values =
        metric.value.function == AggregateFunction::MeanGap && metric.value.argument.is_none();
    // Where nothing is missing nobody asks row by row.
    let gaps = values.filter(|values| values.has_missing());
    let missing = |row: usize| gaps.is_some_and(|values| values.is_missing(row));
    if gaps.is_some() {
        let tables = &book.inputs.events[index];
        report::missing(rule, metric, tables, events, &untold, &missing, findings);
    }
    let used = |row: usize| counts(row) && !missing(row);
    // Nearly always: then nobody asks row by row either.
    let all_used = counted.is_none() && gaps.is_none();
    let id_codes = id_order(rule, metric, events);
    let columns = RowColumns {
        values: values.filter(|_| !date_is_values),
        days: &events.days,
        ids: id_codes.as_deref(),
    };
    let Some(kind) = metric.per else {
        let windows = Windows::new(&metric.window, book);
        let takes =
            |customer: usize, row: usize| used(row) && windows.contains(customer, events.days[row]);
        let is_all = all_used && windows.contain_all(&events.days);
        let takes = (!is_all).then_some(&takes as &Takes<'_>);
        let groups = Groups::of_customers(events, customers, takes);
        let (column, overflows) = aggregate(metric.value.function, &columns, &groups);
        report::overflow(metric, book, &overflows, 1, findings);
        let column = if (0..customers).any(|customer| windows.is_unknown(customer)) {
            let known: Vec<Option<u32>> = (0..customers)
                .map(|customer| (!windows.is_unknown(customer)).then_some(customer as u32))
                .collect();
            column.gather(&known)
        } else {
            column
        };
        return MetricColumn::Value(column);
    };
    let axis = Axis::of(kind, book);
    if customers * axis.count > MOST_CELLS {
        report::too_many_periods(metric, &axis, customers, findings);
        return MetricColumn::Series(SeriesColumn::none());
    }
    let takes = |_: usize, row: usize| used(row);
    let takes = (!all_used).then_some(&takes as &Takes<'_>);
    let groups = Groups::of_periods(events, customers, takes, axis);
    let (mut column, overflows) = aggregate(metric.value.function, &columns, &groups);
    report::overflow(metric, book, &overflows, axis.count, findings);
    let covered: Vec<bool> = (0..axis.count)
        .map(|index| events.coverage.covers(axis.period(index)))
        .collect();
    blank_unknown(metric, &axis, &covered, first_seen, &mut column);
    report::uncovered(rule, metric, &axis, &covered, book.told, findings);
    report::early_end(rule, events, &axis, findings);
    let skipped = covered
        .iter()
        .map(|covered| !covered && metric.gaps == Gaps::Skip)
        .collect();
    MetricColumn::Series(SeriesColumn {
        periods: axis.count,
        values: column,
        ends: axis.ends(),
        skipped,
    })
}

/// The history of a field of the customers' sheet: at each period's end its value in the sheet in force then, at the
/// last one in the newest; missing before the first sheet, never zero.
fn history(
    metric: &Metric,
    field: usize,
    book: &Book,
    findings: &mut Vec<Finding>,
) -> MetricColumn {
    let Some(kind) = metric.per else {
        return MetricColumn::Series(SeriesColumn::none());
    };
    let axis = Axis::of(kind, book);
    let customers = book.roster.len();
    if customers * axis.count > MOST_CELLS {
        report::too_many_periods(metric, &axis, customers, findings);
        return MetricColumn::Series(SeriesColumn::none());
    }
    let ends = axis.ends();
    let sheets: Vec<Option<&SheetVersion>> = ends
        .iter()
        .enumerate()
        .map(|(index, end)| {
            let is_last = index + 1 == ends.len();
            let mut known = book.history.iter().rev();
            known
                .find(|sheet| is_last || sheet.since.days() <= *end)
                .map(|sheet| &**sheet)
        })
        .collect();
    let like = book.customers.as_ref().map(|rows| &rows.columns[field]);
    let Some(mut values) = like.map(ColumnBuilder::like) else {
        return MetricColumn::Series(SeriesColumn::none());
    };
    for id in book.roster.ids.iter() {
        for sheet in &sheets {
            let value = sheet.and_then(|sheet| {
                let row = *sheet.by_id.get(id)?;
                Some(sheet.columns[field].value(row as usize))
            });
            values.push(&value.unwrap_or(Value::Missing));
        }
    }
    let skipped = sheets
        .iter()
        .map(|sheet| sheet.is_none() && metric.gaps == Gaps::Skip);
    MetricColumn::Series(SeriesColumn {
        periods: axis.count,
        values: values.finish(),
        skipped: skipped.collect(),
        ends,
    })
}

/// The values of the metric's argument, a row an event; `None` for `count()` and its like. Of rows that cannot be worked
/// out those are said that are `untold`.
fn argument<'a>(
    metric: &Metric,
    index: usize,
    book: &'a Book,
    untold: &dyn Fn(usize) -> bool,
    findings: &mut Vec<Finding>,
) -> Option<Cow<'a, Column>> {
    let argument = metric.value.argument.as_ref()?;
    if let Node::Slot(field) = argument.node {
        return Some(Cow::Borrowed(
            &book.events[index].clean.columns[field.0 as usize],
        ));
    }
    let events = &book.events[index];
    let frame =
        crate::expr::FieldFrame::new(&events.clean.columns, events.clean.rows.len(), book.as_of);
    let evaluated = argument.eval(&frame);
    let tables = &book.inputs.events[index];
    let faults = evaluated.faults.into_iter().map(|fault| fault.row as usize);
    let mut rows: Vec<usize> = faults.filter(|row| untold(*row)).collect();
    events.sort_by_place(&mut rows);
    for row in rows {
        let name = &metric.name;
        findings.push(
            Finding::warning(
                Code::NotComputable,
                text!(
                    "`{name}` cannot be worked out for the row; it is left out",
                    "该行无法计算 `{name}`，已略过"
                ),
            )
            .place(place_of(tables, events.clean.rows[row], None)),
        );
    }
    Some(Cow::Owned(evaluated.column))
}

/// For each row whether `where` holds; `None` where all rows count.
fn counted(
    rule: &EventSheet,
    metric: &Metric,
    book: &Book,
    events: &EventRows,
    findings: &mut Vec<Finding>,
) -> Option<Vec<bool>> {
    let count = events.clean.rows.len();
    let filter = metric.filter.as_ref()?;
    let frame = crate::expr::FieldFrame::new(&events.clean.columns, count, book.as_of);
    let Column::Bool(truths) = filter.bound.eval(&frame).column else {
        return None;
    };
    let unknown = truths
        .iter()
        .filter(|truth| **truth == Truth::Unknown)
        .count();
    if unknown > 0 {
        let (name, condition) = (&metric.name, &filter.text);
        let sheet = &rule.sheet.name;
        let rows = how_many(unknown, "row");
        let count = by_count(&unknown, "counts", "count");
        let they_do = by_count(&unknown, "it does", "they do");
        findings.push(Finding::warning(
            Code::UnknownCondition,
            text!(
                "whether {rows} of `{sheet}` {count} for `{name}` (`{condition}`) is unknown, because a value is \
                 missing; {they_do} not",
                "因缺值无法判断 `{sheet}` 的 {unknown} 行是否计入 `{name}`（`{condition}`），按不计入处理"
            ),
        ));
    }
    Some(truths.iter().map(|truth| *truth == Truth::True).collect())
}

/// The codes of the rows' ids in the order of their text, where `first` and `last` need them to break ties.
fn id_order(rule: &EventSheet, metric: &Metric, events: &EventRows) -> Option<Vec<u32>> {
    if !matches!(
        metric.value.function,
        AggregateFunction::First | AggregateFunction::Last
    ) {
        return None;
    }
    let Column::Text(ids) = &events.clean.columns[rule.id?] else {
        return None;
    };
    let mut order: Vec<u32> = (0..ids.dictionary.len() as u32).collect();
    order.sort_by(|a, b| ids.dictionary[*a as usize].cmp(&ids.dictionary[*b as usize]));
    let mut rank = vec![0; order.len()];
    for (place, code) in order.into_iter().enumerate() {
        rank[code as usize] = place as u32 + 1;
    }
    Some(
        ids.codes
            .iter()
            .map(|code| rank.get(*code as usize).copied().unwrap_or(0))
            .collect(),
    )
}

/// Periods that the files do not cover, and those before the customer was first seen, are missing. Inside, a period
/// without rows keeps what no rows give: zero for sums and counts.
fn blank_unknown(
    metric: &Metric,
    axis: &Axis,
    covered: &[bool],
    first_seen: &[i32],
    column: &mut Column,
) {
    let zero = metric.gaps == Gaps::Zero;
    if !is_zero_without_rows(metric.value.function) {
        return;
    }
    let Column::Number(values) = column else {
        return;
    };
    if axis.count == 0 {
        return;
    }
    let uncovered: Vec<usize> = (0..axis.count)
        .filter(|index| !covered[*index] && !zero)
        .collect();
    let periods = Periods::new(*axis);
    // Whole customers to each piece, so that a customer's periods are side by side in it.
    let len = CUSTOMERS * axis.count;
    fill(cores(), values, len, |piece, values| {
        let customers = values.chunks_exact_mut(axis.count);
        for (own, day) in customers.zip(&first_seen[piece * CUSTOMERS..]) {
            own[..periods.before(*day)].fill(MISSING);
            for index in &uncovered {
                own[*index] = MISSING;
            }
        }
    });
}

/// The first day of each customer's events, over all event sheets; [`MISSING_DATE`] without any.
pub fn first_events(book: &Book) -> Vec<i32> {
    let mut first = vec![MISSING_DATE; book.roster.len()];
    for events in &book.events {
        let days: &[i32] = &events.days;
        fill(cores(), &mut first, CUSTOMERS, |piece, first| {
            for (customer, known) in (piece * CUSTOMERS..).zip(first) {
                let days = events.rows_of(customer).map(|row| days[row as usize]);
                let own = Some(*known).filter(|day| *day != MISSING_DATE);
                *known = days.chain(own).min().unwrap_or(MISSING_DATE);
            }
        });
    }
    first
}
