//! Campaigns against figures that were worked out by hand.

use super::*;

fn member(group: Group, before: usize, after: Option<usize>, amounts: (i64, i64)) -> Member {
    Member {
        group,
        before: Some(before),
        after,
        is_there: after.is_some(),
        amounts: (Some(amounts.0 * 1_000_000), Some(amounts.1 * 1_000_000)),
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
        // Who had no grade is not moved up by the worst one, and an amount of which one half is missing is in no sum.
        Member {
            before: None,
            amounts: (Some(5_000_000), None),
            ..member(Group::Others, 0, Some(2), (5, 5))
        },
    ];
    let campaign = Campaign {
        id: "春季",
        dates: (
            Date::new(2024, 3, 31).unwrap(),
            Date::new(2024, 6, 30).unwrap(),
        ),
        levels: &grades,
        of_types: false,
        is_ordered: true,
        amount: Some(("消费额", Kind::Money)),
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
    // group, customers, up, same, down, graded now, gone, shares up and down, of how many both amounts are known, sums, growth: 300 → 330 is a tenth.
    assert_eq!(
        shown(tables[0]),
        [
            "told 4 2 1 0 0 1 0.5 0 4 300 330 0.1",
            "held out by lot 1 0 0 1 0 0 0 1 1 80 40 -0.5",
            "others 2 0 1 0 1 0 0 0 1 200 200 0",
        ]
    );
    assert_eq!(
        shown(tables[1]),
        [
            "A others 1 0 1 0 0 0 0 0 1 200 200 0",
            "B told 2 1 1 0 0 0 0.5 0 2 200 250 0.25",
            "B held out by lot 1 0 0 1 0 0 0 1 1 80 40 -0.5",
            "C told 2 1 0 0 0 1 0.5 0 2 100 80 -0.2",
            "unrated others 1 0 0 0 1 0 0 0 0 – – –",
        ]
    );
}

#[test]
fn types_without_an_order_change_and_do_not_go_up() {
    let types: Vec<Arc<str>> = vec!["零售".into(), "批发".into()];
    // The greatest number there is: two of them are beyond what a cell can hold, and have a growth all the same.
    let mut large = [
        member(Group::Told, 0, Some(0), (1, 2)),
        member(Group::Told, 0, Some(1), (1, 2)),
    ];
    for member in &mut large {
        member.amounts = (Some(i64::MAX / 2), Some(i64::MAX / 4 * 3));
    }
    let [one, other] = large;
    let members = [
        one,
        other,
        member(Group::Others, 1, None, (5, 5)),
        Member {
            before: None,
            after: Some(1),
            is_there: true,
            ..member(Group::Others, 1, None, (5, 5))
        },
    ];
    let campaign = Campaign {
        id: "春季",
        dates: (
            Date::new(2024, 3, 31).unwrap(),
            Date::new(2024, 6, 30).unwrap(),
        ),
        levels: &types,
        of_types: true,
        is_ordered: false,
        amount: Some(("订单数", Kind::Number)),
        members: &members,
    };
    let section = section(&campaign, Lang::Zh);
    assert!(section.notes[0].contains("改变按两个批次的类型比较"));
    let Block::Table(table) = &section.blocks[0] else {
        panic!("the first block is a table")
    };
    let keys: Vec<&str> = table.columns.iter().map(|column| &*column.key).collect();
    assert_eq!(
        keys,
        [
            "group",
            "customers",
            "unchanged",
            "changed",
            "gone",
            "changed_share",
            "amount_customers",
            "amount_before",
            "amount_after",
            "amount_growth"
        ]
    );
    assert_eq!(table.columns[7].kind, Kind::Number);
    assert_eq!(table.columns[4].heading, "缺席或无类型");
    assert_eq!(
        shown(table),
        [
            "已通知 2 1 1 0 0.5 2 – – 0.5",
            "其他客户 2 0 1 1 0.5 2 10 10 0",
        ]
    );
    let Block::Table(table) = &section.blocks[1] else {
        panic!("the second block is a table")
    };
    assert_eq!(table.key, "campaign_by_type");
    let first: Vec<String> = shown(table)
        .iter()
        .map(|row| row.split(' ').next().unwrap().to_owned())
        .collect();
    assert_eq!(first, ["零售", "批发", "无类型"]);
}
