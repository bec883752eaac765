//! What a check found as a workbook: a sheet with a row for each kind of problem, worst first, and one with every single
//! finding, to filter by owner, sheet or field and to work off.

use super::formats::{Formats, Look, look_of};
use super::text::SheetNames;
use super::{Limits, WorkbookError, page, text};
use crate::diagnostic::render::owners_text;
use crate::diagnostic::{Finding, Lang, Severity};
use crate::present::palette::{self, HEADER};
use crate::present::problems::{Group, Problems, said};
use crate::table::Date;
use crate::words::Word;
use rust_xlsxwriter::{
    Color, ExcelDateTime, Format, Table, TableColumn, TableStyle, Workbook, Worksheet, XlsxError,
};
use std::io::{Seek, Write};

/// The columns of the sheet of kinds: heading, width, look.
const KINDS: [(Word, u16, Look); 9] = [
    (Word::Severity, 9, Look::Centred),
    (Word::Problem, 58, Look::Wrapped),
    (Word::Count, 9, Look::Number(0)),
    (Word::OfSheet, 13, Look::Text),
    (Word::Field, 16, Look::Text),
    (Word::Owner, 22, Look::Wrapped),
    (Word::FixBy, 13, Look::Date),
    (Word::Help, 54, Look::Wrapped),
    (Word::Code, 20, Look::Text),
];

/// The columns of the sheet of every finding.
const EACH: [(Word, u16, Look); 12] = [
    (Word::Severity, 9, Look::Centred),
    (Word::Owner, 14, Look::Text),
    (Word::FixBy, 13, Look::Date),
    (Word::OfSheet, 13, Look::Text),
    (Word::RowKey, 16, Look::Id),
    (Word::Field, 16, Look::Text),
    (Word::CellValue, 24, Look::Wrapped),
    (Word::Place, 32, Look::Wrapped),
    (Word::Problem, 54, Look::Wrapped),
    (Word::Help, 50, Look::Wrapped),
    (Word::Check, 20, Look::Text),
    (Word::Code, 20, Look::Text),
];

/// The most lines that a row shows.
const MOST_LINES: usize = 6;

/// A cell.
enum Cell {
    Text(String),
    Count(usize),
    Day(Option<Date>),
}

/// Writes the workbook.
pub fn write_problems<W: Write + Seek + Send>(
    problems: &Problems<'_>,
    out: W,
) -> Result<(), WorkbookError> {
    let lang = problems.lang;
    let mut book = Workbook::new();
    let formats = Formats::new(&[], false);
    book.set_default_format(&formats.base(), page::ROW_HEIGHT, 64)?;
    book.set_zip_compression_level(3);
    book.set_properties(&page::properties(problems.scheme.0, problems.as_of));
    let mut names = SheetNames::default();
    let limits = Limits::default();
    let looks = |columns: &[(Word, u16, Look)]| -> Vec<Format> {
        let looks = columns.iter();
        looks
            .map(|(_, _, look)| look_of(formats.bordered(), *look))
            .collect()
    };

    let groups = problems.groups();
    let sheet = book.add_worksheet();
    sheet
        .set_name(names.take(Word::SheetProblems.get(lang), 1))?
        .set_active(true);
    head(sheet, &KINDS, groups.len(), lang, &formats, ("Problems", 2))?;
    let kinds = looks(&KINDS);
    for (at, group) in (1u32..).zip(&groups) {
        let severity = group.findings[0].severity;
        row(sheet, at, &KINDS, &kinds, severity, kind_of(group, lang))?;
    }
    if groups.is_empty() {
        let nothing = look_of(formats.bordered(), Look::Text);
        sheet.write_string_with_format(1, 1, Word::NothingFound.get(lang), &nothing)?;
    }

    let each = looks(&EACH);
    let mut rest = problems.findings;
    let mut number = 1;
    while !rest.is_empty() {
        let (part, after) = rest.split_at(rest.len().min(limits.rows_per_sheet));
        rest = after;
        let sheet = if problems.findings.len() > limits.rows_in_memory {
            book.add_worksheet_with_constant_memory()?
        } else {
            book.add_worksheet()
        };
        sheet.set_name(names.take(Word::SheetEachProblem.get(lang), number))?;
        let name = format!("Findings{number}");
        head(sheet, &EACH, part.len(), lang, &formats, (&name, 5))?;
        for (at, finding) in (1u32..).zip(part) {
            let cells = cells_of(finding, problems);
            row(sheet, at, &EACH, &each, finding.severity, cells)?;
        }
        number += 1;
    }
    book.save_to_writer(out)?;
    Ok(())
}

