//! The repair workbook: the rows that cannot be used, in their original layout, with the bad cells marked, the reason as
//! a note and drop-downs where there are choices; at the right what people fill and which row it is.

use super::formats::{Formats, Look, look_of};
use super::page::{self, Page as Sheet};
use super::repair_rows::Rows;
use super::review::is_inline;
use super::text::{self, SheetNames};
use super::{ASIDE, ROWS_IN_MEMORY, ROWS_PER_SHEET, WorkbookError, json};
use crate::diagnostic::Lang;
use crate::repair::Page;
use crate::table::Date;
use crate::words::Word;
use rust_xlsxwriter::{
    DataValidation, DataValidationErrorStyle, DocProperties, Formula, Workbook, Worksheet,
    XlsxError,
};
use std::collections::BTreeSet;
use std::io::{Seek, Write};

/// What the workbook shows.
#[derive(Clone, Debug)]
pub struct RepairBook {
    /// The language of headings and reasons.
    pub lang: Lang,
    /// What is due before this day is overdue.
    pub as_of: Date,
    /// The scheme's name.
    pub scheme: String,
    /// The tables with rows that wait.
    pub pages: Vec<Page>,
}

/// The first column of the overview beside the margin.
const LEFT: u16 = 1;
/// Widths of the overview: margin, source, sheet, file, rows, overdue, owners.
const WIDTHS: [u16; 7] = [2, 24, 16, 44, 14, 14, 28];

/// Writes the workbook.
pub fn write_repairs<W: Write + Seek + Send>(
    repairs: &RepairBook,
    out: W,
) -> Result<(), WorkbookError> {
    let lang = repairs.lang;
    let mut book = Workbook::new();
    let formats = Formats::new(&[], false);
    book.set_default_format(&formats.base(), page::ROW_HEIGHT, 64)?;
    book.set_zip_compression_level(3);
    let mut names = SheetNames::default();
    let overview = names.take(Word::SheetOverview.get(lang), 1);
    let mut aside = vec![overview.clone()];
    // Long lists of choices stand on a hidden sheet, whose name the drop-downs have to know.
    let mut lists = Lists::new(names.take(Word::SheetLists.get(lang), 1));
    let sheet = book.add_worksheet();
    sheet.set_name(&overview)?.set_active(true);
    write_overview(sheet, repairs, &formats)?;
    for page in &repairs.pages {
        let rows = Rows::new(repairs, page, &formats);
        let count = page.rows.len();
        for (number, first) in (1..).zip((0..count).step_by(ROWS_PER_SHEET)) {
            let sheet = if count > ROWS_IN_MEMORY {
                book.add_worksheet_with_constant_memory()?
            } else {
                book.add_worksheet()
            };
            sheet.set_name(names.take(&page.source, number))?;
            let part = first..count.min(first + ROWS_PER_SHEET);
            rows.write(sheet, part, &mut lists)?;
        }
    }
    if !lists.columns.is_empty() {
        aside.push(lists.name.clone());
        lists.write(book.add_worksheet(), &formats)?;
    }
    book.set_properties(&properties(repairs, &aside));
    book.save_to_writer(out)?;
    Ok(())
}

/// Who made it, and which of its sheets are never read as data.
fn properties(repairs: &RepairBook, aside: &[String]) -> DocProperties {
    let mut properties = page::properties(Word::RepairTitle.get(repairs.lang), repairs.as_of);
    for (name, piece) in crate::read::in_pieces(ASIDE, &json(aside)) {
        properties = properties.set_custom_property(name, piece);
    }
    properties
}

