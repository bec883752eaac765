//! Tables of figures.

use super::escape;
use crate::present::report::cell;
use crate::present::shown;
use crate::report::{Kind, Report, Row, Table};

/// The most rows of a table that may stand beside another: none of them is cut where a sheet of paper ends.
const SMALL: usize = 12;
/// The most display columns of a text that stays on one line.
const SHORT: usize = 24;

/// A table in a box that scrolls by itself where the screen is too narrow; `name` is what it is called where it has no
/// title of its own.
pub fn write(table: &Table, name: &str, report: &Report, html: &mut String) {
    let name = escape::text(table.title.as_deref().unwrap_or(name));
    let class = if table.rows.len() <= SMALL {
        "scroll small"
    } else {
        "scroll"
    };
    // Who uses the keyboard can scroll it only when it takes the focus.
    html.push_str(&format!(
        "<div class=\"{class}\" role=\"group\" aria-label=\"{name}\" tabindex=\"0\">\n<table>\n"
    ));
    let hidden = if table.title.is_some() {
        ""
    } else {
        " class=\"hidden\""
    };
    html.push_str(&format!("<caption{hidden}>{name}</caption>\n<thead><tr>"));
    let shapes: Vec<Shape> = (0..table.columns.len())
        .map(|index| shape(table, index))
        .collect();
    for (column, shape) in table.columns.iter().zip(&shapes) {
        let class = shape.class();
        let heading = escape::text(&column.heading);
        html.push_str(&format!(
            "<th scope=\"col\" class=\"{class}\">{heading}</th>"
        ));
    }
    html.push_str("</tr></thead>\n<tbody>\n");
    for row in &table.rows {
        write_row(table, row, &shapes, report, html);
    }
    html.push_str("</tbody>\n</table>\n</div>\n");
}

fn write_row(table: &Table, row: &Row, shapes: &[Shape], report: &Report, html: &mut String) {
    html.push_str(if row.is_total {
        "<tr class=\"total\">"
    } else {
        "<tr>"
    });
    for (index, (column, value)) in table.columns.iter().zip(&row.cells).enumerate() {
        let written = cell::text(value, column.kind);
        let shown = match grade_of(&written, row, report) {
            Some(grade) => format!("<b class=\"grade g{grade}\">{}</b>", escape::text(&written)),
            None => escape::text(&written),
        };
        let class = shapes[index].class();
        // The first cell says what its row is of.
        if index == 0 && !cell::is_numeric(column.kind) {
            html.push_str(&format!("<th scope=\"row\" class=\"{class}\">{shown}</th>"));
        } else {
            html.push_str(&format!("<td class=\"{class}\">{shown}</td>"));
        }
    }
    html.push_str("</tr>\n");
}

/// The grade that a cell names, if it is the row's.
fn grade_of(written: &str, row: &Row, report: &Report) -> Option<usize> {
    let grade = row.grade?;
    let (name, _) = report.grades.get(grade)?;
    (**name == *written).then_some(grade)
}

/// How a column takes its place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shape {
    /// Figures: on one line, at the right.
    Number,
    /// Days: on one line.
    Date,
    /// Names and words: on one line.
    Short,
    /// Sentences, which wrap, but not after every character, as a browser would let Chinese.
    Long,
}

impl Shape {
    /// Its class.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Date => "date",
            Self::Short => "short",
            Self::Long => "long",
        }
    }
}

/// The shape of a column by what stands in it.
pub fn shape(table: &Table, index: usize) -> Shape {
    let kind = table.columns[index].kind;
    if cell::is_numeric(kind) {
        return Shape::Number;
    }
    if kind == Kind::Date {
        return Shape::Date;
    }
    let cells = table.rows.iter().filter_map(|row| row.cells.get(index));
    let widest = cells
        .map(|value| shown::width(&cell::text(value, kind)))
        .max();
    if widest.unwrap_or(0) <= SHORT {
        Shape::Short
    } else {
        Shape::Long
    }
}
