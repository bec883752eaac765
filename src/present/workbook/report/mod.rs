//! A report as a workbook: an overview, a sheet for each section with its tables and charts, the customers as a list that
//! can be filtered, and the figures of the charts.

mod charts;
mod heat;
mod histogram;
mod section;
#[cfg(test)]
mod tests;

use super::formats::{Formats, Look, Shade, look_of};
use super::page::{self, Page};
use super::text::{self, SheetNames};
use super::{MAX_COLUMNS, WorkbookError};
use crate::diagnostic::Lang;
use crate::present::palette::{HEADER, MUTED};
use crate::present::report::cell;
use crate::present::report::colors::Colors;
use crate::present::shown;
use crate::present::table::GradeStyle;
use crate::report::{Cell, Kind, Report, Row, Table};
use crate::table::Date;
use crate::text;
use crate::words::Word;
use charts::Figures;
use rust_xlsxwriter::{Color, DocProperties, Format, IgnoreError, Workbook, Worksheet, XlsxError};
use std::io::{Seek, Write};

/// The first column beside the margin.
const LEFT: u16 = 1;
/// The narrowest and the widest column of a table.
const NARROWEST: usize = 10;
const WIDEST: usize = 44;
/// Writes the workbook.
pub fn write_report<W: Write + Seek + Send>(report: &Report, out: W) -> Result<(), WorkbookError> {
    let customers = report.customers.as_ref();
    if let Some(table) = customers.filter(|table| table.columns.len() > MAX_COLUMNS) {
        return Err(WorkbookError::TooManyColumns(table.columns.len()));
    }
    let lang = report.lang;
    let mut book = Workbook::new();
    let styles: Vec<GradeStyle> = report
        .grades
        .iter()
        .map(|(name, color)| GradeStyle {
            name: name.clone(),
            color: *color,
        })
        .collect();
    let mut formats = Formats::new(&styles, false);
    book.set_default_format(&formats.base(), page::ROW_HEIGHT, 64)?;
    book.set_zip_compression_level(3);
    book.set_properties(&properties(report));

    let mut names = SheetNames::default();
    let overview = names.take(Word::SheetOverview.get(lang), 1);
    let sections: Vec<String> = report
        .sections
        .iter()
        .map(|section| names.take(&section.title, 1))
        .collect();
    let list = names.take(said(lang, &text!("Customers", "客户清单")), 1);
    let figures = names.take(said(lang, &text!("Chart data", "图表数据")), 1);

    let sheet = book.add_worksheet();
    sheet.set_name(&overview)?.set_active(true);
    write_overview(
        sheet,
        report,
        &sections,
        customers.map(|_| &*list),
        &formats,
    )?;
    let colors = Colors::of(report);
    let mut drawn = Figures::new(&figures, lang);
    for (section, name) in report.sections.iter().zip(&sections) {
        let sheet = book.add_worksheet();
        sheet.set_name(name)?;
        section::write(sheet, section, report, &formats, &colors, &mut drawn)?;
    }
    if let Some(table) = customers {
        let sheet = book.add_worksheet();
        sheet.set_name(&list)?;
        write_list(sheet, table, report, &mut formats)?;
    }
    if !drawn.is_empty() {
        let sheet = book.add_worksheet();
        sheet.set_name(&figures)?;
        drawn.write(sheet, &formats)?;
    }
    book.save_to_writer(out)?;
    Ok(())
}

/// Adds the sections of a report to another workbook, a sheet for each. `formats` has the report's grades.
pub fn add_sections(
    book: &mut Workbook,
    report: &Report,
    names: &mut SheetNames,
    formats: &Formats,
) -> Result<(), XlsxError> {
    let colors = Colors::of(report);
    let figures = names.take(said(report.lang, &text!("Chart data", "图表数据")), 1);
    let mut drawn = Figures::new(&figures, report.lang);
    for found in &report.sections {
        let name = names.take(&found.title, 1);
        let sheet = book.add_worksheet();
        sheet.set_name(name)?;
        section::write(sheet, found, report, formats, &colors, &mut drawn)?;
    }
    if !drawn.is_empty() {
        let sheet = book.add_worksheet();
        sheet.set_name(&figures)?;
        drawn.write(sheet, formats)?;
    }
    Ok(())
}

/// Dated by the as-of date; a report that has none by the first day that Excel knows.
fn properties(report: &Report) -> DocProperties {
    let fact = report.facts.iter().find(|fact| fact.key == "as_of");
    match fact.and_then(|fact| Date::parse_iso(&fact.value)) {
        Some(as_of) => page::properties(&report.title, as_of),
        None => page::undated(&report.title),
    }
}

fn said(lang: Lang, text: &crate::diagnostic::Text) -> &str {
    text.get(lang)
}

/// What the report is of, and where its sections are.
fn write_overview(
    sheet: &mut Worksheet,
    report: &Report,
    sections: &[String],
    list: Option<&str>,
    formats: &Formats,
) -> Result<(), XlsxError> {
    let lang = report.lang;
    let longest =
        |texts: &mut dyn Iterator<Item = &str>| texts.map(shown::width).max().unwrap_or(0);
    let labels = longest(&mut report.facts.iter().map(|fact| &*fact.label)).clamp(16, 40) + 3;
    let values = longest(&mut report.facts.iter().map(|fact| &*fact.value)).clamp(40, 90) + 3;
    let mut page = Page::new(sheet, formats, lang, &[2, labels as u16, values as u16])?;
    page.title(LEFT, &report.title)?;
    let wrapped = look_of(formats.base(), Look::Wrapped);
    let muted = formats.base().set_font_color(Color::RGB(MUTED));
    for fact in &report.facts {
        page.text(LEFT, &fact.label, &muted)?;
        page.text(LEFT + 1, &fact.value, &wrapped)?;
        let lines = page::lines(&fact.value, values);
        page.row_height(page.row, page::height(lines))?;
        page.row += 1;
    }
    page.part(LEFT, said(lang, &text!("Contents", "目录")))?;
    let link = look_of(formats.base(), Look::Text)
        .set_font_color(Color::RGB(HEADER))
        .set_underline(rust_xlsxwriter::FormatUnderline::Single);
    for name in sections.iter().map(String::as_str).chain(list) {
        let target = format!("internal:'{}'!A1", name.replace('\'', "''"));
        page.sheet
            .write_url_with_text(page.row, LEFT, target.as_str(), name)?;
        page.sheet.set_cell_format(page.row, LEFT, &link)?;
        page.row += 1;
    }
    page.end(3)
}

