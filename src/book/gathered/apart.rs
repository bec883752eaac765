//! The rows of one piece: which of them count, and then to which part each belongs.

use super::Whole;
use super::ranges::Ranges;
use crate::book::{days, fields};
use crate::clean::piece::Pieces;
use crate::read::blocks::Head;
use crate::scheme::model::EventSheet;
use crate::table::column::TextInterner;
use crate::table::{Column, Date, ListColumn, RawRows, TextColumn, Truth};
use memchr::memchr;
use std::borrow::Cow;
use std::ops::Range;
use std::sync::OnceLock;

/// What is to be done with the rows of a piece.
pub struct Sorter<'a> {
    pub rule: &'a EventSheet,
    pub cells: &'a Pieces<'a>,
    /// The rows of later days do not count yet.
    pub as_of: Date,
    /// The as-of date, if only the rows are wanted that count on it.
    pub counted: Option<Date>,
    /// The parts, as the keys of the piece that comes first show them.
    pub ranges: OnceLock<Ranges>,
}

/// The rows of a piece that are kept, part by part.
pub struct Apart {
    /// How many rows the piece has, and how many there are in the pieces before it.
    pub rows: u32,
    pub before: u32,
    /// The first and the last day of all of them.
    pub span: Option<(i32, i32)>,
    /// How many of them are dated after the as-of date.
    pub future: usize,
    /// Where the rows of each part begin, and in the end how many there are.
    starts: Vec<u32>,
    /// For each row that is kept its place in the piece.
    pub places: Vec<u32>,
    /// Their customers' keys, and where each ends.
    ids: String,
    ends: Vec<u32>,
    /// Their columns, that of the customer without a word.
    pub columns: Vec<Column>,
}

/// Good rows as they stand in a piece.
pub struct Good<'a> {
    /// How many rows the piece has, those that are not good too.
    pub of: u32,
    /// For each good row its place in the piece; all of them where nobody says.
    pub places: Option<Vec<u32>>,
    /// Their customers' keys.
    pub ids: Vec<&'a str>,
    /// Their columns; nobody looks at that of the customer.
    pub columns: Vec<Column>,
}

impl Sorter<'_> {
    /// Reads the rows of a piece; `None` if there is something to say of any of them.
    pub fn read<'a>(&self, rows: &'a RawRows) -> Option<Good<'a>> {
        let columns = self.cells.read(rows)?;
        // A key that cannot be read refuses a row, whether it counts or not.
        let ids = (0..rows.len()).map(|row| self.cells.id(rows, row));
        Some(Good {
            of: rows.len() as u32,
            places: None,
            ids: ids.collect::<Option<_>>()?,
            columns,
        })
    }

    /// The same of a block of a plain file, straight from its lines; `None` also if any of them is not as nearly all are.
    pub fn read_lines<'a>(&self, head: &Head, bytes: &'a [u8]) -> Option<Good<'a>> {
        let first = memchr(b'\n', bytes)?;
        // As many rows as if all were about as long as the first, and the same room for each piece: what one leaves behind
        // is what the next one takes, and nothing that is kept comes to lie in between.
        let count = bytes.len() / (first + 1);
        let mut rows = self.cells.row_by_row(count.next_power_of_two())?;
        let of = head.straight_lines(bytes, self.cells.width(), |cells| rows.push(cells))?;
        let (ids, columns) = rows.finish()?;
        Some(Good {
            of,
            places: None,
            ids,
            columns,
        })
    }

    /// Takes the rows that count, and lays them apart.
    pub fn apart(&self, good: Good<'_>) -> Result<Apart, Whole> {
        let Good { columns, ids, .. } = good;
        let days = match &columns[self.rule.date] {
            Column::Date(days) => Cow::Borrowed(&days[..]),
            other => days::days_of(other).into(),
        };
        let first = days.iter().copied().min();
        let span = first.zip(days.iter().copied().max());
        let last = self.as_of.days();
        let future = days.iter().filter(|day| **day > last).count();
        let truths = self
            .counted
            .and_then(|as_of| self.truths(as_of, &columns, &days));
        if let Some(truths) = &truths
            && truths.contains(&Truth::Unknown)
        {
            return Err(Whole::Unknown);
        }
        let counts = |row: usize| {
            let holds = truths
                .as_ref()
                .is_none_or(|truths| truths[row] == Truth::True);
            holds && (self.counted.is_none() || days[row] <= last)
        };
        let ranges = self.ranges.get_or_init(|| Ranges::of(some(&ids)));
        let rows = (0..ids.len() as u32).filter(|row| counts(*row as usize));
        let (mut rows, starts) = by_part(rows, ids.len(), |row| ids[row as usize], ranges);
        let (texts, ends) = texts(rows.iter().map(|row| ids[*row as usize]));
        let kept = columns.iter().enumerate().map(|(field, column)| {
            if field == self.rule.customer {
                Column::Bool(vec![])
            } else {
                taken(column, &rows)
            }
        });
        let columns = kept.collect();
        if let Some(known) = good.places {
            for row in &mut rows {
                *row = known[*row as usize];
            }
        }
        Ok(Apart {
            rows: good.of,
            before: 0,
            span,
            future,
            starts,
            columns,
            places: rows,
            ids: texts,
            ends,
        })
    }

    /// For each row whether the sheet's `rows` holds. Where it looks at nothing but the day it is asked once for each
    /// day from the first to the last, which are few.
    fn truths(&self, as_of: Date, columns: &[Column], days: &[i32]) -> Option<Vec<Truth>> {
        let (sheet, date) = (&self.rule.sheet, self.rule.date);
        let reads = sheet.rows.as_ref()?.bound.slots();
        let first = days.iter().copied().min()?;
        let last = days.iter().copied().max()?;
        let is_few = last.abs_diff(first) < days.len() as u32 / 4;
        let is_day = matches!(columns[date], Column::Date(_));
        if !is_few || !is_day || reads.iter().any(|slot| slot.0 as usize != date) {
            return fields::truths(sheet, as_of, columns, days.len());
        }
        let count = last.abs_diff(first) as usize + 1;
        let mut of_days = vec![Column::Bool(vec![]); columns.len()];
        of_days[date] = Column::Date((first..=last).collect());
        let truths = fields::truths(sheet, as_of, &of_days, count)?;
        let of_row = days.iter().map(|day| truths[day.abs_diff(first) as usize]);
        Some(of_row.collect())
    }
}

