//! Corrections and proposals over small sheets, with a memory that does what the ledger does.

use super::proposals::{Unclear, understand};
use super::{Correction, Current, Form, Said, Settled, State, read, settle, settle_by_hand};
use crate::decide::{Hold, Subject};
use crate::diagnostic::{Code, Finding, Lang};
use crate::read::{Input, Options, Table, open};
use crate::scheme::Scheme;
use crate::table::Date;
use std::sync::Arc;

/// A CSV file as a table.
fn table(name: &str, text: &str) -> Table {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    let input = Input::File {
        path,
        name: name.into(),
        worksheet: None,
    };
    let options = Options {
        header_row: Some(1),
        ..Options::default()
    };
    open(&input, &[], &options, &|_, _| {}).unwrap().remove(0)
}

const SCHEME: &str = r#"
[sheets.customers]
key = "客户编号"
fields = [{ name = "客户编号", type = "id", headers = ["id"] }, { name = "年采购额", type = "number" }]
[[grades]]
name = "A"
was = ["钻石"]
when = "年采购额 >= 100"
[[grades]]
name = "B"
when = "年采购额 >= 50"
[[grades]]
name = "C"
[[types]]
name = "战略型"
when = "grade = 'A'"
[[types]]
name = "潜力型"
[[tags]]
name = "重点"
when = "年采购额 > 500"
[[tags]]
name = "{客户编号}区"
[[roles]]
name = "客服"
people = ["小王"]
review = false
"#;

fn scheme() -> Scheme {
    let (scheme, findings) = crate::scheme::validate(SCHEME);
    scheme.unwrap_or_else(|| panic!("{findings:?}"))
}

fn day(text: &str) -> Date {
    Date::parse_iso(text).unwrap()
}

/// C1 to C9 are B by the rules, C5 is held at A by something else, D1 has no grade.
#[derive(Default)]
struct Memory {
    said: Vec<Said>,
}

impl Memory {
    fn current(&self, customer: &str) -> Option<Current> {
        let number = customer.strip_prefix(['C', 'D'])?;
        let rule = customer.starts_with('C').then(|| Arc::from("B"));
        let grade = if number == "5" {
            Some("A".into())
        } else {
            rule.clone()
        };
        Some(Current {
            rule_grade: rule,
            grade,
            rule_type: Some("潜力型".into()),
            kind: Some("潜力型".into()),
            tags: vec!["1区".into()],
            said: self
                .said
                .iter()
                .filter(|said| *said.set.customer == *customer)
                .cloned()
                .collect(),
        })
    }

    fn keep(&mut self, settled: &Settled, from_sheet: bool) {
        for end in &settled.ends {
            let known = self.said.iter_mut().find(|said| said.set.id == end.id);
            let known = known.unwrap();
            assert_eq!(known.state, end.was);
            known.state = end.becomes;
        }
        let new = [
            (&settled.set, State::Live),
            (&settled.disputed, State::Disputed),
            (&settled.agreed, State::Agreed),
        ];
        for (list, state) in new {
            for (correction, hold) in list {
                let mut set = correction.to_override(*hold, None);
                set.id = self.said.len() as i64 + 1;
                self.said.push(Said {
                    set,
                    state,
                    from_sheet,
                    is_fresh: true,
                });
            }
        }
    }

    /// Reads sheets in one call.
    fn read(&mut self, sheets: &[(&str, &str)]) -> Settled {
        let scheme = scheme();
        let tables: Vec<Table> = sheets
            .iter()
            .map(|(name, text)| table(name, text))
            .collect();
        let read = read(&scheme, &tables, &Form::Graded);
        let mut settled = settle(&scheme, read.corrections, day("2024-03-31"), |customer| {
            self.current(customer)
        });
        settled.findings.splice(0..0, read.findings);
        self.keep(&settled, true);
        settled
    }

    /// What counts: `customer level hold by`.
    fn live(&self) -> Vec<String> {
        let live = self.said.iter().filter(|said| said.state == State::Live);
        let mut live: Vec<String> = live
            .map(|said| {
                let set = &said.set;
                format!(
                    "{} {} {} {}",
                    set.customer,
                    set.level,
                    set.hold.key(),
                    set.by
                )
            })
            .collect();
        live.sort();
        live
    }
}

fn codes(findings: &[Finding]) -> Vec<&'static str> {
    findings.iter().map(|finding| finding.code.word()).collect()
}

const HEAD: &str = "客户编号,等级,变动,原因,年采购额,复核等级,复核意见,复核人,备注\n";

