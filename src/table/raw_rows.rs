//! The rows of a table as read, all their cells in one text.

use super::cell::{Cell, CellError};
use memchr::memchr2;

/// The data rows of one table as read: every row has `width` cells and remembers its row number in the file.
///
/// All cells lie in one text, so that a million rows are a handful of allocations and a record of a text file comes in
/// as it stands: one byte (its delimiter) parts a cell from the next. A cell that is no text is a control character, a
/// tag and its bits in characters of seven bits each.
#[derive(Clone, Debug, Default)]
pub struct RawRows {
    pub(super) width: usize,
    pub(super) text: String,
    /// Where each row starts in `text`.
    pub(super) starts: Vec<u64>,
    /// Where each cell ends, from its row's start.
    pub(super) ends: Vec<u32>,
    pub(super) numbers: Vec<u32>,
    /// Rows with quoted fields, in order: the row, what stands between its fields, and where its record stands in `text`,
    /// from and to.
    pub(super) quoted: Vec<(u32, u8, (u32, u32))>,
    /// Of the first rows whether none of their cells begins with a sign.
    pub(super) unsigned: Vec<bool>,
    /// Of rows that are not kept: the number of the first and how many there are, one after another.
    left: Option<(u32, u32)>,
}

/// Begins every cell that is not plain text, and a plain text that happens to begin with it.
pub(crate) const TYPED: char = '\u{1}';
/// The tag of such a text.
const TEXT: char = 't';

/// How many characters of seven bits hold 64 bits.
const SEVENS: u32 = 10;

impl RawRows {
    /// Whether the cells are the same as another's, bit by bit; the row numbers need not be.
    pub fn has_cells_of(&self, other: &Self) -> bool {
        let written = |rows: &Self, row, column| -> usize { rows.written(row, column).len() };
        self.width == other.width
            && self.len() == other.len()
            && (0..self.len()).all(|row| {
                (0..self.width).all(|column| {
                    // Most differences are of length, which needs no look at the text.
                    written(self, row, column) == written(other, row, column)
                        && self.written(row, column) == other.written(row, column)
                })
            })
    }

    /// No rows yet, of `width` cells each.
    pub fn new(width: usize) -> Self {
        Self {
            width,
            ..Self::default()
        }
    }

    /// Rows that are not kept, of which nothing is known but that they stand one below the other from row `first` on.
    pub fn left_out(first: u32, count: u32) -> Self {
        Self {
            left: Some((first, count)),
            ..Self::default()
        }
    }

    /// Cells in a row.
    pub const fn width(&self) -> usize {
        self.width
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        self.left
            .map_or(self.numbers.len(), |(_, count)| count as usize)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many bytes of memory the rows fill.
    pub fn memory(&self) -> u64 {
        let ends = self.ends.len() * size_of::<u32>();
        let rows = self.starts.len() * (size_of::<u64>() + size_of::<u32>());
        (self.text.len() + ends + rows) as u64
    }

    /// The row number in the file (from 1) of row `row`; for text files the line on which the record starts.
    pub fn row_number(&self, row: usize) -> u32 {
        match self.left {
            Some((first, _)) => first + row as u32,
            None => self.numbers[row],
        }
    }

    /// Appends a row. Cells that are not given are blank; what lies beyond the width is the caller's to report first.
    pub fn push<'a>(&mut self, row_number: u32, cells: impl IntoIterator<Item = Cell<'a>>) {
        let start = self.text.len();
        self.starts.push(start as u64);
        self.numbers.push(row_number);
        let mut count = 0;
        for cell in cells.into_iter().take(self.width) {
            if count > 0 {
                self.text.push('\0');
            }
            count += 1;
            match cell {
                Cell::Blank => {}
                Cell::Text(text) => {
                    if text.starts_with(TYPED) {
                        self.text.extend([TYPED, TEXT]);
                    }
                    self.text.push_str(text);
                }
                Cell::Number(value) => self.push_typed('n', value.to_bits()),
                Cell::Percent(value) => self.push_typed('p', value.to_bits()),
                Cell::Date(value) => self.push_typed('d', value.to_bits()),
                Cell::Bool(value) => self.push_typed('b', u64::from(value)),
                Cell::Error(error) => self.push_typed('e', error as u64),
            }
            self.ends.push((self.text.len() - start) as u32);
        }
        for column in count..self.width {
            if column > 0 {
                self.text.push('\0');
            }
            self.ends.push((self.text.len() - start) as u32);
        }
    }

