//! What changing the scheme takes and brings: the work of each owner, the cost, the revenue of each level.

use super::super::cells::{ratio, said};
use super::super::groups::Sum;
use super::super::{Block, Kind, Section};
use super::Head;
use super::side::Side;
use super::tables::{Figures, Sides, count};
use crate::diagnostic::Lang;
use crate::table::{Decimal, PeriodKind};
use crate::text;

/// The sections beside a list of moves: of the present scheme and a new one. Without strategies and revenue there is
/// nothing to tell, and no section.
pub fn effects(head: &Head, present: Side, new: Side) -> Vec<Section> {
    let sides = [present, new];
    let shown = Sides {
        levels: Sides::levels_of(&sides),
        schemes: &sides,
        grades: &head.grades,
        heading: head.levels(),
        none: head.none(),
        with_change: true,
        lang: head.lang,
    };
    sections(head, &shown)
}

/// Workload, cost and revenue of schemes side by side.
pub(super) fn sections(head: &Head, shown: &Sides<'_>) -> Vec<Section> {
    let sections = [
        workload(head, shown),
        cost(head, shown),
        revenue(head, shown),
    ];
    sections.into_iter().flatten().collect()
}

fn workload(head: &Head, shown: &Sides<'_>) -> Option<Section> {
    let lang = head.lang;
    let has_hours = shown.schemes.iter().any(|side| side.says.0);
    let has_tasks = shown.schemes.iter().any(|side| side.has_tasks);
    if !has_hours && !has_tasks {
        return None;
    }
    let mut section = Section::new("workload", said(lang, text!("Workload", "工作量")));
    if has_hours {
        let period = period(head.period);
        let (en, zh) = (period.en, period.zh);
        section.notes.push(said(
            lang,
            text!(
                "Hours are those of one {en}, as the first strategy that holds for a customer says them. They count for \
                 the owner whom a task of that strategy names, else a task of another strategy that holds.",
                "工时是每{zh}的数，取客户适用的第一条策略；算在该策略的任务写明的负责人名下，没有写的，看其他成立的策略的任务。"
            ),
        ));
        let title = said(lang, text!("Hours by owner", "各负责人的工时"));
        let hours = |side: &Side, work: &super::Work| side.says.0.then_some(work.hours);
        section.notes.extend(of_several_periods(head, shown));
        section
            .notes
            .extend(beyond_numbers(lang, Side::hours, shown));
        let table = shown.by_owner("hours", title, Kind::Number, hours);
        section.blocks.push(Block::Table(table));
    }
    if has_tasks {
        let (from, until) = head.tasks;
        section.notes.push(said(
            lang,
            text!(
                "Tasks are those that `regrade tasks --from {from} --until {until}` lists: to do, and overdue.",
                "任务是 `regrade tasks --from {from} --until {until}` 列出的：待办的和逾期的。"
            ),
        ));
        let title = said(lang, text!("Tasks by owner", "各负责人的任务"));
        let tasks = |_: &Side, work: &super::Work| Some(count(work.tasks));
        let table = shown.by_owner("tasks", title, Kind::Count, tasks);
        section.blocks.push(Block::Table(table));
    }
    Some(section)
}

fn cost(head: &Head, shown: &Sides<'_>) -> Option<Section> {
    let lang = head.lang;
    if !shown.schemes.iter().any(|side| side.says.1) {
        return None;
    }
    let mut section = Section::new("cost", said(lang, text!("Cost", "费用")));
    let period = period(head.period);
    let (en, zh) = (period.en, period.zh);
    section.notes.push(said(
        lang,
        text!(
            "Cost is that of one {en}, as the first strategy that holds for a customer says it, for all of its customers.",
            "费用是每{zh}的数，取客户适用的第一条策略，乘以客户数。"
        ),
    ));
    section.notes.extend(of_several_periods(head, shown));
    section
        .notes
        .extend(beyond_numbers(lang, Side::cost, shown));
    let levels = head.levels_in_text();
    let title = said(lang, text!("Cost by {levels}", "各{levels}的费用"));
    let total = shown.schemes.iter();
    let total = total.map(|side| side.says.1.then(|| side.cost()));
    let table = shown.by_level(
        "cost",
        title,
        Kind::Number,
        |side, level| side.says.1.then_some(level.cost),
        Some(total.collect()),
    );
    section.blocks.push(Block::Table(table));
    Some(section)
}

