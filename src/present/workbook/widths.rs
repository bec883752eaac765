//! Column widths from what is shown. The library's own measure counts a Chinese character as one column and makes such
//! columns 40% too narrow.

use crate::diagnostic::Lang;
use crate::parallel::{cores, each};
use crate::present::shown;
use crate::present::table::{ColumnKind, ColumnRole, OutCell, ResultTable, TableColumn};

/// Rows that texts are measured on.
const SAMPLED: usize = 1000;
/// Rows that one core measures at a time.
const BLOCK: usize = 1 << 13;
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

/// The width of each column in characters, all rows looked at once, by all cores.
pub fn of(table: &(dyn ResultTable + Sync), headings: &[String]) -> Vec<usize> {
    let columns = table.columns();
    let longest = Measuring::new(table, 0).longest(table.len());
    let block = |block: usize| {
        let mut measuring = Measuring::new(table, 0);
        for row in block * BLOCK..longest.min((block + 1) * BLOCK) {
            for index in 0..columns.len() {
                if measuring.looks_at(row, index) {
                    measuring.look(index, table.cell(row, index));
                }
            }
        }
        measuring.widest
    };
    let mut widest = Measuring::new(table, 0).widest;
    for block in each(cores(), longest.div_ceil(BLOCK), block) {
        join(&mut widest, &block);
    }
    fitted(columns, headings, &widest)
}

/// Columns while they are measured.
pub struct Measuring<'t> {
    columns: &'t [TableColumn],
    lang: Lang,
    /// Of how many rows each column is measured.
    rows: Vec<usize>,
    /// How wide the content of each column is so far.
    pub widest: Vec<usize>,
}

impl<'t> Measuring<'t> {
    /// Those of a table whose rows are behind so many others.
    pub fn new(table: &'t dyn ResultTable, before: usize) -> Self {
        let columns = table.columns();
        let measures = (0..columns.len()).map(|index| Measure::of(table, index));
        let (rows, widest) = measures
            .map(|measure| match measure {
                Measure::Known(width) => (0, width),
                Measure::First(rows) => (rows.saturating_sub(before), 0),
            })
            .unzip();
        Self {
            columns,
            lang: table.lang(),
            rows,
            widest,
        }
    }

    /// Of how many of so many rows at least one column is measured.
    fn longest(&self, rows: usize) -> usize {
        self.rows.iter().max().map_or(0, |most| rows.min(*most))
    }

    /// Whether the cell of a row and a column is measured.
    pub fn looks_at(&self, row: usize, column: usize) -> bool {
        row < self.rows[column]
    }

    /// Measures a cell.
    pub fn look(&mut self, column: usize, cell: OutCell<'_>) {
        let width = cell_width(cell, self.columns[column].kind, self.lang);
        self.widest[column] = self.widest[column].max(width);
    }
}

/// How wide content is that is as wide as both.
pub fn join(widest: &mut [usize], other: &[usize]) {
    for (widest, width) in widest.iter_mut().zip(other) {
        *widest = (*width).max(*widest);
    }
}

/// The width of each column, for content that is so wide.
pub fn fitted(columns: &[TableColumn], headings: &[String], widest: &[usize]) -> Vec<usize> {
    columns
        .iter()
        .zip(headings)
        .zip(widest)
        .map(|((column, heading), content)| fitting(column, heading, *content))
        .collect()
}

/// How the content of a column is measured.
enum Measure {
    /// Not at all: all of it is so wide.
    Known(usize),
    /// On so many rows.
    First(usize),
}

impl Measure {
    fn of(table: &dyn ResultTable, index: usize) -> Self {
        use crate::present::table::ReviewColumn::{Comment, Grade, Remark, Reviewer, Type};
        let column = &table.columns()[index];
        match column.role {
            ColumnRole::Review(Grade | Type | Reviewer) => return Self::Known(CHOICE),
            ColumnRole::Review(Comment | Remark) => return Self::Known(REMARK),
            _ => {}
        }
        match column.kind {
            // A number or date that does not fit shows as #####, so every one is measured.
            ColumnKind::Number { .. } => table
                .widest_number(index)
                .map_or(Self::First(usize::MAX), Self::Known),
            ColumnKind::Percent { .. } => Self::First(usize::MAX),
            ColumnKind::Date => Self::Known(11),
            ColumnKind::DateTime => Self::Known(20),
            ColumnKind::Id | ColumnKind::Text | ColumnKind::Bool => match column.role {
                // Nobody looks a customer up by half a name.
                ColumnRole::Key | ColumnRole::Name => Self::First(usize::MAX),
                _ => Self::First(SAMPLED),
            },
        }
    }
}

/// How wide a cell is in a column of this kind.
fn cell_width(cell: OutCell<'_>, kind: ColumnKind, lang: Lang) -> usize {
    let is_fraction = |places: u32| if places > 0 { places as usize + 1 } else { 0 };
    match (kind, cell) {
        (ColumnKind::Number { places }, OutCell::Number(value)) => {
            whole_width(value.trunc()) + is_fraction(places)
        }
        (ColumnKind::Number { places }, OutCell::Float(value)) => {
            whole_width(value.abs().min(1e18) as i64) + is_fraction(places) + 1
        }
        (ColumnKind::Number { .. } | ColumnKind::Percent { .. }, cell) => {
            shown::width(&shown::cell(cell, kind, lang))
        }
        (_, cell) => {
            let text = shown::cell(cell, kind, lang);
            text.lines().map(drawn_width).max().unwrap_or(0)
        }
    }
}

/// The width of a column whose content is so wide.
fn fitting(column: &TableColumn, heading: &str, content: usize) -> usize {
    let least = shown::width(heading) + ARROW;
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

/// The digits of a whole number with their commas and sign.
fn whole_width(value: i64) -> usize {
    let digits = value.unsigned_abs().checked_ilog10().unwrap_or(0) as usize + 1;
    digits + (digits - 1) / 3 + usize::from(value < 0)
}

#[cfg(test)]
mod tests {
    use super::*;
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
        let headings = ["客户名称", "额"].map(str::to_owned);
        assert_eq!(
            of(&table, &headings),
            [24 + EDGES, "-1,234,567,890.50".len() + EDGES]
        );
        let headings = ["长".repeat(30), "额".to_owned()];
        assert_eq!(of(&table, &headings)[0], 60 + ARROW);
        assert_eq!(whole_width(0), 1);
    }
}
