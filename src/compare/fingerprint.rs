//! By what a workbook is known again: sums of hashes over its cells, which regrade writes into the workbook's properties
//! and works out again from the cells as they are read.
//!
//! The sums go by column and by customer, so that sorting a table changes nothing, and so that they say where something
//! was changed. What a cell says is hashed, not how it looks: a workbook that another program saved again is the same.
//! This finds edits; it is no seal against somebody who works out the hashes anew.

use crate::table::{Decimal, Hash};
use std::borrow::Cow;
use std::fmt::Write;

/// Into how many heaps customers are put by a hash of their key.
const HEAPS: usize = 256;

/// Millionths below this are fifteen digits.
const MOST_MILLIONTHS: u64 = 1_000_000_000_000_000;

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Content<'a> {
    /// Nothing.
    Blank,
    /// A number, a share, a day or a moment: a workbook holds them all as numbers.
    Number(f64),
    /// The same of which every digit is known.
    Exact(Decimal),
    /// A text.
    Text(Cow<'a, str>),
}

/// The sums over the cells of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint {
    headings: Vec<String>,
    hashes: Vec<u64>,
    columns: Vec<u64>,
    heaps: Vec<u32>,
    rows: u64,
}

impl Fingerprint {
    /// Of a table without rows. The first column is the one by which rows are known.
    pub fn new(headings: Vec<String>) -> Self {
        Self {
            hashes: headings
                .iter()
                .map(|heading| hash(0, heading.as_bytes()))
                .collect(),
            columns: vec![0; headings.len()],
            heaps: vec![0; HEAPS],
            rows: 0,
            headings,
        }
    }

    /// The same headings, no rows.
    #[must_use]
    pub fn without_rows(&self) -> Self {
        Self::new(self.headings.clone())
    }

    /// Adds the rows of another with the same headings.
    pub fn join(&mut self, other: &Self) {
        self.rows += other.rows;
        for (sum, more) in self.columns.iter_mut().zip(&other.columns) {
            *sum = sum.wrapping_add(*more);
        }
        for (sum, more) in self.heaps.iter_mut().zip(&other.heaps) {
            *sum = sum.wrapping_add(*more);
        }
    }

