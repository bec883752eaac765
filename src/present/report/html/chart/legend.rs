//! Which colour, mark and dash is which series: a list above the chart, which wraps as the screen needs it.

use super::canvas::{dash, shape_at};
use super::escape;
use crate::present::report::colors::Colors;
use crate::report::Series;

/// What the series of a chart are drawn as.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shape {
    /// Bars and columns.
    Area,
    /// Lines with marks.
    Line,
}

/// Appends the legend, with what the lines of cuts are if there are any; one series alone needs none, because the chart's
/// title names it.
pub fn write(
    series: &[Series],
    shape: Shape,
    cut: Option<&str>,
    colors: &Colors,
    html: &mut String,
) {
    if series.len() < 2 && cut.is_none() {
        return;
    }
    html.push_str("<ul class=\"legend\">\n");
    for (place, series) in series.iter().enumerate() {
        let color = colors.label(&series.label, place);
        let sample = match shape {
            Shape::Line => {
                let dash = match dash(place) {
                    "" => String::new(),
                    dash => format!(" stroke-dasharray=\"{dash}\""),
                };
                format!(
                    "<svg class=\"key\" width=\"30\" height=\"14\" aria-hidden=\"true\"><path class=\"line\" d=\"M0 7h30\" stroke=\"#{color:06x}\"{dash}/><path class=\"point\" d=\"{}\" fill=\"#{color:06x}\"/></svg>",
                    shape_at(place, 15.0, 7.0)
                )
            }
            Shape::Area => format!(
                "<svg class=\"key\" width=\"14\" height=\"14\" aria-hidden=\"true\"><rect class=\"mark\" x=\"1\" y=\"1\" width=\"12\" height=\"12\" fill=\"#{color:06x}\"/></svg>"
            ),
        };
        item(&sample, &series.label.text, html);
    }
    if let Some(cut) = cut {
        let sample = "<svg class=\"key\" width=\"8\" height=\"16\" aria-hidden=\"true\"><path class=\"cut\" d=\"M4 0v16\"/></svg>";
        item(sample, cut, html);
    }
    html.push_str("</ul>\n");
}

fn item(sample: &str, name: &str, html: &mut String) {
    let name = escape::text(name);
    html.push_str(&format!("<li>{sample}<bdi>{name}</bdi></li>\n"));
}
