//! An event sheet that is read piece by piece: what the rows say is kept, the rows as they were read are not.
//!
//! Each piece is cleaned by itself, and its rows are laid apart by a hash of their customer. Then the rows of each part
//! are sorted by customer, which fits into the caches of a core because a part has few of the customers, and in the end
//! all of them are laid one customer after the other. Pieces and parts are shared by the cores; what comes out does not
//! depend on who did what.
//!
//! What is gathered is what [`super::events`] makes of the sheet read whole. Where that would have anything to say of a
//! row, or takes the rows themselves, nothing is gathered and [`Whole`] says why: the sheet is to be read whole then.

use super::fields;
use crate::clean::piece::Pieces;
use crate::clean::sheet::{CleanSheet, RowRef};
use crate::diagnostic::Stages;
use crate::parallel::{cores, each, flow};
use crate::read::blocks::{Block, Blocks, Head, Unfit};
use crate::scheme::model::{EventSheet, FieldKind, Scheme};
use crate::table::column::TextInterner;
use crate::table::{Column, Date, ListColumn, RawRows, TextColumn, Truth};
use foldhash::fast::FixedState;
use std::hash::BuildHasher;
use std::io::Read;
use std::ops::Range;
use std::sync::Arc;

/// Why an event sheet is read whole.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Whole {
    /// Its rows have an id by which they are known again, people propose levels in it, or the scheme has checks of it or
    /// crosswalks.
    Rows,
    /// Which of its rows count depends on their customer's key.
    Condition,
    /// A field takes more than its own cells to read, has no column or two, or its header has something to say.
    Field,
    /// Something is to be said of a cell or a row.
    Said,
    /// The file is not read piece by piece.
    File(Unfit),
}

/// The rows of an event sheet, one customer after the other; those of one as they stand in the file.
#[derive(Clone, Debug)]
pub struct Gathered {
    /// Their typed columns and places.
    pub(super) clean: CleanSheet,
    /// The first and the last day of all rows of the file.
    pub(super) span: Option<(Date, Date)>,
    /// How many rows are dated after the as-of date.
    pub(super) future: usize,
    /// The as-of date, if only the rows are here that count on it.
    pub(super) counted: Option<Date>,
    /// How many rows the file has.
    pub rows: u32,
}

/// How many parts there are: 64 times fewer customers than there are fit into a cache.
const PARTS: usize = 64;

/// Whether the rows of an event sheet can be gathered, as far as the scheme tells.
pub fn fits(scheme: &Scheme, rule: &EventSheet) -> Result<(), Whole> {
    if rule.id.is_some()
        || rule.proposal.is_some()
        || !rule.sheet.checks.is_empty()
        || !scheme.crosswalks.is_empty()
    {
        return Err(Whole::Rows);
    }
    let reads_customer = |condition: &crate::scheme::model::Expression| {
        let slots = condition.bound.slots();
        slots.iter().any(|slot| slot.0 as usize == rule.customer)
    };
    if rule.sheet.rows.as_ref().is_some_and(reads_customer) {
        return Err(Whole::Condition);
    }
    Ok(())
}

