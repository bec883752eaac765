//! How many customers each grade, type and label has, and what share.

use super::cells::{ratio, said};
use super::groups::Groups;
use super::material::Material;
use super::{Block, Cell, Chart, Column, Kind, Plot, Section, Series, Table};
use crate::diagnostic::Lang;
use crate::table::Decimal;
use crate::text;

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
    if let Some(before) = &material.before {
        let name = &before.name;
        section.notes.push(said(
            lang,
            text!(
                "The change is against {name}, whose customers are counted in the same way.",
                "增减是与 {name} 相比，当时的客户按同样的口径计数。"
            ),
        ));
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

/// The same with what it was before, where that is known.
fn with_before(material: &Material<'_>, groups: &Groups) -> Table {
    let lang = material.lang;
    let Some(before) = &material.before else {
        return plain(lang, groups);
    };
    let (matrix, counts) = (&before.comparison.matrix, groups.counts());
    // Who was not there before is in the last row of the matrix.
    let was = |group: usize| {
        let name = &groups.list[group].text;
        let place = matrix.levels.iter().position(|level| level == name);
        matrix.row_count(place.unwrap_or(matrix.unrated()))
    };
    let all: usize = (0..=matrix.unrated())
        .map(|row| matrix.row_count(row))
        .sum();
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
    add_gone(lang, &mut table, groups, before);
    table
}

/// Rows for what there was before and is not now, above the sum.
fn add_gone(lang: Lang, table: &mut Table, groups: &Groups, before: &super::material::Before) {
    let matrix = &before.comparison.matrix;
    let is_listed = |name: &str| groups.list.iter().any(|label| *label.text == *name);
    let unrated = crate::decide::Decision::Unrated.word(lang);
    let levels = matrix.levels.iter().map(|level| &**level);
    for (place, name) in levels.chain([unrated]).enumerate() {
        let was = matrix.row_count(place);
        let is_counted = is_listed(name) || (place == matrix.unrated() && groups.has_none);
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
