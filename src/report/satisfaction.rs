//! How satisfied customers say they are: CSAT and NPS for each grade, out of a sheet of answers.
//!
//! CSAT is the share of answers of 4 and 5 on a scale from 1 to 5 (the "top-two-box" score of customer satisfaction
//! surveys), beside the mean. NPS is the share of 9 and 10 less the share of 0 to 6 on a scale from 0 to 10, in points
//! (F. Reichheld, "The One Number You Need to Grow", Harvard Business Review, December 2003).

use super::cells::{ratio, said};
use super::groups::{Groups, Sum};
use super::material::Material;
use super::{Block, Cell, Chart, Column, Kind, Plot, Section, Series, Table};
use crate::scheme::model::Surveys;
use crate::table::column::MISSING;
use crate::table::{Column as Values, Decimal};
use crate::text;
use crate::words::{by_count, how_many};

/// A million: one, in millionths.
const ONE: i64 = 1_000_000;

/// Answers on one scale.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Answers {
    /// 4 and 5; or 9 and 10.
    high: usize,
    /// 3; or 7 and 8.
    middle: usize,
    /// 1 and 2; or 0 to 6.
    low: usize,
    /// Their sum in millionths.
    sum: i128,
    /// What is not on the scale.
    outside: usize,
}

impl Answers {
    const fn count(&self) -> usize {
        self.high + self.middle + self.low
    }

    /// Takes an answer in: `least` and `most` end the scale, from `middle` and from `high` on it is better.
    fn add(&mut self, value: i64, [least, middle, high, most]: [i64; 4]) {
        if value < least * ONE || value > most * ONE {
            self.outside += 1;
            return;
        }
        self.sum += i128::from(value);
        if value >= high * ONE {
            self.high += 1;
        } else if value >= middle * ONE {
            self.middle += 1;
        } else {
            self.low += 1;
        }
    }

    fn plus(self, other: &Self) -> Self {
        Self {
            high: self.high + other.high,
            middle: self.middle + other.middle,
            low: self.low + other.low,
            sum: self.sum + other.sum,
            outside: self.outside + other.outside,
        }
    }

    fn mean(&self) -> Option<Decimal> {
        let sum = Sum {
            known: self.count(),
            unknown: 0,
            total: self.sum,
        };
        sum.mean()
    }

    /// The share of the high ones.
    fn high_share(&self) -> Option<Decimal> {
        ratio(self.high as i128, self.count() as i128)
    }

    /// The share of the high ones less that of the low ones, times a hundred.
    fn net(&self) -> Option<Decimal> {
        let net = self.high as i128 - self.low as i128;
        ratio(net * 100, self.count() as i128)
    }
}

/// From 1 to 5: 3 is the middle, from 4 on people are satisfied.
const CSAT: [i64; 4] = [1, 3, 4, 5];
/// From 0 to 10: 7 and 8 are passive, from 9 on people promote.
const NPS: [i64; 4] = [0, 7, 9, 10];

/// The section; `None` where the scheme names no answers.
pub(super) fn section(material: &Material<'_>) -> Option<Section> {
    let lang = material.lang;
    let scheme = &material.grading.scheme;
    let surveys = scheme.report.satisfaction?;
    let sheet = &scheme.events[surveys.sheet].sheet;
    let groups = Groups::main(material);
    let mut section = Section::new("satisfaction", said(lang, text!("Satisfaction", "满意度")));
    let name = &sheet.name;
    section.notes.push(said(
        lang,
        text!(
            "Answers are the rows of `{name}` by the customers of this report, each answer for itself; blank ones are \
             none.",
            "答卷是 `{name}` 中本报告客户的行，每份答卷各算一次；没有打分的不算。"
        ),
    ));
    if let Some(since) = super::service::since(material, surveys.within) {
        let as_of = material.grading.book.as_of;
        section.notes.push(said(
            lang,
            text!(
                "Answers after {since} up to {as_of} count.",
                "只算 {since} 之后、到 {as_of} 为止的答卷。"
            ),
        ));
    }
    if let Some(field) = surveys.csat {
        let field = &sheet.fields[field].name;
        section.notes.push(said(
            lang,
            text!(
                "CSAT: the share of 4 and 5 among the answers from 1 to 5 in `{field}`.",
                "CSAT：`{field}` 的 1 到 5 分中，打 4 分和 5 分的占比。"
            ),
        ));
        let answers = answers(material, &surveys, surveys.csat, CSAT, &groups);
        note_outside(material, &mut section, &answers, field);
        section
            .blocks
            .push(Block::Table(csat(material, &groups, &answers)));
        if groups.list.len() > 1 {
            let chart = chart(material, &groups, &answers);
            section.blocks.push(Block::Chart(chart));
        }
    }
    if let Some(field) = surveys.nps {
        let field = &sheet.fields[field].name;
        section.notes.push(said(
            lang,
            text!(
                "NPS: the share of promoters (9 and 10) less the share of detractors (0 to 6) among the answers from 0 to \
                 10 in `{field}`, in points from -100 to 100.",
                "NPS：`{field}` 的 0 到 10 分中，推荐者（9、10 分）的占比减去贬损者（0 到 6 分）的占比，-100 到 100 分。"
            ),
        ));
        let answers = answers(material, &surveys, surveys.nps, NPS, &groups);
        note_outside(material, &mut section, &answers, field);
        section
            .blocks
            .push(Block::Table(nps(material, &groups, &answers)));
    }
    Some(section)
}