/// Gathers the rows of a sheet, of whose one plain file these are the head and the pieces. The rows that are dated later
/// than `as_of` do not count yet.
pub fn gather(
    scheme: &Scheme,
    rule: &EventSheet,
    head: &Head,
    blocks: &Blocks<impl Read + Send>,
    as_of: Date,
) -> Result<Gathered, Whole> {
    fits(scheme, rule)?;
    let keys = [rule.customer, rule.date];
    let cells = Pieces::new(&rule.sheet, &head.table(), &keys, as_of).ok_or(Whole::Field)?;
    // Where grades move, what counted at the ends of earlier periods is asked for too.
    let counted = (!scheme.has_history()).then_some(as_of);
    let sorter = Sorter {
        rule,
        cells: &cells,
        as_of,
        counted,
    };
    let mut pieces: Vec<Apart> = vec![];
    let mut rows = 0;
    flow(
        cores(),
        || blocks.block().map_err(Whole::File),
        |block: Block| {
            let rows = head.rows_of_lines(&block.bytes, cells.width());
            sorter.apart(&rows.map_err(Whole::File)?)
        },
        |mut piece| {
            piece.before = rows;
            rows += piece.rows;
            pieces.push(piece);
            Ok(())
        },
    )?;
    share_texts(&mut pieces);
    let spans = pieces.iter().filter_map(|piece| piece.span);
    let span = spans.reduce(|all, own| (all.0.min(own.0), all.1.max(own.1)));
    let span = span.and_then(|(first, last)| Date::from_days(first).zip(Date::from_days(last)));
    let future = pieces.iter().map(|piece| piece.future).sum();
    let parts = each(cores(), PARTS, |part| {
        Part::of(&pieces, part, rule.customer)
    });
    drop(pieces);
    let mut clean = laid(&parts, rule);
    clean.sources = vec![cells.sources()];
    Ok(Gathered {
        clean,
        span,
        future,
        counted,
        rows,
    })
}

/// What is to be done with the rows of a piece.
struct Sorter<'a> {
    rule: &'a EventSheet,
    cells: &'a Pieces<'a>,
    as_of: Date,
    counted: Option<Date>,
}

/// The rows of a piece that are kept, laid apart.
struct Apart {
    /// How many rows the piece has, and how many there are in the pieces before it.
    rows: u32,
    before: u32,
    /// The first and the last day of all of them.
    span: Option<(i32, i32)>,
    future: usize,
    /// Where the rows of each part begin, and in the end how many there are.
    starts: Vec<u32>,
    /// For each row that is kept its place in the piece.
    places: Vec<u32>,
    /// Their customers' keys, and where each ends.
    ids: String,
    ends: Vec<u32>,
    /// Their columns, that of the customer without a word.
    columns: Vec<Column>,
}

