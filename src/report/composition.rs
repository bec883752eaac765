//! How many customers each grade, type and label has, and what share.

use super::cells::{ratio, said};
use super::groups::Groups;
use super::material::{Before, Material};
use super::{Block, Cell, Chart, Column, Kind, Plot, Section, Series, Table};
use crate::compare::{Class, Comparison};
use crate::diagnostic::Lang;
use crate::table::Decimal;
use crate::text;
use std::sync::Arc;

/// The section.
pub(super) fn section(material: &Material<'_>) -> Section {
    let lang = material.lang;
    let mut section = Section::new("composition", said(lang, text!("Composition", "客户构成")));
    section.notes.push(said(
        lang,
        text!(
            "Shares are of the customers of this report, those without a grade, type or label included; rows that could \
             not be used and absent customers are not among them.",
            "占比的分母是本报告的全部客户，包括没有等级、类型或标签的；待修正的行和缺席的客户不在其中。"
        ),
    ));
    let main = Groups::main(material);
    if !material.scope.is_whole() && material.before.is_some() {
        section.notes.push(said(
            lang,
            text!(
                "What this part of the customers was before is not told: it is known how today's customers stood then, and \
                 not who else was among them.",
                "不列这部分客户以前的构成和趋势：只知道现在的客户当时怎样，不知道当时还有哪些客户属于这一部分。"
            ),
        ));
    }
    if let Some(before) = before(material) {
        let name = &before.name;
        section.notes.push(said(
            lang,
            text!(
                "The change is against {name}. Customers whose rows could not be used then count with the level that held.",
                "增减是与 {name} 相比；当时数据待修正的客户按沿用的等级计数。"
            ),
        ));
        let refused = before.comparison.count_of_old(Class::Refused);
        if refused > 0 {
            section.notes.push(said(
                lang,
                text!(
                    "Of the customers on {name}, {refused} are counted on neither side: their rows could not be used now.",
                    "{name} 的客户中有 {refused} 位现在数据待修正，两边都不计。"
                ),
            ));
        }
    }
    section
        .blocks
        .push(Block::Table(with_before(material, &main)));
    if main.list.len() > 1 {
        section.blocks.push(Block::Chart(chart(material, &main)));
    }
    let types = Groups::by_type(material).filter(|types| types.key != main.key);
    let dimensions = material.grading.scheme.dimensions.iter();
    let labels = dimensions
        .filter(|dimension| material.scope.shows(dimension.label_slot))
        .map(|dimension| Groups::by_label(material, dimension))
        .filter(|labels| labels.list.len() > 1);
    for groups in types.into_iter().chain(labels) {
        section.blocks.push(Block::Table(plain(lang, &groups)));
    }
    section
}

/// A group a row: how many, what share.
fn plain(lang: Lang, groups: &Groups) -> Table {
    let counts = groups.counts();
    let cells = |group: usize| figures(counts[group], groups.len());
    let total = figures(groups.len(), groups.len());
    let mut table = Table::new(groups.key.clone(), columns(lang, groups)).titled(&*groups.heading);
    table.rows = groups.rows(lang, cells, total);
    table
}

fn columns(lang: Lang, groups: &Groups) -> Vec<Column> {
    let customers = said(lang, text!("Customers", "客户数"));
    let share = said(lang, text!("Share", "占比"));
    vec![
        groups.column(),
        Column::new("customers", customers, Kind::Count),
        Column::new("share", share, Kind::Share),
    ]
}

fn figures(count: usize, all: usize) -> Vec<Cell> {
    vec![Cell::count(count), Cell::share(count, all)]
}

/// What was before, where it is known of whom: of a part of the customers only today's are, and who stood in it then and
/// does no longer is missing.
fn before<'a>(material: &'a Material<'_>) -> Option<&'a Before> {
    let before = material.before.as_ref();
    before.filter(|_| material.scope.is_whole())
}

