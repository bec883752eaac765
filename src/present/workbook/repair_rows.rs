//! One worksheet of the repair workbook: the rows as they came in, cell by cell, and regrade's own columns beside them.

use super::formats::{Formats, Look, look_of};
use super::repair::{Lists, RepairBook};
use super::{WorkbookError, page, text};
use crate::book::Flaw;
use crate::clean::text::shown;
use crate::present::palette::{ASIDE, FAULT, FAULT_TEXT, HEADER, INPUT, MUTED};
use crate::present::shown::width;
use crate::repair::{Page, PageRow, headings};
use crate::table::Cell;
use crate::words::Word;
use rust_xlsxwriter::{Color, Format, IgnoreError, Note, Worksheet, XlsxError};
use std::collections::HashMap;
use std::ops::Range;

/// More notes than this make a workbook slow; the column of problems says the same.
const NOTES: usize = 20_000;
/// The rows that widths are measured on.
const SAMPLED: usize = 1000;
/// Columns are at least and at most so wide.
const WIDTHS: (usize, usize) = (10, 36);
/// The width of the column of problems.
const PROBLEM: usize = 54;
/// The most lines that a row shows.
const MOST_LINES: usize = 6;
/// Beside a heading there is the filter's arrow.
const ARROW: usize = 4;

/// How a cell is shown.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Shade {
    /// As it came in.
    Plain,
    /// It has to be mended.
    Fault,
    /// regrade says it.
    Aside,
    /// People fill it.
    Input,
}

/// How a value stands in a cell.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Stand {
    Text,
    General,
    Percent,
    Date,
    Moment,
    Wrapped,
}

/// Writes the rows of a page.
pub(super) struct Rows<'a> {
    book: &'a RepairBook,
    page: &'a Page,
    formats: HashMap<(Shade, Stand), Format>,
    heading: [Format; 2],
}

/// regrade's own columns, by their places behind those of the rows.
const PROBLEM_AT: u16 = 0;
const PLACE_AT: u16 = 1;
const OWNER_AT: u16 = 2;
const DUE_AT: u16 = 3;
const ACTION_AT: u16 = 4;
const REASON_AT: u16 = 5;
const BY_AT: u16 = 6;
const STATE_AT: u16 = 7;
const MARK_AT: u16 = 8;

impl<'a> Rows<'a> {
    /// The rows of `page`.
    pub fn new(book: &'a RepairBook, page: &'a Page, formats: &Formats) -> Self {
        let mut all = HashMap::new();
        for shade in [Shade::Plain, Shade::Fault, Shade::Aside, Shade::Input] {
            for stand in [
                Stand::Text,
                Stand::General,
                Stand::Percent,
                Stand::Date,
                Stand::Moment,
                Stand::Wrapped,
            ] {
                let format = stood(formats.bordered(), stand);
                all.insert((shade, stand), shaded(format, shade));
            }
        }
        Self {
            book,
            page,
            formats: all,
            heading: [formats.heading(HEADER), formats.heading(MUTED)],
        }
    }

    /// Writes the rows of a range into a sheet.
    pub fn write(
        &self,
        sheet: &mut Worksheet,
        rows: Range<usize>,
        lists: &mut Lists,
    ) -> Result<(), WorkbookError> {
        let lang = self.book.lang;
        let own = self.own();
        page::set_up(sheet, lang);
        sheet.set_repeat_rows(0, 0)?;
        sheet.set_freeze_panes(1, 1)?;
        self.widths(sheet)?;
        self.head(sheet)?;
        let noted = self
            .page
            .rows
            .iter()
            .map(|row| row.faults.len())
            .sum::<usize>()
            <= NOTES;
        let last = rows.len() as u32;
        for (at, row) in (1u32..).zip(rows) {
            self.row(sheet, at, row, noted)?;
        }
        if last > 0 {
            sheet.autofilter(0, 0, last, own + MARK_AT)?;
            sheet.ignore_error_range(1, 0, last, own, IgnoreError::NumberStoredAsText)?;
            self.drop_downs(sheet, last, lists)?;
        }
        Ok(())
    }

    /// The place of the first of regrade's own columns.
    fn own(&self) -> u16 {
        self.page.table.headers.len() as u16
    }

    fn format(&self, shade: Shade, stand: Stand) -> &Format {
        &self.formats[&(shade, stand)]
    }

    fn head(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        sheet.set_row_height_pixels(0, page::HEADER_HEIGHT)?;
        let headers = self.page.table.headers.iter();
        for (column, header) in (0u16..).zip(headers) {
            sheet.write_string_with_format(
                0,
                column,
                text::cell(&header.text),
                &self.heading[0],
            )?;
        }
        for (column, heading) in (self.own()..).zip(headings(self.book.lang)) {
            sheet.write_string_with_format(0, column, heading, &self.heading[1])?;
        }
        Ok(())
    }