impl Sorter<'_> {
    fn apart(&self, rows: &RawRows) -> Result<Apart, Whole> {
        let columns = self.cells.read(rows).ok_or(Whole::Said)?;
        let count = rows.len();
        let days = super::events::days_of(&columns[self.rule.date]);
        let first = days.iter().min().copied();
        let span = first.zip(days.iter().max().copied());
        let last = self.as_of.days();
        let future = days.iter().filter(|day| **day > last).count();
        let clean = CleanSheet {
            columns,
            rows: vec![RowRef { table: 0, row: 0 }; count],
            refused: vec![],
            sources: vec![],
            findings: vec![],
            stages: Stages::default(),
        };
        let truths = self
            .counted
            .and_then(|as_of| self.truths(as_of, &clean, &days));
        if let Some(truths) = &truths
            && truths.contains(&Truth::Unknown)
        {
            return Err(Whole::Said);
        }
        let counts = |row: usize| {
            let holds = truths
                .as_ref()
                .is_none_or(|truths| truths[row] == Truth::True);
            holds && (self.counted.is_none() || days[row] <= last)
        };
        let hasher = FixedState::default();
        let mut kept = Vec::with_capacity(count);
        let mut starts = vec![0; PARTS + 1];
        let (mut texts, mut ends) = (String::new(), vec![]);
        for row in 0..count {
            // A key that cannot be read refuses a row, whether it counts or not.
            let id = self.cells.id(rows, row).ok_or(Whole::Said)?;
            if !counts(row) {
                continue;
            }
            let part = (hasher.hash_one(&*id) >> 32) as usize % PARTS;
            starts[part + 1] += 1;
            texts.push_str(&id);
            ends.push(texts.len() as u32);
            kept.push((row as u32, part as u32));
        }
        for part in 0..PARTS {
            starts[part + 1] += starts[part];
        }
        let mut next = starts.clone();
        let mut order = vec![0; kept.len()];
        for (place, (_, part)) in kept.iter().enumerate() {
            let at: &mut u32 = &mut next[*part as usize];
            order[*at as usize] = place;
            *at += 1;
        }
        let places: Vec<u32> = order.iter().map(|place| kept[*place].0).collect();
        let (mut ids, mut id_ends) = (String::with_capacity(texts.len()), vec![]);
        id_ends.reserve_exact(order.len());
        for place in order {
            let from = place.checked_sub(1).map_or(0, |before| ends[before]);
            ids.push_str(&texts[from as usize..ends[place] as usize]);
            id_ends.push(ids.len() as u32);
        }
        let of_row: Vec<Option<u32>> = places.iter().copied().map(Some).collect();
        let columns = clean.columns.iter().enumerate().map(|(field, column)| {
            if field == self.rule.customer {
                Column::Bool(vec![])
            } else {
                column.gather(&of_row)
            }
        });
        Ok(Apart {
            rows: count as u32,
            before: 0,
            span,
            future,
            starts,
            places,
            ids,
            ends: id_ends,
            columns: columns.collect(),
        })
    }

    /// For each row whether the sheet's `rows` holds. Where it looks at nothing but the day it is asked once for each
    /// day from the first to the last, which are few.
    fn truths(&self, as_of: Date, clean: &CleanSheet, days: &[i32]) -> Option<Vec<Truth>> {
        let (sheet, date) = (&self.rule.sheet, self.rule.date);
        let reads = sheet.rows.as_ref()?.bound.slots();
        let (first, last) = (*days.iter().min()?, *days.iter().max()?);
        let is_few = last.abs_diff(first) < days.len() as u32 / 4;
        let is_day = matches!(clean.columns[date], Column::Date(_));
        if !is_few || !is_day || reads.iter().any(|slot| slot.0 as usize != date) {
            return fields::truths(sheet, as_of, clean);
        }
        let all: Vec<i32> = (first..=last).collect();
        let mut columns = vec![Column::Bool(vec![]); clean.columns.len()];
        columns[date] = Column::Date(all);
        let of_days = CleanSheet {
            columns,
            rows: vec![RowRef { table: 0, row: 0 }; last.abs_diff(first) as usize + 1],
            refused: vec![],
            sources: vec![],
            findings: vec![],
            stages: Stages::default(),
        };
        let truths = fields::truths(sheet, as_of, &of_days)?;
        let of_row = days.iter().map(|day| truths[day.abs_diff(first) as usize]);
        Some(of_row.collect())
    }
}

impl Apart {
    /// The rows of a part.
    fn of(&self, part: usize) -> Range<usize> {
        self.starts[part] as usize..self.starts[part + 1] as usize
    }

    fn id(&self, row: usize) -> &str {
        let from = row.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.ids[from as usize..self.ends[row] as usize]
    }
}

/// Gives the texts of all pieces codes into one dictionary, field by field.
fn share_texts(pieces: &mut [Apart]) {
    let fields = pieces.first().map_or(0, |piece| piece.columns.len());
    for field in 0..fields {
        let mut all = TextInterner::default();
        for piece in &mut *pieces {
            if let Column::Text(texts) = &mut piece.columns[field] {
                let codes: Vec<u32> = texts.dictionary.iter().map(|text| all.code(text)).collect();
                for code in &mut texts.codes {
                    // The missing code stands for no text.
                    *code = codes.get(*code as usize).copied().unwrap_or(*code);
                }
            }
        }
        let dictionary = all.into_dictionary();
        for piece in &mut *pieces {
            if let Column::Text(texts) = &mut piece.columns[field] {
                texts.dictionary = dictionary.clone();
            }
        }
    }
}

/// The rows of some of the customers, one customer after the other.
struct Part {
    /// The customers' keys, sorted.
    ids: Vec<Arc<str>>,
    /// Where the rows of each begin, and in the end how many there are.
    starts: Vec<u32>,
    /// For each row its place in the file.
    places: Vec<u32>,
    columns: Vec<Column>,
}

