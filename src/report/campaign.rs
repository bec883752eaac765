//! A campaign: those told against those not, by grade, or by type in a scheme without grades, before and after.
//!
//! Before is the run that the segment was taken from, after is a later one. Those held out by lot are who tells what the
//! campaign did; the others differ from those told in more than that (they gave no consent, they were not in the
//! segment), and the notes say so.

#[cfg(test)]
mod tests;

use super::cells::ratio;
use super::groups::Sum;
use super::{Block, Cell, Column, Kind, Row, Section, Table};
use crate::compare::Class;
use crate::diagnostic::Lang;
use crate::table::Date;
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
    /// The level before, by its place among [`Campaign::levels`]; `None` without one.
    pub before: Option<usize>,
    /// The level after.
    pub after: Option<usize>,
    /// Whether the customer is in the run after.
    pub is_there: bool,
    /// The amount before and after in millionths, where the report sums one.
    pub amounts: (Option<i64>, Option<i64>),
}

/// What a campaign is compared by.
#[derive(Clone, Debug, PartialEq)]
pub struct Campaign<'a> {
    /// Its id.
    pub id: &'a str,
    /// The as-of dates of the two runs.
    pub dates: (Date, Date),
    /// The grades, best first, or the types of a scheme without grades.
    pub levels: &'a [Arc<str>],
    /// Whether the levels are types.
    pub of_types: bool,
    /// Whether another level is a better or a worse one.
    pub is_ordered: bool,
    /// The name of the amount and what it is, if there is one.
    pub amount: Option<(&'a str, Kind)>,
    /// The customers of the run before.
    pub members: &'a [Member],
}

/// The section of a campaign.
pub fn section(campaign: &Campaign<'_>, lang: Lang) -> Section {
    let (before, after) = campaign.dates;
    let id = campaign.id;
    let has = |group: Group| campaign.members.iter().any(|member| member.group == group);
    let (en, zh) = if campaign.of_types {
        ("types", "类型")
    } else {
        ("grades", "等级")
    };
    let (en_moved, zh_moved) = if campaign.is_ordered {
        ("up and down compare", "升、降按")
    } else {
        ("changed compares", "改变按")
    };
    let mut notes = vec![match lang {
        Lang::Zh => format!(
            "通知前为 {before} 的批次，通知后为 {after} 的批次；{zh_moved}两个批次的{zh}比较。"
        ),
        Lang::En => format!(
            "Before is the run as of {before}, after is the run as of {after}; {en_moved} the {en} of the two."
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
    let key = if campaign.of_types {
        "campaign_by_type"
    } else {
        "campaign_by_grade"
    };
    let by_level = table(campaign, lang, key, true);
    Section {
        key: "campaign",
        title: match lang {
            Lang::Zh => format!("活动 {id}"),
            Lang::En => format!("Campaign {id}"),
        },
        notes,
        blocks: vec![Block::Table(all), Block::Table(by_level)],
    }
}

/// A row for each group; with `by_level` for each level before and group.
fn table(campaign: &Campaign<'_>, lang: Lang, key: &str, by_level: bool) -> Table {
    let pick = |zh: &str, en: &str| match lang {
        Lang::Zh => zh.to_owned(),
        Lang::En => en.to_owned(),
    };
    let column = |key: &str, heading: String, kind: Kind| Column::new(key, heading, kind);
    let mut columns = vec![];
    if by_level {
        columns.push(if campaign.of_types {
            column("type", pick("通知前类型", "type before"), Kind::Text)
        } else {
            column("grade", pick("通知前等级", "grade before"), Kind::Text)
        });
    }
    columns.push(column("group", pick("分组", "group"), Kind::Text));
    columns.push(column(
        "customers",
        pick("客户数", "customers"),
        Kind::Count,
    ));
    for outcome in Outcome::shown(campaign) {
        let (key, zh, en) = outcome.words(campaign.of_types);
        columns.push(column(key, pick(zh, en), Kind::Count));
    }
    for (outcome, key, zh, en) in SHARES {
        if Outcome::shown(campaign).contains(&outcome) {
            columns.push(column(key, pick(zh, en), Kind::Share));
        }
    }
    if let Some((amount, kind)) = campaign.amount {
        let (before, after) = match lang {
            Lang::Zh => (format!("通知前{amount}"), format!("通知后{amount}")),
            Lang::En => (format!("{amount} before"), format!("{amount} after")),
        };
        columns.push(column(
            "amount_customers",
            pick("两期都有金额的客户数", "customers with both amounts"),
            Kind::Count,
        ));
        columns.push(column("amount_before", before, kind));
        columns.push(column("amount_after", after, kind));
        columns.push(column("amount_growth", pick("增长", "growth"), Kind::Share));
    }
    let mut rows = vec![];
    let levels: Vec<Option<Option<usize>>> = if by_level {
        let levels = (0..campaign.levels.len()).map(Some).chain([None]);
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
                let none = match (campaign.of_types, lang) {
                    (false, lang) => Class::Unrated.word(lang),
                    (true, Lang::Zh) => "无类型",
                    (true, Lang::En) => "no type",
                };
                let name = level.map(|level| campaign.levels[level].clone());
                cells.push(Cell::Text(name.unwrap_or_else(|| none.into())));
            }
            cells.push(Cell::Text(group.word(lang).into()));
            figures(campaign, &members, &mut cells);
            rows.push(Row {
                cells,
                is_total: false,
                grade: level.flatten().filter(|_| !campaign.of_types),
            });
        }
    }
    Table {
        key: key.to_owned(),
        title: by_level.then(|| {
            if campaign.of_types {
                pick("按通知前的类型", "By the type before")
            } else {
                pick("按通知前的等级", "By the grade before")
            }
        }),
        columns,
        rows,
    }
}

/// What became of the level of a member.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Outcome {
    Up,
    Changed,
    Same,
    Down,
    /// Who had no level has one now: that is neither up nor down.
    Rated,
    Gone,
}

