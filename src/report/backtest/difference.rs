//! Who stands elsewhere at the last period end.

use super::super::cells::said;
use super::super::{Block, Cell, Chart, Column, Flows, Kind, Label, Row, Section, Table};
use super::{Backtest, colour};
use crate::backtest::Replay;
use crate::decide::Decision;
use crate::text;
use crate::words::Word;

/// How many customers have which grade by the present scheme and which by the candidate, those without one behind.
struct Crossed {
    from: Vec<Label>,
    to: Vec<Label>,
    counts: Vec<Vec<u64>>,
    /// How many have a grade of another name.
    elsewhere: usize,
}

impl Crossed {
    fn of(made: &Backtest<'_>, end: usize) -> Self {
        let [candidate, present] = made.sides();
        let (from, to) = (labels(made, present), labels(made, candidate));
        let mut counts = vec![vec![0u64; to.len()]; from.len()];
        let mut elsewhere = 0;
        for customer in candidate.customers() {
            let places = (
                place(present, &customer.id, end),
                place(candidate, &customer.id, end),
            );
            if let (Some(was), Some(is)) = places {
                counts[was][is] += 1;
                elsewhere += usize::from(from[was].text != to[is].text);
            }
        }
        Self {
            from,
            to,
            counts,
            elsewhere,
        }
    }

    fn all(&self) -> u64 {
        self.counts.iter().flatten().sum()
    }

    fn of_row(&self, row: usize) -> u64 {
        self.counts[row].iter().sum()
    }

    fn of_column(&self, column: usize) -> u64 {
        self.counts.iter().map(|row| row[column]).sum()
    }

    /// The rows and columns that somebody is in; with `grades` those of all grades too.
    fn shown(&self, grades: bool) -> (Vec<usize>, Vec<usize>) {
        let rows = (0..self.from.len())
            .filter(|row| grades && row + 1 < self.from.len() || self.of_row(*row) > 0);
        let columns = (0..self.to.len())
            .filter(|at| grades && at + 1 < self.to.len() || self.of_column(*at) > 0);
        (rows.collect(), columns.collect())
    }
}

/// The grades of a scheme, and what those are who have none.
fn labels(made: &Backtest<'_>, side: &Replay) -> Vec<Label> {
    let grades = side.grades.iter().map(|(name, _)| Label {
        text: name.clone(),
        grade: colour(made, name),
    });
    let none = Label::plain(Decision::Unrated.word(made.lang));
    grades.chain([none]).collect()
}

/// The place of a customer's grade; `None` for one who is not there.
fn place(side: &Replay, id: &str, end: usize) -> Option<usize> {
    let standing = side.customer(id)?.standings[end]?;
    let grade = standing.grade.map(|grade| grade as usize);
    standing
        .is_present()
        .then(|| grade.unwrap_or(side.grades.len()))
}

/// The section.
pub(super) fn section(made: &Backtest<'_>) -> Section {
    let lang = made.lang;
    let end = made.ends().len() - 1;
    let as_of = made.ends()[end];
    let crossed = Crossed::of(made, end);
    let (elsewhere, all) = (crossed.elsewhere, crossed.all());
    let mut section = Section::new(
        "difference",
        said(lang, text!("The two schemes at the end", "期末两方案对照")),
    );
    section.notes.push(said(
        lang,
        text!(
            "At the end, on {as_of}, {elsewhere} of {all} customers have another grade by the candidate.",
            "{as_of} 时，{all} 位客户中有 {elsewhere} 位按候选方案等级不同。"
        ),
    ));
    section.blocks.push(Block::Table(matrix(made, &crossed)));
    let (rows, columns) = crossed.shown(false);
    let [candidate, present] = made.side_words();
    section.blocks.push(Block::Chart(Chart::Flows(Flows {
        title: said(
            lang,
            text!(
                "From the present scheme to the candidate",
                "从现行方案到候选方案"
            ),
        ),
        alt: said(
            lang,
            text!(
                "Which grade by the present scheme and which by the candidate on {as_of}: {elsewhere} customers differ",
                "{as_of} 时现行方案与候选方案的等级对照：{elsewhere} 位客户不同"
            ),
        ),
        before: present,
        after: candidate,
        from: rows.iter().map(|row| crossed.from[*row].clone()).collect(),
        to: columns.iter().map(|at| crossed.to[*at].clone()).collect(),
        counts: rows
            .iter()
            .map(|row| columns.iter().map(|at| crossed.counts[*row][*at]).collect())
            .collect(),
    })));
    section
}

fn matrix(made: &Backtest<'_>, crossed: &Crossed) -> Table {
    let lang = made.lang;
    let (rows, columns) = crossed.shown(true);
    let mut heads = vec![made.column(
        "present",
        text!("Present ↓ candidate →", "现行 ↓ 候选 →"),
        Kind::Text,
    )];
    for at in &columns {
        let name = &crossed.to[*at].text;
        let key = if at + 1 == crossed.to.len() {
            "to_unrated".to_owned()
        } else {
            format!("to.{name}")
        };
        heads.push(Column::new(key, &**name, Kind::Count));
    }
    heads.push(Column::new("total", Word::Total.get(lang), Kind::Count));
    let mut table = Table::new("matrix", heads);
    let count = |count: u64| Cell::count(count as usize);
    for row in rows {
        let from = &crossed.from[row];
        let mut cells = vec![Cell::Text(from.text.clone())];
        cells.extend(columns.iter().map(|at| count(crossed.counts[row][*at])));
        cells.push(count(crossed.of_row(row)));
        table.rows.push(Row::new(cells).of_grade(from.grade));
    }
    let mut cells = vec![Cell::text(Word::Total.get(lang))];
    cells.extend(columns.iter().map(|at| count(crossed.of_column(*at))));
    cells.push(count(crossed.all()));
    table.rows.push(Row::total(cells));
    table
}
