//! How many customers have which value: columns beside each other, in parts by grade, and lines where grades begin.
//!
//! Every bin is drawn as wide as every other, whatever its bounds: those of the ends may reach far. A cut has its place
//! within its bin.

use super::canvas::{Anchor, Canvas, Ink, LINE, Rect, fit, measure};
use super::scale::{Scale, tick, ticks};
use crate::present::report::cell;
use crate::present::report::colors::Colors;
use crate::report::{Histogram, Kind};
use crate::table::Decimal;

/// The height of the columns.
const COLUMNS: f64 = 210.0;
const GAP: f64 = 8.0;
/// The most of the width that a grade's name takes at its cut.
const NAME: f64 = 0.4;

/// Draws it.
pub fn draw(histogram: &Histogram, width: f64, colors: &Colors) -> Canvas {
    let mut canvas = Canvas::new(width);
    let bins = histogram.bounds.len().saturating_sub(1);
    let value = |series: usize, bin: usize| {
        let value = histogram.series[series].values.get(bin).copied().flatten();
        value.filter(|value| *value > Decimal::ZERO)
    };
    let totals: Vec<Decimal> = (0..bins)
        .map(|bin| {
            (0..histogram.series.len())
                .filter_map(|series| value(series, bin))
                .fold(Decimal::ZERO, |sum, value| {
                    sum.checked_add(value).unwrap_or(sum)
                })
        })
        .collect();
    let high = totals.iter().map(|total| total.to_f64());
    let ticks = ticks(0.0, high.fold(0.0, f64::max), 5, 1.0);
    let labels: Vec<String> = ticks.iter().map(|at| tick(*at, Kind::Count)).collect();
    let left = labels.iter().map(|label| measure(label));
    let left = left.fold(0.0, f64::max) + GAP;
    let across = Across {
        histogram,
        left,
        step: (width - left) / bins.max(1) as f64,
    };
    let flags = flags(&across, width);
    let rows = flags.iter().map(|flag| flag.row + 1).max().unwrap_or(0);
    // Above the highest column there is room for its figure.
    let top = rows as f64 * LINE + LINE;
    let bottom = top + COLUMNS;
    canvas.height = bottom + 2.5 * LINE + 4.0;
    let up = Scale::new(0.0, ticks[ticks.len() - 1], bottom, top);
    for (value, label) in ticks.iter().zip(&labels) {
        let y = up.at(*value);
        let class = if *value == 0.0 { "axis" } else { "grid" };
        canvas.rule((left, y), (width, y), class);
        canvas.text((left - GAP, y), Anchor::End, Ink::Muted, label);
    }
    for bin in 0..bins {
        let mut sum = 0.0;
        for (place, series) in histogram.series.iter().enumerate() {
            let Some(value) = value(place, bin) else {
                continue;
            };
            let (from, to) = (up.at(sum), up.at(sum + value.to_f64()));
            sum += value.to_f64();
            let rect = Rect {
                x: across.left + across.step * bin as f64,
                y: to,
                width: across.step,
                height: from - to,
            };
            let (low, high) = (histogram.bounds[bin], histogram.bounds[bin + 1]);
            let tip = format!(
                "{} – {} · {}: {}",
                cell::exact(low, histogram.kind),
                cell::exact(high, histogram.kind),
                series.label.text,
                cell::number(value, Kind::Count)
            );
            canvas.rect(rect, colors.label(&series.label, place), &tip);
        }
    }
    for flag in &flags {
        let y = top - LINE - (flag.row as f64 + 0.5) * LINE;
        let ends = ((flag.x, y - LINE / 2.0), (flag.x, bottom));
        // On the paper's colour it is seen on columns of any colour.
        canvas.rule(ends.0, ends.1, "under");
        canvas.rule(ends.0, ends.1, "cut");
    }
    figures(&mut canvas, &across, &totals, &up);
    for flag in &flags {
        let y = top - LINE - (flag.row as f64 + 0.5) * LINE;
        canvas.text((flag.from, y), Anchor::Start, Ink::Over, &flag.text);
    }
    bounds(&mut canvas, &across, bottom + LINE);
    let name = fit(&histogram.value, width - left);
    let at = (left.midpoint(width), bottom + LINE * 2.0 + 2.0);
    canvas.text(at, Anchor::Middle, Ink::Plain, &name);
    canvas
}

/// Where values are.
struct Across<'a> {
    histogram: &'a Histogram,
    left: f64,
    step: f64,
}

