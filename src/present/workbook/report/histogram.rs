//! How many customers have which value, as Excel draws it: columns in parts by grade, and a mark with the grade's name and
//! a line down at each bin in which a grade begins. Excel knows no place between two columns: the name says the value.

use super::super::charts::style;
use super::charts::{Figures, format_of};
use crate::diagnostic::Lang;
use crate::present::palette::{HEADER, INK};
use crate::present::report::cell;
use crate::present::report::colors::Colors;
use crate::present::shown;
use crate::report::{Histogram, Kind, Label, Plot, Series};
use crate::table::Decimal;
use crate::text;
use rust_xlsxwriter::{
    Chart as Drawing, ChartDataLabel, ChartDataLabelPosition, ChartEmptyCells, ChartErrorBars,
    ChartErrorBarsDirection, ChartErrorBarsType, ChartFormat, ChartLineDashType, ChartMarker,
    ChartMarkerType, ChartType,
};

/// How much of the chart's width its columns have, and how wide a letter of its names is, in pixels.
const ROOM: usize = 640;
const LETTER: usize = 6;

/// The histogram as a chart of figures that `figures` takes; `None` without any bin or grade.
pub fn drawing(histogram: &Histogram, colors: &Colors, figures: &mut Figures) -> Option<Drawing> {
    let bins = histogram.bounds.len().saturating_sub(1);
    if bins == 0 || histogram.series.is_empty() {
        return None;
    }
    let names = names(histogram);
    let has_cuts = names.iter().any(Option::is_some);
    let plot = plot(histogram, &names, figures.lang());
    let head = figures.add(&plot);
    let sheet = figures.sheet();
    let (first, last) = (head + 1, head + bins as u32);
    let mut drawing = Drawing::new(ChartType::ColumnStacked);
    for (place, one) in histogram.series.iter().enumerate() {
        let column = place as u16 + 1;
        drawing
            .add_series()
            .set_name((sheet, head, column))
            .set_categories((sheet, first, 0, last, 0))
            .set_values((sheet, first, column, last, column))
            .set_format(&mut style::filled(colors.label(&one.label, place)))
            .set_gap(6);
    }
    if has_cuts {
        let column = histogram.series.len() as u16 + 1;
        drawing.combine(&cuts(&names, sheet, head, column, last));
    }
    style::dress(
        &mut drawing,
        &histogram.title,
        &histogram.alt,
        plot.series.len(),
    );
    drawing.show_empty_cells_as(ChartEmptyCells::Gaps);
    let axis = style::names(&mut drawing, ChartType::ColumnStacked);
    axis.set_name(&*style::plain(&histogram.value))
        .set_name_font(&style::font(9, INK));
    let format = format_of(Kind::Count);
    style::figures(&mut drawing, ChartType::ColumnStacked, format).set_min(0);
    Some(drawing)
}

/// The marks of the bins in which grades begin.
fn cuts(names: &[Option<String>], sheet: &str, head: u32, column: u16, last: u32) -> Drawing {
    let mut line = Drawing::new(ChartType::Line);
    let font = style::font(8, INK);
    let labels: Vec<ChartDataLabel> = names
        .iter()
        .map(|name| {
            let mut label = ChartDataLabel::new();
            match name {
                Some(name) => label.set_value(&*style::plain(name)).set_font(&font),
                None => label.set_hidden(),
            };
            label
        })
        .collect();
    let mut all = ChartDataLabel::new();
    all.show_value()
        .set_font(&font)
        .set_position(ChartDataLabelPosition::Above);
    let mut dashed = style::line(HEADER);
    dashed.set_width(1).set_dash_type(ChartLineDashType::Dash);
    let mut down = ChartErrorBars::new();
    down.set_type(ChartErrorBarsType::Percentage(100.0))
        .set_direction(ChartErrorBarsDirection::Minus)
        .set_end_cap(false)
        .set_format(ChartFormat::new().set_line(&dashed));
    let mut marker = ChartMarker::new();
    marker
        .set_type(ChartMarkerType::Diamond)
        .set_size(6)
        .set_format(&mut style::filled(HEADER));
    line.add_series()
        .set_name((sheet, head, column))
        .set_categories((sheet, head + 1, 0, last, 0))
        .set_values((sheet, head + 1, column, last, column))
        .set_format(ChartFormat::new().set_no_line())
        .set_marker(&marker)
        .set_data_label(&all)
        .set_custom_data_labels(&labels)
        .set_y_error_bars(&down);
    line
}

