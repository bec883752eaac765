//! Lists of everybody: those who stayed are written as the new file goes by, and what is written is what the whole way
//! writes.

use super::super::movers::tests::{CHANGES, GRADES, IDS, VALUES};
use super::super::{Cli, Command};
use super::*;
use clap::Parser;
use proptest::prelude::*;

/// What a way of a call writes: as CSV, as TSV and as lines of JSON. `None` where the short way leaves it to the whole one.
fn written(folder: &std::path::Path, options: &[&str], is_short: bool) -> Option<Vec<String>> {
    let outputs = ["out.csv", "out.tsv", "out.jsonl"].map(|name| folder.join(name));
    let files = ["old.csv", "new.csv"].map(|name| folder.join(name));
    let mut words = vec!["regrade", "-q", "diff"];
    words.extend(files.iter().map(|path| path.to_str().unwrap()));
    for output in &outputs {
        words.extend(["-o", output.to_str().unwrap()]);
    }
    words.extend(options);
    let cli = Cli::parse_from(words);
    let Command::Diff(args) = &cli.command else {
        panic!("another command");
    };
    let screen = Screen::new(&cli.global);
    let done = compared(args, &cli.global, &screen, is_short);
    let is_done = match done {
        Ok(done) => done.is_some(),
        // What is refused is refused by both ways.
        Err(_) => return Some(vec![]),
    };
    is_done.then(|| {
        let texts = outputs.iter().map(|path| {
            let text = std::fs::read_to_string(path).unwrap();
            std::fs::remove_file(path).unwrap();
            text
        });
        texts.collect()
    })
}

/// That both ways write the same; what they write.
fn same(old: &str, new: &str, options: &[&str]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("old.csv"), old).unwrap();
    std::fs::write(folder.path().join("new.csv"), new).unwrap();
    let whole = written(folder.path(), options, false).unwrap();
    assert_eq!(written(folder.path(), options, true), Some(whole.clone()));
    whole
}

const HEADER: &str = "客户编号,客户名称,金额,等级,变动,原因\n";

#[test]
fn those_who_stayed_stand_behind_those_who_moved_in_the_order_of_the_new_file() {
    let old = format!(
        "{HEADER}1,甲,1,A,,r\n2,乙,2,B,,r\n3,丙,\"1,000\",B,,r\n4,丁,4,C,,r\n5,戊,5,A,○ 缺席,\n6,己,6,A,○ 缺席,\n"
    );
    // Columns in another order, which the lines alone do not tell.
    let new = "客户编号,金额,客户名称,等级,变动,原因\n\
        3,1000,,B,＝ 不变,\"因；余\"\n5,5,戊,A,○ 缺席,\n2,3,乙,B,,r\n4,4,丁,B,,r\n1,1,甲,A,,r\n";
    let texts = same(&old, new, &["--levels", "A,B,C", "--lang", "zh"]);
    let csv =
        "\u{feff}客户编号,客户名称,变动,原等级,新等级,升降级数,变动原因,变化的数据,主要原因\n";
    let rows: Vec<&str> = texts[0].lines().collect();
    assert_eq!(rows.len(), 7, "{}", texts[0]);
    assert!(texts[0].starts_with(&csv[..3]), "{csv}");
    let ids: Vec<&str> = rows[1..].iter().map(|row| &row[..1]).collect();
    // 4 moved up; 6 is in the old file alone, absent there.
    assert_eq!(ids, ["4", "3", "5", "2", "1", "6"]);
    assert!(rows[2].starts_with("3,丙,"), "{}", rows[2]);
    assert!(rows[2].ends_with(",因"), "{}", rows[2]);
    assert!(
        !rows[2].contains('→'),
        "1,000 and 1000 are one number: {}",
        rows[2]
    );
    assert!(rows[4].contains("金额 2 → 3"), "{}", rows[4]);
    let only = same(&old, new, &["--only", "unchanged", "--lang", "en"]);
    assert_eq!(only[0].lines().count(), 6);
    let neither = same(&old, new, &["--only", "upgraded", "--lang", "en"]);
    assert_eq!(neither[0].lines().count(), 1);
}

#[test]
fn a_mark_for_excel_stands_where_a_character_needs_it() {
    let file = "id,grade\n1,A\n2,B\n";
    let options = ["--key", "id", "--grade", "grade", "--lang", "en"];
    assert!(same(file, file, &options)[0].starts_with('\u{feff}'));
}

/// Files of a few customers, some of them hard to tell, with or without a column more.
fn graded() -> impl Strategy<Value = String> {
    let id = prop::sample::select(IDS.to_vec());
    let grade = prop::sample::select(GRADES.to_vec());
    let change = prop::sample::select(CHANGES.to_vec());
    let other_values = ["'=1", " 1 ", "2024/1/5", "2024-01-05"];
    let value = prop::sample::select([&VALUES[..], &other_values].concat());
    let reason = prop::sample::select(vec!["因", "", "一；二", "\"x; y\""]);
    let row = (id, value.clone(), value, grade, change, reason);
    (prop::collection::vec(row, 1..14), any::<bool>()).prop_map(|(rows, is_turned)| {
        let mut seen = std::collections::HashSet::new();
        let rows = rows.iter().filter(|row| seen.insert(row.0.trim()));
        let lines = rows.map(|(id, name, value, grade, change, reason)| {
            if is_turned {
                format!("{value},{id},{grade},{name},{reason},{change}\n")
            } else {
                format!("{id},{name},{value},{grade},{change},{reason}\n")
            }
        });
        let header = if is_turned {
            "金额,客户编号,等级,客户名称,原因,变动\n"
        } else {
            HEADER
        };
        format!("{header}{}", lines.collect::<String>())
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn both_ways_write_the_same(old in graded(), new in graded(), ordered: bool, zh: bool) {
        let lang = if zh { "zh" } else { "en" };
        let mut options = vec!["--lang", lang];
        if ordered {
            options.extend(["--levels", "A,B"]);
        }
        same(&old, &new, &options);
    }
}
