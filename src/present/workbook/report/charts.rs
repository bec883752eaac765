//! The charts of a report as Excel's own: plain types, a text for those who do not see them, and figures on a sheet of
//! their own, which Excel draws from.

use super::super::charts::style;
use super::super::formats::{Formats, Look, look_of};
use super::super::page::Page;
use super::histogram;
use crate::diagnostic::Lang;
use crate::present::palette::{INK, Rgb, readable_on};
use crate::present::report::colors::Colors;
use crate::present::shown;
use crate::report::{Chart, Flows, Kind, Label, Plot, Series};
use crate::table::Decimal;
use crate::text;
use rust_xlsxwriter::{
    Chart as Drawing, ChartAxisLabelPosition, ChartEmptyCells, ChartFormat, ChartLine,
    ChartLineDashType, ChartMarker, ChartMarkerType, ChartPoint, ChartType, Color, Worksheet,
    XlsxError,
};

/// A chart's size in pixels, without its bars where they lie.
const WIDTH: u32 = 720;
const HEIGHT: u32 = 280;
/// What has names above and below its columns.
const TALL: u32 = 340;
/// The widest column of their figures.
const WIDEST: usize = 44;
/// What a lying bar needs.
const BAR: u32 = 24;

/// The figures that charts are drawn from, below each other on one sheet.
pub struct Figures {
    sheet: String,
    lang: Lang,
    plots: Vec<(u32, Plot)>,
    next: u32,
}

impl Figures {
    /// For the sheet of this name.
    pub fn new(sheet: &str, lang: Lang) -> Self {
        Self {
            sheet: sheet.to_owned(),
            lang,
            plots: vec![],
            next: 0,
        }
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.plots.is_empty()
    }

    /// The sheet that they are on.
    pub fn sheet(&self) -> &str {
        &self.sheet
    }

    /// The language of what is written beside them.
    pub const fn lang(&self) -> Lang {
        self.lang
    }

    /// Takes the figures of a plot; gives the row of its headings.
    pub fn add(&mut self, plot: &Plot) -> u32 {
        let title = self.next;
        self.next += plot.categories.len() as u32 + 3;
        self.plots.push((title, plot.clone()));
        title + 1
    }

    /// Writes the sheet.
    pub fn write(&self, sheet: &mut Worksheet, formats: &Formats) -> Result<(), XlsxError> {
        super::super::page::set_up(sheet, self.lang);
        let plots = || self.plots.iter().map(|(_, plot)| plot);
        let widest = |names: &mut dyn Iterator<Item = &Label>| {
            let widths = names.map(|label| shown::width(&label.text));
            widths.max().unwrap_or(0).clamp(10, WIDEST) + 4
        };
        let names = widest(&mut plots().flat_map(|plot| &plot.categories));
        sheet.set_column_width(0, names as f64)?;
        let series = plots().map(|plot| plot.series.len()).max().unwrap_or(0);
        for index in 0..series {
            let labels = plots().filter_map(|plot| plot.series.get(index));
            let width = widest(&mut labels.map(|series| &series.label));
            sheet.set_column_width(index as u16 + 1, width as f64)?;
        }
        let text = look_of(formats.bordered(), Look::Text);
        for (title, plot) in &self.plots {
            let bold = formats.base().set_bold();
            sheet.write_string_with_format(
                *title,
                0,
                super::super::text::cell(&plot.title),
                &bold,
            )?;
            let head = title + 1;
            sheet.write_blank(head, 0, &formats.section())?;
            let number =
                look_of(formats.bordered(), Look::General).set_num_format(format_of(plot.kind));
            for (column, series) in (1u16..).zip(&plot.series) {
                let name = super::super::text::cell(&series.label.text);
                sheet.write_string_with_format(head, column, name, &formats.section())?;
            }
            for (index, category) in plot.categories.iter().enumerate() {
                let row = head + 1 + index as u32;
                sheet.write_string_with_format(
                    row,
                    0,
                    super::super::text::cell(&category.text),
                    &text,
                )?;
                for (column, series) in (1u16..).zip(&plot.series) {
                    match series.values.get(index).copied().flatten() {
                        Some(value) => {
                            sheet.write_number_with_format(row, column, value.to_f64(), &number)?
                        }
                        None => sheet.write_blank(row, column, &number)?,
                    };
                }
            }
        }
        Ok(())
    }
}

/// Puts a chart at the page's row; gives its height in pixels, 0 if there is nothing to draw.
pub fn insert(
    page: &mut Page<'_>,
    chart: &Chart,
    colors: &Colors,
    figures: &mut Figures,
) -> Result<u32, XlsxError> {
    let flowing;
    let (plot, kind) = match chart {
        Chart::Bars(plot) => (plot, ChartType::Bar),
        Chart::Stack(plot) => (plot, ChartType::BarStacked),
        Chart::Lines(plot) => (plot, ChartType::Line),
        Chart::Flows(flows) => {
            flowing = as_stack(flows, figures.lang);
            (&flowing, ChartType::BarStacked)
        }
        Chart::Histogram(histogram) => {
            return match histogram::drawing(histogram, colors, figures) {
                Some(drawing) => place(page, drawing, TALL),
                None => Ok(0),
            };
        }
        // It is no drawing but cells.
        Chart::Heat(_) => return Ok(0),
    };
    if plot.categories.is_empty() || plot.series.is_empty() {
        return Ok(0);
    }
    let head = figures.add(plot);
    let drawing = draw(plot, kind, head, &figures.sheet, colors);
    let bars = match kind {
        ChartType::Bar => plot.categories.len() * plot.series.len().max(1),
        ChartType::BarStacked => plot.categories.len(),
        _ => 0,
    };
    place(page, drawing, HEIGHT.max(110 + bars as u32 * BAR))
}