/// The answers of each group on one scale.
fn answers(
    material: &Material<'_>,
    surveys: &Surveys,
    field: Option<usize>,
    scale: [i64; 4],
    groups: &Groups,
) -> Vec<Answers> {
    let mut answers = vec![Answers::default(); groups.list.len()];
    let events = &material.grading.book.events[surveys.sheet];
    let Some(Values::Number(values)) = field.map(|field| &events.clean.columns[field]) else {
        return answers;
    };
    let since = super::service::since(material, surveys.within).map(crate::table::Date::days);
    for (place, row) in material.scope.rows().iter().enumerate() {
        for event in events.rows_of(*row as usize) {
            let event = event as usize;
            let counts = since.is_none_or(|since| events.days[event] > since);
            if counts && values[event] != MISSING {
                answers[groups.at(place)].add(values[event], scale);
            }
        }
    }
    answers
}

fn all(answers: &[Answers]) -> Answers {
    answers.iter().fold(Answers::default(), Answers::plus)
}

/// Says how many answers are not on the scale.
fn note_outside(material: &Material<'_>, section: &mut Section, answers: &[Answers], field: &str) {
    let outside = all(answers).outside;
    if outside > 0 {
        let values = how_many(outside, "value");
        let are = by_count(&outside, "is", "are");
        let does = by_count(&outside, "does", "do");
        section.notes.push(said(
            material.lang,
            text!(
                "{values} of `{field}` {are} not on that scale and {does} not count: `min` and `max` of the field \
                 would refuse them.",
                "`{field}` 有 {outside} 个值不在分数范围内，没有计入；为该字段写上 `min` 和 `max`，就会列为问题。"
            ),
        ));
    }
}

fn csat(material: &Material<'_>, groups: &Groups, answers: &[Answers]) -> Table {
    let lang = material.lang;
    let figures = |answers: &Answers| {
        vec![
            Cell::count(answers.count()),
            Cell::count(answers.high),
            Cell::number(answers.high_share()),
            Cell::number(answers.mean()),
        ]
    };
    let column = |key: &str, text, kind| Column::new(key, said(lang, text), kind);
    let columns = vec![
        groups.column(),
        column("answers", text!("Answers", "答卷数"), Kind::Count),
        column("satisfied", text!("4 and 5", "4、5 分"), Kind::Count),
        column("csat", text!("CSAT", "CSAT"), Kind::Share),
        column("mean", text!("Mean", "平均分"), Kind::Number),
    ];
    let mut table = Table::new("csat", columns).titled("CSAT");
    table.rows = groups.rows(
        lang,
        |group| figures(&answers[group]),
        figures(&all(answers)),
    );
    table
}

fn nps(material: &Material<'_>, groups: &Groups, answers: &[Answers]) -> Table {
    let lang = material.lang;
    let figures = |answers: &Answers| {
        vec![
            Cell::count(answers.count()),
            Cell::count(answers.high),
            Cell::count(answers.middle),
            Cell::count(answers.low),
            Cell::number(answers.net()),
        ]
    };
    let column = |key: &str, text, kind| Column::new(key, said(lang, text), kind);
    let columns = vec![
        groups.column(),
        column("answers", text!("Answers", "答卷数"), Kind::Count),
        column("promoters", text!("Promoters", "推荐者"), Kind::Count),
        column("passives", text!("Passives", "中立者"), Kind::Count),
        column("detractors", text!("Detractors", "贬损者"), Kind::Count),
        column("nps", text!("NPS", "NPS"), Kind::Number),
    ];
    let mut table = Table::new("nps", columns).titled("NPS");
    table.rows = groups.rows(
        lang,
        |group| figures(&answers[group]),
        figures(&all(answers)),
    );
    table
}

fn chart(material: &Material<'_>, groups: &Groups, answers: &[Answers]) -> Chart {
    let lang = material.lang;
    let of = &groups.heading;
    let shares: Vec<Option<Decimal>> = answers.iter().map(Answers::high_share).collect();
    let percent = |share: &Option<Decimal>| {
        let hundredfold = share.and_then(|share| share.checked_mul(Decimal::HUNDRED));
        hundredfold.map_or_else(|| "–".to_owned(), |share| format!("{}%", share.round(1)))
    };
    let parts = groups.list.iter().zip(&shares);
    let parts = parts.map(|(label, share)| format!("{} {}", label.text, percent(share)));
    let parts = parts.collect::<Vec<_>>().join(", ");
    Chart::Bars(Plot {
        title: said(lang, text!("CSAT by {of}", "各{of}的 CSAT")),
        alt: said(
            lang,
            text!("CSAT by {of}: {parts}", "各{of}的 CSAT：{parts}"),
        ),
        kind: Kind::Share,
        categories: groups.list.clone(),
        series: vec![Series::plain("CSAT", shares)],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[&str], scale: [i64; 4]) -> Answers {
        let mut answers = Answers::default();
        for value in values {
            answers.add(Decimal::parse(value).unwrap().millionths(), scale);
        }
        answers
    }

    #[test]
    fn the_two_best_marks_are_satisfied() {
        let answers = of(&["1", "2", "3", "4", "5", "5", "0", "6"], CSAT);
        assert_eq!((answers.count(), answers.high, answers.outside), (6, 3, 2));
        assert_eq!(answers.high_share(), Decimal::parse("0.5"));
        // (1 + 2 + 3 + 4 + 5 + 5) / 6
        assert_eq!(answers.mean(), Decimal::parse("3.333333"));
    }

    #[test]
    fn promoters_less_detractors() {
        let answers = of(&["10", "9", "8", "7", "6", "0", "9"], NPS);
        assert_eq!((answers.high, answers.middle, answers.low), (3, 2, 2));
        // (3 - 2) / 7 × 100
        assert_eq!(answers.net(), Decimal::parse("14.285714"));
        assert_eq!(of(&["3"], NPS).net(), Decimal::parse("-100"));
        assert_eq!(of(&[], NPS).net(), None);
    }
}
