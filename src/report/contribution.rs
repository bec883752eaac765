//! What share of revenue comes from what share of customers.

use super::cells::{ratio, said};
use super::groups::{Groups, Sum};
use super::material::{Amount, Material};
use super::{Block, Cell, Chart, Column, Kind, Plot, Row, Section, Series, Table};
use crate::table::Decimal;
use crate::text;

/// The shares of customers, from the top, whose share of revenue is told: in per cent.
const TOPS: [usize; 4] = [1, 10, 20, 50];

/// The section; `None` where the scheme has no money and names no other figure.
pub(super) fn section(material: &Material<'_>) -> Option<Section> {
    let lang = material.lang;
    let amount = material.scope.amount()?;
    let mut section = Section::new(
        "contribution",
        said(lang, text!("Contribution", "收入贡献")),
    );
    let name = &amount.heading;
    section.notes.push(said(
        lang,
        text!(
            "Revenue is {name}. Customers without a value are counted apart and are in no sum; the mean is of those who \
             have one.",
            "收入指 {name}。没有数值的客户另行计数，不计入合计；平均值只算有数值的客户。"
        ),
    ));
    let main = Groups::main(material);
    let types = Groups::by_type(material).filter(|types| types.key != main.key);
    for groups in std::iter::once(&main).chain(&types) {
        section
            .blocks
            .push(Block::Table(by_group(material, groups, &amount)));
    }
    section
        .blocks
        .insert(1, Block::Chart(chart(material, &main, &amount)));
    section.blocks.push(Block::Table(tops(material, &amount)));
    Some(section)
}

/// The kind of a column of amounts.
pub(super) const fn kind(amount: &Amount<'_>) -> Kind {
    if amount.is_money {
        Kind::Money
    } else {
        Kind::Number
    }
}

fn total(sums: &[Sum]) -> Sum {
    sums.iter().fold(Sum::default(), Sum::plus)
}

/// A sum as a share of another; missing where that is nought or less, since it has no shares then.
pub(super) fn part(sum: &Sum, all: &Sum) -> Option<Decimal> {
    ratio(sum.total, all.total).filter(|_| all.total > 0 && sum.known > 0)
}

fn by_group(material: &Material<'_>, groups: &Groups, amount: &Amount<'_>) -> Table {
    let lang = material.lang;
    let counts = groups.counts();
    let sums = groups.sums(material.scope.rows(), amount);
    let all = total(&sums);
    let figures = |count: usize, sum: &Sum| {
        vec![
            Cell::count(count),
            Cell::share(count, groups.len()),
            Cell::number(sum.amount()),
            Cell::number(part(sum, &all)),
            Cell::number(sum.mean()),
            Cell::count(sum.unknown),
        ]
    };
    let column = |key: &str, text, kind| Column::new(key, said(lang, text), kind);
    let columns = vec![
        groups.column(),
        column("customers", text!("Customers", "客户数"), Kind::Count),
        column(
            "customer_share",
            text!("Share of customers", "客户占比"),
            Kind::Share,
        ),
        Column::new("amount", &*amount.heading, kind(amount)),
        column(
            "amount_share",
            text!("Share of revenue", "收入占比"),
            Kind::Share,
        ),
        column("mean", text!("Mean", "户均"), kind(amount)),
        column("unknown", text!("Unknown", "未知"), Kind::Count),
    ];
    let mut table = Table::new(groups.key.clone(), columns).titled(&*groups.heading);
    let cells = |group: usize| figures(counts[group], &sums[group]);
    table.rows = groups.rows(lang, cells, figures(groups.len(), &all));
    table
}

/// What the customers with the most revenue hold.
fn tops(material: &Material<'_>, amount: &Amount<'_>) -> Table {
    let lang = material.lang;
    let rows = material.scope.rows().iter();
    let mut values: Vec<i64> = rows.filter_map(|row| amount.at(*row)).collect();
    values.sort_unstable_by(|one, other| other.cmp(one));
    let all = Sum {
        known: values.len(),
        unknown: 0,
        total: values.iter().map(|value| i128::from(*value)).sum(),
    };
    let column = |key: &str, text, kind| Column::new(key, said(lang, text), kind);
    let columns = vec![
        column("top", text!("From the top", "收入最高的"), Kind::Share),
        column("customers", text!("Customers", "客户数"), Kind::Count),
        Column::new("amount", &*amount.heading, kind(amount)),
        column(
            "amount_share",
            text!("Share of revenue", "收入占比"),
            Kind::Share,
        ),
    ];
    let mut table = Table::new("top", columns).titled(said(
        lang,
        text!(
            "The customers with the most revenue, of those who have a value (parts of a customer count as one)",
            "收入最高的客户（只算有数值的，不足一位按一位计）"
        ),
    ));
    for percent in TOPS {
        let count = (values.len() * percent).div_ceil(100);
        let sum = Sum {
            known: count,
            unknown: 0,
            total: values[..count].iter().map(|value| i128::from(*value)).sum(),
        };
        table.rows.push(Row::new(vec![
            Cell::number(ratio(percent as i128, 100)),
            Cell::count(count),
            Cell::number(sum.amount()),
            Cell::number(part(&sum, &all)),
        ]));
    }
    table
}

fn chart(material: &Material<'_>, groups: &Groups, amount: &Amount<'_>) -> Chart {
    let lang = material.lang;
    let sums = groups.sums(material.scope.rows(), amount);
    let all = total(&sums);
    let customers: Vec<Option<Decimal>> = groups
        .counts()
        .iter()
        .map(|count| ratio(*count as i128, groups.len() as i128))
        .collect();
    let money: Vec<Option<Decimal>> = sums.iter().map(|sum| part(sum, &all)).collect();
    let percent = |share: Option<Decimal>| {
        let hundredfold = share.and_then(|share| share.checked_mul(Decimal::HUNDRED));
        hundredfold.map_or_else(|| "–".to_owned(), |share| format!("{}%", share.round(1)))
    };
    let parts: Vec<String> = groups
        .list
        .iter()
        .zip(customers.iter().zip(&money))
        .map(|(label, (customers, money))| {
            let (name, customers, money) = (&label.text, percent(*customers), percent(*money));
            said(
                lang,
                text!(
                    "{name} {customers} of customers and {money} of revenue",
                    "{name} 客户占 {customers}、收入占 {money}"
                ),
            )
        })
        .collect();
    let parts = parts.join(if lang == crate::diagnostic::Lang::Zh {
        "；"
    } else {
        "; "
    });
    Chart::Bars(Plot {
        title: said(
            lang,
            text!("Share of customers and of revenue", "客户占比与收入占比"),
        ),
        alt: parts,
        kind: Kind::Share,
        categories: groups.list.clone(),
        series: vec![
            Series::plain(said(lang, text!("customers", "客户数")), customers),
            Series::plain(&*amount.heading, money),
        ],
    })
}
