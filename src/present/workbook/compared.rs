//! A comparison as a workbook: the figures, the list of those who moved, the matrix.

use super::book::Book;
use super::formats::{Formats, Look, look_of};
use super::page::Page;
use super::text::SheetNames;
use super::{Limits, WorkbookError, matrix, moves, report};
use crate::present::diff::{Diff, effects, tally};
use crate::present::shown;
use crate::table::Decimal;
use crate::words::Word;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Worksheet, XlsxError};
use std::io::{Seek, Write};

/// The first column beside the margin.
const LEFT: u16 = 1;
/// The widest that the names of the sides may make theirs.
const WIDEST: usize = 60;

/// Writes a comparison as a workbook.
pub fn write_diff<W: Write + Seek + Send>(diff: &Diff, out: W) -> Result<(), WorkbookError> {
    let styles = if diff.comparison.is_ordered {
        &diff.styles[..]
    } else {
        &[]
    };
    let mut formats = Formats::new(styles, false);
    let mut book = Book::new(&formats, None)?;
    book.library.set_properties(&properties(diff));
    let mut names = SheetNames::default();
    let sheet = book.library.add_worksheet();
    sheet
        .set_name(names.take(Word::SheetOverview.get(diff.lang), 1))?
        .set_active(true);
    figures(sheet, diff, &formats)?;
    moves::add(&mut book, diff, &mut names, &mut formats, Limits::default())?;
    let sheet = book.library.add_worksheet();
    sheet.set_name(names.take(Word::SheetMatrix.get(diff.lang), 1))?;
    matrix::write(sheet, diff, &formats)?;
    report::add_sections(&mut book.library, &effects(diff), &mut names, &formats)?;
    book.save(out)
}

/// Two files have no date of their own, and the clock would give other bytes every time.
fn properties(diff: &Diff) -> DocProperties {
    let properties = DocProperties::new()
        .set_title(Word::DiffTitle.get(diff.lang))
        .set_author(concat!("regrade ", env!("CARGO_PKG_VERSION")));
    match ExcelDateTime::from_ymd(1900, 1, 1) {
        Ok(day) => properties.set_creation_datetime(&day),
        Err(_) => properties,
    }
}

/// How many customers each class has.
fn figures(sheet: &mut Worksheet, diff: &Diff, formats: &Formats) -> Result<(), XlsxError> {
    let (lang, comparison) = (diff.lang, &diff.comparison);
    let longest = [&diff.names.0, &diff.names.1].map(|name| shown::width(name));
    let value = longest[0].max(longest[1]).clamp(14, WIDEST) as u16 + 2;
    let mut page = Page::new(sheet, formats, lang, &[2, 22, value, 14])?;
    page.title(LEFT, Word::DiffTitle.get(lang))?;
    page.labelled(LEFT, Word::Before.get(lang), &diff.names.0)?;
    page.labelled(LEFT, Word::After.get(lang), &diff.names.1)?;
    page.part(LEFT, Word::Movements.get(lang))?;
    page.headings(
        LEFT,
        &[
            (Word::Change.get(lang), Look::Text),
            (Word::Customers.get(lang), Look::Number(0)),
            (Word::Share.get(lang), Look::Percent(1)),
        ],
    )?;
    let format = |look| look_of(formats.bordered(), look);
    let (text, number, percent) = (
        format(Look::Text),
        format(Look::Number(0)),
        format(Look::Percent(1)),
    );
    let all = comparison.everybody();
    for (word, count) in tally(comparison, lang) {
        let share = Decimal::from_count(count).checked_div(Decimal::from_count(all));
        page.text(LEFT, &word, &text)?;
        page.count(LEFT + 1, count, &number)?;
        page.sheet.write_number_with_format(
            page.row,
            LEFT + 2,
            share.unwrap_or_default().to_f64(),
            &percent,
        )?;
        page.row += 1;
    }
    let (text, number) = (text.set_bold(), number.set_bold());
    page.text(LEFT, Word::Total.get(lang), &text)?;
    page.count(LEFT + 1, all, &number)?;
    page.sheet.write_blank(page.row, LEFT + 2, &text)?;
    page.row += 2;
    for (word, count) in [
        (Word::Before, comparison.old),
        (Word::After, comparison.new),
    ] {
        let label = format!("{} · {}", word.get(lang), Word::Customers.get(lang));
        page.text(LEFT, &label, &text)?;
        page.count(LEFT + 1, count, &number)?;
        page.row += 1;
    }
    page.end(4)
}