    fn widths(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let table = &self.page.table;
        let sampled = table.rows.len().min(SAMPLED);
        for (column, header) in table.headers.iter().enumerate() {
            let longest = (0..sampled).map(|row| width(&shown(table.rows.cell(row, column))));
            let wide = longest.max().unwrap_or(0).clamp(WIDTHS.0, WIDTHS.1) + 2;
            let least = width(&header.text).min(WIDTHS.1) + ARROW;
            sheet.set_column_width(column as u16, wide.max(least) as f64)?;
        }
        let place = width(&table.origin.row(1_000_000).to_string()).clamp(14, 48);
        for (at, heading) in (0u16..).zip(headings(self.book.lang)) {
            let wide = match at {
                PROBLEM_AT => PROBLEM,
                PLACE_AT => place,
                REASON_AT => 28,
                MARK_AT => 30,
                _ => 12,
            };
            let wide = wide.max(width(heading) + ARROW);
            sheet.set_column_width(self.own() + at, wide as f64)?;
        }
        Ok(())
    }

    fn row(
        &self,
        sheet: &mut Worksheet,
        at: u32,
        row: usize,
        noted: bool,
    ) -> Result<(), XlsxError> {
        let (table, said) = (&self.page.table, &self.page.rows[row]);
        let is_text = table.encoding.is_some();
        let of_row = said.faults.iter().any(|fault| fault.column.is_none());
        for (column, cell) in (0u16..).zip(table.rows.row(row)) {
            let of_cell = |fault: &&Flaw| fault.column == Some(u32::from(column));
            let is_bad = of_row || said.faults.iter().any(|fault| of_cell(&fault));
            let shade = if is_bad { Shade::Fault } else { Shade::Plain };
            // What is typed into a text cell stays a text, as in the file; elsewhere a figure is to become a number.
            let figure = self
                .page
                .columns
                .get(usize::from(column))
                .is_some_and(|known| known.is_figure);
            let typed = if is_text || !figure {
                Stand::Text
            } else {
                Stand::General
            };
            self.cell(sheet, (at, column), cell, shade, typed)?;
            if !noted {
                continue;
            }
            let whole = |fault: &&Flaw| column == 0 && fault.column.is_none();
            let faults = said
                .faults
                .iter()
                .filter(|fault| of_cell(fault) || whole(fault));
            let note = self.note(faults);
            if !note.is_empty() {
                sheet.insert_note(at, column, &sized(&note))?;
            }
        }
        let problem = self.beside(sheet, at, said)?;
        let lines = page::lines(&problem, PROBLEM).min(MOST_LINES);
        sheet.set_row_height_pixels(at, page::height(lines))?;
        let place = table.origin.row(table.rows.row_number(row)).to_string();
        let aside = self.format(Shade::Aside, Stand::Text);
        sheet.write_string_with_format(at, self.own() + PLACE_AT, text::cell(&place), aside)?;
        Ok(())
    }

    /// What a cell held, as the file had it.
    fn cell(
        &self,
        sheet: &mut Worksheet,
        (row, column): (u32, u16),
        cell: Cell<'_>,
        shade: Shade,
        typed: Stand,
    ) -> Result<(), XlsxError> {
        match cell {
            Cell::Blank => {
                sheet.write_blank(row, column, self.format(shade, typed))?;
            }
            Cell::Number(value) if value.is_finite() => {
                let format = self.format(shade, Stand::General);
                sheet.write_number_with_format(row, column, value, format)?;
            }
            Cell::Percent(value) if value.is_finite() => {
                let format = self.format(shade, Stand::Percent);
                sheet.write_number_with_format(row, column, value, format)?;
            }
            Cell::Date(value) if value.is_finite() => {
                let stand = if value.fract() == 0.0 {
                    Stand::Date
                } else {
                    Stand::Moment
                };
                sheet.write_number_with_format(row, column, value, self.format(shade, stand))?;
            }
            Cell::Bool(value) => {
                let format = self.format(shade, Stand::General);
                sheet.write_boolean_with_format(row, column, value, format)?;
            }
            // Errors are texts here: a formula of theirs would be worked out anew.
            other => {
                let written = shown(other);
                let format = self.format(shade, typed);
                sheet.write_string_with_format(row, column, text::cell(&written), format)?;
            }
        }
        Ok(())
    }

