//! The short reasons of a row, most important first: what decided the grade, what each dimension gave, why the type.

use super::movement::{self, Ladder};
use super::value::Worded;
use super::{DimensionStep, Explainer, Outcome, RuleStep, score_of};
use crate::classify::render;
use crate::diagnostic::Lang;
use crate::expr::Slot;
use crate::grading::Grading;
use crate::scheme::model::{MissingRule, Review};
use crate::table::Decimal;
use crate::words::how_many;
use std::ops::ControlFlow::{self, Break, Continue};
use std::sync::Arc;

/// One reason, before it is a text.
enum Reason<'a> {
    /// What rules of movement or people did on a ladder.
    Moved(Ladder, String),
    /// What the values give.
    Grade(RuleStep<'a>),
    /// What a dimension gave, and the weight of all that make the score.
    Dimension(DimensionStep<'a>, Decimal),
    /// Why the type is what it is.
    Type(RuleStep<'a>),
    /// What else there is to say.
    Note(String),
}

impl Explainer<'_> {
    /// The reasons of customer `row`, most important first.
    pub fn reasons(&self, row: usize) -> Vec<String> {
        self.reasons_and_type(row).0
    }

    /// The same, with the place among them of the one that says why the type is what it is.
    pub fn reasons_and_type(&self, row: usize) -> (Vec<String>, Option<usize>) {
        let (mut reasons, mut of_type) = (vec![], None);
        let _ = self.each_reason(row, |reason| -> ControlFlow<()> {
            if matches!(reason, Reason::Moved(Ladder::Type, _) | Reason::Type(_)) {
                of_type = of_type.or(Some(reasons.len()));
            }
            reasons.push(self.text(reason, row));
            Continue(())
        });
        (reasons, of_type)
    }

    /// The most important of the reasons.
    pub fn main_reason(&self, row: usize) -> Option<String> {
        let first = self.each_reason(row, |reason| Break(self.text(reason, row)));
        first.break_value()
    }

    /// Appends it to `out`.
    pub fn write_main_reason(&self, row: usize, out: &mut String) {
        let _ = self.each_reason(row, |reason| -> ControlFlow<()> {
            self.write(reason, row, out);
            Break(())
        });
    }

    /// Appends all reasons to `out`, with `between` between two of them.
    pub fn write_reasons(&self, row: usize, between: &str, out: &mut String) {
        let mut is_first = true;
        let _ = self.each_reason(row, |reason| -> ControlFlow<()> {
            if !std::mem::take(&mut is_first) {
                out.push_str(between);
            }
            self.write(reason, row, out);
            Continue(())
        });
    }

    /// Why customer `row` has the type: what moved it, who set it, or whose condition holds.
    pub fn type_reasons(&self, row: usize) -> Vec<String> {
        let (grading, lang) = (self.grading, self.lang);
        let set = movement::overridden(grading, Ladder::Type, row, lang);
        let moved = movement::reasons(grading, Ladder::Type, row, lang);
        let mut reasons: Vec<String> = set.into_iter().chain(moved).collect();
        if reasons.is_empty() {
            let values = self.kind(row).map(Reason::Type);
            reasons.extend(values.map(|reason| self.text(reason, row)));
        }
        reasons
    }

    /// Hands the reasons of customer `row` to `take`, one after another, until that breaks off.
    fn each_reason<'s, B>(
        &'s self,
        row: usize,
        mut take: impl FnMut(Reason<'s>) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        let (grading, lang) = (self.grading, self.lang);
        if grading.decided[row].on_hold {
            take(Reason::Note(match lang {
                Lang::Zh => "等级暂缓调整，待人工复核".to_owned(),
                Lang::En => "the grade is held until somebody has reviewed it".to_owned(),
            }))?;
        }
        for ladder in [Ladder::Grade, Ladder::Type] {
            let set = movement::overridden(grading, ladder, row, lang);
            let moved = movement::reasons(grading, ladder, row, lang);
            for reason in set.into_iter().chain(moved) {
                take(Reason::Moved(ladder, reason))?;
            }
        }
        // Under movement the values of a period that give no grade decide nothing.
        let moves = grading.scheme.grade_movement.is_some();
        let tells = |step: &RuleStep<'_>| !moves || matches!(step.outcome, Outcome::Holds(_));
        if let Some(step) = self.grade(row).filter(tells) {
            take(Reason::Grade(step))?;
        }
        let parts = self.parts(row);
        let weight = self.weight_of(&parts);
        let mut parts = parts.iter().peekable();
        for index in 0..self.dimension_count() {
            let part = parts.next_if(|(dimension, _)| *dimension == index);
            let step = DimensionStep {
                part: part.map(|(_, part)| *part),
                ..self.without_indicators(index, row)
            };
            take(Reason::Dimension(step, weight))?;
        }
        // Where rules moved the type, or a person set it, its condition is not why.
        let is_by_values = grading.scheme.type_movement.is_none()
            && Ladder::Type.track(grading, row).overridden.is_none();
        if is_by_values && let Some(step) = self.kind(row) {
            take(Reason::Type(step))?;
        }
        for set in grading.tags_set(row) {
            take(Reason::Note(movement::tagged(set, lang)))?;
        }
        for index in grading.reviews(row) {
            let review = &grading.scheme.reviews[index];
            take(Reason::Note(self.review(review, row)))?;
        }
        Continue(())
    }

    fn text(&self, reason: Reason<'_>, row: usize) -> String {
        match reason {
            Reason::Moved(_, text) | Reason::Note(text) => text,
            reason => {
                let mut text = String::new();
                self.write(reason, row, &mut text);
                text
            }
        }
    }

    fn write(&self, reason: Reason<'_>, row: usize, out: &mut String) {
        match reason {
            Reason::Moved(_, text) | Reason::Note(text) => out.push_str(&text),
            Reason::Grade(step) => self.write_grade(&step, row, out),
            Reason::Dimension(step, all) => self.write_dimension(&step, all, row, out),
            Reason::Type(step) => self.write_type(&step, row, out),
        }
    }

    /// What the values give: the grade itself, or under movement what a single period's values would give.
    fn write_grade(&self, step: &RuleStep<'_>, row: usize, out: &mut String) {
        let lang = self.lang;
        match &step.outcome {
            Outcome::Holds(grade) => {
                if self.grading.scheme.grade_movement.is_some() {
                    out.push_str(match lang {
                        Lang::Zh => "当期数值对应 ",
                        Lang::En => "the values of the period give ",
                    });
                }
                let otherwise = match lang {
                    Lang::Zh => "不满足更高等级的条件",
                    Lang::En => "no better grade's condition holds",
                };
                out.extend([grade, colon(lang), step.condition.unwrap_or(otherwise)]);
                self.write_bracketed(step.reads, row, out);
            }
            Outcome::NoneHolds => {
                out.push_str(match lang {
                    Lang::Zh => "未评级：没有等级的条件成立",
                    Lang::En => "unrated: no grade's condition holds",
                });
                self.write_bracketed(step.reads, row, out);
            }
            Outcome::Missing(names) => {
                out.push_str(match lang {
                    Lang::Zh => "未评级：",
                    Lang::En => "unrated: ",
                });
                write_missing(names, lang, out);
            }
        }
    }

    fn write_dimension(
        &self,
        step: &DimensionStep<'_>,
        all: Decimal,
        row: usize,
        out: &mut String,
    ) {
        let lang = self.lang;
        out.extend([step.name, colon(lang)]);
        match (&step.rule.outcome, step.label.unwrap_or_default()) {
            (Outcome::Missing(names), _) => write_missing(names, lang, out),
            // A dimension by points needs no bands, and has no label then.
            (_, "") => self.write_rule(&step.rule, row, out),
            (_, label) => {
                let [open, close] = brackets(lang);
                out.extend([label, open]);
                self.write_rule(&step.rule, row, out);
                out.push_str(close);
            }
        }
        if step.weight.is_some() && step.points.is_none() {
            let shared = self.grading.scheme.missing == MissingRule::Reweight;
            if shared && score_of(self.grading, row).is_some() {
                out.push_str(match lang {
                    Lang::Zh => "，权重由其他维度分担",
                    Lang::En => ", its weight is shared by the others",
                });
            }
        }
        if let (Some(points), Some(weight), Some(part)) = (step.points, step.weight, step.part) {
            let times = match lang {
                Lang::Zh => " 分 × ",
                Lang::En => " points × ",
            };
            out.extend([comma(lang), points.digits().as_str(), times]);
            out.extend([weight.digits().as_str(), "/", all.digits().as_str()]);
            out.extend([" = ", part.digits().as_str()]);
        }
    }

    fn write_rule(&self, step: &RuleStep<'_>, row: usize, out: &mut String) {
        let lang = self.lang;
        match (step.condition, &step.outcome) {
            (Some(condition), _) if step.reads.is_empty() => out.push_str(condition),
            (_, Outcome::NoneHolds) => {
                out.push_str(match lang {
                    Lang::Zh => "没有一档成立，",
                    Lang::En => "no band holds, ",
                });
                self.write_listed(step.reads, row, out);
            }
            (condition, _) => {
                let otherwise = match lang {
                    Lang::Zh => "其他",
                    Lang::En => "otherwise",
                };
                self.write_listed(step.reads, row, out);
                out.extend([comma(lang), condition.unwrap_or(otherwise)]);
            }
        }
    }

    fn write_type(&self, step: &RuleStep<'_>, row: usize, out: &mut String) {
        let lang = self.lang;
        // Without grades the type is the result, so its absence is the main reason; beside a grade it is one of many.
        let rated = !self.grading.scheme.grades.is_empty();
        match (&step.outcome, step.condition) {
            (Outcome::Holds(kind), condition) => {
                let (word, otherwise) = match lang {
                    Lang::Zh => ("类型 ", "不满足其他类型的条件"),
                    Lang::En => ("type ", "no other type's condition holds"),
                };
                out.extend([word, kind, colon(lang), condition.unwrap_or(otherwise)]);
                if condition.is_some() {
                    self.write_bracketed(step.reads, row, out);
                }
            }
            (Outcome::NoneHolds, _) if rated && lang == Lang::Zh => {
                out.push_str("没有类型的条件成立");
            }
            (Outcome::NoneHolds, _) => {
                out.push_str(match lang {
                    Lang::Zh => "未分类：没有类型的条件成立",
                    Lang::En => "no type's condition holds",
                });
                self.write_bracketed(step.reads, row, out);
            }
            (Outcome::Missing(names), _) => {
                out.push_str(match lang {
                    Lang::Zh => "未分类：",
                    Lang::En => "no type: ",
                });
                write_missing(names, lang, out);
            }
        }
    }

    fn review(&self, review: &Review, row: usize) -> String {
        let lang = self.lang;
        let owner = review
            .owner
            .as_ref()
            .and_then(|owner| render(owner, &self.grading.facts, row, lang));
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
                Lang::En => format!(", within {}", how_many(days, "day")),
            };
        }
        text
    }

    /// The values in brackets, with what stands before them; nothing if no value was read.
    fn write_bracketed(&self, reads: &[Slot], row: usize, out: &mut String) {
        if reads.is_empty() {
            return;
        }
        let [open, close] = brackets(self.lang);
        out.push_str(open);
        self.write_listed(reads, row, out);
        out.push_str(close);
    }

    fn write_listed(&self, reads: &[Slot], row: usize, out: &mut String) {
        let columns = reads.iter().map(|slot| self.column(*slot));
        write_listed(self.grading, columns, row, self.lang, out);
    }
}

