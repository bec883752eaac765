//! The report of a calibration: which thresholds are proposed for the wanted shares, and what they come to.

mod spread;

pub use spread::Spread;

use super::cells::{ratio, said};
use super::{
    Block, Cell, Chart, Column, Fact, Kind, Label, Plot, Report, Row, Section, Series, Table,
};
use crate::decide::Decision;
use crate::diagnostic::{Lang, Text};
use crate::table::Decimal;
use crate::text;
use std::sync::Arc;

/// What the report is made from.
pub struct Calibration {
    /// The language.
    pub lang: Lang,
    /// What the scheme calls itself.
    pub scheme: String,
    /// What was graded: the as-of date, with the run if there is one.
    pub of: String,
    /// What the levels are of: the grades, or the name of a dimension.
    pub list: String,
    /// The value that is compared: `score`.
    pub value: String,
    /// How far a share may be off.
    pub tolerance: Decimal,
    /// The levels, best first.
    pub levels: Vec<Calibrated>,
    /// How the customers lie along the value.
    pub spread: Spread,
    /// How many have no level, by the scheme as it is and with the proposal.
    pub without: [usize; 2],
    /// The colours of the grades, where the levels are the grades.
    pub grades: Vec<(Arc<str>, Option<u32>)>,
    /// What is to be known of single levels: ties, conditions that stay.
    pub notes: Vec<Text>,
    /// Whether a scheme with the proposal is written.
    pub writes: bool,
    /// The changes as arguments: `--set 'grades.A.when=score >= 83'`.
    pub set: Vec<String>,
    /// The command with which to try them.
    pub command: String,
}

/// One level.
pub struct Calibrated {
    /// Its name.
    pub name: Arc<str>,
    /// Its condition as it is; `None` is otherwise.
    pub before: Option<String>,
    /// The proposed one.
    pub after: Option<String>,
    /// The share that is wanted.
    pub wanted: Option<Decimal>,
    /// How many customers have it, by the scheme as it is and with the proposal: both were graded.
    pub counts: [usize; 2],
}

/// Makes it.
pub fn report(made: &Calibration) -> Report {
    let lang = made.lang;
    let name = made.scheme.trim();
    let list = &made.list;
    let title = if name.is_empty() {
        text!("Thresholds of {list}", "{list}的分界")
    } else {
        text!("{name}: thresholds of {list}", "{name}：{list}的分界")
    };
    let fact = |key, label, value: String| Fact {
        key,
        label: said(lang, label),
        value,
    };
    let customers = made.levels.iter().map(|level| level.counts[1]);
    let customers = customers.sum::<usize>() + made.without[1];
    let tolerance = percent(made.tolerance);
    Report {
        lang,
        title: said(lang, title),
        facts: vec![
            fact("of", text!("Customers of", "数据"), made.of.clone()),
            fact("value", text!("By", "依据"), made.value.clone()),
            fact(
                "customers",
                text!("Customers", "客户数"),
                customers.to_string(),
            ),
            fact("tolerance", text!("Tolerance", "容差"), tolerance),
        ],
        grades: made.grades.clone(),
        sections: std::iter::once(section(made))
            .chain(spread::section(made))
            .collect(),
        customers: None,
    }
}

fn percent(share: Decimal) -> String {
    let hundredfold = share.checked_mul(Decimal::HUNDRED).unwrap_or_default();
    format!("{hundredfold}%")
}

fn section(made: &Calibration) -> Section {
    let lang = made.lang;
    let mut section = Section::new(
        "thresholds",
        said(lang, text!("Proposed thresholds", "建议的分界")),
    );
    section.notes.push(said(
        lang,
        text!(
            "Shares are of the customers who have a level; both columns were graded, the second with the proposal. Each \
             number is the roundest that gives the share of its level and those above within the tolerance: a multiple of \
             the coarsest step of …, 10, 5, 2.5, 2, 1, 0.5, ….",
            "占比的分母是有档次的客户；两列都是实际评出来的，后一列用的是建议的分界。每个数都是使该档连同以上各档的占比在容差以内的最整的数：取 …、10、5、2.5、2、1、0.5、… 中尽可能大的步长的倍数。"
        ),
    ));
    let notes = made.notes.iter();
    section
        .notes
        .extend(notes.map(|note| said(lang, note.clone())));
    section.blocks.push(Block::Table(table(made)));
    section.blocks.push(Block::Chart(chart(made)));
    let command = &made.command;
    section.blocks.push(Block::Table(changes(made)));
    section.notes.push(said(
        lang,
        if made.writes {
            text!(
                "The scheme itself is not changed: the proposal is in a file of its own. Who would move: `{command}`",
                "原方案没有改动，建议写在另一个文件中。看谁会变动：`{command}`"
            )
        } else {
            text!(
                "Nothing is changed. Who would move: `{command}`",
                "没有改动任何东西。看谁会变动：`{command}`"
            )
        },
    ));
    section
}

