//! A table of shares: a name, how many customers, what share of them, what part of the amount, and what was before.

use super::{LEFT, since};
use crate::present::summary::Share;
use crate::present::workbook::formats::{Look, look_of};
use crate::present::workbook::page::Page;
use crate::table::Decimal;
use crate::words::Word;
use rust_xlsxwriter::{Color, Format, XlsxError};

/// How many columns a table of shares has.
pub(super) const fn columns(amount: Option<&str>, cutoffs: bool) -> u16 {
    4 + if amount.is_some() { 2 } else { 0 } + if cutoffs { 1 } else { 0 }
}

pub(super) fn has_cutoffs(shares: &[Share]) -> bool {
    shares.iter().any(|share| share.cutoff.is_some())
}

pub(super) fn has_amounts(shares: &[Share]) -> bool {
    shares.iter().any(|share| share.amount.is_some())
}

/// The headings of a table of shares.
pub(super) fn share_headings(
    page: &mut Page<'_>,
    name: &str,
    amount: Option<&str>,
    cutoffs: bool,
    before: bool,
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
    if before {
        headings.push((Word::CustomersBefore.get(lang), Look::Number(0)));
        headings.push((Word::Difference.get(lang), Look::Delta(0)));
    }
    page.headings(LEFT, &headings)
}

/// A row of a table of shares.
pub(super) fn share_row(
    page: &mut Page<'_>,
    share: &Share,
    name: &Format,
    amount: Option<&str>,
    cutoffs: bool,
    before: Option<usize>,
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
        column += 1;
    }
    if let Some(before) = before {
        let delta = format(Look::Delta(0));
        since(page, column, (share.count, before), &number, &delta)?;
    }
    page.row += 1;
    Ok(())
}

/// A part of the sheet with a row for each share; nothing where there are none. Gives the row of the first.
pub(super) fn shares(
    page: &mut Page<'_>,
    title: &str,
    heading: &str,
    shares: &[Share],
    amount: Option<&str>,
    before: Option<&[usize]>,
) -> Result<Option<u32>, XlsxError> {
    if shares.is_empty() {
        return Ok(None);
    }
    let amount = amount.filter(|_| has_amounts(shares));
    let cutoffs = has_cutoffs(shares);
    page.part(LEFT, title)?;
    share_headings(page, heading, amount, cutoffs, before.is_some())?;
    let first = page.row;
    let name = look_of(page.formats.bordered(), Look::Text);
    for (index, share) in shares.iter().enumerate() {
        let before = before.map(|counts| counts[index]);
        share_row(page, share, &name, amount, cutoffs, before)?;
    }
    Ok(Some(first))
}

/// A bar of text: no conditional format, so that it prints and sorts anywhere.
pub(super) fn bar_of(share: Decimal) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let share = share.millionths().clamp(0, 1_000_000) as usize;
    let eighths = (share * BAR * 8 + 500_000) / 1_000_000;
    // Whatever is there is seen.
    let eighths = if share > 0 { eighths.max(1) } else { 0 };
    "█".repeat(eighths / 8) + EIGHTHS[eighths % 8]
}

/// A bar of 100% in characters.
pub(super) const BAR: usize = 12;

/// The colour of bars.
pub(super) const BAR_COLOR: u32 = 0x5B_8DB8;
