//! The tables of a grading as a role sees them: the cells of its own customers in columns that it sees. All others are
//! blank; rows and columns keep their numbers, so that places stay true.

use super::sights::Sights;
use crate::book::{Book, Inputs};
use crate::clean::sheet::RowRef;
use crate::grading::Members;
use crate::read::Table;
use crate::scheme::model::{Scheme, Sight, SlotKind};
use crate::table::{Cell, Column, RawRows, TextColumn};
use foldhash::HashMap;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The customers' fields as a role sees them, over the members.
pub struct SeenFields<'a> {
    /// For each field how it is seen; the key is masked where it is a pseudonym.
    pub sights: Vec<Sight>,
    /// For each masked field its texts.
    pub masked: Vec<Option<&'a TextColumn>>,
}

impl<'a> SeenFields<'a> {
    /// Of the columns that `seen` gives by slot.
    pub fn new(scheme: &Scheme, sights: &Sights, seen: impl Fn(usize) -> &'a Column) -> Self {
        let count = scheme
            .customers
            .as_ref()
            .map_or(0, |customers| customers.sheet.fields.len());
        let mut fields = Self {
            sights: vec![Sight::Hidden; count],
            masked: vec![None; count],
        };
        for (slot, entry) in scheme.slots.entries.iter().enumerate() {
            let SlotKind::Field(field) = entry.kind else {
                continue;
            };
            fields.sights[field] = sights.of[slot];
            if let (Sight::Masked, Column::Text(texts)) = (sights.of[slot], seen(slot)) {
                fields.masked[field] = Some(texts);
            }
        }
        fields
    }
}

/// The tables of a book for the members, and who was merged into whom among them.
pub fn seen(
    book: &Book,
    members: &Members,
    fields: &SeenFields<'_>,
    merged: BTreeMap<Arc<str>, Arc<str>>,
) -> Inputs {
    let all = &book.inputs;
    let blank = |tables: &Vec<Table>| tables.iter().map(blank).collect();
    let mut inputs = Inputs {
        customers: vec![],
        events: all.events.iter().map(blank).collect(),
        lookups: all.lookups.iter().map(blank).collect(),
        crosswalks: all.crosswalks.iter().map(blank).collect(),
        filings: all.filings.clone(),
        merged,
        ..Inputs::default()
    };
    let Some(customers) = &book.customers else {
        inputs.customers = all.customers.iter().map(self::blank).collect();
        return inputs;
    };
    // The row of a customer, with the customer's new number; of one whom several rows have the others too.
    let mut own: HashMap<RowRef, u32> = HashMap::default();
    let mut more: HashMap<RowRef, u32> = HashMap::default();
    for (number, row) in (0u32..).zip(&members.rows) {
        let others = customers.more.get(row).into_iter();
        let others = others.chain(customers.picked.get(row)).flatten();
        more.extend(others.map(|at| (*at, number)));
        own.insert(customers.rows[*row as usize], number);
    }
    inputs.customers = all
        .customers
        .iter()
        .enumerate()
        .map(|(index, table)| {
            let sources = customers.sources.get(index).map_or(&[][..], Vec::as_slice);
            let read_by = |column: usize| {
                let mut read = sources.iter();
                read.position(|source| *source == Some(column))
            };
            let readers: Vec<Option<usize>> = (0..table.headers.len()).map(read_by).collect();
            let mut rows = RawRows::new(table.rows.width());
            for row in 0..table.rows.len() {
                let at = RowRef {
                    table: index as u32,
                    row: row as u32,
                };
                let (main, any) = (own.get(&at), own.get(&at).or_else(|| more.get(&at)));
                let cells = (0..table.rows.width()).map(|column| {
                    let field = readers.get(column).copied().flatten();
                    let (Some(field), Some(_)) = (field, any) else {
                        return Cell::Blank;
                    };
                    match (fields.sights[field], main) {
                        (Sight::Open, _) => table.rows.cell(row, column),
                        (Sight::Masked, Some(number)) => fields.masked[field]
                            .and_then(|texts| texts.get(*number as usize))
                            .map_or(Cell::Blank, |text| Cell::Text(text)),
                        _ => Cell::Blank,
                    }
                });
                rows.push(table.rows.row_number(row), cells);
            }
            with_rows(table, rows)
        })
        .collect();
    inputs
}

/// A table of which nothing is seen but its places.
fn blank(table: &Table) -> Table {
    let mut rows = RawRows::new(table.rows.width());
    for row in 0..table.rows.len() {
        rows.push(table.rows.row_number(row), []);
    }
    with_rows(table, rows)
}

fn with_rows(table: &Table, rows: RawRows) -> Table {
    Table {
        origin: table.origin.clone(),
        format: table.format,
        encoding: table.encoding,
        delimiter: table.delimiter,
        header_row: table.header_row,
        headers: table.headers.clone(),
        unit_line: table.unit_line.clone(),
        serials_from_1904: table.serials_from_1904,
        rows,
        broken: vec![],
        notes: vec![],
    }
}
