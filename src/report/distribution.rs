//! How many customers have which score, and where the grades begin. A scheme without a score may grade by one other
//! value: then it is that value.

use super::cells::said;
use super::groups::Groups;
use super::material::{Amount, Material};
use super::{Block, Cell, Chart, Column, Histogram, Kind, Label, Row, Section, Series, Table};
use crate::expr::Slot;
use crate::scheme::Scheme;
use crate::scheme::model::{FieldKind, SlotKind};
use crate::table::Decimal;
use crate::text;
use crate::words::{Word, by_count, how_many};
pub(super) use bins::Bins;
use cuts::{Cut, cuts, only_value};

mod bins;
mod cuts;

/// The section; `None` where customers are not graded by a number, it may not be shown, or nobody has it.
pub(super) fn section(material: &Material<'_>) -> Option<Section> {
    let lang = material.lang;
    let scheme = &material.grading.scheme;
    let score = scheme.score_slot();
    let slot = score.or_else(|| only_value(scheme))?;
    let amount = Amount::of(material.grading, slot).filter(|_| material.scope.shows(slot))?;
    let name = match score {
        Some(_) => Word::Score.get(lang).to_owned(),
        None => amount.heading.clone(),
    };
    let rows = material.scope.rows();
    let mut known: Vec<i64> = rows.iter().filter_map(|row| amount.at(*row)).collect();
    known.sort_unstable();
    let (least, greatest) = (*known.first()?, *known.last()?);
    let bins = Bins::of(&known);
    let groups = Groups::main(material);
    let counts = counts(&bins, &groups, rows, &amount);
    let cuts = cuts(material, slot, &amount);

    let title = said(lang, text!("Distribution: {name}", "{name}分布"));
    let mut section = Section::new("distribution", title);
    let missing = rows.len() - known.len();
    section.notes = notes(material, &bins, missing);
    let shown: Vec<usize> = (0..groups.list.len())
        .filter(|group| counts[*group].iter().any(|count| *count > 0))
        .collect();
    let is_percent = is_percent(scheme, slot);
    let number = |value: i64| {
        let number = Decimal::from_millionths(value).unwrap_or_default();
        written(number, is_percent)
    };
    let (least, greatest, count) = (number(least), number(greatest), known.len());
    let begin = cuts
        .iter()
        .map(|cut| format!("{} {}", cut.label.text, written(cut.at.value, is_percent)));
    let begin = begin.collect::<Vec<_>>().join(", ");
    let customers = how_many(count, "customer");
    let mut alt = text!(
        "{name} of {customers}: from {least} to {greatest}",
        "{count} 位客户的{name}：从 {least} 到 {greatest}"
    );
    if !begin.is_empty() {
        alt.en += &format!("; grades begin at: {begin}");
        alt.zh += &format!("；等级起点：{begin}");
    }
    section
        .blocks
        .push(Block::Chart(Chart::Histogram(Histogram {
            title: said(lang, text!("Customers by {name}", "各{name}区间的客户数")),
            alt: said(lang, alt),
            value: name.clone(),
            kind: if is_percent {
                Kind::Share
            } else {
                Kind::Figure
            },
            bounds: bins.bounds.clone(),
            series: shown
                .iter()
                .map(|group| Series {
                    label: groups.list[*group].clone(),
                    values: counts[*group]
                        .iter()
                        .map(|count| (*count > 0).then(|| Decimal::from_count(*count)))
                        .collect(),
                })
                .collect(),
            cuts: cuts
                .iter()
                .map(|cut| (cut.at.value, cut.label.clone()))
                .collect(),
        })));
    let table = table(
        material,
        &name,
        &bins,
        is_percent,
        (&groups, &shown, &counts),
    );
    section.blocks.push(Block::Table(table));
    section
        .blocks
        .extend(begins(material, &name, cuts, is_percent).map(Block::Table));
    Some(section)
}

/// What to know of the figures.
fn notes(material: &Material<'_>, bins: &Bins, missing: usize) -> Vec<String> {
    let mut notes = vec![text!(
        "A row holds from its lower bound up to its upper one, which belongs to the next row; the last row holds its upper \
         bound too. The parts are by the grade that counts: what holds a movement back, and people, may keep it apart from \
         the grade of the value.",
        "每个区间含下限、不含上限，最后一个区间含上限。各段按现行等级：受升降级规则或人工调整影响，可能与该值对应的等级不同。"
    )];
    if bins.is_trimmed {
        notes.push(text!(
            "The rows at the ends are wider than the others: few customers lie far away.",
            "两端的区间比其他区间宽：个别客户的值离得很远。"
        ));
    }
    if missing > 0 {
        let customers = how_many(missing, "customer");
        let have = by_count(&missing, "has", "have");
        let are = by_count(&missing, "is", "are");
        notes.push(text!(
            "{customers} {have} no value and {are} not counted here.",
            "{missing} 位客户没有该值，未计入。"
        ));
    }
    let notes = notes.into_iter();
    notes.map(|note| said(material.lang, note)).collect()
}