/// The outcomes of which the share is told too.
const SHARES: [(Outcome, &str, &str, &str); 3] = [
    (Outcome::Up, "upgraded_share", "升级占比", "share up"),
    (
        Outcome::Changed,
        "changed_share",
        "改变占比",
        "share changed",
    ),
    (Outcome::Down, "downgraded_share", "降级占比", "share down"),
];

impl Outcome {
    /// Those that there can be: without an order nobody goes up or down.
    const fn shown(campaign: &Campaign<'_>) -> &'static [Self] {
        if campaign.is_ordered {
            &[Self::Up, Self::Same, Self::Down, Self::Rated, Self::Gone]
        } else {
            &[Self::Same, Self::Changed, Self::Gone]
        }
    }

    fn of(member: &Member, is_ordered: bool) -> Self {
        match (member.before, member.after) {
            _ if !member.is_there => Self::Gone,
            (Some(before), Some(after)) if before == after => Self::Same,
            (_, Some(_)) if !is_ordered => Self::Changed,
            (Some(before), Some(after)) if after > before => Self::Down,
            (Some(_), Some(_)) => Self::Up,
            (None, Some(_)) => Self::Rated,
            (None, None) => Self::Same,
            (Some(_), None) => Self::Gone,
        }
    }

    /// The key of its column, and what it is called in Chinese and in English.
    const fn words(self, of_types: bool) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Up => ("upgraded", "升级", "up"),
            Self::Changed => ("changed", "改变", "changed"),
            Self::Same => ("unchanged", "不变", "same"),
            Self::Down => ("downgraded", "降级", "down"),
            Self::Rated if of_types => ("rated", "新有类型", "type found"),
            Self::Rated => ("rated", "新评级", "graded now"),
            Self::Gone if of_types => ("gone", "缺席或无类型", "absent or without a type"),
            Self::Gone => ("gone", "缺席或未评级", "absent or unrated"),
        }
    }
}

fn figures(campaign: &Campaign<'_>, members: &[&Member], cells: &mut Vec<Cell>) {
    let count = |outcome: Outcome| {
        let members = members.iter();
        members
            .filter(|member| Outcome::of(member, campaign.is_ordered) == outcome)
            .count()
    };
    let shown = Outcome::shown(campaign);
    cells.push(Cell::count(members.len()));
    cells.extend(shown.iter().map(|outcome| Cell::count(count(*outcome))));
    for (outcome, ..) in SHARES {
        if shown.contains(&outcome) {
            cells.push(Cell::share(count(outcome), members.len()));
        }
    }
    if campaign.amount.is_some() {
        // Only those of whom both are known: a sum over others would compare different people.
        let pairs = members
            .iter()
            .filter_map(|member| member.amounts.0.zip(member.amounts.1));
        let (mut before, mut after) = (Sum::default(), Sum::default());
        let mut known = 0;
        for (one, other) in pairs {
            before.add(Some(one));
            after.add(Some(other));
            known += 1;
        }
        cells.push(Cell::count(known));
        cells.push(Cell::number(before.amount().filter(|_| known > 0)));
        cells.push(Cell::number(after.amount().filter(|_| known > 0)));
        let grown = ratio(after.total - before.total, before.total);
        cells.push(Cell::number(grown.filter(|_| before.total > 0)));
    }
}