    /// Adds a row: what stands under each heading.
    pub fn add(&mut self, row: &[Content<'_>]) {
        self.rows += 1;
        let key = row.first().map_or(0, |cell| of_cell(0, cell));
        let heap = (key % HEAPS as u64) as usize;
        for (index, cell) in row.iter().enumerate().take(self.columns.len()) {
            // A blank cell and none are the same to programs.
            if is_blank(cell) {
                continue;
            }
            let hash = of_cell(key ^ self.hashes[index].rotate_left(17), cell);
            self.columns[index] = self.columns[index].wrapping_add(hash);
            self.heaps[heap] = self.heaps[heap].wrapping_add((hash >> 32) as u32);
        }
    }

    /// The heap in which the row with this key is.
    pub fn heap_of(key: &Content<'_>) -> usize {
        (of_cell(0, key) % HEAPS as u64) as usize
    }

    /// The headings in order.
    pub fn headings(&self) -> &[String] {
        &self.headings
    }

    /// How many rows there are.
    pub const fn rows(&self) -> u64 {
        self.rows
    }

    /// The columns that are not as in `other`, by their place.
    pub fn other_columns(&self, other: &Self) -> Vec<usize> {
        let differs = |at: &usize| self.columns.get(*at) != other.columns.get(*at);
        (0..self.columns.len()).filter(differs).collect()
    }

    /// Whether the heap is not as in `other`.
    pub fn differs_in(&self, heap: usize, other: &Self) -> bool {
        self.heaps.get(heap) != other.heaps.get(heap)
    }

    /// One hash of all of it, hexadecimal.
    pub fn content(&self) -> String {
        let mut all = Hash::default();
        for heading in &self.headings {
            all.update(heading.as_bytes());
            all.update([0]);
        }
        all.update(self.sums().as_bytes());
        all.end()
    }

    /// The sums as a text: rows, columns, heaps.
    pub fn sums(&self) -> String {
        let mut text = self.rows.to_string();
        for (index, sum) in self.columns.iter().enumerate() {
            let between = if index == 0 { ';' } else { ',' };
            let _ = write!(text, "{between}{sum:x}");
        }
        for (index, sum) in self.heaps.iter().enumerate() {
            let between = if index == 0 { ';' } else { ',' };
            let _ = write!(text, "{between}{sum:x}");
        }
        text
    }

    /// From the headings and what [`Self::sums`] gave; `None` if that is none of these.
    pub fn parse(headings: Vec<String>, sums: &str) -> Option<Self> {
        let mut parts = sums.split(';');
        let rows = parts.next()?.parse().ok()?;
        let columns: Option<Vec<u64>> = parts
            .next()?
            .split(',')
            .map(|sum| u64::from_str_radix(sum, 16).ok())
            .collect();
        let heaps: Option<Vec<u32>> = parts
            .next()?
            .split(',')
            .map(|sum| u32::from_str_radix(sum, 16).ok())
            .collect();
        let (columns, heaps) = (columns?, heaps?);
        let fits = columns.len() == headings.len() && heaps.len() == HEAPS;
        fits.then(|| Self {
            columns,
            heaps,
            rows,
            ..Self::new(headings)
        })
    }
}

fn is_blank(cell: &Content<'_>) -> bool {
    match cell {
        Content::Blank => true,
        Content::Number(_) | Content::Exact(_) => false,
        Content::Text(text) => text.is_empty(),
    }
}

fn of_cell(seed: u64, cell: &Content<'_>) -> u64 {
    match cell {
        Content::Blank => hash(seed, b""),
        // Fifteen digits, which every program keeps; what comes after them differs between programs.
        Content::Number(number) => of_number(seed, *number),
        Content::Exact(number) => match of_millionths(seed, number.millionths()) {
            Some(hash) => hash,
            None => of_number(seed, number.to_f64()),
        },
        // Control characters are written in many ways, and say nothing.
        Content::Text(text) if may_have_control(text) => {
            let plain: String = text
                .chars()
                .filter(|c| !c.is_control() || *c == '\n')
                .collect();
            hash(seed ^ 2, plain.as_bytes())
        }
        Content::Text(text) => hash(seed ^ 2, text.as_bytes()),
    }
}

/// Whether a text may have a control character: all of them are ASCII or begin with this byte in UTF-8. They are counted,
/// so that a core looks at many bytes at a time and not at each for an early end.
fn may_have_control(text: &str) -> bool {
    let may_be = |byte: &u8| matches!(*byte, ..b' ' | 0x7F | 0xC2);
    text.bytes().filter(may_be).count() > 0
}

fn of_number(seed: u64, number: f64) -> u64 {
    // A double that is the nearest one to so few millionths has their digits: fifteen are always kept.
    let millionths = (number * 1e6).round();
    let is_nearest = (millionths / 1e6).to_bits() == number.to_bits();
    let is_exact = millionths.abs() < MOST_MILLIONTHS as f64 && is_nearest;
    let found = is_exact.then(|| of_millionths(seed, millionths as i64));
    found.flatten().unwrap_or_else(|| {
        let digits = format!("{:.14e}", number + 0.0);
        hash(seed ^ 1, digits.as_bytes())
    })
}

/// The hash of a number with the digits of `{:.14e}`, worked out without a float; `None` where it has more of them.
fn of_millionths(seed: u64, millionths: i64) -> Option<u64> {
    if millionths.unsigned_abs() >= MOST_MILLIONTHS {
        return None;
    }
    let mut digits = [b'0'; 16];
    let mut rest = millionths.unsigned_abs();
    let count = rest.checked_ilog10().map_or(1, |zeros| zeros as usize + 1);
    for digit in digits[..count].iter_mut().rev() {
        *digit = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    let exponent = if millionths == 0 { 0 } else { count as i32 - 7 };
    let minus = |is_below: bool| if is_below { &b"-"[..] } else { b"" };
    let parts = [
        minus(millionths < 0),
        &[digits[0], b'.'],
        &digits[1..15],
        b"e",
        minus(exponent < 0),
        &[b'0' + exponent.unsigned_abs() as u8],
    ];
    Some(spread(parts.into_iter().fold(begun(seed ^ 1), fnv)))
}

/// FNV-1a in 64 bits with the last steps of `MurmurHash3`, so that sums of hashes spread: the same on every machine.
fn hash(seed: u64, bytes: &[u8]) -> u64 {
    spread(fnv(begun(seed), bytes))
}

const fn begun(seed: u64) -> u64 {
    0xcbf2_9ce4_8422_2325 ^ seed
}

fn fnv(hash: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(hash, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

const fn spread(mut hash: u64) -> u64 {
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ (hash >> 33)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(rows: &[(&str, f64, &str)]) -> Fingerprint {
        let mut found = Fingerprint::new(["编号", "得分", "等级"].map(str::to_owned).to_vec());
        for (id, score, grade) in rows {
            found.add(&[
                Content::Text(Cow::Borrowed(id)),
                Content::Number(*score),
                Content::Text(Cow::Borrowed(grade)),
            ]);
        }
        found
    }

    #[test]
    fn an_edit_is_known_by_its_column_and_its_customer() {
        let was = of(&[("1", 80.0, "A"), ("2", 50.5, "B")]);
        let sorted = of(&[("2", 50.5, "B"), ("1", 80.0, "A")]);
        assert_eq!(was, sorted);
        let edited = of(&[("1", 80.0, "A"), ("2", 50.5, "A")]);
        assert_eq!(was.other_columns(&edited), [2]);
        let heap = |id: &'static str| Fingerprint::heap_of(&Content::Text(id.into()));
        assert!(was.differs_in(heap("2"), &edited) && !was.differs_in(heap("1"), &edited));
        // Two customers whose grades are exchanged are two edits, although the column holds the same texts.
        let exchanged = of(&[("1", 80.0, "B"), ("2", 50.5, "A")]);
        assert_eq!(was.other_columns(&exchanged), [2]);
        assert_ne!(was.content(), edited.content());
    }

    #[test]
    fn sums_come_back_as_they_were_written() {
        let was = of(&[("1", 0.1 + 0.2, ""), ("2", 0.0, "B")]);
        let read = Fingerprint::parse(was.headings.clone(), &was.sums());
        assert_eq!(read.as_ref(), Some(&was));
        // The last digits of a number are lost by other programs, and a blank text is nothing.
        assert_eq!(was, of(&[("1", 0.3, ""), ("2", -0.0, "B")]));
        for broken in ["", "1", "1;2", "x;1,2,3;1", "1;1,2;0"] {
            assert_eq!(
                Fingerprint::parse(was.headings.clone(), broken),
                None,
                "{broken}"
            );
        }
    }

    proptest! {
        /// By Rust's own way of writing a number with fifteen digits.
        #[test]
        fn numbers_are_hashed_by_fifteen_digits(millionths in -9_000_000_000_000_000_000i64..9_000_000_000_000_000_000, less in 0u32..19, any in any::<f64>()) {
            let rule = |number: f64| hash(7 ^ 1, format!("{:.14e}", number + 0.0).as_bytes());
            let exact = Decimal::from_millionths(millionths / 10i64.pow(less)).unwrap_or_default();
            let number = exact.to_f64();
            prop_assert_eq!(of_cell(7, &Content::Exact(exact)), rule(number));
            for number in [number, number + 1e-7, any, any.fract(), any.trunc() % 1e7, -0.0] {
                if number.is_finite() {
                    prop_assert_eq!(of_cell(7, &Content::Number(number)), rule(number), "{}", number);
                }
            }
        }

        #[test]
        fn control_characters_say_nothing(text in "[a-cé客¿\u{0}-\u{20}\u{7f}-\u{a1}]{0,8}") {
            let plain: String = text.chars().filter(|c| !c.is_control() || *c == '\n').collect();
            let found = of_cell(7, &Content::Text(text.as_str().into()));
            prop_assert_eq!(found, hash(7 ^ 2, plain.as_bytes()));
        }

        #[test]
        fn one_changed_cell_is_always_seen(a in "[a-c]{0,3}", b in "[a-c]{0,3}", id in "[0-9]{1,4}") {
            prop_assume!(a != b);
            let one = of(&[(&id, 1.0, &a)]);
            let other = of(&[(&id, 1.0, &b)]);
            prop_assert_eq!(one.other_columns(&other), vec![2]);
        }
    }
}
