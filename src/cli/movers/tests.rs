//! The short way and the whole one give the same, for any two files.

use super::super::side::{Side, files, fitting, side, snapshots};
use super::super::{Cli, Global};
use super::*;
use clap::Parser;
use proptest::prelude::*;
use regrade::compare::{Class, Comparison, Move, On};
use regrade::diagnostic::Finding;
use regrade::scheme;
use std::sync::Arc;

/// A comparison and what is said, or the errors, in words.
type Compared = Result<(Comparison, Vec<Finding>), String>;

fn compared(
    old: Side,
    new: Side,
    unmoved: &Unmoved,
    wanted: &Wanted<'_>,
    mut findings: Vec<Finding>,
) -> Compared {
    let mut wanted = wanted.clone();
    wanted.scheme = fitting(wanted.scheme, &files([&old, &new]), false);
    let (sides, _) =
        snapshots(old, new, &wanted, &mut findings).map_err(|stop| format!("{stop:?}"))?;
    Ok((
        compare::compare_beside(&sides.0, &sides.1, unmoved),
        findings,
    ))
}

/// The whole way.
fn whole(old: &str, new: &str, wanted: &Wanted<'_>, global: &Global) -> Compared {
    let (options, mut findings) = (Options::default(), vec![]);
    let mut read = |file, is_new| {
        side(file, wanted, &options, is_new, global, &mut findings)
            .map_err(|stop| format!("{stop:?}"))
    };
    let (old, new) = (read(old, false)?, read(new, true)?);
    compared(old, new, &Unmoved::default(), wanted, findings)
}

/// The short way, if it is one for these files.
fn short(old: &str, new: &str, wanted: &Wanted<'_>) -> Option<(Unmoved, Compared)> {
    let found = movers((old, new), wanted, &Options::default(), false, false)?;
    let (old, new) = (Side::File(found.old, vec![]), Side::File(found.new, vec![]));
    let compared = compared(old, new, &found.unmoved, wanted, vec![]);
    Some((found.unmoved, compared))
}

/// That both ways give the same; how many are unmoved by the short one, if it is one.
fn same(old: &str, new: &str, wanted: &Wanted<'_>) -> Option<usize> {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (old, new) = (write("old.csv", old), write("new.csv", new));
    let global = Cli::parse_from(["regrade", "completions", "bash"]).global;
    let (unmoved, short) = short(&old, &new, wanted)?;
    let whole = whole(&old, &new, wanted, &global);
    match (short, whole) {
        (Ok((short, told)), Ok((whole, all_told))) => {
            assert_eq!(told, all_told);
            let listed = |comparison: &Comparison| -> Vec<Move> {
                let moves = comparison.moves.iter();
                moves
                    .filter(|found| found.class != Class::Unchanged)
                    .cloned()
                    .collect()
            };
            assert_eq!(listed(&short), listed(&whole));
            assert_eq!(short.matrix, whole.matrix);
            assert_eq!(short.counts, whole.counts);
            assert_eq!((short.old, short.new), (whole.old, whole.new));
            assert_eq!(short.levels, whole.levels);
            assert_eq!(short.is_ordered, whole.is_ordered);
            assert_eq!(short.everybody(), whole.everybody());
            assert_eq!(short.came(), whole.came());
            assert_eq!(short.moved(), whole.moved());
            for class in Class::ALL {
                assert_eq!(
                    short.count_of_old(class),
                    whole.count_of_old(class),
                    "{class:?}"
                );
            }
        }
        (short, whole) => assert_eq!(short.err(), whole.err()),
    }
    Some(unmoved.count())
}

const HEADER: &str = "客户编号,客户名称,金额,等级,变动,原因\n";

fn file(rows: &[&str]) -> String {
    format!("{HEADER}{}\n", rows.join("\n"))
}

#[test]
fn those_who_stay_are_counted_and_the_others_listed() {
    let old = file(&[
        "C1,甲,1,A,＝ 不变,r",
        "C2,乙,2,B,,r",
        "C3,丙,3,C,,r",
        "007,丁,4,C,,r",
        "'=C5,戊,5,,,r",
        "C6,己,6,A,○ 缺席,",
        "C7,庚,7,\"B\",,r",
        "一家名字很长的客户编号也要认得,辛,8,B,,r",
        "C9,壬,9,A,,r",
    ]);
    let new = file(&[
        "007,丁,4,C,,r",
        "C3,丙,5,B,▲ 升 1 级,\"升级；其他\"",
        " C2 ,乙,2,\"B\",,r",
        "C1,甲,1,A,◎ 人工调整（不变）,r",
        "'=C5,戊,5,,,r",
        "C6,己,6,A,,r",
        "C7,庚,7,B,× 数据待修正,坏",
        "一家名字很长的客户编号也要认得,辛,9,B,,r",
        "C8,新,1,A,,r",
    ]);
    let levels: Vec<Arc<str>> = ["A", "B", "C"].map(Arc::from).to_vec();
    let wanted = Wanted {
        levels,
        ..Wanted::default()
    };
    // C1, C2, 007 and the one with the long key; not who is without a grade, absent or refused on a side.
    assert_eq!(same(&old, &new, &wanted), Some(4));
    assert_eq!(same(&old, &old, &wanted), Some(7));
}