impl Part {
    /// The rows of a part in all pieces. The column of `customer` stays without a word.
    fn of(pieces: &[Apart], part: usize, customer: usize) -> Self {
        let count = pieces.iter().map(|piece| piece.of(part).len()).sum();
        let mut texts = TextInterner::default();
        let mut codes = Vec::with_capacity(count);
        let mut places = Vec::with_capacity(count);
        for piece in pieces {
            for row in piece.of(part) {
                codes.push(texts.code(piece.id(row)));
                places.push(piece.before + piece.places[row]);
            }
        }
        let texts = texts.into_dictionary();
        let mut by_text: Vec<u32> = (0..texts.len() as u32).collect();
        by_text.sort_unstable_by(|a, b| texts[*a as usize].cmp(&texts[*b as usize]));
        let ids = by_text.iter().map(|code| texts[*code as usize].clone());
        let ids: Vec<Arc<str>> = ids.collect();
        let mut numbers = vec![0; ids.len()];
        for (number, code) in (0u32..).zip(by_text) {
            numbers[code as usize] = number;
        }
        let mut starts = vec![0; ids.len() + 1];
        for code in &mut codes {
            *code = numbers[*code as usize];
            starts[*code as usize + 1] += 1;
        }
        for customer in 0..ids.len() {
            starts[customer + 1] += starts[customer];
        }
        let mut next = starts.clone();
        let mut order = vec![None; codes.len()];
        for (row, code) in (0u32..).zip(&codes) {
            let at: &mut u32 = &mut next[*code as usize];
            order[*at as usize] = Some(row);
            *at += 1;
        }
        let fields = pieces.first().map_or(0, |piece| piece.columns.len());
        let columns = (0..fields).map(|field| {
            if field == customer {
                return Column::Bool(vec![]);
            }
            let of_part = pieces
                .iter()
                .map(|piece| (&piece.columns[field], piece.of(part)));
            joined(of_part).gather(&order)
        });
        Self {
            columns: columns.collect(),
            places: order
                .iter()
                .flatten()
                .map(|row| places[*row as usize])
                .collect(),
            ids,
            starts,
        }
    }
}

/// Parts of columns of one kind, one after the other; texts are of one dictionary.
fn joined<'a>(parts: impl Iterator<Item = (&'a Column, Range<usize>)> + Clone) -> Column {
    fn all<'a, T: Copy + 'a>(parts: impl Iterator<Item = Option<&'a [T]>>) -> Vec<T> {
        parts.flatten().flatten().copied().collect()
    }
    macro_rules! of {
        ($kind:ident) => {
            Column::$kind(all(parts.map(|(column, rows)| match column {
                Column::$kind(values) => Some(&values[rows]),
                _ => None,
            })))
        };
    }
    match parts.clone().next() {
        Some((Column::Number(_), _)) => of!(Number),
        Some((Column::Date(_), _)) => of!(Date),
        Some((Column::DateTime(_), _)) => of!(DateTime),
        Some((Column::Bool(_), _)) | None => of!(Bool),
        Some((Column::Text(texts), _)) => Column::Text(TextColumn {
            codes: all(parts.map(|(column, rows)| match column {
                Column::Text(texts) => Some(&texts.codes[rows]),
                _ => None,
            })),
            dictionary: texts.dictionary.clone(),
        }),
        // No piece has lists.
        Some((Column::List(_), _)) => Column::List(ListColumn::default()),
    }
}

/// The rows of one customer: the part, and which of its rows.
#[derive(Clone)]
struct Run {
    part: usize,
    rows: Range<usize>,
}

/// How many customers are laid by one core before it takes others.
const PIECE: usize = 1 << 13;

