//! Bars on top of each other, lying: the parts of each category in the order of the series, with their values where they
//! fit.

use super::bars::Rows;
use super::canvas::{Anchor, Canvas, Ink, Rect, measure};
use super::scale::Scale;
use crate::present::report::cell;
use crate::present::report::colors::Colors;
use crate::report::{Kind, Plot};
use crate::table::Decimal;

const PITCH: f64 = 32.0;
const THICK: f64 = 24.0;
const GAP: f64 = 8.0;

/// Draws it. Parts are not less than nothing: where a value is, it is left out and stands in the table.
pub fn draw(plot: &Plot, width: f64, colors: &Colors) -> Canvas {
    let mut canvas = Canvas::new(width);
    let part = |series: usize, category: usize| {
        let value = plot.series[series].values.get(category).copied().flatten();
        value.filter(|value| *value > Decimal::ZERO)
    };
    let total = |category: usize| {
        (0..plot.series.len())
            .filter_map(|series| part(series, category))
            .fold(Decimal::ZERO, |sum, value| {
                sum.checked_add(value).unwrap_or(sum)
            })
    };
    // The shares of a whole add up to one: that needs no saying.
    let with_totals = plot.kind != Kind::Share;
    let totals: Vec<Decimal> = (0..plot.categories.len()).map(total).collect();
    let shown = |value: Decimal| cell::on_chart(value, plot.kind);
    let room = if with_totals {
        totals
            .iter()
            .map(|total| measure(&shown(*total)) + GAP)
            .fold(0.0, f64::max)
    } else {
        1.0
    };
    let names = plot.categories.iter().map(|label| &*label.text);
    let rows = Rows::new(names, width, room);
    let high = totals
        .iter()
        .map(|total| total.to_f64())
        .fold(0.0, f64::max);
    let scale = Scale::new(0.0, high, rows.left, width - room);
    let mut y = 4.0;
    for (index, category) in plot.categories.iter().enumerate() {
        y = rows.name(&mut canvas, &category.text, y, PITCH);
        let middle = y + PITCH / 2.0;
        let mut sum = 0.0;
        for (place, series) in plot.series.iter().enumerate() {
            let Some(value) = part(place, index) else {
                continue;
            };
            let (from, to) = (scale.at(sum), scale.at(sum + value.to_f64()));
            sum += value.to_f64();
            let color = colors.label(&series.label, place);
            let rect = Rect {
                x: from,
                y: middle - THICK / 2.0,
                width: to - from,
                height: THICK,
            };
            let value = shown(value);
            let tip = format!("{} · {}: {value}", category.text, series.label.text);
            canvas.rect(rect, color, &tip);
            if measure(&value) + GAP <= rect.width {
                canvas.text(
                    (from.midpoint(to), middle),
                    Anchor::Middle,
                    Ink::On(color),
                    &value,
                );
            }
        }
        if with_totals {
            let at = (scale.at(sum) + GAP / 2.0, middle);
            canvas.text(at, Anchor::Start, Ink::Muted, &shown(totals[index]));
        }
        y += PITCH;
    }
    canvas.height = y + 4.0;
    canvas
}
