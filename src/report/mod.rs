//! What a report says, before anybody draws it: sections of tables and charts, in the language in which it is read.
//!
//! The figures are worked out once here; `present` draws them for the terminal, as Markdown, as JSON, as a workbook and
//! as a page, and none of these formats works anything out by itself.
//!
//! [`Material`] is what a report is made from: a run graded again, what was before, the runs up to it. Its [`Scope`] says
//! of which customers and columns. Each section is a file with a function from the material to the section, whose notes
//! say how its figures are defined. A missing value is never a nought: those of whom a thing is unknown are counted
//! apart.

pub mod backtest;
mod behaviour;
mod by;
pub mod calibration;
pub mod campaign;
mod cells;
mod chart;
mod churn;
mod composition;
mod contribution;
mod cross;
mod customers;
mod distribution;
mod estimates;
mod groups;
mod material;
mod matrix;
mod movement;
mod potential;
mod quality;
mod satisfaction;
mod service;
pub mod simulation;
mod strategies;
#[cfg(test)]
mod tests;
mod trend;

pub use by::{By, parse as parse_by};
pub use chart::{Axis, Chart, Flows, Heat, Histogram, Label, Plot, Series};
pub use customers::{Listed, MOST_LISTED};
pub use distribution::is_percent;
pub use material::{Before, Judged, Material, MayName, Scope, judge, promising};
pub use potential::{Promising, potential};
pub use trend::{MOST_RUNS, RunFigures, Tracker};

use crate::diagnostic::{Lang, Text, listed};
use crate::table::{Date, Decimal};
use crate::text;
pub(crate) use cells::said;
pub(crate) use matrix::Migration;
use std::sync::Arc;

/// A whole report.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// The language of every text in it.
    pub lang: Lang,
    /// What it is of: the scheme's name and the date or span.
    pub title: String,
    /// What it was made from: scheme, version, run, as-of date, customers.
    pub facts: Vec<Fact>,
    /// The grades of the scheme, best first, with the colours that the scheme gives them (`0xRRGGBB`).
    pub grades: Vec<(Arc<str>, Option<u32>)>,
    /// In the order in which they are read.
    pub sections: Vec<Section>,
    /// The customers one by one, for the formats in which a table can be searched; `None` where it is not wanted.
    pub customers: Option<Table>,
}

/// One thing to know of the whole report.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    /// Its key in JSON: `as_of`, `run`.
    pub key: &'static str,
    /// What it is, for people.
    pub label: String,
    /// What it says.
    pub value: String,
}

/// One theme of a report.
#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    /// Its key in JSON and in links: `composition`, `movement`.
    pub key: &'static str,
    /// Its heading.
    pub title: String,
    /// What to know before the figures are read: definitions, what is left out and why. A sentence each.
    pub notes: Vec<String>,
    /// Its tables and charts in order.
    pub blocks: Vec<Block>,
}

/// A piece of a section.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    /// Figures in rows and columns.
    Table(Table),
    /// A picture of figures that a table of the same section holds too.
    Chart(Chart),
}

/// Figures in rows and columns.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// Its key in JSON.
    pub key: String,
    /// Its heading, where the section's does not say it.
    pub title: Option<String>,
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows.
    pub rows: Vec<Row>,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Its key in JSON.
    pub key: String,
    /// Its heading; a unit stands in it: `年采购额（万元）`.
    pub heading: String,
    /// What its cells are.
    pub kind: Kind,
    /// Whether it says nothing where all its counts are nought: a terminal, which has little room, leaves it out then.
    pub is_spare: bool,
}

/// What the cells of a column are, and so how they are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Text, set left.
    Text,
    /// A whole number of customers, orders and the like: `1,204`.
    Count,
    /// An exact number, of which nobody reads more than two places: `12.5`.
    Number,
    /// A figure that means nothing without its places, such as a parameter: `0.242595`.
    Figure,
    /// An amount of money: `1,204.50`.
    Money,
    /// A share: 0.25 is written `25.0%`.
    Share,
    /// A difference: `+3`, `-2`.
    Delta,
    /// A day.
    Date,
}

/// A row of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// A cell for each column.
    pub cells: Vec<Cell>,
    /// Whether it sums the others up.
    pub is_total: bool,
    /// The grade whose colour it has: an index into [`Report::grades`].
    pub grade: Option<usize>,
}

