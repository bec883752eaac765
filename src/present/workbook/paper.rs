//! How a page is divided into sheets of paper: before which rows one ends, so that none cuts in two what fits it.
//!
//! The program that prints makes a page as small as it takes to be one sheet wide. By how much depends on its fonts; here
//! it is worked out for the narrowest, so that elsewhere more fits a sheet, and never less.

use super::page::ROW_HEIGHT;
use rust_xlsxwriter::{Worksheet, XlsxError};
use std::collections::BTreeMap;

/// What A4 landscape has between the margins of `page::set_up`, in pixels of 96 to the inch: 10.89 by 7.17 inches.
const ACROSS: u32 = 1045;
const DOWN: u32 = 688;
/// Per cent of its height that are counted on: programs round the height of a row.
const SURE: u32 = 95;
/// The smallest print that Excel knows, in per cent.
const SMALLEST: u32 = 10;

/// The measures of a page, as far as they are not every row's and column's.
pub struct Paper {
    /// Pixels of the columns, from the first.
    widths: Vec<u32>,
    /// Pixels of the rows that are not `ROW_HEIGHT` high.
    heights: BTreeMap<u32, u32>,
    /// The rows with which something begins that should stay on one sheet; ascending.
    parts: Vec<u32>,
}

impl Paper {
    /// Of a page whose columns have these widths, in characters.
    pub fn new(widths: &[u16]) -> Self {
        Self {
            // Excel's padding is five pixels.
            widths: widths
                .iter()
                .map(|width| u32::from(*width) * 7 + 5)
                .collect(),
            heights: BTreeMap::new(),
            parts: vec![],
        }
    }

    /// A row has this height.
    pub fn row(&mut self, row: u32, pixels: u32) {
        self.heights.insert(row, pixels);
    }

    /// What begins with this row should stay whole.
    pub fn part(&mut self, row: u32) {
        self.parts.push(row);
    }

    /// By how much the first `columns` are made smaller to be one sheet wide, in per cent.
    fn scale(&self, columns: usize) -> u32 {
        let wide: u32 = self.widths.iter().take(columns).sum();
        (ACROSS * 100 / wide.max(1)).clamp(SMALLEST, 100)
    }

    /// The first rows of the sheets after the first one, of a page that ends before row `end`.
    fn breaks(&self, scale: u32, end: u32) -> Vec<u32> {
        let room = DOWN * SURE / scale;
        let ends = self.parts.iter().skip(1).copied().chain([end]);
        let mut breaks = vec![];
        let mut used = self.height(0, self.parts.first().copied().unwrap_or(end));
        for (first, end) in self.parts.iter().copied().zip(ends) {
            let height = self.height(first, end);
            if used > 0 && used + height > room {
                breaks.push(first);
                used = 0;
            }
            // What is higher than a sheet goes on over the next ones.
            used = (used + height) % room.max(1);
        }
        breaks
    }

    fn height(&self, first: u32, end: u32) -> u32 {
        (first..end)
            .map(|row| self.heights.get(&row).copied().unwrap_or(ROW_HEIGHT))
            .sum()
    }

    /// Divides a page whose first `columns` are used, and which ends before row `end`.
    pub fn divide(&self, sheet: &mut Worksheet, columns: usize, end: u32) -> Result<(), XlsxError> {
        sheet.set_page_breaks(&self.breaks(self.scale(columns), end))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 100 characters are 705 pixels, 300 are 2105: 1045 of 2105 are 49%.
    #[test]
    fn a_page_is_made_as_small_as_it_takes() {
        assert_eq!(Paper::new(&[100]).scale(1), 100);
        assert_eq!(Paper::new(&[300]).scale(1), 49);
        assert_eq!(Paper::new(&[100, 300]).scale(1), 100);
        assert_eq!(Paper::new(&[u16::MAX]).scale(1), SMALLEST);
        assert_eq!(Paper::new(&[]).scale(0), 100);
    }

    /// A sheet has 653 pixels at 100%: 32 rows of 20.
    #[test]
    fn no_sheet_of_paper_cuts_what_fits_one() {
        let mut paper = Paper::new(&[10]);
        for row in [3, 19, 60, 76] {
            paper.part(row);
        }
        // 3 to 19 is on the first, 19 to 60 on the second and a third of its own length, 60 to 76 beside its rest.
        assert_eq!(paper.breaks(100, 80), [19]);
        // 16 rows of 40 take a sheet for themselves.
        for row in 60..76 {
            paper.row(row, 40);
        }
        assert_eq!(paper.breaks(100, 80), [19, 60, 76]);
        assert_eq!(paper.breaks(10, 80), Vec::<u32>::new());
        assert_eq!(Paper::new(&[]).breaks(100, 500), Vec::<u32>::new());
    }
}
