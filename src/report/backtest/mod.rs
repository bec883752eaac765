//! The report of a backtest: what a candidate scheme would have done with the past, beside the present one.

mod afterwards;
mod difference;
mod moves;

use super::cells::said;
use super::{Column, Fact, Kind, Label, Report};
use crate::backtest::{Following, Replay, separation, steadiness};
use crate::compare::Renamed;
use crate::diagnostic::{Lang, Text};
use crate::table::{Date, Period, PeriodKind};
use crate::text;
use std::sync::Arc;

/// What the report is made from.
pub struct Backtest<'a> {
    /// The language.
    pub lang: Lang,
    /// What the candidate scheme calls itself.
    pub scheme: &'a str,
    /// How long its periods are.
    pub period: PeriodKind,
    /// The span graded by the candidate.
    pub candidate: &'a Replay,
    /// The same span graded by the present scheme.
    pub present: &'a Replay,
    /// What the present scheme's grades are called by the candidate.
    pub renamed: &'a Renamed,
    /// Up to how many periods after a move one the other way takes it back.
    pub within: usize,
    /// What came after.
    pub following: Following<'a>,
}

/// Makes it.
pub fn report(made: &Backtest<'_>) -> Report {
    let lang = made.lang;
    let (first, last) = (made.ends().first(), made.ends().last());
    let span = |end: Option<&Date>| end.map(|end| made.name_of(*end)).unwrap_or_default();
    let (first, last) = (span(first), span(last));
    let over = if first == last {
        text!("{first}", "{first}")
    } else {
        text!("{first} to {last}", "{first} 至 {last}")
    };
    let over = said(lang, over);
    let name = made.scheme.trim();
    let title = if name.is_empty() {
        text!("Backtest, {over}", "回测 {over}")
    } else {
        text!("{name}: backtest, {over}", "{name}回测 {over}")
    };
    let steady = made.sides().map(|side| steadiness(side, made.within));
    let apart = made.sides().map(|side| separation(side, &made.following));
    Report {
        lang,
        title: said(lang, title),
        facts: facts(made, &first, &last),
        grades: made.candidate.grades.clone(),
        sections: vec![
            moves::section(made, &steady),
            afterwards::section(made, &apart),
            difference::section(made),
        ],
        customers: None,
    }
}

impl<'a> Backtest<'a> {
    fn ends(&self) -> &[Date] {
        &self.candidate.ends
    }

    /// The candidate, then the present scheme.
    fn sides(&self) -> [&'a Replay; 2] {
        [self.candidate, self.present]
    }

    fn side_words(&self) -> [String; 2] {
        [text!("candidate", "候选"), text!("present", "现行")].map(|word| said(self.lang, word))
    }

    /// A period by its last day: `2024-03`.
    fn name_of(&self, end: Date) -> String {
        Period::of(self.period, end).to_string()
    }

    fn column(&self, key: &str, heading: Text, kind: Kind) -> Column {
        Column::new(key, said(self.lang, heading), kind)
    }

    fn categories(&self) -> Vec<Label> {
        let ends = self.ends().iter();
        ends.map(|end| Label::plain(self.name_of(*end))).collect()
    }
}

/// The keys of the two sides in JSON.
const SIDES: [&str; 2] = ["candidate", "present"];

fn facts(made: &Backtest<'_>, first: &str, last: &str) -> Vec<Fact> {
    let fact = |key, label, value: String| Fact {
        key,
        label: said(made.lang, label),
        value,
    };
    let revenue = made.following.revenue.map(|revenue| &revenue.heading);
    let mut facts = vec![
        fact(
            "candidate",
            text!("Candidate", "候选方案"),
            made.candidate.name.clone(),
        ),
        fact(
            "present",
            text!("Present scheme", "现行方案"),
            made.present.name.clone(),
        ),
        fact(
            "periods",
            text!("Periods", "期间"),
            format!("{first} … {last} ({})", made.ends().len()),
        ),
        fact(
            "customers",
            text!("Customers", "客户数"),
            made.candidate.customers().len().to_string(),
        ),
        fact(
            "ahead",
            text!("Periods looked ahead", "往后看几期"),
            made.following.ahead.to_string(),
        ),
        fact(
            "within",
            text!("Moved back within (periods)", "几期内变回算反复"),
            made.within.to_string(),
        ),
    ];
    if let Some(revenue) = revenue {
        let label = text!("Revenue", "收入");
        facts.push(fact("revenue", label, revenue.clone()));
    }
    facts
}

/// The colour of a grade: that of the candidate's grade of the name, or of the one that was called so.
fn colour(made: &Backtest<'_>, name: &Arc<str>) -> Option<usize> {
    let name = made.renamed.name(name.clone());
    let mut grades = made.candidate.grades.iter();
    grades.position(|(known, _)| *known == name)
}
