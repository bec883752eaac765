//! The first sheet: how many customers have which grade, what moved, and what share of the amount they bring.

use super::formats::{Formats, Look, Shade, look_of};
use super::page::Page;
use crate::decide::Decision;
use crate::present::marks::decision_word;
use crate::present::palette::{HEADER, LINE, MUTED};
use crate::present::shown;
use crate::present::summary::{Share, Summary};
use crate::table::Decimal;
use crate::words::Word;
use rust_xlsxwriter::{Color, Format, FormatBorder, Worksheet, XlsxError};
use std::sync::Arc;

/// Widths of the columns: margin, name, customers, share, bar, amount, its share, cut-off.
const WIDTHS: [u16; 8] = [2, 24, 14, 14, 26, 20, 20, 26];
/// The widest that names, the amount and cut-offs may make theirs.
const WIDEST: usize = 48;
/// The first column beside the margin.
const LEFT: u16 = 1;
/// A bar of 100% in characters.
const BAR: usize = 20;
/// The colour of bars.
const BAR_COLOR: u32 = 0x5B_8DB8;
/// How many tags are listed.
const TAGS: usize = 20;

/// Writes the sheet.
pub fn write(sheet: &mut Worksheet, summary: &Summary, formats: &Formats) -> Result<(), XlsxError> {
    let lang = summary.lang;
    let mut page = Page::new(sheet, formats, lang, &widths(summary))?;
    page.sheet.set_row_height_pixels(0, 10)?;
    let title = if summary.scheme.0.trim().is_empty() {
        Word::Title.get(lang)
    } else {
        &summary.scheme.0
    };
    page.title(LEFT, title)?;
    let muted = formats.base().set_font_color(Color::RGB(MUTED));
    let version = match summary.scheme.1.as_str() {
        "" => String::new(),
        version => format!("　·　{} {version}", Word::SchemeVersion.get(lang)),
    };
    page.text(
        LEFT,
        &format!("{} {}{version}", Word::AsOf.get(lang), summary.as_of),
        &muted,
    )?;
    page.row += 2;
    figures(&mut page, summary)?;
    grades(&mut page, summary)?;
    movements(&mut page, summary)?;
    let amount = summary.amount.as_deref();
    shares(
        &mut page,
        Word::Types.get(lang),
        Word::Type.get(lang),
        &summary.types,
        amount,
    )?;
    for (name, labels) in &summary.dimensions {
        let title = format!("{} · {name}", Word::Dimension.get(lang));
        shares(&mut page, &title, name, labels, amount)?;
    }
    let tags = &summary.tags[..summary.tags.len().min(TAGS)];
    let title = match summary.tags.len() {
        count if count > TAGS => format!("{} ({TAGS}/{count})", Word::TopTags.get(lang)),
        _ => Word::TopTags.get(lang).to_owned(),
    };
    shares(&mut page, &title, Word::Tags.get(lang), tags, amount)?;
    reviews(&mut page, &summary.reviews)?;
    Ok(())
}

/// The widths, with room for long names.
fn widths(summary: &Summary) -> [u16; 8] {
    let shares = || {
        let labels = summary.dimensions.iter().flat_map(|(_, labels)| labels);
        let tags = summary.tags.iter().take(TAGS);
        summary
            .grades
            .iter()
            .chain(&summary.types)
            .chain(labels)
            .chain(tags)
    };
    let names = shares()
        .map(|share| &share.name)
        .chain(summary.reviews.iter().map(|(rule, _)| rule));
    let cutoffs = shares().filter_map(|share| share.cutoff.as_deref());
    let widest = |texts: &mut dyn Iterator<Item = &str>, least: u16| {
        let wanted = texts.map(|text| shown::width(text) + 3).max().unwrap_or(0);
        least.max(wanted.min(WIDEST) as u16)
    };
    let mut widths = WIDTHS;
    widths[1] = widest(&mut names.map(|name| &**name), widths[1]);
    widths[5] = widest(&mut summary.amount.as_deref().into_iter(), widths[5]);
    widths[7] = widest(&mut cutoffs.into_iter(), widths[7]);
    widths
}

