//! A comparison as a report, which the page of every report draws: the figures, the matrix as tables and pictures, and
//! those with whom something happened as a list that is searched. Whoever compares more appends sections of their own.

use super::{Cut, Diff, MovesTable, Shape, place_of, tally};
use crate::compare::{Cause, Class};
use crate::diagnostic::{Lang, Text};
use crate::present::marks::class_word;
use crate::present::report::listed;
use crate::present::shown;
use crate::present::summary::Share;
use crate::present::table::ResultTable;
use crate::report::{
    Block, Cell, Chart, Column, Fact, Kind, Label, MOST_LISTED, Migration, Plot, Report, Row,
    Section, Series, Table, said,
};
use crate::table::Decimal;
use crate::text;
use crate::words::{Word, how_many};

/// The report of a comparison.
pub fn report(diff: &Diff) -> Report {
    let (lang, comparison) = (diff.lang, &diff.comparison);
    let is_ordered = comparison.is_ordered;
    let styles = diff.styles.iter().filter(|_| is_ordered);
    let mut sections = vec![changes(diff)];
    sections.extend((!diff.cuts.is_empty()).then(|| grades(diff)));
    // Of nobody there is no matrix.
    sections.extend((comparison.everybody() > 0).then(|| matrix(diff)));
    sections.extend(diff.effects.iter().cloned());
    Report {
        lang,
        title: Word::DiffTitle.get(lang).to_owned(),
        facts: facts(diff),
        grades: styles
            .map(|style| (style.name.clone(), style.color))
            .collect(),
        sections,
        customers: list(diff),
    }
}

fn facts(diff: &Diff) -> Vec<Fact> {
    let (lang, comparison) = (diff.lang, &diff.comparison);
    let side = |key, word: Word, name: &str, count: usize| Fact {
        key,
        label: word.get(lang).to_owned(),
        value: match lang {
            Lang::En => format!("{name} ({})", how_many(count, "customer")),
            Lang::Zh => format!("{name}（{count} 位客户）"),
        },
    };
    let on = match &*diff.on {
        "grade" => Word::Grade.get(lang),
        "type" => Word::Type.get(lang),
        name => name,
    };
    vec![
        side("before", Word::Before, &diff.names.0, comparison.old),
        side("after", Word::After, &diff.names.1, comparison.new),
        Fact {
            key: "on",
            label: said(lang, text!("What is compared", "对比内容")),
            value: on.to_owned(),
        },
    ]
}

/// How many customers each class has, and why.
fn changes(diff: &Diff) -> Section {
    let (lang, comparison) = (diff.lang, &diff.comparison);
    let mut section = Section::new("changes", Word::Movements.get(lang).to_owned());
    if !comparison.is_ordered {
        section.notes.push(said(
            lang,
            text!(
                "What is compared has no order, so that a change is neither up nor down.",
                "所比较的没有高低之分，改变不分升降。"
            ),
        ));
    }
    if comparison.movers().next().is_none() {
        section
            .notes
            .push(said(lang, text!("Nobody moved.", "没有客户变动。")));
    }
    let all = comparison.everybody();
    let columns = vec![
        Column::new("what", Word::Change.get(lang), Kind::Text),
        Column::new("customers", Word::Customers.get(lang), Kind::Count),
        Column::new("share", Word::Share.get(lang), Kind::Share),
    ];
    let mut table = Table::new("classes", columns);
    for (word, count) in tally(comparison, lang) {
        table.rows.push(Row::new(vec![
            Cell::text(&word),
            Cell::count(count),
            Cell::share(count, all),
        ]));
    }
    table.rows.push(Row::total(vec![
        Cell::text(Word::Total.get(lang)),
        Cell::count(all),
        Cell::share(all, all),
    ]));
    section.blocks.push(Block::Table(table));
    section.blocks.extend(causes(diff).map(Block::Table));
    section
}

/// Why they moved, where somebody worked it out. Between two schemes on the same data there is but one reason.
fn causes(diff: &Diff) -> Option<Table> {
    let lang = diff.lang;
    let moves = || {
        diff.comparison
            .movers()
            .filter(|found| found.cause.is_some())
    };
    if !diff.cuts.is_empty() || moves().next().is_none() {
        return None;
    }
    let classes: Vec<Class> = Class::ALL
        .into_iter()
        .filter(|class| moves().any(|found| found.class == *class))
        .collect();
    let mut columns = vec![Column::new("cause", Word::Cause.get(lang), Kind::Text)];
    let heads = classes.iter();
    columns
        .extend(heads.map(|class| Column::new(class.key(), class_word(*class, lang), Kind::Count)));
    columns.push(Column::new(
        "customers",
        Word::Customers.get(lang),
        Kind::Count,
    ));
    let mut table = Table::new("causes", columns).titled(Word::Cause.get(lang));
    for cause in Cause::ALL {
        let of = || moves().filter(|found| found.cause == Some(cause));
        if of().next().is_none() {
            continue;
        }
        let mut cells = vec![Cell::text(cause.word(lang))];
        let classes = classes.iter();
        cells.extend(
            classes.map(|class| Cell::count(of().filter(|found| found.class == *class).count())),
        );
        cells.push(Cell::count(of().count()));
        table.rows.push(Row::new(cells));
    }
    Some(table)
}