    /// regrade's own cells of a row; gives the text of its problems.
    fn beside(&self, sheet: &mut Worksheet, at: u32, said: &PageRow) -> Result<String, XlsxError> {
        let (lang, own) = (self.book.lang, self.own());
        let mut problems: Vec<&str> = vec![];
        let disputes = said.disputes.iter();
        for title in disputes.chain(said.faults.iter().map(|fault| &fault.title)) {
            let title = title.get(lang);
            if !problems.contains(&title) {
                problems.push(title);
            }
        }
        let problem = problems.join("\n");
        let aside = self.format(Shade::Aside, Stand::Text);
        let wrapped = self.format(Shade::Aside, Stand::Wrapped);
        sheet.write_string_with_format(at, own + PROBLEM_AT, text::cell(&problem), wrapped)?;
        let owner = said.owner.as_deref().unwrap_or_default();
        sheet.write_string_with_format(at, own + OWNER_AT, text::cell(owner), aside)?;
        let overdue = said.is_overdue(self.book.as_of);
        let shade = if overdue { Shade::Fault } else { Shade::Aside };
        match said.due {
            Some(due) => {
                let serial = f64::from(due.days() - EPOCH);
                let format = self.format(shade, Stand::Date);
                sheet.write_number_with_format(at, own + DUE_AT, serial, format)?;
            }
            None => {
                sheet.write_blank(at, own + DUE_AT, aside)?;
            }
        }
        for column in [ACTION_AT, REASON_AT, BY_AT] {
            sheet.write_blank(at, own + column, self.format(Shade::Input, Stand::Text))?;
        }
        let state = match (said.disputes.is_empty(), overdue) {
            (false, _) => Word::Disputed,
            (true, true) => Word::Overdue,
            (true, false) => Word::Waits,
        };
        let format = self.format(shade, Stand::Text);
        sheet.write_string_with_format(at, own + STATE_AT, state.get(lang), format)?;
        sheet.write_string_with_format(at, own + MARK_AT, said.mark.to_string(), aside)?;
        Ok(problem)
    }

    /// The text of a note: what is wrong, and what to do.
    fn note<'f>(&self, faults: impl Iterator<Item = &'f Flaw>) -> String {
        let lang = self.book.lang;
        let mut lines = vec![];
        for fault in faults {
            lines.push(fault.title.get(lang).to_owned());
            if let Some(help) = &fault.help {
                lines.push(format!("→ {}", help.get(lang)));
            }
        }
        lines.join("\n")
    }

    fn drop_downs(
        &self,
        sheet: &mut Worksheet,
        last: u32,
        lists: &mut Lists,
    ) -> Result<(), XlsxError> {
        let lang = self.book.lang;
        for (at, column) in (0u16..).zip(&self.page.columns) {
            let truths = [Word::Yes.get(lang), Word::No.get(lang)];
            let choices: Vec<&str> = if column.is_truth {
                truths.to_vec()
            } else {
                column.choices.iter().map(|choice| &**choice).collect()
            };
            if !choices.is_empty() {
                let down = lists.drop_down(&choices, column.is_list, lang)?;
                sheet.add_data_validation(1, at, last, at, &down)?;
            }
        }
        let wishes = [Word::Mend.get(lang), Word::LeaveOut.get(lang)];
        let down = lists.drop_down(&wishes, false, lang)?;
        let at = self.own() + ACTION_AT;
        sheet.add_data_validation(1, at, last, at, &down)?;
        Ok(())
    }
}

/// 1899-12-30, from which spreadsheets count, in days since 1970-01-01.
const EPOCH: i32 = -25_569;

fn shaded(format: Format, shade: Shade) -> Format {
    match shade {
        Shade::Plain => format,
        Shade::Fault => format
            .set_background_color(Color::RGB(FAULT))
            .set_font_color(Color::RGB(FAULT_TEXT)),
        Shade::Aside => format
            .set_background_color(Color::RGB(ASIDE))
            .set_font_color(Color::RGB(MUTED)),
        Shade::Input => format.set_background_color(Color::RGB(INPUT)),
    }
}

fn stood(format: Format, stand: Stand) -> Format {
    match stand {
        Stand::Text => look_of(format, Look::Id),
        Stand::General => look_of(format, Look::General),
        // As many places as there are, so that nothing looks mended that is not.
        Stand::Percent => look_of(format, Look::General).set_num_format("0.00####%"),
        Stand::Date => look_of(format, Look::Date),
        Stand::Moment => look_of(format, Look::DateTime),
        Stand::Wrapped => look_of(format, Look::Wrapped),
    }
}

/// A note as large as its text.
fn sized(note: &str) -> Note {
    const WIDE: usize = 44;
    let lines = page::lines(note, WIDE) as u32;
    Note::new(note)
        .add_author_prefix(false)
        .set_width(320)
        .set_height((lines * 18 + 12).min(400))
}
