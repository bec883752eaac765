//! How every chart looks, the overview's and a report's: its type, lines and labels, which of its axes has the names, and
//! the text for those who do not see it.

use crate::present::palette::{HEADER, INK, LINE, MUTED, Rgb};
use rust_xlsxwriter::{
    Chart, ChartAxis, ChartDataLabel, ChartFont, ChartFormat, ChartLegendPosition, ChartLine,
    ChartSolidFill, ChartType, Color,
};
use std::borrow::Cow;

/// The font of charts: Excel's default does not show Chinese well.
const FONT: &str = "微软雅黑";

/// The longest text for those who do not see a chart, in units of UTF-16, by which Excel counts: the library leaves a longer
/// one out.
pub const ALT: usize = 255;

/// Type of this size, in points.
pub fn font(size: u8, color: Rgb) -> ChartFont {
    let mut font = ChartFont::new();
    font.set_name(FONT)
        .set_size(size)
        .set_color(Color::RGB(color));
    font
}

/// A thin line.
pub fn line(color: Rgb) -> ChartLine {
    let mut line = ChartLine::new();
    line.set_color(Color::RGB(color)).set_width(0.75);
    line
}

/// An area of one colour.
pub fn filled(color: Rgb) -> ChartFormat {
    let mut format = ChartFormat::new();
    format
        .set_solid_fill(ChartSolidFill::new().set_color(Color::RGB(color)))
        .set_no_border();
    format
}

/// The figure at a bar.
pub fn label(format: &str, ink: Rgb) -> ChartDataLabel {
    let mut label = ChartDataLabel::new();
    label
        .show_value()
        .set_font(&font(8, ink))
        .set_num_format(format);
    label
}

/// Its title, the text for those who do not see it, its frame, and a legend where it has more than one series.
pub fn dress(chart: &mut Chart, title: &str, alt: &str, series: usize) {
    let mut bold = font(11, HEADER);
    bold.set_bold();
    chart
        .title()
        .set_name(&*plain(title))
        .set_font(&bold)
        .set_overlay(false);
    if series > 1 {
        chart
            .legend()
            .set_position(ChartLegendPosition::Bottom)
            .set_font(&font(9, INK));
    } else {
        chart.legend().set_hidden();
    }
    chart
        .chart_area()
        .set_format(ChartFormat::new().set_border(&line(LINE)));
    chart.set_alt_text(cut(alt));
}

/// A text that the library takes for text: what begins with `=`, or has a `!` before the name of a cell, it takes for cells.
pub fn plain(text: &str) -> Cow<'_, str> {
    let is_formula = text.starts_with('=');
    if !is_formula && !text.contains('!') {
        return Cow::Borrowed(text);
    }
    let text = text.replace('!', "！");
    Cow::Owned(if is_formula {
        format!("＝{}", &text[1..])
    } else {
        text
    })
}

/// The axis with the names: at the side of lying bars, below the others. It is the vertical one that the library calls y.
pub fn names(chart: &mut Chart, kind: ChartType) -> &mut ChartAxis {
    let axis = if lies(kind) {
        // The first stands at the top, as in the table.
        chart.y_axis().set_reverse()
    } else {
        chart.x_axis()
    };
    axis.set_font(&font(9, INK))
        .set_format(ChartFormat::new().set_line(&line(MUTED)))
        .set_major_gridlines(false)
        .set_text_axis(true)
}

/// The axis with the figures, written as `format` has it.
pub fn figures<'a>(chart: &'a mut Chart, kind: ChartType, format: &str) -> &'a mut ChartAxis {
    let axis = if lies(kind) {
        chart.x_axis()
    } else {
        chart.y_axis()
    };
    axis.set_font(&font(8, MUTED))
        .set_num_format(format)
        .set_major_gridlines(true)
        .set_major_gridlines_line(&line(LINE))
        .set_format(ChartFormat::new().set_no_line())
}

const fn lies(kind: ChartType) -> bool {
    matches!(kind, ChartType::Bar | ChartType::BarStacked)
}

/// As much of a text as Excel takes.
fn cut(alt: &str) -> String {
    if length(alt) <= ALT {
        return alt.to_owned();
    }
    let mut left = ALT - 1;
    let fits = |letter: &char| match left.checked_sub(letter.len_utf16()) {
        Some(rest) => {
            left = rest;
            true
        }
        None => false,
    };
    let mut text: String = alt.chars().take_while(fits).collect();
    text.push('…');
    text
}

/// How long Excel finds a text.
pub fn length(text: &str) -> usize {
    text.encode_utf16().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_is_taken_for_cells() {
        assert_eq!(plain("A 级 80"), "A 级 80");
        assert_eq!(plain("=A[1] 80"), "＝A[1] 80");
        assert_eq!(plain("=(A1)"), "＝(A1)");
        assert_eq!(plain("客户!A1"), "客户！A1");
    }

    #[test]
    fn a_text_for_those_who_do_not_see_a_chart_is_as_long_as_excel_takes() {
        assert_eq!(cut(&"客".repeat(255)), "客".repeat(255));
        assert_eq!(cut(&"客".repeat(256)), "客".repeat(254) + "…");
        // A letter of two units that would not fit whole is left out.
        assert_eq!(cut(&"🙂".repeat(200)), "🙂".repeat(127) + "…");
        assert_eq!(
            cut(&format!("a{}", "🙂".repeat(200))),
            format!("a{}…", "🙂".repeat(126))
        );
    }
}
