//! Where a value came from, in the words that Excel uses: `客户.xlsx[Sheet1!F213]`, `orders.csv:1027`.

use std::fmt;
use std::sync::Arc;

/// The file (and worksheet) that rows came from.
#[derive(Clone, PartialEq, Eq, Debug, Hash)]
pub struct Origin {
    /// The file as the user named it; `-` is standard input.
    pub file: Arc<str>,
    /// The worksheet, for workbooks.
    pub worksheet: Option<Arc<str>>,
}

/// A file, a row of it or a cell of it.
#[derive(Clone, PartialEq, Eq, Debug, Hash)]
pub struct Place {
    /// File and worksheet.
    pub origin: Origin,
    /// The row, from 1 as Excel counts; for text files the line on which the record starts.
    pub row: Option<u32>,
    /// The column, from 0.
    pub column: Option<u32>,
}

impl Origin {
    /// The origin as a whole.
    pub fn place(&self) -> Place {
        Place {
            origin: self.clone(),
            row: None,
            column: None,
        }
    }

    /// A row of it, from 1.
    pub fn row(&self, row: u32) -> Place {
        Place {
            origin: self.clone(),
            row: Some(row),
            column: None,
        }
    }

    /// A cell of it: row from 1, column from 0.
    pub fn cell(&self, row: u32, column: u32) -> Place {
        Place {
            origin: self.clone(),
            row: Some(row),
            column: Some(column),
        }
    }
}

impl fmt::Display for Place {
    /// Text files have lines and no column letters, so a cell shows as its line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Origin { file, worksheet } = &self.origin;
        match (worksheet, self.row, self.column) {
            (Some(sheet), Some(row), Some(column)) => {
                write!(f, "{file}[{sheet}!{}{row}]", column_letters(column))
            }
            (Some(sheet), Some(row), None) => write!(f, "{file}[{sheet}!{row}:{row}]"),
            (Some(sheet), None, _) => write!(f, "{file}[{sheet}]"),
            (None, Some(row), _) => write!(f, "{file}:{row}"),
            (None, None, _) => write!(f, "{file}"),
        }
    }
}

/// `A` for 0, `Z` for 25, `AA` for 26, `XFD` for 16,383.
pub fn column_letters(column: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        rest -= 1;
        letters.push(char::from(b'A' + (rest % 26) as u8));
        rest /= 26;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_read_as_excel_shows_them() {
        let book = Origin {
            file: "客户.xlsx".into(),
            worksheet: Some("Sheet1".into()),
        };
        let text = Origin {
            file: "orders.csv".into(),
            worksheet: None,
        };
        for (place, expected) in [
            (book.cell(213, 5), "客户.xlsx[Sheet1!F213]"),
            (book.row(213), "客户.xlsx[Sheet1!213:213]"),
            (book.cell(1_048_576, 16_383), "客户.xlsx[Sheet1!XFD1048576]"),
            (book.place(), "客户.xlsx[Sheet1]"),
            (text.cell(1027, 3), "orders.csv:1027"),
            (text.place(), "orders.csv"),
        ] {
            assert_eq!(place.to_string(), expected);
        }
        assert_eq!(
            [25, 26, 701, 702].map(column_letters),
            ["Z", "AA", "ZZ", "AAA"]
        );
    }
}
