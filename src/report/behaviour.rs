//! How customers of each grade behave: means and medians of frequency, amount, satisfaction and whatever else is a
//! number.

use super::cells::said;
use super::contribution::kind;
use super::groups::{Groups, Sum};
use super::material::{Amount, Material};
use super::{Block, Cell, Column, Kind, Section, Table};
use crate::expr::{Base, Slot};
use crate::scheme::model::SlotKind;
use crate::table::Decimal;
use crate::table::decimal::divide_half_away;
use crate::text;

/// How many figures are told where the scheme names none.
const MOST: usize = 8;

/// The section; `None` where there is no number.
pub(super) fn section(material: &Material<'_>) -> Option<Section> {
    let lang = material.lang;
    let scheme = &material.grading.scheme;
    let (mut slots, mut left_out) = (scheme.report.behaviour.clone().unwrap_or_default(), 0);
    if scheme.report.behaviour.is_none() {
        slots = numbers(material);
        left_out = slots.len().saturating_sub(MOST);
        slots.truncate(MOST);
    }
    slots.retain(|slot| material.scope.shows(*slot));
    let figures: Vec<Amount<'_>> = slots
        .into_iter()
        .filter_map(|slot| Amount::of(material.grading, slot))
        .collect();
    if figures.is_empty() {
        return None;
    }
    let groups = Groups::main(material);
    let heading = &groups.heading;
    let mut section = Section::new(
        "behaviour",
        said(lang, text!("Behaviour by {heading}", "各{heading}的行为")),
    );
    section.notes.push(said(
        lang,
        text!(
            "Mean and median are of the customers who have a value; the others are counted apart, never as nought.",
            "平均值和中位数只算有数值的客户；没有数值的另行计数，从不当作 0。"
        ),
    ));
    if left_out > 0 {
        section.notes.push(said(
            lang,
            text!(
                "The first {MOST} numbers of the scheme; {left_out} more can be named in `[report] behaviour`.",
                "这里是方案中的前 {MOST} 个数值；另有 {left_out} 个可以写在 `[report] behaviour` 中。"
            ),
        ));
    }
    for figure in &figures {
        let table = table(material, &groups, figure);
        section.blocks.push(Block::Table(table));
    }
    Some(section)
}

/// Revenue, then the metrics and fields that are numbers, in the order of the scheme.
fn numbers(material: &Material<'_>) -> Vec<Slot> {
    let scheme = &material.grading.scheme;
    let mut slots: Vec<Slot> = scheme.amount().into_iter().collect();
    let of = |wanted: fn(&SlotKind) -> bool| {
        let entries = scheme.slots.entries.iter().enumerate();
        let numbers = entries.filter(move |(_, entry)| {
            entry.ty.base == Base::Number && !entry.ty.series && wanted(&entry.kind)
        });
        numbers.map(|(index, _)| Slot(index as u32))
    };
    let metrics = of(|kind| matches!(kind, SlotKind::Metric(_)));
    let fields = of(|kind| matches!(kind, SlotKind::Field(_)));
    for slot in metrics.chain(fields) {
        if !slots.contains(&slot) {
            slots.push(slot);
        }
    }
    slots
}

fn table(material: &Material<'_>, groups: &Groups, figure: &Amount<'_>) -> Table {
    let lang = material.lang;
    let rows = material.scope.rows();
    let sums = groups.sums(rows, figure);
    let mut values: Vec<Vec<i64>> = vec![vec![]; groups.list.len()];
    for (place, row) in rows.iter().enumerate() {
        values[groups.at(place)].extend(figure.at(*row));
    }
    let mut all: Vec<i64> = values.iter().flatten().copied().collect();
    let total = sums.iter().fold(Sum::default(), Sum::plus);
    let medians: Vec<Option<Decimal>> = values.iter_mut().map(|own| median(own)).collect();
    let figures = |sum: &Sum, median: Option<Decimal>| {
        vec![
            Cell::count(sum.known),
            Cell::number(sum.mean()),
            Cell::number(median),
            Cell::count(sum.unknown),
        ]
    };
    let column = |key: &str, text, kind| Column::new(key, said(lang, text), kind);
    let entry = &material.grading.scheme.slots.entries[figure.slot.0 as usize];
    let kind = if crate::explain::is_percent(&material.grading.scheme, entry.kind) {
        Kind::Share
    } else {
        kind(figure)
    };
    let columns = vec![
        groups.column(),
        column(
            "customers",
            text!("Customers with a value", "有数值的客户"),
            Kind::Count,
        ),
        column("mean", text!("Mean", "平均值"), kind),
        column("median", text!("Median", "中位数"), kind),
        column("unknown", text!("Unknown", "未知"), Kind::Count),
    ];
    // A key is the same in every language: what the scheme names has one name in both.
    let key = match entry.kind {
        SlotKind::Score => "score".to_owned(),
        SlotKind::Points(_) | SlotKind::OwnPoints(_) => format!("points.{}", entry.name),
        _ => entry.name.to_string(),
    };
    let mut table = Table::new(key, columns).titled(&*figure.heading);
    let cells = |group: usize| figures(&sums[group], medians[group]);
    table.rows = groups.rows(lang, cells, figures(&total, median(&mut all)));
    if let Some(row) = table.rows.last_mut() {
        row.cells[0] = Cell::text(&said(lang, text!("all customers", "全部客户")));
    }
    table
}

/// The value in the middle, of two the mean of both.
fn median(values: &mut [i64]) -> Option<Decimal> {
    let middle = values.len() / 2;
    if values.is_empty() {
        return None;
    }
    values.sort_unstable();
    if values.len() % 2 == 1 {
        return Decimal::from_millionths(values[middle]);
    }
    let both = i128::from(values[middle - 1]) + i128::from(values[middle]);
    Decimal::from_wide(divide_half_away(both, 2))
}

#[cfg(test)]
mod tests {
    use super::median;

    #[test]
    fn the_median_of_two_in_the_middle_is_their_mean() {
        let of = |values: &[i64]| {
            let mut values: Vec<i64> = values.iter().map(|value| value * 1_000_000).collect();
            median(&mut values).map(|median| median.to_string())
        };
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[7]), Some("7".into()));
        assert_eq!(of(&[9, 1, 4]), Some("4".into()));
        assert_eq!(of(&[9, 1, 4, 5]), Some("4.5".into()));
        assert_eq!(of(&[-1, -2]), Some("-1.5".into()));
    }
}
