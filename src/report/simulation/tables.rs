//! Figures of several schemes side by side: a row for each level or owner, a column for each scheme, and between two
//! schemes the change.

use super::super::cells::said;
use super::super::{Cell, Column, Kind, Row, Table};
use super::side::{Level, Owner, Side, Work};
use crate::diagnostic::Lang;
use crate::table::Decimal;
use crate::text;
use crate::words::Word;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What all tables of one simulation have in common.
pub struct Sides<'a> {
    /// The schemes: the present one first.
    pub schemes: &'a [Side],
    /// The levels of all of them, those without one left out.
    pub levels: Vec<Arc<str>>,
    /// The levels with colours, as the report has them.
    pub grades: &'a [(Arc<str>, Option<u32>)],
    /// What the levels are: `等级`.
    pub heading: String,
    /// What those are who have none.
    pub none: String,
    /// Whether the change from the first to the last is told.
    pub with_change: bool,
    /// The language.
    pub lang: Lang,
}

/// The figures of a row: one for each scheme, in millionths, `None` where there is none.
pub type Figures = Vec<Option<i128>>;

impl Sides<'_> {
    /// The levels of all schemes: in the order of the newest, and what only another one has stands behind the level that
    /// it follows there.
    pub fn levels_of(sides: &[Side]) -> Vec<Arc<str>> {
        let mut levels: Vec<Arc<str>> = vec![];
        for side in sides.iter().rev() {
            let mut at = 0;
            for name in side.levels.iter().filter_map(|level| level.name.as_ref()) {
                if let Some(found) = levels.iter().position(|known| known == name) {
                    at = found + 1;
                } else {
                    levels.insert(at, name.clone());
                    at += 1;
                }
            }
        }
        levels
    }

    /// A table of figures by level; `None` of a level that a scheme does not have.
    pub fn by_level(
        &self,
        key: &str,
        title: String,
        kind: Kind,
        figure: impl Fn(&Side, &Level) -> Option<i128>,
        total: Option<Figures>,
    ) -> Table {
        let mut table = self.table(key, &self.heading, title, kind);
        let has_none = self
            .schemes
            .iter()
            .any(|side| side.level(None).is_some_and(|level| level.count > 0));
        let names = self.levels.iter().map(Some);
        for name in names.chain(has_none.then_some(None)) {
            let figures = self.schemes.iter();
            let figures = figures.map(|side| figure(side, side.level(name)?));
            let mut cells =
                vec![name.map_or_else(|| Cell::text(&self.none), |name| Cell::text(name))];
            cells.extend(self.cells(figures.collect(), kind));
            let grade = name.and_then(|name| self.grade(name));
            table.rows.push(Row::new(cells).of_grade(grade));
        }
        self.finish(table, kind, total)
    }

    /// A table of figures by owner, with their sum.
    pub fn by_owner(
        &self,
        key: &str,
        title: String,
        kind: Kind,
        figure: impl Fn(&Side, &Work) -> Option<i128>,
    ) -> Table {
        let heading = said(self.lang, text!("Owner", "负责人"));
        let mut table = self.table(key, &heading, title, kind);
        let nobody = said(self.lang, text!("nobody named", "未写明"));
        let owners: BTreeSet<&Owner> = self
            .schemes
            .iter()
            .flat_map(|side| side.owners.keys())
            .collect();
        let mut total: Figures = vec![None; self.schemes.len()];
        for owner in owners {
            let figures: Figures = self
                .schemes
                .iter()
                .map(|side| {
                    let work = side.owners.get(owner).copied().unwrap_or_default();
                    figure(side, &work)
                })
                .collect();
            for (all, figure) in total.iter_mut().zip(&figures) {
                if let Some(figure) = figure {
                    *all = Some(all.unwrap_or_default() + figure);
                }
            }
            if figures.iter().flatten().all(|figure| *figure == 0) {
                continue;
            }
            let name = match owner {
                Owner::Named(name) => Cell::Text(name.clone()),
                Owner::Nobody => Cell::text(&nobody),
            };
            let mut cells = vec![name];
            cells.extend(self.cells(figures, kind));
            table.rows.push(Row::new(cells));
        }
        self.finish(table, kind, Some(total))
    }

    /// A table of texts by level.
    pub fn texts(
        &self,
        key: &str,
        title: String,
        text: impl Fn(&Level) -> Option<Arc<str>>,
    ) -> Table {
        let mut table = self.table(key, &self.heading, title, Kind::Text);
        for name in &self.levels {
            let texts = self.schemes.iter();
            let texts = texts.map(|side| text(side.level(Some(name))?));
            let mut cells = vec![Cell::text(name)];
            cells.extend(texts.map(|text| text.map_or(Cell::Missing, Cell::Text)));
            table.rows.push(Row::new(cells).of_grade(self.grade(name)));
        }
        table
    }

    /// A table with a row for each of these.
    pub fn rows(
        &self,
        key: &str,
        title: String,
        kind: Kind,
        rows: Vec<(String, Figures)>,
    ) -> Table {
        let heading = said(self.lang, text!("Figure", "指标"));
        let mut table = self.table(key, &heading, title, kind);
        for (name, figures) in rows {
            let mut cells = vec![Cell::text(&name)];
            cells.extend(self.cells(figures, kind));
            table.rows.push(Row::new(cells));
        }
        table
    }

    /// The grade whose colour a level has.
    pub fn grade(&self, name: &str) -> Option<usize> {
        self.grades.iter().position(|(known, _)| **known == *name)
    }

    fn table(&self, key: &str, heading: &str, title: String, kind: Kind) -> Table {
        let mut columns = vec![Column::new("name", heading, Kind::Text)];
        for (place, side) in self.schemes.iter().enumerate() {
            let (key, heading) = if self.with_change {
                let (key, heading) = if place == 0 {
                    ("old", text!("Present", "现行方案"))
                } else {
                    ("new", text!("Candidate", "候选方案"))
                };
                (key.to_owned(), said(self.lang, heading))
            } else {
                (format!("scheme{}", place + 1), side.name.clone())
            };
            columns.push(Column::new(key, heading, kind));
        }
        if self.with_change && kind != Kind::Text {
            let heading = if kind == Kind::Share {
                text!("Change (points)", "变化（百分点）")
            } else {
                text!("Change", "变化")
            };
            columns.push(Column::new("change", said(self.lang, heading), Kind::Delta));
        }
        Table::new(key, columns).titled(title)
    }

    fn finish(&self, mut table: Table, kind: Kind, total: Option<Figures>) -> Table {
        if let Some(total) = total {
            let mut cells = vec![Cell::text(Word::Total.get(self.lang))];
            cells.extend(self.cells(total, kind));
            table.rows.push(Row::total(cells));
        }
        table
    }

    /// The cells of a row, the change last where it is told. Where one scheme does not know a figure there is no change.
    fn cells(&self, figures: Figures, kind: Kind) -> Vec<Cell> {
        // What is too large to be shown is not known either: nothing is told of how it changes.
        let shown = |figure: Option<i128>| figure.filter(|sum| Decimal::from_wide(*sum).is_some());
        let figures: Figures = figures.into_iter().map(shown).collect();
        let number = |figure: Option<i128>| Cell::number(figure.and_then(Decimal::from_wide));
        let change = self
            .with_change
            .then(|| match (figures.first(), figures.last()) {
                (Some(Some(old)), Some(Some(new))) if kind == Kind::Share => {
                    let points = Decimal::from_wide((new - old) * 100);
                    Cell::number(points.map(|points| points.round(2)))
                }
                (Some(Some(old)), Some(Some(new))) => number(Some(new - old)),
                _ => Cell::Missing,
            });
        figures.into_iter().map(number).chain(change).collect()
    }
}

/// A count as a figure.
pub const fn count(count: usize) -> i128 {
    count as i128 * 1_000_000
}
