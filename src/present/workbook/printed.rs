//! The scheme as people print it and sign it, and the strategies: pages of tables with rules that wrap.

use super::formats::{Formats, Look, Shade, look_of};
use super::page::{self, Page};
use super::text;
use crate::diagnostic::Lang;
use crate::present::palette::{HEADER, MUTED};
use crate::present::printed::Part;
use crate::present::shown;
use crate::present::strategies::StrategyRow;
use crate::present::summary::Summary;
use crate::table::Decimal;
use crate::words::Word;
use rust_xlsxwriter::{Color, Format, Table, TableColumn, TableStyle, Worksheet, XlsxError};

/// Widths of the columns of the scheme: margin, dimension, indicator, weight, rule, label, points.
const WIDTHS: [u16; 7] = [2, 20, 20, 12, 60, 20, 12];
/// The first column beside the margin.
const LEFT: u16 = 1;
/// Weights and points, and the levels of a rule, stand in the middle.
const CENTRED: [(u16, u16); 3] = [(1, 1), (2, 2), (5, 5)];
/// A rule may be as long as this before the rest is left to the scheme's text.
const MOST_LINES: usize = 12;

/// Writes the sheet of the scheme.
pub fn write(
    sheet: &mut Worksheet,
    summary: &Summary,
    parts: &[Part],
    formats: &Formats,
) -> Result<(), XlsxError> {
    let lang = summary.lang;
    let mut page = Page::new(sheet, formats, lang, &WIDTHS)?;
    let title = match summary.scheme.0.trim() {
        "" => Word::SheetScheme.get(lang),
        title => title,
    };
    page.title(LEFT, title)?;
    let muted = formats.base().set_font_color(Color::RGB(MUTED));
    let version = match summary.scheme.1.as_str() {
        "" => String::new(),
        version => format!("{} {version}　·　", Word::SchemeVersion.get(lang)),
    };
    let about = format!("{version}{} {}", Word::AsOf.get(lang), summary.as_of);
    page.text(LEFT, &about, &muted)?;
    page.row += 1;
    for part in parts {
        write_part(&mut page, part)?;
    }
    page.end(WIDTHS.len())
}

fn write_part(page: &mut Page<'_>, part: &Part) -> Result<(), XlsxError> {
    page.part(LEFT, part.title)?;
    page.row_height(page.row, 24)?;
    let section = look_of(page.formats.section(), Look::Text);
    let middle = look_of(page.formats.section(), Look::Centred);
    for (heading, span) in part.headings.iter().zip(&part.spans) {
        let format = if CENTRED.contains(span) {
            &middle
        } else {
            &section
        };
        put(page, page.row, page.row, *span, heading, format)?;
    }
    page.row += 1;
    let top = page.row;
    let text = look_of(page.formats.bordered(), Look::Wrapped);
    let name = text.clone().set_bold();
    let centred = look_of(page.formats.bordered(), Look::Centred).set_text_wrap();
    for (index, row) in part.rows.iter().enumerate() {
        let mut lines = 1;
        for (column, span) in part.spans.iter().enumerate() {
            let Some(value) = row.get(column).and_then(Option::as_deref) else {
                continue;
            };
            // What follows without a value of its own belongs to this cell.
            let below = part.rows[index + 1..].iter();
            let rows = below
                .take_while(|row| row.get(column).is_some_and(Option::is_none))
                .count() as u32;
            let format = match column {
                0 if part.is_grades => page.formats.shaded(name.clone(), Shade::Grade(index)),
                0 => name.clone(),
                _ if CENTRED.contains(span) => centred.clone(),
                _ => text.clone(),
            };
            let at = top + index as u32;
            put(page, at, at + rows, *span, value, &format)?;
            if rows == 0 {
                lines = lines.max(page::lines(value, width_of(*span)));
            }
        }
        let height = page::height(lines.min(MOST_LINES));
        page.row_height(page.row, height)?;
        page.row += 1;
    }
    let muted = look_of(page.formats.base(), Look::Wrapped).set_font_color(Color::RGB(MUTED));
    for note in &part.notes {
        let span = (0, 5);
        put(page, page.row, page.row, span, note, &muted)?;
        let height = page::height(page::lines(note, width_of(span)));
        page.row_height(page.row, height)?;
        page.row += 1;
    }
    Ok(())
}

/// The characters of a cell over several columns.
fn width_of((first, last): (u16, u16)) -> usize {
    let columns = usize::from(LEFT + first)..=usize::from(LEFT + last);
    WIDTHS[columns]
        .iter()
        .map(|width| usize::from(*width))
        .sum::<usize>()
        - 3
}

/// Writes a text into a cell, or into several that become one.
fn put(
    page: &mut Page<'_>,
    top: u32,
    bottom: u32,
    (first, last): (u16, u16),
    value: &str,
    format: &Format,
) -> Result<(), XlsxError> {
    let (left, right) = (LEFT + first, LEFT + last);
    if top == bottom && left == right {
        page.sheet
            .write_string_with_format(top, left, text::cell(value), format)?;
    } else {
        page.sheet
            .merge_range(top, left, bottom, right, &text::cell(value), format)?;
    }
    Ok(())
}

/// What a column of the strategies shows.
struct Column {
    heading: Word,
    width: usize,
    show: fn(&StrategyRow) -> Value<'_>,
}