impl Across<'_> {
    /// The pixel of a value; `None` beyond all bins.
    fn at(&self, value: Decimal) -> Option<f64> {
        let bounds = &self.histogram.bounds;
        let (first, last) = (*bounds.first()?, *bounds.last()?);
        if value < first || value > last {
            return None;
        }
        let bin = bounds.iter().rposition(|bound| *bound <= value)?;
        let part = bounds.get(bin + 1).map_or(0.0, |next| {
            let (low, high) = (bounds[bin].to_f64(), next.to_f64());
            (value.to_f64() - low) / (high - low)
        });
        Some(self.left + self.step * (bin as f64 + part))
    }
}

/// The name of a grade at its line.
struct Flag {
    /// Where the line is, and where its text starts.
    x: f64,
    from: f64,
    text: String,
    /// Above how many other names it stands.
    row: usize,
}

/// The names at their cuts: each at the right of its line, above those that it would lie on.
fn flags(across: &Across<'_>, width: f64) -> Vec<Flag> {
    let cuts = across.histogram.cuts.iter();
    let mut flags: Vec<Flag> = cuts
        .filter_map(|(value, label)| {
            let x = across.at(*value)?;
            let name = fit(&label.text, width * NAME);
            let text = format!("{name} {}", cell::exact(*value, across.histogram.kind));
            let text = fit(&text, width).into_owned();
            let from = (x + 4.0).min(width - measure(&text)).max(0.0);
            Some(Flag {
                x,
                from,
                text,
                row: 0,
            })
        })
        .collect();
    // From the right, so that no line runs through a name further right.
    flags.sort_by(|one, other| other.x.total_cmp(&one.x));
    for place in 1..flags.len() {
        let (placed, open) = flags.split_at_mut(place);
        let flag = &mut open[0];
        let end = flag.from + measure(&flag.text) + GAP;
        let is_taken = |row: usize| {
            placed.iter().any(|other| {
                let lies_on = other.row == row
                    && flag.from < other.from + measure(&other.text) + GAP
                    && other.from < end;
                let is_crossed = other.row > row && flag.from < other.x && other.x < end;
                lies_on || is_crossed
            })
        };
        // Above all of them there is room.
        flag.row = (0..place).find(|row| !is_taken(*row)).unwrap_or(place);
    }
    flags
}

/// How many customers each column has, above it, where all of them fit.
fn figures(canvas: &mut Canvas, across: &Across<'_>, totals: &[Decimal], up: &Scale) {
    let written: Vec<String> = totals
        .iter()
        .map(|total| cell::number(*total, Kind::Count))
        .collect();
    if written.iter().any(|text| measure(text) > across.step) {
        return;
    }
    for (bin, (text, total)) in written.iter().zip(totals).enumerate() {
        if *total > Decimal::ZERO {
            let x = across.left + across.step * (bin as f64 + 0.5);
            let y = up.at(total.to_f64()) - LINE / 2.0;
            canvas.text((x, y), Anchor::Middle, Ink::Over, text);
        }
    }
}

/// The bounds below, as many as have room: the ends, and every so many between them.
fn bounds(canvas: &mut Canvas, across: &Across<'_>, y: f64) {
    let width = canvas.width;
    let written: Vec<String> = across
        .histogram
        .bounds
        .iter()
        .map(|at| cell::exact(*at, across.histogram.kind))
        .collect();
    let longest = written.iter().map(|text| measure(text));
    let longest = longest.fold(0.0, f64::max) + GAP;
    let every = (longest / across.step).ceil().max(1.0) as usize;
    let last = written.len().saturating_sub(1);
    let mut taken: Vec<(f64, f64)> = vec![];
    let between = (every..last).step_by(every);
    for place in [0, last].into_iter().chain(between).take(written.len()) {
        let text = fit(&written[place], width);
        let half = measure(&text) / 2.0;
        let x = across.left + across.step * place as f64;
        canvas.rule((x, y - LINE), (x, y - LINE + 5.0), "axis");
        // A bound at an edge is moved inwards.
        let x = x.min(width - half).max(half);
        let (from, to) = (x - half, x + half + GAP);
        if taken
            .iter()
            .all(|(start, end)| to <= *start || *end <= from)
        {
            canvas.text((x, y), Anchor::Middle, Ink::Muted, &text);
            taken.push((from, to));
        }
    }
}
