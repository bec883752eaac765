//! Whether each strategy reaches its goal, whether its customers buy again, and what it takes for what it brings.

use super::cells::{ratio, said};
use super::contribution::{kind, part};
use super::groups::{Groups, Sum, Tally};
use super::material::Material;
use super::{Block, Cell, Column, Kind, Label, Section, Table};
use crate::scheme::model::Strategy;
use crate::table::{Decimal, Truth};
use crate::text;
use crate::words::Word;

/// The section; `None` in a scheme without strategies.
pub(super) fn section(material: &Material<'_>) -> Option<Section> {
    let lang = material.lang;
    let scheme = &material.grading.scheme;
    if scheme.strategies.is_empty() {
        return None;
    }
    let groups = groups(material);
    let mut section = Section::new("strategies", said(lang, text!("Strategies", "策略效果")));
    section.notes.push(said(
        lang,
        text!(
            "Each customer counts for the first strategy that holds. Goal: `goal_met` of the strategy; the share is of \
             the customers for whom it is known, the others are counted apart.",
            "每位客户只计入第一条成立的策略。目标：策略的 `goal_met`；占比的分母是能够判断的客户，不能判断的另行计数。"
        ),
    ));
    section.blocks.push(Block::Table(goals(material, &groups)));
    if let Some(again) = &material.judged.repurchased {
        let rule = scheme.report.repurchased.as_ref().map(|rule| &*rule.text);
        let rule = rule.unwrap_or_default();
        let bought = scheme.report.bought.as_ref().map(|rule| &*rule.text);
        section.notes.push(match bought {
            Some(bought) => said(
                lang,
                text!(
                    "Repurchase rate: those for whom `{rule}` holds, of those for whom `{bought}` holds.",
                    "复购率：满足 `{rule}` 的客户，占满足 `{bought}` 的客户。"
                ),
            ),
            None => said(
                lang,
                text!(
                    "Repurchase rate: those for whom `{rule}` holds, of all for whom it is known.",
                    "复购率：满足 `{rule}` 的客户，占能够判断的全部客户。"
                ),
            ),
        });
        let table = repurchase(material, &groups, again);
        section.blocks.push(Block::Table(table));
    } else {
        section.notes.push(said(
            lang,
            text!(
                "The scheme does not say who has bought again: `[report] repurchased = \"a condition\"` does.",
                "方案没有写怎样算复购；可以写 `[report] repurchased = \"条件\"`。"
            ),
        ));
    }
    if scheme
        .strategies
        .iter()
        .any(|strategy| strategy.hours.is_some() || strategy.cost.is_some())
    {
        let period = match scheme.period {
            crate::table::PeriodKind::Month => text!("month", "月"),
            crate::table::PeriodKind::Quarter => text!("quarter", "季度"),
            crate::table::PeriodKind::HalfYear => text!("half-year", "半年"),
            crate::table::PeriodKind::Year => text!("year", "年"),
        };
        let (en, zh) = (period.en, period.zh);
        section.notes.push(said(
            lang,
            text!(
                "Hours and cost are those of one {en}, as the strategies say, for all of their customers; revenue is what \
                 the scheme calls so, over its own time. Compare the shares, not the sums.",
                "工时和费用是策略写明的每{zh}每位客户的数，乘以客户数；收入按方案的口径，时间范围不一定相同。请比较占比，不要直接相减。"
            ),
        ));
        section.blocks.push(Block::Table(effort(material, &groups)));
    }
    Some(section)
}

/// What a strategy is called: what is done, else for whom.
fn name(strategy: &Strategy, otherwise: &str) -> String {
    let when = strategy.when.as_ref().map_or(otherwise, |when| &*when.text);
    match &strategy.service {
        Some(service) => format!("{service} · {when}"),
        None => when.to_owned(),
    }
}

fn groups(material: &Material<'_>) -> Groups {
    let lang = material.lang;
    let grading = material.grading;
    let otherwise = said(lang, text!("everybody else", "其余客户"));
    let strategies = grading.scheme.strategies.iter();
    let list = strategies
        .map(|strategy| Label::plain(name(strategy, &otherwise)))
        .collect();
    let rows = material.scope.rows().iter();
    let places = rows.map(|row| grading.classification.strategies[*row as usize].index());
    let none = said(lang, text!("no strategy", "无策略"));
    let heading = said(lang, text!("Strategy", "策略"));
    Groups::new("strategy", heading, list, &none, places)
}

