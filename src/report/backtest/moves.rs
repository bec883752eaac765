//! Who would have moved, who moved back, and how long grades last.

use super::super::cells::{ratio, said};
use super::super::{Block, Cell, Chart, Column, Kind, Plot, Row, Section, Series, Table};
use super::{Backtest, SIDES};
use crate::backtest::{Steadiness, Turn};
use crate::diagnostic::Text;
use crate::text;

/// The section.
pub(super) fn section(made: &Backtest<'_>, steady: &[Steadiness; 2]) -> Section {
    let lang = made.lang;
    let within = made.within;
    let mut section = Section::new("moves", said(lang, text!("Moves", "升降与稳定")));
    let notes = [
        text!(
            "Each period end is graded by the sheets in force then and the events up to then, as both are known now, going \
             on from the replayed period end before; what people set counts from its first day to its last. Nothing \
             recorded is used: at the first period end everybody has what the scheme gives, looking back over the periods \
             before.",
            "每个期末都按当时有效的客户表和截至当时的流水（以现在所知为准）重新评级，并接着上一个重评的期末；人工调整在其有效期内起作用。不使用已记录的批次：第一个期末的等级由方案回看以前各期得出。"
        ),
        text!(
            "A move is another grade than the one that the customer had when last there; who is absent, or whose row is \
             refused, keeps the grade and is in no count. The share that kept its grade is of those who had one both \
             times. Moved back: the other way within {within} periods. Periods in a grade: the mean length of a stay, as \
             far as the span shows it.",
            "变动：与客户上次在册时的等级不同；缺席的、数据待修正的客户保持原等级，不计入。保持等级的占比，分母是前后都有等级的客户。反复：{within} 期内又变回相反方向。平均停留：在一个等级上连续停留的期数，以所示期间内看到的为准。"
        ),
    ];
    section.notes.extend(notes.map(|note| said(lang, note)));
    section.blocks.push(Block::Table(stability(made, steady)));
    section.blocks.push(Block::Chart(moved(made, steady)));
    section.blocks.push(Block::Table(by_period(made, steady)));
    section
}

/// A line a scheme.
fn stability(made: &Backtest<'_>, steady: &[Steadiness; 2]) -> Table {
    let column = |key: &str, text, kind| made.column(key, text, kind);
    let columns = vec![
        column("scheme", text!("Scheme", "方案"), Kind::Text),
        column("up", text!("Moves up", "升级次数"), Kind::Count),
        column("down", text!("Moves down", "降级次数"), Kind::Count),
        column(
            "up_again",
            text!("Down, then up again", "降后又升"),
            Kind::Count,
        ),
        column(
            "down_again",
            text!("Up, then down again", "升后又降"),
            Kind::Count,
        ),
        column(
            "reversed_share",
            text!("Moves taken back", "反复占变动"),
            Kind::Share,
        ),
        column(
            "kept_share",
            text!("Kept their grade", "保持等级"),
            Kind::Share,
        ),
        column(
            "stay",
            text!("Periods in a grade", "平均停留（期）"),
            Kind::Number,
        ),
    ];
    let mut table = Table::new("stability", columns);
    for (side, steady) in made.side_words().iter().zip(steady) {
        let compared = steady.total(|turn| turn.compared);
        table.rows.push(Row::new(vec![
            Cell::text(side),
            Cell::count(steady.total(|turn| turn.up)),
            Cell::count(steady.total(|turn| turn.down)),
            Cell::count(steady.total(|turn| turn.up_again)),
            Cell::count(steady.total(|turn| turn.down_again)),
            Cell::share(steady.total(Turn::reversed), steady.total(Turn::moved)),
            Cell::share(steady.total(Turn::kept), compared),
            Cell::number(
                ratio(steady.graded as i128, steady.stays as i128).map(|mean| mean.round(2)),
            ),
        ]));
    }
    table
}

/// A line a period, the two schemes beside each other.
fn by_period(made: &Backtest<'_>, steady: &[Steadiness; 2]) -> Table {
    let lang = made.lang;
    let mut columns = vec![
        made.column("as_of", text!("Period end", "期末"), Kind::Date),
        made.column("customers", text!("Customers", "客户数"), Kind::Count),
        made.column("new", text!("New", "新增"), Kind::Count),
    ];
    for (key, side) in SIDES.iter().zip(made.side_words()) {
        let mut column = |name: &str, what: Text, kind| {
            let what = said(lang, what);
            let heading = said(lang, text!("{what}, {side}", "{what}（{side}）"));
            let column = Column::new(format!("{key}.{name}"), heading, kind);
            columns.push(if name == "unrated" {
                column.spare()
            } else {
                column
            });
        };
        column("up", text!("Up", "升"), Kind::Count);
        column("down", text!("Down", "降"), Kind::Count);
        column("unrated", text!("Unrated", "未评级"), Kind::Count);
        column("reversed", text!("Back", "反复"), Kind::Count);
        column("kept_share", text!("Kept", "保持"), Kind::Share);
    }
    let mut table = Table::new("periods", columns);
    for (end, as_of) in made.ends().iter().enumerate() {
        let turn = &steady[0].turns[end];
        let mut cells = vec![
            Cell::Date(*as_of),
            Cell::count(turn.customers),
            Cell::count(turn.new),
        ];
        for steady in steady {
            let turn = &steady.turns[end];
            cells.push(Cell::count(turn.up));
            cells.push(Cell::count(turn.down));
            cells.push(Cell::count(turn.unrated));
            cells.push(Cell::count(turn.reversed()));
            cells.push(Cell::share(turn.kept(), turn.compared));
        }
        table.rows.push(Row::new(cells));
    }
    table
}

fn moved(made: &Backtest<'_>, steady: &[Steadiness; 2]) -> Chart {
    let lang = made.lang;
    let words = made.side_words();
    let series = words.iter().zip(steady).map(|(side, steady)| {
        let share = |turn: &Turn| ratio(turn.moved() as i128, turn.compared as i128);
        Series::plain(side.as_str(), steady.turns.iter().map(share).collect())
    });
    let series = series.collect();
    let totals = words.iter().zip(steady).map(|(side, steady)| {
        let count = steady.total(Turn::moved);
        format!("{side} {count}")
    });
    let totals = totals.collect::<Vec<_>>().join(", ");
    Chart::Lines(Plot {
        title: said(lang, text!("Share that moved", "变动客户的占比")),
        alt: said(
            lang,
            text!(
                "Share of customers who moved at each period end; moves in all: {totals}",
                "各期末等级有变的客户占比；变动总次数：{totals}"
            ),
        ),
        kind: Kind::Share,
        categories: made.categories(),
        series,
    })
}
