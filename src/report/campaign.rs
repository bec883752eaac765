//! A campaign: those told against those not, by grade, before and after.
//!
//! Before is the run that the segment was taken from, after is a later one. Those held out by lot are who tells what the
//! campaign did; the others differ from those told in more than that (they gave no consent, they were not in the
//! segment), and the notes say so.

use super::{Block, Cell, Column, Kind, Row, Section, Table};
use crate::diagnostic::Lang;
use crate::table::{Date, Decimal};
use std::sync::Arc;

/// What became of a customer in a campaign.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Group {
    /// Was told.
    Told,
    /// Was held out by lot.
    HeldOut,
    /// Was in the segment, without consent.
    Unconsented,
    /// Was in the segment, without an address.
    Unreachable,
    /// Was not in the segment.
    Others,
}

impl Group {
    const ALL: [Self; 5] = [
        Self::Told,
        Self::HeldOut,
        Self::Unconsented,
        Self::Unreachable,
        Self::Others,
    ];

    const fn word(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (Self::Told, Lang::Zh) => "已通知",
            (Self::Told, Lang::En) => "told",
            (Self::HeldOut, Lang::Zh) => "对照（抽签未通知）",
            (Self::HeldOut, Lang::En) => "held out by lot",
            (Self::Unconsented, Lang::Zh) => "未同意",
            (Self::Unconsented, Lang::En) => "without consent",
            (Self::Unreachable, Lang::Zh) => "没有地址",
            (Self::Unreachable, Lang::En) => "without an address",
            (Self::Others, Lang::Zh) => "其他客户",
            (Self::Others, Lang::En) => "others",
        }
    }
}

/// A customer of the run before.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// What became of the customer.
    pub group: Group,
    /// The grade before, by its place from the best; `None` for unrated.
    pub before: Option<usize>,
    /// The grade after.
    pub after: Option<usize>,
    /// Whether the customer is in the run after.
    pub is_there: bool,
    /// The amount before and after, where the report sums one.
    pub amounts: (Option<Decimal>, Option<Decimal>),
}

/// What a campaign is compared by.
#[derive(Clone, Debug, PartialEq)]
pub struct Campaign<'a> {
    /// Its id.
    pub id: &'a str,
    /// The as-of dates of the two runs.
    pub dates: (Date, Date),
    /// The grades, best first.
    pub grades: &'a [Arc<str>],
    /// The name of the amount, if there is one.
    pub amount: Option<&'a str>,
    /// The customers of the run before.
    pub members: &'a [Member],
}

/// The section of a campaign.
pub fn section(campaign: &Campaign<'_>, lang: Lang) -> Section {
    let (before, after) = campaign.dates;
    let id = campaign.id;
    let has = |group: Group| campaign.members.iter().any(|member| member.group == group);
    let mut notes = vec![match lang {
        Lang::Zh => format!(
            "通知前为 {before} 的批次，通知后为 {after} 的批次；升、降按两个批次的等级比较。"
        ),
        Lang::En => format!(
            "Before is the run as of {before}, after is the run as of {after}; up and down compare the grades of the two."
        ),
    }];
    notes.push(
        match (has(Group::HeldOut), lang) {
            (true, Lang::Zh) => "对照组由抽签产生，与已通知的客户可以直接比较；其他各组本来就有差别。",
            (true, Lang::En) => "Those held out were drawn by lot and can be compared with those told; the other groups differ in more than that.",
            (false, Lang::Zh) => "没有对照组：其他各组与已通知的客户本来就有差别，不能据此断定活动的效果。下次可用 `notify --holdout 10%`。",
            (false, Lang::En) => "Nobody was held out: the other groups differ from those told in more than the campaign, and do not show what it did. Next time use `notify --holdout 10%`.",
        }
        .to_owned(),
    );
    let all = table(campaign, lang, "campaign", false);
    let by_grade = table(campaign, lang, "campaign_by_grade", true);
    Section {
        key: "campaign",
        title: match lang {
            Lang::Zh => format!("活动 {id}"),
            Lang::En => format!("Campaign {id}"),
        },
        notes,
        blocks: vec![Block::Table(all), Block::Table(by_grade)],
    }
}