/// How much waits where, and what to do.
fn write_overview(
    sheet: &mut Worksheet,
    repairs: &RepairBook,
    formats: &Formats,
) -> Result<(), XlsxError> {
    let lang = repairs.lang;
    let mut page = Sheet::new(sheet, formats, lang, &WIDTHS)?;
    page.title(LEFT, Word::RepairTitle.get(lang))?;
    page.labelled(LEFT, Word::Scheme.get(lang), &repairs.scheme)?;
    page.labelled(LEFT, Word::AsOf.get(lang), &repairs.as_of.to_string())?;
    let plain = look_of(page.formats.base(), Look::Text);
    if repairs.pages.is_empty() {
        page.row += 1;
        return page.text(LEFT, Word::NoWaitingRows.get(lang), &plain);
    }
    page.part(LEFT, Word::WaitingRows.get(lang))?;
    page.headings(
        LEFT,
        &[
            (Word::Source.get(lang), Look::Text),
            (Word::SheetName.get(lang), Look::Text),
            (Word::File.get(lang), Look::Text),
            (Word::WaitingRows.get(lang), Look::Number(0)),
            (Word::OverdueRows.get(lang), Look::Number(0)),
            (Word::RepairOwner.get(lang), Look::Text),
        ],
    )?;
    let format = |look| look_of(formats.bordered(), look);
    let (text, number) = (format(Look::Text), format(Look::Number(0)));
    let (mut all, mut late) = (0, 0);
    for table in &repairs.pages {
        let overdue = |row: &&crate::repair::PageRow| row.is_overdue(repairs.as_of);
        let overdue = table.rows.iter().filter(overdue).count();
        let owners: BTreeSet<&str> = table
            .rows
            .iter()
            .filter_map(|row| row.owner.as_deref())
            .collect();
        let owners: Vec<&str> = owners.into_iter().collect();
        page.text(LEFT, &table.source, &text)?;
        page.text(LEFT + 1, &table.sheet, &text)?;
        page.text(LEFT + 2, &table.table.origin.place().to_string(), &text)?;
        page.count(LEFT + 3, table.rows.len(), &number)?;
        page.count(LEFT + 4, overdue, &number)?;
        page.text(LEFT + 5, &owners.join("、"), &text)?;
        page.row += 1;
        all += table.rows.len();
        late += overdue;
    }
    let (text, number) = (text.set_bold(), number.set_bold());
    page.text(LEFT, Word::Total.get(lang), &text)?;
    for column in [1, 2, 5] {
        page.text(LEFT + column, "", &text)?;
    }
    page.count(LEFT + 3, all, &number)?;
    page.count(LEFT + 4, late, &number)?;
    page.row += 1;
    page.part(LEFT, Word::HowToMend.get(lang))?;
    let words = [
        Word::HowToCells,
        Word::HowToLeaveOut,
        Word::HowToSign,
        Word::HowToReadBack,
    ];
    for (number, word) in (1..).zip(words) {
        page.text(LEFT, &format!("{number}. {}", word.get(lang)), &plain)?;
        page.row += 1;
    }
    page.end(WIDTHS.len())
}

/// Lists of choices that are too long for a drop-down itself, on a hidden sheet.
pub(super) struct Lists {
    name: String,
    columns: Vec<Vec<String>>,
}

impl Lists {
    const fn new(name: String) -> Self {
        Self {
            name,
            columns: vec![],
        }
    }

    /// A drop-down of texts. Where several may stand in one cell, others are taken too.
    pub fn drop_down(
        &mut self,
        choices: &[&str],
        takes_others: bool,
        lang: Lang,
    ) -> Result<DataValidation, XlsxError> {
        let choices: Vec<String> = choices
            .iter()
            .map(|choice| text::cell(choice).into_owned())
            .collect();
        let down = if is_inline(&choices) {
            DataValidation::new().allow_list_strings(&choices)?
        } else {
            let known = self.columns.iter().position(|known| *known == choices);
            let column = known.unwrap_or_else(|| {
                self.columns.push(choices.clone());
                self.columns.len() - 1
            });
            let letters = crate::table::place::column_letters(column as u32);
            let quoted = self.name.replace('\'', "''");
            let range = format!("'{quoted}'!${letters}$1:${letters}${}", choices.len());
            DataValidation::new().allow_list_formula(Formula::new(range))
        };
        if takes_others {
            return Ok(down.show_error_message(false));
        }
        down.set_error_style(DataValidationErrorStyle::Warning)
            .set_error_title(Word::ListErrorTitle.get(lang))?
            .set_error_message(Word::ListErrorChoice.get(lang))
    }

    fn write(&self, sheet: &mut Worksheet, formats: &Formats) -> Result<(), XlsxError> {
        sheet.set_name(&self.name)?.set_hidden(true);
        let format = look_of(formats.base(), Look::Id);
        for (column, choices) in (0u16..).zip(&self.columns) {
            for (row, choice) in (0u32..).zip(choices) {
                sheet.write_string_with_format(row, column, choice, &format)?;
            }
        }
        Ok(())
    }
}