fn sheet(rows: &[&str]) -> String {
    format!("{HEAD}{}\n", rows.join("\n"))
}

#[test]
fn reviewers_cells_become_corrections() {
    // Row of the sheet; what counts after it; what is told.
    let table: &[(&str, &[&str], &[&str])] = &[
        (
            "C1,B,,,60,A,战略客户,张三,",
            &["C1 A floor 张三"],
            &["open-ended"],
        ),
        (
            "C1,B,,,60,C,流失,张三,",
            &["C1 C lock 张三"],
            &["open-ended"],
        ),
        (
            "D1,,,,,A,资料齐了,张三,",
            &["D1 A lock 张三"],
            &["open-ended"],
        ),
        // A name that the grade had.
        (
            "C1,B,,,60,钻石,战略客户,张三,",
            &["C1 A floor 张三"],
            &["open-ended"],
        ),
        (
            "C1,B,,,60, A ,战略客户, 张三 ,",
            &["C1 A floor 张三"],
            &["open-ended"],
        ),
        ("C1,B,,,60,,只有意见,张三,", &[], &[]),
        ("C1,B,,,60,-,,,", &[], &[]),
        ("C1,B,,,60,B,同意,张三,", &[], &["changes-nothing"]),
        ("C1,B,,,60,A,战略客户,,", &[], &["unsigned-correction"]),
        ("C1,B,,,60,A,,张三,", &[], &["unsigned-correction"]),
        ("C1,B,,,60,A,-,张三,", &[], &["unsigned-correction"]),
        ("C1,B,,,60,AA,战略客户,张三,", &[], &["unknown-label"]),
        ("C1,B,,,60,优,战略客户,张三,", &[], &["unknown-label"]),
        (",B,,,60,A,战略客户,张三,", &[], &["missing-key-cell"]),
        ("X1,B,,,60,A,战略客户,张三,", &[], &["unknown-customer-id"]),
        ("C1,B,,,60,A,我觉得,小王,", &[], &["not-allowed"]),
    ];
    for (row, live, told) in table {
        let mut memory = Memory::default();
        let settled = memory.read(&[("a.csv", &sheet(&[row]))]);
        assert_eq!(memory.live(), *live, "{row}");
        assert_eq!(codes(&settled.findings), *told, "{row}");
        // Once more: nothing new, and what was told as wrong is told again.
        let before = memory.said.clone();
        let again = memory.read(&[("a.csv", &sheet(&[row]))]);
        assert_eq!(memory.said, before, "{row}");
        let wrong = |settled: &Settled| {
            let wrong = settled.findings.iter().filter(|finding| finding.is_error());
            wrong.cloned().collect::<Vec<_>>()
        };
        assert_eq!(wrong(&again), wrong(&settled), "{row}");
    }
}

#[test]
fn english_workbooks_and_types_and_tags_are_read_too() {
    let mut memory = Memory::default();
    let text = "id,Grade,Change,Reasons,Review grade,Review type,Review comment,Reviewer,Review tag,Valid until,Review date,Kind\n\
                C1,B,,,A,战略型,key account,Ann,重点、9区,2024-12-31,2024-06-30,\n\
                C2,B,,,B,,capped,Ann,,,2024-06-30,ceiling\n";
    let settled = memory.read(&[("a.csv", text)]);
    assert_eq!(codes(&settled.findings), Vec::<&str>::new());
    assert_eq!(
        memory.live(),
        [
            "C1 9区 lock Ann",
            "C1 A floor Ann",
            "C1 战略型 lock Ann",
            "C1 重点 lock Ann",
            "C2 B ceiling Ann",
        ]
    );
    let set = &memory.said[0].set;
    assert_eq!(
        (set.until, set.review_on),
        (Some(day("2024-12-31")), Some(day("2024-06-30")))
    );
}

#[test]
fn days_that_cannot_be_read_keep_their_row_only() {
    let head = "客户编号,复核等级,复核意见,复核人,有效期至\n";
    let rows =
        "C1,A,重点,张三,下个月\nC2,A,重点,张三,2024-12-31\nC3,,,,随便\nC4,A,重点,张三,2024-01-31\n";
    let mut memory = Memory::default();
    let settled = memory.read(&[("a.csv", &format!("{head}{rows}"))]);
    assert_eq!(memory.live(), ["C2 A floor 张三"]);
    assert_eq!(codes(&settled.findings), ["bad-cell", "out-of-range"]);
    // 有效期至 among the customer's own columns is the end of a contract, say.
    let head = "客户编号,有效期至,复核等级,复核意见,复核人\n";
    let settled = memory.read(&[("a.csv", &format!("{head}C7,永久,A,重点,张三\n"))]);
    assert_eq!(codes(&settled.findings), ["open-ended"]);
}

