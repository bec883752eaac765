//! What all sheets share: how they are printed, and a page that is written from top to bottom.

use super::formats::{Formats, Look, look_of};
use super::paper::Paper;
use super::text;
use crate::diagnostic::Lang;
use crate::present::shown;
use crate::table::Date;
use crate::words::Word;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Worksheet, XlsxError};

/// The height of a row in pixels.
pub const ROW_HEIGHT: u32 = 20;
/// The height of each further line of a row.
pub const LINE_HEIGHT: u32 = 17;
/// The height of the empty row above a page.
const TOP: u32 = 10;
/// The height of a row of headings.
pub const HEADER_HEIGHT: u32 = 28;

/// A4 landscape, one page wide, numbered.
pub fn set_up(sheet: &mut Worksheet, lang: Lang) {
    sheet
        .set_paper_size(9)
        .set_landscape()
        .set_print_fit_to_pages(1, 0)
        .set_margins(0.4, 0.4, 0.5, 0.6, 0.3, 0.3)
        .set_footer(format!("&C&\"微软雅黑\"&9{}", Word::PageFooter.get(lang)));
}

/// What a workbook says of itself: its title, which version wrote it, and the as-of date as the day on which it was made,
/// because the clock would give other bytes every time. Excel's calendar starts in 1900; an earlier date is dated then.
pub fn properties(title: &str, as_of: Date) -> DocProperties {
    let (year, month, day) = as_of.ymd();
    match ExcelDateTime::from_ymd(year as u16, month as u8, day as u8) {
        Ok(created) => undated(title).set_creation_datetime(&created),
        Err(_) => undated(title),
    }
}

/// The same of what has no date of its own: it is dated by the first day of Excel's calendar.
pub fn undated(title: &str) -> DocProperties {
    let properties = DocProperties::new()
        .set_title(title)
        .set_author(concat!("regrade ", env!("CARGO_PKG_VERSION")));
    match ExcelDateTime::from_ymd(1900, 1, 1) {
        Ok(first) => properties.set_creation_datetime(&first),
        Err(_) => properties,
    }
}

/// The height of a row whose longest cell has this many lines.
pub const fn height(lines: usize) -> u32 {
    ROW_HEIGHT + LINE_HEIGHT * (lines as u32 - 1)
}

/// How many lines a text takes in a column of `width`, 1 or more. Words that do not fit wrap early, so one column in
/// sixteen is counted as lost.
pub fn lines(text: &str, width: usize) -> usize {
    let usable = (width - width / 16).max(1);
    text.lines()
        .map(|line| shown::width(line).div_ceil(usable).max(1))
        .sum::<usize>()
        .max(1)
}

/// A sheet that is read like a page, row after row.
pub struct Page<'a> {
    pub sheet: &'a mut Worksheet,
    pub formats: &'a Formats,
    pub lang: Lang,
    /// The next row.
    pub row: u32,
    paper: Paper,
}

impl<'a> Page<'a> {
    /// An empty page without gridlines, with columns of these widths.
    pub fn new(
        sheet: &'a mut Worksheet,
        formats: &'a Formats,
        lang: Lang,
        widths: &[u16],
    ) -> Result<Self, XlsxError> {
        set_up(sheet, lang);
        sheet.set_screen_gridlines(false);
        for (column, width) in (0..).zip(widths) {
            sheet.set_column_width(column, f64::from(*width))?;
        }
        sheet.set_row_height_pixels(0, TOP)?;
        let mut paper = Paper::new(widths);
        paper.row(0, TOP);
        Ok(Self {
            sheet,
            formats,
            lang,
            row: 1,
            paper,
        })
    }

    /// Gives a row another height than `ROW_HEIGHT`.
    pub fn row_height(&mut self, row: u32, pixels: u32) -> Result<(), XlsxError> {
        self.paper.row(row, pixels);
        self.sheet.set_row_height_pixels(row, pixels)?;
        Ok(())
    }

    /// What begins with the present row should not be cut in two where it is printed.
    pub fn keep_together(&mut self) {
        self.paper.part(self.row);
    }

    /// Ends the page, of which the first `columns` are used: sheets of paper are divided where nothing is cut in two.
    pub fn end(self, columns: usize) -> Result<(), XlsxError> {
        self.paper.divide(self.sheet, columns, self.row)
    }

    /// Writes a text into a column of the present row.
    pub fn text(&mut self, column: u16, text: &str, format: &Format) -> Result<(), XlsxError> {
        self.sheet
            .write_string_with_format(self.row, column, text::cell(text), format)?;
        Ok(())
    }

    /// Writes a whole number.
    pub fn count(&mut self, column: u16, count: usize, format: &Format) -> Result<(), XlsxError> {
        self.sheet
            .write_number_with_format(self.row, column, count as f64, format)?;
        Ok(())
    }

    /// A row of headings, the first at `column`; those of numbers stand above them, at the right.
    pub fn headings(&mut self, column: u16, headings: &[(&str, Look)]) -> Result<(), XlsxError> {
        self.row_height(self.row, 24)?;
        for (at, (heading, look)) in (column..).zip(headings) {
            let format = match look {
                Look::Number(_) | Look::Percent(_) | Look::Delta(_) => {
                    look_of(self.formats.section(), Look::General)
                }
                _ => look_of(self.formats.section(), Look::Text),
            };
            self.text(at, heading, &format)?;
        }
        self.row += 1;
        Ok(())
    }

    /// A label with a text beside it.
    pub fn labelled(&mut self, column: u16, label: &str, value: &str) -> Result<(), XlsxError> {
        let muted = self
            .formats
            .base()
            .set_font_color(rust_xlsxwriter::Color::RGB(crate::present::palette::MUTED));
        let plain = look_of(self.formats.base(), Look::Text);
        self.text(column, label, &muted)?;
        self.text(column + 1, value, &plain)?;
        self.row += 1;
        Ok(())
    }

    /// A title of the page.
    pub fn title(&mut self, column: u16, title: &str) -> Result<(), XlsxError> {
        let format = self
            .formats
            .base()
            .set_bold()
            .set_font_size(18)
            .set_font_color(rust_xlsxwriter::Color::RGB(crate::present::palette::HEADER));
        self.row_height(self.row, 36)?;
        self.text(column, title, &format)?;
        self.row += 1;
        Ok(())
    }

    /// A title of a part of it, after an empty row.
    pub fn part(&mut self, column: u16, title: &str) -> Result<(), XlsxError> {
        let format = self
            .formats
            .base()
            .set_bold()
            .set_font_size(12)
            .set_font_color(rust_xlsxwriter::Color::RGB(crate::present::palette::HEADER));
        self.row += 1;
        self.keep_together();
        self.row_height(self.row, 26)?;
        self.text(column, title, &format)?;
        self.row += 1;
        Ok(())
    }
}
