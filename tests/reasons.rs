//! The reasons of a customer are the steps that explain it: every output that shows one of them in short shows what
//! `explain` shows in full.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot make its own files fails by panic"
)]

use proptest::prelude::*;
use regrade::book::Inputs;
use regrade::diagnostic::Lang;
use regrade::explain::{DimensionStep, Explainer, Outcome, RuleStep};
use regrade::grading::{Grading, Past, grade};
use regrade::read::{Options, held};
use regrade::scheme::validate;
use regrade::table::Date;
use std::sync::Arc;

/// Bands, points, indicators, a temporary dimension, a rank, types, values worked out of others, shares and money.
const SCHEME: &str = r#"
[scheme]
name = "t"
version = "1"
MISSING
[sheets.customers]
key = "编号"
fields = [
  { name = "编号", type = "id" },
  { name = "额", type = "money", unit = "万元" },
  { name = "率", type = "percent" },
  { name = "自", type = "date" },
  { name = "业", type = "text" },
  { name = "签", type = "bool" },
]
[[values]]
name = "年"
is = "years(自)"
[[dimensions]]
name = "价值"
weight = 60
bands = [
  { label = "高", when = "额 >= 100 and 率 >= 20%", points = 100 },
  { label = "中", when = "额 >= 50", points = 60 },
  { label = "低", points = 20 },
]
[[dimensions]]
name = "行业"
weight = 12.5
bands = [
  { label = "一", when = "业 = '一'", points = 90 },
  { label = "二", when = "业 = '二' or 业 = ''", points = 10 },
]
[[dimensions]]
name = "年限"
weight = 10
points = "least(年 * 10, 100)"
[[dimensions]]
name = "合同"
weight = 20
bands = [{ label = "好", when = "points >= 50" }, { label = "差" }]
[[dimensions.indicators]]
name = "签约"
weight = 1
bands = [{ when = "签", points = 100 }, { points = 0 }]
[[dimensions.indicators]]
name = "增长"
weight = 2
points = "greatest(率 * 100, 0)"
[[grades]]
name = "甲"
GRADE
[[grades]]
name = "乙"
when = "score >= 40"
[[grades]]
name = "丙"
[[types]]
name = "重点"
when = "价值 = '高' and 签"
[[types]]
name = "一般"
when = "额 > 0"
"#;

fn graded(scheme: &str, rows: &str) -> Grading {
    let (scheme, findings) = validate(scheme);
    let scheme = scheme.unwrap_or_else(|| panic!("{findings:?}"));
    let bytes = format!("编号,额,率,自,业,签\n{rows}");
    let mut inputs = Inputs::empty(&scheme);
    inputs.customers = held("c.csv", bytes.as_bytes(), &[], &Options::default()).unwrap();
    let as_of = Date::parse_iso("2025-12-31").unwrap();
    grade(Arc::new(scheme), inputs, as_of, Past::default())
}

fn between(lang: Lang) -> &'static str {
    match lang {
        Lang::Zh => "，",
        Lang::En => ", ",
    }
}

/// What a step read, as its inputs say it.
fn read(explainer: &Explainer<'_>, step: &RuleStep<'_>, row: usize) -> String {
    let inputs = explainer.inputs(step.reads, row).into_iter();
    let texts = inputs.map(|input| format!("{} {}", input.name, input.text));
    texts.collect::<Vec<_>>().join(between(explainer.lang()))
}

/// What the reason of a step has to say, in this order.
fn must_say(explainer: &Explainer<'_>, step: &RuleStep<'_>, row: usize) -> Vec<String> {
    match &step.outcome {
        Outcome::Missing(names) => names.iter().map(ToString::to_string).collect(),
        _ => vec![
            read(explainer, step, row),
            step.condition.unwrap_or_default().to_owned(),
        ],
    }
}

fn of_dimension(explainer: &Explainer<'_>, step: &DimensionStep<'_>, row: usize) -> Vec<String> {
    let mut says = vec![step.name.to_owned()];
    if !matches!(step.rule.outcome, Outcome::Missing(_)) {
        says.extend(step.label.map(str::to_owned));
    }
    says.extend(must_say(explainer, &step.rule, row));
    if let (Some(points), Some(part)) = (step.points, step.part) {
        says.extend([points.to_string(), format!("= {part}")]);
    }
    says
}

fn say_in_order(reason: &str, says: &[String]) -> bool {
    let mut rest = reason;
    says.iter().all(|said| match rest.find(said.as_str()) {
        Some(at) => {
            rest = &rest[at + said.len()..];
            true
        }
        None => false,
    })
}

fn check(grading: &Grading) {
    for lang in [Lang::Zh, Lang::En] {
        let explainer = Explainer::new(grading, lang);
        for row in 0..grading.len() {
            let reasons = explainer.reasons(row);
            assert_eq!(
                Explainer::new(grading, lang).main_reason(row).as_ref(),
                reasons.first()
            );
            let mut written = String::from("…");
            explainer.write_reasons(row, "\n", &mut written);
            assert_eq!(written, format!("…{}", reasons.join("\n")));
            let explanation = explainer.explain(row);
            let mut told = reasons.iter();
            let mut is_told = |says: &[String]| {
                let reason = told.next().unwrap();
                assert!(say_in_order(reason, says), "{reason}: {says:?}");
            };
            let of_grade = explanation.grade.as_ref().unwrap();
            // The condition comes before the values there.
            let mut says = must_say(&explainer, of_grade, row);
            if !matches!(of_grade.outcome, Outcome::Missing(_)) {
                says.reverse();
            }
            is_told(&says);
            for step in &explanation.dimensions {
                is_told(&of_dimension(&explainer, step, row));
            }
            let of_type = explanation.kind.as_ref().unwrap();
            is_told(&match &of_type.outcome {
                Outcome::Holds(kind) => vec![kind.to_string()],
                Outcome::NoneHolds => vec![],
                Outcome::Missing(names) => names.iter().map(ToString::to_string).collect(),
            });
            // Each part is a part of the score, and no dimension has another.
            let parts = explanation.dimensions.iter().filter_map(|step| step.part);
            let sum = parts.reduce(|sum, part| sum.checked_add(part).unwrap());
            assert_eq!(sum, explanation.score);
        }
    }
}

fn cell(texts: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    prop::sample::select(texts)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn reasons_say_what_the_steps_are(
        rows in prop::collection::vec(
            (
                cell(&["", "0", "49.99", "50", "100", "8999999999999"]),
                cell(&["", "-20%", "0.2", "35.5%"]),
                cell(&["", "2015-03-01", "2025-12-31"]),
                cell(&["", "一", "二", "三", "\"a,\"\"b\"\"\""]),
                cell(&["", "是", "否"]),
            ),
            1..30,
        ),
        reweights in any::<bool>(),
        by_rank in any::<bool>(),
    ) {
        let missing = if reweights { "missing = \"reweight\"" } else { "" };
        let grade = if by_rank { "top = \"30%\"\nby = [\"score\", \"额\"]" } else { "when = \"score >= 70\"" };
        let scheme = SCHEME.replace("MISSING", missing).replace("GRADE", grade);
        let rows = rows.iter().enumerate();
        let rows = rows.map(|(row, (a, b, c, d, e))| format!("K{row},{a},{b},{c},{d},{e}\n"));
        check(&graded(&scheme, &rows.collect::<String>()));
    }
}
