//! The charts of the overview, of figures that stand in its tables: counts now and before, shares of customers and of
//! the amount, movement over the last runs. Plain types, figures beside the bars, and a text for those who do not see them.

use super::page::Page;
use crate::diagnostic::Lang;
use crate::present::palette::{HEADER, INK, LINE, MUTED, Rgb};
use crate::present::shown;
use rust_xlsxwriter::{
    Chart, ChartAxis, ChartFont, ChartFormat, ChartLegendPosition, ChartLine, ChartSeries,
    ChartSolidFill, ChartType, Color, ObjectMovement, XlsxError,
};

/// The colours of a chart's series: what is meant, and what it is held against.
pub const STRONG: Rgb = 0x2E_5F93;
pub const PALE: Rgb = 0xB4_C7DC;
pub const WARM: Rgb = 0xE2_9C6B;

const FONT: &str = "微软雅黑";
/// The height of a chart in pixels, at least.
const HEIGHT: u32 = 250;
/// The most characters of a text for those who do not see the chart.
const ALT: usize = 255;
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

fn font(size: u8, color: Rgb) -> ChartFont {
    let mut font = ChartFont::new();
    font.set_name(FONT)
        .set_size(size)
        .set_color(Color::RGB(color));
    font
}

fn line(color: Rgb) -> ChartLine {
    let mut line = ChartLine::new();
    line.set_color(Color::RGB(color)).set_width(0.75);
    line
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
        let mut fill = ChartSolidFill::new();
        fill.set_color(Color::RGB(*color));
        let mut format = ChartFormat::new();
        format.set_solid_fill(&fill).set_no_border();
        let mut series = ChartSeries::new();
        series
            .set_name(name.as_str())
            .set_categories((sheet, first, wanted.names, last, wanted.names))
            .set_values((sheet, first, *column, last, *column))
            .set_format(&mut format)
            .set_gap(gap)
            .set_overlap(0);
        let mut label = rust_xlsxwriter::ChartDataLabel::new();
        label
            .show_value()
            .set_font(&font(8, INK))
            .set_num_format(wanted.format);
        series.set_data_label(&label);
        chart.push_series(&series);
    }
    let mut bold = font(11, HEADER);
    bold.set_bold();
    chart
        .title()
        .set_name(wanted.title.as_str())
        .set_font(&bold)
        .set_overlay(false);
    if wanted.series.len() > 1 {
        chart
            .legend()
            .set_position(ChartLegendPosition::Bottom)
            .set_font(&font(9, INK));
    } else {
        chart.legend().set_hidden();
    }
    // Of lying bars the names stand on the vertical axis, which the library calls y.
    if wanted.lies() {
        axis_of_names(chart.y_axis());
        axis_of_figures(chart.x_axis(), wanted);
        // The best stands at the top, as in the table.
        chart.y_axis().set_reverse();
    } else {
        axis_of_names(chart.x_axis());
        axis_of_figures(chart.y_axis(), wanted);
    }
    chart
        .chart_area()
        .set_format(ChartFormat::new().set_border(&line(LINE)));
    chart.set_alt_text(wanted.alt.as_str());
    chart
}

fn axis_of_names(axis: &mut ChartAxis) {
    axis.set_font(&font(9, INK))
        .set_format(ChartFormat::new().set_line(&line(MUTED)))
        .set_major_gridlines(false)
        .set_text_axis(true);
}

fn axis_of_figures(axis: &mut ChartAxis, wanted: &Wanted) {
    axis.set_font(&font(8, MUTED))
        .set_num_format(if wanted.in_time { "0" } else { wanted.format })
        .set_major_gridlines(true)
        .set_major_gridlines_line(&line(LINE))
        .set_format(ChartFormat::new().set_no_line())
        .set_min(0);
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
        if text.chars().count() + part.chars().count() >= ALT {
            text.push('…');
            break;
        }
        text += &part;
        first = false;
    }
    text
}