/// A row for each group; with `by_grade` for each grade before and group.
fn table(campaign: &Campaign<'_>, lang: Lang, key: &str, by_grade: bool) -> Table {
    let pick = |zh: &str, en: &str| match lang {
        Lang::Zh => zh.to_owned(),
        Lang::En => en.to_owned(),
    };
    let column = |key: &str, heading: String, kind: Kind| Column {
        key: key.to_owned(),
        heading,
        kind,
    };
    let mut columns = vec![];
    if by_grade {
        columns.push(column(
            "grade",
            pick("通知前等级", "grade before"),
            Kind::Text,
        ));
    }
    columns.push(column("group", pick("分组", "group"), Kind::Text));
    columns.push(column(
        "customers",
        pick("客户数", "customers"),
        Kind::Count,
    ));
    for (key, zh, en) in [
        ("upgraded", "升级", "up"),
        ("unchanged", "不变", "same"),
        ("downgraded", "降级", "down"),
        ("gone", "缺席或未评级", "absent or unrated"),
    ] {
        columns.push(column(key, pick(zh, en), Kind::Count));
    }
    columns.push(column(
        "upgraded_share",
        pick("升级占比", "share up"),
        Kind::Share,
    ));
    columns.push(column(
        "downgraded_share",
        pick("降级占比", "share down"),
        Kind::Share,
    ));
    if let Some(amount) = campaign.amount {
        let (before, after) = match lang {
            Lang::Zh => (format!("通知前{amount}"), format!("通知后{amount}")),
            Lang::En => (format!("{amount} before"), format!("{amount} after")),
        };
        columns.push(column("amount_before", before, Kind::Money));
        columns.push(column("amount_after", after, Kind::Money));
        columns.push(column("amount_growth", pick("增长", "growth"), Kind::Share));
    }
    let mut rows = vec![];
    let levels: Vec<Option<Option<usize>>> = if by_grade {
        let levels = (0..campaign.grades.len()).map(Some).chain([None]);
        levels.map(Some).collect()
    } else {
        vec![None]
    };
    for level in levels {
        for group in Group::ALL {
            let members: Vec<&Member> = campaign
                .members
                .iter()
                .filter(|member| member.group == group)
                .filter(|member| level.is_none_or(|level| member.before == level))
                .collect();
            if members.is_empty() {
                continue;
            }
            let mut cells = vec![];
            if let Some(level) = level {
                let name = level.map(|level| campaign.grades[level].clone());
                cells.push(Cell::Text(
                    name.unwrap_or_else(|| pick("未评级", "unrated").into()),
                ));
            }
            cells.push(Cell::Text(group.word(lang).into()));
            figures(&members, campaign.amount.is_some(), &mut cells);
            rows.push(Row {
                cells,
                is_total: false,
                grade: level.flatten(),
            });
        }
    }
    Table {
        key: key.to_owned(),
        title: by_grade.then(|| pick("按通知前的等级", "By the grade before")),
        columns,
        rows,
    }
}

