//! The short reasons of a row, most important first: what decided the grade, what each dimension gave, why the type.

use super::movement::{self, Ladder};
use super::{DimensionStep, Explanation, Input, Outcome, RuleStep, explain};
use crate::classify::render;
use crate::diagnostic::Lang;
use crate::grading::Grading;
use crate::scheme::model::{Expression, GradeRule, MissingRule, Ties, TopSize};
use crate::table::Decimal;
use std::borrow::Cow;

/// The reasons of customer `row` in `lang`.
pub fn reasons(grading: &Grading, row: usize, lang: Lang) -> Vec<String> {
    reasons_and_type(grading, row, lang).0
}

/// The same, with the place among them of the one that says why the type is what it is.
pub fn reasons_and_type(grading: &Grading, row: usize, lang: Lang) -> (Vec<String>, Option<usize>) {
    let explanation = explain(grading, row, lang);
    let mut reasons = vec![];
    let mut of_type = None;
    if grading.decided[row].on_hold {
        reasons.push(match lang {
            Lang::Zh => "等级暂缓调整，待人工复核".to_owned(),
            Lang::En => "the grade is held until somebody has reviewed it".to_owned(),
        });
    }
    for ladder in [Ladder::Grade, Ladder::Type] {
        let first = reasons.len();
        reasons.extend(movement::overridden(grading, ladder, row, lang));
        reasons.extend(movement::reasons(grading, ladder, row, lang));
        of_type = Some(first).filter(|first| ladder == Ladder::Type && *first < reasons.len());
    }
    let moves = grading.scheme.grade_movement.is_some();
    reasons.extend(grade_reason(&explanation, moves, lang));
    reasons.extend(
        explanation
            .dimensions
            .iter()
            .map(|step| dimension_reason(grading, &explanation, step, lang)),
    );
    // Where rules moved the type, or a person set it, its condition is not why.
    let is_by_values = grading.scheme.type_movement.is_none()
        && Ladder::Type.track(grading, row).overridden.is_none();
    if is_by_values && let Some(reason) = type_reason(grading, &explanation, lang) {
        of_type = of_type.or(Some(reasons.len()));
        reasons.push(reason);
    }
    reasons.extend(grading.tags_set(row).map(|set| movement::tagged(set, lang)));
    for index in grading.reviews(row) {
        let review = &grading.scheme.reviews[index];
        let owner = review
            .owner
            .as_ref()
            .and_then(|owner| render(owner, &grading.facts, row, lang));
        let (name, days) = (&review.name, review.due_days);
        let mut text = match lang {
            Lang::Zh => format!("待复核：{name}"),
            Lang::En => format!("to review: {name}"),
        };
        if let Some(owner) = owner {
            text += &match lang {
                Lang::Zh => format!("，负责人 {owner}"),
                Lang::En => format!(", by {owner}"),
            };
        }
        if let Some(days) = days {
            text += &match lang {
                Lang::Zh => format!("，{days} 天内"),
                Lang::En => format!(", within {days} days"),
            };
        }
        reasons.push(text);
    }
    (reasons, of_type)
}

/// Why customer `row` has the type: what moved it, who set it, or whose condition holds.
pub fn type_reasons(grading: &Grading, row: usize, lang: Lang) -> Vec<String> {
    let set = movement::overridden(grading, Ladder::Type, row, lang);
    let moved = movement::reasons(grading, Ladder::Type, row, lang);
    let mut reasons: Vec<String> = set.into_iter().chain(moved).collect();
    if reasons.is_empty() {
        reasons.extend(type_reason(grading, &explain(grading, row, lang), lang));
    }
    reasons
}

