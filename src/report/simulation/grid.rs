//! A grid of schemes: what each comes to, in a table with a row a scheme, and one figure of all of them at a glance.

use super::super::cells::{ratio, said};
use super::super::{
    Axis, Block, Cell, Chart, Column, Heat, Kind, Label, Plot, Report, Row, Section, Series, Table,
};
use super::Head;
use super::figure::Figure;
use super::side::Side;
use super::tables::Sides;
use crate::diagnostic::Lang;
use crate::table::Decimal;
use crate::text;
use std::sync::Arc;

/// A grid that was graded.
pub struct Grid<'a> {
    /// The value along the rows.
    pub down: Axis,
    /// The value along the columns, if there are two.
    pub across: Option<Axis>,
    /// What the present scheme comes to.
    pub present: &'a Side,
    /// What each cell comes to, row by row.
    pub cells: &'a [Side],
    /// The cells that are the present scheme, by their place in `cells`.
    pub is_present: &'a [bool],
    /// What is shown of each.
    pub figure: Figure,
}

impl Grid<'_> {
    /// How many columns there are.
    fn columns(&self) -> usize {
        self.across.as_ref().map_or(1, |across| across.values.len())
    }

    /// The place of the present scheme, as row and column.
    fn present_at(&self) -> Option<(usize, usize)> {
        let place = self.is_present.iter().position(|is_present| *is_present)?;
        Some((place / self.columns(), place % self.columns()))
    }

    /// The figure of each cell, in rows.
    fn values(&self) -> Vec<Vec<Option<Decimal>>> {
        let rows = self.cells.chunks(self.columns());
        rows.map(|row| row.iter().map(|side| self.figure.of(side)).collect())
            .collect()
    }
}

/// The report of a grid.
pub fn grid(head: &Head, grid: &Grid<'_>) -> Report {
    let lang = head.lang;
    let title = said(lang, text!("A grid of schemes", "方案网格"));
    let facts = head.facts(grid.present.customers(), &grid.present.name);
    let mut report = head.report(title, facts);
    let mut section = Section::new("grid", grid.figure.title(head));
    section.notes.push(said(
        lang,
        text!(
            "Every cell is the scheme with these values, grading the same data as of the same date; who moves does so \
             against the present scheme.",
            "每一格都是改成这些值的方案，用同样的数据、按同一天评级；变动是与现行方案相比。"
        ),
    ));
    section.notes.push(present(lang, grid));
    section.notes.extend(head.of_rules());
    if let Some(across) = &grid.across {
        section.blocks.push(Block::Table(crossed(grid, across)));
    }
    section.blocks.push(Block::Chart(heat(head, grid)));
    report.sections.push(section);
    let mut section = Section::new("cells", said(lang, text!("Each scheme", "各个方案")));
    section.notes.push(said(
        lang,
        text!(
            "Shares are of all customers, those without a level included.",
            "占比的分母是全部客户，包括没有评出的。"
        ),
    ));
    section.blocks.push(Block::Table(list(head, grid)));
    if grid.across.is_none() {
        section.blocks.push(Block::Chart(lines(head, grid)));
    }
    report.sections.push(section);
    report
}

/// Where the present scheme is.
fn present(lang: Lang, grid: &Grid<'_>) -> String {
    let Some((row, column)) = grid.present_at() else {
        return said(
            lang,
            text!(
                "The present scheme is none of the cells.",
                "现行方案不在网格中。"
            ),
        );
    };
    let down = written(&grid.down, row);
    let at = match &grid.across {
        Some(across) => {
            let between = if lang == Lang::Zh { "，" } else { ", " };
            format!("{down}{between}{}", written(across, column))
        }
        None => down,
    };
    said(
        lang,
        text!(
            "The present scheme is the cell with `{at}`.",
            "现行方案是这一格：`{at}`。"
        ),
    )
}

/// A value as it is written in the scheme.
fn written(axis: &Axis, place: usize) -> String {
    let (name, value) = (&axis.name, &axis.values[place]);
    if name.contains('…') {
        name.replacen('…', value, 1)
    } else {
        format!("{name} = {value}")
    }
}

/// The figure by both values.
fn crossed(grid: &Grid<'_>, across: &Axis) -> Table {
    let kind = grid.figure.kind();
    let mut columns = vec![Column::new(
        "value",
        format!("{} ＼ {}", grid.down.name, across.name),
        Kind::Text,
    )];
    for value in &across.values {
        columns.push(Column::new(format!("at.{value}"), &**value, kind));
    }
    let mut table = Table::new("figure", columns);
    for (value, figures) in grid.down.values.iter().zip(grid.values()) {
        let mut cells = vec![Cell::Text(value.clone())];
        cells.extend(figures.into_iter().map(Cell::number));
        table.rows.push(Row::new(cells));
    }
    table
}

