//! Charts as inline SVG, laid out by ourselves: labels are measured by display width, so that Chinese fits, and every
//! chart is drawn twice, for wide and for narrow screens, because letters that shrink with the screen cannot be read.

mod bars;
mod canvas;
mod flows;
mod heat;
mod histogram;
mod legend;
mod lines;
mod scale;
mod stack;
#[cfg(test)]
mod tests;

use super::escape;
use crate::diagnostic::Lang;
use crate::present::report::colors::Colors;
use crate::report::Chart;
use crate::text;
use canvas::Canvas;
use legend::Shape;
use std::fmt::Write;

/// The widths at which charts are drawn, in pixels, with the class that shows each where it fits.
const WIDTHS: [(f64, &str); 2] = [(760.0, "wide"), (340.0, "narrow")];

/// A chart as a figure, `id` being its own in the page and `level` that of its heading.
pub fn figure(chart: &Chart, id: &str, level: u8, colors: &Colors, lang: Lang) -> String {
    let (title, alt) = match chart {
        Chart::Bars(plot) | Chart::Stack(plot) | Chart::Lines(plot) => (&plot.title, &plot.alt),
        Chart::Flows(flows) => (&flows.title, &flows.alt),
        Chart::Histogram(histogram) => (&histogram.title, &histogram.alt),
        Chart::Heat(heat) => (&heat.title, &heat.alt),
    };
    let (title, alt) = (escape::text(title), escape::text(alt));
    let canvases = WIDTHS.map(|(width, class)| (draw(chart, width, colors, lang), width, class));
    let free = if canvases
        .iter()
        .any(|(canvas, width, _)| canvas.width > *width)
    {
        " class=\"free\""
    } else {
        ""
    };
    let mut html =
        format!("<figure{free}>\n<figcaption><h{level}>{title}</h{level}></figcaption>\n");
    match chart {
        Chart::Bars(plot) | Chart::Stack(plot) => {
            legend::write(&plot.series, Shape::Area, None, colors, &mut html);
        }
        Chart::Lines(plot) => legend::write(&plot.series, Shape::Line, None, colors, &mut html),
        Chart::Histogram(histogram) => {
            let cut = text!("where a grade begins", "等级起点");
            let cut = (!histogram.cuts.is_empty()).then(|| cut.get(lang));
            legend::write(&histogram.series, Shape::Area, cut, colors, &mut html);
        }
        Chart::Flows(_) | Chart::Heat(_) => {}
    }
    for (canvas, width, class) in canvases {
        let svg = canvas.svg(&format!("{id}-{class}"), class, &title, &alt);
        if canvas.width > width {
            // Letters that shrink cannot be read: what is too wide scrolls, for who uses the keyboard too.
            let _ = write!(
                html,
                "<div class=\"scroll {class}\" role=\"group\" aria-label=\"{title}\" tabindex=\"0\">\n{svg}</div>\n"
            );
        } else {
            html.push_str(&svg);
        }
    }
    html.push_str("</figure>\n");
    html
}

fn draw(chart: &Chart, width: f64, colors: &Colors, lang: Lang) -> Canvas {
    match chart {
        Chart::Bars(plot) => bars::draw(plot, width, colors),
        Chart::Stack(plot) => stack::draw(plot, width, colors),
        Chart::Lines(plot) => lines::draw(plot, width, colors),
        Chart::Flows(flows) => flows::draw(flows, width, colors, lang),
        Chart::Histogram(histogram) => histogram::draw(histogram, width, colors),
        Chart::Heat(heat) => heat::draw(heat, width, lang),
    }
}