/// How many customers each level had before, those without one last. Those whose rows are refused now are on neither
/// side: they have not gone.
fn counts_before(comparison: &Comparison) -> Vec<usize> {
    let levels = &comparison.levels;
    let mut counts = vec![0; levels.len() + 1];
    let moves = comparison.moves.iter();
    for found in moves.filter(|found| found.there.0 && found.class != Class::Refused) {
        let place = levels
            .iter()
            .position(|level| Some(level) == found.old.as_ref());
        counts[place.unwrap_or(levels.len())] += 1;
    }
    counts
}

/// The same with what it was before, where that is known.
fn with_before(material: &Material<'_>, groups: &Groups) -> Table {
    let lang = material.lang;
    let Some(before) = before(material) else {
        return plain(lang, groups);
    };
    let (levels, counts) = (&before.comparison.levels, groups.counts());
    let counts_before = counts_before(&before.comparison);
    let was = |group: usize| {
        let name = &groups.list[group].text;
        let place = levels.iter().position(|level| level == name);
        counts_before[place.unwrap_or(levels.len())]
    };
    let all: usize = counts_before.iter().sum();
    let compared = |now: usize, was: usize| {
        let mut cells = figures(now, groups.len());
        cells.extend([Cell::count(was), Cell::delta(now, was)]);
        cells
    };
    let mut columns = columns(lang, groups);
    let name = &before.name;
    columns.push(Column::new(
        "before",
        said(lang, text!("On {name}", "{name}")),
        Kind::Count,
    ));
    let change = said(lang, text!("Change", "增减"));
    columns.push(Column::new("change", change, Kind::Delta));
    let mut table = Table::new(groups.key.clone(), columns).titled(&*groups.heading);
    let cells = |group: usize| compared(counts[group], was(group));
    table.rows = groups.rows(lang, cells, compared(groups.len(), all));
    // Levels that nobody has now and some had, and those who had none, must not get lost from the sum.
    add_gone(lang, &mut table, groups, levels, &counts_before);
    table
}

/// Rows for what there was before and is not now, above the sum.
fn add_gone(
    lang: Lang,
    table: &mut Table,
    groups: &Groups,
    levels: &[Arc<str>],
    counts_before: &[usize],
) {
    let is_listed = |name: &str| groups.list.iter().any(|label| *label.text == *name);
    let unrated = crate::decide::Decision::Unrated.word(lang);
    let names = levels.iter().map(|level| &**level).chain([unrated]);
    for (place, (name, was)) in names.zip(counts_before.iter().copied()).enumerate() {
        let is_counted = is_listed(name) || (place == levels.len() && groups.has_none);
        if was > 0 && !is_counted {
            let mut cells = vec![Cell::text(name)];
            cells.extend(figures(0, groups.len()));
            cells.extend([Cell::count(was), Cell::delta(0, was)]);
            table
                .rows
                .insert(table.rows.len() - 1, super::Row::new(cells));
        }
    }
}

fn chart(material: &Material<'_>, groups: &Groups) -> Chart {
    let lang = material.lang;
    let count = |count: usize| Some(Decimal::from_count(count));
    let counts = groups.counts();
    let heading = &groups.heading;
    let parts: Vec<String> = groups
        .list
        .iter()
        .zip(&counts)
        .map(|(label, count)| {
            let share = ratio(*count as i128, groups.len() as i128).unwrap_or_default();
            let share = share.checked_mul(Decimal::HUNDRED).unwrap_or_default();
            let (name, share) = (&label.text, share.round(1));
            format!("{name} {count} ({share}%)")
        })
        .collect();
    let parts = parts.join(", ");
    Chart::Bars(Plot {
        title: said(lang, text!("Customers by {heading}", "各{heading}客户数")),
        alt: said(
            lang,
            text!(
                "Customers by {heading}: {parts}",
                "各{heading}客户数：{parts}"
            ),
        ),
        kind: Kind::Count,
        categories: groups.list.clone(),
        series: vec![Series::plain(
            said(lang, text!("customers", "客户数")),
            counts.into_iter().map(count).collect(),
        )],
    })
}
