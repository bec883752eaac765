//! How the customers lie along the value that is cut, with the thresholds that there are and those that are proposed.

use super::super::cells::said;
use super::super::distribution::{Bins, exact, number};
use super::super::{
    Block, Cell, Chart, Column, Histogram, Kind, Label, Row, Section, Series, Table,
};
use super::{Calibration, place};
use crate::decide::Decision;
use crate::diagnostic::Text;
use crate::table::Decimal;
use crate::text;
use crate::words::Word;

/// The customers along the value.
pub struct Spread {
    /// The value of each customer who has one, in millionths, with the place of the level by the scheme as it is and with
    /// the proposal; `None` without one.
    pub customers: Vec<(i64, [Option<usize>; 2])>,
    /// The thresholds along the value, each with the place of its level: those of the scheme as it is, and the proposed.
    pub cuts: [Vec<(Decimal, usize)>; 2],
    /// Whether more is better: then a level begins at its threshold, else it ends there.
    pub is_upward: bool,
    /// Whether the value is a share that people write in per cent.
    pub is_percent: bool,
}

/// The section; `None` where nobody has the value.
pub(super) fn section(made: &Calibration) -> Option<Section> {
    let (lang, name, spread) = (made.lang, &made.value, &made.spread);
    let mut values: Vec<i64> = spread.customers.iter().map(|(value, _)| *value).collect();
    if values.is_empty() {
        return None;
    }
    values.sort_unstable();
    let bins = Bins::of(&values);
    let title = said(lang, text!("Distribution: {name}", "{name}分布"));
    let mut section = Section::new("distribution", title);
    section.notes.push(said(
        lang,
        text!(
            "A row holds from its lower bound up to its upper one, which belongs to the next row; the last row holds its \
             upper bound too.",
            "每个区间含下限、不含上限，最后一个区间含上限。"
        ),
    ));
    let sides = [
        text!(
            "Customers by {name} and the level that it gives, as it is",
            "各{name}区间的客户数，按由数值得出的档次（现在）"
        ),
        text!(
            "Customers by {name} and the level that it gives, as proposed",
            "各{name}区间的客户数，按由数值得出的档次（建议）"
        ),
    ];
    for (side, title) in sides.into_iter().enumerate() {
        let drawn = histogram(made, &bins, side, title);
        section.blocks.push(Block::Chart(Chart::Histogram(drawn)));
    }
    section.blocks.push(Block::Table(table(made, &bins)));
    Some(section)
}

fn histogram(made: &Calibration, bins: &Bins, side: usize, title: Text) -> Histogram {
    let (lang, spread) = (made.lang, &made.spread);
    // One list for each level, and the last for those without one.
    let mut counts = vec![vec![0; bins.len()]; made.levels.len() + 1];
    for (value, levels) in &spread.customers {
        let level = levels[side].unwrap_or(made.levels.len());
        counts[level][bins.at(*value)] += 1;
    }
    let labels = made.levels.iter().map(|level| Label {
        text: level.name.clone(),
        grade: place(made, &level.name),
    });
    let without = Label::plain(Decision::Unrated.word(lang));
    let series = labels.chain([without]).zip(counts);
    let series = series.filter(|(_, counts)| counts.iter().any(|count| *count > 0));
    let cuts: Vec<(Decimal, Label)> = spread.cuts[side]
        .iter()
        .map(|(at, level)| {
            let name = &made.levels[*level].name;
            let text = if spread.is_upward {
                name.clone()
            } else {
                format!("← {name}").into()
            };
            (
                *at,
                Label {
                    text,
                    grade: place(made, name),
                },
            )
        })
        .collect();
    let title = said(lang, title);
    let places = cuts
        .iter()
        .map(|(at, label)| format!("{} {at}", label.text));
    let places = places.collect::<Vec<_>>().join(", ");
    Histogram {
        alt: said(
            lang,
            match places.as_str() {
                "" => text!("{title}", "{title}"),
                places => text!("{title}; thresholds: {places}", "{title}；分界：{places}"),
            },
        ),
        title,
        value: made.value.clone(),
        kind: if spread.is_percent {
            Kind::Share
        } else {
            Kind::Figure
        },
        bounds: bins.bounds.clone(),
        series: series
            .map(|(label, counts)| Series {
                label,
                values: counts
                    .into_iter()
                    .map(|count| (count > 0).then(|| Decimal::from_count(count)))
                    .collect(),
            })
            .collect(),
        cuts,
    }
}

/// How many customers are in each bin.
fn table(made: &Calibration, bins: &Bins) -> Table {
    let (lang, name, is_percent) = (made.lang, &made.value, made.spread.is_percent);
    let kind = exact(bins.bounds.iter(), is_percent);
    let columns = vec![
        Column::new("from", said(lang, text!("{name}: from", "{name}从")), kind),
        Column::new("to", said(lang, text!("to", "到")), kind),
        Column::new("customers", Word::Customers.get(lang), Kind::Count),
    ];
    let mut counts = vec![0; bins.len()];
    for (value, _) in &made.spread.customers {
        counts[bins.at(*value)] += 1;
    }
    let mut table = Table::new("distribution", columns);
    for (bounds, count) in bins.bounds.windows(2).zip(counts) {
        let mut cells: Vec<Cell> = bounds
            .iter()
            .map(|bound| number(*bound, kind, is_percent))
            .collect();
        cells.push(Cell::count(count));
        table.rows.push(Row::new(cells));
    }
    table
}
