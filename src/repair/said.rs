//! What people made of rows: the cells that they changed, put into the row as it came in.

use super::changed::fault_of;
use super::columns::Columns;
use super::lines::{Line, Wish};
use super::same::{is_same, text_of};
use super::{State, told};
use crate::diagnostic::Finding;
use crate::read::{RowFault, Table};
use crate::table::{Cell, Place, RawRows};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// Something that was said of a row before.
#[derive(Clone, Debug)]
pub struct Known {
    /// Its number: later ones are higher.
    pub id: i64,
    /// The row's number in the file.
    pub number: u32,
    /// Who said so.
    pub author: Arc<str>,
    /// The row as it was to be; `None`: left out.
    pub cells: Option<RawRows>,
    /// The row as it came in.
    pub before: RawRows,
    /// How it was broken, if it was.
    pub broken: Option<RowFault>,
    /// What has become of it.
    pub state: State,
    /// Whether a run has counted with it.
    pub is_counted: bool,
}

/// What somebody makes of a row.
#[derive(Clone, Debug)]
pub struct Statement {
    /// The row of the workbook.
    pub place: Place,
    /// The row's number in the file that it is from.
    pub number: u32,
    /// The newest that the workbook knew of what was said of the row.
    pub seen: i64,
    /// Who says so.
    pub author: Arc<str>,
    /// Why.
    pub reason: Option<Arc<str>>,
    /// The row as it is to be; `None`: left out.
    pub cells: Option<RawRows>,
    /// The row as it came in.
    pub before: RawRows,
    /// How it was broken, if it was.
    pub broken: Option<RowFault>,
    /// The customer's key as mended; known once the row is judged.
    pub customer: Option<Arc<str>>,
    /// The columns of the table that were changed.
    pub changed: Vec<u32>,
    /// For each column of the table its column in the workbook.
    pub columns: Arc<[usize]>,
}

impl Statement {
    /// The cell of the workbook in which a column of the table stands.
    pub fn cell(&self, column: Option<u32>) -> Place {
        let at = column.and_then(|column| self.columns.get(column as usize));
        match (at, self.place.row) {
            (Some(at), Some(row)) => self.place.origin.cell(row, *at as u32),
            _ => self.place.clone(),
        }
    }

    /// Whether it makes of the row what `cells` say.
    pub fn is(&self, cells: Option<&RawRows>) -> bool {
        match (&self.cells, cells) {
            (Some(one), Some(other)) => one.has_cells_of(other),
            (None, None) => true,
            _ => false,
        }
    }
}

/// What the lines make of the rows of a table. `by` says who, where a row does not; `waiting` are the numbers of the rows
/// that cannot be used.
pub fn said(
    pages: &[Table],
    lines: &[&Line],
    table: &Table,
    known: &[Known],
    waiting: &BTreeSet<u32>,
    by: &str,
    findings: &mut Vec<Finding>,
) -> Vec<Statement> {
    let indices: HashMap<u32, usize> = (0..table.rows.len())
        .map(|row| (table.rows.row_number(row), row))
        .collect();
    let of_number: HashMap<u32, &Known> = known.iter().map(|known| (known.number, known)).collect();
    let mut columns: HashMap<usize, Option<Arc<[usize]>>> = HashMap::new();
    let mut statements = vec![];
    for line in lines {
        let page = &pages[line.page];
        let of_page = columns.entry(line.page).or_insert_with(|| {
            match Columns::of_rows(&page.headers, &table.headers) {
                Ok(columns) => Some(columns.into()),
                Err(missing) => {
                    let place = page.origin.row(page.header_row);
                    findings.push(told::missing_columns(place, &missing));
                    None
                }
            }
        });
        let Some(columns) = of_page.clone() else {
            continue;
        };
        let number = line.mark.number;
        let before = of_number.get(&number);
        let (before, broken) = match (before, indices.get(&number)) {
            (Some(known), _) => (known.before.clone(), known.broken),
            (None, Some(index)) => {
                let mut row = RawRows::new(table.rows.width());
                row.push(number, table.rows.row(*index));
                (row, fault_of(table, *index))
            }
            (None, None) => {
                findings.push(told::no_longer_there(line));
                continue;
            }
        };
        let mended = mended(page, line, table, &before, &columns);
        let (cells, changed) = match line.wish {
            Wish::LeaveOut => (None, vec![]),
            // Of a broken row nothing need be changed: that its cells stand where they should is what there is to say.
            Wish::Mend if mended.1.is_empty() && broken.is_none() => {
                findings.push(told::nothing_changed(line));
                continue;
            }
            Wish::Unsaid if mended.1.is_empty() => continue,
            Wish::Mend | Wish::Unsaid => (Some(mended.0), mended.1),
        };
        if !of_number.contains_key(&number) && !waiting.contains(&number) {
            findings.push(told::is_good(line));
            continue;
        }
        statements.push(Statement {
            place: line.place.clone(),
            number,
            seen: line.mark.seen,
            author: line.by.clone().unwrap_or_else(|| by.into()),
            reason: line.reason.clone(),
            cells,
            before,
            broken,
            customer: None,
            changed,
            columns,
        });
    }
    statements
}

/// The row with the cells that somebody changed, and which these are.
fn mended(
    page: &Table,
    line: &Line,
    table: &Table,
    before: &RawRows,
    columns: &[usize],
) -> (RawRows, Vec<u32>) {
    let is_text = table.encoding.is_some();
    let as_shown = page.encoding.is_some();
    let mut changed = vec![];
    // What a text file has are texts, whatever a spreadsheet makes of what people type.
    let mut texts: Vec<Option<String>> = vec![];
    for (column, at) in columns.iter().enumerate() {
        let read = page.rows.cell(line.row, *at);
        if is_same(read, before.cell(0, column), as_shown) {
            texts.push(None);
            continue;
        }
        changed.push(column as u32);
        texts.push(Some(text_of(read)));
    }
    let cells = columns
        .iter()
        .zip(&texts)
        .enumerate()
        .map(|(column, (at, text))| match text {
            None => before.cell(0, column),
            Some(text) if text.is_empty() => Cell::Blank,
            Some(text) => match page.rows.cell(line.row, *at) {
                Cell::Text(_) => Cell::Text(text),
                _ if is_text => Cell::Text(text),
                other => other,
            },
        });
    let mut row = RawRows::new(before.width());
    row.push(line.mark.number, cells);
    (row, changed)
}
