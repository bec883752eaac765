//! Raw cells: what a file has, before anybody decides what it means.

/// One cell as read.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Cell<'a> {
    /// Nothing there.
    Blank,
    /// Text as written. Every cell of a text file is one.
    Text(&'a str),
    /// A number that a workbook holds as such.
    Number(f64),
    /// A number that the workbook formats as per cent: 0.2 is shown as 20%.
    Percent(f64),
    /// A date or moment: days since 1899-12-30 (the 1904 epoch is converted by the reader), with the time as fraction.
    Date(f64),
    /// A truth value.
    Bool(bool),
    /// An error cell, or a formula without a saved value.
    Error(CellError),
}

/// Why a workbook's cell has no value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CellError {
    /// `#DIV/0!`
    Div0,
    /// `#N/A`, which people write for "missing".
    NotAvailable,
    /// `#NAME?`
    Name,
    /// `#NULL!`
    Null,
    /// `#NUM!`
    Num,
    /// `#REF!`
    Ref,
    /// `#VALUE!`
    Value,
    /// `#GETTING_DATA` and newer ones.
    Other,
    /// A formula whose result was never saved.
    Unsaved,
}

impl CellError {
    /// All of them, in the order of their discriminants.
    const ALL: [Self; 9] = [
        Self::Div0,
        Self::NotAvailable,
        Self::Name,
        Self::Null,
        Self::Num,
        Self::Ref,
        Self::Value,
        Self::Other,
        Self::Unsaved,
    ];

    /// The one that a spreadsheet shows so.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|error| error.text() == text)
    }

    /// As the spreadsheet shows it.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Div0 => "#DIV/0!",
            Self::NotAvailable => "#N/A",
            Self::Name => "#NAME?",
            Self::Null => "#NULL!",
            Self::Num => "#NUM!",
            Self::Ref => "#REF!",
            Self::Value => "#VALUE!",
            Self::Other => "#ERROR!",
            Self::Unsaved => "=…",
        }
    }
}

/// The data rows of one table as read: every row has `width` cells and remembers its row number in the file.
///
/// All cells lie in one buffer, so that a million rows are a handful of allocations: text as it is, other cells as a
/// byte that no UTF-8 text has, a tag and their eight bytes.
#[derive(Clone, Debug, Default)]
pub struct RawRows {
    width: usize,
    bytes: Vec<u8>,
    /// Where each row starts in `bytes`.
    starts: Vec<u64>,
    /// Where each cell ends, from its row's start.
    ends: Vec<u32>,
    numbers: Vec<u32>,
}

/// Never the first byte of UTF-8 text.
const TYPED: u8 = 0xFF;

impl RawRows {
    /// Whether the cells are the same as another's; the row numbers need not be.
    pub fn has_cells_of(&self, other: &Self) -> bool {
        self.width == other.width
            && self.starts == other.starts
            && self.ends == other.ends
            && self.bytes == other.bytes
    }

    /// No rows yet, of `width` cells each.
    pub fn new(width: usize) -> Self {
        Self {
            width,
            ..Self::default()
        }
    }

    /// Cells in a row.
    pub const fn width(&self) -> usize {
        self.width
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    /// How many bytes of memory the rows fill.
    pub fn memory(&self) -> u64 {
        let ends = self.ends.len() * size_of::<u32>();
        let rows = self.starts.len() * (size_of::<u64>() + size_of::<u32>());
        (self.bytes.len() + ends + rows) as u64
    }

    /// The row number in the file (from 1) of row `row`; for text files the line on which the record starts.
    pub fn row_number(&self, row: usize) -> u32 {
        self.numbers[row]
    }

    /// Appends a row. Cells that are not given are blank; what lies beyond the width is the caller's to report first.
    pub fn push<'a>(&mut self, row_number: u32, cells: impl IntoIterator<Item = Cell<'a>>) {
        let start = self.bytes.len();
        self.starts.push(start as u64);
        self.numbers.push(row_number);
        let mut count = 0;
        for cell in cells.into_iter().take(self.width) {
            count += 1;
            match cell {
                Cell::Blank => {}
                Cell::Text(text) => self.bytes.extend_from_slice(text.as_bytes()),
                Cell::Number(value) => self.push_typed(0, value.to_bits()),
                Cell::Percent(value) => self.push_typed(1, value.to_bits()),
                Cell::Date(value) => self.push_typed(2, value.to_bits()),
                Cell::Bool(value) => self.push_typed(3, u64::from(value)),
                Cell::Error(error) => self.push_typed(4, error as u64),
            }
            self.ends.push((self.bytes.len() - start) as u32);
        }
        for _ in count..self.width {
            self.ends.push((self.bytes.len() - start) as u32);
        }
    }

    /// Makes room for rows of so many bytes of text in all.
    pub fn reserve(&mut self, bytes: usize) {
        self.bytes.reserve(bytes);
    }

    /// Keeps the first `width` columns.
    pub fn narrow(&mut self, width: usize) {
        if width >= self.width {
            return;
        }
        for row in 0..self.len() {
            let from = row * self.width;
            self.ends.copy_within(from..from + width, row * width);
        }
        self.ends.truncate(self.len() * width);
        self.width = width;
    }

    fn push_typed(&mut self, tag: u8, bits: u64) {
        self.bytes.extend_from_slice(&[TYPED, tag]);
        self.bytes.extend_from_slice(&bits.to_le_bytes());
    }

    /// The cell in row `row` and column `column`, both from 0.
    pub fn cell(&self, row: usize, column: usize) -> Cell<'_> {
        let base = self.starts[row] as usize;
        let at = row * self.width + column;
        let from = if column == 0 {
            0
        } else {
            self.ends[at - 1] as usize
        };
        let bytes = &self.bytes[base + from..base + self.ends[at] as usize];
        match bytes {
            [] => Cell::Blank,
            [TYPED, tag, value @ ..] => {
                let bits = u64::from_le_bytes(value.try_into().unwrap_or_default());
                match tag {
                    0 => Cell::Number(f64::from_bits(bits)),
                    1 => Cell::Percent(f64::from_bits(bits)),
                    2 => Cell::Date(f64::from_bits(bits)),
                    3 => Cell::Bool(bits != 0),
                    _ => Cell::Error(CellError::ALL[bits as usize % CellError::ALL.len()]),
                }
            }
            // `push` takes `&str` only, so this is text; the check is cheap beside what is done with the cell.
            text => Cell::Text(std::str::from_utf8(text).unwrap_or_default()),
        }
    }

    /// The cells of row `row` in order.
    pub fn row(&self, row: usize) -> impl Iterator<Item = Cell<'_>> {
        (0..self.width).map(move |column| self.cell(row, column))
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
}
