//! Bars beside each other: a group for each category, lying, so that long names can be read and every value stands at
//! its bar's end.

use super::canvas::{Anchor, Canvas, Ink, LINE, Rect, fit, measure};
use super::scale::Scale;
use crate::present::report::cell;
use crate::present::report::colors::Colors;
use crate::report::Plot;
use crate::table::Decimal;

/// The most of the width that names beside the bars take; longer ones stand above.
const NAMES: f64 = 0.32;
/// The least of the width that is left to bars beside names.
const BARS: f64 = 0.3;
/// Between a name, a bar and its value.
const GAP: f64 = 8.0;

/// Where the names of rows and their bars are.
pub struct Rows {
    /// Whether names stand above their bars.
    pub above: bool,
    /// Where bars start.
    pub left: f64,
}

impl Rows {
    /// For these names on a drawing of this width, of which the values beside the bars need `values`.
    pub fn new<'a>(names: impl Iterator<Item = &'a str>, width: f64, values: f64) -> Self {
        let longest = names.map(measure).fold(0.0, f64::max);
        let above = longest > width * NAMES || longest + GAP + values > width * (1.0 - BARS);
        Self {
            above,
            left: if above { 0.0 } else { longest + GAP },
        }
    }

    /// Writes the name of the row whose bars start at `y` and take `height`; gives where they start then.
    pub fn name(&self, canvas: &mut Canvas, name: &str, y: f64, height: f64) -> f64 {
        if self.above {
            let name = fit(name, canvas.width);
            canvas.text((0.0, y + LINE / 2.0), Anchor::Start, Ink::Plain, &name);
            y + LINE
        } else {
            let at = (self.left - GAP, y + height / 2.0);
            canvas.text(at, Anchor::End, Ink::Plain, name);
            y
        }
    }
}

/// Draws it.
pub fn draw(plot: &Plot, width: f64, colors: &Colors) -> Canvas {
    let mut canvas = Canvas::new(width);
    let single = plot.series.len() == 1;
    let (pitch, thick) = if single { (26.0, 20.0) } else { (18.0, 14.0) };
    let values = || {
        plot.series
            .iter()
            .flat_map(|series| series.values.iter().flatten())
    };
    let number = |value: Decimal| cell::on_chart(value, plot.kind);
    let room = |negative: bool| {
        values()
            .filter(|value| (**value < Decimal::ZERO) == negative)
            .map(|value| measure(&number(*value)) + GAP)
            .fold(0.0, f64::max)
    };
    let names = plot.categories.iter().map(|label| &*label.text);
    let rows = Rows::new(names, width, room(true) + room(false));
    let (low, high) = values().fold((0f64, 0f64), |(low, high), value| {
        let value = value.to_f64();
        (low.min(value), high.max(value))
    });
    let scale = Scale::new(low, high, rows.left + room(true), width - room(false));
    let zero = scale.at(0.0);
    let mut y = 4.0;
    for (index, category) in plot.categories.iter().enumerate() {
        let height = pitch * plot.series.len().max(1) as f64;
        let top = y;
        y = rows.name(&mut canvas, &category.text, y, height);
        let mut middle = y + pitch / 2.0;
        for (place, series) in plot.series.iter().enumerate() {
            let color = match category.grade.and_then(|grade| colors.grade(grade)) {
                Some(color) if single && series.label.grade.is_none() => color,
                _ => colors.label(&series.label, place),
            };
            if let Some(value) = series.values.get(index).copied().flatten() {
                let end = scale.at(value.to_f64());
                let rect = Rect {
                    x: zero.min(end),
                    y: middle - thick / 2.0,
                    // What is there is seen.
                    width: (end - zero)
                        .abs()
                        .max(if value == Decimal::ZERO { 0.0 } else { 1.0 }),
                    height: thick,
                };
                let shown = number(value);
                let tip = if single {
                    format!("{}: {shown}", category.text)
                } else {
                    format!("{} · {}: {shown}", category.text, series.label.text)
                };
                canvas.rect(rect, color, &tip);
                let (x, anchor) = if value < Decimal::ZERO {
                    (rect.x - GAP / 2.0, Anchor::End)
                } else {
                    (rect.x + rect.width + GAP / 2.0, Anchor::Start)
                };
                canvas.text((x, middle), anchor, Ink::Muted, &shown);
            }
            middle += pitch;
        }
        y += height;
        // Where names stand above the bars, the line would run through them.
        let from = if rows.above { y - height } else { top };
        let gap = if single { 2.0 } else { 10.0 };
        let to = if rows.above { y } else { y + gap };
        canvas.rule((zero, from - 2.0), (zero, to), "axis");
        y += gap;
    }
    canvas.height = y + 2.0;
    canvas
}
