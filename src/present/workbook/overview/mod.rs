//! The first sheet: how many customers have which grade, what moved, and what share of the amount they bring.

mod charts;
mod shares;

use super::charts as drawing;
use super::formats::{Formats, Look, Shade, look_of};
use super::page::Page;
use crate::decide::Decision;
use crate::present::marks::decision_word;
use crate::present::palette::{HEADER, LINE, MUTED};
use crate::present::shown;
use crate::present::summary::{Share, Summary};
use crate::report::RunFigures;
use crate::table::Decimal;
use crate::words::Word;
use charts::{chart_of_runs, charts_of, main, open_rows};
use rust_xlsxwriter::{Color, Format, FormatBorder, Worksheet, XlsxError};
use shares::{columns, has_cutoffs, share_headings, share_row, shares};
use std::sync::Arc;

/// Widths of the columns: margin, name, customers, share, bar, amount, its share, cut-off, before, difference.
const WIDTHS: [u16; 10] = [2, 24, 14, 14, 26, 20, 20, 26, 14, 14];

/// The widest that names, the amount and cut-offs may make theirs.
const WIDEST: usize = 48;

/// The first column beside the margin.
const LEFT: u16 = 1;

/// How many tags are listed.
const TAGS: usize = 20;

/// What was before this run.
#[derive(Default)]
pub struct Before<'a> {
    /// How many customers had each grade, without grades each type, and last how many had none. `None` where there was no
    /// run before.
    pub counts: Option<&'a [usize]>,
    /// The last runs, oldest first, this one last; blank without a ledger.
    pub runs: &'a [RunFigures],
}

/// Writes the sheet, which is named `name`.
pub fn write(
    sheet: &mut Worksheet,
    name: &str,
    summary: &Summary,
    before: &Before<'_>,
    formats: &Formats,
) -> Result<(), XlsxError> {
    let lang = summary.lang;
    let widths = widths(summary);
    let mut page = Page::new(sheet, formats, lang, &widths)?;
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
    // The charts stand above the tables that hold their figures, so the rows for them are left open.
    let band = page.row;
    page.row += open_rows(summary, before);
    let mut drawn = vec![];
    let graded = grades(&mut page, summary, before.counts)?;
    movements(&mut page, summary, before.counts.is_some())?;
    let amount = summary.amount.as_deref();
    let counts = before.counts.filter(|_| summary.grades.is_empty());
    let typed = shares(
        &mut page,
        Word::Types.get(lang),
        Word::Type.get(lang),
        &summary.types,
        amount,
        counts,
    )?;
    let mut labelled = None;
    for (name, labels) in &summary.dimensions {
        let title = format!("{} · {name}", Word::Dimension.get(lang));
        let rows = shares(&mut page, &title, name, labels, amount, None)?;
        labelled = labelled.or(rows);
    }
    let first = graded.or(typed).or(labelled);
    if let (Some(first), Some(main)) = (first, main(summary, before)) {
        drawn.extend(charts_of(&main, amount, first, lang));
    }
    let tags = &summary.tags[..summary.tags.len().min(TAGS)];
    let title = match summary.tags.len() {
        count if count > TAGS => format!("{} ({TAGS}/{count})", Word::TopTags.get(lang)),
        _ => Word::TopTags.get(lang).to_owned(),
    };
    shares(&mut page, &title, Word::Tags.get(lang), tags, amount, None)?;
    reviews(&mut page, &summary.reviews)?;
    if let Some(first) = last_runs(&mut page, before.runs)? {
        drawn.extend(chart_of_runs(before.runs, first, lang));
    }
    // As wide as the tables reach.
    let columns = 1 + usize::from(columns(amount, has_cutoffs(&summary.grades)));
    let wide = widths[1..columns]
        .iter()
        .map(|width| u32::from(*width) * 7 + 5)
        .sum();
    drawing::insert(&mut page, name, (band + 1, LEFT), wide, &drawn)?;
    // What was before takes two more; the last runs take seven with the margin.
    let before = if before.counts.is_some() { 2 } else { 0 };
    page.end((columns + before).max(7))
}