    /// Appends a row of a text file from its record as it stands there: `cells` are its fields (texts and blanks), in
    /// order, with one byte between two. Anything else goes through [`Self::push`], which costs more and gives the same.
    pub fn push_record(&mut self, row_number: u32, record: &str, cells: &[Cell<'_>]) {
        let mut end = 0;
        let mut is_plain = cells.len() == self.width;
        let from = self.ends.len();
        for cell in cells {
            match cell {
                Cell::Text(text) => {
                    is_plain &= text.as_bytes().first() != Some(&(TYPED as u8));
                    end += text.len();
                }
                Cell::Blank => {}
                _ => is_plain = false,
            }
            self.ends.push(end as u32);
            end += 1;
        }
        // With a quote or a carriage return in a cell it would be written in another way.
        is_plain &= end == record.len() + 1;
        if is_plain && memchr2(b'"', b'\r', record.as_bytes()).is_none() {
            self.starts.push(self.text.len() as u64);
            self.numbers.push(row_number);
            self.text.push_str(record);
        } else {
            self.ends.truncate(from);
            self.push(row_number, cells.iter().copied());
        }
    }

    /// A row as its record stood in a text file that has `delimiter` between its fields, as far as the table goes; `None`
    /// where it did not come in as it stood, or would not be written so again: in quotes are those fields that have a
    /// delimiter or a quote, and none has the end of a line.
    pub fn record(&self, row: usize, delimiter: u8) -> Option<&str> {
        let ends = &self.ends[row * self.width..(row + 1) * self.width];
        let ([first, .., last], true) = (ends, delimiter != 0) else {
            return None;
        };
        let base = self.starts[row] as usize;
        // Cells that came in by themselves have a NUL between them.
        if self.text.as_bytes().get(base + *first as usize) == Some(&delimiter) {
            return Some(&self.text[base..base + *last as usize]);
        }
        let at = self
            .quoted
            .binary_search_by_key(&(row as u32), |(row, ..)| *row);
        let (_, between, (from, to)) = self.quoted[at.ok()?];
        (between == delimiter).then(|| &self.text[from as usize..to as usize])
    }

    /// Whether it is known of a row that none of its cells begins with a sign for which a spreadsheet may take it for a
    /// formula, or for a text escaped because of that; numbers below zero apart.
    pub fn is_unsigned(&self, row: usize) -> bool {
        self.unsigned.get(row).copied().unwrap_or(false)
    }

    /// The same rows with other numbers, one for each.
    #[must_use]
    pub fn numbered(mut self, numbers: impl Iterator<Item = u32>) -> Self {
        self.numbers = numbers.collect();
        self
    }

    /// Makes room for rows of so many bytes of text in all.
    pub fn reserve(&mut self, bytes: usize) {
        self.text.reserve(bytes);
    }

    /// Keeps the first `width` columns.
    pub fn narrow(&mut self, width: usize) {
        if width >= self.width {
            return;
        }
        self.quoted.clear();
        for row in 0..self.len() {
            let from = row * self.width;
            self.ends.copy_within(from..from + width, row * width);
        }
        self.ends.truncate(self.len() * width);
        self.width = width;
    }

    /// Gives back the room that growing took and did not need.
    pub fn shrink_to_fit(&mut self) {
        self.text.shrink_to_fit();
        self.ends.shrink_to_fit();
    }

    fn push_typed(&mut self, tag: char, bits: u64) {
        self.text.extend([TYPED, tag]);
        let sevens = (0..SEVENS).map(|place| (bits >> (7 * place)) as u8 & 0x7F);
        self.text.extend(sevens.map(char::from));
    }

    /// The cell in row `row` and column `column`, both from 0.
    #[inline]
    pub fn cell(&self, row: usize, column: usize) -> Cell<'_> {
        let written = self.written(row, column);
        match written.as_bytes().first() {
            None => Cell::Blank,
            Some(first) if char::from(*first) == TYPED => typed(written),
            Some(_) => Cell::Text(written),
        }
    }

    /// A cell as it lies in the text.
    #[inline]
    fn written(&self, row: usize, column: usize) -> &str {
        debug_assert!(self.left.is_none(), "the rows are not kept");
        let base = self.starts[row] as usize;
        let at = row * self.width + column;
        let from = if column == 0 {
            0
        } else {
            self.ends[at - 1] as usize + 1
        };
        &self.text[base + from..base + self.ends[at] as usize]
    }

    /// The cells of row `row` in order.
    pub fn row(&self, row: usize) -> impl Iterator<Item = Cell<'_>> {
        (0..self.width).map(move |column| self.cell(row, column))
    }
}

