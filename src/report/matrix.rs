//! From which level to which, as tables and pictures: the same for a report and for two sides that are compared.

use super::cells::said;
use super::{Axis, Cell, Chart, Column, Flows, Heat, Kind, Label, Row, Table};
use crate::compare::{Class, Flow, Matrix};
use crate::diagnostic::Lang;
use crate::table::Decimal;
use crate::text;
use crate::words::{Word, how_many};

/// A matrix with what it takes to draw it.
pub(crate) struct Migration<'a> {
    /// The language.
    pub lang: Lang,
    /// The counts.
    pub matrix: &'a Matrix,
    /// What stands above the names of the rows: `from ↓ to →`.
    pub corner: String,
    /// For each level its place among the report's grades, if it has a colour.
    pub grades: Vec<Option<usize>>,
}

impl Migration<'_> {
    fn label(&self, at: usize, outside: Class) -> Label {
        let text = self.matrix.name(at, outside, self.lang);
        let grade = self.grades.get(at).copied().flatten();
        Label { text, grade }
    }

    /// A column for the names of the rows and one for each level after.
    fn columns(&self, columns: &[usize], kind: Kind) -> Vec<Column> {
        let corner = Column::new("from", &*self.corner, Kind::Text);
        let levels = columns.iter().map(|at| {
            let key = match self.matrix.levels.get(*at) {
                Some(level) => format!("to.{level}"),
                None if *at == self.matrix.unrated() => "to_unrated".to_owned(),
                None => "to_absent".to_owned(),
            };
            Column::new(key, &*self.label(*at, Class::Absent).text, kind)
        });
        std::iter::once(corner).chain(levels).collect()
    }

    /// How many customers, with sums.
    pub fn counts(&self) -> Table {
        let matrix = self.matrix;
        let (rows, columns) = matrix.shown();
        let total = Word::Total.get(self.lang);
        let mut heads = self.columns(&columns, Kind::Count);
        heads.push(Column::new("total", total, Kind::Count));
        let mut table = Table::new("matrix", heads).titled(Word::SheetMatrix.get(self.lang));
        for row in &rows {
            let from = self.label(*row, Class::New);
            let mut cells = vec![Cell::Text(from.text)];
            let counts = columns.iter().map(|at| matrix.rows[*row][*at].count);
            cells.extend(counts.map(Cell::count));
            cells.push(Cell::count(matrix.row_count(*row)));
            table.rows.push(Row::new(cells).of_grade(from.grade));
        }
        let mut cells = vec![Cell::text(total)];
        let counts = columns.iter().map(|at| matrix.column_count(*at));
        cells.extend(counts.map(Cell::count));
        let all = rows.iter().map(|row| matrix.row_count(*row)).sum();
        cells.push(Cell::count(all));
        table.rows.push(Row::total(cells));
        table
    }

    /// One figure of every flow, without sums; missing where nobody went.
    fn figures(
        &self,
        key: &str,
        title: &str,
        kind: Kind,
        of: impl Fn(&Flow) -> Option<Decimal>,
    ) -> Table {
        let (rows, columns) = self.matrix.shown();
        let mut table = Table::new(key, self.columns(&columns, kind)).titled(title);
        for row in &rows {
            let from = self.label(*row, Class::New);
            let mut cells = vec![Cell::Text(from.text)];
            let flows = columns.iter().map(|at| &self.matrix.rows[*row][*at]);
            let flows = flows.map(|flow| Cell::number(of(flow).filter(|_| flow.count > 0)));
            cells.extend(flows);
            table.rows.push(Row::new(cells).of_grade(from.grade));
        }
        table
    }

    /// What share of those who had a level went to each.
    pub fn shares(&self) -> Table {
        let title = Word::ByShare.get(self.lang);
        self.figures("shares", title, Kind::Share, |flow| flow.share)
    }

    /// What the customers of every flow come to in `name`.
    pub fn amounts(&self, name: &str) -> Table {
        self.figures("amounts", name, Kind::Money, |flow| flow.amount)
    }

    /// The shares as a grid.
    pub fn heat(&self) -> Chart {
        let matrix = self.matrix;
        let (rows, columns) = matrix.shown();
        let names = |places: &[usize], outside| {
            let places = places.iter();
            places
                .map(|at| matrix.name(*at, outside, self.lang))
                .collect::<Vec<_>>()
        };
        let stayed = (0..matrix.levels.len())
            .map(|at| matrix.rows[at][at].count)
            .sum::<usize>();
        let title = Word::ByShare.get(self.lang);
        let customers = how_many(stayed, "customer");
        Chart::Heat(Heat {
            title: title.to_owned(),
            alt: said(
                self.lang,
                text!(
                    "{title}: {customers} kept their level",
                    "{title}：{stayed} 位客户等级不变"
                ),
            ),
            kind: Kind::Share,
            across: Axis {
                name: Word::To.get(self.lang).to_owned(),
                values: names(&columns, Class::Absent),
            },
            down: Axis {
                name: Word::From.get(self.lang).to_owned(),
                values: names(&rows, Class::New),
            },
            values: rows
                .iter()
                .map(|row| {
                    let flows = columns.iter().map(|at| &matrix.rows[*row][*at]);
                    let shares = flows.map(|flow| flow.share.filter(|_| flow.count > 0));
                    shares.collect()
                })
                .collect(),
            present: None,
        })
    }

    /// Who came from where to where, between two sides of these names. Levels that nobody came from or to would be lines
    /// without width.
    pub fn flows(&self, title: String, alt: String, (before, after): (&str, &str)) -> Chart {
        let matrix = self.matrix;
        let all = 0..matrix.rows.len();
        let rows: Vec<usize> = all.clone().filter(|at| matrix.row_count(*at) > 0).collect();
        let columns: Vec<usize> = all.filter(|at| matrix.column_count(*at) > 0).collect();
        let labels = |places: &[usize], outside| {
            let places = places.iter();
            places.map(|at| self.label(*at, outside)).collect()
        };
        Chart::Flows(Flows {
            title,
            alt,
            before: before.to_owned(),
            after: after.to_owned(),
            from: labels(&rows, Class::New),
            to: labels(&columns, Class::Absent),
            counts: rows
                .iter()
                .map(|row| {
                    let flows = columns.iter().map(|at| matrix.rows[*row][*at].count as u64);
                    flows.collect()
                })
                .collect(),
        })
    }
}
