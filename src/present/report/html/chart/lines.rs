//! Lines over dates or periods, each with marks and dashes of its own. A value that is missing leaves a gap.

use super::canvas::{Anchor, Canvas, Ink, dash, fit, measure};
use super::scale::{Scale, tick, ticks};
use crate::present::report::cell;
use crate::present::report::colors::Colors;
use crate::report::{Kind, Plot};

const HEIGHT: f64 = 260.0;
const TOP: f64 = 14.0;
const BOTTOM: f64 = 28.0;
const GAP: f64 = 8.0;

/// Draws it.
pub fn draw(plot: &Plot, width: f64, colors: &Colors) -> Canvas {
    let mut canvas = Canvas::new(width);
    canvas.height = HEIGHT;
    let values: Vec<f64> = plot
        .series
        .iter()
        .flat_map(|series| series.values.iter().flatten())
        .map(|value| value.to_f64())
        .collect();
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let (low, high) = if values.is_empty() {
        (0.0, 1.0)
    } else {
        (low, high)
    };
    // Means that move between 4.1 and 4.4 would be a flat line from nought on; counts and amounts are compared by height.
    let from = if plot.kind == Kind::Number && low > high / 2.0 {
        low
    } else {
        low.min(0.0)
    };
    let least = if plot.kind == Kind::Count { 1.0 } else { 0.0 };
    let ticks = ticks(from, high.max(0.0), 5, least);
    let labels: Vec<String> = ticks.iter().map(|value| tick(*value, plot.kind)).collect();
    let left = labels
        .iter()
        .map(|label| measure(label))
        .fold(0.0, f64::max)
        + GAP;
    let bottom = HEIGHT - BOTTOM;
    let up = Scale::new(ticks[0], ticks[ticks.len() - 1], bottom, TOP);
    for (value, label) in ticks.iter().zip(&labels) {
        let y = up.at(*value);
        let class = if *value == 0.0 { "axis" } else { "grid" };
        canvas.rule((left, y), (width, y), class);
        canvas.text((left - GAP, y), Anchor::End, Ink::Muted, label);
    }
    let places = places(plot, left, width);
    names(
        &mut canvas,
        plot,
        &places,
        left,
        bottom + BOTTOM / 2.0 + 2.0,
    );
    for (index, series) in plot.series.iter().enumerate() {
        let color = colors.label(&series.label, index);
        let points: Vec<Option<(f64, f64)>> = places
            .iter()
            .enumerate()
            .map(|(at, x)| {
                let value = series.values.get(at).copied().flatten()?;
                Some((*x, up.at(value.to_f64())))
            })
            .collect();
        for run in points.split(Option::is_none) {
            let run: Vec<(f64, f64)> = run.iter().flatten().copied().collect();
            if run.len() > 1 {
                canvas.line(&run, color, dash(index));
            }
        }
        for (at, point) in points.iter().enumerate() {
            let (Some(point), Some(Some(value))) = (point, series.values.get(at)) else {
                continue;
            };
            let value = cell::on_chart(*value, plot.kind);
            let tip = format!(
                "{} · {}: {value}",
                plot.categories[at].text, series.label.text
            );
            canvas.point(index, *point, color, &tip);
        }
    }
    canvas
}

/// Where each category is, from left to right.
fn places(plot: &Plot, left: f64, width: f64) -> Vec<f64> {
    let count = plot.categories.len();
    let step = (width - left) / count.max(1) as f64;
    (0..count)
        .map(|index| left + step * (index as f64 + 0.5))
        .collect()
}

/// The names below, as many as have room: the last always, and every so many before it.
fn names(canvas: &mut Canvas, plot: &Plot, places: &[f64], left: f64, y: f64) {
    let width = canvas.width;
    let longest = plot.categories.iter().map(|label| measure(&label.text));
    let longest = longest.fold(0.0, f64::max) + GAP;
    let step = (width - left) / places.len().max(1) as f64;
    let every = (longest / step).ceil().max(1.0) as usize;
    // A name at an edge is moved inwards, and may need the room of the next.
    let mut free = width + GAP;
    for index in (0..places.len()).rev().step_by(every) {
        let name = fit(&plot.categories[index].text, width);
        let half = measure(&name) / 2.0;
        let x = places[index].min(width - half).max(half);
        if x + half + GAP <= free {
            canvas.text((x, y), Anchor::Middle, Ink::Muted, &name);
            free = x - half;
        }
    }
}
