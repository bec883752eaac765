//! The charts of the overview, of figures that stand in its tables: counts now and before, shares of customers and of
//! the amount, movement over the last runs. Plain types, figures beside the bars, and a text for those who do not see them.

pub mod style;

use super::page::Page;
use crate::diagnostic::Lang;
use crate::present::palette::{INK, Rgb};
use crate::present::shown;
use rust_xlsxwriter::{Chart, ChartSeries, ChartType, ObjectMovement, XlsxError};

/// The colours of a chart's series: what is meant, and what it is held against.
pub const STRONG: Rgb = 0x2E_5F93;
pub const PALE: Rgb = 0xB4_C7DC;
pub const WARM: Rgb = 0xE2_9C6B;

/// The height of a chart in pixels, at least.
const HEIGHT: u32 = 250;
/// Between charts.
const GAP: u32 = 14;
/// A chart is not wider than this, nor narrower.
const WIDEST: u32 = 520;
const NARROWEST: u32 = 320;
/// With more names than this, or longer ones, bars lie.
const STANDING: usize = 7;
const LONG: usize = 10;

/// A chart of rows of the sheet.
pub struct Wanted {
    /// Its title.
    pub title: String,
    /// What it shows, in words.
    pub alt: String,
    /// The first and the last row of its figures.
    pub rows: (u32, u32),
    /// The column of the names.
    pub names: u16,
    /// The longest of them, in characters of a terminal.
    pub longest: usize,
    /// The series: name, column, colour.
    pub series: Vec<(String, u16, Rgb)>,
    /// How the figures are written.
    pub format: &'static str,
    /// Whether its names follow one another in time, so that bars stand.
    pub in_time: bool,
}

impl Wanted {
    const fn count(&self) -> usize {
        (self.rows.1 - self.rows.0 + 1) as usize
    }

    const fn lies(&self) -> bool {
        !self.in_time && (self.count() > STANDING || self.longest > LONG)
    }

    fn height(&self) -> u32 {
        if self.lies() {
            let bars = self.count() * (self.series.len() * 13 + 8);
            HEIGHT.max(100 + bars as u32)
        } else {
            HEIGHT
        }
    }
}

/// How high the band of these charts is, in pixels; nothing without any.
pub fn height(charts: &[Wanted]) -> u32 {
    charts
        .iter()
        .map(Wanted::height)
        .max()
        .map_or(0, |height| height + GAP)
}

/// Puts the charts beside each other below row `row`, as wide together as `width` pixels.
pub fn insert(
    page: &mut Page<'_>,
    sheet_name: &str,
    (row, column): (u32, u16),
    width: u32,
    charts: &[Wanted],
) -> Result<(), XlsxError> {
    let count = charts.len().max(1) as u32;
    let each = (width.saturating_sub(GAP * (count - 1)) / count).clamp(NARROWEST, WIDEST);
    let height = charts.iter().map(Wanted::height).max().unwrap_or(HEIGHT);
    for (index, wanted) in (0..).zip(charts) {
        let mut chart = chart(wanted, sheet_name);
        chart.set_width(each).set_height(height);
        chart.set_object_movement(ObjectMovement::MoveButDontSizeWithCells);
        let left = index * (each + GAP);
        page.sheet
            .insert_chart_with_offset(row, column, &chart, left, 4)?;
    }
    Ok(())
}

fn chart(wanted: &Wanted, sheet: &str) -> Chart {
    let kind = if wanted.lies() {
        ChartType::Bar
    } else {
        ChartType::Column
    };
    let mut chart = Chart::new(kind);
    let (first, last) = wanted.rows;
    // A wide gap makes few bars narrow enough to be bars.
    let gap = match wanted.count() {
        0..=3 => 120,
        4..=7 => 80,
        _ => 50,
    };
    for (name, column, color) in &wanted.series {
        let mut series = ChartSeries::new();
        series
            .set_name(name.as_str())
            .set_categories((sheet, first, wanted.names, last, wanted.names))
            .set_values((sheet, first, *column, last, *column))
            .set_format(&mut style::filled(*color))
            .set_gap(gap)
            .set_overlap(0);
        series.set_data_label(&style::label(wanted.format, INK));
        chart.push_series(&series);
    }
    style::dress(&mut chart, &wanted.title, &wanted.alt, wanted.series.len());
    style::names(&mut chart, kind);
    let format = if wanted.in_time { "0" } else { wanted.format };
    style::figures(&mut chart, kind, format).set_min(0);
    chart
}

/// The longest of some names, in characters of a terminal.
pub fn longest<'a>(names: impl Iterator<Item = &'a str>) -> usize {
    names.map(shown::width).max().unwrap_or(0)
}

/// What a chart shows in words, as much as Excel takes: its title, then figures by name.
pub fn alt(title: &str, items: impl Iterator<Item = String>, lang: Lang) -> String {
    let (colon, between) = match lang {
        Lang::Zh => ("：", "，"),
        Lang::En => (": ", ", "),
    };
    let mut text = title.to_owned();
    let mut first = true;
    for item in items {
        let part = format!("{}{item}", if first { colon } else { between });
        if style::length(&text) + style::length(&part) >= style::ALT {
            text.push('…');
            break;
        }
        text += &part;
        first = false;
    }
    text
}
