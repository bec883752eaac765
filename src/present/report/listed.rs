//! The customers of a grading as the table that a page searches: the columns that `grade` lists.

use crate::diagnostic::Lang;
use crate::present::shown;
use crate::present::table::{ColumnKind, OutCell, ResultTable};
use crate::report::{Cell, Column, Kind, Listed, MOST_LISTED, Row, Table};
use crate::text;
use crate::words::Word;

/// The table of all, or, where they are too many for a page, of those whose grade is not what it was.
pub fn table(results: &dyn ResultTable) -> Table {
    limited(results, MOST_LISTED)
}

fn limited(results: &dyn ResultTable, most: usize) -> Table {
    let lang = results.lang();
    let all = results.len();
    let moved = || (0..all).filter(|row| results.mark(*row).steps != Some(0));
    let listed = Listed::of(all, || moved().count(), most);
    let rows: Vec<usize> = match listed {
        Listed::All => (0..all).collect(),
        Listed::Moved => moved().collect(),
        Listed::Nobody => vec![],
    };
    let count = shown::number(crate::table::Decimal::from_count(all), 0);
    let elsewhere = text!("a workbook lists them all", "全部名单请输出为工作簿");
    let title = listed.title(&count, Word::Grade, &elsewhere, lang);
    of_rows(results, &rows, title)
}

/// These rows of a table as one that a page searches.
pub(in crate::present) fn of_rows(
    results: &dyn ResultTable,
    rows: &[usize],
    title: String,
) -> Table {
    let lang = results.lang();
    let described = results.columns();
    let headings = shown::unique_headings(described.iter().map(|column| &*column.heading));
    let columns = described
        .iter()
        .zip(headings)
        .map(|(column, heading)| Column::new(heading.clone(), heading, kind(column.kind)));
    Table {
        key: "customers".to_owned(),
        title: Some(title),
        columns: columns.collect(),
        rows: rows
            .iter()
            .map(|row| {
                let cells = described.iter().enumerate();
                let cell = |(index, column): (usize, &crate::present::table::TableColumn)| {
                    cell(results.cell(*row, index), column.kind, lang)
                };
                Row {
                    cells: cells.map(cell).collect(),
                    is_total: false,
                    grade: results.mark(*row).grade,
                }
            })
            .collect(),
    }
}

const fn kind(kind: ColumnKind) -> Kind {
    match kind {
        ColumnKind::Number { .. } => Kind::Number,
        ColumnKind::Percent { .. } => Kind::Share,
        ColumnKind::Date => Kind::Date,
        ColumnKind::Id | ColumnKind::Text | ColumnKind::DateTime | ColumnKind::Bool => Kind::Text,
    }
}

fn cell(cell: OutCell<'_>, kind: ColumnKind, lang: Lang) -> Cell {
    match (cell, kind) {
        (OutCell::Blank, _) => Cell::Missing,
        (OutCell::Number(value), ColumnKind::Number { .. } | ColumnKind::Percent { .. }) => {
            Cell::Number(value)
        }
        (OutCell::Date(date), ColumnKind::Date) => Cell::Date(date),
        (other, kind) => match &*shown::cell(other, kind, lang) {
            "" => Cell::Missing,
            text => Cell::Text(text.into()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::present::sample::Sample;

    #[test]
    fn all_are_listed_as_the_results_show_them() {
        let results = Sample::customers(Lang::Zh, 12);
        let table = table(&results);
        assert_eq!(table.rows.len(), 12);
        assert_eq!(table.columns.len(), results.columns().len());
        assert_eq!(table.title.as_deref(), Some("客户清单"));
        assert_eq!(table.rows[0].cells[0], Cell::Text("001000".into()));
    }

    #[test]
    fn too_many_are_not_listed_without_saying_so() {
        let results = Sample::customers(Lang::En, 40);
        let moved = (0..40)
            .filter(|row| results.mark(*row).steps != Some(0))
            .count();
        assert!(moved > 0 && moved < 39);
        let some = limited(&results, 39);
        assert_eq!(some.rows.len(), moved);
        assert!(some.title.unwrap().contains("of 40"));
        let none = limited(&results, moved - 1);
        assert!(none.rows.is_empty() && none.title.unwrap().contains("all 40"));
    }
}