/// The two copies of one workbook, read in every way: at once, one after the other, and either first.
fn in_every_way(one: &str, other: &str) -> [(Memory, Vec<Settled>); 4] {
    let (one, other) = (("a.csv", one), ("b.csv", other));
    [
        vec![vec![one, other]],
        vec![vec![other, one]],
        vec![vec![one], vec![other]],
        vec![vec![other], vec![one]],
    ]
    .map(|calls| {
        let mut memory = Memory::default();
        let settled = calls.iter().map(|sheets| memory.read(sheets)).collect();
        (memory, settled)
    })
}

#[test]
fn who_disagrees_is_told_with_both_names_and_nothing_counts() {
    let one = sheet(&[
        "C1,B,,,60,A,战略客户,张三,",
        "C2,B,,,60,A,战略客户,张三,",
        "C3,B,,,60,A,重点,张三,",
    ]);
    let other = sheet(&[
        "C1,B,,,60,C,要流失,李四,",
        "C2,B,,,60,A,同意,李四,",
        "C4,B,,,60,C,流失,李四,",
    ]);
    for (mut memory, settled) in in_every_way(&one, &other) {
        let mut live = memory.live();
        for line in &mut live {
            // Who says the same first is the author.
            *line = line.replace("C2 A floor 李四", "C2 A floor 张三");
        }
        assert_eq!(
            live,
            ["C2 A floor 张三", "C3 A floor 张三", "C4 C lock 李四"]
        );
        let told: Vec<&Finding> = settled
            .iter()
            .flat_map(|settled| &settled.findings)
            .filter(|finding| finding.code == Code::Disagreement)
            .collect();
        assert_eq!(told.len(), 1);
        let said = format!("{:?}", told[0].notes);
        assert!(said.contains("张三") && said.contains("李四"), "{said}");
        // Either copy read again says so again, and changes nothing.
        let before = memory.said.clone();
        for text in [&one, &other] {
            let again = memory.read(&[("a.csv", text)]);
            assert_eq!(codes(&again.findings), ["disagreement"]);
            assert_eq!(memory.said, before);
        }
        // Somebody decides: then both copies are old news.
        let scheme = scheme();
        let decided = by_hand("C1", "C", "王总");
        let settled = settle_by_hand(&scheme, decided, day("2024-03-31"), memory.current("C1"));
        memory.keep(&settled, false);
        assert!(memory.live().contains(&"C1 C lock 王总".to_owned()));
        for text in [&one, &other] {
            let again = memory.read(&[("a.csv", text)]);
            assert!(again.findings.iter().all(|finding| !finding.is_error()));
            assert!(memory.live().contains(&"C1 C lock 王总".to_owned()));
        }
    }
}

#[test]
fn to_agree_with_the_grade_is_an_opinion_too() {
    let one = sheet(&["C1,B,,,60,A,战略客户,张三,"]);
    let other = sheet(&["C1,B,,,60,B,不必,李四,"]);
    for (memory, settled) in in_every_way(&one, &other) {
        assert_eq!(memory.live(), Vec::<String>::new());
        assert!(codes(&settled.last().unwrap().findings).contains(&"disagreement"));
    }
}

#[test]
fn reviewers_who_come_to_agree_are_heard() {
    let mut memory = Memory::default();
    memory.read(&[("a.csv", &sheet(&["C1,B,,,60,A,战略客户,张三,"]))]);
    memory.read(&[("b.csv", &sheet(&["C1,B,,,60,C,要流失,李四,"]))]);
    assert_eq!(memory.live(), Vec::<String>::new());
    memory.read(&[("b.csv", &sheet(&["C1,B,,,60,A,听张三的,李四,"]))]);
    assert_eq!(memory.live(), ["C1 A floor 李四"]);
}

#[test]
fn a_person_may_change_a_mind_but_not_hold_two_opinions() {
    let mut memory = Memory::default();
    memory.read(&[("a.csv", &sheet(&["C1,B,,,60,A,战略客户,张三,"]))]);
    memory.read(&[("a.csv", &sheet(&["C1,B,,,60,C,看错了,张三,"]))]);
    assert_eq!(memory.live(), ["C1 C lock 张三"]);
    let twice = sheet(&["C2,B,,,60,A,战略客户,张三,", "C2,B,,,60,C,看错了,张三,"]);
    let settled = memory.read(&[("a.csv", &twice)]);
    assert_eq!(codes(&settled.findings), ["disagreement"]);
    assert_eq!(memory.live(), ["C1 C lock 张三"]);
}

