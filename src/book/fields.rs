//! The rows of one sheet that count: its `rows` condition.

use crate::clean::sheet::{CleanSheet, place_of};
use crate::diagnostic::{Code, Finding};
use crate::expr::FieldFrame;
use crate::read::Table;
use crate::scheme::model::Sheet;
use crate::table::{Column, Date, Truth};
use crate::text;

/// For each of `count` rows with these columns whether the sheet's `rows` holds; `None` if the sheet has none.
pub fn truths(sheet: &Sheet, as_of: Date, columns: &[Column], count: usize) -> Option<Vec<Truth>> {
    let frame = FieldFrame::new(columns, count, as_of);
    match sheet.rows.as_ref()?.bound.eval(&frame).column {
        Column::Bool(truths) => Some(truths),
        _ => None,
    }
}

/// Leaves the rows for which the sheet's `rows` holds, and gives their numbers of before. Where it is unknown the row
/// does not count, and that is said.
pub fn filter(
    sheet: &Sheet,
    tables: &[Table],
    as_of: Date,
    clean: &mut CleanSheet,
    findings: &mut Vec<Finding>,
) -> Option<Vec<u32>> {
    let truths = truths(sheet, as_of, &clean.columns, clean.rows.len())?;
    let condition = &sheet.rows.as_ref()?.text;
    for (row, truth) in truths.iter().enumerate() {
        if *truth == Truth::Unknown {
            findings.push(
                Finding::warning(
                    Code::UnknownCondition,
                    text!(
                        "whether the row counts (`{condition}`) is unknown, because a value is missing; it does not",
                        "因缺值无法判断该行是否计入（`{condition}`），按不计入处理"
                    ),
                )
                .place(place_of(tables, clean.rows[row], None)),
            );
        }
    }
    clean.keep(|row| truths[row] == Truth::True);
    let kept = (0..truths.len() as u32).filter(|row| truths[*row as usize] == Truth::True);
    Some(kept.collect())
}
