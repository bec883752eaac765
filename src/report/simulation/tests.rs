//! Sides by hand, and what is made of them.

use super::super::groups::Sum;
use super::super::{Axis, Block, Cell, Chart, Section, Table};
use super::{
    Figure, Grid, Head, Level, Moves, Owner, Side, Work, effects, grid as grid_report, schemes,
};
use crate::compare::On;
use crate::diagnostic::Lang;
use crate::table::{Date, Decimal, PeriodKind};
use std::collections::BTreeMap;
use std::sync::Arc;

const SCALE: i128 = 1_000_000;

/// A scheme with these levels: name, customers, revenue.
fn side(name: &str, levels: &[(&str, usize, i128)]) -> Side {
    let level = |(name, count, revenue): &(&str, usize, i128)| Level {
        name: (!name.is_empty()).then(|| Arc::from(*name)),
        count: *count,
        cost: *count as i128 * SCALE,
        revenue: Some(Sum {
            known: *count,
            unknown: 0,
            total: revenue * SCALE,
        }),
        ..Level::default()
    };
    Side {
        name: name.to_owned(),
        levels: levels.iter().map(level).collect(),
        owners: BTreeMap::new(),
        says: (false, true),
        periods: 1,
        has_tasks: false,
        moves: None,
    }
}

fn head() -> Head {
    let day = Date::new(2024, 1, 31).unwrap();
    Head {
        lang: Lang::En,
        as_of: day,
        on: On::Grade,
        grades: vec![("A".into(), None), ("C".into(), None)],
        amount: Some(("sales".to_owned(), false)),
        tasks: (day, day),
        period: PeriodKind::Month,
        moves_by_rules: false,
        role: None,
    }
}

fn table<'a>(sections: &'a [Section], key: &str) -> &'a Table {
    let blocks = sections.iter().flat_map(|section| &section.blocks);
    let mut tables = blocks.filter_map(|block| match block {
        Block::Table(table) => Some(table),
        Block::Chart(_) => None,
    });
    tables.find(|table| table.key == key).unwrap()
}

/// The cells of a table as text, `-` where there is nothing.
fn cells(table: &Table) -> Vec<String> {
    let cell = |cell: &Cell| match cell {
        Cell::Missing => "-".to_owned(),
        Cell::Text(text) => text.to_string(),
        Cell::Number(number) => number.to_string(),
        Cell::Date(date) => date.to_string(),
    };
    let rows = table.rows.iter();
    rows.map(|row| row.cells.iter().map(cell).collect::<Vec<_>>().join(" "))
        .collect()
}

#[test]
fn a_level_that_one_scheme_does_not_have_has_no_change() {
    let old = side("old", &[("A", 1, 60), ("B", 2, 30), ("", 1, 10)]);
    let new = side("new", &[("A", 2, 75), ("C", 1, 25), ("", 1, 0)]);
    let sections = effects(&head(), old, new);
    assert_eq!(
        cells(table(&sections, "revenue_share")),
        [
            "A 0.6 0.75 15",
            // It stands where the scheme that has it puts it.
            "B 0.3 - -",
            "C - 0.25 -",
            "unrated 0.1 0 -10"
        ]
    );
    assert_eq!(
        cells(table(&sections, "cost")),
        [
            "A 1 2 1",
            "B 2 - -",
            "C - 1 -",
            "unrated 1 1 0",
            "Total 4 4 0"
        ]
    );
    let total = table(&sections, "cost").rows.last().unwrap();
    assert!(total.is_total);
    // The colours of grades go by their place among the head's.
    let places: Vec<_> = table(&sections, "cost")
        .rows
        .iter()
        .map(|row| row.grade)
        .collect();
    assert_eq!(places, [Some(0), None, Some(1), None, None]);
}

#[test]
fn work_is_listed_by_owner_and_nobody_last() {
    let (mut old, mut new) = (side("old", &[]), side("new", &[]));
    for (side, hours) in [(&mut old, [3, 0, 5]), (&mut new, [0, 0, 7])] {
        side.says.0 = true;
        let owners = [
            Owner::Named("Wang".into()),
            Owner::Named("Idle".into()),
            Owner::Nobody,
        ];
        for (owner, hours) in owners.into_iter().zip(hours) {
            let work = Work {
                hours: hours * SCALE / 2,
                tasks: 0,
            };
            side.owners.insert(owner, work);
        }
    }
    let sections = effects(&head(), old, new);
    assert_eq!(
        cells(table(&sections, "hours")),
        [
            "Wang 1.5 0 -1.5",
            "nobody named 2.5 3.5 1",
            "Total 4 3.5 -0.5"
        ]
    );
}

#[test]
fn schemes_stand_beside_each_other_with_what_moved() {
    let moves = Moves {
        upgraded: 1,
        downgraded: 0,
        moved: 1,
        of: 4,
    };
    let mut new = side("new", &[("A", 2, 75), ("C", 2, 25)]);
    new.moves = Some(moves);
    let sides = [side("old", &[("A", 1, 60), ("C", 3, 40)]), new];
    let report = schemes(&head(), &sides);
    let table = |key| cells(table(&report.sections, key));
    assert_eq!(table("customers"), ["A 1 2", "C 3 2", "Total 4 4"]);
    assert_eq!(table("share"), ["A 0.25 0.5", "C 0.75 0.5"]);
    assert_eq!(table("moves"), ["up - 1", "down - 0", "moved - 1"]);
    assert_eq!(table("moved_share"), ["moved - 0.25"]);
    assert_eq!(table("revenue_share"), ["A 0.6 0.75", "C 0.4 0.25"]);
}

