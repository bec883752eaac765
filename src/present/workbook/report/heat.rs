//! A figure for each combination of two values, as cells that are the darker the greater their figure.

use super::super::formats::{Look, look_of};
use super::super::page::Page;
use super::section::write_table;
use super::{LEFT, look, write_cell};
use crate::present::palette::{HEADER, MUTED, WHITE};
use crate::present::workbook::matrix::MOST;
use crate::report::{Cell, Column, Heat, Kind, Report, Row, Table};
use crate::text;
use rust_xlsxwriter::{Color, ConditionalFormat2ColorScale, FormatBorder, XlsxError};

/// The grid as a table: the values that run down in its first column.
pub fn table(heat: &Heat) -> Table {
    let heading = format!("{} ↓ {} →", heat.down.name, heat.across.name);
    let corner = Column::new("down", heading, Kind::Text);
    let across = heat.across.values.iter();
    let across = across.map(|value| Column::new(&**value, &**value, heat.kind));
    let rows = heat.down.values.iter().enumerate().map(|(place, name)| {
        let figures = heat.values.get(place);
        let figure = |column: usize| {
            let value = figures.and_then(|row| row.get(column)).copied().flatten();
            value.map_or(Cell::Missing, Cell::Number)
        };
        let figures = (0..heat.across.values.len()).map(figure);
        Row {
            cells: std::iter::once(Cell::Text(name.clone()))
                .chain(figures)
                .collect(),
            is_total: false,
            grade: None,
        }
    });
    Table {
        key: "grid".to_owned(),
        title: Some(heat.title.clone()),
        columns: std::iter::once(corner).chain(across).collect(),
        rows: rows.collect(),
    }
}

/// Writes the grid at the page's row. Dark text is read well on the darkest of its colours.
pub fn write(
    page: &mut Page<'_>,
    heat: &Heat,
    report: &Report,
    widths: &[u16],
) -> Result<(), XlsxError> {
    let table = table(heat);
    if table.rows.is_empty() || heat.across.values.is_empty() {
        return Ok(());
    }
    page.part(LEFT, &heat.title)?;
    write_table(page, &table, report, widths)?;
    let top = page.row - table.rows.len() as u32;
    let right = LEFT + heat.across.values.len() as u16;
    let scale = ConditionalFormat2ColorScale::new()
        .set_minimum_color(Color::RGB(WHITE))
        .set_maximum_color(Color::RGB(MOST));
    page.sheet
        .add_conditional_format(top, LEFT + 1, page.row - 1, right, &scale)?;
    let is_there = |(row, column): &(usize, usize)| {
        *row < table.rows.len() && *column < heat.across.values.len()
    };
    if let Some((row, column)) = heat.present.filter(is_there) {
        let value = &table.rows[row].cells[column + 1];
        let format = look(page.formats.bordered(), heat.kind, value, false)
            .set_bold()
            .set_border(FormatBorder::Thick)
            .set_border_color(Color::RGB(HEADER));
        let at = (top + row as u32, LEFT + 1 + column as u16);
        write_cell(page.sheet, at, value, heat.kind, &format)?;
        let said = text!("framed: the present scheme", "加框的格子为现行方案");
        let muted = look_of(page.formats.base(), Look::Text).set_font_color(Color::RGB(MUTED));
        page.text(LEFT, said.get(report.lang), &muted)?;
        page.row += 1;
    }
    Ok(())
}
