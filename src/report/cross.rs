//! Customers by what `--by` names: one thing with its figures, several as a cross table.

use super::by::{By, MOST_GROUPS};
use super::cells::said;
use super::contribution::{kind, part};
use super::groups::{Groups, Sum, Tally};
use super::material::Material;
use super::{Block, Cell, Chart, Column, Kind, Label, Plot, Section, Series, Table};
use crate::table::Decimal;
use crate::text;
use crate::words::Word;
use foldhash::HashMap;

/// How many groups a picture has at most.
const MOST_DRAWN: usize = 24;

/// The section; `None` where nothing was asked for.
pub(super) fn section(material: &Material<'_>) -> Option<Section> {
    let lang = material.lang;
    let (last, others) = material.by.split_last()?;
    let names: Vec<&str> = material.by.iter().map(|by| &*by.text).collect();
    let names = names.join(" × ");
    let mut section = Section::new("by", said(lang, text!("By {names}", "按 {names}")));
    section.notes.push(said(
        lang,
        text!(
            "Every customer of the report is in exactly one row; those without a value are in a row of their own, and of \
             more than {MOST_GROUPS} values those beyond stand together.",
            "本报告的每位客户都在且只在一行：没有数值的单独一行，超过 {MOST_GROUPS} 个值的合为一行。"
        ),
    ));
    if others.is_empty() {
        let groups = last.groups(material);
        section.blocks.push(Block::Table(one(material, &groups)));
        let main = Groups::main(material);
        let is_drawn = main.list.len() > 1 && (2..=MOST_DRAWN).contains(&groups.list.len());
        if is_drawn {
            section
                .blocks
                .push(Block::Chart(chart(material, &groups, &main)));
        }
    } else {
        section
            .blocks
            .push(Block::Table(cross(material, others, last)));
    }
    Some(section)
}

/// A group a row: customers by grade, who is lost, revenue.
fn one(material: &Material<'_>, groups: &Groups) -> Table {
    let lang = material.lang;
    let rows = material.scope.rows();
    let counts = groups.counts();
    let main = Groups::main(material);
    let split = split(groups, &main);
    let churned = material.judged.churned.as_ref();
    let lost = churned.map(|churned| groups.tallies(rows, churned));
    let amount = material.scope.amount();
    let sums = amount.as_ref().map(|amount| groups.sums(rows, amount));
    let total = sums.iter().flatten().fold(Sum::default(), Sum::plus);
    let column = |key: &str, text, kind| Column::new(key, said(lang, text), kind);
    let mut columns = vec![
        groups.column(),
        column("customers", text!("Customers", "客户数"), Kind::Count),
        column("share", text!("Share", "占比"), Kind::Share),
    ];
    let has_levels = main.key != "all";
    if has_levels {
        for (group, label) in main.list.iter().enumerate() {
            let key = main.key("level", group);
            columns.push(Column::new(key, &*label.text, Kind::Count));
        }
    }
    if lost.is_some() {
        columns.push(column("lost", text!("Lost", "流失"), Kind::Count));
        let share = text!("Share lost", "流失占比");
        columns.push(column("lost_share", share, Kind::Share));
        let unknown = text!("Unknown whether lost", "流失未知");
        columns.push(column("lost_unknown", unknown, Kind::Count));
    }
    if let Some(amount) = &amount {
        columns.push(Column::new("amount", &*amount.heading, kind(amount)));
        let share = text!("Share of revenue", "收入占比");
        columns.push(column("amount_share", share, Kind::Share));
        let unknown = text!("Unknown", "未知");
        columns.push(column("amount_unknown", unknown, Kind::Count));
    }
    let figures = |count: usize, levels: &[usize], tally: Option<&Tally>, sum: Option<&Sum>| {
        let mut cells = vec![Cell::count(count), Cell::share(count, groups.len())];
        if has_levels {
            cells.extend(levels.iter().map(|count| Cell::count(*count)));
        }
        if let Some(tally) = tally {
            cells.push(Cell::count(tally.yes));
            cells.push(Cell::share(tally.yes, tally.yes + tally.no));
            cells.push(Cell::count(tally.unknown));
        }
        if let Some(sum) = sum {
            cells.push(Cell::number(sum.amount()));
            cells.push(Cell::number(part(sum, &total)));
            cells.push(Cell::count(sum.unknown));
        }
        cells
    };
    let cells = |group: usize| {
        let tally = lost.as_ref().map(|lost| &lost[group]);
        let sum = sums.as_ref().map(|sums| &sums[group]);
        figures(counts[group], &split[group], tally, sum)
    };
    let all_lost = lost
        .as_ref()
        .map(|lost| lost.iter().fold(Tally::default(), Tally::plus));
    let all_sum = sums.as_ref().map(|_| &total);
    let last = figures(groups.len(), &main.counts(), all_lost.as_ref(), all_sum);
    let mut table = Table::new("by", columns);
    table.rows = groups.rows(lang, cells, last);
    table
}

