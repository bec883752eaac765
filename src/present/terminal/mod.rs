//! The table on a terminal: the columns that fit, grades in their colours, right widths under Chinese text.

mod columns;

use super::palette::{self, Rgb, Swatch};
use super::shown;
use super::table::{ColumnRole, ResultTable};
use crate::diagnostic::Lang;
use crate::words::how_many;
use anstyle::{Ansi256Color, Color, RgbColor, Style};
use comfy_table::{
    Cell, CellAlignment, ColumnConstraint, ContentArrangement, LineStyle, Row, Table, TableStyle,
    Width,
};
use std::io::{self, Write};

/// Which colours the terminal shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Colors {
    /// None.
    #[default]
    Plain,
    /// The 256 of nearly every terminal.
    Indexed,
    /// Any, as `COLORTERM=truecolor` says.
    Rgb,
}

/// How the table is fitted to a terminal.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct TerminalOptions {
    /// Columns of the terminal; `None` shows everything unbroken.
    pub width: Option<u16>,
    /// Its colours.
    pub colors: Colors,
    /// How many rows at most; `None` shows all.
    pub limit: Option<usize>,
}

/// Stands before and after a coloured text while the table is laid out: characters without width, which are taken
/// from the data, so that nothing else has them.
const START: char = '\u{2060}';
const END: char = '\u{2061}';

/// The most lines of a row.
const LINES: usize = 3;
/// Writes the table, and a line that says what was left out, if anything was.
pub fn write(
    table: &dyn ResultTable,
    options: &TerminalOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    let rows = table.len().min(options.limit.unwrap_or(usize::MAX));
    let described = table.columns();
    let headings: Vec<String> = described
        .iter()
        .map(|column| clean(&column.heading))
        .collect();
    let cells: Vec<Vec<String>> = (0..rows)
        .map(|row| {
            let texts = described.iter().enumerate().map(|(index, column)| {
                clean(&shown::cell(
                    table.cell(row, index),
                    column.kind,
                    table.lang(),
                ))
            });
            texts.collect()
        })
        .collect();
    let content: Vec<usize> = (0..described.len())
        .map(|index| {
            let cells = cells.iter().map(|row| shown::width(&row[index]));
            cells.max().unwrap_or(0)
        })
        .collect();
    let widths = |lines: &[Vec<String>]| -> Vec<usize> {
        let headings = lines
            .iter()
            .map(|lines| lines.iter().map(|line| shown::width(line)));
        let columns = content.iter().zip(headings);
        let widths = columns.map(|(content, lines)| lines.fold(*content, usize::max));
        widths.collect()
    };
    let whole = |lines: &[Vec<String>]| -> usize {
        let widths = widths(lines).into_iter();
        widths.map(|width| width + columns::PADDING).sum()
    };
    let mut lines: Vec<Vec<String>> = headings.iter().map(|text| vec![text.clone()]).collect();
    let room = options.width.map_or(columns::WIDEST, usize::from);
    if table.folds_headings() && whole(&lines) > room {
        let folded: Vec<_> = headings.iter().map(|text| columns::folded(text)).collect();
        // Where long cells leave no room anyway, nobody is served by it.
        if options.width.is_some() || whole(&folded) <= room {
            lines = folded;
        }
    }
    let widths = widths(&lines);
    let visible = columns::fitting(table, &widths, options.width);

    let mut drawn = Table::new();
    drawn.load_style(STYLE).set_truncation_indicator("…");
    if let Some(width) = options.width {
        drawn
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(width);
    }
    // A text that is broken into lines stays plain: its markers would part, and colour what lies between them.
    let mut styles: Vec<Option<Style>> = vec![];
    let mut header = Row::new();
    for (index, width) in &visible {
        let lines = &lines[*index];
        if lines.iter().all(|line| shown::width(line) <= *width) {
            // All of the header is bold, so that it does not matter which of its lines comes first.
            styles.extend(lines.iter().map(|_| Some(Style::new().bold())));
            let lines: Vec<String> = lines.iter().map(|line| marked(line)).collect();
            header.add_cell(Cell::new_owned(lines.join("\n")));
        } else {
            header.add_cell(Cell::new(&headings[*index]));
        }
    }
    drawn.set_header(header);
    let swatches = palette::of_grades(table.grades());
    for (row, texts) in cells.iter().enumerate() {
        let mut drawn_row = Row::new();
        for (index, width) in &visible {
            let column = &described[*index];
            let colored = column.role == ColumnRole::Grade
                && (1..=*width).contains(&shown::width(&texts[*index]));
            let cell = if colored {
                let swatch = table.mark(row).grade.and_then(|grade| swatches.get(grade));
                styles.push(swatch.and_then(|swatch| style(*swatch, options.colors)));
                Cell::new_owned(marked(&texts[*index]))
            } else {
                Cell::new(&texts[*index])
            };
            drawn_row.add_cell(if shown::is_numeric(column.kind) {
                cell.set_alignment(CellAlignment::Right)
            } else {
                cell
            });
        }
        drawn_row.max_height(LINES);
        drawn.add_row(drawn_row);
    }
    for (at, (_, width)) in visible.iter().enumerate() {
        if let Some(column) = drawn.column_mut(at) {
            let width = u16::try_from(width + columns::PADDING).unwrap_or(u16::MAX);
            column.set_constraint(ColumnConstraint::Absolute(Width::Fixed(width)));
        }
    }
    if options.colors == Colors::Plain {
        styles.fill(None);
    }
    out.write_all(paint(&drawn.to_string(), &styles).as_bytes())?;
    let hidden: Vec<&str> = (0..described.len())
        .filter(|index| !visible.iter().any(|(shown, _)| shown == index))
        .map(|index| headings[index].as_str())
        .collect();
    out.write_all(left_out(table.lang(), table.len() - rows, &hidden).as_bytes())?;
    out.flush()
}