/// The few figures that a reader wants first, in large type.
fn figures(page: &mut Page<'_>, summary: &Summary) -> Result<(), XlsxError> {
    let decided = |wanted: Decision| -> usize {
        summary
            .decisions
            .iter()
            .filter(|(decision, _)| *decision == wanted)
            .map(|(_, count)| count)
            .sum()
    };
    let graded: usize = summary.grades.iter().map(|share| share.count).sum();
    let done = if summary.grades.is_empty() {
        (Word::Classified, decided(Decision::Classified))
    } else {
        (Word::Graded, graded)
    };
    let waiting = summary.reviews.iter().map(|(_, count)| count).sum();
    let cells = [
        (Word::Customers, summary.customers),
        done,
        (Word::Unrated, summary.unrated),
        (Word::Refused, summary.refused),
        (Word::InReview, waiting),
    ];
    let line = |format: Format| look_of(format, Look::Text);
    let label = line(page.formats.base().set_font_color(Color::RGB(MUTED)))
        .set_border_top(FormatBorder::Medium)
        .set_border_top_color(Color::RGB(HEADER));
    let number = look_of(page.formats.base(), Look::Number(0));
    let number = line(number)
        .set_bold()
        .set_font_size(16)
        .set_border_bottom(FormatBorder::Thin)
        .set_border_bottom_color(Color::RGB(LINE));
    for (column, (word, count)) in (LEFT..).zip(cells) {
        page.text(column, word.get(page.lang), &label)?;
        page.sheet
            .write_number_with_format(page.row + 1, column, count as f64, &number)?;
    }
    page.sheet.set_row_height_pixels(page.row, 24)?;
    page.sheet.set_row_height_pixels(page.row + 1, 34)?;
    page.row += 2;
    Ok(())
}

/// The grades in their colours, those without one, and the total.
fn grades(page: &mut Page<'_>, summary: &Summary) -> Result<(), XlsxError> {
    if summary.grades.is_empty() {
        return Ok(());
    }
    let lang = page.lang;
    page.part(LEFT, Word::Grades.get(lang))?;
    let amount = summary.amount.as_deref();
    let cutoffs = summary.grades.iter().any(|share| share.cutoff.is_some());
    share_headings(page, Word::Grade.get(lang), amount, cutoffs)?;
    for (grade, share) in summary.grades.iter().enumerate() {
        let name = page.formats.shaded(
            look_of(page.formats.bordered(), Look::Text).set_bold(),
            Shade::Grade(grade),
        );
        share_row(page, share, &name, amount, cutoffs)?;
    }
    if summary.unrated > 0 {
        let name = page
            .formats
            .shaded(look_of(page.formats.bordered(), Look::Text), Shade::Hatched);
        let number = look_of(page.formats.bordered(), Look::Number(0));
        page.text(LEFT, Word::Unrated.get(lang), &name)?;
        page.count(LEFT + 1, summary.unrated, &number)?;
        page.row += 1;
    }
    let total = |look| {
        look_of(page.formats.bordered(), look)
            .set_bold()
            .set_border_top(FormatBorder::Medium)
            .set_border_top_color(Color::RGB(HEADER))
    };
    let (text, number) = (total(Look::Text), total(Look::Number(0)));
    let counted: usize = summary.grades.iter().map(|share| share.count).sum();
    let sum = summary
        .grades
        .iter()
        .try_fold(Decimal::ZERO, |sum, share| sum.checked_add(share.amount?));
    let money = total(Look::Number(sum.map_or(0, Decimal::places).max(2)));
    page.text(LEFT, Word::Total.get(lang), &text)?;
    page.count(LEFT + 1, counted + summary.unrated, &number)?;
    let last = LEFT + columns(amount, cutoffs) - 1;
    for column in LEFT + 2..=last {
        page.sheet.write_blank(page.row, column, &text)?;
    }
    if let (Some(_), Some(sum)) = (amount, sum) {
        page.sheet
            .write_number_with_format(page.row, LEFT + 4, sum.to_f64(), &money)?;
    }
    page.row += 1;
    Ok(())
}

/// What became of the customers since the run before.
fn movements(page: &mut Page<'_>, summary: &Summary) -> Result<(), XlsxError> {
    if summary.decisions.is_empty() {
        return Ok(());
    }
    let lang = page.lang;
    page.part(LEFT, Word::Movements.get(lang))?;
    share_headings(page, Word::Change.get(lang), None, false)?;
    let name = look_of(page.formats.bordered(), Look::Text);
    for (decision, count) in &summary.decisions {
        let share = Share {
            name: decision_word(*decision, lang).into(),
            count: *count,
            share: part_of(*count, summary.customers),
            amount: None,
            amount_share: None,
            cutoff: None,
        };
        share_row(page, &share, &name, None, false)?;
    }
    Ok(())
}