fn revenue(head: &Head, shown: &Sides<'_>) -> Option<Section> {
    let lang = head.lang;
    let (name, _) = head.amount.as_ref()?;
    let sums = || shown.schemes.iter().map(Side::revenue);
    if sums().all(|sum| sum.is_none_or(|sum| sum.known == 0)) {
        return None;
    }
    let mut section = Section::new("revenue", said(lang, text!("Revenue", "收入")));
    let unknown = sums().flatten().map(|sum| sum.unknown).max().unwrap_or(0);
    let all: Vec<Sum> = sums().flatten().collect();
    let is_the_same = all.windows(2).all(|pair| pair[0] == pair[1]);
    section.notes.push(said(
        lang,
        if all.len() < shown.schemes.len() {
            text!("Revenue is {name}.", "收入指 {name}。")
        } else if is_the_same {
            text!(
                "Revenue is {name}, the same money whatever the scheme: only who brings it stands elsewhere.",
                "收入指 {name}。换了方案，收入还是那些，只是带来收入的客户换了地方。"
            )
        } else {
            text!(
                "Revenue is {name}, which each scheme works out itself: what changes is not only who brings it.",
                "收入指 {name}，由各方案自己算出：变的不只是由谁带来。"
            )
        },
    ));
    for side in shown.schemes.iter().filter(|side| side.revenue().is_none()) {
        let scheme = &side.name;
        section.notes.push(said(
            lang,
            text!(
                "`{scheme}` has no {name} to be shown, in this unit: nothing is told of it here.",
                "`{scheme}` 没有可列出的 {name}（单位也要相同）：这里不列它的数。"
            ),
        ));
    }
    section.notes.extend(beyond_numbers(
        lang,
        |side| side.revenue().map_or(0, |sum| sum.total),
        shown,
    ));
    if unknown > 0 {
        section.notes.push(said(
            lang,
            text!(
                "Customers without a value are in no sum: {unknown}.",
                "没有数值的客户不计入合计：{unknown} 位。"
            ),
        ));
    }
    let levels = head.levels_in_text();
    let title = said(
        lang,
        text!("Share of revenue by {levels}", "各{levels}的收入占比"),
    );
    let share = |side: &Side, level: &super::Level| {
        let all = side.revenue().filter(|all| all.total > 0)?;
        let sum = level.revenue.as_ref()?;
        let share = ratio(sum.total, all.total)?;
        Some(i128::from(share.millionths()))
    };
    let table = shown.by_level("revenue_share", title, Kind::Share, share, None);
    section.blocks.push(Block::Table(table));
    let title = said(lang, text!("Revenue by {levels}", "各{levels}的收入"));
    let totals: Figures = sums().map(|sum| sum.map(|sum| sum.total)).collect();
    let table = shown.by_level(
        "revenue",
        title,
        head.money(),
        |_, level| level.revenue.as_ref().map(|sum| sum.total),
        Some(totals),
    );
    section.blocks.push(Block::Table(table));
    Some(section)
}

/// Whose hours and cost were said of a shorter period, and how often they count.
fn of_several_periods(head: &Head, shown: &Sides<'_>) -> Vec<String> {
    let shorter = shown.schemes.iter().filter(|side| side.periods > 1);
    let note = |side: &Side| {
        let (scheme, times) = (&side.name, side.periods);
        let period = period(head.period);
        let (en, zh) = (period.en, period.zh);
        said(
            head.lang,
            text!(
                "`{scheme}` grades {times} times in a {en}: what it says of one of its periods counts {times} times.",
                "`{scheme}` 每{zh}评 {times} 期：按期写的数乘以 {times}。"
            ),
        )
    };
    shorter.map(note).collect()
}

/// Why a sum is blank that there is.
fn beyond_numbers(lang: Lang, sum: impl Fn(&Side) -> i128, shown: &Sides<'_>) -> Option<String> {
    let is_beyond = |side: &Side| Decimal::from_wide(sum(side)).is_none();
    shown.schemes.iter().any(is_beyond).then(|| {
        said(
            lang,
            text!(
                "Sums beyond 9.2 trillion are too large to be shown: they are blank, and so is what they change by.",
                "超过 9.2 万亿的合计太大，无法列出：留空，变化也留空。"
            ),
        )
    })
}

/// The period of which hours and cost are.
pub(super) fn period(kind: PeriodKind) -> crate::diagnostic::Text {
    match kind {
        PeriodKind::Month => text!("month", "月"),
        PeriodKind::Quarter => text!("quarter", "季度"),
        PeriodKind::HalfYear => text!("half-year", "半年"),
        PeriodKind::Year => text!("year", "年"),
    }
}
