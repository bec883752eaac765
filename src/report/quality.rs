//! What is to be known of the data: what was found, which rows could not be used, who has no grade and why.

use super::cells::said;
use super::material::Material;
use super::{Block, Cell, Column, Kind, Row, Section, Table};
use crate::decide::Decision;
use crate::diagnostic::render::grouped;
use crate::diagnostic::{Finding, Severity};
use crate::explain;
use crate::text;
use crate::words::Word;
use std::collections::BTreeMap;

/// How many kinds of findings, and of reasons, are listed.
const LISTED: usize = 40;

/// The section.
pub(super) fn section(material: &Material<'_>) -> Section {
    let lang = material.lang;
    let mut section = Section::new("quality", said(lang, text!("Data quality", "数据质量")));
    section.blocks.push(Block::Table(overall(material)));
    let unrated = unrated(material);
    if !unrated.rows.is_empty() {
        section.blocks.push(Block::Table(unrated));
    }
    // What is said of data names customers and values; who sees a part of them sees the figures only.
    if material.scope.is_whole() {
        let refused = refused(material);
        if !refused.rows.is_empty() {
            section.blocks.push(Block::Table(refused));
        }
        section.blocks.extend(findings(material).map(Block::Table));
    } else {
        section.notes.push(said(
            lang,
            text!(
                "What was found in the data is not told here: it is about all customers.",
                "数据中的问题涉及全部客户，这里不列。"
            ),
        ));
    }
    section
}

fn overall(material: &Material<'_>) -> Table {
    let lang = material.lang;
    let grading = material.grading;
    let columns = vec![
        Column::new("what", said(lang, text!("What", "项目")), Kind::Text),
        Column::new("count", said(lang, text!("Count", "数量")), Kind::Count),
    ];
    let mut table = Table::new("overall", columns);
    let mut line = |what, count: usize| {
        let what = Cell::text(&said(lang, what));
        table.rows.push(Row::new(vec![what, Cell::count(count)]));
    };
    let rows = material.scope.rows();
    line(
        text!("customers of this report", "本报告的客户"),
        rows.len(),
    );
    if !grading.scheme.grades.is_empty() {
        let is_unrated = |row: &&u32| {
            let decision = grading.decided[**row as usize].decision;
            decision == Decision::Unrated
        };
        let unrated = rows.iter().filter(is_unrated).count();
        line(text!("of them without a grade", "其中没有等级"), unrated);
    }
    if material.scope.is_whole() {
        let refused = grading.book.roster.refused.len();
        line(
            text!(
                "rows of customers that could not be used",
                "不能使用的客户行"
            ),
            refused,
        );
        let events: usize = grading
            .book
            .events
            .iter()
            .map(|rows| rows.clean.refused.len())
            .sum();
        if !grading.book.events.is_empty() {
            line(
                text!("rows of events that could not be used", "不能使用的流水行"),
                events,
            );
        }
        for severity in [Severity::Error, Severity::Warning, Severity::Note] {
            let of = |finding: &&Finding| finding.severity == severity;
            let word = Word::severity(severity).get(lang);
            line(
                text!("findings: {word}", "问题：{word}"),
                material.findings.iter().filter(of).count(),
            );
        }
    }
    table
}

/// Why customers have no grade.
fn unrated(material: &Material<'_>) -> Table {
    let lang = material.lang;
    let columns = vec![
        Column::new("missing", said(lang, text!("Why", "原因")), Kind::Text),
        Column::new(
            "customers",
            said(lang, text!("Customers", "客户数")),
            Kind::Count,
        ),
    ];
    let mut table =
        Table::new("unrated", columns).titled(said(lang, text!("Without a grade", "没有等级")));
    let rows = material.scope.rows().iter().map(|row| *row as usize);
    for (cause, count) in explain::unrated_by_cause(material.grading, rows) {
        let why = match cause {
            Some(names) => {
                let (en, zh) = (names.en, names.zh);
                text!("no value of {en}", "缺少 {zh}")
            }
            None => text!("no grade's condition holds", "没有等级的条件成立"),
        };
        table.rows.push(Row::new(vec![
            Cell::text(&said(lang, why)),
            Cell::count(count),
        ]));
    }
    table
}

/// Why rows of customers could not be used.
fn refused(material: &Material<'_>) -> Table {
    let lang = material.lang;
    let columns = vec![
        Column::new("why", said(lang, text!("Why", "原因")), Kind::Text),
        Column::new("rows", said(lang, text!("Rows", "行数")), Kind::Count),
    ];
    let mut table = Table::new("refused", columns).titled(said(
        lang,
        text!(
            "Rows of customers that could not be used",
            "不能使用的客户行"
        ),
    ));
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for row in &material.grading.book.roster.refused {
        let why = row.faults.first().map_or("", |fault| fault.get(lang));
        *counts.entry(why).or_default() += 1;
    }
    let mut counts: Vec<(&str, usize)> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let rest: usize = counts.iter().skip(LISTED).map(|(_, count)| count).sum();
    for (why, count) in counts.iter().take(LISTED) {
        let cells = vec![Cell::text(why), Cell::count(*count)];
        table.rows.push(Row::new(cells));
    }
    add_rest(material, &mut table, rest, 0);
    table
}

/// What was found, by what it says, the worst first.
fn findings(material: &Material<'_>) -> Option<Table> {
    let lang = material.lang;
    let mut groups = grouped(material.findings);
    if groups.is_empty() {
        return None;
    }
    groups.sort_by_key(|group| {
        let first = group[0];
        (
            std::cmp::Reverse(first.severity),
            std::cmp::Reverse(group.len()),
        )
    });
    let columns = vec![
        Column::new("severity", Word::Severity.get(lang), Kind::Text),
        Column::new("what", Word::Problem.get(lang), Kind::Text),
        Column::new("code", Word::Code.get(lang), Kind::Text),
        Column::new("count", said(lang, text!("Count", "数量")), Kind::Count),
    ];
    let mut table =
        Table::new("findings", columns).titled(said(lang, text!("What was found", "发现的问题")));
    let rest: usize = groups.iter().skip(LISTED).map(Vec::len).sum();
    for group in groups.iter().take(LISTED) {
        let first = group[0];
        let what = match &first.cell {
            Some((all, _)) if group.len() > 1 => all,
            _ => &first.title,
        };
        table.rows.push(Row::new(vec![
            Cell::text(Word::severity(first.severity).get(lang)),
            Cell::text(what.get(lang)),
            Cell::text(first.code.word()),
            Cell::count(group.len()),
        ]));
    }
    add_rest(material, &mut table, rest, 1);
    Some(table)
}

/// A row for what is not listed; `at` is the column that says what.
fn add_rest(material: &Material<'_>, table: &mut Table, rest: usize, at: usize) {
    if rest == 0 {
        return;
    }
    let last = table.columns.len() - 1;
    let mut cells = vec![Cell::Missing; table.columns.len()];
    cells[at] = Cell::text(&said(material.lang, text!("all others", "其余")));
    cells[last] = Cell::count(rest);
    table.rows.push(Row::new(cells));
}