/// For each bin what begins in it: `A 80`; several grades one below the other.
fn names(histogram: &Histogram) -> Vec<Option<String>> {
    let bins = histogram.bounds.windows(2).enumerate();
    let last = histogram.bounds.len().saturating_sub(2);
    bins.map(|(bin, bounds)| {
        let is_in = |value: Decimal| {
            bounds[0] <= value && (value < bounds[1] || (bin == last && value == bounds[1]))
        };
        let cuts = histogram.cuts.iter().filter(|(value, _)| is_in(*value));
        let names = cuts.map(|(value, label)| {
            let value = cell::exact(*value, histogram.kind);
            format!("{} {value}", label.text)
        });
        let names: Vec<String> = names.collect();
        (!names.is_empty()).then(|| names.join("\n"))
    })
    .collect()
}

/// The figures: a row for each bin, a column for each grade, and one for the marks, as high as the highest column.
fn plot(histogram: &Histogram, names: &[Option<String>], lang: Lang) -> Plot {
    let plain = |text: String| Label {
        text: text.into(),
        grade: None,
    };
    let mut series = histogram.series.clone();
    if names.iter().any(Option::is_some) {
        let total = |bin: usize| {
            let parts = histogram.series.iter();
            let parts = parts.filter_map(|one| one.values.get(bin).copied().flatten());
            parts.fold(Decimal::ZERO, |sum, part| {
                sum.checked_add(part).unwrap_or(sum)
            })
        };
        let highest = (0..names.len()).map(total).max().unwrap_or_default();
        let heights = heights(names, highest);
        let said = text!("where a grade begins", "等级起点");
        series.push(Series {
            label: plain(said.get(lang).to_owned()),
            values: heights,
        });
    }
    let bins = histogram.bounds.windows(2);
    Plot {
        title: histogram.title.clone(),
        alt: histogram.alt.clone(),
        kind: Kind::Count,
        categories: bins
            .map(|bounds| {
                let [from, to] = [bounds[0], bounds[1]].map(|at| cell::exact(at, histogram.kind));
                plain(format!("{from}–{to}"))
            })
            .collect(),
        series,
    }
}

/// How high the mark of each bin stands: on the highest column, and a sixth higher for each name further right that its own
/// would lie on.
fn heights(names: &[Option<String>], highest: Decimal) -> Vec<Option<Decimal>> {
    let pitch = ROOM / names.len().max(1);
    let mut placed: Vec<(usize, usize, usize)> = vec![];
    let mut heights = vec![None; names.len()];
    for (bin, name) in names.iter().enumerate().rev() {
        let Some(name) = name else {
            continue;
        };
        let widest = name.lines().map(shown::width).max().unwrap_or(0);
        let (middle, half) = (bin * pitch, widest * LETTER / 2 + 4);
        let (from, to) = ((middle + ROOM) - half, (middle + ROOM) + half);
        let is_taken = |row: usize| {
            let lies_on = |(other, start, end): &(usize, usize, usize)| {
                *other == row && from < *end && *start < to
            };
            placed.iter().any(lies_on)
        };
        let above = placed.len();
        let row = (0..above).find(|row| !is_taken(*row)).unwrap_or(above);
        placed.push((row, from, to));
        let step = highest.checked_div(Decimal::from_count(6));
        let above = step.and_then(|step| step.checked_mul(Decimal::from_count(row)));
        let height = above.and_then(|above| highest.checked_add(above.round(0)));
        heights[bin] = Some(height.unwrap_or(highest));
    }
    heights
}