impl Apart {
    /// Lays the rows apart by other ranges; those of a customer keep their order.
    pub fn part(&mut self, ranges: &Ranges) {
        let count = self.places.len();
        let (order, starts) = by_part(0..count as u32, count, |row| self.id(row as usize), ranges);
        let (ids, ends) = texts(order.iter().map(|row| self.id(*row as usize)));
        (self.ids, self.ends, self.starts) = (ids, ends, starts);
        let places = order.iter().map(|row| self.places[*row as usize]);
        self.places = places.collect();
        for column in &mut self.columns {
            // That of the customer has nothing.
            if !column.is_empty() {
                *column = taken(column, &order);
            }
        }
    }

    /// The rows of a part.
    pub fn of(&self, part: usize) -> Range<usize> {
        self.starts[part] as usize..self.starts[part + 1] as usize
    }

    /// The key of a row's customer.
    pub fn id(&self, row: usize) -> &str {
        let from = row.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.ids[from as usize..self.ends[row] as usize]
    }
}

/// About so many keys show how all of them are distributed.
const SAMPLE: usize = 1 << 12;

/// Some of these keys.
fn some(ids: &[&str]) -> Vec<String> {
    let some = ids.iter().step_by(ids.len() / SAMPLE + 1);
    some.map(|id| (*id).to_owned()).collect()
}

/// Some keys of all pieces, more of those that have more rows.
pub fn sample(pieces: &[Apart]) -> Vec<String> {
    let count: usize = pieces.iter().map(|piece| piece.places.len()).sum();
    let step = count / SAMPLE + 1;
    let of = |piece: &Apart| -> Vec<String> {
        let some = (0..piece.places.len()).step_by(step);
        some.map(|row| piece.id(row).to_owned()).collect()
    };
    pieces.iter().flat_map(of).collect()
}

/// Rows, of at most `count`, in the order of the parts of their keys, those of a part as they come; and where each part
/// begins, in the end how many there are.
fn by_part<'i>(
    rows: impl Iterator<Item = u32>,
    count: usize,
    id: impl Fn(u32) -> &'i str,
    ranges: &Ranges,
) -> (Vec<u32>, Vec<u32>) {
    let mut parted: Vec<(u32, u8)> = Vec::with_capacity(count);
    parted.extend(rows.map(|row| (row, ranges.part(id(row)))));
    let mut starts = vec![0_u32; ranges.parts() + 1];
    for (_, part) in &parted {
        starts[usize::from(*part) + 1] += 1;
    }
    for part in 0..ranges.parts() {
        starts[part + 1] += starts[part];
    }
    let mut next = starts.clone();
    let mut order = vec![0; parted.len()];
    for (row, part) in parted {
        let at = &mut next[usize::from(part)];
        order[*at as usize] = row;
        *at += 1;
    }
    (order, starts)
}

/// Texts one behind the other, and where each ends.
fn texts<'i>(texts: impl ExactSizeIterator<Item = &'i str> + Clone) -> (String, Vec<u32>) {
    let mut all = String::with_capacity(texts.clone().map(str::len).sum());
    let mut ends = Vec::with_capacity(texts.len());
    for text in texts {
        all.push_str(text);
        ends.push(all.len() as u32);
    }
    (all, ends)
}

/// Lets pieces go, so that their memory goes back to the system. The allocator gives back what lies on top of a thread's
/// memory when something large is let go there: what is small, and let go last, would keep all that lies below it.
pub fn let_go(pieces: Vec<Apart>) {
    let mut large: Vec<(Column, Vec<u32>, String)> = vec![];
    for piece in pieces {
        large.push((Column::Bool(vec![]), piece.places, piece.ids));
        large.push((Column::Bool(vec![]), piece.ends, String::new()));
        let columns = piece.columns.into_iter();
        large.extend(columns.map(|column| (column, vec![], String::new())));
    }
    while let Some(last) = large.pop() {
        drop(last);
    }
}

/// Some rows of a column.
fn taken(column: &Column, rows: &[u32]) -> Column {
    fn of<T: Copy>(values: &[T], rows: &[u32]) -> Vec<T> {
        rows.iter().map(|row| values[*row as usize]).collect()
    }
    match column {
        Column::Number(values) => Column::Number(of(values, rows)),
        Column::Date(values) => Column::Date(of(values, rows)),
        Column::DateTime(values) => Column::DateTime(of(values, rows)),
        Column::Bool(values) => Column::Bool(of(values, rows)),
        Column::Text(texts) => Column::Text(TextColumn {
            codes: of(&texts.codes, rows),
            dictionary: texts.dictionary.clone(),
        }),
        // No piece has lists.
        Column::List(_) => Column::List(ListColumn::default()),
    }
}

/// Gives the texts of all pieces codes into one dictionary, field by field.
pub fn share_texts(pieces: &mut [Apart]) {
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