/// A part of the sheet with a row for each share; nothing where there are none.
fn shares(
    page: &mut Page<'_>,
    title: &str,
    heading: &str,
    shares: &[Share],
    amount: Option<&str>,
) -> Result<(), XlsxError> {
    if shares.is_empty() {
        return Ok(());
    }
    let amount = amount.filter(|_| shares.iter().any(|share| share.amount.is_some()));
    let cutoffs = shares.iter().any(|share| share.cutoff.is_some());
    page.part(LEFT, title)?;
    share_headings(page, heading, amount, cutoffs)?;
    let name = look_of(page.formats.bordered(), Look::Text);
    for share in shares {
        share_row(page, share, &name, amount, cutoffs)?;
    }
    Ok(())
}

/// Who waits for a reviewer, by rule.
fn reviews(page: &mut Page<'_>, reviews: &[(Arc<str>, usize)]) -> Result<(), XlsxError> {
    if reviews.is_empty() {
        return Ok(());
    }
    let lang = page.lang;
    page.part(LEFT, Word::InReview.get(lang))?;
    page.headings(
        LEFT,
        &[
            (Word::Reviews.get(lang), Look::Text),
            (Word::Customers.get(lang), Look::Number(0)),
        ],
    )?;
    let (name, number) = (
        look_of(page.formats.bordered(), Look::Text),
        look_of(page.formats.bordered(), Look::Number(0)),
    );
    for (rule, count) in reviews {
        page.text(LEFT, rule, &name)?;
        page.count(LEFT + 1, *count, &number)?;
        page.row += 1;
    }
    Ok(())
}

/// How many columns a table of shares has.
const fn columns(amount: Option<&str>, cutoffs: bool) -> u16 {
    4 + if amount.is_some() { 2 } else { 0 } + if cutoffs { 1 } else { 0 }
}

/// The headings of a table of shares.
fn share_headings(
    page: &mut Page<'_>,
    name: &str,
    amount: Option<&str>,
    cutoffs: bool,
) -> Result<(), XlsxError> {
    let lang = page.lang;
    let mut headings = vec![
        (name, Look::Text),
        (Word::Customers.get(lang), Look::Number(0)),
        (Word::Share.get(lang), Look::Percent(1)),
        ("", Look::Text),
    ];
    if let Some(amount) = amount {
        headings.push((amount, Look::Number(2)));
        headings.push((Word::AmountShare.get(lang), Look::Percent(1)));
    }
    if cutoffs {
        headings.push((Word::CutOff.get(lang), Look::Text));
    }
    page.headings(LEFT, &headings)
}

/// A row of a table of shares.
fn share_row(
    page: &mut Page<'_>,
    share: &Share,
    name: &Format,
    amount: Option<&str>,
    cutoffs: bool,
) -> Result<(), XlsxError> {
    let format = |look| look_of(page.formats.bordered(), look);
    let (text, number, percent) = (
        format(Look::Text),
        format(Look::Number(0)),
        format(Look::Percent(1)),
    );
    let money = format(Look::Number(share.amount.map_or(0, Decimal::places).max(2)));
    let bar = text.clone().set_font_color(Color::RGB(BAR_COLOR));
    page.text(LEFT, &share.name, name)?;
    page.count(LEFT + 1, share.count, &number)?;
    page.sheet
        .write_number_with_format(page.row, LEFT + 2, share.share.to_f64(), &percent)?;
    page.text(LEFT + 3, &bar_of(share.share), &bar)?;
    let mut column = LEFT + 4;
    if amount.is_some() {
        for (value, format) in [(share.amount, &money), (share.amount_share, &percent)] {
            match value {
                Some(value) => {
                    page.sheet
                        .write_number_with_format(page.row, column, value.to_f64(), format)?
                }
                None => page.sheet.write_blank(page.row, column, format)?,
            };
            column += 1;
        }
    }
    if cutoffs {
        page.text(column, share.cutoff.as_deref().unwrap_or_default(), &text)?;
    }
    page.row += 1;
    Ok(())
}

/// A bar of text: no conditional format, so that it prints and sorts anywhere.
fn bar_of(share: Decimal) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let share = share.millionths().clamp(0, 1_000_000) as usize;
    let eighths = (share * BAR * 8 + 500_000) / 1_000_000;
    // Whatever is there is seen.
    let eighths = if share > 0 { eighths.max(1) } else { 0 };
    "█".repeat(eighths / 8) + EIGHTHS[eighths % 8]
}

/// A count as a share of another.
fn part_of(count: usize, whole: usize) -> Decimal {
    Decimal::from_count(count)
        .checked_div(Decimal::from_count(whole))
        .unwrap_or_default()
}
