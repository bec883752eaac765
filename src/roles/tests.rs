//! What a role sees of a small grading.

use super::*;
use crate::book::Inputs;
use crate::grading::{Past, grade};
use crate::read::{Input, Options, Table, open};
use crate::table::{Date, Decimal};

const SCHEME: &str = r#"
[scheme]
language = "zh"
[sheets.customers]
key = "编号"
name = "名称"
fields = [
  { name = "名称", type = "text", mask = "name" },
  { name = "区域", type = "text" },
  { name = "额", type = "number" },
  { name = "签约", type = "bool" },
]
[[values]]
name = "名次"
is = "rank(额)"
[[dimensions]]
name = "价值"
weight = 1
bands = [{ label = "高", when = "额 >= 50", points = 100 }, { label = "低", points = 0 }]
[[dimensions]]
name = "去处"
bands = [{ label = "东", when = "区域 = '华东'" }, { label = "别处" }]
[[dimensions]]
name = "关系"
bands = [{ label = "有约", when = "签约" }, { label = "无约" }]
[[grades]]
name = "A"
when = "score >= 50"
[[grades]]
name = "B"
[[tags]]
name = "{区域}的"
[[tags]]
name = "前二"
when = "名次 <= 2"
"#;

const SHEET: &str = "编号,名称,区域,额,签约,备注\n1,张三丰,华东,90,是,甲\n2,李四,华南,70,否,乙\n3,王五,华东,20,否,丙\n";

fn table() -> Table {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("客户.csv");
    std::fs::write(&path, SHEET).unwrap();
    let input = Input::File {
        name: "客户.csv".into(),
        path,
        worksheet: None,
    };
    let tables = open(&input, &[], &Options::default(), &|_, _| {}).unwrap();
    tables.into_iter().next().unwrap()
}

fn graded(roles: &str) -> Grading {
    let (scheme, findings) = crate::scheme::validate(&format!("{SCHEME}{roles}"));
    let scheme = scheme.unwrap_or_else(|| panic!("{findings:?}"));
    let inputs = Inputs {
        customers: vec![table()],
        ..Inputs::default()
    };
    let as_of = Date::new(2024, 3, 31).unwrap();
    grade(Arc::new(scheme), inputs, as_of, Past::default())
}

fn seen(roles: &str) -> (Grading, Grading) {
    let whole = graded(roles);
    let role = find(&whole.scheme, "客服").unwrap();
    let secret = Secret::new(b"0123456789abcdef");
    let seen = Viewer::new(&whole.scheme, role, secret).see(&whole);
    (whole, seen)
}

fn slot(grading: &Grading, name: &str) -> Slot {
    let mut entries = grading.scheme.slots.entries.iter();
    Slot(entries.position(|entry| *entry.name == *name).unwrap() as u32)
}

#[test]
fn ranks_stay_those_over_everybody_and_foreign_customers_are_nowhere() {
    let (_, seen) = seen("[[roles]]\nname = \"客服\"\nrows = \"区域 = '华东'\"\n");
    assert_eq!(seen.len(), 2);
    let ranks = seen.facts.get(slot(&seen, "名次"));
    let number = |text: &str| Value::Number(Decimal::parse(text).unwrap());
    assert_eq!(ranks.value(0), number("1"));
    assert_eq!(ranks.value(1), number("3"));
    let told = format!("{seen:?}");
    for foreign in ["李四", "华南"] {
        assert!(!told.contains(foreign), "{foreign} is in {told}");
    }
}

/// All of the grading is looked through, not only what present outputs show of it; what conditions are evaluated on is
/// kept apart, and is no part of what is seen.
#[test]
fn what_follows_from_a_hidden_column_is_hidden_and_labels_stay() {
    let (whole, seen) = seen("[[roles]]\nname = \"客服\"\nhide = [\"额\", \"区域\", \"签约\"]\n");
    let sight = |name: &str| seen.scheme.slots.sight(slot(&seen, name));
    assert_eq!(sight("额"), Sight::Hidden);
    assert_eq!(sight("名次"), Sight::Hidden);
    assert_eq!(sight("价值"), Sight::Open);
    // Points of bands say no more than the label.
    assert_eq!(sight("score"), Sight::Open);
    assert_eq!(seen.grade_name(0), whole.grade_name(0));
    assert_eq!(seen.tags(0), [Arc::from("前二")]);
    let reasons = crate::explain::reasons(&seen, 0, crate::diagnostic::Lang::Zh).join("\n");
    for value in ["90", "华东", "签约，"] {
        assert!(!reasons.contains(value), "{value} is in {reasons}");
    }
    assert!(
        reasons.contains("额 >= 50"),
        "a threshold is a rule: {reasons}"
    );
    let cells = &seen.book.inputs.customers[0].rows;
    let texts: Vec<_> = cells.row(0).collect();
    assert_eq!(
        format!("{texts:?}"),
        "[Text(\"1\"), Text(\"张三丰\"), Blank, Blank, Blank, Blank]"
    );
}

#[test]
fn names_and_keys_are_what_the_role_sees_wherever_they_stand() {
    let (whole, seen) =
        seen("[[roles]]\nname = \"客服\"\nmask = [\"名称\"]\npseudonym = [\"编号\"]\n");
    let role = find(&whole.scheme, "客服").unwrap();
    let viewer = Viewer::new(&whole.scheme, role, Secret::new(b"0123456789abcdef"));
    let first = viewer.id(&"1".into());
    assert_eq!(seen.book.roster.ids[0], first);
    assert_eq!(seen.book.roster.by_id.get(&first), Some(&0));
    assert_eq!(seen.book.roster.names[0].as_deref(), Some("张**"));
    assert_eq!(seen.people.ids[0], first);
    assert!(!format!("{seen:?}").contains("三丰"));
}

#[test]
fn a_role_that_was_made_stricter_is_found_and_a_laxer_one_is_not() {
    let viewer = |roles: &str| {
        let scheme = crate::scheme::validate(&format!("{SCHEME}{roles}"))
            .0
            .unwrap();
        let role = find(&scheme, "客服").unwrap();
        Viewer::new(&scheme, role, None)
    };
    let open = viewer("[[roles]]\nname = \"客服\"\n");
    let masked = viewer("[[roles]]\nname = \"客服\"\nmask = [\"区域\"]\n");
    let some = viewer("[[roles]]\nname = \"客服\"\nrows = \"额 > 1\"\n");
    assert_eq!(open.is_laxer_than(&masked).as_deref(), Some("区域"));
    assert_eq!(masked.is_laxer_than(&open), None);
    assert_eq!(open.is_laxer_than(&some).as_deref(), Some("rows"));
    assert_eq!(open.is_laxer_than(&open), None);
}