/// For each group how many customers each group of another partition has.
fn split(groups: &Groups, other: &Groups) -> Vec<Vec<usize>> {
    let mut counts = vec![vec![0; other.list.len()]; groups.list.len()];
    for place in 0..groups.len() {
        counts[groups.at(place)][other.at(place)] += 1;
    }
    counts
}

/// The values of all but the last as rows, those of the last as columns.
fn cross(material: &Material<'_>, rows: &[By], last: &By) -> Table {
    let lang = material.lang;
    let by: Vec<Groups> = rows.iter().map(|by| by.groups(material)).collect();
    let across = last.groups(material);
    let mut counts: HashMap<Vec<usize>, Vec<usize>> = HashMap::default();
    for place in 0..across.len() {
        let row: Vec<usize> = by.iter().map(|groups| groups.at(place)).collect();
        let counts = counts
            .entry(row)
            .or_insert_with(|| vec![0; across.list.len()]);
        counts[across.at(place)] += 1;
    }
    let mut combinations: Vec<(Vec<usize>, Vec<usize>)> = counts.into_iter().collect();
    combinations.sort();
    let mut columns: Vec<Column> = by
        .iter()
        .enumerate()
        .map(|(place, groups)| {
            Column::new(format!("name.{}", place + 1), &*groups.heading, Kind::Text)
        })
        .collect();
    for (place, label) in across.list.iter().enumerate() {
        let key = format!("count.{}.{}", place + 1, label.text);
        columns.push(Column::new(key, &*label.text, Kind::Count));
    }
    columns.push(Column::new("total", Word::Total.get(lang), Kind::Count));
    let across_name = &across.heading;
    let mut table = Table::new("by", columns).titled(said(
        lang,
        text!(
            "Customers; the columns are {across_name}",
            "客户数；各列是{across_name}"
        ),
    ));
    for (combination, counts) in combinations {
        let names = combination.iter().zip(&by);
        let names = names.map(|(group, groups)| groups.list[*group].text.clone());
        let mut cells: Vec<Cell> = names.map(Cell::Text).collect();
        cells.extend(counts.iter().map(|count| Cell::count(*count)));
        cells.push(Cell::count(counts.iter().sum()));
        let grade = by[0].list[combination[0]].grade;
        table.rows.push(super::Row::new(cells).of_grade(grade));
    }
    let mut cells = vec![Cell::text(Word::Total.get(lang))];
    cells.extend(by.iter().skip(1).map(|_| Cell::Missing));
    cells.extend(across.counts().into_iter().map(Cell::count));
    cells.push(Cell::count(across.len()));
    table.rows.push(super::Row::total(cells));
    table
}

fn chart(material: &Material<'_>, groups: &Groups, main: &Groups) -> Chart {
    let lang = material.lang;
    let split = split(groups, main);
    let name = &groups.heading;
    let of = &main.heading;
    let largest = groups.counts().into_iter().enumerate();
    let largest = largest.max_by_key(|(place, count)| (*count, std::cmp::Reverse(*place)));
    let (largest, most) =
        largest.map_or(("", 0), |(place, count)| (&*groups.list[place].text, count));
    let series = main.list.iter().enumerate().map(|(place, label)| Series {
        label: label.clone(),
        values: split
            .iter()
            .map(|counts| Some(Decimal::from_count(counts[place])))
            .collect(),
    });
    Chart::Stack(Plot {
        title: said(lang, text!("{of} by {name}", "按 {name} 的{of}")),
        alt: said(
            lang,
            text!(
                "Customers of each {of} by {name}; {largest} has most, {most}",
                "按 {name} 各{of}的客户数；{largest} 最多，{most} 位"
            ),
        ),
        kind: Kind::Count,
        categories: groups
            .list
            .iter()
            .map(|label| Label {
                text: label.text.clone(),
                grade: label.grade,
            })
            .collect(),
        series: series.collect(),
    })
}
