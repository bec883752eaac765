//! A condition that a file as a whole must meet, over figures such as the number of its rows or the sum of a field.

use super::{Part, with_help};
use crate::clean::whose::as_text;
use crate::diagnostic::{Code, Finding, Severity, Text};
use crate::expr::{FieldFrame, over_rows};
use crate::scheme::model::{Check, Expression, Figure};
use crate::table::{Column, Truth};
use crate::text;

/// Judges a file; `before` is the last import of its source, where the condition looks at it.
pub(super) fn judge(
    part: &Part<'_>,
    check: &Check,
    condition: &Expression,
    figures: &[Figure],
    before: Option<&Part<'_>>,
) -> Option<Finding> {
    let columns: Vec<Column> = figures
        .iter()
        .map(|figure| {
            let of = if figure.is_before { before? } else { part };
            Some(work_out(check, figure, of))
        })
        .collect::<Option<_>>()?;
    let frame = FieldFrame::new(&columns, 1, part.as_of);
    let Column::Bool(truths) = condition.bound.eval(&frame).column else {
        return None;
    };
    let (name, condition) = (&check.name, &condition.text);
    let finding = match truths.first()? {
        Truth::True => return None,
        Truth::False => Finding::error(
            Code::FileCheckFailed,
            text!(
                "the file fails the check `{name}`: `{condition}`",
                "该文件不满足检查 `{name}`：`{condition}`"
            ),
        )
        .with_severity(check.severity),
        Truth::Unknown => Finding::warning(
            Code::UnknownCondition,
            text!(
                "whether the file meets the check `{name}` is unknown, because a figure is missing or cannot be worked \
                 out",
                "因有数值缺失或无法计算，不知道该文件是否满足检查 `{name}`"
            ),
        )
        .with_severity(check.severity.min(Severity::Warning)),
    };
    let mut shown: Vec<(String, String)> = vec![];
    for (figure, column) in figures.iter().zip(&columns) {
        let text = if figure.is_before {
            format!("before({})", figure.text)
        } else {
            figure.text.to_string()
        };
        let value = as_text(&column.value(0));
        let value = value.map_or("—".to_owned(), |value| value.to_string());
        // A condition may name a figure twice.
        if !shown.iter().any(|(known, _)| *known == text) {
            shown.push((text, value));
        }
    }
    let list = |separator: &str| {
        let shown = shown.iter();
        let shown: Vec<String> = shown
            .map(|(text, value)| format!("`{text}` = {value}"))
            .collect();
        shown.join(separator)
    };
    let finding = finding
        .place(part.whose.tables[part.table].origin.place())
        .with_note(Text {
            en: list(", "),
            zh: list("，"),
        })
        .about(part.about_file(check));
    Some(with_help(
        finding,
        check,
        text!(
            "see whether the export is complete and the right one; if it is, change the check under [[checks]]",
            "请检查导出是否完整、是否拿错文件；若确实如此，请调整 [[checks]] 中的这条检查"
        ),
    ))
}

/// The value of a figure over the rows of a file that the check is about.
fn work_out(check: &Check, figure: &Figure, part: &Part<'_>) -> Column {
    let frame = part.frame();
    let about = Part::truths(check, &frame, part.len());
    let values = figure
        .aggregate
        .argument
        .as_ref()
        .map(|argument| argument.eval(&frame).column);
    let is_there = |row: &u32| {
        let row = *row as usize;
        about[row] == Truth::True && values.as_ref().is_none_or(|values| !values.is_missing(row))
    };
    let rows: Vec<u32> = (0..part.len() as u32).filter(is_there).collect();
    over_rows(figure.aggregate.function, values.as_ref(), &rows)
}
