//! A table with some of its rows otherwise: as somebody mended them, left out, or back as they came in.

use crate::read::{BrokenRow, RowFault, Table};
use crate::table::{Cell, RawRows};
use std::collections::BTreeMap;

/// A row otherwise than it stands in the table; `None`: left out.
pub type Changes<'a> = BTreeMap<u32, Option<(&'a RawRows, Option<RowFault>)>>;

/// The table with some rows otherwise, in the order of their numbers.
pub fn with(table: &Table, changes: &Changes<'_>) -> Table {
    let mut rows = RawRows::new(table.rows.width());
    let mut broken = vec![];
    let mut push = |number: u32, cells: &RawRows, row: usize, fault: Option<RowFault>| {
        if let Some(fault) = fault {
            broken.push(BrokenRow {
                index: rows.len(),
                row_number: number,
                fault,
            });
        }
        let cells: Vec<Cell<'_>> = cells.row(row).collect();
        rows.push(number, cells);
    };
    let mut waiting = changes.iter().peekable();
    let mut known = table.broken.iter().peekable();
    for row in 0..table.rows.len() {
        let number = table.rows.row_number(row);
        let fault = known
            .next_if(|broken| broken.index == row)
            .map(|broken| broken.fault);
        // Rows that were left out and come back.
        while let Some((number, change)) = waiting.next_if(|(at, _)| **at < number) {
            if let Some((cells, fault)) = change {
                push(*number, cells, 0, *fault);
            }
        }
        match waiting.next_if(|(at, _)| **at == number) {
            None => push(number, &table.rows, row, fault),
            Some((_, Some((cells, fault)))) => push(number, cells, 0, *fault),
            Some((_, None)) => {}
        }
    }
    for (number, change) in waiting {
        if let Some((cells, fault)) = change {
            push(*number, cells, 0, *fault);
        }
    }
    holding(table, rows, broken)
}

/// The table with some of its rows, by their indices in their order, and no others.
pub fn picked(table: &Table, indices: impl Iterator<Item = usize>) -> Table {
    let mut rows = RawRows::new(table.rows.width());
    let mut broken = vec![];
    for index in indices {
        let number = table.rows.row_number(index);
        broken.extend(fault_of(table, index).map(|fault| BrokenRow {
            index: rows.len(),
            row_number: number,
            fault,
        }));
        rows.push(number, table.rows.row(index));
    }
    holding(table, rows, broken)
}

/// How a row of the table is broken, by its index.
pub fn fault_of(table: &Table, index: usize) -> Option<RowFault> {
    let broken = &table.broken;
    let found = broken.binary_search_by_key(&index, |broken| broken.index);
    found.ok().map(|found| broken[found].fault)
}

/// A table as another one, with other rows.
fn holding(table: &Table, rows: RawRows, broken: Vec<BrokenRow>) -> Table {
    Table {
        origin: table.origin.clone(),
        headers: table.headers.clone(),
        unit_line: table.unit_line.clone(),
        notes: vec![],
        rows,
        broken,
        ..*table
    }
}
