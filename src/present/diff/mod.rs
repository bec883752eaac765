//! A comparison as every format shows it: the list of customers, the matrix, the figures in a line.

mod cuts;
mod json;
mod matrix;
mod moves;
mod report;

pub use cuts::{Cut, cuts};
pub use json::{write_json, write_lines, write_moves, write_summary};
pub use matrix::MatrixTable;
pub use moves::{MovesTable, Shape};
pub use report::report;

pub(in crate::present) use moves::place_of;

use super::marks::{back_mark, class_word};
use super::report as drawn;
use super::table::GradeStyle;
use super::{markdown, terminal};
use crate::compare::{Class, Comparison};
use crate::diagnostic::{Lang, Text};
use crate::report::{Report, Section};
use crate::words::{Word, how_many};
use std::io::{self, Write};

/// A comparison with what is to be said of its sides.
#[derive(Clone, Debug)]
pub struct Diff {
    /// What was found.
    pub comparison: Comparison,
    /// The language.
    pub lang: Lang,
    /// What the user called the two sides.
    pub names: (String, String),
    /// What is compared: `grade`, `type`, or the name of a dimension.
    pub on: String,
    /// What the amounts are, if there are any.
    pub amount: Option<String>,
    /// The levels with their colours, in the order of the comparison's.
    pub styles: Vec<GradeStyle>,
    /// The classes that are listed; `None`: those that the format lists by itself.
    pub only: Option<Vec<Class>>,
    /// Of two schemes what their grades come to; empty where the sides are not two schemes on the same data.
    pub cuts: Vec<Cut>,
    /// What another scheme takes and brings beside the moves: workload, cost, revenue.
    pub effects: Vec<Section>,
}

/// What happened to how many, with its sign, in the order of the classes. Who is back is told beside who is new.
pub(in crate::present) fn tally(comparison: &Comparison, lang: Lang) -> Vec<(String, usize)> {
    let back = comparison.back();
    let mut tally = vec![];
    for class in Class::ALL {
        let count = comparison.count(class);
        if class == Class::New {
            tally.push((class_word(class, lang), count - back));
            tally.push((back_mark(lang), back));
        } else {
            tally.push((class_word(class, lang), count));
        }
    }
    tally.retain(|(_, count)| *count > 0);
    tally
}

/// The figures in one line: `120 → 123 customers: ▼ down 4, ▲ up 6, ★ new 3; ＝ same 110`.
pub fn line(diff: &Diff) -> Text {
    let comparison = &diff.comparison;
    let list = |lang: Lang, between: &str| {
        let items = tally(comparison, lang).into_iter();
        let items = items.map(|(word, count)| format!("{word} {count}"));
        items.collect::<Vec<_>>().join(between)
    };
    let (old, new) = (comparison.old, comparison.new);
    let mut text = Text {
        en: format!("{old} → {}", how_many(new, "customer")),
        zh: format!("{old} → {new} 位客户"),
    };
    let (en, zh) = (list(Lang::En, ", "), list(Lang::Zh, "，"));
    if !en.is_empty() {
        text.en += &format!(": {en}");
        text.zh += &format!("：{zh}");
    }
    text
}

/// The effects alone, as formats that draw reports take them.
pub(in crate::present) fn effects(diff: &Diff) -> Report {
    let styles = diff.styles.iter().filter(|_| diff.comparison.is_ordered);
    Report {
        lang: diff.lang,
        title: String::new(),
        facts: vec![],
        grades: styles
            .map(|style| (style.name.clone(), style.color))
            .collect(),
        sections: diff.effects.clone(),
        customers: None,
    }
}

/// The list for a terminal, then the matrix and the line. Without anybody to list there is only the line.
pub fn write_terminal(
    diff: &Diff,
    options: &terminal::TerminalOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    let moves = MovesTable::new(diff, Shape::Screen);
    if !moves.is_blank() {
        terminal::write(&moves, options, out)?;
        writeln!(out)?;
    }
    if diff.comparison.everybody() > diff.comparison.count(Class::Unchanged) {
        terminal::write(&MatrixTable::new(diff), options, out)?;
        writeln!(out)?;
    }
    if !diff.cuts.is_empty() {
        terminal::write(&cuts::table(&diff.cuts, diff.lang), options, out)?;
        writeln!(out)?;
    }
    if !diff.effects.is_empty() {
        drawn::terminal::write_sections(&effects(diff), options, out)?;
        writeln!(out)?;
    }
    writeln!(out, "{}", line(diff).get(diff.lang))
}

/// The same as a document.
pub fn write_markdown(diff: &Diff, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}\n", line(diff).get(diff.lang))?;
    markdown::write(&MatrixTable::new(diff), out)?;
    if !diff.cuts.is_empty() {
        writeln!(out)?;
        markdown::write(&cuts::table(&diff.cuts, diff.lang), out)?;
    }
    drawn::markdown::write_sections(&effects(diff), out)?;
    let moves = MovesTable::new(diff, Shape::Screen);
    if !moves.is_blank() {
        if !diff.effects.is_empty() {
            writeln!(out, "\n## {}", Word::Movements.get(diff.lang))?;
        }
        writeln!(out)?;
        markdown::write(&moves, out)?;
    }
    Ok(())
}
