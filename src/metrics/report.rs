//! What metrics have to say about rows that they left out and periods that no file covers.

use super::Axis;
use crate::book::{Book, EventRows};
use crate::clean::sheet::place_of;
use crate::diagnostic::{Code, Finding};
use crate::read::Table;
use crate::scheme::model::{EventSheet, Gaps, Metric};
use crate::table::{Date, Period};
use crate::text;
use crate::words::how_many;

/// A series that would not fit into memory. An error: nothing may be graded from it.
pub fn too_many_periods(
    metric: &Metric,
    axis: &Axis,
    customers: usize,
    findings: &mut Vec<Finding>,
) {
    let (name, periods, first) = (&metric.name, axis.count, axis.first);
    let in_all = how_many(customers, "customer");
    findings.push(
        Finding::error(
            Code::TooLarge,
            text!(
                "`{name}` would have {periods} periods from {first} on for {in_all}",
                "`{name}` 从 {first} 起共 {periods} 期，客户 {customers} 位，数据量过大"
            ),
        )
        .help(text!(
            "look for a wrong date among the first rows, or leave old rows out with `rows`",
            "请检查最早的日期是否有误，或用 `rows` 去掉过早的行"
        )),
    );
}

/// A file that ends well before the end of the last closed period: what is missing there looks like nothing bought.
pub fn early_end(rule: &EventSheet, events: &EventRows, axis: &Axis, findings: &mut Vec<Finding>) {
    let Some(index) = axis.count.checked_sub(1) else {
        return;
    };
    let period = axis.period(index);
    let (Some(start), Some(end)) = (period.start(), period.end()) else {
        return;
    };
    let Some(last) = events.coverage.last_date() else {
        return;
    };
    // A quarter of the period without a single row of any customer is more than a quiet week's end.
    let quiet = last.days_to(end);
    if Period::of(period.kind, last) != period || quiet * 4 <= start.days_to(end) {
        return;
    }
    let sheet = &rule.sheet.name;
    let finding = Finding::warning(
        Code::Uncovered,
        text!(
            "the last row of `{sheet}` is of {last}, {quiet} days before {period} ends",
            "`{sheet}` 最后一行日期为 {last}，距 {period} 期末还有 {quiet} 天"
        ),
    )
    .help(text!(
        "make sure that the file is complete",
        "请确认文件是否完整"
    ));
    if !findings.contains(&finding) {
        findings.push(finding);
    }
}

/// Rows that count and have no value for the metric.
pub fn missing(
    rule: &EventSheet,
    metric: &Metric,
    tables: &[Table],
    events: &EventRows,
    counted: &dyn Fn(usize) -> bool,
    missing: &dyn Fn(usize) -> bool,
    findings: &mut Vec<Finding>,
) {
    let name = &metric.name;
    let sheet = &rule.sheet.name;
    let rows = 0..events.days.len();
    let mut rows: Vec<usize> = rows.filter(|row| counted(*row) && missing(*row)).collect();
    events.sort_by_place(&mut rows);
    for row in rows {
        findings.push(
            Finding::warning(
                Code::MissingEventValue,
                text!(
                    "the row of `{sheet}` has no value for `{name}`; it is left out",
                    "`{sheet}` 的该行没有 `{name}` 所需的值，已略过"
                ),
            )
            .place(place_of(tables, events.clean.rows[row], None)),
        );
    }
}

/// Customers for whom the metric is too large; `overflows` are groups, `per_customer` of them each.
pub fn overflow(
    metric: &Metric,
    book: &Book,
    overflows: &[usize],
    per_customer: usize,
    findings: &mut Vec<Finding>,
) {
    for group in overflows {
        let id = &book.roster.ids[group / per_customer];
        let name = &metric.name;
        findings.push(Finding::warning(
            Code::NotComputable,
            text!(
                "`{name}` of customer `{id}` is 9,000,000,000,000 or more: it counts as missing",
                "客户 `{id}` 的 `{name}` 达到或超过 9 万亿，按缺失处理"
            ),
        ));
    }
}

/// Periods that no file covers, and what becomes of them; those up to `told` were told by the run before.
pub fn uncovered(
    rule: &EventSheet,
    metric: &Metric,
    axis: &Axis,
    covered: &[bool],
    told: Option<Date>,
    findings: &mut Vec<Finding>,
) {
    let gaps: Vec<String> = (0..axis.count)
        .filter(|index| !covered[*index])
        .filter(|index| told.is_none_or(|told| axis.period(*index).end() > Some(told)))
        .map(|index| axis.period(index).to_string())
        .collect();
    if gaps.is_empty() {
        return;
    }
    let sheet = &rule.sheet.name;
    let list = gaps.join(", ");
    let (en, zh) = match metric.gaps {
        Gaps::End => (
            "they are missing and end every streak",
            "按缺失处理，并中断连续期数",
        ),
        Gaps::Skip => ("they are passed over", "已跳过"),
        Gaps::Zero => ("they count as zero", "按 0 计"),
    };
    let finding = Finding::warning(
        Code::Uncovered,
        text!(
            "no file of `{sheet}` covers {list}: {en}",
            "`{sheet}` 没有文件覆盖 {list}：{zh}"
        ),
    )
    .help(text!(
        "add the files of these periods; where nothing happened, say so with `--covers` when a file is read, or with \
         `coverage` in the scheme",
        "请补上这些期间的文件；若确实没有流水，读文件时用 `--covers` 写明，或在方案中写 `coverage`"
    ));
    if !findings.contains(&finding) {
        findings.push(finding);
    }
}