/// Puts a chart of this height at the page's row; gives the height.
fn place(page: &mut Page<'_>, mut drawing: Drawing, height: u32) -> Result<u32, XlsxError> {
    drawing.set_width(WIDTH).set_height(height);
    page.sheet
        .insert_chart_with_offset(page.row, 1, &drawing, 0, 4)?;
    Ok(height)
}

/// Excel has no picture of flows: a bar for each level before, in parts by what its customers are now.
fn as_stack(flows: &Flows, lang: Lang) -> Plot {
    let count =
        |from: usize, to: usize| flows.counts.get(from).and_then(|row| row.get(to)).copied();
    let name = |label: &Label, side: &str| Label {
        text: format!("{} ({side})", label.text).into(),
        grade: label.grade,
    };
    let title = text!(
        "{}: from {} (bars) to {} (parts)",
        "{}：{}（条）到 {}（段）",
        flows.title,
        flows.before,
        flows.after
    );
    Plot {
        title: title.get(lang).to_owned(),
        alt: flows.alt.clone(),
        kind: Kind::Count,
        categories: flows
            .from
            .iter()
            .map(|label| name(label, &flows.before))
            .collect(),
        series: flows
            .to
            .iter()
            .enumerate()
            .map(|(to, label)| Series {
                label: name(label, &flows.after),
                values: (0..flows.from.len())
                    .map(|from| {
                        let count = count(from, to).filter(|count| *count > 0)?;
                        Some(Decimal::from_count(count as usize))
                    })
                    .collect(),
            })
            .collect(),
    }
}

fn draw(plot: &Plot, kind: ChartType, head: u32, sheet: &str, colors: &Colors) -> Drawing {
    let mut drawing = Drawing::new(kind);
    let (first, last) = (head + 1, head + plot.categories.len() as u32);
    let single = plot.series.len() == 1;
    for (place, one) in plot.series.iter().enumerate() {
        let column = place as u16 + 1;
        let color = colors.label(&one.label, place);
        let series = drawing
            .add_series()
            .set_name((sheet, head, column))
            .set_categories((sheet, first, 0, last, 0))
            .set_values((sheet, first, column, last, column));
        if matches!(kind, ChartType::Line) {
            series.set_format(
                ChartFormat::new().set_line(
                    ChartLine::new()
                        .set_color(Color::RGB(color))
                        .set_width(2)
                        .set_dash_type(dash(place)),
                ),
            );
            series.set_marker(&marker(place, color));
            continue;
        }
        series.set_format(&mut style::filled(color)).set_gap(60);
        let stacked = matches!(kind, ChartType::BarStacked);
        let ink = if stacked { readable_on(color) } else { INK };
        series.set_data_label(&style::label(format_of(plot.kind), ink));
        if single && one.label.grade.is_none() {
            let own = color;
            let points: Vec<ChartPoint> = plot
                .categories
                .iter()
                .map(|category| {
                    let color = category.grade.and_then(|grade| colors.grade(grade));
                    ChartPoint::new().set_format(&mut style::filled(color.unwrap_or(own)))
                })
                .collect();
            series.set_points(&points);
        }
    }
    style::dress(&mut drawing, &plot.title, &plot.alt, plot.series.len());
    drawing.show_empty_cells_as(ChartEmptyCells::Gaps);
    let names = style::names(&mut drawing, kind);
    let is_line = matches!(kind, ChartType::Line);
    if !is_line {
        // Beside the bars that go below nought, not on them.
        names.set_label_position(ChartAxisLabelPosition::Low);
    }
    let figures = style::figures(&mut drawing, kind, format_of(plot.kind));
    if !is_line {
        // Values say themselves at their bars.
        figures.set_major_gridlines(false).set_hidden(true);
        if plot.kind == Kind::Share && matches!(kind, ChartType::BarStacked) {
            figures.set_max(1);
        }
    }
    drawing
}

/// How figures of a kind are written.
pub const fn format_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Share => "0.0%",
        Kind::Delta => "+#,##0;-#,##0;0",
        Kind::Number => "#,##0.##",
        Kind::Figure => "General",
        Kind::Text | Kind::Count | Kind::Money | Kind::Date => "#,##0",
    }
}

/// Lines differ in their dashes and marks, not by colour alone.
const fn dash(place: usize) -> ChartLineDashType {
    match place % 4 {
        0 => ChartLineDashType::Solid,
        1 => ChartLineDashType::Dash,
        2 => ChartLineDashType::RoundDot,
        _ => ChartLineDashType::DashDot,
    }
}

fn marker(place: usize, color: Rgb) -> ChartMarker {
    let mut marker = ChartMarker::new();
    marker
        .set_type(match place % 4 {
            0 => ChartMarkerType::Circle,
            1 => ChartMarkerType::Square,
            2 => ChartMarkerType::Diamond,
            _ => ChartMarkerType::Triangle,
        })
        .set_size(6)
        .set_format(&mut style::filled(color));
    marker
}