/// The figures of the last runs; the row of the first.
fn last_runs(page: &mut Page<'_>, runs: &[RunFigures]) -> Result<Option<u32>, XlsxError> {
    if runs.len() < 2 {
        return Ok(None);
    }
    let lang = page.lang;
    page.part(LEFT, Word::LastRuns.get(lang))?;
    let count = Look::Number(0);
    page.headings(
        LEFT,
        &[
            (Word::AsOf.get(lang), Look::Text),
            (Word::Customers.get(lang), count),
            (Word::Up.get(lang), count),
            (Word::Down.get(lang), count),
            (Word::NewOnes.get(lang), count),
            (Word::AbsentOnes.get(lang), count),
        ],
    )?;
    let first = page.row;
    let (text, number) = (
        look_of(page.formats.bordered(), Look::Text),
        look_of(page.formats.bordered(), count),
    );
    for run in runs {
        page.text(LEFT, &run.as_of.to_string(), &text)?;
        // Of the first run that there is, nobody knows who moved to it.
        let counts = [Some(run.customers), run.up, run.down, run.new, run.absent];
        for (column, count) in (LEFT + 1..).zip(counts) {
            match count {
                Some(count) => page.count(column, count, &number)?,
                None => page.text(column, "", &number)?,
            }
        }
        page.row += 1;
    }
    Ok(Some(first))
}

/// The widths, with room for long names.
fn widths(summary: &Summary) -> [u16; 10] {
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
    page.row_height(page.row, 24)?;
    page.row_height(page.row + 1, 34)?;
    page.row += 2;
    Ok(())
}

/// The grades in their colours, those without one, and the total.
/// Gives the row of the first.
fn grades(
    page: &mut Page<'_>,
    summary: &Summary,
    before: Option<&[usize]>,
) -> Result<Option<u32>, XlsxError> {
    if summary.grades.is_empty() {
        return Ok(None);
    }
    let lang = page.lang;
    page.part(LEFT, Word::Grades.get(lang))?;
    let amount = summary.amount.as_deref();
    let cutoffs = has_cutoffs(&summary.grades);
    share_headings(
        page,
        Word::Grade.get(lang),
        amount,
        cutoffs,
        before.is_some(),
    )?;
    let first = page.row;
    for (grade, share) in summary.grades.iter().enumerate() {
        let name = page.formats.shaded(
            look_of(page.formats.bordered(), Look::Text).set_bold(),
            Shade::Grade(grade),
        );
        let before = before.map(|counts| counts[grade]);
        share_row(page, share, &name, amount, cutoffs, before)?;
    }
    let columns_end = LEFT + columns(amount, cutoffs);
    let unrated_before = before.and_then(|counts| counts.get(summary.grades.len()).copied());
    if summary.unrated > 0 || unrated_before > Some(0) {
        let name = page
            .formats
            .shaded(look_of(page.formats.bordered(), Look::Text), Shade::Hatched);
        let number = look_of(page.formats.bordered(), Look::Number(0));
        page.text(LEFT, Word::Unrated.get(lang), &name)?;
        page.count(LEFT + 1, summary.unrated, &number)?;
        if let Some(before) = unrated_before {
            let delta = look_of(page.formats.bordered(), Look::Delta(0));
            since(
                page,
                columns_end,
                (summary.unrated, before),
                &number,
                &delta,
            )?;
        }
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
    for column in LEFT + 2..columns_end {
        page.sheet.write_blank(page.row, column, &text)?;
    }
    if let Some(before) = before {
        let counts = (counted + summary.unrated, before.iter().sum());
        since(page, columns_end, counts, &number, &total(Look::Delta(0)))?;
    }
    if let (Some(_), Some(sum)) = (amount, sum) {
        page.sheet
            .write_number_with_format(page.row, LEFT + 4, sum.to_f64(), &money)?;
    }
    page.row += 1;
    Ok(Some(first))
}

/// How many customers there were before, in this column, and how many more there are now in the next one.
fn since(
    page: &mut Page<'_>,
    column: u16,
    (now, before): (usize, usize),
    number: &Format,
    delta: &Format,
) -> Result<(), XlsxError> {
    page.count(column, before, number)?;
    let difference = now as f64 - before as f64;
    page.sheet
        .write_number_with_format(page.row, column + 1, difference, delta)?;
    Ok(())
}

/// What became of the customers since the run before. In a first one all are new, which says nothing.
fn movements(page: &mut Page<'_>, summary: &Summary, has_before: bool) -> Result<(), XlsxError> {
    let mut decisions = summary.decisions.iter();
    if !has_before && decisions.all(|(decision, _)| *decision == Decision::Initial) {
        return Ok(());
    }
    let lang = page.lang;
    page.part(LEFT, Word::Movements.get(lang))?;
    share_headings(page, Word::Change.get(lang), None, false, false)?;
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
        share_row(page, &share, &name, None, false, None)?;
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

/// A count as a share of another.
fn part_of(count: usize, whole: usize) -> Decimal {
    Decimal::from_count(count)
        .checked_div(Decimal::from_count(whole))
        .unwrap_or_default()
}
