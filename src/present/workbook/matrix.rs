//! The sheet of the matrix: from which level to which, by customers, by share and by amount, darker where there are more.

use super::formats::{Formats, Look, Shade, look_of};
use super::page::Page;
use crate::compare::{Class, Flow, Matrix};
use crate::diagnostic::Lang;
use crate::present::diff::{Diff, place_of};
use crate::present::palette::{HEADER, MUTED, WHITE};
use crate::present::shown;
use crate::table::Decimal;
use crate::words::Word;
use rust_xlsxwriter::{
    Color, ConditionalFormat2ColorScale, Format, FormatBorder, Worksheet, XlsxError,
};
use std::sync::Arc;

/// The first column beside the margin.
const LEFT: u16 = 1;
/// The darkest of the scale: dark text is still read well on it.
pub const MOST: u32 = 0x8F_B8DE;
/// Columns are at least this wide.
const NARROWEST: usize = 12;
/// And names at most this.
const WIDEST: usize = 40;

/// What a block of the sheet shows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Block {
    Count,
    Share,
    Amount,
}

/// Writes the sheet.
pub fn write(sheet: &mut Worksheet, diff: &Diff, formats: &Formats) -> Result<(), XlsxError> {
    let lang = diff.lang;
    let matrix = &diff.comparison.matrix;
    let (rows, columns) = matrix.shown();
    let wide = |names: &mut dyn Iterator<Item = usize>| names.max().unwrap_or(0).min(WIDEST) + 4;
    let names = |at: &[usize], outside| -> Vec<Arc<str>> {
        at.iter()
            .map(|at| matrix.name(*at, outside, lang))
            .collect()
    };
    let (row_names, column_names) = (names(&rows, Class::New), names(&columns, Class::Absent));
    let first = wide(&mut row_names.iter().map(|name| shown::width(name))).max(16);
    let amounts = matrix.rows.iter().flatten().filter_map(|flow| flow.amount);
    let longest = amounts
        .map(|amount| shown::number(amount, 2).len())
        .max()
        .unwrap_or(0);
    let other = wide(&mut column_names.iter().map(|name| shown::width(name)))
        .max(NARROWEST)
        .max(longest + 4);
    let mut widths = vec![2, first as u16];
    widths.extend(std::iter::repeat_n(other as u16, columns.len() + 1));
    let mut page = Page::new(sheet, formats, lang, &widths)?;
    page.title(LEFT, Word::SheetMatrix.get(lang))?;
    let muted = formats.base().set_font_color(Color::RGB(MUTED));
    let how = match lang {
        Lang::En => "rows: the level before; columns: the level after; framed: unchanged",
        Lang::Zh => "行为变动前，列为变动后；加框的格子为不变",
    };
    page.text(LEFT, how, &muted)?;
    page.row += 1;
    let shown = Shown {
        diff,
        rows: &rows,
        columns: &columns,
        row_names: &row_names,
        column_names: &column_names,
    };
    block(&mut page, &shown, Block::Count)?;
    block(&mut page, &shown, Block::Share)?;
    if matrix.has_amounts {
        block(&mut page, &shown, Block::Amount)?;
    }
    page.end(widths.len())
}

struct Shown<'a> {
    diff: &'a Diff,
    rows: &'a [usize],
    columns: &'a [usize],
    row_names: &'a [Arc<str>],
    column_names: &'a [Arc<str>],
}