/// A cell that begins with [`TYPED`].
fn typed(written: &str) -> Cell<'_> {
    let [_, tag, rest @ ..] = written.as_bytes() else {
        return Cell::Text(written);
    };
    let sevens = rest.iter().rev();
    let bits = sevens.fold(0_u64, |bits, seven| bits << 7 | u64::from(*seven));
    match tag {
        b'n' => Cell::Number(f64::from_bits(bits)),
        b'p' => Cell::Percent(f64::from_bits(bits)),
        b'd' => Cell::Date(f64::from_bits(bits)),
        b'b' => Cell::Bool(bits != 0),
        b'e' => Cell::Error(CellError::ALL[bits as usize % CellError::ALL.len()]),
        _ => Cell::Text(&written[2..]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_at_the_end_can_be_left_out() {
        let mut raw = RawRows::new(3);
        raw.push(1, [Cell::Text("a"), Cell::Number(1.0), Cell::Text("x")]);
        raw.push(2, [Cell::Text("b"), Cell::Blank, Cell::Text("y")]);
        raw.narrow(2);
        assert_eq!(
            raw.row(0).collect::<Vec<_>>(),
            [Cell::Text("a"), Cell::Number(1.0)]
        );
        assert_eq!(
            raw.row(1).collect::<Vec<_>>(),
            [Cell::Text("b"), Cell::Blank]
        );
        raw.push(3, [Cell::Text("c"), Cell::Text("d")]);
        assert_eq!(
            raw.row(2).collect::<Vec<_>>(),
            [Cell::Text("c"), Cell::Text("d")]
        );
    }

    #[test]
    fn cells_come_back_as_they_went_in() {
        let rows = [
            vec![
                Cell::Text("客户"),
                Cell::Number(-1.5),
                Cell::Blank,
                Cell::Percent(0.2),
            ],
            vec![
                Cell::Date(45382.0),
                Cell::Bool(true),
                Cell::Error(CellError::Unsaved),
                Cell::Text(""),
            ],
            vec![Cell::Number(f64::MIN), Cell::Number(-0.0)],
            vec![Cell::Text("\u{1}"), Cell::Text("\u{1}n0123456789")],
            vec![Cell::Text("short")],
        ];
        let mut raw = RawRows::new(4);
        for (index, row) in rows.iter().enumerate() {
            raw.push(index as u32 + 2, row.iter().copied());
        }
        for (index, row) in rows.iter().enumerate() {
            assert_eq!(raw.row_number(index), index as u32 + 2);
            let expected: Vec<_> = row
                .iter()
                .map(|cell| {
                    if *cell == Cell::Text("") {
                        Cell::Blank
                    } else {
                        *cell
                    }
                })
                .chain(std::iter::repeat(Cell::Blank))
                .take(4)
                .collect();
            assert_eq!(raw.row(index).collect::<Vec<_>>(), expected);
        }
        assert!(
            CellError::ALL
                .iter()
                .enumerate()
                .all(|(index, error)| *error as usize == index)
        );
    }

    #[test]
    fn rows_that_are_not_kept_still_have_numbers() {
        let rows = RawRows::left_out(2, 10);
        assert_eq!(
            (rows.len(), rows.row_number(0), rows.row_number(9)),
            (10, 2, 11)
        );
        assert!(!rows.is_empty());
    }

    #[test]
    fn a_record_comes_in_as_its_cells_would() {
        for (record, cells) in [
            (
                "a,客户,",
                vec![Cell::Text("a"), Cell::Text("客户"), Cell::Blank],
            ),
            (",,", vec![Cell::Blank; 3]),
            (
                "\"a\",b,c",
                vec![Cell::Text("a"), Cell::Text("b"), Cell::Text("c")],
            ),
            (
                "\u{1}n,b,c",
                vec![Cell::Text("\u{1}n"), Cell::Text("b"), Cell::Text("c")],
            ),
            ("a,b", vec![Cell::Text("a"), Cell::Text("b")]),
            ("a,b,c,d", ["a", "b", "c", "d"].map(Cell::Text).to_vec()),
        ] {
            let (mut by_record, mut by_cells) = (RawRows::new(3), RawRows::new(3));
            for row in 0..2 {
                by_record.push_record(row, record, &cells);
                by_cells.push(row, cells.iter().copied());
            }
            assert!(by_record.has_cells_of(&by_cells), "{record:?}");
            let read: Vec<Cell<'_>> = by_record.row(1).collect();
            assert_eq!(
                read[..cells.len().min(3)],
                cells[..cells.len().min(3)],
                "{record:?}"
            );
        }
    }
}