enum Value<'a> {
    Text(&'a str),
    Count(usize),
    Number(Option<Decimal>),
}

const COLUMNS: [Column; 14] = [
    Column {
        heading: Word::AppliesTo,
        width: 36,
        show: |row| Value::Text(&row.applies),
    },
    Column {
        heading: Word::Customers,
        width: 10,
        show: |row| Value::Count(row.customers),
    },
    Column {
        heading: Word::Service,
        width: 26,
        show: |row| Value::Text(&row.service),
    },
    Column {
        heading: Word::FollowUps,
        width: 48,
        show: |row| Value::Text(&row.follow_ups),
    },
    Column {
        heading: Word::TaskCustomers,
        width: 10,
        show: |row| row.task_customers.map_or(Value::Number(None), Value::Count),
    },
    Column {
        heading: Word::RespondWithin,
        width: 14,
        show: |row| Value::Text(&row.respond_within),
    },
    Column {
        heading: Word::Resources,
        width: 26,
        show: |row| Value::Text(&row.resources),
    },
    Column {
        heading: Word::Benefits,
        width: 26,
        show: |row| Value::Text(&row.benefits),
    },
    Column {
        heading: Word::Goal,
        width: 26,
        show: |row| Value::Text(&row.goal),
    },
    Column {
        heading: Word::OwnerLevel,
        width: 14,
        show: |row| Value::Text(&row.owner_level),
    },
    Column {
        heading: Word::Hours,
        width: 10,
        show: |row| Value::Number(row.hours),
    },
    Column {
        heading: Word::AllHours,
        width: 12,
        show: |row| Value::Number(row.all_hours()),
    },
    Column {
        heading: Word::Cost,
        width: 10,
        show: |row| Value::Number(row.cost),
    },
    Column {
        heading: Word::AllCost,
        width: 12,
        show: |row| Value::Number(row.all_cost()),
    },
];

/// Writes the sheet of the strategies: of the columns those that any of them fills.
pub fn write_strategies(
    sheet: &mut Worksheet,
    rows: &[StrategyRow],
    lang: Lang,
    formats: &Formats,
) -> Result<(), XlsxError> {
    page::set_up(sheet, lang);
    sheet.set_repeat_rows(0, 0)?;
    sheet.set_freeze_panes(1, 1)?;
    let is_filled = |column: &&Column| {
        rows.iter().any(|row| match (column.show)(row) {
            Value::Text(text) => !text.is_empty(),
            Value::Count(count) => column.heading != Word::TaskCustomers || count > 0,
            Value::Number(number) => number.is_some(),
        })
    };
    let columns: Vec<&Column> = COLUMNS.iter().filter(is_filled).collect();
    let mut headed = vec![];
    let mut header_lines = 1;
    let mut widths = vec![];
    for (index, column) in (0u16..).zip(&columns) {
        let heading = column.heading.get(lang);
        let numbers = rows.iter().map(|row| match (column.show)(row) {
            Value::Number(Some(number)) => shown::number(number, 2).len() + 3,
            Value::Text(text) => text.lines().map(shown::width).max().unwrap_or(0) + 3,
            Value::Count(_) | Value::Number(None) => 0,
        });
        let widest = numbers.max().unwrap_or(0);
        let heading_width = shown::width(heading) + 5;
        // As wide as what stands in it, up to where sentences wrap.
        let is_text = matches!(rows.first().map(column.show), Some(Value::Text(_)));
        let width = if is_text {
            widest.min(column.width).max(12)
        } else {
            column.width.max(widest)
        };
        let width = width.max(heading_width.min(20));
        widths.push(width);
        header_lines = header_lines.max(page::lines(heading, width - 4));
        sheet.set_column_width(index, width as f64)?;
        headed.push(
            TableColumn::new()
                .set_header(heading)
                .set_header_format(formats.heading(HEADER).set_text_wrap()),
        );
    }
    let table = Table::new()
        .set_name("Strategies")
        .set_style(TableStyle::None)
        .set_columns(&headed)
        .set_alt_text(Word::SheetStrategies.get(lang));
    let last_column = columns.len() as u16 - 1;
    sheet.add_table(0, 0, rows.len().max(1) as u32, last_column, &table)?;
    sheet.set_row_height_pixels(
        0,
        page::HEADER_HEIGHT + page::LINE_HEIGHT * (header_lines as u32 - 1),
    )?;
    for (at, row) in (1u32..).zip(rows) {
        let mut lines = 1;
        for ((index, column), width) in (0u16..).zip(&columns).zip(&widths) {
            let format = |look| look_of(formats.bordered(), look);
            match (column.show)(row) {
                Value::Text(value) => {
                    lines = lines.max(page::lines(value, width - 3));
                    let format = format(Look::Wrapped);
                    sheet.write_string_with_format(at, index, text::cell(value), &format)?;
                }
                Value::Count(count) => {
                    let format = format(Look::Number(0));
                    sheet.write_number_with_format(at, index, count as f64, &format)?;
                }
                Value::Number(Some(number)) => {
                    let format = format(Look::Number(number.places()));
                    sheet.write_number_with_format(at, index, number.to_f64(), &format)?;
                }
                Value::Number(None) => {
                    sheet.write_blank(at, index, &format(Look::Text))?;
                }
            }
        }
        let height = page::height(lines.min(MOST_LINES));
        sheet.set_row_height_pixels(at, height)?;
    }
    Ok(())
}
