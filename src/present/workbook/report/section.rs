//! A section of a report as a sheet: what to know first, then its tables and charts from top to bottom.

use super::super::formats::{Look, Shade, look_of};
use super::super::page::{self, Page};
use super::super::text;
use super::charts::{self, Figures};
use super::{LEFT, NARROWEST, WIDEST, grade_of, heat, look, width, write_cell};
use crate::present::palette::{HEADER, MUTED};
use crate::present::report::cell;
use crate::present::report::colors::Colors;
use crate::present::shown;
use crate::present::workbook::formats::Formats;
use crate::report::{Block, Cell, Chart, Kind, Report, Section, Table};
use rust_xlsxwriter::{Color, FormatBorder, Worksheet, XlsxError};
use std::borrow::Cow;

/// The least width of a page, in characters, so that sentences have room.
const PAGE: usize = 90;

/// A section from top to bottom.
pub fn write(
    sheet: &mut Worksheet,
    section: &Section,
    report: &Report,
    formats: &Formats,
    colors: &Colors,
    drawn: &mut Figures,
) -> Result<(), XlsxError> {
    let widths = widths(section);
    let all: Vec<u16> = std::iter::once(2).chain(widths.iter().copied()).collect();
    let mut page = Page::new(sheet, formats, report.lang, &all)?;
    page.title(LEFT, &section.title)?;
    let note = look_of(formats.base(), Look::Wrapped)
        .set_indent(0)
        .set_font_color(Color::RGB(MUTED));
    let room: usize = widths.iter().map(|width| usize::from(*width)).sum();
    let last = widths.len() as u16;
    for text in &section.notes {
        page.sheet
            .merge_range(page.row, LEFT, page.row, last, &text::cell(text), &note)?;
        let lines = page::lines(text, room);
        page.row_height(page.row, page::height(lines))?;
        page.row += 1;
    }
    for block in &section.blocks {
        match block {
            Block::Table(table) => {
                if let Some(title) = &table.title {
                    page.part(LEFT, title)?;
                } else {
                    page.row += 1;
                    page.keep_together();
                }
                write_table(&mut page, table, report, &widths)?;
            }
            Block::Chart(Chart::Heat(heat)) => heat::write(&mut page, heat, report, &widths)?,
            Block::Chart(chart) => {
                page.row += 1;
                let height = charts::insert(&mut page, chart, colors, drawn)?;
                if height > 0 {
                    page.keep_together();
                    page.row += height.div_ceil(page::ROW_HEIGHT) + 1;
                }
            }
        }
    }
    page.end(all.len())
}

/// The widths of a section's columns: each as wide as the widest of all its tables, and all together as wide as a page.
fn widths(section: &Section) -> Vec<u16> {
    let tables = section.blocks.iter().filter_map(|block| match block {
        Block::Table(table) => Some(Cow::Borrowed(table)),
        Block::Chart(Chart::Heat(heat)) => Some(Cow::Owned(heat::table(heat))),
        Block::Chart(_) => None,
    });
    let tables: Vec<Cow<'_, Table>> = tables.collect();
    // Two at least, because one cell cannot be merged.
    let count = tables
        .iter()
        .map(|table| table.columns.len())
        .max()
        .unwrap_or(0)
        .max(2);
    let mut widths: Vec<u16> = (0..count)
        .map(|index| {
            let of = tables.iter().map(|table| width(table, index));
            of.max().unwrap_or(NARROWEST) as u16
        })
        .collect();
    let room: usize = widths.iter().map(|width| usize::from(*width)).sum();
    if let Some(last) = widths.last_mut().filter(|_| count == 2) {
        *last += PAGE.saturating_sub(room) as u16;
    }
    widths
}

/// A table at the page's row.
pub fn write_table(
    page: &mut Page<'_>,
    table: &Table,
    report: &Report,
    widths: &[u16],
) -> Result<(), XlsxError> {
    let headings: Vec<(&str, Look)> = table
        .columns
        .iter()
        .map(|column| {
            let look = if cell::is_numeric(column.kind) {
                Look::Number(0)
            } else {
                Look::Text
            };
            (&*column.heading, look)
        })
        .collect();
    page.headings(LEFT, &headings)?;
    for row in &table.rows {
        let mut lines = 1;
        for (index, column) in table.columns.iter().enumerate() {
            let value = row.cells.get(index).unwrap_or(&Cell::Missing);
            let width = widths
                .get(index)
                .map_or(WIDEST, |width| usize::from(*width));
            let text = cell::text(value, column.kind);
            let is_long = shown::width(&text) + 2 > width || text.contains('\n');
            if column.kind == Kind::Text && is_long {
                lines = lines.max(page::lines(&text, width - 2));
            }
            let mut format = look(page.formats.bordered(), column.kind, value, is_long);
            if let Some(grade) = grade_of(&text, row, report) {
                format = page
                    .formats
                    .shaded(look_of(format, Look::Grade), Shade::Grade(grade));
            }
            if row.is_total {
                format = format
                    .set_bold()
                    .set_border_top(FormatBorder::Medium)
                    .set_border_top_color(Color::RGB(HEADER));
            }
            let at = (page.row, LEFT + index as u16);
            write_cell(page.sheet, at, value, column.kind, &format)?;
        }
        if lines > 1 {
            page.row_height(page.row, page::height(lines))?;
        }
        page.row += 1;
    }
    Ok(())
}
