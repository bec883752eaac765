//! Column widths from what is shown. The library's own measure counts a Chinese character as one column and makes such
//! columns 40% too narrow.

use crate::present::shown;
use crate::present::table::{ColumnKind, ColumnRole, OutCell, ResultTable, TableColumn};

/// Rows that texts are measured on.
const SAMPLED: usize = 1000;
/// Room for the filter's arrow beside a heading, and for the edges of a cell.
const ARROW: usize = 4;
const EDGES: usize = 3;
/// Narrower than this looks squeezed.
const NARROWEST: usize = 8;
/// The widest text, and the widest sentence, which is wrapped.
const WIDEST: usize = 40;
const WIDEST_SENTENCE: usize = 54;
/// What people fill: a choice, a remark.
const CHOICE: usize = 12;
const REMARK: usize = 24;

/// Whether a column holds sentences, which wrap.
pub const fn is_wrapped(column: &TableColumn) -> bool {
    matches!(column.role, ColumnRole::Reasons | ColumnRole::Next)
}

/// The width of column `index` in characters.
pub fn of(table: &dyn ResultTable, index: usize, heading: &str) -> usize {
    use crate::present::table::ReviewColumn::{Comment, Grade, Remark, Reviewer, Type};
    let column = &table.columns()[index];
    let least = shown::width(heading) + ARROW;
    let content = match column.role {
        ColumnRole::Review(Grade | Type | Reviewer) => CHOICE,
        ColumnRole::Review(Comment | Remark) => REMARK,
        _ => match column.kind {
            // A number or date that does not fit shows as #####, so every one is measured.
            ColumnKind::Number { .. } if table.widest_number(index).is_some() => {
                table.widest_number(index).unwrap_or(0)
            }
            ColumnKind::Number { places } => {
                let places = if places > 0 { places as usize + 1 } else { 0 };
                rows(table, table.len(), index, |cell| match cell {
                    OutCell::Number(value) => whole_width(value.trunc()) + places,
                    OutCell::Float(value) => whole_width(value.abs().min(1e18) as i64) + places + 1,
                    other => shown::width(&shown::cell(other, column.kind, table.lang())),
                })
            }
            ColumnKind::Percent { .. } => rows(table, table.len(), index, |cell| {
                shown::width(&shown::cell(cell, column.kind, table.lang()))
            }),
            ColumnKind::Date => 11,
            ColumnKind::DateTime => 20,
            ColumnKind::Id | ColumnKind::Text | ColumnKind::Bool => {
                // Nobody looks a customer up by half a name.
                let sampled = match column.role {
                    ColumnRole::Key | ColumnRole::Name => table.len(),
                    _ => SAMPLED,
                };
                rows(table, sampled, index, |cell| {
                    let text = shown::cell(cell, column.kind, table.lang());
                    text.lines().map(drawn_width).max().unwrap_or(0)
                })
            }
        },
    };
    // Letters such as m are wider than the digits that columns are measured in; a line that is full wraps too soon.
    let content = if is_wrapped(column) {
        content + content.div_ceil(12)
    } else {
        content
    };
    let widest = if is_wrapped(column) {
        WIDEST_SENTENCE
    } else {
        WIDEST
    };
    // Headings are never cut: they say what stands below.
    content
        .min(widest - EDGES)
        .max(NARROWEST - EDGES)
        .max(least - EDGES)
        + EDGES
}

/// The width of a line of text in digits: `m`, `w` and `@` take more than one and a half of them, capitals a fifth more.
fn drawn_width(line: &str) -> usize {
    let extra = line.chars().map(|letter| match letter {
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 6,
        'A'..='Z' => 2,
        _ => 0,
    });
    shown::width(line) + extra.sum::<usize>().div_ceil(10)
}

/// The largest of the first `limit` rows.
fn rows(
    table: &dyn ResultTable,
    limit: usize,
    column: usize,
    width: impl Fn(OutCell<'_>) -> usize,
) -> usize {
    (0..table.len().min(limit))
        .map(|row| width(table.cell(row, column)))
        .max()
        .unwrap_or(0)
}

/// The digits of a whole number with their commas and sign.
fn whole_width(value: i64) -> usize {
    let digits = value.unsigned_abs().checked_ilog10().unwrap_or(0) as usize + 1;
    digits + (digits - 1) / 3 + usize::from(value < 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Lang;
    use crate::present::sample::{Sample, d};

    #[test]
    fn chinese_counts_twice_and_numbers_always_fit() {
        let mut table = Sample::new(Lang::Zh)
            .column("客户名称", ColumnKind::Text, ColumnRole::Name)
            .column("额", ColumnKind::Number { places: 2 }, ColumnRole::Input);
        for row in 0..1200 {
            let amount = if row == 1100 { "-1234567890.5" } else { "1" };
            table = table.row(vec![
                OutCell::Text("上海华东国际贸易有限公司".into()),
                OutCell::Number(d(amount)),
            ]);
        }
        assert_eq!(of(&table, 0, "客户名称"), 24 + EDGES);
        assert_eq!(of(&table, 1, "额"), "-1,234,567,890.50".len() + EDGES);
        assert_eq!(of(&table, 0, &"长".repeat(30)), 60 + ARROW);
        assert_eq!(whole_width(0), 1);
    }
}