/// Names and values side by side: `年采购额 100.01 万元，投诉次数 0`.
pub(super) fn listed(grading: &Grading, reads: &[Slot], row: usize, lang: Lang) -> String {
    let columns = reads
        .iter()
        .map(|slot| Worded::new(&grading.scheme, *slot, lang));
    let columns: Vec<Worded<'_>> = columns.collect();
    let mut text = String::new();
    write_listed(grading, columns.iter(), row, lang, &mut text);
    text
}

fn write_listed<'w, 's: 'w>(
    grading: &Grading,
    columns: impl Iterator<Item = &'w Worded<'s>>,
    row: usize,
    lang: Lang,
    out: &mut String,
) {
    for (index, column) in columns.enumerate() {
        let before = if index == 0 { "" } else { comma(lang) };
        out.extend([before, &column.name, " "]);
        column.write_of(grading, row, out);
    }
}

/// `缺少年采购额、投诉次数`.
fn write_missing(names: &[Arc<str>], lang: Lang, out: &mut String) {
    match lang {
        Lang::Zh => out.extend(["缺少", &names.join("、")]),
        Lang::En => out.extend([&names.join(", "), " missing"]),
    }
}

const fn comma(lang: Lang) -> &'static str {
    match lang {
        Lang::Zh => "，",
        Lang::En => ", ",
    }
}

const fn colon(lang: Lang) -> &'static str {
    match lang {
        Lang::Zh => "：",
        Lang::En => ": ",
    }
}

const fn brackets(lang: Lang) -> [&'static str; 2] {
    match lang {
        Lang::Zh => ["（", "）"],
        Lang::En => [" (", ")"],
    }
}
