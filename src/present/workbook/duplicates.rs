//! The workbook in which people say which customers are one: a row a pair, the surest first, both records side by side.

use super::formats::{Formats, Look, Shade};
use super::text::{self, SheetNames};
use super::{WorkbookError, page};
use crate::diagnostic::Lang;
use crate::duplicates::groups::Verdict;
use crate::present::duplicates::{PairColumn, Pairs};
use crate::present::shown::width;
use crate::words::Word;
use rust_xlsxwriter::{DataValidation, DataValidationErrorStyle, Workbook, Worksheet};
use std::io::{Seek, Write};

/// The most pairs of a sheet of Excel, below its heading.
const MOST: usize = 1_048_575;

/// Writes the pairs.
pub fn write_duplicates<W: Write + Seek + Send>(
    pairs: &Pairs<'_>,
    lang: Lang,
    out: W,
) -> Result<(), WorkbookError> {
    let mut book = Workbook::new();
    let mut formats = Formats::new(&[], false);
    let title = Word::SheetDuplicates.get(lang);
    book.set_properties(&page::properties(title, pairs.as_of));
    book.set_default_format(&formats.base(), page::ROW_HEIGHT, 64)?;
    let mut names = SheetNames::default();
    let columns = pairs.columns();
    let count = pairs.suspects.len();
    // Without a pair the sheet still says what it is.
    for (number, start) in (0..count.max(1)).step_by(MOST).enumerate() {
        let rows = start..count.min(start + MOST);
        let sheet = book.add_worksheet_with_low_memory()?;
        sheet.set_name(names.take(Word::SheetDuplicates.get(lang), number + 1))?;
        fill(sheet, pairs, &columns, rows, lang, &mut formats)?;
    }
    book.save_to_writer(out)?;
    Ok(())
}

fn fill(
    sheet: &mut Worksheet,
    pairs: &Pairs<'_>,
    columns: &[PairColumn],
    rows: std::ops::Range<usize>,
    lang: Lang,
    formats: &mut Formats,
) -> Result<(), WorkbookError> {
    page::set_up(sheet, lang);
    sheet.set_repeat_rows(0, 0)?;
    sheet.set_freeze_panes(1, 1)?;
    sheet.set_row_height_pixels(0, page::HEADER_HEIGHT)?;
    let last = (rows.len() as u32).max(1);
    let heading = formats.section();
    for (at, column) in (0u16..).zip(columns) {
        let title = text::heading(&pairs.heading(*column, lang));
        sheet.set_column_width(at, width_of(*column, &title, pairs, &rows, lang))?;
        sheet.write_string_with_format(0, at, &title, &heading)?;
        if *column == PairColumn::Verdict {
            sheet.add_data_validation(1, at, last, at, &drop_down(lang)?)?;
        }
    }
    let columns_end = columns.len().saturating_sub(1) as u16;
    sheet.autofilter(0, 0, last, columns_end)?;
    for (line, row) in (1u32..).zip(rows) {
        for (at, column) in (0u16..).zip(columns) {
            let (shade, look) = look_of(*column);
            let format = formats.cell(shade, look);
            if *column == PairColumn::Points {
                let points = f64::from(pairs.suspects[row].points);
                sheet.write_number_with_format(line, at, points, format)?;
                continue;
            }
            let text = pairs.text(row, *column, lang);
            if text.is_empty() {
                sheet.write_blank(line, at, format)?;
            } else {
                sheet.write_string_with_format(line, at, text::cell(&text), format)?;
            }
        }
    }
    Ok(())
}

const fn look_of(column: PairColumn) -> (Shade, Look) {
    match column {
        PairColumn::Verdict => (Shade::Input, Look::Centred),
        PairColumn::Comment | PairColumn::Reviewer => (Shade::Input, Look::Text),
        PairColumn::Points => (Shade::Plain, Look::Number(0)),
        PairColumn::Sure => (Shade::Plain, Look::Centred),
        PairColumn::Evidence => (Shade::Plain, Look::Text),
        // Telephone numbers and codes are texts.
        PairColumn::Key(_) | PairColumn::Field(..) => (Shade::Plain, Look::Id),
    }
}

/// As wide as its longest text, within reason; the first rows stand for all.
fn width_of(
    column: PairColumn,
    title: &str,
    pairs: &Pairs<'_>,
    rows: &std::ops::Range<usize>,
    lang: Lang,
) -> f64 {
    let (least, most) = match column {
        PairColumn::Comment => (24, 40),
        PairColumn::Evidence => (30, 80),
        _ => (10, 40),
    };
    let looked = rows.clone().take(1_000);
    let longest = looked
        .map(|row| width(&pairs.text(row, column, lang)))
        .chain([width(title) + 4])
        .max();
    (longest.unwrap_or(least) + 2).clamp(least, most) as f64
}

fn drop_down(lang: Lang) -> Result<DataValidation, WorkbookError> {
    let words = Verdict::ALL.map(|verdict| verdict.word().get(lang));
    let (title, message) = match lang {
        Lang::Zh => ("请检查", format!("请填 {}，或留空", words.join("、"))),
        Lang::En => (
            "Please check",
            format!("One of: {}. Or leave it blank.", words.join(", ")),
        ),
    };
    Ok(DataValidation::new()
        .allow_list_strings(&words)?
        .set_error_style(DataValidationErrorStyle::Stop)
        .set_error_title(title)?
        .set_error_message(message)?)
}
