//! What every chart keeps, however long its names and however uneven its figures.

use super::canvas::{Canvas, Rect};
use super::*;
use crate::present::report::sample::{self, d, label};
use crate::report::{Axis, Flows, Heat, Histogram, Kind, Label, Plot, Series};
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
        .filter(|line| line.starts_with("<rect class=\"mark\""))
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

/// A histogram of these bounds whose series have these values.
fn histogram(bounds: &[&str], series: &[&[&str]], cuts: &[(&str, &str)]) -> Histogram {
    let names = ["战略客户", "B", "重要价值客户与连锁渠道"];
    Histogram {
        title: "图".into(),
        alt: "说明".into(),
        value: "年采购额（万元）".into(),
        kind: Kind::Figure,
        bounds: bounds.iter().map(|bound| d(bound)).collect(),
        series: series
            .iter()
            .enumerate()
            .map(|(place, values)| Series {
                label: label(names[place % names.len()], Some(place)),
                values: values
                    .iter()
                    .map(|value| (!value.is_empty()).then(|| d(value)))
                    .collect(),
            })
            .collect(),
        cuts: cuts
            .iter()
            .map(|(value, name)| (d(value), label(name, None)))
            .collect(),
    }
}

#[test]
fn columns_are_as_high_as_their_customers_and_stand_on_each_other() {
    let histogram = histogram(
        &["0", "10", "20", "100"],
        &[&["1", "4", ""], &["2", "", "6"]],
        &[("15", "A")],
    );
    for width in [WIDE, NARROW] {
        let canvas = histogram::draw(&histogram, width, &colors());
        let parts = rects(&canvas);
        let [first, second, third, fourth] = parts[..] else {
            panic!("{parts:?}");
        };
        let all_wide = parts
            .iter()
            .all(|part| (part.width - first.width).abs() < 0.2);
        assert!(all_wide, "every bin is as wide as every other: {parts:?}");
        assert!((second.height - 2.0 * first.height).abs() < 0.3);
        assert!((second.y + second.height - first.y).abs() < 0.2, "on it");
        assert!((third.height - 4.0 * first.height).abs() < 0.3);
        assert!((fourth.height - 6.0 * first.height).abs() < 0.3);
        // The line of the cut is in the middle of the second bin.
        let svg = canvas.svg("c", "wide", "t", "d");
        let (_, line) = svg.split_once("<line class=\"cut\" x1=\"").unwrap();
        let x: f64 = line.split_once('"').unwrap().0.parse().unwrap();
        assert!((x - third.x - third.width / 2.0).abs() < 0.2);
    }
}

/// Cuts that lie close, on the edges and beyond, and bins that there are none of.
#[test]
fn names_of_cuts_keep_apart() {
    let long = "上海华东国际贸易有限公司浦东新区第一分公司";
    let close: Vec<(String, &str)> = (0..7).map(|at| (format!("{}", 40 + at), long)).collect();
    let close: Vec<(&str, &str)> = close.iter().map(|(at, name)| (&**at, *name)).collect();
    let many: Vec<String> = (0..=40).map(|bound| bound.to_string()).collect();
    let many: Vec<&str> = many.iter().map(|bound| &**bound).collect();
    for histogram in [
        histogram(&[], &[], &[("3", "A")]),
        histogram(&["5"], &[&[]], &[]),
        histogram(
            &["80", "81"],
            &[&["3"]],
            &[("80", "A"), ("81", "B"), ("90", "C")],
        ),
        histogram(&["0", "50", "100"], &[&["1", "2"]], &close),
        histogram(
            &["-8999999999999", "0.000001", "8999999999999.999999"],
            &[&["100000", "1"], &["", ""], &["3"]],
            &[
                ("-8999999999999", long),
                ("8999999999999.999999", "A"),
                ("0", "A"),
            ],
        ),
        histogram(
            &many,
            &[&["99999"; 40]],
            &[("20", "A"), ("20", "B"), ("39.9", "C")],
        ),
    ] {
        for width in [WIDE, NARROW] {
            histogram::draw(&histogram, width, &colors()).assert_texts_apart();
        }
    }
}