#[test]
fn what_the_short_way_does_not_tell_is_left_to_the_whole_one() {
    let plain = file(&["C1,甲,1,A,,r", "C2,乙,2,B,,r"]);
    let with = |rows: &[&str]| same(&plain, &file(rows), &Wanted::default());
    assert_eq!(with(&["C1,甲,1,A,,r"]), Some(1));
    // Keys that are there twice: in the new file, and in the old one.
    assert_eq!(with(&["C1,甲,1,A,,r", "C1,甲,1,B,,r"]), None);
    assert_eq!(
        same(
            &file(&["C1,甲,1,A,,r", " C1,乙,2,B,,r"]),
            &plain,
            &Wanted::default()
        ),
        None
    );
    // Twice in the new file alone is an error that both ways tell.
    assert_eq!(with(&["C8,甲,1,A,,r", "C8,甲,1,B,,r"]), Some(0));
    let amount = Wanted {
        amount: Some("金额"),
        ..Wanted::default()
    };
    assert_eq!(same(&plain, &plain, &amount), None);
    let unknown = Wanted {
        level: Some("级别"),
        ..Wanted::default()
    };
    assert_eq!(same(&plain, &plain, &unknown), None);
    let on_key = Wanted {
        level: Some("客户编号"),
        ..Wanted::default()
    };
    assert_eq!(same(&plain, &plain, &on_key), None);
    assert_eq!(
        same(&plain, &format!("{plain}\n"), &Wanted::default()),
        None
    );
    // A level for each customer is none that is counted, beyond some number.
    let many: Vec<String> = (0..Levels::MOST + 10)
        .map(|n| format!("C{n},甲,1,L{n},,r\n"))
        .collect();
    let many = format!("{HEADER}{}", many.concat());
    assert_eq!(same(&many, &many, &Wanted::default()), Some(Levels::MOST));
}

#[test]
fn a_scheme_names_the_columns_and_the_present_grades() {
    let scheme = r#"
        [scheme]
        language = "zh"
        [sheets.customers]
        key = "客户编号"
        fields = [{ name = "金额", type = "number" }]
        [[grades]]
        name = "甲级"
        was = ["A"]
        when = "金额 >= 2"
        [[grades]]
        name = "乙级"
    "#;
    let (valid, findings) = scheme::validate(scheme);
    let Some(scheme) = valid else {
        panic!("{findings:#?}")
    };
    let wanted = Wanted {
        scheme: Some(&scheme),
        ..Wanted::default()
    };
    let (old, new) = (
        file(&["C1,甲,1,A,,r", "C2,乙,2,甲级,,r"]),
        file(&["C1,甲,1,甲级,,r", "C2,乙,2,A,,r"]),
    );
    assert_eq!(same(&old, &new, &wanted), Some(2));
}

/// Keys of graded files that are hard to tell from one another.
pub const IDS: [&str; 14] = [
    "1",
    "01",
    "C2",
    "C3",
    " C3",
    "C4",
    "\"C5\"",
    "'=6",
    "\"C,7\"",
    "8.0",
    "C9",
    "一二三四五六七八",
    "\"a\"\"b\"",
    "1E+12",
];

/// Grades, and what is nearly one.
pub const GRADES: [&str; 9] = ["A", "A", "B", "B", "C", "", " A", "\"B\"", "'-A"];

/// What an earlier run may have said of a customer.
pub const CHANGES: [&str; 9] = [
    "",
    "",
    "",
    "＝ 不变",
    "○ 缺席",
    "× 数据待修正",
    "◎ 人工调整",
    "absent",
    "refused",
];

/// Cells that stand for the same value, and others.
pub const VALUES: [&str; 7] = ["", "1", "1.0", "\"1,000\"", "1000", "说", "\"a\"\"b\""];

/// Files of a few customers, some of them hard to tell.
fn graded() -> impl Strategy<Value = String> {
    let no_ids = ["#N/A", "#REF!", "-", "合计", "\u{3000}", ""];
    let id = prop::sample::select([&IDS[..], &no_ids].concat());
    let grade = prop::sample::select([&GRADES[..], &["-", "X"]].concat());
    let change = prop::sample::select([&CHANGES[..], &["▲ 升 1 级"]].concat());
    let value = prop::sample::select(VALUES.to_vec());
    let row =
        (id, value.clone(), value, grade, change).prop_map(|(id, name, value, grade, change)| {
            format!("{id},{name},{value},{grade},{change},因")
        });
    prop::collection::vec(row, 1..12).prop_map(|rows| {
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        file(&rows)
    })
}

proptest! {
    #[test]
    fn both_ways_give_the_same(old in graded(), new in graded(), ordered: bool, on_name: bool) {
        let levels = if ordered { ["A", "B"].map(Arc::from).to_vec() } else { vec![] };
        let level = on_name.then_some("客户名称");
        same(&old, &new, &Wanted { levels, level, on: On::Grade, ..Wanted::default() });
    }
}
