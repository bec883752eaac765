//! What a role sees of a small grading.

use super::*;
use crate::book::Inputs;
use crate::grading::{Grading, Past, grade};
use crate::read::{Input, Options, Table, open};
use crate::table::{Date, Decimal, Value};

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

/// The fields of [`SCHEME`], and a role that does not see `签约`.
const PLAIN: &str = r#"
[scheme]
language = "zh"
period = "month"
[sheets.customers]
key = "编号"
name = "名称"
fields = [
  { name = "名称", type = "text" },
  { name = "区域", type = "text" },
  { name = "额", type = "number" },
  { name = "签约", type = "bool" },
]
[[roles]]
name = "客服"
hide = ["签约"]
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

fn graded_by(scheme: &str) -> Grading {
    let (scheme, findings) = crate::scheme::validate(scheme);
    let scheme = scheme.unwrap_or_else(|| panic!("{findings:?}"));
    let inputs = Inputs {
        customers: vec![table()],
        ..Inputs::default()
    };
    let as_of = Date::new(2024, 3, 31).unwrap();
    grade(Arc::new(scheme), inputs, as_of, Past::default())
}

fn seen(roles: &str) -> (Grading, Grading) {
    seen_by(&format!("{SCHEME}{roles}"))
}

fn seen_by(scheme: &str) -> (Grading, Grading) {
    let whole = graded_by(scheme);
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
    let reasons = crate::explain::Explainer::new(&seen, crate::diagnostic::Lang::Zh)
        .reasons(0)
        .join("\n");
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
    assert_eq!(seen.book.roster.by_id().get(&first), Some(&0));
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

#[test]
fn a_role_is_stricter_by_fields_of_events_and_by_what_its_rows_read() {
    let viewer = |hide: &str, limit: &str, more: &str| {
        let scheme = format!(
            r#"
[scheme]
language = "zh"
[sheets.customers]
key = "编号"
fields = [{more}{{ name = "额", type = "number" }}, {{ name = "区域", type = "text" }}]
[sheets.orders]
customer = "编号"
date = "日期"
fields = [{{ name = "金额", type = "number" }}]
[[values]]
name = "大"
is = "额 >= {limit}"
[[values]]
name = "我的"
is = "大 and 区域 = '华东'"
[[grades]]
name = "A"
[[roles]]
name = "客服"
rows = "我的"
hide = [{hide}]
"#
        );
        let (scheme, findings) = crate::scheme::validate(&scheme);
        let scheme = scheme.unwrap_or_else(|| panic!("{findings:?}"));
        let role = find(&scheme, "客服").unwrap();
        Viewer::new(&scheme, role, None)
    };
    let before = viewer("", "50", "");
    let hiding = viewer("\"orders.金额\"", "50", "");
    assert_eq!(
        before.is_laxer_than(&hiding).as_deref(),
        Some("orders.金额")
    );
    assert_eq!(hiding.is_laxer_than(&before), None);
    // What the value reads has changed, and not its own text.
    let fewer = viewer("", "60", "");
    assert_eq!(before.is_laxer_than(&fewer).as_deref(), Some("rows"));
    // Another field moves the places of all columns, and changes nothing.
    let wider = viewer("", "50", "{ name = \"备注\", type = \"text\" }, ");
    assert_eq!(before.is_laxer_than(&wider), None);
}

/// 李四 (70, 否) and 王五 (20, 否) against 张三丰 (90, 是): of the three none has the grade, and only the first has the
/// hidden value that its rule asks for.
#[test]
fn how_far_a_grade_is_does_not_say_which_hidden_part_holds() {
    use crate::diagnostic::Lang;
    let grades =
        "[[grades]]\nname = \"A\"\nwhen = \"签约 and 额 >= 95\"\n[[grades]]\nname = \"B\"\n";
    let (whole, seen) = seen_by(&format!("{PLAIN}{grades}"));
    let next = |grading: &Grading, row| crate::explain::movement::next(grading, row, Lang::Zh);
    assert_eq!(
        next(&whole, 0).as_deref(),
        Some("升 A 须 额 >= 95（现 90，差 5）")
    );
    for row in 0..3 {
        assert_eq!(next(&seen, row).as_deref(), Some("升 A 须 （保密）"));
    }
}

#[test]
fn indicators_do_not_say_which_of_their_bands_over_a_hidden_column_holds() {
    use crate::diagnostic::Lang;
    let dimensions = r#"
[[dimensions]]
name = "价值"
weight = 1
bands = [{ label = "全部", when = "points >= 0" }]
[[dimensions.indicators]]
name = "合同"
weight = 1
bands = [{ when = "签约", points = 60 }, { points = 40 }]
[[dimensions.indicators]]
name = "规模"
weight = 1
bands = [{ when = "额 >= 0", points = 50 }]
[[grades]]
name = "A"
when = "score >= 0"
[[grades]]
name = "B"
"#;
    let (whole, seen) = seen_by(&format!("{PLAIN}{dimensions}"));
    let told = |grading: &Grading, row| {
        let explainer = crate::explain::Explainer::new(grading, Lang::Zh);
        let explained = explainer.explain(row);
        let reasons = explainer.reasons(row);
        let steps = explained.dimensions.into_iter();
        let of_contract = steps.map(|step| {
            let contract = &step.indicators[0];
            let (points, rule) = (contract.points, &contract.rule);
            format!(
                "{points:?} {:?} {:?} {:?}",
                rule.outcome, rule.condition, step.points
            )
        });
        let of_contract: Vec<String> = of_contract.collect();
        let reasons = reasons.into_iter().filter(|reason| !reason.contains("额"));
        format!("{of_contract:?} {:?}", reasons.collect::<Vec<_>>())
    };
    assert_ne!(told(&whole, 0), told(&whole, 1));
    assert_eq!(told(&seen, 0), told(&seen, 1));
}

#[test]
fn which_hidden_value_is_missing_is_not_named() {
    use crate::diagnostic::Lang;
    let grades = "[[values]]\nname = \"比\"\nis = \"1 / (额 - 90)\"\n[[grades]]\nname = \"A\"\nwhen = \"比 > 0\"\n[[grades]]\nname = \"B\"\n";
    let (whole, seen) =
        seen_by(&format!("{PLAIN}{grades}").replace("hide = [\"签约\"]", "hide = [\"比\"]"));
    let reasons = |grading| {
        crate::explain::Explainer::new(grading, Lang::Zh)
            .reasons(0)
            .join("；")
    };
    assert!(reasons(&whole).contains("缺少比"), "{}", reasons(&whole));
    assert!(
        reasons(&seen).contains("缺少（保密）"),
        "{}",
        reasons(&seen)
    );
}

#[test]
fn tags_of_a_hidden_column_are_not_seen_and_those_with_a_name_of_their_own_are() {
    let (whole, _) = seen("[[roles]]\nname = \"客服\"\nhide = [\"区域\"]\n");
    let viewer = Viewer::new(&whole.scheme, find(&whole.scheme, "客服").unwrap(), None);
    let tags = |texts: &[&str]| {
        texts
            .iter()
            .map(|text| Arc::from(*text))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        viewer.seen_tags(&tags(&["华东的", "前二"])),
        tags(&["前二"])
    );
}