#[test]
fn figures_are_read_by_word_and_level() {
    let sides = [side("", &[("A", 1, 60), ("丙 级", 3, 40)])];
    for (written, expected, value) in [
        ("moved", Figure::Moved, "0"),
        ("share(A)", Figure::Share("A".into()), "0.25"),
        ("count（丙 级）", Figure::Count("丙 级".into()), "3"),
        (" revenue( A ) ", Figure::Revenue("A".into()), "0.6"),
        ("cost", Figure::Cost, "4"),
    ] {
        let figure = Figure::parse(written, &sides).unwrap();
        assert_eq!(figure, expected, "{written}");
        assert_eq!(figure.of(&sides[0]), Decimal::parse(value), "{written}");
    }
    // No strategy says its hours.
    for wrong in ["hours", "share(B)", "share", "mean(A)", ""] {
        let finding = Figure::parse(wrong, &sides).unwrap_err();
        assert!(finding.title.en.contains(wrong));
    }
}

#[test]
fn a_grid_of_one_value_lies_along_the_page() {
    let axis = |name: &str, values: &[&str]| Axis {
        name: name.to_owned(),
        values: values.iter().map(|value| Arc::from(*value)).collect(),
    };
    let present = side("now", &[("A", 1, 60), ("C", 3, 40)]);
    let mut cells = vec![];
    for moved in 0..6 {
        let mut cell = present.clone();
        cell.moves = Some(Moves {
            moved,
            ..Moves::default()
        });
        cells.push(cell);
    }
    let is_present: Vec<bool> = (0..6).map(|place| place == 4).collect();
    let of = |across: Option<Axis>, down: Axis| {
        let grid = Grid {
            down,
            across,
            present: &present,
            cells: &cells,
            is_present: &is_present,
            figure: Figure::Moved,
        };
        let report = grid_report(&head(), &grid);
        let heat = report.sections[0]
            .blocks
            .iter()
            .find_map(|block| match block {
                Block::Chart(Chart::Heat(heat)) => Some(heat.clone()),
                _ => None,
            });
        (report.sections[0].notes[1].clone(), heat.unwrap())
    };
    let number = |number: usize| Some(Decimal::from_count(number));
    let values = ["1", "2", "3", "4", "5", "6"];
    let (said, heat) = of(None, axis("grades.A.when = x > …", &values));
    assert_eq!(heat.values, [(0..6).map(number).collect::<Vec<_>>()]);
    assert_eq!((heat.present, heat.across.values.len()), (Some((0, 4)), 6));
    assert!(said.contains("`grades.A.when = x > 5`"), "{said}");
    let (said, heat) = of(
        Some(axis("b.c", &["x", "y", "z"])),
        axis("a.b", &["1", "2"]),
    );
    assert_eq!(heat.values[1], (3..6).map(number).collect::<Vec<_>>());
    assert_eq!(heat.present, Some((1, 1)));
    assert!(said.contains("`a.b = 2, b.c = y`"), "{said}");
}

/// The notes of all sections, as one text.
fn notes(sections: &[Section]) -> String {
    let notes = sections.iter().flat_map(|section| &section.notes);
    notes.cloned().collect::<Vec<_>>().join("\n")
}

#[test]
fn revenue_is_the_same_money_only_where_its_sums_are() {
    let of = |new: i128| {
        let old = side("old", &[("A", 1, 60), ("B", 2, 40)]);
        notes(&effects(&head(), old, side("new", &[("A", 3, new)])))
    };
    assert!(of(100).contains("the same money whatever the scheme"));
    assert!(!of(90).contains("the same money"));
    assert!(of(90).contains("each scheme works out itself"));
}

#[test]
fn a_scheme_without_the_figure_is_named_and_its_column_is_blank() {
    let mut old = side("old", &[("A", 1, 60)]);
    old.levels[0].revenue = None;
    let sections = effects(&head(), old, side("new", &[("A", 1, 90)]));
    assert_eq!(
        cells(table(&sections, "revenue")),
        ["A - 90 -", "Total - 90 -"]
    );
    assert!(notes(&sections).contains("`old` has no sales"));
    assert!(!notes(&sections).contains("the same money"));
}

#[test]
fn what_is_too_large_to_be_shown_has_no_change() {
    let mut old = side("old", &[("A", 1, 60)]);
    let mut new = side("new", &[("A", 1, 60)]);
    // 2^63 millionths are one more than the largest number has.
    (old.levels[0].cost, new.levels[0].cost) = (1 << 63, 1 << 63);
    let sections = effects(&head(), old, new);
    assert_eq!(cells(table(&sections, "cost")), ["A - - -", "Total - - -"]);
    assert!(notes(&sections).contains("too large to be shown"));
    let small = effects(&head(), side("old", &[]), side("new", &[]));
    assert!(!notes(&small).contains("too large"));
}
