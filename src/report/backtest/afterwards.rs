//! What customers did afterwards, by the grade that they had.

use super::super::cells::{ratio, said};
use super::super::{Block, Cell, Chart, Column, Kind, Plot, Row, Section, Series, Table};
use super::{Backtest, SIDES, colour};
use crate::backtest::{GradeOutcome, Pairs, Replay, Separation};
use crate::decide::Decision;
use crate::table::Decimal;
use crate::table::decimal::divide_half_away;
use crate::text;
use crate::words::Word;

/// The section.
pub(super) fn section(made: &Backtest<'_>, apart: &[Separation; 2]) -> Section {
    let lang = made.lang;
    let title = text!("What came after", "事后检验");
    let mut section = Section::new("afterwards", said(lang, title));
    let ahead = made.following.ahead;
    let these = these_periods(ahead);
    let judged = apart[0].judged();
    let all = made.ends().len();
    section.notes.push(said(
        lang,
        text!(
            "For each period end, {these} after it: known for {judged} of {all} period ends, the others are \
             left out. A customer counts once for each period end.",
            "看每个期末以后的 {ahead} 期：{all} 个期末中有 {judged} 个已经知道，其余不计。每位客户在每个期末各计一次。"
        ),
    ));
    if made.following.revenue.is_none() && made.following.churned.is_empty() {
        section.notes.push(said(
            lang,
            text!(
                "Neither scheme has a metric that adds up events, and `[report] churned` of the present one does not say who \
                 is lost: there is nothing to judge by.",
                "两个方案都没有对流水求和的指标，现行方案也没有用 `[report] churned` 写怎样算流失，所以无从检验。"
            ),
        ));
    }
    if judged == 0 {
        return section;
    }
    section.notes.extend(how_judged(made));
    section.blocks.push(Block::Table(quality(made, apart)));
    section.blocks.push(Block::Chart(in_order(made, apart)));
    for ((side, apart), (key, word)) in made
        .sides()
        .iter()
        .zip(apart)
        .zip(SIDES.iter().zip(made.side_words()))
    {
        let table = outcomes(made, side, apart, key);
        section.blocks.push(Block::Table(table.titled(word)));
    }
    section
}

/// The periods that are looked at, in English.
fn these_periods(ahead: usize) -> String {
    if ahead == 1 {
        "the period".to_owned()
    } else {
        format!("the {ahead} periods")
    }
}

/// How it is defined what customers spent, who is lost, and what the figures say.
fn how_judged(made: &Backtest<'_>) -> Vec<String> {
    let lang = made.lang;
    let ahead = made.following.ahead;
    let these = these_periods(ahead);
    let mut notes = vec![];
    if let Some(revenue) = made.following.revenue {
        let name = &revenue.heading;
        notes.push(text!(
            "Revenue is what {name} adds up, over the periods after.",
            "收入：把 {name} 所加总的流水，按其后各期合计。"
        ));
    }
    notes.push(if made.following.churned.is_empty() {
        text!(
            "Lost: no revenue in {these} after.",
            "流失：其后 {ahead} 期没有收入。"
        )
    } else {
        text!(
            "Lost: `[report] churned` of the present scheme holds at the end of {these} after; of those who are not there then \
             it is unknown.",
            "流失：{ahead} 期以后满足现行方案的 `[report] churned`；那时不在册的不计。"
        )
    });
    notes.push(text!(
        "In order: of all pairs of customers of one period end who spent differently afterwards, the share in which the one \
         who spent more had the better grade; with the same grade half a pair. 50% is what lots would give. Gini is twice \
         that, less one.",
        "排序正确：同一期末、事后收入不同的任意两位客户中，收入多的那位等级更高的比例；等级相同算半对。抽签也有 50%。基尼系数是它的两倍减一。"
    ));
    notes.into_iter().map(|note| said(lang, note)).collect()
}

/// How many pairs of all are in order, halves for those of one grade.
fn concordance(pairs: &Pairs) -> Option<Decimal> {
    let all = i128::try_from(pairs.all()).ok()?.checked_mul(2)?;
    let right = i128::try_from(2 * pairs.right + pairs.same).ok()?;
    part(right, all)
}

/// The same from -1 to 1.
fn gini(pairs: &Pairs) -> Option<Decimal> {
    let all = i128::try_from(pairs.all()).ok()?;
    let (right, wrong) = (
        i128::try_from(pairs.right).ok()?,
        i128::try_from(pairs.wrong).ok()?,
    );
    part(right - wrong, all)
}

/// A part of a whole that may both be too large for [`ratio`]: pairs grow with the square of customers.
fn part(part: i128, whole: i128) -> Option<Decimal> {
    // Beyond 10^30 the last digits say nothing in six places.
    let scale = if whole.unsigned_abs() > 10u128.pow(30) {
        10i128.pow(9)
    } else {
        1
    };
    ratio(part / scale, whole / scale)
}