/// The figure as colours. Of one value there is one column of cells, which lies along the page.
fn heat(head: &Head, grid: &Grid<'_>) -> Chart {
    let (lang, name) = (head.lang, grid.figure.name(head));
    let values = grid.values();
    let one = Axis {
        name: String::new(),
        values: vec![Arc::from(&*name)],
    };
    let (down, across, values, present) = match &grid.across {
        Some(across) => (grid.down.clone(), across.clone(), values, grid.present_at()),
        None => (
            one,
            grid.down.clone(),
            vec![values.into_iter().flatten().collect()],
            grid.present_at().map(|(row, _)| (0, row)),
        ),
    };
    let known = || values.iter().flatten().flatten().copied();
    let told = |value: Option<Decimal>| value.map(|value| shown(value, grid.figure.kind()));
    let least = told(known().min()).unwrap_or_default();
    let most = told(known().max()).unwrap_or_default();
    let along = &across.name;
    let by = if down.name.is_empty() {
        along.clone()
    } else {
        format!("{}, {along}", down.name)
    };
    Chart::Heat(Heat {
        title: grid.figure.title(head),
        alt: said(
            lang,
            text!(
                "{name} by {by}: from {least} to {most}",
                "{name}（按 {by}）：{least} 至 {most}"
            ),
        ),
        kind: grid.figure.kind(),
        across,
        down,
        values,
        present,
    })
}

/// A figure in a sentence.
fn shown(value: Decimal, kind: Kind) -> String {
    let percent = value.checked_mul(Decimal::HUNDRED);
    match (kind, percent) {
        (Kind::Share, Some(percent)) => format!("{}%", percent.round(1)),
        _ => value.to_string(),
    }
}

/// A row a scheme: its values, customers and shares by level, who moves, and what it takes.
fn list(head: &Head, grid: &Grid<'_>) -> Table {
    let lang = head.lang;
    let levels = Sides::levels_of(grid.cells);
    let column = |key: &str, text, kind| Column::new(key, said(lang, text), kind);
    let mut columns = vec![Column::new("down", &*grid.down.name, Kind::Text)];
    if let Some(across) = &grid.across {
        columns.push(Column::new("across", &*across.name, Kind::Text));
    }
    columns.push(column("present", text!("Present", "现行方案"), Kind::Text));
    columns.push(column("upgraded", text!("Up", "升级"), Kind::Count));
    columns.push(column("downgraded", text!("Down", "降级"), Kind::Count));
    columns.push(column("moved", text!("Moved", "变动"), Kind::Count));
    for level in &levels {
        columns.push(Column::new(format!("count.{level}"), &**level, Kind::Count));
    }
    columns.push(Column::new("unrated", head.none(), Kind::Count));
    for level in &levels {
        let heading = said(lang, text!("{level} share", "{level}占比"));
        columns.push(Column::new(format!("share.{level}"), heading, Kind::Share));
    }
    let has_revenue =
        head.amount.is_some() && grid.cells.iter().any(|side| side.revenue().is_some());
    if has_revenue {
        for level in &levels {
            let heading = said(lang, text!("{level} revenue", "{level}收入占比"));
            columns.push(Column::new(
                format!("revenue.{level}"),
                heading,
                Kind::Share,
            ));
        }
    }
    let says = |which: fn(&Side) -> bool| grid.cells.iter().any(which);
    let (has_hours, has_cost) = (says(|side| side.says.0), says(|side| side.says.1));
    if has_hours {
        columns.push(column("hours", text!("Hours", "工时"), Kind::Number));
    }
    if has_cost {
        columns.push(column("cost", text!("Cost", "费用"), Kind::Number));
    }
    let mut table = Table::new("cells", columns);
    let here = said(lang, text!("yes", "是"));
    for (place, side) in grid.cells.iter().enumerate() {
        let (row, column) = (place / grid.columns(), place % grid.columns());
        let mut cells = vec![Cell::Text(grid.down.values[row].clone())];
        if let Some(across) = &grid.across {
            cells.push(Cell::Text(across.values[column].clone()));
        }
        cells.push(if grid.is_present[place] {
            Cell::text(&here)
        } else {
            Cell::Missing
        });
        let mut figures = vec![Figure::Upgraded, Figure::Downgraded, Figure::Moved];
        figures.extend(levels.iter().cloned().map(Figure::Count));
        figures.push(Figure::Unrated);
        figures.extend(levels.iter().cloned().map(Figure::Share));
        if has_revenue {
            figures.extend(levels.iter().cloned().map(Figure::Revenue));
        }
        figures.extend(has_hours.then_some(Figure::Hours));
        figures.extend(has_cost.then_some(Figure::Cost));
        cells.extend(figures.iter().map(|figure| Cell::number(figure.of(side))));
        table.rows.push(Row::new(cells));
    }
    table
}

/// The shares of the levels along one value.
fn lines(head: &Head, grid: &Grid<'_>) -> Chart {
    let levels = Sides::levels_of(grid.cells);
    let series = levels.iter().map(|name| Series {
        label: Label {
            text: name.clone(),
            grade: head.grades.iter().position(|(known, _)| known == name),
        },
        values: grid
            .cells
            .iter()
            .map(|side| {
                let count = side.level(Some(name))?.count;
                ratio(count as i128, side.customers() as i128)
            })
            .collect(),
    });
    let (path, what) = (&grid.down.name, head.levels_in_text());
    let title = said(
        head.lang,
        text!(
            "Share of customers by {what}, along {path}",
            "各{what}客户占比（按 {path}）"
        ),
    );
    Chart::Lines(Plot {
        alt: title.clone(),
        title,
        kind: Kind::Share,
        categories: grid
            .down
            .values
            .iter()
            .map(|value| Label::plain(value.clone()))
            .collect(),
        series: series.collect(),
    })
}