/// How many have a level, by the scheme as it is (0) and with the proposal (1).
fn all(made: &Calibration, side: usize) -> usize {
    made.levels.iter().map(|level| level.counts[side]).sum()
}

fn place(made: &Calibration, name: &str) -> Option<usize> {
    let mut grades = made.grades.iter();
    grades.position(|(known, _)| **known == *name)
}

fn table(made: &Calibration) -> Table {
    let lang = made.lang;
    let column = |key: &str, heading: Text, kind| Column::new(key, said(lang, heading), kind);
    let columns = vec![
        column("level", text!("Level", "档次"), Kind::Text),
        column("before", text!("Condition now", "现在的条件"), Kind::Text),
        column("after", text!("Proposed", "建议"), Kind::Text),
        column("wanted", text!("Wanted", "目标"), Kind::Share),
        column("share", text!("Gives", "实得"), Kind::Share),
        column("customers", text!("Customers", "客户数"), Kind::Count),
        column("share_before", text!("Now", "现在"), Kind::Share),
        column(
            "customers_before",
            text!("Customers now", "现在客户数"),
            Kind::Count,
        ),
    ];
    let mut table = Table::new("levels", columns);
    let maybe = |text: &Option<String>| {
        let text = text.as_deref();
        text.map_or(Cell::Missing, Cell::text)
    };
    for level in &made.levels {
        let [before, after] = level.counts;
        let cells = vec![
            Cell::Text(level.name.clone()),
            maybe(&level.before),
            maybe(&level.after),
            Cell::number(level.wanted),
            Cell::share(after, all(made, 1)),
            Cell::count(after),
            Cell::share(before, all(made, 0)),
            Cell::count(before),
        ];
        table
            .rows
            .push(Row::new(cells).of_grade(place(made, &level.name)));
    }
    if made.without != [0, 0] {
        let [before, after] = made.without;
        table.rows.push(Row::new(vec![
            Cell::text(Decision::Unrated.word(lang)),
            Cell::Missing,
            Cell::Missing,
            Cell::Missing,
            Cell::Missing,
            Cell::count(after),
            Cell::Missing,
            Cell::count(before),
        ]));
    }
    table
}

/// The changes, each as an argument.
fn changes(made: &Calibration) -> Table {
    let lang = made.lang;
    let heading = said(lang, text!("As arguments", "写成参数"));
    let mut table = Table::new("set", vec![Column::new("set", heading, Kind::Text)]);
    let rows = made.set.iter();
    table.rows = rows.map(|set| Row::new(vec![Cell::text(set)])).collect();
    table
}

fn chart(made: &Calibration) -> Chart {
    let lang = made.lang;
    let words = [
        text!("now", "现在"),
        text!("wanted", "目标"),
        text!("proposed", "建议"),
    ];
    let [now, wanted, proposed] = words.map(|word| said(lang, word));
    let levels = || made.levels.iter();
    let share = |side: usize| {
        let all = all(made, side) as i128;
        let shares = levels().map(|level| ratio(level.counts[side] as i128, all));
        shares.collect::<Vec<_>>()
    };
    let parts = levels().zip(share(1)).map(|(level, share)| {
        let share = share.map_or_else(|| "–".to_owned(), |share| percent(share.round(3)));
        format!("{} {share}", level.name)
    });
    let parts = parts.collect::<Vec<_>>().join(", ");
    Chart::Bars(Plot {
        title: said(lang, text!("Share of each level", "各档占比")),
        alt: said(
            lang,
            text!(
                "Share of customers of each level, with the proposal: {parts}",
                "各档的客户占比，按建议的分界：{parts}"
            ),
        ),
        kind: Kind::Share,
        categories: levels()
            .map(|level| Label {
                text: level.name.clone(),
                grade: place(made, &level.name),
            })
            .collect(),
        series: vec![
            Series::plain(now.as_str(), share(0)),
            Series::plain(
                wanted.as_str(),
                levels().map(|level| level.wanted).collect(),
            ),
            Series::plain(proposed.as_str(), share(1)),
        ],
    })
}
