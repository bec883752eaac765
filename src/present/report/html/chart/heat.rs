//! A figure for each combination of two values: a grid whose cells are the darker the greater their figure, and hold it.
//!
//! One hue from light to dark, so that every eye sees the order, in colour or not. Where the screen is too narrow for the
//! figures the grid is wider than it and scrolls.

use super::canvas::{Anchor, Canvas, Ink, LINE, Rect, fit, measure, wrapped};
use crate::diagnostic::Lang;
use crate::present::palette::{Rgb, mix};
use crate::present::report::cell;
use crate::report::{Heat, Kind};
use crate::table::Decimal;
use crate::text;

/// From the least to the greatest figure.
const SCALE: [Rgb; 4] = [0xEA_F2FA, 0x9E_C5E8, 0x3F_84C1, 0x0D_3F73];
/// The height of a cell whose row has a short name.
const CELL: f64 = 30.0;
/// The widest that cells become where there is room.
const WIDEST: f64 = 96.0;
const NARROWEST: f64 = 26.0;
const GAP: f64 = 8.0;
/// Between two cells: the outline of the present one has its place there.
const BETWEEN: f64 = 3.0;
/// The most of the width that the names of rows take, and the most lines of a name.
const NAMES: f64 = 0.34;
const LINES: usize = 3;
/// The cells of the key below.
const KEY: f64 = 22.0;

/// Draws it.
pub fn draw(heat: &Heat, width: f64, lang: Lang) -> Canvas {
    let (columns, rows) = (heat.across.values.len(), heat.down.values.len());
    let figure = |row: usize, column: usize| {
        let row = heat.values.get(row)?;
        row.get(column).copied().flatten()
    };
    let shown = |value: Decimal| cell::on_chart(value, heat.kind);
    let figures = heat.values.iter().flatten().flatten();
    let widest = figures.map(|value| measure(&shown(*value)));
    let widest = widest.fold(0.0, f64::max) + GAP;
    let down = format!("{} ↓", heat.down.name);
    let names = heat.down.values.iter().map(|name| measure(name));
    let left = names.fold(measure(&down), f64::max).min(width * NAMES) + GAP;
    let room = (width - left) / columns.max(1) as f64;
    let pitch = room.min(WIDEST).max(widest + BETWEEN).max(NARROWEST);
    let mut canvas = Canvas::new(width.max(left + pitch * columns as f64));
    let across = format!("{} →", heat.across.name);
    let mut y = LINE / 2.0 + 2.0;
    let at = (left, y);
    let name = fit(&across, canvas.width - left);
    canvas.text(at, Anchor::Start, Ink::Strong, &name);
    y += LINE / 2.0;
    let heads: Vec<Vec<String>> = heat
        .across
        .values
        .iter()
        .map(|name| wrapped(name, pitch - BETWEEN, LINES))
        .collect();
    let corner = wrapped(&down, left - GAP, LINES);
    let lines = heads.iter().chain([&corner]).map(Vec::len);
    y += lines.max().unwrap_or(0) as f64 * LINE + 4.0;
    for (line, text) in corner.iter().rev().enumerate() {
        let at = (0.0, y - LINE * (line as f64 + 0.5));
        canvas.text(at, Anchor::Start, Ink::Strong, text);
    }
    for (column, head) in heads.iter().enumerate() {
        let x = left + pitch * (column as f64 + 0.5);
        for (line, text) in head.iter().rev().enumerate() {
            let at = (x, y - LINE * (line as f64 + 0.5));
            canvas.text(at, Anchor::Middle, Ink::Muted, text);
        }
    }
    y += 2.0;
    let span = Span::of(heat);
    let mut present = None;
    for row in 0..rows {
        let name = wrapped(&heat.down.values[row], left - GAP, LINES);
        let height = CELL.max(name.len() as f64 * LINE + BETWEEN + 2.0);
        let middle = y + (height - BETWEEN) / 2.0;
        for (line, text) in name.iter().enumerate() {
            let above = (name.len() - 1) as f64 / 2.0 - line as f64;
            let at = (left - GAP, middle - above * LINE);
            canvas.text(at, Anchor::End, Ink::Plain, text);
        }
        for column in 0..columns {
            let rect = Rect {
                x: left + pitch * column as f64,
                y,
                width: pitch - BETWEEN,
                height: height - BETWEEN,
            };
            let at = (rect.x + rect.width / 2.0, rect.y + rect.height / 2.0);
            let written = figure(row, column).map(shown);
            let tip = format!(
                "{} {} · {} {}: {}",
                heat.down.name,
                heat.down.values[row],
                heat.across.name,
                heat.across.values[column],
                written.as_deref().unwrap_or("–")
            );
            match (figure(row, column), &written) {
                (Some(value), Some(written)) => {
                    let color = span.color(value);
                    canvas.rect(rect, color, &tip);
                    canvas.text(at, Anchor::Middle, Ink::On(color), written);
                }
                _ => canvas.frame(rect, "empty", &tip),
            }
            if heat.present == Some((row, column)) {
                present = Some(rect);
            }
        }
        y += height;
    }
    if let Some(rect) = present {
        canvas.frame(around(rect), "present", "");
    }
    key(&mut canvas, heat, &span, left, y + 6.0, lang);
    canvas
}