/// The rule of a grade as something people read, with the expression that its values come from.
pub fn rule_text(rule: &GradeRule, lang: Lang) -> Option<Cow<'_, Expression>> {
    match rule {
        GradeRule::When(when) => when.as_ref().map(Cow::Borrowed),
        GradeRule::Top(top) => {
            let by: Vec<&str> = top.by.iter().map(|by| &*by.text).collect();
            let size = match top.size {
                TopSize::Share(share) => {
                    format!(
                        "{}%",
                        share.checked_mul(Decimal::HUNDRED).unwrap_or_default()
                    )
                }
                TopSize::Count(count) => count.to_string(),
            };
            let ties = match (top.ties, lang) {
                (Ties::Up, _) => "",
                (Ties::Down, Lang::Zh) => "，并列不入",
                (Ties::Down, Lang::En) => ", ties out",
            };
            let text = match lang {
                Lang::Zh => format!("按 {} 排名前 {size}{ties}", by.join("、")),
                Lang::En => format!("top {size} by {}{ties}", by.join(", ")),
            };
            let bound = top.by.first()?.bound.clone();
            Some(Cow::Owned(Expression {
                text: text.into(),
                bound,
            }))
        }
    }
}

/// What the values give: the grade itself, or under movement what a single period's values would give.
fn grade_reason(explanation: &Explanation, moves: bool, lang: Lang) -> Option<String> {
    let step = explanation.grade.as_ref()?;
    let values = bracketed(&step.inputs, lang);
    if moves {
        return period_reason(step, &values, lang);
    }
    Some(match (&step.outcome, &step.condition, lang) {
        (Outcome::Holds(grade), Some(condition), Lang::Zh) => {
            format!("{grade}：{condition}{values}")
        }
        (Outcome::Holds(grade), Some(condition), Lang::En) => {
            format!("{grade}: {condition}{values}")
        }
        (Outcome::Holds(grade), None, Lang::Zh) => {
            format!("{grade}：不满足更高等级的条件{values}")
        }
        (Outcome::Holds(grade), None, Lang::En) => {
            format!("{grade}: no better grade's condition holds{values}")
        }
        (Outcome::NoneHolds, _, Lang::Zh) => format!("未评级：没有等级的条件成立{values}"),
        (Outcome::NoneHolds, _, Lang::En) => {
            format!("unrated: no grade's condition holds{values}")
        }
        (Outcome::Missing(names), _, Lang::Zh) => format!("未评级：缺少{}", names.join("、")),
        (Outcome::Missing(names), _, Lang::En) => format!("unrated: {} missing", names.join(", ")),
    })
}

/// What the values of the last period alone would give.
fn period_reason(step: &RuleStep, values: &str, lang: Lang) -> Option<String> {
    let Outcome::Holds(grade) = &step.outcome else {
        return None;
    };
    let condition = step.condition.as_deref().unwrap_or(match lang {
        Lang::Zh => "不满足更高等级的条件",
        Lang::En => "no better grade's condition holds",
    });
    Some(match lang {
        Lang::Zh => format!("当期数值对应 {grade}：{condition}{values}"),
        Lang::En => format!("the values of the period give {grade}: {condition}{values}"),
    })
}

fn dimension_reason(
    grading: &Grading,
    explanation: &Explanation,
    step: &DimensionStep,
    lang: Lang,
) -> String {
    let name = &step.name;
    let why = rule_reason(&step.rule, lang);
    let label = step.label.as_deref().unwrap_or_default();
    let mut text = match (&step.rule.outcome, lang) {
        (Outcome::Missing(names), Lang::Zh) => format!("{name}：缺少{}", names.join("、")),
        (Outcome::Missing(names), Lang::En) => format!("{name}: {} missing", names.join(", ")),
        // A dimension by points needs no bands, and has no label then.
        (_, Lang::Zh) if label.is_empty() => format!("{name}：{why}"),
        (_, Lang::En) if label.is_empty() => format!("{name}: {why}"),
        (_, Lang::Zh) => format!("{name}：{label}（{why}）"),
        (_, Lang::En) => format!("{name}: {label} ({why})"),
    };
    let shared = grading.scheme.missing == MissingRule::Reweight;
    if shared && explanation.score.is_some() && step.weight.is_some() && step.points.is_none() {
        text += match lang {
            Lang::Zh => "，权重由其他维度分担",
            Lang::En => ", its weight is shared by the others",
        };
    }
    if let (Some(points), Some(weight), Some(part)) = (step.points, step.weight, step.part) {
        let total = explanation
            .dimensions
            .iter()
            .filter(|step| step.part.is_some())
            .filter_map(|step| step.weight)
            .fold(Decimal::ZERO, |sum, weight| {
                sum.checked_add(weight).unwrap_or(sum)
            });
        text += &match lang {
            Lang::Zh => format!("，{points} 分 × {weight}/{total} = {part}"),
            Lang::En => format!(", {points} points × {weight}/{total} = {part}"),
        };
    }
    text
}

