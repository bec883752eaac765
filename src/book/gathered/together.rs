//! The parts of all pieces: one customer after the other, each part where it belongs in the columns of all rows.

use super::apart::{Apart, let_go};
use super::ranges::Ranges;
use crate::clean::sheet::{CleanSheet, RowRef, empty_column};
use crate::diagnostic::Stages;
use crate::parallel::{cores, fill};
use crate::scheme::model::{EventSheet, Field};
use crate::table::{Column, ListColumn, TextColumn, Truth};
use foldhash::HashMap;
use std::ops::Range;
use std::sync::Arc;

/// The rows of all pieces, customer by customer in the order of their keys; those of one in the order of the file.
pub fn together(pieces: Vec<Apart>, ranges: &Ranges, rule: &EventSheet) -> CleanSheet {
    let customer = rule.customer;
    let size = |part: usize| pieces.iter().map(|piece| piece.of(part).len()).sum();
    let sizes: Vec<usize> = (0..ranges.parts()).map(size).collect();
    let count = sizes.iter().sum();
    let mut rows = vec![RowRef { table: 0, row: 0 }; count];
    let fields = &rule.sheet.fields;
    let like = |(field, of): (usize, &Field)| match pieces.first() {
        Some(piece) => room_for(&piece.columns[field], count),
        None => empty_column(&of.kind, 0),
    };
    let mut columns: Vec<Column> = fields.iter().enumerate().map(like).collect();
    let mut parts: Vec<Part> = split(&mut rows, &sizes)
        .map(|rows| Part {
            rows,
            columns: Vec::with_capacity(fields.len()),
        })
        .collect();
    for (field, column) in columns.iter_mut().enumerate() {
        if field == customer {
            for part in &mut parts {
                part.columns.push(Room::None);
            }
            continue;
        }
        for (part, room) in parts.iter_mut().zip(rooms(column, &sizes)) {
            part.columns.push(room);
        }
    }
    let keys: Vec<Keys> = fill(cores(), &mut parts, 1, |part, own| {
        own[0].fill(&pieces, part, ranges)
    });
    drop(parts);
    // What each thread made last lies behind the pieces that it made, and would keep their memory: it goes with them,
    // and before anything small is made, which would do the same.
    let keys = Keys::of(keys);
    let_go(pieces);
    columns[customer] = Column::Text(keys.column(&sizes));
    CleanSheet {
        columns,
        rows,
        refused: vec![],
        sources: vec![],
        findings: vec![],
        stages: Stages::default(),
    }
}

/// The customers of a part or of all, sorted.
struct Keys {
    /// Their keys one behind the other, and where each ends.
    text: String,
    ends: Vec<usize>,
    /// How many rows each has.
    rows: Vec<u32>,
    /// How many customers each part has.
    parts: Vec<usize>,
}

impl Keys {
    /// Those of all parts.
    fn of(parts: Vec<Self>) -> Self {
        let count = parts.iter().map(|part| part.ends.len()).sum();
        let mut all = Self {
            text: String::with_capacity(parts.iter().map(|part| part.text.len()).sum()),
            ends: Vec::with_capacity(count),
            rows: Vec::with_capacity(count),
            parts: parts.iter().map(|part| part.ends.len()).collect(),
        };
        for part in parts {
            let before = all.text.len();
            all.text.push_str(&part.text);
            all.ends.extend(part.ends.iter().map(|end| before + end));
            all.rows.extend(&part.rows);
        }
        all
    }

    /// The column of the customers, of whose rows each part has so many.
    fn column(&self, sizes: &[usize]) -> TextColumn {
        let mut codes = vec![0; sizes.iter().sum()];
        let mut before = 0;
        let parts = split(&mut codes, sizes).zip(&self.parts);
        let mut parts: Vec<(&mut [u32], Range<usize>)> = parts
            .map(|(codes, customers)| {
                let own = before..before + customers;
                before = own.end;
                (codes, own)
            })
            .collect();
        fill(cores(), &mut parts, 1, |_, part| {
            let (codes, customers) = &mut part[0];
            let mut at = 0;
            for customer in customers.clone() {
                let end = at + self.rows[customer] as usize;
                codes[at..end].fill(customer as u32);
                at = end;
            }
        });
        TextColumn {
            codes,
            dictionary: Arc::new(self.ids()),
        }
    }

    /// Made by one thread: they stay, and whatever else lay in the memory of another one would stay with them.
    fn ids(&self) -> Vec<Arc<str>> {
        let mut from = 0;
        let ids = self.ends.iter().map(|end| {
            let id = &self.text[from..*end];
            from = *end;
            id.into()
        });
        ids.collect()
    }
}

/// Where the rows of a part go.
struct Part<'a> {
    rows: &'a mut [RowRef],
    columns: Vec<Room<'a>>,
}

