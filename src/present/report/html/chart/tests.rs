//! What every chart keeps, however long its names and however uneven its figures.

use super::canvas::{Canvas, Rect};
use super::*;
use crate::present::report::sample::{self, d, label};
use crate::report::{Flows, Kind, Label, Plot, Series};
use proptest::prelude::*;

const WIDE: f64 = 760.0;
const NARROW: f64 = 340.0;

fn colors() -> Colors {
    Colors::of(&sample::report(Lang::Zh, 0))
}

fn plot(names: &[&str], series: &[(&str, &[&str])], kind: Kind) -> Plot {
    Plot {
        title: "图".into(),
        alt: "说明".into(),
        kind,
        categories: names.iter().map(|name| label(name, None)).collect(),
        series: series
            .iter()
            .map(|(name, values)| Series {
                label: label(name, None),
                values: values
                    .iter()
                    .map(|value| (!value.is_empty()).then(|| d(value)))
                    .collect(),
            })
            .collect(),
    }
}

/// Plots that are hard to lay out.
fn hard() -> Vec<Plot> {
    let long = "上海华东国际贸易有限公司浦东新区第一分公司及其下属门店 (Shanghai Pudong)";
    let huge: &[&str] = &["8999999999999", "0.000001", "-8999999999999"];
    vec![
        plot(&[], &[("a", &[])], Kind::Count),
        plot(&["A"], &[], Kind::Count),
        plot(&["A"], &[("a", &[""])], Kind::Money),
        plot(&["A", "B"], &[("a", &["0", "0"])], Kind::Count),
        plot(
            &["A", "乙", long],
            &[("a", huge), ("b", &["1", "", "-1"])],
            Kind::Money,
        ),
        plot(
            &[long, long, long],
            &[("a", &["0.333333", "0.1", ""])],
            Kind::Share,
        ),
        // Fewer values than categories.
        plot(
            &["A", "B", "C"],
            &[("a", &["4.21", "4.35"]), ("b", &[])],
            Kind::Number,
        ),
        plot(
            &["2023-01"; 40],
            &[("a", &["7"; 40]), ("b", &["1"; 40])],
            Kind::Count,
        ),
    ]
}

#[test]
fn no_text_lies_on_another_and_none_leaves_the_chart() {
    for width in [WIDE, NARROW] {
        for plot in hard() {
            for draw in [bars::draw, stack::draw, lines::draw] {
                draw(&plot, width, &colors()).assert_texts_apart();
            }
        }
    }
}

/// The rectangles of a drawing in their order.
fn rects(canvas: &Canvas) -> Vec<Rect> {
    let svg = canvas.svg("c", "wide", "t", "d");
    let number = |element: &str, name: &str| -> f64 {
        let (_, rest) = element.split_once(&format!(" {name}=\"")).unwrap();
        rest.split_once('"').unwrap().0.parse().unwrap()
    };
    svg.lines()
        .filter(|line| line.starts_with("<rect"))
        .map(|line| Rect {
            x: number(line, "x"),
            y: number(line, "y"),
            width: number(line, "width"),
            height: number(line, "height"),
        })
        .collect()
}

#[test]
fn bars_are_as_long_as_their_values() {
    let plot = plot(
        &["A", "B", "C"],
        &[("a", &["10", "40", "-20"])],
        Kind::Count,
    );
    for width in [WIDE, NARROW] {
        let bars = rects(&bars::draw(&plot, width, &colors()));
        assert_eq!(bars.len(), 3);
        assert!((bars[1].width - 4.0 * bars[0].width).abs() < 0.5);
        assert!((bars[2].width - 2.0 * bars[0].width).abs() < 0.5);
        // What is below nought ends where the others start.
        assert!((bars[2].x + bars[2].width - bars[0].x).abs() < 0.2);
    }
}

#[test]
fn the_parts_of_a_stack_follow_each_other_and_add_up() {
    let series: [(&str, &[&str]); 3] =
        [("a", &["1", "10"]), ("b", &["2", ""]), ("c", &["3", "20"])];
    let plot = plot(&["A", "B"], &series, Kind::Count);
    let parts = rects(&stack::draw(&plot, WIDE, &colors()));
    assert_eq!(parts.len(), 5);
    for pair in [&parts[0..2], &parts[1..3], &parts[3..5]] {
        assert!((pair[0].x + pair[0].width - pair[1].x).abs() < 0.2);
    }
    let sum = |parts: &[Rect]| parts.iter().map(|part| part.width).sum::<f64>();
    assert!((sum(&parts[3..]) - 5.0 * sum(&parts[..3])).abs() < 0.5);
}