fn rule_reason(step: &RuleStep, lang: Lang) -> String {
    let values = listed(&step.inputs, lang);
    if values.is_empty()
        && let Some(condition) = &step.condition
    {
        return condition.to_string();
    }
    match (&step.condition, &step.outcome, lang) {
        (_, Outcome::NoneHolds, Lang::Zh) => format!("没有一档成立，{values}"),
        (_, Outcome::NoneHolds, Lang::En) => format!("no band holds, {values}"),
        (Some(condition), _, Lang::Zh) => format!("{values}，{condition}"),
        (Some(condition), _, Lang::En) => format!("{values}, {condition}"),
        (None, _, Lang::Zh) => format!("{values}，其他"),
        (None, _, Lang::En) => format!("{values}, otherwise"),
    }
}

fn type_reason(grading: &Grading, explanation: &Explanation, lang: Lang) -> Option<String> {
    let step = explanation.kind.as_ref()?;
    let values = bracketed(&step.inputs, lang);
    let rated = !grading.scheme.grades.is_empty();
    Some(match (&step.outcome, &step.condition, lang) {
        (Outcome::Holds(kind), Some(condition), Lang::Zh) => {
            format!("类型 {kind}：{condition}{values}")
        }
        (Outcome::Holds(kind), Some(condition), Lang::En) => {
            format!("type {kind}: {condition}{values}")
        }
        (Outcome::Holds(kind), None, Lang::Zh) => format!("类型 {kind}：不满足其他类型的条件"),
        (Outcome::Holds(kind), None, Lang::En) => {
            format!("type {kind}: no other type's condition holds")
        }
        // Without grades the type is the result, so its absence is the main reason; beside a grade it is one of many.
        (Outcome::NoneHolds, _, Lang::Zh) if rated => "没有类型的条件成立".to_owned(),
        (Outcome::NoneHolds, _, Lang::Zh) => format!("未分类：没有类型的条件成立{values}"),
        (Outcome::NoneHolds, _, Lang::En) => format!("no type's condition holds{values}"),
        (Outcome::Missing(names), _, Lang::Zh) => format!("未分类：缺少{}", names.join("、")),
        (Outcome::Missing(names), _, Lang::En) => format!("no type: {} missing", names.join(", ")),
    })
}

/// The values in brackets, with what stands before them; nothing if no value was read.
fn bracketed(inputs: &[Input], lang: Lang) -> String {
    let values = listed(inputs, lang);
    match lang {
        _ if values.is_empty() => values,
        Lang::Zh => format!("（{values}）"),
        Lang::En => format!(" ({values})"),
    }
}

/// Names and values side by side: `年采购额 100.01 万元、投诉次数 0`.
pub(super) fn listed(inputs: &[Input], lang: Lang) -> String {
    let items: Vec<String> = inputs
        .iter()
        .map(|input| format!("{} {}", input.name, input.text))
        .collect();
    items.join(match lang {
        Lang::Zh => "，",
        Lang::En => ", ",
    })
}
