//! Windows that look back further than the rows of their sheet go, and counts of periods that need more periods than
//! are covered.

use crate::book::Book;
use crate::diagnostic::{Code, Finding, Severity};
use crate::expr::{Bound, Node, SeriesFunction};
use crate::scheme::model::{GradeRule, Metric, MetricSource, Scheme, WindowSpan};
use crate::table::{Date, Period};
use crate::text;
use crate::words::how_many;
use std::collections::BTreeSet;

/// The findings for the data of a book.
pub fn windows(scheme: &Scheme, book: &Book) -> Vec<Finding> {
    let mut findings = vec![];
    for metric in &scheme.metrics {
        let MetricSource::Events(events) = metric.from else {
            continue;
        };
        let Some(first) = book
            .events
            .get(events)
            .and_then(|e| e.coverage.first_date())
        else {
            continue;
        };
        findings.extend(too_long(scheme, metric, events, first, book.as_of));
        findings.extend(too_many(scheme, metric, events, book));
    }
    // Where grades move from month to month, what came before is in a ledger as often as not.
    if scheme.has_history() {
        for finding in &mut findings {
            finding.severity = Severity::Note;
        }
    }
    findings
}

/// A window that begins before the first row that there can be.
fn too_long(
    scheme: &Scheme,
    metric: &Metric,
    events: usize,
    first: Date,
    as_of: Date,
) -> Option<Finding> {
    let end = metric.window.ending.back_from(as_of);
    let begin = match metric.window.span {
        WindowSpan::Within(span) => span.back_from(end).add_days(1)?,
        WindowSpan::Calendar(kind) => Period::of(kind, end).start()?,
        // How far back it goes is different for each customer.
        WindowSpan::All | WindowSpan::Anniversary(_) => return None,
    };
    if first <= begin || metric.per.is_some() {
        return None;
    }
    // A sheet without a row on the first day of a month still has that month.
    let month = |date| Period::of(crate::table::PeriodKind::Month, date).index;
    if month(first) <= month(begin) {
        return None;
    }
    let (name, sheet) = (&metric.name, &scheme.events[events].sheet.name);
    Some(
        Finding::warning(
            Code::ShortCoverage,
            text!(
                "`{name}` looks back to {begin}, and `{sheet}` begins on {first}",
                "`{name}` 要看到 {begin}，而 `{sheet}` 从 {first} 才开始"
            ),
        )
        .at(metric.span.clone())
        .help(text!(
            "read older files as well, or shorten the window; if there was nothing before, say what is covered: \
             `coverage`, `--covers`",
            "请一并读入更早的文件，或缩短窗口；如果之前确实没有，请用 `coverage` 或 `--covers` 说明覆盖范围"
        )),
    )
}

/// A count of periods that cannot be reached.
fn too_many(scheme: &Scheme, metric: &Metric, events: usize, book: &Book) -> Option<Finding> {
    let kind = metric.per?;
    let coverage = &book.events[events].coverage;
    let first = coverage.first(kind)?;
    let last = Period::last_closed(kind, book.as_of);
    let covered = (first.index..=last.index)
        .filter(|index| {
            coverage.covers(Period {
                kind,
                index: *index,
            })
        })
        .count();
    let mut needed: BTreeSet<usize> = BTreeSet::new();
    for bound in conditions(scheme) {
        bound.walk(&mut |part| needed.extend(periods_needed(part, metric)));
    }
    let most = *needed.iter().next_back()?;
    if most <= covered {
        return None;
    }
    let (name, sheet) = (&metric.name, &scheme.events[events].sheet.name);
    let periods = how_many(most, "period");
    Some(
        Finding::warning(
            Code::ShortCoverage,
            text!(
                "`{name}` is asked for {periods}, and `{sheet}` covers {covered}",
                "`{name}` 要看 {most} 期，而 `{sheet}` 只覆盖 {covered} 期"
            ),
        )
        .at(metric.span.clone())
        .help(text!(
            "read older files as well: until then what asks for so many periods does not hold",
            "请一并读入更早的文件：在此之前，要求这么多期的条件不会成立"
        )),
    )
}

/// How many periods of a series a part of a condition asks for.
fn periods_needed(part: &Bound, metric: &Metric) -> Option<usize> {
    let reads = |bound: &Bound| bound.slots().contains(&metric.slot);
    match &part.node {
        Node::Compare(_, left, right) => {
            let Node::Series {
                function, argument, ..
            } = &left.node
            else {
                return None;
            };
            let Some(crate::table::Value::Number(number)) = right.literal() else {
                return None;
            };
            let count = usize::try_from(number.trunc()).ok()?;
            let count = match function {
                SeriesFunction::Streak | SeriesFunction::Longest => count,
                SeriesFunction::Rising | SeriesFunction::Falling => count + 1,
                _ => return None,
            };
            reads(argument).then_some(count)
        }
        Node::Series {
            function: SeriesFunction::Average | SeriesFunction::Total,
            argument,
            count,
        } if reads(argument) => Some(*count),
        Node::Series {
            function: SeriesFunction::Previous,
            argument,
            count,
        } if reads(argument) => Some(count + 1),
        _ => None,
    }
}

/// All conditions that may ask for periods.
fn conditions(scheme: &Scheme) -> Vec<&Bound> {
    let mut all: Vec<&Bound> = scheme.values.iter().map(|value| &value.is.bound).collect();
    for dimension in &scheme.dimensions {
        let expressions = dimension.rule.expressions();
        all.extend(expressions.map(|expression| &expression.bound));
    }
    for grade in &scheme.grades {
        if let GradeRule::When(Some(when)) = &grade.rule {
            all.push(&when.bound);
        }
        all.extend(grade.keep.iter().map(|keep| &keep.bound));
    }
    all.extend(
        scheme
            .types
            .iter()
            .filter_map(|rule| rule.when.as_ref())
            .map(|when| &when.bound),
    );
    for movement in [&scheme.grade_movement, &scheme.type_movement] {
        let rules = movement.iter().flat_map(|movement| &movement.rules);
        all.extend(rules.map(|rule| &rule.when.bound));
    }
    all
}
