//! A condition that each row of a file must meet.

use super::{Part, with_help};
use crate::clean::sheet::place_of;
use crate::diagnostic::{Code, Finding, Severity, Text};
use crate::expr::FieldFrame;
use crate::scheme::model::{Allow, Check, Expression};
use crate::table::{Column, Truth};
use crate::text;
use crate::words::{by_count, how_many};

/// What came of judging the rows of a file.
pub(super) struct Judged {
    /// What there is to say of rows that fail.
    pub failing: Vec<Finding>,
    /// What there is to say of rows of which nobody knows whether they do.
    pub unknown: Vec<Finding>,
    /// What there is to say of how many fail.
    pub too_many: Option<Finding>,
    /// The rows of the part that fail, in order, with what is wrong with each.
    pub failed: Vec<(usize, Text)>,
}

/// Judges the rows of `part`. `frame` has their columns, and those of the last import behind them where the condition
/// looks at it; then `known` says for each row whether the last import has it, and others are not judged.
pub(super) fn judge(
    part: &Part<'_>,
    check: &Check,
    condition: &Expression,
    frame: &FieldFrame<'_>,
    known: Option<&[bool]>,
) -> Judged {
    let mut judged = Judged {
        failing: vec![],
        unknown: vec![],
        too_many: None,
        failed: vec![],
    };
    let Column::Bool(truths) = condition.bound.eval(frame).column else {
        return judged;
    };
    let about = Part::truths(check, frame, part.len());
    let is_known = |row: usize| known.is_none_or(|known| known[row]);
    let mut all = 0;
    let mut unknown = vec![];
    for row in (0..part.len()).filter(|row| is_known(*row)) {
        match (about[row], truths[row]) {
            (Truth::False, _) => {}
            (Truth::Unknown, _) | (Truth::True, Truth::Unknown) => unknown.push(row),
            (Truth::True, truth) => {
                all += 1;
                if truth == Truth::False {
                    let title = title(check);
                    judged
                        .failing
                        .push(of_row(part, check, condition, row, title.clone()));
                    judged.failed.push((row, title));
                }
            }
        }
    }
    let unknown = unknown.into_iter();
    let unknown = unknown.map(|row| is_unknown(part, check, row));
    judged.unknown = unknown.collect();
    judged.too_many = too_many(part, check, judged.failed.len(), all);
    judged
}

fn title(check: &Check) -> Text {
    let (name, condition) = (&check.name, check.text());
    text!(
        "the row fails the check `{name}`: `{condition}`",
        "该行不满足检查 `{name}`：`{condition}`"
    )
}

/// The finding that a row fails.
fn of_row(
    part: &Part<'_>,
    check: &Check,
    condition: &Expression,
    row: usize,
    title: Text,
) -> Finding {
    // What the condition looks at, and what the row has there.
    let fields = part.sheet.fields.len();
    let values: Vec<String> = condition
        .bound
        .slots()
        .into_iter()
        .map(|slot| slot.0 as usize)
        .filter(|slot| *slot < fields)
        .map(|field| {
            let value = part.text(field, row);
            let value = value.as_deref().unwrap_or("—");
            format!("{}={value}", part.sheet.fields[field].name)
        })
        .collect();
    let finding = Finding::error(Code::CheckFailed, title.clone())
        .with_severity(check.severity)
        .place(place_of(
            part.whose.tables,
            part.clean.rows[part.rows.start + row],
            None,
        ))
        .cell(title, values.join(", "))
        .about(part.about(row, check));
    with_help(
        finding,
        check,
        text!(
            "correct the row, or the check under [[checks]]",
            "请改正该行，或调整 [[checks]] 中的这条检查"
        ),
    )
}

/// A row of which nobody can say whether it fails.
fn is_unknown(part: &Part<'_>, check: &Check, row: usize) -> Finding {
    let name = &check.name;
    Finding::warning(
        Code::UnknownCondition,
        text!(
            "whether the row meets the check `{name}` is unknown, because a value is missing or cannot be worked out",
            "因缺值或无法计算，不知道该行是否满足检查 `{name}`"
        ),
    )
    .with_severity(check.severity.min(Severity::Warning))
    .place(place_of(
        part.whose.tables,
        part.clean.rows[part.rows.start + row],
        None,
    ))
    .help(text!(
        "fill in the value, or say in `when` which rows the check is about: `x is not null`",
        "请补上该值，或用 `when` 写明检查哪些行，如 `x is not null`"
    ))
    .about(part.about(row, check))
}

/// More failing rows than the check allows: the whole file is refused. What compares with the last import refuses no
/// rows, so there an error allows none unless it says so.
fn too_many(part: &Part<'_>, check: &Check, failed: usize, all: usize) -> Option<Finding> {
    let is_strict = check.reads_before() && check.severity == Severity::Error;
    let allow = check.allow.or(is_strict.then_some(Allow::Rows(0)))?;
    if allow.admits(failed, all) {
        return None;
    }
    let name = &check.name;
    let origin = &part.whose.tables[part.table].origin;
    let most = match allow {
        Allow::Rows(rows) => rows.to_string(),
        Allow::Share(share) => {
            let percent = share.checked_mul(crate::table::Decimal::HUNDRED);
            format!("{}%", percent.unwrap_or_default())
        }
    };
    let rows = how_many(all, "row");
    let fail = by_count(&failed, "fails", "fail");
    let finding = Finding::error(
        Code::FileCheckFailed,
        text!(
            "{failed} of {rows} {fail} the check `{name}`, and at most {most} may",
            "{all} 行中有 {failed} 行不满足检查 `{name}`，最多允许 {most}"
        ),
    )
    .place(origin.place())
    .about(part.about_file(check));
    Some(with_help(
        finding,
        check,
        text!(
            "correct the rows, or raise `allow` of the check if that many may fail",
            "请改正这些行；若允许这么多行不满足，请调高这条检查的 `allow`"
        ),
    ))
}