fn figures(members: &[&Member], has_amount: bool, cells: &mut Vec<Cell>) {
    let mut counts = [0_usize; 4];
    for member in members {
        let place = match (member.before, member.after) {
            (Some(before), Some(after)) if member.is_there => match after.cmp(&before) {
                std::cmp::Ordering::Less => 0,
                std::cmp::Ordering::Equal => 1,
                std::cmp::Ordering::Greater => 2,
            },
            // Who had no grade and has one now has come up; who still has none is as before.
            (None, Some(_)) if member.is_there => 0,
            (None, None) if member.is_there => 1,
            _ => 3,
        };
        counts[place] += 1;
    }
    let number = |count: usize| Cell::Number(Decimal::from_count(count));
    cells.push(number(members.len()));
    cells.extend(counts.map(number));
    let share =
        |part: Decimal, whole: Decimal| part.checked_div(whole).map_or(Cell::Missing, Cell::Number);
    let all = Decimal::from_count(members.len());
    cells.push(share(Decimal::from_count(counts[0]), all));
    cells.push(share(Decimal::from_count(counts[2]), all));
    if has_amount {
        // Only those of whom both are known: a sum over others would compare different people.
        let mut pairs = members
            .iter()
            .filter_map(|member| member.amounts.0.zip(member.amounts.1));
        let sums = pairs.try_fold(
            (Decimal::ZERO, Decimal::ZERO),
            |(before, after), (one, other)| {
                Some((before.checked_add(one)?, after.checked_add(other)?))
            },
        );
        match sums {
            Some((before, after)) => {
                cells.push(Cell::Number(before));
                cells.push(Cell::Number(after));
                let grown = after.checked_sub(before).filter(|_| before > Decimal::ZERO);
                cells.push(grown.map_or(Cell::Missing, |grown| share(grown, before)));
            }
            None => cells.extend([Cell::Missing, Cell::Missing, Cell::Missing]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(group: Group, before: usize, after: Option<usize>, amounts: (i64, i64)) -> Member {
        Member {
            group,
            before: Some(before),
            after,
            is_there: after.is_some(),
            amounts: (Decimal::from_int(amounts.0), Decimal::from_int(amounts.1)),
        }
    }

    fn shown(table: &Table) -> Vec<String> {
        let cell = |cell: &Cell| match cell {
            Cell::Missing => "–".to_owned(),
            Cell::Text(text) => text.to_string(),
            Cell::Number(number) => number.to_string(),
            Cell::Date(date) => date.to_string(),
        };
        let rows = table.rows.iter();
        rows.map(|row| row.cells.iter().map(cell).collect::<Vec<_>>().join(" "))
            .collect()
    }

    #[test]
    fn those_told_stand_beside_those_not_by_grade() {
        let grades: Vec<Arc<str>> = vec!["A".into(), "B".into(), "C".into()];
        let members = [
            member(Group::Told, 1, Some(0), (100, 150)),
            member(Group::Told, 1, Some(1), (100, 100)),
            member(Group::Told, 2, Some(1), (50, 80)),
            member(Group::Told, 2, None, (50, 0)),
            member(Group::HeldOut, 1, Some(2), (80, 40)),
            member(Group::Others, 0, Some(0), (200, 200)),
        ];
        let campaign = Campaign {
            id: "春季",
            dates: (
                Date::new(2024, 3, 31).unwrap(),
                Date::new(2024, 6, 30).unwrap(),
            ),
            grades: &grades,
            amount: Some("消费额"),
            members: &members,
        };
        let section = section(&campaign, Lang::En);
        let tables: Vec<&Table> = section
            .blocks
            .iter()
            .map(|block| match block {
                Block::Table(table) => table,
                Block::Chart(_) => panic!("no chart was asked for"),
            })
            .collect();
        // group, customers, up, same, down, gone, shares up and down, sums, growth: 300 → 330 is a tenth.
        assert_eq!(
            shown(tables[0]),
            [
                "told 4 2 1 0 1 0.5 0 300 330 0.1",
                "held out by lot 1 0 0 1 0 0 1 80 40 -0.5",
                "others 1 0 1 0 0 0 0 200 200 0",
            ]
        );
        assert_eq!(
            shown(tables[1]),
            [
                "A others 1 0 1 0 0 0 0 200 200 0",
                "B told 2 1 1 0 0 0.5 0 200 250 0.25",
                "B held out by lot 1 0 0 1 0 0 1 80 40 -0.5",
                "C told 2 1 0 0 1 0.5 0 100 80 -0.2",
            ]
        );
    }
}