#[test]
fn what_stands_is_ended_by_hand_only() {
    let scheme = scheme();
    let mut memory = Memory::default();
    let settled = settle_by_hand(
        &scheme,
        by_hand("C1", "A", "王总"),
        day("2024-03-31"),
        memory.current("C1"),
    );
    memory.keep(&settled, false);
    let settled = memory.read(&[("a.csv", &sheet(&["C1,B,,,60,C,要流失,李四,"]))]);
    assert_eq!(codes(&settled.findings), ["second-override"]);
    assert_eq!(memory.live(), ["C1 A floor 王总"]);
    let again = settle_by_hand(
        &scheme,
        by_hand("C1", "C", "王总"),
        day("2024-03-31"),
        memory.current("C1"),
    );
    assert_eq!(codes(&again.findings), ["second-override"]);
    // An override from a sheet that has been at work: the reviewer of the next workbook saw it.
    let mut memory = Memory::default();
    memory.read(&[("a.csv", &sheet(&["C5,B,,,60,A,战略客户,张三,"]))]);
    for (seen, told, live) in [("A", "second-override", 1), ("B", "disagreement", 0)] {
        memory.said[0].is_fresh = false;
        memory.said[0].state = State::Live;
        memory.said.truncate(1);
        let settled = memory.read(&[(
            "b.csv",
            &sheet(&[&format!("C5,{seen},,,60,C,要流失,李四,")]),
        )]);
        assert_eq!(codes(&settled.findings), [told]);
        assert_eq!(memory.live().len(), live);
    }
}

fn by_hand(customer: &str, level: &str, by: &str) -> Correction {
    Correction {
        customer: customer.into(),
        subject: Subject::Grade,
        level: level.into(),
        hold: None,
        reason: "会议决定".into(),
        by: by.into(),
        until: None,
        review_on: Some(day("2024-12-31")),
        place: None,
        seen: None,
    }
}

#[test]
fn lists_of_corrections_have_plainer_headings() {
    let scheme = scheme();
    let form = Form::List {
        by: Some("王总".into()),
        reason: None,
    };
    let list = table(
        "list.csv",
        "客户编号,等级,原因,方式,until\nC1,A,重点,锁定,2024-12-31\nC2,A,,上限,\n",
    );
    let found = read(&scheme, &[list], &form);
    assert_eq!(codes(&found.findings), ["unsigned-correction"]);
    let [one] = &found.corrections[..] else {
        panic!("{:?}", found.corrections)
    };
    assert_eq!(
        (&*one.by, one.hold, one.until),
        ("王总", Some(Hold::Lock), Some(day("2024-12-31")))
    );
    // In a result the grade is what the rules give; and what is no list of corrections has none.
    let result = table("r.csv", "客户编号,等级,变动,原因\nC1,A,升级,分数够\n");
    assert!(read(&scheme, &[result], &form).used.is_empty());
    let plain = table("c.csv", "客户编号,等级,原因\nC1,A,重点\n");
    assert!(read(&scheme, &[plain], &Form::Graded).used.is_empty());
}

#[test]
fn proposals_name_one_level() {
    let scheme = scheme();
    let level = |subject, name: &str| Ok(Some((subject, Arc::from(name))));
    for (text, expected) in [
        ("A", level(Subject::Grade, "A")),
        ("战略型", level(Subject::Type, "战略型")),
        ("建议升为战略型", level(Subject::Type, "战略型")),
        ("未来潜力大，建议升为 A 级", level(Subject::Grade, "A")),
        ("战略型（战略型）", level(Subject::Type, "战略型")),
        ("维持不变。", Ok(None)),
        ("从潜力型调整为战略型", Err(Unclear::Several)),
        ("建议升级", Err(Unclear::None)),
        ("VIPA", Err(Unclear::None)),
        ("不建议升为战略型", Err(Unclear::Against)),
        ("should not be A", Err(Unclear::Against)),
    ] {
        assert_eq!(understand(&scheme, text), expected, "{text}");
    }
}

#[test]
fn findings_say_what_to_do() {
    let mut memory = Memory::default();
    let rows = [
        "C1,B,,,60,AB,战略客户,张三,",
        "C2,B,,,60,A,,张三,",
        "C3,B,,,60,A,重点,张三,",
    ];
    let settled = memory.read(&[("a.csv", &sheet(&rows))]);
    for finding in &settled.findings {
        assert!(finding.help.is_some(), "{finding:?}");
        assert!(!finding.title.get(Lang::Zh).is_ascii());
    }
}
