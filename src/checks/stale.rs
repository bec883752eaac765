//! Dates that are older than they may be: somebody has to look whether what the row says is still so.

use crate::clean::sheet::{RowRef, place_of};
use crate::clean::whose::{Whose, as_text};
use crate::diagnostic::{About, Code, Finding};
use crate::table::{Column, Date};
use crate::text;

/// The rows whose dates are too old on `as_of`. They count: nobody knows that they are wrong. `rows` says where each row
/// of the columns stands.
pub fn stale_dates(
    whose: &Whose<'_>,
    columns: &[Column],
    rows: &[RowRef],
    as_of: Date,
) -> Vec<Finding> {
    let mut findings = vec![];
    for (index, field) in whose.sheet.fields.iter().enumerate() {
        let Some(since) = field.stale_after.map(|span| span.back_from(as_of)) else {
            continue;
        };
        for (row, at) in rows.iter().enumerate() {
            let Some(day) = columns[index].day_at(row).filter(|day| *day < since) else {
                continue;
            };
            let name = &field.name;
            let source = whose.sources[at.table as usize][index];
            let known = |field: usize| as_text(&columns[field].value(row));
            let finding = Finding::warning(
                Code::Stale,
                text!(
                    "`{name}` {day} is before {since}: nobody has confirmed the row since",
                    "`{name}` {day} 早于 {since}：此后没有人确认过这一行"
                ),
            )
            .place(place_of(whose.tables, *at, source))
            .cell(
                text!(
                    "`{name}` is before {since}: nobody has confirmed the row since",
                    "`{name}` 早于 {since}：此后没有人确认过这一行"
                ),
                day.to_string(),
            )
            .help(text!(
                "see whether the row is still right, and write the day into `{name}`",
                "请核对这一行是否仍然正确，并把日期填入 `{name}`"
            ))
            .about(About {
                field: Some(name.clone()),
                ..whose.row(*at, &field.care, &known)
            });
            findings.push(finding);
        }
    }
    findings
}