/// Heading row, widths, print layout, the table that filters; `name` is the table's, with how many columns stay in sight.
fn head(
    sheet: &mut Worksheet,
    columns: &[(Word, u16, Look)],
    rows: usize,
    lang: Lang,
    formats: &Formats,
    (name, frozen): (&str, u16),
) -> Result<(), XlsxError> {
    page::set_up(sheet, lang);
    sheet.set_repeat_rows(0, 0)?;
    sheet.set_freeze_panes(1, frozen)?;
    sheet.set_row_height_pixels(0, page::HEADER_HEIGHT)?;
    let mut headed = vec![];
    for (index, (word, width, _)) in (0u16..).zip(columns) {
        sheet.set_column_width(index, f64::from(*width))?;
        headed.push(
            TableColumn::new()
                .set_header(word.get(lang))
                .set_header_format(formats.heading(HEADER)),
        );
    }
    let table = Table::new()
        .set_name(name)
        .set_style(TableStyle::None)
        .set_columns(&headed)
        .set_alt_text(Word::SheetProblems.get(lang));
    let last = columns.len() as u16 - 1;
    sheet.add_table(0, 0, rows.max(1) as u32, last, &table)?;
    Ok(())
}

fn row(
    sheet: &mut Worksheet,
    at: u32,
    columns: &[(Word, u16, Look)],
    looks: &[Format],
    severity: Severity,
    cells: Vec<Cell>,
) -> Result<(), XlsxError> {
    let mut lines = 1;
    let width_of = |index: u16| usize::from(columns[usize::from(index)].1);
    let cells: Vec<(u16, Cell)> = (0u16..).zip(cells).collect();
    for (index, cell) in &cells {
        if let (Look::Wrapped, Cell::Text(value)) = (columns[usize::from(*index)].2, cell) {
            lines = lines.max(page::lines(value, width_of(*index)));
        }
    }
    sheet.set_row_height_pixels(at, page::height(lines.min(MOST_LINES)))?;
    for (index, cell) in cells {
        let mut format = looks[usize::from(index)].clone();
        // Colour never stands alone: the word is in the cell.
        if index == 0 {
            let (fill, ink) = palette::of_severity(severity);
            format = format
                .set_background_color(Color::RGB(fill))
                .set_font_color(Color::RGB(ink))
                .set_bold();
        }
        match cell {
            Cell::Text(value) if value.is_empty() => {
                sheet.write_blank(at, index, &format)?;
            }
            Cell::Text(value) => {
                sheet.write_string_with_format(at, index, text::cell(&value), &format)?;
            }
            Cell::Count(count) => {
                sheet.write_number_with_format(at, index, count as f64, &format)?;
            }
            Cell::Day(day) => match day.and_then(excel_day) {
                Some(day) => {
                    sheet.write_datetime_with_format(at, index, &day, &format)?;
                }
                None => {
                    sheet.write_blank(at, index, &format)?;
                }
            },
        }
    }
    Ok(())
}

/// The row of a kind of problem.
fn kind_of(group: &Group<'_>, lang: Lang) -> Vec<Cell> {
    let first = group.findings[0];
    let about = first.about.as_deref();
    let mut title = group.title().get(lang).to_owned();
    for note in &first.notes {
        title.push('\n');
        title.push_str(note.get(lang));
    }
    let text = |text: Option<&str>| Cell::Text(text.unwrap_or_default().to_owned());
    vec![
        Cell::Text(Word::severity(first.severity).get(lang).to_owned()),
        Cell::Text(title),
        Cell::Count(group.findings.len()),
        text(about.map(|about| &*about.sheet)),
        text(about.and_then(|about| about.field.as_deref())),
        Cell::Text(owners_text(&group.owners(), lang)),
        Cell::Day(group.due()),
        text(first.help.as_ref().map(|help| help.get(lang))),
        Cell::Text(first.code.word().to_owned()),
    ]
}

/// The row of one finding.
fn cells_of(finding: &Finding, problems: &Problems<'_>) -> Vec<Cell> {
    let lang = problems.lang;
    let about = finding.about.as_deref();
    let text = |text: Option<&str>| Cell::Text(text.unwrap_or_default().to_owned());
    vec![
        Cell::Text(Word::severity(finding.severity).get(lang).to_owned()),
        text(about.and_then(|about| about.owner.as_deref())),
        Cell::Day(about.and_then(|about| about.due)),
        text(about.map(|about| &*about.sheet)),
        text(about.and_then(|about| about.key.as_deref())),
        text(about.and_then(|about| about.field.as_deref())),
        text(finding.cell.as_ref().map(|(_, value)| value.as_str())),
        Cell::Text(problems.place(&finding.at)),
        Cell::Text(said(finding, lang)),
        text(finding.help.as_ref().map(|help| help.get(lang))),
        text(about.and_then(|about| about.check.as_deref())),
        Cell::Text(finding.code.word().to_owned()),
    ]
}

fn excel_day(day: Date) -> Option<ExcelDateTime> {
    let (year, month, day) = day.ymd();
    ExcelDateTime::from_ymd(year as u16, month as u8, day as u8).ok()
}