/// For each group how many customers are in each bin.
fn counts(bins: &Bins, groups: &Groups, rows: &[u32], amount: &Amount<'_>) -> Vec<Vec<usize>> {
    let mut counts = vec![vec![0; bins.len()]; groups.list.len()];
    for (place, row) in rows.iter().enumerate() {
        if let Some(value) = amount.at(*row) {
            counts[groups.at(place)][bins.at(value)] += 1;
        }
    }
    counts
}

fn table(
    material: &Material<'_>,
    name: &str,
    bins: &Bins,
    is_percent: bool,
    (groups, shown, counts): (&Groups, &[usize], &[Vec<usize>]),
) -> Table {
    let lang = material.lang;
    let total = Word::Total.get(lang);
    let kind = exact(bins.bounds.iter(), is_percent);
    let mut columns = vec![
        Column::new("from", said(lang, text!("{name}: from", "{name}从")), kind),
        Column::new("to", said(lang, text!("to", "到")), kind),
    ];
    for group in shown {
        let key = groups.key(&groups.key, *group);
        columns.push(Column::new(key, &*groups.list[*group].text, Kind::Count));
    }
    columns.push(Column::new("customers", total, Kind::Count));
    let mut table = Table::new("distribution", columns);
    for (bin, bounds) in bins.bounds.windows(2).enumerate() {
        let of = |group: &usize| counts[*group][bin];
        let mut cells = bounds
            .iter()
            .map(|bound| number(*bound, kind, is_percent))
            .collect::<Vec<_>>();
        cells.extend(shown.iter().map(|group| Cell::count(of(group))));
        cells.push(Cell::count(shown.iter().map(of).sum()));
        table.rows.push(Row::new(cells));
    }
    table
}

/// Where each grade begins, as a table.
fn begins(material: &Material<'_>, name: &str, cuts: Vec<Cut>, is_percent: bool) -> Option<Table> {
    let lang = material.lang;
    let kind = if cuts.iter().any(|cut| !cut.at.is_in) {
        Kind::Text
    } else {
        exact(cuts.iter().map(|cut| &cut.at.value), is_percent)
    };
    let columns = vec![
        Column::new("grade", Word::Grade.get(lang), Kind::Text),
        Column::new("from", said(lang, text!("{name}: from", "{name}从")), kind),
    ];
    let title = said(lang, text!("Where a grade begins", "等级起点"));
    let mut table = Table::new("cuts", columns).titled(title);
    for cut in cuts {
        let from = if cut.at.is_in {
            number(cut.at.value, kind, is_percent)
        } else {
            Cell::text(&format!("> {}", written(cut.at.value, is_percent)))
        };
        let cells = vec![Cell::Text(cut.label.text), from];
        table.rows.push(Row::new(cells).of_grade(cut.label.grade));
    }
    (!table.rows.is_empty()).then_some(table)
}

/// The kind of a column in which these are read with all their places.
pub(super) fn exact<'a>(values: impl Iterator<Item = &'a Decimal>, is_percent: bool) -> Kind {
    let places = values.map(|value| value.places()).max().unwrap_or(0);
    match (is_percent, places) {
        (true, 0..=3) => Kind::Share,
        (false, 0) => Kind::Count,
        (false, 1 | 2) => Kind::Number,
        _ => Kind::Text,
    }
}

pub(super) fn number(value: Decimal, kind: Kind, is_percent: bool) -> Cell {
    match kind {
        Kind::Text => Cell::text(&written(value, is_percent)),
        _ => Cell::Number(value),
    }
}

/// A value with all its places, of a field of per cents as one.
fn written(value: Decimal, is_percent: bool) -> String {
    let hundredfold = value.checked_mul(Decimal::HUNDRED).filter(|_| is_percent);
    hundredfold.map_or_else(
        || value.to_string(),
        |hundredfold| format!("{hundredfold}%"),
    )
}

/// Whether a column holds the per cents of a field.
pub fn is_percent(scheme: &Scheme, slot: Slot) -> bool {
    let sheet_and_field = match scheme.slots.entries[slot.0 as usize].kind {
        SlotKind::Field(field) => {
            let customers = scheme.customers.as_ref();
            customers.map(|customers| (&customers.sheet, field))
        }
        SlotKind::LookupField(lookup, field) => Some((&scheme.lookups[lookup].sheet, field)),
        _ => None,
    };
    sheet_and_field.is_some_and(|(sheet, field)| sheet.fields[field].kind == FieldKind::Percent)
}

#[cfg(test)]
mod tests;