/// How wide a column of a table is.
fn width(table: &Table, index: usize) -> usize {
    let Some(column) = table.columns.get(index) else {
        return NARROWEST;
    };
    let cells = table.rows.iter().filter_map(|row| row.cells.get(index));
    let widest = cells
        .map(|value| {
            let text = cell::text(value, column.kind);
            text.lines().map(shown::width).max().unwrap_or(0)
        })
        .max()
        .unwrap_or(0);
    // A figure that does not fit shows as #####: only texts wrap.
    let widest = if cell::is_numeric(column.kind) {
        widest
    } else {
        widest.min(WIDEST)
    };
    (widest + 3)
        .max(shown::width(&column.heading) + 4)
        .max(NARROWEST)
}

/// How values of a kind are shown.
fn look(format: Format, kind: Kind, value: &Cell, is_long: bool) -> Format {
    // Means have six places, of which nobody reads more than two: the page shows as many. The cell holds them all.
    let places = match value {
        Cell::Number(value) => value.round(2).places(),
        _ => 0,
    };
    match kind {
        Kind::Text if is_long => look_of(format, Look::Wrapped),
        Kind::Text => look_of(format, Look::Id),
        Kind::Count => look_of(format, Look::Number(0)),
        Kind::Number => look_of(format, Look::Number(places)),
        Kind::Figure => look_of(format, Look::General),
        Kind::Money => look_of(format, Look::Number(2)),
        Kind::Share => look_of(format, Look::Percent(1)),
        Kind::Delta => {
            look_of(format, Look::General).set_num_format("+#,##0.######;-#,##0.######;0")
        }
        Kind::Date => look_of(format, Look::Date),
    }
}

/// One cell of a table.
fn write_cell(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    value: &Cell,
    kind: Kind,
    format: &Format,
) -> Result<(), XlsxError> {
    match (value, kind) {
        (Cell::Missing, _) => sheet.write_blank(row, column, format)?,
        (Cell::Number(value), _) => {
            sheet.write_number_with_format(row, column, value.to_f64(), format)?
        }
        (Cell::Text(value), _) => {
            sheet.write_string_with_format(row, column, text::cell(value), format)?
        }
        (Cell::Date(_), kind) => {
            // As text, because Excel's calendar starts in 1900; it is the same to read.
            let shown = cell::text(value, kind);
            sheet.write_string_with_format(row, column, shown, format)?
        }
    };
    Ok(())
}

/// The grade that a cell names, if it is the row's.
fn grade_of(written: &str, row: &Row, report: &Report) -> Option<usize> {
    let grade = row.grade?;
    let (name, _) = report.grades.get(grade)?;
    (**name == *written).then_some(grade)
}

/// The customers: a header that stays, a filter, a row each.
fn write_list(
    sheet: &mut Worksheet,
    table: &Table,
    report: &Report,
    formats: &mut Formats,
) -> Result<(), XlsxError> {
    page::set_up(sheet, report.lang);
    let last_column = table.columns.len().saturating_sub(1) as u16;
    let last_row = table.rows.len() as u32;
    sheet.set_row_height_pixels(0, page::HEADER_HEIGHT)?;
    sheet.set_repeat_rows(0, 0)?;
    sheet.set_freeze_panes(1, 1)?;
    sheet.ignore_error_range(0, 0, last_row, last_column, IgnoreError::NumberStoredAsText)?;
    for (index, column) in table.columns.iter().enumerate() {
        let at = index as u16;
        sheet.set_column_width(at, width(table, index) as f64)?;
        sheet.write_string_with_format(
            0,
            at,
            text::heading(&column.heading),
            &formats.section(),
        )?;
        // A column has as many places as the longest of its figures.
        let cells = table.rows.iter().map(|row| &row.cells[index]);
        let longest = cells
            .filter(|value| matches!(value, Cell::Number(_)))
            .max_by_key(|value| match value {
                Cell::Number(value) => value.places(),
                _ => 0,
            })
            .unwrap_or(&Cell::Missing);
        let plain = match (column.kind, longest) {
            // What a customer has was compared with all its places.
            (Kind::Number, Cell::Number(value)) => {
                look_of(formats.bordered(), Look::Number(value.places()))
            }
            (kind, longest) => look(formats.bordered(), kind, longest, false),
        };
        for (line, row) in (1u32..).zip(&table.rows) {
            let value = &row.cells[index];
            let grade = match value {
                Cell::Text(text) => grade_of(text, row, report),
                _ => None,
            };
            let format = match grade {
                Some(grade) => formats.cell(Shade::Grade(grade), Look::Grade),
                None => &plain,
            };
            write_cell(sheet, (line, at), value, column.kind, format)?;
        }
    }
    if !table.columns.is_empty() {
        sheet.autofilter(0, 0, last_row.max(1), last_column)?;
    }
    Ok(())
}