fn goals(material: &Material<'_>, groups: &Groups) -> Table {
    let lang = material.lang;
    let strategies = &material.grading.scheme.strategies;
    let counts = groups.counts();
    let mut tallies: Vec<Option<Tally>> = strategies
        .iter()
        .map(|strategy| strategy.goal_met.as_ref().map(|_| Tally::default()))
        .collect();
    tallies.resize(groups.list.len(), None);
    for (place, row) in material.scope.rows().iter().enumerate() {
        let group = groups.at(place);
        let goal = material.judged.goals.get(group).and_then(Option::as_ref);
        if let (Some(tally), Some(truths)) = (&mut tallies[group], goal) {
            tally.add(truths[*row as usize]);
        }
    }
    let figures = |count: usize, goal: Option<&str>, tally: Option<Tally>| {
        let mut cells = vec![Cell::count(count), goal.map_or(Cell::Missing, Cell::text)];
        cells.extend(match tally {
            Some(tally) => [
                Cell::count(tally.yes),
                Cell::share(tally.yes, tally.yes + tally.no),
                Cell::count(tally.unknown),
            ],
            None => [Cell::Missing, Cell::Missing, Cell::Missing],
        });
        cells
    };
    let column = |key: &str, text, kind| Column::new(key, said(lang, text), kind);
    let columns = vec![
        groups.column(),
        column("customers", text!("Customers", "客户数"), Kind::Count),
        Column::new("goal", Word::Goal.get(lang), Kind::Text),
        column("reached", text!("Reached", "达成"), Kind::Count),
        column("share", text!("Share", "占比"), Kind::Share),
        column("unknown", text!("Unknown", "未知"), Kind::Count),
    ];
    let mut table = Table::new("goals", columns).titled(said(lang, text!("Goals", "目标达成")));
    let cells = |group: usize| {
        let goal = strategies
            .get(group)
            .and_then(|strategy| strategy.goal.as_deref());
        figures(counts[group], goal, tallies[group])
    };
    let all = tallies
        .iter()
        .flatten()
        .copied()
        .reduce(|all, tally| all.plus(&tally));
    table.rows = groups.rows(lang, cells, figures(groups.len(), None, all));
    table
}

fn repurchase(material: &Material<'_>, groups: &Groups, again: &[Truth]) -> Table {
    let lang = material.lang;
    // Who has not bought is in no rate; of whom that is unknown, so is the rest.
    let truths: Vec<Option<Truth>> = match &material.judged.bought {
        None => again.iter().map(|truth| Some(*truth)).collect(),
        Some(bought) => bought
            .iter()
            .zip(again)
            .map(|(bought, again)| match bought {
                Truth::False => None,
                Truth::Unknown => Some(Truth::Unknown),
                Truth::True => Some(*again),
            })
            .collect(),
    };
    let mut tallies = vec![Tally::default(); groups.list.len()];
    for (place, row) in material.scope.rows().iter().enumerate() {
        if let Some(truth) = truths[*row as usize] {
            tallies[groups.at(place)].add(truth);
        }
    }
    let figures = |tally: &Tally| {
        vec![
            Cell::count(tally.yes + tally.no),
            Cell::count(tally.yes),
            Cell::share(tally.yes, tally.yes + tally.no),
            Cell::count(tally.unknown),
        ]
    };
    let column = |key: &str, text, kind| Column::new(key, said(lang, text), kind);
    // Without a condition nobody says who has bought: the rate is of all for whom it is known.
    let of = if material.judged.bought.is_some() {
        text!("Bought", "购买过")
    } else {
        text!("Known", "能够判断的")
    };
    let columns = vec![
        groups.column(),
        column("bought", of, Kind::Count),
        column("again", text!("Bought again", "再次购买"), Kind::Count),
        column("rate", text!("Repurchase rate", "复购率"), Kind::Share),
        column("unknown", text!("Unknown", "未知"), Kind::Count),
    ];
    let mut table =
        Table::new("repurchase", columns).titled(said(lang, text!("Repurchase", "复购")));
    let all = tallies
        .iter()
        .copied()
        .fold(Tally::default(), |all, tally| all.plus(&tally));
    table.rows = groups.rows(lang, |group| figures(&tallies[group]), figures(&all));
    table
}