#[test]
fn a_missing_value_breaks_its_line() {
    let plot = plot(
        &["1", "2", "3", "4", "5"],
        &[("a", &["1", "2", "", "3", "4"])],
        Kind::Count,
    );
    let svg = lines::draw(&plot, WIDE, &colors()).svg("c", "wide", "t", "d");
    assert_eq!(svg.matches("<polyline").count(), 2);
    assert_eq!(svg.matches("class=\"point\"").count(), 4);
}

#[test]
fn means_are_not_drawn_from_nought_but_counts_are() {
    let of = |kind| {
        let plot = plot(&["1", "2"], &[("a", &["4.1", "4.4"])], kind);
        lines::draw(&plot, WIDE, &colors()).svg("c", "wide", "t", "d")
    };
    assert!(!of(Kind::Number).contains(">0</text>"));
    assert!(of(Kind::Count).contains(">0</text>"));
}

fn levels(count: usize) -> Vec<Label> {
    (0..count)
        .map(|index| label(&"客户等级名称很长".repeat(index + 1), None))
        .collect()
}

fn flows(counts: Vec<Vec<u64>>) -> Flows {
    Flows {
        title: "迁徙".into(),
        alt: "说明".into(),
        before: "2024-02-29".into(),
        after: "2024-03-31".into(),
        from: levels(counts.len()),
        to: levels(counts.first().map_or(0, Vec::len)),
        counts,
    }
}

/// Every customer has a place on both sides, and no two share one.
fn assert_conserved(flows: &Flows) {
    let layout = flows::layout(flows);
    let all: u64 = flows.counts.iter().flatten().sum();
    let count =
        |bands: &mut dyn Iterator<Item = &flows::Band>| bands.map(|band| band.count).sum::<u64>();
    assert_eq!(count(&mut layout.bands.iter()), all);
    for (side, nodes) in [&layout.from, &layout.to].into_iter().enumerate() {
        for (index, node) in nodes.iter().enumerate() {
            let mut bands: Vec<(f64, f64, u64)> = layout
                .bands
                .iter()
                .filter(|band| [band.from, band.to][side] == index)
                .map(|band| ([band.left, band.right][side], band.thick, band.count))
                .collect();
            bands.sort_by(|one, other| one.0.total_cmp(&other.0));
            assert_eq!(bands.iter().map(|band| band.2).sum::<u64>(), node.count);
            // The bands fill their level from its top to its end.
            let mut y = node.top;
            for (top, thick, _) in bands {
                assert!((top - y).abs() < 1e-6, "a band at {top}, not at {y}");
                y += thick;
            }
            assert!((y - node.top - node.height).abs() < 1e-6);
        }
        for pair in nodes.windows(2) {
            assert!(pair[0].top + pair[0].height < pair[1].top);
        }
    }
}

#[test]
fn flows_without_customers_are_drawn_all_the_same() {
    for counts in [vec![], vec![vec![0, 0], vec![0, 0]], vec![vec![1]]] {
        let flows = flows(counts);
        assert_conserved(&flows);
        flows::draw(&flows, NARROW, &colors(), Lang::Zh).assert_texts_apart();
    }
}

proptest! {
    #[test]
    fn flows_conserve_customers_and_keep_names_apart(
        counts in (1..7usize, 1..7usize).prop_flat_map(|(from, to)| {
            prop::collection::vec(prop::collection::vec(prop_oneof![Just(0), 0..5u64, 0..100_000u64], to), from)
        })
    ) {
        let flows = flows(counts);
        assert_conserved(&flows);
        for width in [WIDE, NARROW] {
            flows::draw(&flows, width, &colors(), Lang::En).assert_texts_apart();
        }
    }

    #[test]
    fn bars_and_lines_of_any_values_keep_their_texts_apart(
        values in prop::collection::vec(prop::option::of(-9_000_000_000_000_000i64..9_000_000_000_000_000), 1..30)
    ) {
        let mut plot = plot(&vec!["二〇二四年"; values.len()], &[("a", &[])], Kind::Money);
        plot.series[0].values = values
            .iter()
            .map(|value| value.and_then(crate::table::Decimal::from_millionths))
            .collect();
        for width in [WIDE, NARROW] {
            bars::draw(&plot, width, &colors()).assert_texts_apart();
            stack::draw(&plot, width, &colors()).assert_texts_apart();
            lines::draw(&plot, width, &colors()).assert_texts_apart();
        }
    }
}
