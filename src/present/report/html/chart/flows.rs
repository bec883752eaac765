//! Who came from which level to which: bands between two columns of levels, as thick as the customers are many.
//!
//! One scale holds for everything drawn, so a band keeps its thickness from end to end and a level is as high as its
//! bands together. A level that few are in keeps room for its name.

use super::canvas::{Anchor, Canvas, Ink, LINE, Rect, fit, measure, px};
use crate::diagnostic::Lang;
use crate::present::report::cell;
use crate::present::report::colors::Colors;
use crate::report::{Flows, Kind, Label};
use crate::table::Decimal;
use crate::text;
use crate::words::by_count;

/// The height of all customers together.
const CUSTOMERS: f64 = 340.0;
/// How wide a level is drawn.
const NODE: f64 = 12.0;
/// Between two levels, and between a level and its name.
const GAP: f64 = 8.0;
/// The room of a level whose customers are few.
const LEAST: f64 = LINE + 2.0;
/// Where the levels start, below the headings.
const TOP: f64 = 30.0;

/// A level on one side.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Node {
    /// Where it starts and ends.
    pub top: f64,
    pub height: f64,
    /// How many customers are in it.
    pub count: u64,
}

/// Customers who went from one level to another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Band {
    pub from: usize,
    pub to: usize,
    pub count: u64,
    /// Its upper edge at the left and at the right.
    pub left: f64,
    pub right: f64,
    pub thick: f64,
}

/// Everything with its place.
pub struct Layout {
    pub from: Vec<Node>,
    pub to: Vec<Node>,
    pub bands: Vec<Band>,
    /// Where the lower end is.
    pub bottom: f64,
}

/// Finds a place for all levels and bands.
pub fn layout(flows: &Flows) -> Layout {
    let count = |from: usize, to: usize| {
        let row = flows.counts.get(from);
        row.and_then(|row| row.get(to)).copied().unwrap_or(0)
    };
    let (lefts, rights) = (flows.from.len(), flows.to.len());
    let left: Vec<u64> = (0..lefts)
        .map(|from| (0..rights).map(|to| count(from, to)).sum())
        .collect();
    let right: Vec<u64> = (0..rights)
        .map(|to| (0..lefts).map(|from| count(from, to)).sum())
        .collect();
    let all: u64 = left.iter().sum();
    let scale = if all > 0 { CUSTOMERS / all as f64 } else { 0.0 };
    let (from, left_end) = column(&left, scale);
    let (to, right_end) = column(&right, scale);
    let mut bands = vec![];
    let mut used: Vec<f64> = to.iter().map(|node| node.top).collect();
    for (index, node) in from.iter().enumerate() {
        let mut top = node.top;
        for (target, used) in used.iter_mut().enumerate() {
            let count = count(index, target);
            if count == 0 {
                continue;
            }
            let thick = count as f64 * scale;
            bands.push(Band {
                from: index,
                to: target,
                count,
                left: top,
                right: *used,
                thick,
            });
            top += thick;
            *used += thick;
        }
    }
    Layout {
        from,
        to,
        bands,
        bottom: left_end.max(right_end),
    }
}

/// The levels of one side from top to bottom, each in the middle of its room; and where the last one's room ends.
fn column(counts: &[u64], scale: f64) -> (Vec<Node>, f64) {
    let mut y = TOP;
    let mut nodes = vec![];
    for &count in counts {
        let height = count as f64 * scale;
        let room = height.max(LEAST);
        nodes.push(Node {
            top: y + (room - height) / 2.0,
            height,
            count,
        });
        y += room + GAP;
    }
    (nodes, if counts.is_empty() { TOP } else { y - GAP })
}

/// Draws it.
pub fn draw(flows: &Flows, width: f64, colors: &Colors, lang: Lang) -> Canvas {
    let layout = layout(flows);
    let mut canvas = Canvas::new(width);
    canvas.height = layout.bottom + 6.0;
    let most = width * 0.3;
    let zone = |labels: &[Label], nodes: &[Node]| {
        let names = labels
            .iter()
            .zip(nodes)
            .map(|(label, node)| measure(&named(&label.text, node.count)));
        names.fold(0.0, f64::max).min(most) + GAP
    };
    let left = zone(&flows.from, &layout.from);
    let right = width - zone(&flows.to, &layout.to);
    let half = width / 2.0 - GAP;
    canvas.text(
        (0.0, 10.0),
        Anchor::Start,
        Ink::Strong,
        &fit(&flows.before, half),
    );
    canvas.text(
        (width, 10.0),
        Anchor::End,
        Ink::Strong,
        &fit(&flows.after, half),
    );
    for band in &layout.bands {
        let (from, to) = (&flows.from[band.from], &flows.to[band.to]);
        let count = cell::number(Decimal::from_count(band.count as usize), Kind::Count);
        let customers = by_count(&band.count, "customer", "customers");
        let tip = text!(
            "{} → {}: {count} {customers}",
            "{} → {}：{count} 位客户",
            from.text,
            to.text
        );
        // Those who stayed are the ground on which the others are seen.
        let class = if from.text == to.text {
            "band stayed"
        } else {
            "band"
        };
        let path = path(band, left + NODE, right - NODE);
        canvas.band(&path, colors.label(from, band.from), class, tip.get(lang));
    }
    let sides = [
        (&flows.from, &layout.from, left, left - GAP, Anchor::End),
        (
            &flows.to,
            &layout.to,
            right - NODE,
            right + GAP,
            Anchor::Start,
        ),
    ];
    for (labels, nodes, x, beside, anchor) in sides {
        for (place, (label, node)) in labels.iter().zip(nodes).enumerate() {
            let rect = Rect {
                x,
                y: node.top,
                width: NODE,
                height: node.height.max(1.0),
            };
            let name = named(&label.text, node.count);
            canvas.rect(rect, colors.label(label, place), &name);
            let middle = node.top + node.height / 2.0;
            let count = cell::number(Decimal::from_count(node.count as usize), Kind::Count);
            // The count stays whole; it is the name that is cut.
            let room = most - measure(&count) - measure("  ");
            let name = if measure(&name) > most {
                named(&fit(&label.text, room), node.count)
            } else {
                name
            };
            canvas.text((beside, middle), anchor, Ink::Plain, &name);
        }
    }
    canvas
}

/// A level with its customers.
fn named(name: &str, count: u64) -> String {
    let count = cell::number(Decimal::from_count(count as usize), Kind::Count);
    format!("{name}  {count}")
}

/// The outline of a band from the pixel `left` to the pixel `right`.
fn path(band: &Band, left: f64, right: f64) -> String {
    let middle = px(left.midpoint(right));
    let (l, r) = (px(left), px(right));
    let (top_left, top_right) = (px(band.left), px(band.right));
    let (end_left, end_right) = (px(band.left + band.thick), px(band.right + band.thick));
    format!(
        "M{l} {top_left}C{middle} {top_left} {middle} {top_right} {r} {top_right}V{end_right}C{middle} {end_right} {middle} {end_left} {l} {end_left}Z"
    )
}