/// What the strategies take and what their customers bring.
fn effort(material: &Material<'_>, groups: &Groups) -> Table {
    let lang = material.lang;
    let strategies = &material.grading.scheme.strategies;
    let counts = groups.counts();
    let times = |each: Option<Decimal>, count: usize| {
        each.map(|each| i128::from(each.millionths()) * count as i128)
    };
    let efforts: Vec<[Option<i128>; 2]> = counts
        .iter()
        .enumerate()
        .map(|(group, count)| {
            let strategy = strategies.get(group);
            let hours = strategy.and_then(|strategy| strategy.hours);
            let cost = strategy.and_then(|strategy| strategy.cost);
            [times(hours, *count), times(cost, *count)]
        })
        .collect();
    let sum = |which: usize| {
        let known = efforts.iter().filter_map(|effort| effort[which]);
        known.reduce(|one, other| one + other)
    };
    let all = [sum(0), sum(1)];
    let amount = material.scope.amount();
    let rows = material.scope.rows();
    let sums = amount.as_ref().map(|amount| groups.sums(rows, amount));
    let total = sums.iter().flatten().fold(Sum::default(), Sum::plus);
    let worked = sums.iter().flatten().zip(&efforts);
    let worked = worked.filter(|(_, effort)| effort[0].is_some());
    let worked = worked.fold(Sum::default(), |all, (sum, _)| all.plus(sum));
    let figures = |count: usize, effort: [Option<i128>; 2], money: Option<&Sum>, is_total: bool| {
        let [hours, cost] = effort;
        let wide = |value: Option<i128>| Cell::number(value.and_then(Decimal::from_wide));
        let share = |value: Option<i128>, all: Option<i128>| {
            Cell::number(value.zip(all).and_then(|(value, all)| ratio(value, all)))
        };
        let mut cells = vec![Cell::count(count)];
        if all[0].is_some() {
            cells.extend([wide(hours), share(hours, all[0])]);
        }
        if all[1].is_some() {
            cells.extend([wide(cost), share(cost, all[1])]);
        }
        if amount.is_some() {
            // Of the customers whose strategy says its hours: the others cost none that anybody knows.
            let worked = if is_total { Some(&worked) } else { money };
            let per_hour = worked.zip(hours).and_then(|(money, hours)| {
                let is_told = hours > 0 && money.known > 0;
                is_told.then(|| ratio(money.total, hours))?
            });
            cells.extend([
                Cell::number(money.and_then(Sum::amount)),
                Cell::number(money.and_then(|money| part(money, &total))),
            ]);
            if all[0].is_some() {
                cells.push(Cell::number(per_hour));
            }
        }
        cells
    };
    let column = |key: &str, text, kind| Column::new(key, said(lang, text), kind);
    let mut columns = vec![
        groups.column(),
        column("customers", text!("Customers", "客户数"), Kind::Count),
    ];
    if all[0].is_some() {
        columns.push(column("hours", text!("Hours", "工时"), Kind::Number));
        let share = text!("Share of hours", "工时占比");
        columns.push(column("hours_share", share, Kind::Share));
    }
    if all[1].is_some() {
        columns.push(column("cost", text!("Cost", "费用"), Kind::Number));
        let share = text!("Share of cost", "费用占比");
        columns.push(column("cost_share", share, Kind::Share));
    }
    if let Some(amount) = &amount {
        columns.push(Column::new("amount", &*amount.heading, kind(amount)));
        columns.push(column(
            "amount_share",
            text!("Share of revenue", "收入占比"),
            Kind::Share,
        ));
        if all[0].is_some() {
            columns.push(column(
                "per_hour",
                text!("Revenue by hour", "每工时收入"),
                kind(amount),
            ));
        }
    }
    let mut table = Table::new("effort", columns).titled(said(
        lang,
        text!("Hours and cost against revenue", "工时、费用与收入"),
    ));
    let own = |group: usize| sums.as_ref().map(|sums| &sums[group]);
    let cells = |group: usize| figures(counts[group], efforts[group], own(group), false);
    let last = figures(groups.len(), all, sums.as_ref().map(|_| &total), true);
    table.rows = groups.rows(lang, cells, last);
    table
}
