//! Which colour, mark and dash is which series: a list above the chart, which wraps as the screen needs it.

use super::canvas::{dash, shape_at};
use super::escape;
use crate::present::report::colors::Colors;
use crate::report::Plot;

/// Appends the legend; one series needs none, because the chart's title names it.
pub fn write(plot: &Plot, lines: bool, colors: &Colors, html: &mut String) {
    if plot.series.len() < 2 {
        return;
    }
    html.push_str("<ul class=\"legend\">\n");
    for (place, series) in plot.series.iter().enumerate() {
        let color = colors.label(&series.label, place);
        let sample = if lines {
            let dash = match dash(place) {
                "" => String::new(),
                dash => format!(" stroke-dasharray=\"{dash}\""),
            };
            format!(
                "<svg class=\"key\" width=\"30\" height=\"14\" aria-hidden=\"true\"><path class=\"line\" d=\"M0 7h30\" stroke=\"#{color:06x}\"{dash}/><path class=\"point\" d=\"{}\" fill=\"#{color:06x}\"/></svg>",
                shape_at(place, 15.0, 7.0)
            )
        } else {
            format!(
                "<svg class=\"key\" width=\"14\" height=\"14\" aria-hidden=\"true\"><rect class=\"mark\" x=\"1\" y=\"1\" width=\"12\" height=\"12\" fill=\"#{color:06x}\"/></svg>"
            )
        };
        let name = escape::text(&series.label.text);
        html.push_str(&format!("<li>{sample}<bdi>{name}</bdi></li>\n"));
    }
    html.push_str("</ul>\n");
}