/// Where the values of a field go.
enum Room<'a> {
    Long(&'a mut [i64]),
    Day(&'a mut [i32]),
    Code(&'a mut [u32]),
    Truth(&'a mut [Truth]),
    None,
}

/// A column of the kind of another, with room for so many values.
fn room_for(column: &Column, count: usize) -> Column {
    match column {
        Column::Number(_) => Column::Number(vec![0; count]),
        Column::DateTime(_) => Column::DateTime(vec![0; count]),
        Column::Date(_) => Column::Date(vec![0; count]),
        // That of the customers is made in the end.
        Column::Bool(values) if values.is_empty() => Column::Bool(vec![]),
        Column::Bool(_) => Column::Bool(vec![Truth::Unknown; count]),
        Column::Text(texts) => Column::Text(TextColumn {
            codes: vec![0; count],
            dictionary: texts.dictionary.clone(),
        }),
        // No piece has lists.
        Column::List(_) => Column::List(ListColumn::default()),
    }
}

fn rooms<'a>(
    column: &'a mut Column,
    sizes: &'a [usize],
) -> Box<dyn Iterator<Item = Room<'a>> + 'a> {
    match column {
        Column::Number(values) | Column::DateTime(values) => {
            Box::new(split(values, sizes).map(Room::Long))
        }
        Column::Date(values) => Box::new(split(values, sizes).map(Room::Day)),
        Column::Bool(values) => Box::new(split(values, sizes).map(Room::Truth)),
        Column::Text(texts) => Box::new(split(&mut texts.codes, sizes).map(Room::Code)),
        Column::List(_) => Box::new(sizes.iter().map(|_| Room::None)),
    }
}

/// A slice in parts of these sizes, one after the other.
fn split<'a, T>(mut all: &'a mut [T], sizes: &[usize]) -> impl Iterator<Item = &'a mut [T]> {
    sizes.iter().map(move |size| {
        let (part, rest) = std::mem::take(&mut all).split_at_mut(*size);
        all = rest;
        part
    })
}

impl Part<'_> {
    /// Puts the part's rows of all pieces where they belong.
    fn fill(&mut self, pieces: &[Apart], part: usize, ranges: &Ranges) -> Keys {
        let count = self.rows.len();
        let mut codes = Vec::with_capacity(count);
        let mut known: HashMap<&str, u32> = HashMap::default();
        // How many rows each customer has, by its code.
        let mut counts: Vec<u32> = vec![];
        for piece in pieces {
            for row in piece.of(part) {
                let code = *known.entry(piece.id(row)).or_insert(counts.len() as u32);
                if code as usize == counts.len() {
                    counts.push(0);
                }
                counts[code as usize] += 1;
                codes.push(code);
            }
        }
        let known = known.into_iter();
        let mut sorted: Vec<(u64, &str, u32)> = known
            .map(|(id, code)| (ranges.place(id), id, code))
            .collect();
        sorted.sort_unstable();
        let mut keys = Keys {
            text: String::with_capacity(sorted.iter().map(|(_, id, _)| id.len()).sum()),
            ends: Vec::with_capacity(sorted.len()),
            rows: Vec::with_capacity(sorted.len()),
            parts: vec![sorted.len()],
        };
        // Where the next row of each goes.
        let mut next = vec![0; counts.len()];
        let mut at = 0;
        for (_, id, code) in sorted {
            keys.text.push_str(id);
            keys.ends.push(keys.text.len());
            keys.rows.push(counts[code as usize]);
            next[code as usize] = at;
            at += counts[code as usize];
        }
        for code in &mut codes {
            let place = &mut next[*code as usize];
            *code = *place;
            *place += 1;
        }
        self.lay(pieces, part, &codes);
        keys
    }

    /// Lays each row where `at` says.
    fn lay(&mut self, pieces: &[Apart], part: usize, at: &[u32]) {
        let mut places = at.iter();
        for piece in pieces {
            for (row, at) in piece.places[piece.of(part)].iter().zip(&mut places) {
                self.rows[*at as usize].row = piece.before + row;
            }
        }
        for (field, room) in self.columns.iter_mut().enumerate() {
            let mut places = at.iter();
            for piece in pieces {
                let own = piece.of(part);
                let places = (&mut places).take(own.len());
                match (&mut *room, &piece.columns[field]) {
                    (Room::Long(out), Column::Number(values) | Column::DateTime(values)) => {
                        put(out, &values[own], places);
                    }
                    (Room::Day(out), Column::Date(values)) => put(out, &values[own], places),
                    (Room::Truth(out), Column::Bool(values)) => put(out, &values[own], places),
                    (Room::Code(out), Column::Text(texts)) => put(out, &texts.codes[own], places),
                    _ => {}
                }
            }
        }
    }
}

fn put<'a, T: Copy>(out: &mut [T], values: &[T], places: impl Iterator<Item = &'a u32>) {
    for (at, value) in places.zip(values) {
        out[*at as usize] = *value;
    }
}
