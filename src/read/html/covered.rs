//! The columns of a row that cells of the rows above reach into.
//!
//! What a row costs does not depend on how wide the table is: a page may have millions of rows below one wide cell.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::Range;

/// What is covered in the current row.
#[derive(Default)]
pub(super) struct Covered {
    /// A bit for each column.
    bits: Vec<u64>,
    /// For each column that was ever covered, the first row in which it is not.
    free_from: Vec<u32>,
    /// The first rows without the cells that reach into this row or one below, with the columns of each.
    ends: BinaryHeap<Reverse<(u32, u32, u32)>>,
}

impl Covered {
    /// Covers columns as far as the row before `end`. Where two cells lie over another, both count.
    pub(super) fn add(&mut self, columns: Range<u32>, end: u32) {
        let most = columns.end as usize;
        if self.free_from.len() < most {
            self.free_from.resize(most, 0);
            self.bits.resize(most.div_ceil(64), 0);
        }
        self.ends.push(Reverse((end, columns.start, columns.end)));
        for column in columns {
            let free_from = &mut self.free_from[column as usize];
            *free_from = end.max(*free_from);
            self.bits[column as usize / 64] |= 1 << (column % 64);
        }
    }

    /// Goes on to `row`.
    pub(super) fn begin_row(&mut self, row: u32) {
        while let Some(Reverse((end, from, to))) = self.ends.peek().copied()
            && end <= row
        {
            self.ends.pop();
            for column in from..to {
                if self.free_from[column as usize] <= row {
                    self.bits[column as usize / 64] &= !(1 << (column % 64));
                }
            }
        }
    }

    /// The first column from `column` on that is free.
    pub(super) fn first_free(&self, column: u32) -> u32 {
        let first = column as usize / 64;
        let before = (1_u64 << (column % 64)) - 1;
        for (index, bits) in self.bits.iter().enumerate().skip(first) {
            let taken = if index == first { bits | before } else { *bits };
            if taken != u64::MAX {
                return index as u32 * 64 + taken.trailing_ones();
            }
        }
        column.max(self.bits.len() as u32 * 64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// As a table of every column and row has it.
        #[test]
        fn columns_are_free_where_no_cell_reaches(
            rows in prop::collection::vec(
                prop::collection::vec((0..200_u32, 1..140_u32, 2..6_u32), 0..4),
                1..12,
            ),
        ) {
            let (mut covered, mut plain) = (Covered::default(), vec![[false; 400]; 20]);
            for (row, cells) in rows.iter().enumerate() {
                covered.begin_row(row as u32);
                for (from, width, height) in cells {
                    covered.add(*from..from + width, row as u32 + height);
                    for line in &mut plain[row..row + *height as usize] {
                        line[*from as usize..(from + width) as usize].fill(true);
                    }
                }
                for column in 0..400 {
                    let free = (column..400).find(|column| !plain[row][*column]);
                    prop_assert_eq!(covered.first_free(column as u32), free.unwrap_or(400) as u32);
                }
            }
        }
    }
}
