//! Charts as inline SVG, laid out by ourselves: labels are measured by display width, so that Chinese fits, and every
//! chart is drawn twice, for wide and for narrow screens, because letters that shrink with the screen cannot be read.

mod bars;
mod canvas;
mod flows;
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

/// The widths at which charts are drawn, in pixels, with the class that shows each where it fits.
const WIDTHS: [(f64, &str); 2] = [(760.0, "wide"), (340.0, "narrow")];

/// A chart as a figure, `id` being its own in the page and `level` that of its heading.
pub fn figure(chart: &Chart, id: &str, level: u8, colors: &Colors, lang: Lang) -> String {
    let (title, alt) = match chart {
        Chart::Bars(plot) | Chart::Stack(plot) | Chart::Lines(plot) => (&plot.title, &plot.alt),
        Chart::Flows(flows) => (&flows.title, &flows.alt),
        Chart::Histogram(_) | Chart::Heat(_) => return String::new(),
    };
    let (title, alt) = (escape::text(title), escape::text(alt));
    let mut html = format!("<figure>\n<figcaption><h{level}>{title}</h{level}></figcaption>\n");
    match chart {
        Chart::Bars(plot) | Chart::Stack(plot) => legend::write(plot, false, colors, &mut html),
        Chart::Lines(plot) => legend::write(plot, true, colors, &mut html),
        Chart::Flows(_) | Chart::Histogram(_) | Chart::Heat(_) => {}
    }
    for (width, class) in WIDTHS {
        let canvas = match chart {
            Chart::Bars(plot) => bars::draw(plot, width, colors),
            Chart::Stack(plot) => stack::draw(plot, width, colors),
            Chart::Lines(plot) => lines::draw(plot, width, colors),
            Chart::Flows(flows) => flows::draw(flows, width, colors, lang),
            Chart::Histogram(_) | Chart::Heat(_) => continue,
        };
        html.push_str(&canvas.svg(&format!("{id}-{class}"), class, &title, &alt));
    }
    html.push_str("</figure>\n");
    html
}