fn heat(across: &[&str], down: &[&str], values: &[&[&str]], kind: Kind) -> Heat {
    let axis = |name: &str, values: &[&str]| Axis {
        name: name.into(),
        values: values.iter().map(|value| (*value).into()).collect(),
    };
    Heat {
        title: "图".into(),
        alt: "说明".into(),
        kind,
        across: axis("dimensions.价值贡献.weight", across),
        down: axis("grades.A.when 的门槛", down),
        values: values
            .iter()
            .map(|row| {
                let row = row.iter();
                row.map(|value| (!value.is_empty()).then(|| d(value)))
                    .collect()
            })
            .collect(),
        present: Some((0, 0)),
    }
}

#[test]
fn a_grid_has_a_cell_for_each_figure_and_outlines_the_present_one() {
    let grid = heat(
        &["75", "80", "85"],
        &["50", "60"],
        &[&["31", "24", ""], &["0", "22", "12"]],
        Kind::Count,
    );
    let canvas = heat::draw(&grid, WIDE, Lang::Zh);
    canvas.assert_texts_apart();
    let svg = canvas.svg("c", "wide", "t", "d");
    for figure in ["31", "24", "0", "22", "12"] {
        assert!(svg.contains(&format!(">{figure}</text>")), "{figure}");
    }
    // The figures and the four colours of the key; the outline of the cell and of the key.
    assert_eq!(rects(&canvas).len(), 5 + 4);
    assert_eq!(svg.matches("class=\"empty\"").count(), 1);
    assert_eq!(svg.matches("class=\"present\"").count(), 2);
    assert!(svg.contains(">现方案</text>"));
    let said = "<title>grades.A.when 的门槛 60 · dimensions.价值贡献.weight 80: 22</title>";
    assert!(svg.contains(said));
}

#[test]
fn grids_of_any_size_keep_their_texts_apart() {
    let long = "重要价值客户 with a very long English name";
    let twenty: Vec<String> = (0..20).map(|at| format!("{}.{at}", 50 + at)).collect();
    let twenty: Vec<&str> = twenty.iter().map(|value| &**value).collect();
    let row = ["8999999999999.5"; 20];
    let rows: Vec<&[&str]> = (0..20).map(|_| &row[..]).collect();
    for grid in [
        heat(&[], &[], &[], Kind::Count),
        heat(&["1"], &[], &[], Kind::Count),
        heat(&["1"], &["2"], &[&["3"]], Kind::Share),
        heat(&["1"], &["2"], &[&[""]], Kind::Share),
        heat(&[long; 8], &[long; 8], &[&["0.5"; 8][..]; 8], Kind::Share),
        heat(&twenty, &twenty, &rows, Kind::Money),
        // Fewer rows and figures than the sides say.
        heat(&["1", "2"], &["1", "2"], &[&["-5"]], Kind::Delta),
    ] {
        for width in [WIDE, NARROW] {
            for lang in [Lang::Zh, Lang::En] {
                heat::draw(&grid, width, lang).assert_texts_apart();
            }
        }
    }
    let wide = Chart::Heat(heat(&twenty, &twenty, &rows, Kind::Money));
    let figure = figure(&wide, "f", 3, &colors(), Lang::Zh);
    assert_eq!(figure.matches("<div class=\"scroll ").count(), 2);
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
    fn histograms_of_any_bounds_keep_their_texts_apart(
        bounds in prop::collection::btree_set(-9_000_000_000_000i64..9_000_000_000_000, 2..22),
        cuts in prop::collection::vec((0..22usize, 1..6usize), 0..7),
    ) {
        let mut drawn = histogram(&[], &[&[]], &[]);
        let number = |millionths| crate::table::Decimal::from_millionths(millionths).unwrap();
        drawn.bounds = bounds.into_iter().map(number).collect();
        drawn.series[0].values = vec![Some(d("12345")); drawn.bounds.len() - 1];
        let cut = |(place, long): (usize, usize)| {
            let name = "客户等级".repeat(long);
            (drawn.bounds[place % drawn.bounds.len()], label(&name, None))
        };
        drawn.cuts = cuts.into_iter().map(cut).collect();
        for width in [WIDE, NARROW] {
            histogram::draw(&drawn, width, &colors()).assert_texts_apart();
        }
    }

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