/// The outline of a cell lies in the gaps around it, so that it is seen whatever the cell's colour.
fn around(rect: Rect) -> Rect {
    let out = BETWEEN / 2.0;
    Rect {
        x: rect.x - out,
        y: rect.y - out,
        width: rect.width + 2.0 * out,
        height: rect.height + 2.0 * out,
    }
}

/// The least and the greatest figure.
struct Span {
    low: f64,
    high: f64,
    ends: Option<(Decimal, Decimal)>,
}

impl Span {
    fn of(heat: &Heat) -> Self {
        let values = || heat.values.iter().flatten().flatten().copied();
        let ends = values().min().zip(values().max());
        let (low, high) = ends.unwrap_or_default();
        // Shares and counts are compared with nothing; other figures with each other.
        let from_nought = matches!(heat.kind, Kind::Share | Kind::Count) && low > Decimal::ZERO;
        let low = if from_nought { Decimal::ZERO } else { low };
        Self {
            low: low.to_f64(),
            high: high.to_f64(),
            ends: ends.map(|_| (low, high)),
        }
    }

    /// The colour of a figure.
    fn color(&self, value: Decimal) -> Rgb {
        let whole = self.high - self.low;
        let part = if whole > 0.0 {
            (value.to_f64() - self.low) / whole
        } else {
            0.0
        };
        at(part)
    }
}

/// The colour at a part (0 to 1) of the scale.
fn at(part: f64) -> Rgb {
    let last = SCALE.len() - 1;
    let place = part.clamp(0.0, 1.0) * last as f64;
    let low = (place as usize).min(last - 1);
    mix(SCALE[low], SCALE[low + 1], place - low as f64)
}

/// Which colour is which figure, and what the outline says. Settles the height.
fn key(canvas: &mut Canvas, heat: &Heat, span: &Span, left: f64, y: f64, lang: Lang) {
    let middle = y + LINE / 2.0;
    let mut x = left;
    let mut y = y;
    if let Some((low, high)) = span.ends.filter(|(low, high)| low < high) {
        let low = cell::on_chart(low, heat.kind);
        let high = cell::on_chart(high, heat.kind);
        canvas.text((x, middle), Anchor::Start, Ink::Muted, &low);
        x += measure(&low) + GAP / 2.0;
        for color in SCALE {
            let rect = Rect {
                x,
                y: y + 3.0,
                width: KEY,
                height: LINE - 6.0,
            };
            canvas.rect(rect, color, "");
            x += KEY;
        }
        x += GAP / 2.0;
        canvas.text((x, middle), Anchor::Start, Ink::Muted, &high);
        x += measure(&high) + 2.0 * GAP;
    }
    if heat.present.is_some() {
        let said = text!("the present scheme", "现行方案");
        let said = said.get(lang);
        if x > left && x + KEY + GAP + measure(said) > canvas.width {
            x = left;
            y += LINE + 2.0;
        }
        let rect = Rect {
            x: x + 1.5,
            y: y + 3.0,
            width: KEY - 3.0,
            height: LINE - 6.0,
        };
        canvas.frame(rect, "present", "");
        let at = (x + KEY + GAP / 2.0, y + LINE / 2.0);
        let said = fit(said, canvas.width - at.0);
        canvas.text(at, Anchor::Start, Ink::Plain, &said);
    }
    canvas.height = y + LINE + 4.0;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::present::palette::{contrast, readable_on};

    #[test]
    fn the_scale_grows_darker_and_is_read_everywhere() {
        let steps: Vec<Rgb> = (0..=100).map(|step| at(f64::from(step) / 100.0)).collect();
        for color in &steps {
            let ratio = contrast(readable_on(*color), *color);
            assert!(ratio >= 4.5, "{color:06x}: {ratio:.2}");
        }
        // Against white a darker colour has more contrast.
        let light: Vec<f64> = steps
            .iter()
            .map(|color| contrast(0xFF_FFFF, *color))
            .collect();
        assert!(light.windows(2).all(|pair| pair[0] < pair[1]), "{light:?}");
        assert_eq!((at(-1.0), at(2.0)), (SCALE[0], SCALE[3]));
    }
}
