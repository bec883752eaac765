//! Several schemes on the same data, a column for each.

use super::super::cells::{ratio, said};
use super::super::{Block, Chart, Kind, Label, Plot, Report, Section, Series};
use super::Head;
use super::effects::sections;
use super::side::{Moves, Side};
use super::tables::{Figures, Sides, count};
use crate::table::Decimal;
use crate::text;

/// The report of schemes side by side: the present one first, then the others in the order in which they were named.
pub fn schemes(head: &Head, sides: &[Side]) -> Report {
    let lang = head.lang;
    let shown = Sides {
        levels: Sides::levels_of(sides),
        schemes: sides,
        grades: &head.grades,
        heading: head.levels(),
        none: head.none(),
        with_change: false,
        lang,
    };
    let present = sides.first();
    let customers = present.map_or(0, Side::customers);
    let name = present.map_or("", |side| &side.name);
    let mut report = head.report(
        said(lang, text!("Schemes side by side", "方案对比")),
        head.facts(customers, name),
    );
    report.sections.push(composition(head, &shown));
    report.sections.extend(sections(head, &shown));
    report
}

fn composition(head: &Head, shown: &Sides<'_>) -> Section {
    let lang = head.lang;
    let mut section = Section::new("composition", said(lang, text!("Customers", "客户")));
    section.notes.push(said(
        lang,
        text!(
            "All schemes graded the same data as of the same date. Shares are of all customers, those without a level \
             included.",
            "各方案用同样的数据、按同一天评级。占比的分母是全部客户，包括没有评出的。"
        ),
    ));
    section.notes.extend(head.of_rules());
    let levels = head.levels_in_text();
    let title = said(lang, text!("Customers by {levels}", "各{levels}客户数"));
    let totals = shown
        .schemes
        .iter()
        .map(|side| Some(count(side.customers())));
    let counts = shown.by_level(
        "customers",
        title,
        Kind::Count,
        |_, level| Some(count(level.count)),
        Some(totals.collect()),
    );
    let title = said(
        lang,
        text!("Share of customers by {levels}", "各{levels}客户占比"),
    );
    let shares = shown.by_level(
        "share",
        title,
        Kind::Share,
        |side, level| share(level.count, side.customers()),
        None,
    );
    section.blocks.push(Block::Table(counts));
    section.blocks.push(Block::Table(shares));
    section.blocks.push(Block::Chart(chart(head, shown)));
    let has_cuts = shown
        .schemes
        .iter()
        .any(|side| side.levels.iter().any(|level| level.cut.is_some()));
    if has_cuts {
        let title = said(
            lang,
            text!(
                "What one must have: the value of the last who is in, or the condition",
                "分界：最后一位入围者的数值，或条件"
            ),
        );
        let cuts = shown.texts("cuts", title, |level| level.cut.clone());
        section.blocks.push(Block::Table(cuts));
    }
    section.blocks.push(Block::Table(moves(head, shown)));
    let title = said(
        lang,
        text!("Share of those there were before", "占原有客户的比例"),
    );
    let moved = of_moves(shown, |moves| share(moves.moved, moves.of));
    let name = said(lang, text!("moved", "变动"));
    let table = shown.rows("moved_share", title, Kind::Share, vec![(name, moved)]);
    section.blocks.push(Block::Table(table));
    section
}

/// How many moved against the present scheme.
fn moves(head: &Head, shown: &Sides<'_>) -> super::super::Table {
    let lang = head.lang;
    let row = |name, figures| (said(lang, name), figures);
    let rows = vec![
        row(
            text!("up", "升级"),
            of_moves(shown, |moves| Some(count(moves.upgraded))),
        ),
        row(
            text!("down", "降级"),
            of_moves(shown, |moves| Some(count(moves.downgraded))),
        ),
        row(
            text!("moved", "变动"),
            of_moves(shown, |moves| Some(count(moves.moved))),
        ),
    ];
    let title = said(lang, text!("Against the present scheme", "与现行方案相比"));
    shown.rows("moves", title, Kind::Count, rows)
}

/// A figure of the moves of each scheme; none of the present one.
fn of_moves(shown: &Sides<'_>, figure: impl Fn(&Moves) -> Option<i128>) -> Figures {
    let sides = shown.schemes.iter();
    sides.map(|side| figure(side.moves.as_ref()?)).collect()
}

/// A part of a whole in millionths.
pub(super) fn share(part: usize, whole: usize) -> Option<i128> {
    let share = ratio(part as i128, whole as i128)?;
    Some(i128::from(share.millionths()))
}

/// The shares of the levels of each scheme.
fn chart(head: &Head, shown: &Sides<'_>) -> Chart {
    let lang = head.lang;
    let of = |side: &Side, name| {
        let level = side.level(name)?;
        share(level.count, side.customers()).and_then(Decimal::from_wide)
    };
    let mut series: Vec<Series> = shown
        .levels
        .iter()
        .map(|name| Series {
            label: Label {
                text: name.clone(),
                grade: shown.grade(name),
            },
            values: shown
                .schemes
                .iter()
                .map(|side| of(side, Some(name)))
                .collect(),
        })
        .collect();
    let none: Vec<Option<Decimal>> = shown.schemes.iter().map(|side| of(side, None)).collect();
    if none.iter().flatten().any(|share| *share > Decimal::ZERO) {
        series.push(Series::plain(shown.none.clone(), none));
    }
    let levels = head.levels_in_text();
    let title = said(
        lang,
        text!(
            "Share of customers by scheme and {levels}",
            "各方案的{levels}占比"
        ),
    );
    Chart::Stack(Plot {
        alt: title.clone(),
        title,
        kind: Kind::Share,
        categories: shown
            .schemes
            .iter()
            .map(|side| Label::plain(&*side.name))
            .collect(),
        series,
    })
}