/// A line a scheme.
fn quality(made: &Backtest<'_>, apart: &[Separation; 2]) -> Table {
    let column = |key: &str, text, kind| made.column(key, text, kind);
    let columns = vec![
        column("scheme", text!("Scheme", "方案"), Kind::Text),
        column("top", text!("Top grade", "最高等级"), Kind::Text),
        column(
            "top_customers",
            text!("Its share of customers", "占客户"),
            Kind::Share,
        ),
        column(
            "top_revenue",
            text!("Its share of revenue after", "占其后收入"),
            Kind::Share,
        ),
        column("in_order", text!("In order", "排序正确"), Kind::Share),
        column("gini", text!("Gini", "基尼系数"), Kind::Number),
    ];
    let mut table = Table::new("separation", columns);
    let rows = made.side_words().into_iter().zip(made.sides()).zip(apart);
    for ((word, side), apart) in rows {
        let total = apart.total();
        let top = &apart.grades[0];
        let name = side
            .grades
            .first()
            .map(|(name, _)| Cell::Text(name.clone()));
        table.rows.push(Row::new(vec![
            Cell::text(&word),
            name.unwrap_or(Cell::Missing),
            Cell::share(top.customers, total.customers),
            Cell::number(share_of(top, &total)),
            Cell::number(concordance(&apart.pairs)),
            Cell::number(gini(&apart.pairs).map(|gini| gini.round(3))),
        ]));
    }
    table
}

/// What share of what was spent is of these; none of nothing or less.
fn share_of(outcome: &GradeOutcome, total: &GradeOutcome) -> Option<Decimal> {
    ratio(outcome.spent, total.spent).filter(|_| total.spent > 0 && outcome.known > 0)
}

/// What customers of each grade of a scheme did.
fn outcomes(made: &Backtest<'_>, side: &Replay, apart: &Separation, key: &str) -> Table {
    let lang = made.lang;
    let revenue = made.following.revenue;
    let money = if revenue.is_some_and(|revenue| revenue.is_money) {
        Kind::Money
    } else {
        Kind::Number
    };
    let column = |key: &str, text, kind| made.column(key, text, kind);
    let columns = vec![
        Column::new("grade", Word::Grade.get(lang), Kind::Text),
        column("customers", text!("Customers", "客户（人次）"), Kind::Count),
        column(
            "customer_share",
            text!("Share of customers", "客户占比"),
            Kind::Share,
        ),
        column("mean", text!("Mean revenue after", "其后户均收入"), money),
        column(
            "revenue_share",
            text!("Share of revenue", "收入占比"),
            Kind::Share,
        ),
        column("lost", text!("Lost", "流失"), Kind::Count),
        column("lost_share", text!("Share lost", "流失率"), Kind::Share),
    ];
    let total = apart.total();
    let cells = |name: Cell, outcome: &GradeOutcome| {
        let mean = (outcome.known > 0)
            .then(|| divide_half_away(outcome.spent, outcome.known as i128))
            .and_then(Decimal::from_wide);
        vec![
            name,
            Cell::count(outcome.customers),
            Cell::share(outcome.customers, total.customers),
            Cell::number(mean.map(|mean| mean.round(2))),
            Cell::number(share_of(outcome, &total)),
            Cell::count(outcome.lost),
            Cell::share(outcome.lost, outcome.lost + outcome.stayed),
        ]
    };
    let mut table = Table::new(format!("grades.{key}"), columns);
    for (grade, outcome) in apart.grades.iter().enumerate() {
        let (name, _) = &side.grades[grade];
        let row = Row::new(cells(Cell::Text(name.clone()), outcome));
        table.rows.push(row.of_grade(colour(made, name)));
    }
    if apart.ungraded.customers > 0 {
        let name = Cell::text(Decision::Unrated.word(lang));
        table.rows.push(Row::new(cells(name, &apart.ungraded)));
    }
    let all = Cell::text(Word::Total.get(lang));
    table.rows.push(Row::total(cells(all, &total)));
    table
}

fn in_order(made: &Backtest<'_>, apart: &[Separation; 2]) -> Chart {
    let lang = made.lang;
    let words = made.side_words();
    let series = words.iter().zip(apart).map(|(side, apart)| {
        let share = |pairs: &Option<Pairs>| pairs.as_ref().and_then(concordance);
        Series::plain(side.as_str(), apart.by_end.iter().map(share).collect())
    });
    let series = series.collect();
    let percent = |share: Decimal| {
        let hundredfold = share.checked_mul(Decimal::HUNDRED).unwrap_or_default();
        format!("{}%", hundredfold.round(1))
    };
    let totals = words.iter().zip(apart).map(|(side, apart)| {
        let share = concordance(&apart.pairs).map_or_else(|| "–".to_owned(), percent);
        format!("{side} {share}")
    });
    let totals = totals.collect::<Vec<_>>().join(", ");
    Chart::Lines(Plot {
        title: said(lang, text!("Pairs in order", "排序正确的比例")),
        alt: said(
            lang,
            text!(
                "Share of pairs in order at each period end; all together: {totals}",
                "各期末排序正确的比例；合计：{totals}"
            ),
        ),
        kind: Kind::Share,
        categories: made.categories(),
        series,
    })
}