fn block(page: &mut Page<'_>, shown: &Shown<'_>, block: Block) -> Result<(), XlsxError> {
    let lang = page.lang;
    let matrix = &shown.diff.comparison.matrix;
    let title = match (block, &shown.diff.amount) {
        (Block::Count, _) => Word::ByCount.get(lang),
        (Block::Share, _) => Word::ByShare.get(lang),
        (Block::Amount, Some(name)) => name,
        (Block::Amount, None) => Word::ByAmount.get(lang),
    };
    page.part(LEFT, title)?;
    let look = match block {
        Block::Count => Look::Number(0),
        Block::Share => Look::Percent(1),
        Block::Amount => Look::Number(2),
    };
    let mut headings = vec![(Word::FromTo.get(lang), Look::Text)];
    headings.extend(shown.column_names.iter().map(|name| (&**name, look)));
    // The shares of a row are of the row: their sum says nothing.
    let with_sums = block != Block::Share;
    if with_sums {
        headings.push((Word::Total.get(lang), look));
    }
    page.headings(LEFT, &headings)?;
    let top = page.row;
    let cell = look_of(page.formats.bordered(), look);
    let framed = cell
        .clone()
        .set_bold()
        .set_border(FormatBorder::Medium)
        .set_border_color(Color::RGB(HEADER));
    let sum = cell.clone().set_bold();
    for (row, name) in shown.rows.iter().zip(shown.row_names) {
        page.text(LEFT, name, &label(page.formats, shown.diff, matrix, *row))?;
        for (at, column) in (LEFT + 1..).zip(shown.columns) {
            let flow = matrix.rows[*row][*column];
            let is_same = row == column && *row < matrix.levels.len();
            put(
                page,
                at,
                value(flow, block),
                if is_same { &framed } else { &cell },
            )?;
        }
        if with_sums {
            let all = total(matrix.rows[*row].iter(), block);
            put(page, LEFT + 1 + shown.columns.len() as u16, all, &sum)?;
        }
        page.row += 1;
    }
    let last = page.row - 1;
    if with_sums {
        let text = look_of(page.formats.bordered(), Look::Text).set_bold();
        page.text(LEFT, Word::Total.get(lang), &text)?;
        for (at, column) in (LEFT + 1..).zip(shown.columns) {
            let all = total(matrix.rows.iter().map(|row| &row[*column]), block);
            put(page, at, all, &sum)?;
        }
        let all = total(matrix.rows.iter().flatten(), block);
        put(page, LEFT + 1 + shown.columns.len() as u16, all, &sum)?;
        page.row += 1;
    }
    if !shown.rows.is_empty() && !shown.columns.is_empty() {
        let scale = ConditionalFormat2ColorScale::new()
            .set_minimum_color(Color::RGB(WHITE))
            .set_maximum_color(Color::RGB(MOST));
        let right = LEFT + shown.columns.len() as u16;
        page.sheet
            .add_conditional_format(top, LEFT + 1, last, right, &scale)?;
    }
    Ok(())
}

/// The name of a row on the colour of its level.
fn label(formats: &Formats, diff: &Diff, matrix: &Matrix, row: usize) -> Format {
    let format = look_of(formats.bordered(), Look::Text).set_bold();
    let place = matrix
        .levels
        .get(row)
        .and_then(|level| place_of(diff, level));
    match place {
        Some(place) => formats.shaded(format, Shade::Grade(place)),
        None if row == matrix.unrated() => formats.shaded(format, Shade::Hatched),
        None => format,
    }
}

/// What a block shows of a flow; nothing where there is nobody, so that the eye finds what there is.
fn value(flow: Flow, block: Block) -> Option<Decimal> {
    if flow.count == 0 {
        return None;
    }
    match block {
        Block::Count => Some(Decimal::from_count(flow.count)),
        Block::Share => flow.share,
        Block::Amount => flow.amount,
    }
}

fn total<'a>(flows: impl Iterator<Item = &'a Flow>, block: Block) -> Option<Decimal> {
    let mut values = flows.filter_map(|flow| value(*flow, block));
    let sum = values.try_fold(Decimal::ZERO, Decimal::checked_add);
    sum.filter(|sum| *sum != Decimal::ZERO)
}

fn put(
    page: &mut Page<'_>,
    column: u16,
    value: Option<Decimal>,
    format: &Format,
) -> Result<(), XlsxError> {
    match value {
        Some(value) => {
            page.sheet
                .write_number_with_format(page.row, column, value.to_f64(), format)?
        }
        None => page.sheet.write_blank(page.row, column, format)?,
    };
    Ok(())
}