/// One cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Nothing is known, or there is nothing to say.
    Missing,
    /// Text.
    Text(Arc<str>),
    /// A figure, of the column's kind.
    Number(Decimal),
    /// A day.
    Date(Date),
}

/// Makes the report.
pub fn report(material: &Material<'_>) -> Report {
    let scheme = &material.grading.scheme;
    let mut sections = vec![composition::section(material)];
    sections[0].notes.extend(for_role(material));
    sections.extend(distribution::section(material));
    sections.extend(contribution::section(material));
    sections.push(movement::section(material));
    sections.extend(trend::section(material));
    sections.push(churn::section(material));
    sections.extend(potential::section(material));
    sections.extend(behaviour::section(material));
    sections.extend(satisfaction::section(material));
    sections.extend(service::section(material));
    sections.extend(strategies::section(material));
    sections.extend(cross::section(material));
    sections.extend(estimates::section(material));
    sections.push(quality::section(material));
    let grades = scheme.grades.iter();
    Report {
        lang: material.lang,
        title: title(material),
        facts: facts(material),
        grades: grades
            .map(|grade| (grade.name.clone(), grade.color))
            .collect(),
        sections,
        customers: material
            .lists_customers
            .then(|| customers::table(material, MOST_LISTED)),
    }
}

/// What a report for a role leaves out.
fn for_role(material: &Material<'_>) -> Vec<String> {
    let Some(role) = &material.grading.role else {
        return vec![];
    };
    let name = &role.role;
    let mut notes = vec![];
    if role.some_rows {
        notes.push(text!(
            "For the role `{name}`: only customers whom it sees count.",
            "供角色 `{name}` 使用：只计入该角色可见的客户。"
        ));
    }
    let closed = [&role.hidden, &role.masked, &role.pseudonyms];
    let mut closed = closed.into_iter().flatten().peekable();
    if closed.peek().is_some() {
        let Text { en, zh } = listed(closed.map(|name| &**name));
        notes.push(text!(
            "For the role `{name}`: figures of what it does not see as it is are left out: {en}.",
            "供角色 `{name}` 使用：该角色看不到原值的列，不出数字：{zh}。"
        ));
    }
    let notes = notes.into_iter();
    notes.map(|note| said(material.lang, note)).collect()
}

fn title(material: &Material<'_>) -> String {
    let (name, of) = (&material.grading.scheme.name, &material.of);
    let name = name.trim();
    if name.is_empty() {
        said(
            material.lang,
            text!("Customer report, {of}", "客户报告 {of}"),
        )
    } else {
        said(
            material.lang,
            text!("{name}: report, {of}", "{name}报告 {of}"),
        )
    }
}

/// What the report was made from.
fn facts(material: &Material<'_>) -> Vec<Fact> {
    let lang = material.lang;
    let scheme = &material.grading.scheme;
    let mut facts = vec![];
    let mut put = |key, label, value: String| {
        if !value.is_empty() {
            facts.push(Fact {
                key,
                label: said(lang, label),
                value,
            });
        }
    };
    put("scheme", text!("Scheme", "方案"), scheme.name.clone());
    put("version", text!("Version", "版本"), scheme.version.clone());
    let as_of = material.grading.book.as_of;
    put("as_of", text!("As of", "评级日"), as_of.to_string());
    let run = material.run.as_deref().unwrap_or_default();
    let run = run.get(..8).unwrap_or(run);
    put("run", text!("Run", "批次"), run.to_owned());
    let before = material.before.as_ref().map(|before| before.name.clone());
    let label = text!("Compared with", "对比");
    put("compared_with", label, before.unwrap_or_default());
    let count = material.scope.rows().len();
    put("customers", text!("Customers", "客户数"), count.to_string());
    let role = material.grading.role.as_ref();
    // To those who see some of them it is told of no others how many there are.
    if !material.scope.is_whole() && !role.is_some_and(|role| role.some_rows) {
        let all = material.grading.len();
        let label = text!("Customers of the run", "本批次客户数");
        put("customers_of_the_run", label, all.to_string());
    }
    let name = role.map(|role| role.role.to_string());
    put("role", text!("Role", "角色"), name.unwrap_or_default());
    facts
}
