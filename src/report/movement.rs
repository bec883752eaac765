//! Who moved up or down against what was before: how many, from where to where, and who.

use super::cells::said;
use super::material::{Before, Material};
use super::{Block, Cell, Chart, Column, Kind, Migration, Row, Section, Table};
use crate::compare::{Class, Move};
use crate::diagnostic::Lang;
use crate::text;
use crate::words::{Word, by_count};

/// How many of those who moved are named.
const NAMED: usize = 100;

/// The section; without anything before it says so.
pub(super) fn section(material: &Material<'_>) -> Section {
    let lang = material.lang;
    let mut section = Section::new("movement", said(lang, text!("Movement", "升降级")));
    let Some(before) = &material.before else {
        section.notes.push(said(
            lang,
            text!(
                "There is nothing before to compare with.",
                "没有可以对比的以前批次。"
            ),
        ));
        return section;
    };
    section.notes.extend(before.notes.iter().cloned());
    if !before.comparison.is_ordered {
        section.notes.push(said(
            lang,
            text!(
                "What is compared has no order, so that a change is neither up nor down.",
                "所比较的没有高低之分，改变不分升降。"
            ),
        ));
    }
    if !material.scope.is_whole() {
        section.notes.push(said(
            lang,
            text!(
                "These are the customers whom the report is of now, with what they were before. Who belonged to them then and \
                 does no longer is not counted here, nor who is absent now.",
                "这里是现在属于本报告的客户，及其以前的情况；当时属于、现在不属于的客户和现在缺席的客户不计。"
            ),
        ));
    }
    if before.comparison.came() > before.comparison.count(Class::New) {
        section.notes.push(said(
            lang,
            text!(
                "New are all who were not there before, also those without a level and those whose row could not be used.",
                "新增包括以前没有的全部客户，也包括没有评出结果和数据待修正的。"
            ),
        ));
    }
    section.blocks.push(Block::Table(classes(lang, before)));
    section
        .blocks
        .push(Block::Table(matrix(material, before).counts()));
    section.blocks.push(Block::Chart(flows(material, before)));
    let movers: Vec<&Move> = before.comparison.movers().collect();
    if !movers.is_empty() {
        section.blocks.push(Block::Table(named(material, &movers)));
    }
    if movers.len() > NAMED {
        let rest = movers.len() - NAMED;
        let are = by_count(&rest, "is", "are");
        section.notes.push(said(
            lang,
            text!(
                "{NAMED} of those who moved are named, {rest} more {are} not: `regrade diff` lists all of them.",
                "变动的客户列出 {NAMED} 位，另有 {rest} 位未列：用 `regrade diff` 可以列出全部。"
            ),
        ));
    }
    section
}

/// A class a row.
fn classes(lang: Lang, before: &Before) -> Table {
    let comparison = &before.comparison;
    let name = &before.name;
    let columns = vec![
        Column::new("what", Word::Change.get(lang), Kind::Text),
        Column::new(
            "customers",
            said(lang, text!("Customers", "客户数")),
            Kind::Count,
        ),
        Column::new(
            "share",
            said(
                lang,
                text!("Share of the customers on {name}", "占 {name} 客户"),
            ),
            Kind::Share,
        ),
    ];
    let mut table = Table::new("classes", columns);
    let always = [Class::Upgraded, Class::Downgraded];
    let classes = [
        Class::Upgraded,
        Class::Downgraded,
        Class::Changed,
        Class::Unchanged,
        Class::New,
        Class::Absent,
        Class::Unrated,
        Class::Refused,
    ];
    for class in classes {
        // Those who are new were in no count before, and a share of it is of those who were.
        let (count, share) = if class == Class::New {
            (comparison.came(), Cell::Missing)
        } else {
            let count = comparison.count_of_old(class);
            (count, Cell::share(count, comparison.old))
        };
        if count > 0 || always.contains(&class) {
            table.rows.push(Row::new(vec![
                Cell::text(class.word(lang)),
                Cell::count(count),
                share,
            ]));
        }
    }
    table
}

/// The matrix of the moves since then.
fn matrix<'a>(material: &Material<'a>, before: &'a Before) -> Migration<'a> {
    let grades = &material.grading.scheme.grades;
    let matrix = &before.comparison.matrix;
    let name = &before.name;
    Migration {
        lang: material.lang,
        matrix,
        corner: said(
            material.lang,
            text!("From {name} ↓ to →", "{name} ↓ 现在 →"),
        ),
        grades: matrix
            .levels
            .iter()
            .map(|level| grades.iter().position(|grade| grade.name == *level))
            .collect(),
    }
}

fn flows(material: &Material<'_>, before: &Before) -> Chart {
    let lang = material.lang;
    let comparison = &before.comparison;
    let (up, down) = (
        comparison.count(Class::Upgraded),
        comparison.count(Class::Downgraded),
    );
    let (name, of) = (&before.name, &material.grading.book.as_of);
    let title = said(lang, text!("From {name} to {of}", "从 {name} 到 {of}"));
    let alt = said(
        lang,
        text!(
            "From which level on {name} to which on {of}: {up} up, {down} down",
            "客户从 {name} 的哪一级到 {of} 的哪一级：升 {up} 位，降 {down} 位"
        ),
    );
    matrix(material, before).flows(title, alt, (name, &of.to_string()))
}

/// Who moved: those who came down first, the furthest before the others, then those who went up.
fn named(material: &Material<'_>, movers: &[&Move]) -> Table {
    let lang = material.lang;
    let text = |key: &str, word: Word| Column::new(key, word.get(lang), Kind::Text);
    let columns = vec![
        text("customer", Word::Customer),
        text("customer_name", Word::CustomerName),
        text("change", Word::Change),
        text("from", Word::From),
        text("to", Word::To),
        text("reason", Word::MainReason),
    ];
    let mut table =
        Table::new("moved", columns).titled(said(lang, text!("Who moved", "变动的客户")));
    let may = material.scope.names();
    for found in movers.iter().take(NAMED) {
        let level = |level: Option<&std::sync::Arc<str>>, there: bool| {
            let level = level.filter(|_| there);
            level.map_or(Cell::Missing, |level| Cell::Text(level.clone()))
        };
        let maybe = |text: Option<&std::sync::Arc<str>>, may: bool| {
            let text = text.filter(|_| may);
            text.map_or(Cell::Missing, |text| Cell::Text(text.clone()))
        };
        let mut grades = material.grading.scheme.grades.iter();
        let now = found.new.as_ref().filter(|_| found.there.1);
        let grade = now.and_then(|now| grades.position(|grade| grade.name == *now));
        table.rows.push(
            Row::new(vec![
                maybe(Some(&found.id), may.id),
                maybe(found.name.as_ref(), may.name),
                Cell::text(found.class.word(lang)),
                level(found.old.as_ref(), found.there.0),
                level(found.new.as_ref(), found.there.1),
                maybe(found.reason.as_ref(), may.reason),
            ])
            .of_grade(grade),
        );
    }
    table
}
