//! Headers of two rows: groups above, columns below, as merged cells make them (采购 over 年采购额 and 增长率, beside
//! a 客户编号 that reaches over both rows). What was merged is told by its shape alone, because a text file has no
//! more than that: a merge leaves its text in the first cell and the others blank.

use super::assemble::HeadRow;
use super::header::Header;
use super::header_row::{Lexicon, is_word};
use std::collections::BTreeMap;

/// The headers of rows `upper` and `lower` as one row, if they are the two rows of one header. `next` is the row below.
pub(super) fn joined(
    upper: &HeadRow,
    lower: &HeadRow,
    next: Option<&HeadRow>,
    lexicon: &[Lexicon],
) -> Option<Vec<Header>> {
    if lower.number != upper.number + 1 {
        return None;
    }
    let pair = Pair::of(upper, lower)?;
    let headers = pair.headers(lexicon);
    let merged_down: Vec<usize> = (0..pair.width())
        .filter(|column| pair.lower[*column].is_empty())
        .collect();
    let believed = if merged_down.is_empty() {
        // Groups over all columns look like a title with a date beside it. They are a header's where the columns
        // below need them: two of one name, or a name that the scheme has with its group.
        pair.groups() > 1 && pair.needs_groups(lexicon)
    } else {
        // Of data, this would be a row without its key. The rows below have one.
        next.is_some_and(|next| {
            merged_down
                .iter()
                .any(|column| next.cells.get(*column).is_some_and(|cell| !cell.is_blank()))
        })
    };
    believed.then_some(headers)
}

/// Two rows, each cell as text; a blank one is empty.
struct Pair {
    upper: Vec<String>,
    lower: Vec<String>,
}

impl Pair {
    /// `None` unless the shape is that of a header.
    fn of(upper: &HeadRow, lower: &HeadRow) -> Option<Self> {
        let texts = |row: &HeadRow| -> Option<Vec<String>> {
            let cells = row.cells.iter();
            cells
                .map(|cell| match cell.text() {
                    _ if cell.is_blank() => Some(String::new()),
                    Some(text) if is_word(text) || is_year(text) => Some(text.to_owned()),
                    _ => None,
                })
                .collect()
        };
        let (mut upper, mut lower) = (texts(upper)?, texts(lower)?);
        let end = |row: &[String]| {
            row.iter()
                .rposition(|text| !text.is_empty())
                .map_or(0, |last| last + 1)
        };
        let width = end(&upper).max(end(&lower));
        upper.resize(width, String::new());
        lower.resize(width, String::new());
        let first = (0..width).find(|column| !upper[*column].is_empty())?;
        let gapless =
            (first..width).all(|column| !(upper[column].is_empty() && lower[column].is_empty()));
        // A group is a text above with a blank beside it, and columns below both.
        let is_group = |column: usize| {
            !upper[column].is_empty()
                && !lower[column].is_empty()
                && upper.get(column + 1).is_some_and(String::is_empty)
                && !lower[column + 1].is_empty()
        };
        let left_of_first = lower[..first].iter().any(|text| !text.is_empty());
        let shaped = gapless && !left_of_first && (first..width).any(is_group);
        shaped.then_some(Self { upper, lower })
    }

    fn width(&self) -> usize {
        self.upper.len()
    }

    fn groups(&self) -> usize {
        self.upper.iter().filter(|text| !text.is_empty()).count()
    }

    /// The group above a column: the text above it or, where that is blank, the last one to the left.
    fn group(&self, column: usize) -> &str {
        self.upper[..=column]
            .iter()
            .rev()
            .find(|text| !text.is_empty())
            .map_or("", String::as_str)
    }

    /// The column's header with its group.
    fn full(&self, column: usize) -> Header {
        if self.lower[column].is_empty() {
            return Header::new(&self.upper[column]);
        }
        Header::new(self.group(column)).followed_by(&Header::new(&self.lower[column]))
    }

    /// The column's own header, which has the unit of its group if it has none.
    fn own(&self, column: usize) -> Header {
        if self.lower[column].is_empty() {
            return Header::new(&self.upper[column]);
        }
        let mut header = Header::new(&self.lower[column]);
        if header.unit.is_none() {
            header.unit = Header::new(self.group(column)).unit;
        }
        header
    }

    /// The columns whose own name is not enough.
    fn ambiguous(&self, lexicon: &[Lexicon]) -> Vec<bool> {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for column in 0..self.width() {
            *counts.entry(self.own(column).folded).or_default() += 1;
        }
        let is_known = |folded: &String| lexicon.iter().any(|known| known.headers.contains(folded));
        (0..self.width())
            .map(|column| {
                let own = self.own(column).folded;
                counts[&own] > 1 || !is_known(&own) && is_known(&self.full(column).folded)
            })
            .collect()
    }

    fn needs_groups(&self, lexicon: &[Lexicon]) -> bool {
        self.ambiguous(lexicon).contains(&true)
    }

    fn headers(&self, lexicon: &[Lexicon]) -> Vec<Header> {
        let ambiguous = self.ambiguous(lexicon);
        (0..self.width())
            .map(|column| {
                if ambiguous[column] {
                    self.full(column)
                } else {
                    self.own(column)
                }
            })
            .collect()
    }
}

/// `2023年`, `2024Q1`, `3月`: a group or a column of its own, though it begins with a digit.
fn is_year(text: &str) -> bool {
    let text = text.trim();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    (1..=4).contains(&digits)
        && text[digits..].starts_with(['年', '月', '季', 'Q', 'q'])
        && !text.contains('日')
}