/// What the grades of two schemes come to, side by side.
fn grades(diff: &Diff) -> Section {
    let lang = diff.lang;
    let mut section = Section::new("grades", Word::Grades.get(lang).to_owned());
    let sides = [("old", Word::Before), ("new", Word::After)];
    let mut columns = vec![Column::new("level", Word::Grade.get(lang), Kind::Text)];
    for (key, side) in sides {
        for (what, word, kind) in [
            ("customers", Word::Customers, Kind::Count),
            ("share", Word::Share, Kind::Share),
            ("cutoff", Word::CutOff, Kind::Text),
        ] {
            let heading = format!("{} · {}", side.get(lang), word.get(lang));
            columns.push(Column::new(format!("{key}_{what}"), heading, kind));
        }
    }
    let mut table = Table::new("grades", columns);
    for cut in &diff.cuts {
        let mut cells = vec![Cell::Text(cut.level.clone())];
        for share in [&cut.old, &cut.new] {
            match share {
                Some(share) => cells.extend([
                    Cell::count(share.count),
                    Cell::Number(share.share),
                    share.cutoff.as_deref().map_or(Cell::Missing, Cell::text),
                ]),
                None => cells.extend([const { Cell::Missing }; 3]),
            }
        }
        let grade = place_of(diff, &cut.level);
        table.rows.push(Row::new(cells).of_grade(grade));
    }
    let series = |word: Word, of: fn(&Cut) -> Option<usize>| {
        let counts = diff.cuts.iter().map(of);
        let counts = counts.map(|count| count.map(Decimal::from_count));
        Series::plain(word.get(lang), counts.collect())
    };
    let title = Word::CountsChart.get(lang).to_owned();
    let count = |share: Option<&Share>| share.map_or(0, |share| share.count);
    let parts = diff.cuts.iter().map(|cut| {
        let (old, new) = (count(cut.old.as_ref()), count(cut.new.as_ref()));
        format!("{} {old} → {new}", cut.level)
    });
    let parts = parts.collect::<Vec<_>>().join(", ");
    section.blocks.push(Block::Chart(Chart::Bars(Plot {
        alt: said(lang, text!("{title}: {parts}", "{title}：{parts}")),
        title,
        kind: Kind::Count,
        categories: diff
            .cuts
            .iter()
            .map(|cut| Label {
                text: cut.level.clone(),
                grade: place_of(diff, &cut.level),
            })
            .collect(),
        series: vec![
            series(Word::Before, |cut| {
                cut.old.as_ref().map(|share| share.count)
            }),
            series(Word::After, |cut| cut.new.as_ref().map(|share| share.count)),
        ],
    })));
    section.blocks.push(Block::Table(table));
    section
}

/// From which level to which.
fn matrix(diff: &Diff) -> Section {
    let (lang, comparison) = (diff.lang, &diff.comparison);
    let mut section = Section::new("matrix", Word::SheetMatrix.get(lang).to_owned());
    let migration = Migration {
        lang,
        matrix: &comparison.matrix,
        corner: Word::FromTo.get(lang).to_owned(),
        grades: comparison
            .levels
            .iter()
            .map(|level| place_of(diff, level))
            .collect(),
    };
    let (up, down) = (
        comparison.count(Class::Upgraded),
        comparison.count(Class::Downgraded),
    );
    let title = said(lang, text!("From where to where", "从哪一级到哪一级"));
    let alt = said(
        lang,
        text!(
            "From which level to which: {up} up, {down} down",
            "客户从哪一级到哪一级：升 {up} 位，降 {down} 位"
        ),
    );
    let names = (&*diff.names.0, &*diff.names.1);
    section
        .blocks
        .push(Block::Chart(migration.flows(title, alt, names)));
    let mut counts = migration.counts();
    counts.title = Some(Word::ByCount.get(lang).to_owned());
    section.blocks.push(Block::Table(counts));
    section.blocks.push(Block::Chart(migration.heat()));
    section.blocks.push(Block::Table(migration.shares()));
    if comparison.matrix.has_amounts {
        let name = diff.amount.as_deref();
        let name = name.unwrap_or(Word::ByAmount.get(lang));
        section.blocks.push(Block::Table(migration.amounts(name)));
    }
    section
}

/// Those whom the user wants to see, else those with whom something happened; as many as a page can hold.
fn list(diff: &Diff) -> Option<Table> {
    let moves = MovesTable::new(diff, Shape::Workbook);
    if moves.is_blank() {
        return None;
    }
    let all = moves.len();
    let rows: Vec<usize> = (0..all.min(MOST_LISTED)).collect();
    let refused = (0..all).any(|row| !moves.row(row).is_move());
    let name = if diff.only.is_some() || refused {
        text!("Customers", "客户清单")
    } else {
        text!("Who moved", "变动的客户")
    };
    let Text { en, zh } = name;
    let title = if rows.len() < all {
        let [most, all] = [rows.len(), all].map(|n| shown::number(Decimal::from_count(n), 0));
        text!(
            "{en}: the first {most} of {all} (a workbook lists them all)",
            "{zh}：前 {most} 位，共 {all} 位（全部名单请输出为工作簿）"
        )
    } else {
        Text { en, zh }
    };
    Some(listed::of_rows(&moves, &rows, said(diff.lang, title)))
}

#[cfg(test)]
mod tests;