/// One thin line below the headings; columns stand apart by space.
const STYLE: TableStyle = TableStyle::new().header_separator(LineStyle::none().fill('─'));

/// A text with a marker on both sides.
fn marked(text: &str) -> String {
    format!("{START}{text}{END}")
}

/// A text that cannot do anything to a terminal: control characters, and the markers, become spaces or nothing.
fn clean(text: &str) -> String {
    text.chars()
        .filter(|c| !matches!(*c, START | END))
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

/// The style of a grade's name.
fn style(swatch: Swatch, colors: Colors) -> Option<Style> {
    let color = |rgb: Rgb| match colors {
        Colors::Plain => None,
        Colors::Indexed => Some(Color::Ansi256(nearest_indexed(rgb))),
        Colors::Rgb => {
            let [_, red, green, blue] = rgb.to_be_bytes();
            Some(Color::Rgb(RgbColor(red, green, blue)))
        }
    };
    Some(
        Style::new()
            .fg_color(Some(color(swatch.text)?))
            .bg_color(Some(color(swatch.fill)?)),
    )
}

/// The nearest colour of xterm's cube of 6 × 6 × 6 or of its 24 greys.
fn nearest_indexed(rgb: Rgb) -> Ansi256Color {
    let levels = [0u8, 95, 135, 175, 215, 255];
    let [_, red, green, blue] = rgb.to_be_bytes();
    let distance = |one: [u8; 3]| -> u32 {
        one.into_iter()
            .zip([red, green, blue])
            .map(|(a, b)| u32::from(a.abs_diff(b)).pow(2))
            .sum()
    };
    let cube = (0..216u8).map(|index| {
        let level = |place: u8| levels[usize::from(index / place % 6)];
        (16 + index, [level(36), level(6), level(1)])
    });
    let greys = (0..24u8).map(|index| (232 + index, [8 + 10 * index; 3]));
    let nearest = cube.chain(greys).min_by_key(|(_, color)| distance(*color));
    Ansi256Color(nearest.map_or(16, |(index, _)| index))
}

/// Puts each style in the place of its pair of markers, in order; a style never goes on beyond its line.
fn paint(drawn: &str, styles: &[Option<Style>]) -> String {
    use std::fmt::Write;
    let mut painted = String::with_capacity(drawn.len() + styles.len() * 40);
    let mut styles = styles.iter();
    for line in drawn.lines() {
        let mut open: Option<&Style> = None;
        for c in line.trim_end().chars() {
            match c {
                START => {
                    open = styles.next().and_then(Option::as_ref);
                    if let Some(style) = open {
                        // Writing to memory cannot fail.
                        let _ = write!(painted, "{style}");
                    }
                }
                END => {
                    if let Some(style) = open.take() {
                        let _ = write!(painted, "{style:#}");
                    }
                }
                c => painted.push(c),
            }
        }
        if let Some(style) = open {
            let _ = write!(painted, "{style:#}");
        }
        painted.push('\n');
    }
    painted
}

/// What is not shown, so that nothing is cut off in silence.
fn left_out(lang: Lang, rows: usize, columns: &[&str]) -> String {
    let rows = match (lang, rows) {
        (_, 0) => String::new(),
        (Lang::En, rows) => format!("… and {}\n", how_many(rows, "more row")),
        (Lang::Zh, rows) => format!("… 另有 {rows} 行\n"),
    };
    let columns = match (lang, columns) {
        (_, []) => String::new(),
        (Lang::En, columns) => format!("columns without room here: {}\n", columns.join(", ")),
        (Lang::Zh, columns) => format!("此处未显示的列：{}\n", columns.join("、")),
    };
    rows + &columns
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::present::sample::Sample;
    use crate::present::table::ColumnKind;
    use crate::present::table::OutCell;

    fn text(table: &Sample, options: &TerminalOptions) -> String {
        let mut out = vec![];
        write(table, options, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn rows_line_up_under_chinese_and_fit_the_width() {
        let table = Sample::customers(Lang::Zh, 20);
        for width in [40, 80, 120, 200] {
            let shown = text(
                &table,
                &TerminalOptions {
                    width: Some(width),
                    ..TerminalOptions::default()
                },
            );
            let head = shown.lines().take_while(|line| !line.starts_with("此处"));
            for line in head {
                assert!(shown::width(line) <= usize::from(width), "{width}: {line}");
            }
            assert!(
                shown.contains("客户编号") && shown.contains("等级"),
                "{shown}"
            );
        }
    }

    #[test]
    fn grades_are_coloured_only_when_asked() {
        let table = Sample::customers(Lang::Zh, 20);
        let plain = text(
            &table,
            &TerminalOptions {
                width: Some(100),
                ..TerminalOptions::default()
            },
        );
        assert!(!plain.contains('\u{1b}') && !plain.contains([START, END]));
        for (colors, code) in [
            (Colors::Rgb, "48;2;191;215;238"),
            (Colors::Indexed, "48;5;153"),
        ] {
            let colored = text(
                &table,
                &TerminalOptions {
                    width: Some(100),
                    colors,
                    limit: None,
                },
            );
            assert!(colored.contains(code), "{colored}");
            let mut bare = String::new();
            let mut inside = false;
            for c in colored.chars() {
                match c {
                    '\u{1b}' => inside = true,
                    'm' if inside => inside = false,
                    c if !inside => bare.push(c),
                    _ => {}
                }
            }
            assert_eq!(bare, plain);
        }
    }

    #[test]
    fn what_is_left_out_is_said() {
        let table = Sample::customers(Lang::En, 20);
        let options = TerminalOptions {
            width: Some(60),
            colors: Colors::Plain,
            limit: Some(3),
        };
        let shown = text(&table, &options);
        assert!(shown.contains("… and 17 more rows"), "{shown}");
        assert!(shown.contains("columns without room here: "), "{shown}");
    }

    #[test]
    fn data_cannot_steer_the_terminal() {
        let table = Sample::new(Lang::En)
            .column("id", ColumnKind::Id, ColumnRole::Key)
            .row(vec![OutCell::Text(
                "\u{1b}[31mred\u{2060}\u{7}\nnext".into(),
            )]);
        let shown = text(&table, &TerminalOptions::default());
        assert!(!shown.contains(['\u{1b}', '\u{7}', START]), "{shown:?}");
        assert_eq!(shown.lines().count(), 3);
    }
}