/// The rows of all parts, one customer after the other in the order of their keys.
fn laid(parts: &[Part], rule: &EventSheet) -> CleanSheet {
    // The parts are sorted, which this sort makes use of.
    let mut customers: Vec<(u128, u32, u32)> = vec![];
    for (number, part) in (0u32..).zip(parts) {
        let own = (0u32..).zip(&part.ids);
        customers.extend(own.map(|(customer, id)| (start_of(id), number, customer)));
    }
    let id = |part: u32, customer: u32| &parts[part as usize].ids[customer as usize];
    customers.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| id(a.1, a.2).cmp(id(b.1, b.2))));
    let dictionary = customers.iter().map(|(_, part, own)| id(*part, *own));
    let dictionary: Vec<Arc<str>> = dictionary.cloned().collect();
    let runs: Vec<Run> = customers
        .iter()
        .map(|(_, part, customer)| {
            let (part, customer) = (*part as usize, *customer as usize);
            let starts = &parts[part].starts;
            Run {
                part,
                rows: starts[customer] as usize..starts[customer + 1] as usize,
            }
        })
        .collect();
    drop(customers);
    let mut codes = Vec::with_capacity(parts.iter().map(|part| part.places.len()).sum());
    for (code, run) in (0u32..).zip(&runs) {
        codes.resize(codes.len() + run.rows.len(), code);
    }
    let mut columns = vec![];
    for (field, of) in rule.sheet.fields.iter().enumerate() {
        macro_rules! lay {
            ($kind:ident) => {
                Column::$kind(lay(&runs, |part| match &parts[part].columns[field] {
                    Column::$kind(values) => values,
                    _ => &[],
                }))
            };
        }
        columns.push(match of.kind {
            _ if field == rule.customer => Column::Bool(vec![]),
            FieldKind::Number | FieldKind::Money(_) | FieldKind::Percent => lay!(Number),
            FieldKind::Date => lay!(Date),
            FieldKind::DateTime => lay!(DateTime),
            FieldKind::Bool => lay!(Bool),
            FieldKind::Id | FieldKind::Text | FieldKind::Choice => {
                let texts = |part: usize| match &parts[part].columns[field] {
                    Column::Text(texts) => Some(texts),
                    _ => None,
                };
                Column::Text(TextColumn {
                    codes: lay(&runs, |part| texts(part).map_or(&[], |texts| &texts.codes)),
                    dictionary: texts(0).map(|t| t.dictionary.clone()).unwrap_or_default(),
                })
            }
            FieldKind::Choices => Column::List(ListColumn::default()),
        });
    }
    let places = lay(&runs, |part| &parts[part].places);
    columns[rule.customer] = Column::Text(TextColumn {
        codes,
        dictionary: Arc::new(dictionary),
    });
    CleanSheet {
        columns,
        rows: places
            .into_iter()
            .map(|row| RowRef { table: 0, row })
            .collect(),
        refused: vec![],
        sources: vec![],
        findings: vec![],
        stages: Stages::default(),
    }
}

/// The first bytes of a text, as a number that sorts as they do.
fn start_of(text: &str) -> u128 {
    let mut start = [0; 16];
    let len = text.len().min(16);
    start[..len].copy_from_slice(&text.as_bytes()[..len]);
    u128::from_be_bytes(start)
}

/// The entries of the runs one after another, out of those of the parts, by all cores.
fn lay<'a, T: Copy + Send + Sync + 'a>(
    runs: &[Run],
    part: impl Fn(usize) -> &'a [T] + Sync,
) -> Vec<T> {
    each(cores(), runs.len().div_ceil(PIECE), |piece| {
        let runs = &runs[piece * PIECE..runs.len().min((piece + 1) * PIECE)];
        let mut out = Vec::with_capacity(runs.iter().map(|run| run.rows.len()).sum());
        for run in runs {
            out.extend_from_slice(&part(run.part)[run.rows.clone()]);
        }
        out
    })
    .concat()
}
